/*
 * csv - records.csv and anomalies.csv: RFC 4180 quoting, UTF-8, a header line,
 * lines that end in LF.  An empty field is what is not known or does not apply.
 *
 * Stamps are nanoseconds of CLOCK_MONOTONIC on the writer's own host; at_s puts
 * the first of them on rank 0's clock, so that hosts can be compared.
 */
#include "results/writers.h"

#include <inttypes.h>
#include <string.h>

#include "results/format.h"

uint64_t records_csv_stride(const struct result *result, size_t index)
{
	uint64_t stride = result->judgments[index].fact_stride;
	uint64_t rows = 0;

	for (size_t i = 0; i < result->manifest->strategy_count; i++)
		rows += result->judgments[i].fact_count;
	stride *= (rows + RECORDS_CSV_MAX - 1) / RECORDS_CSV_MAX;
	return stride > 0 ? stride : 1;
}

static void put_offset(FILE *stream, int64_t offset)
{
	if (offset >= 0)
		fprintf(stream, "%" PRId64, offset);
}

/* strategy,rank,host,seq: which record; the last three empty where none is. */
static void put_who(FILE *stream, const struct manifest *manifest, struct record_id id)
{
	if (id.writer == WRITER_NONE) {
		fputs(",,", stream);
		return;
	}
	fprintf(stream, "%" PRIu32 ",", id.writer);
	put_csv_field(stream, writer_host(manifest, id.writer));
	fprintf(stream, ",%" PRIu64, id.seq);
}

/* outcome,step,errno,believed_offset */
static void put_outcome(FILE *stream, const struct history_entry *entry)
{
	const char *error = entry->errnum ? strerrorname_np(entry->errnum) : "";

	fprintf(stream, ",%s,%s,", outcome_name(entry->outcome),
		entry->step == STEP_NONE ? "" : append_step_name(entry->step));
	if (error)
		fputs(error, stream);
	else
		fprintf(stream, "%d", entry->errnum);
	putc(',', stream);
	put_offset(stream, entry->offset);
}

/* The stamps of an open append end where its end was not seen. */
static void put_stamps(FILE *stream, const struct history_entry *entry)
{
	const uint64_t later[] = {entry->locked_ns, entry->written_ns,
				  entry->flushed_ns, entry->unlock_ns,
				  entry->completed_ns};

	fprintf(stream, ",%" PRIu64, entry->invoke_ns);
	for (size_t i = 0; i < sizeof(later) / sizeof(later[0]); i++) {
		if (entry->outcome == OUTCOME_OPEN)
			putc(',', stream);
		else
			fprintf(stream, ",%" PRIu64, later[i]);
	}
}

static void put_record(FILE *stream, const struct chronicle *chronicle,
		       const char *strategy, const struct record_fact *fact)
{
	struct history_entry entry;
	bool known = chronicle_entry(chronicle, fact->id, &entry);

	put_csv_field(stream, strategy);
	putc(',', stream);
	put_who(stream, chronicle->manifest, fact->id);
	fprintf(stream, ",%" PRIu32, record_size(&chronicle->form, fact->id));
	if (known)
		put_outcome(stream, &entry);
	else
		fputs(",,,,", stream);
	putc(',', stream);
	put_offset(stream, fact->found_offset);
	fprintf(stream, ",%s,", record_fate_name(fact->fate));
	if (known) {
		fprintf(stream, "%.9f",
			chronicle_time_s(chronicle, fact->id.writer, entry.invoke_ns));
		put_stamps(stream, &entry);
	} else {
		fputs(",,,,,,", stream);
	}
	putc('\n', stream);
}

int write_records(const struct output_context *context, FILE *stream, struct error *err)
{
	const struct manifest *manifest = context->result->manifest;

	(void)err;
	fputs("strategy,rank,host,seq,size,outcome,step,errno,believed_offset,"
	      "found_offset,fate,at_s,invoke_ns,locked_ns,written_ns,flushed_ns,"
	      "unlock_ns,completed_ns\n",
	      stream);
	for (size_t i = 0; i < manifest->strategy_count; i++) {
		const struct judgment *judgment = &context->result->judgments[i];
		uint64_t stride = records_csv_stride(context->result, i);

		for (size_t k = 0; k < judgment->fact_count; k++)
			if (judgment->facts[k].id.seq % stride == 0)
				put_record(stream, &context->chronicles[i],
					   manifest->strategies[i].name,
					   &judgment->facts[k]);
	}
	return 0;
}

/* at_s,invoke_ns,completed_ns of @id */
static void put_times(FILE *stream, const struct chronicle *chronicle,
		      struct record_id id)
{
	struct history_entry entry;

	if (id.writer == WRITER_NONE || !chronicle_entry(chronicle, id, &entry)) {
		fputs(",,", stream);
		return;
	}
	fprintf(stream, "%.9f,%" PRIu64 ",",
		chronicle_time_s(chronicle, id.writer, entry.invoke_ns),
		entry.invoke_ns);
	if (entry.outcome != OUTCOME_OPEN)
		fprintf(stream, "%" PRIu64, entry.completed_ns);
}

static void put_finding(FILE *stream, const struct chronicle *chronicle,
			const char *strategy, const struct finding *finding)
{
	put_csv_field(stream, strategy);
	fprintf(stream, ",%s,", anomaly_table[finding->kind].name);
	if (finding->file_writer != WRITER_NONE)
		fprintf(stream, "%" PRIu32, finding->file_writer);
	putc(',', stream);
	if (finding->offset_known)
		fprintf(stream, "%" PRIu64, finding->offset);
	fprintf(stream, ",%" PRIu64 ",", finding->length);
	put_who(stream, chronicle->manifest, finding->record);
	putc(',', stream);
	put_times(stream, chronicle, finding->record);
	putc(',', stream);
	put_who(stream, chronicle->manifest, finding->by);
	putc(',', stream);
	put_times(stream, chronicle, finding->by);
	fprintf(stream, ",%s,",
		finding->nature == GAP_HOLE	 ? "true"
		: finding->nature == GAP_WRITTEN ? "false"
						 : "");
	if (finding->kind == ANOMALY_DIVERGENT_VIEW)
		put_csv_field(stream, host_name(chronicle->manifest, finding->host));
	putc(',', stream);
	if (finding->kind == ANOMALY_DIVERGENT_VIEW)
		put_csv_field(stream, host_name(chronicle->manifest, finding->by_host));
	putc('\n', stream);
}

int write_anomalies(const struct output_context *context, FILE *stream,
		    struct error *err)
{
	const struct manifest *manifest = context->result->manifest;

	(void)err;
	fputs("strategy,kind,file_of_rank,offset,length,rank,host,seq,at_s,invoke_ns,"
	      "completed_ns,by_rank,by_host,by_seq,by_at_s,by_invoke_ns,"
	      "by_completed_ns,hole,view_host,by_view_host\n",
	      stream);
	for (size_t i = 0; i < manifest->strategy_count; i++) {
		const struct judgment *judgment = &context->result->judgments[i];

		for (size_t k = 0; k < judgment->finding_count; k++)
			put_finding(stream, &context->chronicles[i],
				    manifest->strategies[i].name,
				    &judgment->findings[k]);
	}
	return 0;
}
