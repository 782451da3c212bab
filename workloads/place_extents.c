/*
 * place_extents - pwrite(2) into an extent of one's own, which a sequencer hands out:
 * one ticket serves many appends, and none of them waits for a lock or for another.
 *
 * An extent is made of whole pages, of any host whose pages are at most 64 KiB: so no
 * two writers have a page in common, and what the NFS client does with pages
 * (place_sequencer.c) meets nobody.  Each place is given away once, also that of a
 * write which failed or came back short: what may still be on its way to the server
 * lands there, and on nothing else.
 *
 * A writer's extents lie one behind the other in the order in which it drew them, and
 * so do its records; those of different writers do not stand in the order of time.
 */
#include "workloads/place.h"

/* The largest page of a Linux that people run NFS clients on (arm64, ppc64). */
#define EXTENT_BYTES ((uint64_t)64 << 10)

/* So that the rest, which no whole batch fits into, is a fifth of an extent at most. */
#define EXTENT_BATCHES 4

static uint64_t slot_bytes(uint64_t batch_bytes)
{
	uint64_t least = EXTENT_BATCHES * batch_bytes;

	return (least + EXTENT_BYTES - 1) / EXTENT_BYTES * EXTENT_BYTES;
}

static int place(struct data_file *file, int64_t *ret_offset)
{
	if (file->slot_left < file->batch_bytes) {
		int rc = service_ticket(&file->service, file->slot_bytes,
					&file->slot_next);

		if (rc < 0)
			return rc;
		file->slot_left = file->slot_bytes;
		file->slots++;
	}
	file->next = *ret_offset = file->slot_next;
	file->slot_next += (int64_t)file->batch_bytes;
	file->slot_left -= file->batch_bytes;
	return 0;
}

const struct placement_ops place_extents = {
	.name = "extents",
	.summary = "pwrite(2) into whole pages of one's own, many appends a ticket",
	.shared_file = true,
	.slot_bytes = slot_bytes,
	.fills_slots = true,
	.service = SERVICE_TICKETS,
	.place = place,
	.write = place_pwrite,
};
