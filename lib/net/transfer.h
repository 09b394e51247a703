/*
 * transfer.h - many requests under way, each in one of these states
 *
 *	event \ state        FREE     FLYING    LANDED
 *	start                FLYING   -         -
 *	answer, net, time    -        LANDED    -
 *	release              -        -         FREE
 *
 *	-  cannot happen: assert
 *
 * A slot is one request, once: whether to try again is not decided here
 * (answer, retry).  Slots are fixed in number; connections are kept alive and
 * shared among them.  Everything happens in inv_ring_turn.
 *
 * Never follows a redirect, never uses a proxy, a netrc or credentials in a
 * URL, and speaks http and https only; TLS is 1.2 or later and verified anew
 * for each connection, and there is no way to turn that off.
 *
 * Names are looked up in a thread: block the signals you read from a signalfd
 * before the first start.  SIGPIPE must be ignored.
 */
#ifndef INV_NET_TRANSFER_H
#define INV_NET_TRANSFER_H

#include "base/buf.h"
#include "net/answer.h"
#include "net/ring.h"

enum {
	INV_SLOTS_MAX = 1024,
	INV_HEADERS_MAX = 64 << 10, /* bytes of all headers of an answer */
	INV_URL_MAX = 2048,         /* bytes of a URL, with the NUL */
};

/* Where a ledger is. */
struct inv_url {
	bool tls;
	bool loopback;          /* localhost, 127.0.0.0/8 or ::1 */
	char text[INV_URL_MAX]; /* scheme://host:port/path: host lower case, the
				   port always there, no slash at the end */
};

/*
 * INV_CONFIG for anything but an absolute http or https URL, and for one with
 * user, password, query or fragment (the message does not show it: there may
 * be a secret in it).
 */
INV_MUST bool inv_url_parse(const char *text, struct inv_url *url,
    struct inv_err *err);

/*
 * What a Location in the answer to a request to `from` points to (RFC 3986
 * 5.2), without its fragment.  False where that is another origin (scheme,
 * host, port), has user or password, or is no URL.
 */
INV_MUST bool inv_url_follow(const char *from, struct inv_str location,
    char to[INV_URL_MAX]);

/*
 * The line can go out as a header: "Name: value", visible ASCII and blanks in
 * it, no control characters.
 */
bool inv_header_fits(struct inv_str line);

/*
 * "sha256//" and the SHA-256 of a public key in base64; more, behind
 * semicolons: any of them will do.
 */
bool inv_pin_fits(struct inv_str pin);

struct inv_transfers_options {
	unsigned slots;      /* 1 .. INV_SLOTS_MAX */
	uint64_t connect_ms; /* to a connection, TLS included */
	uint64_t silence_ms; /* without a byte either way, the time that the
				ledger thinks included; in whole seconds, and
				libcurl may see it up to 6 seconds late */
	const char *cacert;  /* PEM file instead of the system's; NULL */
	const char *cert;    /* PEM file: who we are; NULL */
	const char *key;     /* PEM file: the key of cert, not encrypted */
	const char *pin;     /* of the ledger's key, see inv_pin_fits; NULL */
};

enum inv_method {
	INV_GET,
	INV_POST,
};

struct inv_request {
	enum inv_method method;
	const char *url;
	const struct inv_str *headers; /* lines that fit */
	size_t headers_count;
	struct inv_str bearer; /* a token, visible ASCII, for Authorization:
				  our copies are wiped when it has landed, and
				  what the answer's body, or a header that is
				  told, repeats of it is starred out; empty:
				  none */
	struct inv_str body;   /* of a POST */
	uint64_t deadline_ms;  /* by inv_clock_ms: landed by then */
};

struct inv_transfer {
	void *owner; /* the caller's */

	/* From landing to release; so long are the views in it good. */
	struct inv_answer answer;
	const char *error; /* what went wrong below HTTP; "" for an answer */
	uint64_t ms;       /* from start to landing */
};

struct inv_transfers;

/*
 * The ring must outlive it.  NULL: INV_CONFIG for a cacert or cert that can
 * not be read, INV_INTERNAL if libcurl does not start.
 */
struct inv_transfers *inv_transfers_open(struct inv_ring *ring,
    const struct inv_transfers_options *o, struct inv_err *err);

/*
 * What flies is abandoned: it may have been sent.  Sockets that the kernel
 * still watches are closed by the ring's next turns, or its close.  NULL is
 * accepted.
 */
void inv_transfers_close(struct inv_transfers *xs);

/* A free slot, or NULL: do not read on.  It stays free until started. */
struct inv_transfer *inv_transfers_room(struct inv_transfers *xs);

/*
 * Send it.  The bytes of req->body stay the caller's, and must not change
 * until the slot has landed; all else is copied.  Never lands at once.
 * False, the slot still free: INV_CONFIG for headers that do not fit,
 * INV_INTERNAL if libcurl has no memory.
 */
INV_MUST bool inv_transfers_start(struct inv_transfers *xs,
    struct inv_transfer *x, const struct inv_request *req, struct inv_err *err);

/*
 * What has landed and has not been handed out yet, in the order it landed;
 * NULL when there is none.  Release it when the answer is no longer needed.
 */
struct inv_transfer *inv_transfers_landed(struct inv_transfers *xs);

void inv_transfers_release(struct inv_transfers *xs, struct inv_transfer *x);

/* Slots that are FLYING, or LANDED and not handed out. */
size_t inv_transfers_flying(const struct inv_transfers *xs);

#endif
