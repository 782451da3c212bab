/* test_guard - work in a child that is given up when it does nothing for too long. */
#include "harness/guard.h"
#include "harness/exit_code.h"
#include "tests/unit/unit.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define SECOND 1000000000u

static void nap(long ms)
{
	nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000}, NULL);
}

static double now_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

START_TEST(the_exit_status_comes_back)
{
	struct error err = {""};
	int code = -1;

	if (guard_child(60ull * SECOND, &code, &err))
		_exit(3);
	ck_assert_int_eq(code, 3);
	ck_assert_str_eq(err.sentence, "");
}
END_TEST

START_TEST(a_signal_is_no_verdict)
{
	struct error err = {""};
	int code = -1;

	if (guard_child(60ull * SECOND, &code, &err)) {
		kill(getpid(), SIGKILL);
		_exit(0);
	}
	ck_assert_int_eq(code, EXIT_COULD_NOT_RUN);
	ck_assert_ptr_nonnull(strstr(err.sentence, "signal 9"));
}
END_TEST

START_TEST(who_does_nothing_is_given_up)
{
	double begun_s = now_s();
	struct error err = {""};
	int code = -1;

	if (guard_child(SECOND, &code, &err)) {
		nap(60000);
		_exit(0);
	}
	ck_assert_int_eq(code, EXIT_COULD_NOT_RUN);
	ck_assert_ptr_nonnull(strstr(err.sentence, "--timeout"));
	ck_assert(now_s() - begun_s < 30);
}
END_TEST

/* Three times as long as our patience, in pieces of a tenth of it. */
START_TEST(who_does_a_little_is_waited_for)
{
	struct error err = {""};
	int code = -1;

	if (guard_child(2ull * SECOND, &code, &err)) {
		for (int i = 0; i < 30; i++)
			nap(200);
		_exit(0);
	}
	ck_assert_msg(code == 0, "%s", err.sentence);
}
END_TEST

/* Into a pipe: more than one holds, and nothing of the child holds that pipe. */
START_TEST(what_it_prints_is_handed_on)
{
	enum { LINES = 50000 };
	struct error err = {""};
	int code = -1, ends[2], line, expected = 0;
	FILE *reader;

	ck_assert_int_eq(pipe(ends), 0);
	if (fork() == 0) {
		close(ends[0]);
		dup2(ends[1], STDOUT_FILENO);
		close(ends[1]);
		if (guard_child(SECOND, &code, &err)) {
			for (int i = 0; i < LINES; i++)
				printf("%d\n", i);
			fflush(stdout);
			nap(60000);
		}
		_exit(0);
	}
	close(ends[1]);
	reader = fdopen(ends[0], "r");
	ck_assert_ptr_nonnull(reader);
	while (fscanf(reader, "%d", &line) == 1)
		ck_assert_int_eq(line, expected++);
	ck_assert_int_eq(expected, LINES);
	fclose(reader);
}
END_TEST

UNIT_MAIN("guard", 60, the_exit_status_comes_back, a_signal_is_no_verdict,
	  who_does_nothing_is_given_up, who_does_a_little_is_waited_for,
	  what_it_prints_is_handed_on)
