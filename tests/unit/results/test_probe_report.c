/* probe_report - from answers to the verdict of a mount, and its files. */
#include "results/probe_report.h"

#include "tests/unit/results/fixture.h"
#include "tests/unit/unit.h"

#include <jansson.h>
#include <string.h>

static struct probe_result results[8];
static struct probe_report report;

/* A report of the first probes of the table with these verdicts. */
static void made_of(bool one_host, bool local_fs, const enum probe_verdict *verdicts,
		    size_t count)
{
	report = (struct probe_report){.one_host = one_host,
				       .local_fs = local_fs,
				       .class = PROBE_NFS4,
				       .results = results,
				       .count = count};
	report.hosts[1] = one_host ? 0 : 1;
	for (size_t i = 0; i < count; i++) {
		results[i] = (struct probe_result){.verdict = verdicts[i],
						   .took_error_ns = -1};
		ck_assert(probe_at(i, &results[i].probe));
	}
}

#define MADE_OF(one_host, local_fs, ...)                                               \
	do {                                                                           \
		static const enum probe_verdict verdicts_[] = {__VA_ARGS__};           \
                                                                                       \
		made_of(one_host, local_fs, verdicts_,                                 \
			sizeof(verdicts_) / sizeof(verdicts_[0]));                     \
	} while (0)

static void check(enum probe_mount_verdict verdict, int exit_code)
{
	ck_assert_int_eq(probe_report_verdict(&report), verdict);
	ck_assert_int_eq(probe_report_exit_code(&report), exit_code);
}

START_TEST(harmful_answers_decide)
{
	MADE_OF(false, false, PROBE_CONFORMS, PROBE_HARMLESS, PROBE_UNSUPPORTED);
	check(PROBE_MOUNT_CONFORMS, 0);
	MADE_OF(false, false, PROBE_CONFORMS, PROBE_HARMFUL, PROBE_UNCLEAR);
	check(PROBE_MOUNT_HARMFUL, 1);
	MADE_OF(true, false, PROBE_NOT_PERFORMED, PROBE_HARMFUL);
	check(PROBE_MOUNT_HARMFUL, 1);
}
END_TEST

START_TEST(what_was_not_asked_is_no_conformance)
{
	MADE_OF(false, false, PROBE_CONFORMS, PROBE_UNCLEAR);
	check(PROBE_MOUNT_INCONCLUSIVE, 3);
	MADE_OF(false, false, PROBE_CONFORMS, PROBE_NOT_PERFORMED);
	check(PROBE_MOUNT_INCONCLUSIVE, 3);
	/* The first probes of the table are those between two hosts. */
	MADE_OF(true, false, PROBE_NOT_PERFORMED, PROBE_CONFORMS);
	check(PROBE_MOUNT_INCONCLUSIVE, 3);
	MADE_OF(true, true, PROBE_NOT_PERFORMED, PROBE_CONFORMS);
	check(PROBE_MOUNT_CONFORMS, 0);
	/* A mount that refuses every lock has shown none that works. */
	MADE_OF(false, false, PROBE_UNSUPPORTED, PROBE_UNSUPPORTED);
	check(PROBE_MOUNT_INCONCLUSIVE, 3);
	MADE_OF(false, false, PROBE_UNSUPPORTED, PROBE_HARMLESS);
	check(PROBE_MOUNT_INCONCLUSIVE, 3);
}
END_TEST

static const struct fixture_strategy none = {
	.name = "flock", .preset = "flock", .records = 40, .typical_us = 100};

START_TEST(the_files_tell_what_was_found)
{
	struct fixture fixture;
	struct error err = {""};
	json_t *root, *probe;
	char *text;

	fixture_init(&fixture, 2, 2, &none, 1);
	MADE_OF(false, false, PROBE_HARMFUL, PROBE_CONFORMS, PROBE_NOT_PERFORMED,
		PROBE_UNCLEAR);
	snprintf(results[0].answer, sizeof(results[0].answer), "granted");
	snprintf(results[0].reason, sizeof(results[0].reason), "both & <each>");
	snprintf(results[1].answer, sizeof(results[1].answer), "refused");
	results[1].took_ns[0] = 1500;
	results[1].took_count = 1;
	results[1].took_error_ns = 250;
	snprintf(results[2].reason, sizeof(results[2].reason), "one host only");
	snprintf(results[3].reason, sizeof(results[3].reason), "it hung");
	ck_assert_int_eq(
		probe_report_write(&report, &fixture.manifest, fixture.dir, &err), 0);

	text = fixture_read(&fixture, PROBE_JSON_FILE);
	root = json_loads(text, 0, NULL);
	free(text);
	ck_assert_str_eq(json_string_value(json_object_get(root, "schema")),
			 "tailrace.probe/1");
	ck_assert_str_eq(json_string_value(json_object_get(root, "verdict")),
			 "harmful");
	ck_assert_int_eq(json_integer_value(json_object_get(root, "exit_code")), 1);
	probe = json_array_get(json_object_get(root, "probes"), 0);
	ck_assert_str_eq(json_string_value(json_object_get(probe, "answer")),
			 "granted");
	ck_assert_str_eq(json_string_value(json_object_get(probe, "verdict")),
			 "harmful");
	ck_assert(json_is_null(json_object_get(probe, "took_us")));
	probe = json_array_get(json_object_get(root, "probes"), 1);
	ck_assert_double_eq(
		json_number_value(json_array_get(json_object_get(probe, "took_us"), 0)),
		1.5);
	ck_assert_double_eq(json_number_value(json_object_get(probe, "took_error_us")),
			    0.25);
	/* What was not performed has neither answer nor verdict. */
	probe = json_array_get(json_object_get(root, "probes"), 2);
	ck_assert(json_is_null(json_object_get(probe, "answer")));
	ck_assert(json_is_null(json_object_get(probe, "verdict")));
	json_decref(root);

	text = fixture_read(&fixture, PROBE_JUNIT_FILE);
	ck_assert_ptr_nonnull(strstr(text, "tests=\"4\" failures=\"1\" errors=\"1\" "
					   "skipped=\"1\""));
	ck_assert_ptr_nonnull(strstr(text, "both &amp; &lt;each&gt;"));
	ck_assert_ptr_nonnull(strstr(text, "<error message=\"it hung\"/>"));
	free(text);

	text = fixture_read(&fixture, "summary.txt");
	ck_assert_int_eq(strncmp(text, "HARMFUL: 1 answer of 4 do", 22), 0);
	ck_assert_ptr_nonnull(strstr(text, "\nHARM    exclusive excludes exclusive"));
	ck_assert_ptr_nonnull(strstr(text, "\n          both & <each>\n"));
	free(text);
	fixture_release(&fixture);
}
END_TEST

START_TEST(harm_is_red_on_a_terminal)
{
	struct fixture fixture;
	struct error err = {""};
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	fixture_init(&fixture, 2, 2, &none, 1);
	MADE_OF(false, false, PROBE_HARMFUL, PROBE_CONFORMS);
	ck_assert_int_eq(
		probe_report_write(&report, &fixture.manifest, fixture.dir, &err), 0);
	ck_assert_ptr_nonnull(stream);
	ck_assert_int_eq(results_show(fixture.dir, true, stream), 0);
	fclose(stream);
	ck_assert_ptr_eq(strstr(text, "\033[1;31mHARMFUL:\033[0m 1 answer"), text);
	ck_assert_ptr_nonnull(strstr(text, "\n\033[1;31mHARM    \033[0mexclusive"));
	free(text);
	fixture_release(&fixture);
}
END_TEST

UNIT_MAIN("probe_report", 60, harmful_answers_decide,
	  what_was_not_asked_is_no_conformance, the_files_tell_what_was_found,
	  harm_is_red_on_a_terminal)
