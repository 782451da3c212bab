/* strategy_parse - from "NAME[:key=value,...]" to parts, and back. */
#include "workloads/strategy_key.h"

#include "core/suggest.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
		const struct strategy_preset *preset = &strategy_presets[i];

		suggest_offer(&meant, preset->name);
		if (strcmp(preset->name, name) == 0 ||
		    (preset->alias && strcmp(preset->alias, name) == 0)) {
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

/* Add "key=value" to the name, as typed but in its plain form. */
static int extend_name(struct strategy_spec *spec, const struct strategy_key *key,
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
	const struct strategy_key *key = NULL;
	uint32_t value = 0;
	unsigned int bit;
	int rc;

	if (!sign)
		return error_set(
			err, EINVAL,
			"'%s' in a strategy is not key=value; see tailrace list keys",
			piece_text(piece, text));
	rc = strategy_key_find(
		piece_text(trimmed(piece.start, (size_t)(sign - piece.start)), text),
		&key, err);
	if (rc < 0)
		return rc;
	bit = 1u << (key - strategy_keys);
	if (*given & bit)
		return error_set(err, EINVAL, "%s is given twice for one strategy",
				 key->name);
	piece = trimmed(sign + 1, (size_t)(piece.start + piece.length - sign - 1));
	rc = strategy_key_value(key, piece_text(piece, text), &value, err);
	if (rc < 0)
		return rc;
	key->set(&spec->parts, value);
	if (extend_name(spec, key, value, *given == 0) < 0)
		return error_set(err, EINVAL, "the name of a strategy is too long");
	*given |= bit;
	return 0;
}

/* Why @key changes nothing, as the end of a sentence about the strategy; or NULL. */
static const char *key_is_idle(const struct strategy_parts *parts, size_t key)
{
	enum workload workload = placement_table[parts->placement]->workload;

	if ((key == KEY_LOCK || key == KEY_THINK) && workload == WORKLOAD_APPEND)
		return "reads nothing under a lock of choice, as counter and chain do";
	if ((key == KEY_BATCH || key == KEY_SHORT) && workload == WORKLOAD_COUNTER)
		return "writes one number at a time";
	if (key == KEY_WAIT && !lock_table[parts->lock]->locks)
		return "has no lock to wait for";
	if (key == KEY_IO && placement_table[parts->placement]->in_rank)
		return "opens the file by MPI, which has no such modes";
	if (key == KEY_FLUSH && placement_table[parts->placement]->in_rank)
		return "could only flush when all ranks do: MPI_File_sync is "
		       "collective";
	if (key == KEY_SHORT && placement_table[parts->placement]->settle)
		return "does not write itself, and a short write is an error there";
	return NULL;
}

/*
 * What the choice of a lock brings with it unless other keys say else: a lock file can
 * only be polled, and a lock apart from the data file is of use only to who opens
 * that under it.
 */
static void follow_lock(struct strategy_spec *spec, unsigned int given)
{
	const struct lock_ops *lock = lock_table[spec->parts.lock];

	if (!(given & 1u << KEY_LOCK))
		return;
	if (lock->polled && !(given & 1u << KEY_WAIT))
		spec->parts.wait = LOCK_WAIT_POLL;
	if (lock->apart && !(given & 1u << KEY_FLUSH))
		spec->parts.flush = FLUSH_CLOSE;
}

/* Keys that would change nothing, or cannot be honoured, are mistakes. */
static int check_parts(const struct strategy_spec *spec, unsigned int given,
		       struct error *err)
{
	for (size_t key = 0; key < KEY_COUNT; key++) {
		const char *why = key_is_idle(&spec->parts, key);

		if (why && (given & 1u << key))
			return error_set(err, EINVAL, "%s %s",
					 strategy_preset_name(spec), why);
	}
	if (lock_table[spec->parts.lock]->polled && spec->parts.wait == LOCK_WAIT_BLOCK)
		return error_set(err, EINVAL,
				 "%s has a lock file, which can only be polled",
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
	follow_lock(&spec, given);
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
			return error_set(
				err, EINVAL,
				"strategy %s is given twice; a key makes two of it, as "
				"in %s:batch=8",
				spec.name, strategy_preset_name(&spec));
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

void strategy_spec_text(const struct strategy_spec *spec,
			char ret_text[STRATEGY_TEXT_BYTES])
{
	struct strategy_spec full = *spec;
	bool first = true;

	snprintf(full.name, sizeof(full.name), "%s", strategy_preset_name(spec));
	for (size_t i = 0; i < KEY_COUNT; i++) {
		/* They are refused; so that this can be read back. */
		if (key_is_idle(&spec->parts, i))
			continue;
		extend_name(&full, &strategy_keys[i],
			    strategy_keys[i].get(&spec->parts), first);
		first = false;
	}
	memcpy(ret_text, full.name, sizeof(full.name));
}
