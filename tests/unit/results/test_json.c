/*
 * test_json - result.json: the keys that scripts rely on, null for what was not
 * measured, and names of any bytes.
 */
#include "tests/unit/results/fixture.h"
#include "tests/unit/unit.h"

#include "core/text.h"

#include <jansson.h>
#include <errno.h>
#include <string.h>

static const struct results_options no_pictures = {.no_pictures = true};

static const struct fixture_strategy basic[] = {
	{"append", "append", VERDICT_UNSAFE, true, false, 0.5, 300, 50, "it lost"},
	{"flock", "flock", VERDICT_SAFE, false, false, 0, 900, 50, "fine"},
	{"per-file", "per-file", VERDICT_SAFE, false, true, 0, 250, 50, "fine"},
	{"direct", "direct", VERDICT_SKIPPED, false, false, 0, 0, 50, "no O_DIRECT"},
};

static json_t *write_and_load(struct fixture *fixture)
{
	struct error warning, err;
	char *text;
	json_t *root;

	ck_assert_msg(results_write(&fixture->result, fixture->dir, fixture->dir,
				    &no_pictures, &warning, &err) == 0,
		      "%s", err.sentence);
	text = fixture_read(fixture, RESULT_JSON_FILE);
	root = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	ck_assert_ptr_nonnull(root);
	free(text);
	return root;
}

static json_t *strategy(json_t *root, size_t index)
{
	return json_array_get(json_object_get(root, "strategies"), index);
}

/* The value at "a.b.c". */
static json_t *at(json_t *object, const char *path)
{
	char copy[128];

	snprintf(copy, sizeof(copy), "%s", path);
	for (char *save, *key = strtok_r(copy, ".", &save); key;
	     key = strtok_r(NULL, ".", &save)) {
		object = json_object_get(object, key);
		ck_assert_msg(object != NULL, "no %s", path);
	}
	return object;
}

static void expect_keys(json_t *object, const char *keys)
{
	char copy[512];
	size_t count = 0;

	ck_assert_msg(json_is_object(object), "no object with %s", keys);
	snprintf(copy, sizeof(copy), "%s", keys);
	for (char *save, *key = strtok_r(copy, " ", &save); key;
	     key = strtok_r(NULL, " ", &save), count++)
		ck_assert_msg(json_object_get(object, key) != NULL, "no %s", key);
	ck_assert_uint_eq(json_object_size(object), count);
}

static const char strategy_keys[] =
	"name spec control claims verdict reason remark records anomalies notes views "
	"readers examples "
	"contention handoffs duration_s records_per_s bytes_per_s latency_us fairness "
	"rpc_per_record merge segments";
static const char anomaly_keys[] =
	"lost interleaved overwritten torn corrupted missing gap gap_bytes duplicate "
	"foreign foreign_bytes unexpected writer_disorder realtime_disorder "
	"lock_overlap stale_read divergent_view";

START_TEST(keys_are_those_of_the_contract)
{
	struct fixture fixture;
	json_t *root, *append;

	fixture_init(&fixture, 4, 2, basic, 4);
	root = write_and_load(&fixture);
	expect_keys(root, "schema verdict exit_code teeth run faults check strategies");
	ck_assert_str_eq(json_string_value(at(root, "schema")), "tailrace.result/1");
	expect_keys(
		at(root, "run"),
		"id label created_utc directory seed ranks records size_bytes hosts");
	expect_keys(json_array_get(at(root, "run.hosts"), 1),
		    "name ranks mount clock_error_us");
	for (size_t i = 0; i < 4; i++) {
		expect_keys(strategy(root, i), strategy_keys);
		expect_keys(at(strategy(root, i), "records"),
			    "attempted acknowledged failed unknown intact recovered");
		expect_keys(at(strategy(root, i), "anomalies"), anomaly_keys);
		expect_keys(at(strategy(root, i), "notes"),
			    "lock_lost stale_cache hung gap_holes gap_written");
		expect_keys(at(strategy(root, i), "latency_us"),
			    "append lock_wait write flush unlock");
		expect_keys(at(strategy(root, i), "fairness"),
			    "jain longest_wait_ms min_share max_share");
	}
	append = strategy(root, 0);
	expect_keys(at(append, "latency_us.append"), "p50 p90 p99 p999 max");
	expect_keys(json_array_get(at(append, "examples"), 0),
		    "kind file offset length record by hole");
	expect_keys(at(json_array_get(at(append, "examples"), 0), "record"),
		    "host rank seq");
	ck_assert_uint_eq(json_array_size(at(append, "examples")), 3);
	json_decref(root);
	fixture_release(&fixture);
}
END_TEST

START_TEST(faults_have_their_times_or_null)
{
	static const char keys[] = "strategy what hit at_s lasted_s target host exit "
				   "next_acquisition_s recovery_s longest_gap_s note";
	const struct manifest_fault stop = {
		.strategy = 1,
		.what = (char[]){"stop-holder for 2s"},
		.hit = true,
		.target = 3,
		.host = 1,
		.exit = -1,
		.at_ns = 6500000000,
		.until_ns = 8500000000,
		.note = (char[]){"stopped the holder"},
	};
	const struct manifest_fault run = {
		.what = (char[]){"run false"},
		.target = MANIFEST_NOBODY,
		.exit = 1,
		.note = (char[]){"n\xff"},
	};
	struct fixture fixture;
	json_t *root, *first, *second;

	fixture_init(&fixture, 4, 2, basic, 4);
	fixture.manifest.strategies[1].started_ns = 5000000000;
	ck_assert_int_eq(manifest_add_fault(&fixture.manifest, &run), 0);
	ck_assert_int_eq(manifest_add_fault(&fixture.manifest, &stop), 0);
	fixture.judgments[1].recovery_count = 1;
	fixture.judgments[1].recoveries = calloc(1, sizeof(struct recovery));
	fixture.judgments[1].recoveries[0] =
		(struct recovery){1, 2250000000, COUNT_NULL, true, 0};
	root = write_and_load(&fixture);
	first = json_array_get(at(root, "faults"), 0);
	second = json_array_get(at(root, "faults"), 1);
	expect_keys(first, keys);
	expect_keys(second, keys);
	ck_assert_str_eq(json_string_value(at(first, "strategy")), "append");
	ck_assert(json_is_false(at(first, "hit")));
	ck_assert(json_is_null(at(first, "at_s")));
	ck_assert(json_is_null(at(first, "target")));
	ck_assert(json_is_null(at(first, "next_acquisition_s")));
	ck_assert(json_is_null(at(first, "longest_gap_s")));
	ck_assert_int_eq(json_integer_value(at(first, "exit")), 1);
	ck_assert_str_eq(json_string_value(at(first, "note")), "n%FF");
	ck_assert_str_eq(json_string_value(at(second, "strategy")), "flock");
	ck_assert_double_eq(json_real_value(at(second, "at_s")), 1.5);
	ck_assert_double_eq(json_real_value(at(second, "lasted_s")), 2);
	ck_assert_int_eq(json_integer_value(at(second, "target")), 3);
	ck_assert(json_is_null(at(second, "exit")));
	ck_assert_double_eq(json_real_value(at(second, "next_acquisition_s")), 2.25);
	ck_assert(json_is_null(at(second, "recovery_s")));
	ck_assert_double_eq(json_real_value(at(second, "longest_gap_s")), 0);
	json_decref(root);
	fixture_release(&fixture);
}
END_TEST

START_TEST(readers_say_what_they_saw_or_nothing)
{
	static const char keys[] =
		"host records staleness_us compared clock_error_us nuls nul_longest_ms "
		"nuls_lasting backwards backwards_bytes torn torn_longest_ms unseen "
		"reopened after_reopen given_up reads bytes errno";
	struct fixture fixture;
	json_t *root, *readers, *one;
	struct judgment *j;

	fixture_init(&fixture, 4, 2, basic, 4);
	j = &fixture.judgments[0];
	j->reader_count = 3;
	j->readers = calloc(3, sizeof(*j->readers));
	j->readers[0] = (struct reader_facts){
		.host = 1,
		.told = true,
		.figures = {.records = 90, .nul_longest_ns = 2500000, .errnum = EIO},
		.unseen = 7,
		.compared = 90,
		.p50_ns = 1500,
		.max_ns = 3000000000,
	};
	j->readers[1] = (struct reader_facts){
		.told = true, .unseen = COUNT_NULL, .figures.errnum = 4095};
	root = write_and_load(&fixture);
	ck_assert(json_is_null(at(strategy(root, 1), "readers")));
	readers = at(strategy(root, 0), "readers");
	ck_assert_uint_eq(json_array_size(readers), 3);
	one = json_array_get(readers, 0);
	expect_keys(one, keys);
	expect_keys(at(one, "staleness_us"), "p50 p99 max");
	ck_assert_str_eq(json_string_value(at(one, "host")),
			 fixture.manifest.hosts[1].name);
	ck_assert_int_eq(json_integer_value(at(one, "records")), 90);
	ck_assert_double_eq_tol(json_real_value(at(one, "staleness_us.p50")), 1.5,
				1e-9);
	ck_assert_double_eq_tol(json_real_value(at(one, "staleness_us.max")), 3e6,
				1e-3);
	ck_assert_double_eq_tol(json_real_value(at(one, "nul_longest_ms")), 2.5, 1e-9);
	ck_assert_int_eq(json_integer_value(at(one, "unseen")), 7);
	ck_assert_str_eq(json_string_value(at(one, "errno")), "EIO");
	one = json_array_get(readers, 1);
	expect_keys(one, keys);
	ck_assert(json_is_null(at(one, "staleness_us")));
	ck_assert(json_is_null(at(one, "clock_error_us")));
	ck_assert(json_is_null(at(one, "unseen")));
	ck_assert_int_eq(json_integer_value(at(one, "errno")), 4095);
	one = json_array_get(readers, 2);
	expect_keys(one, "host records");
	ck_assert(json_is_null(at(one, "records")));
	json_decref(root);
	fixture_release(&fixture);
}
END_TEST

/* A lasting difference of two hosts, and a cache that was stale. */
static void diverge(struct judgment *j)
{
	struct finding seen = {
		.kind = ANOMALY_DIVERGENT_VIEW,
		.file_writer = WRITER_NONE,
		.offset = 70,
		.length = 3,
		.offset_known = true,
		.record = {.writer = 2, .seq = 1},
		.by.writer = WRITER_NONE,
		.host = 1,
	};

	j->views = (struct view_facts){
		.hosts = 2, .blocks = 10, .of_blocks = 40, .block_bytes = 65536};
	j->findings[0] = seen;
	j->finding_count = 1;
	j->stale_cache = 5;
	for (int i = 0; i < STALE_EXAMPLES; i++)
		j->stale[i] = (struct stale_cache){seen, i == 0};
}

START_TEST(views_name_hosts_and_say_what_they_cover)
{
	struct fixture fixture;
	json_t *root, *views, *one;

	fixture_init(&fixture, 4, 2, basic, 4);
	diverge(&fixture.judgments[0]);
	root = write_and_load(&fixture);
	ck_assert(json_is_null(at(strategy(root, 1), "views")));
	views = at(strategy(root, 0), "views");
	expect_keys(views, "hosts blocks of_blocks block_bytes stale");
	ck_assert_int_eq(json_integer_value(at(views, "hosts")), 2);
	ck_assert_int_eq(json_integer_value(at(views, "blocks")), 10);
	ck_assert_int_eq(json_integer_value(at(views, "of_blocks")), 40);
	ck_assert_int_eq(json_integer_value(at(views, "block_bytes")), 65536);
	ck_assert_uint_eq(json_array_size(at(views, "stale")), STALE_EXAMPLES);
	one = json_array_get(at(views, "stale"), 0);
	expect_keys(one, "kind file offset length record by hole host healed");
	ck_assert_str_eq(json_string_value(at(one, "kind")), "stale_cache");
	ck_assert_str_eq(json_string_value(at(one, "healed")), "direct");
	ck_assert_str_eq(json_string_value(at(one, "host")),
			 fixture.manifest.hosts[1].name);
	one = json_array_get(at(strategy(root, 0), "examples"), 0);
	expect_keys(one, "kind file offset length record by hole hosts");
	ck_assert_str_eq(json_string_value(json_array_get(at(one, "hosts"), 0)),
			 fixture.manifest.hosts[1].name);
	ck_assert_str_eq(json_string_value(json_array_get(at(one, "hosts"), 1)),
			 fixture.manifest.hosts[0].name);
	json_decref(root);
	fixture_release(&fixture);
}
END_TEST

/* The whole of a run in segments knows how many there were, not which. */
START_TEST(segments_leave_no_examples_of_stale_caches)
{
	struct fixture fixture;
	json_t *root;

	fixture_init(&fixture, 4, 2, basic, 4);
	diverge(&fixture.judgments[0]);
	fixture.judgments[0].segments = (struct segment_facts){.count = 7, .safe = 7};
	root = write_and_load(&fixture);
	ck_assert_uint_eq(json_array_size(at(strategy(root, 0), "views.stale")), 0);
	ck_assert_int_eq(json_integer_value(at(strategy(root, 0), "notes.stale_cache")),
			 5);
	ck_assert_int_eq(json_integer_value(at(strategy(root, 0), "segments.count")),
			 7);
	ck_assert(json_is_null(at(strategy(root, 0), "segments.first_unsafe")));
	ck_assert(json_is_null(at(strategy(root, 1), "segments")));
	json_decref(root);
	fixture_release(&fixture);
}
END_TEST

START_TEST(what_was_left_out_is_told)
{
	struct fixture fixture;
	json_t *root;

	fixture_init(&fixture, 4, 2, basic, 4);
	fixture.manifest.strategies[1].remark = strdup("O_APPEND 100% left out");
	root = write_and_load(&fixture);
	ck_assert_str_eq(json_string_value(at(strategy(root, 1), "remark")),
			 "O_APPEND 100% left out");
	ck_assert(json_is_null(at(strategy(root, 0), "remark")));
	json_decref(root);
	fixture_release(&fixture);
}
END_TEST

START_TEST(what_is_unknown_is_null)
{
	struct fixture fixture;
	json_t *root, *skipped;

	fixture_init(&fixture, 4, 2, basic, 4);
	root = write_and_load(&fixture);
	ck_assert(json_is_null(at(strategy(root, 1), "anomalies.corrupted")));
	ck_assert_int_eq(json_integer_value(at(strategy(root, 1), "anomalies.torn")),
			 0);
	ck_assert(json_is_null(at(strategy(root, 1), "rpc_per_record")));
	ck_assert(json_is_null(at(strategy(root, 0), "latency_us.lock_wait")));
	ck_assert(json_is_null(at(strategy(root, 2), "contention")));
	ck_assert(json_is_null(at(strategy(root, 2), "handoffs")));
	ck_assert(json_is_null(at(strategy(root, 2), "merge")));
	skipped = strategy(root, 3);
	ck_assert_str_eq(json_string_value(at(skipped, "verdict")), "skipped");
	ck_assert_ptr_nonnull(strstr(json_string_value(at(skipped, "reason")),
				     "no O_DIRECT (EINVAL)"));
	ck_assert(json_is_null(at(skipped, "remark")));
	ck_assert(json_is_null(at(skipped, "records.acknowledged")));
	ck_assert(json_is_null(at(skipped, "anomalies.lost")));
	ck_assert(json_is_null(at(skipped, "records_per_s")));
	ck_assert(json_is_null(at(skipped, "fairness.jain")));
	json_decref(root);
	fixture_release(&fixture);
}
END_TEST

START_TEST(figures_agree)
{
	struct fixture fixture;
	json_t *root, *flock;

	fixture_init(&fixture, 4, 2, basic, 4);
	fixture.manifest.strategies[1].rpc =
		json_pack("{s:i,s:i}", "LOCK", 500, "WRITE", 200);
	root = write_and_load(&fixture);
	ck_assert_int_eq(json_integer_value(at(root, "exit_code")), 3);
	ck_assert(json_is_true(at(root, "teeth")));
	flock = strategy(root, 1);
	ck_assert_double_eq_tol(json_real_value(at(flock, "rpc_per_record.LOCK")), 2.5,
				1e-9);
	ck_assert_double_eq_tol(json_real_value(at(flock, "rpc_per_record.total")), 3.5,
				1e-9);
	ck_assert_double_eq_tol(json_real_value(at(flock, "fairness.jain")), 1, 1e-9);
	ck_assert_double_eq_tol(json_real_value(at(flock, "fairness.min_share")), 0.25,
				1e-9);
	ck_assert_double_eq_tol(json_real_value(at(flock, "records_per_s")) *
					json_real_value(at(flock, "duration_s")),
				200, 1e-3);
	/* 5 s between samples: 40 us / 2 + 500 ppm of 2.5 s. */
	ck_assert_double_eq_tol(
		json_real_value(
			at(json_array_get(at(root, "run.hosts"), 1), "clock_error_us")),
		1270, 1);
	json_decref(root);
	fixture_release(&fixture);
}
END_TEST

START_TEST(any_bytes_come_through_names)
{
	static const char awkward[] = "ho\"st\n\xff\xc3\xbc 100% %41\\";
	struct fixture fixture;
	json_t *root, *host;
	char *name;

	fixture_init(&fixture, 4, 2, basic, 4);
	free(fixture.manifest.hosts[0].name);
	fixture.manifest.hosts[0].name = strdup(awkward);
	root = write_and_load(&fixture);
	host = json_array_get(at(root, "run.hosts"), 0);
	name = text_unescape(json_string_value(at(host, "name")));
	ck_assert_str_eq(name, awkward);
	ck_assert_ptr_nonnull(strstr(json_string_value(at(host, "name")), "%FF"));
	free(name);
	json_decref(root);
	fixture_release(&fixture);
}
END_TEST

START_TEST(nothing_acknowledged_is_no_division)
{
	static const struct fixture_strategy empty[] = {
		{"flock", "flock", VERDICT_INCONCLUSIVE, false, false, 0, 1, 0, "none"},
	};
	struct fixture fixture;
	json_t *root;

	fixture_init(&fixture, 2, 1, empty, 1);
	root = write_and_load(&fixture);
	ck_assert_int_eq(
		json_integer_value(at(strategy(root, 0), "records.acknowledged")), 0);
	ck_assert(json_is_null(at(strategy(root, 0), "records_per_s")));
	ck_assert(json_is_null(at(strategy(root, 0), "fairness.jain")));
	ck_assert(json_is_null(at(strategy(root, 0), "latency_us.append")));
	json_decref(root);
	fixture_release(&fixture);
}
END_TEST

START_TEST(a_thousand_writers)
{
	static const struct fixture_strategy many[] = {
		{"append", "append", VERDICT_UNSAFE, true, false, 0.5, 300, 4, "lost"},
	};
	struct fixture fixture;
	json_t *root;

	fixture_init(&fixture, 1000, 100, many, 1);
	root = write_and_load(&fixture);
	ck_assert_uint_eq(json_array_size(at(root, "run.hosts")), 100);
	ck_assert_uint_eq(
		json_array_size(at(json_array_get(at(root, "run.hosts"), 99), "ranks")),
		10);
	json_decref(root);
	fixture_release(&fixture);
}
END_TEST

START_TEST(exit_codes_are_those_of_the_contract)
{
	ck_assert_int_eq(verdict_exit_code(VERDICT_SAFE), 0);
	ck_assert_int_eq(verdict_exit_code(VERDICT_UNSAFE), 1);
	ck_assert_int_eq(verdict_exit_code(VERDICT_INCONCLUSIVE), 3);
	ck_assert_int_eq(verdict_exit_code(VERDICT_SKIPPED), 3);
}
END_TEST

UNIT_MAIN("json", 60, keys_are_those_of_the_contract, faults_have_their_times_or_null,
	  readers_say_what_they_saw_or_nothing,
	  views_name_hosts_and_say_what_they_cover, what_is_unknown_is_null,
	  segments_leave_no_examples_of_stale_caches, what_was_left_out_is_told,
	  figures_agree, any_bytes_come_through_names,
	  nothing_acknowledged_is_no_division, a_thousand_writers,
	  exit_codes_are_those_of_the_contract)
