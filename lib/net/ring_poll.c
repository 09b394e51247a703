/*
 * ring_poll.c - the ring over poll(2)
 *
 * The watched descriptors are an array that poll(2) is given as it is; the
 * op of each stands at the same place in a second one.
 */

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "net/ring_body.h"

struct body {
	struct pollfd *fds;
	struct inv_op **ops;
	size_t n;
	size_t cap;
	struct inv_ops appends;
	struct inv_ops cancelled;
};

static void *
open_poll(struct inv_err *err)
{
	(void)err;
	return inv_mem_new(sizeof(struct body));
}

static void
close_poll(void *self)
{
	struct body *b = self;

	free(b->fds);
	free(b->ops);
	free(b);
}

static void
watch(void *self, struct inv_op *op)
{
	struct body *b = self;

	if (b->n == b->cap) {
		b->cap = b->cap == 0 ? 16 : 2 * b->cap;
		b->fds = inv_mem_resize(b->fds, b->cap, sizeof(*b->fds));
		b->ops = inv_mem_resize(b->ops, b->cap, sizeof(*b->ops));
	}
	op->index = b->n;
	b->ops[b->n] = op;
	b->fds[b->n] = (struct pollfd){ .fd = op->fd, .events = op->events };
	b->n++;
}

static void
forget(struct body *b, const struct inv_op *op)
{
	size_t i = op->index;

	b->n--;
	b->ops[i] = b->ops[b->n];
	b->fds[i] = b->fds[b->n];
	b->ops[i]->index = i;
}

static void
append(void *self, struct inv_op *op)
{
	struct body *b = self;

	inv_ops_add(&b->appends, op);
}

static void
cancel(void *self, struct inv_op *op)
{
	struct body *b = self;

	forget(b, op);
	inv_op_done(&b->cancelled, op, -ECANCELED);
}

static void
cancel_all(void *self)
{
	struct body *b = self;

	while (b->n > 0) {
		b->ops[b->n - 1]->cancelled = true;
		cancel(b, b->ops[b->n - 1]);
	}
}

static int
append_now(struct inv_op *op)
{
	while (op->bytes.n > 0) {
		struct inv_piece piece = inv_op_piece(op);
		ssize_t n =
		    pwrite(piece.fd, op->bytes.p, piece.n, (off_t)op->offset);
		int res = n < 0 ? -errno : (int)n;

		if (!inv_op_wrote(op, &res))
			return res;
	}
	while (fdatasync(op->fd) < 0)
		if (errno != EINTR)
			return -errno;
	return 0;
}

static bool
wait_poll(void *self, int64_t timeout_ms, struct inv_ops *done,
    struct inv_err *err)
{
	struct body *b = self;
	struct inv_op *op;

	while ((op = inv_ops_take(&b->appends)) != NULL)
		inv_op_done(done, op, append_now(op));
	while ((op = inv_ops_take(&b->cancelled)) != NULL)
		inv_ops_add(done, op);
	if (done->first != NULL)
		timeout_ms = 0;
	if (poll(b->fds, b->n, (int)timeout_ms) < 0) {
		if (errno == EINTR || errno == EAGAIN)
			return true;
		return inv_fail_sys(err, INV_INTERNAL, "poll");
	}
	for (size_t i = b->n; i-- > 0;) {
		short got = b->fds[i].revents;

		if (got == 0)
			continue;
		op = b->ops[i];
		forget(b, op);
		inv_op_done(done, op, (got & POLLNVAL) != 0 ? -EBADF : got);
	}
	return true;
}

const struct inv_ring_body inv_ring_poll = {
	.name = "poll",
	.open = open_poll,
	.close = close_poll,
	.watch = watch,
	.append = append,
	.cancel = cancel,
	.cancel_all = cancel_all,
	.wait = wait_poll,
};
