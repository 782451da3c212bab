/*
 * appends - statements about what the writers remember: one append, or many clean ones
 * with their records.
 */
#include "tests/corpus/recipe.h"

#include <stdio.h>
#include <string.h>

#define SLOT_NS ((uint64_t)1000000)

/* Entries carry their own host's clock; recipes speak rank 0's. */
static uint64_t own_clock(const struct recipe *r, uint32_t w, uint64_t at_ns)
{
	const struct manifest *m = &r->craft.manifest;
	const struct manifest_host *h;

	if (w >= m->rank_count)
		craft_die("%s:%u: no writer %u", r->path, r->line, w);
	h = &m->hosts[m->rank_host[w]];
	return at_ns - (uint64_t)(h->sample_count ? h->samples[0].offset_ns : 0);
}

/*
 * Slot k: waits from k to k + 1 ms, holds the lock for 0.4 ms, is complete at
 * k + 1.5 ms.  So each slot is still under way when the next one is invoked.
 */
static struct history_entry slot_entry(struct recipe *r, uint32_t w)
{
	uint64_t from = own_clock(r, w, CRAFT_SAMPLE_NS + r->slot++ * SLOT_NS);

	return (struct history_entry){
		.offset = HISTORY_OFFSET_UNKNOWN,
		.invoke_ns = from,
		.locked_ns = from + SLOT_NS,
		.written_ns = from + SLOT_NS * 12 / 10,
		.flushed_ns = from + SLOT_NS * 13 / 10,
		.unlock_ns = from + SLOT_NS * 14 / 10,
		.completed_ns = from + SLOT_NS * 15 / 10,
		.hold = (uint32_t)r->slot,
	};
}

static uint64_t time_ns(const struct recipe *r, uint32_t w, const char *word)
{
	return own_clock(r, w, r->time_zero_ns + number(r, word) * 1000);
}

static void no_steps_between(struct history_entry *e)
{
	e->written_ns = e->flushed_ns = e->locked_ns;
}

/* The words after the outcome: at OFFSET, from US, to US, held US US, ... */
static void entry_words(struct recipe *r, uint32_t w, char **words,
			struct history_entry *e)
{
	for (; *words; words += 2) {
		if (strcmp(*words, "at") == 0) {
			e->offset = (int64_t)(r->base + number(r, words[1]));
		} else if (strcmp(*words, "from") == 0) {
			e->invoke_ns = e->locked_ns = time_ns(r, w, words[1]);
			no_steps_between(e);
		} else if (strcmp(*words, "to") == 0) {
			e->unlock_ns = e->completed_ns = time_ns(r, w, words[1]);
		} else if (strcmp(*words, "held") == 0) {
			e->locked_ns = time_ns(r, w, words[1]);
			e->unlock_ns = time_ns(r, w, words[2] ? words++[2] : NULL);
			no_steps_between(e);
		} else if (strcmp(*words, "hold") == 0) {
			e->hold = (uint32_t)number(r, words[1]);
		} else if (strcmp(*words, "step") == 0) {
			e->step = (enum append_step)number(r, words[1]);
		} else {
			wrong(r, "no such word", *words);
		}
	}
}

static const struct {
	const char *name;
	enum outcome outcome;
	enum append_step step;
} outcomes[] = {
	{"ack", OUTCOME_ACKNOWLEDGED, STEP_NONE},
	{"fail", OUTCOME_FAILED, STEP_LOCK},
	{"unknown", OUTCOME_UNKNOWN, STEP_WRITE},
	{"open", OUTCOME_OPEN, STEP_NONE},
};

/* The next append of its writer: @entry, changed by @words. */
static void entry_add(struct recipe *r, struct record_id id,
		      struct history_entry *entry, char **words)
{
	if (id.seq != r->craft.writers[id.writer].count)
		wrong(r, "not the next append of that writer", words[1]);
	entry_words(r, id.writer, words + 2, entry);
	craft_append(&r->craft, id.writer, entry);
}

/* ack W.S ..., fail W.S ..., unknown W.S ..., open W.S ... */
static void history_line(struct recipe *r, char **words)
{
	struct record_id id = record_named(r, words[1]);
	struct history_entry e = slot_entry(r, id.writer);

	for (size_t i = 0; i < sizeof(outcomes) / sizeof(outcomes[0]); i++)
		if (strcmp(words[0], outcomes[i].name) == 0) {
			e.outcome = outcomes[i].outcome;
			e.step = outcomes[i].step;
		}
	entry_add(r, id, &e, words);
}

/* An acknowledged record whose writer believes rightly where it stands. */
static void append(struct recipe *r, char **words)
{
	struct record_id id = record_named(r, words[1]);
	struct history_entry e = slot_entry(r, id.writer);

	e.outcome = OUTCOME_ACKNOWLEDGED;
	e.offset = (int64_t)r->at;
	entry_add(r, id, &e, words);
	recipe_put_record(r, id);
}

/*
 * Two writers of their own (they come after the others), on the first two hosts,
 * append N clean records in turn, each invoked while the one before was under way.
 */
static void crowd(struct recipe *r, char **words)
{
	uint32_t first = r->plan.writers - 2;
	uint64_t records = number(r, words[1]);
	char name[32];
	char *line[] = {NULL, name, NULL};

	if (r->slot || r->at)
		wrong(r, "must come first", "crowd");
	for (uint64_t i = 0; i < records; i++) {
		snprintf(name, sizeof(name), "%u.%lu", first + (uint32_t)(i & 1),
			 i / 2);
		append(r, line);
	}
	r->base = r->at;
	r->time_zero_ns += (records + 1) * SLOT_NS;
	/* What follows is compared by fresh samples. */
	for (uint32_t h = 0; h < r->plan.hosts; h++)
		recipe_clock_at_zero(r, h);
}

/* The next N appends of one writer, all clean, with nobody else about. */
static void alone(struct recipe *r, char **words)
{
	uint32_t w = writer_named(r, words[1]);
	uint64_t records = number(r, words[2]);
	char name[32];
	char *line[] = {NULL, name, NULL};

	for (; records; records--) {
		snprintf(name, sizeof(name), "%u.%zu", w, r->craft.writers[w].count);
		append(r, line);
	}
}

const struct statement append_statements[] = {
	{"crowd", false, crowd},	  {"alone", false, alone},
	{"ack", false, history_line},	  {"fail", false, history_line},
	{"unknown", false, history_line}, {"open", false, history_line},
	{"append", false, append},	  {0},
};
