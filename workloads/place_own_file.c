/*
 * place_own_file - each writer has a file of its own, and knows its end.
 *
 * Bytes that an error left behind the accepted ones are written over by the
 * next record.
 */
#include "workloads/place.h"

static int place(struct data_file *file, int64_t *ret_offset)
{
	*ret_offset = file->next;
	return 0;
}

const struct placement_ops place_own_file = {
	.name = "own-file",
	.summary = "a file for each writer, written one record behind the other",
	.shared_file = false,
	.place = place,
	.write = place_pwrite,
};
