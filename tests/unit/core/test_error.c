/* test_error - sentences: replaced, ended by errno's text, cut, never overrun. */
#include "core/error.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <string.h>

START_TEST(a_sentence_and_its_errno)
{
	struct error err = {0};

	ck_assert_int_eq(error_set(&err, EINVAL, "no such %s as %d", "size", 10),
			 -EINVAL);
	ck_assert_str_eq(err.sentence, "no such size as 10");
	ck_assert_int_eq(error_sys(&err, ENOENT, "cannot open %s", "x"), -ENOENT);
	ck_assert_str_eq(err.sentence, "cannot open x: No such file or directory");
}
END_TEST

START_TEST(a_sentence_is_one_line)
{
	struct error err;

	error_set(&err, EINVAL, "no strategy %s", "x\nsafe\r\033[2J\x7f");
	ck_assert_str_eq(err.sentence, "no strategy x?safe??[2J?");
	error_sys(&err, ENOENT, "no %s", "\xc3\xa4\t");
	ck_assert_str_eq(err.sentence, "no \xc3\xa4?: No such file or directory");
}
END_TEST

START_TEST(nobody_need_listen)
{
	ck_assert_int_eq(error_set(NULL, EIO, "%d", 1), -EIO);
	ck_assert_int_eq(error_sys(NULL, EIO, "%d", 1), -EIO);
}
END_TEST

START_TEST(long_sentences_are_cut)
{
	struct {
		struct error err;
		char guard[16];
	} place;
	char text[3000];

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	/* Around the size, the errno's text fits partly or not at all. */
	for (int length = 900; length < (int)sizeof(text); length++) {
		memset(&place, '!', sizeof(place));
		error_sys(&place.err, ENOENT, "%.*s", length, text);
		ck_assert_uint_lt(
			strnlen(place.err.sentence, sizeof(place.err.sentence)),
			sizeof(place.err.sentence));
		ck_assert_mem_eq(place.guard, "!!!!!!!!!!!!!!!!", sizeof(place.guard));
	}
}
END_TEST

UNIT_MAIN("error", 10, a_sentence_and_its_errno, a_sentence_is_one_line,
	  nobody_need_listen, long_sentences_are_cut)
