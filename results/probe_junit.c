/* probe_junit - each probe a test case; junit.h writes them. */
#include "results/probe_report.h"

#include <errno.h>
#include <stdlib.h>

#include "results/junit.h"

static const enum junit_outcome outcomes[PROBE_VERDICTS] = {
	[PROBE_CONFORMS] = JUNIT_PASSED, [PROBE_HARMLESS] = JUNIT_PASSED,
	[PROBE_HARMFUL] = JUNIT_FAILURE, [PROBE_UNSUPPORTED] = JUNIT_SKIPPED,
	[PROBE_UNCLEAR] = JUNIT_ERROR,	 [PROBE_NOT_PERFORMED] = JUNIT_SKIPPED,
};

/* The texts of one case, which the document borrows. */
struct texts {
	char classname[64];
	char message[512];
};

static void describe(const struct probe_report *report,
		     const struct probe_result *result, struct texts *texts,
		     struct junit_case *ret_case)
{
	const struct probe *probe = &result->probe;

	/* Readers part the class at its dots: scope, then kind of lock. */
	snprintf(texts->classname, sizeof(texts->classname), "probe.%s.%s",
		 probe->scope == PROBE_TWO_HOSTS ? "two-hosts" : "one-host",
		 probe_lock_names[probe->lock]);
	snprintf(texts->message, sizeof(texts->message),
		 "%s: answered \"%s\", expected \"%s\" (%s)%s%s", probe->row->question,
		 result->answer, probe->row->expected[report->class],
		 probe->row->source, result->reason[0] ? ": " : "", result->reason);
	*ret_case = (struct junit_case){
		.classname = texts->classname,
		.name = probe->row->name,
		.seconds = -1,
		.outcome = outcomes[result->verdict],
		.message = texts->message,
		.output = result->verdict == PROBE_HARMLESS ? texts->message : NULL,
	};
	if (!result->answer[0])
		ret_case->message = result->reason;
}

int probe_write_junit(const struct probe_report *report,
		      const struct manifest *manifest, FILE *stream)
{
	struct texts *texts = calloc(report->count + 1, sizeof(*texts));
	struct junit_case *cases = calloc(report->count + 1, sizeof(*cases));
	struct junit_suite suite = {
		.name = "tailrace probe",
		.timestamp = manifest->created_utc,
		.hostname = manifest->hosts[report->hosts[0]].name,
		.cases = cases,
		.count = report->count,
	};
	int rc = texts && cases ? 0 : -ENOMEM;

	for (size_t i = 0; rc == 0 && i < report->count; i++)
		describe(report, &report->results[i], &texts[i], &cases[i]);
	if (rc == 0)
		junit_write(&suite, 1, stream);
	free(cases);
	free(texts);
	return rc;
}
