/*
 * counter - the judgment of a shared counter: every number taken once, none left
 * out, in the order of time, and the last one still in the file.
 *
 * The history's `offset` is the number that the writer wrote.  A number that two
 * acknowledged steps wrote is a lost update: the earlier one is `overwritten` by
 * the later.  One above the number in the file is `missing`.  A number that nobody
 * wrote is a `gap`, unless a step that never told its number may have.  What stands in
 * the file and no step wrote is `foreign`.  docs/guarantees.md has the rules.
 */
#ifndef TAILRACE_VERIFY_COUNTER_H
#define TAILRACE_VERIFY_COUNTER_H

#include "verify/evidence.h"

/* 0 or a negative errno with a sentence in @err. */
int counter_check(struct evidence *evidence, struct error *err);

#endif
