/* clocks - see clocks.h. */
#include "mpi/clocks.h"

#include "core/clock.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int clocks_init(struct clocks *clocks, struct mailbox *box, const struct hosts *hosts)
{
	struct clocks c = {.box = box, .hosts = hosts};

	c.series = calloc(hosts->count, sizeof(*c.series));
	if (!c.series)
		return -ENOMEM;
	c.next = hosts->count; /* no round is under way */
	*clocks = c;
	return 0;
}

void clocks_release(struct clocks *clocks)
{
	for (size_t i = 0; clocks->series && i < clocks->hosts->count; i++)
		free(clocks->series[i].samples);
	free(clocks->series);
	memset(clocks, 0, sizeof(*clocks));
}

struct clock_sample clock_sample_of(uint64_t sent_ns, uint64_t remote_ns,
				    uint64_t returned_ns)
{
	uint64_t rtt_ns = returned_ns - sent_ns;
	uint64_t middle_ns = sent_ns + rtt_ns / 2;

	return (struct clock_sample){
		.at_ns = middle_ns,
		.offset_ns = (int64_t)(remote_ns - middle_ns),
		.rtt_ns = rtt_ns,
	};
}

static int series_add(struct clock_series *series, const struct clock_sample *sample)
{
	size_t room = series->room ? series->room * 2 : 64;
	struct clock_sample *samples;

	if (series->count == series->room) {
		samples = realloc(series->samples, room * sizeof(*samples));
		if (!samples)
			return -ENOMEM;
		series->samples = samples;
		series->room = room;
	}
	series->samples[series->count++] = *sample;
	return 0;
}

/* ---- the leader's side ------------------------------------------------- */

static int send_ping(struct clocks *clocks)
{
	struct mail ping = {.kind = MAIL_CLOCK_PING, .value = {clock_now_ns()}};

	return mail_send(clocks->box, 0, &ping);
}

static int answer_call(struct clocks *clocks)
{
	clocks->exchanges = 0;
	clocks->best = (struct clock_sample){.rtt_ns = UINT64_MAX};
	return send_ping(clocks);
}

static int end_burst(struct clocks *clocks)
{
	struct mail mail = {
		.kind = MAIL_CLOCK_SAMPLE,
		.value = {clocks->best.at_ns, (uint64_t)clocks->best.offset_ns,
			  clocks->best.rtt_ns},
	};

	clocks->spin_until_ns = 0;
	return mail_send(clocks->box, 0, &mail);
}

static int take_pong(struct clocks *clocks, const struct mail *pong)
{
	uint64_t now_ns = clock_now_ns();
	struct clock_sample sample =
		clock_sample_of(pong->value[0], pong->value[1], now_ns);

	if (sample.rtt_ns < clocks->best.rtt_ns)
		clocks->best = sample;
	/* The first exchange found rank 0 asleep: the burst begins with it. */
	if (clocks->exchanges++ == 0)
		clocks->spin_until_ns = now_ns + CLOCK_SPIN_NS;
	if (clocks->exchanges >= CLOCK_EXCHANGES || now_ns >= clocks->spin_until_ns)
		return end_burst(clocks);
	return send_ping(clocks);
}

/* ---- rank 0's side ----------------------------------------------------- */

static int answer_ping(struct clocks *clocks, const struct mail *ping)
{
	struct mail pong = {
		.kind = MAIL_CLOCK_PONG,
		.value = {ping->value[0], clock_now_ns()},
	};

	if (!clocks->spin_until_ns)
		clocks->spin_until_ns = pong.value[1] + CLOCK_SPIN_NS;
	return mail_send(clocks->box, ping->from, &pong);
}

static int take_sample(struct clocks *clocks, const struct mail *mail)
{
	struct clock_sample sample = {
		.at_ns = mail->value[0],
		.offset_ns = (int64_t)mail->value[1],
		.rtt_ns = mail->value[2],
	};

	clocks->busy = false;
	clocks->spin_until_ns = 0;
	return series_add(&clocks->series[clocks->asked], &sample);
}

/* Rank 0's own host: the same clock. */
static int sample_own_host(struct clocks *clocks, uint64_t now_ns)
{
	struct clock_sample exact = {.at_ns = now_ns};

	return series_add(&clocks->series[0], &exact);
}

static bool round_is_over(const struct clocks *clocks)
{
	return !clocks->busy && clocks->next >= clocks->hosts->count;
}

static int begin_round(struct clocks *clocks, uint64_t now_ns)
{
	if (!clocks->hurry && now_ns - clocks->round_ns < CLOCK_INTERVAL_NS)
		return 0;
	clocks->hurry = false;
	clocks->round_ns = now_ns;
	clocks->next = 1; /* host 0 is our own */
	return sample_own_host(clocks, now_ns);
}

int clocks_tick(struct clocks *clocks, uint64_t now_ns)
{
	struct mail call = {.kind = MAIL_CLOCK_CALL};

	if (clocks->busy)
		return 0;
	if (round_is_over(clocks))
		return begin_round(clocks, now_ns);
	clocks->asked = clocks->next++;
	clocks->busy = true;
	clocks->spin_until_ns = 0;
	return mail_send(clocks->box, clocks->hosts->host[clocks->asked].leader, &call);
}

void clocks_hurry(struct clocks *clocks)
{
	clocks->hurry = true;
}

bool clocks_round_complete(const struct clocks *clocks)
{
	return !clocks->hurry && round_is_over(clocks);
}

/* What is to be added to @host's clock to get rank 0's. */
static uint64_t offset_of(const struct clocks *clocks, size_t host)
{
	const struct clock_series *series = &clocks->series[host];

	return series->count ? (uint64_t)series->samples[series->count - 1].offset_ns
			     : 0;
}

uint64_t clocks_to_host(const struct clocks *clocks, size_t host, uint64_t at_ns)
{
	return at_ns - offset_of(clocks, host);
}

uint64_t clocks_from_host(const struct clocks *clocks, size_t host, uint64_t at_ns)
{
	return at_ns + offset_of(clocks, host);
}

/* ---- both -------------------------------------------------------------- */

int clocks_receive(struct clocks *clocks, const struct mail *mail)
{
	int rc;

	switch (mail->kind) {
	case MAIL_CLOCK_CALL:
		rc = answer_call(clocks);
		break;
	case MAIL_CLOCK_PING:
		rc = answer_ping(clocks, mail);
		break;
	case MAIL_CLOCK_PONG:
		rc = take_pong(clocks, mail);
		break;
	case MAIL_CLOCK_SAMPLE:
		rc = take_sample(clocks, mail);
		break;
	default:
		return 0;
	}
	return rc < 0 ? rc : 1;
}

bool clocks_spinning(const struct clocks *clocks, uint64_t now_ns)
{
	return now_ns < clocks->spin_until_ns;
}
