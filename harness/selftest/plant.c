/* plant - see plant.h. */
#include "harness/selftest/plant.h"

#include "core/crc32c.h"
#include "core/random.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define MS ((uint64_t)1000000)

/* Far enough from 0 that the clock of any host can be behind. */
#define BEGIN_NS   (100000 * MS)
#define OFFSETS_MS 50000

/* So often all clocks are compared. */
#define SAMPLE_SLOTS 64

int plant_init(struct plant *p, const struct plant_shape *shape, uint64_t seed,
	       const char *parent)
{
	const struct craft_plan plan = {
		.hosts = shape->hosts,
		.writers = shape->writers,
		.min_bytes = shape->min_bytes,
		.max_bytes = shape->max_bytes,
		.seed = seed,
	};
	struct manifest *m = &p->craft.manifest;

	memset(p, 0, sizeof(*p));
	p->random = seed;
	p->now_ns = BEGIN_NS;
	if (craft_init(&p->craft, &plan, parent) < 0)
		return p->craft.rc;
	for (uint32_t h = 0; h < shape->hosts; h++)
		craft_clock(&p->craft, h, 0,
			    h ? (int64_t)(plant_dice(p, 0, 2 * OFFSETS_MS) * MS) -
					    (int64_t)(OFFSETS_MS * MS)
			      : 0,
			    CRAFT_RTT_NS);
	for (uint32_t h = 0; h < m->host_count; h++)
		m->hosts[h].samples[0].at_ns =
			p->now_ns - (uint64_t)m->hosts[h].samples[0].offset_ns;
	p->record = malloc(shape->max_bytes);
	if (!p->record)
		craft_fail(&p->craft, ENOMEM, "no memory for a record");
	return p->craft.rc;
}

void plant_release(struct plant *p)
{
	craft_release(&p->craft);
	free(p->record);
	memset(p, 0, sizeof(*p));
}

uint64_t plant_dice(struct plant *p, uint64_t from, uint64_t to)
{
	return from + random_next(&p->random) % (to - from + 1);
}

/* ---- time ------------------------------------------------------------------ */

/* What rank 0's clock shows, less that of the host of @writer. */
static uint64_t host_offset(const struct plant *p, uint32_t writer)
{
	const struct manifest *m = &p->craft.manifest;

	return (uint64_t)m->hosts[m->rank_host[writer]].samples[0].offset_ns;
}

static void clocks_compare(struct plant *p)
{
	struct manifest *m = &p->craft.manifest;

	for (uint32_t h = 0; h < m->host_count; h++) {
		const struct clock_sample first = m->hosts[h].samples[0];

		craft_sample(&p->craft, h, p->now_ns - (uint64_t)first.offset_ns,
			     first.offset_ns, first.rtt_ns);
	}
}

/*
 * An append waits for 1 ms, holds the lock for 0.4 ms and is complete after
 * 1.5 ms; the next one is invoked 1 ms after it.
 */
static struct history_entry slot_take(struct plant *p)
{
	uint64_t from = p->now_ns;

	p->now_ns += MS;
	if (++p->holds % SAMPLE_SLOTS == 0)
		clocks_compare(p);
	return (struct history_entry){
		.outcome = OUTCOME_ACKNOWLEDGED,
		.offset = HISTORY_OFFSET_UNKNOWN,
		.invoke_ns = from,
		.locked_ns = from + MS,
		.written_ns = from + MS * 12 / 10,
		.flushed_ns = from + MS * 13 / 10,
		.unlock_ns = from + MS * 14 / 10,
		.completed_ns = from + MS * 15 / 10,
		.hold = p->holds,
	};
}

void plant_pause(struct plant *p)
{
	p->now_ns += 5 * MS;
}

/* ---- appends --------------------------------------------------------------- */

uint64_t plant_end(const struct plant *p, uint32_t file)
{
	uint64_t end = p->craft.files[file].length;
	uint32_t slot = p->craft.strategy->padding_bytes;

	return slot ? (end + slot - 1) / slot * slot : end;
}

/* What the writer reads first, in a chain: the end of what is there. */
static void end_look(const struct plant *p, struct plant_append *append)
{
	const struct craft_file *f = &p->craft.files[append->file];
	uint32_t bytes = p->craft.manifest.min_bytes;

	append->entry.saw = f->length >= bytes;
	if (append->entry.saw)
		append->entry.seen = crc32c(f->bytes + f->length - bytes, bytes);
}

struct plant_append plant_next_of(struct plant *p, uint32_t writer)
{
	struct plant_append append = {
		.id = {writer, p->craft.writers[writer].count},
		.file = p->craft.strategy->shared_file ? 0 : writer,
		.entry = slot_take(p),
	};

	append.bytes = record_size(&p->craft.form, append.id);
	append.entry.offset = (int64_t)plant_end(p, append.file);
	if (p->craft.strategy->workload == WORKLOAD_CHAIN)
		end_look(p, &append);
	return append;
}

struct plant_append plant_next(struct plant *p)
{
	return plant_next_of(p, p->turn++ % p->craft.manifest.rank_count);
}

struct plant_append plant_next_large(struct plant *p, uint32_t bytes)
{
	struct plant_append append = plant_next(p);

	while (append.bytes < bytes) {
		plant_make(p, &append);
		append = plant_next(p);
	}
	return append;
}

void plant_note(struct plant *p, const struct plant_append *append)
{
	uint64_t *const counts[] = {
		[OUTCOME_OPEN] = &p->unknown,
		[OUTCOME_ACKNOWLEDGED] = &p->acknowledged,
		[OUTCOME_FAILED] = &p->failed,
		[OUTCOME_UNKNOWN] = &p->unknown,
	};
	uint64_t offset = host_offset(p, append->id.writer);
	struct history_entry entry = append->entry;

	entry.invoke_ns -= offset;
	entry.locked_ns -= offset;
	entry.written_ns -= offset;
	entry.flushed_ns -= offset;
	entry.unlock_ns -= offset;
	entry.completed_ns -= offset;
	craft_append(&p->craft, append->id.writer, &entry);
	++*counts[entry.outcome];
}

void plant_put(struct plant *p, const struct plant_append *append, uint64_t offset,
	       uint32_t from, uint32_t length)
{
	record_write(&p->craft.form, append->id, p->record);
	craft_put(&p->craft, append->file, offset, p->record + from, length);
}

void plant_make(struct plant *p, const struct plant_append *append)
{
	plant_note(p, append);
	plant_put(p, append, (uint64_t)append->entry.offset, 0, append->bytes);
}

void plant_clean(struct plant *p, uint64_t count)
{
	for (; count; count--) {
		struct plant_append append = plant_next(p);

		plant_make(p, &append);
	}
}

void plant_nuls(struct plant *p, uint64_t length)
{
	craft_put(&p->craft, 0, p->craft.files[0].length + length, NULL, 0);
}

/* Records are made of "#=.", digits, a-v, @A-Z[\]^_ and the newline. */
void plant_letters(struct plant *p, uint64_t offset, uint64_t length)
{
	for (; length; length--) {
		char letter = (char)plant_dice(p, 'w', 'z');

		craft_put(&p->craft, 0, offset++, &letter, 1);
	}
}

/* ---- what must be found ------------------------------------------------------ */

void plant_fault(struct plant *p)
{
	struct manifest *m = &p->craft.manifest;

	const struct manifest_fault fault = {.what = (char[]){"planted"},
					     .hit = true,
					     .target = MANIFEST_NOBODY,
					     .exit = -1,
					     .note = (char[]){""}};

	if (!m->fault_count && manifest_add_fault(m, &fault) < 0)
		craft_fail(&p->craft, ENOMEM, "no memory for a run made by hand");
}

struct finding *plant_finding(struct plant *p, enum anomaly kind,
			      const struct plant_append *append, uint64_t offset,
			      uint64_t length)
{
	const struct record_id nobody = {.writer = WRITER_NONE};
	uint32_t file = append ? append->file : 0;
	struct finding *finding = &p->findings[p->finding_count];

	if (p->finding_count == PLANT_FINDINGS_MAX)
		craft_fail(&p->craft, E2BIG, "more is planted than can be remembered");
	else
		p->finding_count++;
	*finding = (struct finding){
		.kind = kind,
		.file_writer = p->craft.strategy->shared_file ? WRITER_NONE : file,
		.offset = offset,
		.length = length,
		.offset_known = true,
		.record = append ? append->id : nobody,
		.by = nobody,
	};
	p->verdict = VERDICT_UNSAFE;
	return finding;
}
