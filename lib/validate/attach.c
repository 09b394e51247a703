/* attach.c - the files that a record names, kept before it goes on */

#include "validate/attach.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "data/emit.h"
#include "prog/opt.h"
#include "store/attachments.h"

struct inv_attach {
	const struct inv_schema *schema;
	struct inv_attachments *store;
	struct inv_buf list;
	struct inv_buf name; /* of a file, decoded */
	size_t n;            /* files of the record under way */
};

bool
inv_attach_open(struct inv_attach **a, struct inv_schema *schema,
    const char *folder, struct inv_err *err)
{
	const struct inv_rule *rule;
	struct inv_str name;
	const char *path;

	*a = NULL;
	bool asked = inv_schema_attachment(schema, 0, &name, &rule);

	if (!asked && folder == NULL)
		return true;
	if (!asked)
		return inv_fail(err, INV_USAGE,
		    "--attachments: the schema has no x-inv-attachment");
	if (folder == NULL)
		return inv_fail(err, INV_USAGE,
		    "the schema has x-inv-attachment in \"%.*s\": "
		    "--attachments says where such files are",
		    INV_ARG(name));
	int state = inv_opt_state(&path);
	struct inv_attachments *store =
	    inv_attachments_open(state, folder, err);

	close(state);
	if (store == NULL)
		return false;
	*a = inv_mem_new(sizeof(**a));
	(*a)->schema = schema;
	(*a)->store = store;
	(*a)->list = INV_BUF(INV_ATTACH_BYTES);
	(*a)->name = INV_BUF(INV_FIELD_MAX);
	return true;
}

void
inv_attach_close(struct inv_attach *a)
{
	if (a == NULL)
		return;
	inv_attachments_close(a->store);
	inv_buf_free(&a->list);
	inv_buf_free(&a->name);
	free(a);
}

bool
inv_attach_settle(void *attach, struct inv_err *err)
{
	struct inv_attach *a = attach;

	return inv_attachments_settle(a->store, err);
}

/* A member that names files, and what is at hand while they are taken. */
struct naming {
	struct inv_str field;
	const struct inv_rule *rule;
	struct inv_flaws *flaws;
	struct inv_err *err;
};

static void
say(const struct naming *g, const char *type, const char *why,
    const struct inv_place *place, struct inv_str input)
{
	struct inv_rule rule = *g->rule;

	rule.type = type;
	rule.msg = inv_str_of(why);
	inv_flaws_add(g->flaws, &rule, place, input);
}

static void
add(struct inv_attach *a, struct inv_str field, struct inv_str name,
    const struct inv_attachment *is)
{
	inv_emit_open(&a->list, '{');
	inv_emit_member_u64(&a->list, INV_LIT("bytes"), is->bytes);
	inv_emit_key(&a->list, INV_LIT("field"));
	inv_buf_byte(&a->list, '"');
	inv_buf_add(&a->list, field);
	inv_buf_byte(&a->list, '"');
	inv_emit_member_raw(&a->list, INV_LIT("name"), name);
	inv_emit_member_str(&a->list, INV_LIT("sha256"),
	    (struct inv_str){ is->sha256, sizeof(is->sha256) });
	inv_emit_close(&a->list, '}');
}

/* One name, a string of the record; the empty one is none. */
static bool
take_name(struct inv_attach *a, const struct naming *g,
    const struct inv_member *m, const struct inv_place *place)
{
	struct inv_str inner = inv_member_inner(m);
	struct inv_attachment is;
	const char *why;

	if (inner.n == 0)
		return true;
	inv_buf_reset(&a->name);
	if (++a->n > INV_ATTACH_FILES || !inv_buf_room(&a->name, inner.n)) {
		say(g, "attachment_refused", "is one of more than 64 files",
		    place, m->value);
		return true;
	}
	a->name.n = inv_text_decode(inner, a->name.p);
	switch (inv_attachments_take(a->store, inv_buf_str(&a->name), &is, &why,
	    g->err)) {
	case INV_ATTACHED:
		add(a, g->field, m->value, &is);
		return true;
	case INV_ATTACHED_MISSING:
		say(g, "attachment_missing", why, place, m->value);
		return true;
	case INV_ATTACHED_REFUSED:
		say(g, "attachment_refused", why, place, m->value);
		return true;
	case INV_ATTACHED_CHANGED:
		say(g, "attachment_changed", why, place, m->value);
		return true;
	case INV_ATTACHED_FAILED:
		break;
	}
	return false;
}

/* A member of that name: a string, or a list of them; null names nothing. */
static bool
take_member(struct inv_attach *a, const struct naming *g,
    const struct inv_member *m)
{
	struct inv_place field = { .key = g->field };
	struct inv_str rest = m->value;
	struct inv_place place = { .up = &field };
	struct inv_member element;

	if (m->kind == INV_KIND_NULL)
		return true;
	if (m->kind == INV_KIND_STRING)
		return take_name(a, g, m, &field);
	if (m->kind != INV_KIND_ARRAY) {
		say(g, "attachment_refused", "is no name of a file", &field,
		    m->value);
		return true;
	}
	for (; inv_scan_each(&rest, &element); place.index++) {
		if (element.kind != INV_KIND_STRING)
			say(g, "attachment_refused", "is no name of a file",
			    &place, element.value);
		else if (!take_name(a, g, &element, &place))
			return false;
	}
	return true;
}

bool
inv_attach_take(struct inv_attach *a, struct inv_str record,
    struct inv_flaws *flaws, struct inv_err *err)
{
	struct naming g = { .flaws = flaws, .err = err };
	struct inv_member m;

	a->n = 0;
	inv_buf_reset(&a->list);
	inv_emit_open(&a->list, '[');
	while (inv_scan_each(&record, &m))
		for (size_t i = 0;
		     inv_schema_attachment(a->schema, i, &g.field, &g.rule);
		     i++)
			if (inv_str_eq(m.key, g.field) &&
			    !take_member(a, &g, &m))
				return false;
	inv_emit_close(&a->list, ']');
	if (a->list.failed)
		say(&g, "attachment_refused",
		    "names files whose list is longer than 1 MiB", NULL,
		    (struct inv_str){ 0 });
	return true;
}

struct inv_str
inv_attach_list(const struct inv_attach *a)
{
	return inv_buf_str(&a->list);
}
