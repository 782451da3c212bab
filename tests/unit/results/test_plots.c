/*
 * test_plots - data, scripts and pictures; and what happens where gnuplot is
 * missing, fails or hangs: the data stays, a warning tells, nothing waits.
 */
#include "tests/unit/results/fixture.h"
#include "tests/unit/unit.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/clock.h"

static const struct fixture_strategy all[] = {
	{"append", "append", VERDICT_UNSAFE, true, false, 0.5, 300, 50, "it lost"},
	{"append:batch=2", "append", VERDICT_UNSAFE, true, false, 0.2, 9, 50, "lost"},
	{"per-file", "per-file", VERDICT_SAFE, false, true, 0, 250, 50, "fine"},
	{"direct", "direct", VERDICT_SKIPPED, false, false, 0, 0, 50, "no O_DIRECT"},
};

static const char *const plots[] = {"throughput", "latency", "map-append",
				    "map-append-2", "map-per-file"};

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

START_TEST(pictures_are_drawn)
{
	/* What gnuplot would expand, or a shell. */
	static const char awkward[] =
		"it's \"`id`\" \\n {/=40 x}_a^b@c&{d} $1 #%s\t\n\xff";
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
	warning = write_plots_with(&fixture, NULL);
	ck_assert_str_eq(warning.sentence, "");
	for (size_t i = 0; i < sizeof(plots) / sizeof(plots[0]); i++) {
		ck_assert_msg(exists(&fixture, plots[i], ".svg"), "%s", plots[i]);
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
	  without_gnuplot_the_data_stays, a_hanging_gnuplot_is_ended,
	  a_failing_gnuplot_says_why, a_folder_that_is_a_link_is_refused)
