/*
 * options - one table describes each option of a command; parsing, --help and
 * the saved arguments all come from it.
 *
 * Parsing is getopt_long(3): "--name VALUE", "--name=VALUE", "-n VALUE",
 * unambiguous abbreviations, options and operands in any order, "--" ends the
 * options.  "--help" and "--help-all" are always there. "@FILE" stands for
 * the arguments in FILE (core/arguments.h); a value that begins with '@' is
 * therefore written "--name=@value".
 */
#ifndef TAILRACE_CORE_OPTIONS_H
#define TAILRACE_CORE_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "core/arguments.h"
#include "core/error.h"

enum option_flags {
	OPTION_REPEATABLE = 1 << 0, /* parsed each time; else the last one counts */
	OPTION_NOT_SAVED = 1 << 1,  /* says where or how to show, not what to do */
	/*
	 * On the short page of --help; the others are on that of --help-all.  In a
	 * table without any such row both pages have all of them.
	 */
	OPTION_USUAL = 1 << 2,
};

/* Which page was asked for; nothing else is to be done then. */
enum options_help {
	OPTIONS_HELP_NONE,
	OPTIONS_HELP_USUAL, /* --help */
	OPTIONS_HELP_ALL,   /* --help-all */
	OPTIONS_HELP_WORDS, /* --help-words, which no page shows: for completion */
};

/* One option. */
struct option_row {
	const char *name;     /* without the dashes */
	char letter;	      /* of the short form, or '\0' */
	const char *argument; /* "LIST", or "auto|never" where these are all; NULL: a
				 flag */
	const char *group;    /* heading in the help; rows of one stand together */
	const char *help;     /* one sentence, no newline */
	const char *fallback; /* value when not given, parsed and shown; or NULL */

	/*
	 * Parse @value ("" for a flag) into @target, which is the caller's struct
	 * plus @offset.  Returns 0, or -EINVAL with a sentence in @err, which
	 * need not name the option.  @value lives as long as struct options.
	 */
	int (*parse)(const char *value, void *target, struct error *err);
	size_t offset;
	unsigned int flags; /* of enum option_flags */
};

/* What one command takes. */
struct option_table {
	const char *program;  /* "tailrace run" */
	const char *operands; /* "DIR", for usage and sentences; "" for none */
	const char *summary;  /* one sentence */
	const char *epilogue; /* after the options in the help, or NULL */
	const char *examples; /* commands, each ended by a newline, or NULL */
	const struct option_row *rows;
	size_t row_count;
	size_t operands_min, operands_max;
};

/* The value of one row: given, its fallback, or set by options_replace. */
struct option_value {
	const struct option_row *row;
	const char *value;
};

/* What was parsed.  Empty when all zero; released by options_release. */
struct options {
	const struct option_table *table;
	enum options_help help;
	char **operands;
	size_t operand_count;
	struct option_value *values; /* in table order */
	size_t value_count;
	struct arguments strings; /* owns every text above */
};

/*
 * Parse @argv (argv[0] is skipped) by @table into the struct at @target: first
 * the fallbacks, then what is given.  Returns 0; -EINVAL for wrong usage; or
 * another negative errno where an @FILE cannot be read; always with a sentence
 * in @err, and with @options empty.
 */
int options_parse(struct options *options, const struct option_table *table, int argc,
		  char **argv, void *target, struct error *err);
void options_release(struct options *options);

/*
 * Let @value stand in the saved arguments for option @name, such as a seed that
 * was drawn, or a path made absolute (@name "" means operand number 0); NULL
 * leaves it out.  Nothing is parsed.  0, -ENOENT (no such option) or -ENOMEM.
 */
int options_replace(struct options *options, const char *name, const char *value);

/*
 * Write the effective arguments, defaults included, in the form that @FILE
 * reads.  0 or a negative errno.
 */
int options_save(const struct options *options, FILE *file);

/*
 * The page that @options->help asks for.  That of OPTIONS_HELP_WORDS is for programs: a
 * line "OPERANDS", then for each option "--name ARGUMENT" and, if it has a letter,
 * "-n ARGUMENT"; a flag has no ARGUMENT.
 */
void options_help(const struct options *options, FILE *file);

/*
 * How the user calls the command of @table: its program, or the name of a program
 * that is this one command ("tailrace-verify"; see harness/main.c).
 */
const char *options_program(const struct option_table *table);

/* ---- ready parse functions; the comment is the type of the target ------ */

int option_flag(const char *value, void *target, struct error *err);  /* bool */
int option_text(const char *value, void *target, struct error *err);  /* const char * */
int option_count(const char *value, void *target, struct error *err); /* uint64_t */
int option_number(const char *value, void *target, struct error *err); /* uint32_t */
int option_size(const char *value, void *target,
		struct error *err); /* uint64_t bytes */
int option_time(const char *value, void *target, struct error *err); /* uint64_t ns */
int option_patience(const char *value, void *target, struct error *err); /* not 0 */

/* struct arguments, for an option that is repeatable; the caller releases it. */
int option_add(const char *value, void *target, struct error *err);

struct option_size_range {
	uint64_t min_bytes, max_bytes;
};
int option_sizes(const char *value, void *target,
		 struct error *err); /* struct option_size_range */

#endif
