/* test_ring.c - every promise of net/ring.h, on both bodies */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/clock.h"
#include "check.h"
#include "io/file.h"
#include "net/ring.h"

enum { MANY = 1000, LIMIT_MS = 10000 };

/* An op that counts how often it was called, and with what. */
struct probe {
	struct inv_op op;
	int calls;
	int res;
	int order; /* of the last call, among all probes */
	struct inv_ring *ring;
	struct probe *other;
};

static int calls_in_all;

static void
note(struct inv_op *op, int res)
{
	struct probe *p = (struct probe *)op;

	p->calls++;
	p->res = res;
	p->order = ++calls_in_all;
}

static struct probe
probe(struct inv_ring *ring)
{
	return (struct probe){ .op.fn = note, .ring = ring };
}

static void
turn_until(struct inv_ring *ring, const int *calls, int n)
{
	uint64_t limit = inv_clock_ms() + LIMIT_MS;
	struct inv_err err;

	while (*calls < n && inv_clock_ms() < limit)
		if (!inv_ring_turn(ring, &err)) {
			printf("# %s\n", err.msg);
			break;
		}
	check(*calls == n);
}

static void
run_on(enum inv_engine engine, void (*claim)(struct inv_ring *))
{
	struct inv_err err;
	struct inv_ring *ring = inv_ring_open(engine, &err);

	if (ring == NULL && engine == INV_ENGINE_URING) {
		skip("io_uring is refused here");
		return;
	}
	check(ring != NULL);
	claim(ring);
	inv_ring_close(ring);
}

#define BOTH(claim)                                                            \
	static void claim##_io_uring(void)                                     \
	{                                                                      \
		run_on(INV_ENGINE_URING, claim);                               \
	}                                                                      \
	static void claim##_poll(void)                                         \
	{                                                                      \
		run_on(INV_ENGINE_POLL, claim);                                \
	}
#define TESTS(claim) TEST(claim##_io_uring), TEST(claim##_poll)

static void
socket_pair(int fd[2])
{
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fd) < 0)
		abort();
}

static int
scratch_file(void)
{
	char path[] = "/tmp/test_ring.XXXXXX";
	int fd = mkstemp(path);

	if (fd < 0)
		abort();
	unlink(path);
	return fd;
}

static void
returns_at_once_with_nothing_to_wait_for(struct inv_ring *ring)
{
	struct inv_err err;

	check(inv_ring_turn(ring, &err));
}
BOTH(returns_at_once_with_nothing_to_wait_for)

static void
looks_without_waiting(struct inv_ring *ring)
{
	uint64_t limit = inv_clock_ms() + LIMIT_MS;
	struct probe in = probe(ring), timer = probe(ring);
	struct inv_err err;
	int fd[2];

	socket_pair(fd);
	inv_ring_watch(ring, &in.op, fd[0], POLLIN);
	inv_ring_timer(ring, &timer.op, inv_clock_ms() + 2 * LIMIT_MS);
	check(inv_ring_look(ring, &err));
	check(in.calls == 0 && timer.calls == 0 && inv_clock_ms() < limit);
	check(write(fd[1], "x", 1) == 1);
	inv_ring_timer(ring, &timer.op, inv_clock_ms());
	while ((in.calls == 0 || timer.calls == 0) && inv_clock_ms() < limit)
		check(inv_ring_look(ring, &err));
	check(in.calls == 1 && (in.res & POLLIN) != 0 && timer.calls == 1);
	close(fd[0]);
	close(fd[1]);
}
BOTH(looks_without_waiting)

static void
tells_what_a_descriptor_is_ready_for(struct inv_ring *ring)
{
	struct probe in = probe(ring), out = probe(ring);
	int fd[2];

	socket_pair(fd);
	inv_ring_watch(ring, &in.op, fd[0], POLLIN);
	inv_ring_watch(ring, &out.op, fd[1], POLLOUT);
	check(!inv_op_is_idle(&in.op));
	turn_until(ring, &out.calls, 1);
	check((out.res & POLLOUT) != 0);
	check(in.calls == 0);
	check(write(fd[1], "x", 1) == 1);
	turn_until(ring, &in.calls, 1);
	check((in.res & POLLIN) != 0);
	check(inv_op_is_idle(&in.op));
	close(fd[0]);
	close(fd[1]);
}
BOTH(tells_what_a_descriptor_is_ready_for)

static void
watches_once_and_again_when_asked(struct inv_ring *ring)
{
	struct probe in = probe(ring), timer = probe(ring);
	int fd[2];

	socket_pair(fd);
	check(write(fd[1], "x", 1) == 1);
	inv_ring_watch(ring, &in.op, fd[0], POLLIN);
	turn_until(ring, &in.calls, 1);

	/* The byte is still there, but nobody watches. */
	inv_ring_timer(ring, &timer.op, inv_clock_ms() + 5);
	turn_until(ring, &timer.calls, 1);
	check(in.calls == 1);
	inv_ring_watch(ring, &in.op, fd[0], POLLIN);
	turn_until(ring, &in.calls, 2);
	check((in.res & POLLIN) != 0);
	close(fd[0]);
	close(fd[1]);
}
BOTH(watches_once_and_again_when_asked)

static void
says_when_the_peer_is_gone(struct inv_ring *ring)
{
	struct probe in = probe(ring);
	int fd[2];

	socket_pair(fd);
	inv_ring_watch(ring, &in.op, fd[0], POLLIN);
	close(fd[1]);
	turn_until(ring, &in.calls, 1);
	check((in.res & POLLHUP) != 0);
	close(fd[0]);
}
BOTH(says_when_the_peer_is_gone)

static void
finds_a_regular_file_ready(struct inv_ring *ring)
{
	struct probe in = probe(ring);
	int fd = scratch_file();

	inv_ring_watch(ring, &in.op, fd, POLLIN);
	turn_until(ring, &in.calls, 1);
	check((in.res & POLLIN) != 0);
	close(fd);
}
BOTH(finds_a_regular_file_ready)

static void
refuses_a_closed_descriptor(struct inv_ring *ring)
{
	struct probe in = probe(ring);
	int fd = scratch_file();

	close(fd);
	inv_ring_watch(ring, &in.op, fd, POLLIN);
	turn_until(ring, &in.calls, 1);
	check(in.res == -EBADF);
}
BOTH(refuses_a_closed_descriptor)

static void
calls_timers_in_their_order_and_not_early(struct inv_ring *ring)
{
	static struct probe timer[64];
	uint64_t now = inv_clock_ms();
	int done = 0;

	for (size_t i = 0; i < 64; i++) {
		timer[i] = probe(ring);
		inv_ring_timer(ring, &timer[i].op, now + i * 37 % 64);
	}
	for (struct inv_err err; done < 64;) {
		check(inv_ring_turn(ring, &err));
		done = 0;
		for (size_t i = 0; i < 64; i++)
			done += timer[i].calls;
		for (size_t i = 0; i < 64; i++)
			check(timer[i].calls == 0 ||
			    inv_clock_ms() >= now + i * 37 % 64);
	}
	for (size_t i = 0; i < 64; i++)
		for (size_t k = 0; k < 64; k++)
			check(i * 37 % 64 >= k * 37 % 64 ||
			    timer[i].order < timer[k].order);
}
BOTH(calls_timers_in_their_order_and_not_early)

static void
moves_a_timer_that_runs(struct inv_ring *ring)
{
	struct probe a = probe(ring), b = probe(ring);
	uint64_t now = inv_clock_ms();

	inv_ring_timer(ring, &a.op, now + 3600 * 1000);
	inv_ring_timer(ring, &b.op, now + 2);
	inv_ring_timer(ring, &a.op, now + 1);
	turn_until(ring, &b.calls, 1);
	check(a.calls == 1 && a.order < b.order);
	inv_ring_timer(ring, &a.op, 0);
	inv_ring_timer(ring, &a.op, inv_clock_ms() + 5);
	inv_ring_timer(ring, &b.op, 0);
	turn_until(ring, &b.calls, 2);
	check(a.calls == 1);
	turn_until(ring, &a.calls, 2);
}
BOTH(moves_a_timer_that_runs)

static void
start_anew(struct inv_op *op, int res)
{
	struct probe *p = (struct probe *)op;

	note(op, res);
	inv_ring_timer(p->ring, op, 0);
}

static void
lets_a_timer_without_pause_starve_nobody(struct inv_ring *ring)
{
	struct probe timer = probe(ring), in = probe(ring);
	int fd[2];

	socket_pair(fd);
	timer.op.fn = start_anew;
	inv_ring_timer(ring, &timer.op, 0);
	inv_ring_watch(ring, &in.op, fd[0], POLLIN);
	turn_until(ring, &timer.calls, 3);
	check(write(fd[1], "x", 1) == 1);
	turn_until(ring, &in.calls, 1);
	timer.op.fn = note;
	close(fd[0]);
	close(fd[1]);
	inv_ring_cancel(ring, &timer.op);
	turn_until(ring, &calls_in_all, calls_in_all + 1);
	check(timer.res == -ECANCELED);
}
BOTH(lets_a_timer_without_pause_starve_nobody)

static void
cancels_with_one_call_from_a_turn(struct inv_ring *ring)
{
	struct probe in = probe(ring), timer = probe(ring);
	struct probe fresh = probe(ring), idle = probe(ring);
	int fd[2];

	socket_pair(fd);
	inv_ring_watch(ring, &in.op, fd[0], POLLIN);
	inv_ring_timer(ring, &fresh.op, 0);
	turn_until(ring, &fresh.calls, 1); /* the kernel has the watch now */
	inv_ring_timer(ring, &timer.op, inv_clock_ms() + 3600 * 1000);
	inv_ring_watch(ring, &fresh.op, fd[0], POLLIN);
	inv_ring_cancel(ring, &in.op);
	inv_ring_cancel(ring, &in.op);
	inv_ring_cancel(ring, &timer.op);
	inv_ring_cancel(ring, &fresh.op);
	inv_ring_cancel(ring, &idle.op);
	check(in.calls == 0 && timer.calls == 0);
	turn_until(ring, &in.calls, 1);
	turn_until(ring, &timer.calls, 1);
	turn_until(ring, &fresh.calls, 2);
	check(in.res == -ECANCELED && timer.res == -ECANCELED);
	check(fresh.res == -ECANCELED && idle.calls == 0);
	close(fd[0]);
	close(fd[1]);
}
BOTH(cancels_with_one_call_from_a_turn)

static void
cancels_also_what_is_ready(struct inv_ring *ring)
{
	struct probe in = probe(ring), timer = probe(ring);
	int fd[2];

	socket_pair(fd);
	inv_ring_watch(ring, &in.op, fd[0], POLLIN);
	inv_ring_timer(ring, &timer.op, 0);
	turn_until(ring, &timer.calls, 1);
	check(write(fd[1], "x", 1) == 1);
	inv_ring_cancel(ring, &in.op);
	turn_until(ring, &in.calls, 1);
	check(in.res == -ECANCELED);

	/* A cancellation left behind must not hit the next watch. */
	inv_ring_watch(ring, &in.op, fd[0], POLLIN);
	turn_until(ring, &in.calls, 2);
	check((in.res & POLLIN) != 0);
	close(fd[0]);
	close(fd[1]);
}
BOTH(cancels_also_what_is_ready)

static void
cancel_other(struct inv_op *op, int res)
{
	struct probe *p = (struct probe *)op;

	note(op, res);
	if (p->other->calls == 0)
		inv_ring_cancel(p->ring, &p->other->op);
}

static void
lets_one_fn_cancel_another_that_is_due(struct inv_ring *ring)
{
	struct probe a = probe(ring), b = probe(ring);
	int fd[2];

	socket_pair(fd);
	a.op.fn = b.op.fn = cancel_other;
	a.other = &b;
	b.other = &a;
	inv_ring_watch(ring, &a.op, fd[0], POLLOUT);
	inv_ring_watch(ring, &b.op, fd[1], POLLOUT);
	turn_until(ring, &a.calls, 1);
	turn_until(ring, &b.calls, 1);
	check((a.res == -ECANCELED) != (b.res == -ECANCELED));
	check((a.order < b.order) == (b.res == -ECANCELED));
	close(fd[0]);
	close(fd[1]);
}
BOTH(lets_one_fn_cancel_another_that_is_due)

static void
lets_the_peer_see_the_end_once_cancelled(struct inv_ring *ring)
{
	struct probe in = probe(ring);
	char c;
	int fd[2];

	socket_pair(fd);
	inv_ring_watch(ring, &in.op, fd[0], POLLIN);
	inv_ring_cancel(ring, &in.op);
	turn_until(ring, &in.calls, 1);
	close(fd[0]);
	check(recv(fd[1], &c, 1, MSG_DONTWAIT) == 0);
	close(fd[1]);
}
BOTH(lets_the_peer_see_the_end_once_cancelled)

static void
waits_for_more_than_its_queue_holds(struct inv_ring *ring)
{
	static struct probe in[MANY];
	int fd[2], before = calls_in_all;

	socket_pair(fd);
	for (int round = 0; round < 3; round++) {
		for (size_t i = 0; i < MANY; i++) {
			in[i] = probe(ring);
			inv_ring_watch(ring, &in[i].op, fd[0],
			    i % 2 == 0 ? POLLOUT : POLLIN);
		}
		turn_until(ring, &calls_in_all, before += MANY / 2);
		for (size_t i = 1; i < MANY; i += 2)
			inv_ring_cancel(ring, &in[i].op);
		turn_until(ring, &calls_in_all, before += MANY / 2);
		for (size_t i = 0; i < MANY; i++)
			check(in[i].calls == 1 &&
			    (in[i].res == -ECANCELED) == (i % 2 == 1));
	}
	close(fd[0]);
	close(fd[1]);
}
BOTH(waits_for_more_than_its_queue_holds)

static struct inv_ring_file
plain(int fd)
{
	return (struct inv_ring_file){ fd, -1 };
}

static void
appends_all_of_it_where_it_was_told(struct inv_ring *ring)
{
	struct probe a = probe(ring), b = probe(ring);
	static char big[3 << 20], got[sizeof(big)];
	int fd = scratch_file();

	for (size_t i = 0; i < sizeof(big); i++)
		big[i] = (char)(i * 2654435761U >> 24);
	inv_ring_append(ring, &a.op, plain(fd),
	    (struct inv_str){ big, sizeof(big) }, 5);
	inv_ring_append(ring, &b.op, plain(fd), INV_LIT("head:"), 0);
	turn_until(ring, &a.calls, 1);
	turn_until(ring, &b.calls, 1);
	check(a.res == 0 && b.res == 0);
	check(pread(fd, got, 5, 0) == 5);
	check(memcmp(got, "head:", 5) == 0);
	check(pread(fd, got, sizeof(got), 5) == (ssize_t)sizeof(got));
	check(memcmp(got, big, sizeof(big)) == 0);
	close(fd);
}
BOTH(appends_all_of_it_where_it_was_told)

/* Three blocks and a bit, in memory as they are to be in a file. */
static struct inv_str
blocks(void)
{
	enum { N = 3 * INV_RING_BLOCK + 100 };
	static _Alignas(INV_RING_BLOCK) char p[N];

	for (size_t i = 0; i < N; i++)
		p[i] = (char)('a' + i % 26);
	return (struct inv_str){ p, N };
}

/*
 * Not by pread itself: with _FORTIFY_SOURCE gcc 12 may leave its call out where
 * it is inlined with a length that comes in a struct.
 */
static bool
has(int fd, struct inv_str bytes, uint64_t at)
{
	char got[4 * INV_RING_BLOCK];

	return inv_file_pread(fd, got, bytes.n, at) == (ssize_t)bytes.n &&
	    memcmp(got, bytes.p, bytes.n) == 0;
}

/* What an append of those bytes comes to. */
static int
appended(struct inv_ring *ring, struct inv_ring_file file, struct inv_str bytes,
    uint64_t offset)
{
	struct probe a = probe(ring);

	inv_ring_append(ring, &a.op, file, bytes, offset);
	turn_until(ring, &a.calls, 1);
	return a.res;
}

/* Another file stands for the one that is opened with O_DIRECT. */
static void
writes_whole_blocks_past_the_cache_and_the_rest_behind_them(struct inv_ring
	*ring)
{
	struct inv_str s = blocks();
	struct inv_str whole = { s.p, s.n - 100 };
	struct inv_str rest = { s.p + whole.n, 100 };
	struct inv_ring_file file = { scratch_file(), scratch_file() };

	check(appended(ring, file, s, 2 * INV_RING_BLOCK) == 0);
	check(has(file.direct, whole, 2 * INV_RING_BLOCK));
	check(lseek(file.direct, 0, SEEK_END) == 5 * INV_RING_BLOCK);
	check(has(file.fd, rest, 5 * INV_RING_BLOCK));
	check(lseek(file.fd, 0, SEEK_END) == 5 * INV_RING_BLOCK + 100);
	close(file.fd);
	close(file.direct);
}
BOTH(writes_whole_blocks_past_the_cache_and_the_rest_behind_them)

static void
writes_what_begins_at_no_block_through_the_cache(struct inv_ring *ring)
{
	struct inv_str s = blocks();
	struct inv_str odd = { s.p + 1, s.n - 1 };
	struct inv_str few = { s.p, INV_RING_BLOCK - 1 };
	struct inv_ring_file file = { scratch_file(), scratch_file() };

	check(appended(ring, file, s, 1) == 0 && has(file.fd, s, 1));
	check(appended(ring, file, odd, 8192) == 0 && has(file.fd, odd, 8192));
	check(appended(ring, file, few, 0) == 0 && has(file.fd, few, 0));
	check(lseek(file.direct, 0, SEEK_END) == 0);
	close(file.fd);
	close(file.direct);
}
BOTH(writes_what_begins_at_no_block_through_the_cache)

/* A file that takes a number and nothing else, and says EINVAL. */
static void
goes_through_the_cache_where_the_other_way_is_refused(struct inv_ring *ring)
{
	struct inv_str s = blocks();
	struct inv_ring_file file = { scratch_file(),
		open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC) };

	check(pwrite(file.direct, s.p, 100, 0) == -1 && errno == EINVAL);
	check(appended(ring, file, s, 0) == 0 && has(file.fd, s, 0));
	close(file.fd);
	close(file.direct);
}
BOTH(goes_through_the_cache_where_the_other_way_is_refused)

static void
does_not_write_the_rest_where_the_blocks_have_failed(struct inv_ring *ring)
{
	struct inv_ring_file file = { scratch_file(),
		open("/dev/full", O_WRONLY | O_CLOEXEC) };

	check(appended(ring, file, blocks(), 0) == -ENOSPC);
	check(lseek(file.fd, 0, SEEK_END) == 0);
	close(file.fd);
	close(file.direct);
}
BOTH(does_not_write_the_rest_where_the_blocks_have_failed)

/* More than the queue holds, and each takes three requests. */
static void
appends_more_than_its_queue_holds(struct inv_ring *ring)
{
	static struct probe a[MANY];
	struct inv_str s = blocks();
	int fd = scratch_file(), before = calls_in_all;
	int direct = dup(fd);

	for (size_t i = 0; i < MANY; i++) {
		a[i] = probe(ring);
		inv_ring_append(ring, &a[i].op,
		    (struct inv_ring_file){ fd, direct }, s,
		    i * 4 * INV_RING_BLOCK);
	}
	turn_until(ring, &calls_in_all, before + MANY);
	for (size_t i = 0; i < MANY; i++)
		check(a[i].calls == 1 && a[i].res == 0 &&
		    has(fd, s, i * 4 * INV_RING_BLOCK));
	close(fd);
	close(direct);
}
BOTH(appends_more_than_its_queue_holds)

static void
appends_nothing_as_a_sync_alone(struct inv_ring *ring)
{
	struct probe a = probe(ring);
	int fd = scratch_file();

	inv_ring_append(ring, &a.op, plain(fd), (struct inv_str){ NULL, 0 }, 0);
	turn_until(ring, &a.calls, 1);
	check(a.res == 0);
	check(lseek(fd, 0, SEEK_END) == 0);
	close(fd);
}
BOTH(appends_nothing_as_a_sync_alone)

static void
says_why_an_append_failed(struct inv_ring *ring)
{
	struct probe a = probe(ring);
	int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);

	inv_ring_append(ring, &a.op, plain(fd), INV_LIT("x"), 0);
	turn_until(ring, &a.calls, 1);
	check(a.res == -ENOSPC);
	close(fd);
	inv_ring_append(ring, &a.op, plain(fd), INV_LIT("x"), 0);
	turn_until(ring, &a.calls, 2);
	check(a.res == -EBADF);
}
BOTH(says_why_an_append_failed)

/* The file may grow to 10 bytes: the first write is short, the next fails. */
static void
goes_on_after_a_short_write(struct inv_ring *ring)
{
	struct rlimit old, small;
	struct probe a = probe(ring);
	char got[16];
	int fd = scratch_file();

	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &old);
	small = (struct rlimit){ 10, old.rlim_max };
	setrlimit(RLIMIT_FSIZE, &small);
	inv_ring_append(ring, &a.op, plain(fd), INV_LIT("123456789012345"), 0);
	turn_until(ring, &a.calls, 1);
	setrlimit(RLIMIT_FSIZE, &old);
	check(a.res == -EFBIG);
	check(pread(fd, got, sizeof(got), 0) == 10);
	close(fd);
}
BOTH(goes_on_after_a_short_write)

static void
reads_signals_from_a_descriptor(struct inv_ring *ring)
{
	struct probe in = probe(ring);
	sigset_t set, old;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, &old);
	int fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);

	inv_ring_watch(ring, &in.op, fd, POLLIN);
	kill(getpid(), SIGUSR1);
	turn_until(ring, &in.calls, 1);
	check((in.res & POLLIN) != 0);
	struct signalfd_siginfo info;

	check(read(fd, &info, sizeof(info)) == (ssize_t)sizeof(info));
	check(info.ssi_signo == SIGUSR1);
	close(fd);
	sigprocmask(SIG_SETMASK, &old, NULL);
}
BOTH(reads_signals_from_a_descriptor)

static void
ignore(int signo)
{
	(void)signo;
}

static void
returns_with_nothing_called_after_a_signal(struct inv_ring *ring)
{
	struct sigaction action = { .sa_handler = ignore }, old;
	struct itimerval often = { { 0, 2000 }, { 0, 2000 } }, never = { 0 };
	struct probe timer = probe(ring);
	struct inv_err err;

	sigaction(SIGALRM, &action, &old);
	inv_ring_timer(ring, &timer.op, inv_clock_ms() + 3600 * 1000);
	setitimer(ITIMER_REAL, &often, NULL);
	check(inv_ring_turn(ring, &err));
	setitimer(ITIMER_REAL, &never, NULL);
	sigaction(SIGALRM, &old, NULL);
	check(timer.calls == 0);
	inv_ring_cancel(ring, &timer.op);
	turn_until(ring, &timer.calls, 1);
}
BOTH(returns_with_nothing_called_after_a_signal)

static void
calls_every_fn_once_when_it_is_closed(enum inv_engine engine)
{
	struct probe in = { .op.fn = note }, timer = in, append = in, due = in;
	struct inv_err err;
	struct inv_ring *ring = inv_ring_open(engine, &err);
	int fd[2], file = scratch_file();
	char got[4];

	if (ring == NULL) {
		skip("io_uring is refused here");
		return;
	}
	socket_pair(fd);
	inv_ring_watch(ring, &in.op, fd[0], POLLIN);
	inv_ring_watch(ring, &due.op, fd[1], POLLOUT);
	inv_ring_timer(ring, &timer.op, inv_clock_ms() + 3600 * 1000);
	inv_ring_append(ring, &append.op, plain(file), INV_LIT("kept"), 0);
	inv_ring_close(ring);
	check(in.calls == 1 && in.res == -ECANCELED);
	check(due.calls == 1 && due.res == -ECANCELED);
	check(timer.calls == 1 && timer.res == -ECANCELED);
	check(append.calls == 1 && append.res == 0);
	check(pread(file, got, 4, 0) == 4 && memcmp(got, "kept", 4) == 0);
	close(fd[0]);
	close(fd[1]);
	close(file);
}

static void
calls_every_fn_once_when_it_is_closed_io_uring(void)
{
	calls_every_fn_once_when_it_is_closed(INV_ENGINE_URING);
}

static void
calls_every_fn_once_when_it_is_closed_poll(void)
{
	calls_every_fn_once_when_it_is_closed(INV_ENGINE_POLL);
}

static void
tells_its_name_and_falls_back_to_poll(void)
{
	struct inv_err err;
	struct inv_ring *uring = inv_ring_open(INV_ENGINE_URING, &err);
	struct inv_ring *either = inv_ring_open(INV_ENGINE_AUTO, &err);
	struct inv_ring *plain = inv_ring_open(INV_ENGINE_POLL, &err);

	check_str(inv_str_of(inv_ring_name(plain)), "poll");
	check_str(inv_str_of(inv_ring_name(either)),
	    uring == NULL ? "poll" : "io_uring");
	inv_ring_close(uring);
	inv_ring_close(either);
	inv_ring_close(plain);
	inv_ring_close(NULL);
}

/* No descriptor is left for the ring: what a container's refusal looks like. */
static void
falls_back_where_io_uring_is_refused(void)
{
	struct rlimit old, none;
	struct inv_err err;

	getrlimit(RLIMIT_NOFILE, &old);
	none = (struct rlimit){ 3, old.rlim_max };
	setrlimit(RLIMIT_NOFILE, &none);
	struct inv_ring *uring = inv_ring_open(INV_ENGINE_URING, &err);
	struct inv_ring *either = inv_ring_open(INV_ENGINE_AUTO, &err);

	setrlimit(RLIMIT_NOFILE, &old);
	check(uring == NULL && err.fault == INV_CONFIG);
	check(inv_str_starts(inv_str_of(err.msg), INV_LIT("io_uring: ")));
	check_str(inv_str_of(inv_ring_name(either)), "poll");
	inv_ring_close(either);
}

static const struct test tests[] = {
	TESTS(returns_at_once_with_nothing_to_wait_for),
	TESTS(looks_without_waiting),
	TESTS(tells_what_a_descriptor_is_ready_for),
	TESTS(watches_once_and_again_when_asked),
	TESTS(says_when_the_peer_is_gone),
	TESTS(finds_a_regular_file_ready),
	TESTS(refuses_a_closed_descriptor),
	TESTS(calls_timers_in_their_order_and_not_early),
	TESTS(moves_a_timer_that_runs),
	TESTS(lets_a_timer_without_pause_starve_nobody),
	TESTS(cancels_with_one_call_from_a_turn),
	TESTS(cancels_also_what_is_ready),
	TESTS(lets_one_fn_cancel_another_that_is_due),
	TESTS(lets_the_peer_see_the_end_once_cancelled),
	TESTS(waits_for_more_than_its_queue_holds),
	TESTS(appends_all_of_it_where_it_was_told),
	TESTS(writes_whole_blocks_past_the_cache_and_the_rest_behind_them),
	TESTS(writes_what_begins_at_no_block_through_the_cache),
	TESTS(goes_through_the_cache_where_the_other_way_is_refused),
	TESTS(does_not_write_the_rest_where_the_blocks_have_failed),
	TESTS(appends_more_than_its_queue_holds),
	TESTS(appends_nothing_as_a_sync_alone),
	TESTS(says_why_an_append_failed),
	TESTS(goes_on_after_a_short_write),
	TESTS(reads_signals_from_a_descriptor),
	TESTS(returns_with_nothing_called_after_a_signal),
	TESTS(calls_every_fn_once_when_it_is_closed),
	TEST(tells_its_name_and_falls_back_to_poll),
	TEST(falls_back_where_io_uring_is_refused),
};

int
main(void)
{
	return RUN(tests);
}
