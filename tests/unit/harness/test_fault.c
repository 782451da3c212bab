/* fault - what --fault takes, what it refuses, and with which words. */
#include "harness/fault.h"

#include "tests/unit/unit.h"

#include <errno.h>
#include <string.h>

#define SECOND ((uint64_t)1000000000)

static struct fault parsed(const char *text)
{
	struct fault fault;
	struct error err = {""};

	ck_assert_msg(fault_parse(text, &fault, &err) == 0, "%s: %s", text,
		      err.sentence);
	return fault;
}

START_TEST(each_kind)
{
	struct fault fault = parsed("10s:kill 3");

	ck_assert_int_eq(fault.kind, FAULT_KILL);
	ck_assert_uint_eq(fault.rank, 3);
	ck_assert(!fault.by_share);
	ck_assert_uint_eq(fault.after_ns, 10 * SECOND);
	ck_assert_str_eq(fault.what, "kill 3");
	ck_assert_int_eq(parsed("1.5s:kill-holder").kind, FAULT_KILL_HOLDER);
	ck_assert_uint_eq(parsed("1.5s:kill-holder").after_ns, 3 * SECOND / 2);
	ck_assert_int_eq(parsed("0s:kill-waiter").kind, FAULT_KILL_WAITER);
	fault = parsed("2m: stop  0  for  200ms");
	ck_assert_int_eq(fault.kind, FAULT_STOP);
	ck_assert_uint_eq(fault.after_ns, 120 * SECOND);
	ck_assert_uint_eq(fault.rank, 0);
	ck_assert_uint_eq(fault.stop_ns, SECOND / 5);
	fault = parsed("50%:stop-holder for 90s");
	ck_assert_int_eq(fault.kind, FAULT_STOP_HOLDER);
	ck_assert_uint_eq(fault.stop_ns, 90 * SECOND);
	fault = parsed("3s:run echo a:b  'c d' >x; false");
	ck_assert_int_eq(fault.kind, FAULT_RUN);
	ck_assert_str_eq(fault_command(&fault), "echo a:b  'c d' >x; false");
}
END_TEST

START_TEST(shares)
{
	static const struct {
		const char *text;
		uint32_t ppm;
	} cases[] = {
		{"0%:kill 0", 0},	  {"50%:kill 0", 500000},
		{"12.5%:kill 0", 125000}, {"0.0001%:kill 0", 1},
		{"100%:kill 0", 1000000},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct fault fault = parsed(cases[i].text);

		ck_assert(fault.by_share);
		ck_assert_uint_eq(fault.share_ppm, cases[i].ppm);
	}
}
END_TEST

/* Each with a word of its sentence. */
START_TEST(what_is_refused)
{
	static const struct {
		const char *text, *word;
	} cases[] = {
		{"", "WHEN:WHAT"},
		{"kill 3", "WHEN:WHAT"},
		{"10s", "WHEN:WHAT"},
		{":kill 3", "not a time"},
		{"-1s:kill 3", "-1s"},
		{"ten:kill 3", "ten"},
		{"101%:kill 3", "all"},
		{"%:kill 3", "share"},
		{"-5%:kill 3", "share"},
		{"5%%:kill 3", "share"},
		{"5.%.:kill 3", "share"},
		{"nan%:kill 3", "share"},
		{"1e1%:kill 3", "share"},
		{"10s:", "no fault"},
		{"10s:murder 3", "no fault"},
		{"10s:kill-hodler", "kill-holder"},
		{"10s:kill", "kill RANK"},
		{"10s:kill x", "kill RANK"},
		{"10s:kill -1", "kill RANK"},
		{"10s:kill 4294967295", "kill RANK"},
		{"10s:kill 3 now", "kill RANK"},
		{"10s:kill-holder 3", "kill-holder"},
		{"10s:stop 3", "stop RANK for TIME"},
		{"10s:stop 3 for", "not a time"},
		{"10s:stop for 3s", "stop RANK for TIME"},
		{"10s:stop 3 for 0s", "longer than 0 s"},
		{"10s:stop 3 for 25h", "a day"},
		{"10s:stop-holder 5s", "stop-holder for TIME"},
		{"10s:stop-holder for 5s and more", "stop-holder for TIME"},
		{"10s:run", "run COMMAND"},
		{"10s:run   ", "run COMMAND"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct fault fault = {.rank = 77};
		struct error err = {""};

		ck_assert_msg(fault_parse(cases[i].text, &fault, &err) == -EINVAL,
			      "\"%s\" was taken", cases[i].text);
		ck_assert_msg(strstr(err.sentence, cases[i].word) != NULL, "%s: %s",
			      cases[i].text, err.sentence);
		ck_assert_uint_eq(fault.rank, 77);
	}
}
END_TEST

START_TEST(one_that_is_too_long)
{
	char text[FAULT_WHAT_MAX + 16];
	struct fault fault;

	memset(text, 'x', sizeof(text));
	memcpy(text, "1s:run ", 7);
	text[3 + FAULT_WHAT_MAX] = '\0';
	ck_assert_int_eq(fault_parse(text, &fault, NULL), 0);
	ck_assert_uint_eq(strlen(fault_command(&fault)), FAULT_WHAT_MAX - 4);
	text[3 + FAULT_WHAT_MAX] = 'x';
	text[4 + FAULT_WHAT_MAX] = '\0';
	ck_assert_int_eq(fault_parse(text, &fault, NULL), -EINVAL);
}
END_TEST

START_TEST(in_words_and_in_all)
{
	const struct fault faults[] = {
		parsed("10s:stop 1 for 2s"),
		parsed("12.5%:stop-holder for 500ms"),
		parsed("1s:kill 0"),
	};
	char text[FAULT_WHEN_BYTES];

	ck_assert_str_eq(fault_when(&faults[1], text), "at 12.5 %");
	ck_assert_uint_eq(faults_stop_ns(faults, 3), 5 * SECOND / 2);
	ck_assert_uint_eq(faults_stop_ns(faults, 0), 0);
	ck_assert(fault_seeks(&faults[1]) && !fault_seeks(&faults[0]));
	ck_assert(fault_kills(&faults[2]) && !fault_kills(&faults[1]));
}
END_TEST

UNIT_MAIN("fault", 60, each_kind, shares, what_is_refused, one_that_is_too_long,
	  in_words_and_in_all)
