/*
 * xml_mapped.c - the elements of an XML text as the members of a mapping
 *
 * Values are met in the order of the text and told in that of the mapping.
 * Those of the header are a stack: what an element on the way to the rows holds
 * goes when that ends, and whatever came behind it went before.
 */

#include "data/xml_mapped.h"

#include <stdlib.h>

#include "base/mem.h"
#include "data/emit.h"
#include "data/scan.h"
#include "io/xml.h"

enum { VALUES = 8192, FLAWS = 8192 };

/* Of the text at hand; both are kept in their order. */
struct value {
	uint32_t member;
	uint32_t next; /* of the same list, from 1; 0: none */
	size_t at, n;  /* in the text of its part, escaped */
};

enum flaw_kind { TWICE, MIXED, LONG_TEXT, UNMAPPED, TOO_MANY, TOO_LONG };

struct flaw {
	enum flaw_kind kind;
	uint32_t member; /* or NONE */
	uint32_t node;   /* of UNMAPPED: what it is within */
	size_t at, n;    /* its own name, in the text of the part */
	size_t scope;
};

/* The header, or a row. */
struct part {
	struct inv_buf text;
	struct value value[VALUES];
	uint32_t values;
	struct flaw flaw[FLAWS];
	size_t flaws;
	bool given_up; /* a row: no more of it is looked at */
};

/* An element that is open. */
struct level {
	uint32_t node; /* NONE: it is in one that no path names */
	size_t active; /* members that want its text, from there on */
	bool has_text; /* something that is not blank, and nobody wants */
	bool has_rows; /* one of its rows has ended */
};

struct inv_xml_mapped {
	const struct inv_xml_map *map;
	const struct inv_xml_member *late;
	struct part header, row;
	struct inv_buf json;
	struct inv_buf head; /* members of the header, as they stand there */
	bool head_is_old;
	struct inv_buf text; /* of the innermost element that is wanted */
	size_t depth;        /* levels that are open */
	size_t actives;
	uint32_t active[INV_MAPPING_MEMBERS];
	uint32_t first[INV_MAPPING_MEMBERS]; /* value of each member, from 1 */
	uint32_t last[INV_MAPPING_MEMBERS];
	unsigned char blamed[INV_MAPPING_MEMBERS]; /* bits of flaw_kind */
	struct level level[INV_XML_DEPTH + 1];
};

struct inv_xml_mapped *
inv_xml_mapped_new(void)
{
	struct inv_xml_mapped *m = inv_mem_new(sizeof(*m));

	m->header.text = INV_BUF(INV_RECORD_MAX);
	m->row.text = INV_BUF(INV_RECORD_MAX);
	m->json = INV_BUF(INV_RECORD_MAX);
	m->head = INV_BUF(INV_RECORD_MAX);
	m->text = INV_BUF(INV_FIELD_MAX);
	return m;
}

void
inv_xml_mapped_free(struct inv_xml_mapped *m)
{
	if (m == NULL)
		return;
	inv_buf_free(&m->header.text);
	inv_buf_free(&m->row.text);
	inv_buf_free(&m->json);
	inv_buf_free(&m->head);
	inv_buf_free(&m->text);
	free(m);
}

/* Its flaws are gone. */
static void
forgive(struct inv_xml_mapped *m, struct part *p, size_t from)
{
	for (size_t i = from; i < p->flaws; i++)
		if (p->flaw[i].member != INV_XML_NONE)
			m->blamed[p->flaw[i].member] = 0;
	p->flaws = from;
}

static void
clear(struct inv_xml_mapped *m, struct part *p)
{
	for (uint32_t i = 0; i < p->values; i++)
		m->first[p->value[i].member] = 0;
	forgive(m, p, 0);
	inv_buf_reset(&p->text);
	p->values = 0;
	p->given_up = false;
}

void
inv_xml_mapped_begin(struct inv_xml_mapped *m, const struct inv_xml_map *map)
{
	m->map = map;
	m->late = NULL;
	m->depth = m->actives = 0;
	memset(m->first, 0, sizeof(m->first));
	clear(m, &m->header);
	clear(m, &m->row);
	m->head_is_old = true;
}

/* ---- flaws ---- */

/* No more of it is looked at. */
static void
give_up(struct inv_xml_mapped *m, enum flaw_kind kind)
{
	struct part *p = &m->row;

	if (p->given_up)
		return;
	forgive(m, p, 0);
	p->given_up = true;
	p->flaw[p->flaws++] =
	    (struct flaw){ .kind = kind, .member = INV_XML_NONE };
}

void
inv_xml_mapped_give_up(struct inv_xml_mapped *m)
{
	give_up(m, TOO_LONG);
}

static struct part *
part_of(struct inv_xml_mapped *m, const struct inv_xml_member *member)
{
	return member->scope > 0 ? &m->header : &m->row;
}

/* Of a member, once for each kind; of a header there is room for all. */
static void
blame(struct inv_xml_mapped *m, uint32_t i, enum flaw_kind kind)
{
	const struct inv_xml_member *member = &m->map->member[i];
	struct part *p = part_of(m, member);
	unsigned char bit = (unsigned char)(1U << kind);

	if (p->given_up || (m->blamed[i] & bit) != 0)
		return;
	if (p->flaws == FLAWS) {
		give_up(m, TOO_MANY);
		return;
	}
	m->blamed[i] |= bit;
	p->flaw[p->flaws++] =
	    (struct flaw){ .kind = kind, .member = i, .scope = member->scope };
}

/* Something that the mapping does not name, in a row. */
static void
blame_unmapped(struct inv_xml_mapped *m, uint32_t node, struct inv_str name)
{
	struct part *p = &m->row;

	if (m->map->drops || p->given_up || !m->map->node[node].in_row)
		return;
	struct flaw flaw = {
		.kind = UNMAPPED,
		.member = INV_XML_NONE,
		.node = node,
		.at = p->text.n,
		.n = name.n,
	};

	inv_buf_add(&p->text, name);
	if (p->text.failed || p->flaws == FLAWS)
		give_up(m, p->text.failed ? TOO_LONG : TOO_MANY);
	else
		p->flaw[p->flaws++] = flaw;
}

/* ---- values ---- */

/* There is no room for it. */
static void
overflow(struct inv_xml_mapped *m, uint32_t i)
{
	struct part *p = part_of(m, &m->map->member[i]);

	if (p == &m->header)
		blame(m, i, TOO_LONG);
	else
		give_up(m, p->values == VALUES ? TOO_MANY : TOO_LONG);
}

static void
keep(struct inv_xml_mapped *m, uint32_t i, struct inv_str text)
{
	struct part *p = part_of(m, &m->map->member[i]);
	size_t from = p->text.n;

	inv_emit_text(&p->text, text);
	size_t n = p->text.n - from;

	if (p->text.failed || p->values == VALUES || n > INV_FIELD_MAX) {
		p->text.n = from;
		/* Of a header the next values may have room again. */
		p->text.failed = false;
		if (n > INV_FIELD_MAX)
			blame(m, i, LONG_TEXT);
		else
			overflow(m, i);
		return;
	}
	p->value[p->values++] =
	    (struct value){ .member = i, .at = from, .n = n };
	if (m->first[i] == 0)
		m->first[i] = p->values;
	else
		p->value[m->last[i] - 1].next = p->values;
	m->last[i] = p->values;
}

static void
add_value(struct inv_xml_mapped *m, uint32_t i, struct inv_str text)
{
	const struct inv_xml_member *member = &m->map->member[i];

	if (part_of(m, member)->given_up)
		return;
	if (member->scope > 0) {
		m->head_is_old = true;
		if (m->level[member->scope - 1].has_rows && m->late == NULL)
			m->late = member;
	}
	if (m->first[i] != 0 && !member->is_list)
		blame(m, i, TWICE);
	else if (text.n > INV_FIELD_MAX)
		blame(m, i, LONG_TEXT);
	else
		keep(m, i, text);
}

/* The element ends whose rows had these. */
static void
leave_scope(struct inv_xml_mapped *m, size_t depth)
{
	struct part *p = &m->header;

	while (p->flaws > 0 && p->flaw[p->flaws - 1].scope >= depth)
		forgive(m, p, p->flaws - 1);
	while (p->values > 0) {
		const struct value *v = &p->value[p->values - 1];

		if (m->map->member[v->member].scope < depth)
			return;
		m->first[v->member] = 0;
		p->text.n = v->at;
		p->values--;
		m->head_is_old = true;
	}
}

/* ---- elements ---- */

static const char *
value_of(const char *const *attributes, const char *name)
{
	for (; *attributes != NULL; attributes += 2)
		if (strcmp(attributes[0], name) == 0)
			return attributes[1];
	return NULL;
}

/* The member counts here; what it asks for is not met elsewhere. */
static bool
fits(const struct inv_xml_member *member, const char *const *attributes)
{
	if (member->when == NULL)
		return true;
	const char *is = value_of(attributes, member->when);

	return strcmp(is != NULL ? is : "", member->is) == 0;
}

static void
take_attributes(struct inv_xml_mapped *m, const struct inv_xml_node *node,
    const char *const *attributes)
{
	for (uint32_t i = node->member; i != INV_XML_NONE;
	     i = m->map->member[i].next) {
		const struct inv_xml_member *member = &m->map->member[i];

		if (!fits(member, attributes))
			continue;
		if (member->attribute == NULL) {
			m->active[m->actives++] = i;
			continue;
		}
		const char *text = value_of(attributes, member->attribute);

		if (text != NULL)
			add_value(m, i, inv_str_of(text));
	}
}

/* Some member of the element has it, or asks what it is. */
static bool
is_named(const struct inv_xml_mapped *m, const struct inv_xml_node *node,
    const char *attribute, const char *const *attributes)
{
	for (uint32_t i = node->member; i != INV_XML_NONE;
	     i = m->map->member[i].next) {
		const struct inv_xml_member *member = &m->map->member[i];

		if (member->when != NULL &&
		    strcmp(member->when, attribute) == 0)
			return true;
		if (member->attribute != NULL &&
		    strcmp(member->attribute, attribute) == 0 &&
		    fits(member, attributes))
			return true;
	}
	return false;
}

static void
look_for_others(struct inv_xml_mapped *m, uint32_t at,
    const char *const *attributes)
{
	const struct inv_xml_node *node = &m->map->node[at];

	if (m->map->drops || !node->in_row)
		return;
	for (const char *const *a = attributes; *a != NULL; a += 2) {
		struct inv_str name = inv_xml_local(inv_str_of(*a));

		if (!is_named(m, node, *a, attributes))
			blame_unmapped(m, at, name);
	}
}

/* The innermost element that is wanted has elements: that is no text. */
static void
end_text(struct inv_xml_mapped *m, const struct level *l)
{
	for (size_t i = l->active; i < m->actives; i++)
		blame(m, m->active[i], MIXED);
	m->actives = l->active;
}

void
inv_xml_mapped_open(struct inv_xml_mapped *m, const char *name,
    const char *const *attributes)
{
	struct level *up = m->depth > 0 ? &m->level[m->depth - 1] : NULL;
	uint32_t parent = up == NULL ? 0 : up->node;
	uint32_t at = parent == INV_XML_NONE
	    ? 0
	    : inv_xml_map_child(m->map, parent, name);

	if (up != NULL)
		end_text(m, up);
	if (at == m->map->row)
		clear(m, &m->row);
	m->level[m->depth++] = (struct level){
		.node = at == 0 ? INV_XML_NONE : at,
		.active = m->actives,
	};
	if (at == 0 && parent != INV_XML_NONE)
		blame_unmapped(m, parent, inv_xml_local(inv_str_of(name)));
	if (at == 0)
		return;
	take_attributes(m, &m->map->node[at], attributes);
	look_for_others(m, at, attributes);
	inv_buf_reset(&m->text);
}

void
inv_xml_mapped_text(struct inv_xml_mapped *m, struct inv_str text)
{
	if (m->depth == 0)
		return;
	struct level *l = &m->level[m->depth - 1];

	if (l->node == INV_XML_NONE)
		return;
	if (m->actives > l->active)
		inv_buf_add(&m->text, text);
	else
		l->has_text = l->has_text || inv_str_trimmed(text).n > 0;
}

/* ---- a record ---- */

static void
put_values(const struct inv_xml_mapped *m, const struct part *p, uint32_t i,
    struct inv_buf *out)
{
	const struct inv_xml_member *member = &m->map->member[i];
	uint32_t at = m->first[i];

	inv_buf_add(out, member->key);
	if (member->is_list)
		inv_buf_byte(out, '[');
	for (; at != 0; at = p->value[at - 1].next) {
		const struct value *v = &p->value[at - 1];

		inv_buf_byte(out, '"');
		inv_buf_add(out, (struct inv_str){ p->text.p + v->at, v->n });
		inv_buf_byte(out, '"');
		if (member->is_list && v->next != 0)
			inv_buf_byte(out, ',');
	}
	if (member->is_list)
		inv_buf_byte(out, ']');
}

static void
put_part(const struct inv_xml_mapped *m, const struct part *p, size_t from,
    size_t end, struct inv_buf *out)
{
	for (size_t i = from; i < end; i++)
		if (m->first[i] != 0)
			put_values(m, p, (uint32_t)i, out);
}

static void
end_row(struct inv_xml_mapped *m)
{
	const struct inv_xml_map *map = m->map;

	for (size_t i = 0; i < map->path_n; i++)
		m->level[i].has_rows = true;
	if (m->head_is_old) {
		inv_buf_reset(&m->head);
		put_part(m, &m->header, 0, map->header, &m->head);
		m->head_is_old = false;
	}
	/* Each member has a comma before it: the first one gives way. */
	inv_buf_reset(&m->json);
	inv_buf_add(&m->json, inv_buf_str(&m->head));
	put_part(m, &m->row, map->header, map->members, &m->json);
	if (m->json.n == 0)
		inv_buf_add(&m->json, INV_LIT("{"));
	else
		m->json.p[0] = '{';
	inv_buf_byte(&m->json, '}');
	if (m->json.failed || m->head.failed)
		give_up(m, TOO_LONG);
}

void
inv_xml_mapped_close(struct inv_xml_mapped *m)
{
	const struct level *l = &m->level[m->depth - 1];
	struct inv_str text = inv_buf_str(&m->text);

	for (size_t i = l->active; i < m->actives; i++) {
		if (m->text.failed)
			blame(m, m->active[i], LONG_TEXT);
		else
			add_value(m, m->active[i], text);
	}
	m->actives = l->active;
	if (l->has_text)
		blame_unmapped(m, l->node, INV_LIT(""));
	if (l->node == m->map->row)
		end_row(m);
	else if (l->node != INV_XML_NONE && m->map->node[l->node].has_rows)
		leave_scope(m, m->depth);
	m->depth--;
}

const struct inv_xml_member *
inv_xml_mapped_late(const struct inv_xml_mapped *m)
{
	return m->late;
}

/* ---- what is wrong with it ---- */

bool
inv_xml_mapped_is_sound(const struct inv_xml_mapped *m)
{
	return m->header.flaws == 0 && m->row.flaws == 0;
}

struct inv_str
inv_xml_mapped_json(const struct inv_xml_mapped *m)
{
	return inv_buf_str(&m->json);
}

/* Of a member its name, of others their path; the row as a whole has none. */
static void
put_loc(const struct inv_xml_mapped *m, const struct part *p,
    const struct flaw *f, struct inv_buf *out)
{
	inv_buf_reset(out);
	inv_emit_open(out, '[');
	if (f->member != INV_XML_NONE)
		inv_emit_str(out, m->map->member[f->member].name);
	else if (f->kind == UNMAPPED) {
		struct inv_str within = f->node == m->map->row
		    ? INV_LIT("")
		    : m->map->node[f->node].path;
		struct inv_str name = { p->text.p + f->at, f->n };

		inv_buf_byte(out, '"');
		inv_buf_add(out, within);
		if (within.n > 0 && name.n > 0)
			inv_buf_byte(out, '/');
		inv_buf_add(out, within.n + name.n > 0 ? name : INV_LIT("."));
		inv_buf_byte(out, '"');
	}
	inv_emit_close(out, ']');
}

static void
put_errors(struct inv_xml_mapped *m, const struct part *p,
    const struct inv_place *at, struct inv_buf *out)
{
	static const struct {
		const char *type;
		const char *msg;
	} texts[] = {
		[TWICE] = { "element_twice", "is there twice, and no list" },
		[MIXED] = { "mixed_content", "has elements within" },
		[LONG_TEXT] = { "cell_too_long", "is longer than 256 KiB" },
		[UNMAPPED] = { "element_unmapped",
		    "the mapping does not name it" },
		[TOO_MANY] = { "record_too_deep",
		    "more than 8192 values, or errors" },
		[TOO_LONG] = { "record_too_long",
		    "longer than 1 MiB, or its errors than 8 MiB" },
	};
	struct inv_buf loc = INV_BUF(INV_RECORD_MAX);

	for (size_t i = 0; i < p->flaws; i++) {
		const struct flaw *f = &p->flaw[i];

		put_loc(m, p, f, &loc);
		inv_ruling_error(texts[f->kind].type, inv_buf_str(&loc),
		    texts[f->kind].msg, at, out);
	}
	inv_buf_free(&loc);
}

void
inv_xml_mapped_errors(struct inv_xml_mapped *m, const struct inv_place *at,
    struct inv_buf *out)
{
	put_errors(m, &m->header, at, out);
	put_errors(m, &m->row, at, out);
}
