/* run - see run.h. */
#include "harness/run.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* What a rank reports, and what is agreed on. */
struct agreement {
	int32_t exit_code;
	char sentence[sizeof(((struct error *)0)->sentence)];
};

void run_lost_touch(const struct run *run, int rc)
{
	fprintf(stderr, "tailrace: rank %u lost touch with the others: %s\n",
		run->world.rank, strerror(-rc));
	world_abort(&run->world, EXIT_COULD_NOT_RUN);
}

/*
 * First the exit codes alone: a sentence per rank would be a megabyte for every
 * thousand of them, and nearly always empty.
 */
enum exit_code run_agree(const struct run *run, enum exit_code exit_code,
			 struct error *err)
{
	const struct world *world = &run->world;
	struct agreement mine = {.exit_code = (int32_t)exit_code};
	int32_t *codes = calloc(world->size, sizeof(*codes));
	uint32_t first = 0;
	size_t bytes;
	int rc;

	rc = codes ? world_all_gather(world, &mine.exit_code, sizeof(*codes), codes)
		   : -ENOMEM;
	if (rc < 0)
		run_lost_touch(run, rc);
	while (first < world->size && codes[first] == EXIT_SAFE)
		first++;
	free(codes);
	if (first == world->size)
		return EXIT_SAFE;

	memcpy(mine.sentence, err->sentence, sizeof(mine.sentence));
	if (first && world->rank == first)
		rc = world_send(world, 0, &mine, sizeof(mine));
	else if (first && world->rank == 0)
		rc = world_receive(world, first, &mine, sizeof(mine), &bytes);
	if (rc == 0)
		rc = world_broadcast(world, &mine, sizeof(mine));
	if (rc < 0)
		run_lost_touch(run, rc);
	error_set(err, 0, "%s", mine.sentence);
	return (enum exit_code)mine.exit_code;
}

struct gathered *run_gather(const struct run *run, const char *source,
			    gather_path_fn target_path, void *context)
{
	struct gathered *gathered = NULL;
	struct stat st = {0};
	int rc = 0;

	if (run_is_first(run)) {
		gathered = calloc(run->world.size, sizeof(*gathered));
		rc = gathered ? 0 : -ENOMEM;
	}
	if (source && stat(source, &st) < 0)
		source = NULL;
	if (rc == 0)
		rc = gather_files(&run->world, source, (uint64_t)st.st_size,
				  target_path, context, gathered);
	if (rc < 0)
		run_lost_touch(run, rc);
	return gathered;
}

bool run_is_first(const struct run *run)
{
	return run->world.rank == 0;
}

int run_timeout_ms(const struct run *run)
{
	uint64_t ms = run->plan.timeout_ns / 1000000u;

	return ms < 1 ? 1 : ms > INT_MAX ? INT_MAX : (int)ms;
}

bool run_all_closed(const struct run *run, const struct manifest_strategy *strategy)
{
	for (uint32_t rank = 0; rank < run->manifest.rank_count; rank++)
		if (strategy->writers[rank].end == WRITER_HUNG)
			return false;
	return true;
}
