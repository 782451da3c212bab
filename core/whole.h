/* whole - small files that are written once, and read whole. */
#ifndef TAILRACE_CORE_WHOLE_H
#define TAILRACE_CORE_WHOLE_H

#include <stddef.h>
#include <stdint.h>

/* Make @path, which must not exist, with mode 0600.  0 or a negative errno. */
int whole_create(const char *path, const uint8_t *bytes, size_t length);

/*
 * Read the regular file @path, of @least to @most bytes, into new memory that the
 * caller frees.  -EBADMSG where it is no such file; or another negative errno.
 */
int whole_read(const char *path, size_t least, size_t most, uint8_t **ret_bytes,
	       size_t *ret_length);

#endif
