/* export - see export.h. */
#include "results/export.h"

#include "results/writers.h"

#include <errno.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool export_to_stdout(const char *path)
{
	return path && strcmp(path, "-") == 0;
}

static int refuse(const char *path, int errnum, struct error *err)
{
	return error_sys(err, errnum, "cannot write %s, as --json asks", path);
}

int export_check(const char *path, struct error *err)
{
	char *copy;
	struct stat st;
	int rc;

	if (export_to_stdout(path))
		return 0;
	if (stat(path, &st) == 0) {
		if (S_ISDIR(st.st_mode))
			return refuse(path, EISDIR, err);
		return access(path, W_OK) == 0 ? 0 : refuse(path, errno, err);
	}
	copy = strdup(path);
	rc = !copy ? ENOMEM : access(dirname(copy), W_OK | X_OK) < 0 ? errno : 0;
	free(copy);
	return rc ? refuse(path, rc, err) : 0;
}

static FILE *begin(const char *path, struct error *err)
{
	FILE *file = export_to_stdout(path) ? stdout : fopen(path, "we");

	if (!file)
		refuse(path, errno, err);
	return file;
}

/* @rc, or what a file of our own met; that was closed then. */
static int end(FILE *file, const char *path, int rc, struct error *err)
{
	if (file == stdout)
		return rc;
	if (fclose(file) != 0 && rc == 0)
		rc = refuse(path, errno, err);
	return rc;
}

int export_result(const struct result *result, const char *path, struct error *err)
{
	struct output_context context = {.result = result};
	FILE *file = begin(path, err);

	if (!file)
		return -EIO;
	return end(file, path, write_json(&context, file, err), err);
}

int export_file(const char *dir, const char *name, const char *path, struct error *err)
{
	char bytes[65536];
	char *source = NULL;
	size_t length;
	FILE *from, *to;
	int rc = 0;

	if (asprintf(&source, "%s/%s", dir, name) < 0)
		return error_sys(err, ENOMEM, "cannot write %s", path);
	from = fopen(source, "re");
	if (!from)
		rc = error_sys(err, errno, "cannot read %s", source);
	to = from ? begin(path, err) : NULL;
	if (from && !to)
		rc = -EIO;
	while (to && (length = fread(bytes, 1, sizeof(bytes), from)) > 0)
		fwrite(bytes, 1, length, to);
	if (to && ferror(from))
		rc = error_sys(err, errno, "cannot read %s", source);
	if (to)
		rc = end(to, path, rc, err);
	if (from)
		fclose(from);
	free(source);
	return rc;
}
