/* text - see text.h. */
#include "tests/mutate/text.h"

#include <string.h>

static const char digits[] = "0123456789abcdefghijklmnopqrstuv";

/* CRC-32C, four bits at a time: reflected polynomial 0x82f63b78. */
static uint32_t crc(uint32_t state, const void *data, size_t length)
{
	const uint8_t *bytes = data;

	for (size_t i = 0; i < length; i++) {
		state ^= bytes[i];
		for (int half = 0; half < 2; half++) {
			uint32_t low = state & 15;

			for (int bit = 0; bit < 4; bit++)
				low = low >> 1 ^ (low & 1 ? 0x82f63b78u : 0);
			state = state >> 4 ^ low;
		}
	}
	return state;
}

static void number_put(uint8_t *at, int chars, uint64_t value)
{
	for (int i = chars - 1; i >= 0; i--, value /= 32)
		at[i] = (uint8_t)digits[value % 32];
}

static bool number_get(const uint8_t *at, int chars, uint64_t *ret_value)
{
	*ret_value = 0;
	for (int i = 0; i < chars; i++) {
		const char *digit = at[i] ? strchr(digits, at[i]) : NULL;

		if (!digit)
			return false;
		*ret_value = *ret_value * 32 + (uint64_t)(digit - digits);
	}
	return true;
}

/* SplitMix64 of the seed, then of that and the writer, then the sequence number. */
static uint64_t mix(uint64_t x)
{
	x += 0x9e3779b97f4a7c15u;
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
	return x ^ (x >> 31);
}

uint32_t text_size(const struct record_plan *plan, struct record_id id)
{
	uint64_t hash = mix(mix(mix(plan->seed) ^ id.writer) ^ id.seq);

	return plan->min_bytes +
	       (uint32_t)(hash % (plan->max_bytes - plan->min_bytes + 1));
}

uint32_t text_cell(const struct record_plan *plan, struct record_id id, uint32_t index,
		   uint8_t ret_cell[CELL])
{
	uint32_t size = text_size(plan, id), rest = size - index * CELL;
	uint8_t strategy[4] = {(uint8_t)plan->strategy_index};
	uint64_t check;

	memcpy(ret_cell, "=rrr.wwww.ssssssss.ppppp.", 25);
	if (index == 0)
		ret_cell[0] = '#';
	memcpy(ret_cell + 1, plan->run_id, 3);
	number_put(ret_cell + 5, 4, id.writer);
	number_put(ret_cell + 10, 8, id.seq);
	number_put(ret_cell + 19, 5, index ? index : size);
	check = crc(crc(crc(~0u, plan->run_id, 12), strategy, 4), ret_cell, 25);
	check = (~check & 0xffffffffu) << 3;
	for (int i = 6; i >= 0; i--, check /= 32)
		ret_cell[25 + i] = (uint8_t)('@' + check % 32);
	if (rest > CELL)
		return CELL;
	ret_cell[rest - 1] = '\n';
	return rest;
}

void text_record(const struct record_plan *plan, struct record_id id,
		 uint8_t *ret_bytes)
{
	uint32_t size = text_size(plan, id);
	uint8_t cell[CELL];

	for (uint32_t index = 0; index * CELL < size; index++) {
		uint32_t length = text_cell(plan, id, index, cell);

		memcpy(ret_bytes + index * CELL, cell, length);
	}
}

bool text_is_cell(const struct record_plan *plan, const uint8_t bytes[CELL],
		  struct record_id *ret_id, uint32_t *ret_position)
{
	uint64_t writer, seq, place;
	uint8_t cell[CELL];

	if ((bytes[0] != '#' && bytes[0] != '=') ||
	    !number_get(bytes + 5, 4, &writer) || !number_get(bytes + 10, 8, &seq) ||
	    !number_get(bytes + 19, 5, &place))
		return false;
	*ret_id = (struct record_id){(uint32_t)writer, seq};
	if (bytes[0] == '#')
		place = 0;
	else if (place == 0)
		return false;
	if ((place + 1) * CELL > text_size(plan, *ret_id))
		return false;
	*ret_position = (uint32_t)place * CELL;
	text_cell(plan, *ret_id, (uint32_t)place, cell);
	return memcmp(cell, bytes, CELL) == 0;
}
