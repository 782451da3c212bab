/* options_help - the page of --help, from the table alone. */
#include "core/options.h"

#include <errno.h>
#include <string.h>

enum {
	PAGE_COLUMNS = 79,
	TEXT_COLUMN_MAX = 30, /* where the sentences begin, at most */
};

/* "  -n, --ranks N": as it stands at the left. */
static int print_form(const struct option_row *row, char *text, size_t text_bytes)
{
	return snprintf(text, text_bytes, "  %c%c%c --%s%s%s", row->letter ? '-' : ' ',
			row->letter ? row->letter : ' ', row->letter ? ',' : ' ',
			row->name, row->argument ? " " : "",
			row->argument ? row->argument : "");
}

/*
 * Print a line of @words from @column on, broken at blanks, hanging at @indent.
 * Returns where the next line begins, or the end.
 */
static const char *print_wrapped(const char *words, int column, int indent, FILE *file)
{
	while (*words && *words != '\n') {
		int length = (int)strcspn(words, " \n");

		if (column + 1 + length > PAGE_COLUMNS && column > indent) {
			fprintf(file, "\n%*s", indent, "");
			column = indent;
		}
		if (column > indent) {
			fputc(' ', file);
			column++;
		}
		fprintf(file, "%.*s", length, words);
		column += length;
		words += length;
		words += strspn(words, " ");
	}
	fputc('\n', file);
	return *words ? words + 1 : words;
}

static void print_option(const struct option_row *row, int indent, FILE *file)
{
	char form[128];
	char words[512];
	int column = print_form(row, form, sizeof(form));

	if (row->fallback && row->argument)
		snprintf(words, sizeof(words), "%s (default: %s)", row->help,
			 row->fallback);
	else
		snprintf(words, sizeof(words), "%s", row->help);
	fputs(form, file);
	if (column + 2 > indent) {
		fputc('\n', file);
		column = 0;
	}
	fprintf(file, "%*s", indent - column, "");
	print_wrapped(words, indent, indent, file);
}

/* Two blanks behind the longest form that fits. */
static int text_column(const struct option_table *table)
{
	char form[128];
	int widest = 0;

	for (size_t i = 0; i < table->row_count; i++) {
		int width = print_form(&table->rows[i], form, sizeof(form)) + 2;

		if (width > widest && width <= TEXT_COLUMN_MAX)
			widest = width;
	}
	return widest > 18 ? widest : 18; /* "      --help-all  " */
}

static bool has_usual(const struct option_table *table)
{
	for (size_t i = 0; i < table->row_count; i++)
		if (table->rows[i].flags & OPTION_USUAL)
			return true;
	return false;
}

/* Each line of @lines, two blanks to the right. */
static void print_examples(const char *lines, FILE *file)
{
	fputs("\nExamples:\n", file);
	while (*lines) {
		size_t length = strcspn(lines, "\n");

		fprintf(file, "  %.*s\n", (int)length, lines);
		lines += length + (lines[length] == '\n');
	}
}

static void print_page(const struct option_table *table, bool all, FILE *file)
{
	static const struct option_row help[] = {
		{.name = "help", .letter = 'h', .help = "Show the usual options."},
		{.name = "help-all", .help = "Show all options."},
	};
	const char *program = options_program(table);
	int indent = text_column(table), column;
	const char *group = NULL;

	column = fprintf(file, "Usage: %s [OPTION]...", program);
	print_wrapped(table->operands, column, (int)strlen("Usage: "), file);
	fputc('\n', file);
	print_wrapped(table->summary, 0, 0, file);
	for (size_t i = 0; i < table->row_count; i++) {
		const struct option_row *row = &table->rows[i];

		if (!all && !(row->flags & OPTION_USUAL))
			continue;
		if (!group || strcmp(group, row->group) != 0)
			fprintf(file, "\n%s:\n", row->group);
		group = row->group;
		print_option(row, indent, file);
	}
	fputs("\nHelp:\n", file);
	for (size_t i = 0; i < sizeof(help) / sizeof(help[0]); i++)
		print_option(&help[i], indent, file);
	if (all)
		fputs("\n@FILE reads arguments from FILE, one a line.\n", file);
	if (table->examples)
		print_examples(table->examples, file);
	if (table->epilogue)
		fputc('\n', file);
	for (const char *line = table->epilogue; line && *line;)
		line = print_wrapped(line, 0, 0, file);
}

static void print_words(const struct option_table *table, FILE *file)
{
	fprintf(file, "%s\n", table->operands);
	for (size_t i = 0; i < table->row_count; i++) {
		const struct option_row *row = &table->rows[i];
		const char *blank = row->argument ? " " : "";
		const char *argument = row->argument ? row->argument : "";

		fprintf(file, "--%s%s%s\n", row->name, blank, argument);
		if (row->letter)
			fprintf(file, "-%c%s%s\n", row->letter, blank, argument);
	}
	fputs("--help\n--help-all\n-h\n", file);
}

void options_help(const struct options *options, FILE *file)
{
	if (options->help == OPTIONS_HELP_WORDS)
		print_words(options->table, file);
	else
		print_page(options->table,
			   options->help == OPTIONS_HELP_ALL ||
				   !has_usual(options->table),
			   file);
}

const char *options_program(const struct option_table *table)
{
	const char *self = program_invocation_short_name;
	size_t blank = strcspn(table->program, " ");

	if (strncmp(self, table->program, blank) == 0 && self[blank] == '-' &&
	    strcmp(self + blank + 1, table->program + blank + 1) == 0)
		return self;
	return table->program;
}
