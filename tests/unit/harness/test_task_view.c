/*
 * test_task_view - a host that looks past its own cache first writes out what it has
 * there, with O_DIRECT and without; and who looks as a reader does leaves it alone.
 */
#include "harness/tasks.h"
#include "harness/selftest/craft.h"
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static char parent[64];

/* What was asked of the kernel about this data file, in this order. */
static ino_t data_inode;
static char asked[128];

static void note(int fd, const char *what)
{
	struct stat st;

	if (fstat(fd, &st) == 0 && st.st_ino == data_inode)
		strncat(asked, what, sizeof(asked) - strlen(asked) - 1);
}

/* Instead of the C library's: core, verify and harness are linked statically. */
int fdatasync(int fd)
{
	note(fd, "sync ");
	return 0;
}

int posix_fadvise(int fd, off_t offset, off_t length, int advice)
{
	(void)offset;
	(void)length;
	if (advice == POSIX_FADV_DONTNEED)
		note(fd, "drop ");
	return 0;
}

ssize_t pread(int fd, void *bytes, size_t length, off_t offset)
{
	bool direct = fcntl(fd, F_GETFL) & O_DIRECT;

	if (offset == 0)
		note(fd, direct ? "direct " : "read ");
	return syscall(SYS_pread64, fd, bytes, length, offset);
}

/* A look at the one block of the one file. */
static void look(enum view_look which)
{
	static struct view_job job;
	struct task_answer answer;
	size_t got = 0;
	int fds[2];

	job = (struct view_job){
		.identity = {.run_id = "k3fpqrstuv01",
			     .look = which,
			     .block_bytes = VIEW_BLOCK_BYTES,
			     .file_count = 1},
		.data_dir = ".",
		.preset = "flock",
		.shared_file = true,
		.place_count = 1,
		.path = {"first", "again", "direct"},
	};
	asked[0] = '\0';
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds), 0);
	ck_assert_int_eq(task_view(&job, sizeof(job), fds[1]), 0);
	ck_assert_int_eq(task_receive(fds[0], &answer, sizeof(answer), 1000, &got), 0);
	ck_assert_msg(answer.rc == 0, "%s", answer.sentence);
	close(fds[0]);
	close(fds[1]);
}

static void begin(const char *where)
{
	struct stat st;
	char *path;
	int fd;

	snprintf(parent, sizeof(parent), "%s/tailrace-view-XXXXXX", where);
	ck_assert_ptr_nonnull(mkdtemp(parent));
	ck_assert_int_eq(chdir(parent), 0);
	path = data_path(".", 0, "flock", true, 0);
	ck_assert_ptr_nonnull(path);
	fd = creat(path, 0600);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, "bytes", 5), 5);
	ck_assert_int_eq(fstat(fd, &st), 0);
	data_inode = st.st_ino;
	close(fd);
	free(path);
}

START_TEST(a_reader_asks_for_nothing)
{
	begin("/tmp");
	look(VIEW_FIRST);
	ck_assert_str_eq(asked, "read ");
	ck_assert_int_eq(craft_remove(parent), 0);
}
END_TEST

/* A tmpfs has no O_DIRECT before Linux 6.6; where there is none the cache is dropped.
 */
START_TEST(the_last_look_is_at_what_was_written_out)
{
	static const char *const folders[] = {"/tmp", "/dev/shm"};

	for (size_t i = 0; i < 2; i++) {
		begin(folders[i]);
		look(VIEW_AGAIN);
		if (strstr(asked, "direct"))
			ck_assert_str_eq(asked, "read sync direct ");
		else
			ck_assert_str_eq(asked, "read sync drop read ");
		ck_assert_int_eq(craft_remove(parent), 0);
	}
}
END_TEST

UNIT_MAIN("task_view", 30, a_reader_asks_for_nothing,
	  the_last_look_is_at_what_was_written_out)
