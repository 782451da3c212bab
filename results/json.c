/*
 * json - result.json; its keys are a contract, listed in docs/formats.md.
 *
 * What was not measured or not checked is null, never 0; NAN and infinity,
 * which JSON cannot say, are null too.
 */
#include "results/writers.h"

#include "core/claim.h"
#include "core/text.h"
#include "results/check_json.h"
#include "results/fault_json.h"
#include "results/chronicle.h"
#include "results/format.h"
#include "results/measure.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include <jansson.h>

/* Findings of each kind that stand in result.json; anomalies.csv has more. */
enum { EXAMPLES_PER_KIND = 3 };

static json_t *number(double value)
{
	return isfinite(value) ? json_real(value) : json_null();
}

/* Beyond what a JSON integer of 64 bits can say, as a string of digits. */
static json_t *count(uint64_t value)
{
	char digits[24];

	if (value <= INT64_MAX)
		return json_integer((json_int_t)value);
	snprintf(digits, sizeof(digits), "%" PRIu64, value);
	return json_string(digits);
}

static json_t *checked_count(int64_t value)
{
	return value == COUNT_NULL ? json_null() : json_integer(value);
}

static json_t *microseconds(uint64_t ns)
{
	return json_real((double)ns / 1000);
}

static json_t *milliseconds(uint64_t ns)
{
	return json_real((double)ns / 1000000);
}

/* "nas:/export on /mnt/nas type nfs4 (rw,vers=4.2)", as mount(8) prints it. */
static json_t *mount_json(const struct manifest_host *host)
{
	char *line = NULL;
	size_t size;
	FILE *stream = open_memstream(&line, &size);
	json_t *json;

	if (!stream)
		return NULL;
	fprintf(stream, "%s on %s type %s (%s)",
		host->mount_source ? host->mount_source : "?",
		host->mount_point ? host->mount_point : "?",
		host->fstype ? host->fstype : "?",
		host->mount_options ? host->mount_options : "");
	json = fclose(stream) == 0 ? text_to_json(line) : NULL;
	free(line);
	return json;
}

static json_t *ranks_of_host(const struct manifest *manifest, size_t host)
{
	json_t *ranks = json_array();

	for (uint32_t rank = 0; rank < manifest->rank_count; rank++)
		if (manifest->rank_host[rank] == host &&
		    json_array_append_new(ranks, json_integer(rank)) < 0)
			break;
	return ranks;
}

static json_t *run_json(const struct manifest *manifest)
{
	json_t *hosts = json_array();

	for (uint32_t i = 0; i < manifest->host_count; i++) {
		const struct manifest_host *host = &manifest->hosts[i];
		json_t *json = json_pack(
			"{s:o, s:o, s:o, s:o}", "name", text_to_json(host->name),
			"ranks", ranks_of_host(manifest, i), "mount", mount_json(host),
			"clock_error_us", number(host_clock_error_us(manifest, i)));

		if (json_array_append_new(hosts, json) < 0) {
			json_decref(hosts);
			return NULL;
		}
	}
	return json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:[o, o], s:o}", "id",
			 manifest->run_id, "label", text_to_json(manifest->label),
			 "created_utc", text_to_json(manifest->created_utc),
			 "directory", text_to_json(manifest->data_dir), "seed",
			 count(manifest->seed), "ranks", count(manifest->rank_count),
			 "records",
			 manifest->records ? count(manifest->records) : json_null(),
			 "size_bytes", count(manifest->min_bytes),
			 count(manifest->max_bytes), "hosts", hosts);
}

static json_t *claims_json(unsigned int claims)
{
	json_t *array = json_array();

	for (size_t bit = 0; bit < CLAIM_COUNT; bit++)
		if (claims & 1u << bit)
			json_array_append_new(array, json_string(claim_names[bit]));
	return array;
}

/* A sentence for people: a percent sign stays one. */
static json_t *sentence_json(const char *sentence)
{
	char *text = printable_name(sentence);
	json_t *json = text ? json_string(text) : NULL;

	free(text);
	return json;
}

/* A skipped strategy says why in words and by the name of the errno. */
static json_t *reason_json(const struct manifest_strategy *strategy,
			   const struct judgment *judgment)
{
	const char *name = NULL;
	char text[sizeof(judgment->reason) + 32];

	if (judgment->verdict == VERDICT_SKIPPED && strategy->skipped_errnum)
		name = strerrorname_np(strategy->skipped_errnum);
	snprintf(text, sizeof(text), "%s%s%s%s", judgment->reason, name ? " (" : "",
		 name ? name : "", name ? ")" : "");
	return sentence_json(text);
}

static json_t *records_json(const struct judgment *j)
{
	if (j->verdict == VERDICT_SKIPPED)
		return json_pack("{s:n, s:n, s:n, s:n, s:n, s:n}", "attempted",
				 "acknowledged", "failed", "unknown", "intact",
				 "recovered");
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "attempted",
			 count(j->attempted), "acknowledged", count(j->acknowledged),
			 "failed", count(j->failed), "unknown", count(j->unknown),
			 "intact", count(j->intact), "recovered", count(j->recovered));
}

static json_t *anomalies_json(const struct judgment *judgment)
{
	bool skipped = judgment->verdict == VERDICT_SKIPPED;
	json_t *object = json_object();

	for (size_t kind = 0; kind < ANOMALY_COUNT; kind++)
		json_object_set_new(object, anomaly_table[kind].name,
				    skipped ? json_null()
					    : checked_count(judgment->anomalies[kind]));
	return object;
}

static json_t *notes_json(const struct judgment *j)
{
	if (j->verdict == VERDICT_SKIPPED)
		return json_pack("{s:n, s:n, s:n, s:n, s:n}", "lock_lost",
				 "stale_cache", "hung", "gap_holes", "gap_written");
	return json_pack("{s:o, s:o, s:o, s:o, s:o}", "lock_lost",
			 checked_count(j->lock_lost), "stale_cache",
			 checked_count(j->stale_cache), "hung", checked_count(j->hung),
			 "gap_holes", checked_count(j->gap_holes), "gap_written",
			 checked_count(j->gap_written));
}

static json_t *who_json(const struct manifest *manifest, struct record_id id)
{
	if (id.writer == WRITER_NONE)
		return json_null();
	return json_pack("{s:o, s:o, s:o}", "host",
			 text_to_json(writer_host(manifest, id.writer)), "rank",
			 count(id.writer), "seq", count(id.seq));
}

static json_t *example_json(const struct manifest *manifest, size_t index,
			    const struct finding *finding)
{
	uint32_t owner = finding->file_writer == WRITER_NONE ? 0 : finding->file_writer;
	char *path = manifest_data_path(manifest, index, owner);
	json_t *example;

	example = json_pack(
		"{s:s, s:o, s:o, s:o, s:o, s:o, s:o}", "kind",
		anomaly_table[finding->kind].name, "file", text_to_json(path), "offset",
		finding->offset_known ? count(finding->offset) : json_null(), "length",
		count(finding->length), "record", who_json(manifest, finding->record),
		"by", who_json(manifest, finding->by), "hole",
		finding->nature == GAP_UNTOLD
			? json_null()
			: json_boolean(finding->nature == GAP_HOLE));
	free(path);
	return example;
}

/* Of a view the hosts that saw `record` and `by` are named, too. */
static json_t *finding_json(const struct manifest *manifest, size_t index,
			    const struct finding *finding)
{
	json_t *example = example_json(manifest, index, finding);

	if (finding->kind == ANOMALY_DIVERGENT_VIEW)
		json_object_set_new(
			example, "hosts",
			json_pack("[o, o]",
				  text_to_json(host_name(manifest, finding->host)),
				  text_to_json(host_name(manifest, finding->by_host))));
	return example;
}

/* Caches that were stale: `host` saw `record` where `by` stands. */
static json_t *stale_json(const struct manifest *manifest, size_t index,
			  const struct judgment *j)
{
	json_t *array = json_array();

	/* Those of a segment stand in its own result. */
	int64_t known = j->segments.count ? 0 : j->stale_cache;

	for (int64_t i = 0; i < known && i < STALE_EXAMPLES; i++) {
		json_t *one = example_json(manifest, index, &j->stale[i].where);

		json_object_set_new(one, "kind", json_string("stale_cache"));
		json_object_set_new(
			one, "host",
			text_to_json(host_name(manifest, j->stale[i].where.host)));
		json_object_set_new(
			one, "healed",
			json_string(j->stale[i].healed_direct ? "direct" : "reopen"));
		json_array_append_new(array, one);
	}
	return array;
}

/* How much of the files the hosts' views cover; null where none were compared. */
static json_t *views_json(const struct manifest *manifest, size_t index,
			  const struct judgment *j)
{
	const struct view_facts *v = &j->views;

	if (!v->hosts)
		return json_null();
	return json_pack("{s:o, s:o, s:o, s:o, s:o}", "hosts", count(v->hosts),
			 "blocks", count(v->blocks), "of_blocks", count(v->of_blocks),
			 "block_bytes", count(v->block_bytes), "stale",
			 stale_json(manifest, index, j));
}

/* The name of @errnum; it may be damage. */
static json_t *errno_json(int errnum)
{
	const char *name = errnum ? strerrorname_np(errnum) : NULL;

	if (!errnum)
		return json_null();
	return name ? json_string(name) : json_integer(errnum);
}

/* Whoever did not tell what it saw has null for everything but its host. */
static json_t *reader_json(const struct manifest *manifest,
			   const struct reader_facts *reader)
{
	const struct tail_figures *f = &reader->figures;
	json_t *staleness = json_null();

	if (!reader->told)
		return json_pack("{s:o, s:n}", "host",
				 text_to_json(host_name(manifest, reader->host)),
				 "records");
	if (reader->compared)
		staleness = json_pack("{s:o, s:o, s:o}", "p50",
				      microseconds(reader->p50_ns), "p99",
				      microseconds(reader->p99_ns), "max",
				      microseconds(reader->max_ns));
	return json_pack(
		"{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:b,"
		" s:o, s:o, s:o, s:o, s:o}",
		"host", text_to_json(host_name(manifest, reader->host)), "records",
		count(f->records), "staleness_us", staleness, "compared",
		count(reader->compared), "clock_error_us",
		reader->compared ? microseconds(reader->clock_error_ns) : json_null(),
		"nuls", count(f->nuls), "nul_longest_ms",
		milliseconds(f->nul_longest_ns), "nuls_lasting", count(f->nuls_lasting),
		"backwards", count(f->backwards), "backwards_bytes",
		count(f->backwards_bytes), "torn", count(f->torn), "torn_longest_ms",
		milliseconds(f->torn_longest_ns), "unseen",
		checked_count(reader->unseen), "reopened", f->reopened, "after_reopen",
		count(f->after_reopen), "given_up", count(f->given_up), "reads",
		count(f->reads), "bytes", count(f->bytes), "errno",
		errno_json(f->errnum));
}

/* Null where nobody followed the file. */
static json_t *readers_json(const struct manifest *manifest, const struct judgment *j)
{
	json_t *array;

	if (!j->reader_count)
		return json_null();
	array = json_array();
	for (uint32_t i = 0; i < j->reader_count; i++)
		json_array_append_new(array, reader_json(manifest, &j->readers[i]));
	return array;
}

static json_t *examples_json(const struct manifest *manifest, size_t index,
			     const struct judgment *judgment)
{
	size_t taken[ANOMALY_COUNT] = {0};
	json_t *array = json_array();

	for (size_t i = 0; i < judgment->finding_count; i++) {
		const struct finding *finding = &judgment->findings[i];

		if (taken[finding->kind]++ < EXAMPLES_PER_KIND)
			json_array_append_new(array,
					      finding_json(manifest, index, finding));
	}
	return array;
}

static json_t *latency_json(const struct judgment *judgment)
{
	json_t *object = json_object();

	for (size_t part = 0; part < LATENCY_PARTS; part++) {
		const struct histogram *h = judgment->latency;
		json_t *json = json_null();

		if (h && h[part].count > 0)
			json = json_pack(
				"{s:o, s:o, s:o, s:o, s:o}", "p50",
				microseconds(histogram_quantile(&h[part], 0.5)), "p90",
				microseconds(histogram_quantile(&h[part], 0.9)), "p99",
				microseconds(histogram_quantile(&h[part], 0.99)),
				"p999",
				microseconds(histogram_quantile(&h[part], 0.999)),
				"max", microseconds(h[part].max));
		json_object_set_new(object, latency_part_names[part], json);
	}
	return object;
}

static json_t *fairness_json(const struct judgment *judgment)
{
	struct fairness f = measure_fairness(judgment);

	return json_pack("{s:o, s:o, s:o, s:o}", "jain", number(f.jain),
			 "longest_wait_ms", number(f.longest_wait_ms), "min_share",
			 number(f.min_share), "max_share", number(f.max_share));
}

/* Per acknowledged record; the total comes first. */
static json_t *rpc_json(const struct manifest_strategy *strategy,
			const struct judgment *judgment)
{
	json_t *object, *value;
	const char *operation;
	double total = 0;

	if (!strategy->rpc || judgment->acknowledged == 0)
		return json_null();
	object = json_pack("{s:n}", "total");
	json_object_foreach(strategy->rpc, operation, value)
	{
		double calls = json_number_value(value);

		if (strcmp(operation, "total") == 0)
			continue;
		total += calls;
		json_object_set_new(object, operation,
				    number(calls / (double)judgment->acknowledged));
	}
	json_object_set_new(object, "total",
			    number(total / (double)judgment->acknowledged));
	return object;
}

/* What `tailrace merge` made, and the rate of appending and merging together. */
static json_t *merge_json(const struct manifest_strategy *strategy)
{
	const struct manifest_merge *merge = &strategy->merge;

	if (!merge->path)
		return json_null();
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "file",
			 text_to_json(merge->path), "records", count(merge->records),
			 "bytes", count(merge->bytes), "left_out",
			 count(merge->left_out), "duration_s",
			 number((double)merge->duration_ns / 1e9), "records_per_s",
			 number(merged_records_per_s(strategy)));
}

/* Null where the run was not in segments. */
static json_t *segments_json(const struct judgment *j)
{
	const struct segment_facts *f = &j->segments;

	if (!f->count)
		return json_null();
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "count",
			 count(f->count), "safe", count(f->safe), "unsafe",
			 count(f->unsafe), "inconclusive", count(f->inconclusive),
			 "kept", count(f->kept), "removed_bytes",
			 count(f->removed_bytes), "first_unsafe",
			 f->first_unsafe ? count(f->first_unsafe) : json_null());
}

static json_t *strategy_json(const struct manifest *manifest, size_t index,
			     const struct judgment *j)
{
	const struct manifest_strategy *s = &manifest->strategies[index];
	bool ran = j->verdict != VERDICT_SKIPPED;
	bool contended = ran && j->contention_applies;

	return json_pack(
		"{s:o, s:o, s:b, s:o, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o,"
		" s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
		"name", text_to_json(s->name), "spec", text_to_json(s->spec), "control",
		s->control, "claims", claims_json(s->claims), "verdict",
		verdict_name(j->verdict), "reason", reason_json(s, j), "remark",
		s->remark ? sentence_json(s->remark) : json_null(), "records",
		records_json(j), "anomalies", anomalies_json(j), "notes", notes_json(j),
		"views", views_json(manifest, index, j), "readers",
		readers_json(manifest, j), "examples",
		examples_json(manifest, index, j), "contention",
		contended ? number(j->contention) : json_null(), "handoffs",
		contended ? count(j->handoffs) : json_null(), "duration_s",
		ran ? number((double)j->duration_ns / 1e9) : json_null(),
		"records_per_s", ran ? number(records_per_s(j)) : json_null(),
		"bytes_per_s", ran ? number(bytes_per_s(j)) : json_null(), "latency_us",
		latency_json(j), "fairness", fairness_json(j), "rpc_per_record",
		rpc_json(s, j), "merge", merge_json(s), "segments", segments_json(j));
}

static json_t *strategies_json(const struct result *result)
{
	json_t *array = json_array();

	for (size_t i = 0; i < result->manifest->strategy_count; i++) {
		json_t *json =
			strategy_json(result->manifest, i, &result->judgments[i]);

		if (json_array_append_new(array, json) < 0) {
			json_decref(array);
			return NULL;
		}
	}
	return array;
}

int write_json(const struct output_context *context, FILE *stream, struct error *err)
{
	const struct result *result = context->result;
	enum verdict verdict = result->verdict.verdict;
	json_t *root;

	root = json_pack("{s:s, s:s, s:i, s:b, s:o, s:o, s:o, s:o}", "schema",
			 RESULT_SCHEMA, "verdict", verdict_name(verdict), "exit_code",
			 verdict_exit_code(verdict), "teeth", result->verdict.teeth,
			 "run", run_json(result->manifest), "faults",
			 faults_json(result), "check", check_json(result), "strategies",
			 strategies_json(result));
	if (!root)
		return error_set(err, ENOMEM, "no memory for result.json");
	/* Nine digits: a nanosecond within a second, and no 0.30000000000000004. */
	json_dumpf(root, stream, JSON_INDENT(2) | JSON_REAL_PRECISION(9));
	putc('\n', stream);
	json_decref(root);
	return 0;
}
