/*
 * test_counter_model - random counters, judged a second time by a slow model of
 * "Counter and chain" in docs/guarantees.md, which compares every step with every
 * other one.  It shares the clocks' rule with the verifier, and nothing else.
 */
#include "core/random.h"
#include "tests/craft/craft.h"
#include "tests/unit/unit.h"
#include "verify/judge.h"
#include "verify/timeline.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { SEEDS = 300, STEPS_MAX = 40, MS = 1000000 };

/* What the document names, and where it names no count, the verifier's own. */
struct counts {
	int64_t of[ANOMALY_COUNT];
	uint64_t intact, recovered;
};

struct step {
	struct record_id id;
	struct history_entry entry;
};

struct scene {
	struct craft craft;
	struct step steps[STEPS_MAX]; /* in no order that the model relies on */
	size_t count;
	bool readable;
	int64_t final;
	size_t file_bytes;
};

/* ---- a random run -------------------------------------------------------- */

static uint64_t state;

static uint64_t below(uint64_t limit)
{
	return random_next(&state) % limit;
}

static bool one_in(uint64_t n)
{
	return below(n) == 0;
}

/* Samples that the clocks' rule allows, and some that it does not. */
static void clocks_make(struct craft *c)
{
	for (uint32_t host = 0; host < c->manifest.host_count; host++) {
		int64_t offset = (int64_t)below(20 * (uint64_t)MS) - 10 * MS;
		uint64_t rtt = one_in(4) ? 8 * (uint64_t)MS : 2000 + below(100000);

		craft_clock(c, host, CRAFT_SAMPLE_NS, offset, rtt);
		if (one_in(2))
			craft_sample(c, host, CRAFT_SAMPLE_NS + 30 * (uint64_t)MS,
				     offset + (int64_t)below(60000) - 30000, rtt);
		if (one_in(8))
			c->manifest.hosts[host].sample_count = 0;
	}
}

/* Under the lock from @from_ns on, for at most 2 ms. */
static struct history_entry entry_make(uint64_t from_ns, int64_t number)
{
	struct history_entry entry = {
		.outcome = OUTCOME_ACKNOWLEDGED,
		.offset = number,
		.invoke_ns = from_ns - below(3 * (uint64_t)MS),
		.locked_ns = from_ns,
	};

	entry.written_ns = from_ns + below(MS);
	entry.flushed_ns = entry.written_ns;
	entry.unlock_ns = entry.written_ns + below(MS);
	entry.completed_ns = entry.unlock_ns + below(MS / 8);
	return entry;
}

/* What one step may come to, besides being acknowledged. */
static void entry_spoil(struct history_entry *entry)
{
	uint64_t what = below(16);

	if (what > 5)
		return;
	entry->step = STEP_WRITE;
	entry->outcome = OUTCOME_UNKNOWN;
	if (what == 1 || what == 2)
		entry->offset = HISTORY_OFFSET_UNKNOWN;
	if (what == 3)
		entry->outcome = OUTCOME_ACKNOWLEDGED; /* and no number */
	if (what == 3)
		entry->offset = -(int64_t)below(2);
	if (what < 4)
		return;
	entry->outcome = OUTCOME_FAILED;
	entry->offset = HISTORY_OFFSET_UNKNOWN;
	entry->step = what == 4 ? STEP_PLACE : STEP_LOCK;
	entry->errnum = EBADMSG;
}

static int64_t next_number(int64_t number)
{
	switch (below(12)) {
	case 0:
		return number;
	case 1:
		return number + 1 + (int64_t)below(4);
	case 2:
		return number > 3 ? number - (int64_t)below(3) : number + 1;
	default:
		return number + 1;
	}
}

static void file_make(struct scene *s, int64_t number)
{
	char text[32];

	s->readable = true;
	s->final = one_in(3) ? number + (int64_t)below(7) - 3 : number;
	if (s->final < 0)
		s->final = 0;
	if (one_in(12)) {
		s->final = 0; /* an empty file is 0 */
		return;
	}
	snprintf(text, sizeof(text), "%020lld\n", (long long)s->final);
	if (one_in(12)) {
		text[below(21)] = 'x';
		s->readable = false;
	}
	s->file_bytes = strlen(text);
	craft_put(&s->craft, 0, 0, text, s->file_bytes);
}

static void scene_make(struct scene *s, uint64_t seed)
{
	struct craft_plan plan = {1, 1, 64, 64, 0};
	uint64_t at_ns = CRAFT_SAMPLE_NS;
	int64_t number = 0;
	size_t steps;

	state = random_hash(seed, 0, 0);
	memset(s, 0, sizeof(*s));
	plan.writers = 1 + (uint32_t)below(5);
	plan.hosts = 1 + (uint32_t)below(plan.writers);
	craft_init(&s->craft, &plan);
	s->craft.strategy->workload = WORKLOAD_COUNTER;
	s->craft.strategy->exclusive_lock = !one_in(4);
	clocks_make(&s->craft);
	steps = below(STEPS_MAX);
	for (; s->count < steps; s->count++) {
		struct step *step = &s->steps[s->count];

		number = next_number(number);
		at_ns += below(3 * (uint64_t)MS);
		step->id.writer = (uint32_t)below(plan.writers);
		step->entry = entry_make(at_ns, number);
		entry_spoil(&step->entry);
		step->id.seq = craft_append(&s->craft, step->id.writer, &step->entry);
	}
	file_make(s, number);
	craft_save(&s->craft);
}

/* ---- the model ------------------------------------------------------------ */

static bool acknowledged(const struct step *step)
{
	return step->entry.outcome == OUTCOME_ACKNOWLEDGED;
}

/* Did it write a number, or may it have, and which? */
static bool told(const struct step *step)
{
	return step->entry.outcome != OUTCOME_FAILED && step->entry.offset > 0;
}

static struct moment when(const struct scene *s, const struct step *step, uint64_t ns)
{
	const struct manifest *m = &s->craft.manifest;

	return timeline_moment(m, m->rank_host[step->id.writer], ns);
}

/* By more than the error. */
static bool before(const struct scene *s, const struct step *a, uint64_t a_ns,
		   const struct step *b, uint64_t b_ns)
{
	struct moment x = when(s, a, a_ns), y = when(s, b, b_ns);

	return moment_before(&x, &y);
}

static bool wrote(const struct scene *s, int64_t number, bool acknowledged_only)
{
	for (size_t i = 0; i < s->count; i++)
		if (told(&s->steps[i]) && s->steps[i].entry.offset == number &&
		    (!acknowledged_only || acknowledged(&s->steps[i])))
			return true;
	return false;
}

static int64_t highest(const struct scene *s)
{
	int64_t most = 0;

	for (size_t i = 0; i < s->count; i++)
		if (told(&s->steps[i]) && s->steps[i].entry.offset > most)
			most = s->steps[i].entry.offset;
	return most;
}

/* Each acknowledged step: intact, overwritten, or missing. */
static void model_fates(const struct scene *s, struct counts *counts)
{
	int64_t acknowledged_steps = 0;

	for (size_t i = 0; i < s->count; i++) {
		acknowledged_steps += acknowledged(&s->steps[i]);
		counts->of[ANOMALY_MISSING] +=
			acknowledged(&s->steps[i]) && !told(&s->steps[i]);
	}
	for (int64_t number = 1; number <= highest(s); number++) {
		bool there = s->readable && number <= s->final;

		counts->intact += wrote(s, number, true) && there;
		counts->of[ANOMALY_MISSING] += wrote(s, number, true) && !there;
		counts->recovered +=
			there && wrote(s, number, false) && !wrote(s, number, true);
	}
	counts->of[ANOMALY_LOST] = acknowledged_steps - (int64_t)counts->intact;
	counts->of[ANOMALY_OVERWRITTEN] =
		counts->of[ANOMALY_LOST] - counts->of[ANOMALY_MISSING];
}

/* What nobody wrote, less one for each step that never told its number. */
static void model_gaps(const struct scene *s, struct counts *counts)
{
	int64_t silent = 0, above = s->readable ? s->final - highest(s) : 0;

	for (size_t i = 0; i < s->count; i++)
		silent += !told(&s->steps[i]) && !acknowledged(&s->steps[i]) &&
			  s->steps[i].entry.outcome != OUTCOME_FAILED;
	if (!s->readable || above > silent) {
		counts->of[ANOMALY_FOREIGN] = 1;
		counts->of[ANOMALY_FOREIGN_BYTES] = (int64_t)s->file_bytes;
	}
	if (above > 0)
		silent -= above < silent ? above : silent;
	for (int64_t number = 1; number < highest(s); number++) {
		bool open = !wrote(s, number, false);
		bool excused = open && silent > 0;

		silent -= excused;
		if (!open || excused)
			continue;
		counts->of[ANOMALY_GAP_BYTES] += COUNTER_BYTES;
		/* A run counts once, at its last number. */
		counts->of[ANOMALY_GAP] += wrote(s, number + 1, false);
	}
}

/* Is there an acknowledged step that the one at @i stands wrongly behind? */
static void model_order(const struct scene *s, size_t i, struct counts *counts)
{
	const struct step *a = &s->steps[i];
	bool writer = false, realtime = false, stale = false;

	for (size_t k = 0; k < s->count; k++) {
		const struct step *b = &s->steps[k];

		if (k == i || !acknowledged(b) || !told(b))
			continue;
		writer |= b->id.writer == a->id.writer && b->id.seq > a->id.seq &&
			  b->entry.offset < a->entry.offset;
		realtime |= b->entry.offset < a->entry.offset &&
			    before(s, a, a->entry.completed_ns, b, b->entry.invoke_ns);
		stale |= b->entry.offset > a->entry.offset - 1 &&
			 before(s, b, b->entry.unlock_ns, a, a->entry.locked_ns);
	}
	counts->of[ANOMALY_WRITER_DISORDER] += writer;
	counts->of[ANOMALY_REALTIME_DISORDER] += realtime;
	counts->of[ANOMALY_STALE_READ] += stale && s->craft.strategy->exclusive_lock;
}

static void model_judge(const struct scene *s, struct counts *counts)
{
	memset(counts, 0, sizeof(*counts));
	model_fates(s, counts);
	model_gaps(s, counts);
	for (size_t i = 0; i < s->count; i++) {
		const struct step *step = &s->steps[i];

		if (acknowledged(step) && told(step))
			model_order(s, i, counts);
		/* It found no number at all. */
		counts->of[ANOMALY_STALE_READ] +=
			step->entry.outcome == OUTCOME_FAILED &&
			step->entry.step == STEP_PLACE &&
			s->craft.strategy->exclusive_lock;
	}
}

/* ---- both ------------------------------------------------------------------ */

static void expect_equal(uint64_t seed, const struct judgment *j,
			 const struct counts *model)
{
	for (int kind = 0; kind < ANOMALY_COUNT; kind++) {
		int64_t count = j->anomalies[kind];

		/* Holds have a test of their own; what is not taken is not 0. */
		if (kind == ANOMALY_LOCK_OVERLAP ||
		    (count == COUNT_NULL && !model->of[kind]))
			continue;
		ck_assert_msg(count == model->of[kind], "seed %lu: %ld %s, not %ld",
			      (unsigned long)seed, (long)count,
			      anomaly_table[kind].name, (long)model->of[kind]);
	}
	ck_assert_msg(j->intact == model->intact && j->recovered == model->recovered,
		      "seed %lu: %lu intact, not %lu; %lu recovered, not %lu",
		      (unsigned long)seed, (unsigned long)j->intact,
		      (unsigned long)model->intact, (unsigned long)j->recovered,
		      (unsigned long)model->recovered);
	ck_assert_int_eq(j->anomalies[ANOMALY_LOST],
			 (int64_t)(j->acknowledged - j->intact));
}

START_TEST(every_count_agrees)
{
	int64_t seen[ANOMALY_COUNT] = {0};
	static struct scene scene;
	struct counts model;
	struct judgment j;

	for (uint64_t seed = 0; seed < SEEDS; seed++) {
		scene_make(&scene, seed);
		model_judge(&scene, &model);
		craft_judge(&scene.craft, &j);
		expect_equal(seed, &j, &model);
		for (int kind = 0; kind < ANOMALY_COUNT; kind++)
			seen[kind] += model.of[kind];
		judgment_release(&j);
		craft_release(&scene.craft);
	}
	/* What never came up was not compared. */
	ck_assert_int_gt(seen[ANOMALY_OVERWRITTEN], 100);
	ck_assert_int_gt(seen[ANOMALY_MISSING], 100);
	ck_assert_int_gt(seen[ANOMALY_GAP], 100);
	ck_assert_int_gt(seen[ANOMALY_FOREIGN], 30);
	ck_assert_int_gt(seen[ANOMALY_WRITER_DISORDER], 30);
	ck_assert_int_gt(seen[ANOMALY_REALTIME_DISORDER], 30);
	ck_assert_int_gt(seen[ANOMALY_STALE_READ], 100);
}
END_TEST

UNIT_MAIN("counter_model", 60, every_count_agrees)
