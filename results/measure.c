/* measure - see measure.h. */
#include "results/measure.h"

#include "core/units.h"
#include "results/format.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

static double ratio(double part, double whole)
{
	return whole > 0 ? part / whole : NAN;
}

double records_per_s(const struct judgment *judgment)
{
	return ratio((double)judgment->acknowledged,
		     (double)judgment->duration_ns / 1e9);
}

double bytes_per_s(const struct judgment *judgment)
{
	return ratio((double)judgment->acknowledged_bytes,
		     (double)judgment->duration_ns / 1e9);
}

double merged_records_per_s(const struct manifest_strategy *strategy)
{
	const struct manifest_merge *merge = &strategy->merge;

	if (!merge->path || !strategy->ran)
		return NAN;
	return ratio((double)merge->records,
		     (double)(strategy->duration_ns + merge->duration_ns) / 1e9);
}

double lost_per_million(const struct judgment *judgment)
{
	if (judgment->anomalies[ANOMALY_LOST] == COUNT_NULL)
		return NAN;
	return ratio((double)judgment->anomalies[ANOMALY_LOST] * 1e6,
		     (double)judgment->acknowledged);
}

double rpcs_per_record(const struct manifest_strategy *strategy,
		       const struct judgment *judgment)
{
	const char *operation;
	double total = 0;
	json_t *calls;

	if (!strategy->rpc || !judgment->acknowledged)
		return NAN;
	json_object_foreach(strategy->rpc, operation, calls)
	{
		if (strcmp(operation, "total") != 0)
			total += json_number_value(calls);
	}
	return total / (double)judgment->acknowledged;
}

struct fairness measure_fairness(const struct judgment *judgment)
{
	struct fairness fairness = {NAN, NAN, NAN, NAN};
	double sum = 0, squares = 0, min = INFINITY, max = 0;
	uint64_t longest_ns = 0;

	if (!judgment->shares || judgment->writer_count == 0)
		return fairness;
	for (uint32_t i = 0; i < judgment->writer_count; i++) {
		const struct writer_share *share = &judgment->shares[i];
		double count = (double)share->acknowledged;

		sum += count;
		squares += count * count;
		min = fmin(min, count);
		max = fmax(max, count);
		if (share->longest_wait_ns > longest_ns)
			longest_ns = share->longest_wait_ns;
	}
	if (sum == 0)
		return fairness;
	fairness.jain = sum * sum / (judgment->writer_count * squares);
	fairness.longest_wait_ms = (double)longest_ns / 1e6;
	fairness.min_share = min / sum;
	fairness.max_share = max / sum;
	return fairness;
}

/* Does strategy @a belong before @b?  Equal ones keep their order. */
static bool stands_before(const struct result *result, size_t a, size_t b)
{
	static const int place[] = {
		[VERDICT_SAFE] = 0,
		[VERDICT_INCONCLUSIVE] = 1,
		[VERDICT_UNSAFE] = 2,
		[VERDICT_SKIPPED] = 3,
	};
	const struct judgment *ja = &result->judgments[a];
	const struct judgment *jb = &result->judgments[b];

	if (ja->verdict != jb->verdict)
		return place[ja->verdict] < place[jb->verdict];
	/* A comparison with NAN is false. */
	return ja->verdict == VERDICT_SAFE && records_per_s(ja) > records_per_s(jb);
}

void rank_strategies(const struct result *result, size_t *ret_order)
{
	/* Insertion sort: stable, and there are few strategies. */
	for (size_t i = 0; i < result->manifest->strategy_count; i++) {
		size_t at = i;

		while (at > 0 && stands_before(result, i, ret_order[at - 1])) {
			ret_order[at] = ret_order[at - 1];
			at--;
		}
		ret_order[at] = i;
	}
}

bool verdict_rests_on(const struct manifest *manifest, size_t index)
{
	const struct manifest_strategy *strategy = &manifest->strategies[index];
	bool only_controls = true;

	for (size_t i = 0; i < manifest->strategy_count; i++)
		only_controls = only_controls && manifest->strategies[i].control;
	return strategy->required || only_controls ||
	       (manifest->strict && strategy->control);
}

/* Mount options that change what appends and locks do (nfs(5)). */
static bool option_matters(const char *option, size_t length)
{
	static const char *const names[] = {
		"vers",
		"soft",
		"softerr",
		"nolock",
		"local_lock=flock",
		"local_lock=posix",
		"local_lock=all",
		"noac",
		"actimeo",
		"nocto",
		"lookupcache=none",
		"lookupcache=pos",
		"sync",
		"proto=udp",
		"nconnect",
		"wsize",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		size_t n = strlen(names[i]);

		if (length >= n && memcmp(option, names[i], n) == 0 &&
		    (length == n || option[n] == '='))
			return true;
	}
	return false;
}

static void put_options(FILE *stream, const char *options)
{
	const char *separator = " (";

	for (const char *option = options; *option;) {
		size_t length = strcspn(option, ",");

		if (length < 64 && option_matters(option, length)) {
			char text[64];

			memcpy(text, option, length);
			text[length] = '\0';
			fputs(separator, stream);
			put_name(stream, text);
			separator = ",";
		}
		option += length;
		option += *option == ',';
	}
	if (*separator == ',')
		putc(')', stream);
}

static bool same_text(const char *a, const char *b)
{
	return (!a && !b) || (a && b && strcmp(a, b) == 0);
}

static void put_mount(FILE *stream, const struct manifest *manifest)
{
	const struct manifest_host *first = &manifest->hosts[0];

	put_name(stream, first->fstype ? first->fstype : "unknown file system");
	for (size_t i = 1; i < manifest->host_count; i++) {
		if (manifest->hosts[i].fstype &&
		    !same_text(manifest->hosts[i].fstype, first->fstype)) {
			fputs(" and others", stream);
			return;
		}
	}
	if (first->mount_options)
		put_options(stream, first->mount_options);
}

/* Odd sizes matter to what is tested: they stay exact. */
static void put_size(FILE *stream, uint32_t bytes)
{
	char text[UNITS_TEXT_BYTES];

	if (bytes % 1024 == 0)
		fputs(units_format_bytes(bytes, text), stream);
	else
		fprintf(stream, "%" PRIu32 " B", bytes);
}

void put_setting(FILE *stream, const struct manifest *manifest)
{
	char count[FORMAT_MAX];

	if (manifest->host_count > 0) {
		put_mount(stream, manifest);
		fputs(", ", stream);
	}
	fprintf(stream, "%" PRIu32 " rank%s on %zu host%s, ", manifest->rank_count,
		manifest->rank_count == 1 ? "" : "s", manifest->host_count,
		manifest->host_count == 1 ? "" : "s");
	if (manifest->records > 0) {
		format_count(count, manifest->records);
		fprintf(stream, "%s%s ",
			manifest->check.level == CHECK_NONE ? "" : "at most ", count);
	}
	fputs("records of ", stream);
	put_size(stream, manifest->min_bytes);
	if (manifest->min_bytes < manifest->max_bytes) {
		fputs(" to ", stream);
		put_size(stream, manifest->max_bytes);
	}
	fputs(manifest->records > 0 ? " each" : "", stream);
}
