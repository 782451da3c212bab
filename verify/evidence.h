/*
 * evidence - all that is known of one strategy while it is judged: the plan,
 * every writer's history, and what the passes over them and over the data files
 * have found so far.
 */
#ifndef TAILRACE_VERIFY_EVIDENCE_H
#define TAILRACE_VERIFY_EVIDENCE_H

#include "core/error.h"
#include "core/history.h"
#include "core/manifest.h"
#include "verify/judgment.h"
#include "verify/means.h"
#include "verify/scan.h"
#include "verify/stash.h"
#include "verify/tally.h"
#include "verify/timeline.h"

struct writer_evidence {
	struct history history;
	struct telling telling;
	bool damaged;	 /* missing, cut, or unfinished though its writer lived */
	uint64_t *found; /* a bit per append: an intact copy stands in the file */
	bool any_found;
	uint64_t highest_found;	   /* sequence number */
	struct record_fact *facts; /* every fact_stride-th append */
};

/*
 * A stretch of a data file that is not part of an intact record.  Its segment's id
 * is that of a piece, or of the first record that strayed there from another
 * writer's file; .writer WRITER_NONE where there is none.
 */
struct damage {
	struct segment segment;
	uint64_t named_at; /* where the bytes of that record begin */
	uint32_t file;	   /* index of the data file: 0, or the writer */
};

struct evidence {
	const struct manifest *manifest;
	const struct manifest_strategy *strategy;
	size_t strategy_index;
	const char *run_dir; /* borrowed */
	struct judge_means means;
	struct record_form form;
	struct writer_evidence *writers; /* manifest->rank_count of them */
	uint32_t damaged_histories;
	uint32_t changed_histories; /* of them, those that were whole at first */
	uint32_t contradicted; /* a writer whose history was presumed to be whole and
				  is not, or WRITER_NONE */
	struct tally tally;    /* of the histories, until it is the judgment's */
	bool shrunk;	       /* a data file became shorter while it was read */
	int unreadable;	       /* errno of a read that failed, or 0 */

	uint32_t file_count;
	char **file_paths;
	uint64_t *file_bytes; /* their sizes, once scanned */

	struct stash damage; /* struct damage, in order of file and offset */

	/* What is counted; `proven` leaves out what a damaged history could excuse. */
	int64_t anomalies[ANOMALY_COUNT];
	int64_t proven[ANOMALY_COUNT];
	struct stash findings; /* struct finding */
	uint64_t intact, recovered;
	uint64_t appends_placed; /* holds found in the file: what hand-offs share */
	uint64_t handoffs;
	int64_t lock_lost;

	/* What views_check() made of the hosts' views. */
	struct view_facts views;
	uint32_t damaged_views;	     /* promised, and missing or damaged */
	uint64_t untold_differences; /* it could not be told whether they last */
	int64_t stale_cache;
	struct stale_cache stale[STALE_EXAMPLES];

	struct record_fact *facts;
	size_t fact_count;
	uint64_t fact_stride;
};

/*
 * Open what is needed to judge strategy @index.  Missing and damaged histories
 * are noted, not errors.  Unless the means say otherwise, histories that their writers
 * finished are presumed to be whole until evidence_settle().  Returns 0 or a negative
 * errno with a sentence; not to be copied or moved.
 */
int evidence_open(struct evidence *evidence, const struct judge_means *means,
		  const struct manifest *manifest, const char *run_dir, size_t index,
		  struct error *err);
void evidence_close(struct evidence *evidence);

/*
 * To be called once the data files were read: have all of the presumed histories been
 * read, and were they whole?  Then the tally is complete, and what was found rests on
 * them rightly.  Else @contradicted: judge again, and check the histories first.
 */
bool evidence_settle(struct evidence *evidence);

/*
 * Right after evidence_open(): what the history of @writer (WRITER_NONE: nobody's) was
 * when it was judged before is not what it should be.  If it is now, it was changed
 * meanwhile, or cannot be read each time: no verdict may rest on it.
 */
void evidence_doubt(struct evidence *evidence, uint32_t writer);

/* Call a history damaged that was changed since, or could not be read again. */
void evidence_recheck(struct evidence *evidence);

/* Was an intact copy of @id found?  False for an append that never was. */
static inline bool evidence_found(const struct evidence *evidence, struct record_id id)
{
	const struct writer_evidence *w = &evidence->writers[id.writer];

	return id.seq < w->history.count && w->found[id.seq / 64] >> id.seq % 64 & 1;
}

/* The host of a writer, as an index into the manifest's hosts. */
static inline uint32_t evidence_host(const struct evidence *evidence, uint32_t writer)
{
	return evidence->manifest->rank_host[writer];
}

/*
 * Count @finding->kind once.  It is proven where the history of its record's
 * writer is whole; where it names no record, where all histories are; what hosts
 * see differently rests on no history.  The
 * finding itself is kept while there are few of its kind.  0 or -errno.
 */
int evidence_add(struct evidence *evidence, const struct finding *finding);

/* A finding in file number @file with nobody named yet. */
struct finding evidence_finding(const struct evidence *evidence, enum anomaly kind,
				uint32_t file, uint64_t offset, uint64_t length);

/* Note what became of @id, where facts are kept of it; offset -1: nowhere. */
void evidence_fact(struct evidence *evidence, struct record_id id,
		   enum record_fate fate, int64_t found_offset);

#endif
