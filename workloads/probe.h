/*
 * probe - what the manuals promise about locks, as a table of small scripts, and
 * what is needed to perform and to judge them.
 *
 *	row = question + script + what a local file system, NFSv3 and NFSv4 answer
 *	probe = row x kind of lock x on one host, or between two
 *
 * A script is a list of steps, each performed by one of two agents, which are
 * processes: A, and B on the same host or on another.  The words that the asked
 * steps give, joined by commas, are the answer: "refused,granted".
 */
#ifndef TAILRACE_WORKLOADS_PROBE_H
#define TAILRACE_WORKLOADS_PROBE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- the table (probe_table.c) -------------------------------------------- */

enum probe_lock {
	PROBE_FLOCK, /* flock(2) */
	PROBE_FCNTL, /* fcntl(2), of the process: POSIX */
	PROBE_OFD,   /* fcntl(2), of the open file description */
	PROBE_LOCKF, /* lockf(3) */
	PROBE_LOCKS,
};

enum probe_scope {
	PROBE_TWO_HOSTS, /* B is on another host than A */
	PROBE_ONE_HOST,
	PROBE_SCOPES,
};

/* The kinds of file system that the table knows answers of. */
enum probe_class {
	PROBE_LOCAL,
	PROBE_NFS3,
	PROBE_NFS4,
	PROBE_CLASSES,
};

/* "flock"; "two hosts"; "local", "nfs3". */
extern const char *const probe_lock_names[PROBE_LOCKS];
extern const char *const probe_scope_names[PROBE_SCOPES];
extern const char *const probe_class_names[PROBE_CLASSES];

struct probe_row {
	const char *name;     /* letters, digits, '-' */
	const char *question; /* for people: what is looked at, no full stop */
	const char *script;
	unsigned int locks;  /* bits 1 << enum probe_lock */
	unsigned int scopes; /* bits 1 << enum probe_scope */
	unsigned int rounds; /* how often it is played, for its times; 0: once */

	/* By class: the answers that conform, "refused" or "EAGAIN|EACCES". */
	const char *expected[PROBE_CLASSES];
	const char *source; /* where that is written */

	/*
	 * Of the answers that differ, those that do harm: patterns of fnmatch(3)
	 * parted by '|', and why; the first that matches counts.  What the others
	 * mean is in harmless.
	 */
	struct {
		const char *answers; /* NULL: none */
		const char *why;
	} harm[2];
	const char *harmless;
};

extern const struct probe_row probe_rows[];
extern const size_t probe_row_count;

/* One row with one kind of lock in one scope. */
struct probe {
	const struct probe_row *row;
	enum probe_lock lock;
	enum probe_scope scope;
};

/* Probe number @index: first those between two hosts.  False beyond the last. */
bool probe_at(size_t index, struct probe *ret_probe);
size_t probe_count(void);

/* ---- scripts (probe_script.c) ---------------------------------------------- */

/*
 *	script = step { ";" step }
 *	step   = [ "?" ] [ "@" ] agent op { argument }
 *
 * "?" asks: the step's word is part of the answer.  Any other step must succeed.
 * "@" starts a stop-watch that the last asked step stops.  The agent is A or B, or a
 * or b: the child that it forked.
 *
 *	open SLOT rw|ro|wo [keep]   keep: without close-on-exec
 *	try [KIND:]ex|sh SLOT [START+LENGTH]      lock, or be refused
 *	errno ...                   the same; the word is the errno's name
 *	retry ...                   try until granted, or until the time-out
 *	wait ...                    lock, blocking: not waited for by the script
 *	unlock [KIND:]SLOT [START+LENGTH]
 *	close SLOT, dup SLOT NEW, write SLOT, fork, exec, exit, kill
 *	still                       what became of the wait by now; or "blocked"
 *	done                        what became of it in the end
 *
 * KIND is a kind of lock other than the probe's; a range of length 0 has no end.
 */
enum probe_op {
	PROBE_OPEN,
	PROBE_TRY,
	PROBE_ERRNO,
	PROBE_RETRY,
	PROBE_WAIT,
	PROBE_UNLOCK,
	PROBE_CLOSE,
	PROBE_DUP,
	PROBE_WRITE,
	PROBE_FORK,
	PROBE_EXEC,
	PROBE_EXIT,
	/* Not the agent's to do: */
	PROBE_KILL,
	PROBE_STILL,
	PROBE_DONE,
	PROBE_OPS,
};

enum {
	PROBE_STEPS_MAX = 16,
	PROBE_AGENTS = 2,
	PROBE_SLOTS = 4, /* descriptors of an agent: f, g, h, i */
	PROBE_ANSWER_MAX = 96,
	PROBE_ROUNDS_MAX = 3,
};

/* Plain data, sent to agents as it stands. */
struct probe_step {
	enum probe_op op;
	bool asked, timed;
	uint8_t agent; /* 0: A, 1: B */
	bool child;    /* by the child that the agent forked */
	uint8_t slot, new_slot;
	int open_flags; /* as of open(2) */
	enum probe_lock lock;
	bool exclusive;
	int64_t start, length;
};

/*
 * Parse the script of @probe.  Returns the number of steps, or -EINVAL: a mistake
 * in the table.
 */
int probe_script(const struct probe *probe, struct probe_step steps[PROBE_STEPS_MAX]);

/* ---- agents (probe_agent.c, probe_lock.c) ----------------------------------- */

/* What an agent is told at its start. */
struct probe_job {
	char path[PATH_MAX];
	uint64_t timeout_ns; /* of retry */
};

/*
 * What became of a step; times are of the host's CLOCK_MONOTONIC.  An agent that has
 * become another program by exec says so by one message of a single byte.
 */
struct probe_reply {
	int32_t rc; /* 0 or a negative errno */
	uint64_t began_ns, ended_ns;
};

/*
 * Be an agent: perform the steps that come as messages over the socket @fd
 * (SOCK_SEQPACKET) and reply to each, until that is closed or the script says
 * exit.  Returns an exit status.
 */
int probe_agent(const struct probe_job *job, int fd);

/* Lock or unlock the range of @step with its kind of lock; 0 or a negative errno. */
int probe_lock_range(const struct probe_step *step, int fd, bool block);
int probe_unlock_range(const struct probe_step *step, int fd);

/* ---- judging (probe_judge.c) -------------------------------------------------- */

/*
 * The word for a step that ended with @rc: "granted", "refused", "ok" or the name of
 * an errno.
 */
const char *probe_word(const struct probe_step *step, int rc);

enum probe_verdict {
	PROBE_CONFORMS,
	PROBE_HARMLESS,	   /* differs, without harm */
	PROBE_HARMFUL,	   /* differs, and data or progress are in danger */
	PROBE_UNSUPPORTED, /* this file system does not have it, and says so */
	PROBE_UNCLEAR,	   /* a hang, or a script that could not be played */
	PROBE_NOT_PERFORMED,
	PROBE_VERDICTS,
};

/* "conforms", "harmless", ... */
extern const char *const probe_verdict_names[PROBE_VERDICTS];

/*
 * Judge @answer to @row on a file system of @class.  *@ret_reason is a sentence
 * without full stop, "" where it conforms; it lives as long as the table.
 */
enum probe_verdict probe_judge(const struct probe_row *row, enum probe_class class,
			       const char *answer, const char **ret_reason);

/*
 * Which class is a file system of @fstype mounted with @options (mountinfo's)?
 * What is none of NFS is judged by what a local one answers.
 */
enum probe_class probe_class_of(const char *fstype, const char *options);

#endif
