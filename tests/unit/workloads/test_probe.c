/* probe - the table of lock probes, its scripts, and how answers are judged. */
#include "workloads/probe.h"

#include "tests/unit/unit.h"
#include "tests/unit/workloads/scratch.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>

/* ---- the table ------------------------------------------------------------- */

static size_t count_of(const char *text, char c)
{
	size_t count = 0;

	for (; *text; text++)
		count += *text == c;
	return count;
}

START_TEST(every_probe_is_unique_and_has_a_script)
{
	struct probe_step steps[PROBE_STEPS_MAX];
	struct probe a, b;

	ck_assert_uint_gt(probe_count(), 200);
	for (size_t i = 0; probe_at(i, &a); i++) {
		ck_assert_msg(probe_script(&a, steps) > 0, "%s: \"%s\"", a.row->name,
			      a.row->script);
		for (size_t j = 0; j < i && probe_at(j, &b); j++)
			ck_assert_msg(a.lock != b.lock || a.scope != b.scope ||
					      strcmp(a.row->name, b.row->name) != 0,
				      "%s is there twice", a.row->name);
	}
	ck_assert(!probe_at(probe_count(), &a));
}
END_TEST

START_TEST(every_row_says_what_to_expect_and_where_it_is_written)
{
	for (size_t i = 0; i < probe_row_count; i++) {
		const struct probe_row *row = &probe_rows[i];

		for (const char *c = row->name; *c; c++)
			ck_assert(islower((unsigned char)*c) || *c == '-');
		ck_assert_uint_le(strlen(row->question), 41);
		ck_assert_msg(strstr(row->source, "(2)") || strstr(row->source, "(3)"),
			      "%s names no manual", row->name);
		ck_assert_ptr_nonnull(row->source);
		ck_assert_uint_ne(row->locks, 0);
		ck_assert_uint_ne(row->scopes, 0);
		ck_assert_uint_le(row->rounds, PROBE_ROUNDS_MAX);
		for (int k = 0; k < 2; k++)
			ck_assert_msg(!row->harm[k].answers == !row->harm[k].why,
				      "%s: harm", row->name);
	}
}
END_TEST

/* As many words as questions, each of them one that the interpreter can say. */
static void check_alternative(const struct probe_row *row, const char *answer,
			      size_t length, size_t asked)
{
	static const char *const known[] = {"granted", "refused", "blocked", "ok",
					    "EAGAIN",  "EACCES",  "EBADF",   "EDEADLK"};
	size_t words = 0;

	while (length > 0) {
		size_t word = strcspn(answer, ",|");
		bool found = false;

		for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
			found |= strlen(known[i]) == word &&
				 strncmp(known[i], answer, word) == 0;
		ck_assert_msg(found, "%s expects \"%s\"", row->name, answer);
		words++;
		answer += word;
		length -= word;
		if (length) {
			answer++;
			length--;
		}
	}
	ck_assert_msg(words == asked, "%s: %zu words for %zu questions", row->name,
		      words, asked);
}

START_TEST(every_expectation_answers_every_question)
{
	for (size_t i = 0; i < probe_row_count; i++) {
		size_t asked = count_of(probe_rows[i].script, '?');

		ck_assert_uint_gt(asked, 0);
		for (int fs = 0; fs < PROBE_CLASSES; fs++) {
			const char *rest = probe_rows[i].expected[fs];

			ck_assert_ptr_nonnull(rest);
			while (*rest) {
				size_t length = strcspn(rest, "|");

				check_alternative(&probe_rows[i], rest, length, asked);
				rest += length + (rest[length] == '|');
			}
		}
	}
}
END_TEST

/* A false alarm would be an expected answer that counts as harm. */
START_TEST(what_is_expected_conforms_and_granting_two_does_not)
{
	struct probe probe;
	const char *reason;

	for (size_t i = 0; probe_at(i, &probe); i++) {
		char answer[PROBE_ANSWER_MAX];
		size_t length = strcspn(probe.row->expected[PROBE_NFS4], "|");

		snprintf(answer, sizeof(answer), "%.*s", (int)length,
			 probe.row->expected[PROBE_NFS4]);
		ck_assert_int_eq(probe_judge(probe.row, PROBE_NFS4, answer, &reason),
				 PROBE_CONFORMS);
		ck_assert_str_eq(reason, "");
		if (strcmp(probe.row->name, "exclusive-excludes-exclusive") != 0)
			continue;
		ck_assert_int_eq(
			probe_judge(probe.row, PROBE_LOCAL, "granted", &reason),
			PROBE_HARMFUL);
		ck_assert_str_eq(reason, probe.row->harm[0].why);
	}
}
END_TEST

START_TEST(a_step_is_sensible)
{
	struct probe_step steps[PROBE_STEPS_MAX];
	struct probe probe;

	for (size_t i = 0; probe_at(i, &probe); i++) {
		int count = probe_script(&probe, steps);
		bool waits[PROBE_AGENTS] = {false};
		bool timed = false;

		for (int s = 0; s < count; s++) {
			const struct probe_step *step = &steps[s];
			bool locks = step->op == PROBE_TRY || step->op == PROBE_RETRY ||
				     step->op == PROBE_ERRNO || step->op == PROBE_WAIT;

			if (locks && step->lock == PROBE_LOCKF)
				ck_assert(step->exclusive); /* it has no other */
			if (step->length && step->lock == PROBE_FLOCK)
				ck_abort_msg("%s: flock has no ranges",
					     probe.row->name);
			if (step->op == PROBE_KILL)
				ck_assert_uint_eq(step->agent, 0);
			if (step->op == PROBE_STILL || step->op == PROBE_DONE)
				ck_assert(waits[step->agent]);
			if (step->agent == 1 && probe.scope == PROBE_TWO_HOSTS)
				ck_assert(!step->timed);
			waits[step->agent] |= step->op == PROBE_WAIT;
			timed |= step->timed;
			ck_assert(!(step->asked && step->op == PROBE_WAIT));
		}
		if (timed)
			ck_assert(steps[count - 1].asked);
	}
}
END_TEST

/* ---- scripts ----------------------------------------------------------------- */

static struct probe_row row;
static struct probe_step steps[PROBE_STEPS_MAX];

static int parse(const char *script)
{
	struct probe probe = {.row = &row, .lock = PROBE_OFD};

	row = (struct probe_row){.script = script};
	return probe_script(&probe, steps);
}

START_TEST(a_script_becomes_steps)
{
	ck_assert_int_eq(parse("A open f ro keep; ?@b try fcntl:sh g 7+9;A dup f h"),
			 3);
	ck_assert_int_eq(steps[0].op, PROBE_OPEN);
	ck_assert_int_eq(steps[0].open_flags, O_RDONLY);
	ck_assert_int_eq(steps[1].op, PROBE_TRY);
	ck_assert(steps[1].asked && steps[1].timed && steps[1].child);
	ck_assert(!steps[1].exclusive);
	ck_assert_uint_eq(steps[1].agent, 1);
	ck_assert_uint_eq(steps[1].slot, 1);
	ck_assert_int_eq(steps[1].lock, PROBE_FCNTL);
	ck_assert_int_eq(steps[1].start, 7);
	ck_assert_int_eq(steps[1].length, 9);
	ck_assert_int_eq(steps[2].lock, PROBE_OFD);
	ck_assert_uint_eq(steps[2].new_slot, 2);
	ck_assert_int_eq(parse("A open f wo"), 1);
	ck_assert_int_eq(steps[0].open_flags, O_WRONLY | O_CREAT | O_CLOEXEC);
}
END_TEST

START_TEST(mistakes_in_a_script_are_found)
{
	static const char *const wrong[] = {
		"",
		"A",
		"A lock f",
		"C open f rw",
		"AB open f rw",
		"A open",
		"A open f",
		"A open f rx",
		"A open j rw",
		"A open ff rw",
		"A open f rw kept",
		"A open f rw;",
		"A try f",
		"A try ex",
		"A try xx f",
		"A try nolock:ex f",
		"A try ex f 5",
		"A try ex f 5+",
		"A try ex f 5+-1",
		"A try ex f -5+1",
		"A try ex f 5+1 f",
		"A unlock ex f",
		"A close",
		"A close f g",
		"A dup f",
		"A exit f",
		"A open f rw; A try ex f; B oops",
	};
	char text[400] = "A fork";

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		ck_assert_msg(parse(wrong[i]) == -EINVAL, "\"%s\"", wrong[i]);
	for (int i = 1; i < PROBE_STEPS_MAX; i++)
		strncat(text, ";A fork", sizeof(text) - strlen(text) - 1);
	ck_assert_int_eq(parse(text), PROBE_STEPS_MAX);
	strncat(text, ";A fork", sizeof(text) - strlen(text) - 1);
	ck_assert_int_eq(parse(text), -EINVAL);
}
END_TEST

/* ---- judging ------------------------------------------------------------------- */

START_TEST(words)
{
	struct probe_step step = {.op = PROBE_TRY};

	ck_assert_str_eq(probe_word(&step, 0), "granted");
	ck_assert_str_eq(probe_word(&step, -EAGAIN), "refused");
	ck_assert_str_eq(probe_word(&step, -EACCES), "refused");
	ck_assert_str_eq(probe_word(&step, -EBADF), "EBADF");
	ck_assert_str_eq(probe_word(&step, -99999), "an errno without a name");
	step.op = PROBE_ERRNO;
	ck_assert_str_eq(probe_word(&step, -EAGAIN), "EAGAIN");
	ck_assert_str_eq(probe_word(&step, 0), "granted");
	step.op = PROBE_DONE;
	ck_assert_str_eq(probe_word(&step, -EDEADLK), "EDEADLK");
	step.op = PROBE_WRITE;
	ck_assert_str_eq(probe_word(&step, 0), "ok");
	ck_assert_str_eq(probe_word(&step, -EAGAIN), "EAGAIN");
}
END_TEST

START_TEST(verdicts)
{
	static const struct probe_row judged = {
		.expected = {"refused,granted|ok", "EBADF", "refused,granted"},
		.harm = {{"granted,*|*,EIO", "why it harms"}, {"ENOSPC", "other"}},
		.harmless = "why it does not",
	};
	const char *reason;

	ck_assert_int_eq(probe_judge(&judged, PROBE_LOCAL, "refused,granted", &reason),
			 PROBE_CONFORMS);
	ck_assert_int_eq(probe_judge(&judged, PROBE_LOCAL, "ok", &reason),
			 PROBE_CONFORMS);
	ck_assert_int_eq(probe_judge(&judged, PROBE_NFS4, "ok", &reason),
			 PROBE_HARMLESS);
	ck_assert_str_eq(reason, "why it does not");
	ck_assert_int_eq(probe_judge(&judged, PROBE_NFS3, "granted,granted", &reason),
			 PROBE_HARMFUL);
	ck_assert_str_eq(reason, "why it harms");
	/* Not even if another step says that there are no locks. */
	ck_assert_int_eq(probe_judge(&judged, PROBE_NFS3, "granted,ENOLCK", &reason),
			 PROBE_HARMFUL);
	ck_assert_int_eq(probe_judge(&judged, PROBE_NFS3, "refused,EIO", &reason),
			 PROBE_HARMFUL);
	ck_assert_int_eq(probe_judge(&judged, PROBE_NFS4, "ENOLCK", &reason),
			 PROBE_UNSUPPORTED);
	ck_assert_int_eq(probe_judge(&judged, PROBE_NFS4, "ENOSPC", &reason),
			 PROBE_HARMFUL);
	ck_assert_str_eq(reason, "other");
	/* An errno of the manual is no lack of support. */
	ck_assert_int_eq(probe_judge(&judged, PROBE_NFS3, "EBADF", &reason),
			 PROBE_CONFORMS);
}
END_TEST

START_TEST(classes)
{
	ck_assert_int_eq(probe_class_of("ext4", "rw"), PROBE_LOCAL);
	ck_assert_int_eq(probe_class_of("fuse.sshfs", "rw"), PROBE_LOCAL);
	ck_assert_int_eq(probe_class_of("nfs", "rw,vers=3,hard"), PROBE_NFS3);
	ck_assert_int_eq(probe_class_of("nfs4", "rw,vers=4.2"), PROBE_NFS4);
	ck_assert_int_eq(probe_class_of("nfs", "rw,vers=4.0"), PROBE_NFS4);
	ck_assert_int_eq(probe_class_of("nfs4", ""), PROBE_NFS4);
}
END_TEST

/* ---- an agent -------------------------------------------------------------------- */

/* Perform the steps of @script by one agent; the reply to the last. */
static struct probe_reply perform(const char *script)
{
	struct probe_job job = {.path = "file", .timeout_ns = 30000000};
	struct probe_reply reply = {0};
	int pair[2], count = parse(script);
	pid_t pid;

	ck_assert_int_gt(count, 0);
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
	pid = fork();
	if (pid == 0) {
		close(pair[0]);
		_exit(probe_agent(&job, pair[1]));
	}
	close(pair[1]);
	for (int i = 0; i < count; i++) {
		ck_assert_int_eq(send(pair[0], &steps[i], sizeof(steps[i]), 0),
				 sizeof(steps[i]));
		ck_assert_int_eq(recv(pair[0], &reply, sizeof(reply), 0),
				 sizeof(reply));
	}
	close(pair[0]);
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
	return reply;
}

START_TEST(an_agent_does_what_its_steps_say)
{
	static const char *const files[] = {"file", NULL};
	struct probe_reply reply;
	int fd;

	scratch_enter();
	ck_assert_int_eq(perform("A open f rw; A try ex f").rc, 0);
	ck_assert(scratch_unlocked("file")); /* it is gone, and so is its lock */
	ck_assert_int_eq(perform("A open f rw; A write f; A close f").rc, 0);
	ck_assert_int_eq(scratch_size("file"), 1);
	ck_assert_int_eq(perform("A close f").rc, -EBADF);
	ck_assert_int_eq(perform("a close f").rc, -ECHILD);
	ck_assert_int_eq(perform("A kill").rc, -EINVAL); /* not its to do */
	ck_assert_int_eq(
		perform("A open f rw; A try flock:ex f; A fork; a unlock flock:f;"
			"a exit; A open g rw; A try flock:ex g")
			.rc,
		0);

	fd = open("file", O_RDWR);
	ck_assert_int_eq(flock(fd, LOCK_EX), 0);
	ck_assert_int_eq(perform("A open f rw; A try flock:ex f").rc, -EAGAIN);
	reply = perform("A open f rw; A retry flock:ex f");
	ck_assert_int_eq(reply.rc, -EAGAIN);
	ck_assert_uint_ge(reply.ended_ns - reply.began_ns, 30000000);
	close(fd);
	scratch_leave(files);
}
END_TEST

UNIT_MAIN("probe", 60, every_probe_is_unique_and_has_a_script,
	  every_row_says_what_to_expect_and_where_it_is_written,
	  every_expectation_answers_every_question,
	  what_is_expected_conforms_and_granting_two_does_not, a_step_is_sensible,
	  a_script_becomes_steps, mistakes_in_a_script_are_found, words, verdicts,
	  classes, an_agent_does_what_its_steps_say)
