/*
 * test_csv - records.csv and anomalies.csv, read back by a parser of RFC 4180
 * that shares nothing with their writer.
 */
#include "tests/unit/results/fixture.h"
#include "tests/unit/unit.h"

#include "core/text.h"

#include <inttypes.h>
#include <string.h>

static const struct results_options no_pictures = {.no_pictures = true};

static const struct fixture_strategy two[] = {
	{"append", "append", VERDICT_UNSAFE, true, false, 0.5, 300, 50, "lost"},
	{"a \"quoted\", name", "flock", VERDICT_SAFE, false, false, 0, 9, 50, "ok"},
};

enum { FIELDS_MAX = 24, FIELD_BYTES = 256 };

struct row {
	char fields[FIELDS_MAX][FIELD_BYTES];
	size_t count;
};

/* Read one row; false at the end of the text. */
static bool next_row(const char **text, struct row *row)
{
	const char *p = *text;
	bool quoted = false;
	size_t length = 0;

	if (!*p)
		return false;
	row->count = 0;
	for (;; p++) {
		if (quoted && p[0] == '"' && p[1] == '"') {
			row->fields[row->count][length++] = *p++;
		} else if (*p == '"') {
			quoted = !quoted;
		} else if (*p && (quoted || (*p != ',' && *p != '\n'))) {
			ck_assert_uint_lt(length, FIELD_BYTES - 1);
			row->fields[row->count][length++] = *p;
		} else {
			row->fields[row->count++][length] = '\0';
			length = 0;
			if (*p != ',')
				break;
			ck_assert_uint_lt(row->count, FIELDS_MAX);
		}
	}
	ck_assert(!quoted);
	*text = *p ? p + 1 : p;
	return true;
}

static char *write_and_read(struct fixture *fixture, const char *name)
{
	struct error warning, err;

	ck_assert_msg(results_write(&fixture->result, fixture->dir, fixture->dir,
				    &no_pictures, &warning, &err) == 0,
		      "%s", err.sentence);
	return fixture_read(fixture, name);
}

static const char *field(const struct row *header, const struct row *row,
			 const char *name)
{
	for (size_t i = 0; i < header->count; i++)
		if (strcmp(header->fields[i], name) == 0)
			return row->fields[i];
	ck_abort_msg("no column %s", name);
	return NULL;
}

START_TEST(records_have_a_row_each)
{
	struct fixture fixture;
	struct row header, row;
	size_t rows = 0, lost = 0;
	const char *rest;
	char *text;

	fixture_init(&fixture, 4, 2, two, 2);
	rest = text = write_and_read(&fixture, "records.csv");
	ck_assert(next_row(&rest, &header));
	while (next_row(&rest, &row)) {
		bool overwritten;

		ck_assert_uint_eq(row.count, header.count);
		overwritten = strcmp(field(&header, &row, "fate"), "overwritten") == 0;
		ck_assert_int_eq(overwritten,
				 field(&header, &row, "found_offset")[0] == '\0');
		ck_assert_str_eq(field(&header, &row, "size"), "64");
		ck_assert_str_eq(field(&header, &row, "outcome"), "acknowledged");
		/* All hosts on one clock: the run took well under a second. */
		ck_assert_double_lt(atof(field(&header, &row, "at_s")), 1);
		ck_assert_double_ge(atof(field(&header, &row, "at_s")), -0.01);
		lost += overwritten;
		rows++;
	}
	ck_assert_str_eq(row.fields[0], two[1].name);
	ck_assert_uint_eq(rows, 400);
	ck_assert_int_eq((int64_t)lost, fixture.judgments[0].anomalies[ANOMALY_LOST]);
	free(text);
	fixture_release(&fixture);
}
END_TEST

START_TEST(anomalies_name_both_sides)
{
	struct fixture fixture;
	struct row header, row;
	size_t rows = 0;
	const char *rest;
	char *text;

	fixture_init(&fixture, 4, 2, two, 2);
	/* One that names nobody and has no place. */
	fixture.judgments[1].findings[0] = (struct finding){
		.kind = ANOMALY_FOREIGN,
		.file_writer = 1,
		.length = 3,
		.record.writer = WRITER_NONE,
		.by.writer = WRITER_NONE,
	};
	fixture.judgments[1].finding_count = 1;
	rest = text = write_and_read(&fixture, "anomalies.csv");
	ck_assert(next_row(&rest, &header));
	while (next_row(&rest, &row)) {
		ck_assert_uint_eq(row.count, header.count);
		rows++;
		if (strcmp(row.fields[0], "append") == 0) {
			ck_assert_str_ne(field(&header, &row, "host"), "");
			ck_assert_str_ne(field(&header, &row, "by_host"), "");
			ck_assert_str_ne(field(&header, &row, "by_invoke_ns"), "");
		}
	}
	ck_assert_uint_eq(rows, fixture.judgments[0].finding_count + 1);
	ck_assert_str_eq(field(&header, &row, "kind"), "foreign");
	ck_assert_str_eq(field(&header, &row, "file_of_rank"), "1");
	ck_assert_str_eq(field(&header, &row, "offset"), "");
	ck_assert_str_eq(field(&header, &row, "rank"), "");
	ck_assert_str_eq(field(&header, &row, "by_invoke_ns"), "");
	ck_assert_str_eq(field(&header, &row, "view_host"), "");
	free(text);
	fixture_release(&fixture);
}
END_TEST

START_TEST(divergent_views_name_their_hosts)
{
	struct fixture fixture;
	struct row header, row;
	const char *rest;
	char *text;

	fixture_init(&fixture, 4, 2, two + 1, 1);
	fixture.judgments[0].findings[0] = (struct finding){
		.kind = ANOMALY_DIVERGENT_VIEW,
		.file_writer = WRITER_NONE,
		.offset = 70,
		.length = 3,
		.offset_known = true,
		.record = {.writer = 2, .seq = 1},
		.by.writer = WRITER_NONE,
		.host = 1,
		.by_host = 0,
	};
	fixture.judgments[0].finding_count = 1;
	rest = text = write_and_read(&fixture, "anomalies.csv");
	ck_assert(next_row(&rest, &header));
	ck_assert(next_row(&rest, &row));
	ck_assert_uint_eq(row.count, header.count);
	ck_assert_str_eq(field(&header, &row, "kind"), "divergent_view");
	ck_assert_str_eq(field(&header, &row, "rank"), "2");
	ck_assert_str_eq(field(&header, &row, "by_rank"), "");
	ck_assert_str_eq(field(&header, &row, "view_host"),
			 fixture.manifest.hosts[1].name);
	ck_assert_str_eq(field(&header, &row, "by_view_host"),
			 fixture.manifest.hosts[0].name);
	free(text);
	fixture_release(&fixture);
}
END_TEST

START_TEST(any_bytes_come_through_names)
{
	static const char awkward[] = "h,o\"st\r\n\xff 100% %41";
	struct fixture fixture;
	struct row header, row;
	const char *rest;
	char *text, *name;

	fixture_init(&fixture, 1, 1, two, 2);
	free(fixture.manifest.hosts[0].name);
	fixture.manifest.hosts[0].name = strdup(awkward);
	rest = text = write_and_read(&fixture, "records.csv");
	ck_assert(next_row(&rest, &header));
	ck_assert(next_row(&rest, &row));
	name = text_unescape(field(&header, &row, "host"));
	ck_assert_str_eq(name, awkward);
	free(name);
	free(text);
	fixture_release(&fixture);
}
END_TEST

START_TEST(a_lost_history_leaves_fields_empty)
{
	struct fixture fixture;
	struct row header, row;
	const char *rest;
	char *text, *path;
	struct error warning, err;

	fixture_init(&fixture, 2, 1, two, 1);
	path = manifest_history_path(&fixture.manifest, fixture.dir, 0, 0);
	ck_assert_int_eq(remove(path), 0);
	free(path);
	ck_assert_int_eq(results_write(&fixture.result, fixture.dir, fixture.dir,
				       &no_pictures, &warning, &err),
			 0);
	ck_assert_str_ne(warning.sentence, "");
	rest = text = fixture_read(&fixture, "records.csv");
	ck_assert(next_row(&rest, &header));
	ck_assert(next_row(&rest, &row));
	ck_assert_uint_eq(row.count, header.count);
	ck_assert_str_eq(field(&header, &row, "outcome"), "");
	ck_assert_str_eq(field(&header, &row, "invoke_ns"), "");
	free(text);
	fixture_release(&fixture);
}
END_TEST

START_TEST(histograms_add_up)
{
	struct fixture fixture;
	const char *rest;
	char *text;
	uint64_t appends = 0;

	fixture_init(&fixture, 4, 2, two, 1);
	rest = text = write_and_read(&fixture, "histograms.tsv");
	while ((rest = strchr(rest, '\n')) != NULL) {
		uint64_t low, high, count;

		rest++;
		if (sscanf(rest, "append\tappend\t%" SCNu64 "\t%" SCNu64 "\t%" SCNu64,
			   &low, &high, &count) == 3) {
			ck_assert_uint_le(low, high);
			appends += count;
		}
	}
	ck_assert_uint_eq(appends, 200);
	free(text);
	fixture_release(&fixture);
}
END_TEST

UNIT_MAIN("csv", 60, records_have_a_row_each, anomalies_name_both_sides,
	  divergent_views_name_their_hosts, any_bytes_come_through_names,
	  a_lost_history_leaves_fields_empty, histograms_add_up)
