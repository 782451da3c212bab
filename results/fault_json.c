/* fault_json - see fault_json.h. */
#include "results/fault_json.h"

#include "core/text.h"

double fault_at_s(const struct manifest *manifest, const struct manifest_fault *fault)
{
	uint64_t from_ns = manifest->strategies[fault->strategy].started_ns;

	return ((double)fault->at_ns - (double)from_ns) / 1e9;
}

static json_t *fault_json(const struct manifest *m, const struct manifest_fault *f)
{
	bool of_writer = f->target != MANIFEST_NOBODY;
	json_t *until = f->until_ns > f->at_ns
				? json_real((double)(f->until_ns - f->at_ns) / 1e9)
				: json_null();

	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:b, s:o, s:o}", "strategy",
			 text_to_json(m->strategies[f->strategy].name), "at_s",
			 f->at_ns ? json_real(fault_at_s(m, f)) : json_null(),
			 "lasted_s", until, "what", text_to_json(f->what), "target",
			 of_writer ? json_integer(f->target) : json_null(), "host",
			 text_to_json(m->hosts[f->host].name), "hit", f->hit, "exit",
			 f->exit < 0 ? json_null() : json_integer(f->exit), "note",
			 text_to_json(f->note));
}

json_t *faults_json(const struct result *result)
{
	const struct manifest *m = result->manifest;
	json_t *array = json_array();

	for (size_t i = 0; i < m->fault_count; i++) {
		if (json_array_append_new(array, fault_json(m, &m->faults[i])) < 0) {
			json_decref(array);
			return NULL;
		}
	}
	return array;
}
