/* claim - the names of claims. */
#include "core/claim.h"

#include <string.h>

const char *const claim_names[CLAIM_COUNT] = {
	"complete", "once", "no_gap", "writer_order", "realtime_order", "exclusion",
};

unsigned int claim_by_name(const char *name)
{
	for (unsigned int bit = 0; bit < CLAIM_COUNT; bit++)
		if (strcmp(claim_names[bit], name) == 0)
			return 1u << bit;
	return 0;
}
