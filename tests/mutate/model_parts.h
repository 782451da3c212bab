/*
 * model_parts - what the parts of the model share.  Slow and obvious on purpose: no
 * interval is ever kept where an array with one element per byte can be.
 */
#ifndef TAILRACE_TESTS_MUTATE_MODEL_PARTS_H
#define TAILRACE_TESTS_MUTATE_MODEL_PARTS_H

#include "tests/mutate/model.h"

/* Whose a byte of a file is. */
enum owner { NOBODY, NULS, INTACT, PIECE };

struct byte {
	enum owner owner;
	struct record_id id; /* of INTACT and PIECE */
	bool head;	     /* the first byte of an intact copy */
	bool nul_explained, foreign_explained;
};

/* A piece: all bytes that fit a record from one of its whole cells on. */
struct run {
	int64_t from, to, implied;
	struct record_id id;
};

struct model_file {
	const uint8_t *bytes;
	int64_t length;
	struct byte *map; /* length of them */
	struct run *runs;
	size_t run_count;
};

/* A first intact copy, in file order. */
struct copy {
	struct record_id id;
	const struct history_entry *entry;
	bool acknowledged;
};

struct model {
	const struct craft *craft;
	const struct manifest *m;
	const struct manifest_strategy *s;
	struct record_plan plan;
	struct model_texts *texts;
	struct model_file *files;
	uint32_t file_count;
	bool **found;	     /* by writer and sequence number: an intact copy was met */
	struct copy *copies; /* of the file being read */
	size_t copy_count;
	struct model_result r;
};

static inline bool same(struct record_id a, struct record_id b)
{
	return a.writer == b.writer && a.seq == b.seq;
}

static inline bool known(const struct model *m, struct record_id id)
{
	return id.seq < m->craft->writers[id.writer].count;
}

static inline const struct history_entry *entry_of(const struct model *m,
						   struct record_id id)
{
	return &m->craft->writers[id.writer].entries[id.seq];
}

static inline uint32_t host_of(const struct model *m, struct record_id id)
{
	return m->m->rank_host[id.writer];
}

/* The bytes that the record @id must have. */
const struct model_text *model_text(struct model *m, struct record_id id);

/* ---- clocks --------------------------------------------------------------- */

/*
 * Did the clock of @h, at some time between @from and @to, stand between two samples
 * that cannot both be right?
 */
bool model_leapt(const struct manifest_host *h, uint64_t from, uint64_t to);

/*
 * What rank 0's clock showed when @host's showed @own: at least, at most.  False:
 * nobody can say.
 */
bool model_aligned(const struct manifest *m, uint32_t host, uint64_t own,
		   int64_t *ret_low, int64_t *ret_high);

/* Was @a on @a_host surely before @b on @b_host? */
bool model_before(const struct manifest *m, uint32_t a_host, uint64_t a,
		  uint32_t b_host, uint64_t b);

/* ---- the files, in the order in which they are to be called ----------------- */

/* Whose is each byte of the file @number? */
void model_map_file(struct model *m, uint32_t number);

/* Does the record @text, begun at @implied, have the byte at @at of the file? */
bool model_fits(const struct model_file *f, const struct model_text *text,
		int64_t implied, int64_t at);

/* Can a record of @id stand in file @number: of a writer of this run and file? */
bool model_belongs(const struct model *m, struct record_id id, uint32_t number);

/* Count the intact copies of the mapped file @f, and what their order shows. */
void model_read_file(struct model *m, const struct model_file *f);

/* Once all files are read: the causes of what is lost, and the bytes it explains. */
void model_explain_absent(struct model *m);

/* Then the bytes of @file that records of unknown outcome begin with. */
void model_explain_beginnings(struct model *m, uint32_t file);

/* Then what nothing explains. */
void model_count_rest(struct model *m, const struct model_file *f);

/* ---- without the files ------------------------------------------------------ */

void model_check_holds(struct model *m);

/* By all that was counted. */
enum verdict model_verdict(const struct model *m);

#endif
