/*
 * lint_walk.c - what is odd about the keywords of a schema
 *
 * One visit to each subschema, from the outside in; its members are listed
 * for the visit and forgotten after it.
 */

#include "data/lint_walk.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/near.h"
#include "data/canon.h"
#include "data/lint.h"
#include "data/schema_meta.h"
#include "data/schema_node.h"
#include "data/syntax.h"

enum {
	FAR_MAX = 2, /* letters between a keyword and one that is suggested */
	SHOWN = 60,  /* bytes of a value in a finding */
	NUMBERS = INV_TYPE_INTEGER | INV_TYPE_NUMBER,
};

static const struct keyword {
	const char *name;
	unsigned types; /* it says something about */
} keywords[] = {
	{ "$schema", INV_TYPE_ANY },
	{ "$id", INV_TYPE_ANY },
	{ "$ref", INV_TYPE_ANY },
	{ "$anchor", INV_TYPE_ANY },
	{ "$dynamicRef", INV_TYPE_ANY },
	{ "$dynamicAnchor", INV_TYPE_ANY },
	{ "$vocabulary", INV_TYPE_ANY },
	{ "$comment", INV_TYPE_ANY },
	{ "$defs", INV_TYPE_ANY },
	{ "allOf", INV_TYPE_ANY },
	{ "anyOf", INV_TYPE_ANY },
	{ "oneOf", INV_TYPE_ANY },
	{ "not", INV_TYPE_ANY },
	{ "if", INV_TYPE_ANY },
	{ "then", INV_TYPE_ANY },
	{ "else", INV_TYPE_ANY },
	{ "dependentSchemas", INV_TYPE_OBJECT },
	{ "prefixItems", INV_TYPE_ARRAY },
	{ "items", INV_TYPE_ARRAY },
	{ "contains", INV_TYPE_ARRAY },
	{ "unevaluatedItems", INV_TYPE_ARRAY },
	{ "properties", INV_TYPE_OBJECT },
	{ "patternProperties", INV_TYPE_OBJECT },
	{ "additionalProperties", INV_TYPE_OBJECT },
	{ "propertyNames", INV_TYPE_OBJECT },
	{ "unevaluatedProperties", INV_TYPE_OBJECT },
	{ "type", INV_TYPE_ANY },
	{ "enum", INV_TYPE_ANY },
	{ "const", INV_TYPE_ANY },
	{ "multipleOf", NUMBERS },
	{ "maximum", NUMBERS },
	{ "exclusiveMaximum", NUMBERS },
	{ "minimum", NUMBERS },
	{ "exclusiveMinimum", NUMBERS },
	{ "maxLength", INV_TYPE_STRING },
	{ "minLength", INV_TYPE_STRING },
	{ "pattern", INV_TYPE_STRING },
	{ "maxItems", INV_TYPE_ARRAY },
	{ "minItems", INV_TYPE_ARRAY },
	{ "uniqueItems", INV_TYPE_ARRAY },
	{ "maxContains", INV_TYPE_ARRAY },
	{ "minContains", INV_TYPE_ARRAY },
	{ "maxProperties", INV_TYPE_OBJECT },
	{ "minProperties", INV_TYPE_OBJECT },
	{ "required", INV_TYPE_OBJECT },
	{ "dependentRequired", INV_TYPE_OBJECT },
	{ "title", INV_TYPE_ANY },
	{ "description", INV_TYPE_ANY },
	{ "default", INV_TYPE_ANY },
	{ "deprecated", INV_TYPE_ANY },
	{ "readOnly", INV_TYPE_ANY },
	{ "writeOnly", INV_TYPE_ANY },
	{ "examples", INV_TYPE_ANY },
	{ "format", INV_TYPE_STRING },
	{ "contentEncoding", INV_TYPE_STRING },
	{ "contentMediaType", INV_TYPE_STRING },
	{ "contentSchema", INV_TYPE_STRING },
	{ "discriminator", INV_TYPE_ANY }, /* OpenAPI's, by pydantic */
	{ "x-inv-attachment", INV_TYPE_STRING | INV_TYPE_ARRAY },
	{ "x-inv-empty", INV_TYPE_ANY },
	{ "x-inv-key", INV_TYPE_OBJECT },
	{ "x-inv-normalize", INV_TYPE_STRING },
	{ "x-inv-not-future", INV_TYPE_STRING },
	{ "x-inv-severity", INV_TYPE_ANY },
};

enum { KEYWORDS = sizeof(keywords) / sizeof(*keywords) };

/* A subschema that is being looked at. */
struct visit {
	struct inv_lint *l;
	const struct inv_place *place;
	struct inv_member *m;
	size_t n;
	unsigned types; /* that `type` leaves */
	bool part;      /* of what is said of its value */
};

/* ---- spans ---- */

static size_t
list(struct inv_str text, struct inv_member **m)
{
	size_t n = 0;

	*m = NULL;
	for (struct inv_member one; inv_scan_each(&text, &one);) {
		if ((n & (n - 1)) == 0)
			*m =
			    inv_mem_resize(*m, n == 0 ? 1 : 2 * n, sizeof(**m));
		(*m)[n++] = one;
	}
	return n;
}

static bool
same_text(struct inv_str a, struct inv_str b)
{
	return inv_canon_cmp(a, b) == 0;
}

static const struct inv_member *
find_text(const struct inv_member *m, size_t n, struct inv_str name)
{
	for (size_t i = 0; i < n; i++)
		if (same_text(m[i].key, name))
			return &m[i];
	return NULL;
}

static const struct inv_member *
find(const struct visit *v, const char *name)
{
	return find_text(v->m, v->n, inv_str_of(name));
}

static bool
has_any(const struct visit *v, const char *const *names)
{
	for (; *names != NULL; names++)
		if (find(v, *names) != NULL)
			return true;
	return false;
}

/* What else is applied to the same value, and may know more members. */
static const char *const in_place[] = { "$ref", "$dynamicRef", "allOf", "anyOf",
	"oneOf", "if", "dependentSchemas", NULL };

static struct inv_str
inside(struct inv_str string)
{
	return (struct inv_str){ string.p + 1, string.n - 2 };
}

static int
shown(struct inv_str s)
{
	return s.n < SHOWN ? (int)s.n : SHOWN;
}

/* ---- findings ---- */

void
inv_lint_pointer(struct inv_buf *words, const struct inv_place *place)
{
	if (place == NULL)
		return;
	inv_lint_pointer(words, place->up);
	if (place->key.p == NULL) {
		inv_buf_addf(words, "/%zu", place->index);
		return;
	}
	char *key = inv_mem_dup(place->key.p, place->key.n);
	size_t n = inv_text_decode(place->key, key);

	inv_buf_byte(words, '/');
	for (size_t i = 0; i < n; i++)
		if (key[i] == '~' || key[i] == '/')
			inv_buf_addf(words, "~%d", key[i] == '/');
		else
			inv_buf_byte(words, key[i]);
	free(key);
}

__attribute__((format(printf, 4, 0))) static void
say_at(struct inv_lint *l, struct inv_str span, struct inv_str pointer,
    const char *fmt, va_list ap)
{
	char what[INV_ERR_MSG];
	size_t from = l->words.n;

	if (l->n == INV_LINT_MAX) {
		l->more++;
		return;
	}
	vsnprintf(what, sizeof(what), fmt, ap);
	inv_buf_byte(&l->words, '#');
	inv_buf_add(&l->words, pointer);
	inv_buf_addf(&l->words, ": %s", what);
	l->finding[l->n++] = (struct inv_finding){
		.at = (size_t)(span.p - l->text.p),
		.words = from,
		.n = l->words.n - from,
	};
}

void
inv_lint_say(struct inv_lint *l, struct inv_str span, struct inv_str pointer,
    const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say_at(l, span, pointer, fmt, ap);
	va_end(ap);
}

__attribute__((format(printf, 4, 0))) static void
say_of(struct inv_lint *l, const struct inv_place *place, struct inv_str span,
    const char *fmt, va_list ap)
{
	struct inv_buf pointer = INV_BUF(INV_LINT_TEXT);

	inv_lint_pointer(&pointer, place);
	say_at(l, span, inv_buf_str(&pointer), fmt, ap);
	inv_buf_free(&pointer);
}

void
inv_lint_about(struct inv_lint *l, const struct inv_place *place,
    struct inv_str span, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say_of(l, place, span, fmt, ap);
	va_end(ap);
}

/* About a member of the subschema at hand. */
__attribute__((format(printf, 3, 4))) static void
say(const struct visit *v, const struct inv_member *m, const char *fmt, ...)
{
	struct inv_place place = { .up = v->place, .key = m->key };
	va_list ap;

	va_start(ap, fmt);
	say_of(v->l, &place, m->key, fmt, ap);
	va_end(ap);
}

/* ---- keywords ---- */

static unsigned
type_named(struct inv_str name)
{
	static const struct {
		const char *name;
		unsigned type;
	} all[] = {
		{ "\"null\"", INV_TYPE_NULL },
		{ "\"boolean\"", INV_TYPE_BOOLEAN },
		{ "\"integer\"", INV_TYPE_INTEGER },
		{ "\"number\"", NUMBERS },
		{ "\"string\"", INV_TYPE_STRING },
		{ "\"array\"", INV_TYPE_ARRAY },
		{ "\"object\"", INV_TYPE_OBJECT },
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		if (inv_str_is(name, all[i].name))
			return all[i].type;
	return INV_TYPE_ANY;
}

static unsigned
types_of(const struct visit *v)
{
	const struct inv_member *m = find(v, "type");
	unsigned types = 0;

	if (m == NULL)
		return INV_TYPE_ANY;
	if (m->kind != INV_KIND_ARRAY)
		return type_named(m->value);
	struct inv_str rest = m->value;

	for (struct inv_member one; inv_scan_each(&rest, &one);)
		types |= type_named(one.value);
	return types;
}

static const struct keyword *
keyword_of(struct inv_str name)
{
	for (size_t i = 0; i < KEYWORDS; i++)
		if (same_text(name, inv_str_of(keywords[i].name)))
			return &keywords[i];
	return NULL;
}

/* What a keyword of an older draft is called now. */
static const char *
successor(struct inv_str name)
{
	static const char *const all[][2] = {
		{ "definitions", "$defs" },
		{ "dependencies", "dependentRequired, dependentSchemas" },
		{ "additionalItems", "items" },
		{ "id", "$id" },
		{ "$recursiveRef", "$dynamicRef" },
		{ "$recursiveAnchor", "$dynamicAnchor" },
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		if (inv_str_is(name, all[i][0]))
			return all[i][1];
	return NULL;
}

static const char *
nearest(struct inv_str name)
{
	const char *found = NULL;
	size_t best = FAR_MAX + 1;

	for (size_t i = 0; i < KEYWORDS; i++) {
		size_t d =
		    inv_near(name, inv_str_of(keywords[i].name), FAR_MAX);

		if (d < best) {
			best = d;
			found = keywords[i].name;
		}
	}
	return found;
}

static void
look_at_unknown(const struct visit *v, const struct inv_member *m)
{
	const char *now = successor(m->key);
	const char *near = nearest(m->key);

	/* x- is how others mark what is theirs. */
	if (inv_str_starts(m->key, INV_LIT("x-")) &&
	    !inv_str_starts(m->key, INV_LIT("x-inv-")))
		return;
	if (now != NULL)
		say(v, m, "keyword of an older draft, now %s", now);
	else if (near != NULL)
		say(v, m, "unknown keyword, %s?", near);
	else
		say(v, m, "unknown keyword");
}

static void
look_at_keywords(const struct visit *v)
{
	const struct inv_member *type = find(v, "type");

	for (size_t i = 0; i < v->n; i++) {
		const struct keyword *k = keyword_of(v->m[i].key);

		if (k == NULL)
			look_at_unknown(v, &v->m[i]);
		else if ((k->types & v->types) == 0)
			say(v, &v->m[i], "says nothing about type %.*s",
			    INV_ARG(type->value));
	}
}

/* Keywords that are nothing without another. */
static void
look_at_lonely(const struct visit *v)
{
	static const struct {
		const char *name;
		const char *needs[3];
		const char *words;
	} all[] = {
		{ "if", { "then", "else" }, "then or else" },
		{ "then", { "if" }, "if" },
		{ "else", { "if" }, "if" },
		{ "minContains", { "contains" }, "contains" },
		{ "maxContains", { "contains" }, "contains" },
		{ "contentSchema", { "contentMediaType" }, "contentMediaType" },
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		const struct inv_member *m = find(v, all[i].name);

		if (m != NULL && !has_any(v, all[i].needs))
			say(v, m, "says nothing without %s", all[i].words);
	}
}

static void
look_at_bounds(const struct visit *v)
{
	static const struct {
		const char *low, *high;
		int least; /* that high must be above low, by decimal_cmp */
	} all[] = {
		{ "minimum", "maximum", 0 },
		{ "minimum", "exclusiveMaximum", 1 },
		{ "exclusiveMinimum", "maximum", 1 },
		{ "exclusiveMinimum", "exclusiveMaximum", 1 },
		{ "minLength", "maxLength", 0 },
		{ "minItems", "maxItems", 0 },
		{ "minContains", "maxContains", 0 },
		{ "minProperties", "maxProperties", 0 },
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		const struct inv_member *low = find(v, all[i].low);
		const struct inv_member *high = find(v, all[i].high);
		struct inv_decimal a;
		struct inv_decimal b;

		if (low != NULL && high != NULL &&
		    inv_decimal_of(low->value, &a) &&
		    inv_decimal_of(high->value, &b) &&
		    inv_decimal_cmp(&b, &a) < all[i].least)
			say(v, low, "nothing is left by this and %s %.*s",
			    all[i].high, INV_ARG(high->value));
	}
}

/* ---- members ---- */

static bool
is_false(const struct inv_member *m)
{
	return m != NULL && m->kind == INV_KIND_FALSE;
}

/* The names of a list against the members that are described. */
static void
look_at_required(const struct visit *v)
{
	const struct inv_member *required = find(v, "required");
	const struct inv_member *properties = find(v, "properties");
	bool closed = is_false(find(v, "additionalProperties"));
	struct inv_member *m;

	if (required == NULL || (properties == NULL && !closed) ||
	    find(v, "patternProperties") != NULL)
		return;
	size_t n =
	    list(properties == NULL ? INV_LIT("{}") : properties->value, &m);
	struct inv_str rest = required->value;

	for (struct inv_member one; inv_scan_each(&rest, &one);) {
		const struct inv_member *is =
		    find_text(m, n, inside(one.value));

		if (is_false(is) || (is == NULL && closed))
			say(v, required, "%.*s is forbidden by %s",
			    shown(one.value), one.value.p,
			    is == NULL ? "additionalProperties" : "properties");
		else if (is == NULL && !v->part && !has_any(v, in_place))
			say(v, required, "%.*s is not in properties",
			    shown(one.value), one.value.p);
	}
	free(m);
}

static void
look_at_key(const struct visit *v)
{
	const struct inv_member *key = find(v, "x-inv-key");
	const struct inv_member *required = find(v, "required");

	if (key == NULL || v->place != NULL || has_any(v, in_place))
		return;
	struct inv_str names = key->value;

	for (struct inv_member one; inv_scan_each(&names, &one);) {
		struct inv_str rest =
		    required == NULL ? INV_LIT("[]") : required->value;
		struct inv_member is;
		bool found = false;

		while (!found && inv_scan_each(&rest, &is))
			found = same_text(is.value, one.value);
		if (!found)
			say(v, key, "%.*s is not in required", shown(one.value),
			    one.value.p);
	}
}

/* ---- strings ---- */

/*
 * Where a pattern has ^ and $: in any of its alternatives, and in all of them,
 * or at all.
 * Only a | outside of all brackets makes alternatives; inside, both anchors of
 * ^(a|b)$ are those of the whole.
 */
struct anchors {
	bool begin, begins; /* some alternative, every one */
	bool end, ends;
	bool inside; /* anywhere, or \b */
};

static void
end_alternative(struct anchors *a, bool begin, bool end)
{
	a->begin |= begin;
	a->begins &= begin;
	a->end |= end;
	a->ends &= end;
}

static struct anchors
anchors_of(struct inv_str regex)
{
	struct anchors a = { .begins = true, .ends = true };
	int depth = 0;
	bool class = false;
	bool end = false;
	size_t from = 0;

	for (size_t i = 0; i < regex.n; i++) {
		char c = regex.p[i];

		if (c == '|' && depth == 0 && !class) {
			end_alternative(&a, regex.p[from] == '^', end);
			from = i + 1;
		} else if (class)
			class = c != ']';
		else if (c == '[')
			class = true;
		else if (c == '(' || c == ')')
			depth += c == '(' ? 1 : -1;
		end = c == '$' && !class;
		a.inside |= !class && (c == '^' || c == '$');
		if (c == '\\' && ++i < regex.n)
			a.inside |= !class && regex.p[i] == 'b';
	}
	end_alternative(&a, from < regex.n && regex.p[from] == '^', end);
	return a;
}

static void
look_at_regex(const struct visit *v, const struct inv_member *m,
    struct inv_str raw)
{
	char *text = inv_mem_dup(raw.p, raw.n);
	struct anchors a =
	    anchors_of((struct inv_str){ text, inv_text_decode(raw, text) });

	if (!a.inside)
		say(v, m, "%.*s is not anchored: it is found anywhere",
		    shown(raw), raw.p);
	else if (a.begin != a.begins || a.end != a.ends)
		say(v, m, "%.*s is anchored on one side of | only", shown(raw),
		    raw.p);
	free(text);
}

static void
look_at_patterns(const struct visit *v)
{
	const struct inv_member *m = find(v, "pattern");

	if (m != NULL)
		look_at_regex(v, m, inside(m->value));
	m = find(v, "patternProperties");
	if (m == NULL)
		return;
	struct inv_str rest = m->value;

	for (struct inv_member one; inv_scan_each(&rest, &one);)
		look_at_regex(v, m, one.key);
}

static void
look_at_format(const struct visit *v)
{
	const struct inv_member *m = find(v, "format");
	enum inv_syntax syntax;

	if (m == NULL)
		return;
	if (!inv_syntax_of(inside(m->value), &syntax))
		say(v, m, "%.*s is not asserted by any option", shown(m->value),
		    m->value.p);
	else if (!v->l->asserts && syntax != INV_SYNTAX_DATE &&
	    syntax != INV_SYNTAX_DATE_TIME)
		say(v, m, "%.*s is not asserted without --format-assertion",
		    shown(m->value), m->value.p);
}

/* ---- values ---- */

static unsigned
type_of_value(const struct inv_member *value)
{
	struct inv_decimal d;

	switch (value->kind) {
	case INV_KIND_NULL:
		return INV_TYPE_NULL;
	case INV_KIND_FALSE:
	case INV_KIND_TRUE:
		return INV_TYPE_BOOLEAN;
	case INV_KIND_NUMBER:
		return inv_decimal_of(value->value, &d) &&
			!inv_decimal_is_whole(&d)
		    ? INV_TYPE_NUMBER
		    : INV_TYPE_INTEGER;
	case INV_KIND_STRING:
		return INV_TYPE_STRING;
	case INV_KIND_ARRAY:
		return INV_TYPE_ARRAY;
	case INV_KIND_OBJECT:
		return INV_TYPE_OBJECT;
	}
	return 0;
}

static void
look_at_choice(const struct visit *v, const struct inv_member *m,
    const struct inv_member *value)
{
	if ((type_of_value(value) & v->types) == 0)
		say(v, m, "%.*s is not of type %.*s", shown(value->value),
		    value->value.p, INV_ARG(find(v, "type")->value));
}

static int
by_text(const void *a, const void *b)
{
	const struct inv_str *x = a;
	const struct inv_str *y = b;

	return inv_str_cmp(*x, *y);
}

/* Values that are there twice, whatever they are written like. */
static void
look_at_duplicates(const struct visit *v, const struct inv_member *m,
    const struct inv_member *values, size_t n)
{
	struct inv_canon *canon = inv_canon_new();
	struct inv_buf text = INV_BUF(2 * INV_LINT_TEXT);
	struct inv_str *at = inv_mem_new(n * sizeof(*at));
	size_t *from = inv_mem_new((n + 1) * sizeof(*from));
	struct inv_err err;

	for (size_t i = 0; i < n; i++) {
		/* What has no canonical text stands for itself. */
		if (!inv_canon_value(canon, values[i].value, &text, &err))
			inv_buf_add(&text, values[i].value);
		from[i + 1] = text.n;
	}
	for (size_t i = 0; i < n; i++)
		at[i] =
		    (struct inv_str){ text.p + from[i], from[i + 1] - from[i] };
	qsort(at, n, sizeof(*at), by_text);
	for (size_t i = 1; i < n && !text.failed; i++)
		if (inv_str_eq(at[i], at[i - 1]))
			say(v, m, "%.*s is there twice", shown(at[i]), at[i].p);
	free(from);
	free(at);
	inv_buf_free(&text);
	inv_canon_free(canon);
}

static void
look_at_choices(const struct visit *v)
{
	const struct inv_member *m = find(v, "const");
	struct inv_member *values;

	if (m != NULL)
		look_at_choice(v, m, m);
	m = find(v, "enum");
	if (m == NULL || m->kind != INV_KIND_ARRAY)
		return;
	size_t n = list(m->value, &values);

	for (size_t i = 0; i < n; i++)
		look_at_choice(v, m, &values[i]);
	if (n > 1)
		look_at_duplicates(v, m, values, n);
	free(values);
}

/* To be held against the schema later, when it is compiled for that. */
static void
keep_value(const struct visit *v, struct inv_str value,
    const struct inv_place *place)
{
	struct inv_lint *l = v->l;
	struct inv_lint_value *keep;

	if (l->n_values == INV_MEMBERS_MAX)
		return;
	if ((l->n_values & (l->n_values - 1)) == 0)
		l->values = inv_mem_resize(l->values,
		    l->n_values == 0 ? 1 : 2 * l->n_values, sizeof(*l->values));
	keep = &l->values[l->n_values++];
	keep->text = value;
	keep->pointer = l->words.n;
	inv_lint_pointer(&l->words, v->place);
	keep->pointer_n = l->words.n - keep->pointer;
	keep->place = l->words.n;
	inv_lint_pointer(&l->words, place);
	keep->place_n = l->words.n - keep->place;
}

static void
keep_values(const struct visit *v)
{
	const struct inv_member *m = find(v, "default");
	struct inv_place place = { .up = v->place };
	struct inv_place element = { .up = &place };

	if (m != NULL) {
		place.key = m->key;
		keep_value(v, m->value, &place);
	}
	m = find(v, "examples");
	if (m == NULL || m->kind != INV_KIND_ARRAY)
		return;
	struct inv_str rest = m->value;

	place.key = m->key;
	for (struct inv_member one; inv_scan_each(&rest, &one); element.index++)
		keep_value(v, one.value, &element);
}

/* ---- references ---- */

static void
keep_refs(const struct visit *v)
{
	static const char *const names[] = { "$ref", "$dynamicRef" };
	struct inv_lint *l = v->l;

	for (size_t i = 0; i < 2; i++) {
		const struct inv_member *m = find(v, names[i]);

		if (m == NULL || m->kind != INV_KIND_STRING)
			continue;
		if ((l->n_refs & (l->n_refs - 1)) == 0)
			l->refs = inv_mem_resize(l->refs,
			    l->n_refs == 0 ? 1 : 2 * l->n_refs,
			    sizeof(*l->refs));
		l->refs[l->n_refs++] = inside(m->value);
	}
}

static void
keep_defs(const struct visit *v)
{
	const struct inv_member *m = find(v, "$defs");
	struct inv_lint *l = v->l;

	if (m == NULL)
		return;
	struct inv_place defs = { .up = v->place, .key = m->key };
	struct inv_place place = { .up = &defs };
	struct inv_str rest = m->value;

	for (struct inv_member one; inv_scan_each(&rest, &one);) {
		if ((l->n_defs & (l->n_defs - 1)) == 0)
			l->defs = inv_mem_resize(l->defs,
			    l->n_defs == 0 ? 1 : 2 * l->n_defs,
			    sizeof(*l->defs));
		struct inv_lint_def *d = &l->defs[l->n_defs++];

		place.key = one.key;
		d->key = one.key;
		d->text = one.value;
		d->pointer = l->words.n;
		inv_lint_pointer(&l->words, &place);
		d->pointer_n = l->words.n - d->pointer;
	}
}

/* ---- the walk ---- */

/*
 * Schemas applied to the same value as the one they stand in: what they lack
 * may stand there.
 */
static bool
is_part(struct inv_str keyword)
{
	static const char *const names[] = { "allOf", "anyOf", "oneOf", "not",
		"if", "then", "else", "dependentSchemas" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (inv_str_is(keyword, names[i]))
			return true;
	return false;
}

static void
walk_into(const struct visit *v, const struct inv_member *m)
{
	struct inv_place place = { .up = v->place, .key = m->key };
	struct inv_place inner = { .up = &place };
	struct inv_str rest = m->value;
	bool part = is_part(m->key);

	switch (inv_meta_holds(m->key)) {
	case INV_HOLDS_NOTHING:
		return;
	case INV_HOLDS_ONE:
		inv_lint_walk(v->l, m->value, &place, part);
		return;
	case INV_HOLDS_LIST:
	case INV_HOLDS_MEMBERS:
		break;
	}
	for (struct inv_member one; inv_scan_each(&rest, &one); inner.index++) {
		inner.key = one.key;
		inv_lint_walk(v->l, one.value, &inner, part);
	}
}

void
inv_lint_walk(struct inv_lint *l, struct inv_str text,
    const struct inv_place *place, bool part)
{
	struct visit v = { .l = l, .place = place, .part = part };

	if (text.n == 0 || text.p[0] != '{')
		return; /* true and false say what they say */
	v.n = list(text, &v.m);
	v.types = types_of(&v);
	look_at_keywords(&v);
	look_at_lonely(&v);
	look_at_bounds(&v);
	look_at_required(&v);
	look_at_key(&v);
	look_at_patterns(&v);
	look_at_format(&v);
	look_at_choices(&v);
	keep_values(&v);
	keep_refs(&v);
	keep_defs(&v);
	for (size_t i = 0; i < v.n; i++)
		walk_into(&v, &v.m[i]);
	free(v.m);
}
