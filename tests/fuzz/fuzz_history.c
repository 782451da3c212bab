/*
 * fuzz_history - a history with any changes: each entry is read or refused, and one
 * that was presumed to be whole is so exactly if a check finds it so.
 */
#include "tests/craft/craft.h"
#include "tests/fuzz/fuzz.h"

#include <unistd.h>

/* A whole history of three appends, the last one open. */
static struct fuzz_bytes history_whole(void)
{
	static const struct craft_plan plan = {1, 1, 64, 64, 0};
	struct fuzz_bytes whole;
	struct craft craft;
	char *path;

	craft_init(&craft, &plan);
	for (int i = 0; i < 3; i++)
		craft_append(
			&craft, 0,
			&(struct history_entry){.outcome = i < 2 ? OUTCOME_ACKNOWLEDGED
								 : OUTCOME_OPEN,
						.offset = i * 64L,
						.invoke_ns = CRAFT_SAMPLE_NS});
	craft.strategy->writers[0].end = WRITER_KILLED;
	craft_save(&craft);
	path = manifest_history_path(&craft.manifest, craft.dir, 0, 0);
	whole = fuzz_read(path);
	free(path);
	craft_release(&craft);
	return whole;
}

/* By presuming; a file with holes is never presumed, nor one that was not finished. */
static bool presumed_whole(const char *path)
{
	struct history history;
	bool whole;

	if (history_attach(&history, path, false, NULL) < 0)
		return false;
	whole = history_presume(&history, NULL, NULL) && history_settle(&history);
	history_close(&history);
	return whole;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	static struct fuzz_bytes whole;
	struct fuzz_bytes made;
	struct history_entry entry;
	struct history history;
	struct error err;
	char path[64];

	if (!whole.bytes)
		whole = history_whole();
	made = fuzz_patch(whole.bytes, whole.length, bytes, length);
	snprintf(path, sizeof(path), "/tmp/tailrace-fuzz-history.%d", getpid());
	fuzz_file(path, made.bytes, made.length);
	free(made.bytes);
	if (history_open(&history, path, &err) == 0) {
		for (uint64_t seq = 0; seq <= history.count; seq++)
			if (history_get(&history, seq, &entry) == 0 &&
			    seq == history.count)
				abort();
		if (presumed_whole(path) && (!history.finished || history.cut))
			abort();
		history_close(&history);
	}
	return 0;
}
