/* recollect - see recollect.h. */
#include "verify/recollect.h"

#include "verify/crew.h"

#include <errno.h>
#include <stdlib.h>

/* Entries in a window: many where there are few histories, else as few as there can be.
 */
enum { WINDOW_MANY = 192, WINDOW_FEW = 64 };

/* All threads' windows together; the second is what few would take where it decides. */
#define WINDOWS_MAX_BYTES ((size_t)64 << 20)
#define WINDOWS_BIG_BYTES ((size_t)8 << 20)

/* What a thread has of its own. */
struct member {
	struct tally tally;
	struct witness {
		struct history_reader reader; /* of the history of a writer */
		struct telling telling;
	} * witnesses;
	struct history_entry *entries; /* what was attached last */
	size_t room;
};

struct recollection {
	const struct evidence *e;
	size_t window_entries;
	uint32_t count;
	struct member members[];
};

static size_t windows_bytes(const struct evidence *e, uint32_t members, size_t entries)
{
	return (size_t)e->manifest->rank_count * members * entries *
	       sizeof(struct history_entry);
}

static int member_init(struct member *member, const struct evidence *e)
{
	uint32_t writers = e->manifest->rank_count;

	member->witnesses = calloc(writers + 1u, sizeof(*member->witnesses));
	return member->witnesses
		       ? tally_init(&member->tally, e->strategy, &e->form, writers)
		       : -ENOMEM;
}

static void member_release(struct member *member, uint32_t writers)
{
	for (uint32_t w = 0; member->witnesses && w < writers; w++)
		history_reader_release(&member->witnesses[w].reader);
	free(member->witnesses);
	free(member->entries);
	tally_release(&member->tally);
}

struct recollection *recollect_open(const struct evidence *e)
{
	uint32_t threads = e->means.threads, members = threads < 1 ? 1 : threads;
	struct recollection *r;
	int rc = 0;

	if (members > CREW_MAX)
		members = CREW_MAX;
	if (windows_bytes(e, members, WINDOW_FEW) > WINDOWS_MAX_BYTES)
		return NULL;
	r = calloc(1, sizeof(*r) + members * sizeof(r->members[0]));
	if (!r)
		return NULL;
	r->e = e;
	r->window_entries = windows_bytes(e, members, WINDOW_MANY) > WINDOWS_BIG_BYTES
				    ? WINDOW_FEW
				    : WINDOW_MANY;
	for (; rc == 0 && r->count < members; r->count++)
		rc = member_init(&r->members[r->count], e);
	if (rc == 0)
		return r;
	for (uint32_t i = 0; i < r->count; i++)
		member_release(&r->members[i], e->manifest->rank_count);
	free(r);
	return NULL;
}

/* The window of @member on the history of @writer; NULL: no memory. */
static struct history_reader *reader_of(const struct recollection *r,
					struct member *member, uint32_t writer)
{
	struct witness *witness = &member->witnesses[writer];

	if (witness->reader.entries)
		return &witness->reader;
	witness->telling = (struct telling){&member->tally, writer};
	witness->reader.visit = tally_visit;
	witness->reader.context = &witness->telling;
	return history_reader_init(&witness->reader, r->window_entries) < 0
		       ? NULL
		       : &witness->reader;
}

static const struct history_entry *entry_of(const struct recollection *r,
					    struct member *member, struct record_id id)
{
	const struct history *history = &r->e->writers[id.writer].history;
	struct history_reader *reader = reader_of(r, member, id.writer);
	const struct history_entry *entry =
		reader ? history_held(reader, id.seq) : NULL;

	return entry || !reader ? entry : history_look(history, reader, id.seq);
}

static bool room_make(struct member *member, size_t count)
{
	if (count <= member->room)
		return true;
	free(member->entries);
	member->entries = malloc(count * sizeof(*member->entries));
	member->room = member->entries ? count : 0;
	return member->entries;
}

void recollect(struct recollection *r, uint32_t number, struct segment *segments,
	       size_t count)
{
	struct member *member = &r->members[number];

	if (!room_make(member, count))
		return;
	for (size_t i = 0; i < count; i++) {
		struct record_id id = segments[i].id;
		const struct history_entry *entry;

		if (segments[i].kind != SEGMENT_RECORD ||
		    id.writer >= r->e->manifest->rank_count ||
		    id.seq >= r->e->writers[id.writer].history.count)
			continue;
		entry = entry_of(r, member, id);
		if (!entry)
			continue;
		member->entries[i] = *entry;
		segments[i].note = &member->entries[i];
	}
}

void recollect_close(struct recollection *r, struct evidence *e)
{
	uint32_t writers = e->manifest->rank_count;

	if (!r)
		return;
	for (uint32_t i = 0; i < r->count; i++) {
		tally_merge(&e->tally, &r->members[i].tally, writers);
		member_release(&r->members[i], writers);
	}
	free(r);
}
