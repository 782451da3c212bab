/* plan - from the command line to the plan, and what is refused. */
#include "harness/plan.h"

#include "tests/unit/unit.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

static struct options options;
static struct plan plan;
static struct error err;

/* Parse "run" and the words that follow, ended by NULL. */
static int parse(const char *word, ...)
{
	char *argv[32] = {(char *)(uintptr_t) "run"};
	int argc = 1;
	va_list words;

	va_start(words, word);
	for (; word; word = va_arg(words, const char *))
		argv[argc++] = (char *)(uintptr_t)word;
	va_end(words);
	options_release(&options);
	memset(&plan, 0, sizeof(plan));
	err.sentence[0] = '\0';
	return plan_parse(argc, argv, &options, &plan, &err);
}

START_TEST(the_defaults_are_the_basic_four)
{
	ck_assert_int_eq(parse("/mnt/nas/", NULL), 0);
	ck_assert_str_eq(plan.dir, "/mnt/nas");
	ck_assert_uint_eq(plan.strategy_count, 4);
	ck_assert_uint_eq(plan.records, 1000);
	ck_assert_uint_eq(plan.duration_ns, 0);
	ck_assert_uint_eq(plan.timeout_ns, 180 * 1000000000ull);
	ck_assert_str_eq(plan.strategy[0].spec.name, "append");
	ck_assert(!plan.strategy[0].required);
	ck_assert(plan.strategy[1].required);
}
END_TEST

START_TEST(a_duration_alone_is_not_bounded_by_records)
{
	ck_assert_int_eq(parse("--duration", "2m", "/d", NULL), 0);
	ck_assert_uint_eq(plan.records, 0);
	ck_assert_int_eq(parse("--duration", "2m", "--records", "7", "/d", NULL), 0);
	ck_assert_uint_eq(plan.records, 7);
}
END_TEST

START_TEST(a_long_run_is_in_segments)
{
	ck_assert_int_eq(parse("--duration", "10m", "/d", NULL), 0);
	ck_assert_uint_eq(plan.segment_bytes, 0);
	ck_assert_int_eq(parse("--duration", "12h", "/d", NULL), 0);
	ck_assert_uint_eq(plan.segment_bytes, 1u << 30);
	ck_assert_uint_eq(plan.segment_ns, 600 * 1000000000ull);
	ck_assert_int_eq(parse("--duration", "12h", "--segment", "none", "/d", NULL),
			 0);
	ck_assert_uint_eq(plan.segment_bytes, 0);
	ck_assert_int_eq(parse("--duration", "12h", "--max-bytes", "1G", "/d", NULL),
			 0);
	ck_assert_uint_eq(plan.segment_bytes, 0);
	ck_assert_int_eq(parse("--duration", "5s", "--segment", "64k", "--segment-time",
			       "1s", "/d", NULL),
			 0);
	ck_assert_uint_eq(plan.segment_bytes, 65536);
	ck_assert_uint_eq(plan.segment_ns, 1000000000);
	ck_assert_int_eq(parse("--duration", "5s", "--until-anomaly", "/d", NULL), 0);
	ck_assert_uint_eq(plan.segment_bytes, 1u << 30);
}
END_TEST

/* Each would have to mean something else there, or would need all of the data. */
START_TEST(what_does_not_go_with_segments_is_refused)
{
	static const char *const wrong[][2] = {
		{"--records", "5"},	{"--max-bytes", "1G"},	  {"--readers", "1"},
		{"--merge", "--merge"}, {"--segment", "none"},	  {"--segment", "4095"},
		{"--keep", "never"},	{"--fault", "1s:kill 0"},
	};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		ck_assert_msg(parse("--duration", "5s", "--until-anomaly", wrong[i][0],
				    wrong[i][1], "/d", NULL) == -EINVAL,
			      "%s", wrong[i][0]);
	ck_assert_int_eq(parse("--segment", "64k", "/d", NULL), -EINVAL);
	ck_assert_int_eq(parse("--until-anomaly", "/d", NULL), -EINVAL);
}
END_TEST

START_TEST(a_relative_path_is_made_absolute)
{
	char cwd[PATH_MAX], expected[PATH_MAX + 8];

	ck_assert_ptr_nonnull(getcwd(cwd, sizeof(cwd)));
	ck_assert_int_eq(parse("./x//", NULL), 0);
	snprintf(expected, sizeof(expected), "%s/x", cwd);
	ck_assert_str_eq(plan.dir, expected);
	ck_assert_int_eq(parse("/", NULL), 0);
	ck_assert_str_eq(plan.dir, "/");
}
END_TEST

START_TEST(wrong_values_are_refused)
{
	static const char *const wrong[][2] = {
		{"--size", "10"},
		{"--size", "17M"},
		{"--size", "200-100"},
		{"--records", "-1"},
		{"--records", "0"},
		{"--duration", "0s"},
		{"--timeout", "0"},
		{"--keep", "maybe"},
		{"--eta", "often"},
		{"--label", "a/b"},
		{"--label", ".."},
		{"--label", ""},
		{"--require", "flok"},
		{"--expect", "flock"},
		{"--expect", "flock=ok"},
		{"--expect", "x=safe"},
		{"--strategy", "no"},
		{"--out", ""},
		{"--ranks", "0"},
		{"--rate", "-5"},
		{"--readers", "-1"},
		{"--readers", "1025"},
		{"--fstype", ""},
		{"--seed", "18446744073709551615"},
		{"--strategy", "flock,flock"},
	};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		ck_assert_msg(parse(wrong[i][0], wrong[i][1], "/d", NULL) == -EINVAL,
			      "%s %s", wrong[i][0], wrong[i][1]);
		ck_assert_msg(err.sentence[0], "%s %s", wrong[i][0], wrong[i][1]);
	}
}
END_TEST

START_TEST(a_batch_must_fit_one_write)
{
	ck_assert_int_eq(
		parse("--strategy", "flock:batch=1000", "--size", "1M", "/d", NULL),
		-EINVAL);
	ck_assert_int_eq(
		parse("--strategy", "flock:batch=100", "--size", "1M", "/d", NULL), 0);
}
END_TEST

START_TEST(required_ones_are_named)
{
	ck_assert_int_eq(parse("--require", "append,per-file", "/d", NULL), 0);
	ck_assert(plan.strategy[0].required);
	ck_assert(!plan.strategy[1].required);
	ck_assert(!plan.strategy[2].required);
	ck_assert(plan.strategy[3].required);
}
END_TEST

/* Names of strategies hold commas and equals signs themselves. */
START_TEST(expectations_are_named)
{
	ck_assert_int_eq(
		parse("--strategy", "append,flock:batch=2,flush=fsync", "--expect",
		      "append=unsafe,flock:batch=2,flush=fsync=safe", "/d", NULL),
		0);
	ck_assert(plan.strategy[0].expected);
	ck_assert(plan.strategy[0].required);
	ck_assert_int_eq(plan.strategy[0].expectation, VERDICT_UNSAFE);
	ck_assert(plan.strategy[1].expected);
	ck_assert_int_eq(plan.strategy[1].expectation, VERDICT_SAFE);
}
END_TEST

START_TEST(bytes_are_limited)
{
	ck_assert_int_eq(parse("--strategy", "flock,fcntl", "--size", "1k", "--records",
			       "10", "--max-bytes", "40k", "/d", NULL),
			 0);
	ck_assert_int_eq(plan_set_ranks(&plan, 2, &err), 0);
	ck_assert_uint_eq(plan_total_bytes(&plan), 40 << 10);
	ck_assert_int_eq(plan_set_ranks(&plan, 3, &err), -EINVAL);
}
END_TEST

/* What time bounds, the bytes bound as well. */
START_TEST(bytes_bound_a_duration)
{
	ck_assert_int_eq(parse("--strategy", "flock", "--size", "1k", "--duration",
			       "1h", "--max-bytes", "100k", "/d", NULL),
			 0);
	ck_assert_int_eq(plan_set_ranks(&plan, 2, &err), 0);
	ck_assert_uint_eq(plan.records, 50);
	ck_assert_int_eq(plan_set_ranks(&plan, 101, &err), -EINVAL);
}
END_TEST

START_TEST(the_launcher_must_agree_with_the_ranks_asked_for)
{
	ck_assert_int_eq(parse("-n", "4", "/d", NULL), 0);
	ck_assert_int_eq(plan_set_ranks(&plan, 4, &err), 0);
	ck_assert_int_eq(plan_set_ranks(&plan, 5, &err), -EINVAL);
}
END_TEST

START_TEST(a_settled_plan_has_a_folder_and_an_id)
{
	ck_assert_int_eq(parse("--label", "L", "/mnt", NULL), 0);
	ck_assert_int_eq(plan_set_ranks(&plan, 1, &err), 0);
	ck_assert_int_eq(plan_settle(&plan, &err), 0);
	ck_assert(run_id_valid(plan.run_id));
	ck_assert_ptr_nonnull(strstr(plan.out, "/tailrace-results/L/20"));
	ck_assert(!plan.out_given);
}
END_TEST

START_TEST(the_run_folder_does_not_lie_in_dir_unasked)
{
	ck_assert_int_eq(parse(".", NULL), 0);
	ck_assert_int_eq(plan_set_ranks(&plan, 1, &err), 0);
	ck_assert_int_eq(plan_settle(&plan, &err), -EINVAL);
	ck_assert_int_eq(parse("--out", "x", ".", NULL), 0);
	ck_assert_int_eq(plan_settle(&plan, &err), 0);
	ck_assert(plan.out_given);
}
END_TEST

/* `tailrace run @RUN/args` repeats the run: same seed, same everything. */
START_TEST(saved_arguments_repeat_the_plan)
{
	char path[] = "/tmp/tailrace-args-XXXXXX", at[64];
	struct plan first;
	FILE *file;

	ck_assert_int_eq(parse("--size", "64-4k", "--strategy", "flock:batch=3,append",
			       "--rate", "50", "--expect", "append=unsafe", "--strict",
			       "--no-plots", "-q", "--out", "/o", "/m", NULL),
			 0);
	ck_assert_int_eq(plan_set_ranks(&plan, 2, &err), 0);
	ck_assert_int_eq(plan_settle(&plan, &err), 0);
	first = plan;
	file = fdopen(mkstemp(path), "w");
	ck_assert_int_eq(plan_save_args(&plan, &options, file), 0);
	fclose(file);
	snprintf(at, sizeof(at), "@%s", path);
	ck_assert_int_eq(parse(at, NULL), 0);
	unlink(path);
	ck_assert_uint_eq(plan.seed, first.seed);
	ck_assert_uint_eq(plan.records, first.records);
	ck_assert_uint_eq(plan.min_bytes, first.min_bytes);
	ck_assert_uint_eq(plan.max_bytes, first.max_bytes);
	ck_assert_uint_eq(plan.rate, first.rate);
	ck_assert_uint_eq(plan.strategy_count, first.strategy_count);
	ck_assert_str_eq(plan.strategy[0].spec.name, first.strategy[0].spec.name);
	ck_assert_str_eq(plan.dir, first.dir);
	ck_assert(plan.strict && plan.strategy[1].expected && plan.no_plots);
	/* Where results went is not what was done. */
	ck_assert(!plan.out[0] && !plan.quiet);
}
END_TEST

/* ---- check --------------------------------------------------------------- */

/* As parse(), for "check". */
static int parse_check(const char *word, ...)
{
	char *argv[32] = {(char *)(uintptr_t) "check"};
	int argc = 1;
	va_list words;

	va_start(words, word);
	for (; word; word = va_arg(words, const char *))
		argv[argc++] = (char *)(uintptr_t)word;
	va_end(words);
	options_release(&options);
	memset(&plan, 0, sizeof(plan));
	err.sentence[0] = '\0';
	return plan_parse_check(argc, argv, &options, &plan, &err);
}

static const struct plan_strategy *planned(const char *name)
{
	for (uint32_t i = 0; i < plan.strategy_count; i++)
		if (strcmp(plan.strategy[i].spec.name, name) == 0)
			return &plan.strategy[i];
	return NULL;
}

START_TEST(each_level_tries_more_and_may_write_more)
{
	uint32_t quick, usual;

	ck_assert_int_eq(parse_check("--quick", "/d", NULL), 0);
	ck_assert_int_eq(plan.check, CHECK_QUICK);
	ck_assert_uint_eq(plan.bytes_limit, 64 << 20);
	ck_assert(planned("append") && planned("ofd") && planned("per-file"));
	quick = plan.strategy_count;
	/* Half a minute, start, selftest and probes included. */
	ck_assert_uint_le(plan.duration_ns * quick, 15000000000u);

	ck_assert_int_eq(parse_check("/d", NULL), 0);
	ck_assert_int_eq(plan.check, CHECK_USUAL);
	ck_assert_uint_eq(plan.bytes_limit, 256 << 20);
	usual = plan.strategy_count;
	ck_assert_uint_gt(usual, quick);
	/* Two minutes, where each takes a second more to begin and to judge. */
	ck_assert_uint_le(plan.duration_ns * usual + usual * 1000000000u,
			  110000000000u);

	ck_assert_int_eq(parse_check("--thorough", "/d", NULL), 0);
	ck_assert_int_eq(plan.check, CHECK_THOROUGH);
	ck_assert_uint_eq(plan.bytes_limit, 1 << 30);
	ck_assert_uint_gt(plan.strategy_count, usual);
	/* Every preset is tried. */
	for (size_t i = 0; i < strategy_preset_count; i++) {
		bool found = false;

		for (uint32_t k = 0; k < plan.strategy_count; k++)
			found |= plan.strategy[k].spec.preset == i;
		ck_assert_msg(found, "%s", strategy_presets[i].name);
	}
	ck_assert_int_eq(parse_check("--thorough", "--quick", "/d", NULL), -EINVAL);
}
END_TEST

START_TEST(the_standard_locks_are_required)
{
	static const char *const levels[] = {"--quick", "--local", "--thorough"};

	for (size_t i = 0; i < 3; i++) {
		ck_assert_int_eq(parse_check(levels[i], "/d", NULL), 0);
		ck_assert(planned("flock")->required && planned("fcntl")->required);
		ck_assert(planned("counter")->required);
		ck_assert(!planned("ofd")->required && !planned("per-file")->required);
		ck_assert(!planned("append")->required);
	}
	ck_assert_int_eq(parse_check("--require", "ofd", "/d", NULL), 0);
	ck_assert(planned("ofd")->required && !planned("flock")->required);
	/* What the user chose is what he requires, but for controls. */
	ck_assert_int_eq(parse_check("--strategy", "append,ofd,per-file", "/d", NULL),
			 0);
	ck_assert_uint_eq(plan.strategy_count, 3);
	ck_assert(planned("ofd")->required && planned("per-file")->required);
	ck_assert(!planned("append")->required);
}
END_TEST

START_TEST(a_check_keeps_to_its_bytes_and_starts_ranks)
{
	ck_assert_int_eq(parse_check("--quick", "/d", NULL), 0);
	ck_assert_uint_eq(plan.ranks_asked, 4);
	ck_assert_int_eq(plan_set_ranks(&plan, 4, &err), 0);
	ck_assert_uint_gt(plan.records, 0);
	ck_assert_uint_le(plan_total_bytes(&plan), 64 << 20);
	ck_assert_int_eq(parse_check("--max-bytes", "1M", "-H", "a,b", "/d", NULL), 0);
	ck_assert_uint_eq(plan.ranks_asked, 0);
	ck_assert_int_eq(plan_set_ranks(&plan, 2, &err), 0);
	ck_assert_uint_le(plan_total_bytes(&plan), 1 << 20);
	ck_assert(!plan.one_client && plan.merge);
	ck_assert_int_eq(plan.keep, KEEP_UNSAFE);
	ck_assert_int_eq(parse_check("--local", "/d", NULL), 0);
	ck_assert(plan.local && plan.one_client);
}
END_TEST

UNIT_MAIN("plan", 60, the_defaults_are_the_basic_four,
	  a_duration_alone_is_not_bounded_by_records, a_relative_path_is_made_absolute,
	  wrong_values_are_refused, a_long_run_is_in_segments,
	  what_does_not_go_with_segments_is_refused, a_batch_must_fit_one_write,
	  required_ones_are_named, expectations_are_named, bytes_are_limited,
	  bytes_bound_a_duration, the_launcher_must_agree_with_the_ranks_asked_for,
	  a_settled_plan_has_a_folder_and_an_id,
	  the_run_folder_does_not_lie_in_dir_unasked, saved_arguments_repeat_the_plan,
	  each_level_tries_more_and_may_write_more, the_standard_locks_are_required,
	  a_check_keeps_to_its_bytes_and_starts_ranks)
