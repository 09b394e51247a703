/* record.c - one line of the stream: kind, spans, verdict, provenance */

#include "data/record.h"

#include "data/emit.h"

static const struct inv_str verdicts[INV_VERDICTS] = {
	[INV_PENDING] = { "pending", 7 },
	[INV_COMMITTED] = { "committed", 9 },
	[INV_SKIPPED] = { "skipped", 7 },
	[INV_QUARANTINED] = { "quarantined", 11 },
	[INV_HELD] = { "held", 4 },
	[INV_AMBIGUOUS] = { "ambiguous", 9 },
};

struct inv_str
inv_verdict_name(enum inv_verdict v)
{
	return verdicts[v];
}

bool
inv_verdict_of(struct inv_str name, enum inv_verdict *v)
{
	for (int i = INV_COMMITTED; i < INV_VERDICTS; i++)
		if (inv_str_eq(name, verdicts[i])) {
			*v = (enum inv_verdict)i;
			return true;
		}
	return false;
}

void
inv_verdict_counts(struct inv_buf *b, const uint64_t counts[INV_VERDICTS])
{
	inv_emit_open(b, '{');
	for (int v = 0; v < INV_VERDICTS; v++)
		inv_emit_member_u64(b, inv_verdict_name((enum inv_verdict)v),
		    counts[v]);
	inv_emit_close(b, '}');
}

bool
inv_member_u64(const struct inv_members *m, const char *name, uint64_t *v)
{
	const struct inv_member *found = inv_member_find(m, name);

	return found != NULL && found->kind == INV_KIND_NUMBER &&
	    inv_str_u64(found->value, 0, INV_NUMBER_MAX, v);
}

struct inv_str
inv_member_text(const struct inv_members *m, const char *name)
{
	const struct inv_member *found = inv_member_find(m, name);

	if (found == NULL || found->kind != INV_KIND_STRING)
		return (struct inv_str){ NULL, 0 };
	return inv_member_inner(found);
}

/* What a line of each kind must have; the rest is free. */

static bool
manifest_line(struct inv_record *rec, struct inv_err *err)
{
	if (rec->manifest.n != INV_MANIFEST_ID ||
	    !inv_str_is_hex(rec->manifest))
		return inv_fail(err, INV_BAD,
		    "a manifest line without its id of 64 hex digits");
	struct inv_str run = inv_member_text(rec->outer, "run");

	if (run.n != INV_RUN_ID || !inv_str_is_hex(run))
		return inv_fail(err, INV_BAD,
		    "a manifest line without its run of 16 hex digits");
	const struct inv_member *m = inv_member_find(rec->outer, "submission");
	uint64_t submission;

	if (m != NULL &&
	    (!inv_member_u64(rec->outer, "submission", &submission) ||
		submission == 0))
		return inv_fail(err, INV_BAD,
		    "a manifest line with a submission that is no number");
	return true;
}

/* What a verdict brings along: ruled twice, a line would have it twice. */
static bool
half_ruled(const struct inv_members *m)
{
	return inv_member_find(m, "stage") != NULL ||
	    inv_member_find(m, "reason") != NULL ||
	    inv_member_find(m, "errors") != NULL ||
	    inv_member_find(m, "of") != NULL ||
	    inv_member_find(m, "on") != NULL;
}

static bool
record_line(struct inv_record *rec, struct inv_err *err)
{
	const struct inv_member *m = inv_member_find(rec->outer, "verdict");

	if (m != NULL &&
	    (m->kind != INV_KIND_STRING ||
		!inv_verdict_of(inv_member_inner(m), &rec->verdict)))
		return inv_fail(err, INV_BAD,
		    "a record line with an unknown verdict");
	rec->reason = inv_member_text(rec->outer, "reason");
	m = inv_member_find(rec->outer, "record");
	if (m != NULL && m->kind == INV_KIND_OBJECT)
		rec->record = m->value;
	if (!inv_member_u64(rec->outer, "line", &rec->line))
		rec->line = 0;
	bool placed = inv_member_u64(rec->outer, "row", &rec->row) &&
	    rec->row > 0 && rec->row <= INV_ROW_MAX &&
	    inv_member_u64(rec->outer, "chunk", &rec->chunk);

	if (!placed)
		rec->row = 0;
	if (rec->verdict != INV_PENDING)
		return true;
	if (!placed)
		return inv_fail(err, INV_BAD,
		    "a record line without row and chunk");
	if (rec->record.n == 0)
		return inv_fail(err, INV_BAD,
		    "a record line without its record");
	/* type, row, chunk, record, and these two: more is looked at. */
	size_t usual = 4U + (rec->manifest.n > 0) + (rec->line > 0);

	if (rec->outer->n > usual && half_ruled(rec->outer))
		return inv_fail(err, INV_BAD,
		    "a record line with part of a verdict, but without one");
	return true;
}

static bool
batch_line(struct inv_record *rec, struct inv_err *err)
{
	const struct inv_member *m = inv_member_find(rec->outer, "rows");
	struct inv_str verdict = inv_member_text(rec->outer, "verdict");

	if (!inv_str_eq(verdict, verdicts[INV_COMMITTED]))
		return inv_fail(err, INV_BAD,
		    "a batch line that is not committed");
	rec->verdict = INV_COMMITTED;
	if (m == NULL || m->kind != INV_KIND_ARRAY)
		return inv_fail(err, INV_BAD, "a batch line without its rows");
	return true;
}

static bool
end_line(struct inv_record *rec, struct inv_err *err)
{
	if (!inv_member_u64(rec->outer, "rows", &rec->row) ||
	    rec->row > INV_ROW_MAX)
		return inv_fail(err, INV_BAD,
		    "an end line without its number of rows");
	return true;
}

static enum inv_line_kind
kind_of(struct inv_str type)
{
	if (inv_str_eq(type, INV_LIT("record")))
		return INV_LINE_RECORD;
	if (inv_str_eq(type, INV_LIT("batch")))
		return INV_LINE_BATCH;
	if (inv_str_eq(type, INV_LIT("manifest")))
		return INV_LINE_MANIFEST;
	if (inv_str_eq(type, INV_LIT("stage")))
		return INV_LINE_STAGE;
	if (inv_str_eq(type, INV_LIT("end")))
		return INV_LINE_END;
	return INV_LINE_OTHER;
}

/*
 * "\u0074ype" is "type" to others, and not to us, who compare undecoded: a
 * row could hide in such a line, or a member come twice that we add.
 */
static bool
hides_a_name(const struct inv_members *m)
{
	char name[64];

	for (size_t i = 0; i < m->n; i++) {
		struct inv_str key = m->at[i].key;

		if (!m->at[i].key_escaped || key.n > sizeof(name))
			continue;
		size_t n = inv_text_decode(key, name);

		if (inv_text_plain(name, n) == n)
			return true;
	}
	return false;
}

/* ---- what nearly every line is ---- */

#define USUAL_HEAD "{\"type\":\"record\",\"manifest\":\""

enum {
	USUAL_MEMBERS = 6,
	USUAL_DIGITS_MAX = 15, /* of a number: it is below INV_NUMBER_MAX */
};

/* A line under way: where we are, NULL behind what is not as usual. */
struct usual {
	const char *p, *end;
	struct inv_member at[USUAL_MEMBERS];
	size_t n;
};

static inline void
take_text(struct usual *u, struct inv_str text)
{
	if (u->p != NULL && (size_t)(u->end - u->p) > text.n &&
	    memcmp(u->p, text.p, text.n) == 0)
		u->p += text.n;
	else
		u->p = NULL;
}

/* The value of a member whose key has so many bytes. */
static inline void
add_member(struct usual *u, size_t key, struct inv_str value,
    enum inv_kind kind)
{
	u->at[u->n++] = (struct inv_member){
		.key = { value.p - 2 - key, key },
		.value = value,
		.kind = kind,
	};
}

/* Type and manifest. */
static inline void
take_head(struct usual *u)
{
	const char *from = u->p;
	const size_t n = sizeof(USUAL_HEAD) - 1;

	take_text(u, INV_LIT(USUAL_HEAD));
	if (u->p == NULL || u->end - u->p < INV_MANIFEST_SHORT ||
	    inv_text_plain(u->p, INV_MANIFEST_SHORT) != INV_MANIFEST_SHORT) {
		u->p = NULL;
		return;
	}
	add_member(u, 4, (struct inv_str){ from + 8, 8 }, INV_KIND_STRING);
	add_member(u, 8,
	    (struct inv_str){ from + n - 1, INV_MANIFEST_SHORT + 2 },
	    INV_KIND_STRING);
	u->p += INV_MANIFEST_SHORT;
	take_text(u, INV_LIT("\""));
}

static inline uint64_t
take_number(struct usual *u, struct inv_str lead)
{
	uint64_t v = 0;

	take_text(u, lead);
	if (u->p == NULL)
		return 0;
	const char *from = u->p;
	const char *p = from;

	for (; p < u->end && *p >= '0' && *p <= '9'; p++)
		v = v * 10 + (uint64_t)(*p - '0');
	size_t n = (size_t)(p - from);

	add_member(u, lead.n - 4, (struct inv_str){ from, n }, INV_KIND_NUMBER);
	u->p = n == 0 || n > USUAL_DIGITS_MAX || (n > 1 && *from == '0') ? NULL
									 : p;
	return v;
}

/*
 * A record without a verdict, as inv-split writes it: the members before the
 * record are told by comparing.  False for anything else, right or wrong, of
 * which nothing is known then.
 */
static bool
take_usual(struct inv_scan *s, struct inv_record *rec)
{
	struct usual u;

	u.p = rec->text.p;
	u.end = u.p + rec->text.n;
	u.n = 0;
	take_head(&u);
	rec->row = take_number(&u, INV_LIT(",\"row\":"));
	rec->line = take_number(&u, INV_LIT(",\"line\":"));
	rec->chunk = take_number(&u, INV_LIT(",\"chunk\":"));
	take_text(&u, INV_LIT(",\"record\":"));
	if (u.p == NULL || rec->row == 0 || rec->row > INV_ROW_MAX)
		return false;
	add_member(&u, 6, (struct inv_str){ u.p, 0 }, INV_KIND_OBJECT);
	if (!inv_scan_line_from(s, rec->text, u.at, u.n))
		return false;
	rec->kind = INV_LINE_RECORD;
	rec->outer = inv_scan_outer(s);
	rec->manifest = inv_member_inner(&u.at[1]);
	rec->record = rec->outer->at[u.n - 1].value;
	return true;
}

bool
inv_record_parse(struct inv_scan *s, struct inv_str text,
    struct inv_record *rec, struct inv_err *err)
{
	*rec = (struct inv_record){
		.text = text,
		.fields = inv_scan_record(s),
	};
	if (take_usual(s, rec))
		return true;
	*rec = (struct inv_record){
		.text = text,
		.outer = inv_scan_outer(s),
		.fields = inv_scan_record(s),
	};
	if (!inv_scan_line(s, text, err))
		return false;
	if (hides_a_name(rec->outer))
		return inv_fail(err, INV_BAD,
		    "a member whose name is escaped without need");
	rec->kind = kind_of(inv_member_text(rec->outer, "type"));
	rec->manifest = inv_member_text(rec->outer, "manifest");
	switch (rec->kind) {
	case INV_LINE_MANIFEST:
		return manifest_line(rec, err);
	case INV_LINE_RECORD:
		return record_line(rec, err);
	case INV_LINE_BATCH:
		return batch_line(rec, err);
	case INV_LINE_END:
		return end_line(rec, err);
	case INV_LINE_STAGE:
	case INV_LINE_OTHER:
	case INV_LINE_BODY:
		return true;
	}
	return true;
}

static bool
range_of(struct inv_str json, struct inv_range *range)
{
	struct inv_member e;
	uint64_t v[2];
	size_t n = 0;

	while (inv_scan_each(&json, &e)) {
		if (n == 2 || e.kind != INV_KIND_NUMBER ||
		    !inv_str_u64(e.value, 1, INV_ROW_MAX, &v[n]))
			return false;
		n++;
	}
	if (n != 2 || v[0] > v[1])
		return false;
	*range = (struct inv_range){ v[0], v[1] };
	return true;
}

bool
inv_record_rows(struct inv_str json, struct inv_rows *rows)
{
	struct inv_member e;
	struct inv_range range;
	uint64_t behind = 0;

	while (inv_scan_each(&json, &e)) {
		if (e.kind != INV_KIND_ARRAY || !range_of(e.value, &range) ||
		    range.first <= behind ||
		    !inv_rows_add(rows, range.first, range.last))
			return false;
		behind = range.last;
	}
	return true;
}

void
inv_record_rule(struct inv_buf *out, const struct inv_record *rec,
    const struct inv_ruling *ruling)
{
	size_t n = rec->text.n;

	/* The last brace: the line has been scanned, so there is one. */
	while (rec->text.p[n - 1] != '}')
		n--;
	inv_buf_add(out, (struct inv_str){ rec->text.p, n - 1 });
	inv_emit_member_str(out, INV_LIT("verdict"),
	    inv_verdict_name(ruling->verdict));
	inv_emit_member_str(out, INV_LIT("stage"), ruling->stage);
	inv_emit_member_str(out, INV_LIT("reason"), ruling->reason);
	if (ruling->errors.n > 0)
		inv_emit_member_raw(out, INV_LIT("errors"), ruling->errors);
	if (ruling->more.n > 0)
		inv_emit_raw(out, ruling->more);
	inv_emit_close(out, '}');
}

/* What stands between two places of the line. */
static void
copy_span(struct inv_buf *out, const char *from, const char *to)
{
	inv_buf_add(out, (struct inv_str){ from, (size_t)(to - from) });
}

enum { CHANGES = 3 };

/* A part of the line that is to be another. */
struct change {
	struct inv_str was;
	struct inv_str now;
};

/* In their order on the line. */
static void
insert(struct change *at, size_t *n, struct inv_str was, struct inv_str now)
{
	size_t i = (*n)++;

	for (; i > 0 && at[i - 1].was.p > was.p; i--)
		at[i] = at[i - 1];
	at[i] = (struct change){ was, now };
}

void
inv_record_replace(struct inv_buf *out, const struct inv_record *rec,
    struct inv_str json, struct inv_str warnings, struct inv_str attachments)
{
	const struct inv_member *warned =
	    inv_member_find(rec->outer, "warnings");
	const struct inv_member *attached = attachments.n > 0
	    ? inv_member_find(rec->outer, "attachments")
	    : NULL;
	const char *from = rec->text.p;
	struct change at[CHANGES];
	size_t n = 0;

	insert(at, &n, rec->record, json);
	if (warned != NULL)
		insert(at, &n, warned->value,
		    warnings.n > 0 ? warnings : INV_LIT("[]"));
	if (attached != NULL)
		insert(at, &n, attached->value, attachments);
	for (size_t i = 0; i < n; i++) {
		copy_span(out, from, at[i].was.p);
		inv_buf_add(out, at[i].now);
		from = at[i].was.p + at[i].was.n;
		if (at[i].was.p != rec->record.p)
			continue;
		if (warned == NULL && warnings.n > 0)
			inv_emit_member_raw(out, INV_LIT("warnings"), warnings);
		if (attached == NULL && attachments.n > 0)
			inv_emit_member_raw(out, INV_LIT("attachments"),
			    attachments);
	}
	copy_span(out, from, rec->text.p + rec->text.n);
}

void
inv_record_head(struct inv_buf *out, struct inv_str manifest, uint64_t row,
    uint64_t line, uint64_t chunk)
{
	inv_buf_add(out, INV_LIT("{\"type\":\"record\",\"manifest\":\""));
	inv_buf_add(out, manifest);
	inv_buf_add(out, INV_LIT("\",\"row\":"));
	inv_buf_u64(out, row);
	inv_buf_add(out, INV_LIT(",\"line\":"));
	inv_buf_u64(out, line);
	inv_buf_add(out, INV_LIT(",\"chunk\":"));
	inv_buf_u64(out, chunk);
	inv_buf_byte(out, ',');
}
