/* acceptance - see acceptance.h. */
#include "verify/acceptance.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Phrases with "; " between them; what does not fit is cut. */
struct reason {
	char *text;
	size_t size;
};

static void say(struct reason *reason, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void say(struct reason *reason, const char *fmt, ...)
{
	size_t used = strlen(reason->text);
	va_list args;

	if (used)
		used += (size_t)snprintf(reason->text + used, reason->size - used,
					 "; ");
	if (used >= reason->size)
		return;
	va_start(args, fmt);
	vsnprintf(reason->text + used, reason->size - used, fmt, args);
	va_end(args);
}

bool acceptance_is_method(const struct manifest *manifest, size_t index)
{
	const struct manifest_strategy *s = &manifest->strategies[index];

	return !s->control && s->shared_file && s->exclusive_lock &&
	       s->workload == WORKLOAD_APPEND;
}

static bool some_method_safe(const struct manifest *m, const struct judgment *judgments)
{
	for (size_t i = 0; i < m->strategy_count; i++)
		if (acceptance_is_method(m, i) && judgments[i].verdict == VERDICT_SAFE)
			return true;
	return false;
}

/* Name the required strategies that got @verdict. */
static void say_required(struct reason *reason, const struct manifest *m,
			 const struct judgment *judgments, enum verdict verdict)
{
	for (size_t i = 0; i < m->strategy_count; i++)
		if (m->strategies[i].required && judgments[i].verdict == verdict)
			say(reason, "%s is %s", m->strategies[i].name,
			    verdict == VERDICT_UNSAFE ? "unsafe here"
						      : verdict_name(verdict));
}

/* What speaks against the mount. */
static void find_harm(struct reason *reason, const struct manifest *m,
		      const struct judgment *judgments, enum verdict merged)
{
	if (merged == VERDICT_UNSAFE)
		say_required(reason, m, judgments, VERDICT_UNSAFE);
	if (merged == VERDICT_UNSAFE && !reason->text[0])
		say(reason, "a strategy is unsafe here"); /* only controls were asked */
	if (m->check.harmful)
		say(reason, "%u answer%s of its locks do%s harm", m->check.harmful,
		    m->check.harmful == 1 ? "" : "s",
		    m->check.harmful == 1 ? "es" : "");
}

/* What was not shown. */
static void find_doubt(struct reason *reason, const struct manifest *m,
		       const struct judgment *judgments, enum verdict merged)
{
	const struct check_facts *check = &m->check;

	if (m->local_fs && !check->local)
		say(reason, "this is a local file system, whose one kernel sees "
			    "everything (--local accepts that)");
	if (!check->selftest_cases || check->selftest_agreed != check->selftest_cases)
		say(reason, "the selftest did not pass");
	if (merged != VERDICT_SAFE) {
		say_required(reason, m, judgments, VERDICT_INCONCLUSIVE);
		say_required(reason, m, judgments, VERDICT_SKIPPED);
	}
	if (!some_method_safe(m, judgments))
		say(reason, "no method with a lock was shown to be safe");
	else if (merged != VERDICT_SAFE && !reason->text[0])
		say(reason, "no strategy was required");
	if (check->probes == CHECK_PROBES_NOT_PERFORMED)
		say(reason, "the locks were not probed");
	else if (check->probes == CHECK_PROBES_INCONCLUSIVE)
		say(reason, "%u questions to its locks could not be answered",
		    check->unanswered);
}

enum verdict acceptance_reach(const struct manifest *manifest,
			      const struct judgment *judgments, enum verdict merged,
			      char *ret_reason, size_t size)
{
	struct reason reason = {ret_reason, size};

	ret_reason[0] = '\0';
	find_harm(&reason, manifest, judgments, merged);
	if (ret_reason[0])
		return VERDICT_UNSAFE;
	find_doubt(&reason, manifest, judgments, merged);
	if (ret_reason[0])
		return VERDICT_INCONCLUSIVE;
	say(&reason, "the required strategies are safe, and no answer of its locks "
		     "does harm");
	return VERDICT_SAFE;
}
