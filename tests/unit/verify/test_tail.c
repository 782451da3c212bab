/*
 * test_tail - a tail as a file: what docs/formats.md says, byte by byte, and what
 * must not be believed; and the sample that is kept of many sightings.
 */
#include "tests/unit/slow_bytes.h"
#include "tests/unit/unit.h"
#include "verify/tail.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { HEAD = 184, ENTRY = 32, ROOM = 1024 };

static const struct tail_identity identity = {
	.run_id = "k3fpqrstuv01",
	.strategy_index = 3,
	.reader = 5,
	.host = 7,
};

/* Each figure another number, so that none can stand for another. */
static const struct tail_figures figures = {
	.records = 11,
	.reads = 12,
	.bytes = 13,
	.nuls = 14,
	.nul_longest_ns = 15,
	.nuls_lasting = 16,
	.backwards = 17,
	.backwards_bytes = 18,
	.torn = 19,
	.torn_longest_ns = 20,
	.given_up = 21,
	.after_reopen = 22,
	.ended_ns = 23,
	.reopened = true,
	.errnum = EIO,
};

static const struct sighting first = {
	.id = {.writer = 2, .seq = ((uint64_t)1 << 39) + 1},
	.flags = SIGHTING_NULS | SIGHTING_REOPENED,
	.offset = ((uint64_t)1 << 40) + 2,
	.seen_ns = ((uint64_t)1 << 50) + 3,
};
static const struct sighting second = {.id.seq = 4, .offset = 64, .seen_ns = 9};

static struct tail_place places[] = {{64, 128, 7, 0}, {128, 129, 0, 8}};

static char path[64];

static void enter(void)
{
	struct tail tail = {.identity = identity, .figures = figures};

	snprintf(path, sizeof(path), "/tmp/tailrace-tail.%d", getpid());
	unlink(path);
	ck_assert_int_eq(tail_add(&tail, &first), 0);
	ck_assert_int_eq(tail_add(&tail, &second), 0);
	tail.places = places;
	tail.place_count = 2;
	ck_assert_int_eq(tail_save(&tail, path), 0);
	ck_assert_int_eq(tail_save(&tail, path), -EEXIST);
	tail.places = NULL;
	tail_release(&tail);
}

static void put_sums(uint8_t *bytes, size_t length)
{
	put_number(bytes + 176, slow_crc32c(bytes + HEAD, length - HEAD), 4);
	put_number(bytes + 180, slow_crc32c(bytes, 180), 4);
}

START_TEST(the_file_is_as_documented)
{
	const uint8_t *entry;
	uint8_t bytes[ROOM];
	size_t length;

	enter();
	length = read_file(path, bytes, ROOM);
	ck_assert_uint_eq(length, HEAD + 4 * ENTRY);
	ck_assert_mem_eq(bytes, "tailseen", 8);
	ck_assert_uint_eq(number(bytes + 8, 4), 1);
	ck_assert_uint_eq(number(bytes + 12, 4), ENTRY);
	ck_assert_mem_eq(bytes + 16, "k3fpqrstuv01\0\0\0\0", 16);
	ck_assert_uint_eq(number(bytes + 32, 4), 3);
	ck_assert_uint_eq(number(bytes + 36, 4), 5);
	ck_assert_uint_eq(number(bytes + 40, 4), 7);
	ck_assert_uint_eq(number(bytes + 44, 4), 1);
	ck_assert_uint_eq(number(bytes + 48, 8), 2);
	for (size_t i = 0; i < 12; i++)
		ck_assert_uint_eq(number(bytes + 56 + 8 * i, 8), 11 + i);
	ck_assert_uint_eq(number(bytes + 152, 4), 1);
	ck_assert_uint_eq(number(bytes + 156, 4), EIO);
	ck_assert_uint_eq(number(bytes + 160, 8), 23);
	ck_assert_uint_eq(number(bytes + 168, 4), 2);
	ck_assert_uint_eq(number(bytes + 172, 4), 0);
	ck_assert_uint_eq(number(bytes + 176, 4), slow_crc32c(bytes + HEAD, 4 * ENTRY));
	ck_assert_uint_eq(number(bytes + 180, 4), slow_crc32c(bytes, 180));
	entry = bytes + HEAD;
	ck_assert_uint_eq(number(entry, 4), 2);
	ck_assert_uint_eq(number(entry + 4, 4), 1 + 4);
	ck_assert_uint_eq(number(entry + 8, 8), first.id.seq);
	ck_assert_uint_eq(number(entry + 16, 8), first.offset);
	ck_assert_uint_eq(number(entry + 24, 8), first.seen_ns);
	entry += 2 * ENTRY;
	ck_assert_uint_eq(number(entry, 8), 64);
	ck_assert_uint_eq(number(entry + 8, 8), 128);
	ck_assert_uint_eq(number(entry + 16, 8), 7);
	ck_assert_uint_eq(number(entry + 24, 8), 0);
	unlink(path);
}
END_TEST

START_TEST(what_was_saved_comes_back)
{
	struct tail tail;

	enter();
	ck_assert_int_eq(tail_load(&tail, path, &identity), 0);
	ck_assert_mem_eq(&tail.figures, &figures, sizeof(figures));
	ck_assert_uint_eq(tail.stride, 1);
	ck_assert_uint_eq(tail.count, 2);
	ck_assert_mem_eq(&tail.sightings[0], &first, sizeof(first));
	ck_assert_mem_eq(&tail.sightings[1], &second, sizeof(second));
	ck_assert_uint_eq(tail.place_count, 2);
	ck_assert_mem_eq(tail.places, places, sizeof(places));
	ck_assert_ptr_null(tail_place_find(&tail, 0, 64));
	ck_assert_ptr_eq(tail_place_find(&tail, 0, 65), &tail.places[0]);
	ck_assert_ptr_eq(tail_place_find(&tail, 127, 200), &tail.places[0]);
	ck_assert_ptr_eq(tail_place_find(&tail, 128, 200), &tail.places[1]);
	ck_assert_ptr_null(tail_place_find(&tail, 129, 200));
	tail_release(&tail);
	tail_release(&tail);
	unlink(path);
	ck_assert_int_eq(tail_load(&tail, path, &identity), -ENOENT);
}
END_TEST

START_TEST(anothers_is_refused)
{
	struct tail_identity others[4] = {identity, identity, identity, identity};
	struct tail tail;

	others[0].run_id[11] = '2';
	others[1].strategy_index = 2;
	others[2].reader = 4;
	others[3].host = 6;
	enter();
	for (int i = 0; i < 4; i++)
		ck_assert_int_eq(tail_load(&tail, path, &others[i]), -EBADMSG);
	unlink(path);
}
END_TEST

START_TEST(every_changed_bit_is_noticed)
{
	uint8_t bytes[ROOM];
	struct tail tail;
	size_t length;

	enter();
	length = read_file(path, bytes, ROOM);
	for (size_t bit = 0; bit < 8 * length; bit++) {
		bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
		write_file(path, bytes, length);
		ck_assert_msg(tail_load(&tail, path, &identity) == -EBADMSG, "bit %zu",
			      bit);
		bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	for (size_t cut = 0; cut < length; cut++) {
		write_file(path, bytes, cut);
		ck_assert_int_eq(tail_load(&tail, path, &identity), -EBADMSG);
	}
	bytes[length] = 0;
	write_file(path, bytes, length + 1);
	ck_assert_int_eq(tail_load(&tail, path, &identity), -EBADMSG);
	unlink(path);
}
END_TEST

/* Right sums over fields that make no sense. */
START_TEST(nonsense_is_refused_whatever_its_sum)
{
	static const struct {
		size_t at;
		int bytes;
		uint64_t value;
	} nonsense[] = {
		{8, 4, 2},   /* another version */
		{12, 4, 33}, /* bytes of an entry */
		{28, 4, 1},  /* behind the run id */
		{44, 4, 0},  /* one in none */
		{48, 8, 1},  /* fewer than there are */
		{168, 4, 1},
		{168, 4, UINT32_MAX},
		{172, 4, 1},
		{HEAD + 2 * ENTRY + 8, 8, 64}, /* an empty place */
		{HEAD + 3 * ENTRY, 8, 127},    /* which overlaps the one before */
		{HEAD + 3 * ENTRY + 8, 8, (uint64_t)INT64_MAX + 1},
		{48, 8, UINT64_MAX},		  /* times 32 it overflows */
		{48, 8, 2 + ((uint64_t)1 << 59)}, /* which gives the right length */
		{152, 4, 2},			  /* reopened */
		{156, 4, 4096},			  /* no errno */
		{HEAD, 4, RECORD_MAX_WRITERS},
		{HEAD + 4, 4, 8}, /* no flag */
		{HEAD + 8, 8, RECORD_MAX_SEQ + 1},
		{HEAD + 16, 8, (uint64_t)INT64_MAX + 1},
	};
	uint8_t bytes[ROOM];
	struct tail tail;
	size_t length;

	enter();
	length = read_file(path, bytes, ROOM);
	for (size_t i = 0; i < sizeof(nonsense) / sizeof(nonsense[0]); i++) {
		uint8_t copy[ROOM];

		memcpy(copy, bytes, length);
		put_number(copy + nonsense[i].at, nonsense[i].value, nonsense[i].bytes);
		put_sums(copy, length);
		write_file(path, copy, length);
		ck_assert_msg(tail_load(&tail, path, &identity) == -EBADMSG,
			      "number %zu", i);
	}
	/* That the sums are right here, too. */
	put_sums(bytes, length);
	write_file(path, bytes, length);
	ck_assert_int_eq(tail_load(&tail, path, &identity), 0);
	tail_release(&tail);
	unlink(path);
}
END_TEST

START_TEST(what_is_no_file_is_refused)
{
	struct tail tail;

	snprintf(path, sizeof(path), "/tmp/tailrace-tail.%d", getpid());
	ck_assert_int_eq(symlink("/dev/zero", path), 0);
	ck_assert_int_eq(tail_load(&tail, path, &identity), -ELOOP);
	unlink(path);
	ck_assert_int_eq(tail_load(&tail, "/dev/zero", &identity), -EBADMSG);
	ck_assert_int_eq(tail_load(&tail, "/tmp", &identity), -EBADMSG);
}
END_TEST

/* Of too many a half is kept, chosen alike whoever saw them in what order. */
START_TEST(of_many_a_sample_is_kept)
{
	struct tail up = {.identity = identity}, down = {.identity = identity};
	const uint64_t all = (uint64_t)TAIL_SIGHTINGS_MAX + 1000;
	uint64_t in_both = 0;

	for (uint64_t i = 0; i < all; i++) {
		struct sighting sighting = {.id.seq = i};

		ck_assert_int_eq(tail_add(&up, &sighting), 0);
		sighting.id.seq = all - 1 - i;
		ck_assert_int_eq(tail_add(&down, &sighting), 0);
	}
	ck_assert_uint_eq(up.stride, 2);
	ck_assert_uint_eq(up.count, down.count);
	ck_assert_uint_gt(up.count, all * 49 / 100);
	ck_assert_uint_lt(up.count, all * 51 / 100);
	for (size_t i = 0; i < up.count; i++)
		in_both += up.sightings[i].id.seq ==
			   down.sightings[up.count - 1 - i].id.seq;
	ck_assert_uint_eq(in_both, up.count);
	tail_release(&up);
	tail_release(&down);
}
END_TEST

UNIT_MAIN("tail", 60, the_file_is_as_documented, what_was_saved_comes_back,
	  anothers_is_refused, every_changed_bit_is_noticed,
	  nonsense_is_refused_whatever_its_sum, what_is_no_file_is_refused,
	  of_many_a_sample_is_kept)
