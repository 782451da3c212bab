/*
 * expect - statements about the judgment that the run must get.
 */
#include "tests/corpus/recipe.h"

#include <stdlib.h>
#include <string.h>

const char *const extra_names[EXTRAS] = {
	"intact",   "recovered", "lock_lost",	"hung",
	"handoffs", "unknown",	 "stale_cache", "view_hosts",
};

static int anomaly_by_name(const char *name)
{
	for (int kind = 0; kind < ANOMALY_COUNT; kind++)
		if (strcmp(anomaly_table[kind].name, name) == 0)
			return kind;
	return -1;
}

static void expect_count(struct recipe *r, char *word)
{
	char *value = strchr(word, '=');
	int kind;

	if (!value)
		wrong(r, "not NAME=COUNT", word);
	*value++ = '\0';
	kind = anomaly_by_name(word);
	if (kind >= 0) {
		r->expected.counts[kind] = (int64_t)number(r, value);
		return;
	}
	for (int i = 0; i < EXTRAS; i++)
		if (strcmp(extra_names[i], word) == 0) {
			r->expected.extras[i] = (int64_t)number(r, value);
			return;
		}
	wrong(r, "no such count", word);
}

/* expect VERDICT NAME=COUNT... */
static void expect(struct recipe *r, char **words)
{
	for (int v = VERDICT_SAFE; words[1] && v <= VERDICT_SKIPPED; v++)
		if (strcmp(verdict_name((enum verdict)v), words[1]) == 0) {
			r->expected.verdict = (enum verdict)v;
			r->expected.said = true;
		}
	if (!r->expected.said)
		wrong(r, "no such verdict", words[1] ? words[1] : "(nothing)");
	for (size_t i = 2; words[i]; i++)
		expect_count(r, words[i]);
}

static void reason(struct recipe *r, char **words)
{
	r->expected.reason = strdup(words[1] ? words[1] : "");
}

/* finding KIND [of W.S] [at OFFSET] [length N] [by W.S] [file W] [hosts H H] */
static void finding(struct recipe *r, char **words)
{
	struct finding f = {
		.file_writer = WRITER_NONE,
		.record.writer = WRITER_NONE,
		.by.writer = WRITER_NONE,
	};
	int kind = anomaly_by_name(words[1] ? words[1] : "");

	if (kind < 0 || r->expected.finding_count == FINDINGS_MAX)
		wrong(r, "no such anomaly, or too many", words[0]);
	f.kind = (enum anomaly)kind;
	for (char **word = words + 2; *word; word += 2) {
		if (strcmp(*word, "of") == 0) {
			f.record = record_named(r, word[1]);
		} else if (strcmp(*word, "by") == 0) {
			f.by = record_named(r, word[1]);
		} else if (strcmp(*word, "at") == 0) {
			f.offset = r->base + number(r, word[1]);
			f.offset_known = true;
		} else if (strcmp(*word, "length") == 0) {
			f.length = number(r, word[1]);
		} else if (strcmp(*word, "file") == 0) {
			f.file_writer = writer_named(r, word[1]);
		} else if (strcmp(*word, "hosts") == 0) {
			f.host = (uint32_t)number(r, word[1]);
			f.by_host = (uint32_t)number(r, word++[2]);
		} else {
			wrong(r, "no such word", *word);
		}
	}
	r->expected.findings[r->expected.finding_count++] = f;
}

const struct statement expect_statements[] = {
	{"expect", false, expect},
	{"reason", false, reason},
	{"finding", false, finding},
	{0},
};
