/* plan_options - see plan_options.h. */
#include "harness/plan_options.h"

#include "core/suggest.h"
#include "core/units.h"
#include "workloads/writer.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#define SEGMENT_BYTES_MIN 4096

#define DEFAULT_STRATEGIES "append,flock,fcntl,per-file"

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

static int parse_segment(const char *value, void *target, struct error *err)
{
	struct raw_plan *raw = target;
	int rc;

	raw->no_segments = strcmp(value, "none") == 0;
	raw->plan.segment_bytes = 0;
	if (raw->no_segments)
		return 0;
	rc = units_parse_size(value, &raw->plan.segment_bytes, err);
	if (rc == 0 && (raw->plan.segment_bytes < SEGMENT_BYTES_MIN ||
			raw->plan.segment_bytes > INT64_MAX))
		return error_set(err, EINVAL,
				 "\"%s\" makes no segment: it must be 4k or more",
				 value);
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
	if (meant.name)
		return error_set(err, EINVAL, "\"%s\" is no choice%s", value,
				 suggest_text(&meant, "", hint, sizeof(hint)));
	hint[0] = '\0';
	for (size_t i = 0; i < count; i++)
		snprintf(hint + strlen(hint), sizeof(hint) - strlen(hint), "%s%s",
			 i == 0		  ? ""
			 : i + 1 == count ? " or "
					  : ", ",
			 names[i]);
	return error_set(err, EINVAL, "\"%s\" is no choice; take %s", value, hint);
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

static int parse_share(const char *value, void *target, struct error *err)
{
	struct plan *plan = &((struct raw_plan *)target)->plan;

	if (strcmp(value, "none") == 0) {
		plan->share_bytes = UINT64_MAX;
		return 0;
	}
	return units_parse_size(value, &plan->share_bytes, err);
}

static int parse_fault(const char *value, void *target, struct error *err)
{
	struct plan *plan = &((struct raw_plan *)target)->plan;
	int rc;

	if (plan->fault_count == FAULTS_MAX)
		return error_set(err, EINVAL, "more than %d faults were asked for",
				 FAULTS_MAX);
	rc = fault_parse(value, &plan->fault[plan->fault_count], err);
	if (rc == 0)
		plan->fault_count++;
	return rc;
}

#define RAW(member)  offsetof(struct raw_plan, member)
#define PLAN(member) offsetof(struct raw_plan, plan.member)

/* Rows that commands share. */
#define ROW_SIZE                                                                       \
	{                                                                              \
		"size", 'b', "BYTES[-BYTES]", "What to do",                            \
			"Bytes of a record, or the range from which the seed draws.",  \
			"1k", option_sizes, RAW(size), OPTION_USUAL                    \
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
			"180s", option_patience, PLAN(timeout_ns), 0                   \
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
		"keep", '\0', "always|unsafe|never", "Where results go",               \
			"Keep the data files: always, only then, or never.",           \
			(fallback), parse_keep, PLAN(keep), 0                          \
	}
#define ROW_NO_PLOTS                                                                   \
	{                                                                              \
		"no-plots", '\0', NULL, "Where results go",                            \
			"Draw no plots; their data and scripts are kept.", NULL,       \
			option_flag, PLAN(no_plots), 0                                 \
	}
#define ROW_ETA                                                                        \
	{                                                                              \
		"eta", '\0', "auto|always|never", "Where results go",                  \
			"Show progress; auto: on a terminal.", "auto", parse_eta,      \
			PLAN(eta), OPTION_NOT_SAVED                                    \
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
			NULL, option_text, RAW(out), OPTION_NOT_SAVED | OPTION_USUAL   \
	}
#define ROW_JSON                                                                       \
	{                                                                              \
		"json", 'j', "FILE", "Where results go",                               \
			"Write the result as JSON to FILE, too; -: to standard "       \
			"output, and the summary to standard error.",                  \
			NULL, option_text, RAW(json), OPTION_NOT_SAVED | OPTION_USUAL  \
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
			NULL, option_flag, PLAN(quiet),                                \
			OPTION_NOT_SAVED | OPTION_USUAL                                \
	}
#define ROW_DRY_RUN                                                                    \
	{                                                                              \
		"dry-run", '\0', NULL, "Where results go",                             \
			"Show the plan and do nothing.", NULL, option_flag,            \
			PLAN(dry_run), OPTION_NOT_SAVED | OPTION_USUAL                 \
	}
#define ROW_RANKS                                                                      \
	{                                                                              \
		"ranks", 'n', "N", "How to start", "Start mpirun with so many ranks.", \
			NULL, parse_ranks, PLAN(ranks_asked), OPTION_USUAL             \
	}
#define ROW_HOSTS                                                                      \
	{                                                                              \
		"hosts", 'H', "HOST,...", "How to start",                              \
			"Start mpirun on these hosts.", NULL, option_text, RAW(hosts), \
			OPTION_USUAL                                                   \
	}
#define ROW_HOSTFILE                                                                   \
	{                                                                              \
		"hostfile", '\0', "FILE", "How to start",                              \
			"Start mpirun on the hosts that FILE names.", NULL,            \
			option_text, RAW(hostfile), 0                                  \
	}

static const struct option_row rows[] = {
	{"strategy", 's', "STRATEGY,...", "What to do",
	 "How to append: NAME[:key=value,...] each, as `tailrace list` shows them.",
	 DEFAULT_STRATEGIES, option_text, RAW(strategies), OPTION_USUAL},
	{"records", 'r', "N", "What to do",
	 "Records that each rank appends (default 1000; with --duration, no limit).",
	 NULL, parse_records, 0, OPTION_USUAL},
	ROW_SIZE,
	{"duration", 'd', "TIME", "What to do",
	 "Stop each strategy after this time; with --records, what comes first.", NULL,
	 option_patience, PLAN(duration_ns), OPTION_USUAL},
	ROW_RATE,
	{"turn", '\0', "N", "What to do",
	 "Step aside after N holds of a lock, so that others get it; 0: never.",
	 TURN_HOLDS_DEFAULT, option_number, PLAN(turn_holds), 0},
	{"max-bytes", '\0', "BYTES", "What to do",
	 "Refuse to write more than this; with --duration, stop there.", NULL,
	 option_size, RAW(max_bytes), 0},
	{"segment", '\0', "SIZE", "What to do",
	 "With --duration, begin a new file at about SIZE, and remove what was judged "
	 "safe; none: do not (default: 1G where it lasts longer than 10m).",
	 NULL, parse_segment, 0, 0},
	{"segment-time", '\0', "TIME", "What to do",
	 "The same after TIME (default: 10m).", NULL, option_patience, PLAN(segment_ns),
	 0},
	{"until-anomaly", '\0', NULL, "What to do",
	 "End the run, in segments, with the first that is unsafe.", NULL, option_flag,
	 PLAN(until_anomaly), 0},
	ROW_SEED,
	{"merge", '\0', NULL, "What to do",
	 "Merge the files of single writers into one log afterwards, timed.", NULL,
	 option_flag, PLAN(merge), 0},
	{"readers", '\0', "N", "What to do",
	 "Have so many processes follow a shared file while it grows (default: none).",
	 NULL, parse_readers, PLAN(readers), 0},
	ROW_TIMEOUT,
	{"fault", '\0', "WHEN:WHAT", "What to do",
	 "At a time or a share (10s, 50%): kill RANK, kill-holder, kill-waiter, stop "
	 "RANK for TIME, stop-holder for TIME, or run COMMAND; repeatable.",
	 NULL, parse_fault, 0, OPTION_REPEATABLE},

	{"require", '\0', "STRATEGY,...", "How to judge",
	 "The strategies that decide the verdict (default: all but the controls).",
	 NULL, option_text, RAW(require), 0},
	{"expect", '\0', "STRATEGY=VERDICT,...", "How to judge",
	 "Let a strategy count as safe if it gets this verdict, else as unsafe.", NULL,
	 option_text, RAW(expect), 0},
	{"strict", '\0', NULL, "How to judge", "Controls are required, too.", NULL,
	 option_flag, PLAN(strict), 0},
	{"one-client", '\0', NULL, "How to judge",
	 "Give a verdict although all ranks share one client of the file system.", NULL,
	 option_flag, PLAN(one_client), 0},
	{"views", '\0', "all|sample|none", "How to judge",
	 "What all hosts read of the closed files, to compare.", "sample", parse_views,
	 PLAN(views), 0},
	{"share", '\0', "SIZE", "How to judge",
	 "From so much data a host on, each reads its share of it for the judge; none: "
	 "never (default: 64M).",
	 NULL, parse_share, 0, 0},
	ROW_FSTYPE,

	ROW_OUT,
	ROW_JSON,
	ROW_LABEL("run"),
	ROW_HISTORY,
	ROW_KEEP("always"),
	ROW_NO_PLOTS,
	ROW_ETA,
	ROW_QUIET,
	ROW_DRY_RUN,

	ROW_RANKS,
	ROW_HOSTS,
	ROW_HOSTFILE,
};

const struct option_table plan_run_options = {
	.program = "tailrace run",
	.operands = "DIR",
	.summary = "Append to files in DIR from many processes, and verify that every "
		   "record survived.",
	.epilogue =
		"Under mpirun or srun each rank is a writer; with --ranks or --hosts "
		"mpirun is started; else there is one.\nExit code: 0 safe, 1 unsafe, "
		"2 usage, 3 inconclusive, 4 could not run.",
	.examples =
		"tailrace run --hosts alpha,beta --ranks 8 /mnt/nas/scratch\n"
		"mpirun -n 16 tailrace run -s append,flock -d 30s /mnt/nas/scratch\n"
		"tailrace run @tailrace-results/run/latest/args\n",
	.rows = rows,
	.row_count = sizeof(rows) / sizeof(rows[0]),
	.operands_min = 1,
	.operands_max = 1,
};

/* ---- `tailrace probe` ----------------------------------------------------- */

static const struct option_row probe_option_rows[] = {
	{"timeout", '\0', "TIME", "What to do", "A call that takes longer hangs.",
	 "60s", option_patience, PLAN(timeout_ns), 0},
	ROW_FSTYPE,
	ROW_OUT,
	ROW_JSON,
	ROW_LABEL("probe"),
	ROW_QUIET,
	ROW_DRY_RUN,
	ROW_RANKS,
	ROW_HOSTS,
	ROW_HOSTFILE,
};

const struct option_table plan_probe_options = {
	.program = "tailrace probe",
	.operands = "DIR",
	.summary =
		"Ask the locks in DIR what they do, within one host and between two, "
		"and compare that with what the manuals promise.",
	.epilogue =
		"It takes two ranks on two hosts, under mpirun or srun or by --hosts; "
		"alone it asks within one host only.\nExit code: 0 no answer does "
		"harm, 1 some do, 2 usage, 3 inconclusive, 4 could not run.",
	.examples = "tailrace probe --hosts alpha,beta /mnt/nas/scratch\n"
		    "tailrace probe /tmp\n",
	.rows = probe_option_rows,
	.row_count = sizeof(probe_option_rows) / sizeof(probe_option_rows[0]),
	.operands_min = 1,
	.operands_max = 1,
};

/* ---- `tailrace check` ----------------------------------------------------- */

static const struct option_row check_option_rows[] = {
	{"quick", '\0', NULL, "What to do",
	 "The standard methods only, in half a minute.", NULL, option_flag, RAW(quick),
	 OPTION_USUAL},
	{"thorough", '\0', NULL, "What to do",
	 "All methods, batches, flushes and I/O modes, in a quarter of an hour.", NULL,
	 option_flag, RAW(thorough), OPTION_USUAL},
	{"strategy", 's', "STRATEGY,...", "What to do",
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
	 NULL, option_flag, PLAN(local), OPTION_USUAL},
	{"require", '\0', "STRATEGY,...", "How to judge",
	 "The strategies that must be safe (default: flock,fcntl).", NULL, option_text,
	 RAW(require), 0},
	ROW_FSTYPE,

	ROW_OUT,
	ROW_JSON,
	ROW_LABEL("check"),
	ROW_HISTORY,
	ROW_KEEP("unsafe"),
	ROW_NO_PLOTS,
	ROW_ETA,
	ROW_QUIET,
	ROW_DRY_RUN,

	ROW_RANKS,
	ROW_HOSTS,
	ROW_HOSTFILE,
};

const struct option_table plan_check_options = {
	.program = "tailrace check",
	.operands = "DIR",
	.summary =
		"Accept or reject the mount of DIR for shared appends: which methods "
		"are safe there, which one to take, at what price, and what to change.",
	.epilogue = "It takes ranks on two hosts or more, under mpirun or srun or by "
		    "--hosts; alone it starts four ranks here.\nExit code: 0 accepted, "
		    "1 rejected, 2 usage, 3 inconclusive, 4 could not run.",
	.examples = "tailrace check --hosts alpha,beta /mnt/nas/scratch\n"
		    "tailrace check --thorough --hostfile hosts /mnt/nas/scratch\n"
		    "tailrace check --local --quick /var/tmp\n",
	.rows = check_option_rows,
	.row_count = sizeof(check_option_rows) / sizeof(check_option_rows[0]),
	.operands_min = 1,
	.operands_max = 1,
};
