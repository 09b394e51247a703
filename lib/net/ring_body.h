/*
 * ring_body.h - what ring.c asks of an engine: for ring*.c only
 *
 * A body starts watches and appends and waits for them.  Timers, the list of
 * what is done and the calling of fns are in ring.c: a body never calls one.
 */
#ifndef INV_NET_RING_BODY_H
#define INV_NET_RING_BODY_H

#include "net/ring.h"

/* Ops in the order they were added. */
struct inv_ops {
	struct inv_op *first;
	struct inv_op *last;
};

void inv_ops_add(struct inv_ops *ops, struct inv_op *op);
struct inv_op *inv_ops_take(struct inv_ops *ops); /* NULL: none */

/* It came to res, and goes on the list of what is done. */
void inv_op_done(struct inv_ops *done, struct inv_op *op, int res);

/*
 * Of an append: the write that what is left of its bytes begins with, and that
 * is done before the next.  Nothing is left: n is 0, and fdatasync is next.
 */
struct inv_piece {
	int fd;
	size_t n;
};

struct inv_piece inv_op_piece(const struct inv_op *op);

/*
 * It came to *res: true if the append goes on, with what is left now.  What may
 * not go past the cache goes through it.
 */
bool inv_op_wrote(struct inv_op *op, int *res);

struct inv_ring_body {
	const char *name;
	void *(*open)(struct inv_err *err);
	void (*close)(void *self); /* nothing is under way */

	/* Begin at the next wait; what the op says is filled in. */
	void (*watch)(void *self, struct inv_op *op);
	void (*append)(void *self, struct inv_op *op);

	/* op->cancelled was set just now: see that it is done soon. */
	void (*cancel)(void *self, struct inv_op *op);

	/* The same for all watches. */
	void (*cancel_all)(void *self);

	/*
	 * Wait until something is done, a signal came, or timeout_ms have
	 * passed (-1: for ever), and add what is done to *done.
	 */
	bool (*wait)(void *self, int64_t timeout_ms, struct inv_ops *done,
	    struct inv_err *err);
};

extern const struct inv_ring_body inv_ring_poll;
extern const struct inv_ring_body inv_ring_uring;

#endif
