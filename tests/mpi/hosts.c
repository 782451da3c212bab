/*
 * hosts - preloaded, has every second rank of one machine be on another host, as far as
 * that is told by the network namespace (mpi/hosts.h).
 *
 * TAILRACE_SHARE=missing, cut or flip: what becomes of the list that host 1 makes
 * of its share, before it is gathered.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int on_host_1(void)
{
	const char *rank = getenv("OMPI_COMM_WORLD_RANK");

	return rank && strtol(rank, NULL, 10) % 2;
}

static void harm(const char *path)
{
	const char *how = getenv("TAILRACE_SHARE");
	FILE *file;
	long size;

	if (!how || access(path, F_OK) < 0)
		return;
	if (strcmp(how, "missing") == 0)
		unlink(path);
	file = fopen(path, "r+");
	if (!file)
		return;
	fseek(file, 0, SEEK_END);
	size = ftell(file);
	if (strcmp(how, "cut") == 0 && ftruncate(fileno(file), size / 2) < 0)
		abort();
	if (strcmp(how, "flip") == 0) {
		int byte;

		fseek(file, size * 2 / 3, SEEK_SET);
		byte = fgetc(file);
		fseek(file, size * 2 / 3, SEEK_SET);
		fputc(byte ^ 0x10, file);
	}
	fclose(file);
}

int stat(const char *path, struct stat *st)
{
	int (*next)(const char *, struct stat *) =
		(int (*)(const char *, struct stat *))dlsym(RTLD_NEXT, "stat");
	size_t length = strlen(path);
	int rc;

	/* The rank's first look at a list is before it sends it. */
	if (on_host_1() && length > 6 && strcmp(path + length - 6, ".share") == 0)
		harm(path);
	rc = next(path, st);
	if (rc == 0 && on_host_1() && strcmp(path, "/proc/self/ns/net") == 0)
		st->st_ino++;
	return rc;
}
