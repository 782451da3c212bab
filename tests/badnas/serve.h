/* serve - the requests of the kernel, answered out of the store. */
#ifndef TAILRACE_TESTS_BADNAS_SERVE_H
#define TAILRACE_TESTS_BADNAS_SERVE_H

#include "tests/badnas/fuse.h"

/*
 * The file system; its user data is a struct badnas.  One thread: a request is
 * answered before the next is looked at, or kept until it can be answered.
 */
extern const struct fuse_lowlevel_ops serve_ops;

#endif
