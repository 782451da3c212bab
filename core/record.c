/*
 * record - build, recognise and compare records; the format is in record.h.
 *
 * Every cell is (cell of writer 0, seq 0) XOR (one difference per identity),
 * so that building or comparing a record is one pass of 32-byte XORs.
 */
#include "core/record.h"

#include "core/bytes.h"
#include "core/cells.h"
#include "core/crc32c.h"
#include "core/random.h"
#include "core/recognise.h"
#include "core/record_cell.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define HEAD_MARK '#'
#define BODY_MARK '='
#define SEPARATOR '.'

/*
 * The alphabet of the check is 0x40 + five bits ("@A..Z[\]^_"), and not
 * base32hex, so that it is linear: check(a) ^ check(b) == bits of (a ^ b).
 */
#define CHECK_BASE 0x40

/* A number of 40 bits is text of eight digits; as a word its first is the lowest byte.
 */
enum { WORD_CHARS = 8 };
#define EACH_BYTE(byte) ((uint64_t)(byte)*0x0101010101010101u)

/* The inverse of spread(). */
static uint64_t gather(uint64_t fives)
{
	uint64_t bits = __builtin_bswap64(fives);

	bits = (bits & 0x001f001f001f001f) | (bits & 0x1f001f001f001f00) >> 3;
	bits = (bits & 0x000003ff000003ff) | (bits & 0x03ff000003ff0000) >> 6;
	return (bits & 0x00000000000fffff) | (bits & 0x000fffff00000000) >> 12;
}

/* Base32hex digits, eight at once: "0" to "9", then "a" to "v". */
static uint64_t to_digits(uint64_t fives)
{
	uint64_t letters = (fives + EACH_BYTE(0x80 - 10)) >> 7 & EACH_BYTE(1);

	return fives + EACH_BYTE('0') + letters * ('a' - 10 - '0');
}

/* The 40 low bits of @value as text. */
static uint64_t digits_of(uint64_t value)
{
	return to_digits(spread(value));
}

/* The inverse of to_digits; of what is no digit, anything. */
static uint64_t from_digits(uint64_t text)
{
	uint64_t letters = text >> 6 & EACH_BYTE(1);

	/* Modulo 32: '0' is 16, so that 16 more is 0, and 'a' is 1. */
	return ((text & EACH_BYTE(31)) + EACH_BYTE(16) + letters * (16 + 9)) &
	       EACH_BYTE(31);
}

/* Up to eight digits. */
static void put_number(uint8_t *p, int chars, uint64_t value)
{
	uint8_t text[WORD_CHARS];

	put_le64(text, digits_of(value));
	memcpy(p, text + WORD_CHARS - chars, (size_t)chars);
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

/* The same, read together with the bytes before @p, of which there are enough. */
static bool get_number(const uint8_t *p, int chars, uint64_t *ret_value)
{
	uint64_t before = ((uint64_t)1 << 8 * (WORD_CHARS - chars)) - 1;
	uint64_t text = get_le64(p + chars - WORD_CHARS);
	uint64_t fives;

	text = (text & ~before) | (EACH_BYTE('0') & before);
	fives = from_digits(text);
	*ret_value = gather(fives);
	return to_digits(fives) == text;
}

/* A whole cell from its parts. */
static void cell_build(const struct record_form *form, uint8_t mark,
		       struct record_id id, uint32_t place, uint8_t *ret_cell)
{
	uint8_t check[WORD_CHARS];

	memset(ret_cell, SEPARATOR, CHECK_AT);
	ret_cell[MARK_AT] = mark;
	memcpy(ret_cell + RUN_AT, form->plan.run_id, RUN_CHARS);
	put_number(ret_cell + WRITER_AT, WRITER_CHARS, id.writer);
	put_number(ret_cell + SEQ_AT, SEQ_CHARS, id.seq);
	put_number(ret_cell + PLACE_AT, PLACE_CHARS, place);
	put_le64(check,
		 EACH_BYTE(CHECK_BASE) ^ spread_check(~crc32c_raw(form->check_start,
								  ret_cell, CHECK_AT)));
	memcpy(ret_cell + CHECK_AT, check + WORD_CHARS - CHECK_CHARS, CHECK_CHARS);
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

/*
 * What must be XORed to each cell where the text of its writer (four digits) and of
 * its sequence number (eight) changes by so much.
 */
static inline struct cell_words cell_change(uint64_t writer, uint64_t seq)
{
	struct cell_words change = {{
		htole64(writer << 8 * WRITER_AT),
		htole64(writer >> 8 * (8 - WRITER_AT) | seq << 8 * (SEQ_AT - 8)),
		htole64(seq >> 8 * (16 - SEQ_AT)),
		0,
	}};

	_Static_assert(WRITER_AT < 8 && SEQ_AT > 8 && SEQ_AT < 16 && SEQ_CHARS == 8 &&
			       CHECK_AT == 25 && CHECK_CHARS == 7,
		       "the words that fields of a cell lie in");
	/* Its first five bits of forty are none of its 32, and leave byte 24 alone. */
	change.word[3] = htole64(spread_check(crc32c_raw(0, &change, CHECK_AT)));
	return change;
}

/* From (0, 0), which the form is made of, to @id. */
static struct cell_words cell_difference(struct record_id id)
{
	/* The last four of eight digits, and all eight. */
	return cell_change((digits_of(id.writer) ^ EACH_BYTE('0')) >>
				   8 * (WORD_CHARS - WRITER_CHARS),
			   digits_of(id.seq) ^ EACH_BYTE('0'));
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
	/* Whole lines of a cache: a cell that lies across two is two to read. */
	form->cells = aligned_alloc(2 * (size_t)RECORD_CELL_BYTES,
				    (form->cell_count + 1) / 2 * 2 * RECORD_CELL_BYTES);
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

uint32_t record_size_chosen(const struct record_form *form, struct record_id id)
{
	uint32_t span = form->plan.max_bytes - form->plan.min_bytes;

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
	struct cell_words cell;

	cells_write((const uint8_t(*)[RECORD_CELL_BYTES])form->cells, whole,
		    (const uint8_t *)&difference, ret_bytes);
	if (rest) {
		cell = cell_xor(cell_load(form->cells[whole]), difference);
		memcpy(ret_bytes + whole * RECORD_CELL_BYTES, &cell, rest);
	}
	if (size_bytes != form->plan.max_bytes)
		head_build(form, id, size_bytes, ret_bytes);
	ret_bytes[size_bytes - 1] = '\n';
}

void record_change(const struct record_form *form, struct record_id id, uint8_t *bytes)
{
	size_t whole = form->plan.max_bytes / RECORD_CELL_BYTES;
	size_t rest = form->plan.max_bytes % RECORD_CELL_BYTES;
	struct cell_words change, cell = {0};
	uint8_t *last = bytes + whole * RECORD_CELL_BYTES;

	if (form->plan.min_bytes != form->plan.max_bytes) {
		record_write(form, id, bytes);
		return;
	}
	change = cell_change(0, get_le64(bytes + SEQ_AT) ^ digits_of(id.seq));
	cells_change(bytes, whole, change.word[1], change.word[2], change.word[3]);
	if (rest) {
		memcpy(&cell, last, rest);
		cell = cell_xor(cell, change);
		memcpy(last, &cell, rest);
	}
	bytes[form->plan.max_bytes - 1] = '\n';
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
	size_t last = (size_bytes - 1) / RECORD_CELL_BYTES;
	/* Of a record of another size than the largest the head is not in the form. */
	size_t first = size_bytes != form->plan.max_bytes;
	struct cell_words difference = cell_difference(id);
	uint8_t expected[RECORD_CELL_BYTES];

	if (first) {
		head_build(form, id, size_bytes, expected);
		if (memcmp(expected, bytes, RECORD_CELL_BYTES) != 0)
			return false;
	}
	if (!cells_equal((const uint8_t(*)[RECORD_CELL_BYTES])form->cells + first,
			 last - first, (const uint8_t *)&difference,
			 bytes + first * RECORD_CELL_BYTES))
		return false;
	cell_expected(form, id, size_bytes, difference, last, expected);
	return memcmp(expected, bytes + last * RECORD_CELL_BYTES,
		      size_bytes - last * RECORD_CELL_BYTES) == 0;
}

/* Whose record begins with this head, if it is one? */
static bool head_name(const uint8_t *bytes, struct record_id *ret_id)
{
	uint64_t writer, seq;

	if (bytes[MARK_AT] != HEAD_MARK ||
	    !get_number(bytes + WRITER_AT, WRITER_CHARS, &writer) ||
	    !get_number(bytes + SEQ_AT, SEQ_CHARS, &seq))
		return false;
	*ret_id = (struct record_id){.writer = (uint32_t)writer, .seq = seq};
	return true;
}

/* The bytes of words 0 to 2 that the identity may change. */
#define WRITER_LOW  (~(uint64_t)0 << 8 * WRITER_AT)
#define WRITER_HIGH (((uint64_t)1 << 8 * (WRITER_AT + WRITER_CHARS - 8)) - 1)
#define SEQ_LOW	    (~(uint64_t)0 << 8 * (SEQ_AT - 8))
#define SEQ_HIGH    (((uint64_t)1 << 8 * (SEQ_AT + SEQ_CHARS - 16)) - 1)

/*
 * May @difference, of a cell whose writer and sequence number are made of digits, from
 * that of (0, 0), be one that an identity makes?  It is elsewhere 0, and its check
 * follows from it.
 */
static bool is_difference(const struct cell_words *difference)
{
	const uint8_t *d = (const uint8_t *)difference;
	uint64_t wrong = get_le64(d) & ~WRITER_LOW;

	wrong |= get_le64(d + 8) & ~(WRITER_HIGH | SEQ_LOW);
	wrong |= get_le64(d + 16) & ~SEQ_HIGH;
	wrong |= get_le64(d + 24) ^ spread_check(crc32c_raw(0, d, CHECK_AT));
	return wrong == 0;
}

/* Is this the last cell of the largest record, of @length bytes, newline included? */
static bool last_cell_equals(const struct record_form *form,
			     const struct cell_words *difference, const uint8_t *bytes,
			     size_t length)
{
	uint8_t expected[RECORD_CELL_BYTES];
	struct cell_words cell =
		cell_xor(cell_load(form->cells[form->cell_count - 1]), *difference);

	memcpy(expected, &cell, sizeof(expected));
	expected[length - 1] = '\n';
	/* A length that the compiler knows needs no call. */
	return length == RECORD_CELL_BYTES
		       ? memcmp(expected, bytes, RECORD_CELL_BYTES) == 0
		       : memcmp(expected, bytes, length) == 0;
}

/*
 * The same as below where all records have one size: their heads differ from the
 * form's by that one value too, so that it need not be reckoned, only looked at.
 */
static bool recognise_fixed(const struct record_form *form, const uint8_t *bytes,
			    struct record_id *ret_id)
{
	size_t last = form->cell_count - 1;
	const uint8_t(*cells)[RECORD_CELL_BYTES] =
		(const uint8_t(*)[RECORD_CELL_BYTES])form->cells;
	struct cell_words difference =
		cell_xor(cell_load(bytes), cell_load(form->cells[0]));
	struct record_id id;

	if (!head_name(bytes, &id) || !is_difference(&difference) ||
	    !cells_equal(cells + 1, last - 1, (const uint8_t *)&difference,
			 bytes + RECORD_CELL_BYTES) ||
	    !last_cell_equals(form, &difference, bytes + last * RECORD_CELL_BYTES,
			      form->plan.max_bytes - last * RECORD_CELL_BYTES))
		return false;
	*ret_id = id;
	return true;
}

/* So many of the @max records there, where all have one size. */
static size_t recognise_plainly(const struct record_form *form, const uint8_t *bytes,
				size_t max, struct record_id *ret_ids)
{
	size_t count = 0;

	while (count < max &&
	       recognise_fixed(form, bytes + count * form->plan.max_bytes,
			       &ret_ids[count]))
		count++;
	return count;
}

/* So many of the @max records there, each of the size that its identity has. */
static size_t recognise_each(const struct record_form *form, const uint8_t *bytes,
			     size_t available, size_t max, struct record_id *ret_ids)
{
	struct record_id id;
	size_t count = 0;
	uint32_t size_bytes;

	for (; count < max && available >= form->plan.min_bytes; count++) {
		if (!head_name(bytes, &id))
			break;
		size_bytes = record_size(form, id);
		if (size_bytes > available || !record_equals(form, id, bytes))
			break;
		ret_ids[count] = id;
		bytes += size_bytes;
		available -= size_bytes;
	}
	return count;
}

size_t record_recognise(const struct record_form *form, const uint8_t *bytes,
			size_t available, size_t max, struct record_id *ret_ids)
{
	if (form->plan.min_bytes != form->plan.max_bytes)
		return recognise_each(form, bytes, available, max, ret_ids);
	if (max > available / form->plan.max_bytes)
		max = available / form->plan.max_bytes;
	return recognise_is_wide() ? recognise_wide(form, bytes, max, ret_ids)
				   : recognise_plainly(form, bytes, max, ret_ids);
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
	uint8_t *text = (uint8_t *)ret_text;

	put_number(text, RUN_ID_CHARS - WORD_CHARS, bits >> 5 * WORD_CHARS);
	put_number(text + RUN_ID_CHARS - WORD_CHARS, WORD_CHARS, bits);
	ret_text[RUN_ID_CHARS] = '\0';
}
