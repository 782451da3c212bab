/*
 * test_hostile - a run folder that somebody else wrote: whatever stands in its
 * files, the verifier neither crashes nor hangs, nor says `safe`.
 */
#include "core/crc32c.h"
#include "tests/craft/craft.h"
#include "tests/unit/unit.h"
#include "verify/judge.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { ROUNDS = 300, WRITERS = 2, RECORDS = 80, RECORD_BYTES = 100 };

/*
 * A contended run in which all is well but that writer 0's last record was never
 * written: only its history tells.
 */
static void run_make(struct craft *c)
{
	static const struct craft_plan plan = {2, WRITERS, RECORD_BYTES, RECORD_BYTES,
					       0};
	uint8_t bytes[RECORD_BYTES];

	craft_init(c, &plan);
	for (uint64_t i = 0; i < RECORDS; i++) {
		uint64_t from = CRAFT_SAMPLE_NS + i * 1000000;
		struct record_id id = {i % WRITERS, i / WRITERS};
		struct history_entry entry = {
			.outcome = OUTCOME_ACKNOWLEDGED,
			.offset = (int64_t)i * RECORD_BYTES,
			.invoke_ns = from,
			.locked_ns = from + 1000000,
			.written_ns = from + 1100000,
			.flushed_ns = from + 1200000,
			.unlock_ns = from + 1300000,
			.completed_ns = from + 1500000,
		};

		craft_append(c, id.writer, &entry);
		record_write(&c->form, id, bytes);
		if (i < RECORDS - 2)
			craft_put(c, 0, i * RECORD_BYTES, bytes, sizeof(bytes));
		else if (i == RECORDS - 1)
			craft_put(c, 0, (i - 1) * RECORD_BYTES, bytes, sizeof(bytes));
	}
	craft_save(c);
}

/* Judge what is there; every way out but `safe` is right. */
static void judge(const struct craft *c)
{
	struct manifest manifest;
	struct judgment judgment;
	struct error err;

	if (manifest_load(&manifest, c->dir, &err) < 0)
		return;
	for (size_t i = 0; i < manifest.strategy_count; i++) {
		if (judge_strategy(&manifest, c->dir, i, &judgment, &err) < 0)
			continue;
		ck_assert_int_ne(judgment.verdict, VERDICT_SAFE);
		judgment_release(&judgment);
	}
	manifest_release(&manifest);
}

struct content {
	uint8_t *bytes;
	size_t length;
};

static struct content content_read(const char *path)
{
	struct content content = {0};
	FILE *file = fopen(path, "r");

	ck_assert_ptr_nonnull(file);
	fseek(file, 0, SEEK_END);
	content.length = (size_t)ftell(file);
	rewind(file);
	content.bytes = malloc(content.length + 1);
	ck_assert_uint_eq(fread(content.bytes, 1, content.length, file),
			  content.length);
	fclose(file);
	return content;
}

static void content_write(const char *path, const void *bytes, size_t length)
{
	FILE *file = fopen(path, "w");

	ck_assert_ptr_nonnull(file);
	ck_assert_uint_eq(fwrite(bytes, 1, length, file), length);
	fclose(file);
}

/* Harm a copy of @whole: a few bytes, a stretch, the length; or mere noise. */
static void content_harm(const char *path, const struct content *whole)
{
	size_t length = whole->length;
	uint8_t *bytes = malloc(length + 1);

	memcpy(bytes, whole->bytes, length);
	for (int n = 1 + rand() % 4; n > 0; n--) {
		size_t at = (size_t)rand() % whole->length;
		size_t end = at + (size_t)rand() % 300;

		if (end > whole->length)
			end = whole->length;
		switch (rand() % 6) {
		case 0:
			length = at < length ? at : length;
			break;
		case 1:
			memset(bytes + at, rand(), end - at);
			break;
		case 2:
			memmove(bytes + at, bytes, end - at > at ? at : end - at);
			break;
		case 3:
			for (size_t i = rand() % 8 ? at : 0; i < end; i++)
				bytes[i] = (uint8_t)rand();
			break;
		default:
			bytes[at] ^= (uint8_t)(1 << rand() % 8);
		}
	}
	content_write(path, bytes, length);
	free(bytes);
}

START_TEST(the_run_as_it_is)
{
	struct craft craft;
	struct judgment judgment;

	run_make(&craft);
	craft_judge(&craft, &judgment);
	ck_assert_int_eq(judgment.verdict, VERDICT_UNSAFE);
	ck_assert_int_eq(judgment.anomalies[ANOMALY_LOST], 1);
	ck_assert_uint_ge(judgment.handoffs, 30);
	judgment_release(&judgment);
	craft_release(&craft);
}
END_TEST

static void harm_and_judge(const char *path, struct craft *craft)
{
	struct content whole = content_read(path);

	for (int round = 0; round < ROUNDS; round++) {
		content_harm(path, &whole);
		judge(craft);
	}
	free(whole.bytes);
}

START_TEST(a_harmed_data_file)
{
	struct craft craft;
	char *path;

	srand(1);
	run_make(&craft);
	path = manifest_data_path(&craft.manifest, 0, 0);
	harm_and_judge(path, &craft);
	free(path);
	craft_release(&craft);
}
END_TEST

/* The only one that knows of the loss. */
START_TEST(a_harmed_history)
{
	struct craft craft;
	char *path;

	for (int end = WRITER_ABSENT; end <= WRITER_HUNG; end++) {
		srand(2);
		run_make(&craft);
		craft.strategy->writers[0].end = (enum writer_end)end;
		craft_save(&craft);
		path = manifest_history_path(&craft.manifest, craft.dir, 0, 0);
		harm_and_judge(path, &craft);
		free(path);
		craft_release(&craft);
	}
}
END_TEST

START_TEST(a_harmed_manifest)
{
	struct craft craft;
	char path[128];

	srand(3);
	run_make(&craft);
	snprintf(path, sizeof(path), "%s/" MANIFEST_FILE, craft.dir);
	harm_and_judge(path, &craft);
	craft_release(&craft);
}
END_TEST

/* ---- a manifest with a good checksum and bad values ----------------------- */

static json_t *random_value(void)
{
	static const int64_t numbers[] = {0,	     1,		-1,	   2,
					  INT32_MAX, INT64_MAX, INT64_MIN, 1 << 20};

	switch (rand() % 8) {
	case 0:
		return json_null();
	case 1:
		return json_string("%00%ff../x");
	case 2:
		return json_array();
	case 3:
		return json_object();
	case 4:
		return json_boolean(rand() % 2);
	default:
		return json_integer(numbers[rand() % 8]);
	}
}

/* Replace or remove one value somewhere below @value. */
static void value_harm(json_t *value)
{
	const char *key = NULL;
	json_t *child = NULL;
	size_t size =
		json_is_array(value) ? json_array_size(value) : json_object_size(value);
	size_t pick = size ? (size_t)rand() % size : 0;

	if (!size)
		return;
	if (json_is_array(value)) {
		child = json_array_get(value, pick);
		if ((json_is_array(child) || json_is_object(child)) && rand() % 5)
			value_harm(child);
		else if (rand() % 4)
			json_array_set_new(value, pick, random_value());
		else
			json_array_remove(value, pick);
		return;
	}
	json_object_foreach(value, key, child) if (pick-- == 0) break;
	if ((json_is_array(child) || json_is_object(child)) && rand() % 5)
		value_harm(child);
	else if (rand() % 6)
		json_object_set_new(value, key, random_value());
	else
		json_object_del(value, key);
}

static void manifest_write(const char *path, json_t *root)
{
	char sum[9];
	char *text;

	json_object_del(root, "crc32c");
	text = json_dumps(root, JSON_COMPACT | JSON_SORT_KEYS);
	snprintf(sum, sizeof(sum), "%08x", crc32c(text, strlen(text)));
	free(text);
	json_object_set_new(root, "crc32c", json_string(sum));
	ck_assert_int_eq(json_dump_file(root, path, 0), 0);
}

START_TEST(a_manifest_that_makes_no_sense)
{
	struct craft craft;
	struct manifest manifest;
	struct error err;
	char path[128];
	json_t *whole;
	int loaded = 0;

	srand(4);
	run_make(&craft);
	snprintf(path, sizeof(path), "%s/" MANIFEST_FILE, craft.dir);
	whole = json_load_file(path, 0, NULL);
	ck_assert_ptr_nonnull(whole);
	for (int round = 0; round < 10 * ROUNDS; round++) {
		json_t *root = json_deep_copy(whole);

		for (int n = 1 + rand() % 2; n > 0; n--)
			value_harm(root);
		manifest_write(path, root);
		json_decref(root);
		if (manifest_load(&manifest, craft.dir, &err) < 0)
			continue;
		loaded++;
		manifest_release(&manifest);
		judge(&craft);
	}
	/* The harm must not all be found before anything is judged. */
	ck_assert_int_gt(loaded, ROUNDS);
	json_decref(whole);
	craft_release(&craft);
}
END_TEST

START_TEST(files_that_are_no_files)
{
	static const char *const names[] = {"/dev/zero", "/dev/null", "/",
					    "/nonexistent"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct craft craft;
		char *data, *history;

		run_make(&craft);
		data = manifest_data_path(&craft.manifest, 0, 0);
		history = manifest_history_path(&craft.manifest, craft.dir, 0, 0);
		unlink(history);
		ck_assert_int_eq(symlink(names[i], history), 0);
		judge(&craft);
		unlink(data);
		ck_assert_int_eq(symlink(names[i], data), 0);
		judge(&craft);
		free(data);
		free(history);
		craft_release(&craft);
	}
}
END_TEST

UNIT_MAIN("hostile", 100, the_run_as_it_is, a_harmed_data_file, a_harmed_history,
	  a_harmed_manifest, a_manifest_that_makes_no_sense, files_that_are_no_files)
