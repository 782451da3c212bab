/*
 * share_identity - whose list of a share it is, and of what; see share.h.
 */
#ifndef TAILRACE_VERIFY_SHARE_IDENTITY_H
#define TAILRACE_VERIFY_SHARE_IDENTITY_H

#include <stdint.h>

#include "core/record.h"

struct share_identity {
	char run_id[RUN_ID_CHARS + 1];
	uint32_t strategy_index;
	uint32_t part, parts; /* share number @part of so many, in order of the files */
};

#endif
