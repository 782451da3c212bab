/* preflight - see preflight.h; what touches the mount is in task_preflight.c. */
#include "harness/preflight.h"

#include "core/private.h"
#include "core/units.h"
#include "harness/tasks.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>

/* What one rank found out; gathered by rank 0. */
struct rank_view {
	int32_t ask_rc; /* of asking; then the rest is empty */
	struct examine_answer seen;
};

static const char *host_of(const struct run *run, uint32_t rank)
{
	return run->hosts.host[run->hosts.rank_host[rank]].identity.name;
}

/* "host b: " where there are several, else nothing. */
static const char *where(const struct run *run, uint32_t rank, char text[300])
{
	if (run->hosts.count == 1)
		text[0] = '\0';
	else
		snprintf(text, 300, "host %s: ", host_of(run, rank));
	return text;
}

/* ---- examining --------------------------------------------------------------- */

/* Where a host keeps histories before they are gathered. */
static const char *history_base(const struct run *run)
{
	const char *tmpdir = getenv("TMPDIR");

	if (run->plan.history_dir[0])
		return run->plan.history_dir;
	return tmpdir && *tmpdir ? tmpdir : "/tmp";
}

static void examine(struct run *run, struct rank_view *ret_view)
{
	struct examine_job *job = calloc(1, sizeof(*job));

	memset(ret_view, 0, sizeof(*ret_view));
	if (!job) {
		ret_view->ask_rc = -ENOMEM;
		return;
	}
	snprintf(job->dir, sizeof(job->dir), "%s", run->plan.dir);
	if (run->plan.strategy_count)
		snprintf(job->history_dir, sizeof(job->history_dir), "%s",
			 history_base(run));
	if (run_is_first(run))
		snprintf(job->out, sizeof(job->out), "%s", run->plan.out);
	ret_view->ask_rc =
		task_ask(&run->spawner, TASK_EXAMINE, job, sizeof(*job),
			 &ret_view->seen, sizeof(ret_view->seen), run_timeout_ms(run));
	free(job);
}

/* Errors that a wrong path explains. */
static bool is_wrong_path(int rc)
{
	return rc == -ENOENT || rc == -ENOTDIR || rc == -ENAMETOOLONG || rc == -ELOOP;
}

/* Is DIR a directory everywhere?  A path that is wrong everywhere is usage. */
static enum exit_code check_dirs(const struct run *run, const struct rank_view *views,
				 struct error *err)
{
	uint32_t wrong = 0, first = run->world.size;
	char host[300];

	for (uint32_t rank = 0; rank < run->world.size; rank++) {
		if (views[rank].ask_rc == -ETIMEDOUT) {
			error_set(err, ETIMEDOUT,
				  "%s%s did not answer within the time-out",
				  where(run, rank, host), run->plan.dir);
			return EXIT_COULD_NOT_RUN;
		}
		if (views[rank].ask_rc < 0) {
			error_sys(err, -views[rank].ask_rc,
				  "%scannot start a process to look at %s",
				  where(run, rank, host), run->plan.dir);
			return EXIT_COULD_NOT_RUN;
		}
		wrong += is_wrong_path(views[rank].seen.dir.rc);
		if (views[rank].seen.dir.rc < 0 && first == run->world.size)
			first = rank;
	}
	if (first == run->world.size)
		return EXIT_SAFE;
	if (wrong == run->world.size) {
		error_sys(err, -views[first].seen.dir.rc,
			  "DIR is to be a folder on the mount, and %s is none",
			  run->plan.dir);
		return EXIT_USAGE;
	}
	error_sys(err, -views[first].seen.dir.rc, "%scannot look into %s",
		  where(run, first, host), run->plan.dir);
	return EXIT_COULD_NOT_RUN;
}

/* The histories: a local directory that we may write to. */
static enum exit_code check_histories(const struct run *run,
				      const struct rank_view *views, struct error *err)
{
	if (!run->plan.strategy_count) /* there will be none */
		return EXIT_SAFE;
	for (uint32_t rank = 0; rank < run->world.size; rank++) {
		const struct examine_answer *seen = &views[rank].seen;
		const char *dir =
			run->plan.history_dir[0] ? run->plan.history_dir : "TMPDIR";
		char host[300];

		if (seen->history.rc < 0) {
			error_sys(err, -seen->history.rc,
				  "%scannot keep histories in %s; use --history DIR",
				  where(run, rank, host), dir);
			return run->plan.history_dir[0] &&
					       is_wrong_path(seen->history.rc)
				       ? EXIT_USAGE
				       : EXIT_COULD_NOT_RUN;
		}
		/* On a local one, what hangs the histories hangs the host. */
		if (seen->history.device == seen->dir.device &&
		    !run->manifest.local_fs) {
			error_set(err, EINVAL,
				  "%sthe histories would lie on the file system under "
				  "test (%s); use --history DIR",
				  where(run, rank, host), dir);
			return EXIT_USAGE;
		}
	}
	return EXIT_SAFE;
}

static enum exit_code no_room(const char *host, const char *what, uint64_t needed,
			      uint64_t available, struct error *err)
{
	char needed_text[UNITS_TEXT_BYTES], available_text[UNITS_TEXT_BYTES];

	error_set(err, ENOSPC, "%s%s would take %s, and only %s are free there", host,
		  what, units_format_bytes(needed, needed_text),
		  units_format_bytes(available, available_text));
	return EXIT_COULD_NOT_RUN;
}

/* Room for data, for histories, and for all of them in the run folder. */
static enum exit_code check_room(const struct run *run, const struct rank_view *views,
				 struct error *err)
{
	const struct plan *plan = &run->plan;
	uint64_t all = plan_history_bytes(plan, plan->ranks) * plan->strategy_count;
	const struct examine_answer *seen = &views[0].seen;
	char host[300], what[PATH_MAX + 32];

	snprintf(what, sizeof(what), "the data in %s", plan->dir);
	if (plan_total_bytes(plan) > seen->dir.free_bytes || seen->dir.free_bytes == 0)
		return no_room("", what, plan_total_bytes(plan), seen->dir.free_bytes,
			       err);
	snprintf(what, sizeof(what), "the histories in the run folder %s", plan->out);
	if (all > seen->out.free_bytes)
		return no_room("", what, all, seen->out.free_bytes, err);
	for (size_t i = 0; i < run->hosts.count; i++) {
		uint32_t leader = run->hosts.host[i].leader;
		uint64_t bytes =
			plan_history_bytes(plan, run->hosts.host[i].rank_count);

		seen = &views[leader].seen;
		if (bytes > seen->history.free_bytes)
			return no_room(where(run, leader, host),
				       "the histories (--history)", bytes,
				       seen->history.free_bytes, err);
	}
	return EXIT_SAFE;
}

/* The run folder may lie on the file system under test only if asked to. */
static enum exit_code check_out(const struct run *run, const struct rank_view *views,
				struct error *err)
{
	const struct examine_answer *seen = &views[0].seen;

	if (seen->out.rc < 0) {
		error_sys(err, -seen->out.rc, "cannot write to the run folder %s",
			  run->plan.out);
		return EXIT_COULD_NOT_RUN;
	}
	if (!run->plan.out_given && !run->manifest.local_fs &&
	    seen->out.device == seen->dir.device) {
		error_set(err, EINVAL,
			  "the run folder %s would lie on the file system under test; "
			  "use --out DIR",
			  run->plan.out);
		return EXIT_USAGE;
	}
	return EXIT_SAFE;
}

/* ---- what rank 0 writes down ---------------------------------------------------- */

/* --fstype overrides what the mount says. */
static const char *fstype_of(const struct run *run, const struct examine_answer *seen)
{
	return run->plan.fstype[0] ? run->plan.fstype : seen->mount.fstype;
}

static bool is_local_everywhere(const struct run *run, const struct rank_view *views)
{
	for (uint32_t rank = 0; rank < run->world.size; rank++)
		if (!mounts_local_fstype(fstype_of(run, &views[rank].seen)))
			return false;
	return true;
}

static int set_text(char **text, const char *value)
{
	char *copy = strdup(value);

	if (!copy)
		return -ENOMEM;
	free(*text);
	*text = copy;
	return 0;
}

static enum exit_code describe_hosts(struct run *run, const struct rank_view *views,
				     struct error *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < run->hosts.count; i++) {
		const struct examine_answer *seen =
			&views[run->hosts.host[i].leader].seen;
		struct manifest_host *host = &run->manifest.hosts[i];

		if ((rc = set_text(&host->fstype, fstype_of(run, seen))) < 0 ||
		    (rc = set_text(&host->mount_source, seen->mount.source)) < 0 ||
		    (rc = set_text(&host->mount_point, seen->mount.point)) < 0 ||
		    (rc = set_text(&host->mount_options, seen->mount.options)) < 0 ||
		    (rc = set_text(&host->module_options, seen->module_options)) < 0)
			break;
	}
	if (rc == 0)
		return EXIT_SAFE;
	error_sys(err, -rc, "cannot describe the hosts");
	return EXIT_COULD_NOT_RUN;
}

/* Rank 0, with the views of all. */
static enum exit_code consider(struct run *run, const struct rank_view *views,
			       struct error *err)
{
	enum exit_code code = check_dirs(run, views, err);

	if (code != EXIT_SAFE)
		return code;
	run->manifest.local_fs = is_local_everywhere(run, views);
	if ((code = check_out(run, views, err)) != EXIT_SAFE ||
	    (code = check_histories(run, views, err)) != EXIT_SAFE ||
	    (code = check_room(run, views, err)) != EXIT_SAFE)
		return code;
	return describe_hosts(run, views, err);
}

/* Collective: everybody looks, rank 0 considers. */
static enum exit_code examine_all(struct run *run, struct error *err)
{
	struct rank_view *mine = calloc(1, sizeof(*mine));
	struct rank_view *all = NULL;
	enum exit_code code = EXIT_SAFE;
	int rc;

	if (run_is_first(run))
		all = calloc(run->world.size, sizeof(*all));
	if (!mine || (run_is_first(run) && !all))
		run_lost_touch(run, -ENOMEM);
	examine(run, mine);
	snprintf(run->mount_point, sizeof(run->mount_point), "%s",
		 mine->seen.mount.point);
	rc = world_gather(&run->world, mine, sizeof(*mine), all);
	if (rc < 0)
		run_lost_touch(run, rc);
	if (all)
		code = consider(run, all, err);
	code = run_agree(run, code, err);
	rc = world_broadcast(&run->world, &run->manifest.local_fs,
			     sizeof(run->manifest.local_fs));
	if (rc < 0)
		run_lost_touch(run, rc);
	free(all);
	free(mine);
	return code;
}

/* ---- one directory -----------------------------------------------------------------
 */

static void draw_nonce(char ret_nonce[NONCE_CHARS + 1])
{
	uint8_t bytes[NONCE_CHARS / 2] = {0};

	/* At this length getrandom(2) neither fails nor returns early. */
	if (getrandom(bytes, sizeof(bytes), 0) < 0)
		memset(bytes, 0, sizeof(bytes));
	for (size_t i = 0; i < sizeof(bytes); i++)
		snprintf(ret_nonce + 2 * i, 3, "%02x", bytes[i]);
}

/* Ask for @task; its sentence, or why there is none, goes into @ret_answer. */
static int ask(struct run *run, enum task_id task, const void *job, size_t job_bytes,
	       struct task_answer *ret_answer)
{
	int rc = task_ask(&run->spawner, task, job, job_bytes, ret_answer,
			  sizeof(*ret_answer), run_timeout_ms(run));

	if (rc == 0)
		return ret_answer->rc;
	*ret_answer = (struct task_answer){.rc = rc};
	snprintf(ret_answer->sentence, sizeof(ret_answer->sentence), "%s",
		 rc == -ETIMEDOUT ? "it did not answer within the time-out"
				  : strerror(-rc));
	return rc;
}

/* Rank 0 makes the directory of this run. */
static enum exit_code make(struct run *run, const char *nonce, struct error *err)
{
	struct make_job job = {0};
	struct task_answer answer = {0};

	snprintf(job.data_dir, sizeof(job.data_dir), "%s", run->manifest.data_dir);
	snprintf(job.nonce, sizeof(job.nonce), "%s", nonce);
	if (ask(run, TASK_MAKE, &job, sizeof(job), &answer) == 0) {
		run->data_inode = answer.inode;
		return EXIT_SAFE;
	}
	error_set(err, -answer.rc, "%s: %s", run->plan.dir, answer.sentence);
	return EXIT_COULD_NOT_RUN;
}

static enum exit_code look(struct run *run, const char *nonce, struct error *err)
{
	uint32_t rank = run->world.rank;
	uint32_t host = run->hosts.rank_host[rank];
	struct look_job job = {
		.mark = hosts_is_leader(&run->hosts, rank) ? host : MARK_NONE,
	};
	struct task_answer answer = {0};

	snprintf(job.data_dir, sizeof(job.data_dir), "%s", run->manifest.data_dir);
	snprintf(job.nonce, sizeof(job.nonce), "%s", nonce);
	if (ask(run, TASK_LOOK, &job, sizeof(job), &answer) == 0)
		return EXIT_SAFE;
	error_set(
		err, -answer.rc,
		"rank %u on host %s does not share %s with rank 0: %s (it lies on the "
		"mount at %s there)",
		rank, host_of(run, rank), run->plan.dir, answer.sentence,
		run->mount_point);
	return EXIT_COULD_NOT_RUN;
}

static enum exit_code confirm(struct run *run, const char *nonce, struct error *err)
{
	struct confirm_job job = {.marks = (uint32_t)run->hosts.count};
	struct task_answer answer = {0};
	const struct manifest_host *host;

	snprintf(job.data_dir, sizeof(job.data_dir), "%s", run->manifest.data_dir);
	snprintf(job.nonce, sizeof(job.nonce), "%s", nonce);
	if (ask(run, TASK_CONFIRM, &job, sizeof(job), &answer) == 0)
		return EXIT_SAFE;
	host = &run->manifest.hosts[answer.mark];
	error_set(err, -answer.rc,
		  "host %s does not share %s with rank 0: %s (%s from %s, %s)",
		  host->name, run->plan.dir, answer.sentence, host->fstype,
		  host->mount_source, host->mount_options);
	return EXIT_COULD_NOT_RUN;
}

/* Rank 0, after a failure: nothing of ours stays in DIR. */
static void clean(struct run *run)
{
	struct clean_job job = {.inode = run->data_inode};
	struct task_answer answer;

	snprintf(job.data_dir, sizeof(job.data_dir), "%s", run->manifest.data_dir);
	ask(run, TASK_CLEAN, &job, sizeof(job), &answer);
}

/* This host's directory for histories; a neighbour may have made it. */
static enum exit_code make_history_dir(struct run *run, struct error *err)
{
	int length = snprintf(run->history_dir, sizeof(run->history_dir),
			      "%s/tailrace-%s", history_base(run), run->plan.run_id);
	int rc;

	if (length < 0 || (size_t)length >= sizeof(run->history_dir)) {
		error_set(err, ENAMETOOLONG, "the path of the histories is too long");
		return EXIT_USAGE;
	}
	rc = private_folder(run->history_dir);
	if (rc == 0)
		return EXIT_SAFE;
	error_sys(err, -rc, "cannot make %s", run->history_dir);
	return EXIT_COULD_NOT_RUN;
}

enum exit_code preflight(struct run *run, struct error *err)
{
	char nonce[NONCE_CHARS + 1];
	enum exit_code code = examine_all(run, err);
	int rc;

	if (code != EXIT_SAFE)
		return code;
	draw_nonce(nonce);
	rc = world_broadcast(&run->world, nonce, sizeof(nonce));
	if (rc < 0)
		run_lost_touch(run, rc);
	if (run_is_first(run))
		code = make(run, nonce, err);
	code = run_agree(run, code, err);
	if (code != EXIT_SAFE)
		return code;
	code = run_agree(run, look(run, nonce, err), err);
	if (code == EXIT_SAFE && run_is_first(run))
		code = confirm(run, nonce, err);
	code = run_agree(run, code, err);
	if (code == EXIT_SAFE && run->plan.strategy_count)
		code = run_agree(run, make_history_dir(run, err), err);
	if (code != EXIT_SAFE && run_is_first(run))
		clean(run);
	return code;
}
