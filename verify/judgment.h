/*
 * judgment - what the verifier found out about one strategy of a run.
 *
 * Filled by judge.c, read by the writers of results.  docs/guarantees.md
 * defines every word.
 */
#ifndef TAILRACE_VERIFY_JUDGMENT_H
#define TAILRACE_VERIFY_JUDGMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/histogram.h"
#include "core/record.h"
#include "verify/tail.h"

/* The kinds of anomaly, in the order of result.json. */
enum anomaly {
	ANOMALY_LOST,
	ANOMALY_INTERLEAVED,
	ANOMALY_OVERWRITTEN,
	ANOMALY_TORN,
	ANOMALY_CORRUPTED,
	ANOMALY_MISSING,
	ANOMALY_GAP,
	ANOMALY_GAP_BYTES,
	ANOMALY_DUPLICATE,
	ANOMALY_FOREIGN,
	ANOMALY_FOREIGN_BYTES,
	ANOMALY_UNEXPECTED,
	ANOMALY_WRITER_DISORDER,
	ANOMALY_REALTIME_DISORDER,
	ANOMALY_LOCK_OVERLAP,
	ANOMALY_STALE_READ,
	ANOMALY_DIVERGENT_VIEW,
	ANOMALY_COUNT,
};

/* One row per anomaly: its name in result.json and what it means. */
struct anomaly_info {
	const char *name;
	const char *meaning;	  /* one sentence for people */
	unsigned int contradicts; /* the claims it contradicts */
	bool always_unsafe;	  /* whatever was claimed */
};
extern const struct anomaly_info anomaly_table[ANOMALY_COUNT];

enum verdict {
	VERDICT_SAFE,
	VERDICT_UNSAFE,
	VERDICT_INCONCLUSIVE,
	VERDICT_SKIPPED,
};

/* "safe", "unsafe", "inconclusive", "skipped". */
const char *verdict_name(enum verdict verdict);

/* A count that was not taken: `null` in the result, never 0. */
#define COUNT_NULL (-1)

/* Where no record or writer can be named. */
#define WRITER_NONE UINT32_MAX

/* Whether a gap was ever written, where the file system tells: verify/sparse.h. */
enum gap_nature {
	GAP_UNTOLD,
	GAP_HOLE,
	GAP_WRITTEN, /* NULs were */
};

/* One finding, with its evidence. */
struct finding {
	enum anomaly kind;
	uint32_t file_writer; /* whose file; WRITER_NONE: the shared one */
	uint64_t offset;      /* bytes; of the damage or the believed place */
	uint64_t length;      /* bytes */
	bool offset_known;
	bool of_counter;	 /* `offset` is a number, and `record` a step */
	struct record_id record; /* .writer WRITER_NONE where none is named */
	struct record_id by;	 /* the other side; likewise */
	enum gap_nature nature;	 /* of a gap */

	/* Of ANOMALY_DIVERGENT_VIEW: the hosts that saw `record` and `by` there. */
	uint32_t host, by_host;
};

/* A cache that held other bytes than the server for a while. */
struct stale_cache {
	/* .host saw .record where all see .by now; the rest as in a finding. */
	struct finding where;
	bool healed_direct; /* not by opening the file again, only past the cache */
};

/* What the comparison of the hosts' views covered. */
struct view_facts {
	uint32_t hosts;	    /* whose views were compared; 0: none were */
	uint64_t blocks;    /* that two of them or more have read */
	uint64_t of_blocks; /* that there are in the data files */
	uint32_t block_bytes;
};

/* What one reader who followed the file has told, joined with the histories. */
struct reader_facts {
	uint32_t host;
	bool told; /* else nothing more is known: it hung, or its file is damaged */
	struct tail_figures figures;
	uint32_t stride; /* one record in so many is in what follows */
	int64_t unseen;	 /* acknowledged and intact, never seen; COUNT_NULL: sampled */

	/* From an append's completion to the first sight of its record. */
	uint64_t compared; /* records; 0: the rest is meaningless */
	uint64_t p50_ns, p99_ns, max_ns;
	uint64_t clock_error_ns; /* the largest in it */
};

enum { STALE_EXAMPLES = 3 };

/* Of a strategy that ran in segments (verify/segments.h); all zero: it did not. */
struct segment_facts {
	uint32_t count, safe, unsafe, inconclusive;
	uint32_t kept;		/* that are still to be there */
	uint64_t removed_bytes; /* of acknowledged records in the others */
	uint32_t first_unsafe;	/* that was kept; 0: none */
};

/* How long it took to get over a fault; COUNT_NULL: that could not be told. */
struct recovery {
	size_t fault;	 /* index into the manifest's */
	int64_t next_ns; /* until another writer had the lock, or had appended */
	int64_t full_ns; /* until full speed */
	bool compared;	 /* enough was known of the time before to look for that */
	int64_t gap_ns;	 /* the longest time without an append until then */
};

/* What became of one append; a row of records.csv, a point of the map. */
enum record_fate {
	FATE_INTACT,
	FATE_OVERWRITTEN,
	FATE_INTERLEAVED,
	FATE_TORN,
	FATE_CORRUPTED,
	FATE_MISSING,
	FATE_RECOVERED,	 /* outcome unknown, stands there intact */
	FATE_UNEXPECTED, /* outcome failed, stands there intact */
	FATE_NOT_THERE,	 /* failed or unknown, and no intact copy */
};

/* "intact", "overwritten", ... */
const char *record_fate_name(enum record_fate fate);

struct record_fact {
	struct record_id id;
	int64_t found_offset; /* of its first intact copy, or -1 */
	enum record_fate fate;
};

/* The parts of an append whose time is kept apart. */
enum latency_part {
	LATENCY_APPEND, /* invoke to completed: what the caller waits */
	LATENCY_LOCK_WAIT,
	LATENCY_WRITE,
	LATENCY_FLUSH,
	LATENCY_UNLOCK,
	LATENCY_PARTS,
};
/* "append", "lock_wait", "write", "flush", "unlock". */
extern const char *const latency_part_names[LATENCY_PARTS];

struct writer_share {
	uint64_t acknowledged;
	uint64_t longest_wait_ns; /* for the lock, or for the append without one */
};

struct judgment {
	enum verdict verdict;
	char reason[512]; /* one sentence: what the verdict rests on */

	uint64_t attempted, acknowledged, failed, unknown, intact, recovered;
	int64_t anomalies[ANOMALY_COUNT]; /* COUNT_NULL: not checked */
	int64_t lock_lost, stale_cache, hung;
	int64_t gap_holes, gap_written; /* of the gaps in @findings */
	struct segment_facts segments;
	struct view_facts views;
	struct stale_cache stale[STALE_EXAMPLES]; /* the first of stale_cache */
	struct reader_facts *readers;		  /* reader_count of them */
	uint32_t reader_count;
	struct recovery
		*recoveries; /* recovery_count of them, in the manifest's order */
	size_t recovery_count;

	/* What is missing for a verdict is more appends or hand-offs, and no more. */
	bool only_short;
	bool contention_applies; /* false: contention and hand-offs are null */
	double contention;	 /* 0..1 */
	uint64_t handoffs, appends_placed; /* the first as part of the other */

	uint64_t duration_ns;
	uint64_t acknowledged_bytes;
	struct histogram *latency;   /* LATENCY_PARTS of them, ns */
	struct writer_share *shares; /* one per rank */
	uint32_t writer_count;

	/* Up to FINDINGS_PER_KIND of each kind, in file order. */
	struct finding *findings;
	size_t finding_count;

	/*
	 * Every fact_stride-th append of each writer, by writer and sequence
	 * number; 1 up to a million appends.
	 */
	struct record_fact *facts;
	size_t fact_count;
	uint64_t fact_stride;
};

enum { FINDINGS_PER_KIND = 1000 };

/* Free what @judgment owns and make it empty; harmless on an empty one. */
void judgment_release(struct judgment *judgment);

/* The verdict of a whole run. */
struct run_verdict {
	enum verdict verdict;
	bool teeth;	  /* a control failed here */
	char reason[512]; /* of a check: what its verdict rests on; else "" */
};

#endif
