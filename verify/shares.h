/*
 * shares - the lists of all hosts' shares (share.h), as the judge goes through the
 * files.
 */
#ifndef TAILRACE_VERIFY_SHARES_H
#define TAILRACE_VERIFY_SHARES_H

#include "verify/share.h"

/* Owner: whoever called shares_open; ended by shares_close. */
struct shares;

/*
 * The @parts lists that share_path() names in @dir; one that is missing or not to be
 * believed is left out.  NULL without memory, which costs no more than time.
 */
struct shares *shares_open(const char *dir, const struct share_identity *identity,
			   const struct record_form *form, uint32_t slot_bytes);
void shares_close(struct shares *shares);

/*
 * The next block of file number @file, of @size_bytes, that begins at @at or later;
 * NULL: there is none.  The same one again until shares_pass().  To be asked in order.
 * A block whose host saw another size is left out.
 */
const struct share_block *shares_look(struct shares *shares, uint32_t file,
				      uint64_t size_bytes, uint64_t at);
void shares_pass(struct shares *shares);

/* A new string: where the list of one part is kept; NULL without memory. */
char *share_path(const char *dir, uint32_t strategy_index, uint32_t part);

#endif
