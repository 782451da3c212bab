/*
 * damage - what storage may do to a data file, and more.
 */
#ifndef TAILRACE_TESTS_MUTATE_DAMAGE_H
#define TAILRACE_TESTS_MUTATE_DAMAGE_H

#include "tests/craft/craft.h"

/*
 * Do the one thing that @seed stands for to a data file of @craft.  Says what
 * into @ret_text, of @text_bytes bytes.
 */
void damage_do(struct craft *craft, uint64_t seed, char *ret_text, size_t text_bytes);

#endif
