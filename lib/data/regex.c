/*
 * regex.c - a regular expression of ECMA-262, read to a tree
 *
 * The first failure ends the text, so that every loop ends by itself and one
 * look at the end tells.
 */

#include "data/regex.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "data/property.h"
#include "data/regex_refs.h"

enum {
	NAME_MAX_BYTES = 64,     /* of a property */
	SURROGATES = 0xd800,     /* the first, of the high ones */
	LOW_SURROGATES = 0xdc00, /* the first of the low ones */
	SURROGATES_END = 0xe000, /* behind the last */
	PAIRS = 0x400,           /* that a high one is in */
	NONE = -1,               /* no code point */
};

/* A set in the making. */
struct set {
	struct inv_range *at;
	size_t n, cap;
	size_t props; /* where those begin */
};

struct reader {
	struct inv_str text;
	const char *p, *end;
	struct inv_regex *r;
	struct set set; /* used by one at a time */
	unsigned depth;
	const char *wrong; /* what, or NULL */
	const char *where;
};

static const struct inv_range digits[] = { { '0', '9' } };
static const struct inv_range words[] = { { '0', '9' }, { 'A', 'Z' },
	{ '_', '_' }, { 'a', 'z' } };
static const struct inv_range spaces[] = { { '\t', '\r' }, { ' ', ' ' },
	{ 0xa0, 0xa0 }, { 0x1680, 0x1680 }, { 0x2000, 0x200a },
	{ 0x2028, 0x2029 }, { 0x202f, 0x202f }, { 0x205f, 0x205f },
	{ 0x3000, 0x3000 }, { 0xfeff, 0xfeff } };
static const struct inv_range line_ends[] = { { '\n', '\n' }, { '\r', '\r' },
	{ 0x2028, 0x2029 } };

static void
fail(struct reader *rd, const char *where, const char *what)
{
	if (rd->wrong == NULL) {
		rd->wrong = what;
		rd->where = where;
	}
	rd->p = rd->end;
}

static bool
is_here(const struct reader *rd, char c)
{
	return rd->p < rd->end && *rd->p == c;
}

static bool
take(struct reader *rd, char c)
{
	if (!is_here(rd, c))
		return false;
	rd->p++;
	return true;
}

static bool
take_text(struct reader *rd, struct inv_str s)
{
	if (!inv_str_starts((struct inv_str){ rd->p,
				(size_t)(rd->end - rd->p) },
		s))
		return false;
	rd->p += s.n;
	return true;
}

/* The next code point; there is one. */
static int32_t
take_code(struct reader *rd)
{
	const unsigned char *p = (const unsigned char *)rd->p;
	size_t n = inv_utf8_len(p, (size_t)(rd->end - rd->p));
	int32_t code = n > 1 ? *p & (0xff >> (n + 1)) : *p;

	if (n == 0) {
		fail(rd, rd->p, "not UTF-8");
		return NONE;
	}
	for (size_t i = 1; i < n; i++)
		code = code << 6 | (p[i] & 0x3f);
	rd->p += n;
	return code;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* A number that is as good as any larger one past a thousand million. */
static bool
take_number(struct reader *rd, uint64_t *v)
{
	const char *start = rd->p;

	for (*v = 0; rd->p < rd->end && is_digit(*rd->p); rd->p++)
		if (*v < 1000000000)
			*v = *v * 10 + (uint64_t)(*rd->p - '0');
	return rd->p > start;
}

static int
hex_of(char c)
{
	if (is_digit(c))
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : NONE;
}

/* So many hex digits, or NONE, and nothing taken. */
static int32_t
take_hex(struct reader *rd, int n)
{
	int32_t code = 0;

	if (rd->end - rd->p < n)
		return NONE;
	for (int i = 0; i < n; i++) {
		int v = hex_of(rd->p[i]);

		if (v == NONE)
			return NONE;
		code = code << 4 | v;
	}
	rd->p += n;
	return code;
}

static uint32_t
add_node(struct reader *rd, uint32_t up, enum inv_regex_op op)
{
	struct inv_regex *r = rd->r;

	if (r->n == r->cap) {
		r->cap = r->cap == 0 ? 64 : 2 * r->cap;
		r->at = inv_mem_resize(r->at, r->cap, sizeof(*r->at));
	}
	uint32_t at = (uint32_t)r->n++;
	struct inv_regex_node *parent = &r->at[up];

	r->at[at] = (struct inv_regex_node){ .op = op, .up = up };
	if (at <= INV_REGEX_ROOT)
		return at;
	r->at[at].prev = parent->last;
	if (parent->last != 0)
		r->at[parent->last].next = at;
	else
		parent->first = at;
	parent->last = at;
	return at;
}

/* ---- sets ---- */

static void
set_add(struct set *set, int32_t from, int32_t to)
{
	if (set->n == set->cap) {
		set->cap = set->cap == 0 ? 64 : 2 * set->cap;
		set->at = inv_mem_resize(set->at, set->cap, sizeof(*set->at));
	}
	set->at[set->n++] = (struct inv_range){ (uint32_t)from, (uint32_t)to };
}

/* Those, or all others. */
static void
set_add_all(struct set *set, const struct inv_range *range, size_t n,
    bool negated)
{
	int32_t from = 0;

	for (size_t i = 0; i < n; i++) {
		int32_t a = (int32_t)range[i].from, b = (int32_t)range[i].to;

		if (!negated)
			set_add(set, a, b);
		else if (a > from)
			set_add(set, from, a - 1);
		from = b + 1;
	}
	if (negated && from <= INV_CODE_MAX)
		set_add(set, from, INV_CODE_MAX);
}

static int
cmp_range(const void *a, const void *b)
{
	uint32_t x = ((const struct inv_range *)a)->from;
	uint32_t y = ((const struct inv_range *)b)->from;

	return x < y ? -1 : x > y;
}

/* Ascending, none next to another. */
static void
set_order(struct set *set)
{
	size_t kept = 0;

	if (set->n == 0)
		return;
	qsort(set->at, set->n, sizeof(*set->at), cmp_range);
	for (size_t i = 1; i < set->n; i++) {
		struct inv_range *last = &set->at[kept];
		struct inv_range next = set->at[i];

		if (next.from > last->to + 1)
			set->at[++kept] = next;
		else if (next.to > last->to)
			last->to = next.to;
	}
	set->n = kept + 1;
}

static void
begin_set(struct reader *rd)
{
	rd->set.n = 0;
	rd->set.props = rd->r->props.n;
}

static void
put_range(struct inv_regex *r, uint32_t from, uint32_t to)
{
	if (r->ranges == r->range_cap) {
		r->range_cap = r->range_cap == 0 ? 64 : 2 * r->range_cap;
		r->range =
		    inv_mem_resize(r->range, r->range_cap, sizeof(*r->range));
	}
	r->range[r->ranges++] = (struct inv_range){ from, to };
}

/* The set becomes a node; without properties it can be turned round. */
static void
end_set(struct reader *rd, uint32_t up, bool negated)
{
	struct inv_regex *r = rd->r;
	uint32_t at = add_node(rd, up, INV_REGEX_SET);
	struct inv_regex_node *node = &r->at[at];
	const struct set *set = &rd->set;
	uint32_t next = 0;

	set_order(&rd->set);
	node->prop = set->props;
	node->props = r->props.n - set->props;
	node->range = r->ranges;
	node->negated = negated && node->props > 0;
	for (size_t i = 0; i < set->n; i++) {
		struct inv_range range = set->at[i];

		if (!negated || node->negated)
			put_range(r, range.from, range.to);
		else if (range.from > next)
			put_range(r, next, range.from - 1);
		next = range.to + 1;
	}
	if (negated && !node->negated && next <= INV_CODE_MAX)
		put_range(r, next, INV_CODE_MAX);
	node->ranges = r->ranges - node->range;
}

/* Behind \p or \P. */
static void
take_property(struct reader *rd, bool negated)
{
	const char *start = rd->p;
	struct inv_buf *out = &rd->r->props;
	const char *end;

	if (!take(rd, '{') ||
	    (end = memchr(rd->p, '}', (size_t)(rd->end - rd->p))) == NULL ||
	    end - rd->p > NAME_MAX_BYTES) {
		fail(rd, start, "no {property} behind \\p");
		return;
	}
	struct inv_str name = { rd->p, (size_t)(end - rd->p) };

	rd->p = end + 1;
	if (inv_str_is(name, "Assigned")) { /* which PCRE2 can not say */
		name = INV_LIT("Cn");
		negated = !negated;
	}
	inv_buf_add(out, negated ? INV_LIT("\\P{") : INV_LIT("\\p{"));
	if (!inv_property_add(name, out))
		fail(rd, start, "no such property");
	inv_buf_byte(out, '}');
}

/* \d and the like, behind the backslash; false, nothing taken, for others. */
static bool
take_class_escape(struct reader *rd)
{
	static const struct {
		char name, negated;
		const struct inv_range *range;
		size_t n;
	} classes[] = { { 'd', 'D', digits, sizeof(digits) / sizeof(*digits) },
		{ 'w', 'W', words, sizeof(words) / sizeof(*words) },
		{ 's', 'S', spaces, sizeof(spaces) / sizeof(*spaces) } };

	if (is_here(rd, 'p') || is_here(rd, 'P')) {
		take_property(rd, *rd->p++ == 'P');
		return true;
	}
	for (size_t i = 0; i < sizeof(classes) / sizeof(*classes); i++)
		if (is_here(rd, classes[i].name) ||
		    is_here(rd, classes[i].negated)) {
			bool negated = *rd->p++ == classes[i].negated;

			set_add_all(&rd->set, classes[i].range, classes[i].n,
			    negated);
			return true;
		}
	return false;
}

/* Behind \u: four digits, two times four for a pair, or some in braces. */
static int32_t
take_unicode(struct reader *rd)
{
	int32_t code = take_hex(rd, 4);

	if (code >= SURROGATES && code < LOW_SURROGATES) {
		const char *behind = rd->p;
		int32_t low =
		    take_text(rd, INV_LIT("\\u")) ? take_hex(rd, 4) : NONE;

		if (low >= LOW_SURROGATES && low < SURROGATES_END)
			return 0x10000 + (code - SURROGATES) * PAIRS + low -
			    LOW_SURROGATES;
		rd->p = behind;
	}
	if (code != NONE || !take(rd, '{'))
		return code;
	for (code = take_hex(rd, 1); code != NONE && !take(rd, '}');) {
		int32_t digit = take_hex(rd, 1);

		code = digit == NONE ? NONE : code << 4 | digit;
		if (code > INV_CODE_MAX)
			code = NONE;
	}
	return code;
}

/* A character that is none by itself, behind the backslash. */
static int32_t
take_escape(struct reader *rd)
{
	static const char from[] = "fnrtv", to[] = "\f\n\r\t\v";
	const char *start = rd->p - 1;
	char c = rd->p < rd->end ? *rd->p++ : 'a';
	const char *at = strchr(from, c);
	int32_t code = NONE;

	if (c >= ' ' && c < 0x7f && !is_digit(c) &&
	    ((c | 0x20) < 'a' || (c | 0x20) > 'z'))
		return c;
	if (at != NULL && c != '\0')
		return to[at - from];
	if (c == '0' && (rd->p == rd->end || !is_digit(*rd->p)))
		return 0;
	if (c == 'x')
		code = take_hex(rd, 2);
	else if (c == 'u')
		code = take_unicode(rd);
	else if (c == 'c' && rd->p < rd->end && (*rd->p | 0x20) >= 'a' &&
	    (*rd->p | 0x20) <= 'z')
		code = *rd->p++ & 0x1f;
	if (code == NONE)
		fail(rd, start, "not an escape of ECMA-262");
	return code;
}

/* Within brackets: a code point, or NONE for a class, which is added. */
static int32_t
take_member(struct reader *rd)
{
	if (!take(rd, '\\'))
		return take_code(rd);
	if (take_class_escape(rd))
		return NONE;
	if (take(rd, 'b'))
		return '\b';
	return take_escape(rd);
}

static void
read_class(struct reader *rd, uint32_t up)
{
	const char *start = rd->p - 1;
	bool negated = take(rd, '^');

	begin_set(rd);
	while (rd->p < rd->end && !is_here(rd, ']')) {
		const char *at = rd->p;
		int32_t from = take_member(rd), to = from;
		bool dash =
		    is_here(rd, '-') && rd->p + 1 < rd->end && rd->p[1] != ']';

		if (dash && from != NONE) {
			rd->p++;
			to = take_member(rd);
			if (to == NONE) { /* a hyphen beside a class */
				set_add(&rd->set, '-', '-');
				to = from;
			}
		}
		if (to < from)
			fail(rd, at, "a range that ends before it begins");
		else if (from != NONE)
			set_add(&rd->set, from, to);
	}
	if (!take(rd, ']'))
		fail(rd, start, "no ] for this [");
	end_set(rd, up, negated);
}

/* ---- the rest ---- */

static void
add_set(struct reader *rd, uint32_t up, const struct inv_range *range, size_t n,
    bool negated)
{
	begin_set(rd);
	set_add_all(&rd->set, range, n, negated);
	end_set(rd, up, false);
}

static void
add_code(struct reader *rd, uint32_t up, int32_t code)
{
	struct inv_range one = { (uint32_t)code, (uint32_t)code };

	if (code != NONE)
		add_set(rd, up, &one, 1, false);
}

static bool
is_of_name(char c)
{
	return (unsigned char)c >= 0x80 || c == '_' || c == '$' ||
	    ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || is_digit(c);
}

/* <name>; empty, and failed, for anything else. */
static struct inv_str
take_name(struct reader *rd)
{
	const char *start = rd->p;

	if (take(rd, '<') && rd->p < rd->end && !is_digit(*rd->p)) {
		const char *name = rd->p;

		while (rd->p < rd->end && is_of_name(*rd->p))
			take_code(rd);
		size_t n = (size_t)(rd->p - name);

		if (n > 0 && take(rd, '>'))
			return (struct inv_str){ name, n };
	}
	fail(rd, start, "not a <name>");
	return (struct inv_str){ NULL, 0 };
}

static void
add_ref(struct reader *rd, uint32_t up)
{
	uint32_t ref = add_node(rd, up, INV_REGEX_REF);
	uint64_t group = 0;

	rd->r->refs = true;
	rd->r->at[ref].name = (struct inv_str){ rd->p, 0 };
	if (take(rd, 'k'))
		rd->r->at[ref].name = take_name(rd);
	else if (take_number(rd, &group))
		rd->r->at[ref].group =
		    group < INV_REGEX_MAX ? (unsigned)group : INV_REGEX_MAX;
}

static void
read_escape(struct reader *rd, uint32_t up)
{
	if (is_here(rd, 'b') || is_here(rd, 'B')) {
		uint32_t edge = add_node(rd, up, INV_REGEX_EDGE);

		rd->r->at[edge].negated = *rd->p++ == 'B';
		return;
	}
	if (is_here(rd, 'k') ||
	    (rd->p < rd->end && *rd->p >= '1' && *rd->p <= '9')) {
		add_ref(rd, up);
		return;
	}
	begin_set(rd);
	if (take_class_escape(rd))
		end_set(rd, up, false);
	else
		add_code(rd, up, take_escape(rd));
}

static void read_any(struct reader *rd, uint32_t up);

static void
read_group(struct reader *rd, uint32_t up)
{
	const char *start = rd->p - 1;
	uint32_t at = up;

	if (++rd->depth > INV_REGEX_DEPTH)
		fail(rd, start, "too many groups in groups");
	if (take_text(rd, INV_LIT("?="))) {
		at = add_node(rd, up, INV_REGEX_LOOK);
	} else if (take_text(rd, INV_LIT("?!"))) {
		at = add_node(rd, up, INV_REGEX_LOOK);
		rd->r->at[at].negated = true;
	} else if (take_text(rd, INV_LIT("?<=")) ||
	    take_text(rd, INV_LIT("?<!"))) {
		at = add_node(rd, up, INV_REGEX_LOOK);
		rd->r->at[at].behind = true;
		rd->r->at[at].negated = rd->p[-1] == '!';
	} else if (!take_text(rd, INV_LIT("?:"))) {
		at = add_node(rd, up, INV_REGEX_GROUP);
		rd->r->at[at].group = ++rd->r->groups;
		if (take(rd, '?') && is_here(rd, '<'))
			rd->r->at[at].name = take_name(rd);
		else if (rd->p[-1] == '?')
			fail(rd, start, "not a group of ECMA-262");
	}
	read_any(rd, at);
	if (!take(rd, ')'))
		fail(rd, start, "no ) for this (");
	rd->depth--;
}

/* What stands for something; false where that is a place, not a text. */
static bool
read_atom(struct reader *rd, uint32_t up)
{
	const char *start = rd->p;
	struct inv_str rest = { rd->p, (size_t)(rd->end - rd->p) };

	if (take(rd, '^'))
		add_node(rd, up, INV_REGEX_START);
	else if (take(rd, '$'))
		add_node(rd, up, INV_REGEX_END);
	else if (take(rd, '.'))
		add_set(rd, up, line_ends,
		    sizeof(line_ends) / sizeof(*line_ends), true);
	else if (take(rd, '['))
		read_class(rd, up);
	else if (take(rd, '('))
		read_group(rd, up);
	else if (take(rd, '\\'))
		read_escape(rd, up);
	else if (is_here(rd, '*') || is_here(rd, '+') || is_here(rd, '?') ||
	    is_here(rd, '{'))
		fail(rd, start, "nothing to repeat");
	else if (is_here(rd, ']') || is_here(rd, '}'))
		fail(rd, start, "needs a backslash");
	else
		add_code(rd, up, take_code(rd));
	return *start != '^' && *start != '$' &&
	    !inv_str_starts(rest, INV_LIT("\\b")) &&
	    !inv_str_starts(rest, INV_LIT("\\B")) &&
	    !inv_str_starts(rest, INV_LIT("(?=")) &&
	    !inv_str_starts(rest, INV_LIT("(?!")) &&
	    !inv_str_starts(rest, INV_LIT("(?<=")) &&
	    !inv_str_starts(rest, INV_LIT("(?<!"));
}

/* *, +, ?, {2}, {2,} or {2,5}; once, and false, if there is none. */
static bool
take_times(struct reader *rd, uint64_t *min, uint64_t *max)
{
	const char *start = rd->p;

	*min = is_here(rd, '*') || is_here(rd, '?') ? 0 : 1;
	*max = is_here(rd, '*') || is_here(rd, '+') ? UINT64_MAX : 1;
	if (take(rd, '*') || take(rd, '+') || take(rd, '?'))
		return true;
	if (!take(rd, '{'))
		return false;
	*max = UINT64_MAX;
	bool ok = take_number(rd, min);

	if (ok && !take(rd, ','))
		*max = *min;
	else if (ok && !is_here(rd, '}'))
		ok = take_number(rd, max);
	if (!ok || !take(rd, '}'))
		fail(rd, start, "not a number of times");
	else if (*max < *min)
		fail(rd, start, "fewer times at most than at least");
	return true;
}

/* An atom goes below a repeat that may turn out to be none. */
static void
read_term(struct reader *rd, uint32_t up)
{
	uint32_t at = add_node(rd, up, INV_REGEX_REPEAT);
	bool text = read_atom(rd, at);
	const char *start = rd->p;
	uint64_t min, max;

	if (take_times(rd, &min, &max) && !text)
		fail(rd, start, "nothing to repeat");
	rd->r->at[at].min = min;
	rd->r->at[at].max = max;
	rd->r->at[at].lazy = rd->p > start && take(rd, '?');
}

static void
read_any(struct reader *rd, uint32_t up)
{
	uint32_t any = add_node(rd, up, INV_REGEX_ANY);

	do {
		uint32_t all = add_node(rd, any, INV_REGEX_ALL);

		while (rd->p < rd->end && *rd->p != '|' && *rd->p != ')')
			read_term(rd, all);
	} while (take(rd, '|'));
}

static size_t
count_codes(const char *from, const char *to)
{
	size_t n = 0;

	for (; from < to; from++)
		n += ((unsigned char)*from & 0xc0) != 0x80;
	return n;
}

bool
inv_regex_read(struct inv_regex *r, struct inv_str text, struct inv_err *err)
{
	struct reader rd = { .text = text, .p = text.p, .r = r };

	*r = (struct inv_regex){ .props = INV_BUF(16 * INV_REGEX_MAX) };
	if (text.n > INV_REGEX_MAX)
		return inv_fail(err, INV_CONFIG,
		    "pattern: longer than %d bytes", INV_REGEX_MAX);
	if (text.n == 0)
		rd.p = "";
	rd.text.p = rd.p;
	rd.end = rd.p + text.n;
	add_node(&rd, 0, INV_REGEX_ALL);
	read_any(&rd, 0);
	if (rd.p < rd.end)
		fail(&rd, rd.p, "no ( for this )");
	if (rd.wrong == NULL)
		rd.wrong = inv_regex_refs(r, &rd.where);
	free(rd.set.at);
	if (rd.wrong == NULL)
		return true;
	return inv_fail(err, INV_CONFIG, "pattern, character %zu: %s",
	    count_codes(rd.text.p, rd.where) + 1, rd.wrong);
}

void
inv_regex_free(struct inv_regex *r)
{
	free(r->at);
	free(r->range);
	inv_buf_free(&r->props);
	*r = (struct inv_regex){ 0 };
}
