/*
 * Explaining losses must end in time, whatever the file holds: a record of the
 * largest size in shuffled pieces implies a quarter of a million places.
 */
#include "tests/craft/craft.h"

#include "tests/unit/unit.h"

#include <stdlib.h>

#define PIECE_BYTES 64

static struct history_entry acknowledged(void)
{
	return (struct history_entry){
		.outcome = OUTCOME_ACKNOWLEDGED,
		.invoke_ns = CRAFT_SAMPLE_NS,
		.locked_ns = CRAFT_SAMPLE_NS + 1,
		.written_ns = CRAFT_SAMPLE_NS + 2,
		.flushed_ns = CRAFT_SAMPLE_NS + 3,
		.unlock_ns = CRAFT_SAMPLE_NS + 4,
		.completed_ns = CRAFT_SAMPLE_NS + 5,
	};
}

START_TEST(record_in_reversed_pieces)
{
	const struct craft_plan plan = {
		.hosts = 1,
		.writers = 1,
		.min_bytes = RECORD_MAX_BYTES,
		.max_bytes = RECORD_MAX_BYTES,
	};
	struct history_entry entry = acknowledged();
	struct record_id id = {0, 0};
	uint8_t *record = malloc(RECORD_MAX_BYTES);
	struct judgment judgment;
	struct craft craft;

	ck_assert_ptr_nonnull(record);
	craft_init(&craft, &plan);
	craft_append(&craft, 0, &entry);
	record_write(&craft.form, id, record);
	for (size_t from = 0; from < RECORD_MAX_BYTES; from += PIECE_BYTES)
		craft_put(&craft, 0, RECORD_MAX_BYTES - PIECE_BYTES - from,
			  record + from, PIECE_BYTES);
	craft_save(&craft);
	craft_judge(&craft, &judgment);
	ck_assert_int_eq(judgment.verdict, VERDICT_UNSAFE);
	ck_assert_int_eq(judgment.anomalies[ANOMALY_LOST], 1);
	ck_assert_int_eq(judgment.anomalies[ANOMALY_FOREIGN], 0);
	judgment_release(&judgment);
	craft_release(&craft);
	free(record);
}
END_TEST

UNIT_MAIN("lost", 60, record_in_reversed_pieces)
