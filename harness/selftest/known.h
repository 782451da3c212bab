/*
 * known - answers that stand in a document, or were worked out by another program.
 *
 * A checksum or a record that is wrong in the same way when it is written and when
 * it is read would hide from everything that is planted.
 */
#ifndef TAILRACE_HARNESS_SELFTEST_KNOWN_H
#define TAILRACE_HARNESS_SELFTEST_KNOWN_H

#include <stdbool.h>
#include <stddef.h>

/* Are they as they should be?  If not, @ret_text says which is not. */
bool known_crc32c(char *ret_text, size_t text_bytes);
bool known_records(char *ret_text, size_t text_bytes);

#endif
