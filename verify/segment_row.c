/* segment_row - see segment_row.h; docs/formats.md has the columns. */
#include "verify/segment_row.h"

#include "core/crc32c.h"

#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define FIGURE(member)                                                                 \
	{                                                                              \
#member, offsetof(struct judgment, member), false                      \
	}
#define CHECKED(member)                                                                \
	{                                                                              \
#member, offsetof(struct judgment, member), true                       \
	}
#define ANOMALY(name, kind)                                                            \
	{                                                                              \
		name, offsetof(struct judgment, anomalies[kind]), true                 \
	}

const struct segment_column segment_columns[] = {
	FIGURE(duration_ns),
	FIGURE(acknowledged_bytes),
	FIGURE(attempted),
	FIGURE(acknowledged),
	FIGURE(failed),
	FIGURE(unknown),
	FIGURE(intact),
	FIGURE(recovered),
	FIGURE(handoffs),
	FIGURE(appends_placed),
	{"view_blocks", offsetof(struct judgment, views.blocks), false},
	{"view_of_blocks", offsetof(struct judgment, views.of_blocks), false},
	ANOMALY("lost", ANOMALY_LOST),
	ANOMALY("interleaved", ANOMALY_INTERLEAVED),
	ANOMALY("overwritten", ANOMALY_OVERWRITTEN),
	ANOMALY("torn", ANOMALY_TORN),
	ANOMALY("corrupted", ANOMALY_CORRUPTED),
	ANOMALY("missing", ANOMALY_MISSING),
	ANOMALY("gap", ANOMALY_GAP),
	ANOMALY("gap_bytes", ANOMALY_GAP_BYTES),
	ANOMALY("duplicate", ANOMALY_DUPLICATE),
	ANOMALY("foreign", ANOMALY_FOREIGN),
	ANOMALY("foreign_bytes", ANOMALY_FOREIGN_BYTES),
	ANOMALY("unexpected", ANOMALY_UNEXPECTED),
	ANOMALY("writer_disorder", ANOMALY_WRITER_DISORDER),
	ANOMALY("realtime_disorder", ANOMALY_REALTIME_DISORDER),
	ANOMALY("lock_overlap", ANOMALY_LOCK_OVERLAP),
	ANOMALY("stale_read", ANOMALY_STALE_READ),
	ANOMALY("divergent_view", ANOMALY_DIVERGENT_VIEW),
	CHECKED(lock_lost),
	CHECKED(stale_cache),
	CHECKED(hung),
	CHECKED(gap_holes),
	CHECKED(gap_written),
};
const size_t segment_column_count =
	sizeof(segment_columns) / sizeof(segment_columns[0]);

static uint64_t *figure(struct judgment *judgment, const struct segment_column *column)
{
	return (uint64_t *)(void *)((char *)judgment + column->offset);
}

static uint64_t figure_of(const struct judgment *judgment,
			  const struct segment_column *column)
{
	uint64_t value;

	memcpy(&value, (const char *)judgment + column->offset, sizeof(value));
	return value;
}

/* ---- writing ------------------------------------------------------------------ */

void segment_row_head(FILE *file)
{
	fputs("strategy\tsegment\trun_id\tfate\tverdict\tonly_short", file);
	for (size_t i = 0; i < segment_column_count; i++)
		fprintf(file, "\t%s", segment_columns[i].name);
	fputs("\treason\tcrc32c\n", file);
}

static void put_row(const struct segment_row *row, FILE *file)
{
	const struct judgment *j = &row->judgment;

	fprintf(file, "%" PRIu32 "\t%" PRIu32 "\t%s\t%s\t%s\t%s", row->strategy,
		row->number, row->run_id, row->kept ? "kept" : "removed",
		verdict_name(j->verdict), j->only_short ? "yes" : "no");
	for (size_t i = 0; i < segment_column_count; i++) {
		uint64_t value = figure_of(j, &segment_columns[i]);

		if (segment_columns[i].is_checked && (int64_t)value == COUNT_NULL)
			fputs("\t-", file);
		else
			fprintf(file, "\t%" PRIu64, value);
	}
	fputc('\t', file);
	for (const char *c = j->reason; *c; c++)
		fputc(*c == '\t' || *c == '\n' ? ' ' : *c, file);
}

static uint32_t row_sum(const char *run_id, const char *text, size_t length)
{
	return ~crc32c_raw(crc32c_raw(~0u, run_id, strlen(run_id)), text, length);
}

void segment_row_write(const struct segment_row *row, const char *run_id, FILE *file)
{
	char text[4096];
	FILE *memory = fmemopen(text, sizeof(text), "w");
	long length;

	if (!memory)
		return;
	put_row(row, memory);
	length = ftell(memory);
	fclose(memory);
	if (length > 0)
		fprintf(file, "%.*s\t%08x\n", (int)length, text,
			row_sum(run_id, text, (size_t)length));
}

/* ---- reading ------------------------------------------------------------------ */

/* Of a whole cell: nothing but digits, and no more than @max. */
static bool parse_number(const char *cell, uint64_t max, uint64_t *ret_value)
{
	uint64_t value = 0;

	if (!*cell)
		return false;
	for (; *cell; cell++) {
		if (*cell < '0' || *cell > '9' || value > (max - 9) / 10)
			return false;
		value = value * 10 + (uint64_t)(*cell - '0');
	}
	*ret_value = value;
	return true;
}

/* One of @count @names; @count for none of them. */
static size_t find_name(const char *cell, const char *const *names, size_t count)
{
	size_t i = 0;

	while (i < count && strcmp(cell, names[i]) != 0)
		i++;
	return i;
}

static bool read_figures(char **rest, struct judgment *j)
{
	for (size_t i = 0; i < segment_column_count; i++) {
		const char *cell = strsep(rest, "\t");
		uint64_t value = (uint64_t)COUNT_NULL;

		if (!cell)
			return false;
		if ((strcmp(cell, "-") != 0 || !segment_columns[i].is_checked) &&
		    !parse_number(cell, INT64_MAX, &value))
			return false;
		*figure(j, &segment_columns[i]) = value;
	}
	return true;
}

static bool read_names(char **rest, struct segment_row *row)
{
	static const char *const fates[] = {"removed", "kept"};
	static const char *const shorts[] = {"no", "yes"};
	const char *verdicts[VERDICT_SKIPPED + 1];
	const char *cells[4];
	size_t fate, only_short, verdict;

	for (size_t i = 0; i < 4; i++)
		if (!(cells[i] = strsep(rest, "\t")))
			return false;
	for (int v = VERDICT_SAFE; v <= VERDICT_SKIPPED; v++)
		verdicts[v] = verdict_name((enum verdict)v);
	fate = find_name(cells[1], fates, 2);
	verdict = find_name(cells[2], verdicts, VERDICT_SKIPPED + 1);
	only_short = find_name(cells[3], shorts, 2);
	if (!run_id_valid(cells[0]) || fate > 1 || verdict > VERDICT_SKIPPED ||
	    only_short > 1)
		return false;
	memcpy(row->run_id, cells[0], sizeof(row->run_id));
	row->kept = fate == 1;
	row->judgment.verdict = (enum verdict)verdict;
	row->judgment.only_short = only_short == 1;
	return true;
}

int segment_row_read(char *line, const char *run_id, struct segment_row *ret_row)
{
	struct segment_row row = {0};
	uint64_t strategy = 0, number = 0;
	char *end = strchrnul(line, '\n');
	char *rest = line, *sum, *cell;
	char expected[9];

	*end = '\0';
	sum = strrchr(line, '\t');
	if (!sum)
		return -EBADMSG;
	snprintf(expected, sizeof(expected), "%08x",
		 row_sum(run_id, line, (size_t)(sum - line)));
	if (strcmp(sum + 1, expected) != 0)
		return -EBADMSG;
	*sum = '\0';
	cell = strsep(&rest, "\t");
	if (!cell || !parse_number(cell, UINT32_MAX, &strategy) ||
	    !(cell = strsep(&rest, "\t")) || !parse_number(cell, UINT32_MAX, &number) ||
	    !read_names(&rest, &row) || !read_figures(&rest, &row.judgment) || !rest)
		return -EBADMSG;
	row.strategy = (uint32_t)strategy;
	row.number = (uint32_t)number;
	snprintf(row.judgment.reason, sizeof(row.judgment.reason), "%s", rest);
	*ret_row = row;
	return 0;
}

/* ---- adding up ------------------------------------------------------------------ */

void segment_row_clear(struct judgment *judgment)
{
	for (size_t i = 0; i < segment_column_count; i++)
		*figure(judgment, &segment_columns[i]) =
			segment_columns[i].is_checked ? (uint64_t)COUNT_NULL : 0;
}

/* Rows may be forged: sums stop at what an int64_t holds. */
static uint64_t sum_of(uint64_t a, uint64_t b)
{
	return a > INT64_MAX - b ? INT64_MAX : a + b;
}

void segment_row_add(struct judgment *into, const struct judgment *from)
{
	for (size_t i = 0; i < segment_column_count; i++) {
		const struct segment_column *column = &segment_columns[i];
		uint64_t value = figure_of(from, column);
		uint64_t *sum = figure(into, column);

		if (column->is_checked && (int64_t)value == COUNT_NULL)
			continue;
		if (column->is_checked && (int64_t)*sum == COUNT_NULL)
			*sum = 0;
		*sum = sum_of(*sum, value);
	}
}
