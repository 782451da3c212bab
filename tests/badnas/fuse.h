/* fuse - libfuse's low-level interface, in the version that we are written for. */
#ifndef TAILRACE_TESTS_BADNAS_FUSE_H
#define TAILRACE_TESTS_BADNAS_FUSE_H

#define FUSE_USE_VERSION 35
#include <fuse_lowlevel.h>

#endif
