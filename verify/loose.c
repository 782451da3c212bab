/* loose - see loose.h. */
#include "verify/loose.h"

#include "core/history.h"
#include "verify/history_paths.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* What one history says, as far as a manifest needs it. */
struct witness {
	char *path;
	struct history_identity identity;
	bool finished;
	uint64_t begin_ns, end_ns; /* of all its appends, on its host's clock */
};

struct witnesses {
	struct witness *items;
	size_t count;
	struct error unusable; /* why the last unusable history is so */
};

/* ---- reading the histories ------------------------------------------------- */

static int witness_take(struct witnesses *all, const struct history *history,
			const char *path)
{
	struct history_entry first = {0}, last = {0};
	struct witness *items, *w;

	items = reallocarray(all->items, all->count + 1, sizeof(*items));
	if (!items)
		return -ENOMEM;
	all->items = items;
	w = &items[all->count];
	*w = (struct witness){
		.path = strdup(path),
		.identity = history_identity(history),
		.finished = history->finished,
	};
	if (!w->path)
		return -ENOMEM;
	all->count++;
	if (history->count > 0 && history_get(history, 0, &first) == 0 &&
	    history_get(history, history->count - 1, &last) == 0 &&
	    last.completed_ns > first.invoke_ns) {
		w->begin_ns = first.invoke_ns;
		w->end_ns = last.completed_ns;
	}
	return 0;
}

static int history_read(struct witnesses *all, const char *path, struct error *err)
{
	struct history history;
	int rc = history_open(&history, path, err);

	if (rc == -EBADMSG || rc == -EPROTONOSUPPORT) {
		all->unusable = *err;
		err->sentence[0] = '\0';
		return 0;
	}
	if (rc < 0)
		return rc;
	rc = witness_take(all, &history, path);
	history_close(&history);
	return rc < 0 ? error_sys(err, -rc, "cannot keep the history %s", path) : 0;
}

static bool is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static int histories_read(struct witnesses *all, const struct loose_paths *paths,
			  struct error *err)
{
	struct history_paths found = {0};
	int rc =
		history_paths_find(&found, paths->histories, paths->history_count, err);

	for (size_t i = 0; rc == 0 && i < found.count; i++)
		rc = history_read(all, found.items[i].path, err);
	history_paths_release(&found);
	if (rc < 0 || all->count > 0)
		return rc;
	if (all->unusable.sentence[0])
		return error_set(err, EBADMSG, "%s", all->unusable.sentence);
	return error_set(err, EINVAL, "there is no history in %s",
			 paths->history_count ? paths->histories[0] : "nothing");
}

static void witnesses_release(struct witnesses *all)
{
	for (size_t i = 0; i < all->count; i++)
		free(all->items[i].path);
	free(all->items);
}

/* ---- do they belong together? ---------------------------------------------- */

static int compare_writers(const void *a, const void *b)
{
	const struct witness *x = a, *y = b;

	return x->identity.writer < y->identity.writer
		       ? -1
		       : x->identity.writer > y->identity.writer;
}

static int witnesses_check(struct witnesses *all, struct error *err)
{
	const struct witness *first;

	/* histories_read() has found one; clang's analyzer cannot know. */
	if (!all->items)
		return -EINVAL;
	qsort(all->items, all->count, sizeof(*all->items), compare_writers);
	first = &all->items[0];
	for (size_t i = 0; i < all->count; i++) {
		const struct witness *w = &all->items[i];

		if (!history_identity_plans(&w->identity))
			return error_set(err, EBADMSG,
					 "the plan in the history %s makes no sense",
					 w->path);
		if (!history_identity_same_plan(&w->identity, &first->identity))
			return error_set(
				err, EINVAL,
				"the histories %s and %s are not of the same strategy "
				"of one run (%s in run %s, %s in run %s)",
				first->path, w->path, first->identity.strategy,
				first->identity.run_id, w->identity.strategy,
				w->identity.run_id);
		if (i > 0 && w[-1].identity.writer == w->identity.writer)
			return error_set(err, EINVAL,
					 "both %s and %s are histories of rank %u",
					 w[-1].path, w->path, w->identity.writer);
	}
	return 0;
}

/* ---- the manifest ---------------------------------------------------------- */

/* The host of @identity, which is added if it is new. */
static int host_add(struct manifest *m, const struct history_identity *identity,
		    uint32_t *ret_host)
{
	struct manifest_host *host;
	uint32_t i = 0;

	while (i < m->host_count && strcmp(m->hosts[i].client, identity->client) != 0)
		i++;
	host = &m->hosts[i];
	*ret_host = i;
	if (i == m->host_count) {
		host->name = strdup(identity->host);
		host->client = strdup(identity->client);
		if (!host->name || !host->client)
			return -ENOMEM;
		m->host_count++;
	}
	if (!host->fstype && identity->fstype[0]) {
		host->fstype = strdup(identity->fstype);
		if (!host->fstype)
			return -ENOMEM;
	}
	return 0;
}

/* Where a writer ran whose history was not given: on a host of its own kind. */
static const struct history_identity nobody = {.host = "?", .client = ""};

static int hosts_make(struct manifest *m, const struct witnesses *all)
{
	size_t next = 0;
	int rc = 0;

	m->hosts = calloc(all->count + 1, sizeof(*m->hosts));
	m->rank_host = calloc(m->rank_count, sizeof(*m->rank_host));
	if (!m->hosts || !m->rank_host)
		return -ENOMEM;
	for (uint32_t rank = 0; rc == 0 && rank < m->rank_count; rank++) {
		bool known =
			next < all->count && all->items[next].identity.writer == rank;

		rc = host_add(m, known ? &all->items[next++].identity : &nobody,
			      &m->rank_host[rank]);
	}
	return rc;
}

static int writers_make(struct manifest_strategy *s, const struct witnesses *all)
{
	for (size_t i = 0; i < all->count; i++) {
		const struct witness *w = &all->items[i];
		struct manifest_writer *writer = &s->writers[w->identity.writer];

		writer->end = w->finished ? WRITER_FINISHED : WRITER_ABSENT;
		writer->history_path = strdup(w->path);
		if (!writer->history_path)
			return -ENOMEM;
		if (w->end_ns - w->begin_ns > s->duration_ns)
			s->duration_ns = w->end_ns - w->begin_ns;
	}
	return 0;
}

/* The preset is what stands before the first colon of the spec. */
static char *preset_of(const struct history_identity *identity)
{
	size_t length = strcspn(identity->spec, ":");

	if (!manifest_preset_valid(identity->spec, length))
		return NULL;
	return strndup(identity->spec, length);
}

static int strategy_make(struct manifest *m, const struct history_identity *identity)
{
	struct manifest_strategy *s = calloc(1, sizeof(*s));

	if (!s)
		return -ENOMEM;
	m->strategies = s;
	m->strategy_count = 1;
	s->name = strdup(identity->strategy);
	s->preset = preset_of(identity);
	s->spec = strdup(identity->spec);
	s->claims = identity->claims;
	s->control = identity->control;
	s->required = true;
	s->workload = identity->workload;
	s->shared_file = identity->shared_file;
	s->exclusive_lock = identity->exclusive_lock;
	s->batch = identity->batch;
	s->padding_bytes = identity->padding_bytes;
	s->ran = true;
	s->writers = calloc(m->rank_count, sizeof(*s->writers));
	if (!s->preset)
		return -EBADMSG;
	return s->name && s->spec && s->writers ? 0 : -ENOMEM;
}

static int manifest_fill(struct manifest *m, const struct witnesses *all)
{
	const struct history_identity *identity = &all->items[0].identity;
	int rc;

	memcpy(m->run_id, identity->run_id, sizeof(m->run_id));
	m->loose = true;
	m->loose_number = identity->strategy_index;
	m->seed = identity->seed;
	m->min_bytes = identity->min_bytes;
	m->max_bytes = identity->max_bytes;
	m->records = identity->records;
	m->local_fs = identity->local_fs;
	m->one_client = identity->one_client;
	m->data_kept = true;
	m->rank_count = identity->writers;
	rc = hosts_make(m, all);
	if (rc == 0)
		rc = strategy_make(m, identity);
	return rc == 0 ? writers_make(&m->strategies[0], all) : rc;
}

/* ---- the data files --------------------------------------------------------- */

/* The rank in a name that ends in ".WWWWW.log"; false where it does not. */
static bool rank_of(const char *path, uint32_t *ret_rank)
{
	const char *end = path + strlen(path) - strlen(".log");
	uint32_t rank = 0, unit = 1;
	const char *p;

	if (end < path || strcmp(end, ".log") != 0)
		return false;
	for (p = end; p > path && p[-1] >= '0' && p[-1] <= '9' && unit <= 10000000;
	     p--) {
		rank += (uint32_t)(p[-1] - '0') * unit;
		unit *= 10;
	}
	*ret_rank = rank;
	return p > path && p[-1] == '.' && p < end;
}

static int file_check(const char *path, struct error *err)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return error_sys(err, errno, "cannot find the data file %s", path);
	return 0;
}

static int path_set(char **place, const char *path, struct error *err)
{
	*place = strdup(path);
	return *place ? 0 : error_sys(err, ENOMEM, "cannot keep the path %s", path);
}

static int own_files_set(struct manifest *m, const struct loose_paths *paths,
			 struct error *err)
{
	struct manifest_writer *writers = m->strategies[0].writers;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < paths->file_count; i++) {
		uint32_t rank;

		if (!rank_of(paths->files[i], &rank) || rank >= m->rank_count)
			return error_set(
				err, EINVAL,
				"%s is the file of no writer: with %s, whose "
				"writers have files of their own, names end in "
				".00000.log to .%05u.log",
				paths->files[i], m->strategies[0].name,
				m->rank_count - 1);
		if (writers[rank].data_path)
			return error_set(err, EINVAL,
					 "rank %u has two data files: %s, %s", rank,
					 writers[rank].data_path, paths->files[i]);
		rc = file_check(paths->files[i], err);
		if (rc == 0)
			rc = path_set(&writers[rank].data_path, paths->files[i], err);
	}
	for (uint32_t rank = 0; rc == 0 && rank < m->rank_count; rank++) {
		if (writers[rank].data_path)
			continue;
		if (writers[rank].history_path)
			return error_set(err, EINVAL,
					 "the data file of rank %u is not given, whose "
					 "name ends in .%05u.log",
					 rank, rank);
		rc = path_set(&writers[rank].data_path, "", err);
	}
	return rc;
}

static int files_set(struct manifest *m, const struct loose_paths *paths,
		     struct error *err)
{
	int rc = file_check(paths->files[0], err);

	if (rc == 0)
		rc = path_set(&m->data_dir, paths->files[0], err);
	/* The names of a run in this folder. */
	if (rc < 0 || (paths->file_count == 1 && is_folder(paths->files[0])))
		return rc;
	if (!m->strategies[0].shared_file)
		return own_files_set(m, paths, err);
	if (paths->file_count > 1)
		return error_set(err, EINVAL,
				 "%s has one data file for all writers; %s is one too "
				 "many",
				 m->strategies[0].name, paths->files[1]);
	return path_set(&m->strategies[0].writers[0].data_path, paths->files[0], err);
}

int loose_manifest(struct manifest *manifest, const struct loose_paths *paths,
		   struct error *err)
{
	struct witnesses all = {0};
	struct manifest m = {0};
	int rc = histories_read(&all, paths, err);

	if (rc == 0)
		rc = witnesses_check(&all, err);
	if (rc == 0) {
		rc = manifest_fill(&m, &all);
		if (rc == -EBADMSG)
			error_set(err, EBADMSG,
				  "the plan in the history %s makes no sense",
				  all.items[0].path);
		else if (rc < 0)
			error_sys(err, -rc, "cannot hold what the histories tell");
	}
	if (rc == 0)
		rc = files_set(&m, paths, err);
	witnesses_release(&all);
	if (rc < 0)
		manifest_release(&m);
	else
		*manifest = m;
	return rc;
}
