/* damage - see damage.h. */
#include "tests/mutate/damage.h"

#include "tests/mutate/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A file under the hammer, and a place in it. */
struct target {
	struct craft *c;
	uint32_t number;
	struct craft_file *f;
	uint64_t random;
	size_t at, length; /* a stretch that lies in the file */
};

/* A length: often a telling one, sometimes any. */
static size_t length_choose(uint64_t *random)
{
	static const size_t telling[] = {1,  2,	 3,  4,	 5,  31, 32,
					 33, 63, 64, 65, 96, 128};

	if (dice(random, 2))
		return telling[dice(random, sizeof(telling) / sizeof(telling[0]))];
	return 1 + dice(random, 700);
}

static void stretch_choose(struct target *t)
{
	t->at = dice(&t->random, t->f->length);
	/* A place near a record's beginning tells more than any. */
	if (dice(&t->random, 2)) {
		while (t->at && t->f->bytes[t->at] != '#')
			t->at--;
		t->at += dice(&t->random, 4) ? 0 : length_choose(&t->random);
	}
	t->length = dice(&t->random, 10) ? length_choose(&t->random)
					 : dice(&t->random, t->f->length);
	if (t->at > t->f->length)
		t->at = t->f->length;
	if (t->length > t->f->length - t->at)
		t->length = t->f->length - t->at;
}

/* The stretch becomes the record at or before it, if there is one. */
static void record_choose(struct target *t)
{
	const uint8_t *end;

	while (t->at &&
	       t->f->bytes[t->at < t->f->length ? t->at : t->f->length - 1] != '#')
		t->at--;
	end = t->at < t->f->length
		      ? memchr(t->f->bytes + t->at, '\n', t->f->length - t->at)
		      : NULL;
	t->length = end ? (size_t)(end - t->f->bytes) + 1 - t->at : 0;
}

static void remove_bytes(struct craft_file *f, size_t at, size_t length)
{
	memmove(f->bytes + at, f->bytes + at + length, f->length - at - length);
	f->length -= length;
}

static void insert_bytes(struct target *t, size_t at, const void *bytes, size_t length)
{
	size_t behind = t->f->length - at;
	uint8_t *rest = craft_grow(NULL, behind);

	memcpy(rest, t->f->bytes + at, behind);
	craft_put(t->c, t->number, at, bytes, length);
	craft_put(t->c, t->number, at + length, rest, behind);
	free(rest);
}

static void drop(struct target *t)
{
	remove_bytes(t->f, t->at, t->length);
}

static void drop_record(struct target *t)
{
	record_choose(t);
	drop(t);
}

static void nul(struct target *t)
{
	memset(t->f->bytes + t->at, 0, t->length);
}

/* NULs from here to the end of the record or page. */
static void tear(struct target *t)
{
	size_t page = t->at / 512 * 512 + 512;

	t->length = (page < t->f->length ? page : t->f->length) - t->at;
	nul(t);
}

static void insert_nul(struct target *t)
{
	uint8_t *nuls = calloc(1, t->length + 1);

	insert_bytes(t, t->at, nuls, t->length);
	free(nuls);
}

static const char words[] =
	"hello\nI am no record. # = #k3f.0000.00000000.00002.@@@@@@@"
	"=k3f.0001.00000001.00001.ABCDEFG\n";

static void insert_text(struct target *t)
{
	size_t from = dice(&t->random, sizeof(words) - 1);
	size_t length = 1 + dice(&t->random, sizeof(words) - 1 - from);

	insert_bytes(t, t->at, words + from, length);
}

static void overwrite_text(struct target *t)
{
	size_t from = dice(&t->random, sizeof(words) - 1);
	size_t length = 1 + dice(&t->random, sizeof(words) - 1 - from);

	craft_put(t->c, t->number, t->at, words + from, length);
}

static void flip(struct target *t)
{
	if (t->at < t->f->length)
		t->f->bytes[t->at] ^= (uint8_t)(1 << dice(&t->random, 8));
}

static void scramble(struct target *t)
{
	for (size_t i = 0; i < t->length; i++)
		t->f->bytes[t->at + i] = (uint8_t)dice(&t->random, 256);
}

static void truncate_here(struct target *t)
{
	t->f->length = t->at;
}

/* The stretch once more: over another place, or between. */
static void copy_over(struct target *t)
{
	uint8_t *bytes = craft_grow(NULL, t->length);
	size_t length = t->length;

	memcpy(bytes, t->f->bytes + t->at, length);
	stretch_choose(t);
	craft_put(t->c, t->number, t->at, bytes, length);
	free(bytes);
}

static void copy_between(struct target *t)
{
	uint8_t *bytes = craft_grow(NULL, t->length);
	size_t length = t->length;

	memcpy(bytes, t->f->bytes + t->at, length);
	stretch_choose(t);
	insert_bytes(t, t->at, bytes, length);
	free(bytes);
}

static void copy_record_over(struct target *t)
{
	record_choose(t);
	copy_over(t);
}

static void duplicate(struct target *t)
{
	record_choose(t);
	copy_between(t);
}

/* Two records, or what begins like them, change places. */
static void swap(struct target *t)
{
	size_t at, length;
	uint8_t *bytes;

	record_choose(t);
	at = t->at;
	length = t->length;
	bytes = craft_grow(NULL, length);
	memcpy(bytes, t->f->bytes + at, length);
	stretch_choose(t);
	record_choose(t);
	if (t->at + t->length <= at) {
		insert_bytes(t, at + length, t->f->bytes + t->at, t->length);
		remove_bytes(t->f, at, length);
		remove_bytes(t->f, t->at, t->length);
		insert_bytes(t, t->at, bytes, length);
	}
	free(bytes);
}

/* A record written late: of any append, even one that never was, anywhere. */
static void late_write(struct target *t)
{
	struct record_id id = {
		.writer = (uint32_t)dice(&t->random, t->c->manifest.rank_count)};
	struct record_form other = t->c->form;
	bool stranger = dice(&t->random, 10) == 0;
	uint8_t *bytes;
	size_t from = 0, length;

	if (dice(&t->random, 20) == 0)
		id.writer = t->c->manifest.rank_count;
	if (id.writer < t->c->manifest.rank_count)
		id.seq = dice(&t->random, t->c->writers[id.writer].count + 1);
	if (stranger) {
		struct record_plan plan = t->c->form.plan;

		plan.strategy_index++;
		if (record_form_init(&other, &plan) < 0)
			craft_die("no other form");
	}
	length = record_size(&other, id);
	bytes = craft_grow(NULL, length);
	record_write(&other, id, bytes);
	if (dice(&t->random, 2)) {
		from = dice(&t->random, length);
		length = 1 + dice(&t->random, length - from);
	}
	if (dice(&t->random, 2))
		craft_put(t->c, t->number, t->at, bytes + from, length);
	else
		insert_bytes(t, t->at, bytes + from, length);
	free(bytes);
	if (stranger)
		record_form_release(&other);
}

/* The writer's belief, brought to the file once more: a lost update. */
static void rewrite(struct target *t)
{
	uint32_t w = t->c->strategy->shared_file
			     ? (uint32_t)dice(&t->random, t->c->manifest.rank_count)
			     : t->number;
	struct record_id id = {w, dice(&t->random, t->c->writers[w].count)};
	size_t slip = length_choose(&t->random);
	uint8_t *bytes;
	int64_t offset;

	if (!t->c->writers[w].count)
		return;
	offset = t->c->writers[w].entries[id.seq].offset;
	if (offset < 0 || (size_t)offset > t->f->length)
		return;
	if (dice(&t->random, 2))
		slip = 0;
	bytes = craft_grow(NULL, record_size(&t->c->form, id));
	record_write(&t->c->form, id, bytes);
	craft_put(t->c, t->number, slip > (size_t)offset ? 0 : (size_t)offset - slip,
		  bytes, record_size(&t->c->form, id));
	free(bytes);
}

static const struct {
	const char *name;
	void (*act)(struct target *target);
} acts[] = {
	{"drop", drop},
	{"drop-record", drop_record},
	{"nul", nul},
	{"tear", tear},
	{"insert-nul", insert_nul},
	{"insert-text", insert_text},
	{"overwrite-text", overwrite_text},
	{"flip", flip},
	{"scramble", scramble},
	{"truncate", truncate_here},
	{"copy-over", copy_over},
	{"copy-between", copy_between},
	{"copy-record-over", copy_record_over},
	{"duplicate", duplicate},
	{"swap", swap},
	{"late-write", late_write},
	{"rewrite", rewrite},
};

void damage_do(struct craft *craft, uint64_t seed, char *ret_text, size_t text_bytes)
{
	struct target t = {.c = craft, .random = seed};
	size_t act = dice(&t.random, sizeof(acts) / sizeof(acts[0]));

	if (!craft->strategy->shared_file)
		t.number = (uint32_t)dice(&t.random, craft->manifest.rank_count);
	t.f = &craft->files[t.number];
	if (!t.f->length)
		craft_put(craft, t.number, 0, "\n", 1);
	stretch_choose(&t);
	snprintf(ret_text, text_bytes, "%s of file %u at %zu, %zu bytes",
		 acts[act].name, t.number, t.at, t.length);
	acts[act].act(&t);
}
