/*
 * sample_history - histories for tests: in a folder of the test's own, one file whose
 * entries are known by their numbers.
 */
#ifndef TAILRACE_TESTS_UNIT_CORE_SAMPLE_HISTORY_H
#define TAILRACE_TESTS_UNIT_CORE_SAMPLE_HISTORY_H

#include <stdbool.h>

#include "core/history.h"
#include "tests/unit/unit.h"

/* The history, in the working folder. */
#define PATH "a.history"

extern const struct history_identity sample_identity;

/* The working folder becomes a new one; and goes, with the history alone in it. */
void enter_folder(void);
void leave_folder(void);

/* What append number @seq is made to look like. */
struct history_entry sample_entry(uint64_t seq);
void assert_same(const struct history_entry *a, const struct history_entry *b);

/* Begin and conclude the next append of @writer. */
void append_one(struct history_writer *writer);

/* A history of @count concluded appends, finished or left as a killed one. */
void make_history(uint64_t count, uint64_t capacity, bool finished);

/* It must open. */
struct history opened(void);

/* Does @history hold exactly the @count sample entries? */
bool holds_samples(const struct history *history, uint64_t count);

/* The file's bytes, @size at the most: how many there are, never 0. */
size_t read_whole(uint8_t *bytes, size_t size);

/* Then these are the file. */
void write_whole(const uint8_t *bytes, size_t size);

/* One byte of the file, which may be open as a history. */
void put_byte(size_t at, uint8_t byte);

#endif
