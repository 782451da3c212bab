/*
 * views - statements about what the hosts saw of the closed files.
 */
#include "tests/corpus/recipe.h"

#include <stdlib.h>
#include <string.h>

/* views BLOCK-BYTES: the hosts tell what they see. */
static void views(struct recipe *r, char **words)
{
	r->views.block_bytes = (uint32_t)number(r, words[1]);
}

static enum view_look look_by_name(const struct recipe *r, const char *name)
{
	for (int look = 0; look < VIEW_LOOKS; look++)
		if (name && strcmp(view_look_name((enum view_look)look), name) == 0)
			return (enum view_look)look;
	wrong(r, "no such look", name ? name : "(nothing)");
}

/*
 * sees HOST LOOK flip OFFSET, sees HOST LOOK size N, sees HOST LOOK W.S OFFSET
 * (that record there), sees HOST LOOK nothing; in the file chosen by `file`.
 */
static void sees(struct recipe *r, char **words)
{
	uint32_t host = (uint32_t)number(r, words[1]);
	struct craft_sight *sight = craft_sight(&r->views, &r->craft, host,
						look_by_name(r, words[2]), r->file);
	const char *what = words[3] ? words[3] : "nothing";
	size_t place = words[4] ? r->base + number(r, words[4]) : 0;

	if (host >= r->plan.hosts || place > sight->length)
		wrong(r, "no such host, or beyond the file", words[0]);
	if (strcmp(what, "flip") == 0) {
		sight->bytes[place] ^= 1;
	} else if (strcmp(what, "size") == 0) {
		sight->length = place;
	} else if (strcmp(what, "nothing") == 0) {
		free(sight->bytes);
		sight->bytes = NULL;
	} else {
		struct record_id id = record_named(r, what);
		uint32_t bytes = record_size(&r->craft.form, id);

		if (place + bytes > sight->length)
			wrong(r, "beyond the file", what);
		record_write(&r->craft.form, id, sight->bytes + place);
	}
}

const struct statement view_statements[] = {
	{"views", false, views},
	{"sees", false, sees},
	{0},
};
