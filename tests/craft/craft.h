/*
 * craft - harness/selftest/craft.h for test tools: whatever fails ends the
 * program with a sentence, and the folder is made in TMPDIR.
 *
 * The same names, so that a test reads as the product does.
 */
#ifndef TAILRACE_TESTS_CRAFT_H
#define TAILRACE_TESTS_CRAFT_H

#include "harness/selftest/craft.h"
#include "verify/judge.h"

#define craft_init(craft, plan)                                                        \
	craft_must((craft), craft_init((craft), (plan), craft_parent()))
#define craft_save(craft) craft_must((craft), craft_save(craft))
#define craft_save_file(craft, file)                                                   \
	craft_must((craft), craft_save_file((craft), (file)))
#define craft_judge(craft, judgment)                                                   \
	craft_must((craft), craft_judge((craft), craft_judge_twice, (judgment)))

/*
 * judge_strategy(), alone, by threads with chunks of some records, and with the
 * histories checked first: a judgment that depends on it ends the program.
 */
int craft_judge_twice(const struct manifest *manifest, const char *run_dir,
		      size_t index, struct judgment *judgment, struct error *err);

/*
 * judge_strategy_by() @means: where that is not the @judgment that came with @rc
 * before, end the program.
 */
void craft_expect_same(const struct judge_means *means, const struct manifest *manifest,
		       const char *run_dir, size_t index,
		       const struct judgment *judgment, int rc);

/* Where test runs are made: TMPDIR, or /tmp. */
const char *craft_parent(void);

/* End the program with the sentence of @craft if @rc is negative. */
void craft_must(const struct craft *craft, int rc);

/* End the program with a sentence. */
_Noreturn void craft_die(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* realloc(3) that does not fail. */
void *craft_grow(void *memory, size_t bytes);

#endif
