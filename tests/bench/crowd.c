/*
 * crowd - a run folder of as many writers and appends as wanted, made in little
 * memory: what the verifier's own memory is measured on.
 *
 * Usage: crowd PARENT WRITERS RECORDS BYTES
 * RECORDS are those of each writer, BYTES is the size of each. Prints the folder,
 * which it makes in PARENT.
 *
 * An honest run under a lock, on ten hosts: the writers take turns, each asks for the
 * lock long before it is its turn, and every record stands where it belongs. Written
 * by what writes real ones (core/history.h, core/record.h).
 */
#include "tests/craft/craft.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HOSTS = 10 };

/* From one turn to the next; a writer asks more than the clocks' error before. */
#define TURN_NS	  ((uint64_t)100000)
#define WAIT_NS	  ((uint64_t)5000000)
#define SAMPLE_NS ((uint64_t)5000000000)

struct crowd {
	uint32_t writers;
	uint64_t records;
	uint32_t bytes;
	struct craft craft;
};

static struct history_entry entry_of(const struct crowd *c, uint32_t writer,
				     uint64_t seq)
{
	uint64_t turn = seq * c->writers + writer;
	uint64_t locked_ns = CRAFT_SAMPLE_NS + WAIT_NS + turn * TURN_NS;

	return (struct history_entry){
		.outcome = OUTCOME_ACKNOWLEDGED,
		.offset = (int64_t)(turn * c->bytes),
		.invoke_ns = locked_ns - WAIT_NS,
		.locked_ns = locked_ns,
		.written_ns = locked_ns + TURN_NS / 10,
		.flushed_ns = locked_ns + TURN_NS / 10,
		.unlock_ns = locked_ns + TURN_NS / 5,
		.completed_ns = locked_ns + TURN_NS / 2,
		.hold = (uint32_t)seq,
	};
}

/* As often as a run compares its clocks; they agree. */
static void clocks_sample(struct crowd *c)
{
	uint64_t end_ns = WAIT_NS + c->records * c->writers * TURN_NS;

	for (uint32_t host = 0; host < HOSTS; host++)
		for (uint64_t at = SAMPLE_NS; at < end_ns + SAMPLE_NS; at += SAMPLE_NS)
			craft_sample(&c->craft, host, CRAFT_SAMPLE_NS + at, 0,
				     CRAFT_RTT_NS);
}

static void history_write(struct crowd *c, uint32_t writer)
{
	struct craft *craft = &c->craft;
	char *path = manifest_history_path(&craft->manifest, craft->dir, 0, writer);
	struct history_identity identity;
	struct history_writer history;
	struct history_entry entry;
	struct error err;

	if (!path)
		craft_die("no memory");
	manifest_history_identity(&craft->manifest, 0, writer, &identity);
	if (history_create(&history, path, &identity, c->records, &err) < 0)
		craft_die("%s", err.sentence);
	for (uint64_t seq = 0; seq < c->records; seq++) {
		entry = entry_of(c, writer, seq);
		if (history_intend(&history, entry.invoke_ns) < 0)
			craft_die("no room for the history %s", path);
		history_conclude(&history, seq, &entry);
	}
	history_finish(&history);
	free(path);
	craft->strategy->writers[writer].begun = c->records;
}

static void data_write(const struct crowd *c)
{
	char *path = manifest_data_path(&c->craft.manifest, 0, 0);
	uint8_t *bytes = craft_grow(NULL, c->bytes);
	FILE *file = path ? fopen(path, "wx") : NULL;
	bool failed = !file;

	for (uint64_t seq = 0; !failed && seq < c->records; seq++)
		for (uint32_t writer = 0; !failed && writer < c->writers; writer++) {
			struct record_id id = {writer, seq};

			record_write(&c->craft.form, id, bytes);
			failed = fwrite(bytes, c->bytes, 1, file) != 1;
		}
	if (failed || fclose(file) != 0)
		craft_die("cannot write the data file");
	free(bytes);
	free(path);
}

static void crowd_make(struct crowd *c, const char *parent)
{
	const struct craft_plan plan = {HOSTS, c->writers, c->bytes, c->bytes, 7};
	struct craft *craft = &c->craft;
	struct error err;

	if ((craft_init)(craft, &plan, parent) < 0)
		craft_die("%s", craft->err.sentence);
	clocks_sample(c);
	craft->manifest.records = c->records;
	for (uint32_t writer = 0; writer < c->writers; writer++)
		history_write(c, writer);
	data_write(c);
	if (craft->rc < 0 || manifest_save(&craft->manifest, craft->dir, &err) < 0)
		craft_die("%s", craft->rc < 0 ? craft->err.sentence : err.sentence);
	puts(craft->dir);
	/* It stays: forget that it was made. */
	free(craft->dir);
	craft->dir = NULL;
	craft_release(craft);
}

/* A whole number from 1 to @max; ends the program if @text is none. */
static uint64_t number(const char *text, uint64_t max)
{
	char *end;
	unsigned long long value = strtoull(text, &end, 10);

	if (*end || value < 1 || value > max)
		craft_die("%s is no number from 1 to %llu", text,
			  (unsigned long long)max);
	return value;
}

int main(int argc, char **argv)
{
	struct crowd crowd;

	if (argc != 5)
		craft_die("usage: crowd PARENT WRITERS RECORDS BYTES");
	crowd = (struct crowd){
		.writers = (uint32_t)number(argv[2], RECORD_MAX_WRITERS),
		.records = number(argv[3], RECORD_MAX_SEQ),
		.bytes = (uint32_t)number(argv[4], RECORD_MAX_BYTES),
	};
	crowd_make(&crowd, argv[1]);
	return 0;
}
