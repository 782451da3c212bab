/* version - see version.h; compiled for each program anew. */
#include "harness/version.h"

#include "core/crc32c.h"
#include "harness/commit.h" /* made by cmake/commit.cmake */

#if TAILRACE_WITH_MPI
#include "mpi/world.h"
#endif

#include <jansson.h>

void version_print(FILE *stream)
{
	fprintf(stream, "tailrace %s", TAILRACE_VERSION);
	if (*TAILRACE_COMMIT)
		fprintf(stream, " (%s)", TAILRACE_COMMIT);
	fprintf(stream, "\nbuilt by %s, %s\n", TAILRACE_COMPILER, TAILRACE_BUILD_TYPE);
#if TAILRACE_WITH_MPI
	char library[128];

	world_library(library, sizeof(library));
	fprintf(stream, "with MPI: %s\n", library);
#else
	fputs("without MPI\n", stream);
#endif
	fprintf(stream, "jansson %s\nCRC-32C by %s\n", jansson_version_str(),
		crc32c_method());
}
