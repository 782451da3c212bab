/* turn - see turn.h. */
#include "workloads/turn.h"

/* From the time a process takes to wake up, to what a person would notice. */
#define PAUSE_MIN_NS ((uint64_t)10 * 1000)
#define PAUSE_MAX_NS ((uint64_t)50 * 1000 * 1000)

#define NOT_PAUSED (-1)

void turn_begin(struct turn *turn, uint32_t holds, uint64_t now_ns)
{
	*turn = (struct turn){
		.holds = holds,
		.began_ns = now_ns,
		.pause_ns = PAUSE_MIN_NS,
		.last_end = NOT_PAUSED,
	};
}

/*
 * Did somebody come in the pause before?  Then a shorter one may do; else twice
 * as long, but no longer than the turn took, so that a writer who has nobody to
 * meet works at least half of the time.
 */
static void adapt(struct turn *turn, int64_t offset)
{
	uint64_t most = turn->took_ns < PAUSE_MAX_NS ? turn->took_ns : PAUSE_MAX_NS;

	if (offset != turn->last_end)
		turn->pause_ns -= turn->pause_ns / 8;
	else
		turn->pause_ns *= 2;
	if (turn->pause_ns > most)
		turn->pause_ns = most;
	if (turn->pause_ns < PAUSE_MIN_NS)
		turn->pause_ns = PAUSE_MIN_NS;
}

uint64_t turn_pause_ns(struct turn *turn, int64_t offset, int64_t end, uint64_t now_ns)
{
	if (!turn->holds)
		return 0;
	if (turn->done == 0 && turn->last_end != NOT_PAUSED)
		adapt(turn, offset);
	if (++turn->done < turn->holds)
		return 0;
	turn->done = 0;
	turn->last_end = end;
	turn->took_ns = now_ns - turn->began_ns;
	turn->began_ns = now_ns + turn->pause_ns;
	return turn->pause_ns;
}
