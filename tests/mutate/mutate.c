/*
 * mutate_runs - the verifier against a second one, over random runs and damage.
 *
 *	mutate_runs [--seed N] [--cases N] [--clean N] [--only N]
 *
 * Judges --clean runs without a fault, in which nothing may be found, and
 * --cases damaged ones; the verifier must agree with tests/mutate/model.h on
 * every count and verdict.  A case that fails prints what was done, made as
 * small as it still fails, and both answers; --only N replays it.
 */
#include "tests/mutate/compare.h"
#include "tests/mutate/damage.h"
#include "tests/mutate/model.h"
#include "tests/mutate/run.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	DAMAGES_PER_RUN = 16, /* cases that share one run */
	STEPS_MAX = 6,	      /* damages in one case */
	STEP_TEXT = 100,
	FAILURES_MAX = 10, /* enough to look at */
};

struct options {
	uint64_t seed, cases, clean, only;
	bool only_given;
};

/* One run, as it was before any damage. */
struct subject {
	struct craft craft;
	struct model_texts texts;
	struct craft_file *whole; /* copies of its files */
};

static uint64_t subseed(uint64_t seed, uint64_t number)
{
	uint64_t state = seed ^ number * 0xd6e8feb86659fd93u;

	return dice(&state, UINT64_MAX);
}

static void subject_make(struct subject *s, uint64_t seed, bool disturb)
{
	uint32_t files;

	memset(s, 0, sizeof(*s));
	run_make(&s->craft, seed);
	if (disturb)
		run_disturb(&s->craft, subseed(seed, 1));
	craft_save(&s->craft);
	files = s->craft.manifest.rank_count;
	s->whole = craft_grow(NULL, files * sizeof(*s->whole));
	for (uint32_t i = 0; i < files; i++) {
		s->whole[i] = s->craft.files[i];
		s->whole[i].bytes = craft_grow(NULL, s->whole[i].length);
		if (s->whole[i].length)
			memcpy(s->whole[i].bytes, s->craft.files[i].bytes,
			       s->whole[i].length);
	}
}

static void subject_restore(struct subject *s)
{
	for (uint32_t i = 0; i < s->craft.manifest.rank_count; i++) {
		s->craft.files[i].length = 0;
		craft_put(&s->craft, i, 0, s->whole[i].bytes, s->whole[i].length);
	}
}

static void subject_release(struct subject *s)
{
	for (uint32_t i = 0; i < s->craft.manifest.rank_count; i++)
		free(s->whole[i].bytes);
	free(s->whole);
	model_texts_release(&s->texts);
	craft_release(&s->craft);
}

/* ---- damaged runs ---------------------------------------------------------- */

/* Do the damages of @seed whose bits are in @steps, and judge. */
static bool case_fails(struct subject *s, uint64_t seed, unsigned int steps,
		       struct model_result *ret_model, bool show)
{
	char text[STEP_TEXT];

	subject_restore(s);
	for (unsigned int i = 0; i < STEPS_MAX; i++) {
		if (!(steps >> i & 1))
			continue;
		damage_do(&s->craft, subseed(seed, i), text, sizeof(text));
		if (show)
			printf("  %s\n", text);
	}
	return judgments_differ(&s->craft, &s->texts, ret_model, show);
}

/* Leave out what is not needed to fail, and show the rest. */
static void case_shrink(struct subject *s, uint64_t seed, unsigned int steps)
{
	struct model_result model;

	for (unsigned int i = 0; i < STEPS_MAX; i++)
		if (steps >> i & 1 &&
		    case_fails(s, seed, steps & ~(1u << i), &model, false))
			steps &= ~(1u << i);
	case_fails(s, seed, steps, &model, true);
}

static void subject_print(const struct subject *s)
{
	const struct manifest *m = &s->craft.manifest;

	printf("  %u writers, %zu hosts, %u to %u bytes, %s%s, batch %u, padding %u\n",
	       m->rank_count, m->host_count, m->min_bytes, m->max_bytes,
	       s->craft.strategy->shared_file ? "shared" : "own files",
	       s->craft.strategy->control ? ", control" : "", s->craft.strategy->batch,
	       s->craft.strategy->padding_bytes);
}

static unsigned int damaged_run(const struct options *o)
{
	struct model_result model;
	struct subject s;
	unsigned int failures = 0;
	uint64_t made = UINT64_MAX, found[ANOMALY_COUNT] = {0};
	uint64_t verdicts[VERDICT_SKIPPED + 1] = {0};
	uint64_t first = o->only_given ? o->only : 0;
	uint64_t end = o->only_given ? o->only + 1 : o->cases;

	for (uint64_t n = first; n < end && failures < FAILURES_MAX; n++) {
		uint64_t run = n / DAMAGES_PER_RUN, seed = subseed(o->seed, 2 * n);
		unsigned int steps = (2u << dice(&(uint64_t){seed}, STEPS_MAX)) - 1;

		if (made != run) {
			if (made != UINT64_MAX)
				subject_release(&s);
			subject_make(&s, subseed(o->seed, 2 * run + 1), run % 4 == 3);
			made = run;
		}
		steps &= (1u << STEPS_MAX) - 1;
		if (n % DAMAGES_PER_RUN == 0)
			steps = 0; /* the run as it is */
		if (case_fails(&s, seed, steps, &model, false)) {
			printf("case %lu of seed %lu differs:\n", n, o->seed);
			subject_print(&s);
			case_shrink(&s, seed, steps);
			failures++;
		}
		for (int kind = 0; kind < ANOMALY_COUNT; kind++)
			found[kind] += model.anomalies[kind] > 0;
		verdicts[model.verdict]++;
	}
	if (made != UINT64_MAX)
		subject_release(&s);
	printf("%lu damaged runs, %u differ;", end - first, failures);
	for (int v = 0; v < VERDICT_SKIPPED; v++)
		printf(" %lu %s", verdicts[v], verdict_name((enum verdict)v));
	printf("\ncases with");
	for (int kind = 0; kind < ANOMALY_COUNT; kind++)
		printf(" %s %lu", anomaly_table[kind].name, found[kind]);
	printf("\n");
	return failures;
}

/* ---- clean runs ------------------------------------------------------------ */

static unsigned int clean_runs(const struct options *o)
{
	unsigned int failures = 0;
	uint64_t safe = 0;

	for (uint64_t n = 0; n < o->clean && failures < FAILURES_MAX; n++) {
		struct model_result model;
		struct subject s;
		bool wrong;

		subject_make(&s, subseed(~o->seed, n), false);
		wrong = judgments_differ(&s.craft, &s.texts, &model, false);
		for (int kind = 0; kind < ANOMALY_COUNT; kind++)
			wrong |= model.anomalies[kind] > 0;
		safe += model.verdict == VERDICT_SAFE;
		if (wrong) {
			printf("clean run %lu of seed %lu:\n", n, o->seed);
			subject_print(&s);
			judgments_differ(&s.craft, &s.texts, &model, true);
			for (int kind = 0; kind < ANOMALY_COUNT; kind++)
				if (model.anomalies[kind] > 0)
					printf("  false alarm by the rule: %s\n",
					       anomaly_table[kind].name);
			failures++;
		}
		subject_release(&s);
	}
	printf("%lu clean runs, %u wrong, %lu safe\n", o->clean, failures, safe);
	return failures;
}

static uint64_t number(const char *text)
{
	char *end;
	uint64_t value = strtoull(text, &end, 0);

	if (end == text || *end)
		craft_die("not a number: %s", text);
	return value;
}

int main(int argc, char **argv)
{
	static const struct option long_options[] = {
		{"seed", required_argument, NULL, 's'},
		{"cases", required_argument, NULL, 'c'},
		{"clean", required_argument, NULL, 'l'},
		{"only", required_argument, NULL, 'o'},
		{NULL, 0, NULL, 0},
	};
	struct options o = {.seed = 1, .cases = 2000, .clean = 200};
	unsigned int failures = 0;
	int option;

	/* The runs are small and many: memory is the right place for them. */
	if (access("/dev/shm", W_OK) == 0)
		setenv("TMPDIR", "/dev/shm", 0);
	while ((option = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
		switch (option) {
		case 's':
			o.seed = number(optarg);
			break;
		case 'c':
			o.cases = number(optarg);
			break;
		case 'l':
			o.clean = number(optarg);
			break;
		case 'o':
			o.only = number(optarg);
			o.only_given = true;
			break;
		default:
			return 2;
		}
	}
	if (!o.only_given)
		failures += clean_runs(&o);
	failures += damaged_run(&o);
	return failures ? EXIT_FAILURE : EXIT_SUCCESS;
}
