/*
 * test_follow - the follower over states of a file that are made up here: what
 * it must note of NULs that heal, ends that move, records that come in parts.
 */
#include "harness/follow.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <string.h>

enum { SIZE = 96, RECORDS = 40, FILE_MAX = RECORDS * 256 };

#define SECOND_NS ((uint64_t)1000000000)

/* A file as it shows itself now, and the clock. */
static struct {
	uint8_t bytes[FILE_MAX];
	uint64_t size;
	uint64_t now_ns;
	int error;	/* of the next read */
	size_t longest; /* read so far */
} script;

static struct record_form form;
static struct tail tail;
static struct follower follower;

static int script_size(void *context, uint64_t *ret_bytes)
{
	(void)context;
	*ret_bytes = script.size;
	return 0;
}

static ssize_t script_read(void *context, uint64_t offset, uint8_t *bytes,
			   size_t length)
{
	(void)context;
	if (script.error)
		return -script.error;
	if (offset >= script.size)
		return 0;
	if (length > script.size - offset)
		length = script.size - offset;
	/* Beyond what there is room for: NULs. */
	memset(bytes, 0, length);
	if (offset < FILE_MAX)
		memcpy(bytes, script.bytes + offset,
		       length < FILE_MAX - offset ? length : FILE_MAX - offset);
	script.longest = length > script.longest ? length : script.longest;
	return (ssize_t)length;
}

/* Another file, without a script: 5000 times 64 NULs and a record. */
static int many_size(void *context, uint64_t *ret_bytes)
{
	(void)context;
	*ret_bytes = 5000 * 2 * 64;
	return 0;
}

static ssize_t many_read(void *context, uint64_t offset, uint8_t *bytes, size_t length)
{
	const uint8_t *all = context;

	if (length > 5000 * 2 * 64 - offset)
		length = 5000 * 2 * 64 - offset;
	memcpy(bytes, all + offset, length);
	return (ssize_t)length;
}

static uint64_t script_now(void *context)
{
	(void)context;
	return script.now_ns;
}

static void enter(uint32_t min_bytes, uint32_t max_bytes)
{
	struct record_plan plan = {.run_id = "k3fpqrstuv01",
				   .min_bytes = min_bytes,
				   .max_bytes = max_bytes};
	struct follow_io io = {script_size, script_read, script_now, NULL};

	ck_assert_int_eq(record_form_init(&form, &plan), 0);
	ck_assert_int_eq(follow_init(&follower, &io, &form, &tail), 0);
}

static void leave(void)
{
	follow_release(&follower);
	follow_release(&follower);
	tail_release(&tail);
	record_form_release(&form);
}

/* Poll a second later; less would leave open when it looks again. */
static void poll_once(void)
{
	script.now_ns += SECOND_NS;
	ck_assert_int_eq(follow_poll(&follower), 0);
}

/* Write bytes [@from, @to) of record @seq of writer 0 where it belongs. */
static void write_part(uint64_t seq, uint32_t from, uint32_t to)
{
	struct record_id id = {.seq = seq};
	uint8_t bytes[SIZE];

	record_write(&form, id, bytes);
	memcpy(script.bytes + seq * SIZE + from, bytes + from, to - from);
}

static void expect_sighting(size_t i, uint64_t seq, unsigned int flags, uint64_t at_s)
{
	ck_assert_uint_lt(i, tail.count);
	ck_assert_uint_eq(tail.sightings[i].id.seq, seq);
	ck_assert_uint_eq(tail.sightings[i].flags, flags);
	ck_assert_uint_eq(tail.sightings[i].offset, seq * SIZE);
	ck_assert_uint_eq(tail.sightings[i].seen_ns, at_s * SECOND_NS);
}

START_TEST(a_file_that_grows_by_whole_records)
{
	enter(SIZE, SIZE);
	poll_once(); /* empty */
	write_part(0, 0, SIZE);
	write_part(1, 0, SIZE);
	script.size = 2 * SIZE;
	poll_once();
	poll_once(); /* nothing new */
	write_part(2, 0, SIZE);
	script.size = 3 * SIZE;
	poll_once();
	ck_assert_uint_eq(tail.count, 3);
	expect_sighting(0, 0, 0, 2);
	expect_sighting(1, 1, 0, 2);
	expect_sighting(2, 2, 0, 4);
	ck_assert_uint_eq(tail.figures.records, 3);
	ck_assert_uint_eq(tail.figures.reads, 2);
	ck_assert_uint_eq(tail.figures.bytes, 3 * SIZE);
	ck_assert_uint_eq(tail.figures.nuls + tail.figures.torn +
				  tail.figures.backwards + tail.figures.given_up,
			  0);
	ck_assert(follow_is_settled(&follower));
	leave();
}
END_TEST

/* What kernels of some years showed to a reader that kept the file open. */
START_TEST(nuls_that_heal)
{
	enter(SIZE, SIZE);
	write_part(1, 0, SIZE);
	script.size = 2 * SIZE;
	poll_once();
	ck_assert(!follow_is_settled(&follower));
	poll_once();
	write_part(0, 0, SIZE);
	poll_once();
	expect_sighting(0, 1, 0, 1);
	expect_sighting(1, 0, SIGHTING_NULS, 3);
	ck_assert_uint_eq(tail.figures.nuls, 1);
	ck_assert_uint_eq(tail.figures.nul_longest_ns, 2 * SECOND_NS);
	ck_assert_uint_eq(tail.figures.nuls_lasting, 0);
	ck_assert_uint_eq(tail.figures.torn, 0);
	ck_assert(follow_is_settled(&follower));
	leave();
}
END_TEST

START_TEST(nuls_that_only_another_open_heals)
{
	enter(SIZE, SIZE);
	write_part(1, 0, SIZE);
	script.size = 2 * SIZE;
	poll_once();
	follow_reopened(&follower);
	write_part(0, 0, SIZE);
	write_part(2, 0, SIZE);
	script.size = 3 * SIZE;
	poll_once();
	expect_sighting(1, 2, SIGHTING_REOPENED, 2);
	expect_sighting(2, 0, SIGHTING_NULS | SIGHTING_REOPENED, 2);
	ck_assert(tail.figures.reopened);
	ck_assert_uint_eq(tail.figures.nuls, 1);
	ck_assert_uint_eq(tail.figures.nuls_lasting, 1);
	ck_assert_uint_eq(tail.figures.after_reopen, 2);
	leave();
}
END_TEST

START_TEST(a_record_at_the_end_in_parts)
{
	enter(SIZE, SIZE);
	write_part(0, 0, SIZE);
	write_part(1, 0, 40);
	script.size = SIZE + 40;
	poll_once();
	write_part(1, 0, 95);
	script.size = SIZE + 95;
	poll_once();
	write_part(1, 0, SIZE);
	script.size = 2 * SIZE;
	poll_once();
	ck_assert_uint_eq(tail.count, 2);
	expect_sighting(1, 1, SIGHTING_TORN, 3);
	ck_assert_uint_eq(tail.figures.torn, 1);
	ck_assert_uint_eq(tail.figures.torn_longest_ns, 2 * SECOND_NS);
	ck_assert_uint_eq(tail.figures.nuls, 0);
	ck_assert(follow_is_settled(&follower));
	leave();
}
END_TEST

/* Other bytes stood there first, and the record's own end. */
START_TEST(a_record_in_the_midst_of_others)
{
	enter(SIZE, SIZE);
	write_part(0, 0, SIZE);
	write_part(1, 50, SIZE);
	memset(script.bytes + SIZE, 'x', 20);
	write_part(2, 0, SIZE);
	script.size = 3 * SIZE;
	poll_once();
	write_part(1, 0, SIZE);
	poll_once();
	ck_assert_uint_eq(tail.count, 3);
	/* Bytes 20 to 49 of it were NULs. */
	expect_sighting(2, 1, SIGHTING_TORN | SIGHTING_NULS, 2);
	ck_assert_uint_eq(tail.figures.torn, 1);
	ck_assert_uint_eq(tail.figures.nuls, 1);
	leave();
}
END_TEST

START_TEST(an_end_that_moves_back)
{
	enter(SIZE, SIZE);
	write_part(0, 0, SIZE);
	write_part(1, 0, SIZE);
	script.size = 2 * SIZE;
	poll_once();
	script.size = SIZE + 10;
	poll_once();
	script.size = 0;
	poll_once();
	write_part(2, 0, SIZE);
	script.size = 3 * SIZE;
	poll_once();
	ck_assert_uint_eq(tail.figures.backwards, 2);
	ck_assert_uint_eq(tail.figures.backwards_bytes, SIZE + 10);
	/* What it had seen is no news. */
	ck_assert_uint_eq(tail.count, 3);
	expect_sighting(2, 2, 0, 4);
	leave();
}
END_TEST

/* Damage that stays does not keep it from going on, nor NULs that are padding. */
START_TEST(what_never_heals)
{
	enter(SIZE, SIZE);
	memset(script.bytes, 'x', SIZE);
	write_part(2, 0, SIZE); /* and NULs before it */
	script.size = 3 * SIZE;
	poll_once();
	write_part(3, 0, SIZE);
	script.size = 4 * SIZE;
	for (int i = 0; i < 5; i++)
		poll_once();
	ck_assert_uint_eq(tail.figures.records, 2);
	ck_assert_uint_eq(tail.figures.nuls + tail.figures.torn, 0);
	ck_assert(!follow_is_settled(&follower));
	ck_assert_int_eq(follow_conclude(&follower), 0);
	ck_assert_uint_eq(tail.figures.ended_ns, 6 * SECOND_NS);
	ck_assert_uint_eq(tail.place_count, 2);
	ck_assert_uint_eq(tail.places[0].from, 0);
	ck_assert_uint_eq(tail.places[0].to, SIZE);
	ck_assert_uint_eq(tail.places[0].nul_ns, 0);
	ck_assert_uint_eq(tail.places[0].part_ns, SECOND_NS);
	ck_assert_uint_eq(tail.places[1].to, 2 * SIZE);
	ck_assert_uint_eq(tail.places[1].nul_ns, SECOND_NS);
	ck_assert_uint_eq(tail.places[1].part_ns, 0);
	leave();
}
END_TEST

/* However large a hole is, only its last part is read again and again. */
START_TEST(a_place_is_watched_as_far_as_the_buffer_goes)
{
	enter(SIZE, SIZE);
	script.size = (uint64_t)20 << 20;
	poll_once();
	script.longest = 0;
	script.size++;
	poll_once();
	poll_once();
	ck_assert_uint_le(script.longest, ((size_t)1 << 20) + SIZE + 1);
	ck_assert_uint_gt(tail.figures.given_up, 0);
	ck_assert_uint_eq(tail.figures.records, 0);
	leave();
}
END_TEST

/* Of very many places the first are given up. */
START_TEST(only_so_many_places_are_watched)
{
	static uint8_t many[5000 * 2 * 64];

	enter(64, 64);
	memset(many, 0, sizeof(many));
	for (uint64_t seq = 0; seq < 5000; seq++)
		record_write(&form, (struct record_id){.seq = seq},
			     many + (2 * seq + 1) * 64);
	follower.io = (struct follow_io){many_size, many_read, script_now, many};
	poll_once();
	ck_assert_uint_eq(tail.figures.records, 5000);
	ck_assert_uint_eq(tail.figures.given_up, 5000 - 4096);
	/* The first one that is watched yet heals, the last that is not does not. */
	record_write(&form, (struct record_id){.seq = 6000}, many + 904 * 2 * 64);
	record_write(&form, (struct record_id){.seq = 7000}, many + 903 * 2 * 64);
	poll_once();
	ck_assert_uint_eq(tail.figures.records, 5001);
	ck_assert_uint_eq(tail.sightings[5000].id.seq, 6000);
	leave();
}
END_TEST

/* A place costs less and less, and never more than its eighth of the time. */
START_TEST(old_places_are_looked_at_less_often)
{
	uint64_t reads;

	enter(SIZE, SIZE);
	script.size = SIZE; /* NULs */
	poll_once();
	reads = tail.figures.reads;
	for (int i = 0; i < 2000; i++) {
		script.now_ns += 5000000;
		ck_assert_int_eq(follow_poll(&follower), 0);
	}
	reads = tail.figures.reads - reads;
	/*
	 * In 10 s: each poll until 40 ms, then at an eighth of its age up to 4 s (about
	 * log(4 / 0.04) / log(9 / 8) = 39 times), then each half second.
	 */
	ck_assert_uint_ge(reads, 30);
	ck_assert_uint_le(reads, 80);
	leave();
}
END_TEST

START_TEST(errors_are_passed_on)
{
	enter(SIZE, SIZE);
	write_part(0, 0, SIZE);
	script.size = SIZE;
	script.error = EIO;
	ck_assert_int_eq(follow_poll(&follower), -EIO);
	script.error = 0;
	poll_once();
	ck_assert_uint_eq(tail.figures.records, 1);
	leave();
}
END_TEST

/* ---- against a slow and obvious reckoning -------------------------------------- */

/* What a reader who looks at every byte at every poll knows of a record. */
struct known {
	uint64_t from, length;
	uint64_t nul_ns, part_ns, seen_ns;
};

static void look(struct known *k, uint64_t seq)
{
	uint8_t whole[256];

	record_write(&form, (struct record_id){.seq = seq}, whole);
	if (k->seen_ns)
		return;
	if (k->from + k->length <= script.size &&
	    memcmp(script.bytes + k->from, whole, k->length) == 0) {
		k->seen_ns = script.now_ns;
		return;
	}
	for (uint64_t i = k->from; i < k->from + k->length && i < script.size; i++) {
		if (!script.bytes[i] && !k->nul_ns)
			k->nul_ns = script.now_ns;
		if (script.bytes[i] && !k->part_ns)
			k->part_ns = script.now_ns;
	}
}

/* Something happens to the file: bytes of a record come, or rubbish, or its end moves.
 */
static void happen(struct known *known, uint64_t all_bytes)
{
	uint64_t seq = (uint64_t)rand() % RECORDS;
	struct known *k = &known[seq];
	uint8_t whole[256];
	uint64_t a = (uint64_t)rand() % (k->length + 1);
	uint64_t b = (uint64_t)rand() % (k->length + 1);

	record_write(&form, (struct record_id){.seq = seq}, whole);
	switch (rand() % 8) {
	case 0:
		script.size = (uint64_t)rand() % (all_bytes + 1);
		return;
	case 1:
		/* What stands whole is not damaged again: that it would not look at. */
		if (!k->seen_ns && a < b)
			memset(script.bytes + k->from + a, 'x', b - a);
		return;
	case 2:
	case 3:
		if (a < b)
			memcpy(script.bytes + k->from + a, whole + a, b - a);
		return;
	default:
		memcpy(script.bytes + k->from, whole, k->length);
		script.size += k->length;
		if (script.size > all_bytes)
			script.size = all_bytes;
	}
}

static uint64_t lay_out(struct known *known)
{
	uint64_t at = 0;

	for (uint64_t seq = 0; seq < RECORDS; seq++) {
		known[seq] = (struct known){
			.from = at,
			.length = record_size(&form, (struct record_id){.seq = seq})};
		at += known[seq].length;
	}
	return at;
}

static void compare(const struct known *known)
{
	struct tail_figures expected = {0};

	ck_assert_uint_eq(tail.count, RECORDS);
	for (size_t i = 0; i < RECORDS; i++) {
		const struct sighting *s = &tail.sightings[i];
		const struct known *k = &known[s->id.seq];

		ck_assert_uint_eq(s->offset, k->from);
		ck_assert_uint_eq(s->seen_ns, k->seen_ns);
		ck_assert_uint_eq(s->flags, (k->nul_ns ? SIGHTING_NULS : 0u) |
						    (k->part_ns ? SIGHTING_TORN : 0u));
		expected.nuls += k->nul_ns > 0;
		expected.torn += k->part_ns > 0;
		if (k->nul_ns && k->seen_ns - k->nul_ns > expected.nul_longest_ns)
			expected.nul_longest_ns = k->seen_ns - k->nul_ns;
		if (k->part_ns && k->seen_ns - k->part_ns > expected.torn_longest_ns)
			expected.torn_longest_ns = k->seen_ns - k->part_ns;
	}
	ck_assert_uint_eq(tail.figures.nuls, expected.nuls);
	ck_assert_uint_eq(tail.figures.torn, expected.torn);
	ck_assert_uint_eq(tail.figures.nul_longest_ns, expected.nul_longest_ns);
	ck_assert_uint_eq(tail.figures.torn_longest_ns, expected.torn_longest_ns);
}

START_TEST(whatever_happens_it_knows_what_one_who_looks_at_all_knows)
{
	for (unsigned int seed = 1; seed <= 300; seed++) {
		struct known known[RECORDS];
		uint64_t all_bytes;

		srand(seed);
		memset(&script, 0, sizeof(script));
		enter(64, seed % 2 ? 64 : 256);
		all_bytes = lay_out(known);
		for (int step = 0; step < 150; step++) {
			for (int n = rand() % 3; n >= 0; n--)
				happen(known, all_bytes);
			poll_once();
			for (uint64_t seq = 0; seq < RECORDS; seq++)
				look(&known[seq], seq);
		}
		script.size = all_bytes;
		for (uint64_t seq = 0; seq < RECORDS; seq++)
			record_write(&form, (struct record_id){.seq = seq},
				     script.bytes + known[seq].from);
		poll_once();
		for (uint64_t seq = 0; seq < RECORDS; seq++)
			look(&known[seq], seq);
		compare(known);
		ck_assert(follow_is_settled(&follower));
		leave();
	}
}
END_TEST

UNIT_MAIN("follow", 60, a_file_that_grows_by_whole_records, nuls_that_heal,
	  nuls_that_only_another_open_heals, a_record_at_the_end_in_parts,
	  a_record_in_the_midst_of_others, an_end_that_moves_back, what_never_heals,
	  a_place_is_watched_as_far_as_the_buffer_goes, only_so_many_places_are_watched,
	  old_places_are_looked_at_less_often, errors_are_passed_on,
	  whatever_happens_it_knows_what_one_who_looks_at_all_knows)
