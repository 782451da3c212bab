/*
 * task_share - the child that reads its host's share of the closed data files and
 * lists the intact records in it.  The share is a range of all files one behind the
 * other, by the sizes that this host sees.
 */
#include "harness/tasks.h"

#include "core/manifest.h"
#include "verify/crew.h"
#include "verify/scan_files.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct sharer {
	const struct share_job *job;
	struct record_form form;
	struct share_writer *list;
	uint64_t *starts;  /* of each file in all of them; file_count + 1 */
	uint64_t from, to; /* the share */
	uint32_t first;	   /* file in it */
	uint64_t file_from;
};

static char *file_path(const struct share_job *job, uint32_t file)
{
	return data_path(job->data_dir, job->identity.strategy_index, job->preset,
			 job->shared_file, file);
}

/* What cannot be looked at is empty here, and its bytes in nobody's list. */
static int starts_find(struct sharer *s)
{
	const struct share_job *job = s->job;
	uint64_t all = 0;

	s->starts = calloc(job->file_count + 1u, sizeof(*s->starts));
	if (!s->starts)
		return -ENOMEM;
	for (uint32_t file = 0; file < job->file_count; file++) {
		char *path = file_path(job, file);
		struct stat st;

		if (!path)
			return -ENOMEM;
		s->starts[file] = all;
		if (stat(path, &st) == 0 && S_ISREG(st.st_mode))
			all += (uint64_t)st.st_size;
		free(path);
	}
	s->starts[job->file_count] = all;
	s->from = all / job->identity.parts * job->identity.part;
	s->to = job->identity.part + 1 == job->identity.parts
			? all
			: all / job->identity.parts * (job->identity.part + 1);
	return 0;
}

static int open_one(void *context, uint32_t file, struct source *ret_source,
		    struct error *err)
{
	const struct sharer *s = context;
	char *path = file_path(s->job, s->first + file);
	int rc = path ? source_open(ret_source, path,
				    s->form.plan.max_bytes + RECORD_CELL_BYTES +
					    (1 << 16),
				    SOURCE_AHEAD, true, err)
		      : -ENOMEM;

	free(path);
	return rc;
}

static void range_one(void *context, uint32_t file, uint64_t size_bytes,
		      uint64_t *ret_from, uint64_t *ret_to)
{
	const struct sharer *s = context;
	uint64_t start = s->starts[s->first + file];

	(void)size_bytes;
	*ret_from = s->from > start ? s->from - start : 0;
	*ret_to = s->to - start;
}

static int begin_one(void *context, uint32_t file, const struct source *source)
{
	struct sharer *s = context;
	uint64_t to;

	range_one(s, file, source->size_bytes, &s->file_from, &to);
	return share_file(s->list, s->first + file, source->size_bytes);
}

/* A record that begins before the share is in the neighbour's. */
static int list_one(void *context, const struct segment *segment)
{
	struct sharer *s = context;

	return segment->offset < s->file_from ? 0 : share_add(s->list, segment);
}

/* What cannot be read is in no list. */
static int end_one(void *context, uint32_t file, const struct source *source, int rc,
		   struct error *err)
{
	(void)context;
	(void)file;
	(void)err;
	return source->errnum ? 0 : rc;
}

static int share_scan(struct sharer *s)
{
	struct scan_files files = {
		.form = &s->form,
		.means.threads = crew_processors(),
		.open = open_one,
		.range = range_one,
		.begin = begin_one,
		.sink = list_one,
		.end = end_one,
		.context = s,
	};
	uint32_t count = s->job->file_count, end;

	while (s->first < count && s->starts[s->first + 1] <= s->from)
		s->first++;
	for (end = s->first; end < count && s->starts[end] < s->to; end++)
		;
	files.file_count = end - s->first;
	return scan_files(&files, NULL);
}

static int share_take(const struct share_job *job)
{
	struct sharer s = {.job = job};
	int rc = record_form_init(&s.form, &job->plan), finished;

	if (rc == 0)
		rc = starts_find(&s);
	if (rc == 0)
		rc = share_create(&s.list, job->path, &job->identity, job->slot_bytes);
	if (rc == 0) {
		rc = share_scan(&s);
		finished = share_finish(s.list);
		rc = rc < 0 ? rc : finished;
	}
	free(s.starts);
	record_form_release(&s.form);
	return rc;
}

int task_share(const void *arg, size_t arg_bytes, int fd)
{
	const struct share_job *job = arg;
	struct task_answer answer = {0};

	if (arg_bytes != sizeof(*job))
		return 1;
	answer.rc = share_take(job);
	if (answer.rc < 0)
		snprintf(answer.sentence, sizeof(answer.sentence), "%s",
			 strerror(-answer.rc));
	task_send(fd, &answer, sizeof(answer));
	return 0;
}
