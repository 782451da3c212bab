/*
 * tasks - all that is done to the mount under test, each in a child of the
 * spawner: a rank asks, waits with a time-out, and never touches it itself.  But for
 * one thing: what needs MPI to append runs in a thread of the rank; see rank_writer.h.
 *
 * Questions and answers are plain data of one binary, sent as they stand.
 */
#ifndef TAILRACE_HARNESS_TASKS_H
#define TAILRACE_HARNESS_TASKS_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/error.h"
#include "core/record.h"
#include "harness/fault.h"
#include "harness/mounts.h"
#include "harness/spawner.h"
#include "verify/compare_views.h"
#include "verify/segment_row.h"
#include "verify/share_identity.h"
#include "verify/tail.h"
#include "workloads/writer.h"

enum task_id {
	TASK_EXAMINE, /* look at DIR and at the directory for histories */
	TASK_MAKE,    /* make the run's own directory, and a nonce in it */
	TASK_LOOK,    /* read the nonce, leave a mark */
	TASK_CONFIRM, /* read all marks, remove marks and nonce */
	TASK_CREATE,  /* make a shared data file */
	TASK_WRITER,
	TASK_TAIL,  /* follow the data file while it grows */
	TASK_VIEW,  /* read the closed data files as a reader would */
	TASK_SHARE, /* list the intact records in a share of them */
	TASK_JUDGE,
	TASK_SEGMENT,  /* judge one segment */
	TASK_MERGE,    /* one log of the writers' files */
	TASK_CLEAN,    /* remove what we made */
	TASK_SERVICE,  /* sequencer, token or aggregator until the rank closes it */
	TASK_PROBE,    /* an agent: struct probe_job, then workloads/probe.h */
	TASK_SELFTEST, /* is the verifier to be trusted? */
	TASK_CLOCK,    /* tell the time until the rank closes the socket */
	TASK_HOOK,     /* become a command of the user's */
	TASK_COUNT,
};

extern const struct task run_tasks[TASK_COUNT];

/* ---- preflight (task_preflight.c) -------------------------------------- */

enum { NONCE_CHARS = 32 };

struct examine_job {
	char dir[PATH_MAX];
	char history_dir[PATH_MAX];
	char out[PATH_MAX]; /* the run folder, made already; "": not this rank */
};

/* What is seen of a directory. */
struct directory_view {
	int32_t rc; /* 0 or a negative errno */
	uint64_t device;
	uint64_t free_bytes; /* for us; UINT64_MAX: not told */
};

struct examine_answer {
	struct directory_view dir, history, out;
	struct mount_entry mount; /* of dir */
	char module_options[64];  /* of the NFS client; "" where there is none */
	char real_dir[1024];	  /* without symbolic links; may be cut */
};

struct make_job {
	char data_dir[PATH_MAX];
	char nonce[NONCE_CHARS + 1]; /* "": none is left there */
};

/* A nonce, and the number of the mark to leave (a host); or MARK_NONE. */
#define MARK_NONE UINT32_MAX
struct look_job {
	char data_dir[PATH_MAX];
	char nonce[NONCE_CHARS + 1];
	uint32_t mark;
};

struct confirm_job {
	char data_dir[PATH_MAX];
	char nonce[NONCE_CHARS + 1];
	uint32_t marks;
};

/* Of make, look, confirm, create, view, share, tail and clean: how it went. */
struct task_answer {
	int32_t rc;
	uint32_t mark;	    /* confirm: the one that was not seen */
	uint64_t inode;	    /* make: of the folder */
	char sentence[512]; /* without host or path of DIR, "" if rc is 0 */
};

/* ---- data files (task_files.c) ------------------------------------------ */

struct create_job {
	char path[PATH_MAX];
};

/*
 * Remove the files that match ours in data_dir, then data_dir itself; if it is still
 * the one that task_make made, on this host.
 */
struct clean_job {
	char data_dir[PATH_MAX];
	uint64_t inode; /* as that one answered; 0: of a segment, inside of ours */
};

/* ---- merging (task_merge.c) ---------------------------------------------- */

struct merge_job {
	char run_dir[PATH_MAX]; /* whose manifest is up to date */
	uint32_t strategy;
};

/* As struct manifest_merge. */
struct merge_answer {
	int32_t rc;
	char path[PATH_MAX];
	uint64_t records, bytes, left_out, duration_ns;
	char sentence[512]; /* "" if rc is 0 */
};

/* ---- writers (task_writer.c) --------------------------------------------- */

/* The child's first message: is it ready to start? */
struct writer_ready {
	int32_t rc;
	bool skip;	    /* the mount cannot do what the strategy needs */
	char sentence[512]; /* why it is not; if it is, what was left out, or "" */
};

/* Then the rank sends this; the child's last message is struct writer_report. */
struct writer_start {
	uint64_t start_ns; /* on the host's clock */
};

/* ---- services (task_service.c) --------------------------------------------- */

/* The job is a struct service_job; the child's only message: */
struct service_ready {
	int32_t rc;
	char sentence[512];
	struct endpoints endpoints; /* where the writers reach it */
};

/* ---- views (task_view.c) ------------------------------------------------- */

/* So many blocks are looked at again; with them a job fits into a message. */
enum { VIEW_PLACES_MAX = 2048 };

struct view_job {
	struct view_identity identity; /* .look is the first one to take */
	char data_dir[PATH_MAX];
	char preset[64 + 1];
	bool shared_file;
	uint32_t stride; /* of the first look */
	uint64_t seed;
	char path[VIEW_LOOKS][PATH_MAX - 256]; /* local: where each look goes */

	/* Of the later looks, which are both taken: the blocks that differed. */
	uint32_t place_count;
	struct view_place place[VIEW_PLACES_MAX];
};
_Static_assert(sizeof(struct view_job) <= SPAWNER_MESSAGE_MAX, "one message");

/* ---- shares (task_share.c) ------------------------------------------------ */

struct share_job {
	struct share_identity identity;
	struct record_plan plan;
	uint32_t slot_bytes; /* of a strategy that pads; 0: it does not */
	uint32_t file_count;
	bool shared_file;
	char data_dir[PATH_MAX];
	char preset[64 + 1];
	char path[PATH_MAX]; /* local: where the list goes */
};

/* ---- tails (task_tail.c) -------------------------------------------------- */

struct tail_job {
	struct tail_identity identity;
	struct record_plan plan;
	char data_path[PATH_MAX];
	char tail_path[PATH_MAX]; /* local: where what it saw goes */
};

/*
 * The child says by a struct task_answer that it has opened the file.  After this
 * message it follows until it has seen so many records, or nothing new comes; by
 * another struct task_answer it then says that its file is written.
 */
struct tail_stop {
	uint64_t records;
};

/* ---- judging (task_judge.c) ---------------------------------------------- */

struct judge_job {
	char run_dir[PATH_MAX];
	bool no_plots; /* leave out the pictures */
};

/* One question each; the child ends after the results were written. */
#define JUDGE_WRITE_RESULTS UINT32_MAX
struct judge_question {
	uint32_t strategy; /* or JUDGE_WRITE_RESULTS */
	uint32_t shares;   /* lists of the hosts that there are of it */
};

struct judge_answer {
	int32_t rc;
	int32_t verdict;     /* enum verdict: of the strategy, or of the run */
	int32_t exit_code;   /* of the run */
	bool judged;	     /* all were: if rc < 0, only writing failed */
	char sentence[1024]; /* the reason; or why it could not be judged */
	char warning[512];   /* of writing the results; "" if none */
};

/* ---- judging a segment (task_segment.c) ------------------------------------ */

struct segment_job {
	char run_dir[PATH_MAX]; /* of the segment */
	uint32_t strategy, number;
};

struct segment_answer {
	struct segment_row row; /* of the judgment its figures alone */
};
_Static_assert(sizeof(struct segment_answer) <= SPAWNER_MESSAGE_MAX, "one message");

/* ---- faults (task_hook.c) -------------------------------------------------- */

/* No answer but its exit status, of all things 127 where it could not be run. */
struct hook_job {
	char command[FAULT_WHAT_MAX + 1]; /* for sh -c */

	/* In its environment as TAILRACE_RUN_ID, TAILRACE_DATA_DIR, TAILRACE_STRATEGY.
	 */
	char run_id[RUN_ID_CHARS + 1];
	char data_dir[PATH_MAX];
	char strategy[HISTORY_NAME_MAX + 1];
};

/* ---- selftest (task_selftest.c) ------------------------------------------ */

struct selftest_job {
	uint64_t seed;
	uint32_t random_runs;
};

/* As struct selftest_tally. */
struct selftest_answer {
	int32_t rc;
	uint32_t cases, agreed;
	char sentence[512]; /* "" if rc is 0 */
};

/* ---- asking --------------------------------------------------------------- */

/*
 * Have a child do @task and wait for its one answer of @answer_bytes.
 * Returns 0; -ETIMEDOUT: it hangs, and was killed as far as that goes; or another
 * negative errno where it died or could not be made.
 */
int task_ask(struct spawner *spawner, enum task_id task, const void *job,
	     size_t job_bytes, void *ret_answer, size_t answer_bytes, int timeout_ms);

int task_examine(const void *arg, size_t arg_bytes, int fd);
int task_make(const void *arg, size_t arg_bytes, int fd);
int task_look(const void *arg, size_t arg_bytes, int fd);
int task_confirm(const void *arg, size_t arg_bytes, int fd);
int task_create(const void *arg, size_t arg_bytes, int fd);
int task_writer(const void *arg, size_t arg_bytes, int fd);
int task_service(const void *arg, size_t arg_bytes, int fd);
int task_tail(const void *arg, size_t arg_bytes, int fd);
int task_view(const void *arg, size_t arg_bytes, int fd);
int task_share(const void *arg, size_t arg_bytes, int fd);
int task_judge(const void *arg, size_t arg_bytes, int fd);
int task_segment(const void *arg, size_t arg_bytes, int fd);
int task_merge(const void *arg, size_t arg_bytes, int fd);
int task_clean(const void *arg, size_t arg_bytes, int fd);
int task_probe(const void *arg, size_t arg_bytes, int fd);
int task_selftest(const void *arg, size_t arg_bytes, int fd);
int task_clock(const void *arg, size_t arg_bytes, int fd);
int task_hook(const void *arg, size_t arg_bytes, int fd);

#endif
