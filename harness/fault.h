/*
 * fault - what is to be done to writers, or around them, while they append:
 * --fault WHEN:WHAT, as a part of the plan.
 */
#ifndef TAILRACE_HARNESS_FAULT_H
#define TAILRACE_HARNESS_FAULT_H

#include <stdbool.h>
#include <stdint.h>

#include "core/error.h"

enum {
	FAULTS_MAX = 16, /* of a plan; each strategy meets all of them */
	FAULT_WHAT_MAX = 1023,
};

enum fault_kind {
	FAULT_KILL,
	FAULT_KILL_HOLDER,
	FAULT_KILL_WAITER,
	FAULT_STOP,
	FAULT_STOP_HOLDER,
	FAULT_RUN,
};

/* Plain data, the same on every rank. */
struct fault {
	enum fault_kind kind;
	bool by_share;
	uint32_t share_ppm;	       /* of the records planned, or of the duration */
	uint64_t after_ns;	       /* else: since the append phase began */
	uint32_t rank;		       /* of FAULT_KILL and FAULT_STOP */
	uint64_t stop_ns;	       /* of FAULT_STOP and FAULT_STOP_HOLDER */
	char what[FAULT_WHAT_MAX + 1]; /* as it was given, without WHEN */
};

/* Parse "WHEN:WHAT".  0 or -EINVAL with a sentence. */
int fault_parse(const char *text, struct fault *ret_fault, struct error *err);

/* Does it choose its writer itself? */
bool fault_seeks(const struct fault *fault);

/* Does it strike a holder, who must do it to itself? */
bool fault_orders(const struct fault *fault);

/* Is it over when the writer is dead? */
bool fault_kills(const struct fault *fault);

/* Of FAULT_RUN: what the shell is to run. */
const char *fault_command(const struct fault *fault);

/* "after 10.0 s" or "at 50 %". */
#define FAULT_WHEN_BYTES 48
const char *fault_when(const struct fault *fault, char text[FAULT_WHEN_BYTES]);

/* How long writers are to be stopped in all, in ns: nobody's fault. */
uint64_t faults_stop_ns(const struct fault *faults, uint32_t count);

#endif
