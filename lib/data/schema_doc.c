/*
 * schema_doc.c - the documents of a schema, and what references lead to
 *
 * A document is searched once, when it is taken in, wherever keywords hold
 * schemas: each gets a spot, each $id a scope, each anchor a name.  No
 * recursion: spots are a list, and what is found goes to its end.
 */

#include "data/schema_doc.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/map.h"
#include "base/mem.h"
#include "data/digest.h"
#include "data/schema_folder.h"
#include "data/uri.h"

/* Of a schema without $id, so that what it refers to is seen from somewhere. */
#define NOWHERE "inv:///"

enum {
	NOT_THERE = 1,      /* in a map: asked for, and not found */
	URI_MAX = 64 << 10, /* bytes of a URI with its fragment */
	METAS_MAX = 16,
	STANDARD = INV_VOCABULARY_CORE | INV_VOCABULARY_APPLICATOR |
	    INV_VOCABULARY_UNEVALUATED | INV_VOCABULARY_VALIDATION |
	    INV_VOCABULARY_META_DATA | INV_VOCABULARY_FORMAT |
	    INV_VOCABULARY_CONTENT,
};

struct doc {
	struct doc *next;
	struct inv_json *json;
};

struct inv_docs {
	struct inv_arena *arena;
	struct inv_folder *folder; /* or NULL */
	struct doc *docs;
	struct inv_spot *last;
	bool ours;
	int metas; /* metaschemas being looked for, one for the other */
	unsigned char key[INV_HASH_KEY];
	struct inv_map spots; /* by the address of the value */
	struct inv_map names; /* URI, URI#anchor: spots */
	struct inv_buf uri;
	struct inv_buf fragment;
	struct inv_buf name;
};

struct inv_docs *
inv_docs_new(struct inv_arena *arena, const struct inv_schema_options *options)
{
	struct inv_docs *d = inv_mem_new(sizeof(*d));

	d->arena = arena;
	if (options != NULL && options->ref_dir != NULL)
		d->folder = inv_folder_new(options->ref_dir);
	d->uri = INV_BUF(URI_MAX);
	d->fragment = INV_BUF(URI_MAX);
	d->name = INV_BUF(URI_MAX);
	inv_random(d->key, sizeof(d->key));
	return d;
}

void
inv_docs_free(struct inv_docs *d)
{
	for (struct doc *doc = d->docs; doc != NULL; doc = doc->next)
		inv_json_free(doc->json);
	inv_map_free(&d->spots);
	inv_map_free(&d->names);
	inv_buf_free(&d->uri);
	inv_buf_free(&d->fragment);
	inv_buf_free(&d->name);
	inv_folder_free(d->folder);
	free(d);
}

bool
inv_docs_has_ours(const struct inv_docs *d)
{
	return d->ours;
}

/* ---- spots and their places ---- */

void
inv_pointer_add(struct inv_buf *b, struct inv_str name)
{
	inv_buf_byte(b, '/');
	for (size_t i = 0; i < name.n; i++) {
		if (name.p[i] == '~')
			inv_buf_add(b, INV_LIT("~0"));
		else if (name.p[i] == '/')
			inv_buf_add(b, INV_LIT("~1"));
		else
			inv_buf_byte(b, name.p[i]);
	}
}

/* Each spot lies within the one above: no deeper than a document is. */
void
inv_spot_pointer(const struct inv_spot *s, struct inv_buf *out, size_t *scope)
{
	if (s->up != NULL)
		inv_spot_pointer(s->up, out, scope);
	inv_buf_add(out, s->suffix);
	if (s->scope->root == s)
		*scope = out->n;
}

static struct inv_str
shown(struct inv_str uri)
{
	size_t n = sizeof(NOWHERE) - 1;

	if (!inv_str_starts(uri, INV_LIT(NOWHERE)))
		return uri;
	return (struct inv_str){ uri.p + n, uri.n - n };
}

struct inv_str
inv_scope_uri(const struct inv_scope *s)
{
	return shown(s->uri);
}

bool
inv_spot_fail(const struct inv_spot *s, struct inv_str keyword,
    const char *what, struct inv_err *err)
{
	struct inv_buf at = INV_BUF(INV_SCHEMA_MAX);
	size_t scope = 0;

	inv_spot_pointer(s, &at, &scope);
	if (keyword.n > 0)
		inv_pointer_add(&at, keyword);
	struct inv_str uri = inv_scope_uri(s->scope);
	struct inv_str pointer = inv_buf_str(&at);

	if (s->main) {
		uri.n = 0;
	} else {
		pointer.p += scope;
		pointer.n -= scope;
	}
	inv_fail(err, INV_CONFIG, "%.*s#%.*s: %s", INV_ARG(uri),
	    INV_ARG(pointer), what);
	inv_buf_free(&at);
	return false;
}

/* What a map has for a text: a spot, or NOT_THERE. */
static uint64_t *
entry(struct inv_docs *d, struct inv_map *map, struct inv_str text)
{
	unsigned char hash[INV_HASH];

	inv_hash_of(d->key, text, hash);
	struct inv_map_entry *e = inv_map_at(map, hash);

	if (e->value == 0)
		e->value = NOT_THERE;
	return &e->value;
}

static struct inv_spot *
find(struct inv_docs *d, struct inv_map *map, struct inv_str text)
{
	uint64_t value = *entry(d, map, text);

	return value == NOT_THERE ? NULL : (struct inv_spot *)(uintptr_t)value;
}

static void
put(struct inv_docs *d, struct inv_map *map, struct inv_str text,
    struct inv_spot *s)
{
	*entry(d, map, text) = (uintptr_t)s;
}

static struct inv_str
address_of(const struct inv_json *const *value)
{
	return (struct inv_str){ (const char *)value, sizeof(*value) };
}

struct inv_spot *
inv_docs_spot(struct inv_docs *d, const struct inv_json *value)
{
	return find(d, &d->spots, address_of(&value));
}

static struct inv_spot *
add_spot(struct inv_docs *d, const struct inv_json *value, struct inv_spot *up,
    struct inv_str keyword, struct inv_str suffix)
{
	struct inv_spot *s = inv_arena_new(d->arena, sizeof(*s));

	*s = (struct inv_spot){ .value = value,
		.up = up,
		.suffix = inv_arena_str(d->arena, suffix),
		.keyword = keyword };
	if (up != NULL) {
		s->main = up->main;
		s->scope = up->scope;
		s->severity = up->severity;
	}
	put(d, &d->spots, address_of(&value), s);
	if (d->last != NULL)
		d->last->next = s;
	d->last = s;
	return s;
}

/* ---- names ---- */

/* URI#anchor, in d->name. */
static struct inv_str
anchor_name(struct inv_docs *d, const struct inv_scope *scope,
    struct inv_str anchor)
{
	inv_buf_reset(&d->name);
	inv_buf_add(&d->name, scope->uri);
	inv_buf_byte(&d->name, '#');
	inv_buf_add(&d->name, anchor);
	return inv_buf_str(&d->name);
}

static bool
is_anchor(struct inv_str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		bool first = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		    c == '_';

		if (!first &&
		    (i == 0 || (c != '-' && c != '.' && (c < '0' || c > '9'))))
			return false;
	}
	return s.n > 0;
}

static bool
add_anchor(struct inv_docs *d, struct inv_spot *s, struct inv_str keyword,
    const struct inv_json *value, struct inv_err *err)
{
	struct inv_str anchor;

	if (!inv_json_str(value, &anchor) || !is_anchor(anchor))
		return inv_spot_fail(s, keyword, "not a plain name", err);
	struct inv_str name = anchor_name(d, s->scope, anchor);
	const struct inv_spot *other = find(d, &d->names, name);

	if (other != NULL && other != s)
		return inv_spot_fail(s, keyword, "the same anchor twice", err);
	put(d, &d->names, name, s);
	if (!inv_str_is(keyword, "$dynamicAnchor"))
		return true;
	struct inv_dynamic *dynamic = inv_arena_new(d->arena, sizeof(*dynamic));

	*dynamic = (struct inv_dynamic){ .next = s->scope->dynamics,
		.name = inv_arena_str(d->arena, anchor),
		.spot = s };
	s->scope->dynamics = dynamic;
	return true;
}

/* ---- dialects ---- */

static struct inv_spot *find_document(struct inv_docs *d, struct inv_str uri,
    struct inv_err *err);

static bool
read_vocabularies(const struct inv_spot *meta, unsigned *bits,
    struct inv_err *err)
{
	const struct inv_json *list =
	    inv_json_member(meta->value, "$vocabulary");
	const struct inv_json *required;
	struct inv_str uri;

	*bits = STANDARD;
	if (list == NULL)
		return true;
	if (inv_json_kind(list) != INV_KIND_OBJECT)
		return inv_spot_fail(meta, INV_LIT("$vocabulary"),
		    "not an object", err);
	*bits = 0;
	for (void *walk = NULL; inv_json_next(list, &walk, &uri, &required);) {
		unsigned bit = inv_meta_vocabulary(uri);

		*bits |= bit;
		if (bit == 0 && inv_json_kind(required) != INV_KIND_FALSE)
			return inv_fail(err, INV_CONFIG,
			    "needs the vocabulary %.*s, which is not known",
			    INV_ARG(uri));
	}
	return true;
}

/* What $schema of the resource s begins makes of its keywords. */
static bool
read_dialect(struct inv_docs *d, const struct inv_spot *s,
    const struct inv_json *value, struct inv_err *err)
{
	struct inv_str keyword = INV_LIT("$schema");
	struct inv_str uri;
	struct inv_err why;

	if (!inv_json_str(value, &uri))
		return inv_spot_fail(s, keyword, "not a string", err);
	if (uri.n > 0 && uri.p[uri.n - 1] == '#')
		uri.n--;
	if (inv_str_is(uri, INV_META_2020)) {
		s->scope->vocabularies = STANDARD;
		return true;
	}
	if (inv_str_starts(uri, INV_LIT("http://json-schema.org/")) ||
	    inv_str_starts(uri, INV_LIT("https://json-schema.org/")))
		return inv_spot_fail(s, keyword, "not draft 2020-12", err);
	if (d->metas == METAS_MAX)
		return inv_spot_fail(s, keyword, "too many of each other", err);
	d->metas++;
	const struct inv_spot *meta = find_document(d, uri, &why);

	d->metas--;
	if (meta == NULL ||
	    !read_vocabularies(meta, &s->scope->vocabularies, &why))
		return inv_spot_fail(s, keyword, why.msg, err);
	return true;
}

/* ---- searching a document ---- */

static void
search_one(struct inv_docs *d, struct inv_spot *s, struct inv_str keyword,
    const struct inv_json *value)
{
	if (inv_docs_spot(d, value) == NULL)
		add_spot(d, value, s, keyword, inv_buf_str(&d->name));
}

static void
search_keyword(struct inv_docs *d, struct inv_spot *s, struct inv_str keyword,
    const struct inv_json *value)
{
	const struct inv_json *member;
	struct inv_str name;

	inv_buf_reset(&d->name);
	inv_pointer_add(&d->name, keyword);
	size_t n = d->name.n;

	switch (inv_meta_holds(keyword)) {
	case INV_HOLDS_NOTHING:
		break;
	case INV_HOLDS_ONE:
		search_one(d, s, keyword, value);
		break;
	case INV_HOLDS_LIST:
		for (size_t i = 0; i < inv_json_count(value); i++) {
			inv_buf_addf(&d->name, "/%zu", i);
			search_one(d, s, keyword, inv_json_at(value, i));
			d->name.n = n;
		}
		break;
	case INV_HOLDS_MEMBERS:
		if (inv_json_kind(value) != INV_KIND_OBJECT)
			break;
		for (void *walk = NULL;
		     inv_json_next(value, &walk, &name, &member);) {
			inv_pointer_add(&d->name, name);
			search_one(d, s, keyword, member);
			d->name.n = n;
		}
	}
}

static void
new_scope(struct inv_docs *d, struct inv_spot *root, struct inv_str uri)
{
	struct inv_scope *scope = inv_arena_new(d->arena, sizeof(*scope));

	*scope = (struct inv_scope){ .uri = inv_arena_str(d->arena, uri),
		.root = root,
		.vocabularies = root->scope != NULL ? root->scope->vocabularies
						    : STANDARD };
	root->scope = scope;
}

/* An $id: what it is, seen from where it stands, in d->uri. */
static bool
read_id(struct inv_docs *d, const struct inv_spot *s,
    const struct inv_json *value, struct inv_err *err)
{
	struct inv_str id;

	if (!inv_json_str(value, &id))
		return inv_spot_fail(s, INV_LIT("$id"), "not a string", err);
	if (inv_uri_split(id).fragment.n > 0)
		return inv_spot_fail(s, INV_LIT("$id"), "has a fragment", err);
	inv_buf_reset(&d->uri);
	inv_uri_resolve(s->scope->uri, id, &d->uri);
	if (d->uri.failed)
		return inv_spot_fail(s, INV_LIT("$id"), "too long", err);
	return true;
}

/* The keywords that name a schema, or say how it is to be read. */
struct names {
	const struct inv_json *id, *schema, *anchor, *dynamic, *severity;
};

static struct names
names_of(const struct inv_json *schema)
{
	const struct inv_json *value;
	struct names names = { 0 };
	struct inv_str key;

	for (void *walk = NULL; inv_json_next(schema, &walk, &key, &value);) {
		if (key.n == 0 || (key.p[0] != '$' && key.p[0] != 'x'))
			continue;
		if (inv_str_is(key, "$id"))
			names.id = value;
		else if (inv_str_is(key, "$schema"))
			names.schema = value;
		else if (inv_str_is(key, "$anchor"))
			names.anchor = value;
		else if (inv_str_is(key, "$dynamicAnchor"))
			names.dynamic = value;
		else if (inv_str_is(key, "x-inv-severity"))
			names.severity = value;
	}
	return names;
}

static bool
begin_scope(struct inv_docs *d, struct inv_spot *s, const struct inv_json *id,
    struct inv_err *err)
{
	if (!read_id(d, s, id, err))
		return false;
	bool known = find(d, &d->names, inv_buf_str(&d->uri)) != NULL;

	if (known && s->main)
		return inv_spot_fail(s, INV_LIT("$id"), "the same $id twice",
		    err);
	new_scope(d, s, inv_buf_str(&d->uri));
	if (!known)
		put(d, &d->names, s->scope->uri, s);
	return true;
}

static bool
search_names(struct inv_docs *d, struct inv_spot *s, struct inv_err *err)
{
	struct names names = names_of(s->value);
	enum inv_severity severity;
	struct inv_str name;

	if (names.id != NULL && s->up != NULL &&
	    !begin_scope(d, s, names.id, err))
		return false;
	if (names.schema != NULL && s->scope->root == s &&
	    !read_dialect(d, s, names.schema, err))
		return false;
	if (names.anchor != NULL &&
	    !add_anchor(d, s, INV_LIT("$anchor"), names.anchor, err))
		return false;
	if (names.dynamic != NULL &&
	    !add_anchor(d, s, INV_LIT("$dynamicAnchor"), names.dynamic, err))
		return false;
	/* Any other value is refused where the keyword is compiled. */
	if (names.severity != NULL && inv_json_str(names.severity, &name) &&
	    inv_severity_of(name, &severity))
		s->severity = severity;
	return true;
}

/* Find all there is at and behind a spot that was just added. */
static bool
search(struct inv_docs *d, struct inv_spot *first, struct inv_err *err)
{
	const struct inv_json *value;
	struct inv_str keyword;

	for (struct inv_spot *s = first; s != NULL; s = s->next) {
		if (s->searched || inv_json_kind(s->value) != INV_KIND_OBJECT)
			continue;
		s->searched = true;
		if (!search_names(d, s, err))
			return false;
		for (void *walk = NULL;
		     inv_json_next(s->value, &walk, &keyword, &value);) {
			search_keyword(d, s, keyword, value);
			if (s->main &&
			    inv_str_starts(keyword, INV_LIT("x-inv-")))
				d->ours = true;
		}
	}
	return true;
}

/* ---- taking documents in ---- */

/*
 * The document that was found at a URI, which its $id may make another: then
 * it has two names.  NULL with INV_CONFIG.
 */
static struct inv_spot *
take(struct inv_docs *d, struct inv_json *json, struct inv_str uri, bool main,
    struct inv_err *err)
{
	const struct inv_json *id = inv_json_member(json, "$id");
	struct doc *doc = inv_arena_new(d->arena, sizeof(*doc));

	*doc = (struct doc){ .next = d->docs, .json = json };
	d->docs = doc;
	struct inv_spot *root =
	    add_spot(d, json, NULL, INV_LIT(""), INV_LIT(""));

	root->main = main;
	new_scope(d, root, uri);
	put(d, &d->names, root->scope->uri, root);
	if (id != NULL) {
		if (!read_id(d, root, id, err))
			return NULL;
		root->scope->uri =
		    inv_arena_str(d->arena, inv_buf_str(&d->uri));
		if (find(d, &d->names, root->scope->uri) == NULL)
			put(d, &d->names, root->scope->uri, root);
	}
	return search(d, root, err) ? root : NULL;
}

struct inv_spot *
inv_docs_main(struct inv_docs *d, struct inv_str text, struct inv_err *err)
{
	struct inv_json *json = inv_json_new(text, err);

	if (json == NULL) {
		err->fault = INV_CONFIG;
		return NULL;
	}
	return take(d, json, INV_LIT(NOWHERE), true, err);
}

static struct inv_spot *
take_text(struct inv_docs *d, struct inv_str text, struct inv_str uri,
    struct inv_err *err)
{
	struct inv_err why;
	struct inv_json *json = inv_json_new(text, &why);

	if (json != NULL)
		return take(d, json, uri, false, err);
	inv_fail(err, INV_CONFIG, "%.*s: %s", INV_ARG(shown(uri)), why.msg);
	return NULL;
}

static bool
read_document(struct inv_docs *d, struct inv_str uri, struct inv_buf *text,
    struct inv_err *err)
{
	struct inv_str said = shown(uri);

	if (d->folder == NULL)
		return inv_fail(err, INV_CONFIG,
		    "%.*s: refers to another document; give its folder with "
		    "--ref-dir",
		    INV_ARG(said));
	return inv_folder_read(d->folder, uri, said, text, err);
}

/* uri has no fragment.  NULL with INV_CONFIG. */
static struct inv_spot *
find_document(struct inv_docs *d, struct inv_str uri, struct inv_err *err)
{
	struct inv_buf text = INV_BUF(INV_SCHEMA_MAX);
	struct inv_spot *root = find(d, &d->names, uri);
	struct inv_str built_in;

	if (root != NULL)
		return root;
	/* d->uri and d->name are for others from here on. */
	uri = inv_arena_str(d->arena, uri);
	if (inv_meta_find(uri, &built_in))
		return take_text(d, built_in, uri, err);
	if (read_document(d, uri, &text, err))
		root = take_text(d, inv_buf_str(&text), uri, err);
	inv_buf_free(&text);
	return root;
}

/* ---- references ---- */

/* The next step of a JSON pointer, decoded and with a NUL, in d->name. */
static bool
take_step(struct inv_docs *d, struct inv_str *rest)
{
	inv_buf_reset(&d->name);
	rest->p++;
	rest->n--;
	for (; rest->n > 0 && rest->p[0] != '/'; rest->p++, rest->n--) {
		if (rest->p[0] != '~') {
			inv_buf_byte(&d->name, rest->p[0]);
			continue;
		}
		rest->p++;
		rest->n--;
		if (rest->n == 0 || (rest->p[0] != '0' && rest->p[0] != '1'))
			return false;
		inv_buf_byte(&d->name, rest->p[0] == '0' ? '~' : '/');
	}
	/* A key has no NUL in it, as data/json says. */
	bool whole =
	    d->name.n == 0 || memchr(d->name.p, '\0', d->name.n) == NULL;

	inv_buf_byte(&d->name, '\0');
	return whole && !d->name.failed;
}

static const struct inv_json *
step(struct inv_docs *d, const struct inv_json *value)
{
	struct inv_str name = { d->name.p, d->name.n - 1 };
	uint64_t i;

	if (inv_json_kind(value) == INV_KIND_OBJECT)
		return inv_json_member(value, name.p);
	size_t n = inv_json_count(value);

	if (n == 0 || !inv_str_u64(name, 0, n - 1, &i))
		return NULL;
	return inv_json_at(value, (size_t)i);
}

/* Where a JSON pointer leads to: a spot that is there, or a new one. */
static struct inv_spot *
follow(struct inv_docs *d, struct inv_spot *root, struct inv_str pointer,
    struct inv_err *err)
{
	struct inv_str rest = pointer;
	const struct inv_json *value = root->value;
	struct inv_spot *near = root;
	struct inv_str suffix = rest;

	while (rest.n > 0) {
		value = take_step(d, &rest) ? step(d, value) : NULL;
		if (value == NULL) {
			inv_fail(err, INV_CONFIG,
			    "#%.*s: there is no such value", INV_ARG(pointer));
			return NULL;
		}
		struct inv_spot *s = inv_docs_spot(d, value);

		if (s != NULL) {
			near = s;
			suffix = rest;
		}
	}
	if (suffix.n == 0)
		return near;
	near = add_spot(d, value, near, INV_LIT(""), suffix);
	return search(d, near, err) ? near : NULL;
}

struct inv_spot *
inv_docs_refer(struct inv_docs *d, const struct inv_spot *from,
    struct inv_str ref, struct inv_str *anchor, struct inv_err *err)
{
	struct inv_str fragment = inv_uri_split(ref).fragment;

	*anchor = INV_LIT("");
	inv_buf_reset(&d->uri);
	inv_buf_reset(&d->fragment);
	inv_uri_resolve(from->scope->uri, ref, &d->uri);
	if (!inv_uri_decode(fragment, &d->fragment) || d->uri.failed ||
	    d->fragment.failed) {
		inv_fail(err, INV_CONFIG, "not a URI");
		return NULL;
	}
	struct inv_spot *root = find_document(d, inv_buf_str(&d->uri), err);

	fragment = inv_buf_str(&d->fragment);
	if (root == NULL || fragment.n == 0)
		return root;
	if (fragment.p[0] == '/')
		return follow(d, root, fragment, err);
	struct inv_spot *s =
	    find(d, &d->names, anchor_name(d, root->scope, fragment));

	if (s == NULL)
		inv_fail(err, INV_CONFIG, "#%.*s: there is no such anchor",
		    INV_ARG(fragment));
	*anchor = fragment;
	return s;
}
