/* listing.c - items as list shows them: a table, or a JSON object each */

#include "quarantine/listing.h"

#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "data/errors.h"

enum {
	SHOWN_MAX = 160,                    /* bytes of a text in the table */
	ERRORS_MAX = 2 * INV_ITEM_TEXT_MAX, /* bytes of them as words */
};

const struct inv_item *
inv_listing_next(struct inv_quarantine_reader *r)
{
	const struct inv_item *item;
	struct inv_err err;

	switch (inv_quarantine_next(r, &item, &err)) {
	case INV_NEXT_LINE:
		return item;
	case INV_NEXT_END:
		return NULL;
	case INV_NEXT_ERR:
		break;
	}
	inv_die(&err);
}

void
inv_listing_open(struct inv_listing *l, struct inv_out *out, bool json)
{
	*l = (struct inv_listing){
		.out = out,
		.text = INV_BUF(ERRORS_MAX),
		.table = !json && isatty(out->fd),
	};
}

static struct inv_str
escaped(struct inv_str s, char out[SHOWN_MAX])
{
	return (struct inv_str){ out, inv_log_escape(s, out, SHOWN_MAX) };
}

/* What is wrong, or when that was purged. */
static void
say_errors(struct inv_listing *l, const struct inv_item *item)
{
	char at[INV_CLOCK_TEXT];

	inv_buf_reset(&l->text);
	if (item->purged_at == 0) {
		inv_errors_text(&l->text, item->last.errors, 1);
		return;
	}
	inv_clock_text((int64_t)item->purged_at, at);
	inv_buf_addf(&l->text, "purged %s", at);
}

/* A line of the table; whatever came from outside can not act on a terminal. */
static void
put_row(struct inv_listing *l, const struct inv_item *item)
{
	struct inv_buf *b = inv_out_buf(l->out);
	char name[SHOWN_MAX];
	char reason[SHOWN_MAX];
	char errors[SHOWN_MAX];

	say_errors(l, item);
	inv_buf_addf(b, "%-18s %-11.*s %-18.*s %.*s", item->id,
	    INV_ARG(inv_verdict_name(inv_item_is_open(item) ? item->last.verdict
							    : item->verdict)),
	    INV_ARG(escaped(item->last.reason, reason)),
	    INV_ARG(escaped(item->last.name, name)));
	if (item->line > 0)
		inv_buf_addf(b, ":%ju", (uintmax_t)item->line);
	inv_buf_addf(b, "  %.*s\n",
	    INV_ARG(escaped(inv_buf_str(&l->text), errors)));
	inv_out_check(l->out);
}

void
inv_listing_json(struct inv_out *out, const struct inv_item *item, bool content)
{
	struct inv_buf *b = inv_out_buf(out);

	inv_item_emit(b, item, content);
	inv_buf_add(b, INV_LIT("}\n"));
	inv_out_check(out);
}

void
inv_listing_put(struct inv_listing *l, const struct inv_item *item)
{
	l->n++;
	l->counts[inv_item_is_open(item) ? item->last.verdict
					 : item->verdict]++;
	if (l->table)
		put_row(l, item);
	else
		inv_listing_json(l->out, item, false);
}

void
inv_listing_close(struct inv_listing *l, enum inv_item_state state)
{
	struct inv_buf *b = inv_out_buf(l->out);

	inv_buf_free(&l->text);
	if (!l->table || l->n == 0)
		return;
	inv_buf_addf(b, "%ju quarantined, %ju held, %ju ambiguous",
	    (uintmax_t)l->counts[INV_QUARANTINED],
	    (uintmax_t)l->counts[INV_HELD],
	    (uintmax_t)l->counts[INV_AMBIGUOUS]);
	if (state != INV_ITEM_OPEN)
		inv_buf_addf(b, ", %ju committed, %ju skipped",
		    (uintmax_t)l->counts[INV_COMMITTED],
		    (uintmax_t)l->counts[INV_SKIPPED]);
	inv_buf_byte(b, '\n');
}
