/*
 * version - what this program is and how it was built: the first thing that a bug
 * report needs.
 */
#ifndef TAILRACE_HARNESS_VERSION_H
#define TAILRACE_HARNESS_VERSION_H

#include <stdio.h>

/*
 * Version and commit, compiler and build type, MPI, JSON library, and how CRC-32C
 * is reckoned on this processor; a line each.
 */
void version_print(FILE *stream);

#endif
