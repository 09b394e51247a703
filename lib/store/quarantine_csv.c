/* quarantine_csv.c - items as a CSV file for a spreadsheet */

#include "store/quarantine_csv.h"

#include "data/errors.h"
#include "data/sheet.h"

enum {
	TEXT_MAX = 2 * INV_ITEM_TEXT_MAX, /* bytes of a cell */
};

struct csv {
	struct inv_quarantine_reader *r;
	struct inv_out *out;
	struct inv_sheet *sheet;
	struct inv_scan *scan;
	struct inv_buf text;
	uint64_t last; /* the item that the columns were last learned from */
};

/* The fields of the record that an item is; *fields is NULL where it is none. */
static bool
fields_of(struct csv *c, const struct inv_item *item,
    const struct inv_members **fields, struct inv_err *err)
{
	*fields = NULL;
	if (item->last.form != INV_FORM_RECORD)
		return true;
	if (!inv_scan_object(c->scan, item->last.content, err))
		return false;
	*fields = inv_scan_record(c->scan);
	return true;
}

static void
put_number(struct inv_buf *b, uint64_t v)
{
	inv_buf_byte(b, ',');
	if (v > 0)
		inv_buf_u64(b, v);
}

/* What a row is that never became a record. */
static struct inv_str
raw_of(struct csv *c, const struct inv_item *item)
{
	struct inv_str raw = item->last.content;

	inv_buf_reset(&c->text);
	if (item->last.form != INV_FORM_RAW || raw.n < 2)
		return inv_buf_str(&c->text);
	raw = (struct inv_str){ raw.p + 1, raw.n - 2 };
	if (inv_buf_room(&c->text, raw.n))
		c->text.n = inv_text_decode(raw, c->text.p);
	return inv_buf_str(&c->text);
}

static bool
put_item(struct csv *c, const struct inv_item *item, struct inv_err *err)
{
	struct inv_buf *b = inv_out_buf(c->out);
	const struct inv_members *fields;

	if (!fields_of(c, item, &fields, err))
		return false;
	bool any = inv_sheet_values(c->sheet, fields, b);

	inv_sheet_cell(b, inv_str_of(item->id), !any);
	inv_sheet_cell(b, item->last.reason, false);
	inv_buf_reset(&c->text);
	inv_errors_text(&c->text, item->last.errors, SIZE_MAX);
	inv_sheet_cell(b, inv_buf_str(&c->text), false);
	inv_sheet_cell(b, INV_LIT(""), false);
	inv_sheet_cell(b, item->last.name, false);
	inv_sheet_cell(b, item->manifest, false);
	put_number(b, item->row);
	put_number(b, item->line);
	inv_sheet_cell(b, raw_of(c, item), false);
	inv_buf_byte(b, '\n');
	inv_out_check(c->out);
	return true;
}

/* The columns: once through all items before the first is written. */
static bool
learn(struct csv *c, struct inv_err *err)
{
	const struct inv_members *fields;
	const struct inv_item *item;
	enum inv_next next;

	while ((next = inv_quarantine_next(c->r, &item, err)) ==
	    INV_NEXT_LINE) {
		if (!fields_of(c, item, &fields, err) ||
		    (fields != NULL &&
			!inv_sheet_learn(c->sheet, fields, INV_LIT("inv:"),
			    err)))
			return false;
		c->last = item->number;
	}
	return next == INV_NEXT_END;
}

static bool
put_all(struct csv *c, uint64_t *found, struct inv_err *err)
{
	const struct inv_item *item;
	enum inv_next next = INV_NEXT_END;

	while (!c->out->failed &&
	    (next = inv_quarantine_next(c->r, &item, err)) == INV_NEXT_LINE &&
	    item->number <= c->last) {
		if (!put_item(c, item, err))
			return false;
		++*found;
	}
	return next != INV_NEXT_ERR;
}

bool
inv_quarantine_csv(struct inv_quarantine_reader *r,
    const struct inv_item_filter *filter, struct inv_out *out, uint64_t *found,
    struct inv_err *err)
{
	struct csv c = {
		.r = r,
		.out = out,
		.sheet = inv_sheet_new(),
		.scan = inv_scan_new(),
		.text = INV_BUF(TEXT_MAX),
	};

	inv_quarantine_seek(r, filter);
	bool ok = learn(&c, err);

	if (ok) {
		/* Without its mark spreadsheets do not know UTF-8. */
		inv_buf_add(inv_out_buf(out), INV_LIT("\xef\xbb\xbf"));
		bool any = inv_sheet_names(c.sheet, inv_out_buf(out));

		inv_buf_addf(inv_out_buf(out),
		    "%sinv:item,inv:reason,inv:errors,inv:why,inv:name,"
		    "inv:manifest,inv:row,inv:line,inv:raw\n",
		    any ? "," : "");
		inv_quarantine_seek(r, filter);
		ok = put_all(&c, found, err);
	}
	inv_sheet_free(c.sheet);
	inv_scan_free(c.scan);
	inv_buf_free(&c.text);
	return ok;
}
