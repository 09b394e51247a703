/* xml_map.c - which elements and attributes of XML become which members */

#include "data/xml_map.h"

#include <stdlib.h>

#include "base/mem.h"

static const char xml_uri[] = "http://www.w3.org/XML/1998/namespace";

struct whole {
	struct inv_xml_map map; /* what is handed out */
	struct inv_mapping_text text;
};

/* While it is read. */
struct reading {
	struct inv_xml_map *map;
	struct inv_mapping_text *text;
	struct inv_str prefix[INV_XML_PREFIXES + 1]; /* xml comes last */
	struct inv_str uri[INV_XML_PREFIXES + 1];
	size_t prefixes;
};

/* ---- names ---- */

static bool
is_name_byte(unsigned char c, bool first)
{
	bool letter =
	    c >= 0x80 || c == '_' || ((c | 32) >= 'a' && (c | 32) <= 'z');

	return letter ||
	    (!first && (c == '-' || c == '.' || (c >= '0' && c <= '9')));
}

static bool
is_name(struct inv_str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!is_name_byte((unsigned char)s.p[i], i == 0))
			return false;
	return s.n > 0;
}

/* What stands before c, and behind it; all is behind where there is no c. */
static struct inv_str
cut(struct inv_str s, char c, struct inv_str *behind)
{
	const char *at = s.n == 0 ? NULL : memchr(s.p, c, s.n);
	struct inv_str before = { s.p, at == NULL ? 0 : (size_t)(at - s.p) };

	*behind = s;
	if (at != NULL)
		*behind = (struct inv_str){ at + 1, s.n - before.n - 1 };
	return before;
}

static const struct inv_str *
uri_of(const struct reading *r, struct inv_str prefix)
{
	for (size_t i = 0; i < r->prefixes; i++)
		if (inv_str_eq(r->prefix[i], prefix))
			return &r->uri[i];
	return NULL;
}

/* cbc:ID, as io/xml.h names it; p is NULL where it is none. */
static struct inv_str
full_name(struct reading *r, struct inv_str s, bool is_attribute)
{
	const struct inv_str none = { NULL, 0 };
	struct inv_buf b = INV_BUF(INV_MAPPING_MAX);
	struct inv_str local, prefix = cut(s, ':', &local);
	const struct inv_str *uri = uri_of(r, prefix);

	if (!is_name(local) || (local.n < s.n && uri == NULL) ||
	    (local.n < s.n && prefix.n == 0))
		return none;
	/* An attribute without a prefix is in no namespace. */
	if (uri != NULL && (prefix.n > 0 || !is_attribute)) {
		inv_buf_add(&b, *uri);
		inv_buf_byte(&b, ' ');
	}
	inv_buf_add(&b, local);
	struct inv_str full = inv_mapping_keep(r->text, inv_buf_str(&b));

	inv_buf_free(&b);
	return full;
}

/* ---- paths ---- */

uint32_t
inv_xml_map_child(const struct inv_xml_map *m, uint32_t node, const char *name)
{
	struct inv_str s = inv_str_of(name);
	uint32_t at = m->node[node].child;

	while (at != 0 && !inv_str_eq(m->node[at].name, s))
		at = m->node[at].sibling;
	return at;
}

/* That child, made if it is not there; 0: it is no name, or there is no room. */
static uint32_t
step(struct reading *r, uint32_t parent, struct inv_str name,
    struct inv_str path)
{
	struct inv_xml_map *m = r->map;
	struct inv_str full = full_name(r, name, false);
	uint32_t at = full.p == NULL ? 0 : inv_xml_map_child(m, parent, full.p);

	if (at != 0 || full.p == NULL || m->nodes == INV_XML_MAP_NODES ||
	    m->node[parent].depth == INV_XML_PATH_MAX)
		return at;
	at = m->nodes++;
	m->node[at] = (struct inv_xml_node){
		.name = full,
		.path = inv_mapping_keep(r->text, path),
		.parent = parent,
		.sibling = m->node[parent].child,
		.member = INV_XML_NONE,
		.depth = m->node[parent].depth + 1,
		.in_row = m->node[parent].in_row,
	};
	m->node[parent].child = at;
	return at;
}

/*
 * From a node along names; *attribute is set where the last one is @name.  0:
 * that is no path.
 */
static uint32_t
walk_path(struct reading *r, uint32_t from, struct inv_str path,
    const char **attribute)
{
	struct inv_str rest = path;
	uint32_t at = from;

	*attribute = NULL;
	if (inv_str_is(path, "."))
		return from;
	while (rest.p != NULL) {
		const char *slash = memchr(rest.p, '/', rest.n);
		struct inv_str name = { rest.p,
			slash == NULL ? rest.n : (size_t)(slash - rest.p) };
		struct inv_str so_far = { path.p,
			(size_t)(name.p + name.n - path.p) };

		rest = slash == NULL
		    ? (struct inv_str){ NULL, 0 }
		    : (struct inv_str){ slash + 1, rest.n - name.n - 1 };
		if (name.n > 0 && name.p[0] == '@') {
			*attribute = full_name(r,
			    (struct inv_str){ name.p + 1, name.n - 1 }, true)
					 .p;
			return *attribute == NULL || rest.p != NULL ? 0 : at;
		}
		at = step(r, at, name, so_far);
		if (at == 0)
			return 0;
	}
	return at;
}

/* From the root on. */
static uint32_t
walk_absolute(struct reading *r, struct inv_str path, const char **attribute)
{
	if (path.n < 2 || path.p[0] != '/' || path.p[1] == '@' ||
	    path.p[1] == '.')
		return 0;
	return walk_path(r, 0, (struct inv_str){ path.p + 1, path.n - 1 },
	    attribute);
}

/* ---- members ---- */

/* @rel=alternate */
static bool
read_when(struct reading *r, const struct inv_json *j, struct inv_xml_member *m)
{
	struct inv_str s, is;

	if (!inv_json_str(j, &s) || s.n == 0 || s.p[0] != '@')
		return false;
	struct inv_str name =
	    cut((struct inv_str){ s.p + 1, s.n - 1 }, '=', &is);

	m->when = full_name(r, name, true).p;
	m->is = inv_mapping_keep(r->text, is).p;
	return m->when != NULL;
}

static bool
read_part(struct reading *r, struct inv_str key, const struct inv_json *value,
    struct inv_xml_member *m)
{
	struct inv_str s;

	if (inv_str_is(key, "path") && inv_json_str(value, &s)) {
		m->path = inv_mapping_keep(r->text, s);
		return true;
	}
	if (inv_str_is(key, "when"))
		return read_when(r, value, m);
	m->is_list = inv_json_kind(value) == INV_KIND_TRUE;
	return inv_str_is(key, "list") &&
	    (m->is_list || inv_json_kind(value) == INV_KIND_FALSE);
}

static bool
read_parts(struct reading *r, const struct inv_json *j,
    struct inv_xml_member *m)
{
	const struct inv_json *value;
	struct inv_str key;
	void *walk = NULL;

	if (inv_json_str(j, &key)) {
		m->path = inv_mapping_keep(r->text, key);
		return true;
	}
	if (inv_json_kind(j) != INV_KIND_OBJECT)
		return inv_mapping_wrong(r->text, m->name.p,
		    "neither a path nor an object");
	while (inv_json_next(j, &walk, &key, &value))
		if (!read_part(r, key, value, m))
			return inv_fail(r->text->err, INV_CONFIG,
			    "%s: %s: %.32s: not known, or not as it must be",
			    r->text->name, m->name.p, key.p);
	return m->path.p != NULL ||
	    inv_mapping_wrong(r->text, m->name.p, "no path");
}

/* How many elements a header's member shares with the rows. */
static size_t
scope_of(const struct inv_xml_map *m, uint32_t node)
{
	while (!m->node[node].has_rows)
		node = m->node[node].parent;
	return m->node[node].depth;
}

/* Where it is; that of a header is not in rows, and in the root of theirs. */
static bool
place(struct reading *r, struct inv_xml_member *member, bool header)
{
	struct inv_xml_map *m = r->map;
	uint32_t at = header
	    ? walk_absolute(r, member->path, &member->attribute)
	    : walk_path(r, m->row, member->path, &member->attribute);

	if (at == 0 || (header && m->node[at].in_row))
		return inv_mapping_wrong(r->text, member->name.p,
		    header ? "not a path such as /Order/cbc:ID, outside rows"
			   : "not a path such as cac:Item/cbc:Name or @id");
	if (header && m->node[at].has_rows && member->attribute == NULL)
		return inv_mapping_wrong(r->text, member->name.p,
		    "rows are in that element");
	member->scope = header ? scope_of(m, at) : 0;
	if (header && member->scope == 0)
		return inv_mapping_wrong(r->text, member->name.p,
		    "not in the root of the rows");
	member->next = m->node[at].member;
	m->node[at].member = (uint32_t)m->members;
	return true;
}

static bool
read_members(struct reading *r, const struct inv_json *j, const char *where,
    bool header)
{
	struct inv_xml_map *m = r->map;
	const struct inv_json *value;
	struct inv_str key, name, as;
	void *walk = NULL;

	if (j == NULL)
		return header ||
		    inv_mapping_wrong(r->text, where,
			"not an object of members");
	if (inv_json_kind(j) != INV_KIND_OBJECT)
		return inv_mapping_wrong(r->text, where,
		    "not an object of members");
	while (inv_json_next(j, &walk, &key, &value)) {
		struct inv_xml_member *to = &m->member[m->members];

		if (!inv_mapping_member(r->text, key, &name, &as))
			return false;
		*to = (struct inv_xml_member){ .name = name, .key = as };
		if (!read_parts(r, value, to) || !place(r, to, header))
			return false;
		m->members++;
	}
	return true;
}

/* ---- the parts of a mapping ---- */

static bool
add_prefix(struct reading *r, struct inv_str prefix, struct inv_str uri)
{
	if (uri.n == 0 || memchr(uri.p, ' ', uri.n) != NULL ||
	    (prefix.n > 0 && !is_name(prefix)))
		return inv_mapping_wrong(r->text, "namespaces",
		    "not prefixes and their URIs");
	r->prefix[r->prefixes] = inv_mapping_keep(r->text, prefix);
	r->uri[r->prefixes++] = inv_mapping_keep(r->text, uri);
	return true;
}

static bool
read_namespaces(struct reading *r, const struct inv_json *j)
{
	const struct inv_json *value;
	struct inv_str key, uri;
	void *walk = NULL;

	if (j != NULL && inv_json_kind(j) != INV_KIND_OBJECT)
		return inv_mapping_wrong(r->text, "namespaces",
		    "not an object");
	while (j != NULL && inv_json_next(j, &walk, &key, &value)) {
		if (!inv_json_str(value, &uri))
			return inv_mapping_wrong(r->text, "namespaces",
			    "not prefixes and their URIs");
		if (r->prefixes == INV_XML_PREFIXES)
			return inv_mapping_wrong(r->text, "namespaces",
			    "more than 32");
		if (!add_prefix(r, key, uri))
			return false;
	}
	return uri_of(r, INV_LIT("xml")) != NULL ||
	    add_prefix(r, INV_LIT("xml"), inv_str_of(xml_uri));
}

/* The elements that are rows, and those they are in. */
static bool
read_path(struct reading *r, const struct inv_json *j)
{
	struct inv_xml_map *m = r->map;
	const char *attribute = NULL;
	struct inv_str path;

	m->row = j != NULL && inv_json_str(j, &path)
	    ? walk_absolute(r, path, &attribute)
	    : 0;
	if (m->row == 0 || attribute != NULL)
		return inv_mapping_wrong(r->text, "rows/path",
		    "not a path such as /Order/cac:OrderLine");
	m->path_n = m->node[m->row].depth;
	m->node[m->row].in_row = true;
	for (uint32_t at = m->row; at != 0; at = m->node[at].parent) {
		m->path[m->node[at].depth - 1] = m->node[at].name;
		m->node[m->node[at].parent].has_rows = true;
	}
	return true;
}

static bool
read_others(struct reading *r, const struct inv_json *j)
{
	struct inv_str s;

	if (j == NULL)
		return true;
	r->map->drops = true;
	return (inv_json_str(j, &s) && inv_str_is(s, "drop")) ||
	    inv_mapping_wrong(r->text, "rows/others", "not drop");
}

static bool
read_all(void *reader, const struct inv_json *j)
{
	static const char *const names[] = { "title", "namespaces", "header",
		"rows", NULL };
	static const char *const of_rows[] = { "path", "others", "members",
		NULL };
	struct reading *r = reader;
	struct inv_xml_map *m = r->map;
	const struct inv_json *rows = inv_json_member(j, "rows");

	if (!inv_mapping_knows(r->text, j, "mapping", names) ||
	    !read_namespaces(r, inv_json_member(j, "namespaces")) ||
	    !inv_mapping_knows(r->text, rows, "rows", of_rows) ||
	    !read_path(r, inv_json_member(rows, "path")) ||
	    !read_others(r, inv_json_member(rows, "others")) ||
	    !read_members(r, inv_json_member(j, "header"), "header", true))
		return false;
	m->header = m->members;
	return read_members(r, inv_json_member(rows, "members"), "rows/members",
	    false);
}

/* ---- outside ---- */

bool
inv_xml_map_is(struct inv_str text)
{
	struct inv_err ignored;
	struct inv_json *j = inv_json_new(text, &ignored);
	bool is = j != NULL && inv_json_member(j, "transaction") == NULL &&
	    inv_json_member(inv_json_member(j, "rows"), "path") != NULL;

	inv_json_free(j);
	return is;
}

struct inv_xml_map *
inv_xml_map_new(struct inv_str text, const char *name, struct inv_err *err)
{
	struct whole *w = inv_mem_new(sizeof(*w));
	struct reading r = { .map = &w->map, .text = &w->text };

	w->map.member =
	    inv_mem_new(INV_MAPPING_MEMBERS * sizeof(*w->map.member));
	w->map.node = inv_mem_new(INV_XML_MAP_NODES * sizeof(*w->map.node));
	w->map.node[0].member = INV_XML_NONE;
	w->map.nodes = 1;
	if (inv_mapping_read(&w->text, text, name, read_all, &r, err))
		return &w->map;
	inv_xml_map_free(&w->map);
	return NULL;
}

void
inv_xml_map_free(struct inv_xml_map *m)
{
	struct whole *w = (struct whole *)m;

	if (m == NULL)
		return;
	free(m->member);
	free(m->node);
	inv_mapping_text_free(&w->text);
	free(w);
}

struct inv_str
inv_xml_map_text(const struct inv_xml_map *m)
{
	return inv_buf_str(&((const struct whole *)m)->text.line);
}
