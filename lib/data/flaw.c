/* flaw.c - what is wrong with a record: all of it, machine-readable */

#include "data/flaw.h"

#include <stdlib.h>

#include "base/mem.h"
#include "data/canon.h"
#include "data/emit.h"

enum { SHOWN = 60 }; /* bytes of an input on a terminal */

static const char *const severities[] = {
	[INV_SEVERITY_ERROR] = "",
	[INV_SEVERITY_CRITICAL] = "CRITICAL",
	[INV_SEVERITY_WARNING] = "WARNING",
	[INV_SEVERITY_INFO] = "INFO",
};

bool
inv_severity_of(struct inv_str name, enum inv_severity *severity)
{
	for (int i = INV_SEVERITY_CRITICAL; i <= INV_SEVERITY_INFO; i++)
		if (inv_str_is(name, severities[i])) {
			*severity = (enum inv_severity)i;
			return true;
		}
	return false;
}

static void
add_place(struct inv_buf *b, const struct inv_place *place)
{
	if (place == NULL)
		return;
	add_place(b, place->up);
	if (place->up != NULL)
		inv_buf_byte(b, ',');
	if (place->key.p == NULL) {
		inv_buf_u64(b, place->index);
		return;
	}
	inv_buf_byte(b, '"');
	inv_canon_text(b, place->key);
	inv_buf_byte(b, '"');
}

static struct inv_flaw *
begin(struct inv_flaws *f)
{
	if (f->n == f->cap) {
		f->cap = f->cap == 0 ? 16 : 2 * f->cap;
		f->at = inv_mem_resize(f->at, f->cap, sizeof(*f->at));
	}
	struct inv_flaw *flaw = &f->at[f->n++];

	inv_buf_byte(&f->json, f->n == 1 ? '[' : ',');
	flaw->at = f->json.n;
	return flaw;
}

/* By which rule: all that stands behind ctx. */
static void
add_rule(struct inv_buf *b, const struct inv_rule *rule)
{
	if (rule->schema.n > 0)
		inv_emit_member_str(b, INV_LIT("schema"), rule->schema);
	if (rule->code.n > 0)
		inv_emit_member_str(b, INV_LIT("code"), rule->code);
	if (rule->severity != INV_SEVERITY_ERROR)
		inv_emit_member_str(b, INV_LIT("severity"),
		    inv_str_of(severities[rule->severity]));
	inv_buf_add(b, rule->more);
	inv_buf_byte(b, '}');
}

static void
add(struct inv_flaws *f, const struct inv_rule *rule,
    const struct inv_place *place, struct inv_str input)
{
	struct inv_buf *b = &f->json;
	struct inv_flaw *flaw = begin(f);

	inv_buf_add(b, INV_LIT("{\"type\":\""));
	inv_buf_add(b, inv_str_of(rule->type));
	inv_buf_add(b, INV_LIT("\",\"loc\":"));
	flaw->type = rule->type;
	flaw->msg = rule->msg;
	flaw->code = rule->code;
	flaw->loc = b->n;
	inv_buf_byte(b, '[');
	add_place(b, place);
	inv_buf_byte(b, ']');
	flaw->loc_n = b->n - flaw->loc;
	inv_emit_member_str(b, INV_LIT("msg"), rule->msg);
	flaw->behind = b->n;
	flaw->input = 0;
	flaw->input_n = input.n;
	if (input.n > 0) {
		inv_emit_member_raw(b, INV_LIT("input"), input);
		flaw->input = b->n - input.n;
	}
	if (rule->ctx.n > 0)
		inv_emit_member_raw(b, INV_LIT("ctx"), rule->ctx);
	flaw->by = b->n;
	add_rule(b, rule);
}

/* The last is whole; a list that is too long says so, and nothing else. */
static void
check_length(struct inv_flaws *f)
{
	static const char text[] = "has more errors than a line can hold";
	static const struct inv_rule too_many = {
		.type = "too_many_errors",
		.msg = { text, sizeof(text) - 1 },
	};

	f->at[f->n - 1].n = f->json.n - f->at[f->n - 1].at;
	if (!f->json.failed)
		return;
	inv_flaws_reset(f);
	add(f, &too_many, NULL, (struct inv_str){ 0 });
	f->json.failed = true;
}

void
inv_flaws_add(struct inv_flaws *f, const struct inv_rule *rule,
    const struct inv_place *place, struct inv_str input)
{
	if (f->json.failed)
		return;
	add(f, rule, place, input);
	check_length(f);
}

void
inv_flaws_adopt(struct inv_flaws *f, const struct inv_flaws *from, size_t i,
    const struct inv_rule *rule)
{
	struct inv_buf *b = &f->json;
	const struct inv_flaw *was = &from->at[i];
	const char *text = from->json.p;

	if (f->json.failed)
		return;
	struct inv_flaw *flaw = begin(f);
	size_t head = was->loc + was->loc_n - was->at;

	*flaw = (struct inv_flaw){
		.type = was->type,
		.at = flaw->at,
		.loc = flaw->at + (was->loc - was->at),
		.loc_n = was->loc_n,
		.input_n = was->input_n,
		.msg = rule->msg.n > 0 ? rule->msg : was->msg,
		.code = rule->code,
	};
	inv_buf_add(b, (struct inv_str){ text + was->at, head });
	inv_emit_member_str(b, INV_LIT("msg"), flaw->msg);
	flaw->behind = b->n;
	if (was->input_n > 0)
		flaw->input = b->n + (was->input - was->behind);
	inv_buf_add(b,
	    (struct inv_str){ text + was->behind, was->by - was->behind });
	flaw->by = b->n;
	add_rule(b, rule);
	check_length(f);
}

struct inv_str
inv_flaws_loc(const struct inv_flaws *f, size_t i)
{
	return (struct inv_str){ f->json.p + f->at[i].loc, f->at[i].loc_n };
}

/* The column that a flaw is about, undecoded; .p is NULL if none. */
static struct inv_str
column_of(const struct inv_flaws *f, const struct inv_flaw *flaw)
{
	struct inv_str loc = { f->json.p + flaw->loc, flaw->loc_n };
	size_t i = 2;

	if (loc.p[1] != '"')
		return (struct inv_str){ 0 };
	while (loc.p[i] != '"')
		i += loc.p[i] == '\\' ? 2 : 1;
	return (struct inv_str){ loc.p + 2, i - 2 };
}

/* 0: of a column, 1: a column is missing, 2: of the record as a whole. */
static int
group_of(const struct inv_flaw *flaw, struct inv_str column)
{
	if (column.p == NULL)
		return 2;
	return flaw->input_n == 0 && flaw->loc_n == column.n + 4;
}

static int
cmp_flaws(const void *x, const void *y, void *arg)
{
	const struct inv_flaw *a = x;
	const struct inv_flaw *b = y;
	struct inv_str column_a = column_of(arg, a);
	struct inv_str column_b = column_of(arg, b);
	int order = group_of(a, column_a) - group_of(b, column_b);

	if (order == 0 && group_of(a, column_a) == 0)
		order = inv_canon_cmp(column_a, column_b);
	if (order != 0)
		return order;
	return a->at < b->at ? -1 : 1;
}

void
inv_flaws_sort(struct inv_flaws *f)
{
	struct inv_buf old = f->json;
	struct inv_buf *b = &f->spare;

	if (f->n < 2 || old.failed)
		return;
	qsort_r(f->at, f->n, sizeof(*f->at), cmp_flaws, f);
	inv_buf_reset(b);
	for (size_t i = 0; i < f->n; i++) {
		struct inv_flaw *flaw = &f->at[i];

		inv_buf_byte(b, i == 0 ? '[' : ',');
		size_t to = b->n;

		inv_buf_add(b, (struct inv_str){ old.p + flaw->at, flaw->n });
		flaw->loc += to - flaw->at;
		flaw->behind += to - flaw->at;
		flaw->input += to - flaw->at;
		flaw->by += to - flaw->at;
		flaw->at = to;
	}
	f->json = *b;
	f->spare = old;
}

struct inv_str
inv_flaws_json(struct inv_flaws *f)
{
	struct inv_str json = inv_buf_str(&f->json);

	/* The bracket is not counted, so that more can be added. */
	if (f->n == 0 || !inv_buf_room(&f->json, 1))
		return INV_LIT("[]");
	f->json.p[f->json.n] = ']';
	json.p = f->json.p;
	json.n++;
	return json;
}

/* ["a",0,"b"] as a/0/b: quotes and commas outside of strings are dropped. */
void
inv_flaws_place(const struct inv_flaws *f, size_t i, struct inv_buf *out)
{
	const char *p = f->json.p + f->at[i].loc;
	bool inside = false;

	for (size_t k = 1; k + 1 < f->at[i].loc_n; k++) {
		if (p[k] == '"') {
			inside = !inside;
			continue;
		}
		if (p[k] == '\\' && inside)
			inv_buf_byte(out, p[k++]);
		inv_buf_byte(out, p[k] == ',' && !inside ? '/' : p[k]);
	}
}

void
inv_flaws_text(const struct inv_flaws *f, size_t i, struct inv_buf *out)
{
	const struct inv_flaw *flaw = &f->at[i];
	struct inv_str input = { f->json.p + flaw->input, flaw->input_n };

	if (input.n > SHOWN) {
		for (input.n = SHOWN; (input.p[input.n] & 0xc0) == 0x80;)
			input.n--;
		inv_buf_add(out, input);
		inv_buf_add(out, INV_LIT("..."));
	} else {
		inv_buf_add(out, input);
	}
	if (input.n > 0)
		inv_buf_byte(out, ' ');
	inv_buf_add(out, flaw->msg);
	if (flaw->code.n > 0)
		inv_buf_addf(out, " (%.*s)", INV_ARG(flaw->code));
	inv_buf_addf(out, " [%s]", flaw->type);
}

void
inv_flaws_reset(struct inv_flaws *f)
{
	f->n = 0;
	inv_buf_reset(&f->json);
}

void
inv_flaws_free(struct inv_flaws *f)
{
	free(f->at);
	inv_buf_free(&f->json);
	inv_buf_free(&f->spare);
	*f = INV_FLAWS;
}
