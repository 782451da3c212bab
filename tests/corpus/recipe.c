/* recipe - see recipe.h. */
#include "tests/corpus/recipe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS_MAX = 32 };

_Noreturn void wrong(const struct recipe *r, const char *what, const char *word)
{
	craft_die("%s:%u: %s: %s", r->path, r->line, what, word);
}

uint64_t number(const struct recipe *r, const char *word)
{
	char *end;
	uint64_t value = strtoull(word ? word : "", &end, 10);

	if (!word || end == word || *end)
		wrong(r, "not a number", word ? word : "(nothing)");
	return value;
}

struct record_id record_named(const struct recipe *r, const char *word)
{
	struct record_id id;
	char rest;

	if (!word || sscanf(word, "%u.%lu%c", &id.writer, &id.seq, &rest) != 2)
		wrong(r, "not W.S", word ? word : "(nothing)");
	return id;
}

uint32_t writer_named(const struct recipe *r, const char *word)
{
	uint64_t w = number(r, word);

	if (w >= r->craft.manifest.rank_count)
		wrong(r, "no such writer", word);
	return (uint32_t)w;
}

/* Cut @line into words; "..." is one word. */
static size_t split(struct recipe *r, char *line, char **words)
{
	size_t count = 0;

	for (;;) {
		char end = ' ';

		line += strspn(line, " \t\n");
		if (!*line || *line == '#')
			break;
		if (*line == '"')
			end = *line++;
		if (count == WORDS_MAX)
			wrong(r, "too many words", line);
		words[count++] = line;
		line += end == '"' ? strcspn(line, "\"") : strcspn(line, " \t\n");
		if (*line)
			*line++ = '\0';
	}
	words[count] = NULL;
	return count;
}

static void begin(struct recipe *r)
{
	r->begun = true;
	r->plan.writers += 2; /* the crowd */
	craft_init(&r->craft, &r->plan);
	r->record = craft_grow(NULL, r->plan.max_bytes);
	/* Of the crowd, one on each of the first two hosts. */
	r->craft.manifest.rank_host[r->plan.writers - 2] = 0;
	r->craft.manifest.rank_host[r->plan.writers - 1] = r->plan.hosts > 1;
}

/* NULL: there is none of that name. */
static const struct statement *statement_by_name(const char *name)
{
	static const struct statement *const tables[] = {
		run_statements,	 append_statements, byte_statements,
		view_statements, expect_statements,
	};

	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		for (const struct statement *s = tables[i]; s->name; s++)
			if (strcmp(s->name, name) == 0)
				return s;
	return NULL;
}

static void line_run(struct recipe *r, char *line)
{
	char *words[WORDS_MAX + 1];
	const struct statement *statement;
	bool before;

	if (!split(r, line, words))
		return;
	statement = statement_by_name(words[0]);
	before = statement && statement->before;
	if (r->begun && before)
		wrong(r, "must stand before the rest", words[0]);
	if (!r->begun && !before)
		begin(r);
	if (statement)
		statement->act(r, words);
	else if (!harm_note(r, words))
		wrong(r, "no such statement", words[0]);
}

static void lines_run(struct recipe *r)
{
	FILE *file = fopen(r->path, "r");
	char *line = NULL;
	size_t capacity = 0;

	if (!file)
		craft_die("cannot open %s: %m", r->path);
	while (getline(&line, &capacity, file) >= 0) {
		r->line++;
		line_run(r, line);
	}
	free(line);
	fclose(file);
}

void recipe_read(struct recipe *ret_recipe, const char *path)
{
	struct recipe *r = ret_recipe;

	*r = (struct recipe){
		.path = path,
		.plan = {.hosts = 2, .writers = 2, .min_bytes = 100, .max_bytes = 100},
		.time_zero_ns = CRAFT_SAMPLE_NS,
	};
	for (int kind = 0; kind < ANOMALY_COUNT; kind++)
		r->expected.counts[kind] = UNSAID;
	for (int i = 0; i < EXTRAS; i++)
		r->expected.extras[i] = UNSAID;
	lines_run(r);
	if (!r->expected.said)
		craft_die("%s: expects nothing", path);
}

void recipe_release(struct recipe *recipe)
{
	free(recipe->record);
	free((char *)recipe->expected.reason);
	craft_views_release(&recipe->views);
	craft_release(&recipe->craft);
}
