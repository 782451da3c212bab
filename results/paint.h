/* paint - colour for the page that a person reads, which is composed without. */
#ifndef TAILRACE_RESULTS_PAINT_H
#define TAILRACE_RESULTS_PAINT_H

#include <stdio.h>

/*
 * Copy @page, the text of a summary.txt, to @stream, with verdicts in their
 * colours, headings in bold, and the figures of what is not safe dimmed; nothing
 * else of it changes.  Returns 0 or a negative errno where @page could not be read;
 * errors of @stream are left to ferror(3).
 */
int paint_page(FILE *page, FILE *stream);

#endif
