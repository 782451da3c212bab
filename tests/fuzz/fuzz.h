/* fuzz - what the fuzz targets share. */
#ifndef TAILRACE_TESTS_FUZZ_H
#define TAILRACE_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What libFuzzer calls. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

/* Make the bytes the content of @path. */
static inline void fuzz_file(const char *path, const uint8_t *bytes, size_t length)
{
	FILE *file = fopen(path, "w");

	if (!file || fwrite(bytes, 1, length, file) != length || fclose(file) != 0)
		abort();
}

/* What fuzz_patch makes, in a buffer that the caller frees. */
struct fuzz_bytes {
	uint8_t *bytes;
	size_t length;
};

/* All of the file @path. */
static inline struct fuzz_bytes fuzz_read(const char *path)
{
	enum { MOST = 1 << 16 };
	struct fuzz_bytes whole = {malloc(MOST), 0};
	FILE *file = fopen(path, "r");

	if (!file || !whole.bytes)
		abort();
	whole.length = fread(whole.bytes, 1, MOST, file);
	fclose(file);
	return whole;
}

/*
 * @base with changes that @input tells, four bytes each and what follows: where,
 * how many bytes are replaced there, and by how many of the next of @input.
 */
static inline struct fuzz_bytes fuzz_patch(const uint8_t *base, size_t base_length,
					   const uint8_t *input, size_t length)
{
	struct fuzz_bytes made = {malloc(base_length + length + 1), base_length};

	if (!made.bytes)
		abort();
	memcpy(made.bytes, base, base_length);
	while (length >= 4 && made.length) {
		size_t at = (input[0] | (size_t)input[1] << 8) % made.length;
		size_t out = input[2], in = input[3];

		input += 4;
		length -= 4;
		out = out > made.length - at ? made.length - at : out;
		in = in > length ? length : in;
		memmove(made.bytes + at + in, made.bytes + at + out,
			made.length - at - out);
		memcpy(made.bytes + at, input, in);
		made.length += in - out;
		input += in;
		length -= in;
	}
	return made;
}

#endif
