/*
 * crc32c - CRC-32C (Castagnoli; RFC 3720 section 12.1, as in iSCSI and ext4).
 *
 * Debian has no small library for it; records and histories need it for
 * inputs of 25 and 60 bytes, where a call through a dispatch table would cost
 * more than the sum.
 */
#ifndef TAILRACE_CORE_CRC32C_H
#define TAILRACE_CORE_CRC32C_H

#include <stddef.h>
#include <stdint.h>

/* The checksum of @len bytes: initial value and final inversion included. */
uint32_t crc32c(const void *data, size_t len);

/*
 * The bare register: no initial value, no final inversion.  Linear over XOR
 * when @state is 0: raw(0, a ^ b) == raw(0, a) ^ raw(0, b) for equal lengths.
 */
uint32_t crc32c_raw(uint32_t state, const void *data, size_t len);

/*
 * What crc32c_raw() makes of each of @count blocks of @block_bytes that begin
 * @stride bytes apart, with a number of eight bytes, little endian, before each:
 * @first, @first + 1, ...
 */
void crc32c_raw_numbered(uint32_t state, uint64_t first, const uint8_t *blocks,
			 size_t block_bytes, size_t stride, size_t count,
			 uint32_t *ret_states);

/* The same of one block of 60 bytes, an entry of a history: nothing is left to count.
 */
uint32_t crc32c_raw_numbered_60(uint32_t state, uint64_t number, const uint8_t *block);

/* How this processor has them reckoned, for people: "SSE4.2", "table". */
const char *crc32c_method(void);

#endif
