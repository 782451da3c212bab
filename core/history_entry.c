/* history_entry - see history_entry.h. */
#include "core/history_entry.h"

static const char *const outcome_names[] = {
	[OUTCOME_NONE] = "none",
	[OUTCOME_OPEN] = "open",
	[OUTCOME_ACKNOWLEDGED] = "acknowledged",
	[OUTCOME_FAILED] = "failed",
	[OUTCOME_UNKNOWN] = "unknown",
};

static const char *const step_names[] = {
	[STEP_NONE] = "none",	[STEP_OPEN] = "open",	  [STEP_LOCK] = "lock",
	[STEP_PLACE] = "place", [STEP_WRITE] = "write",	  [STEP_LOCATE] = "locate",
	[STEP_FLUSH] = "flush", [STEP_UNLOCK] = "unlock", [STEP_CLOSE] = "close",
};

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

const char *outcome_name(enum outcome outcome)
{
	return (size_t)outcome < COUNT_OF(outcome_names) ? outcome_names[outcome] : "?";
}

const char *append_step_name(enum append_step step)
{
	return (size_t)step < COUNT_OF(step_names) ? step_names[step] : "?";
}
