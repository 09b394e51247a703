/* courier.c - takes a body to the ledger and brings the answer back */

#include "commit/courier.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"

enum {
	CONNECT_MS = 10 * 1000,           /* to a connection, TLS included */
	GROUP_MAX = 64,                   /* batches of a transaction */
	RESOURCE_MAX = INV_URL_MAX + 256, /* bytes of a whole URL */
};

struct inv_courier {
	struct inv_courier_options o;

	struct inv_transfers *transfers;
	struct inv_transfer *held; /* handed out by the last landing */

	struct inv_ledger *ledger;
	char *fields; /* the key it was opened with, as JSON */
	struct inv_batch *ready[GROUP_MAX];
	size_t ready_n;
	struct inv_ledger_answer done[GROUP_MAX];
	size_t done_n;    /* answers that wait to be handed out ... */
	size_t done_next; /* ... from here on */
};

struct inv_courier *
inv_courier_open(struct inv_ring *ring, const struct inv_courier_options *o,
    struct inv_err *err)
{
	struct inv_courier *c = inv_mem_new(sizeof(*c));

	c->o = *o;
	if (o->file != NULL)
		return c;
	struct inv_transfers_options to = {
		.slots = o->slots,
		.connect_ms =
		    o->timeout_ms < CONNECT_MS ? o->timeout_ms : CONNECT_MS,
		.silence_ms = o->timeout_ms,
		.cacert = o->access->cacert,
		.cert = o->access->cert,
		.key = o->access->key,
		.pin = o->access->pin,
	};

	c->transfers = inv_transfers_open(ring, &to, err);
	if (c->transfers == NULL) {
		free(c);
		return NULL;
	}
	return c;
}

void
inv_courier_close(struct inv_courier *c)
{
	if (c == NULL)
		return;
	if (c->held != NULL)
		inv_transfers_release(c->transfers, c->held);
	inv_transfers_close(c->transfers);
	inv_ledger_close(c->ledger);
	for (size_t i = 0; i < GROUP_MAX; i++)
		inv_buf_free(&c->done[i].body);
	free(c->fields);
	free(c);
}

bool
inv_courier_has_room(const struct inv_courier *c)
{
	if (c->o.file != NULL)
		return c->ready_n < GROUP_MAX && c->done_n == 0;
	return inv_transfers_room(c->transfers) != NULL;
}

/* The request, and what every request of ours has. */
static bool
start(struct inv_courier *c, struct inv_batch *b, struct inv_request req,
    struct inv_err *err)
{
	struct inv_transfer *x = inv_transfers_room(c->transfers);
	struct inv_str line[INV_BATCH_HEADERS + INV_ACCESS_HEADERS];
	const struct inv_access *a = c->o.access;

	if (x == NULL)
		return inv_fail(err, INV_INTERNAL, "no slot for a request");
	for (size_t i = 0; i < req.headers_count; i++)
		line[i] = req.headers[i];
	for (size_t i = 0; i < a->headers; i++)
		line[req.headers_count + i] = a->header[i];
	if (a->secret != NULL) {
		inv_secret_look(a->secret, false);
		req.bearer = inv_secret_word(a->secret);
		b->token = inv_secret_turn(a->secret);
	}
	req.headers = line;
	req.headers_count += a->headers;
	b->sent_ms = inv_clock_ms();
	req.deadline_ms = b->sent_ms + c->o.timeout_ms;
	x->owner = b;
	return inv_transfers_start(c->transfers, x, &req, err);
}

bool
inv_courier_post(struct inv_courier *c, struct inv_batch *b,
    struct inv_err *err)
{
	struct inv_batch_headers h;
	char url[RESOURCE_MAX];

	if (c->o.file != NULL) {
		b->sent_ms = inv_clock_ms();
		c->ready[c->ready_n++] = b;
		return true;
	}
	snprintf(url, sizeof(url), "%s%s", c->o.url->text, c->o.path);
	inv_batch_headers(b, c->o.run, &h);
	bool ok = start(c, b,
	    (struct inv_request){
		.method = INV_POST,
		.url = url,
		.headers = h.line,
		.headers_count = h.n,
		.body = inv_buf_str(&b->body),
	    },
	    err);

	inv_buf_free(&h.text);
	return ok;
}

bool
inv_courier_follow(const struct inv_courier *c, struct inv_batch *b,
    struct inv_str location)
{
	char from[RESOURCE_MAX];
	char to[INV_URL_MAX];

	if (b->poll == NULL)
		snprintf(from, sizeof(from), "%s%s", c->o.url->text, c->o.path);
	else
		snprintf(from, sizeof(from), "%s", b->poll);
	bool ok = inv_url_follow(from, location, to);

	free(b->poll);
	b->poll = ok ? inv_mem_dup(to, strlen(to)) : NULL;
	return ok;
}

bool
inv_courier_poll(struct inv_courier *c, struct inv_batch *b,
    struct inv_err *err)
{
	return start(c, b,
	    (struct inv_request){
		.method = INV_GET,
		.url = b->poll,
	    },
	    err);
}

bool
inv_courier_can_ask(const struct inv_courier *c)
{
	return c->o.file == NULL;
}

bool
inv_courier_ask(struct inv_courier *c, struct inv_batch *b, struct inv_err *err)
{
	char url[RESOURCE_MAX];

	/* The slot that the question came up in will do. */
	if (c->held != NULL)
		inv_transfers_release(c->transfers, c->held);
	c->held = NULL;
	snprintf(url, sizeof(url), "%s/batches/%.*s", c->o.url->text,
	    INV_DIGEST_HEX, b->key);
	return start(c, b,
	    (struct inv_request){
		.method = INV_GET,
		.url = url,
	    },
	    err);
}

bool
inv_courier_renewed(const struct inv_courier *c, const struct inv_batch *b)
{
	struct inv_secret *s = c->o.access->secret;

	if (s == NULL)
		return false;
	inv_secret_look(s, true);
	return inv_secret_turn(s) != b->token;
}

/* ---- the embedded ledger ---- */

/* Its records are identified by what identifies ours, for all its life. */
static bool
open_ledger(struct inv_courier *c, const struct inv_key *key,
    struct inv_err *err)
{
	struct inv_str json = inv_key_json(key);

	if (c->ledger == NULL) {
		c->ledger = inv_ledger_open(c->o.file, INV_DB_WRITE,
		    key->n == 0 ? (struct inv_str){ NULL, 0 } : json, err);
		c->fields = inv_mem_dup(json.p, json.n);
		return c->ledger != NULL;
	}
	if (inv_str_is(json, c->fields))
		return true;
	return inv_fail(err, INV_CONFIG, "%s: keyed by %s, not by %.*s",
	    c->o.file, c->fields, INV_ARG(json));
}

bool
inv_courier_fits(struct inv_courier *c, const struct inv_key *key,
    struct inv_err *err)
{
	return c->o.file == NULL || open_ledger(c, key, err);
}

static bool
upsert(struct inv_courier *c, size_t i, struct inv_err *err)
{
	struct inv_batch *b = c->ready[i];
	struct inv_ledger_request r = {
		.key = { b->key, INV_DIGEST_HEX },
		.body = inv_buf_str(&b->body),
		.path = inv_str_of(c->o.path),
	};

	return inv_ledger_upsert(c->ledger, &r, &c->done[i], err);
}

bool
inv_courier_work(struct inv_courier *c, struct inv_err *err)
{
	if (c->ready_n == 0 || c->done_n > 0)
		return true;
	if (!open_ledger(c, c->ready[0]->keyed_by, err) ||
	    !inv_ledger_begin(c->ledger, err))
		return false;
	for (size_t i = 0; i < c->ready_n; i++)
		if (!open_ledger(c, c->ready[i]->keyed_by, err) ||
		    !upsert(c, i, err))
			return false;
	if (!inv_ledger_commit(c->ledger, err))
		return false;
	c->done_n = c->ready_n;
	c->done_next = 0;
	return true;
}

static bool
landed_embedded(struct inv_courier *c, struct inv_landing *l)
{
	if (c->done_next == c->done_n) {
		if (c->done_n > 0)
			c->ready_n = 0;
		c->done_n = c->done_next = 0;
		return false;
	}
	struct inv_ledger_answer *a = &c->done[c->done_next];

	*l = (struct inv_landing){
		.batch = c->ready[c->done_next++],
		.error = "",
		.answer = {
			.net = INV_NET_ANSWERED,
			.status = (unsigned)a->status,
			.sends = 1,
			.replayed = a->replayed,
			.content_type = INV_LIT("application/json"),
			.body = inv_buf_str(&a->body),
		},
	};
	return true;
}

bool
inv_courier_landed(struct inv_courier *c, struct inv_landing *l)
{
	if (c->o.file != NULL)
		return landed_embedded(c, l);
	if (c->held != NULL)
		inv_transfers_release(c->transfers, c->held);
	c->held = inv_transfers_landed(c->transfers);
	if (c->held == NULL)
		return false;
	*l = (struct inv_landing){
		.batch = c->held->owner,
		.answer = c->held->answer,
		.error = c->held->error,
	};
	return true;
}
