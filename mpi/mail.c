/* mail - see mail.h. */
#include "mpi/mail.h"

#include "mpi/internal.h"

#include <errno.h>
#include <string.h>

void mailbox_init(struct mailbox *box, const struct world *world)
{
	*box = (struct mailbox){.world = world};
}

int mail_send(struct mailbox *box, uint32_t to, const struct mail *mail)
{
	struct mail letter = *mail;
	MPI_Request request;

	letter.from = box->world->rank;
	if (to == box->world->rank) {
		if (box->own_count == sizeof(box->own) / sizeof(box->own[0]))
			return -ENOSPC;
		box->own[box->own_count++] = letter;
		return 0;
	}
	if (to >= box->world->size)
		return -EINVAL;
	return mpi_wait_asleep(MPI_Isend(&letter, sizeof(letter), MPI_BYTE, (int)to,
					 TAG_MAIL, MPI_COMM_WORLD, &request),
			       &request, MPI_STATUS_IGNORE);
}

int mail_poll(struct mailbox *box, struct mail *ret_mail)
{
	MPI_Status status;
	struct mail letter;
	int arrived = 0;
	int rc;

	if (box->own_count) {
		*ret_mail = box->own[0];
		box->own_count--;
		memmove(box->own, box->own + 1, box->own_count * sizeof(box->own[0]));
		return 1;
	}
	if (box->world->size == 1)
		return 0;
	rc = mpi_errno(MPI_Iprobe(MPI_ANY_SOURCE, TAG_MAIL, MPI_COMM_WORLD, &arrived,
				  &status));
	if (rc < 0 || !arrived)
		return rc;
	/* It has arrived whole: a letter is far below any eager limit. */
	rc = mpi_errno(MPI_Recv(&letter, sizeof(letter), MPI_BYTE, status.MPI_SOURCE,
				TAG_MAIL, MPI_COMM_WORLD, &status));
	if (rc < 0)
		return rc;
	letter.from = (uint32_t)status.MPI_SOURCE;
	*ret_mail = letter;
	return 1;
}
