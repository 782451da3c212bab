/* plan - see plan.h. */
#include "harness/plan.h"

#include "core/suggest.h"
#include "core/units.h"
#include "harness/check_matrix.h"
#include "mpi/launch.h"
#include "workloads/writer.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DEFAULT_STRATEGIES "append,flock,fcntl,per-file"
#define DEFAULT_RECORDS	   1000

/* What the option table parses into; texts are owned by struct options. */
struct raw_plan {
	struct plan plan;
	const char *strategies, *require, *expect;
	const char *history, *label, *fstype, *hosts, *hostfile, *out;
	struct option_size_range size;
	uint64_t max_bytes;
	bool records_given;
	bool quick, thorough;		/* of a check */
	char *matrix, *matrix_required; /* likewise; owned */
};

/* ---- parse functions of our own ----------------------------------------- */

static int parse_positive(const char *value, void *target, struct error *err)
{
	uint64_t number = 0;
	int rc = units_parse_count(value, &number, err);

	if (rc < 0)
		return rc;
	if (number == 0)
		return error_set(err, EINVAL,
				 "\"0\" is too small: it must be at least 1");
	*(uint64_t *)target = number;
	return 0;
}

static int parse_records(const char *value, void *target, struct error *err)
{
	struct raw_plan *raw = target;
	int rc = parse_positive(value, &raw->plan.records, err);

	raw->records_given = true;
	if (rc == 0 && raw->plan.records > WRITER_UNBOUNDED_RECORDS)
		return error_set(err, EINVAL,
				 "\"%s\" is too large: a history holds %llu records",
				 value, (unsigned long long)WRITER_UNBOUNDED_RECORDS);
	return rc;
}

static int parse_seed(const char *value, void *target, struct error *err)
{
	struct raw_plan *raw = target;

	int rc = units_parse_count(value, &raw->plan.seed, err);

	/* JSON numbers are signed. */
	if (rc == 0 && raw->plan.seed > INT64_MAX)
		return error_set(err, EINVAL, "\"%s\" is too large: at most %lld",
				 value, (long long)INT64_MAX);
	raw->plan.seed_given = true;
	return rc;
}

static int parse_ranks(const char *value, void *target, struct error *err)
{
	uint64_t number = 0;
	int rc = parse_positive(value, &number, err);

	if (rc == 0 && number > RECORD_MAX_WRITERS)
		return error_set(err, EINVAL, "\"%s\" is too large: at most %d", value,
				 RECORD_MAX_WRITERS);
	if (rc == 0)
		*(uint32_t *)target = (uint32_t)number;
	return rc;
}

static int parse_readers(const char *value, void *target, struct error *err)
{
	uint64_t number = 0;
	int rc = units_parse_count(value, &number, err);

	if (rc == 0 && number > PLAN_READERS_MAX)
		return error_set(err, EINVAL, "\"%s\" is too many: at most %d", value,
				 PLAN_READERS_MAX);
	if (rc == 0)
		*(uint32_t *)target = (uint32_t)number;
	return rc;
}

static int parse_time(const char *value, void *target, struct error *err)
{
	uint64_t ns = 0;
	int rc = units_parse_time(value, &ns, err);

	if (rc == 0 && ns == 0)
		return error_set(err, EINVAL, "\"%s\" is no time to wait", value);
	if (rc == 0)
		*(uint64_t *)target = ns;
	return rc;
}

/* Set *@ret_index to that of @value among @count @names. */
static int parse_choice(const char *const *names, size_t count, const char *value,
			size_t *ret_index, struct error *err)
{
	struct suggestion meant = suggest_for(value);
	char hint[128];

	for (size_t i = 0; i < count; i++) {
		if (strcmp(names[i], value) == 0) {
			*ret_index = i;
			return 0;
		}
		suggest_offer(&meant, names[i]);
	}
	return error_set(err, EINVAL, "\"%s\" is no choice%s", value,
			 suggest_text(&meant, "", hint, sizeof(hint)));
}

static int parse_keep(const char *value, void *target, struct error *err)
{
	static const char *const names[] = {
		[KEEP_ALWAYS] = "always",
		[KEEP_UNSAFE] = "unsafe",
		[KEEP_NEVER] = "never",
	};
	size_t index = 0;
	int rc = parse_choice(names, 3, value, &index, err);

	if (rc == 0)
		*(enum keep_data *)target = (enum keep_data)index;
	return rc;
}

static int parse_eta(const char *value, void *target, struct error *err)
{
	static const char *const names[] = {
		[ETA_AUTO] = "auto",
		[ETA_ALWAYS] = "always",
		[ETA_NEVER] = "never",
	};
	size_t index = 0;
	int rc = parse_choice(names, 3, value, &index, err);

	if (rc == 0)
		*(enum show_eta *)target = (enum show_eta)index;
	return rc;
}

static int parse_views(const char *value, void *target, struct error *err)
{
	static const char *const names[] = {
		[VIEWS_ALL] = "all",
		[VIEWS_SAMPLE] = "sample",
		[VIEWS_NONE] = "none",
	};
	size_t index = 0;
	int rc = parse_choice(names, 3, value, &index, err);

	if (rc == 0)
		*(enum take_views *)target = (enum take_views)index;
	return rc;
}

#define RAW(member)  offsetof(struct raw_plan, member)
#define PLAN(member) offsetof(struct raw_plan, plan.member)

/* Rows that commands share. */
#define ROW_SIZE                                                                       \
	{                                                                              \
		"size", 'b', "BYTES[-BYTES]", "What to do",                            \
			"Bytes of a record, or the range from which the seed draws.",  \
			"1k", option_sizes, RAW(size), 0                               \
	}
#define ROW_RATE                                                                       \
	{                                                                              \
		"rate", '\0', "N", "What to do",                                       \
			"At most so many records per second and rank (default: no "    \
			"limit).",                                                     \
			NULL, parse_positive, PLAN(rate), 0                            \
	}
#define ROW_SEED                                                                       \
	{                                                                              \
		"seed", '\0', "N", "What to do",                                       \
			"Repeat the random choices of another run.", NULL, parse_seed, \
			0, 0                                                           \
	}
#define ROW_TIMEOUT                                                                    \
	{                                                                              \
		"timeout", '\0', "TIME", "What to do",                                 \
			"A writer that makes no progress for so long is hung.",        \
			"180s", parse_time, PLAN(timeout_ns), 0                        \
	}
#define ROW_HISTORY                                                                    \
	{                                                                              \
		"history", '\0', "DIR", "Where results go",                            \
			"A local directory for the histories of a host (default: "     \
			"TMPDIR).",                                                    \
			NULL, option_text, RAW(history), 0                             \
	}
#define ROW_KEEP(fallback)                                                             \
	{                                                                              \
		"keep", '\0', "WHEN", "Where results go",                              \
			"Keep the data files: always, unsafe (only then), or never.",  \
			(fallback), parse_keep, PLAN(keep), 0                          \
	}
#define ROW_ETA                                                                        \
	{                                                                              \
		"eta", '\0', "WHEN", "Where results go",                               \
			"Show progress: auto (on a terminal), always or never.",       \
			"auto", parse_eta, PLAN(eta), OPTION_NOT_SAVED                 \
	}
#define ROW_FSTYPE                                                                     \
	{                                                                              \
		"fstype", '\0', "NAME", "How to judge",                                \
			"Take the file system for this type, whatever the mount "      \
			"says.",                                                       \
			NULL, option_text, RAW(fstype), 0                              \
	}
#define ROW_OUT                                                                        \
	{                                                                              \
		"out", 'o', "DIR", "Where results go",                                 \
			"Make this the run folder (default: "                          \
			"tailrace-results/LABEL/TIME).",                               \
			NULL, option_text, RAW(out), OPTION_NOT_SAVED                  \
	}
#define ROW_LABEL(fallback)                                                            \
	{                                                                              \
		"label", 'l', "NAME", "Where results go", "Name the run.", (fallback), \
			option_text, RAW(label), 0                                     \
	}
#define ROW_QUIET                                                                      \
	{                                                                              \
		"quiet", 'q', NULL, "Where results go",                                \
			"Print nothing but errors; the exit code is the verdict.",     \
			NULL, option_flag, PLAN(quiet), OPTION_NOT_SAVED               \
	}
#define ROW_DRY_RUN                                                                    \
	{                                                                              \
		"dry-run", '\0', NULL, "Where results go",                             \
			"Show the plan and do nothing.", NULL, option_flag,            \
			PLAN(dry_run), OPTION_NOT_SAVED                                \
	}
#define ROW_RANKS                                                                      \
	{                                                                              \
		"ranks", 'n', "N", "How to start", "Start mpirun with so many ranks.", \
			NULL, parse_ranks, PLAN(ranks_asked), 0                        \
	}
#define ROW_HOSTS                                                                      \
	{                                                                              \
		"hosts", 'H', "LIST", "How to start",                                  \
			"Start mpirun on these hosts: comma-separated names.", NULL,   \
			option_text, RAW(hosts), 0                                     \
	}
#define ROW_HOSTFILE                                                                   \
	{                                                                              \
		"hostfile", '\0', "FILE", "How to start",                              \
			"Start mpirun on the hosts that FILE names.", NULL,            \
			option_text, RAW(hostfile), 0                                  \
	}

static const struct option_row rows[] = {
	{"strategy", 's', "LIST", "What to do",
	 "How to append: NAME[:key=value,...] each, as `tailrace list` shows them.",
	 DEFAULT_STRATEGIES, option_text, RAW(strategies), 0},
	{"records", 'r', "N", "What to do",
	 "Records that each rank appends (default 1000; with --duration, no limit).",
	 NULL, parse_records, 0, 0},
	ROW_SIZE,
	{"duration", 'd', "TIME", "What to do",
	 "Stop each strategy after this time; with --records, what comes first.", NULL,
	 parse_time, PLAN(duration_ns), 0},
	ROW_RATE,
	{"turn", '\0', "N", "What to do",
	 "Step aside after N holds of a lock, so that others get it; 0: never.",
	 TURN_HOLDS_DEFAULT, option_number, PLAN(turn_holds), 0},
	{"max-bytes", '\0', "BYTES", "What to do",
	 "Refuse to write more than this; with --duration, stop there.", NULL,
	 option_size, RAW(max_bytes), 0},
	ROW_SEED,
	{"merge", '\0', NULL, "What to do",
	 "Merge the files of single writers into one log afterwards, timed.", NULL,
	 option_flag, PLAN(merge), 0},
	{"readers", '\0', "N", "What to do",
	 "Have so many processes follow a shared file while it grows (default: none).",
	 NULL, parse_readers, PLAN(readers), 0},
	ROW_TIMEOUT,

	{"require", '\0', "LIST", "How to judge",
	 "The strategies that decide the verdict (default: all but the controls).",
	 NULL, option_text, RAW(require), 0},
	{"expect", '\0', "NAME=VERDICT,...", "How to judge",
	 "Let a strategy count as safe if it gets this verdict, else as unsafe.", NULL,
	 option_text, RAW(expect), 0},
	{"strict", '\0', NULL, "How to judge", "Controls are required, too.", NULL,
	 option_flag, PLAN(strict), 0},
	{"one-client", '\0', NULL, "How to judge",
	 "Give a verdict although all ranks share one client of the file system.", NULL,
	 option_flag, PLAN(one_client), 0},
	{"views", '\0', "HOW", "How to judge",
	 "What all hosts read of the closed files, to compare: all, sample or none.",
	 "sample", parse_views, PLAN(views), 0},
	ROW_FSTYPE,

	ROW_OUT,
	ROW_LABEL("run"),
	ROW_HISTORY,
	ROW_KEEP("always"),
	ROW_ETA,
	ROW_QUIET,
	ROW_DRY_RUN,

	ROW_RANKS,
	ROW_HOSTS,
	ROW_HOSTFILE,
};

static const struct option_table table = {
	.program = "tailrace run",
	.operands = "DIR",
	.summary = "Append to files in DIR from many processes, and verify that every "
		   "record survived.",
	.epilogue =
		"Under mpirun or srun each rank is a writer; with --ranks or --hosts "
		"mpirun is started;\nelse there is one.  Exit code: 0 safe, 1 unsafe, "
		"2 usage, 3 inconclusive, 4 could not run.",
	.rows = rows,
	.row_count = sizeof(rows) / sizeof(rows[0]),
	.operands_min = 1,
	.operands_max = 1,
};

void plan_help(FILE *file)
{
	options_help(&table, file);
}

/* ---- `tailrace probe` ----------------------------------------------------- */

static const struct option_row probe_option_rows[] = {
	{"timeout", '\0', "TIME", "What to do", "A call that takes longer hangs.",
	 "60s", parse_time, PLAN(timeout_ns), 0},
	ROW_FSTYPE,
	ROW_OUT,
	ROW_LABEL("probe"),
	ROW_QUIET,
	ROW_DRY_RUN,
	ROW_RANKS,
	ROW_HOSTS,
	ROW_HOSTFILE,
};

static const struct option_table probe_table = {
	.program = "tailrace probe",
	.operands = "DIR",
	.summary =
		"Ask the locks in DIR what they do, within one host and between two, "
		"and compare that with what the manuals promise.",
	.epilogue =
		"It takes two ranks on two hosts, under mpirun or srun or by --hosts; "
		"alone it asks\nwithin one host only.  Exit code: 0 no answer does "
		"harm, "
		"1 some do, 2 usage,\n3 inconclusive, 4 could not run.",
	.rows = probe_option_rows,
	.row_count = sizeof(probe_option_rows) / sizeof(probe_option_rows[0]),
	.operands_min = 1,
	.operands_max = 1,
};

void plan_help_probe(FILE *file)
{
	options_help(&probe_table, file);
}

/* ---- `tailrace check` ----------------------------------------------------- */

static const struct option_row check_option_rows[] = {
	{"quick", '\0', NULL, "What to do",
	 "The standard methods only, in half a minute.", NULL, option_flag, RAW(quick),
	 0},
	{"thorough", '\0', NULL, "What to do",
	 "All methods, batches, flushes and I/O modes, in a quarter of an hour.", NULL,
	 option_flag, RAW(thorough), 0},
	{"strategy", 's', "LIST", "What to do",
	 "Try these, as `tailrace list` shows them, instead of the level's.", NULL,
	 option_text, RAW(strategies), 0},
	ROW_SIZE,
	ROW_RATE,
	{"max-bytes", '\0', "BYTES", "What to do",
	 "Write at most this (default: 64M quick, 256M, 1G thorough).", NULL,
	 option_size, RAW(max_bytes), 0},
	ROW_SEED,
	ROW_TIMEOUT,

	{"local", '\0', NULL, "How to judge",
	 "Judge for processes on one host: a local file system or one client will do.",
	 NULL, option_flag, PLAN(local), 0},
	{"require", '\0', "LIST", "How to judge",
	 "The strategies that must be safe (default: flock,fcntl).", NULL, option_text,
	 RAW(require), 0},
	ROW_FSTYPE,

	ROW_OUT,
	ROW_LABEL("check"),
	ROW_HISTORY,
	ROW_KEEP("unsafe"),
	ROW_ETA,
	ROW_QUIET,
	ROW_DRY_RUN,

	ROW_RANKS,
	ROW_HOSTS,
	ROW_HOSTFILE,
};

static const struct option_table check_table = {
	.program = "tailrace check",
	.operands = "DIR",
	.summary =
		"Accept or reject the mount of DIR for shared appends: which methods "
		"are safe there, which one to take, at what price, and what to change.",
	.epilogue =
		"It takes ranks on two hosts or more, under mpirun or srun or by "
		"--hosts; alone it\nstarts four ranks here.  Exit code: 0 accepted, "
		"1 rejected, 2 usage, 3 inconclusive,\n4 could not run.",
	.rows = check_option_rows,
	.row_count = sizeof(check_option_rows) / sizeof(check_option_rows[0]),
	.operands_min = 1,
	.operands_max = 1,
};

void plan_help_check(FILE *file)
{
	options_help(&check_table, file);
}

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
	enum verdict verdict;

	if (!equals || verdict_by_name(equals + 1, &verdict) < 0)
		return error_set(err, EINVAL,
				 "--expect takes NAME=VERDICT with the verdict safe, "
				 "unsafe, inconclusive or skipped, not \"%s\"",
				 text);
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

int plan_parse(int argc, char **argv, struct options *options, struct plan *ret_plan,
	       struct error *err)
{
	return parse_by(&table, NULL, argc, argv, options, ret_plan, err);
}

int plan_parse_probe(int argc, char **argv, struct options *options,
		     struct plan *ret_plan, struct error *err)
{
	int rc = parse_by(&probe_table, NULL, argc, argv, options, ret_plan, err);

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
	int rc = parse_by(&check_table, prepare_check, argc, argv, options, ret_plan,
			  err);

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
