/*
 * sharing - every host reads its share of the closed data files, and gives rank 0 the
 * list of the intact records in it, so that the judge need not read those bytes.
 */
#ifndef TAILRACE_HARNESS_SHARING_H
#define TAILRACE_HARNESS_SHARING_H

#include "harness/run.h"

/* From so much data on for each host, unless --share says otherwise. */
#define SHARE_BYTES_DEFAULT ((uint64_t)64 << 20)

/*
 * Collective.  Have the data of strategy number @index read, if there is enough of it,
 * on a file system that is not local, from two hosts or more, and every writer has
 * closed its file.  The lists are then in the folder `shares` of the run folder; of a
 * host that cannot give one there is none.
 * Returns how many shares there are, on rank 0; 0: the judge reads all itself.
 */
uint32_t sharing(struct run *run, uint32_t index);

/* Rank 0: remove the lists of a strategy that was judged. */
void sharing_end(struct run *run, uint32_t index, uint32_t shares);

#endif
