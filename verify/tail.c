/* tail - see tail.h; docs/formats.md has the format of the file. */
#include "verify/tail.h"

#include "core/bytes.h"
#include "core/crc32c.h"
#include "core/random.h"
#include "core/whole.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAGIC	"tailseen"
#define VERSION 1

enum {
	HEAD_BYTES = 184,
	SUMMED_BYTES = HEAD_BYTES - 4,
	ENTRY_BYTES = 32,
	MOST_BYTES = HEAD_BYTES + (TAIL_SIGHTINGS_MAX + TAIL_PLACES_MAX) * ENTRY_BYTES,
	ALL_FLAGS = SIGHTING_NULS | SIGHTING_TORN | SIGHTING_REOPENED,
};

/* ---- in memory ------------------------------------------------------------ */

void tail_release(struct tail *tail)
{
	free(tail->sightings);
	free(tail->places);
	memset(tail, 0, sizeof(*tail));
}

/* By the record alone, so that every reader keeps the same ones. */
static bool sampled(const struct tail *tail, struct record_id id)
{
	return tail->stride <= 1 ||
	       random_hash(0, id.writer, id.seq) % tail->stride == 0;
}

/* Keep half of what there is. */
static void thin(struct tail *tail)
{
	size_t kept = 0;

	tail->stride = tail->stride ? 2 * tail->stride : 2;
	for (size_t i = 0; i < tail->count; i++)
		if (sampled(tail, tail->sightings[i].id))
			tail->sightings[kept++] = tail->sightings[i];
	tail->count = kept;
}

int tail_add(struct tail *tail, const struct sighting *sighting)
{
	while (tail->count == TAIL_SIGHTINGS_MAX && tail->stride < UINT32_MAX / 2)
		thin(tail);
	if (!sampled(tail, sighting->id))
		return 0;
	if (tail->count == tail->room) {
		size_t room = tail->room ? 2 * tail->room : 1024;
		struct sighting *grown =
			reallocarray(tail->sightings, room, sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		tail->sightings = grown;
		tail->room = room;
	}
	tail->sightings[tail->count++] = *sighting;
	return 0;
}

const struct tail_place *tail_place_find(const struct tail *tail, uint64_t from,
					 uint64_t to)
{
	size_t low = 0, high = tail->place_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (tail->places[middle].to <= from)
			low = middle + 1;
		else
			high = middle;
	}
	return low < tail->place_count && tail->places[low].from < to
		       ? &tail->places[low]
		       : NULL;
}

/* ---- as a file -------------------------------------------------------------- */

static void head_encode(const struct tail *tail, uint32_t entries_sum, uint8_t *p)
{
	const struct tail_identity *id = &tail->identity;
	const struct tail_figures *f = &tail->figures;

	memcpy(p, MAGIC, 8);
	put_le32(p + 8, VERSION);
	put_le32(p + 12, ENTRY_BYTES);
	memcpy(p + 16, id->run_id, RUN_ID_CHARS);
	put_le32(p + 32, id->strategy_index);
	put_le32(p + 36, id->reader);
	put_le32(p + 40, id->host);
	put_le32(p + 44, tail->stride ? tail->stride : 1);
	put_le64(p + 48, tail->count);
	put_le64(p + 56, f->records);
	put_le64(p + 64, f->reads);
	put_le64(p + 72, f->bytes);
	put_le64(p + 80, f->nuls);
	put_le64(p + 88, f->nul_longest_ns);
	put_le64(p + 96, f->nuls_lasting);
	put_le64(p + 104, f->backwards);
	put_le64(p + 112, f->backwards_bytes);
	put_le64(p + 120, f->torn);
	put_le64(p + 128, f->torn_longest_ns);
	put_le64(p + 136, f->given_up);
	put_le64(p + 144, f->after_reopen);
	put_le32(p + 152, f->reopened);
	put_le32(p + 156, (uint32_t)f->errnum);
	put_le64(p + 160, f->ended_ns);
	put_le32(p + 168, (uint32_t)tail->place_count);
	put_le32(p + 176, entries_sum);
	put_le32(p + SUMMED_BYTES, crc32c(p, SUMMED_BYTES));
}

static void encode(const struct tail *tail, uint8_t *bytes, size_t length)
{
	uint8_t *p = bytes + HEAD_BYTES;

	for (size_t i = 0; i < tail->count; i++, p += ENTRY_BYTES) {
		const struct sighting *s = &tail->sightings[i];

		put_le32(p, s->id.writer);
		put_le32(p + 4, s->flags);
		put_le64(p + 8, s->id.seq);
		put_le64(p + 16, s->offset);
		put_le64(p + 24, s->seen_ns);
	}
	for (size_t i = 0; i < tail->place_count; i++, p += ENTRY_BYTES) {
		const struct tail_place *place = &tail->places[i];

		put_le64(p, place->from);
		put_le64(p + 8, place->to);
		put_le64(p + 16, place->nul_ns);
		put_le64(p + 24, place->part_ns);
	}
	head_encode(tail, crc32c(bytes + HEAD_BYTES, length - HEAD_BYTES), bytes);
}

int tail_save(const struct tail *tail, const char *path)
{
	size_t length = HEAD_BYTES + (tail->count + tail->place_count) * ENTRY_BYTES;
	uint8_t *bytes = calloc(1, length);
	int rc;

	if (!bytes)
		return -ENOMEM;
	encode(tail, bytes, length);
	rc = whole_create(path, bytes, length);
	free(bytes);
	return rc;
}

/* Is it a whole tail, and the one that was expected? */
static bool head_agrees(const uint8_t *p, size_t length,
			const struct tail_identity *expected)
{
	static const char padding[16 - RUN_ID_CHARS];
	size_t entries_bytes = length - HEAD_BYTES;

	return memcmp(p, MAGIC, 8) == 0 && get_le32(p + 8) == VERSION &&
	       get_le32(p + 12) == ENTRY_BYTES &&
	       memcmp(p + 16, expected->run_id, RUN_ID_CHARS) == 0 &&
	       memcmp(p + 16 + RUN_ID_CHARS, padding, sizeof(padding)) == 0 &&
	       get_le32(p + 32) == expected->strategy_index &&
	       get_le32(p + 36) == expected->reader &&
	       get_le32(p + 40) == expected->host && get_le32(p + 44) > 0 &&
	       get_le64(p + 48) <= TAIL_SIGHTINGS_MAX &&
	       get_le32(p + 168) <= TAIL_PLACES_MAX && get_le32(p + 172) == 0 &&
	       entries_bytes == (get_le64(p + 48) + get_le32(p + 168)) * ENTRY_BYTES &&
	       get_le32(p + 152) <= 1 && get_le32(p + 156) <= 4095 &&
	       get_le32(p + 176) == crc32c(p + HEAD_BYTES, entries_bytes) &&
	       get_le32(p + SUMMED_BYTES) == crc32c(p, SUMMED_BYTES);
}

static struct tail_figures figures_decode(const uint8_t *p)
{
	return (struct tail_figures){
		.records = get_le64(p + 56),
		.reads = get_le64(p + 64),
		.bytes = get_le64(p + 72),
		.nuls = get_le64(p + 80),
		.nul_longest_ns = get_le64(p + 88),
		.nuls_lasting = get_le64(p + 96),
		.backwards = get_le64(p + 104),
		.backwards_bytes = get_le64(p + 112),
		.torn = get_le64(p + 120),
		.torn_longest_ns = get_le64(p + 128),
		.given_up = get_le64(p + 136),
		.after_reopen = get_le64(p + 144),
		.ended_ns = get_le64(p + 160),
		.reopened = get_le32(p + 152) == 1,
		.errnum = (int)get_le32(p + 156),
	};
}

static bool sighting_valid(const struct sighting *s)
{
	return s->id.writer < RECORD_MAX_WRITERS && s->id.seq <= RECORD_MAX_SEQ &&
	       !(s->flags & ~(unsigned int)ALL_FLAGS) && s->offset <= INT64_MAX;
}

static int sightings_decode(struct tail *tail, const uint8_t *p, size_t count)
{
	tail->sightings = calloc(count + 1, sizeof(*tail->sightings));
	if (!tail->sightings)
		return -ENOMEM;
	tail->room = count + 1;
	for (; tail->count < count; p += ENTRY_BYTES) {
		struct sighting *s = &tail->sightings[tail->count++];

		s->id.writer = get_le32(p);
		s->flags = get_le32(p + 4);
		s->id.seq = get_le64(p + 8);
		s->offset = get_le64(p + 16);
		s->seen_ns = get_le64(p + 24);
		if (!sighting_valid(s))
			return -EBADMSG;
	}
	return 0;
}

static int places_decode(struct tail *tail, const uint8_t *p, size_t count)
{
	uint64_t end = 0;

	tail->places = calloc(count + 1, sizeof(*tail->places));
	if (!tail->places)
		return -ENOMEM;
	for (; tail->place_count < count; p += ENTRY_BYTES) {
		struct tail_place *place = &tail->places[tail->place_count++];

		place->from = get_le64(p);
		place->to = get_le64(p + 8);
		place->nul_ns = get_le64(p + 16);
		place->part_ns = get_le64(p + 24);
		if (place->from < end || place->to <= place->from ||
		    place->to > INT64_MAX)
			return -EBADMSG;
		end = place->to;
	}
	return 0;
}

static int decode(struct tail *tail, const uint8_t *p, size_t length,
		  const struct tail_identity *expected)
{
	size_t sightings;
	int rc;

	if (!head_agrees(p, length, expected))
		return -EBADMSG;
	sightings = (size_t)get_le64(p + 48);
	tail->identity = *expected;
	tail->figures = figures_decode(p);
	tail->stride = get_le32(p + 44);
	rc = sightings_decode(tail, p + HEAD_BYTES, sightings);
	if (rc < 0)
		return rc;
	return places_decode(tail, p + HEAD_BYTES + sightings * ENTRY_BYTES,
			     get_le32(p + 168));
}

int tail_load(struct tail *tail, const char *path, const struct tail_identity *expected)
{
	struct tail t = {0};
	uint8_t *bytes;
	size_t length;
	int rc = whole_read(path, HEAD_BYTES, MOST_BYTES, &bytes, &length);

	if (rc < 0)
		return rc;
	rc = decode(&t, bytes, length, expected);
	free(bytes);
	if (rc < 0)
		tail_release(&t);
	else
		*tail = t;
	return rc;
}

/* ---- in a run ------------------------------------------------------------------- */

struct tail_identity tail_identity_of(const struct manifest *manifest, size_t strategy,
				      uint32_t reader, uint32_t host)
{
	struct tail_identity identity = {
		.strategy_index = (uint32_t)strategy,
		.reader = reader,
		.host = host,
	};

	memcpy(identity.run_id, manifest->run_id, sizeof(identity.run_id));
	return identity;
}

char *tail_path(const struct manifest *manifest, const char *run_dir, size_t strategy,
		uint32_t reader)
{
	char *path;

	if (asprintf(&path, "%s/" TAILS_FOLDER "/%02zu-%s.%05u.tail", run_dir, strategy,
		     manifest->strategies[strategy].preset, reader) < 0)
		return NULL;
	return path;
}
