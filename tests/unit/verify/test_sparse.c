/* test_sparse - holes and written NULs, on file systems that tell and others. */
#include "tests/unit/unit.h"
#include "verify/sparse.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

enum { BLOCK = 4096 };

struct bench {
	char path[64];
	int fd;
	struct sparse sparse;
};

/* A file in memory, or on the disk of TMPDIR. */
static struct bench bench_make(const char *dir)
{
	struct bench b = {.sparse = SPARSE_NONE};

	snprintf(b.path, sizeof(b.path), "%s/tailrace-sparse.XXXXXX", dir);
	b.fd = mkstemp(b.path);
	ck_assert_int_ge(b.fd, 0);
	return b;
}

static void bench_end(struct bench *b)
{
	sparse_release(&b->sparse);
	sparse_release(&b->sparse);
	close(b->fd);
	unlink(b->path);
}

static void put(struct bench *b, off_t offset, int byte, size_t length)
{
	char bytes[8 * BLOCK];

	memset(bytes, byte, length);
	ck_assert_int_eq(pwrite(b->fd, bytes, length, offset), (ssize_t)length);
}

static enum gap_nature look(struct bench *b, uint64_t offset, uint64_t length)
{
	return sparse_look(&b->sparse, b->path, 0, offset, length);
}

static bool in_memory(const char *dir)
{
	struct statfs fs;

	return statfs(dir, &fs) == 0 && fs.f_type == TMPFS_MAGIC &&
	       access(dir, W_OK) == 0;
}

/* tmpfs(5) has had SEEK_HOLE since Linux 3.8: lseek(2). */
START_TEST(a_hole_and_written_nuls)
{
	struct bench b;

	if (!in_memory("/dev/shm"))
		return;
	b = bench_make("/dev/shm");
	put(&b, 0, 'x', 100);
	put(&b, 3 * BLOCK + 50, 'x', BLOCK);
	put(&b, 5 * BLOCK, 0, 2 * BLOCK);
	put(&b, 7 * BLOCK, 'x', 1);
	ck_assert_int_eq(look(&b, 100, 3 * BLOCK - 50), GAP_HOLE);
	ck_assert_int_eq(look(&b, 5 * BLOCK, 2 * BLOCK), GAP_WRITTEN);
	/* Between others' bytes no block is its own. */
	ck_assert_int_eq(look(&b, 100, BLOCK - 100), GAP_UNTOLD);
	ck_assert_int_eq(look(&b, 5 * BLOCK + 1, 2 * BLOCK - 2), GAP_UNTOLD);
	/* Beyond the end nothing can be asked. */
	ck_assert_int_eq(look(&b, 7 * BLOCK, BLOCK), GAP_UNTOLD);
	bench_end(&b);
}
END_TEST

START_TEST(written_nuls_in_a_file_without_a_hole)
{
	struct bench b;

	if (!in_memory("/dev/shm"))
		return;
	b = bench_make("/dev/shm");
	put(&b, 0, 'x', BLOCK);
	put(&b, BLOCK, 0, 2 * BLOCK);
	put(&b, 3 * BLOCK, 'x', BLOCK);
	ck_assert_int_eq(look(&b, BLOCK, 2 * BLOCK), GAP_WRITTEN);
	bench_end(&b);
}
END_TEST

START_TEST(each_file_is_asked_itself)
{
	struct bench hole, whole;
	struct sparse sparse = SPARSE_NONE;

	if (!in_memory("/dev/shm"))
		return;
	hole = bench_make("/dev/shm");
	whole = bench_make("/dev/shm");
	put(&hole, 4 * BLOCK, 'x', 1);
	put(&whole, 0, 0, 4 * BLOCK);
	put(&whole, 4 * BLOCK, 'x', BLOCK);
	ck_assert_int_eq(sparse_look(&sparse, hole.path, 0, 0, BLOCK), GAP_HOLE);
	ck_assert_int_eq(sparse_look(&sparse, whole.path, 1, 0, BLOCK), GAP_WRITTEN);
	ck_assert_int_eq(sparse_look(&sparse, "/nonexistent", 2, 0, BLOCK), GAP_UNTOLD);
	ck_assert_int_eq(sparse_look(&sparse, "/dev/zero", 3, 0, BLOCK), GAP_UNTOLD);
	ck_assert_int_eq(sparse_look(&sparse, hole.path, 0, 0, BLOCK), GAP_HOLE);
	sparse_release(&sparse);
	bench_end(&hole);
	bench_end(&whole);
}
END_TEST

/* Whatever it lies on: what was written is never called a hole. */
START_TEST(never_a_hole_where_nuls_were_written)
{
	const char *tmp = getenv("TMPDIR");
	struct bench b = bench_make(tmp && strlen(tmp) < 32 && *tmp ? tmp : "/tmp");

	put(&b, 0, 'x', BLOCK);
	for (int i = 1; i < 7; i++)
		put(&b, i * BLOCK, 0, BLOCK);
	put(&b, 7 * BLOCK, 'x', BLOCK);
	ck_assert_int_ne(look(&b, BLOCK, 6 * BLOCK), GAP_HOLE);
	bench_end(&b);
}
END_TEST

UNIT_MAIN("sparse", 20, a_hole_and_written_nuls, written_nuls_in_a_file_without_a_hole,
	  each_file_is_asked_itself, never_a_hole_where_nuls_were_written)
