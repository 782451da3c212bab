/*
 * harm - what befalls the run folder after the run: histories and views that are
 * removed, cut, changed, exchanged.
 */
#include "tests/corpus/recipe.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char *history_path(const struct craft *c, uint32_t w)
{
	return manifest_history_path(&c->manifest, c->dir, 0, w);
}

static char *first_view_path(const struct craft *c, uint32_t host)
{
	return view_path(&c->manifest, c->dir, 0, host, VIEW_FIRST);
}

/* Frees @path, as the next. */
static int file_remove(char *path)
{
	int rc = unlink(path);

	free(path);
	return rc;
}

/* Change the byte at @offset. */
static int file_flip(char *path, uint32_t offset)
{
	FILE *file = fopen(path, "r+");
	int byte;

	free(path);
	if (!file || fseek(file, offset, SEEK_SET) < 0)
		return -1;
	byte = fgetc(file);
	fseek(file, offset, SEEK_SET);
	fputc(byte ^ 1, file);
	return byte == EOF ? -1 : fclose(file);
}

static int remove_history(struct craft *c, const uint32_t *arguments)
{
	return file_remove(history_path(c, arguments[0]));
}

static int flip_history(struct craft *c, const uint32_t *arguments)
{
	return file_flip(history_path(c, arguments[0]), arguments[1]);
}

/* Leave the header and so many entries. */
static int cut_history(struct craft *c, const uint32_t *arguments)
{
	char *path = history_path(c, arguments[0]);
	int rc = truncate(path, HISTORY_HEADER_BYTES +
					(off_t)arguments[1] * HISTORY_ENTRY_BYTES);

	free(path);
	return rc;
}

static int swap_histories(struct craft *c, const uint32_t *arguments)
{
	char *a = history_path(c, arguments[0]);
	char *b = history_path(c, arguments[1]);
	int rc = renameat2(AT_FDCWD, a, AT_FDCWD, b, RENAME_EXCHANGE);

	free(a);
	free(b);
	return rc;
}

/* A history of the same appends, but of another run. */
static int foreign_history(struct craft *c, const uint32_t *arguments)
{
	char *path = history_path(c, arguments[0]);
	struct history_identity identity = {.run_id = "k3f000000000",
					    .writer = arguments[0]};
	struct craft_writer *w = &c->writers[arguments[0]];
	struct history_writer history;

	unlink(path);
	if (history_create(&history, path, &identity, w->count, NULL) < 0)
		return -1;
	for (size_t i = 0; i < w->count; i++) {
		history_intend(&history, w->entries[i].invoke_ns);
		history_conclude(&history, i, &w->entries[i]);
	}
	history_finish(&history);
	free(path);
	return 0;
}

static int remove_view(struct craft *c, const uint32_t *arguments)
{
	return file_remove(first_view_path(c, arguments[0]));
}

static int flip_view(struct craft *c, const uint32_t *arguments)
{
	return file_flip(first_view_path(c, arguments[0]), arguments[1]);
}

/* Give the first view of one host out for that of another. */
static int rename_view(struct craft *c, const uint32_t *arguments)
{
	char *from = first_view_path(c, arguments[0]);
	char *to = first_view_path(c, arguments[1]);
	int rc = rename(from, to);

	free(from);
	free(to);
	return rc;
}

static const struct {
	const char *name;
	int (*act)(struct craft *craft, const uint32_t *arguments);
} harms[] = {
	{"no-history", remove_history},	      {"cut-history", cut_history},
	{"swap-history", swap_histories},     {"flip-history", flip_history},
	{"foreign-history", foreign_history}, {"flip-view", flip_view},
	{"remove-view", remove_view},	      {"rename-view", rename_view},
};

bool harm_note(struct recipe *r, char **words)
{
	struct harm *harm = &r->harms[r->harm_count];
	size_t i = 0;

	while (i < sizeof(harms) / sizeof(harms[0]) &&
	       strcmp(words[0], harms[i].name) != 0)
		i++;
	if (i == sizeof(harms) / sizeof(harms[0]))
		return false;
	if (r->harm_count++ == HARMS_MAX)
		wrong(r, "too much harm", words[0]);
	harm->act = harms[i].act;
	harm->arguments[0] = writer_named(r, words[1]);
	harm->arguments[1] = words[2] ? (uint32_t)number(r, words[2]) : 0;
	return true;
}
