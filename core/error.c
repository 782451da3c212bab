/* error - sentences for failures; see error.h. */
#include "core/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int error_set(struct error *err, int errnum, const char *fmt, ...)
{
	va_list args;

	if (err) {
		va_start(args, fmt);
		vsnprintf(err->sentence, sizeof(err->sentence), fmt, args);
		va_end(args);
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
	}
	return -errnum;
}
