/* test_acceptance - the verdict of a mount, rule by rule (docs/guarantees.md). */
#include "tests/unit/unit.h"
#include "verify/acceptance.h"
#include "verify/judge.h"

#include <string.h>

enum { APPEND, FLOCK, FCNTL, OWN, COUNTER, ROWS };

static struct manifest_strategy rows[ROWS];
static struct judgment judgments[ROWS];
static struct manifest manifest;

/* A mount with nothing against it. */
static void setup(void)
{
	static const char *const names[ROWS] = {"append", "flock", "fcntl", "per-file",
						"counter"};

	memset(rows, 0, sizeof(rows));
	memset(judgments, 0, sizeof(judgments));
	for (int i = 0; i < ROWS; i++) {
		rows[i].name = (char *)(uintptr_t)names[i];
		rows[i].shared_file = i != OWN;
		rows[i].exclusive_lock = i == FLOCK || i == FCNTL || i == COUNTER;
		judgments[i].verdict = VERDICT_SAFE;
	}
	rows[APPEND].control = true;
	rows[COUNTER].workload = WORKLOAD_COUNTER;
	rows[FLOCK].required = rows[FCNTL].required = true;
	judgments[APPEND].verdict = VERDICT_UNSAFE;
	manifest = (struct manifest){
		.strategies = rows,
		.strategy_count = ROWS,
		.check = {.level = CHECK_QUICK,
			  .selftest_cases = 190,
			  .selftest_agreed = 190,
			  .probes = CHECK_PROBES_CONFORM,
			  .conforming = 200},
	};
}

static void expect(enum verdict verdict, const char *because)
{
	struct run_verdict run = judge_run(&manifest, judgments, ROWS);

	ck_assert_msg(run.verdict == verdict, "%s: %s", verdict_name(run.verdict),
		      run.reason);
	ck_assert_msg(strstr(run.reason, because), "%s", run.reason);
}

START_TEST(a_good_mount_is_accepted)
{
	setup();
	expect(VERDICT_SAFE, "required strategies are safe");
	/* Neither controls nor what was not required change that. */
	judgments[APPEND].verdict = VERDICT_INCONCLUSIVE;
	judgments[OWN].verdict = VERDICT_UNSAFE;
	judgments[COUNTER].verdict = VERDICT_SKIPPED;
	expect(VERDICT_SAFE, "required strategies are safe");
}
END_TEST

START_TEST(one_unsafe_method_rejects)
{
	setup();
	judgments[FLOCK].verdict = VERDICT_UNSAFE;
	judgments[FCNTL].verdict = VERDICT_INCONCLUSIVE;
	manifest.local_fs = true;
	expect(VERDICT_UNSAFE, "flock is unsafe here");
	setup();
	rows[COUNTER].required = true;
	judgments[COUNTER].verdict = VERDICT_UNSAFE;
	expect(VERDICT_UNSAFE, "counter is unsafe here");
}
END_TEST

START_TEST(one_harmful_answer_rejects)
{
	setup();
	manifest.check.harmful = 1;
	manifest.check.probes = CHECK_PROBES_HARMFUL;
	expect(VERDICT_UNSAFE, "1 answer of its locks does harm");
	judgments[FLOCK].verdict = VERDICT_SKIPPED;
	expect(VERDICT_UNSAFE, "1 answer of its locks does harm");
}
END_TEST

START_TEST(what_was_not_shown_is_not_accepted)
{
	setup();
	judgments[FCNTL].verdict = VERDICT_INCONCLUSIVE;
	expect(VERDICT_INCONCLUSIVE, "fcntl is inconclusive");
	judgments[FCNTL].verdict = VERDICT_SKIPPED;
	expect(VERDICT_INCONCLUSIVE, "fcntl is skipped");
	setup();
	manifest.check.probes = CHECK_PROBES_INCONCLUSIVE;
	manifest.check.unanswered = 7;
	expect(VERDICT_INCONCLUSIVE, "7 questions");
	manifest.check.probes = CHECK_PROBES_NOT_PERFORMED;
	expect(VERDICT_INCONCLUSIVE, "not probed");
	setup();
	manifest.check.selftest_agreed--;
	expect(VERDICT_INCONCLUSIVE, "selftest");
	setup();
	manifest.check.selftest_cases = manifest.check.selftest_agreed = 0;
	expect(VERDICT_INCONCLUSIVE, "selftest");
}
END_TEST

START_TEST(some_lock_on_one_file_must_be_safe)
{
	setup();
	rows[FLOCK].required = rows[FCNTL].required = false;
	rows[OWN].required = rows[COUNTER].required = true;
	expect(VERDICT_SAFE, "");
	judgments[FLOCK].verdict = VERDICT_SKIPPED;
	expect(VERDICT_SAFE, "");
	/* Neither a file of one's own nor a counter is a method for one file. */
	judgments[FCNTL].verdict = VERDICT_SKIPPED;
	expect(VERDICT_INCONCLUSIVE, "no method with a lock");
	setup();
	rows[FLOCK].required = rows[FCNTL].required = false;
	expect(VERDICT_INCONCLUSIVE, "no strategy was required");
}
END_TEST

START_TEST(a_local_file_system_must_be_asked_for)
{
	setup();
	manifest.local_fs = true;
	expect(VERDICT_INCONCLUSIVE, "--local");
	manifest.check.local = true;
	expect(VERDICT_SAFE, "");
}
END_TEST

START_TEST(a_run_that_is_no_check_is_none_of_this)
{
	struct run_verdict run;

	setup();
	manifest.check = (struct check_facts){0};
	manifest.local_fs = true;
	run = judge_run(&manifest, judgments, ROWS);
	ck_assert_int_eq(run.verdict, VERDICT_SAFE);
	ck_assert_str_eq(run.reason, "");
}
END_TEST

UNIT_MAIN("acceptance", 20, a_good_mount_is_accepted, one_unsafe_method_rejects,
	  one_harmful_answer_rejects, what_was_not_shown_is_not_accepted,
	  some_lock_on_one_file_must_be_safe, a_local_file_system_must_be_asked_for,
	  a_run_that_is_no_check_is_none_of_this)
