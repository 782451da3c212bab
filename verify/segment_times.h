/*
 * segment_times - the latencies and the writers' shares of a judged segment, or of many
 * together, in a file.  No verdict rests on it.
 */
#ifndef TAILRACE_VERIFY_SEGMENT_TIMES_H
#define TAILRACE_VERIFY_SEGMENT_TIMES_H

#include "core/error.h"
#include "verify/judgment.h"

/* In the folder of a segment. */
#define SEGMENT_TIMES_FILE "times"

/* All zero but for the writers is an empty one; ended by segment_times_release. */
struct segment_times {
	struct histogram *latency;   /* LATENCY_PARTS of them */
	struct writer_share *shares; /* writer_count of them */
	uint32_t writer_count;
	uint32_t segments; /* that it is the sum of */
};

/* 0 or -ENOMEM. */
int segment_times_init(struct segment_times *times, uint32_t writer_count);
void segment_times_release(struct segment_times *times);

/* Add those of one segment; what has no latencies adds nothing but its number. */
void segment_times_add_judgment(struct segment_times *times,
				const struct judgment *judgment);

/* Add those of the file @path, of as many writers.  0, -EBADMSG, or another -errno. */
int segment_times_add_file(struct segment_times *times, const char *path);

/* Write them to @path, replacing a file there at once.  0 or a negative errno. */
int segment_times_save(const struct segment_times *times, const char *path,
		       struct error *err);

#endif
