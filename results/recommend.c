/* recommend - see recommend.h. */
#include "results/recommend.h"

#include <math.h>
#include <stdint.h>

#include "results/measure.h"
#include "verify/acceptance.h"
#include "workloads/strategy.h"

bool recommend_needs_service(const struct result *result, size_t index)
{
	struct strategy_spec spec;

	/* A spec of another version may say anything; who wrote it knew its parts. */
	return strategy_parse(result->manifest->strategies[index].spec, &spec, NULL) <
		       0 ||
	       strategy_service(&spec) != SERVICE_NONE;
}

static bool is_plain(const struct result *result, size_t i)
{
	return acceptance_is_method(result->manifest, i) &&
	       !recommend_needs_service(result, i);
}

static bool is_served(const struct result *result, size_t i)
{
	const struct manifest_strategy *s = &result->manifest->strategies[i];

	return s->shared_file && !s->control && s->workload == WORKLOAD_APPEND &&
	       recommend_needs_service(result, i);
}

static bool is_apart(const struct result *result, size_t i)
{
	const struct manifest_strategy *s = &result->manifest->strategies[i];

	return !s->shared_file && !s->control && s->workload == WORKLOAD_APPEND;
}

/* The fastest safe one of those that @filter admits. */
static size_t fastest(const struct result *result,
		      bool (*filter)(const struct result *result, size_t i))
{
	size_t best = RECOMMEND_NONE;
	double best_rate = 0;

	for (size_t i = 0; i < result->manifest->strategy_count; i++) {
		double rate = records_per_s(&result->judgments[i]);

		if (result->judgments[i].verdict != VERDICT_SAFE ||
		    !filter(result, i) || !isfinite(rate) || rate <= best_rate)
			continue;
		best = i;
		best_rate = rate;
	}
	return best;
}

struct recommendation recommend(const struct result *result)
{
	struct recommendation r = {
		.method = fastest(result, is_plain),
		.with_service = fastest(result, is_served),
		.apart = fastest(result, is_apart),
	};

	if (r.method == RECOMMEND_NONE) {
		r.method = r.with_service;
		r.with_service = RECOMMEND_NONE;
	} else if (r.with_service != RECOMMEND_NONE &&
		   records_per_s(&result->judgments[r.with_service]) <=
			   records_per_s(&result->judgments[r.method])) {
		r.with_service = RECOMMEND_NONE;
	}
	return r;
}
