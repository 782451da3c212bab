/* options - see options.h; the page of --help is made in options_help.c. */
#include "core/options.h"

#include "core/suggest.h"
#include "core/units.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

/* What getopt_long returns for row number i: beyond all letters. */
#define ROW_CODE    256
#define MAX_LETTERS 64

/* What they return for a page of help: beyond the letters, below the rows. */
#define HELP_CODE 250
static const struct help_option {
	enum options_help help;
	const char *name;
} help_options[] = {
	{OPTIONS_HELP_USUAL, "help"},
	{OPTIONS_HELP_ALL, "help-all"},
	{OPTIONS_HELP_WORDS, "help-words"},
};
#define HELP_COUNT (sizeof(help_options) / sizeof(help_options[0]))

/* The two forms in which getopt_long(3) wants the table. */
struct getopt_table {
	struct option *longs;
	char letters[2 * MAX_LETTERS + 4];
};

static int getopt_table_init(struct getopt_table *getopt_table,
			     const struct option_table *table)
{
	char *letter = getopt_table->letters;

	getopt_table->longs =
		calloc(table->row_count + HELP_COUNT + 1, sizeof(struct option));
	if (!getopt_table->longs)
		return -ENOMEM;
	*letter++ = ':'; /* tell a missing value from an unknown option */
	*letter++ = 'h';
	for (size_t i = 0; i < table->row_count; i++) {
		const struct option_row *row = &table->rows[i];

		getopt_table->longs[i] = (struct option){
			.name = row->name,
			.has_arg = row->argument ? required_argument : no_argument,
			.val = ROW_CODE + (int)i,
		};
		if (!row->letter)
			continue;
		*letter++ = row->letter;
		if (row->argument)
			*letter++ = ':';
	}
	*letter = '\0';
	for (size_t i = 0; i < HELP_COUNT; i++)
		getopt_table->longs[table->row_count + i] = (struct option){
			.name = help_options[i].name, .val = HELP_CODE + (int)i};
	return 0;
}

/* The page of help that getopt_long's @code stands for, or NULL. */
static const struct help_option *help_of(int code)
{
	if (code == 'h')
		return &help_options[0];
	if (code >= HELP_CODE && code < HELP_CODE + (int)HELP_COUNT)
		return &help_options[code - HELP_CODE];
	return NULL;
}

/* The row that getopt_long's @code stands for, or NULL. */
static const struct option_row *row_of(const struct option_table *table, int code)
{
	if (code >= ROW_CODE && (size_t)(code - ROW_CODE) < table->row_count)
		return &table->rows[code - ROW_CODE];
	for (size_t i = 0; i < table->row_count; i++)
		if (code && table->rows[i].letter == code)
			return &table->rows[i];
	return NULL;
}

/* getopt_long(3) did not know the long option @typed: say what was meant. */
static int refuse_unknown(const struct option_table *table, const char *typed,
			  struct error *err)
{
	size_t length = strcspn(typed, "= ");
	struct suggestion meant;
	char text[128];
	char name[64];
	bool prefix = false;

	if (length >= sizeof(name))
		return error_set(err, EINVAL, "there is no option --%s", typed);
	memcpy(name, typed, length);
	name[length] = '\0';
	meant = suggest_for(name);
	suggest_offer(&meant, "help");
	suggest_offer(&meant, "help-all");
	for (size_t i = 0; i < table->row_count; i++) {
		suggest_offer(&meant, table->rows[i].name);
		prefix |= strncmp(table->rows[i].name, name, length) == 0;
	}
	if (meant.name && meant.distance == 0)
		return error_set(err, EINVAL, "write --%s=VALUE, not '--%s'", name,
				 typed);
	if (prefix)
		return error_set(err, EINVAL,
				 "--%s may mean several options; write it in full, as "
				 "%s --help-all has it",
				 name, options_program(table));
	if (meant.name)
		return error_set(err, EINVAL, "there is no option --%s%s", name,
				 suggest_text(&meant, "--", text, sizeof(text)));
	return error_set(err, EINVAL, "there is no option --%s; see %s --help-all",
			 name, options_program(table));
}

/* getopt_long returned @code, '?' or ':', about the argument @typed. */
static int refuse_usage(const struct option_table *table, int code, const char *typed,
			struct error *err)
{
	const struct option_row *row = row_of(table, optopt);
	const struct help_option *help = help_of(optopt);

	if (code == ':' && row)
		return error_set(err, EINVAL, "--%s needs a value: --%s=%s", row->name,
				 row->name, row->argument);
	if (optopt == 0)
		return refuse_unknown(table, typed + 2, err);
	if (row || help)
		return error_set(err, EINVAL, "--%s takes no value",
				 row ? row->name : help->name);
	return error_set(err, EINVAL, "there is no option -%c; see %s --help-all",
			 optopt, options_program(table));
}

static int add_value(struct options *options, const struct option_row *row,
		     const char *value)
{
	struct option_value *values = reallocarray(
		options->values, options->value_count + 1, sizeof(*values));

	if (!values)
		return -ENOMEM;
	options->values = values;
	values[options->value_count++] =
		(struct option_value){.row = row, .value = value};
	return 0;
}

/* Let @value count for @row from now on: the last one, or one more of them. */
static int give_value(struct options *options, const struct option_row *row,
		      const char *value)
{
	for (size_t i = 0; i < options->value_count; i++) {
		if (options->values[i].row == row &&
		    !(row->flags & OPTION_REPEATABLE)) {
			options->values[i].value = value;
			return 0;
		}
	}
	return add_value(options, row, value);
}

/* Walk through the arguments; afterwards the operands stand at optind. */
static int walk(struct options *options, const struct getopt_table *getopt_table,
		struct error *err)
{
	int argc = (int)options->strings.count;
	char **argv = options->strings.items;
	int code;
	int rc;

	/* 0 makes glibc start anew and forget its place in a cluster. */
	optind = 0;
	opterr = 0;
	while ((code = getopt_long(argc, argv, getopt_table->letters,
				   getopt_table->longs, NULL)) != -1) {
		const struct help_option *help = help_of(code);
		const struct option_row *row;

		if (code == '?' || code == ':')
			return refuse_usage(options->table, code, argv[optind - 1],
					    err);
		if (help) {
			options->help = help->help;
			continue;
		}
		row = row_of(options->table, code);
		rc = give_value(options, row, row->argument ? optarg : "");
		if (rc < 0)
			return error_sys(err, -rc, "cannot keep the options");
	}
	return 0;
}

static int take_operands(struct options *options, struct error *err)
{
	const struct option_table *table = options->table;
	const char *program = options_program(table);
	size_t first = (size_t)optind;
	size_t count = options->strings.count - first;

	if (options->help)
		return 0;
	if (count < table->operands_min)
		return error_set(err, EINVAL, "%s needs %s; see %s --help", program,
				 table->operands, program);
	if (count > table->operands_max)
		return error_set(
			err, EINVAL,
			"%s does not know what to do with '%s'; see %s --help", program,
			options->strings.items[first + table->operands_max], program);
	options->operands = calloc(count + 1, sizeof(char *));
	if (!options->operands)
		return error_sys(err, ENOMEM, "cannot keep the operands");
	memcpy(options->operands, options->strings.items + first,
	       count * sizeof(char *));
	options->operand_count = count;
	return 0;
}

/* Bring the values into the order of the table, with the fallbacks. */
static int complete_values(struct options *options)
{
	struct options ordered = {0};
	int rc = 0;

	for (size_t i = 0; i < options->table->row_count && rc == 0; i++) {
		const struct option_row *row = &options->table->rows[i];
		bool given = false;

		for (size_t v = 0; v < options->value_count && rc == 0; v++) {
			if (options->values[v].row != row)
				continue;
			given = true;
			rc = add_value(&ordered, row, options->values[v].value);
		}
		if (!given && row->fallback && rc == 0)
			rc = add_value(&ordered, row, row->fallback);
	}
	free(options->values);
	options->values = ordered.values;
	options->value_count = ordered.value_count;
	return rc;
}

static int parse_values(const struct options *options, void *target, struct error *err)
{
	struct error why = {""};

	for (size_t i = 0; i < options->value_count; i++) {
		const struct option_row *row = options->values[i].row;
		int rc = row->parse(options->values[i].value,
				    (char *)target + row->offset, &why);

		if (rc < 0)
			return error_set(err, -rc, "--%s: %s", row->name, why.sentence);
	}
	return 0;
}

int options_parse(struct options *options, const struct option_table *table, int argc,
		  char **argv, void *target, struct error *err)
{
	struct options parsed = {.table = table};
	struct getopt_table getopt_table = {0};
	int rc;

	rc = arguments_expand(&parsed.strings, argc, argv, err);
	if (rc < 0)
		return rc;
	rc = getopt_table_init(&getopt_table, table);
	if (rc < 0)
		error_sys(err, -rc, "cannot keep the options");
	if (rc == 0)
		rc = walk(&parsed, &getopt_table, err);
	if (rc == 0)
		rc = take_operands(&parsed, err);
	if (rc == 0 && complete_values(&parsed) < 0)
		rc = error_sys(err, ENOMEM, "cannot keep the options");
	if (rc == 0 && !parsed.help)
		rc = parse_values(&parsed, target, err);
	free(getopt_table.longs);
	if (rc < 0) {
		options_release(&parsed);
		return rc;
	}
	*options = parsed;
	return 0;
}

void options_release(struct options *options)
{
	free(options->values);
	free(options->operands);
	arguments_release(&options->strings);
	memset(options, 0, sizeof(*options));
}

/* Take the values of @row out, and return where they stood. */
static size_t drop_values(struct options *options, const struct option_row *row)
{
	size_t place = 0;
	size_t kept = 0;

	for (size_t i = 0; i < options->value_count; i++) {
		if (options->values[i].row == row)
			continue;
		if (options->values[i].row < row)
			place = kept + 1;
		options->values[kept++] = options->values[i];
	}
	options->value_count = kept;
	return place;
}

int options_replace(struct options *options, const char *name, const char *value)
{
	const struct option_table *table = options->table;
	const struct option_row *row = NULL;
	char *copy = NULL;
	size_t place;

	for (size_t i = 0; i < table->row_count; i++)
		if (strcmp(table->rows[i].name, name) == 0)
			row = &table->rows[i];
	if (!row && (*name || !options->operand_count || !value))
		return -ENOENT;
	if (value) {
		copy = arguments_add(&options->strings, value);
		if (!copy)
			return -ENOMEM;
	}
	if (!row) {
		options->operands[0] = copy;
		return 0;
	}
	place = drop_values(options, row);
	if (!copy)
		return 0;
	if (add_value(options, row, copy) < 0)
		return -ENOMEM;
	/* It was added at the end; it belongs at @place. */
	memmove(options->values + place + 1, options->values + place,
		(options->value_count - 1 - place) * sizeof(*options->values));
	options->values[place] = (struct option_value){.row = row, .value = copy};
	return 0;
}

static int save_value(const struct option_value *value, FILE *file)
{
	char *text = NULL;
	int rc;

	if (!value->row->argument)
		rc = asprintf(&text, "--%s", value->row->name);
	else
		rc = asprintf(&text, "--%s=%s", value->row->name, value->value);
	if (rc < 0)
		return -ENOMEM;
	rc = arguments_write(file, text);
	free(text);
	return rc;
}

int options_save(const struct options *options, FILE *file)
{
	bool dashed = false;
	int rc = 0;

	for (size_t i = 0; i < options->value_count && rc == 0; i++)
		if (!(options->values[i].row->flags & OPTION_NOT_SAVED))
			rc = save_value(&options->values[i], file);
	for (size_t i = 0; i < options->operand_count; i++)
		dashed |= options->operands[i][0] == '-';
	/* Not otherwise: options may then still follow the @FILE. */
	if (dashed && rc == 0)
		rc = arguments_write(file, "--");
	for (size_t i = 0; i < options->operand_count && rc == 0; i++)
		rc = arguments_write(file, options->operands[i]);
	return rc;
}

/* ---- ready parse functions --------------------------------------------- */

int option_flag(const char *value, void *target, struct error *err)
{
	(void)value;
	(void)err;
	*(bool *)target = true;
	return 0;
}

int option_text(const char *value, void *target, struct error *err)
{
	if (!*value)
		return error_set(err, EINVAL, "the value is empty");
	*(const char **)target = value;
	return 0;
}

int option_add(const char *value, void *target, struct error *err)
{
	if (!*value)
		return error_set(err, EINVAL, "the value is empty");
	return arguments_add(target, value) ? 0
					    : error_sys(err, ENOMEM, "cannot keep it");
}

int option_count(const char *value, void *target, struct error *err)
{
	return units_parse_count(value, target, err);
}

int option_number(const char *value, void *target, struct error *err)
{
	uint64_t count;
	int rc = units_parse_count(value, &count, err);

	if (rc < 0)
		return rc;
	if (count > UINT32_MAX)
		return error_set(err, EINVAL, "'%s' is too large a number", value);
	*(uint32_t *)target = (uint32_t)count;
	return 0;
}

int option_size(const char *value, void *target, struct error *err)
{
	return units_parse_size(value, target, err);
}

int option_time(const char *value, void *target, struct error *err)
{
	return units_parse_time(value, target, err);
}

int option_patience(const char *value, void *target, struct error *err)
{
	uint64_t ns = 0;
	int rc = units_parse_time(value, &ns, err);

	if (rc == 0 && ns == 0)
		return error_set(err, EINVAL, "\"%s\" is no time to wait", value);
	if (rc == 0)
		*(uint64_t *)target = ns;
	return rc;
}

int option_sizes(const char *value, void *target, struct error *err)
{
	struct option_size_range *range = target;

	return units_parse_size_range(value, &range->min_bytes, &range->max_bytes, err);
}
