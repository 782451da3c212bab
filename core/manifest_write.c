/* manifest_write - to manifest.json; the keys are in docs/formats.md. */
#include "core/manifest.h"

#include "core/claim.h"
#include "core/manifest_json.h"
#include "core/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static json_t *samples_to_json(const struct manifest_host *host)
{
	json_t *array = json_array();

	for (size_t i = 0; i < host->sample_count; i++) {
		const struct clock_sample *s = &host->samples[i];

		json_array_append_new(array, json_pack("[I,I,I]", (json_int_t)s->at_ns,
						       (json_int_t)s->offset_ns,
						       (json_int_t)s->rtt_ns));
	}
	return array;
}

static json_t *host_to_json(const struct manifest_host *host)
{
	return json_pack("{s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "name",
			 text_to_json(host->name), "client", text_to_json(host->client),
			 "kernel", text_to_json(host->kernel), "fstype",
			 text_to_json(host->fstype), "mount_source",
			 text_to_json(host->mount_source), "mount_point",
			 text_to_json(host->mount_point), "mount_options",
			 text_to_json(host->mount_options), "module_options",
			 text_to_json(host->module_options), "clock_samples",
			 samples_to_json(host));
}

static json_t *writer_to_json(const struct manifest_writer *writer)
{
	return json_pack("{s:s,s:I,s:o,s:o}", "end", writer_end_name(writer->end),
			 "begun", (json_int_t)writer->begun, "history_path",
			 text_to_json(writer->history_path), "stuck",
			 text_to_json(writer->stuck));
}

static json_t *claims_to_json(unsigned int claims)
{
	json_t *array = json_array();

	for (unsigned int bit = 0; bit < CLAIM_COUNT; bit++)
		if (claims & 1u << bit)
			json_array_append_new(array, json_string(claim_names[bit]));
	return array;
}

static json_t *merge_to_json(const struct manifest_merge *merge)
{
	if (!merge->path)
		return json_null();
	return json_pack("{s:o,s:I,s:I,s:I,s:I}", "path", text_to_json(merge->path),
			 "records", (json_int_t)merge->records, "bytes",
			 (json_int_t)merge->bytes, "left_out",
			 (json_int_t)merge->left_out, "duration_ns",
			 (json_int_t)merge->duration_ns);
}

static json_t *views_to_json(const struct manifest_views *views, size_t host_count)
{
	json_t *looks = json_array();

	if (!views->block_bytes) {
		json_decref(looks);
		return json_null();
	}
	for (size_t host = 0; views->looks && host < host_count; host++)
		json_array_append_new(looks, json_integer(views->looks[host]));
	return json_pack("{s:I,s:I,s:o}", "block_bytes", (json_int_t)views->block_bytes,
			 "stride", (json_int_t)views->stride, "looks", looks);
}

static json_t *readers_to_json(const struct manifest_strategy *strategy)
{
	json_t *array = json_array();

	for (uint32_t i = 0; i < strategy->reader_count; i++)
		json_array_append_new(array,
				      json_pack("{s:I,s:b}", "host",
						(json_int_t)strategy->readers[i].host,
						"given", strategy->readers[i].given));
	return array;
}

/* -1: null. */
static json_t *index_to_json(int64_t index)
{
	return index < 0 ? json_null() : json_integer(index);
}

static json_t *faults_to_json(const struct manifest *m)
{
	json_t *array = json_array();

	for (size_t i = 0; i < m->fault_count; i++) {
		const struct manifest_fault *f = &m->faults[i];
		bool nobody = f->target == MANIFEST_NOBODY;

		json_array_append_new(
			array,
			json_pack("{s:I,s:o,s:b,s:o,s:I,s:o,s:I,s:I,s:o}", "strategy",
				  (json_int_t)f->strategy, "what",
				  text_to_json(f->what), "hit", f->hit, "target",
				  index_to_json(nobody ? -1 : (int64_t)f->target),
				  "host", (json_int_t)f->host, "exit",
				  index_to_json(f->exit), "at_ns", (json_int_t)f->at_ns,
				  "until_ns", (json_int_t)f->until_ns, "note",
				  text_to_json(f->note)));
	}
	return array;
}

static json_t *strategy_to_json(const struct manifest_strategy *strategy,
				uint32_t rank_count, size_t host_count)
{
	json_t *writers = json_array();

	for (uint32_t rank = 0; strategy->writers && rank < rank_count; rank++)
		json_array_append_new(writers,
				      writer_to_json(&strategy->writers[rank]));
	return json_pack(
		"{s:o,s:o,s:o,s:o,s:b,s:b,s:o,s:s,s:b,s:b,s:I,s:I,s:b,s:o,s:o,s:i,s:I,"
		"s:I,s:I,s:O?,s:o,s:o,s:o,s:o}",
		"name", text_to_json(strategy->name), "preset",
		text_to_json(strategy->preset), "spec", text_to_json(strategy->spec),
		"claims", claims_to_json(strategy->claims), "control",
		strategy->control, "required", strategy->required, "expected",
		text_to_json(strategy->expected), "workload",
		workload_names[strategy->workload], "shared_file",
		strategy->shared_file, "exclusive_lock", strategy->exclusive_lock,
		"batch", (json_int_t)strategy->batch, "padding_bytes",
		(json_int_t)strategy->padding_bytes, "ran", strategy->ran, "remark",
		text_to_json(strategy->remark), "skipped",
		text_to_json(strategy->skipped), "skipped_errno",
		strategy->skipped_errnum, "started_ns",
		(json_int_t)strategy->started_ns, "duration_ns",
		(json_int_t)strategy->duration_ns, "segments",
		(json_int_t)strategy->segments, "rpc", strategy->rpc, "merge",
		merge_to_json(&strategy->merge), "views",
		views_to_json(&strategy->views, host_count), "readers",
		readers_to_json(strategy), "writers", writers);
}

static json_t *manifest_to_json(const struct manifest *m)
{
	json_t *hosts = json_array();
	json_t *ranks = json_array();
	json_t *strategies = json_array();

	for (size_t i = 0; i < m->host_count; i++)
		json_array_append_new(hosts, host_to_json(&m->hosts[i]));
	for (uint32_t i = 0; i < m->rank_count; i++)
		json_array_append_new(ranks, json_integer(m->rank_host[i]));
	for (size_t i = 0; i < m->strategy_count; i++)
		json_array_append_new(strategies,
				      strategy_to_json(&m->strategies[i], m->rank_count,
						       m->host_count));
	return json_pack(
		"{s:s,s:s,s:o,s:o,s:o,s:o,s:o,s:I,s:I,s:I,s:I,s:I,s:b,s:b,s:b,s:b,"
		"s:o,s:o,s:o,s:o,s:o}",
		"schema", MANIFEST_SCHEMA, "run_id", m->run_id, "version",
		text_to_json(m->version), "created_utc", text_to_json(m->created_utc),
		"command", text_to_json(m->command), "data_dir",
		text_to_json(m->data_dir), "label", text_to_json(m->label), "seed",
		(json_int_t)m->seed, "min_bytes", (json_int_t)m->min_bytes, "max_bytes",
		(json_int_t)m->max_bytes, "records", (json_int_t)m->records,
		"segment_bytes", (json_int_t)m->segment_bytes, "local_fs", m->local_fs,
		"one_client", m->one_client, "strict", m->strict, "data_kept",
		m->data_kept, "faults", faults_to_json(m), "check",
		check_facts_to_json(&m->check), "hosts", hosts, "rank_host", ranks,
		"strategies", strategies);
}

/* Write @root to @path by way of a new file beside it. */
static int json_replace(json_t *root, const char *path, struct error *err)
{
	char *new_path;
	FILE *file;
	int fd;
	int rc = 0;

	if (asprintf(&new_path, "%s.new", path) < 0)
		return error_set(err, ENOMEM, "no memory");
	unlink(new_path);
	fd = open(new_path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	file = fd < 0 ? NULL : fdopen(fd, "w");
	if (!file) {
		rc = error_sys(err, errno, "cannot create %s", new_path);
		if (fd >= 0)
			close(fd);
		goto out;
	}
	if (json_dumpf(root, file, JSON_INDENT(1)) < 0 || fputc('\n', file) == EOF ||
	    fflush(file) != 0)
		rc = error_sys(err, errno, "cannot write %s", new_path);
	if (fclose(file) != 0 && rc == 0)
		rc = error_sys(err, errno, "cannot write %s", new_path);
	if (rc == 0 && rename(new_path, path) < 0)
		rc = error_sys(err, errno, "cannot replace %s", path);
	if (rc < 0)
		unlink(new_path);
out:
	free(new_path);
	return rc;
}

int manifest_save(const struct manifest *manifest, const char *run_dir,
		  struct error *err)
{
	json_t *root = manifest_to_json(manifest);
	char *path = NULL;
	char sum[9];
	int rc;

	if (!root || asprintf(&path, "%s/" MANIFEST_FILE, run_dir) < 0) {
		json_decref(root);
		return error_set(err, ENOMEM, "no memory for the manifest");
	}
	rc = manifest_sum(root, sum);
	if (rc < 0)
		error_set(err, -rc, "no memory for the manifest");
	else
		json_object_set_new(root, MANIFEST_SUM_KEY, json_string(sum));
	if (rc == 0)
		rc = json_replace(root, path, err);
	free(path);
	json_decref(root);
	return rc;
}
