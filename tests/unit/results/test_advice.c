/* test_advice - which findings and mounts give which advice. */
#include "results/advice.h"
#include "tests/unit/results/fixture.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const struct fixture_strategy healthy[] = {
	{"append", "append", VERDICT_UNSAFE, true, false, 0.5, 20, 50, "17 lost"},
	{"flock", "flock", VERDICT_SAFE, false, false, 0, 400, 50, "all there"},
	{"fcntl", "fcntl", VERDICT_SAFE, false, false, 0, 400, 50, "all there"},
};

static struct fixture f;
static struct advice given[ADVICE_MAX];
static size_t given_count;

static void begin(void)
{
	fixture_init(&f, 4, 2, healthy, 3);
	f.manifest.strategies[1].exclusive_lock = true;
	f.manifest.strategies[2].exclusive_lock = true;
}

static void mounted(size_t host, const char *options)
{
	free(f.manifest.hosts[host].mount_options);
	f.manifest.hosts[host].mount_options = strdup(options);
}

static void ask(void)
{
	given_count = advice_give(&f.result, given);
}

static const struct advice *find(const char *id)
{
	for (size_t i = 0; i < given_count; i++)
		if (strcmp(given[i].id, id) == 0)
			return &given[i];
	return NULL;
}

static void expect(const char *id, enum advice_weight weight, const char *evidence)
{
	const struct advice *advice = find(id);

	ck_assert_msg(advice, "no %s", id);
	ck_assert_int_eq(advice->weight, weight);
	ck_assert_msg(strstr(advice->evidence, evidence), "%s", advice->evidence);
	ck_assert_uint_gt(strlen(advice->cause), 0);
	ck_assert_uint_gt(strlen(advice->remedy), 0);
	ck_assert_uint_gt(strlen(advice->source), 0);
}

START_TEST(a_healthy_mount_gets_what_holds_for_all)
{
	begin();
	ask();
	expect("append-is-not-atomic", ADVICE_HARM, "append: 17 lost");
	expect("async-export", ADVICE_NOTE, "");
	ck_assert_uint_eq(given_count, 2);
	fixture_release(&f);
}
END_TEST

START_TEST(locks_that_stay_on_the_client)
{
	begin();
	mounted(0, "rw,vers=3,nolock");
	mounted(1, "rw,vers=3,nolock");
	ask();
	expect("local-locks", ADVICE_RISK, "nolock");
	f.judgments[1].verdict = VERDICT_UNSAFE;
	snprintf(f.judgments[1].reason, sizeof(f.judgments[1].reason), "5 lost");
	f.judgments[1].anomalies[ANOMALY_LOCK_OVERLAP] = 3;
	ask();
	expect("local-locks", ADVICE_HARM, "nolock; flock: 5 lost");
	expect("flock-not-shared", ADVICE_HARM, "flock: 5 lost");
	ck_assert(!find("locks-not-honoured"));
	mounted(0, "rw,vers=3");
	mounted(1, "rw,vers=3");
	ask();
	expect("locks-not-honoured", ADVICE_HARM, "flock: 3 lock_overlap");
	ck_assert(!find("local-locks"));
	fixture_release(&f);
}
END_TEST

START_TEST(options_that_are_a_risk)
{
	static const struct {
		const char *options, *id;
	} cases[] = {
		{"rw,vers=4.2,soft,timeo=100", "soft-mount"},
		{"rw,softerr", "soft-mount"},
		{"rw,proto=udp", "udp"},
		{"rw,nocto", "nocto"},
		{"rw,noac", "no-attribute-cache"},
		{"rw,vers=4.0", "polling-waiters"},
	};

	begin();
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		mounted(0, cases[i].options);
		mounted(1, cases[i].options);
		ask();
		expect(cases[i].id, ADVICE_RISK, "host");
		ck_assert_uint_eq(given_count, 3);
	}
	mounted(0, "rw,vers=4.2,hard,proto=tcp,acregmin=3,local_lock=none");
	mounted(1, "rw,vers=4.2,hard,proto=tcp,acregmin=3,local_lock=none");
	ask();
	ck_assert_uint_eq(given_count, 2);
	mounted(1, "rw,vers=4.2,hard,noac,proto=tcp");
	ask();
	expect("different-options", ADVICE_RISK, "noac only on");
	fixture_release(&f);
}
END_TEST

START_TEST(facts_of_the_hosts)
{
	begin();
	f.manifest.hosts[1].module_options = strdup("recover_lost_locks=Y");
	free(f.manifest.hosts[1].kernel);
	f.manifest.hosts[1].kernel = strdup("2.6.32");
	f.manifest.hosts[1].sample_count = 0;
	ask();
	expect("recovered-locks", ADVICE_RISK, "recover_lost_locks=Y");
	expect("different-kernels", ADVICE_NOTE, "2.6.32");
	expect("unmeasured-clock", ADVICE_NOTE, f.manifest.hosts[1].name);
	fixture_release(&f);
}
END_TEST

START_TEST(what_was_skipped_or_hardly_met)
{
	begin();
	f.manifest.strategies[1].ran = false;
	f.manifest.strategies[1].skipped_errnum = ENOLCK;
	f.judgments[1].verdict = VERDICT_SKIPPED;
	f.judgments[2].verdict = VERDICT_INCONCLUSIVE;
	f.judgments[2].contention_applies = true;
	f.judgments[2].contention = 0.001;
	f.judgments[2].handoffs = 12;
	ask();
	expect("no-lock-manager", ADVICE_RISK, "flock");
	expect("little-contention", ADVICE_NOTE, "fcntl: contention 0.10 %, 12");
	fixture_release(&f);
}
END_TEST

START_TEST(harm_comes_first)
{
	begin();
	mounted(0, "rw,soft,nocto");
	f.judgments[2].anomalies[ANOMALY_STALE_READ] = 1;
	f.judgments[0].anomalies[ANOMALY_FOREIGN] = 1;
	ask();
	expect("stale-under-lock", ADVICE_HARM, "fcntl: 1 stale_read");
	expect("foreign-bytes", ADVICE_HARM, "append: 1 foreign");
	for (size_t i = 1; i < given_count; i++)
		ck_assert_int_le(given[i - 1].weight, given[i].weight);
	fixture_release(&f);
}
END_TEST

/* Make the probes of a check find that @lock does not exclude. */
static void answered(const char *probe, const char *lock)
{
	struct check_facts *check = &f.manifest.check;

	check->level = CHECK_QUICK;
	check->probes = CHECK_PROBES_HARMFUL;
	check->harmful++;
	ck_assert_int_eq(check_facts_add_harm(check, probe, lock, "two hosts",
					      "exclusive excludes exclusive", "granted",
					      "two hold it"),
			 0);
}

START_TEST(harmful_answers_are_explained_once)
{
	/* By the mount, where that says it; the strategies may all have been lucky. */
	begin();
	mounted(0, "rw,vers=3,local_lock=flock");
	answered("exclusive-excludes-exclusive", "flock");
	ask();
	expect("local-locks", ADVICE_HARM, "flock, two hosts, exclusive excludes");
	ck_assert_ptr_null(find("locks-not-honoured"));
	ck_assert_ptr_null(find("locks-answer-otherwise"));
	check_facts_release(&f.manifest.check);
	fixture_release(&f);

	/* By the server, where it does not. */
	begin();
	answered("exclusive-excludes-exclusive", "ofd");
	ask();
	expect("locks-not-honoured", ADVICE_HARM, "ofd, two hosts");
	ck_assert_ptr_null(find("locks-answer-otherwise"));
	check_facts_release(&f.manifest.check);
	fixture_release(&f);

	begin();
	for (int i = 0; i < 5; i++)
		answered("exit-frees", "fcntl");
	ask();
	expect("locks-answer-otherwise", ADVICE_HARM, "and 2 more answers");
	ck_assert_ptr_null(find("locks-not-honoured"));
	check_facts_release(&f.manifest.check);
	fixture_release(&f);
}
END_TEST

START_TEST(what_local_asks_for_is_not_held_against_it)
{
	begin();
	f.manifest.local_fs = true;
	ask();
	ck_assert_ptr_nonnull(find("local-file-system"));
	f.manifest.check.level = CHECK_QUICK;
	f.manifest.check.local = true;
	ask();
	ck_assert_ptr_null(find("local-file-system"));
	fixture_release(&f);
}
END_TEST

START_TEST(options_are_whole_words)
{
	ck_assert(mount_option_set("rw,soft", "soft"));
	ck_assert(!mount_option_set("rw,softerr", "soft"));
	ck_assert(mount_option_set("rw,actimeo=3", "actimeo"));
	ck_assert(mount_option_set("local_lock=flock,rw", "local_lock=flock"));
	ck_assert(!mount_option_set("local_lock=none", "local_lock=flock"));
	ck_assert(!mount_option_set("", "soft"));
	ck_assert(!mount_option_set(NULL, "soft"));
	ck_assert(!mount_option_set("nosoft", "soft"));
}
END_TEST

UNIT_MAIN("advice", 20, a_healthy_mount_gets_what_holds_for_all,
	  locks_that_stay_on_the_client, options_that_are_a_risk, facts_of_the_hosts,
	  what_was_skipped_or_hardly_met, harm_comes_first, options_are_whole_words,
	  harmful_answers_are_explained_once,
	  what_local_asks_for_is_not_held_against_it)
