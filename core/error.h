/*
 * error - why something failed, as one sentence for a person.
 *
 * Library code returns 0 or a negative errno and prints nothing; where the
 * errno alone would not tell the user what to do, the function also takes a
 * struct error and leaves one sentence in it.  Programs print the sentence.
 */
#ifndef TAILRACE_CORE_ERROR_H
#define TAILRACE_CORE_ERROR_H

/*
 * A sentence of one line: control characters in it are replaced by '?'.
 * Empty when nothing failed.
 */
struct error {
	char sentence[1024];
};

/*
 * Put a sentence into @err (which may be NULL) and return -@errnum, so that a
 * failing function can end in `return error_set(err, EINVAL, "...")`.
 * A later sentence replaces an earlier one.
 */
int error_set(struct error *err, int errnum, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* The same, with ": " and the text of @errnum (strerror(3)) at the end. */
int error_sys(struct error *err, int errnum, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif
