/*
 * Turns: a writer pauses after so many holds, and its pauses find the length that
 * lets another come in between.
 */
#include "workloads/turn.h"

#include "tests/unit/unit.h"

#define HOLD_NS	     ((uint64_t)1000000)
#define RECORD_BYTES 100

/* A writer alone with its file, or with another who comes in after a while. */
struct scene {
	struct turn turn;
	uint64_t now_ns;
	int64_t end; /* of the file */
	unsigned int pauses;
	uint64_t paused_ns;
};

/* Make one hold; after a pause of @needed_ns or more another appends. */
static void hold(struct scene *s, uint64_t needed_ns)
{
	int64_t offset = s->end;
	uint64_t pause_ns;

	s->now_ns += HOLD_NS;
	s->end += RECORD_BYTES;
	pause_ns = turn_pause_ns(&s->turn, offset, s->end, s->now_ns);
	s->now_ns += pause_ns;
	s->paused_ns += pause_ns;
	s->pauses += pause_ns > 0;
	if (pause_ns && pause_ns >= needed_ns)
		s->end += RECORD_BYTES;
}

START_TEST(zero_holds_never_pause)
{
	struct scene s = {0};

	turn_begin(&s.turn, 0, 0);
	for (int i = 0; i < 1000; i++)
		hold(&s, 0);
	ck_assert_uint_eq(s.pauses, 0);
}
END_TEST

START_TEST(one_pause_per_turn)
{
	struct scene s = {0};

	turn_begin(&s.turn, 16, 0);
	for (int i = 0; i < 160; i++)
		hold(&s, 0);
	ck_assert_uint_eq(s.pauses, 10);
}
END_TEST

/* Whoever needs 3 ms to come in gets them, and not much more. */
START_TEST(pause_grows_until_another_comes)
{
	struct scene s = {0};
	uint64_t paused_ns;

	turn_begin(&s.turn, 16, 0);
	for (int i = 0; i < 16 * 100; i++)
		hold(&s, 3000000);
	paused_ns = s.paused_ns;
	s.pauses = 0;
	for (int i = 0; i < 16 * 100; i++)
		hold(&s, 3000000);
	ck_assert_uint_eq(s.pauses, 100);
	ck_assert_uint_gt((s.paused_ns - paused_ns) / 100, 2000000);
	ck_assert_uint_lt((s.paused_ns - paused_ns) / 100, 6000000);
}
END_TEST

/* With nobody to meet, at least half of the time is still spent appending. */
START_TEST(alone_it_works_half_of_the_time)
{
	struct scene s = {0};

	turn_begin(&s.turn, 16, 0);
	for (int i = 0; i < 16 * 1000; i++)
		hold(&s, UINT64_MAX);
	ck_assert_uint_le(s.paused_ns, s.now_ns / 2);
}
END_TEST

UNIT_MAIN("turn", 60, zero_holds_never_pause, one_pause_per_turn,
	  pause_grows_until_another_comes, alone_it_works_half_of_the_time)
