/* ruling.c - what is wrong with a row, as a reader writes it */

#include "data/ruling.h"

#include "data/emit.h"
#include "data/scan.h"

void
inv_ruling_begin(const char *stage, const char *reason, struct inv_buf *out)
{
	/* By hand: the head before it ends in a comma. */
	inv_buf_add(out, INV_LIT("\"verdict\":\"quarantined\""));
	inv_emit_member_str(out, INV_LIT("stage"), inv_str_of(stage));
	inv_emit_member_str(out, INV_LIT("reason"), inv_str_of(reason));
	inv_emit_key(out, INV_LIT("errors"));
	inv_emit_open(out, '[');
}

static void
put_place(const struct inv_place *at, struct inv_buf *out)
{
	inv_emit_key(out, INV_LIT("ctx"));
	inv_emit_open(out, '{');
	if (at->line > 0)
		inv_emit_member_u64(out, INV_LIT("line"), at->line);
	if (at->end > 0) {
		inv_emit_key(out, INV_LIT("bytes"));
		inv_emit_open(out, '[');
		inv_emit_u64(out, at->begin);
		inv_emit_u64(out, at->end);
		inv_emit_close(out, ']');
	}
	if (at->segment > 0)
		inv_emit_member_u64(out, INV_LIT("segment"), at->segment);
	if (at->cell.n > 0)
		inv_emit_member_str(out, INV_LIT("cell"), at->cell);
	if (at->sheet.n > 0)
		inv_emit_member_str(out, INV_LIT("sheet"), at->sheet);
	inv_emit_close(out, '}');
}

void
inv_ruling_error(const char *type, struct inv_str loc, const char *msg,
    const struct inv_place *at, struct inv_buf *out)
{
	inv_emit_open(out, '{');
	inv_emit_member_str(out, INV_LIT("type"), inv_str_of(type));
	inv_emit_member_raw(out, INV_LIT("loc"), loc);
	inv_emit_member_str(out, INV_LIT("msg"), inv_str_of(msg));
	if (at->input.n > 0)
		inv_emit_member_str(out, INV_LIT("input"), at->input);
	put_place(at, out);
	inv_emit_close(out, '}');
}

/* Of a text that was cut at the ceiling, no half character at its end. */
static struct inv_str
whole_characters(struct inv_str s)
{
	size_t n = s.n;

	while (n > 0 && s.n - n < 4 &&
	    ((unsigned char)s.p[n - 1] & 0xc0) == 0x80)
		n--;
	if (n > 0 && s.n - n < 4 && (unsigned char)s.p[n - 1] >= 0xc0)
		n--;
	return inv_text_is_utf8(s) ? s : (struct inv_str){ s.p, n };
}

void
inv_ruling_end(struct inv_str raw, bool cut, struct inv_buf *out)
{
	inv_emit_close(out, ']');
	if (cut) {
		raw = whole_characters(raw);
		inv_emit_member_bool(out, INV_LIT("raw_cut"), true);
	}
	inv_emit_bytes(out, raw);
}
