/*
 * lock_token - a token that a service passes from writer to writer, first come
 * first served, instead of a lock of the file system.
 *
 * It says nothing to the file system.  What NFS promises without a lock is
 * close-to-open consistency (nfs(5), "Data and metadata coherence"): who opens a
 * file sees what was closed before.  So the token lies apart from the data file:
 * the file is opened under it and closed before it is passed on, and only that
 * order is claimed to be safe.
 */
#include "workloads/part.h"

static int acquire(struct data_file *file, bool block)
{
	return service_token_acquire(&file->service, block);
}

static int release(struct data_file *file)
{
	return service_token_release(&file->service);
}

/* A holder that cannot say that it is done takes the token along. */
static void end(struct data_file *file)
{
	service_disconnect(&file->service);
}

const struct lock_ops lock_token = {
	.name = "token",
	.summary = "a token that the ranks pass on by messages, in order of asking",
	.locks = true,
	.exclusive = true,
	.apart = true,
	.service = SERVICE_TOKEN,
	.acquire = acquire,
	.release = release,
	.close = end,
};
