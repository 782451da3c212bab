/* cases - see cases.h. */
#include "harness/selftest/cases.h"

#include "core/crc32c.h"
#include "core/random.h"
#include "harness/selftest/damage.h"
#include "harness/selftest/known.h"
#include "harness/selftest/rule.h"

#include <stdio.h>
#include <string.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* Two writers on each of two hosts, and enough hand-offs to be conclusive. */
static const struct plant_shape usual = {2, 4, 100, 100, 40, 4};

struct visitor {
	uint64_t seed;
	int (*visit)(void *context, const struct selftest_case *test);
	void *context;
};

static int visit(const struct visitor *v, const char *group, const char *name,
		 struct selftest_case test)
{
	snprintf(test.name, sizeof(test.name), "%s/%s", group, name);
	test.seed = random_hash(v->seed, crc32c(test.name, strlen(test.name)), 0);
	return v->visit(v->context, &test);
}

/* ---- known answers --------------------------------------------------------------- */

static const struct {
	const char *name, *what;
	bool (*known)(char *ret_text, size_t text_bytes);
} answers[] = {
	{"crc32c", "the checksums of RFC 3720 appendix B.4", known_crc32c},
	{"records", "records that another program made", known_records},
};

static int visit_known(const struct visitor *v)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < COUNT_OF(answers); i++)
		rc = visit(v, "known", answers[i].name,
			   (struct selftest_case){.what = answers[i].what,
						  .known = answers[i].known});
	return rc;
}

/* ---- clean runs --------------------------------------------------------------------
 */

static const struct {
	const char *name, *what;
	struct plant_shape shape;
	void (*set)(struct plant *plant);
} clean[] = {
	{"64", "the smallest records", {2, 4, 64, 64, 60, 0}, NULL},
	{"65", "a byte more than two cells", {2, 2, 65, 65, 60, 0}, NULL},
	{"97", "a byte more than three", {2, 4, 97, 97, 60, 0}, NULL},
	{"100", "three hosts, six writers", {3, 6, 100, 100, 60, 0}, NULL},
	{"4096", "records of a page", {2, 4, 4096, 4096, 60, 0}, NULL},
	{"4099", "an odd size beyond a page", {2, 4, 4099, 4099, 60, 0}, NULL},
	{"64-900", "sizes that vary", {4, 4, 64, 900, 200, 0}, NULL},
	{"64-1M", "sizes that vary widely", {2, 4, 64, 1 << 20, 40, 0}, NULL},
	{"1M-1",
	 "large odd records, a file for each writer",
	 {2, 3, (1 << 20) - 1, (1 << 20) - 1, 7, 0},
	 rule_own_files},
	{"1M",
	 "large records, a file for each writer",
	 {2, 3, 1 << 20, 1 << 20, 7, 0},
	 rule_own_files},
};

static int visit_clean(const struct visitor *v)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < COUNT_OF(clean); i++)
		rc = visit(v, "clean", clean[i].name,
			   (struct selftest_case){.what = clean[i].what,
						  .shape = clean[i].shape,
						  .set = clean[i].set});
	return rc;
}

/* ---- each damage, among records of each size
 * ----------------------------------------- */

/* Of the largest there are too few to be conclusive, unless something is found. */
static const struct {
	const char *name;
	struct plant_shape shape;
} sizes[] = {
	{"64", {2, 4, 64, 64, 40, 4}},		{"131", {3, 3, 131, 131, 40, 4}},
	{"4099", {2, 4, 4099, 4099, 40, 4}},	{"64-900", {2, 6, 64, 900, 40, 4}},
	{"1M", {2, 2, 1 << 20, 1 << 20, 2, 1}},
};

static int visit_damages(const struct visitor *v)
{
	int rc = 0;

	for (size_t d = 0; rc == 0 && d < damage_count; d++)
		for (size_t i = 0; rc == 0 && i < COUNT_OF(sizes); i++) {
			struct selftest_case test = {.what = damages[d].what,
						     .shape = sizes[i].shape,
						     .act = damages[d].plant};

			if (damages[d].last)
				test.shape.after = 0;
			if (sizes[i].shape.max_bytes >= damages[d].min_bytes)
				rc = visit(v, damages[d].name, sizes[i].name, test);
		}
	return rc;
}

/* ---- the rules of the verdict
 * ----------------------------------------------------------- */

static int visit_rules(const struct visitor *v)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < rule_count; i++) {
		const struct rule *rule = &rules[i];

		rc = visit(v, "rule", rule->name,
			   (struct selftest_case){
				   .what = rule->what,
				   .shape = rule->shape.hosts ? rule->shape : usual,
				   .set = rule->set,
				   .act = rule->act,
				   .harm = rule->harm,
				   .refused = rule->refused,
				   .ruled = true,
				   .verdict = rule->verdict,
			   });
	}
	return rc;
}

/* ---- random damage
 * ----------------------------------------------------------------------- */

enum { DAMAGES_MAX = 12 };

/* Some damages, side by side: what must be found is the sum. */
static void mixture(struct plant *p)
{
	for (uint64_t left = plant_dice(p, 1, DAMAGES_MAX); left;) {
		const struct damage *damage =
			&damages[plant_dice(p, 0, damage_count - 1)];

		if (!damage->mixes || damage->min_bytes > p->craft.manifest.max_bytes)
			continue;
		damage->plant(p);
		plant_clean(p, plant_dice(p, 1, 5));
		left--;
	}
}

static struct plant_shape shape_choose(uint64_t *random)
{
	struct plant_shape shape = usual;
	uint32_t spread = random_next(random) % 2 ? 700 : 1;

	shape.hosts = 2 + (uint32_t)(random_next(random) % 3);
	shape.writers = shape.hosts * (1 + (uint32_t)(random_next(random) % 3));
	shape.min_bytes = 64 + (uint32_t)(random_next(random) % 500);
	shape.max_bytes = shape.min_bytes + (uint32_t)(random_next(random) % spread);
	return shape;
}

static int visit_random(const struct visitor *v, uint32_t runs)
{
	int rc = 0;

	for (uint32_t i = 1; rc == 0 && i <= runs; i++) {
		uint64_t random = random_hash(v->seed, i, 1);
		char name[16];

		snprintf(name, sizeof(name), "%u", i);
		rc = visit(v, "random", name,
			   (struct selftest_case){.what = "damages by chance",
						  .shape = shape_choose(&random),
						  .act = mixture});
	}
	return rc;
}

int cases_visit(uint64_t seed, uint32_t random_runs,
		int (*visit_case)(void *context, const struct selftest_case *test),
		void *context)
{
	const struct visitor v = {seed, visit_case, context};
	int rc = visit_known(&v);

	if (rc == 0)
		rc = visit_clean(&v);
	if (rc == 0)
		rc = visit_damages(&v);
	if (rc == 0)
		rc = visit_rules(&v);
	return rc == 0 ? visit_random(&v, random_runs) : rc;
}
