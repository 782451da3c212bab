/* comparison - see comparison.h. */
#include "results/comparison.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/*
 * How many refused LOCKs a record takes is chance, as is what a cache saves: counts of
 * RPCs get a wide threshold, and what is less than one a record is no count at all.
 */
const struct metric_info metric_table[METRIC_COUNT] = {
	[METRIC_THROUGHPUT] = {"throughput", "records/s", FIGURE_RECORDS_PER_S,
			       .less_is_worse = true, .threshold = 0.10},
	[METRIC_P50] = {"p50", "p50 us", FIGURE_P50_US, .threshold = 0.25},
	[METRIC_P99] = {"p99", "p99 us", FIGURE_P99_US, .threshold = 0.50},
	[METRIC_RPC] = {"rpc", "RPCs/rec", FIGURE_RPC, .exact = true, .least = 1,
			.threshold = 0.50},
};

const char *change_name(enum change change)
{
	static const char *const names[] = {
		[CHANGE_NOT_JUDGED] = "not judged", [CHANGE_SAME] = "same",
		[CHANGE_UNCLEAR] = "unclear",	    [CHANGE_BETTER] = "better",
		[CHANGE_WORSE] = "worse",
	};

	return names[change];
}

/* ---- reasons ------------------------------------------------------------------- */

/* Where there is no memory the reason stays without a text, but it counts. */
__attribute__((format(printf, 3, 4))) static void give_reason(
	struct comparison *comparison, bool regression, const char *fmt, ...)
{
	struct comparison_reason *reasons = reallocarray(
		comparison->reasons, comparison->reason_count + 1, sizeof(*reasons));
	char *text = NULL;
	va_list args;

	if (regression)
		comparison->verdict = REGRESSION;
	else if (comparison->verdict == NO_REGRESSION)
		comparison->verdict = NOT_COMPARABLE;
	if (!reasons)
		return;
	comparison->reasons = reasons;
	va_start(args, fmt);
	if (vasprintf(&text, fmt, args) < 0)
		text = NULL;
	va_end(args);
	reasons[comparison->reason_count++] =
		(struct comparison_reason){.regression = regression, .text = text};
}

/* "flock", or "ranks=4 size=1k: flock". */
static void name_row(const struct comparison_row *row, char *text, size_t size)
{
	snprintf(text, size, "%s%s%s", row->point, *row->point ? ": " : "", row->name);
}

/* ---- verdicts ------------------------------------------------------------------ */

/* The strategy of the repeat that tells the verdict of all; NULL: none has it. */
static const struct outcome_strategy *verdict_of(const struct run_set *set,
						 const char *point, const char *name)
{
	const struct outcome_strategy *telling = NULL;

	for (size_t i = 0; i < set->count; i++) {
		const struct outcome_strategy *s =
			outcome_find(&set->items[i].outcome, name);

		if (!s || strcmp(set->items[i].point, point) != 0)
			continue;
		if (!telling || verdict_of_repeats(telling->verdict, s->verdict) !=
					telling->verdict)
			telling = s;
	}
	return telling;
}

static enum change change_of_verdict(const struct comparison_row *row)
{
	if (!row->base || !row->next)
		return CHANGE_NOT_JUDGED;
	if (row->base->verdict == row->next->verdict)
		return CHANGE_SAME;
	if (row->next->verdict == VERDICT_UNSAFE)
		return CHANGE_WORSE;
	if (row->next->verdict == VERDICT_SAFE)
		return CHANGE_BETTER;
	return CHANGE_UNCLEAR;
}

/* A control promises nothing, and nothing is asked of it. */
static void judge_verdict(struct comparison *comparison, struct comparison_row *row)
{
	char name[512];

	row->verdict = change_of_verdict(row);
	if (row->control || !row->base)
		return;
	name_row(row, name, sizeof(name));
	if (!row->next && row->base->verdict != VERDICT_SKIPPED)
		give_reason(comparison, false, "%s: it is not in the new runs", name);
	else if (row->verdict == CHANGE_WORSE)
		give_reason(comparison, true, "%s: %s became unsafe: %s", name,
			    verdict_name(row->base->verdict), row->next->reason);
	else if (row->verdict == CHANGE_UNCLEAR && row->base->verdict == VERDICT_SAFE)
		give_reason(comparison, false, "%s: safe became %s: %s", name,
			    verdict_name(row->next->verdict), row->next->reason);
}

/* ---- prices -------------------------------------------------------------------- */

static const struct run_item *find_repeat(const struct run_set *set, const char *point,
					  size_t repeat)
{
	for (size_t i = 0; i < set->count; i++)
		if (set->items[i].repeat == repeat &&
		    strcmp(set->items[i].point, point) == 0)
			return &set->items[i];
	return NULL;
}

/* What an unsafe or skipped strategy costs is no price. */
static bool has_price(const struct outcome_strategy *s)
{
	return s && s->verdict != VERDICT_UNSAFE && s->verdict != VERDICT_SKIPPED;
}

static double figure_of(const struct run_item *item, const char *name,
			const struct metric_info *info)
{
	const struct outcome_strategy *s = outcome_find(&item->outcome, name);

	if (!has_price(s))
		return NAN;
	return s->figures[info->figure] < info->least ? info->least
						      : s->figures[info->figure];
}

static bool is_pair(double base, double next)
{
	return isfinite(base) && isfinite(next) && base > 0 && next > 0;
}

static enum change judge_ratio(const struct interval *ratio,
			       const struct metric_info *info, double threshold,
			       bool single)
{
	bool alone = ratio->count == 1 && (info->exact || single);
	double low = alone ? ratio->mean : ratio->low;
	double high = alone ? ratio->mean : ratio->high;
	double limit = info->less_is_worse ? 1 / (1 - threshold) : 1 + threshold;

	if (ratio->count == 0 || (ratio->count == 1 && !alone))
		return CHANGE_NOT_JUDGED;
	if (info->less_is_worse) {
		double swap = low;

		low = 1 / high;
		high = 1 / swap;
	}
	/* A hair's breadth for rounding: a run equals itself at any threshold. */
	limit *= 1 + 1e-9;
	if (low > limit)
		return CHANGE_WORSE;
	if (high < 1 / limit)
		return CHANGE_BETTER;
	return low >= 1 / limit && high <= limit ? CHANGE_SAME : CHANGE_UNCLEAR;
}

static void tell_price(struct comparison *comparison, const struct comparison_row *row,
		       enum metric metric)
{
	const struct metric_info *info = &metric_table[metric];
	const struct metric_change *change = &row->metrics[metric];
	char name[512], interval[96] = "";

	name_row(row, name, sizeof(name));
	if (change->ratio.count > 1)
		snprintf(interval, sizeof(interval),
			 " (95 %% interval %.2f to %.2f, %zu pairs)", change->ratio.low,
			 change->ratio.high, change->ratio.count);
	give_reason(comparison, true,
		    "%s: %s went from %.4g to %.4g: x %.2f%s, beyond %g %%", name,
		    info->unit, change->base, change->next, change->ratio.mean,
		    interval, comparison->options.thresholds[metric] * 100);
}

/* Are so many pairs enough to judge by? */
static bool suffices(size_t pairs, const struct metric_info *info,
		     const struct comparison_options *options)
{
	return pairs > 1 || (pairs == 1 && (info->exact || options->single));
}

/* 0 or -ENOMEM. */
static int judge_price(struct comparison *comparison, struct comparison_row *row,
		       enum metric metric)
{
	const struct metric_info *info = &metric_table[metric];
	struct metric_change *change = &row->metrics[metric];
	size_t room = comparison->base->count + 1;
	double *values = calloc(3 * room, sizeof(*values));
	double *base, *next, *ratios;
	size_t count = 0, lacking = 0;
	char name[512];

	if (!values)
		return -ENOMEM;
	base = values;
	next = base + room;
	ratios = next + room;
	for (size_t i = 0; i < comparison->base->count; i++) {
		const struct run_item *a = &comparison->base->items[i], *b;

		if (strcmp(a->point, row->point) != 0)
			continue;
		b = find_repeat(comparison->next, row->point, a->repeat);
		base[count] = figure_of(a, row->name, info);
		next[count] = b ? figure_of(b, row->name, info) : NAN;
		if (!is_pair(base[count], next[count])) {
			lacking += base[count] > 0 && b &&
				   has_price(outcome_find(&b->outcome, row->name));
			continue;
		}
		ratios[count] = next[count] / base[count];
		count++;
	}
	change->base = interval_of(base, count).mean;
	change->next = interval_of(next, count).mean;
	change->ratio = interval_of(ratios, count);
	change->change = judge_ratio(&change->ratio, info,
				     comparison->options.thresholds[metric],
				     comparison->options.single);
	free(values);
	if (row->control)
		return 0;
	name_row(row, name, sizeof(name));
	if (change->change == CHANGE_WORSE)
		tell_price(comparison, row, metric);
	else if (!suffices(count, info, &comparison->options) &&
		 suffices(count + lacking, info, &comparison->options))
		give_reason(comparison, false, "%s: the new runs do not tell its %s",
			    name, info->unit);
	return 0;
}

/* ---- whole runs ---------------------------------------------------------------- */

static bool same_number(double a, double b)
{
	return !(isfinite(a) && isfinite(b)) || a == b;
}

static bool same_setting(const struct run_outcome *a, const struct run_outcome *b)
{
	return a->ranks == b->ranks && a->hosts == b->hosts &&
	       same_number(a->min_bytes, b->min_bytes) &&
	       same_number(a->max_bytes, b->max_bytes);
}

static void describe_setting(const struct run_outcome *outcome, char *text, size_t size)
{
	snprintf(text, size, "%zu ranks on %zu hosts, records of %.0f to %.0f bytes",
		 outcome->ranks, outcome->hosts, outcome->min_bytes,
		 outcome->max_bytes);
}

/*
 * Prices of different loads are no regression.  Each run is held against the first one
 * of its point.  Returns whether all of @point can be compared.
 */
static bool same_load(struct comparison *comparison, const char *point)
{
	const struct run_set *sets[] = {comparison->base, comparison->next};
	const struct run_outcome *first = NULL;
	char a[160], b[160];

	for (size_t s = 0; s < 2; s++) {
		for (size_t i = 0; i < sets[s]->count; i++) {
			const struct run_item *item = &sets[s]->items[i];

			if (strcmp(item->point, point) != 0)
				continue;
			first = first ? first : &item->outcome;
			if (same_setting(first, &item->outcome))
				continue;
			describe_setting(first, a, sizeof(a));
			describe_setting(&item->outcome, b, sizeof(b));
			give_reason(comparison, false,
				    "%s%sprices are not compared: %s against %s", point,
				    *point ? ": " : "", a, b);
			return false;
		}
	}
	return true;
}

/* The run with the verdict of all repeats of @point; NULL: there is none. */
static const struct run_outcome *whole_of(const struct run_set *set, const char *point)
{
	const struct run_outcome *telling = NULL;

	for (size_t i = 0; i < set->count; i++) {
		const struct run_outcome *o = &set->items[i].outcome;

		if (strcmp(set->items[i].point, point) != 0)
			continue;
		if (!telling || verdict_of_repeats(telling->verdict, o->verdict) !=
					telling->verdict)
			telling = o;
	}
	return telling;
}

/*
 * A run may be worse though no strategy is: by --expect, by --strict, or a check by
 * what its locks answered.
 */
static void judge_whole(struct comparison *comparison, const char *point)
{
	const struct run_outcome *base = whole_of(comparison->base, point);
	const struct run_outcome *next = whole_of(comparison->next, point);
	const char *colon = *point ? ": " : "";

	if (!base || !next || base->verdict == next->verdict)
		return;
	if (next->verdict == VERDICT_UNSAFE)
		give_reason(comparison, true,
			    "%s%sthe run as a whole: %s became unsafe%s%s", point,
			    colon, verdict_name(base->verdict),
			    *next->reason ? ": " : "", next->reason);
	else if (base->verdict == VERDICT_SAFE)
		give_reason(comparison, false,
			    "%s%sthe run as a whole: safe became %s%s%s", point, colon,
			    verdict_name(next->verdict), *next->reason ? ": " : "",
			    next->reason);
}

/* ---- all of it ------------------------------------------------------------------- */

static struct comparison_row *find_row(struct comparison *comparison, const char *point,
				       const char *name)
{
	for (size_t i = 0; i < comparison->row_count; i++)
		if (strcmp(comparison->rows[i].point, point) == 0 &&
		    strcmp(comparison->rows[i].name, name) == 0)
			return &comparison->rows[i];
	return NULL;
}

/* A row for each strategy of each point, in the order in which they are met. */
static int add_rows(struct comparison *comparison, const struct run_set *set)
{
	for (size_t i = 0; i < set->count; i++) {
		const struct run_item *item = &set->items[i];

		for (size_t k = 0; k < item->outcome.count; k++) {
			const struct outcome_strategy *s = &item->outcome.strategies[k];
			struct comparison_row *rows;

			if (find_row(comparison, item->point, s->name))
				continue;
			rows = reallocarray(comparison->rows, comparison->row_count + 1,
					    sizeof(*rows));
			if (!rows)
				return -ENOMEM;
			comparison->rows = rows;
			rows[comparison->row_count++] = (struct comparison_row){
				.point = item->point,
				.name = s->name,
				.control = s->control,
				.base = verdict_of(comparison->base, item->point,
						   s->name),
				.next = verdict_of(comparison->next, item->point,
						   s->name),
			};
		}
	}
	return 0;
}

/* The rows of one point: verdicts first, since a price is nothing beside them. */
static int judge_point(struct comparison *comparison, size_t first)
{
	const char *point = comparison->rows[first].point;
	size_t reasons = comparison->reason_count;
	bool priced;
	int rc = 0;

	for (size_t i = first; i < comparison->row_count; i++)
		if (strcmp(comparison->rows[i].point, point) == 0)
			judge_verdict(comparison, &comparison->rows[i]);
	if (comparison->reason_count == reasons)
		judge_whole(comparison, point);
	priced = same_load(comparison, point);
	for (size_t i = first; priced && rc == 0 && i < comparison->row_count; i++)
		for (int m = 0; rc == 0 && m < METRIC_COUNT; m++)
			if (strcmp(comparison->rows[i].point, point) == 0)
				rc = judge_price(comparison, &comparison->rows[i],
						 (enum metric)m);
	return rc;
}

static bool is_first_of_point(const struct comparison *comparison, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (strcmp(comparison->rows[i].point, comparison->rows[index].point) ==
		    0)
			return false;
	return true;
}

static bool anything_in_common(const struct comparison *comparison)
{
	for (size_t i = 0; i < comparison->row_count; i++) {
		const struct comparison_row *row = &comparison->rows[i];

		if (row->base && row->next && row->base->verdict != VERDICT_SKIPPED &&
		    row->next->verdict != VERDICT_SKIPPED)
			return true;
	}
	return false;
}

static void empty_prices(struct comparison *comparison)
{
	for (size_t i = 0; i < comparison->row_count; i++)
		for (int m = 0; m < METRIC_COUNT; m++)
			comparison->rows[i].metrics[m] = (struct metric_change){
				NAN, NAN, interval_of(NULL, 0), CHANGE_NOT_JUDGED};
}

int comparison_make(struct comparison *comparison, const struct run_set *base,
		    const struct run_set *next,
		    const struct comparison_options *options)
{
	struct comparison made = {.base = base, .next = next, .options = *options};
	int rc = add_rows(&made, base);

	if (rc == 0)
		rc = add_rows(&made, next);
	empty_prices(&made);
	for (size_t i = 0; rc == 0 && i < made.row_count; i++)
		if (is_first_of_point(&made, i))
			rc = judge_point(&made, i);
	if (rc == 0 && !anything_in_common(&made))
		give_reason(&made, false, "no strategy ran on both sides");
	if (rc < 0) {
		comparison_release(&made);
		return rc;
	}
	*comparison = made;
	return 0;
}

void comparison_release(struct comparison *comparison)
{
	for (size_t i = 0; i < comparison->reason_count; i++)
		free(comparison->reasons[i].text);
	free(comparison->reasons);
	free(comparison->rows);
	memset(comparison, 0, sizeof(*comparison));
}

int comparison_exit_code(const struct comparison *comparison)
{
	static const int codes[] = {
		[NO_REGRESSION] = 0,
		[REGRESSION] = 1,
		[NOT_COMPARABLE] = 3,
	};

	return codes[comparison->verdict];
}
