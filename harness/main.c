/* main - the subcommands of tailrace; each is in cmd_<name>.c. */
#include "core/suggest.h"
#include "harness/commands.h"
#include "harness/completion.h"
#include "harness/exit_code.h"
#include "harness/version.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#if TAILRACE_WITH_MPI
#define IF_MPI(run) run
#else
#define IF_MPI(run) NULL
#endif

static const struct command commands[] = {
	{"check", "DIR", IF_MPI(cmd_check),
	 "accept or reject the mount of DIR: which ways to append are safe there"},
	{"run", "DIR", IF_MPI(cmd_run),
	 "append in DIR from many processes, verify, and report"},
	{"sweep", "DIR", IF_MPI(cmd_sweep),
	 "run over a grid of settings, with repeats"},
	{"probe", "DIR", IF_MPI(cmd_probe),
	 "ask the locks in DIR what they do, within a host and between two"},
	{"verify", "RUN", cmd_verify, "judge a finished run again, offline"},
	{"report", "RUN", cmd_report, "write the results and plots of a run again"},
	{"compare", "BASE NEW", cmd_compare, "tell what got worse between two runs"},
	{"merge", "RUN", cmd_merge,
	 "make one log of per-writer files, in the order of time"},
	{"selftest", "", cmd_selftest,
	 "plant every anomaly and demand that each is found"},
	{"list", "", cmd_list, "show strategies, keys, claims, anomalies and probes"},
};
#define COMMAND_COUNT (sizeof(commands) / sizeof(commands[0]))

static void print_help(void)
{
	fputs("Usage: tailrace COMMAND [OPTION]... [ARGUMENT]\n"
	      "\n"
	      "When many processes on many hosts append to one file on a shared mount, "
	      "does\n"
	      "every record survive, whole, in place and in order, and at what price?\n"
	      "\n"
	      "Commands:\n",
	      stdout);
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		printf("  %-8s %-8s  %s%s\n", commands[i].name, commands[i].operands,
		       commands[i].summary,
		       commands[i].run ? "" : " (not in this build)");
	fputs("\n"
	      "  tailrace COMMAND --help      the usual options of a command\n"
	      "  tailrace COMMAND --help-all  all of them\n"
	      "  tailrace --version           what this is and how it was built\n"
	      "\n"
	      "Exit status: 0 safe (or done), 1 unsafe, 2 wrong usage, 3 "
	      "inconclusive,\n"
	      "4 could not run.\n",
	      stdout);
}

static int refuse_command(const char *name)
{
	struct suggestion meant = suggest_for(name);
	char text[128];

	for (size_t i = 0; i < COMMAND_COUNT; i++)
		suggest_offer(&meant, commands[i].name);
	fprintf(stderr, "tailrace: there is no command '%s'%s\n", name,
		meant.name ? suggest_text(&meant, "", text, sizeof(text))
			   : "; see tailrace --help");
	return EXIT_USAGE;
}

/* @name is no option that can stand without a command, or "". */
static int refuse_option(const char *name)
{
	struct suggestion meant = suggest_for(name);
	char text[128];

	suggest_offer(&meant, "--help");
	suggest_offer(&meant, "--version");
	fprintf(stderr, "tailrace: a command comes first%s\n",
		meant.name ? suggest_text(&meant, "", text, sizeof(text))
			   : "; see tailrace --help");
	return EXIT_USAGE;
}

static int run_command(int argc, char **argv)
{
	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		if (strcmp(commands[i].name, argv[0]) != 0)
			continue;
		if (commands[i].run)
			return commands[i].run(argc, argv);
		fprintf(stderr, "tailrace: this build has no MPI, which %s needs\n",
			argv[0]);
		return EXIT_COULD_NOT_RUN;
	}
	return refuse_command(argv[0]);
}

/* The command that a program called "tailrace-verify" is; or NULL. */
static const struct command *named_by_program(void)
{
	const char *self = program_invocation_short_name;

	for (size_t i = 0; i < COMMAND_COUNT; i++)
		if (strncmp(self, "tailrace-", 9) == 0 &&
		    strcmp(self + 9, commands[i].name) == 0 && commands[i].run)
			return &commands[i];
	return NULL;
}

static int dispatch(int argc, char **argv)
{
	const struct command *whole = named_by_program();
	const char *first = argc > 1 ? argv[1] : "";

	if (strcmp(first, "--version") == 0) {
		version_print(stdout);
		return EXIT_SAFE;
	}
	/* For completion.bash and packaging/, when this is built. */
	if (strcmp(first, "--words") == 0)
		return completion_print(commands, COMMAND_COUNT);
	if (whole)
		return whole->run(argc, argv);
	if (strcmp(first, "--help") == 0 || strcmp(first, "-h") == 0 ||
	    strcmp(first, "--help-all") == 0) {
		print_help();
		return EXIT_SAFE;
	}
	if (argc < 2 || first[0] == '-')
		return refuse_option(first);
	return run_command(argc - 1, argv + 1);
}

/* A file that we open must not become standard output by accident. */
static void fill_standard_descriptors(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDWR);
	} while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

int main(int argc, char **argv)
{
	int code;

	fill_standard_descriptors();
	/* What we make is the user's alone, and always so (docs/security.md). */
	umask(077);
	code = dispatch(argc, argv);
	if (fflush(stdout) != 0 || ferror(stdout)) {
		fprintf(stderr, "tailrace: cannot write to standard output: %s\n",
			strerror(errno));
		return EXIT_COULD_NOT_RUN;
	}
	return code;
}
