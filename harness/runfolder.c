/* runfolder - see runfolder.h. */
#include "harness/runfolder.h"

#include "core/text.h"
#include "verify/tail.h"
#include "verify/view.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- the folder ------------------------------------------------------------------ */

static int is_empty(const char *path, bool *ret_empty)
{
	DIR *dir = opendir(path);
	struct dirent *entry;

	if (!dir)
		return -errno;
	*ret_empty = true;
	while ((entry = readdir(dir)))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			*ret_empty = false;
	closedir(dir);
	return 0;
}

/* mkdir -p, counting what was made. */
static int make_path(char *path, unsigned int *ret_made)
{
	for (char *slash = path + 1;; slash++) {
		slash = strchrnul(slash, '/');
		char end = *slash;

		*slash = '\0';
		if (mkdir(path, 0777) == 0)
			++*ret_made;
		else if (errno != EEXIST)
			return -errno;
		*slash = end;
		if (!end)
			return 0;
	}
}

enum exit_code runfolder_make(const struct plan *plan, unsigned int *ret_made,
			      struct error *err)
{
	char path[PATH_MAX];
	bool empty = true;
	int rc;

	*ret_made = 0;
	memcpy(path, plan->out, sizeof(path));
	rc = make_path(path, ret_made);
	if (rc == 0)
		rc = is_empty(plan->out, &empty);
	if (rc < 0) {
		error_sys(err, -rc, "cannot make the run folder %s", plan->out);
		runfolder_discard(plan, *ret_made);
		return rc == -ENOTDIR ? EXIT_USAGE : EXIT_COULD_NOT_RUN;
	}
	if (!empty) {
		error_set(err, EEXIST, "the run folder %s is not empty", plan->out);
		return EXIT_USAGE;
	}
	return EXIT_SAFE;
}

void runfolder_discard(const struct plan *plan, unsigned int made)
{
	char path[PATH_MAX];

	memcpy(path, plan->out, sizeof(path));
	/* rmdir(2) refuses what others have put something into. */
	for (; made > 0 && rmdir(path) == 0; made--)
		*strrchr(path, '/') = '\0';
}

void runfolder_link_latest(const char *out)
{
	const char *name = strrchr(out, '/') + 1;
	char link_path[PATH_MAX + 16], new_path[PATH_MAX + 32];
	struct stat st;

	snprintf(link_path, sizeof(link_path), "%.*slatest", (int)(name - out), out);
	snprintf(new_path, sizeof(new_path), "%s.%d", link_path, (int)getpid());
	if (lstat(link_path, &st) == 0 && !S_ISLNK(st.st_mode))
		return;
	if (symlink(name, new_path) == 0 && rename(new_path, link_path) < 0)
		unlink(new_path);
}

/* ---- what it holds beside results -------------------------------------------------
 */

/* A new file of the run folder, to be closed by close_file. */
static FILE *open_file(const struct plan *plan, const char *name, struct error *err)
{
	char path[PATH_MAX + 64];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", plan->out, name);
	file = fopen(path, "wxe");
	if (!file)
		error_sys(err, errno, "cannot create %s", path);
	return file;
}

static int close_file(FILE *file, int rc, struct error *err)
{
	bool bad = ferror(file);

	if ((fclose(file) != 0 || bad) && rc == 0)
		rc = error_sys(err, errno ? errno : EIO, "cannot write the run folder");
	return rc;
}

/* A cell of a table: no tab, no newline, always UTF-8. */
static void put_cell(FILE *file, const char *text, char end)
{
	char *escaped = text_escape(text ? text : "");

	for (const char *c = escaped ? escaped : ""; *c; c++) {
		if (*c == '\t' || *c == '\n')
			fprintf(file, "%%%02X", *c);
		else
			fputc(*c, file);
	}
	fputc(end, file);
	free(escaped);
}

static int write_hosts(const struct run *run, struct error *err)
{
	FILE *file = open_file(&run->plan, "env/hosts.tsv", err);

	if (!file)
		return -EIO;
	fputs("host\tname\tkernel\tclient\tfstype\tsource\tmount_point\toptions\n",
	      file);
	for (size_t i = 0; i < run->manifest.host_count; i++) {
		const struct manifest_host *host = &run->manifest.hosts[i];

		fprintf(file, "%zu\t", i);
		put_cell(file, host->name, '\t');
		put_cell(file, host->kernel, '\t');
		put_cell(file, host->client, '\t');
		put_cell(file, host->fstype, '\t');
		put_cell(file, host->mount_source, '\t');
		put_cell(file, host->mount_point, '\t');
		put_cell(file, host->mount_options, '\n');
	}
	return close_file(file, 0, err);
}

static int write_ranks(const struct run *run, struct error *err)
{
	FILE *file = open_file(&run->plan, "env/ranks.tsv", err);

	if (!file)
		return -EIO;
	fputs("rank\thost\tname\n", file);
	for (uint32_t rank = 0; rank < run->manifest.rank_count; rank++) {
		uint32_t host = run->manifest.rank_host[rank];

		fprintf(file, "%u\t%u\t", rank, host);
		put_cell(file, run->manifest.hosts[host].name, '\n');
	}
	return close_file(file, 0, err);
}

static int write_clocks(const struct run *run, struct error *err)
{
	FILE *file = open_file(&run->plan, "env/clocks.tsv", err);

	if (!file)
		return -EIO;
	fputs("host\tat_ns\toffset_ns\trtt_ns\n", file);
	for (size_t i = 0; i < run->manifest.host_count; i++) {
		const struct manifest_host *host = &run->manifest.hosts[i];

		for (size_t s = 0; s < host->sample_count; s++)
			fprintf(file, "%zu\t%" PRIu64 "\t%" PRId64 "\t%" PRIu64 "\n", i,
				host->samples[s].at_ns, host->samples[s].offset_ns,
				host->samples[s].rtt_ns);
	}
	return close_file(file, 0, err);
}

static int write_args(struct run *run, struct error *err)
{
	FILE *file = open_file(&run->plan, "args", err);
	int rc;

	if (!file)
		return -EIO;
	rc = plan_save_args(&run->plan, &run->options, file);
	if (rc < 0)
		error_sys(err, -rc, "cannot save the arguments");
	return close_file(file, rc, err);
}

int runfolder_open(struct run *run, struct error *err)
{
	/* Without strategies there are neither histories nor views. */
	const bool appends = run->plan.strategy_count > 0;
	const struct {
		const char *name;
		bool wanted;
	} folders[] = {
		{RUNFOLDER_BEGUN, true},
		{"history", appends},
		{VIEWS_FOLDER, appends},
		{TAILS_FOLDER, run->plan.readers > 0},
	};
	char path[PATH_MAX + 16];
	int rc;

	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", run->plan.out, folders[i].name);
		if (folders[i].wanted && mkdir(path, 0777) < 0)
			return error_sys(err, errno, "cannot make the folder %s", path);
	}
	if ((rc = write_args(run, err)) < 0 || (rc = write_hosts(run, err)) < 0)
		return rc;
	return write_ranks(run, err);
}

int runfolder_close(const struct run *run, struct error *err)
{
	return write_clocks(run, err);
}
