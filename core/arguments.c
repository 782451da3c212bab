/* arguments - see arguments.h. */
#include "core/arguments.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Takes @text, and frees it where it fails. */
static char *adopt(struct arguments *arguments, char *text)
{
	char **items = NULL;

	if (text)
		items = reallocarray(arguments->items, arguments->count + 2,
				     sizeof(*items));
	if (!items) {
		free(text);
		return NULL;
	}
	arguments->items = items;
	items[arguments->count++] = text;
	items[arguments->count] = NULL;
	return text;
}

char *arguments_add(struct arguments *arguments, const char *text)
{
	return adopt(arguments, strdup(text));
}

void arguments_release(struct arguments *arguments)
{
	for (size_t i = 0; i < arguments->count; i++)
		free(arguments->items[i]);
	free(arguments->items);
	memset(arguments, 0, sizeof(*arguments));
}

/* The state of one expansion. */
struct expansion {
	struct arguments *arguments;
	unsigned int files; /* read so far */
	bool literal;	    /* behind "--" */
	struct error *err;
};

/* All of @path, with a NUL behind, as a new string. */
static int read_whole(const char *path, char **ret_text, struct error *err)
{
	char *text = malloc(ARGUMENTS_FILE_BYTES_MAX + 1);
	size_t used = 0;
	ssize_t n = 0;
	int rc = 0;
	int fd;

	if (!text)
		return error_sys(err, ENOMEM, "cannot read the arguments in %s", path);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		do {
			n = read(fd, text + used, ARGUMENTS_FILE_BYTES_MAX + 1 - used);
			used += n > 0 ? (size_t)n : 0;
		} while (n > 0 && used <= ARGUMENTS_FILE_BYTES_MAX);
	}
	if (fd < 0 || n < 0)
		rc = error_sys(err, errno, "cannot read the arguments in %s", path);
	else if (used > ARGUMENTS_FILE_BYTES_MAX)
		rc = error_set(err, EINVAL, "%s is too large for a file of arguments",
			       path);
	else if (memchr(text, '\0', used))
		rc = error_set(err, EINVAL, "%s is no file of arguments: it has NULs",
			       path);
	if (fd >= 0)
		close(fd);
	if (rc < 0) {
		free(text);
		return rc;
	}
	text[used] = '\0';
	*ret_text = text;
	return 0;
}

/* Undo the backslashes of @line in place; -EINVAL for one that means nothing. */
static int unescape(char *line)
{
	char *to = line;

	for (const char *from = line; *from; from++) {
		char c = *from;

		if (c == '\\') {
			from++;
			if (*from == 'n')
				c = '\n';
			else if (*from && strchr("\\#@", *from))
				c = *from;
			else
				return -EINVAL;
		}
		*to++ = c;
	}
	*to = '\0';
	return 0;
}

static int expand_file(struct expansion *expansion, const char *path,
		       unsigned int depth);

/* One argument, or the file that it names. */
static int expand_one(struct expansion *expansion, const char *text, unsigned int depth)
{
	if (text[0] == '@' && text[1] && !expansion->literal)
		return expand_file(expansion, text + 1, depth);
	if (strcmp(text, "--") == 0)
		expansion->literal = true;
	if (!arguments_add(expansion->arguments, text))
		return error_sys(expansion->err, ENOMEM, "cannot keep the arguments");
	return 0;
}

static int expand_line(struct expansion *expansion, char *line, const char *path,
		       size_t number, unsigned int depth)
{
	bool escaped = line[0] == '\\';

	if (line[0] == '\0' || line[0] == '#')
		return 0;
	if (unescape(line) < 0)
		return error_set(expansion->err, EINVAL,
				 "%s line %zu: behind a backslash only n, \\, # or @ "
				 "can stand",
				 path, number);
	if (!escaped)
		return expand_one(expansion, line, depth);
	if (!arguments_add(expansion->arguments, line))
		return error_sys(expansion->err, ENOMEM, "cannot keep the arguments");
	return 0;
}

static int expand_file(struct expansion *expansion, const char *path,
		       unsigned int depth)
{
	size_t number = 0;
	char *text = NULL;
	char *rest;
	char *line;
	int rc;

	if (depth >= ARGUMENTS_DEPTH_MAX || expansion->files >= ARGUMENTS_FILES_MAX)
		return error_set(expansion->err, EINVAL,
				 "@%s: files of arguments name each other too often",
				 path);
	expansion->files++;
	rc = read_whole(path, &text, expansion->err);
	if (rc < 0)
		return rc;
	rest = text;
	while (rc == 0 && (line = strsep(&rest, "\n")) != NULL)
		rc = expand_line(expansion, line, path, ++number, depth + 1);
	free(text);
	return rc;
}

int arguments_expand(struct arguments *arguments, int argc, char *const *argv,
		     struct error *err)
{
	struct arguments expanded = {0};
	struct expansion expansion = {.arguments = &expanded, .err = err};
	int rc = 0;

	for (int i = 0; i < argc && rc == 0; i++)
		rc = expand_one(&expansion, argv[i], 0);
	if (rc < 0) {
		arguments_release(&expanded);
		return rc;
	}
	*arguments = expanded;
	return 0;
}

int arguments_write(FILE *file, const char *text)
{
	if (text[0] == '#' || text[0] == '@')
		fputc('\\', file);
	for (; *text; text++) {
		if (*text == '\n')
			fputs("\\n", file);
		else if (*text == '\\')
			fputs("\\\\", file);
		else
			fputc(*text, file);
	}
	fputc('\n', file);
	return ferror(file) ? -EIO : 0;
}
