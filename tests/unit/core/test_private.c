/* test_private - a folder that is ours alone, or none. */
#include "core/private.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static char parent[] = "/tmp/tailrace-private-XXXXXX";

static void begin(void)
{
	ck_assert_ptr_nonnull(mkdtemp(parent));
	ck_assert_int_eq(chdir(parent), 0);
}

static void end(void)
{
	rmdir("mine");
	unlink("mine");
	rmdir("other");
	ck_assert_int_eq(rmdir(parent), 0);
}

START_TEST(one_that_is_made)
{
	struct stat st;

	begin();
	ck_assert_int_eq(private_folder("mine"), 0);
	ck_assert_int_eq(stat("mine", &st), 0);
	ck_assert_uint_eq(st.st_mode & 0777, 0700);
	/* A neighbour of the same user finds it made. */
	ck_assert_int_eq(private_folder("mine"), 0);
	ck_assert_int_eq(private_folder("no/where"), -ENOENT);
	end();
}
END_TEST

START_TEST(one_that_somebody_else_put_there)
{
	begin();
	/* A link to a folder of our own is a way out, too. */
	ck_assert_int_eq(mkdir("other", 0700), 0);
	ck_assert_int_eq(symlink("other", "mine"), 0);
	ck_assert_int_eq(private_folder("mine"), -EPERM);
	ck_assert_int_eq(unlink("mine"), 0);
	ck_assert_int_eq(symlink("nowhere", "mine"), 0);
	ck_assert_int_eq(private_folder("mine"), -EPERM);
	ck_assert_int_eq(unlink("mine"), 0);
	/* A file; a folder that others may write into; another user's. */
	ck_assert_int_eq(mknod("mine", S_IFREG | 0600, 0), 0);
	ck_assert_int_eq(private_folder("mine"), -EPERM);
	ck_assert_int_eq(unlink("mine"), 0);
	ck_assert_int_eq(mkdir("mine", 0700), 0);
	ck_assert_int_eq(chmod("mine", 0770), 0);
	ck_assert_int_eq(private_folder("mine"), -EPERM);
	ck_assert_int_eq(chmod("mine", 0700), 0);
	ck_assert_int_eq(private_folder("mine"), 0);
	if (geteuid() == 0) {
		ck_assert_int_eq(chown("mine", 1, 1), 0);
		ck_assert_int_eq(private_folder("mine"), -EPERM);
	}
	end();
}
END_TEST

UNIT_MAIN("private", 10, one_that_is_made, one_that_somebody_else_put_there)
