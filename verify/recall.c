/* recall - see recall.h. */
#include "verify/recall.h"

#include "verify/salvage.h"

#include <errno.h>
#include <stdlib.h>

/*
 * Could its writer have remembered more?  An unfinished history is normal for one
 * that is known to be dead, and for one that hangs, whose verdict is
 * inconclusive for that reason.
 */
static bool lacks(const struct history *history, const struct manifest_writer *writer)
{
	return history->cut || history->count < writer->begun ||
	       (!history->finished && writer->end != WRITER_KILLED &&
		writer->end != WRITER_HUNG);
}

/* The plan stands in both: where they disagree one of them is another run's. */
bool recall_fits(const struct history *history, const struct manifest *manifest,
		 size_t index, uint32_t writer)
{
	struct history_identity found = history_identity(history), expected;

	manifest_history_identity(manifest, index, writer, &expected);
	return found.writer == writer && history_identity_same_plan(&found, &expected);
}

/* Failures of ours, which say nothing of the history. */
static bool is_shortage(int rc)
{
	return rc == -ENOMEM || rc == -EMFILE || rc == -ENFILE;
}

static void entries_show(struct history *history, const struct recall_show *show)
{
	static const struct recall_show to_nobody;

	if (!show)
		show = &to_nobody;
	if (!show->presume || !history_presume(history, show->visit, show->context))
		history_check(history, show->visit, show->context);
}

int recall(const struct manifest *manifest, const char *run_dir, size_t index,
	   uint32_t writer, const struct recall_show *show, struct history *ret_history,
	   bool *ret_damaged)
{
	const struct manifest_writer *w = &manifest->strategies[index].writers[writer];
	char *path = manifest_history_path(manifest, run_dir, index, writer);
	struct history history = {0};
	bool damaged = true;
	int rc;

	if (!path)
		return -ENOMEM;
	if (w->salvaged_path)
		rc = salvage_attach(&history, w, w->salvaged_path, NULL);
	else
		rc = history_attach(&history, path, false, NULL);
	free(path);
	if (is_shortage(rc))
		return rc;
	if (rc == 0 && recall_fits(&history, manifest, index, writer)) {
		entries_show(&history, show);
		damaged = lacks(&history, w);
	} else if (rc == 0) {
		history_close(&history);
	}
	*ret_history = history;
	*ret_damaged = damaged;
	return 0;
}
