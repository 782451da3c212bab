/* history_paths - see history_paths.h. */
#include "verify/history_paths.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Takes @path, which may be NULL: then memory ran out. */
static int add(struct history_paths *paths, char *path, bool named)
{
	struct history_path *items =
		path ? reallocarray(paths->items, paths->count + 1, sizeof(*items))
		     : NULL;

	if (!items) {
		free(path);
		return -ENOMEM;
	}
	paths->items = items;
	items[paths->count++] = (struct history_path){path, named};
	return 0;
}

static int is_history(const struct dirent *entry)
{
	static const char end[] = ".history";
	size_t length = strlen(entry->d_name);

	return length >= sizeof(end) &&
	       strcmp(entry->d_name + length - (sizeof(end) - 1), end) == 0;
}

static int add_folder(struct history_paths *paths, const char *folder)
{
	struct dirent **names = NULL;
	int count = scandir(folder, &names, is_history, alphasort);
	int rc = count < 0 ? -errno : 0;

	for (int i = 0; i < count; i++) {
		char *path = NULL;

		if (rc == 0 && asprintf(&path, "%s/%s", folder, names[i]->d_name) < 0)
			path = NULL;
		if (rc == 0)
			rc = add(paths, path, false);
		free(names[i]);
	}
	free(names);
	return rc;
}

static bool is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

int history_paths_find(struct history_paths *paths, const char *const *given,
		       size_t count, struct error *err)
{
	struct history_paths found = {0};
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < count; i++) {
		rc = is_folder(given[i]) ? add_folder(&found, given[i])
					 : add(&found, strdup(given[i]), true);
		if (rc < 0)
			error_sys(err, -rc, "cannot read the folder %s", given[i]);
	}
	if (rc < 0)
		history_paths_release(&found);
	else
		*paths = found;
	return rc;
}

void history_paths_release(struct history_paths *paths)
{
	for (size_t i = 0; i < paths->count; i++)
		free(paths->items[i].path);
	free(paths->items);
	*paths = (struct history_paths){0};
}
