/*
 * server.h - a scripted HTTP server on loopback, for tests of the client
 *
 * It runs in a process of its own, one more for each connection; the path of
 * a request says what is done to it (see `scripts` below).
 */
#ifndef INV_TESTS_SERVER_H
#define INV_TESTS_SERVER_H

#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

/* Counted by all processes of the server together. */
struct server_counts {
	int connections;
	int requests;
	long body_bytes;
	int at_once; /* connections that are open now */
};

struct server {
	pid_t pid;
	int port;
	struct server_counts *counts;
};

struct server_conn {
	int fd;
	int number;   /* of the connection, from 1 */
	int requests; /* on it */
	char head[16384];
	size_t have;     /* bytes in head */
	size_t head_len; /* of the request's head, blank line included */
	size_t body_len;
	struct server_counts *counts;
};

static bool
server_send(const struct server_conn *c, const char *text)
{
	return send(c->fd, text, strlen(text), MSG_NOSIGNAL) >= 0;
}

/* 200 and what is known of the request. */
static bool
server_ok(struct server_conn *c)
{
	char body[256], all[512];

	snprintf(body, sizeof(body),
	    "{\"method\":\"%.*s\",\"bytes\":%zu,\"connection\":%d,\"request\":"
	    "%d}",
	    (int)strcspn(c->head, " "), c->head, c->body_len, c->number,
	    c->requests);
	snprintf(all, sizeof(all),
	    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
	    "Content-Length: %zu\r\n\r\n%s",
	    strlen(body), body);
	return server_send(c, all);
}

static bool
server_500(struct server_conn *c)
{
	return server_send(c,
	    "HTTP/1.1 500 Oops\r\nContent-Length: 4\r\n"
	    "Retry-After: 7\r\nIdempotent-Replayed: true\r\n\r\noops");
}

static bool
server_204(struct server_conn *c)
{
	return server_send(c, "HTTP/1.1 204 No Content\r\n\r\n");
}

static bool
server_interim(struct server_conn *c)
{
	return server_send(c,
	    "HTTP/1.1 103 Early Hints\r\nRetry-After: 99\r\n\r\n"
	    "HTTP/1.1 201 Created\r\nLocation: /batches/1\r\n"
	    "Content-Length: 0\r\n\r\n");
}

static bool
server_trailer(struct server_conn *c)
{
	return server_send(c,
	    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
	    "2\r\n{}\r\n0\r\nRetry-After: 5\r\n\r\n");
}

/* 103 and no more. */
static bool
server_hints(struct server_conn *c)
{
	server_send(c, "HTTP/1.1 103 Early Hints\r\n\r\n");
	return false;
}

static bool
server_redirect(struct server_conn *c)
{
	return server_send(c,
	    "HTTP/1.1 302 Found\r\nLocation: /ok\r\n"
	    "Content-Length: 0\r\n\r\n");
}

/* The head of the request, as the body of the answer. */
static bool
server_dump(struct server_conn *c)
{
	char head[128];

	snprintf(head, sizeof(head),
	    "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
	    "Content-Length: %zu\r\n\r\n",
	    c->head_len);
	return server_send(c, head) &&
	    send(c->fd, c->head, c->head_len, MSG_NOSIGNAL) > 0;
}

static bool
server_reset(struct server_conn *c)
{
	struct linger now = { .l_onoff = 1, .l_linger = 0 };

	setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	return false;
}

static bool
server_close(struct server_conn *c)
{
	(void)c;
	return false;
}

static bool
server_short(struct server_conn *c)
{
	server_send(c, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}");
	return false;
}

static bool
server_bad_chunk(struct server_conn *c)
{
	server_send(c,
	    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
	    "2\r\n{}\r\nzz\r\n");
	return false;
}

static bool
server_garbage(struct server_conn *c)
{
	server_send(c, "220 mail.example.org ESMTP\r\n");
	return false;
}

/* Nothing, until the client has gone. */
static bool
server_silence(struct server_conn *c)
{
	char byte;

	while (read(c->fd, &byte, 1) > 0)
		continue;
	return false;
}

static bool
server_endless(struct server_conn *c)
{
	char many[4097];

	memset(many, 'x', sizeof(many) - 1);
	many[sizeof(many) - 1] = '\0';
	server_send(c, "HTTP/1.1 200 OK\r\n\r\n");
	while (server_send(c, many))
		continue;
	return false;
}

static bool
server_headers(struct server_conn *c)
{
	server_send(c, "HTTP/1.1 200 OK\r\n");
	while (server_send(c, "X-More: and more and more and more\r\n"))
		continue;
	return false;
}

/* The first request of a connection is answered, the second kills it. */
static bool
server_once(struct server_conn *c)
{
	return c->requests == 1 && server_ok(c);
}

static const struct {
	const char *path;
	bool (*answer)(struct server_conn *c); /* false: close */
	bool early;                            /* the body is not read */
} server_scripts[] = {
	{ "/ok", server_ok, false },
	{ "/500", server_500, false },
	{ "/204", server_204, false },
	{ "/interim", server_interim, false },
	{ "/trailer", server_trailer, false },
	{ "/hints", server_hints, false },
	{ "/redirect", server_redirect, false },
	{ "/dump", server_dump, false },
	{ "/reset-early", server_reset, true },
	{ "/reset", server_reset, false },
	{ "/close", server_close, false },
	{ "/short", server_short, false },
	{ "/bad-chunk", server_bad_chunk, false },
	{ "/garbage", server_garbage, false },
	{ "/silence", server_silence, false },
	{ "/endless", server_endless, false },
	{ "/headers", server_headers, false },
	{ "/once", server_once, false },
};

/* Read a head; what is read beyond it stays in c->head behind it. */
static bool
server_read_head(struct server_conn *c)
{
	char *end;

	c->head[c->have] = '\0';
	while ((end = strstr(c->head, "\r\n\r\n")) == NULL) {
		ssize_t n = read(c->fd, c->head + c->have,
		    sizeof(c->head) - 1 - c->have);

		if (n <= 0)
			return false;
		c->have += (size_t)n;
		c->head[c->have] = '\0';
		if (c->head[0] < 'A')
			return false; /* speaks TLS, say */
	}
	c->head_len = (size_t)(end - c->head) + 4;
	const char *length = strcasestr(c->head, "\r\nContent-Length:");

	c->body_len =
	    length != NULL && length < end ? strtoul(length + 17, NULL, 10) : 0;
	return true;
}

/* Take the body off the connection; what follows it moves to the front. */
static bool
server_read_body(struct server_conn *c)
{
	static char sink[1 << 16];
	size_t in_head = c->have - c->head_len;
	size_t left = in_head < c->body_len ? c->body_len - in_head : 0;

	while (left > 0) {
		ssize_t n = read(c->fd, sink,
		    left < sizeof(sink) ? left : sizeof(sink));

		if (n <= 0)
			return false;
		left -= (size_t)n;
	}
	__atomic_add_fetch(&c->counts->body_bytes, (long)c->body_len,
	    __ATOMIC_SEQ_CST);
	return true;
}

static bool
server_request(struct server_conn *c)
{
	if (!server_read_head(c))
		return false;
	c->requests++;
	__atomic_add_fetch(&c->counts->requests, 1, __ATOMIC_SEQ_CST);
	const char *path = strchr(c->head, ' ') + 1;
	size_t n = strcspn(path, " ");

	for (size_t i = 0; i < sizeof(server_scripts) / sizeof(*server_scripts);
	     i++) {
		if (strlen(server_scripts[i].path) != n ||
		    memcmp(server_scripts[i].path, path, n) != 0)
			continue;
		if (!server_scripts[i].early && !server_read_body(c))
			return false;
		bool more = server_scripts[i].answer(c);
		size_t used = c->head_len + c->body_len;

		c->have = c->have > used ? c->have - used : 0;
		memmove(c->head, c->head + used, c->have);
		return more;
	}
	return false;
}

static void
server_serve(int fd, struct server_counts *counts)
{
	struct server_conn *c = calloc(1, sizeof(*c));

	c->fd = fd;
	c->counts = counts;
	c->number =
	    __atomic_add_fetch(&counts->connections, 1, __ATOMIC_SEQ_CST);
	__atomic_add_fetch(&counts->at_once, 1, __ATOMIC_SEQ_CST);
	while (server_request(c))
		continue;
	close(fd);
	__atomic_sub_fetch(&counts->at_once, 1, __ATOMIC_SEQ_CST);
	_exit(0);
}

static void
server_run(int listener, struct server_counts *counts)
{
	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGCHLD, SIG_IGN);
	for (;;) {
		int fd = accept(listener, NULL, NULL);

		if (fd < 0)
			continue;
		if (fork() == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			close(listener);
			server_serve(fd, counts);
		}
		close(fd);
	}
}

/* A bound port of loopback; listening only if backlog > 0. */
static int
server_port(int backlog, int *port)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	socklen_t n = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(fd, (struct sockaddr *)&at, n) < 0 ||
	    (backlog > 0 && listen(fd, backlog) < 0) ||
	    getsockname(fd, (struct sockaddr *)&at, &n) < 0)
		abort();
	*port = ntohs(at.sin_port);
	return fd;
}

static struct server
server_start(void)
{
	struct server s;
	int listener = server_port(128, &s.port);

	s.counts = mmap(NULL, sizeof(*s.counts), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (s.counts == MAP_FAILED)
		abort();
	s.pid = fork();
	if (s.pid == 0)
		server_run(listener, s.counts);
	setpgid(s.pid, s.pid);
	close(listener);
	return s;
}

static void
server_stop(const struct server *s)
{
	kill(-s->pid, SIGKILL);
}

#endif
