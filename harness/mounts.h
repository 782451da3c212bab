/*
 * mounts - which mount a path lies on, and what its RPCs were: the texts of
 * /proc/self/mountinfo (proc(5)) and /proc/self/mountstats (Linux
 * fs/nfs/super.c, net/sunrpc/stats.c).  Reading them asks no server anything.
 */
#ifndef TAILRACE_HARNESS_MOUNTS_H
#define TAILRACE_HARNESS_MOUNTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Texts that do not fit are cut. */
struct mount_entry {
	char point[1024];
	char fstype[64];
	char source[512];
	char options[1024]; /* of the mount and of the file system, each once */
};

/*
 * Find in @mountinfo the mount that @path (absolute, no symbolic links) lies on:
 * the one with the longest mount point, of those the last.
 * Returns 0, or -ENOENT.
 */
int mounts_find(FILE *mountinfo, const char *path, struct mount_entry *ret_entry);

/*
 * Is @fstype known to be local to one host?  What is not known counts as shared,
 * since a false "local" would let one host's writers pass for a test.
 */
bool mounts_local_fstype(const char *fstype);

/*
 * One kind of RPC: how often it was asked since the mount, and how many of these
 * were answered by an error, which the kernel counts since Linux 5.3 (else 0).
 */
struct rpc_count {
	char name[28];
	uint64_t count;
	uint64_t errors;
};

enum { RPC_KINDS_MAX = 96 };
struct rpc_counts {
	uint32_t kinds; /* 0: the mount is not NFS */
	struct rpc_count kind[RPC_KINDS_MAX];
};

/*
 * Read the counts of the mount at @point from @mountstats.
 * Returns 0 or -ENOENT: it is not there, or no NFS.
 */
int mounts_read_rpc(FILE *mountstats, const char *point, struct rpc_counts *ret_counts);

/*
 * Copy from @mountstats the lines of the mount at @point, as the kernel wrote
 * them, into @text of @size (cut where it does not fit; "" if it is not there).
 */
void mounts_copy_stats(FILE *mountstats, const char *point, char *text, size_t size);

/* Subtract @before from @after, kind by kind. */
void rpc_counts_subtract(struct rpc_counts *after, const struct rpc_counts *before);

#endif
