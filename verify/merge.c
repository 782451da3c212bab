/* merge - see merge.h. */
#include "verify/merge.h"

#include "core/history.h"
#include "verify/recall.h"
#include "verify/source.h"
#include "verify/timeline.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/resource.h>

/* Of each file: with a thousand writers all windows still fit into 128 MiB. */
#define AHEAD_BYTES ((size_t)64 << 10)

/* One writer's records, one after another; `bytes` is the one that is next. */
struct feed {
	uint32_t writer;
	struct history history;
	bool damaged; /* what is known of it, or how it was when opened */
	struct source source;
	uint64_t next_seq;
	int64_t time_ns; /* of `bytes`, on rank 0's clock; never runs backwards */
	const uint8_t *bytes;
	size_t length;
};

struct merge {
	const struct manifest *manifest;
	const struct manifest_strategy *strategy;
	struct record_form form;
	struct feed *feeds;
	uint32_t feed_count;
	struct feed **heap; /* the earliest record is that of heap[0] */
	size_t heap_count;
	struct merge_counts counts;
};

/* ---- one writer ---------------------------------------------------------- */

/* When an append was done; of one whose end was not seen, when it began. */
static int64_t time_of(const struct merge *m, const struct feed *feed,
		       const struct history_entry *entry)
{
	uint64_t own_ns =
		entry->outcome == OUTCOME_OPEN ? entry->invoke_ns : entry->completed_ns;
	uint32_t host = m->manifest->rank_host[feed->writer];
	struct moment moment = timeline_moment(m->manifest, host, own_ns);

	if (moment.low_ns == INT64_MIN)
		return (int64_t)own_ns;
	return moment.low_ns + (moment.high_ns - moment.low_ns) / 2;
}

/* Is the record @id intact where its writer believes it to be?  1, 0 or -errno. */
static int feed_take(struct merge *m, struct feed *feed, struct record_id id,
		     int64_t offset)
{
	uint32_t size = record_size(&m->form, id);
	size_t available;
	int rc;

	if (offset < 0)
		return 0;
	rc = source_view(&feed->source, (uint64_t)offset, size, &feed->bytes,
			 &available);
	if (rc < 0)
		return rc;
	feed->length = size;
	return available == size && record_equals(&m->form, id, feed->bytes);
}

/* Go on to the next record that can be taken.  1, 0 (there is none) or -errno. */
static int feed_advance(struct merge *m, struct feed *feed)
{
	while (feed->next_seq < feed->history.count) {
		struct record_id id = {.writer = feed->writer, .seq = feed->next_seq++};
		struct history_entry entry;
		int64_t time_ns;
		int taken;

		if (history_get(&feed->history, id.seq, &entry) < 0 ||
		    entry.outcome == OUTCOME_FAILED)
			continue;
		taken = feed_take(m, feed, id, entry.offset);
		if (taken < 0)
			return taken;
		if (!taken) {
			m->counts.left_out += entry.outcome == OUTCOME_ACKNOWLEDGED;
			continue;
		}
		time_ns = time_of(m, feed, &entry);
		if (time_ns > feed->time_ns)
			feed->time_ns = time_ns;
		return 1;
	}
	return 0;
}

static int feed_open_history(struct merge *m, struct feed *feed, const char *run_dir)
{
	return recall(m->manifest, run_dir, m->form.plan.strategy_index, feed->writer,
		      NULL, &feed->history, &feed->damaged);
}

static int feed_open_file(struct merge *m, struct feed *feed, struct error *err)
{
	char *path = manifest_data_path(m->manifest, m->form.plan.strategy_index,
					feed->writer);
	int rc;

	if (!path)
		return -ENOMEM;
	rc = source_open(&feed->source, path, m->manifest->max_bytes, AHEAD_BYTES,
			 !m->manifest->local_fs, err);
	free(path);
	return rc;
}

/* ---- all of them --------------------------------------------------------- */

/* Ties go to the lower rank, so that the same run always gives the same log. */
static bool is_before(const struct feed *a, const struct feed *b)
{
	if (a->time_ns != b->time_ns)
		return a->time_ns < b->time_ns;
	return a->writer < b->writer;
}

/* Let the feed at @at sink to where it belongs. */
static void heap_sink(struct merge *m, size_t at)
{
	struct feed *sinking = m->heap[at];

	for (;;) {
		size_t child = 2 * at + 1;

		if (child + 1 < m->heap_count &&
		    is_before(m->heap[child + 1], m->heap[child]))
			child++;
		if (child >= m->heap_count || !is_before(m->heap[child], sinking))
			break;
		m->heap[at] = m->heap[child];
		at = child;
	}
	m->heap[at] = sinking;
}

/* Open each writer's feed; those that have a record go into the heap. */
static int feeds_open(struct merge *m, const char *run_dir, struct error *err)
{
	for (uint32_t writer = 0; writer < m->manifest->rank_count; writer++) {
		struct feed *feed = &m->feeds[writer];
		int rc;

		*feed = (struct feed){.writer = writer, .source.fd = -1};
		feed->time_ns = INT64_MIN;
		m->feed_count++;
		rc = feed_open_history(m, feed, run_dir);
		if (rc == 0)
			rc = feed_open_file(m, feed, err);
		if (rc == 0)
			rc = feed_advance(m, feed);
		if (rc < 0)
			return rc;
		if (rc)
			m->heap[m->heap_count++] = feed;
	}
	for (size_t at = m->heap_count / 2; at-- > 0;)
		heap_sink(m, at);
	return 0;
}

/* Write the earliest record and let its feed go on.  0 or -errno. */
static int merge_one(struct merge *m, FILE *log)
{
	struct feed *feed = m->heap[0];
	int rc;

	if (fwrite(feed->bytes, 1, feed->length, log) != feed->length)
		return errno ? -errno : -EIO;
	m->counts.records++;
	m->counts.bytes += feed->length;
	rc = feed_advance(m, feed);
	if (rc < 0)
		return rc;
	if (rc == 0)
		m->heap[0] = m->heap[--m->heap_count];
	if (m->heap_count)
		heap_sink(m, 0);
	return 0;
}

static void count_unmeasured(struct merge *m)
{
	const struct manifest *manifest = m->manifest;

	for (size_t host = 0; host < manifest->host_count; host++)
		m->counts.unmeasured_hosts += host != manifest->rank_host[0] &&
					      !manifest->hosts[host].sample_count;
}

/* A data file and a history each, beside what is open already. */
static void raise_descriptor_limit(uint32_t writers)
{
	const rlim_t wanted = 2 * (rlim_t)writers + 64;
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur >= wanted)
		return;
	limit.rlim_cur = wanted < limit.rlim_max ? wanted : limit.rlim_max;
	/* Where it does not suffice, open(2) says EMFILE. */
	(void)setrlimit(RLIMIT_NOFILE, &limit);
}

/* Also those that were changed while they were read. */
static void count_damaged(struct merge *m)
{
	for (uint32_t i = 0; i < m->feed_count; i++)
		m->counts.damaged_histories +=
			m->feeds[i].damaged || history_changed(&m->feeds[i].history);
}

static void merge_release(struct merge *m)
{
	for (uint32_t i = 0; i < m->feed_count; i++) {
		history_close(&m->feeds[i].history);
		source_close(&m->feeds[i].source);
	}
	free(m->feeds);
	free(m->heap);
	record_form_release(&m->form);
}

int merge_strategy(const struct manifest *manifest, const char *run_dir, size_t index,
		   FILE *log, struct merge_counts *ret_counts, struct error *err)
{
	struct record_plan plan = manifest_record_plan(manifest, index);
	struct merge m = {
		.manifest = manifest,
		.strategy = &manifest->strategies[index],
		.feeds = calloc(manifest->rank_count + 1u, sizeof(*m.feeds)),
		.heap = calloc(manifest->rank_count + 1u, sizeof(struct feed *)),
	};
	struct error why = {""};
	int rc = m.feeds && m.heap ? record_form_init(&m.form, &plan) : -ENOMEM;

	raise_descriptor_limit(manifest->rank_count);
	count_unmeasured(&m);
	if (rc == 0)
		rc = feeds_open(&m, run_dir, &why);
	while (rc == 0 && m.heap_count)
		rc = merge_one(&m, log);
	count_damaged(&m);
	if (rc == 0)
		*ret_counts = m.counts;
	else if (why.sentence[0])
		error_set(err, -rc, "%s", why.sentence);
	else
		error_sys(err, -rc, "cannot merge %s", m.strategy->name);
	merge_release(&m);
	return rc;
}
