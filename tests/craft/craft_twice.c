/* craft_twice - one run judged in several ways, of which one outcome must come. */
#include "tests/craft/craft.h"

#include <string.h>

/* So few in a chunk that every file is cut somewhere. */
enum { THREADS = 2, CHUNK_RECORDS = 7 };

static bool same_id(struct record_id a, struct record_id b)
{
	return a.writer == b.writer && a.seq == b.seq;
}

static bool same_findings(const struct judgment *a, const struct judgment *b)
{
	if (a->finding_count != b->finding_count)
		return false;
	for (size_t i = 0; i < a->finding_count; i++) {
		const struct finding *x = &a->findings[i], *y = &b->findings[i];

		if (x->kind != y->kind || x->file_writer != y->file_writer ||
		    x->offset != y->offset || x->length != y->length ||
		    x->offset_known != y->offset_known ||
		    !same_id(x->record, y->record) || !same_id(x->by, y->by) ||
		    x->nature != y->nature)
			return false;
	}
	return true;
}

static bool same_facts(const struct judgment *a, const struct judgment *b)
{
	if (a->fact_count != b->fact_count || a->fact_stride != b->fact_stride)
		return false;
	for (size_t i = 0; i < a->fact_count; i++)
		if (!same_id(a->facts[i].id, b->facts[i].id) ||
		    a->facts[i].fate != b->facts[i].fate ||
		    a->facts[i].found_offset != b->facts[i].found_offset)
			return false;
	return true;
}

static bool same_times(const struct judgment *a, const struct judgment *b)
{
	size_t histograms = a->latency ? LATENCY_PARTS * sizeof(*a->latency) : 0;

	if (a->writer_count != b->writer_count || !a->latency != !b->latency ||
	    (histograms && memcmp(a->latency, b->latency, histograms) != 0))
		return false;
	for (uint32_t i = 0; a->shares && i < a->writer_count; i++)
		if (a->shares[i].acknowledged != b->shares[i].acknowledged ||
		    a->shares[i].longest_wait_ns != b->shares[i].longest_wait_ns)
			return false;
	return true;
}

static bool same_counts(const struct judgment *a, const struct judgment *b)
{
	return a->attempted == b->attempted && a->acknowledged == b->acknowledged &&
	       a->failed == b->failed && a->unknown == b->unknown &&
	       a->intact == b->intact && a->recovered == b->recovered &&
	       memcmp(a->anomalies, b->anomalies, sizeof(a->anomalies)) == 0 &&
	       a->lock_lost == b->lock_lost && a->stale_cache == b->stale_cache &&
	       a->hung == b->hung && a->gap_holes == b->gap_holes &&
	       a->gap_written == b->gap_written && a->handoffs == b->handoffs &&
	       a->appends_placed == b->appends_placed &&
	       a->acknowledged_bytes == b->acknowledged_bytes;
}

void craft_expect_same(const struct judge_means *means, const struct manifest *manifest,
		       const char *run_dir, size_t index, const struct judgment *a,
		       int rc)
{
	struct judgment b;
	struct error err;
	int again = judge_strategy_by(means, manifest, run_dir, index, &b, &err);
	const char *what;

	if (rc != again)
		craft_die("%u threads end by %d, one by %d", means->threads, again, rc);
	if (rc < 0)
		return;
	what = !same_counts(a, &b)     ? "counts"
	       : !same_findings(a, &b) ? "findings"
	       : !same_facts(a, &b)    ? "facts"
	       : !same_times(a, &b)    ? "times"
				       : NULL;
	if (what || a->verdict != b.verdict || strcmp(a->reason, b.reason) != 0)
		craft_die("%u threads%s judge otherwise than one: %s: %s; %s",
			  means->threads,
			  means->check_first ? ", histories first," : "",
			  what ? what : "verdict", a->reason, b.reason);
	judgment_release(&b);
}

int craft_judge_twice(const struct manifest *manifest, const char *run_dir,
		      size_t index, struct judgment *judgment, struct error *err)
{
	const struct judge_means ways[] = {
		{.threads = THREADS,
		 .chunk_bytes = CHUNK_RECORDS * (size_t)manifest->max_bytes},
		{.threads = 1, .check_first = true},
	};
	int rc = judge_strategy(manifest, run_dir, index, judgment, err);

	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		craft_expect_same(&ways[i], manifest, run_dir, index, judgment, rc);
	return rc;
}
