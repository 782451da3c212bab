/*
 * html_findings - what was found with each strategy: sentences, the command that shows
 * each with its evidence, and of each kind one with it.
 */
#include "results/html.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "results/explain.h"
#include "results/finding.h"

enum {
	FINDINGS_SHOWN = 12, /* of a strategy; anomalies.csv has up to 1000 of a kind */
	/* Evidence takes reading all histories again; of so many it takes too long. */
	EVIDENCE_APPENDS_MAX = 2000000,
};

/* "tailrace verify RUN --explain flock/overwritten#1" */
static int put_command(const struct html *html, const char *strategy,
		       const struct finding *finding, uint64_t number)
{
	char *what = NULL;
	struct text text;

	if (asprintf(&what, "%s/%s#%" PRIu64, strategy,
		     anomaly_table[finding->kind].name, number) < 0)
		return -ENOMEM;
	if (text_begin(&text) < 0) {
		free(what);
		return -ENOMEM;
	}
	html_verify_command(text.stream, &html->page);
	fputs(" --explain ", text.stream);
	put_shell_word(text.stream, what);
	free(what);
	fputs("<br/><code>", html->page.stream);
	html_text_end(html, &text);
	fputs("</code>", html->page.stream);
	return 0;
}

/* Its evidence; nothing where the data are not there any more. */
static int put_evidence(const struct html *html, const char *strategy,
			const struct finding *finding, uint64_t number)
{
	const struct explain_request request = {
		.strategy = strategy,
		.strategy_length = strlen(strategy),
		.kind = finding->kind,
		.number = number,
	};
	struct text text;

	if (text_begin(&text) < 0)
		return -ENOMEM;
	if (results_explain(html->page.result, html->page.run_dir, &request,
			    text.stream, NULL) < 0) {
		fclose(text.stream);
		free(text.bytes);
		return 0;
	}
	fputs("<details><summary>Evidence</summary><pre tabindex=\"0\">",
	      html->page.stream);
	html_text_end(html, &text);
	fputs("</pre></details>", html->page.stream);
	return 0;
}

static int put_finding(const struct html *html, size_t index,
		       const struct finding *finding)
{
	const struct judgment *judgment = &html->page.result->judgments[index];
	const char *strategy = html->page.result->manifest->strategies[index].name;
	const char *kind = anomaly_table[finding->kind].name;
	uint64_t number = finding_number(judgment, finding);
	FILE *stream = html->page.stream;
	struct text text;
	int rc;

	if (text_begin(&text) < 0)
		return -ENOMEM;
	put_finding_sentence(text.stream, html->page.result->manifest, finding);
	fprintf(stream, "<li id=\"finding-%zu-%s-%" PRIu64 "\"><b>%s</b>: ", index,
		kind, number, kind);
	html_text_end(html, &text);
	rc = put_command(html, strategy, finding, number);
	if (rc == 0 && number == 1 && judgment->attempted <= EVIDENCE_APPENDS_MAX)
		rc = put_evidence(html, strategy, finding, number);
	fputs("</li>\n", stream);
	return rc;
}

static int put_strategy(const struct html *html, size_t index)
{
	const struct judgment *judgment = &html->page.result->judgments[index];
	const struct finding *findings[FINDINGS_SHOWN];
	size_t count = choose_findings(judgment, FINDINGS_SHOWN, findings);
	FILE *stream = html->page.stream;
	int rc = 0;

	if (count == 0)
		return 0;
	fputs("<h3>", stream);
	html_name(html, html->page.result->manifest->strategies[index].name);
	fputs("</h3>\n<ul class=\"findings\">\n", stream);
	for (size_t i = 0; rc == 0 && i < count; i++)
		rc = put_finding(html, index, findings[i]);
	fputs("</ul>\n", stream);
	if (count < judgment->finding_count) {
		fputs("<p class=\"note\">These are ", stream);
		put_count(stream, count);
		fputs(" of ", stream);
		put_count(stream, judgment->finding_count);
		fputs(" in <a href=\"anomalies.csv\">anomalies.csv</a>.</p>\n", stream);
	}
	return rc;
}

int html_findings(const struct html *html)
{
	const struct result *result = html->page.result;
	FILE *stream = html->page.stream;
	size_t count = 0;
	int rc = 0;

	for (size_t i = 0; i < result->manifest->strategy_count; i++)
		count += result->judgments[i].finding_count;
	fputs("<section id=\"findings\">\n<h2>Findings</h2>\n", stream);
	fputs(count > 0 ? "" : "<p>Nothing was found that should not be there.</p>\n",
	      stream);
	for (size_t k = 0; rc == 0 && k < result->manifest->strategy_count; k++)
		rc = put_strategy(html, html->page.order[k]);
	fputs("</section>\n", stream);
	return rc;
}
