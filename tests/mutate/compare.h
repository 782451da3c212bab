/*
 * compare - one run, judged by the verifier and by the model.
 */
#ifndef TAILRACE_TESTS_MUTATE_COMPARE_H
#define TAILRACE_TESTS_MUTATE_COMPARE_H

#include "tests/mutate/model.h"

/*
 * Save the data files of @craft and judge it by both.  Do they differ in any
 * count or in the verdict, or does the verifier contradict itself?  With @show
 * each difference is printed.
 */
bool judgments_differ(struct craft *craft, struct model_texts *texts,
		      struct model_result *ret_model, bool show);

#endif
