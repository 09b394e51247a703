/* correction.c - rows that correct items of the quarantine, on their way in */

#include "store/correction.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/map.h"
#include "base/mem.h"
#include "data/digest.h"
#include "data/emit.h"
#include "data/patch.h"
#include "store/action.h"
#include "store/quarantine.h"

enum { MESSAGE = 160 }; /* bytes of an error's message */

struct inv_corrections {
	const struct inv_state *state;
	const char *stage;
	struct inv_quarantine_reader *r; /* NULL: not opened, or not there */
	bool opened;
	struct inv_str manifest;
	uint64_t submission;
	struct inv_map taken; /* items of this manifest: their row */
	unsigned char key[INV_HASH_KEY];
	struct inv_scan *mine; /* the row's record, and the item's */
	struct inv_scan *theirs;
	struct inv_buf record;
};

struct inv_corrections *
inv_corrections_new(const struct inv_state *state, const char *stage)
{
	struct inv_corrections *c = inv_mem_new(sizeof(*c));

	c->state = state;
	c->stage = stage;
	c->record = INV_BUF(2 * INV_RECORD_MAX);
	inv_random(c->key, sizeof(c->key));
	return c;
}

void
inv_corrections_free(struct inv_corrections *c)
{
	if (c == NULL)
		return;
	inv_quarantine_read_close(c->r);
	inv_map_free(&c->taken);
	inv_scan_free(c->mine);
	inv_scan_free(c->theirs);
	inv_buf_free(&c->record);
	free(c);
}

void
inv_corrections_begin(struct inv_corrections *c, struct inv_str manifest,
    uint64_t submission)
{
	inv_map_free(&c->taken);
	c->manifest = manifest;
	c->submission = submission;
}

/* No quarantine is one without items. */
static bool
open_once(struct inv_corrections *c, struct inv_err *err)
{
	if (c->opened)
		return true;
	c->r = inv_quarantine_read(c->state, err);
	if (c->r == NULL && err->fault != INV_NO)
		return false;
	c->opened = true;
	c->mine = inv_scan_new();
	c->theirs = inv_scan_new();
	return true;
}

/* Why a row corrects nothing; type is NULL where it does. */
struct refusal {
	const char *type;
	char msg[MESSAGE];
};

static bool
refuse(struct refusal *why, const char *type, const char *msg)
{
	why->type = type;
	snprintf(why->msg, sizeof(why->msg), "%s", msg);
	return true;
}

/* The item of that id; NULL, and why is filled in, where there is not one. */
static bool
find(struct inv_corrections *c, struct inv_str id, const struct inv_item **item,
    struct refusal *why, struct inv_err *err)
{
	struct inv_item_filter which;
	const struct inv_item *other;
	enum inv_next next;

	*item = NULL;
	if (!inv_item_id_of(id, &which))
		return refuse(why, "item_unknown", "is not the id of an item");
	if (c->r == NULL)
		return refuse(why, "item_unknown", "nothing is in quarantine");
	inv_quarantine_seek(c->r, &which);
	next = inv_quarantine_next(c->r, &other, err);
	if (next == INV_NEXT_END)
		return refuse(why, "item_unknown", "there is no such item");
	if (next == INV_NEXT_LINE &&
	    inv_quarantine_next(c->r, &other, err) == INV_NEXT_LINE)
		return refuse(why, "item_unknown", "two items begin so");
	inv_quarantine_seek(c->r, &which);
	next = inv_quarantine_next(c->r, &other, err);
	if (next == INV_NEXT_LINE && other->row == 0)
		return refuse(why, "item_unknown",
		    "is a line without a row: correct its manifest");
	if (next == INV_NEXT_LINE && other->purged_at > 0)
		return refuse(why, "item_purged",
		    "was purged: nothing is left to be corrected");
	*item = other;
	return next == INV_NEXT_LINE;
}

/* The item was committed with this record, as far as a sheet can say it. */
static bool
says_the_same(struct inv_corrections *c, const struct inv_item *item,
    struct inv_str record)
{
	struct inv_buf patch = INV_BUF(2 * INV_ITEM_TEXT_MAX);
	struct inv_err ignored;
	bool same = item->verdict == INV_COMMITTED &&
	    item->last.form == INV_FORM_RECORD &&
	    inv_scan_object(c->mine, record, &ignored) &&
	    inv_scan_object(c->theirs, item->last.content, &ignored);

	if (same)
		inv_patch_emit(&patch, inv_scan_record(c->mine),
		    inv_scan_record(c->theirs));
	same = same && inv_str_is(inv_buf_str(&patch), "[]");
	inv_buf_free(&patch);
	return same;
}

/* It is open, was closed by this row, or nothing is left to be corrected. */
static bool
look_at_state(struct inv_corrections *c, const struct inv_item *item,
    uint64_t row, struct inv_str record, struct refusal *why,
    struct inv_err *err)
{
	bool ours = inv_item_is_open(item) || says_the_same(c, item, record);

	if (!ours &&
	    !inv_quarantine_resolved_by(c->r, item->number, c->manifest,
		c->submission, row, &ours, err))
		return false;
	if (ours)
		return true;
	why->type = "item_closed";
	snprintf(why->msg, sizeof(why->msg), "was closed before: %.*s",
	    INV_ARG(inv_verdict_name(item->verdict)));
	return true;
}

/* The first row of the manifest is the one that counts. */
static void
look_for_twins(struct inv_corrections *c, const struct inv_item *item,
    uint64_t row, struct refusal *why)
{
	unsigned char hash[INV_HASH];

	inv_hash_of(c->key, inv_str_of(item->id), hash);
	struct inv_map_entry *e = inv_map_at(&c->taken, hash);

	if (e->value == 0) {
		e->value = row;
		return;
	}
	why->type = "item_twice";
	snprintf(why->msg, sizeof(why->msg), "row %ju corrects it as well",
	    (uintmax_t)e->value);
}

/* The item's member of that name, or NULL. */
static const struct inv_member *
known_as(const struct inv_members *theirs, const struct inv_member *m)
{
	for (size_t i = 0; theirs != NULL && i < theirs->n; i++)
		if (inv_str_eq(m->key, theirs->at[i].key))
			return &theirs->at[i];
	return NULL;
}

/*
 * A cell that is empty says as much as the item does: nothing where that has
 * no such member, null where that is null.
 */
static bool
fill_blanks(struct inv_corrections *c, const struct inv_item *item,
    struct inv_buf *line, size_t record, struct inv_err *err)
{
	struct inv_str text = { line->p + record, line->n - record };
	const struct inv_members *mine;
	bool had = item->last.form == INV_FORM_RECORD;

	if (!inv_scan_object(c->mine, text, err) ||
	    (had && !inv_scan_object(c->theirs, item->last.content, err)))
		return false;
	mine = inv_scan_record(c->mine);
	inv_buf_reset(&c->record);
	inv_emit_open(&c->record, '{');
	for (size_t i = 0; i < mine->n; i++) {
		const struct inv_member *m = &mine->at[i];
		const struct inv_member *was;

		was = known_as(had ? inv_scan_record(c->theirs) : NULL, m);
		if (!inv_str_is(m->value, "\"\"") && m->kind != INV_KIND_NULL)
			inv_emit_member_raw(&c->record, m->key, m->value);
		else if (was != NULL)
			inv_emit_member_raw(&c->record, m->key,
			    was->kind == INV_KIND_NULL ? was->value : m->value);
	}
	inv_emit_close(&c->record, '}');
	line->n = record;
	inv_buf_add(line, inv_buf_str(&c->record));
	return true;
}

static void
add_ruling(const struct inv_corrections *c, const struct inv_correction *row,
    const struct refusal *why, struct inv_buf *line)
{
	inv_emit_member_str(line, INV_LIT("verdict"),
	    inv_verdict_name(INV_QUARANTINED));
	inv_emit_member_str(line, INV_LIT("stage"), inv_str_of(c->stage));
	inv_emit_member_str(line, INV_LIT("reason"), INV_LIT("item_refused"));
	inv_emit_key(line, INV_LIT("errors"));
	inv_emit_open(line, '[');
	inv_emit_open(line, '{');
	inv_emit_member_str(line, INV_LIT("type"), inv_str_of(why->type));
	inv_emit_member_raw(line, INV_LIT("loc"), INV_LIT("[\"inv:item\"]"));
	inv_emit_member_str(line, INV_LIT("msg"), inv_str_of(why->msg));
	inv_emit_member_str(line, INV_LIT("input"), row->item);
	inv_emit_close(line, '}');
	inv_emit_close(line, ']');
}

bool
inv_corrections_take(struct inv_corrections *c,
    const struct inv_correction *row, struct inv_buf *line, size_t record,
    bool *sound, struct inv_err *err)
{
	const struct inv_item *item;
	struct refusal why = { .type = NULL };

	if (!open_once(c, err) || !find(c, row->item, &item, &why, err))
		return false;
	if (why.type == NULL && row->cells &&
	    !fill_blanks(c, item, line, record, err))
		return false;
	if (why.type == NULL &&
	    !look_at_state(c, item, row->row,
		(struct inv_str){ line->p + record, line->n - record }, &why,
		err))
		return false;
	if (why.type == NULL && row->why.n > INV_ACTION_WHY_MAX)
		(void)refuse(&why, "why_too_long",
		    "inv:why is longer than 4096 bytes");
	if (why.type == NULL)
		look_for_twins(c, item, row->row, &why);
	*sound = why.type == NULL;
	if (!*sound) {
		add_ruling(c, row, &why, line);
		return true;
	}
	inv_emit_member_str(line, INV_LIT("item"), inv_str_of(item->id));
	if (row->why.n > 0)
		inv_emit_member_str(line, INV_LIT("why"), row->why);
	if (row->force)
		inv_emit_member_bool(line, INV_LIT("force"), true);
	return true;
}
