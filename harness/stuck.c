/* stuck - see stuck.h. */
#include "harness/stuck.h"

#include "core/units.h"
#include "harness/supervise.h"

#include <stdio.h>
#include <time.h>

void stuck_tell(const struct run *run, const struct own_writer *writer,
		const char *where, uint64_t elapsed_ns, char ret_text[STUCK_BYTES])
{
	uint32_t rank = run->world.rank;
	time_t since = time(NULL) - (time_t)(elapsed_ns / 1000000000u);
	char call[64], length[UNITS_TEXT_BYTES], clock[16] = "?";
	struct tm tm;

	supervise_syscall_name(own_writer_pid(writer), call);
	if (gmtime_r(&since, &tm))
		strftime(clock, sizeof(clock), "%H:%M:%S", &tm);
	snprintf(ret_text, STUCK_BYTES,
		 "%s %s of rank %u on host %.64s, without progress for %s, since %s "
		 "UTC",
		 call[0] ? call : "some call", where, rank,
		 run->hosts.host[run->hosts.rank_host[rank]].identity.name,
		 units_format_duration(elapsed_ns, length), clock);
}
