/*
 * manifest - what a run folder says of its run: all that the verdict needs
 * beside the data files and the histories.
 *
 * manifest.json is written before the first append (the plan, the hosts, what
 * preflight saw) and again after each strategy (how each writer ended, clock
 * samples).  It is replaced whole by rename(2) and carries a CRC-32C of itself.
 * docs/formats.md has the keys.  Like all of a run folder it is hostile input.
 */
#ifndef TAILRACE_CORE_MANIFEST_H
#define TAILRACE_CORE_MANIFEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "core/check_facts.h"
#include "core/error.h"
#include "core/history_identity.h"
#include "core/record.h"
#include "core/workload.h"

#define MANIFEST_FILE "manifest.json"

enum { MANIFEST_PRESET_MAX = 64 }; /* bytes of a preset's name */

/* Of one strategy: at one a minute, two years of them. */
enum { MANIFEST_SEGMENTS_MAX = 1000000 };

/* What rank 0's clock shows is this host's clock plus the offset. */
struct clock_sample {
	uint64_t at_ns; /* on this host's clock */
	int64_t offset_ns;
	uint64_t rtt_ns; /* of the exchange that measured it */
};

struct manifest_host {
	char *name;
	char *client; /* boot id and network namespace: one NFS client each */
	char *kernel;
	char *fstype;
	char *mount_source;
	char *mount_point;
	char *mount_options;
	char *module_options; /* of the NFS client: "recover_lost_locks=N"; or "" */
	struct clock_sample *samples; /* in order of at_ns */
	size_t sample_count;
};

enum writer_end {
	WRITER_ABSENT = 0,   /* never started, or its end was not recorded */
	WRITER_FINISHED = 1, /* left by itself, history complete */
	WRITER_KILLED = 2,   /* known to be dead */
	WRITER_HUNG = 3,     /* did not come back within the time-out */
};

/* "absent", "finished", "killed", "hung". */
const char *writer_end_name(enum writer_end end);

/* How one writer ended in one strategy. */
struct manifest_writer {
	enum writer_end end;
	uint64_t begun;	    /* appends begun, as gathered */
	char *history_path; /* on its own host, until it was gathered */
	char *data_path;    /* loose: its data file; NULL: named as in a run */
	char *stuck;	    /* of a hung writer: the call and since when; or NULL */

	/* What verify/salvage.h found out; never in manifest.json. */
	char *salvaged_path; /* its history, outside the run folder; NULL: in it */
	bool astray;	     /* its history was looked for, and is nowhere */
};

/* The files of all writers, consolidated; all zero: that was not done. */
struct manifest_merge {
	char *path; /* of the log; NULL: none */
	uint64_t records, bytes;
	uint64_t left_out; /* acknowledged records that were not there to be taken */
	uint64_t duration_ns;
};

/* What the hosts looked at of the closed data files (verify/view.h). */
struct manifest_views {
	uint32_t block_bytes; /* 0: no views were taken */
	uint32_t stride;      /* one block in so many, beside first and last ones */
	uint8_t *looks;	      /* by host: 1 << enum view_look for each it gave */
};

/* One that followed the data file while it grew (verify/tail.h). */
struct manifest_reader {
	uint32_t host; /* index into the hosts */
	bool given;    /* it has told what it saw */
};

/* A fault that was asked for (--fault), in one strategy; all but the texts 0: none. */
struct manifest_fault {
	uint32_t strategy; /* its index */
	char *what;	   /* as it was asked for: "kill-holder" */
	bool hit;	   /* it happened; else `note` says why not */
	uint32_t target;   /* rank; MANIFEST_NOBODY: no writer, or none was hit */
	uint32_t host;	   /* index into the hosts: where it struck */
	int exit;	   /* of a command, as a shell has it; -1: of nothing */
	uint64_t at_ns;	   /* on rank 0's clock, as the next; 0: never */
	uint64_t until_ns; /* a stopped writer went on, a command ended; 0: no end */
	char *note;	   /* a sentence for people, without "fault at ..." */
};
#define MANIFEST_NOBODY UINT32_MAX

/* What one strategy was to do, and how it went. */
struct manifest_strategy {
	char *name;	     /* unique in the run, as in result.json */
	char *preset;	     /* letters, digits, '-': part of file names */
	char *spec;	     /* with all its keys spelt out */
	unsigned int claims; /* of enum claim; 0 for a control */
	bool control;
	bool required;
	char *expected; /* --expect: the verdict that counts as safe; or NULL */
	enum workload workload;
	bool shared_file;	/* one file for all, else one per writer */
	bool exclusive_lock;	/* the hold excludes other holds */
	uint32_t batch;		/* records under one hold */
	uint32_t padding_bytes; /* records start at multiples of it, NULs
				   between are its own; 0: none */
	bool ran;		/* the append phase took place */
	bool interrupted;	/* the run ended meanwhile (verify/salvage.h);
				   never in manifest.json */
	char *remark;		/* what was left out so that it could, and who left
				   early; or NULL */
	char *skipped;		/* why not, or NULL */
	int skipped_errnum;
	uint64_t started_ns;  /* the append phase, on rank 0's clock; 0: unknown */
	uint64_t duration_ns; /* of it */
	uint32_t segments;    /* begun; 0 unless the run is in segments */
	json_t *rpc;	      /* {"LOCK": count, …} over all hosts, or NULL */
	struct manifest_merge merge;
	struct manifest_views views;
	struct manifest_reader *readers; /* NULL: none followed the file */
	uint32_t reader_count;
	struct manifest_writer *writers; /* rank_count of them */
};

struct manifest {
	char run_id[RUN_ID_CHARS + 1];
	char *version;	   /* of the program that ran */
	char *created_utc; /* ISO 8601 */
	char *command;	   /* as typed, for the report */
	char *data_dir;	   /* absolute: DIR/tailrace-<run id> */
	char *label;
	uint64_t seed;
	uint32_t min_bytes, max_bytes; /* record sizes */
	uint64_t records;	       /* per writer, planned */
	uint64_t segment_bytes; /* the files roll at about this; 0: they do not */
	bool local_fs;		/* the file system is local to one host */
	bool one_client;	/* --one-client */
	bool strict;		/* --strict: controls are required too */
	bool data_kept;		/* the data files are still to be there */
	struct manifest_fault *faults; /* in order of strategies */
	size_t fault_count;
	struct check_facts check;

	/*
	 * There is no run folder (verify/loose.h): the one strategy has this number in
	 * its run, and history_path says where histories are.  Never in manifest.json.
	 */
	bool loose;
	uint32_t loose_number;

	struct manifest_host *hosts;
	size_t host_count;
	uint32_t *rank_host; /* rank_count indices into hosts */
	uint32_t rank_count;
	struct manifest_strategy *strategies;
	size_t strategy_count;
};

/*
 * Read @run_dir/manifest.json.  Returns 0; -EBADMSG where it is damaged, of
 * another version or makes no sense (indices and sizes are checked here, once);
 * or another negative errno; with a sentence in @err.
 * On success the caller owns @manifest and releases it by manifest_release.
 */
int manifest_load(struct manifest *manifest, const char *run_dir, struct error *err);

/* Write it to @run_dir, replacing the old one at once. 0 or a negative errno. */
int manifest_save(const struct manifest *manifest, const char *run_dir,
		  struct error *err);

/* Free all that @manifest owns and make it empty; harmless on an empty one. */
void manifest_release(struct manifest *manifest);

/* Add a copy of @fault.  0 or -ENOMEM. */
int manifest_add_fault(struct manifest *manifest, const struct manifest_fault *fault);

/* Did a fault that was asked for happen in strategy number @index? */
bool manifest_was_struck(const struct manifest *manifest, size_t index);

/* The number in its run of strategy number @index of @manifest: the same, or loose. */
uint32_t manifest_strategy_number(const struct manifest *manifest, size_t index);

/* Are the @length bytes at @name the name of a preset, fit for names of files? */
bool manifest_preset_valid(const char *name, size_t length);

/* The plan of the records of strategy number @index. */
struct record_plan manifest_record_plan(const struct manifest *manifest, size_t index);

/* What the history of @writer in strategy number @index says of itself. */
void manifest_history_identity(const struct manifest *manifest, size_t index,
			       uint32_t writer, struct history_identity *ret_identity);

/*
 * Paths, as new strings that the caller frees; NULL without memory.
 * The data file of @writer (one for all of them where the file is shared), also
 * for one who has no manifest; and the history of @writer within the run folder.
 */
char *manifest_data_path(const struct manifest *manifest, size_t strategy,
			 uint32_t writer);
char *data_path(const char *data_dir, size_t strategy, const char *preset,
		bool shared_file, uint32_t writer);
char *manifest_history_path(const struct manifest *manifest, const char *run_dir,
			    size_t strategy, uint32_t writer);

#endif
