/*
 * format - names and counts as they are to stand in files and on a terminal;
 * core/units.h has sizes and durations.
 *
 * Names come from a run folder and may hold any byte but NUL.  What machines read
 * (CSV, JSON) escapes them as core/text.h says, so that the way back is exact.
 * What people read escapes control characters too, and leaves percent signs alone.
 *
 * The put_ functions leave errors to ferror(3) of the stream.
 */
#ifndef TAILRACE_RESULTS_FORMAT_H
#define TAILRACE_RESULTS_FORMAT_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Enough for every count. */
enum { FORMAT_MAX = 32 };

/* @name on one line, without control characters. */
void put_name(FILE *stream, const char *name);

/* The same as a new string that the caller frees; NULL without memory. */
char *printable_name(const char *name);

/* One field of CSV (RFC 4180), quoted where it must be; may hold line breaks. */
void put_csv_field(FILE *stream, const char *field);

/*
 * One field of a tab separated file that gnuplot reads: like put_name, and with
 * %22 for the double quote, which gnuplot would take for a delimiter.
 */
void put_tsv_field(FILE *stream, const char *field);

/* A string literal for gnuplot, in single quotes: nothing in it is expanded. */
void put_gnuplot_string(FILE *stream, const char *text);

/* A word for sh(1), as it is, quoted where it must be. */
void put_shell_word(FILE *stream, const char *word);

/* How many columns UTF-8 takes on a terminal, one for each character. */
size_t text_columns(const char *text);

/*
 * Print @text with a line break between words where a line would grow beyond
 * @columns; continued lines begin with @indent blanks.  @used is the column
 * where it begins.  No line break at the end.
 */
void put_wrapped(FILE *stream, const char *text, size_t used, size_t indent,
		 size_t columns);

/* "1,234,567" */
void format_count(char buffer[FORMAT_MAX], uint64_t count);

#endif
