/*
 * craft - a run folder made by hand, for the verifier to judge.
 *
 * The caller describes the histories and the bytes of the data files in memory;
 * craft_save writes them where a run would.
 *
 * What fails after craft_init is noted in the craft: a caller that describes a
 * run need not look at each step, since craft_save and craft_judge then do nothing
 * but return the first failure.
 */
#ifndef TAILRACE_HARNESS_SELFTEST_CRAFT_H
#define TAILRACE_HARNESS_SELFTEST_CRAFT_H

#include "core/error.h"
#include "core/history.h"
#include "core/manifest.h"
#include "core/record.h"
#include "verify/judgment.h"

struct craft_plan {
	uint32_t hosts, writers; /* writer w runs on host w % hosts */
	uint32_t min_bytes, max_bytes;
	uint64_t seed;
};

struct craft_writer {
	struct history_entry *entries; /* what its history will tell */
	size_t count, capacity;
};

struct craft_file {
	uint8_t *bytes;
	size_t length, capacity;
	bool vanished; /* do not write it at all */
};

/* Owner: whoever called craft_init; ended by craft_release. */
struct craft {
	struct manifest manifest;	    /* of one strategy; change it as you like */
	struct manifest_strategy *strategy; /* that one */
	struct record_form form;
	struct craft_writer *writers;
	struct craft_file *files; /* one per writer; [0] where it is shared */
	char *dir;		  /* the run folder */
	int rc;			  /* of what failed first, or 0 */
	struct error err;	  /* its sentence */
};

/* What judges: judge_strategy(), or something in its place. */
typedef int craft_judge_fn(const struct manifest *manifest, const char *run_dir,
			   size_t index, struct judgment *judgment, struct error *err);

#define CRAFT_RUN_ID "k3fpqrstuv01"

/* When each host's clock is compared, unless the caller says otherwise. */
#define CRAFT_SAMPLE_NS ((uint64_t)1000000000)
#define CRAFT_RTT_NS	((uint64_t)2000)

/*
 * A run of one strategy like `flock` on a network file system: shared file,
 * exclusive lock, all claims; clocks that agree, one sample each.  Its folder is
 * made in @parent under a name of its own.  Returns 0 or a negative errno; after
 * that @craft is good for nothing but craft_release, which it needs in either case.
 */
int craft_init(struct craft *craft, const struct craft_plan *plan, const char *parent);

/* Free it all and remove the folder; harmless on an empty one. */
void craft_release(struct craft *craft);

/* Note a failure, unless one is noted already.  Returns craft->rc. */
int craft_fail(struct craft *craft, int errnum, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Compare the clock of @host once more; in order of @at_ns, on its own clock. */
void craft_sample(struct craft *craft, uint32_t host, uint64_t at_ns, int64_t offset_ns,
		  uint64_t rtt_ns);

/* Replace the clock samples of @host by one. */
void craft_clock(struct craft *craft, uint32_t host, uint64_t at_ns, int64_t offset_ns,
		 uint64_t rtt_ns);

/* The next append of @writer; its sequence number is returned. */
uint64_t craft_append(struct craft *craft, uint32_t writer,
		      const struct history_entry *entry);

/* Put @length bytes at @offset of data file @file, which grows with NULs. */
void craft_put(struct craft *craft, uint32_t file, size_t offset, const void *bytes,
	       size_t length);

/* Write the run folder, or write it again.  0 or a negative errno. */
int craft_save(struct craft *craft);

/* Write data file @file again.  0 or a negative errno. */
int craft_save_file(struct craft *craft, uint32_t file);

/*
 * Judge what was saved by @judge, by way of manifest.json.  The caller releases
 * @judgment.  0 or a negative errno; what the judge refuses is noted, too.
 */
int craft_judge(struct craft *craft, craft_judge_fn *judge, struct judgment *judgment);

/* Remove @path and all that is in it; 0 or a negative errno. */
int craft_remove(const char *path);

#endif
