/*
 * probe_page - the page that a person reads: the verdict, a table of questions for
 * each scope, why an answer that differs matters, and how long things took.
 *
 * Kinds of lock that were asked the same, and answered the same, share a line.
 */
#include "results/probe_report.h"

#include "core/units.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "results/format.h"
#include "results/page.h"

enum {
	COLUMNS = 108,
	MARK_WIDTH = 8,
	QUESTION_WIDTH = 41,
	LOCKS_WIDTH = 16,
	HERE_WIDTH = 16,
	TIME_WIDTH = 10,
	BELOW = MARK_WIDTH + 2, /* where a second line begins */
};

static const char *const marks[PROBE_VERDICTS] = {
	[PROBE_CONFORMS] = "ok",     [PROBE_HARMLESS] = "differs",
	[PROBE_HARMFUL] = "HARM",    [PROBE_UNSUPPORTED] = "none",
	[PROBE_UNCLEAR] = "unclear", [PROBE_NOT_PERFORMED] = "-",
};

static const char *const meanings[PROBE_VERDICTS] = {
	[PROBE_CONFORMS] = "as the manuals say",
	[PROBE_HARMLESS] = "otherwise, without harm",
	[PROBE_HARMFUL] = "otherwise, and data or progress are in danger",
	[PROBE_UNSUPPORTED] = "not supported, and refused by an error",
	[PROBE_UNCLEAR] = "could not be asked",
	[PROBE_NOT_PERFORMED] = "not performed",
};

/* ---- the table ------------------------------------------------------------------ */

/* Results @first up to @end (not included) are one line. */
static size_t group_end(const struct probe_report *report, size_t first)
{
	const struct probe_result *a = &report->results[first];
	size_t end = first + 1;

	for (; end < report->count; end++) {
		const struct probe_result *b = &report->results[end];

		if (a->probe.row != b->probe.row || a->probe.scope != b->probe.scope ||
		    a->verdict != b->verdict || strcmp(a->answer, b->answer) != 0 ||
		    strcmp(a->reason, b->reason) != 0)
			break;
	}
	return end;
}

static void put_padded(FILE *stream, const char *text, int width)
{
	/* A cell that is too long moves the rest, and stays apart from it. */
	fprintf(stream, "%-*s%s", width, text, (int)strlen(text) < width ? "" : " ");
}

static void put_locks(FILE *stream, const struct probe_report *report, size_t first,
		      size_t end)
{
	char text[64] = "";
	size_t used = 0;

	for (size_t i = first; i < end; i++)
		used += (size_t)snprintf(
			text + used, sizeof(text) - used, "%s%s", used ? " " : "",
			probe_lock_names[report->results[i].probe.lock]);
	put_padded(stream, end - first == PROBE_LOCKS ? "all" : text, LOCKS_WIDTH);
}

/* "EAGAIN|EACCES" as "EAGAIN or EACCES". */
static void put_alternatives(FILE *stream, const char *patterns)
{
	for (; *patterns; patterns++) {
		if (*patterns == '|')
			fputs(" or ", stream);
		else
			putc(*patterns, stream);
	}
}

/* "the same"; or "granted / EBADF or granted / EBADF". */
static void compose_expected(FILE *stream, const struct probe_result *result)
{
	const char *const *expected = result->probe.row->expected;
	bool everywhere = strcmp(expected[PROBE_LOCAL], expected[PROBE_NFS3]) == 0 &&
			  strcmp(expected[PROBE_NFS3], expected[PROBE_NFS4]) == 0;

	if (everywhere && strcmp(expected[0], result->answer) == 0) {
		fputs("the same", stream);
		return;
	}
	for (int fs = 0; fs < (everywhere ? 1 : PROBE_CLASSES); fs++) {
		fputs(fs ? " / " : "", stream);
		put_alternatives(stream, expected[fs]);
	}
}

/* What does not fit on the line stands below it. */
static int put_expected(FILE *stream, const struct probe_result *result)
{
	struct text text;
	size_t here = strlen(result->answer);
	size_t room = COLUMNS - MARK_WIDTH - QUESTION_WIDTH - LOCKS_WIDTH -
		      (here < HERE_WIDTH ? HERE_WIDTH : here + 1);

	if (text_begin(&text) < 0)
		return -ENOMEM;
	compose_expected(text.stream, result);
	if (fclose(text.stream) != 0) {
		free(text.bytes);
		return -ENOMEM;
	}
	if (text.size <= room) {
		fputs(text.bytes, stream);
	} else {
		fprintf(stream, "\n%*sshould be ", BELOW, "");
		put_wrapped(stream, text.bytes, BELOW + 10, BELOW + 10, COLUMNS);
	}
	putc('\n', stream);
	free(text.bytes);
	return 0;
}

static int put_line(FILE *stream, const struct probe_report *report, size_t first,
		    size_t end)
{
	const struct probe_result *result = &report->results[first];

	put_padded(stream, marks[result->verdict], MARK_WIDTH);
	put_padded(stream, result->probe.row->question, QUESTION_WIDTH);
	put_locks(stream, report, first, end);
	put_padded(stream, result->answer[0] ? result->answer : "-", HERE_WIDTH);
	if (put_expected(stream, result) < 0)
		return -ENOMEM;
	if (!result->reason[0])
		return 0;
	fprintf(stream, "%*s", BELOW, "");
	put_wrapped(stream, result->reason, BELOW, BELOW, COLUMNS);
	putc('\n', stream);
	return 0;
}

static int put_scope(FILE *stream, const struct probe_report *report,
		     const struct manifest *manifest, enum probe_scope scope)
{
	fprintf(stream, "\n%s ",
		scope == PROBE_TWO_HOSTS ? "Between two hosts," : "Within one host,");
	put_name(stream, manifest->hosts[report->hosts[0]].name);
	if (scope == PROBE_TWO_HOSTS && report->one_host) {
		fputs(" and another: not performed, since there is one host only\n",
		      stream);
		return 0;
	}
	if (scope == PROBE_TWO_HOSTS) {
		fputs(" and ", stream);
		put_name(stream, manifest->hosts[report->hosts[1]].name);
	}
	putc('\n', stream);
	put_padded(stream, "", MARK_WIDTH);
	put_padded(stream, "question", QUESTION_WIDTH);
	put_padded(stream, "locks", LOCKS_WIDTH);
	put_padded(stream, "here", HERE_WIDTH);
	fputs("should be (local / NFSv3 / NFSv4)\n", stream);
	for (size_t first = 0, end; first < report->count; first = end) {
		end = group_end(report, first);
		if (report->results[first].probe.scope == scope &&
		    put_line(stream, report, first, end) < 0)
			return -ENOMEM;
	}
	return 0;
}

/* ---- times ------------------------------------------------------------------------
 */

static uint64_t longest_ns(const struct probe_result *result)
{
	uint64_t longest = 0;

	for (unsigned int i = 0; i < result->took_count; i++)
		if (result->took_ns[i] > longest)
			longest = result->took_ns[i];
	return longest;
}

/* The times of one row in one scope, by kind of lock. */
static void put_times_of(FILE *stream, const struct probe_report *report, size_t first)
{
	const struct probe *probe = &report->results[first].probe;
	uint64_t ns[PROBE_LOCKS] = {0};
	bool measured[PROBE_LOCKS] = {false};
	char text[UNITS_TEXT_BYTES];

	for (size_t i = first; i < report->count; i++) {
		const struct probe_result *result = &report->results[i];

		if (result->probe.row != probe->row ||
		    result->probe.scope != probe->scope)
			break;
		measured[result->probe.lock] = result->took_count > 0;
		ns[result->probe.lock] = longest_ns(result);
	}
	put_padded(stream, probe->row->question, QUESTION_WIDTH);
	put_padded(stream, probe_scope_names[probe->scope], TIME_WIDTH);
	for (int lock = 0; lock < PROBE_LOCKS; lock++)
		fprintf(stream, " %*s", TIME_WIDTH,
			measured[lock] ? units_format_duration(ns[lock], text) : "-");
	putc('\n', stream);
}

static void put_times(FILE *stream, const struct probe_report *report)
{
	const struct probe_row *last_row = NULL;
	bool any = false;

	for (size_t i = 0; i < report->count; i++) {
		const struct probe_result *result = &report->results[i];

		if (!result->took_count || result->probe.row == last_row)
			continue;
		if (!any) {
			putc('\n', stream);
			put_padded(stream, "How long that took, at most",
				   QUESTION_WIDTH);
			put_padded(stream, "", TIME_WIDTH);
			for (int lock = 0; lock < PROBE_LOCKS; lock++)
				fprintf(stream, " %*s", TIME_WIDTH,
					probe_lock_names[lock]);
			putc('\n', stream);
		}
		any = true;
		last_row = result->probe.row;
		put_times_of(stream, report, i);
	}
}

/* ---- the page ---------------------------------------------------------------------
 */

static void put_verdict(FILE *stream, const struct probe_report *report)
{
	const char *name = probe_mount_verdict_name(probe_report_verdict(report));

	for (; *name; name++)
		putc(toupper((unsigned char)*name), stream);
	fputs(": ", stream);
	probe_report_sentence(report, stream);
	putc('\n', stream);
}

static void put_mount(FILE *stream, const struct probe_report *report,
		      const struct manifest *manifest)
{
	const struct manifest_host *host = &manifest->hosts[report->hosts[0]];

	putc('\n', stream);
	put_name(stream, host->mount_source ? host->mount_source : "?");
	fputs(", ", stream);
	put_name(stream, host->fstype ? host->fstype : "?");
	fputs(" (", stream);
	put_name(stream, host->mount_options ? host->mount_options : "");
	fprintf(stream, "), judged as %s\n", probe_class_names[report->class]);
}

static void put_legend(FILE *stream, const struct probe_report *report)
{
	putc('\n', stream);
	for (int verdict = 0; verdict < PROBE_NOT_PERFORMED; verdict++)
		if (probe_report_tally(report, (enum probe_verdict)verdict))
			fprintf(stream, "%-*s%s\n", MARK_WIDTH, marks[verdict],
				meanings[verdict]);
}

int probe_write_page(const struct probe_report *report, const struct manifest *manifest,
		     FILE *stream)
{
	put_verdict(stream, report);
	put_mount(stream, report, manifest);
	for (int scope = 0; scope < PROBE_SCOPES; scope++)
		if (put_scope(stream, report, manifest, (enum probe_scope)scope) < 0)
			return -ENOMEM;
	put_times(stream, report);
	put_legend(stream, report);
	return 0;
}
