/*
 * strategy - ways to append: a table of presets over the parts, and the text
 * form "NAME[:key=value,...]" in which people choose and vary them.
 */
#ifndef TAILRACE_WORKLOADS_STRATEGY_H
#define TAILRACE_WORKLOADS_STRATEGY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/error.h"
#include "workloads/part.h"

/* Bytes of one write: larger batches are refused. */
#define STRATEGY_BATCH_BYTES_MAX ((uint64_t)256 << 20)

enum {
	STRATEGY_TEXT_BYTES = 128, /* any name or spec, its NUL included */
	STRATEGY_BATCH_MAX = 65536,
	STRATEGY_THINK_US_MAX = 1000000,
	STRATEGY_LIST_MAX = 256,
};

/* The parts of one strategy: plain data, to be copied at will. */
struct strategy_parts {
	enum lock_kind lock;
	enum placement_kind placement;
	enum lock_wait wait;
	enum io_mode io;
	enum flush_mode flush;
	uint32_t batch; /* records in one write under one hold, 1 .. BATCH_MAX */
	enum short_write short_write;
	uint32_t think_us; /* between reading and writing back */
};

/* A row of the table. */
struct strategy_preset {
	const char *name; /* letters, digits, '-': part of file names */
	struct strategy_parts parts;
	unsigned int claims; /* of enum claim; 0 for a control */
	bool control;	     /* judged by the claims of flock: shows the test's teeth */
	const char *summary; /* one sentence */
	const char *origin;  /* where people meet it */
	const char *needs;   /* what the mount must do for it; else it is skipped */
	const char *alias;   /* another name for it; or NULL */
};

extern const struct strategy_preset strategy_presets[];
extern const size_t strategy_preset_count;

/* A chosen strategy, without pointers. */
struct strategy_spec {
	uint32_t preset; /* index into strategy_presets */
	struct strategy_parts parts;
	char name[STRATEGY_TEXT_BYTES]; /* as typed, without blanks; in results */
};

/*
 * Parse one "NAME[:key=value,...]".  Keys: wait, io, flush, batch, short.
 * Returns 0, or -EINVAL with a sentence that suggests what may have been meant.
 */
int strategy_parse(const char *text, struct strategy_spec *ret_spec, struct error *err);

/*
 * Parse "append,flock:batch=8,flush=fsync,fcntl".  Commas part strategies as
 * well as keys: a piece with '=' and no ':' before it is a key of the strategy
 * before.  Names must differ.  The caller frees *@ret_specs.
 * Returns 0, -EINVAL or -ENOMEM, with a sentence.
 */
int strategy_list_parse(const char *text, struct strategy_spec **ret_specs,
			size_t *ret_count, struct error *err);

/* The preset with every key spelt out; strategy_parse reads it back. */
void strategy_spec_text(const struct strategy_spec *spec,
			char ret_text[STRATEGY_TEXT_BYTES]);

/*
 * Key number @index (0, 1, ...) as "flush=none|fsync|fdatasync|close", and what
 * it does in *@ret_meaning.  False beyond the last key.
 */
bool strategy_key_text(size_t index, char ret_text[STRATEGY_TEXT_BYTES],
		       const char **ret_meaning);

/*
 * What the verdict needs to know.  The claims are the preset's: most keys do not
 * weaken them, since batch, flush, wait and short act while the lock is held, or on
 * a file of one's own, and io changes only when the bytes reach the server.  But what
 * shares pages without a lock claims something only where io is exact, and a lock
 * apart from the file only where that is closed under it: else they are controls.
 */
const char *strategy_preset_name(const struct strategy_spec *spec);
unsigned int strategy_claims(const struct strategy_spec *spec);
bool strategy_control(const struct strategy_spec *spec);
enum workload strategy_workload(const struct strategy_spec *spec);
bool strategy_shared_file(const struct strategy_spec *spec);
bool strategy_exclusive_lock(const struct strategy_spec *spec);

/* Does its writer need MPI, and so run in the rank? */
bool strategy_in_rank(const struct strategy_spec *spec);

/*
 * The service that it asks while it appends; and the bytes whose multiples the offsets
 * are that it is given for records of up to @max_bytes, or 0 where they may be
 * anywhere.
 */
enum service_kind strategy_service(const struct strategy_spec *spec);
uint32_t strategy_slot_bytes(const struct strategy_spec *spec, uint32_t max_bytes);

/*
 * Bytes by which a record of up to @max_bytes makes the file grow at most, in the mean
 * of a full batch or slot.
 */
uint64_t strategy_growth_bytes(const struct strategy_spec *spec, uint32_t max_bytes);

/* Do batches of records of up to @max_bytes fit into one write?  0 or -EINVAL. */
int strategy_check_size(const struct strategy_spec *spec, uint32_t max_bytes,
			struct error *err);

/* Are all parts in range, so that the tables may be indexed by them? */
bool strategy_spec_valid(const struct strategy_spec *spec);

#endif
