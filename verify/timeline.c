/* timeline - see timeline.h. */
#include "verify/timeline.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* How far a clock that NTP slews may run from another one's rate. */
#define DRIFT_PPM 500

/* The first sample of @host not before @own_ns, by bisection; sample_count if none. */
static size_t sample_after(const struct manifest_host *host, uint64_t own_ns)
{
	size_t low = 0, high = host->sample_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (host->samples[middle].at_ns < own_ns)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* How far what a sample says may be off, so far from it on the host's own clock. */
static uint64_t error_ns(const struct clock_sample *sample, uint64_t distance_ns)
{
	return sample->rtt_ns / 2 + distance_ns / (1000000 / DRIFT_PPM) + 1;
}

/* Is sample number @index, not the first, within the errors of the one before? */
static bool agrees_with_last(const struct manifest_host *host, size_t index)
{
	const struct clock_sample *b = &host->samples[index], *a = b - 1;
	uint64_t apart = a->offset_ns > b->offset_ns
				 ? (uint64_t)a->offset_ns - (uint64_t)b->offset_ns
				 : (uint64_t)b->offset_ns - (uint64_t)a->offset_ns;

	return apart <= error_ns(a, b->at_ns - a->at_ns) + error_ns(b, 0);
}

struct moment timeline_moment_elsewhere(const struct manifest *manifest, uint32_t host,
					uint64_t own_ns)
{
	const struct manifest_host *h = &manifest->hosts[host];
	struct moment moment = {
		.host = host,
		.own_ns = own_ns,
		.low_ns = INT64_MIN,
		.high_ns = INT64_MAX,
	};
	const struct clock_sample *after, *sample;
	uint64_t error;
	int64_t aligned;
	size_t next;

	if (own_ns > TIMELINE_MAX_NS || !h->sample_count)
		return moment;
	next = sample_after(h, own_ns);
	sample = after = &h->samples[next];
	if (next > 0 && next < h->sample_count && after->at_ns != own_ns &&
	    !agrees_with_last(h, next))
		return moment;
	if (next == h->sample_count ||
	    (next > 0 && own_ns - after[-1].at_ns < after->at_ns - own_ns))
		sample = after - 1;
	error = error_ns(sample, own_ns > sample->at_ns ? own_ns - sample->at_ns
							: sample->at_ns - own_ns);
	aligned = (int64_t)own_ns + sample->offset_ns;
	moment.low_ns = aligned - (int64_t)error;
	moment.high_ns = aligned + (int64_t)error;
	return moment;
}

bool timeline_tells(const struct manifest *manifest, uint32_t host, uint64_t from_ns,
		    uint64_t to_ns)
{
	const struct manifest_host *h = &manifest->hosts[host];

	if (manifest->rank_count && host == manifest->rank_host[0])
		return true;
	if (!h->sample_count)
		return false;
	for (size_t i = 1; i < h->sample_count; i++)
		if (h->samples[i - 1].at_ns < to_ns && h->samples[i].at_ns > from_ns &&
		    !agrees_with_last(h, i))
			return false;
	return true;
}

struct moment moment_mirrored(const struct moment *moment)
{
	bool known = moment->low_ns != INT64_MIN;

	return (struct moment){
		.host = moment->host,
		.own_ns = UINT64_MAX - moment->own_ns,
		.low_ns = known ? -moment->high_ns : INT64_MIN,
		.high_ns = known ? -moment->low_ns : INT64_MAX,
	};
}

int latest_init(struct latest *latest, size_t host_count)
{
	memset(latest, 0, sizeof(*latest));
	latest->per_host =
		calloc(host_count ? host_count : 1, sizeof(*latest->per_host));
	if (!latest->per_host)
		return -ENOMEM;
	latest->host_count = host_count;
	return 0;
}

void latest_release(struct latest *latest)
{
	free(latest->per_host);
	memset(latest, 0, sizeof(*latest));
}
