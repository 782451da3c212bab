/* lock_none - no lock at all. */
#include "workloads/part.h"

static int acquire(struct data_file *file, bool block)
{
	(void)file;
	(void)block;
	return 0;
}

static int release(struct data_file *file)
{
	(void)file;
	return 0;
}

const struct lock_ops lock_none = {
	.name = "none",
	.summary = "no lock",
	.acquire = acquire,
	.release = release,
};
