/* selftest - see selftest.h. */
#include "harness/selftest/selftest.h"

#include "core/suggest.h"
#include "harness/selftest/cases.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Fewer appends hold no 30 hand-offs. */
#define APPENDS_MIN 31

/* ---- one case -------------------------------------------------------------------- */

static void answer_check(const struct selftest_case *test, struct selftest_agreement *a)
{
	snprintf(a->expected, sizeof(a->expected), "known answers");
	a->agrees = test->known(a->difference, sizeof(a->difference));
	snprintf(a->found, sizeof(a->found), "%s", a->agrees ? "the same" : "others");
}

/* The run of @test, described, written, and spoilt. */
static void run_make(const struct selftest_case *test, struct plant *p)
{
	uint64_t appends;

	if (test->set)
		test->set(p);
	plant_clean(p, test->shape.before);
	if (test->act)
		test->act(p);
	plant_clean(p, test->shape.after);
	appends = p->acknowledged + p->failed + p->unknown;
	if (p->verdict == VERDICT_SAFE && p->craft.strategy->shared_file &&
	    appends < APPENDS_MIN)
		p->verdict = VERDICT_INCONCLUSIVE;
	if (test->ruled)
		p->verdict = test->verdict;
	if (craft_save(&p->craft) == 0 && test->harm)
		test->harm(p);
}

/* A run folder that must be refused. */
static int refusal_check(struct plant *p, craft_judge_fn *judge,
			 struct selftest_agreement *a)
{
	struct judgment judgment;
	int rc = craft_judge(&p->craft, judge, &judgment);

	if (rc == 0)
		judgment_release(&judgment);
	else if (rc != -EBADMSG)
		return rc;
	a->agrees = rc == -EBADMSG;
	snprintf(a->expected, sizeof(a->expected), "refused");
	snprintf(a->found, sizeof(a->found), "%s", a->agrees ? "refused" : "judged");
	if (!a->agrees)
		snprintf(a->difference, sizeof(a->difference),
			 "a damaged run folder must not be judged");
	return 0;
}

static int judgment_check(struct plant *p, craft_judge_fn *judge,
			  struct selftest_agreement *a)
{
	struct judgment judgment;
	int rc = craft_judge(&p->craft, judge, &judgment);

	if (rc < 0)
		return rc;
	agreement_find(p, &judgment, a);
	judgment_release(&judgment);
	return 0;
}

/* Where there is no judgment, such as on a full disk, it cannot be wrong. */
static int case_try(const struct selftest_case *test, const char *dir,
		    craft_judge_fn *judge, struct selftest_agreement *a,
		    struct error *err)
{
	struct plant p;
	int rc = plant_init(&p, &test->shape, test->seed, dir);

	if (rc == 0) {
		run_make(test, &p);
		rc = p.craft.rc;
	}
	if (rc == 0)
		rc = test->refused ? refusal_check(&p, judge, a)
				   : judgment_check(&p, judge, a);
	if (rc < 0)
		error_set(err, -rc, "cannot try %s: %s", test->name,
			  p.craft.err.sentence);
	plant_release(&p);
	return rc;
}

/* ---- all cases ---------------------------------------------------------------------
 */

/* Is @name that of the case, or of its group? */
static bool is_called(const struct selftest_case *test, const char *name)
{
	size_t length = strlen(name);

	return strncmp(test->name, name, length) == 0 &&
	       (test->name[length] == '\0' || test->name[length] == '/');
}

static bool is_chosen(const struct selftest_options *o,
		      const struct selftest_case *test)
{
	for (size_t i = 0; i < o->name_count; i++)
		if (is_called(test, o->names[i]))
			return true;
	return o->name_count == 0;
}

struct name_search {
	const char *name;
	struct suggestion meant;
	char offered[16][64]; /* a suggestion keeps what it was offered */
	size_t offered_count;
};

/* Offer the case and its group, each once. */
static void offer(struct name_search *s, const char *name, size_t length)
{
	char *copy = s->offered[s->offered_count];

	if (s->offered_count == sizeof(s->offered) / sizeof(s->offered[0]))
		return;
	snprintf(copy, sizeof(s->offered[0]), "%.*s", (int)length, name);
	suggest_offer(&s->meant, copy);
	if (s->meant.name == copy)
		s->offered_count++;
}

static int name_compare(void *context, const struct selftest_case *test)
{
	struct name_search *s = context;

	if (is_called(test, s->name))
		return 1;
	offer(s, test->name, strcspn(test->name, "/"));
	offer(s, test->name, strlen(test->name));
	return 0;
}

int selftest_names_check(const struct selftest_options *o, struct error *err)
{
	for (size_t i = 0; i < o->name_count; i++) {
		struct name_search s = {o->names[i], suggest_for(o->names[i]), {""}, 0};
		char text[128];

		if (cases_visit(o->seed, o->random_runs, name_compare, &s) == 0)
			return error_set(err, EINVAL, "there is no case '%s'%s",
					 o->names[i],
					 s.meant.name ? suggest_text(&s.meant, "", text,
								     sizeof(text))
						      : "; --list shows them all");
	}
	return 0;
}

struct course {
	const struct selftest_options *options;
	const char *dir;
	struct selftest_tally tally;
	struct error *err;
};

static int course_visit(void *context, const struct selftest_case *test)
{
	struct course *course = context;
	const struct selftest_options *o = course->options;
	struct selftest_result result = {.name = test->name, .what = test->what};
	int rc = 0;

	if (!is_chosen(o, test))
		return 0;
	if (o->stop && o->stop(o->context))
		return error_set(course->err, EINTR, "the selftest was interrupted");
	if (test->known)
		answer_check(test, &result.agreement);
	else
		rc = case_try(test, course->dir, o->judge, &result.agreement,
			      course->err);
	if (rc < 0)
		return rc;
	course->tally.cases++;
	course->tally.agreed += result.agreement.agrees;
	if (o->report)
		o->report(o->context, &result);
	return 0;
}

int selftest_run(const struct selftest_options *o, struct selftest_tally *ret_tally,
		 struct error *err)
{
	struct course course = {.options = o, .err = err};
	char *dir;
	int rc = 0;

	if (asprintf(&dir, "%s/tailrace-selftest.XXXXXX", o->parent) < 0)
		return error_set(err, ENOMEM, "no memory for a selftest");
	if (!mkdtemp(dir)) {
		rc = error_sys(err, errno, "cannot make a temporary folder in %s",
			       o->parent);
	} else {
		course.dir = dir;
		rc = cases_visit(o->seed, o->random_runs, course_visit, &course);
		(void)craft_remove(dir);
	}
	free(dir);
	if (rc == 0)
		*ret_tally = course.tally;
	return rc;
}

struct showing {
	const struct selftest_options *options;
	void (*show)(void *context, const char *name, const char *what);
	void *context;
};

static int showing_visit(void *context, const struct selftest_case *test)
{
	const struct showing *showing = context;

	if (is_chosen(showing->options, test))
		showing->show(showing->context, test->name, test->what);
	return 0;
}

void selftest_list(const struct selftest_options *o,
		   void (*show)(void *context, const char *name, const char *what),
		   void *context)
{
	struct showing showing = {o, show, context};

	(void)cases_visit(o->seed, o->random_runs, showing_visit, &showing);
}
