/* cmd_list - what there is: strategies, keys, claims, anomalies; all from tables. */
#include "harness/commands.h"

#include "core/claim.h"
#include "core/options.h"
#include "core/suggest.h"
#include "harness/exit_code.h"
#include "results/format.h"
#include "verify/judgment.h"
#include "workloads/probe.h"
#include "workloads/strategy.h"

#include <stdio.h>
#include <string.h>

/* By bit number, as claim_names. */
static const char *const claim_meanings[CLAIM_COUNT] = {
	"every acknowledged record is there, intact",
	"none is there twice",
	"nothing but records: no holes and no NULs between them",
	"the records of one writer stand in the order in which it wrote them",
	"a record that was complete before another began stands before it",
	"no two writers hold the lock at one time",
};

enum { PAGE_COLUMNS = 80 };

/* @text after what fills the line up to @column. */
static void print_text(const char *text, size_t column)
{
	put_wrapped(stdout, text, column, column, PAGE_COLUMNS);
	putchar('\n');
}

/* "    lock:   ..." */
static void print_line(const char *label, const char *text)
{
	printf("    %-7s ", label);
	print_text(text, 12);
}

/* "complete, once", or "nothing". */
static void print_claims(unsigned int claims)
{
	bool first = true;

	for (unsigned int bit = 0; bit < CLAIM_COUNT; bit++) {
		if (!(claims & 1u << bit))
			continue;
		printf("%s%s", first ? "" : ", ", claim_names[bit]);
		first = false;
	}
	printf("%s\n", first ? "nothing" : "");
}

/* What it claims as it stands; a key may make more of a control. */
static void print_strategy_claims(const struct strategy_spec *spec)
{
	const struct strategy_preset *preset = &strategy_presets[spec->preset];

	printf("    claims: ");
	print_claims(strategy_claims(spec));
	if (strategy_claims(spec) != preset->claims) {
		printf("            but with other keys ");
		print_claims(preset->claims);
	}
}

/* The keys that are not as most strategies have them. */
static void print_keys(const struct strategy_preset *preset)
{
	const struct strategy_parts *parts = &preset->parts;

	if (parts->wait != LOCK_WAIT_BLOCK)
		print_line("wait:", lock_wait_table[parts->wait].name);
	if (parts->io != IO_BUFFERED)
		print_line("io:", io_mode_table[parts->io].name);
	if (parts->flush != FLUSH_NONE)
		print_line("flush:", flush_table[parts->flush].name);
}

static void list_strategies(void)
{
	printf("Strategies (NAME[:key=value,...]):\n");
	for (size_t i = 0; i < strategy_preset_count; i++) {
		const struct strategy_preset *preset = &strategy_presets[i];
		const struct strategy_spec spec = {.preset = (uint32_t)i,
						   .parts = preset->parts};

		printf("\n  %s%s\n", preset->name,
		       strategy_control(&spec) ? " (control)" : "");
		fputs("    ", stdout);
		print_text(preset->summary, 4);
		if (preset->alias)
			print_line("alias:", preset->alias);
		print_line("lock:", lock_table[preset->parts.lock]->summary);
		print_line("place:", placement_table[preset->parts.placement]->summary);
		print_keys(preset);
		print_strategy_claims(&spec);
		print_line("needs:", preset->needs);
		print_line("seen:", preset->origin);
	}
}

static void list_keys(void)
{
	char text[STRATEGY_TEXT_BYTES];
	const char *meaning;

	printf("Keys that vary a strategy:\n\n");
	for (size_t i = 0; strategy_key_text(i, text, &meaning); i++) {
		printf("  %s\n    ", text);
		print_text(meaning, 4);
	}
}

static void list_claims(void)
{
	printf("Claims, by which a strategy is judged:\n\n");
	for (unsigned int bit = 0; bit < CLAIM_COUNT; bit++) {
		printf("  %-15s ", claim_names[bit]);
		print_text(claim_meanings[bit], 18);
	}
}

static void list_anomalies(void)
{
	printf("Anomalies, and the claims that they contradict:\n\n");
	for (size_t i = 0; i < ANOMALY_COUNT; i++) {
		const struct anomaly_info *anomaly = &anomaly_table[i];

		printf("  %-18s ", anomaly->name);
		print_text(anomaly->meaning, 21);
		if (anomaly->always_unsafe)
			printf("  %-18s (unsafe, whatever was claimed)\n", "");
		else if (anomaly->contradicts) {
			printf("  %-18s (contradicts ", "");
			for (unsigned int bit = 0; bit < CLAIM_COUNT; bit++)
				if (anomaly->contradicts == 1u << bit)
					printf("%s", claim_names[bit]);
			printf(")\n");
		}
	}
}

static void list_probe(const struct probe_row *row)
{
	printf("\n  %s: %s\n    locks: ", row->name, row->question);
	for (int lock = 0; lock < PROBE_LOCKS; lock++)
		if (row->locks & 1u << lock)
			printf(" %s", probe_lock_names[lock]);
	printf("\n    asked:  %s\n", row->scopes & 1u << PROBE_TWO_HOSTS
					     ? "within one host, and between two"
					     : "within one host");
	print_line("script:", row->script);
	for (int fs = 0; fs < PROBE_CLASSES; fs++)
		print_line(probe_class_names[fs], row->expected[fs]);
	print_line("source:", row->source);
	for (size_t i = 0; i < 2 && row->harm[i].answers; i++) {
		size_t column =
			(size_t)printf("    harm:   %s: ", row->harm[i].answers);

		put_wrapped(stdout, row->harm[i].why, column, 12, PAGE_COLUMNS);
		putchar('\n');
	}
}

static void list_probes(void)
{
	printf("Probes of locks, and what local file systems, NFSv3 and NFSv4 "
	       "answer:\n");
	for (size_t i = 0; i < probe_row_count; i++)
		list_probe(&probe_rows[i]);
}

static const struct topic {
	const char *name;
	void (*list)(void);
} topics[] = {
	{"strategies", list_strategies}, {"keys", list_keys},
	{"claims", list_claims},	 {"anomalies", list_anomalies},
	{"probes", list_probes},
};
#define TOPIC_COUNT (sizeof(topics) / sizeof(topics[0]))

static const struct option_table table = {
	.program = "tailrace list",
	.operands = "[strategies|keys|claims|anomalies|probes]",
	.summary =
		"Show the strategies, what each claims and needs, the keys that vary "
		"them, the anomalies that the verifier names, and the probes of locks.",
	.examples = "tailrace list strategies\n"
		    "tailrace list probes\n",
	.operands_max = 1,
};

static int list(const char *name)
{
	struct suggestion meant = suggest_for(name ? name : "");
	char text[128];

	for (size_t i = 0; i < TOPIC_COUNT; i++) {
		suggest_offer(&meant, topics[i].name);
		if (!name && i > 0)
			printf("\n");
		if (!name || strcmp(topics[i].name, name) == 0)
			topics[i].list();
		if (name && strcmp(topics[i].name, name) == 0)
			return EXIT_SAFE;
	}
	if (!name)
		return EXIT_SAFE;
	fprintf(stderr, "tailrace: there are no '%s' to list%s\n", name,
		meant.name ? suggest_text(&meant, "", text, sizeof(text))
			   : "; see tailrace list --help");
	return EXIT_USAGE;
}

int cmd_list(int argc, char **argv)
{
	struct options options = {0};
	struct error err;
	int code = EXIT_SAFE;

	if (options_parse(&options, &table, argc, argv, NULL, &err) < 0) {
		fprintf(stderr, "tailrace: %s\n", err.sentence);
		return EXIT_USAGE;
	}
	if (options.help)
		options_help(&options, stdout);
	else
		code = list(options.operand_count ? options.operands[0] : NULL);
	options_release(&options);
	return code;
}
