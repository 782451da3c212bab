/* stash - see stash.h. */
#include "verify/stash.h"

#include "core/temporary.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define FIRST_ITEMS 4096

static int stash_grow(struct stash *stash)
{
	size_t capacity = stash->capacity ? stash->capacity * 2 : FIRST_ITEMS;
	size_t old_bytes = stash->capacity * stash->item_bytes;
	size_t new_bytes = capacity * stash->item_bytes;
	void *items;
	int rc;

	if (stash->fd < 0) {
		rc = temporary_file();
		if (rc < 0)
			return rc;
		stash->fd = rc;
	}
	/* Real blocks: a store into a hole on a full disk would be a SIGBUS. */
	rc = posix_fallocate(stash->fd, 0, (off_t)new_bytes);
	if (rc)
		return -rc;
	items = stash->items
			? mremap(stash->items, old_bytes, new_bytes, MREMAP_MAYMOVE)
			: mmap(NULL, new_bytes, PROT_READ | PROT_WRITE, MAP_SHARED,
			       stash->fd, 0);
	if (items == MAP_FAILED)
		return -errno;
	stash->items = items;
	stash->capacity = capacity;
	return 0;
}

int stash_add(struct stash *stash, const void *item)
{
	int rc;

	if (stash->count == stash->capacity) {
		rc = stash_grow(stash);
		if (rc < 0)
			return rc;
	}
	memcpy((char *)stash->items + stash->count * stash->item_bytes, item,
	       stash->item_bytes);
	stash->count++;
	return 0;
}

void stash_sort(struct stash *stash, int (*compare)(const void *, const void *))
{
	if (stash->count)
		qsort(stash->items, stash->count, stash->item_bytes, compare);
}

void stash_release(struct stash *stash)
{
	if (stash->items)
		munmap(stash->items, stash->capacity * stash->item_bytes);
	if (stash->fd >= 0)
		close(stash->fd);
	*stash = (struct stash){.item_bytes = stash->item_bytes, .fd = -1};
}
