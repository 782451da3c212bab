/*
 * test_manifest - written and read back, damaged, cut, and what is none at all; and the
 * paths that it stands for.
 */
#include "tests/unit/core/sample_manifest.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

START_TEST(reads_back_what_was_written)
{
	struct manifest m = sample(), read;
	struct error err = {0};
	struct stat st;

	enter_folder();
	save(&m);
	ck_assert_msg(manifest_load(&read, ".", &err) == 0, "%s", err.sentence);
	ck_assert(same(&m, &read));
	ck_assert_int_eq(stat(MANIFEST_FILE, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0600);
	manifest_release(&read);
	manifest_release(&read);

	/* Replaced whole. */
	free(m.label);
	m.label = text("again");
	save(&m);
	ck_assert_int_eq(manifest_load(&read, ".", &err), 0);
	ck_assert(same(&m, &read));
	manifest_release(&read);
	manifest_release(&m);
	leave_folder();
}
END_TEST

START_TEST(a_manifest_of_nothing)
{
	struct manifest m = {
		.run_id = "000000000000", .min_bytes = 64, .max_bytes = 64};
	struct manifest read;
	struct error err = {0};

	enter_folder();
	m.data_dir = text("/x");
	save(&m);
	ck_assert_msg(manifest_load(&read, ".", &err) == 0, "%s", err.sentence);
	ck_assert_uint_eq(read.rank_count, 0);
	ck_assert_uint_eq(read.strategy_count, 0);
	manifest_release(&read);
	manifest_release(&m);
	leave_folder();
}
END_TEST

START_TEST(a_link_is_not_followed_when_writing)
{
	struct manifest m = sample();
	struct stat st;

	enter_folder();
	ck_assert_int_eq(symlink("victim", MANIFEST_FILE), 0);
	ck_assert_int_eq(symlink("victim", MANIFEST_FILE ".new"), 0);
	save(&m);
	ck_assert_int_eq(access("victim", F_OK), -1);
	ck_assert_int_eq(lstat(MANIFEST_FILE, &st), 0);
	ck_assert(S_ISREG(st.st_mode));
	manifest_release(&m);
	leave_folder();
}
END_TEST

static size_t read_whole(char *bytes, size_t size)
{
	FILE *file = fopen(MANIFEST_FILE, "r");
	size_t got;

	ck_assert_ptr_nonnull(file);
	got = fread(bytes, 1, size, file);
	ck_assert_uint_lt(got, size);
	fclose(file);
	return got;
}

static void write_whole(const char *bytes, size_t size)
{
	FILE *file = fopen(MANIFEST_FILE, "w");

	ck_assert_ptr_nonnull(file);
	ck_assert_uint_eq(fwrite(bytes, 1, size, file), size);
	fclose(file);
}

/* It is refused with a sentence, or says nothing else than it did before. */
static void refused_or_same(const struct manifest *m, const char *what, size_t at)
{
	struct error err = {0};
	struct manifest read;
	int rc = manifest_load(&read, ".", &err);

	if (rc < 0) {
		ck_assert_int_eq(rc, -EBADMSG);
		ck_assert_uint_ne(err.sentence[0], '\0');
		return;
	}
	ck_assert_msg(same(m, &read), "%s at %zu", what, at);
	manifest_release(&read);
}

START_TEST(a_flipped_byte_is_found)
{
	static char bytes[16384];
	struct manifest m = sample();
	size_t size;

	enter_folder();
	save(&m);
	size = read_whole(bytes, sizeof(bytes));
	for (size_t at = 0; at < size; at++) {
		/* Every byte, and every bit of eight in a row. */
		char flip = (char)(1 << at % 8);

		bytes[at] ^= flip;
		write_whole(bytes, size);
		refused_or_same(&m, "flipped", at);
		bytes[at] ^= flip;
	}
	manifest_release(&m);
	leave_folder();
}
END_TEST

START_TEST(a_cut_one_is_found)
{
	static char bytes[16384];
	struct manifest m = sample();
	size_t size;

	enter_folder();
	save(&m);
	size = read_whole(bytes, sizeof(bytes));
	for (size_t cut = 0; cut < size; cut++) {
		write_whole(bytes, cut);
		refused_or_same(&m, "cut", cut);
	}
	manifest_release(&m);
	leave_folder();
}
END_TEST

START_TEST(what_is_no_manifest)
{
	static const char *const texts[] = {
		"",
		"\n",
		"null",
		"[]",
		"{}",
		"7",
		"\"\"",
		"{\"crc32c\":\"00000000\"}",
		"{\"schema\":\"tailrace.manifest/1\"}",
		"{\"schema\":\"tailrace.manifest/2\",\"crc32c\":\"00000000\"}",
		"{\"schema\":7}",
		"\xff\xfe",
		"{\"a\":1,\"a\":2}"};
	struct manifest read;
	struct error err;

	enter_folder();
	ck_assert_int_eq(manifest_load(&read, ".", &err), -ENOENT);
	ck_assert_int_eq(manifest_load(&read, "/nonexistent", &err), -ENOENT);
	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		write_whole(texts[i], strlen(texts[i]));
		ck_assert_int_eq(manifest_load(&read, ".", &err), -EBADMSG);
	}
	unlink(MANIFEST_FILE);
	/* A pipe that nobody writes to must not be waited for. */
	ck_assert_int_eq(mkfifo(MANIFEST_FILE, 0600), 0);
	ck_assert_int_lt(manifest_load(&read, ".", &err), 0);
	unlink(MANIFEST_FILE);
	ck_assert_int_eq(mkdir(MANIFEST_FILE, 0700), 0);
	ck_assert_int_lt(manifest_load(&read, ".", &err), 0);
	ck_assert_int_eq(rmdir(MANIFEST_FILE), 0);
	ck_assert_int_eq(symlink("/etc/passwd", MANIFEST_FILE), 0);
	ck_assert_int_lt(manifest_load(&read, ".", &err), 0);
	leave_folder();
}
END_TEST

START_TEST(depth_without_end)
{
	static char bytes[1 << 20];
	struct manifest read;
	struct error err;

	enter_folder();
	memset(bytes, '[', sizeof(bytes));
	write_whole(bytes, sizeof(bytes));
	ck_assert_int_eq(manifest_load(&read, ".", &err), -EBADMSG);
	leave_folder();
}
END_TEST

START_TEST(paths_stay_in_their_folders)
{
	struct manifest m = sample();
	struct record_plan plan = manifest_record_plan(&m, 1);
	char *shared = manifest_data_path(&m, 0, 2);
	char *again = manifest_data_path(&m, 0, 0);
	char *history = manifest_history_path(&m, "run", 1, 2);
	char *other = manifest_history_path(&m, "run", 1, 1);
	char *own;

	ck_assert_str_eq(shared, again);
	ck_assert_int_eq(strncmp(shared, m.data_dir, strlen(m.data_dir)), 0);
	ck_assert_int_eq(strncmp(history, "run/history/", strlen("run/history/")), 0);
	ck_assert_str_ne(history, other);
	m.strategies[0].shared_file = false;
	own = manifest_data_path(&m, 0, 2);
	ck_assert_str_ne(own, shared);
	ck_assert_uint_eq(plan.strategy_index, 1);
	ck_assert_str_eq(plan.run_id, m.run_id);
	ck_assert_uint_eq(plan.seed, m.seed);
	ck_assert_uint_eq(plan.max_bytes, m.max_bytes);
	free(shared);
	free(again);
	free(history);
	free(other);
	free(own);
	manifest_release(&m);
}
END_TEST

START_TEST(names_of_ends)
{
	ck_assert_str_eq(writer_end_name(WRITER_ABSENT), "absent");
	ck_assert_str_eq(writer_end_name(WRITER_FINISHED), "finished");
	ck_assert_str_eq(writer_end_name(WRITER_KILLED), "killed");
	ck_assert_str_eq(writer_end_name(WRITER_HUNG), "hung");
	ck_assert_str_eq(writer_end_name((enum writer_end)4), "?");
}
END_TEST

UNIT_MAIN("manifest", 60, reads_back_what_was_written, a_manifest_of_nothing,
	  a_link_is_not_followed_when_writing, a_flipped_byte_is_found,
	  a_cut_one_is_found, what_is_no_manifest, depth_without_end,
	  paths_stay_in_their_folders, names_of_ends)
