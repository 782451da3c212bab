/*
 * explain_parts - what the parts of an explanation share; explain.c puts them
 * together.
 */
#ifndef TAILRACE_RESULTS_EXPLAIN_PARTS_H
#define TAILRACE_RESULTS_EXPLAIN_PARTS_H

#include <stdbool.h>

#include "results/chronicle.h"
#include "results/page.h"
#include "verify/scan.h"
#include "verify/source.h"

/* One side of the finding. */
struct deed {
	bool named; /* the finding names a record here */
	struct record_id id;
	uint32_t bytes;	 /* of the record */
	bool remembered; /* its writer's history has it: */
	struct history_entry entry;
	int64_t found; /* offset of its first intact copy; -1: not known */
};

/* A range of a data file that the page shows. */
struct site {
	const char *title;
	uint32_t file;
	uint64_t from, to;
};

enum { EXPLAIN_SITES = 2 };

struct explain {
	struct page page;
	bool colour;
	const char *run_dir;
	size_t index; /* of the strategy */
	const struct manifest *manifest;
	const struct manifest_strategy *strategy;
	const struct judgment *judgment;
	const struct finding *finding;
	uint64_t number; /* of the finding among its kind */

	struct chronicle chronicle;
	struct deed deed, by;
	struct source scanned, source; /* the same file: for the scan, and beside it */
	uint32_t file;
	bool file_is_open;

	struct site sites[EXPLAIN_SITES];
	size_t site_count;
};

/* ---- explain_read.c: what stands in the file ------------------------------- */

enum {
	LAYOUT_FIRST = 6,
	LAYOUT_LAST = 4,
	LAYOUT_EDGES = 3,
};

/*
 * What stands in a site and next to it: struct segment, but that debris of records
 * that were put there counts as a piece, too.  Of many segments the
 * first and the last are kept.
 */
struct layout {
	struct segment first[LAYOUT_FIRST], last[LAYOUT_LAST]; /* last: a ring */
	uint64_t count;
	uint64_t from, to; /* what was looked through */
	uint64_t file_bytes;
};

/* Open data file number @file; one is open at a time.  0 or -errno with a sentence. */
int explain_open(struct explain *x, uint32_t file, struct error *err);
void explain_close(struct explain *x);

/* Look at @site.  0 or -errno with a sentence. */
int explain_look(struct explain *x, const struct site *site, struct layout *ret_layout,
		 struct error *err);

/* Kept segment number @index, in order of offset; NULL for one that was left out. */
const struct segment *layout_segment(const struct layout *layout, uint64_t index);

/*
 * Are these NULs a hole for certain?  File systems that do not tell have none
 * (lseek(2)).
 */
bool explain_hole(const struct explain *x, const struct segment *segment);

/* Where the first intact copy of @id begins, or -1.  May read the whole file. */
int64_t explain_find(struct explain *x, struct record_id id);

/* The first piece of the finding's record that is not in @elsewhere.  Likewise. */
bool explain_find_piece(struct explain *x, const struct site *elsewhere,
			struct segment *ret_piece);

/* ---- explain_bytes.c: what it looks like ----------------------------------- */

/* What stands in the site, a line each; then the bytes around its boundaries. */
void put_layout(struct explain *x, const struct site *site,
		const struct layout *layout);
int put_boundaries(struct explain *x, const struct site *site,
		   const struct layout *layout, bool both_ends, struct error *err);

/* ---- explain_append.c: who wrote it, and when ------------------------------- */

/* Seconds since the first append on rank 0's clock; and how wrong that may be. */
double deed_time_s(const struct explain *x, const struct deed *deed, uint64_t at_ns);
double deed_error_us(const struct explain *x, const struct deed *deed, uint64_t at_ns);

/*
 * How long after @from of @a was @to of @b, in ns: exact on one host.  False where
 * their clocks were never compared.  *ret_error_ns is what both may be wrong by.
 */
bool deed_distance_ns(const struct explain *x, const struct deed *a, uint64_t from_ns,
		      const struct deed *b, uint64_t to_ns, int64_t *ret_ns,
		      int64_t *ret_error_ns);

void put_deed(struct explain *x, const struct deed *deed);
void put_timeline(struct explain *x);

/* ---- explain_why.c: one sentence ------------------------------------------- */

/* Why this may have come about, as far as the run can tell; ends with a period. */
void put_why(FILE *stream, const struct explain *x);

/* ---- explain_words.c: what all of them say ---------------------------------- */

/* "record 17 of rank 3" */
void put_record_name(FILE *stream, struct record_id id);

/* Is the file a counter, and `offset` of its history a number? */
bool explain_counts(const struct explain *x);

/* A heading on a line of its own, after an empty one. */
void put_heading(const struct explain *x, const char *text);

#endif
