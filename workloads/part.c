/* part - the tables of parts; each lock and placement has a file of its own. */
#include "workloads/part.h"

#include <fcntl.h>
#include <unistd.h>

const struct lock_ops *const lock_table[LOCK_KIND_COUNT] = {
	[LOCK_KIND_NONE] = &lock_none,	       [LOCK_KIND_FLOCK] = &lock_flock,
	[LOCK_KIND_FCNTL] = &lock_fcntl,       [LOCK_KIND_OFD] = &lock_ofd,
	[LOCK_KIND_LOCKFILE] = &lock_lockfile, [LOCK_KIND_LINK] = &lock_link,
	[LOCK_KIND_SIDECAR] = &lock_sidecar,   [LOCK_KIND_TOKEN] = &lock_token,
};

const struct placement_ops *const placement_table[PLACEMENT_COUNT] = {
	[PLACEMENT_APPEND] = &place_append,
	[PLACEMENT_SEEK_END] = &place_seek_end,
	[PLACEMENT_SEEK_EARLY] = &place_seek_early,
	[PLACEMENT_SEEK_APPEND] = &place_seek_append,
	[PLACEMENT_STAT_END] = &place_stat_end,
	[PLACEMENT_OWN_FILE] = &place_own_file,
	[PLACEMENT_SEQUENCER] = &place_sequencer,
	[PLACEMENT_SEQUENCER_ALIGNED] = &place_sequencer_aligned,
	[PLACEMENT_EXTENTS] = &place_extents,
	[PLACEMENT_AGGREGATOR] = &place_aggregator,
	[PLACEMENT_SHARED_POINTER] = &place_shared_pointer,
	[PLACEMENT_COUNTER] = &place_counter,
	[PLACEMENT_CHAIN] = &place_chain,
};

const struct io_mode_info io_mode_table[IO_MODE_COUNT] = {
	[IO_BUFFERED] = {"buffered", 0, false},
	[IO_DIRECT] = {"direct", O_DIRECT, true},
	[IO_SYNC] = {"sync", O_SYNC, true},
	[IO_DSYNC] = {"dsync", O_DSYNC, true},
};

const struct flush_info flush_table[FLUSH_MODE_COUNT] = {
	[FLUSH_NONE] = {"none", NULL},
	[FLUSH_FSYNC] = {"fsync", fsync},
	[FLUSH_FDATASYNC] = {"fdatasync", fdatasync},
	[FLUSH_CLOSE] = {"close", NULL},
};

const char *const short_write_names[SHORT_WRITE_COUNT] = {
	[SHORT_FAIL] = "fail",
	[SHORT_RETRY] = "retry",
};
