/*
 * test_clocks - hosts whose clocks are off by minutes and run at changing rates:
 * what really stood in order is never called disorder, what really did not by more
 * than the error is, and a clock that breaks the rule makes nothing safe.
 */
#include "tests/craft/craft.h"
#include "tests/unit/unit.h"

#include <math.h>
#include <string.h>

enum { HOSTS = 3, RECORDS = 240, RECORD_BYTES = 64, SECONDS = 60, SEEDS = 60 };

#define US	 ((uint64_t)1000)
#define S	 ((uint64_t)1000000000)
#define START_NS (1000 * S)

/* A clock that changes its rate every second, by no more than @most_ppm. */
struct skew {
	int64_t ahead_ns;
	double gained_ns[SECONDS + 12], ppm[SECONDS + 12]; /* from second i on */
	uint64_t leap_at_ns;
	int64_t leap_ns;
};

struct world {
	struct craft c;
	struct skew skews[HOSTS];
	uint64_t granted[RECORDS], done[RECORDS]; /* in truth: on rank 0's clock */
	uint64_t rtt_max_ns;
};

static double uniform(void)
{
	return (double)rand() / RAND_MAX;
}

static uint64_t own_clock(const struct world *w, uint32_t host, uint64_t truth_ns)
{
	const struct skew *s = &w->skews[host];
	uint64_t since = truth_ns - START_NS, i = since / S;
	double gained = s->gained_ns[i] + s->ppm[i] * (double)(since % S) / 1e6;
	int64_t leap = s->leap_at_ns && truth_ns >= s->leap_at_ns ? s->leap_ns : 0;

	return truth_ns + (uint64_t)(s->ahead_ns + leap + llround(gained));
}

static void skew_choose(struct skew *s, double most_ppm)
{
	memset(s, 0, sizeof(*s));
	s->ahead_ns = (int64_t)((uniform() - 0.5) * 600e9);
	for (int i = 0; i < SECONDS + 12; i++) {
		/* Often at full speed: the hardest case. */
		double ppm = rand() % 2 ? uniform() * 2 - 1 : rand() % 2 ? 1 : -1;

		s->ppm[i] = ppm * most_ppm;
		s->gained_ns[i] = i ? s->gained_ns[i - 1] + s->ppm[i - 1] * 1000 : 0;
	}
}

/*
 * A sample at least every 5 s.  The answer's stamp is taken anywhere in the round
 * trip, and taken for its middle.
 */
static void sample(struct world *w, uint32_t host)
{
	struct manifest_host *h = &w->c.manifest.hosts[host];

	h->samples = craft_grow(h->samples, (2 * SECONDS) * sizeof(*h->samples));
	h->sample_count = 0;
	for (uint64_t at = START_NS; at < START_NS + (SECONDS + 5) * S;
	     at += S + (uint64_t)(uniform() * 4e9)) {
		uint64_t rtt = (uint64_t)(uniform() * (double)w->rtt_max_ns);
		int64_t wrong = (int64_t)((uniform() - 0.5) * (double)rtt);
		uint64_t own = own_clock(w, host, at);

		h->samples[h->sample_count++] = (struct clock_sample){
			.at_ns = own,
			.offset_ns = (int64_t)(own_clock(w, 0, at) - own) + wrong,
			.rtt_ns = rtt,
		};
	}
}

static void append(struct world *w, size_t i, uint64_t invoke, uint64_t unlock)
{
	uint32_t host = i % HOSTS;

	craft_append(&w->c, host,
		     &(struct history_entry){
			     .outcome = OUTCOME_ACKNOWLEDGED,
			     .offset = (int64_t)i * RECORD_BYTES,
			     .invoke_ns = own_clock(w, host, invoke),
			     .locked_ns = own_clock(w, host, w->granted[i]),
			     .written_ns = own_clock(w, host, w->granted[i]),
			     .flushed_ns = own_clock(w, host, w->granted[i]),
			     .unlock_ns = own_clock(w, host, unlock),
			     .completed_ns = own_clock(w, host, unlock),
		     });
}

/* Put record number @i, of the turns, at place number @place. */
static void put(struct world *w, size_t i, size_t place)
{
	struct record_id id = {i % HOSTS, i / HOSTS};
	uint8_t bytes[RECORD_BYTES];

	record_write(&w->c.form, id, bytes);
	craft_put(&w->c, 0, place * RECORD_BYTES, bytes, sizeof(bytes));
}

/* When each turn in truth has the lock; the waits are long, the holds short. */
static void world_make(struct world *w, unsigned int seed, double most_ppm)
{
	static const struct craft_plan plan = {HOSTS, HOSTS, RECORD_BYTES, RECORD_BYTES,
					       0};
	uint64_t now = START_NS + S;

	srand(seed);
	craft_init(&w->c, &plan);
	w->rtt_max_ns = rand() % 2 ? 100 * US : 3000 * US;
	memset(w->skews, 0, sizeof(w->skews)); /* rank 0's is the truth */
	for (uint32_t h = 1; h < HOSTS; h++)
		skew_choose(&w->skews[h], most_ppm);
	for (size_t i = 0; i < RECORDS; i++) {
		w->granted[i] = now;
		w->done[i] = now + (uint64_t)(uniform() * 2e6);
		now = w->done[i] + 1 + (uint64_t)(uniform() * (rand() % 4 ? 3e3 : 4e8));
	}
}

/* The histories, with turn number @longer held until @until; and all records. */
static void world_fill(struct world *w, size_t longer, uint64_t until)
{
	for (uint32_t h = 1; h < HOSTS; h++)
		sample(w, h);
	for (size_t i = 0; i < RECORDS; i++) {
		uint64_t invoke = i < HOSTS ? w->granted[i] : w->done[i - HOSTS];

		append(w, i, invoke, i == longer ? until : w->done[i]);
		put(w, i, i);
	}
}

static struct judgment judged(struct world *w)
{
	struct judgment j;

	craft_save(&w->c);
	craft_judge(&w->c, &j);
	return j;
}

START_TEST(order_is_never_called_disorder)
{
	static struct world w;
	int safe = 0;

	for (unsigned int seed = 1; seed <= SEEDS; seed++) {
		struct judgment j;

		world_make(&w, seed, 499);
		world_fill(&w, RECORDS, 0);
		j = judged(&w);
		ck_assert_int_eq(j.anomalies[ANOMALY_REALTIME_DISORDER], 0);
		ck_assert_int_eq(j.anomalies[ANOMALY_LOCK_OVERLAP], 0);
		ck_assert_int_eq(j.lock_lost, 0);
		ck_assert_int_ne(j.verdict, VERDICT_UNSAFE);
		ck_assert_ptr_null(strstr(j.reason, "clock"));
		safe += j.verdict == VERDICT_SAFE;
		judgment_release(&j);
		craft_release(&w.c);
	}
	ck_assert_int_gt(safe, SEEDS / 2);
}
END_TEST

/*
 * The error of any time: half the longest round trip, and 500 ppm of the at most 2.5 s
 * to the nearest sample.  What is further apart than both sides' error twice over,
 * which is what is claimed and what the claim may be off by, must be told.
 */
static uint64_t surely_ns(const struct world *w)
{
	return 4 * (w->rtt_max_ns / 2 + 1250 * US + 2);
}

START_TEST(disorder_beyond_the_error_is_found)
{
	static struct world w;

	for (unsigned int seed = 1; seed <= SEEDS; seed++) {
		struct judgment j;
		size_t early = (size_t)rand() % (RECORDS - 1), late;

		world_make(&w, seed, 499);
		early = (size_t)rand() % (RECORDS / 2);
		late = early + 1;
		/* A turn of another host that was invoked surely later. */
		while (late % HOSTS == early % HOSTS ||
		       w.done[late - HOSTS < RECORDS ? late - HOSTS : 0] <
			       w.done[early] + surely_ns(&w))
			late++;
		ck_assert_uint_lt(late, RECORDS);
		world_fill(&w, RECORDS, 0);
		put(&w, early, late);
		put(&w, late, early);
		j = judged(&w);
		ck_assert_int_ge(j.anomalies[ANOMALY_REALTIME_DISORDER], 1);
		ck_assert_int_eq(j.anomalies[ANOMALY_LOCK_OVERLAP], 0);
		ck_assert_int_eq(j.verdict, VERDICT_UNSAFE);
		judgment_release(&j);
		craft_release(&w.c);
	}
}
END_TEST

START_TEST(overlap_beyond_the_error_is_found)
{
	static struct world w;

	for (unsigned int seed = 1; seed <= SEEDS; seed++) {
		struct judgment j;
		size_t turn, other;

		world_make(&w, seed, 499);
		turn = (size_t)rand() % (RECORDS / 2);
		other = turn + 1;
		/* Held on, until another host surely had it too. */
		while (other % HOSTS == turn % HOSTS ||
		       w.done[other] < w.granted[turn] + surely_ns(&w))
			other++;
		ck_assert_uint_lt(other, RECORDS);
		world_fill(&w, turn, w.granted[other] + surely_ns(&w));
		j = judged(&w);
		ck_assert_int_ge(j.anomalies[ANOMALY_LOCK_OVERLAP], 1);
		ck_assert_int_eq(j.verdict, VERDICT_UNSAFE);
		judgment_release(&j);
		craft_release(&w.c);
	}
}
END_TEST

/* No host's clock may do this; the verdict must say so, and nothing else. */
static void expect_doubt(struct world *w)
{
	struct judgment j = judged(w);

	ck_assert_int_eq(j.anomalies[ANOMALY_REALTIME_DISORDER], 0);
	ck_assert_int_eq(j.anomalies[ANOMALY_LOCK_OVERLAP], 0);
	ck_assert_int_eq(j.verdict, VERDICT_INCONCLUSIVE);
	judgment_release(&j);
	craft_release(&w->c);
}

/* Ahead, that is: CLOCK_MONOTONIC goes back nowhere. Also rank 0's may leap. */
START_TEST(a_clock_that_leaps_proves_nothing)
{
	/* Beyond what two samples 5 s apart allow: 3 ms and 2.5 ms, twice. */
	static const int64_t leaps_us[] = {12000, 30000, 100000, 60000000};
	static struct world w;

	for (unsigned int seed = 1; seed <= SEEDS; seed++) {
		struct skew *skew = &w.skews[seed % 2];

		world_make(&w, seed, 499);
		skew->leap_at_ns = w.granted[RECORDS / 4 + rand() % (RECORDS / 2)];
		skew->leap_ns = leaps_us[seed % 4] * 1000;
		world_fill(&w, RECORDS, 0);
		expect_doubt(&w);
	}
}
END_TEST

START_TEST(a_clock_that_runs_too_fast_proves_nothing)
{
	static struct world w;

	for (unsigned int seed = 1; seed <= SEEDS; seed++) {
		world_make(&w, seed, 0);
		w.rtt_max_ns = 100 * US;
		for (int i = 0; i < SECONDS + 12; i++) {
			double ppm = seed % 2 ? 2000 : -20000;

			w.skews[1].ppm[i] = ppm;
			w.skews[1].gained_ns[i] = i * ppm * 1000;
		}
		world_fill(&w, RECORDS, 0);
		expect_doubt(&w);
	}
}
END_TEST

UNIT_MAIN("clocks", 60, order_is_never_called_disorder,
	  disorder_beyond_the_error_is_found, overlap_beyond_the_error_is_found,
	  a_clock_that_leaps_proves_nothing, a_clock_that_runs_too_fast_proves_nothing)
