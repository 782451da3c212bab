/*
 * units - sizes, times and counts, as people type and read them.
 *
 * The parsers take the whole text or refuse it: no sign, no blank, nothing
 * after the unit, no overflow.  They return 0, or -EINVAL with one sentence in
 * @err (which may be NULL); outputs are untouched on failure.
 */
#ifndef TAILRACE_CORE_UNITS_H
#define TAILRACE_CORE_UNITS_H

#include <stddef.h>
#include <stdint.h>

#include "core/error.h"

/* "4096", "4k", "1M", "2G", "1T"; either case, powers of 1024. */
int units_parse_size(const char *text, uint64_t *ret_bytes, struct error *err);

/* A size, or "64-4096": two of them, the smaller first. */
int units_parse_size_range(const char *text, uint64_t *ret_min_bytes,
			   uint64_t *ret_max_bytes, struct error *err);

/*
 * "200us", "500ms", "30s", "2m", "12h"; a plain number is seconds.  A decimal
 * fraction is allowed ("1.5s"); what is finer than a nanosecond is refused.
 */
int units_parse_time(const char *text, uint64_t *ret_ns, struct error *err);

/* A plain decimal number. */
int units_parse_count(const char *text, uint64_t *ret_count, struct error *err);

/* Room for any text that the formatters below make. */
#define UNITS_TEXT_BYTES 32

/*
 * "512 B", "4.0 KiB", "1.5 GiB"; "850 ns", "1.50 ms", "2 m 05 s";
 * "950/s", "12.3k/s".  All return @text, so that they can stand in a printf.
 */
const char *units_format_bytes(uint64_t bytes, char text[UNITS_TEXT_BYTES]);
const char *units_format_duration(uint64_t ns, char text[UNITS_TEXT_BYTES]);
const char *units_format_rate(double per_second, char text[UNITS_TEXT_BYTES]);

#endif
