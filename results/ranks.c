/*
 * ranks - ranks.csv: what each writer got, and how long its appends took; format and
 * quoting are those of records.csv.
 */
#include "results/writers.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "results/format.h"

/* What the history of one writer comes to. */
struct rank_times {
	uint64_t begun, unknown, failed;
	uint64_t first_ns, last_ns; /* of its appends, on its own clock */
	struct histogram appends;   /* that were acknowledged */
};

static void add_entry(struct rank_times *times, const struct history_entry *entry)
{
	if (times->begun++ == 0)
		times->first_ns = entry->invoke_ns;
	times->failed += entry->outcome == OUTCOME_FAILED;
	times->unknown +=
		entry->outcome == OUTCOME_UNKNOWN || entry->outcome == OUTCOME_OPEN;
	if (entry->outcome == OUTCOME_OPEN)
		return;
	times->last_ns = entry->completed_ns;
	if (entry->outcome == OUTCOME_ACKNOWLEDGED)
		histogram_add(&times->appends, entry->completed_ns - entry->invoke_ns);
}

/* False where its history cannot be read, or in part only. */
static bool read_times(const struct chronicle *chronicle, uint32_t rank,
		       struct rank_times *ret_times)
{
	const struct history *history;
	struct history_entry entry;

	memset(ret_times, 0, sizeof(*ret_times));
	if (!chronicle->histories || !chronicle->histories[rank].file)
		return false;
	history = &chronicle->histories[rank];
	for (uint64_t seq = 0; seq < history->count; seq++) {
		if (history_get(history, seq, &entry) < 0)
			return false;
		add_entry(ret_times, &entry);
	}
	return !history->cut;
}

/* records_per_s,p50_us,p90_us,p99_us,max_us of its own time. */
static void put_times(FILE *stream, const struct rank_times *times)
{
	static const double quantiles[] = {0.5, 0.9, 0.99};
	const struct histogram *h = &times->appends;

	if (h->count == 0) {
		fputs(",,,,,", stream);
		return;
	}
	putc(',', stream);
	if (times->last_ns > times->first_ns)
		fprintf(stream, "%.3f",
			(double)h->count * 1e9 /
				(double)(times->last_ns - times->first_ns));
	for (size_t i = 0; i < sizeof(quantiles) / sizeof(quantiles[0]); i++)
		fprintf(stream, ",%.3f",
			(double)histogram_quantile(h, quantiles[i]) / 1000);
	fprintf(stream, ",%.3f", (double)h->max / 1000);
}

static const char *end_name(enum writer_end end)
{
	static const char *const names[] = {
		[WRITER_ABSENT] = "absent",
		[WRITER_FINISHED] = "finished",
		[WRITER_KILLED] = "killed",
		[WRITER_HUNG] = "hung",
	};

	return names[end];
}

static void put_rank(FILE *stream, const struct output_context *context, size_t index,
		     uint32_t rank, struct rank_times *times)
{
	const struct manifest *manifest = context->result->manifest;
	const struct manifest_strategy *strategy = &manifest->strategies[index];
	const struct writer_share *share =
		&context->result->judgments[index].shares[rank];
	bool whole = read_times(&context->chronicles[index], rank, times);

	put_csv_field(stream, strategy->name);
	fprintf(stream, ",%" PRIu32 ",", rank);
	put_csv_field(stream, writer_host(manifest, rank));
	fprintf(stream, ",%s,", end_name(strategy->writers[rank].end));
	if (whole)
		fprintf(stream, "%" PRIu64, times->begun);
	fprintf(stream, ",%" PRIu64 ",", share->acknowledged);
	if (whole)
		fprintf(stream, "%" PRIu64 ",%" PRIu64, times->failed, times->unknown);
	else
		putc(',', stream);
	fprintf(stream, ",%.6f", (double)share->longest_wait_ns / 1e6);
	if (!whole)
		memset(&times->appends, 0, sizeof(times->appends));
	put_times(stream, times);
	putc('\n', stream);
}

int write_ranks(const struct output_context *context, FILE *stream, struct error *err)
{
	const struct manifest *manifest = context->result->manifest;
	struct rank_times *times = malloc(sizeof(*times));

	if (!times)
		return error_set(err, ENOMEM, "no memory for ranks.csv");
	fputs("strategy,rank,host,end,attempted,acknowledged,failed,unknown,"
	      "longest_wait_ms,records_per_s,p50_us,p90_us,p99_us,max_us\n",
	      stream);
	for (size_t i = 0; i < manifest->strategy_count; i++) {
		const struct judgment *judgment = &context->result->judgments[i];

		for (uint32_t rank = 0;
		     judgment->shares && rank < judgment->writer_count; rank++)
			put_rank(stream, context, i, rank, times);
	}
	free(times);
	return 0;
}
