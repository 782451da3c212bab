/*
 * stash - a growing array of equal items in an unlinked temporary file.
 *
 * However badly a file is damaged, what the verifier notes of it must not
 * exhaust memory: the kernel can write these pages out.
 */
#ifndef TAILRACE_VERIFY_STASH_H
#define TAILRACE_VERIFY_STASH_H

#include <stddef.h>

/* All zero but for item_bytes is an empty stash. */
struct stash {
	size_t item_bytes;
	size_t count;
	size_t capacity;
	int fd;
	void *items;
};

#define STASH_OF(type) ((struct stash){.item_bytes = sizeof(type), .fd = -1})

/* Append a copy of @item.  0, or -ENOMEM / -ENOSPC / another negative errno. */
int stash_add(struct stash *stash, const void *item);

/*
 * Sort by @compare, as qsort(3) does, in little memory whatever the count.  The items
 * may move.
 */
void stash_sort(struct stash *stash, int (*compare)(const void *, const void *));

/* Free it all; harmless on an empty one. */
void stash_release(struct stash *stash);

#endif
