/* test_scan - a data file as segments, from wherever one begins to read. */
#include "tests/unit/unit.h"
#include "verify/scan.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { SEGMENTS_MAX = 4096, BYTES_MAX = 1 << 16 };

/* What was asked of the kernel, in this order; it is not asked. */
static char asked[64];

/* Instead of the C library's: core and verify are linked statically. */
int fdatasync(int fd)
{
	(void)fd;
	strncat(asked, "sync ", sizeof(asked) - strlen(asked) - 1);
	return 0;
}

int posix_fadvise(int fd, off_t offset, off_t length, int advice)
{
	(void)fd;
	(void)offset;
	(void)length;
	if (advice == POSIX_FADV_DONTNEED)
		strncat(asked, "drop ", sizeof(asked) - strlen(asked) - 1);
	return 0;
}

static struct record_plan plan = {
	.run_id = "k3fpqrstuv01",
	.min_bytes = 100,
	.max_bytes = 100,
};

/* A file under test, and the segments of its last scan. */
struct bench {
	struct record_form form;
	uint8_t bytes[BYTES_MAX];
	size_t length;
	char path[32];
	struct source source;
	struct segment found[SEGMENTS_MAX];
	size_t count;
};

static struct bench *bench_new(uint32_t min_bytes, uint32_t max_bytes)
{
	struct bench *b = calloc(1, sizeof(*b));

	ck_assert_ptr_nonnull(b);
	plan.min_bytes = min_bytes;
	plan.max_bytes = max_bytes;
	ck_assert_int_eq(record_form_init(&b->form, &plan), 0);
	return b;
}

static void bench_open(struct bench *b)
{
	int fd;

	strcpy(b->path, "/tmp/tailrace-scan.XXXXXX");
	fd = mkstemp(b->path);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, b->bytes, b->length), (ssize_t)b->length);
	close(fd);
	ck_assert_int_eq(source_open(&b->source, b->path,
				     plan.max_bytes + RECORD_CELL_BYTES + (1 << 16),
				     SOURCE_AHEAD, false, NULL),
			 0);
}

static void bench_free(struct bench *b)
{
	source_close(&b->source);
	unlink(b->path);
	record_form_release(&b->form);
	free(b);
}

static void put(struct bench *b, const void *bytes, size_t length)
{
	memcpy(b->bytes + b->length, bytes, length);
	b->length += length;
}

/* @length bytes of a record from @from on. */
static void put_piece(struct bench *b, uint32_t writer, uint64_t seq, uint32_t from,
		      uint32_t length)
{
	struct record_id id = {writer, seq};
	uint8_t *bytes = malloc(plan.max_bytes);

	record_write(&b->form, id, bytes);
	put(b, bytes + from, length);
	free(bytes);
}

static void put_record(struct bench *b, uint32_t writer, uint64_t seq)
{
	struct record_id id = {writer, seq};

	put_piece(b, writer, seq, 0, record_size(&b->form, id));
}

static int note(void *context, const struct segment *segment)
{
	struct bench *b = context;

	if (b->count == SEGMENTS_MAX)
		return -ENOSPC;
	b->found[b->count++] = *segment;
	return 0;
}

static void scan(struct bench *b, uint64_t from, uint64_t to)
{
	b->count = 0;
	ck_assert_int_eq(scan_range(&b->source, &b->form, from, to, note, b), 0);
}

static void expect(const struct bench *b, size_t index, enum segment_kind kind,
		   uint64_t offset, uint64_t length, uint32_t position)
{
	ck_assert_uint_lt(index, b->count);
	ck_assert_int_eq(b->found[index].kind, kind);
	ck_assert_uint_eq(b->found[index].offset, offset);
	ck_assert_uint_eq(b->found[index].length, length);
	ck_assert_uint_eq(b->found[index].position, position);
}

START_TEST(every_kind_of_segment)
{
	struct bench *b = bench_new(100, 100);

	put_record(b, 0, 0);
	put(b, "\0\0\0", 3);
	put(b, "text", 4);
	put_piece(b, 1, 7, 17, 60);
	put(b, "\0", 1);
	put_record(b, 0, 1);
	bench_open(b);
	scan(b, 0, UINT64_MAX);
	ck_assert_uint_eq(b->count, 6);
	expect(b, 0, SEGMENT_RECORD, 0, 100, 0);
	expect(b, 1, SEGMENT_NUL, 100, 3, 0);
	expect(b, 2, SEGMENT_FOREIGN, 103, 4, 0);
	expect(b, 3, SEGMENT_PIECE, 107, 60, 17);
	ck_assert_uint_eq(b->found[3].id.writer, 1);
	ck_assert_uint_eq(b->found[3].id.seq, 7);
	expect(b, 4, SEGMENT_NUL, 167, 1, 0);
	expect(b, 5, SEGMENT_RECORD, 168, 100, 0);
	bench_free(b);
}
END_TEST

START_TEST(an_empty_and_an_absent_file)
{
	struct bench *b = bench_new(64, 64);

	bench_open(b);
	scan(b, 0, UINT64_MAX);
	ck_assert_uint_eq(b->count, 0);
	source_close(&b->source);
	unlink(b->path);
	ck_assert_int_eq(
		source_open(&b->source, b->path, 1 << 17, SOURCE_AHEAD, false, NULL),
		0);
	scan(b, 0, UINT64_MAX);
	ck_assert_uint_eq(b->count, 0);
	bench_free(b);
}
END_TEST

/* Any 64 bytes of a record name it, wherever they are cut out. */
START_TEST(each_fragment_of_64_bytes_is_a_piece)
{
	struct bench *b = bench_new(200, 200);
	size_t pieces = 0;

	for (uint32_t from = 0; from + 64 <= 200; from++) {
		put_piece(b, 3, 9, from, 64);
		put(b, "~", 1);
	}
	bench_open(b);
	scan(b, 0, UINT64_MAX);
	for (size_t i = 0; i < b->count; i++)
		if (b->found[i].kind == SEGMENT_PIECE) {
			ck_assert_uint_eq(b->found[i].length, 64);
			ck_assert_uint_eq(b->found[i].position, pieces);
			ck_assert_uint_eq(b->found[i].id.seq, 9);
			pieces++;
		}
	ck_assert_uint_eq(pieces, 200 - 64 + 1);
	bench_free(b);
}
END_TEST

/*
 * Two records cut at the same place of their cells: the first piece takes the
 * text that both share, and with it the head of the other's only cell.
 */
START_TEST(a_piece_whose_cell_was_taken)
{
	struct bench *b = bench_new(300, 300);

	put_piece(b, 1, 1, 64, 64);
	put_piece(b, 1, 2, 128, 36);
	put(b, "~", 1);
	bench_open(b);
	scan(b, 0, UINT64_MAX);
	ck_assert_uint_eq(b->count, 3);
	/* "=k3f.0001.0000000" is in both. */
	expect(b, 0, SEGMENT_PIECE, 0, 64 + 17, 64);
	expect(b, 1, SEGMENT_PIECE, 64 + 17, 36 - 17, 128 + 17);
	ck_assert_uint_eq(b->found[1].id.seq, 2);
	ck_assert_uint_eq(b->found[1].shared, 17);
	expect(b, 2, SEGMENT_FOREIGN, 100, 1, 0);
	bench_free(b);
}
END_TEST

START_TEST(a_record_at_the_end_of_the_file)
{
	for (uint32_t length = 0; length <= 100; length++) {
		struct bench *b = bench_new(100, 100);

		put_record(b, 0, 0);
		put_piece(b, 1, 0, 0, length);
		bench_open(b);
		scan(b, 0, UINT64_MAX);
		ck_assert_uint_eq(b->count, length ? 2 : 1);
		if (length)
			expect(b, 1,
			       length == 100  ? SEGMENT_RECORD
			       : length >= 32 ? SEGMENT_PIECE
					      : SEGMENT_FOREIGN,
			       100, length, 0);
		bench_free(b);
	}
}
END_TEST

/* A file with all that may be: whole, cut, interleaved, NULs, text. */
static void put_mess(struct bench *b, unsigned int seed)
{
	srand(seed);
	while (b->length < 6000) {
		struct record_id id = {(uint32_t)rand() % 3, (uint64_t)(rand() % 50)};
		uint32_t size = record_size(&b->form, id);
		uint32_t from = (uint32_t)rand() % size;

		switch (rand() % 6) {
		case 0:
			put(b, "~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~",
			    (size_t)(rand() % 38));
			break;
		case 1:
			b->length += (size_t)(rand() % 90);
			break;
		case 2:
		case 3:
			put_piece(b, id.writer, id.seq, from,
				  1 + (uint32_t)rand() % (size - from));
			break;
		default:
			put_record(b, id.writer, id.seq);
		}
	}
}

/* What of @segment, seen by a scan of the whole file, one of [from, to) shows. */
static bool in_range(struct segment *segment, uint64_t from, uint64_t to)
{
	uint64_t end = segment->offset + segment->length;

	if (end <= from || segment->offset >= to)
		return false;
	if (segment->kind == SEGMENT_RECORD)
		return true;
	if (segment->offset < from) {
		if (segment->kind == SEGMENT_PIECE)
			segment->position += (uint32_t)(from - segment->offset);
		segment->offset = from;
	}
	segment->length = (end < to ? end : to) - segment->offset;
	return true;
}

static bool same_segment(const struct segment *a, const struct segment *b)
{
	return a->kind == b->kind && a->offset == b->offset && a->length == b->length &&
	       a->position == b->position && a->id.writer == b->id.writer &&
	       a->id.seq == b->id.seq;
}

/* One assertion for all: libcheck notes each. */
static void compare_range(struct bench *b, const struct segment *whole, size_t count,
			  uint64_t from, uint64_t to)
{
	size_t next = 0;
	bool same = true;

	scan(b, from, to);
	for (size_t i = 0; i < count; i++) {
		struct segment segment = whole[i];

		if (in_range(&segment, from, to)) {
			same &= next < b->count &&
				same_segment(&segment, &b->found[next]);
			next++;
		}
	}
	ck_assert_msg(same && next == b->count, "differs in [%lu, %lu)", from, to);
}

START_TEST(the_same_from_any_offset)
{
	static struct segment whole[SEGMENTS_MAX];

	for (unsigned int seed = 0; seed < 12; seed++) {
		struct bench *b = bench_new(64, seed % 2 ? 64 : 300);
		uint64_t covered = 0;
		size_t count;

		put_mess(b, seed);
		bench_open(b);
		scan(b, 0, UINT64_MAX);
		count = b->count;
		memcpy(whole, b->found, sizeof(whole));
		for (size_t i = 0; i < count; i++)
			covered += whole[i].offset == covered ? whole[i].length : 0;
		ck_assert_uint_eq(covered, b->length);
		for (uint64_t from = 0; from < b->length; from++) {
			compare_range(b, whole, count, from, UINT64_MAX);
			compare_range(b, whole, count, from, from + 1);
			compare_range(b, whole, count, from,
				      from + (uint64_t)(rand() % 500));
		}
		bench_free(b);
	}
}
END_TEST

/* ---- a file that shrinks ------------------------------------------------- */

struct shrink {
	const char *path;
	off_t to;
	uint64_t covered;
};

static int shrink_then_note(void *context, const struct segment *segment)
{
	struct shrink *s = context;

	if (s->to >= 0)
		ck_assert_int_eq(truncate(s->path, s->to), 0);
	s->to = -1;
	if (segment->offset != s->covered)
		return -EINVAL;
	s->covered += segment->length;
	return 0;
}

START_TEST(a_file_that_shrinks_while_it_is_read)
{
	static const off_t sizes[] = {0, 1, 99, 100, 101, 2000000, 2500000, 2500031};

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct bench *b = bench_new(1000, 1000);
		struct shrink s = {.to = sizes[i]};
		int fd;

		bench_open(b);
		s.path = b->path;
		source_close(&b->source);
		fd = open(b->path, O_WRONLY);
		for (uint64_t seq = 0; seq < 4000; seq++) {
			b->length = 0;
			put_record(b, 0, seq);
			ck_assert_int_eq(write(fd, b->bytes, b->length), 1000);
		}
		close(fd);
		ck_assert_int_eq(source_open(&b->source, b->path, 1 << 17, SOURCE_AHEAD,
					     false, NULL),
				 0);
		ck_assert_int_eq(scan_range(&b->source, &b->form, 0, UINT64_MAX,
					    shrink_then_note, &s),
				 0);
		ck_assert(b->source.shrunk);
		ck_assert_uint_eq(s.covered, b->source.size_bytes);
		ck_assert_uint_lt(s.covered, 4000000);
		bench_free(b);
	}
}
END_TEST

/* Pages that are not yet written out would stay: posix_fadvise(2), NOTES. */
START_TEST(a_cache_is_written_back_before_it_is_dropped)
{
	struct bench *b = bench_new(100, 100);

	put_record(b, 0, 0);
	bench_open(b);
	source_close(&b->source);
	asked[0] = '\0';
	ck_assert_int_eq(
		source_open(&b->source, b->path, 1000, SOURCE_AHEAD, false, NULL), 0);
	ck_assert_str_eq(asked, "");
	source_close(&b->source);
	ck_assert_int_eq(
		source_open(&b->source, b->path, 1000, SOURCE_AHEAD, true, NULL), 0);
	ck_assert_str_eq(asked, "sync drop ");
	bench_free(b);
}
END_TEST

static int refuse(void *context, const struct segment *segment)
{
	(void)segment;
	return ++*(int *)context == 2 ? -7 : 0;
}

START_TEST(the_sink_ends_the_scan)
{
	struct bench *b = bench_new(64, 64);
	int calls = 0;

	for (uint64_t seq = 0; seq < 5; seq++)
		put_record(b, 0, seq);
	bench_open(b);
	ck_assert_int_eq(
		scan_range(&b->source, &b->form, 0, UINT64_MAX, refuse, &calls), -7);
	ck_assert_int_eq(calls, 2);
	bench_free(b);
}
END_TEST

UNIT_MAIN("scan", 60, every_kind_of_segment, an_empty_and_an_absent_file,
	  each_fragment_of_64_bytes_is_a_piece, a_piece_whose_cell_was_taken,
	  a_record_at_the_end_of_the_file, the_same_from_any_offset,
	  a_file_that_shrinks_while_it_is_read,
	  a_cache_is_written_back_before_it_is_dropped, the_sink_ends_the_scan)
