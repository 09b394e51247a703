/* quarantine_fit.c - choose items by their errors, their age and their text */

#include "store/quarantine_fit.h"

#include "data/errors.h"

static bool
wants(struct inv_str want, struct inv_str is)
{
	return want.n == 0 || inv_str_eq(want, is);
}

/* There is one error that is all of what is wanted. */
static bool
errors_fit(const struct inv_item *item, const struct inv_item_filter *f,
    struct inv_buf *text)
{
	struct inv_str rest = item->last.errors;
	struct inv_error e;

	if (f->type.n == 0 && f->field.n == 0 && f->severity.n == 0)
		return true;
	while (inv_errors_each(&rest, text, &e))
		if (wants(f->type, e.type) && wants(f->field, e.field) &&
		    wants(f->severity, e.severity))
			return true;
	return false;
}

/* Of ASCII letters; others are what they are. */
static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool
begins(struct inv_str s, struct inv_str with)
{
	for (size_t i = 0; i < with.n; i++)
		if (lower(s.p[i]) != lower(with.p[i]))
			return false;
	return true;
}

static bool
has(struct inv_str s, struct inv_str what)
{
	for (; s.n >= what.n; s.p++, s.n--)
		if (begins(s, what))
			return true;
	return false;
}

/* Decoded as a whole: outside of strings JSON has no escapes. */
static bool
json_has(struct inv_str json, struct inv_str what, struct inv_buf *text)
{
	inv_buf_reset(text);
	if (json.n == 0 || !inv_buf_room(text, json.n))
		return false;
	text->n = inv_text_decode(json, text->p);
	return has(inv_buf_str(text), what);
}

static bool
text_fits(const struct inv_item *item, const struct inv_item_filter *f,
    struct inv_buf *text)
{
	const struct inv_item_event *e = &item->last;

	return f->search.n == 0 || has(inv_str_of(item->id), f->search) ||
	    has(e->name, f->search) || has(e->reason, f->search) ||
	    has(e->stage, f->search) || json_has(e->errors, f->search, text) ||
	    json_has(e->more, f->search, text) ||
	    (e->form != INV_FORM_BASE64 &&
		json_has(e->content, f->search, text));
}

bool
inv_item_fits(const struct inv_item *item, const struct inv_item_filter *f,
    struct inv_buf *text)
{
	return item->first_at >= f->since &&
	    (f->until == 0 || item->first_at <= f->until) &&
	    (f->idle == 0 || item->latest_at <= f->idle) &&
	    (f->kept == INV_KEPT_ANY ||
		(f->kept == INV_KEPT_NONE) == (item->purged_at > 0)) &&
	    errors_fit(item, f, text) && text_fits(item, f, text);
}
