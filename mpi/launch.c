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

/* A growing vector of strings; NULL once memory ran out. */
static char **push(char **vector, char *string)
{
	char **grown = NULL;
	size_t count = 0;

	while (vector && vector[count])
		count++;
	if (vector && string)
		grown = reallocarray(vector, count + 2, sizeof(*vector));
	if (!grown) {
		launch_command_free(vector);
		free(string);
		return NULL;
	}
	grown[count] = string;
	grown[count + 1] = NULL;
	return grown;
}

static char **push_option(char **vector, const char *name, char *value)
{
	return push(push(vector, strdup(name)), value);
}

static char *number_text(uint32_t number)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", number);
	return strdup(text);
}

char **launch_command(const struct launch_options *options, char *const argv[])
{
	const char *hosts = options->hosts;
	char **command = calloc(1, sizeof(*command));

	command = push(command, strdup("mpirun"));
	/* Our exit code is a verdict, on which mpirun would comment at length. */
	command = push(command, strdup("--quiet"));
	if (options->ranks)
		command = push_option(command, "-n", number_text(options->ranks));
	if (hosts) {
		uint32_t ranks = options->ranks ? options->ranks : count_names(hosts);

		command =
			push_option(command, "--host", hosts_with_slots(hosts, ranks));
	}
	if (options->hostfile)
		command = push_option(command, "--hostfile", strdup(options->hostfile));
	/* Neighbours in rank on different hosts, so that all hosts take part. */
	if (hosts || options->hostfile)
		command = push_option(command, "--map-by", strdup("node"));
	for (; *argv && command; argv++)
		command = push(command, strdup(*argv));
	return command;
}

void launch_command_free(char **command)
{
	for (char **each = command; each && *each; each++)
		free(*each);
	free(command);
}

/*
 * More ranks than processors are normal here, and a rank that is bound to one
 * of them would take its writer along.  Set in the environment, where what the
 * user has set comes first.
 */
static void set_environment(void)
{
	setenv("OMPI_MCA_rmaps_base_oversubscribe", "1", 0);
	setenv("OMPI_MCA_hwloc_base_binding_policy", "none", 0);
	setenv("OMPI_MCA_mpi_yield_when_idle", "1", 0);
	if (geteuid() == 0) {
		setenv("OMPI_ALLOW_RUN_AS_ROOT", "1", 0);
		setenv("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1", 0);
	}
}

/*
 * The first is mpirun's to hand to every rank (mpirun(1)); after the second it has a
 * while to end them.
 */
static unsigned int interrupt_mpirun(pid_t child, unsigned int times)
{
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
	char **command = launch_command(options, argv);
	unsigned int interrupts = 0;
	int rc;

	if (!command)
		return error_sys(err, ENOMEM, "cannot start mpirun");
	rc = attend(&(struct attended){.what = "mpirun",
				       .program = command[0],
				       .argv = command,
				       .prepare = set_environment,
				       .interrupt = interrupt_mpirun},
		    ret_exit_code, &interrupts, err);
	if (rc == 0 && interrupts > 1)
		rc = error_set(err, ECANCELED, "interrupted twice");
	launch_command_free(command);
	return rc;
}
