/*
 * acceptance - from the verdicts of the strategies and the answers of the probes to
 * that of a mount: may it be used for shared appends, and if not, why not.
 *
 * Pure functions; the rules are those of docs/guarantees.md, "Verdict of a mount".
 */
#ifndef TAILRACE_VERIFY_ACCEPTANCE_H
#define TAILRACE_VERIFY_ACCEPTANCE_H

#include "core/manifest.h"
#include "verify/judgment.h"

/*
 * May a program append to a shared file by strategy number @index alone?  It is no
 * control, has one file, appends records, and keeps others out by a lock.
 */
bool acceptance_is_method(const struct manifest *manifest, size_t index);

/*
 * The verdict of the mount that @manifest has checked (manifest->check), given
 * @merged, the merged verdict of its required strategies, and all judgments.
 * @ret_reason: phrases that name what it rests on; never empty.
 */
enum verdict acceptance_reach(const struct manifest *manifest,
			      const struct judgment *judgments, enum verdict merged,
			      char *ret_reason, size_t size);

#endif
