/*
 * tails - what readers saw who followed the file while it grew, joined with what its
 * writers remember.  Reports: they change no verdict.
 */
#ifndef TAILRACE_VERIFY_TAILS_H
#define TAILRACE_VERIFY_TAILS_H

#include "verify/evidence.h"

/*
 * After the checks: fill @judgment's readers.  Of one whose file is missing or
 * damaged nothing is told.  0 or -ENOMEM.
 */
int tails_join(const struct evidence *evidence, struct judgment *judgment);

#endif
