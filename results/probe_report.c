/* probe_report - counting, the mount's verdict, and the files; see probe_report.h. */
#include "results/probe_report.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "results/replacement.h"
#include "results/result.h"

void probe_report_release(struct probe_report *report)
{
	free(report->results);
	memset(report, 0, sizeof(*report));
}

size_t probe_report_tally(const struct probe_report *report, enum probe_verdict verdict)
{
	size_t count = 0;

	for (size_t i = 0; i < report->count; i++)
		count += report->results[i].verdict == verdict;
	return count;
}

/* On a local file system there is no other host to ask. */
static bool is_excused(const struct probe_report *report, size_t i)
{
	return report->results[i].verdict == PROBE_NOT_PERFORMED &&
	       report->results[i].probe.scope == PROBE_TWO_HOSTS && report->one_host &&
	       report->local_fs;
}

size_t probe_report_unanswered(const struct probe_report *report)
{
	size_t count = 0;

	for (size_t i = 0; i < report->count; i++)
		count += (report->results[i].verdict == PROBE_UNCLEAR ||
			  report->results[i].verdict == PROBE_NOT_PERFORMED) &&
			 !is_excused(report, i);
	return count;
}

enum probe_mount_verdict probe_report_verdict(const struct probe_report *report)
{
	if (probe_report_tally(report, PROBE_HARMFUL))
		return PROBE_MOUNT_HARMFUL;
	/* A mount without any lock that works has not shown that one does. */
	if (probe_report_unanswered(report) ||
	    !probe_report_tally(report, PROBE_CONFORMS))
		return PROBE_MOUNT_INCONCLUSIVE;
	return PROBE_MOUNT_CONFORMS;
}

const char *probe_mount_verdict_name(enum probe_mount_verdict verdict)
{
	static const char *const names[] = {
		[PROBE_MOUNT_CONFORMS] = "conforms",
		[PROBE_MOUNT_HARMFUL] = "harmful",
		[PROBE_MOUNT_INCONCLUSIVE] = "inconclusive",
	};

	return names[verdict];
}

int probe_report_exit_code(const struct probe_report *report)
{
	static const int codes[] = {
		[PROBE_MOUNT_CONFORMS] = 0,
		[PROBE_MOUNT_HARMFUL] = 1,
		[PROBE_MOUNT_INCONCLUSIVE] = 3,
	};

	return codes[probe_report_verdict(report)];
}

static const char *plural(size_t count)
{
	return count == 1 ? "" : "s";
}

void probe_report_sentence(const struct probe_report *report, FILE *stream)
{
	size_t harmful = probe_report_tally(report, PROBE_HARMFUL);
	size_t harmless = probe_report_tally(report, PROBE_HARMLESS);
	size_t unsupported = probe_report_tally(report, PROBE_UNSUPPORTED);
	size_t conforming = probe_report_tally(report, PROBE_CONFORMS);
	size_t open_count = probe_report_unanswered(report);

	if (harmful)
		fprintf(stream, "%zu answer%s of %zu do harm", harmful, plural(harmful),
			report->count);
	else
		fprintf(stream, "%zu answer%s conform, and none does harm", conforming,
			plural(conforming));
	if (harmless)
		fprintf(stream, "; %zu differ%s without harm", harmless,
			harmless == 1 ? "s" : "");
	if (unsupported)
		fprintf(stream, "; %zu %s not supported", unsupported,
			unsupported == 1 ? "is" : "are");
	if (open_count)
		fprintf(stream, "; %zu question%s could not be answered%s", open_count,
			plural(open_count),
			report->one_host && !report->local_fs
				? ", since that takes two hosts"
				: "");
	fputc('.', stream);
}

struct probe_output {
	const char *name;
	int (*write)(const struct probe_report *report, const struct manifest *manifest,
		     FILE *stream);
};

static int write_outputs(const struct probe_output *outputs, size_t count,
			 const struct probe_report *report,
			 const struct manifest *manifest, const char *out_dir,
			 struct error *err)
{
	int dir_fd = open(out_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc = dir_fd < 0 ? -errno : 0;
	size_t i;

	for (i = 0; rc == 0 && i < count; i++) {
		struct replacement file;

		rc = replacement_begin(&file, dir_fd, outputs[i].name);
		if (rc < 0)
			break;
		rc = outputs[i].write(report, manifest, file.stream);
		if (rc < 0)
			replacement_abandon(&file);
		else
			rc = replacement_commit(&file);
	}
	if (dir_fd >= 0)
		close(dir_fd);
	if (rc < 0)
		return error_sys(err, -rc, "cannot write the results into %s", out_dir);
	return 0;
}

int probe_report_write(const struct probe_report *report,
		       const struct manifest *manifest, const char *out_dir,
		       struct error *err)
{
	static const struct probe_output outputs[] = {
		{PROBE_JSON_FILE, probe_write_json},
		{PROBE_JUNIT_FILE, probe_write_junit},
		{RESULT_SUMMARY_FILE, probe_write_page},
	};

	return write_outputs(outputs, sizeof(outputs) / sizeof(outputs[0]), report,
			     manifest, out_dir, err);
}

int probe_report_keep(const struct probe_report *report,
		      const struct manifest *manifest, const char *out_dir,
		      struct error *err)
{
	static const struct probe_output outputs[] = {
		{PROBE_JSON_FILE, probe_write_json},
		{PROBE_PAGE_FILE, probe_write_page},
	};

	return write_outputs(outputs, sizeof(outputs) / sizeof(outputs[0]), report,
			     manifest, out_dir, err);
}
