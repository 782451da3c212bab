/*
 * skew - to be preloaded (ld.so(8)): hosts whose CLOCK_MONOTONIC is ahead and runs at
 * another rate.  User Mode Linux has no time namespaces, and those have no rates.
 *
 * TAILRACE_TEST_SKEW is a list of words HOST:AHEAD_S:PPM, the host by its UTS name.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#define S ((int64_t)1000000000)

static struct skew {
	long ahead_s, ppm;
} skew;

__attribute__((constructor)) static void skew_read(void)
{
	const char *word = getenv("TAILRACE_TEST_SKEW");
	struct utsname host;
	size_t length;

	if (uname(&host) < 0)
		return;
	length = strlen(host.nodename);
	for (; word && *word; word = strchr(word, ' ')) {
		word += *word == ' ';
		if (strncmp(word, host.nodename, length) == 0 && word[length] == ':' &&
		    sscanf(word + length, ":%ld:%ld", &skew.ahead_s, &skew.ppm) != 2)
			abort();
	}
}

static int64_t skewed_ns(int64_t kernel_ns)
{
	return kernel_ns + skew.ahead_s * S + kernel_ns / 1000 * skew.ppm / 1000;
}

/* The first time of the kernel at which that clock shows no less than @own_ns. */
static int64_t kernel_ns(int64_t own_ns)
{
	int64_t low = 0, high = own_ns;

	while (low < high) {
		int64_t middle = low + (high - low) / 2;

		if (skewed_ns(middle) < own_ns)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

int clock_gettime(clockid_t id, struct timespec *now)
{
	int64_t ns;

	if (syscall(SYS_clock_gettime, id, now) < 0)
		return -1;
	if (id != CLOCK_MONOTONIC && id != CLOCK_MONOTONIC_COARSE)
		return 0;
	ns = skewed_ns(now->tv_sec * S + now->tv_nsec);
	now->tv_sec = ns / S;
	now->tv_nsec = ns % S;
	return 0;
}

int clock_nanosleep(clockid_t id, int flags, const struct timespec *until,
		    struct timespec *left)
{
	struct timespec at = *until;
	int64_t ns;

	if (id == CLOCK_MONOTONIC && flags & TIMER_ABSTIME) {
		ns = kernel_ns(at.tv_sec * S + at.tv_nsec);
		at.tv_sec = ns / S;
		at.tv_nsec = ns % S;
	}
	return syscall(SYS_clock_nanosleep, id, flags, &at, left) < 0 ? errno : 0;
}
