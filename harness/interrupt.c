/* interrupt - see interrupt.h. */
#include "harness/interrupt.h"

#include "harness/exit_code.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

/* A signal handler has nothing else to tell it to. */
static volatile sig_atomic_t asked;

static void ask(int signal_number)
{
	if (asked && signal_number != SIGUSR1)
		_exit(EXIT_COULD_NOT_RUN);
	asked = 1;
}

void interrupt_catch(bool alone)
{
	struct sigaction action = {.sa_handler = ask, .sa_flags = SA_RESTART};

	sigemptyset(&action.sa_mask);
	sigaction(SIGUSR1, &action, NULL);
	if (!alone)
		return;
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

bool interrupt_asked(void)
{
	return asked;
}
