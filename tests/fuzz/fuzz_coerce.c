/*
 * fuzz_coerce - any text in cells of every type
 *
 * The input is the text of a cell.  What fits goes out as the column's type,
 * canonical, and comes back as it is; what does not says so, and the cell
 * stands there as it came.
 */

#include <stdio.h>
#include <stdlib.h>

#include "data/canon.h"
#include "data/emit.h"
#include "data/schema.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static const char *const types[] = {
	"{\"type\":\"integer\"}",
	"{\"type\":\"number\",\"minimum\":0}",
	"{\"type\":\"boolean\"}",
	"{\"type\":\"array\",\"items\":{\"type\":[\"integer\",\"string\"]}}",
	"{\"type\":[\"object\",\"null\"],\"maxProperties\":2}",
	"{\"anyOf\":[{\"type\":\"number\"},{\"type\":[\"array\",\"null\"]}]}",
	"{\"type\":\"string\",\"x-inv-empty\":\"null\"}",
	"{\"type\":[\"integer\",\"array\"],\"x-inv-empty\":\"missing\"}",
	"{\"type\":[\"string\",\"null\"],\"maxLength\":3}",
	"{\"enum\":[1,2.5,true,null]}",
	"{\"anyOf\":[{\"const\":[1]},{\"const\":7},{\"type\":\"boolean\"}]}",
	"{\"type\":[\"string\",\"array\"],\"enum\":[[],[{}],\"\"]}",
	"{\"type\":[\"string\",\"null\"],\"minLength\":2}",
};

enum { TYPES = sizeof(types) / sizeof(*types) };

struct tools {
	struct inv_schema *schemas[2][TYPES]; /* by column, as a whole */
	struct inv_scan *scan;
	struct inv_canon *canon;
	struct inv_buf record, out, again, canonical, list;
	struct inv_flaws flaws, warnings;
};

static void
must(bool so)
{
	if (!so)
		abort();
}

static void
prepare(struct tools *t)
{
	char text[512];
	struct inv_err err;

	for (int whole = 0; whole < 2; whole++)
		for (size_t i = 0; i < TYPES; i++) {
			snprintf(text, sizeof(text),
			    "{\"properties\":{\"x\":%s}%s}", types[i],
			    whole ? ",\"minProperties\":0" : "");
			t->schemas[whole][i] =
			    inv_schema_new(inv_str_of(text), NULL, &err);
			must(t->schemas[whole][i] != NULL);
		}
	t->scan = inv_scan_new();
	t->canon = inv_canon_new();
	t->record = INV_BUF(INV_SCHEMA_OUT);
	t->out = INV_BUF(INV_SCHEMA_OUT);
	t->again = INV_BUF(INV_SCHEMA_OUT);
	t->canonical = INV_BUF(INV_SCHEMA_OUT);
	t->list = INV_BUF(INV_FLAWS_MAX + 2);
	t->flaws = INV_FLAWS;
	t->warnings = INV_FLAWS;
}

static bool
run(struct tools *t, struct inv_schema *s, struct inv_str record,
    struct inv_buf *out)
{
	struct inv_err err;

	inv_buf_reset(out);
	must(inv_scan_object(t->scan, record, &err));
	return inv_schema_check(s, record, inv_scan_record(t->scan),
	    INV_CELLS_TEXT, out, &t->flaws, &t->warnings);
}

static void
check(struct tools *t, size_t i, struct inv_str record)
{
	struct inv_err err;
	bool fits = run(t, t->schemas[0][i], record, &t->out);
	size_t n = t->flaws.n;
	struct inv_str list = inv_flaws_json(&t->flaws);

	inv_buf_reset(&t->list);
	inv_buf_add(&t->list, list);

	/* Deeper than anything that may come in. */
	if (!fits && strcmp(t->flaws.at[0].type, "record_too_deep") == 0)
		return;
	inv_buf_reset(&t->canonical);
	must(inv_canon_value(t->canon, inv_buf_str(&t->out), &t->canonical,
	    &err));
	must(inv_str_eq(inv_buf_str(&t->out), inv_buf_str(&t->canonical)));
	must(run(t, t->schemas[1][i], record, &t->again) == fits);
	must(inv_str_eq(inv_buf_str(&t->out), inv_buf_str(&t->again)));
	must(t->flaws.n == n);
	must(inv_str_eq(inv_flaws_json(&t->flaws), inv_buf_str(&t->list)));
	if (fits) {
		must(run(t, t->schemas[0][i], inv_buf_str(&t->out), &t->again));
		must(inv_str_eq(inv_buf_str(&t->out), inv_buf_str(&t->again)));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static struct tools t;
	struct inv_str cell = { (const char *)p, n };
	struct inv_err err;

	if (t.scan == NULL)
		prepare(&t);
	if (!inv_text_is_utf8(cell))
		return 0;
	inv_buf_reset(&t.record);
	inv_emit_open(&t.record, '{');
	inv_emit_member_str(&t.record, INV_LIT("x"), cell);
	inv_emit_close(&t.record, '}');
	if (!inv_scan_object(t.scan, inv_buf_str(&t.record), &err))
		return 0;
	for (size_t i = 0; i < TYPES; i++)
		check(&t, i, inv_buf_str(&t.record));
	return 0;
}
