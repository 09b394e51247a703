/* test_stream - lines in, bytes out, flush before you block */

#include "io/stream.h"

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

/* A pipe whose reading end `in` reads; its writing end. */
static int
piped(struct inv_in *in, size_t max, struct inv_out *tied)
{
	int fd[2];

	if (pipe(fd) != 0)
		exit(1);
	inv_in_init(in, fd[0], "test", max, tied);
	return fd[1];
}

static void
feed(int fd, struct inv_str s)
{
	check(write(fd, s.p, s.n) == (ssize_t)s.n);
}

static void
done(struct inv_in *in)
{
	close(in->fd);
	inv_in_free(in);
}

static void
wants_line(struct inv_in *in, const char *want)
{
	struct inv_err err;
	struct inv_str s = { NULL, 0 };

	check(inv_in_line(in, &s, &err) == INV_NEXT_LINE);
	check_str(s, want);
}

static void
wants_end(struct inv_in *in)
{
	struct inv_err err;
	struct inv_str s;

	check(inv_in_line(in, &s, &err) == INV_NEXT_END);
	check(inv_in_line(in, &s, &err) == INV_NEXT_END);
}

static void
gives_lines_as_they_are_but_for_the_newline(void)
{
	struct inv_in in;
	struct inv_err err;
	struct inv_str s;
	int w = piped(&in, 100, NULL);

	feed(w, INV_LIT("one\n\ntwo\r\na\0b\n"));
	close(w);
	wants_line(&in, "one");
	check(in.offset == 4);
	wants_line(&in, "");
	wants_line(&in, "two\r");
	check(inv_in_line(&in, &s, &err) == INV_NEXT_LINE);
	check(inv_str_eq(s, INV_LIT("a\0b")));
	check(!in.torn && in.offset == 14);
	wants_end(&in);
	done(&in);
}

static void
a_last_line_without_a_newline_is_a_line_and_torn(void)
{
	struct inv_in in;
	int w = piped(&in, 100, NULL);

	feed(w, INV_LIT("one\ntw"));
	close(w);
	wants_line(&in, "one");
	check(!in.torn);
	wants_line(&in, "tw");
	check(in.torn);
	wants_end(&in);
	done(&in);
}

static void
a_line_as_long_as_the_ceiling_is_taken(void)
{
	struct inv_in in;
	int w = piped(&in, 4, NULL);

	feed(w, INV_LIT("1234\n123\r\n1234"));
	close(w);
	wants_line(&in, "1234");
	wants_line(&in, "123\r");
	wants_line(&in, "1234");
	wants_end(&in);
	done(&in);
}

static void
wants_cut(struct inv_in *in, const char *want)
{
	struct inv_err err;
	struct inv_str s = { NULL, 0 };

	check(inv_in_line(in, &s, &err) == INV_NEXT_ERR);
	check(err.fault == INV_BAD);
	check_str(inv_str_of(err.msg), "longer than 4 bytes");
	check_str(s, want);
}

static void
a_line_past_the_ceiling_is_skipped_and_the_next_one_given(void)
{
	struct inv_in in;
	int w = piped(&in, 4, NULL);

	feed(w, INV_LIT("12345\nok\n123456789abcdef\n\n1234\r\nlast5"));
	close(w);
	wants_cut(&in, "1234");
	wants_line(&in, "ok");
	wants_cut(&in, "1234");
	wants_line(&in, "");
	wants_cut(&in, "1234");
	check(in.offset == 6 + 3 + 16 + 1 + 4);
	wants_cut(&in, "last");
	wants_end(&in);
	done(&in);
}

/* A child that writes n bytes of c, in pieces of its own size. */
static pid_t
pour(int w, char c, size_t n, struct inv_str behind)
{
	pid_t pid = fork();

	if (pid != 0) {
		close(w);
		return pid;
	}
	static char piece[7777];
	struct inv_out out;
	struct inv_err err;

	memset(piece, c, sizeof(piece));
	inv_out_init(&out, w, "child");
	for (size_t at = 0; at < n; at += sizeof(piece))
		inv_out_add(&out,
		    (struct inv_str){ piece,
			n - at < sizeof(piece) ? n - at : sizeof(piece) });
	inv_out_add(&out, behind);
	_exit(inv_out_close(&out, &err) ? 0 : 1);
}

static void
an_endless_line_takes_bounded_memory(void)
{
	struct inv_in in;
	struct inv_err err;
	struct inv_str s;
	int w = piped(&in, 1 << 20, NULL);
	pid_t pid = pour(w, 'x', 100 << 20, INV_LIT("\nbehind\n"));

	check(inv_in_line(&in, &s, &err) == INV_NEXT_ERR);
	check(s.n == 1 << 20 && s.p[0] == 'x' && s.p[s.n - 1] == 'x');
	wants_line(&in, "behind");
	check(in.cap <= 4 << 20);
	check(in.offset == (100 << 20) + 8);
	wants_end(&in);
	done(&in);
	waitpid(pid, NULL, 0);
}

static void
a_long_line_over_many_pieces_is_whole(void)
{
	struct inv_in in;
	struct inv_err err;
	struct inv_str s;
	int w = piped(&in, INV_LINE_MAX, NULL);
	pid_t pid = pour(w, 'y', INV_LINE_MAX, INV_LIT("\r\nbehind"));

	/* The CR counts: it is part of the line. */
	check(inv_in_line(&in, &s, &err) == INV_NEXT_ERR);
	wants_line(&in, "behind");
	done(&in);
	waitpid(pid, NULL, 0);
	w = piped(&in, INV_LINE_MAX, NULL);
	pid = pour(w, 'y', INV_LINE_MAX, INV_LIT("\nbehind"));
	check(inv_in_line(&in, &s, &err) == INV_NEXT_LINE);
	check(s.n == INV_LINE_MAX);
	for (size_t i = 0; i < s.n; i++)
		check(s.p[i] == 'y');
	wants_line(&in, "behind");
	wants_end(&in);
	done(&in);
	waitpid(pid, NULL, 0);
}

static void
a_failed_read_is_no_input(void)
{
	struct inv_in in;
	struct inv_err err;
	struct inv_str s;
	int fd = open("/", O_RDONLY | O_DIRECTORY);

	inv_in_init(&in, fd, "/", 100, NULL);
	check(inv_in_line(&in, &s, &err) == INV_NEXT_ERR);
	check(err.fault == INV_NOINPUT);
	check_str(inv_str_of(err.msg), "/: read: Is a directory");
	done(&in);
}

static void
tick(int signal_number)
{
	(void)signal_number;
}

static void
interrupted_and_non_blocking_reads_wait(void)
{
	struct itimerval often = { { 0, 2000 }, { 0, 2000 } };
	struct sigaction act = { .sa_handler = tick };
	struct inv_in in;
	int w = piped(&in, 100, NULL);

	fcntl(in.fd, F_SETFL, O_NONBLOCK);
	pid_t pid = fork();

	if (pid == 0) {
		usleep(30000); /* fifteen ticks and more */
		_exit(write(w, "late\n", 5) == 5 ? 0 : 1);
	}
	close(w);
	sigaction(SIGALRM, &act, NULL);
	setitimer(ITIMER_REAL, &often, NULL);
	wants_line(&in, "late");
	wants_end(&in);
	often = (struct itimerval){ 0 };
	setitimer(ITIMER_REAL, &often, NULL);
	done(&in);
	waitpid(pid, NULL, 0);
}

static bool
has_bytes(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, 0) > 0;
}

static void
output_is_flushed_before_a_read_that_waits_and_not_before(void)
{
	int fd[2];
	struct inv_out out;
	struct inv_err err;
	struct inv_in in;

	check(pipe(fd) == 0);
	inv_out_init(&out, fd[1], "out");
	int w = piped(&in, 100, &out);

	feed(w, INV_LIT("a\nb\n"));
	wants_line(&in, "a");
	inv_out_add(&out, INV_LIT("A\n"));
	wants_line(&in, "b"); /* was at hand */
	check(!has_bytes(fd[0]));
	inv_out_add(&out, INV_LIT("B\n"));
	pid_t pid = fork();

	if (pid == 0) { /* says c only once it has seen A and B */
		char seen[4];
		size_t n = 0;

		while (n < 4) {
			ssize_t got = read(fd[0], seen + n, 4 - n);

			if (got <= 0)
				_exit(1);
			n += (size_t)got;
		}
		_exit(memcmp(seen, "A\nB\n", 4) == 0 && write(w, "c\n", 2) == 2
			? 0
			: 1);
	}
	close(w);
	wants_line(&in, "c");
	int status = 0;

	waitpid(pid, &status, 0);
	check(status == 0);
	wants_end(&in);
	done(&in);
	check(inv_out_close(&out, &err));
	close(fd[0]);
}

static void
trying_reads_once_and_never_waits(void)
{
	int fd[2];
	struct inv_out out;
	struct inv_err err;
	struct inv_in in;
	struct inv_str s = { NULL, 0 };
	bool again = false;

	check(pipe(fd) == 0);
	inv_out_init(&out, fd[1], "out");
	int w = piped(&in, 100, &out);

	inv_out_add(&out, INV_LIT("held\n"));
	check(inv_in_try(&in, &s, &again, &err) == INV_NEXT_END && again);
	check(has_bytes(fd[0])); /* the caller will wait: flushed */
	feed(w, INV_LIT("ha"));
	check(inv_in_try(&in, &s, &again, &err) == INV_NEXT_END && again);
	feed(w, INV_LIT("lf\nmore\nto"));
	check(inv_in_try(&in, &s, &again, &err) == INV_NEXT_LINE && !again);
	check_str(s, "half");
	check(inv_in_try(&in, &s, &again, &err) == INV_NEXT_LINE && !again);
	check_str(s, "more");
	check(inv_in_try(&in, &s, &again, &err) == INV_NEXT_END && again);
	close(w);
	check(inv_in_try(&in, &s, &again, &err) == INV_NEXT_LINE && !again);
	check_str(s, "to");
	check(in.torn);
	check(inv_in_try(&in, &s, &again, &err) == INV_NEXT_END && !again);
	done(&in);
	check(inv_out_close(&out, &err));
	close(fd[0]);
}

static void
a_failed_write_is_told_at_every_look_and_drops_the_rest(void)
{
	struct inv_out out;
	struct inv_err err;

	inv_out_init(&out, open("/dev/full", O_WRONLY), "full");
	inv_out_add(&out, INV_LIT("x"));
	check(!out.failed);
	check(!inv_out_flush(&out, &err));
	check(err.fault == INV_IO);
	check_str(inv_str_of(err.msg), "full: write: No space left on device");
	inv_out_add(&out, INV_LIT("y"));
	err.fault = INV_OK;
	check(!inv_out_close(&out, &err));
	check(err.fault == INV_IO && out.written == 0);
}

static void
a_reader_that_is_gone_is_a_failed_write(void)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN }, old;
	struct inv_out out;
	struct inv_err err;
	int fd[2];

	sigaction(SIGPIPE, &ignore, &old);
	check(pipe(fd) == 0);
	close(fd[0]);
	inv_out_init(&out, fd[1], "pipe");
	inv_out_add(&out, INV_LIT("x"));
	check(!inv_out_close(&out, &err));
	check(err.fault == INV_IO);
	sigaction(SIGPIPE, &old, NULL);
}

static void
what_close_says_is_told(void)
{
	struct inv_out out;
	struct inv_err err;

	inv_out_init(&out, -1, "closed");
	check(!inv_out_close(&out, &err));
	check(err.fault == INV_IO);
}

static void
a_full_piece_is_written_and_less_is_held(void)
{
	static char piece[INV_STREAM_PIECE];
	struct inv_out out;
	struct inv_err err;
	char path[] = "/tmp/test_stream.XXXXXX";
	int fd = mkstemp(path);

	unlink(path);
	memset(piece, 'z', sizeof(piece));
	inv_out_init(&out, dup(fd), "file");
	inv_out_add(&out, (struct inv_str){ piece, sizeof(piece) - 1 });
	check(out.written == 0);
	inv_buf_byte(inv_out_buf(&out), 'z');
	inv_out_check(&out);
	check(out.written == sizeof(piece));
	inv_out_add(&out, INV_LIT("rest"));
	check(inv_out_close(&out, &err));
	check(lseek(fd, 0, SEEK_END) == sizeof(piece) + 4);
	close(fd);
}

static void
a_slow_non_blocking_reader_gets_it_all(void)
{
	int fd[2];
	int status = 1;

	check(pipe(fd) == 0);
	pid_t pid = fork();

	if (pid == 0) {
		static char piece[5000];
		struct inv_out out;
		struct inv_err err;

		close(fd[0]);
		fcntl(fd[1], F_SETFL, O_NONBLOCK);
		inv_out_init(&out, fd[1], "pipe");
		for (int i = 0; i < 1000; i++)
			inv_out_add(&out,
			    (struct inv_str){ piece, sizeof(piece) });
		_exit(inv_out_close(&out, &err) ? 0 : 1);
	}
	close(fd[1]);
	static char part[100 << 10];
	size_t all = 0;
	ssize_t n;

	while ((n = read(fd[0], part, sizeof(part))) > 0) {
		all += (size_t)n;
		usleep(100);
	}
	waitpid(pid, &status, 0);
	check(all == 5000 * 1000 && status == 0);
	close(fd[0]);
}

static void
a_line_past_the_ceiling_of_the_output_is_our_own_fault(void)
{
	struct inv_out out;
	struct inv_err err;

	inv_out_init(&out, open("/dev/null", O_WRONLY), "null");
	inv_out_add(&out, (struct inv_str){ "", (size_t)1 << 40 });
	check(!inv_out_close(&out, &err));
	check(err.fault == INV_INTERNAL);
}

struct gate {
	struct inv_out out;
	int asked;
	bool shut;
};

static bool
gate(void *arg, struct inv_err *err)
{
	struct gate *g = arg;

	g->asked++;
	g->out.hold = INV_STREAM_PIECE;
	return !g->shut || inv_fail(err, INV_AGAIN, "not yet");
}

static void
nothing_leaves_before_the_guard_has_said_yes(void)
{
	struct gate g = { .shut = false };
	struct inv_err err;
	int fd[2];
	char byte;

	check(pipe(fd) == 0);
	inv_out_init(&g.out, fd[1], "test");
	inv_out_guard(&g.out, gate, &g);
	inv_out_add(&g.out, INV_LIT("a"));
	check(g.asked == 0);
	check(inv_out_flush(&g.out, &err));
	check(g.asked == 1);
	check(inv_out_flush(&g.out, &err));
	check(g.asked == 1);
	g.shut = true;
	inv_out_add(&g.out, INV_LIT("b"));
	check(!inv_out_flush(&g.out, &err));
	check(err.fault == INV_AGAIN);
	check_str(inv_str_of(err.msg), "not yet");
	check(!inv_out_close(&g.out, &err));
	check(g.asked == 2);
	check(read(fd[0], &byte, 1) == 1 && byte == 'a');
	check(read(fd[0], &byte, 1) == 0);
	close(fd[0]);
}

static void
a_guard_may_have_more_collected_before_a_write(void)
{
	static char piece[INV_STREAM_PIECE];
	struct gate g = { .shut = false };
	struct inv_err err;

	inv_out_init(&g.out, open("/dev/null", O_WRONLY), "null");
	inv_out_guard(&g.out, gate, &g);
	g.out.hold = INV_STREAM_HOLD_MAX;
	for (int n = 0; n < INV_STREAM_HOLD_MAX - 1; n += INV_STREAM_PIECE) {
		check(g.asked == 0);
		inv_out_add(&g.out, (struct inv_str){ piece, sizeof(piece) });
	}
	check(g.asked == 1);
	inv_out_add(&g.out, (struct inv_str){ piece, sizeof(piece) });
	check(g.asked == 2);
	check(inv_out_close(&g.out, &err));
}

static void
a_small_one_asks_the_guard_before_every_pipe_buf(void)
{
	static char bytes[3 * PIPE_BUF + 1];
	struct gate g = { .shut = false };
	struct inv_err err;
	int fd[2];

	check(pipe(fd) == 0);
	inv_out_init(&g.out, fd[1], "test");
	inv_out_guard(&g.out, gate, &g);
	inv_out_small(&g.out);
	inv_out_add(&g.out, (struct inv_str){ bytes, sizeof(bytes) });
	check(inv_out_close(&g.out, &err));
	check(g.asked == 4);
	close(fd[0]);

	/* A file takes all at once. */
	inv_out_init(&g.out, memfd_create("out", 0), "test");
	inv_out_guard(&g.out, gate, &g);
	inv_out_small(&g.out);
	inv_out_add(&g.out, (struct inv_str){ bytes, sizeof(bytes) });
	check(inv_out_close(&g.out, &err));
	check(g.asked == 5);
}

static const struct test tests[] = {
	TEST(gives_lines_as_they_are_but_for_the_newline),
	TEST(a_last_line_without_a_newline_is_a_line_and_torn),
	TEST(a_line_as_long_as_the_ceiling_is_taken),
	TEST(a_line_past_the_ceiling_is_skipped_and_the_next_one_given),
	TEST(an_endless_line_takes_bounded_memory),
	TEST(a_long_line_over_many_pieces_is_whole),
	TEST(a_failed_read_is_no_input),
	TEST(interrupted_and_non_blocking_reads_wait),
	TEST(output_is_flushed_before_a_read_that_waits_and_not_before),
	TEST(trying_reads_once_and_never_waits),
	TEST(a_failed_write_is_told_at_every_look_and_drops_the_rest),
	TEST(a_reader_that_is_gone_is_a_failed_write),
	TEST(what_close_says_is_told),
	TEST(a_full_piece_is_written_and_less_is_held),
	TEST(a_slow_non_blocking_reader_gets_it_all),
	TEST(a_line_past_the_ceiling_of_the_output_is_our_own_fault),
	TEST(nothing_leaves_before_the_guard_has_said_yes),
	TEST(a_guard_may_have_more_collected_before_a_write),
	TEST(a_small_one_asks_the_guard_before_every_pipe_buf),
};

int
main(void)
{
	return RUN(tests);
}
