/* json_file - see json_file.h. */
#include "results/json_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A result with all its examples takes some kilobytes a strategy. */
#define JSON_FILE_BYTES_MAX ((off_t)64 << 20)

static int open_regular(const char *path, struct error *err)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat st;

	if (fd < 0)
		return error_sys(err, errno, "cannot read %s", path);
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) ||
	    st.st_size > JSON_FILE_BYTES_MAX) {
		close(fd);
		return error_set(err, EBADMSG,
				 "%s is no file of JSON, or too large for one", path);
	}
	return fd;
}

int json_file_load(const char *path, const char *schema, json_t **ret_root,
		   struct error *err)
{
	int fd = open_regular(path, err);
	const char *found;
	json_error_t why;
	json_t *root;

	if (fd < 0)
		return fd;
	root = json_loadfd(fd, JSON_REJECT_DUPLICATES, &why);
	close(fd);
	if (!root)
		return error_set(err, EBADMSG, "%s is no JSON: line %d: %s", path,
				 why.line, why.text);
	found = json_string_value(json_object_get(root, "schema"));
	if (!found || strcmp(found, schema) != 0) {
		json_decref(root);
		return error_set(err, EBADMSG, "%s has not the schema %s", path,
				 schema);
	}
	*ret_root = root;
	return 0;
}
