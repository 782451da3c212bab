/* share - see share.h. */
#include "verify/share.h"

#include "core/bytes.h"
#include "core/crc32c.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAGIC "trshare1"

enum {
	RUN_AT = 8,
	STRATEGY_AT = RUN_AT + RUN_ID_CHARS,
	PART_AT = STRATEGY_AT + 4,
	PARTS_AT = PART_AT + 4,
	SUM_AT = PARTS_AT + 4, /* CRC-32C of all before */
	HEADER_BYTES = SUM_AT + 4,
};

/*
 * A block: length of its payload, CRC-32C of the header's sum and the payload; then
 * numbers in LEB128: file, size, offset, how many records; and of each of them the
 * bytes of padding before it, and how writer and sequence number differ from the last
 * one's.
 */
enum {
	BLOCK_LENGTH_AT = 0,
	BLOCK_SUM_AT = 4,
	BLOCK_HEAD_BYTES = 8,
	NUMBER_MAX = 10, /* bytes of 64 bits */
	PAYLOAD_MAX = 4 * NUMBER_MAX + SHARE_RECORDS_MAX * 3 * NUMBER_MAX,
};

bool share_padding(uint64_t from, uint64_t to, uint32_t slot_bytes)
{
	return from == to || (slot_bytes && from < to && to - from < slot_bytes &&
			      to % slot_bytes == 0);
}

static void header_encode(const struct share_identity *identity, uint8_t *ret_header)
{
	memcpy(ret_header, MAGIC, RUN_AT);
	memcpy(ret_header + RUN_AT, identity->run_id, RUN_ID_CHARS);
	put_le32(ret_header + STRATEGY_AT, identity->strategy_index);
	put_le32(ret_header + PART_AT, identity->part);
	put_le32(ret_header + PARTS_AT, identity->parts);
	put_le32(ret_header + SUM_AT, crc32c(ret_header, SUM_AT));
}

static uint32_t block_sum(const uint8_t *header, const uint8_t *payload, size_t length)
{
	return ~crc32c_raw(get_le32(header + SUM_AT), payload, length);
}

/* A difference of either sign as a small number. */
static uint64_t fold(uint64_t difference)
{
	return difference << 1 ^ (difference >> 63 ? UINT64_MAX : 0);
}

static uint64_t unfold(uint64_t folded)
{
	return folded >> 1 ^ (folded & 1 ? UINT64_MAX : 0);
}

/* ---- writing ---------------------------------------------------------- */

struct share_writer {
	FILE *stream;
	uint8_t header[HEADER_BYTES];
	uint32_t slot_bytes, file;
	uint64_t size_bytes;

	/* The block so far. */
	uint64_t from, end;
	struct record_id last;
	uint32_t count;
	size_t used;
	uint64_t nul_from, nul_to; /* the last run of NULs */
	uint8_t records[PAYLOAD_MAX];
};

static size_t put_number(uint8_t *p, uint64_t value)
{
	size_t length = 0;

	for (; value >= 0x80; value >>= 7)
		p[length++] = (uint8_t)(value | 0x80);
	p[length++] = (uint8_t)value;
	return length;
}

int share_create(struct share_writer **ret_writer, const char *path,
		 const struct share_identity *identity, uint32_t slot_bytes)
{
	struct share_writer *w = calloc(1, sizeof(*w));
	int fd, rc = 0;

	if (!w)
		return -ENOMEM;
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	w->stream = fd < 0 ? NULL : fdopen(fd, "w");
	if (!w->stream) {
		rc = -errno;
		if (fd >= 0)
			close(fd);
		free(w);
		return rc;
	}
	w->slot_bytes = slot_bytes;
	header_encode(identity, w->header);
	fwrite(w->header, 1, HEADER_BYTES, w->stream);
	*ret_writer = w;
	return 0;
}

static int block_write(struct share_writer *w)
{
	uint8_t payload[4 * NUMBER_MAX], head[BLOCK_HEAD_BYTES];
	size_t length = 0;
	uint32_t sum;

	if (!w->count)
		return 0;
	length += put_number(payload + length, w->file);
	length += put_number(payload + length, w->size_bytes);
	length += put_number(payload + length, w->from);
	length += put_number(payload + length, w->count);
	sum = crc32c_raw(get_le32(w->header + SUM_AT), payload, length);
	put_le32(head + BLOCK_LENGTH_AT, (uint32_t)(length + w->used));
	put_le32(head + BLOCK_SUM_AT, ~crc32c_raw(sum, w->records, w->used));
	fwrite(head, 1, sizeof(head), w->stream);
	fwrite(payload, 1, length, w->stream);
	fwrite(w->records, 1, w->used, w->stream);
	w->count = 0;
	w->used = 0;
	return ferror(w->stream) ? -EIO : 0;
}

int share_file(struct share_writer *w, uint32_t file, uint64_t size_bytes)
{
	int rc = block_write(w);

	w->file = file;
	w->size_bytes = size_bytes;
	w->nul_from = w->nul_to = 0;
	return rc;
}

/* Does a record at @offset go on with the block? */
static bool continues(const struct share_writer *w, uint64_t offset)
{
	bool padded = w->nul_from == w->end && w->nul_to == offset &&
		      share_padding(w->end, offset, w->slot_bytes);

	return w->count && w->count < SHARE_RECORDS_MAX && (offset == w->end || padded);
}

int share_add(struct share_writer *w, const struct segment *segment)
{
	uint8_t *p;
	int rc = 0;

	if (segment->kind == SEGMENT_NUL) {
		w->nul_from = segment->offset;
		w->nul_to = segment->offset + segment->length;
	}
	if (segment->kind != SEGMENT_RECORD)
		return 0;
	if (!continues(w, segment->offset)) {
		rc = block_write(w);
		w->from = w->end = segment->offset;
		w->last = (struct record_id){0};
	}
	p = w->records + w->used;
	p += put_number(p, segment->offset - w->end);
	p += put_number(p, fold((uint64_t)segment->id.writer - w->last.writer));
	p += put_number(p, fold(segment->id.seq - w->last.seq));
	w->used = (size_t)(p - w->records);
	w->count++;
	w->last = segment->id;
	w->end = segment->offset + segment->length;
	return rc;
}

int share_finish(struct share_writer *w)
{
	int rc = block_write(w);

	if (fclose(w->stream) != 0 && rc == 0)
		rc = -errno;
	free(w);
	return rc;
}

/* ---- reading ---------------------------------------------------------- */

struct share_reader {
	FILE *stream;
	uint8_t header[HEADER_BYTES];
	const struct record_form *form;
	uint32_t slot_bytes;
	struct segment items[SHARE_SEGMENTS_MAX];
	uint8_t payload[PAYLOAD_MAX];
};

/* A number at *@at, before @end.  False: there is none. */
static bool get_number(const uint8_t **at, const uint8_t *end, uint64_t *ret_value)
{
	uint64_t value = 0;

	for (unsigned int shift = 0; *at < end && shift < 64; shift += 7) {
		uint8_t byte = *(*at)++;

		if (shift == 63 && byte > 1)
			return false;
		value |= (uint64_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80)) {
			*ret_value = value;
			return true;
		}
	}
	return false;
}

int share_open(struct share_reader **ret_reader, const char *path,
	       const struct share_identity *identity, const struct record_form *form,
	       uint32_t slot_bytes)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK), rc = 0;
	uint8_t found[HEADER_BYTES];
	struct share_reader *r;
	struct stat st;

	if (fd < 0)
		return -errno;
	r = calloc(1, sizeof(*r));
	if (!r)
		rc = -ENOMEM;
	else if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		rc = -EBADMSG;
	else if (!(r->stream = fdopen(fd, "r")))
		rc = -errno;
	if (rc < 0) {
		close(fd);
		free(r);
		return rc;
	}
	r->form = form;
	r->slot_bytes = slot_bytes;
	header_encode(identity, r->header);
	if (fread(found, 1, HEADER_BYTES, r->stream) != HEADER_BYTES ||
	    memcmp(found, r->header, HEADER_BYTES) != 0) {
		share_close(r);
		return -EBADMSG;
	}
	*ret_reader = r;
	return 0;
}

/* The payload of the next block; 0 where there is none to be believed. */
static size_t payload_read(struct share_reader *r)
{
	uint8_t head[BLOCK_HEAD_BYTES];
	uint32_t length;

	if (fread(head, 1, sizeof(head), r->stream) != sizeof(head))
		return 0;
	length = get_le32(head + BLOCK_LENGTH_AT);
	if (length > PAYLOAD_MAX || fread(r->payload, 1, length, r->stream) != length ||
	    block_sum(r->header, r->payload, length) != get_le32(head + BLOCK_SUM_AT))
		return 0;
	return length;
}

/* The next record of a block, and the padding before it. */
static bool record_take(struct share_reader *r, const uint8_t **at, const uint8_t *end,
			struct record_id *last, struct share_block *block)
{
	struct segment nul = {.kind = SEGMENT_NUL, .offset = block->run.to};
	struct segment whole = {.kind = SEGMENT_RECORD};
	uint64_t gap, writer, seq;

	if (!get_number(at, end, &gap) || !get_number(at, end, &writer) ||
	    !get_number(at, end, &seq) || gap > block->size_bytes - block->run.to)
		return false;
	whole.offset = block->run.to + gap;
	writer = last->writer + unfold(writer);
	seq = last->seq + unfold(seq);
	if (writer >= RECORD_MAX_WRITERS || seq > RECORD_MAX_SEQ ||
	    (gap && !block->run.count) ||
	    !share_padding(nul.offset, whole.offset, r->slot_bytes))
		return false;
	*last = whole.id = (struct record_id){(uint32_t)writer, seq};
	whole.length = record_size(r->form, whole.id);
	if (whole.length > block->size_bytes - whole.offset)
		return false;
	nul.length = gap;
	if (gap)
		r->items[block->run.count++] = nul;
	r->items[block->run.count++] = whole;
	block->run.to = whole.offset + whole.length;
	return true;
}

bool share_next(struct share_reader *r, struct share_block *ret_block)
{
	struct share_block block = {.run.items = r->items};
	const uint8_t *at = r->payload, *end = at + payload_read(r);
	struct record_id last = {0};
	uint64_t file, count;

	if (!get_number(&at, end, &file) || !get_number(&at, end, &block.size_bytes) ||
	    !get_number(&at, end, &block.run.from) || !get_number(&at, end, &count))
		return false;
	if (file > UINT32_MAX || block.size_bytes > INT64_MAX ||
	    block.run.from > block.size_bytes || !count || count > SHARE_RECORDS_MAX)
		return false;
	block.file = (uint32_t)file;
	block.run.to = block.run.from;
	while (count-- > 0)
		if (!record_take(r, &at, end, &last, &block))
			return false;
	if (at != end)
		return false;
	*ret_block = block;
	return true;
}

void share_close(struct share_reader *r)
{
	if (!r)
		return;
	fclose(r->stream);
	free(r);
}
