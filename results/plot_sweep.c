/* plot_sweep - see plot_sweep.h. */
#include "results/plot_sweep.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "results/format.h"
#include "results/plot.h"

static bool is_drawn(const struct sweep_rate *rate)
{
	return isfinite(rate->records_per_s) && rate->records_per_s > 0 &&
	       isfinite(rate->x) && rate->x > 0;
}

/* Is it the first of its series that is drawn? */
static bool begins_series(const struct sweep_picture *picture, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (is_drawn(&picture->rates[i]) &&
		    strcmp(picture->rates[i].series, picture->rates[index].series) == 0)
			return false;
	return is_drawn(&picture->rates[index]);
}

/* What the axes must hold. */
struct extent {
	double x_min, x_max, low, high;
};

static void put_rate(FILE *data, const struct sweep_rate *rate, struct extent *extent)
{
	double low = isfinite(rate->low) ? rate->low : rate->records_per_s;
	double high = isfinite(rate->high) ? rate->high : rate->records_per_s;

	fprintf(data, "%.9g\t%.9g\t%.9g\t%.9g\t%d\n", rate->x, rate->records_per_s, low,
		high, rate->verdict == VERDICT_SAFE);
	extent->x_min = fmin(extent->x_min, rate->x);
	extent->x_max = fmax(extent->x_max, rate->x);
	extent->low = fmin(extent->low, rate->records_per_s);
	/* An interval of two repeats may reach anywhere: it leaves the picture. */
	extent->high = fmax(extent->high, fmin(high, 2 * rate->records_per_s));
}

/* A block for the series that begins at @first; is all of it safe? */
static bool put_series(FILE *data, const struct sweep_picture *picture, size_t first,
		       struct extent *extent)
{
	bool safe = true;

	for (size_t i = first; i < picture->count; i++) {
		const struct sweep_rate *rate = &picture->rates[i];

		if (!is_drawn(rate) ||
		    strcmp(rate->series, picture->rates[first].series) != 0)
			continue;
		put_rate(data, rate, extent);
		safe = safe && rate->verdict == VERDICT_SAFE;
	}
	fputs("\n\n", data);
	return safe;
}

/* More tics than this are left to gnuplot. */
enum { TICS_MAX = 12 };

/* One tic for each x that was tried: "1, 2, 4"; or "" for too many. */
static void put_tics(FILE *settings, const struct sweep_picture *picture)
{
	double tics[TICS_MAX];
	size_t count = 0;

	for (size_t i = 0; i < picture->count; i++) {
		size_t k = 0;

		while (k < count && tics[k] != picture->rates[i].x)
			k++;
		if (k < count || !is_drawn(&picture->rates[i]))
			continue;
		if (count == TICS_MAX) {
			count = 0;
			break;
		}
		tics[count++] = picture->rates[i].x;
	}
	fputs("x_tics = '", settings);
	for (size_t k = 0; k < count; k++)
		fprintf(settings, "%s%.9g", k ? ", " : "", tics[k]);
	fputs("'\n", settings);
}

int plot_sweep(const struct output_context *context, size_t strategy, FILE *data,
	       FILE *settings)
{
	const struct sweep_picture *picture = context->sweep;
	struct extent extent = {INFINITY, 0, INFINITY, 0};
	size_t count = 0, widest = 0;

	(void)strategy;
	fprintf(settings, "array names[%zu]\narray safe[%zu]\n", picture->count + 1,
		picture->count + 1);
	for (size_t i = 0; i < picture->count; i++) {
		const char *series = picture->rates[i].series;

		if (!begins_series(picture, i))
			continue;
		fprintf(settings, "names[%zu] = ", ++count);
		put_gnuplot_string(settings, series);
		fprintf(settings, "\nsafe[%zu] = %d\n", count,
			put_series(data, picture, i, &extent));
		widest = text_columns(series) > widest ? text_columns(series) : widest;
	}
	if (count == 0)
		return -ENODATA;
	fputs("title = 'Acknowledged records per second'\nsubtitle = ", settings);
	put_gnuplot_string(settings, picture->setting);
	fputs("\nx_label = ", settings);
	put_gnuplot_string(settings, picture->x_label);
	putc('\n', settings);
	put_tics(settings, picture);
	fprintf(settings,
		"count = %zu\nlabel_chars = %zu\nx_min = %.9g\nx_max = %.9g\n"
		"lowest = %.9g\nhighest = %.9g\n\n",
		count, widest, extent.x_min, extent.x_max, extent.low, extent.high);
	return 0;
}

int plot_sweep_write(const struct sweep_picture *picture, const char *out_dir,
		     const struct results_options *options, struct error *ret_warning,
		     struct error *err)
{
	static const struct results_options usual;
	struct output_context context = {
		.sweep = picture,
		.options = options ? options : &usual,
		.out_dir = out_dir,
		.warning = ret_warning,
	};
	int rc;

	ret_warning->sentence[0] = '\0';
	context.out_fd = open(out_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (context.out_fd < 0)
		return error_sys(err, errno, "cannot open the folder %s", out_dir);
	rc = write_sweep_plots(&context, err);
	close(context.out_fd);
	return rc;
}
