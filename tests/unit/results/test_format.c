/* test_format - awkward names in each of the languages that they are put into. */
#include "results/format.h"
#include "tests/unit/unit.h"

#include <stdint.h>
#include <string.h>

typedef void (*put_function)(FILE *stream, const char *text);

static void expect(put_function put, const char *input, const char *wanted)
{
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	put(stream, input);
	fclose(stream);
	ck_assert_str_eq(text, wanted);
	free(text);
}

START_TEST(names_stay_on_one_line)
{
	expect(put_name, "host1", "host1");
	expect(put_name, "a\nb\x1b[31m\x7f", "a%0Ab%1B[31m%7F");
	expect(put_name, "bad\xff", "bad%FF");
	expect(put_name, "J\xc3\xbcrgen \xc2\x9b", "J\xc3\xbcrgen %C2%9B");
	expect(put_name, "0.3 % of 100%", "0.3 % of 100%");
}
END_TEST

START_TEST(csv_quotes_only_what_it_must)
{
	expect(put_csv_field, "plain", "plain");
	expect(put_csv_field, "", "");
	expect(put_csv_field, "a,b", "\"a,b\"");
	expect(put_csv_field, "say \"x\"", "\"say \"\"x\"\"\"");
	expect(put_csv_field, "two\nlines", "\"two\nlines\"");
	expect(put_csv_field, "bad\xff%", "bad%FF%25");
}
END_TEST

START_TEST(gnuplot_expands_nothing)
{
	expect(put_gnuplot_string, "it's `date` \\n {/=20 x}_y^z@&~",
	       "'it''s `date` \\n {/=20 x}_y^z@&~'");
	expect(put_gnuplot_string, "a\nb", "'a%0Ab'");
	expect(put_tsv_field, "a\tb\"c", "a%09b%22c");
}
END_TEST

START_TEST(shell_words_are_one_word)
{
	expect(put_shell_word, "/mnt/nas/run-1", "/mnt/nas/run-1");
	expect(put_shell_word, "", "''");
	expect(put_shell_word, "my run; rm -rf", "'my run; rm -rf'");
	expect(put_shell_word, "it's", "$'it\\'s'");
	expect(put_shell_word, "a\n\xff", "$'a\\012\\377'");
}
END_TEST

START_TEST(counts_are_grouped)
{
	char text[FORMAT_MAX];

	format_count(text, 0);
	ck_assert_str_eq(text, "0");
	format_count(text, 999);
	ck_assert_str_eq(text, "999");
	format_count(text, 1000);
	ck_assert_str_eq(text, "1,000");
	format_count(text, UINT64_MAX);
	ck_assert_str_eq(text, "18,446,744,073,709,551,615");
}
END_TEST

START_TEST(text_is_wrapped_between_words)
{
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	put_wrapped(stream, "one two three averyverylongword", 4, 2, 12);
	fclose(stream);
	ck_assert_str_eq(text, "one two\n  three\n  averyverylongword");
	free(text);
	ck_assert_uint_eq(text_columns("J\xc3\xbcrgen"), 6);
}
END_TEST

UNIT_MAIN("format", 60, names_stay_on_one_line, csv_quotes_only_what_it_must,
	  gnuplot_expands_nothing, shell_words_are_one_word, counts_are_grouped,
	  text_is_wrapped_between_words)
