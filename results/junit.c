/* junit - see junit.h. */
#include "results/junit.h"

#include "results/xml.h"

static void put_attribute(FILE *stream, const char *name, const char *value)
{
	if (!value)
		return;
	fprintf(stream, " %s=\"", name);
	put_xml_text(stream, value);
	putc('"', stream);
}

static void put_outcome(FILE *stream, const struct junit_case *test)
{
	static const char *const elements[] = {
		[JUNIT_FAILURE] = "failure",
		[JUNIT_ERROR] = "error",
		[JUNIT_SKIPPED] = "skipped",
	};

	if (test->outcome == JUNIT_PASSED)
		return;
	fprintf(stream, "      <%s", elements[test->outcome]);
	put_attribute(stream, "message", test->message);
	if (test->facts && test->outcome != JUNIT_SKIPPED) {
		putc('>', stream);
		put_xml_lines(stream, test->facts);
		fprintf(stream, "</%s>\n", elements[test->outcome]);
	} else {
		fputs("/>\n", stream);
	}
}

static void put_case(FILE *stream, const struct junit_case *test)
{
	fputs("    <testcase", stream);
	put_attribute(stream, "classname", test->classname);
	put_attribute(stream, "name", test->name);
	if (test->seconds >= 0)
		fprintf(stream, " time=\"%.6f\"", test->seconds);
	if (test->outcome == JUNIT_PASSED && !test->output) {
		fputs("/>\n", stream);
		return;
	}
	fputs(">\n", stream);
	put_outcome(stream, test);
	if (test->output) {
		fputs("      <system-out>", stream);
		put_xml_lines(stream, test->output);
		fputs("</system-out>\n", stream);
	}
	fputs("    </testcase>\n", stream);
}

static void put_properties(FILE *stream, const struct junit_property *properties)
{
	if (!properties)
		return;
	fputs("    <properties>\n", stream);
	for (; properties->name; properties++) {
		fputs("      <property", stream);
		put_attribute(stream, "name", properties->name);
		put_attribute(stream, "value", properties->value);
		fputs("/>\n", stream);
	}
	fputs("    </properties>\n", stream);
}

static void put_suite(FILE *stream, const struct junit_suite *suite)
{
	size_t tally[] = {0, 0, 0, 0};

	for (size_t i = 0; i < suite->count; i++)
		tally[suite->cases[i].outcome]++;
	fputs("  <testsuite", stream);
	put_attribute(stream, "name", suite->name);
	fprintf(stream,
		" tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\"",
		suite->count, tally[JUNIT_FAILURE], tally[JUNIT_ERROR],
		tally[JUNIT_SKIPPED]);
	put_attribute(stream, "timestamp", suite->timestamp);
	put_attribute(stream, "hostname", suite->hostname);
	fputs(">\n", stream);
	put_properties(stream, suite->properties);
	for (size_t i = 0; i < suite->count; i++)
		put_case(stream, &suite->cases[i]);
	fputs("  </testsuite>\n", stream);
}

void junit_write(const struct junit_suite *suites, size_t count, FILE *stream)
{
	fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n", stream);
	for (size_t i = 0; i < count; i++)
		put_suite(stream, &suites[i]);
	fputs("</testsuites>\n", stream);
}
