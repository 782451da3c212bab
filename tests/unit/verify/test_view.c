/*
 * test_view - a view as a file: what docs/formats.md says, byte by byte, and
 * what must not be believed.
 */
#include "tests/unit/slow_bytes.h"
#include "tests/unit/unit.h"
#include "verify/view.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BLOCK = 512, HEAD = 64, SIZES = 2 * 8, ENTRY = 24, ROOM = 1024 };

static const struct view_identity identity = {
	.run_id = "k3fpqrstuv01",
	.strategy_index = 3,
	.host = 7,
	.look = VIEW_AGAIN,
	.block_bytes = BLOCK,
	.file_count = 2,
};

static char path[64];

/* A view of two files: a whole block, an empty one, and three bytes. */
static void make_view(struct view *view)
{
	static uint8_t block[BLOCK];

	memset(block, 'x', sizeof(block));
	ck_assert_int_eq(view_init(view, &identity), 0);
	view->sizes[0] = 2 * BLOCK;
	view->sizes[1] = ((uint64_t)1 << 40) + 3;
	ck_assert_int_eq(view_add(view, 0, 1, block, BLOCK, false), 0);
	ck_assert_int_eq(view_add(view, 0, 2, block, 0, true), 0);
	ck_assert_int_eq(view_add(view, 1, ((uint64_t)1 << 40) / BLOCK,
				  (const uint8_t *)"123", 3, true),
			 0);
}

static void enter(void)
{
	struct view view;

	snprintf(path, sizeof(path), "/tmp/tailrace-view.%d", getpid());
	unlink(path);
	make_view(&view);
	ck_assert_int_eq(view_save(&view, path), 0);
	ck_assert_int_eq(view_save(&view, path), -EEXIST);
	view_release(&view);
}

static void put_sum(uint8_t *bytes, size_t length)
{
	put_number(bytes + length - 4, slow_crc32c(bytes, length - 4), 4);
}

START_TEST(the_file_is_as_documented)
{
	uint8_t bytes[ROOM];
	const uint8_t *entry = bytes + HEAD + SIZES;
	size_t length;

	enter();
	length = read_file(path, bytes, ROOM);
	ck_assert_uint_eq(length, HEAD + SIZES + 3 * ENTRY + 3 + 4);
	ck_assert_mem_eq(bytes, "tailview", 8);
	ck_assert_uint_eq(number(bytes + 8, 4), 1);
	ck_assert_uint_eq(number(bytes + 12, 4), 1); /* again */
	ck_assert_mem_eq(bytes + 16, "k3fpqrstuv01\0\0\0\0", 16);
	ck_assert_uint_eq(number(bytes + 32, 4), 3);
	ck_assert_uint_eq(number(bytes + 36, 4), 7);
	ck_assert_uint_eq(number(bytes + 40, 4), BLOCK);
	ck_assert_uint_eq(number(bytes + 44, 4), 2);
	ck_assert_uint_eq(number(bytes + 48, 4), 3);
	ck_assert_uint_eq(number(bytes + 52, 4), 3);
	ck_assert_uint_eq(number(bytes + 56, 8), 0);
	ck_assert_uint_eq(number(bytes + HEAD, 8), 2 * BLOCK);
	ck_assert_uint_eq(number(bytes + HEAD + 8, 8), ((uint64_t)1 << 40) + 3);
	ck_assert_uint_eq(number(entry, 4), 0);
	ck_assert_uint_eq(number(entry + 4, 4), BLOCK);
	ck_assert_uint_eq(number(entry + 8, 8), 1);
	ck_assert_uint_eq(number(entry + 20, 4), 0);
	entry += 2 * ENTRY;
	ck_assert_uint_eq(number(entry, 4), 1);
	ck_assert_uint_eq(number(entry + 4, 4), 3);
	ck_assert_uint_eq(number(entry + 8, 8), (uint64_t)1 << 31);
	ck_assert_uint_eq(number(entry + 16, 4),
			  slow_crc32c((const uint8_t *)"123", 3));
	ck_assert_uint_eq(number(entry + 20, 4), 1);
	ck_assert_mem_eq(entry + ENTRY, "123", 3);
	ck_assert_uint_eq(number(bytes + length - 4, 4),
			  slow_crc32c(bytes, length - 4));
	unlink(path);
}
END_TEST

START_TEST(what_was_saved_comes_back)
{
	const struct view_block *block;
	struct view view;

	enter();
	ck_assert_int_eq(view_load(&view, path, &identity), 0);
	ck_assert_uint_eq(view.sizes[0], 2 * BLOCK);
	ck_assert_uint_eq(view.block_count, 3);
	block = view_find(&view, 1, (uint64_t)1 << 31);
	ck_assert_ptr_nonnull(block);
	ck_assert(block->saved);
	ck_assert_mem_eq(view.bytes + block->bytes_at, "123", 3);
	ck_assert(!view_find(&view, 0, 1)->saved);
	ck_assert_ptr_null(view_find(&view, 0, 0));
	ck_assert_ptr_null(view_find(&view, 1, 1));
	view_release(&view);
	view_release(&view);
	ck_assert_ptr_null(view_find(&view, 0, 1));
	unlink(path);
}
END_TEST

START_TEST(a_changed_bit_is_damage)
{
	uint8_t bytes[ROOM];
	struct view view = {.block_count = 77};
	size_t length;

	enter();
	length = read_file(path, bytes, ROOM);
	for (size_t bit = 0; bit < 8 * length; bit++) {
		bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
		write_file(path, bytes, length);
		ck_assert_int_eq(view_load(&view, path, &identity), -EBADMSG);
		bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	for (size_t cut = 0; cut < length; cut++) {
		write_file(path, bytes, cut);
		ck_assert_int_eq(view_load(&view, path, &identity), -EBADMSG);
	}
	ck_assert_uint_eq(view.block_count, 77);
	unlink(path);
}
END_TEST

/* Under a right checksum: each makes no sense. */
START_TEST(lies_are_damage)
{
	static const struct {
		size_t at;
		uint8_t value;
	} lies[] = {
		{8, 2},				     /* another version */
		{12, 0},			     /* another look */
		{16, 'x'},			     /* another run */
		{28, 1},			     /* beyond the run id */
		{32, 4},			     /* another strategy */
		{36, 6},			     /* another host */
		{40, 1},			     /* other blocks */
		{44, 1},			     /* other files */
		{48, 2},			     /* fewer blocks */
		{51, 0xff},			     /* more than there can be */
		{52, 2},			     /* fewer bytes */
		{55, 0xff},			     /* more than there can be */
		{HEAD + 7, 0x80},		     /* a negative size */
		{HEAD + SIZES, 2},		     /* no such file; and no order */
		{HEAD + SIZES + 2 * ENTRY, 2},	     /* no such file */
		{HEAD + SIZES + 6, 1},		     /* longer than a block */
		{HEAD + SIZES + 8, 2},		     /* the same block twice */
		{HEAD + SIZES + 2 * ENTRY + 15, 1},  /* beyond every file */
		{HEAD + SIZES + 20, 1},		     /* saved, but there are no bytes */
		{HEAD + SIZES + 20, 2},		     /* neither saved nor not */
		{HEAD + SIZES + 2 * ENTRY + 20, 0},  /* bytes that are nobody's */
		{HEAD + SIZES + 2 * ENTRY + 16, 99}, /* not the digest of the bytes */
		{HEAD + SIZES + 2 * ENTRY + 4, 2},   /* not all of the bytes */
	};
	uint8_t bytes[ROOM];
	struct view view;
	size_t length;

	enter();
	length = read_file(path, bytes, ROOM);
	for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		uint8_t truth = bytes[lies[i].at];

		ck_assert_uint_ne(truth, lies[i].value);
		bytes[lies[i].at] = lies[i].value;
		put_sum(bytes, length);
		write_file(path, bytes, length);
		ck_assert_msg(view_load(&view, path, &identity) == -EBADMSG,
			      "lie %zu was believed", i);
		bytes[lies[i].at] = truth;
	}
	put_sum(bytes, length);
	write_file(path, bytes, length);
	ck_assert_int_eq(view_load(&view, path, &identity), 0);
	view_release(&view);
	unlink(path);
	ck_assert_int_eq(view_load(&view, path, &identity), -ENOENT);
	ck_assert_int_eq(view_load(&view, "/tmp", &identity), -EBADMSG);
}
END_TEST

/* What does not fit is digested all the same. */
START_TEST(saved_bytes_are_bounded)
{
	struct view_identity large = identity;
	uint8_t *bytes = calloc(1, VIEW_BLOCK_BYTES);
	struct view view;

	large.block_bytes = VIEW_BLOCK_BYTES;
	ck_assert_int_eq(view_init(&view, &large), 0);
	for (uint64_t i = 0; i < 20; i++)
		ck_assert_int_eq(view_add(&view, 0, i, bytes, VIEW_BLOCK_BYTES, true),
				 0);
	ck_assert_uint_eq(view.block_count, 20);
	ck_assert_uint_eq(view.byte_count, VIEW_SAVED_BYTES_MAX);
	ck_assert(view_find(&view, 0, 15)->saved);
	ck_assert(!view_find(&view, 0, 16)->saved);
	view_release(&view);
	free(bytes);
}
END_TEST

/* Hosts sample alike, about one block in so many, and always the first. */
START_TEST(samples_are_chosen_by_the_seed)
{
	unsigned int taken = 0, other = 0;

	for (uint64_t i = 0; i < 10000; i++) {
		taken += view_samples(5, 10, 0, i);
		other += view_samples(5, 10, 0, i) && view_samples(6, 10, 0, i);
		ck_assert(view_samples(5, 1, 0, i));
	}
	/* Five standard deviations of a binomial distribution: 30 and 10. */
	ck_assert_uint_ge(taken, 850);
	ck_assert_uint_le(taken, 1150);
	ck_assert_uint_le(other, 150);
	ck_assert(view_samples(5, UINT32_MAX, 0, 0));
	ck_assert(view_samples(5, UINT32_MAX, 9, 0));
}
END_TEST

UNIT_MAIN("view", 60, the_file_is_as_documented, what_was_saved_comes_back,
	  a_changed_bit_is_damage, lies_are_damage, saved_bytes_are_bounded,
	  samples_are_chosen_by_the_seed)
