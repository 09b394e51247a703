/* ring.c - timers, and the calling of fns, over one of two bodies */

#include "net/ring.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "net/ring_body.h"

enum { PIECE_MAX = 1 << 30 }; /* bytes of one write, whole blocks */

struct inv_ring {
	const struct inv_ring_body *body;
	void *self;           /* of the body */
	size_t under_way;     /* started, and fn not called yet */
	struct inv_ops done;  /* fn is still to be called */
	struct inv_op **heap; /* timers; at_ms of i <= of 2i+1 and 2i+2 */
	size_t timers;
	size_t cap;
	bool closing;
};

void
inv_ops_add(struct inv_ops *ops, struct inv_op *op)
{
	op->next = NULL;
	if (ops->first == NULL)
		ops->first = op;
	else
		ops->last->next = op;
	ops->last = op;
}

struct inv_op *
inv_ops_take(struct inv_ops *ops)
{
	struct inv_op *op = ops->first;

	if (op != NULL)
		ops->first = op->next;
	return op;
}

void
inv_op_done(struct inv_ops *done, struct inv_op *op, int res)
{
	op->state = INV_OP_DONE;
	op->res = res;
	inv_ops_add(done, op);
}

struct inv_piece
inv_op_piece(const struct inv_op *op)
{
	struct inv_piece piece = { op->fd, op->bytes.n };

	if (op->direct != -1 && piece.n >= INV_RING_BLOCK &&
	    (uintptr_t)op->bytes.p % INV_RING_BLOCK == 0 &&
	    op->offset % INV_RING_BLOCK == 0) {
		piece.fd = op->direct;
		piece.n -= piece.n % INV_RING_BLOCK;
	}
	if (piece.n > PIECE_MAX)
		piece.n = PIECE_MAX;
	return piece;
}

bool
inv_op_wrote(struct inv_op *op, int *res)
{
	if (*res == -EINTR || *res == -EAGAIN)
		return true;
	if ((*res == -EINVAL || *res == -EOPNOTSUPP) &&
	    inv_op_piece(op).fd == op->direct) {
		op->direct = -1;
		return true;
	}
	if (*res <= 0) {
		*res = *res == 0 ? -EIO : *res;
		return false;
	}
	op->bytes.p += *res;
	op->bytes.n -= (size_t)*res;
	op->offset += (uint64_t)*res;
	return true;
}

static void
put(struct inv_ring *ring, size_t i, struct inv_op *op)
{
	ring->heap[i] = op;
	op->index = i;
}

/* Put op where it belongs, from place i, which is free, upwards or down. */
static void
sift(struct inv_ring *ring, size_t i, struct inv_op *op)
{
	while (i > 0 && op->at_ms < ring->heap[(i - 1) / 2]->at_ms) {
		put(ring, i, ring->heap[(i - 1) / 2]);
		i = (i - 1) / 2;
	}
	for (size_t k; (k = 2 * i + 1) < ring->timers; i = k) {
		if (k + 1 < ring->timers &&
		    ring->heap[k + 1]->at_ms < ring->heap[k]->at_ms)
			k++;
		if (op->at_ms <= ring->heap[k]->at_ms)
			break;
		put(ring, i, ring->heap[k]);
	}
	put(ring, i, op);
}

static void
heap_add(struct inv_ring *ring, struct inv_op *op)
{
	if (ring->timers == ring->cap) {
		ring->cap = ring->cap == 0 ? 16 : 2 * ring->cap;
		ring->heap =
		    inv_mem_resize(ring->heap, ring->cap, sizeof(*ring->heap));
	}
	ring->timers++;
	sift(ring, ring->timers - 1, op);
}

static void
heap_cut(struct inv_ring *ring, const struct inv_op *op)
{
	struct inv_op *last = ring->heap[--ring->timers];

	if (last != op)
		sift(ring, op->index, last);
}

static void *
open_body(struct inv_ring *ring, enum inv_engine engine, struct inv_err *err)
{
	void *self;

	switch (engine) {
	case INV_ENGINE_AUTO:
		ring->body = &inv_ring_uring;
		if ((self = ring->body->open(err)) != NULL)
			return self;
		ring->body = &inv_ring_poll;
		return ring->body->open(err);
	case INV_ENGINE_URING:
		ring->body = &inv_ring_uring;
		return ring->body->open(err);
	case INV_ENGINE_POLL:
		ring->body = &inv_ring_poll;
		return ring->body->open(err);
	}
	return NULL;
}

struct inv_ring *
inv_ring_open(enum inv_engine engine, struct inv_err *err)
{
	struct inv_ring *ring = inv_mem_new(sizeof(*ring));

	ring->self = open_body(ring, engine, err);
	if (ring->self != NULL)
		return ring;
	free(ring);
	return NULL;
}

void
inv_ring_close(struct inv_ring *ring)
{
	struct inv_err err;

	if (ring == NULL)
		return;
	ring->closing = true;
	while (ring->timers > 0)
		inv_ring_cancel(ring, ring->heap[ring->timers - 1]);
	ring->body->cancel_all(ring->self);
	while (ring->under_way > 0)
		if (!inv_ring_turn(ring, &err))
			break;
	ring->body->close(ring->self);
	free(ring->heap);
	free(ring);
}

const char *
inv_ring_name(const struct inv_ring *ring)
{
	return ring->body->name;
}

static void
start(struct inv_ring *ring, struct inv_op *op, enum inv_op_state state)
{
	assert(op->state == INV_OP_IDLE && !ring->closing);
	op->state = state;
	op->cancelled = false;
	ring->under_way++;
}

void
inv_ring_watch(struct inv_ring *ring, struct inv_op *op, int fd, short events)
{
	start(ring, op, INV_OP_WATCH);
	op->fd = fd;
	op->events = events;
	ring->body->watch(ring->self, op);
}

void
inv_ring_timer(struct inv_ring *ring, struct inv_op *op, uint64_t at_ms)
{
	if (op->state == INV_OP_TIMER) {
		op->at_ms = at_ms;
		sift(ring, op->index, op);
		return;
	}
	start(ring, op, INV_OP_TIMER);
	op->at_ms = at_ms;
	heap_add(ring, op);
}

void
inv_ring_append(struct inv_ring *ring, struct inv_op *op,
    struct inv_ring_file file, struct inv_str bytes, uint64_t offset)
{
	start(ring, op, INV_OP_APPEND);
	op->fd = file.fd;
	op->direct = file.direct;
	op->bytes = bytes;
	op->offset = offset;
	ring->body->append(ring->self, op);
}

void
inv_ring_cancel(struct inv_ring *ring, struct inv_op *op)
{
	assert(op->state != INV_OP_APPEND);
	if (op->state == INV_OP_IDLE || op->cancelled)
		return;
	op->cancelled = true;
	if (op->state == INV_OP_WATCH) {
		ring->body->cancel(ring->self, op);
	} else if (op->state == INV_OP_TIMER) {
		heap_cut(ring, op);
		inv_op_done(&ring->done, op, -ECANCELED);
	}
}

/* The op may start again, or be gone, within its fn. */
static void
call(struct inv_ring *ring, struct inv_op *op, int res)
{
	op->state = INV_OP_IDLE;
	ring->under_way--;
	op->fn(op, res);
}

/* What an fn adds to the list waits for the next turn. */
static void
settle_done(struct inv_ring *ring)
{
	struct inv_ops ops = ring->done;
	struct inv_op *op;

	ring->done = (struct inv_ops){ NULL, NULL };
	while ((op = inv_ops_take(&ops)) != NULL)
		call(ring, op, op->cancelled ? -ECANCELED : op->res);
}

/*
 * A timer that is started anew for a time that has come already waits for the
 * next turn as well, or the others would starve.
 */
static void
settle_timers(struct inv_ring *ring)
{
	uint64_t now = inv_clock_ms();

	for (size_t n = ring->timers; n > 0 && ring->timers > 0; n--) {
		struct inv_op *op = ring->heap[0];

		if (op->at_ms > now)
			return;
		heap_cut(ring, op);
		call(ring, op, 0);
	}
}

static int64_t
timeout_ms(const struct inv_ring *ring)
{
	if (ring->done.first != NULL)
		return 0;
	if (ring->timers == 0)
		return -1;
	uint64_t now = inv_clock_ms();
	uint64_t at = ring->heap[0]->at_ms;

	if (at <= now)
		return 0;
	return at - now < INT32_MAX ? (int64_t)(at - now) : INT32_MAX;
}

static bool
turn(struct inv_ring *ring, int64_t wait_ms, struct inv_err *err)
{
	if (ring->under_way == 0)
		return true;
	if (!ring->body->wait(ring->self, wait_ms, &ring->done, err))
		return false;
	settle_done(ring);
	settle_timers(ring);
	return true;
}

bool
inv_ring_turn(struct inv_ring *ring, struct inv_err *err)
{
	return turn(ring, timeout_ms(ring), err);
}

bool
inv_ring_look(struct inv_ring *ring, struct inv_err *err)
{
	return turn(ring, 0, err);
}
