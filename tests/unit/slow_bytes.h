/*
 * slow_bytes - the bytes of files as docs/formats.md words them: numbers and sums once
 * more, without core/bytes.h and core/crc32c.h.
 */
#ifndef TAILRACE_TESTS_UNIT_SLOW_BYTES_H
#define TAILRACE_TESTS_UNIT_SLOW_BYTES_H

#include <stdint.h>
#include <stdio.h>

#include "tests/unit/unit.h"

/* By the definition, bit by bit: RFC 3720 section 12.1, reflected. */
static inline uint32_t slow_crc32c(const uint8_t *bytes, size_t length)
{
	uint32_t crc = UINT32_MAX;

	for (size_t i = 0; i < length; i++) {
		crc ^= bytes[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78 : 0);
	}
	return ~crc;
}

/* The little-endian number of @bytes bytes at @p. */
static inline uint64_t number(const uint8_t *p, int bytes)
{
	uint64_t value = 0;

	while (bytes--)
		value = value << 8 | p[bytes];
	return value;
}

static inline void put_number(uint8_t *p, uint64_t value, int bytes)
{
	for (int i = 0; i < bytes; i++)
		p[i] = (uint8_t)(value >> 8 * i);
}

/* The first @size bytes of the file @path: how many there are. */
static inline size_t read_file(const char *path, uint8_t *bytes, size_t size)
{
	FILE *file = fopen(path, "r");
	size_t length;

	ck_assert_ptr_nonnull(file);
	length = fread(bytes, 1, size, file);
	fclose(file);
	return length;
}

/* Then these are the file. */
static inline void write_file(const char *path, const uint8_t *bytes, size_t length)
{
	FILE *file = fopen(path, "w");

	ck_assert_ptr_nonnull(file);
	ck_assert_uint_eq(fwrite(bytes, 1, length, file), length);
	ck_assert_int_eq(fclose(file), 0);
}

#endif
