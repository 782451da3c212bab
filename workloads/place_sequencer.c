/*
 * place_sequencer - pwrite(2) at an offset that a service handed out, without any
 * lock: no two writers have a byte in common.
 *
 * They may have a page in common, and the NFS client writes back pages.  Where a
 * page counts as up to date and no lock is held, a buffered write is widened to
 * what the client believes the page holds (nfs_can_extend_write() in
 * fs/nfs/write.c): a page beyond the end of the file that it knows holds NULs,
 * which then overwrite what others have put there.  The same function lets a write
 * alone where the file was opened with O_DSYNC; and O_DIRECT passes by the pages.
 * So offsets are safe in slots of whole pages, or with one of these.
 */
#include "workloads/place.h"

#include <unistd.h>

static int place(struct data_file *file, int64_t *ret_offset)
{
	int rc = service_ticket(&file->service, file->batch_bytes, &file->next);

	if (rc == 0)
		*ret_offset = file->next;
	return rc;
}

const struct placement_ops place_sequencer = {
	.name = "sequencer",
	.summary = "pwrite(2) at the offset that a sequencer hands out",
	.shared_file = true,
	.shares_pages = true,
	.service = SERVICE_TICKETS,
	.place = place,
	.write = place_pwrite,
};

static uint64_t page_bytes(uint64_t batch_bytes)
{
	(void)batch_bytes;
	return (uint64_t)sysconf(_SC_PAGESIZE);
}

const struct placement_ops place_sequencer_aligned = {
	.name = "sequencer-aligned",
	.summary = "pwrite(2) at the next whole page that a sequencer hands out",
	.shared_file = true,
	.slot_bytes = page_bytes,
	.service = SERVICE_TICKETS,
	.place = place,
	.write = place_pwrite,
};
