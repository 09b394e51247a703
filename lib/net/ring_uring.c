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
	NO_TAG = 0,    /* whose completion nobody waits for */
	NEEDED = IORING_FEAT_EXT_ARG | IORING_FEAT_NODROP,
};

struct place {
	struct inv_op *op;   /* NULL: free */
	uint32_t generation; /* from 1 */
	uint32_t next_free;
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
	b->places[op->index].op = op;
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

static void
prepare(const struct body *b, struct io_uring_sqe *sqe, struct inv_op *op)
{
	if (op->state == INV_OP_WATCH) {
		io_uring_prep_poll_add(sqe, op->fd, (unsigned)op->events);
	} else if (op->bytes.n > 0) {
		struct inv_piece piece = inv_op_piece(op);

		io_uring_prep_write(sqe, piece.fd, op->bytes.p,
		    (unsigned)piece.n, op->offset);
	} else {
		io_uring_prep_fsync(sqe, op->fd, IORING_FSYNC_DATASYNC);
	}
	io_uring_sqe_set_data64(sqe, tag_of(b, op));
}

/*
 * Move what is to do to the submission queue, as far as it has room.  The
 * cancels go first: what is still in todo needs none.
 */
static void
fill(struct body *b, struct inv_ops *done)
{
	struct io_uring_sqe *sqe;

	while (b->cancels_count > 0) {
		if ((sqe = io_uring_get_sqe(&b->ring)) == NULL)
			return;
		io_uring_prep_cancel64(sqe, b->cancels[--b->cancels_count], 0);
		io_uring_sqe_set_data64(sqe, NO_TAG);
	}
	while (b->todo.first != NULL) {
		if (b->todo.first->cancelled) {
			struct inv_op *op = inv_ops_take(&b->todo);

			leave_place(b, op);
			inv_op_done(done, op, -ECANCELED);
			continue;
		}
		if ((sqe = io_uring_get_sqe(&b->ring)) == NULL)
			return;
		prepare(b, sqe, inv_ops_take(&b->todo));
	}
}

/*
 * A piece was written, or not: true if the append goes on, with the rest or
 * with the fdatasync behind it.
 */
static bool
goes_on(struct inv_op *op, int *res)
{
	if (op->bytes.n > 0)
		return inv_op_wrote(op, res);
	return *res == -EINTR || *res == -EAGAIN;
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
		struct inv_op *op = b->places[i].op;

		if (op->state == INV_OP_APPEND && goes_on(op, &res)) {
			inv_ops_add(&b->todo, op);
			continue;
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
