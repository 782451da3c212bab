/*
 * test_recognise - both ways to recognise records of one size, on what is right and on
 * what is wrong in a single point.
 */
/* The source itself: this machine's processor would only ever take one of them. */
#include "core/record.c"
#include "tests/unit/unit.h"

enum { RECORDS = 5 };

typedef size_t recogniser(const struct record_form *form, const uint8_t *bytes,
			  size_t max, struct record_id *ret_ids);

static const uint32_t sizes[] = {64,  65,  90,	95,  96,  97,  100, 127,  128,	129,
				 160, 255, 256, 575, 576, 577, 608, 1000, 4096, 4100};

enum { SIZES = sizeof(sizes) / sizeof(sizes[0]) };

static const struct record_id ids[RECORDS] = {
	{0, 0},
	{RECORD_MAX_WRITERS - 1, RECORD_MAX_SEQ},
	{0xa5f31, 0x123456789a},
	{1, 0xfffff},
	{31, 1 << 20},
};

struct bench {
	struct record_form form;
	uint32_t size;
	/* Of its own, to its last byte: what reads on is seen by a sanitizer. */
	uint8_t *bytes;
	recogniser *ways[2];
	size_t way_count;
};

static void bench_init(struct bench *b, uint32_t size)
{
	struct record_plan plan = {
		.run_id = "k3fpqrstuv01",
		.strategy_index = 3,
		.min_bytes = size,
		.max_bytes = size,
	};

	b->size = size;
	ck_assert_int_eq(record_form_init(&b->form, &plan), 0);
	b->bytes = malloc((size_t)size * RECORDS);
	ck_assert_ptr_nonnull(b->bytes);
	for (size_t i = 0; i < RECORDS; i++)
		record_write(&b->form, ids[i], b->bytes + i * size);
	b->ways[0] = recognise_plainly;
	b->ways[1] = recognise_wide;
	b->way_count = recognise_is_wide() ? 2 : 1;
}

static void bench_free(struct bench *b)
{
	record_form_release(&b->form);
	free(b->bytes);
}

/* How many ways do not find so many of @max, and the right ones? */
static size_t astray(const struct bench *b, size_t max, size_t expected)
{
	struct record_id found[RECORDS];
	size_t count = 0;

	for (size_t way = 0; way < b->way_count; way++) {
		bool right = b->ways[way](&b->form, b->bytes, max, found) == expected;

		for (size_t i = 0; i < expected; i++)
			right = right && found[i].writer == ids[i].writer &&
				found[i].seq == ids[i].seq;
		count += !right;
	}
	return count;
}

START_TEST(records_of_any_size_and_identity)
{
	struct bench b;

	for (size_t i = 0; i < SIZES; i++) {
		bench_init(&b, sizes[i]);
		for (size_t max = 0; max <= RECORDS; max++)
			ck_assert_uint_eq(astray(&b, max, max), 0);
		bench_free(&b);
	}
}
END_TEST

START_TEST(no_changed_bit_is_overlooked)
{
	size_t missed = 0;
	struct bench b;

	for (size_t i = 0; i < SIZES; i++) {
		bench_init(&b, sizes[i]);
		for (size_t at = 0; at < (size_t)b.size * RECORDS; at++)
			for (int bit = 0; bit < 8; bit++) {
				b.bytes[at] ^= (uint8_t)(1 << bit);
				missed += astray(&b, RECORDS, at / b.size);
				b.bytes[at] ^= (uint8_t)(1 << bit);
			}
		bench_free(&b);
	}
	ck_assert_uint_eq(missed, 0);
}
END_TEST

/* The same bit of two cells, of a head too: it does not make up for itself. */
START_TEST(nor_one_changed_twice)
{
	size_t missed = 0;
	struct bench b;

	for (size_t i = 0; i < SIZES; i++) {
		bench_init(&b, sizes[i]);
		for (size_t at = RECORD_CELL_BYTES; at < b.size; at++)
			for (size_t less = 1; less <= at / RECORD_CELL_BYTES; less++) {
				size_t other = at - less * RECORD_CELL_BYTES;

				b.bytes[at] ^= 4;
				b.bytes[other] ^= 4;
				missed += astray(&b, RECORDS, 0);
				b.bytes[at] ^= 4;
				b.bytes[other] ^= 4;
			}
		bench_free(&b);
	}
	ck_assert_uint_eq(missed, 0);
}
END_TEST

/* The first record's cells all changed alike, and their checks with them. */
static void change_identity(struct bench *b, size_t character, uint8_t flip)
{
	const uint64_t bits = (uint64_t)flip << 8 * (character % 8);
	struct cell_words change =
		character < 8 ? cell_change(0, bits) : cell_change(bits, 0);
	const uint8_t *bits_of = (const uint8_t *)&change;

	for (size_t at = 0; at + 1 < b->size; at++)
		b->bytes[at] ^= bits_of[at % RECORD_CELL_BYTES];
}

/*
 * Have the first record, of which all follows from its identity, say @c there: 0 to 7
 * are its number, the rest the writer.  Only base32hex digits make an identity.
 */
static size_t judged_wrong(struct bench *b, unsigned int character, unsigned int c)
{
	static const char digits[] = "0123456789abcdefghijklmnopqrstuv";
	const char *digit = c ? strchr(digits, (int)c) : NULL;
	uint64_t value = digit ? (uint64_t)(digit - digits) : 0;
	bool of_seq = character < 8;
	struct record_id found = {0, 0},
			 id = {
				 .seq = of_seq ? value << 5 * (7 - character) : 0,
				 .writer = of_seq ? 0
						  : (uint32_t)value
							    << 5 * (11 - character),
			 };
	size_t wrong = 0;

	change_identity(b, character, (uint8_t)('0' ^ c));
	for (size_t way = 0; way < b->way_count; way++) {
		wrong += b->ways[way](&b->form, b->bytes, 1, &found) != (digit != NULL);
		if (digit)
			wrong += found.seq != id.seq || found.writer != id.writer;
	}
	change_identity(b, character, (uint8_t)('0' ^ c));
	return wrong;
}

START_TEST(every_character_of_an_identity)
{
	size_t wrong = 0;
	struct bench b;

	for (size_t i = 0; i < SIZES; i++) {
		bench_init(&b, sizes[i]);
		for (unsigned int character = 0; character < 12; character++)
			for (unsigned int c = 0; c < 256; c++)
				wrong += judged_wrong(&b, character, c);
		bench_free(&b);
	}
	ck_assert_uint_eq(wrong, 0);
}
END_TEST

/* A bit of all the first record's cells. */
static void change_all(struct bench *b, int bit)
{
	for (size_t at = (size_t)bit / 8; at + 1 < b->size; at += RECORD_CELL_BYTES)
		b->bytes[at] ^= (uint8_t)(1 << bit % 8);
}

START_TEST(a_check_that_does_not_follow)
{
	size_t missed = 0;
	struct bench b;

	for (size_t i = 0; i < SIZES; i++) {
		bench_init(&b, sizes[i]);
		for (int bit = 0; bit < 8 * RECORD_CELL_BYTES; bit++) {
			change_all(&b, bit);
			missed += astray(&b, RECORDS, 0);
			change_all(&b, bit);
		}
		bench_free(&b);
	}
	ck_assert_uint_eq(missed, 0);
}
END_TEST

START_TEST(random_identities)
{
	size_t wrong = 0;
	uint64_t seed = 8;
	struct bench b;

	for (size_t i = 0; i < SIZES; i++) {
		bench_init(&b, sizes[i]);
		for (int turn = 0; turn < 1000; turn++) {
			struct record_id id = {
				(uint32_t)(random_next(&seed) >> 44),
				random_next(&seed) >> 24,
			};
			struct record_id found = {0, 0};

			record_write(&b.form, id, b.bytes);
			for (size_t way = 0; way < b.way_count; way++) {
				wrong += b.ways[way](&b.form, b.bytes, 1, &found) != 1;
				wrong += found.writer != id.writer ||
					 found.seq != id.seq;
			}
		}
		bench_free(&b);
	}
	ck_assert_uint_eq(wrong, 0);
}
END_TEST

UNIT_MAIN("recognise", 120, records_of_any_size_and_identity,
	  no_changed_bit_is_overlooked, nor_one_changed_twice,
	  every_character_of_an_identity, a_check_that_does_not_follow,
	  random_identities)
