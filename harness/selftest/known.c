/* known - see known.h. */
#include "harness/selftest/known.h"

#include "core/crc32c.h"
#include "core/record.h"

#include <stdio.h>
#include <string.h>

/* RFC 3720 appendix B.4, and the check value that catalogues of CRCs give. */
static const struct {
	const char *name;
	int first, step; /* of 32 bytes */
	uint32_t sum;
} sums[] = {
	{"32 zeros", 0x00, 0, 0x8a9136aa},
	{"32 ones", 0xff, 0, 0x62a8ab43},
	{"32 bytes counting up", 0, 1, 0x46dd794e},
	{"32 bytes counting down", 31, -1, 0x113fdb5c},
};

bool known_crc32c(char *ret_text, size_t text_bytes)
{
	for (size_t i = 0; i < sizeof(sums) / sizeof(sums[0]); i++) {
		uint8_t bytes[32];
		uint32_t sum;

		for (int k = 0; k < 32; k++)
			bytes[k] = (uint8_t)(sums[i].first + k * sums[i].step);
		sum = crc32c(bytes, sizeof(bytes));
		if (sum == sums[i].sum)
			continue;
		snprintf(ret_text, text_bytes, "CRC-32C of %s: %08x is right, got %08x",
			 sums[i].name, sums[i].sum, sum);
		return false;
	}
	if (crc32c("123456789", 9) == 0xe3069283)
		return true;
	snprintf(ret_text, text_bytes, "CRC-32C of the check text is wrong");
	return false;
}

/* From the words of docs/formats.md, by a program of its own. */
static const struct {
	struct record_id id;
	uint32_t strategy_index;
	const char *text;
} records[] = {
	{{7, 31},
	 0,
	 "#k3f.0007.0000000v.00040.RBSF]S@=k3f.0007.0000000v.00001.LV_IKQ@"
	 "=k3f.0007.0000000v.00002.JELSZWH=k3f.0007.0000000v.00003.HK]ZJJ\n"},
	{{7, 31},
	 0,
	 "#k3f.0007.0000000v.00020.HDKYQVX=k3f.0007.0000000v.00001.LV_IKQ\n"},
	{{RECORD_MAX_WRITERS - 1, RECORD_MAX_SEQ},
	 3,
	 "#k3f.vvvv.vvvvvvvv.00035.YMP@UC@=k3f.vvvv.vvvvvvvv.00001.B^PFXQP"
	 "=k3f.vvvv.vvvvvvvv.00002.DMC\\IWX=k3f\n"},
};

bool known_records(char *ret_text, size_t text_bytes)
{
	for (size_t i = 0; i < sizeof(records) / sizeof(records[0]); i++) {
		uint32_t bytes = (uint32_t)strlen(records[i].text);
		struct record_plan plan = {
			.run_id = "k3fpqrstuv01",
			.strategy_index = records[i].strategy_index,
			.min_bytes = bytes,
			.max_bytes = bytes,
		};
		uint8_t written[256];
		struct record_form form;
		bool right;

		if (record_form_init(&form, &plan) < 0) {
			snprintf(ret_text, text_bytes, "no record of %u bytes", bytes);
			return false;
		}
		record_write(&form, records[i].id, written);
		right = memcmp(written, records[i].text, bytes) == 0 &&
			record_equals(&form, records[i].id, written);
		record_form_release(&form);
		if (right)
			continue;
		snprintf(ret_text, text_bytes, "record %zu of %u bytes is wrong", i + 1,
			 bytes);
		return false;
	}
	return true;
}
