/* audit_line.c - one line of the audit log */

#include "store/audit_line.h"

#include "base/clock.h"
#include "data/cursor.h"
#include "data/emit.h"

enum { TYPES = INV_AUDIT_ACTION + 1 };

static struct inv_str
type_name(enum inv_audit_type type)
{
	switch (type) {
	case INV_AUDIT_MANIFEST:
		return INV_LIT("manifest");
	case INV_AUDIT_STAGE:
		return INV_LIT("stage");
	case INV_AUDIT_VERDICT:
		return INV_LIT("verdict");
	case INV_AUDIT_END:
		return INV_LIT("end");
	case INV_AUDIT_BATCH:
		return INV_LIT("batch");
	case INV_AUDIT_ACTION:
		return INV_LIT("action");
	}
	return INV_LIT("");
}

/* ---- building ---- */

static void
put_head(struct inv_buf *b, const struct inv_entry_head *head,
    enum inv_audit_type type)
{
	inv_entry_put_head(b, head, type_name(type));
	inv_emit_member_str(b, INV_LIT("time"), head->time);
}

static void
put_whose(struct inv_buf *b, const struct inv_audit_whose *whose)
{
	inv_emit_member_str(b, INV_LIT("manifest"), whose->manifest);
	inv_emit_member_u64(b, INV_LIT("submission"), whose->submission);
	inv_emit_member_str(b, INV_LIT("run"), whose->run);
}

/* A string whose escapes are there already. */
static void
put_escaped(struct inv_buf *b, struct inv_str name, struct inv_str inside)
{
	inv_emit_key(b, name);
	inv_buf_byte(b, '"');
	inv_buf_add(b, inside);
	inv_buf_byte(b, '"');
}

void
inv_audit_put_line(struct inv_buf *b, const struct inv_entry_head *head,
    const struct inv_audit_whose *whose, enum inv_audit_type type,
    struct inv_str line)
{
	put_head(b, head, type);
	put_whose(b, whose);
	inv_emit_member_raw(b, INV_LIT("line"), line);
	inv_emit_close(b, '}');
}

static void
put_flaws(struct inv_buf *b, const struct inv_group *group)
{
	inv_emit_key(b, INV_LIT("errors"));
	inv_emit_open(b, '{');
	for (size_t i = 0; i < group->flaws; i++)
		inv_emit_member_u64(b,
		    (struct inv_str){
			group->flaw[i].type, group->flaw[i].type_n },
		    group->flaw[i].count);
	inv_emit_close(b, '}');
}

size_t
inv_audit_put_verdict(struct inv_buf *b, const struct inv_entry_head *head,
    const struct inv_audit_whose *whose, const struct inv_group *group,
    size_t first)
{
	/* A view of some of the group's ranges. */
	struct inv_rows part = { .range = group->rows.range + first,
		.n = group->rows.n - first };

	if (part.n > INV_AUDIT_RANGES_MAX)
		part.n = INV_AUDIT_RANGES_MAX;
	for (size_t i = 0; i < part.n; i++)
		part.count += part.range[i].last - part.range[i].first + 1;
	put_head(b, head, INV_AUDIT_VERDICT);
	put_whose(b, whose);
	inv_emit_member_str(b, INV_LIT("verdict"),
	    inv_verdict_name(group->verdict));
	put_escaped(b, INV_LIT("stage"),
	    (struct inv_str){ group->stage, group->stage_n });
	put_escaped(b, INV_LIT("reason"),
	    (struct inv_str){ group->reason, group->reason_n });
	inv_emit_key(b, INV_LIT("rows"));
	inv_emit_rows(b, &part);
	inv_emit_member_u64(b, INV_LIT("count"), part.count);
	if (first == 0 && group->flaws > 0)
		put_flaws(b, group);
	inv_emit_close(b, '}');
	return part.n;
}

void
inv_audit_put_end(struct inv_buf *b, const struct inv_entry_head *head,
    const struct inv_audit_whose *whose, const struct inv_account *account,
    uint64_t unverified, uint64_t signed_before)
{
	put_head(b, head, INV_AUDIT_END);
	put_whose(b, whose);
	inv_emit_member_u64(b, INV_LIT("rows"), account->rows);
	inv_emit_member_u64(b, INV_LIT("seen"), inv_account_seen(account));
	inv_emit_member_bool(b, INV_LIT("complete"), account->complete);
	inv_emit_member_bool(b, INV_LIT("validated"), account->validated);
	inv_emit_member_u64(b, INV_LIT("unverified"), unverified);
	inv_emit_member_u64(b, INV_LIT("malformed_lines"), account->malformed);
	inv_emit_key(b, INV_LIT("counts"));
	inv_verdict_counts(b, account->counts);
	if (signed_before > 0)
		inv_emit_member_u64(b, INV_LIT("checkpoint"), signed_before);
	if (account->refused.n > 0)
		inv_emit_member_raw(b, INV_LIT("refused"),
		    inv_buf_str(&account->refused));
	if (account->failed.n > 0)
		inv_emit_member_raw(b, INV_LIT("failed"),
		    inv_buf_str(&account->failed));
	inv_emit_close(b, '}');
}

void
inv_audit_tell_outcome(struct inv_buf *b, const struct inv_entry *e)
{
	inv_emit_member_u64(b, INV_LIT("journal"), e->seq);
	inv_emit_member_u64(b, INV_LIT("chunk"), e->of.chunk);
	inv_emit_key(b, INV_LIT("rows"));
	inv_emit_rows(b, e->of.rows);
	inv_emit_member_u64(b, INV_LIT("count"), e->of.rows->count);
	inv_emit_member_str(b, INV_LIT("idempotency_key"), e->of.key);
	inv_emit_member_str(b, INV_LIT("batch_hash"), e->of.batch_hash);
	if (e->of.records_root.n > 0)
		inv_emit_member_str(b, INV_LIT("records_root"),
		    e->of.records_root);
	inv_emit_member_str(b, INV_LIT("outcome"),
	    inv_outcome_name(e->outcome.kind));
	if (e->outcome.sent > 0)
		inv_emit_member_u64(b, INV_LIT("sent"), e->outcome.sent);
	if (e->outcome.refused.n > 0)
		inv_emit_member_raw(b, INV_LIT("refused"), e->outcome.refused);
	if (e->outcome.evidence.n > 0)
		put_escaped(b, INV_LIT("evidence"), e->outcome.evidence);
	if (e->outcome.reason.n > 0)
		put_escaped(b, INV_LIT("reason"), e->outcome.reason);
	inv_emit_member_u64(b, INV_LIT("status"), e->outcome.status);
	inv_emit_member_u64(b, INV_LIT("attempts"), e->outcome.attempts);
	inv_emit_member_u64(b, INV_LIT("ms"), e->outcome.ms);
	if (e->outcome.processed_at.n > 0)
		put_escaped(b, INV_LIT("processed_at"),
		    e->outcome.processed_at);
	inv_emit_close(b, '}');
}

void
inv_audit_put_batch(struct inv_buf *b, const struct inv_entry_head *head,
    const struct inv_entry *e)
{
	put_head(b, head, INV_AUDIT_BATCH);
	inv_emit_member_str(b, INV_LIT("manifest"), e->of.manifest);
	inv_emit_member_u64(b, INV_LIT("submission"), e->of.submission);
	inv_audit_tell_outcome(b, e);
}

void
inv_audit_tell_action(struct inv_buf *b, const struct inv_action *a)
{
	char at[INV_CLOCK_TEXT];

	inv_clock_text((int64_t)a->at, at);
	inv_emit_member_u64(b, INV_LIT("action"), a->number);
	inv_emit_member_str(b, INV_LIT("at"), inv_str_of(at));
	inv_emit_member_str(b, INV_LIT("verb"), a->verb);
	inv_emit_member_str(b, INV_LIT("item"), a->item);
	inv_emit_member_u64(b, INV_LIT("row"), a->row);
	inv_emit_member_str(b, INV_LIT("user"), a->user);
	if (a->login.n > 0)
		inv_emit_member_str(b, INV_LIT("login"), a->login);
	if (a->why.n > 0)
		inv_emit_member_str(b, INV_LIT("why"), a->why);
	inv_emit_member_raw(b, INV_LIT("detail"), a->detail);
	inv_emit_close(b, '}');
}

void
inv_audit_put_action(struct inv_buf *b, const struct inv_entry_head *head,
    const struct inv_action *a)
{
	put_head(b, head, INV_AUDIT_ACTION);
	inv_emit_member_str(b, INV_LIT("manifest"), a->manifest);
	inv_emit_member_u64(b, INV_LIT("submission"), a->submission);
	inv_audit_tell_action(b, a);
}

/* ---- parsing ---- */

/* What is left but for the last brace is JSON that only people read. */
static void
the_rest(struct inv_cursor *c)
{
	struct inv_str s = c->rest;

	if (!c->bad && s.n > 0 && s.p[s.n - 1] == '}')
		c->rest = (struct inv_str){ s.p + s.n, 0 };
	else
		c->bad = true;
}

static void
verdict_rest(struct inv_cursor *c, struct inv_audit_line *l,
    struct inv_rows *rows)
{
	struct inv_str name = inv_cursor_text(c, ",\"verdict\":");

	l->verdict = INV_PENDING;
	if (!c->bad && !inv_str_eq(name, inv_verdict_name(INV_PENDING)) &&
	    !inv_verdict_of(name, &l->verdict))
		c->bad = true;
	l->stage = inv_cursor_text(c, ",\"stage\":");
	l->reason = inv_cursor_text(c, ",\"reason\":");
	inv_cursor_rows(c, ",\"rows\":", rows);
	if (inv_cursor_u64(c, ",\"count\":", 1) != rows->count)
		c->bad = true;
	the_rest(c);
}

static void
end_rest(struct inv_cursor *c, struct inv_audit_line *l)
{
	l->announced = inv_cursor_u64(c, ",\"rows\":", 0);
	(void)inv_cursor_u64(c, ",\"seen\":", 0);
	l->complete = inv_cursor_bool(c, ",\"complete\":");
	(void)inv_cursor_bool(c, ",\"validated\":");
	l->unverified = inv_cursor_u64(c, ",\"unverified\":", 0);
	(void)inv_cursor_u64(c, ",\"malformed_lines\":", 0);
	inv_cursor_expect(c, ",\"counts\":{");
	for (int v = 0; v < INV_VERDICTS; v++) {
		struct inv_str name = inv_verdict_name((enum inv_verdict)v);

		if (v > 0)
			inv_cursor_expect(c, ",");
		if (!inv_str_eq(inv_cursor_text(c, ""), name))
			c->bad = true;
		l->counts[v] = inv_cursor_u64(c, ":", 0);
	}
	inv_cursor_expect(c, "}");
	if (inv_cursor_at(c, ",\"checkpoint\":"))
		l->signed_before = inv_cursor_u64(c, ",\"checkpoint\":", 1);
	the_rest(c);
}

static void
batch_rest(struct inv_cursor *c, struct inv_audit_line *l,
    struct inv_rows *rows)
{
	l->told = c->rest;
	l->journal = inv_cursor_u64(c, ",\"journal\":", 1);
	(void)inv_cursor_u64(c, ",\"chunk\":", 0);
	inv_cursor_rows(c, ",\"rows\":", rows);
	if (inv_cursor_u64(c, ",\"count\":", 1) != rows->count)
		c->bad = true;
	inv_cursor_digest(c, ",\"idempotency_key\":", l->key);
	inv_cursor_digest(c, ",\"batch_hash\":", l->hash);
	l->rooted = inv_cursor_at(c, ",\"records_root\":");
	if (l->rooted)
		inv_cursor_digest(c, ",\"records_root\":", l->root);
	l->committed = inv_str_eq(inv_cursor_text(c, ",\"outcome\":"),
	    inv_outcome_name(INV_OUTCOME_COMMITTED));
	if (inv_cursor_at(c, ",\"sent\":"))
		l->sent = inv_cursor_u64(c, ",\"sent\":", 1);
	if (inv_cursor_at(c, ",\"refused\":")) {
		inv_cursor_expect(c, ",\"refused\":");
		l->refused = c->rest;
	}
	the_rest(c);
}

static void
action_rest(struct inv_cursor *c, struct inv_audit_line *l)
{
	l->told = c->rest;
	l->action = inv_cursor_u64(c, ",\"action\":", 1);
	(void)inv_cursor_text(c, ",\"at\":");
	(void)inv_cursor_text(c, ",\"verb\":");
	(void)inv_cursor_text(c, ",\"item\":");
	(void)inv_cursor_u64(c, ",\"row\":", 0);
	the_rest(c);
}

static void
type_rest(struct inv_cursor *c, struct inv_audit_line *l, struct inv_rows *rows)
{
	switch (l->type) {
	case INV_AUDIT_MANIFEST:
	case INV_AUDIT_STAGE:
		inv_cursor_expect(c, ",\"line\":{");
		the_rest(c);
		break;
	case INV_AUDIT_VERDICT:
		verdict_rest(c, l, rows);
		break;
	case INV_AUDIT_END:
		end_rest(c, l);
		break;
	case INV_AUDIT_BATCH:
		batch_rest(c, l, rows);
		break;
	case INV_AUDIT_ACTION:
		action_rest(c, l);
		break;
	}
}

bool
inv_audit_parse(struct inv_str text, struct inv_rows *rows,
    struct inv_audit_line *l, struct inv_err *err)
{
	struct inv_cursor c = { .rest = text };
	int type = 0;

	inv_rows_reset(rows);
	*l = (struct inv_audit_line){ .text = text, .rows = rows };
	l->seq = inv_cursor_u64(&c, "{\"seq\":", 1);
	inv_cursor_digest(&c, ",\"prev\":", l->prev);
	struct inv_str name = inv_cursor_text(&c, ",\"type\":");

	while (type < TYPES &&
	    !inv_str_eq(name, type_name((enum inv_audit_type)type)))
		type++;
	if (type == TYPES)
		c.bad = true;
	else
		l->type = (enum inv_audit_type)type;
	l->time = inv_cursor_text(&c, ",\"time\":");
	if (l->time.n != INV_CLOCK_TEXT - 1)
		c.bad = true;
	l->manifest = inv_cursor_hex(&c, ",\"manifest\":", INV_DIGEST_HEX);
	l->submission = inv_cursor_u64(&c, ",\"submission\":", 1);
	if (l->type != INV_AUDIT_BATCH && l->type != INV_AUDIT_ACTION)
		l->run = inv_cursor_hex(&c, ",\"run\":", INV_RUN_ID);
	if (!c.bad)
		type_rest(&c, l, rows);
	if (c.bad || c.rest.n > 0)
		return inv_fail(err, INV_BAD, "byte %zu: not a line of the log",
		    text.n - c.rest.n + 1);
	return true;
}
