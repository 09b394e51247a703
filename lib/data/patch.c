/* patch.c - what has changed between two records */

#include "data/patch.h"

#include "data/emit.h"

enum { TEXT_MAX = INV_RECORD_MAX }; /* bytes of a name or a string */

static void
decode(struct inv_buf *text, struct inv_str raw)
{
	inv_buf_reset(text);
	if (raw.n > 0 && inv_buf_room(text, raw.n))
		text->n = inv_text_decode(raw, text->p);
}

/* Two raw insides of strings say the same. */
static bool
same_text(struct inv_str a, struct inv_str b)
{
	struct inv_buf x = INV_BUF(TEXT_MAX);
	struct inv_buf y = INV_BUF(TEXT_MAX);

	decode(&x, a);
	decode(&y, b);
	bool same = inv_str_eq(inv_buf_str(&x), inv_buf_str(&y));

	inv_buf_free(&x);
	inv_buf_free(&y);
	return same;
}

static bool
same(const struct inv_member *was, const struct inv_member *is)
{
	bool both = was->kind == INV_KIND_STRING && is->kind == INV_KIND_STRING;

	if (inv_str_eq(was->value, is->value))
		return true;
	if (both && (was->value_escaped || is->value_escaped))
		return same_text(inv_member_inner(was), inv_member_inner(is));
	if (was->kind != INV_KIND_STRING || both)
		return false;
	return is->kind == INV_KIND_NULL
	    ? was->value.n == 2
	    : inv_str_eq(inv_member_inner(was), is->value);
}

static const struct inv_member *
find(const struct inv_members *m, const struct inv_member *like)
{
	for (size_t i = 0; m != NULL && i < m->n; i++) {
		const struct inv_member *k = &m->at[i];

		if (inv_str_eq(k->key, like->key) ||
		    ((k->key_escaped || like->key_escaped) &&
			same_text(k->key, like->key)))
			return k;
	}
	return NULL;
}

/* A JSON pointer to a member. */
static void
emit_path(struct inv_buf *out, const struct inv_member *m)
{
	struct inv_buf name = INV_BUF(TEXT_MAX);
	struct inv_buf path = INV_BUF(2 * TEXT_MAX);

	decode(&name, m->key);
	inv_buf_byte(&path, '/');
	for (size_t i = 0; i < name.n; i++)
		if (name.p[i] == '~')
			inv_buf_add(&path, INV_LIT("~0"));
		else if (name.p[i] == '/')
			inv_buf_add(&path, INV_LIT("~1"));
		else
			inv_buf_byte(&path, name.p[i]);
	inv_emit_member_str(out, INV_LIT("path"), inv_buf_str(&path));
	inv_buf_free(&name);
	inv_buf_free(&path);
}

static void
emit_change(struct inv_buf *out, struct inv_str op,
    const struct inv_member *was, const struct inv_member *is)
{
	inv_emit_open(out, '{');
	inv_emit_member_str(out, INV_LIT("op"), op);
	emit_path(out, is != NULL ? is : was);
	if (was != NULL)
		inv_emit_member_raw(out, INV_LIT("was"), was->value);
	if (is != NULL)
		inv_emit_member_raw(out, INV_LIT("value"), is->value);
	inv_emit_close(out, '}');
}

void
inv_patch_emit(struct inv_buf *out, const struct inv_members *before,
    const struct inv_members *after)
{
	inv_emit_open(out, '[');
	for (size_t i = 0; i < after->n; i++) {
		const struct inv_member *is = &after->at[i];
		const struct inv_member *was = find(before, is);

		if (was == NULL && is->kind != INV_KIND_NULL)
			emit_change(out, INV_LIT("add"), NULL, is);
		else if (was != NULL && !same(was, is))
			emit_change(out, INV_LIT("replace"), was, is);
	}
	for (size_t i = 0; before != NULL && i < before->n; i++)
		if (find(after, &before->at[i]) == NULL)
			emit_change(out, INV_LIT("remove"), &before->at[i],
			    NULL);
	inv_emit_close(out, ']');
}
