/*
 * craft_views - what the hosts of a crafted run saw of its data files.
 */
#ifndef TAILRACE_TESTS_CRAFT_VIEWS_H
#define TAILRACE_TESTS_CRAFT_VIEWS_H

#include "tests/craft/craft.h"
#include "verify/view.h"

/* What a host is to have seen, where that is not what stands in the files. */
struct craft_sight {
	uint32_t host, file;
	enum view_look look;
	uint8_t *bytes; /* NULL: the view cannot be made at all */
	size_t length;
};

/* All zero: the hosts give no views.  Ended by craft_views_release. */
struct craft_views {
	uint32_t block_bytes;
	struct craft_sight *sights;
	size_t sight_count;
};

/*
 * From now on @host has seen in @look, of data file @file, what stands there now,
 * as a copy that the caller may change.
 */
struct craft_sight *craft_sight(struct craft_views *views, const struct craft *craft,
				uint32_t host, enum view_look look, uint32_t file);

/*
 * Before craft_save, and after all files are as they are to be: write every look
 * of every host, but for those that cannot be made, and note them in the manifest.
 */
void craft_views_save(const struct craft_views *views, struct craft *craft);
void craft_views_release(struct craft_views *views);

#endif
