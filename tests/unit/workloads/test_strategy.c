/*
 * test_strategy - the presets make sense, what is typed is understood or
 * refused with the right hint, and what is printed can be read back.
 */
#include "core/claim.h"
#include "tests/unit/unit.h"
#include "workloads/strategy.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define REFUSED(text, expected)                                                        \
	do {                                                                           \
		struct strategy_spec *specs_ = NULL;                                   \
		struct error err_;                                                     \
		size_t count_ = 7;                                                     \
                                                                                       \
		ck_assert_int_eq(strategy_list_parse(text, &specs_, &count_, &err_),   \
				 -EINVAL);                                             \
		ck_assert_str_eq(err_.sentence, expected);                             \
		ck_assert_ptr_null(specs_);                                            \
		ck_assert_uint_eq(count_, 7);                                          \
	} while (0)

static struct strategy_spec parsed(const char *text)
{
	struct strategy_spec spec;
	struct error err = {""};

	ck_assert_msg(strategy_parse(text, &spec, &err) == 0, "%s", err.sentence);
	ck_assert(strategy_spec_valid(&spec));
	return spec;
}

START_TEST(every_preset_is_whole)
{
	for (size_t i = 0; i < strategy_preset_count; i++) {
		const struct strategy_preset *preset = &strategy_presets[i];
		struct strategy_spec spec = parsed(preset->name);
		bool shared = strategy_shared_file(&spec);

		ck_assert_uint_eq(spec.preset, i);
		ck_assert_str_eq(spec.name, preset->name);
		ck_assert_uint_eq(strspn(preset->name, "abcdefghijklmnopqrstuvwxyz-"),
				  strlen(preset->name));
		/* A control claims nothing; who claims exclusion has a lock. */
		ck_assert(preset->control == (preset->claims == 0));
		if (preset->claims & CLAIM_EXCLUSION)
			ck_assert(strategy_exclusive_lock(&spec));
		if (preset->claims & CLAIM_REALTIME_ORDER)
			ck_assert(shared);
		/* No open file is at hand before a lock apart from it is taken. */
		if (lock_table[preset->parts.lock]->apart)
			ck_assert(
				!placement_table[preset->parts.placement]->before_lock);
		ck_assert(preset->summary[0] && preset->origin[0] && preset->needs[0]);
	}
}
END_TEST

START_TEST(keys_set_parts)
{
	struct strategy_spec spec =
		parsed("flock:batch=08, flush = fsync,io=dsync,wait=poll,short=retry");

	ck_assert_str_eq(spec.name,
			 "flock:batch=8,flush=fsync,io=dsync,wait=poll,short=retry");
	ck_assert_uint_eq(spec.parts.batch, 8);
	ck_assert_int_eq(spec.parts.flush, FLUSH_FSYNC);
	ck_assert_int_eq(spec.parts.io, IO_DSYNC);
	ck_assert_int_eq(spec.parts.wait, LOCK_WAIT_POLL);
	ck_assert_int_eq(spec.parts.short_write, SHORT_RETRY);
	ck_assert_uint_eq(strategy_claims(&spec), strategy_presets[spec.preset].claims);
	ck_assert_str_eq(strategy_preset_name(&spec), "flock");
}
END_TEST

START_TEST(an_alias_is_the_same_by_another_name)
{
	struct strategy_spec fcntl = parsed("fcntl:batch=2");
	struct strategy_spec lockf = parsed("lockf:batch=2");

	ck_assert_str_eq(lockf.name, "lockf:batch=2");
	ck_assert_str_eq(strategy_preset_name(&lockf), "fcntl");
	ck_assert_mem_eq(&lockf.parts, &fcntl.parts, sizeof(fcntl.parts));
}
END_TEST

START_TEST(the_full_text_reads_back)
{
	static const char *const texts[] = {"append",
					    "flock:batch=3",
					    "fcntl:wait=poll",
					    "lockfile",
					    "flock-poll",
					    "per-file:flush=close,io=sync",
					    "aggregator:batch=2,flush=fsync",
					    "mpiio-shared:batch=3",
					    "mpi-token:wait=poll"};
	char text[STRATEGY_TEXT_BYTES];

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct strategy_spec spec = parsed(texts[i]);
		struct strategy_spec again;

		strategy_spec_text(&spec, text);
		again = parsed(text);
		ck_assert_mem_eq(&spec.parts, &again.parts, sizeof(spec.parts));
	}
	strategy_spec_text(&(struct strategy_spec){.preset = 1,
						   .parts = strategy_presets[1].parts},
			   text);
	ck_assert_str_eq(text,
			 "flock:wait=block,io=buffered,flush=none,batch=1,short=fail");
}
END_TEST

START_TEST(the_keys_for_people)
{
	static const char *const expected[] = {
		"wait=block|poll|fixed|exponential",
		"io=buffered|direct|sync|dsync",
		"flush=none|fsync|fdatasync|close",
		"batch=N",
		"short=fail|retry",
		"lock=none|flock|fcntl|ofd|lockfile|link|sidecar|token",
		"think=N",
	};
	char text[STRATEGY_TEXT_BYTES];
	const char *meaning;
	size_t count = 0;

	for (; strategy_key_text(count, text, &meaning); count++) {
		ck_assert_str_eq(text, expected[count]);
		ck_assert(meaning[0]);
	}
	ck_assert_uint_eq(count, sizeof(expected) / sizeof(expected[0]));
}
END_TEST

START_TEST(lists)
{
	struct strategy_spec *specs;
	size_t count;

	ck_assert_int_eq(strategy_list_parse("append,flock:batch=8,flush=fsync, fcntl,"
					     "flock,per-file:flush=close",
					     &specs, &count, NULL),
			 0);
	ck_assert_uint_eq(count, 5);
	ck_assert_str_eq(specs[0].name, "append");
	ck_assert_str_eq(specs[1].name, "flock:batch=8,flush=fsync");
	ck_assert_str_eq(specs[2].name, "fcntl");
	ck_assert_str_eq(specs[3].name, "flock");
	ck_assert_str_eq(specs[4].name, "per-file:flush=close");
	free(specs);
}
END_TEST

START_TEST(mistakes)
{
	REFUSED("flokc", "there is no strategy 'flokc'; did you mean flock?");
	REFUSED("append,flokc:batch=8",
		"there is no strategy 'flokc'; did you mean flock?");
	REFUSED("banana",
		"there is no strategy 'banana'; see tailrace list strategies");
	REFUSED("", "there is no strategy ''; see tailrace list strategies");
	REFUSED("append,", "there is no strategy ''; see tailrace list strategies");
	REFUSED("flock,batch=8", "keys stand behind a colon: write flock:batch=8");
	REFUSED("flock:", "'' in a strategy is not key=value; see tailrace list keys");
	REFUSED("flock:fsync",
		"'fsync' in a strategy is not key=value; see tailrace list keys");
	REFUSED("flock:bacth=8", "a strategy has no key 'bacth'; did you mean batch?");
	REFUSED("flock:x=8", "a strategy has no key 'x'; there are wait, io, flush, "
			     "batch, short, lock and think");
	REFUSED("flock:flush=fsnyc", "flush=fsnyc is unknown; did you mean fsync?");
	REFUSED("flock:flush=yesyes", "flush=yesyes is unknown; it can be none, fsync, "
				      "fdatasync or close");
	REFUSED("flock:batch=0", "batch=0: a batch has 1 to 65536 records");
	REFUSED("flock:batch=65537", "batch=65537: a batch has 1 to 65536 records");
	REFUSED("flock:batch=-1", "batch=-1: a batch has 1 to 65536 records");
	REFUSED("flock:batch=2,batch=3", "batch is given twice for one strategy");
	REFUSED("append:wait=poll", "append has no lock to wait for");
	REFUSED("sequencer:wait=poll", "sequencer has no lock to wait for");
	REFUSED("aggregator:short=retry", "aggregator does not write itself, and a "
					  "short write is an error there");
	REFUSED("mpiio-shared:io=sync",
		"mpiio-shared opens the file by MPI, which has no such modes");
	REFUSED("mpiio-shared:flush=fsync",
		"mpiio-shared could only flush when all ranks do: MPI_File_sync is "
		"collective");
	REFUSED("mpiio-shared:short=retry", "mpiio-shared does not write itself, and a "
					    "short write is an error there");
	REFUSED("lockfile:wait=block",
		"lockfile has a lock file, which can only be polled");
	REFUSED("flock,fcntl,flock", "strategy flock is given twice; a key makes two "
				     "of it, as in flock:batch=8");
}
END_TEST

/* What shares pages or keeps the file open under a lock apart promises nothing. */
START_TEST(keys_that_make_controls)
{
	static const struct {
		const char *text;
		unsigned int claims;
	} rows[] = {
		{"sequencer", 0},
		{"sequencer:flush=fsync", 0},
		{"sequencer:flush=close", 0},
		{"sequencer:io=dsync", CLAIM_COMPLETE | CLAIM_ONCE |
					       CLAIM_WRITER_ORDER |
					       CLAIM_REALTIME_ORDER},
		{"sequencer:io=sync", CLAIM_COMPLETE | CLAIM_ONCE | CLAIM_WRITER_ORDER |
					      CLAIM_REALTIME_ORDER},
		{"sequencer:io=direct", CLAIM_COMPLETE | CLAIM_ONCE |
						CLAIM_WRITER_ORDER |
						CLAIM_REALTIME_ORDER},
		{"sequencer-aligned", CLAIM_COMPLETE | CLAIM_ONCE | CLAIM_WRITER_ORDER |
					      CLAIM_REALTIME_ORDER},
		{"mpi-token", CLAIM_COMPLETE | CLAIM_ONCE | CLAIM_NO_GAP |
				      CLAIM_WRITER_ORDER | CLAIM_REALTIME_ORDER |
				      CLAIM_EXCLUSION},
		{"extents", CLAIM_COMPLETE | CLAIM_ONCE | CLAIM_WRITER_ORDER},
		{"extents:batch=16,io=direct",
		 CLAIM_COMPLETE | CLAIM_ONCE | CLAIM_WRITER_ORDER},
		{"mpi-token:flush=none", 0},
		{"mpiio-shared", CLAIM_COMPLETE | CLAIM_ONCE | CLAIM_WRITER_ORDER},
		{"mpi-token:flush=fsync", 0},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct strategy_spec spec = parsed(rows[i].text);

		ck_assert_uint_eq(strategy_claims(&spec), rows[i].claims);
		ck_assert_int_eq(strategy_control(&spec), rows[i].claims == 0);
	}
}
END_TEST

START_TEST(slots_and_services)
{
	struct strategy_spec aligned = parsed("sequencer-aligned:io=dsync");
	struct strategy_spec flock = parsed("flock");
	struct strategy_spec extents = parsed("extents");
	struct strategy_spec batches = parsed("extents:batch=256");
	struct strategy_spec pages = parsed("sequencer-aligned:batch=64");
	struct strategy_spec token = parsed("mpi-token");
	struct strategy_spec aggregator = parsed("aggregator");
	uint32_t page = (uint32_t)sysconf(_SC_PAGESIZE);

	ck_assert_uint_eq(strategy_slot_bytes(&aligned, 100), page);
	ck_assert_uint_eq(strategy_slot_bytes(&aligned, page + 1), page);
	ck_assert_uint_eq(strategy_slot_bytes(&flock, 100), 0);
	/* Whole pages of 64 KiB, and room for four batches. */
	ck_assert_uint_eq(strategy_slot_bytes(&extents, 100), 65536);
	ck_assert_uint_eq(strategy_slot_bytes(&extents, 16384), 65536);
	ck_assert_uint_eq(strategy_slot_bytes(&extents, 16385), 131072);
	ck_assert_uint_eq(strategy_slot_bytes(&extents, 16 << 20), 64 << 20);
	ck_assert_uint_eq(strategy_slot_bytes(&batches, 1024), 1 << 20);
	ck_assert_uint_eq(strategy_growth_bytes(&extents, 1024), 1024);
	ck_assert_uint_eq(strategy_growth_bytes(&extents, 20000), 131072 / 6 + 1);
	ck_assert_uint_eq(strategy_growth_bytes(&batches, 1024), 1024);
	ck_assert_uint_eq(strategy_growth_bytes(&pages, page / 64), page / 64);
	ck_assert_uint_eq(strategy_growth_bytes(&flock, 100), 100);
	ck_assert_uint_eq(strategy_growth_bytes(&aligned, 100), page);
	ck_assert_uint_eq(strategy_growth_bytes(&aligned, page), page);
	ck_assert_uint_eq(strategy_growth_bytes(&aligned, page + 1), 2 * page);
	ck_assert_int_eq(strategy_service(&flock), SERVICE_NONE);
	ck_assert_int_eq(strategy_service(&aligned), SERVICE_TICKETS);
	ck_assert_int_eq(strategy_service(&extents), SERVICE_TICKETS);
	ck_assert_int_eq(strategy_service(&token), SERVICE_TOKEN);
	ck_assert_int_eq(strategy_service(&aggregator), SERVICE_AGGREGATE);
}
END_TEST

START_TEST(workloads_that_read)
{
	struct strategy_spec plain = parsed("counter");
	struct strategy_spec bare = parsed("counter:lock=none");
	struct strategy_spec file = parsed("counter:lock=lockfile,think=250");
	struct strategy_spec late = parsed("chain:lock=sidecar,flush=none");
	struct error err;

	ck_assert_int_eq(strategy_workload(&plain), WORKLOAD_COUNTER);
	ck_assert_int_eq(strategy_workload(&late), WORKLOAD_CHAIN);
	ck_assert(!strategy_control(&plain));
	ck_assert_uint_ne(strategy_claims(&plain), 0);
	/* Without a lock, or with one that has nobody read anew, nothing is claimed. */
	ck_assert(strategy_control(&bare));
	ck_assert(strategy_control(&late));
	ck_assert_uint_eq(strategy_claims(&late), 0);
	/* A lock file is polled, and the data file opened under it. */
	ck_assert_int_eq(file.parts.wait, LOCK_WAIT_POLL);
	ck_assert_int_eq(file.parts.flush, FLUSH_CLOSE);
	ck_assert_uint_eq(file.parts.think_us, 250);
	ck_assert(!strategy_control(&file));
	ck_assert_int_eq(strategy_parse("flock:lock=fcntl", &plain, &err), -EINVAL);
	ck_assert_int_eq(strategy_parse("flock:think=1", &plain, &err), -EINVAL);
	ck_assert_int_eq(strategy_parse("counter:batch=2", &plain, &err), -EINVAL);
	ck_assert_int_eq(strategy_parse("counter:think=1000001", &plain, &err),
			 -EINVAL);
	ck_assert_int_eq(strategy_parse("counter:lock=flok", &plain, &err), -EINVAL);
	ck_assert_ptr_nonnull(strstr(err.sentence, "flock"));
}
END_TEST

START_TEST(very_long_text)
{
	char text[8192];
	struct strategy_spec spec;
	struct error err;

	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	ck_assert_int_eq(strategy_parse(text, &spec, &err), -EINVAL);
	memcpy(text, "flock:", 6);
	ck_assert_int_eq(strategy_parse(text, &spec, &err), -EINVAL);
	memcpy(text, "flock:flush=", 12);
	ck_assert_int_eq(strategy_parse(text, &spec, &err), -EINVAL);
}
END_TEST

START_TEST(sizes_of_batches)
{
	struct strategy_spec spec = parsed("flock:batch=256");
	struct error err;

	ck_assert_int_eq(strategy_check_size(&spec, 1 << 20, &err), 0);
	ck_assert_int_eq(strategy_check_size(&spec, (1 << 20) + 1, &err), -EINVAL);
	ck_assert_str_eq(err.sentence, "flock:batch=256 makes writes of 256.0 MiB, and "
				       "at most 256.0 MiB is allowed");
}
END_TEST

START_TEST(specs_out_of_range)
{
	struct strategy_spec good = parsed("flock");
	struct strategy_spec spec;

#define INVALID(change)                                                                \
	do {                                                                           \
		spec = good;                                                           \
		change;                                                                \
		ck_assert(!strategy_spec_valid(&spec));                                \
	} while (0)
	INVALID(spec.preset = UINT32_MAX);
	INVALID(spec.parts.lock = LOCK_KIND_COUNT);
	INVALID(spec.parts.placement = PLACEMENT_COUNT);
	INVALID(spec.parts.wait = LOCK_WAIT_COUNT);
	INVALID(spec.parts.io = IO_MODE_COUNT);
	INVALID(spec.parts.flush = FLUSH_MODE_COUNT);
	INVALID(spec.parts.short_write = SHORT_WRITE_COUNT);
	INVALID(spec.parts.batch = 0);
	INVALID(spec.parts.batch = STRATEGY_BATCH_MAX + 1);
	INVALID(spec.parts.think_us = STRATEGY_THINK_US_MAX + 1);
	INVALID(memset(spec.name, 'x', sizeof(spec.name)));
}
END_TEST

UNIT_MAIN("strategy", 10, every_preset_is_whole, keys_set_parts,
	  an_alias_is_the_same_by_another_name, the_full_text_reads_back,
	  the_keys_for_people, lists, mistakes, keys_that_make_controls,
	  slots_and_services, workloads_that_read, very_long_text, sizes_of_batches,
	  specs_out_of_range)
