/*
 * strategy_key - the keys that vary a strategy: a table, each key with the part
 * that it sets.  For strategy_parse.c; others see strategy_key_text().
 */
#ifndef TAILRACE_WORKLOADS_STRATEGY_KEY_H
#define TAILRACE_WORKLOADS_STRATEGY_KEY_H

#include <stddef.h>
#include <stdint.h>

#include "core/error.h"
#include "workloads/strategy.h"

enum {
	KEY_WAIT,
	KEY_IO,
	KEY_FLUSH,
	KEY_BATCH,
	KEY_SHORT,
	KEY_LOCK,
	KEY_THINK,
	KEY_COUNT
};

/*
 * A key sets one part.  The names of its values come from @value_name, which
 * returns NULL beyond the last; a key without it takes a number from @min to @max.
 */
struct strategy_key {
	const char *name;
	const char *meaning;
	const char *(*value_name)(size_t index);
	void (*set)(struct strategy_parts *parts, uint32_t value);
	uint32_t (*get)(const struct strategy_parts *parts);
	uint32_t min, max;
	const char *range; /* what the numbers are, for who is out of it */
};

extern const struct strategy_key strategy_keys[KEY_COUNT];

/* The key called @name; or -EINVAL with a sentence. */
int strategy_key_find(const char *name, const struct strategy_key **ret_key,
		      struct error *err);

/* What @name, a value of @key as typed, means to its set(); or -EINVAL. */
int strategy_key_value(const struct strategy_key *key, const char *name,
		       uint32_t *ret_value, struct error *err);

#endif
