/* schema_shape.c - what follows from the keys of a record alone */

#include "data/schema_shape.h"

#include <stdlib.h>

#include "base/mem.h"
#include "data/canon.h"

static int
cmp_names(const void *x, const void *y, void *arg)
{
	const struct inv_name *names = arg;

	return inv_canon_cmp(names[*(const uint32_t *)x].json,
	    names[*(const uint32_t *)y].json);
}

struct inv_shape *
inv_shape_new(const struct inv_program *p, struct inv_run *run)
{
	struct inv_shape *s = inv_mem_new(sizeof(*s));
	const struct inv_node *root = p->root;

	s->program = p;
	s->run = run;
	s->root = root;
	s->n = SIZE_MAX;
	s->keys = INV_BUF(INV_RECORD_MAX);
	s->leads = INV_BUF(8 * INV_RECORD_MAX);
	s->text = inv_mem_new(INV_FIELD_MAX);
	s->columns = inv_mem_new(root->n_required * sizeof(*s->columns));
	s->sorted = inv_mem_new(root->n_required * sizeof(*s->sorted));
	for (size_t i = 0; i < root->n_required; i++)
		s->sorted[i] = (uint32_t)i;
	qsort_r(s->sorted, root->n_required, sizeof(*s->sorted), cmp_names,
	    root->required);
	return s;
}

void
inv_shape_free(struct inv_shape *s)
{
	if (s == NULL)
		return;
	inv_buf_free(&s->keys);
	inv_buf_free(&s->leads);
	free(s->text);
	free(s->columns);
	free(s->sorted);
	free(s);
}

static bool
has_shape(const struct inv_shape *s, const struct inv_members *fields)
{
	if (s->n != fields->n)
		return false;
	for (size_t i = 0; i < fields->n; i++)
		if (!inv_str_eq(s->at[i].key, fields->at[i].key))
			return false;
	return true;
}

static int
cmp_columns(const void *x, const void *y, void *arg)
{
	const struct inv_shape_column *at = arg;

	return inv_canon_cmp(at[*(const uint16_t *)x].key,
	    at[*(const uint16_t *)y].key);
}

/* Views into a buf that has room for all of it, so that it does not move. */
static struct inv_str
keep_key(struct inv_buf *keys, struct inv_str key)
{
	size_t at = keys->n;

	inv_buf_add(keys, key);
	return (struct inv_str){ keys->p + at, key.n };
}

static void
write_leads(struct inv_shape *s)
{
	struct inv_buf *b = &s->leads;

	inv_buf_reset(b);
	for (size_t i = 0; i < s->n; i++) {
		size_t at = b->n;

		inv_buf_add(b, INV_LIT(",\""));
		inv_canon_text(b, s->at[s->order[i]].key);
		inv_buf_add(b, INV_LIT("\":"));
		s->lead[i].n = b->n - at;
	}
	const char *p = b->p;

	for (size_t i = 0; i < s->n; i++) {
		s->lead[i].p = p;
		p += s->lead[i].n;
	}
}

/* Both in canonical order: one walk. */
static void
find_required(struct inv_shape *s)
{
	const struct inv_node *root = s->root;
	size_t at = 0;

	s->complete = true;
	for (size_t i = 0; i < root->n_required; i++) {
		const struct inv_name *name = &root->required[s->sorted[i]];
		int order = 1;

		while (at < s->n) {
			order =
			    inv_canon_cmp(s->at[s->order[at]].key, name->json);
			if (order >= 0)
				break;
			at++;
		}
		s->columns[s->sorted[i]] =
		    order == 0 ? (uint16_t)at : INV_NO_COLUMN;
		s->complete = s->complete && order == 0;
	}
}

static void
learn_column(struct inv_shape *s, struct inv_shape_column *c,
    struct inv_str key)
{
	const struct inv_node *root = s->root;
	struct inv_str name = { s->text, inv_text_decode(key, s->text) };
	const struct inv_prop *prop =
	    inv_props_find(root->props, root->n_props, name);

	*c = (struct inv_shape_column){ .key = keep_key(&s->keys, key) };
	inv_column_plan(s->program, name, &c->plan);
	c->plan.empty = inv_column_empty(s->program, s->run, name, &c->plan);
	c->node = prop != NULL ? prop->node : NULL;
	c->forbidden = prop == NULL && root->additional != NULL;
	c->scalar = c->node == NULL || c->node->flat;
	c->any = c->node == NULL ||
	    (c->node->flat && c->node->n == 0 && c->node->n_props == 0 &&
		c->node->n_required == 0 && c->node->additional == NULL);
	c->plain =
	    c->plan.before == 0 && (c->plan.types & INV_TYPE_STRING) != 0;
	if (!c->forbidden)
		c->quick = inv_quick_of(c->node, &c->plan);
	s->rewrites = s->rewrites || c->plan.after != 0;
}

void
inv_shape_follow(struct inv_shape *s, const struct inv_members *fields)
{
	size_t n = 0;

	if (s->n == fields->n && s->number == fields->shape)
		return;
	s->number = fields->shape;
	if (has_shape(s, fields))
		return;
	for (size_t i = 0; i < fields->n; i++)
		n += fields->at[i].key.n;
	inv_buf_reset(&s->keys);
	/* A record has no more bytes than the buf may. */
	if (!inv_buf_room(&s->keys, n + 1))
		return;
	s->n = fields->n;
	s->rewrites = false;
	for (size_t i = 0; i < fields->n; i++) {
		learn_column(s, &s->at[i], fields->at[i].key);
		s->order[i] = (uint16_t)i;
	}
	qsort_r(s->order, s->n, sizeof(*s->order), cmp_columns, s->at);
	write_leads(s);
	find_required(s);
}
