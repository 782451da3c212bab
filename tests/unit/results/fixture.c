/* fixture - see fixture.h. */
#include "tests/unit/results/fixture.h"

#include "core/claim.h"
#include "core/history.h"
#include "core/random.h"

#include <check.h>
#include <ftw.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { RECORD_BYTES = 64 };

/* A host's clock: its own second number 1000 at the start of the run. */
static const uint64_t boot_ns = (uint64_t)1000 * 1000000000;

static void make_hosts(struct manifest *manifest, uint32_t hosts)
{
	manifest->hosts = calloc(hosts, sizeof(*manifest->hosts));
	manifest->host_count = hosts;
	for (uint32_t i = 0; i < hosts; i++) {
		struct manifest_host *host = &manifest->hosts[i];

		ck_assert_int_gt(asprintf(&host->name, "host%u", i + 1), 0);
		ck_assert_int_gt(asprintf(&host->client, "boot/%u", i), 0);
		host->kernel = strdup("6.1.0");
		host->fstype = strdup("nfs4");
		host->mount_source = strdup("10.9.0.1:/");
		host->mount_point = strdup("/mnt/nas");
		host->mount_options = strdup("rw,relatime,vers=4.2,rsize=262144,"
					     "wsize=262144,hard,proto=tcp,sec=sys,"
					     "local_lock=none");
		host->samples = calloc(2, sizeof(*host->samples));
		host->sample_count = 2;
		/* Host i's clock is i seconds behind rank 0's. */
		host->samples[0] =
			(struct clock_sample){boot_ns - i * (uint64_t)1000000000,
					      i * (int64_t)1000000000, 40000};
		host->samples[1] = host->samples[0];
		host->samples[1].at_ns += (uint64_t)5 * 1000000000;
	}
}

static void make_manifest(struct fixture *f, uint32_t ranks, uint32_t hosts,
			  const struct fixture_strategy *strategies, size_t count)
{
	struct manifest *m = &f->manifest;

	memcpy(m->run_id, "k3f0000000vu", RUN_ID_CHARS + 1);
	m->version = strdup("0.1.0");
	m->data_dir = strdup("/mnt/nas/tailrace-k3f0000000vu");
	m->seed = 42;
	m->min_bytes = m->max_bytes = RECORD_BYTES;
	m->records = count > 0 ? strategies[0].records : 0;
	make_hosts(m, hosts);
	m->rank_count = ranks;
	m->rank_host = calloc(ranks + 1, sizeof(*m->rank_host));
	for (uint32_t rank = 0; rank < ranks; rank++)
		m->rank_host[rank] = rank % hosts;
	m->strategies = calloc(count + 1, sizeof(*m->strategies));
	m->strategy_count = count;
	for (size_t i = 0; i < count; i++) {
		struct manifest_strategy *s = &m->strategies[i];

		s->name = strdup(strategies[i].name);
		s->preset = strdup(strategies[i].preset);
		s->spec = strdup(strategies[i].name);
		s->control = strategies[i].control;
		s->required = !s->control;
		s->claims = s->control ? 0 : CLAIM_COMPLETE | CLAIM_ONCE;
		s->shared_file = !strategies[i].per_file;
		s->batch = 1;
		s->ran = strategies[i].verdict != VERDICT_SKIPPED;
		s->writers = calloc(ranks + 1, sizeof(*s->writers));
		if (!s->ran) {
			s->skipped = strdup(strategies[i].reason);
			s->skipped_errnum = 22;
		}
	}
}

/* ---- appends ---------------------------------------------------------- */

struct simulation {
	struct fixture *fixture;
	const struct fixture_strategy *plan;
	size_t index;
	uint64_t state;	   /* of the random numbers */
	uint64_t *free_ns; /* of each rank: when it may begin */
	struct history_writer *histories;
	uint64_t lock_ns;     /* when the lock is free */
	uint64_t *end_offset; /* of the file, or of each rank's */
	struct record_id last;
};

static double uniform(struct simulation *sim)
{
	return (double)(random_next(&sim->state) >> 11) / (double)(1ull << 53);
}

/* About lognormal, with one in a hundred thirty times slower. */
static uint64_t cost_ns(struct simulation *sim)
{
	double spread = uniform(sim) + uniform(sim) + uniform(sim) - 1.5;
	double cost = sim->plan->typical_us * 1000 * exp(spread);

	return (uint64_t)(uniform(sim) < 0.01 ? cost * 30 * uniform(sim) + cost : cost);
}

static uint32_t next_rank(const struct simulation *sim)
{
	uint32_t best = 0;

	for (uint32_t r = 1; r < sim->fixture->manifest.rank_count; r++)
		if (sim->free_ns[r] < sim->free_ns[best])
			best = r;
	return best;
}

static void add_lost(struct judgment *judgment, struct record_fact *fact,
		     uint64_t offset, struct record_id by)
{
	struct finding *finding;

	fact->fate = FATE_OVERWRITTEN;
	fact->found_offset = -1;
	judgment->anomalies[ANOMALY_LOST]++;
	judgment->anomalies[ANOMALY_OVERWRITTEN]++;
	judgment->intact--;
	if (judgment->finding_count >= FINDINGS_PER_KIND)
		return;
	finding = &judgment->findings[judgment->finding_count++];
	*finding = (struct finding){
		.kind = ANOMALY_OVERWRITTEN,
		.file_writer = WRITER_NONE,
		.offset = offset,
		.length = RECORD_BYTES,
		.offset_known = true,
		.record = fact->id,
		.by = by,
	};
}

static void simulate_append(struct simulation *sim, uint64_t seq_of_rank[])
{
	struct judgment *judgment = &sim->fixture->judgments[sim->index];
	uint32_t rank = next_rank(sim);
	struct record_id id = {rank, seq_of_rank[rank]++};
	uint64_t *end = &sim->end_offset[sim->plan->per_file ? rank : 0];
	struct record_fact *fact = &judgment->facts[rank * sim->plan->records + id.seq];
	uint64_t skew_ns = sim->fixture->manifest.rank_host[rank] * 1000000000ull;
	bool locked = !sim->plan->control && !sim->plan->per_file;
	bool lost = uniform(sim)<sim->plan->lost && * end> 0;
	struct history_entry entry = {.outcome = OUTCOME_ACKNOWLEDGED};
	uint64_t invoke_ns = sim->free_ns[rank];
	uint64_t locked_ns =
		locked && sim->lock_ns > invoke_ns ? sim->lock_ns : invoke_ns;
	uint64_t written_ns = locked_ns + cost_ns(sim);

	entry.invoke_ns = invoke_ns - skew_ns;
	entry.locked_ns = locked_ns - skew_ns;
	entry.written_ns = entry.flushed_ns = written_ns - skew_ns;
	entry.unlock_ns = entry.completed_ns = written_ns + 5000 - skew_ns;
	entry.offset = (int64_t)(lost ? *end - RECORD_BYTES : *end);
	ck_assert_int_eq(history_intend(&sim->histories[rank], entry.invoke_ns), 0);
	history_conclude(&sim->histories[rank], id.seq, &entry);

	*fact = (struct record_fact){id, entry.offset, FATE_INTACT};
	if (lost)
		add_lost(judgment, fact, (uint64_t)entry.offset, sim->last);
	else
		*end += RECORD_BYTES;
	sim->last = id;
	sim->lock_ns = locked ? written_ns + 5000 : 0;
	sim->free_ns[rank] = written_ns + 5000 + cost_ns(sim) / 10;
	histogram_add(&judgment->latency[LATENCY_APPEND],
		      written_ns + 5000 - invoke_ns);
	histogram_add(&judgment->latency[LATENCY_WRITE], written_ns - locked_ns);
	if (locked)
		histogram_add(&judgment->latency[LATENCY_LOCK_WAIT],
			      locked_ns - invoke_ns);
	judgment->duration_ns = sim->free_ns[rank] - boot_ns;
}

static void open_histories(struct simulation *sim)
{
	const struct manifest *m = &sim->fixture->manifest;

	for (uint32_t rank = 0; rank < m->rank_count; rank++) {
		struct history_identity identity;
		char *path =
			manifest_history_path(m, sim->fixture->dir, sim->index, rank);
		struct error err;

		manifest_history_identity(m, sim->index, rank, &identity);
		ck_assert_msg(history_create(&sim->histories[rank], path, &identity,
					     sim->plan->records, &err) == 0,
			      "%s", err.sentence);
		free(path);
		sim->free_ns[rank] = boot_ns + rank * 1000;
	}
}

static void simulate(struct fixture *fixture, size_t index,
		     const struct fixture_strategy *plan)
{
	uint32_t ranks = fixture->manifest.rank_count;
	struct judgment *judgment = &fixture->judgments[index];
	struct simulation sim = {
		.fixture = fixture,
		.plan = plan,
		.index = index,
		.state = index + 1,
		.free_ns = calloc(ranks, sizeof(uint64_t)),
		.histories = calloc(ranks, sizeof(*sim.histories)),
		.end_offset = calloc(ranks, sizeof(uint64_t)),
	};
	uint64_t *seqs = calloc(ranks, sizeof(*seqs));

	open_histories(&sim);
	judgment->facts = calloc(ranks * plan->records, sizeof(*judgment->facts));
	judgment->fact_count = ranks * plan->records;
	judgment->attempted = judgment->acknowledged = judgment->intact =
		ranks * plan->records;
	judgment->acknowledged_bytes = judgment->acknowledged * RECORD_BYTES;
	for (uint64_t i = 0; i < ranks * plan->records;) {
		uint32_t rank = next_rank(&sim);

		if (seqs[rank] == plan->records) {
			sim.free_ns[rank] = UINT64_MAX;
			continue;
		}
		simulate_append(&sim, seqs);
		i++;
	}
	for (uint32_t rank = 0; rank < ranks; rank++) {
		history_finish(&sim.histories[rank]);
		judgment->shares[rank].acknowledged = plan->records;
		judgment->shares[rank].longest_wait_ns =
			judgment->latency[LATENCY_APPEND].max;
	}
	free(seqs);
	free(sim.free_ns);
	free(sim.histories);
	free(sim.end_offset);
}

static void make_judgment(struct fixture *fixture, size_t index,
			  const struct fixture_strategy *plan)
{
	struct judgment *judgment = &fixture->judgments[index];

	judgment->verdict = plan->verdict;
	judgment->fact_stride = 1;
	judgment->contention_applies = !plan->per_file;
	judgment->contention = 0.9;
	judgment->handoffs = plan->records * fixture->manifest.rank_count * 9 / 10;
	judgment->writer_count = fixture->manifest.rank_count;
	judgment->shares =
		calloc(judgment->writer_count + 1, sizeof(*judgment->shares));
	judgment->latency = calloc(LATENCY_PARTS, sizeof(*judgment->latency));
	judgment->findings = calloc(FINDINGS_PER_KIND, sizeof(*judgment->findings));
	judgment->anomalies[ANOMALY_CORRUPTED] = COUNT_NULL;
	judgment->anomalies[ANOMALY_STALE_READ] = COUNT_NULL;
	if (plan->reason)
		snprintf(judgment->reason, sizeof(judgment->reason), "%s",
			 plan->reason);
	if (plan->verdict != VERDICT_SKIPPED && plan->records > 0)
		simulate(fixture, index, plan);
}

void fixture_init(struct fixture *fixture, uint32_t ranks, uint32_t hosts,
		  const struct fixture_strategy *strategies, size_t count)
{
	const char *tmp = getenv("TMPDIR");
	char history[80];

	memset(fixture, 0, sizeof(*fixture));
	snprintf(fixture->dir, sizeof(fixture->dir), "%.40s/results-XXXXXX",
		 tmp && strlen(tmp) < 40 ? tmp : "/tmp");
	ck_assert_ptr_nonnull(mkdtemp(fixture->dir));
	snprintf(history, sizeof(history), "%s/history", fixture->dir);
	ck_assert_int_eq(mkdir(history, 0700), 0);
	make_manifest(fixture, ranks, hosts, strategies, count);
	fixture->judgments = calloc(count + 1, sizeof(*fixture->judgments));
	fixture->result.manifest = &fixture->manifest;
	fixture->result.judgments = fixture->judgments;
	for (size_t i = 0; i < count; i++) {
		make_judgment(fixture, i, &strategies[i]);
		if (strategies[i].control && strategies[i].verdict == VERDICT_UNSAFE)
			fixture->result.verdict.teeth = true;
		else if (strategies[i].verdict == VERDICT_UNSAFE)
			fixture->result.verdict.verdict = VERDICT_UNSAFE;
		else if (strategies[i].verdict != VERDICT_SAFE &&
			 fixture->result.verdict.verdict == VERDICT_SAFE)
			fixture->result.verdict.verdict = VERDICT_INCONCLUSIVE;
	}
}

static int remove_one(const char *path, const struct stat *st, int type,
		      struct FTW *walk)
{
	(void)st;
	(void)type;
	(void)walk;
	return remove(path);
}

void fixture_release(struct fixture *fixture)
{
	for (size_t i = 0; i < fixture->manifest.strategy_count; i++)
		judgment_release(&fixture->judgments[i]);
	free(fixture->judgments);
	manifest_release(&fixture->manifest);
	nftw(fixture->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

char *fixture_read(const struct fixture *fixture, const char *name)
{
	char path[256];
	char *text = NULL;
	size_t size;
	FILE *file, *copy = open_memstream(&text, &size);
	int c;

	snprintf(path, sizeof(path), "%s/%s", fixture->dir, name);
	file = fopen(path, "r");
	ck_assert_msg(file != NULL, "no %s", path);
	while ((c = getc(file)) != EOF)
		putc(c, copy);
	fclose(file);
	fclose(copy);
	return text;
}
