/* shares - see shares.h. */
#include "verify/shares.h"

#include <stdio.h>
#include <stdlib.h>

struct shares {
	const char *dir; /* borrowed */
	struct share_identity identity;
	const struct record_form *form;
	uint32_t slot_bytes;

	struct share_reader *reader; /* of part identity.part - 1; NULL: none yet */
	struct share_block block;
	bool any;
};

char *share_path(const char *dir, uint32_t strategy_index, uint32_t part)
{
	char *path;

	return asprintf(&path, "%s/%02u.%05u.share", dir, strategy_index, part) < 0
		       ? NULL
		       : path;
}

struct shares *shares_open(const char *dir, const struct share_identity *identity,
			   const struct record_form *form, uint32_t slot_bytes)
{
	struct shares *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->dir = dir;
	s->identity = *identity;
	s->identity.part = 0;
	s->form = form;
	s->slot_bytes = slot_bytes;
	return s;
}

void shares_close(struct shares *s)
{
	if (!s)
		return;
	share_close(s->reader);
	free(s);
}

/* The next list that can be read.  False: that was the last. */
static bool reader_next(struct shares *s)
{
	share_close(s->reader);
	s->reader = NULL;
	while (!s->reader && s->identity.part < s->identity.parts) {
		char *path = share_path(s->dir, s->identity.strategy_index,
					s->identity.part);

		if (path && share_open(&s->reader, path, &s->identity, s->form,
				       s->slot_bytes) < 0)
			s->reader = NULL;
		free(path);
		s->identity.part++;
	}
	return s->reader != NULL;
}

static bool block_next(struct shares *s)
{
	s->any = false;
	while (!s->any && (s->reader || reader_next(s))) {
		s->any = share_next(s->reader, &s->block);
		if (!s->any && !reader_next(s))
			break;
	}
	return s->any;
}

const struct share_block *shares_look(struct shares *s, uint32_t file,
				      uint64_t size_bytes, uint64_t at)
{
	const struct share_block *block = &s->block;

	while (s->any || block_next(s)) {
		if (block->file > file)
			return NULL;
		if (block->file == file && block->run.from >= at &&
		    block->size_bytes == size_bytes)
			return block;
		s->any = false;
	}
	return NULL;
}

void shares_pass(struct shares *s)
{
	s->any = false;
}
