/*
 * test_manifest - written and read back, damaged, cut, and well-formed but
 * hostile: with a right checksum and contents that no run can have.
 */
#include "core/claim.h"
#include "core/crc32c.h"
#include "core/manifest.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static char folder[] = "/tmp/test_manifest.XXXXXX";

static void enter_folder(void)
{
	ck_assert_ptr_nonnull(mkdtemp(folder));
	ck_assert_int_eq(chdir(folder), 0);
}

static void leave_folder(void)
{
	unlink(MANIFEST_FILE);
	ck_assert_int_eq(chdir("/"), 0);
	/* And nothing else: no half-written file stays behind. */
	ck_assert_int_eq(rmdir(folder), 0);
}

static char *text(const char *bytes)
{
	char *copy = strdup(bytes);

	ck_assert_ptr_nonnull(copy);
	return copy;
}

static void *zeroed(size_t count, size_t bytes)
{
	void *memory = calloc(count, bytes);

	ck_assert_ptr_nonnull(memory);
	return memory;
}

/* ---- a manifest with something in every field ------------------------- */

static void sample_host(struct manifest_host *host, int number)
{
	host->name = text(number ? "host two" : "h\xff\xfe\n\"1%41");
	host->client = text("boot:4026531992");
	host->kernel = text("Linux 6.1.0");
	host->fstype = text("nfs4");
	host->mount_source = number ? NULL : text("server:/export");
	host->mount_point = text("/mnt/nas");
	host->mount_options = text("rw,vers=4.2");
	host->module_options = text("recover_lost_locks=N");
	host->sample_count = 3;
	host->samples = zeroed(3, sizeof(*host->samples));
	for (int i = 0; i < 3; i++)
		host->samples[i] = (struct clock_sample){
			.at_ns = 1000u * (unsigned int)i,
			.offset_ns = number ? -123456789 : 5,
			.rtt_ns = 40000,
		};
}

static void sample_strategy(struct manifest_strategy *s, int number)
{
	s->name = text(number ? "append" : "flock:batch=4");
	s->preset = text(number ? "append" : "flock");
	s->spec = text("lock=flock,place=end");
	s->claims = number ? 0 : CLAIM_COMPLETE | CLAIM_ONCE | CLAIM_EXCLUSION;
	s->control = number;
	s->required = !number;
	s->expected = number ? text("unsafe") : NULL;
	s->shared_file = true;
	s->exclusive_lock = !number;
	s->batch = number ? 1 : 4;
	s->padding_bytes = 4096;
	s->ran = !number;
	s->remark = number ? NULL : text("O_APPEND was left out");
	s->skipped = number ? text("no O_APPEND here") : NULL;
	s->skipped_errnum = number ? EINVAL : 0;
	s->duration_ns = 123456789;
	s->rpc = number ? NULL : json_pack("{s:i,s:i}", "LOCK", 5, "WRITE", 7);
	if (!number) {
		s->views.block_bytes = 65536;
		s->views.stride = 3;
		s->views.looks = zeroed(2, sizeof(*s->views.looks));
		s->views.looks[0] = 7;
		s->views.looks[1] = 1;
		s->readers = zeroed(2, sizeof(*s->readers));
		s->reader_count = 2;
		s->readers[0] = (struct manifest_reader){1, true};
	}
	s->writers = zeroed(3, sizeof(*s->writers));
	for (unsigned int rank = 0; rank < 3; rank++) {
		s->writers[rank].end = (enum writer_end)(rank + 1);
		s->writers[rank].begun = 100u + rank;
		s->writers[rank].history_path = text("/tmp/x.history");
	}
	s->writers[2].stuck = text("write since 12:00");
}

static const struct manifest_fault sample_faults[] = {
	{.strategy = 0,
	 .what = (char[]){"stop-holder for 2s"},
	 .hit = true,
	 .target = 2,
	 .host = 1,
	 .exit = -1,
	 .at_ns = 5000000000,
	 .until_ns = 7000000000,
	 .note = (char[]){"stopped rank 2"}},
	{.strategy = 1,
	 .what = (char[]){"run echo n\xc3\xa4s; false"},
	 .hit = true,
	 .target = MANIFEST_NOBODY,
	 .exit = 1,
	 .at_ns = 1,
	 .until_ns = 2,
	 .note = (char[]){"ran"}},
	{.strategy = 1,
	 .what = (char[]){"kill 1"},
	 .target = MANIFEST_NOBODY,
	 .exit = -1,
	 .note = (char[]){"it had left"}},
};

static struct manifest sample(void)
{
	struct manifest m = {
		.run_id = "k3f0000000vu",
		.version = text("0.1.0"),
		.created_utc = text("2024-05-06T07:08:09Z"),
		.command = text("tailrace run '/mnt/n\xc3\xa4s'"),
		.data_dir = text("/mnt/nas/tailrace-k3f0000000vu"),
		.label = text(""),
		.seed = UINT64_MAX - 4,
		.min_bytes = 64,
		.max_bytes = RECORD_MAX_BYTES,
		.records = 1000,
		.one_client = true,
		.data_kept = true,
		.host_count = 2,
		.rank_count = 3,
		.strategy_count = 2,
	};

	m.hosts = zeroed(2, sizeof(*m.hosts));
	m.strategies = zeroed(2, sizeof(*m.strategies));
	m.rank_host = zeroed(3, sizeof(*m.rank_host));
	m.rank_host[1] = 1;
	for (int i = 0; i < 2; i++) {
		sample_host(&m.hosts[i], i);
		sample_strategy(&m.strategies[i], i);
	}
	for (size_t i = 0; i < COUNT_OF(sample_faults); i++)
		ck_assert_int_eq(manifest_add_fault(&m, &sample_faults[i]), 0);
	return m;
}

/* ---- comparing -------------------------------------------------------- */

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static bool same_host(const struct manifest_host *a, const struct manifest_host *b)
{
	return same_text(a->name, b->name) && same_text(a->client, b->client) &&
	       same_text(a->kernel, b->kernel) && same_text(a->fstype, b->fstype) &&
	       same_text(a->mount_source, b->mount_source) &&
	       same_text(a->mount_point, b->mount_point) &&
	       same_text(a->mount_options, b->mount_options) &&
	       same_text(a->module_options, b->module_options) &&
	       a->sample_count == b->sample_count &&
	       memcmp(a->samples, b->samples, a->sample_count * sizeof(*a->samples)) ==
		       0;
}

/* Of two hosts. */
static bool same_views(const struct manifest_views *a, const struct manifest_views *b)
{
	return a->block_bytes == b->block_bytes && a->stride == b->stride &&
	       !a->looks == !b->looks &&
	       (!a->looks || memcmp(a->looks, b->looks, 2) == 0);
}

static bool same_readers(const struct manifest_strategy *a,
			 const struct manifest_strategy *b)
{
	if (a->reader_count != b->reader_count)
		return false;
	for (uint32_t i = 0; i < a->reader_count; i++)
		if (a->readers[i].host != b->readers[i].host ||
		    a->readers[i].given != b->readers[i].given)
			return false;
	return true;
}

static bool same_strategy(const struct manifest_strategy *a,
			  const struct manifest_strategy *b, uint32_t ranks)
{
	for (uint32_t i = 0; i < ranks; i++)
		if (a->writers[i].end != b->writers[i].end ||
		    a->writers[i].begun != b->writers[i].begun ||
		    !same_text(a->writers[i].history_path,
			       b->writers[i].history_path) ||
		    !same_text(a->writers[i].stuck, b->writers[i].stuck))
			return false;
	return same_text(a->name, b->name) && same_text(a->preset, b->preset) &&
	       same_text(a->spec, b->spec) && same_text(a->skipped, b->skipped) &&
	       same_text(a->remark, b->remark) && same_text(a->expected, b->expected) &&
	       a->claims == b->claims && a->control == b->control &&
	       a->required == b->required && a->shared_file == b->shared_file &&
	       a->exclusive_lock == b->exclusive_lock && a->batch == b->batch &&
	       a->padding_bytes == b->padding_bytes && a->ran == b->ran &&
	       a->skipped_errnum == b->skipped_errnum &&
	       a->started_ns == b->started_ns && a->duration_ns == b->duration_ns &&
	       same_views(&a->views, &b->views) && same_readers(a, b) &&
	       !a->rpc == !b->rpc && (!a->rpc || json_equal(a->rpc, b->rpc));
}

static bool same_faults(const struct manifest *a, const struct manifest *b)
{
	if (a->fault_count != b->fault_count)
		return false;
	for (size_t i = 0; i < a->fault_count; i++) {
		const struct manifest_fault *x = &a->faults[i], *y = &b->faults[i];

		if (x->strategy != y->strategy || !same_text(x->what, y->what) ||
		    x->hit != y->hit || x->target != y->target || x->host != y->host ||
		    x->exit != y->exit || x->at_ns != y->at_ns ||
		    x->until_ns != y->until_ns || !same_text(x->note, y->note))
			return false;
	}
	return true;
}

static bool same(const struct manifest *a, const struct manifest *b)
{
	if (a->host_count != b->host_count || a->rank_count != b->rank_count ||
	    a->strategy_count != b->strategy_count)
		return false;
	for (size_t i = 0; i < a->host_count; i++)
		if (!same_host(&a->hosts[i], &b->hosts[i]))
			return false;
	for (size_t i = 0; i < a->strategy_count; i++)
		if (!same_strategy(&a->strategies[i], &b->strategies[i], a->rank_count))
			return false;
	return memcmp(a->rank_host, b->rank_host, a->rank_count * sizeof(uint32_t)) ==
		       0 &&
	       same_text(a->run_id, b->run_id) && same_text(a->version, b->version) &&
	       same_text(a->created_utc, b->created_utc) &&
	       same_text(a->command, b->command) &&
	       same_text(a->data_dir, b->data_dir) && same_text(a->label, b->label) &&
	       a->seed == b->seed && a->min_bytes == b->min_bytes &&
	       a->max_bytes == b->max_bytes && a->records == b->records &&
	       a->local_fs == b->local_fs && a->one_client == b->one_client &&
	       a->strict == b->strict && a->data_kept == b->data_kept &&
	       same_faults(a, b);
}

/* ---- tests ------------------------------------------------------------- */

static void save(const struct manifest *m)
{
	struct error err = {0};

	ck_assert_msg(manifest_save(m, ".", &err) == 0, "%s", err.sentence);
}

START_TEST(reads_back_what_was_written)
{
	struct manifest m = sample(), read;
	struct error err = {0};
	struct stat st;

	enter_folder();
	save(&m);
	ck_assert_msg(manifest_load(&read, ".", &err) == 0, "%s", err.sentence);
	ck_assert(same(&m, &read));
	ck_assert_int_eq(stat(MANIFEST_FILE, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0600);
	manifest_release(&read);
	manifest_release(&read);

	/* Replaced whole. */
	free(m.label);
	m.label = text("again");
	save(&m);
	ck_assert_int_eq(manifest_load(&read, ".", &err), 0);
	ck_assert(same(&m, &read));
	manifest_release(&read);
	manifest_release(&m);
	leave_folder();
}
END_TEST

START_TEST(a_manifest_of_nothing)
{
	struct manifest m = {
		.run_id = "000000000000", .min_bytes = 64, .max_bytes = 64};
	struct manifest read;
	struct error err = {0};

	enter_folder();
	m.data_dir = text("/x");
	save(&m);
	ck_assert_msg(manifest_load(&read, ".", &err) == 0, "%s", err.sentence);
	ck_assert_uint_eq(read.rank_count, 0);
	ck_assert_uint_eq(read.strategy_count, 0);
	manifest_release(&read);
	manifest_release(&m);
	leave_folder();
}
END_TEST

START_TEST(a_link_is_not_followed_when_writing)
{
	struct manifest m = sample();
	struct stat st;

	enter_folder();
	ck_assert_int_eq(symlink("victim", MANIFEST_FILE), 0);
	ck_assert_int_eq(symlink("victim", MANIFEST_FILE ".new"), 0);
	save(&m);
	ck_assert_int_eq(access("victim", F_OK), -1);
	ck_assert_int_eq(lstat(MANIFEST_FILE, &st), 0);
	ck_assert(S_ISREG(st.st_mode));
	manifest_release(&m);
	leave_folder();
}
END_TEST

static size_t read_whole(char *bytes, size_t size)
{
	FILE *file = fopen(MANIFEST_FILE, "r");
	size_t got;

	ck_assert_ptr_nonnull(file);
	got = fread(bytes, 1, size, file);
	ck_assert_uint_lt(got, size);
	fclose(file);
	return got;
}

static void write_whole(const char *bytes, size_t size)
{
	FILE *file = fopen(MANIFEST_FILE, "w");

	ck_assert_ptr_nonnull(file);
	ck_assert_uint_eq(fwrite(bytes, 1, size, file), size);
	fclose(file);
}

/* It is refused with a sentence, or says nothing else than it did before. */
static void refused_or_same(const struct manifest *m, const char *what, size_t at)
{
	struct error err = {0};
	struct manifest read;
	int rc = manifest_load(&read, ".", &err);

	if (rc < 0) {
		ck_assert_int_eq(rc, -EBADMSG);
		ck_assert_uint_ne(err.sentence[0], '\0');
		return;
	}
	ck_assert_msg(same(m, &read), "%s at %zu", what, at);
	manifest_release(&read);
}

START_TEST(a_flipped_byte_is_found)
{
	static char bytes[16384];
	struct manifest m = sample();
	size_t size;

	enter_folder();
	save(&m);
	size = read_whole(bytes, sizeof(bytes));
	for (size_t at = 0; at < size; at++) {
		/* Every byte, and every bit of eight in a row. */
		char flip = (char)(1 << at % 8);

		bytes[at] ^= flip;
		write_whole(bytes, size);
		refused_or_same(&m, "flipped", at);
		bytes[at] ^= flip;
	}
	manifest_release(&m);
	leave_folder();
}
END_TEST

START_TEST(a_cut_one_is_found)
{
	static char bytes[16384];
	struct manifest m = sample();
	size_t size;

	enter_folder();
	save(&m);
	size = read_whole(bytes, sizeof(bytes));
	for (size_t cut = 0; cut < size; cut++) {
		write_whole(bytes, cut);
		refused_or_same(&m, "cut", cut);
	}
	manifest_release(&m);
	leave_folder();
}
END_TEST

START_TEST(what_is_no_manifest)
{
	static const char *const texts[] = {
		"",
		"\n",
		"null",
		"[]",
		"{}",
		"7",
		"\"\"",
		"{\"crc32c\":\"00000000\"}",
		"{\"schema\":\"tailrace.manifest/1\"}",
		"{\"schema\":\"tailrace.manifest/2\",\"crc32c\":\"00000000\"}",
		"{\"schema\":7}",
		"\xff\xfe",
		"{\"a\":1,\"a\":2}"};
	struct manifest read;
	struct error err;

	enter_folder();
	ck_assert_int_eq(manifest_load(&read, ".", &err), -ENOENT);
	ck_assert_int_eq(manifest_load(&read, "/nonexistent", &err), -ENOENT);
	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		write_whole(texts[i], strlen(texts[i]));
		ck_assert_int_eq(manifest_load(&read, ".", &err), -EBADMSG);
	}
	unlink(MANIFEST_FILE);
	/* A pipe that nobody writes to must not be waited for. */
	ck_assert_int_eq(mkfifo(MANIFEST_FILE, 0600), 0);
	ck_assert_int_lt(manifest_load(&read, ".", &err), 0);
	unlink(MANIFEST_FILE);
	ck_assert_int_eq(mkdir(MANIFEST_FILE, 0700), 0);
	ck_assert_int_lt(manifest_load(&read, ".", &err), 0);
	ck_assert_int_eq(rmdir(MANIFEST_FILE), 0);
	ck_assert_int_eq(symlink("/etc/passwd", MANIFEST_FILE), 0);
	ck_assert_int_lt(manifest_load(&read, ".", &err), 0);
	leave_folder();
}
END_TEST

START_TEST(depth_without_end)
{
	static char bytes[1 << 20];
	struct manifest read;
	struct error err;

	enter_folder();
	memset(bytes, '[', sizeof(bytes));
	write_whole(bytes, sizeof(bytes));
	ck_assert_int_eq(manifest_load(&read, ".", &err), -EBADMSG);
	leave_folder();
}
END_TEST

/* ---- hostile contents under a right checksum --------------------------- */

/* The document at a path like "hosts.0.name"; ret_key is its last part. */
static json_t *find_parent(json_t *root, const char *path, char ret_key[64])
{
	json_t *at = root;
	const char *dot;

	while ((dot = strchr(path, '.'))) {
		snprintf(ret_key, 64, "%.*s", (int)(dot - path), path);
		at = json_is_array(at) ? json_array_get(at, (size_t)atoi(ret_key))
				       : json_object_get(at, ret_key);
		path = dot + 1;
	}
	snprintf(ret_key, 64, "%s", path);
	return at;
}

/* Take the sum out, put the right one in: what docs/formats.md says of it. */
static void save_with_sum(json_t *root)
{
	char hex[9];
	char *compact;

	json_object_del(root, "crc32c");
	compact = json_dumps(root, JSON_COMPACT | JSON_SORT_KEYS);
	ck_assert_ptr_nonnull(compact);
	snprintf(hex, sizeof(hex), "%08x", crc32c(compact, strlen(compact)));
	free(compact);
	json_object_set_new(root, "crc32c", json_string(hex));
	ck_assert_int_eq(json_dump_file(root, MANIFEST_FILE, 0), 0);
}

/* The sample with the value at @path replaced by @value, or removed for NULL. */
static int load_with(const char *path, const char *value)
{
	json_t *root = json_load_file("sample.json", 0, NULL);
	struct error err = {0};
	struct manifest read;
	json_t *parent;
	char key[64];
	int rc;

	ck_assert_ptr_nonnull(root);
	parent = find_parent(root, path, key);
	ck_assert_ptr_nonnull(parent);
	if (!value) {
		ck_assert_int_eq(json_object_del(parent, key), 0);
	} else {
		json_t *new = json_loads(value, JSON_DECODE_ANY, NULL);

		ck_assert_ptr_nonnull(new);
		if (json_is_array(parent))
			json_array_set_new(parent, (size_t)atoi(key), new);
		else
			json_object_set_new(parent, key, new);
	}
	save_with_sum(root);
	json_decref(root);
	rc = manifest_load(&read, ".", &err);
	if (rc == 0)
		manifest_release(&read);
	else
		ck_assert_uint_ne(err.sentence[0], '\0');
	return rc;
}

static void enter_with_sample(void)
{
	struct manifest m = sample();

	enter_folder();
	save(&m);
	manifest_release(&m);
	ck_assert_int_eq(rename(MANIFEST_FILE, "sample.json"), 0);
	/* What is refused below is refused for its own sake. */
	ck_assert_int_eq(load_with("label", "\"changed\""), 0);
}

static void leave_with_sample(void)
{
	unlink("sample.json");
	leave_folder();
}

START_TEST(values_that_make_no_sense)
{
	static const struct {
		const char *path, *value;
	} hostile[] = {
		{"run_id", "\"../../../etc\""},
		{"run_id", "\"k3f0000000v\""},
		{"run_id", "7"},
		{"run_id", "null"},
		{"data_dir", "null"},
		{"data_dir", "[]"},
		{"min_bytes", "63"},
		{"min_bytes", "-64"},
		{"min_bytes", "64.0"},
		{"min_bytes", "\"64\""},
		{"max_bytes", "63"},
		{"max_bytes", "16777217"},
		{"max_bytes", "9223372036854775807"},
		{"records", "-1"},
		{"records", "9223372036854775807"},
		{"records", "1e3"},
		{"local_fs", "0"},
		{"one_client", "\"true\""},
		{"strict", "null"},
		{"data_kept", "1"},
		{"hosts", "{}"},
		{"hosts", "[]"}, /* the ranks point at none */
		{"hosts.0", "null"},
		{"hosts.0", "[]"},
		{"hosts.0.name", "null"},
		{"hosts.0.client", "4"},
		{"hosts.0.clock_samples", "null"},
		{"hosts.0.clock_samples", "[1,2,3]"},
		{"hosts.0.clock_samples", "[[1,2]]"},
		{"hosts.0.clock_samples", "[[1,2,\"3\"]]"},
		{"hosts.0.clock_samples", "[[-1,2,3]]"},
		{"hosts.0.clock_samples", "[[1,2,-3]]"},
		{"hosts.0.clock_samples", "[[5,2,3],[4,2,3]]"},
		{"hosts.0.clock_samples", "[[9223372036854775807,2,3]]"},
		{"hosts.0.clock_samples", "[[1,-9223372036854775807,3]]"},
		{"hosts.0.clock_samples", "[[1,2,9223372036854775807]]"},
		{"rank_host", "null"},
		{"rank_host", "[0,1]"}, /* the strategies have three writers */
		{"rank_host.1", "2"},
		{"rank_host.1", "-1"},
		{"rank_host.1", "4294967296"},
		{"rank_host.1", "0.0"},
		{"strategies", "null"},
		{"strategies.0", "7"},
		{"strategies.0.name", "null"},
		{"strategies.0.name", "\"append\""}, /* the other one's name */
		{"strategies.0.preset", "\"\""},
		{"strategies.0.preset", "\"../x\""},
		{"strategies.0.preset", "\"a/b\""},
		{"strategies.0.preset", "\"A\""},
		{"strategies.0.claims", "\"complete\""},
		{"strategies.0.claims", "[\"compleat\"]"},
		{"strategies.0.claims", "[7]"},
		{"strategies.1.claims", "[\"complete\"]"}, /* a control */
		{"strategies.0.control", "null"},
		{"strategies.0.required", "null"},
		{"strategies.0.batch", "0"},
		{"strategies.0.batch", "-1"},
		{"strategies.0.batch", "4294967296"},
		{"strategies.0.padding_bytes", "-4096"},
		{"strategies.0.skipped_errno", "-5"},
		{"strategies.0.duration_ns", "-1"},
		{"strategies.0.views", "7"},
		{"strategies.0.views.block_bytes", "0"},
		{"strategies.0.views.block_bytes", "2097152"},
		{"strategies.0.views.stride", "0"},
		{"strategies.0.views.looks", "[1]"}, /* there are two hosts */
		{"strategies.0.views.looks", "[1,8]"},
		{"strategies.0.views.looks", "[1,-1]"},
		{"strategies.0.readers", "7"},
		{"strategies.0.readers", "[[1,true]]"},
		{"strategies.0.readers.0.host", "2"}, /* there are two hosts */
		{"strategies.0.readers.0.host", "-1"},
		{"strategies.0.readers.1.given", "1"},
		{"strategies.0.writers", "[]"},
		{"strategies.0.writers", "null"},
		{"strategies.0.writers.1", "null"},
		{"strategies.0.writers.1.end", "\"alive\""},
		{"strategies.0.writers.1.end", "1"},
		{"strategies.0.writers.1.begun", "-1"},
		{"strategies.0.writers.1.begun", "1099511627777"},
		{"strategies.0.writers.1.stuck", "7"},
		{"strategies.0.started_ns", "-1"},
		{"strategies.0.started_ns", "9223372036854775807"},
		{"faults", "null"},
		{"faults", "{}"},
		{"faults", "[7]"},
		{"faults.0.strategy", "2"}, /* there are two strategies */
		{"faults.0.strategy", "-1"},
		{"faults.0.what", "null"},
		{"faults.0.hit", "1"},
		{"faults.0.target", "3"}, /* there are three ranks */
		{"faults.0.target", "-1"},
		{"faults.0.target", "4294967295"},
		{"faults.0.host", "2"}, /* there are two hosts */
		{"faults.0.host", "null"},
		{"faults.0.exit", "256"},
		{"faults.0.exit", "-1"},
		{"faults.0.at_ns", "-1"},
		{"faults.0.at_ns", "9223372036854775807"},
		{"faults.0.until_ns", "1.5"},
		{"faults.0.note", "7"},
	};

	enter_with_sample();
	for (size_t i = 0; i < COUNT_OF(hostile); i++)
		ck_assert_msg(load_with(hostile[i].path, hostile[i].value) == -EBADMSG,
			      "%s: %s was taken", hostile[i].path, hostile[i].value);
	leave_with_sample();
}
END_TEST

START_TEST(missing_keys)
{
	static const char *const needed[] = {
		"schema",
		"run_id",
		"data_dir",
		"seed",
		"min_bytes",
		"max_bytes",
		"records",
		"local_fs",
		"one_client",
		"strict",
		"data_kept",
		"hosts",
		"rank_host",
		"strategies",
		"hosts.1.name",
		"hosts.1.client",
		"hosts.1.clock_samples",
		"strategies.1.name",
		"strategies.1.preset",
		"strategies.1.spec",
		"strategies.1.claims",
		"strategies.1.control",
		"strategies.1.required",
		"faults.0.target",
		"faults.0.exit",
		"faults.0.note",
		"strategies.1.shared_file",
		"strategies.1.exclusive_lock",
		"strategies.1.batch",
		"strategies.1.padding_bytes",
		"strategies.1.ran",
		"strategies.1.duration_ns",
		"strategies.1.views",
		"strategies.0.views.looks",
		"strategies.0.readers.1.given",
		"strategies.1.writers",
		"strategies.1.writers.2.end",
		"strategies.1.writers.2.begun",
	};

	enter_with_sample();
	for (size_t i = 0; i < COUNT_OF(needed); i++)
		ck_assert_msg(load_with(needed[i], NULL) == -EBADMSG, "without %s",
			      needed[i]);
	leave_with_sample();
}
END_TEST

START_TEST(paths_stay_in_their_folders)
{
	struct manifest m = sample();
	struct record_plan plan = manifest_record_plan(&m, 1);
	char *shared = manifest_data_path(&m, 0, 2);
	char *again = manifest_data_path(&m, 0, 0);
	char *history = manifest_history_path(&m, "run", 1, 2);
	char *other = manifest_history_path(&m, "run", 1, 1);
	char *own;

	ck_assert_str_eq(shared, again);
	ck_assert_int_eq(strncmp(shared, m.data_dir, strlen(m.data_dir)), 0);
	ck_assert_int_eq(strncmp(history, "run/history/", strlen("run/history/")), 0);
	ck_assert_str_ne(history, other);
	m.strategies[0].shared_file = false;
	own = manifest_data_path(&m, 0, 2);
	ck_assert_str_ne(own, shared);
	ck_assert_uint_eq(plan.strategy_index, 1);
	ck_assert_str_eq(plan.run_id, m.run_id);
	ck_assert_uint_eq(plan.seed, m.seed);
	ck_assert_uint_eq(plan.max_bytes, m.max_bytes);
	free(shared);
	free(again);
	free(history);
	free(other);
	free(own);
	manifest_release(&m);
}
END_TEST

START_TEST(names_of_ends)
{
	ck_assert_str_eq(writer_end_name(WRITER_ABSENT), "absent");
	ck_assert_str_eq(writer_end_name(WRITER_FINISHED), "finished");
	ck_assert_str_eq(writer_end_name(WRITER_KILLED), "killed");
	ck_assert_str_eq(writer_end_name(WRITER_HUNG), "hung");
	ck_assert_str_eq(writer_end_name((enum writer_end)4), "?");
}
END_TEST

UNIT_MAIN("manifest", 60, reads_back_what_was_written, a_manifest_of_nothing,
	  a_link_is_not_followed_when_writing, a_flipped_byte_is_found,
	  a_cut_one_is_found, what_is_no_manifest, depth_without_end,
	  values_that_make_no_sense, missing_keys, paths_stay_in_their_folders,
	  names_of_ends)
