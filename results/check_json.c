/* check_json - the key `check` of result.json: what a check says of its mount. */
#include "results/check_json.h"

#include "core/text.h"
#include "results/advice.h"
#include "results/recommend.h"

#include <errno.h>
#include <stdlib.h>

/* A sentence for people, whose bytes may be anything. */
static json_t *words(const char *text)
{
	return text_to_json(text);
}

static json_t *advice_json(const struct result *result)
{
	struct advice *advice = calloc(ADVICE_MAX, sizeof(*advice));
	size_t count = advice ? advice_give(result, advice) : 0;
	json_t *array = advice ? json_array() : NULL;

	for (size_t i = 0; i < count; i++)
		json_array_append_new(
			array,
			json_pack("{s:s, s:s, s:o, s:s, s:s, s:s}", "id", advice[i].id,
				  "weight", advice_weight_name(advice[i].weight),
				  "evidence", words(advice[i].evidence), "cause",
				  advice[i].cause, "remedy", advice[i].remedy, "source",
				  advice[i].source));
	free(advice);
	return array;
}

/* The names of the strategies of @verdict; a control is never called safe. */
static json_t *names_of(const struct result *result, enum verdict verdict)
{
	json_t *array = json_array();

	for (size_t i = 0; i < result->manifest->strategy_count; i++)
		if (result->judgments[i].verdict == verdict &&
		    (verdict == VERDICT_UNSAFE ||
		     !result->manifest->strategies[i].control))
			json_array_append_new(
				array,
				text_to_json(result->manifest->strategies[i].name));
	return array;
}

static json_t *name_of(const struct result *result, size_t index)
{
	return index == RECOMMEND_NONE
		       ? json_null()
		       : text_to_json(result->manifest->strategies[index].name);
}

json_t *check_json(const struct result *result)
{
	const struct check_facts *facts = &result->manifest->check;
	struct recommendation best = recommend(result);
	json_t *check;

	if (facts->level == CHECK_NONE)
		return json_null();
	check = check_facts_to_json(facts);
	if (!check)
		return NULL;
	json_object_set_new(check, "accepted",
			    json_boolean(result->verdict.verdict == VERDICT_SAFE));
	json_object_set_new(check, "reason", words(result->verdict.reason));
	json_object_set_new(check, "recommended", name_of(result, best.method));
	json_object_set_new(check, "with_service", name_of(result, best.with_service));
	json_object_set_new(check, "file_per_writer", name_of(result, best.apart));
	json_object_set_new(check, "safe", names_of(result, VERDICT_SAFE));
	json_object_set_new(check, "unsafe", names_of(result, VERDICT_UNSAFE));
	json_object_set_new(check, "inconclusive",
			    names_of(result, VERDICT_INCONCLUSIVE));
	json_object_set_new(check, "skipped", names_of(result, VERDICT_SKIPPED));
	json_object_set_new(check, "advice", advice_json(result));
	return check;
}
