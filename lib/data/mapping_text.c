/* mapping_text.c - what the mappings of every format have in common */

#include "data/mapping_text.h"

#include "data/emit.h"

bool
inv_mapping_wrong(const struct inv_mapping_text *t, const char *where,
    const char *what)
{
	return inv_fail(t->err, INV_CONFIG, "%s: %.64s: %s", t->name, where,
	    what);
}

struct inv_str
inv_mapping_keep(struct inv_mapping_text *t, struct inv_str s)
{
	return inv_arena_str(&t->arena, s);
}

bool
inv_mapping_knows(struct inv_mapping_text *t, const struct inv_json *j,
    const char *where, const char *const *names)
{
	const struct inv_json *value;
	struct inv_str key;
	void *walk = NULL;

	if (j == NULL || inv_json_kind(j) != INV_KIND_OBJECT)
		return inv_mapping_wrong(t, where, "not an object");
	while (inv_json_next(j, &walk, &key, &value)) {
		const char *const *name = names;

		while (*name != NULL && !inv_str_is(key, *name))
			name++;
		if (*name == NULL)
			return inv_mapping_wrong(t, inv_mapping_keep(t, key).p,
			    "is not known");
	}
	return true;
}

static struct inv_str
key_of(struct inv_mapping_text *t, struct inv_str name)
{
	struct inv_buf b = INV_BUF(INV_MAPPING_MAX);

	inv_buf_add(&b, INV_LIT(",\""));
	inv_emit_text(&b, name);
	inv_buf_add(&b, INV_LIT("\":"));
	struct inv_str key = inv_mapping_keep(t, inv_buf_str(&b));

	inv_buf_free(&b);
	return key;
}

bool
inv_mapping_member(struct inv_mapping_text *t, struct inv_str as,
    struct inv_str *name, struct inv_str *key)
{
	*name = inv_mapping_keep(t, as);
	if (as.n == 0 || inv_str_starts(as, INV_LIT("inv:")))
		return inv_mapping_wrong(t, name->p, "no name for a member");
	for (size_t i = 0; i < t->members; i++)
		if (inv_str_eq(t->member[i], as))
			return inv_mapping_wrong(t, name->p, "is there twice");
	if (t->members == INV_MAPPING_MEMBERS)
		return inv_mapping_wrong(t, name->p, "more than 512 members");
	t->member[t->members++] = *name;
	*key = key_of(t, as);
	return true;
}

bool
inv_mapping_read(struct inv_mapping_text *t, struct inv_str text,
    const char *name, bool (*read)(void *reader, const struct inv_json *j),
    void *reader, struct inv_err *err)
{
	struct inv_err why;
	struct inv_json *json = inv_json_new(text, &why);

	if (json == NULL)
		return inv_fail(err, INV_CONFIG, "%s: %s", name, why.msg);
	t->name = name;
	t->err = err;
	bool ok = read(reader, json);

	if (ok) {
		t->line = INV_BUF(2 * INV_MAPPING_MAX);
		inv_json_print(json, &t->line);
	}
	inv_json_free(json);
	return ok;
}

void
inv_mapping_text_free(struct inv_mapping_text *t)
{
	inv_arena_free(&t->arena);
	inv_buf_free(&t->line);
}
