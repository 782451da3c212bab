/*
 * test_cells - both ways of the loops over cells against the same, a byte at a time.
 */
/* The source itself: this machine's processor would only ever take one of them. */
#include "core/cells.c"
#include "core/random.h"
#include "tests/unit/unit.h"

enum { CELLS = 70 };

typedef void writer(const uint8_t (*form)[RECORD_CELL_BYTES], size_t count,
		    const uint8_t *difference, uint8_t *to);
typedef void changer(uint8_t *bytes, size_t count, uint64_t word1, uint64_t word2,
		     uint64_t word3);
typedef bool comparer(const uint8_t (*form)[RECORD_CELL_BYTES], size_t count,
		      const uint8_t *difference, const uint8_t *bytes);

static const struct way {
	writer *write;
	changer *change;
	comparer *equal;
} ways[] = {
	{cells_write, cells_change, cells_equal},
	{write_plainly, change_plainly, equal_plainly},
};

static uint8_t form[CELLS][RECORD_CELL_BYTES];
static uint8_t difference[RECORD_CELL_BYTES];
static uint8_t expected[CELLS * RECORD_CELL_BYTES];

static void fill(void)
{
	uint64_t seed = 5;

	for (size_t i = 0; i < RECORD_CELL_BYTES; i++)
		difference[i] = (uint8_t)random_next(&seed);
	for (size_t i = 0; i < sizeof(expected); i++) {
		form[i / RECORD_CELL_BYTES][i % RECORD_CELL_BYTES] =
			(uint8_t)random_next(&seed);
		expected[i] = form[i / RECORD_CELL_BYTES][i % RECORD_CELL_BYTES] ^
			      difference[i % RECORD_CELL_BYTES];
	}
}

/* Into any place, and not a byte beyond. */
START_TEST(writes_all_and_no_more)
{
	uint8_t room[sizeof(expected) + 64];

	fill();
	for (size_t way = 0; way < 2; way++)
		for (size_t count = 0; count <= CELLS; count++) {
			size_t at = 1 + count % 31;
			size_t end = at + count * RECORD_CELL_BYTES;

			memset(room, 0xee, sizeof(room));
			ways[way].write(form, count, difference, room + at);
			ck_assert_mem_eq(room + at, expected, end - at);
			ck_assert_uint_eq(room[at - 1], 0xee);
			ck_assert_uint_eq(room[end], 0xee);
		}
}
END_TEST

/* Where they lie, and not a byte beyond; the first word of each stays. */
START_TEST(changes_all_and_no_more)
{
	uint8_t room[sizeof(expected) + 64];
	uint64_t words[RECORD_CELL_BYTES / sizeof(uint64_t)];

	fill();
	memcpy(words, difference, sizeof(words));
	for (size_t way = 0; way < 2; way++)
		for (size_t count = 0; count <= CELLS; count++) {
			size_t at = 1 + count % 31;
			size_t end = count * RECORD_CELL_BYTES;

			memset(room, 0xee, sizeof(room));
			memcpy(room + at, form, end);
			ways[way].change(room + at, count, words[1], words[2],
					 words[3]);
			for (size_t i = 0; i < end; i++)
				ck_assert_uint_eq(room[at + i],
						  i % RECORD_CELL_BYTES <
								  sizeof(words[0])
							  ? form[i / RECORD_CELL_BYTES]
								[i % RECORD_CELL_BYTES]
							  : expected[i]);
			ck_assert_uint_eq(room[at - 1], 0xee);
			ck_assert_uint_eq(room[at + end], 0xee);
		}
}
END_TEST

START_TEST(sees_any_changed_bit)
{
	uint8_t bytes[sizeof(expected) + 1];

	fill();
	memcpy(bytes + 1, expected, sizeof(expected));
	for (size_t way = 0; way < 2; way++) {
		ck_assert(ways[way].equal(form, 0, difference, bytes + 1));
		for (size_t i = 0; i < sizeof(expected); i++) {
			size_t cell = i / RECORD_CELL_BYTES;

			bytes[1 + i] ^= (uint8_t)(1 << i % 8);
			ck_assert(!ways[way].equal(form, CELLS, difference, bytes + 1));
			/* The cells before it are as they were. */
			ck_assert(ways[way].equal(form, cell, difference, bytes + 1));
			bytes[1 + i] ^= (uint8_t)(1 << i % 8);
			ck_assert(ways[way].equal(form, CELLS, difference, bytes + 1));
		}
	}
}
END_TEST

/* The same bit of two cells, of whichever they are, does not make up for itself. */
START_TEST(sees_the_same_bit_changed_twice)
{
	uint8_t bytes[sizeof(expected)];

	fill();
	memcpy(bytes, expected, sizeof(expected));
	for (size_t way = 0; way < 2; way++)
		for (size_t a = 0; a < CELLS; a++)
			for (size_t b = 0; b < a; b++) {
				size_t at = (a + b) % RECORD_CELL_BYTES;

				bytes[a * RECORD_CELL_BYTES + at] ^= 0x10;
				bytes[b * RECORD_CELL_BYTES + at] ^= 0x10;
				ck_assert(!ways[way].equal(form, CELLS, difference,
							   bytes));
				bytes[a * RECORD_CELL_BYTES + at] ^= 0x10;
				bytes[b * RECORD_CELL_BYTES + at] ^= 0x10;
			}
}
END_TEST

UNIT_MAIN("cells", 30, writes_all_and_no_more, changes_all_and_no_more,
	  sees_any_changed_bit, sees_the_same_bit_changed_twice)
