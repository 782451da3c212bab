/*
 * fuzz_judge - the input is a program that fills histories and data files; the
 * verifier must agree with the model of tests/mutate.
 */
#include "tests/fuzz/fuzz.h"
#include "tests/mutate/compare.h"

enum { WRITERS = 3, FILE_MAX = 6000 };

struct tape {
	const uint8_t *bytes;
	size_t left;
};

static uint32_t next(struct tape *tape)
{
	if (!tape->left)
		return 0;
	tape->left--;
	return *tape->bytes++;
}

static void append(struct craft *c, struct tape *tape, uint64_t now_ns)
{
	struct history_entry entry = {
		.outcome = (enum outcome)(1 + next(tape) % 4),
		.step = STEP_WRITE,
		.offset = (int64_t)(next(tape) << 4) - 1,
		.invoke_ns = now_ns,
		.locked_ns = now_ns + next(tape) * 100,
		.hold = next(tape) % 4,
	};

	entry.written_ns = entry.flushed_ns = entry.locked_ns;
	entry.unlock_ns = entry.completed_ns = entry.locked_ns + next(tape) * 100;
	/* An intention is all that a history has of an append that is still open. */
	if (entry.outcome == OUTCOME_OPEN)
		entry = (struct history_entry){
			.outcome = OUTCOME_OPEN,
			.offset = HISTORY_OFFSET_UNKNOWN,
			.invoke_ns = now_ns,
			.locked_ns = now_ns,
			.written_ns = now_ns,
			.flushed_ns = now_ns,
			.unlock_ns = now_ns,
			.completed_ns = now_ns,
		};
	craft_append(c, next(tape) % WRITERS, &entry);
}

/* Bytes of a record, whole or cut, or of nobody. */
static void fill(struct craft *c, struct tape *tape, uint32_t file, size_t at)
{
	struct record_id id = {next(tape) % (WRITERS + 1), next(tape) % 8};
	uint32_t kind = next(tape), from = 0, length = record_size(&c->form, id);
	uint8_t *record = craft_grow(NULL, length);

	record_write(&c->form, id, record);
	if (kind & 1) {
		from = next(tape) % length;
		length = 1 + next(tape) % (length - from);
	}
	for (uint32_t i = 0; kind & 2 && i < length; i++)
		record[from + i] = (uint8_t)(kind & 4 ? next(tape) : 0);
	craft_put(c, file, at, record + from, length);
	free(record);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	struct tape tape = {bytes, length};
	struct craft_plan plan = {2, WRITERS, 64 + next(&tape), 0, 0};
	struct model_texts texts = {0};
	struct model_result model;
	struct craft craft;
	uint32_t strategy = next(&tape);

	plan.max_bytes = plan.min_bytes + next(&tape) / 2;
	craft_init(&craft, &plan);
	craft.strategy->shared_file = strategy & 1;
	craft.strategy->batch = 1 + (strategy >> 1 & 1);
	craft.strategy->padding_bytes = strategy & 4 ? 128 : 0;
	for (uint32_t w = 0; w < WRITERS; w++)
		craft.strategy->writers[w].end = WRITER_KILLED;
	for (uint64_t i = 0; tape.left && i < 200; i++) {
		uint32_t what = next(&tape);
		uint32_t file = craft.strategy->shared_file ? 0 : what / 64 % WRITERS;
		size_t end = craft.files[file].length;

		if (what % 3 == 0)
			append(&craft, &tape, CRAFT_SAMPLE_NS + i * 9000);
		else if (end < FILE_MAX)
			fill(&craft, &tape, file,
			     what % 3 == 1 ? end : next(&tape) * 8 % (end + 1));
	}
	craft_save(&craft);
	if (judgments_differ(&craft, &texts, &model, false)) {
		judgments_differ(&craft, &texts, &model, true);
		abort();
	}
	model_texts_release(&texts);
	craft_release(&craft);
	return 0;
}
