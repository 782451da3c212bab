/* task_files - the children that make data files, and remove what we made. */
#include "harness/tasks.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int task_create(const void *arg, size_t arg_bytes, int fd)
{
	const struct create_job *job = arg;
	struct task_answer answer = {0};
	int file;

	if (arg_bytes != sizeof(*job))
		return 1;
	file = open(job->path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		    0600);
	if (file < 0 || close(file) < 0) {
		answer.rc = -errno;
		snprintf(answer.sentence, sizeof(answer.sentence),
			 "cannot create the data file: %s", strerror(errno));
	}
	task_send(fd, &answer, sizeof(answer));
	return 0;
}

/*
 * What manifest_data_path(), the lock files beside it (lock_path.h) and that of Open
 * MPI's shared file pointer end in.
 */
static const char *const endings[] = {
	"*.log",
	"*.log.lock",
	"*.log.lock.[0-9][0-9][0-9][0-9][0-9]",
	"*.log-[0-9]*.lock",
};

/*
 * A name that preflight, manifest_data_path() or a lock gives.  The directory was
 * made by us under a random name, but somebody may have put a file there since.
 */
static bool is_ours(const char *name)
{
	if (strcmp(name, "nonce") == 0 || strncmp(name, "host-", 5) == 0)
		return true;
	if (fnmatch("[0-9][0-9]*-*", name, 0) != 0)
		return false;
	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++)
		if (fnmatch(endings[i], name, 0) == 0)
			return true;
	return false;
}

static int remove_files(int dir_fd)
{
	DIR *dir = fdopendir(dir_fd);
	struct dirent *entry;
	int rc = 0;

	if (!dir)
		return -errno;
	while ((entry = readdir(dir)))
		if (is_ours(entry->d_name) && unlinkat(dir_fd, entry->d_name, 0) < 0)
			rc = -errno;
	closedir(dir);
	return rc;
}

/*
 * Remove what is ours in the folder @path, and the folder.  Whoever may write in DIR
 * may have put another one in its place: then nothing is removed.
 */
static int clean(const char *path, uint64_t inode)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;
	int rc;

	if (fd < 0)
		return errno == ENOENT ? 0 : -errno;
	rc = fstat(fd, &st) < 0 ? -errno : 0;
	if (rc == 0 && inode && st.st_ino != inode)
		rc = -ESTALE;
	if (rc < 0) {
		close(fd);
		return rc;
	}
	rc = remove_files(fd);
	if (rc == 0 && rmdir(path) < 0)
		rc = -errno;
	return rc;
}

int task_clean(const void *arg, size_t arg_bytes, int fd)
{
	const struct clean_job *job = arg;
	struct task_answer answer = {0};
	int rc;

	if (arg_bytes != sizeof(*job))
		return 1;
	rc = clean(job->data_dir, job->inode);
	if (rc < 0) {
		answer.rc = rc;
		snprintf(answer.sentence, sizeof(answer.sentence), "%s", strerror(-rc));
	}
	task_send(fd, &answer, sizeof(answer));
	return 0;
}
