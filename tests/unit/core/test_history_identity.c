/*
 * test_history_identity - the fixed part of a history's header stands where
 * docs/formats.md says, comes back, and is not believed where it makes no sense.
 */
#include "core/bytes.h"
#include "core/claim.h"
#include "core/crc32c.h"
#include "core/history.h"
#include "core/manifest.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <string.h>

static const struct history_identity sample = {
	.run_id = "k3f0000000vu",
	.strategy_index = 0x01020304,
	.writer = 77,
	.host = "client-1.example",
	.strategy = "flock:batch=4",
	.spec = "flock:wait=block,batch=4",
	.client = "boot:4026531992",
	.fstype = "nfs4",
	.writers = 80,
	.records = 0x1122334455667788,
	.min_bytes = 64,
	.max_bytes = 1 << 20,
	.seed = 0xfedcba9876543210,
	.claims = CLAIM_COMPLETE | CLAIM_EXCLUSION,
	.batch = 4,
	.padding_bytes = 4096,
	.shared_file = true,
	.local_fs = true,
};

static void encode(uint8_t page[HISTORY_HEADER_BYTES],
		   const struct history_identity *identity)
{
	memset(page, 0, HISTORY_HEADER_BYTES);
	history_identity_encode(identity, 4711, page);
}

static void assert_same(const struct history_identity *a,
			const struct history_identity *b)
{
	ck_assert(history_identity_same_plan(a, b));
	ck_assert_uint_eq(a->writer, b->writer);
	ck_assert_str_eq(a->host, b->host);
	ck_assert_str_eq(a->client, b->client);
	ck_assert_str_eq(a->fstype, b->fstype);
}

START_TEST(stands_where_the_documentation_says)
{
	uint8_t page[HISTORY_HEADER_BYTES];

	encode(page, &sample);
	ck_assert_mem_eq(page, "tailhist\2\0\0\0\100\0\0\0k3f0000000vu\0\0\0\0", 32);
	ck_assert_uint_eq(get_le32(page + 32), 0x01020304);
	ck_assert_uint_eq(get_le32(page + 36), 77);
	ck_assert_uint_eq(get_le64(page + 40), 4711);
	ck_assert_uint_eq(get_le32(page + 48), 80);
	ck_assert_uint_eq(get_le32(page + 52), 2 | 8);	/* shared, local */
	ck_assert_uint_eq(get_le32(page + 56), 1 | 32); /* first and last */
	ck_assert_uint_eq(get_le32(page + 60), 4);
	ck_assert_str_eq((char *)page + 64, "client-1.example");
	ck_assert_str_eq((char *)page + 320, "flock:batch=4");
	ck_assert_str_eq((char *)page + 576, "flock:wait=block,batch=4");
	ck_assert_str_eq((char *)page + 832, "boot:4026531992");
	ck_assert_uint_eq(get_le32(page + 960), 64);
	ck_assert_uint_eq(get_le32(page + 964), 1 << 20);
	ck_assert_uint_eq(get_le64(page + 968), 0xfedcba9876543210);
	ck_assert_uint_eq(get_le64(page + 976), 0x1122334455667788);
	ck_assert_uint_eq(get_le32(page + 984), 4096);
	ck_assert_str_eq((char *)page + 988, "nfs4");
	ck_assert_uint_eq(get_le32(page + 1020), crc32c(page, 1020));
	/* And nothing beyond. */
	for (size_t at = 1024; at < sizeof(page); at++)
		ck_assert_uint_eq(page[at], 0);
}
END_TEST

START_TEST(comes_back)
{
	static const size_t flag_bits = 5;
	uint8_t page[HISTORY_HEADER_BYTES];
	struct history_identity identity = sample, back;

	encode(page, &identity);
	ck_assert_int_eq(history_identity_decode(page, &back), 0);
	assert_same(&identity, &back);
	for (unsigned int bits = 0; bits < 1u << flag_bits; bits++) {
		identity.control = bits & 1;
		identity.shared_file = bits & 2;
		identity.exclusive_lock = bits & 4;
		identity.local_fs = bits & 8;
		identity.one_client = bits & 16;
		encode(page, &identity);
		ck_assert_uint_eq(get_le32(page + 52), bits);
		ck_assert_int_eq(history_identity_decode(page, &back), 0);
		assert_same(&identity, &back);
	}
}
END_TEST

START_TEST(texts_are_cut_to_their_room)
{
	uint8_t page[HISTORY_HEADER_BYTES];
	struct history_identity identity = sample, back;

	/* Without a NUL at their ends, as only damage could make them. */
	memset(identity.host, 'h', sizeof(identity.host));
	memset(identity.client, 'c', sizeof(identity.client));
	memset(identity.fstype, 'f', sizeof(identity.fstype));
	encode(page, &identity);
	ck_assert_int_eq(history_identity_decode(page, &back), 0);
	ck_assert_uint_eq(strlen(back.host), HISTORY_NAME_MAX);
	ck_assert_uint_eq(strlen(back.client), HISTORY_CLIENT_MAX);
	ck_assert_uint_eq(strlen(back.fstype), HISTORY_FSTYPE_MAX);
	ck_assert_uint_eq(back.min_bytes, sample.min_bytes);
}
END_TEST

START_TEST(another_version_and_damage_are_told_apart)
{
	uint8_t page[HISTORY_HEADER_BYTES];
	struct history_identity kept = {.writer = 5};

	encode(page, &sample);
	page[8] = 1;
	ck_assert_int_eq(history_identity_decode(page, &kept), -EPROTONOSUPPORT);
	page[8] = 2;
	for (size_t at = 0; at < HISTORY_FIXED_BYTES + 4; at++) {
		page[at] ^= 0x10;
		ck_assert_int_lt(history_identity_decode(page, &kept), 0);
		page[at] ^= 0x10;
	}
	ck_assert_uint_eq(kept.writer, 5);
	ck_assert_int_eq(history_identity_decode(page, &kept), 0);
}
END_TEST

START_TEST(a_plan_without_sense_is_none)
{
	static const struct {
		uint32_t writers, writer, min_bytes, max_bytes, batch;
		unsigned int claims;
		bool plans;
	} rows[] = {
		{1, 0, 64, 64, 1, 0, true},
		{1 << 20, (1 << 20) - 1, 64, 16 << 20, UINT32_MAX, 63, true},
		{0, 0, 64, 64, 1, 0, false},
		{1, 1, 64, 64, 1, 0, false},
		{(1 << 20) + 1, 0, 64, 64, 1, 0, false},
		{UINT32_MAX, 0, 64, 64, 1, 0, false},
		{1, 0, 63, 64, 1, 0, false},
		{1, 0, 0, 64, 1, 0, false},
		{1, 0, 65, 64, 1, 0, false},
		{1, 0, 64, (16 << 20) + 1, 1, 0, false},
		{1, 0, 64, 64, 0, 0, false},
		{1, 0, 64, 64, 1, 64, false},
	};

	ck_assert(history_identity_plans(&sample));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct history_identity identity = sample;

		identity.writers = rows[i].writers;
		identity.writer = rows[i].writer;
		identity.min_bytes = rows[i].min_bytes;
		identity.max_bytes = rows[i].max_bytes;
		identity.batch = rows[i].batch;
		identity.claims = rows[i].claims;
		ck_assert_msg(history_identity_plans(&identity) == rows[i].plans,
			      "row %zu", i);
	}
	/* Such as histories had before the plan was in them. */
	ck_assert(!history_identity_plans(&(struct history_identity){
		.run_id = "k3f0000000vu", .host = "h", .strategy = "flock"}));
}
END_TEST

START_TEST(one_different_word_is_another_plan)
{
	struct history_identity all[] = {
		sample, sample, sample, sample, sample, sample, sample, sample,
		sample, sample, sample, sample, sample, sample, sample, sample,
	};
	size_t i = 0;

	all[i++].run_id[3] = '1';
	all[i++].strategy_index++;
	all[i++].strategy[0] = 'F';
	all[i++].spec[0] = 'F';
	all[i++].writers++;
	all[i++].records++;
	all[i++].min_bytes++;
	all[i++].max_bytes++;
	all[i++].seed++;
	all[i++].claims ^= CLAIM_ONCE;
	all[i++].batch++;
	all[i++].padding_bytes++;
	all[i++].control = true;
	all[i++].shared_file = false;
	all[i++].exclusive_lock = true;
	all[i++].one_client = true;
	ck_assert_uint_eq(i, sizeof(all) / sizeof(all[0]));
	while (i-- > 0)
		ck_assert_msg(!history_identity_same_plan(&sample, &all[i]), "%zu", i);
}
END_TEST

START_TEST(is_that_of_the_manifest)
{
	struct history_identity identity, expected = sample;
	struct manifest_host hosts[] = {
		{.name = (char *)"elsewhere", .client = (char *)"other"},
		{.name = (char *)sample.host,
		 .client = (char *)sample.client,
		 .fstype = (char *)sample.fstype},
	};
	struct manifest_strategy strategies[] = {
		{.name = (char *)"append"},
		{.name = (char *)sample.strategy,
		 .spec = (char *)sample.spec,
		 .claims = sample.claims,
		 .batch = sample.batch,
		 .padding_bytes = sample.padding_bytes,
		 .shared_file = true},
	};
	uint32_t rank_host[80] = {[77] = 1};
	struct manifest manifest = {
		.seed = sample.seed,
		.min_bytes = sample.min_bytes,
		.max_bytes = sample.max_bytes,
		.records = sample.records,
		.local_fs = true,
		.hosts = hosts,
		.host_count = 2,
		.rank_host = rank_host,
		.rank_count = 80,
		.strategies = strategies,
		.strategy_count = 2,
	};

	memcpy(manifest.run_id, sample.run_id, sizeof(manifest.run_id));
	expected.strategy_index = 1;
	manifest_history_identity(&manifest, 1, 77, &identity);
	assert_same(&identity, &expected);
	manifest_history_identity(&manifest, 0, 0, &identity);
	ck_assert_str_eq(identity.host, "elsewhere");
	ck_assert_str_eq(identity.fstype, "");
}
END_TEST

UNIT_MAIN("history_identity", 60, stands_where_the_documentation_says, comes_back,
	  texts_are_cut_to_their_room, another_version_and_damage_are_told_apart,
	  a_plan_without_sense_is_none, one_different_word_is_another_plan,
	  is_that_of_the_manifest)
