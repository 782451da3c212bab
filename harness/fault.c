/* fault - see fault.h. */
#include "harness/fault.h"

#include "core/suggest.h"
#include "core/units.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PPM_OF_ALL  1000000u
#define STOP_MAX_NS ((uint64_t)24 * 3600 * 1000000000u)

static const struct {
	const char *name;
	bool rank, time, command; /* that follow, in this order */
	const char *form;
} kinds[] = {
	[FAULT_KILL] = {"kill", true, false, false, "kill RANK"},
	[FAULT_KILL_HOLDER] = {"kill-holder", false, false, false, "kill-holder"},
	[FAULT_KILL_WAITER] = {"kill-waiter", false, false, false, "kill-waiter"},
	[FAULT_STOP] = {"stop", true, true, false, "stop RANK for TIME"},
	[FAULT_STOP_HOLDER] = {"stop-holder", false, true, false,
			       "stop-holder for TIME"},
	[FAULT_RUN] = {"run", false, false, true, "run COMMAND"},
};
#define KIND_COUNT (sizeof(kinds) / sizeof(kinds[0]))

bool fault_orders(const struct fault *fault)
{
	return fault->kind == FAULT_KILL_HOLDER || fault->kind == FAULT_STOP_HOLDER;
}

bool fault_seeks(const struct fault *fault)
{
	return fault_orders(fault) || fault->kind == FAULT_KILL_WAITER;
}

bool fault_kills(const struct fault *fault)
{
	return fault->kind == FAULT_KILL || fault->kind == FAULT_KILL_HOLDER ||
	       fault->kind == FAULT_KILL_WAITER;
}

const char *fault_command(const struct fault *fault)
{
	const char *command = fault->what + strlen(kinds[FAULT_RUN].name);

	return command + strspn(command, " ");
}

/* ---- parsing ----------------------------------------------------------------- */

/* "50%", "0.5%": at most six digits after the point count. */
static int parse_share(const char *text, uint32_t *ret_ppm, struct error *err)
{
	size_t digits = strspn(text, "0123456789."), length = strlen(text);
	char *end;
	double percent = strtod(text, &end);

	if (digits + 1 != length || text[digits] != '%' || end != text + digits ||
	    !isdigit((unsigned char)text[0]))
		return error_set(err, EINVAL, "\"%s\" is no share, such as 50%%", text);
	if (percent > 100)
		return error_set(err, EINVAL, "\"%s\" is more than all records", text);
	*ret_ppm = (uint32_t)(percent / 100 * PPM_OF_ALL + 0.5);
	return 0;
}

static int parse_when(const char *when, struct fault *fault, struct error *err)
{
	fault->by_share = strchr(when, '%');
	if (fault->by_share)
		return parse_share(when, &fault->share_ppm, err);
	return units_parse_time(when, &fault->after_ns, err);
}

/* The next word of *@text, which goes on behind it and the blanks that follow. */
static void next_word(const char **text, char *ret_word, size_t size)
{
	size_t length = strcspn(*text, " ");

	snprintf(ret_word, size, "%.*s", (int)(length < size ? length : size - 1),
		 *text);
	*text += length;
	*text += strspn(*text, " ");
}

static int parse_kind(const char *word, enum fault_kind *ret_kind, struct error *err)
{
	struct suggestion meant = suggest_for(word);
	char hint[128];

	for (size_t i = 0; i < KIND_COUNT; i++) {
		if (strcmp(kinds[i].name, word) == 0) {
			*ret_kind = (enum fault_kind)i;
			return 0;
		}
		suggest_offer(&meant, kinds[i].name);
	}
	return error_set(err, EINVAL, "\"%s\" is no fault%s", word,
			 suggest_text(&meant, "", hint, sizeof(hint)));
}

static int malformed(const struct fault *fault, struct error *err)
{
	return error_set(err, EINVAL, "\"%s\" must read \"%s\"", fault->what,
			 kinds[fault->kind].form);
}

/* What stands behind the name. */
static int parse_rest(const char *rest, struct fault *fault, struct error *err)
{
	uint64_t rank = 0;
	char word[64];

	if (kinds[fault->kind].command)
		return *rest ? 0 : malformed(fault, err);
	if (kinds[fault->kind].rank) {
		next_word(&rest, word, sizeof(word));
		if (units_parse_count(word, &rank, NULL) < 0 || rank >= UINT32_MAX)
			return malformed(fault, err);
		fault->rank = (uint32_t)rank;
	}
	if (kinds[fault->kind].time) {
		next_word(&rest, word, sizeof(word));
		if (strcmp(word, "for") != 0)
			return malformed(fault, err);
		next_word(&rest, word, sizeof(word));
		if (units_parse_time(word, &fault->stop_ns, err) < 0)
			return -EINVAL;
		if (!fault->stop_ns || fault->stop_ns > STOP_MAX_NS)
			return error_set(err, EINVAL,
					 "\"%s\": a stop lasts longer than 0 s and at "
					 "most a day",
					 fault->what);
	}
	return *rest ? malformed(fault, err) : 0;
}

int fault_parse(const char *text, struct fault *ret_fault, struct error *err)
{
	struct fault fault = {.kind = FAULT_KILL};
	const char *colon = strchr(text, ':'), *rest;
	char word[64];
	int rc;

	if (!colon || (size_t)(colon - text) >= sizeof(word))
		return error_set(err, EINVAL,
				 "\"%s\" is not WHEN:WHAT, such as 50%%:kill-holder",
				 text);
	snprintf(word, sizeof(word), "%.*s", (int)(colon - text), text);
	rc = parse_when(word, &fault, err);
	if (rc < 0)
		return rc;
	rest = colon + 1 + strspn(colon + 1, " ");
	if (strlen(rest) > FAULT_WHAT_MAX)
		return error_set(err, EINVAL, "a fault is longer than %d bytes",
				 FAULT_WHAT_MAX);
	snprintf(fault.what, sizeof(fault.what), "%s", rest);
	next_word(&rest, word, sizeof(word));
	rc = parse_kind(word, &fault.kind, err);
	if (rc == 0)
		rc = parse_rest(rest, &fault, err);
	if (rc == 0)
		*ret_fault = fault;
	return rc;
}

/* ---- all of them --------------------------------------------------------------- */

const char *fault_when(const struct fault *fault, char text[FAULT_WHEN_BYTES])
{
	char time[UNITS_TEXT_BYTES];

	if (fault->by_share)
		snprintf(text, FAULT_WHEN_BYTES, "at %g %%", fault->share_ppm / 1e4);
	else
		snprintf(text, FAULT_WHEN_BYTES, "after %s",
			 units_format_duration(fault->after_ns, time));
	return text;
}

uint64_t faults_stop_ns(const struct fault *faults, uint32_t count)
{
	uint64_t sum_ns = 0;

	for (uint32_t i = 0; i < count; i++)
		sum_ns += faults[i].stop_ns;
	return sum_ns;
}
