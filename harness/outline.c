/* outline - see outline.h. */
#include "harness/outline.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int outline_hosts(struct run *run)
{
	struct manifest *m = &run->manifest;

	m->hosts = calloc(run->hosts.count, sizeof(*m->hosts));
	m->rank_host = calloc(run->world.size, sizeof(*m->rank_host));
	if (!m->hosts || !m->rank_host)
		return -ENOMEM;
	m->host_count = run->hosts.count;
	m->rank_count = run->world.size;
	memcpy(m->rank_host, run->hosts.rank_host,
	       run->world.size * sizeof(*m->rank_host));
	for (size_t i = 0; i < m->host_count; i++) {
		const struct host_identity *identity = &run->hosts.host[i].identity;

		m->hosts[i].name = strdup(identity->name);
		m->hosts[i].client = strdup(identity->client);
		m->hosts[i].kernel = strdup(identity->kernel);
		if (!m->hosts[i].name || !m->hosts[i].client || !m->hosts[i].kernel)
			return -ENOMEM;
	}
	return 0;
}

static int outline_strategy(const struct run *run, const struct plan_strategy *planned,
			    struct manifest_strategy *s)
{
	const struct strategy_spec *spec = &planned->spec;
	char text[STRATEGY_TEXT_BYTES];

	strategy_spec_text(spec, text);
	s->name = strdup(spec->name);
	s->preset = strdup(strategy_preset_name(spec));
	s->spec = strdup(text);
	s->claims = strategy_claims(spec);
	s->control = strategy_control(spec);
	s->required = planned->required;
	if (planned->expected)
		s->expected = strdup(verdict_name(planned->expectation));
	s->workload = strategy_workload(spec);
	s->shared_file = strategy_shared_file(spec);
	s->exclusive_lock = strategy_exclusive_lock(spec);
	s->batch = spec->parts.batch;
	s->padding_bytes = strategy_slot_bytes(spec, run->plan.max_bytes);
	s->writers = calloc(run->world.size, sizeof(*s->writers));
	return s->name && s->preset && s->spec && s->writers ? 0 : -ENOMEM;
}

static int outline_strategies(struct run *run)
{
	struct manifest *m = &run->manifest;
	int rc = 0;

	m->strategies = calloc(run->plan.strategy_count, sizeof(*m->strategies));
	if (!m->strategies)
		return -ENOMEM;
	m->strategy_count = run->plan.strategy_count;
	for (size_t i = 0; rc == 0 && i < m->strategy_count; i++)
		rc = outline_strategy(run, &run->plan.strategy[i], &m->strategies[i]);
	return rc;
}

static int outline_plan(struct run *run)
{
	const struct plan *plan = &run->plan;
	struct manifest *m = &run->manifest;

	snprintf(m->run_id, sizeof(m->run_id), "%s", plan->run_id);
	m->version = strdup(TAILRACE_VERSION);
	m->created_utc = strdup(plan->created_utc);
	m->command = strdup(run->command);
	m->label = strdup(plan->label);
	if (asprintf(&m->data_dir, "%s/tailrace-%s",
		     strcmp(plan->dir, "/") ? plan->dir : "", plan->run_id) < 0)
		m->data_dir = NULL;
	m->seed = plan->seed;
	m->min_bytes = plan->min_bytes;
	m->max_bytes = plan->max_bytes;
	m->records = plan->records;
	m->segment_bytes = plan->segment_bytes;
	m->one_client = plan->one_client;
	m->strict = plan->strict;
	m->data_kept = true;
	return m->version && m->created_utc && m->command && m->label && m->data_dir
		       ? 0
		       : -ENOMEM;
}

int outline_make(struct run *run, struct error *err)
{
	int rc;

	if ((rc = outline_plan(run)) < 0 || (rc = outline_hosts(run)) < 0 ||
	    (rc = outline_strategies(run)) < 0)
		return error_sys(err, -rc, "cannot hold the manifest");
	return 0;
}

int outline_take_clocks(struct run *run)
{
	for (size_t i = 0; i < run->manifest.host_count; i++) {
		const struct clock_series *series = &run->clocks.series[i];
		struct manifest_host *host = &run->manifest.hosts[i];
		struct clock_sample *copy;

		if (!series->count)
			continue;
		copy = reallocarray(host->samples, series->count, sizeof(*copy));
		if (!copy)
			return -ENOMEM;
		memcpy(copy, series->samples, series->count * sizeof(*copy));
		host->samples = copy;
		host->sample_count = series->count;
	}
	return 0;
}
