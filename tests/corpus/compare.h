/*
 * compare - the judgment that a run got, and the one that its recipe demands.
 */
#ifndef TAILRACE_TESTS_CORPUS_COMPARE_H
#define TAILRACE_TESTS_CORPUS_COMPARE_H

#include "tests/corpus/recipe.h"

/* Print what differs; how many things do. */
unsigned int judgment_compare(const struct recipe *r, const struct judgment *j);

#endif
