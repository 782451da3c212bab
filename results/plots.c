/*
 * plots - the folder plots/: NAME.tsv, NAME.gp, and what gnuplot makes of them,
 * NAME.svg and NAME.png.
 *
 * All are made in a folder beside it and moved there, so that a script can write
 * its pictures under their plain names, and be run again by hand.
 */
#include "results/plot.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "results/gnuplot.h"

enum {
	TIMEOUT_MS = 60 * 1000,
	DRAWN_AT_ONCE = 4,
};

/* The common part of the scripts. */
extern const char plot_common_script[];
extern const char plot_throughput_script[];
extern const char plot_timeline_script[];
extern const char plot_latency_script[];
extern const char plot_fairness_script[];
extern const char plot_rpcs_script[];
extern const char plot_map_script[];
extern const char plot_sweep_script[];

const struct plot plot_table[] = {
	{"throughput", plot_throughput_script, plot_throughput, false,
	 "Acknowledged records per second of each strategy, and how many of a million "
	 "were lost"},
	{"timeline", plot_timeline_script, plot_timeline, false,
	 "Acknowledged records per second of each strategy over time, those that were "
	 "lost, and when faults happened"},
	{"latency", plot_latency_script, plot_latency, false,
	 "How long an append takes, as a distribution with its tail drawn out, and how "
	 "long its parts do"},
	{"rpcs", plot_rpcs_script, plot_rpcs, false,
	 "Remote procedure calls for each acknowledged record, by operation"},
	{"fairness", plot_fairness_script, plot_fairness, false,
	 "Each writer's share and longest wait, and how many records stand in a row "
	 "before another's turn"},
	{"map", plot_map_script, plot_map, true,
	 "Which rank wrote which part of the file, what was lost there, and a few "
	 "appends one by one"},
};

static const struct plot sweep_plot = {
	"throughput-by-ranks",
	plot_sweep_script,
	plot_sweep,
	false,
	"Acknowledged records per second against what was varied",
};

const size_t plot_count = sizeof(plot_table) / sizeof(plot_table[0]);

#define DATA_SUFFIX   ".tsv"
#define SCRIPT_SUFFIX ".gp"
#define SVG_SUFFIX    ".svg"
#define PNG_SUFFIX    ".png"
#define LOG_SUFFIX    ".log"

static const char *const suffixes[] = {DATA_SUFFIX, SCRIPT_SUFFIX, SVG_SUFFIX,
				       PNG_SUFFIX};

struct picture {
	const struct plot *plot;
	size_t strategy;
	char name[PLOT_NAME_BYTES];
	int rc; /* of writing its data and script; -ENODATA: there is nothing to draw */
	bool drawing;
	struct gnuplot gnuplot;
};

/* Where plots are made, where they go, and whether gnuplot is still asked. */
struct folder {
	const struct output_context *context;
	char temporary[32];
	int temporary_fd;
	int final_fd;
	bool draw;
	struct picture *pictures;
	size_t count;
};

/* NULL with errno where it cannot be made. */
static FILE *open_file(const struct folder *folder, const char *name,
		       const char *suffix)
{
	char path[PLOT_NAME_BYTES + 8];
	FILE *stream;
	int fd;

	snprintf(path, sizeof(path), "%s%s", name, suffix);
	/* A leftover can only be that of a dead process with our id. */
	unlinkat(folder->temporary_fd, path, 0);
	fd = openat(folder->temporary_fd, path,
		    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
	if (fd < 0)
		return NULL;
	stream = fdopen(fd, "w");
	if (!stream)
		close(fd);
	return stream;
}

static int close_file(FILE *stream)
{
	int rc = ferror(stream) || fflush(stream) != 0 ? -(errno ? errno : EIO) : 0;

	if (fclose(stream) != 0 && rc == 0)
		rc = -errno;
	return rc;
}

/* Write NAME.tsv and NAME.gp. */
static int write_inputs(const struct folder *folder, const struct picture *picture)
{
	const struct plot *plot = picture->plot;
	const char *name = picture->name;
	FILE *data = open_file(folder, name, DATA_SUFFIX);
	FILE *script = data ? open_file(folder, name, SCRIPT_SUFFIX) : NULL;
	int rc = -errno, data_rc, script_rc;

	if (!script) {
		if (data)
			fclose(data);
		return rc;
	}
	fprintf(script, "# Draws %s.svg and %s.png: gnuplot %s.gp\nname = '%s'\n", name,
		name, name, name);
	rc = plot->put(folder->context, picture->strategy, data, script);
	fputs(plot_common_script, script);
	fputs(plot->script, script);
	data_rc = close_file(data);
	script_rc = close_file(script);
	return rc < 0 ? rc : data_rc < 0 ? data_rc : script_rc;
}

static void remove_file(int dir_fd, const char *name, const char *suffix)
{
	char path[PLOT_NAME_BYTES + 8];

	snprintf(path, sizeof(path), "%s%s", name, suffix);
	unlinkat(dir_fd, path, 0);
}

static const char *program(const struct folder *folder)
{
	const struct results_options *options = folder->context->options;

	return options->gnuplot ? options->gnuplot : "gnuplot";
}

static unsigned int timeout_ms(const struct folder *folder)
{
	const struct results_options *options = folder->context->options;

	return options->gnuplot_timeout_ms ? options->gnuplot_timeout_ms : TIMEOUT_MS;
}

/*
 * A failure is a warning; where gnuplot is missing or hangs there is one, and no
 * more is asked of it.
 */
static void draw_failed(struct folder *folder, const struct picture *picture, int rc,
			const struct error *err)
{
	if (folder->draw)
		add_warning(folder->context, "no picture of %s: %s", picture->name,
			    err->sentence);
	if (rc == -ENOENT || rc == -ETIMEDOUT)
		folder->draw = false;
	/* Half a picture is none. */
	remove_file(folder->temporary_fd, picture->name, SVG_SUFFIX);
	remove_file(folder->temporary_fd, picture->name, PNG_SUFFIX);
}

static void draw_begin(struct folder *folder, struct picture *picture)
{
	char script[PLOT_NAME_BYTES + 8], log[PLOT_NAME_BYTES + 8];
	struct error err;
	int rc;

	if (picture->rc < 0 || !folder->draw)
		return;
	snprintf(script, sizeof(script), "%s" SCRIPT_SUFFIX, picture->name);
	snprintf(log, sizeof(log), "%s" LOG_SUFFIX, picture->name);
	rc = gnuplot_start(&picture->gnuplot, program(folder), folder->temporary_fd,
			   script, log, &err);
	picture->drawing = rc == 0;
	if (rc < 0)
		draw_failed(folder, picture, rc, &err);
}

static void draw_end(struct folder *folder, struct picture *picture)
{
	char script[PLOT_NAME_BYTES + 8];
	struct error err;
	int rc;

	if (!picture->drawing)
		return;
	snprintf(script, sizeof(script), "%s" SCRIPT_SUFFIX, picture->name);
	rc = gnuplot_wait(&picture->gnuplot, program(folder), script,
			  timeout_ms(folder), &err);
	remove_file(folder->temporary_fd, picture->name, LOG_SUFFIX);
	if (rc < 0)
		draw_failed(folder, picture, rc, &err);
}

/* A few at a time, for as many processors: whoever ran this waits for all of them. */
static void draw(struct folder *folder)
{
	struct picture *pictures = folder->pictures;

	for (size_t i = 0; i < folder->count + DRAWN_AT_ONCE; i++) {
		if (i >= DRAWN_AT_ONCE)
			draw_end(folder, &pictures[i - DRAWN_AT_ONCE]);
		if (i < folder->count)
			draw_begin(folder, &pictures[i]);
	}
}

/* Move what was made; a picture that was not made this time must not be old. */
static int move_files(const struct folder *folder, const char *name, bool wanted)
{
	int rc = 0;

	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		char path[PLOT_NAME_BYTES + 8];

		snprintf(path, sizeof(path), "%s%s", name, suffixes[i]);
		if (!wanted)
			unlinkat(folder->temporary_fd, path, 0);
		else if (renameat(folder->temporary_fd, path, folder->final_fd, path) ==
			 0)
			continue;
		else if (errno != ENOENT)
			rc = -errno;
		unlinkat(folder->final_fd, path, 0);
	}
	return rc;
}

void plot_name(const struct plot *plot, const struct manifest *manifest,
	       size_t strategy, char ret_name[PLOT_NAME_BYTES])
{
	const char *preset;
	size_t earlier = 0;

	if (!plot->per_strategy || !manifest) {
		snprintf(ret_name, PLOT_NAME_BYTES, "%s", plot->name);
		return;
	}
	preset = manifest->strategies[strategy].preset;
	for (size_t i = 0; i < strategy; i++)
		earlier += strcmp(manifest->strategies[i].preset, preset) == 0;
	if (earlier == 0)
		snprintf(ret_name, PLOT_NAME_BYTES, "%s-%s", plot->name, preset);
	else
		snprintf(ret_name, PLOT_NAME_BYTES, "%s-%s-%zu", plot->name, preset,
			 earlier + 1);
}

/* Which pictures there are to be, of all strategies. */
static int name_pictures(struct folder *folder, const struct plot *kinds,
			 size_t kind_count)
{
	const struct result *result = folder->context->result;
	const struct manifest *manifest = result ? result->manifest : NULL;
	size_t strategies = manifest ? manifest->strategy_count : 1;

	folder->pictures =
		calloc(kind_count * (strategies + 1), sizeof(*folder->pictures));
	if (!folder->pictures)
		return -ENOMEM;
	for (size_t i = 0; i < kind_count; i++) {
		size_t count = kinds[i].per_strategy ? strategies : 1;

		for (size_t strategy = 0; strategy < count; strategy++) {
			struct picture *picture = &folder->pictures[folder->count++];

			picture->plot = &kinds[i];
			picture->strategy = strategy;
			plot_name(&kinds[i], manifest, strategy, picture->name);
		}
	}
	return 0;
}

/* 0, or the first error; what can be made is. */
static int make_pictures(struct folder *folder)
{
	int first_rc = 0;

	for (size_t i = 0; i < folder->count; i++)
		folder->pictures[i].rc = write_inputs(folder, &folder->pictures[i]);
	draw(folder);
	for (size_t i = 0; i < folder->count; i++) {
		const struct picture *picture = &folder->pictures[i];
		int rc = picture->rc == -ENODATA ? 0 : picture->rc;
		int move_rc = move_files(folder, picture->name, picture->rc == 0);

		if (first_rc == 0)
			first_rc = rc < 0 ? rc : picture->rc < 0 ? 0 : move_rc;
	}
	return first_rc;
}

static int open_folder(int dir_fd, const char *name)
{
	int fd;

	if (mkdirat(dir_fd, name, 0777) < 0 && errno != EEXIST)
		return -errno;
	fd = openat(dir_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static int write_kinds(const struct output_context *context, const struct plot *kinds,
		       size_t kind_count, struct error *err)
{
	struct folder folder = {
		.context = context,
		.draw = !context->options->no_pictures,
	};
	int rc = 0;

	snprintf(folder.temporary, sizeof(folder.temporary), ".plots.%d.tmp",
		 (int)getpid());
	folder.final_fd = open_folder(context->out_fd, "plots");
	if (folder.final_fd < 0)
		return error_sys(err, -folder.final_fd, "cannot make %s/plots",
				 context->out_dir);
	folder.temporary_fd = open_folder(context->out_fd, folder.temporary);
	if (folder.temporary_fd < 0) {
		rc = folder.temporary_fd;
	} else {
		rc = name_pictures(&folder, kinds, kind_count);
		if (rc == 0)
			rc = make_pictures(&folder);
		free(folder.pictures);
		close(folder.temporary_fd);
		unlinkat(context->out_fd, folder.temporary, AT_REMOVEDIR);
	}
	close(folder.final_fd);
	if (rc < 0)
		return error_sys(err, -rc, "cannot write %s/plots", context->out_dir);
	return 0;
}

int write_plots(const struct output_context *context, struct error *err)
{
	return write_kinds(context, plot_table, plot_count, err);
}

int write_sweep_plots(const struct output_context *context, struct error *err)
{
	return write_kinds(context, &sweep_plot, 1, err);
}
