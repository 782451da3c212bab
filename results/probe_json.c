/* probe_json - probe.json, of which docs/formats.md tells. */
#include "results/probe_report.h"

#include "core/text.h"

#include <errno.h>
#include <jansson.h>

#define SCHEMA "tailrace.probe/1"

static json_t *number(uint64_t value)
{
	return json_integer((json_int_t)value);
}

/* A sentence, or null where there is none. */
static json_t *text_or_null(const char *text)
{
	return *text ? text_to_json(text) : json_null();
}

static json_t *host_json(const struct manifest_host *host)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:o}", "name", text_to_json(host->name),
			 "kernel", text_to_json(host->kernel), "fstype",
			 text_to_json(host->fstype), "source",
			 text_to_json(host->mount_source), "options",
			 text_to_json(host->mount_options));
}

/* The hosts of A and B; one where there is no other. */
static json_t *hosts_json(const struct probe_report *report,
			  const struct manifest *manifest)
{
	json_t *hosts = json_array();

	for (int i = 0; i < (report->one_host ? 1 : 2); i++)
		json_array_append_new(hosts,
				      host_json(&manifest->hosts[report->hosts[i]]));
	return hosts;
}

static json_t *tally_json(const struct probe_report *report)
{
	json_t *tally = json_object();

	for (int verdict = 0; verdict < PROBE_VERDICTS; verdict++)
		json_object_set_new(tally, probe_verdict_names[verdict],
				    number(probe_report_tally(
					    report, (enum probe_verdict)verdict)));
	return tally;
}

static json_t *expected_json(const struct probe_row *row)
{
	json_t *expected = json_object();

	for (int fs = 0; fs < PROBE_CLASSES; fs++)
		json_object_set_new(expected, probe_class_names[fs],
				    json_string(row->expected[fs]));
	return expected;
}

/* What was not measured is null. */
static json_t *took_json(const struct probe_result *result)
{
	json_t *took = result->took_count ? json_array() : json_null();

	for (unsigned int i = 0; i < result->took_count; i++)
		json_array_append_new(took,
				      json_real((double)result->took_ns[i] / 1000));
	return took;
}

static json_t *took_error_json(const struct probe_result *result)
{
	if (!result->took_count || result->took_error_ns < 0)
		return json_null();
	return json_real((double)result->took_error_ns / 1000);
}

static json_t *verdict_json(const struct probe_result *result)
{
	if (result->verdict == PROBE_NOT_PERFORMED)
		return json_null();
	return json_string(probe_verdict_names[result->verdict]);
}

static json_t *result_json(const struct probe_result *result)
{
	const struct probe_row *row = result->probe.row;

	return json_pack(
		"{s:s, s:s, s:s, s:s, s:s, s:o, s:s, s:o, s:o, s:o, s:o, s:o}", "name",
		row->name, "lock", probe_lock_names[result->probe.lock], "scope",
		probe_scope_names[result->probe.scope], "question", row->question,
		"script", row->script, "expected", expected_json(row), "source",
		row->source, "answer", text_or_null(result->answer), "verdict",
		verdict_json(result), "reason", text_or_null(result->reason), "took_us",
		took_json(result), "took_error_us", took_error_json(result));
}

static json_t *results_json(const struct probe_report *report)
{
	json_t *array = json_array();

	for (size_t i = 0; i < report->count; i++)
		if (json_array_append_new(array, result_json(&report->results[i])) <
		    0) {
			json_decref(array);
			return NULL;
		}
	return array;
}

int probe_write_json(const struct probe_report *report, const struct manifest *manifest,
		     FILE *stream)
{
	json_t *root = json_pack(
		"{s:s, s:s, s:i, s:s, s:s, s:o, s:o, s:o, s:f, s:o}", "schema", SCHEMA,
		"verdict", probe_mount_verdict_name(probe_report_verdict(report)),
		"exit_code", probe_report_exit_code(report), "class",
		probe_class_names[report->class], "run", manifest->run_id, "directory",
		text_to_json(manifest->data_dir), "hosts", hosts_json(report, manifest),
		"tally", tally_json(report), "lasted_s",
		(double)report->lasted_ns / 1e9, "probes", results_json(report));

	if (!root)
		return -ENOMEM;
	json_dumpf(root, stream, JSON_INDENT(2) | JSON_REAL_PRECISION(9));
	putc('\n', stream);
	json_decref(root);
	return 0;
}
