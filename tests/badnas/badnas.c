/*
 * badnas - a FUSE file system over a directory that misbehaves on purpose.
 *
 * Without a fault it is an honest file system.  It stays in the foreground and
 * ends, mount and all, when its parent does or at SIGTERM: requests that it never
 * answered are then given up by the kernel, and whoever hung in one goes on.
 */
#include "tests/badnas/faults.h"
#include "tests/badnas/fuse.h"
#include "tests/badnas/serve.h"
#include "tests/badnas/store.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { OPTION_HELP = 1 };

static const struct fuse_opt options[] = {
	FUSE_OPT_KEY("-h", OPTION_HELP),
	FUSE_OPT_KEY("--help", OPTION_HELP),
	FUSE_OPT_END,
};

/* What the command line says. */
struct setup {
	struct badnas nas;
	const char *backing, *mount_point; /* borrowed */
	bool help;
};

static void print_help(void)
{
	static const char *const numbers[] = {
		[WHEN_ALWAYS] = "",
		[WHEN_ONE_IN] = "=N",
		[WHEN_NTH] = "=N",
		[WHEN_BEYOND] = "=N",
	};
	static const char *const whens[] = {
		[WHEN_ALWAYS] = "",
		[WHEN_ONE_IN] = ", one time in N",
		[WHEN_NTH] = ", the Nth time",
		[WHEN_BEYOND] = ", beyond the first N",
	};

	printf("Usage: badnas [-o OPTION[,OPTION]...]... BACKING MOUNTPOINT\n\n"
	       "Shows the directory BACKING at MOUNTPOINT, until SIGTERM. Faults "
	       "befall\n"
	       "files whose name ends in .log:\n\n"
	       "  seed=N          choose when they strike and how\n"
	       "  log=FILE        a line for each strike: fault, process, offset, "
	       "bytes\n");
	for (int i = 0; i < FAULT_COUNT; i++) {
		const struct fault_info *info = &fault_table[i];
		int width = 16 - (int)strlen(info->name);

		printf("  %s%-*s%s%s\n", info->name, width, numbers[info->when],
		       info->meaning, whens[info->when]);
	}
}

static int take_operand(struct setup *setup, const char *argument)
{
	const char **operand = setup->backing ? &setup->mount_point : &setup->backing;

	if (*operand) {
		fprintf(stderr, "badnas: '%s' is one operand too many\n", argument);
		return -1;
	}
	*operand = argument;
	return 0;
}

/* 0: taken; 1: left to libfuse; -1: wrong. */
static int take_argument(void *data, const char *argument, int key,
			 struct fuse_args *rest)
{
	struct setup *setup = data;
	int rc;

	(void)rest;
	switch (key) {
	case OPTION_HELP:
		setup->help = true;
		return 0;
	case FUSE_OPT_KEY_NONOPT:
		return take_operand(setup, argument);
	default:
		rc = faults_option(&setup->nas.faults, argument);
		if (rc < 0)
			fprintf(stderr, "badnas: the option '%s' makes no sense\n",
				argument);
		return rc < 0 ? -1 : rc == 0;
	}
}

/* Mount and serve until we are told to stop or nobody is left.  An exit code. */
static int serve(struct setup *setup, struct fuse_args *args)
{
	struct fuse_session *session =
		fuse_session_new(args, &serve_ops, sizeof(serve_ops), &setup->nas);
	int code = 1;

	if (!session)
		return code;
	if (fuse_set_signal_handlers(session) == 0) {
		if (fuse_session_mount(session, setup->mount_point) == 0) {
			/* A signal that ends the loop is returned; it is what ends us.
			 */
			code = fuse_session_loop(session) < 0;
			fuse_session_unmount(session);
		}
		fuse_remove_signal_handlers(session);
	}
	fuse_session_destroy(session);
	return code;
}

int main(int argc, char **argv)
{
	struct fuse_args args = FUSE_ARGS_INIT(argc, argv);
	struct setup setup = {0};
	pid_t parent = getppid();
	int code = 2, rc;

	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		return 1;
	umask(0); /* the kernel has applied the caller's */
	if (fuse_opt_parse(&args, &setup, options, take_argument) == -1)
		goto out;
	if (setup.help) {
		print_help();
		code = 0;
		goto out;
	}
	if (!setup.mount_point) {
		fprintf(stderr, "badnas: two operands are needed; see --help\n");
		goto out;
	}
	rc = store_init(&setup.nas, setup.backing);
	if (rc < 0) {
		fprintf(stderr, "badnas: %s: %s\n", setup.backing, strerror(-rc));
		goto out;
	}
	fuse_opt_add_arg(&args, "-ofsname=badnas,subtype=badnas,default_permissions");
	code = serve(&setup, &args);
	store_release(&setup.nas);
out:
	fuse_opt_free_args(&args);
	faults_release(&setup.nas.faults);
	return code;
}
