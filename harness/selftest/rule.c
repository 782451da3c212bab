/* rule - see rule.h. */
#include "harness/selftest/rule.h"

#include "core/claim.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define US ((uint64_t)1000)

/* The writer whose history is spoilt, and one whose history is whole. */
enum { SPOILT = 0, WHOLE = 1 };

/* ---- before the first append ------------------------------------------------- */

void rule_own_files(struct plant *p)
{
	p->craft.strategy->shared_file = false;
	p->craft.strategy->exclusive_lock = false;
}

static void own_files_accepted(struct plant *p)
{
	rule_own_files(p);
	p->craft.manifest.one_client = true;
}

static void local(struct plant *p)
{
	p->craft.manifest.local_fs = true;
}

static void control(struct plant *p)
{
	p->craft.strategy->control = true;
	p->craft.strategy->required = false;
	p->craft.strategy->claims = 0;
}

static void disclaim(struct plant *p, unsigned int claims)
{
	p->craft.strategy->claims &= ~claims;
}

static void claims_nothing(struct plant *p)
{
	disclaim(p, p->craft.strategy->claims);
}

static void not_once(struct plant *p)
{
	disclaim(p, CLAIM_ONCE);
}

static void not_no_gap(struct plant *p)
{
	disclaim(p, CLAIM_NO_GAP);
}

static void not_writer_order(struct plant *p)
{
	disclaim(p, CLAIM_WRITER_ORDER | CLAIM_REALTIME_ORDER);
}

static void not_realtime_order(struct plant *p)
{
	disclaim(p, CLAIM_REALTIME_ORDER);
}

static void not_exclusion(struct plant *p)
{
	disclaim(p, CLAIM_EXCLUSION);
}

static void no_lock(struct plant *p)
{
	p->craft.strategy->exclusive_lock = false;
}

static void batch(struct plant *p)
{
	p->craft.strategy->batch = 4;
}

static void padding(struct plant *p)
{
	p->craft.strategy->padding_bytes = 512;
}

/* Each reads the end of the file before it appends. */
static void chain(struct plant *p)
{
	p->craft.strategy->workload = WORKLOAD_CHAIN;
}

/* All clocks but rank 0's may err by 200 us. */
static void clocks_err(struct plant *p)
{
	for (size_t h = 1; h < p->craft.manifest.host_count; h++)
		p->craft.manifest.hosts[h].samples[0].rtt_ns = 400 * US;
}

static void skipped(struct plant *p)
{
	p->craft.strategy->ran = false;
	p->craft.strategy->skipped = strdup("planted");
	if (!p->craft.strategy->skipped)
		craft_fail(&p->craft, ENOMEM, "no memory for a run made by hand");
}

static void vanished(struct plant *p)
{
	p->craft.files[0].vanished = true;
}

/* ---- between the clean appends ----------------------------------------------- */

/* An append that ended otherwise than acknowledged, and left nothing. */
static void append_without(struct plant *p, uint32_t writer, enum outcome outcome)
{
	struct plant_append a = plant_next_of(p, writer);

	a.entry.outcome = outcome;
	a.entry.step = outcome == OUTCOME_FAILED ? STEP_LOCK : STEP_NONE;
	a.entry.offset = HISTORY_OFFSET_UNKNOWN;
	plant_note(p, &a);
}

static void one_refused(struct plant *p)
{
	append_without(p, SPOILT, OUTCOME_FAILED);
}

static void two_refused(struct plant *p)
{
	one_refused(p);
	one_refused(p);
}

static void two_refused_by_fault(struct plant *p)
{
	plant_fault(p);
	two_refused(p);
}

static void append_open(struct plant *p)
{
	plant_fault(p);
	append_without(p, SPOILT, OUTCOME_OPEN);
}

static void killed(struct plant *p)
{
	append_open(p);
	p->craft.strategy->writers[SPOILT].end = WRITER_KILLED;
}

static void hung(struct plant *p)
{
	append_open(p);
	p->craft.strategy->writers[SPOILT].end = WRITER_HUNG;
	p->hung = 1;
}

static void end_not_recorded(struct plant *p)
{
	p->craft.strategy->writers[SPOILT].end = WRITER_ABSENT;
}

static void lose(struct plant *p, uint32_t writer)
{
	struct plant_append a = plant_next_of(p, writer);

	a.entry.offset = HISTORY_OFFSET_UNKNOWN;
	plant_note(p, &a);
	plant_finding(p, ANOMALY_MISSING, &a, 0, a.bytes)->offset_known = false;
}

static void lose_of_whole(struct plant *p)
{
	lose(p, WHOLE);
}

static void lose_all(struct plant *p)
{
	for (int i = 0; i < 6; i++) {
		struct plant_append a = plant_next(p);

		plant_make(p, &a);
		plant_finding(p, ANOMALY_MISSING, &a, (uint64_t)a.entry.offset,
			      a.bytes);
	}
}

static void gap(struct plant *p)
{
	plant_finding(p, ANOMALY_GAP, NULL, plant_end(p, 0), 77);
	plant_nuls(p, 77);
}

static void letters(struct plant *p)
{
	uint64_t at = plant_end(p, 0);

	plant_letters(p, at, 5);
	plant_finding(p, ANOMALY_FOREIGN, NULL, at, 5);
}

/* One slot more than the strategy's own. */
static void gap_of_a_slot(struct plant *p)
{
	uint64_t at = p->craft.files[0].length;
	uint64_t length = plant_end(p, 0) + p->craft.strategy->padding_bytes - at;

	plant_nuls(p, length);
	plant_finding(p, ANOMALY_GAP, NULL, at, length);
}

static void duplicate(struct plant *p)
{
	struct plant_append a = plant_next(p);
	uint64_t at;

	plant_make(p, &a);
	at = plant_end(p, 0);
	plant_put(p, &a, at, 0, a.bytes);
	plant_finding(p, ANOMALY_DUPLICATE, &a, at, a.bytes);
}

/* The later of two stands first; @apart_ns pass between them. */
static struct plant_append disorder(struct plant *p, uint32_t writer, uint64_t apart_ns,
				    struct plant_append *ret_first)
{
	struct plant_append a = plant_next_of(p, SPOILT), b;

	a.entry.offset = HISTORY_OFFSET_UNKNOWN;
	p->now_ns = a.entry.completed_ns + apart_ns;
	plant_note(p, &a);
	b = plant_next_of(p, writer);
	plant_make(p, &b);
	*ret_first = b;
	a.entry.offset = (int64_t)plant_end(p, 0);
	plant_put(p, &a, (uint64_t)a.entry.offset, 0, a.bytes);
	return a;
}

static void writer_disorder(struct plant *p)
{
	struct plant_append b, a = disorder(p, SPOILT, 5000 * US, &b);
	uint64_t at = (uint64_t)a.entry.offset;

	plant_finding(p, ANOMALY_WRITER_DISORDER, &a, at, a.bytes)->by = b.id;
	plant_finding(p, ANOMALY_REALTIME_DISORDER, &a, at, a.bytes)->by = b.id;
}

static void realtime_disorder(struct plant *p)
{
	struct plant_append b, a = disorder(p, WHOLE, 5000 * US, &b);

	plant_finding(p, ANOMALY_REALTIME_DISORDER, &a, (uint64_t)a.entry.offset,
		      a.bytes)
		->by = b.id;
}

static void disorder_within_error(struct plant *p)
{
	struct plant_append b;

	(void)disorder(p, WHOLE, 100 * US, &b);
}

/* Two holds overlap for @for_ns. */
static void overlap(struct plant *p, uint64_t for_ns, bool found)
{
	struct plant_append a = plant_next_of(p, SPOILT), b = plant_next_of(p, WHOLE);
	struct finding *finding;

	b.entry.locked_ns = a.entry.flushed_ns;
	b.entry.offset += a.bytes;
	a.entry.unlock_ns = a.entry.flushed_ns + for_ns;
	a.entry.completed_ns = a.entry.unlock_ns + 100 * US;
	plant_make(p, &a);
	plant_make(p, &b);
	if (!found)
		return;
	finding = plant_finding(p, ANOMALY_LOCK_OVERLAP, &b, 0, 0);
	finding->by = a.id;
	finding->offset_known = false;
}

static void overlap_found(struct plant *p)
{
	overlap(p, 500 * US, true);
}

static void overlap_not_looked_for(struct plant *p)
{
	overlap(p, 500 * US, false);
}

static void overlap_within_error(struct plant *p)
{
	overlap(p, 100 * US, false);
}

/* The second sees what was there before the first, which gave the lock back. */
static void stale_read(struct plant *p)
{
	struct plant_append a = plant_next(p), b;

	plant_make(p, &a);
	b = plant_next(p);
	b.entry.seen = a.entry.seen;
	plant_make(p, &b);
	plant_finding(p, ANOMALY_STALE_READ, &b, (uint64_t)b.entry.offset, b.bytes)
		->by = a.id;
}

static void handoffs_30(struct plant *p)
{
	plant_clean(p, 31);
}

static void handoffs_29(struct plant *p)
{
	plant_clean(p, 30);
}

/* One writer goes on alone, to @appends in all. */
static void alone_until(struct plant *p, uint64_t appends)
{
	handoffs_30(p);
	while (p->holds < appends) {
		struct plant_append a = plant_next_of(p, SPOILT);

		plant_make(p, &a);
	}
}

static void handoffs_one_percent(struct plant *p)
{
	alone_until(p, 3000);
}

static void handoffs_below_one_percent(struct plant *p)
{
	alone_until(p, 3001);
}

/* Four records under each hold. */
static void batches(struct plant *p)
{
	for (int i = 0; i < 10; i++) {
		struct plant_append a = plant_next(p);

		for (int k = 0; k < 4; k++) {
			a.bytes = record_size(&p->craft.form, a.id);
			a.entry.offset = (int64_t)plant_end(p, a.file);
			plant_make(p, &a);
			a.id.seq++;
		}
	}
}

/* A record of one writer in the file of another. */
static void strayed(struct plant *p)
{
	struct plant_append a = plant_next_of(p, WHOLE);
	uint64_t at = plant_end(p, SPOILT);

	plant_note(p, &a);
	plant_finding(p, ANOMALY_MISSING, &a, (uint64_t)a.entry.offset, a.bytes);
	a.file = SPOILT;
	plant_put(p, &a, at, 0, a.bytes);
	plant_finding(p, ANOMALY_FOREIGN, NULL, at, a.bytes)->by = a.id;
}

/* ---- once the run folder is written -------------------------------------------- */

static char *history_path(struct plant *p, uint32_t writer)
{
	char *path = manifest_history_path(&p->craft.manifest, p->craft.dir, 0, writer);

	if (!path)
		craft_fail(&p->craft, ENOMEM, "no memory for a run made by hand");
	return path;
}

/* A harm that could not be done. */
static void harm_failed(struct plant *p, const char *path)
{
	int errnum = errno ? errno : EIO;

	craft_fail(&p->craft, errnum, "cannot damage %s: %s", path, strerror(errnum));
}

/* Nothing that the writer was promised can be known any more. */
static void disown(struct plant *p, uint32_t writer)
{
	const struct craft_writer *w = &p->craft.writers[writer];

	for (size_t i = 0; i < w->count; i++)
		p->unreadable += w->entries[i].outcome == OUTCOME_ACKNOWLEDGED;
}

static void history_remove(struct plant *p)
{
	char *path = history_path(p, SPOILT);

	if (path && unlink(path) < 0)
		harm_failed(p, path);
	free(path);
	disown(p, SPOILT);
}

/* Its last entry is gone. */
static void history_cut(struct plant *p)
{
	size_t left = p->craft.writers[SPOILT].count - 1;
	char *path = history_path(p, SPOILT);

	if (path && truncate(path, (off_t)(HISTORY_HEADER_BYTES +
					   left * HISTORY_ENTRY_BYTES)) < 0)
		harm_failed(p, path);
	free(path);
	p->unreadable++;
}

static void byte_spoil(struct plant *p, const char *path, off_t at)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);
	unsigned char byte;

	if (fd < 0 || pread(fd, &byte, 1, at) != 1 ||
	    pwrite(fd, &(unsigned char){byte ^ 1}, 1, at) != 1)
		harm_failed(p, path);
	if (fd >= 0)
		close(fd);
}

static void history_entry_bit(struct plant *p)
{
	char *path = history_path(p, SPOILT);

	if (path)
		byte_spoil(p, path, HISTORY_HEADER_BYTES + 8);
	free(path);
	p->unreadable++;
}

static void history_header_bit(struct plant *p)
{
	char *path = history_path(p, SPOILT);

	if (path)
		byte_spoil(p, path, 36);
	free(path);
	disown(p, SPOILT);
}

static void histories_swap(struct plant *p)
{
	char *a = history_path(p, SPOILT), *b = history_path(p, WHOLE);

	if (a && b && renameat2(AT_FDCWD, a, AT_FDCWD, b, RENAME_EXCHANGE) < 0)
		harm_failed(p, a);
	free(a);
	free(b);
	disown(p, SPOILT);
	disown(p, WHOLE);
}

/* Not a host but rank 0's has ever been compared with it. */
static void clocks_unknown(struct plant *p)
{
	for (size_t h = 1; h < p->craft.manifest.host_count; h++)
		p->craft.manifest.hosts[h].sample_count = 0;
	craft_save(&p->craft);
}

static void manifest_bit(struct plant *p)
{
	char *path;

	if (asprintf(&path, "%s/" MANIFEST_FILE, p->craft.dir) < 0)
		path = NULL;
	/* Somewhere inside: the first bytes are JSON's own. */
	if (path)
		byte_spoil(p, path, 100);
	else
		craft_fail(&p->craft, ENOMEM, "no memory for a run made by hand");
	free(path);
}

/* ---- the table ------------------------------------------------------------------ */

#define SAFE	     VERDICT_SAFE
#define UNSAFE	     VERDICT_UNSAFE
#define INCONCLUSIVE VERDICT_INCONCLUSIVE

/* Hosts, writers, sizes, clean appends before and after. */
#define NOTHING_ELSE                                                                   \
	{                                                                              \
		2, 2, 100, 100, 0, 0                                                   \
	}
#define ONE_HOST                                                                       \
	{                                                                              \
		1, 2, 100, 100, 40, 0                                                  \
	}
#define BEFORE(count)                                                                  \
	{                                                                              \
		2, 2, 100, 100, count, 0                                               \
	}

const struct rule rules[] = {
	{"history-missing", "a history is missing", INCONCLUSIVE,
	 .harm = history_remove},
	{"history-missing-and-loss", "and another one proves a loss", UNSAFE,
	 .act = lose_of_whole, .harm = history_remove},
	{"history-missing-and-gap", "and NULs may be its writer's", INCONCLUSIVE,
	 .act = gap, .harm = history_remove},
	{"history-missing-and-foreign", "and foreign bytes may be its writer's",
	 INCONCLUSIVE, .act = letters, .harm = history_remove},
	{"history-cut", "a history ends too early", INCONCLUSIVE, .harm = history_cut},
	{"history-entry-bit", "one wrong bit in an entry", INCONCLUSIVE,
	 .harm = history_entry_bit},
	{"history-header-bit", "one wrong bit in a history's header", INCONCLUSIVE,
	 .harm = history_header_bit},
	{"histories-swapped", "two histories that changed names", INCONCLUSIVE,
	 .harm = histories_swap},
	{"history-open", "an open intention of a writer that finished", INCONCLUSIVE,
	 .act = append_open, .shape = BEFORE(40)},
	{"writer-killed", "an open intention of one that was killed", SAFE,
	 .act = killed, .shape = BEFORE(40)},
	{"writer-hung", "a writer that did not come back", INCONCLUSIVE, .act = hung,
	 .shape = BEFORE(40)},
	{"writer-end-unknown", "nobody knows how a writer ended, its history is whole",
	 SAFE, .act = end_not_recorded},
	{"manifest-bit", "one wrong bit in the manifest: refused", SAFE,
	 .harm = manifest_bit, .refused = true},
	{"file-vanished", "the data file is gone", UNSAFE, .shape = NOTHING_ELSE,
	 .set = vanished, .act = lose_all},
	{"handoffs-30", "30 hand-offs are enough", SAFE, .shape = NOTHING_ELSE,
	 .act = handoffs_30},
	{"handoffs-29", "29 are not", INCONCLUSIVE, .shape = NOTHING_ELSE,
	 .act = handoffs_29},
	{"contention-1-percent", "30 hand-offs in 3000 appends are enough", SAFE,
	 .shape = NOTHING_ELSE, .act = handoffs_one_percent},
	{"contention-below-1-percent", "30 in 3001 are not", INCONCLUSIVE,
	 .shape = NOTHING_ELSE, .act = handoffs_below_one_percent},
	{"nothing-acknowledged", "no append was acknowledged", INCONCLUSIVE,
	 .shape = NOTHING_ELSE, .act = two_refused},
	{"acknowledged-99-percent", "99 of 100 appends were acknowledged", SAFE,
	 .shape = BEFORE(99), .act = one_refused},
	{"acknowledged-98-percent", "98 of 100", INCONCLUSIVE, .shape = BEFORE(98),
	 .act = two_refused},
	{"acknowledged-98-percent-fault", "the same, but a fault was asked for", SAFE,
	 .shape = BEFORE(98), .act = two_refused_by_fault},
	{"one-client", "all writers on one client of a network", INCONCLUSIVE,
	 .shape = ONE_HOST, .set = rule_own_files},
	{"one-client-accepted", "the same, and accepted", SAFE, .shape = ONE_HOST,
	 .set = own_files_accepted},
	{"one-client-local", "a local file system has one", SAFE, .shape = ONE_HOST,
	 .set = local},
	{"own-files-strayed", "a record in the file of another writer", UNSAFE,
	 .shape = BEFORE(40), .set = rule_own_files, .act = strayed},
	{"batch", "four records under each hold", SAFE, .set = batch, .act = batches},
	{"chain", "writers that first read the end of the file", SAFE, .set = chain},
	{"stale-read", "one that missed what the one before it had left", UNSAFE,
	 .set = chain, .act = stale_read},
	{"padding", "NULs that are the strategy's own", SAFE, .set = padding},
	{"padding-too-long", "more NULs than that", UNSAFE, .set = padding,
	 .act = gap_of_a_slot},
	{"once-not-claimed", "a duplicate where none was ruled out", SAFE,
	 .set = not_once, .act = duplicate},
	{"no_gap-not-claimed", "a gap where none was ruled out", SAFE,
	 .set = not_no_gap, .act = gap},
	{"writer_order-not-claimed", "disorder of one writer, likewise", SAFE,
	 .set = not_writer_order, .act = writer_disorder},
	{"writer_order-claimed", "the same, but its own order was claimed", UNSAFE,
	 .set = not_realtime_order, .act = writer_disorder},
	{"realtime_order-not-claimed", "disorder in time, likewise", SAFE,
	 .set = not_realtime_order, .act = realtime_disorder},
	{"exclusion-not-claimed", "overlapping holds, likewise", SAFE,
	 .set = not_exclusion, .act = overlap_found},
	{"loss-never-excused", "a loss where nothing was claimed", UNSAFE,
	 .set = claims_nothing, .act = lose_of_whole},
	{"foreign-never-excused", "foreign bytes where nothing was claimed", UNSAFE,
	 .set = claims_nothing, .act = letters},
	{"control", "a control is judged as if it claimed all", UNSAFE, .set = control,
	 .act = gap},
	{"no-exclusive-lock", "overlapping holds of a lock that is not exclusive", SAFE,
	 .set = no_lock, .act = overlap_not_looked_for},
	{"lock-overlap-within-error", "overlapping holds that the clocks may feign",
	 SAFE, .set = clocks_err, .act = overlap_within_error},
	{"lock-overlap-no-clock", "hosts whose clocks were never compared",
	 INCONCLUSIVE, .act = overlap_not_looked_for, .harm = clocks_unknown},
	{"disorder-within-error", "disorder in time that the clocks may feign", SAFE,
	 .set = clocks_err, .act = disorder_within_error},
	{"skipped", "the mount cannot do it", VERDICT_SKIPPED, .shape = NOTHING_ELSE,
	 .set = skipped},
};
const size_t rule_count = sizeof(rules) / sizeof(rules[0]);
