/*
 * run_case FILE - make the run that a recipe describes, judge it, and compare.
 *
 * A recipe is lines of words; `#` begins a comment.  W.S is record S of writer
 * W.  Offsets are bytes behind the crowd, times microseconds after it on rank
 * 0's clock; an append without times gets the next slot of one millisecond.
 * tests/corpus/README.md lists the statements.
 */
#include "tests/craft/craft_views.h"

#include "core/claim.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { WORDS_MAX = 32, FINDINGS_MAX = 64, HARMS_MAX = 16 };

#define SLOT_NS ((uint64_t)1000000)

/* What is to be done to the run folder once it is written. */
struct harm {
	int (*act)(struct craft *craft, const uint32_t *arguments);
	uint32_t arguments[2];
};

/* The notes and sums that `expect` can name beside the anomalies. */
enum extra {
	INTACT,
	RECOVERED,
	LOCK_LOST,
	HUNG,
	HANDOFFS,
	UNKNOWN,
	STALE_CACHE,
	VIEW_HOSTS,
	EXTRAS
};
static const char *const extra_names[EXTRAS] = {
	"intact",   "recovered", "lock_lost",	"hung",
	"handoffs", "unknown",	 "stale_cache", "view_hosts",
};

struct recipe {
	const char *path;
	unsigned int line;
	struct craft_plan plan;
	bool begun; /* the craft is made: sizes and counts stand */
	struct craft craft;
	struct craft_views views;
	uint64_t slot; /* the next one */
	uint64_t time_zero_ns;
	uint32_t file;
	size_t base; /* where offset 0 of the recipe is */
	size_t at;
	uint8_t *record; /* room for one */
	struct harm harms[HARMS_MAX];
	size_t harm_count;

	bool expected;
	enum verdict verdict;
	const char *reason;
	int64_t counts[ANOMALY_COUNT]; /* -2: whatever the rule says */
	int64_t extras[EXTRAS];	       /* -2: do not care */
	struct finding findings[FINDINGS_MAX];
	size_t finding_count;
};

enum { UNSAID = -2 };

static _Noreturn void wrong(const struct recipe *r, const char *what, const char *word)
{
	craft_die("%s:%u: %s: %s", r->path, r->line, what, word);
}

static uint64_t number(const struct recipe *r, const char *word)
{
	char *end;
	uint64_t value = strtoull(word ? word : "", &end, 10);

	if (!word || end == word || *end)
		wrong(r, "not a number", word ? word : "(nothing)");
	return value;
}

static struct record_id record_id(const struct recipe *r, const char *word)
{
	struct record_id id;
	char rest;

	if (!word || sscanf(word, "%u.%lu%c", &id.writer, &id.seq, &rest) != 2)
		wrong(r, "not W.S", word ? word : "(nothing)");
	return id;
}

static uint32_t writer(const struct recipe *r, const char *word)
{
	uint64_t w = number(r, word);

	if (w >= r->craft.manifest.rank_count)
		wrong(r, "no such writer", word);
	return (uint32_t)w;
}

/* ---- the run ------------------------------------------------------------ */

static void hosts(struct recipe *r, char **words)
{
	r->plan.hosts = (uint32_t)number(r, words[1]);
}

static void writers(struct recipe *r, char **words)
{
	r->plan.writers = (uint32_t)number(r, words[1]);
}

static void size(struct recipe *r, char **words)
{
	r->plan.min_bytes = (uint32_t)number(r, words[1]);
	r->plan.max_bytes =
		words[2] ? (uint32_t)number(r, words[2]) : r->plan.min_bytes;
}

static void seed(struct recipe *r, char **words)
{
	r->plan.seed = number(r, words[1]);
}

static void claims(struct recipe *r, char **words)
{
	r->craft.strategy->claims = 0;
	for (size_t i = 1; words[i]; i++) {
		unsigned int claim = claim_by_name(words[i]);

		if (!claim)
			wrong(r, "no such claim", words[i]);
		r->craft.strategy->claims |= claim;
	}
}

static void control(struct recipe *r, char **words)
{
	(void)words;
	r->craft.strategy->control = true;
	r->craft.strategy->required = false;
	r->craft.strategy->claims = 0;
}

static void own_files(struct recipe *r, char **words)
{
	(void)words;
	r->craft.strategy->shared_file = false;
}

static void no_lock(struct recipe *r, char **words)
{
	(void)words;
	r->craft.strategy->exclusive_lock = false;
}

static void batch(struct recipe *r, char **words)
{
	r->craft.strategy->batch = (uint32_t)number(r, words[1]);
}

static void padding(struct recipe *r, char **words)
{
	r->craft.strategy->padding_bytes = (uint32_t)number(r, words[1]);
}

static void skipped(struct recipe *r, char **words)
{
	r->craft.strategy->ran = false;
	r->craft.strategy->skipped = strdup(words[1] ? words[1] : "it could not");
}

static void local(struct recipe *r, char **words)
{
	(void)words;
	r->craft.manifest.local_fs = true;
}

static void accept_one_client(struct recipe *r, char **words)
{
	(void)words;
	r->craft.manifest.one_client = true;
}

static void fault(struct recipe *r, char **words)
{
	const struct manifest_fault fault = {.what = (char[]){"kill 0"},
					     .hit = true,
					     .exit = -1,
					     .note = (char[]){"killed rank 0"}};

	(void)words;
	if (manifest_add_fault(&r->craft.manifest, &fault) < 0)
		abort();
}

/* Move the one sample of @host to time zero. */
static void clock_sample(struct recipe *r, uint32_t host)
{
	const struct manifest_host *h = &r->craft.manifest.hosts[host];
	struct clock_sample sample;

	if (!h->sample_count)
		return;
	sample = h->samples[0];
	craft_clock(&r->craft, host, r->time_zero_ns - (uint64_t)sample.offset_ns,
		    sample.offset_ns, sample.rtt_ns);
}

static void clock_set(struct recipe *r, char **words)
{
	int64_t offset_us = strtoll(words[2] ? words[2] : "", NULL, 10);

	if (number(r, words[1]) >= r->plan.hosts)
		wrong(r, "no such host", words[1]);
	craft_clock(&r->craft, (uint32_t)number(r, words[1]), 0, offset_us * 1000,
		    number(r, words[3]) * 1000);
	clock_sample(r, (uint32_t)number(r, words[1]));
}

static void no_clock(struct recipe *r, char **words)
{
	r->craft.manifest.hosts[number(r, words[1]) % r->plan.hosts].sample_count = 0;
}

/* ---- histories ---------------------------------------------------------- */

/* Entries carry their own host's clock; recipes speak rank 0's. */
static uint64_t own_clock(const struct recipe *r, uint32_t w, uint64_t at_ns)
{
	const struct manifest *m = &r->craft.manifest;
	const struct manifest_host *h;

	if (w >= m->rank_count)
		craft_die("%s:%u: no writer %u", r->path, r->line, w);
	h = &m->hosts[m->rank_host[w]];
	return at_ns - (uint64_t)(h->sample_count ? h->samples[0].offset_ns : 0);
}

/*
 * Slot k: waits from k to k + 1 ms, holds the lock for 0.4 ms, is complete at
 * k + 1.5 ms.  So each slot is still under way when the next one is invoked.
 */
static struct history_entry slot_entry(struct recipe *r, uint32_t w)
{
	uint64_t from = own_clock(r, w, CRAFT_SAMPLE_NS + r->slot++ * SLOT_NS);

	return (struct history_entry){
		.offset = HISTORY_OFFSET_UNKNOWN,
		.invoke_ns = from,
		.locked_ns = from + SLOT_NS,
		.written_ns = from + SLOT_NS * 12 / 10,
		.flushed_ns = from + SLOT_NS * 13 / 10,
		.unlock_ns = from + SLOT_NS * 14 / 10,
		.completed_ns = from + SLOT_NS * 15 / 10,
		.hold = (uint32_t)r->slot,
	};
}

static uint64_t time_ns(const struct recipe *r, uint32_t w, const char *word)
{
	return own_clock(r, w, r->time_zero_ns + number(r, word) * 1000);
}

static void no_steps_between(struct history_entry *e)
{
	e->written_ns = e->flushed_ns = e->locked_ns;
}

/* The words after the outcome: at OFFSET, from US, to US, held US US, ... */
static void entry_words(struct recipe *r, uint32_t w, char **words,
			struct history_entry *e)
{
	for (; *words; words += 2) {
		if (strcmp(*words, "at") == 0) {
			e->offset = (int64_t)(r->base + number(r, words[1]));
		} else if (strcmp(*words, "from") == 0) {
			e->invoke_ns = e->locked_ns = time_ns(r, w, words[1]);
			no_steps_between(e);
		} else if (strcmp(*words, "to") == 0) {
			e->unlock_ns = e->completed_ns = time_ns(r, w, words[1]);
		} else if (strcmp(*words, "held") == 0) {
			e->locked_ns = time_ns(r, w, words[1]);
			e->unlock_ns = time_ns(r, w, words[2] ? words++[2] : NULL);
			no_steps_between(e);
		} else if (strcmp(*words, "hold") == 0) {
			e->hold = (uint32_t)number(r, words[1]);
		} else if (strcmp(*words, "step") == 0) {
			e->step = (enum append_step)number(r, words[1]);
		} else {
			wrong(r, "no such word", *words);
		}
	}
}

static const struct {
	const char *name;
	enum outcome outcome;
	enum append_step step;
} outcomes[] = {
	{"ack", OUTCOME_ACKNOWLEDGED, STEP_NONE},
	{"fail", OUTCOME_FAILED, STEP_LOCK},
	{"unknown", OUTCOME_UNKNOWN, STEP_WRITE},
	{"open", OUTCOME_OPEN, STEP_NONE},
};

/* The next append of its writer: @entry, changed by @words. */
static void entry_add(struct recipe *r, struct record_id id,
		      struct history_entry *entry, char **words)
{
	if (id.seq != r->craft.writers[id.writer].count)
		wrong(r, "not the next append of that writer", words[1]);
	entry_words(r, id.writer, words + 2, entry);
	craft_append(&r->craft, id.writer, entry);
}

/* ack W.S ..., fail W.S ..., unknown W.S ..., open W.S ... */
static void history_line(struct recipe *r, char **words)
{
	struct record_id id = record_id(r, words[1]);
	struct history_entry e = slot_entry(r, id.writer);

	for (size_t i = 0; i < sizeof(outcomes) / sizeof(outcomes[0]); i++)
		if (strcmp(words[0], outcomes[i].name) == 0) {
			e.outcome = outcomes[i].outcome;
			e.step = outcomes[i].step;
		}
	entry_add(r, id, &e, words);
}

/* ---- the data file ------------------------------------------------------ */

static void put(struct recipe *r, const void *bytes, size_t length)
{
	craft_put(&r->craft, r->file, r->at, bytes, length);
	r->at += length;
}

static void record(struct recipe *r, char **words)
{
	struct record_id id = record_id(r, words[1]);

	record_write(&r->craft.form, id, r->record);
	put(r, r->record, record_size(&r->craft.form, id));
}

/* An acknowledged record whose writer believes rightly where it stands. */
static void append(struct recipe *r, char **words)
{
	struct record_id id = record_id(r, words[1]);
	struct history_entry e = slot_entry(r, id.writer);

	e.outcome = OUTCOME_ACKNOWLEDGED;
	e.offset = (int64_t)r->at;
	entry_add(r, id, &e, words);
	record(r, words);
}

static void piece(struct recipe *r, char **words)
{
	struct record_id id = record_id(r, words[1]);
	uint64_t from = number(r, words[2]), length = number(r, words[3]);

	if (from + length > record_size(&r->craft.form, id))
		wrong(r, "longer than the record", words[1]);
	record_write(&r->craft.form, id, r->record);
	put(r, r->record + from, length);
}

/* A record of another run, or of another strategy of this run. */
static void stranger(struct recipe *r, const char *word, const char *run_id,
		     uint32_t strategy_index)
{
	struct record_plan plan = r->craft.form.plan;
	struct record_form form;

	if (run_id)
		memcpy(plan.run_id, run_id, sizeof(plan.run_id));
	plan.strategy_index = strategy_index;
	if (record_form_init(&form, &plan) < 0)
		wrong(r, "no such record", word);
	record_write(&form, record_id(r, word), r->record);
	put(r, r->record, record_size(&form, record_id(r, word)));
	record_form_release(&form);
}

static void other_run(struct recipe *r, char **words)
{
	stranger(r, words[1], "k3f000000000", 0);
}

static void other_strategy(struct recipe *r, char **words)
{
	stranger(r, words[1], NULL, 1);
}

static void nul(struct recipe *r, char **words)
{
	uint64_t length = number(r, words[1]);

	craft_put(&r->craft, r->file, r->at, NULL, 0);
	for (; length; length--)
		put(r, "", 1);
}

static void text(struct recipe *r, char **words)
{
	if (!words[1])
		wrong(r, "no text", "");
	put(r, words[1], strlen(words[1]));
}

static void at(struct recipe *r, char **words)
{
	r->at = strcmp(words[1] ? words[1] : "", "end") == 0
			? r->craft.files[r->file].length
			: r->base + number(r, words[1]);
}

static void flip(struct recipe *r, char **words)
{
	size_t offset = r->base + number(r, words[1]);

	if (offset >= r->craft.files[r->file].length)
		wrong(r, "beyond the file", words[1]);
	r->craft.files[r->file].bytes[offset] ^= 1;
}

static void truncate_at(struct recipe *r, char **words)
{
	r->craft.files[r->file].length = r->base + number(r, words[1]);
	r->at = r->craft.files[r->file].length;
}

static void file_choose(struct recipe *r, char **words)
{
	r->file = writer(r, words[1]);
	r->at = r->craft.files[r->file].length;
}

static void vanish(struct recipe *r, char **words)
{
	(void)words;
	r->craft.files[r->file].vanished = true;
}

/*
 * Two writers of their own (they come after the others), on the first two hosts,
 * append N clean records in turn, each invoked while the one before was under way.
 */
static void crowd(struct recipe *r, char **words)
{
	uint32_t first = r->plan.writers - 2;
	uint64_t records = number(r, words[1]);
	char name[32];
	char *line[] = {NULL, name, NULL};

	if (r->slot || r->at)
		wrong(r, "must come first", "crowd");
	for (uint64_t i = 0; i < records; i++) {
		snprintf(name, sizeof(name), "%u.%lu", first + (uint32_t)(i & 1),
			 i / 2);
		append(r, line);
	}
	r->base = r->at;
	r->time_zero_ns += (records + 1) * SLOT_NS;
	/* What follows is compared by fresh samples. */
	for (uint32_t h = 0; h < r->plan.hosts; h++)
		clock_sample(r, h);
}

/* The next N appends of one writer, all clean, with nobody else about. */
static void alone(struct recipe *r, char **words)
{
	uint32_t w = writer(r, words[1]);
	uint64_t records = number(r, words[2]);
	char name[32];
	char *line[] = {NULL, name, NULL};

	for (; records; records--) {
		snprintf(name, sizeof(name), "%u.%zu", w, r->craft.writers[w].count);
		append(r, line);
	}
}

/* ---- ends, and harm to the run folder ------------------------------------ */

static void kill_writer(struct recipe *r, char **words)
{
	r->craft.strategy->writers[writer(r, words[1])].end = WRITER_KILLED;
}

static void hang(struct recipe *r, char **words)
{
	r->craft.strategy->writers[writer(r, words[1])].end = WRITER_HUNG;
}

static void absent(struct recipe *r, char **words)
{
	r->craft.strategy->writers[writer(r, words[1])].end = WRITER_ABSENT;
}

static char *history_path(struct craft *c, uint32_t w)
{
	return manifest_history_path(&c->manifest, c->dir, 0, w);
}

static int harm_remove(struct craft *c, const uint32_t *arguments)
{
	char *path = history_path(c, arguments[0]);
	int rc = unlink(path);

	free(path);
	return rc;
}

/* Leave the header and so many entries. */
static int harm_cut(struct craft *c, const uint32_t *arguments)
{
	char *path = history_path(c, arguments[0]);
	int rc = truncate(path, HISTORY_HEADER_BYTES +
					(off_t)arguments[1] * HISTORY_ENTRY_BYTES);

	free(path);
	return rc;
}

static int harm_swap(struct craft *c, const uint32_t *arguments)
{
	char *a = history_path(c, arguments[0]);
	char *b = history_path(c, arguments[1]);
	int rc = renameat2(AT_FDCWD, a, AT_FDCWD, b, RENAME_EXCHANGE);

	free(a);
	free(b);
	return rc;
}

/* Invert the byte at an offset of the history. */
static int harm_flip(struct craft *c, const uint32_t *arguments)
{
	char *path = history_path(c, arguments[0]);
	FILE *file = fopen(path, "r+");
	int byte;

	free(path);
	if (!file || fseek(file, arguments[1], SEEK_SET) < 0)
		return -1;
	byte = fgetc(file);
	fseek(file, arguments[1], SEEK_SET);
	fputc(byte ^ 1, file);
	return byte == EOF ? -1 : fclose(file);
}

/* A history of the same appends, but of another run. */
static int harm_foreign(struct craft *c, const uint32_t *arguments)
{
	char *path = history_path(c, arguments[0]);
	struct history_identity identity = {.run_id = "k3f000000000",
					    .writer = arguments[0]};
	struct craft_writer *w = &c->writers[arguments[0]];
	struct history_writer history;

	unlink(path);
	if (history_create(&history, path, &identity, w->count, NULL) < 0)
		return -1;
	for (size_t i = 0; i < w->count; i++) {
		history_intend(&history, w->entries[i].invoke_ns);
		history_conclude(&history, i, &w->entries[i]);
	}
	history_finish(&history);
	free(path);
	return 0;
}

/* Invert a byte of a view, or remove it: HOST, then look and offset or nothing. */
static int harm_view(struct craft *c, const uint32_t *arguments)
{
	char *path = view_path(&c->manifest, c->dir, 0, arguments[0], VIEW_FIRST);
	FILE *file = fopen(path, "r+");
	int byte;

	free(path);
	if (!file || fseek(file, arguments[1], SEEK_SET) < 0)
		return -1;
	byte = fgetc(file);
	fseek(file, arguments[1], SEEK_SET);
	fputc(byte ^ 1, file);
	return byte == EOF ? -1 : fclose(file);
}

static int harm_remove_view(struct craft *c, const uint32_t *arguments)
{
	char *path = view_path(&c->manifest, c->dir, 0, arguments[0], VIEW_FIRST);
	int rc = unlink(path);

	free(path);
	return rc;
}

/* Give the first view of one host out for that of another. */
static int harm_copy_view(struct craft *c, const uint32_t *arguments)
{
	char *from = view_path(&c->manifest, c->dir, 0, arguments[0], VIEW_FIRST);
	char *to = view_path(&c->manifest, c->dir, 0, arguments[1], VIEW_FIRST);
	int rc = rename(from, to);

	free(from);
	free(to);
	return rc;
}

static const struct {
	const char *name;
	int (*act)(struct craft *craft, const uint32_t *arguments);
} harms[] = {
	{"no-history", harm_remove},	   {"cut-history", harm_cut},
	{"swap-history", harm_swap},	   {"flip-history", harm_flip},
	{"foreign-history", harm_foreign}, {"flip-view", harm_view},
	{"remove-view", harm_remove_view}, {"rename-view", harm_copy_view},
};

static void harm(struct recipe *r, char **words)
{
	struct harm *h = &r->harms[r->harm_count++];

	if (r->harm_count > HARMS_MAX)
		wrong(r, "too much harm", words[0]);
	for (size_t i = 0; i < sizeof(harms) / sizeof(harms[0]); i++)
		if (strcmp(words[0], harms[i].name) == 0)
			h->act = harms[i].act;
	h->arguments[0] = writer(r, words[1]);
	h->arguments[1] = words[2] ? (uint32_t)number(r, words[2]) : 0;
}

/* ---- views ---------------------------------------------------------------- */

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
		struct record_id id = record_id(r, what);
		uint32_t bytes = record_size(&r->craft.form, id);

		if (place + bytes > sight->length)
			wrong(r, "beyond the file", what);
		record_write(&r->craft.form, id, sight->bytes + place);
	}
}

/* ---- what is expected ---------------------------------------------------- */

static int anomaly_by_name(const char *name)
{
	for (int kind = 0; kind < ANOMALY_COUNT; kind++)
		if (strcmp(anomaly_table[kind].name, name) == 0)
			return kind;
	return -1;
}

static void expect_count(struct recipe *r, char *word)
{
	char *value = strchr(word, '=');
	int kind;

	if (!value)
		wrong(r, "not NAME=COUNT", word);
	*value++ = '\0';
	kind = anomaly_by_name(word);
	if (kind >= 0) {
		r->counts[kind] = (int64_t)number(r, value);
		return;
	}
	for (int i = 0; i < EXTRAS; i++)
		if (strcmp(extra_names[i], word) == 0) {
			r->extras[i] = (int64_t)number(r, value);
			return;
		}
	wrong(r, "no such count", word);
}

/* expect VERDICT NAME=COUNT... */
static void expect(struct recipe *r, char **words)
{
	for (int v = VERDICT_SAFE; words[1] && v <= VERDICT_SKIPPED; v++)
		if (strcmp(verdict_name((enum verdict)v), words[1]) == 0) {
			r->verdict = (enum verdict)v;
			r->expected = true;
		}
	if (!r->expected)
		wrong(r, "no such verdict", words[1] ? words[1] : "(nothing)");
	for (size_t i = 2; words[i]; i++)
		expect_count(r, words[i]);
}

static void reason(struct recipe *r, char **words)
{
	r->reason = strdup(words[1] ? words[1] : "");
}

/* finding KIND [of W.S] [at OFFSET] [length N] [by W.S] [file W] [hosts H H] */
static void finding(struct recipe *r, char **words)
{
	struct finding f = {
		.file_writer = WRITER_NONE,
		.record.writer = WRITER_NONE,
		.by.writer = WRITER_NONE,
	};
	int kind = anomaly_by_name(words[1] ? words[1] : "");

	if (kind < 0 || r->finding_count == FINDINGS_MAX)
		wrong(r, "no such anomaly, or too many", words[0]);
	f.kind = (enum anomaly)kind;
	for (char **word = words + 2; *word; word += 2) {
		if (strcmp(*word, "of") == 0) {
			f.record = record_id(r, word[1]);
		} else if (strcmp(*word, "by") == 0) {
			f.by = record_id(r, word[1]);
		} else if (strcmp(*word, "at") == 0) {
			f.offset = r->base + number(r, word[1]);
			f.offset_known = true;
		} else if (strcmp(*word, "length") == 0) {
			f.length = number(r, word[1]);
		} else if (strcmp(*word, "file") == 0) {
			f.file_writer = writer(r, word[1]);
		} else if (strcmp(*word, "hosts") == 0) {
			f.host = (uint32_t)number(r, word[1]);
			f.by_host = (uint32_t)number(r, word++[2]);
		} else {
			wrong(r, "no such word", *word);
		}
	}
	r->findings[r->finding_count++] = f;
}

/* ---- reading ------------------------------------------------------------- */

static const struct statement {
	const char *name;
	bool before; /* must stand before all that needs the sizes and counts */
	void (*act)(struct recipe *r, char **words);
} statements[] = {
	{"hosts", true, hosts},
	{"writers", true, writers},
	{"size", true, size},
	{"seed", true, seed},
	{"claims", false, claims},
	{"control", false, control},
	{"own-files", false, own_files},
	{"no-lock", false, no_lock},
	{"batch", false, batch},
	{"padding", false, padding},
	{"skipped", false, skipped},
	{"local", false, local},
	{"accept-one-client", false, accept_one_client},
	{"fault", false, fault},
	{"clock", false, clock_set},
	{"no-clock", false, no_clock},
	{"crowd", false, crowd},
	{"alone", false, alone},
	{"ack", false, history_line},
	{"fail", false, history_line},
	{"unknown", false, history_line},
	{"open", false, history_line},
	{"append", false, append},
	{"record", false, record},
	{"piece", false, piece},
	{"other-run", false, other_run},
	{"other-strategy", false, other_strategy},
	{"nul", false, nul},
	{"text", false, text},
	{"at", false, at},
	{"flip", false, flip},
	{"truncate", false, truncate_at},
	{"file", false, file_choose},
	{"vanish", false, vanish},
	{"kill", false, kill_writer},
	{"hang", false, hang},
	{"absent", false, absent},
	{"views", false, views},
	{"sees", false, sees},
	{"flip-view", false, harm},
	{"remove-view", false, harm},
	{"rename-view", false, harm},
	{"no-history", false, harm},
	{"cut-history", false, harm},
	{"swap-history", false, harm},
	{"flip-history", false, harm},
	{"foreign-history", false, harm},
	{"expect", false, expect},
	{"reason", false, reason},
	{"finding", false, finding},
};

/* Cut @line into words; "..." is one word. */
static size_t split(struct recipe *r, char *line, char **words)
{
	size_t count = 0;

	for (;;) {
		char end = ' ';

		line += strspn(line, " \t\n");
		if (!*line || *line == '#')
			break;
		if (*line == '"')
			end = *line++;
		if (count == WORDS_MAX)
			wrong(r, "too many words", line);
		words[count++] = line;
		line += end == '"' ? strcspn(line, "\"") : strcspn(line, " \t\n");
		if (*line)
			*line++ = '\0';
	}
	words[count] = NULL;
	return count;
}

static void begin(struct recipe *r)
{
	r->begun = true;
	r->plan.writers += 2; /* the crowd */
	craft_init(&r->craft, &r->plan);
	r->record = craft_grow(NULL, r->plan.max_bytes);
	/* Of the crowd, one on each of the first two hosts. */
	r->craft.manifest.rank_host[r->plan.writers - 2] = 0;
	r->craft.manifest.rank_host[r->plan.writers - 1] = r->plan.hosts > 1;
}

static void line_run(struct recipe *r, char *line)
{
	char *words[WORDS_MAX + 1];

	if (!split(r, line, words))
		return;
	for (size_t i = 0; i < sizeof(statements) / sizeof(statements[0]); i++) {
		if (strcmp(statements[i].name, words[0]) != 0)
			continue;
		if (!r->begun && !statements[i].before)
			begin(r);
		else if (r->begun && statements[i].before)
			wrong(r, "must stand before the rest", words[0]);
		statements[i].act(r, words);
		return;
	}
	wrong(r, "no such statement", words[0]);
}

static void recipe_read(struct recipe *r)
{
	FILE *file = fopen(r->path, "r");
	char *line = NULL;
	size_t capacity = 0;

	if (!file)
		craft_die("cannot open %s: %m", r->path);
	while (getline(&line, &capacity, file) >= 0) {
		r->line++;
		line_run(r, line);
	}
	free(line);
	fclose(file);
	if (!r->expected)
		craft_die("%s: expects nothing", r->path);
}

/* ---- comparing ----------------------------------------------------------- */

static int64_t count_expected(const struct recipe *r, int kind)
{
	if (r->counts[kind] != UNSAID)
		return r->counts[kind];
	if (r->verdict == VERDICT_SKIPPED || kind == ANOMALY_STALE_READ ||
	    (kind == ANOMALY_DIVERGENT_VIEW && r->extras[VIEW_HOSTS] <= 0) ||
	    (kind == ANOMALY_LOCK_OVERLAP && !r->craft.strategy->exclusive_lock))
		return COUNT_NULL;
	return 0;
}

static unsigned int count_compare(const char *name, int64_t expected, int64_t found)
{
	if (expected == found)
		return 0;
	printf("%s: expected %ld, found %ld\n", name, expected, found);
	return 1;
}

static void finding_print(const struct recipe *r, const char *what,
			  const struct finding *f)
{
	printf("%s finding %s", what, anomaly_table[f->kind].name);
	if (f->record.writer != WRITER_NONE)
		printf(" of %u.%lu", f->record.writer, f->record.seq);
	if (f->offset_known)
		printf(" at %ld", (long)(f->offset - r->base));
	if (f->length)
		printf(" length %lu", f->length);
	if (f->by.writer != WRITER_NONE)
		printf(" by %u.%lu", f->by.writer, f->by.seq);
	if (f->file_writer != WRITER_NONE)
		printf(" file %u", f->file_writer);
	if (f->host != f->by_host)
		printf(" hosts %u %u", f->host, f->by_host);
	printf("\n");
}

static bool ids_equal(struct record_id a, struct record_id b)
{
	return a.writer == b.writer && (a.writer == WRITER_NONE || a.seq == b.seq);
}

static bool findings_equal(const struct finding *a, const struct finding *b)
{
	return a->kind == b->kind && a->file_writer == b->file_writer &&
	       a->offset_known == b->offset_known && a->length == b->length &&
	       (!a->offset_known || a->offset == b->offset) && a->host == b->host &&
	       a->by_host == b->by_host && ids_equal(a->record, b->record) &&
	       ids_equal(a->by, b->by);
}

static unsigned int findings_compare(const struct recipe *r, const struct judgment *j)
{
	bool same = j->finding_count == r->finding_count;

	for (size_t i = 0; same && i < r->finding_count; i++)
		same = findings_equal(&r->findings[i], &j->findings[i]);
	if (same)
		return 0;
	for (size_t i = 0; i < r->finding_count; i++)
		finding_print(r, "expected:", &r->findings[i]);
	for (size_t i = 0; i < j->finding_count; i++)
		finding_print(r, "found:   ", &j->findings[i]);
	return 1;
}

static unsigned int judgment_compare(const struct recipe *r, const struct judgment *j)
{
	const int64_t extras[EXTRAS] = {
		[INTACT] = (int64_t)j->intact,	   [RECOVERED] = (int64_t)j->recovered,
		[LOCK_LOST] = j->lock_lost,	   [HUNG] = j->hung,
		[HANDOFFS] = (int64_t)j->handoffs, [UNKNOWN] = (int64_t)j->unknown,
		[STALE_CACHE] = j->stale_cache,	   [VIEW_HOSTS] = j->views.hosts,
	};
	unsigned int wrongs = 0;

	if (j->verdict != r->verdict) {
		printf("verdict: expected %s, found %s\n", verdict_name(r->verdict),
		       verdict_name(j->verdict));
		wrongs++;
	}
	for (int kind = 0; kind < ANOMALY_COUNT; kind++)
		wrongs += count_compare(anomaly_table[kind].name,
					count_expected(r, kind), j->anomalies[kind]);
	for (int i = 0; i < EXTRAS; i++)
		if (r->extras[i] != UNSAID)
			wrongs +=
				count_compare(extra_names[i], r->extras[i], extras[i]);
	if (j->verdict != VERDICT_SKIPPED)
		wrongs +=
			count_compare("intact + lost", (int64_t)j->acknowledged,
				      (int64_t)j->intact + j->anomalies[ANOMALY_LOST]);
	if (r->reason && !strstr(j->reason, r->reason)) {
		printf("reason: expected \"%s\"\n", r->reason);
		wrongs++;
	}
	wrongs += findings_compare(r, j);
	if (wrongs)
		printf("reason found: %s\n", j->reason);
	return wrongs;
}

int main(int argc, char **argv)
{
	static struct recipe r = {
		.plan = {.hosts = 2, .writers = 2, .min_bytes = 100, .max_bytes = 100},
		.time_zero_ns = CRAFT_SAMPLE_NS,
	};
	struct judgment judgment;
	unsigned int wrongs;

	if (argc != 2)
		craft_die("usage: run_case FILE");
	r.path = argv[1];
	for (int kind = 0; kind < ANOMALY_COUNT; kind++)
		r.counts[kind] = UNSAID;
	for (int i = 0; i < EXTRAS; i++)
		r.extras[i] = UNSAID;
	recipe_read(&r);
	craft_views_save(&r.views, &r.craft);
	craft_save(&r.craft);
	for (size_t i = 0; i < r.harm_count; i++)
		if (r.harms[i].act(&r.craft, r.harms[i].arguments) < 0)
			craft_die("%s: cannot do the harm: %m", r.path);
	craft_judge(&r.craft, &judgment);
	wrongs = judgment_compare(&r, &judgment);
	judgment_release(&judgment);
	free(r.record);
	free((char *)r.reason);
	craft_views_release(&r.views);
	craft_release(&r.craft);
	return wrongs ? EXIT_FAILURE : EXIT_SUCCESS;
}
