/* salvage - see salvage.h. */
#include "verify/salvage.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "verify/history_paths.h"
#include "verify/recall.h"

/* A history that a person named, and whose it says it is. */
struct offered {
	const char *path; /* the places' */
	size_t strategy;
	uint32_t writer;
};

struct offers {
	struct history_paths paths;
	struct offered *items;
	size_t count;
};

/* ---- what a person names ------------------------------------------------------ */

static int offer_take(struct offers *offers, const struct manifest *m,
		      const struct history_path *found, struct error *err)
{
	struct history_identity identity;
	struct history history;
	size_t index;
	bool fits;
	int rc = history_attach(&history, found->path, false, err);

	/* A folder may hold anything. */
	if (rc < 0 && !found->named)
		return 0;
	if (rc < 0)
		return rc;
	identity = history_identity(&history);
	index = identity.strategy_index;
	fits = index < m->strategy_count && identity.writer < m->rank_count &&
	       recall_fits(&history, m, index, identity.writer);
	history_close(&history);
	if (fits)
		offers->items[offers->count++] =
			(struct offered){found->path, index, identity.writer};
	else if (found->named)
		return error_set(err, ENOMSG, "%s is no history of this run",
				 found->path);
	return 0;
}

static int offers_read(struct offers *offers, const struct manifest *m,
		       const struct salvage_places *places, struct error *err)
{
	int rc = history_paths_find(&offers->paths, places->paths, places->count, err);

	if (rc < 0)
		return rc;
	offers->items = calloc(offers->paths.count + 1, sizeof(*offers->items));
	if (!offers->items)
		return error_sys(err, ENOMEM, "cannot keep the histories");
	for (size_t i = 0; rc == 0 && i < offers->paths.count; i++)
		rc = offer_take(offers, m, &offers->paths.items[i], err);
	if (rc == 0 && places->count && !offers->count)
		rc = error_set(err, ENOMSG, "there is no history of this run in %s",
			       places->paths[0]);
	if (rc == 0)
		err->sentence[0] = '\0'; /* of what a folder held besides */
	return rc;
}

static void offers_release(struct offers *offers)
{
	history_paths_release(&offers->paths);
	free(offers->items);
}

/* ---- where a history may be ----------------------------------------------------- */

/* The name that a run gives it: nothing else is opened on a manifest's word. */
static bool names_history(const char *path, const char *gathered_path)
{
	const char *name = strrchr(path, '/');
	const char *expected = strrchr(gathered_path, '/');

	return name && expected && strcmp(name, expected) == 0;
}

int salvage_attach(struct history *history, const struct manifest_writer *writer,
		   const char *path, struct error *err)
{
	bool own = writer->history_path && strcmp(path, writer->history_path) == 0;

	return history_attach(history, path, own, err);
}

/* The search for one history. */
struct search {
	const struct manifest *manifest;
	size_t index;
	uint32_t writer;
	const char *best; /* path, borrowed; NULL: nothing found */
	uint64_t worth;
};

/* Take @path if it holds more than what was found so far. */
static void consider(struct search *search, const char *path)
{
	const struct manifest_strategy *s =
		&search->manifest->strategies[search->index];
	struct history history;
	uint64_t worth;

	if (!path ||
	    salvage_attach(&history, &s->writers[search->writer], path, NULL) < 0)
		return;
	history_check(&history, NULL, NULL);
	/* A whole one beats all; else the one that tells most. */
	worth = history.finished && !history.cut ? UINT64_MAX : history.count + 1;
	if (worth > search->worth &&
	    recall_fits(&history, search->manifest, search->index, search->writer)) {
		search->worth = worth;
		search->best = path;
	}
	history_close(&history);
}

/*
 * Of a strategy whose end the manifest tells, the size shows whether all was
 * gathered: there is no need to read what is judged later anyway.
 */
static bool is_gathered(const struct manifest_strategy *s, uint32_t writer,
			const char *path)
{
	struct stat st;

	return s->ran && lstat(path, &st) == 0 &&
	       (uint64_t)st.st_size >=
		       HISTORY_HEADER_BYTES +
			       s->writers[writer].begun * HISTORY_ENTRY_BYTES;
}

static int search_one(struct manifest *m, size_t index, uint32_t writer,
		      const char *gathered, const struct offers *offers)
{
	struct manifest_writer *w = &m->strategies[index].writers[writer];
	struct search search = {.manifest = m, .index = index, .writer = writer};

	if (is_gathered(&m->strategies[index], writer, gathered))
		return 0;
	consider(&search, gathered);
	if (w->history_path && names_history(w->history_path, gathered))
		consider(&search, w->history_path);
	for (size_t i = 0; i < offers->count; i++)
		if (offers->items[i].strategy == index &&
		    offers->items[i].writer == writer)
			consider(&search, offers->items[i].path);
	w->astray = !search.best;
	if (!search.best || search.best == gathered)
		return 0;
	w->salvaged_path = strdup(search.best);
	return w->salvaged_path ? 0 : -ENOMEM;
}

/* ---- all of them ------------------------------------------------------------------
 */

/*
 * Where its writers keep their histories is saved before the phase begins, that it
 * took place or was skipped when it is over.
 */
static bool was_under_way(const struct manifest *m, const struct manifest_strategy *s)
{
	bool begun = false;

	for (uint32_t w = 0; w < m->rank_count; w++)
		begun |= s->writers[w].history_path != NULL;
	return begun && !s->ran && !s->skipped;
}

int salvage(struct manifest *m, const char *run_dir,
	    const struct salvage_places *places, struct error *err)
{
	struct offers offers = {0};
	int rc = offers_read(&offers, m, places, err);

	if (rc < 0 && rc != -ENOMEM)
		rc = -ENOMSG;
	/* Segments are run folders of their own: verify/segments.h. */
	for (size_t i = 0; rc == 0 && !m->segment_bytes && i < m->strategy_count; i++) {
		struct manifest_strategy *s = &m->strategies[i];

		s->interrupted = was_under_way(m, s);
		if (!s->ran && !s->interrupted)
			continue;
		for (uint32_t w = 0; rc == 0 && w < m->rank_count; w++) {
			char *gathered = manifest_history_path(m, run_dir, i, w);

			rc = gathered ? search_one(m, i, w, gathered, &offers)
				      : -ENOMEM;
			free(gathered);
			if (rc < 0)
				error_sys(err, -rc, "cannot look for the histories");
		}
	}
	offers_release(&offers);
	return rc;
}
