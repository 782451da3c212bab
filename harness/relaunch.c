/* relaunch - see relaunch.h. */
#include "harness/relaunch.h"

#include "harness/progress.h"
#include "harness/runfolder.h"
#include "mpi/launch.h"
#include "results/result.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Carries the command as typed to the ranks, as far as the environment goes. */
#define COMMAND_VARIABLE "TAILRACE_COMMAND"
/* Likewise: the ranks' stdout is mpirun's, which cannot tell what ours is. */
#define COLOUR_VARIABLE "TAILRACE_COLOUR"
/* The same of stderr. */
#define TERMINAL_VARIABLE "TAILRACE_TERMINAL"

bool relaunch_wanted(const struct plan *plan)
{
	return !launch_environment().launched &&
	       (plan->ranks_asked || plan->hosts[0] || plan->hostfile[0]);
}

/* One word for a shell. */
static void put_word(FILE *file, const char *word)
{
	if (*word && strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				  "0123456789-_=+,.:/@%") == strlen(word)) {
		fputs(word, file);
		return;
	}
	fputc('\'', file);
	for (; *word; word++) {
		if (*word == '\'')
			fputs("'\\''", file);
		else
			fputc(*word, file);
	}
	fputc('\'', file);
}

char *relaunch_command_text(int argc, char **argv)
{
	const char *typed = getenv(COMMAND_VARIABLE);
	char *text = NULL;
	size_t size;
	FILE *file;

	if (typed)
		return strdup(typed);
	file = open_memstream(&text, &size);
	if (!file)
		return NULL;
	fputs("tailrace", file);
	for (int i = 0; i < argc; i++) {
		fputc(' ', file);
		put_word(file, argv[i]);
	}
	fclose(file);
	return text;
}

bool relaunch_made_us(void)
{
	return launch_environment().launched && getenv(COMMAND_VARIABLE);
}

bool relaunch_terminal(void)
{
	if (relaunch_made_us())
		return getenv(TERMINAL_VARIABLE) != NULL;
	return isatty(STDERR_FILENO);
}

bool relaunch_colour(void)
{
	/* Open MPI gives ranks a terminal of its own, wherever its output goes. */
	if (launch_environment().launched)
		return getenv(COLOUR_VARIABLE) != NULL;
	return results_want_colour(stdout);
}

/* The exit code in @result_file of the run folder, or -1. */
static int read_exit_code(const struct plan *plan, const char *result_file)
{
	char path[PATH_MAX + 64];
	json_t *root, *code;
	int value = -1;

	snprintf(path, sizeof(path), "%s/%s", plan->out, result_file);
	root = json_load_file(path, 0, NULL);
	code = json_object_get(root, "exit_code");
	if (json_is_integer(code))
		value = (int)json_integer_value(code);
	json_decref(root);
	return value >= EXIT_SAFE && value <= EXIT_COULD_NOT_RUN ? value : -1;
}

/*
 * What the ranks are started with.  Ours come first: where the user gives the
 * same option, the last one counts.
 */
static char **make_arguments(const struct plan *plan, char *self, int argc, char **argv)
{
	char **full = calloc((size_t)argc + 8, sizeof(*full));
	int count = 0;

	if (!full)
		return NULL;
	full[count++] = self;
	full[count++] = argv[0];
	full[count++] = (char *)"--out";
	full[count++] = (char *)(uintptr_t)plan->out;
	if (progress_wanted(plan)) {
		/* The ranks' stderr is a pipe to mpirun, ours is a terminal. */
		full[count++] = (char *)"--eta";
		full[count++] = (char *)"always";
	}
	for (int i = 1; i < argc; i++)
		full[count++] = argv[i];
	return full;
}

/* What mpirun would say of these is no sentence. */
static int check_hosts(const struct plan *plan, struct error *err)
{
	const char *hosts = plan->hosts;
	size_t length = strlen(hosts);

	if (hosts[0] == ',' || (length && hosts[length - 1] == ',') ||
	    strstr(hosts, ",,"))
		return error_set(err, EINVAL,
				 "--hosts: \"%s\" has an empty name; write a,b,c",
				 hosts);
	if (plan->hostfile[0] && access(plan->hostfile, R_OK) < 0) {
		error_sys(err, errno, "--hostfile: cannot read %s", plan->hostfile);
		return -EINVAL;
	}
	return 0;
}

static enum exit_code run_mpirun(const struct plan *plan, const char *result_file,
				 int argc, char **argv, struct error *err)
{
	char begun[PATH_MAX + 16];
	struct launch_options options = {
		.ranks = plan->ranks_asked,
		.hosts = plan->hosts[0] ? plan->hosts : NULL,
		.hostfile = plan->hostfile[0] ? plan->hostfile : NULL,
		.begun = begun,
	};
	char self[PATH_MAX] = "";
	char **full = make_arguments(plan, self, argc, argv);
	int mpirun_code = -1;
	int code, rc;

	if (!full || readlink("/proc/self/exe", self, sizeof(self) - 1) < 0) {
		free(full);
		error_sys(err, errno, "cannot start mpirun");
		return EXIT_COULD_NOT_RUN;
	}
	snprintf(begun, sizeof(begun), "%s/" RUNFOLDER_BEGUN, plan->out);
	rc = launch_mpirun(&options, full, &mpirun_code, err);
	free(full);
	if (rc == -ECANCELED)
		error_set(
			err, ECANCELED,
			"interrupted twice; `tailrace verify %s` judges what there is",
			plan->out);
	if (rc < 0)
		return EXIT_COULD_NOT_RUN;
	code = read_exit_code(plan, result_file);
	if (code >= 0)
		return (enum exit_code)code;
	if (mpirun_code == EXIT_USAGE)
		return EXIT_USAGE;
	if (mpirun_code != EXIT_COULD_NOT_RUN)
		error_set(
			err, EIO,
			"mpirun ended (%d) without a result in %s; what it printed "
			"may tell why, and `mpirun hostname` whether it starts at all",
			mpirun_code, plan->out);
	return EXIT_COULD_NOT_RUN;
}

static void pass_on(const char *variable, bool is_true)
{
	if (is_true)
		setenv(variable, "1", 1);
	else
		unsetenv(variable);
}

enum exit_code relaunch(struct plan *plan, const char *result_file, const char *command,
			int argc, char **argv, struct error *err)
{
	enum exit_code code;
	int rc = check_hosts(plan, err);

	if (rc == 0)
		rc = plan_settle(plan, err);
	if (rc < 0)
		return rc == -EINVAL ? EXIT_USAGE : EXIT_COULD_NOT_RUN;
	setenv(COMMAND_VARIABLE, command, 1);
	pass_on(COLOUR_VARIABLE, results_want_colour(stdout));
	pass_on(TERMINAL_VARIABLE, isatty(STDERR_FILENO));
	code = run_mpirun(plan, result_file, argc, argv, err);
	if (!plan->out_given && access(plan->out, F_OK) == 0)
		runfolder_link_latest(plan->out);
	return code;
}
