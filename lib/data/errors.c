/* errors.c - an errors list as words */

#include "data/errors.h"

#include "data/scan.h"

static void
add_decoded(struct inv_buf *out, const struct inv_member *m)
{
	struct inv_str raw = inv_member_inner(m);

	if (m->kind != INV_KIND_STRING)
		inv_buf_add(out, m->value);
	else if (inv_buf_room(out, raw.n))
		out->n += inv_text_decode(raw, out->p + out->n);
}

/* ["a",0,"b"] as a.0.b */
static void
add_loc(struct inv_buf *out, struct inv_str loc)
{
	struct inv_member part;
	size_t n = 0;

	while (inv_scan_each(&loc, &part)) {
		if (n++ > 0)
			inv_buf_byte(out, '.');
		add_decoded(out, &part);
	}
	if (n > 0)
		inv_buf_add(out, INV_LIT(": "));
}

static void
add_error(struct inv_buf *out, const struct inv_member *error)
{
	struct inv_member loc = { .kind = INV_KIND_NULL };
	struct inv_member msg = loc;
	struct inv_member type = loc;
	struct inv_str rest = error->value;
	struct inv_member m;

	while (error->kind == INV_KIND_OBJECT && inv_scan_each(&rest, &m)) {
		if (inv_str_is(m.key, "loc"))
			loc = m;
		else if (inv_str_is(m.key, "msg"))
			msg = m;
		else if (inv_str_is(m.key, "type"))
			type = m;
	}
	if (msg.kind != INV_KIND_STRING) {
		inv_buf_add(out, error->value);
		return;
	}
	if (loc.kind == INV_KIND_ARRAY)
		add_loc(out, loc.value);
	add_decoded(out, &msg);
	if (type.kind == INV_KIND_STRING) {
		inv_buf_add(out, INV_LIT(" ["));
		add_decoded(out, &type);
		inv_buf_byte(out, ']');
	}
}

void
inv_errors_text(struct inv_buf *out, struct inv_str errors, size_t most)
{
	struct inv_member error;
	size_t n = 0;

	if (errors.n == 0 || errors.p[0] != '[')
		return;
	while (inv_scan_each(&errors, &error)) {
		if (n++ >= most)
			continue;
		if (n > 1)
			inv_buf_add(out, INV_LIT("; "));
		add_error(out, &error);
	}
	if (n > most)
		inv_buf_addf(out, " (%zu more)", n - most);
}
