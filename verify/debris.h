/*
 * debris - damage that some record explains, and what is left of the damage
 * then: NULs that belong to nothing (`gap`) and bytes of no record (`foreign`).
 */
#ifndef TAILRACE_VERIFY_DEBRIS_H
#define TAILRACE_VERIFY_DEBRIS_H

#include "verify/evidence.h"

/* Stretches of the data files, in no order, that something explains. */
struct debris {
	struct stash nul;     /* struct stretch: NULs in it are no gap */
	struct stash foreign; /* other bytes in it are not foreign */
	size_t sorted;	      /* of the foreign ones, after debris_sort */
};

void debris_init(struct debris *debris);
void debris_release(struct debris *debris);

/* NULs, or other bytes, at [@from, @to) of @file are explained. 0 or -errno. */
int debris_explain_nul(struct debris *debris, uint32_t file, int64_t from, int64_t to);
int debris_explain_foreign(struct debris *debris, uint32_t file, int64_t from,
			   int64_t to);

/* Sort what is explained by now, for debris_foreign_end. */
void debris_sort(struct debris *debris);

/* Where the foreign bytes explained before debris_sort end that cover @offset. */
uint64_t debris_foreign_end(const struct debris *debris, uint32_t file,
			    uint64_t offset);

/*
 * Count what is left: `gap`, `gap_bytes`, `foreign`, `foreign_bytes`.  A piece
 * of a record that is intact elsewhere, or that was never to be written, counts
 * as foreign.  0 or -errno.
 */
int debris_count_rest(struct evidence *evidence, struct debris *debris);

#endif
