/*
 * ring_uring.c - the ring over io_uring
 *
 * The kernel is given a tag for each op, not its address: a place in a table
 * and the generation of that place.  What it says about a tag that is no
 * longer in use, a cancellation that came too late say, is dropped.
 *
 * Requests are put on the submission queue in the wait only, with one system
 * call for all of them; no completion is acted on in between.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <liburing.h>

#include "base/mem.h"
#include "net/ring_body.h"

enum {
	ENTRIES = 256, /* of the submission queue; when full: submit */
	CHAIN = 3,     /* requests of an append at once, the sync too */
	NO_TAG = 0,    /* whose completion nobody waits for */
	NEEDED = IORING_FEAT_EXT_ARG | IORING_FEAT_NODROP,
};

struct place {
	struct inv_op *op;   /* NULL: free */
	uint32_t generation; /* from 1 */
	uint32_t next_free;

	/* Of an append: */
	unsigned queued; /* requests with the kernel, each behind the other */
	bool broken;     /* one has failed or fell short: so do the others */
	bool synced;
	int res; /* or -errno */
};

struct body {
	struct io_uring ring;
	struct place *places;
	uint32_t count;
	uint32_t cap;
	uint32_t first_free; /* == count: none */
	struct inv_ops todo; /* not with the kernel now, and should be */
	uint64_t *cancels;   /* tags to cancel */
	size_t cancels_count;
	size_t cancels_cap;
};

static void *
open_uring(struct inv_err *err)
{
	struct body *b = inv_mem_new(sizeof(*b));
	struct io_uring_params p = { 0 };
	int r = io_uring_queue_init_params(ENTRIES, &b->ring, &p);

	if (r == 0 && (p.features & NEEDED) == NEEDED)
		return b;
	if (r == 0) {
		io_uring_queue_exit(&b->ring);
		r = -ENOSYS;
	}
	inv_fail(err, INV_CONFIG, "io_uring: %s", strerror(-r));
	free(b);
	return NULL;
}

static void
close_uring(void *self)
{
	struct body *b = self;

	io_uring_queue_exit(&b->ring);
	free(b->places);
	free(b->cancels);
	free(b);
}

static uint64_t
tag_of(const struct body *b, const struct inv_op *op)
{
	return (uint64_t)b->places[op->index].generation << 32 | op->index;
}

static void
take_place(struct body *b, struct inv_op *op)
{
	if (b->first_free == b->cap) {
		b->cap = b->cap == 0 ? 64 : 2 * b->cap;
		b->places =
		    inv_mem_resize(b->places, b->cap, sizeof(*b->places));
	}
	if (b->first_free == b->count) {
		b->places[b->count] = (struct place){ .generation = 1,
			.next_free = b->count + 1 };
		b->count++;
	}
	op->index = b->first_free;
	b->first_free = b->places[op->index].next_free;
	struct place *place = &b->places[op->index];

	place->op = op;
	place->queued = 0;
	place->broken = place->synced = false;
	place->res = 0;
}

static void
leave_place(struct body *b, const struct inv_op *op)
{
	struct place *place = &b->places[op->index];

	place->op = NULL;
	if (++place->generation == 0)
		place->generation = 1;
	place->next_free = b->first_free;
	b->first_free = (uint32_t)op->index;
}

static void
begin(void *self, struct inv_op *op)
{
	struct body *b = self;

	take_place(b, op);
	inv_ops_add(&b->todo, op);
}

static void
cancel(void *self, struct inv_op *op)
{
	struct body *b = self;

	if (b->cancels_count == b->cancels_cap) {
		b->cancels_cap = b->cancels_cap == 0 ? 16 : 2 * b->cancels_cap;
		b->cancels = inv_mem_resize(b->cancels, b->cancels_cap,
		    sizeof(*b->cancels));
	}
	b->cancels[b->cancels_count++] = tag_of(b, op);
}

static void
cancel_all(void *self)
{
	struct body *b = self;

	for (uint32_t i = 0; i < b->count; i++) {
		struct inv_op *op = b->places[i].op;

		if (op == NULL || op->state != INV_OP_WATCH || op->cancelled)
			continue;
		op->cancelled = true;
		cancel(b, op);
	}
}

static bool
queue_watch(struct body *b, const struct inv_op *op)
{
	struct io_uring_sqe *sqe = io_uring_get_sqe(&b->ring);

	if (sqe == NULL)
		return false;
	io_uring_prep_poll_add(sqe, op->fd, (unsigned)op->events);
	io_uring_sqe_set_data64(sqe, tag_of(b, op));
	return true;
}

/*
 * A chain: each request begins when the one before has done all it was asked
 * for, and is cancelled where that did not.  It is not spread over two
 * submissions, which would break it.
 */
static bool
queue_append(struct body *b, const struct inv_op *op)
{
	struct place *place = &b->places[op->index];
	struct io_uring_sqe *sqe;
	struct inv_piece piece;

	if (io_uring_sq_space_left(&b->ring) < CHAIN)
		return false;
	for (size_t from = 0;; from += piece.n) {
		piece = inv_op_piece(op, from);
		sqe = io_uring_get_sqe(&b->ring);
		if (piece.n > 0)
			io_uring_prep_write(sqe, piece.fd, op->bytes.p + from,
			    (unsigned)piece.n, op->offset + from);
		else
			io_uring_prep_fsync(sqe, op->fd, IORING_FSYNC_DATASYNC);
		io_uring_sqe_set_data64(sqe, tag_of(b, op));
		if (++place->queued == CHAIN || piece.n == 0)
			return true;
		io_uring_sqe_set_flags(sqe, IOSQE_IO_LINK);
	}
}

/*
 * Move what is to do to the submission queue, as far as it has room.  The
 * cancels go first: what is still in todo needs none.
 */
static void
fill(struct body *b, struct inv_ops *done)
{
	while (b->cancels_count > 0) {
		struct io_uring_sqe *sqe = io_uring_get_sqe(&b->ring);

		if (sqe == NULL)
			return;
		io_uring_prep_cancel64(sqe, b->cancels[--b->cancels_count], 0);
		io_uring_sqe_set_data64(sqe, NO_TAG);
	}
	while (b->todo.first != NULL) {
		struct inv_op *op = b->todo.first;

		if (op->cancelled) {
			leave_place(b, op);
			inv_ops_take(&b->todo);
			inv_op_done(done, op, -ECANCELED);
			continue;
		}
		if (!(op->state == INV_OP_WATCH ? queue_watch(b, op)
						: queue_append(b, op)))
			return;
		inv_ops_take(&b->todo);
	}
}

/* A request of an append, not behind a broken one, came to res. */
static void
take_result(struct place *place, int res)
{
	struct inv_op *op = place->op;
	size_t asked = inv_op_piece(op, 0).n;

	if (asked == 0) {
		place->synced = res == 0;
		place->broken = !place->synced;
		if (res != -EINTR && res != -EAGAIN)
			place->res = res;
		return;
	}
	place->broken = res < 0 || (size_t)res < asked;
	if (!inv_op_wrote(op, &res))
		place->res = res;
}

/* All that was queued has come: what is left is queued again, if it goes on. */
static bool
is_done(struct body *b, struct place *place)
{
	if (place->synced || place->res != 0)
		return true;
	place->broken = false;
	inv_ops_add(&b->todo, place->op);
	return false;
}

static void
reap(struct body *b, struct inv_ops *done)
{
	struct io_uring_cqe *cqe;

	while (io_uring_peek_cqe(&b->ring, &cqe) == 0) {
		uint64_t tag = io_uring_cqe_get_data64(cqe);
		uint32_t i = (uint32_t)tag;
		int res = cqe->res;

		io_uring_cqe_seen(&b->ring, cqe);
		if (tag == NO_TAG || b->places[i].generation != tag >> 32)
			continue;
		struct place *place = &b->places[i];
		struct inv_op *op = place->op;

		if (op->state == INV_OP_APPEND) {
			if (!place->broken)
				take_result(place, res);
			if (--place->queued > 0 || !is_done(b, place))
				continue;
			res = place->res;
		}
		leave_place(b, op);
		inv_op_done(done, op, res);
	}
}

static bool
has_passed(int r)
{
	return r >= 0 || r == -ETIME || r == -EINTR || r == -EBUSY ||
	    r == -EAGAIN;
}

static bool
wait_uring(void *self, int64_t timeout_ms, struct inv_ops *done,
    struct inv_err *err)
{
	struct body *b = self;
	struct io_uring_cqe *cqe;
	int r;

	fill(b, done);
	while (b->todo.first != NULL || b->cancels_count > 0) {
		/* Full.  EBUSY: completions must be taken first. */
		if (!has_passed(r = io_uring_submit(&b->ring)))
			goto failed;
		reap(b, done);
		fill(b, done);
	}
	if (done->first != NULL)
		timeout_ms = 0;
	struct __kernel_timespec t = {
		.tv_sec = timeout_ms / 1000,
		.tv_nsec = timeout_ms % 1000 * 1000000,
	};

	r = io_uring_submit_and_wait_timeout(&b->ring, &cqe, 1,
	    timeout_ms < 0 ? NULL : &t, NULL);
	if (!has_passed(r))
		goto failed;
	reap(b, done);
	return true;

failed:
	return inv_fail(err, INV_INTERNAL, "io_uring: %s", strerror(-r));
}

const struct inv_ring_body inv_ring_uring = {
	.name = "io_uring",
	.open = open_uring,
	.close = close_uring,
	.watch = begin,
	.append = begin,
	.cancel = cancel,
	.cancel_all = cancel_all,
	.wait = wait_uring,
};
