/* craft - see craft.h. */
#include "tests/craft/craft.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void craft_die(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
	exit(2);
}

void craft_must(const struct craft *craft, int rc)
{
	if (rc < 0)
		craft_die("%s", craft->err.sentence);
}

const char *craft_parent(void)
{
	const char *parent = getenv("TMPDIR");

	return parent && *parent ? parent : "/tmp";
}

void *craft_grow(void *memory, size_t bytes)
{
	memory = realloc(memory, bytes ? bytes : 1);
	if (!memory)
		craft_die("no memory");
	return memory;
}
