/* test_claim - the names of claims, as docs and result.json spell them. */
#include "core/claim.h"
#include "tests/unit/unit.h"

START_TEST(names_and_bits)
{
	ck_assert_uint_eq(claim_by_name("complete"), CLAIM_COMPLETE);
	ck_assert_uint_eq(claim_by_name("once"), CLAIM_ONCE);
	ck_assert_uint_eq(claim_by_name("no_gap"), CLAIM_NO_GAP);
	ck_assert_uint_eq(claim_by_name("writer_order"), CLAIM_WRITER_ORDER);
	ck_assert_uint_eq(claim_by_name("realtime_order"), CLAIM_REALTIME_ORDER);
	ck_assert_uint_eq(claim_by_name("exclusion"), CLAIM_EXCLUSION);
	for (unsigned int bit = 0; bit < CLAIM_COUNT; bit++)
		ck_assert_uint_eq(claim_by_name(claim_names[bit]), 1u << bit);
}
END_TEST

START_TEST(anything_else_is_no_claim)
{
	ck_assert_uint_eq(claim_by_name(""), 0);
	ck_assert_uint_eq(claim_by_name("Complete"), 0);
	ck_assert_uint_eq(claim_by_name("complete "), 0);
	ck_assert_uint_eq(claim_by_name("comp"), 0);
}
END_TEST

UNIT_MAIN("claim", 10, names_and_bits, anything_else_is_no_claim)
