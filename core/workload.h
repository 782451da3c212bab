/*
 * workload - what the writers of a strategy do under their lock, and so what the
 * data file is to hold.
 */
#ifndef TAILRACE_CORE_WORKLOAD_H
#define TAILRACE_CORE_WORKLOAD_H

enum workload {
	WORKLOAD_APPEND,  /* add a record at the end */
	WORKLOAD_CHAIN,	  /* the same, having read what stands at the end: the
			     history keeps a digest of that */
	WORKLOAD_COUNTER, /* read a number, add 1, write it back: the file holds
			     that number alone */
	WORKLOAD_COUNT,
};

/* "append", "chain", "counter". */
extern const char *const workload_names[WORKLOAD_COUNT];

/* The workload called @name, or WORKLOAD_COUNT. */
enum workload workload_by_name(const char *name);

/*
 * The file of a counter: the number in decimal, zero padded, and a newline; so a
 * write replaces the whole of it.  An empty file is 0.
 */
enum { COUNTER_BYTES = 21 };

#endif
