/*
 * run - statements about the run as a whole: its size, what its strategy claims, its
 * hosts' clocks, how its writers ended.
 */
#include "tests/corpus/recipe.h"
#include "core/claim.h"

#include <stdlib.h>
#include <string.h>

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

void recipe_clock_at_zero(struct recipe *r, uint32_t host)
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
	recipe_clock_at_zero(r, (uint32_t)number(r, words[1]));
}

static void no_clock(struct recipe *r, char **words)
{
	r->craft.manifest.hosts[number(r, words[1]) % r->plan.hosts].sample_count = 0;
}

static void kill_writer(struct recipe *r, char **words)
{
	r->craft.strategy->writers[writer_named(r, words[1])].end = WRITER_KILLED;
}

static void hang(struct recipe *r, char **words)
{
	r->craft.strategy->writers[writer_named(r, words[1])].end = WRITER_HUNG;
}

static void absent(struct recipe *r, char **words)
{
	r->craft.strategy->writers[writer_named(r, words[1])].end = WRITER_ABSENT;
}

const struct statement run_statements[] = {
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
	{"kill", false, kill_writer},
	{"hang", false, hang},
	{"absent", false, absent},
	{0},
};
