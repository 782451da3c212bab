/* junit - the document, and that nothing breaks it. */
#include "results/junit.h"

#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>

static char *text;

static const char *written(const struct junit_case *cases, size_t count)
{
	struct junit_suite suite = {.name = "s", .cases = cases, .count = count};
	size_t size;
	FILE *stream;

	free(text);
	stream = open_memstream(&text, &size);
	junit_write(&suite, 1, stream);
	fclose(stream);
	return text;
}

START_TEST(each_outcome_has_its_element)
{
	static const struct junit_case cases[] = {
		{.classname = "a.b", .name = "passed", .seconds = 0.25},
		{.classname = "a.b",
		 .name = "failed",
		 .seconds = -1,
		 .outcome = JUNIT_FAILURE,
		 .message = "why"},
		{.classname = "a.b",
		 .name = "hung",
		 .seconds = -1,
		 .outcome = JUNIT_ERROR,
		 .message = "who knows"},
		{.classname = "a.b",
		 .name = "left out",
		 .seconds = -1,
		 .outcome = JUNIT_SKIPPED,
		 .message = "cannot",
		 .output = "more"},
	};

	ck_assert_str_eq(
		written(cases, 4),
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<testsuites>\n"
		"  <testsuite name=\"s\" tests=\"4\" failures=\"1\" errors=\"1\" "
		"skipped=\"1\">\n"
		"    <testcase classname=\"a.b\" name=\"passed\" time=\"0.250000\"/>\n"
		"    <testcase classname=\"a.b\" name=\"failed\">\n"
		"      <failure message=\"why\"/>\n"
		"    </testcase>\n"
		"    <testcase classname=\"a.b\" name=\"hung\">\n"
		"      <error message=\"who knows\"/>\n"
		"    </testcase>\n"
		"    <testcase classname=\"a.b\" name=\"left out\">\n"
		"      <skipped message=\"cannot\"/>\n"
		"      <system-out>more</system-out>\n"
		"    </testcase>\n"
		"  </testsuite>\n"
		"</testsuites>\n");
}
END_TEST

/* XML 1.0, sections 2.2 and 2.4; what it cannot hold stands as %XX. */
START_TEST(no_text_breaks_the_document)
{
	static const struct {
		const char *name, *expected;
	} texts[] = {
		{"a<b>&\"c'", "a&lt;b&gt;&amp;&quot;c'"},
		{"]]>", "]]&gt;"},
		{"tab\treturn\rend", "tab%09return%0Dend"},
		{"\001\033[31m\177", "%01%1B[31m%7F"},
		{"\xff\xfe", "%FF%FE"},
		{"\xc3\xa4\xe2\x82\xac", "\xc3\xa4\xe2\x82\xac"},
		{"\xc3", "%C3"},
		{"\xed\xa0\x80", "%ED%A0%80"}, /* a surrogate */
		{"x\xef\xbf\xbfy\xef\xbf\xbe", "x%EF%BF%BFy%EF%BF%BE"},
		{"50 %", "50 %"},
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct junit_case test = {.classname = "c",
					  .name = texts[i].name,
					  .seconds = -1,
					  .outcome = JUNIT_FAILURE,
					  .message = texts[i].name,
					  .output = texts[i].name};
		char expected[256];

		snprintf(expected, sizeof(expected),
			 "name=\"%s\">\n      <failure message=\"%s\"/>\n"
			 "      <system-out>%s</system-out>\n",
			 texts[i].expected, texts[i].expected, texts[i].expected);
		ck_assert_msg(strstr(written(&test, 1), expected), "%s\nis not in\n%s",
			      expected, text);
	}
}
END_TEST

/* But not in a name, which is one line everywhere. */
START_TEST(facts_and_output_keep_their_lines)
{
	static const struct junit_case test = {.classname = "c",
					       .name = "a\nb",
					       .seconds = -1,
					       .outcome = JUNIT_FAILURE,
					       .message = "a\nb",
					       .facts = "1 < 2\n\x01",
					       .output = "c\nd"};

	ck_assert_ptr_nonnull(strstr(written(&test, 1),
				     "<testcase classname=\"c\" name=\"a%0Ab\">\n"
				     "      <failure message=\"a%0Ab\">1 &lt; 2\n%01"
				     "</failure>\n"
				     "      <system-out>c\nd</system-out>\n"));
}
END_TEST

START_TEST(properties_stand_before_the_cases)
{
	static const struct junit_property properties[] = {{"label", "a\"b"},
							   {NULL, NULL}};
	struct junit_suite suite = {.name = "s", .properties = properties};
	size_t size;
	FILE *stream;

	free(text);
	stream = open_memstream(&text, &size);
	junit_write(&suite, 1, stream);
	fclose(stream);
	ck_assert_ptr_nonnull(
		strstr(text, "    <properties>\n"
			     "      <property name=\"label\" value=\"a&quot;b\"/>\n"
			     "    </properties>\n"));
}
END_TEST

UNIT_MAIN("junit", 30, each_outcome_has_its_element, no_text_breaks_the_document,
	  facts_and_output_keep_their_lines, properties_stand_before_the_cases)
