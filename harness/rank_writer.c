/* rank_writer - see rank_writer.h. */
#include "harness/rank_writer.h"

#include "core/clock.h"
#include "harness/tasks.h"
#include "mpi/shared_file.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

/* Between two calls of MPI it is busy with its history, on a local disk. */
#define GIVE_UP_TRIES 1000

enum order_kind { ORDER_BEGIN, ORDER_CLOSE, ORDER_LEAVE };

struct order {
	enum order_kind kind;
	uint64_t start_ns;
};

struct rank_writer {
	struct writer writer;
	struct writer_job job;
	struct shared_file *file;
	pthread_t thread;
	int fd, thread_fd; /* the two ends */
	_Atomic pid_t tid;
	bool prepared; /* the writer is */
	volatile sig_atomic_t stop;
};

/* ---- the thread ------------------------------------------------------------- */

/*
 * The writer, then the file: whatever becomes of the writer, the others wait in the
 * open for this rank.
 */
static void prepare(struct rank_writer *w, struct writer_ready *ready)
{
	struct error err = {""}, open_err = {""};
	int rc;

	ready->rc = writer_prepare_in_rank(&w->writer, &w->job,
					   shared_file_as_rank_file(w->file), &w->stop,
					   &ready->skip, &err);
	w->prepared = ready->rc == 0;
	rc = shared_file_open(w->file, &open_err);
	if (w->prepared && rc < 0) {
		ready->rc = rc;
		err = open_err;
	}
	snprintf(ready->sentence, sizeof(ready->sentence), "%.511s", err.sentence);
}

/* The next order; a rank that is no more leaves the file. */
static struct order next_order(const struct rank_writer *w)
{
	struct order order;
	size_t got = 0;

	if (task_receive(w->thread_fd, &order, sizeof(order), -1, &got) < 0 ||
	    got != sizeof(order))
		order.kind = ORDER_LEAVE;
	return order;
}

static void *live(void *arg)
{
	struct rank_writer *w = arg;
	struct writer_ready ready = {0};
	struct order order;

	atomic_store(&w->tid, gettid());
	prepare(w, &ready);
	task_send(w->thread_fd, &ready, sizeof(ready));
	order = next_order(w);
	if (order.kind == ORDER_BEGIN) {
		writer_run(&w->writer, order.start_ns);
		task_send(w->thread_fd, &w->writer.report, sizeof(w->writer.report));
		order = next_order(w);
	}
	if (order.kind == ORDER_LEAVE)
		shared_file_leave_open(w->file);
	if (w->prepared)
		writer_finish(&w->writer);
	else
		shared_file_close(w->file);
	task_send(w->thread_fd, &order, sizeof(order));
	return NULL;
}

/* ---- the rank ---------------------------------------------------------------- */

static int start_thread(struct rank_writer *w)
{
	sigset_t all, before;
	int rc;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	rc = -pthread_create(&w->thread, NULL, live, w);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return rc;
}

int rank_writer_start(const struct world *world, const struct writer_job *job,
		      struct rank_writer **ret_writer, struct error *err)
{
	struct rank_writer *w = calloc(1, sizeof(*w));
	int fds[2] = {-1, -1};
	int rc;

	if (!w)
		return error_sys(err, ENOMEM, "cannot keep the writer");
	w->job = *job;
	rc = shared_file_new(world, job->data_path, &w->file, err);
	if (rc < 0) {
		free(w);
		return rc;
	}
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) < 0)
		rc = -errno;
	w->fd = fds[0];
	w->thread_fd = fds[1];
	if (rc == 0)
		rc = start_thread(w);
	if (rc < 0) {
		/* The file stays: to free it takes all ranks. */
		close(fds[0]);
		close(fds[1]);
		free(w);
		return error_sys(err, -rc, "cannot start a thread");
	}
	*ret_writer = w;
	return 0;
}

int rank_writer_fd(const struct rank_writer *writer)
{
	return writer->fd;
}

pid_t rank_writer_tid(const struct rank_writer *writer)
{
	return atomic_load(&writer->tid);
}

int rank_writer_begin(const struct rank_writer *writer, uint64_t start_ns)
{
	struct order order = {.kind = ORDER_BEGIN, .start_ns = start_ns};

	return task_send(writer->fd, &order, sizeof(order));
}

void rank_writer_stop(struct rank_writer *writer)
{
	writer->stop = 1;
}

int rank_writer_farewell(struct rank_writer *writer, bool close_file, int timeout_ms)
{
	struct order order = {.kind = close_file ? ORDER_CLOSE : ORDER_LEAVE};
	size_t got = 0;
	int rc = task_send(writer->fd, &order, sizeof(order));

	if (rc == 0)
		rc = task_receive(writer->fd, &order, sizeof(order), timeout_ms, &got);
	if (rc < 0)
		return -ETIMEDOUT;
	pthread_join(writer->thread, NULL);
	if (close_file)
		shared_file_free(writer->file);
	close(writer->fd);
	close(writer->thread_fd);
	free(writer);
	return 0;
}

int rank_writer_give_up(struct rank_writer *writer)
{
	unsigned int tries = 0;

	while (!shared_file_abandon(writer->file)) {
		if (++tries == GIVE_UP_TRIES)
			return -EBUSY;
		clock_sleep_ns(1000000);
	}
	if (writer->prepared)
		writer_abandon(&writer->writer, ETIMEDOUT);
	return 0;
}
