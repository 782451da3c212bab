/* gather - see gather.h. */
#include "mpi/gather.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CHUNK_BYTES ((size_t)1 << 20)

/*
 * So many ranks are told beforehand that it is their turn: one that was asleep needs
 * some milliseconds to hear it, which thousands of ranks would add up to minutes.
 * What they send waits with them, but for what MPI sends eagerly.
 */
#define TOLD_AHEAD 16

/* What travels: a status, then up to CHUNK_BYTES; no bytes end the file. */
struct chunk {
	int32_t rc;
	uint8_t bytes[CHUNK_BYTES];
};
#define CHUNK_HEAD offsetof(struct chunk, bytes)

/* The file of this rank, as it is read. */
struct source {
	int fd;
	int rc; /* why it cannot be read (any more) */
	uint64_t left;
};

static void source_open(struct source *source, const char *path, uint64_t bytes)
{
	*source = (struct source){.fd = -1, .left = bytes};
	if (!path) {
		source->rc = -ENOENT;
		return;
	}
	source->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (source->fd < 0)
		source->rc = -errno;
}

static void source_close(struct source *source)
{
	if (source->fd >= 0)
		close(source->fd);
}

/* Fill @chunk; returns the number of its bytes, 0 at the end. */
static size_t source_read(struct source *source, struct chunk *chunk)
{
	size_t want = source->left < CHUNK_BYTES ? (size_t)source->left : CHUNK_BYTES;
	ssize_t got = 0;

	if (source->rc == 0 && want)
		got = TEMP_FAILURE_RETRY(read(source->fd, chunk->bytes, want));
	if (got < 0)
		source->rc = -errno;
	else if (got == 0 && want && source->rc == 0)
		source->rc = -ENODATA; /* shorter than promised */
	chunk->rc = source->rc;
	if (got <= 0)
		return 0;
	source->left -= (uint64_t)got;
	return (size_t)got;
}

/* Write all of @count bytes.  Returns 0 or a negative errno. */
static int write_all(int fd, const uint8_t *bytes, size_t count)
{
	ssize_t done;

	for (; count; bytes += done, count -= (size_t)done) {
		done = TEMP_FAILURE_RETRY(write(fd, bytes, count));
		if (done < 0)
			return -errno;
	}
	return 0;
}

static int target_open(gather_path_fn target_path, void *context, uint32_t rank)
{
	char *path = target_path(context, rank);
	int fd;

	if (!path)
		return -ENOMEM;
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		fd = -errno;
	free(path);
	return fd;
}

/* Rank 0: the next chunk of @rank, be it rank 0 itself. */
static int next_chunk(const struct world *world, uint32_t rank, struct source *own,
		      struct chunk *chunk, size_t *ret_bytes)
{
	size_t bytes = 0;
	int rc;

	if (rank == 0) {
		*ret_bytes = source_read(own, chunk);
		return 0;
	}
	rc = world_receive(world, rank, chunk, sizeof(*chunk), &bytes);
	if (rc < 0)
		return rc;
	if (bytes < CHUNK_HEAD)
		return -EPROTO;
	*ret_bytes = bytes - CHUNK_HEAD;
	return 0;
}

/* A file that cannot be written is still received, so that the sender ends. */
static int receive_file(const struct world *world, uint32_t rank, struct source *own,
			struct chunk *chunk, int fd, struct gathered *ret_gathered)
{
	struct gathered gathered = {.target_rc = fd < 0 ? fd : 0};
	size_t bytes;
	int rc;

	do {
		rc = next_chunk(world, rank, own, chunk, &bytes);
		if (rc < 0)
			return rc;
		gathered.source_rc = chunk->rc;
		if (gathered.target_rc == 0)
			gathered.target_rc = write_all(fd, chunk->bytes, bytes);
		gathered.bytes += bytes;
	} while (bytes);
	*ret_gathered = gathered;
	return 0;
}

static int send_file(const struct world *world, struct source *source,
		     struct chunk *chunk)
{
	size_t bytes;
	int rc;

	rc = world_receive(world, 0, chunk, 0, &bytes); /* our turn */
	do {
		if (rc < 0)
			return rc;
		bytes = source_read(source, chunk);
		rc = world_send(world, 0, chunk, CHUNK_HEAD + bytes);
	} while (bytes);
	return rc;
}

/* Rank 0: it is the turn of @rank, if there is such a rank. */
static int give_turn(const struct world *world, uint32_t rank)
{
	return rank < world->size ? world_send(world, rank, "", 0) : 0;
}

static int receive_all(const struct world *world, struct source *own,
		       struct chunk *chunk, gather_path_fn target_path, void *context,
		       struct gathered *ret_gathered)
{
	int rc = 0;

	for (uint32_t rank = 1; rank < TOLD_AHEAD && rc == 0; rank++)
		rc = give_turn(world, rank);
	for (uint32_t rank = 0; rank < world->size && rc == 0; rank++) {
		int fd = target_open(target_path, context, rank);

		rc = give_turn(world, rank + TOLD_AHEAD);
		if (rc == 0)
			rc = receive_file(world, rank, own, chunk, fd,
					  &ret_gathered[rank]);
		if (fd >= 0 && close(fd) < 0 && ret_gathered[rank].target_rc == 0)
			ret_gathered[rank].target_rc = -errno;
	}
	return rc;
}

int gather_files(const struct world *world, const char *source, uint64_t source_bytes,
		 gather_path_fn target_path, void *context,
		 struct gathered *ret_gathered)
{
	struct chunk *chunk = malloc(sizeof(*chunk));
	struct source own;
	int rc;

	if (!chunk)
		return -ENOMEM;
	source_open(&own, source, source_bytes);
	if (world->rank == 0)
		rc = receive_all(world, &own, chunk, target_path, context,
				 ret_gathered);
	else
		rc = send_file(world, &own, chunk);
	source_close(&own);
	free(chunk);
	return rc;
}
