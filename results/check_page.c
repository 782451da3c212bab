/*
 * check_page - what an administrator reads of a mount: may it be used, by which
 * methods, at what price, and what to change.  One page of 80 columns.
 */
#include "results/page.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/units.h"
#include "results/advice.h"
#include "results/format.h"
#include "results/measure.h"
#include "results/recommend.h"
#include "verify/acceptance.h"

enum {
	HARMS_SHOWN = 4,
	NAME_COLUMNS = 18, /* "sequencer:io=dsync" */
};

/* ---- the verdict ------------------------------------------------------------- */

static bool is_safe_method(const struct result *result, size_t i)
{
	return acceptance_is_method(result->manifest, i) &&
	       result->judgments[i].verdict == VERDICT_SAFE;
}

/* What is accepted with --local is accepted for one host. */
static bool one_host_only(const struct manifest *m)
{
	return m->local_fs || (m->check.local && m->host_count == 1);
}

void put_acceptance(FILE *stream, const struct page *page)
{
	const struct result *result = page->result;

	if (result->verdict.verdict == VERDICT_SAFE) {
		fputs("appends to one file are safe here with ", stream);
		put_strategies(stream, page, is_safe_method);
		if (one_host_only(result->manifest))
			fputs(", for processes on one host", stream);
		putc('.', stream);
		return;
	}
	put_name(stream, result->verdict.reason);
	putc('.', stream);
	if (count_strategies(result, is_safe_method) == 0)
		return;
	fputs(" No fault was found with ", stream);
	put_strategies(stream, page, is_safe_method);
	putc('.', stream);
}

const char *page_acceptance_word(const struct page *page)
{
	static const char *const words[] = {
		[VERDICT_SAFE] = "ACCEPT",
		[VERDICT_UNSAFE] = "REJECT",
		[VERDICT_INCONCLUSIVE] = "INCONCLUSIVE",
		[VERDICT_SKIPPED] = "INCONCLUSIVE",
	};

	return words[page->result->verdict.verdict];
}

static int print_acceptance(const struct page *page)
{
	return print_headline(page, page_acceptance_word(page), put_acceptance);
}

/* ---- the table ------------------------------------------------------------------
 */

static void format_rate(char buffer[FORMAT_MAX], double rate)
{
	if (!isfinite(rate))
		snprintf(buffer, FORMAT_MAX, "-");
	else if (rate < 10)
		snprintf(buffer, FORMAT_MAX, "%.2f", rate);
	else
		format_count(buffer, (uint64_t)(rate + 0.5));
}

/* "2.3x": how much longer a record takes than by the recommended method. */
static void format_price(char buffer[FORMAT_MAX], double recommended, double rate)
{
	double times = recommended / rate;

	if (!isfinite(times))
		snprintf(buffer, FORMAT_MAX, "-");
	else
		snprintf(buffer, FORMAT_MAX, "%.*fx", times < 9.95 ? 2 : 0, times);
}

static void print_name(const struct page *page, size_t index)
{
	const struct manifest_strategy *s = &page->result->manifest->strategies[index];
	char *name = printable_name(s->name), *full = NULL;
	size_t columns;

	if (asprintf(&full, "%s%s", name ? name : "?", s->control ? "*" : "") < 0)
		full = NULL;
	free(name);
	columns = full ? text_columns(full) : 0;
	fputs(full ? full : "?", page->stream);
	if (columns > NAME_COLUMNS) {
		putc('\n', page->stream);
		columns = 0;
	}
	fprintf(page->stream, "%*s", (int)(NAME_COLUMNS - columns), "");
	free(full);
}

static void print_row(const struct page *page, size_t index, double recommended)
{
	const struct judgment *j = &page->result->judgments[index];
	const struct manifest_strategy *s = &page->result->manifest->strategies[index];
	bool ran = j->verdict != VERDICT_SKIPPED, safe = j->verdict == VERDICT_SAFE;
	char rate[FORMAT_MAX], price[FORMAT_MAX], lost[FORMAT_MAX] = "-";
	char rpcs[FORMAT_MAX] = "-", p99[UNITS_TEXT_BYTES] = "-";

	format_rate(rate, ran && safe ? records_per_s(j) : NAN);
	format_price(price, recommended, safe ? records_per_s(j) : NAN);
	if (ran && j->anomalies[ANOMALY_LOST] != COUNT_NULL)
		format_count(lost, (uint64_t)j->anomalies[ANOMALY_LOST]);
	if (ran && isfinite(rpcs_per_record(s, j)))
		snprintf(rpcs, sizeof(rpcs), "%.1f", rpcs_per_record(s, j));
	if (safe && j->latency && j->latency[LATENCY_APPEND].count)
		units_format_duration(
			histogram_quantile(&j->latency[LATENCY_APPEND], 0.99), p99);
	print_name(page, index);
	fprintf(page->stream, " %-12s %9s %10s %7s %8s %8s\n",
		j->verdict == VERDICT_UNSAFE ? "UNSAFE" : verdict_name(j->verdict),
		lost, rate, p99, rpcs, price);
}

/* What a reader of one log has to pay on top. */
static void print_merged(const struct page *page, size_t index, double recommended)
{
	const struct manifest_strategy *s = &page->result->manifest->strategies[index];
	double merged = merged_records_per_s(s);
	char rate[FORMAT_MAX], price[FORMAT_MAX];

	if (!isfinite(merged) || page->result->judgments[index].verdict != VERDICT_SAFE)
		return;
	format_rate(rate, merged);
	format_price(price, recommended, merged);
	fprintf(page->stream, "%-*s %-12s %9s %10s %7s %8s %8s\n", NAME_COLUMNS,
		"  merged into one", "", "", rate, "", "", price);
}

static int print_why(const struct page *page, size_t index)
{
	const struct judgment *j = &page->result->judgments[index];
	struct text text;

	if (j->verdict == VERDICT_SAFE)
		return 0;
	if (text_begin(&text) < 0)
		return -ENOMEM;
	if (j->verdict == VERDICT_UNSAFE)
		put_kinds(text.stream, j, ANOMALY_LOST + 1, ANOMALY_COUNT);
	else
		put_name(text.stream, j->reason);
	fputs(j->verdict == VERDICT_UNSAFE ? "    found: " : "    why: ", page->stream);
	text_end(&text, page, j->verdict == VERDICT_UNSAFE ? 11 : 9, 6);
	return 0;
}

/* Those that are no controls, then those that are. */
static int print_strategies(const struct page *page, double recommended, bool controls)
{
	const struct manifest *m = page->result->manifest;
	int rc = 0;

	for (size_t k = 0; rc == 0 && k < m->strategy_count; k++) {
		size_t i = page->order[k];

		if (m->strategies[i].control != controls)
			continue;
		print_row(page, i, recommended);
		print_merged(page, i, recommended);
		rc = print_why(page, i);
	}
	return rc;
}

static bool is_control(const struct result *result, size_t i)
{
	return result->manifest->strategies[i].control;
}

static int print_methods(const struct page *page, const struct recommendation *best)
{
	double recommended =
		best->method == RECOMMEND_NONE
			? NAN
			: records_per_s(&page->result->judgments[best->method]);
	int rc;

	fprintf(page->stream, "\n%-*s %-12s %9s %10s %7s %8s %8s\n", NAME_COLUMNS,
		"strategy", "verdict", "lost", "records/s", "p99", "RPCs/rec", "price");
	rc = print_strategies(page, recommended, false);
	if (rc == 0)
		rc = print_strategies(page, recommended, true);
	if (rc == 0 && count_strategies(page->result, is_control))
		fputs("* a control: a mistake that shows what this test can see\n",
		      page->stream);
	return rc;
}

/* ---- what to do --------------------------------------------------------------- */

/* "flock: 2,310 records/s, p99 8.1 ms, 4.2 RPCs a record" */
static void put_method(FILE *stream, const struct page *page, size_t index)
{
	const struct judgment *j = &page->result->judgments[index];
	const struct manifest_strategy *s = &page->result->manifest->strategies[index];
	char rate[FORMAT_MAX], p99[UNITS_TEXT_BYTES];
	double rpcs = rpcs_per_record(s, j);

	format_rate(rate, records_per_s(j));
	put_name(stream, s->name);
	fprintf(stream, ": %s records/s", rate);
	if (j->latency && j->latency[LATENCY_APPEND].count)
		fprintf(stream, ", p99 %s",
			units_format_duration(
				histogram_quantile(&j->latency[LATENCY_APPEND], 0.99),
				p99));
	if (isfinite(rpcs))
		fprintf(stream, ", %.1f RPCs a record", rpcs);
	putc('.', stream);
}

void put_recommendation(FILE *stream, const struct page *page)
{
	struct recommendation best = recommend(page->result);
	char rate[FORMAT_MAX];

	if (best.method == RECOMMEND_NONE)
		fputs("nothing, for one file that all write: no method was shown to "
		      "be safe.",
		      stream);
	else
		put_method(stream, page, best.method);
	if (best.with_service != RECOMMEND_NONE) {
		fputs(" Faster, by a process of its own: ", stream);
		put_method(stream, page, best.with_service);
	}
	if (best.apart != RECOMMEND_NONE) {
		double merged = merged_records_per_s(
			&page->result->manifest->strategies[best.apart]);

		fputs(" Or a file for each writer, ", stream);
		put_method(stream, page, best.apart);
		format_rate(rate, merged);
		if (isfinite(merged))
			fprintf(stream, " Merged into one log: %s records/s.", rate);
	}
}

static int print_recommendation(const struct page *page)
{
	static const char label[] = "Recommended: ";
	struct text text;

	if (text_begin(&text) < 0)
		return -ENOMEM;
	put_recommendation(text.stream, page);
	fprintf(page->stream, "\n%s", label);
	text_end(&text, page, strlen(label), 0);
	return 0;
}

void put_probes(FILE *stream, const struct page *page)
{
	const struct check_facts *c = &page->result->manifest->check;

	if (c->probes == CHECK_PROBES_NOT_PERFORMED) {
		fputs("not probed.", stream);
		return;
	}
	fprintf(stream, "%u answers as the manuals say, %u otherwise without harm, ",
		c->conforming, c->harmless);
	fprintf(stream, "%u with harm, %u not supported", c->harmful, c->unsupported);
	if (c->unanswered)
		fprintf(stream, ", %u questions without an answer", c->unanswered);
	putc('.', stream);
}

/* Its parts, each as it came, with a colon between. */
void put_harm(FILE *stream, const struct check_harm *harm)
{
	put_name(stream, harm->lock);
	fputs(", ", stream);
	put_name(stream, harm->scope);
	fputs(": ", stream);
	put_name(stream, harm->question);
	fputs(": ", stream);
	put_name(stream, harm->answer);
	fputs(": ", stream);
	put_name(stream, harm->reason);
	putc('.', stream);
}

static int print_harms(const struct page *page, const struct check_facts *c)
{
	for (size_t i = 0; i < c->harm_count && i < HARMS_SHOWN; i++) {
		struct text text;

		if (text_begin(&text) < 0)
			return -ENOMEM;
		put_harm(text.stream, &c->harms[i]);
		fputs("  - ", page->stream);
		text_end(&text, page, 4, 4);
	}
	if (c->harm_count > HARMS_SHOWN)
		fprintf(page->stream, "  - and %zu more, in probe.txt\n",
			c->harm_count - HARMS_SHOWN);
	return 0;
}

static int print_locks(const struct page *page)
{
	const struct check_facts *c = &page->result->manifest->check;
	struct text text;

	if (text_begin(&text) < 0)
		return -ENOMEM;
	put_probes(text.stream, page);
	fputs("Locks: ", page->stream);
	text_end(&text, page, 7, 0);
	return print_harms(page, c);
}

static int print_advice(const struct page *page)
{
	struct advice *advice = calloc(ADVICE_MAX, sizeof(*advice));
	size_t count = advice ? advice_give(page->result, advice) : 0;

	if (count)
		fputs("\nAdvice:\n", page->stream);
	for (size_t i = 0; i < count; i++) {
		struct text text;

		if (text_begin(&text) < 0)
			break;
		fprintf(text.stream, "%s %s [%s] Seen: ", advice[i].cause,
			advice[i].remedy, advice[i].source);
		put_name(text.stream, advice[i].evidence);
		putc('.', text.stream);
		fprintf(page->stream, "  %s: ", advice_weight_name(advice[i].weight));
		text_end(&text, page, 8, 8);
	}
	free(advice);
	return advice ? 0 : -ENOMEM;
}

/* What it has cost the mount. */
void put_footprint(FILE *stream, const struct page *page)
{
	const struct manifest *m = page->result->manifest;
	uint64_t bytes = 0, ns = 0;
	char size[UNITS_TEXT_BYTES], time[UNITS_TEXT_BYTES];

	for (size_t i = 0; i < m->strategy_count; i++) {
		bytes += page->result->judgments[i].acknowledged_bytes;
		ns += page->result->judgments[i].duration_ns;
	}
	fprintf(stream,
		"%s appended by %u ranks in %s of load. Selftest: %u of %u planted "
		"cases were found.",
		units_format_bytes(bytes, size), m->rank_count,
		units_format_duration(ns, time), m->check.selftest_agreed,
		m->check.selftest_cases);
}

static int print_footprint(const struct page *page)
{
	struct text text;

	if (text_begin(&text) < 0)
		return -ENOMEM;
	put_footprint(text.stream, page);
	fputs("\nFootprint: ", page->stream);
	text_end(&text, page, 11, 0);
	if (!page->out_dir)
		return 0;
	fputs("Run folder ", page->stream);
	put_shell_word(page->stream, page->run_dir);
	fputs(", with " RESULT_REPORT_FILE "\n", page->stream);
	return 0;
}

int print_check_page(const struct page *page)
{
	struct recommendation best = recommend(page->result);
	int rc;

	if ((rc = print_acceptance(page)) < 0 ||
	    (rc = print_methods(page, &best)) < 0 ||
	    (rc = print_recommendation(page)) < 0 || (rc = print_locks(page)) < 0 ||
	    (rc = print_teeth(page)) < 0 || (rc = print_advice(page)) < 0)
		return rc;
	return print_footprint(page);
}
