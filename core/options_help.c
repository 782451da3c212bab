/* options_help - the page of --help, from the table alone. */
#include "core/options.h"

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

/* Print @words from @column on, broken at blanks, hanging at @indent. */
static void print_wrapped(const char *words, int column, int indent, FILE *file)
{
	while (*words) {
		int length = (int)strcspn(words, " ");

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
	return widest > 14 ? widest : 14; /* "  -h, --help  " */
}

void options_help(const struct option_table *table, FILE *file)
{
	static const struct option_row help = {
		.name = "help", .letter = 'h', .help = "Show this page."};
	int indent = text_column(table);
	const char *group = NULL;

	fprintf(file, "Usage: %s [OPTION]...%s%s\n\n", table->program,
		*table->operands ? " " : "", table->operands);
	print_wrapped(table->summary, 0, 0, file);
	for (size_t i = 0; i < table->row_count; i++) {
		const struct option_row *row = &table->rows[i];

		if (!group || strcmp(group, row->group) != 0)
			fprintf(file, "\n%s:\n", row->group);
		group = row->group;
		print_option(row, indent, file);
	}
	fputs("\nHelp:\n", file);
	print_option(&help, indent, file);
	fputs("\n@FILE reads arguments from FILE, one a line.\n", file);
	if (table->epilogue)
		fprintf(file, "\n%s\n", table->epilogue);
}
