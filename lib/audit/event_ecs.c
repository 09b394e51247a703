/* event_ecs.c - an event in the field names of the Elastic Common Schema */

#include "audit/event_part.h"
#include "data/emit.h"

enum { ORIGINAL_MAX = 1 << 20 }; /* bytes of an entry that is given whole */

static const char version[] = "9.1.0"; /* of the schema */

/* A text that is escaped already; nothing where it is empty. */
static void
put_text(struct inv_buf *b, const char *name, struct inv_str inside)
{
	if (inside.n == 0)
		return;
	inv_emit_key(b, inv_str_of(name));
	inv_buf_byte(b, '"');
	inv_buf_add(b, inside);
	inv_buf_byte(b, '"');
}

static void
put_number(struct inv_buf *b, const char *name, struct inv_str digits)
{
	if (digits.n > 0)
		inv_emit_member_raw(b, inv_str_of(name), digits);
}

static void
put_list(struct inv_buf *b, const char *name, const char *word)
{
	inv_emit_key(b, inv_str_of(name));
	inv_emit_open(b, '[');
	inv_emit_str(b, inv_str_of(word));
	inv_emit_close(b, ']');
}

static void
begin(struct inv_buf *b, const char *name)
{
	inv_emit_key(b, inv_str_of(name));
	inv_emit_open(b, '{');
}

/* event.category and event.type have words of the schema's own. */
static void
put_category(struct inv_buf *b, enum inv_audit_type type)
{
	const char *category = "database";
	const char *kind = "change";

	switch (type) {
	case INV_AUDIT_MANIFEST:
		category = "file";
		kind = "info";
		break;
	case INV_AUDIT_STAGE:
		category = "process";
		kind = "info";
		break;
	case INV_AUDIT_VERDICT:
		kind = "info";
		break;
	case INV_AUDIT_END:
		category = "process";
		kind = "end";
		break;
	case INV_AUDIT_BATCH:
	case INV_AUDIT_ACTION:
		break;
	}
	put_list(b, "category", category);
	put_list(b, "type", kind);
}

static void
put_event(struct inv_buf *b, const struct inv_event *e)
{
	uint64_t ms;

	begin(b, "event");
	inv_emit_member_str(b, INV_LIT("kind"), INV_LIT("event"));
	put_category(b, e->line->type);
	put_text(b, "action", e->action);
	inv_emit_member_str(b, INV_LIT("outcome"), inv_str_of(e->outcome));
	put_text(b, "reason",
	    e->of[INV_EVENT_REASON].n > 0 ? e->of[INV_EVENT_REASON]
					  : e->of[INV_EVENT_WHY]);
	inv_emit_member_u64(b, INV_LIT("severity"), e->severity);
	inv_emit_member_u64(b, INV_LIT("sequence"), e->line->seq);
	if (inv_str_u64(e->of[INV_EVENT_MS], 0, UINT64_MAX / 1000000, &ms))
		inv_emit_member_u64(b, INV_LIT("duration"), ms * 1000000);
	inv_emit_member_str(b, INV_LIT("module"), INV_LIT("inv"));
	inv_emit_member_str(b, INV_LIT("dataset"), INV_LIT("inv.audit"));
	inv_emit_member_str(b, INV_LIT("provider"), INV_LIT("inv-audit"));
	inv_emit_member_str(b, INV_LIT("id"),
	    (struct inv_str){ e->hash, sizeof(e->hash) });
	inv_emit_member_str(b, INV_LIT("hash"),
	    (struct inv_str){ e->hash, sizeof(e->hash) });
	if (e->line->text.n <= ORIGINAL_MAX)
		inv_emit_member_str(b, INV_LIT("original"), e->line->text);
	inv_emit_close(b, '}');
}

/* The manifest. */
static void
put_file(struct inv_buf *b, const struct inv_event *e)
{
	begin(b, "file");
	put_text(b, "name", e->name);
	put_number(b, "size", e->of[INV_EVENT_BYTES]);
	begin(b, "hash");
	inv_emit_member_str(b, INV_LIT("sha256"), e->line->manifest);
	inv_emit_close(b, '}');
	inv_emit_close(b, '}');
}

static void
put_http(struct inv_buf *b, struct inv_str status)
{
	if (status.n == 0 || inv_str_is(status, "0"))
		return;
	begin(b, "http");
	begin(b, "response");
	put_number(b, "status_code", status);
	inv_emit_close(b, '}');
	inv_emit_close(b, '}');
}

static void
put_user(struct inv_buf *b, struct inv_str user, struct inv_str login)
{
	if (user.n == 0)
		return;
	begin(b, "user");
	put_text(b, "name", login.n > 0 ? login : user);
	if (login.n > 0) {
		begin(b, "effective");
		put_text(b, "name", user);
		inv_emit_close(b, '}');
	}
	inv_emit_close(b, '}');
}

/* What the schema has no field for; all values are strings there. */
static void
put_labels(struct inv_buf *b, const struct inv_event *e)
{
	static const struct {
		const char *name;
		enum inv_event_member of;
	} labels[] = {
		{ "run", INV_EVENT_RUN },
		{ "stage", INV_EVENT_STAGE },
		{ "rows", INV_EVENT_COUNT },
		{ "evidence", INV_EVENT_EVIDENCE },
		{ "attempts", INV_EVENT_ATTEMPTS },
		{ "journal", INV_EVENT_JOURNAL },
		{ "idempotency_key", INV_EVENT_KEY },
		{ "batch_hash", INV_EVENT_HASH },
		{ "records_root", INV_EVENT_ROOT },
		{ "item", INV_EVENT_ITEM },
	};

	begin(b, "labels");
	inv_emit_key(b, INV_LIT("submission"));
	inv_buf_addf(b, "\"%ju\"", (uintmax_t)e->line->submission);
	for (size_t i = 0; i < sizeof(labels) / sizeof(*labels); i++)
		put_text(b, labels[i].name, e->of[labels[i].of]);
	inv_emit_close(b, '}');
}

void
inv_event_put_ecs(struct inv_buf *b, const struct inv_event *e)
{
	inv_emit_open(b, '{');
	inv_emit_member_str(b, INV_LIT("@timestamp"), e->line->time);
	inv_emit_member_str(b, INV_LIT("message"), e->message);
	begin(b, "ecs");
	inv_emit_member_str(b, INV_LIT("version"), inv_str_of(version));
	inv_emit_close(b, '}');
	put_event(b, e);
	put_file(b, e);
	put_http(b, e->of[INV_EVENT_STATUS]);
	put_user(b, e->of[INV_EVENT_USER], e->of[INV_EVENT_LOGIN]);
	put_labels(b, e);
	inv_emit_close(b, '}');
}
