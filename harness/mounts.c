/* mounts - see mounts.h. */
#include "harness/mounts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Undo seq_path(): "\040" for a blank, likewise tab, newline and backslash. */
static void unmangle(char *text)
{
	char *to = text;

	for (const char *from = text; *from; to++) {
		if (from[0] == '\\' && from[1] >= '0' && from[1] <= '3' &&
		    from[2] >= '0' && from[2] <= '7' && from[3] >= '0' &&
		    from[3] <= '7') {
			*to = (char)((from[1] - '0') << 6 | (from[2] - '0') << 3 |
				     (from[3] - '0'));
			from += 4;
		} else {
			*to = *from++;
		}
	}
	*to = '\0';
}

/* Is one of @options, parted by commas, the one of @length at @option? */
static bool has_option(const char *options, const char *option, size_t length)
{
	while (*options) {
		size_t own = strcspn(options, ",");

		if (own == length && memcmp(options, option, length) == 0)
			return true;
		options += own;
		options += *options == ',';
	}
	return false;
}

/* Those of the mount, then those of its file system that are not among them. */
static void join_options(struct mount_entry *entry, const char *mount,
			 const char *super)
{
	size_t used =
		(size_t)snprintf(entry->options, sizeof(entry->options), "%s", mount);

	while (*super && used < sizeof(entry->options)) {
		size_t length = strcspn(super, ",");

		if (!has_option(mount, super, length))
			used += (size_t)snprintf(entry->options + used,
						 sizeof(entry->options) - used, ",%.*s",
						 (int)length, super);
		super += length;
		super += *super == ',';
	}
}

/*
 * "ID PARENT MAJOR:MINOR ROOT POINT OPTIONS [TAG...] - TYPE SOURCE SUPEROPTIONS"
 */
static int parse_mountinfo_line(char *line, struct mount_entry *ret_entry)
{
	char *field[6];
	char *type, *source, *super;
	char *rest = line;

	line[strcspn(line, "\n")] = '\0';
	for (int i = 0; i < 6; i++)
		if (!(field[i] = strsep(&rest, " ")))
			return -EINVAL;
	do {
		type = strsep(&rest, " ");
	} while (type && strcmp(type, "-") != 0);
	type = strsep(&rest, " ");
	source = strsep(&rest, " ");
	super = rest;
	if (!type || !source || !super)
		return -EINVAL;
	unmangle(field[4]);
	unmangle(source);
	snprintf(ret_entry->point, sizeof(ret_entry->point), "%s", field[4]);
	snprintf(ret_entry->fstype, sizeof(ret_entry->fstype), "%s", type);
	snprintf(ret_entry->source, sizeof(ret_entry->source), "%s", source);
	join_options(ret_entry, field[5], super);
	return 0;
}

/* The length of @point if @path is it or lies below it, else -1. */
static long covers(const char *point, const char *path)
{
	size_t length = strlen(point);

	if (strcmp(point, "/") == 0)
		return 0;
	if (strncmp(point, path, length) != 0 ||
	    (path[length] != '/' && path[length] != '\0'))
		return -1;
	return (long)length;
}

int mounts_find(FILE *mountinfo, const char *path, struct mount_entry *ret_entry)
{
	struct mount_entry entry;
	char *line = NULL;
	size_t room = 0;
	long best = -1;

	while (getline(&line, &room, mountinfo) >= 0) {
		long length;

		if (parse_mountinfo_line(line, &entry) < 0)
			continue;
		length = covers(entry.point, path);
		if (length < 0 || length < best)
			continue;
		best = length;
		*ret_entry = entry;
	}
	free(line);
	return best < 0 ? -ENOENT : 0;
}

bool mounts_local_fstype(const char *fstype)
{
	static const char *const local[] = {
		"bcachefs", "btrfs",	"erofs",    "exfat",   "ext2",	 "ext3",
		"ext4",	    "f2fs",	"hfs",	    "hfsplus", "hostfs", "jfs",
		"minix",    "msdos",	"nilfs2",   "ntfs",    "ntfs3",	 "overlay",
		"ramfs",    "reiserfs", "squashfs", "tmpfs",   "udf",	 "vfat",
		"xfs",	    "zfs",
	};

	for (size_t i = 0; i < sizeof(local) / sizeof(local[0]); i++)
		if (strcmp(local[i], fstype) == 0)
			return true;
	return false;
}

/* ---- RPCs ---------------------------------------------------------------- */

/* "device SOURCE mounted on POINT with fstype TYPE [statvers=N]": of @point? */
static bool begins_mount(char *line, const char *point)
{
	static const char on[] = " mounted on ";
	char *name = strstr(line, on);
	char *end;

	if (strncmp(line, "device ", 7) != 0 || !name)
		return false;
	name += strlen(on);
	end = strchr(name, ' '); /* a blank in the name is mangled */
	if (!end)
		return false;
	*end = '\0';
	unmangle(name);
	return strcmp(name, point) == 0;
}

/* Of the numbers behind its name (net/sunrpc/stats.c), _print_rpc_iostats. */
enum { OPERATIONS = 0, ERRORS = 8, OPERATION_NUMBERS };

/* "\t  WRITE: OPERATIONS TRANSMISSIONS ... ERRORS"; the last since Linux 5.3. */
static void take_operation(const char *line, struct rpc_counts *counts)
{
	struct rpc_count *kind = &counts->kind[counts->kinds];
	uint64_t number[OPERATION_NUMBERS] = {0};
	int name_end = 0, numbers = 0;
	const char *at;
	char *end;

	if (counts->kinds == RPC_KINDS_MAX ||
	    sscanf(line, " %27[A-Za-z0-9_]:%n", kind->name, &name_end) != 1 ||
	    !name_end)
		return;
	for (at = line + name_end; numbers < OPERATION_NUMBERS; at = end, numbers++) {
		number[numbers] = strtoull(at, &end, 10);
		if (end == at)
			break;
	}
	kind->count = number[OPERATIONS];
	kind->errors = number[ERRORS] < kind->count ? number[ERRORS] : kind->count;
	counts->kinds += numbers > 0;
}

int mounts_read_rpc(FILE *mountstats, const char *point, struct rpc_counts *ret_counts)
{
	struct rpc_counts counts = {0};
	bool mine = false, operations = false;
	char *line = NULL;
	size_t room = 0;

	while (getline(&line, &room, mountstats) >= 0) {
		if (strncmp(line, "device ", 7) == 0) {
			/* Of several mounts at one point the last is seen. */
			mine = begins_mount(line, point);
			operations = false;
			if (mine)
				counts.kinds = 0;
		} else if (mine && strstr(line, "per-op statistics")) {
			operations = true;
		} else if (mine && operations) {
			take_operation(line, &counts);
		}
	}
	free(line);
	if (!counts.kinds)
		return -ENOENT;
	*ret_counts = counts;
	return 0;
}

void mounts_copy_stats(FILE *mountstats, const char *point, char *text, size_t size)
{
	char *line = NULL;
	size_t room = 0, used = 0;
	bool mine = false;

	text[0] = '\0';
	while (getline(&line, &room, mountstats) >= 0) {
		if (strncmp(line, "device ", 7) == 0) {
			char *copy = strdup(line);

			mine = copy && begins_mount(copy, point);
			used = mine ? 0 : used;
			free(copy);
		}
		if (mine && used < size)
			used += (size_t)snprintf(text + used, size - used, "%s", line);
	}
	free(line);
}

void rpc_counts_subtract(struct rpc_counts *after, const struct rpc_counts *before)
{
	for (uint32_t a = 0; a < after->kinds; a++) {
		for (uint32_t b = 0; b < before->kinds; b++) {
			if (strcmp(after->kind[a].name, before->kind[b].name) != 0)
				continue;
			after->kind[a].count -= before->kind[b].count;
			after->kind[a].errors -= before->kind[b].errors;
		}
	}
}
