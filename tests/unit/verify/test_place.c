/* test_place - what stands in a range of a damaged file. */
#include "tests/unit/unit.h"
#include "verify/place.h"

static const struct record_id self = {1, 5};
static const struct record_id other = {2, 6};

static struct evidence evidence;
static uint64_t file_bytes[2] = {1000, 50};

static void add(uint32_t file, enum segment_kind kind, uint64_t offset, uint64_t length,
		struct record_id id)
{
	struct damage damage = {
		.file = file,
		.segment = {.kind = kind, .offset = offset, .length = length, .id = id},
	};

	ck_assert_int_eq(stash_add(&evidence.damage, &damage), 0);
}

/*
 * File 0: intact to 100, own piece to 140, NULs to 150, intact to 250, another's
 * piece to 260, foreign to 270, intact to the end at 1000.  File 1: all NULs.
 */
static void make_damage(void)
{
	evidence = (struct evidence){
		.damage = STASH_OF(struct damage),
		.file_bytes = file_bytes,
		.file_count = 2,
	};
	add(0, SEGMENT_PIECE, 100, 40, self);
	add(0, SEGMENT_NUL, 140, 10, (struct record_id){0});
	add(0, SEGMENT_PIECE, 250, 10, other);
	add(0, SEGMENT_FOREIGN, 260, 10, (struct record_id){0});
	add(1, SEGMENT_NUL, 0, 50, (struct record_id){0});
}

static struct place_content look(uint32_t file, int64_t from, uint32_t length)
{
	struct place place = {.file = file, .from = from, .length = length};
	struct place_content content = place_look(&evidence, &place, self);

	ck_assert_uint_eq(content.own + content.others + content.nul + content.foreign +
				  content.outside,
			  length);
	return content;
}

START_TEST(sums_up_what_is_there)
{
	struct place_content content;

	make_damage();
	content = look(0, 90, 70);
	ck_assert_uint_eq(content.own, 40);
	ck_assert_uint_eq(content.nul, 10);
	ck_assert_uint_eq(content.others, 20);
	ck_assert_int_eq(content.other_at, 90);
	ck_assert_uint_eq(content.other.writer, WRITER_NONE);
	content = look(0, 250, 20);
	ck_assert_uint_eq(content.others, 10);
	ck_assert_uint_eq(content.foreign, 10);
	ck_assert_int_eq(content.other_at, 250);
	ck_assert_uint_eq(content.other.seq, other.seq);
	content = look(0, 100, 50);
	ck_assert_uint_eq(content.others, 0);
	ck_assert_int_eq(content.other_at, -1);
	stash_release(&evidence.damage);
}
END_TEST

START_TEST(before_and_beyond_the_file)
{
	make_damage();
	ck_assert_uint_eq(look(1, -10, 20).outside, 10);
	ck_assert_uint_eq(look(1, -10, 20).nul, 10);
	ck_assert_uint_eq(look(1, 45, 20).outside, 15);
	ck_assert_uint_eq(look(1, -100, 64).outside, 64);
	ck_assert_uint_eq(look(1, 50, 64).outside, 64);
	ck_assert_uint_eq(look(0, INT64_MAX - RECORD_MAX_BYTES, 64).outside, 64);
	ck_assert_uint_eq(look(0, 980, 100).others, 20);
	stash_release(&evidence.damage);
}
END_TEST

START_TEST(finds_the_damage_at_an_offset)
{
	make_damage();
	ck_assert_uint_eq(damage_find(&evidence, 0, 0), 0);
	ck_assert_uint_eq(damage_find(&evidence, 0, 139), 0);
	ck_assert_uint_eq(damage_find(&evidence, 0, 140), 1);
	ck_assert_uint_eq(damage_find(&evidence, 0, 270), 4);
	ck_assert_uint_eq(damage_find(&evidence, 1, 49), 4);
	ck_assert_uint_eq(damage_find(&evidence, 1, 50), 5);
	stash_release(&evidence.damage);
}
END_TEST

UNIT_MAIN("place", 20, sums_up_what_is_there, before_and_beyond_the_file,
	  finds_the_damage_at_an_offset)
