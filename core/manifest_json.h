/*
 * manifest_json - what the writer and the reader of manifest.json share.
 */
#ifndef TAILRACE_CORE_MANIFEST_JSON_H
#define TAILRACE_CORE_MANIFEST_JSON_H

#include <jansson.h>

#define MANIFEST_SCHEMA	 "tailrace.manifest/1"
#define MANIFEST_SUM_KEY "crc32c"

/*
 * The CRC-32C, in hex, of @root in compact form with sorted keys; @root must not
 * have MANIFEST_SUM_KEY.  0 or -ENOMEM.
 */
int manifest_sum(json_t *root, char ret_hex[9]);

#endif
