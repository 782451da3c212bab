/* sweep_child - see sweep_child.h. */
#include "harness/sweep_child.h"

#include "core/attend.h"

#include <signal.h>

/* Each ends the run as it would by itself. */
static unsigned int interrupt_run(pid_t child, unsigned int times)
{
	(void)times;
	kill(child, SIGINT);
	return 0;
}

int sweep_child(char *const argv[], int *ret_exit_code, bool *ret_interrupted,
		struct error *err)
{
	unsigned int interrupts = 0;
	int rc = attend(&(struct attended){.what = "a run",
					   .program = "/proc/self/exe",
					   .argv = argv,
					   .mute = true,
					   .interrupt = interrupt_run},
			ret_exit_code, &interrupts, err);

	if (rc == 0)
		*ret_interrupted = interrupts > 0;
	return rc;
}
