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

/* ["a",0,"b"] as a.0.b; how many parts there are. */
static size_t
add_loc(struct inv_buf *out, struct inv_str loc)
{
	struct inv_member part;
	size_t n = 0;

	while (inv_scan_each(&loc, &part)) {
		if (n++ > 0)
			inv_buf_byte(out, '.');
		add_decoded(out, &part);
	}
	return n;
}

/* What is looked at of an error; null where it is not there. */
struct parts {
	struct inv_member loc, msg, type, severity, rule, tags, fallback;
};

static struct parts
parts_of(struct inv_str error)
{
	const struct inv_member none = { .kind = INV_KIND_NULL };
	struct parts p = { none, none, none, none, none, none, none };
	struct inv_member m;

	while (inv_scan_each(&error, &m)) {
		if (inv_str_is(m.key, "loc"))
			p.loc = m;
		else if (inv_str_is(m.key, "msg"))
			p.msg = m;
		else if (inv_str_is(m.key, "type"))
			p.type = m;
		else if (inv_str_is(m.key, "severity"))
			p.severity = m;
		else if (inv_str_is(m.key, "rule"))
			p.rule = m;
		else if (inv_str_is(m.key, "tags"))
			p.tags = m;
		else if (inv_str_is(m.key, "fallback"))
			p.fallback = m;
	}
	return p;
}

/* (NIH-3: 2 CFR 200.302, 2 CFR 200.334; notify) */
static void
add_rule(struct inv_buf *out, const struct parts *p)
{
	struct inv_str rest = p->tags.value;
	struct inv_member tag;
	size_t n = 0;

	if (p->rule.kind != INV_KIND_STRING)
		return;
	inv_buf_add(out, INV_LIT(" ("));
	add_decoded(out, &p->rule);
	while (p->tags.kind == INV_KIND_ARRAY && inv_scan_each(&rest, &tag)) {
		inv_buf_add(out, n++ == 0 ? INV_LIT(": ") : INV_LIT(", "));
		add_decoded(out, &tag);
	}
	if (p->fallback.kind == INV_KIND_STRING) {
		inv_buf_add(out, INV_LIT("; "));
		add_decoded(out, &p->fallback);
	}
	inv_buf_byte(out, ')');
}

static void
add_error(struct inv_buf *out, const struct inv_member *error)
{
	struct parts p = { .msg = { .kind = INV_KIND_NULL } };

	if (error->kind == INV_KIND_OBJECT)
		p = parts_of(error->value);
	if (p.msg.kind != INV_KIND_STRING) {
		inv_buf_add(out, error->value);
		return;
	}
	if (p.loc.kind == INV_KIND_ARRAY && add_loc(out, p.loc.value) > 0)
		inv_buf_add(out, INV_LIT(": "));
	add_decoded(out, &p.msg);
	if (p.type.kind == INV_KIND_STRING) {
		inv_buf_add(out, INV_LIT(" ["));
		add_decoded(out, &p.type);
		inv_buf_byte(out, ']');
	}
	add_rule(out, &p);
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

bool
inv_errors_each(struct inv_str *rest, struct inv_buf *text,
    struct inv_error *error)
{
	struct inv_member m;
	struct parts p;
	size_t type;
	size_t field;

	if (rest->n == 0 || memchr("[,]", rest->p[0], 3) == NULL ||
	    !inv_scan_each(rest, &m) || !inv_buf_room(text, 1))
		return false;
	p = parts_of(m.kind == INV_KIND_OBJECT ? m.value : INV_LIT("{}"));
	inv_buf_reset(text);
	if (p.type.kind == INV_KIND_STRING)
		add_decoded(text, &p.type);
	type = text->n;
	if (p.loc.kind == INV_KIND_ARRAY)
		add_loc(text, p.loc.value);
	field = text->n;
	if (p.severity.kind == INV_KIND_STRING)
		add_decoded(text, &p.severity);
	error->type = (struct inv_str){ text->p, type };
	error->field = (struct inv_str){ text->p + type, field - type };
	error->severity = (struct inv_str){ text->p + field, text->n - field };
	return true;
}

bool
inv_errors_are_critical(struct inv_str errors)
{
	struct inv_buf text = INV_BUF(errors.n);
	struct inv_error e;
	bool critical = false;

	while (!critical && inv_errors_each(&errors, &text, &e))
		critical = inv_str_is(e.severity, "CRITICAL");
	inv_buf_free(&text);
	return critical;
}
