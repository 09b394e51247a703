/* entry.c - one line of the journal: an intent or an outcome */

#include "store/entry.h"

#include "base/clock.h"
#include "data/emit.h"

enum {
	OUTCOMES = INV_OUTCOME_OPEN + 1,
	NUMBER_MAX = 20, /* digits of a number */
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

/* ---- building ---- */

static void
put_head(struct inv_buf *b, const struct inv_entry_head *head, const char *type)
{
	char hex[INV_DIGEST_HEX];

	inv_str_hex(head->prev, INV_DIGEST, hex);
	inv_emit_open(b, '{');
	inv_emit_member_u64(b, INV_LIT("seq"), head->seq);
	inv_emit_member_str(b, INV_LIT("prev"),
	    (struct inv_str){ hex, sizeof(hex) });
	inv_emit_member_str(b, INV_LIT("type"), inv_str_of(type));
}

/* What an intent and its outcome have in common. */
static void
put_batch(struct inv_buf *b, const struct inv_intent *i)
{
	inv_emit_member_str(b, INV_LIT("manifest"), i->manifest);
	inv_emit_member_u64(b, INV_LIT("submission"), i->submission);
	inv_emit_member_u64(b, INV_LIT("arrival"), i->arrival);
	inv_emit_member_u64(b, INV_LIT("chunk"), i->chunk);
	inv_emit_key(b, INV_LIT("rows"));
	inv_emit_rows(b, i->rows);
	inv_emit_member_u64(b, INV_LIT("count"), i->rows->count);
	inv_emit_member_str(b, INV_LIT("key"), i->key);
}

void
inv_entry_put_intent(struct inv_buf *b, const struct inv_entry_head *head,
    uint64_t copy_of, const struct inv_intent *intent)
{
	put_head(b, head, "intent");
	if (copy_of != 0)
		inv_emit_member_u64(b, INV_LIT("copy_of"), copy_of);
	inv_emit_member_str(b, INV_LIT("time"), head->time);
	put_batch(b, intent);
	if (intent->parent.n > 0)
		inv_emit_member_str(b, INV_LIT("parent"), intent->parent);
	inv_emit_member_str(b, INV_LIT("batch_hash"), intent->batch_hash);
	inv_emit_member_raw(b, INV_LIT("keyed_by"), intent->keyed_by);
	inv_emit_member_raw(b, INV_LIT("body"), intent->body);
	inv_emit_close(b, '}');
}

void
inv_entry_put_outcome(struct inv_buf *b, const struct inv_entry_head *head,
    uint64_t seq, const struct inv_intent *intent,
    const struct inv_outcome *outcome)
{
	put_head(b, head, "outcome");
	inv_emit_member_str(b, INV_LIT("time"), head->time);
	inv_emit_member_u64(b, INV_LIT("intent"), seq);
	put_batch(b, intent);
	inv_emit_member_str(b, INV_LIT("batch_hash"), intent->batch_hash);
	inv_emit_member_str(b, INV_LIT("outcome"),
	    inv_outcome_name(outcome->kind));
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

/* ---- parsing ---- */

/* What is left of the line.  The first thing that does not fit sets bad. */
struct cursor {
	struct inv_str rest;
	bool bad;
};

static void
skip(struct cursor *c, size_t n)
{
	c->rest.p += n;
	c->rest.n -= n;
}

static bool
at(const struct cursor *c, const char *text)
{
	return !c->bad && inv_str_starts(c->rest, inv_str_of(text));
}

static void
expect(struct cursor *c, const char *text)
{
	if (at(c, text))
		skip(c, strlen(text));
	else
		c->bad = true;
}

static uint64_t
number(struct cursor *c, const char *before, uint64_t min)
{
	uint64_t v = 0;
	size_t n = 0;

	expect(c, before);
	while (!c->bad && n < c->rest.n && n < NUMBER_MAX &&
	    c->rest.p[n] >= '0' && c->rest.p[n] <= '9')
		n++;
	if (c->bad ||
	    !inv_str_u64((struct inv_str){ c->rest.p, n }, min, UINT64_MAX, &v))
		c->bad = true;
	else
		skip(c, n);
	return v;
}

/* The inside of a string, escapes as they are. */
static struct inv_str
text(struct cursor *c, const char *before)
{
	struct inv_str s = { 0 };
	size_t n = 0;

	expect(c, before);
	expect(c, "\"");
	if (c->bad)
		return s;
	while (n < c->rest.n && c->rest.p[n] != '"')
		n += c->rest.p[n] == '\\' ? 2 : 1;
	if (n >= c->rest.n) {
		c->bad = true;
		return s;
	}
	s = (struct inv_str){ c->rest.p, n };
	skip(c, n + 1);
	return s;
}

static struct inv_str
hex(struct cursor *c, const char *before, unsigned char out[INV_DIGEST])
{
	unsigned char ignored[INV_DIGEST];
	struct inv_str s = text(c, before);

	if (!c->bad &&
	    (s.n != INV_DIGEST_HEX ||
		!inv_str_unhex(s, out != NULL ? out : ignored, INV_DIGEST)))
		c->bad = true;
	return s;
}

/* [[1,6],[8,500]]: ascending, apart from each other. */
static void
row_ranges(struct cursor *c, struct inv_rows *rows)
{
	const char *before = ",\"rows\":[[";
	uint64_t behind = 0;

	do {
		uint64_t first = number(c, before, behind + 1);
		uint64_t last = number(c, ",", first);

		expect(c, "]");
		if (!c->bad &&
		    (last == UINT64_MAX || !inv_rows_add(rows, first, last)))
			c->bad = true;
		before = ",[";
		behind = last;
	} while (at(c, before));
	expect(c, "]");
}

/* null, or a list of strings. */
static struct inv_str
names(struct cursor *c)
{
	expect(c, ",\"keyed_by\":");
	struct inv_str s = c->rest;

	if (at(c, "null")) {
		skip(c, 4);
	} else {
		(void)text(c, "[");
		while (at(c, ","))
			(void)text(c, ",");
		expect(c, "]");
	}
	s.n -= c->rest.n;
	return s;
}

static void
batch(struct cursor *c, struct inv_intent *of, struct inv_rows *rows)
{
	of->manifest = hex(c, ",\"manifest\":", NULL);
	of->submission = number(c, ",\"submission\":", 1);
	of->arrival = number(c, ",\"arrival\":", 1);
	of->chunk = number(c, ",\"chunk\":", 0);
	row_ranges(c, rows);
	if (number(c, ",\"count\":", 1) != rows->count)
		c->bad = true;
	of->rows = rows;
	of->key = hex(c, ",\"key\":", NULL);
}

/* The body is what is left but for the last brace. */
static void
intent_rest(struct cursor *c, struct inv_intent *of)
{
	if (at(c, ",\"parent\":"))
		of->parent = hex(c, ",\"parent\":", NULL);
	of->batch_hash = hex(c, ",\"batch_hash\":", NULL);
	of->keyed_by = names(c);
	expect(c, ",\"body\":");
	struct inv_str s = c->rest;

	if (c->bad || s.n < 3 || s.n - 1 > INV_BATCH_BODY_MAX ||
	    s.p[0] != '[' || s.p[s.n - 2] != ']' || s.p[s.n - 1] != '}') {
		c->bad = true;
		return;
	}
	of->body = (struct inv_str){ s.p, s.n - 1 };
	skip(c, s.n);
}

static void
outcome_rest(struct cursor *c, struct inv_intent *of, struct inv_outcome *o)
{
	of->batch_hash = hex(c, ",\"batch_hash\":", NULL);
	struct inv_str name = text(c, ",\"outcome\":");
	int kind = 0;

	while (kind < OUTCOMES &&
	    !inv_str_eq(name, inv_outcome_name((enum inv_outcome_kind)kind)))
		kind++;
	if (kind == OUTCOMES) {
		c->bad = true;
		return;
	}
	o->kind = (enum inv_outcome_kind)kind;
	if (at(c, ",\"evidence\":"))
		o->evidence = text(c, ",\"evidence\":");
	if (at(c, ",\"reason\":"))
		o->reason = text(c, ",\"reason\":");
	o->status = number(c, ",\"status\":", 0);
	o->attempts = number(c, ",\"attempts\":", 0);
	o->ms = number(c, ",\"ms\":", 0);
	if (at(c, ",\"processed_at\":"))
		o->processed_at = text(c, ",\"processed_at\":");
	expect(c, "}");
}

bool
inv_entry_parse(struct inv_str line, struct inv_rows *rows,
    struct inv_entry *entry, struct inv_err *err)
{
	struct cursor c = { .rest = line };

	inv_rows_reset(rows);
	*entry = (struct inv_entry){ .text = line };
	entry->seq = number(&c, "{\"seq\":", 1);
	(void)hex(&c, ",\"prev\":", entry->prev);
	struct inv_str type = text(&c, ",\"type\":");

	if (!c.bad && inv_str_eq(type, INV_LIT("intent"))) {
		entry->type = INV_ENTRY_INTENT;
		entry->intent = entry->seq;
		entry->copied = at(&c, ",\"copy_of\":");
		if (entry->copied)
			entry->intent = number(&c, ",\"copy_of\":", 1);
		entry->time = text(&c, ",\"time\":");
		batch(&c, &entry->of, rows);
		intent_rest(&c, &entry->of);
	} else if (!c.bad && inv_str_eq(type, INV_LIT("outcome"))) {
		entry->type = INV_ENTRY_OUTCOME;
		entry->time = text(&c, ",\"time\":");
		entry->intent = number(&c, ",\"intent\":", 1);
		batch(&c, &entry->of, rows);
		outcome_rest(&c, &entry->of, &entry->outcome);
	} else {
		c.bad = true;
	}
	if (c.bad || c.rest.n > 0 || entry->time.n != INV_CLOCK_TEXT - 1)
		return inv_fail(err, INV_BAD, "byte %zu: not a journal line",
		    line.n - c.rest.n + 1);
	return true;
}
