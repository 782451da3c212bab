/* sweep_folder - what stands in the folder of a sweep before its first run. */
#ifndef TAILRACE_HARNESS_SWEEP_FOLDER_H
#define TAILRACE_HARNESS_SWEEP_FOLDER_H

#include <jansson.h>
#include <limits.h>

#include "core/options.h"
#include "harness/sweep_plan.h"

/*
 * The absolute path of the folder @given, or of one named by the time (NULL), with
 * room behind it for the names of all files.  0 or a negative errno with a sentence.
 */
int sweep_folder_name(const char *given, char ret_out[PATH_MAX], struct error *err);

/*
 * Make the folder @out, with args (out of @options, with the seed of @plan) and
 * plan.json.  0 or a negative errno with a sentence.
 */
int sweep_folder_make(const char *out, const struct sweep_plan *plan,
		      struct options *options, struct error *err);

/*
 * The plan.json that stands in @out, a new reference; NULL: there is none.  0 or a
 * negative errno with a sentence.
 */
int sweep_folder_plan(const char *out, json_t **ret_plan, struct error *err);

/* The path of @name in @out.  0 or -ENAMETOOLONG. */
int sweep_folder_path(const char *out, const char *name, char ret_path[PATH_MAX]);

#endif
