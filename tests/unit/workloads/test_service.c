/*
 * test_service - services in a process of their own, asked over real sockets:
 * offsets that never overlap, one token, an aggregator's answers; and that neither
 * strangers, nor broken messages, nor a service that is dead or stopped make
 * anybody wait longer than agreed.
 */
#include "core/bytes.h"
#include "core/clock.h"
#include "tests/unit/workloads/scratch.h"
#include "workloads/part.h"
#include "workloads/service_wire.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

enum { PATIENCE_MS = 300, BATCH_BYTES = 8192 };

#define NS_PER_MS 1000000u

static struct endpoints endpoints;
static int channel[2]; /* the service ends when our end is closed */
static pid_t child;
static volatile sig_atomic_t stop;

static struct service_job job_of(enum service_kind kind)
{
	return (struct service_job){.kind = kind,
				    .writers = 4,
				    .slot_bytes = 1,
				    .batch_bytes = BATCH_BYTES};
}

static void start(const struct service_job *job)
{
	struct service *service;
	struct error err = {""};

	ck_assert_int_eq(pipe(channel), 0);
	ck_assert_msg(service_new(job, &service, &endpoints, &err) == 0, "%s",
		      err.sentence);
	child = fork();
	ck_assert_int_ge(child, 0);
	if (child == 0) {
		close(channel[1]);
		_exit(service_run(service, channel[0]) < 0);
	}
	close(channel[0]);
	service_free(service);
}

/* It ends by itself once nobody needs it, whatever was done to it. */
static void finish(void)
{
	int status;

	close(channel[1]);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void kill_service(void)
{
	kill(child, SIGKILL);
	ck_assert_int_eq(waitpid(child, NULL, 0), child);
	close(channel[1]);
}

static struct service_client client(void)
{
	struct service_client c = SERVICE_CLIENT_NONE;

	ck_assert_int_eq(service_connect(&c, &endpoints, 5000, &stop), 0);
	c.timeout_ms = PATIENCE_MS;
	return c;
}

static int64_t ticket(struct service_client *c, uint64_t bytes)
{
	int64_t offset = -7;

	ck_assert_int_eq(service_ticket(c, bytes, &offset), 0);
	return offset;
}

/* Send @bytes as they are over the connection of @c. */
static void say(const struct service_client *c, const void *bytes, size_t size)
{
	ck_assert_int_eq(send(c->fd, bytes, size, MSG_NOSIGNAL), (ssize_t)size);
}

static void say_request(const struct service_client *c, uint32_t kind, uint64_t value)
{
	uint8_t request[REQUEST_BYTES] = {0};

	put_le32(request + REQUEST_KIND_AT, kind);
	put_le64(request + REQUEST_VALUE_AT, value);
	say(c, request, sizeof(request));
}

/* Has the other end closed? */
static bool is_dropped(const struct service_client *c)
{
	struct timeval patience = {.tv_sec = 5};
	char byte;

	setsockopt(c->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	return recv(c->fd, &byte, 1, 0) == 0 || errno == ECONNRESET;
}

/* ---- tickets --------------------------------------------------------------- */

START_TEST(tickets_follow_each_other)
{
	struct service_job job = job_of(SERVICE_TICKETS);
	struct service_client a, b;

	start(&job);
	a = client();
	b = client();
	ck_assert_int_eq(ticket(&a, 100), 0);
	ck_assert_int_eq(ticket(&b, 1), 100);
	ck_assert_int_eq(ticket(&a, 64), 101);
	ck_assert_int_eq(ticket(&b, 1), 165);
	service_disconnect(&a);
	service_disconnect(&b);
	finish();
}
END_TEST

START_TEST(tickets_in_slots)
{
	struct service_job job = job_of(SERVICE_TICKETS);
	struct service_client a;

	job.slot_bytes = 4096;
	start(&job);
	a = client();
	ck_assert_int_eq(ticket(&a, 100), 0);
	ck_assert_int_eq(ticket(&a, 4096), 4096);
	ck_assert_int_eq(ticket(&a, 4097), 8192);
	ck_assert_int_eq(ticket(&a, 1), 16384);
	service_disconnect(&a);
	finish();
}
END_TEST

/* ---- whom it does not serve ---------------------------------------------------- */

START_TEST(a_wrong_key_gets_nothing)
{
	struct service_job job = job_of(SERVICE_TICKETS);
	struct service_client a = SERVICE_CLIENT_NONE, b;

	start(&job);
	endpoints.key ^= 1;
	ck_assert_int_eq(service_connect(&a, &endpoints, PATIENCE_MS, &stop),
			 -EHOSTUNREACH);
	ck_assert_int_eq(a.fd, -1);
	endpoints.key ^= 1;
	b = client();
	ck_assert_int_eq(ticket(&b, 5), 0);
	service_disconnect(&b);
	finish();
}
END_TEST

START_TEST(broken_messages_cost_their_sender_only)
{
	struct service_job job = job_of(SERVICE_TICKETS);
	struct service_client good, bad;
	static const struct {
		uint32_t kind;
		uint64_t value;
	} broken[] = {
		{REQUEST_TICKET, 0},
		{REQUEST_TICKET, UINT64_MAX},
		{REQUEST_TICKET, (uint64_t)INT64_MAX},
		{REQUEST_HELLO, 0},
		{REQUEST_TOKEN, 0},
		{REQUEST_APPEND, 100},
		{0xffffffff, 1},
	};

	start(&job);
	good = client();
	for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
		bad = client();
		say_request(&bad, broken[i].kind, broken[i].value);
		ck_assert(is_dropped(&bad));
		service_disconnect(&bad);
	}
	ck_assert_int_eq(ticket(&good, 10), 0);
	/* Half a message, and then nothing, or the end. */
	bad = client();
	say(&bad, "half", 4);
	ck_assert_int_eq(ticket(&good, 10), 10);
	service_disconnect(&bad);
	ck_assert_int_eq(ticket(&good, 10), 20);
	/* A message in two halves is one. */
	bad = client();
	say(&bad, "\1\0\0\0\0\0\0\0", 8);
	clock_sleep_ns(20 * NS_PER_MS);
	say(&bad, "\5\0\0\0\0\0\0\0", 8);
	clock_sleep_ns(20 * NS_PER_MS);
	ck_assert_int_eq(ticket(&good, 10), 35);
	service_disconnect(&bad);
	service_disconnect(&good);
	finish();
}
END_TEST

/* Strangers who say nothing take no place from those with the key. */
START_TEST(silent_strangers_do_not_fill_it)
{
	enum { STRANGERS = 400 };
	struct service_job job = job_of(SERVICE_TICKETS);
	struct service_client good;
	int fds[STRANGERS];

	start(&job);
	for (int i = 0; i < STRANGERS; i++) {
		const union endpoint *to = &endpoints.address[0];

		fds[i] = socket(to->any.sa_family, SOCK_STREAM, 0);
		ck_assert_int_ge(fds[i], 0);
		ck_assert_int_eq(connect(fds[i], &to->any, endpoint_bytes(to)), 0);
	}
	good = client();
	ck_assert_int_eq(ticket(&good, 1), 0);
	for (int i = 0; i < STRANGERS; i++)
		close(fds[i]);
	ck_assert_int_eq(ticket(&good, 1), 1);
	service_disconnect(&good);
	finish();
}
END_TEST

/* ---- a service that is dead, or does not answer -----------------------------------
 */

START_TEST(a_dead_service_is_an_error_at_once)
{
	struct service_job job = job_of(SERVICE_TICKETS);
	struct service_client a;
	int64_t offset = -7;

	start(&job);
	a = client();
	kill_service();
	ck_assert_int_eq(service_ticket(&a, 1, &offset), -EPIPE);
	ck_assert_int_eq(service_ticket(&a, 1, &offset), -ENOTCONN);
	ck_assert_int_eq(service_token_acquire(&a, true), -ENOTCONN);
	ck_assert_int_eq(service_settle(&a), -ENOTCONN);
	ck_assert_int_eq(offset, -7);
	ck_assert_int_eq(service_connect(&a, &endpoints, PATIENCE_MS, &stop),
			 -EHOSTUNREACH);
}
END_TEST

START_TEST(a_stopped_service_costs_the_time_out)
{
	struct service_job job = job_of(SERVICE_TICKETS);
	struct service_client a;
	uint64_t asked_ns;
	int64_t offset = -7;

	start(&job);
	a = client();
	kill(child, SIGSTOP);
	asked_ns = clock_now_ns();
	ck_assert_int_eq(service_ticket(&a, 1, &offset), -ETIMEDOUT);
	ck_assert_uint_ge(clock_now_ns() - asked_ns, PATIENCE_MS * NS_PER_MS);
	ck_assert_uint_lt(clock_now_ns() - asked_ns, (PATIENCE_MS + 2000) * NS_PER_MS);
	/* Its late answer must not be taken for that of the next question. */
	kill(child, SIGCONT);
	ck_assert_int_eq(service_ticket(&a, 1, &offset), -ENOTCONN);
	finish();
}
END_TEST

/* ---- the token ---------------------------------------------------------------------
 */

struct waiting {
	struct service_client client;
	pthread_t thread;
	int rc;
	uint64_t granted_ns;
};

static void *wait_for_token(void *arg)
{
	struct waiting *w = arg;

	w->rc = service_token_acquire(&w->client, true);
	w->granted_ns = clock_now_ns();
	if (w->rc == 0) {
		clock_sleep_ns(5 * NS_PER_MS);
		w->rc = service_token_release(&w->client);
	}
	return NULL;
}

static void begin_to_wait(struct waiting *w)
{
	*w = (struct waiting){.client = client()};
	ck_assert_int_eq(pthread_create(&w->thread, NULL, wait_for_token, w), 0);
	/* Long enough that it has asked before the next one does. */
	clock_sleep_ns(50 * NS_PER_MS);
}

START_TEST(the_token_goes_round_in_order)
{
	struct service_job job = job_of(SERVICE_TOKEN);
	struct service_client a;
	struct waiting first, second;

	start(&job);
	a = client();
	ck_assert_int_eq(service_token_acquire(&a, true), 0);
	begin_to_wait(&first);
	begin_to_wait(&second);
	ck_assert_int_eq(service_token_release(&a), 0);
	pthread_join(first.thread, NULL);
	pthread_join(second.thread, NULL);
	ck_assert_int_eq(first.rc, 0);
	ck_assert_int_eq(second.rc, 0);
	ck_assert_uint_ge(second.granted_ns, first.granted_ns + 5 * NS_PER_MS);
	/* And it is free again. */
	ck_assert_int_eq(service_token_acquire(&a, false), 0);
	ck_assert_int_eq(service_token_acquire(&first.client, false), -EAGAIN);
	ck_assert_int_eq(service_token_release(&a), 0);
	service_disconnect(&first.client);
	service_disconnect(&second.client);
	service_disconnect(&a);
	finish();
}
END_TEST

START_TEST(a_stop_ends_the_wait_for_the_token)
{
	struct service_job job = job_of(SERVICE_TOKEN);
	struct service_client a, b;
	struct waiting waiting;

	start(&job);
	a = client();
	b = client();
	ck_assert_int_eq(service_token_acquire(&a, true), 0);
	begin_to_wait(&waiting);
	stop = 1;
	pthread_join(waiting.thread, NULL);
	stop = 0;
	ck_assert_int_eq(waiting.rc, -EINTR);
	/* Nobody in the queue: the token was not given to who had left. */
	ck_assert_int_eq(service_token_release(&a), 0);
	ck_assert_int_eq(service_token_acquire(&b, false), 0);
	ck_assert_int_eq(service_token_release(&b), 0);
	/* Who gave up waiting may ask again. */
	ck_assert_int_eq(service_token_acquire(&waiting.client, true), 0);
	service_disconnect(&waiting.client);
	service_disconnect(&b);
	service_disconnect(&a);
	finish();
}
END_TEST

START_TEST(the_token_dies_with_its_holder)
{
	struct service_job job = job_of(SERVICE_TOKEN);
	struct service_client a, b;
	struct waiting waiting;

	start(&job);
	a = client();
	b = client();
	ck_assert_int_eq(service_token_acquire(&a, true), 0);
	begin_to_wait(&waiting);
	service_disconnect(&a);
	pthread_join(waiting.thread, NULL);
	ck_assert_int_eq(waiting.rc, -EOWNERDEAD);
	ck_assert_int_eq(service_token_acquire(&b, true), -EOWNERDEAD);
	service_disconnect(&waiting.client);
	service_disconnect(&b);
	finish();
}
END_TEST

/* Nobody frees a token that another holds. */
START_TEST(only_the_holder_releases)
{
	struct service_job job = job_of(SERVICE_TOKEN);
	struct service_client a, b, c;

	start(&job);
	a = client();
	b = client();
	c = client();
	ck_assert_int_eq(service_token_acquire(&a, true), 0);
	ck_assert_int_eq(service_token_release(&b), 0); /* it is not answered */
	ck_assert(is_dropped(&b));
	ck_assert_int_eq(service_token_acquire(&c, false), -EAGAIN);
	say_request(&a, REQUEST_TOKEN, 0); /* twice by the holder */
	ck_assert(is_dropped(&a));
	service_disconnect(&a);
	service_disconnect(&b);
	service_disconnect(&c);
	finish();
}
END_TEST

/* ---- the aggregator ---------------------------------------------------------------
 */

static struct service_job aggregator(enum flush_mode flush)
{
	struct service_job job = job_of(SERVICE_AGGREGATE);

	scratch_enter();
	scratch_touch("data");
	snprintf(job.data_path, sizeof(job.data_path), "data");
	job.flush = flush;
	return job;
}

static void leave_aggregator(void)
{
	static const char *const names[] = {"data", NULL};

	finish();
	scratch_leave(names);
}

static int64_t appended(struct service_client *c, const char *bytes)
{
	int64_t offset = -7;
	bool disowned = true;

	ck_assert_int_eq(service_append(c, bytes, strlen(bytes), &offset, &disowned),
			 (ssize_t)strlen(bytes));
	ck_assert(!disowned);
	return offset;
}

START_TEST(it_appends_and_says_where)
{
	for (enum flush_mode flush = FLUSH_NONE; flush < FLUSH_MODE_COUNT; flush++) {
		struct service_job job = aggregator(flush);
		struct service_client a, b;
		char bytes[32] = "";
		int fd;

		start(&job);
		a = client();
		b = client();
		ck_assert_int_eq(appended(&a, "one\n"), 0);
		ck_assert_int_eq(appended(&b, "another\n"), 4);
		ck_assert_int_eq(appended(&a, "three\n"), 12);
		ck_assert_int_eq(service_settle(&a), 0);
		ck_assert_int_eq(service_settle(&b), 0);
		fd = open("data", O_RDONLY);
		ck_assert_int_eq(read(fd, bytes, sizeof(bytes)), 18);
		ck_assert_str_eq(bytes, "one\nanother\nthree\n");
		close(fd);
		service_disconnect(&a);
		service_disconnect(&b);
		leave_aggregator();
	}
}
END_TEST

START_TEST(it_takes_no_more_than_a_batch)
{
	struct service_job job = aggregator(FLUSH_NONE);
	struct service_client a, b;
	static char bytes[BATCH_BYTES + 1];
	int64_t offset = -7;
	bool disowned;

	start(&job);
	a = client();
	b = client();
	ck_assert_int_eq(service_append(&a, bytes, BATCH_BYTES + 1, &offset, &disowned),
			 -EPIPE);
	ck_assert_int_eq(offset, -7);
	/* All of a batch; in pieces, too, and with a neighbour that sends half. */
	say_request(&b, REQUEST_APPEND, 100);
	say(&b, bytes, 50);
	a = client();
	ck_assert_int_eq(service_append(&a, bytes, BATCH_BYTES, &offset, &disowned),
			 BATCH_BYTES);
	ck_assert_int_eq(offset, 0);
	service_disconnect(&b);
	ck_assert_int_eq(appended(&a, "x"), BATCH_BYTES);
	service_disconnect(&a);
	leave_aggregator();
}
END_TEST

/* No error is told to one writer only: each hears of it, and nothing goes on. */
START_TEST(its_first_error_is_its_last)
{
	for (int flushed = 0; flushed < 2; flushed++) {
		struct service_job job = aggregator(flushed ? FLUSH_FSYNC : FLUSH_NONE);
		struct rlimit limit = {.rlim_cur = 10, .rlim_max = RLIM_INFINITY};
		struct service_client a, b;
		int64_t offset = -7;
		bool disowned;

		start(&job);
		a = client();
		b = client();
		ck_assert_int_eq(appended(&a, "12345678"), 0);
		ck_assert_int_eq(prlimit(child, RLIMIT_FSIZE, &limit, NULL), 0);
		/* Two bytes fit: a short write, and then nobody knows. */
		ck_assert_int_eq(service_append(&b, "1234", 4, &offset, &disowned),
				 -EIO);
		ck_assert_int_eq(disowned, !flushed);
		ck_assert_int_eq(service_append(&a, "1234", 4, &offset, &disowned),
				 -EIO);
		ck_assert_int_eq(disowned, !flushed);
		ck_assert_int_eq(service_settle(&a), -EIO);
		ck_assert_int_eq(offset, -7);
		service_disconnect(&a);
		service_disconnect(&b);
		leave_aggregator();
	}
}
END_TEST

START_TEST(a_file_that_cannot_be_opened)
{
	struct service_job job = job_of(SERVICE_AGGREGATE);
	struct service *service = NULL;
	struct error err;

	snprintf(job.data_path, sizeof(job.data_path), "/nowhere/data");
	ck_assert_int_eq(service_new(&job, &service, &endpoints, &err), -ENOENT);
	ck_assert_ptr_null(service);
	job.kind = SERVICE_KIND_COUNT;
	ck_assert_int_eq(service_new(&job, &service, &endpoints, &err), -EBADMSG);
	service_free(NULL);
}
END_TEST

UNIT_MAIN("service", 60, tickets_follow_each_other, tickets_in_slots,
	  a_wrong_key_gets_nothing, broken_messages_cost_their_sender_only,
	  silent_strangers_do_not_fill_it, a_dead_service_is_an_error_at_once,
	  a_stopped_service_costs_the_time_out, the_token_goes_round_in_order,
	  a_stop_ends_the_wait_for_the_token, the_token_dies_with_its_holder,
	  only_the_holder_releases, it_appends_and_says_where,
	  it_takes_no_more_than_a_batch, its_first_error_is_its_last,
	  a_file_that_cannot_be_opened)
