/* craft - see craft.h. */
#include "tests/craft/craft.h"

#include "core/claim.h"
#include "verify/judge.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void craft_die(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
	exit(2);
}

void *craft_grow(void *memory, size_t bytes)
{
	memory = realloc(memory, bytes ? bytes : 1);
	if (!memory)
		craft_die("no memory");
	return memory;
}

static void *zeroed(size_t count, size_t bytes)
{
	return memset(craft_grow(NULL, count * bytes), 0, count * bytes);
}

static char *text(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

static char *text(const char *fmt, ...)
{
	va_list args;
	char *result;

	va_start(args, fmt);
	if (vasprintf(&result, fmt, args) < 0)
		craft_die("no memory");
	va_end(args);
	return result;
}

static void folder_make(struct craft *c)
{
	const char *tmp = getenv("TMPDIR");
	char *history;

	snprintf(c->dir, sizeof(c->dir), "%s/tailrace-craft.XXXXXX",
		 tmp && strlen(tmp) < 32 && *tmp ? tmp : "/tmp");
	if (!mkdtemp(c->dir))
		craft_die("cannot make %s: %m", c->dir);
	history = text("%s/history", c->dir);
	c->manifest.data_dir = text("%s/data", c->dir);
	if (mkdir(history, 0700) < 0 || mkdir(c->manifest.data_dir, 0700) < 0)
		craft_die("cannot fill %s: %m", c->dir);
	free(history);
}

static void strategy_init(struct craft *c, uint32_t writers)
{
	struct manifest_strategy *s = zeroed(1, sizeof(*s));

	*s = (struct manifest_strategy){
		.name = text("flock"),
		.preset = text("flock"),
		.spec = text("flock"),
		.claims = (1 << CLAIM_COUNT) - 1,
		.required = true,
		.shared_file = true,
		.exclusive_lock = true,
		.batch = 1,
		.ran = true,
		.duration_ns = 1000000000,
		.writers = zeroed(writers, sizeof(*s->writers)),
	};
	for (uint32_t w = 0; w < writers; w++)
		s->writers[w].end = WRITER_FINISHED;
	c->manifest.strategies = c->strategy = s;
	c->manifest.strategy_count = 1;
}

void craft_init(struct craft *c, const struct craft_plan *plan)
{
	struct manifest *m = &c->manifest;
	struct record_plan records;

	memset(c, 0, sizeof(*c));
	memcpy(m->run_id, CRAFT_RUN_ID, sizeof(m->run_id));
	m->seed = plan->seed;
	m->min_bytes = plan->min_bytes;
	m->max_bytes = plan->max_bytes;
	m->data_kept = true;
	m->host_count = plan->hosts;
	m->hosts = zeroed(plan->hosts, sizeof(*m->hosts));
	for (uint32_t h = 0; h < plan->hosts; h++) {
		m->hosts[h].name = text("host%u", h);
		m->hosts[h].client = text("client%u", h);
		craft_clock(c, h, CRAFT_SAMPLE_NS, 0, CRAFT_RTT_NS);
	}
	m->rank_count = plan->writers;
	m->rank_host = zeroed(plan->writers, sizeof(*m->rank_host));
	for (uint32_t w = 0; w < plan->writers; w++)
		m->rank_host[w] = w % plan->hosts;
	strategy_init(c, plan->writers);
	c->writers = zeroed(plan->writers, sizeof(*c->writers));
	c->files = zeroed(plan->writers, sizeof(*c->files));
	records = manifest_record_plan(m, 0);
	if (record_form_init(&c->form, &records) < 0)
		craft_die("no records of %u to %u bytes", m->min_bytes, m->max_bytes);
	folder_make(c);
}

static int remove_entry(const char *path, const struct stat *st, int type,
			struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	return remove(path);
}

void craft_release(struct craft *c)
{
	for (uint32_t w = 0; w < c->manifest.rank_count; w++) {
		free(c->writers[w].entries);
		free(c->files[w].bytes);
	}
	free(c->writers);
	free(c->files);
	record_form_release(&c->form);
	if (c->dir[0])
		nftw(c->dir, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
	manifest_release(&c->manifest);
	memset(c, 0, sizeof(*c));
}

void craft_clock(struct craft *c, uint32_t host, uint64_t at_ns, int64_t offset_ns,
		 uint64_t rtt_ns)
{
	struct manifest_host *h = &c->manifest.hosts[host];

	h->samples = craft_grow(h->samples, sizeof(*h->samples));
	h->sample_count = 1;
	h->samples[0] = (struct clock_sample){at_ns, offset_ns, rtt_ns};
}

uint64_t craft_append(struct craft *c, uint32_t writer,
		      const struct history_entry *entry)
{
	struct craft_writer *w = &c->writers[writer];

	if (w->count == w->capacity) {
		w->capacity = w->capacity ? 2 * w->capacity : 16;
		w->entries = craft_grow(w->entries, w->capacity * sizeof(*entry));
	}
	w->entries[w->count] = *entry;
	return w->count++;
}

void craft_put(struct craft *c, uint32_t file, size_t offset, const void *bytes,
	       size_t length)
{
	struct craft_file *f = &c->files[file];

	if (offset + length > f->capacity) {
		f->capacity = 2 * (offset + length);
		f->bytes = craft_grow(f->bytes, f->capacity);
	}
	if (offset > f->length)
		memset(f->bytes + f->length, 0, offset - f->length);
	if (length)
		memcpy(f->bytes + offset, bytes, length);
	if (offset + length > f->length)
		f->length = offset + length;
}

static void history_save(struct craft *c, uint32_t writer)
{
	const struct craft_writer *w = &c->writers[writer];
	enum writer_end end = c->strategy->writers[writer].end;
	char *path = manifest_history_path(&c->manifest, c->dir, 0, writer);
	struct history_identity identity;
	struct history_writer history;
	struct error err;

	manifest_history_identity(&c->manifest, 0, writer, &identity);
	unlink(path);
	if (history_create(&history, path, &identity, w->count, &err) < 0)
		craft_die("%s", err.sentence);
	for (size_t i = 0; i < w->count; i++) {
		if (history_intend(&history, w->entries[i].invoke_ns) < 0)
			craft_die("cannot fill %s", path);
		if (w->entries[i].outcome != OUTCOME_OPEN)
			history_conclude(&history, i, &w->entries[i]);
	}
	if (end == WRITER_KILLED || end == WRITER_HUNG)
		history_release(&history);
	else
		history_finish(&history);
	c->strategy->writers[writer].begun = w->count;
	free(path);
}

void craft_save_file(struct craft *c, uint32_t file)
{
	const struct craft_file *f = &c->files[file];
	char *path = manifest_data_path(&c->manifest, 0, file);
	int fd;

	unlink(path);
	if (!f->vanished) {
		fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		if (fd < 0 || write(fd, f->bytes, f->length) != (ssize_t)f->length)
			craft_die("cannot write %s: %m", path);
		close(fd);
	}
	free(path);
}

void craft_save(struct craft *c)
{
	struct error err;

	for (uint32_t w = 0; w < c->manifest.rank_count; w++)
		history_save(c, w);
	for (uint32_t f = 0;
	     f < (c->strategy->shared_file ? 1 : c->manifest.rank_count); f++)
		craft_save_file(c, f);
	if (manifest_save(&c->manifest, c->dir, &err) < 0)
		craft_die("%s", err.sentence);
}

void craft_judge(struct craft *c, struct judgment *judgment)
{
	struct manifest manifest;
	struct error err;

	if (manifest_load(&manifest, c->dir, &err) < 0 ||
	    judge_strategy(&manifest, c->dir, 0, judgment, &err) < 0)
		craft_die("%s", err.sentence);
	manifest_release(&manifest);
}
