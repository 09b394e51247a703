/* find_sent.c - records that were sent, looked for in the journal */

#include "audit/find_sent.h"

#include <stdlib.h>

#include "audit/row.h"
#include "base/clock.h"
#include "base/mem.h"
#include "data/emit.h"
#include "data/record.h"
#include "store/journal.h"

/* A record that was found: its row, and its text in the batch's. */
struct hit {
	uint64_t row;
	size_t at;
	size_t n;
};

/* A batch with such records, until it is settled. */
struct sent {
	uint64_t intent;
	char manifest[INV_DIGEST_HEX];
	char key[INV_DIGEST_HEX];
	char batch_hash[INV_DIGEST_HEX];
	char time[INV_CLOCK_TEXT]; /* of the intent, or the last outcome */
	uint64_t submission;
	uint64_t chunk;
	uint64_t journal; /* the number of the last outcome; 0: none */
	struct hit *hit;
	size_t hits;
	struct inv_buf text;
};

struct hunt {
	const struct inv_audit_wanted *wanted;
	const struct inv_audit_taken *taken;
	struct inv_audit_lines *lines;
	uint64_t found;
	struct inv_scan *scan;
	struct inv_buf name; /* of a member, escaped */
	struct sent *sent;   /* those that are not settled, by intent */
	size_t n;
	size_t cap;
};

void
inv_audit_taken_add(struct inv_audit_taken *t, uint64_t journal, uint64_t entry)
{
	if (t->n == t->cap) {
		t->cap = t->cap == 0 ? 1024 : 2 * t->cap;
		t->at = inv_mem_resize(t->at, t->cap, sizeof(*t->at));
	}
	t->at[t->n].journal = journal;
	t->at[t->n++].entry = entry;
}

/* The entry of the log about that outcome; 0: there is none. */
static uint64_t
entry_of(const struct inv_audit_taken *t, uint64_t journal)
{
	size_t from = 0;
	size_t to = t->n;

	while (from < to) {
		size_t mid = from + (to - from) / 2;

		if (t->at[mid].journal < journal)
			from = mid + 1;
		else
			to = mid;
	}
	return from < t->n && t->at[from].journal == journal ? t->at[from].entry
							     : 0;
}

/* ---- what to print ---- */

static void
put_json(struct hunt *h, const struct sent *s, const struct hit *hit,
    struct inv_str outcome)
{
	struct inv_buf *b = inv_audit_lines_begin(h->lines);
	uint64_t entry = entry_of(h->taken, s->journal);

	inv_emit_member_str(b, INV_LIT("type"), INV_LIT("record"));
	inv_emit_member_str(b, INV_LIT("time"), inv_str_of(s->time));
	inv_emit_member_str(b, INV_LIT("manifest"),
	    (struct inv_str){ s->manifest, sizeof(s->manifest) });
	inv_emit_member_u64(b, INV_LIT("submission"), s->submission);
	inv_emit_member_u64(b, INV_LIT("row"), hit->row);
	inv_emit_member_u64(b, INV_LIT("chunk"), s->chunk);
	inv_emit_member_str(b, INV_LIT("idempotency_key"),
	    (struct inv_str){ s->key, sizeof(s->key) });
	inv_emit_member_str(b, INV_LIT("batch_hash"),
	    (struct inv_str){ s->batch_hash, sizeof(s->batch_hash) });
	inv_emit_member_str(b, INV_LIT("outcome"), outcome);
	if (s->journal != 0)
		inv_emit_member_u64(b, INV_LIT("journal"), s->journal);
	if (entry != 0)
		inv_emit_member_u64(b, INV_LIT("entry"), entry);
	inv_emit_member_raw(b, INV_LIT("record"),
	    (struct inv_str){ s->text.p + hit->at, hit->n });
	inv_audit_lines_end(h->lines);
}

static void
put_row(struct hunt *h, const struct sent *s, const struct hit *hit,
    struct inv_str outcome)
{
	struct inv_buf *b = inv_audit_lines_begin(h->lines);

	inv_audit_row_head(b, entry_of(h->taken, s->journal),
	    inv_str_of(s->time), INV_LIT("record"),
	    (struct inv_str){ s->manifest, sizeof(s->manifest) });
	inv_buf_addf(b, "row %ju: %.*s: ", (uintmax_t)hit->row,
	    INV_ARG(outcome));
	inv_audit_row_text(b, (struct inv_str){ s->text.p + hit->at, hit->n });
	inv_audit_lines_end(h->lines);
}

static void
put(struct hunt *h, const struct sent *s, const struct hit *hit,
    struct inv_str outcome)
{
	h->found++;
	if (h->lines->table)
		put_row(h, s, hit, outcome);
	else
		put_json(h, s, hit, outcome);
}

/* ---- intents ---- */

static struct sent *
find(struct hunt *h, uint64_t intent)
{
	for (size_t i = 0; i < h->n; i++)
		if (h->sent[i].intent == intent)
			return &h->sent[i];
	return NULL;
}

static void
drop(struct hunt *h, struct sent *s)
{
	free(s->hit);
	inv_buf_free(&s->text);
	h->n--;
	memmove(s, s + 1, (size_t)(h->sent + h->n - s) * sizeof(*s));
}

static struct sent *
sent_new(struct hunt *h, const struct inv_entry *e)
{
	if (h->n == h->cap) {
		h->cap = h->cap == 0 ? 16 : 2 * h->cap;
		h->sent = inv_mem_resize(h->sent, h->cap, sizeof(*h->sent));
	}
	struct sent *s = &h->sent[h->n++];

	*s = (struct sent){
		.intent = e->intent,
		.submission = e->of.submission,
		.chunk = e->of.chunk,
		.text = INV_BUF(INV_BATCH_BODY_MAX),
	};
	memcpy(s->manifest, e->of.manifest.p, sizeof(s->manifest));
	memcpy(s->key, e->of.key.p, sizeof(s->key));
	memcpy(s->batch_hash, e->of.batch_hash.p, sizeof(s->batch_hash));
	memcpy(s->time, e->time.p, sizeof(s->time) - 1);
	return s;
}

static void
hit_new(struct sent *s, uint64_t row, struct inv_str record)
{
	s->hit = inv_mem_resize(s->hit, s->hits + 1, sizeof(*s->hit));
	s->hit[s->hits++] =
	    (struct hit){ .row = row, .at = s->text.n, .n = record.n };
	inv_buf_add(&s->text, record);
}

/* The member is one of those that make the key. */
static bool
is_of_key(struct hunt *h, const struct inv_member *m, struct inv_str keyed_by)
{
	struct inv_member name;

	if (inv_str_is(keyed_by, "null"))
		return true;
	while (inv_scan_each(&keyed_by, &name)) {
		struct inv_str raw = inv_member_inner(&name);
		struct inv_buf plain = INV_BUF(raw.n);

		inv_buf_reset(&h->name);
		if (inv_buf_room(&plain, raw.n))
			plain.n = inv_text_decode(raw, plain.p);
		inv_emit_text(&h->name, inv_buf_str(&plain));
		inv_buf_free(&plain);
		if (inv_str_eq(inv_buf_str(&h->name), m->key))
			return true;
	}
	return false;
}

static bool
has_value(const struct hunt *h, const struct inv_member *m)
{
	if (m->kind == INV_KIND_STRING)
		return inv_str_eq(inv_member_inner(m), h->wanted->value);
	return m->kind == INV_KIND_NUMBER &&
	    inv_str_eq(m->value, h->wanted->value);
}

static bool
is_wanted(struct hunt *h, struct inv_str record, struct inv_str keyed_by)
{
	struct inv_member m;

	while (inv_scan_each(&record, &m)) {
		if (!has_value(h, &m))
			continue;
		if (h->wanted->field.n > 0 ? inv_str_eq(m.key, h->wanted->field)
					   : is_of_key(h, &m, keyed_by))
			return true;
	}
	return false;
}

/* Each record of the body, in the order of the rows. */
static void
look_at_records(struct hunt *h, const struct inv_entry *e)
{
	struct inv_str rest = e->of.body;
	const struct inv_rows *rows = e->of.rows;
	struct sent *s = NULL;
	struct inv_member m;

	for (size_t i = 0; i < rows->n; i++)
		for (uint64_t row = rows->range[i].first;
		     row <= rows->range[i].last; row++) {
			if (!inv_scan_each(&rest, &m))
				return;
			if (m.kind != INV_KIND_OBJECT ||
			    !is_wanted(h, m.value, e->of.keyed_by))
				continue;
			if (s == NULL)
				s = sent_new(h, e);
			hit_new(s, row, m.value);
		}
}

/* A copy of one that is known says nothing new. */
static void
take_intent(struct hunt *h, const struct inv_entry *e)
{
	struct inv_err ignored;
	enum inv_kind kind;

	if (memmem(e->of.body.p, e->of.body.n, h->wanted->value.p,
		h->wanted->value.n) != NULL &&
	    !e->copied &&
	    inv_scan_value(h->scan, e->of.keyed_by, &kind, &ignored) &&
	    inv_scan_value(h->scan, e->of.body, &kind, &ignored) &&
	    kind == INV_KIND_ARRAY)
		look_at_records(h, e);
}

/* ---- outcomes ---- */

/* What became of a row of a batch, some rows of which were answered alone. */
static struct inv_str
fate_of(const struct inv_entry *e, const struct inv_rows *refused, uint64_t row)
{
	if (inv_rows_has(e->of.rows, row))
		return inv_outcome_name(e->outcome.kind);
	if (inv_rows_has(refused, row))
		return inv_outcome_name(INV_OUTCOME_REFUSED);
	return INV_LIT("again");
}

static void
take_outcome(struct hunt *h, const struct inv_entry *e)
{
	struct sent *s = find(h, e->intent);
	struct inv_rows refused = { 0 };

	if (s == NULL)
		return;
	s->journal = e->seq;
	memcpy(s->time, e->time.p, sizeof(s->time) - 1);
	if (e->outcome.kind == INV_OUTCOME_OPEN)
		return;
	if (e->outcome.refused.n > 0)
		(void)!inv_record_rows(e->outcome.refused, &refused);
	for (size_t i = 0; i < s->hits; i++)
		put(h, s, &s->hit[i], fate_of(e, &refused, s->hit[i].row));
	inv_rows_free(&refused);
	drop(h, s);
}

static void
put_open(struct hunt *h)
{
	for (size_t k = 0; k < h->n; k++)
		for (size_t i = 0; i < h->sent[k].hits; i++)
			put(h, &h->sent[k], &h->sent[k].hit[i],
			    inv_outcome_name(INV_OUTCOME_OPEN));
	while (h->n > 0)
		drop(h, &h->sent[h->n - 1]);
}

/* ---- all of it ---- */

static bool
read_journal(struct hunt *h, const struct inv_state *state, struct inv_err *err)
{
	const struct inv_place start = INV_PLACE;
	struct inv_journal_reader *r = inv_journal_read(state, &start);
	enum inv_next next;
	struct inv_entry e;

	while ((next = inv_journal_next(r, &e, err)) == INV_NEXT_LINE)
		switch (e.type) {
		case INV_ENTRY_INTENT:
			take_intent(h, &e);
			break;
		case INV_ENTRY_OUTCOME:
			take_outcome(h, &e);
			break;
		case INV_ENTRY_KEPT:
			break;
		}
	inv_journal_read_close(r);
	return next == INV_NEXT_END;
}

bool
inv_audit_find_sent(const struct inv_state *state,
    const struct inv_audit_wanted *wanted, const struct inv_audit_taken *taken,
    struct inv_audit_lines *lines, uint64_t *found, struct inv_err *err)
{
	struct hunt h = {
		.wanted = wanted,
		.taken = taken,
		.lines = lines,
		.scan = inv_scan_new(),
		.name = INV_BUF(INV_LINE_MAX),
	};
	bool ok = read_journal(&h, state, err);

	put_open(&h);
	*found += h.found;
	inv_scan_free(h.scan);
	inv_buf_free(&h.name);
	free(h.sent);
	return ok;
}
