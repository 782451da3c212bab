/*
 * tail - what one reader saw who followed a data file while it grew: when it first
 * saw each record whole, and what else it met.  Also the file in the run folder
 * that keeps it (docs/formats.md), which is hostile input.
 */
#ifndef TAILRACE_VERIFY_TAIL_H
#define TAILRACE_VERIFY_TAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/manifest.h"
#include "core/record.h"

#define TAILS_FOLDER "tails"

enum {
	/* Of more, one in two, in four, ... is kept. */
	TAIL_SIGHTINGS_MAX = 1 << 20,
	TAIL_PLACES_MAX = 4096,
};

/* Whose tail of what; all of it must agree with what a reader of the file expects. */
struct tail_identity {
	char run_id[RUN_ID_CHARS + 1];
	uint32_t strategy_index;
	uint32_t reader; /* its number, from 0 */
	uint32_t host;	 /* index into the manifest's hosts */
};

/*
 * Exact, also where sightings are sampled; of records that were seen whole in the end.
 * docs/guarantees.md has the words.
 */
struct tail_figures {
	uint64_t records;      /* seen whole */
	uint64_t reads, bytes; /* that were read, again or for the first time */
	uint64_t nuls;	       /* records in whose place NULs were seen before */
	uint64_t nul_longest_ns;
	uint64_t nuls_lasting;	  /* of them, until the file was opened again */
	uint64_t backwards;	  /* times that the end of the file moved back */
	uint64_t backwards_bytes; /* by how much at most */
	uint64_t torn;		  /* in whose place others than NULs were seen before */
	uint64_t torn_longest_ns;
	uint64_t given_up;     /* places no longer watched, having too many of them */
	uint64_t after_reopen; /* records seen only then */
	uint64_t ended_ns;     /* on the reader's clock */
	bool reopened;	       /* at its end, since it had not seen all */
	int errnum;	       /* of the call that ended it early, or 0 */
};

enum sighting_flag {
	SIGHTING_NULS = 1, /* NULs had been seen in its place */
	SIGHTING_TORN = 2, /* other bytes than its own, or a part of it */
	SIGHTING_REOPENED = 4,
};

/* The first sight of a record, whole. */
struct sighting {
	struct record_id id;
	unsigned int flags;
	uint64_t offset;
	uint64_t seen_ns; /* on the reader's clock, after the read */
};

/* Bytes [from, to) of no whole record, as the reader last saw them. */
struct tail_place {
	uint64_t from, to;
	uint64_t nul_ns;  /* since when NULs were seen there; 0: never */
	uint64_t part_ns; /* since when other bytes were; 0: never */
};

/* Empty but for its identity when all else is zero; ended by tail_release. */
struct tail {
	struct tail_identity identity;
	struct tail_figures figures;
	uint32_t stride; /* about one sighting in so many is kept; 0 counts as 1 */
	struct sighting *sightings;
	size_t count, room;
	struct tail_place *places; /* in order, disjoint */
	size_t place_count;
};

void tail_release(struct tail *tail);

/* Add a sighting, as far as the sample takes it.  0 or -ENOMEM. */
int tail_add(struct tail *tail, const struct sighting *sighting);

/* The first place that overlaps [@from, @to), or NULL. */
const struct tail_place *tail_place_find(const struct tail *tail, uint64_t from,
					 uint64_t to);

/* Create @path, which must not exist, with mode 0600.  0 or a negative errno. */
int tail_save(const struct tail *tail, const char *path);

/*
 * Read @path.  Returns 0; -EBADMSG where it is damaged or not the tail that
 * @expected names; or another negative errno.
 */
int tail_load(struct tail *tail, const char *path,
	      const struct tail_identity *expected);

/* What the tail of reader number @reader of strategy number @strategy must be. */
struct tail_identity tail_identity_of(const struct manifest *manifest, size_t strategy,
				      uint32_t reader, uint32_t host);

/* Its path in the run folder, as a new string; NULL without memory. */
char *tail_path(const struct manifest *manifest, const char *run_dir, size_t strategy,
		uint32_t reader);

#endif
