/* strategy - the presets, and the text in which they are chosen. */
#include "workloads/strategy.h"

#include "core/claim.h"
#include "core/suggest.h"
#include "core/units.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CLAIMS_OWN_FILE                                                                \
	(CLAIM_COMPLETE | CLAIM_ONCE | CLAIM_NO_GAP | CLAIM_WRITER_ORDER)
#define CLAIMS_LOCKED (CLAIMS_OWN_FILE | CLAIM_REALTIME_ORDER | CLAIM_EXCLUSION)

/* Buffered, unflushed, one record at a time, unless a row or the user says so. */
#define PARTS(lock_kind, placement_kind)                                               \
	{                                                                              \
		.lock = lock_kind, .placement = placement_kind, .batch = 1             \
	}

const struct strategy_preset strategy_presets[] = {
	{"append", PARTS(LOCK_KIND_NONE, PLACEMENT_APPEND), 0, true,
	 "Open with O_APPEND and write; no lock.",
	 "Every logger that trusts O_APPEND; atomic on one machine, not over NFS.",
	 "nothing: the control that shows whether the test had teeth"},
	{"flock", PARTS(LOCK_KIND_FLOCK, PLACEMENT_SEEK_END), CLAIMS_LOCKED, false,
	 "Lock the file by flock, seek to its end, write, unlock.",
	 "flock(1) in scripts, and most advice on shared logs.",
	 "flock that reaches the other hosts"},
	{"fcntl", PARTS(LOCK_KIND_FCNTL, PLACEMENT_SEEK_END), CLAIMS_LOCKED, false,
	 "Lock the file by a POSIX record lock, seek to its end, write, unlock.",
	 "lockf(3), databases and mail spools.",
	 "record locks that reach the other hosts"},
	{"per-file", PARTS(LOCK_KIND_NONE, PLACEMENT_OWN_FILE), CLAIMS_OWN_FILE, false,
	 "Write to a file of one's own.",
	 "The way around the question; the files are merged later.", "nothing"},
};
const size_t strategy_preset_count =
	sizeof(strategy_presets) / sizeof(strategy_presets[0]);

/* ---- keys --------------------------------------------------------------- */

/*
 * A key sets one part.  The names of its values come from @value_name, which
 * returns NULL beyond the last; a key without it takes a number.
 */
struct key {
	const char *name;
	const char *meaning;
	const char *(*value_name)(size_t index);
	void (*set)(struct strategy_parts *parts, uint32_t value);
	uint32_t (*get)(const struct strategy_parts *parts);
};

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

static const char *wait_name(size_t index)
{
	return index < LOCK_WAIT_COUNT ? lock_wait_names[index] : NULL;
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

enum { KEY_WAIT, KEY_IO, KEY_FLUSH, KEY_BATCH, KEY_SHORT, KEY_COUNT };

static const struct key keys[KEY_COUNT] = {
	[KEY_WAIT] = {"wait",
		      "sleep in the kernel for the lock, or try again after 0 to 9 ms",
		      wait_name, set_wait, get_wait},
	[KEY_IO] = {"io", "how the file is opened: O_DIRECT, O_SYNC, O_DSYNC", io_name,
		    set_io, get_io},
	[KEY_FLUSH] = {"flush",
		       "what ends each batch before the unlock; close opens the file "
		       "anew each time",
		       flush_name, set_flush, get_flush},
	[KEY_BATCH] = {"batch", "records in one write under one lock", NULL, set_batch,
		       get_batch},
	[KEY_SHORT] = {"short",
		       "whether the rest of a short write is written, or its outcome "
		       "is unknown",
		       short_name, set_short_write, get_short_write},
};

/* ---- parsing ------------------------------------------------------------ */

/* Text is cut into pieces that are not NUL-terminated. */
struct piece {
	const char *start;
	size_t length;
};

static struct piece trimmed(const char *start, size_t length)
{
	while (length && isspace((unsigned char)*start)) {
		start++;
		length--;
	}
	while (length && isspace((unsigned char)start[length - 1]))
		length--;
	return (struct piece){start, length};
}

/*
 * Cut the piece up to the first of @ends or the end of text, and move *@text
 * behind it; the character that ended it, or '\0', goes to *@ret_end.
 */
static struct piece cut(const char **text, const char *ends, char *ret_end)
{
	const char *start = *text;
	size_t length = strcspn(start, ends);

	*ret_end = start[length];
	*text = start + length + (start[length] != '\0');
	return trimmed(start, length);
}

/* @piece as a string, cut to what is longer than any name. */
static const char *piece_text(struct piece piece, char text[STRATEGY_TEXT_BYTES])
{
	if (piece.length >= STRATEGY_TEXT_BYTES)
		piece.length = STRATEGY_TEXT_BYTES - 1;
	memcpy(text, piece.start, piece.length);
	text[piece.length] = '\0';
	return text;
}

static int find_preset(const char *name, uint32_t *ret_index, struct error *err)
{
	struct suggestion meant = suggest_for(name);
	char text[128];

	for (size_t i = 0; i < strategy_preset_count; i++) {
		suggest_offer(&meant, strategy_presets[i].name);
		if (strcmp(strategy_presets[i].name, name) == 0) {
			*ret_index = (uint32_t)i;
			return 0;
		}
	}
	if (meant.name)
		return error_set(err, EINVAL, "there is no strategy '%s'%s", name,
				 suggest_text(&meant, "", text, sizeof(text)));
	return error_set(err, EINVAL,
			 "there is no strategy '%s'; see tailrace list strategies",
			 name);
}

static int find_key(const char *name, const struct key **ret_key, struct error *err)
{
	struct suggestion meant = suggest_for(name);
	char text[128];

	for (size_t i = 0; i < KEY_COUNT; i++) {
		suggest_offer(&meant, keys[i].name);
		if (strcmp(keys[i].name, name) == 0) {
			*ret_key = &keys[i];
			return 0;
		}
	}
	if (meant.name)
		return error_set(err, EINVAL, "a strategy has no key '%s'%s", name,
				 suggest_text(&meant, "", text, sizeof(text)));
	return error_set(err, EINVAL,
			 "a strategy has no key '%s'; there are wait, io, flush, batch "
			 "and short",
			 name);
}

/* The values of @key behind what @text has: "none", @comma, "fsync", @last ... */
static void append_values(const struct key *key, const char *comma, const char *last,
			  char text[STRATEGY_TEXT_BYTES])
{
	for (size_t i = 0; key->value_name(i); i++) {
		const char *between = key->value_name(i + 1) ? comma : last;
		size_t used = strlen(text);

		snprintf(text + used, STRATEGY_TEXT_BYTES - used, "%s%s",
			 i ? between : "", key->value_name(i));
	}
}

static int find_value(const struct key *key, const char *name, uint32_t *ret_value,
		      struct error *err)
{
	struct suggestion meant = suggest_for(name);
	uint64_t number;
	char text[STRATEGY_TEXT_BYTES] = "";

	if (!key->value_name) {
		if (units_parse_count(name, &number, NULL) < 0 || number < 1 ||
		    number > STRATEGY_BATCH_MAX)
			return error_set(err, EINVAL,
					 "%s=%s: a batch has 1 to %d records",
					 key->name, name, STRATEGY_BATCH_MAX);
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
	append_values(key, ", ", " or ", text);
	return error_set(err, EINVAL, "%s=%s is unknown; it can be %s", key->name, name,
			 text);
}

/* Add "key=value" to the name, as typed but in its plain form. */
static int extend_name(struct strategy_spec *spec, const struct key *key,
		       uint32_t value, bool first)
{
	size_t used = strlen(spec->name);
	size_t room = sizeof(spec->name) - used;
	int length;

	if (key->value_name)
		length = snprintf(spec->name + used, room, "%c%s=%s", first ? ':' : ',',
				  key->name, key->value_name(value));
	else
		length = snprintf(spec->name + used, room, "%c%s=%" PRIu32,
				  first ? ':' : ',', key->name, value);
	return (size_t)length < room ? 0 : -EINVAL;
}

/* One "key=value"; @given has a bit for each key that was there before. */
static int parse_key(struct strategy_spec *spec, struct piece piece,
		     unsigned int *given, struct error *err)
{
	const char *sign = memchr(piece.start, '=', piece.length);
	char text[STRATEGY_TEXT_BYTES];
	const struct key *key = NULL;
	uint32_t value = 0;
	unsigned int bit;
	int rc;

	if (!sign)
		return error_set(err, EINVAL, "'%s' in a strategy is not key=value",
				 piece_text(piece, text));
	rc = find_key(
		piece_text(trimmed(piece.start, (size_t)(sign - piece.start)), text),
		&key, err);
	if (rc < 0)
		return rc;
	bit = 1u << (key - keys);
	if (*given & bit)
		return error_set(err, EINVAL, "%s is given twice for one strategy",
				 key->name);
	piece = trimmed(sign + 1, (size_t)(piece.start + piece.length - sign - 1));
	rc = find_value(key, piece_text(piece, text), &value, err);
	if (rc < 0)
		return rc;
	key->set(&spec->parts, value);
	if (extend_name(spec, key, value, *given == 0) < 0)
		return error_set(err, EINVAL, "the name of a strategy is too long");
	*given |= bit;
	return 0;
}

/* Keys that would change nothing are mistakes. */
static int check_parts(const struct strategy_spec *spec, unsigned int given,
		       struct error *err)
{
	if ((given & 1u << KEY_WAIT) && !lock_table[spec->parts.lock]->locks)
		return error_set(err, EINVAL, "%s has no lock to wait for",
				 strategy_preset_name(spec));
	return 0;
}

int strategy_parse(const char *text, struct strategy_spec *ret_spec, struct error *err)
{
	struct strategy_spec spec = {0};
	char name[STRATEGY_TEXT_BYTES];
	unsigned int given = 0;
	const char *rest = text;
	char end;
	int rc;

	rc = find_preset(piece_text(cut(&rest, ":,", &end), name), &spec.preset, err);
	if (rc < 0)
		return rc;
	if (end == ',')
		return error_set(err, EINVAL, "keys stand behind a colon: write %s:%s",
				 name, rest);
	spec.parts = strategy_presets[spec.preset].parts;
	memcpy(spec.name, name, sizeof(name));
	while (end) {
		rc = parse_key(&spec, cut(&rest, ",", &end), &given, err);
		if (rc < 0)
			return rc;
	}
	rc = check_parts(&spec, given, err);
	if (rc < 0)
		return rc;
	*ret_spec = spec;
	return 0;
}

/* Does the piece of a list at @text go on with the keys of the one before? */
static bool is_key(const char *text)
{
	return text[strcspn(text, ":=,")] == '=';
}

static int add_spec(struct strategy_spec **specs, size_t *count, const char *text,
		    struct error *err)
{
	struct strategy_spec *grown;
	struct strategy_spec spec;
	int rc = strategy_parse(text, &spec, err);

	if (rc < 0)
		return rc;
	for (size_t i = 0; i < *count; i++)
		if (strcmp((*specs)[i].name, spec.name) == 0)
			return error_set(err, EINVAL, "strategy %s is given twice",
					 spec.name);
	if (*count == STRATEGY_LIST_MAX)
		return error_set(err, EINVAL, "more than %d strategies are too many",
				 STRATEGY_LIST_MAX);
	grown = reallocarray(*specs, *count + 1, sizeof(*grown));
	if (!grown)
		return error_sys(err, ENOMEM, "cannot keep the strategies");
	grown[(*count)++] = spec;
	*specs = grown;
	return 0;
}

int strategy_list_parse(const char *text, struct strategy_spec **ret_specs,
			size_t *ret_count, struct error *err)
{
	struct strategy_spec *specs = NULL;
	char *copy = strdup(text);
	char *start = copy;
	size_t count = 0;
	int rc = 0;

	if (!copy)
		return error_sys(err, ENOMEM, "cannot keep the strategies");
	for (char *comma = copy; rc == 0 && start; start = comma) {
		do {
			comma = strchr(comma, ',');
			if (comma)
				comma++;
		} while (comma && is_key(comma));
		if (comma)
			comma[-1] = '\0';
		rc = add_spec(&specs, &count, start, err);
	}
	free(copy);
	if (rc < 0) {
		free(specs);
		return rc;
	}
	*ret_specs = specs;
	*ret_count = count;
	return 0;
}

/* ---- asking ------------------------------------------------------------- */

void strategy_spec_text(const struct strategy_spec *spec,
			char ret_text[STRATEGY_TEXT_BYTES])
{
	struct strategy_spec full = *spec;
	bool first = true;

	snprintf(full.name, sizeof(full.name), "%s", strategy_preset_name(spec));
	for (size_t i = 0; i < KEY_COUNT; i++) {
		/* wait without a lock is refused; so that this can be read back. */
		if (i == KEY_WAIT && !lock_table[spec->parts.lock]->locks)
			continue;
		extend_name(&full, &keys[i], keys[i].get(&spec->parts), first);
		first = false;
	}
	memcpy(ret_text, full.name, sizeof(full.name));
}

bool strategy_key_text(size_t index, char ret_text[STRATEGY_TEXT_BYTES],
		       const char **ret_meaning)
{
	if (index >= KEY_COUNT)
		return false;
	snprintf(ret_text, STRATEGY_TEXT_BYTES, "%s=%s", keys[index].name,
		 keys[index].value_name ? "" : "N");
	if (keys[index].value_name)
		append_values(&keys[index], "|", "|", ret_text);
	*ret_meaning = keys[index].meaning;
	return true;
}

const char *strategy_preset_name(const struct strategy_spec *spec)
{
	return strategy_presets[spec->preset].name;
}

unsigned int strategy_claims(const struct strategy_spec *spec)
{
	return strategy_presets[spec->preset].claims;
}

bool strategy_control(const struct strategy_spec *spec)
{
	return strategy_presets[spec->preset].control;
}

bool strategy_shared_file(const struct strategy_spec *spec)
{
	return placement_table[spec->parts.placement]->shared_file;
}

bool strategy_exclusive_lock(const struct strategy_spec *spec)
{
	return lock_table[spec->parts.lock]->exclusive;
}

int strategy_check_size(const struct strategy_spec *spec, uint32_t max_bytes,
			struct error *err)
{
	char batch[UNITS_TEXT_BYTES];
	char limit[UNITS_TEXT_BYTES];
	uint64_t bytes = (uint64_t)spec->parts.batch * max_bytes;

	if (bytes <= STRATEGY_BATCH_BYTES_MAX)
		return 0;
	return error_set(err, EINVAL,
			 "%s makes writes of %s, and at most %s is allowed", spec->name,
			 units_format_bytes(bytes, batch),
			 units_format_bytes(STRATEGY_BATCH_BYTES_MAX, limit));
}

bool strategy_spec_valid(const struct strategy_spec *spec)
{
	const struct strategy_parts *parts = &spec->parts;

	return spec->preset < strategy_preset_count &&
	       (size_t)parts->lock < LOCK_KIND_COUNT &&
	       (size_t)parts->placement < PLACEMENT_COUNT &&
	       (size_t)parts->wait < LOCK_WAIT_COUNT &&
	       (size_t)parts->io < IO_MODE_COUNT &&
	       (size_t)parts->flush < FLUSH_MODE_COUNT &&
	       (size_t)parts->short_write < SHORT_WRITE_COUNT && parts->batch >= 1 &&
	       parts->batch <= STRATEGY_BATCH_MAX &&
	       memchr(spec->name, '\0', sizeof(spec->name));
}
