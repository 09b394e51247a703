/*
 * held.c - what each key holds in the ledger, as the journal tells
 *
 * The value of a key in the map is the place of its record, shifted, and two
 * flags.  A place is the number of the intent and the record's in its body,
 * from 1; place 0 is a key that was looked for in vain.
 */

#include "audit/held.h"

#include <stdlib.h>

#include "base/mem.h"
#include "data/merkle.h"
#include "store/journal.h"
#include "store/keyer.h"

enum {
	INDEX_BITS = 21, /* of a place: a body of 4 MiB has fewer records */
	LOOKED = 1,
	OTHER = 2,
	FLAG_BITS = 2,
};

/* An intent that may yet be committed. */
struct sent {
	uint64_t intent;
	struct inv_seen_row *row;
	size_t n;
};

struct reading {
	struct inv_held *h;
	struct inv_keyer *keyer;
	struct inv_digest *digest;
	struct sent *sent;
	size_t n;
	size_t cap;
};

void
inv_held_free(struct inv_held *h)
{
	for (size_t i = 0; i < h->keys; i++)
		free(h->key[i]);
	inv_map_free(&h->map);
	*h = (struct inv_held){ 0 };
}

static struct inv_map_entry *
entry_of(struct inv_held *h, const unsigned char key[INV_KEY])
{
	unsigned char hash[INV_HASH];

	inv_hash_of(h->secret, (struct inv_str){ (const char *)key, INV_KEY },
	    hash);
	return inv_map_at(&h->map, hash);
}

static void
mark_of(const struct inv_held *h, const unsigned char digest[INV_KEY],
    unsigned char mark[INV_HASH])
{
	inv_hash_of(h->secret,
	    (struct inv_str){ (const char *)digest, INV_KEY }, mark);
}

/* ---- the first reading ---- */

static bool
add_key(struct reading *r, struct inv_str keyed_by, struct inv_err *err)
{
	struct inv_held *h = r->h;

	for (size_t i = 0; i < h->keys; i++)
		if (inv_str_eq(inv_key_json(h->key[i]), keyed_by))
			return true;
	if (h->keys == INV_HELD_KEYS)
		return inv_fail(err, INV_BAD,
		    "more than %d ways in which records are keyed",
		    INV_HELD_KEYS);
	h->key[h->keys] = inv_mem_new(sizeof(struct inv_key));
	return inv_key_init(h->key[h->keys++], r->digest, keyed_by, err);
}

static void
drop(struct reading *r, struct sent *s)
{
	free(s->row);
	*s = r->sent[--r->n];
}

static struct sent *
find(struct reading *r, uint64_t intent)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->sent[i].intent == intent)
			return &r->sent[i];
	return NULL;
}

static bool
take_intent(struct reading *r, const struct inv_entry *e, struct inv_err *err)
{
	const struct inv_seen_row *rows;
	struct inv_intent of = e->of;
	struct inv_err why;
	struct sent *s;
	size_t n;

	if (find(r, e->intent) != NULL)
		return true;
	/* A ledger holds records, and does not know of their files. */
	of.files = (struct inv_str){ 0 };
	if (!inv_keyer_rows(r->keyer, &of, &rows, &n, &why) ||
	    !add_key(r, e->of.keyed_by, &why))
		return inv_fail(err, INV_IO, "journal: entry %ju: %s",
		    (uintmax_t)e->seq, why.msg);
	if (r->n == r->cap) {
		r->cap = r->cap == 0 ? 64 : 2 * r->cap;
		r->sent = inv_mem_resize(r->sent, r->cap, sizeof(*r->sent));
	}
	s = &r->sent[r->n++];
	*s = (struct sent){ .intent = e->intent, .n = n };
	s->row = inv_mem_resize(NULL, n, sizeof(*s->row));
	memcpy(s->row, rows, n * sizeof(*s->row));
	return true;
}

static void
take_outcome(struct reading *r, const struct inv_entry *e)
{
	struct sent *s = find(r, e->intent);
	unsigned char mark[INV_HASH];

	if (s == NULL || e->outcome.kind == INV_OUTCOME_OPEN)
		return;
	for (size_t i = 0; e->outcome.kind == INV_OUTCOME_COMMITTED && i < s->n;
	     i++) {
		if (!inv_rows_has(e->of.rows, s->row[i].row))
			continue;
		struct inv_map_entry *known = entry_of(r->h, s->row[i].key);

		r->h->records += known->value == 0;
		mark_of(r->h, s->row[i].digest, mark);
		inv_map_mark(known, mark,
		    (s->intent << INDEX_BITS | (i + 1)) << FLAG_BITS);
	}
	drop(r, s);
}

static bool
read_journal(struct reading *r, const struct inv_state *state,
    struct inv_err *err)
{
	const struct inv_place start = INV_PLACE;
	struct inv_journal_reader *j = inv_journal_read(state, &start);
	enum inv_next next = INV_NEXT_END;
	struct inv_entry e;
	bool ok = true;

	while (ok && (next = inv_journal_next(j, &e, err)) == INV_NEXT_LINE)
		switch (e.type) {
		case INV_ENTRY_INTENT:
			ok = take_intent(r, &e, err);
			break;
		case INV_ENTRY_OUTCOME:
			take_outcome(r, &e);
			break;
		case INV_ENTRY_KEPT:
			break;
		}
	inv_journal_read_close(j);
	return ok && next == INV_NEXT_END;
}

bool
inv_held_read(struct inv_held *h, const struct inv_state *state,
    struct inv_err *err)
{
	struct reading r = {
		.h = h,
		.keyer = inv_keyer_new(),
		.digest = inv_digest_new(),
	};

	*h = (struct inv_held){ 0 };
	inv_random(h->secret, sizeof(h->secret));
	bool ok = read_journal(&r, state, err);

	while (r.n > 0)
		drop(&r, &r.sent[r.n - 1]);
	free(r.sent);
	inv_keyer_free(r.keyer);
	inv_digest_free(r.digest);
	return ok;
}

/* ---- looking ---- */

enum inv_held_found
inv_held_look(struct inv_held *h, struct inv_digest *d, struct inv_str record,
    const struct inv_members *fields, uint64_t *place)
{
	unsigned char key[INV_KEY], leaf[INV_DIGEST], mark[INV_HASH];
	bool again = false;

	inv_merkle_leaf(d, record, leaf);
	mark_of(h, leaf, mark);
	for (size_t i = h->keys; i-- > 0;) {
		inv_key_of(h->key[i], d, fields, record, key);
		struct inv_map_entry *e = entry_of(h, key);

		if (e->value >> FLAG_BITS == 0) {
			again = again || e->value != 0;
			e->value = LOOKED;
			continue;
		}
		if ((e->value & LOOKED) != 0)
			return INV_HELD_AGAIN;
		*place = e->value >> FLAG_BITS;
		e->value |= LOOKED;
		if (inv_map_marked(e, mark))
			return INV_HELD_SAME;
		e->value |= OTHER;
		return INV_HELD_OTHER;
	}
	return again ? INV_HELD_AGAIN : INV_HELD_NOT;
}

/* ---- the second reading ---- */

struct telling {
	struct inv_held *h;
	inv_held_fn *fn;
	void *arg;
	struct inv_keyer *keyer;
	struct inv_scan *scan;
};

static const struct inv_key *
key_by(const struct inv_held *h, struct inv_str keyed_by)
{
	for (size_t i = 0; i < h->keys; i++)
		if (inv_str_eq(inv_key_json(h->key[i]), keyed_by))
			return h->key[i];
	return NULL;
}

static bool
tell_record(struct telling *t, const struct inv_entry *e,
    const struct inv_seen_row *row, uint64_t place, struct inv_str text,
    struct inv_err *err)
{
	struct inv_map_entry *known = entry_of(t->h, row->key);

	/* A key that nothing was committed of gets a place of no record. */
	if (known->value == 0)
		known->value = LOOKED;
	if (known->value >> FLAG_BITS != place ||
	    (known->value & (LOOKED | OTHER)) == LOOKED)
		return true;
	const struct inv_held_record record = {
		.place = place,
		.looked = (known->value & LOOKED) != 0,
		.key = key_by(t->h, e->of.keyed_by),
		.manifest = e->of.manifest,
		.submission = e->of.submission,
		.row = row->row,
		.text = text,
		.fields = inv_scan_record(t->scan),
	};

	return inv_scan_object(t->scan, text, err) &&
	    t->fn(t->arg, &record, err);
}

static bool
tell_intent(struct telling *t, const struct inv_entry *e, struct inv_err *err)
{
	struct inv_str rest = e->of.body;
	const struct inv_seen_row *rows;
	struct inv_member element;
	size_t n;
	bool ok = true;

	if (!inv_keyer_rows(t->keyer, &e->of, &rows, &n, err))
		return false;
	for (size_t i = 0; ok && i < n && inv_scan_each(&rest, &element); i++)
		ok = tell_record(t, e, &rows[i],
		    e->intent << INDEX_BITS | (i + 1), element.value, err);
	return ok;
}

bool
inv_held_each(struct inv_held *h, const struct inv_state *state,
    inv_held_fn *fn, void *arg, struct inv_err *err)
{
	const struct inv_place start = INV_PLACE;
	struct inv_journal_reader *j = inv_journal_read(state, &start);
	struct telling t = {
		.h = h,
		.fn = fn,
		.arg = arg,
		.keyer = inv_keyer_new(),
		.scan = inv_scan_new(),
	};
	enum inv_next next = INV_NEXT_END;
	struct inv_entry e;
	bool ok = true;

	while (ok && (next = inv_journal_next(j, &e, err)) == INV_NEXT_LINE)
		if (e.type == INV_ENTRY_INTENT && !e.copied)
			ok = tell_intent(&t, &e, err);
	inv_journal_read_close(j);
	inv_keyer_free(t.keyer);
	inv_scan_free(t.scan);
	return ok && next == INV_NEXT_END;
}
