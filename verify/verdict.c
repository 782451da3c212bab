/* verdict - see verdict.h. */
#include "verify/verdict.h"

#include "core/claim.h"
#include "verify/view.h"

#include <stdio.h>
#include <string.h>

/* Below these a race hardly took place, and "no anomaly" says nothing. */
#define CONTENTION_MIN 0.01
#define HANDOFFS_MIN   30

/* So many hung writers are named with the call they hang in: it fits a sentence. */
#define HUNG_NAMED 4

/* One in so many attempts, when no fault was asked for. */
#define UNACKNOWLEDGED_MAX_OF 100

/*
 * A control claims nothing and is judged by the claims of `flock`, so that it
 * shows what the mount does to those who do not lock.
 */
#define CONTROL_CLAIMS                                                                 \
	(CLAIM_COMPLETE | CLAIM_ONCE | CLAIM_NO_GAP | CLAIM_WRITER_ORDER |             \
	 CLAIM_REALTIME_ORDER | CLAIM_EXCLUSION)

const struct anomaly_info anomaly_table[ANOMALY_COUNT] = {
	[ANOMALY_LOST] = {"lost",
			  "an acknowledged record has no intact copy in the file",
			  CLAIM_COMPLETE, true},
	[ANOMALY_INTERLEAVED] =
		{"interleaved",
		 "lost: all bytes are there, in pieces with something between", 0,
		 false},
	[ANOMALY_OVERWRITTEN] = {"overwritten",
				 "lost: bytes of another record stand where it was put",
				 0, false},
	[ANOMALY_TORN] = {"torn", "lost: some bytes are there, the rest is nowhere", 0,
			  false},
	[ANOMALY_CORRUPTED] =
		{"corrupted", "lost: it stands in place with bytes of no record inside",
		 0, false},
	[ANOMALY_MISSING] = {"missing", "lost: none of its bytes are anywhere", 0,
			     false},
	[ANOMALY_GAP] = {"gap", "a run of NULs that belongs to nothing", CLAIM_NO_GAP,
			 false},
	[ANOMALY_GAP_BYTES] = {"gap_bytes", "the bytes of all gaps", 0, false},
	[ANOMALY_DUPLICATE] = {"duplicate", "a further intact copy of a record",
			       CLAIM_ONCE, false},
	[ANOMALY_FOREIGN] = {"foreign", "a run of bytes of no record of this run", 0,
			     true},
	[ANOMALY_FOREIGN_BYTES] = {"foreign_bytes", "the bytes of all foreign runs", 0,
				   false},
	[ANOMALY_UNEXPECTED] = {"unexpected",
				"an intact record whose append failed, or never was", 0,
				true},
	[ANOMALY_WRITER_DISORDER] = {"writer_disorder",
				     "a record stands behind a later one of its writer",
				     CLAIM_WRITER_ORDER, false},
	[ANOMALY_REALTIME_DISORDER] =
		{"realtime_disorder",
		 "a record stands behind one invoked after it was complete",
		 CLAIM_REALTIME_ORDER, false},
	[ANOMALY_LOCK_OVERLAP] = {"lock_overlap",
				  "two writers held the exclusive lock at one time",
				  CLAIM_EXCLUSION, false},
	[ANOMALY_STALE_READ] =
		{"stale_read",
		 "a reader under the lock missed what the last holder left",
		 CLAIM_EXCLUSION, false},
	[ANOMALY_DIVERGENT_VIEW] = {"divergent_view",
				    "hosts disagree about the bytes of the closed file",
				    0, true},
};

static const char *const verdict_names[] = {
	[VERDICT_SAFE] = "safe",
	[VERDICT_UNSAFE] = "unsafe",
	[VERDICT_INCONCLUSIVE] = "inconclusive",
	[VERDICT_SKIPPED] = "skipped",
};

const char *verdict_name(enum verdict verdict)
{
	return verdict <= VERDICT_SKIPPED ? verdict_names[verdict] : "?";
}

static const char *const fate_names[] = {
	[FATE_INTACT] = "intact",	    [FATE_OVERWRITTEN] = "overwritten",
	[FATE_INTERLEAVED] = "interleaved", [FATE_TORN] = "torn",
	[FATE_CORRUPTED] = "corrupted",	    [FATE_MISSING] = "missing",
	[FATE_RECOVERED] = "recovered",	    [FATE_UNEXPECTED] = "unexpected",
	[FATE_NOT_THERE] = "not_there",
};

const char *record_fate_name(enum record_fate fate)
{
	return fate <= FATE_NOT_THERE ? fate_names[fate] : "?";
}

const char *const latency_part_names[LATENCY_PARTS] = {
	"append", "lock_wait", "write", "flush", "unlock",
};

/* Append ", N WORD" to the reason. */
static void reason_add(struct judgment *j, int64_t count, const char *word)
{
	size_t used = strlen(j->reason);

	snprintf(j->reason + used, sizeof(j->reason) - used, "%s%lld %s",
		 used ? ", " : "", (long long)count, word);
}

/* What the strategy is judged by. */
static unsigned int judged_claims(const struct evidence *e)
{
	return e->strategy->control ? CONTROL_CLAIMS : e->strategy->claims;
}

/* Does anything that was proven contradict that? */
static bool find_contradiction(const struct evidence *e, struct judgment *j)
{
	unsigned int claims = judged_claims(e);

	for (int kind = 0; kind < ANOMALY_COUNT; kind++)
		if (e->proven[kind] > 0 && (anomaly_table[kind].always_unsafe ||
					    anomaly_table[kind].contradicts & claims))
			reason_add(j, e->proven[kind], anomaly_table[kind].name);
	return j->reason[0] != '\0';
}

/* Do all writers share one client of a file system that is not local? */
static bool one_client_only(const struct manifest *m)
{
	if (m->local_fs || m->one_client || !m->rank_count)
		return false;
	for (uint32_t rank = 1; rank < m->rank_count; rank++)
		if (strcmp(m->hosts[m->rank_host[rank]].client,
			   m->hosts[m->rank_host[0]].client) != 0)
			return false;
	return true;
}

static uint32_t writers_that(const struct evidence *e, enum writer_end end)
{
	uint32_t count = 0;

	for (uint32_t w = 0; w < e->manifest->rank_count; w++)
		count += e->strategy->writers[w].end == end;
	return count;
}

/* Did appends run on more than one host? */
static bool hosts_meet(const struct manifest *m)
{
	for (uint32_t rank = 1; rank < m->rank_count; rank++)
		if (m->rank_host[rank] != m->rank_host[0])
			return true;
	return false;
}

/*
 * A claim about order or exclusion is judged by times.  The host that has appended
 * while its clock could not be compared with the others', or NULL.
 */
static const char *timeless_host(const struct evidence *e)
{
	const struct manifest *m = e->manifest;
	struct history_entry first, last;

	if (!e->strategy->shared_file || !hosts_meet(m) ||
	    !(judged_claims(e) & (CLAIM_REALTIME_ORDER | CLAIM_EXCLUSION)))
		return NULL;
	for (uint32_t w = 0; w < m->rank_count; w++) {
		const struct history *h = &e->writers[w].history;

		if (h->count && history_get(h, 0, &first) == 0 &&
		    history_get(h, h->count - 1, &last) == 0 &&
		    !timeline_tells(m, evidence_host(e, w), first.invoke_ns,
				    last.completed_ns))
			return m->hosts[evidence_host(e, w)].name;
	}
	return NULL;
}

uint32_t verdict_name_hung(const struct manifest *manifest,
			   const struct manifest_strategy *strategy,
			   char ret_text[HUNG_TEXT_BYTES])
{
	uint32_t hung = 0, named = 0;
	size_t used;

	for (uint32_t w = 0; w < manifest->rank_count; w++)
		hung += strategy->writers[w].end == WRITER_HUNG;
	used = (size_t)snprintf(ret_text, HUNG_TEXT_BYTES, "%u of %u writers hung",
				hung, manifest->rank_count);
	for (uint32_t w = 0; w < manifest->rank_count && named < HUNG_NAMED; w++) {
		const struct manifest_writer *writer = &strategy->writers[w];

		if (writer->end != WRITER_HUNG || !writer->stuck)
			continue;
		used += (size_t)snprintf(ret_text + used, HUNG_TEXT_BYTES - used,
					 "%s%.115s", named++ ? "; " : ": ",
					 writer->stuck);
	}
	return hung;
}

/* Hosts that were asked what they see of the closed files, and could not tell. */
static uint32_t hosts_without_view(const struct evidence *e)
{
	const struct manifest_views *views = &e->strategy->views;
	uint32_t count = 0;

	for (size_t host = 0; views->block_bytes && host < e->manifest->host_count;
	     host++)
		count += !(views->looks[host] & 1u << VIEW_FIRST);
	return count;
}

/* Too few acknowledged appends to tell anything by? */
static bool few_acknowledged(struct judgment *j, bool faults)
{
	if (!j->acknowledged)
		snprintf(j->reason, sizeof(j->reason), "no append was acknowledged");
	else if (!faults &&
		 j->attempted - j->acknowledged > j->attempted / UNACKNOWLEDGED_MAX_OF)
		snprintf(j->reason, sizeof(j->reason),
			 "only %llu of %llu appends %s acknowledged",
			 (unsigned long long)j->acknowledged,
			 (unsigned long long)j->attempted,
			 j->acknowledged == 1 ? "was" : "were");
	else
		return false;
	return true;
}

static bool hardly_met(struct judgment *j)
{
	if (!j->contention_applies ||
	    (j->handoffs >= HANDOFFS_MIN && j->contention >= CONTENTION_MIN))
		return false;
	snprintf(j->reason, sizeof(j->reason),
		 "the writers hardly met: contention %.2f %%, %llu hand-off%s "
		 "(1 %% and %d are needed)",
		 j->contention * 100, (unsigned long long)j->handoffs,
		 j->handoffs == 1 ? "" : "s", HANDOFFS_MIN);
	return true;
}

bool verdict_find_shortage(struct judgment *j, bool faults)
{
	return few_acknowledged(j, faults) || hardly_met(j);
}

/*
 * Too little was seen to say "safe"?  Then why, into the reason.  @timeless: the host
 * whose clock could not be compared, or NULL.
 */
static bool find_doubt(const struct evidence *e, const char *timeless,
		       struct judgment *j)
{
	const struct manifest *m = e->manifest;
	size_t size = sizeof(j->reason);
	bool struck = manifest_was_struck(m, e->strategy_index);

	if (j->hung)
		verdict_name_hung(m, e->strategy, j->reason);
	else if (e->changed_histories)
		snprintf(j->reason, size,
			 "the history of %u of %u writers changed, or could no longer "
			 "be read, while it was judged",
			 e->changed_histories, m->rank_count);
	else if (e->strategy->interrupted)
		snprintf(j->reason, size,
			 "the run ended before this strategy did; the history of %u of "
			 "%u writers is missing, damaged or unfinished",
			 e->damaged_histories, m->rank_count);
	else if (e->damaged_histories)
		snprintf(j->reason, size,
			 "the history of %u of %u writers is missing or damaged",
			 e->damaged_histories, m->rank_count);
	else if (e->unreadable)
		snprintf(j->reason, size,
			 "a data file could not be read to its end: %s",
			 strerror(e->unreadable));
	else if (e->damaged_views)
		snprintf(j->reason, size,
			 "%u saved view%s of the hosts %s missing or damaged",
			 e->damaged_views, e->damaged_views == 1 ? "" : "s",
			 e->damaged_views == 1 ? "is" : "are");
	else if (hosts_without_view(e))
		snprintf(j->reason, size,
			 "%u of %zu hosts could not tell what they see of the closed "
			 "files",
			 hosts_without_view(e), m->host_count);
	else if (e->untold_differences)
		snprintf(j->reason, size,
			 "hosts saw different bytes in %llu block%s, and whether that "
			 "lasts could not be told",
			 (unsigned long long)e->untold_differences,
			 e->untold_differences == 1 ? "" : "s");
	else if (e->shrunk)
		snprintf(j->reason, size, "a data file shrank while it was read");
	else if (few_acknowledged(j, struck))
		j->only_short = !one_client_only(m) && !timeless;
	else if (one_client_only(m))
		snprintf(j->reason, size,
			 "all writers ran on one client of a network file system, "
			 "whose cache hides races (--one-client accepts that)");
	else if (timeless)
		snprintf(j->reason, size,
			 "the clock of %s could not be compared with the others', so "
			 "that order and exclusion between hosts were not judged",
			 timeless);
	else if (hardly_met(j))
		j->only_short = true;
	else
		return false;
	return true;
}

/* What `safe` means of all acknowledged appends, by workload. */
const char *const verdict_safe_words[WORKLOAD_COUNT] = {
	[WORKLOAD_APPEND] = "records are intact, each once",
	[WORKLOAD_CHAIN] = "records are intact, each once, and each writer saw what "
			   "the one before it had left",
	[WORKLOAD_COUNTER] = "steps counted, each once",
};

void verdict_reach(struct evidence *e, struct judgment *j)
{
	const char *timeless = timeless_host(e);

	/* The histories were read for the last time. */
	evidence_recheck(e);
	j->hung = writers_that(e, WRITER_HUNG);
	j->contention_applies = e->strategy->shared_file;
	j->handoffs = e->handoffs;
	j->appends_placed = e->appends_placed;
	j->contention =
		j->appends_placed ? (double)j->handoffs / (double)j->appends_placed : 0;
	j->reason[0] = '\0';
	/* What changed under our hands proves nothing, whatever it seemed to say. */
	if (!e->changed_histories && find_contradiction(e, j)) {
		j->verdict = VERDICT_UNSAFE;
	} else if (find_doubt(e, timeless, j)) {
		j->verdict = VERDICT_INCONCLUSIVE;
	} else {
		j->verdict = VERDICT_SAFE;
		snprintf(j->reason, sizeof(j->reason), "all %llu acknowledged %s",
			 (unsigned long long)j->acknowledged,
			 verdict_safe_words[e->strategy->workload]);
	}
}

void verdict_skip(const struct manifest_strategy *strategy, struct judgment *j)
{
	j->verdict = VERDICT_SKIPPED;
	if (!strategy->skipped)
		snprintf(j->reason, sizeof(j->reason), "it did not run");
	else if (strategy->skipped_errnum)
		snprintf(j->reason, sizeof(j->reason), "%s: %s", strategy->skipped,
			 strerror(strategy->skipped_errnum));
	else
		snprintf(j->reason, sizeof(j->reason), "%s", strategy->skipped);
}
