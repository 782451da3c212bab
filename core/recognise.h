/*
 * recognise - records of one size, one right behind another: the loop on which the
 * verifier's rate depends where records are small.
 */
#ifndef TAILRACE_CORE_RECOGNISE_H
#define TAILRACE_CORE_RECOGNISE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/record.h"

/* Has this processor what recognise_wide() takes?  32-byte registers (AVX2). */
bool recognise_is_wide(void);

/*
 * How many of the @max records of @form at @bytes, from the first on, are what their
 * heads say, in every byte; which ones is in @ret_ids.  All records of @form have one
 * size, and so many are there to be read.
 */
size_t recognise_wide(const struct record_form *form, const uint8_t *bytes, size_t max,
		      struct record_id *ret_ids);

#endif
