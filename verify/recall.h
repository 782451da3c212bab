/*
 * recall - what a writer of a run remembers, as far as it is to be believed.
 */
#ifndef TAILRACE_VERIFY_RECALL_H
#define TAILRACE_VERIFY_RECALL_H

#include <stdbool.h>

#include "core/history.h"
#include "core/manifest.h"

/* Who is shown the entries of a history (core/history.h). */
struct recall_show {
	history_visit *visit; /* NULL: nobody */
	void *context;
	bool presume; /* that it is whole, where that can be: history_settle() tells */
};

/* Is it the history of @writer in strategy @index, under the plan of @manifest? */
bool recall_fits(const struct history *history, const struct manifest *manifest,
		 size_t index, uint32_t writer);

/*
 * Open the history of @writer in strategy @index.  One of another run, strategy,
 * writer or plan tells nothing of this one, and is as good as none: then *@ret_history
 * is empty.  *@ret_damaged: there is none, or its writer could have remembered more
 * than it tells.  The entries of one that is taken are
 * shown as @show has it, NULL: to nobody.  The caller closes *@ret_history.  0,
 * -ENOMEM, or -EMFILE or -ENFILE: more histories than files may be open.
 */
int recall(const struct manifest *manifest, const char *run_dir, size_t index,
	   uint32_t writer, const struct recall_show *show, struct history *ret_history,
	   bool *ret_damaged);

#endif
