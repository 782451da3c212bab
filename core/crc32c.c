/* crc32c - by the processor's instruction where it has one, else by table. */
#include "core/crc32c.h"

#include "core/bytes.h"

#include <string.h>

/* What four bits do to the register: x^32 mod the reflected polynomial 82f63b78. */
static const uint32_t nibble_table[16] = {
	0x00000000, 0x105ec76f, 0x20bd8ede, 0x30e349b1, 0x417b1dbc, 0x5125dad3,
	0x61c69362, 0x7198540d, 0x82f63b78, 0x92a8fc17, 0xa24bb5a6, 0xb21572c9,
	0xc38d26c4, 0xd3d3e1ab, 0xe330a81a, 0xf36e6f75,
};

static uint32_t by_table(uint32_t state, const uint8_t *p, size_t len)
{
	for (; len; len--) {
		state ^= *p++;
		state = state >> 4 ^ nibble_table[state & 0xf];
		state = state >> 4 ^ nibble_table[state & 0xf];
	}
	return state;
}

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) static uint32_t by_instruction(uint32_t state,
								 const uint8_t *p,
								 size_t len)
{
	uint64_t wide = state;
	uint64_t word;
	uint32_t half;

	for (; len >= sizeof(word); len -= sizeof(word), p += sizeof(word)) {
		memcpy(&word, p, sizeof(word));
		wide = __builtin_ia32_crc32di(wide, word);
	}
	state = (uint32_t)wide;
	if (len >= sizeof(half)) {
		memcpy(&half, p, sizeof(half));
		state = __builtin_ia32_crc32si(state, half);
		len -= sizeof(half);
		p += sizeof(half);
	}
	for (; len; len--)
		state = __builtin_ia32_crc32qi(state, *p++);
	return state;
}

/* One after the other they would wait: the sum of a block is a chain of instructions.
 */
__attribute__((target("sse4.2"))) static void numbered_by_instruction(
	uint32_t state, uint64_t first, const uint8_t *blocks, size_t block_bytes,
	size_t stride, size_t count, uint32_t *ret_states)
{
	for (size_t i = 0; i < count; i++)
		ret_states[i] = by_instruction(
			(uint32_t)__builtin_ia32_crc32di(state, first + i),
			blocks + i * stride, block_bytes);
}

__attribute__((target("sse4.2"))) static uint32_t numbered_60_by_instruction(
	uint32_t state, uint64_t number, const uint8_t *block)
{
	uint64_t wide = __builtin_ia32_crc32di(state, number);

	for (size_t at = 0; at < 56; at += 8)
		wide = __builtin_ia32_crc32di(wide, get_le64(block + at));
	return __builtin_ia32_crc32si((uint32_t)wide, get_le32(block + 56));
}
#endif

uint32_t crc32c_raw(uint32_t state, const void *data, size_t len)
{
#if defined(__x86_64__)
	if (__builtin_cpu_supports("sse4.2"))
		return by_instruction(state, data, len);
#endif
	return by_table(state, data, len);
}

void crc32c_raw_numbered(uint32_t state, uint64_t first, const uint8_t *blocks,
			 size_t block_bytes, size_t stride, size_t count,
			 uint32_t *ret_states)
{
	uint8_t number[8];

#if defined(__x86_64__)
	if (__builtin_cpu_supports("sse4.2")) {
		numbered_by_instruction(state, first, blocks, block_bytes, stride,
					count, ret_states);
		return;
	}
#endif
	for (size_t i = 0; i < count; i++) {
		put_le64(number, first + i);
		ret_states[i] = by_table(by_table(state, number, sizeof(number)),
					 blocks + i * stride, block_bytes);
	}
}

uint32_t crc32c_raw_numbered_60(uint32_t state, uint64_t number, const uint8_t *block)
{
	uint32_t sum;

#if defined(__x86_64__)
	if (__builtin_cpu_supports("sse4.2"))
		return numbered_60_by_instruction(state, number, block);
#endif
	crc32c_raw_numbered(state, number, block, 60, 60, 1, &sum);
	return sum;
}

const char *crc32c_method(void)
{
#if defined(__x86_64__)
	if (__builtin_cpu_supports("sse4.2"))
		return "SSE4.2";
#endif
	return "table";
}

uint32_t crc32c(const void *data, size_t len)
{
	return ~crc32c_raw(~0u, data, len);
}
