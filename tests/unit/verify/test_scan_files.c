/*
 * test_scan_files - several threads and any chunks give the very segments of one scan,
 * whatever the files hold.
 */
#include "core/random.h"
#include "tests/unit/unit.h"
#include "verify/scan_files.h"
#include "verify/seam.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* ThreadSanitizer makes it ten times slower. */
#ifdef __SANITIZE_THREAD__
enum { SEEDS = 12 };
#else
enum { SEEDS = 100 };
#endif

enum { FILES = 3, BYTES_MAX = 12000, SEGMENTS = 20000 };

static struct record_plan plan = {.run_id = "k3fpqrstuv01"};

/* Reads of this descriptor fail from an offset on, or find the file to end there. */
static atomic_int bad_fd = -1;
static off_t bad_from;
static bool bad_ends;
static bool bad_once;

/* Instead of the C library's: core and verify are linked statically. */
ssize_t pread(int fd, void *bytes, size_t length, off_t offset)
{
	int bad = fd;

	if (fd == bad_fd) {
		/* Another thread may have had the one. */
		if (offset >= bad_from && bad_once &&
		    !atomic_compare_exchange_strong(&bad_fd, &bad, -1))
			return syscall(SYS_pread64, fd, bytes, length, offset);
		if (offset >= bad_from && bad_ends)
			return 0;
		if (offset >= bad_from) {
			errno = EIO;
			return -1;
		}
		if ((off_t)length > bad_from - offset)
			length = (size_t)(bad_from - offset);
	}
	return syscall(SYS_pread64, fd, bytes, length, offset);
}

/* Some files, and what a scan of them found. */
struct bench {
	struct record_form form;
	uint8_t bytes[FILES][BYTES_MAX];
	size_t length[FILES];
	int fd[FILES];
	uint64_t random;
	int rc_of_open;	      /* of the last file */
	uint32_t short_of;    /* this file's first opens lack memory, */
	atomic_int shortages; /* so many */
};

struct seen {
	struct segment found[SEGMENTS];
	uint32_t file[SEGMENTS];
	int file_rc[FILES];
	bool shrunk[FILES];
	size_t count, begun, ended, limit;
	struct bench *bench;
	atomic_int inside;
};

static uint64_t draw(struct bench *b, uint64_t below)
{
	return random_next(&b->random) % below;
}

/* ---- files ----------------------------------------------------------------------- */

static void put(struct bench *b, size_t file, const void *bytes, size_t length)
{
	if (length > BYTES_MAX - b->length[file])
		length = BYTES_MAX - b->length[file];
	memcpy(b->bytes[file] + b->length[file], bytes, length);
	b->length[file] += length;
}

/* A record, or a part of one; or something else. */
static void put_something(struct bench *b, size_t file, unsigned int harm)
{
	static const uint8_t nul[200];
	struct record_id id = {(uint32_t)draw(b, 3), draw(b, 1000)};
	uint32_t size = record_size(&b->form, id), from, length;
	uint8_t bytes[4096];

	record_write(&b->form, id, bytes);
	if (draw(b, 100) >= harm) {
		put(b, file, bytes, size);
		return;
	}
	from = (uint32_t)draw(b, size);
	length = (uint32_t)draw(b, size - from) + 1;
	switch (draw(b, 6)) {
	case 0:
		put(b, file, nul, draw(b, sizeof(nul)));
		break;
	case 1: /* two of one number, or of another one, run into each other */
		put(b, file, bytes, length);
		put(b, file, bytes + from, size - from);
		break;
	case 2:
		put(b, file, bytes + from, length);
		break;
	case 3:
		bytes[from] ^= (uint8_t)(1 + draw(b, 255));
		put(b, file, bytes, size);
		break;
	case 4:
		memset(bytes + from, (int)draw(b, 2) * '#', length);
		put(b, file, bytes, size);
		break;
	default:
		for (uint32_t i = 0; i < length; i++)
			bytes[i] = draw(b, 3) ? (uint8_t)draw(b, 256) : 0;
		put(b, file, bytes, length);
	}
}

static void file_write(struct bench *b, size_t file)
{
	char path[] = "/tmp/tailrace-files.XXXXXX";

	b->fd[file] = mkstemp(path);
	ck_assert_int_ge(b->fd[file], 0);
	unlink(path);
	ck_assert_int_eq(write(b->fd[file], b->bytes[file], b->length[file]),
			 (ssize_t)b->length[file]);
}

/* Files of all kinds: empty, all records, a few of a hundred harmed, nothing whole. */
static struct bench *bench_new(uint64_t seed)
{
	static const unsigned int harms[] = {0, 3, 30, 100};
	struct bench *b = calloc(1, sizeof(*b));

	ck_assert_ptr_nonnull(b);
	b->random = seed;
	plan.seed = seed;
	plan.min_bytes = RECORD_MIN_BYTES + (uint32_t)draw(b, 200);
	plan.max_bytes = plan.min_bytes + (draw(b, 2) ? 0 : (uint32_t)draw(b, 300));
	ck_assert_int_eq(record_form_init(&b->form, &plan), 0);
	for (size_t file = 0; file < FILES; file++) {
		unsigned int harm = harms[draw(b, 4)];
		size_t length = draw(b, 4) ? draw(b, BYTES_MAX) : 0;

		while (b->length[file] < length)
			put_something(b, file, harm);
		if (draw(b, 3) == 0 && b->length[file] > 0)
			b->length[file] -= draw(b, b->length[file]);
		file_write(b, file);
	}
	return b;
}

static void bench_free(struct bench *b)
{
	for (size_t file = 0; file < FILES; file++)
		close(b->fd[file]);
	record_form_release(&b->form);
	free(b);
}

/* ---- scanning ----------------------------------------------------------------------
 */

static int open_file(void *context, uint32_t file, struct source *ret_source,
		     struct error *err)
{
	struct bench *b = ((struct seen *)context)->bench;
	char path[32];

	if (file == FILES - 1 && b->rc_of_open < 0)
		return error_set(err, -b->rc_of_open, "this one is shut");
	if (file == b->short_of && b->shortages > 0) {
		b->shortages--;
		return error_set(err, ENOMEM, "no memory");
	}
	/* Our own descriptor would share nothing with what a test does to it. */
	snprintf(path, sizeof(path), "/proc/self/fd/%d", b->fd[file]);
	*ret_source = (struct source){
		.fd = dup(b->fd[file]),
		.size_bytes = b->length[file],
		.window_bytes =
			(2 * (plan.max_bytes + 32 + (1 << 16)) / 4096 + 2) * 4096,
	};
	ret_source->window = aligned_alloc(4096, ret_source->window_bytes);
	ret_source->held = ret_source->window;
	ck_assert(ret_source->fd >= 0 && ret_source->window);
	if (bad_fd == b->fd[file])
		bad_fd = ret_source->fd;
	return 0;
}

static int begin(void *context, uint32_t file, const struct source *source)
{
	struct seen *s = context;

	(void)source;
	ck_assert_int_eq(s->inside++, 0);
	ck_assert_uint_eq(file, s->begun);
	s->begun++;
	s->inside--;
	return 0;
}

static int note(void *context, const struct segment *segment)
{
	struct seen *s = context;

	ck_assert_int_eq(s->inside++, 0);
	if (s->count == s->limit)
		return -EDOM;
	s->file[s->count] = (uint32_t)s->begun - 1;
	s->found[s->count++] = *segment;
	s->inside--;
	return 0;
}

static int end(void *context, uint32_t file, const struct source *source, int rc,
	       struct error *err)
{
	struct seen *s = context;

	ck_assert_uint_eq(file, s->ended);
	/* The number of its descriptor is free for the next one. */
	if (source->fd == bad_fd)
		bad_fd = -1;
	s->ended++;
	s->file_rc[file] = rc;
	s->shrunk[file] = source->shrunk;
	if (rc == -EDOM)
		return error_set(err, EDOM, "enough");
	ck_assert(rc == 0 || (rc == -EIO && source->errnum == EIO));
	return 0;
}

static int scan(struct bench *b, uint32_t threads, size_t chunk_bytes, size_t limit,
		struct seen *ret_seen)
{
	struct scan_files files = {
		.form = &b->form,
		.file_count = FILES,
		.means = {.threads = threads, .chunk_bytes = chunk_bytes},
		.open = open_file,
		.begin = begin,
		.sink = note,
		.end = end,
		.context = ret_seen,
	};
	struct error err = {""};
	int fd = bad_fd, rc;

	memset(ret_seen, 0, sizeof(*ret_seen));
	ret_seen->limit = limit;
	ret_seen->bench = b;
	rc = scan_files(&files, &err);
	ck_assert_int_eq(err.sentence[0] != '\0', rc < 0);
	bad_fd = fd;
	return rc;
}

static void expect_same(const struct seen *a, const struct seen *b)
{
	ck_assert_uint_eq(a->begun, b->begun);
	ck_assert_uint_eq(a->ended, b->ended);
	ck_assert_mem_eq(a->file_rc, b->file_rc, sizeof(a->file_rc));
	ck_assert_uint_eq(a->count, b->count);
	ck_assert_mem_eq(a->file, b->file, a->count * sizeof(a->file[0]));
	for (size_t i = 0; i < a->count; i++) {
		const struct segment *x = &a->found[i], *y = &b->found[i];

		ck_assert_int_eq(x->kind, y->kind);
		ck_assert_uint_eq(x->offset, y->offset);
		ck_assert_uint_eq(x->length, y->length);
		ck_assert_uint_eq(x->id.writer, y->id.writer);
		ck_assert_uint_eq(x->id.seq, y->id.seq);
		ck_assert_uint_eq(x->position, y->position);
		ck_assert_uint_eq(x->shared, y->shared);
	}
}

static struct seen one, many;

START_TEST(any_threads_and_chunks_find_the_same)
{
	static const size_t chunks[] = {1, 7, 31, 64, 100, 257, 1000, 4000, 1 << 20};

	for (uint64_t seed = 0; seed < SEEDS; seed++) {
		struct bench *b = bench_new(seed);

		ck_assert_int_eq(scan(b, 1, 0, SEGMENTS, &one), 0);
		for (size_t i = 0; i < sizeof(chunks) / sizeof(chunks[0]); i++) {
			uint32_t threads = 2 + (uint32_t)(seed + i) % 3;

			/* A byte at a time costs too much to do it always. */
			if (chunks[i] < 64 && seed % 16)
				continue;
			ck_assert_int_eq(scan(b, threads, chunks[i], SEGMENTS, &many),
					 0);
			expect_same(&one, &many);
		}
		bench_free(b);
	}
}
END_TEST

START_TEST(an_end_in_the_middle_is_the_same)
{
	for (uint64_t seed = 0; seed < SEEDS / 5; seed++) {
		struct bench *b = bench_new(seed);

		for (size_t limit = 0; limit < 200; limit += 13) {
			int rc = scan(b, 1, 0, limit, &one);

			ck_assert_int_eq(scan(b, 3, 300, limit, &many), rc);
			expect_same(&one, &many);
		}
		bench_free(b);
	}
}
END_TEST

START_TEST(an_unreadable_block_ends_its_file_alone)
{
	for (uint64_t seed = 0; seed < SEEDS / 5; seed++) {
		struct bench *b = bench_new(seed);

		for (bad_from = 0; bad_from < (off_t)b->length[1]; bad_from += 611) {
			bad_fd = b->fd[1];
			ck_assert_int_eq(scan(b, 1, 0, SEGMENTS, &one), 0);
			ck_assert_int_eq(one.file_rc[1], -EIO);
			ck_assert_int_eq(scan(b, 3, 500, SEGMENTS, &many), 0);
			ck_assert_int_eq(many.file_rc[1], -EIO);
			/* How far one may read ahead differs; no more than that. */
			ck_assert_uint_eq(one.begun, many.begun);
			ck_assert_uint_eq(one.ended, many.ended);
		}
		bad_fd = -1;
		bench_free(b);
	}
}
END_TEST

START_TEST(a_file_that_shrinks_is_the_same)
{
	bad_ends = true;
	for (uint64_t seed = 0; seed < SEEDS / 5; seed++) {
		struct bench *b = bench_new(seed);

		for (bad_from = 0; bad_from < (off_t)b->length[1]; bad_from += 611) {
			bad_fd = b->fd[1];
			ck_assert_int_eq(scan(b, 1, 0, SEGMENTS, &one), 0);
			ck_assert_int_eq(scan(b, 3, 500, SEGMENTS, &many), 0);
			expect_same(&one, &many);
		}
		bad_fd = -1;
		bench_free(b);
	}
}
END_TEST

START_TEST(a_file_that_cannot_be_opened_ends_it_all)
{
	struct bench *b = bench_new(5);

	b->rc_of_open = -EACCES;
	ck_assert_int_eq(scan(b, 1, 0, SEGMENTS, &one), -EACCES);
	ck_assert_uint_eq(one.ended, FILES - 1);
	ck_assert_int_eq(scan(b, 3, 100, SEGMENTS, &many), -EACCES);
	expect_same(&one, &many);
	bench_free(b);
}
END_TEST

START_TEST(without_memory_for_a_file_one_goes_on_alone)
{
	for (uint64_t seed = 0; seed < SEEDS / 5; seed++) {
		struct bench *b = bench_new(seed);

		ck_assert_int_eq(scan(b, 1, 0, SEGMENTS, &one), 0);
		for (b->short_of = 0; b->short_of < FILES; b->short_of++) {
			b->shortages = 1;
			ck_assert_int_eq(scan(b, 3, 500, SEGMENTS, &many), 0);
			ck_assert_int_eq(b->shortages, 0);
			expect_same(&one, &many);
			/* Nor has one alone any. */
			b->shortages = 2;
			ck_assert_int_eq(scan(b, 3, 500, SEGMENTS, &many), -ENOMEM);
			ck_assert_uint_eq(many.ended, b->short_of);
		}
		bench_free(b);
	}
}
END_TEST

/* ---- shares
 * --------------------------------------------------------------------------- */

static struct share_identity identity = {.run_id = "k3fpqrstuv01", .strategy_index = 3};
static char folder[] = "/tmp/tailrace-shares.XXXXXX";
static uint32_t slot_bytes;

/* One host at work: its range of all files, one behind the other. */
struct host {
	struct bench *bench;
	struct share_writer *list;
	uint64_t from, to, file_from;
	struct seen files; /* to open them */
};

static int host_open(void *context, uint32_t file, struct source *ret_source,
		     struct error *err)
{
	struct host *h = context;

	h->files.bench = h->bench;
	return open_file(&h->files, file, ret_source, err);
}

static void host_range(void *context, uint32_t file, uint64_t size_bytes,
		       uint64_t *ret_from, uint64_t *ret_to)
{
	const struct host *h = context;
	uint64_t start = 0;

	for (uint32_t i = 0; i < file; i++)
		start += h->bench->length[i];
	ck_assert_uint_eq(size_bytes, h->bench->length[file]);
	*ret_from = h->from > start ? h->from - start : 0;
	*ret_to = h->to > start ? h->to - start : 0;
}

static int host_begin(void *context, uint32_t file, const struct source *source)
{
	struct host *h = context;
	uint64_t to;

	host_range(h, file, source->size_bytes, &h->file_from, &to);
	return share_file(h->list, file, source->size_bytes);
}

static int host_list(void *context, const struct segment *segment)
{
	struct host *h = context;

	return segment->offset < h->file_from ? 0 : share_add(h->list, segment);
}

static int host_end(void *context, uint32_t file, const struct source *source, int rc,
		    struct error *err)
{
	(void)context;
	(void)file;
	(void)source;
	(void)err;
	return rc;
}

static char *list_path(uint32_t part)
{
	char *path = share_path(folder, identity.strategy_index, part);

	ck_assert_ptr_nonnull(path);
	return path;
}

/* The lists of so many hosts, of which one has as many threads as it is number. */
static void lists_make(struct bench *b, uint32_t parts)
{
	static struct host h;
	uint64_t all = 0;

	for (size_t file = 0; file < FILES; file++)
		all += b->length[file];
	identity.parts = parts;
	for (uint32_t part = 0; part < parts; part++) {
		struct scan_files files = {
			.form = &b->form,
			.file_count = FILES,
			.means = {.threads = part, .chunk_bytes = 500},
			.open = host_open,
			.range = host_range,
			.begin = host_begin,
			.sink = host_list,
			.end = host_end,
			.context = &h,
		};
		char *path = list_path(part);

		identity.part = part;
		memset(&h, 0, sizeof(h));
		h.bench = b;
		h.from = all * part / parts;
		h.to = all * (part + 1) / parts;
		unlink(path);
		ck_assert_int_eq(share_create(&h.list, path, &identity, slot_bytes), 0);
		ck_assert_int_eq(scan_files(&files, NULL), 0);
		ck_assert_int_eq(share_finish(h.list), 0);
		free(path);
	}
}

/* What comes of @b, judged by the lists. */
static void scan_shared(struct bench *b, uint32_t threads)
{
	struct scan_files files = {
		.form = &b->form,
		.file_count = FILES,
		.means = {.threads = threads, .chunk_bytes = 700},
		.shares = shares_open(folder, &identity, &b->form, slot_bytes),
		.open = open_file,
		.begin = begin,
		.sink = note,
		.end = end,
		.context = &many,
	};

	ck_assert_ptr_nonnull(files.shares);
	memset(&many, 0, sizeof(many));
	many.limit = SEGMENTS;
	many.bench = b;
	ck_assert_int_eq(scan_files(&files, NULL), 0);
	shares_close(files.shares);
}

static void list_harm(struct bench *b, uint32_t part, int how)
{
	char *path = list_path(part), byte;
	FILE *list = fopen(path, "r+");
	long size, at;

	ck_assert_ptr_nonnull(list);
	fseek(list, 0, SEEK_END);
	size = ftell(list);
	at = (long)draw(b, (uint64_t)size);
	if (how == 0)
		ck_assert_int_eq(unlink(path), 0);
	if (how == 1)
		ck_assert_int_eq(ftruncate(fileno(list), at), 0);
	if (how == 2) {
		ck_assert_int_eq(pread(fileno(list), &byte, 1, at), 1);
		byte = (char)(byte ^ 1 << draw(b, 8));
		ck_assert_int_eq(pwrite(fileno(list), &byte, 1, at), 1);
	}
	fclose(list);
	free(path);
}

static void lists_begin(void)
{
	strcpy(folder + strlen(folder) - 6, "XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
}

static void lists_end(void)
{
	for (uint32_t part = 0; part < 5; part++) {
		char *path = list_path(part);

		unlink(path);
		free(path);
	}
	ck_assert_int_eq(rmdir(folder), 0);
}

START_TEST(shares_give_the_same)
{
	lists_begin();
	for (uint64_t seed = 0; seed < SEEDS; seed++) {
		struct bench *b = bench_new(seed);
		uint32_t parts = 1 + seed % 5;

		ck_assert_int_eq(scan(b, 1, 0, SEGMENTS, &one), 0);
		lists_make(b, parts);
		scan_shared(b, (uint32_t)seed % 3);
		expect_same(&one, &many);
		for (int how = 0; how < 3; how++) {
			list_harm(b, (uint32_t)draw(b, parts), how);
			scan_shared(b, (uint32_t)seed % 4);
			expect_same(&one, &many);
			lists_make(b, parts);
		}
		bench_free(b);
	}
	lists_end();
}
END_TEST

/* Files of whole records, in slots of so many bytes where they are not 0. */
static struct bench *bench_clean(uint32_t slot)
{
	struct bench *b = bench_new(1);

	for (size_t file = 0; file < FILES; file++) {
		close(b->fd[file]);
		b->length[file] = 0;
		for (uint32_t seq = 0; seq < 20; seq++) {
			struct record_id id = {(uint32_t)file, seq};
			uint32_t size = record_size(&b->form, id);
			uint8_t bytes[4096] = {0};

			record_write(&b->form, id, bytes);
			put(b, file, bytes, slot ? slot : size);
		}
		ck_assert_uint_lt(b->length[file], BYTES_MAX);
		file_write(b, file);
	}
	return b;
}

static void files_clear(struct bench *b)
{
	static const uint8_t nul[BYTES_MAX];

	for (size_t file = 0; file < FILES; file++)
		ck_assert_int_eq(pwrite(b->fd[file], nul, b->length[file], 0),
				 (ssize_t)b->length[file]);
}

START_TEST(what_a_share_tells_is_not_read)
{
	lists_begin();
	for (uint32_t slot = 0; slot <= 512; slot += 512) {
		struct bench *b = bench_clean(slot);

		slot_bytes = slot;
		ck_assert_int_eq(scan(b, 1, 0, SEGMENTS, &one), 0);
		lists_make(b, 3);
		files_clear(b);
		scan_shared(b, 2);
		/* Behind the last record of a share is no record of that share. */
		if (!slot)
			expect_same(&one, &many);
		ck_assert_uint_ge(many.count, one.count - FILES - 3);
		bench_free(b);
	}
	slot_bytes = 0;
	lists_end();
}
END_TEST

START_TEST(a_share_of_another_size_or_run_is_not_believed)
{
	struct bench *b = bench_clean(0);

	lists_begin();
	lists_make(b, 2);
	files_clear(b);
	ck_assert_int_eq(pwrite(b->fd[1], "", 1, (off_t)b->length[1]), 1);
	b->length[1]++;
	scan_shared(b, 2);
	for (size_t i = 0; i < many.count; i++)
		ck_assert(many.file[i] != 1 || many.found[i].kind == SEGMENT_NUL);
	identity.strategy_index--;
	ck_assert_int_eq(scan(b, 1, 0, SEGMENTS, &one), 0);
	scan_shared(b, 2);
	expect_same(&one, &many);
	identity.strategy_index++;
	bench_free(b);
	lists_end();
}
END_TEST

/* A whole record that the judge reads reaches into the share: it is not of this file.
 */
START_TEST(a_share_that_contradicts_the_file_is_read_again)
{
	struct bench *b = bench_clean(0);
	struct record_id first = {0, 0};
	uint32_t shift = record_size(&b->form, first) / 2;

	lists_begin();
	lists_make(b, 1);
	for (size_t file = 0; file < FILES; file++) {
		memmove(b->bytes[file] + shift, b->bytes[file],
			b->length[file] - shift);
		memset(b->bytes[file], 0, shift);
		close(b->fd[file]);
		file_write(b, file);
	}
	ck_assert_int_eq(scan(b, 1, 0, SEGMENTS, &one), 0);
	/* The list begins with the second record, which stands elsewhere by now. */
	for (size_t file = 0; file < FILES; file++) {
		struct segment *item = &one.found[1];
		struct sequence told = {.items = item,
					.count = 1,
					.from = item->offset + shift,
					.to = item->offset + shift + item->length};
		struct source source;
		struct seam seam = {.source = &source,
				    .form = &b->form,
				    .sink = note,
				    .context = &many};

		if (file > 0)
			break;
		memset(&many, 0, sizeof(many));
		many.limit = SEGMENTS;
		many.bench = b;
		ck_assert_int_eq(open_file(&many, 0, &source, NULL), 0);
		ck_assert_int_eq(seam_take(&seam, &told), 0);
		ck_assert_int_eq(seam_end(&seam, UINT64_MAX), 0);
		source_close(&source);
	}
	for (size_t i = 0; i < many.count; i++)
		ck_assert_uint_eq(one.found[i].offset, many.found[i].offset);
	lists_end();
	bench_free(b);
}
END_TEST

/* ---- the seam -----------------------------------------------------------------------
 */

/* A run that lies, or comes twice, must not take the place of what was passed on. */
START_TEST(a_run_that_is_behind_is_left_out)
{
	struct bench *b = bench_new(2);
	struct seen *s = &many;
	struct segment whole = {.kind = SEGMENT_RECORD, .offset = 0, .length = 100};
	struct sequence run = {.items = &whole, .count = 1, .from = 0, .to = 100};
	struct source source;
	struct seam seam = {
		.source = &source, .form = &b->form, .sink = note, .context = s};

	memset(s, 0, sizeof(*s));
	s->limit = SEGMENTS;
	s->bench = b;
	ck_assert_int_eq(open_file(s, 0, &source, NULL), 0);
	ck_assert_int_eq(seam_take(&seam, &run), 0);
	ck_assert_uint_eq(s->count, 1);
	run.from = 50;
	run.to = 150;
	ck_assert_int_eq(seam_take(&seam, &run), 0);
	run.from = run.to = 200;
	ck_assert_int_eq(seam_take(&seam, &run), 0);
	ck_assert_uint_eq(s->count, 1);
	ck_assert_uint_eq(seam.at, 100);
	source_close(&source);
	bench_free(b);
}
END_TEST

/* ---- a failure that does not last -------------------------------------------------
 */

/* One thread would have ended there: that the next attempt goes well is no excuse. */
START_TEST(what_goes_wrong_once)
{
	bad_once = true;
	for (uint64_t seed = 0; seed < SEEDS / 4; seed++) {
		struct bench *b = bench_new(seed);

		bad_ends = seed % 2;
		for (bad_from = 0; bad_from < (off_t)b->length[1]; bad_from += 611)
			for (uint32_t threads = 1; threads <= 3; threads++) {
				bad_fd = b->fd[1];
				ck_assert_int_eq(scan(b, threads, 500, SEGMENTS, &many),
						 0);
				ck_assert_int_eq(many.file_rc[1], bad_ends ? 0 : -EIO);
				ck_assert_int_eq(many.shrunk[1], bad_ends);
				ck_assert_uint_eq(many.ended, FILES);
			}
		bad_fd = -1;
		bench_free(b);
	}
}
END_TEST

UNIT_MAIN("scan_files", 60, any_threads_and_chunks_find_the_same,
	  an_end_in_the_middle_is_the_same, an_unreadable_block_ends_its_file_alone,
	  a_file_that_shrinks_is_the_same, a_file_that_cannot_be_opened_ends_it_all,
	  without_memory_for_a_file_one_goes_on_alone, shares_give_the_same,
	  what_a_share_tells_is_not_read,
	  a_share_of_another_size_or_run_is_not_believed,
	  a_share_that_contradicts_the_file_is_read_again,
	  a_run_that_is_behind_is_left_out, what_goes_wrong_once)
