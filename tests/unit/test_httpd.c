/* test_httpd - does net/httpd keep its header's promises? */

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

#include "base/clock.h"
#include "net/httpd.h"

enum { BODY_MAX = 100, TEXT_MAX = 1 << 20, GIVE_UP_MS = 10000 };

static struct inv_httpd *
server(void)
{
	struct inv_err err;
	struct inv_httpd *h = inv_httpd_open("127.0.0.1:0", BODY_MAX, &err);

	check(h != NULL);
	return h;
}

static int
client(const struct inv_httpd *h, const char *text)
{
	const char *port = strrchr(inv_httpd_url(h), ':') + 1;
	uint64_t number = 0;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	check(inv_str_u64(inv_str_of(port), 1, 65535, &number));
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)number),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

	check(connect(fd, (struct sockaddr *)&at, sizeof(at)) == 0);
	check(write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	return fd;
}

static void
turn(struct inv_httpd *h, int fd)
{
	struct inv_err err;
	bool ready;

	check(inv_httpd_turn(h, fd, 100, &ready, &err));
}

static struct inv_exchange *
asked(struct inv_httpd *h)
{
	uint64_t until = inv_clock_ms() + GIVE_UP_MS;
	struct inv_exchange *x;

	while ((x = inv_httpd_next(h)) == NULL && inv_clock_ms() < until)
		turn(h, -1);
	check(x != NULL);
	if (x == NULL)
		exit(1);
	return x;
}

/* What the client gets until it holds `until` or the connection ends. */
static struct inv_buf
got(struct inv_httpd *h, int fd, const char *until, int *last_errno)
{
	uint64_t limit = inv_clock_ms() + GIVE_UP_MS;
	struct inv_buf b = INV_BUF(TEXT_MAX);
	ssize_t n = 1;
	char piece[4096];

	while (n != 0 && inv_clock_ms() < limit) {
		turn(h, fd);
		n = recv(fd, piece, sizeof(piece), MSG_DONTWAIT);
		if (n < 0 && errno == EAGAIN)
			continue;
		if (n < 0 && last_errno != NULL)
			*last_errno = errno;
		if (n <= 0)
			break;
		inv_buf_add(&b, (struct inv_str){ piece, (size_t)n });
		if (b.n > TEXT_MAX / 2 ||
		    memmem(b.p, b.n, until, strlen(until)) != NULL)
			break;
	}
	return b;
}

static bool
has(const struct inv_buf *b, const char *text)
{
	return b->n > 0 && memmem(b->p, b->n, text, strlen(text)) != NULL;
}

static void
a_request_arrives_whole_and_is_answered(void)
{
	struct inv_httpd *h = server();
	int fd = client(h,
	    "POST /a/b%20c?q=1 HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n"
	    "X-One: two\r\n\r\nab");

	turn(h, -1);
	turn(h, -1);
	check(inv_httpd_next(h) == NULL && inv_httpd_is_busy(h));
	check(write(fd, "cd", 2) == 2);
	struct inv_exchange *x = asked(h);

	check_str(x->method, "POST");
	check_str(x->path, "/a/b c");
	check_str(inv_buf_str(&x->body), "abcd");
	check(!x->too_long);
	check_str(inv_exchange_header(x, "x-one"), "two");
	check(inv_exchange_header(x, "X-Two").p == NULL);
	inv_httpd_answer(h, x,
	    &(struct inv_httpd_answer){ .status = 201,
		.header = { { "X-Three", "3" } },
		.body = INV_LIT("done") });
	struct inv_buf b = got(h, fd, "done", NULL);

	check(has(&b, "HTTP/1.1 201 ") && has(&b, "X-Three: 3\r\n"));
	check(has(&b, "Content-Length: 4\r\n"));
	while (inv_httpd_is_busy(h))
		turn(h, -1);
	inv_buf_free(&b);
	close(fd);
	inv_httpd_close(h);
}

static void
a_connection_is_used_again(void)
{
	struct inv_httpd *h = server();
	int fd = client(h, "GET /1 HTTP/1.1\r\nHost: x\r\n\r\n");

	for (int i = 0; i < 3; i++) {
		struct inv_exchange *x = asked(h);

		inv_httpd_answer(h, x,
		    &(struct inv_httpd_answer){
			.status = 200, .body = INV_LIT("end") });
		struct inv_buf b = got(h, fd, "end", NULL);
		const char *next = "GET /2 HTTP/1.1\r\nHost: x\r\n\r\n";

		check(has(&b, "HTTP/1.1 200 "));
		check(write(fd, next, strlen(next)) == (ssize_t)strlen(next));
		inv_buf_free(&b);
	}
	close(fd);
	inv_httpd_close(h);
}

static void
a_body_past_the_ceiling_is_read_and_told(void)
{
	struct inv_httpd *h = server();
	struct inv_buf text = INV_BUF(TEXT_MAX);

	inv_buf_add(&text,
	    INV_LIT(
		"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 101\r\n\r\n"));
	for (int i = 0; i < 101; i++)
		inv_buf_byte(&text, 'x');
	inv_buf_byte(&text, '\0');
	int fd = client(h, text.p);
	struct inv_exchange *x = asked(h);

	check(x->too_long);
	inv_httpd_answer(h, x, &(struct inv_httpd_answer){ .status = 413 });
	struct inv_buf b = got(h, fd, "\r\n\r\n", NULL);

	check(has(&b, "HTTP/1.1 413 "));
	inv_buf_free(&b);
	inv_buf_free(&text);
	close(fd);
	inv_httpd_close(h);
}

static void
a_path_that_is_not_printable_is_empty(void)
{
	static const char *const paths[] = { "/a%00b", "/a%0Ab", "/%ff", "/%4",
		"/%zz" };

	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
		struct inv_httpd *h = server();
		char text[128];

		snprintf(text, sizeof(text),
		    "GET %s HTTP/1.1\r\nHost: x\r\n\r\n", paths[i]);
		int fd = client(h, text);

		check(asked(h)->path.n == 0);
		close(fd);
		inv_httpd_close(h);
	}
}

static void
requests_come_in_order_and_are_answered_in_any(void)
{
	struct inv_httpd *h = server();
	int one = client(h, "GET /1 HTTP/1.1\r\nHost: x\r\n\r\n");
	struct inv_exchange *first = asked(h);
	int two = client(h, "GET /2 HTTP/1.1\r\nHost: x\r\n\r\n");
	struct inv_exchange *second = asked(h);

	check_str(first->path, "/1");
	check_str(second->path, "/2");
	inv_httpd_answer(h, second,
	    &(struct inv_httpd_answer){
		.status = 200, .body = INV_LIT("second") });
	struct inv_buf b = got(h, two, "second", NULL);

	check(has(&b, "second"));
	inv_buf_free(&b);
	inv_httpd_answer(h, first,
	    &(struct inv_httpd_answer){
		.status = 200, .body = INV_LIT("first") });
	b = got(h, one, "first", NULL);
	check(has(&b, "first"));
	inv_buf_free(&b);
	close(one);
	close(two);
	inv_httpd_close(h);
}

static void
a_dropped_request_is_a_reset_connection(void)
{
	struct inv_httpd *h = server();
	int fd = client(h, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
	int how = 0;

	inv_httpd_drop(h, asked(h));
	struct inv_buf b = got(h, fd, "anything", &how);

	check(b.n == 0 && how == ECONNRESET);
	while (inv_httpd_is_busy(h))
		turn(h, -1);
	inv_buf_free(&b);
	close(fd);
	inv_httpd_close(h);
}

static struct inv_buf
misanswered(enum inv_httpd_manner manner, const char *until)
{
	struct inv_httpd *h = server();
	int fd = client(h, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");

	inv_httpd_answer(h, asked(h),
	    &(struct inv_httpd_answer){
		.status = 200, .manner = manner, .body = INV_LIT("abcd") });
	struct inv_buf b = got(h, fd, until, NULL);

	close(fd);
	inv_httpd_close(h);
	return b;
}

static void
a_short_answer_ends_before_its_length(void)
{
	struct inv_buf b = misanswered(INV_HTTPD_SHORT, "never");

	check(has(&b, "Content-Length: 5\r\n"));
	check(b.n > 4 && memcmp(b.p + b.n - 4, "abcd", 4) == 0);
	inv_buf_free(&b);
}

static void
a_slow_answer_takes_a_pause_for_each_byte(void)
{
	uint64_t from = inv_clock_ms();
	struct inv_buf b = misanswered(INV_HTTPD_SLOW, "ab");

	check(has(&b, "Content-Length: 4\r\n") && has(&b, "\r\n\r\nab"));
	check(inv_clock_ms() - from >= INV_HTTPD_SLOW_MS);
	inv_buf_free(&b);
}

static void
an_endless_answer_goes_on(void)
{
	struct inv_buf b = misanswered(INV_HTTPD_ENDLESS, "never");

	check(b.n > TEXT_MAX / 2);
	inv_buf_free(&b);
}

struct pages {
	int left;
	int done;
	bool broken;
};

static bool
page(void *of, struct inv_buf *out)
{
	struct pages *p = of;

	if (p->left > 0)
		inv_buf_addf(out, "page %d;", p->left--);
	else if (p->broken)
		return false;
	return true;
}

static void
done(void *of)
{
	struct pages *p = of;

	p->done++;
}

static void
pages_are_given_until_there_are_no_more(void)
{
	for (int broken = 0; broken < 2; broken++) {
		struct pages p = { .left = 3, .broken = broken == 1 };
		struct inv_httpd *h = server();
		int fd = client(h,
		    "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

		inv_httpd_answer(h, asked(h),
		    &(struct inv_httpd_answer){ .status = 200,
			.manner = INV_HTTPD_PAGES,
			.page = page,
			.done = done,
			.of = &p,
			.page_max = 100 });
		struct inv_buf b = got(h, fd, "never", NULL);

		check(has(&b, "page 3;") && has(&b, "page 1;"));
		check(has(&b, "\r\n0\r\n") == !p.broken);
		while (inv_httpd_is_busy(h))
			turn(h, -1);
		check(p.done == 1);
		inv_buf_free(&b);
		close(fd);
		inv_httpd_close(h);
	}
}

static void
what_is_under_way_can_be_closed(void)
{
	struct inv_httpd *h = server();
	struct pages p = { .left = 1 };
	const char *ask = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
	int fd[4] = { client(h, ask), client(h, ask), client(h, ask),
		client(h, "GET / HT") };
	struct inv_exchange *slow = asked(h);
	struct inv_exchange *paged = asked(h);

	inv_httpd_answer(h, slow,
	    &(struct inv_httpd_answer){ .status = 200,
		.manner = INV_HTTPD_SLOW,
		.body = INV_LIT("abcd") });
	inv_httpd_answer(h, paged,
	    &(struct inv_httpd_answer){ .status = 200,
		.manner = INV_HTTPD_PAGES,
		.page = page,
		.done = done,
		.of = &p,
		.page_max = 100 });
	for (int i = 0; i < 4; i++)
		turn(h, -1);
	check(asked(h) != NULL); /* and it is never answered */
	inv_httpd_close(h);
	check(p.done == 1);
	for (int i = 0; i < 4; i++)
		close(fd[i]);
}

static void
a_quiet_server_takes_no_more_connections(void)
{
	struct inv_httpd *h = server();
	int old = client(h, "GET /1 HTTP/1.1\r\nHost: x\r\n\r\n");
	struct inv_exchange *x = asked(h);
	const char *port = strrchr(inv_httpd_url(h), ':') + 1;
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)atoi(port)),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	inv_httpd_quiesce(h);
	check(connect(fd, (struct sockaddr *)&at, sizeof(at)) == -1);
	inv_httpd_answer(h, x,
	    &(struct inv_httpd_answer){
		.status = 200, .body = INV_LIT("end") });
	struct inv_buf b = got(h, old, "end", NULL);

	check(has(&b, "end"));
	inv_buf_free(&b);
	close(fd);
	close(old);
	inv_httpd_close(h);
}

static void
an_address_must_be_one_and_free(void)
{
	static const char *const wrong[] = { "", ":", "127.0.0.1",
		"127.0.0.1:", "127.0.0.1:65536", "localhost:0", ":80", "[]:1",
		"127.0.0.1:http" };
	struct inv_err err;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		check(inv_httpd_open(wrong[i], BODY_MAX, &err) == NULL);
		check(err.fault == INV_USAGE);
	}
	struct inv_httpd *h = server();

	check(inv_httpd_open(inv_httpd_url(h) + strlen("http://"), BODY_MAX,
		  &err) == NULL);
	check(err.fault == INV_AGAIN);
	inv_httpd_close(h);
}

static void
an_ipv6_address_stands_in_brackets(void)
{
	struct inv_err err;
	struct inv_httpd *h = inv_httpd_open("[::1]:0", BODY_MAX, &err);

	if (h == NULL && err.fault == INV_AGAIN) {
		skip("no IPv6 here");
		return;
	}
	check(h != NULL && strncmp(inv_httpd_url(h), "http://[::1]:", 13) == 0);
	inv_httpd_close(h);
}

enum { CLIENTS = 20, POSTS = 300, POST_BYTES = 84000, HANG_S = 60 };

/* A client of its own process: one connection, one request after the other. */
static bool
posts_all(const struct inv_httpd *h)
{
	static char body[POST_BYTES];
	char text[256];
	int fd = client(h, "");

	memset(body, 'x', sizeof(body));
	snprintf(text, sizeof(text),
	    "POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n",
	    POST_BYTES);
	for (int i = 0; i < POSTS; i++) {
		struct inv_str left[] = { inv_str_of(text),
			{ body, sizeof(body) } };
		char answer[512];
		size_t n = 0;

		for (size_t k = 0; k < 2; k++)
			while (left[k].n > 0) {
				ssize_t w = write(fd, left[k].p, left[k].n);

				if (w <= 0)
					return false;
				left[k].p += w;
				left[k].n -= (size_t)w;
			}
		while (memmem(answer, n, "done", 4) == NULL) {
			ssize_t r = read(fd, answer + n, sizeof(answer) - n);

			if (r <= 0)
				return false;
			n += (size_t)r;
		}
	}
	close(fd);
	return true;
}

/* Nothing else wakes the server: a lost event ends the test by SIGALRM. */
static void
no_connection_hangs_among_many(void)
{
	struct inv_err err;
	struct inv_httpd *h = inv_httpd_open("127.0.0.1:0", POST_BYTES, &err);
	struct inv_exchange *x;
	int ends[2];
	bool over = false;

	check(h != NULL && pipe(ends) == 0);
	fflush(stdout);
	for (int i = 0; i < CLIENTS; i++)
		if (fork() == 0)
			_exit(posts_all(h) ? 0 : 1);
	close(ends[1]);
	alarm(HANG_S);
	while (!over) {
		check(inv_httpd_turn(h, ends[0], -1, &over, &err));
		while ((x = inv_httpd_next(h)) != NULL)
			inv_httpd_answer(h, x,
			    &(struct inv_httpd_answer){
				.status = 200, .body = INV_LIT("done") });
	}
	alarm(0);
	for (int i = 0; i < CLIENTS; i++) {
		int status = 0;

		check(wait(&status) > 0 && status == 0);
	}
	close(ends[0]);
	inv_httpd_close(h);
}

int
main(void)
{
	static const struct test tests[] = {
		TEST(a_request_arrives_whole_and_is_answered),
		TEST(a_connection_is_used_again),
		TEST(a_body_past_the_ceiling_is_read_and_told),
		TEST(a_path_that_is_not_printable_is_empty),
		TEST(requests_come_in_order_and_are_answered_in_any),
		TEST(a_dropped_request_is_a_reset_connection),
		TEST(a_short_answer_ends_before_its_length),
		TEST(a_slow_answer_takes_a_pause_for_each_byte),
		TEST(an_endless_answer_goes_on),
		TEST(pages_are_given_until_there_are_no_more),
		TEST(what_is_under_way_can_be_closed),
		TEST(a_quiet_server_takes_no_more_connections),
		TEST(an_address_must_be_one_and_free),
		TEST(an_ipv6_address_stands_in_brackets),
		TEST(no_connection_hangs_among_many),
	};

	return RUN(tests);
}
