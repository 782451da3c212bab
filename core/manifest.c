/* manifest - what all of its users share; see manifest.h. */
#include "core/manifest.h"

#include "core/crc32c.h"
#include "core/manifest_json.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const writer_end_names[] = {
	[WRITER_ABSENT] = "absent",
	[WRITER_FINISHED] = "finished",
	[WRITER_KILLED] = "killed",
	[WRITER_HUNG] = "hung",
};

const char *writer_end_name(enum writer_end end)
{
	return end <= WRITER_HUNG ? writer_end_names[end] : "?";
}

int manifest_sum(json_t *root, char ret_hex[9])
{
	char *text = json_dumps(root, JSON_COMPACT | JSON_SORT_KEYS);

	if (!text)
		return -ENOMEM;
	snprintf(ret_hex, 9, "%08x", crc32c(text, strlen(text)));
	free(text);
	return 0;
}

static void host_release(struct manifest_host *host)
{
	free(host->name);
	free(host->client);
	free(host->kernel);
	free(host->fstype);
	free(host->mount_source);
	free(host->mount_point);
	free(host->mount_options);
	free(host->module_options);
	free(host->samples);
}

static void strategy_release(struct manifest_strategy *s, uint32_t rank_count)
{
	for (uint32_t rank = 0; s->writers && rank < rank_count; rank++) {
		free(s->writers[rank].history_path);
		free(s->writers[rank].data_path);
		free(s->writers[rank].stuck);
		free(s->writers[rank].salvaged_path);
	}
	free(s->writers);
	free(s->name);
	free(s->preset);
	free(s->spec);
	free(s->expected);
	free(s->remark);
	free(s->skipped);
	free(s->merge.path);
	json_decref(s->rpc);
	free(s->views.looks);
	free(s->readers);
}

void manifest_release(struct manifest *m)
{
	for (size_t i = 0; i < m->host_count; i++)
		host_release(&m->hosts[i]);
	for (size_t i = 0; i < m->strategy_count; i++)
		strategy_release(&m->strategies[i], m->rank_count);
	free(m->hosts);
	free(m->rank_host);
	free(m->strategies);
	free(m->version);
	free(m->created_utc);
	free(m->command);
	free(m->data_dir);
	free(m->label);
	for (size_t i = 0; i < m->fault_count; i++) {
		free(m->faults[i].what);
		free(m->faults[i].note);
	}
	free(m->faults);
	check_facts_release(&m->check);
	memset(m, 0, sizeof(*m));
}

int manifest_add_fault(struct manifest *m, const struct manifest_fault *fault)
{
	struct manifest_fault *grown =
		reallocarray(m->faults, m->fault_count + 1, sizeof(*grown));
	struct manifest_fault copy = *fault;

	if (!grown)
		return -ENOMEM;
	m->faults = grown;
	copy.what = strdup(fault->what);
	copy.note = strdup(fault->note);
	if (!copy.what || !copy.note) {
		free(copy.what);
		free(copy.note);
		return -ENOMEM;
	}
	m->faults[m->fault_count++] = copy;
	return 0;
}

bool manifest_was_struck(const struct manifest *m, size_t index)
{
	for (size_t i = 0; i < m->fault_count; i++)
		if (m->faults[i].strategy == index && m->faults[i].hit)
			return true;
	return false;
}

uint32_t manifest_strategy_number(const struct manifest *manifest, size_t index)
{
	return (uint32_t)index + manifest->loose_number;
}

bool manifest_preset_valid(const char *name, size_t length)
{
	return length > 0 && length <= MANIFEST_PRESET_MAX &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") >= length;
}

struct record_plan manifest_record_plan(const struct manifest *manifest, size_t index)
{
	struct record_plan plan = {
		.strategy_index = manifest_strategy_number(manifest, index),
		.min_bytes = manifest->min_bytes,
		.max_bytes = manifest->max_bytes,
		.seed = manifest->seed,
	};

	memcpy(plan.run_id, manifest->run_id, sizeof(plan.run_id));
	return plan;
}

static void copy_text(char *room, size_t bytes, const char *text)
{
	snprintf(room, bytes, "%s", text ? text : "");
}

void manifest_history_identity(const struct manifest *m, size_t index, uint32_t writer,
			       struct history_identity *ret_identity)
{
	const struct manifest_strategy *s = &m->strategies[index];
	const struct manifest_host *host = &m->hosts[m->rank_host[writer]];
	struct history_identity identity = {
		.strategy_index = manifest_strategy_number(m, index),
		.writer = writer,
		.writers = m->rank_count,
		.records = m->records,
		.min_bytes = m->min_bytes,
		.max_bytes = m->max_bytes,
		.seed = m->seed,
		.claims = s->claims,
		.batch = s->batch,
		.padding_bytes = s->padding_bytes,
		.control = s->control,
		.workload = s->workload,
		.shared_file = s->shared_file,
		.exclusive_lock = s->exclusive_lock,
		.local_fs = m->local_fs,
		.one_client = m->one_client,
	};

	memcpy(identity.run_id, m->run_id, sizeof(identity.run_id));
	copy_text(identity.host, sizeof(identity.host), host->name);
	copy_text(identity.client, sizeof(identity.client), host->client);
	copy_text(identity.fstype, sizeof(identity.fstype), host->fstype);
	copy_text(identity.strategy, sizeof(identity.strategy), s->name);
	copy_text(identity.spec, sizeof(identity.spec), s->spec);
	*ret_identity = identity;
}

char *data_path(const char *data_dir, size_t strategy, const char *preset,
		bool shared_file, uint32_t writer)
{
	char *path;
	int rc;

	if (shared_file)
		rc = asprintf(&path, "%s/%02zu-%s.log", data_dir, strategy, preset);
	else
		rc = asprintf(&path, "%s/%02zu-%s.%05u.log", data_dir, strategy, preset,
			      writer);
	return rc < 0 ? NULL : path;
}

char *manifest_data_path(const struct manifest *manifest, size_t strategy,
			 uint32_t writer)
{
	const struct manifest_strategy *s = &manifest->strategies[strategy];
	uint32_t number = manifest_strategy_number(manifest, strategy);

	if (manifest->loose && s->writers[writer].data_path)
		return strdup(s->writers[writer].data_path);
	return data_path(manifest->data_dir, number, s->preset, s->shared_file, writer);
}

char *manifest_history_path(const struct manifest *manifest, const char *run_dir,
			    size_t strategy, uint32_t writer)
{
	const char *known = manifest->strategies[strategy].writers[writer].history_path;
	char *path;

	/* No file has the empty name: that history is missing. */
	if (manifest->loose)
		return strdup(known ? known : "");
	if (asprintf(&path, "%s/history/%02u-%s.%05u.history", run_dir,
		     manifest_strategy_number(manifest, strategy),
		     manifest->strategies[strategy].preset, writer) < 0)
		return NULL;
	return path;
}
