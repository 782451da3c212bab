/*
 * test_plots - data, scripts and pictures; and what happens where gnuplot is
 * missing, fails or hangs: the data stays, a warning tells, nothing waits.
 */
#include "tests/unit/results/fixture.h"
#include "tests/unit/unit.h"

#include <dirent.h>
#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/clock.h"
#include "results/plot_sweep.h"

static const struct fixture_strategy all[] = {
	{"append", "append", VERDICT_UNSAFE, true, false, 0.5, 300, 50, "it lost"},
	{"append:batch=2", "append", VERDICT_UNSAFE, true, false, 0.2, 9, 50, "lost"},
	{"per-file", "per-file", VERDICT_SAFE, false, true, 0, 250, 50, "fine"},
	{"direct", "direct", VERDICT_SKIPPED, false, false, 0, 0, 50, "no O_DIRECT"},
};

static const char *const plots[] = {"throughput",  "timeline",	 "latency",
				    "fairness",	   "map-append", "map-append-2",
				    "map-per-file"};

static bool exists(const struct fixture *fixture, const char *name, const char *suffix)
{
	char path[256];
	struct stat st;

	snprintf(path, sizeof(path), "%s/plots/%s%s", fixture->dir, name, suffix);
	return stat(path, &st) == 0 && st.st_size > 0;
}

/* Write with @options; all data and scripts must be there, and no leftovers. */
static struct error write_plots_with(struct fixture *fixture,
				     const struct results_options *options)
{
	struct error warning, err;
	struct dirent *entry;
	DIR *dir;

	ck_assert_msg(results_write(&fixture->result, fixture->dir, fixture->dir,
				    options, &warning, &err) == 0,
		      "%s", err.sentence);
	for (size_t i = 0; i < sizeof(plots) / sizeof(plots[0]); i++) {
		ck_assert_msg(exists(fixture, plots[i], ".tsv"), "%s", plots[i]);
		ck_assert_msg(exists(fixture, plots[i], ".gp"), "%s", plots[i]);
	}
	ck_assert(!exists(fixture, "map-direct", ".tsv"));
	dir = opendir(fixture->dir);
	while ((entry = readdir(dir)) != NULL)
		ck_assert_msg(strncmp(entry->d_name, ".", 2) == 0 ||
				      strcmp(entry->d_name, "..") == 0 ||
				      entry->d_name[0] != '.',
			      "left behind: %s", entry->d_name);
	closedir(dir);
	return warning;
}

static bool gnuplot_is_there(void)
{
	return system("command -v gnuplot >/dev/null 2>&1") == 0;
}

static void write_program(const struct fixture *fixture, const char *text, char *path,
			  size_t size)
{
	FILE *file;

	snprintf(path, size, "%s/program", fixture->dir);
	file = fopen(path, "w");
	fputs(text, file);
	fclose(file);
	ck_assert_int_eq(chmod(path, 0700), 0);
}

/* gnuplot shows each name as it is: of a text with markup it makes spans. */
static void assert_plain(const struct fixture *fixture, const char *plot)
{
	char name[64], *picture;

	snprintf(name, sizeof(name), "plots/%s.svg", plot);
	picture = fixture_read(fixture, name);
	ck_assert_ptr_nonnull(strstr(picture, "<text>"));
	ck_assert_msg(!strstr(picture, "<tspan"), "%s", plot);
	free(picture);
}

START_TEST(pictures_are_drawn)
{
	/* What gnuplot would expand, or a shell. */
	static const char awkward[] =
		"it's \"`id`\" \\n {/=40 x}_a^b@c&{d} $1 #%s\t\n\xff";
	static const char awkward_operation[] = "{/=9 x}_a\t%s";
	struct fixture_strategy named[4];
	struct fixture fixture;
	struct error warning;

	if (!gnuplot_is_there())
		return;
	memcpy(named, all, sizeof(all));
	named[0].name = awkward;
	fixture_init(&fixture, 4, 2, named, 4);
	free(fixture.manifest.hosts[0].fstype);
	fixture.manifest.hosts[0].fstype = strdup(awkward);
	fixture.manifest.strategies[0].rpc =
		json_pack("{s:i, s:i}", awkward_operation, 600, "WRITE", 200);
	ck_assert_int_eq(manifest_add_fault(&fixture.manifest,
					    &(struct manifest_fault){
						    .what = strdupa(awkward),
						    .note = strdupa(""),
						    .hit = true,
						    .exit = -1,
						    .at_ns = 1,
					    }),
			 0);
	warning = write_plots_with(&fixture, NULL);
	ck_assert_str_eq(warning.sentence, "");
	assert_plain(&fixture, "rpcs");
	for (size_t i = 0; i < sizeof(plots) / sizeof(plots[0]); i++) {
		assert_plain(&fixture, plots[i]);
		ck_assert_msg(exists(&fixture, plots[i], ".png"), "%s", plots[i]);
	}
	fixture_release(&fixture);
}
END_TEST

START_TEST(scripts_run_by_hand)
{
	struct fixture fixture;
	char command[256];

	if (!gnuplot_is_there())
		return;
	fixture_init(&fixture, 12, 3, all, 4);
	write_plots_with(&fixture, &(struct results_options){.no_pictures = true});
	for (size_t i = 0; i < sizeof(plots) / sizeof(plots[0]); i++) {
		ck_assert(!exists(&fixture, plots[i], ".png"));
		snprintf(command, sizeof(command), "cd %s/plots && gnuplot %s.gp",
			 fixture.dir, plots[i]);
		ck_assert_int_eq(system(command), 0);
		ck_assert(exists(&fixture, plots[i], ".png"));
	}
	fixture_release(&fixture);
}
END_TEST

/* The next line of the data of a plot as numbers; how many it has. */
static size_t next_row(FILE *data, double ret_row[5])
{
	char line[512], *at = line, *end;
	size_t count = 0;

	if (!fgets(line, sizeof(line), data))
		return 0;
	while (count < 5) {
		ret_row[count] = strtod(at, &end);
		if (end == at)
			break;
		count++;
		at = end;
	}
	return count;
}

static FILE *open_data(struct fixture *fixture, const char *name)
{
	struct results_options options = {.no_pictures = true};
	struct error warning, err;
	char path[128];
	FILE *data;

	ck_assert_int_eq(results_write(&fixture->result, fixture->dir, fixture->dir,
				       &options, &warning, &err),
			 0);
	snprintf(path, sizeof(path), "%s/plots/%s.tsv", fixture->dir, name);
	data = fopen(path, "r");
	ck_assert_ptr_nonnull(data);
	return data;
}

/* Rate times duration is what was acknowledged; of it half was lost. */
START_TEST(a_timeline_leaves_out_nothing)
{
	double row[5], acknowledged = 0, lost = 0;
	struct fixture fixture;
	FILE *data;

	fixture_init(&fixture, 4, 2, all, 1);
	data = open_data(&fixture, "timeline");
	while (next_row(data, row) == 4) {
		acknowledged += row[2] * (row[1] - row[0]);
		lost += row[3] * (row[1] - row[0]);
	}
	fclose(data);
	/* Of a bin that is too short nothing is drawn. */
	ck_assert_double_le(acknowledged, 200.001);
	ck_assert_double_ge(acknowledged, 195);
	ck_assert_double_eq_tol(
		lost, (double)fixture.judgments[0].anomalies[ANOMALY_LOST], 5);
	fixture_release(&fixture);
}
END_TEST

/* A fault that struck a millisecond after the first append, and one that did not. */
START_TEST(faults_stand_where_they_struck)
{
	struct manifest_fault fault = {
		.what = strdupa("kill-holder"),
		.note = strdupa("rank 1 was killed"),
		.hit = true,
		.at_ns = (uint64_t)1000 * 1000000000 + 1000000,
		.until_ns = (uint64_t)1000 * 1000000000 + 3000000,
	};
	static const char expected[] = "fault_panel[1] = 1\nfault_from[1] = 0.001\n"
				       "fault_to[1] = 0.003\n"
				       "fault_name[1] = 'kill-holder'\n";
	char *script;
	struct fixture fixture;

	fixture_init(&fixture, 4, 2, all, 1);
	ck_assert_int_eq(manifest_add_fault(&fixture.manifest, &fault), 0);
	fault.hit = false;
	ck_assert_int_eq(manifest_add_fault(&fixture.manifest, &fault), 0);
	fclose(open_data(&fixture, "timeline"));
	script = fixture_read(&fixture, "plots/timeline.gp");
	ck_assert_ptr_nonnull(strstr(script, expected));
	ck_assert_ptr_nonnull(strstr(script, "\nfaults = 1\n"));
	free(script);
	fixture_release(&fixture);
}
END_TEST

/* All shares together are fair ones, and all runs together all records. */
START_TEST(shares_and_runs_add_up)
{
	double row[5], shares = 0, runs = 0;
	struct fixture fixture;
	FILE *data;

	fixture_init(&fixture, 4, 2, all, 1);
	data = open_data(&fixture, "fairness");
	while (next_row(data, row) == 3)
		shares += row[1];
	ck_assert_double_eq_tol(shares, 4, 1e-6);
	/* The blank line, and the line that no block goes without. */
	next_row(data, row);
	next_row(data, row);
	while (next_row(data, row) == 3)
		runs += row[2];
	ck_assert_double_eq_tol(runs, 1, 1e-6);
	fclose(data);
	fixture_release(&fixture);
}
END_TEST

/* 200 records: 3 LOCK each, a WRITE each, and 20 others that are rare. */
START_TEST(calls_are_stacked)
{
	double row[5], end = 0;
	struct fixture fixture;
	json_t *rpc =
		json_pack("{s:i, s:i, s:i}", "LOCK", 600, "WRITE", 200, "total", 999);
	size_t rows = 0;
	FILE *data;

	for (char name[] = "OP_A"; name[3] < 'A' + 20; name[3]++)
		json_object_set_new(rpc, name, json_integer(1));
	fixture_init(&fixture, 4, 2, all, 1);
	fixture.manifest.strategies[0].rpc = rpc;
	data = open_data(&fixture, "rpcs");
	while (next_row(data, row) == 4) {
		ck_assert_double_eq_tol(row[2], end, 1e-6);
		end = row[3];
		if (rows++ == 0)
			ck_assert_double_eq_tol(end, 3, 1e-6);
	}
	fclose(data);
	ck_assert_uint_eq(rows, 7);
	ck_assert_double_eq_tol(end, 3 + 1 + 20.0 / 200, 1e-6);
	fixture_release(&fixture);
}
END_TEST

/* Two curves, of which one was measured once at each point, and one rate is unknown. */
START_TEST(a_sweep_is_drawn)
{
	static const struct sweep_rate rates[] = {
		{"flock", VERDICT_SAFE, 1, 100, 90, 111},
		{"it's \"append\" {/=9 x}", VERDICT_UNSAFE, 1, 4000, NAN, NAN},
		{"flock", VERDICT_SAFE, 8, 300, 200, 450},
		{"it's \"append\" {/=9 x}", VERDICT_SAFE, 8, 9000, NAN, NAN},
		{"fcntl", VERDICT_SKIPPED, 8, NAN, NAN, NAN},
	};
	struct sweep_picture picture = {rates, 5, "ranks", "nfs4, records of 64 B"};
	struct results_options options = {.no_pictures = !gnuplot_is_there()};
	static const char expected[] = "1\t100\t90\t111\t1\n8\t300\t200\t450\t1\n\n\n"
				       "1\t4000\t4000\t4000\t0\n"
				       "8\t9000\t9000\t9000\t1\n\n\n";
	struct fixture fixture;
	struct error warning, err;
	char *text;

	fixture_init(&fixture, 1, 1, all, 0);
	ck_assert_int_eq(
		plot_sweep_write(&picture, fixture.dir, &options, &warning, &err), 0);
	ck_assert_str_eq(warning.sentence, "");
	text = fixture_read(&fixture, "plots/throughput-by-ranks.tsv");
	ck_assert_str_eq(text, expected);
	free(text);
	if (!options.no_pictures)
		ck_assert(exists(&fixture, "throughput-by-ranks", ".svg"));
	picture.count = 0;
	ck_assert_int_eq(
		plot_sweep_write(&picture, fixture.dir, &options, &warning, &err), 0);
	ck_assert(!exists(&fixture, "throughput-by-ranks", ".tsv"));
	fixture_release(&fixture);
}
END_TEST

START_TEST(without_gnuplot_the_data_stays)
{
	struct results_options options = {.gnuplot = "/nonexistent/gnuplot"};
	struct fixture fixture;
	struct error warning;
	char stale[256];

	fixture_init(&fixture, 4, 2, all, 4);
	snprintf(stale, sizeof(stale), "%s/plots", fixture.dir);
	ck_assert_int_eq(mkdir(stale, 0700), 0);
	snprintf(stale, sizeof(stale), "%s/plots/throughput.png", fixture.dir);
	ck_assert_int_eq(symlink("/etc/passwd", stale), 0);
	warning = write_plots_with(&fixture, &options);
	ck_assert_ptr_nonnull(strstr(warning.sentence, "gnuplot-nox"));
	/* Once, not for each picture; and no old picture beside new data. */
	ck_assert_ptr_null(
		strstr(strstr(warning.sentence, "gnuplot-nox") + 1, "gnuplot-nox"));
	ck_assert(!exists(&fixture, "throughput", ".png"));
	fixture_release(&fixture);
}
END_TEST

START_TEST(a_hanging_gnuplot_is_ended)
{
	struct results_options options = {.gnuplot_timeout_ms = 200};
	struct fixture fixture;
	struct error warning;
	char path[128];
	uint64_t begin_ns;

	fixture_init(&fixture, 4, 2, all, 4);
	write_program(&fixture, "#!/bin/sh\nexec 2>&-\nsleep 100\n", path,
		      sizeof(path));
	options.gnuplot = path;
	begin_ns = clock_now_ns();
	warning = write_plots_with(&fixture, &options);
	ck_assert_uint_lt(clock_now_ns() - begin_ns, 5000000000u);
	ck_assert_ptr_nonnull(strstr(warning.sentence, "did not finish"));
	fixture_release(&fixture);
}
END_TEST

START_TEST(a_failing_gnuplot_says_why)
{
	struct results_options options = {0};
	struct fixture fixture;
	struct error warning;
	char path[128];

	fixture_init(&fixture, 4, 2, all, 4);
	write_program(&fixture,
		      "#!/bin/sh\n: >${2%.gp}.svg\necho 'bad terminal' >&2\nexit 1\n",
		      path, sizeof(path));
	options.gnuplot = path;
	warning = write_plots_with(&fixture, &options);
	ck_assert_ptr_nonnull(strstr(warning.sentence, "bad terminal"));
	ck_assert(!exists(&fixture, "throughput", ".svg"));
	fixture_release(&fixture);
}
END_TEST

START_TEST(a_folder_that_is_a_link_is_refused)
{
	struct fixture fixture;
	struct error warning, err;
	char path[128];

	fixture_init(&fixture, 2, 2, all, 1);
	snprintf(path, sizeof(path), "%s/plots", fixture.dir);
	ck_assert_int_eq(symlink("/tmp", path), 0);
	ck_assert_int_lt(results_write(&fixture.result, fixture.dir, fixture.dir, NULL,
				       &warning, &err),
			 0);
	ck_assert_ptr_nonnull(strstr(err.sentence, "plots"));
	fixture_release(&fixture);
}
END_TEST

UNIT_MAIN("plots", 60, pictures_are_drawn, scripts_run_by_hand,
	  a_timeline_leaves_out_nothing, faults_stand_where_they_struck,
	  shares_and_runs_add_up, calls_are_stacked, a_sweep_is_drawn,
	  without_gnuplot_the_data_stays, a_hanging_gnuplot_is_ended,
	  a_failing_gnuplot_says_why, a_folder_that_is_a_link_is_refused)
