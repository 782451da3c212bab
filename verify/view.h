/*
 * view - what one host saw of a strategy's closed data files: their sizes, and a
 * digest of each block that it read.  Also the file in the run folder that keeps
 * it (docs/formats.md), which is hostile input.
 */
#ifndef TAILRACE_VERIFY_VIEW_H
#define TAILRACE_VERIFY_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/error.h"
#include "core/manifest.h"

#define VIEWS_FOLDER "views"

enum {
	VIEW_BLOCK_BYTES = 64 << 10,	/* what `run` digests at a time */
	VIEW_BLOCKS_MAX = 1 << 18,	/* in one view */
	VIEW_SAVED_BYTES_MAX = 1 << 20, /* of blocks, in one view */
};

/* The looks of a host at its files, in this order. */
enum view_look {
	VIEW_FIRST,  /* after a fresh open: what a reader would see */
	VIEW_AGAIN,  /* after another one, of the blocks that differed */
	VIEW_DIRECT, /* of the same, past the host's own cache */
	VIEW_LOOKS,
};

/* "first", "again", "direct": part of file names. */
const char *view_look_name(enum view_look look);

/* Whose view of what; all of it must agree with what a reader expects. */
struct view_identity {
	char run_id[RUN_ID_CHARS + 1];
	uint32_t strategy_index;
	uint32_t host; /* index into the manifest's hosts */
	enum view_look look;
	uint32_t block_bytes;
	uint32_t file_count; /* data files: 1, or one per writer */
};

struct view_block {
	uint32_t file;
	uint32_t length; /* bytes that were there; short at the end of the file */
	uint64_t index;	 /* it begins at index * block_bytes */
	uint32_t digest; /* CRC-32C of them */
	bool saved;
	size_t bytes_at; /* where they begin in view.bytes, if saved */
};

/*
 * Owner: whoever called view_init or view_load; ended by view_release, which is
 * harmless on an empty (zeroed) one.  Blocks stand in order of file and index.
 */
struct view {
	struct view_identity identity;
	uint64_t *sizes; /* by file; an absent one has 0 */
	struct view_block *blocks;
	size_t block_count, block_room;
	uint8_t *bytes; /* of the saved blocks */
	size_t byte_count;
};

/* An empty view.  0 or -ENOMEM. */
int view_init(struct view *view, const struct view_identity *identity);
void view_release(struct view *view);

/*
 * Add block @index of @file, behind those that are there: @length bytes, which
 * are saved too if @save and there is room for them.  0, -ENOMEM, or -EFBIG: it
 * would be more than VIEW_BLOCKS_MAX.
 */
int view_add(struct view *view, uint32_t file, uint64_t index, const uint8_t *bytes,
	     uint32_t length, bool save);

/* The block @index of @file, or NULL. */
const struct view_block *view_find(const struct view *view, uint32_t file,
				   uint64_t index);

/*
 * Is block @index of @file part of the sample?  The first always is; of the others
 * one in @stride, chosen by @seed, so that all hosts choose the same.
 */
bool view_samples(uint64_t seed, uint32_t stride, uint32_t file, uint64_t index);

/* Create @path, which must not exist, with mode 0600.  0 or a negative errno. */
int view_save(const struct view *view, const char *path);

/*
 * Read @path.  Returns 0; -EBADMSG where it is damaged or not the view that
 * @expected names; or another negative errno.
 */
int view_load(struct view *view, const char *path,
	      const struct view_identity *expected);

/* What the view of @host of strategy number @strategy must be. */
struct view_identity view_identity_of(const struct manifest *manifest, size_t strategy,
				      uint32_t host, enum view_look look);

/* Its path in the run folder, as a new string; NULL without memory. */
char *view_path(const struct manifest *manifest, const char *run_dir, size_t strategy,
		uint32_t host, enum view_look look);

#endif
