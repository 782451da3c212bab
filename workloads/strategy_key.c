/* strategy_key - the keys of a strategy, and what their values mean. */
#include "workloads/strategy_key.h"

#include "core/suggest.h"
#include "core/units.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define KEY_FUNCTIONS(key, type)                                                       \
	static void set_##key(struct strategy_parts *parts, uint32_t value)            \
	{                                                                              \
		parts->key = (type)value;                                              \
	}                                                                              \
	static uint32_t get_##key(const struct strategy_parts *parts)                  \
	{                                                                              \
		return (uint32_t)parts->key;                                           \
	}

KEY_FUNCTIONS(wait, enum lock_wait)
KEY_FUNCTIONS(io, enum io_mode)
KEY_FUNCTIONS(flush, enum flush_mode)
KEY_FUNCTIONS(batch, uint32_t)
KEY_FUNCTIONS(short_write, enum short_write)
KEY_FUNCTIONS(lock, enum lock_kind)
KEY_FUNCTIONS(think_us, uint32_t)

static const char *wait_name(size_t index)
{
	return index < LOCK_WAIT_COUNT ? lock_wait_table[index].name : NULL;
}

static const char *io_name(size_t index)
{
	return index < IO_MODE_COUNT ? io_mode_table[index].name : NULL;
}

static const char *flush_name(size_t index)
{
	return index < FLUSH_MODE_COUNT ? flush_table[index].name : NULL;
}

static const char *short_name(size_t index)
{
	return index < SHORT_WRITE_COUNT ? short_write_names[index] : NULL;
}

static const char *lock_name(size_t index)
{
	return index < LOCK_KIND_COUNT ? lock_table[index]->name : NULL;
}

const struct strategy_key strategy_keys[KEY_COUNT] = {
	[KEY_WAIT] =
		{"wait",
		 "sleep in the kernel for the lock, or try again after a pause: poll "
		 "0 to 9 ms by chance, fixed 5 ms, exponential 1, 2, 4 to 256 ms",
		 wait_name, set_wait, get_wait},
	[KEY_IO] = {"io", "how the file is opened: O_DIRECT, O_SYNC, O_DSYNC", io_name,
		    set_io, get_io},
	[KEY_FLUSH] = {"flush",
		       "what ends each batch before the unlock; close opens the file "
		       "anew each time",
		       flush_name, set_flush, get_flush},
	[KEY_BATCH] = {"batch", "records in one write under one lock", NULL, set_batch,
		       get_batch, 1, STRATEGY_BATCH_MAX,
		       "a batch has 1 to 65536 records"},
	[KEY_SHORT] = {"short",
		       "whether the rest of a short write is written, or its outcome "
		       "is unknown",
		       short_name, set_short_write, get_short_write},
	[KEY_LOCK] = {"lock",
		      "of counter and chain: by what they lock; none is a control",
		      lock_name, set_lock, get_lock},
	[KEY_THINK] = {"think",
		       "of counter and chain: microseconds between reading and writing",
		       NULL, set_think_us, get_think_us, 0, STRATEGY_THINK_US_MAX,
		       "one thinks 0 to 1000000 microseconds"},
};

/* All of @names behind what @text has: "none", @comma, "fsync", @last ... */
static void append_names(const char *(*names)(size_t index), const char *comma,
			 const char *last, char text[STRATEGY_TEXT_BYTES])
{
	for (size_t i = 0; names(i); i++) {
		const char *between = names(i + 1) ? comma : last;
		size_t used = strlen(text);

		snprintf(text + used, STRATEGY_TEXT_BYTES - used, "%s%s",
			 i ? between : "", names(i));
	}
}

static const char *key_name(size_t index)
{
	return index < KEY_COUNT ? strategy_keys[index].name : NULL;
}

int strategy_key_find(const char *name, const struct strategy_key **ret_key,
		      struct error *err)
{
	struct suggestion meant = suggest_for(name);
	char text[STRATEGY_TEXT_BYTES];

	for (size_t i = 0; i < KEY_COUNT; i++) {
		suggest_offer(&meant, strategy_keys[i].name);
		if (strcmp(strategy_keys[i].name, name) == 0) {
			*ret_key = &strategy_keys[i];
			return 0;
		}
	}
	if (meant.name)
		return error_set(err, EINVAL, "a strategy has no key '%s'%s", name,
				 suggest_text(&meant, "", text, sizeof(text)));
	text[0] = '\0';
	append_names(key_name, ", ", " and ", text);
	return error_set(err, EINVAL, "a strategy has no key '%s'; there are %s", name,
			 text);
}

int strategy_key_value(const struct strategy_key *key, const char *name,
		       uint32_t *ret_value, struct error *err)
{
	struct suggestion meant = suggest_for(name);
	uint64_t number;
	char text[STRATEGY_TEXT_BYTES] = "";

	if (!key->value_name) {
		if (units_parse_count(name, &number, NULL) < 0 || number < key->min ||
		    number > key->max)
			return error_set(err, EINVAL, "%s=%s: %s", key->name, name,
					 key->range);
		*ret_value = (uint32_t)number;
		return 0;
	}
	for (uint32_t i = 0; key->value_name(i); i++) {
		suggest_offer(&meant, key->value_name(i));
		if (strcmp(key->value_name(i), name) == 0) {
			*ret_value = i;
			return 0;
		}
	}
	if (meant.name)
		return error_set(err, EINVAL, "%s=%s is unknown%s", key->name, name,
				 suggest_text(&meant, "", text, sizeof(text)));
	text[0] = '\0';
	append_names(key->value_name, ", ", " or ", text);
	return error_set(err, EINVAL, "%s=%s is unknown; it can be %s", key->name, name,
			 text);
}

bool strategy_key_text(size_t index, char ret_text[STRATEGY_TEXT_BYTES],
		       const char **ret_meaning)
{
	if (index >= KEY_COUNT)
		return false;
	snprintf(ret_text, STRATEGY_TEXT_BYTES, "%s=%s", strategy_keys[index].name,
		 strategy_keys[index].value_name ? "" : "N");
	if (strategy_keys[index].value_name)
		append_names(strategy_keys[index].value_name, "|", "|", ret_text);
	*ret_meaning = strategy_keys[index].meaning;
	return true;
}
