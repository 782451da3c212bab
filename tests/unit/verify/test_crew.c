/* test_crew - threads that work together: never none, never more than asked for. */
#include "tests/unit/unit.h"
#include "verify/crew.h"

#include <stdatomic.h>

static void count(void *context)
{
	atomic_int *workers = context;

	(*workers)++;
}

START_TEST(so_many_work)
{
	for (int members = 0; members <= 2 * CREW_MAX; members++) {
		int most = members < 1 ? 1 : members > CREW_MAX ? CREW_MAX : members;
		atomic_int workers = 0;

		crew_run((uint32_t)members, count, &workers);
		/* The system may give fewer. */
		ck_assert_int_ge(workers, 1);
		ck_assert_int_le(workers, most);
		if (members == 1)
			ck_assert_int_eq(workers, 1);
	}
}
END_TEST

START_TEST(there_is_a_processor)
{
	ck_assert_uint_ge(crew_processors(), 1);
	ck_assert_uint_le(crew_processors(), CREW_MAX);
}
END_TEST

UNIT_MAIN("crew", 20, so_many_work, there_is_a_processor)
