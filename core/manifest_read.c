/*
 * manifest_read - from manifest.json, which is hostile input: sizes, indices and
 * names are checked here, once, so that nobody else has to.
 */
#include "core/manifest.h"

#include "core/claim.h"
#include "core/manifest_json.h"
#include "core/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_BYTES (512 << 20)

enum {
	MAX_HOSTS = 1 << 16,
	MAX_STRATEGIES = 1024,
	MAX_SAMPLES = 1 << 20,
	MIN_VIEW_BLOCK = 1 << 9,
	MAX_VIEW_BLOCK = 1 << 20,
	MAX_VIEW_LOOKS = 7, /* bits */
	MAX_READERS = 1 << 16,
	MAX_FAULTS = 1 << 16,
	MAX_EXIT = 255,
};

/*
 * Getters note the first key that is missing or wrong in `bad` and go on, so
 * that decoding reads as a list of fields with one test at the end.
 */
struct reader {
	const char *bad;
};

static int64_t get_integer(struct reader *r, json_t *object, const char *key,
			   int64_t low, int64_t high)
{
	json_t *value = json_object_get(object, key);

	if (!json_is_integer(value) || json_integer_value(value) < low ||
	    json_integer_value(value) > high) {
		r->bad = r->bad ? r->bad : key;
		return low;
	}
	return json_integer_value(value);
}

static bool get_bool(struct reader *r, json_t *object, const char *key)
{
	json_t *value = json_object_get(object, key);

	if (!json_is_boolean(value))
		r->bad = r->bad ? r->bad : key;
	return json_is_true(value);
}

/* A new string; NULL for a JSON null. */
static char *get_text(struct reader *r, json_t *object, const char *key)
{
	json_t *value = json_object_get(object, key);
	char *text = NULL;

	if (json_is_string(value))
		text = text_unescape(json_string_value(value));
	else if (json_is_null(value))
		return NULL;
	if (!text)
		r->bad = r->bad ? r->bad : key;
	return text;
}

static char *get_text_required(struct reader *r, json_t *object, const char *key)
{
	char *text = get_text(r, object, key);

	if (!text)
		r->bad = r->bad ? r->bad : key;
	return text;
}

/* An array with at most @max elements; an empty one is returned for anything else. */
static json_t *get_array(struct reader *r, json_t *object, const char *key, size_t max)
{
	json_t *value = json_object_get(object, key);

	if (!json_is_array(value) || json_array_size(value) > max) {
		r->bad = r->bad ? r->bad : key;
		return NULL;
	}
	return value;
}

static void *get_memory(struct reader *r, size_t count, size_t bytes)
{
	void *memory = calloc(count ? count : 1, bytes);

	if (!memory)
		r->bad = "memory";
	return memory;
}

static void samples_from_json(struct reader *r, json_t *object,
			      struct manifest_host *host)
{
	json_t *array = get_array(r, object, "clock_samples", MAX_SAMPLES);
	size_t count = json_array_size(array);

	host->samples = get_memory(r, count, sizeof(*host->samples));
	if (!host->samples)
		return;
	host->sample_count = count;
	for (size_t i = 0; i < count; i++) {
		json_t *one = json_array_get(array, i);
		struct clock_sample *s = &host->samples[i];
		json_t *at = json_array_get(one, 0);
		json_t *offset = json_array_get(one, 1);
		json_t *rtt = json_array_get(one, 2);

		s->at_ns = (uint64_t)json_integer_value(at);
		s->offset_ns = json_integer_value(offset);
		s->rtt_ns = (uint64_t)json_integer_value(rtt);
		/* A century bounds what is added up later. */
		if (!json_is_integer(at) || !json_is_integer(offset) ||
		    !json_is_integer(rtt) || s->at_ns > INT64_MAX / 4 ||
		    s->rtt_ns > INT64_MAX / 4 || s->offset_ns > INT64_MAX / 4 ||
		    s->offset_ns < -(INT64_MAX / 4) ||
		    (i && s->at_ns < host->samples[i - 1].at_ns))
			r->bad = r->bad ? r->bad : "clock_samples";
	}
}

static void host_from_json(struct reader *r, json_t *object, struct manifest_host *host)
{
	host->name = get_text_required(r, object, "name");
	host->client = get_text_required(r, object, "client");
	host->kernel = get_text(r, object, "kernel");
	host->fstype = get_text(r, object, "fstype");
	host->mount_source = get_text(r, object, "mount_source");
	host->mount_point = get_text(r, object, "mount_point");
	host->mount_options = get_text(r, object, "mount_options");
	host->module_options = get_text(r, object, "module_options");
	samples_from_json(r, object, host);
}

static void writer_from_json(struct reader *r, json_t *object,
			     struct manifest_writer *writer)
{
	const char *end = json_string_value(json_object_get(object, "end"));

	for (int i = 0; end && i <= WRITER_HUNG; i++)
		if (strcmp(end, writer_end_name((enum writer_end)i)) == 0)
			writer->end = (enum writer_end)i;
	if (!end || strcmp(end, writer_end_name(writer->end)) != 0)
		r->bad = r->bad ? r->bad : "end";
	writer->begun =
		(uint64_t)get_integer(r, object, "begun", 0, RECORD_MAX_SEQ + 1);
	writer->history_path = get_text(r, object, "history_path");
	writer->stuck = get_text(r, object, "stuck");
}

static unsigned int claims_from_json(struct reader *r, json_t *object)
{
	json_t *array = get_array(r, object, "claims", CLAIM_COUNT);
	unsigned int claims = 0;

	for (size_t i = 0; i < json_array_size(array); i++) {
		const char *name = json_string_value(json_array_get(array, i));
		unsigned int claim = name ? claim_by_name(name) : 0;

		if (!claim)
			r->bad = r->bad ? r->bad : "claims";
		claims |= claim;
	}
	return claims;
}

static enum workload workload_from_json(struct reader *r, json_t *object)
{
	const char *name = json_string_value(json_object_get(object, "workload"));
	enum workload workload = name ? workload_by_name(name) : WORKLOAD_COUNT;

	if (workload == WORKLOAD_COUNT)
		r->bad = r->bad ? r->bad : "workload";
	return workload;
}

/* A manifest of before there was `merge` has none. */
static void merge_from_json(struct reader *r, json_t *object,
			    struct manifest_merge *merge)
{
	if (!json_is_object(object))
		return;
	merge->path = get_text_required(r, object, "path");
	merge->records = (uint64_t)get_integer(r, object, "records", 0, INT64_MAX);
	merge->bytes = (uint64_t)get_integer(r, object, "bytes", 0, INT64_MAX);
	merge->left_out = (uint64_t)get_integer(r, object, "left_out", 0, INT64_MAX);
	merge->duration_ns =
		(uint64_t)get_integer(r, object, "duration_ns", 0, INT64_MAX);
}

/* Null: none were taken. */
static void views_from_json(struct reader *r, json_t *object, size_t host_count,
			    struct manifest_views *views)
{
	json_t *value = json_object_get(object, "views");
	json_t *looks;

	if (json_is_null(value))
		return;
	views->block_bytes = (uint32_t)get_integer(r, value, "block_bytes",
						   MIN_VIEW_BLOCK, MAX_VIEW_BLOCK);
	views->stride = (uint32_t)get_integer(r, value, "stride", 1, UINT32_MAX);
	looks = get_array(r, value, "looks", host_count);
	views->looks = get_memory(r, host_count, sizeof(*views->looks));
	if (json_array_size(looks) != host_count)
		r->bad = r->bad ? r->bad : "looks";
	for (size_t host = 0; !r->bad && host < host_count; host++) {
		json_t *one = json_array_get(looks, host);

		views->looks[host] = (uint8_t)json_integer_value(one);
		if (!json_is_integer(one) || json_integer_value(one) < 0 ||
		    json_integer_value(one) > MAX_VIEW_LOOKS)
			r->bad = "looks";
	}
}

/* A manifest of before there was `readers` has none. */
static void readers_from_json(struct reader *r, json_t *object, size_t host_count,
			      struct manifest_strategy *s)
{
	json_t *array;

	if (!json_object_get(object, "readers"))
		return;
	array = get_array(r, object, "readers", MAX_READERS);
	if (!json_array_size(array) || !host_count)
		return;
	s->readers = get_memory(r, json_array_size(array), sizeof(*s->readers));
	if (!s->readers)
		return;
	s->reader_count = (uint32_t)json_array_size(array);
	for (uint32_t i = 0; i < s->reader_count; i++) {
		json_t *one = json_array_get(array, i);

		s->readers[i].host = (uint32_t)get_integer(r, one, "host", 0,
							   (int64_t)host_count - 1);
		s->readers[i].given = get_bool(r, one, "given");
	}
}

static void strategy_from_json(struct reader *r, json_t *object,
			       struct manifest_strategy *s, const struct manifest *m)
{
	uint32_t rank_count = m->rank_count;
	json_t *writers;

	s->name = get_text_required(r, object, "name");
	s->preset = get_text_required(r, object, "preset");
	s->spec = get_text_required(r, object, "spec");
	s->claims = claims_from_json(r, object);
	s->control = get_bool(r, object, "control");
	s->required = get_bool(r, object, "required");
	s->expected = get_text(r, object, "expected");
	s->workload = workload_from_json(r, object);
	s->shared_file = get_bool(r, object, "shared_file");
	s->exclusive_lock = get_bool(r, object, "exclusive_lock");
	s->batch = (uint32_t)get_integer(r, object, "batch", 1, UINT32_MAX);
	s->padding_bytes =
		(uint32_t)get_integer(r, object, "padding_bytes", 0, UINT32_MAX);
	s->ran = get_bool(r, object, "ran");
	/* Older manifests do not have it. */
	if (json_object_get(object, "remark"))
		s->remark = get_text(r, object, "remark");
	s->skipped = get_text(r, object, "skipped");
	s->skipped_errnum = (int)get_integer(r, object, "skipped_errno", 0, 4095);
	/* Older manifests do not have it. */
	if (json_object_get(object, "started_ns"))
		s->started_ns = (uint64_t)get_integer(r, object, "started_ns", 0,
						      INT64_MAX / 4);
	s->duration_ns = (uint64_t)get_integer(r, object, "duration_ns", 0, INT64_MAX);
	if (m->segment_bytes)
		s->segments = (uint32_t)get_integer(r, object, "segments", 0,
						    MANIFEST_SEGMENTS_MAX);
	s->rpc = json_object_get(object, "rpc");
	s->rpc = json_is_object(s->rpc) ? json_incref(s->rpc) : NULL;
	merge_from_json(r, json_object_get(object, "merge"), &s->merge);
	views_from_json(r, object, m->host_count, &s->views);
	readers_from_json(r, object, m->host_count, s);
	writers = get_array(r, object, "writers", rank_count);
	if (json_array_size(writers) != rank_count || !s->preset ||
	    !manifest_preset_valid(s->preset, strlen(s->preset)) ||
	    (s->control && s->claims))
		r->bad = r->bad ? r->bad : "writers, preset or claims";
	s->writers = get_memory(r, rank_count, sizeof(*s->writers));
	for (uint32_t rank = 0; !r->bad && rank < rank_count; rank++)
		writer_from_json(r, json_array_get(writers, rank), &s->writers[rank]);
}

/* From 0 to @high; or -1 for a JSON null. */
static int64_t get_index(struct reader *r, json_t *object, const char *key,
			 int64_t high)
{
	if (json_is_null(json_object_get(object, key)))
		return -1;
	return get_integer(r, object, key, 0, high);
}

/* Of a run whose ranks and strategies are known. */
static void fault_from_json(struct reader *r, json_t *object, const struct manifest *m,
			    struct manifest_fault *fault)
{
	int64_t target = get_index(r, object, "target", (int64_t)m->rank_count - 1);

	fault->strategy = (uint32_t)get_integer(r, object, "strategy", 0,
						(int64_t)m->strategy_count - 1);
	fault->what = get_text_required(r, object, "what");
	fault->hit = get_bool(r, object, "hit");
	fault->target = target < 0 ? MANIFEST_NOBODY : (uint32_t)target;
	fault->host =
		(uint32_t)get_integer(r, object, "host", 0, (int64_t)m->host_count - 1);
	fault->exit = (int)get_index(r, object, "exit", MAX_EXIT);
	fault->at_ns = (uint64_t)get_integer(r, object, "at_ns", 0, INT64_MAX / 4);
	fault->until_ns =
		(uint64_t)get_integer(r, object, "until_ns", 0, INT64_MAX / 4);
	fault->note = get_text_required(r, object, "note");
}

/* A manifest of before there was `faults` has none. */
static void faults_from_json(struct reader *r, json_t *root, struct manifest *m)
{
	json_t *array;

	if (r->bad || !json_object_get(root, "faults"))
		return;
	array = get_array(r, root, "faults", MAX_FAULTS);
	m->faults = get_memory(r, json_array_size(array), sizeof(*m->faults));
	if (!m->faults)
		return;
	m->fault_count = json_array_size(array);
	for (size_t i = 0; i < m->fault_count; i++)
		fault_from_json(r, json_array_get(array, i), m, &m->faults[i]);
}

static void run_from_json(struct reader *r, json_t *root, struct manifest *m)
{
	char *run_id = get_text_required(r, root, "run_id");

	if (run_id && run_id_valid(run_id))
		memcpy(m->run_id, run_id, sizeof(m->run_id));
	else
		r->bad = r->bad ? r->bad : "run_id";
	free(run_id);
	m->version = get_text(r, root, "version");
	m->created_utc = get_text(r, root, "created_utc");
	m->command = get_text(r, root, "command");
	m->data_dir = get_text_required(r, root, "data_dir");
	m->label = get_text(r, root, "label");
	m->seed = (uint64_t)get_integer(r, root, "seed", INT64_MIN, INT64_MAX);
	m->min_bytes = (uint32_t)get_integer(r, root, "min_bytes", RECORD_MIN_BYTES,
					     RECORD_MAX_BYTES);
	m->max_bytes = (uint32_t)get_integer(r, root, "max_bytes", m->min_bytes,
					     RECORD_MAX_BYTES);
	m->records = (uint64_t)get_integer(r, root, "records", 0, RECORD_MAX_SEQ + 1);
	/* Older manifests do not have it. */
	if (json_object_get(root, "segment_bytes"))
		m->segment_bytes =
			(uint64_t)get_integer(r, root, "segment_bytes", 0, INT64_MAX);
	m->local_fs = get_bool(r, root, "local_fs");
	m->one_client = get_bool(r, root, "one_client");
	m->strict = get_bool(r, root, "strict");
	m->data_kept = get_bool(r, root, "data_kept");
	if (check_facts_from_json(json_object_get(root, "check"), &m->check) < 0)
		r->bad = r->bad ? r->bad : "check";
}

static void ranks_from_json(struct reader *r, json_t *root, struct manifest *m)
{
	json_t *hosts = get_array(r, root, "hosts", MAX_HOSTS);
	json_t *ranks = get_array(r, root, "rank_host", RECORD_MAX_WRITERS);

	if (r->bad)
		return;
	m->hosts = get_memory(r, json_array_size(hosts), sizeof(*m->hosts));
	m->rank_host = get_memory(r, json_array_size(ranks), sizeof(*m->rank_host));
	if (!m->hosts || !m->rank_host)
		return;
	m->host_count = json_array_size(hosts);
	m->rank_count = (uint32_t)json_array_size(ranks);
	for (size_t i = 0; i < m->host_count; i++)
		host_from_json(r, json_array_get(hosts, i), &m->hosts[i]);
	for (uint32_t i = 0; i < m->rank_count; i++) {
		json_t *host = json_array_get(ranks, i);

		m->rank_host[i] = (uint32_t)json_integer_value(host);
		if (!json_is_integer(host) || json_integer_value(host) < 0 ||
		    (size_t)json_integer_value(host) >= m->host_count)
			r->bad = r->bad ? r->bad : "rank_host";
	}
}

/* Results are found by name. */
static bool names_differ(const struct manifest *m, size_t count)
{
	for (size_t i = 1; i < count; i++)
		for (size_t j = 0; j < i; j++)
			if (strcmp(m->strategies[i].name, m->strategies[j].name) == 0)
				return false;
	return true;
}

static void strategies_from_json(struct reader *r, json_t *root, struct manifest *m)
{
	json_t *strategies = get_array(r, root, "strategies", MAX_STRATEGIES);

	if (r->bad)
		return;
	m->strategies =
		get_memory(r, json_array_size(strategies), sizeof(*m->strategies));
	if (!m->strategies)
		return;
	m->strategy_count = json_array_size(strategies);
	for (size_t i = 0; i < m->strategy_count; i++)
		strategy_from_json(r, json_array_get(strategies, i), &m->strategies[i],
				   m);
	if (!r->bad && !names_differ(m, m->strategy_count))
		r->bad = "two strategies of one name";
}

/* Is the sum that @root carries its own?  The sum is taken out on the way. */
static bool sum_agrees(json_t *root)
{
	const char *carried =
		json_string_value(json_object_get(root, MANIFEST_SUM_KEY));
	char told[9] = "";
	char sum[9];

	if (!carried)
		return false;
	snprintf(told, sizeof(told), "%s", carried);
	json_object_del(root, MANIFEST_SUM_KEY);
	return manifest_sum(root, sum) == 0 && strcmp(sum, told) == 0;
}

/*
 * Read a whole regular file of bounded size as JSON.  By way of stdio: jansson's
 * json_loadfd(3) reads a byte at a time.
 */
static json_t *json_read(const char *path, struct error *err, int *ret_rc)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "r");
	json_error_t where;
	struct stat st;
	json_t *root = NULL;

	if (fd < 0 && errno == ENOENT) {
		*ret_rc = error_set(err, ENOENT,
				    "there is no %s: this is no run folder, or its run "
				    "ended before it began to append",
				    path);
		return NULL;
	}
	if (!file) {
		*ret_rc = error_sys(err, errno, "cannot open %s", path);
		if (fd >= 0)
			close(fd);
		return NULL;
	}
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_size > MAX_BYTES) {
		*ret_rc = error_set(err, EBADMSG, "%s is no manifest", path);
	} else {
		root = json_loadf(file, JSON_REJECT_DUPLICATES, &where);
		if (!root)
			*ret_rc = error_set(err, EBADMSG,
					    "%s is damaged: line %d is not JSON", path,
					    where.line);
	}
	fclose(file);
	return root;
}

int manifest_load(struct manifest *manifest, const char *run_dir, struct error *err)
{
	struct manifest m = {0};
	struct reader r = {0};
	const char *schema;
	char *path = NULL;
	json_t *root;
	int rc = 0;

	if (asprintf(&path, "%s/" MANIFEST_FILE, run_dir) < 0)
		return error_set(err, ENOMEM, "no memory");
	root = json_read(path, err, &rc);
	if (!root)
		goto out;
	schema = json_string_value(json_object_get(root, "schema"));
	if (!schema || strcmp(schema, MANIFEST_SCHEMA) != 0) {
		rc = error_set(err, EBADMSG, "%s is not of the format " MANIFEST_SCHEMA,
			       path);
		goto out;
	}
	if (!sum_agrees(root)) {
		rc = error_set(err, EBADMSG, "%s is damaged: its checksum is wrong",
			       path);
		goto out;
	}
	run_from_json(&r, root, &m);
	ranks_from_json(&r, root, &m);
	strategies_from_json(&r, root, &m);
	faults_from_json(&r, root, &m);
	if (r.bad) {
		rc = error_set(err, EBADMSG, "%s makes no sense: %s", path, r.bad);
		manifest_release(&m);
	} else {
		*manifest = m;
	}
out:
	json_decref(root);
	free(path);
	return rc;
}
