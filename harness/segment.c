/* segment - see segment.h. */
#include "harness/segment.h"

#include "core/clock.h"
#include "harness/judging.h"
#include "harness/outline.h"
#include "harness/tasks.h"
#include "verify/segments.h"
#include "verify/view.h"

#include <errno.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Beside what reading takes: to write the results of one that is kept. */
#define WRITE_MS 60000

/* ---- where it lies -------------------------------------------------------------- */

static char *folder_of(const struct run *run, uint32_t index, uint32_t number)
{
	return segment_folder(run->plan.out, index,
			      strategy_preset_name(&run->plan.strategy[index].spec),
			      number);
}

/* DIR/tailrace-<run id>/<as its run folder is called>, of the whole @run. */
static char *data_dir_of(const struct run *run, uint32_t index, uint32_t number)
{
	char *folder = folder_of(run, index, number), *path = NULL;

	if (folder &&
	    asprintf(&path, "%s%s", run->manifest.data_dir, strrchr(folder, '/')) < 0)
		path = NULL;
	free(folder);
	return path;
}

static int make_data_dir(struct run *run, const char *path, struct error *err)
{
	struct make_job job = {0};
	struct task_answer answer = {0};
	int rc;

	snprintf(job.data_dir, sizeof(job.data_dir), "%s", path);
	rc = task_ask(&run->spawner, TASK_MAKE, &job, sizeof(job), &answer,
		      sizeof(answer), run_timeout_ms(run));
	if (rc == 0 && answer.rc < 0)
		return error_set(err, -answer.rc, "%s", answer.sentence);
	return rc < 0 ? error_sys(err, -rc, "cannot make a directory there") : 0;
}

static int remove_one(const char *path, const struct stat *st, int type,
		      struct FTW *where)
{
	(void)st;
	(void)type;
	(void)where;
	return remove(path);
}

/* What we made, under a name that was free: no link is followed out of it. */
static int remove_folder(const char *folder)
{
	return nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS | FTW_MOUNT) == 0
		       ? 0
		       : -errno;
}

/* All of it, or nothing; what has its name already is not ours. */
static int make_folder(const char *folder, struct error *err)
{
	static const char *const inside[] = {"", "/history", "/" VIEWS_FOLDER};
	char path[PATH_MAX + 16];
	int errnum;

	for (size_t i = 0; i < sizeof(inside) / sizeof(inside[0]); i++) {
		snprintf(path, sizeof(path), "%.*s%s", PATH_MAX - 1, folder, inside[i]);
		if (mkdir(path, 0777) == 0)
			continue;
		errnum = errno;
		if (i > 0)
			remove_folder(folder);
		return error_sys(err, errnum, "cannot make the folder %s", path);
	}
	return 0;
}

int segment_make(struct run *run, uint32_t index, uint32_t number, struct error *err)
{
	char *folder = folder_of(run, index, number);
	char *data_dir = data_dir_of(run, index, number);
	char parent[PATH_MAX + 16];
	int rc;

	snprintf(parent, sizeof(parent), "%s/" SEGMENTS_FOLDER, run->plan.out);
	if (!folder || !data_dir)
		rc = error_sys(err, ENOMEM, "no segment");
	else if (mkdir(parent, 0777) < 0 && errno != EEXIST)
		rc = error_sys(err, errno, "cannot make the folder %s", parent);
	else if ((rc = make_folder(folder, err)) == 0 &&
		 (rc = make_data_dir(run, data_dir, err)) < 0)
		remove_folder(folder);
	free(folder);
	free(data_dir);
	return rc;
}

/* ---- being it ------------------------------------------------------------------- */

static void swap(struct segment *segment, struct run *run)
{
	struct plan plan = run->plan;
	struct manifest manifest = run->manifest;

	run->plan = segment->plan;
	run->manifest = segment->manifest;
	segment->plan = plan;
	segment->manifest = manifest;
}

/*
 * So many appends make a segment.  A counter's file does not grow, but its histories
 * do. No writer makes more than twice its share, so that disk is bounded even where
 * nobody tells how far they are.
 */
static void plan_extent(struct plan *plan)
{
	uint32_t mean_bytes = plan->min_bytes / 2 + plan->max_bytes / 2;
	uint64_t growth = strategy_growth_bytes(&plan->strategy[0].spec, mean_bytes);
	uint64_t share;

	if (growth < HISTORY_ENTRY_BYTES)
		growth = HISTORY_ENTRY_BYTES;
	share = plan->segment_bytes / growth / plan->ranks + 1;
	if (share > WRITER_UNBOUNDED_RECORDS / 2)
		share = WRITER_UNBOUNDED_RECORDS / 2;
	plan->roll_records = share * plan->ranks;
	plan->records = share * 2;
}

static int make_plan(struct plan *plan, const struct run *run, uint32_t index,
		     const struct segment_order *order)
{
	char *folder = folder_of(run, index, order->number);

	if (!folder || strlen(folder) >= sizeof(plan->out)) {
		free(folder);
		return -ENAMETOOLONG;
	}
	*plan = run->plan;
	plan->strategy[0] = run->plan.strategy[index];
	plan->strategy_count = 1;
	plan->duration_ns = order->duration_ns;
	memcpy(plan->run_id, order->run_id, sizeof(plan->run_id));
	snprintf(plan->out, sizeof(plan->out), "%s", folder);
	plan_extent(plan);
	plan->segment_bytes = 0; /* it has none itself */
	free(folder);
	return 0;
}

static int copy(char **ret_copy, const char *text)
{
	if (text && !(*ret_copy = strdup(text)))
		return -ENOMEM;
	return 0;
}

/* What preflight saw of the hosts. */
static int copy_hosts(struct manifest *to, const struct manifest *from)
{
	int rc = 0;

	to->local_fs = from->local_fs;
	for (size_t i = 0; rc == 0 && i < to->host_count; i++) {
		struct manifest_host *host = &to->hosts[i];
		const struct manifest_host *seen = &from->hosts[i];

		if ((rc = copy(&host->fstype, seen->fstype)) == 0 &&
		    (rc = copy(&host->mount_source, seen->mount_source)) == 0 &&
		    (rc = copy(&host->mount_point, seen->mount_point)) == 0 &&
		    (rc = copy(&host->mount_options, seen->mount_options)) == 0)
			rc = copy(&host->module_options, seen->module_options);
	}
	return rc;
}

int segment_enter(struct segment *segment, struct run *run, uint32_t index,
		  const struct segment_order *order, struct error *err)
{
	char *data_dir = data_dir_of(run, index, order->number);
	int rc;

	*segment = (struct segment){.index = index, .number = order->number};
	rc = data_dir ? make_plan(&segment->plan, run, index, order) : -ENOMEM;
	if (rc < 0) {
		free(data_dir);
		return error_sys(err, -rc, "cannot begin a segment");
	}
	swap(segment, run);
	rc = outline_make(run, err);
	if (rc == 0 && copy_hosts(&run->manifest, &segment->manifest) < 0)
		rc = error_sys(err, ENOMEM, "cannot hold the manifest");
	free(run->manifest.data_dir);
	run->manifest.data_dir = data_dir;
	/* Older samples tell nothing of what is to come. */
	clocks_forget(&run->clocks);
	return rc;
}

static int add_writers(struct manifest_strategy *whole,
		       const struct manifest_strategy *part, uint32_t count)
{
	for (uint32_t rank = 0; rank < count; rank++) {
		struct manifest_writer *writer = &whole->writers[rank];
		const struct manifest_writer *now = &part->writers[rank];

		writer->begun += now->begun;
		writer->end = now->end;
		if (now->stuck) {
			free(writer->stuck);
			writer->stuck = strdup(now->stuck);
			if (!writer->stuck)
				return -ENOMEM;
		}
	}
	return 0;
}

static int add_rpcs(struct manifest_strategy *whole,
		    const struct manifest_strategy *part)
{
	const char *operation;
	json_t *calls;

	if (!part->rpc)
		return 0;
	if (!whole->rpc && !(whole->rpc = json_object()))
		return -ENOMEM;
	json_object_foreach(part->rpc, operation, calls)
	{
		json_int_t sum =
			json_integer_value(calls) +
			json_integer_value(json_object_get(whole->rpc, operation));

		if (json_object_set_new(whole->rpc, operation, json_integer(sum)) < 0)
			return -ENOMEM;
	}
	return 0;
}

static int add_up(struct manifest_strategy *whole, const struct manifest_strategy *part,
		  uint32_t rank_count)
{
	whole->duration_ns += part->duration_ns;
	if (part->remark && !whole->remark && !(whole->remark = strdup(part->remark)))
		return -ENOMEM;
	if (add_writers(whole, part, rank_count) < 0)
		return -ENOMEM;
	return add_rpcs(whole, part);
}

int segment_leave(struct segment *segment, struct run *run)
{
	uint64_t judge_ms = 2 * (uint64_t)judging_time_ms(run, 0, 1) + WRITE_MS;

	swap(segment, run);
	segment->judge_by_ns = judge_ms * 1000000u;
	return add_up(&run->manifest.strategies[segment->index],
		      &segment->manifest.strategies[0], run->manifest.rank_count);
}

/* ---- judging --------------------------------------------------------------------- */

void segment_judge(struct segment *segment, struct run *run)
{
	struct segment_job job = {
		.strategy = segment->index,
		.number = segment->number,
	};

	snprintf(job.run_dir, sizeof(job.run_dir), "%s", segment->plan.out);
	segment->judge_by_ns += clock_now_ns();
	segment->is_judged = spawner_launch(&run->spawner, TASK_SEGMENT, &job,
					    sizeof(job), &segment->judge, NULL) == 0;
}

/* Nobody could tell anything of it. */
static void row_blind(const struct segment *segment, const char *why,
		      struct segment_row *ret_row)
{
	struct segment_row row = {.strategy = segment->index,
				  .number = segment->number};

	memcpy(row.run_id, segment->manifest.run_id, sizeof(row.run_id));
	segment_row_clear(&row.judgment);
	row.judgment.verdict = VERDICT_INCONCLUSIVE;
	snprintf(row.judgment.reason, sizeof(row.judgment.reason), "%s", why);
	*ret_row = row;
}

int segment_verdict(struct segment *segment, int timeout_ms,
		    struct segment_row *ret_row)
{
	struct segment_answer answer;
	uint64_t now_ns = clock_now_ns();
	bool last_time = timeout_ms < 0;
	size_t got = 0;
	int rc = -EPIPE;

	if (last_time)
		timeout_ms = now_ns < segment->judge_by_ns
				     ? (int)((segment->judge_by_ns - now_ns) / 1000000u)
				     : 0;
	if (segment->is_judged)
		rc = child_receive(&segment->judge, &answer, sizeof(answer), timeout_ms,
				   &got);
	if (rc == -ETIMEDOUT && !last_time)
		return rc;
	if (rc == 0 && got == sizeof(answer)) {
		*ret_row = answer.row;
		memcpy(ret_row->run_id, segment->manifest.run_id,
		       sizeof(ret_row->run_id));
	} else {
		row_blind(segment,
			  rc == -ETIMEDOUT ? "its data could not be read in time"
					   : "the process that judges died",
			  ret_row);
	}
	if (segment->is_judged && rc < 0)
		child_kill(&segment->judge, SIGKILL);
	child_release(&segment->judge);
	segment->is_judged = false;
	return 0;
}

/* ---- its end ------------------------------------------------------------------ */

static int remove_data(struct run *run, const char *path)
{
	struct task_answer answer = {0};
	struct clean_job job = {.inode = 0};
	int rc;

	snprintf(job.data_dir, sizeof(job.data_dir), "%s", path);
	rc = task_ask(&run->spawner, TASK_CLEAN, &job, sizeof(job), &answer,
		      sizeof(answer), run_timeout_ms(run));
	return rc < 0 ? rc : answer.rc;
}

int segment_remove(struct run *run, uint32_t index, uint32_t number, struct error *err)
{
	char *folder = folder_of(run, index, number);
	char *data_dir = data_dir_of(run, index, number);
	int rc = folder && data_dir ? remove_data(run, data_dir) : -ENOMEM;

	if (rc < 0)
		error_sys(err, -rc, "cannot remove the data of segment %u", number);
	else if ((rc = remove_folder(folder)) < 0)
		error_sys(err, -rc, "cannot remove %s", folder);
	free(folder);
	free(data_dir);
	return rc;
}

void segment_release(struct segment *segment)
{
	if (segment->is_judged) {
		child_kill(&segment->judge, SIGKILL);
		child_release(&segment->judge);
	}
	manifest_release(&segment->manifest);
	memset(segment, 0, sizeof(*segment));
}
