/* launch - see launch.h. */
#include "mpi/launch.h"

#include "core/attend.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* After a second interrupt mpirun has this long to end its ranks. */
#define LAST_WORDS_S 5

/* So often, a second apart, it is looked whether the ranks are up. */
#define LOOKS_MAX 30

/*
 * The variables of Open MPI's mpirun; of PMIx (srun --mpi=pmix, prterun); of
 * PMI (MPICH, Intel MPI, srun --mpi=pmi2); and, last, of an srun whose MPI
 * plug-in tells nothing: MPI_Init then complains, which is better than many
 * runs of one rank each.
 */
static const struct {
	const char *rank, *size;
	bool only_if_many;
} launchers[] = {
	{"OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", false},
	{"PMIX_RANK", "PMIX_SIZE", false},
	{"PMI_RANK", "PMI_SIZE", false},
	{"SLURM_PROCID", "SLURM_STEP_NUM_TASKS", true},
};

static uint32_t environment_number(const char *name)
{
	const char *text = getenv(name);

	return text ? (uint32_t)strtoul(text, NULL, 10) : 0;
}

struct launch_environment launch_environment(void)
{
	for (size_t i = 0; i < sizeof(launchers) / sizeof(launchers[0]); i++) {
		uint32_t size = environment_number(launchers[i].size);

		if (!getenv(launchers[i].rank) ||
		    (launchers[i].only_if_many && size <= 1))
			continue;
		return (struct launch_environment){
			.launched = true,
			.rank = environment_number(launchers[i].rank),
			.size = size,
		};
	}
	return (struct launch_environment){.size = 1};
}

static unsigned int count_names(const char *list)
{
	unsigned int count = 1;

	for (; *list; list++)
		count += *list == ',';
	return count;
}

/* "a,b" as "a:4,b:4": so many slots each that @ranks find room. */
static char *hosts_with_slots(const char *hosts, uint32_t ranks)
{
	unsigned int names = count_names(hosts);
	unsigned int slots = (ranks + names - 1) / names;
	size_t room = strlen(hosts) + names * 16 + 1;
	char *text = malloc(room);
	char *copy = strdup(hosts);
	char *rest = copy;
	size_t used = 0;

	for (char *name; text && copy && (name = strsep(&rest, ","));)
		used += (size_t)snprintf(text + used, room - used, "%s%s:%u",
					 used ? "," : "", name, slots);
	if (!copy) {
		free(text);
		text = NULL;
	}
	free(copy);
	return text;
}

static bool add_option(struct arguments *command, const char *name, const char *value)
{
	return value && arguments_add(command, name) && arguments_add(command, value);
}

static bool add_hosts(struct arguments *command, const char *hosts, uint32_t ranks)
{
	char *slots = hosts_with_slots(hosts, ranks ? ranks : count_names(hosts));
	bool added = add_option(command, "--host", slots);

	free(slots);
	return added;
}

int launch_command(const struct launch_options *options, char *const argv[],
		   struct arguments *ret_command)
{
	struct arguments command = {0};
	char ranks[16];
	/* Our exit code is a verdict, on which mpirun would comment at length. */
	bool held = add_option(&command, "mpirun", "--quiet");

	snprintf(ranks, sizeof(ranks), "%u", options->ranks);
	if (held && options->ranks)
		held = add_option(&command, "-n", ranks);
	if (held && options->hosts)
		held = add_hosts(&command, options->hosts, options->ranks);
	if (held && options->hostfile)
		held = add_option(&command, "--hostfile", options->hostfile);
	/* Neighbours in rank on different hosts, so that all hosts take part. */
	if (held && (options->hosts || options->hostfile))
		held = add_option(&command, "--map-by", "node");
	for (; held && *argv; argv++)
		held = arguments_add(&command, *argv);
	if (!held) {
		arguments_release(&command);
		return -ENOMEM;
	}
	*ret_command = command;
	return 0;
}

/*
 * More ranks than processors are normal here, and a rank that is bound to one
 * of them would take its writer along.  And as our exit code is a verdict, which mpirun
 * takes for a failure, it would give the ranks a second or two to end, though they have
 * come to their end together.  Set in the environment, where what the user has set
 * comes first.
 */
static void set_environment(void)
{
	setenv("OMPI_MCA_rmaps_base_oversubscribe", "1", 0);
	setenv("OMPI_MCA_hwloc_base_binding_policy", "none", 0);
	setenv("OMPI_MCA_mpi_yield_when_idle", "1", 0);
	setenv("OMPI_MCA_odls_base_sigkill_timeout", "0", 0);
	if (geteuid() == 0) {
		setenv("OMPI_ALLOW_RUN_AS_ROOT", "1", 0);
		setenv("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1", 0);
	}
}

/* The first interrupt, until it is told. */
struct telling {
	const char *begun;
	int looks; /* so many more */
};

/*
 * The first is mpirun's to hand to every rank (mpirun(1)), which it forgets while there
 * are none; after the second it has a while to end them.
 */
static int interrupt_mpirun(pid_t child, unsigned int times, void *context)
{
	struct telling *telling = context;

	if (times == 1 && telling->begun && access(telling->begun, F_OK) < 0 &&
	    telling->looks-- > 0)
		return -1;
	if (times == 1)
		kill(child, SIGUSR1);
	else if (times == 2)
		kill(child, SIGTERM);
	else
		kill(-child, SIGKILL);
	return times == 2 ? LAST_WORDS_S : 0;
}

int launch_mpirun(const struct launch_options *options, char *const argv[],
		  int *ret_exit_code, struct error *err)
{
	struct telling telling = {options->begun, LOOKS_MAX};
	struct arguments command;
	unsigned int interrupts = 0;
	int rc = launch_command(options, argv, &command);

	if (rc < 0)
		return error_sys(err, -rc, "cannot start mpirun");
	rc = attend(&(struct attended){.what = "mpirun",
				       .program = command.items[0],
				       .argv = command.items,
				       .prepare = set_environment,
				       .interrupt = interrupt_mpirun,
				       .context = &telling},
		    ret_exit_code, &interrupts, err);
	if (rc == 0 && interrupts > 1)
		rc = error_set(err, ECANCELED, "interrupted twice");
	arguments_release(&command);
	return rc;
}
