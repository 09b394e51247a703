/*
 * httpd.c - the face of an HTTP/1.1 server: requests out, answers in
 *
 * libmicrohttpd calls back; what it tells is kept until the caller asks.  A
 * whole request is suspended, and resumed when there is an answer.
 *
 * Resuming alone wakes nothing: the server must run before it waits again, or
 * the connection hangs until something else happens.
 */

#include "net/httpd.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <microhttpd.h>

#include "base/clock.h"
#include "base/mem.h"

enum {
	POOL_BYTES = 128 << 10, /* of a connection: headers, and half to read */
	KEEP_BYTES = 256 << 10, /* of a body buffer kept for the next request */
	PATH_BYTES = 4096,
	BACKLOG = 512,
	URL_BYTES = 80,
};

enum state { FREE, READING, WAITING, ANSWERING, DROPPED };

struct exchange {
	struct inv_exchange face;
	enum state state;
	struct inv_httpd *h;
	struct MHD_Connection *connection;
	struct exchange *next; /* in the list that state says */
	struct inv_buf path;

	/* While ANSWERING. */
	struct MHD_Response *response;
	int status;
	enum inv_httpd_manner manner;
	struct inv_buf out;
	size_t out_at;
	uint64_t due_ms; /* of the next byte of a slow answer */
	bool asleep;     /* suspended until then */
	bool (*page)(void *of, struct inv_buf *out);
	void (*done)(void *of);
	void *of;
};

struct inv_httpd {
	struct MHD_Daemon *daemon;
	int epoll_fd;
	bool again; /* it must run once more, without waiting */
	size_t body_max;
	char url[URL_BYTES];
	struct exchange *first; /* WAITING and not handed out yet */
	struct exchange *last;
	struct exchange *spare; /* FREE */
	size_t n;               /* made so far */
	size_t busy;            /* of them not FREE */
	bool closing;           /* nothing may be suspended any more */
	struct exchange *all[INV_HTTPD_CONNECTIONS];
};

static int
hex_value(char c)
{
	unsigned char v;

	if (c >= 'A' && c <= 'F')
		c = (char)(c - 'A' + 'a');
	char pair[2] = { '0', c };

	return inv_str_unhex((struct inv_str){ pair, 2 }, &v, 1) ? v : -1;
}

static bool
decode_path(struct inv_str raw, struct inv_buf *out)
{
	inv_buf_reset(out);
	for (size_t i = 0; i < raw.n; i++) {
		char c = raw.p[i];

		if (c == '%') {
			int hi = i + 2 < raw.n ? hex_value(raw.p[i + 1]) : -1;
			int lo = i + 2 < raw.n ? hex_value(raw.p[i + 2]) : -1;

			if (hi < 0 || lo < 0)
				return false;
			c = (char)(hi << 4 | lo);
			i += 2;
		}
		if (c < 0x20 || c > 0x7e)
			return false;
		inv_buf_byte(out, c);
	}
	return !out->failed;
}

static struct exchange *
exchange_new(struct inv_httpd *h)
{
	struct exchange *x = h->spare;

	if (x != NULL) {
		h->spare = x->next;
		return x;
	}
	assert(h->n < INV_HTTPD_CONNECTIONS);
	x = inv_mem_new(sizeof(*x));
	x->h = h;
	x->face.body = INV_BUF(h->body_max);
	x->path = INV_BUF(PATH_BYTES);
	h->all[h->n++] = x;
	return x;
}

static void
begin(struct inv_httpd *h, struct exchange *x,
    struct MHD_Connection *connection, const char *path, const char *method)
{
	bool decoded = decode_path(inv_str_of(path), &x->path);

	h->busy++;
	x->state = READING;
	x->connection = connection;
	x->next = NULL;
	x->asleep = false;
	x->face.too_long = false;
	x->face.method = inv_str_of(method);
	x->face.path =
	    decoded ? inv_buf_str(&x->path) : (struct inv_str){ NULL, 0 };
	inv_buf_reset(&x->face.body);
}

static void
resume(struct exchange *x)
{
	x->asleep = false;
	x->h->again = true;
	MHD_resume_connection(x->connection);
}

static void
finish_answer(struct exchange *x)
{
	if (x->response != NULL)
		MHD_destroy_response(x->response);
	if (x->done != NULL)
		x->done(x->of);
	x->response = NULL;
	x->done = NULL;
	inv_buf_free(&x->out);
}

static void
keep(struct inv_httpd *h, struct exchange *x)
{
	if (x->face.body.cap > KEEP_BYTES)
		inv_buf_free(&x->face.body);
	finish_answer(x);
	x->state = FREE;
	x->next = h->spare;
	h->spare = x;
	h->busy--;
}

static void
append(struct inv_httpd *h, struct exchange *x)
{
	x->state = WAITING;
	x->next = NULL;
	if (h->first == NULL)
		h->first = x;
	else
		h->last->next = x;
	h->last = x;
}

/*
 * Called with the headers (no exchange yet), with each piece of the body,
 * when the body is whole, and again when we resume.
 */
static enum MHD_Result
told(void *server, struct MHD_Connection *connection, const char *path,
    const char *method, const char *version, const char *piece, size_t *n,
    void **mine)
{
	struct inv_httpd *h = server;
	struct exchange *x = *mine;

	(void)version;
	if (x == NULL) {
		*mine = x = exchange_new(h);
		begin(h, x, connection, path, method);
		return MHD_YES;
	}
	switch (x->state) {
	case READING:
		break;
	case ANSWERING:
		return MHD_queue_response(connection, (unsigned)x->status,
		    x->response);
	case DROPPED:
		return MHD_NO;
	case FREE:
	case WAITING: /* suspended: nothing can be told */
		assert(false);
	}
	if (*n > 0) {
		inv_buf_add(&x->face.body, (struct inv_str){ piece, *n });
		x->face.too_long = x->face.body.failed;
		*n = 0;
		return MHD_YES;
	}
	if (h->closing)
		return MHD_NO;
	MHD_suspend_connection(connection);
	append(h, x);
	return MHD_YES;
}

static void
completed(void *server, struct MHD_Connection *connection, void **mine,
    enum MHD_RequestTerminationCode how)
{
	(void)connection;
	(void)how;
	if (*mine != NULL)
		keep(server, *mine);
	*mine = NULL;
}

/* Paths are decoded by us, where a NUL among them can be seen. */
static size_t
leave_escaped(void *server, struct MHD_Connection *connection, char *s)
{
	(void)server;
	(void)connection;
	return strlen(s);
}

static bool
split_address(const char *address, char *host, size_t size, const char **port,
    struct inv_err *err)
{
	const char *colon = strrchr(address, ':');
	size_t n = colon == NULL ? 0 : (size_t)(colon - address);

	if (n >= 2 && address[0] == '[' && address[n - 1] == ']') {
		address++;
		n -= 2;
	}
	if (n == 0 || n >= size)
		return inv_fail(err, INV_USAGE, "%s: not ADDRESS:PORT",
		    address);
	memcpy(host, address, n);
	host[n] = '\0';
	*port = colon + 1;
	return true;
}

static int
bound_socket(const struct addrinfo *at, const char *address,
    struct inv_err *err)
{
	int fd = socket(at->ai_family,
	    SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int on = 1;

	if (fd == -1) {
		inv_fail_sys(err, INV_AGAIN, "%s", address);
		return -1;
	}
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, at->ai_addr, at->ai_addrlen) == 0 &&
	    listen(fd, BACKLOG) == 0)
		return fd;
	inv_fail_sys(err, errno == EACCES ? INV_DENIED : INV_AGAIN, "%s",
	    address);
	close(fd);
	return -1;
}

static int
listen_on(const char *address, struct inv_err *err)
{
	const struct addrinfo hints = { .ai_flags = AI_NUMERICHOST |
		    AI_NUMERICSERV | AI_PASSIVE,
		.ai_socktype = SOCK_STREAM };
	struct addrinfo *at;
	char host[INET6_ADDRSTRLEN];
	const char *port = "";
	uint64_t number;

	if (!split_address(address, host, sizeof(host), &port, err))
		return -1;
	if (!inv_str_u64(inv_str_of(port), 0, UINT16_MAX, &number) ||
	    getaddrinfo(host, port, &hints, &at) != 0) {
		inv_fail(err, INV_USAGE, "%s: not a numeric address and port",
		    address);
		return -1;
	}
	int fd = bound_socket(at, address, err);

	freeaddrinfo(at);
	return fd;
}

static void
say_url(int fd, char url[URL_BYTES])
{
	struct sockaddr_storage at;
	socklen_t n = sizeof(at);
	char host[INET6_ADDRSTRLEN] = "";
	char port[8] = "";

	memset(&at, 0, sizeof(at));
	getsockname(fd, (struct sockaddr *)&at, &n);
	getnameinfo((struct sockaddr *)&at, n, host, sizeof(host), port,
	    sizeof(port), NI_NUMERICHOST | NI_NUMERICSERV);
	bool v6 = at.ss_family == AF_INET6;

	snprintf(url, URL_BYTES, "http://%s%s%s:%s", v6 ? "[" : "", host,
	    v6 ? "]" : "", port);
}

static struct MHD_Daemon *
start(struct inv_httpd *h, int fd)
{
	return MHD_start_daemon(MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, 0,
	    NULL, NULL, told, h, MHD_OPTION_LISTEN_SOCKET, fd,
	    MHD_OPTION_CONNECTION_LIMIT, (unsigned)INV_HTTPD_CONNECTIONS,
	    MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)INV_HTTPD_IDLE_S,
	    MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)POOL_BYTES,
	    MHD_OPTION_NOTIFY_COMPLETED, completed, h,
	    MHD_OPTION_UNESCAPE_CALLBACK, leave_escaped, h, MHD_OPTION_END);
}

struct inv_httpd *
inv_httpd_open(const char *address, size_t body_max, struct inv_err *err)
{
	int fd = listen_on(address, err);

	if (fd == -1)
		return NULL;
	struct inv_httpd *h = inv_mem_new(sizeof(*h));

	h->body_max = body_max;
	say_url(fd, h->url);
	h->daemon = start(h, fd);
	if (h->daemon == NULL) {
		inv_fail(err, INV_INTERNAL, "%s: the server does not start",
		    address);
		close(fd);
		free(h);
		return NULL;
	}
	h->epoll_fd =
	    MHD_get_daemon_info(h->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
	return h;
}

void
inv_httpd_close(struct inv_httpd *h)
{
	if (h == NULL)
		return;

	/* A daemon with suspended connections can not be stopped. */
	h->closing = true;
	for (size_t i = 0; i < h->n; i++) {
		struct exchange *x = h->all[i];

		if (x->state == WAITING)
			inv_httpd_drop(h, &x->face);
		else if (x->asleep)
			resume(x);
	}
	MHD_run(h->daemon);
	MHD_stop_daemon(h->daemon);
	for (size_t i = 0; i < h->n; i++) {
		inv_buf_free(&h->all[i]->face.body);
		inv_buf_free(&h->all[i]->path);
		free(h->all[i]);
	}
	free(h);
}

const char *
inv_httpd_url(const struct inv_httpd *h)
{
	return h->url;
}

/* Milliseconds until the server or a slow answer wants to go on; -1: never. */
static int
own_wait_ms(const struct inv_httpd *h)
{
	MHD_UNSIGNED_LONG_LONG server_ms;
	uint64_t wait = UINT64_MAX;
	uint64_t now = inv_clock_ms();

	if (h->again)
		return 0;
	if (MHD_get_timeout(h->daemon, &server_ms) == MHD_YES)
		wait = server_ms;
	for (size_t i = 0; i < h->n; i++) {
		const struct exchange *x = h->all[i];

		if (!x->asleep)
			continue;
		uint64_t left = x->due_ms > now ? x->due_ms - now : 0;

		wait = left < wait ? left : wait;
	}
	if (wait == UINT64_MAX)
		return -1;
	return wait > INT32_MAX ? INT32_MAX : (int)wait;
}

static void
wake_slow(struct inv_httpd *h)
{
	uint64_t now = inv_clock_ms();

	for (size_t i = 0; i < h->n; i++) {
		struct exchange *x = h->all[i];

		if (!x->asleep || x->due_ms > now)
			continue;
		resume(x);
	}
}

static bool
is_full(const struct inv_httpd *h)
{
	return MHD_get_daemon_info(h->daemon,
		   MHD_DAEMON_INFO_CURRENT_CONNECTIONS)
		   ->num_connections == INV_HTTPD_CONNECTIONS;
}

bool
inv_httpd_turn(struct inv_httpd *h, int other, int wait_ms, bool *ready,
    struct inv_err *err)
{
	struct pollfd fds[] = { { h->epoll_fd, POLLIN, 0 },
		{ other, POLLIN, 0 } };
	int own = own_wait_ms(h);

	if (wait_ms < 0 || (own >= 0 && own < wait_ms))
		wait_ms = own;
	if (poll(fds, 2, wait_ms) == -1 && errno != EINTR)
		return inv_fail_sys(err, INV_INTERNAL, "poll");
	*ready = fds[1].revents != 0;
	wake_slow(h);
	h->again = false;
	bool full = is_full(h);

	if (MHD_run(h->daemon) != MHD_YES)
		return inv_fail(err, INV_INTERNAL, "%s: the server failed",
		    h->url);
	/* Once full, it looks at who waits only when it runs after that. */
	h->again = h->again || (full && !is_full(h));
	return true;
}

struct inv_exchange *
inv_httpd_next(struct inv_httpd *h)
{
	struct exchange *x = h->first;

	if (x == NULL)
		return NULL;
	h->first = x->next;
	x->next = NULL;
	return &x->face;
}

struct inv_str
inv_exchange_header(const struct inv_exchange *face, const char *name)
{
	const struct exchange *x = (const struct exchange *)face;
	const char *value =
	    MHD_lookup_connection_value(x->connection, MHD_HEADER_KIND, name);

	return value == NULL ? (struct inv_str){ NULL, 0 } : inv_str_of(value);
}

static ssize_t
give_out(struct exchange *x, char *p, size_t n)
{
	size_t left = x->out.n - x->out_at;

	n = n < left ? n : left;
	memcpy(p, x->out.p + x->out_at, n);
	x->out_at += n;
	return (ssize_t)n;
}

static ssize_t
give_slowly(struct exchange *x, char *p)
{
	uint64_t now = inv_clock_ms();

	if (x->h->closing)
		return MHD_CONTENT_READER_END_WITH_ERROR;
	if (now < x->due_ms) {
		x->asleep = true;
		MHD_suspend_connection(x->connection);
		return 0;
	}
	x->due_ms = now + INV_HTTPD_SLOW_MS;
	return give_out(x, p, 1);
}

static ssize_t
give_page(struct exchange *x, char *p, size_t n)
{
	if (x->out_at == x->out.n) {
		inv_buf_reset(&x->out);
		x->out_at = 0;
		if (!x->page(x->of, &x->out))
			return MHD_CONTENT_READER_END_WITH_ERROR;
		if (x->out.n == 0)
			return MHD_CONTENT_READER_END_OF_STREAM;
	}
	return give_out(x, p, n);
}

static ssize_t
give(void *mine, uint64_t at, char *p, size_t n)
{
	struct exchange *x = mine;

	(void)at;
	switch (x->manner) {
	case INV_HTTPD_WHOLE:
		break;
	case INV_HTTPD_SHORT:
		if (x->out_at == x->out.n)
			return MHD_CONTENT_READER_END_WITH_ERROR;
		return give_out(x, p, n);
	case INV_HTTPD_SLOW:
		return give_slowly(x, p);
	case INV_HTTPD_ENDLESS:
		if (x->out_at == x->out.n)
			x->out_at = 0;
		return give_out(x, p, n);
	case INV_HTTPD_PAGES:
		return give_page(x, p, n);
	}
	assert(false); /* a whole answer has no callback */
	return MHD_CONTENT_READER_END_WITH_ERROR;
}

static uint64_t
length_of(const struct inv_httpd_answer *answer)
{
	switch (answer->manner) {
	case INV_HTTPD_WHOLE:
	case INV_HTTPD_SLOW:
		return answer->body.n;
	case INV_HTTPD_SHORT:
		return answer->body.n + 1;
	case INV_HTTPD_ENDLESS:
	case INV_HTTPD_PAGES:
		break;
	}
	return MHD_SIZE_UNKNOWN;
}

static struct MHD_Response *
response_of(struct exchange *x, const struct inv_httpd_answer *answer)
{
	/* Not changed: libmicrohttpd's prototype wants it writable. */
	union {
		const void *from;
		void *to;
	} body = { answer->body.p };

	if (answer->manner == INV_HTTPD_WHOLE)
		return MHD_create_response_from_buffer(answer->body.n, body.to,
		    MHD_RESPMEM_MUST_COPY);
	bool pages = answer->manner == INV_HTTPD_PAGES;

	x->out = INV_BUF(pages ? answer->page_max : answer->body.n);
	inv_buf_add(&x->out, answer->body);
	x->out_at = 0;
	return MHD_create_response_from_callback(length_of(answer), POOL_BYTES,
	    give, x, NULL);
}

void
inv_httpd_answer(struct inv_httpd *h, struct inv_exchange *face,
    const struct inv_httpd_answer *answer)
{
	struct exchange *x = (struct exchange *)face;

	(void)h;
	assert(x->state == WAITING);
	x->state = ANSWERING;
	x->status = answer->status;
	x->manner = answer->manner;
	x->page = answer->page;
	x->done = answer->done;
	x->of = answer->of;
	x->due_ms = 0;
	x->response = response_of(x, answer);
	if (x->response == NULL) { /* no memory: as if the peer were gone */
		x->state = DROPPED;
		resume(x);
		return;
	}
	for (size_t i = 0; i < INV_HTTPD_HEADERS; i++)
		if (answer->header[i].name != NULL)
			MHD_add_response_header(x->response,
			    answer->header[i].name, answer->header[i].value);
	resume(x);
}

void
inv_httpd_drop(struct inv_httpd *h, struct inv_exchange *face)
{
	struct exchange *x = (struct exchange *)face;
	const union MHD_ConnectionInfo *info =
	    MHD_get_connection_info(x->connection,
		MHD_CONNECTION_INFO_CONNECTION_FD);
	const struct sockaddr nowhere = { .sa_family = AF_UNSPEC };

	(void)h;
	assert(x->state == WAITING);
	x->state = DROPPED;

	/* Dissolving the association is what sends a RST and not a FIN. */
	connect(info->connect_fd, &nowhere, sizeof(nowhere));
	resume(x);
}

void
inv_httpd_quiesce(struct inv_httpd *h)
{
	int fd = MHD_quiesce_daemon(h->daemon);

	if (fd != MHD_INVALID_SOCKET)
		close(fd);
}

bool
inv_httpd_is_busy(const struct inv_httpd *h)
{
	return h->busy > 0;
}
