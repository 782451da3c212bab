/* run - see run.h. */
#include "tests/mutate/run.h"

#include "core/claim.h"

#include <stdlib.h>
#include <string.h>

uint64_t dice(uint64_t *state, uint64_t limit)
{
	uint64_t x = *state += 0x9e3779b97f4a7c15u;

	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
	return (x ^ (x >> 31)) % (limit ? limit : 1);
}

/* A run while it takes place, on rank 0's clock. */
struct play {
	struct craft *c;
	uint64_t random;
	uint64_t now_ns;     /* the lock is free from here on */
	uint64_t *free_ns;   /* by writer: it may invoke again */
	int64_t *ahead_ns;   /* by host: its clock less rank 0's, at first */
	int64_t *drift_ppm;  /* by host: how much faster than rank 0's it runs */
	uint64_t pause_ns;   /* up to so long nobody appends between two turns */
	unsigned int faults; /* per mille of appends that go wrong */
	uint32_t hold;
	uint8_t *record;
};

static bool chance(struct play *p, unsigned int per_mille)
{
	return dice(&p->random, 1000) < per_mille;
}

static struct craft_plan plan_choose(uint64_t *random)
{
	static const uint32_t odd[] = {64,  65,	 66,  95,  96,	97,  100,
				       127, 128, 129, 160, 191, 200, 256};
	struct craft_plan plan = {.seed = dice(random, UINT64_MAX)};

	plan.writers = 1 + (uint32_t)dice(random, 6);
	plan.hosts = 1 + (uint32_t)dice(random, plan.writers < 4 ? plan.writers : 4);
	plan.min_bytes = odd[dice(random, sizeof(odd) / sizeof(odd[0]))];
	plan.max_bytes = plan.min_bytes;
	if (dice(random, 3) == 0)
		plan.min_bytes = plan.max_bytes = 64 + (uint32_t)dice(random, 3000);
	if (dice(random, 3) == 0)
		plan.max_bytes += (uint32_t)dice(random, 500);
	/* Up to 1 MiB; a power of two, or a byte or a few hundred less. */
	if (dice(random, 30) == 0) {
		plan.max_bytes = 1u << (12 + dice(random, dice(random, 4) ? 5 : 9));
		plan.max_bytes -= (uint32_t)dice(random, dice(random, 2) ? 2 : 800);
		if (dice(random, 2))
			plan.min_bytes = plan.max_bytes;
	}
	return plan;
}

#define START_NS ((uint64_t)5000000000)

/* What the clock of @host shows when rank 0's shows @at. */
static uint64_t own_clock(const struct play *p, uint32_t host, uint64_t at)
{
	int64_t since = (int64_t)at - (int64_t)START_NS;

	return at +
	       (uint64_t)(p->ahead_ns[host] + since / 1000 * p->drift_ppm[host] / 1000);
}

/*
 * Clocks of honest hosts: each runs ahead by some seconds and a little fast or
 * slow, and is sampled now and then by an exchange whose two ways may differ.
 */
static void clocks_set(struct play *p, uint64_t until_ns)
{
	struct manifest *m = &p->c->manifest;

	for (uint32_t h = 0; h < m->host_count; h++) {
		struct manifest_host *host = &m->hosts[h];
		size_t count = 1 + dice(&p->random, 4);

		p->ahead_ns[h] =
			h ? (int64_t)dice(&p->random, 4000000000u) - 2000000000 : 0;
		p->drift_ppm[h] = h ? (int64_t)dice(&p->random, 999) - 499 : 0;
		if (h && chance(p, 30))
			count = 0;
		host->samples =
			craft_grow(host->samples, count * sizeof(*host->samples));
		host->sample_count = count;
		for (size_t i = 0; i < count; i++) {
			uint64_t rtt =
				2 + dice(&p->random, chance(p, 500) ? 20000 : 400000);
			uint64_t at = 4000000000u +
				      (until_ns - 4000000000u) * (i + 1) / count;
			int64_t error = (int64_t)dice(&p->random, rtt / 2 + 1) *
					(dice(&p->random, 2) ? 1 : -1);

			host->samples[i] = (struct clock_sample){
				.at_ns = own_clock(p, h, at),
				.offset_ns =
					error + (int64_t)(at - own_clock(p, h, at)),
				.rtt_ns = rtt,
			};
		}
	}
}

static void strategy_choose(struct play *p)
{
	struct manifest_strategy *s = p->c->strategy;

	p->c->manifest.local_fs = p->c->manifest.host_count == 1 && chance(p, 500);
	p->c->manifest.one_client = chance(p, 300);
	if (chance(p, 200)) {
		s->shared_file = false;
		s->exclusive_lock = false;
	} else if (chance(p, 200)) {
		s->control = true;
		s->claims = 0;
		s->exclusive_lock = false;
	}
	if (s->exclusive_lock && chance(p, 200))
		s->batch = 2 + (uint32_t)dice(&p->random, 5);
	if (chance(p, 100))
		s->padding_bytes = 64u << dice(&p->random, 7);
	if (chance(p, 200))
		s->claims &= (unsigned int)dice(&p->random, 1 << CLAIM_COUNT);
}

/* The times of an append that is granted the file now, on its own host's clock. */
static struct history_entry times_choose(struct play *p, uint32_t w)
{
	uint32_t host = p->c->manifest.rank_host[w];
	uint64_t wait = dice(&p->random, 300000), gap = dice(&p->random, 30000);
	uint64_t granted = p->now_ns + gap + dice(&p->random, p->pause_ns);
	uint64_t steps[5], invoke;

	for (int i = 0; i < 5; i++)
		steps[i] = dice(&p->random, chance(p, 300) ? 200 : 60000);
	if (p->free_ns[w] + steps[4] > granted)
		granted = p->free_ns[w] + steps[4];
	invoke = granted - p->free_ns[w] < wait ? p->free_ns[w] : granted - wait;
	p->now_ns = granted + steps[0] + steps[1] + steps[2];
	p->free_ns[w] = p->now_ns + steps[3];
	return (struct history_entry){
		.outcome = OUTCOME_ACKNOWLEDGED,
		.offset = HISTORY_OFFSET_UNKNOWN,
		.invoke_ns = own_clock(p, host, invoke),
		.locked_ns = own_clock(p, host, granted),
		.written_ns = own_clock(p, host, granted + steps[0]),
		.flushed_ns = own_clock(p, host, granted + steps[0] + steps[1]),
		.unlock_ns = own_clock(p, host, p->now_ns),
		.completed_ns = own_clock(p, host, p->free_ns[w]),
		.hold = ++p->hold,
	};
}

/* What an append of unknown outcome may leave: nothing, a part, or all of it. */
static size_t remains_choose(struct play *p, size_t size)
{
	switch (dice(&p->random, 4)) {
	case 0:
		return 0;
	case 1:
		return size;
	case 2:
		return 1 + dice(&p->random, 40);
	default:
		return dice(&p->random, size);
	}
}

/* One record at the end of its file; how much of it the outcome leaves there. */
static void record_append(struct play *p, uint32_t w, struct history_entry *e)
{
	struct craft *c = p->c;
	uint32_t file = c->strategy->shared_file ? 0 : w;
	size_t end = c->files[file].length, slot = c->strategy->padding_bytes;
	struct record_id id = {w, c->writers[w].count};
	size_t length = record_size(&c->form, id);

	if (slot)
		end = (end + slot - 1) / slot * slot;
	if (e->outcome == OUTCOME_UNKNOWN || e->outcome == OUTCOME_OPEN)
		length = remains_choose(p, length);
	else if (e->outcome == OUTCOME_FAILED)
		length = 0;
	if (e->outcome == OUTCOME_ACKNOWLEDGED ||
	    (e->outcome == OUTCOME_UNKNOWN && chance(p, 500)))
		e->offset = (int64_t)end;
	record_write(&c->form, id, p->record);
	if (length)
		craft_put(c, file, end, p->record, length);
	craft_append(c, w, e);
}

static void turn_take(struct play *p, uint32_t w)
{
	struct history_entry e = times_choose(p, w);
	uint32_t records = 1 + (uint32_t)dice(&p->random, p->c->strategy->batch);

	if (p->c->strategy->writers[w].end == WRITER_KILLED)
		return;
	if (chance(p, p->faults)) {
		static const enum outcome bad[] = {OUTCOME_FAILED, OUTCOME_UNKNOWN,
						   OUTCOME_OPEN};

		e.outcome = bad[dice(&p->random, 3)];
		e.step = e.outcome == OUTCOME_FAILED ? STEP_LOCK : STEP_WRITE;
		records = 1;
	}
	if (e.outcome == OUTCOME_OPEN)
		p->c->strategy->writers[w].end = WRITER_KILLED;
	for (uint32_t i = 0; i < records; i++)
		record_append(p, w, &e);
}

void run_make(struct craft *c, uint64_t seed)
{
	struct play p = {.c = c, .random = seed, .now_ns = START_NS};
	struct craft_plan plan = plan_choose(&p.random);
	uint64_t turns = 1 + dice(&p.random, 90);

	craft_init(c, &plan);
	p.record = craft_grow(NULL, plan.max_bytes);
	p.free_ns = calloc(plan.writers, sizeof(*p.free_ns));
	p.ahead_ns = calloc(plan.hosts, sizeof(*p.ahead_ns));
	p.drift_ppm = calloc(plan.hosts, sizeof(*p.drift_ppm));
	if (!p.free_ns || !p.ahead_ns || !p.drift_ppm)
		craft_die("no memory");
	for (uint32_t w = 0; w < plan.writers; w++)
		p.free_ns[w] = p.now_ns - 1000000;
	if (plan.max_bytes > 4000)
		turns = 1 + dice(&p.random, 8);
	else if (turns * plan.max_bytes > 40000)
		turns = 40000 / plan.max_bytes + 1;
	p.faults = chance(&p, 300) ? 150 : 0;
	if (chance(&p, 150))
		p.pause_ns = dice(&p.random, 2000000000);
	clocks_set(&p, p.now_ns + turns * (200000 + p.pause_ns / 2));
	strategy_choose(&p);
	while (turns--)
		turn_take(&p, (uint32_t)dice(&p.random, plan.writers));
	free(p.record);
	free(p.free_ns);
	free(p.ahead_ns);
	free(p.drift_ppm);
}

void run_disturb(struct craft *c, uint64_t seed)
{
	uint64_t random = seed;

	for (uint32_t w = 0; w < c->manifest.rank_count; w++)
		for (size_t i = 0; i < c->writers[w].count; i++) {
			struct history_entry *e = &c->writers[w].entries[i];
			uint64_t shift = dice(&random, 400000);

			if (dice(&random, 10) == 0 && e->offset >= 0)
				e->offset = (int64_t)dice(&random,
							  (uint64_t)e->offset + 300);
			if (dice(&random, 10) == 0 && i && e->offset >= 0)
				e->offset = c->writers[w].entries[i - 1].offset;
			if (dice(&random, 10) == 0)
				e->offset = HISTORY_OFFSET_UNKNOWN;
			if (dice(&random, 20) == 0 && e->outcome != OUTCOME_OPEN)
				e->outcome = OUTCOME_FAILED;
			if (dice(&random, 5))
				continue;
			e->invoke_ns += shift;
			e->locked_ns += shift + dice(&random, 30000);
			e->written_ns = e->flushed_ns = e->locked_ns;
			e->unlock_ns = e->locked_ns + dice(&random, 90000);
			e->completed_ns = e->unlock_ns + dice(&random, 30000);
		}
}
