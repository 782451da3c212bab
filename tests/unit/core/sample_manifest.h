/*
 * sample_manifest - a manifest for tests, with something in every field, and a folder
 * of the test's own to save it in.
 */
#ifndef TAILRACE_TESTS_UNIT_CORE_SAMPLE_MANIFEST_H
#define TAILRACE_TESTS_UNIT_CORE_SAMPLE_MANIFEST_H

#include <stdbool.h>

#include "core/manifest.h"
#include "tests/unit/unit.h"

/*
 * The working folder becomes a new one; and goes, with the manifest alone in it, so
 * that no half-written file can have stayed behind.
 */
void enter_folder(void);
void leave_folder(void);

/* The caller releases it. */
struct manifest sample(void);

/* Do both say the same in every field? */
bool same(const struct manifest *a, const struct manifest *b);

/* Into the working folder, where nothing may go wrong. */
void save(const struct manifest *m);

/* A copy for a field of a manifest, which frees it. */
char *text(const char *bytes);

#endif
