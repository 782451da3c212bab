/*
 * fuzz_share - whatever stands in a block of a list whose sum agrees, what is read of
 * it are whole records, one behind the other in the file, with nothing but padding
 * between.
 */
#include "core/bytes.h"
#include "core/crc32c.h"
#include "tests/fuzz/fuzz.h"
#include "verify/share.h"

#include <unistd.h>

enum { HEADER_BYTES = 36, BLOCK_HEAD_BYTES = 8, SLOT_BYTES = 512 };

static const struct record_plan plan = {
	.run_id = "k3fpqrstuv01", .min_bytes = 64, .max_bytes = 200};
static const struct share_identity identity = {.run_id = "k3fpqrstuv01", .parts = 1};

/* A list with the input as its only block. */
static void list_make(const char *path, const uint8_t *payload, size_t length)
{
	struct share_writer *writer;
	uint8_t header[HEADER_BYTES + 1], head[BLOCK_HEAD_BYTES];
	FILE *list;

	if (share_create(&writer, path, &identity, SLOT_BYTES) < 0 ||
	    share_finish(writer) < 0)
		abort();
	list = fopen(path, "r+");
	if (!list || fread(header, 1, sizeof(header), list) != HEADER_BYTES)
		abort();
	put_le32(head, (uint32_t)length);
	put_le32(head + 4,
		 ~crc32c_raw(get_le32(header + HEADER_BYTES - 4), payload, length));
	if (fseek(list, HEADER_BYTES, SEEK_SET) != 0 ||
	    fwrite(head, 1, sizeof(head), list) != sizeof(head) ||
	    fwrite(payload, 1, length, list) != length || fclose(list) != 0)
		abort();
}

static void block_check(const struct record_form *form, const struct share_block *block)
{
	uint64_t at = block->run.from;

	if (!block->run.count || block->run.items[0].kind != SEGMENT_RECORD)
		abort();
	for (size_t i = 0; i < block->run.count; i++) {
		const struct segment *s = &block->run.items[i];

		if (s->offset != at || !s->length)
			abort();
		at += s->length;
		if (s->kind == SEGMENT_RECORD
			    ? s->length != record_size(form, s->id)
			    : !share_padding(s->offset, at, SLOT_BYTES))
			abort();
	}
	if (at != block->run.to || at > block->size_bytes)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	static struct record_form form;
	char folder[] = "/tmp/tailrace-fuzz-share.XXXXXX", path[64];
	struct share_reader *reader;
	struct share_block block;

	if (!form.cells && record_form_init(&form, &plan) < 0)
		abort();
	if (!mkdtemp(folder))
		abort();
	snprintf(path, sizeof(path), "%s/list", folder);
	list_make(path, bytes, length);
	if (share_open(&reader, path, &identity, &form, SLOT_BYTES) < 0)
		abort();
	while (share_next(reader, &block))
		block_check(&form, &block);
	share_close(reader);
	unlink(path);
	rmdir(folder);
	return 0;
}
