/*
 * plant - a clean run made by hand, damage planted in it, and what must be found.
 *
 * Writers append in turn, each invoked while the one before is under way, so that
 * every append is a hand-off.  Whoever plants damage makes some appends by
 * himself and says at once what follows for the judgment; nothing is reckoned
 * afterwards, and nothing is learnt from the verifier.
 *
 * Failures are those of harness/selftest/craft.h: noted there, returned at the end.
 */
#ifndef TAILRACE_HARNESS_SELFTEST_PLANT_H
#define TAILRACE_HARNESS_SELFTEST_PLANT_H

#include "harness/selftest/craft.h"

/* What a run looks like before anything is planted. */
struct plant_shape {
	uint32_t hosts, writers; /* writer w runs on host w % hosts */
	uint32_t min_bytes, max_bytes;
	uint32_t before, after; /* clean appends on either side of the damage */
};

/* An append that is about to be made. */
struct plant_append {
	struct record_id id;
	uint32_t bytes;
	uint32_t file;		    /* where its record belongs */
	struct history_entry entry; /* acknowledged, at the end; rank 0's clock */
};

enum { PLANT_FINDINGS_MAX = 64 };

/* Owner: whoever called plant_init; ended by plant_release. */
struct plant {
	struct craft craft;
	uint64_t random;
	uint64_t now_ns; /* when the next append is invoked, on rank 0's clock */
	uint32_t turn;	 /* whose it is, modulo the writers */
	uint32_t holds;	 /* granted so far */
	uint8_t *record; /* room for one */

	/* What the judgment must be. */
	enum verdict verdict;
	struct finding findings[PLANT_FINDINGS_MAX + 1];
	size_t finding_count;
	uint64_t acknowledged, failed, unknown, recovered;
	int64_t lock_lost, hung;
	uint64_t unreadable; /* acknowledged, in histories that were spoilt */
};

/*
 * A run of @shape without any append yet; @seed decides what is left to chance.
 * Returns 0 or a negative errno; @plant is to be released in either case.
 */
int plant_init(struct plant *plant, const struct plant_shape *shape, uint64_t seed,
	       const char *parent);
void plant_release(struct plant *plant);

/* A number from @from to @to, both included. */
uint64_t plant_dice(struct plant *plant, uint64_t from, uint64_t to);

/* The next append, of whose turn it is or of @writer; nothing is made of it yet. */
struct plant_append plant_next(struct plant *plant);
struct plant_append plant_next_of(struct plant *plant, uint32_t writer);

/* The next append of at least @bytes; smaller ones are made and are clean. */
struct plant_append plant_next_large(struct plant *plant, uint32_t bytes);

/* The history of its writer remembers @append as it is now. */
void plant_note(struct plant *plant, const struct plant_append *append);

/* Put @length bytes of its record, from position @from on, at @offset. */
void plant_put(struct plant *plant, const struct plant_append *append, uint64_t offset,
	       uint32_t from, uint32_t length);

/* Note @append and put its record where it is believed to be. */
void plant_make(struct plant *plant, const struct plant_append *append);

/* The next @count appends, with nothing wrong. */
void plant_clean(struct plant *plant, uint64_t count);

/* The end of data file @file, where a record may begin. */
uint64_t plant_end(const struct plant *plant, uint32_t file);

/* @length NULs, or letters that are in no record, at the end of file 0. */
void plant_nuls(struct plant *plant, uint64_t length);
void plant_letters(struct plant *plant, uint64_t offset, uint64_t length);

/* Some time in which nobody appends. */
void plant_pause(struct plant *plant);

/* Something happened to the mount: appends that are not acknowledged are excused. */
void plant_fault(struct plant *plant);

/*
 * This must be found: @kind, of @append (NULL: of nobody, in file 0), at @offset.
 * The run is unsafe then.  The finding is returned for what else is to be said.
 */
struct finding *plant_finding(struct plant *plant, enum anomaly kind,
			      const struct plant_append *append, uint64_t offset,
			      uint64_t length);

#endif
