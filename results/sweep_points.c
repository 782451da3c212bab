/* sweep_points - see sweep_points.h. */
#include "results/sweep_points.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

unsigned long sweep_batch_of(const char *spec)
{
	const char *batch = strstr(spec, "batch=");

	return batch ? strtoul(batch + strlen("batch="), NULL, 10) : 1;
}

double sweep_lost_per_million(double lost, double acknowledged)
{
	return acknowledged > 0 ? lost * 1e6 / acknowledged : NAN;
}

static struct interval over_repeats(const struct sweep_report *report, size_t first,
				    const char *name, enum figure figure, double *room)
{
	size_t count = 0;

	for (size_t i = first;
	     i < report->count && report->runs[i].point == report->runs[first].point;
	     i++) {
		const struct outcome_strategy *s =
			outcome_find(&report->runs[i].outcome, name);

		if (s)
			room[count++] = s->figures[figure];
	}
	return interval_of(room, count);
}

static struct sweep_point_figures measure_point(const struct sweep_report *report,
						size_t first, const char *name,
						double *room)
{
	struct sweep_point_figures p = {.verdict = VERDICT_SKIPPED};
	double lost = 0, acknowledged = 0;

	for (size_t i = first;
	     i < report->count && report->runs[i].point == report->runs[first].point;
	     i++) {
		const struct outcome_strategy *s =
			outcome_find(&report->runs[i].outcome, name);

		if (!s)
			continue;
		p.repeats++;
		p.verdict = verdict_of_repeats(p.verdict, s->verdict);
		if (s->verdict == VERDICT_SKIPPED)
			continue;
		lost += s->figures[FIGURE_LOST];
		acknowledged += s->figures[FIGURE_ACKNOWLEDGED];
	}
	p.lost_per_million = sweep_lost_per_million(lost, acknowledged);
	p.rate = over_repeats(report, first, name, FIGURE_RECORDS_PER_S, room);
	p.p50 = over_repeats(report, first, name, FIGURE_P50_US, room).mean;
	p.p99 = over_repeats(report, first, name, FIGURE_P99_US, room).mean;
	p.rpc = over_repeats(report, first, name, FIGURE_RPC, room).mean;
	return p;
}

int sweep_for_points(const struct sweep_report *report, sweep_point_fn *each,
		     void *context)
{
	double *room = calloc(report->count + 1, sizeof(*room));
	int rc = room ? 0 : -ENOMEM;

	for (size_t i = 0; rc == 0 && i < report->count; i++) {
		const struct run_outcome *o = &report->runs[i].outcome;

		if (i > 0 && report->runs[i].point == report->runs[i - 1].point)
			continue;
		for (size_t k = 0; rc == 0 && k < o->count; k++) {
			struct sweep_point_figures p =
				measure_point(report, i, o->strategies[k].name, room);

			rc = each(report, &report->runs[i], &o->strategies[k], &p,
				  context);
		}
	}
	free(room);
	return rc;
}
