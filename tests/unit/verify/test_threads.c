/*
 * test_threads - one judgment comes of one run, however many threads judge it and
 * wherever they cut its file: also of what depends on the order of records, on which
 * copy of one comes first, and on histories that are not whole.
 */
#include "tests/craft/craft.h"
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <unistd.h>

enum {
	WRITERS = 5,
	HOSTS = 2,
	RECORDS = 150,
	SIZE = 64,
	SEEDS = 12,
	ROUND_NS = 100000
};

static struct craft c;
static uint64_t state;

/* Below @limit, by a linear congruence (Knuth's MMIX). */
static uint64_t draw(uint64_t limit)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (state >> 33) % limit;
}

/* All appends in rounds, each of which begins when the one before is over. */
static void histories_fill(void)
{
	for (uint64_t seq = 0; seq < RECORDS; seq++)
		for (uint32_t w = 0; w < WRITERS; w++) {
			uint64_t at = CRAFT_SAMPLE_NS + (seq * WRITERS + w) * ROUND_NS;
			struct history_entry entry = {
				.outcome = OUTCOME_ACKNOWLEDGED,
				.offset = (int64_t)((seq * WRITERS + w) * SIZE),
				.hold = (uint32_t)seq,
				.invoke_ns = at - 2 * ROUND_NS,
				.locked_ns = at,
				.written_ns = at + 1000 + draw(1000),
				.flushed_ns = at + 3000,
				.unlock_ns = at + 4000,
				.completed_ns = at + 5000 + draw(40000),
			};

			if (draw(40) == 0)
				entry.outcome = OUTCOME_UNKNOWN;
			if (draw(40) == 0) {
				entry.outcome = OUTCOME_FAILED;
				entry.step = STEP_WRITE;
			}
			craft_append(&c, w, &entry);
		}
}

/* Places changed, records twice, left out, spoilt and of nobody. */
static void file_fill(void)
{
	uint8_t bytes[SIZE];

	for (uint64_t place = 0; place < (uint64_t)WRITERS * RECORDS; place++) {
		uint64_t from = place;

		if (draw(10) == 0)
			from = draw((uint64_t)WRITERS * RECORDS);
		if (draw(50) == 0)
			continue;
		record_write(&c.form,
			     (struct record_id){from % WRITERS,
						from / WRITERS +
							(draw(60) == 0 ? RECORDS : 0)},
			     bytes);
		if (draw(50) == 0)
			bytes[draw(SIZE)] ^= 0x20;
		craft_put(&c, 0, place * SIZE, bytes, SIZE);
	}
}

/* A byte of any entry of any writer, with one in two. */
static void history_spoil(void)
{
	uint32_t writer = (uint32_t)draw(WRITERS);
	uint64_t at =
		HISTORY_HEADER_BYTES + draw((uint64_t)RECORDS * HISTORY_ENTRY_BYTES);
	char *path;
	int fd;

	if (draw(2))
		return;
	path = manifest_history_path(&c.manifest, c.dir, 0, writer);
	fd = open(path, O_WRONLY);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(pwrite(fd, "\xa5", 1, (off_t)at), 1);
	close(fd);
	free(path);
}

static void run_make(uint64_t seed)
{
	static const struct craft_plan plan = {HOSTS, WRITERS, SIZE, SIZE, 7};

	state = seed;
	craft_init(&c, &plan);
	histories_fill();
	file_fill();
	craft_save(&c);
	history_spoil();
}

/* Every number of threads, whatever it is that the chunks are cut into. */
static void expect_same_of_all(const struct judgment *alone)
{
	static const uint32_t threads[] = {2, 3, 8};
	static const size_t chunks[] = {SIZE, 3 * SIZE, 1000, 100 * SIZE};

	for (size_t t = 0; t < sizeof(threads) / sizeof(threads[0]); t++)
		for (size_t i = 0; i < sizeof(chunks) / sizeof(chunks[0]); i++) {
			struct judge_means means = {
				.threads = threads[t],
				.chunk_bytes = chunks[i],
				.check_first = i % 2 == 1 && t == 1,
			};

			craft_expect_same(&means, &c.manifest, c.dir, 0, alone, 0);
		}
}

START_TEST(judge_the_same)
{
	static const struct judge_means one;
	int64_t sums[ANOMALY_COUNT] = {0};
	uint32_t safe = 0;

	for (uint64_t seed = 0; seed < SEEDS; seed++) {
		struct judgment alone;
		struct error err;

		run_make(seed);
		ck_assert_int_eq(
			judge_strategy_by(&one, &c.manifest, c.dir, 0, &alone, &err),
			0);
		expect_same_of_all(&alone);
		for (int kind = 0; kind < ANOMALY_COUNT; kind++)
			sums[kind] += alone.anomalies[kind] > 0;
		safe += alone.verdict == VERDICT_SAFE;
		judgment_release(&alone);
		craft_release(&c);
	}
	/* What depends on order was there to be judged, in nearly every run. */
	ck_assert_int_gt(sums[ANOMALY_WRITER_DISORDER], SEEDS / 2);
	ck_assert_int_gt(sums[ANOMALY_REALTIME_DISORDER], SEEDS / 2);
	ck_assert_int_gt(sums[ANOMALY_DUPLICATE], SEEDS / 2);
	ck_assert_int_gt(sums[ANOMALY_UNEXPECTED], SEEDS / 2);
	ck_assert_int_gt(sums[ANOMALY_LOST], SEEDS / 2);
	ck_assert_uint_eq(safe, 0);
}
END_TEST

UNIT_MAIN("threads", 60, judge_the_same)
