/* sparse - see sparse.h. */
#include "verify/sparse.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <stddef.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#ifndef XFS_SUPER_MAGIC /* newer than some headers; statfs(2) */
#define XFS_SUPER_MAGIC 0x58465342
#endif

/* Where a hole begins at or after @offset; the size of the file if none does. */
static uint64_t next_hole(struct sparse *s, uint64_t offset)
{
	off_t at;

	if (offset >= s->dense_from && offset < s->dense_to)
		return s->dense_to;
	at = lseek(s->fd, (off_t)offset, SEEK_HOLE);
	s->dense_from = offset;
	s->dense_to =
		at < 0 || (uint64_t)at > s->size_bytes ? s->size_bytes : (uint64_t)at;
	return s->dense_to;
}

/* File systems whose lseek(2) finds every hole. */
static bool knows_holes(int fd)
{
	static const long known[] = {EXT4_SUPER_MAGIC, XFS_SUPER_MAGIC, TMPFS_MAGIC};
	struct statfs fs;

	if (fstatfs(fd, &fs) < 0)
		return false;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if ((long)fs.f_type == known[i])
			return true;
	return false;
}

static void file_open(struct sparse *s, const char *path, uint32_t file)
{
	struct stat st = {0};

	sparse_release(s);
	s->file = file;
	s->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (s->fd < 0 || fstat(s->fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		sparse_release(s);
		return;
	}
	s->size_bytes = (uint64_t)st.st_size;
	s->block_bytes = st.st_blksize > 0 ? (uint64_t)st.st_blksize : 4096;
	/* st_blocks are of 512 bytes, whatever the file system's are: inode(7). */
	s->tells =
		next_hole(s, 0) < s->size_bytes ||
		(knows_holes(s->fd) && (uint64_t)st.st_blocks * 512 >= s->size_bytes);
}

void sparse_release(struct sparse *s)
{
	if (s->fd >= 0)
		close(s->fd);
	*s = SPARSE_NONE;
}

enum gap_nature sparse_look(struct sparse *s, const char *path, uint32_t file,
			    uint64_t offset, uint64_t length)
{
	uint64_t block;

	if (s->fd < 0 || s->file != file)
		file_open(s, path, file);
	if (s->fd < 0 || offset + length > s->size_bytes)
		return GAP_UNTOLD;
	if (next_hole(s, offset) < offset + length)
		return GAP_HOLE;
	/* A hole is of whole blocks; what is smaller stands beside other bytes. */
	block = (offset + s->block_bytes - 1) / s->block_bytes * s->block_bytes;
	return s->tells && block + s->block_bytes <= offset + length ? GAP_WRITTEN
								     : GAP_UNTOLD;
}
