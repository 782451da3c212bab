/*
 * fuzz_view - a view with any changes, its checksum mended where the first byte is odd:
 * refused, or in order and within its bytes.
 */
#include "core/bytes.h"
#include "core/crc32c.h"
#include "tests/fuzz/fuzz.h"
#include "verify/view.h"

#include <unistd.h>

enum { BLOCK = 64, FILES = 2, SUM_BYTES = 4 };

static const struct view_identity identity = {
	.run_id = "k3fpqrstuv01",
	.look = VIEW_AGAIN,
	.block_bytes = BLOCK,
	.file_count = FILES,
};

/* A whole block, one that is saved, and a short one of the other file. */
static struct fuzz_bytes view_whole(const char *path)
{
	uint8_t block[BLOCK];
	struct view view;

	memset(block, 'x', sizeof(block));
	if (view_init(&view, &identity) < 0 ||
	    view_add(&view, 0, 0, block, BLOCK, false) < 0 ||
	    view_add(&view, 0, 3, block, BLOCK, true) < 0 ||
	    view_add(&view, 1, 7, block, 5, true) < 0)
		abort();
	view.sizes[0] = 4 * BLOCK;
	view.sizes[1] = 7 * BLOCK + 5;
	unlink(path);
	if (view_save(&view, path) < 0)
		abort();
	view_release(&view);
	return fuzz_read(path);
}

static void check(const struct view *view)
{
	for (size_t i = 0; i < view->block_count; i++) {
		const struct view_block *block = &view->blocks[i];

		if (block->file >= FILES || block->length > BLOCK ||
		    view_find(view, block->file, block->index) != block)
			abort();
		if (block->saved && crc32c(view->bytes + block->bytes_at,
					   block->length) != block->digest)
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	static struct fuzz_bytes whole;
	struct fuzz_bytes made;
	struct view view;
	char path[64];

	snprintf(path, sizeof(path), "/tmp/tailrace-fuzz-view.%d", getpid());
	if (!whole.bytes)
		whole = view_whole(path);
	if (!length)
		return 0;
	made = fuzz_patch(whole.bytes, whole.length, bytes + 1, length - 1);
	if (bytes[0] & 1 && made.length > SUM_BYTES)
		put_le32(made.bytes + made.length - SUM_BYTES,
			 crc32c(made.bytes, made.length - SUM_BYTES));
	fuzz_file(path, made.bytes, made.length);
	free(made.bytes);
	if (view_load(&view, path, &identity) == 0) {
		check(&view);
		view_release(&view);
	}
	unlink(path);
	return 0;
}
