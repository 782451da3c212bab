/* fault_json - see fault_json.h. */
#include "results/fault_json.h"

#include "core/text.h"

double fault_at_s(const struct manifest *manifest, const struct manifest_fault *fault)
{
	uint64_t from_ns = manifest->strategies[fault->strategy].started_ns;

	return ((double)fault->at_ns - (double)from_ns) / 1e9;
}

const struct recovery *fault_recovery(const struct result *result, size_t index)
{
	const struct judgment *j =
		&result->judgments[result->manifest->faults[index].strategy];

	for (size_t i = 0; i < j->recovery_count; i++)
		if (j->recoveries[i].fault == index)
			return &j->recoveries[i];
	return NULL;
}

static json_t *seconds_json(int64_t ns)
{
	return ns == COUNT_NULL ? json_null() : json_real((double)ns / 1e9);
}

static json_t *index_json(int64_t index)
{
	return index < 0 ? json_null() : json_integer(index);
}

static json_t *fault_json(const struct result *result, size_t index)
{
	static const struct recovery untold = {
		.next_ns = COUNT_NULL, .full_ns = COUNT_NULL, .gap_ns = COUNT_NULL};
	const struct manifest *m = result->manifest;
	const struct manifest_fault *f = &m->faults[index];
	const struct recovery *r = fault_recovery(result, index);
	int64_t target = f->target == MANIFEST_NOBODY ? -1 : (int64_t)f->target;
	int64_t lasted_ns =
		f->until_ns > f->at_ns ? (int64_t)(f->until_ns - f->at_ns) : COUNT_NULL;

	if (!r)
		r = &untold;
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:b, s:o, s:o, s:o, s:o, s:o}",
			 "strategy", text_to_json(m->strategies[f->strategy].name),
			 "at_s", f->at_ns ? json_real(fault_at_s(m, f)) : json_null(),
			 "lasted_s", seconds_json(lasted_ns), "what",
			 text_to_json(f->what), "target", index_json(target), "host",
			 text_to_json(m->hosts[f->host].name), "hit", f->hit, "exit",
			 index_json(f->exit), "next_acquisition_s",
			 seconds_json(r->next_ns), "recovery_s",
			 seconds_json(r->full_ns), "longest_gap_s",
			 seconds_json(r->gap_ns), "note", text_to_json(f->note));
}

json_t *faults_json(const struct result *result)
{
	const struct manifest *m = result->manifest;
	json_t *array = json_array();

	for (size_t i = 0; i < m->fault_count; i++) {
		if (json_array_append_new(array, fault_json(result, i)) < 0) {
			json_decref(array);
			return NULL;
		}
	}
	return array;
}
