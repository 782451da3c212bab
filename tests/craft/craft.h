/*
 * craft - a run folder made by hand, for the verifier to judge.
 *
 * The caller describes the histories and the bytes of the data files in memory;
 * craft_save writes them where a run would.  A test tool: whatever fails ends the
 * program with a sentence.
 */
#ifndef TAILRACE_TESTS_CRAFT_H
#define TAILRACE_TESTS_CRAFT_H

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
	char dir[64];		  /* the run folder */
};

#define CRAFT_RUN_ID "k3fpqrstuv01"

/* When each host's clock is compared, unless the caller says otherwise. */
#define CRAFT_SAMPLE_NS ((uint64_t)1000000000)
#define CRAFT_RTT_NS	((uint64_t)2000)

/*
 * A run of one strategy like `flock` on a network file system: shared file,
 * exclusive lock, all claims; clocks that agree, one sample each.
 */
void craft_init(struct craft *craft, const struct craft_plan *plan);
void craft_release(struct craft *craft);

/* Replace the clock samples of @host by one. */
void craft_clock(struct craft *craft, uint32_t host, uint64_t at_ns, int64_t offset_ns,
		 uint64_t rtt_ns);

/* The next append of @writer; its sequence number is returned. */
uint64_t craft_append(struct craft *craft, uint32_t writer,
		      const struct history_entry *entry);

/* Put @length bytes at @offset of data file @file, which grows with NULs. */
void craft_put(struct craft *craft, uint32_t file, size_t offset, const void *bytes,
	       size_t length);

/* Write the run folder, or write it again. */
void craft_save(struct craft *craft);

/* Write data file @file again. */
void craft_save_file(struct craft *craft, uint32_t file);

/* Judge what was saved, by way of manifest.json.  The caller releases @judgment. */
void craft_judge(struct craft *craft, struct judgment *judgment);

/* End the program with a sentence. */
_Noreturn void craft_die(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* realloc(3) that does not fail. */
void *craft_grow(void *memory, size_t bytes);

#endif
