/* session - see session.h. */
#include "harness/session.h"

#include "core/clock.h"
#include "harness/childlog.h"
#include "harness/interrupt.h"
#include "harness/outline.h"
#include "harness/preflight.h"
#include "harness/relaunch.h"
#include "harness/runfolder.h"
#include "harness/same_build.h"
#include "harness/tasks.h"
#include "mpi/launch.h"
#include "results/export.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- the steps, in order ------------------------------------------------------ */

/* Rank 0 draws and names; then every rank has the same plan. */
static enum exit_code agree_on_plan(struct run *run, struct error *err)
{
	enum exit_code code = EXIT_SAFE;
	int rc = plan_set_ranks(&run->plan, run->world.size, err);

	if (rc == 0 && run_is_first(run))
		rc = plan_settle(&run->plan, err);
	if (rc < 0)
		code = rc == -EINVAL ? EXIT_USAGE : EXIT_COULD_NOT_RUN;
	code = run_agree(run, code, err);
	if (code != EXIT_SAFE)
		return code;
	rc = world_broadcast(&run->world, &run->plan, sizeof(run->plan));
	if (rc < 0)
		run_lost_touch(run, rc);
	return EXIT_SAFE;
}

/* Rank 0: a child that tells the other hosts what time it is here. */
static void start_clock_service(struct run *run, struct endpoints *ret_addresses)
{
	size_t got;

	if (!run_is_first(run) || run->hosts.count < 2 ||
	    spawner_launch(&run->spawner, TASK_CLOCK, "", 1, &run->clock_service,
			   NULL) < 0)
		return;
	/* Without it hosts can prove little to each other, which the verdict says. */
	if (child_receive(&run->clock_service, ret_addresses, sizeof(*ret_addresses),
			  run_timeout_ms(run), &got) < 0)
		ret_addresses->count = 0;
}

/* Who is where: hosts, letters, clocks, and the outline of the manifest. */
static enum exit_code meet(struct run *run, struct error *err)
{
	struct endpoints addresses = {0};
	int rc = hosts_init(&run->hosts, &run->world, err);

	mailbox_init(&run->box, &run->world);
	if (rc == 0) {
		start_clock_service(run, &addresses);
		rc = clocks_init(&run->clocks, &run->box, &run->hosts, &addresses);
	}
	if (rc == 0)
		rc = outline_make(run, err);
	return run_agree(run, rc < 0 ? EXIT_COULD_NOT_RUN : EXIT_SAFE, err);
}

/* More hosts than this are a list for env/hosts.tsv. */
#define HOSTS_ANNOUNCED 8

/* What each host is and what it has mounted, as preflight saw it. */
void session_announce_hosts(const struct run *run)
{
	for (size_t i = 0; i < run->manifest.host_count && i < HOSTS_ANNOUNCED; i++) {
		const struct manifest_host *host = &run->manifest.hosts[i];

		fprintf(stderr, "tailrace: %s: Linux %s, %s %s (%s)\n", host->name,
			host->kernel, host->fstype, host->mount_source,
			host->mount_options);
	}
	if (run->manifest.host_count > HOSTS_ANNOUNCED)
		fprintf(stderr, "tailrace: and %zu more; see env/hosts.tsv\n",
			run->manifest.host_count - HOSTS_ANNOUNCED);
}

/* The run folder and the run's directory in DIR: both are made, or neither. */
static enum exit_code check_and_make(struct run *run,
				     void (*announce)(const struct run *run),
				     struct error *err)
{
	enum exit_code code = EXIT_SAFE;
	unsigned int made = 0;

	if (run_is_first(run))
		code = runfolder_make(&run->plan, &made, err);
	code = run_agree(run, code, err);
	if (code != EXIT_SAFE)
		return code;
	code = preflight(run, err);
	if (code != EXIT_SAFE) {
		if (run_is_first(run))
			runfolder_discard(&run->plan, made);
		return code;
	}
	if (run_is_first(run)) {
		if (announce)
			announce(run);
		/* Whatever comes, from here on `verify` finds what was planned. */
		if (runfolder_open(run, err) < 0 ||
		    (run->plan.strategy_count > 0 &&
		     manifest_save(&run->manifest, run->plan.out, err) < 0))
			code = EXIT_COULD_NOT_RUN;
	}
	return run_agree(run, code, err);
}

enum exit_code session_begin(struct run *run, void (*announce)(const struct run *run),
			     struct error *err)
{
	enum exit_code code;

	if ((code = same_build(run, err)) != EXIT_SAFE ||
	    (code = agree_on_plan(run, err)) != EXIT_SAFE ||
	    (code = meet(run, err)) != EXIT_SAFE)
		return code;
	return check_and_make(run, announce, err);
}

/* ---- around it ---------------------------------------------------------------- */

static void say(const struct error *err, bool first)
{
	if (first && err->sentence[0])
		fprintf(stderr, "tailrace: %s\n", err->sentence);
}

/*
 * mpirun ends its job at the first exit that is not 0, and may drop what it has not
 * read of a pipe by then.  No rank exits before this one has come to MPI_Finalize.
 */
#define READ_BY_MPIRUN_NS 100000000u

/* Without MPI nobody knows of the others: rank 0 has so long to come and say it. */
#define SAID_BY_FIRST_NS 2000000000u

static void say_to_the_end(const struct run *run, const struct error *err, bool first)
{
	say(err, first);
	if (first && err->sentence[0] && run->world.size > 1)
		clock_sleep_ns(READ_BY_MPIRUN_NS);
}

/* Of all ranks, before MPI: each finds the same wrong, and the first one says it. */
static void refuse(const struct error *err)
{
	struct launch_environment launcher = launch_environment();

	say(err, launcher.rank == 0);
	if (launcher.size > 1)
		clock_sleep_ns(launcher.rank == 0 ? READ_BY_MPIRUN_NS
						  : SAID_BY_FIRST_NS);
}

static void run_release(struct run *run, enum exit_code code)
{
	spawner_stop(&run->spawner);
	childlog_release(run);
	if (run->history_dir[0])
		rmdir(run->history_dir); /* the last of this host succeeds */
	clocks_release(&run->clocks);
	child_release(&run->clock_service); /* which ends it */
	hosts_release(&run->hosts);
	manifest_release(&run->manifest);
	if (run->stuck) {
		fflush(NULL);
		world_leave(&run->world, (int)code);
	}
	world_finalize(&run->world);
}

/* Will threads of the ranks call MPI? */
static bool needs_threads(const struct plan *plan)
{
	for (uint32_t i = 0; i < plan->strategy_count; i++)
		if (strategy_in_rank(&plan->strategy[i].spec))
			return true;
	return false;
}

/*
 * --json: what stands in the run folder.  Where we started mpirun, its rank 0 may be
 * on another host; the run folder is here, too, or there would be no exit code.
 */
static enum exit_code give_json(const struct session_command *command,
				const struct plan *plan, enum exit_code code,
				struct error *err)
{
	if (!plan->json[0] || code == EXIT_USAGE || code == EXIT_COULD_NOT_RUN ||
	    export_file(plan->out, command->result_file, plan->json, err) == 0)
		return code;
	return EXIT_COULD_NOT_RUN;
}

/* One rank, be it the only one. */
static enum exit_code be_a_rank(const struct session_command *command, struct run *run,
				struct error *err)
{
	struct launch_environment launcher = launch_environment();
	enum exit_code code = EXIT_COULD_NOT_RUN;
	bool first = launcher.rank == 0;

	interrupt_catch(!launcher.launched);
	if (childlog_start_spawner(run, err) == 0 &&
	    world_init(&run->world, needs_threads(&run->plan), err) == 0) {
		first = run_is_first(run);
		code = command->live(run, err);
		if (run->plan.json[0] && !relaunch_made_us()) {
			if (first)
				code = give_json(command, &run->plan, code, err);
			code = run_agree(run, code, err);
		}
	}
	say_to_the_end(run, err, first);
	run_release(run, code);
	return code;
}

/* Is it to stand in the run folder, which is made only later? */
static bool json_is_in_run_folder(const struct plan *plan)
{
	size_t length = strlen(plan->out);

	return strncmp(plan->json, plan->out, length) == 0 && plan->json[length] == '/';
}

/* Parse, and find wrong usage before any process is made. */
static enum exit_code prepare(const struct session_command *command, struct run *run,
			      int argc, char **argv, struct error *err)
{
	struct launch_environment launcher = launch_environment();
	int rc = command->parse(argc, argv, &run->options, &run->plan, err);

	if (rc == 0 && !run->options.help && launcher.size &&
	    !relaunch_wanted(&run->plan))
		rc = plan_set_ranks(&run->plan, launcher.size, err);
	if (rc < 0)
		return rc == -EINVAL ? EXIT_USAGE : EXIT_COULD_NOT_RUN;
	run->command = relaunch_command_text(argc, argv);
	if (!run->command) {
		error_sys(err, ENOMEM, "cannot hold the command line");
		return EXIT_COULD_NOT_RUN;
	}
	/* Who starts ranks, or is the only one, writes it; hours later is too late. */
	if (!launcher.launched && !run->options.help && !run->plan.dry_run &&
	    run->plan.json[0] && !json_is_in_run_folder(&run->plan) &&
	    export_check(run->plan.json, err) < 0)
		return EXIT_COULD_NOT_RUN;
	return EXIT_SAFE;
}

int session_main(const struct session_command *command, int argc, char **argv)
{
	struct run *run = calloc(1, sizeof(*run));
	bool first = launch_environment().rank == 0;
	struct error err = {""};
	enum exit_code code;

	if (!run)
		return EXIT_COULD_NOT_RUN;
	run->log_fd = -1;
	code = prepare(command, run, argc, argv, &err);
	if (code != EXIT_SAFE) {
		refuse(&err);
	} else if (run->options.help) {
		if (first)
			options_help(&run->options, stdout);
	} else if (run->plan.dry_run) {
		if (first)
			command->show(&run->plan, stdout);
	} else if (relaunch_wanted(&run->plan)) {
		code = relaunch(&run->plan, command->result_file, run->command, argc,
				argv, &err);
		code = give_json(command, &run->plan, code, &err);
		say(&err, true);
	} else {
		code = be_a_rank(command, run, &err);
	}
	options_release(&run->options);
	free(run->command);
	free(run);
	return code;
}
