/* mounts - mountinfo and mountstats as kernels write them. */
#include "harness/mounts.h"

#include "tests/unit/unit.h"

#include <errno.h>
#include <string.h>

static FILE *open_text(const char *text)
{
	FILE *file = fmemopen((void *)(uintptr_t)text, strlen(text), "r");

	ck_assert_ptr_nonnull(file);
	return file;
}

static const char mountinfo[] =
	"22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw,errors=remount-ro\n"
	"40 22 0:40 / /mnt/nas rw,relatime shared:9 master:2 - nfs4 srv:/export "
	"rw,vers=4.2,hard\n"
	"41 22 0:41 /sub /mnt/with\\040blank rw - nfs a:/x\\011y rw,vers=3\n"
	"broken line\n"
	"42 22 0:42 / /mnt/nas2 rw - xfs /dev/sdb rw\n"
	"44 22 0:44 / /mnt/ro ro,noatime - nfs s:/ rw,noatimes,vers=3\n"
	"43 40 0:43 / /mnt/nas rw - tmpfs over rw\n";

static int find(const char *path, struct mount_entry *ret_entry)
{
	FILE *file = open_text(mountinfo);
	int rc = mounts_find(file, path, ret_entry);

	fclose(file);
	return rc;
}

START_TEST(the_longest_mount_point_wins)
{
	struct mount_entry entry;

	ck_assert_int_eq(find("/home/x", &entry), 0);
	ck_assert_str_eq(entry.fstype, "ext4");
	ck_assert_str_eq(entry.options, "rw,relatime,errors=remount-ro");
	ck_assert_int_eq(find("/mnt/nas2/d", &entry), 0);
	ck_assert_str_eq(entry.fstype, "xfs");
	/* What both have stands once, and a part of a name is another. */
	ck_assert_int_eq(find("/mnt/ro", &entry), 0);
	ck_assert_str_eq(entry.options, "ro,noatime,rw,noatimes,vers=3");
	/* Part of a name is no mount point. */
	ck_assert_int_eq(find("/mnt/nas3", &entry), 0);
	ck_assert_str_eq(entry.point, "/");
}
END_TEST

START_TEST(a_mount_over_another_hides_it)
{
	struct mount_entry entry;

	ck_assert_int_eq(find("/mnt/nas", &entry), 0);
	ck_assert_str_eq(entry.fstype, "tmpfs");
	ck_assert_int_eq(find("/mnt/nas/d", &entry), 0);
	ck_assert_str_eq(entry.source, "over");
}
END_TEST

START_TEST(blanks_and_tabs_come_back)
{
	struct mount_entry entry;

	ck_assert_int_eq(find("/mnt/with blank/d", &entry), 0);
	ck_assert_str_eq(entry.point, "/mnt/with blank");
	ck_assert_str_eq(entry.source, "a:/x\ty");
	ck_assert_str_eq(entry.fstype, "nfs");
}
END_TEST

START_TEST(an_empty_table_has_no_mount)
{
	struct mount_entry entry;
	FILE *file = open_text("\n");

	ck_assert_int_eq(mounts_find(file, "/", &entry), -ENOENT);
	fclose(file);
}
END_TEST

/* A false "local" would let one host pass for a test of many. */
START_TEST(what_is_not_known_is_not_local)
{
	ck_assert(mounts_local_fstype("ext4"));
	ck_assert(mounts_local_fstype("tmpfs"));
	ck_assert(mounts_local_fstype("overlay"));
	ck_assert(!mounts_local_fstype("nfs"));
	ck_assert(!mounts_local_fstype("nfs4"));
	ck_assert(!mounts_local_fstype("cifs"));
	ck_assert(!mounts_local_fstype("lustre"));
	ck_assert(!mounts_local_fstype("fuse.sshfs"));
	ck_assert(!mounts_local_fstype("ext"));
	ck_assert(!mounts_local_fstype(""));
}
END_TEST

static const char mountstats[] =
	"device /dev/sda1 mounted on / with fstype ext4\n"
	"device srv:/export mounted on /mnt/a\\040b with fstype nfs4 statvers=1.1\n"
	"\topts:\trw,vers=4.2\n"
	"\tage:\t12\n"
	"\tRPC iostats version: 1.1  p/v: 100003/4 (nfs)\n"
	"\txprt:\ttcp 0 0 1 0 0 100 100 0 100 0 2 0 0\n"
	"\tper-op statistics\n"
	"\t        NULL: 1 1 0 44 24 0 0 0 0\n"
	"\t       WRITE: 10 12 0 440 240 0 1 1 0\n"
	"\t        LOCK: 7 7 0 44 24 0 0 0 3\n"
	"\n"
	"device srv:/other mounted on /mnt/b with fstype nfs statvers=1.1\n"
	"\tper-op statistics\n"
	"\t       WRITE: 99 99 0 440 240 0 1 1 0\n"
	"device tmpfs mounted on /tmp with fstype tmpfs\n";

START_TEST(requests_of_the_right_mount_are_counted)
{
	struct rpc_counts counts;
	FILE *file = open_text(mountstats);

	ck_assert_int_eq(mounts_read_rpc(file, "/mnt/a b", &counts), 0);
	fclose(file);
	ck_assert_uint_eq(counts.kinds, 3);
	ck_assert_str_eq(counts.kind[1].name, "WRITE");
	/* Requests, not transmissions: a retransmitted one is one. */
	ck_assert_uint_eq(counts.kind[1].count, 10);
	ck_assert_str_eq(counts.kind[2].name, "LOCK");
	ck_assert_uint_eq(counts.kind[2].count, 7);
	ck_assert_uint_eq(counts.kind[2].errors, 3);
	ck_assert_uint_eq(counts.kind[1].errors, 0);
}
END_TEST

/* Eight numbers before Linux 5.3; more errors than requests are damage. */
START_TEST(errors_are_counted_where_the_kernel_tells)
{
	static const char old[] =
		"device s:/ mounted on /m with fstype nfs statvers=1.0\n"
		"\tper-op statistics\n"
		"\t  LOCK: 7 7 0 44 24 0 0 0\n"
		"\t  WRITE: 5 5 0 44 24 0 0 0 9\n"
		"\t  NONE: \n";
	struct rpc_counts counts;
	FILE *file = open_text(old);

	ck_assert_int_eq(mounts_read_rpc(file, "/m", &counts), 0);
	fclose(file);
	ck_assert_uint_eq(counts.kinds, 2);
	ck_assert_uint_eq(counts.kind[0].count, 7);
	ck_assert_uint_eq(counts.kind[0].errors, 0);
	ck_assert_uint_eq(counts.kind[1].errors, 5);
}
END_TEST

START_TEST(other_mounts_have_no_requests)
{
	static const char *const points[] = {"/", "/tmp", "/mnt", "/nowhere"};
	struct rpc_counts counts;

	for (size_t i = 0; i < 4; i++) {
		FILE *file = open_text(mountstats);

		ck_assert_int_eq(mounts_read_rpc(file, points[i], &counts), -ENOENT);
		fclose(file);
	}
}
END_TEST

START_TEST(the_lines_of_a_mount_are_copied)
{
	char text[1024], small[16];
	FILE *file = open_text(mountstats);

	mounts_copy_stats(file, "/mnt/b", text, sizeof(text));
	ck_assert_int_eq(strncmp(text, "device srv:/other", 17), 0);
	ck_assert_ptr_nonnull(strstr(text, "99 99"));
	ck_assert_ptr_null(strstr(text, "/tmp"));
	rewind(file);
	mounts_copy_stats(file, "/mnt/b", small, sizeof(small));
	ck_assert_uint_eq(strlen(small), sizeof(small) - 1);
	rewind(file);
	mounts_copy_stats(file, "/nowhere", text, sizeof(text));
	ck_assert_str_eq(text, "");
	fclose(file);
}
END_TEST

START_TEST(a_difference_is_by_kind)
{
	struct rpc_counts before = {.kinds = 1, .kind = {{"LOCK", 3, 1}}};
	struct rpc_counts after = {.kinds = 2,
				   .kind = {{"WRITE", 5, 0}, {"LOCK", 10, 5}}};

	rpc_counts_subtract(&after, &before);
	ck_assert_uint_eq(after.kind[0].count, 5);
	ck_assert_uint_eq(after.kind[1].count, 7);
	ck_assert_uint_eq(after.kind[1].errors, 4);
}
END_TEST

UNIT_MAIN("mounts", 60, the_longest_mount_point_wins, a_mount_over_another_hides_it,
	  blanks_and_tabs_come_back, an_empty_table_has_no_mount,
	  what_is_not_known_is_not_local, requests_of_the_right_mount_are_counted,
	  errors_are_counted_where_the_kernel_tells, other_mounts_have_no_requests,
	  the_lines_of_a_mount_are_copied, a_difference_is_by_kind)
