/* sweep_folder - see sweep_folder.h. */
#include "harness/sweep_folder.h"

#include "results/json_file.h"
#include "results/replacement.h"
#include "results/sweep_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

int sweep_folder_path(const char *out, const char *name, char ret_path[PATH_MAX])
{
	return snprintf(ret_path, PATH_MAX, "%s/%s", out, name) < PATH_MAX
		       ? 0
		       : -ENAMETOOLONG;
}

int sweep_folder_name(const char *given, char ret_out[PATH_MAX], struct error *err)
{
	time_t now = time(NULL);
	char stamp[32], cwd[PATH_MAX];
	struct tm utc;
	int length;

	gmtime_r(&now, &utc);
	strftime(stamp, sizeof(stamp), "%Y%m%dT%H%M%SZ", &utc);
	if (!getcwd(cwd, sizeof(cwd)))
		return error_sys(err, errno, "cannot tell the working directory");
	if (given && *given == '/')
		length = snprintf(ret_out, PATH_MAX, "%s", given);
	else if (given)
		length = snprintf(ret_out, PATH_MAX, "%s/%s", cwd, given);
	else
		length = snprintf(ret_out, PATH_MAX, "%s/tailrace-results/sweep/%s",
				  cwd, stamp);
	return length < PATH_MAX - 64
		       ? 0
		       : error_set(err, EINVAL, "the path of the folder is too long");
}

static int make_folders(const char *out, struct error *err)
{
	char path[PATH_MAX];

	if (sweep_folder_path(out, SWEEP_RUNS_FOLDER, path) < 0)
		return error_sys(err, ENAMETOOLONG, "cannot make %s", out);
	for (char *slash = path + 1;; *slash++ = '/') {
		slash = strchrnul(slash, '/');
		if (!*slash)
			break;
		*slash = '\0';
		if (mkdir(path, 0777) < 0 && errno != EEXIST)
			return error_sys(err, errno, "cannot make the folder %s", path);
	}
	if (mkdir(path, 0777) < 0 && errno != EEXIST)
		return error_sys(err, errno, "cannot make the folder %s", path);
	return 0;
}

static int write_args(const void *content, FILE *stream)
{
	return options_save(content, stream);
}

static int write_plan(const void *content, FILE *stream)
{
	json_t *json = sweep_plan_json(content);

	if (!json || json_dumpf(json, stream, JSON_INDENT(2)) < 0) {
		json_decref(json);
		return -ENOMEM;
	}
	putc('\n', stream);
	json_decref(json);
	return 0;
}

static int save(const char *out, const char *name, const void *content,
		int (*write)(const void *content, FILE *stream), struct error *err)
{
	int dir_fd = open(out, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct replacement file = {0};
	int rc = dir_fd < 0 ? -errno : replacement_begin(&file, dir_fd, name);

	if (rc == 0) {
		rc = write(content, file.stream);
		if (rc < 0)
			replacement_abandon(&file);
		else
			rc = replacement_commit(&file);
	}
	if (dir_fd >= 0)
		close(dir_fd);
	return rc < 0 ? error_sys(err, -rc, "cannot write %s/%s", out, name) : 0;
}

int sweep_folder_make(const char *out, const struct sweep_plan *plan,
		      struct options *options, struct error *err)
{
	char seed[32];
	int rc = make_folders(out, err);

	snprintf(seed, sizeof(seed), "%llu", (unsigned long long)plan->seed);
	if (rc == 0 && options_replace(options, "seed", seed) < 0)
		rc = error_sys(err, ENOMEM, "cannot write %s/args", out);
	if (rc == 0)
		rc = save(out, "args", options, write_args, err);
	if (rc == 0)
		rc = save(out, SWEEP_PLAN_FILE, plan, write_plan, err);
	return rc;
}

int sweep_folder_plan(const char *out, json_t **ret_plan, struct error *err)
{
	char path[PATH_MAX];

	*ret_plan = NULL;
	if (sweep_folder_path(out, SWEEP_PLAN_FILE, path) < 0 || access(path, F_OK) < 0)
		return 0;
	return json_file_load(path, SWEEP_PLAN_SCHEMA, ret_plan, err);
}
