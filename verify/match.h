/*
 * match - the streaming pass: each segment of a data file meets the history of
 * its writer.  Finds what can be said in file order: duplicates, records nobody
 * should have written, disorder, hand-offs; and lays aside all damage.
 */
#ifndef TAILRACE_VERIFY_MATCH_H
#define TAILRACE_VERIFY_MATCH_H

#include "verify/evidence.h"

/* Scan all data files.  0 or a negative errno with a sentence in @err. */
int match_files(struct evidence *evidence, struct error *err);

#endif
