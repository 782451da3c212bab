/*
 * test_record - records against a second implementation of their format.
 *
 * The second one is written from the description in core/record.h and
 * docs/formats.md, a cell at a time and a bit at a time, and shares no code with
 * the first.
 */
#include "core/random.h"
#include "core/record.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static const char digits[] = "0123456789abcdefghijklmnopqrstuv";

static const struct record_plan plan_default = {
	.run_id = "k3f0000000vu",
	.strategy_index = 3,
	.min_bytes = 64,
	.max_bytes = 64,
	.seed = 11,
};

static const uint32_t all_sizes[] = {64,  65,	95,    96,	97,
				     100, 4096, 65537, 1 << 20, 16 << 20};

static const struct record_id some_ids[] = {
	{0, 0}, {7, 31}, {1, (uint64_t)1 << 39}, {(1 << 20) - 1, RECORD_MAX_SEQ}};

/* ---- the second implementation ---------------------------------------- */

static uint32_t model_crc(uint32_t state, const void *data, size_t len)
{
	const uint8_t *p = data;

	for (size_t i = 0; i < len; i++) {
		state ^= p[i];
		for (int bit = 0; bit < 8; bit++)
			state = state >> 1 ^ (0x82f63b78u & -(state & 1));
	}
	return state;
}

static void model_number(uint8_t *p, int chars, uint64_t value)
{
	for (int i = 0; i < chars; i++)
		p[i] = (uint8_t)digits[value >> (5 * (chars - 1 - i)) & 31];
}

static void model_cell(const struct record_plan *plan, struct record_id id,
		       uint32_t size_bytes, size_t index, uint8_t *cell)
{
	uint8_t strategy[4];
	uint32_t crc;

	for (int i = 0; i < 4; i++)
		strategy[i] = (uint8_t)(plan->strategy_index >> (8 * i));
	cell[0] = index ? '=' : '#';
	memcpy(cell + 1, plan->run_id, 3);
	model_number(cell + 5, 4, id.writer);
	model_number(cell + 10, 8, id.seq);
	model_number(cell + 19, 5, index ? index : size_bytes);
	cell[4] = cell[9] = cell[18] = cell[24] = '.';
	crc = model_crc(~0u, plan->run_id, 12);
	crc = model_crc(crc, strategy, 4);
	crc = ~model_crc(crc, cell, 25);
	for (int i = 0; i < 6; i++)
		cell[25 + i] = (uint8_t)('@' + (crc >> (27 - 5 * i) & 31));
	cell[31] = (uint8_t)('@' + ((crc & 3) << 3));
}

static void model_record(const struct record_plan *plan, struct record_id id,
			 uint32_t size_bytes, uint8_t *bytes)
{
	uint8_t cell[32];

	for (size_t at = 0; at < size_bytes; at += sizeof(cell)) {
		size_t left = size_bytes - at;

		model_cell(plan, id, size_bytes, at / 32, cell);
		memcpy(bytes + at, cell, left < 32 ? left : 32);
	}
	bytes[size_bytes - 1] = '\n';
}

/* ---- what the tests share --------------------------------------------- */

static struct record_form form_of(uint32_t min_bytes, uint32_t max_bytes)
{
	struct record_plan plan = plan_default;
	struct record_form form;

	plan.min_bytes = min_bytes;
	plan.max_bytes = max_bytes;
	ck_assert_int_eq(record_form_init(&form, &plan), 0);
	return form;
}

/* The record in a buffer of exactly its size, for the sanitizer to guard. */
static uint8_t *written(const struct record_form *form, struct record_id id)
{
	uint8_t *bytes = malloc(record_size(form, id));

	ck_assert_ptr_nonnull(bytes);
	record_write(form, id, bytes);
	return bytes;
}

static bool same_id(struct record_id a, struct record_id b)
{
	return a.writer == b.writer && a.seq == b.seq;
}

/* ---- tests ------------------------------------------------------------- */

START_TEST(agrees_with_the_description)
{
	for (size_t s = 0; s < COUNT_OF(all_sizes); s++) {
		struct record_form form = form_of(all_sizes[s], all_sizes[s]);
		uint8_t *expected = malloc(all_sizes[s]);
		size_t ids = all_sizes[s] > 65537 ? 1 : COUNT_OF(some_ids);

		ck_assert_ptr_nonnull(expected);
		for (size_t i = COUNT_OF(some_ids) - ids; i < COUNT_OF(some_ids); i++) {
			uint8_t *bytes = written(&form, some_ids[i]);

			model_record(&form.plan, some_ids[i], all_sizes[s], expected);
			ck_assert_mem_eq(bytes, expected, all_sizes[s]);
			ck_assert(record_equals(&form, some_ids[i], bytes));
			free(bytes);
		}
		free(expected);
		record_form_release(&form);
	}
}
END_TEST

START_TEST(agrees_over_a_range_of_sizes)
{
	struct record_form form = form_of(64, 5000);
	uint8_t expected[5000];

	for (uint64_t seq = 0; seq < 3000; seq++) {
		struct record_id id = {(uint32_t)(seq % 13), seq};
		uint32_t size_bytes = record_size(&form, id);
		uint8_t *bytes = written(&form, id);

		ck_assert_uint_ge(size_bytes, 64);
		ck_assert_uint_le(size_bytes, 5000);
		model_record(&form.plan, id, size_bytes, expected);
		ck_assert_mem_eq(bytes, expected, size_bytes);
		ck_assert(record_equals(&form, id, bytes));
		free(bytes);
	}
	record_form_release(&form);
}
END_TEST

/* From each of some records to each other one, and back to where it began. */
START_TEST(a_record_is_changed_where_it_lies)
{
	static const uint64_t seqs[] = {0, 1, 31, 32, 1023, 1024, 9999, RECORD_MAX_SEQ};
	static const uint32_t sizes[][2] = {{64, 64},  {65, 65},     {95, 95},
					    {96, 96},  {4096, 4096}, {5001, 5001},
					    {64, 5000}};

	for (size_t s = 0; s < COUNT_OF(sizes); s++) {
		struct record_form form = form_of(sizes[s][0], sizes[s][1]);
		uint8_t *bytes = malloc(sizes[s][1]);

		ck_assert_ptr_nonnull(bytes);
		record_write(&form, (struct record_id){7, 0}, bytes);
		for (size_t i = 0; i < COUNT_OF(seqs) * COUNT_OF(seqs); i++) {
			struct record_id id = {7, seqs[i * i % COUNT_OF(seqs)]};
			uint8_t *expected = written(&form, id);

			record_change(&form, id, bytes);
			ck_assert_mem_eq(bytes, expected, record_size(&form, id));
			free(expected);
			id.seq = seqs[i % COUNT_OF(seqs)];
			expected = written(&form, id);
			record_change(&form, id, bytes);
			ck_assert_mem_eq(bytes, expected, record_size(&form, id));
			free(expected);
		}
		free(bytes);
		record_form_release(&form);
	}
}
END_TEST

START_TEST(sizes_fill_their_range_and_follow_the_seed)
{
	struct record_form form = form_of(64, 67);
	struct record_form again = form_of(64, 67);
	struct record_form other = form_of(64, 67);
	unsigned int seen[4] = {0};
	unsigned int differ = 0;

	other.plan.seed++;
	for (uint64_t seq = 0; seq < 4000; seq++) {
		struct record_id id = {5, seq};

		seen[record_size(&form, id) - 64]++;
		ck_assert_uint_eq(record_size(&form, id), record_size(&again, id));
		differ += record_size(&form, id) != record_size(&other, id);
	}
	/* 1000 each are expected; 800 is more than seven standard deviations off. */
	for (int i = 0; i < 4; i++)
		ck_assert_uint_gt(seen[i], 800);
	ck_assert_uint_gt(differ, 2000);
	record_form_release(&form);
	record_form_release(&again);
	record_form_release(&other);
}
END_TEST

START_TEST(is_one_line_of_printable_ascii)
{
	for (size_t s = 0; s < COUNT_OF(all_sizes); s++) {
		struct record_form form = form_of(all_sizes[s], all_sizes[s]);
		uint8_t *bytes = written(&form, some_ids[1]);
		size_t last = all_sizes[s] - 1;
		bool printable = true;

		for (size_t i = 0; i < last; i++)
			printable &= bytes[i] > 0x20 && bytes[i] < 0x7f;
		ck_assert(printable);
		ck_assert_int_eq(bytes[last], '\n');
		free(bytes);
		record_form_release(&form);
	}
}
END_TEST

/* Does the window at @from hold a cell that says what it is? None may lie. */
static bool window_tells(const struct record_form *form, struct record_id id,
			 const uint8_t *bytes, size_t from)
{
	struct record_cell cell;
	bool told = false;

	for (size_t i = 0; i < 64; i++) {
		if (!record_cell_decode(form, bytes + from + i, 64 - i, &cell))
			continue;
		ck_assert(same_id(cell.id, id));
		ck_assert_uint_eq(cell.position, from + i);
		told = true;
	}
	return told;
}

START_TEST(every_window_of_64_bytes_names_its_record)
{
	for (uint32_t size = 64; size <= 4096; size += size < 300 ? 1 : 949) {
		struct record_form form = form_of(size, size);

		for (size_t i = 0; i < COUNT_OF(some_ids); i++) {
			uint8_t *bytes = written(&form, some_ids[i]);

			for (size_t from = 0; from + 64 <= size; from++)
				ck_assert_msg(
					window_tells(&form, some_ids[i], bytes, from),
					"size %u, window at %zu", size, from);
			free(bytes);
		}
		record_form_release(&form);
	}
}
END_TEST

START_TEST(windows_of_big_records_too)
{
	uint64_t random = 1;

	for (size_t s = 7; s < COUNT_OF(all_sizes); s++) {
		struct record_form form = form_of(all_sizes[s], all_sizes[s]);
		uint8_t *bytes = written(&form, some_ids[3]);
		size_t windows = all_sizes[s] - 63;

		for (size_t i = 0; i < 3000; i++)
			ck_assert(window_tells(&form, some_ids[3], bytes,
					       random_next(&random) % windows));
		ck_assert(window_tells(&form, some_ids[3], bytes, 0));
		ck_assert(window_tells(&form, some_ids[3], bytes, windows - 1));
		free(bytes);
		record_form_release(&form);
	}
}
END_TEST

START_TEST(a_fragment_of_a_ranged_record_tells_too)
{
	struct record_form form = form_of(64, 200);

	for (uint64_t seq = 0; seq < 500; seq++) {
		struct record_id id = {2, seq};
		uint8_t *bytes = written(&form, id);

		for (size_t from = 0; from + 64 <= record_size(&form, id); from++)
			ck_assert(window_tells(&form, id, bytes, from));
		free(bytes);
	}
	record_form_release(&form);
}
END_TEST

START_TEST(a_cell_needs_all_its_bytes)
{
	struct record_form form = form_of(128, 128);
	uint8_t *bytes = written(&form, some_ids[1]);
	struct record_cell cell = {.position = 4711};

	for (size_t available = 0; available < 32; available++)
		ck_assert(!record_cell_decode(&form, bytes, available, &cell));
	ck_assert_uint_eq(cell.position, 4711);
	ck_assert(record_cell_decode(&form, bytes, 32, &cell));
	free(bytes);
	record_form_release(&form);
}
END_TEST

START_TEST(the_last_cell_ends_in_the_newline)
{
	struct record_form form = form_of(96, 96);
	uint8_t *bytes = written(&form, some_ids[1]);
	struct record_cell cell;

	ck_assert(record_cell_decode(&form, bytes + 64, 32, &cell));
	ck_assert_uint_eq(cell.position, 64);
	/* A newline anywhere but at the end is damage. */
	bytes[63] = '\n';
	ck_assert(!record_cell_decode(&form, bytes + 32, 32, &cell));
	free(bytes);
	record_form_release(&form);
}
END_TEST

START_TEST(any_changed_byte_is_seen)
{
	for (uint32_t size = 64; size <= 200; size++) {
		struct record_form form = form_of(size, size);
		struct record_id id = some_ids[size % COUNT_OF(some_ids)];
		uint8_t *bytes = written(&form, id);
		struct record_id found;
		size_t missed = 0;

		for (size_t at = 0; at < size; at++) {
			for (int flip = 1; flip < 256; flip++) {
				bytes[at] ^= (uint8_t)flip;
				missed += record_equals(&form, id, bytes);
				missed +=
					record_recognise(&form, bytes, size, 1, &found);
				bytes[at] ^= (uint8_t)flip;
			}
		}
		ck_assert_uint_eq(missed, 0);
		ck_assert(record_equals(&form, id, bytes));
		free(bytes);
		record_form_release(&form);
	}
}
END_TEST

START_TEST(a_whole_record_is_recognised)
{
	static const uint32_t sizes[][2] = {
		{64, 64}, {65, 65}, {4096, 4096}, {64, 3000}};

	for (size_t s = 0; s < COUNT_OF(sizes); s++) {
		struct record_form form = form_of(sizes[s][0], sizes[s][1]);

		for (size_t i = 0; i < COUNT_OF(some_ids); i++) {
			uint8_t *bytes = written(&form, some_ids[i]);
			uint32_t size = record_size(&form, some_ids[i]);
			struct record_id found = {0, 0};

			ck_assert(record_recognise(&form, bytes, size, 1, &found));
			ck_assert(same_id(found, some_ids[i]));
			for (size_t less = 0; less < size; less++)
				ck_assert(!record_recognise(&form, bytes, less, 1,
							    &found));
			ck_assert(!record_recognise(&form, bytes + 32, size - 32, 1,
						    &found));
			free(bytes);
		}
		record_form_release(&form);
	}
}
END_TEST

START_TEST(any_changed_byte_of_a_ranged_record_is_seen)
{
	struct record_form form = form_of(64, 200);

	for (uint64_t seq = 0; seq < 200; seq++) {
		struct record_id id = {9, seq};
		uint8_t *bytes = written(&form, id);

		for (size_t at = 0; at < record_size(&form, id); at++) {
			bytes[at] ^= 0x20;
			ck_assert(!record_equals(&form, id, bytes));
			bytes[at] ^= 0x20;
		}
		free(bytes);
	}
	record_form_release(&form);
}
END_TEST

START_TEST(a_changed_byte_of_a_big_record_is_seen)
{
	uint64_t random = 2;

	for (size_t s = 6; s < COUNT_OF(all_sizes); s++) {
		struct record_form form = form_of(all_sizes[s], all_sizes[s]);
		uint8_t *bytes = written(&form, some_ids[2]);

		for (int i = 0; i < 30; i++) {
			size_t at = random_next(&random) % all_sizes[s];

			bytes[at] ^= 1;
			ck_assert(!record_equals(&form, some_ids[2], bytes));
			bytes[at] ^= 1;
		}
		free(bytes);
		record_form_release(&form);
	}
}
END_TEST

START_TEST(a_changed_cell_does_not_decode)
{
	struct record_form form = form_of(97, 97);
	uint8_t *bytes = written(&form, some_ids[1]);
	struct record_cell cell;

	for (size_t at = 0; at < 96; at++)
		for (int flip = 1; flip < 256; flip++) {
			bytes[at] ^= (uint8_t)flip;
			ck_assert(!record_cell_decode(&form, bytes + at / 32 * 32, 32,
						      &cell));
			bytes[at] ^= (uint8_t)flip;
		}
	free(bytes);
	record_form_release(&form);
}
END_TEST

/* Nothing that @theirs wrote may be taken for anything of @ours. */
static void strangers(const struct record_form *ours, const struct record_form *theirs)
{
	struct record_cell cell;

	for (size_t i = 0; i < COUNT_OF(some_ids); i++) {
		uint8_t *bytes = written(theirs, some_ids[i]);

		ck_assert(!record_equals(ours, some_ids[i], bytes));
		for (size_t at = 0; at + 32 <= theirs->plan.max_bytes; at++)
			ck_assert(!record_cell_decode(
				ours, bytes + at, theirs->plan.max_bytes - at, &cell));
		free(bytes);
	}
}

START_TEST(other_runs_and_strategies_are_strangers)
{
	struct record_form ours = form_of(200, 200);
	struct record_plan plan = ours.plan;
	struct record_form theirs;

	/* Only the first three digits stand in the cells; all are in the sum. */
	for (int i = 0; i < RUN_ID_CHARS; i++) {
		plan.run_id[i] = plan.run_id[i] == 'v' ? 'u' : 'v';
		ck_assert_int_eq(record_form_init(&theirs, &plan), 0);
		strangers(&ours, &theirs);
		record_form_release(&theirs);
		plan = ours.plan;
	}
	for (int bit = 0; bit < 32; bit++) {
		plan.strategy_index = ours.plan.strategy_index ^ 1u << bit;
		ck_assert_int_eq(record_form_init(&theirs, &plan), 0);
		strangers(&ours, &theirs);
		record_form_release(&theirs);
	}
	record_form_release(&ours);
}
END_TEST

START_TEST(other_identities_are_not_equal)
{
	struct record_form form = form_of(100, 100);
	struct record_id id = {1234, 5678901};
	uint8_t *bytes = written(&form, id);
	struct record_cell cell;

	for (int bit = 0; bit < 20; bit++)
		ck_assert(!record_equals(
			&form, (struct record_id){id.writer ^ 1u << bit, id.seq},
			bytes));
	for (int bit = 0; bit < 40; bit++)
		ck_assert(!record_equals(
			&form,
			(struct record_id){id.writer, id.seq ^ (uint64_t)1 << bit},
			bytes));
	/* Its cells decode as its own, never as the other's. */
	ck_assert(record_cell_decode(&form, bytes + 32, 32, &cell));
	ck_assert(same_id(cell.id, id));
	free(bytes);
	record_form_release(&form);
}
END_TEST

START_TEST(a_cell_beyond_the_size_does_not_decode)
{
	struct record_form small = form_of(96, 96);
	struct record_form big = form_of(256, 256);
	uint8_t *bytes = written(&big, some_ids[0]);
	struct record_cell cell;

	/* The same run and strategy, but a plan in which there is no such place. */
	ck_assert(!record_cell_decode(&small, bytes, 32, &cell));
	for (size_t at = 96; at < 256; at += 32)
		ck_assert(!record_cell_decode(&small, bytes + at, 32, &cell));
	free(bytes);
	record_form_release(&small);
	record_form_release(&big);
}
END_TEST

START_TEST(noise_does_not_decode)
{
	static const char alphabet[] = "#=.0123456789abcdefghijklmnopqrstuv@AZ_\n";
	struct record_form form = form_of(64, RECORD_MAX_BYTES);
	uint64_t random = 3;
	struct record_cell cell;
	uint8_t bytes[32];

	for (int i = 0; i < 200000; i++) {
		for (size_t at = 0; at < sizeof(bytes); at++) {
			uint64_t value = random_next(&random);

			bytes[at] = i & 1 ? (uint8_t)value
					  : (uint8_t)alphabet[value %
							      (sizeof(alphabet) - 1)];
		}
		bytes[0] = i & 2 ? '=' : '#';
		ck_assert(!record_cell_decode(&form, bytes, sizeof(bytes), &cell));
	}
	/* All of the shape right, only the sum not. */
	memcpy(bytes, "=k3f.vvvv.vvvvvvvv.vvvvv.@@@@@@@", sizeof(bytes));
	ck_assert(!record_cell_decode(&form, bytes, sizeof(bytes), &cell));
	record_form_release(&form);
}
END_TEST

/*
 * From each position, with the first disagreement at each place, and with
 * limits around it: byte for byte what a loop over the written record says.
 */
static void match_everywhere(const struct record_form *form, struct record_id id)
{
	size_t size = record_size(form, id);
	uint8_t *bytes = written(form, id);

	for (size_t bad = 0; bad <= size; bad++) {
		if (bad < size)
			bytes[bad] ^= 4;
		for (size_t at = 0; at <= size; at++) {
			size_t ahead = (bad >= at ? bad : size) - at;
			size_t behind = bad < at ? at - bad - 1 : at;

			for (size_t limit = 0; limit <= size - at;
			     limit += 1 + (size - at) / 3)
				ck_assert_uint_eq(
					record_match_forward(form, id, (uint32_t)at,
							     bytes + at, limit),
					limit < ahead ? limit : ahead);
			ck_assert_uint_eq(record_match_forward(form, id, (uint32_t)at,
							       bytes + at, SIZE_MAX),
					  ahead);
			for (size_t limit = 0; limit <= at; limit += 1 + at / 3)
				ck_assert_uint_eq(
					record_match_backward(form, id, (uint32_t)at,
							      bytes + at, limit),
					limit < behind ? limit : behind);
			ck_assert_uint_eq(record_match_backward(form, id, (uint32_t)at,
								bytes + at, SIZE_MAX),
					  behind);
		}
		if (bad < size)
			bytes[bad] ^= 4;
	}
	free(bytes);
}

START_TEST(matches_byte_for_byte)
{
	static const uint32_t sizes[] = {64, 65, 95, 96, 97, 100, 131};
	struct record_form ranged = form_of(64, 130);

	for (size_t s = 0; s < COUNT_OF(sizes); s++) {
		struct record_form form = form_of(sizes[s], sizes[s]);

		match_everywhere(&form, some_ids[s % COUNT_OF(some_ids)]);
		record_form_release(&form);
	}
	for (uint64_t seq = 0; seq < 5; seq++)
		match_everywhere(&ranged, (struct record_id){3, seq});
	record_form_release(&ranged);
}
END_TEST

START_TEST(matches_big_records)
{
	struct record_form form = form_of(65537, 65537);
	uint8_t *bytes = written(&form, some_ids[2]);
	uint64_t random = 4;

	for (int i = 0; i < 300; i++) {
		uint32_t at = (uint32_t)(random_next(&random) % 65538);
		size_t bad = random_next(&random) % 65537;
		size_t ahead = (bad >= at ? bad : 65537) - at;
		size_t behind = bad < at ? at - bad - 1 : at;

		bytes[bad] ^= 4;
		ck_assert_uint_eq(record_match_forward(&form, some_ids[2], at,
						       bytes + at, SIZE_MAX),
				  ahead);
		ck_assert_uint_eq(record_match_backward(&form, some_ids[2], at,
							bytes + at, SIZE_MAX),
				  behind);
		bytes[bad] ^= 4;
	}
	free(bytes);
	record_form_release(&form);
}
END_TEST

START_TEST(refuses_plans_that_make_no_sense)
{
	static const struct {
		const char *run_id;
		uint32_t min_bytes, max_bytes;
	} bad[] = {
		{"k3f0000000vu", 63, 64},
		{"k3f0000000vu", 0, 64},
		{"k3f0000000vu", 64, RECORD_MAX_BYTES + 1},
		{"k3f0000000vu", 64, UINT32_MAX},
		{"k3f0000000vu", 65, 64},
		{"k3f0000000v", 64, 64},
		{"", 64, 64},
		{"K3F0000000VU", 64, 64},
		{"k3f0000000vw", 64, 64},
		{"k3f 000000vu", 64, 64},
	};

	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		struct record_plan plan = plan_default;
		struct record_form form;

		snprintf(plan.run_id, sizeof(plan.run_id), "%s", bad[i].run_id);
		plan.min_bytes = bad[i].min_bytes;
		plan.max_bytes = bad[i].max_bytes;
		ck_assert_int_eq(record_form_init(&form, &plan), -EINVAL);
		record_form_release(&form);
	}
}
END_TEST

START_TEST(releasing_twice_is_harmless)
{
	struct record_form form = form_of(64, 64);

	record_form_release(&form);
	record_form_release(&form);
}
END_TEST

START_TEST(run_ids)
{
	char text[RUN_ID_CHARS + 1];
	uint64_t random = 5;

	run_id_format(0, text);
	ck_assert_str_eq(text, "000000000000");
	run_id_format(31 | (uint64_t)10 << 55, text);
	ck_assert_str_eq(text, "a0000000000v");
	run_id_format(UINT64_MAX, text);
	ck_assert_str_eq(text, "vvvvvvvvvvvv");
	for (int i = 0; i < 1000; i++) {
		run_id_format(random_next(&random), text);
		ck_assert(run_id_valid(text));
	}
	ck_assert(!run_id_valid(""));
	ck_assert(!run_id_valid("00000000000"));
	ck_assert(!run_id_valid("0000000000000"));
	ck_assert(!run_id_valid("00000000000w"));
	ck_assert(!run_id_valid("00000000000A"));
	ck_assert(!run_id_valid("../000000000"));
}
END_TEST

UNIT_MAIN("record", 100, agrees_with_the_description, agrees_over_a_range_of_sizes,
	  a_record_is_changed_where_it_lies, sizes_fill_their_range_and_follow_the_seed,
	  is_one_line_of_printable_ascii, every_window_of_64_bytes_names_its_record,
	  windows_of_big_records_too, a_fragment_of_a_ranged_record_tells_too,
	  a_cell_needs_all_its_bytes, the_last_cell_ends_in_the_newline,
	  any_changed_byte_is_seen, a_whole_record_is_recognised,
	  any_changed_byte_of_a_ranged_record_is_seen,
	  a_changed_byte_of_a_big_record_is_seen, a_changed_cell_does_not_decode,
	  other_runs_and_strategies_are_strangers, other_identities_are_not_equal,
	  a_cell_beyond_the_size_does_not_decode, noise_does_not_decode,
	  matches_byte_for_byte, matches_big_records, refuses_plans_that_make_no_sense,
	  releasing_twice_is_harmless, run_ids)
