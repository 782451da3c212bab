/*
 * map_detail - the few appends of a map that are drawn one by one: which, and
 * their data.
 */
#ifndef TAILRACE_RESULTS_MAP_DETAIL_H
#define TAILRACE_RESULTS_MAP_DETAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "core/manifest.h"

/* One append that has a place in the file. */
struct map_point {
	double begin_s; /* the lock was granted, or the append invoked */
	uint64_t offset;
	uint32_t bytes;
	uint32_t rank;
	bool lost;
};

enum {
	MAP_DETAIL_POINTS = 28, /* as many columns as can be told apart */
	MAP_DETAIL_RANKS = 12,	/* as many colours */
};

/* Points [first, end) of those that the map has. */
struct map_window {
	size_t first, end;
};

/*
 * Choose up to MAP_DETAIL_POINTS of @points (at least one), by at most
 * MAP_DETAIL_RANKS ranks: a loss together with what stands in its place, that
 * which is nearest to the middle; without a loss, where writers take turns most.
 * Of a @shared file the points are in the order of their offsets.
 */
struct map_window map_choose_window(const struct map_point *points, size_t count,
				    bool shared);

/*
 * Put @count points on @data in the order of their begins, and what the script
 * must know of them on @settings; sorts @points.  Of a @shared file they have the
 * height of their offsets; else there is a row for each rank.
 * Returns 0 or -ENOMEM.
 */
int map_put_detail(FILE *data, FILE *settings, const struct manifest *manifest,
		   struct map_point *points, size_t count, bool shared);

#endif
