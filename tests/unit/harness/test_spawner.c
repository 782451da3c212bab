/*
 * test_spawner - children do as they are told and die with their makers, and one
 * that hangs costs its rank the time-out and no more.
 */
#include "core/clock.h"
#include "harness/spawner.h"
#include "tests/unit/unit.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define MS ((uint64_t)1000000)

/* ---- what children do ------------------------------------------------------------ */

static int echo(const void *arg, size_t arg_bytes, int fd)
{
	static char message[SPAWNER_MESSAGE_MAX];
	size_t bytes;

	(void)arg;
	(void)arg_bytes;
	while (task_receive(fd, message, sizeof(message), -1, &bytes) == 0)
		if (task_send(fd, message, bytes) < 0)
			return 1;
	return 0;
}

/* The argument comes back in messages of half its size. */
static int give_back(const void *arg, size_t arg_bytes, int fd)
{
	size_t half = arg_bytes / 2;

	return -task_send(fd, arg, half) |
	       -task_send(fd, (const char *)arg + half, arg_bytes - half);
}

static int exit_7(const void *arg, size_t arg_bytes, int fd)
{
	(void)arg;
	(void)fd;
	return arg_bytes == 0 ? 7 : 8;
}

static int ignore_and_hang(const void *arg, size_t arg_bytes, int fd)
{
	(void)arg;
	(void)arg_bytes;
	signal(SIGTERM, SIG_IGN);
	signal(SIGUSR1, SIG_IGN);
	task_send(fd, "hanging", 7);
	while (pause() < 0)
		;
	return 0;
}

static int stop_itself(const void *arg, size_t arg_bytes, int fd)
{
	(void)arg;
	(void)arg_bytes;
	task_send(fd, "stopping", 8);
	raise(SIGSTOP);
	return 0;
}

/* Open descriptors, blocked signals and ignored ones, as a child sees them. */
static int look_around(const void *arg, size_t arg_bytes, int fd)
{
	struct sigaction action;
	DIR *dir = opendir("/proc/self/fd");
	unsigned int open_fds = 0;
	sigset_t blocked;
	char text[64];

	(void)arg;
	(void)arg_bytes;
	while (readdir(dir))
		open_fds++;
	closedir(dir);
	sigprocmask(SIG_BLOCK, NULL, &blocked);
	sigaction(SIGPIPE, NULL, &action);
	/* ".", "..", the folder itself, 0, 1, 2 and the socket. */
	snprintf(text, sizeof(text), "%u %d %d %d", open_fds - 3,
		 sigismember(&blocked, SIGCHLD), action.sa_handler == SIG_DFL,
		 getsid(0) == getppid());
	return task_send(fd, text, strlen(text)) < 0;
}

static int talk(const void *arg, size_t arg_bytes, int fd)
{
	(void)arg;
	(void)arg_bytes;
	(void)fd;
	printf("to stdout\n");
	fprintf(stderr, "to stderr\n");
	return getchar() == EOF ? 0 : 1;
}

/* Leaves a message, does not read its own, and ends. */
static int leave_unread(const void *arg, size_t arg_bytes, int fd)
{
	char byte;

	(void)arg;
	(void)arg_bytes;
	while (recv(fd, &byte, 1, MSG_PEEK) < 0)
		;
	return task_send(fd, "last words", 10) < 0;
}

enum { ECHO, GIVE_BACK, EXIT_7, HANG, STOP, LOOK, TALK, UNREAD };

static const struct task tasks[] = {
	[ECHO] = {"echo", echo},	[GIVE_BACK] = {"give-back", give_back},
	[EXIT_7] = {"exit-7", exit_7},	[HANG] = {"hang", ignore_and_hang},
	[STOP] = {"stop", stop_itself}, [LOOK] = {"look", look_around},
	[TALK] = {"talk", talk},	[UNREAD] = {"unread", leave_unread},
};
#define TASK_COUNT (sizeof(tasks) / sizeof(tasks[0]))

static struct spawner start(void)
{
	struct spawner spawner = {0};
	struct error err = {""};

	ck_assert_msg(spawner_start(tasks, TASK_COUNT, NULL, &spawner, &err) == 0, "%s",
		      err.sentence);
	return spawner;
}

static struct child launch(struct spawner *spawner, size_t task)
{
	struct child child = {0};
	struct error err = {""};

	ck_assert_msg(spawner_launch(spawner, task, NULL, 0, &child, &err) == 0, "%s",
		      err.sentence);
	return child;
}

static void check_message(const struct child *child, const char *expected)
{
	char message[256];
	size_t bytes;

	ck_assert_int_eq(child_receive(child, message, sizeof(message), 5000, &bytes),
			 0);
	ck_assert_uint_eq(bytes, strlen(expected));
	ck_assert_mem_eq(message, expected, bytes);
}

static void check_end(const struct child *child, bool signalled, int value)
{
	struct child_end end;

	ck_assert_int_eq(child_wait(child, 5000, &end), 0);
	ck_assert_int_eq(end.signalled, signalled);
	ck_assert_int_eq(end.value, value);
}

/* ---- the tests ------------------------------------------------------------------- */

START_TEST(messages_and_exits)
{
	struct spawner spawner = start();
	struct child echoing = launch(&spawner, ECHO);
	struct child exiting = launch(&spawner, EXIT_7);
	char byte;
	size_t bytes;

	ck_assert_int_ne(echoing.pid, getpid());
	ck_assert_int_eq(child_send(&echoing, "hello", 5), 0);
	ck_assert_int_eq(child_send(&echoing, "again", 5), 0);
	check_message(&echoing, "hello");
	check_message(&echoing, "again");
	ck_assert_int_eq(child_receive(&echoing, &byte, 1, 20, &bytes), -ETIMEDOUT);
	ck_assert_int_eq(child_send(&echoing, "long", 4), 0);
	ck_assert_int_eq(child_receive(&echoing, &byte, 1, 5000, &bytes), -EMSGSIZE);
	ck_assert_int_eq(child_send(&echoing, "", 0), -EMSGSIZE);

	check_end(&exiting, false, 7);
	check_end(&exiting, false, 7); /* it is remembered */
	ck_assert_int_eq(child_receive(&exiting, &byte, 1, 5000, &bytes), -EPIPE);
	ck_assert_int_eq(child_send(&exiting, "late", 4), -EPIPE);
	ck_assert_int_eq(child_kill(&exiting, SIGKILL), 0); /* harmless */
	child_release(&exiting);
	child_release(&exiting);

	/* A child whose rank lets go reads its end. */
	close(echoing.fd);
	check_end(&echoing, false, 0);
	echoing.fd = -1;
	spawner_stop(&spawner);
	spawner_stop(&spawner);
}
END_TEST

START_TEST(large_arguments_and_messages)
{
	static char arg[SPAWNER_MESSAGE_MAX + 1];
	static char back[SPAWNER_MESSAGE_MAX];
	struct spawner spawner = start();
	struct child child;
	struct error err;
	size_t bytes, rest;

	for (size_t i = 0; i < sizeof(arg); i++)
		arg[i] = (char)(i * 7 + i / 251);
	ck_assert_int_eq(spawner_launch(&spawner, GIVE_BACK, arg, SPAWNER_MESSAGE_MAX,
					&child, &err),
			 0);
	ck_assert_int_eq(child_receive(&child, back, sizeof(back), 5000, &bytes), 0);
	ck_assert_int_eq(
		child_receive(&child, back + bytes, sizeof(back) - bytes, 5000, &rest),
		0);
	ck_assert_uint_eq(bytes + rest, SPAWNER_MESSAGE_MAX);
	ck_assert_mem_eq(arg, back, SPAWNER_MESSAGE_MAX);
	check_end(&child, false, 0);
	child_release(&child);

	ck_assert_int_eq(
		spawner_launch(&spawner, GIVE_BACK, arg, sizeof(arg), &child, &err),
		-EMSGSIZE);
	ck_assert_int_eq(spawner_launch(&spawner, TASK_COUNT, NULL, 0, &child, &err),
			 -EINVAL);

	child = launch(&spawner, ECHO);
	ck_assert_int_eq(child_send(&child, arg, SPAWNER_MESSAGE_MAX), 0);
	ck_assert_int_eq(child_receive(&child, back, sizeof(back), 5000, &bytes), 0);
	ck_assert_uint_eq(bytes, SPAWNER_MESSAGE_MAX);
	ck_assert_mem_eq(arg, back, SPAWNER_MESSAGE_MAX);
	ck_assert_int_eq(child_send(&child, arg, sizeof(arg)), -EMSGSIZE);
	child_release(&child);
	spawner_stop(&spawner);
}
END_TEST

START_TEST(a_hanging_child_costs_its_time_out)
{
	static char message[SPAWNER_MESSAGE_MAX];
	struct spawner spawner = start();
	uint64_t begin = clock_now_ns();
	struct child hanging = launch(&spawner, HANG);
	struct child stopped = launch(&spawner, STOP);
	struct child_end end;
	char byte;
	size_t bytes;
	int rc;

	check_message(&hanging, "hanging");
	check_message(&stopped, "stopping");
	ck_assert_int_eq(child_kill(&hanging, SIGTERM), 0);
	ck_assert_int_eq(child_receive(&hanging, &byte, 1, 50, &bytes), -ETIMEDOUT);
	ck_assert_int_eq(child_wait(&hanging, 50, &end), -ETIMEDOUT);
	ck_assert_int_eq(child_wait(&stopped, 50, &end), -ETIMEDOUT);
	/* It does not read: its socket fills, and we do not wait. */
	do {
		rc = child_send(&hanging, message, sizeof(message));
	} while (rc == 0);
	ck_assert_int_eq(rc, -EAGAIN);
	/* Others go on meanwhile. */
	for (int i = 0; i < 100; i++) {
		struct child other = launch(&spawner, EXIT_7);

		check_end(&other, false, 7);
		child_release(&other);
	}
	ck_assert_int_eq(child_kill(&stopped, SIGKILL), 0);
	check_end(&stopped, true, SIGKILL);
	child_release(&hanging);
	child_release(&stopped);
	spawner_stop(&spawner);
	ck_assert_uint_lt(clock_now_ns() - begin, 10000 * MS);
}
END_TEST

START_TEST(a_child_sees_nothing_of_the_rank)
{
	struct spawner spawner;
	struct child first, second;
	sigset_t signals;

	ck_assert_int_ge(open("/dev/null", O_RDONLY), 0);
	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&signals);
	sigaddset(&signals, SIGCHLD);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	spawner = start();
	first = launch(&spawner, LOOK);
	second = launch(&spawner, LOOK);
	check_message(&first, "4 0 1 1");
	check_message(&second, "4 0 1 1");
	child_release(&first);
	child_release(&second);
	spawner_stop(&spawner);
}
END_TEST

START_TEST(the_log_has_what_they_print)
{
	char path[] = "/tmp/tailrace-spawner-XXXXXX";
	struct spawner spawner = {0};
	struct child child;
	char text[256] = "";
	int fd = mkstemp(path);

	ck_assert_int_eq(spawner_start(tasks, TASK_COUNT, path, &spawner, NULL), 0);
	child = launch(&spawner, TALK);
	check_end(&child, false, 0);
	child_release(&child);
	spawner_stop(&spawner);
	ck_assert_int_gt(read(fd, text, sizeof(text) - 1), 0);
	ck_assert_ptr_nonnull(strstr(text, "to stdout\n"));
	ck_assert_ptr_nonnull(strstr(text, "to stderr\n"));
	close(fd);
	unlink(path);
	ck_assert_int_eq(
		spawner_start(tasks, TASK_COUNT, "/proc/no/log", &spawner, NULL),
		-ENOENT);
}
END_TEST

START_TEST(last_words_are_heard)
{
	struct spawner spawner = start();

	for (int i = 0; i < 20; i++) {
		struct child child = launch(&spawner, UNREAD);
		char byte;
		size_t bytes;

		ck_assert_int_eq(child_send(&child, "unread", 6), 0);
		check_end(&child, false, 0);
		check_message(&child, "last words");
		ck_assert_int_eq(child_receive(&child, &byte, 1, 5000, &bytes), -EPIPE);
		child_release(&child);
	}
	spawner_stop(&spawner);
}
END_TEST

START_TEST(a_dead_spawner_is_noticed)
{
	struct spawner spawner = start();
	struct child child = launch(&spawner, HANG);
	struct child other = {0};
	struct child_end end;
	char byte;
	size_t bytes;

	check_message(&child, "hanging");
	kill(spawner.pid, SIGKILL);
	ck_assert_int_eq(child_wait(&child, 5000, &end), -EPIPE);
	ck_assert_int_eq(spawner_launch(&spawner, ECHO, NULL, 0, &other, NULL), -EPIPE);
	ck_assert_int_eq(child_kill(&child, SIGKILL), -EPIPE);
	/* The child went with it. */
	ck_assert_int_eq(child_receive(&child, &byte, 1, 5000, &bytes), -EPIPE);
	child_release(&child);
	spawner_stop(&spawner);
}
END_TEST

START_TEST(stopping_takes_the_children_along)
{
	struct spawner spawner = start();
	struct child hanging = launch(&spawner, HANG);
	struct child stopped = launch(&spawner, STOP);
	uint64_t begin = clock_now_ns();
	char byte;
	size_t bytes;

	check_message(&hanging, "hanging");
	check_message(&stopped, "stopping");
	spawner_stop(&spawner);
	ck_assert_uint_lt(clock_now_ns() - begin, 3000 * MS);
	ck_assert_int_eq(child_receive(&hanging, &byte, 1, 0, &bytes), -EPIPE);
	ck_assert_int_eq(child_receive(&stopped, &byte, 1, 0, &bytes), -EPIPE);
	close(hanging.fd);
	close(stopped.fd);
}
END_TEST

START_TEST(they_die_with_the_rank)
{
	int fds[2];
	pid_t pids[2];
	pid_t rank;

	/* Orphans become ours, so that we can see them end. */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	ck_assert_int_eq(pipe(fds), 0);
	rank = fork();
	if (rank == 0) {
		struct spawner spawner = {0};
		struct child child;

		if (spawner_start(tasks, TASK_COUNT, NULL, &spawner, NULL) < 0 ||
		    spawner_launch(&spawner, HANG, NULL, 0, &child, NULL) < 0)
			_exit(1);
		pids[0] = spawner.pid;
		pids[1] = child.pid;
		if (write(fds[1], pids, sizeof(pids)) != sizeof(pids))
			_exit(1);
		for (;;)
			pause();
	}
	ck_assert_int_eq(read(fds[0], pids, sizeof(pids)), sizeof(pids));
	kill(rank, SIGKILL);
	ck_assert_int_eq(waitpid(rank, NULL, 0), rank);
	/* The time-out of the test is the limit. */
	ck_assert_int_eq(waitpid(pids[0], NULL, 0), pids[0]);
	/* A spawner that found the rank's end closed has reaped it itself. */
	if (waitpid(pids[1], NULL, 0) < 0)
		ck_assert_int_eq(errno, ECHILD);
	ck_assert_int_lt(kill(pids[1], 0), 0);
}
END_TEST

UNIT_MAIN("spawner", 30, messages_and_exits, large_arguments_and_messages,
	  a_hanging_child_costs_its_time_out, a_child_sees_nothing_of_the_rank,
	  the_log_has_what_they_print, last_words_are_heard, a_dead_spawner_is_noticed,
	  stopping_takes_the_children_along, they_die_with_the_rank)
