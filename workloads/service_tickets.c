/*
 * service_tickets - the sequencer: who asks for so many bytes gets the next offset.
 *
 * Offsets are never given twice and only grow, so that a ticket drawn after another
 * was used lies behind it.  One that was drawn and not used leaves a gap.
 */
#include "workloads/service_wire.h"

#include <errno.h>

static int request(struct service *service, struct connection *from, uint32_t kind,
		   uint64_t bytes)
{
	uint64_t slot = service->job.slot_bytes ? service->job.slot_bytes : 1;

	if (kind != REQUEST_TICKET || bytes < 1 ||
	    bytes > (uint64_t)INT64_MAX - slot - service->end)
		return -EPROTO;
	service_answer(from, (struct answer){.value = service->end});
	service->end += (bytes + slot - 1) / slot * slot;
	return 0;
}

const struct service_ops service_tickets = {
	.name = "sequencer",
	.request = request,
};
