/* store - see store.h. */
#include "tests/badnas/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* For the names of O_PATH descriptors in /proc. */
enum { PROC_PATH_BYTES = 32 };

int store_init(struct badnas *nas, const char *path)
{
	struct file *file = calloc(1, sizeof(*file));

	if (!file)
		return -ENOMEM;
	file->fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (file->fd < 0) {
		free(file);
		return -errno;
	}
	file->nodes = 1;
	nas->files = file;
	nas->root = (struct node){.file = file, .lookups = 1};
	return 0;
}

struct node *store_node(struct badnas *nas, fuse_ino_t number)
{
	return number == FUSE_ROOT_ID ? &nas->root : (struct node *)(uintptr_t)number;
}

fuse_ino_t store_number(struct badnas *nas, const struct node *node)
{
	return node == &nas->root ? FUSE_ROOT_ID : (fuse_ino_t)(uintptr_t)node;
}

/* ---- files and nodes -------------------------------------------------------- */

static bool ends_in_log(const char *name)
{
	size_t length = strlen(name);

	return length >= 4 && strcmp(name + length - 4, ".log") == 0;
}

/* The file behind @fd, which is closed or kept.  NULL: no memory. */
static struct file *file_of(struct badnas *nas, int fd, const struct stat *st,
			    const char *name)
{
	struct file *file;

	/* An inode that we hold open is not given to another file. */
	for (file = nas->files; file; file = file->next)
		if (file->device == st->st_dev && file->inode == st->st_ino) {
			close(fd);
			return file;
		}
	file = calloc(1, sizeof(*file));
	if (!file) {
		close(fd);
		return NULL;
	}
	*file = (struct file){
		.next = nas->files,
		.device = st->st_dev,
		.inode = st->st_ino,
		.fd = fd,
		.data = S_ISREG(st->st_mode) && ends_in_log(name),
	};
	nas->files = file;
	return file;
}

static void file_put(struct badnas *nas, struct file *file)
{
	struct file **link = &nas->files;

	if (file->nodes)
		return;
	while (*link != file)
		link = &(*link)->next;
	*link = file->next;
	close(file->fd);
	locks_release(&file->locks);
	free(file);
}

/* The node of @file for @client, made where there is none. */
static struct node *node_of(struct badnas *nas, struct file *file, pid_t client)
{
	struct node *node;

	for (node = nas->nodes; node; node = node->next)
		if (node->file == file && node->client == client)
			return node;
	node = calloc(1, sizeof(*node));
	if (!node)
		return NULL;
	*node = (struct node){.next = nas->nodes, .file = file, .client = client};
	nas->nodes = node;
	file->nodes++;
	return node;
}

int store_lookup(struct badnas *nas, struct node *parent, const char *name, pid_t pid,
		 struct node **ret_node)
{
	struct stat st;
	struct file *file;
	struct node *node;
	int fd = openat(parent->file->fd, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) < 0) {
		int rc = -errno;

		close(fd);
		return rc;
	}
	file = file_of(nas, fd, &st, name);
	if (!file)
		return -ENOMEM;
	node = node_of(
		nas, file,
		file->data && faults_strike(&nas->faults, FAULT_APPEND_RACE) ? pid : 0);
	if (!node) {
		file_put(nas, file);
		return -ENOMEM;
	}
	node->lookups++;
	*ret_node = node;
	return 0;
}

void store_forget(struct badnas *nas, struct node *node, uint64_t count)
{
	struct node **link = &nas->nodes;

	if (node == &nas->root)
		return;
	node->lookups -= count < node->lookups ? count : node->lookups;
	if (node->lookups)
		return;
	while (*link != node)
		link = &(*link)->next;
	*link = node->next;
	node->file->nodes--;
	file_put(nas, node->file);
	free(node);
}

void store_release(struct badnas *nas)
{
	while (nas->nodes)
		store_forget(nas, nas->nodes, nas->nodes->lookups);
	if (nas->root.file) {
		nas->root.file->nodes = 0;
		file_put(nas, nas->root.file);
	}
	faults_release(&nas->faults);
}

/* ---- openers ------------------------------------------------------------------ */

int store_open(struct badnas *nas, struct file *file, int flags, pid_t pid,
	       struct opener **ret_opener)
{
	/* The kernel above has seen to these; here they would only be in the way. */
	int wanted = flags & ~(O_APPEND | O_DIRECT | O_CREAT | O_EXCL | O_NOFOLLOW);
	struct opener *opener = calloc(1, sizeof(*opener));
	char path[PROC_PATH_BYTES];

	if (!opener)
		return -ENOMEM;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", file->fd);
	*opener = (struct opener){
		.file = file,
		.fd = open(path, wanted | O_CLOEXEC),
		.pid = pid,
		.writes = (flags & O_ACCMODE) != O_RDONLY,
	};
	if (opener->fd < 0) {
		int rc = -errno;

		free(opener);
		return rc;
	}
	if (file->data && !opener->writes)
		opener->diverges = faults_strike(&nas->faults, FAULT_DIVERGENT);
	*ret_opener = opener;
	return 0;
}

void store_close(struct opener *opener)
{
	close(opener->fd);
	free(opener);
}

int store_stat(const struct file *file, struct stat *ret_stat)
{
	return fstatat(file->fd, "", ret_stat, AT_EMPTY_PATH) < 0 ? -errno : 0;
}
