/* test_holds - overlapping holds against a comparison of each with each. */
#include "tests/craft/craft.h"
#include "tests/unit/unit.h"
#include "verify/holds.h"

#include <errno.h>

static const struct judge_means alone;

enum { HOSTS = 3, WRITERS = 5, HOLDS_MAX = 200 };

struct hold {
	struct moment acquired, released;
	uint32_t writer;
	uint64_t seq;
	bool acknowledged;
};

static bool overlap(const struct hold *x, const struct hold *y)
{
	return moment_before(&x->acquired, &y->released) &&
	       moment_before(&y->acquired, &x->released);
}

/* Was @x granted later than @y? */
static bool later(const struct hold *x, const struct hold *y)
{
	bool one_host = x->acquired.host == y->acquired.host;
	int64_t x_ns = one_host ? (int64_t)x->acquired.own_ns : x->acquired.high_ns;
	int64_t y_ns = one_host ? (int64_t)y->acquired.own_ns : y->acquired.high_ns;

	if (x_ns != y_ns)
		return x_ns > y_ns;
	return x->writer != y->writer ? x->writer > y->writer : x->seq > y->seq;
}

/* A few holds of any length at any time, by clocks that need not be honest. */
static void make_holds(struct craft *c)
{
	for (uint32_t h = 1; h < HOSTS; h++)
		craft_clock(c, h, CRAFT_SAMPLE_NS, rand() % 2000 - 1000,
			    (uint64_t)(rand() % 3 ? rand() % 600 : 0));
	if (rand() % 4 == 0)
		c->manifest.hosts[1].sample_count = 0;
	for (int n = rand() % 30; n > 0; n--) {
		struct history_entry entry = {
			.outcome = OUTCOME_ACKNOWLEDGED,
			.offset = HISTORY_OFFSET_UNKNOWN,
			.invoke_ns = CRAFT_SAMPLE_NS + (uint64_t)(rand() % 9000),
			.hold = (uint32_t)n / 2,
		};

		entry.locked_ns = entry.invoke_ns + (uint64_t)(rand() % 500);
		entry.unlock_ns = entry.locked_ns;
		if (rand() % 5)
			entry.unlock_ns +=
				(uint64_t)(rand() % (rand() % 2 ? 50 : 1500));
		entry.written_ns = entry.flushed_ns = entry.locked_ns;
		entry.completed_ns = entry.unlock_ns + 1;
		if (rand() % 6 == 0)
			entry.outcome = OUTCOME_UNKNOWN;
		if (rand() % 15 == 0) {
			entry.outcome = OUTCOME_FAILED;
			entry.step = STEP_LOCK;
		}
		craft_append(c, (uint32_t)rand() % WRITERS, &entry);
	}
}

static size_t list_holds(const struct craft *c, struct hold *holds)
{
	size_t count = 0;

	for (uint32_t w = 0; w < WRITERS; w++)
		for (uint64_t seq = 0; seq < c->writers[w].count; seq++) {
			const struct history_entry *e = &c->writers[w].entries[seq];
			uint32_t host = c->manifest.rank_host[w];

			if (e->step == STEP_LOCK)
				continue;
			holds[count++] = (struct hold){
				timeline_moment(&c->manifest, host, e->locked_ns),
				timeline_moment(&c->manifest, host, e->unlock_ns),
				w,
				seq,
				e->outcome == OUTCOME_ACKNOWLEDGED,
			};
		}
	return count;
}

static void compare(struct craft *c)
{
	int64_t overlaps = 0, lost = 0;
	struct hold holds[HOLDS_MAX];
	size_t count = list_holds(c, holds);
	struct evidence evidence;

	for (size_t i = 0; i < count; i++) {
		bool any = false, acknowledged = false;

		for (size_t k = 0; k < count; k++)
			if (k != i && later(&holds[i], &holds[k]) &&
			    overlap(&holds[i], &holds[k])) {
				any = true;
				acknowledged |=
					holds[i].acknowledged && holds[k].acknowledged;
			}
		overlaps += acknowledged;
		lost += any && !acknowledged;
	}
	ck_assert_int_eq(
		evidence_open(&evidence, &alone, &c->manifest, c->dir, 0, NULL), 0);
	evidence.anomalies[ANOMALY_LOCK_OVERLAP] = 0;
	ck_assert_int_eq(holds_check(&evidence, NULL), 0);
	ck_assert_int_eq(evidence.anomalies[ANOMALY_LOCK_OVERLAP], overlaps);
	ck_assert_int_eq(evidence.lock_lost, lost);
	evidence_close(&evidence);
}

START_TEST(agrees_with_each_pair)
{
	static const struct craft_plan plan = {HOSTS, WRITERS, 64, 64, 0};

	srand(1);
	for (int round = 0; round < 500; round++) {
		struct craft craft;

		craft_init(&craft, &plan);
		make_holds(&craft);
		craft_save(&craft);
		compare(&craft);
		craft_release(&craft);
	}
}
END_TEST

UNIT_MAIN("holds", 120, agrees_with_each_pair)
