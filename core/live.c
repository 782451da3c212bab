/* live - see live.h. */
#include "core/live.h"

#include "core/history.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

int live_open(const char *path, struct live **ret_live, struct error *err)
{
	int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	void *page = MAP_FAILED;
	struct stat st;
	int rc = 0;

	if (fd < 0)
		return error_sys(err, errno, "cannot open the history %s", path);
	if (fstat(fd, &st) < 0)
		rc = error_sys(err, errno, "cannot look at the history %s", path);
	else if (!S_ISREG(st.st_mode) || st.st_size < HISTORY_HEADER_BYTES)
		rc = error_set(err, EBADMSG, "%s is no history, or it was cut", path);
	else
		page = mmap(NULL, HISTORY_HEADER_BYTES, PROT_READ | PROT_WRITE,
			    MAP_SHARED, fd, 0);
	if (rc == 0 && page == MAP_FAILED)
		rc = error_sys(err, errno, "cannot map the history %s", path);
	close(fd);
	if (rc == 0)
		*ret_live = live_in(page);
	return rc;
}

void live_close(struct live *live)
{
	if (live)
		munmap((uint8_t *)(void *)live - LIVE_AT, HISTORY_HEADER_BYTES);
}

int live_leave_at(const char *path, uint64_t leave_ns, struct error *err)
{
	struct live *live = NULL;
	int rc = live_open(path, &live, err);

	if (rc < 0)
		return rc;
	atomic_store(&live->leave_ns, leave_ns);
	live_close(live);
	return 0;
}
