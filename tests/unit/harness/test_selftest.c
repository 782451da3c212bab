/*
 * test_selftest - the selftest passes a verifier that is right, and no other.
 *
 * A judge that is wrong in one point stands in for judge_strategy(); the selftest
 * must fail it, for every point there is.
 */
#include "harness/selftest/selftest.h"
#include "tests/unit/unit.h"
#include "verify/judge.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char parent[64];

/* How the judge errs; it takes no context, so this stands here. */
static enum anomaly wrong_kind;
static enum verdict wrong_verdict;

static int judge_ignores_kind(const struct manifest *manifest, const char *run_dir,
			      size_t index, struct judgment *judgment,
			      struct error *err)
{
	int rc = judge_strategy(manifest, run_dir, index, judgment, err);

	if (rc == 0 && judgment->anomalies[wrong_kind] > 0)
		judgment->anomalies[wrong_kind] = 0;
	return rc;
}

static int judge_sees_one_more(const struct manifest *manifest, const char *run_dir,
			       size_t index, struct judgment *judgment,
			       struct error *err)
{
	int rc = judge_strategy(manifest, run_dir, index, judgment, err);

	if (rc == 0)
		judgment->anomalies[wrong_kind]++;
	return rc;
}

/* Whatever it should have said, it never says this. */
static int judge_avoids_verdict(const struct manifest *manifest, const char *run_dir,
				size_t index, struct judgment *judgment,
				struct error *err)
{
	int rc = judge_strategy(manifest, run_dir, index, judgment, err);

	if (rc == 0 && judgment->verdict == wrong_verdict)
		judgment->verdict = wrong_verdict == VERDICT_SAFE ? VERDICT_INCONCLUSIVE
								  : VERDICT_SAFE;
	return rc;
}

static int judge_blames_another(const struct manifest *manifest, const char *run_dir,
				size_t index, struct judgment *judgment,
				struct error *err)
{
	int rc = judge_strategy(manifest, run_dir, index, judgment, err);

	for (size_t i = 0; rc == 0 && i < judgment->finding_count; i++)
		if (judgment->findings[i].kind == wrong_kind)
			judgment->findings[i].by.writer ^= 1;
	return rc;
}

static int judge_points_beside(const struct manifest *manifest, const char *run_dir,
			       size_t index, struct judgment *judgment,
			       struct error *err)
{
	int rc = judge_strategy(manifest, run_dir, index, judgment, err);

	for (size_t i = 0; rc == 0 && i < judgment->finding_count; i++)
		if (judgment->findings[i].kind == wrong_kind)
			judgment->findings[i].length++;
	return rc;
}

static int judge_forgets_notes(const struct manifest *manifest, const char *run_dir,
			       size_t index, struct judgment *judgment,
			       struct error *err)
{
	int rc = judge_strategy(manifest, run_dir, index, judgment, err);

	if (rc == 0 && judgment->recovered)
		judgment->recovered = 0;
	return rc;
}

static int judge_refuses(const struct manifest *manifest, const char *run_dir,
			 size_t index, struct judgment *judgment, struct error *err)
{
	(void)manifest, (void)run_dir, (void)index, (void)judgment;
	return error_set(err, EIO, "the judge is out");
}

/* One failure says enough. */
struct watch {
	uint32_t wrong;
	struct selftest_result first;
	char name[64];
};

static void report(void *context, const struct selftest_result *result)
{
	struct watch *watch = context;

	if (result->agreement.agrees || watch->wrong++)
		return;
	watch->first = *result;
	snprintf(watch->name, sizeof(watch->name), "%s", result->name);
}

static bool stop(void *context)
{
	return ((struct watch *)context)->wrong > 0;
}

/* The cases of small records: each damage, and all rules. */
static const char *small[256];
static size_t small_count;

static void small_add(void *context, const char *name, const char *what)
{
	(void)context, (void)what;
	if (strstr(name, "/131") || strncmp(name, "clean/6", 7) == 0 ||
	    strncmp(name, "rule/", 5) == 0)
		small[small_count++] = strdup(name);
}

static void small_find(void)
{
	const struct selftest_options options = {.seed = 1};

	if (!small_count)
		selftest_list(&options, small_add, NULL);
}

static void folder_is_empty(void)
{
	DIR *dir = opendir(parent);
	int entries = 0;

	ck_assert_ptr_nonnull(dir);
	while (readdir(dir))
		entries++;
	closedir(dir);
	ck_assert_int_eq(entries, 2);
}

/* All cases, or those of small records. */
static int run(craft_judge_fn *judge, bool all, uint64_t seed, struct watch *watch,
	       struct selftest_tally *tally, struct error *err)
{
	struct selftest_options options = {
		.seed = seed,
		.parent = parent,
		.names = small,
		.name_count = all ? 0 : small_count,
		.judge = judge,
		.report = report,
		.stop = stop,
		.context = watch,
	};
	int rc;

	/* The runs are small and many: memory is the right place for them. */
	snprintf(parent, sizeof(parent), "%s/tailrace-unit-XXXXXX",
		 access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	ck_assert_ptr_nonnull(mkdtemp(parent));
	rc = selftest_run(&options, tally, err);
	folder_is_empty();
	rmdir(parent);
	return rc;
}

/* @judge must be found out; stopping there is what stop() asks for. */
static struct watch found_out(craft_judge_fn *judge)
{
	struct selftest_tally tally;
	struct watch watch = {0};
	struct error err;
	int rc;

	small_find();
	rc = run(judge, false, 1, &watch, &tally, &err);

	ck_assert_msg(watch.wrong == 1, "kind %s, verdict %s: not found out",
		      anomaly_table[wrong_kind].name, verdict_name(wrong_verdict));
	ck_assert_msg(rc == -EINTR || rc == 0, "%s", err.sentence);
	ck_assert_str_ne(watch.first.agreement.difference, "");
	return watch;
}

/* Does the verifier look for it in a file with its histories? */
static bool is_checked(int kind)
{
	return kind != ANOMALY_DIVERGENT_VIEW;
}

START_TEST(the_verifier_passes)
{
	for (uint64_t seed = 1; seed <= 3; seed++) {
		struct selftest_tally tally = {0};
		struct watch watch = {0};
		struct error err;

		ck_assert_msg(run(judge_strategy, true, seed, &watch, &tally, &err) ==
				      0,
			      "%s: %s", watch.name, watch.first.agreement.difference);
		ck_assert_uint_eq(watch.wrong, 0);
		ck_assert_uint_gt(tally.cases, 100);
		ck_assert_uint_eq(tally.agreed, tally.cases);
	}
}
END_TEST

START_TEST(a_kind_that_is_ignored)
{
	for (int kind = 0; kind < ANOMALY_COUNT; kind++) {
		wrong_kind = (enum anomaly)kind;
		if (is_checked(kind))
			found_out(judge_ignores_kind);
	}
}
END_TEST

START_TEST(a_false_alarm)
{
	for (int kind = 0; kind < ANOMALY_COUNT; kind++) {
		struct watch watch;

		wrong_kind = (enum anomaly)kind;
		watch = found_out(judge_sees_one_more);
		ck_assert_msg(strncmp(watch.name, "clean/", 6) == 0, "%s", watch.name);
	}
}
END_TEST

START_TEST(a_verdict_that_is_never_reached)
{
	static const enum verdict verdicts[] = {VERDICT_SAFE, VERDICT_UNSAFE,
						VERDICT_INCONCLUSIVE, VERDICT_SKIPPED};

	for (size_t i = 0; i < sizeof(verdicts) / sizeof(verdicts[0]); i++) {
		wrong_verdict = verdicts[i];
		found_out(judge_avoids_verdict);
	}
}
END_TEST

START_TEST(a_wrong_culprit)
{
	static const enum anomaly kinds[] = {
		ANOMALY_OVERWRITTEN,	 ANOMALY_INTERLEAVED,
		ANOMALY_WRITER_DISORDER, ANOMALY_REALTIME_DISORDER,
		ANOMALY_LOCK_OVERLAP,	 ANOMALY_FOREIGN,
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		wrong_kind = kinds[i];
		found_out(judge_blames_another);
	}
}
END_TEST

START_TEST(a_wrong_place)
{
	for (int kind = 0; kind < ANOMALY_COUNT; kind++) {
		wrong_kind = (enum anomaly)kind;
		if (is_checked(kind) && kind != ANOMALY_LOST &&
		    kind != ANOMALY_GAP_BYTES && kind != ANOMALY_FOREIGN_BYTES)
			found_out(judge_points_beside);
	}
}
END_TEST

START_TEST(notes_that_are_forgotten)
{
	found_out(judge_forgets_notes);
}
END_TEST

START_TEST(a_judge_that_refuses)
{
	struct selftest_tally tally;
	struct watch watch = {0};
	struct error err;

	ck_assert_int_eq(run(judge_refuses, true, 1, &watch, &tally, &err), -EIO);
	ck_assert_ptr_nonnull(strstr(err.sentence, "the judge is out"));
}
END_TEST

static void count_torn(void *context, const char *name, const char *what)
{
	ck_assert_str_ne(what, "");
	ck_assert_int_eq(strncmp(name, "torn/", 5), 0);
	++*(uint64_t *)context;
}

static void count_any(void *context, const char *name, const char *what)
{
	ck_assert_ptr_nonnull(strchr(name, '/'));
	ck_assert_str_ne(what, "");
	++*(uint64_t *)context;
}

START_TEST(cases_are_chosen_by_name)
{
	const char *names[] = {"torn"};
	struct selftest_options options = {
		.seed = 1, .random_runs = 5, .names = names, .name_count = 1};
	uint64_t all = 0, torn = 0;
	struct error err = {""};

	ck_assert_int_eq(selftest_names_check(&options, &err), 0);
	selftest_list(&options, count_torn, &torn);
	ck_assert_uint_ge(torn, 3);
	names[0] = "torm";
	ck_assert_int_eq(selftest_names_check(&options, &err), -EINVAL);
	ck_assert_ptr_nonnull(strstr(err.sentence, "torn"));
	names[0] = "";
	ck_assert_int_eq(selftest_names_check(&options, &err), -EINVAL);
	options.name_count = 0;
	selftest_list(&options, count_any, &all);
	ck_assert_uint_gt(all, 100);
}
END_TEST

START_TEST(no_folder_is_an_error)
{
	struct selftest_options options = {
		.seed = 1, .parent = "/nonexistent", .judge = judge_strategy};
	struct selftest_tally tally;
	struct error err = {""};

	ck_assert_int_eq(selftest_run(&options, &tally, &err), -ENOENT);
	ck_assert_ptr_nonnull(strstr(err.sentence, "/nonexistent"));
}
END_TEST

UNIT_MAIN("selftest", 100, the_verifier_passes, a_kind_that_is_ignored, a_false_alarm,
	  a_verdict_that_is_never_reached, a_wrong_culprit, a_wrong_place,
	  notes_that_are_forgotten, a_judge_that_refuses, cases_are_chosen_by_name,
	  no_folder_is_an_error)
