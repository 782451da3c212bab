/* check_matrix - see check_matrix.h. */
#include "harness/check_matrix.h"

#include "workloads/strategy.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct matrix_row {
	const char *spec; /* as in --strategy */
	enum check_level from;
	bool required;
} matrix[] = {
	/* Does the test have teeth here? */
	{"append", CHECK_QUICK, false},

	/* The standard methods, by which a mount is accepted or rejected. */
	{"flock", CHECK_QUICK, true},
	{"fcntl", CHECK_QUICK, true},
	{"ofd", CHECK_QUICK, false},
	{"per-file", CHECK_QUICK, false},
	{"counter", CHECK_QUICK, true},

	/* The same locks, read under. */
	{"counter:lock=fcntl", CHECK_USUAL, true},
	{"chain", CHECK_USUAL, true},
	{"chain:lock=fcntl", CHECK_USUAL, true},

	/* Other ways to use them, and other locks. */
	{"flock-poll", CHECK_USUAL, false},
	{"flock-append", CHECK_USUAL, false},
	{"flock-pwrite", CHECK_USUAL, false},
	{"lockfile", CHECK_USUAL, false},
	{"link", CHECK_USUAL, false},
	{"mpi-token", CHECK_USUAL, false},

	/* Without a lock. */
	{"sequencer:io=dsync", CHECK_USUAL, false},
	{"sequencer-aligned", CHECK_USUAL, false},
	{"aggregator", CHECK_USUAL, false},

	/* Mistakes that people make. */
	{"sidecar", CHECK_USUAL, false},
	{"seek-before-lock", CHECK_USUAL, false},
	{"sequencer", CHECK_USUAL, false},
	{"counter:lock=none", CHECK_USUAL, false},

	{"flock:flush=fsync", CHECK_THOROUGH, false},
	{"flock:flush=close", CHECK_THOROUGH, false},
	{"flock:batch=16", CHECK_THOROUGH, false},
	{"flock:batch=16,flush=fsync", CHECK_THOROUGH, false},
	{"flock:wait=poll", CHECK_THOROUGH, false},
	{"flock:wait=exponential", CHECK_THOROUGH, false},
	{"flock:io=sync", CHECK_THOROUGH, false},
	{"flock:io=direct", CHECK_THOROUGH, false},
	{"fcntl:flush=fsync", CHECK_THOROUGH, false},
	{"fcntl:flush=close", CHECK_THOROUGH, false},
	{"fcntl:batch=16", CHECK_THOROUGH, false},
	{"fcntl:wait=exponential", CHECK_THOROUGH, false},
	{"ofd:batch=16", CHECK_THOROUGH, false},
	{"lockfile:wait=exponential", CHECK_THOROUGH, false},
	{"per-file:flush=fsync", CHECK_THOROUGH, false},
	{"per-file:batch=16", CHECK_THOROUGH, false},
	{"sequencer:io=direct", CHECK_THOROUGH, false},
	{"aggregator:flush=fsync", CHECK_THOROUGH, false},
	{"append:io=dsync", CHECK_THOROUGH, false},
	{"counter:lock=ofd", CHECK_THOROUGH, false},
	{"counter:lock=lockfile", CHECK_THOROUGH, false},
	{"counter:lock=sidecar", CHECK_THOROUGH, false},
	{"counter:think=500", CHECK_THOROUGH, false},
	{"chain:lock=ofd", CHECK_THOROUGH, false},
};

const struct check_budget *check_budget(enum check_level level)
{
	static const struct check_budget budgets[CHECK_LEVELS] = {
		[CHECK_QUICK] = {10000000000, 6000000000, 64 << 20, 0},
		[CHECK_USUAL] = {66000000000, 20000000000, 256 << 20, 60},
		[CHECK_THOROUGH] = {600000000000, 60000000000, 1 << 30, 200},
	};

	return &budgets[level];
}

/* Is the preset of this name a row, without any keys? */
static bool is_row(const char *preset)
{
	for (size_t i = 0; i < sizeof(matrix) / sizeof(matrix[0]); i++)
		if (strcmp(matrix[i].spec, preset) == 0)
			return true;
	return false;
}

static char *list(enum check_level level, bool required_only)
{
	char *text = NULL;
	size_t size, count = 0;
	FILE *stream = open_memstream(&text, &size);

	if (!stream)
		return NULL;
	for (size_t i = 0; i < sizeof(matrix) / sizeof(matrix[0]); i++) {
		if (matrix[i].from > level || (required_only && !matrix[i].required))
			continue;
		fprintf(stream, "%s%s", count++ ? "," : "", matrix[i].spec);
	}
	/* Thorough is every preset, also one that has no row here. */
	for (size_t i = 0; level == CHECK_THOROUGH && i < strategy_preset_count; i++)
		if (!required_only && !is_row(strategy_presets[i].name))
			fprintf(stream, ",%s", strategy_presets[i].name);
	if (fclose(stream) == 0)
		return text;
	free(text);
	return NULL;
}

char *check_matrix_strategies(enum check_level level)
{
	return list(level, false);
}

char *check_matrix_required(enum check_level level)
{
	return list(level, true);
}
