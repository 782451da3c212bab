/* agree - see agree.h. */
#include "harness/selftest/agree.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void differ(struct selftest_agreement *a, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* The first difference is told, and suffices. */
static void differ(struct selftest_agreement *a, const char *fmt, ...)
{
	va_list args;

	if (!a->agrees)
		return;
	a->agrees = false;
	va_start(args, fmt);
	vsnprintf(a->difference, sizeof(a->difference), fmt, args);
	va_end(args);
}

static const char *count_text(int64_t count, char text[24])
{
	if (count == COUNT_NULL)
		return "null";
	snprintf(text, 24, "%lld", (long long)count);
	return text;
}

static void compare(struct selftest_agreement *a, const char *name, int64_t expected,
		    int64_t found)
{
	char expected_text[24], found_text[24];

	if (expected != found)
		differ(a, "%s: planted %s, found %s", name,
		       count_text(expected, expected_text),
		       count_text(found, found_text));
}

/* ---- what is expected ---------------------------------------------------------- */

/* The bytes of all findings of a kind, or how many there are. */
static int64_t sum(const struct plant *p, enum anomaly kind, bool bytes)
{
	int64_t total = 0;

	for (size_t i = 0; i < p->finding_count; i++)
		if (p->findings[i].kind == kind)
			total += bytes ? (int64_t)p->findings[i].length : 1;
	return total;
}

/* Does no check that takes place count it, in a run like this? */
static bool is_null(const struct plant *p, enum anomaly kind)
{
	if (p->verdict == VERDICT_SKIPPED)
		return true;
	if (kind == ANOMALY_LOCK_OVERLAP)
		return !p->craft.strategy->exclusive_lock;
	if (kind == ANOMALY_STALE_READ)
		return p->craft.strategy->workload != WORKLOAD_CHAIN;
	/* It needs more than a file and its histories. */
	return kind == ANOMALY_DIVERGENT_VIEW;
}

static int64_t expected_count(const struct plant *p, enum anomaly kind)
{
	if (is_null(p, kind))
		return COUNT_NULL;
	if (kind == ANOMALY_LOST)
		return sum(p, ANOMALY_INTERLEAVED, false) +
		       sum(p, ANOMALY_OVERWRITTEN, false) +
		       sum(p, ANOMALY_TORN, false) + sum(p, ANOMALY_CORRUPTED, false) +
		       sum(p, ANOMALY_MISSING, false);
	if (kind == ANOMALY_GAP_BYTES)
		return sum(p, ANOMALY_GAP, true);
	if (kind == ANOMALY_FOREIGN_BYTES)
		return sum(p, ANOMALY_FOREIGN, true);
	return sum(p, kind, false);
}

/* "unsafe: lost 1, torn 1" */
static void summarise(enum verdict verdict, const int64_t counts[ANOMALY_COUNT],
		      char *text, size_t text_bytes)
{
	size_t used = (size_t)snprintf(text, text_bytes, "%s", verdict_name(verdict));
	const char *between = ": ";

	for (int kind = 0; kind < ANOMALY_COUNT; kind++) {
		if (counts[kind] <= 0 || used >= text_bytes)
			continue;
		used += (size_t)snprintf(text + used, text_bytes - used, "%s%s %lld",
					 between, anomaly_table[kind].name,
					 (long long)counts[kind]);
		between = ", ";
	}
}

/* ---- comparing ------------------------------------------------------------------- */

static bool ids_equal(struct record_id a, struct record_id b)
{
	return a.writer == b.writer && (a.writer == WRITER_NONE || a.seq == b.seq);
}

static bool findings_equal(const struct finding *a, const struct finding *b)
{
	return a->kind == b->kind && a->file_writer == b->file_writer &&
	       a->offset_known == b->offset_known && a->length == b->length &&
	       (!a->offset_known || a->offset == b->offset) &&
	       ids_equal(a->record, b->record) && ids_equal(a->by, b->by);
}

/* No two planted findings are equal: so it suffices that each is among as many. */
static void compare_findings(struct selftest_agreement *a, const struct plant *p,
			     const struct judgment *j)
{
	compare(a, "findings", (int64_t)p->finding_count, (int64_t)j->finding_count);
	for (size_t i = 0; i < p->finding_count; i++) {
		const struct finding *f = &p->findings[i];
		bool found = false;

		for (size_t k = 0; !found && k < j->finding_count; k++)
			found = findings_equal(f, &j->findings[k]);
		if (!found)
			differ(a,
			       "%s: planted at byte %lld, was found elsewhere or of "
			       "others",
			       anomaly_table[f->kind].name,
			       f->offset_known ? (long long)f->offset : -1);
	}
}

static void compare_sums(struct selftest_agreement *a, const struct plant *p,
			 const struct judgment *j, int64_t lost)
{
	int64_t acknowledged = (int64_t)(p->acknowledged - p->unreadable);
	bool skipped = p->verdict == VERDICT_SKIPPED;
	bool no_holds = is_null(p, ANOMALY_LOCK_OVERLAP);

	compare(a, "acknowledged", acknowledged, (int64_t)j->acknowledged);
	compare(a, "intact", acknowledged - (skipped ? 0 : lost), (int64_t)j->intact);
	compare(a, "recovered", (int64_t)p->recovered, (int64_t)j->recovered);
	compare(a, "lock_lost", no_holds ? COUNT_NULL : p->lock_lost, j->lock_lost);
	compare(a, "hung", skipped ? COUNT_NULL : p->hung, j->hung);
	/* What a spoilt history counts as is no rule's. */
	if (p->unreadable)
		return;
	compare(a, "failed", (int64_t)p->failed, (int64_t)j->failed);
	compare(a, "unknown", (int64_t)p->unknown, (int64_t)j->unknown);
}

void agreement_find(const struct plant *p, const struct judgment *j,
		    struct selftest_agreement *ret_agreement)
{
	struct selftest_agreement a = {.agrees = true};
	int64_t expected[ANOMALY_COUNT];

	for (int kind = 0; kind < ANOMALY_COUNT; kind++)
		expected[kind] = expected_count(p, (enum anomaly)kind);
	summarise(p->verdict, expected, a.expected, sizeof(a.expected));
	summarise(j->verdict, j->anomalies, a.found, sizeof(a.found));
	for (int kind = 0; kind < ANOMALY_COUNT; kind++)
		compare(&a, anomaly_table[kind].name, expected[kind],
			j->anomalies[kind]);
	compare_findings(&a, p, j);
	compare_sums(&a, p, j, expected[ANOMALY_LOST]);
	if (j->verdict != p->verdict)
		differ(&a, "verdict: %s is right, found %s (%s)",
		       verdict_name(p->verdict), verdict_name(j->verdict), j->reason);
	*ret_agreement = a;
}
