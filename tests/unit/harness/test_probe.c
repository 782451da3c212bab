/*
 * probe - the interpreter: scripts played by real processes on a local directory,
 * whose file system has to answer as the manuals say.
 */
#include "harness/probe_play.h"

#include "tests/unit/unit.h"
#include "tests/unit/workloads/scratch.h"

#include "harness/tasks.h"

#include <string.h>

static struct run run;
static struct stage stage;
static char here[4096];

/* One rank, one host, and a run's directory that is a scratch one. */
static void setup(uint64_t timeout_ns)
{
	struct endpoints nowhere = {0};
	struct error err;

	scratch_enter();
	ck_assert_ptr_nonnull(getcwd(here, sizeof(here)));
	memset(&run, 0, sizeof(run));
	run.log_fd = -1;
	run.plan.timeout_ns = timeout_ns;
	run.manifest.data_dir = here;
	ck_assert_int_eq(spawner_start(run_tasks, TASK_COUNT, NULL, &run.spawner, &err),
			 0);
	ck_assert_int_eq(world_init(&run.world, false, &err), 0);
	ck_assert_int_eq(hosts_init(&run.hosts, &run.world, &err), 0);
	mailbox_init(&run.box, &run.world);
	ck_assert_int_eq(clocks_init(&run.clocks, &run.box, &run.hosts, &nowhere), 0);
	stage_init(&stage, &run);
}

static void teardown(void)
{
	char path[PATH_MAX];

	for (uint32_t file = 1; file <= stage.files; file++) {
		crew_path(&run, file, path);
		unlink(path);
	}
	stage_release(&stage);
	spawner_stop(&run.spawner);
	clocks_release(&run.clocks);
	hosts_release(&run.hosts);
	scratch_leave((const char *const[]){NULL});
}

static struct probe_result play(const struct probe_row *row, enum probe_lock lock)
{
	struct probe probe = {.row = row, .lock = lock, .scope = PROBE_ONE_HOST};
	struct probe_result result;

	ck_assert_int_eq(stage_play(&stage, &probe, 0, PROBE_LOCAL, &result), 0);
	return result;
}

#define SECOND 1000000000ull

START_TEST(a_local_file_system_conforms)
{
	struct probe_result result;
	struct probe probe;
	size_t played = 0;

	setup(30 * SECOND);
	for (size_t i = 0; probe_at(i, &probe); i++) {
		ck_assert_int_eq(stage_play(&stage, &probe, i, PROBE_LOCAL, &result),
				 0);
		if (probe.scope == PROBE_TWO_HOSTS) {
			ck_assert_int_eq(result.verdict, PROBE_NOT_PERFORMED);
			continue;
		}
		ck_assert_msg(result.verdict == PROBE_CONFORMS, "%s, %s: \"%s\": %s",
			      probe.row->name, probe_lock_names[probe.lock],
			      result.answer, result.reason);
		played++;
	}
	ck_assert_uint_gt(played, 100);
	teardown();
}
END_TEST

/* What local file systems answer is wrong on NFS, and must be seen to be. */
START_TEST(what_another_class_answers_differs)
{
	struct probe_result result;
	struct probe probe;
	size_t differ = 0;

	setup(30 * SECOND);
	for (size_t i = 0; probe_at(i, &probe); i++) {
		if (probe.scope != PROBE_ONE_HOST ||
		    strncmp(probe.row->name, "flock-", strlen("flock-")) != 0)
			continue;
		ck_assert_int_eq(stage_play(&stage, &probe, i, PROBE_NFS4, &result), 0);
		ck_assert_str_eq(result.answer, "granted");
		ck_assert_int_eq(result.verdict, PROBE_HARMLESS);
		differ++;
	}
	ck_assert_uint_eq(differ, 3);
	teardown();
}
END_TEST

START_TEST(two_holders_are_harmful)
{
	/* Two processes that lock by different kinds stand for a lock that fails. */
	static const struct probe_row row = {
		.name = "x",
		.script =
			"A open f rw; A try flock:ex f; B open f rw; ?B try fcntl:ex f",
		.expected = {"refused", "refused", "refused"},
		.harm = {{"granted", "both have it"}},
	};
	struct probe_result result;

	setup(30 * SECOND);
	result = play(&row, PROBE_FLOCK);
	ck_assert_int_eq(result.verdict, PROBE_HARMFUL);
	ck_assert_str_eq(result.answer, "granted");
	ck_assert_str_eq(result.reason, "both have it");
	teardown();
}
END_TEST

START_TEST(a_hang_costs_the_time_out_and_is_unclear)
{
	static const struct probe_row row = {
		.name = "x",
		.script = "A open f rw; A try ex f; B open f rw; B wait ex f; ?B done",
		.expected = {"granted", "granted", "granted"},
	};
	struct probe_result result;

	setup(SECOND / 5);
	for (int i = 0; i < STAGE_HANGS_MAX; i++) {
		result = play(&row, PROBE_OFD);
		ck_assert_int_eq(result.verdict, PROBE_UNCLEAR);
		ck_assert_str_eq(result.answer, "");
		ck_assert_ptr_nonnull(strstr(result.reason, "step 5"));
		ck_assert_ptr_nonnull(strstr(result.reason, "hung"));
	}
	/* Enough of that. */
	result = play(&row, PROBE_OFD);
	ck_assert_int_eq(result.verdict, PROBE_NOT_PERFORMED);
	teardown();
}
END_TEST

START_TEST(what_cannot_be_set_up_is_no_answer)
{
	static const struct probe_row missing = {
		.name = "x",
		.script = "A open f ro; ?A try sh f",
		.expected = {"granted", "granted", "granted"},
	};
	static const struct probe_row refused = {
		.name = "x",
		.script =
			"A open f rw; B open f rw; A try ex f; B try ex f; ?A write f",
		.expected = {"ok", "ok", "ok"},
	};
	struct probe_result result;

	setup(30 * SECOND);
	result = play(&missing, PROBE_FLOCK);
	ck_assert_int_eq(result.verdict, PROBE_UNCLEAR);
	ck_assert_ptr_nonnull(strstr(result.reason, "ENOENT"));
	result = play(&refused, PROBE_FLOCK);
	ck_assert_int_eq(result.verdict, PROBE_UNCLEAR);
	ck_assert_ptr_nonnull(strstr(result.reason, "refused"));
	teardown();
}
END_TEST

START_TEST(the_stop_watch_runs_from_release_to_grant)
{
	static const struct probe_row row = {
		.name = "x",
		.script =
			"A open f rw; A try ex f; B open f rw; B wait ex f; ?B still; "
			"@A unlock f; ?B done",
		.rounds = 3,
		.expected = {"blocked,granted", "", ""},
	};
	struct probe_result result;

	setup(30 * SECOND);
	result = play(&row, PROBE_FCNTL);
	ck_assert_int_eq(result.verdict, PROBE_CONFORMS);
	ck_assert_uint_eq(result.took_count, 3);
	ck_assert_int_eq(result.took_error_ns, 0); /* one host, one clock */
	for (int i = 0; i < 3; i++) {
		ck_assert_uint_gt(result.took_ns[i], 0);
		ck_assert_uint_lt(result.took_ns[i], 5 * SECOND);
	}
	teardown();
}
END_TEST

START_TEST(an_agent_that_dies_is_noticed)
{
	static const struct probe_row row = {
		.name = "x",
		.script = "A open f rw; A exit; ?A try ex f",
		.expected = {"granted", "granted", "granted"},
	};
	struct probe_result result;

	setup(30 * SECOND);
	result = play(&row, PROBE_FLOCK);
	ck_assert_int_eq(result.verdict, PROBE_UNCLEAR);
	ck_assert_ptr_nonnull(strstr(result.reason, "lost the process"));
	teardown();
}
END_TEST

UNIT_MAIN("probe", 120, a_local_file_system_conforms,
	  what_another_class_answers_differs, two_holders_are_harmful,
	  a_hang_costs_the_time_out_and_is_unclear, what_cannot_be_set_up_is_no_answer,
	  the_stop_watch_runs_from_release_to_grant, an_agent_that_dies_is_noticed)
