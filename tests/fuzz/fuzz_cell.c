/* fuzz_cell - a cell that is accepted is a cell of the record that it names. */
#include "core/record.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	static const struct record_plan plan = {
		.run_id = "k3fpqrstuv01", .min_bytes = 64, .max_bytes = 200};
	static struct record_form form;
	struct record_cell cell;
	uint8_t record[200];

	if (!form.cells && record_form_init(&form, &plan) < 0)
		abort();
	if (record_cell_decode(&form, bytes, length, &cell)) {
		record_write(&form, cell.id, record);
		if (cell.position + RECORD_CELL_BYTES > record_size(&form, cell.id) ||
		    memcmp(record + cell.position, bytes, RECORD_CELL_BYTES) != 0)
			abort();
	}
	return 0;
}
