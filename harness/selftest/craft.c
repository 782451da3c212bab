/* craft - see craft.h. */
#include "harness/selftest/craft.h"

#include "core/claim.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int craft_fail(struct craft *c, int errnum, const char *fmt, ...)
{
	va_list args;
	char text[sizeof(c->err.sentence)];

	if (c->rc < 0)
		return c->rc;
	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	c->rc = error_set(&c->err, errnum, "%s", text);
	return c->rc;
}

/* realloc(3) of the craft's; NULL after any failure, and @memory is as it was. */
static void *grow(struct craft *c, void *memory, size_t bytes)
{
	void *grown = c->rc < 0 ? NULL : realloc(memory, bytes ? bytes : 1);

	if (!grown)
		craft_fail(c, ENOMEM, "no memory for a run made by hand");
	return grown;
}

static void *zeroed(struct craft *c, size_t count, size_t bytes)
{
	void *memory = grow(c, NULL, count * bytes);

	return memory ? memset(memory, 0, count * bytes) : NULL;
}

static char *text(struct craft *c, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static char *text(struct craft *c, const char *fmt, ...)
{
	va_list args;
	char *result;

	if (c->rc < 0)
		return NULL;
	va_start(args, fmt);
	if (vasprintf(&result, fmt, args) < 0)
		result = NULL;
	va_end(args);
	if (!result)
		craft_fail(c, ENOMEM, "no memory for a run made by hand");
	return result;
}

static void folder_make(struct craft *c, const char *parent)
{
	char *history;

	c->dir = text(c, "%s/tailrace-craft.XXXXXX", parent);
	if (c->dir && !mkdtemp(c->dir)) {
		craft_fail(c, errno, "cannot make a folder in %s: %s", parent,
			   strerror(errno));
		free(c->dir);
		c->dir = NULL; /* nothing to remove */
	}
	history = text(c, "%s/history", c->dir);
	c->manifest.data_dir = text(c, "%s/data", c->dir);
	if (c->rc == 0 &&
	    (mkdir(history, 0700) < 0 || mkdir(c->manifest.data_dir, 0700) < 0))
		craft_fail(c, errno, "cannot make a folder in %s: %s", c->dir,
			   strerror(errno));
	free(history);
}

static void strategy_init(struct craft *c, uint32_t writers)
{
	struct manifest_strategy *s = zeroed(c, 1, sizeof(*s));

	if (!s)
		return;
	c->manifest.strategies = c->strategy = s;
	c->manifest.strategy_count = 1;
	*s = (struct manifest_strategy){
		.name = text(c, "flock"),
		.preset = text(c, "flock"),
		.spec = text(c, "flock"),
		.claims = (1 << CLAIM_COUNT) - 1,
		.required = true,
		.shared_file = true,
		.exclusive_lock = true,
		.batch = 1,
		.ran = true,
		.duration_ns = 1000000000,
		.writers = zeroed(c, writers, sizeof(*s->writers)),
	};
	for (uint32_t w = 0; s->writers && w < writers; w++)
		s->writers[w].end = WRITER_FINISHED;
}

static void hosts_init(struct craft *c, uint32_t hosts)
{
	struct manifest *m = &c->manifest;

	m->hosts = zeroed(c, hosts, sizeof(*m->hosts));
	for (uint32_t h = 0; c->rc == 0 && h < hosts; h++) {
		m->host_count++;
		m->hosts[h].name = text(c, "host%u", h);
		m->hosts[h].client = text(c, "client%u", h);
		craft_clock(c, h, CRAFT_SAMPLE_NS, 0, CRAFT_RTT_NS);
	}
}

static void writers_init(struct craft *c, const struct craft_plan *plan)
{
	struct manifest *m = &c->manifest;

	m->rank_host = zeroed(c, plan->writers, sizeof(*m->rank_host));
	c->writers = zeroed(c, plan->writers, sizeof(*c->writers));
	c->files = zeroed(c, plan->writers, sizeof(*c->files));
	if (c->rc < 0)
		return;
	m->rank_count = plan->writers;
	for (uint32_t w = 0; w < plan->writers; w++)
		m->rank_host[w] = w % plan->hosts;
}

int craft_init(struct craft *c, const struct craft_plan *plan, const char *parent)
{
	struct manifest *m = &c->manifest;
	struct record_plan records;
	int rc;

	memset(c, 0, sizeof(*c));
	memcpy(m->run_id, CRAFT_RUN_ID, sizeof(m->run_id));
	m->seed = plan->seed;
	m->min_bytes = plan->min_bytes;
	m->max_bytes = plan->max_bytes;
	m->data_kept = true;
	hosts_init(c, plan->hosts);
	writers_init(c, plan);
	strategy_init(c, plan->writers);
	records = manifest_record_plan(m, 0);
	rc = record_form_init(&c->form, &records);
	if (rc < 0)
		craft_fail(c, -rc, "no records of %u to %u bytes: %s", m->min_bytes,
			   m->max_bytes, strerror(-rc));
	folder_make(c, parent);
	return c->rc;
}

static int remove_entry(const char *path, const struct stat *st, int type,
			struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	return remove(path);
}

int craft_remove(const char *path)
{
	return nftw(path, remove_entry, 8, FTW_DEPTH | FTW_PHYS) < 0 ? -errno : 0;
}

void craft_release(struct craft *c)
{
	for (uint32_t w = 0; w < c->manifest.rank_count; w++) {
		free(c->writers[w].entries);
		free(c->files[w].bytes);
	}
	free(c->writers);
	free(c->files);
	record_form_release(&c->form);
	if (c->dir)
		(void)craft_remove(c->dir);
	free(c->dir);
	manifest_release(&c->manifest);
	memset(c, 0, sizeof(*c));
}

void craft_sample(struct craft *c, uint32_t host, uint64_t at_ns, int64_t offset_ns,
		  uint64_t rtt_ns)
{
	struct manifest_host *h = &c->manifest.hosts[host];
	struct clock_sample *samples =
		grow(c, h->samples, (h->sample_count + 1) * sizeof(*samples));

	if (!samples)
		return;
	h->samples = samples;
	samples[h->sample_count++] = (struct clock_sample){at_ns, offset_ns, rtt_ns};
}

void craft_clock(struct craft *c, uint32_t host, uint64_t at_ns, int64_t offset_ns,
		 uint64_t rtt_ns)
{
	c->manifest.hosts[host].sample_count = 0;
	craft_sample(c, host, at_ns, offset_ns, rtt_ns);
}

uint64_t craft_append(struct craft *c, uint32_t writer,
		      const struct history_entry *entry)
{
	struct craft_writer *w = &c->writers[writer];

	if (w->count == w->capacity) {
		size_t capacity = w->capacity ? 2 * w->capacity : 16;
		void *entries = grow(c, w->entries, capacity * sizeof(*entry));

		if (!entries)
			return w->count;
		w->entries = entries;
		w->capacity = capacity;
	}
	w->entries[w->count] = *entry;
	return w->count++;
}

void craft_put(struct craft *c, uint32_t file, size_t offset, const void *bytes,
	       size_t length)
{
	struct craft_file *f = &c->files[file];

	if (offset + length > f->capacity) {
		void *grown = grow(c, f->bytes, 2 * (offset + length));

		if (!grown)
			return;
		f->bytes = grown;
		f->capacity = 2 * (offset + length);
	}
	if (offset > f->length)
		memset(f->bytes + f->length, 0, offset - f->length);
	if (length)
		memcpy(f->bytes + offset, bytes, length);
	if (offset + length > f->length)
		f->length = offset + length;
}

/* ---- writing the folder --------------------------------------------------- */

static void history_fill(struct history_writer *history, const struct craft_writer *w)
{
	for (size_t i = 0; i < w->count; i++) {
		/* Cannot fail: there is room for them all. */
		(void)history_intend(history, w->entries[i].invoke_ns);
		if (w->entries[i].outcome != OUTCOME_OPEN)
			history_conclude(history, i, &w->entries[i]);
	}
}

static void history_save(struct craft *c, uint32_t writer)
{
	const struct craft_writer *w = &c->writers[writer];
	enum writer_end end = c->strategy->writers[writer].end;
	struct history_identity identity;
	struct history_writer history;
	struct error err;
	char *path;
	int rc;

	manifest_history_identity(&c->manifest, 0, writer, &identity);
	path = manifest_history_path(&c->manifest, c->dir, 0, writer);
	if (!path) {
		craft_fail(c, ENOMEM, "no memory for a run made by hand");
		return;
	}
	unlink(path);
	rc = history_create(&history, path, &identity, w->count, &err);
	free(path);
	if (rc < 0) {
		craft_fail(c, -rc, "%s", err.sentence);
		return;
	}
	history_fill(&history, w);
	if (end == WRITER_KILLED || end == WRITER_HUNG)
		history_release(&history);
	else
		history_finish(&history);
	c->strategy->writers[writer].begun = w->count;
}

/* All of @length bytes: a full disk shows itself in a short write first. */
static int write_all(int fd, const uint8_t *bytes, size_t length)
{
	while (length) {
		ssize_t written = write(fd, bytes, length);

		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return -errno;
		bytes += written;
		length -= (size_t)written;
	}
	return 0;
}

static int file_write(const char *path, const struct craft_file *f)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	int rc;

	if (fd < 0)
		return -errno;
	rc = write_all(fd, f->bytes, f->length);
	if (close(fd) < 0 && rc == 0)
		rc = -errno;
	return rc;
}

int craft_save_file(struct craft *c, uint32_t file)
{
	const struct craft_file *f = &c->files[file];
	char *path;
	int rc = 0;

	if (c->rc < 0)
		return c->rc;
	path = manifest_data_path(&c->manifest, 0, file);
	if (!path)
		return craft_fail(c, ENOMEM, "no memory for a run made by hand");
	unlink(path);
	if (!f->vanished)
		rc = file_write(path, f);
	if (rc < 0)
		craft_fail(c, -rc, "cannot write %s: %s", path, strerror(-rc));
	free(path);
	return c->rc;
}

int craft_save(struct craft *c)
{
	struct error err;
	uint32_t files;
	int rc;

	if (c->rc < 0)
		return c->rc;
	files = c->strategy->shared_file ? 1 : c->manifest.rank_count;
	for (uint32_t w = 0; c->rc == 0 && w < c->manifest.rank_count; w++)
		history_save(c, w);
	for (uint32_t f = 0; c->rc == 0 && f < files; f++)
		craft_save_file(c, f);
	if (c->rc < 0)
		return c->rc;
	rc = manifest_save(&c->manifest, c->dir, &err);
	return rc < 0 ? craft_fail(c, -rc, "%s", err.sentence) : 0;
}

int craft_judge(struct craft *c, craft_judge_fn *judge, struct judgment *judgment)
{
	struct manifest manifest;
	struct error err;
	int rc;

	if (c->rc < 0)
		return c->rc;
	rc = manifest_load(&manifest, c->dir, &err);
	if (rc < 0)
		return craft_fail(c, -rc, "%s", err.sentence);
	rc = judge(&manifest, c->dir, 0, judgment, &err);
	manifest_release(&manifest);
	return rc < 0 ? craft_fail(c, -rc, "%s", err.sentence) : 0;
}
