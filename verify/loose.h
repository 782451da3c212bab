/*
 * loose - data files and histories by themselves, without a run folder.
 *
 * What the manifest would say is put together from the headers of the histories.
 * What only a manifest holds stays unknown, and whatever rests on it is doubt, not
 * proof: how the clocks of the hosts compare, who was killed, which faults were
 * asked for.
 */
#ifndef TAILRACE_VERIFY_LOOSE_H
#define TAILRACE_VERIFY_LOOSE_H

#include <stddef.h>

#include "core/error.h"
#include "core/manifest.h"

struct loose_paths {
	/*
	 * The shared data file, or the files of the writers, of which each name ends in
	 * ".WWWWW.log" as those of a run do; or one folder that holds them under the
	 * names of a run.
	 */
	const char *const *files;
	size_t file_count;
	/* Histories of one strategy of one run, or folders of them (*.history). */
	const char *const *histories;
	size_t history_count;
};

/*
 * Make the manifest of the one strategy to which all histories belong.  A history
 * that is damaged is as good as none while another one can be read.
 *
 * Returns 0; -EINVAL where the files do not belong together, -ENOENT where one is
 * not there; -EBADMSG where no history can be believed; or another negative errno;
 * with a sentence in @err.  On success the caller owns @manifest.
 */
int loose_manifest(struct manifest *manifest, const struct loose_paths *paths,
		   struct error *err);

#endif
