/*
 * run_junit - junit.xml of a run or a check: each strategy a test case, and the verdict
 * as one more.
 *
 * CI servers call a build broken for failures and errors, and pass over skipped cases.
 * So a case breaks it exactly where the verdict does: unsafe is a failure,
 * inconclusive an error; what the verdict does not rest on is passed over, and says in
 * its message what it is.
 */
#include "results/writers.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "results/finding.h"
#include "results/junit.h"
#include "results/measure.h"
#include "results/page.h"

enum { FACTS_MAX = 10, MESSAGE_BYTES = 1024 };

/* The texts of one case, which the document borrows. */
struct case_texts {
	char name[256], classname[128], message[MESSAGE_BYTES];
	char *facts; /* owned */
};

struct document {
	struct junit_case *cases;
	struct case_texts *texts;
	size_t count;
};

/* What was found, a line each. */
static char *facts_of(const struct manifest *manifest, const struct judgment *judgment)
{
	const struct finding *findings[FACTS_MAX];
	size_t count = choose_findings(judgment, FACTS_MAX, findings);
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	if (!stream)
		return NULL;
	fprintf(stream, "acknowledged: %llu\n",
		(unsigned long long)judgment->acknowledged);
	if (has_kinds(judgment, 0, ANOMALY_COUNT)) {
		fputs("found: ", stream);
		put_kinds(stream, judgment, 0, ANOMALY_COUNT);
		putc('\n', stream);
	}
	for (size_t i = 0; i < count; i++) {
		put_finding_sentence(stream, manifest, findings[i]);
		putc('\n', stream);
	}
	if (fclose(stream) != 0) {
		free(text);
		return NULL;
	}
	return text;
}

/* What @verdict is where the verdict of the run rests on it. */
static enum junit_outcome outcome_of(enum verdict verdict, const char *expected)
{
	static const enum junit_outcome outcomes[] = {
		[VERDICT_SAFE] = JUNIT_PASSED,
		[VERDICT_UNSAFE] = JUNIT_FAILURE,
		[VERDICT_INCONCLUSIVE] = JUNIT_ERROR,
		[VERDICT_SKIPPED] = JUNIT_ERROR,
	};

	if (expected && strcmp(expected, verdict_name(verdict)) == 0)
		return JUNIT_PASSED;
	if (expected && verdict == VERDICT_SAFE)
		return JUNIT_FAILURE;
	return outcomes[verdict];
}

static void describe_strategy(const struct result *result, size_t index,
			      struct case_texts *texts, struct junit_case *test)
{
	const struct manifest_strategy *s = &result->manifest->strategies[index];
	const struct judgment *j = &result->judgments[index];
	bool rests = verdict_rests_on(result->manifest, index);

	snprintf(texts->name, sizeof(texts->name), "%s", s->name);
	snprintf(texts->message, sizeof(texts->message), "%s%s%s%s%s: %s",
		 rests	      ? ""
		 : s->control ? "a control: "
			      : "not required: ",
		 verdict_name(j->verdict), s->expected ? " (expected " : "",
		 s->expected ? s->expected : "", s->expected ? ")" : "", j->reason);
	test->outcome = outcome_of(j->verdict, s->expected);
	if (!rests && test->outcome != JUNIT_PASSED)
		test->outcome = JUNIT_SKIPPED;
	if (j->verdict != VERDICT_SKIPPED)
		test->seconds = (double)j->duration_ns / 1e9;
	texts->facts = facts_of(result->manifest, j);
	test->facts = texts->facts;
	test->output = test->outcome == JUNIT_SKIPPED && j->verdict == VERDICT_UNSAFE
			       ? texts->facts
			       : NULL;
}

/* The rules of the verdict know more than single strategies: of a check, say. */
static void describe_verdict(const struct result *result, struct case_texts *texts,
			     struct junit_case *test)
{
	snprintf(texts->name, sizeof(texts->name), "verdict");
	snprintf(texts->message, sizeof(texts->message), "%s%s%s",
		 verdict_name(result->verdict.verdict),
		 result->verdict.reason[0] ? ": " : "", result->verdict.reason);
	test->outcome = outcome_of(result->verdict.verdict, NULL);
}

static void describe_harm(const struct check_harm *harm, struct case_texts *texts,
			  struct junit_case *test)
{
	snprintf(texts->name, sizeof(texts->name), "%s", harm->probe);
	snprintf(texts->classname, sizeof(texts->classname), "probe.%s.%s",
		 strcmp(harm->scope, "two hosts") == 0 ? "two-hosts" : "one-host",
		 harm->lock);
	snprintf(texts->message, sizeof(texts->message), "%s: answered \"%s\": %s",
		 harm->question, harm->answer, harm->reason);
	test->outcome = JUNIT_FAILURE;
}

/* The next case of @document, with nothing in it but where its texts are. */
static struct junit_case *next_case(struct document *document, const char *classname,
				    struct case_texts **ret_texts)
{
	struct case_texts *texts = &document->texts[document->count];
	struct junit_case *test = &document->cases[document->count++];

	snprintf(texts->classname, sizeof(texts->classname), "%s", classname);
	test->classname = texts->classname;
	test->name = texts->name;
	test->message = texts->message;
	test->seconds = -1;
	*ret_texts = texts;
	return test;
}

static void describe_all(const struct result *result, const char *classname,
			 struct document *document)
{
	const struct check_facts *check = &result->manifest->check;
	struct junit_case *test;
	struct case_texts *texts;

	test = next_case(document, classname, &texts);
	describe_verdict(result, texts, test);
	for (size_t i = 0; i < result->manifest->strategy_count; i++) {
		test = next_case(document, classname, &texts);
		describe_strategy(result, i, texts, test);
	}
	for (size_t i = 0; i < check->harm_count; i++) {
		test = next_case(document, classname, &texts);
		describe_harm(&check->harms[i], texts, test);
	}
}

int write_junit(const struct output_context *context, FILE *stream, struct error *err)
{
	const struct manifest *m = context->result->manifest;
	bool check = m->check.level != CHECK_NONE;
	size_t most = 1 + m->strategy_count + m->check.harm_count;
	const struct junit_property properties[] = {
		{"label", m->label ? m->label : ""},
		{"directory", m->data_dir},
		{"run", m->run_id},
		{NULL, NULL},
	};
	struct document document = {
		.cases = calloc(most, sizeof(*document.cases)),
		.texts = calloc(most, sizeof(*document.texts)),
	};
	struct junit_suite suite = {
		.name = check ? "tailrace check" : "tailrace run",
		.timestamp = m->created_utc,
		.hostname = m->host_count ? m->hosts[0].name : NULL,
		.properties = properties,
		.cases = document.cases,
	};
	bool ready = document.cases && document.texts;

	if (ready) {
		describe_all(context->result, check ? "check" : "run", &document);
		suite.count = document.count;
		junit_write(&suite, 1, stream);
	}
	for (size_t i = 0; ready && i < document.count; i++)
		free(document.texts[i].facts);
	free(document.cases);
	free(document.texts);
	return ready ? 0 : error_set(err, ENOMEM, "no memory for junit.xml");
}
