/* view - see view.h; docs/formats.md has the format of the file. */
#include "verify/view.h"

#include "core/bytes.h"
#include "core/crc32c.h"
#include "core/random.h"
#include "core/whole.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAGIC	"tailview"
#define VERSION 1

enum {
	HEAD_BYTES = 64,
	SIZE_BYTES = 8,
	ENTRY_BYTES = 24,
	SUM_BYTES = 4,
};

const char *view_look_name(enum view_look look)
{
	static const char *const names[VIEW_LOOKS] = {"first", "again", "direct"};

	return look < VIEW_LOOKS ? names[look] : "?";
}

/* ---- in memory ------------------------------------------------------------ */

int view_init(struct view *view, const struct view_identity *identity)
{
	struct view v = {.identity = *identity};

	v.sizes = calloc(identity->file_count + (size_t)1, sizeof(*v.sizes));
	if (!v.sizes)
		return -ENOMEM;
	*view = v;
	return 0;
}

void view_release(struct view *view)
{
	free(view->sizes);
	free(view->blocks);
	free(view->bytes);
	memset(view, 0, sizeof(*view));
}

static int blocks_grow(struct view *view)
{
	size_t room = view->block_room ? 2 * view->block_room : 64;
	struct view_block *blocks =
		reallocarray(view->blocks, room, sizeof(*view->blocks));

	if (!blocks)
		return -ENOMEM;
	view->blocks = blocks;
	view->block_room = room;
	return 0;
}

/* Keep the bytes of @block, while there is room. */
static int block_save(struct view *view, struct view_block *block, const uint8_t *bytes)
{
	uint8_t *grown;

	if (!block->length || view->byte_count + block->length > VIEW_SAVED_BYTES_MAX)
		return 0;
	grown = realloc(view->bytes, view->byte_count + block->length);
	if (!grown)
		return -ENOMEM;
	view->bytes = grown;
	memcpy(grown + view->byte_count, bytes, block->length);
	block->saved = true;
	block->bytes_at = view->byte_count;
	view->byte_count += block->length;
	return 0;
}

int view_add(struct view *view, uint32_t file, uint64_t index, const uint8_t *bytes,
	     uint32_t length, bool save)
{
	struct view_block block = {
		.file = file,
		.length = length,
		.index = index,
		.digest = crc32c(bytes, length),
	};
	int rc = 0;

	if (view->block_count == VIEW_BLOCKS_MAX)
		return -EFBIG;
	if (view->block_count == view->block_room)
		rc = blocks_grow(view);
	if (rc == 0 && save)
		rc = block_save(view, &block, bytes);
	if (rc == 0)
		view->blocks[view->block_count++] = block;
	return rc;
}

static int place_compare(const void *a, const void *b)
{
	const struct view_block *x = a, *y = b;

	if (x->file != y->file)
		return x->file < y->file ? -1 : 1;
	return x->index < y->index ? -1 : x->index > y->index;
}

const struct view_block *view_find(const struct view *view, uint32_t file,
				   uint64_t index)
{
	struct view_block key = {.file = file, .index = index};

	if (!view->block_count)
		return NULL;
	return bsearch(&key, view->blocks, view->block_count, sizeof(key),
		       place_compare);
}

bool view_samples(uint64_t seed, uint32_t stride, uint32_t file, uint64_t index)
{
	return index == 0 || stride <= 1 ||
	       random_hash(seed, file, index) % stride == 0;
}

/* ---- as a file --------------------------------------------------------------- */

static size_t file_bytes(uint32_t files, size_t blocks, size_t saved_bytes)
{
	return HEAD_BYTES + (size_t)files * SIZE_BYTES + blocks * ENTRY_BYTES +
	       saved_bytes + SUM_BYTES;
}

static void head_encode(const struct view *view, uint8_t *p)
{
	const struct view_identity *id = &view->identity;

	memcpy(p, MAGIC, 8);
	put_le32(p + 8, VERSION);
	put_le32(p + 12, (uint32_t)id->look);
	memcpy(p + 16, id->run_id, RUN_ID_CHARS);
	put_le32(p + 32, id->strategy_index);
	put_le32(p + 36, id->host);
	put_le32(p + 40, id->block_bytes);
	put_le32(p + 44, id->file_count);
	put_le32(p + 48, (uint32_t)view->block_count);
	put_le32(p + 52, (uint32_t)view->byte_count);
}

static void encode(const struct view *view, uint8_t *p, size_t length)
{
	uint8_t *start = p;

	head_encode(view, p);
	p += HEAD_BYTES;
	for (uint32_t f = 0; f < view->identity.file_count; f++, p += SIZE_BYTES)
		put_le64(p, view->sizes[f]);
	for (size_t i = 0; i < view->block_count; i++, p += ENTRY_BYTES) {
		const struct view_block *block = &view->blocks[i];

		put_le32(p, block->file);
		put_le32(p + 4, block->length);
		put_le64(p + 8, block->index);
		put_le32(p + 16, block->digest);
		put_le32(p + 20, block->saved);
	}
	if (view->byte_count)
		memcpy(p, view->bytes, view->byte_count);
	put_le32(start + length - SUM_BYTES, crc32c(start, length - SUM_BYTES));
}

int view_save(const struct view *view, const char *path)
{
	size_t length = file_bytes(view->identity.file_count, view->block_count,
				   view->byte_count);
	uint8_t *bytes = calloc(1, length);
	int rc;

	if (!bytes)
		return -ENOMEM;
	encode(view, bytes, length);
	rc = whole_create(path, bytes, length);
	free(bytes);
	return rc;
}

/* Is it a whole view, and the one that was expected? */
static bool head_agrees(const uint8_t *p, size_t length,
			const struct view_identity *expected)
{
	static const char padding[16 - RUN_ID_CHARS];

	return memcmp(p, MAGIC, 8) == 0 && get_le32(p + 8) == VERSION &&
	       get_le32(p + 12) == (uint32_t)expected->look &&
	       memcmp(p + 16, expected->run_id, RUN_ID_CHARS) == 0 &&
	       memcmp(p + 16 + RUN_ID_CHARS, padding, sizeof(padding)) == 0 &&
	       get_le32(p + 32) == expected->strategy_index &&
	       get_le32(p + 36) == expected->host &&
	       get_le32(p + 40) == expected->block_bytes &&
	       get_le32(p + 44) == expected->file_count &&
	       get_le32(p + 48) <= VIEW_BLOCKS_MAX &&
	       get_le32(p + 52) <= VIEW_SAVED_BYTES_MAX &&
	       length == file_bytes(expected->file_count, get_le32(p + 48),
				    get_le32(p + 52)) &&
	       get_le32(p + length - SUM_BYTES) == crc32c(p, length - SUM_BYTES);
}

/* Does @block make sense behind those before it, with @saved_bytes in all? */
static bool block_valid(const struct view *view, const struct view_block *block,
			size_t saved_bytes)
{
	const struct view_identity *id = &view->identity;

	if (view->block_count &&
	    place_compare(&view->blocks[view->block_count - 1], block) >= 0)
		return false;
	return block->file < id->file_count && block->length <= id->block_bytes &&
	       block->index < (uint64_t)INT64_MAX / id->block_bytes &&
	       (!block->saved || block->length <= saved_bytes - view->byte_count);
}

/* The blocks, and then the bytes of those that were saved. */
static int blocks_decode(struct view *view, const uint8_t *p, size_t count,
			 size_t saved_bytes)
{
	const uint8_t *bytes = p + count * ENTRY_BYTES;

	view->blocks = calloc(count + 1, sizeof(*view->blocks));
	view->bytes = malloc(saved_bytes + 1);
	if (!view->blocks || !view->bytes)
		return -ENOMEM;
	memcpy(view->bytes, bytes, saved_bytes);
	for (size_t i = 0; i < count; i++, p += ENTRY_BYTES) {
		struct view_block block = {
			.file = get_le32(p),
			.length = get_le32(p + 4),
			.index = get_le64(p + 8),
			.digest = get_le32(p + 16),
			.saved = get_le32(p + 20) == 1,
			.bytes_at = view->byte_count,
		};

		if (!block_valid(view, &block, saved_bytes) || get_le32(p + 20) > 1 ||
		    (block.saved && crc32c(view->bytes + block.bytes_at,
					   block.length) != block.digest))
			return -EBADMSG;
		view->byte_count += block.saved ? block.length : 0;
		view->blocks[view->block_count++] = block;
	}
	view->block_room = count;
	return view->byte_count == saved_bytes ? 0 : -EBADMSG;
}

static int decode(struct view *view, const uint8_t *p, size_t length,
		  const struct view_identity *expected)
{
	const uint8_t *sizes = p + HEAD_BYTES;
	int rc;

	if (!head_agrees(p, length, expected))
		return -EBADMSG;
	rc = view_init(view, expected);
	if (rc < 0)
		return rc;
	for (uint32_t f = 0; f < expected->file_count; f++) {
		view->sizes[f] = get_le64(sizes + (size_t)f * SIZE_BYTES);
		if (view->sizes[f] > INT64_MAX)
			return -EBADMSG;
	}
	return blocks_decode(view, sizes + (size_t)expected->file_count * SIZE_BYTES,
			     get_le32(p + 48), get_le32(p + 52));
}

int view_load(struct view *view, const char *path, const struct view_identity *expected)
{
	const size_t most =
		file_bytes(expected->file_count, VIEW_BLOCKS_MAX, VIEW_SAVED_BYTES_MAX);
	struct view v = {0};
	uint8_t *bytes;
	size_t length;
	int rc = whole_read(path, HEAD_BYTES + SUM_BYTES, most, &bytes, &length);

	if (rc < 0)
		return rc;
	rc = decode(&v, bytes, length, expected);
	free(bytes);
	if (rc < 0)
		view_release(&v);
	else
		*view = v;
	return rc;
}

/* ---- in a run ------------------------------------------------------------------- */

struct view_identity view_identity_of(const struct manifest *manifest, size_t strategy,
				      uint32_t host, enum view_look look)
{
	const struct manifest_strategy *s = &manifest->strategies[strategy];
	struct view_identity identity = {
		.strategy_index = (uint32_t)strategy,
		.host = host,
		.look = look,
		.block_bytes = s->views.block_bytes,
		.file_count = s->shared_file ? 1 : manifest->rank_count,
	};

	memcpy(identity.run_id, manifest->run_id, sizeof(identity.run_id));
	return identity;
}

char *view_path(const struct manifest *manifest, const char *run_dir, size_t strategy,
		uint32_t host, enum view_look look)
{
	char *path;

	if (asprintf(&path, "%s/" VIEWS_FOLDER "/%02zu-%s.%05u.%s.view", run_dir,
		     strategy, manifest->strategies[strategy].preset, host,
		     view_look_name(look)) < 0)
		return NULL;
	return path;
}
