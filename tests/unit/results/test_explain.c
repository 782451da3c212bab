/*
 * test_explain - a finding on one page: the right bytes of the right records, to the
 * byte; the right times; nothing that a terminal would obey; a page for each kind.
 */
#include "core/random.h"
#include "results/explain.h"
#include "tests/craft/craft.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { BYTES = 301, COLUMNS = 80 };

#define US ((uint64_t)1000)

static struct craft c;
static struct judgment judgment;
static char *page;
static struct error err;

static void begin(void)
{
	static const struct craft_plan plan = {2, 2, BYTES, BYTES, 0};

	craft_init(&c, &plan);
}

static void end(void)
{
	free(page);
	page = NULL;
	judgment_release(&judgment);
	craft_release(&c);
}

/* An append that took its time from @from_us to @to_us after the clock sample. */
static struct history_entry append_at(int64_t offset, uint64_t from_us, uint64_t to_us)
{
	uint64_t from = CRAFT_SAMPLE_NS + from_us * US;
	uint64_t to = CRAFT_SAMPLE_NS + to_us * US;

	return (struct history_entry){
		.outcome = OUTCOME_ACKNOWLEDGED,
		.offset = offset,
		.invoke_ns = from,
		.locked_ns = from,
		.written_ns = to,
		.flushed_ns = to,
		.unlock_ns = to,
		.completed_ns = to,
	};
}

static void remember(uint32_t writer, struct history_entry entry)
{
	craft_append(&c, writer, &entry);
}

static const uint8_t *bytes_of(uint32_t writer, uint64_t seq)
{
	static uint8_t bytes[BYTES];

	record_write(&c.form, (struct record_id){writer, seq}, bytes);
	return bytes;
}

/* Put bytes [@from, @to) of a record where its first byte is at @place. */
static void put_part(uint32_t writer, uint64_t seq, size_t place, size_t from,
		     size_t to)
{
	craft_put(&c, 0, place + from, bytes_of(writer, seq) + from, to - from);
}

static void put_whole(uint32_t writer, uint64_t seq, size_t place)
{
	put_part(writer, seq, place, 0, BYTES);
}

static int explain_again(const char *what)
{
	struct result result = {.manifest = &c.manifest, .judgments = &judgment};
	struct explain_request request;
	size_t size;
	FILE *stream;
	int rc;

	free(page);
	stream = open_memstream(&page, &size);
	ck_assert_int_eq(explain_parse(what, &request, &err), 0);
	rc = results_explain(&result, c.dir, &request, stream, &err);
	ck_assert_int_eq(fclose(stream), 0);
	return rc;
}

static void explain(const char *what)
{
	craft_save(&c);
	judgment_release(&judgment);
	craft_judge(&c, &judgment);
	ck_assert_msg(explain_again(what) == 0, "%s: %s", what, err.sentence);
}

/* No control characters, and it fits a terminal. */
static void assert_harmless(const char *what)
{
	size_t columns = 0;

	for (const char *p = page; *p; p++) {
		columns = *p == '\n' ? 0 : columns + 1;
		ck_assert_msg(*p == '\n' || (*p >= 0x20 && *p < 0x7f),
			      "%s: byte %02x in: %s", what, (unsigned char)*p, page);
		ck_assert_msg(columns <= COLUMNS, "%s: a long line in: %s", what, page);
	}
}

static void assert_says(const char *words)
{
	ck_assert_msg(strstr(page, words), "no \"%s\" in:\n%s", words, page);
}

/* The line of a dump that is to show @count bytes at @offset. */
static void assert_shows(size_t offset, const uint8_t *bytes, size_t count)
{
	char line[160];
	int used = snprintf(line, sizeof(line), "\n%14zu  ", offset);

	for (size_t i = 0; i < count; i++)
		used += snprintf(line + used, sizeof(line) - (size_t)used,
				 bytes[i] == '\\'   ? "\\\\"
				 : bytes[i] == '\n' ? "\\n"
						    : "%c",
				 bytes[i]);
	snprintf(line + used, sizeof(line) - (size_t)used, "\n");
	assert_says(line);
}

/* ---- to the byte ------------------------------------------------------------- */

START_TEST(an_overwrite_at_each_offset)
{
	/* Of cells of 32 bytes and of a record of 301. */
	static const size_t offsets[] = {32, 33, 63, 64, 65, 137, 160, 255, 268, 269};

	for (size_t i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++) {
		size_t at = offsets[i], cell = (at - 1) / 32 * 32;
		char words[128];

		begin();
		c.strategy->exclusive_lock = false;
		remember(0, append_at(0, 0, 1000));
		remember(1, append_at((int64_t)at, 250, 800));
		put_whole(0, 0, 0);
		put_whole(1, 0, at);
		explain("overwritten");
		assert_harmless("overwritten");
		snprintf(words, sizeof(words),
			 " 0-%zu record 0 of rank 0: its bytes 0-%zu of 301\n", at - 1,
			 at - 1);
		assert_says(words);
		snprintf(words, sizeof(words), " %zu-%zu record 0 of rank 1, whole\n",
			 at, at + 300);
		assert_says(words);
		snprintf(words, sizeof(words),
			 "  Offset %zu: above byte %zu of record 0 of rank 0,\n"
			 "  below byte 0 of record 0 of rank 1\n",
			 at, at - 1);
		assert_says(words);
		assert_shows(cell, bytes_of(0, 0) + cell, at - cell);
		assert_shows(at, bytes_of(1, 0), 32);
		snprintf(words, sizeof(words), "\n%14zu >---", at);
		assert_says(words);
		end();
	}
}
END_TEST

START_TEST(an_overwrite_inside_shows_both_boundaries)
{
	begin();
	/*
	 * Of record 1.0 only bytes 70 to 140 came over 0.0, at 100 to 170.  The six
	 * zeros at 170, digits of both sequence numbers, fit either of them.
	 */
	remember(0, append_at(0, 0, 1000));
	remember(1, append_at(30, 250, 800));
	put_whole(0, 0, 0);
	put_part(1, 0, 30, 70, 140);
	explain("overwritten#1");
	assert_harmless("inside");
	assert_says(" 0-99 record 0 of rank 0: its bytes 0-99 of 301\n");
	assert_says(" 100-175 record 0 of rank 1: its bytes 70-145 of 301\n");
	assert_says(" 176-300 record 0 of rank 0: its bytes 176-300 of 301 (and 6\n"
		    "                        before)\n");
	assert_says("  Offset 100: above byte 99 of record 0 of rank 0,\n"
		    "  below byte 70 of record 0 of rank 1\n");
	assert_says("  Offset 176: above byte 145 of record 0 of rank 1,\n"
		    "  below byte 176 of record 0 of rank 0\n");
	assert_shows(96, bytes_of(0, 0) + 96, 4);
	assert_shows(100, bytes_of(1, 0) + 70, 96 - 70);
	assert_shows(176, bytes_of(0, 0) + 176, 192 - 176);
	end();
}
END_TEST

START_TEST(debris_without_a_cell_is_named)
{
	begin();
	/* 0.0 is lost but for its first 20 bytes, which hold no whole cell. */
	remember(0, append_at(0, 0, 1000));
	remember(1, append_at(20, 250, 800));
	put_whole(0, 0, 0);
	put_whole(1, 0, 20);
	explain("overwritten");
	assert_says(" 0-19 record 0 of rank 0: its bytes 0-19 of 301\n");
	assert_says(" 20-320 record 0 of rank 1, whole\n");
	end();
}
END_TEST

/* ---- who, when, and what they believed --------------------------------------------
 */

START_TEST(both_sides_and_their_times)
{
	struct history_entry entry;

	begin();
	c.strategy->exclusive_lock = false;
	remember(0, append_at(0, 0, 1000));
	entry = append_at(0, 250, 800);
	entry.written_ns = entry.flushed_ns = entry.unlock_ns =
		CRAFT_SAMPLE_NS + 600 * US;
	remember(1, entry);
	put_whole(1, 0, 0);
	explain("overwritten");
	assert_says("overwritten 1 of 1 with flock: record 0 of rank 0 on host0");
	assert_says("Both believed that they wrote at offset 0; neither held a lock");
	assert_says("  record 0 of rank 0 on host0, 301 bytes\n"
		    "    believed      bytes 0-300\n"
		    "    found         no intact copy\n"
		    "    outcome       acknowledged\n"
		    "    invoked       at 0.000000 s (+- 0.0 us)\n"
		    "    written       1.00 ms later\n");
	/* RTT/2, and 500 ppm of the 250 us since the sample: 1.125 us. */
	assert_says("  record 0 of rank 1 on host1, 301 bytes\n"
		    "    believed      bytes 0-300\n"
		    "    found         bytes 0-300\n"
		    "    outcome       acknowledged\n"
		    "    invoked       at 0.000250 s (+- 1.1 us)\n"
		    "    written       350 us later\n"
		    "    completed     550 us later\n");
	/* 54 columns for 1 ms; the last of them is the end. */
	assert_says(
		"\n  rank 0, 0         i----------------------------------------------"
		"------w\n");
	assert_says(
		"\n  rank 1, 0                      i-----------------w----------c\n");
	assert_says("i invoked, w written, c completed\n");
	assert_says("1.00 ms from end to end; one against the other +- 1.13 us\n");
	end();
}
END_TEST

START_TEST(clocks_that_were_never_compared)
{
	begin();
	c.manifest.hosts[1].sample_count = 0;
	remember(0, append_at(0, 0, 1000));
	remember(1, append_at(0, 250, 800));
	put_whole(1, 0, 0);
	explain("overwritten");
	assert_harmless("no clocks");
	assert_says("invoked       at a time unknown to rank 0's clock\n");
	assert_says("each line begins at its own start\n");
	end();
}
END_TEST

START_TEST(a_history_that_is_gone)
{
	char *path;

	begin();
	remember(0, append_at(0, 0, 1000));
	remember(1, append_at(0, 250, 800));
	put_whole(1, 0, 0);
	craft_save(&c);
	craft_judge(&c, &judgment);
	path = manifest_history_path(&c.manifest, c.dir, 0, 1);
	ck_assert_int_eq(remove(path), 0);
	free(path);
	ck_assert_int_eq(explain_again("overwritten"), 0);
	assert_harmless("gone");
	assert_says("    history       knows no such append, or cannot be read\n");
	end();
}
END_TEST

/* ---- each kind
 * ------------------------------------------------------------------------ */

static void make_interleaved(void)
{
	remember(0, append_at(0, 0, 10));
	remember(1, append_at(100, 20, 30));
	put_part(0, 0, 0, 0, 100);
	put_whole(1, 0, 100);
	put_part(0, 0, 301, 100, BYTES);
}

static void make_torn(void)
{
	remember(0, append_at(0, 0, 10));
	put_part(0, 0, 0, 0, 200);
}

static void make_corrupted(void)
{
	remember(0, append_at(0, 0, 10));
	put_whole(0, 0, 0);
	craft_put(&c, 0, 150, "\x1b[2J\x9b!", 6);
}

static void make_missing(void)
{
	remember(0, append_at(0, 0, 10));
	remember(1, append_at(5000, 20, 30));
	put_whole(0, 0, 0);
}

static void make_gap(void)
{
	remember(0, append_at(0, 0, 10));
	remember(1, append_at(401, 20, 30));
	put_whole(0, 0, 0);
	put_whole(1, 0, 401);
}

static void make_duplicate(void)
{
	remember(0, append_at(0, 0, 10));
	remember(1, append_at(301, 20, 30));
	put_whole(0, 0, 0);
	put_whole(1, 0, 301);
	put_whole(0, 0, 602);
}

static void make_foreign(void)
{
	remember(0, append_at(0, 0, 10));
	put_whole(0, 0, 0);
	craft_put(&c, 0, 301, "\033]0;own\a\r\n\xff\xfe", 12);
}

static void make_unexpected(void)
{
	struct history_entry entry = append_at(0, 0, 10);

	entry.outcome = OUTCOME_FAILED;
	entry.step = STEP_LOCK;
	entry.errnum = ENOLCK;
	remember(0, entry);
	put_whole(0, 0, 0);
}

static void make_never_begun(void)
{
	put_whole(1, 7, 0);
}

static void make_writer_disorder(void)
{
	remember(0, append_at(301, 0, 10));
	remember(0, append_at(0, 20, 30));
	put_whole(0, 1, 0);
	put_whole(0, 0, 301);
}

static void make_realtime_disorder(void)
{
	remember(0, append_at(301, 0, 10));
	remember(1, append_at(0, 110, 130));
	put_whole(1, 0, 0);
	put_whole(0, 0, 301);
}

static void make_lock_overlap(void)
{
	remember(0, append_at(0, 0, 100));
	remember(1, append_at(301, 60, 130));
	put_whole(0, 0, 0);
	put_whole(1, 0, 301);
}

static void make_recovered_beside(void)
{
	struct history_entry entry = append_at(0, 0, 10);

	entry.outcome = OUTCOME_UNKNOWN;
	entry.step = STEP_WRITE;
	entry.errnum = EIO;
	remember(0, entry);
	put_whole(0, 0, 0);
	put_whole(0, 0, 301);
}

static const struct {
	const char *kind;
	void (*make)(void);
	const char *says[4];
} kinds[] = {
	{"interleaved",
	 make_interleaved,
	 {" 0-99 record 0 of rank 0: its bytes 0-99 of 301\n",
	  " 100-400 record 0 of rank 1, whole\n",
	  " 401-601 record 0 of rank 0: its bytes 100-300 of 301\n",
	  "Offset 100: above byte 99 of record 0 of rank 0,\n"}},
	{"torn",
	 make_torn,
	 {" 0-199 record 0 of rank 0: its bytes 0-199 of 301\n", "200 the file ends\n",
	  "Offset 200: above byte 199 of record 0 of rank 0,\n  below the file "
	  "ends\n"}},
	{"corrupted",
	 make_corrupted,
	 {" 150-155 6 bytes that name no record\n", "\\x1b[2J\\x9b!\n",
	  "Offset 156: above a byte of no record,\n"
	  "  below byte 156 of record 0 of rank 0\n"}},
	{"missing",
	 make_missing,
	 {"The file ends at 301, before the place", "301 the file ends\n",
	  "believed      bytes 5000-5300\n", "found         no intact copy\n"}},
	{"gap",
	 make_gap,
	 {" 0-300 record 0 of rank 0, whole\n", " 301-400 100 NULs", "(NUL x 64)\n",
	  "Who wrote next to it, and what they believed:\n"}},
	{"duplicate",
	 make_duplicate,
	 {"Its first copy:\n", " 0-300 record 0 of rank 0, whole\n", "This copy:\n",
	  " 602-902 record 0 of rank 0, whole\n"}},
	{"foreign",
	 make_foreign,
	 {" 301-312 12 bytes that name no record\n",
	  "\\x1b]0;own\\x07\\x0d\\n\\xff\\xfe", "313 the file ends\n"}},
	{"unexpected",
	 make_unexpected,
	 {"was told that the append failed at lock, after",
	  "outcome       failed at lock: "}},
	{"unexpected",
	 make_never_begun,
	 {"record 7 of rank 1 on host1", "knows no such append"}},
	{"writer_disorder",
	 make_writer_disorder,
	 {"Rank 0 appended record 0 before it began record 1",
	  "The one that stands before:\n", " 0-300 record 1 of rank 0, whole\n",
	  " 301-601 record 0 of rank 0, whole\n"}},
	/* Complete at 10, begun at 110. */
	{"realtime_disorder",
	 make_realtime_disorder,
	 {"record 0 of rank 0 was complete 100 us before record 0 of rank 1"}},
	/* Held until 100, and from 60 on. The clock is 1 us wrong at most. */
	{"lock_overlap",
	 make_lock_overlap,
	 {"Both held the exclusive lock for 40.0 us together, give or take 1.0",
	  "held the lock for 100 us (hold 0 of its writer)\n"}},
	{"duplicate",
	 make_recovered_beside,
	 {"outcome       unknown at write: Input/output error\n"}},
	{"lost", make_torn, {"torn 1 of 1 with flock: "}},
};

START_TEST(each_kind_has_a_page)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		begin();
		kinds[i].make();
		explain(kinds[i].kind);
		assert_harmless(kinds[i].kind);
		for (size_t k = 0; k < 4 && kinds[i].says[k]; k++)
			assert_says(kinds[i].says[k]);
		end();
	}
}
END_TEST

START_TEST(a_counter_has_numbers_and_no_places)
{
	begin();
	c.strategy->workload = WORKLOAD_COUNTER;
	c.strategy->exclusive_lock = false;
	remember(0, append_at(1, 0, 10));
	remember(1, append_at(1, 5, 15));
	craft_put(&c, 0, 0, "00000000000000000001\n", 21);
	explain("overwritten");
	assert_harmless("counter");
	assert_says("Both read the same number and wrote 1; neither held a lock.");
	assert_says("What the file holds:\n");
	assert_says("             0  00000000000000000001\\n\n");
	assert_says("    wrote         the number 1\n");
	end();
}
END_TEST

START_TEST(own_files_are_looked_at)
{
	begin();
	c.strategy->shared_file = false;
	c.strategy->exclusive_lock = false;
	remember(0, append_at(0, 0, 10));
	remember(1, append_at(0, 20, 30));
	put_whole(0, 0, 0);
	craft_put(&c, 1, 0, bytes_of(1, 0), 200);
	explain("torn");
	assert_harmless("own files");
	assert_says(".00001.log\n");
	assert_says(" 0-199 record 0 of rank 1: its bytes 0-199 of 301\n");
	end();
}
END_TEST

START_TEST(many_segments_are_left_out)
{
	begin();
	remember(0, append_at(0, 0, 10));
	put_whole(0, 0, 0);
	/* 20 NULs and 20 other bytes in turn, between two pieces: 42, of which 10. */
	for (size_t at = 70; at < 110; at += 2)
		craft_put(&c, 0, at, "\0x", 2);
	explain("lost");
	assert_harmless("many");
	assert_says("... 32 more\n");
	end();
}
END_TEST

/* ---- hostile
 * ------------------------------------------------------------------------------ */

START_TEST(whatever_the_file_holds)
{
	for (uint64_t seed = 0; seed < 12; seed++) {
		uint64_t state = seed;
		int64_t place = 0;

		begin();
		for (uint64_t i = 0; i < 12; i++) {
			place = (int64_t)(random_next(&state) % 3000);
			if (i == 11)
				place = INT64_MAX - RECORD_MAX_BYTES;
			remember(i % 2, append_at(place, 40 * i, 40 * i + 50));
		}
		for (uint64_t i = 0; i < 30; i++) {
			size_t at = random_next(&state) % 4000;
			uint8_t byte = (uint8_t)random_next(&state);

			if (i % 3)
				put_part(i % 2, i % 6, at, random_next(&state) % 100,
					 101 + random_next(&state) % 200);
			else
				craft_put(&c, 0, at, &byte, 1);
		}
		craft_save(&c);
		craft_judge(&c, &judgment);
		for (int kind = 0; kind < ANOMALY_COUNT; kind++) {
			char what[64];

			for (int64_t n = 1; n <= judgment.anomalies[kind] && n <= 40;
			     n++) {
				if (kind == ANOMALY_GAP_BYTES ||
				    kind == ANOMALY_FOREIGN_BYTES)
					continue;
				snprintf(what, sizeof(what), "flock/%s#%lld",
					 anomaly_table[kind].name, (long long)n);
				ck_assert_msg(explain_again(what) == 0, "%s: %s", what,
					      err.sentence);
				assert_harmless(what);
			}
		}
		end();
	}
}
END_TEST

/* A history may be whole, and its stamps in any order: 48 bits after the first. */
static struct history_entry entry_hostile(uint64_t *state, int64_t offset)
{
	struct history_entry entry = append_at(offset, random_next(state) % 100, 0);
	uint64_t *const later[] = {&entry.locked_ns, &entry.written_ns,
				   &entry.flushed_ns, &entry.unlock_ns,
				   &entry.completed_ns};

	for (size_t i = 0; i < sizeof(later) / sizeof(later[0]); i++)
		*later[i] = entry.invoke_ns +
			    (random_next(state) >> (16 + random_next(state) % 48));
	return entry;
}

START_TEST(whatever_the_stamps_say)
{
	for (uint64_t seed = 0; seed < 60; seed++) {
		uint64_t state = random_hash(seed, 1, 2);

		begin();
		remember(0, entry_hostile(&state, 0));
		remember(1, entry_hostile(&state, 0));
		put_whole(seed % 2, 0, 0);
		explain("lost");
		assert_harmless("stamps");
		if (judgment.anomalies[ANOMALY_LOCK_OVERLAP] > 0) {
			ck_assert_int_eq(explain_again("lock_overlap"), 0);
			assert_harmless("stamps of holds");
		}
		end();
	}
}
END_TEST

START_TEST(a_file_that_shrank_or_went_away)
{
	char *path;

	begin();
	make_duplicate();
	craft_save(&c);
	craft_judge(&c, &judgment);
	c.files[0].length = 100;
	craft_save_file(&c, 0);
	ck_assert_int_eq(explain_again("duplicate"), 0);
	assert_harmless("shrunk");
	path = manifest_data_path(&c.manifest, 0, 0);
	ck_assert_int_eq(remove(path), 0);
	free(path);
	ck_assert_int_eq(explain_again("duplicate"), 0);
	assert_harmless("gone");
	end();
}
END_TEST

/* ---- asking
 * ------------------------------------------------------------------------------- */

START_TEST(what_cannot_be_shown_is_said)
{
	begin();
	make_torn();
	craft_save(&c);
	craft_judge(&c, &judgment);
	ck_assert_int_eq(explain_again("torn#2"), -EINVAL);
	ck_assert_str_eq(page, "");
	ck_assert_str_eq(err.sentence,
			 "there is no torn number 2 to show: flock has 1");
	ck_assert_int_eq(explain_again("gap"), -EINVAL);
	ck_assert_str_eq(err.sentence,
			 "there is no gap number 1 to show: flock has none");
	ck_assert_int_eq(explain_again("divergent_view"), -EINVAL);
	ck_assert_str_eq(err.sentence, "there is no divergent_view number 1 to show: "
				       "flock was not checked for it");
	ck_assert_int_eq(explain_again("append/torn"), -EINVAL);
	ck_assert_ptr_nonnull(strstr(err.sentence, "no strategy 'append'"));
	end();
}
END_TEST

START_TEST(requests_are_parsed_whole)
{
	static const char *const wrong[] = {
		"",
		"#1",
		"torn#",
		"torn#0",
		"torn#-1",
		"torn#1x",
		"torn# 1",
		"torn#1#2",
		"flock/",
		"tor",
		"gap_bytes",
		"TORN",
		"torn#99999999999999999999",
	};
	struct explain_request request = {.number = 5};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		err.sentence[0] = '\0';
		ck_assert_msg(explain_parse(wrong[i], &request, &err) == -EINVAL, "%s",
			      wrong[i]);
		ck_assert_uint_gt(strlen(err.sentence), 0);
		ck_assert_uint_eq(request.number, 5);
	}
	ck_assert_int_eq(explain_parse("a/b:c=1/torn#12", &request, &err), 0);
	ck_assert_int_eq(request.kind, ANOMALY_TORN);
	ck_assert_uint_eq(request.number, 12);
	ck_assert_uint_eq(request.strategy_length, strlen("a/b:c=1"));
	ck_assert_int_eq(explain_parse("lost", &request, &err), 0);
	ck_assert_ptr_null(request.strategy);
	ck_assert_uint_eq(request.number, 1);
}
END_TEST

UNIT_MAIN("explain", 120, an_overwrite_at_each_offset,
	  an_overwrite_inside_shows_both_boundaries, debris_without_a_cell_is_named,
	  both_sides_and_their_times, clocks_that_were_never_compared,
	  a_history_that_is_gone, each_kind_has_a_page,
	  a_counter_has_numbers_and_no_places, own_files_are_looked_at,
	  many_segments_are_left_out, whatever_the_file_holds, whatever_the_stamps_say,
	  a_file_that_shrank_or_went_away, what_cannot_be_shown_is_said,
	  requests_are_parsed_whole)
