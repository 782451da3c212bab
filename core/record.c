/*
 * record - build, recognise and compare records; the format is in record.h.
 *
 * Every cell is (cell of writer 0, seq 0) XOR (one difference per identity),
 * so that building or comparing a record is one pass of 32-byte XORs.
 */
#include "core/record.h"

#include "core/crc32c.h"
#include "core/random.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Where the fields of a cell begin, and how many characters they have. */
enum {
	MARK_AT = 0,
	RUN_AT = 1,
	RUN_CHARS = 3,
	WRITER_AT = 5,
	WRITER_CHARS = 4,
	SEQ_AT = 10,
	SEQ_CHARS = 8,
	PLACE_AT = 19, /* the size in a head, the cell's number elsewhere */
	PLACE_CHARS = 5,
	CHECK_AT = 25,
	CHECK_CHARS = 7,
};

#define HEAD_MARK '#'
#define BODY_MARK '='
#define SEPARATOR '.'

/*
 * The alphabet of the check is 0x40 + five bits ("@A..Z[\]^_"), and not
 * base32hex, so that it is linear: check(a) ^ check(b) == bits of (a ^ b).
 */
#define CHECK_BASE 0x40

static const char base32hex[] = "0123456789abcdefghijklmnopqrstuv";

static void put_number(uint8_t *p, int chars, uint64_t value)
{
	while (chars--) {
		p[chars] = (uint8_t)base32hex[value & 31];
		value >>= 5;
	}
}

/* The value of a base32hex digit, or a value over 31. */
static unsigned int digit_value(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'v')
		return c - 'a' + 10u;
	return 32;
}

static bool get_number(const uint8_t *p, int chars, uint64_t *ret_value)
{
	uint64_t value = 0;
	unsigned int seen = 0;

	for (int i = 0; i < chars; i++) {
		unsigned int digit = digit_value(p[i]);

		seen |= digit;
		value = value << 5 | digit;
	}
	*ret_value = value;
	return seen < 32;
}

/* The 32 bits of @crc, five a character from the top; the last has only two. */
static void xor_check(uint8_t *p, uint32_t crc)
{
	uint64_t bits = (uint64_t)crc << 3;

	for (int i = CHECK_CHARS - 1; i >= 0; i--) {
		p[i] ^= bits & 31;
		bits >>= 5;
	}
}

/* A whole cell from its parts. */
static void cell_build(const struct record_form *form, uint8_t mark,
		       struct record_id id, uint32_t place, uint8_t *ret_cell)
{
	memset(ret_cell, SEPARATOR, CHECK_AT);
	memset(ret_cell + CHECK_AT, CHECK_BASE, CHECK_CHARS);
	ret_cell[MARK_AT] = mark;
	memcpy(ret_cell + RUN_AT, form->plan.run_id, RUN_CHARS);
	put_number(ret_cell + WRITER_AT, WRITER_CHARS, id.writer);
	put_number(ret_cell + SEQ_AT, SEQ_CHARS, id.seq);
	put_number(ret_cell + PLACE_AT, PLACE_CHARS, place);
	xor_check(ret_cell + CHECK_AT,
		  ~crc32c_raw(form->check_start, ret_cell, CHECK_AT));
}

/* One cell as four words: unlike bytes, they alias nothing and stay in registers. */
struct cell_words {
	uint64_t word[RECORD_CELL_BYTES / sizeof(uint64_t)];
};

static struct cell_words cell_load(const uint8_t *bytes)
{
	struct cell_words words;

	memcpy(&words, bytes, sizeof(words));
	return words;
}

static struct cell_words cell_xor(struct cell_words a, struct cell_words b)
{
	for (size_t i = 0; i < RECORD_CELL_BYTES / sizeof(uint64_t); i++)
		a.word[i] ^= b.word[i];
	return a;
}

/* What must be XORed to each cell of (0, 0) to make it one of @id. */
static struct cell_words cell_difference(struct record_id id)
{
	uint8_t cell[RECORD_CELL_BYTES] = {0};

	put_number(cell + WRITER_AT, WRITER_CHARS, id.writer);
	put_number(cell + SEQ_AT, SEQ_CHARS, id.seq);
	for (int i = 0; i < WRITER_CHARS; i++)
		cell[WRITER_AT + i] ^= '0';
	for (int i = 0; i < SEQ_CHARS; i++)
		cell[SEQ_AT + i] ^= '0';
	xor_check(cell + CHECK_AT, crc32c_raw(0, cell, CHECK_AT));
	return cell_load(cell);
}

/* The head cell depends on the size, which only a fixed size fixes. */
static void head_build(const struct record_form *form, struct record_id id,
		       uint32_t size_bytes, uint8_t *ret_cell)
{
	cell_build(form, HEAD_MARK, id, size_bytes, ret_cell);
}

int record_form_init(struct record_form *form, const struct record_plan *plan)
{
	uint8_t strategy[4] = {
		(uint8_t)plan->strategy_index,
		(uint8_t)(plan->strategy_index >> 8),
		(uint8_t)(plan->strategy_index >> 16),
		(uint8_t)(plan->strategy_index >> 24),
	};
	struct record_id zero = {0, 0};

	memset(form, 0, sizeof(*form));
	if (plan->min_bytes < RECORD_MIN_BYTES || plan->max_bytes > RECORD_MAX_BYTES ||
	    plan->min_bytes > plan->max_bytes || !run_id_valid(plan->run_id))
		return -EINVAL;
	form->plan = *plan;
	form->check_start = crc32c_raw(~0u, plan->run_id, RUN_ID_CHARS);
	form->check_start = crc32c_raw(form->check_start, strategy, sizeof(strategy));
	form->cell_count =
		(plan->max_bytes + RECORD_CELL_BYTES - 1) / RECORD_CELL_BYTES;
	form->cells = malloc(form->cell_count * RECORD_CELL_BYTES);
	if (!form->cells)
		return -ENOMEM;
	head_build(form, zero, plan->max_bytes, form->cells[0]);
	for (size_t i = 1; i < form->cell_count; i++)
		cell_build(form, BODY_MARK, zero, (uint32_t)i, form->cells[i]);
	return 0;
}

void record_form_release(struct record_form *form)
{
	free(form->cells);
	memset(form, 0, sizeof(*form));
}

uint32_t record_size(const struct record_form *form, struct record_id id)
{
	uint32_t span = form->plan.max_bytes - form->plan.min_bytes;

	if (!span)
		return form->plan.max_bytes;
	return form->plan.min_bytes +
	       (uint32_t)(random_hash(form->plan.seed, id.writer, id.seq) %
			  ((uint64_t)span + 1));
}

void record_write(const struct record_form *form, struct record_id id,
		  uint8_t *ret_bytes)
{
	uint32_t size_bytes = record_size(form, id);
	size_t whole = size_bytes / RECORD_CELL_BYTES;
	size_t rest = size_bytes % RECORD_CELL_BYTES;
	struct cell_words difference = cell_difference(id);
	uint8_t *to = ret_bytes;
	struct cell_words cell;

	for (size_t i = 0; i < whole; i++, to += RECORD_CELL_BYTES) {
		cell = cell_xor(cell_load(form->cells[i]), difference);
		memcpy(to, &cell, RECORD_CELL_BYTES);
	}
	if (rest) {
		cell = cell_xor(cell_load(form->cells[whole]), difference);
		memcpy(to, &cell, rest);
	}
	if (size_bytes != form->plan.max_bytes)
		head_build(form, id, size_bytes, ret_bytes);
	ret_bytes[size_bytes - 1] = '\n';
}

/* The cell number @index of the record @id, its newline included. */
static void cell_expected(const struct record_form *form, struct record_id id,
			  uint32_t size_bytes, struct cell_words difference,
			  size_t index, uint8_t *ret_cell)
{
	size_t last = size_bytes - 1;
	struct cell_words cell;

	if (index == 0 && size_bytes != form->plan.max_bytes) {
		head_build(form, id, size_bytes, ret_cell);
	} else {
		cell = cell_xor(cell_load(form->cells[index]), difference);
		memcpy(ret_cell, &cell, RECORD_CELL_BYTES);
	}
	if (last / RECORD_CELL_BYTES == index)
		ret_cell[last % RECORD_CELL_BYTES] = '\n';
}

void record_write_head(const struct record_form *form, struct record_id id,
		       uint8_t ret_cell[RECORD_CELL_BYTES])
{
	cell_expected(form, id, record_size(form, id), cell_difference(id), 0,
		      ret_cell);
}

bool record_equals(const struct record_form *form, struct record_id id,
		   const uint8_t *bytes)
{
	uint32_t size_bytes = record_size(form, id);
	size_t last_cell = (size_bytes - 1) / RECORD_CELL_BYTES;
	struct cell_words difference = cell_difference(id);
	struct cell_words wrong = {{0}};
	uint8_t expected[RECORD_CELL_BYTES];

	cell_expected(form, id, size_bytes, difference, 0, expected);
	if (memcmp(expected, bytes, RECORD_CELL_BYTES) != 0)
		return false;
	for (size_t i = 1; i < last_cell; i++) {
		struct cell_words cell = cell_load(bytes + i * RECORD_CELL_BYTES);

		cell = cell_xor(cell_xor(cell, cell_load(form->cells[i])), difference);
		for (size_t w = 0; w < RECORD_CELL_BYTES / sizeof(uint64_t); w++)
			wrong.word[w] |= cell.word[w];
	}
	if (wrong.word[0] | wrong.word[1] | wrong.word[2] | wrong.word[3])
		return false;
	cell_expected(form, id, size_bytes, difference, last_cell, expected);
	return memcmp(expected, bytes + last_cell * RECORD_CELL_BYTES,
		      size_bytes - last_cell * RECORD_CELL_BYTES) == 0;
}

bool record_cell_decode(const struct record_form *form, const uint8_t *bytes,
			size_t available, struct record_cell *ret_cell)
{
	struct cell_words difference;
	uint8_t expected[RECORD_CELL_BYTES];
	uint64_t writer, seq, place, size_bytes;
	struct record_id id;
	size_t index;

	if (available < RECORD_CELL_BYTES ||
	    (bytes[MARK_AT] != HEAD_MARK && bytes[MARK_AT] != BODY_MARK))
		return false;
	if (!get_number(bytes + WRITER_AT, WRITER_CHARS, &writer) ||
	    !get_number(bytes + SEQ_AT, SEQ_CHARS, &seq) ||
	    !get_number(bytes + PLACE_AT, PLACE_CHARS, &place))
		return false;
	id = (struct record_id){.writer = (uint32_t)writer, .seq = seq};
	size_bytes = record_size(form, id);
	index = bytes[MARK_AT] == HEAD_MARK ? 0 : place;
	/* Only whole cells; a head says its size and a body is never number 0. */
	if ((index + 1) * RECORD_CELL_BYTES > size_bytes ||
	    (index == 0) != (bytes[MARK_AT] == HEAD_MARK))
		return false;
	difference = cell_difference(id);
	cell_expected(form, id, (uint32_t)size_bytes, difference, index, expected);
	if (memcmp(expected, bytes, RECORD_CELL_BYTES) != 0)
		return false;
	ret_cell->id = id;
	ret_cell->position = (uint32_t)index * RECORD_CELL_BYTES;
	return true;
}

size_t record_match_forward(const struct record_form *form, struct record_id id,
			    uint32_t position, const uint8_t *bytes, size_t limit)
{
	uint32_t size_bytes = record_size(form, id);
	struct cell_words difference;
	uint8_t expected[RECORD_CELL_BYTES];
	size_t matched = 0;

	difference = cell_difference(id);
	while (matched < limit && position < size_bytes) {
		cell_expected(form, id, size_bytes, difference,
			      position / RECORD_CELL_BYTES, expected);
		do {
			if (bytes[matched] != expected[position % RECORD_CELL_BYTES])
				return matched;
			matched++;
			position++;
		} while (matched < limit && position < size_bytes &&
			 position % RECORD_CELL_BYTES);
	}
	return matched;
}

size_t record_match_backward(const struct record_form *form, struct record_id id,
			     uint32_t position, const uint8_t *end, size_t limit)
{
	uint32_t size_bytes = record_size(form, id);
	struct cell_words difference;
	uint8_t expected[RECORD_CELL_BYTES];
	size_t matched = 0;

	difference = cell_difference(id);
	while (matched < limit && position > 0) {
		cell_expected(form, id, size_bytes, difference,
			      (position - 1) / RECORD_CELL_BYTES, expected);
		do {
			if (*(end - 1 - matched) !=
			    expected[(position - 1) % RECORD_CELL_BYTES])
				return matched;
			matched++;
			position--;
		} while (matched < limit && position % RECORD_CELL_BYTES);
	}
	return matched;
}

bool run_id_valid(const char *text)
{
	if (strnlen(text, RUN_ID_CHARS + 1) != RUN_ID_CHARS)
		return false;
	for (int i = 0; i < RUN_ID_CHARS; i++)
		if (digit_value((uint8_t)text[i]) > 31)
			return false;
	return true;
}

void run_id_format(uint64_t bits, char ret_text[RUN_ID_CHARS + 1])
{
	put_number((uint8_t *)ret_text, RUN_ID_CHARS, bits);
	ret_text[RUN_ID_CHARS] = '\0';
}
