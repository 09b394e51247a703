/*
 * gate.c - rows into chunks, chunks into batches
 *
 * A chunk goes through the gate when every row of it has passed and none of
 * its keys is in flight: only then is it known what each key last committed.
 */

#include <stdlib.h>

#include "base/log.h"
#include "base/mem.h"
#include "commit/uploader.h"
#include "data/emit.h"
#include "store/archive.h"
#include "store/attachments_check.h"

/* ---- lists ---- */

static void
append(struct inv_chunk **list, struct inv_chunk *c)
{
	while (*list != NULL)
		list = &(*list)->next;
	*list = c;
	c->next = NULL;
}

static void
take_out(struct inv_chunk **list, struct inv_chunk *c)
{
	while (*list != c)
		list = &(*list)->next;
	*list = c->next;
	c->next = NULL;
}

void
inv_gate_recycle(struct inv_uploader *u, struct inv_chunk *c)
{
	inv_chunk_reset(c, 0);
	c->next = u->spare;
	u->spare = c;
}

static void
free_list(struct inv_chunk *c)
{
	while (c != NULL) {
		struct inv_chunk *next = c->next;

		inv_chunk_free(c);
		c = next;
	}
}

void
inv_gate_free(struct inv_uploader *u)
{
	free_list(u->open);
	free_list(u->whole);
	free_list(u->spare);
	inv_spill_free(&u->spill);
}

/* ---- rows into chunks ---- */

static struct inv_batch *known_batch(const struct inv_uploader *u,
    uint64_t row);

void
inv_gate_hold_row(struct inv_uploader *u, const struct inv_record *rec)
{
	const struct inv_batch *known = known_batch(u, rec->row);
	const char *reason = u->is_unsigned ? "unsigned" : "not_attempted";

	if (u->hold != NULL)
		reason = u->hold;
	if (known != NULL && known->outcome == INV_OUTCOME_OPEN)
		inv_settle_verdict(u, known, rec);
	else
		inv_settle_row(u, rec,
		    (struct inv_ruling){
			.verdict = INV_HELD, .reason = inv_str_of(reason) });
}

static void
hold_chunk(struct inv_uploader *u, struct inv_chunk *c)
{
	struct inv_record rec;

	for (size_t i = 0; i < c->n; i++)
		if (inv_settle_kept(u, c, i, &rec))
			inv_gate_hold_row(u, &rec);
	inv_gate_recycle(u, c);
}

void
inv_gate_gaps(struct inv_uploader *u)
{
	while (u->open != NULL) {
		struct inv_chunk *c = u->open;

		take_out(&u->open, c);
		u->open_n--;
		hold_chunk(u, c);
	}
}

void
inv_gate_hold(struct inv_uploader *u)
{
	inv_gate_gaps(u);
	while (u->whole != NULL) {
		struct inv_chunk *c = u->whole;

		take_out(&u->whole, c);
		hold_chunk(u, c);
	}
}

static struct inv_chunk *
chunk_of(struct inv_uploader *u, uint64_t number)
{
	for (struct inv_chunk *c = u->open; c != NULL; c = c->next)
		if (c->number == number)
			return c;
	if (u->open_n == INV_CHUNKS_OPEN_MAX) {
		struct inv_chunk *oldest = u->open;

		take_out(&u->open, oldest);
		u->open_n--;
		hold_chunk(u, oldest);
	}
	struct inv_chunk *c = u->spare;

	if (c != NULL)
		u->spare = c->next;
	else
		c = inv_chunk_new(&u->spill);
	inv_chunk_reset(c, number);
	append(&u->open, c);
	u->open_n++;
	return c;
}

/*
 * No row of it is missing: it is not open any more.  The first goes through the
 * gate at once, the lines of those behind it have to wait.
 */
static void
complete(struct inv_uploader *u, struct inv_chunk *c)
{
	bool first = u->whole == NULL;
	struct inv_err err;

	take_out(&u->open, c);
	u->open_n--;
	append(&u->whole, c);
	if (!first && !inv_chunk_settle(c, u->digest, &err))
		inv_uploader_fail(u, &err);
}

/* How many rows of the chunk the block is about; a last chunk may have less. */
static uint64_t
due_of(const struct inv_uploader *u, const struct inv_chunk *c)
{
	const struct inv_block *k = &u->f->block;
	uint64_t before = c->number * k->chunk_size;

	if (k->subset.n == 0)
		return k->chunk_size;
	return inv_rows_within(&k->subset, before + 1, before + k->chunk_size);
}

static void
count_passed(struct inv_uploader *u, struct inv_chunk *c, uint64_t rows)
{
	c->passed += rows;
	if (c->passed < due_of(u, c))
		return;
	complete(u, c);
}

void
inv_gate_passed(struct inv_uploader *u, uint64_t chunk, uint64_t rows)
{
	if (u->hold == NULL)
		count_passed(u, chunk_of(u, chunk), rows);
}

static bool
is_of_block(const struct inv_uploader *u, const struct inv_batch *b)
{
	return memcmp(b->of.manifest, u->of.manifest, INV_MANIFEST_ID) == 0 &&
	    b->of.submission == u->of.submission;
}

/* The intent known from before that has this row of our block. */
static struct inv_batch *
known_batch(const struct inv_uploader *u, uint64_t row)
{
	for (struct inv_batch *b = u->known; b != NULL; b = b->next)
		if (is_of_block(u, b) && inv_rows_has(&b->rows, row))
			return b;
	return NULL;
}

static void
refuse_number(struct inv_uploader *u, const struct inv_record *rec)
{
	struct inv_buf errors = INV_BUF(1 << 20);

	inv_buf_add(&errors,
	    INV_LIT("[{\"type\":\"number_not_exact\",\"loc\":"));
	inv_canon_loc(u->canon, &errors);
	inv_buf_add(&errors,
	    INV_LIT(",\"msg\":\"RFC 8785 has no text for this number that "
		    "keeps its value\"}]"));
	inv_warn("%s: a number that can not be written exactly "
		 "[number_not_exact]",
	    inv_filter_where(u->f, rec));
	inv_filter_rule(u->f, rec,
	    (struct inv_ruling){ .verdict = INV_QUARANTINED,
		.reason = INV_LIT("malformed_row"),
		.errors = inv_buf_str(&errors) });
	inv_buf_free(&errors);
}

static void
refuse_files(struct inv_uploader *u, const struct inv_record *rec,
    struct inv_str errors)
{
	inv_filter_rule(u->f, rec,
	    (struct inv_ruling){ .verdict = INV_QUARANTINED,
		.reason = INV_LIT("attachment"),
		.errors = errors });
}

/* Somebody has edited what inv-validate wrote. */
static void
refuse_list(struct inv_uploader *u, const struct inv_record *rec)
{
	inv_warn("%s: attachments: is not as inv-validate writes it "
		 "[attachment_refused]",
	    inv_filter_where(u->f, rec));
	refuse_files(u, rec,
	    INV_LIT("[{\"type\":\"attachment_refused\",\"loc\":[],"
		    "\"msg\":\"attachments is not as inv-validate "
		    "writes it\"}]"));
}

/*
 * Are its files kept here?  A list comes with the stream, which anybody may
 * have written, or inv-validate with another state directory.  What is in an
 * intent already has its verdict from that.
 */
static bool
has_its_files(struct inv_uploader *u, const struct inv_record *rec,
    struct inv_str list)
{
	struct inv_file_named file;
	struct inv_err err;

	if (list.n == 0 || known_batch(u, rec->row) != NULL)
		return true;
	while (inv_files_each(&list, &file))
		if (!inv_attachments_has(u->state.fd, &file, &err)) {
			inv_warn("%s: %s [attachment_missing]",
			    inv_filter_where(u->f, rec), err.msg);
			refuse_files(u, rec,
			    INV_LIT("[{\"type\":\"attachment_missing\","
				    "\"loc\":[],\"msg\":\"a file that it "
				    "names is not in the state directory, or "
				    "damaged there\"}]"));
			return false;
		}
	return true;
}

void
inv_gate_record(struct inv_uploader *u, const struct inv_record *rec)
{
	struct inv_chunk_tools tools = { u->canon, u->digest, &u->key, u->scan,
		u->of.arrival, &u->arrivals,
		{ u->of.manifest, INV_MANIFEST_ID }, u->of.submission };
	struct inv_err err;

	if (u->hold != NULL) {
		inv_gate_hold_row(u, rec);
		return;
	}
	struct inv_chunk *c = chunk_of(u, rec->chunk);
	struct inv_str files;

	if (!inv_chunk_files_of(rec, &files, &err))
		refuse_list(u, rec);
	else if (has_its_files(u, rec, files) &&
	    !inv_chunk_add(c, rec, files, &tools, &err)) {
		if (err.fault != INV_BAD) {
			inv_uploader_fail(u, &err);
			return;
		}
		refuse_number(u, rec);
	}
	count_passed(u, c, 1);
}

/* The end has come: short last chunks are whole, others have a gap. */
void
inv_gate_end(struct inv_uploader *u)
{
	const struct inv_block *k = &u->f->block;
	bool beyond =
	    k->rows.n > 0 && k->rows.range[k->rows.n - 1].last > k->announced;

	while (u->open != NULL) {
		struct inv_chunk *c = u->open;
		uint64_t before = c->number * k->chunk_size;
		uint64_t due =
		    k->announced > before ? k->announced - before : 0;

		if (c->passed == due && !beyond && k->subset.n == 0) {
			complete(u, c);
			continue;
		}
		take_out(&u->open, c);
		u->open_n--;
		hold_chunk(u, c);
	}
}

/* ---- chunks into batches ---- */

static bool
is_in_flight(const struct inv_uploader *u, const struct inv_chunk *c)
{
	for (size_t i = 0; i < c->n; i++) {
		inv_flight_expect(u->flight, c->key, i, c->n);
		const struct inv_flown *at =
		    inv_flight_find(u->flight, c->key[i].key);
		const struct inv_batch *owner = at == NULL ? NULL : at->owner;

		if (owner != NULL && owner->state != INV_BATCH_DONE)
			return true;
	}
	return false;
}

/* How a row stands to what its key last committed. */
enum standing {
	STANDS_NEW,    /* nothing, or older content */
	STANDS_SAME,   /* the same content */
	STANDS_BEHIND, /* a later row of its own manifest */
	STANDS_OLDER,  /* a manifest that arrived later: superseded */
};

static bool
is_behind(const struct inv_seen_row *own, const struct inv_seen_row *seen)
{
	return own->arrival != 0 && seen->arrival == own->arrival &&
	    inv_seen_rank(seen->row) > inv_seen_rank(own->row);
}

/*
 * What has no arrival of our archive has no place in an order.  A correction
 * is not done because a later row of what it corrects has its key.
 */
static enum standing
standing_of(const struct inv_seen_row *own, const struct inv_seen_row *seen)
{
	bool same = memcmp(seen->digest, own->digest, INV_KEY) == 0;
	bool corrects = (own->row & INV_SEEN_CORRECTS) != 0;

	if (seen->row == 0)
		return STANDS_NEW;
	if (is_behind(own, seen) && !corrects)
		return STANDS_BEHIND;
	if (same)
		return STANDS_SAME;
	if (is_behind(own, seen))
		return STANDS_OLDER;
	return own->arrival != 0 && seen->arrival > own->arrival ? STANDS_OLDER
								 : STANDS_NEW;
}

/* NULL, and the run has failed, where the archive has no such arrival. */
static const char *
manifest_of(struct inv_uploader *u, uint64_t arrival)
{
	struct inv_whose *whose = &u->whose;
	uint64_t submission;
	struct inv_err err;

	if (whose->arrival == arrival)
		return whose->manifest;
	enum inv_next next = inv_archive_whose(u->state.fd, arrival,
	    whose->manifest, &submission, &err);

	if (next == INV_NEXT_END)
		inv_fail(&err, INV_IO,
		    "%s/archive/index: no arrival %ju, of which the journal "
		    "has rows: was it rolled back?",
		    u->state.path, (uintmax_t)arrival);
	if (next != INV_NEXT_LINE) {
		whose->arrival = 0;
		inv_uploader_fail(u, &err);
		return NULL;
	}
	whose->arrival = arrival;
	return whose->manifest;
}

static void
skip_row(struct inv_uploader *u, const struct inv_seen_row *own,
    const struct inv_record *rec, const struct inv_seen_row *seen)
{
	struct inv_buf more = INV_BUF(1024);
	enum standing standing = standing_of(own, seen);
	bool older = standing == STANDS_OLDER;
	const char *of = NULL;

	if (older)
		of = manifest_of(u, seen->arrival);
	else if (standing == STANDS_BEHIND)
		of = u->of.manifest;
	if (of != NULL)
		inv_buf_addf(&more,
		    "\"of\":{\"manifest\":\"%.*s\",\"row\":%ju}",
		    INV_MANIFEST_SHORT, of,
		    (uintmax_t)(seen->row & ~INV_SEEN_CORRECTS));
	if (!u->failed)
		inv_settle_row(u, rec,
		    (struct inv_ruling){ .verdict = INV_SKIPPED,
			.reason = older ? INV_LIT("superseded")
					: INV_LIT("already_committed"),
			.more = inv_buf_str(&more) });
	inv_buf_free(&more);
}

/* Behind a row of its key that is in an intent which stays open. */
static void
wait_row(struct inv_uploader *u, const struct inv_record *rec,
    const struct inv_flown *on)
{
	const struct inv_batch *owner = on->owner;
	struct inv_buf more = INV_BUF(1024);

	inv_buf_addf(&more, "\"on\":{\"manifest\":\"%.*s\",\"row\":%ju}",
	    INV_MANIFEST_SHORT, owner->of.manifest, (uintmax_t)on->row);
	inv_settle_row(u, rec,
	    (struct inv_ruling){ .verdict = INV_HELD,
		.reason = INV_LIT("waits"),
		.more = inv_buf_str(&more) });
	inv_buf_free(&more);
}

/* Where a row of a whole chunk goes. */
enum fate {
	FATE_OPEN, /* it is in an intent that stays open */
	FATE_BACK, /* a replay of this run has committed it */
	FATE_SKIP, /* committed, or overtaken by what is */
	FATE_WAIT, /* its key is in an intent that stays open */
	FATE_SEND,
};

/* A chunk at the gate; arrays by the indexes of its rows. */
struct passage {
	struct inv_chunk *c;
	size_t *order; /* indexes, by row number */
	/* Their keys, and where they stand in the order of what these hold. */
	struct inv_seen_row *own;
	struct inv_seen_row *seen;
	enum fate *fate;
	/* By key: 1 + the index of the row that has decided for it; 0: none. */
	size_t *decider;
	size_t mask; /* of its places, twice the rows at least */
};

static int
by_row(const void *a, const void *b)
{
	const struct inv_seen_row *x = a;
	const struct inv_seen_row *y = b;

	return (x->row > y->row) - (x->row < y->row);
}

/* The replayed batch has this very row. */
static bool
has_brought(const struct inv_batch *b, const struct inv_seen_row *own)
{
	const struct inv_seen_row *k =
	    bsearch(own, b->keys, b->n, sizeof(*b->keys), by_row);

	return k != NULL && memcmp(k->digest, own->digest, INV_KEY) == 0;
}

/* It, or a later row of its manifest, is what the key last committed. */
static bool
is_done(const struct inv_seen_row *own, const struct inv_seen_row *seen)
{
	return standing_of(own, seen) == STANDS_BEHIND ||
	    (own->arrival != 0 && own->arrival == seen->arrival &&
		own->row == seen->row &&
		memcmp(own->digest, seen->digest, INV_KEY) == 0);
}

static size_t *
decider_of(const struct passage *p, const unsigned char *key)
{
	const struct inv_seen_row *rows = p->c->key;
	uint64_t at;

	memcpy(&at, key, sizeof(at));
	for (;; at++) {
		size_t *found = &p->decider[at & p->mask];

		if (*found == 0 ||
		    memcmp(rows[*found - 1].key, key, INV_KEY) == 0)
			return found;
	}
}

/*
 * A row that comes before another of its key in the manifest, and behind it in
 * the order of what the key holds, as that one corrects something earlier: it
 * is not done because that one is skipped.
 */
static bool
stands_behind(const struct inv_seen_row *own, const struct inv_seen_row *other,
    const struct inv_seen_row *seen)
{
	bool behind = own->arrival != other->arrival
	    ? own->arrival > other->arrival
	    : inv_seen_rank(own->row) > inv_seen_rank(other->row);

	return behind && !is_done(other, seen);
}

/*
 * Rows of one key share their fate, which the last of them decides: the
 * others are before it, and must not be sent behind it.  Those that are done
 * are not sent once more.
 */
static enum fate
fate_of(struct inv_uploader *u, const struct passage *p, size_t i)
{
	const struct inv_seen_row *own = &p->own[i];
	const struct inv_seen_row *seen = &p->seen[i];
	const struct inv_batch *known = known_batch(u, p->c->row[i].row);

	if (known != NULL && known->outcome == INV_OUTCOME_OPEN)
		return FATE_OPEN;
	if (known != NULL && has_brought(known, &p->c->key[i]))
		return known->told ? FATE_SKIP : FATE_BACK;
	size_t *decider = decider_of(p, own->key);

	if (*decider != 0 && p->fate[*decider - 1] == FATE_SEND)
		return is_done(own, seen) ? FATE_SKIP : FATE_SEND;
	if (*decider != 0 && !stands_behind(own, &p->own[*decider - 1], seen))
		return FATE_SKIP;
	bool skip = standing_of(own, seen) != STANDS_NEW;

	if (inv_flight_find(u->flight, own->key) != NULL)
		return skip && seen->arrival >= own->arrival ? FATE_SKIP
							     : FATE_WAIT;
	*decider = i + 1;
	return skip ? FATE_SKIP : FATE_SEND;
}

static void
decide(struct inv_uploader *u, const struct passage *p)
{
	struct inv_chunk *c = p->c;

	for (size_t k = c->n; k-- > 0;) {
		enum fate fate = fate_of(u, p, p->order[k]);

		p->fate[p->order[k]] = fate;
		c->proven |= fate == FATE_BACK ||
		    (fate == FATE_SKIP &&
			standing_of(&p->own[p->order[k]],
			    &p->seen[p->order[k]]) != STANDS_OLDER);
	}
}

/* Tell what can be told of row i; true: it is to be sent. */
static bool
pass_row(struct inv_uploader *u, const struct passage *p, size_t i)
{
	const struct inv_chunk *c = p->c;
	uint64_t row = c->row[i].row;
	struct inv_record rec;

	if (p->fate[i] == FATE_SEND)
		return true;
	if (p->fate[i] == FATE_BACK) {
		struct inv_batch *known = known_batch(u, row);

		inv_rows_join(&known->back, row, row);
		inv_correct_note(u, known, c, i);
		return false;
	}
	if (!inv_settle_kept(u, c, i, &rec))
		return false;
	switch (p->fate[i]) {
	case FATE_OPEN:
		inv_settle_verdict(u, known_batch(u, row), &rec);
		return false;
	case FATE_SKIP:
		skip_row(u, &p->own[i], &rec, &p->seen[i]);
		return false;
	case FATE_WAIT:
		wait_row(u, &rec, inv_flight_find(u->flight, c->key[i].key));
		return false;
	case FATE_BACK:
	case FATE_SEND:
		break;
	}
	return false;
}

/* The rows of each replayed batch that have come by: a line for each batch. */
static void
tell_replays(struct inv_uploader *u)
{
	for (struct inv_batch *b = u->known; b != NULL; b = b->next)
		if (b->back.count > 0 && !b->told)
			inv_settle_batch_line(u, b, &b->back);
}

/* Cut in row order where a body would pass its ceiling. */
static void
cut_batches(struct inv_uploader *u, struct inv_chunk *c, const size_t *member,
    size_t n)
{
	struct inv_origin of = u->of;

	of.chunk = c->number;
	for (size_t from = 0; from < n;) {
		size_t fit = inv_batch_fit(c, member + from, n - from);
		struct inv_batch *b = inv_batch_new(&of, c, member + from, fit);

		b->keyed_by = &u->key;
		b->clear = inv_flight_added(u->flight);
		inv_uploader_queue(u, b, NULL);
		from += fit;
	}
}

static bool
is_sent(const struct passage *p, const unsigned char *key)
{
	size_t decider = *decider_of(p, key);

	return decider != 0 && p->fate[decider - 1] == FATE_SEND;
}

/*
 * Skipped, as an earlier row committed the same: what its key holds is this
 * row's from now on, so that nothing between the two can come behind it.
 */
static bool
is_kept(const struct inv_uploader *u, const struct passage *p, size_t i)
{
	const struct inv_seen_row *own = &p->own[i];
	const struct inv_seen_row *seen = &p->seen[i];

	return p->fate[i] == FATE_SKIP &&
	    standing_of(own, seen) == STANDS_SAME && !is_sent(p, own->key) &&
	    (own->arrival > seen->arrival ||
		(own->arrival == seen->arrival &&
		    inv_seen_rank(own->row) > inv_seen_rank(seen->row))) &&
	    inv_flight_find(u->flight, own->key) == NULL;
}

/* Write down the rows of a chunk that are kept, if there are any. */
static bool
keep_rows(struct inv_uploader *u, const struct passage *p, struct inv_err *err)
{
	struct inv_chunk *c = p->c;
	struct inv_seen_row *kept = inv_mem_resize(NULL, c->n, sizeof(*kept));
	struct inv_rows rows = { 0 };
	size_t *member = inv_mem_resize(NULL, c->n, sizeof(*member));
	struct inv_buf order = INV_BUF(INV_ORDER_MAX);
	struct inv_intent of = { .manifest = { u->of.manifest,
				     INV_MANIFEST_ID },
		.submission = u->of.submission,
		.arrival = u->of.arrival,
		.chunk = c->number,
		.rows = &rows };

	for (size_t k = 0; k < c->n; k++) {
		size_t i = p->order[k];

		if (!is_kept(u, p, i))
			continue;
		member[rows.count] = i;
		kept[rows.count] = c->key[i];
		inv_rows_join(&rows, c->key[i].row, c->key[i].row);
	}
	inv_correct_order(c, member, rows.count, &order);
	of.order = inv_buf_str(&order);
	bool ok = rows.count == 0 ||
	    inv_journal_kept(u->journal, &of, kept, &u->kept_line, err);

	inv_rows_free(&rows);
	inv_buf_free(&order);
	free(member);
	free(kept);
	return ok;
}

/* Decide for each row, tell what can be told, and cut the rest. */
static bool
pass(struct inv_uploader *u, const struct passage *p, struct inv_err *err)
{
	struct inv_chunk *c = p->c;
	size_t n = 0;

	inv_chunk_order(c, p->order);
	decide(u, p);
	bool ok = keep_rows(u, p, err);

	for (size_t k = 0; k < c->n; k++)
		if (pass_row(u, p, p->order[k]))
			p->order[n++] = p->order[k];
	tell_replays(u);
	cut_batches(u, c, p->order, n);
	return ok;
}

/* Where the rows stand: a correction behind what it corrects. */
static void
place(const struct passage *p)
{
	const struct inv_chunk *c = p->c;

	memcpy(p->own, c->key, c->n * sizeof(*p->own));
	for (size_t i = 0; i < c->corrected_n; i++) {
		struct inv_seen_row *own = &p->own[c->corrected[i].index];
		const struct inv_corrected *of = &c->corrected[i].of;

		if (of->arrival == 0)
			continue;
		own->arrival = of->arrival;
		own->row = of->of | INV_SEEN_CORRECTS;
	}
}

/* Some digest of a row may be compared: with what is known of its key. */
static void
hash_known(struct inv_uploader *u, const struct passage *p)
{
	struct inv_chunk *c = p->c;
	bool known = u->known != NULL;

	for (size_t i = 0; !known && i < c->n; i++)
		known = p->seen[i].row != 0;
	if (known)
		inv_chunk_hash(c, u->digest);
}

/* What each key last committed, and where the rows stand to that. */
static bool
look_up(struct inv_uploader *u, const struct passage *p, struct inv_err *err)
{
	struct inv_chunk *c = p->c;

	if (c->n == 0)
		return true;
	memcpy(p->seen, c->key, c->n * sizeof(*p->seen));
	if (!inv_seen_find(inv_journal_seen(u->journal), p->seen, c->n, err))
		return false;
	hash_known(u, p);
	place(p);
	return true;
}

/*
 * The lines of a chunk that is one batch go to disk when its body has been made
 * of them.  Others go now: a worker may not be reading what is put down for
 * another batch.
 */
static bool
put_down(struct inv_uploader *u, struct inv_chunk *c, struct inv_err *err)
{
	const struct inv_batch *b = u->queue;

	if (c->uses == 0 || (b->chunk == c && inv_batch_is_whole(b)))
		return true;
	return inv_chunk_settle(c, u->digest, err);
}

static bool
gate(struct inv_uploader *u, struct inv_chunk *c, struct inv_err *err)
{
	struct passage p = {
		.c = c,
		.order = inv_mem_resize(NULL, c->n, sizeof(*p.order)),
		.own = inv_mem_resize(NULL, c->n, sizeof(*p.own)),
		.seen = inv_mem_resize(NULL, c->n, sizeof(*p.seen)),
		.fate = inv_mem_resize(NULL, c->n, sizeof(*p.fate)),
		.mask = 1,
	};

	while (p.mask < 2 * c->n)
		p.mask = 2 * p.mask + 1;
	p.decider = inv_mem_new((p.mask + 1) * sizeof(*p.decider));
	bool ok =
	    look_up(u, &p, err) && pass(u, &p, err) && put_down(u, c, err);

	free(p.order);
	free(p.own);
	free(p.seen);
	free(p.fate);
	free(p.decider);
	return ok;
}

bool
inv_gate_turn(struct inv_uploader *u)
{
	bool moved = false;
	struct inv_err err;

	while (u->whole != NULL && u->queue == NULL && !u->failed &&
	    u->window_n < inv_uploader_depth(u) && !is_in_flight(u, u->whole)) {
		struct inv_chunk *c = u->whole;

		take_out(&u->whole, c);
		moved = true;
		if (!gate(u, c, &err)) {
			inv_uploader_fail(u, &err);
			inv_gate_recycle(u, c);
			return true;
		}
		if (c->uses == 0)
			inv_gate_recycle(u, c);
	}
	return moved;
}
