/*
 * test_check_page - what a check recommends, the page of a check and its key in
 * result.json.
 */
#include "results/recommend.h"
#include "tests/unit/results/fixture.h"
#include "tests/unit/unit.h"
#include "verify/judge.h"

#include <jansson.h>
#include <string.h>

enum { APPEND, FLOCK, FCNTL, AGGREGATOR, OWN, ROWS };

static const struct fixture_strategy rows[ROWS] = {
	{"append", "append", VERDICT_UNSAFE, true, false, 0.5, 100, 50, "25 lost"},
	{"flock", "flock", VERDICT_SAFE, false, false, 0, 900, 50, "fine"},
	{"fcntl", "fcntl", VERDICT_SAFE, false, false, 0, 500, 50, "fine"},
	{"aggregator", "aggregator", VERDICT_SAFE, false, false, 0, 200, 50, "fine"},
	{"per-file", "per-file", VERDICT_SAFE, false, true, 0, 50, 50, "fine"},
};

static struct fixture f;

static void set_text(char **text, const char *value)
{
	free(*text);
	*text = strdup(value);
}

/* A check of a good mount; durations say that flock is the slowest. */
static void begin(void)
{
	static const uint64_t ms[ROWS] = {100, 900, 500, 200, 50};

	fixture_init(&f, 4, 2, rows, ROWS);
	for (int i = 0; i < ROWS; i++) {
		struct manifest_strategy *s = &f.manifest.strategies[i];

		set_text(&s->spec, s->name);
		s->required = i == FLOCK || i == FCNTL;
		s->exclusive_lock = i == FLOCK || i == FCNTL;
		s->duration_ns = f.judgments[i].duration_ns = ms[i] * 1000000;
		f.judgments[i].acknowledged = 200;
	}
	f.manifest.check = (struct check_facts){
		.level = CHECK_QUICK,
		.selftest_cases = 190,
		.selftest_agreed = 190,
		.probes = CHECK_PROBES_CONFORM,
		.conforming = 236,
	};
	f.manifest.strategies[OWN].merge = (struct manifest_merge){
		.path = strdup("/mnt/nas/merged.log"),
		.records = 200,
		.duration_ns = 150000000,
	};
}

static void judge(void)
{
	f.result.verdict = judge_run(&f.manifest, f.judgments, ROWS);
}

static void end(void)
{
	fixture_release(&f);
}

START_TEST(the_fastest_lock_is_recommended)
{
	struct recommendation r;

	begin();
	r = recommend(&f.result);
	ck_assert_uint_eq(r.method, FCNTL);
	ck_assert_uint_eq(r.with_service, AGGREGATOR);
	ck_assert_uint_eq(r.apart, OWN);
	/* What is unsafe is never recommended, however fast. */
	f.judgments[FCNTL].verdict = VERDICT_UNSAFE;
	f.judgments[OWN].verdict = VERDICT_INCONCLUSIVE;
	r = recommend(&f.result);
	ck_assert_uint_eq(r.method, FLOCK);
	ck_assert_uint_eq(r.apart, RECOMMEND_NONE);
	/* A service that is slower than a lock is no advice. */
	f.judgments[AGGREGATOR].duration_ns = 2000000000;
	ck_assert_uint_eq(recommend(&f.result).with_service, RECOMMEND_NONE);
	/* Without any lock that is safe, what needs a service is better than nothing.
	 */
	f.judgments[FLOCK].verdict = VERDICT_SKIPPED;
	r = recommend(&f.result);
	ck_assert_uint_eq(r.method, AGGREGATOR);
	ck_assert_uint_eq(r.with_service, RECOMMEND_NONE);
	f.judgments[AGGREGATOR].verdict = VERDICT_UNSAFE;
	ck_assert_uint_eq(recommend(&f.result).method, RECOMMEND_NONE);
	end();
}
END_TEST

START_TEST(a_counter_is_no_way_to_append)
{
	begin();
	f.manifest.strategies[FCNTL].workload = WORKLOAD_COUNTER;
	ck_assert_uint_eq(recommend(&f.result).method, FLOCK);
	f.manifest.strategies[FCNTL].workload = WORKLOAD_CHAIN;
	ck_assert_uint_eq(recommend(&f.result).method, FLOCK);
	end();
}
END_TEST

/* The page, no line of which is wider than 80 columns; all blanks made single. */
static char *page(void)
{
	static const struct results_options no_pictures = {.no_pictures = true};
	struct error warning, err;
	char *text, *to;

	judge();
	ck_assert_msg(results_write(&f.result, f.dir, f.dir, &no_pictures, &warning,
				    &err) == 0,
		      "%s", err.sentence);
	text = fixture_read(&f, RESULT_SUMMARY_FILE);
	for (const char *line = text; *line; line += strcspn(line, "\n") + 1)
		ck_assert_msg(strcspn(line, "\n") <= 80, "%.*s",
			      (int)strcspn(line, "\n"), line);
	to = text;
	for (const char *from = text; *from; from++) {
		bool blank = *from == ' ' || *from == '\n';

		if (!blank || (to > text && to[-1] != ' '))
			*to++ = blank ? ' ' : *from;
	}
	*to = '\0';
	return text;
}

static void says(const char *text, const char *what)
{
	ck_assert_msg(strstr(text, what) != NULL, "no \"%s\" in:\n%s", what, text);
}

START_TEST(an_accepted_mount)
{
	char *text;

	begin();
	text = page();
	ck_assert_ptr_eq(strstr(text, "ACCEPT: appends to one file are safe here with "
				      "fcntl and flock. "),
			 text);
	/* 200 records in 0.5 s; the aggregator's 0.2 s; 0.05 s, and 0.15 s to merge. */
	says(text, "Recommended: fcntl: 400 records/s");
	says(text, "Faster, by a process of its own: aggregator: 1,000 records/s");
	says(text, "Or a file for each writer, per-file: 4,000 records/s");
	says(text, "Merged into one log: 1,000 records/s");
	says(text, "fcntl safe 0 400 ");
	says(text, " 1.80x "); /* flock: 0.9 s to 0.5 s */
	says(text, "append* UNSAFE");
	says(text, "Locks: 236 answers as the manuals say");
	says(text, "Teeth shown: append");
	says(text, "190 of 190 planted cases");
	ck_assert_ptr_null(strstr(text, "(control)"));
	free(text);
	end();
}
END_TEST

START_TEST(a_rejected_mount)
{
	char *text;

	begin();
	f.judgments[FLOCK].verdict = VERDICT_UNSAFE;
	f.manifest.check.probes = CHECK_PROBES_HARMFUL;
	f.manifest.check.harmful = 6;
	for (int i = 0; i < 6; i++)
		check_facts_add_harm(&f.manifest.check, "upgrade", "flock", "two hosts",
				     "shared becomes exclusive", "granted,granted",
				     "two hold it");
	text = page();
	ck_assert_ptr_eq(strstr(text, "REJECT: flock is unsafe here; 6 answers of its "
				      "locks do harm. No fault was found with fcntl."),
			 text);
	says(text, "- flock, two hosts: shared becomes exclusive: granted,granted: two "
		   "hold it.");
	says(text, "and 2 more, in probe.txt");
	says(text, "Recommended: fcntl: ");
	free(text);
	end();
}
END_TEST

START_TEST(nothing_to_recommend)
{
	char *text;

	begin();
	for (int i = FLOCK; i < ROWS; i++)
		f.judgments[i].verdict = VERDICT_SKIPPED;
	text = page();
	ck_assert_ptr_eq(strstr(text,
				"INCONCLUSIVE: flock is skipped; fcntl is skipped; "
				"no method with a lock was shown to be safe."),
			 text);
	says(text, "Recommended: nothing");
	free(text);
	end();
}
END_TEST

START_TEST(the_key_of_result_json)
{
	char *text, *dump;
	json_t *root, *check;

	begin();
	f.judgments[FLOCK].verdict = VERDICT_INCONCLUSIVE;
	free(page());
	text = fixture_read(&f, RESULT_JSON_FILE);
	root = json_loads(text, 0, NULL);
	check = json_object_get(root, "check");
	ck_assert_str_eq(json_string_value(json_object_get(check, "recommended")),
			 "fcntl");
	ck_assert(json_is_false(json_object_get(check, "accepted")));
	ck_assert_int_eq(json_integer_value(json_object_get(root, "exit_code")), 3);
	dump = json_dumps(json_object_get(check, "safe"), JSON_COMPACT);
	ck_assert_str_eq(dump, "[\"fcntl\",\"aggregator\",\"per-file\"]");
	free(dump);
	dump = json_dumps(json_object_get(check, "unsafe"), JSON_COMPACT);
	ck_assert_str_eq(dump, "[\"append\"]");
	free(dump);
	dump = json_dumps(json_object_get(check, "inconclusive"), JSON_COMPACT);
	ck_assert_str_eq(dump, "[\"flock\"]");
	free(dump);
	ck_assert(json_is_array(json_object_get(check, "advice")));
	ck_assert_uint_gt(json_array_size(json_object_get(check, "advice")), 0);
	json_decref(root);
	free(text);
	end();
}
END_TEST

UNIT_MAIN("check_page", 20, the_fastest_lock_is_recommended,
	  a_counter_is_no_way_to_append, an_accepted_mount, a_rejected_mount,
	  nothing_to_recommend, the_key_of_result_json)
