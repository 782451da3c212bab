/*
 * test_part - each part alone, on a local file: locks exclude and are freed,
 * placements write where they say.  Parts that ask a service are in test_service and
 * test_append_service.
 */
#include "core/history.h"
#include "tests/unit/unit.h"
#include "workloads/lock_path.h"
#include "workloads/part.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static struct data_file new_file(int flags)
{
	static char path[64];
	struct data_file file = {.path = path, .lock_fd = -1};
	int fd;

	snprintf(path, sizeof(path), "/tmp/tailrace-part-XXXXXX");
	fd = mkstemp(path);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, "begun\n", 6), 6);
	close(fd);
	file.fd = open(path, O_WRONLY | flags);
	ck_assert_int_ge(file.fd, 0);
	return file;
}

/* With the files that locks make beside it. */
static void remove_file(struct data_file *file)
{
	char path[PATH_MAX];

	close(file->fd);
	unlink(file->path);
	ck_assert_int_eq(lock_path(file, path), 0);
	unlink(path);
}

static void close_all(const struct lock_ops *lock, struct data_file *file)
{
	close(file->fd);
	file->fd = -1;
	if (lock->close)
		lock->close(file);
}

/* What another process gets that tries the lock: 0 or an errno. */
static int tried_elsewhere(const struct lock_ops *lock, const struct data_file *file)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		struct data_file own = {.fd = open(file->path, O_WRONLY),
					.path = file->path,
					.lock_fd = -1,
					.writer = 1};
		int rc = lock->acquire(&own, false);

		/* A lock that nobody gives back is to be seen by the next. */
		if (rc == 0)
			lock->release(&own);
		close_all(lock, &own);
		_exit(-rc);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status));
	return WEXITSTATUS(status);
}

START_TEST(locks_exclude)
{
	for (size_t i = 0; i < LOCK_KIND_COUNT; i++) {
		const struct lock_ops *lock = lock_table[i];
		struct data_file file = new_file(lock->open_flags);
		int other = lock->exclusive ? EAGAIN : 0;

		if (lock->service != SERVICE_NONE) {
			remove_file(&file);
			continue;
		}
		ck_assert_int_eq(lock->acquire(&file, true), 0);
		ck_assert_int_eq(tried_elsewhere(lock, &file), other);
		ck_assert_int_eq(lock->release(&file), 0);
		ck_assert_int_eq(tried_elsewhere(lock, &file), 0);
		/* Closing frees it, too, if it is more than a name. */
		ck_assert_int_eq(lock->acquire(&file, false), 0);
		close_all(lock, &file);
		ck_assert_int_eq(tried_elsewhere(lock, &file),
				 lock->polled ? EAGAIN : 0);
		if (lock->locks && !lock->apart)
			ck_assert_int_eq(lock->acquire(&file, true), -EBADF);
		remove_file(&file);
	}
}
END_TEST

static void on_alarm(int signal_number)
{
	(void)signal_number;
}

START_TEST(a_signal_ends_the_wait)
{
	struct sigaction action = {.sa_handler = on_alarm};

	sigaction(SIGALRM, &action, NULL);
	for (size_t i = 0; i < LOCK_KIND_COUNT; i++) {
		const struct lock_ops *lock = lock_table[i];
		struct data_file file = new_file(0);
		int ready[2];
		char byte;
		pid_t pid;

		if (!lock->locks || lock->polled || lock->service != SERVICE_NONE) {
			remove_file(&file);
			continue;
		}
		ck_assert_int_eq(pipe(ready), 0);
		pid = fork();
		if (pid == 0) {
			struct data_file own = {.fd = open(file.path, O_WRONLY),
						.path = file.path,
						.lock_fd = -1};

			lock->acquire(&own, true);
			_exit(write(ready[1], "x", 1) == 1 ? pause() : 1);
		}
		ck_assert_int_eq(read(ready[0], &byte, 1), 1);
		alarm(1);
		ck_assert_int_eq(lock->acquire(&file, true), -EINTR);
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		ck_assert_int_eq(lock->acquire(&file, true), 0);
		remove_file(&file);
		close_all(lock, &file);
	}
}
END_TEST

START_TEST(a_lock_file_is_a_name)
{
	static const struct lock_ops *const locks[] = {&lock_lockfile, &lock_link};

	for (size_t i = 0; i < 2; i++) {
		const struct lock_ops *lock = locks[i];
		struct data_file file = new_file(0);
		char path[PATH_MAX], own[PATH_MAX];

		ck_assert_int_eq(lock_path(&file, path), 0);
		ck_assert_int_eq(lock_path_own(&file, own), 0);
		ck_assert_int_eq(lock->acquire(&file, false), 0);
		ck_assert_int_eq(access(path, F_OK), 0);
		ck_assert_int_eq(lock->release(&file), 0);
		ck_assert_int_eq(access(path, F_OK), -1);
		/* Somebody took it away: who knows who else was in. */
		ck_assert_int_eq(lock->acquire(&file, false), 0);
		ck_assert_int_eq(unlink(path), 0);
		ck_assert_int_eq(lock->release(&file), -ENOENT);
		/* One that is left behind is nobody's to break. */
		ck_assert_int_eq(symlink("/nowhere", path), 0);
		ck_assert_int_eq(lock->acquire(&file, false), -EAGAIN);
		close_all(lock, &file);
		ck_assert_int_eq(access(own, F_OK), -1);
		remove_file(&file);
	}
}
END_TEST

/* open(2), O_EXCL: link(2) fails, and the count of links says that it did not. */
START_TEST(a_link_that_was_made_after_all)
{
	struct data_file file = new_file(0);
	char path[PATH_MAX], own[PATH_MAX];

	ck_assert_int_eq(lock_path(&file, path), 0);
	ck_assert_int_eq(lock_path_own(&file, own), 0);
	ck_assert_int_eq(lock_link.acquire(&file, false), 0);
	/* It is there, as if the answer to the first try had been lost. */
	ck_assert_int_eq(link(own, path), -1);
	ck_assert_int_eq(lock_link.acquire(&file, false), 0);
	ck_assert_int_eq(lock_link.release(&file), 0);
	lock_link.close(&file);
	remove_file(&file);
}
END_TEST

START_TEST(names_too_long_for_a_lock_file)
{
	static const struct lock_ops *const locks[] = {&lock_lockfile, &lock_link,
						       &lock_sidecar};
	char name[PATH_MAX - 2];
	struct data_file file = {.fd = -1, .path = name, .lock_fd = -1};

	memset(name, 'x', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	for (size_t i = 0; i < 3; i++)
		ck_assert_int_eq(locks[i]->acquire(&file, false), -ENAMETOOLONG);
}
END_TEST

START_TEST(pauses_between_tries)
{
	const struct lock_wait_info *waits = lock_wait_table;
	uint64_t random = 1;
	unsigned int seen = 0;

	ck_assert_ptr_null(waits[LOCK_WAIT_BLOCK].pause_ns);
	for (uint32_t i = 0; i < 1000; i++) {
		uint64_t ns = waits[LOCK_WAIT_POLL].pause_ns(i, &random);

		ck_assert_uint_eq(ns % 1000000, 0);
		ck_assert_uint_le(ns, 9000000);
		seen |= 1u << ns / 1000000;
	}
	ck_assert_uint_eq(seen, 0x3ff);
	ck_assert_uint_eq(waits[LOCK_WAIT_FIXED].pause_ns(0, &random), 5000000);
	ck_assert_uint_eq(waits[LOCK_WAIT_FIXED].pause_ns(9, &random), 5000000);
	ck_assert_uint_eq(waits[LOCK_WAIT_EXPONENTIAL].pause_ns(0, &random), 1000000);
	ck_assert_uint_eq(waits[LOCK_WAIT_EXPONENTIAL].pause_ns(3, &random), 8000000);
	ck_assert_uint_eq(waits[LOCK_WAIT_EXPONENTIAL].pause_ns(8, &random), 256000000);
	ck_assert_uint_eq(waits[LOCK_WAIT_EXPONENTIAL].pause_ns(UINT32_MAX, &random),
			  256000000);
}
END_TEST

START_TEST(placements_write_where_they_say)
{
	for (size_t i = 0; i < PLACEMENT_COUNT; i++) {
		const struct placement_ops *placement = placement_table[i];
		struct data_file file = new_file(placement->open_flags);
		int64_t expected = placement->shared_file ? 6 : 0;
		int64_t offset = 0;
		char bytes[8];
		int fd;

		if (placement->service != SERVICE_NONE || placement->in_rank ||
		    placement->workload != WORKLOAD_APPEND) {
			remove_file(&file);
			continue;
		}
		for (int round = 0; round < 3; round++, expected += 5) {
			ck_assert_int_eq(placement->place(&file, &offset), 0);
			ck_assert(offset == expected ||
				  offset == HISTORY_OFFSET_UNKNOWN);
			ck_assert_int_eq(placement->write(&file, "12345", 5), 5);
			if (placement->locate)
				ck_assert_int_eq(placement->locate(&file, 5, &offset),
						 0);
			ck_assert_int_eq(offset, expected);
		}
		fd = open(file.path, O_RDONLY);
		ck_assert_int_eq(pread(fd, bytes, 5, offset), 5);
		ck_assert_mem_eq(bytes, "12345", 5);
		close(fd);
		remove_file(&file);
	}
}
END_TEST

START_TEST(placements_return_the_errno)
{
	for (size_t i = 0; i < PLACEMENT_COUNT; i++) {
		const struct placement_ops *placement = placement_table[i];
		struct data_file file = {.fd = -1};

		if (placement->settle)
			continue;
		ck_assert_int_eq(placement->write(&file, "12345", 5), -EBADF);
		ck_assert_int_eq(file.next, 0);
	}
	ck_assert_int_eq(
		place_seek_end.place(&(struct data_file){.fd = -1}, &(int64_t){0}),
		-EBADF);
	ck_assert_int_eq(
		place_stat_end.place(&(struct data_file){.fd = -1}, &(int64_t){0}),
		-EBADF);
	ck_assert_int_eq(
		place_append.locate(&(struct data_file){.fd = -1}, 1, &(int64_t){0}),
		-EBADF);
}
END_TEST

UNIT_MAIN("part", 20, locks_exclude, a_signal_ends_the_wait, a_lock_file_is_a_name,
	  a_link_that_was_made_after_all, names_too_long_for_a_lock_file,
	  pauses_between_tries, placements_write_where_they_say,
	  placements_return_the_errno)
