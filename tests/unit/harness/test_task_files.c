/*
 * test_task_files - the clean-up removes what we made and nothing else, whatever
 * somebody has put in its place meanwhile.
 */
#include "harness/tasks.h"
#include "harness/selftest/craft.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static char parent[] = "/tmp/tailrace-clean-XXXXXX";
static uint64_t inode; /* of the folder `run` */

/* Have @task do @job, and read its answer. */
static struct task_answer ask(int (*task)(const void *, size_t, int), const void *job,
			      size_t bytes)
{
	struct task_answer answer;
	size_t got = 0;
	int fds[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds), 0);
	ck_assert_int_eq(task(job, bytes, fds[1]), 0);
	ck_assert_int_eq(task_receive(fds[0], &answer, sizeof(answer), 1000, &got), 0);
	ck_assert_uint_eq(got, sizeof(answer));
	close(fds[0]);
	close(fds[1]);
	return answer;
}

static void touch(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);

	ck_assert_int_ge(fd, 0);
	close(fd);
}

static bool is_there(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

/* A run's folder with a data file, and somebody's with one that is named likewise. */
static void begin(void)
{
	struct make_job job = {.data_dir = "run", .nonce = "0123456789abcdef"};
	struct task_answer answer;

	ck_assert_ptr_nonnull(mkdtemp(parent));
	ck_assert_int_eq(chdir(parent), 0);
	answer = ask(task_make, &job, sizeof(job));
	ck_assert_int_eq(answer.rc, 0);
	inode = answer.inode;
	touch("run/00-flock.log");
	ck_assert_int_eq(mkdir("precious", 0700), 0);
	touch("precious/00-flock.log");
}

static int clean(void)
{
	struct clean_job job = {.data_dir = "run", .inode = inode};

	return ask(task_clean, &job, sizeof(job)).rc;
}

static void end(void)
{
	ck_assert(is_there("precious/00-flock.log"));
	ck_assert_int_eq(craft_remove(parent), 0);
}

START_TEST(what_is_ours)
{
	begin();
	ck_assert_int_eq(clean(), 0);
	ck_assert(!is_there("run"));
	ck_assert_int_eq(clean(), 0);
	end();
}
END_TEST

START_TEST(a_file_that_is_not)
{
	begin();
	touch("run/thesis.tex");
	ck_assert_int_eq(clean(), -ENOTEMPTY);
	ck_assert(is_there("run/thesis.tex"));
	ck_assert(!is_there("run/00-flock.log"));
	end();
}
END_TEST

START_TEST(links_out_of_it)
{
	begin();
	ck_assert_int_eq(symlink("../precious/00-flock.log", "run/01-fcntl.log"), 0);
	ck_assert_int_eq(symlink("../precious", "run/02-append.log"), 0);
	ck_assert_int_eq(clean(), 0);
	ck_assert(!is_there("run"));
	end();
}
END_TEST

START_TEST(another_folder_in_its_place)
{
	begin();
	ck_assert_int_eq(rename("run", "taken"), 0);
	ck_assert_int_eq(symlink("precious", "run"), 0);
	ck_assert_int_lt(clean(), 0);
	ck_assert_int_eq(unlink("run"), 0);
	ck_assert_int_eq(rename("precious", "run"), 0);
	ck_assert_int_eq(clean(), -ESTALE);
	ck_assert_int_eq(rename("run", "precious"), 0);
	ck_assert(is_there("taken/00-flock.log"));
	end();
}
END_TEST

UNIT_MAIN("task_files", 10, what_is_ours, a_file_that_is_not, links_out_of_it,
	  another_folder_in_its_place)
