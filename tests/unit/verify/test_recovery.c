/*
 * test_recovery - how long it took to get over a fault, from histories made by hand:
 * two writers that each append once in 10 ms, so that all can be reckoned.
 */
#include "tests/craft/craft.h"
#include "tests/unit/unit.h"

#include <string.h>

enum { BYTES = 64 };

#define MS	 ((uint64_t)1000000)
#define START	 ((uint64_t)1000 * MS) /* of the phase, on rank 0's clock */
#define PHASE_MS 6000
#define US	 ((uint64_t)1000)

static struct craft craft;
static struct judgment judgment;

static void enter(uint32_t hosts)
{
	const struct craft_plan plan = {hosts, 2, BYTES, BYTES, 0};

	craft_init(&craft, &plan);
	craft.strategy->started_ns = START;
	craft.strategy->duration_ns = PHASE_MS * MS;
}

static void leave(void)
{
	judgment_release(&judgment);
	craft_release(&craft);
}

/* Invoked at @ms of the phase by rank 0's clock, granted the lock 100 us later. */
static void append_at(uint32_t writer, uint64_t ms, int64_t clock_ahead_ns)
{
	uint64_t invoke_ns = START + ms * MS + (uint64_t)clock_ahead_ns;
	struct history_entry entry = {
		.outcome = OUTCOME_ACKNOWLEDGED,
		.offset = HISTORY_OFFSET_UNKNOWN,
		.invoke_ns = invoke_ns,
		.locked_ns = invoke_ns + 100 * US,
		.written_ns = invoke_ns + 200 * US,
		.flushed_ns = invoke_ns + 200 * US,
		.unlock_ns = invoke_ns + 200 * US,
		.completed_ns = invoke_ns + 300 * US,
		.hold = (uint32_t)craft.writers[writer].count,
	};

	craft_append(&craft, writer, &entry);
}

/* One in 10 ms from @from to @to, the second writer 5 ms after the first. */
static void append_from(uint32_t writer, uint64_t from_ms, uint64_t to_ms)
{
	for (uint64_t ms = from_ms; ms < to_ms; ms += 10)
		append_at(writer, ms + 5 * writer, 0);
}

static void strike(uint32_t target, uint64_t at_ms, uint64_t until_ms)
{
	const struct manifest_fault fault = {
		.what = (char[]){"a fault"},
		.hit = true,
		.target = target,
		.exit = -1,
		.at_ns = START + at_ms * MS,
		.until_ns = until_ms ? START + until_ms * MS : 0,
		.note = (char[]){""},
	};

	ck_assert_int_eq(manifest_add_fault(&craft.manifest, &fault), 0);
}

static void judge(void)
{
	struct manifest saved;
	struct error err = {""};

	craft_save(&craft);
	ck_assert_int_eq(manifest_load(&saved, craft.dir, &err), 0);
	ck_assert_msg(judge_strategy(&saved, craft.dir, 0, &judgment, &err) == 0, "%s",
		      err.sentence);
	manifest_release(&saved);
}

static void check(size_t index, int64_t next_us, int64_t full_ms, int64_t gap_ms)
{
	const struct recovery *r = &judgment.recoveries[index];

	ck_assert_uint_lt(index, judgment.recovery_count);
	ck_assert_int_eq(r->next_ns, next_us < 0 ? COUNT_NULL : next_us * (int64_t)US);
	ck_assert_int_eq(r->full_ns, full_ms < 0 ? COUNT_NULL : full_ms * (int64_t)MS);
	ck_assert_int_eq(r->gap_ns, gap_ms < 0 ? COUNT_NULL : gap_ms * (int64_t)MS);
}

/*
 * Writer 1 dies at 2 s; the lock comes free 0.7 s later.  Writer 0 made 100/s before
 * and does so again: 40 in the window from 2.6 s on, of which the first is at 2.7 s.
 */
START_TEST(a_dead_holder)
{
	enter(2);
	append_from(0, 0, 2000);
	append_from(1, 0, 2000);
	append_from(0, 2700, PHASE_MS);
	strike(1, 2000, 0);
	judge();
	check(0, 700100, 700, 700);
	leave();
}
END_TEST

/* Half the speed for a second, and no gap that takes a whole step of 10 ms twice. */
START_TEST(slow_for_a_while)
{
	enter(2);
	append_from(0, 0, 2000);
	for (uint64_t ms = 2000; ms < 3000; ms += 20)
		append_at(0, ms, 0);
	append_from(0, 3000, PHASE_MS);
	strike(MANIFEST_NOBODY, 2000, 0);
	judge();
	/*
	 * 40 in half a second: 10 of 20 ms and 30 of 10 ms, so from 2.8 s on; in the
	 * step before that there is none.
	 */
	check(0, 100, 800, 10);
	leave();
}
END_TEST

/* Stopped from 2 s to 3 s without the lock: the other one is not hindered. */
START_TEST(full_speed_is_not_sought_before_the_end)
{
	enter(2);
	append_from(0, 0, PHASE_MS);
	append_from(1, 0, 2000);
	append_from(1, 3000, PHASE_MS);
	strike(1, 2000, 3000);
	judge();
	check(0, 100, 1000, 0);
	leave();
}
END_TEST

/* The next one that has the lock is the stopped writer: that is no answer. */
START_TEST(of_another_writer)
{
	enter(2);
	append_from(0, 0, 2000);
	append_from(1, 0, 2000);
	append_at(1, 2100, 0);
	append_at(0, 2300, 0);
	strike(1, 2000, 2100);
	judge();
	check(0, 300100, -1, 3690);
	leave();
}
END_TEST

/* Without a lock the next append counts that began after it, when it is complete. */
START_TEST(without_a_lock)
{
	enter(2);
	craft.strategy->exclusive_lock = false;
	append_from(0, 0, PHASE_MS);
	strike(MANIFEST_NOBODY, 2000, 0);
	/* Begun before it. */
	craft.writers[0].entries[200].invoke_ns -= 100 * US;
	judge();
	check(0, 10300, 0, 0);
	leave();
}
END_TEST

/* The clock of the second host is 5 s ahead. */
START_TEST(on_the_clock_of_rank_0)
{
	enter(2);
	craft_clock(&craft, 1, START + 5000 * MS + 2000 * MS, -5000 * (int64_t)MS, 0);
	append_from(0, 0, 2000);
	for (uint64_t ms = 0; ms < 2000; ms += 10)
		append_at(1, ms, 5000 * (int64_t)MS);
	append_at(1, 2040, 5000 * (int64_t)MS);
	strike(0, 2000, 0);
	judge();
	check(0, 40100, -1, 3950);
	leave();
}
END_TEST

/* Too early, or too little: nothing to compare with.  After the last: nobody. */
START_TEST(what_cannot_be_told)
{
	enter(2);
	append_from(0, 0, 4000);
	strike(MANIFEST_NOBODY, 490, 0);
	strike(MANIFEST_NOBODY, 5000, 0);
	judge();
	check(0, 100, -1, 2000);
	check(1, -1, -1, 1000);
	ck_assert(!judgment.recoveries[0].compared);
	ck_assert(judgment.recoveries[1].compared);
	leave();
}
END_TEST

START_TEST(what_is_not_measured)
{
	enter(2);
	append_from(0, 0, PHASE_MS);
	strike(1, 1000, 0);
	craft.manifest.faults[0].hit = false;
	strike(1, 7000, 0);
	judge();
	ck_assert_uint_eq(judgment.recovery_count, 0);
	leave();
	enter(2);
	append_from(0, 0, PHASE_MS);
	strike(1, 1000, 0);
	craft.strategy->started_ns = 0;
	judge();
	ck_assert_uint_eq(judgment.recovery_count, 0);
	leave();
	/* A clock that cannot be compared. */
	enter(2);
	append_from(0, 0, PHASE_MS);
	append_from(1, 0, PHASE_MS);
	craft.manifest.hosts[1].sample_count = 0;
	strike(1, 1000, 0);
	judge();
	check(0, -1, -1, -1);
	leave();
}
END_TEST

/* A phase of 100 years, and times beyond it: bounded memory, and an end. */
START_TEST(hostile_times)
{
	enter(2);
	craft.strategy->duration_ns = INT64_MAX;
	craft.strategy->started_ns = INT64_MAX / 4;
	append_from(0, 0, 100);
	strike(1, 1000, 0);
	craft.manifest.faults[0].at_ns = INT64_MAX / 4;
	judge();
	ck_assert_uint_eq(judgment.recovery_count, 1);
	leave();
}
END_TEST

UNIT_MAIN("recovery", 60, a_dead_holder, slow_for_a_while,
	  full_speed_is_not_sought_before_the_end, of_another_writer, without_a_lock,
	  on_the_clock_of_rank_0, what_cannot_be_told, what_is_not_measured,
	  hostile_times)
