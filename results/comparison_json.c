/* comparison_json - see comparison.h; docs/formats.md has the keys. */
#include "results/comparison.h"

#include <math.h>

#include "core/text.h"

static json_t *number(double value)
{
	return isfinite(value) ? json_real(value) : json_null();
}

static json_t *paths_json(const struct run_set *set)
{
	json_t *array = json_array();

	for (size_t i = 0; i < set->count; i++)
		json_array_append_new(array, text_to_json(set->items[i].path));
	return array;
}

static json_t *metric_json(const struct comparison *comparison,
			   const struct comparison_row *row, enum metric metric)
{
	const struct metric_change *m = &row->metrics[metric];

	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:I, s:f, s:s}", "base",
			 number(m->base), "new", number(m->next), "ratio",
			 number(m->ratio.mean), "low", number(m->ratio.low), "high",
			 number(m->ratio.high), "pairs", (json_int_t)m->ratio.count,
			 "threshold", comparison->options.thresholds[metric], "change",
			 change_name(m->change));
}

static json_t *verdict_json(const struct outcome_strategy *strategy)
{
	return strategy ? json_string(verdict_name(strategy->verdict)) : json_null();
}

static json_t *reason_json(const struct outcome_strategy *strategy)
{
	return strategy ? json_string(strategy->reason) : json_null();
}

static json_t *row_json(const struct comparison *comparison,
			const struct comparison_row *row)
{
	json_t *json = json_pack(
		"{s:s, s:s, s:b, s:{s:o, s:o, s:s, s:o, s:o}}", "point", row->point,
		"name", row->name, "control", row->control, "verdict", "base",
		verdict_json(row->base), "new", verdict_json(row->next), "change",
		change_name(row->verdict), "base_reason", reason_json(row->base),
		"new_reason", reason_json(row->next));

	for (int m = 0; m < METRIC_COUNT; m++)
		json_object_set_new(json, metric_table[m].name,
				    metric_json(comparison, row, (enum metric)m));
	return json;
}

static json_t *reasons_json(const struct comparison *comparison)
{
	json_t *array = json_array();

	for (size_t i = 0; i < comparison->reason_count; i++) {
		const struct comparison_reason *reason = &comparison->reasons[i];

		json_array_append_new(
			array, json_pack("{s:b, s:s}", "regression", reason->regression,
					 "text", reason->text ? reason->text : ""));
	}
	return array;
}

json_t *comparison_json(const struct comparison *comparison)
{
	static const char *const verdicts[] = {
		[NO_REGRESSION] = "no regression",
		[REGRESSION] = "regression",
		[NOT_COMPARABLE] = "cannot be judged",
	};
	json_t *rows = json_array();

	for (size_t i = 0; i < comparison->row_count; i++)
		json_array_append_new(rows, row_json(comparison, &comparison->rows[i]));
	return json_pack("{s:s, s:s, s:i, s:f, s:o, s:o, s:o, s:o}", "schema",
			 COMPARISON_SCHEMA, "verdict", verdicts[comparison->verdict],
			 "exit_code", comparison_exit_code(comparison), "confidence",
			 0.95, "reasons", reasons_json(comparison), "base",
			 paths_json(comparison->base), "new",
			 paths_json(comparison->next), "strategies", rows);
}
