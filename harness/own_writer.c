/* own_writer - see own_writer.h. */
#include "harness/own_writer.h"

#include "harness/tasks.h"

#include <signal.h>

int own_writer_start(struct own_writer *own, struct run *run,
		     const struct writer_job *job, struct error *err)
{
	int rc;

	*own = (struct own_writer){.in_rank = NULL};
	if (!strategy_in_rank(&job->spec))
		return spawner_launch(&run->spawner, TASK_WRITER, job, sizeof(*job),
				      &own->child, err);
	rc = rank_writer_start(&run->world, job, &own->in_rank, err);
	if (rc == 0)
		own->child.fd = rank_writer_fd(own->in_rank);
	return rc;
}

int own_writer_hear(const struct own_writer *own, void *message, size_t capacity,
		    int timeout_ms, size_t *ret_bytes)
{
	return child_receive(&own->child, message, capacity, timeout_ms, ret_bytes);
}

void own_writer_begin(const struct own_writer *own, uint64_t start_ns)
{
	struct writer_start start = {.start_ns = start_ns};

	/* If it cannot take this it is dead, which whoever listens finds out. */
	if (own->in_rank)
		rank_writer_begin(own->in_rank, start_ns);
	else
		child_send(&own->child, &start, sizeof(start));
}

void own_writer_stop(const struct own_writer *own)
{
	if (own->in_rank)
		rank_writer_stop(own->in_rank);
	else
		child_kill(&own->child, SIGUSR1);
}

void own_writer_signal(const struct own_writer *own, int signal_number)
{
	if (own->child.spawner)
		child_kill(&own->child, signal_number);
}

pid_t own_writer_pid(const struct own_writer *own)
{
	return own->in_rank ? rank_writer_tid(own->in_rank) : own->child.pid;
}

int own_writer_give_up(struct own_writer *own)
{
	int rc = 0;

	if (own->in_rank)
		rc = rank_writer_give_up(own->in_rank);
	else if (own->child.spawner)
		child_kill(&own->child, SIGKILL);
	own->in_rank = NULL;
	return rc;
}

void own_writer_bury(struct own_writer *own, int timeout_ms)
{
	struct child_end end;

	if (!own->child.spawner)
		return;
	child_kill(&own->child, SIGKILL);
	child_wait(&own->child, timeout_ms, &end);
}

void own_writer_release(struct own_writer *own)
{
	child_release(&own->child);
}

int own_writer_farewell(struct own_writer *own, bool close, int timeout_ms)
{
	int rc = own->in_rank ? rank_writer_farewell(own->in_rank, close, timeout_ms)
			      : 0;

	if (rc == 0)
		*own = (struct own_writer){.in_rank = NULL};
	return rc;
}
