/*
 * probe_table - the questions, and what the manuals answer; see probe.h.
 *
 * Sources are named in each row: flock(2), fcntl(2) and lockf(3) of Linux man-pages
 * 6.03, nfs(5) of nfs-utils, and the client's own source where the manuals say less
 * than it does ("fs/nfs/file.c" and others are of Linux).  An answer that two
 * sources give differently is listed with both.
 */
#include "workloads/probe.h"

const char *const probe_lock_names[PROBE_LOCKS] = {
	[PROBE_FLOCK] = "flock",
	[PROBE_FCNTL] = "fcntl",
	[PROBE_OFD] = "ofd",
	[PROBE_LOCKF] = "lockf",
};

const char *const probe_scope_names[PROBE_SCOPES] = {
	[PROBE_TWO_HOSTS] = "two hosts",
	[PROBE_ONE_HOST] = "one host",
};

const char *const probe_class_names[PROBE_CLASSES] = {
	[PROBE_LOCAL] = "local",
	[PROBE_NFS3] = "nfs3",
	[PROBE_NFS4] = "nfs4",
};

#define FLOCK (1u << PROBE_FLOCK)
#define FCNTL (1u << PROBE_FCNTL)
#define OFD   (1u << PROBE_OFD)
#define LOCKF (1u << PROBE_LOCKF)

#define ALL	(FLOCK | FCNTL | OFD | LOCKF)
#define SHARING (FLOCK | FCNTL | OFD) /* lockf(3) has exclusive locks only */
#define RANGES	(FCNTL | OFD | LOCKF)
#define BY_FILE (FLOCK | OFD)	/* belong to the open file description */
#define POSIX	(FCNTL | LOCKF) /* belong to the process */

#define BOTH	 (1u << PROBE_TWO_HOSTS | 1u << PROBE_ONE_HOST)
#define ONE_HOST (1u << PROBE_ONE_HOST)

/* The same answer everywhere; and one for local file systems, one for NFS. */
#define EVERYWHERE(answer)                                                             \
	{                                                                              \
		(answer), (answer), (answer)                                           \
	}
#define NFS_DIFFERS(local, nfs)                                                        \
	{                                                                              \
		(local), (nfs), (nfs)                                                  \
	}

#define THE_MANUALS "flock(2), fcntl(2), lockf(3)"
#define NFS_FLOCK   "flock(2) \"NFS details\""

#define TWO_HOLDERS "two hold a lock that excludes: whatever it protects can be lost"
#define NOT_FREED   "a lock that outlives its release makes all others wait for ever"
#define LOST_LOCK   "another gets in while the holder believes that it has the lock"
#define WAITS_MORE  "some wait longer than they must, and nothing is lost"

const struct probe_row probe_rows[] = {
	/* ---- who excludes whom ------------------------------------------------ */
	{
		.name = "exclusive-excludes-exclusive",
		.question = "exclusive excludes exclusive",
		.script = "A open f rw; A try ex f; B open f rw; ?B try ex f",
		.locks = ALL,
		.scopes = BOTH,
		.expected = EVERYWHERE("refused"),
		.source = THE_MANUALS,
		.harm = {{"granted", TWO_HOLDERS}},
	},
	{
		.name = "exclusive-excludes-shared",
		.question = "exclusive excludes shared",
		.script = "A open f rw; A try ex f; B open f rw; ?B try sh f",
		.locks = SHARING,
		.scopes = BOTH,
		.expected = EVERYWHERE("refused"),
		.source = "flock(2), fcntl(2)",
		.harm = {{"granted",
			  "readers see what a writer is in the middle of changing"}},
	},
	{
		.name = "shared-excludes-exclusive",
		.question = "shared excludes exclusive",
		.script = "A open f rw; A try sh f; B open f rw; ?B try ex f",
		.locks = SHARING,
		.scopes = BOTH,
		.expected = EVERYWHERE("refused"),
		.source = "flock(2), fcntl(2)",
		.harm = {{"granted", "a writer changes what readers are in the middle "
				     "of reading"}},
	},
	{
		.name = "shared-admits-shared",
		.question = "shared admits shared",
		.script = "A open f rw; A try sh f; B open f rw; ?B try sh f",
		.locks = SHARING,
		.scopes = BOTH,
		.expected = EVERYWHERE("granted"),
		.source = "flock(2), fcntl(2)",
		.harmless = "readers wait for each other, and nothing is lost",
	},
	{
		.name = "refusal",
		.question = "errno of a refused lock",
		.script = "A open f rw; A try ex f; B open f rw; ?B errno ex f",
		.locks = BY_FILE,
		.scopes = BOTH,
		.expected = EVERYWHERE("EAGAIN"), /* EWOULDBLOCK is the same on Linux */
		.source = "flock(2) ERRORS, fcntl(2) F_OFD_SETLK",
		.harm = {{"granted", TWO_HOLDERS}},
		.harmless = "programs that wait for EAGAIN give up instead of waiting",
	},
	{
		.name = "refusal",
		.question = "errno of a refused lock",
		.script = "A open f rw; A try ex f; B open f rw; ?B errno ex f",
		.locks = POSIX,
		.scopes = BOTH,
		.expected = EVERYWHERE("EAGAIN|EACCES"),
		.source = "fcntl(2) F_SETLK, lockf(3) ERRORS",
		.harm = {{"granted", TWO_HOLDERS}},
		.harmless = "programs that wait for EAGAIN or EACCES give up instead",
	},

	/* ---- conversion ------------------------------------------------------- */
	{
		.name = "upgrade",
		.question = "shared becomes exclusive",
		.script = "A open f rw; A try sh f; B open f rw; ?A try ex f; "
			  "?B try sh f",
		.locks = SHARING,
		.scopes = BOTH,
		.expected = EVERYWHERE("granted,refused"),
		.source = "flock(2), fcntl(2): a lock is converted",
		.harm = {{"granted,granted", TWO_HOLDERS}},
	},
	{
		.name = "downgrade",
		.question = "exclusive becomes shared",
		.script = "A open f rw; A try ex f; B open f rw; ?A try sh f; "
			  "?B try sh f; ?B try ex f",
		.locks = SHARING,
		.scopes = BOTH,
		.expected = EVERYWHERE("granted,granted,refused"),
		.source = "flock(2), fcntl(2): a lock is converted",
		.harm = {{"*,granted,granted|refused,granted,*", LOST_LOCK}},
		.harmless = WAITS_MORE,
	},
	{
		.name = "refused-upgrade",
		.question = "a refused upgrade keeps the shared lock",
		.script = "A open f rw; B open f rw; A try sh f; B try sh f; "
			  "?A try ex f; B unlock f; ?B try ex f",
		.locks = FLOCK,
		.scopes = BOTH,
		/* "the existing lock is first removed": it may be gone. */
		.expected = EVERYWHERE("refused,granted|refused,refused"),
		.source = "flock(2) NOTES: conversion is not guaranteed to be atomic",
		.harm = {{"granted,*", TWO_HOLDERS}},
	},
	{
		.name = "refused-upgrade",
		.question = "a refused upgrade keeps the shared lock",
		.script = "A open f rw; B open f rw; A try sh f; B try sh f; "
			  "?A try ex f; B unlock f; ?B try ex f",
		.locks = FCNTL | OFD,
		.scopes = BOTH,
		.expected = EVERYWHERE("refused,refused"),
		.source = "fcntl(2): a refused F_SETLK changes nothing",
		.harm = {{"*granted*", LOST_LOCK}},
	},
	{
		.name = "upgrade-past-waiter",
		.question = "upgrade while another waits: the window",
		.script = "A open f rw; B open f rw; A try sh f; B wait ex f; "
			  "?B still; ?A try ex f; ?B still",
		.locks = FLOCK,
		.scopes = BOTH,
		.expected =
			EVERYWHERE("blocked,granted,blocked|blocked,refused,granted"),
		.source = "flock(2) NOTES: between the two steps a pending request may "
			  "be granted",
		.harm = {{"granted,*|*,granted,granted", TWO_HOLDERS}},
		.harmless = WAITS_MORE,
	},
	{
		.name = "upgrade-past-waiter",
		.question = "upgrade while another waits: the window",
		.script = "A open f rw; B open f rw; A try sh f; B wait ex f; "
			  "?B still; ?A try ex f; ?B still",
		.locks = FCNTL | OFD,
		.scopes = BOTH,
		.expected = EVERYWHERE("blocked,granted,blocked"),
		.source = "fcntl(2): the existing lock is converted",
		.harm = {{"granted,*|*,granted,granted|*,refused,granted",
			  TWO_HOLDERS}},
		.harmless = WAITS_MORE,
	},
	{
		.name = "two-upgrades",
		.question = "two readers both upgrade",
		.script = "A open f rw; B open f rw; A try sh f; B try sh f; "
			  "A wait ex f; ?A still; B wait ex f; ?B still; ?A still",
		.locks = FLOCK,
		.scopes = BOTH,
		/* Over NFS both may keep what they have and wait for the other. */
		.expected =
			NFS_DIFFERS("blocked,granted,blocked|blocked,blocked,granted",
				    "blocked,granted,blocked|blocked,blocked,granted|"
				    "blocked,blocked,blocked|blocked,EDEADLK,blocked"),
		.source = "flock(2) NOTES: the conversion blocks; \"NFS details\": "
			  "emulated by fcntl(2)",
		.harm = {{"granted,*|*,granted,granted", TWO_HOLDERS}},
	},
	{
		.name = "two-upgrades",
		.question = "two readers both upgrade",
		.script = "A open f rw; B open f rw; A try sh f; B try sh f; "
			  "A wait ex f; ?A still; B wait ex f; ?B still; ?A still",
		.locks = FCNTL,
		.scopes = BOTH,
		/* A kernel sees the waits of its own processes only. */
		.expected = NFS_DIFFERS("blocked,EDEADLK,blocked",
					"blocked,EDEADLK,blocked|"
					"blocked,blocked,blocked"),
		.source = "fcntl(2): the kernel detects deadlocks",
		.harm = {{"granted,*|*,granted,*|*,granted", TWO_HOLDERS}},
		.harmless = "a deadlock that is not detected lasts until one is killed",
	},
	{
		.name = "two-upgrades",
		.question = "two readers both upgrade",
		.script = "A open f rw; B open f rw; A try sh f; B try sh f; "
			  "A wait ex f; ?A still; B wait ex f; ?B still; ?A still",
		.locks = OFD,
		.scopes = BOTH,
		.expected = EVERYWHERE("blocked,blocked,blocked"),
		.source = "fcntl(2): no deadlock detection for locks of open files",
		.harm = {{"granted,*|*,granted,*|*,granted", TWO_HOLDERS}},
		.harmless = "the server looks for deadlocks where none is promised; "
			    "it ends a wait that else would last",
	},

	/* ---- release ---------------------------------------------------------- */
	{
		.name = "release-unlock",
		.question = "unlocking frees it",
		.script = "A open f rw; A try ex f; B open f rw; ?B try ex f; "
			  "@A unlock f; ?B retry ex f",
		.locks = ALL,
		.scopes = BOTH,
		.expected = EVERYWHERE("refused,granted"),
		.source = THE_MANUALS,
		.harm = {{"granted,*", TWO_HOLDERS}, {"*", NOT_FREED}},
	},
	{
		.name = "release-close",
		.question = "closing frees it",
		.script = "A open f rw; A try ex f; B open f rw; ?B try ex f; "
			  "@A close f; ?B retry ex f",
		.locks = ALL,
		.scopes = BOTH,
		.expected = EVERYWHERE("refused,granted"),
		.source = THE_MANUALS,
		.harm = {{"granted,*", TWO_HOLDERS}, {"*", NOT_FREED}},
	},
	{
		.name = "release-exit",
		.question = "exit frees it",
		.script = "A open f rw; A try ex f; B open f rw; ?B try ex f; "
			  "@A exit; ?B retry ex f",
		.locks = ALL,
		.scopes = BOTH,
		.expected = EVERYWHERE("refused,granted"),
		.source = "flock(2), fcntl(2): released when the process terminates",
		.harm = {{"granted,*", TWO_HOLDERS}, {"*", NOT_FREED}},
	},
	{
		.name = "release-kill",
		.question = "SIGKILL frees it",
		.script = "A open f rw; A try ex f; B open f rw; ?B try ex f; "
			  "@A kill; ?B retry ex f",
		.locks = ALL,
		.scopes = BOTH,
		.expected = EVERYWHERE("refused,granted"),
		.source = "flock(2), fcntl(2): released when the process terminates",
		.harm = {{"granted,*", TWO_HOLDERS}, {"*", NOT_FREED}},
	},
	{
		.name = "hand-off",
		.question = "a blocked waiter is woken",
		.rounds = 3,
		.script = "A open f rw; A try ex f; B open f rw; B wait ex f; "
			  "?B still; @A unlock f; ?B done",
		.locks = ALL,
		.scopes = BOTH,
		.expected = EVERYWHERE("blocked,granted"),
		.source = "flock(2), fcntl(2) F_SETLKW, lockf(3) F_LOCK",
		.harm = {{"granted,*", TWO_HOLDERS},
			 {"*", "who waits for this lock is never let in"}},
	},

	/* ---- duplicates and children ------------------------------------------ */
	{
		.name = "dup-close",
		.question = "closing one of two dups keeps it",
		.script = "A open f rw; A try ex f; A dup f g; A close f; B open f rw; "
			  "?B try ex f; @A close g; ?B retry ex f",
		.locks = BY_FILE,
		.scopes = BOTH,
		.expected = EVERYWHERE("refused,granted"),
		.source = "flock(2), fcntl(2): released by the last close",
		.harm = {{"granted,*", TWO_HOLDERS}, {"*", LOST_LOCK}},
	},
	{
		.name = "dup-close",
		.question = "closing one of two dups drops it",
		.script = "A open f rw; A try ex f; A dup f g; A close g; B open f rw; "
			  "?B try ex f",
		.locks = POSIX,
		.scopes = BOTH,
		.expected = EVERYWHERE("granted"),
		.source = "fcntl(2), lockf(3): closing any descriptor releases",
		.harmless = "the lock is kept for longer than elsewhere",
	},
	{
		.name = "dup-unlock",
		.question = "unlocking by a dup frees it",
		.script = "A open f rw; A try ex f; A dup f g; B open f rw; "
			  "?B try ex f; @A unlock g; ?B retry ex f",
		.locks = ALL,
		.scopes = BOTH,
		.expected = EVERYWHERE("refused,granted"),
		.source = "flock(2), fcntl(2)",
		.harm = {{"granted,*", TWO_HOLDERS}, {"*", NOT_FREED}},
	},
	{
		.name = "fork-shares",
		.question = "a forked child shares it",
		.script = "A open f rw; A try ex f; A fork; ?a try ex f",
		.locks = BY_FILE,
		.scopes = ONE_HOST,
		.expected = EVERYWHERE("granted"),
		.source = "flock(2), fcntl(2): inherited across fork(2)",
		.harmless = "the child must lock for itself, and notices",
	},
	{
		.name = "fork-shares",
		.question = "a forked child does not inherit it",
		.script = "A open f rw; A try ex f; A fork; ?a try ex f",
		.locks = POSIX,
		.scopes = ONE_HOST,
		.expected = EVERYWHERE("refused"),
		.source = "fcntl(2), lockf(3): not inherited by a child",
		.harm = {{"granted", TWO_HOLDERS}},
	},
	{
		.name = "fork-unlock",
		.question = "the child's unlock frees the parent's",
		.script = "A open f rw; A try ex f; A fork; B open f rw; ?B try ex f; "
			  "a unlock f; ?B retry ex f",
		.locks = BY_FILE,
		.scopes = BOTH,
		.expected = EVERYWHERE("refused,granted"),
		.source = "flock(2): released by LOCK_UN on any duplicate; fcntl(2)",
		.harm = {{"granted,*", TWO_HOLDERS}},
		.harmless = "the parent keeps what its child meant to give back",
	},
	{
		.name = "fork-unlock",
		.question = "the child's unlock leaves the parent's",
		.script = "A open f rw; A try ex f; A fork; a unlock f; B open f rw; "
			  "?B try ex f",
		.locks = POSIX,
		.scopes = BOTH,
		.expected = EVERYWHERE("refused"),
		.source = "fcntl(2), lockf(3): locks belong to the process",
		.harm = {{"granted", LOST_LOCK}},
	},
	{
		.name = "fork-close",
		.question = "when the parent closes, the child has it",
		.script = "A open f rw; A try ex f; A fork; A close f; B open f rw; "
			  "?B try ex f; @a exit; ?B retry ex f",
		.locks = BY_FILE,
		.scopes = BOTH,
		.expected = EVERYWHERE("refused,granted"),
		.source = "flock(2), fcntl(2): released by the last close",
		.harm = {{"granted,*", TWO_HOLDERS}, {"*", LOST_LOCK}},
	},
	{
		.name = "fork-close",
		.question = "when the parent closes, it is free",
		.script = "A open f rw; A try ex f; A fork; A close f; B open f rw; "
			  "?B try ex f",
		.locks = POSIX,
		.scopes = BOTH,
		.expected = EVERYWHERE("granted"),
		.source = "fcntl(2), lockf(3): locks belong to the process",
		.harm = {{"refused", NOT_FREED}},
	},
	{
		.name = "exec",
		.question = "it survives exec",
		.script = "A open f rw keep; A try ex f; A exec; B open f rw; "
			  "?B try ex f",
		.locks = ALL,
		.scopes = BOTH,
		.expected = EVERYWHERE("refused"),
		.source = "flock(2), fcntl(2): preserved across execve(2)",
		.harm = {{"granted", LOST_LOCK}},
	},
	{
		.name = "exec-cloexec",
		.question = "close-on-exec: exec frees it",
		.script = "A open f rw; A try ex f; B open f rw; ?B try ex f; "
			  "A exec; ?B retry ex f",
		.locks = ALL,
		.scopes = BOTH,
		.expected = EVERYWHERE("refused,granted"),
		.source = "open(2) O_CLOEXEC; flock(2), fcntl(2): released by close",
		.harm = {{"granted,*", TWO_HOLDERS}, {"*", NOT_FREED}},
	},

	/* ---- within one process ------------------------------------------------ */
	{
		.name = "two-opens",
		.question = "two opens of one process conflict",
		.script = "A open f rw; A open g rw; A try ex f; ?A try ex g",
		.locks = BY_FILE,
		.scopes = ONE_HOST,
		.expected = EVERYWHERE("refused"),
		.source = "flock(2), fcntl(2): locks of an open file description",
		.harm = {{"granted", "threads that lock by descriptors of their own do "
				     "not exclude "
				     "each other"}},
	},
	{
		.name = "two-opens",
		.question = "two opens of one process do not conflict",
		.script = "A open f rw; A open g rw; A try ex f; ?A try ex g",
		.locks = POSIX,
		.scopes = ONE_HOST,
		.expected = EVERYWHERE("granted"),
		.source = "fcntl(2), lockf(3): locks belong to the process",
		.harmless = "a process waits for itself, and notices",
	},
	{
		.name = "close-another",
		.question = "closing another open keeps it",
		.script = "A open f rw; A try ex f; A open g rw; A close g; "
			  "B open f rw; ?B try ex f",
		.locks = BY_FILE,
		.scopes = BOTH,
		.expected = EVERYWHERE("refused"),
		.source = "flock(2), fcntl(2): locks of an open file description",
		.harm = {{"granted", LOST_LOCK}},
	},
	{
		.name = "close-another",
		.question = "closing another open drops it",
		.script = "A open f rw; A try ex f; A open g rw; A close g; "
			  "B open f rw; ?B try ex f",
		.locks = POSIX,
		.scopes = BOTH,
		.expected = EVERYWHERE("granted"),
		.source = "fcntl(2), lockf(3): closing any descriptor releases",
		.harmless = "the lock is kept for longer than elsewhere",
	},

	/* ---- what a lock does not do ------------------------------------------- */
	{
		.name = "advisory",
		.question = "advisory: a plain write goes through",
		.script = "A open f rw; A try ex f; B open f rw; ?B write f",
		.locks = ALL,
		.scopes = BOTH,
		.expected = EVERYWHERE("ok"),
		.source = "flock(2), fcntl(2): advisory; nfs(5): NLM supports advisory "
			  "locks only",
		.harmless = "locks are mandatory here: who does not lock gets an error",
	},

	/* ---- open modes ---------------------------------------------------------- */
	{
		.name = "exclusive-on-read-only",
		.question = "exclusive on a read-only descriptor",
		.script = "A open f rw; A open g ro; ?A try ex g",
		.locks = FLOCK,
		.scopes = ONE_HOST,
		/* The client checks for version 4 only: nfs4_proc_lock(). */
		.expected = {"granted", "EBADF|granted", "EBADF"},
		.source = NFS_FLOCK "; fs/nfs/file.c, fs/nfs/nfs4proc.c",
		.harmless = "programs that lock what they only read behave differently",
	},
	{
		.name = "exclusive-on-read-only",
		.question = "exclusive on a read-only descriptor",
		.script = "A open f rw; A open g ro; ?A try ex g",
		.locks = RANGES,
		.scopes = ONE_HOST,
		.expected = EVERYWHERE("EBADF"),
		.source = "fcntl(2), lockf(3) ERRORS",
		.harmless = "more is allowed than elsewhere",
	},
	{
		.name = "shared-on-write-only",
		.question = "shared on a write-only descriptor",
		.script = "A open f rw; A open g wo; ?A try sh g",
		.locks = FLOCK,
		.scopes = ONE_HOST,
		.expected = {"granted", "EBADF|granted", "EBADF"},
		.source = NFS_FLOCK "; fs/nfs/file.c, fs/nfs/nfs4proc.c",
		.harmless = "programs that lock what they only write behave "
			    "differently",
	},
	{
		.name = "shared-on-write-only",
		.question = "shared on a write-only descriptor",
		.script = "A open f rw; A open g wo; ?A try sh g",
		.locks = FCNTL | OFD,
		.scopes = ONE_HOST,
		.expected = EVERYWHERE("EBADF"),
		.source = "fcntl(2) ERRORS",
		.harmless = "more is allowed than elsewhere",
	},
	{
		.name = "shared-on-read-only",
		.question = "shared on a read-only descriptor",
		.script = "A open f rw; A open g ro; ?A try sh g",
		.locks = SHARING,
		.scopes = ONE_HOST,
		.expected = EVERYWHERE("granted"),
		.source = "flock(2), fcntl(2)",
		.harmless = "readers cannot lock, and notice",
	},
	{
		.name = "exclusive-on-write-only",
		.question = "exclusive on a write-only descriptor",
		.script = "A open f rw; A open g wo; ?A try ex g",
		.locks = ALL,
		.scopes = ONE_HOST,
		.expected = EVERYWHERE("granted"),
		.source = THE_MANUALS,
		.harmless = "writers cannot lock, and notice",
	},

	/* ---- kinds against each other ----------------------------------------------
	 */
	{
		.name = "flock-against-fcntl",
		.question = "flock against fcntl",
		.script = "A open f rw; A try flock:ex f; B open f rw; "
			  "?B try fcntl:ex f",
		.locks = FLOCK,
		.scopes = BOTH,
		.expected = NFS_DIFFERS("granted", "refused"),
		.source = NFS_FLOCK,
		.harmless = "nobody may count on it: the kinds must not be mixed",
	},
	{
		.name = "flock-against-ofd",
		.question = "flock against ofd",
		.script = "A open f rw; A try flock:ex f; B open f rw; "
			  "?B try ofd:ex f",
		.locks = FLOCK,
		.scopes = BOTH,
		.expected = NFS_DIFFERS("granted", "refused"),
		.source = NFS_FLOCK,
		.harmless = "nobody may count on it: the kinds must not be mixed",
	},
	{
		.name = "flock-whole-file",
		.question = "flock against fcntl of one far byte",
		.script = "A open f rw; A try flock:ex f; B open f rw; "
			  "?B try fcntl:ex f 1073741824+1",
		.locks = FLOCK,
		.scopes = BOTH,
		.expected = NFS_DIFFERS("granted", "refused"),
		.source = NFS_FLOCK ": locks on the entire file",
		.harmless = "nobody may count on it: the kinds must not be mixed",
	},
	{
		.name = "ofd-against-fcntl",
		.question = "ofd against fcntl",
		.script = "A open f rw; A try ofd:ex f; B open f rw; "
			  "?B try fcntl:ex f",
		.locks = OFD,
		.scopes = BOTH,
		.expected = EVERYWHERE("refused"),
		.source = "fcntl(2): the two conflict",
		.harm = {{"granted", TWO_HOLDERS}},
	},
	{
		.name = "lockf-against-fcntl",
		.question = "lockf against fcntl",
		.script = "A open f rw; A try lockf:ex f; B open f rw; "
			  "?B try fcntl:ex f",
		.locks = LOCKF,
		.scopes = BOTH,
		.expected = EVERYWHERE("refused"),
		.source = "lockf(3): an interface on top of fcntl(2)",
		.harm = {{"granted", TWO_HOLDERS}},
	},

	/* ---- ranges -------------------------------------------------------------- */
	{
		.name = "ranges-apart",
		.question = "ranges that touch do not conflict",
		.script = "A open f rw; A try ex f 0+100; B open f rw; "
			  "?B try ex f 100+100",
		.locks = RANGES,
		.scopes = BOTH,
		.expected = EVERYWHERE("granted"),
		.source = "fcntl(2), lockf(3)",
		.harmless = WAITS_MORE,
	},
	{
		.name = "ranges-overlap",
		.question = "ranges that share a byte conflict",
		.script = "A open f rw; A try ex f 0+100; B open f rw; "
			  "?B try ex f 99+100",
		.locks = RANGES,
		.scopes = BOTH,
		.expected = EVERYWHERE("refused"),
		.source = "fcntl(2), lockf(3)",
		.harm = {{"granted", TWO_HOLDERS}},
	},
	{
		.name = "range-split",
		.question = "unlocking the middle frees the middle",
		.script = "A open f rw; A try ex f 0+300; A unlock f 100+100; "
			  "B open f rw; ?B try ex f 100+100; ?B try ex f 99+1; "
			  "?B try ex f 200+1",
		.locks = RANGES,
		.scopes = BOTH,
		.expected = EVERYWHERE("granted,refused,refused"),
		.source = "fcntl(2), lockf(3) F_ULOCK: a range is split",
		.harm = {{"*,granted,*|*,*,granted", TWO_HOLDERS}},
		.harmless = WAITS_MORE,
	},
	{
		.name = "range-without-end",
		.question = "length 0 covers what is appended",
		.script = "A open f rw; A try ex f 0+0; B open f rw; B write f; "
			  "?B try ex f 1073741824+1",
		.locks = RANGES,
		.scopes = BOTH,
		.expected = EVERYWHERE("refused"),
		.source = "fcntl(2) l_len, lockf(3) len",
		.harm = {{"granted", "an append under this lock is not protected"}},
	},

	/* ---- in use ----------------------------------------------------------------
	 */
	{
		.name = "single-instance",
		.question = "is another copy running? yes; killed: no",
		.script = "A open f rw; ?A try ex f; B open f rw; ?B try ex f; "
			  "@A kill; ?B retry ex f",
		.locks = ALL,
		.scopes = BOTH,
		.expected = EVERYWHERE("granted,refused,granted"),
		.source = THE_MANUALS,
		.harm = {{"granted,granted,*", "a second copy starts beside the first"},
			 {"granted,*", "no copy ever starts again"}},
	},
	{
		.name = "deadlock",
		.question = "each waits for the other's range",
		.script = "A open f rw; B open f rw; A try ex f 0+1; B try ex f 1+1; "
			  "A wait ex f 1+1; ?A still; B wait ex f 0+1; ?B still",
		.locks = POSIX,
		.scopes = BOTH,
		.expected = NFS_DIFFERS("blocked,EDEADLK",
					"blocked,EDEADLK|blocked,blocked"),
		.source = "fcntl(2), lockf(3) EDEADLK; of its limits fcntl(2) BUGS",
		.harm = {{"*granted*", TWO_HOLDERS}},
		.harmless = "a deadlock that is not detected lasts until one is killed",
	},
	{
		.name = "deadlock",
		.question = "each waits for the other's range",
		.script = "A open f rw; B open f rw; A try ex f 0+1; B try ex f 1+1; "
			  "A wait ex f 1+1; ?A still; B wait ex f 0+1; ?B still",
		.locks = OFD,
		.scopes = BOTH,
		.expected = EVERYWHERE("blocked,blocked"),
		.source = "fcntl(2): no deadlock detection for locks of open files",
		.harm = {{"*granted*", TWO_HOLDERS}},
		.harmless = "the server looks for deadlocks where none is promised; "
			    "it ends a wait that else would last",
	},
};

const size_t probe_row_count = sizeof(probe_rows) / sizeof(probe_rows[0]);

bool probe_at(size_t index, struct probe *ret_probe)
{
	for (int scope = 0; scope < PROBE_SCOPES; scope++) {
		for (size_t row = 0; row < probe_row_count; row++) {
			if (!(probe_rows[row].scopes & 1u << scope))
				continue;
			for (int lock = 0; lock < PROBE_LOCKS; lock++) {
				if (!(probe_rows[row].locks & 1u << lock) || index--)
					continue;
				*ret_probe = (struct probe){
					.row = &probe_rows[row],
					.lock = (enum probe_lock)lock,
					.scope = (enum probe_scope)scope,
				};
				return true;
			}
		}
	}
	return false;
}

size_t probe_count(void)
{
	struct probe probe;
	size_t count = 0;

	while (probe_at(count, &probe))
		count++;
	return count;
}
