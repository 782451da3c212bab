/* outcome - see outcome.h. */
#include "results/outcome.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "results/json_file.h"
#include "results/result.h"

/* More than any plan has. */
enum { OUTCOME_STRATEGIES_MAX = 1024 };

/* Where each figure stands: a key, or a key within a key within a key. */
static const char *const places[FIGURE_COUNT][3] = {
	[FIGURE_ATTEMPTED] = {"records", "attempted"},
	[FIGURE_ACKNOWLEDGED] = {"records", "acknowledged"},
	[FIGURE_LOST] = {"anomalies", "lost"},
	[FIGURE_DURATION_S] = {"duration_s"},
	[FIGURE_RECORDS_PER_S] = {"records_per_s"},
	[FIGURE_BYTES_PER_S] = {"bytes_per_s"},
	[FIGURE_P50_US] = {"latency_us", "append", "p50"},
	[FIGURE_P99_US] = {"latency_us", "append", "p99"},
	[FIGURE_MAX_US] = {"latency_us", "append", "max"},
	[FIGURE_RPC] = {"rpc_per_record", "total"},
	[FIGURE_CONTENTION] = {"contention"},
	[FIGURE_HANDOFFS] = {"handoffs"},
};

/* A number that is not negative, or NAN for null and nothing.  False: neither. */
static bool read_number(const json_t *json, double *ret_number)
{
	double number = NAN;

	if (json_is_number(json))
		number = json_number_value(json);
	else if (json && !json_is_null(json))
		return false;
	*ret_number = number;
	return !(number < 0);
}

static bool read_figure(const json_t *strategy, enum figure figure, double *ret_number)
{
	const json_t *json = strategy;

	for (size_t i = 0; i < 3 && places[figure][i]; i++)
		json = json_object_get(json, places[figure][i]);
	return read_number(json, ret_number);
}

static bool read_verdict(const json_t *json, enum verdict *ret_verdict)
{
	const char *text = json_string_value(json);

	for (int v = VERDICT_SAFE; text && v <= VERDICT_SKIPPED; v++) {
		if (strcmp(verdict_name((enum verdict)v), text) == 0) {
			*ret_verdict = (enum verdict)v;
			return true;
		}
	}
	return false;
}

/* A copy of the string at @key; "" where there is none. */
static char *copy_string(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return strdup(text ? text : "");
}

static int read_strategy(const json_t *json, struct run_outcome *outcome)
{
	struct outcome_strategy *s = &outcome->strategies[outcome->count++];

	s->name = copy_string(json, "name");
	s->spec = copy_string(json, "spec");
	s->reason = copy_string(json, "reason");
	s->control = json_is_true(json_object_get(json, "control"));
	if (!s->name || !s->spec || !s->reason)
		return -ENOMEM;
	if (!*s->name || outcome_find(outcome, s->name) != s ||
	    !read_verdict(json_object_get(json, "verdict"), &s->verdict))
		return -EBADMSG;
	for (int figure = 0; figure < FIGURE_COUNT; figure++)
		if (!read_figure(json, (enum figure)figure, &s->figures[figure]))
			return -EBADMSG;
	return 0;
}

static int read_run(const json_t *run, struct run_outcome *outcome)
{
	const json_t *size = json_object_get(run, "size_bytes");
	double ranks;

	if (!read_number(json_object_get(run, "ranks"), &ranks) ||
	    !read_number(json_array_get(size, 0), &outcome->min_bytes) ||
	    !read_number(json_array_get(size, 1), &outcome->max_bytes))
		return -EBADMSG;
	outcome->ranks = ranks >= 1 && ranks <= UINT32_MAX ? (size_t)ranks : 0;
	outcome->hosts = json_array_size(json_object_get(run, "hosts"));
	return 0;
}

static int read_outcome(const json_t *root, struct run_outcome *outcome)
{
	const json_t *strategies = json_object_get(root, "strategies");
	const json_t *check = json_object_get(root, "check");
	size_t count = json_array_size(strategies);
	int rc;

	if (!json_is_array(strategies) || count > OUTCOME_STRATEGIES_MAX ||
	    !read_verdict(json_object_get(root, "verdict"), &outcome->verdict))
		return -EBADMSG;
	outcome->teeth = json_is_true(json_object_get(root, "teeth"));
	outcome->strategies = calloc(count + 1, sizeof(*outcome->strategies));
	outcome->reason = copy_string(check, "reason");
	if (!outcome->strategies || !outcome->reason)
		return -ENOMEM;
	rc = read_run(json_object_get(root, "run"), outcome);
	for (size_t i = 0; rc == 0 && i < count; i++)
		rc = read_strategy(json_array_get(strategies, i), outcome);
	return rc;
}

int outcome_load(struct run_outcome *outcome, const char *path, struct error *err)
{
	struct run_outcome read = {0};
	json_t *root;
	int rc = json_file_load(path, RESULT_SCHEMA, &root, err);

	if (rc < 0)
		return rc;
	rc = read_outcome(root, &read);
	json_decref(root);
	if (rc == 0) {
		*outcome = read;
		return 0;
	}
	outcome_release(&read);
	if (rc == -EBADMSG)
		return error_set(err, EBADMSG, "%s is no result of a run, or damaged",
				 path);
	return error_sys(err, -rc, "cannot read %s", path);
}

void outcome_release(struct run_outcome *outcome)
{
	for (size_t i = 0; i < outcome->count; i++) {
		free(outcome->strategies[i].name);
		free(outcome->strategies[i].spec);
		free(outcome->strategies[i].reason);
	}
	free(outcome->strategies);
	free(outcome->reason);
	memset(outcome, 0, sizeof(*outcome));
}

const struct outcome_strategy *outcome_find(const struct run_outcome *outcome,
					    const char *name)
{
	for (size_t i = 0; i < outcome->count; i++)
		if (outcome->strategies[i].name &&
		    strcmp(outcome->strategies[i].name, name) == 0)
			return &outcome->strategies[i];
	return NULL;
}

enum verdict verdict_of_repeats(enum verdict a, enum verdict b)
{
	static const int weight[] = {
		[VERDICT_UNSAFE] = 3,
		[VERDICT_SAFE] = 2,
		[VERDICT_INCONCLUSIVE] = 1,
		[VERDICT_SKIPPED] = 0,
	};

	return weight[a] >= weight[b] ? a : b;
}
