/*
 * ring_faulty.c - a body of the ring that breaks, for tests
 *
 * It stands before a real body and lets an op fail, come late, or have its
 * write fall short.  The linker puts it there (--wrap), in faulty-inv-commit
 * alone: what is installed knows nothing of it.
 *
 * INV_RING_FAULT is KIND@N for the Nth op that KIND can hit, KIND@N+ for all
 * from there on, or seed@S for a mixture that S alone decides.  INV_RING_LOG
 * is a file that gets a line for each hit, and how many there could have been.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <liburing.h>

#include "base/clock.h"
#include "base/mem.h"
#include "net/ring_body.h"
#include "tell.h"

enum { LATE_MS = 30 };

enum kind {
	KIND_EIO,
	KIND_ENOSPC,
	KIND_ECANCELED,
	KIND_SHORT,
	KIND_LATE,
	KIND_SEED,
};

static const char *const kind_names[] = { "eio", "enospc", "ecanceled", "short",
	"late", "seed" };

struct body {
	const struct inv_ring_body *real;
	void *self;
	struct inv_ops failed;
	struct inv_ops late;
	uint64_t late_until_ms;
};

/* One ring a process: what the wrapped calls below have to know as well. */
static struct {
	enum kind kind;
	uint64_t at;
	bool from_there_on;
	uint64_t seen;
	const char *cut; /* the write that begins here falls short */
} plan;

/* What the linker makes of --wrap. */
extern const struct inv_ring_body __real_inv_ring_poll;
extern const struct inv_ring_body __real_inv_ring_uring;
extern const struct inv_ring_body __wrap_inv_ring_poll;
extern const struct inv_ring_body __wrap_inv_ring_uring;
ssize_t __real_pwrite(int fd, const void *p, size_t n, off_t at);
ssize_t __wrap_pwrite(int fd, const void *p, size_t n, off_t at);
int __real_io_uring_submit(struct io_uring *ring);
int __wrap_io_uring_submit(struct io_uring *ring);
int __real_io_uring_submit_and_wait_timeout(struct io_uring *ring,
    struct io_uring_cqe **cqe, unsigned n, struct __kernel_timespec *t,
    sigset_t *mask);
int __wrap_io_uring_submit_and_wait_timeout(struct io_uring *ring,
    struct io_uring_cqe **cqe, unsigned n, struct __kernel_timespec *t,
    sigset_t *mask);

static void
say(const char *what, uint64_t n)
{
	tell("INV_RING_LOG", O_APPEND, what, n);
}

static void
read_plan(void)
{
	const char *s = getenv("INV_RING_FAULT");
	const char *at = s == NULL ? NULL : strchr(s, '@');
	char *end;

	plan.kind = KIND_SEED + 1;
	if (at == NULL)
		return;
	for (size_t k = 0; k <= KIND_SEED; k++)
		if (strlen(kind_names[k]) == (size_t)(at - s) &&
		    strncmp(kind_names[k], s, (size_t)(at - s)) == 0)
			plan.kind = (enum kind)k;
	plan.at = strtoull(at + 1, &end, 10);
	plan.from_there_on = *end == '+';
	if (plan.kind > KIND_SEED)
		abort();
}

/* Any fixed mixture will do that differs from seed to seed. */
static uint64_t
mixed(uint64_t n)
{
	uint64_t x = (plan.at << 32) + n * 0x9e3779b97f4a7c15;

	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
	x = (x ^ x >> 27) * 0x94d049bb133111eb;
	return x ^ x >> 31;
}

/* By seed one in eight falls short or comes late, and one in 64 fails. */
static bool
is_hit(enum kind kind, const struct inv_op *op)
{
	if (plan.kind == KIND_SEED) {
		uint64_t x = mixed(++plan.seen);

		if (x % (kind < KIND_SHORT ? 192 : 8) != 0)
			return false;
	} else {
		if (plan.kind != kind)
			return false;
		plan.seen++;
		if (plan.seen < plan.at ||
		    (plan.seen > plan.at && !plan.from_there_on))
			return false;
	}
	if (kind < KIND_SHORT && op->state == INV_OP_APPEND)
		say("append",
		    plan.seen); /* the one that may not be overlooked */
	else
		say(kind_names[kind], plan.seen);
	return true;
}

/* The errno that an op comes to, which then does not start; 0: it does. */
static int
failure(const struct inv_op *op)
{
	if (is_hit(KIND_EIO, op))
		return EIO;
	if (is_hit(KIND_ENOSPC, op))
		return ENOSPC;
	return is_hit(KIND_ECANCELED, op) ? ECANCELED : 0;
}

static void *
open_over(const struct inv_ring_body *real, struct inv_err *err)
{
	struct body *b = inv_mem_new(sizeof(*b));

	read_plan();
	b->real = real;
	b->self = real->open(err);
	if (b->self != NULL)
		return b;
	free(b);
	return NULL;
}

static void *
open_poll(struct inv_err *err)
{
	return open_over(&__real_inv_ring_poll, err);
}

static void *
open_uring(struct inv_err *err)
{
	return open_over(&__real_inv_ring_uring, err);
}

static void
close_faulty(void *self)
{
	struct body *b = self;

	say("of", plan.seen);
	b->real->close(b->self);
	free(b);
}

static void
watch(void *self, struct inv_op *op)
{
	struct body *b = self;
	int error = failure(op);

	if (error != 0)
		inv_op_done(&b->failed, op, -error);
	else
		b->real->watch(b->self, op);
}

/* Of an append that fails nothing, half or all may be in the file. */
static void
append(void *self, struct inv_op *op)
{
	struct body *b = self;
	struct inv_str s = op->bytes;
	int error = failure(op);

	if (error != 0) {
		(void)!__real_pwrite(op->fd, s.p, s.n * (plan.seen % 3) / 2,
		    (off_t)op->offset);
		inv_op_done(&b->failed, op, -error);
		return;
	}
	if (s.n > 1 && is_hit(KIND_SHORT, op))
		plan.cut = s.p;
	b->real->append(b->self, op);
}

static void
cancel(void *self, struct inv_op *op)
{
	struct body *b = self;

	b->real->cancel(b->self, op);
}

static void
cancel_all(void *self)
{
	struct body *b = self;

	b->real->cancel_all(b->self);
}

static void
move(struct inv_ops *from, struct inv_ops *to)
{
	struct inv_op *op;

	while ((op = inv_ops_take(from)) != NULL)
		inv_ops_add(to, op);
}

/* How long to wait, where something is held back. */
static int64_t
sooner(const struct body *b, int64_t timeout_ms)
{
	if (b->failed.first != NULL)
		return 0;
	if (b->late.first == NULL)
		return timeout_ms;
	int64_t left = (int64_t)(b->late_until_ms - inv_clock_ms());

	left = left < 0 ? 0 : left;
	return timeout_ms < 0 || left < timeout_ms ? left : timeout_ms;
}

static bool
wait_faulty(void *self, int64_t timeout_ms, struct inv_ops *done,
    struct inv_err *err)
{
	struct body *b = self;
	struct inv_ops got = { NULL, NULL };
	struct inv_op *op;

	if (!b->real->wait(b->self, sooner(b, timeout_ms), &got, err))
		return false;
	move(&b->failed, done);
	if (b->late.first != NULL && inv_clock_ms() >= b->late_until_ms)
		move(&b->late, done);
	while ((op = inv_ops_take(&got)) != NULL) {
		if (!is_hit(KIND_LATE, op)) {
			inv_ops_add(done, op);
			continue;
		}
		if (b->late.first == NULL)
			b->late_until_ms = inv_clock_ms() + LATE_MS;
		inv_ops_add(&b->late, op);
	}
	return true;
}

/* n, or half of it for the one write that is to fall short. */
static size_t
shortened(const void *p, size_t n)
{
	if (p != plan.cut || n < 2)
		return n;
	plan.cut = NULL;
	return n / 2;
}

ssize_t
__wrap_pwrite(int fd, const void *p, size_t n, off_t at)
{
	return __real_pwrite(fd, p, shortened(p, n), at);
}

/* The kernel is asked for less, and says so: a real short write. */
static void
shorten_queued(struct io_uring *ring)
{
	struct io_uring_sq *sq = &ring->sq;

	for (unsigned i = sq->sqe_head; i != sq->sqe_tail; i++) {
		struct io_uring_sqe *sqe = &sq->sqes[i & *sq->kring_mask];

		if (sqe->opcode == IORING_OP_WRITE)
			sqe->len = (unsigned)
			    shortened((const void *)(uintptr_t)sqe->addr,
				sqe->len);
	}
}

int
__wrap_io_uring_submit(struct io_uring *ring)
{
	shorten_queued(ring);
	return __real_io_uring_submit(ring);
}

int
__wrap_io_uring_submit_and_wait_timeout(struct io_uring *ring,
    struct io_uring_cqe **cqe, unsigned n, struct __kernel_timespec *t,
    sigset_t *mask)
{
	shorten_queued(ring);
	return __real_io_uring_submit_and_wait_timeout(ring, cqe, n, t, mask);
}

const struct inv_ring_body __wrap_inv_ring_poll = {
	.name = "poll",
	.open = open_poll,
	.close = close_faulty,
	.watch = watch,
	.append = append,
	.cancel = cancel,
	.cancel_all = cancel_all,
	.wait = wait_faulty,
};

const struct inv_ring_body __wrap_inv_ring_uring = {
	.name = "io_uring",
	.open = open_uring,
	.close = close_faulty,
	.watch = watch,
	.append = append,
	.cancel = cancel,
	.cancel_all = cancel_all,
	.wait = wait_faulty,
};
