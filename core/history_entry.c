/* history_entry - see history_entry.h. */
#include "core/history_entry.h"

#include "core/crc32c.h"

#include <errno.h>

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

uint32_t entry_sum(uint32_t sum_start, uint64_t seq, const uint8_t *p)
{
	uint8_t place[8];

	put_le64(place, seq);
	return ~crc32c_raw(crc32c_raw(sum_start, place, sizeof(place)), p,
			   ENTRY_SUM_AT);
}

/* Six bytes, in one load: an entry has two more behind each. */
static uint64_t delta_at(const uint8_t *p)
{
	return get_le64(p) & DELTA_MAX;
}

int entry_decode(const uint8_t *p, struct history_entry *ret_entry)
{
	int64_t offset = (int64_t)get_le64(p + OFFSET_AT);
	uint64_t invoke_ns = get_le64(p + INVOKE_AT);

	if (p[OUTCOME_AT] < OUTCOME_OPEN || p[OUTCOME_AT] > OUTCOME_UNKNOWN ||
	    p[STEP_AT] > STEP_CLOSE || offset < HISTORY_OFFSET_UNKNOWN ||
	    offset > INT64_MAX - RECORD_MAX_BYTES || invoke_ns > INVOKE_MAX)
		return -EBADMSG;
	*ret_entry = (struct history_entry){
		.outcome = p[OUTCOME_AT],
		.step = p[STEP_AT],
		.errnum = get_le16(p + ERRNO_AT),
		.offset = offset,
		.invoke_ns = invoke_ns,
		.locked_ns = invoke_ns + delta_at(p + LOCKED_AT),
		.written_ns = invoke_ns + delta_at(p + WRITTEN_AT),
		.flushed_ns = invoke_ns + delta_at(p + FLUSHED_AT),
		.unlock_ns = invoke_ns + delta_at(p + UNLOCK_AT),
		.completed_ns = invoke_ns + delta_at(p + COMPLETED_AT),
		.hold = get_le32(p + HOLD_AT),
		.saw = p[SAW_AT],
		.seen = get_le32(p + SEEN_AT),
	};
	return 0;
}
