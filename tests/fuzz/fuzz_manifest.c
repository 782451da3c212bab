/* fuzz_manifest - manifest.json with any changes, and the checksum put right. */
#include "core/crc32c.h"
#include "core/manifest.h"
#include "tests/craft/craft.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Write what the bytes say, if they are JSON, under its own checksum. */
static void manifest_put(const char *path, const uint8_t *bytes, size_t length)
{
	json_t *root = json_loadb((const char *)bytes, length, 0, NULL);
	char sum[9], *text;

	if (!json_is_object(root)) {
		json_decref(root);
		fuzz_file(path, bytes, length);
		return;
	}
	json_object_del(root, "crc32c");
	text = json_dumps(root, JSON_COMPACT | JSON_SORT_KEYS);
	if (text) {
		snprintf(sum, sizeof(sum), "%08x", crc32c(text, strlen(text)));
		json_object_set_new(root, "crc32c", json_string(sum));
	}
	free(text);
	json_dump_file(root, path, 0);
	json_decref(root);
}

/* The manifest of a small run, without white space. */
static char *manifest_whole(void)
{
	static const struct craft_plan plan = {2, 2, 64, 64, 0};
	struct craft craft;
	char path[96], *text;
	json_t *root;

	craft_init(&craft, &plan);
	craft_save(&craft);
	snprintf(path, sizeof(path), "%s/" MANIFEST_FILE, craft.dir);
	root = json_load_file(path, 0, NULL);
	text = json_dumps(root, JSON_COMPACT);
	if (!text)
		abort();
	json_decref(root);
	craft_release(&craft);
	return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	static char *whole;
	struct manifest manifest;
	struct fuzz_bytes made;
	struct error err;
	char dir[64], path[96];

	if (!whole)
		whole = manifest_whole();
	made = fuzz_patch((const uint8_t *)whole, strlen(whole), bytes, length);
	snprintf(dir, sizeof(dir), "/tmp/tailrace-fuzz-manifest.%d", getpid());
	snprintf(path, sizeof(path), "%s/" MANIFEST_FILE, dir);
	mkdir(dir, 0700);
	manifest_put(path, made.bytes, made.length);
	free(made.bytes);
	if (manifest_load(&manifest, dir, &err) == 0)
		manifest_release(&manifest);
	return 0;
}
