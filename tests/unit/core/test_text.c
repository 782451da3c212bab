/* test_text - any bytes become UTF-8 and come back as they were. */
#include "core/random.h"
#include "core/text.h"
#include "tests/unit/unit.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

static void assert_escaped(const char *bytes, const char *expected)
{
	char *text = text_escape(bytes);
	char *back = text_unescape(text);

	ck_assert_str_eq(text, expected);
	ck_assert_str_eq(back, bytes);
	free(text);
	free(back);
}

START_TEST(what_is_utf8_stays)
{
	assert_escaped("", "");
	assert_escaped("plain/path name", "plain/path name");
	assert_escaped("\xc3\xa4\xe2\x82\xac\xf0\x9f\x90\xa6",
		       "\xc3\xa4\xe2\x82\xac\xf0\x9f\x90\xa6");
	assert_escaped("\xf4\x8f\xbf\xbf", "\xf4\x8f\xbf\xbf");
}
END_TEST

START_TEST(what_is_not_becomes_hex)
{
	assert_escaped("100%", "100%25");
	assert_escaped("%41", "%2541");
	assert_escaped("a\xff\xfe", "a%FF%FE");
	assert_escaped("\xc3", "%C3");
	/* RFC 3629: overlong forms, surrogates, past U+10FFFF, lone continuation. */
	assert_escaped("\xc0\xaf", "%C0%AF");
	assert_escaped("\xe0\x80\xaf", "%E0%80%AF");
	assert_escaped("\xed\xa0\x80", "%ED%A0%80");
	assert_escaped("\xf4\x90\x80\x80", "%F4%90%80%80");
	assert_escaped("\xf5\x80\x80\x80", "%F5%80%80%80");
	assert_escaped("\x80", "%80");
	assert_escaped("\xe2\x82", "%E2%82");
	assert_escaped("\xe2\x82z", "%E2%82z");
}
END_TEST

START_TEST(a_percent_without_digits_is_left)
{
	static const char *const texts[] = {"%", "%4", "%g1", "%1g", "a%", "%%"};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		char *back = text_unescape(texts[i]);

		ck_assert_str_eq(back, texts[i]);
		free(back);
	}
}
END_TEST

START_TEST(no_text_ends_early)
{
	/* A NUL in the middle would make one name pass for another. */
	char *back = text_unescape("a%00b");

	ck_assert_uint_ne(strlen(back), 1);
	free(back);
}
END_TEST

START_TEST(random_bytes_come_back)
{
	uint64_t random = 1;

	for (int round = 0; round < 20000; round++) {
		size_t length = random_next(&random) % 40;
		char bytes[41] = {0};
		json_t *json;
		char *text, *back;

		for (size_t i = 0; i < length; i++)
			bytes[i] = (char)(1 + random_next(&random) % 255);
		text = text_escape(bytes);
		back = text_unescape(text);
		ck_assert_str_eq(back, bytes);
		/* jansson takes nothing but valid UTF-8. */
		json = json_string(text);
		ck_assert_ptr_nonnull(json);
		json_decref(json);
		free(text);
		free(back);
	}
}
END_TEST

START_TEST(to_json)
{
	json_t *json = text_to_json("a\xff");

	ck_assert_str_eq(json_string_value(json), "a%FF");
	json_decref(json);
	json = text_to_json(NULL);
	ck_assert(json_is_null(json));
	json_decref(json);
}
END_TEST

UNIT_MAIN("text", 20, what_is_utf8_stays, what_is_not_becomes_hex,
	  a_percent_without_digits_is_left, no_text_ends_early, random_bytes_come_back,
	  to_json)
