/*
 * test_crc32c - the checksum against the vectors of RFC 3720 appendix B.4,
 * against a bit-by-bit division, and the linearity that records build on.
 */
/* The source itself: this machine's processor would never take the table. */
#include "core/crc32c.c"
#include "core/random.h"
#include "tests/unit/unit.h"

#include <stdint.h>
#include <string.h>

/* One bit at a time, straight from the reflected polynomial. */
static uint32_t slow_raw(uint32_t state, const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		state ^= bytes[i];
		for (int bit = 0; bit < 8; bit++)
			state = state & 1 ? state >> 1 ^ 0x82f63b78u : state >> 1;
	}
	return state;
}

static void fill(uint8_t *bytes, size_t len, uint64_t seed)
{
	for (size_t i = 0; i < len; i++)
		bytes[i] = (uint8_t)random_next(&seed);
}

START_TEST(rfc_3720_vectors)
{
	uint8_t bytes[32];

	memset(bytes, 0, sizeof(bytes));
	ck_assert_uint_eq(crc32c(bytes, sizeof(bytes)), 0x8a9136aau);
	memset(bytes, 0xff, sizeof(bytes));
	ck_assert_uint_eq(crc32c(bytes, sizeof(bytes)), 0x62a8ab43u);
	for (unsigned int i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)i;
	ck_assert_uint_eq(crc32c(bytes, sizeof(bytes)), 0x46dd794eu);
	for (unsigned int i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(31 - i);
	ck_assert_uint_eq(crc32c(bytes, sizeof(bytes)), 0x113fdb5cu);
	/* The check value that catalogues of CRCs give. */
	ck_assert_uint_eq(crc32c("123456789", 9), 0xe3069283u);
}
END_TEST

START_TEST(agrees_with_the_slow_division)
{
	uint8_t bytes[300];

	fill(bytes, sizeof(bytes), 7);
	for (size_t from = 0; from < 9; from++)
		for (size_t len = 0; from + len <= sizeof(bytes); len++) {
			ck_assert_uint_eq(crc32c_raw((uint32_t)len, bytes + from, len),
					  slow_raw((uint32_t)len, bytes + from, len));
			ck_assert_uint_eq(crc32c(bytes + from, len),
					  ~slow_raw(~0u, bytes + from, len));
			ck_assert_uint_eq(by_table((uint32_t)len, bytes + from, len),
					  slow_raw((uint32_t)len, bytes + from, len));
		}
}
END_TEST

START_TEST(continues_at_every_cut)
{
	uint8_t bytes[64];
	uint32_t whole;

	fill(bytes, sizeof(bytes), 8);
	whole = crc32c_raw(~0u, bytes, sizeof(bytes));
	for (size_t cut = 0; cut <= sizeof(bytes); cut++) {
		uint32_t first = crc32c_raw(~0u, bytes, cut);

		ck_assert_uint_eq(crc32c_raw(first, bytes + cut, sizeof(bytes) - cut),
				  whole);
	}
}
END_TEST

START_TEST(blocks_with_a_number_before_each)
{
	enum { COUNT = 9, STRIDE = 13 };
	uint8_t bytes[COUNT * STRIDE];
	uint32_t sums[COUNT];

	fill(bytes, sizeof(bytes), 9);
	for (size_t len = 0; len <= STRIDE; len++) {
		const uint64_t first = 0xfffffffffffffffd + len;

		crc32c_raw_numbered(77, first, bytes, len, STRIDE, COUNT, sums);
		for (size_t i = 0; i < COUNT; i++) {
			uint8_t covered[8 + STRIDE];

			for (size_t k = 0; k < 8; k++)
				covered[k] = (uint8_t)((first + i) >> 8 * k);
			memcpy(covered + 8, bytes + i * STRIDE, len);
			ck_assert_uint_eq(sums[i], slow_raw(77, covered, 8 + len));
		}
	}
}
END_TEST

START_TEST(a_block_of_sixty)
{
	uint8_t bytes[8 + 60];

	for (uint64_t seed = 0; seed < 100; seed++) {
		fill(bytes, sizeof(bytes), seed);
		ck_assert_uint_eq(crc32c_raw_numbered_60((uint32_t)seed,
							 get_le64(bytes), bytes + 8),
				  slow_raw((uint32_t)seed, bytes, sizeof(bytes)));
	}
}
END_TEST

START_TEST(is_linear_from_zero)
{
	uint8_t a[40], b[40], both[40];

	for (uint64_t seed = 0; seed < 1000; seed++) {
		size_t len = seed % (sizeof(a) + 1);

		fill(a, len, seed);
		fill(b, len, ~seed);
		for (size_t i = 0; i < len; i++)
			both[i] = a[i] ^ b[i];
		ck_assert_uint_eq(crc32c_raw(0, both, len),
				  crc32c_raw(0, a, len) ^ crc32c_raw(0, b, len));
	}
}
END_TEST

UNIT_MAIN("crc32c", 30, rfc_3720_vectors, agrees_with_the_slow_division,
	  continues_at_every_cut, blocks_with_a_number_before_each, a_block_of_sixty,
	  is_linear_from_zero)
