/*
 * confine.h - work that may go wrong in any way, in a process of its own
 *
 * A library that is known to break on bad files does its work in a child that
 * has the file, a pipe to answer through and no other descriptor, so much memory
 * and time, and can write to no file; nor, where the kernel has Landlock, make,
 * remove or run any.
 * It dies with us.  What it answers is kept in a file without a name until it
 * has come to its end, and is to be believed no more than the file was.
 */
#ifndef INV_IO_CONFINE_H
#define INV_IO_CONFINE_H

#include "base/err.h"

struct inv_confine {
	uint64_t memory; /* bytes, with those of our own programs and libraries;
			     not held where sanitizers need them */
	unsigned seconds; /* of the processor */
	uint64_t ms;      /* until it has to be done */
	uint64_t answer;  /* bytes */
};

enum inv_confined {
	INV_CONFINED_DONE,
	INV_CONFINED_DIED,     /* the file, we suppose, made it do so */
	INV_CONFINED_EXCEEDED, /* one of its limits */
	INV_CONFINED_FAILED,   /* it could not be tried */
};

enum { INV_CONFINE_STATUS = 63 }; /* of what is done, at most */

/*
 * Have work(arg, in, out) done, which answers through the descriptor out, and
 * returns 0.  Where that is what became of it, *answer is a file of the
 * caller's, at its first byte.  Otherwise it is -1, and *err says what there
 * was: INV_BAD, or INV_IO where it could not be tried.
 */
INV_MUST enum inv_confined inv_confine_run(const struct inv_confine *limits,
    int in, int (*work)(void *arg, int in, int out), void *arg, int *answer,
    struct inv_err *err);

#endif
