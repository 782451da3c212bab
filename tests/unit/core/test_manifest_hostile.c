/*
 * test_manifest_hostile - a manifest whose checksum is right and whose contents no run
 * can have: refused with a sentence.
 */
#include "core/crc32c.h"
#include "tests/unit/core/sample_manifest.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

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

UNIT_MAIN("manifest_hostile", 60, values_that_make_no_sense, missing_keys)
