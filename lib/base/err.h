/*
 * err.h - why something did not work, and what that asks of the caller
 *
 * The fault decides what happens next and, when it ends a program, its exit
 * status; the message says what happened.  The message is inside the struct,
 * so that failing never allocates.
 */
#ifndef INV_BASE_ERR_H
#define INV_BASE_ERR_H

#include "base/str.h"

enum inv_fault {
	INV_OK = 0,
	INV_NO,       /* the answer is no: a difference was found */
	INV_USAGE,    /* the command line is wrong */
	INV_BAD,      /* this input is wrong and always will be */
	INV_NOINPUT,  /* an input can not be opened or read */
	INV_REFUSED,  /* the ledger refuses us for good */
	INV_INTERNAL, /* we are wrong */
	INV_CREATE,   /* a file can not be created */
	INV_IO,       /* a write, an fsync, or the program downstream failed */
	INV_AGAIN,    /* the world said not now: the same run may work later */
	INV_DENIED,   /* permission */
	INV_CONFIG,   /* configuration or schema */
};

enum { INV_ERR_MSG = 512 }; /* bytes, with the NUL */

struct inv_err {
	enum inv_fault fault;
	char msg[INV_ERR_MSG]; /* lower case, no newline, no final period */
};

/* The exit status of DESIGN 7 for a fault: 0, 1, 64 .. 78. */
int inv_fault_exit(enum inv_fault fault);

/*
 * What a program that met both ends with: we, the disk, what a person has to
 * mend, the input, the ledger, not now, no.
 */
enum inv_fault inv_fault_worse(enum inv_fault a, enum inv_fault b);

/*
 * Fill *err and return false, so that a failure is one line.  A message too
 * long for the struct is cut.
 */
bool inv_fail(struct inv_err *err, enum inv_fault fault, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/*
 * The same with ": " and the text of errno behind the message; of ENOMEM the
 * fault is INV_INTERNAL, as of any memory that is not to be had.
 */
bool inv_fail_sys(struct inv_err *err, enum inv_fault fault, const char *fmt,
    ...) __attribute__((format(printf, 3, 4)));

#endif
