/*
 * model - what docs/guarantees.md says of a run, worked out the slow way: byte
 * by byte, pair by pair, with no code of verify/.
 */
#ifndef TAILRACE_TESTS_MUTATE_MODEL_H
#define TAILRACE_TESTS_MUTATE_MODEL_H

#include "tests/craft/craft.h"

struct model_result {
	int64_t anomalies[ANOMALY_COUNT];
	int64_t intact, recovered, lock_lost, handoffs;
	int64_t placed; /* appends that stand in the files */
	enum verdict verdict;
};

/* The bytes of records already worked out; kept from one damage to the next. */
struct model_texts {
	struct model_text {
		struct record_id id;
		uint32_t size;
		uint8_t *bytes;
	} * texts;
	size_t count;
};

/* Judge the run that @craft describes: histories that are whole, files as they are. */
void model_judge(const struct craft *craft, struct model_texts *texts,
		 struct model_result *ret_result);
void model_texts_release(struct model_texts *texts);

#endif
