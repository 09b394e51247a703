/*
 * fix.c - inv-quarantine fix: a sheet of one row that corrects an item
 *
 * A record of texts becomes CSV, whose cells are given types by the schema once
 * more; one that has types already becomes NDJSON.
 */

#include <unistd.h>

#include "base/log.h"
#include "base/utf8.h"
#include "data/emit.h"
#include "data/sheet.h"
#include "quarantine/desk.h"

enum {
	RECORD_BYTES = 4 * INV_RECORD_MAX, /* with what is set in it */
	NAME_BYTES = INV_FIELD_MAX,
	DETAIL_BYTES = 64, /* of the action that uses an approval */
};

static const char verb[] = "fix";

struct fix {
	const struct inv_quarantine_args *a;
	struct inv_scan *scan;
	struct inv_scan *value;
	struct inv_buf record; /* as it is to be */
	struct inv_buf name;   /* of a member, decoded */
	bool typed;            /* a member is neither text nor null */
	struct inv_out out;
};

/* ---- what is set ---- */

static struct inv_str
name_in(struct inv_str set)
{
	const char *end = memchr(set.p, '=', set.n);

	return (struct inv_str){ set.p,
		end == NULL ? 0 : (size_t)(end - set.p) };
}

static struct inv_str
value_in(struct inv_str set)
{
	size_t n = name_in(set).n + 1;

	return (struct inv_str){ set.p + n, set.n - n };
}

static void
check_set(const struct inv_quarantine_args *a, size_t i)
{
	struct inv_str set = a->set[i];
	struct inv_str name = name_in(set);

	if (name.n == 0 || !inv_utf8_all(set) || set.n > INV_FIELD_MAX)
		inv_opt_wrong("--set", set.p, "not FIELD=VALUE");
	if (inv_str_starts(name, INV_LIT("inv:")))
		inv_opt_wrong("--set", set.p, "not a field of the record");
	for (size_t k = 0; k < i; k++)
		if (inv_str_eq(name, name_in(a->set[k])))
			inv_opt_wrong("--set", set.p, "said twice");
}

/* The one that sets this member, or NULL. */
static const struct inv_str *
set_of(struct fix *p, const struct inv_member *m)
{
	struct inv_str name = m->key;

	if (m->key_escaped) {
		inv_buf_reset(&p->name);
		if (inv_buf_room(&p->name, m->key.n))
			p->name.n = inv_text_decode(m->key, p->name.p);
		name = inv_buf_str(&p->name);
	}
	for (size_t i = 0; i < p->a->sets; i++)
		if (inv_str_eq(name, name_in(p->a->set[i])))
			return &p->a->set[i];
	return NULL;
}

/* In a record with types a value is JSON where it is, and was no text. */
static void
put_value(struct fix *p, struct inv_str value, bool was_text)
{
	struct inv_err ignored;
	enum inv_kind kind;

	if (p->typed && !was_text &&
	    inv_scan_value(p->value, value, &kind, &ignored))
		inv_emit_raw(&p->record, value);
	else
		inv_emit_str(&p->record, value);
}

static void
put_key(struct fix *p, struct inv_str name)
{
	inv_emit_str(&p->record, name);
	inv_buf_byte(&p->record, ':');
}

static bool
is_text(const struct inv_member *m)
{
	return m->kind == INV_KIND_STRING || m->kind == INV_KIND_NULL;
}

/* The members of the item's record, with what is set in its place. */
static void
put_members(struct fix *p, const struct inv_members *m, bool done[])
{
	for (size_t i = 0; i < m->n; i++) {
		const struct inv_member *k = &m->at[i];
		const struct inv_str *set = set_of(p, k);

		inv_emit_key(&p->record, k->key);
		if (set == NULL) {
			inv_emit_raw(&p->record, k->value);
			continue;
		}
		done[set - p->a->set] = true;
		put_value(p, value_in(*set), k->kind == INV_KIND_STRING);
	}
}

static void
make_record(struct fix *p, const struct inv_item *item)
{
	bool done[INV_SETS_MAX] = { false };
	const struct inv_members *m = NULL;
	struct inv_err err;

	if (item->last.form == INV_FORM_RECORD) {
		if (!inv_scan_object(p->scan, item->last.content, &err))
			inv_die(&err);
		m = inv_scan_record(p->scan);
	}
	for (size_t i = 0; m != NULL && i < m->n; i++)
		p->typed = p->typed || !is_text(&m->at[i]);
	inv_emit_open(&p->record, '{');
	if (m != NULL)
		put_members(p, m, done);
	for (size_t i = 0; i < p->a->sets; i++)
		if (!done[i]) {
			put_key(p, name_in(p->a->set[i]));
			put_value(p, value_in(p->a->set[i]), false);
		}
	inv_emit_close(&p->record, '}');
}

/* ---- the sheet ---- */

static void
put_csv(struct fix *p, const struct inv_item *item)
{
	struct inv_buf *b = inv_out_buf(&p->out);
	struct inv_sheet *sheet = inv_sheet_new();
	const struct inv_members *m;
	struct inv_err err;

	if (!inv_scan_object(p->scan, inv_buf_str(&p->record), &err))
		inv_die(&err);
	m = inv_scan_record(p->scan);
	if (!inv_sheet_learn(sheet, m, INV_LIT("inv:"), &err))
		inv_die(&err);
	bool any = inv_sheet_names(sheet, b);

	inv_sheet_cell(b, INV_LIT("inv:item"), !any);
	inv_sheet_cell(b, INV_LIT("inv:why"), false);
	inv_buf_byte(b, '\n');
	(void)inv_sheet_values(sheet, m, b);
	inv_sheet_cell(b, inv_str_of(item->id), !any);
	inv_sheet_cell(b, p->a->why, false);
	inv_buf_byte(b, '\n');
	inv_sheet_free(sheet);
}

static void
put_ndjson(struct fix *p, const struct inv_item *item)
{
	struct inv_buf *b = inv_out_buf(&p->out);
	struct inv_str record = inv_buf_str(&p->record);

	/* Its members, within the braces of ours. */
	inv_emit_open(b, '{');
	inv_emit_member_str(b, INV_LIT("inv:item"), inv_str_of(item->id));
	inv_emit_member_str(b, INV_LIT("inv:why"), p->a->why);
	inv_buf_byte(b, ',');
	inv_buf_add(b, (struct inv_str){ record.p + 1, record.n - 1 });
	inv_buf_byte(b, '\n');
}

/* What was approved is used up by the sheet, wherever that goes. */
static bool
note_release(struct inv_desk *d, const struct inv_item *item)
{
	struct inv_buf detail = INV_BUF(DETAIL_BYTES);
	uint64_t approval;

	if (!inv_desk_may(d, INV_APPROVED_RELEASE, item, &approval))
		return false;
	if (approval == 0)
		return true;
	inv_desk_open_writing(d);
	inv_desk_begin(d);
	inv_emit_open(&detail, '{');
	inv_desk_emit_approval(&detail,
	    inv_desk_approval(d, INV_APPROVED_RELEASE, item));
	inv_emit_close(&detail, '}');
	inv_desk_note(d,
	    (struct inv_action){ .verb = INV_LIT("release"),
		.item = inv_str_of(item->id),
		.manifest = item->manifest,
		.submission = item->submission,
		.row = item->row,
		.detail = inv_buf_str(&detail) });
	inv_desk_commit(d);
	inv_buf_free(&detail);
	return true;
}

static void
fix(struct inv_desk *d, struct fix *p, const struct inv_item *item)
{
	if (!inv_item_is_open(item)) {
		inv_desk_refuse(d, item->id, "closed: nothing to correct");
		return;
	}
	if (item->row == 0) {
		inv_desk_refuse(d, item->id, "no row of a manifest");
		return;
	}
	if (item->purged_at > 0) {
		inv_desk_refuse(d, item->id, INV_DESK_PURGED);
		return;
	}
	if (!note_release(d, item))
		return;
	make_record(p, item);
	if (p->typed)
		put_ndjson(p, item);
	else
		put_csv(p, item);
}

int
inv_quarantine_do_fix(void *args, char *words[])
{
	const struct inv_quarantine_args *a = args;
	struct fix p = {
		.a = a,
		.record = INV_BUF(RECORD_BYTES),
		.name = INV_BUF(NAME_BYTES),
	};
	const struct inv_item *item;
	struct inv_desk d;
	struct inv_err err;

	if (strcmp(words[0], "-") == 0)
		inv_opt_wrong(verb, words[0], "not the id of an item");
	if (a->sets == 0 || a->why.n == 0)
		inv_opt_wrong(verb, words[0], "say --set and --why");
	for (size_t i = 0; i < a->sets; i++)
		check_set(a, i);
	inv_desk_open(&d, a, verb, words);
	inv_desk_need(&d, INV_ROLE_RELEASE);
	p.scan = inv_scan_new();
	p.value = inv_scan_new();
	inv_out_init(&p.out, STDOUT_FILENO, "stdout");
	item = inv_desk_next(&d);
	if (item != NULL)
		fix(&d, &p, item);

	if (!inv_out_close(&p.out, &err))
		inv_die(&err);
	inv_scan_free(p.scan);
	inv_scan_free(p.value);
	inv_buf_free(&p.record);
	inv_buf_free(&p.name);
	return inv_desk_close(&d);
}
