/* model - see model.h. */
#include "tests/mutate/model.h"

#include "tests/mutate/model_parts.h"
#include "tests/mutate/text.h"

#include <stdlib.h>
#include <string.h>

const struct model_text *model_text(struct model *m, struct record_id id)
{
	struct model_texts *t = m->texts;
	struct model_text *text;

	for (size_t i = 0; i < t->count; i++)
		if (same(t->texts[i].id, id))
			return &t->texts[i];
	t->texts = craft_grow(t->texts, (t->count + 1) * sizeof(*t->texts));
	text = &t->texts[t->count++];
	text->id = id;
	text->size = text_size(&m->plan, id);
	text->bytes = craft_grow(NULL, text->size);
	text_record(&m->plan, id, text->bytes);
	return text;
}

void model_texts_release(struct model_texts *texts)
{
	for (size_t i = 0; i < texts->count; i++)
		free(texts->texts[i].bytes);
	free(texts->texts);
	memset(texts, 0, sizeof(*texts));
}

/* With nothing in its files yet. */
static struct model model_open(const struct craft *craft, struct model_texts *texts)
{
	struct model m = {
		.craft = craft,
		.m = &craft->manifest,
		.s = craft->strategy,
		.plan = craft->form.plan,
		.texts = texts,
	};

	m.file_count = m.s->shared_file ? 1 : m.m->rank_count;
	m.files = craft_grow(NULL, m.file_count * sizeof(*m.files));
	memset(m.files, 0, m.file_count * sizeof(*m.files));
	m.found = craft_grow(NULL, m.m->rank_count * sizeof(*m.found));
	for (uint32_t w = 0; w < m.m->rank_count; w++)
		m.found[w] = calloc(craft->writers[w].count + 1, sizeof(**m.found));
	return m;
}

static void model_close(struct model *m)
{
	for (uint32_t file = 0; file < m->file_count; file++) {
		free(m->files[file].map);
		free(m->files[file].runs);
	}
	for (uint32_t w = 0; w < m->m->rank_count; w++)
		free(m->found[w]);
	free(m->files);
	free(m->found);
	free(m->copies);
}

void model_judge(const struct craft *craft, struct model_texts *texts,
		 struct model_result *ret_result)
{
	struct model m = model_open(craft, texts);

	for (uint32_t file = 0; file < m.file_count; file++) {
		model_map_file(&m, file);
		model_read_file(&m, &m.files[file]);
	}
	model_explain_absent(&m);
	for (uint32_t file = 0; file < m.file_count; file++)
		model_explain_beginnings(&m, file);
	for (uint32_t file = 0; file < m.file_count; file++)
		model_count_rest(&m, &m.files[file]);
	if (m.s->exclusive_lock) {
		model_check_holds(&m);
	} else {
		m.r.anomalies[ANOMALY_LOCK_OVERLAP] = COUNT_NULL;
		m.r.lock_lost = COUNT_NULL;
	}
	m.r.anomalies[ANOMALY_STALE_READ] = COUNT_NULL;
	m.r.anomalies[ANOMALY_DIVERGENT_VIEW] = COUNT_NULL;
	m.r.verdict = model_verdict(&m);
	*ret_result = m.r;
	model_close(&m);
}
