/* row.c - an entry of the log as a line of a table, for people */

#include "audit/row.h"

#include "base/log.h"
#include "base/rows.h"

enum {
	SHOWN_MAX = 160, /* bytes of a text in the table */
	SHOWN_HEX = 12,  /* digits of an id */
};

struct inv_str
inv_audit_text_of(struct inv_str object, const char *name)
{
	struct inv_member m;

	while (inv_scan_each(&object, &m))
		if (inv_str_is(m.key, name) && m.kind == INV_KIND_STRING)
			return inv_member_inner(&m);
	return (struct inv_str){ 0 };
}

void
inv_audit_row_text(struct inv_buf *b, struct inv_str s)
{
	char shown[SHOWN_MAX];

	inv_buf_add(b,
	    (struct inv_str){ shown, inv_log_escape(s, shown, SHOWN_MAX) });
}

void
inv_audit_row_inside(struct inv_buf *b, struct inv_str raw)
{
	struct inv_buf plain = INV_BUF(raw.n);

	if (inv_buf_room(&plain, raw.n))
		plain.n = inv_text_decode(raw, plain.p);
	inv_audit_row_text(b, inv_buf_str(&plain));
	inv_buf_free(&plain);
}

void
inv_audit_row_head(struct inv_buf *b, uint64_t seq, struct inv_str time,
    struct inv_str type, struct inv_str manifest)
{
	if (seq == 0)
		inv_buf_addf(b, "%8s", "-");
	else
		inv_buf_addf(b, "%8ju", (uintmax_t)seq);
	inv_buf_add(b, INV_LIT("  "));
	inv_audit_row_text(b, time);
	inv_buf_addf(b, "  %-8.*s  %.*s  ", INV_ARG(type), SHOWN_HEX,
	    manifest.p);
}

static void
say_rows(struct inv_buf *b, const struct inv_rows *rows)
{
	if (rows->count == 1)
		inv_buf_addf(b, "row %ju", (uintmax_t)rows->range[0].first);
	else
		inv_buf_addf(b, "%ju rows from %ju to %ju",
		    (uintmax_t)rows->count, (uintmax_t)rows->range[0].first,
		    (uintmax_t)rows->range[rows->n - 1].last);
}

static void
say_verdict(struct inv_buf *b, const struct inv_audit_line *line)
{
	say_rows(b, line->rows);
	inv_buf_addf(b, ": %.*s", INV_ARG(inv_verdict_name(line->verdict)));
	if (line->stage.n > 0) {
		inv_buf_add(b, INV_LIT(" by "));
		inv_audit_row_inside(b, line->stage);
	}
	if (line->reason.n > 0) {
		inv_buf_add(b, INV_LIT(": "));
		inv_audit_row_inside(b, line->reason);
	}
}

static void
say_end(struct inv_buf *b, const struct inv_audit_line *line)
{
	const char *before = ": ";

	inv_buf_addf(b, "%ju rows", (uintmax_t)line->announced);
	for (int v = 0; v < INV_VERDICTS; v++) {
		if (line->counts[v] == 0)
			continue;
		inv_buf_addf(b, "%s%ju %.*s", before,
		    (uintmax_t)line->counts[v],
		    INV_ARG(inv_verdict_name((enum inv_verdict)v)));
		before = ", ";
	}
	if (line->unverified > 0)
		inv_buf_addf(b, "; %ju unverified",
		    (uintmax_t)line->unverified);
	if (!line->complete)
		inv_buf_add(b, INV_LIT("; incomplete"));
}

static void
say_batch(struct inv_buf *b, const struct inv_audit_line *line)
{
	static const char *const names[] = { "outcome", "evidence", "reason" };
	const char *before = ": ";

	say_rows(b, line->rows);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		struct inv_str s = inv_audit_text_of(line->text, names[i]);

		if (s.n == 0)
			continue;
		inv_buf_add(b, inv_str_of(before));
		inv_audit_row_inside(b, s);
		before = ", ";
	}
}

/* Of the line of the stream that it carries. */
static void
say_line(struct inv_buf *b, const struct inv_audit_line *line,
    const char *first, const char *second)
{
	struct inv_str rest = line->text;
	struct inv_member m;

	while (inv_scan_each(&rest, &m)) {
		if (!inv_str_is(m.key, "line"))
			continue;
		inv_audit_row_inside(b, inv_audit_text_of(m.value, first));
		inv_buf_byte(b, ' ');
		inv_audit_row_inside(b, inv_audit_text_of(m.value, second));
	}
}

static void
say_action(struct inv_buf *b, const struct inv_audit_line *line)
{
	struct inv_str why = inv_audit_text_of(line->text, "why");

	inv_audit_row_inside(b, inv_audit_text_of(line->text, "verb"));
	inv_buf_byte(b, ' ');
	inv_audit_row_inside(b, inv_audit_text_of(line->text, "item"));
	inv_buf_add(b, INV_LIT(" by "));
	inv_audit_row_inside(b, inv_audit_text_of(line->text, "user"));
	if (why.n > 0) {
		inv_buf_add(b, INV_LIT(": "));
		inv_audit_row_inside(b, why);
	}
}

void
inv_audit_row_words(struct inv_buf *b, const struct inv_audit_line *line)
{
	switch (line->type) {
	case INV_AUDIT_MANIFEST:
		say_line(b, line, "name", "run");
		return;
	case INV_AUDIT_STAGE:
		say_line(b, line, "stage", "version");
		return;
	case INV_AUDIT_VERDICT:
		say_verdict(b, line);
		return;
	case INV_AUDIT_END:
		say_end(b, line);
		return;
	case INV_AUDIT_BATCH:
		say_batch(b, line);
		return;
	case INV_AUDIT_ACTION:
		say_action(b, line);
		return;
	}
}

void
inv_audit_row(struct inv_buf *b, const struct inv_audit_line *line,
    struct inv_scan *scan)
{
	struct inv_err ignored;
	enum inv_kind kind;

	/* What a line of the stream was is not looked at before. */
	if (!inv_scan_value(scan, line->text, &kind, &ignored)) {
		inv_audit_row_head(b, line->seq, line->time, INV_LIT("?"),
		    line->manifest);
		return;
	}
	inv_audit_row_head(b, line->seq, line->time,
	    inv_audit_text_of(line->text, "type"), line->manifest);
	inv_audit_row_words(b, line);
}
