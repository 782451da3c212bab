/*
 * fuzz_tail - a tail with any changes, its checksums mended where the first byte is
 * odd: refused, or with places in order.
 */
#include "core/bytes.h"
#include "core/crc32c.h"
#include "tests/fuzz/fuzz.h"
#include "verify/tail.h"

#include <unistd.h>

/* docs/formats.md, Tails. */
enum { HEAD_BYTES = 184, ENTRIES_SUM_AT = 176, HEAD_SUM_AT = 180 };

static const struct tail_identity identity = {.run_id = "k3fpqrstuv01", .reader = 1};

static struct fuzz_bytes tail_whole(const char *path)
{
	static const struct sighting sighting = {
		.id.seq = 4, .flags = SIGHTING_NULS, .offset = 64, .seen_ns = 9};
	static struct tail_place places[] = {{64, 128, 7, 0}, {128, 129, 0, 8}};
	struct tail tail = {.identity = identity, .figures.records = 2};

	if (tail_add(&tail, &sighting) < 0 || tail_add(&tail, &sighting) < 0)
		abort();
	tail.places = places;
	tail.place_count = 2;
	unlink(path);
	if (tail_save(&tail, path) < 0)
		abort();
	tail.places = NULL;
	tail_release(&tail);
	return fuzz_read(path);
}

static void check(const struct tail *tail)
{
	for (size_t i = 0; i < tail->place_count; i++) {
		const struct tail_place *place = &tail->places[i];

		if (place->to <= place->from ||
		    tail_place_find(tail, place->from, place->to) != place)
			abort();
	}
}

static void mend(struct fuzz_bytes *made)
{
	if (made->length < HEAD_BYTES)
		return;
	put_le32(made->bytes + ENTRIES_SUM_AT,
		 crc32c(made->bytes + HEAD_BYTES, made->length - HEAD_BYTES));
	put_le32(made->bytes + HEAD_SUM_AT, crc32c(made->bytes, HEAD_SUM_AT));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	static struct fuzz_bytes whole;
	struct fuzz_bytes made;
	struct tail tail;
	char path[64];

	snprintf(path, sizeof(path), "/tmp/tailrace-fuzz-tail.%d", getpid());
	if (!whole.bytes)
		whole = tail_whole(path);
	if (!length)
		return 0;
	made = fuzz_patch(whole.bytes, whole.length, bytes + 1, length - 1);
	if (bytes[0] & 1)
		mend(&made);
	fuzz_file(path, made.bytes, made.length);
	free(made.bytes);
	if (tail_load(&tail, path, &identity) == 0) {
		check(&tail);
		tail_release(&tail);
	}
	unlink(path);
	return 0;
}
