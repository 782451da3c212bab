#include "tests/unit/core/sample_manifest.h"

#include "core/claim.h"
#include "tests/unit/scratch.h"

#include <errno.h>
#include <string.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

char *text(const char *bytes)
{
	char *copy = strdup(bytes);

	ck_assert_ptr_nonnull(copy);
	return copy;
}

static void *zeroed(size_t count, size_t bytes)
{
	void *memory = calloc(count, bytes);

	ck_assert_ptr_nonnull(memory);
	return memory;
}

/* ---- a manifest with something in every field ------------------------- */

static void sample_host(struct manifest_host *host, int number)
{
	host->name = text(number ? "host two" : "h\xff\xfe\n\"1%41");
	host->client = text("boot:4026531992");
	host->kernel = text("Linux 6.1.0");
	host->fstype = text("nfs4");
	host->mount_source = number ? NULL : text("server:/export");
	host->mount_point = text("/mnt/nas");
	host->mount_options = text("rw,vers=4.2");
	host->module_options = text("recover_lost_locks=N");
	host->sample_count = 3;
	host->samples = zeroed(3, sizeof(*host->samples));
	for (int i = 0; i < 3; i++)
		host->samples[i] = (struct clock_sample){
			.at_ns = 1000u * (unsigned int)i,
			.offset_ns = number ? -123456789 : 5,
			.rtt_ns = 40000,
		};
}

static void sample_strategy(struct manifest_strategy *s, int number)
{
	s->name = text(number ? "append" : "flock:batch=4");
	s->preset = text(number ? "append" : "flock");
	s->spec = text("lock=flock,place=end");
	s->claims = number ? 0 : CLAIM_COMPLETE | CLAIM_ONCE | CLAIM_EXCLUSION;
	s->control = number;
	s->required = !number;
	s->expected = number ? text("unsafe") : NULL;
	s->shared_file = true;
	s->exclusive_lock = !number;
	s->batch = number ? 1 : 4;
	s->padding_bytes = 4096;
	s->ran = !number;
	s->remark = number ? NULL : text("O_APPEND was left out");
	s->skipped = number ? text("no O_APPEND here") : NULL;
	s->skipped_errnum = number ? EINVAL : 0;
	s->duration_ns = 123456789;
	s->rpc = number ? NULL : json_pack("{s:i,s:i}", "LOCK", 5, "WRITE", 7);
	if (!number) {
		s->views.block_bytes = 65536;
		s->views.stride = 3;
		s->views.looks = zeroed(2, sizeof(*s->views.looks));
		s->views.looks[0] = 7;
		s->views.looks[1] = 1;
		s->readers = zeroed(2, sizeof(*s->readers));
		s->reader_count = 2;
		s->readers[0] = (struct manifest_reader){1, true};
	}
	s->writers = zeroed(3, sizeof(*s->writers));
	for (unsigned int rank = 0; rank < 3; rank++) {
		s->writers[rank].end = (enum writer_end)(rank + 1);
		s->writers[rank].begun = 100u + rank;
		s->writers[rank].history_path = text("/tmp/x.history");
	}
	s->writers[2].stuck = text("write since 12:00");
}

static const struct manifest_fault sample_faults[] = {
	{.strategy = 0,
	 .what = (char[]){"stop-holder for 2s"},
	 .hit = true,
	 .target = 2,
	 .host = 1,
	 .exit = -1,
	 .at_ns = 5000000000,
	 .until_ns = 7000000000,
	 .note = (char[]){"stopped rank 2"}},
	{.strategy = 1,
	 .what = (char[]){"run echo n\xc3\xa4s; false"},
	 .hit = true,
	 .target = MANIFEST_NOBODY,
	 .exit = 1,
	 .at_ns = 1,
	 .until_ns = 2,
	 .note = (char[]){"ran"}},
	{.strategy = 1,
	 .what = (char[]){"kill 1"},
	 .target = MANIFEST_NOBODY,
	 .exit = -1,
	 .note = (char[]){"it had left"}},
};

struct manifest sample(void)
{
	struct manifest m = {
		.run_id = "k3f0000000vu",
		.version = text("0.1.0"),
		.created_utc = text("2024-05-06T07:08:09Z"),
		.command = text("tailrace run '/mnt/n\xc3\xa4s'"),
		.data_dir = text("/mnt/nas/tailrace-k3f0000000vu"),
		.label = text(""),
		.seed = UINT64_MAX - 4,
		.min_bytes = 64,
		.max_bytes = RECORD_MAX_BYTES,
		.records = 1000,
		.one_client = true,
		.data_kept = true,
		.host_count = 2,
		.rank_count = 3,
		.strategy_count = 2,
	};

	m.hosts = zeroed(2, sizeof(*m.hosts));
	m.strategies = zeroed(2, sizeof(*m.strategies));
	m.rank_host = zeroed(3, sizeof(*m.rank_host));
	m.rank_host[1] = 1;
	for (int i = 0; i < 2; i++) {
		sample_host(&m.hosts[i], i);
		sample_strategy(&m.strategies[i], i);
	}
	for (size_t i = 0; i < COUNT_OF(sample_faults); i++)
		ck_assert_int_eq(manifest_add_fault(&m, &sample_faults[i]), 0);
	return m;
}

/* ---- comparing --------------------------------------------------------- */

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static bool same_host(const struct manifest_host *a, const struct manifest_host *b)
{
	return same_text(a->name, b->name) && same_text(a->client, b->client) &&
	       same_text(a->kernel, b->kernel) && same_text(a->fstype, b->fstype) &&
	       same_text(a->mount_source, b->mount_source) &&
	       same_text(a->mount_point, b->mount_point) &&
	       same_text(a->mount_options, b->mount_options) &&
	       same_text(a->module_options, b->module_options) &&
	       a->sample_count == b->sample_count &&
	       memcmp(a->samples, b->samples, a->sample_count * sizeof(*a->samples)) ==
		       0;
}

/* Of two hosts. */
static bool same_views(const struct manifest_views *a, const struct manifest_views *b)
{
	return a->block_bytes == b->block_bytes && a->stride == b->stride &&
	       !a->looks == !b->looks &&
	       (!a->looks || memcmp(a->looks, b->looks, 2) == 0);
}

static bool same_readers(const struct manifest_strategy *a,
			 const struct manifest_strategy *b)
{
	if (a->reader_count != b->reader_count)
		return false;
	for (uint32_t i = 0; i < a->reader_count; i++)
		if (a->readers[i].host != b->readers[i].host ||
		    a->readers[i].given != b->readers[i].given)
			return false;
	return true;
}

static bool same_strategy(const struct manifest_strategy *a,
			  const struct manifest_strategy *b, uint32_t ranks)
{
	for (uint32_t i = 0; i < ranks; i++)
		if (a->writers[i].end != b->writers[i].end ||
		    a->writers[i].begun != b->writers[i].begun ||
		    !same_text(a->writers[i].history_path,
			       b->writers[i].history_path) ||
		    !same_text(a->writers[i].stuck, b->writers[i].stuck))
			return false;
	return same_text(a->name, b->name) && same_text(a->preset, b->preset) &&
	       same_text(a->spec, b->spec) && same_text(a->skipped, b->skipped) &&
	       same_text(a->remark, b->remark) && same_text(a->expected, b->expected) &&
	       a->claims == b->claims && a->control == b->control &&
	       a->required == b->required && a->shared_file == b->shared_file &&
	       a->exclusive_lock == b->exclusive_lock && a->batch == b->batch &&
	       a->padding_bytes == b->padding_bytes && a->ran == b->ran &&
	       a->skipped_errnum == b->skipped_errnum &&
	       a->started_ns == b->started_ns && a->duration_ns == b->duration_ns &&
	       same_views(&a->views, &b->views) && same_readers(a, b) &&
	       !a->rpc == !b->rpc && (!a->rpc || json_equal(a->rpc, b->rpc));
}

static bool same_faults(const struct manifest *a, const struct manifest *b)
{
	if (a->fault_count != b->fault_count)
		return false;
	for (size_t i = 0; i < a->fault_count; i++) {
		const struct manifest_fault *x = &a->faults[i], *y = &b->faults[i];

		if (x->strategy != y->strategy || !same_text(x->what, y->what) ||
		    x->hit != y->hit || x->target != y->target || x->host != y->host ||
		    x->exit != y->exit || x->at_ns != y->at_ns ||
		    x->until_ns != y->until_ns || !same_text(x->note, y->note))
			return false;
	}
	return true;
}

bool same(const struct manifest *a, const struct manifest *b)
{
	if (a->host_count != b->host_count || a->rank_count != b->rank_count ||
	    a->strategy_count != b->strategy_count)
		return false;
	for (size_t i = 0; i < a->host_count; i++)
		if (!same_host(&a->hosts[i], &b->hosts[i]))
			return false;
	for (size_t i = 0; i < a->strategy_count; i++)
		if (!same_strategy(&a->strategies[i], &b->strategies[i], a->rank_count))
			return false;
	return memcmp(a->rank_host, b->rank_host, a->rank_count * sizeof(uint32_t)) ==
		       0 &&
	       same_text(a->run_id, b->run_id) && same_text(a->version, b->version) &&
	       same_text(a->created_utc, b->created_utc) &&
	       same_text(a->command, b->command) &&
	       same_text(a->data_dir, b->data_dir) && same_text(a->label, b->label) &&
	       a->seed == b->seed && a->min_bytes == b->min_bytes &&
	       a->max_bytes == b->max_bytes && a->records == b->records &&
	       a->local_fs == b->local_fs && a->one_client == b->one_client &&
	       a->strict == b->strict && a->data_kept == b->data_kept &&
	       same_faults(a, b);
}

/* ---- in a folder -------------------------------------------------------- */

void enter_folder(void)
{
	scratch_enter();
}

void leave_folder(void)
{
	scratch_leave((const char *const[]){MANIFEST_FILE, NULL});
}

void save(const struct manifest *m)
{
	struct error err = {0};

	ck_assert_msg(manifest_save(m, ".", &err) == 0, "%s", err.sentence);
}
