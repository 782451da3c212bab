/*
 * bare - the system calls of a strategy in a loop, and nothing else: no clock, no
 * history, the same bytes each time.  What scripts/bench holds `tailrace run` against.
 *
 * Usage: bare STRATEGY[:io=dsync] RECORDS BYTES WRITERS FILE
 * Prints the seconds from the common start to the end of the last writer.
 */
#include "core/clock.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

/* Time for all writers to be made, and to sleep until the common start. */
#define START_AFTER_NS 100000000

struct job {
	const struct strategy *strategy;
	int open_flags;
	uint64_t records;
	size_t size;
	const char *path;
	uint64_t start_ns;
};

static bool by_append(int fd, const char *bytes, size_t size, uint64_t number)
{
	(void)number;
	return write(fd, bytes, size) == (ssize_t)size && lseek(fd, 0, SEEK_CUR) >= 0;
}

static bool by_flock(int fd, const char *bytes, size_t size, uint64_t number)
{
	(void)number;
	return flock(fd, LOCK_EX) == 0 && lseek(fd, 0, SEEK_END) >= 0 &&
	       write(fd, bytes, size) == (ssize_t)size && flock(fd, LOCK_UN) == 0;
}

static bool by_fcntl(int fd, const char *bytes, size_t size, uint64_t number)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	struct flock unlock = {.l_type = F_UNLCK, .l_whence = SEEK_SET};

	(void)number;
	return fcntl(fd, F_SETLKW, &lock) == 0 && lseek(fd, 0, SEEK_END) >= 0 &&
	       write(fd, bytes, size) == (ssize_t)size &&
	       fcntl(fd, F_SETLK, &unlock) == 0;
}

static bool by_own_file(int fd, const char *bytes, size_t size, uint64_t number)
{
	return pwrite(fd, bytes, size, (off_t)(number * size)) == (ssize_t)size;
}

static const struct strategy {
	const char *name;
	int open_flags;
	bool own_file;
	bool (*append)(int fd, const char *bytes, size_t size, uint64_t number);
} strategies[] = {
	{"append", O_APPEND, false, by_append},
	{"flock", 0, false, by_flock},
	{"fcntl", 0, false, by_fcntl},
	{"per-file", 0, true, by_own_file},
};

/* As tailrace spells it: with what is opened beside the strategy's own flags. */
static const struct strategy *find_strategy(const char *spec, int *ret_flags)
{
	for (size_t i = 0; i < sizeof(strategies) / sizeof(strategies[0]); i++) {
		size_t length = strlen(strategies[i].name);

		if (strncmp(strategies[i].name, spec, length) != 0)
			continue;
		*ret_flags = spec[length] ? O_DSYNC : 0;
		if (!spec[length] || strcmp(spec + length, ":io=dsync") == 0)
			return &strategies[i];
	}
	return NULL;
}

static int open_file(const struct job *job, unsigned int writer)
{
	char path[4096];

	snprintf(path, sizeof(path), job->strategy->own_file ? "%s.%u" : "%s",
		 job->path, writer);
	return open(path,
		    O_WRONLY | O_CREAT | O_CLOEXEC | job->strategy->open_flags |
			    job->open_flags,
		    0600);
}

/* The writer's whole life; its exit code. */
static int append_all(const struct job *job, unsigned int writer, uint64_t *ret_end_ns)
{
	char *bytes = aligned_alloc(4096, (job->size + 4095) / 4096 * 4096);
	int fd = open_file(job, writer);

	if (!bytes || fd < 0) {
		perror(job->path);
		return 1;
	}
	memset(bytes, '.', job->size);
	bytes[job->size - 1] = '\n';
	clock_sleep_until_ns(job->start_ns);
	for (uint64_t i = 0; i < job->records; i++) {
		if (!job->strategy->append(fd, bytes, job->size, i)) {
			perror(job->path);
			return 1;
		}
	}
	*ret_end_ns = clock_now_ns();
	return 0;
}

static int run(struct job *job, unsigned int writers)
{
	uint64_t *end_ns = mmap(NULL, writers * sizeof(*end_ns), PROT_READ | PROT_WRITE,
				MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	uint64_t last_ns = 0;
	bool failed = end_ns == MAP_FAILED;
	int status;

	job->start_ns = clock_now_ns() + START_AFTER_NS;
	for (unsigned int writer = 0; !failed && writer < writers; writer++) {
		pid_t pid = fork();

		if (pid == 0)
			_exit(append_all(job, writer, &end_ns[writer]));
		failed = pid < 0;
	}
	while (wait(&status) > 0)
		failed |= status != 0;
	for (unsigned int writer = 0; !failed && writer < writers; writer++)
		last_ns = end_ns[writer] > last_ns ? end_ns[writer] : last_ns;
	if (failed)
		return 1;
	printf("%.9f\n", (double)(last_ns - job->start_ns) / 1e9);
	return 0;
}

int main(int argc, char **argv)
{
	unsigned int writers;
	struct job job = {0};

	if (argc == 6)
		job.strategy = find_strategy(argv[1], &job.open_flags);
	if (!job.strategy) {
		fprintf(stderr, "Usage: bare append|flock|fcntl|per-file[:io=dsync] "
				"RECORDS BYTES WRITERS FILE\n");
		return 2;
	}
	job.records = strtoull(argv[2], NULL, 10);
	job.size = strtoull(argv[3], NULL, 10);
	job.path = argv[5];
	writers = (unsigned int)strtoul(argv[4], NULL, 10);
	if (!job.size || !writers) {
		fprintf(stderr, "bare: BYTES and WRITERS are at least 1\n");
		return 2;
	}
	return run(&job, writers);
}
