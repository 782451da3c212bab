/*
 * gathering MIB FOLDER - under mpirun: each rank leaves so many MiB in a file of its
 * own in FOLDER, and rank 0 gathers them there, as a run does with its histories.  It
 * prints how many bytes came, how long that took, and by how many bytes its memory grew
 * at most (getrusage(2), ru_maxrss).  Exit code 0: every byte arrived.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "core/clock.h"
#include "mpi/gather.h"

#define PIECE_BYTES ((size_t)1 << 16)

/* A block that tells its rank and its place. */
static void fill(uint8_t *piece, uint32_t rank, uint64_t number)
{
	memset(piece, (int)('a' + (rank * 7 + number) % 26), PIECE_BYTES);
}

static char *path_of(const char *folder, const char *kind, uint32_t rank)
{
	char *path;

	return asprintf(&path, "%s/%s.%u", folder, kind, rank) < 0 ? NULL : path;
}

static char *target_path(void *context, uint32_t rank)
{
	return path_of(context, "gathered", rank);
}

/* True: all of it is written. */
static bool leave(const char *path, uint32_t rank, uint64_t bytes)
{
	static uint8_t piece[PIECE_BYTES];
	FILE *file = fopen(path, "wxe");

	for (uint64_t i = 0; file && i < bytes / PIECE_BYTES; i++) {
		fill(piece, rank, i);
		fwrite(piece, 1, PIECE_BYTES, file);
	}
	return file && fclose(file) == 0;
}

/* True: it holds what that rank left. */
static bool arrived(const char *path, uint32_t rank, uint64_t bytes)
{
	static uint8_t piece[PIECE_BYTES], expected[PIECE_BYTES];
	FILE *file = fopen(path, "re");
	bool same = file != NULL;

	for (uint64_t i = 0; same && i < bytes / PIECE_BYTES; i++) {
		fill(expected, rank, i);
		same = fread(piece, 1, PIECE_BYTES, file) == PIECE_BYTES &&
		       memcmp(piece, expected, PIECE_BYTES) == 0;
	}
	same = same && fgetc(file) == EOF;
	if (file)
		fclose(file);
	return same;
}

static uint64_t peak_bytes(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return (uint64_t)usage.ru_maxrss * 1024;
}

/* Rank 0: tell, and look at what came. */
static int conclude(const struct world *world, char *folder, uint64_t bytes,
		    uint64_t took_ns, uint64_t grown_bytes)
{
	int wrong = 0;

	printf("%" PRIu64 " bytes in %.3f s, %" PRIu64 " bytes of memory\n",
	       bytes * world->size, (double)took_ns / 1e9, grown_bytes);
	for (uint32_t rank = 0; rank < world->size; rank++) {
		char *path = target_path(folder, rank);

		wrong |= !path || !arrived(path, rank, bytes);
		free(path);
	}
	return wrong;
}

/* All ranks; one that fails alone is ended by mpirun with the others. */
static int gather(const struct world *world, char *folder, const char *source,
		  struct gathered *ret_gathered, uint64_t bytes)
{
	uint64_t peak, began_ns;

	if (!leave(source, world->rank, bytes) || world_barrier(world) < 0)
		return 1;
	peak = peak_bytes();
	began_ns = clock_now_ns();
	if (gather_files(world, source, bytes, target_path, folder, ret_gathered) < 0)
		return 1;
	if (world->rank != 0)
		return 0;
	return conclude(world, folder, bytes, clock_now_ns() - began_ns,
			peak_bytes() - peak);
}

int main(int argc, char **argv)
{
	struct gathered *gathered;
	struct world world;
	struct error err;
	char *source;
	int wrong = 1;

	if (argc != 3 || world_init(&world, false, &err) < 0)
		return 2;
	gathered = calloc(world.size, sizeof(*gathered));
	source = path_of(argv[2], "left", world.rank);
	if (gathered && source)
		wrong = gather(&world, argv[2], source, gathered,
			       strtoull(argv[1], NULL, 10) << 20);
	free(source);
	free(gathered);
	world_finalize(&world);
	return wrong;
}
