/*
 * secret.h - a word that we share with somebody, from a file of our own
 *
 * It lies in pages that are in no core dump and, where the system lets us, not
 * swapped out; what is no longer needed is wiped.  No message shows it.
 */
#ifndef INV_IO_SECRET_H
#define INV_IO_SECRET_H

#include "base/err.h"

enum {
	INV_SECRET_MIN = 8,        /* bytes of a word: shorter can be guessed */
	INV_SECRET_MAX = 8 << 10,  /* bytes of a word */
	INV_SECRET_LOOK_MS = 1000, /* a file is looked at this often at most */
};

/* Where a word comes from. */
struct inv_secret_place {
	const char *path; /* a file; NULL: what can be read from fd */
	int fd;
	bool is_lent; /* by the service manager: it may be root's, and its
			 group bits are the mask of an access list */
};

struct inv_secret;

/*
 * Read it: one word of visible ASCII, blanks and newlines behind it left out.
 * A file must be a regular one of ours that nobody else can open (INV_DENIED);
 * INV_CONFIG if there is none, or no such word in it.  fd is read to its end,
 * and closed.
 */
struct inv_secret *inv_secret_open(const struct inv_secret_place *place,
    struct inv_err *err);
void inv_secret_close(struct inv_secret *s); /* NULL is accepted */

/* The word, good until the next look. */
struct inv_str inv_secret_word(const struct inv_secret *s);

/* Which one it is: 1, and one more each time that another has been read. */
unsigned inv_secret_turn(const struct inv_secret *s);

/*
 * Look at the file, at most once a second or at once, and read it again where
 * it has changed.  Where that fails the word stays what it was, and a warning
 * is said.
 */
void inv_secret_look(struct inv_secret *s, bool at_once);

/* A file that others read for us, a private key, is as safe as one of ours. */
INV_MUST bool inv_secret_is_safe(const char *path, struct inv_err *err);

/* From now on there is no core dump of this process, and no debugger in it. */
void inv_secret_guard(void);

#endif
