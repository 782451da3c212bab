/* writes - see writes.h. */
#include "tests/badnas/writes.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A delayed write lands after so many others. */
#define LATE_BY_WRITES 3

/* Smaller writes are never short, so that each half is enough to be named by. */
#define SHORT_BYTES_MIN 256

/* A write that was accepted and is not there yet. */
struct late {
	struct late *next;
	struct opener *opener;
	int64_t offset;
	size_t size;
	unsigned int writes; /* to the file since then */
	bool over;	     /* another's bytes have come to stand there */
	char bytes[];
};

/* One write, on its way to a fault. */
struct put {
	struct badnas *nas;
	struct opener *opener;
	const char *bytes;
	size_t size; /* more than 0 */
	int64_t offset;
};

/* ---- storing ------------------------------------------------------------------ */

static ssize_t store_bytes(int fd, const char *bytes, size_t size, int64_t offset)
{
	size_t done = 0;

	while (done < size) {
		ssize_t n =
			pwrite(fd, bytes + done, size - done, offset + (int64_t)done);

		if (n < 0)
			return -errno;
		done += (size_t)n;
	}
	return (ssize_t)size;
}

/* Bytes of @opener come to stand at @offset: over whose delayed ones will land? */
static void mark_late(const struct opener *opener, int64_t offset, size_t size)
{
	for (struct late *l = opener->file->late; l; l = l->next)
		if (l->opener != opener && l->offset < offset + (int64_t)size &&
		    offset < l->offset + (int64_t)l->size)
			l->over = true;
}

/* Take the delayed write at @link out of its list, and write it. */
static void land(struct badnas *nas, struct late **link)
{
	struct late *late = *link;

	*link = late->next;
	if (store_bytes(late->opener->fd, late->bytes, late->size, late->offset) >= 0)
		faults_note(&nas->faults, late->over ? "delayed-over" : "delayed",
			    late->opener->pid, late->offset, late->size);
	mark_late(late->opener, late->offset, late->size);
	free(late);
}

void writes_land(struct badnas *nas, struct opener *opener)
{
	struct late **link = &opener->file->late;

	while (*link) {
		if ((*link)->opener == opener)
			land(nas, link);
		else
			link = &(*link)->next;
	}
}

/* One more write came: which delayed ones have waited long enough? */
static void land_due(struct badnas *nas, struct file *file)
{
	struct late **link = &file->late;

	while (*link) {
		if (++(*link)->writes >= LATE_BY_WRITES)
			land(nas, link);
		else
			link = &(*link)->next;
	}
}

/* An honest write, and what stale_size and delayed must know of it. */
static ssize_t store(struct badnas *nas, struct opener *opener, const char *bytes,
		     size_t size, int64_t offset)
{
	struct file *file = opener->file;
	struct stat st;
	ssize_t n;

	if (fstat(opener->fd, &st) < 0)
		return -errno;
	n = store_bytes(opener->fd, bytes, size, offset);
	if (n < 0)
		return n;
	file->size_before = st.st_size;
	file->last_writer = opener->pid;
	opener->dirty_from = offset;
	opener->dirty_bytes = size;
	nas->data_bytes += size;
	mark_late(opener, offset, size);
	land_due(nas, file);
	return n;
}

/* ---- what befalls a write: each returns what the writer is told ------------------ */

static ssize_t lose(const struct put *put)
{
	return (ssize_t)put->size;
}

/* The write with NULs at [@from, @to) of it. */
static ssize_t store_with_nuls(const struct put *put, size_t from, size_t to)
{
	char *copy = malloc(put->size);
	ssize_t n;

	if (!copy)
		return -ENOMEM;
	memcpy(copy, put->bytes, put->size);
	memset(copy + from, 0, to - from);
	n = store(put->nas, put->opener, copy, put->size, put->offset);
	free(copy);
	return n;
}

static ssize_t store_nul_tail(const struct put *put)
{
	return store_with_nuls(put, put->size / 2, put->size);
}

/* The cut is drawn from the first half, so that half a record stays to be named. */
static ssize_t store_torn(const struct put *put)
{
	size_t cut = 1 + faults_draw(&put->nas->faults, FAULT_TORN, 1 + put->size / 2);

	return store_with_nuls(put, 0, cut < put->size ? cut : put->size);
}

/* The lowest bit: it makes no printable character a NUL. */
static ssize_t store_flipped(const struct put *put)
{
	char *copy = malloc(put->size);
	ssize_t n;

	if (!copy)
		return -ENOMEM;
	memcpy(copy, put->bytes, put->size);
	copy[faults_draw(&put->nas->faults, FAULT_FLIP, put->size)] ^= 1;
	n = store(put->nas, put->opener, copy, put->size, put->offset);
	free(copy);
	return n;
}

static ssize_t store_twice(const struct put *put)
{
	ssize_t n = store(put->nas, put->opener, put->bytes, put->size, put->offset);
	struct stat st;

	if (n < 0 || fstat(put->opener->fd, &st) < 0)
		return n;
	(void)store_bytes(put->opener->fd, put->bytes, put->size, st.st_size);
	return n;
}

static ssize_t store_late(const struct put *put)
{
	struct late **link = &put->opener->file->late;
	struct late *late = malloc(sizeof(*late) + put->size);

	if (!late)
		return -ENOMEM;
	*late = (struct late){
		.opener = put->opener,
		.offset = put->offset,
		.size = put->size,
	};
	memcpy(late->bytes, put->bytes, put->size);
	while (*link)
		link = &(*link)->next;
	*link = late;
	return (ssize_t)put->size;
}

static ssize_t store_half(const struct put *put)
{
	return store(put->nas, put->opener, put->bytes, (put->size + 1) / 2,
		     put->offset);
}

static ssize_t fail_eio(const struct put *put)
{
	(void)put;
	return -EIO;
}

static ssize_t fail_estale(const struct put *put)
{
	(void)put;
	return -ESTALE;
}

static ssize_t fail_edquot(const struct put *put)
{
	(void)put;
	return -EDQUOT;
}

/* As a signal may end a wait for the answer: the server has written all the same. */
static ssize_t store_and_fail(const struct put *put)
{
	ssize_t n = store(put->nas, put->opener, put->bytes, put->size, put->offset);

	return n < 0 ? n : -EINTR;
}

/* The first that strikes has the write. */
static const struct {
	enum fault fault;
	ssize_t (*befall)(const struct put *put);
} put_faults[] = {
	{FAULT_WRITE_EIO, fail_eio},
	{FAULT_WRITE_ESTALE, fail_estale},
	{FAULT_WRITE_EDQUOT, fail_edquot},
	{FAULT_WRITE_EINTR, store_and_fail},
	{FAULT_LOST, lose},
	{FAULT_NUL_TAIL, store_nul_tail},
	{FAULT_TORN, store_torn},
	{FAULT_FLIP, store_flipped},
	{FAULT_DUPLICATE, store_twice},
	{FAULT_DELAYED, store_late},
	{FAULT_SHORT, store_half},
};

/* How much of @size there is room for; as on a disk, what fits is taken. */
static size_t room_for(const struct badnas *nas, size_t size)
{
	uint64_t limit = nas->faults.of[FAULT_NO_SPACE].number;

	if (!nas->faults.of[FAULT_NO_SPACE].on || nas->data_bytes + size <= limit)
		return size;
	return nas->data_bytes < limit ? limit - nas->data_bytes : 0;
}

ssize_t writes_put(struct badnas *nas, struct opener *opener, const char *bytes,
		   size_t size, int64_t offset)
{
	struct put put = {nas, opener, bytes, size, offset};

	if (size == 0)
		return 0;
	put.size = room_for(nas, size);
	if (put.size < size)
		faults_note(&nas->faults, "no_space", opener->pid, offset, size);
	if (put.size == 0)
		return -ENOSPC;
	for (size_t i = 0; i < sizeof(put_faults) / sizeof(put_faults[0]); i++) {
		enum fault fault = put_faults[i].fault;

		if (fault == FAULT_SHORT && put.size < SHORT_BYTES_MIN)
			continue;
		if (!faults_strike(&nas->faults, fault))
			continue;
		if (fault != FAULT_DELAYED) /* told when it lands */
			faults_note(&nas->faults, fault_table[fault].name, opener->pid,
				    offset, put.size);
		return put_faults[i].befall(&put);
	}
	return store(nas, opener, put.bytes, put.size, offset);
}

/* ---- sizes and flushes ----------------------------------------------------------- */

int64_t writes_size(struct badnas *nas, const struct opener *opener, int64_t size)
{
	const struct file *file = opener->file;

	/* A writer knows of its own delayed writes, and nobody else does. */
	for (const struct late *l = file->late; l; l = l->next)
		if (l->opener == opener && l->offset + (int64_t)l->size > size)
			size = l->offset + (int64_t)l->size;
	if (!opener->writes || file->last_writer == opener->pid ||
	    file->size_before >= size || !faults_strike(&nas->faults, FAULT_STALE_SIZE))
		return size;
	faults_note(&nas->faults, "stale_size", opener->pid, file->size_before,
		    (uint64_t)(size - file->size_before));
	return file->size_before;
}

int writes_forget_last(struct opener *opener)
{
	char *nuls = calloc(1, opener->dirty_bytes + 1);
	ssize_t n;

	if (!nuls)
		return -ENOMEM;
	n = store_bytes(opener->fd, nuls, opener->dirty_bytes, opener->dirty_from);
	free(nuls);
	return n < 0 ? (int)n : 0;
}
