/*
 * ledger.c - does the ledger have the batches that the log says it took?
 *
 * Over HTTP some questions are under way at once.  They are judged in the
 * order of the log, so that the first that does not hold is the one told.
 */

#include "audit/ledger.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "io/file.h"
#include "net/retry.h"
#include "prog/opt.h"
#include "store/audit_read.h"
#include "store/ledger.h"

enum {
	WINDOW = 20,                      /* questions under way at once */
	TIMEOUT_MS = 30 * 1000,           /* of one */
	CONNECT_MS = 10 * 1000,           /* to a connection, TLS included */
	RESOURCE_MAX = INV_URL_MAX + 256, /* bytes of a whole URL */
};

static const char log_name[] = "audit/log.ndjson";

static const struct inv_retry patience = {
	.retries = 3,
	.base_ms = 500,
	.max_ms = 5000,
};

/* One batch of the log. */
struct question {
	uint64_t entry;
	uint64_t rows;
	char key[INV_DIGEST_HEX];
	unsigned char hash[INV_DIGEST];
	unsigned tries;
	uint64_t at_ms; /* when to ask again; 0: it is under way */
	bool judged;    /* err says how */
	struct inv_err err;
};

struct inv_audit_ledger {
	struct inv_access *access;
	const char *file;   /* NULL: over HTTP */
	struct inv_url url; /* then */

	struct inv_audit_reader log;
	uint64_t entries;
	bool ended; /* the log, as far as it is looked at */
	struct inv_scan *scan;
	struct inv_audit_held *held;

	struct inv_ring *ring;
	struct inv_transfers *transfers;
	struct inv_op timer;
	struct question of[WINDOW];
	size_t first; /* the oldest of n */
	size_t n;
};

struct inv_audit_ledger *
inv_audit_ledger_new(const char *arg, struct inv_access *access)
{
	struct inv_audit_ledger *l = inv_mem_new(sizeof(*l));
	struct inv_err err;

	l->access = access;
	if (strncmp(arg, "file:", 5) == 0)
		l->file = arg + 5;
	else if (!inv_url_parse(arg, &l->url, &err))
		inv_die(&err);
	if (l->file != NULL && l->file[0] == '\0')
		inv_opt_wrong("--ledger", arg, "names no file");
	inv_access_check(access, l->file == NULL ? &l->url : NULL);
	inv_access_open(access);
	return l;
}

void
inv_audit_ledger_free(struct inv_audit_ledger *l)
{
	if (l == NULL)
		return;
	inv_access_close(l->access);
	free(l);
}

/* ---- the log ---- */

/* The next batch that was committed; ended where there is none. */
static bool
next_batch(struct inv_audit_ledger *l, struct question *q, struct inv_err *err)
{
	struct inv_audit_line line;

	while (l->log.at.seq <= l->entries) {
		if (inv_audit_next(&l->log, &line, err) != INV_AUDIT_LINE)
			return inv_fail(err, INV_IO,
			    "%s: changed while it was read", log_name);
		if (line.type != INV_AUDIT_BATCH || !line.committed)
			continue;
		*q = (struct question){
			.entry = line.seq,
			.rows = line.rows->count,
		};
		inv_str_hex(line.key, INV_DIGEST, q->key);
		memcpy(q->hash, line.hash, INV_DIGEST);
		return true;
	}
	l->ended = true;
	return true;
}

/* ---- what an answer says ---- */

static bool
no_answer(struct question *q, const char *what)
{
	return inv_fail(&q->err, INV_REFUSED,
	    "entry %ju of the log: the ledger does not say whether it has "
	    "batch %.16s...: %s",
	    (uintmax_t)q->entry, q->key, what);
}

/* What it tells of the batch, which it need not, is what the log tells. */
static bool
is_alike(struct inv_audit_ledger *l, struct question *q)
{
	const struct inv_members *m = inv_scan_record(l->scan);
	struct inv_str sha256 = inv_member_text(m, "body_sha256");
	bool counted = inv_member_find(m, "count") != NULL;
	char hash[INV_DIGEST_HEX];
	uint64_t count;

	inv_str_hex(q->hash, INV_DIGEST, hash);
	if (sha256.n > 0 &&
	    !inv_str_eq(sha256, (struct inv_str){ hash, sizeof(hash) }))
		return inv_fail(&q->err, INV_NO,
		    "entry %ju of the log: the ledger has another body as "
		    "batch %.16s...: SHA-256 %.16s..., not %.16s...",
		    (uintmax_t)q->entry, q->key,
		    sha256.n == sizeof(hash) ? sha256.p : "of another kind",
		    hash);
	if (counted &&
	    (!inv_member_u64(m, "count", &count) || count != q->rows))
		return inv_fail(&q->err, INV_NO,
		    "entry %ju of the log: of batch %.16s... the ledger does "
		    "not have %ju records, but %.*s",
		    (uintmax_t)q->entry, q->key, (uintmax_t)q->rows,
		    INV_ARG(inv_member_find(m, "count")->value));
	l->held->alike += sha256.n > 0 && counted;
	return true;
}

static bool
judge(struct inv_audit_ledger *l, struct question *q, unsigned status,
    struct inv_str body)
{
	char text[32];
	struct inv_err ignored;

	q->judged = true;
	if (status == 404)
		return inv_fail(&q->err, INV_NO,
		    "entry %ju of the log: the ledger has no batch %.16s... of "
		    "%ju records",
		    (uintmax_t)q->entry, q->key, (uintmax_t)q->rows);
	if (status != 200) {
		snprintf(text, sizeof(text), "answer %u", status);
		return no_answer(q, text);
	}
	if (!inv_scan_object(l->scan, body, &ignored))
		return no_answer(q, "an answer that is no JSON object");
	if (!is_alike(l, q))
		return false;
	l->held->batches++;
	return true;
}

/* ---- over HTTP ---- */

static bool
start(struct inv_audit_ledger *l, struct question *q, struct inv_err *err)
{
	struct inv_transfer *x = inv_transfers_room(l->transfers);
	const struct inv_access *a = l->access;
	char url[RESOURCE_MAX];
	struct inv_request req = {
		.method = INV_GET,
		.url = url,
		.deadline_ms = inv_clock_ms() + TIMEOUT_MS,
	};

	if (x == NULL)
		return inv_fail(err, INV_INTERNAL, "no slot for a request");
	snprintf(url, sizeof(url), "%s/batches/%.*s", l->url.text,
	    INV_DIGEST_HEX, q->key);
	if (a->secret != NULL) {
		inv_secret_look(a->secret, false);
		req.bearer = inv_secret_word(a->secret);
	}
	q->tries++;
	q->at_ms = 0;
	x->owner = q;
	return inv_transfers_start(l->transfers, x, &req, err);
}

/* It may be answered another time. */
static bool
is_passing(const struct inv_answer *a)
{
	switch (a->net) {
	case INV_NET_NOT_SENT:
	case INV_NET_UNSURE:
	case INV_NET_CUT:
	case INV_NET_DNS:
		return true;
	case INV_NET_OVERSIZED:
	case INV_NET_TLS:
		return false;
	case INV_NET_ANSWERED:
		break;
	}
	return a->status == 408 || a->status == 425 || a->status == 429 ||
	    a->status >= 500;
}

static void
take(struct inv_audit_ledger *l, const struct inv_transfer *x)
{
	const struct inv_answer *a = &x->answer;
	struct question *q = x->owner;
	uint64_t after = 0, wait, random;

	inv_random(&random, sizeof(random));
	if (!inv_retry_after(a->retry_after, inv_clock_wall(), &after))
		after = 0;
	if (is_passing(a) &&
	    inv_retry_next(&patience, q->tries, after, random, &wait)) {
		q->at_ms = inv_clock_ms() + wait + 1;
		return;
	}
	if (a->net == INV_NET_ANSWERED) {
		(void)judge(l, q, a->status, a->body);
		return;
	}
	q->judged = true;
	(void)no_answer(q, x->error);
}

static struct question *
at(struct inv_audit_ledger *l, size_t i)
{
	return &l->of[(l->first + i) % WINDOW];
}

/* Fill the window from the log. */
static bool
ask_more(struct inv_audit_ledger *l, struct inv_err *err)
{
	while (l->n < WINDOW && !l->ended) {
		struct question *q = at(l, l->n);

		if (!next_batch(l, q, err))
			return false;
		if (!l->ended && !start(l, q, err))
			return false;
		l->n += !l->ended;
	}
	return true;
}

/* Those whose time has come; a timer for the next of the others. */
static bool
ask_again(struct inv_audit_ledger *l, struct inv_err *err)
{
	uint64_t now = inv_clock_ms();
	uint64_t next = UINT64_MAX;

	for (size_t i = 0; i < l->n; i++) {
		struct question *q = at(l, i);

		if (q->at_ms != 0 && q->at_ms <= now && !start(l, q, err))
			return false;
		if (q->at_ms != 0 && q->at_ms < next)
			next = q->at_ms;
	}
	if (next != UINT64_MAX)
		inv_ring_timer(l->ring, &l->timer, next);
	return true;
}

/* Let go of those at the head that hold. */
static bool
settle(struct inv_audit_ledger *l, struct inv_err *err)
{
	while (l->n > 0 && at(l, 0)->judged) {
		if (at(l, 0)->err.fault != INV_OK) {
			*err = at(l, 0)->err;
			return false;
		}
		l->first = (l->first + 1) % WINDOW;
		l->n--;
	}
	return true;
}

static bool
ask_all(struct inv_audit_ledger *l, struct inv_err *err)
{
	struct inv_transfer *x;

	while (ask_more(l, err) && ask_again(l, err)) {
		if (l->n == 0)
			return true;
		if (!inv_ring_turn(l->ring, err))
			return false;
		while ((x = inv_transfers_landed(l->transfers)) != NULL) {
			take(l, x);
			inv_transfers_release(l->transfers, x);
		}
		if (!settle(l, err))
			return false;
	}
	return false;
}

static void
on_timer(struct inv_op *op, int res)
{
	(void)op;
	(void)res;
}

static bool
ask_over_http(struct inv_audit_ledger *l, struct inv_err *err)
{
	const struct inv_transfers_options options = {
		.slots = WINDOW,
		.connect_ms = CONNECT_MS,
		.silence_ms = TIMEOUT_MS,
		.cacert = l->access->cacert,
	};

	(void)signal(SIGPIPE, SIG_IGN);
	l->timer = (struct inv_op){ .fn = on_timer };
	l->ring = inv_ring_open(INV_ENGINE_AUTO, err);
	if (l->ring == NULL)
		return false;
	l->transfers = inv_transfers_open(l->ring, &options, err);
	bool ok = l->transfers != NULL && ask_all(l, err);

	inv_transfers_close(l->transfers);
	inv_ring_close(l->ring);
	return ok;
}

/* ---- the embedded one ---- */

static bool
ask_file(struct inv_audit_ledger *l, struct inv_err *err)
{
	struct inv_ledger *ledger =
	    inv_ledger_open(l->file, INV_DB_READ, INV_LIT(""), err);
	struct inv_ledger_answer a = { 0 };
	struct question q;
	bool ok = ledger != NULL;

	while (ok && next_batch(l, &q, err) && !l->ended) {
		ok = inv_ledger_batch(ledger,
		    (struct inv_str){ q.key, sizeof(q.key) }, &a, err);
		if (ok &&
		    !judge(l, &q, (unsigned)a.status, inv_buf_str(&a.body))) {
			*err = q.err;
			ok = false;
		}
	}
	inv_buf_free(&a.body);
	inv_ledger_close(ledger);
	return ok && l->ended;
}

bool
inv_audit_ledger_ask(struct inv_audit_ledger *l, const struct inv_state *state,
    uint64_t entries, struct inv_audit_held *held, struct inv_err *err)
{
	const struct inv_audit_place start = { .seq = 1 };
	int fd;

	*held = (struct inv_audit_held){ 0 };
	if (entries == 0)
		return true;
	fd = inv_file_open(state->fd, log_name, O_RDONLY, err);
	if (fd == -1)
		return false;
	l->held = held;
	l->entries = entries;
	l->ended = false;
	l->n = 0;
	bool ok = inv_audit_read(&l->log, fd, &start, err);

	if (ok) {
		l->scan = inv_scan_new();
		ok = l->file != NULL ? ask_file(l, err) : ask_over_http(l, err);
		inv_scan_free(l->scan);
		inv_audit_read_end(&l->log);
	}
	close(fd);
	return ok;
}
