/*
 * test_salvage - the histories of a run that ended early: where they are looked for,
 * which are taken, and that they never make a strategy safe.
 */
#include "verify/salvage.h"
#include "tests/craft/craft.h"
#include "tests/unit/unit.h"
#include "verify/recall.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { RECORDS = 3 };

static struct craft c;
static char *gathered; /* where the run would have put the history of writer 1 */
static char *left;     /* where its writer kept it; the name is the same */
static char *folder;   /* around that */

static char *joined(const char *dir, const char *name)
{
	char *result;

	if (asprintf(&result, "%s/%s", dir, name) < 0)
		craft_die("no memory");
	return result;
}

/* A whole run of two writers; that of writer 1 has its history elsewhere. */
static void begin(void)
{
	static const struct craft_plan plan = {2, 2, 100, 200, 7};
	struct history_entry entry = {.outcome = OUTCOME_ACKNOWLEDGED,
				      .invoke_ns = CRAFT_SAMPLE_NS};

	craft_init(&c, &plan);
	for (int i = 0; i < RECORDS; i++)
		craft_append(&c, 1, &entry);
	craft_save(&c);
	gathered = manifest_history_path(&c.manifest, c.dir, 0, 1);
	folder = joined(c.dir, "left");
	left = joined(folder, strrchr(gathered, '/') + 1);
	ck_assert_int_eq(mkdir(folder, 0700), 0);
	ck_assert_int_eq(rename(gathered, left), 0);
	c.strategy->writers[1].history_path = strdup(left);
}

static void end(void)
{
	free(gathered);
	free(left);
	free(folder);
	craft_release(&c);
}

static int look(const char *place)
{
	const struct salvage_places places = {&place, place ? 1 : 0};
	struct manifest_writer *w = &c.strategy->writers[1];
	struct error err = {""};
	int rc;

	free(w->salvaged_path);
	w->salvaged_path = NULL;
	rc = salvage(&c.manifest, c.dir, &places, &err);
	ck_assert_int_eq(rc < 0, err.sentence[0] != '\0');
	return rc;
}

/* It is found at @path (NULL: nowhere), and what it tells is taken. */
static void expect(const char *path)
{
	const struct manifest_writer *w = &c.strategy->writers[1];
	struct history history;
	bool damaged;

	ck_assert_int_eq(w->astray, path == NULL);
	ck_assert_pstr_eq(w->salvaged_path, path);
	ck_assert_int_eq(recall(&c.manifest, c.dir, 0, 1, NULL, &history, &damaged), 0);
	ck_assert_uint_eq(history.count, path ? RECORDS : 0);
	ck_assert_int_eq(damaged, path == NULL);
	history_close(&history);
}

START_TEST(where_its_writer_kept_it)
{
	begin();
	ck_assert_int_eq(look(NULL), 0);
	expect(left);
	ck_assert(!c.strategy->interrupted);
	/* The other one is where it belongs. */
	ck_assert_ptr_null(c.strategy->writers[0].salvaged_path);
	ck_assert(!c.strategy->writers[0].astray);
	end();
}
END_TEST

START_TEST(nowhere)
{
	begin();
	ck_assert_int_eq(unlink(left), 0);
	ck_assert_int_eq(look(NULL), 0);
	expect(NULL);
	end();
}
END_TEST

START_TEST(where_a_person_says)
{
	char *moved;

	begin();
	moved = joined(folder, "whatever.history");
	ck_assert_int_eq(rename(left, moved), 0);
	ck_assert_int_eq(look(NULL), 0);
	expect(NULL);
	ck_assert_int_eq(look(moved), 0);
	expect(moved);
	ck_assert_int_eq(look(folder), 0);
	expect(moved);
	free(moved);
	end();
}
END_TEST

START_TEST(a_place_without_any)
{
	char *other;

	begin();
	other = joined(c.dir, "data");
	ck_assert_int_eq(look(other), -ENOMSG);
	ck_assert_int_eq(look(MANIFEST_FILE), -ENOMSG);
	free(other);
	other = joined(c.dir, MANIFEST_FILE);
	ck_assert_int_eq(look(other), -ENOMSG);
	/* Another run's. */
	c.manifest.seed++;
	ck_assert_int_eq(look(left), -ENOMSG);
	ck_assert_int_eq(look(folder), -ENOMSG);
	free(other);
	end();
}
END_TEST

/* A manifest may name any file: only a history of its own is taken. */
START_TEST(where_only_a_manifest_says)
{
	char *moved, **path;

	begin();
	path = &c.strategy->writers[1].history_path;
	moved = joined(folder, "secret");

	/* Under another name. */
	ck_assert_int_eq(rename(left, moved), 0);
	free(*path);
	*path = strdup(moved);
	ck_assert_int_eq(look(NULL), 0);
	expect(NULL);

	/* By way of a link. */
	free(*path);
	*path = strdup(left);
	ck_assert_int_eq(symlink(moved, left), 0);
	ck_assert_int_eq(look(NULL), 0);
	expect(NULL);

	/* What would never answer. */
	ck_assert_int_eq(unlink(left), 0);
	ck_assert_int_eq(mkfifo(left, 0600), 0);
	ck_assert_int_eq(look(NULL), 0);
	expect(NULL);

	/* Another user's, which only root can make here. */
	ck_assert_int_eq(unlink(left), 0);
	ck_assert_int_eq(rename(moved, left), 0);
	ck_assert_int_eq(look(NULL), 0);
	expect(left);
	if (geteuid() == 0) {
		ck_assert_int_eq(chown(left, 1, 1), 0);
		ck_assert_int_eq(look(NULL), 0);
		expect(NULL);
		/* A person may say otherwise. */
		free(*path);
		*path = NULL;
		ck_assert_int_eq(look(left), 0);
		expect(left);
	}
	free(moved);
	end();
}
END_TEST

/* The run ended while it gathered: the copy is not whole. */
START_TEST(a_piece_in_the_run_folder)
{
	char page[HISTORY_HEADER_BYTES + HISTORY_ENTRY_BYTES];
	FILE *from, *to;

	begin();
	from = fopen(left, "r");
	to = fopen(gathered, "w");
	ck_assert(from && to);
	ck_assert_uint_eq(fread(page, sizeof(page), 1, from), 1);
	ck_assert_uint_eq(fwrite(page, sizeof(page), 1, to), 1);
	fclose(from);
	fclose(to);
	ck_assert_int_eq(look(NULL), 0);
	expect(left);
	/* Where nothing better is found it is what there is. */
	ck_assert_int_eq(unlink(left), 0);
	ck_assert_int_eq(look(NULL), 0);
	ck_assert(!c.strategy->writers[1].astray);
	ck_assert_ptr_null(c.strategy->writers[1].salvaged_path);
	end();
}
END_TEST

/* Judged as far as it came, and safe in no case: nobody saw how it ended. */
START_TEST(a_strategy_under_way)
{
	struct judgment j;
	struct error err;

	begin();
	c.strategy->ran = false;
	c.strategy->writers[0].end = WRITER_ABSENT;
	c.strategy->writers[1].end = WRITER_ABSENT;
	c.strategy->writers[1].begun = 0;
	ck_assert_int_eq(look(NULL), 0);
	ck_assert(c.strategy->interrupted);
	expect(left);
	ck_assert_int_eq(judge_strategy(&c.manifest, c.dir, 0, &j, &err), 0);
	ck_assert_int_eq(j.verdict, VERDICT_UNSAFE);
	ck_assert_int_eq(j.anomalies[ANOMALY_LOST], RECORDS);
	judgment_release(&j);

	/* Without that history nothing is proven. */
	ck_assert_int_eq(unlink(left), 0);
	ck_assert_int_eq(look(NULL), 0);
	ck_assert_int_eq(judge_strategy(&c.manifest, c.dir, 0, &j, &err), 0);
	ck_assert_int_eq(j.verdict, VERDICT_INCONCLUSIVE);
	ck_assert_ptr_nonnull(strstr(j.reason, "the run ended before"));
	judgment_release(&j);
	end();
}
END_TEST

/* A strategy that the run did not come to, or that was skipped, was not under way. */
START_TEST(a_strategy_that_was_not_begun)
{
	begin();
	c.strategy->ran = false;
	c.strategy->skipped = strdup("no locks");
	ck_assert_int_eq(look(NULL), 0);
	ck_assert(!c.strategy->interrupted);
	free(c.strategy->skipped);
	c.strategy->skipped = NULL;
	free(c.strategy->writers[1].history_path);
	c.strategy->writers[1].history_path = NULL;
	ck_assert_int_eq(look(NULL), 0);
	ck_assert(!c.strategy->interrupted);
	end();
}
END_TEST

UNIT_MAIN("salvage", 20, where_its_writer_kept_it, nowhere, where_a_person_says,
	  a_place_without_any, where_only_a_manifest_says, a_piece_in_the_run_folder,
	  a_strategy_under_way, a_strategy_that_was_not_begun)
