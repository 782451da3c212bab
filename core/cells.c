/*
 * cells - see cells.h.
 *
 * One text for each loop, compiled twice: GCC and clang make of a vector that the
 * processor does not have several of those that it has.
 */
#include "core/cells.h"

#include <string.h>

typedef uint64_t cell_vector __attribute__((vector_size(RECORD_CELL_BYTES)));

#define LOOP static inline __attribute__((always_inline))

LOOP void write_loop(const uint8_t (*form)[RECORD_CELL_BYTES], size_t count,
		     const uint8_t *difference, uint8_t *to)
{
	cell_vector changed, cell;

	memcpy(&changed, difference, sizeof(changed));
	for (size_t i = 0; i < count; i++) {
		memcpy(&cell, form[i], sizeof(cell));
		cell ^= changed;
		memcpy(to + i * RECORD_CELL_BYTES, &cell, sizeof(cell));
	}
}

LOOP void change_each(uint8_t *bytes, size_t count, const cell_vector *changed)
{
	cell_vector cell;

	for (size_t i = 0; i < count; i++, bytes += sizeof(cell)) {
		memcpy(&cell, bytes, sizeof(cell));
		cell ^= *changed;
		memcpy(bytes, &cell, sizeof(cell));
	}
}

/* A count that the compiler knows is no loop: then only the stores are waited for. */
LOOP void change_loop(uint8_t *bytes, size_t count, uint64_t word1, uint64_t word2,
		      uint64_t word3)
{
	enum { TOGETHER = 4 };
	cell_vector changed = {0, word1, word2, word3};

	for (; count >= TOGETHER; count -= TOGETHER) {
		change_each(bytes, TOGETHER, &changed);
		bytes += TOGETHER * sizeof(changed);
	}
	change_each(bytes, count, &changed);
}

/* Add to @wrong the bits in which @bytes is not @form XOR @changed. */
LOOP void add_difference(cell_vector *wrong, const uint8_t *form,
			 const cell_vector *changed, const uint8_t *bytes)
{
	cell_vector cell, expected;

	memcpy(&expected, form, sizeof(expected));
	memcpy(&cell, bytes, sizeof(cell));
	*wrong |= cell ^ expected ^ *changed;
}

/*
 * Several cells at a turn, joined before they are added to the rest: else each would
 * wait for the one before, and the second cache gives them faster than that.
 */
enum { AT_A_TURN = 8 };

LOOP bool equal_loop(const uint8_t (*form)[RECORD_CELL_BYTES], size_t count,
		     const uint8_t *difference, const uint8_t *bytes)
{
	cell_vector changed, wrong = {0};
	size_t i = 0;

	memcpy(&changed, difference, sizeof(changed));
	for (; i + AT_A_TURN <= count; i += AT_A_TURN) {
		cell_vector here = {0};

		for (size_t k = i; k < i + AT_A_TURN; k++)
			add_difference(&here, form[k], &changed,
				       bytes + k * RECORD_CELL_BYTES);
		wrong |= here;
	}
	for (; i < count; i++)
		add_difference(&wrong, form[i], &changed,
			       bytes + i * RECORD_CELL_BYTES);
	return !(wrong[0] | wrong[1] | wrong[2] | wrong[3]);
}

static void write_plainly(const uint8_t (*form)[RECORD_CELL_BYTES], size_t count,
			  const uint8_t *difference, uint8_t *to)
{
	write_loop(form, count, difference, to);
}

static void change_plainly(uint8_t *bytes, size_t count, uint64_t word1, uint64_t word2,
			   uint64_t word3)
{
	change_loop(bytes, count, word1, word2, word3);
}

static bool equal_plainly(const uint8_t (*form)[RECORD_CELL_BYTES], size_t count,
			  const uint8_t *difference, const uint8_t *bytes)
{
	return equal_loop(form, count, difference, bytes);
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static void write_wide(
	const uint8_t (*form)[RECORD_CELL_BYTES], size_t count,
	const uint8_t *difference, uint8_t *to)
{
	write_loop(form, count, difference, to);
}

__attribute__((target("avx2"))) static void change_wide(uint8_t *bytes, size_t count,
							uint64_t word1, uint64_t word2,
							uint64_t word3)
{
	change_loop(bytes, count, word1, word2, word3);
}

__attribute__((target("avx2"))) static bool equal_wide(
	const uint8_t (*form)[RECORD_CELL_BYTES], size_t count,
	const uint8_t *difference, const uint8_t *bytes)
{
	return equal_loop(form, count, difference, bytes);
}
#endif

void cells_write(const uint8_t (*form)[RECORD_CELL_BYTES], size_t count,
		 const uint8_t difference[RECORD_CELL_BYTES], uint8_t *ret_bytes)
{
#if defined(__x86_64__)
	if (__builtin_cpu_supports("avx2")) {
		write_wide(form, count, difference, ret_bytes);
		return;
	}
#endif
	write_plainly(form, count, difference, ret_bytes);
}

void cells_change(uint8_t *bytes, size_t count, uint64_t word1, uint64_t word2,
		  uint64_t word3)
{
#if defined(__x86_64__)
	if (__builtin_cpu_supports("avx2")) {
		change_wide(bytes, count, word1, word2, word3);
		return;
	}
#endif
	change_plainly(bytes, count, word1, word2, word3);
}

bool cells_equal(const uint8_t (*form)[RECORD_CELL_BYTES], size_t count,
		 const uint8_t difference[RECORD_CELL_BYTES], const uint8_t *bytes)
{
#if defined(__x86_64__)
	if (__builtin_cpu_supports("avx2"))
		return equal_wide(form, count, difference, bytes);
#endif
	return equal_plainly(form, count, difference, bytes);
}
