/* test_source - views of a file, wherever and however large they are. */
#include "core/random.h"
#include "tests/unit/unit.h"
#include "verify/source.h"

#include <stdio.h>
#include <unistd.h>

enum { FILE_BYTES = 300001, VIEW_MAX = 5000, AHEAD = 20000, PAGE_BYTES = 4096 };

static uint8_t file_bytes[FILE_BYTES];

static void open_file(struct source *source)
{
	char path[] = "/tmp/tailrace-source.XXXXXX";
	uint64_t seed = 3;
	int fd = mkstemp(path);

	for (size_t i = 0; i < sizeof(file_bytes); i++)
		file_bytes[i] = (uint8_t)random_next(&seed);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, file_bytes, sizeof(file_bytes)), FILE_BYTES);
	close(fd);
	ck_assert_int_eq(source_open(source, path, VIEW_MAX, AHEAD, false, NULL), 0);
	unlink(path);
}

/* Right, all that there is, and as far behind the beginning of a page as in the file.
 */
static void check_view(struct source *source, uint64_t offset, size_t length)
{
	const uint8_t *bytes, *held;
	size_t available, held_bytes;
	size_t there = offset < FILE_BYTES ? (size_t)(FILE_BYTES - offset) : 0;

	ck_assert_int_eq(source_view(source, offset, length, &bytes, &available), 0);
	ck_assert_uint_eq(available, there < length ? there : length);
	if (there == 0)
		return;
	ck_assert_uint_eq((uintptr_t)bytes % PAGE_BYTES, offset % PAGE_BYTES);
	ck_assert_mem_eq(bytes, file_bytes + offset, available);
	held = source_held(source, offset, &held_bytes);
	ck_assert_ptr_eq(held, bytes);
	ck_assert_uint_ge(held_bytes, available);
	ck_assert_mem_eq(held, file_bytes + offset, held_bytes);
}

START_TEST(onward_in_steps_of_any_size)
{
	struct source source;
	uint64_t seed = 1;

	open_file(&source);
	for (uint32_t step = 1; step <= VIEW_MAX; step += 1 + step / 3)
		for (uint64_t at = step; at < FILE_BYTES + 2 * step; at += step)
			check_view(&source, at, 1 + random_next(&seed) % VIEW_MAX);
	source_close(&source);
}
END_TEST

START_TEST(to_and_fro)
{
	struct source source;
	uint64_t seed = 2, near = 0;

	open_file(&source);
	for (int i = 0; i < 20000; i++) {
		if (i % 16 == 0)
			near = random_next(&seed) % (FILE_BYTES + 100);
		check_view(&source, near + random_next(&seed) % (2 * AHEAD),
			   random_next(&seed) % (VIEW_MAX + 1));
	}
	source_close(&source);
}
END_TEST

START_TEST(another_reader_has_a_window_of_its_own)
{
	struct source source, reader = {0};

	open_file(&source);
	check_view(&source, 100, 1000);
	ck_assert_int_eq(source_share(&reader, &source), 0);
	for (uint64_t at = 0; at < FILE_BYTES; at += 3333)
		check_view(&reader, at, VIEW_MAX);
	check_view(&source, 100, 1000);
	ck_assert_int_eq(source_share(&reader, &source), 0);
	check_view(&reader, 5, VIEW_MAX);
	source_unshare(&reader);
	source_close(&source);
}
END_TEST

START_TEST(bytes_in_memory)
{
	static const uint8_t bytes[] = "four";
	struct source source;
	const uint8_t *seen;
	size_t available;

	ck_assert_int_eq(source_of_bytes(&source, bytes, 4), 0);
	for (int twice = 0; twice < 2; twice++) {
		ck_assert_int_eq(source_view(&source, 1, 10, &seen, &available), 0);
		ck_assert_uint_eq(available, 3);
		ck_assert_mem_eq(seen, "our", 3);
		ck_assert_int_eq(source_view(&source, 4, 1, &seen, &available), 0);
		ck_assert_uint_eq(available, 0);
		ck_assert_int_eq(source_view(&source, 5000, 1, &seen, &available), 0);
		ck_assert_uint_eq(available, 0);
	}
	source_close(&source);
}
END_TEST

UNIT_MAIN("source", 60, onward_in_steps_of_any_size, to_and_fro,
	  another_reader_has_a_window_of_its_own, bytes_in_memory)
