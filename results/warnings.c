/* warnings - what could not be made, but is no error; see writers.h. */
#include "results/writers.h"

#include <stdarg.h>
#include <string.h>

void add_warning(const struct output_context *context, const char *fmt, ...)
{
	char *text = context->warning->sentence;
	size_t room = sizeof(context->warning->sentence);
	size_t used = strlen(text);
	va_list args;

	if (used > 0)
		used += (size_t)snprintf(text + used, room - used, "; ");
	if (used >= room)
		return;
	va_start(args, fmt);
	vsnprintf(text + used, room - used, fmt, args);
	va_end(args);
}
