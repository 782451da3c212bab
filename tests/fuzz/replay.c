/*
 * TARGET_replay PATH... - feed files, or those in folders, to a fuzz target: what
 * libFuzzer's own main does with files, for any compiler.
 */
#include "tests/fuzz/fuzz.h"

#include <ftw.h>
#include <sys/stat.h>

static size_t files;

static int feed(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	size_t length = (size_t)st->st_size;
	uint8_t *bytes;
	FILE *file;

	(void)ftw;
	if (type != FTW_F)
		return 0;
	/* Of its exact size, so that a sanitizer sees what reads beyond it. */
	bytes = malloc(length ? length : 1);
	file = fopen(path, "r");
	if (!bytes || !file || fread(bytes, 1, length, file) != length)
		abort();
	fclose(file);
	printf("%s\n", path);
	fflush(stdout); /* the last one named is the one that crashes */
	LLVMFuzzerTestOneInput(bytes, length);
	free(bytes);
	files++;
	return 0;
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (nftw(argv[i], feed, 8, FTW_PHYS) != 0)
			abort();
	printf("%zu inputs\n", files);
	return files ? EXIT_SUCCESS : EXIT_FAILURE;
}
