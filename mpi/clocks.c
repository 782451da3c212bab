/* clocks - see clocks.h. */
#include "mpi/clocks.h"

#include "core/clock.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A leader that got no answer says so by this round trip. */
#define NO_SAMPLE UINT64_MAX

int clocks_init(struct clocks *clocks, struct mailbox *box, const struct hosts *hosts,
		struct endpoints *addresses)
{
	struct clocks c = {.box = box, .hosts = hosts, .peer.fd = -1};
	uint32_t rank = box->world->rank;
	int rc;

	c.series = calloc(hosts->count, sizeof(*c.series));
	if (!c.series)
		return -ENOMEM;
	rc = world_broadcast(box->world, addresses, sizeof(*addresses));
	if (rc < 0) {
		free(c.series);
		return rc;
	}
	/* A service out of reach is no failure: this host gives no samples. */
	if (hosts->rank_host[rank] != 0 && hosts_is_leader(hosts, rank) &&
	    addresses->count)
		(void)clock_peer_find(&c.peer, addresses);
	*clocks = c;
	return 0;
}

void clocks_release(struct clocks *clocks)
{
	if (!clocks->series)
		return;
	for (size_t i = 0; i < clocks->hosts->count; i++)
		free(clocks->series[i].samples);
	free(clocks->series);
	clock_peer_close(&clocks->peer);
	memset(clocks, 0, sizeof(*clocks));
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

/* A leader was called: take a sample and send it. */
static int answer_call(struct clocks *clocks)
{
	struct clock_sample sample = {.rtt_ns = NO_SAMPLE};
	struct mail mail = {.kind = MAIL_CLOCK_SAMPLE};

	(void)clock_peer_sample(&clocks->peer, &sample);
	mail.value[0] = sample.at_ns;
	mail.value[1] = (uint64_t)sample.offset_ns;
	mail.value[2] = sample.rtt_ns;
	return mail_send(clocks->box, 0, &mail);
}

/* Rank 0: call the next leaders of the round, as many as may be. */
static int call_leaders(struct clocks *clocks)
{
	const struct hosts *hosts = clocks->hosts;
	struct mail call = {.kind = MAIL_CLOCK_CALL};
	int rc = 0;

	while (rc == 0 && clocks->next < hosts->count &&
	       clocks->awaited < CLOCK_AT_ONCE) {
		rc = mail_send(clocks->box, hosts->host[clocks->next].leader, &call);
		clocks->next++;
		clocks->awaited++;
	}
	return rc;
}

/* Rank 0: a sample came. */
static int take_sample(struct clocks *clocks, const struct mail *mail)
{
	struct clock_sample sample = {
		.at_ns = mail->value[0],
		.offset_ns = (int64_t)mail->value[1],
		.rtt_ns = mail->value[2],
	};
	int rc = 0;

	clocks->awaited -= clocks->awaited > 0;
	if (sample.rtt_ns != NO_SAMPLE)
		rc = series_add(&clocks->series[clocks->hosts->rank_host[mail->from]],
				&sample);
	return rc < 0 ? rc : call_leaders(clocks);
}

int clocks_receive(struct clocks *clocks, const struct mail *mail)
{
	int rc;

	switch (mail->kind) {
	case MAIL_CLOCK_CALL:
		rc = answer_call(clocks);
		break;
	case MAIL_CLOCK_SAMPLE:
		rc = take_sample(clocks, mail);
		break;
	default:
		return 0;
	}
	return rc < 0 ? rc : 1;
}

int clocks_tick(struct clocks *clocks, uint64_t now_ns)
{
	struct clock_sample exact = {.at_ns = now_ns}; /* of our own host */
	int rc;

	if (clocks->awaited ||
	    (!clocks->hurry && now_ns - clocks->round_ns < CLOCK_INTERVAL_NS))
		return 0;
	clocks->hurry = false;
	clocks->round_ns = now_ns;
	clocks->next = 1;
	rc = series_add(&clocks->series[0], &exact);
	return rc < 0 ? rc : call_leaders(clocks);
}

void clocks_hurry(struct clocks *clocks)
{
	clocks->hurry = true;
}

bool clocks_round_complete(const struct clocks *clocks)
{
	/* While there are more to call, somebody is awaited. */
	return !clocks->hurry && !clocks->awaited;
}

void clocks_forget(struct clocks *clocks)
{
	for (size_t host = 0; host < clocks->hosts->count; host++) {
		struct clock_series *series = &clocks->series[host];

		if (series->count < 2)
			continue;
		series->samples[0] = series->samples[series->count - 1];
		series->count = 1;
	}
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
