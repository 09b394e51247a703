/* test_transfer.c - every promise of net/transfer.h, on both engines */

#include <curl/curl.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../helper/server.h"
#include "base/clock.h"
#include "base/mem.h"
#include "check.h"
#include "child.h"
#include "net/transfer.h"

enum { LIMIT_MS = 20000, BODY = 85 << 10, LARGE_BODY = 2 << 20 };

static struct server server;
static char body[BODY];

static bool no_memory;

/* libcurl's own, but for the day when it has none. */
CURLMcode
curl_multi_socket_action(CURLM *multi, curl_socket_t fd, int bits, int *running)
{
	CURLMcode (*real)(CURLM *, curl_socket_t, int, int *);

	if (no_memory)
		return CURLM_OUT_OF_MEMORY;
	*(void **)&real = dlsym(RTLD_NEXT, "curl_multi_socket_action");
	return real(multi, fd, bits, running);
}

/* A ring and transfers over it, as a program has them. */
struct world {
	struct inv_ring *ring;
	struct inv_transfers *xs;
};

static const struct inv_transfers_options four = {
	.slots = 4, .connect_ms = 5000, .silence_ms = LIMIT_MS
};

static bool
open_world(struct world *w, enum inv_engine engine,
    const struct inv_transfers_options *o)
{
	struct inv_err err;

	w->ring = inv_ring_open(engine, &err);
	if (w->ring == NULL && engine == INV_ENGINE_URING) {
		skip("io_uring is refused here");
		return false;
	}
	w->xs = inv_transfers_open(w->ring, o, &err);
	check(w->xs != NULL);
	return w->xs != NULL;
}

static void
close_world(struct world *w)
{
	inv_transfers_close(w->xs);
	inv_ring_close(w->ring);
}

static void
run_on(enum inv_engine engine, void (*claim)(struct world *))
{
	struct world w;

	if (!open_world(&w, engine, &four))
		return;
	claim(&w);
	close_world(&w);
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

static const char *
url_of(int port, const char *path)
{
	static char url[256];

	snprintf(url, sizeof(url), "http://127.0.0.1:%d%s", port, path);
	return url;
}

static bool
turn(struct world *w)
{
	struct inv_err err;
	bool ok = inv_ring_turn(w->ring, &err);

	check(ok);
	return ok;
}

static struct inv_transfer *
await(struct world *w)
{
	uint64_t limit = inv_clock_ms() + LIMIT_MS;
	struct inv_transfer *x;

	while ((x = inv_transfers_landed(w->xs)) == NULL) {
		check(inv_clock_ms() < limit);
		if (inv_clock_ms() >= limit || !turn(w))
			abort();
	}
	return x;
}

static void
start(struct world *w, const struct inv_request *req)
{
	struct inv_transfer *x = inv_transfers_room(w->xs);
	struct inv_err err;

	check(x != NULL);
	check(inv_transfers_start(w->xs, x, req, &err));
}

/* POST the body to a url and wait; the caller releases. */
static struct inv_transfer *
post_url(struct world *w, const char *url, uint64_t timeout_ms)
{
	struct inv_str type = INV_LIT("Content-Type: application/json");
	struct inv_request req = {
		.method = INV_POST,
		.url = url,
		.headers = &type,
		.headers_count = 1,
		.body = { body, sizeof(body) },
		.deadline_ms = inv_clock_ms() + timeout_ms,
	};

	start(w, &req);
	return await(w);
}

static struct inv_transfer *
post(struct world *w, const char *path)
{
	return post_url(w, url_of(server.port, path), LIMIT_MS);
}

static bool
has(struct inv_str s, const char *what)
{
	return s.n > 0 && memmem(s.p, s.n, what, strlen(what)) != NULL;
}

static void
brings_the_answer_with_its_headers(struct world *w)
{
	struct inv_transfer *x = post(w, "/ok");

	check(x->answer.net == INV_NET_ANSWERED);
	check(x->answer.status == 200 && x->answer.sends == 1);
	check_str(x->answer.content_type, "application/json");
	check(has(x->answer.body, "\"method\":\"POST\",\"bytes\":87040,"));
	check(x->error[0] == '\0' && !x->answer.replayed);
	inv_transfers_release(w->xs, x);
	x = post(w, "/500");
	check(x->answer.net == INV_NET_ANSWERED);
	check(x->answer.status == 500 && x->answer.replayed);
	check_str(x->answer.retry_after, "7");
	check_str(x->answer.body, "oops");
	check(x->answer.content_type.n == 0);
	inv_transfers_release(w->xs, x);
	x = post(w, "/204");
	check(x->answer.net == INV_NET_ANSWERED);
	check(x->answer.status == 204 && x->answer.body.n == 0);
	check(x->answer.retry_after.n == 0 && !x->answer.replayed);
	inv_transfers_release(w->xs, x);
}
BOTH(brings_the_answer_with_its_headers)

static int
post_without_memory(const void *with)
{
	struct world w;

	(void)with;
	if (!open_world(&w, INV_ENGINE_POLL, &four))
		return 1;
	no_memory = true;
	(void)post(&w, "/ok");
	return 0;
}

static void
ends_where_libcurl_has_no_memory_to_go_on(void)
{
	static struct child c;

	child_run(&c, post_without_memory, NULL, (struct inv_str){ "", 0 });
	check(c.status == 70);
	check(strstr(c.err, "no memory") != NULL);
}

static void
gets_and_posts_from_one_slot(struct world *w)
{
	struct inv_request get = { .method = INV_GET,
		.deadline_ms = inv_clock_ms() + LIMIT_MS };

	for (int i = 0; i < 3; i++) {
		get.url = url_of(server.port, "/ok");
		start(w, &get);
		struct inv_transfer *x = await(w);

		check(has(x->answer.body, "\"method\":\"GET\",\"bytes\":0,"));
		inv_transfers_release(w->xs, x);
		x = post(w, "/ok");
		check(has(x->answer.body,
		    "\"method\":\"POST\",\"bytes\":87040,"));
		inv_transfers_release(w->xs, x);
	}
}
BOTH(gets_and_posts_from_one_slot)

static void
posts_an_empty_body(struct world *w)
{
	struct inv_request req = { .method = INV_POST,
		.url = url_of(server.port, "/ok"),
		.deadline_ms = inv_clock_ms() + LIMIT_MS };

	start(w, &req);
	struct inv_transfer *x = await(w);

	check(has(x->answer.body, "\"method\":\"POST\",\"bytes\":0,"));
	inv_transfers_release(w->xs, x);
}
BOTH(posts_an_empty_body)

static void
sends_the_headers_it_was_given_and_none_that_wait(struct world *w)
{
	struct inv_str lines[] = {
		INV_LIT("Content-Type: application/json"),
		INV_LIT("Idempotency-Key: \"abc\""),
	};
	struct inv_request req = { .method = INV_POST,
		.url = url_of(server.port, "/dump"),
		.headers = lines,
		.headers_count = 2,
		.body = { inv_mem_new(LARGE_BODY), LARGE_BODY },
		.deadline_ms = inv_clock_ms() + LIMIT_MS };

	start(w, &req);
	struct inv_transfer *x = await(w);

	free((void *)(uintptr_t)req.body.p);

	check(has(x->answer.body, "\r\nContent-Type: application/json\r\n"));
	check(has(x->answer.body, "\r\nIdempotency-Key: \"abc\"\r\n"));
	check(!has(x->answer.body, "Expect"));
	check(!has(x->answer.body, "Accept-Encoding"));
	inv_transfers_release(w->xs, x);
}
BOTH(sends_the_headers_it_was_given_and_none_that_wait)

/* The server's answer is what it was sent. */
static void
sends_a_token_and_stars_it_out_of_the_answer(struct world *w)
{
	static const char token[] = "a-token-of-ours";
	struct inv_request req = { .method = INV_POST,
		.url = url_of(server.port, "/dump"),
		.bearer = inv_str_of(token),
		.deadline_ms = inv_clock_ms() + LIMIT_MS };

	start(w, &req);
	struct inv_transfer *x = await(w);

	check(has(x->answer.body,
	    "\r\nAuthorization: Bearer ***************\r\n"));
	check(!has(x->answer.body, token));
	inv_transfers_release(w->xs, x);

	/* It was for that request alone. */
	x = post(w, "/dump");
	check(!has(x->answer.body, "Authorization"));
	inv_transfers_release(w->xs, x);
}
BOTH(sends_a_token_and_stars_it_out_of_the_answer)

static void
looks_past_an_interim_answer(struct world *w)
{
	struct inv_transfer *x = post(w, "/interim");

	check(x->answer.net == INV_NET_ANSWERED && x->answer.status == 201);
	check(x->answer.retry_after.n == 0);
	check_str(x->answer.location, "/batches/1");
	inv_transfers_release(w->xs, x);
}
BOTH(looks_past_an_interim_answer)

static void
takes_no_header_from_a_trailer(struct world *w)
{
	struct inv_transfer *x = post(w, "/trailer");

	check(x->answer.net == INV_NET_ANSWERED && x->answer.status == 200);
	check_str(x->answer.body, "{}");
	check(x->answer.retry_after.n == 0);
	inv_transfers_release(w->xs, x);
}
BOTH(takes_no_header_from_a_trailer)

static void
follows_no_redirect(struct world *w)
{
	int before = server.counts->requests;
	struct inv_transfer *x = post(w, "/redirect");

	check(x->answer.net == INV_NET_ANSWERED && x->answer.status == 302);
	check_str(x->answer.location, "/ok");
	check(server.counts->requests == before + 1);
	inv_transfers_release(w->xs, x);
}
BOTH(follows_no_redirect)

static void
asks_no_proxy(struct world *w)
{
	char proxy[64];

	snprintf(proxy, sizeof(proxy), "http://127.0.0.1:%d", server.port);
	setenv("http_proxy", proxy, 1);
	setenv("all_proxy", proxy, 1);
	struct inv_transfer *x = post(w, "/dump");

	check(has(x->answer.body, "POST /dump HTTP/1.1\r\n"));
	inv_transfers_release(w->xs, x);
	unsetenv("http_proxy");
	unsetenv("all_proxy");
}
BOTH(asks_no_proxy)

static void
asks_no_netrc(struct world *w)
{
	static const char text[] = "machine 127.0.0.1 login a password b\n";
	char dir[] = "/tmp/test_transfer.XXXXXX", path[64];
	const char *was = getenv("HOME");
	char *home = was == NULL ? NULL : strdup(was);

	if (mkdtemp(dir) == NULL)
		abort();
	snprintf(path, sizeof(path), "%s/.netrc", dir);
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);

	check(write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	close(fd);
	setenv("HOME", dir, 1);
	struct inv_transfer *x = post(w, "/dump");

	check(has(x->answer.body, "POST /dump HTTP/1.1\r\n"));
	check(!has(x->answer.body, "Authorization"));
	inv_transfers_release(w->xs, x);
	if (home != NULL)
		setenv("HOME", home, 1);
	else
		unsetenv("HOME");
	free(home);
	unlink(path);
	rmdir(dir);
}
BOTH(asks_no_netrc)

static void
knows_that_a_refused_connection_sent_nothing(struct world *w)
{
	int port, fd = server_port(0, &port);
	struct inv_transfer *x = post_url(w, url_of(port, "/"), LIMIT_MS);

	check(x->answer.net == INV_NET_NOT_SENT);
	check(x->answer.status == 0 && x->answer.sends == 0);
	check(x->error[0] != '\0');
	inv_transfers_release(w->xs, x);
	close(fd);
}
BOTH(knows_that_a_refused_connection_sent_nothing)

static void
is_unsure_when_the_connection_breaks_after_sending(struct world *w)
{
	static const char *const paths[] = { "/reset", "/reset-early", "/close",
		"/garbage", "/hints" };

	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
		struct inv_transfer *x = post(w, paths[i]);

		check(x->answer.net == INV_NET_UNSURE);
		check(x->answer.status == 0 && x->answer.sends >= 1);
		check(x->error[0] != '\0');
		inv_transfers_release(w->xs, x);
	}
}
BOTH(is_unsure_when_the_connection_breaks_after_sending)

static void
tells_an_answer_that_was_cut(struct world *w)
{
	static const char *const paths[] = { "/short", "/bad-chunk" };

	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
		struct inv_transfer *x = post(w, paths[i]);

		check(x->answer.net == INV_NET_CUT);
		check(x->answer.status == 200);
		check_str(x->answer.body, "{}");
		inv_transfers_release(w->xs, x);
	}
}
BOTH(tells_an_answer_that_was_cut)

static void
stops_an_answer_past_its_ceiling(struct world *w)
{
	struct inv_transfer *x = post(w, "/endless");

	check(x->answer.net == INV_NET_OVERSIZED && x->answer.status == 200);
	check(x->answer.body.n <= INV_ANSWER_MAX);
	check(x->error[0] != '\0');
	inv_transfers_release(w->xs, x);
	x = post(w, "/headers");
	check(x->answer.net == INV_NET_OVERSIZED);
	inv_transfers_release(w->xs, x);
}
BOTH(stops_an_answer_past_its_ceiling)

static void
lands_by_the_deadline(struct world *w)
{
	uint64_t before = inv_clock_ms();
	struct inv_transfer *x =
	    post_url(w, url_of(server.port, "/silence"), 100);

	check(x->answer.net == INV_NET_UNSURE && x->answer.status == 0);
	check(inv_clock_ms() - before >= 100 && x->ms >= 100);
	check(inv_clock_ms() - before < LIMIT_MS / 2);
	inv_transfers_release(w->xs, x);

	/* One that has passed already is no different. */
	struct inv_request late = { .method = INV_GET,
		.url = url_of(server.port, "/silence"),
		.deadline_ms = 1 };

	start(w, &late);
	x = await(w);
	check(x->answer.net != INV_NET_ANSWERED);
	inv_transfers_release(w->xs, x);
}
BOTH(lands_by_the_deadline)

static void
lets_the_ledger_see_that_we_gave_up(struct world *w)
{
	uint64_t limit = inv_clock_ms() + LIMIT_MS;
	struct inv_transfer *x =
	    post_url(w, url_of(server.port, "/silence"), 50);

	check(x->answer.net == INV_NET_UNSURE);
	inv_transfers_release(w->xs, x);

	/* Only the other requests' turns are needed for that. */
	while (server.counts->at_once > 1 && inv_clock_ms() < limit) {
		x = post(w, "/ok");
		inv_transfers_release(w->xs, x);
	}
	check(server.counts->at_once <= 1);
}
BOTH(lets_the_ledger_see_that_we_gave_up)

static void
keeps_connections_and_counts_what_libcurl_sends_again(struct world *w)
{
	int before = server.counts->connections;
	struct inv_transfer *x;

	for (int i = 0; i < 10; i++) {
		x = post(w, "/ok");
		check(x->answer.status == 200 && x->answer.sends == 1);
		inv_transfers_release(w->xs, x);
	}
	check(server.counts->connections == before + 1);

	/* The kept connection dies under the request: libcurl takes another. */
	x = post(w, "/once");
	check(x->answer.net == INV_NET_ANSWERED && x->answer.status == 200);
	check(x->answer.sends == 2);
	check(server.counts->connections == before + 2);
	inv_transfers_release(w->xs, x);
}
BOTH(keeps_connections_and_counts_what_libcurl_sends_again)

static void
tells_what_lands_in_the_order_it_landed(struct world *w)
{
	struct inv_request slow = { .method = INV_GET,
		.url = url_of(server.port, "/silence"),
		.deadline_ms = inv_clock_ms() + 300 };

	start(w, &slow);
	struct inv_transfer *x = post(w, "/ok");

	check(x->answer.status == 200);
	check(inv_transfers_flying(w->xs) == 1);
	inv_transfers_release(w->xs, x);
	x = await(w);
	check(x->answer.net == INV_NET_UNSURE);
	check(inv_transfers_flying(w->xs) == 0);
	check(inv_transfers_landed(w->xs) == NULL);
	inv_transfers_release(w->xs, x);
}
BOTH(tells_what_lands_in_the_order_it_landed)

static void
has_as_many_slots_as_it_was_given(struct world *w)
{
	struct inv_request req = { .method = INV_GET,
		.url = url_of(server.port, "/ok"),
		.deadline_ms = inv_clock_ms() + LIMIT_MS };
	struct inv_transfer *held[4];

	for (size_t i = 0; i < 4; i++)
		start(w, &req);
	check(inv_transfers_room(w->xs) == NULL);
	check(inv_transfers_flying(w->xs) == 4);
	for (size_t i = 0; i < 4; i++)
		held[i] = await(w);

	/* Handed out, and not free before it is released. */
	check(inv_transfers_flying(w->xs) == 0);
	check(inv_transfers_room(w->xs) == NULL);
	inv_transfers_release(w->xs, held[2]);
	check(inv_transfers_room(w->xs) == held[2]);
	for (size_t i = 0; i < 4; i++) {
		check(has(held[i]->answer.body, "\"method\":\"GET\""));
		if (i != 2)
			inv_transfers_release(w->xs, held[i]);
	}
}
BOTH(has_as_many_slots_as_it_was_given)

static void
refuses_headers_that_do_not_fit(struct world *w)
{
	struct inv_str bad = INV_LIT("X: a\r\nY: b");
	struct inv_request req = { .method = INV_GET,
		.url = url_of(server.port, "/ok"),
		.headers = &bad,
		.headers_count = 1 };
	struct inv_transfer *x = inv_transfers_room(w->xs);
	struct inv_err err;

	check(!inv_transfers_start(w->xs, x, &req, &err));
	check(err.fault == INV_CONFIG);
	check(inv_transfers_room(w->xs) == x);
	check(inv_transfers_flying(w->xs) == 0);
}
BOTH(refuses_headers_that_do_not_fit)

static void
tells_a_name_that_is_none(struct world *w)
{
	/* A label of more than 63 bytes is refused without asking anybody. */
	struct inv_transfer *x = post_url(w,
	    "http://aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.invalid/",
	    LIMIT_MS);

	check(x->answer.net == INV_NET_DNS && x->answer.sends == 0);
	inv_transfers_release(w->xs, x);
}
BOTH(tells_a_name_that_is_none)

static void
sends_nothing_without_a_trusted_connection(struct world *w)
{
	char url[64];

	snprintf(url, sizeof(url), "https://127.0.0.1:%d/close", server.port);
	struct inv_transfer *x = post_url(w, url, LIMIT_MS);

	check(x->answer.net == INV_NET_TLS && x->answer.sends == 0);
	inv_transfers_release(w->xs, x);
}
BOTH(sends_nothing_without_a_trusted_connection)

/* A certificate for 127.0.0.1 that nobody vouches for; false: no openssl. */
static bool
make_certificate(void)
{
	static const char command[] =
	    "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1"
	    " -nodes -days 2 -subj /CN=test -addext subjectAltName=IP:127.0.0.1"
	    " -keyout key.pem -out cert.pem 2> /dev/null";
	char dir[] = "/tmp/test_transfer.XXXXXX";

	if (mkdtemp(dir) == NULL || chdir(dir) < 0)
		abort();
	return system(command) == 0;
}

static void
remove_certificate(void)
{
	char dir[64];

	unlink("key.pem");
	unlink("cert.pem");
	if (getcwd(dir, sizeof(dir)) == NULL || chdir("/") < 0 ||
	    rmdir(dir) < 0)
		abort();
}

static pid_t
tls_server(int port)
{
	char text[16];
	pid_t pid;

	snprintf(text, sizeof(text), "%d", port);
	if ((pid = fork()) == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		execlp("openssl", "openssl", "s_server", "-accept", text,
		    "-key", "key.pem", "-cert", "cert.pem", "-www", "-quiet",
		    (char *)NULL);
		_exit(127);
	}
	return pid;
}

/* GET https://host:port/, again as long as nobody listens there yet. */
static void
check_tls(enum inv_engine engine, const char *cacert, const char *host,
    int port, enum inv_net net)
{
	struct inv_transfers_options o = four;
	uint64_t limit = inv_clock_ms() + LIMIT_MS;
	struct inv_answer a;
	struct world w;
	char url[64];

	o.cacert = cacert;
	snprintf(url, sizeof(url), "https://%s:%d/", host, port);
	if (!open_world(&w, engine, &o))
		return;
	do {
		struct inv_request req = {
			.method = INV_GET, .url = url, .deadline_ms = limit
		};

		start(&w, &req);
		struct inv_transfer *x = await(&w);

		a = x->answer;
		inv_transfers_release(w.xs, x);
	} while (a.net == INV_NET_NOT_SENT && inv_clock_ms() < limit);
	check(a.net == net);
	check(a.status == (net == INV_NET_ANSWERED ? 200 : 0));
	check(a.sends == (net == INV_NET_ANSWERED ? 1 : 0));
	close_world(&w);
}

static void
trusts_whom_the_cacert_vouches_for_on(enum inv_engine engine)
{
	int port, fd = server_port(0, &port);

	if (!make_certificate()) {
		skip("no openssl");
		return;
	}
	close(fd);
	pid_t pid = tls_server(port);

	check_tls(engine, "cert.pem", "127.0.0.1", port, INV_NET_ANSWERED);
	check_tls(engine, NULL, "127.0.0.1", port, INV_NET_TLS);
	check_tls(engine, "cert.pem", "localhost", port, INV_NET_TLS);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	remove_certificate();
}

static void
trusts_whom_the_cacert_vouches_for_io_uring(void)
{
	trusts_whom_the_cacert_vouches_for_on(INV_ENGINE_URING);
}

static void
trusts_whom_the_cacert_vouches_for_poll(void)
{
	trusts_whom_the_cacert_vouches_for_on(INV_ENGINE_POLL);
}

static void
abandons_what_flies_when_it_is_closed(struct world *w)
{
	struct inv_request req = { .method = INV_POST,
		.url = url_of(server.port, "/silence"),
		.body = { body, sizeof(body) },
		.deadline_ms = inv_clock_ms() + LIMIT_MS };
	uint64_t limit = inv_clock_ms() + LIMIT_MS;
	int before = server.counts->requests;

	start(w, &req);
	start(w, &req);
	req.url = url_of(server.port, "/ok");
	start(w, &req);
	inv_transfers_release(w->xs, await(w));
	start(w, &req); /* not even begun */
	while (server.counts->requests < before + 3 && inv_clock_ms() < limit)
		check(turn(w));
}
BOTH(abandons_what_flies_when_it_is_closed)

/* Many more requests than slots, going round the paths; how many answered. */
static int
fly(struct world *w, const char *const *paths, int count, int requests)
{
	int started = 0, answered = 0;

	for (int landed = 0; landed < requests;) {
		struct inv_transfer *x;
		struct inv_request req = { .method = INV_POST,
			.body = { body, sizeof(body) },
			.deadline_ms = inv_clock_ms() + LIMIT_MS };

		for (; started < requests && inv_transfers_room(w->xs) != NULL;
		     started++) {
			req.url = url_of(server.port, paths[started % count]);
			start(w, &req);
		}
		if (!turn(w))
			break;
		for (; (x = inv_transfers_landed(w->xs)) != NULL; landed++) {
			answered += x->answer.net == INV_NET_ANSWERED;
			check(x->answer.status == 500 ||
			    x->answer.net != INV_NET_ANSWERED ||
			    has(x->answer.body, "\"bytes\":87040,"));
			inv_transfers_release(w->xs, x);
		}
	}
	return answered;
}

static void
flies_many_at_once_on(enum inv_engine engine)
{
	static const char *const good[] = { "/ok", "/500" };
	static const char *const mixed[] = { "/ok", "/ok", "/500", "/ok",
		"/reset", "/short" };
	static const struct inv_transfers_options o = {
		.slots = 16, .connect_ms = 5000, .silence_ms = LIMIT_MS
	};
	struct world w;
	int before = server.counts->connections;

	if (!open_world(&w, engine, &o))
		return;
	check(fly(&w, good, 2, 400) == 400);
	/* Kept alive: a few more than slots may be made while one closes. */
	check(server.counts->connections - before < 100);
	check(fly(&w, mixed, 6, 600) == 400);
	close_world(&w);
}

static void
flies_many_at_once_io_uring(void)
{
	flies_many_at_once_on(INV_ENGINE_URING);
}

static void
flies_many_at_once_poll(void)
{
	flies_many_at_once_on(INV_ENGINE_POLL);
}

static void
gives_up_on_silence_on(enum inv_engine engine)
{
	static const struct inv_transfers_options o = {
		.slots = 1, .connect_ms = 5000, .silence_ms = 1000
	};
	struct world w;

	if (!open_world(&w, engine, &o))
		return;
	struct inv_request req = { .method = INV_GET,
		.url = url_of(server.port, "/silence"),
		.deadline_ms = inv_clock_ms() + LIMIT_MS };

	start(&w, &req);
	struct inv_transfer *x = await(&w);

	check(x->answer.net == INV_NET_UNSURE && x->answer.status == 0);
	check(x->ms < LIMIT_MS / 2);
	close_world(&w);
}

static void
gives_up_on_silence_io_uring(void)
{
	gives_up_on_silence_on(INV_ENGINE_URING);
}

static void
gives_up_on_silence_poll(void)
{
	gives_up_on_silence_on(INV_ENGINE_POLL);
}

static void
needs_certificates_that_are_there(void)
{
	struct inv_transfers_options o = four;
	struct inv_err err;
	struct inv_ring *ring = inv_ring_open(INV_ENGINE_POLL, &err);

	o.cacert = "/nowhere/ca.pem";
	check(inv_transfers_open(ring, &o, &err) == NULL);
	check(err.fault == INV_CONFIG);
	check_str(inv_str_of(err.msg),
	    "/nowhere/ca.pem: No such file or directory");
	o.cacert = NULL;
	o.cert = o.key = "/nowhere/us.pem";
	check(inv_transfers_open(ring, &o, &err) == NULL);
	check(err.fault == INV_CONFIG);
	inv_transfers_close(NULL);
	inv_ring_close(ring);
}

static void
tells_what_fits_in_a_header(void)
{
	static const struct {
		const char *line;
		bool fits;
	} table[] = {
		{ "Name: value", true },
		{ "X-Compliance-Standard: NIH-NSF-OSHA-EPA", true },
		{ "a:b", true },
		{ "K: a\tb ~!", true },
		{ "", false },
		{ "Name", false },
		{ ": value", false },
		{ "Name:", false },
		{ "Name:  ", false },
		{ "Name;", false },
		{ "Na me: value", false },
		{ "Name : value", false },
		{ "Name: a\r\nOther: b", false },
		{ "Name: a\n", false },
		{ "Name: \x7f", false },
		{ "Name: caf\xc3\xa9", false },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
		if (inv_header_fits(inv_str_of(table[i].line)) != table[i].fits)
			check_str(inv_str_of("wrong"), table[i].line);
	check(!inv_header_fits(INV_LIT("Name: a\0b")));
	check(!inv_header_fits(INV_LIT("N\0: ab")));
}

#define PIN "sha256//47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="

static void
tells_what_is_a_pin(void)
{
	static const struct {
		const char *pin;
		bool fits;
	} table[] = {
		{ PIN, true },
		{ PIN ";" PIN, true },
		{ "", false },
		{ ";", false },
		{ PIN ";", false },
		{ ";" PIN, false },
		{ PIN " ;" PIN, false },
		{ PIN "x", false },
		{ "sha256//", false },
		{ "sha256//47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU",
		    false },
		{ "sha256//47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSu-U=",
		    false },
		{ "SHA256//47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
		    false },
		{ "/etc/ssl/certs/some-file-with-a-name-of-this-length=",
		    false },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
		if (inv_pin_fits(inv_str_of(table[i].pin)) != table[i].fits)
			check_str(inv_str_of("wrong"), table[i].pin);
}

static void
writes_every_url_one_way(void)
{
	static const struct {
		const char *text;
		const char *normal;
		bool tls;
		bool loopback;
	} table[] = {
		{ "http://localhost", "http://localhost:80", false, true },
		{ "HTTP://LocalHost:8080/", "http://localhost:8080", false,
		    true },
		{ "https://Ledger.Example.org/api/v1/",
		    "https://ledger.example.org:443/api/v1", true, false },
		{ "http://127.0.0.1:80/x", "http://127.0.0.1:80/x", false,
		    true },
		{ "http://127.9.9.9", "http://127.9.9.9:80", false, true },
		{ "http://[::1]:81", "http://[::1]:81", false, true },
		{ "http://[::2]:81", "http://[::2]:81", false, false },
		{ "http://10.0.0.1", "http://10.0.0.1:80", false, false },
		{ "http://127.0.0.1.example.org",
		    "http://127.0.0.1.example.org:80", false, false },
		{ "http://localhost.example.org",
		    "http://localhost.example.org:80", false, false },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		struct inv_url url;
		struct inv_err err;

		check(inv_url_parse(table[i].text, &url, &err));
		check_str(inv_str_of(url.text), table[i].normal);
		check(url.tls == table[i].tls);
		check(url.loopback == table[i].loopback);
	}
}

static void
refuses_urls_that_are_more_or_less_than_a_place(void)
{
	static const char *const table[] = {
		"",
		"localhost",
		"localhost:8080",
		"/path",
		"http://",
		"http:///x",
		"http:/x",
		"https:x",
		"ftp://example.org/",
		"file:///etc/passwd",
		"http://user@example.org/",
		"http://user:secret@example.org/",
		"http://example.org/?a=b",
		"http://example.org/?",
		"http://example.org/#a",
		"http://example.org/a b",
		"http://example.org:99999/",
		"http://example.org:x/",
		"http://[fe80::1%25eth0]/",
		" http://example.org/",
		"http://exam\nple.org/",
	};
	struct inv_url url;
	struct inv_err err;
	char longer[INV_URL_MAX + 64] = "http://example.org/";

	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		if (inv_url_parse(table[i], &url, &err))
			check_str(inv_str_of("taken"), table[i]);
		check(err.fault == INV_CONFIG);
		check(strstr(err.msg, "secret") == NULL);
	}
	memset(longer + strlen(longer), 'x', INV_URL_MAX);
	check(!inv_url_parse(longer, &url, &err));
}

static void
follows_a_location_to_the_same_origin_alone(void)
{
	static const char from[] = "https://l.example:443/a/upsert";
	static const struct {
		const char *location, *to;
	} table[] = {
		{ "/jobs/1?x=2", "https://l.example:443/jobs/1?x=2" },
		{ "jobs/1", "https://l.example:443/a/jobs/1" },
		{ "https://L.example/jobs#now", "https://L.example/jobs" },
		{ "//l.example/b", "https://l.example/b" },
		{ "http://l.example:443/jobs", NULL },
		{ "https://l.example:444/jobs", NULL },
		{ "https://m.example/jobs", NULL },
		{ "//m.example/jobs", NULL },
		{ "https://u:secret@l.example/jobs", NULL },
		{ "ftp://l.example/jobs", NULL },
	};
	char to[INV_URL_MAX];

	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		bool ok =
		    inv_url_follow(from, inv_str_of(table[i].location), to);

		check(ok == (table[i].to != NULL));
		if (ok)
			check_str(inv_str_of(to), table[i].to);
	}
	check(!inv_url_follow(from, INV_LIT("/a\0b"), to));
}

static const struct test tests[] = {
	TESTS(brings_the_answer_with_its_headers),
	TESTS(gets_and_posts_from_one_slot),
	TESTS(posts_an_empty_body),
	TESTS(sends_the_headers_it_was_given_and_none_that_wait),
	TESTS(sends_a_token_and_stars_it_out_of_the_answer),
	TESTS(looks_past_an_interim_answer),
	TESTS(takes_no_header_from_a_trailer),
	TESTS(follows_no_redirect),
	TESTS(asks_no_proxy),
	TESTS(asks_no_netrc),
	TESTS(knows_that_a_refused_connection_sent_nothing),
	TESTS(is_unsure_when_the_connection_breaks_after_sending),
	TESTS(tells_an_answer_that_was_cut),
	TESTS(stops_an_answer_past_its_ceiling),
	TESTS(lands_by_the_deadline),
	TESTS(lets_the_ledger_see_that_we_gave_up),
	TESTS(keeps_connections_and_counts_what_libcurl_sends_again),
	TESTS(tells_what_lands_in_the_order_it_landed),
	TESTS(has_as_many_slots_as_it_was_given),
	TESTS(refuses_headers_that_do_not_fit),
	TESTS(tells_a_name_that_is_none),
	TESTS(sends_nothing_without_a_trusted_connection),
	TESTS(trusts_whom_the_cacert_vouches_for),
	TESTS(abandons_what_flies_when_it_is_closed),
	TESTS(flies_many_at_once),
	TESTS(gives_up_on_silence),
	TEST(ends_where_libcurl_has_no_memory_to_go_on),
	TEST(needs_certificates_that_are_there),
	TEST(tells_what_fits_in_a_header),
	TEST(tells_what_is_a_pin),
	TEST(writes_every_url_one_way),
	TEST(refuses_urls_that_are_more_or_less_than_a_place),
	TEST(follows_a_location_to_the_same_origin_alone),
};

int
main(void)
{
	signal(SIGPIPE, SIG_IGN);
	memset(body, 'b', sizeof(body));
	server = server_start();
	int rc = RUN(tests);

	server_stop(&server);
	return rc;
}
