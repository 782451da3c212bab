/* progress - see progress.h. */
#include "harness/progress.h"

#include "core/units.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

bool progress_wanted(const struct plan *plan)
{
	if (plan->quiet || plan->eta == ETA_NEVER)
		return false;
	return plan->eta == ETA_ALWAYS || isatty(STDERR_FILENO);
}

void progress_begin(struct progress *progress, const struct plan *plan,
		    const char *name, bool terminal, uint64_t now_ns)
{
	*progress = (struct progress){
		.shown = progress_wanted(plan),
		.name = name,
		/* Of a segment they are no more than a limit. */
		.planned = plan->roll_records ? 0 : plan->records * plan->ranks,
		.duration_ns = plan->duration_ns,
		.begun_ns = now_ns,
		.terminal = terminal,
		.next_ns = now_ns + PROGRESS_LINE_NS,
	};
}

/* The share that is done, by records or by time, whichever is further. */
static double share_done(const struct progress *progress, uint64_t done,
			 uint64_t elapsed_ns)
{
	double records =
		progress->planned ? (double)done / (double)progress->planned : 0;
	double time = progress->duration_ns
			      ? (double)elapsed_ns / (double)progress->duration_ns
			      : 0;
	double share = records > time ? records : time;

	return share > 1 ? 1 : share;
}

void progress_text(const struct progress *progress, uint64_t done, uint64_t now_ns,
		   char *ret_text, size_t size)
{
	uint64_t elapsed_ns =
		now_ns > progress->begun_ns ? now_ns - progress->begun_ns : 0;
	double share = share_done(progress, done, elapsed_ns);
	char rate[UNITS_TEXT_BYTES], left[UNITS_TEXT_BYTES];
	size_t used;

	used = (size_t)snprintf(ret_text, size, "%s: %3.0f %%  %" PRIu64 " records",
				progress->name, share * 100, done);
	if (elapsed_ns && used < size)
		used += (size_t)snprintf(
			ret_text + used, size - used, "  %s",
			units_format_rate((double)done * 1e9 / (double)elapsed_ns,
					  rate));
	if (share > 0 && used < size)
		snprintf(ret_text + used, size - used, "  %s left",
			 units_format_duration(
				 (uint64_t)((double)elapsed_ns * (1 - share) / share),
				 left));
}

void progress_show(struct progress *progress, uint64_t done, uint64_t now_ns)
{
	char text[160];
	int width;

	if (!progress->shown)
		return;
	if (!progress->terminal && now_ns < progress->next_ns)
		return;
	progress_text(progress, done, now_ns, text, sizeof(text));
	if (!progress->terminal) {
		fprintf(stderr, "tailrace: %s\n", text);
		progress->next_ns = now_ns + PROGRESS_LINE_NS;
		return;
	}
	width = (int)strlen(text);
	/* Blanks wipe what a longer line left. */
	fprintf(stderr, "\r%-*s", (int)progress->width, text);
	if ((unsigned int)width > progress->width)
		progress->width = (unsigned int)width;
	fflush(stderr);
}

void progress_end(struct progress *progress)
{
	if (progress->shown && progress->width)
		fprintf(stderr, "\r%*s\r", (int)progress->width, "");
	progress->shown = false;
}
