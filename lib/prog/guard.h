/*
 * guard.h - an eye on memory: say so, go slowly, drop nothing
 *
 * A program tells what passes; every few thousand records the guard looks at
 * how much memory is in use.  At the limit it says so once, has the program
 * give back what it can, and waits a little before more is read.  Nothing is
 * lost by it and nothing stops: a limit that is always passed is a slow run.
 */
#ifndef INV_PROG_GUARD_H
#define INV_PROG_GUARD_H

#include "base/buf.h"
#include "base/err.h"

enum {
	INV_GUARD_LEVELS = 8,      /* control groups, one within the other */
	INV_GUARD_EACH = 1 << 10,  /* bytes that any record counts as, and */
	INV_GUARD_EVERY = 4 << 20, /* ... bytes after which it looks again */
};

/* A control group with a limit. */
struct inv_guard_level {
	int current; /* its memory.current */
	int stat;    /* its memory.stat */
	uint64_t max;
};

/* Zero is a guard that never looks. */
struct inv_guard {
	uint64_t bytes; /* the limit: resident memory of the process */
	unsigned
	    percent; /* or: of what control group and machine have in use */
	void (*give_back)(void *arg);
	void *arg;

	int proc; /* statm, or meminfo */
	struct inv_guard_level level[INV_GUARD_LEVELS];
	size_t levels;
	uint64_t passed; /* bytes since it looked */
	bool reached;    /* now */
	uint64_t times;  /* that it was reached */
	uint64_t wait_ms;
	uint64_t waited_ms; /* in all */
};

/*
 * A size, or a share as in 75%: false for anything else.
 */
INV_MUST bool inv_guard_read(struct inv_guard *g, struct inv_str limit);

/*
 * Begin.  root is "", or stands before /proc and /sys.  INV_CONFIG where the
 * use of memory can not be told: a guard that never sees anything is none.
 */
INV_MUST bool inv_guard_open(struct inv_guard *g, const char *root,
    struct inv_err *err);
void inv_guard_close(struct inv_guard *g);

/* Look now; waits at most 50 ms. */
void inv_guard_look(struct inv_guard *g);

/* A record of n bytes goes by. */
static inline void
inv_guard_pass(struct inv_guard *g, size_t n)
{
	g->passed += n + INV_GUARD_EACH;
	if (g->passed >= INV_GUARD_EVERY)
		inv_guard_look(g);
}

/* For --stats: ,"memory":{...}; nothing where there is no limit. */
void inv_guard_sum(const struct inv_guard *g, struct inv_buf *b);

#endif
