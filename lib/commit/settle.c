/*
 * settle.c - answers into outcomes, outcomes into lines
 *
 * An answer decides what is written into the journal; when that is on disk,
 * and not before, the rows' lines go out.
 */

#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "commit/headers.h"
#include "commit/uploader.h"
#include "data/emit.h"

/* ---- lines ---- */

bool
inv_settle_kept(struct inv_uploader *u, const struct inv_chunk *c, size_t i,
    struct inv_record *rec)
{
	struct inv_err err;

	*rec = (struct inv_record){ .kind = INV_LINE_RECORD,
		.row = c->row[i].row };
	if (!u->failed && !inv_chunk_line(c, i, &rec->text, &err))
		inv_uploader_fail(u, &err);
	return !u->failed;
}

void
inv_settle_row(struct inv_uploader *u, const struct inv_record *rec,
    struct inv_ruling ruling)
{
	inv_filter_rule(u->f, rec, ruling);
	if (ruling.verdict == INV_HELD || ruling.verdict == INV_AMBIGUOUS)
		inv_filter_fault(u->f,
		    u->hold != NULL ? u->hold_fault : INV_AGAIN);
}

void
inv_settle_answer(struct inv_buf *more, const struct inv_batch *b,
    unsigned status, struct inv_str cause)
{
	inv_emit_key(more, INV_LIT("idempotency_key"));
	inv_emit_str(more, (struct inv_str){ b->key, INV_DIGEST_HEX });
	if (status != 0)
		inv_emit_member_u64(more, INV_LIT("status"), status);
	inv_emit_member_u64(more, INV_LIT("attempts"), b->tries);
	inv_emit_member_str(more, INV_LIT("cause"), cause);
	if (b->headers.n > 0)
		inv_emit_member_raw(more, INV_LIT("headers"),
		    inv_buf_str(&b->headers));
}

void
inv_settle_verdict(struct inv_uploader *u, const struct inv_batch *b,
    const struct inv_record *rec)
{
	struct inv_buf more = INV_BUF(8192 + INV_HEADERS_TOLD);
	struct inv_buf errors = INV_BUF(8192);

	inv_settle_answer(&more, b, b->status, inv_str_of(b->why));
	if (b->verdict == INV_QUARANTINED) {
		inv_buf_add(&errors, INV_LIT("[{"));
		inv_emit_member_str(&errors, INV_LIT("type"),
		    inv_str_of(b->reason));
		inv_emit_member_raw(&errors, INV_LIT("loc"), INV_LIT("[]"));
		inv_emit_member_str(&errors, INV_LIT("msg"),
		    inv_str_of(b->why));
		inv_buf_add(&errors, INV_LIT("}]"));
	}
	inv_settle_row(u, rec,
	    (struct inv_ruling){ .verdict = b->verdict,
		.reason = inv_str_of(b->reason),
		.errors = inv_buf_str(&errors),
		.more = inv_buf_str(&more) });
	inv_buf_free(&more);
	inv_buf_free(&errors);
}

void
inv_settle_batch_line(struct inv_uploader *u, struct inv_batch *b,
    const struct inv_rows *rows)
{
	struct inv_buf l = INV_BUF(INV_LINE_MAX);

	inv_emit_open(&l, '{');
	inv_emit_member_str(&l, INV_LIT("type"), INV_LIT("batch"));
	inv_emit_member_str(&l, INV_LIT("manifest"),
	    (struct inv_str){ b->of.manifest, INV_MANIFEST_SHORT });
	inv_emit_member_u64(&l, INV_LIT("chunk"), b->of.chunk);
	inv_emit_key(&l, INV_LIT("rows"));
	inv_emit_rows(&l, rows);
	inv_emit_member_u64(&l, INV_LIT("count"), rows->count);
	if (b->n > rows->count)
		inv_emit_member_u64(&l, INV_LIT("sent"), b->n);
	inv_emit_member_str(&l, INV_LIT("batch_hash"),
	    (struct inv_str){ b->hash, INV_DIGEST_HEX });
	if (b->rooted)
		inv_emit_member_str(&l, INV_LIT("records_root"),
		    inv_batch_root(b));
	inv_emit_member_str(&l, INV_LIT("idempotency_key"),
	    (struct inv_str){ b->key, INV_DIGEST_HEX });
	inv_emit_member_str(&l, INV_LIT("verdict"), INV_LIT("committed"));
	inv_emit_member_str(&l, INV_LIT("evidence"), inv_str_of(b->evidence));
	inv_emit_member_u64(&l, INV_LIT("status"), b->status);
	inv_emit_member_u64(&l, INV_LIT("attempts"), b->tries);
	inv_emit_member_u64(&l, INV_LIT("ms"),
	    b->due_ms > b->first_ms ? b->due_ms - b->first_ms : 0);
	if (b->processed_at[0] != '\0')
		inv_emit_member_str(&l, INV_LIT("processed_at"),
		    inv_str_of(b->processed_at));
	inv_emit_member_u64(&l, INV_LIT("journal"), b->outcome_line);
	inv_correct_tell(u, b, rows, &l);
	inv_emit_close(&l, '}');
	inv_filter_emit(u->f, inv_buf_str(&l), INV_COMMITTED, rows->count);
	inv_figures_committed(u, b, rows->count);
	inv_buf_free(&l);
	b->told = true;
}

/* ---- outcomes ---- */

static void
conclude(struct inv_uploader *u, struct inv_batch *b,
    enum inv_outcome_kind outcome, enum inv_verdict verdict, const char *reason)
{
	const struct inv_partial *part = b->partial;
	struct inv_err err;

	b->outcome = outcome;
	b->verdict = verdict;
	b->reason = reason;
	b->due_ms = inv_clock_ms();
	b->state = INV_BATCH_OUTCOME;
	b->outcome_line = inv_journal_outcome(u->journal, b->seq,
	    &(struct inv_outcome){
		.kind = outcome,
		.rows = outcome == INV_OUTCOME_COMMITTED ? &b->rows : NULL,
		.sent = part != NULL ? b->n : 0,
		.refused = part != NULL ? inv_buf_str(&part->refused)
					: (struct inv_str){ NULL, 0 },
		.evidence = inv_str_of(b->evidence == NULL ? "" : b->evidence),
		.reason = inv_str_of(reason),
		.status = b->status,
		.attempts = b->tries,
		.ms = b->first_ms == 0 ? 0 : b->due_ms - b->first_ms,
		.processed_at = inv_str_of(b->processed_at),
	    });
	if (b->outcome_line == 0) {
		inv_fail(&err, INV_INTERNAL, "no room for an outcome");
		inv_uploader_fail(u, &err);
	}
}

void
inv_settle_commit(struct inv_uploader *u, struct inv_batch *b,
    const char *evidence)
{
	b->evidence = evidence;
	u->committed = true;
	conclude(u, b, INV_OUTCOME_COMMITTED, INV_COMMITTED, "");
}

void
inv_settle_refuse(struct inv_uploader *u, struct inv_batch *b,
    const char *reason)
{
	conclude(u, b, INV_OUTCOME_REFUSED, INV_QUARANTINED, reason);
}

/* No answer that settles it: open, unless nothing of it ever had effect. */
static void
leave(struct inv_uploader *u, struct inv_batch *b, enum inv_verdict verdict,
    const char *reason)
{
	conclude(u, b, b->maybe ? INV_OUTCOME_OPEN : INV_OUTCOME_NO_EFFECT,
	    b->unclear ? INV_AMBIGUOUS : verdict,
	    b->unclear ? "unanswered" : reason);
}

static void
say_why(const struct inv_uploader *u, struct inv_batch *b)
{
	if (b->why[0] == '\0')
		snprintf(b->why, sizeof(b->why), "%s",
		    u->hold != NULL ? u->hold_why : "stopped before sending");
}

/* The answer to its last request is had, or given up. */
static void
count(struct inv_batch *b)
{
	b->tries++;
	b->untold = false;
}

void
inv_settle_give_up(struct inv_uploader *u, struct inv_batch *b)
{
	/* A 401 that has been answered with a new token is no failure. */
	bool failed = b->tries > 0;

	say_why(u, b);
	if (b->untold)
		count(b);
	if (failed && b->maybe && !b->unclear)
		leave(u, b, INV_QUARANTINED, "transient_failure");
	else
		leave(u, b, INV_HELD,
		    u->hold != NULL ? u->hold : "not_attempted");
}

/* Nothing more is sent in this run. */
static void
hold(struct inv_uploader *u, const char *why, enum inv_fault fault)
{
	if (u->hold != NULL)
		return;
	u->hold = "systemic";
	u->hold_fault = fault;
	snprintf(u->hold_why, sizeof(u->hold_why), "%s", why);
	inv_say("the ledger: %s: nothing more is sent, the rest is held", why);
}

static uint64_t
random_bits(void)
{
	uint64_t r;

	inv_random(&r, sizeof(r));
	return r;
}

bool
inv_settle_shut(struct inv_uploader *u)
{
	uint64_t now = inv_clock_ms();
	uint64_t shut = inv_throttle_shut(&u->throttle, now);
	char why[INV_ERR_MSG];

	if (u->hold != NULL || shut == 0 || shut < u->o->deadline_ms)
		return false;
	snprintf(why, sizeof(why), "no answer to be trusted for %ju s",
	    (uintmax_t)(shut / 1000));
	hold(u, why, INV_AGAIN);
	return true;
}

/*
 * Tell the breaker.  A refused connection is none of its business while it is
 * closed: nothing was sent, and the tries of the batch deal with it.
 */
static void
tell_breaker(struct inv_uploader *u, const struct inv_batch *b,
    const struct inv_answer *a, enum inv_meaning meaning)
{
	struct inv_throttle *t = &u->throttle;
	uint64_t now = inv_clock_ms();
	bool nobody = a->net == INV_NET_NOT_SENT;

	if (u->o->file != NULL || (nobody && t->breaker == INV_BREAKER_CLOSED))
		return;
	if (!inv_throttle_answered(t, now, b->number,
		nobody || meaning == INV_MEANS_UNCLEAR ||
		    meaning == INV_MEANS_SYSTEMIC,
		random_bits()))
		return;
	inv_figures_opened(u);
	if (meaning != INV_MEANS_SYSTEMIC)
		inv_warn("the ledger: %u answers in a row that can not be "
			 "trusted: one more try in %ju ms",
		    t->bad, (uintmax_t)(t->due_ms - now));
}

/* Not this batch's fault. */
static void
hold_all(struct inv_uploader *u, struct inv_batch *b, enum inv_fault fault)
{
	hold(u, b->why, fault);
	leave(u, b, INV_HELD, "systemic");
}

static void
exhausted(struct inv_uploader *u, struct inv_batch *b)
{
	if (!u->heard && !b->maybe)
		hold_all(u, b, INV_AGAIN);
	else
		leave(u, b, INV_QUARANTINED, "transient_failure");
}

static uint64_t
asked_for(const struct inv_answer *a)
{
	uint64_t ms;

	return inv_retry_after(a->retry_after, inv_clock_wall(), &ms) ? ms : 0;
}

bool
inv_settle_wait(const struct inv_uploader *u, const struct inv_batch *b,
    const struct inv_answer *a, uint64_t *wait_ms)
{
	if (!inv_retry_next(&u->o->retry, b->tries + b->retried, asked_for(a),
		random_bits(), wait_ms))
		return false;
	inv_figures_retry(u, a);
	return true;
}

/* False: the tries are used up. */
static bool
resend(struct inv_uploader *u, struct inv_batch *b, const struct inv_answer *a)
{
	uint64_t wait;

	if (!inv_settle_wait(u, b, a, &wait))
		return false;
	inv_note("chunk %ju: %s: again in %ju ms", (uintmax_t)b->of.chunk,
	    b->why, (uintmax_t)wait);
	b->due_ms = inv_clock_ms() + wait;
	b->state = INV_BATCH_WAITING;
	return true;
}

static void
again(struct inv_uploader *u, struct inv_batch *b, const struct inv_answer *a)
{
	if (!resend(u, b, a))
		exhausted(u, b);
}

static void
in_progress(struct inv_uploader *u, struct inv_batch *b,
    const struct inv_answer *a)
{
	uint64_t now = inv_clock_ms();

	b->waits++;
	b->unclear = true;
	if (now - b->first_ms > INV_PROGRESS_MS) {
		/* All of it was one. */
		count(b);
		exhausted(u, b);
		return;
	}
	b->due_ms = now +
	    inv_retry_wait(&u->o->retry, b->waits, asked_for(a), random_bits());
	b->state = INV_BATCH_WAITING;
}

/* ---- refused ---- */

/* Halves of a refused batch, each under a key derived from its. */
static void
bisect(struct inv_uploader *u, struct inv_batch *b)
{
	struct inv_batch *head = u->queue;
	size_t half = b->n / 2;

	for (int part = 0; part < 2; part++) {
		size_t from = part == 0 ? 0 : half;
		size_t n = part == 0 ? half : b->n - half;
		struct inv_batch *child =
		    inv_batch_derive(b, b->member + from, n);

		inv_uploader_queue(u, child, head);
	}
	b->silent = true;
	conclude(u, b, INV_OUTCOME_REFUSED, INV_PENDING, "bisected");
}

static void
suspect(struct inv_uploader *u, struct inv_batch *b)
{
	b->state = INV_BATCH_SUSPECT;
	b->next = u->suspects;
	u->suspects = b;
}

static void
refuse(struct inv_uploader *u, struct inv_batch *b)
{
	if (b->n <= 1 || b->chunk == NULL)
		conclude(u, b, INV_OUTCOME_REFUSED, INV_QUARANTINED,
		    "rejected");
	else
		bisect(u, b);
}

/*
 * While nothing has been committed in this run, a refusal may mean that the
 * ledger wants something else altogether.  The first whole batch is bisected;
 * a second one refused alike waits for what that brings to light.  What is
 * left of a chunk that was committed but for it tells nothing of the ledger.
 */
static void
refused(struct inv_uploader *u, struct inv_batch *b)
{
	if (u->committed || b->chunk == NULL || b->chunk->proven) {
		refuse(u, b);
		return;
	}
	if (!b->derived && !u->probed) {
		u->probed = true;
		u->probe_status = b->status;
		b->probe = true;
		if (b->n > 1)
			bisect(u, b);
		else
			suspect(u, b);
	} else if (b->derived && b->n > 1) {
		bisect(u, b);
	} else {
		suspect(u, b);
	}
}

/* What the suspects turn out to be, once that is known. */
static void
release(struct inv_uploader *u, bool systemic)
{
	struct inv_batch *list = u->suspects;

	u->suspects = NULL;
	while (list != NULL) {
		struct inv_batch *b = list;

		list = b->next;
		b->next = NULL;
		if (systemic) {
			hold(u, b->why, INV_REFUSED);
			conclude(u, b, INV_OUTCOME_REFUSED, INV_HELD,
			    "systemic");
		} else {
			refuse(u, b);
		}
		inv_uploader_settling(u, b);
	}
}

/* A part of the first bisection is still to be answered. */
static bool
is_probing(const struct inv_uploader *u)
{
	for (size_t i = 0; i < u->window_n; i++)
		if (u->window[i]->probe)
			return true;
	for (const struct inv_batch *b = u->queue; b != NULL; b = b->next)
		if (b->probe)
			return true;
	return false;
}

static bool
is_whole(const struct inv_batch *b)
{
	return !b->derived && !b->probe;
}

/* Two whole batches have been refused alike, the first of all being one. */
static bool
is_alike(const struct inv_uploader *u)
{
	for (const struct inv_batch *b = u->suspects; b != NULL; b = b->next) {
		if (!is_whole(b))
			continue;
		if (b->status == u->probe_status)
			return true;
		for (const struct inv_batch *o = b->next; o != NULL;
		     o = o->next)
			if (is_whole(o) && o->status == b->status)
				return true;
	}
	return false;
}

bool
inv_settle_suspects(struct inv_uploader *u, bool stuck)
{
	if (u->suspects == NULL)
		return false;
	if (u->committed)
		release(u, false);
	else if (u->hold != NULL || (is_alike(u) && !is_probing(u)))
		release(u, true);
	else if (stuck && u->window_n == 0 && inv_op_is_idle(&u->append.op) &&
	    (u->queue != NULL || u->whole != NULL || u->is_held || u->eof ||
		u->drain_at != 0))
		/* Nothing else will tell: what is left waits for their keys,
		 * or there is no more. */
		release(u, false);
	else
		return false;
	return true;
}

/* ---- answers ---- */

/* The ledger's own words: the member of its JSON answer, if it is plain. */
static void
quote_member(const struct inv_uploader *u, const char *name, char *out,
    size_t size)
{
	struct inv_str s = inv_member_text(inv_scan_outer(u->scan), name);

	if (s.n == 0 || s.n >= size || memchr(s.p, '\\', s.n) != NULL)
		return;
	memcpy(out, s.p, s.n);
	out[s.n] = '\0';
}

/* What happened, for people; and when the ledger says it was. */
static void
describe(struct inv_uploader *u, struct inv_batch *b,
    const struct inv_landing *l)
{
	const struct inv_answer *a = &l->answer;
	char detail[160] = "";
	struct inv_err ignored;

	b->status = a->status;
	b->processed_at[0] = '\0';
	if (a->net == INV_NET_ANSWERED && a->body.n > 0 &&
	    inv_scan_line(u->scan, a->body, &ignored)) {
		quote_member(u, "processed_at", b->processed_at,
		    sizeof(b->processed_at));
		quote_member(u, "title", detail, sizeof(detail));
		quote_member(u, "detail", detail, sizeof(detail));
	}
	if (a->net != INV_NET_ANSWERED)
		snprintf(b->why, sizeof(b->why), "%s", l->error);
	else
		snprintf(b->why, sizeof(b->why), "answered %u%s%s", a->status,
		    detail[0] != '\0' ? ": " : "", detail);
}

/* Is the fault the ledger's word to us, or only that it is out of reach? */
static enum inv_fault
fault_of(const struct inv_answer *a)
{
	return a->net == INV_NET_ANSWERED || a->net == INV_NET_TLS ? INV_REFUSED
								   : INV_AGAIN;
}

/* It is too late to send it again, and nobody knows what came of it. */
static void
leave_stale(struct inv_uploader *u, struct inv_batch *b)
{
	char why[INV_ERR_MSG];

	snprintf(why, sizeof(why), "%s", b->why);
	snprintf(b->why, sizeof(b->why),
	    "sent too long ago to be sent again (--key-ttl), and asked for "
	    "it: %.300s",
	    why);
	b->unclear = true;
	leave(u, b, INV_AMBIGUOUS, "unanswered");
}

/* The ledger does not know better: what its first answer means. */
static void
believe(struct inv_uploader *u, struct inv_batch *b)
{
	switch (b->doubt) {
	case INV_DOUBT_ASSERTED:
		inv_settle_commit(u, b, inv_meaning_name(INV_MEANS_ASSERTED));
		return;
	case INV_DOUBT_CONFLICT:
		conclude(u, b, INV_OUTCOME_REFUSED, INV_QUARANTINED,
		    "conflict");
		return;
	case INV_DOUBT_REFUSED:
		refused(u, b);
		return;
	case INV_DOUBT_EXPIRED:
		leave_stale(u, b);
		return;
	}
}

/* An answer that may not be the whole story: ask, where that can be done. */
static void
ask(struct inv_uploader *u, struct inv_batch *b, enum inv_doubt doubt)
{
	struct inv_err err;

	b->doubt = doubt;
	if (inv_courier_can_ask(u->courier) &&
	    inv_courier_ask(u->courier, b, &err))
		b->state = INV_BATCH_ASKING;
	else
		believe(u, b);
}

void
inv_settle_ask(struct inv_uploader *u, struct inv_batch *b)
{
	struct inv_err err;

	b->doubt = INV_DOUBT_EXPIRED;
	b->state = INV_BATCH_ASKING;
	if (!inv_courier_ask(u->courier, b, &err))
		inv_uploader_fail(u, &err);
}

/* The ledger has these bytes under the key: all of them, or as it says. */
static void
read_back(struct inv_uploader *u, struct inv_batch *b,
    const struct inv_answer *a)
{
	if (!inv_answer_has_results(a, u->o->results, u->scan)) {
		inv_settle_commit(u, b, "readback");
	} else if (inv_partial_read(u, b, a, u->o->results)) {
		inv_partial_take(u, b, a, "readback");
	} else {
		b->unclear = true;
		again(u, b, a);
	}
}

/* Not an answer to the question: the ledger may well know. */
static bool
is_passing(const struct inv_answer *a)
{
	return a->net != INV_NET_ANSWERED || a->status == 408 ||
	    a->status == 425 || a->status == 429 ||
	    (a->status >= 500 && a->status != 501);
}

/* An answer without the batch says that the ledger does not have it. */
static bool
is_denied(enum inv_doubt doubt, const struct inv_answer *a)
{
	switch (doubt) {
	case INV_DOUBT_ASSERTED:
	case INV_DOUBT_CONFLICT:
		return true;
	case INV_DOUBT_REFUSED:
		/* Halves under other keys only where it is surely not there. */
		return a->net == INV_NET_ANSWERED && a->status == 404;
	case INV_DOUBT_EXPIRED:
		return a->status >= 300 && a->status < 500 && !is_passing(a);
	}
	return false;
}

static void
told_back(struct inv_uploader *u, struct inv_batch *b,
    const struct inv_landing *l)
{
	const struct inv_answer *a = &l->answer;
	bool answered = a->net == INV_NET_ANSWERED;
	struct inv_str hash = { NULL, 0 };
	struct inv_err ignored;

	/* A request of its own, or it may be the breaker's one. */
	if (b->doubt == INV_DOUBT_EXPIRED ||
	    u->throttle.breaker == INV_BREAKER_PROBING)
		tell_breaker(u, b, a,
		    answered ? INV_MEANS_RETRY : INV_MEANS_UNCLEAR);
	if (b->doubt == INV_DOUBT_EXPIRED) {
		count(b);
		describe(u, b, l);
	}
	if (answered && a->status == 200 &&
	    inv_scan_line(u->scan, a->body, &ignored))
		hash = inv_member_text(inv_scan_outer(u->scan), "body_sha256");
	if (inv_str_eq(hash, (struct inv_str){ b->hash, INV_DIGEST_HEX })) {
		read_back(u, b, a);
	} else if (hash.n > 0) {
		conclude(u, b, INV_OUTCOME_KEY_MISMATCH, INV_QUARANTINED,
		    "key_mismatch");
	} else if (!is_denied(b->doubt, a)) {
		b->unclear = true;
		again(u, b, a);
	} else if (b->doubt == INV_DOUBT_ASSERTED && is_passing(a) &&
	    resend(u, b, a)) {
		b->unclear = true;
	} else {
		believe(u, b);
	}
}

/* It will tell at its Location; a redirect to elsewhere tells nothing. */
static void
accepted(struct inv_uploader *u, struct inv_batch *b,
    const struct inv_answer *a)
{
	b->unclear = true;
	if (inv_courier_follow(u->courier, b, a->location)) {
		/* What it tells there is the answer to this try. */
		in_progress(u, b, a);
		return;
	}
	count(b);
	snprintf(b->why, sizeof(b->why),
	    "answered 202 with a Location that is not the ledger's");
	again(u, b, a);
}

/* Results that are not to be believed leave the batch as it was. */
static enum inv_meaning
believable(struct inv_uploader *u, struct inv_batch *b,
    const struct inv_answer *a, enum inv_results_form form,
    enum inv_meaning meaning)
{
	if (meaning != INV_MEANS_PARTIAL || inv_partial_read(u, b, a, form))
		return meaning;
	snprintf(b->why, sizeof(b->why),
	    "answered %u: results that are not one for each record", a->status);
	return INV_MEANS_UNCLEAR;
}

/*
 * Refused as a whole, row by row: an earlier try may have taken effect all the
 * same.
 */
static void
partial(struct inv_uploader *u, struct inv_batch *b, const struct inv_answer *a,
    bool sent_before)
{
	if (a->status >= 400 && (sent_before || a->sends > 1) &&
	    inv_partial_count(u, INV_ROW_COMMITTED) == 0)
		ask(u, b, INV_DOUBT_REFUSED);
	else
		inv_partial_take(u, b, a,
		    inv_meaning_name(a->replayed ? INV_MEANS_REPLAYED
						 : INV_MEANS_RECEIPT));
}

/* Whatever it may mean, the ledger's own word on the batch goes first. */
static void
conflict(struct inv_uploader *u, struct inv_batch *b,
    const struct inv_answer *a, enum inv_doubt by_evidence)
{
	switch (u->o->on_409) {
	case INV_ON_409_AUTO:
		ask(u, b, by_evidence);
		return;
	case INV_ON_409_COMMITTED:
		ask(u, b, INV_DOUBT_ASSERTED);
		return;
	case INV_ON_409_RETRY:
		again(u, b, a);
		return;
	case INV_ON_409_CONFLICT:
		ask(u, b, INV_DOUBT_CONFLICT);
		return;
	}
}

static void
act(struct inv_uploader *u, struct inv_batch *b, const struct inv_answer *a,
    enum inv_meaning meaning, bool sent_before)
{
	switch (meaning) {
	case INV_MEANS_RECEIPT:
	case INV_MEANS_REPLAYED:
		inv_settle_commit(u, b, inv_meaning_name(meaning));
		return;
	case INV_MEANS_PARTIAL:
		partial(u, b, a, sent_before);
		return;
	case INV_MEANS_ASSERTED:
		conflict(u, b, a, INV_DOUBT_ASSERTED);
		return;
	case INV_MEANS_CONFLICT:
		conflict(u, b, a, INV_DOUBT_CONFLICT);
		return;
	case INV_MEANS_UNCLEAR:
		b->unclear = true;
		again(u, b, a);
		return;
	case INV_MEANS_RETRY:
		again(u, b, a);
		return;
	case INV_MEANS_IN_PROGRESS:
		in_progress(u, b, a);
		return;
	case INV_MEANS_ACCEPTED:
		accepted(u, b, a);
		return;
	case INV_MEANS_KEY_MISMATCH:
		conclude(u, b, INV_OUTCOME_KEY_MISMATCH, INV_QUARANTINED,
		    "key_mismatch");
		return;
	case INV_MEANS_REFUSED:
		if (sent_before || a->sends > 1)
			ask(u, b, INV_DOUBT_REFUSED);
		else
			refused(u, b);
		return;
	case INV_MEANS_SYSTEMIC:
		hold_all(u, b, fault_of(a));
		return;
	}
}

/* For its rows, should they not be committed; the embedded ledger has none. */
static void
keep_headers(struct inv_uploader *u, struct inv_batch *b,
    const struct inv_answer *a, enum inv_meaning meaning)
{
	if (u->o->file == NULL && meaning != INV_MEANS_RECEIPT &&
	    meaning != INV_MEANS_REPLAYED)
		inv_headers_keep(b, &u->o->access,
		    (struct inv_str){ u->run, INV_RUN_ID }, a);
}

/* What the Location of a 202 tells. */
static void
polled(struct inv_uploader *u, struct inv_batch *b, const struct inv_landing *l)
{
	enum inv_meaning meaning = believable(u, b, &l->answer, u->o->results,
	    inv_answer_tells(&l->answer, u->o->results, u->scan));

	if (meaning == INV_MEANS_IN_PROGRESS) {
		if (l->answer.location.n == 0 ||
		    inv_courier_follow(u->courier, b, l->answer.location)) {
			tell_breaker(u, b, &l->answer, meaning);
			in_progress(u, b, &l->answer);
			return;
		}
		meaning = INV_MEANS_UNCLEAR;
	}
	count(b);
	/* To ask again, as no answer was had, is not to trust one. */
	tell_breaker(u, b, &l->answer,
	    l->answer.net == INV_NET_UNSURE ? INV_MEANS_UNCLEAR : meaning);
	if (meaning != INV_MEANS_RETRY) {
		/* It has told all it will: the next request has the body. */
		free(b->poll);
		b->poll = NULL;
	}
	keep_headers(u, b, &l->answer, meaning);
	act(u, b, &l->answer, meaning, true);
}

/*
 * A 401, and there is another token now: the same again with that, at once and
 * not as a try.
 */
static bool
renewed(struct inv_uploader *u, struct inv_batch *b, const struct inv_answer *a)
{
	struct inv_err err;

	if (a->status != 401 || !inv_courier_renewed(u->courier, b))
		return false;
	inv_note("chunk %ju: answered 401: again with the new token",
	    (uintmax_t)b->of.chunk);
	if (b->state == INV_BATCH_ASKING) {
		if (!inv_courier_ask(u->courier, b, &err))
			inv_uploader_fail(u, &err);
		return true;
	}
	tell_breaker(u, b, a, INV_MEANS_RETRY);
	b->maybe |= !inv_answer_is_no_effect(a);
	b->due_ms = inv_clock_ms();
	b->state = INV_BATCH_WAITING;
	return true;
}

void
inv_settle_landing(struct inv_uploader *u, const struct inv_landing *l)
{
	struct inv_batch *b = l->batch;
	bool sent_before = b->chunk == NULL || b->maybe;

	inv_figures_landing(u, l);
	if (renewed(u, b, &l->answer))
		return;
	if (b->state == INV_BATCH_ASKING) {
		told_back(u, b, l);
		return;
	}
	describe(u, b, l);
	if (b->state == INV_BATCH_POLLING) {
		polled(u, b, l);
		return;
	}
	enum inv_meaning meaning = believable(u, b, &l->answer, u->o->results,
	    inv_answer_means(&l->answer, sent_before, u->o->results, u->scan));

	if (meaning != INV_MEANS_IN_PROGRESS && meaning != INV_MEANS_ACCEPTED)
		count(b);
	tell_breaker(u, b, &l->answer, meaning);
	if (l->answer.net == INV_NET_ANSWERED)
		u->heard = true;
	if (!inv_answer_is_no_effect(&l->answer))
		b->maybe = true;
	keep_headers(u, b, &l->answer, meaning);
	act(u, b, &l->answer, meaning, sent_before);
}

/* ---- the outcome is on disk ---- */

static void
let_keys_go(struct inv_uploader *u, const struct inv_batch *b)
{
	for (size_t i = 0; i < b->n; i++) {
		inv_flight_expect(u->flight, b->keys, i, b->n);
		inv_flight_cut(u->flight, b->keys[i].key, b);
	}
}

/* Later rows must know of it: what stays open, and what a replay brought. */
static void
remember(struct inv_uploader *u, struct inv_batch *b)
{
	inv_buf_free(&b->body);
	free(b->member);
	b->member = NULL;
	b->chunk = NULL;
	b->state = INV_BATCH_DONE;
	b->next = u->known;
	u->known = b;
}

void
inv_settle_rows(struct inv_uploader *u, const struct inv_batch *b)
{
	struct inv_record rec;

	for (size_t i = 0; i < b->n; i++)
		if (inv_settle_kept(u, b->chunk, b->member[i], &rec))
			inv_settle_verdict(u, b, &rec);
}

void
inv_settle_done(struct inv_uploader *u, struct inv_batch *b)
{
	struct inv_chunk *c = b->chunk;
	bool committed = b->outcome == INV_OUTCOME_COMMITTED;
	bool open = b->outcome == INV_OUTCOME_OPEN;
	struct inv_err err;

	if (committed &&
	    !inv_journal_index(u->journal, b->seq, b->keys, b->n, &err))
		inv_uploader_fail(u, &err);
	if (c != NULL && committed)
		inv_settle_batch_line(u, b, &b->rows);
	if (c != NULL && b->partial != NULL)
		inv_partial_tell(u, b);
	else if (c != NULL && !committed && !b->silent)
		inv_settle_rows(u, b);
	if (!open)
		let_keys_go(u, b);
	if (open || (c == NULL && (committed || u->o->resume)))
		remember(u, b);
	else
		inv_batch_free(b);
	if (c != NULL && --c->uses == 0)
		inv_gate_recycle(u, c);
}

/*
 * A batch that has not been admitted will not be in this run.  One from the
 * journal stays open; the rows of a new one are told now, nothing is written.
 */
void
inv_settle_unsent(struct inv_uploader *u, struct inv_batch *b,
    const char *reason)
{
	struct inv_chunk *c = b->chunk;
	struct inv_err err;

	say_why(u, b);
	b->verdict = INV_HELD;
	b->reason = reason;
	if (c == NULL) {
		b->outcome = INV_OUTCOME_OPEN;
		b->verdict = INV_AMBIGUOUS;
		b->reason = "unanswered";
		remember(u, b);
		return;
	}
	/* Its key is told, though it was never sent. */
	if (b->body.n == 0 &&
	    !inv_batch_seal(b, u->digest, u->o->namespace, &err))
		inv_uploader_fail(u, &err);
	inv_settle_rows(u, b);
	inv_batch_free(b);
	if (--c->uses == 0)
		inv_gate_recycle(u, c);
}
