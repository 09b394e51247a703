/*
 * httpd.h - the face of an HTTP/1.1 server: requests out, answers in
 *
 * The caller takes a turn, which is the one place to wait, pulls the requests
 * that have arrived whole, and answers each when it likes, in any order:
 *
 *	event \ state    READING   WAITING   ANSWERING
 *	whole request    WAITING   -         -
 *	answer           -         ANSWERING -
 *	drop             -         free      -
 *	last byte sent   -         -         free
 *	peer is gone     free      *         free
 *
 *	*  seen only once it is answered or dropped
 *	-  cannot happen: assert
 *
 * Everything happens inside these calls: there is no thread.
 */
#ifndef INV_NET_HTTPD_H
#define INV_NET_HTTPD_H

#include "base/buf.h"
#include "base/err.h"

enum {
	INV_HTTPD_CONNECTIONS = 256, /* at once; more wait to be accepted */
	INV_HTTPD_IDLE_S = 60,       /* seconds a silent peer is kept */
	INV_HTTPD_SLOW_MS = 1000,    /* between the bytes of a slow answer */
};

struct inv_httpd;

/* A request that has arrived; good until it is answered or dropped. */
struct inv_exchange {
	struct inv_str method;
	struct inv_str path; /* without the query, %XX decoded; empty where
	                        that is not printable ASCII */
	struct inv_buf body;
	bool too_long; /* the body passed the ceiling: it is not whole */
};

/*
 * Listen on "ADDRESS:PORT", a numeric address ([::1]:80 for IPv6); port 0 is
 * a free one.  body_max is the ceiling of a request's body; what passes it is
 * read and thrown away.  NULL on failure: INV_USAGE for what is no address,
 * INV_AGAIN for one that is in use, INV_DENIED.
 */
INV_MUST struct inv_httpd *inv_httpd_open(const char *address, size_t body_max,
    struct inv_err *err);

/* Requests that are not answered are reset.  NULL is fine. */
void inv_httpd_close(struct inv_httpd *h);

/* "http://127.0.0.1:40017"; good until close. */
const char *inv_httpd_url(const struct inv_httpd *h);

/*
 * Wait until there is something to do, `other` is readable (a descriptor,
 * or -1) or wait_ms have passed (-1: no limit); then read, write
 * and accept what can be without waiting.  *ready tells whether other is.
 */
INV_MUST bool inv_httpd_turn(struct inv_httpd *h, int other, int wait_ms,
    bool *ready, struct inv_err *err);

/* The next request, in the order in which they became whole; NULL: none. */
struct inv_exchange *inv_httpd_next(struct inv_httpd *h);

/* A header of the request; p is NULL where it has none of that name. */
struct inv_str inv_exchange_header(const struct inv_exchange *x,
    const char *name);

enum inv_httpd_manner {
	INV_HTTPD_WHOLE,
	INV_HTTPD_SHORT, /* a byte less than Content-Length says, then closed */
	INV_HTTPD_SLOW,  /* a byte every INV_HTTPD_SLOW_MS */
	INV_HTTPD_ENDLESS, /* the body again and again, until the peer goes */
	INV_HTTPD_PAGES,   /* what `page` gives, piece by piece */
};

enum { INV_HTTPD_HEADERS = 4 };

struct inv_httpd_answer {
	int status;
	enum inv_httpd_manner manner;
	struct {
		const char *name; /* NULL behind the last */
		const char *value;
	} header[INV_HTTPD_HEADERS];
	struct inv_str body;

	/*
	 * For INV_HTTPD_PAGES: put the next piece into out, which is empty;
	 * nothing put is the end, false breaks the connection off.  `done` is
	 * called once, whatever becomes of the answer.
	 */
	bool (*page)(void *of, struct inv_buf *out);
	void (*done)(void *of);
	void *of;
	size_t page_max; /* bytes of a piece */
};

/* Everything is copied; the exchange is gone for the caller. */
void inv_httpd_answer(struct inv_httpd *h, struct inv_exchange *x,
    const struct inv_httpd_answer *answer);

/* No answer: the connection is reset.  The exchange is gone likewise. */
void inv_httpd_drop(struct inv_httpd *h, struct inv_exchange *x);

/* Accept no more connections; those there are go on. */
void inv_httpd_quiesce(struct inv_httpd *h);

/* There are requests being read, waiting, or being answered. */
bool inv_httpd_is_busy(const struct inv_httpd *h);

#endif
