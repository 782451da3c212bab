/*
 * test_options - one table: what is parsed, refused, shown and saved; and the
 * files of arguments, which must give back every name exactly.
 */
#include "core/options.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

struct wanted {
	uint64_t records;
	uint32_t ranks;
	struct option_size_range sizes;
	uint64_t duration_ns;
	const char *label;
	bool quiet;
	size_t faults;
	const char *last_fault;
};

static int count_fault(const char *value, void *target, struct error *err)
{
	struct wanted *wanted = target;

	if (strcmp(value, "bad") == 0)
		return error_set(err, EINVAL, "a bad fault");
	wanted->faults++;
	wanted->last_fault = value;
	return 0;
}

#define AT(field) offsetof(struct wanted, field)

static const struct option_row rows[] = {
	{"records", 0, "N", "Load", "Records of each rank.", "1000", option_count,
	 AT(records), 0},
	{"size", 0, "BYTES[-BYTES]", "Load", "Size of a record.", "4k", option_sizes,
	 AT(sizes), 0},
	{"duration", 0, "TIME", "Load", "How long.", NULL, option_time, AT(duration_ns),
	 0},
	{"fault", 0, "WHEN:WHAT", "Load", "What shall break.", NULL, count_fault, 0,
	 OPTION_REPEATABLE},
	{"ranks", 'n', "N", "Launch", "How many ranks.", NULL, option_number, AT(ranks),
	 OPTION_NOT_SAVED},
	{"label", 0, "NAME", "Output", "A name for the run folder.", NULL, option_text,
	 AT(label), 0},
	{"quiet", 'q', NULL, "Output", "Say less.", NULL, option_flag, AT(quiet), 0},
};

static const struct option_table table = {
	.program = "tailrace try",
	.operands = "DIR",
	.summary = "Try something.",
	.rows = rows,
	.row_count = sizeof(rows) / sizeof(rows[0]),
	.operands_min = 1,
	.operands_max = 1,
};

/* A NULL-terminated list after the program's name. */
#define PARSE(options, wanted, err, ...)                                               \
	parse(options, wanted, err, (const char *[]){"try", __VA_ARGS__, NULL})

static int parse(struct options *options, struct wanted *wanted, struct error *err,
		 const char **argv)
{
	int argc = 0;

	while (argv[argc])
		argc++;
	memset(wanted, 0, sizeof(*wanted));
	return options_parse(options, &table, argc, (char **)argv, wanted, err);
}

#define REFUSED(expected, ...)                                                         \
	do {                                                                           \
		struct options refused_ = {0};                                         \
		struct wanted wanted_;                                                 \
		struct error err_;                                                     \
                                                                                       \
		ck_assert_int_eq(PARSE(&refused_, &wanted_, &err_, __VA_ARGS__),       \
				 -EINVAL);                                             \
		ck_assert_str_eq(err_.sentence, expected);                             \
		ck_assert_ptr_null(refused_.strings.items);                            \
	} while (0)

/* Write @text to a new file in the working folder, and return "@" and its name. */
static const char *file_of(const char *name, const char *text)
{
	FILE *file = fopen(name + 1, "w");

	ck_assert_ptr_nonnull(file);
	fputs(text, file);
	fclose(file);
	return name;
}

static void enter_new_folder(void)
{
	char path[] = "/tmp/tailrace-options-XXXXXX";

	ck_assert_ptr_nonnull(mkdtemp(path));
	ck_assert_int_eq(chdir(path), 0);
}

/* Remove the files of @names (NULL at the end) and the folder. */
static void leave_folder(const char *const *names)
{
	char path[64];

	for (; *names; names++)
		ck_assert_int_eq(unlink(*names), 0);
	ck_assert_ptr_nonnull(getcwd(path, sizeof(path)));
	ck_assert_int_eq(chdir("/"), 0);
	ck_assert_int_eq(rmdir(path), 0);
}

START_TEST(all_forms)
{
	struct options options = {0};
	struct wanted wanted;
	struct error err;

	ck_assert_int_eq(PARSE(&options, &wanted, &err, "--records", "5", "DIR",
			       "--size=64-4096", "-n", "3", "-q", "--dur", "2m",
			       "--fault=a", "--fault", "b", "--records=7"),
			 0);
	ck_assert_uint_eq(wanted.records, 7);
	ck_assert_uint_eq(wanted.ranks, 3);
	ck_assert_uint_eq(wanted.sizes.min_bytes, 64);
	ck_assert_uint_eq(wanted.sizes.max_bytes, 4096);
	ck_assert_uint_eq(wanted.duration_ns, 120000000000);
	ck_assert(wanted.quiet);
	ck_assert_uint_eq(wanted.faults, 2);
	ck_assert_str_eq(wanted.last_fault, "b");
	ck_assert_uint_eq(options.operand_count, 1);
	ck_assert_str_eq(options.operands[0], "DIR");
	options_release(&options);
	options_release(&options);

	/* Fallbacks, and an operand that looks like an option. */
	ck_assert_int_eq(PARSE(&options, &wanted, &err, "--", "--dir"), 0);
	ck_assert_uint_eq(wanted.records, 1000);
	ck_assert_uint_eq(wanted.sizes.max_bytes, 4096);
	ck_assert_ptr_null(wanted.label);
	ck_assert_str_eq(options.operands[0], "--dir");
	options_release(&options);
}
END_TEST

START_TEST(wrong_usage)
{
	REFUSED("there is no option --recrods; did you mean --records?", "--recrods=3",
		"D");
	REFUSED("there is no option --hlep; did you mean --help?", "--hlep");
	REFUSED("there is no option --banana; see tailrace try --help-all", "--banana",
		"D");
	REFUSED("there is no option -x; see tailrace try --help-all", "-qx", "D");
	REFUSED("--r may mean several options; write it in full, as tailrace try "
		"--help-all has it",
		"--r=3", "D");
	REFUSED("--records needs a value: --records=N", "D", "--records");
	REFUSED("--ranks needs a value: --ranks=N", "D", "-n");
	REFUSED("--quiet takes no value", "--quiet=yes", "D");
	REFUSED("--help takes no value", "--help=yes", "D");
	REFUSED("--help-all takes no value", "--help-all=yes", "D");
	REFUSED("--records: '-1' is negative; write a number like 1000", "--records",
		"-1", "D");
	REFUSED("--ranks: '4294967296' is too large a number", "-n4294967296", "D");
	REFUSED("--label: the value is empty", "--label=", "D");
	REFUSED("--fault: a bad fault", "--fault=good", "--fault=bad", "D");
	REFUSED("tailrace try needs DIR; see tailrace try --help", "-q");
	REFUSED("tailrace try does not know what to do with 'E'; see tailrace try "
		"--help",
		"D", "E");
	REFUSED("write --records=VALUE, not '--records 5'", "--records 5", "D");
}
END_TEST

START_TEST(files_of_arguments)
{
	struct options options = {0};
	struct wanted wanted;
	struct error err;

	enter_new_folder();
	file_of("@inner", "--quiet\n\\@odd \\\\ \\n name");
	file_of("@outer", "# a comment\n\n--records=9\n--label\n a b\n@inner\n");
	ck_assert_int_eq(PARSE(&options, &wanted, &err, "@outer", "--records=10"), 0);
	ck_assert_uint_eq(wanted.records, 10);
	ck_assert_str_eq(wanted.label, " a b");
	ck_assert(wanted.quiet);
	ck_assert_str_eq(options.operands[0], "@odd \\ \n name");
	options_release(&options);

	ck_assert_int_eq(PARSE(&options, &wanted, &err, "--", "@outer"), 0);
	ck_assert_str_eq(options.operands[0], "@outer");
	options_release(&options);
	leave_folder((const char *const[]){"inner", "outer", NULL});
}
END_TEST

START_TEST(files_that_cannot_be_meant)
{
	struct options options = {0};
	struct wanted wanted;
	struct error err;
	int fd;

	enter_new_folder();
	ck_assert_int_eq(PARSE(&options, &wanted, &err, "@absent"), -ENOENT);
	ck_assert_str_eq(err.sentence, "cannot read the arguments in absent: No such "
				       "file or directory");
	ck_assert_int_eq(PARSE(&options, &wanted, &err, "@."), -EISDIR);
	file_of("@self", "@self\n@self\n");
	REFUSED("@self: files of arguments name each other too often", "@self");
	file_of("@slash", "D\na\\tb\n");
	REFUSED("slash line 2: behind a backslash only n, \\, # or @ can stand",
		"@slash");
	file_of("@end", "a\\");
	REFUSED("end line 1: behind a backslash only n, \\, # or @ can stand", "@end");
	fd = open("nul", O_CREAT | O_WRONLY, 0600);
	ck_assert_int_eq(write(fd, "a\0b", 3), 3);
	ck_assert_int_eq(ftruncate(fd, ARGUMENTS_FILE_BYTES_MAX), 0);
	REFUSED("nul is no file of arguments: it has NULs", "@nul");
	ck_assert_int_eq(ftruncate(fd, ARGUMENTS_FILE_BYTES_MAX + 1), 0);
	REFUSED("nul is too large for a file of arguments", "@nul");
	close(fd);
	leave_folder((const char *const[]){"self", "slash", "end", "nul", NULL});
}
END_TEST

/* The saved arguments of @options, as a string that the caller frees. */
static char *saved(const struct options *options)
{
	char *text = NULL;
	size_t bytes;
	FILE *file = open_memstream(&text, &bytes);

	ck_assert_int_eq(options_save(options, file), 0);
	fclose(file);
	return text;
}

START_TEST(saved_arguments_repeat_the_run)
{
	struct options options = {0};
	struct options again = {0};
	struct wanted wanted, repeated;
	struct error err;
	char *text;
	char *text_again;

	enter_new_folder();
	ck_assert_int_eq(PARSE(&options, &wanted, &err, "-n2", "--fault=x", "--fault=y",
			       "--label=@a\n#b\\ \xff'\"", "-q", "--", "@/#dir"),
			 0);
	ck_assert_int_eq(options_replace(&options, "duration", "90"), 0);
	ck_assert_int_eq(options_replace(&options, "records", "11"), 0);
	ck_assert_int_eq(options_replace(&options, "quiet", NULL), 0);
	ck_assert_int_eq(options_replace(&options, "nothing", "1"), -ENOENT);
	text = saved(&options);
	ck_assert_str_eq(text, "--records=11\n--size=4k\n--duration=90\n--fault=x\n"
			       "--fault=y\n--label=@a\\n#b\\\\ \xff'\"\n\\@/#dir\n");
	file_of("@args", text);
	ck_assert_int_eq(PARSE(&again, &repeated, &err, "@args"), 0);
	ck_assert_uint_eq(repeated.records, 11);
	ck_assert_str_eq(repeated.label, wanted.label);
	ck_assert_str_eq(again.operands[0], "@/#dir");
	text_again = saved(&again);
	ck_assert_str_eq(text, text_again);
	ck_assert_int_eq(options_replace(&again, "", "-x"), 0);
	free(text);
	text = saved(&again);
	ck_assert_ptr_nonnull(strstr(text, "\n--\n-x\n"));
	free(text);
	free(text_again);
	options_release(&options);
	options_release(&again);
	leave_folder((const char *const[]){"args", NULL});
}
END_TEST

/* The page of @help for @shown, as a string that the caller frees. */
static char *page(const struct option_table *shown, enum options_help help)
{
	const struct options options = {.table = shown, .help = help};
	char *text = NULL;
	size_t bytes;
	FILE *file = open_memstream(&text, &bytes);

	options_help(&options, file);
	fclose(file);
	return text;
}

START_TEST(the_help_page)
{
	static const char expected[] =
		"Usage: tailrace try [OPTION]... DIR\n"
		"\n"
		"Try something.\n"
		"\n"
		"Load:\n"
		"      --records N           Records of each rank. (default: 1000)\n"
		"      --size BYTES[-BYTES]  Size of a record. (default: 4k)\n"
		"      --duration TIME       How long.\n"
		"      --fault WHEN:WHAT     What shall break.\n"
		"\n"
		"Launch:\n"
		"  -n, --ranks N             How many ranks.\n"
		"\n"
		"Output:\n"
		"      --label NAME          A name for the run folder.\n"
		"  -q, --quiet               Say less.\n"
		"\n"
		"Help:\n"
		"  -h, --help                Show the usual options.\n"
		"      --help-all            Show all options.\n"
		"\n"
		"@FILE reads arguments from FILE, one a line.\n";
	struct options options = {0};
	struct wanted wanted;
	struct error err;
	char *text = page(&table, OPTIONS_HELP_ALL);

	ck_assert_str_eq(text, expected);
	free(text);
	/* Help needs no operand, and a wrong value does not hide it. */
	ck_assert_int_eq(PARSE(&options, &wanted, &err, "--help", "--records=x"), 0);
	ck_assert_int_eq(options.help, OPTIONS_HELP_USUAL);
	options_release(&options);
	ck_assert_int_eq(PARSE(&options, &wanted, &err, "--help-all"), 0);
	ck_assert_int_eq(options.help, OPTIONS_HELP_ALL);
	options_release(&options);
}
END_TEST

START_TEST(the_short_help_page)
{
	static const char expected[] =
		"Usage: tailrace try [OPTION]... DIR\n"
		"\n"
		"Try something.\n"
		"\n"
		"Load:\n"
		"      --duration TIME       How long.\n"
		"\n"
		"Help:\n"
		"  -h, --help                Show the usual options.\n"
		"      --help-all            Show all options.\n"
		"\n"
		"Examples:\n"
		"  tailrace try here\n"
		"  tailrace try there\n"
		"\n"
		"The end.\n";
	struct option_row some[sizeof(rows) / sizeof(rows[0])];
	struct option_table shown = table;
	char *text = page(&shown, OPTIONS_HELP_USUAL);
	char *all;

	/* No row is marked: all are usual. */
	ck_assert_ptr_nonnull(strstr(text, "--fault WHEN:WHAT"));
	free(text);

	memcpy(some, rows, sizeof(some));
	some[2].flags |= OPTION_USUAL;
	shown.rows = some;
	shown.examples = "tailrace try here\ntailrace try there\n";
	shown.epilogue = "The end.";
	text = page(&shown, OPTIONS_HELP_USUAL);
	all = page(&shown, OPTIONS_HELP_ALL);
	ck_assert_str_eq(text, expected);
	ck_assert_ptr_nonnull(strstr(all, "--fault WHEN:WHAT"));
	free(text);
	free(all);
}
END_TEST

START_TEST(the_words_for_completion)
{
	char *text = page(&table, OPTIONS_HELP_WORDS);

	ck_assert_str_eq(text, "DIR\n--records N\n--size BYTES[-BYTES]\n"
			       "--duration TIME\n--fault WHEN:WHAT\n--ranks N\n-n N\n"
			       "--label NAME\n--quiet\n-q\n--help\n--help-all\n-h\n");
	free(text);
}
END_TEST

UNIT_MAIN("options", 10, all_forms, wrong_usage, files_of_arguments,
	  files_that_cannot_be_meant, saved_arguments_repeat_the_run, the_help_page,
	  the_short_help_page, the_words_for_completion)
