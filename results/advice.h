/*
 * advice - from what was found and what is mounted to its likely cause and a
 * remedy, each with its evidence.
 *
 * A table of rules, each a pure function of the result: nothing is judged here, and
 * advice changes no verdict.  What a rule says is cited at its row.
 */
#ifndef TAILRACE_RESULTS_ADVICE_H
#define TAILRACE_RESULTS_ADVICE_H

#include <stddef.h>

#include "results/result.h"

enum advice_weight {
	ADVICE_HARM, /* it explains something that went wrong here */
	ADVICE_RISK, /* it did no harm in this run, and may in another */
	ADVICE_NOTE, /* it limits what this run can tell */
};

/* "harm", "risk", "note". */
const char *advice_weight_name(enum advice_weight weight);

struct advice {
	const char *id; /* letters and '-': stable, for machines */
	enum advice_weight weight;
	char evidence[512];
	const char *cause;  /* sentences for people */
	const char *remedy; /* likewise */
	const char *source; /* where that is written */
};

enum { ADVICE_MAX = 64 };

/*
 * Put into @ret_advice (ADVICE_MAX of them) what @result gives reason for, harm first.
 * Returns how many.
 */
size_t advice_give(const struct result *result, struct advice *ret_advice);

/* Does the comma-separated list @options hold @option, be it with a value? */
bool mount_option_set(const char *options, const char *option);

#endif
