/* entry.c - one line of the journal: an intent, an outcome, or rows kept */

#include "store/entry.h"

#include "base/clock.h"
#include "data/cursor.h"
#include "data/emit.h"
#include "data/files.h"

enum {
	OUTCOMES = INV_OUTCOME_OPEN + 1,
};

struct inv_str
inv_outcome_name(enum inv_outcome_kind kind)
{
	switch (kind) {
	case INV_OUTCOME_COMMITTED:
		return INV_LIT("committed");
	case INV_OUTCOME_REFUSED:
		return INV_LIT("refused");
	case INV_OUTCOME_KEY_MISMATCH:
		return INV_LIT("key_mismatch");
	case INV_OUTCOME_NO_EFFECT:
		return INV_LIT("no_effect");
	case INV_OUTCOME_OPEN:
		return INV_LIT("open");
	}
	return INV_LIT("");
}

/* ---- rows that correct others ---- */

void
inv_order_put(struct inv_buf *order, const struct inv_corrected *c)
{
	inv_emit_open(order, '[');
	inv_emit_u64(order, c->row);
	inv_emit_u64(order, c->arrival);
	inv_emit_u64(order, c->of);
	inv_emit_close(order, ']');
}

/* One of a list whose text is rest: behind its bracket, or behind a comma. */
static void
take_corrected(struct inv_cursor *c, struct inv_corrected *to)
{
	inv_cursor_expect(c, inv_cursor_at(c, "[") ? "[" : ",");
	to->row = inv_cursor_u64(c, "[", 1);
	to->arrival = inv_cursor_u64(c, ",", 1);
	to->of = inv_cursor_u64(c, ",", 1);
	inv_cursor_expect(c, "]");
}

bool
inv_order_each(struct inv_str *rest, struct inv_corrected *to)
{
	struct inv_cursor c = { .rest = *rest };

	if (rest->n <= 1)
		return false;
	take_corrected(&c, to);
	*rest = c.bad ? (struct inv_str){ NULL, 0 } : c.rest;
	return !c.bad;
}

void
inv_order_place(struct inv_str *rest, struct inv_seen_row *row)
{
	struct inv_str next = *rest;
	struct inv_corrected c;

	while (inv_order_each(&next, &c) && c.row <= row->row) {
		*rest = next;
		if (c.row < row->row)
			continue;
		row->arrival = c.arrival;
		row->row = c.of | INV_SEEN_CORRECTS;
		return;
	}
}

/* ---- building ---- */

void
inv_entry_put_head(struct inv_buf *b, const struct inv_entry_head *head,
    struct inv_str type)
{
	char hex[INV_DIGEST_HEX];

	inv_str_hex(head->prev, INV_DIGEST, hex);
	inv_emit_open(b, '{');
	inv_emit_member_u64(b, INV_LIT("seq"), head->seq);
	inv_emit_member_str(b, INV_LIT("prev"),
	    (struct inv_str){ hex, sizeof(hex) });
	inv_emit_member_str(b, INV_LIT("type"), type);
}

char *
inv_entry_prev(char *line)
{
	char *p = line + sizeof("{\"seq\":") - 1;

	while (*p >= '0' && *p <= '9')
		p++;
	return p + sizeof(",\"prev\":\"") - 1;
}

/* Whose rows a line is about. */
static void
put_rows(struct inv_buf *b, const struct inv_intent *i)
{
	inv_emit_member_str(b, INV_LIT("manifest"), i->manifest);
	inv_emit_member_u64(b, INV_LIT("submission"), i->submission);
	inv_emit_member_u64(b, INV_LIT("arrival"), i->arrival);
	inv_emit_member_u64(b, INV_LIT("chunk"), i->chunk);
	inv_emit_key(b, INV_LIT("rows"));
	inv_emit_rows(b, i->rows);
	inv_emit_member_u64(b, INV_LIT("count"), i->rows->count);
}

/* What an intent and its outcome have in common. */
static void
put_batch(struct inv_buf *b, const struct inv_intent *i)
{
	put_rows(b, i);
	inv_emit_member_str(b, INV_LIT("key"), i->key);
}

/* What was sent. */
static void
put_hashes(struct inv_buf *b, const struct inv_intent *i)
{
	inv_emit_member_str(b, INV_LIT("batch_hash"), i->batch_hash);
	if (i->records_root.n > 0)
		inv_emit_member_str(b, INV_LIT("records_root"),
		    i->records_root);
}

static void
put_order(struct inv_buf *b, const struct inv_intent *i)
{
	if (i->order.n > 0)
		inv_emit_member_raw(b, INV_LIT("order"), i->order);
}

void
inv_entry_put_intent(struct inv_buf *b, const struct inv_entry_head *head,
    uint64_t copy_of, const struct inv_intent *intent)
{
	inv_entry_put_head(b, head, INV_LIT("intent"));
	if (copy_of != 0)
		inv_emit_member_u64(b, INV_LIT("copy_of"), copy_of);
	inv_emit_member_str(b, INV_LIT("time"), head->time);
	put_batch(b, intent);
	if (intent->chunk_size > 0)
		inv_emit_member_u64(b, INV_LIT("chunk_size"),
		    intent->chunk_size);
	if (intent->parent.n > 0)
		inv_emit_member_str(b, INV_LIT("parent"), intent->parent);
	put_hashes(b, intent);
	put_order(b, intent);
	if (intent->files.n > 0)
		inv_emit_member_raw(b, INV_LIT("attachments"), intent->files);
	inv_emit_member_raw(b, INV_LIT("keyed_by"), intent->keyed_by);
	inv_emit_member_raw(b, INV_LIT("body"), intent->body);
	inv_emit_close(b, '}');
}

void
inv_entry_put_outcome(struct inv_buf *b, const struct inv_entry_head *head,
    uint64_t seq, const struct inv_intent *intent,
    const struct inv_outcome *outcome)
{
	struct inv_intent of = *intent;

	if (outcome->rows != NULL)
		of.rows = outcome->rows;
	inv_entry_put_head(b, head, INV_LIT("outcome"));
	inv_emit_member_str(b, INV_LIT("time"), head->time);
	inv_emit_member_u64(b, INV_LIT("intent"), seq);
	put_batch(b, &of);
	put_hashes(b, &of);
	inv_emit_member_str(b, INV_LIT("outcome"),
	    inv_outcome_name(outcome->kind));
	if (outcome->sent > 0)
		inv_emit_member_u64(b, INV_LIT("sent"), outcome->sent);
	if (outcome->refused.n > 0)
		inv_emit_member_raw(b, INV_LIT("refused"), outcome->refused);
	if (outcome->evidence.n > 0)
		inv_emit_member_str(b, INV_LIT("evidence"), outcome->evidence);
	if (outcome->reason.n > 0)
		inv_emit_member_str(b, INV_LIT("reason"), outcome->reason);
	inv_emit_member_u64(b, INV_LIT("status"), outcome->status);
	inv_emit_member_u64(b, INV_LIT("attempts"), outcome->attempts);
	inv_emit_member_u64(b, INV_LIT("ms"), outcome->ms);
	if (outcome->processed_at.n > 0)
		inv_emit_member_str(b, INV_LIT("processed_at"),
		    outcome->processed_at);
	inv_emit_close(b, '}');
}

void
inv_entry_put_kept(struct inv_buf *b, const struct inv_entry_head *head,
    const struct inv_intent *of, const struct inv_seen_row *seen)
{
	char hex[INV_KEPT_HEX];

	inv_entry_put_head(b, head, INV_LIT("kept"));
	inv_emit_member_str(b, INV_LIT("time"), head->time);
	put_rows(b, of);
	put_order(b, of);
	inv_emit_key(b, INV_LIT("keys"));
	inv_emit_open(b, '[');
	for (uint64_t i = 0; i < of->rows->count; i++) {
		inv_str_hex(seen[i].key, INV_KEY, hex);
		inv_str_hex(seen[i].digest, INV_KEY, hex + 2 * INV_KEY);
		inv_emit_str(b, (struct inv_str){ hex, sizeof(hex) });
	}
	inv_emit_close(b, ']');
	inv_emit_close(b, '}');
}

/* ---- parsing ---- */

/* null, or a list of strings. */
static struct inv_str
names(struct inv_cursor *c)
{
	inv_cursor_expect(c, ",\"keyed_by\":");
	struct inv_str s = c->rest;

	if (inv_cursor_at(c, "null")) {
		inv_cursor_expect(c, "null");
	} else {
		(void)inv_cursor_text(c, "[");
		while (inv_cursor_at(c, ","))
			(void)inv_cursor_text(c, ",");
		inv_cursor_expect(c, "]");
	}
	s.n -= c->rest.n;
	return s;
}

/* Of which rows some may correct others; rows ascending. */
static void
order_of(struct inv_cursor *c, struct inv_intent *of)
{
	struct inv_corrected one = { .row = 0 };

	if (!inv_cursor_at(c, ",\"order\":"))
		return;
	inv_cursor_expect(c, ",\"order\":");
	struct inv_str s = c->rest;

	do {
		uint64_t before = one.row;

		take_corrected(c, &one);
		if (one.row <= before)
			c->bad = true;
	} while (!c->bad && inv_cursor_at(c, ","));
	inv_cursor_expect(c, "]");
	s.n -= c->rest.n;
	of->order = s;
}

/* Ranges that nobody needs as such: their text. */
static struct inv_str
ranges(struct inv_cursor *c, const char *before)
{
	struct inv_rows rows = { 0 };

	inv_cursor_expect(c, before);
	struct inv_str s = c->rest;

	inv_cursor_rows(c, "", &rows);
	inv_rows_free(&rows);
	s.n -= c->rest.n;
	return s;
}

static void
rows_of(struct inv_cursor *c, struct inv_intent *of, struct inv_rows *rows)
{
	of->manifest = inv_cursor_hex(c, ",\"manifest\":", INV_DIGEST_HEX);
	of->submission = inv_cursor_u64(c, ",\"submission\":", 1);
	of->arrival = inv_cursor_u64(c, ",\"arrival\":", 0);
	of->chunk = inv_cursor_u64(c, ",\"chunk\":", 0);
	inv_cursor_rows(c, ",\"rows\":", rows);
	if (inv_cursor_u64(c, ",\"count\":", 1) != rows->count)
		c->bad = true;
	of->rows = rows;
}

static void
batch(struct inv_cursor *c, struct inv_intent *of, struct inv_rows *rows)
{
	rows_of(c, of, rows);
	of->key = inv_cursor_hex(c, ",\"key\":", INV_DIGEST_HEX);
}

static void
hashes(struct inv_cursor *c, struct inv_intent *of)
{
	of->batch_hash = inv_cursor_hex(c, ",\"batch_hash\":", INV_DIGEST_HEX);
	if (inv_cursor_at(c, ",\"records_root\":"))
		of->records_root =
		    inv_cursor_hex(c, ",\"records_root\":", INV_DIGEST_HEX);
}

/* The body is what is left but for the last brace. */
static void
intent_rest(struct inv_cursor *c, struct inv_intent *of)
{
	if (inv_cursor_at(c, ",\"chunk_size\":"))
		of->chunk_size = inv_cursor_u64(c, ",\"chunk_size\":", 1);
	if (inv_cursor_at(c, ",\"parent\":"))
		of->parent = inv_cursor_hex(c, ",\"parent\":", INV_DIGEST_HEX);
	hashes(c, of);
	order_of(c, of);
	if (inv_cursor_at(c, ",\"attachments\":")) {
		inv_cursor_expect(c, ",\"attachments\":");
		of->files = inv_files_rows(c);
	}
	of->keyed_by = names(c);
	inv_cursor_expect(c, ",\"body\":");
	struct inv_str s = c->rest;

	if (c->bad || s.n < 3 || s.n - 1 > INV_BATCH_BODY_MAX ||
	    s.p[0] != '[' || s.p[s.n - 2] != ']' || s.p[s.n - 1] != '}') {
		c->bad = true;
		return;
	}
	of->body = (struct inv_str){ s.p, s.n - 1 };
	c->rest = (struct inv_str){ s.p + s.n, 0 };
}

static void
outcome_rest(struct inv_cursor *c, struct inv_intent *of, struct inv_outcome *o)
{
	hashes(c, of);
	struct inv_str name = inv_cursor_text(c, ",\"outcome\":");
	int kind = 0;

	while (kind < OUTCOMES &&
	    !inv_str_eq(name, inv_outcome_name((enum inv_outcome_kind)kind)))
		kind++;
	if (kind == OUTCOMES) {
		c->bad = true;
		return;
	}
	o->kind = (enum inv_outcome_kind)kind;
	if (inv_cursor_at(c, ",\"sent\":"))
		o->sent = inv_cursor_u64(c, ",\"sent\":", 1);
	if (o->sent > 0 && inv_cursor_at(c, ",\"refused\":"))
		o->refused = ranges(c, ",\"refused\":");
	if (inv_cursor_at(c, ",\"evidence\":"))
		o->evidence = inv_cursor_text(c, ",\"evidence\":");
	if (inv_cursor_at(c, ",\"reason\":"))
		o->reason = inv_cursor_text(c, ",\"reason\":");
	o->status = inv_cursor_u64(c, ",\"status\":", 0);
	o->attempts = inv_cursor_u64(c, ",\"attempts\":", 0);
	o->ms = inv_cursor_u64(c, ",\"ms\":", 0);
	if (inv_cursor_at(c, ",\"processed_at\":"))
		o->processed_at = inv_cursor_text(c, ",\"processed_at\":");
	inv_cursor_expect(c, "}");
}

/* For each row its key and its digest. */
static struct inv_str
kept_rest(struct inv_cursor *c, struct inv_intent *of,
    const struct inv_rows *rows)
{
	order_of(c, of);
	inv_cursor_expect(c, ",\"keys\":");
	struct inv_str s = c->rest;

	for (uint64_t i = 0; i < rows->count && !c->bad; i++)
		(void)inv_cursor_hex(c, i == 0 ? "[" : ",", INV_KEPT_HEX);
	inv_cursor_expect(c, "]");
	s.n -= c->rest.n;
	inv_cursor_expect(c, "}");
	return s;
}

bool
inv_entry_parse(struct inv_str line, struct inv_rows *rows,
    struct inv_entry *entry, struct inv_err *err)
{
	struct inv_cursor c = { .rest = line };

	inv_rows_reset(rows);
	*entry = (struct inv_entry){ .text = line };
	entry->seq = inv_cursor_u64(&c, "{\"seq\":", 1);
	inv_cursor_digest(&c, ",\"prev\":", entry->prev);
	struct inv_str type = inv_cursor_text(&c, ",\"type\":");

	if (!c.bad && inv_str_eq(type, INV_LIT("intent"))) {
		entry->type = INV_ENTRY_INTENT;
		entry->intent = entry->seq;
		entry->copied = inv_cursor_at(&c, ",\"copy_of\":");
		if (entry->copied)
			entry->intent = inv_cursor_u64(&c, ",\"copy_of\":", 1);
		entry->time = inv_cursor_text(&c, ",\"time\":");
		batch(&c, &entry->of, rows);
		intent_rest(&c, &entry->of);
	} else if (!c.bad && inv_str_eq(type, INV_LIT("outcome"))) {
		entry->type = INV_ENTRY_OUTCOME;
		entry->time = inv_cursor_text(&c, ",\"time\":");
		entry->intent = inv_cursor_u64(&c, ",\"intent\":", 1);
		batch(&c, &entry->of, rows);
		outcome_rest(&c, &entry->of, &entry->outcome);
	} else if (!c.bad && inv_str_eq(type, INV_LIT("kept"))) {
		entry->type = INV_ENTRY_KEPT;
		entry->time = inv_cursor_text(&c, ",\"time\":");
		rows_of(&c, &entry->of, rows);
		entry->keys = kept_rest(&c, &entry->of, rows);
	} else {
		c.bad = true;
	}
	if (c.bad || c.rest.n > 0 || entry->time.n != INV_CLOCK_TEXT - 1)
		return inv_fail(err, INV_BAD, "byte %zu: not a journal line",
		    line.n - c.rest.n + 1);
	return true;
}
