/* sweep_report - see sweep_report.h. */
#include "results/sweep_report.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "results/format.h"
#include "results/interval.h"
#include "results/replacement.h"
#include "results/sweep_files.h"
#include "results/sweep_points.h"

/* ---- columns of both tables ---------------------------------------------------- */

/* Keys that have a column of their own, whether they vary or not. */
static bool has_own_column(const char *key)
{
	static const char *const names[] = {"strategy", "ranks", "size", "batch"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(names[i], key) == 0)
			return true;
	return false;
}

static void put_key_heads(FILE *stream, const struct sweep_report *report)
{
	fputs(",strategy,preset,ranks,hosts,size_bytes,batch", stream);
	for (size_t i = 0; i < report->key_count; i++)
		if (!has_own_column(report->keys[i]))
			fprintf(stream, ",%s", report->keys[i]);
}

/* Texts of JSON are escaped already. */
static void put_escaped_field(FILE *stream, const char *text)
{
	bool quoted = strpbrk(text, ",\"\r\n") != NULL;

	if (quoted)
		putc('"', stream);
	for (; *text; text++) {
		if (*text == '"')
			putc('"', stream);
		putc(*text, stream);
	}
	if (quoted)
		putc('"', stream);
}

static void put_figure(FILE *stream, double value)
{
	if (isfinite(value))
		fprintf(stream, ",%.9g", value);
	else
		putc(',', stream);
}

static void put_setting(FILE *stream, const struct sweep_report *report,
			const struct sweep_run *run, const struct outcome_strategy *s)
{
	const json_t *settings = json_array_get(report->settings, run->point);
	size_t preset = strcspn(s->name, ":");

	putc(',', stream);
	put_escaped_field(stream, s->name);
	fprintf(stream, ",%.*s,%zu,%zu", (int)preset, s->name, run->outcome.ranks,
		run->outcome.hosts);
	put_figure(stream, run->outcome.max_bytes);
	fprintf(stream, ",%lu", sweep_batch_of(s->spec));
	for (size_t i = 0; i < report->key_count; i++) {
		const char *value =
			json_string_value(json_object_get(settings, report->keys[i]));

		if (has_own_column(report->keys[i]))
			continue;
		putc(',', stream);
		put_escaped_field(stream, value ? value : "");
	}
}

/* ---- sweep.csv ------------------------------------------------------------------ */

static void put_run(FILE *stream, const struct sweep_report *report,
		    const struct sweep_run *run, const struct outcome_strategy *s)
{
	const double *f = s->figures;
	const double figures[] = {
		f[FIGURE_ATTEMPTED],
		f[FIGURE_ACKNOWLEDGED],
		f[FIGURE_LOST],
		sweep_lost_per_million(f[FIGURE_LOST], f[FIGURE_ACKNOWLEDGED]),
		f[FIGURE_DURATION_S],
		f[FIGURE_RECORDS_PER_S],
		f[FIGURE_BYTES_PER_S],
		f[FIGURE_P50_US],
		f[FIGURE_P99_US],
		f[FIGURE_MAX_US],
		f[FIGURE_RPC],
		f[FIGURE_CONTENTION],
		f[FIGURE_HANDOFFS],
	};

	fprintf(stream, "%zu,%zu,%s", run->point + 1, run->repeat + 1, run->folder);
	put_setting(stream, report, run, s);
	fprintf(stream, ",%s", verdict_name(s->verdict));
	for (size_t i = 0; i < sizeof(figures) / sizeof(figures[0]); i++)
		put_figure(stream, figures[i]);
	putc('\n', stream);
}

static int write_runs(const struct sweep_report *report, FILE *stream)
{
	fputs("point,repeat,run", stream);
	put_key_heads(stream, report);
	fputs(",verdict,attempted,acknowledged,lost,lost_per_million,duration_s,"
	      "records_per_s,bytes_per_s,p50_us,p99_us,max_us,rpc_per_record,"
	      "contention,"
	      "handoffs\n",
	      stream);
	for (size_t i = 0; i < report->count; i++)
		for (size_t k = 0; k < report->runs[i].outcome.count; k++)
			put_run(stream, report, &report->runs[i],
				&report->runs[i].outcome.strategies[k]);
	return 0;
}

/* ---- points.csv ----------------------------------------------------------------- */

static int put_point(const struct sweep_report *report, const struct sweep_run *run,
		     const struct outcome_strategy *strategy,
		     const struct sweep_point_figures *p, void *context)
{
	const double figures[] = {
		p->rate.mean, p->rate.low, p->rate.high, p->lost_per_million,
		p->p50,	      p->p99,	   p->rpc};
	FILE *stream = context;

	fprintf(stream, "%zu", run->point + 1);
	put_setting(stream, report, run, strategy);
	fprintf(stream, ",%zu,%s", p->repeats, verdict_name(p->verdict));
	for (size_t i = 0; i < sizeof(figures) / sizeof(figures[0]); i++)
		put_figure(stream, figures[i]);
	putc('\n', stream);
	return 0;
}

static int write_points(const struct sweep_report *report, FILE *stream)
{
	fputs("point", stream);
	put_key_heads(stream, report);
	fputs(",repeats,verdict,records_per_s,records_per_s_low,records_per_s_high,"
	      "lost_per_million,p50_us,p99_us,rpc_per_record\n",
	      stream);
	return sweep_for_points(report, put_point, stream);
}

/* ---- sweep.json -------------------------------------------------------------------
 */

static json_t *number(double value)
{
	return isfinite(value) ? json_real(value) : json_null();
}

static int add_point_json(const struct sweep_report *report,
			  const struct sweep_run *run,
			  const struct outcome_strategy *strategy,
			  const struct sweep_point_figures *p, void *context)
{
	(void)report;
	return json_array_append_new(
		context,
		json_pack("{s:I, s:s, s:I, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
			  "point", (json_int_t)run->point + 1, "strategy",
			  strategy->name, "repeats", (json_int_t)p->repeats, "verdict",
			  verdict_name(p->verdict), "records_per_s",
			  number(p->rate.mean), "records_per_s_low",
			  number(p->rate.low), "records_per_s_high",
			  number(p->rate.high), "lost_per_million",
			  number(p->lost_per_million), "p50_us", number(p->p50),
			  "p99_us", number(p->p99), "rpc_per_record", number(p->rpc)));
}

static json_t *runs_json(const struct sweep_report *report)
{
	json_t *runs = json_array();

	for (size_t i = 0; i < report->count; i++) {
		const struct sweep_run *run = &report->runs[i];

		json_array_append_new(
			runs, json_pack("{s:I, s:I, s:s, s:i, s:f}", "point",
					(json_int_t)run->point + 1, "repeat",
					(json_int_t)run->repeat + 1, "folder",
					run->folder, "exit_code", run->exit_code,
					"seconds", run->seconds));
	}
	return runs;
}

static int write_document(const struct sweep_report *report, FILE *stream)
{
	json_t *keys = json_array(), *points = json_array(), *root;
	int rc = sweep_for_points(report, add_point_json, points);

	for (size_t i = 0; i < report->key_count; i++)
		json_array_append_new(keys, json_string(report->keys[i]));
	root = json_pack("{s:s, s:o, s:O, s:I, s:o, s:o}", "schema", SWEEP_SCHEMA,
			 "keys", keys, "settings", report->settings, "planned",
			 (json_int_t)report->planned, "runs", runs_json(report),
			 "points", points);
	if (!root || rc < 0)
		rc = -ENOMEM;
	else
		json_dumpf(root, stream, JSON_INDENT(2) | JSON_REAL_PRECISION(9));
	putc('\n', stream);
	json_decref(root);
	return rc;
}

/* ---- all three ----------------------------------------------------------------------
 */

static int write_one(const struct sweep_report *report, int dir_fd, const char *name,
		     int (*write)(const struct sweep_report *report, FILE *stream))
{
	struct replacement file;
	int rc = replacement_begin(&file, dir_fd, name);

	if (rc < 0)
		return rc;
	rc = write(report, file.stream);
	if (rc < 0) {
		replacement_abandon(&file);
		return rc;
	}
	return replacement_commit(&file);
}

int sweep_report_write(const struct sweep_report *report, const char *out,
		       struct error *err)
{
	int dir_fd = open(out, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc = dir_fd < 0 ? -errno : 0;

	if (rc == 0)
		rc = write_one(report, dir_fd, SWEEP_CSV_FILE, write_runs);
	if (rc == 0)
		rc = write_one(report, dir_fd, SWEEP_POINTS_FILE, write_points);
	if (rc == 0)
		rc = write_one(report, dir_fd, SWEEP_JSON_FILE, write_document);
	if (dir_fd >= 0)
		close(dir_fd);
	return rc < 0 ? error_sys(err, -rc, "cannot write the results into %s", out)
		      : 0;
}
