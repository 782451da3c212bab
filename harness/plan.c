/* plan - see plan.h. */
#include "harness/plan.h"

#include "core/suggest.h"
#include "core/units.h"
#include "results/export.h"
#include "harness/check_matrix.h"
#include "harness/plan_options.h"
#include "mpi/launch.h"
#include "workloads/turn.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DEFAULT_RECORDS 1000

/* ---- from raw to plan --------------------------------------------------- */

/* Copy @text ("" for NULL) as the value of @what. */
static int copy_text(char *ret_text, size_t size, const char *text, const char *what,
		     struct error *err)
{
	size_t length = text ? strlen(text) : 0;

	if (text && length == 0)
		return error_set(err, EINVAL, "%s must not be empty", what);
	if (length >= size)
		return error_set(err, EINVAL, "%s is longer than %zu bytes", what,
				 size - 1);
	memcpy(ret_text, text ? text : "", length + 1);
	return 0;
}

/*
 * Make @path absolute by its text alone: the mount under test may be dead, so
 * nothing is asked of it here.
 */
static int copy_path(char ret_path[PATH_MAX], const char *path, const char *what,
		     struct error *err)
{
	char cwd[PATH_MAX] = "";
	size_t length;
	int written;

	if (!path || !*path)
		return copy_text(ret_path, PATH_MAX, path, what, err);
	if (*path != '/' && !getcwd(cwd, sizeof(cwd)))
		return error_sys(err, errno, "cannot tell the working directory");
	while (strncmp(path, "./", 2) == 0)
		path += 2;
	if (strcmp(path, ".") == 0)
		path = "";
	written = snprintf(ret_path, PATH_MAX, "%s%s%s", cwd, *path == '/' ? "" : "/",
			   path);
	if (written < 0 || written >= PATH_MAX)
		return error_set(err, EINVAL, "%s is longer than %d bytes", what,
				 PATH_MAX - 1);
	length = (size_t)written;
	while (length > 1 && ret_path[length - 1] == '/')
		ret_path[--length] = '\0';
	return 0;
}

static int copy_json(struct plan *plan, const char *path, struct error *err)
{
	if (export_to_stdout(path))
		return copy_text(plan->json, sizeof(plan->json), path, "--json", err);
	return copy_path(plan->json, path, "--json", err);
}

static int check_label(const char *label, struct error *err)
{
	if (strchr(label, '/') || strcmp(label, ".") == 0 || strcmp(label, "..") == 0)
		return error_set(err, EINVAL,
				 "--label is part of a path: \"%s\" cannot be", label);
	return 0;
}

static struct plan_strategy *find_strategy(struct plan *plan, const char *name)
{
	for (uint32_t i = 0; i < plan->strategy_count; i++)
		if (strcmp(plan->strategy[i].spec.name, name) == 0)
			return &plan->strategy[i];
	return NULL;
}

static int no_such_strategy(const struct plan *plan, const char *option,
			    const char *name, struct error *err)
{
	struct suggestion meant = suggest_for(name);
	char hint[STRATEGY_TEXT_BYTES + 32];

	for (uint32_t i = 0; i < plan->strategy_count; i++)
		suggest_offer(&meant, plan->strategy[i].spec.name);
	return error_set(err, EINVAL, "%s names \"%s\", which is not in --strategy%s",
			 option, name, suggest_text(&meant, "", hint, sizeof(hint)));
}

static int take_strategies(struct plan *plan, const char *text, struct error *err)
{
	struct strategy_spec *specs;
	size_t count;
	int rc = strategy_list_parse(text, &specs, &count, err);

	if (rc < 0)
		return rc;
	if (count > PLAN_STRATEGIES_MAX) {
		free(specs);
		return error_set(err, EINVAL, "--strategy names %zu, more than %d",
				 count, PLAN_STRATEGIES_MAX);
	}
	for (size_t i = 0; i < count; i++)
		plan->strategy[i].spec = specs[i];
	plan->strategy_count = (uint32_t)count;
	free(specs);
	return 0;
}

/*
 * Names may hold commas ("flock:batch=2,flush=fsync"), so a list of names is
 * read as a list of strategies is, and compared by name.
 */
static int take_required(struct plan *plan, const char *list, struct error *err)
{
	struct strategy_spec *specs = NULL;
	size_t count = 0;
	int rc;

	if (!list) {
		for (uint32_t i = 0; i < plan->strategy_count; i++)
			plan->strategy[i].required =
				!strategy_control(&plan->strategy[i].spec);
		return 0;
	}
	rc = strategy_list_parse(list, &specs, &count, err);
	for (size_t i = 0; rc == 0 && i < count; i++) {
		struct plan_strategy *found = find_strategy(plan, specs[i].name);

		if (found)
			found->required = true;
		else
			rc = no_such_strategy(plan, "--require", specs[i].name, err);
	}
	free(specs);
	return rc;
}

static int verdict_by_name(const char *name, enum verdict *ret_verdict)
{
	for (int v = VERDICT_SAFE; v <= VERDICT_SKIPPED; v++) {
		if (strcmp(verdict_name((enum verdict)v), name) == 0) {
			*ret_verdict = (enum verdict)v;
			return 0;
		}
	}
	return -EINVAL;
}

/* One "NAME=VERDICT"; NAME may hold '=' itself. */
static int take_expectation(struct plan *plan, char *text, struct error *err)
{
	char *equals = strrchr(text, '=');
	struct plan_strategy *found;
	struct suggestion meant = suggest_for(equals ? equals + 1 : "");
	enum verdict verdict;
	char hint[128];

	for (int v = VERDICT_SAFE; v <= VERDICT_SKIPPED; v++)
		suggest_offer(&meant, verdict_name((enum verdict)v));
	if (!equals || verdict_by_name(equals + 1, &verdict) < 0)
		return error_set(err, EINVAL,
				 "--expect takes NAME=VERDICT with the verdict safe, "
				 "unsafe, inconclusive or skipped, not \"%s\"%s",
				 text, suggest_text(&meant, "", hint, sizeof(hint)));
	*equals = '\0';
	found = find_strategy(plan, text);
	if (!found)
		return no_such_strategy(plan, "--expect", text, err);
	found->required = true;
	found->expected = true;
	found->expectation = verdict;
	return 0;
}

/* Does @text end in "=VERDICT"? */
static bool ends_in_verdict(const char *text)
{
	const char *equals = strrchr(text, '=');
	enum verdict verdict;

	return equals && verdict_by_name(equals + 1, &verdict) == 0;
}

/* A comma parts two expectations only where a verdict stands before it. */
static int take_expectations(struct plan *plan, const char *list, struct error *err)
{
	char *copy = strdup(list ? list : "");
	char *start = copy;
	int rc = copy ? 0 : error_sys(err, ENOMEM, "--expect");

	for (char *comma; rc == 0 && start && *start;) {
		for (comma = strchr(start, ','); comma;
		     comma = strchr(comma + 1, ',')) {
			*comma = '\0';
			if (ends_in_verdict(start))
				break;
			*comma = ',';
		}
		rc = take_expectation(plan, start, err);
		start = comma ? comma + 1 : start + strlen(start);
	}
	free(copy);
	return rc;
}

static int check_sizes(struct plan *plan, const struct option_size_range *size,
		       struct error *err)
{
	if (size->min_bytes < RECORD_MIN_BYTES || size->max_bytes > RECORD_MAX_BYTES)
		return error_set(err, EINVAL,
				 "--size must lie between %d bytes and %d MiB",
				 RECORD_MIN_BYTES, RECORD_MAX_BYTES >> 20);
	plan->min_bytes = (uint32_t)size->min_bytes;
	plan->max_bytes = (uint32_t)size->max_bytes;
	for (uint32_t i = 0; i < plan->strategy_count; i++) {
		int rc = strategy_check_size(&plan->strategy[i].spec, plan->max_bytes,
					     err);

		if (rc < 0)
			return rc;
	}
	return 0;
}

/* Everything of @raw into raw->plan. */
static int complete(struct raw_plan *raw, const char *dir, struct error *err)
{
	struct plan *plan = &raw->plan;
	int rc;

	if (raw->strategies && !raw->records_given && !plan->duration_ns)
		plan->records = DEFAULT_RECORDS;
	plan->bytes_limit = raw->max_bytes;
	plan->out_given = raw->out != NULL;
	if ((rc = copy_path(plan->dir, dir, "DIR", err)) < 0 ||
	    (rc = copy_path(plan->out, raw->out, "--out", err)) < 0 ||
	    (rc = copy_path(plan->history_dir, raw->history, "--history", err)) < 0 ||
	    (rc = copy_path(plan->hostfile, raw->hostfile, "--hostfile", err)) < 0 ||
	    (rc = copy_text(plan->label, sizeof(plan->label), raw->label, "--label",
			    err)) < 0 ||
	    (rc = copy_text(plan->fstype, sizeof(plan->fstype), raw->fstype, "--fstype",
			    err)) < 0 ||
	    (rc = copy_json(plan, raw->json, err)) < 0 ||
	    (rc = copy_text(plan->hosts, sizeof(plan->hosts), raw->hosts, "--hosts",
			    err)) < 0 ||
	    (rc = check_label(plan->label, err)) < 0)
		return rc;
	if (!raw->strategies) /* it appends nothing */
		return 0;
	if ((rc = take_strategies(plan, raw->strategies, err)) < 0 ||
	    (rc = take_required(plan, raw->require, err)) < 0 ||
	    (rc = take_expectations(plan, raw->expect, err)) < 0)
		return rc;
	return check_sizes(plan, &raw->size, err);
}

FILE *plan_page(const struct plan *plan)
{
	return export_to_stdout(plan->json) ? stderr : stdout;
}

typedef int prepare_fn(struct raw_plan *raw, struct error *err);

/* @prepare, or NULL: what the options leave open is settled by it. */
static int parse_by(const struct option_table *by, prepare_fn *prepare, int argc,
		    char **argv, struct options *options, struct plan *ret_plan,
		    struct error *err)
{
	struct raw_plan *raw = calloc(1, sizeof(*raw));
	int rc;

	if (!raw)
		return error_sys(err, ENOMEM, "cannot hold the plan");
	rc = options_parse(options, by, argc, argv, raw, err);
	if (rc == 0 && !options->help && prepare)
		rc = prepare(raw, err);
	if (rc == 0 && !options->help)
		rc = complete(raw, options->operands[0], err);
	if (rc == 0)
		*ret_plan = raw->plan;
	free(raw->matrix);
	free(raw->matrix_required);
	free(raw);
	return rc;
}

/* A run that lasts longer than this is in segments, unless it cannot be. */
#define SEGMENTS_FROM_NS      ((uint64_t)600 * 1000000000u)
#define DEFAULT_SEGMENT_BYTES ((uint64_t)1 << 30)
#define DEFAULT_SEGMENT_NS    ((uint64_t)600 * 1000000000u)

/* What does not go with segments, or NULL. */
static const char *spoils_segments(const struct raw_plan *raw)
{
	const struct plan *plan = &raw->plan;

	return !plan->duration_ns   ? "no --duration"
	       : raw->records_given ? "--records"
	       : raw->max_bytes	    ? "--max-bytes"
	       : plan->readers	    ? "--readers"
	       : plan->merge	    ? "--merge"
	       : plan->fault_count  ? "--fault"
				    : NULL;
}

/* Settle whether the run is in segments, and how large and long they are. */
static int prepare_run(struct raw_plan *raw, struct error *err)
{
	struct plan *plan = &raw->plan;
	const char *spoiler = spoils_segments(raw);
	bool asked = plan->segment_bytes || plan->segment_ns || plan->until_anomaly;

	if (asked && raw->no_segments)
		return error_set(err, EINVAL,
				 "--segment none excludes --segment-time and "
				 "--until-anomaly");
	if (asked && spoiler)
		return error_set(
			err, EINVAL,
			"a run in segments (--segment, --segment-time, "
			"--until-anomaly) takes --duration, and neither "
			"--records, --max-bytes, --readers, --merge nor --fault; "
			"here is %s",
			spoiler);
	if (plan->until_anomaly && plan->keep == KEEP_NEVER)
		return error_set(err, EINVAL,
				 "--keep never would remove what explains the anomaly "
				 "of --until-anomaly");
	if (!asked &&
	    (spoiler || raw->no_segments || plan->duration_ns <= SEGMENTS_FROM_NS))
		return 0;
	if (!plan->segment_bytes)
		plan->segment_bytes = DEFAULT_SEGMENT_BYTES;
	if (!plan->segment_ns)
		plan->segment_ns = DEFAULT_SEGMENT_NS;
	return 0;
}

int plan_parse(int argc, char **argv, struct options *options, struct plan *ret_plan,
	       struct error *err)
{
	return parse_by(&plan_run_options, prepare_run, argc, argv, options, ret_plan,
			err);
}

int plan_parse_probe(int argc, char **argv, struct options *options,
		     struct plan *ret_plan, struct error *err)
{
	int rc =
		parse_by(&plan_probe_options, NULL, argc, argv, options, ret_plan, err);

	if (rc == 0)
		ret_plan->eta = ETA_NEVER;
	return rc;
}

/* Ranks that a check starts by itself, where nothing is said of ranks or hosts. */
#define CHECK_RANKS 4

/* As many records as make hand-offs enough, four times over, at --turn's default. */
#define CHECK_ENOUGH_RECORDS 2000

static int prepare_check(struct raw_plan *raw, struct error *err)
{
	struct plan *plan = &raw->plan;
	const struct check_budget *budget;

	if (raw->quick && raw->thorough)
		return error_set(err, EINVAL,
				 "--quick and --thorough exclude each other");
	plan->check = raw->quick      ? CHECK_QUICK
		      : raw->thorough ? CHECK_THOROUGH
				      : CHECK_USUAL;
	budget = check_budget(plan->check);
	raw->matrix = check_matrix_strategies(plan->check);
	raw->matrix_required = check_matrix_required(plan->check);
	if (!raw->matrix || !raw->matrix_required)
		return error_sys(err, ENOMEM, "cannot hold the plan");
	if (!raw->strategies && !raw->require)
		raw->require = raw->matrix_required;
	if (!raw->strategies)
		raw->strategies = raw->matrix;
	if (!raw->max_bytes)
		raw->max_bytes = budget->max_bytes;
	/* Shared out among the strategies once they are known. */
	plan->duration_ns = budget->load_ns;
	plan->longest_ns = budget->longest_ns;
	plan->enough_records = CHECK_ENOUGH_RECORDS;
	plan->turn_holds = (uint32_t)strtoul(TURN_HOLDS_DEFAULT, NULL, 10);
	plan->merge = true;
	plan->one_client = plan->local;
	return 0;
}

int plan_parse_check(int argc, char **argv, struct options *options,
		     struct plan *ret_plan, struct error *err)
{
	int rc = parse_by(&plan_check_options, prepare_check, argc, argv, options,
			  ret_plan, err);

	if (rc < 0 || options->help)
		return rc;
	ret_plan->duration_ns /= ret_plan->strategy_count;
	if (ret_plan->longest_ns < ret_plan->duration_ns)
		ret_plan->longest_ns = ret_plan->duration_ns;
	if (!launch_environment().launched && !ret_plan->ranks_asked &&
	    !ret_plan->hosts[0] && !ret_plan->hostfile[0])
		ret_plan->ranks_asked = CHECK_RANKS;
	return 0;
}
