/* completion - see completion.h. */
#include "harness/completion.h"

#include "harness/exit_code.h"
#include "workloads/strategy.h"

#include <stdio.h>

/* What is printed stands between single quotes: no table has any in a word. */
static int print_command(const struct command *command)
{
	char *argv[] = {(char *)(uintptr_t)command->name, (char *)"--help-words", NULL};
	int code;

	printf("_tailrace_words[%s]='", command->name);
	code = command->run(2, argv);
	puts("'");
	return code;
}

static void print_strategies(void)
{
	char text[STRATEGY_TEXT_BYTES];
	const char *meaning;

	puts("_tailrace_strategies='");
	for (size_t i = 0; i < strategy_preset_count; i++) {
		puts(strategy_presets[i].name);
		if (strategy_presets[i].alias)
			puts(strategy_presets[i].alias);
	}
	puts("'\n_tailrace_keys='");
	for (size_t i = 0; strategy_key_text(i, text, &meaning); i++)
		puts(text);
	puts("'");
}

int completion_print(const struct command *commands, size_t count)
{
	int code = EXIT_SAFE;

	puts("# shellcheck shell=bash disable=SC2034\n"
	     "declare -gA _tailrace_words=()");
	for (size_t i = 0; i < count && code == EXIT_SAFE; i++)
		if (commands[i].run)
			code = print_command(&commands[i]);
	print_strategies();
	return code;
}
