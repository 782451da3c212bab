/* check_facts - see check_facts.h. */
#include "core/check_facts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

const char *const check_level_names[CHECK_LEVELS] = {
	[CHECK_NONE] = "none",
	[CHECK_QUICK] = "quick",
	[CHECK_USUAL] = "default",
	[CHECK_THOROUGH] = "thorough",
};

const char *const check_probes_names[CHECK_PROBES_COUNT] = {
	[CHECK_PROBES_NOT_PERFORMED] = "not performed",
	[CHECK_PROBES_CONFORM] = "conforms",
	[CHECK_PROBES_HARMFUL] = "harmful",
	[CHECK_PROBES_INCONCLUSIVE] = "inconclusive",
};

/* There are a few hundred probes. */
#define HARMS_MAX 4096

void check_facts_release(struct check_facts *facts)
{
	for (size_t i = 0; i < facts->harm_count; i++) {
		free(facts->harms[i].probe);
		free(facts->harms[i].lock);
		free(facts->harms[i].scope);
		free(facts->harms[i].question);
		free(facts->harms[i].answer);
		free(facts->harms[i].reason);
	}
	free(facts->harms);
	memset(facts, 0, sizeof(*facts));
}

int check_facts_add_harm(struct check_facts *facts, const char *probe, const char *lock,
			 const char *scope, const char *question, const char *answer,
			 const char *reason)
{
	struct check_harm *harm, *more;

	more = reallocarray(facts->harms, facts->harm_count + 1, sizeof(*more));
	if (!more)
		return -ENOMEM;
	facts->harms = more;
	harm = &facts->harms[facts->harm_count++];
	*harm = (struct check_harm){
		.probe = strdup(probe),
		.lock = strdup(lock),
		.scope = strdup(scope),
		.question = strdup(question),
		.answer = strdup(answer),
		.reason = strdup(reason),
	};
	return harm->probe && harm->lock && harm->scope && harm->question &&
			       harm->answer && harm->reason
		       ? 0
		       : -ENOMEM;
}

static json_t *harms_to_json(const struct check_facts *facts)
{
	json_t *array = json_array();

	for (size_t i = 0; i < facts->harm_count; i++) {
		const struct check_harm *h = &facts->harms[i];

		json_array_append_new(
			array, json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "probe",
					 h->probe, "lock", h->lock, "scope", h->scope,
					 "question", h->question, "answer", h->answer,
					 "reason", h->reason));
	}
	return array;
}

json_t *check_facts_to_json(const struct check_facts *facts)
{
	if (facts->level == CHECK_NONE)
		return json_null();
	return json_pack(
		"{s:s, s:b, s:{s:I, s:I}, s:{s:s, s:I, s:I, s:I, s:I, s:I, s:o}}",
		"level", check_level_names[facts->level], "local", facts->local,
		"selftest", "cases", (json_int_t)facts->selftest_cases, "agreed",
		(json_int_t)facts->selftest_agreed, "probe", "verdict",
		check_probes_names[facts->probes], "conforms",
		(json_int_t)facts->conforming, "harmless", (json_int_t)facts->harmless,
		"harmful", (json_int_t)facts->harmful, "unsupported",
		(json_int_t)facts->unsupported, "unanswered",
		(json_int_t)facts->unanswered, "harm", harms_to_json(facts));
}

/* The index of @name among @count @names, or @count. */
static int find_name(const char *const *names, int count, const char *name)
{
	int i = 0;

	while (i < count && strcmp(names[i], name) != 0)
		i++;
	return i;
}

/* Counts that a report can have. */
static int take_count(json_int_t value, uint32_t *ret_count)
{
	if (value < 0 || value > INT32_MAX)
		return -EBADMSG;
	*ret_count = (uint32_t)value;
	return 0;
}

static int harms_from_json(json_t *array, struct check_facts *facts)
{
	int rc = json_is_array(array) && json_array_size(array) <= HARMS_MAX ? 0
									     : -EBADMSG;

	for (size_t i = 0; rc == 0 && i < json_array_size(array); i++) {
		const char *probe, *lock, *scope, *question, *answer, *reason;

		if (json_unpack(json_array_get(array, i),
				"{s:s, s:s, s:s, s:s, s:s, s:s}", "probe", &probe,
				"lock", &lock, "scope", &scope, "question", &question,
				"answer", &answer, "reason", &reason) < 0)
			rc = -EBADMSG;
		else
			rc = check_facts_add_harm(facts, probe, lock, scope, question,
						  answer, reason);
	}
	return rc;
}

static int counts_from_json(json_t *probe, struct check_facts *facts)
{
	json_int_t conforms, harmless, harmful, unsupported, unanswered;

	if (json_unpack(probe, "{s:I, s:I, s:I, s:I, s:I}", "conforms", &conforms,
			"harmless", &harmless, "harmful", &harmful, "unsupported",
			&unsupported, "unanswered", &unanswered) < 0 ||
	    take_count(conforms, &facts->conforming) < 0 ||
	    take_count(harmless, &facts->harmless) < 0 ||
	    take_count(harmful, &facts->harmful) < 0 ||
	    take_count(unsupported, &facts->unsupported) < 0 ||
	    take_count(unanswered, &facts->unanswered) < 0)
		return -EBADMSG;
	return 0;
}

/* Does the verdict of the probes agree with their counts? */
static bool is_consistent(const struct check_facts *facts)
{
	return facts->level < CHECK_LEVELS && facts->level != CHECK_NONE &&
	       facts->probes < CHECK_PROBES_COUNT &&
	       facts->selftest_agreed <= facts->selftest_cases &&
	       facts->harm_count <= facts->harmful &&
	       (facts->probes == CHECK_PROBES_HARMFUL) == (facts->harmful > 0);
}

int check_facts_from_json(json_t *json, struct check_facts *ret_facts)
{
	struct check_facts facts = {0};
	json_t *probe, *harms;
	const char *level, *probes;
	json_int_t cases, agreed;
	int local, rc = 0;

	if (!json || json_is_null(json))
		return 0;
	if (json_unpack(json, "{s:s, s:b, s:{s:I, s:I}, s:o}", "level", &level, "local",
			&local, "selftest", "cases", &cases, "agreed", &agreed, "probe",
			&probe) < 0 ||
	    json_unpack(probe, "{s:s, s:o}", "verdict", &probes, "harm", &harms) < 0 ||
	    take_count(cases, &facts.selftest_cases) < 0 ||
	    take_count(agreed, &facts.selftest_agreed) < 0)
		return -EBADMSG;
	facts.level =
		(enum check_level)find_name(check_level_names, CHECK_LEVELS, level);
	facts.local = local;
	facts.probes = (enum check_probes)find_name(check_probes_names,
						    CHECK_PROBES_COUNT, probes);
	rc = counts_from_json(probe, &facts);
	if (rc == 0)
		rc = harms_from_json(harms, &facts);
	if (rc == 0 && !is_consistent(&facts))
		rc = -EBADMSG;
	if (rc < 0)
		check_facts_release(&facts);
	else
		*ret_facts = facts;
	return rc;
}
