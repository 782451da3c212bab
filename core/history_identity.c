/* history_identity - see history_identity.h; the layout is in docs/formats.md. */
#include "core/history_identity.h"

#include "core/bytes.h"
#include "core/claim.h"
#include "core/crc32c.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#define MAGIC	    "tailhist"
#define MAGIC_BYTES 8
#define VERSION	    2
#define ENTRY_BYTES 64

enum {
	VERSION_AT = 8,
	ENTRY_BYTES_AT = 12,
	RUN_ID_AT = 16, /* 12 characters, NUL padded to 16 */
	STRATEGY_INDEX_AT = 32,
	WRITER_AT = 36,
	CAPACITY_AT = 40,
	WRITERS_AT = 48,
	FLAGS_AT = 52,
	CLAIMS_AT = 56,
	BATCH_AT = 60,
	HOST_AT = 64, /* this and the next: 256 bytes each, NUL terminated */
	STRATEGY_AT = 320,
	SPEC_AT = 576,
	CLIENT_AT = 832, /* 128 bytes */
	MIN_BYTES_AT = 960,
	MAX_BYTES_AT = 964,
	SEED_AT = 968,
	RECORDS_AT = 976,
	PADDING_AT = 984,
	FSTYPE_AT = 988, /* 32 bytes */
	SUM_AT = HISTORY_FIXED_BYTES,
};

/* The flags, by bit; above them stands the workload. */
#define WORKLOAD_SHIFT 8
static const size_t flags[] = {
	offsetof(struct history_identity, control),
	offsetof(struct history_identity, shared_file),
	offsetof(struct history_identity, exclusive_lock),
	offsetof(struct history_identity, local_fs),
	offsetof(struct history_identity, one_client),
};

/* The texts, by place. */
static const struct {
	size_t offset, at, max;
} texts[] = {
	{offsetof(struct history_identity, host), HOST_AT, HISTORY_NAME_MAX},
	{offsetof(struct history_identity, strategy), STRATEGY_AT, HISTORY_NAME_MAX},
	{offsetof(struct history_identity, spec), SPEC_AT, HISTORY_NAME_MAX},
	{offsetof(struct history_identity, client), CLIENT_AT, HISTORY_CLIENT_MAX},
	{offsetof(struct history_identity, fstype), FSTYPE_AT, HISTORY_FSTYPE_MAX},
};

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static uint32_t flags_encode(const struct history_identity *identity)
{
	uint32_t bits = 0;

	for (size_t i = 0; i < COUNT_OF(flags); i++)
		bits |= (uint32_t) * (const bool *)((const char *)identity + flags[i])
			<< i;
	return bits | (uint32_t)identity->workload << WORKLOAD_SHIFT;
}

void history_identity_encode(const struct history_identity *identity, uint64_t capacity,
			     uint8_t *page)
{
	memcpy(page, MAGIC, MAGIC_BYTES);
	put_le32(page + VERSION_AT, VERSION);
	put_le32(page + ENTRY_BYTES_AT, ENTRY_BYTES);
	memcpy(page + RUN_ID_AT, identity->run_id, RUN_ID_CHARS);
	put_le32(page + STRATEGY_INDEX_AT, identity->strategy_index);
	put_le32(page + WRITER_AT, identity->writer);
	put_le64(page + CAPACITY_AT, capacity);
	put_le32(page + WRITERS_AT, identity->writers);
	put_le32(page + FLAGS_AT, flags_encode(identity));
	put_le32(page + CLAIMS_AT, identity->claims);
	put_le32(page + BATCH_AT, identity->batch);
	put_le32(page + MIN_BYTES_AT, identity->min_bytes);
	put_le32(page + MAX_BYTES_AT, identity->max_bytes);
	put_le64(page + SEED_AT, identity->seed);
	put_le64(page + RECORDS_AT, identity->records);
	put_le32(page + PADDING_AT, identity->padding_bytes);
	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		const char *text = (const char *)identity + texts[i].offset;

		memcpy(page + texts[i].at, text, strnlen(text, texts[i].max));
	}
	put_le32(page + SUM_AT, crc32c(page, SUM_AT));
}

int history_identity_decode(const uint8_t *page, struct history_identity *ret_identity)
{
	struct history_identity identity = {0};
	uint32_t bits = get_le32(page + FLAGS_AT);

	if (memcmp(page, MAGIC, MAGIC_BYTES) != 0)
		return -EBADMSG;
	if (get_le32(page + VERSION_AT) != VERSION)
		return -EPROTONOSUPPORT;
	if (get_le32(page + ENTRY_BYTES_AT) != ENTRY_BYTES ||
	    get_le32(page + SUM_AT) != crc32c(page, SUM_AT))
		return -EBADMSG;
	memcpy(identity.run_id, page + RUN_ID_AT, RUN_ID_CHARS);
	identity.strategy_index = get_le32(page + STRATEGY_INDEX_AT);
	identity.writer = get_le32(page + WRITER_AT);
	if (!run_id_valid(identity.run_id) || identity.writer >= RECORD_MAX_WRITERS)
		return -EBADMSG;
	identity.writers = get_le32(page + WRITERS_AT);
	for (size_t i = 0; i < COUNT_OF(flags); i++)
		*(bool *)((char *)&identity + flags[i]) = bits >> i & 1;
	identity.workload = (enum workload)(bits >> WORKLOAD_SHIFT & 0xff);
	identity.claims = get_le32(page + CLAIMS_AT);
	identity.batch = get_le32(page + BATCH_AT);
	identity.min_bytes = get_le32(page + MIN_BYTES_AT);
	identity.max_bytes = get_le32(page + MAX_BYTES_AT);
	identity.seed = get_le64(page + SEED_AT);
	identity.records = get_le64(page + RECORDS_AT);
	identity.padding_bytes = get_le32(page + PADDING_AT);
	for (size_t i = 0; i < COUNT_OF(texts); i++)
		memcpy((char *)&identity + texts[i].offset, page + texts[i].at,
		       texts[i].max);
	*ret_identity = identity;
	return 0;
}

struct record_plan history_identity_record_plan(const struct history_identity *identity)
{
	struct record_plan plan = {
		.strategy_index = identity->strategy_index,
		.min_bytes = identity->min_bytes,
		.max_bytes = identity->max_bytes,
		.seed = identity->seed,
	};

	memcpy(plan.run_id, identity->run_id, sizeof(plan.run_id));
	return plan;
}

bool history_identity_plans(const struct history_identity *identity)
{
	return run_id_valid(identity->run_id) &&
	       identity->writers <= RECORD_MAX_WRITERS &&
	       identity->writer < identity->writers &&
	       identity->min_bytes >= RECORD_MIN_BYTES &&
	       identity->min_bytes <= identity->max_bytes &&
	       identity->max_bytes <= RECORD_MAX_BYTES && identity->batch > 0 &&
	       identity->claims < 1u << CLAIM_COUNT &&
	       identity->workload < WORKLOAD_COUNT && identity->client[0] &&
	       identity->strategy[0] && identity->spec[0];
}

bool history_identity_same_plan(const struct history_identity *a,
				const struct history_identity *b)
{
	return strcmp(a->run_id, b->run_id) == 0 &&
	       a->strategy_index == b->strategy_index &&
	       strcmp(a->strategy, b->strategy) == 0 && strcmp(a->spec, b->spec) == 0 &&
	       a->writers == b->writers && a->records == b->records &&
	       a->min_bytes == b->min_bytes && a->max_bytes == b->max_bytes &&
	       a->seed == b->seed && a->claims == b->claims && a->batch == b->batch &&
	       a->padding_bytes == b->padding_bytes &&
	       flags_encode(a) == flags_encode(b);
}
