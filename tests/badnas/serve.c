/*
 * serve - see serve.h.
 *
 * Nothing is cached: entries and attributes are valid for no time, and files are
 * read and written past the page cache (direct_io), so that what the store says
 * is what the process sees.
 */
#include "tests/badnas/serve.h"

#include "tests/badnas/store.h"
#include "tests/badnas/writes.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/statvfs.h>
#include <unistd.h>

static struct badnas *nas_of(fuse_req_t req)
{
	return fuse_req_userdata(req);
}

static pid_t caller(fuse_req_t req)
{
	return fuse_req_ctx(req)->pid;
}

static struct file *file_at(fuse_req_t req, fuse_ino_t number)
{
	return store_node(nas_of(req), number)->file;
}

static struct opener *opener_of(const struct fuse_file_info *fi)
{
	return (struct opener *)(uintptr_t)fi->fh;
}

/* Answer by 0 or a negative errno. */
static void answer(fuse_req_t req, int rc)
{
	fuse_reply_err(req, -rc);
}

/* Is this the request that is never answered?  Then nobody will. */
static bool hangs(struct badnas *nas, enum fault fault, pid_t pid, int64_t offset,
		  uint64_t length)
{
	if (!faults_strike(&nas->faults, fault))
		return false;
	faults_note(&nas->faults, fault_table[fault].name, pid, offset, length);
	return true;
}

/* The same where no data is concerned. */
static bool never_answered(fuse_req_t req, enum fault fault)
{
	return hangs(nas_of(req), fault, caller(req), 0, 0);
}

/* "/proc/self/fd/N": a name for what @file is, to calls that take no O_PATH. */
static void name_file(const struct file *file, char path[32])
{
	snprintf(path, 32, "/proc/self/fd/%d", file->fd);
}

/* ---- names -------------------------------------------------------------------- */

static int look_up(fuse_req_t req, fuse_ino_t parent, const char *name,
		   struct fuse_entry_param *ret_entry)
{
	struct badnas *nas = nas_of(req);
	struct node *node;
	int rc = store_lookup(nas, store_node(nas, parent), name, caller(req), &node);

	if (rc < 0)
		return rc;
	*ret_entry = (struct fuse_entry_param){.ino = store_number(nas, node)};
	rc = store_stat(node->file, &ret_entry->attr);
	if (rc < 0)
		store_forget(nas, node, 1);
	return rc;
}

static void reply_entry(fuse_req_t req, fuse_ino_t parent, const char *name)
{
	struct fuse_entry_param entry;
	int rc = look_up(req, parent, name, &entry);

	if (rc < 0)
		answer(req, rc);
	else
		fuse_reply_entry(req, &entry);
}

static void serve_lookup(fuse_req_t req, fuse_ino_t parent, const char *name)
{
	reply_entry(req, parent, name);
}

static void serve_forget(fuse_req_t req, fuse_ino_t number, uint64_t count)
{
	store_forget(nas_of(req), store_node(nas_of(req), number), count);
	fuse_reply_none(req);
}

static void serve_mkdir(fuse_req_t req, fuse_ino_t parent, const char *name,
			mode_t mode)
{
	if (never_answered(req, FAULT_HANG_MKDIR))
		return;
	if (mkdirat(file_at(req, parent)->fd, name, mode) < 0)
		answer(req, -errno);
	else
		reply_entry(req, parent, name);
}

static void serve_unlink(fuse_req_t req, fuse_ino_t parent, const char *name)
{
	if (never_answered(req, FAULT_HANG_UNLINK))
		return;
	answer(req, unlinkat(file_at(req, parent)->fd, name, 0) < 0 ? -errno : 0);
}

static void serve_rmdir(fuse_req_t req, fuse_ino_t parent, const char *name)
{
	answer(req,
	       unlinkat(file_at(req, parent)->fd, name, AT_REMOVEDIR) < 0 ? -errno : 0);
}

/* ---- attributes ------------------------------------------------------------------ */

static void serve_getattr(fuse_req_t req, fuse_ino_t number, struct fuse_file_info *fi)
{
	struct file *file = file_at(req, number);
	struct stat st;
	int rc = store_stat(file, &st);

	/* With an open file this is what SEEK_END asks. */
	if (rc == 0 && fi && file->data)
		st.st_size = writes_size(nas_of(req), opener_of(fi), st.st_size);
	if (rc < 0)
		answer(req, rc);
	else
		fuse_reply_attr(req, &st, 0);
}

static int set_times(const char *path, const struct stat *attr, int which)
{
	struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, {.tv_nsec = UTIME_OMIT}};

	if (which & FUSE_SET_ATTR_ATIME)
		times[0] = attr->st_atim;
	if (which & FUSE_SET_ATTR_MTIME)
		times[1] = attr->st_mtim;
	if (which & FUSE_SET_ATTR_ATIME_NOW)
		times[0] = (struct timespec){.tv_nsec = UTIME_NOW};
	if (which & FUSE_SET_ATTR_MTIME_NOW)
		times[1] = (struct timespec){.tv_nsec = UTIME_NOW};
	return utimensat(AT_FDCWD, path, times, 0);
}

static int set_attributes(const struct file *file, const struct stat *attr, int which)
{
	uid_t uid = which & FUSE_SET_ATTR_UID ? attr->st_uid : (uid_t)-1;
	gid_t gid = which & FUSE_SET_ATTR_GID ? attr->st_gid : (gid_t)-1;
	char path[32];

	name_file(file, path);
	if ((which & FUSE_SET_ATTR_MODE && chmod(path, attr->st_mode) < 0) ||
	    (which & (FUSE_SET_ATTR_UID | FUSE_SET_ATTR_GID) &&
	     chown(path, uid, gid) < 0) ||
	    (which & FUSE_SET_ATTR_SIZE && truncate(path, attr->st_size) < 0) ||
	    (which & (FUSE_SET_ATTR_ATIME | FUSE_SET_ATTR_MTIME) &&
	     set_times(path, attr, which) < 0))
		return -errno;
	return 0;
}

static void serve_setattr(fuse_req_t req, fuse_ino_t number, struct stat *attr,
			  int which, struct fuse_file_info *fi)
{
	struct file *file = file_at(req, number);
	struct stat st;
	int rc = set_attributes(file, attr, which);

	(void)fi;
	if (rc == 0)
		rc = store_stat(file, &st);
	if (rc < 0)
		answer(req, rc);
	else
		fuse_reply_attr(req, &st, 0);
}

static void serve_statfs(fuse_req_t req, fuse_ino_t number)
{
	struct statvfs vfs;

	if (never_answered(req, FAULT_HANG_STATFS))
		return;
	if (fstatvfs(file_at(req, number)->fd, &vfs) < 0)
		answer(req, -errno);
	else
		fuse_reply_statfs(req, &vfs);
}

/* ---- opening and closing ------------------------------------------------------------
 */

/* An error that the faults have for who opens @file to write, or 0. */
static int open_faults(struct badnas *nas, const struct file *file, int flags,
		       pid_t pid)
{
	if (!file->data || (flags & O_ACCMODE) == O_RDONLY ||
	    !faults_strike(&nas->faults, FAULT_OPEN_ESTALE))
		return 0;
	faults_note(&nas->faults, "open_estale", pid, 0, 0);
	return -ESTALE;
}

static int open_node(fuse_req_t req, fuse_ino_t number, struct fuse_file_info *fi)
{
	struct opener *opener;
	int rc = open_faults(nas_of(req), file_at(req, number), fi->flags, caller(req));

	if (rc == 0)
		rc = store_open(nas_of(req), file_at(req, number), fi->flags,
				caller(req), &opener);

	if (rc < 0)
		return rc;
	fi->fh = (uintptr_t)opener;
	fi->direct_io = 1;
	return 0;
}

static void serve_open(fuse_req_t req, fuse_ino_t number, struct fuse_file_info *fi)
{
	int rc;

	if (file_at(req, number)->data && never_answered(req, FAULT_HANG_OPEN))
		return;
	rc = open_node(req, number, fi);
	if (rc < 0)
		answer(req, rc);
	else if (fuse_reply_open(req, fi) == -ENOENT)
		store_close(opener_of(fi)); /* interrupted */
}

static void serve_create(fuse_req_t req, fuse_ino_t parent, const char *name,
			 mode_t mode, struct fuse_file_info *fi)
{
	struct badnas *nas = nas_of(req);
	struct fuse_entry_param entry = {0};
	int fd = openat(file_at(req, parent)->fd, name,
			O_CREAT | O_NOFOLLOW | O_CLOEXEC | (fi->flags & O_EXCL), mode);
	int rc = fd < 0 ? -errno : close(fd);

	if (rc == 0)
		rc = look_up(req, parent, name, &entry);
	if (rc < 0) {
		answer(req, rc);
		return;
	}
	rc = open_node(req, entry.ino, fi);
	if (rc < 0) {
		answer(req, rc);
		store_forget(nas, store_node(nas, entry.ino), 1);
	} else if (fuse_reply_create(req, &entry, fi) == -ENOENT) {
		store_close(opener_of(fi));
		store_forget(nas, store_node(nas, entry.ino), 1);
	}
}

/* All that @owner holds of @file in @space. */
static void drop_all(struct file *file, enum lock_space space, uint64_t owner)
{
	struct lock all = {.space = space, .owner = owner, .to = INT64_MAX};

	locks_drop(&file->locks, &all);
}

/* close(2) waits for this, and returns what it answers. */
static void serve_flush(fuse_req_t req, fuse_ino_t number, struct fuse_file_info *fi)
{
	struct badnas *nas = nas_of(req);
	struct opener *opener = opener_of(fi);
	bool held_back = opener->file->data && opener->dirty_bytes;
	int rc = 0;

	(void)number;
	if (held_back && hangs(nas, FAULT_HANG_CLOSE, opener->pid, opener->dirty_from,
			       opener->dirty_bytes))
		return;
	writes_land(nas, opener);
	if (held_back && faults_strike(&nas->faults, FAULT_CLOSE_ERROR)) {
		faults_note(&nas->faults, "close_error", opener->pid,
			    opener->dirty_from, opener->dirty_bytes);
		rc = -EIO;
	}
	opener->dirty_bytes = 0;
	drop_all(opener->file, SPACE_POSIX, fi->lock_owner);
	answer(req, rc);
}

static void serve_release(fuse_req_t req, fuse_ino_t number, struct fuse_file_info *fi)
{
	struct opener *opener = opener_of(fi);

	(void)number;
	writes_land(nas_of(req), opener);
	if (fi->flock_release)
		drop_all(opener->file, SPACE_FLOCK, fi->lock_owner);
	store_close(opener);
	answer(req, 0);
}

/* ---- data ---------------------------------------------------------------------------
 */

static void serve_read(fuse_req_t req, fuse_ino_t number, size_t size, off_t offset,
		       struct fuse_file_info *fi)
{
	struct badnas *nas = nas_of(req);
	struct opener *opener = opener_of(fi);
	char *bytes;
	ssize_t n;

	(void)number;
	if (opener->file->data &&
	    hangs(nas, FAULT_HANG_READ, opener->pid, offset, size))
		return;
	bytes = malloc(size);
	n = bytes ? pread(opener->fd, bytes, size, offset) : -1;
	if (n < 0) {
		answer(req, bytes ? -errno : -ENOMEM);
		free(bytes);
		return;
	}
	/* One byte of the file, the same for all who diverge. */
	if (opener->diverges) {
		uint64_t at = nas->faults.seed % 64;

		if ((uint64_t)offset <= at && at < (uint64_t)offset + (uint64_t)n)
			bytes[at - (uint64_t)offset] ^= 1;
	}
	fuse_reply_buf(req, bytes, (size_t)n);
	free(bytes);
}

static void serve_write(fuse_req_t req, fuse_ino_t number, const char *bytes,
			size_t size, off_t offset, struct fuse_file_info *fi)
{
	struct badnas *nas = nas_of(req);
	struct opener *opener = opener_of(fi);
	ssize_t n;

	(void)number;
	if (opener->file->data) {
		if (hangs(nas, FAULT_HANG_WRITE, opener->pid, offset, size))
			return;
		n = writes_put(nas, opener, bytes, size, offset);
	} else {
		n = pwrite(opener->fd, bytes, size, offset);
		if (n < 0)
			n = -errno;
	}
	if (n < 0)
		answer(req, (int)n);
	else
		fuse_reply_write(req, (size_t)n);
}

/* 0, or the error that the faults have for this flush. */
static int flush_faults(struct badnas *nas, struct opener *opener)
{
	struct faults *faults = &nas->faults;
	int rc;

	if (faults_strike(faults, FAULT_FSYNC_ERROR)) {
		faults_note(faults, "fsync_error", opener->pid, opener->dirty_from,
			    opener->dirty_bytes);
		return -EIO;
	}
	if (faults_strike(faults, FAULT_FSYNC_LOSS)) {
		rc = writes_forget_last(opener);
		faults_note(faults, "fsync_loss", opener->pid, opener->dirty_from,
			    opener->dirty_bytes);
		return rc < 0 ? rc : -EIO;
	}
	return 0;
}

static void serve_fsync(fuse_req_t req, fuse_ino_t number, int datasync,
			struct fuse_file_info *fi)
{
	struct badnas *nas = nas_of(req);
	struct opener *opener = opener_of(fi);
	int rc = 0;

	(void)number;
	writes_land(nas, opener);
	if (opener->file->data) {
		if (hangs(nas, FAULT_HANG_FSYNC, opener->pid, opener->dirty_from,
			  opener->dirty_bytes))
			return;
		if (opener->dirty_bytes)
			rc = flush_faults(nas, opener);
	}
	if (rc == 0)
		rc = (datasync ? fdatasync(opener->fd) : fsync(opener->fd)) < 0 ? -errno
										: 0;
	opener->dirty_bytes = 0;
	answer(req, rc);
}

/* ---- directories
 * ----------------------------------------------------------------------- */

static void serve_opendir(fuse_req_t req, fuse_ino_t number, struct fuse_file_info *fi)
{
	DIR *dir;
	int fd;

	if (never_answered(req, FAULT_HANG_READDIR))
		return;
	fd = openat(file_at(req, number)->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	dir = fd < 0 ? NULL : fdopendir(fd);
	if (!dir) {
		answer(req, -errno);
		if (fd >= 0)
			close(fd);
		return;
	}
	fi->fh = (uintptr_t)dir;
	if (fuse_reply_open(req, fi) == -ENOENT)
		closedir(dir);
}

static void serve_readdir(fuse_req_t req, fuse_ino_t number, size_t size, off_t offset,
			  struct fuse_file_info *fi)
{
	DIR *dir = (DIR *)(uintptr_t)fi->fh;
	char *buffer = malloc(size);
	struct dirent *entry;
	size_t used = 0;

	(void)number;
	if (!buffer) {
		answer(req, -ENOMEM);
		return;
	}
	seekdir(dir, offset);
	while ((entry = readdir(dir))) {
		struct stat st = {
			.st_ino = entry->d_ino,
			.st_mode = (mode_t)DTTOIF(entry->d_type),
		};
		size_t needed = fuse_add_direntry(req, buffer + used, size - used,
						  entry->d_name, &st, entry->d_off);

		if (needed > size - used)
			break;
		used += needed;
	}
	fuse_reply_buf(req, buffer, used);
	free(buffer);
}

static void serve_releasedir(fuse_req_t req, fuse_ino_t number,
			     struct fuse_file_info *fi)
{
	(void)number;
	closedir((DIR *)(uintptr_t)fi->fh);
	answer(req, 0);
}

/* ---- locks
 * -------------------------------------------------------------------------------- */

/* To take, wait for or drop @wanted; where the fault @lie strikes, in spite of others.
 */
static void serve_lock(fuse_req_t req, struct file *file, const struct lock *wanted,
		       bool unlock, bool wait, enum fault lie)
{
	struct badnas *nas = nas_of(req);
	bool conflict;

	if (unlock) {
		locks_drop(&file->locks, wanted);
		answer(req, 0);
		return;
	}
	if (wait && file->data &&
	    hangs(nas, FAULT_HANG_LOCK, caller(req), wanted->from, 0))
		return;
	if (wait && file->data && faults_strike(&nas->faults, FAULT_LOCK_ENOLCK)) {
		faults_note(&nas->faults, "lock_enolck", caller(req), wanted->from, 0);
		answer(req, -ENOLCK);
		return;
	}
	conflict = locks_conflict(&file->locks, wanted);
	if (conflict && file->data && faults_strike(&nas->faults, lie)) {
		faults_note(&nas->faults, fault_table[lie].name, caller(req),
			    wanted->from, 0);
		conflict = false;
	}
	if (!conflict)
		answer(req, locks_take(&file->locks, wanted));
	else if (wait)
		locks_wait(&file->locks, req, wanted);
	else
		answer(req, -EAGAIN);
}

static void serve_flock(fuse_req_t req, fuse_ino_t number, struct fuse_file_info *fi,
			int op)
{
	struct lock wanted = {
		.space = SPACE_FLOCK,
		.owner = fi->lock_owner,
		.exclusive = op & LOCK_EX,
		.to = INT64_MAX,
	};

	serve_lock(req, file_at(req, number), &wanted, op & LOCK_UN, !(op & LOCK_NB),
		   FAULT_FREE_FLOCK);
}

/* The kernel has made @range absolute; l_len 0 is to the end of all files. */
static struct lock posix_lock(const struct flock *range, uint64_t owner)
{
	return (struct lock){
		.space = SPACE_POSIX,
		.owner = owner,
		.pid = range->l_pid,
		.exclusive = range->l_type == F_WRLCK,
		.from = range->l_start,
		.to = range->l_len ? range->l_start + range->l_len - 1 : INT64_MAX,
	};
}

static void serve_setlk(fuse_req_t req, fuse_ino_t number, struct fuse_file_info *fi,
			struct flock *range, int wait)
{
	struct lock wanted = posix_lock(range, fi->lock_owner);

	serve_lock(req, file_at(req, number), &wanted, range->l_type == F_UNLCK, wait,
		   FAULT_FREE_POSIX);
}

static void serve_getlk(fuse_req_t req, fuse_ino_t number, struct fuse_file_info *fi,
			struct flock *range)
{
	struct lock wanted = posix_lock(range, fi->lock_owner);
	const struct lock *held = locks_conflict(&file_at(req, number)->locks, &wanted);
	struct flock reply = {.l_type = F_UNLCK};

	if (held)
		reply = (struct flock){
			.l_type = held->exclusive ? F_WRLCK : F_RDLCK,
			.l_start = held->from,
			.l_len = held->to == INT64_MAX ? 0 : held->to - held->from + 1,
			.l_pid = held->pid,
		};
	fuse_reply_lock(req, &reply);
}

const struct fuse_lowlevel_ops serve_ops = {
	.lookup = serve_lookup,
	.forget = serve_forget,
	.getattr = serve_getattr,
	.setattr = serve_setattr,
	.mkdir = serve_mkdir,
	.unlink = serve_unlink,
	.rmdir = serve_rmdir,
	.open = serve_open,
	.read = serve_read,
	.write = serve_write,
	.flush = serve_flush,
	.release = serve_release,
	.fsync = serve_fsync,
	.opendir = serve_opendir,
	.readdir = serve_readdir,
	.releasedir = serve_releasedir,
	.statfs = serve_statfs,
	.create = serve_create,
	.getlk = serve_getlk,
	.setlk = serve_setlk,
	.flock = serve_flock,
};
