/* faults - see faults.h. */
#include "tests/badnas/faults.h"

#include "core/random.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

const struct fault_info fault_table[FAULT_COUNT] = {
	[FAULT_APPEND_RACE] = {"append_race", WHEN_ALWAYS,
			       "each process appends at the end that it knows itself"},
	[FAULT_FREE_FLOCK] = {"free_flock", WHEN_ALWAYS,
			      "flock is granted to all who ask"},
	[FAULT_FREE_POSIX] = {"free_posix", WHEN_ALWAYS,
			      "a POSIX lock is granted to all who ask"},
	[FAULT_STALE_SIZE] = {"stale_size", WHEN_ONE_IN,
			      "a writer is told the size before another's last write"},
	[FAULT_LOST] = {"lost", WHEN_ONE_IN, "a write is accepted and forgotten"},
	[FAULT_NUL_TAIL] = {"nul_tail", WHEN_ONE_IN,
			    "a write arrives with NULs for its second half"},
	[FAULT_TORN] = {"torn", WHEN_ONE_IN,
			"a write arrives with NULs up to somewhere inside"},
	[FAULT_FLIP] = {"flip", WHEN_ONE_IN, "a write arrives with one bit flipped"},
	[FAULT_DUPLICATE] = {"duplicate", WHEN_ONE_IN,
			     "a write arrives, and once more behind the end"},
	[FAULT_DELAYED] = {"delayed", WHEN_ONE_IN,
			   "a write arrives after three others, over what they wrote"},
	[FAULT_SHORT] = {"short", WHEN_ONE_IN, "half of a write is taken, and said so"},
	[FAULT_NO_SPACE] = {"no_space", WHEN_BEYOND,
			    "ENOSPC after so many bytes of data"},
	[FAULT_WRITE_EIO] = {"write_eio", WHEN_ONE_IN,
			     "a write gives EIO and nothing is there"},
	[FAULT_WRITE_ESTALE] = {"write_estale", WHEN_ONE_IN,
				"a write gives ESTALE and nothing is there"},
	[FAULT_WRITE_EDQUOT] = {"write_edquot", WHEN_BEYOND,
				"EDQUOT after so many writes"},
	[FAULT_WRITE_EINTR] = {"write_eintr", WHEN_ONE_IN,
			       "a write gives EINTR and all of it is there"},
	[FAULT_OPEN_ESTALE] = {"open_estale", WHEN_BEYOND,
			       "who opens to write after so many gets ESTALE"},
	[FAULT_LOCK_ENOLCK] = {"lock_enolck", WHEN_ONE_IN,
			       "who would wait for a lock gets ENOLCK"},
	[FAULT_FSYNC_ERROR] = {"fsync_error", WHEN_ONE_IN,
			       "fsync gives EIO, and the data is there"},
	[FAULT_FSYNC_LOSS] = {"fsync_loss", WHEN_ONE_IN,
			      "fsync gives EIO, and the last write is NULs"},
	[FAULT_CLOSE_ERROR] = {"close_error", WHEN_ONE_IN,
			       "close gives EIO, and the data is there"},
	[FAULT_DIVERGENT] = {"divergent", WHEN_BEYOND,
			     "who opens to read after so many reads another byte"},
	[FAULT_HANG_WRITE] = {"hang_write", WHEN_NTH, "a write is never answered"},
	[FAULT_HANG_FSYNC] = {"hang_fsync", WHEN_NTH, "an fsync is never answered"},
	[FAULT_HANG_READ] = {"hang_read", WHEN_BEYOND, "a read is never answered"},
	[FAULT_HANG_LOCK] = {"hang_lock", WHEN_NTH,
			     "a request to wait for a lock is never answered"},
	[FAULT_HANG_OPEN] = {"hang_open", WHEN_NTH, "an open is never answered"},
	[FAULT_HANG_CLOSE] = {"hang_close", WHEN_NTH,
			      "a close by a writer is never answered"},
	[FAULT_HANG_MKDIR] = {"hang_mkdir", WHEN_NTH, "a mkdir is never answered"},
	[FAULT_HANG_READDIR] = {"hang_readdir", WHEN_NTH,
				"who reads a directory is never answered"},
	[FAULT_HANG_UNLINK] = {"hang_unlink", WHEN_NTH, "an unlink is never answered"},
	[FAULT_HANG_STATFS] = {"hang_statfs", WHEN_NTH, "a statfs is never answered"},
};

static int parse_number(const char *text, uint64_t *ret_number)
{
	char *end;

	errno = 0;
	*ret_number = strtoull(text, &end, 10);
	return errno || end == text || *end || *text == '-' ? -EINVAL : 0;
}

static int fault_set(struct faults *faults, enum fault fault, const char *value)
{
	uint64_t number = 0;

	if (!value != (fault_table[fault].when == WHEN_ALWAYS))
		return -EINVAL;
	if (value && parse_number(value, &number) < 0)
		return -EINVAL;
	if (!number && (fault_table[fault].when == WHEN_ONE_IN ||
			fault_table[fault].when == WHEN_NTH))
		return -EINVAL;
	faults->of[fault].on = true;
	faults->of[fault].number = number;
	return 1;
}

int faults_option(struct faults *faults, const char *option)
{
	size_t length = strcspn(option, "=");
	const char *value = option[length] ? option + length + 1 : NULL;

	if (length == 4 && strncmp(option, "seed", 4) == 0)
		return value && parse_number(value, &faults->seed) == 0 ? 1 : -EINVAL;
	if (length == 3 && strncmp(option, "log", 3) == 0) {
		faults->log = value ? fopen(value, "ae") : NULL;
		return faults->log ? 1 : -EINVAL;
	}
	for (int i = 0; i < FAULT_COUNT; i++)
		if (strlen(fault_table[i].name) == length &&
		    strncmp(fault_table[i].name, option, length) == 0)
			return fault_set(faults, (enum fault)i, value);
	return 0;
}

void faults_release(struct faults *faults)
{
	if (faults->log)
		fclose(faults->log);
	faults->log = NULL;
}

bool faults_strike(struct faults *faults, enum fault fault)
{
	uint64_t number = faults->of[fault].number;
	uint64_t occasion;

	if (!faults->of[fault].on)
		return false;
	occasion = ++faults->of[fault].occasions;
	switch (fault_table[fault].when) {
	case WHEN_ALWAYS:
		return true;
	case WHEN_ONE_IN:
		return random_hash(faults->seed, fault, occasion) % number == 0;
	case WHEN_NTH:
		return occasion == number;
	case WHEN_BEYOND:
		return occasion > number;
	}
	return false;
}

uint64_t faults_draw(const struct faults *faults, enum fault fault, uint64_t limit)
{
	return random_hash(~faults->seed, fault, faults->of[fault].occasions) % limit;
}

void faults_note(struct faults *faults, const char *what, pid_t pid, int64_t offset,
		 uint64_t length)
{
	if (!faults->log)
		return;
	fprintf(faults->log, "%s %d %" PRId64 " %" PRIu64 "\n", what, (int)pid, offset,
		length);
	fflush(faults->log);
}
