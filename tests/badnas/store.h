/*
 * store - the files of the backing directory, as badnas knows them.
 *
 *	node    what the kernel calls an inode: one for each file; or, under
 *	        append_race, one for each process and data file, so that each
 *	        process has a size of its own, as each NFS client has
 *	file    a file of the backing directory, whatever nodes lead to it
 *	opener  one open(2) of it
 *
 * Faults befall data files, those whose name ends in ".log".
 */
#ifndef TAILRACE_TESTS_BADNAS_STORE_H
#define TAILRACE_TESTS_BADNAS_STORE_H

#include "tests/badnas/faults.h"
#include "tests/badnas/locks.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

struct file {
	struct file *next;
	dev_t device;
	ino_t inode;
	int fd; /* O_PATH */
	unsigned int nodes;
	bool data;
	struct locks locks;
	struct late *late; /* delayed writes, oldest first; see writes.h */
	/* What stale_size tells: */
	pid_t last_writer;
	int64_t size_before; /* the last write */
};

struct node {
	struct node *next;
	struct file *file;
	pid_t client; /* 0: of all */
	uint64_t lookups;
};

struct opener {
	struct file *file;
	int fd;
	pid_t pid;
	bool writes;
	bool diverges;	      /* reads another byte than is there */
	int64_t dirty_from;   /* the last write since the last flush */
	uint64_t dirty_bytes; /* 0: none */
};

struct badnas {
	struct faults faults;
	struct node root; /* FUSE_ROOT_ID */
	struct node *nodes;
	struct file *files;
	uint64_t data_bytes; /* accepted so far; for no_space */
};

/* Begin with the directory @path.  0 or a negative errno. */
int store_init(struct badnas *nas, const char *path);
void store_release(struct badnas *nas);

struct node *store_node(struct badnas *nas, fuse_ino_t number);
fuse_ino_t store_number(struct badnas *nas, const struct node *node);

/*
 * The node of @name in the directory @parent for process @pid, looked up once
 * more.  0 or a negative errno.
 */
int store_lookup(struct badnas *nas, struct node *parent, const char *name, pid_t pid,
		 struct node **ret_node);

/* The kernel forgets @count look-ups of @node. */
void store_forget(struct badnas *nas, struct node *node, uint64_t count);

/* Open @file by the flags of open(2).  0 or a negative errno. */
int store_open(struct badnas *nas, struct file *file, int flags, pid_t pid,
	       struct opener **ret_opener);
void store_close(struct opener *opener);

/* As fstat(2). */
int store_stat(const struct file *file, struct stat *ret_stat);

#endif
