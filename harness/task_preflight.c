/*
 * task_preflight - the children that prove, before the first append, that all
 * ranks see one directory in which we may write.
 */
#include "harness/tasks.h"

#include "core/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define NONCE_FILE "nonce"

/*
 * How long another host may take to see a new name: directories are cached for
 * acdirmin, 30 s by default, but what was never looked up is asked for at once
 * (nfs(5)).  Longer than that would hide a mount of something else.
 */
#define SEE_WITHIN_NS 10000000000u
#define SEE_AGAIN_NS  100000000u

/* ---- examine ---------------------------------------------------------------- */

/* "/." at its end also has an automounter mount it. */
static int open_directory(const char *path)
{
	char *slash_dot;
	int fd;

	if (asprintf(&slash_dot, "%s/.", path) < 0)
		return -ENOMEM;
	fd = open(slash_dot, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		fd = -errno;
	free(slash_dot);
	return fd;
}

static int view_fd(int fd, struct directory_view *ret_view)
{
	struct directory_view view = {.free_bytes = UINT64_MAX};
	struct statvfs vfs;
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISDIR(st.st_mode))
		return -ENOTDIR;
	view.device = st.st_dev;
	if (fstatvfs(fd, &vfs) == 0)
		view.free_bytes = (uint64_t)vfs.f_bavail * vfs.f_frsize;
	*ret_view = view;
	return 0;
}

/* What lies at @path; where that is "", nothing is. */
static void view_directory(const char *path, int access_mode,
			   struct directory_view *ret_view)
{
	int fd;

	if (!*path)
		return;
	fd = open_directory(path);
	ret_view->rc = fd < 0 ? fd : view_fd(fd, ret_view);
	if (ret_view->rc == 0 && access_mode &&
	    faccessat(AT_FDCWD, path, access_mode, AT_EACCESS) < 0)
		ret_view->rc = -errno;
	if (fd >= 0)
		close(fd);
}

/* The mount of @dir, by its path without symbolic links. */
static void view_mount(const char *dir, struct examine_answer *answer)
{
	char *real = realpath(dir, NULL);
	FILE *mountinfo = fopen("/proc/self/mountinfo", "re");

	if (real)
		snprintf(answer->real_dir, sizeof(answer->real_dir), "%s", real);
	if (!real || !mountinfo || mounts_find(mountinfo, real, &answer->mount) < 0)
		snprintf(answer->mount.fstype, sizeof(answer->mount.fstype), "unknown");
	if (mountinfo)
		fclose(mountinfo);
	free(real);
}

/*
 * Whether the NFS client takes lost locks again by itself, which no mount option
 * tells (fs/nfs/super.c).
 */
static void view_module(struct examine_answer *answer)
{
	FILE *file = fopen("/sys/module/nfs/parameters/recover_lost_locks", "re");
	int letter = file ? getc(file) : EOF;

	if (letter != EOF)
		snprintf(answer->module_options, sizeof(answer->module_options),
			 "recover_lost_locks=%c", letter);
	if (file)
		fclose(file);
}

int task_examine(const void *arg, size_t arg_bytes, int fd)
{
	const struct examine_job *job = arg;
	struct examine_answer *answer = calloc(1, sizeof(*answer));

	if (!answer || arg_bytes != sizeof(*job)) {
		free(answer);
		return 1;
	}
	view_directory(job->dir, 0, &answer->dir);
	view_directory(job->history_dir, W_OK | X_OK, &answer->history);
	view_directory(job->out, W_OK | X_OK, &answer->out);
	if (answer->dir.rc == 0)
		view_mount(job->dir, answer);
	view_module(answer);
	task_send(fd, answer, sizeof(*answer));
	free(answer);
	return 0;
}

/* ---- nonces and marks ------------------------------------------------------- */

/* Every answer ends here. */
static int reply(int fd, const struct task_answer *answer)
{
	task_send(fd, answer, sizeof(*answer));
	return 0;
}

static struct task_answer failed(int errnum, const char *what)
{
	struct task_answer answer = {.rc = -errnum};

	snprintf(answer.sentence, sizeof(answer.sentence), "%s: %s", what,
		 strerror(errnum));
	return answer;
}

/* A new file in @dir_fd that holds @text, on the server before we return. */
static int put_file(int dir_fd, const char *name, const char *text)
{
	int fd = openat(dir_fd, name,
			O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	ssize_t written;
	int rc = 0;

	if (fd < 0)
		return -errno;
	written = write(fd, text, strlen(text));
	if (written >= 0 && (size_t)written != strlen(text))
		rc = -ENOSPC;
	else if (written < 0 || fsync(fd) < 0)
		rc = -errno;
	if (close(fd) < 0 && rc == 0)
		rc = -errno;
	if (rc < 0)
		unlinkat(dir_fd, name, 0);
	return rc;
}

/* 0 if the file holds @text; -ESTALE if it holds something else; or -errno. */
static int check_file(int dir_fd, const char *name, const char *text)
{
	char found[NONCE_CHARS + 32] = "";
	int fd = openat(dir_fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	ssize_t got;

	if (fd < 0)
		return -errno;
	got = read(fd, found, sizeof(found) - 1);
	if (got < 0) {
		got = -errno;
		close(fd);
		return (int)got;
	}
	close(fd);
	return strcmp(found, text) == 0 ? 0 : -ESTALE;
}

/* The same for as long as a cache may be to blame; opens @dir each time. */
static int await_file(const char *dir, const char *name, const char *text)
{
	uint64_t give_up_ns = clock_now_ns() + SEE_WITHIN_NS;
	int dir_fd, rc;

	for (;;) {
		dir_fd = open_directory(dir);
		rc = dir_fd < 0 ? dir_fd : check_file(dir_fd, name, text);
		if (dir_fd >= 0)
			close(dir_fd);
		if ((rc != -ENOENT && rc != -ESTALE && rc != -ENOTDIR) ||
		    clock_now_ns() > give_up_ns)
			return rc;
		clock_sleep_ns(SEE_AGAIN_NS);
	}
}

/* Mark number @mark: its name, and the text that it holds. */
static void name_mark(uint32_t mark, const char *nonce, char name[32],
		      char text[NONCE_CHARS + 32])
{
	snprintf(name, 32, "host-%u", mark);
	snprintf(text, NONCE_CHARS + 32, "%s %u\n", nonce, mark);
}

int task_make(const void *arg, size_t arg_bytes, int fd)
{
	const struct make_job *job = arg;
	struct task_answer answer = {0};
	struct stat st;
	int dir_fd, rc;

	if (arg_bytes != sizeof(*job))
		return 1;
	/* Fails where anything has that name: then it is not ours. */
	if (mkdir(job->data_dir, 0700) < 0) {
		answer = failed(errno, "cannot make a directory there");
		return reply(fd, &answer);
	}
	if (!job->nonce[0])
		return reply(fd, &answer);
	dir_fd = open_directory(job->data_dir);
	rc = dir_fd < 0 ? dir_fd : put_file(dir_fd, NONCE_FILE, job->nonce);
	if (rc == 0 && fstat(dir_fd, &st) == 0)
		answer.inode = st.st_ino;
	if (rc < 0) {
		answer = failed(-rc, "cannot write a file there");
		rmdir(job->data_dir);
	}
	if (dir_fd >= 0)
		close(dir_fd);
	return reply(fd, &answer);
}

int task_look(const void *arg, size_t arg_bytes, int fd)
{
	const struct look_job *job = arg;
	struct task_answer answer = {0};
	char name[32], text[NONCE_CHARS + 32];
	int dir_fd, rc;

	if (arg_bytes != sizeof(*job))
		return 1;
	rc = await_file(job->data_dir, NONCE_FILE, job->nonce);
	if (rc < 0)
		answer = failed(-rc, "it does not show the file that rank 0 wrote");
	if (rc < 0 || job->mark == MARK_NONE)
		return reply(fd, &answer);

	name_mark(job->mark, job->nonce, name, text);
	dir_fd = open_directory(job->data_dir);
	rc = dir_fd < 0 ? dir_fd : put_file(dir_fd, name, text);
	if (rc < 0)
		answer = failed(-rc, "cannot write a file there");
	if (dir_fd >= 0)
		close(dir_fd);
	return reply(fd, &answer);
}

int task_confirm(const void *arg, size_t arg_bytes, int fd)
{
	const struct confirm_job *job = arg;
	struct task_answer answer = {0};
	char name[32], text[NONCE_CHARS + 32];
	int dir_fd;

	if (arg_bytes != sizeof(*job))
		return 1;
	for (uint32_t mark = 0; mark < job->marks && answer.rc == 0; mark++) {
		int rc;

		name_mark(mark, job->nonce, name, text);
		rc = await_file(job->data_dir, name, text);
		if (rc < 0) {
			answer = failed(-rc,
					"rank 0 does not see the file that it wrote");
			answer.mark = mark;
		}
	}
	dir_fd = open_directory(job->data_dir);
	if (dir_fd < 0 || answer.rc < 0)
		return reply(fd, &answer);
	unlinkat(dir_fd, NONCE_FILE, 0);
	for (uint32_t mark = 0; mark < job->marks; mark++) {
		name_mark(mark, job->nonce, name, text);
		unlinkat(dir_fd, name, 0);
	}
	close(dir_fd);
	return reply(fd, &answer);
}
