/* merging - see merging.h. */
#include "harness/merging.h"

#include "core/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Bytes of one write(2): what a mount likely sends at once. */
#define LOG_BUFFER_BYTES ((size_t)1 << 20)

bool merging_applies(const struct manifest *manifest, size_t index)
{
	const struct manifest_strategy *strategy = &manifest->strategies[index];

	return (strategy->ran || strategy->interrupted) && !manifest->segment_bytes &&
	       !strategy->shared_file;
}

/* The usual name, and the one that it has while it grows; NULL without memory. */
static char *usual_path(const struct manifest *manifest, size_t index, const char *end)
{
	char *path;

	if (asprintf(&path, "%s/%02zu-%s.%s.log", manifest->data_dir, index,
		     manifest->strategies[index].preset, end) < 0)
		return NULL;
	return path;
}

/* Write the log into the new file @path and see it stored. */
static int write_log(const struct manifest *manifest, const char *run_dir, size_t index,
		     const char *path, struct merge_counts *ret_counts,
		     struct error *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	FILE *log = fd < 0 ? NULL : fdopen(fd, "w");
	int rc;

	if (!log) {
		rc = error_sys(err, errno, "cannot create the log %s", path);
		if (fd >= 0)
			close(fd);
		return rc;
	}
	/* Advice: without memory for it the usual buffer serves. */
	(void)setvbuf(log, NULL, _IOFBF, LOG_BUFFER_BYTES);
	rc = merge_strategy(manifest, run_dir, index, log, ret_counts, err);
	if (rc == 0 && (fflush(log) != 0 || fsync(fd) < 0))
		rc = error_sys(err, errno, "cannot write the log %s", path);
	if (fclose(log) != 0 && rc == 0)
		rc = error_sys(err, errno, "cannot write the log %s", path);
	if (rc < 0)
		unlink(path);
	return rc;
}

/* Write the log by way of a file that has another name until it is complete. */
static int replace_log(const struct manifest *manifest, const char *run_dir,
		       size_t index, const char *path, struct merge_counts *ret_counts,
		       struct error *err)
{
	char *growing = usual_path(manifest, index, "merging");
	int rc;

	if (!growing)
		return error_sys(err, ENOMEM, "cannot merge");
	unlink(growing); /* of a merge that was killed */
	rc = write_log(manifest, run_dir, index, growing, ret_counts, err);
	if (rc == 0 && rename(growing, path) < 0) {
		rc = error_sys(err, errno, "cannot replace the log %s", path);
		unlink(growing);
	}
	free(growing);
	return rc;
}

int merging(struct manifest *manifest, const char *run_dir, size_t index,
	    const char *path, struct merge_counts *ret_counts, struct error *err)
{
	struct manifest_merge *merge = &manifest->strategies[index].merge;
	char *owned = path ? strdup(path) : usual_path(manifest, index, "merged");
	uint64_t begun_ns = clock_now_ns();
	struct merge_counts counts;
	int rc;

	if (!owned)
		return error_sys(err, ENOMEM, "cannot merge");
	if (path)
		rc = write_log(manifest, run_dir, index, path, &counts, err);
	else
		rc = replace_log(manifest, run_dir, index, owned, &counts, err);
	if (rc < 0) {
		free(owned);
		return rc;
	}
	free(merge->path);
	*merge = (struct manifest_merge){
		.path = owned,
		.records = counts.records,
		.bytes = counts.bytes,
		.left_out = counts.left_out,
		.duration_ns = clock_now_ns() - begun_ns,
	};
	*ret_counts = counts;
	return 0;
}
