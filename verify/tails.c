/* tails - see tails.h. */
#include "verify/tails.h"

#include <errno.h>
#include <stdlib.h>

static int compare_sightings(const void *a, const void *b)
{
	const struct sighting *x = a, *y = b;

	if (x->id.writer != y->id.writer)
		return x->id.writer < y->id.writer ? -1 : 1;
	if (x->id.seq != y->id.seq)
		return x->id.seq < y->id.seq ? -1 : 1;
	return x->seen_ns < y->seen_ns ? -1 : x->seen_ns > y->seen_ns;
}

/* How long after @done was @seen, and how wrong can that be?  False: not known. */
static bool time_between(const struct moment *done, const struct moment *seen,
			 int64_t *ret_ns, uint64_t *ret_error_ns)
{
	*ret_error_ns = 0;
	if (done->host == seen->host) {
		*ret_ns = (int64_t)(seen->own_ns - done->own_ns);
		return true;
	}
	if (done->low_ns == INT64_MIN || seen->low_ns == INT64_MIN)
		return false;
	/* Half of each range, as far as its middle is from either end. */
	*ret_error_ns = ((uint64_t)(done->high_ns - done->low_ns) +
			 (uint64_t)(seen->high_ns - seen->low_ns)) /
			2;
	*ret_ns = (seen->low_ns + (seen->high_ns - seen->low_ns) / 2) -
		  (done->low_ns + (done->high_ns - done->low_ns) / 2);
	return true;
}

/* What is known of one reader. */
struct joining {
	const struct evidence *e;
	struct reader_facts *facts;
	const struct tail *tail;
	struct histogram *staleness;
};

/* The first sight of a record. */
static void sighting_join(struct joining *j, const struct sighting *sighting)
{
	const struct evidence *e = j->e;
	uint32_t writer = sighting->id.writer;
	struct moment done, seen;
	struct history_entry entry;
	uint64_t error_ns;
	int64_t ns;

	if (writer >= e->manifest->rank_count ||
	    history_get(&e->writers[writer].history, sighting->id.seq, &entry) < 0 ||
	    entry.outcome != OUTCOME_ACKNOWLEDGED)
		return;
	done = timeline_moment(e->manifest, evidence_host(e, writer),
			       entry.completed_ns);
	seen = timeline_moment(e->manifest, j->facts->host, sighting->seen_ns);
	if (!time_between(&done, &seen, &ns, &error_ns))
		return;
	/* It may well be seen before its writer's last call has returned. */
	histogram_add(j->staleness, ns > 0 ? (uint64_t)ns : 0);
	if (error_ns > j->facts->clock_error_ns)
		j->facts->clock_error_ns = error_ns;
}

/* An append that is acknowledged and stands in the file, and was never seen whole. */
static void unseen_join(struct joining *j, struct record_id id,
			const struct history_entry *entry)
{
	struct tail_figures *figures = &j->facts->figures;
	uint64_t end_ns = figures->ended_ns, from;
	const struct tail_place *place;

	j->facts->unseen++;
	if (entry->offset < 0)
		return;
	from = (uint64_t)entry->offset;
	place = tail_place_find(j->tail, from, from + record_size(&j->e->form, id));
	if (place && place->nul_ns) {
		figures->nuls++;
		figures->nuls_lasting++;
		if (place->nul_ns < end_ns &&
		    end_ns - place->nul_ns > figures->nul_longest_ns)
			figures->nul_longest_ns = end_ns - place->nul_ns;
	}
}

static bool seen_before(const struct record_id *a, const struct record_id *b)
{
	return a->writer != b->writer ? a->writer < b->writer : a->seq < b->seq;
}

/* All that were never seen; the sightings are sorted. */
static void unseen_find(struct joining *j)
{
	const struct evidence *e = j->e;
	const struct sighting *s = j->tail->sightings;
	const struct sighting *end = s + j->tail->count;
	struct history_entry entry;

	j->facts->unseen = 0;
	for (uint32_t w = 0; w < e->manifest->rank_count; w++)
		for (uint64_t seq = 0; seq < e->writers[w].history.count; seq++) {
			struct record_id id = {w, seq};

			while (s < end && seen_before(&s->id, &id))
				s++;
			if ((s < end && s->id.writer == w && s->id.seq == seq) ||
			    !evidence_found(e, id) ||
			    history_get(&e->writers[w].history, seq, &entry) < 0 ||
			    entry.outcome != OUTCOME_ACKNOWLEDGED)
				continue;
			unseen_join(j, id, &entry);
		}
}

static void sightings_join(struct joining *j, struct tail *tail)
{
	struct sighting *s = tail->sightings;

	if (tail->count)
		qsort(s, tail->count, sizeof(*s), compare_sightings);
	for (size_t i = 0; i < tail->count; i++)
		if (i == 0 || s[i].id.writer != s[i - 1].id.writer ||
		    s[i].id.seq != s[i - 1].id.seq)
			sighting_join(j, &s[i]);
}

static void reader_fill(struct joining *j, const struct tail *tail)
{
	struct reader_facts *facts = j->facts;
	const struct histogram *h = j->staleness;

	facts->told = true;
	facts->figures = tail->figures;
	facts->stride = tail->stride;
	facts->unseen = COUNT_NULL;
	if (tail->stride == 1)
		unseen_find(j);
	facts->compared = h->count;
	facts->max_ns = h->count ? h->max : 0;
	facts->p50_ns = histogram_quantile(h, 0.5);
	facts->p99_ns = histogram_quantile(h, 0.99);
}

static int reader_join(const struct evidence *e, uint32_t reader,
		       struct reader_facts *facts)
{
	struct tail_identity identity =
		tail_identity_of(e->manifest, e->strategy_index, reader, facts->host);
	struct tail tail = {0};
	struct joining j = {.e = e, .facts = facts, .tail = &tail};
	char *path = tail_path(e->manifest, e->run_dir, e->strategy_index, reader);
	int rc = path ? tail_load(&tail, path, &identity) : -ENOMEM;

	free(path);
	if (rc < 0)
		return rc == -ENOMEM ? rc : 0;
	j.staleness = calloc(1, sizeof(*j.staleness));
	if (j.staleness) {
		sightings_join(&j, &tail);
		reader_fill(&j, &tail);
	}
	rc = j.staleness ? 0 : -ENOMEM;
	free(j.staleness);
	tail_release(&tail);
	return rc;
}

int tails_join(const struct evidence *e, struct judgment *judgment)
{
	const struct manifest_strategy *s = e->strategy;
	int rc = 0;

	if (!s->reader_count)
		return 0;
	judgment->readers = calloc(s->reader_count, sizeof(*judgment->readers));
	if (!judgment->readers)
		return -ENOMEM;
	judgment->reader_count = s->reader_count;
	for (uint32_t i = 0; rc == 0 && i < s->reader_count; i++) {
		judgment->readers[i].host = s->readers[i].host;
		if (s->readers[i].given)
			rc = reader_join(e, i, &judgment->readers[i]);
	}
	return rc;
}
