/* evidence - see evidence.h. */
#include "verify/evidence.h"

#include "verify/recall.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A row of records.csv, a point of the map: for so many appends each has one. */
#define FACTS_MAX 1000000

static int writer_open(struct evidence *e, const char *run_dir, uint32_t writer)
{
	struct writer_evidence *w = &e->writers[writer];
	struct recall_show show = {
		.visit = tally_visit,
		.context = &w->telling,
		.presume = !e->means.check_first,
	};
	int rc;

	w->telling = (struct telling){&e->tally, writer};
	rc = recall(e->manifest, run_dir, e->strategy_index, writer, &show, &w->history,
		    &w->damaged);
	if (rc < 0)
		return rc;
	e->damaged_histories += w->damaged;
	w->found = calloc(w->history.count / 64 + 1, sizeof(*w->found));
	return w->found ? 0 : -ENOMEM;
}

static int files_name(struct evidence *e)
{
	e->file_count = e->strategy->shared_file ? 1 : e->manifest->rank_count;
	e->file_paths = calloc(e->file_count + 1, sizeof(*e->file_paths));
	e->file_bytes = calloc(e->file_count + 1, sizeof(*e->file_bytes));
	if (!e->file_paths || !e->file_bytes)
		return -ENOMEM;
	for (uint32_t file = 0; file < e->file_count; file++) {
		e->file_paths[file] =
			manifest_data_path(e->manifest, e->strategy_index, file);
		if (!e->file_paths[file])
			return -ENOMEM;
	}
	return 0;
}

/* One array for all writers' facts, in the order of writers and appends. */
static int facts_prepare(struct evidence *e)
{
	uint64_t appends = 0;
	size_t next = 0;

	for (uint32_t w = 0; w < e->manifest->rank_count; w++)
		appends += e->writers[w].history.count;
	e->fact_stride = appends / FACTS_MAX + 1;
	for (uint32_t w = 0; w < e->manifest->rank_count; w++)
		e->fact_count += (e->writers[w].history.count + e->fact_stride - 1) /
				 e->fact_stride;
	e->facts = calloc(e->fact_count + 1, sizeof(*e->facts));
	if (!e->facts)
		return -ENOMEM;
	for (uint32_t w = 0; w < e->manifest->rank_count; w++) {
		e->writers[w].facts = &e->facts[next];
		for (uint64_t seq = 0; seq < e->writers[w].history.count;
		     seq += e->fact_stride)
			e->facts[next++] = (struct record_fact){
				.id = {.writer = w, .seq = seq},
				.found_offset = -1,
				.fate = FATE_NOT_THERE,
			};
	}
	return 0;
}

int evidence_open(struct evidence *evidence, const struct judge_means *means,
		  const struct manifest *manifest, const char *run_dir, size_t index,
		  struct error *err)
{
	struct evidence *e = evidence;
	struct record_plan plan = manifest_record_plan(manifest, index);
	int rc;

	*e = (struct evidence){
		.means = *means,
		.manifest = manifest,
		.strategy = &manifest->strategies[index],
		.strategy_index = index,
		.run_dir = run_dir,
		.damage = STASH_OF(struct damage),
		.findings = STASH_OF(struct finding),
		.contradicted = WRITER_NONE,
		.lock_lost = COUNT_NULL,
		.stale_cache = COUNT_NULL,
	};
	rc = record_form_init(&e->form, &plan);
	for (int kind = 0; kind < ANOMALY_COUNT; kind++)
		e->anomalies[kind] = COUNT_NULL;
	e->writers = calloc(manifest->rank_count + 1u, sizeof(*e->writers));
	if (rc == 0 && !e->writers)
		rc = -ENOMEM;
	if (rc == 0)
		rc = tally_init(&e->tally, e->strategy, &e->form, manifest->rank_count);
	for (uint32_t w = 0; rc == 0 && w < manifest->rank_count; w++)
		rc = writer_open(e, run_dir, w);
	if (rc == 0)
		rc = files_name(e);
	if (rc == 0)
		rc = facts_prepare(e);
	if (rc < 0) {
		error_sys(err, -rc, "cannot judge strategy %s", e->strategy->name);
		evidence_close(e);
		return rc;
	}
	return 0;
}

void evidence_close(struct evidence *e)
{
	for (uint32_t w = 0; e->writers && w < e->manifest->rank_count; w++) {
		history_close(&e->writers[w].history);
		free(e->writers[w].found);
	}
	for (uint32_t file = 0; e->file_paths && file < e->file_count; file++)
		free(e->file_paths[file]);
	free(e->file_paths);
	free(e->file_bytes);
	free(e->writers);
	free(e->facts);
	tally_release(&e->tally);
	record_form_release(&e->form);
	stash_release(&e->damage);
	stash_release(&e->findings);
	memset(e, 0, sizeof(*e));
}

bool evidence_settle(struct evidence *e)
{
	for (uint32_t w = 0;
	     e->contradicted == WRITER_NONE && w < e->manifest->rank_count; w++)
		if (!history_settle(&e->writers[w].history))
			e->contradicted = w;
	return e->contradicted == WRITER_NONE;
}

static void history_distrust(struct evidence *e, struct writer_evidence *w)
{
	w->damaged = true;
	e->damaged_histories++;
	e->changed_histories++;
}

void evidence_doubt(struct evidence *e, uint32_t writer)
{
	if (writer != WRITER_NONE && !e->writers[writer].damaged)
		history_distrust(e, &e->writers[writer]);
}

void evidence_recheck(struct evidence *e)
{
	for (uint32_t w = 0; w < e->manifest->rank_count; w++)
		if (!e->writers[w].damaged && history_changed(&e->writers[w].history))
			history_distrust(e, &e->writers[w]);
}

int evidence_add(struct evidence *e, const struct finding *finding)
{
	int64_t *count = &e->anomalies[finding->kind];
	bool proven = finding->record.writer == WRITER_NONE
			      ? e->damaged_histories == 0
			      : !e->writers[finding->record.writer].damaged;

	/* Both sides of what compares two times must have remembered whole. */
	if ((finding->kind == ANOMALY_REALTIME_DISORDER ||
	     finding->kind == ANOMALY_LOCK_OVERLAP ||
	     finding->kind == ANOMALY_STALE_READ) &&
	    finding->by.writer != WRITER_NONE)
		proven &= !e->writers[finding->by.writer].damaged;
	if (finding->kind == ANOMALY_DIVERGENT_VIEW)
		proven = true;
	if (*count == COUNT_NULL)
		*count = 0;
	e->proven[finding->kind] += proven;
	return ++*count <= FINDINGS_PER_KIND ? stash_add(&e->findings, finding) : 0;
}

struct finding evidence_finding(const struct evidence *e, enum anomaly kind,
				uint32_t file, uint64_t offset, uint64_t length)
{
	return (struct finding){
		.kind = kind,
		.file_writer = e->strategy->shared_file ? WRITER_NONE : file,
		.offset = offset,
		.length = length,
		.offset_known = true,
		.record.writer = WRITER_NONE,
		.by.writer = WRITER_NONE,
	};
}

void evidence_fact(struct evidence *e, struct record_id id, enum record_fate fate,
		   int64_t found_offset)
{
	struct record_fact *fact;

	if (id.seq % e->fact_stride)
		return;
	fact = &e->writers[id.writer].facts[id.seq / e->fact_stride];
	fact->fate = fate;
	fact->found_offset = found_offset;
}
