/* probe_judge - what an answer is worth; see probe.h. */
#include "workloads/probe.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

const char *const probe_verdict_names[PROBE_VERDICTS] = {
	[PROBE_CONFORMS] = "conforms",	  [PROBE_HARMLESS] = "harmless",
	[PROBE_HARMFUL] = "harmful",	  [PROBE_UNSUPPORTED] = "unsupported",
	[PROBE_UNCLEAR] = "inconclusive", [PROBE_NOT_PERFORMED] = "not performed",
};

static bool is_lock(enum probe_op op)
{
	return op == PROBE_TRY || op == PROBE_RETRY || op == PROBE_WAIT ||
	       op == PROBE_ERRNO || op == PROBE_STILL || op == PROBE_DONE;
}

const char *probe_word(const struct probe_step *step, int rc)
{
	const char *name;

	if (rc == 0)
		return is_lock(step->op) ? "granted" : "ok";
	/* fcntl(2): a conflict is one or the other. */
	if ((step->op == PROBE_TRY || step->op == PROBE_RETRY) &&
	    (rc == -EAGAIN || rc == -EACCES))
		return "refused";
	name = strerrorname_np(-rc);
	return name ? name : "an errno without a name";
}

/* Does one of the patterns in "a|b" match all of @answer? */
static bool matches(const char *patterns, const char *answer)
{
	char pattern[128];

	while (patterns && *patterns) {
		size_t length = strcspn(patterns, "|");

		snprintf(pattern, sizeof(pattern), "%.*s", (int)length, patterns);
		if (fnmatch(pattern, answer, 0) == 0)
			return true;
		patterns += length + (patterns[length] == '|');
	}
	return false;
}

/*
 * Errors by which a file system says that it has no such lock (fcntl(2)).  Where
 * another step was granted, it has: then the answer counts as it is.
 */
static bool is_unsupported(const char *answer)
{
	static const char *const errors[] = {"ENOLCK", "EOPNOTSUPP", "ENOSYS",
					     "EINVAL"};

	if (strstr(answer, "granted"))
		return false;
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
		if (strstr(answer, errors[i]))
			return true;
	return false;
}

enum probe_verdict probe_judge(const struct probe_row *row, enum probe_class class,
			       const char *answer, const char **ret_reason)
{
	*ret_reason = "";
	if (matches(row->expected[class], answer))
		return PROBE_CONFORMS;
	if (is_unsupported(answer)) {
		*ret_reason = "the file system has no such lock, and says so";
		return PROBE_UNSUPPORTED;
	}
	for (size_t i = 0; i < sizeof(row->harm) / sizeof(row->harm[0]); i++) {
		if (!matches(row->harm[i].answers, answer))
			continue;
		*ret_reason = row->harm[i].why;
		return PROBE_HARMFUL;
	}
	*ret_reason =
		row->harmless ? row->harmless : "programs notice, and nothing is lost";
	return PROBE_HARMLESS;
}

enum probe_class probe_class_of(const char *fstype, const char *options)
{
	if (strcmp(fstype, "nfs4") == 0)
		return PROBE_NFS4;
	if (strcmp(fstype, "nfs") != 0)
		return PROBE_LOCAL;
	return strstr(options, "vers=4") ? PROBE_NFS4 : PROBE_NFS3;
}
