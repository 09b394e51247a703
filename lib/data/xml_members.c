/* xml_members.c - an XML element as the members of a record */

#include "data/xml_members.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/mem.h"
#include "data/digest.h"
#include "data/emit.h"
#include "data/scan.h"
#include "data/xml_path.h"

enum {
	NODES = 2 * INV_XML_NODES, /* kept, of this record and those before */
	SLOTS = 2 * NODES,         /* of a table of them, a power of two */
	NAMES_MAX = 4 << 20,       /* bytes of all names that are kept */
	FLAWS = 2 * INV_XML_NODES,
};

enum kind {
	RECORD, /* the element itself: node 0 */
	ELEMENT,
	ATTRIBUTE,
	TEXT, /* of the record's element itself */
};

/* A way into records: the k-th element of a name within another, say. */
struct node {
	uint64_t row;  /* that had it last */
	uint64_t told; /* row that had a member of its key last: of `owner` */
	size_t name;   /* in m->names, as it came */
	size_t key;    /* `"a.b":`, in m->keys; without key_n there is none */
	uint32_t name_n;
	uint32_t key_n;
	uint32_t parent;
	uint32_t first; /* k is 1 */
	uint32_t k;     /* from 1 */
	uint32_t count; /* of the first: how many there are in its row */
	uint32_t owner; /* the first node that had this key */
	uint32_t next;  /* the one that came behind it last */
	enum kind kind;
};

/* What a record may have too much of, or no member can be made of. */
enum flaw_kind { TWICE, MIXED, LONG_TEXT, TOO_DEEP, TOO_MANY, TOO_LONG };

struct flaw {
	enum flaw_kind kind;
	uint32_t node; /* 0: of the record as a whole */
};

/* An element that is open. */
struct level {
	uint32_t node;
	bool has_attributes;
	bool has_children;
	bool mixed;
};

struct inv_xml_members {
	struct inv_naming *naming;
	struct node *nodes;
	size_t n;
	uint32_t *by_name; /* tables of nodes: slots, 0 is empty */
	uint32_t *by_key;
	struct inv_buf names;
	struct inv_buf keys;
	unsigned char secret[INV_HASH_KEY];

	/* Of the record at hand. */
	uint64_t row;
	uint32_t last; /* node that was met last */
	size_t met;    /* nodes */
	size_t members;
	size_t depth; /* levels that are open */
	struct level level[INV_DEPTH_MAX];
	struct inv_buf text; /* of the innermost element */
	struct inv_buf json;
	struct inv_buf loc;
	bool given_up;
	size_t flaws;
	struct flaw flaw[FLAWS + 1];
};

struct inv_xml_members *
inv_xml_members_new(void)
{
	struct inv_xml_members *m = inv_mem_new(sizeof(*m));

	m->nodes = inv_mem_new(NODES * sizeof(*m->nodes));
	m->by_name = inv_mem_new(SLOTS * sizeof(*m->by_name));
	m->by_key = inv_mem_new(SLOTS * sizeof(*m->by_key));
	m->names = INV_BUF(NAMES_MAX);
	m->keys = INV_BUF(NAMES_MAX);
	m->text = INV_BUF(INV_FIELD_MAX);
	m->json = INV_BUF(INV_RECORD_MAX);
	m->loc = INV_BUF(INV_RECORD_MAX);
	m->n = 1;
	inv_random(m->secret, sizeof(m->secret));
	return m;
}

void
inv_xml_members_free(struct inv_xml_members *m)
{
	if (m == NULL)
		return;
	free(m->nodes);
	free(m->by_name);
	free(m->by_key);
	inv_buf_free(&m->names);
	inv_buf_free(&m->keys);
	inv_buf_free(&m->text);
	inv_buf_free(&m->json);
	inv_buf_free(&m->loc);
	free(m);
}

static void
forget(struct inv_xml_members *m)
{
	memset(m->nodes, 0, sizeof(*m->nodes));
	memset(m->by_name, 0, SLOTS * sizeof(*m->by_name));
	memset(m->by_key, 0, SLOTS * sizeof(*m->by_key));
	inv_buf_reset(&m->names);
	inv_buf_reset(&m->keys);
	m->n = 1;
}

void
inv_xml_members_begin(struct inv_xml_members *m, struct inv_naming *naming)
{
	m->naming = naming;
	m->row = 0;
	m->depth = 0;
	forget(m);
}

/* ---- flaws ---- */

static void
add_flaw(struct inv_xml_members *m, enum flaw_kind kind, uint32_t node)
{
	if (m->flaws <= FLAWS)
		m->flaw[m->flaws++] = (struct flaw){ kind, node };
}

/* Of the record as a whole: no more of it is looked at. */
static void
give_up(struct inv_xml_members *m, enum flaw_kind kind)
{
	if (m->given_up)
		return;
	m->given_up = true;
	m->flaws = 0;
	add_flaw(m, kind, 0);
}

void
inv_xml_members_give_up(struct inv_xml_members *m)
{
	give_up(m, TOO_LONG);
}

/* ---- names ---- */

static struct inv_str
name_of(const struct inv_xml_members *m, const struct node *n)
{
	if (n->name_n == 0)
		return INV_LIT("");
	return (struct inv_str){ m->names.p + n->name, n->name_n };
}

static struct inv_str
key_of(const struct inv_xml_members *m, const struct node *n)
{
	return (struct inv_str){ m->keys.p + n->key, n->key_n };
}

static size_t
slot_of(const struct inv_xml_members *m, struct inv_str s, uint32_t with)
{
	unsigned char hash[INV_HASH];
	uint32_t h;

	inv_hash_of(m->secret, s, hash);
	memcpy(&h, hash, sizeof(h));
	return (h ^ with * UINT32_C(0x9e3779b1)) & (SLOTS - 1);
}

static bool
is(const struct inv_xml_members *m, const struct node *n, uint32_t parent,
    enum kind kind, struct inv_str name)
{
	return n->parent == parent && n->kind == kind && n->name_n == name.n &&
	    memcmp(m->names.p + n->name, name.p, name.n) == 0;
}

/* The node, made if there is none; 0, and given up, where there is no room. */
static uint32_t
seek(struct inv_xml_members *m, uint32_t parent, enum kind kind,
    struct inv_str name, uint32_t k)
{
	size_t i = slot_of(m, name, parent * 4 + kind + k * 65537);

	for (; m->by_name[i] != 0; i = (i + 1) & (SLOTS - 1)) {
		const struct node *n = &m->nodes[m->by_name[i]];

		if (n->k == k && is(m, n, parent, kind, name))
			return m->by_name[i];
	}
	size_t at = m->names.n;

	if (m->n < NODES)
		inv_buf_add(&m->names, name);
	if (m->n == NODES || m->names.failed) {
		give_up(m, TOO_MANY);
		return 0;
	}
	m->by_name[i] = (uint32_t)m->n;
	m->nodes[m->n] = (struct node){
		.name = at,
		.name_n = (uint32_t)name.n,
		.parent = parent,
		.first = (uint32_t)m->n,
		.k = k,
		.kind = kind,
	};
	return (uint32_t)m->n++;
}

/* What comes next in the record: its node; 0 where it was given up. */
static uint32_t
meet(struct inv_xml_members *m, uint32_t parent, enum kind kind,
    struct inv_str name)
{
	uint32_t likely = m->nodes[m->last].next, at = likely;
	const struct node *guess = &m->nodes[likely];
	uint32_t one = likely != 0 && is(m, guess, parent, kind, name)
	    ? guess->first
	    : seek(m, parent, kind, name, 1);

	if (one == 0)
		return 0;
	struct node *first = &m->nodes[one];

	first->count = first->row == m->row ? first->count + 1 : 1;
	first->row = m->row;
	if (first->count == 1)
		at = one;
	else if (guess->first != one || guess->k != first->count)
		at = seek(m, parent, kind, name, first->count);
	if (at == 0 || ++m->met > INV_XML_NODES) {
		give_up(m, TOO_MANY);
		return 0;
	}
	m->nodes[at].first = one;
	m->nodes[m->last].next = at;
	m->last = at;
	return at;
}

/* Nodes from the record's down to this one, without the record's. */
static size_t
way_to(const struct inv_xml_members *m, uint32_t at,
    uint32_t way[INV_DEPTH_MAX + 1])
{
	size_t n = 0;

	for (uint32_t i = at; i != 0; i = m->nodes[i].parent)
		n++;
	for (size_t i = n; i-- > 0; at = m->nodes[at].parent)
		way[i] = at;
	return n;
}

static void
put_key(const struct inv_xml_members *m, uint32_t at, struct inv_buf *out)
{
	uint32_t way[INV_DEPTH_MAX + 1];
	size_t n = way_to(m, at, way);

	for (size_t i = 0; i < n; i++) {
		const struct node *node = &m->nodes[way[i]];

		if (i > 0)
			inv_buf_byte(out, '.');
		inv_buf_add(out, inv_xml_local(name_of(m, node)));
		if (node->k > 1) {
			inv_buf_byte(out, '.');
			inv_buf_u64(out, node->k);
		}
	}
}

/* False, and given up, where there is no room. */
static bool
make_key(struct inv_xml_members *m, uint32_t at)
{
	struct node *n = &m->nodes[at];

	n->key = m->keys.n;
	inv_buf_byte(&m->keys, '"');
	put_key(m, at, &m->keys);
	inv_buf_add(&m->keys, INV_LIT("\":"));
	if (m->keys.failed || m->keys.n - n->key > INV_FIELD_MAX) {
		give_up(m, TOO_LONG);
		return false;
	}
	n->key_n = (uint32_t)(m->keys.n - n->key);
	size_t i = slot_of(m, key_of(m, n), 0);

	while (m->by_key[i] != 0 &&
	    !inv_str_eq(key_of(m, &m->nodes[m->by_key[i]]), key_of(m, n)))
		i = (i + 1) & (SLOTS - 1);
	if (m->by_key[i] == 0)
		m->by_key[i] = at;
	n->owner = m->by_key[i];
	return true;
}

/* ---- members ---- */

static void
add_member(struct inv_xml_members *m, uint32_t at, struct inv_str text)
{
	struct node *n = &m->nodes[at];

	if (n->key_n == 0 && !make_key(m, at))
		return;
	if (m->nodes[n->owner].told == m->row) {
		add_flaw(m, TWICE, at);
		return;
	}
	m->nodes[n->owner].told = m->row;
	if (m->members++ == INV_MEMBERS_MAX) {
		give_up(m, TOO_MANY);
		return;
	}
	if (m->members > 1)
		inv_buf_byte(&m->json, ',');
	inv_buf_add(&m->json, key_of(m, n));
	inv_buf_byte(&m->json, '"');
	size_t from = m->json.n;

	inv_emit_text(&m->json, text);
	if (text.n > INV_FIELD_MAX || m->json.n - from > INV_FIELD_MAX) {
		add_flaw(m, LONG_TEXT, at);
		m->json.n = from;
	}
	inv_buf_byte(&m->json, '"');
	if (m->json.failed)
		give_up(m, TOO_LONG);
}

/* The member that the text of an element is. */
static uint32_t
text_node(struct inv_xml_members *m, const struct level *l)
{
	if (m->depth > 1)
		return l->node;
	/* A copy: where it is kept may move. */
	inv_buf_reset(&m->loc);
	inv_buf_add(&m->loc, name_of(m, &m->nodes[0]));
	return meet(m, 0, TEXT, inv_buf_str(&m->loc));
}

/* Text beside elements: no member says where in it they are. */
static void
mix(struct inv_xml_members *m, struct level *l)
{
	if (l->mixed)
		return;
	l->mixed = true;
	uint32_t at = text_node(m, l);
	struct inv_str to;

	if (at == 0)
		return;
	inv_buf_reset(&m->loc);
	put_key(m, at, &m->loc);
	if (inv_naming_column(m->naming, inv_buf_str(&m->loc), &to))
		add_flaw(m, MIXED, at);
}

static bool
is_blank(struct inv_str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (memchr(" \t\r\n", s.p[i], 4) == NULL)
			return false;
	return true;
}

/* ---- events ---- */

static void
begin_record(struct inv_xml_members *m, struct inv_str name)
{
	/* A record like no other may need half of them. */
	if (m->n > NODES / 2 || m->names.n > NAMES_MAX / 2 ||
	    m->keys.n > NAMES_MAX / 2)
		forget(m);
	m->row++;
	m->last = 0;
	m->met = m->members = m->flaws = 0;
	m->given_up = false;
	inv_buf_reset(&m->text);
	inv_buf_reset(&m->json);
	inv_buf_byte(&m->json, '{');
	struct node *record = &m->nodes[0];

	if (!inv_str_eq(name_of(m, record), name)) {
		record->name = m->names.n;
		record->name_n = (uint32_t)name.n;
		inv_buf_add(&m->names, name);
	}
}

static void
add_attributes(struct inv_xml_members *m, uint32_t parent,
    const char *const *attributes)
{
	for (; *attributes != NULL && !m->given_up; attributes += 2) {
		uint32_t at =
		    meet(m, parent, ATTRIBUTE, inv_str_of(attributes[0]));

		if (at != 0)
			add_member(m, at, inv_str_of(attributes[1]));
	}
}

void
inv_xml_members_open(struct inv_xml_members *m, const char *name,
    const char *const *attributes)
{
	struct inv_str s = inv_str_of(name);
	uint32_t at = 0;

	if (m->depth == 0) {
		begin_record(m, s);
	} else if (!m->given_up) {
		struct level *up = &m->level[m->depth - 1];

		if (!is_blank(inv_buf_str(&m->text)) || m->text.failed)
			mix(m, up);
		up->has_children = true;
		inv_buf_reset(&m->text);
		at = meet(m, up->node, ELEMENT, s);
	}
	if (m->depth == INV_DEPTH_MAX)
		give_up(m, TOO_DEEP);
	if (!m->given_up) {
		m->level[m->depth] = (struct level){
			.node = at,
			.has_attributes = *attributes != NULL,
		};
		add_attributes(m, at, attributes);
	}
	m->depth++;
}

void
inv_xml_members_text(struct inv_xml_members *m, struct inv_str text)
{
	if (m->given_up)
		return;
	struct level *l = &m->level[m->depth - 1];

	if (!l->has_children)
		inv_buf_add(&m->text, text);
	else if (!is_blank(text))
		mix(m, l);
}

void
inv_xml_members_close(struct inv_xml_members *m)
{
	if (!m->given_up) {
		const struct level *l = &m->level[m->depth - 1];
		struct inv_str text = inv_buf_str(&m->text);
		bool may_be_none = l->has_attributes || m->depth == 1;

		if (!l->has_children &&
		    (text.n > 0 || m->text.failed || !may_be_none)) {
			uint32_t at = text_node(m, l);

			if (at != 0 && m->text.failed)
				add_flaw(m, LONG_TEXT, at);
			else if (at != 0)
				add_member(m, at, text);
		}
		inv_buf_reset(&m->text);
	}
	if (--m->depth > 0)
		return;
	inv_buf_byte(&m->json, '}');
	if (m->json.failed)
		give_up(m, TOO_LONG);
}

/* ---- the record ---- */

bool
inv_xml_members_are_sound(const struct inv_xml_members *m)
{
	return m->flaws == 0;
}

struct inv_str
inv_xml_members_json(const struct inv_xml_members *m)
{
	return inv_buf_str(&m->json);
}

void
inv_xml_members_errors(struct inv_xml_members *m, const struct inv_place *at,
    struct inv_buf *out)
{
	static const struct {
		const char *type;
		const char *msg;
	} texts[] = {
		[TWICE] = { "member_twice",
		    "is there twice: as an attribute and an element, or in "
		    "two namespaces" },
		[MIXED] = { "mixed_content", "has text beside elements" },
		[LONG_TEXT] = { "cell_too_long", "is longer than 256 KiB" },
		[TOO_DEEP] = { "record_too_deep",
		    "more than 64 elements within each other" },
		[TOO_MANY] = { "record_too_deep",
		    "more than 4096 members, or 8192 elements and "
		    "attributes" },
		[TOO_LONG] = { "record_too_long",
		    "longer than 1 MiB, or its errors than 8 MiB" },
	};

	for (size_t i = 0; i < m->flaws; i++) {
		const struct flaw *f = &m->flaw[i];

		inv_buf_reset(&m->loc);
		inv_buf_byte(&m->loc, '[');
		if (f->node != 0) {
			inv_buf_byte(&m->loc, '"');
			put_key(m, f->node, &m->loc);
			inv_buf_byte(&m->loc, '"');
		}
		inv_buf_byte(&m->loc, ']');
		inv_ruling_error(texts[f->kind].type, inv_buf_str(&m->loc),
		    texts[f->kind].msg, at, out);
	}
}
