/*
 * test_page - the page that a person reads: the verdict first, unsafe strategies
 * never before safe ones, both sides of a loss, nothing wider than asked.
 */
#include "tests/unit/results/fixture.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <string.h>

static const struct results_options no_pictures = {.no_pictures = true};

static const struct fixture_strategy all[] = {
	{"append", "append", VERDICT_UNSAFE, true, false, 0.5, 300, 50, "it lost"},
	{"flock", "flock", VERDICT_SAFE, false, false, 0, 900, 50, "fine"},
	{"per-file", "per-file", VERDICT_SAFE, false, true, 0, 250, 50, "fine"},
	{"fcntl", "fcntl", VERDICT_INCONCLUSIVE, false, false, 0, 950, 50,
	 "the writers hardly met: contention 0.30 %"},
	{"direct", "direct", VERDICT_SKIPPED, false, false, 0, 0, 50, "no O_DIRECT"},
};

/* The summary, of which no line may be wider than 80 columns. */
static char *summary(struct fixture *fixture)
{
	struct error warning, err;
	char *text;

	ck_assert_msg(results_write(&fixture->result, fixture->dir, fixture->dir,
				    &no_pictures, &warning, &err) == 0,
		      "%s", err.sentence);
	text = fixture_read(fixture, RESULT_SUMMARY_FILE);
	for (const char *line = text; *line; line += strcspn(line, "\n") + 1)
		ck_assert_msg(strcspn(line, "\n") <= 80, "%.*s",
			      (int)strcspn(line, "\n"), line);
	return text;
}

static size_t place(const char *text, const char *what)
{
	const char *found = strstr(text, what);

	ck_assert_msg(found != NULL, "no \"%s\" in:\n%s", what, text);
	return (size_t)(found - text);
}

/* The same, wherever lines are broken. */
static void says(const char *text, const char *what)
{
	char *flat = strdup(text);
	size_t length = 0;

	for (const char *p = text; *p; p++) {
		bool blank = *p == ' ' || *p == '\n';

		if (!blank || (length > 0 && flat[length - 1] != ' '))
			flat[length++] = blank ? ' ' : *p;
	}
	flat[length] = '\0';
	place(flat, what);
	free(flat);
}

START_TEST(safe_comes_first_and_fast)
{
	struct fixture fixture;
	char *text;

	fixture_init(&fixture, 4, 2, all, 3);
	text = summary(&fixture);
	ck_assert_uint_eq(place(text, "SAFE: "), 0);
	ck_assert_uint_lt(place(text, "\nper-file "), place(text, "\nflock "));
	ck_assert_uint_lt(place(text, "\nflock "), place(text, "\nappend "));
	says(text, "acknowledged records were lost");
	says(text, "Teeth shown: append");
	says(text, "per-file (a file for each writer) was the fastest");
	says(text, "is no price to compare");
	says(text, "was overwritten by record");
	ck_assert_ptr_null(strchr(text, '\033'));
	free(text);
	fixture_release(&fixture);
}
END_TEST

START_TEST(unsafe_says_what_was_lost)
{
	struct fixture_strategy bad = all[1];
	struct fixture fixture;
	char *text;

	bad.verdict = VERDICT_UNSAFE;
	bad.lost = 0.1;
	fixture_init(&fixture, 4, 2, &bad, 1);
	text = summary(&fixture);
	ck_assert_uint_eq(place(text, "UNSAFE: with flock, "), 0);
	says(text, "lost: overwritten ");
	says(text, "Teeth not shown: no control was run.");
	free(text);
	fixture_release(&fixture);
}
END_TEST

START_TEST(one_lost_record_is_one)
{
	struct fixture_strategy bad = all[1];
	struct fixture fixture;
	struct judgment *j;
	char *text;

	bad.verdict = VERDICT_UNSAFE;
	bad.lost = 0.1;
	fixture_init(&fixture, 4, 2, &bad, 1);
	j = &fixture.judgments[0];
	j->anomalies[ANOMALY_LOST] = 1;
	text = summary(&fixture);
	says(text, "UNSAFE: with flock, 1 of 200 acknowledged records was lost.");
	free(text);
	fixture_release(&fixture);
}
END_TEST

/* A safe file per writer has met nobody. */
START_TEST(nobody_survived_where_none_is_safe)
{
	struct fixture_strategy strategies[] = {all[0], all[1], all[2]};
	struct fixture fixture;
	char *text;

	strategies[1].verdict = VERDICT_UNSAFE;
	strategies[1].lost = 0.1;
	fixture_init(&fixture, 4, 2, strategies, 3);
	text = summary(&fixture);
	says(text, "so this run can see the race. ");
	ck_assert_ptr_null(strstr(text, "survived"));
	free(text);
	fixture_release(&fixture);

	fixture_init(&fixture, 4, 2, all, 2);
	text = summary(&fixture);
	says(text, "so this run can see the race that the safe ones survived.");
	free(text);
	fixture_release(&fixture);
}
END_TEST

START_TEST(views_are_told_where_they_are_not_all_or_differ)
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
	struct fixture fixture;
	struct judgment *j;
	char *text;

	fixture_init(&fixture, 4, 2, all + 1, 1);
	free(fixture.manifest.hosts[0].name);
	free(fixture.manifest.hosts[1].name);
	fixture.manifest.hosts[0].name = strdup("ahost");
	fixture.manifest.hosts[1].name = strdup("bhost");
	j = &fixture.judgments[0];
	j->views = (struct view_facts){
		.hosts = 2, .blocks = 40, .of_blocks = 40, .block_bytes = 65536};
	text = summary(&fixture);
	ck_assert_ptr_null(strstr(text, "views:"));
	free(text);

	j->views.of_blocks = 1000;
	j->stale_cache = 5;
	j->stale[0] = (struct stale_cache){seen, true};
	j->findings[0] = seen;
	j->finding_count = 1;
	text = summary(&fixture);
	says(text, "views: 2 of 2 hosts compared 40 of 1,000 blocks of 64 KiB");
	says(text, "5 differed for a while, by a stale cache: at bytes 70-72 bhost saw "
		   "record 1 of rank 2 on ahost, where no record stands, even after "
		   "opening the file again");
	says(text, "at bytes 70-72 bhost sees record 1 of rank 2 on ahost, but ahost "
		   "sees no record");
	free(text);

	/* Bytes that were not saved are nobody's: that is not to be said of them. */
	j->findings[0].record.writer = WRITER_NONE;
	j->stale[0].where.record.writer = WRITER_NONE;
	j->stale[0].healed_direct = false;
	text = summary(&fixture);
	says(text, "at bytes 70-72 bhost and ahost see different bytes");
	says(text,
	     "at bytes 70-72 bhost saw old bytes, until it opened the file again");
	free(text);
	fixture_release(&fixture);
}
END_TEST

START_TEST(readers_are_told_with_their_troubles)
{
	struct fixture fixture;
	struct judgment *j;
	char *text;

	fixture_init(&fixture, 4, 2, all + 1, 1);
	free(fixture.manifest.hosts[0].name);
	free(fixture.manifest.hosts[1].name);
	fixture.manifest.hosts[0].name = strdup("ahost");
	fixture.manifest.hosts[1].name = strdup("bhost");
	j = &fixture.judgments[0];
	text = summary(&fixture);
	ck_assert_ptr_null(strstr(text, "readers:"));
	free(text);

	j->reader_count = 6;
	j->readers = calloc(6, sizeof(*j->readers));
	j->readers[0] = (struct reader_facts){
		.host = 1,
		.told = true,
		.figures = {.records = 1000},
		.compared = 1000,
		.p50_ns = 2000000,
		.p99_ns = 3000000000,
		.max_ns = 4000000000,
	};
	j->readers[1] = (struct reader_facts){
		.told = true,
		.figures = {.records = 5,
			    .nuls = 3,
			    .nul_longest_ns = 7000000,
			    .torn = 2,
			    .torn_longest_ns = 8000000,
			    .backwards = 1,
			    .after_reopen = 4,
			    .errnum = EIO},
		.unseen = 1200,
	};
	text = summary(&fixture);
	says(text, "readers: bhost saw 1,000 records, p50 2.00 ms after they were "
		   "complete, p99 3.00 s, max 4.00 s; ahost saw 5 records, never saw "
		   "1,200, saw 4 only when it opened the file again, saw NULs first "
		   "where 3 came to stand (up to 7.00 ms), saw 2 in part first (up to "
		   "8.00 ms), saw the end move back 1 time, until it met: Input/output "
		   "error; ahost did not tell what it saw; ahost did not tell what it "
		   "saw; and 2 more");
	free(text);
	fixture_release(&fixture);
}
END_TEST

START_TEST(faults_are_told_with_what_they_cost)
{
	const struct manifest_fault hit = {
		.what = (char[]){"kill-holder"},
		.hit = true,
		.target = 2,
		.exit = -1,
		.at_ns = 8000000000,
		.note = (char[]){"killed the holder, rank 2 on n1"},
	};
	const struct manifest_fault missed = {
		.what = (char[]){"kill 3"},
		.target = MANIFEST_NOBODY,
		.exit = -1,
		.note = (char[]){"the writer of rank 3 had left"},
	};
	struct fixture fixture;
	struct judgment *j;
	char *text;

	fixture_init(&fixture, 4, 2, all + 1, 1);
	j = &fixture.judgments[0];
	fixture.manifest.strategies[0].started_ns = 5000000000;
	fixture.manifest.strategies[0].exclusive_lock = true;
	ck_assert_int_eq(manifest_add_fault(&fixture.manifest, &hit), 0);
	ck_assert_int_eq(manifest_add_fault(&fixture.manifest, &missed), 0);
	text = summary(&fixture);
	says(text, "fault at 3.00 s: killed the holder, rank 2 on n1");
	says(text, "no fault: the writer of rank 3 had left (kill 3)");
	free(text);

	j->recovery_count = 1;
	j->recoveries = calloc(1, sizeof(*j->recoveries));
	j->recoveries[0] = (struct recovery){0, 12000000, 400000000, true, 390000000};
	text = summary(&fixture);
	says(text, "rank 2 on n1: next lock after 12.0 ms, full speed after 400 ms, "
		   "none appended for 390 ms");
	free(text);
	j->recoveries[0] =
		(struct recovery){0, COUNT_NULL, COUNT_NULL, true, 1000000000};
	text = summary(&fixture);
	says(text, "rank 2 on n1: nobody else appended after that, full speed not "
		   "seen, none appended for 1.00 s");
	free(text);
	j->recoveries[0].compared = false;
	text = summary(&fixture);
	says(text, "nobody else appended after that, none appended for 1.00 s");
	free(text);
	fixture_release(&fixture);
}
END_TEST

START_TEST(doubt_and_skips_say_why)
{
	struct fixture fixture;
	char *text;

	fixture_init(&fixture, 4, 2, all, 5);
	fixture.manifest.strategies[0].remark = strdup("O_APPEND was left out");
	text = summary(&fixture);
	ck_assert_uint_eq(place(text, "INCONCLUSIVE: "), 0);
	says(text, "why: the writers hardly met: contention 0.30 %");
	says(text, "why: no O_DIRECT");
	says(text, "note: O_APPEND was left out");
	ck_assert_uint_lt(place(text, "\nfcntl "), place(text, "\nappend "));
	ck_assert_uint_lt(place(text, "\nappend "), place(text, "\ndirect "));
	free(text);
	fixture_release(&fixture);
}
END_TEST

START_TEST(long_names_stand_alone)
{
	static const struct fixture_strategy odd[] = {
		{"flock:batch=16,flush=fdatasync,io=direct,short=retry", "flock",
		 VERDICT_SAFE, false, false, 0, 900, 10, "fine"},
		{"bad\x1b[2Jname\n", "append", VERDICT_SAFE, true, false, 0, 9, 10,
		 "fine"},
	};
	struct fixture fixture;
	char *text;

	fixture_init(&fixture, 2, 2, odd, 2);
	text = summary(&fixture);
	place(text, "short=retry\n");
	says(text, "bad%1B[2Jname%0A");
	says(text, "Teeth not shown: ");
	free(text);
	fixture_release(&fixture);
}
END_TEST

START_TEST(nothing_acknowledged_is_a_page_too)
{
	static const struct fixture_strategy empty[] = {
		{"flock", "flock", VERDICT_INCONCLUSIVE, false, false, 0, 1, 0,
		 "no append was acknowledged"},
	};
	struct fixture fixture;
	char *text;

	fixture_init(&fixture, 2, 1, empty, 1);
	text = summary(&fixture);
	says(text, "why: no append was acknowledged");
	free(text);
	fixture_release(&fixture);
}
END_TEST

START_TEST(a_pipe_gets_no_colour)
{
	struct fixture fixture;
	char *text = NULL;
	FILE *file = tmpfile();
	char first[8] = "";

	fixture_init(&fixture, 2, 2, all, 2);
	ck_assert_ptr_nonnull(file);
	ck_assert_int_eq(results_print(&fixture.result, fixture.dir, NULL, file), 0);
	rewind(file);
	ck_assert_uint_eq(fread(first, 1, 5, file), 5);
	ck_assert_str_eq(first, "SAFE:");
	fclose(file);
	/* Nothing was written, so no folder is named. */
	text = summary(&fixture);
	says(text, "Run folder");
	free(text);
	fixture_release(&fixture);
}
END_TEST

/* What results_show() prints of the summary. */
static char *shown(const struct fixture *fixture, bool colour)
{
	char path[128];
	FILE *stream;

	snprintf(path, sizeof(path), "%s/shown", fixture->dir);
	stream = fopen(path, "w");
	ck_assert_int_eq(results_show(fixture->dir, colour, stream), 0);
	fclose(stream);
	return fixture_read(fixture, "shown");
}

/* @text without what ESC [ begins. */
static char *without_colour(const char *text)
{
	char *plain = strdup(text);
	size_t length = 0;

	while (*text) {
		if (strncmp(text, "\033[", 2) == 0)
			text = strchr(text, 'm') + 1;
		else
			plain[length++] = *text++;
	}
	plain[length] = '\0';
	return plain;
}

START_TEST(colour_changes_no_word)
{
	struct fixture fixture;
	char *text, *colour, *plain;

	fixture_init(&fixture, 4, 2, all, 5);
	/* Longer than its column; and of more bytes than characters. */
	free(fixture.manifest.strategies[0].name);
	fixture.manifest.strategies[0].name =
		strdup("append:flush=fdatasync,io=dsync,short=fail,wait=block");
	free(fixture.manifest.strategies[2].name);
	fixture.manifest.strategies[2].name = strdup("\xc3\xa9\xc3\xa9");
	text = summary(&fixture);
	plain = shown(&fixture, false);
	ck_assert_str_eq(plain, text);
	free(plain);
	colour = shown(&fixture, true);
	plain = without_colour(colour);
	ck_assert_str_eq(plain, text);
	place(colour, "\033[1;33mINCONCLUSIVE:\033[0m ");
	place(colour, "\033[1mstrategy ");
	place(colour, "\xc3\xa9\xc3\xa9       \033[1;32msafe         \033[0m");
	place(colour, "\n         \033[1;31mUNSAFE       \033[0m\033[2m");
	place(colour, "\033[1;33minconclusive \033[0m\033[2m");
	place(colour, "\033[2mskipped      \033[0m\033[2m");
	place(colour, "\033[1mTeeth shown:\033[0m ");
	free(plain);
	free(colour);
	free(text);
	fixture_release(&fixture);
}
END_TEST

START_TEST(no_summary_is_an_error)
{
	struct fixture fixture;

	fixture_init(&fixture, 2, 2, all, 1);
	ck_assert_int_eq(results_show(fixture.dir, true, stdout), -ENOENT);
	fixture_release(&fixture);
}
END_TEST

UNIT_MAIN("page", 60, safe_comes_first_and_fast, unsafe_says_what_was_lost,
	  one_lost_record_is_one, nobody_survived_where_none_is_safe,
	  views_are_told_where_they_are_not_all_or_differ,
	  readers_are_told_with_their_troubles, faults_are_told_with_what_they_cost,
	  doubt_and_skips_say_why, long_names_stand_alone,
	  nothing_acknowledged_is_a_page_too, a_pipe_gets_no_colour,
	  colour_changes_no_word, no_summary_is_an_error)
