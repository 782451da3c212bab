/*
 * commands - one function per subcommand, each in cmd_<name>.c.
 *
 * argv[0] is the subcommand's name; the return value is an enum exit_code.
 */
#ifndef TAILRACE_HARNESS_COMMANDS_H
#define TAILRACE_HARNESS_COMMANDS_H

/* A row of main.c's table. */
struct command {
	const char *name;
	const char *operands;
	int (*run)(int argc, char **argv); /* NULL: not in this build */
	const char *summary;
};

int cmd_check(int argc, char **argv);
int cmd_run(int argc, char **argv);
int cmd_sweep(int argc, char **argv);
int cmd_probe(int argc, char **argv);
int cmd_verify(int argc, char **argv);
int cmd_merge(int argc, char **argv);
int cmd_report(int argc, char **argv);
int cmd_compare(int argc, char **argv);
int cmd_list(int argc, char **argv);
int cmd_selftest(int argc, char **argv);

#endif
