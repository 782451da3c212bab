/* compare - see compare.h. */
#include "tests/corpus/compare.h"

#include <stdio.h>
#include <string.h>

static int64_t count_expected(const struct recipe *r, int kind)
{
	if (r->expected.counts[kind] != UNSAID)
		return r->expected.counts[kind];
	if (r->expected.verdict == VERDICT_SKIPPED || kind == ANOMALY_STALE_READ ||
	    (kind == ANOMALY_DIVERGENT_VIEW && r->expected.extras[VIEW_HOSTS] <= 0) ||
	    (kind == ANOMALY_LOCK_OVERLAP && !r->craft.strategy->exclusive_lock))
		return COUNT_NULL;
	return 0;
}

static unsigned int count_compare(const char *name, int64_t expected, int64_t found)
{
	if (expected == found)
		return 0;
	printf("%s: expected %ld, found %ld\n", name, expected, found);
	return 1;
}

static void finding_print(const struct recipe *r, const char *what,
			  const struct finding *f)
{
	printf("%s finding %s", what, anomaly_table[f->kind].name);
	if (f->record.writer != WRITER_NONE)
		printf(" of %u.%lu", f->record.writer, f->record.seq);
	if (f->offset_known)
		printf(" at %ld", (long)(f->offset - r->base));
	if (f->length)
		printf(" length %lu", f->length);
	if (f->by.writer != WRITER_NONE)
		printf(" by %u.%lu", f->by.writer, f->by.seq);
	if (f->file_writer != WRITER_NONE)
		printf(" file %u", f->file_writer);
	if (f->host != f->by_host)
		printf(" hosts %u %u", f->host, f->by_host);
	printf("\n");
}

static bool ids_equal(struct record_id a, struct record_id b)
{
	return a.writer == b.writer && (a.writer == WRITER_NONE || a.seq == b.seq);
}

static bool findings_equal(const struct finding *a, const struct finding *b)
{
	return a->kind == b->kind && a->file_writer == b->file_writer &&
	       a->offset_known == b->offset_known && a->length == b->length &&
	       (!a->offset_known || a->offset == b->offset) && a->host == b->host &&
	       a->by_host == b->by_host && ids_equal(a->record, b->record) &&
	       ids_equal(a->by, b->by);
}

static unsigned int findings_compare(const struct recipe *r, const struct judgment *j)
{
	bool same = j->finding_count == r->expected.finding_count;

	for (size_t i = 0; same && i < r->expected.finding_count; i++)
		same = findings_equal(&r->expected.findings[i], &j->findings[i]);
	if (same)
		return 0;
	for (size_t i = 0; i < r->expected.finding_count; i++)
		finding_print(r, "expected:", &r->expected.findings[i]);
	for (size_t i = 0; i < j->finding_count; i++)
		finding_print(r, "found:   ", &j->findings[i]);
	return 1;
}

unsigned int judgment_compare(const struct recipe *r, const struct judgment *j)
{
	const int64_t extras[EXTRAS] = {
		[INTACT] = (int64_t)j->intact,	   [RECOVERED] = (int64_t)j->recovered,
		[LOCK_LOST] = j->lock_lost,	   [HUNG] = j->hung,
		[HANDOFFS] = (int64_t)j->handoffs, [UNKNOWN] = (int64_t)j->unknown,
		[STALE_CACHE] = j->stale_cache,	   [VIEW_HOSTS] = j->views.hosts,
	};
	unsigned int wrongs = 0;

	if (j->verdict != r->expected.verdict) {
		printf("verdict: expected %s, found %s\n",
		       verdict_name(r->expected.verdict), verdict_name(j->verdict));
		wrongs++;
	}
	for (int kind = 0; kind < ANOMALY_COUNT; kind++)
		wrongs += count_compare(anomaly_table[kind].name,
					count_expected(r, kind), j->anomalies[kind]);
	for (int i = 0; i < EXTRAS; i++)
		if (r->expected.extras[i] != UNSAID)
			wrongs += count_compare(extra_names[i], r->expected.extras[i],
						extras[i]);
	if (j->verdict != VERDICT_SKIPPED)
		wrongs +=
			count_compare("intact + lost", (int64_t)j->acknowledged,
				      (int64_t)j->intact + j->anomalies[ANOMALY_LOST]);
	if (r->expected.reason && !strstr(j->reason, r->expected.reason)) {
		printf("reason: expected \"%s\"\n", r->expected.reason);
		wrongs++;
	}
	wrongs += findings_compare(r, j);
	if (wrongs)
		printf("reason found: %s\n", j->reason);
	return wrongs;
}
