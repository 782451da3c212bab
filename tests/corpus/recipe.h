/*
 * recipe - a small run, described in lines of words, and the judgment it must get.
 *
 * `#` begins a comment.  W.S is record S of writer W.  Offsets are bytes behind the
 * crowd, times microseconds after it on rank 0's clock; an append without times gets
 * the next slot of one millisecond.  README.md lists the statements.
 */
#ifndef TAILRACE_TESTS_CORPUS_RECIPE_H
#define TAILRACE_TESTS_CORPUS_RECIPE_H

#include "tests/craft/craft_views.h"

enum { FINDINGS_MAX = 64, HARMS_MAX = 16 };

/* The notes and sums that `expect` can name beside the anomalies. */
enum extra {
	INTACT,
	RECOVERED,
	LOCK_LOST,
	HUNG,
	HANDOFFS,
	UNKNOWN,
	STALE_CACHE,
	VIEW_HOSTS,
	EXTRAS
};
extern const char *const extra_names[EXTRAS];

/* What a recipe does not say of a count. */
enum { UNSAID = -2 };

struct expectation {
	bool said;
	enum verdict verdict;
	const char *reason;
	int64_t counts[ANOMALY_COUNT]; /* UNSAID: whatever the rule says */
	int64_t extras[EXTRAS];	       /* UNSAID: do not care */
	struct finding findings[FINDINGS_MAX];
	size_t finding_count;
};

/* What is to be done to the run folder once it is written: 0, or -1 with errno. */
struct harm {
	int (*act)(struct craft *craft, const uint32_t *arguments);
	uint32_t arguments[2];
};

struct recipe {
	const char *path;
	unsigned int line;
	struct craft_plan plan;
	bool begun; /* the craft is made: sizes and counts stand */
	struct craft craft;
	struct craft_views views;
	uint64_t slot; /* the next one */
	uint64_t time_zero_ns;
	uint32_t file;
	size_t base; /* where offset 0 of the recipe is */
	size_t at;
	uint8_t *record; /* room for one */
	struct harm harms[HARMS_MAX];
	size_t harm_count;
	struct expectation expected;
};

/* Read the file @path.  What makes no sense ends the program with a sentence. */
void recipe_read(struct recipe *ret_recipe, const char *path);
void recipe_release(struct recipe *recipe);

/* ---- statements --------------------------------------------------------- */

/* The first word of a line, and what to do with all of them (NULL at their end). */
struct statement {
	const char *name; /* NULL at the end of a table */
	bool before;	  /* must stand before all that needs the sizes and counts */
	void (*act)(struct recipe *r, char **words);
};

extern const struct statement run_statements[], append_statements[], byte_statements[],
	view_statements[], expect_statements[];

/* Note the harm that @words ask for, until the folder is written; false: it is none. */
bool harm_note(struct recipe *r, char **words);

/* ---- words, each of which may be NULL; what is wrong ends the program ------ */

_Noreturn void wrong(const struct recipe *r, const char *what, const char *word);
uint64_t number(const struct recipe *r, const char *word);
struct record_id record_named(const struct recipe *r, const char *word);
uint32_t writer_named(const struct recipe *r, const char *word);

/* ---- what several kinds of statement do ----------------------------------- */

/* Move the one clock sample of @host to time zero. */
void recipe_clock_at_zero(struct recipe *r, uint32_t host);

/* The record @id is the next in the file. */
void recipe_put_record(struct recipe *r, struct record_id id);

#endif
