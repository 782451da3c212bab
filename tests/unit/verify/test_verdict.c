/* test_verdict - each rule of the verdict by itself. */
#include "core/claim.h"
#include "tests/craft/craft.h"
#include "tests/unit/unit.h"
#include "verify/judge.h"
#include "verify/verdict.h"

#include <errno.h>
#include <string.h>

static const struct judge_means alone;

static struct craft craft;
static struct evidence evidence;
static struct judgment judgment;

/* A run in which 1000 of 1000 appends are there, a third of them hand-offs. */
static void setup(void)
{
	static const struct craft_plan plan = {2, 2, 64, 64, 0};

	craft_init(&craft, &plan);
	craft_save(&craft);
	ck_assert_int_eq(
		evidence_open(&evidence, &alone, &craft.manifest, craft.dir, 0, NULL),
		0);
	evidence.handoffs = 333;
	evidence.appends_placed = 1000;
	judgment = (struct judgment){.attempted = 1000, .acknowledged = 1000};
}

static void teardown(void)
{
	evidence_close(&evidence);
	craft_release(&craft);
}

static enum verdict reach(void)
{
	verdict_reach(&evidence, &judgment);
	ck_assert_uint_gt(strlen(judgment.reason), 0);
	return judgment.verdict;
}

START_TEST(nothing_wrong_is_safe)
{
	setup();
	ck_assert_int_eq(reach(), VERDICT_SAFE);
	ck_assert(judgment.contention_applies);
	teardown();
}
END_TEST

/* The table of docs/guarantees.md, once more. */
static const struct {
	enum anomaly kind;
	unsigned int claim; /* 0: unsafe whatever was claimed */
} contradictions[] = {
	{ANOMALY_LOST, 0},
	{ANOMALY_FOREIGN, 0},
	{ANOMALY_UNEXPECTED, 0},
	{ANOMALY_DIVERGENT_VIEW, 0},
	{ANOMALY_GAP, CLAIM_NO_GAP},
	{ANOMALY_DUPLICATE, CLAIM_ONCE},
	{ANOMALY_WRITER_DISORDER, CLAIM_WRITER_ORDER},
	{ANOMALY_REALTIME_DISORDER, CLAIM_REALTIME_ORDER},
	{ANOMALY_LOCK_OVERLAP, CLAIM_EXCLUSION},
	{ANOMALY_STALE_READ, CLAIM_EXCLUSION},
};

START_TEST(what_contradicts_a_claim_is_unsafe)
{
	for (size_t i = 0; i < sizeof(contradictions) / sizeof(contradictions[0]);
	     i++) {
		unsigned int claim = contradictions[i].claim;

		setup();
		evidence.proven[contradictions[i].kind] = 1;
		craft.strategy->claims = claim;
		ck_assert_int_eq(reach(), VERDICT_UNSAFE);
		craft.strategy->claims = ~claim & ((1u << CLAIM_COUNT) - 1);
		ck_assert_int_eq(reach(), claim ? VERDICT_SAFE : VERDICT_UNSAFE);
		craft.strategy->claims = 0;
		craft.strategy->control = true;
		ck_assert_int_eq(reach(), VERDICT_UNSAFE);
		teardown();
	}
}
END_TEST

START_TEST(what_is_not_proven_is_not_unsafe)
{
	setup();
	evidence.anomalies[ANOMALY_LOST] = 1;
	evidence.damaged_histories = 1;
	ck_assert_int_eq(reach(), VERDICT_INCONCLUSIVE);
	evidence.proven[ANOMALY_LOST] = 1;
	ck_assert_int_eq(reach(), VERDICT_UNSAFE);
	teardown();
}
END_TEST

START_TEST(each_doubt_is_inconclusive)
{
	setup();
	craft.strategy->writers[1].end = WRITER_HUNG;
	ck_assert_int_eq(reach(), VERDICT_INCONCLUSIVE);
	ck_assert_int_eq(judgment.hung, 1);
	craft.strategy->writers[1].end = WRITER_FINISHED;
	ck_assert_int_eq(reach(), VERDICT_SAFE);

	evidence.damaged_histories = 1;
	ck_assert_int_eq(reach(), VERDICT_INCONCLUSIVE);
	evidence.damaged_histories = 0;

	evidence.shrunk = true;
	ck_assert_int_eq(reach(), VERDICT_INCONCLUSIVE);
	evidence.shrunk = false;

	judgment.acknowledged = judgment.attempted = 0;
	ck_assert_int_eq(reach(), VERDICT_INCONCLUSIVE);
	teardown();
}
END_TEST

START_TEST(hung_writers_are_named_with_their_call)
{
	setup();
	craft.strategy->writers[1].end = WRITER_HUNG;
	craft.strategy->writers[1].stuck = strdup("write(2) in append 7 of rank 1");
	ck_assert_int_eq(reach(), VERDICT_INCONCLUSIVE);
	ck_assert_str_eq(judgment.reason,
			 "1 of 2 writers hung: write(2) in append 7 of rank 1");
	craft.strategy->writers[0].end = WRITER_HUNG;
	ck_assert_int_eq(reach(), VERDICT_INCONCLUSIVE);
	ck_assert_str_eq(judgment.reason,
			 "2 of 2 writers hung: write(2) in append 7 of rank 1");
	teardown();
}
END_TEST

START_TEST(under_99_percent_without_a_fault)
{
	const struct manifest_fault fault = {
		.what = (char[]){"kill 0"},
		.hit = true,
		.exit = -1,
		.note = (char[]){"killed rank 0"},
	};

	setup();
	judgment.acknowledged = 990;
	ck_assert_int_eq(reach(), VERDICT_SAFE);
	judgment.acknowledged = 989;
	ck_assert_int_eq(reach(), VERDICT_INCONCLUSIVE);
	ck_assert_int_eq(manifest_add_fault(&craft.manifest, &fault), 0);
	ck_assert_int_eq(reach(), VERDICT_SAFE);
	craft.manifest.faults[0].hit = false;
	ck_assert_int_eq(reach(), VERDICT_INCONCLUSIVE);
	craft.manifest.faults[0].hit = true;
	craft.manifest.faults[0].strategy = 1;
	ck_assert_int_eq(reach(), VERDICT_INCONCLUSIVE);
	teardown();
}
END_TEST

START_TEST(contention_on_a_shared_file)
{
	setup();
	evidence.handoffs = 29;
	ck_assert_int_eq(reach(), VERDICT_INCONCLUSIVE);
	evidence.handoffs = 30;
	ck_assert_int_eq(reach(), VERDICT_SAFE);
	evidence.appends_placed = 3000;
	ck_assert_int_eq(reach(), VERDICT_SAFE);
	evidence.appends_placed = 3001;
	ck_assert_int_eq(reach(), VERDICT_INCONCLUSIVE);
	craft.strategy->shared_file = false;
	ck_assert_int_eq(reach(), VERDICT_SAFE);
	ck_assert(!judgment.contention_applies);
	teardown();
}
END_TEST

START_TEST(one_client_of_a_network_file_system)
{
	setup();
	strcpy(craft.manifest.hosts[1].client, craft.manifest.hosts[0].client);
	ck_assert_int_eq(reach(), VERDICT_INCONCLUSIVE);
	craft.manifest.one_client = true;
	ck_assert_int_eq(reach(), VERDICT_SAFE);
	craft.manifest.one_client = false;
	craft.manifest.local_fs = true;
	ck_assert_int_eq(reach(), VERDICT_SAFE);
	teardown();
}
END_TEST

/* ---- the whole run -------------------------------------------------------- */

static struct manifest_strategy rows[3];
static struct judgment verdicts[3];

static struct run_verdict merge(size_t count, bool strict)
{
	struct manifest manifest = {
		.strategies = rows, .strategy_count = count, .strict = strict};

	return judge_run(&manifest, verdicts, count);
}

START_TEST(unsafe_over_inconclusive_over_safe)
{
	static const enum verdict all[] = {VERDICT_SAFE, VERDICT_UNSAFE,
					   VERDICT_INCONCLUSIVE, VERDICT_SKIPPED};

	memset(rows, 0, sizeof(rows));
	rows[0].required = rows[1].required = true;
	for (int a = 0; a < 4; a++)
		for (int b = 0; b < 4; b++) {
			enum verdict expected = VERDICT_INCONCLUSIVE;

			if (all[a] == VERDICT_UNSAFE || all[b] == VERDICT_UNSAFE)
				expected = VERDICT_UNSAFE;
			else if (all[a] == VERDICT_SAFE && all[b] == VERDICT_SAFE)
				expected = VERDICT_SAFE;
			verdicts[0].verdict = all[a];
			verdicts[1].verdict = all[b];
			ck_assert_int_eq(merge(2, false).verdict, expected);
		}
}
END_TEST

START_TEST(controls_show_teeth)
{
	memset(rows, 0, sizeof(rows));
	rows[0].required = true;
	rows[1].control = true;
	verdicts[0].verdict = VERDICT_SAFE;
	verdicts[1].verdict = VERDICT_UNSAFE;
	ck_assert_int_eq(merge(2, false).verdict, VERDICT_SAFE);
	ck_assert(merge(2, false).teeth);
	ck_assert_int_eq(merge(2, true).verdict, VERDICT_UNSAFE);
	verdicts[1].verdict = VERDICT_SAFE;
	ck_assert(!merge(2, false).teeth);
	/* Controls alone are required. */
	rows[0].required = false;
	rows[0].control = true;
	verdicts[0].verdict = VERDICT_UNSAFE;
	ck_assert_int_eq(merge(2, false).verdict, VERDICT_UNSAFE);
}
END_TEST

START_TEST(nothing_required_is_inconclusive)
{
	memset(rows, 0, sizeof(rows));
	verdicts[0].verdict = VERDICT_SAFE;
	ck_assert_int_eq(merge(1, false).verdict, VERDICT_INCONCLUSIVE);
	ck_assert_int_eq(merge(0, false).verdict, VERDICT_INCONCLUSIVE);
}
END_TEST

UNIT_MAIN("verdict", 20, nothing_wrong_is_safe, what_contradicts_a_claim_is_unsafe,
	  what_is_not_proven_is_not_unsafe, each_doubt_is_inconclusive,
	  hung_writers_are_named_with_their_call, under_99_percent_without_a_fault,
	  contention_on_a_shared_file, one_client_of_a_network_file_system,
	  unsafe_over_inconclusive_over_safe, controls_show_teeth,
	  nothing_required_is_inconclusive)
