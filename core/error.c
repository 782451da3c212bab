/* error - sentences for failures; see error.h. */
#include "core/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/*
 * What users and file names say may stand in a sentence, but neither end it
 * nor move the cursor of a terminal.
 */
static void keep_to_one_line(char *sentence)
{
	for (char *c = sentence; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = '?';
}

int error_set(struct error *err, int errnum, const char *fmt, ...)
{
	va_list args;

	if (err) {
		va_start(args, fmt);
		vsnprintf(err->sentence, sizeof(err->sentence), fmt, args);
		va_end(args);
		keep_to_one_line(err->sentence);
	}
	return -errnum;
}

int error_sys(struct error *err, int errnum, const char *fmt, ...)
{
	va_list args;
	size_t used;

	if (err) {
		va_start(args, fmt);
		vsnprintf(err->sentence, sizeof(err->sentence), fmt, args);
		va_end(args);
		used = strlen(err->sentence);
		snprintf(err->sentence + used, sizeof(err->sentence) - used, ": %s",
			 strerror(errnum));
		keep_to_one_line(err->sentence);
	}
	return -errnum;
}
