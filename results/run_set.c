/* run_set - see run_set.h. */
#include "results/run_set.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "results/json_file.h"
#include "results/result.h"
#include "results/sweep_files.h"

static int no_memory(const char *path, struct error *err)
{
	error_sys(err, ENOMEM, "cannot read %s", path);
	return -ENOMEM;
}

/* How many runs of @point there are. */
static size_t count_repeats(const struct run_set *set, const char *point)
{
	size_t count = 0;

	for (size_t i = 0; i < set->count; i++)
		count += strcmp(set->items[i].point, point) == 0;
	return count;
}

/* Takes @path and @point, NULL for no memory; @repeat 0: the next one. */
static int add_run(struct run_set *set, char *path, char *point, size_t repeat,
		   struct error *err)
{
	struct run_item *items =
		reallocarray(set->items, set->count + 1, sizeof(*items));
	struct run_item *item;

	if (items)
		set->items = items;
	if (!items || !path || !point) {
		free(path);
		free(point);
		return no_memory("a run", err);
	}
	if (repeat == 0)
		repeat = count_repeats(set, point) + 1;
	item = &items[set->count++];
	*item = (struct run_item){.path = path, .point = point, .repeat = repeat};
	return outcome_load(&item->outcome, path, err);
}

static char *path_in(const char *folder, const char *name)
{
	char *path = NULL;

	return asprintf(&path, "%s/%s", folder, name) < 0 ? NULL : path;
}

/* The settings of a point as one text; NULL where they are no such thing. */
static char *point_text(const json_t *settings)
{
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);
	const char *key;
	json_t *value;
	bool right = json_is_object(settings);

	if (!stream)
		return NULL;
	json_object_foreach((json_t *)(uintptr_t)settings, key, value)
	{
		right = right && json_is_string(value);
		fprintf(stream, "%s%s=%s", ftell(stream) > 0 ? " " : "", key,
			right ? json_string_value(value) : "");
	}
	if (fclose(stream) != 0 || !right) {
		free(text);
		return NULL;
	}
	return text;
}

/* Names of folders are not to lead out of the sweep. */
static bool is_plain_name(const char *name)
{
	return name && *name && *name != '.' && !strchr(name, '/');
}

static int add_sweep_run(struct run_set *set, const char *folder, const json_t *root,
			 const json_t *run, struct error *err)
{
	json_int_t point = json_integer_value(json_object_get(run, "point"));
	json_int_t repeat = json_integer_value(json_object_get(run, "repeat"));
	const char *name = json_string_value(json_object_get(run, "folder"));
	const json_t *settings = json_object_get(root, "settings");
	char *text, *path = NULL;

	if (point < 1 || repeat < 1 || !is_plain_name(name))
		return error_set(err, EBADMSG, "%s/" SWEEP_JSON_FILE " is damaged",
				 folder);
	text = point_text(json_array_get(settings, (size_t)point - 1));
	if (!text)
		return error_set(err, EBADMSG, "%s/" SWEEP_JSON_FILE " is damaged",
				 folder);
	if (asprintf(&path, "%s/" SWEEP_RUNS_FOLDER "/%s/" RESULT_JSON_FILE, folder,
		     name) < 0)
		path = NULL;
	return add_run(set, path, text, (size_t)repeat, err);
}

static int add_sweep_runs(struct run_set *set, const char *folder, const json_t *root,
			  struct error *err)
{
	const json_t *runs = json_object_get(root, "runs");
	int rc = 0;

	if (json_array_size(runs) == 0)
		return error_set(err, EBADMSG, "%s has no finished run", folder);
	for (size_t i = 0; rc == 0 && i < json_array_size(runs); i++)
		rc = add_sweep_run(set, folder, root, json_array_get(runs, i), err);
	return rc;
}

static int add_sweep(struct run_set *set, const char *folder, struct error *err)
{
	char *path = path_in(folder, SWEEP_JSON_FILE);
	json_t *root = NULL;
	int rc = path ? json_file_load(path, SWEEP_SCHEMA, &root, err)
		      : no_memory(folder, err);

	if (rc == 0)
		rc = add_sweep_runs(set, folder, root, err);
	json_decref(root);
	free(path);
	return rc;
}

static bool holds(const char *folder, const char *name)
{
	char *path = path_in(folder, name);
	bool there = path && access(path, F_OK) == 0;

	free(path);
	return there;
}

static int add_folder(struct run_set *set, const char *folder, struct error *err)
{
	if (holds(folder, RESULT_JSON_FILE))
		return add_run(set, path_in(folder, RESULT_JSON_FILE), strdup(""), 0,
			       err);
	if (holds(folder, SWEEP_JSON_FILE))
		return add_sweep(set, folder, err);
	return error_set(err, ENOENT,
			 "%s holds neither " RESULT_JSON_FILE " nor " SWEEP_JSON_FILE
			 ": name the folder of a run or of a sweep",
			 folder);
}

int run_set_add(struct run_set *set, const char *path, struct error *err)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return error_sys(err, errno, "cannot read %s", path);
	if (S_ISDIR(st.st_mode))
		return add_folder(set, path, err);
	return add_run(set, strdup(path), strdup(""), 0, err);
}

void run_set_release(struct run_set *set)
{
	for (size_t i = 0; i < set->count; i++) {
		free(set->items[i].path);
		free(set->items[i].point);
		outcome_release(&set->items[i].outcome);
	}
	free(set->items);
	memset(set, 0, sizeof(*set));
}
