/* probe_script - from the text of a script to its steps; see probe.h. */
#include "workloads/probe.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What arguments an operation takes. */
enum arguments {
	TAKES_NOTHING,
	TAKES_SLOT,  /* f */
	TAKES_SLOTS, /* f g */
	TAKES_MODE,  /* f rw [keep] */
	TAKES_LOCK,  /* [KIND:]ex f [0+100] */
	TAKES_RANGE, /* [KIND:]f [0+100] */
};

static const struct {
	const char *name;
	enum arguments takes;
} ops[PROBE_OPS] = {
	[PROBE_OPEN] = {"open", TAKES_MODE},
	[PROBE_TRY] = {"try", TAKES_LOCK},
	[PROBE_ERRNO] = {"errno", TAKES_LOCK},
	[PROBE_RETRY] = {"retry", TAKES_LOCK},
	[PROBE_WAIT] = {"wait", TAKES_LOCK},
	[PROBE_UNLOCK] = {"unlock", TAKES_RANGE},
	[PROBE_CLOSE] = {"close", TAKES_SLOT},
	[PROBE_DUP] = {"dup", TAKES_SLOTS},
	[PROBE_WRITE] = {"write", TAKES_SLOT},
	[PROBE_FORK] = {"fork", TAKES_NOTHING},
	[PROBE_EXEC] = {"exec", TAKES_NOTHING},
	[PROBE_EXIT] = {"exit", TAKES_NOTHING},
	[PROBE_KILL] = {"kill", TAKES_NOTHING},
	[PROBE_STILL] = {"still", TAKES_NOTHING},
	[PROBE_DONE] = {"done", TAKES_NOTHING},
};

static int parse_slot(const char *word, uint8_t *ret_slot)
{
	if (!word || word[0] < 'f' || word[0] >= 'f' + PROBE_SLOTS || word[1])
		return -EINVAL;
	*ret_slot = (uint8_t)(word[0] - 'f');
	return 0;
}

static int parse_agent(const char *word, struct probe_step *step)
{
	static const char letters[] = "ABab";
	const char *found = word && *word ? strchr(letters, *word) : NULL;

	if (!found || word[1])
		return -EINVAL;
	step->agent = (uint8_t)((found - letters) % PROBE_AGENTS);
	step->child = found - letters >= PROBE_AGENTS;
	return 0;
}

/* Take "KIND:" off *@word, if it is there. */
static int parse_kind(char **word, struct probe_step *step)
{
	char *colon = *word ? strchr(*word, ':') : NULL;

	if (!colon)
		return 0;
	*colon = '\0';
	for (int lock = 0; lock < PROBE_LOCKS; lock++) {
		if (strcmp(probe_lock_names[lock], *word) != 0)
			continue;
		step->lock = (enum probe_lock)lock;
		*word = colon + 1;
		return 0;
	}
	return -EINVAL;
}

static int parse_range(const char *word, struct probe_step *step)
{
	char *end;

	if (!word)
		return 0;
	if (strspn(word, "0123456789+") != strlen(word) || word[0] == '+')
		return -EINVAL;
	step->start = strtoll(word, &end, 10);
	if (end[0] != '+' || !end[1] || end[1] == '+')
		return -EINVAL;
	step->length = strtoll(end + 1, &end, 10);
	return *end ? -EINVAL : 0;
}

static int parse_mode(const char *mode, const char *keep, struct probe_step *step)
{
	static const struct {
		const char *name;
		int flags;
	} modes[] = {
		{"rw", O_RDWR | O_CREAT}, {"wo", O_WRONLY | O_CREAT}, {"ro", O_RDONLY}};

	if (keep && strcmp(keep, "keep") != 0)
		return -EINVAL;
	for (size_t i = 0; mode && i < sizeof(modes) / sizeof(modes[0]); i++) {
		if (strcmp(modes[i].name, mode) != 0)
			continue;
		step->open_flags = modes[i].flags | (keep ? 0 : O_CLOEXEC);
		return 0;
	}
	return -EINVAL;
}

static int parse_lock(char *words[3], struct probe_step *step)
{
	if (!words[0] || parse_kind(&words[0], step) < 0)
		return -EINVAL;
	step->exclusive = strcmp(words[0], "ex") == 0;
	if (!step->exclusive && strcmp(words[0], "sh") != 0)
		return -EINVAL;
	return parse_slot(words[1], &step->slot) < 0 ? -EINVAL
						     : parse_range(words[2], step);
}

static int parse_arguments(enum arguments takes, char *words[3],
			   struct probe_step *step)
{
	switch (takes) {
	case TAKES_LOCK:
		return parse_lock(words, step);
	case TAKES_RANGE:
		if (words[2] || parse_kind(&words[0], step) < 0 ||
		    parse_slot(words[0], &step->slot) < 0)
			return -EINVAL;
		return parse_range(words[1], step);
	case TAKES_MODE:
		if (parse_slot(words[0], &step->slot) < 0)
			return -EINVAL;
		return parse_mode(words[1], words[2], step);
	case TAKES_SLOTS:
		if (words[2] || parse_slot(words[0], &step->slot) < 0)
			return -EINVAL;
		return parse_slot(words[1], &step->new_slot);
	case TAKES_SLOT:
		return words[1] ? -EINVAL : parse_slot(words[0], &step->slot);
	default:
		return words[0] ? -EINVAL : 0;
	}
}

static int parse_step(char *text, enum probe_lock lock, struct probe_step *ret_step)
{
	struct probe_step step = {.lock = lock};
	char *words[6] = {NULL};
	size_t count = 0;

	text += strspn(text, " ");
	for (; *text == '?' || *text == '@'; text++) {
		step.asked |= *text == '?';
		step.timed |= *text == '@';
	}
	for (char *word; count < 6 && (word = strsep(&text, " "));)
		if (*word)
			words[count++] = word;
	if (count < 2 || count > 5 || parse_agent(words[0], &step) < 0)
		return -EINVAL;
	for (int op = 0; op < PROBE_OPS; op++) {
		if (strcmp(ops[op].name, words[1]) != 0)
			continue;
		step.op = (enum probe_op)op;
		if (parse_arguments(ops[op].takes, words + 2, &step) < 0)
			return -EINVAL;
		*ret_step = step;
		return 0;
	}
	return -EINVAL;
}

int probe_script(const struct probe *probe, struct probe_step steps[PROBE_STEPS_MAX])
{
	char text[512];
	char *rest = text;
	int count = 0;

	if (snprintf(text, sizeof(text), "%s", probe->row->script) >= (int)sizeof(text))
		return -EINVAL;
	for (char *step; (step = strsep(&rest, ";")); count++)
		if (count == PROBE_STEPS_MAX ||
		    parse_step(step, probe->lock, &steps[count]) < 0)
			return -EINVAL;
	return count;
}
