/*
 * model_order - the intact copies of a file, in file order: how many, which for the
 * first time, and which of them stand behind a later one.
 */
#include "tests/mutate/model_parts.h"

static void order_check(struct model *m, const struct copy *copy)
{
	bool writer_disorder = false, realtime_disorder = false;

	for (size_t i = 0; i < m->copy_count; i++) {
		const struct copy *earlier = &m->copies[i];

		writer_disorder |= earlier->id.writer == copy->id.writer &&
				   earlier->id.seq > copy->id.seq;
		realtime_disorder |=
			copy->acknowledged &&
			model_before(m->m, host_of(m, copy->id),
				     copy->entry->completed_ns, host_of(m, earlier->id),
				     earlier->entry->invoke_ns);
	}
	m->r.anomalies[ANOMALY_WRITER_DISORDER] += writer_disorder;
	m->r.anomalies[ANOMALY_REALTIME_DISORDER] += realtime_disorder;
}

static void handoff_check(struct model *m, const struct copy *copy)
{
	const struct copy *last = m->copy_count ? &m->copies[m->copy_count - 1] : NULL;

	if (last && last->id.writer == copy->id.writer &&
	    last->entry->hold == copy->entry->hold)
		return;
	m->r.placed++;
	if (!last || !last->acknowledged)
		return;
	if (m->m->local_fs ? last->id.writer == copy->id.writer
			   : host_of(m, last->id) == host_of(m, copy->id))
		return;
	m->r.handoffs +=
		model_before(m->m, host_of(m, copy->id), copy->entry->invoke_ns,
			     host_of(m, last->id), last->entry->completed_ns);
}

static void first_copy(struct model *m, struct record_id id)
{
	struct copy copy = {.id = id, .entry = entry_of(m, id)};

	copy.acknowledged = copy.entry->outcome == OUTCOME_ACKNOWLEDGED;
	m->found[id.writer][id.seq] = true;
	if (copy.acknowledged)
		m->r.intact++;
	else if (copy.entry->outcome == OUTCOME_FAILED)
		m->r.anomalies[ANOMALY_UNEXPECTED]++;
	else
		m->r.recovered++;
	order_check(m, &copy);
	handoff_check(m, &copy);
	m->copies = craft_grow(m->copies, (m->copy_count + 1) * sizeof(copy));
	m->copies[m->copy_count++] = copy;
}

void model_read_file(struct model *m, const struct model_file *f)
{
	m->copy_count = 0;
	for (int64_t at = 0; at < f->length; at++) {
		const struct byte *b = &f->map[at];

		if (b->owner != INTACT || !b->head)
			continue;
		if (!known(m, b->id))
			m->r.anomalies[ANOMALY_UNEXPECTED]++;
		else if (m->found[b->id.writer][b->id.seq])
			m->r.anomalies[ANOMALY_DUPLICATE]++;
		else
			first_copy(m, b->id);
	}
}
