/*
 * sparse - was a run of NULs ever written, or is it a hole in its file?
 *
 * lseek(2) knows, where the file system does.  One that does not says the same as
 * of a file without holes: that the next hole is the end of the file.
 */
#ifndef TAILRACE_VERIFY_SPARSE_H
#define TAILRACE_VERIFY_SPARSE_H

#include <stdbool.h>
#include <stdint.h>

#include "verify/judgment.h"

/* The data file that was asked last.  All zero but for fd -1 is none. */
struct sparse {
	int fd;
	uint32_t file;
	bool tells; /* where it says that something is no hole, that is so */
	uint64_t size_bytes, block_bytes;
	uint64_t dense_from, dense_to; /* no hole in there: asked once, for some file
					  systems go through all of it */
};
#define SPARSE_NONE ((struct sparse){.fd = -1})

/*
 * What is known of the NULs at [@offset, @offset + @length) of data file number
 * @file, at @path: GAP_HOLE if a part of them was never written; GAP_WRITTEN if none
 * of it is a hole, though a whole block is in it and the file system would tell.
 * That is so of ext4, xfs and tmpfs, as long as all blocks of a file without a hole
 * are allocated; and of any other, NFSv4.2 too, where it has shown a hole elsewhere
 * in the same file.
 */
enum gap_nature sparse_look(struct sparse *sparse, const char *path, uint32_t file,
			    uint64_t offset, uint64_t length);
void sparse_release(struct sparse *sparse);

#endif
