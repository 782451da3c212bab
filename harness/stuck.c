/* stuck - see stuck.h. */
#include "harness/stuck.h"

#include "core/units.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <time.h>

static const struct {
	long number;
	const char *name;
} syscalls[] = {
	{SYS_openat, "openat(2)"},
	{SYS_close, "close(2)"},
	{SYS_write, "write(2)"},
	{SYS_pwrite64, "pwrite(2)"},
	{SYS_lseek, "lseek(2)"},
	{SYS_flock, "flock(2)"},
	{SYS_fcntl, "fcntl(2)"},
	{SYS_fsync, "fsync(2)"},
	{SYS_fdatasync, "fdatasync(2)"},
	{SYS_exit_group, "exit(2)"},
	{SYS_clock_nanosleep, "clock_nanosleep(2)"},
};

/* The call that process @pid is in, as "write(2)"; "" where the kernel does not tell.
 */
static void name_syscall(pid_t pid, char text[64])
{
	char path[64], line[64], *end;
	long number = -1;
	bool told = false;
	FILE *file;

	text[0] = '\0';
	snprintf(path, sizeof(path), "/proc/%d/syscall", (int)pid); /* proc(5) */
	file = fopen(path, "re");
	if (!file)
		return;
	if (fgets(line, sizeof(line), file)) {
		number = strtol(line, &end, 10);
		told = end != line; /* else it says "running" */
	}
	fclose(file);
	if (told)
		snprintf(text, 64, "system call %ld", number);
	for (size_t i = 0; told && i < sizeof(syscalls) / sizeof(syscalls[0]); i++)
		if (syscalls[i].number == number)
			snprintf(text, 64, "%s", syscalls[i].name);
}

void stuck_tell(const struct run *run, const struct own_writer *writer,
		const char *where, uint64_t elapsed_ns, char ret_text[STUCK_BYTES])
{
	uint32_t rank = run->world.rank;
	time_t since = time(NULL) - (time_t)(elapsed_ns / 1000000000u);
	char call[64], length[UNITS_TEXT_BYTES], clock[16] = "?";
	struct tm tm;

	name_syscall(own_writer_pid(writer), call);
	if (gmtime_r(&since, &tm))
		strftime(clock, sizeof(clock), "%H:%M:%S", &tm);
	snprintf(ret_text, STUCK_BYTES,
		 "%s %s of rank %u on host %.64s, without progress for %s, since %s "
		 "UTC",
		 call[0] ? call : "some call", where, rank,
		 run->hosts.host[run->hosts.rank_host[rank]].identity.name,
		 units_format_duration(elapsed_ns, length), clock);
}
