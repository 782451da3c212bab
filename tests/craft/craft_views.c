/* craft_views - see craft_views.h. */
#include "tests/craft/craft_views.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct craft_sight *sight_find(const struct craft_views *c, uint32_t host,
				      enum view_look look, uint32_t file)
{
	for (size_t i = 0; i < c->sight_count; i++)
		if (c->sights[i].host == host && c->sights[i].look == look &&
		    c->sights[i].file == file)
			return &c->sights[i];
	return NULL;
}

struct craft_sight *craft_sight(struct craft_views *c, const struct craft *craft,
				uint32_t host, enum view_look look, uint32_t file)
{
	struct craft_sight *sight = sight_find(c, host, look, file);
	const struct craft_file *f = &craft->files[file];

	if (sight)
		return sight;
	c->sights = craft_grow(c->sights, (c->sight_count + 1) * sizeof(*sight));
	sight = &c->sights[c->sight_count++];
	*sight = (struct craft_sight){.host = host, .file = file, .look = look};
	sight->bytes = craft_grow(NULL, f->length);
	sight->length = f->length;
	if (f->length)
		memcpy(sight->bytes, f->bytes, f->length);
	return sight;
}

/* All blocks of one file, with an empty one at its end: it may be looked at. */
static void view_file(const struct craft_views *c, const struct craft *craft,
		      struct view *view, uint32_t file)
{
	const struct craft_sight *sight =
		sight_find(c, view->identity.host, view->identity.look, file);
	const uint8_t *bytes = sight ? sight->bytes : craft->files[file].bytes;
	size_t length = sight ? sight->length : craft->files[file].length;
	bool first = view->identity.look == VIEW_FIRST;
	size_t block = c->block_bytes, at = 0;

	view->sizes[file] = length;
	for (; at < length || (!first && at <= length); at += block)
		if (view_add(view, file, at / block, bytes + at,
			     (uint32_t)(length - at < block ? length - at : block),
			     !first) < 0)
			craft_die("no memory for a view");
}

static void view_write(const struct craft_views *c, const struct craft *craft,
		       uint32_t host, enum view_look look)
{
	struct view_identity identity =
		view_identity_of(&craft->manifest, 0, host, look);
	char *path = view_path(&craft->manifest, craft->dir, 0, host, look);
	struct view view;

	if (view_init(&view, &identity) < 0)
		craft_die("no memory for a view");
	for (uint32_t file = 0; file < identity.file_count; file++)
		view_file(c, craft, &view, file);
	unlink(path);
	if (view_save(&view, path) < 0)
		craft_die("cannot write %s: %m", path);
	view_release(&view);
	free(path);
}

static void folder_make(const struct craft *craft)
{
	char *folder;

	if (asprintf(&folder, "%s/" VIEWS_FOLDER, craft->dir) < 0)
		craft_die("no memory for a view");
	if (mkdir(folder, 0700) < 0 && errno != EEXIST)
		craft_die("cannot make %s: %m", folder);
	free(folder);
}

void craft_views_save(const struct craft_views *c, struct craft *craft)
{
	struct manifest_views *taken = &craft->strategy->views;
	size_t hosts = craft->manifest.host_count;

	if (!c->block_bytes)
		return;
	taken->block_bytes = c->block_bytes;
	taken->stride = 1;
	taken->looks = craft_grow(taken->looks, hosts);
	memset(taken->looks, 0, hosts);
	folder_make(craft);
	for (uint32_t host = 0; host < hosts; host++)
		for (int look = 0; look < VIEW_LOOKS; look++) {
			const struct craft_sight *sight =
				sight_find(c, host, (enum view_look)look, 0);

			if (sight && !sight->bytes)
				continue;
			view_write(c, craft, host, (enum view_look)look);
			taken->looks[host] |= (uint8_t)(1u << look);
		}
}

void craft_views_release(struct craft_views *c)
{
	for (size_t i = 0; i < c->sight_count; i++)
		free(c->sights[i].bytes);
	free(c->sights);
	memset(c, 0, sizeof(*c));
}
