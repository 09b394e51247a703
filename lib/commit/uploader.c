/* uploader.c - inv-commit's loop: read, gate, admit, send, settle */

#include "commit/uploader.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "data/emit.h"
#include "store/archive.h"
#include "store/home.h"

enum {
	LEASE_POLL_MS = 100,
	READ_MAX = 4096, /* lines taken before signals are looked for again */
	/* A body more, and its intent, are still within the bound. */
	ROOM_BELOW = INV_HELD_MAX - 2 * INV_BATCH_BODY_MAX,
};

_Static_assert(INV_JOURNAL_BLOCK % INV_RING_BLOCK == 0,
    "what begins at a block of the journal begins at one of the ring");

static void
on_event(struct inv_op *op, int res)
{
	struct inv_event *e = (struct inv_event *)(void *)op;

	e->happened = true;
	e->res = res;
}

void
inv_uploader_fail(struct inv_uploader *u, const struct inv_err *err)
{
	if (!u->failed)
		inv_filter_stop(u->f, err);
	u->failed = true;
}

void
inv_uploader_queue(struct inv_uploader *u, struct inv_batch *b,
    struct inv_batch *before)
{
	struct inv_batch **at = &u->queue;

	while (*at != before)
		at = &(*at)->next;
	b->next = *at;
	*at = b;
	b->state = INV_BATCH_QUEUED;
}

void
inv_uploader_settling(struct inv_uploader *u, struct inv_batch *b)
{
	struct inv_batch **at = &u->settling;

	while (*at != NULL)
		at = &(*at)->next;
	*at = b;
	b->next = NULL;
}

static bool
is_stopping(const struct inv_uploader *u)
{
	return u->drain_at != 0;
}

static bool
is_idle(const struct inv_uploader *u)
{
	return u->window_n == 0 && u->queue == NULL && u->whole == NULL &&
	    u->settling == NULL && u->suspects == NULL &&
	    inv_atomic_is_done(u) &&
	    (u->journal == NULL ||
		inv_journal_durable(u->journal) >= u->kept_line);
}

/* All bytes that grow with the input, in one place. */
static size_t
held_bytes(const struct inv_uploader *u)
{
	size_t waiting =
	    u->journal != NULL ? inv_journal_waiting(u->journal) : 0;

	return u->bodies + waiting + u->spill.kept;
}

/* ---- read ---- */

static void
emit_signer(struct inv_buf *b, const struct inv_note_key *key)
{
	struct inv_buf who = INV_BUF(INV_NOTE_KEY_TEXT);

	inv_note_key_put(&who, key);
	inv_emit_member_str(b, INV_LIT("signed_by"), inv_buf_str(&who));
	inv_buf_free(&who);
}

/* What nobody has vouched for is not looked into: key is null then. */
static void
say_stage(struct inv_uploader *u, struct inv_str key)
{
	struct inv_buf b = INV_BUF(INV_LINE_MAX);

	inv_filter_stage(u->f, &b);
	inv_emit_member_str(&b, INV_LIT("ledger"), u->o->namespace);
	if (!inv_str_is(key, "null"))
		inv_emit_member_raw(&b, INV_LIT("key"), key);
	if (u->signer != NULL)
		emit_signer(&b, u->signer);
	inv_emit_close(&b, '}');
	inv_filter_emit(u->f, inv_buf_str(&b), INV_PENDING, 0);
	inv_buf_free(&b);
}

/* The place for our stage line: all stages before us have spoken. */
static void
begin_body(struct inv_uploader *u)
{
	struct inv_err err;
	struct inv_str key =
	    u->o->key.n > 0 ? u->o->key : inv_buf_str(&u->f->block.key);

	memcpy(u->of.manifest, u->f->block.id, INV_MANIFEST_ID);
	u->of.submission = u->f->block.submission;
	if (u->is_unsigned) {
		say_stage(u, INV_LIT("null"));
		return;
	}
	if (!inv_key_init(&u->key, u->digest, key, &err) ||
	    (u->courier != NULL &&
		!inv_courier_fits(u->courier, &u->key, &err))) {
		inv_uploader_fail(u, &err);
		return;
	}
	enum inv_next ours = inv_archive_knows(u->state.fd, u->f->block.arrival,
	    (struct inv_str){ u->f->block.id, INV_MANIFEST_ID },
	    u->f->block.submission, &err);

	if (ours == INV_NEXT_ERR) {
		inv_uploader_fail(u, &err);
		return;
	}
	u->of.arrival = ours == INV_NEXT_LINE ? u->f->block.arrival : 0;
	u->of.chunk_size = u->f->block.chunk_size;
	if (!u->f->block.validated && !u->unvalidated) {
		u->unvalidated = true;
		inv_warn("%.*s: no stage line of inv-validate: records are "
			 "sent as they are",
		    INV_ARG(inv_buf_str(&u->f->block.name)));
	}
	say_stage(u, inv_key_json(&u->key));
}

/* The rows of a batch line are all of the chunk that it names. */
static bool
is_of_chunk(const struct inv_uploader *u, const struct inv_record *rec,
    uint64_t chunk)
{
	const struct inv_member *m = inv_member_find(rec->outer, "rows");
	uint64_t size = u->f->block.chunk_size;
	struct inv_rows rows = { 0 };
	bool is = inv_record_rows(m->value, &rows) && rows.n > 0 &&
	    (rows.range[0].first - 1) / size == chunk &&
	    (rows.range[rows.n - 1].last - 1) / size == chunk;

	inv_rows_free(&rows);
	return is;
}

static void
batch_passed(struct inv_uploader *u, const struct inv_record *rec)
{
	uint64_t chunk;

	if (inv_member_u64(rec->outer, "chunk", &chunk) &&
	    is_of_chunk(u, rec, chunk))
		inv_atomic_passed(u, chunk, rec->row);
	inv_filter_pass(u->f, rec);
}

static void
take(struct inv_uploader *u, const struct inv_record *rec)
{
	switch (rec->kind) {
	case INV_LINE_MANIFEST:
		/* Behind a block without an end: its rows first. */
		inv_atomic_no_end(u);
		u->held_line = *rec;
		u->is_held = true;
		return;
	case INV_LINE_BODY:
		begin_body(u);
		return;
	case INV_LINE_RECORD:
		if (rec->verdict == INV_PENDING && u->is_unsigned) {
			inv_gate_hold_row(u, rec);
			return;
		}
		if (rec->verdict == INV_PENDING) {
			inv_atomic_record(u, rec);
			return;
		}
		if (rec->row > 0)
			inv_atomic_passed(u, rec->chunk, 1);
		break;
	case INV_LINE_BATCH:
		batch_passed(u, rec);
		return;
	case INV_LINE_END:
		inv_atomic_end(u, rec);
		u->held_line = *rec;
		u->is_held = true;
		return;
	case INV_LINE_STAGE:
	case INV_LINE_OTHER:
		break;
	}
	inv_filter_pass(u->f, rec);
}

/*
 * Two writes of the journal, one under way and its own, are what an intent
 * waits for: as many batches as that takes are beside those that are sent.
 */
size_t
inv_uploader_depth(const struct inv_uploader *u)
{
	size_t c = u->o->window;

	return c + (c / 2 < INV_AHEAD_MAX ? c / 2 : INV_AHEAD_MAX);
}

bool
inv_uploader_has_room(const struct inv_uploader *u)
{
	return u->hold != NULL ||
	    (u->whole == NULL && u->queue == NULL &&
		u->window_n < inv_uploader_depth(u) &&
		held_bytes(u) < ROOM_BELOW);
}

static bool
may_read(const struct inv_uploader *u)
{
	return !u->eof && !u->is_held && !u->replaying && !is_stopping(u) &&
	    !u->failed && inv_uploader_has_room(u);
}

/* Reads as long as there is room and input; *wait: there is room only. */
static bool
read_input(struct inv_uploader *u, bool *wait)
{
	struct inv_record rec;
	bool moved = false;
	bool again;

	*wait = false;
	for (int n = 0; n < READ_MAX && may_read(u); n++) {
		if (inv_filter_try(u->f, &rec, &again)) {
			take(u, &rec);
			moved = true;
		} else if (again) {
			*wait = true;
			return moved;
		} else {
			u->eof = true;
			inv_atomic_no_end(u);
			return true;
		}
	}
	return moved;
}

/* Whether anything of the manifest may be sent. */
static void
ask_signer(struct inv_uploader *u, const struct inv_record *manifest)
{
	struct inv_err err;

	if (u->o->signers == NULL)
		return;
	u->signer = inv_signature_by(u->o->signers, manifest->outer, &err);
	u->is_unsigned = u->signer == NULL;
	if (!u->is_unsigned)
		return;
	inv_say("%.*s: %s: nothing of it is sent",
	    INV_ARG(inv_buf_str(&u->f->block.name)), err.msg);
	inv_filter_fault(u->f, INV_DENIED);
}

/* All before the held line is settled: it passes. */
static bool
pass_held(struct inv_uploader *u)
{
	if (!u->is_held || !is_idle(u) || is_stopping(u))
		return false;
	/* The rows of a block without end are counted in no end line. */
	if (u->held_line.kind == INV_LINE_MANIFEST) {
		memset(u->f->block.counts, 0, sizeof(u->f->block.counts));
		ask_signer(u, &u->held_line);
	}
	u->is_held = false;
	inv_filter_pass(u->f, &u->held_line);
	return true;
}

/* ---- admit ---- */

/* The batch or open intent that has a key of b in flight; NULL: none. */
static const struct inv_batch *
in_the_way(const struct inv_uploader *u, const struct inv_batch *b)
{
	/* Nothing has been added since it passed the gate. */
	if (b->clear == inv_flight_added(u->flight))
		return NULL;
	for (size_t i = 0; i < b->n; i++) {
		const struct inv_flown *at =
		    inv_flight_find(u->flight, b->keys[i].key);

		if (at != NULL && at->owner != b)
			return at->owner;
	}
	return NULL;
}

static struct inv_batch *
unqueue(struct inv_uploader *u)
{
	struct inv_batch *b = u->queue;

	u->queue = b->next;
	b->next = NULL;
	return b;
}

/* An intent from the journal: its body is read when its turn comes. */
static bool
load(struct inv_uploader *u, struct inv_batch *b, struct inv_err *err)
{
	const struct inv_seen_row *rows;
	size_t n;

	if (!inv_journal_body(u->journal, b->seq, &b->body, err))
		return false;
	struct inv_intent intent = inv_batch_intent(b);

	if (!inv_keyer_rows(u->keyer, &intent, &rows, &n, err))
		return false;
	b->n = n;
	b->keys = inv_mem_resize(NULL, n, sizeof(*b->keys));
	memcpy(b->keys, rows, n * sizeof(*rows));
	return true;
}

static bool
admit_one(struct inv_uploader *u, struct inv_batch *b)
{
	struct inv_err err;

	if (b->chunk == NULL && b->keys == NULL && !load(u, b, &err)) {
		inv_uploader_fail(u, &err);
		return false;
	}
	const struct inv_batch *other = in_the_way(u, b);

	if (other != NULL && other->state == INV_BATCH_DONE) {
		/* That one stays open: not in this run. */
		snprintf(b->why, sizeof(b->why),
		    "batch %.16s of the same keys is open", other->key);
		inv_settle_unsent(u, unqueue(u), "waits");
		return true;
	}
	if (other != NULL)
		return false;
	b->state = INV_BATCH_READY;
	if (b->seq == 0) {
		b->state = INV_BATCH_SEALING;
		if (!inv_batch_seal_by(b, u->worker, u->digest, u->o->namespace,
			&err)) {
			inv_uploader_fail(u, &err);
			return false;
		}
	}
	b->admitted_ms = inv_clock_ms();
	u->window[u->window_n++] = unqueue(u);
	u->bodies += b->files.n;
	u->bodies += b->seq == 0 ? inv_batch_size(b) : b->body.n;
	for (size_t i = 0; i < b->n; i++) {
		inv_flight_expect(u->flight, b->keys, i, b->n);
		inv_flight_add(u->flight, &b->keys[i], b);
	}
	return true;
}

static bool
admit(struct inv_uploader *u)
{
	bool moved = false;

	while (u->queue != NULL && !u->failed &&
	    u->window_n < inv_uploader_depth(u) &&
	    (u->window_n == 0 || held_bytes(u) < ROOM_BELOW)) {
		if (!admit_one(u, u->queue))
			break;
		moved = true;
	}
	return moved;
}

static bool
is_with_worker(struct inv_uploader *u, const struct inv_batch *b)
{
	return b->state == INV_BATCH_SEALING &&
	    !inv_worker_is_done(u->worker, &b->making);
}

/*
 * Of what is sealed, in the order of the window.  What is not yet is awaited:
 * seen by this turn, so that none is missed that is done behind it.
 */
static bool
write_intents(struct inv_uploader *u)
{
	bool moved = false;
	struct inv_err err;

	u->awaited = NULL;
	for (size_t i = 0; i < u->window_n; i++) {
		struct inv_batch *b = u->window[i];

		if (b->state != INV_BATCH_SEALING)
			continue;
		if (!inv_worker_is_done(u->worker, &b->making)) {
			u->awaited = &b->making;
			break;
		}
		if (!inv_batch_put_down(b, u->digest, &err)) {
			inv_uploader_fail(u, &err);
			return false;
		}
		struct inv_intent intent = inv_batch_intent(b);

		b->seq = inv_journal_intent(u->journal, &intent);
		if (b->seq == 0)
			break;
		b->state = INV_BATCH_INTENT;
		moved = true;
	}
	return moved;
}

static void
drop_queue(struct inv_uploader *u)
{
	while (u->queue != NULL)
		inv_settle_unsent(u, unqueue(u),
		    u->hold != NULL ? u->hold : "not_attempted");
	inv_gate_hold(u);
}

/* ---- send ---- */

/* What was to be sent again counts as such, under whatever key. */
static bool
is_retry(const struct inv_batch *b)
{
	return b->tries + b->retried > 0;
}

/* From when on a batch that was sent so many ms ago is not sent again. */
static uint64_t
stale_from(const struct inv_uploader *u, uint64_t age_ms)
{
	/* The embedded ledger forgets no key. */
	if (u->o->file != NULL)
		return UINT64_MAX;
	return age_ms < u->o->key_ttl_ms
	    ? inv_clock_boot_ms() + (u->o->key_ttl_ms - age_ms)
	    : 0;
}

static void
send(struct inv_uploader *u, struct inv_batch *b)
{
	struct inv_err err;

	if (b->first_ms == 0 && b->chunk != NULL)
		b->stale_ms = stale_from(u, 0);
	if (b->first_ms == 0) {
		b->first_ms = inv_clock_ms();
		inv_figures_first(u, b);
	}
	b->number =
	    inv_throttle_sent(&u->throttle, inv_clock_ms(), is_retry(b));
	b->untold = true;
	if (b->maybe && b->poll == NULL && inv_clock_boot_ms() >= b->stale_ms) {
		inv_settle_ask(u, b);
		return;
	}
	b->state = b->poll == NULL ? INV_BATCH_FLYING : INV_BATCH_POLLING;
	if (!(b->poll == NULL ? inv_courier_post(u->courier, b, &err)
			      : inv_courier_poll(u->courier, b, &err)))
		inv_uploader_fail(u, &err);
}

/* Rate, budget and breaker let it go; else it is seen again when they may. */
static bool
may_send(struct inv_uploader *u, const struct inv_batch *b)
{
	uint64_t when;

	if (u->o->file != NULL ||
	    inv_throttle_may(&u->throttle, inv_clock_ms(), is_retry(b), &when))
		return true;
	if (when < u->throttled_until)
		u->throttled_until = when;
	return false;
}

/* One batch of the window, as far as it gets without waiting. */
static bool
push(struct inv_uploader *u, struct inv_batch *b)
{
	bool over = u->hold != NULL || is_stopping(u);
	enum inv_batch_state before = b->state;

	if (b->state == INV_BATCH_INTENT &&
	    inv_journal_durable(u->journal) >= b->seq)
		b->state = INV_BATCH_WAITING;
	if (b->state == INV_BATCH_WAITING &&
	    (over || inv_clock_ms() >= b->due_ms))
		b->state = INV_BATCH_READY;
	if (b->state == INV_BATCH_READY && over)
		inv_settle_give_up(u, b);
	else if (b->state == INV_BATCH_READY &&
	    inv_courier_has_room(u->courier) && may_send(u, b))
		send(u, b);
	return b->state != before;
}

static bool
push_window(struct inv_uploader *u)
{
	bool moved = inv_settle_shut(u);
	size_t kept = 0;

	u->throttled_until = UINT64_MAX;
	for (size_t i = 0; i < u->window_n && !u->failed; i++)
		moved |= push(u, u->window[i]);
	for (size_t i = 0; i < u->window_n; i++) {
		struct inv_batch *b = u->window[i];

		if (b->state != INV_BATCH_OUTCOME &&
		    b->state != INV_BATCH_SUSPECT) {
			u->window[kept++] = b;
			continue;
		}
		u->bodies -= b->body.n + b->files.n;
		inv_resume_keep(u, b);
		inv_buf_free(&b->body);
		/* Of a replay they are told with its rows. */
		if (b->chunk != NULL)
			inv_buf_free(&b->files);
		if (b->state == INV_BATCH_OUTCOME)
			inv_uploader_settling(u, b);
	}
	u->window_n = kept;
	return moved;
}

/* ---- settle ---- */

static bool
land(struct inv_uploader *u)
{
	struct inv_landing l;
	struct inv_err err;
	bool moved = false;

	if (u->courier == NULL)
		return false;
	if (!inv_courier_work(u->courier, &err)) {
		inv_uploader_fail(u, &err);
		return false;
	}
	while (!u->failed && inv_courier_landed(u->courier, &l)) {
		inv_settle_landing(u, &l);
		moved = true;
	}
	return moved;
}

static bool
finish(struct inv_uploader *u)
{
	uint64_t durable = inv_journal_durable(u->journal);
	bool moved = false;

	while (!u->failed && u->settling != NULL &&
	    u->settling->outcome_line <= durable) {
		struct inv_batch *b = u->settling;

		u->settling = b->next;
		b->next = NULL;
		inv_settle_done(u, b);
		moved = true;
	}
	if (u->replaying && u->queue == NULL && u->window_n == 0 &&
	    u->settling == NULL) {
		u->replaying = false;
		if (u->o->resume && !is_stopping(u))
			inv_resume_tell(u);
		moved = true;
	}
	return moved;
}

/*
 * Lines are there to be written, and batches with the worker: their intents
 * come along, or each would wait for a write and a sync more.  Only those that
 * were there when the first line was, so that it does not wait for ever.
 */
static bool
waits_for_intents(struct inv_uploader *u)
{
	bool any = u->awaited != NULL && inv_journal_waiting(u->journal) > 0;

	for (size_t i = u->window_n; any && u->along == NULL && i-- > 0;)
		if (is_with_worker(u, u->window[i]))
			u->along = u->window[i];
	if (any && u->along != NULL && is_with_worker(u, u->along))
		return true;
	u->along = NULL;
	return false;
}

/*
 * What is to be written is with the worker, and awaited, or still waits for
 * what comes along.
 */
static bool
is_linking(struct inv_uploader *u)
{
	if (u->linking == NULL) {
		if (waits_for_intents(u))
			return true;
		struct inv_job *job = inv_journal_link(u->journal);

		if (job != NULL)
			inv_worker_give(u->worker, job);
		u->linking = job;
	}
	if (u->linking != NULL && inv_worker_is_done(u->worker, u->linking))
		u->linking = NULL;
	if (u->linking != NULL && u->awaited == NULL)
		u->awaited = u->linking;
	return u->linking != NULL;
}

/* One write at a time; what comes meanwhile goes into the next. */
static bool
write_journal(struct inv_uploader *u)
{
	struct inv_journal_write w;
	struct inv_err err;

	if (u->append.happened) {
		u->append.happened = false;
		if (!inv_journal_settled(u->journal, u->append.res, &err)) {
			inv_uploader_fail(u, &err);
			return false;
		}
		return true;
	}
	if (inv_op_is_idle(&u->append.op) && !is_linking(u) &&
	    inv_journal_pending(u->journal, &w))
		inv_ring_append(u->ring, &u->append.op,
		    (struct inv_ring_file){ w.fd, w.direct }, w.bytes,
		    w.offset);
	return false;
}

/* ---- wait ---- */

static uint64_t
next_due(const struct inv_uploader *u)
{
	/* Past the drain nobody is left who would answer. */
	uint64_t due =
	    u->drain_at == 0 || u->courier == NULL ? UINT64_MAX : u->drain_at;

	if (inv_metrics_due(u->f->metrics) < due)
		due = inv_metrics_due(u->f->metrics);
	if (u->throttled_until < due)
		due = u->throttled_until;
	if (u->throttle.breaker != INV_BREAKER_CLOSED && u->hold == NULL &&
	    u->throttle.since_ms + u->o->deadline_ms < due)
		due = u->throttle.since_ms + u->o->deadline_ms;

	for (size_t i = 0; i < u->window_n; i++)
		if (u->window[i]->state == INV_BATCH_WAITING &&
		    u->window[i]->due_ms < due)
			due = u->window[i]->due_ms;
	return due;
}

static void
watch_signals(struct inv_uploader *u)
{
	if (inv_op_is_idle(&u->signal.op))
		inv_ring_watch(u->ring, &u->signal.op, u->signal_fd, POLLIN);
}

/* The second signal means at once. */
static void
take_signals(struct inv_uploader *u)
{
	struct signalfd_siginfo info;

	while (read(u->signal_fd, &info, sizeof(info)) ==
	    (ssize_t)sizeof(info)) {
		u->signals++;
		if (u->drain_at == 0)
			u->drain_at = inv_clock_ms() + u->o->drain_ms;
	}
	if (u->signals > 1 && !u->failed) {
		/* What is not written yet stays so: close says why. */
		inv_fail(&u->f->out.err, INV_AGAIN,
		    "stopped at once by a signal");
		u->f->out.failed = u->failed = true;
	}
}

/* Wait until stdout takes bytes: no longer than signals allow. */
static bool
may_write(void *arg, struct inv_err *err)
{
	struct inv_uploader *u = arg;
	struct pollfd p[] = {
		{ .fd = u->f->out.fd, .events = POLLOUT },
		{ .fd = u->signal_fd, .events = POLLIN },
	};

	for (;;) {
		uint64_t now = inv_clock_ms();
		uint64_t left = u->drain_at > now ? u->drain_at - now : 0;
		int ms = left < INT32_MAX ? (int)left : INT32_MAX;

		if (poll(p, 2, u->drain_at == 0 ? -1 : ms) < 0 &&
		    errno != EINTR)
			return inv_fail_sys(err, INV_INTERNAL, "poll");
		if (p[0].revents != 0)
			return true;
		take_signals(u);
		if (u->failed)
			return false;
		if (u->drain_at != 0 && inv_clock_ms() >= u->drain_at)
			return inv_fail(err, INV_AGAIN,
			    "stdout: stopped by a signal, and nobody reads it");
	}
}

static void
wait(struct inv_uploader *u, bool input)
{
	struct inv_err err;
	uint64_t due = next_due(u);

	/* Failures are sticky, and looked at in the loop. */
	if (!inv_out_flush(&u->f->out, &err))
		u->f->out.failed = true;
	watch_signals(u);
	if (input && inv_op_is_idle(&u->input.op))
		inv_ring_watch(u->ring, &u->input.op, u->f->in.fd, POLLIN);
	if (due != UINT64_MAX)
		inv_ring_timer(u->ring, &u->timer.op, due);
	if (!inv_ring_turn(u->ring, &err))
		inv_uploader_fail(u, &err);
}

/*
 * Input that is always there must not keep what the ring has waiting: answers
 * and writes that are done make room for what is read next.
 */
static void
look(struct inv_uploader *u)
{
	struct inv_err err;

	if (!inv_ring_look(u->ring, &err))
		inv_uploader_fail(u, &err);
}

/* ---- begin and end ---- */

static bool
open_signals(struct inv_uploader *u, struct inv_err *err)
{
	struct sigaction hangup;
	sigset_t set;

	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	/* Not under nohup: what is blocked would come although ignored. */
	if (sigaction(SIGHUP, NULL, &hangup) != 0 ||
	    hangup.sa_handler != SIG_IGN)
		sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	u->signal_fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	if (u->signal_fd < 0)
		return inv_fail_sys(err, INV_INTERNAL, "signalfd");
	inv_out_guard(&u->f->out, may_write, u);
	inv_out_small(&u->f->out);
	return true;
}

/* The lease, or in time the reason to hold everything. */
static bool
take_lease(struct inv_uploader *u, struct inv_err *err)
{
	uint64_t until = inv_clock_ms() + u->o->wait_ms;
	bool told = false;

	while (!inv_lease_take(&u->lease, &u->state, err)) {
		if (err->fault != INV_AGAIN)
			return false;
		if (inv_clock_ms() >= until || is_stopping(u)) {
			u->hold = "lease";
			u->hold_fault = INV_AGAIN;
			snprintf(u->hold_why, sizeof(u->hold_why), "%s",
			    err->msg);
			inv_say("%s: all rows are held", err->msg);
			return true;
		}
		if (!told)
			inv_warn("%s: waiting", err->msg);
		told = true;
		watch_signals(u);
		inv_ring_timer(u->ring, &u->timer.op,
		    inv_clock_ms() + LEASE_POLL_MS);
		if (!inv_ring_turn(u->ring, err))
			return false;
		take_signals(u);
		if (u->failed)
			return true;
	}
	return true;
}

/*
 * How old an intent is can not be known where the clock is behind a line of
 * the journal: then it is as old as can be.
 */
static uint64_t
age_of(const struct inv_uploader *u, int64_t wall)
{
	int64_t now = inv_clock_wall();

	if (now < inv_journal_latest(u->journal))
		return UINT64_MAX;
	return (uint64_t)(now - wall) * 1000;
}

static struct inv_batch *
replay_of(struct inv_uploader *u, size_t i, struct inv_err *err)
{
	struct inv_origin of = { 0 };
	uint64_t seq;
	int64_t wall;
	struct inv_intent in = inv_journal_open_at(u->journal, i, &seq, &wall);

	memcpy(of.manifest, in.manifest.p, INV_MANIFEST_ID);
	of.submission = in.submission;
	of.arrival = in.arrival;
	of.chunk = in.chunk;
	of.chunk_size = in.chunk_size;
	struct inv_batch *b = inv_batch_new(&of, NULL, NULL, 0);

	b->seq = seq;
	b->maybe = b->unclear = true;
	b->stale_ms = stale_from(u, age_of(u, wall));
	memcpy(b->hash, in.batch_hash.p, INV_DIGEST_HEX);
	b->rooted = in.records_root.n == INV_DIGEST_HEX;
	if (b->rooted)
		memcpy(b->root, in.records_root.p, INV_DIGEST_HEX);
	memcpy(b->key, in.key.p, INV_DIGEST_HEX);
	b->derived = in.parent.n == INV_DIGEST_HEX;
	if (b->derived)
		memcpy(b->parent, in.parent.p, INV_DIGEST_HEX);
	for (size_t r = 0; r < in.rows->n; r++)
		inv_rows_join(&b->rows, in.rows->range[r].first,
		    in.rows->range[r].last);
	inv_buf_add(&b->order, in.order);
	inv_buf_add(&b->files, in.files);
	b->own_key = inv_mem_new(sizeof(*b->own_key));
	b->keyed_by = b->own_key;
	if (inv_key_init(b->own_key, u->digest, in.keyed_by, err))
		return b;
	inv_batch_free(b);
	return NULL;
}

static bool
queue_replays(struct inv_uploader *u, struct inv_err *err)
{
	size_t n = inv_journal_open_count(u->journal);
	size_t stale = 0;

	for (size_t i = 0; i < n; i++) {
		struct inv_batch *b = replay_of(u, i, err);

		if (b == NULL)
			return false;
		inv_uploader_queue(u, b, NULL);
		stale += b->stale_ms == 0;
	}
	u->replaying = n > 0 || u->o->resume;
	if (n > stale)
		inv_warn("%zu batches of an earlier run have no outcome: sent "
			 "again first, with the same keys",
		    n - stale);
	if (stale > 0)
		inv_warn("%zu batches without an outcome are older than "
			 "--key-ttl: asked for, and not sent again",
		    stale);
	return true;
}

/* Before anything is sent, when it costs nobody's time but ours. */
static void
pack_journal(struct inv_uploader *u)
{
	struct inv_err err;
	bool more = true;

	while (more && !is_stopping(u)) {
		if (!inv_journal_pack(u->journal, &more, &err)) {
			inv_warn("%s: the journal stays as it is", err.msg);
			return;
		}
		take_signals(u);
	}
}

/*
 * A database is made before the first intent.  One that is lost would be made
 * anew, and rows that were in it skipped as committed.
 */
static bool
has_its_ledger(const struct inv_uploader *u, struct inv_err *err)
{
	struct stat st;

	if (u->o->file == NULL || inv_journal_durable(u->journal) == 0)
		return true;
	bool lost =
	    stat(u->o->file, &st) == 0 ? st.st_size == 0 : errno == ENOENT;

	return !lost ||
	    inv_fail(err, INV_CONFIG,
		"%s: no ledger, and the journal has batches for it: put it "
		"back, or begin a new state directory",
		u->o->file);
}

static bool
open_store(struct inv_uploader *u, struct inv_err *err)
{
	if (!take_lease(u, err))
		return false;
	if (u->hold != NULL && u->o->resume)
		inv_filter_fault(u->f, INV_AGAIN);
	if (u->hold != NULL || u->failed)
		return true;
	if (!inv_lease_claim(&u->state, u->o->namespace, INV_CLAIM_KEEP, err) ||
	    !inv_home_check(&u->state, err))
		return false;
	u->journal = inv_journal_open(&u->state, err);
	if (u->journal == NULL || !has_its_ledger(u, err))
		return false;
	if (inv_journal_cut(u->journal) > 0)
		inv_warn("the journal ended in %ju bytes of a torn line: cut",
		    (uintmax_t)inv_journal_cut(u->journal));
	pack_journal(u);
	return queue_replays(u, err);
}

static bool
open_all(struct inv_uploader *u, struct inv_err *err)
{
	unsigned char bits[INV_RUN_ID / 2];

	if (!open_signals(u, err))
		return false;
	u->ring = inv_ring_open(u->o->engine, err);
	if (u->ring == NULL)
		return false;
	inv_note("waiting with %s", inv_ring_name(u->ring));
	u->digest = inv_digest_new();
	u->worker_digest = inv_digest_new();
	u->canon = inv_canon_new();
	u->scan = inv_scan_new();
	u->keyer = inv_keyer_new();
	u->flight = inv_flight_new();
	inv_throttle_init(&u->throttle,
	    &(struct inv_throttle_options){ .rate = u->o->rate,
		.budget = u->o->budget,
		.breaker = u->o->breaker,
		.wait = u->o->retry });
	inv_random(bits, sizeof(bits));
	inv_str_hex(bits, sizeof(bits), u->run);
	if (!open_store(u, err))
		return false;
	struct inv_courier_options co = {
		.file = u->o->file,
		.url = &u->o->url,
		.path = u->o->path,
		.access = &u->o->access,
		.slots = u->o->window,
		.timeout_ms = u->o->timeout_ms,
		.run = { u->run, INV_RUN_ID },
	};

	if (u->hold != NULL || u->failed)
		return true;
	u->worker = inv_worker_open(u->worker_digest);
	u->courier = inv_courier_open(u->ring, &co, err);
	return u->courier != NULL;
}

/* A batch that will not be settled, and its hold on a chunk. */
static void
drop(struct inv_uploader *u, struct inv_batch *b)
{
	struct inv_chunk *c = b->chunk;

	inv_batch_free(b);
	if (c != NULL && --c->uses == 0)
		inv_gate_recycle(u, c);
}

static void
drop_all(struct inv_uploader *u, struct inv_batch *b)
{
	while (b != NULL) {
		struct inv_batch *next = b->next;

		drop(u, b);
		b = next;
	}
}

/* Those are settled: their chunk is no longer theirs. */
static void
free_known(struct inv_batch *b)
{
	while (b != NULL) {
		struct inv_batch *next = b->next;

		inv_batch_free(b);
		b = next;
	}
}

static void
close_all(struct inv_uploader *u)
{
	struct inv_err err;

	inv_worker_close(u->worker);
	/* The last lines go out while a signal can still be heard. */
	if (!u->failed && !inv_out_flush(&u->f->out, &err))
		u->failed = true;
	inv_out_guard(&u->f->out, NULL, NULL);
	inv_figures_now(u);
	inv_courier_close(u->courier);
	inv_ring_close(u->ring);
	if (!inv_journal_close(u->journal, &err))
		inv_uploader_fail(u, &err);
	inv_lease_close(&u->lease);
	for (size_t i = 0; i < u->window_n; i++)
		drop(u, u->window[i]);
	drop_all(u, u->queue);
	drop_all(u, u->settling);
	drop_all(u, u->suspects);
	free_known(u->known);
	inv_gate_free(u);
	inv_arrivals_free(&u->arrivals);
	inv_backlog_free(&u->backlog);
	inv_flight_free(u->flight);
	inv_keyer_free(u->keyer);
	inv_results_free(&u->results);
	inv_scan_free(u->scan);
	inv_canon_free(u->canon);
	inv_digest_free(u->worker_digest);
	inv_digest_free(u->digest);
	if (u->signal_fd >= 0)
		close(u->signal_fd);
	free(u);
}

/* The drain is over: what still flies is left in doubt. */
static void
abandon(struct inv_uploader *u)
{
	inv_courier_close(u->courier);
	u->courier = NULL;
	for (size_t i = 0; i < u->window_n; i++) {
		struct inv_batch *b = u->window[i];

		if (b->state != INV_BATCH_FLYING &&
		    b->state != INV_BATCH_POLLING &&
		    b->state != INV_BATCH_ASKING)
			continue;
		b->maybe = b->unclear = true;
		snprintf(b->why, sizeof(b->why), "stopped before the answer");
		inv_settle_give_up(u, b);
	}
}

/* Nothing more is read or begun; rows that were are given away as held. */
static bool
wind_down(struct inv_uploader *u)
{
	if (u->f->out.failed && u->drain_at == 0)
		u->drain_at = inv_clock_ms() + u->o->drain_ms;
	if (u->hold == NULL && !is_stopping(u))
		return false;
	if (is_stopping(u) && u->courier != NULL &&
	    inv_clock_ms() >= u->drain_at)
		abandon(u);
	inv_atomic_hold(u);
	if (u->queue == NULL && u->whole == NULL && u->open == NULL)
		return false;
	drop_queue(u);
	return true;
}

/* Everything that can be done without waiting; false: nothing could. */
static bool
turn(struct inv_uploader *u, bool *input)
{
	bool moved = wind_down(u);

	moved |= read_input(u, input);
	moved |= inv_atomic_turn(u);
	if (u->journal != NULL) {
		moved |= inv_gate_turn(u);
		moved |= admit(u);
		moved |= write_intents(u);
		moved |= write_journal(u);
		moved |= push_window(u);
		moved |= land(u);
		moved |= push_window(u);
		moved |= finish(u);
		moved |= inv_settle_suspects(u, !moved);
	}
	moved |= pass_held(u);
	return moved;
}

/* For as long as a batch takes; false: the worker has nothing of ours. */
static bool
wait_for_worker(struct inv_uploader *u)
{
	if (u->awaited == NULL)
		return false;
	inv_worker_wait(u->worker, u->awaited);
	return true;
}

static void
loop(struct inv_uploader *u)
{
	struct inv_err err;
	bool input;

	for (;;) {
		take_signals(u);
		if (u->failed)
			break;
		inv_figures_tell(u);
		if (turn(u, &input)) {
			look(u);
			continue;
		}
		if (u->failed)
			break;
		if ((u->eof || is_stopping(u)) && is_idle(u))
			break;
		if (!wait_for_worker(u))
			wait(u, input);
	}
	if (!u->failed && u->signals > 0) {
		inv_fail(&err, INV_AGAIN,
		    "stopped by a signal; run it again, nothing is lost");
		inv_filter_stop(u->f, &err);
	}
}

void
inv_uploader_run(struct inv_filter *f, const struct inv_uploader_options *o,
    const struct inv_state *state)
{
	inv_mem_return_large();

	struct inv_uploader *u = inv_mem_new(sizeof(*u));
	struct inv_err err;

	u->o = o;
	u->f = f;
	u->state = *state;
	u->arrivals.state = state->fd;
	u->lease = INV_LEASE;
	inv_spill_init(&u->spill, state->path);
	inv_backlog_init(&u->backlog, state->path);
	u->signal_fd = -1;
	u->eof = o->alone;
	inv_figures_begin(u);
	u->append.op.fn = u->input.op.fn = on_event;
	u->timer.op.fn = u->signal.op.fn = on_event;
	if (open_all(u, &err))
		loop(u);
	else
		inv_uploader_fail(u, &err);
	close_all(u);
}
