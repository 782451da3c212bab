/* locks - see locks.h. */
#include "tests/badnas/locks.h"

#include <errno.h>
#include <stdlib.h>

struct waiter {
	struct waiter *next;
	fuse_req_t req;
	struct lock wanted;
};

static bool overlap(const struct lock *a, const struct lock *b)
{
	return a->space == b->space && a->from <= b->to && b->from <= a->to;
}

const struct lock *locks_conflict(const struct locks *locks, const struct lock *wanted)
{
	for (const struct lock *l = locks->held; l; l = l->next)
		if (l->owner != wanted->owner && overlap(l, wanted) &&
		    (l->exclusive || wanted->exclusive))
			return l;
	return NULL;
}

static int add(struct locks *locks, const struct lock *lock)
{
	struct lock *copy = malloc(sizeof(*copy));

	if (!copy)
		return -ENOMEM;
	*copy = *lock;
	copy->next = locks->held;
	locks->held = copy;
	return 0;
}

/* Take the bytes of @which out of what its owner holds. */
static int cut(struct locks *locks, const struct lock *which)
{
	struct lock **link = &locks->held;
	int rc = 0;

	while (*link) {
		struct lock *l = *link, whole = *l;

		if (l->owner != which->owner || !overlap(l, which)) {
			link = &l->next;
			continue;
		}
		*link = l->next;
		free(l);
		/* What stays of it does not overlap any more. */
		if (whole.from < which->from) {
			struct lock before = whole;

			before.to = which->from - 1;
			rc = rc ? rc : add(locks, &before);
		}
		if (whole.to > which->to) {
			struct lock after = whole;

			after.from = which->to + 1;
			rc = rc ? rc : add(locks, &after);
		}
	}
	return rc;
}

int locks_take(struct locks *locks, const struct lock *wanted)
{
	int rc = cut(locks, wanted);

	return rc < 0 ? rc : add(locks, wanted);
}

/* Answer those who wait and need not any more, first come, first served. */
static void grant(struct locks *locks)
{
	struct waiter **link = &locks->waiting;

	while (*link) {
		struct waiter *w = *link;

		if (locks_conflict(locks, &w->wanted)) {
			link = &w->next;
			continue;
		}
		*link = w->next;
		fuse_req_interrupt_func(w->req, NULL, NULL);
		fuse_reply_err(w->req, -locks_take(locks, &w->wanted));
		free(w);
	}
}

void locks_drop(struct locks *locks, const struct lock *which)
{
	/* Out of memory: more was let go than asked for. */
	(void)cut(locks, which);
	grant(locks);
}

/*
 * libfuse holds @req while it calls this from its loop, so that it may be answered
 * here; it does not where fuse_req_interrupt_func() itself makes the call.
 */
static void on_interrupt(fuse_req_t req, void *data)
{
	struct locks *locks = data;
	struct waiter **link = &locks->waiting;

	while (*link && (*link)->req != req)
		link = &(*link)->next;
	if (*link) {
		struct waiter *w = *link;

		*link = w->next;
		free(w);
		fuse_reply_err(req, EINTR);
	}
}

void locks_wait(struct locks *locks, fuse_req_t req, const struct lock *wanted)
{
	struct waiter **link = &locks->waiting;
	struct waiter *w = fuse_req_interrupted(req) ? NULL : malloc(sizeof(*w));

	if (!w) {
		fuse_reply_err(req, EINTR);
		return;
	}
	*w = (struct waiter){.req = req, .wanted = *wanted};
	while (*link)
		link = &(*link)->next;
	*link = w;
	fuse_req_interrupt_func(req, on_interrupt, locks);
}

void locks_release(struct locks *locks)
{
	while (locks->held) {
		struct lock *l = locks->held;

		locks->held = l->next;
		free(l);
	}
}
