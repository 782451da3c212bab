/* same_build - see same_build.h. */
#include "harness/same_build.h"

#include <elf.h>
#include <errno.h>
#include <link.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What each rank shows; its size must not change from version to version. */
struct build_card {
	char id[BUILD_ID_CHARS + 8];
	char version[56];
	char host[128];
};
_Static_assert(sizeof(struct build_card) == 256, "the same in all versions");

/* Notes are aligned to 4 bytes (elf(5)). */
static size_t padded(size_t bytes)
{
	return (bytes + 3) & ~(size_t)3;
}

static void format_hex(const uint8_t *bytes, size_t count, char *ret_id)
{
	for (size_t i = 0; i < count && 2 * i + 2 <= BUILD_ID_CHARS; i++)
		snprintf(ret_id + 2 * i, 3, "%02x", bytes[i]);
}

/* The build id among the notes of @size bytes at @notes. */
static void find_in_notes(const uint8_t *notes, size_t size, char *ret_id)
{
	while (size >= sizeof(ElfW(Nhdr))) {
		const ElfW(Nhdr) *note = (const void *)notes;
		size_t name = padded(note->n_namesz), text = padded(note->n_descsz);
		const uint8_t *bytes = notes + sizeof(*note) + name;

		if (sizeof(*note) + name + text > size)
			return;
		if (note->n_type == NT_GNU_BUILD_ID && note->n_namesz == 4 &&
		    memcmp(notes + sizeof(*note), "GNU", 4) == 0)
			format_hex(bytes, note->n_descsz, ret_id);
		size -= sizeof(*note) + name + text;
		notes = bytes + text;
	}
}

/* The first object is the program itself (dl_iterate_phdr(3)). */
static int look_into_object(struct dl_phdr_info *info, size_t size, void *ret_id)
{
	(void)size;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *part = &info->dlpi_phdr[i];

		if (part->p_type == PT_NOTE)
			find_in_notes(
				(const uint8_t *)(info->dlpi_addr + part->p_vaddr),
				part->p_memsz, ret_id);
	}
	return 1;
}

void build_id_read(char ret_id[BUILD_ID_CHARS + 1])
{
	ret_id[0] = '\0';
	dl_iterate_phdr(look_into_object, ret_id);
}

/* Texts of another version may lack their ends. */
static void close_texts(struct build_card *card)
{
	card->id[sizeof(card->id) - 1] = '\0';
	card->version[sizeof(card->version) - 1] = '\0';
	card->host[sizeof(card->host) - 1] = '\0';
}

enum exit_code same_build(const struct run *run, struct error *err)
{
	struct build_card mine = {.version = TAILRACE_VERSION};
	struct build_card *all = calloc(run->world.size, sizeof(*all));
	enum exit_code code = EXIT_SAFE;
	int rc;

	build_id_read(mine.id);
	gethostname(mine.host, sizeof(mine.host) - 1);
	rc = all ? world_all_gather(&run->world, &mine, sizeof(mine), all) : -ENOMEM;
	if (rc < 0)
		run_lost_touch(run, rc);
	for (uint32_t rank = 0; code == EXIT_SAFE && rank < run->world.size; rank++) {
		close_texts(&all[rank]);
		if (strcmp(all[rank].id, all[0].id) == 0 &&
		    strcmp(all[rank].version, all[0].version) == 0)
			continue;
		error_set(
			err, EINVAL,
			"rank %u on host %s runs another build of tailrace (%s, %.12s) "
			"than rank 0 on host %s (%s, %.12s)",
			rank, all[rank].host, all[rank].version, all[rank].id,
			all[0].host, all[0].version, all[0].id);
		code = EXIT_COULD_NOT_RUN;
	}
	free(all);
	return code;
}
