/*
 * history_entry - the bytes of a history, shared by those who write and who read one;
 * docs/formats.md has the layout.
 */
#ifndef TAILRACE_CORE_HISTORY_ENTRY_H
#define TAILRACE_CORE_HISTORY_ENTRY_H

#include <errno.h>

#include "core/bytes.h"
#include "core/crc32c.h"
#include "core/history.h"

/* The header page: history_identity.c has the fixed part; then three live fields. */
enum {
	LIVE_COUNT_AT = 1024,	  /* entries begun, raised after each */
	LIVE_CONCLUDED_AT = 1032, /* entries concluded, likewise */
	FINAL_AT = 1088,	  /* "done", then the count */
	FINAL_COUNT_AT = 1096,
	FINAL_SUM_AT = 1104, /* CRC-32C of bytes 1088..1103 */
};
#define FINAL_MARK "all done"

/*
 * An entry: 60 bytes under a checksum, which also covers the fixed part of the
 * header and the entry's number, so that no entry passes in another's place.
 */
enum {
	OUTCOME_AT = 0,
	STEP_AT = 1,
	ERRNO_AT = 2,
	HOLD_AT = 4,
	OFFSET_AT = 8,
	INVOKE_AT = 16,
	LOCKED_AT = 24, /* this and the next: ns since invoke, 6 bytes each */
	WRITTEN_AT = 30,
	FLUSHED_AT = 36,
	UNLOCK_AT = 42,
	COMPLETED_AT = 48,
	SEEN_AT = 54,
	SAW_AT = 58,
	ENTRY_SUM_AT = 60,
};
#define DELTA_MAX (((uint64_t)1 << 48) - 1)

/* A clock that ran for 73 years: later times are damage, and could not be added up. */
#define INVOKE_MAX (INT64_MAX / 4 - DELTA_MAX)

/* Where entry number @seq begins, which is the length of a file of so many. */
static inline size_t entry_offset(uint64_t seq)
{
	return HISTORY_HEADER_BYTES + seq * HISTORY_ENTRY_BYTES;
}

/* The sum of entry number @seq; @sum_start is what the header makes of it. */
static inline uint32_t entry_sum(uint32_t sum_start, uint64_t seq, const uint8_t *p)
{
	_Static_assert(ENTRY_SUM_AT == 60, "what is summed");
	return ~crc32c_raw_numbered_60(sum_start, seq, p);
}

static inline bool entry_agrees(const uint8_t *p, uint32_t sum_start, uint64_t seq)
{
	return get_le32(p + ENTRY_SUM_AT) == entry_sum(sum_start, seq, p);
}

/* Six bytes, in one load: an entry has two more behind each. */
static inline uint64_t entry_delta_at(const uint8_t *p)
{
	return get_le64(p) & DELTA_MAX;
}

/* An entry whose sum agreed: 0, or -EBADMSG where its fields make no sense. */
static inline int entry_decode(const uint8_t *p, struct history_entry *ret_entry)
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
		.hold = get_le32(p + HOLD_AT),
		.offset = offset,
		.invoke_ns = invoke_ns,
		.locked_ns = invoke_ns + entry_delta_at(p + LOCKED_AT),
		.written_ns = invoke_ns + entry_delta_at(p + WRITTEN_AT),
		.flushed_ns = invoke_ns + entry_delta_at(p + FLUSHED_AT),
		.unlock_ns = invoke_ns + entry_delta_at(p + UNLOCK_AT),
		.completed_ns = invoke_ns + entry_delta_at(p + COMPLETED_AT),
		.saw = p[SAW_AT],
		.seen = get_le32(p + SEEN_AT),
	};
	return 0;
}

#endif
