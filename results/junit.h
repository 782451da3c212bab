/*
 * junit - results in the XML that CI servers read: test suites of test cases, as
 * Ant's JUnit task writes them (there is no standard; the elements and attributes
 * here are those that the common readers agree on).
 */
#ifndef TAILRACE_RESULTS_JUNIT_H
#define TAILRACE_RESULTS_JUNIT_H

#include <stddef.h>
#include <stdio.h>

enum junit_outcome {
	JUNIT_PASSED,
	JUNIT_FAILURE, /* what was tested is not as it must be */
	JUNIT_ERROR,   /* the test could not tell */
	JUNIT_SKIPPED,
};

/* Texts may hold any bytes but NUL; those that may be NULL say so. */
struct junit_case {
	const char *classname; /* dots part it into packages */
	const char *name;
	double seconds; /* negative: not measured */
	enum junit_outcome outcome;
	const char *message; /* one sentence: why; NULL where it passed */
	const char *facts;   /* lines in the body of a failure or an error, or NULL */
	const char *output;  /* more for people, or NULL */
};

/* What was tested, and how. */
struct junit_property {
	const char *name, *value;
};

struct junit_suite {
	const char *name;
	const char *timestamp;			 /* ISO 8601, or NULL */
	const char *hostname;			 /* or NULL */
	const struct junit_property *properties; /* ended by a name NULL; or NULL */
	const struct junit_case *cases;
	size_t count;
};

/*
 * Write a document with the @count suites.  Control characters and bytes that are no
 * UTF-8, which XML cannot hold, stand as %XX; but the lines of facts and output stay
 * lines.  Errors are left to ferror(3).
 */
void junit_write(const struct junit_suite *suites, size_t count, FILE *stream);

#endif
