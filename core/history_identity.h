/*
 * history_identity - whose history it is, and what its writer was to do: the fixed
 * part of a history's header.
 *
 * It holds as much of the plan as a verdict needs, so that data files can be
 * judged by their histories alone.
 */
#ifndef TAILRACE_CORE_HISTORY_IDENTITY_H
#define TAILRACE_CORE_HISTORY_IDENTITY_H

#include <stdbool.h>
#include <stdint.h>

#include "core/record.h"
#include "core/workload.h"

enum {
	HISTORY_NAME_MAX = 255, /* bytes of host, strategy name and spec */
	HISTORY_CLIENT_MAX = 127,
	HISTORY_FSTYPE_MAX = 31,
	HISTORY_FIXED_BYTES = 1020, /* of the header, with a checksum behind them */
};

/* The plan's words are those of core/manifest.h. */
struct history_identity {
	char run_id[RUN_ID_CHARS + 1];
	uint32_t strategy_index;
	uint32_t writer;
	char host[HISTORY_NAME_MAX + 1];
	char strategy[HISTORY_NAME_MAX + 1]; /* its name in the results */

	/* Sensible only if history_identity_plans(). */
	char spec[HISTORY_NAME_MAX + 1];
	char client[HISTORY_CLIENT_MAX + 1];
	char fstype[HISTORY_FSTYPE_MAX + 1]; /* cut, or "": not known to this host */
	uint32_t writers;		     /* of the run: ranks */
	uint64_t records;		     /* per writer; 0: until the time is over */
	uint32_t min_bytes, max_bytes;
	uint64_t seed;
	unsigned int claims; /* of enum claim */
	uint32_t batch;
	uint32_t padding_bytes;
	bool control, shared_file, exclusive_lock, local_fs, one_client;
	enum workload workload;
};

/* The plan of the records. */
struct record_plan history_identity_record_plan(
	const struct history_identity *identity);

/* Does it hold a plan that makes sense?  That its checksum agrees is not enough. */
bool history_identity_plans(const struct history_identity *identity);

/* Are both of the same run and strategy, to the last word that hosts share? */
bool history_identity_same_plan(const struct history_identity *a,
				const struct history_identity *b);

/*
 * Write the fixed part and its checksum to @page, which is zeroed; and read it
 * back.  Strings are cut to their room.  Returns 0; -EPROTONOSUPPORT for another
 * version; -EBADMSG where it is none, or damaged.
 */
void history_identity_encode(const struct history_identity *identity, uint64_t capacity,
			     uint8_t *page);
int history_identity_decode(const uint8_t *page, struct history_identity *ret_identity);

#endif
