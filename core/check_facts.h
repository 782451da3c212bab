/*
 * check_facts - what `tailrace check` found out beside its strategies, as the manifest
 * keeps it: the verdict of the mount rests on it, in `verify` as in the check itself.
 */
#ifndef TAILRACE_CORE_CHECK_FACTS_H
#define TAILRACE_CORE_CHECK_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

enum check_level {
	CHECK_NONE, /* it was no check: all else is empty */
	CHECK_QUICK,
	CHECK_USUAL,
	CHECK_THOROUGH,
	CHECK_LEVELS,
};

/* "none", "quick", "default", "thorough". */
extern const char *const check_level_names[CHECK_LEVELS];

/* What the probes of locks came to (results/probe_report.h). */
enum check_probes {
	CHECK_PROBES_NOT_PERFORMED,
	CHECK_PROBES_CONFORM,
	CHECK_PROBES_HARMFUL,
	CHECK_PROBES_INCONCLUSIVE,
	CHECK_PROBES_COUNT,
};

/* "not performed", "conforms", "harmful", "inconclusive". */
extern const char *const check_probes_names[CHECK_PROBES_COUNT];

/* An answer that does harm.  Texts for people; all are owned. */
struct check_harm {
	char *probe; /* of the table: letters, digits, '-' */
	char *lock;  /* "flock" */
	char *scope; /* "two hosts" */
	char *question, *answer, *reason;
};

/* All zero: no check.  Ended by check_facts_release. */
struct check_facts {
	enum check_level level;
	bool local; /* --local: for processes on one host */
	uint32_t selftest_cases, selftest_agreed;
	enum check_probes probes;
	/* How many answers of each kind. */
	uint32_t conforming, harmless, harmful, unsupported, unanswered;
	struct check_harm *harms; /* some of them, or all */
	size_t harm_count;
};

/* Harmless on an empty one. */
void check_facts_release(struct check_facts *facts);

/* Add a harm; the texts are copied.  0 or -ENOMEM. */
int check_facts_add_harm(struct check_facts *facts, const char *probe, const char *lock,
			 const char *scope, const char *question, const char *answer,
			 const char *reason);

/* The object of the manifest; a JSON null where it was no check; NULL without memory.
 */
json_t *check_facts_to_json(const struct check_facts *facts);

/*
 * From there: hostile input.  A NULL or JSON null is no check.  0, -EBADMSG where it
 * makes no sense, or -ENOMEM, with @ret_facts untouched.
 */
int check_facts_from_json(json_t *json, struct check_facts *ret_facts);

#endif
