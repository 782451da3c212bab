/* xml - text as XML and HTML can hold it. */
#ifndef TAILRACE_RESULTS_XML_H
#define TAILRACE_RESULTS_XML_H

#include <stdio.h>

/*
 * Put @bytes, which may be anything but NUL, as the text of an element or as the value
 * of an attribute in double quotes.  Control characters and bytes that are no UTF-8,
 * which XML 1.0 cannot hold (section 2.2), stand as %XX.
 */
void put_xml_text(FILE *stream, const char *bytes);

/* The same of an element in which line breaks stay what they are. */
void put_xml_lines(FILE *stream, const char *bytes);

#endif
