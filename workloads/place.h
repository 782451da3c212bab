/*
 * place - how most placements write: the system calls, with a negative errno.
 */
#ifndef TAILRACE_WORKLOADS_PLACE_H
#define TAILRACE_WORKLOADS_PLACE_H

#include "workloads/part.h"

/* write(2) at the descriptor's offset. */
ssize_t place_write(struct data_file *file, const void *bytes, size_t size);

/* pwrite(2) at file->next, which moves on by what was accepted. */
ssize_t place_pwrite(struct data_file *file, const void *bytes, size_t size);

#endif
