/* stash - see stash.h. */
#include "verify/stash.h"

#include "core/temporary.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define FIRST_ITEMS 4096

/*
 * Sorted in memory at a time, then merged from file to file: qsort(3) alone would
 * take as much memory again as there are items.
 */
#define RUN_ITEMS ((size_t)1 << 16)

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

/* Merge neighbouring sorted runs of @run items, so that they become twice as long. */
static void runs_merge(const struct stash *from, struct stash *to, size_t run,
		       int (*compare)(const void *, const void *))
{
	const char *in = from->items;
	char *out = to->items;
	size_t bytes = from->item_bytes, count = from->count;

	for (size_t first = 0; first < count; first += 2 * run) {
		size_t middle = count - first < run ? count : first + run;
		size_t end = count - middle < run ? count : middle + run;
		size_t a = first, b = middle;

		for (; a < middle || b < end; out += bytes) {
			bool left = b == end ||
				    (a < middle &&
				     compare(in + a * bytes, in + b * bytes) <= 0);

			memcpy(out, in + (left ? a++ : b++) * bytes, bytes);
		}
	}
}

void stash_sort(struct stash *stash, int (*compare)(const void *, const void *))
{
	struct stash other = {.item_bytes = stash->item_bytes, .fd = -1};
	size_t run = stash->count < RUN_ITEMS ? stash->count : RUN_ITEMS;
	struct stash swap;
	int rc = 0;

	if (!stash->items)
		return;
	while (rc == 0 && stash->count > run && other.capacity < stash->capacity)
		rc = stash_grow(&other);
	if (rc < 0)
		run = stash->count; /* no room: then as qsort(3) does it */
	for (size_t at = 0; at < stash->count; at += run)
		qsort((char *)stash->items + at * stash->item_bytes,
		      stash->count - at < run ? stash->count - at : run,
		      stash->item_bytes, compare);
	for (; other.items && run < stash->count; run *= 2) {
		runs_merge(stash, &other, run, compare);
		other.count = stash->count;
		swap = *stash;
		*stash = other;
		other = swap;
	}
	stash_release(&other);
}

void stash_release(struct stash *stash)
{
	if (stash->items)
		munmap(stash->items, stash->capacity * stash->item_bytes);
	if (stash->fd >= 0)
		close(stash->fd);
	*stash = (struct stash){.item_bytes = stash->item_bytes, .fd = -1};
}
