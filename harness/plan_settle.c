/* plan_settle - what rank 0 adds to a plan, what it costs, and how it reads. */
#include "harness/plan.h"

#include "core/history.h"
#include "core/units.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#define RESULTS_DIR "tailrace-results"

/* Bytes that one record of each strategy takes, all together. */
static uint64_t growth_bytes(const struct plan *plan)
{
	uint64_t bytes = 0;

	for (uint32_t i = 0; i < plan->strategy_count; i++)
		bytes +=
			strategy_growth_bytes(&plan->strategy[i].spec, plan->max_bytes);
	return bytes;
}

uint64_t plan_total_bytes(const struct plan *plan)
{
	return plan->records * plan->ranks * growth_bytes(plan);
}

uint64_t plan_history_bytes(const struct plan *plan, uint32_t writers)
{
	if (!plan->records)
		return 0;
	return (HISTORY_HEADER_BYTES + plan->records * HISTORY_ENTRY_BYTES) * writers;
}

/* A run that only time would end ends at --max-bytes, too. */
static int bound_by_bytes(struct plan *plan, struct error *err)
{
	uint64_t per_record = growth_bytes(plan) * plan->ranks;
	uint64_t fitting = per_record ? plan->bytes_limit / per_record : 0;
	char planned[UNITS_TEXT_BYTES], limit[UNITS_TEXT_BYTES];

	if (!plan->bytes_limit)
		return 0;
	if (plan->duration_ns && fitting && (!plan->records || plan->records > fitting))
		plan->records = fitting;
	if (plan->records && plan->records <= fitting)
		return 0;
	return error_set(
		err, EINVAL,
		"the run would write up to %s, more than --max-bytes %s; take "
		"fewer --records or a smaller --size",
		units_format_bytes((plan->records ? plan->records : 1) * per_record,
				   planned),
		units_format_bytes(plan->bytes_limit, limit));
}

int plan_set_ranks(struct plan *plan, uint32_t ranks, struct error *err)
{
	if (plan->ranks_asked && plan->ranks_asked != ranks)
		return error_set(err, EINVAL,
				 "--ranks asks for %u, but the launcher started %u",
				 plan->ranks_asked, ranks);
	if (ranks > RECORD_MAX_WRITERS)
		return error_set(err, EINVAL, "%u ranks are more than %d", ranks,
				 RECORD_MAX_WRITERS);
	for (uint32_t i = 0; i < plan->fault_count; i++)
		if (plan->fault[i].rank >= ranks)
			return error_set(err, EINVAL,
					 "--fault: \"%s\": there is no rank %u, but 0 "
					 "to %u",
					 plan->fault[i].what, plan->fault[i].rank,
					 ranks - 1);
	plan->ranks = ranks;
	return bound_by_bytes(plan, err);
}

/* tailrace-results/<label>/<UTC time>, in the working directory. */
static int name_run_folder(struct plan *plan, const struct tm *utc, struct error *err)
{
	char cwd[PATH_MAX];
	char stamp[32];
	int written;

	if (!getcwd(cwd, sizeof(cwd)))
		return error_sys(err, errno, "cannot tell the working directory");
	strftime(stamp, sizeof(stamp), "%Y%m%dT%H%M%SZ", utc);
	written = snprintf(plan->out, sizeof(plan->out), "%s/" RESULTS_DIR "/%s/%s",
			   strcmp(cwd, "/") ? cwd : "", plan->label, stamp);
	if (written < 0 || (size_t)written >= sizeof(plan->out))
		return error_set(err, EINVAL,
				 "the path of the run folder would be too long; use "
				 "--out DIR");
	return 0;
}

/* Two runs may begin in one second: "-2" for the second. */
static int make_name_new(struct plan *plan, struct error *err)
{
	size_t length = strlen(plan->out);

	for (int copy = 2; access(plan->out, F_OK) == 0; copy++) {
		if (length + 12 > sizeof(plan->out))
			return error_set(err, EINVAL, "%s exists; use --out DIR",
					 plan->out);
		snprintf(plan->out + length, sizeof(plan->out) - length, "-%d", copy);
	}
	return 0;
}

static bool lies_in(const char *path, const char *dir)
{
	size_t length = strlen(dir);

	return strcmp(dir, "/") == 0 || (strncmp(path, dir, length) == 0 &&
					 (path[length] == '/' || path[length] == '\0'));
}

int plan_settle(struct plan *plan, struct error *err)
{
	time_t now = time(NULL);
	uint64_t bits[2];
	struct tm utc;
	int rc;

	if (getrandom(bits, sizeof(bits), 0) != (ssize_t)sizeof(bits))
		return error_sys(err, errno, "cannot draw a run id");
	run_id_format(bits[0], plan->run_id);
	/* Short enough for JSON numbers of every reader. */
	if (!plan->seed_given)
		plan->seed = bits[1] >> 32;
	plan->seed_given = true;
	gmtime_r(&now, &utc);
	strftime(plan->created_utc, sizeof(plan->created_utc), "%Y-%m-%dT%H:%M:%SZ",
		 &utc);
	if (plan->out[0])
		return 0;
	rc = name_run_folder(plan, &utc, err);
	if (rc < 0)
		return rc;
	if (lies_in(plan->out, plan->dir))
		return error_set(
			err, EINVAL,
			"the run folder would lie in DIR, which is under test; "
			"use --out DIR or another working directory");
	return make_name_new(plan, err);
}

/* ---- for people ---------------------------------------------------------- */

static void show_faults(const struct plan *plan, FILE *file)
{
	char when[FAULT_WHEN_BYTES];

	for (uint32_t i = 0; i < plan->fault_count; i++)
		fprintf(file, "  %s  %s of each strategy: %s\n",
			i ? "          " : "faults    ",
			fault_when(&plan->fault[i], when), plan->fault[i].what);
}

static void show_extent(const struct plan *plan, FILE *file)
{
	char text[UNITS_TEXT_BYTES], time[UNITS_TEXT_BYTES];

	if (plan->records)
		fprintf(file, "  records     %" PRIu64 " per rank and strategy\n",
			plan->records);
	if (plan->duration_ns)
		fprintf(file, "  duration    %s per strategy\n",
			units_format_duration(plan->duration_ns, text));
	if (plan->segment_bytes)
		fprintf(file, "  segments    of about %s, or %s\n",
			units_format_bytes(plan->segment_bytes, text),
			units_format_duration(plan->segment_ns, time));
	if (plan->min_bytes == plan->max_bytes)
		fprintf(file, "  size        %u bytes a record\n", plan->max_bytes);
	else
		fprintf(file, "  size        %u to %u bytes a record\n",
			plan->min_bytes, plan->max_bytes);
	if (plan->rate)
		fprintf(file, "  rate        at most %" PRIu64 " records/s and rank\n",
			plan->rate);
	if (plan->readers)
		fprintf(file, "  readers     %u of each shared file\n", plan->readers);
	if (plan->seed_given)
		fprintf(file, "  seed        %" PRIu64 "\n", plan->seed);
	fprintf(file, "  time-out    %s without progress\n",
		units_format_duration(plan->timeout_ns, text));
	if (plan->check != CHECK_NONE)
		return; /* its footprint tells */
	if (plan->segment_bytes)
		fputs("  will write  until the time is over; a segment is removed once "
		      "it was judged safe\n",
		      file);
	else if (!plan->records)
		fputs("  will write  until the time is over; --max-bytes sets a "
		      "limit\n",
		      file);
	else if (plan->ranks)
		fprintf(file, "  will write  at most %s\n",
			units_format_bytes(plan_total_bytes(plan), text));
}

void plan_show(const struct plan *plan, FILE *file)
{
	char spec[STRATEGY_TEXT_BYTES];

	fputs("The plan (nothing was done):\n", file);
	fprintf(file, "  directory   %s\n", plan->dir);
	fprintf(file, "  run folder  %s\n",
		plan->out[0] ? plan->out : RESULTS_DIR "/<label>/<time>");
	if (plan->ranks)
		fprintf(file, "  ranks       %u\n", plan->ranks);
	show_extent(plan, file);
	for (uint32_t i = 0; i < plan->strategy_count; i++) {
		const struct plan_strategy *s = &plan->strategy[i];

		strategy_spec_text(&s->spec, spec);
		fprintf(file, "  %s  %s (%s%s%s)\n", i ? "          " : "strategies",
			spec, strategy_control(&s->spec) ? "control, " : "",
			s->required || plan->strict ? "required" : "not required",
			s->expected ? ", its verdict is expected" : "");
	}
	show_faults(plan, file);
}

int plan_save_args(const struct plan *plan, struct options *options, FILE *file)
{
	char number[32];
	int rc;

	snprintf(number, sizeof(number), "%" PRIu64, plan->seed);
	rc = options_replace(options, "seed", number);
	if (rc == 0 || rc == -ENOENT) /* not every command draws one */
		rc = options_replace(options, "", plan->dir);
	if (rc == 0 && plan->records && !plan->duration_ns) {
		snprintf(number, sizeof(number), "%" PRIu64, plan->records);
		rc = options_replace(options, "records", number);
	}
	return rc < 0 ? rc : options_save(options, file);
}
