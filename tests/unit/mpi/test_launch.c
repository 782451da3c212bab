/* launch - who started us, and how mpirun is called. */
#include "mpi/launch.h"

#include "tests/unit/unit.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void forget_launchers(void)
{
	static const char *const names[] = {
		"OMPI_COMM_WORLD_RANK",
		"OMPI_COMM_WORLD_SIZE",
		"PMIX_RANK",
		"PMIX_SIZE",
		"PMI_RANK",
		"PMI_SIZE",
		"SLURM_PROCID",
		"SLURM_STEP_NUM_TASKS",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		unsetenv(names[i]);
}

START_TEST(nobody_launched_us)
{
	forget_launchers();
	ck_assert(!launch_environment().launched);
	ck_assert_uint_eq(launch_environment().rank, 0);
	ck_assert_uint_eq(launch_environment().size, 1);
}
END_TEST

START_TEST(mpirun_tells_rank_and_size)
{
	forget_launchers();
	setenv("OMPI_COMM_WORLD_RANK", "3", 1);
	setenv("OMPI_COMM_WORLD_SIZE", "8", 1);
	ck_assert(launch_environment().launched);
	ck_assert_uint_eq(launch_environment().rank, 3);
	ck_assert_uint_eq(launch_environment().size, 8);
}
END_TEST

/* srun --mpi=pmix tells the rank alone. */
START_TEST(a_size_may_be_unknown)
{
	forget_launchers();
	setenv("PMIX_RANK", "2", 1);
	ck_assert(launch_environment().launched);
	ck_assert_uint_eq(launch_environment().rank, 2);
	ck_assert_uint_eq(launch_environment().size, 0);
}
END_TEST

/* In a batch script SLURM_PROCID is set as well: that is no launch. */
START_TEST(a_batch_script_is_alone)
{
	forget_launchers();
	setenv("SLURM_PROCID", "0", 1);
	ck_assert(!launch_environment().launched);
	setenv("SLURM_STEP_NUM_TASKS", "4", 1);
	ck_assert(launch_environment().launched);
}
END_TEST

static void check_command(const struct launch_options *options, const char *expected)
{
	char program[] = "/bin/x", argument[] = "a b";
	char *const argv[] = {program, argument, NULL};
	struct arguments command;
	char text[512] = "";

	ck_assert_int_eq(launch_command(options, argv, &command), 0);
	for (char **each = command.items; *each; each++) {
		strncat(text, *each, sizeof(text) - strlen(text) - 1);
		strncat(text, "|", sizeof(text) - strlen(text) - 1);
	}
	ck_assert_str_eq(text, expected);
	arguments_release(&command);
}

START_TEST(what_is_not_asked_for_is_left_to_the_environment)
{
	check_command(&(struct launch_options){.ranks = 8},
		      "mpirun|--quiet|-n|8|/bin/x|a b|");
}
END_TEST

START_TEST(hosts_get_room_for_all_ranks)
{
	check_command(
		&(struct launch_options){.ranks = 7, .hosts = "a,b,c"},
		"mpirun|--quiet|-n|7|--host|a:3,b:3,c:3|--map-by|node|/bin/x|a b|");
	check_command(&(struct launch_options){.hosts = "a,b"},
		      "mpirun|--quiet|--host|a:1,b:1|--map-by|node|/bin/x|a b|");
	check_command(&(struct launch_options){.ranks = 2, .hostfile = "h f"},
		      "mpirun|--quiet|-n|2|--hostfile|h f|--map-by|node|/bin/x|a b|");
}
END_TEST

/* Put a script called mpirun first in PATH. */
static void fake_mpirun(const char *script, char dir[64])
{
	char path[128];
	FILE *file;

	strcpy(dir, "/tmp/tailrace-launch-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/mpirun", dir);
	file = fopen(path, "w");
	ck_assert_ptr_nonnull(file);
	fprintf(file, "#!/bin/sh\n%s\n", script);
	fclose(file);
	chmod(path, 0700);
	snprintf(path, sizeof(path), "%s:%s", dir, getenv("PATH"));
	setenv("PATH", path, 1);
}

static void remove_fake(const char *dir)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/mpirun", dir);
	unlink(path);
	rmdir(dir);
}

static int launch_fake(const char *script, int *ret_code)
{
	struct launch_options options = {.ranks = 1};
	char program[] = "x", dir[64];
	char *const argv[] = {program, NULL};
	struct error err = {""};
	int rc;

	fake_mpirun(script, dir);
	rc = launch_mpirun(&options, argv, ret_code, &err);
	remove_fake(dir);
	return rc;
}

START_TEST(the_exit_code_comes_back)
{
	int code = -1;

	ck_assert_int_eq(launch_fake("exit 3", &code), 0);
	ck_assert_int_eq(code, 3);
	ck_assert_int_eq(launch_fake("kill -9 $$", &code), 0);
	ck_assert_int_eq(code, -1);
}
END_TEST

/* A verdict other than safe is a failure to mpirun, which would wait for the ranks. */
START_TEST(nobody_waits_for_ranks_that_have_ended)
{
	const char *script = "exit ${OMPI_MCA_odls_base_sigkill_timeout:-9}";
	int code = -1;

	unsetenv("OMPI_MCA_odls_base_sigkill_timeout");
	ck_assert_int_eq(launch_fake(script, &code), 0);
	ck_assert_int_eq(code, 0);
	setenv("OMPI_MCA_odls_base_sigkill_timeout", "5", 1);
	ck_assert_int_eq(launch_fake(script, &code), 0);
	ck_assert_int_eq(code, 5);
}
END_TEST

/* The script interrupts us, its parent, once it is ready for what follows. */
START_TEST(the_first_interrupt_is_handed_on)
{
	int code = -1;

	ck_assert_int_eq(launch_fake("trap 'exit 7' USR1; kill -INT $PPID\n"
				     "while :; do sleep 0.05; done",
				     &code),
			 0);
	ck_assert_int_eq(code, 7);
}
END_TEST

START_TEST(the_second_interrupt_ends_it)
{
	int code = 0;

	ck_assert_int_eq(launch_fake("trap 'kill -INT $PPID' USR1; kill -INT $PPID\n"
				     "while :; do sleep 0.05; done",
				     &code),
			 -ECANCELED);
}
END_TEST

UNIT_MAIN("launch", 60, nobody_launched_us, mpirun_tells_rank_and_size,
	  a_size_may_be_unknown, a_batch_script_is_alone,
	  what_is_not_asked_for_is_left_to_the_environment,
	  hosts_get_room_for_all_ranks, the_exit_code_comes_back,
	  nobody_waits_for_ranks_that_have_ended, the_first_interrupt_is_handed_on,
	  the_second_interrupt_ends_it)
