/* units - see units.h. */
#include "core/units.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define NS_PER_S	((uint64_t)1000000000)
#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

struct unit {
	const char *name;
	uint64_t factor;
};

static const struct unit size_units[] = {
	{"", 1},
	{"k", (uint64_t)1 << 10},
	{"m", (uint64_t)1 << 20},
	{"g", (uint64_t)1 << 30},
	{"t", (uint64_t)1 << 40},
};

static const struct unit time_units[] = {
	{"", NS_PER_S},		{"ns", 1},
	{"us", 1000},		{"ms", 1000000},
	{"s", NS_PER_S},	{"m", 60 * NS_PER_S},
	{"h", 3600 * NS_PER_S}, {"d", 86400 * NS_PER_S},
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/*
 * Read digits from *@text into @ret_value and move *@text behind them.
 * 0, -EINVAL (there are none) or -ERANGE.
 */
static int read_digits(const char **text, uint64_t *ret_value)
{
	const char *p = *text;
	uint64_t value = 0;

	if (!is_digit(*p))
		return -EINVAL;
	for (; is_digit(*p); p++)
		if (__builtin_mul_overflow(value, 10u, &value) ||
		    __builtin_add_overflow(value, (uint64_t)(*p - '0'), &value))
			return -ERANGE;
	*text = p;
	*ret_value = value;
	return 0;
}

/* The factor of the unit @name of @length bytes, in either case; 0: unknown. */
static uint64_t unit_factor(const struct unit *units, size_t count, const char *name,
			    size_t length)
{
	for (size_t i = 0; i < count; i++)
		if (strlen(units[i].name) == length &&
		    strncasecmp(units[i].name, name, length) == 0)
			return units[i].factor;
	return 0;
}

/* Say why @text, which made @rc, is no @noun. */
static int refuse(struct error *err, const char *text, int rc, const char *noun,
		  const char *examples)
{
	if (rc == -ERANGE)
		return error_set(err, EINVAL, "'%s' is too large a %s", text, noun);
	if (text[0] == '-')
		return error_set(err, EINVAL, "'%s' is negative; write a %s like %s",
				 text, noun, examples);
	return error_set(err, EINVAL, "'%s' is not a %s; write it like %s", text, noun,
			 examples);
}

/* A size that ends at @end. */
static int read_size(const char *text, const char *end, uint64_t *ret_bytes)
{
	const char *p = text;
	uint64_t value;
	uint64_t factor;
	int rc = read_digits(&p, &value);

	if (rc < 0)
		return rc;
	factor = unit_factor(size_units, COUNT_OF(size_units), p, (size_t)(end - p));
	if (!factor)
		return -EINVAL;
	if (__builtin_mul_overflow(value, factor, ret_bytes))
		return -ERANGE;
	return 0;
}

int units_parse_size(const char *text, uint64_t *ret_bytes, struct error *err)
{
	uint64_t bytes;
	int rc = read_size(text, text + strlen(text), &bytes);

	if (rc < 0)
		return refuse(err, text, rc, "size", "4096, 4k or 1M");
	*ret_bytes = bytes;
	return 0;
}

int units_parse_size_range(const char *text, uint64_t *ret_min_bytes,
			   uint64_t *ret_max_bytes, struct error *err)
{
	const char *dash = strchr(text, '-');
	const char *end = text + strlen(text);
	uint64_t min_bytes, max_bytes;
	int rc;

	rc = read_size(text, dash ? dash : end, &min_bytes);
	if (rc == 0)
		rc = read_size(dash ? dash + 1 : text, end, &max_bytes);
	if (rc < 0)
		return refuse(err, text, rc, "size or range", "4k or 64-4096");
	if (min_bytes > max_bytes)
		return error_set(err, EINVAL,
				 "'%s' is no range: the smaller size comes first",
				 text);
	*ret_min_bytes = min_bytes;
	*ret_max_bytes = max_bytes;
	return 0;
}

/*
 * The digits behind a decimal point as a part of @factor nanoseconds.
 * -ERANGE where they ask for a part of a nanosecond.
 */
static int read_fraction(const char **text, uint64_t factor, uint64_t *ret_ns)
{
	const char *p = *text;
	uint64_t ns = 0;

	if (!is_digit(*p))
		return -EINVAL;
	for (; is_digit(*p); p++) {
		if (factor % 10 != 0)
			return -EINVAL;
		factor /= 10;
		ns += (uint64_t)(*p - '0') * factor;
	}
	*text = p;
	*ret_ns = ns;
	return 0;
}

static int read_time(const char *text, uint64_t *ret_ns)
{
	const char *p = text;
	const char *unit;
	uint64_t whole;
	uint64_t fraction = 0;
	uint64_t factor;
	int rc = read_digits(&p, &whole);

	if (rc < 0)
		return rc;
	unit = p + (*p == '.');
	while (unit != p && is_digit(*unit))
		unit++;
	factor = unit_factor(time_units, COUNT_OF(time_units), unit, strlen(unit));
	if (!factor)
		return -EINVAL;
	if (*p == '.') {
		p++;
		rc = read_fraction(&p, factor, &fraction);
		if (rc < 0)
			return rc;
	}
	if (__builtin_mul_overflow(whole, factor, &whole) ||
	    __builtin_add_overflow(whole, fraction, ret_ns))
		return -ERANGE;
	return 0;
}

int units_parse_time(const char *text, uint64_t *ret_ns, struct error *err)
{
	uint64_t ns;
	int rc = read_time(text, &ns);

	if (rc < 0)
		return refuse(err, text, rc, "time", "500ms, 30s, 2m or 12h");
	*ret_ns = ns;
	return 0;
}

int units_parse_count(const char *text, uint64_t *ret_count, struct error *err)
{
	const char *p = text;
	uint64_t count;
	int rc = read_digits(&p, &count);

	if (rc == 0 && *p)
		rc = -EINVAL;
	if (rc < 0)
		return refuse(err, text, rc, "number", "1000");
	*ret_count = count;
	return 0;
}

const char *units_format_bytes(uint64_t bytes, char text[UNITS_TEXT_BYTES])
{
	static const char *const names[] = {"B",   "KiB", "MiB", "GiB",
					    "TiB", "PiB", "EiB"};
	double value = (double)bytes;
	size_t unit = 0;

	/* 1023.95 would be rounded to 1024.0. */
	while (value >= 1023.95 && unit + 1 < COUNT_OF(names)) {
		value /= 1024;
		unit++;
	}
	if (unit == 0)
		snprintf(text, UNITS_TEXT_BYTES, "%" PRIu64 " B", bytes);
	else
		snprintf(text, UNITS_TEXT_BYTES, "%.1f %s", value, names[unit]);
	return text;
}

/* Three significant digits of @value, which is below 1000. */
static void format_three(double value, const char *unit, char *text)
{
	int decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;

	snprintf(text, UNITS_TEXT_BYTES, "%.*f%s", decimals, value, unit);
}

const char *units_format_duration(uint64_t ns, char text[UNITS_TEXT_BYTES])
{
	uint64_t seconds = ns / NS_PER_S + (ns % NS_PER_S >= NS_PER_S / 2);

	if (ns < 1000)
		snprintf(text, UNITS_TEXT_BYTES, "%" PRIu64 " ns", ns);
	else if (ns < 999500)
		format_three((double)ns / 1e3, " us", text);
	else if (ns < 999500000)
		format_three((double)ns / 1e6, " ms", text);
	else if (seconds < 100)
		format_three((double)ns / 1e9, " s", text);
	else if (seconds < 6000)
		snprintf(text, UNITS_TEXT_BYTES, "%" PRIu64 " m %02" PRIu64 " s",
			 seconds / 60, seconds % 60);
	else
		snprintf(text, UNITS_TEXT_BYTES, "%" PRIu64 " h %02" PRIu64 " m",
			 seconds / 3600, seconds % 3600 / 60);
	return text;
}

const char *units_format_rate(double per_second, char text[UNITS_TEXT_BYTES])
{
	static const char *const names[] = {"/s", "k/s", "M/s", "G/s", "T/s"};
	size_t unit = 0;

	while (per_second >= 999.5 && unit + 1 < COUNT_OF(names)) {
		per_second /= 1000;
		unit++;
	}
	format_three(per_second, names[unit], text);
	return text;
}
