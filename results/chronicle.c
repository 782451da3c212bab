/* chronicle - see chronicle.h. */
#include "results/chronicle.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "verify/recall.h"
#include "verify/timeline.h"

/* The middle of what it can be; the host's own clock where nothing is known. */
static int64_t rank0_time_ns(const struct manifest *manifest, uint32_t writer,
			     uint64_t at_ns)
{
	struct moment moment;

	if (writer >= manifest->rank_count)
		return 0;
	moment = timeline_moment(manifest, manifest->rank_host[writer], at_ns);
	if (moment.low_ns == INT64_MIN)
		return at_ns > INT64_MAX / 4 ? 0 : (int64_t)at_ns;
	return moment.low_ns + (moment.high_ns - moment.low_ns) / 2;
}

static double error_at_us(const struct manifest *manifest, uint32_t host,
			  uint64_t at_ns)
{
	struct moment moment = timeline_moment(manifest, host, at_ns);

	if (moment.low_ns == INT64_MIN)
		return NAN;
	return (double)(moment.high_ns - moment.low_ns) / 2000;
}

double host_clock_error_us(const struct manifest *manifest, uint32_t host)
{
	const struct manifest_host *h = &manifest->hosts[host];
	double worst_us = error_at_us(manifest, host, 0);

	/* Between two samples it is greatest half way. */
	for (size_t i = 0; i < h->sample_count; i++) {
		uint64_t at_ns = h->samples[i].at_ns;
		uint64_t before_ns = i > 0 ? h->samples[i - 1].at_ns : at_ns;
		uint64_t middle_ns = before_ns + (at_ns - before_ns) / 2;
		double error_us = fmax(error_at_us(manifest, host, at_ns),
				       error_at_us(manifest, host, middle_ns));

		/* The clock leapt between them: there is no bound. */
		if (isnan(error_at_us(manifest, host, middle_ns)))
			return NAN;
		worst_us = i == 0 ? error_us : fmax(worst_us, error_us);
	}
	return worst_us;
}

const char *host_name(const struct manifest *manifest, uint32_t host)
{
	const char *name = NULL;

	if (host < manifest->host_count)
		name = manifest->hosts[host].name;
	return name ? name : "?";
}

const char *writer_host(const struct manifest *manifest, uint32_t writer)
{
	return writer < manifest->rank_count
		       ? host_name(manifest, manifest->rank_host[writer])
		       : "?";
}

static void find_start(struct chronicle *chronicle)
{
	bool found = false;

	for (uint32_t writer = 0; writer < chronicle->manifest->rank_count; writer++) {
		struct record_id first = {.writer = writer, .seq = 0};
		struct history_entry entry;
		int64_t at_ns;

		if (!chronicle_entry(chronicle, first, &entry))
			continue;
		at_ns = rank0_time_ns(chronicle->manifest, writer, entry.invoke_ns);
		if (!found || at_ns < chronicle->start_ns)
			chronicle->start_ns = at_ns;
		found = true;
	}
}

int chronicle_open(struct chronicle *chronicle, const struct manifest *manifest,
		   const char *run_dir, size_t index, struct error *err)
{
	struct record_plan plan = manifest_record_plan(manifest, index);
	/* Each segment has its own histories. */
	uint32_t writers = manifest->segment_bytes ? 0 : manifest->rank_count;
	bool damaged;
	int rc;

	memset(chronicle, 0, sizeof(*chronicle));
	chronicle->manifest = manifest;
	rc = record_form_init(&chronicle->form, &plan);
	if (rc < 0)
		return error_sys(err, -rc, "cannot prepare the records of strategy %s",
				 manifest->strategies[index].preset);
	chronicle->histories =
		calloc(manifest->rank_count + 1u, sizeof(*chronicle->histories));
	if (!chronicle->histories) {
		chronicle_release(chronicle);
		return error_set(err, ENOMEM, "no memory for the histories");
	}
	for (uint32_t writer = 0; rc == 0 && writer < writers; writer++) {
		rc = recall(manifest, run_dir, index, writer, NULL,
			    &chronicle->histories[writer], &damaged);
		chronicle->unreadable += !chronicle->histories[writer].file;
	}
	if (rc < 0) {
		chronicle_release(chronicle);
		return error_sys(err, -rc, "cannot read the histories");
	}
	find_start(chronicle);
	return 0;
}

void chronicle_release(struct chronicle *chronicle)
{
	for (uint32_t w = 0;
	     chronicle->histories && w < chronicle->manifest->rank_count; w++)
		history_close(&chronicle->histories[w]);
	free(chronicle->histories);
	record_form_release(&chronicle->form);
	memset(chronicle, 0, sizeof(*chronicle));
}

bool chronicle_entry(const struct chronicle *chronicle, struct record_id id,
		     struct history_entry *ret_entry)
{
	if (id.writer >= chronicle->manifest->rank_count ||
	    !chronicle->histories[id.writer].file)
		return false;
	return history_get(&chronicle->histories[id.writer], id.seq, ret_entry) == 0;
}

double chronicle_time_s(const struct chronicle *chronicle, uint32_t writer,
			uint64_t at_ns)
{
	return (double)(rank0_time_ns(chronicle->manifest, writer, at_ns) -
			chronicle->start_ns) /
	       1e9;
}

double chronicle_completed_s(const struct chronicle *chronicle, struct record_id id)
{
	struct history_entry entry;

	if (!chronicle_entry(chronicle, id, &entry) ||
	    entry.outcome != OUTCOME_ACKNOWLEDGED)
		return NAN;
	return chronicle_time_s(chronicle, id.writer, entry.completed_ns);
}
