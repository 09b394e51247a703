/*
 * ring.h - the one place to wait: descriptors, timers, durable appends
 *
 * Whoever waits embeds a struct inv_op, sets its fn, and starts it.  fn is
 * called once for each start, only from within inv_ring_turn (or _look, or
 * _close), never from the call that started or cancelled it; it may start, move
 * and cancel any op, its own included, but must not call inv_ring_turn.
 *
 *	event \ op      IDLE        UNDER WAY       CANCELLED
 *	watch, append   UNDER WAY   -               -
 *	timer           UNDER WAY   UNDER WAY *     -
 *	cancel          IDLE        CANCELLED       CANCELLED
 *	completion      -           IDLE, fn(res)   IDLE, fn(-ECANCELED)
 *
 *	*  timers only: it is moved
 *	-  cannot happen: assert
 *
 * From the start of an op until its fn has been called, the op and the bytes
 * of an append belong to the ring (on io_uring, to the kernel) and stay where
 * they are; cancelling does not shorten that.  The same holds for a watched
 * descriptor: close it when fn has been called, or the peer sees no FIN.
 *
 * Two bodies keep these promises: io_uring, where all of it is asynchronous,
 * and poll(2), where an append blocks in the turn.
 */
#ifndef INV_NET_RING_H
#define INV_NET_RING_H

#include "base/err.h"

enum inv_engine {
	INV_ENGINE_AUTO, /* io_uring where the kernel allows it, else poll */
	INV_ENGINE_URING,
	INV_ENGINE_POLL,
};

enum inv_op_state {
	INV_OP_IDLE,
	INV_OP_WATCH,
	INV_OP_TIMER,
	INV_OP_APPEND,
	INV_OP_DONE, /* fn is about to be called */
};

struct inv_op {
	void (*fn)(struct inv_op *op, int res); /* the caller's; the rest not */
	enum inv_op_state state;
	bool cancelled;
	short events;         /* watch */
	int fd;               /* watch, append */
	int direct;           /* append: of the file; -1 once refused, too */
	int res;              /* for fn, once done */
	size_t index;         /* in a table of the ring */
	uint64_t at_ms;       /* timer */
	struct inv_str bytes; /* append: what is still to write */
	uint64_t offset;      /* append: where, from the start of the file */
	struct inv_op *next;  /* in a list of the ring */
};

struct inv_ring;

/* A file to append to; open until the fn of the append has been called. */
struct inv_ring_file {
	int fd;
	int direct; /* the same file, opened with O_DIRECT too; -1: none */
};

/* Bytes: a multiple of what most disks write; others refuse it. */
enum { INV_RING_BLOCK = 4096 };

/*
 * NULL if there is no such engine here: INV_CONFIG, the message says why.
 * INV_ENGINE_AUTO fails only where poll does, which is never.
 */
struct inv_ring *inv_ring_open(enum inv_engine engine, struct inv_err *err);

/*
 * Cancel all that is under way, wait for it, and call each fn: with
 * -ECANCELED, or for an append with how it ended.  Nothing may be started
 * from those.  NULL is accepted.
 */
void inv_ring_close(struct inv_ring *ring);

/* "io_uring" or "poll". */
const char *inv_ring_name(const struct inv_ring *ring);

/*
 * Wait until fd is ready, once: events is POLLIN, POLLOUT or both; res is
 * what poll(2) calls revents (POLLERR and POLLHUP come unasked), or -errno.
 * A regular file is always ready.
 */
void inv_ring_watch(struct inv_ring *ring, struct inv_op *op, int fd,
    short events);

/* Wait until inv_clock_ms() reaches at_ms; res is 0. */
void inv_ring_timer(struct inv_ring *ring, struct inv_op *op, uint64_t at_ms);

/*
 * Write all of bytes to the file at offset, then fdatasync it; bytes may be
 * empty.  Where file.direct allows it, and bytes begin at a block both in
 * memory and in the file, the blocks that they fill go to the disk from where
 * they are, past the page cache, and the rest after them.  res is 0 when all of
 * it is durable, else -errno: some of it may then be in the file, and nothing
 * may be assumed of what is on the disk.
 * Can not be cancelled.  Two appends to one file do not wait for each other.
 */
void inv_ring_append(struct inv_ring *ring, struct inv_op *op,
    struct inv_ring_file file, struct inv_str bytes, uint64_t offset);

/*
 * fn will be called with -ECANCELED, also when the op completes meanwhile.
 * Nothing happens to an op that is idle.
 */
void inv_ring_cancel(struct inv_ring *ring, struct inv_op *op);

static inline bool
inv_op_is_idle(const struct inv_op *op)
{
	return op->state == INV_OP_IDLE;
}

/*
 * Wait until something completes, and call the fn of all that has.  Returns
 * with nothing called after a signal, and at once when nothing is under way.
 * False if the engine failed: INV_INTERNAL, and the ring can only be closed.
 */
INV_MUST bool inv_ring_turn(struct inv_ring *ring, struct inv_err *err);

/* The same without waiting: for what has completed already. */
INV_MUST bool inv_ring_look(struct inv_ring *ring, struct inv_err *err);

#endif
