/*
 * bytes - statements about what stands in the data files, whoever wrote it.
 */
#include "tests/corpus/recipe.h"

#include <string.h>

static void put(struct recipe *r, const void *bytes, size_t length)
{
	craft_put(&r->craft, r->file, r->at, bytes, length);
	r->at += length;
}

void recipe_put_record(struct recipe *r, struct record_id id)
{
	record_write(&r->craft.form, id, r->record);
	put(r, r->record, record_size(&r->craft.form, id));
}

static void record(struct recipe *r, char **words)
{
	recipe_put_record(r, record_named(r, words[1]));
}

static void piece(struct recipe *r, char **words)
{
	struct record_id id = record_named(r, words[1]);
	uint64_t from = number(r, words[2]), length = number(r, words[3]);

	if (from + length > record_size(&r->craft.form, id))
		wrong(r, "longer than the record", words[1]);
	record_write(&r->craft.form, id, r->record);
	put(r, r->record + from, length);
}

/* A record of another run, or of another strategy of this run. */
static void stranger(struct recipe *r, const char *word, const char *run_id,
		     uint32_t strategy_index)
{
	struct record_plan plan = r->craft.form.plan;
	struct record_form form;

	if (run_id)
		memcpy(plan.run_id, run_id, sizeof(plan.run_id));
	plan.strategy_index = strategy_index;
	if (record_form_init(&form, &plan) < 0)
		wrong(r, "no such record", word);
	record_write(&form, record_named(r, word), r->record);
	put(r, r->record, record_size(&form, record_named(r, word)));
	record_form_release(&form);
}

static void other_run(struct recipe *r, char **words)
{
	stranger(r, words[1], "k3f000000000", 0);
}

static void other_strategy(struct recipe *r, char **words)
{
	stranger(r, words[1], NULL, 1);
}

static void nul(struct recipe *r, char **words)
{
	uint64_t length = number(r, words[1]);

	craft_put(&r->craft, r->file, r->at, NULL, 0);
	for (; length; length--)
		put(r, "", 1);
}

static void text(struct recipe *r, char **words)
{
	if (!words[1])
		wrong(r, "no text", "");
	put(r, words[1], strlen(words[1]));
}

static void at(struct recipe *r, char **words)
{
	r->at = strcmp(words[1] ? words[1] : "", "end") == 0
			? r->craft.files[r->file].length
			: r->base + number(r, words[1]);
}

static void flip(struct recipe *r, char **words)
{
	size_t offset = r->base + number(r, words[1]);

	if (offset >= r->craft.files[r->file].length)
		wrong(r, "beyond the file", words[1]);
	r->craft.files[r->file].bytes[offset] ^= 1;
}

static void truncate_at(struct recipe *r, char **words)
{
	r->craft.files[r->file].length = r->base + number(r, words[1]);
	r->at = r->craft.files[r->file].length;
}

static void file_choose(struct recipe *r, char **words)
{
	r->file = writer_named(r, words[1]);
	r->at = r->craft.files[r->file].length;
}

static void vanish(struct recipe *r, char **words)
{
	(void)words;
	r->craft.files[r->file].vanished = true;
}

const struct statement byte_statements[] = {
	{"record", false, record},
	{"piece", false, piece},
	{"other-run", false, other_run},
	{"other-strategy", false, other_strategy},
	{"nul", false, nul},
	{"text", false, text},
	{"at", false, at},
	{"flip", false, flip},
	{"truncate", false, truncate_at},
	{"file", false, file_choose},
	{"vanish", false, vanish},
	{0},
};
