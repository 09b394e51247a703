/*
 * elements.c - an array of a JSON text, cut into its elements
 *
 * The way to the array leads through containers: of each the children are gone
 * through, the one that the pointer names is entered, the others are skipped.
 * Behind the array the way is gone back, to the end of the text.
 */

#include "data/elements.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "data/emit.h"
#include "data/scan.h"
#include "data/syntax.h"

enum {
	LEVELS = INV_POINTER_TOKENS_MAX, /* containers on the way */
	PROPOSED = 4,                    /* arrays */
	MESSAGE = 96,                    /* bytes of a part of a message */
};

/* A container on the way. */
struct level {
	bool object;
	bool taken;     /* the child that the pointer names was there */
	bool behind;    /* a child: a comma or the end comes */
	uint64_t index; /* of the child at hand */
	size_t pointer; /* proposing: bytes of the pointer to it */
};

struct inv_elements {
	struct inv_marks *marks;
	const char *name;
	struct inv_scan *scan;

	/* The pointer: its parts, decoded. */
	char pointer[INV_POINTER_MAX];
	struct inv_str token[INV_POINTER_TOKENS_MAX];
	size_t tokens;

	struct inv_mark mark; /* the last one */
	bool started;
	bool inside; /* the array */
	bool none;
	size_t levels;
	struct level level[LEVELS];
	uint64_t elements;

	/* What kinds of brackets are open, a bit each: set for braces. */
	size_t nest;
	uint64_t open[INV_ELEMENTS_NEST / 64];

	/* Proposing. */
	bool proposing;
	size_t proposed;
	struct inv_buf *proposals;
	struct inv_buf at; /* the pointer to the container at hand */
	struct inv_buf key;
};

/* ---- the pointer ---- */

/* The next part of *rest, behind its slash, decoded to `to`. */
static struct inv_str
take_token(struct inv_str *rest, char *to)
{
	struct inv_str token = { to, 0 };
	size_t i = 1;

	for (; i < rest->n && rest->p[i] != '/'; i++) {
		char c = rest->p[i];

		if (c == '~')
			c = rest->p[++i] == '0' ? '~' : '/';
		to[token.n++] = c;
	}
	rest->p += i;
	rest->n -= i;
	return token;
}

bool
inv_elements_takes(struct inv_str pointer)
{
	size_t tokens = 0;

	for (size_t i = 0; i < pointer.n; i++)
		tokens += pointer.p[i] == '/';
	return pointer.n <= INV_POINTER_MAX &&
	    tokens <= INV_POINTER_TOKENS_MAX &&
	    inv_syntax_is(INV_SYNTAX_JSON_POINTER, pointer);
}

struct inv_elements *
inv_elements_new(struct inv_pull from, uint64_t offset, const char *name,
    struct inv_str pointer)
{
	struct inv_elements *e = inv_mem_new(sizeof(*e));
	char *to = e->pointer;

	e->marks = inv_marks_new(from, offset);
	e->name = name;
	e->scan = inv_scan_new();
	e->at = INV_BUF(INV_POINTER_MAX);
	e->key = INV_BUF(INV_FIELD_MAX);
	while (pointer.n > 0) {
		e->token[e->tokens] = take_token(&pointer, to);
		to += e->token[e->tokens++].n;
	}
	return e;
}

void
inv_elements_free(struct inv_elements *e)
{
	if (e == NULL)
		return;
	inv_marks_free(e->marks);
	inv_scan_free(e->scan);
	inv_buf_free(&e->at);
	inv_buf_free(&e->key);
	free(e);
}

bool
inv_elements_has_none(const struct inv_elements *e)
{
	return e->none;
}

/* ---- what is wrong ---- */

/* At the last mark; with what a person needs to find what is behind it. */
static bool
wrong(const struct inv_elements *e, const char *what, struct inv_err *err)
{
	uint64_t torn = inv_marks_torn_line(e->marks);
	char row[MESSAGE] = "", quote[MESSAGE] = "";
	struct inv_held held;

	if (e->inside) {
		inv_marks_held(e->marks, &held);
		snprintf(row, sizeof(row),
		    ", in row %ju, which begins on line %ju",
		    (uintmax_t)e->elements + 1, (uintmax_t)held.line);
	}
	if (torn > 0)
		snprintf(quote, sizeof(quote),
		    "; line %ju ends within a string: is a quote missing "
		    "there?",
		    (uintmax_t)torn);
	return inv_fail(err, INV_BAD, "%s: line %ju, byte %ju: %s%s%s", e->name,
	    (uintmax_t)e->mark.line, (uintmax_t)e->mark.offset, what, row,
	    quote);
}

/* Where the text ends too early. */
static bool
cut_short(const struct inv_elements *e, struct inv_err *err)
{
	return wrong(e,
	    inv_marks_in_string(e->marks)
		? "the text ends within a string: it is cut short, or a "
		  "quote is not closed"
		: "the text ends within the array or what is around it: it "
		  "is cut short, or a bracket is not closed",
	    err);
}

/* There is no such array. */
static bool
none(struct inv_elements *e, const char *what, struct inv_err *err)
{
	e->none = true;
	return inv_fail(err, INV_BAD, "%s: %s", e->name, what);
}

/* ---- brackets ---- */

static bool
push(struct inv_elements *e, struct inv_err *err)
{
	uint64_t bit = UINT64_C(1) << (e->nest % 64);

	if (e->nest == INV_ELEMENTS_NEST)
		return wrong(e, "brackets nested too deeply", err);
	if (e->mark.c == '{')
		e->open[e->nest / 64] |= bit;
	else
		e->open[e->nest / 64] &= ~bit;
	e->nest++;
	return true;
}

static bool
pop(struct inv_elements *e, struct inv_err *err)
{
	if (e->nest == 0)
		return wrong(e, "a bracket is closed that is not open", err);
	e->nest--;
	bool brace = (e->open[e->nest / 64] >> (e->nest % 64) & 1) != 0;

	if (brace != (e->mark.c == '}'))
		return wrong(e,
		    brace ? "a ] where a } is due" : "a } where a ] is due",
		    err);
	return true;
}

static bool
is_opening(char c)
{
	return c == '{' || c == '[';
}

static bool
is_closing(char c)
{
	return c == '}' || c == ']';
}

/* The next mark; the end of the text is wrong. */
static bool
next_mark(struct inv_elements *e, bool all, struct inv_err *err)
{
	enum inv_next next = inv_marks_next(e->marks, all, &e->mark, err);

	return next == INV_NEXT_LINE ||
	    (next == INV_NEXT_END && cut_short(e, err));
}

/* At an opening bracket: to the one that closes it. */
static bool
skip(struct inv_elements *e, struct inv_err *err)
{
	size_t outside = e->nest;

	for (bool ok = push(e, err); ok && e->nest > outside;) {
		ok = next_mark(e, false, err);
		if (ok)
			ok = is_opening(e->mark.c) ? push(e, err) : pop(e, err);
		if (!ok)
			return false;
	}
	return e->nest == outside;
}

/* ---- elements ---- */

/*
 * To the comma or bracket that ends the element, which is held; a colon
 * between is part of it.
 */
static bool
end_element(struct inv_elements *e, struct inv_err *err)
{
	inv_marks_hold(e->marks);
	for (;;) {
		if (!next_mark(e, true, err))
			return false;
		if (e->mark.c == ',' || is_closing(e->mark.c))
			return true;
		if (is_opening(e->mark.c) && !skip(e, err))
			return false;
	}
}

/* Inside the array: false with *more where it has ended. */
static bool
next_element(struct inv_elements *e, struct inv_held *element, bool *more,
    struct inv_err *err)
{
	if (!end_element(e, err))
		return false;
	inv_marks_held(e->marks, element);
	*more = true;
	if (e->mark.c == ',') {
		e->elements++;
		return true;
	}
	if (!pop(e, err))
		return false;
	e->inside = false;
	*more = e->elements > 0 || element->size > 0;
	return true;
}

/* ---- the way ---- */

/* What is between the last two marks is blank. */
static bool
is_blank(struct inv_elements *e)
{
	struct inv_held held;

	inv_marks_held(e->marks, &held);
	return held.size == 0;
}

/* The name that is held, decoded. */
static bool
take_key(struct inv_elements *e, struct inv_err *err)
{
	struct inv_held held;
	struct inv_err ignored;
	enum inv_kind kind;

	inv_marks_held(e->marks, &held);
	inv_buf_reset(&e->key);
	if (!inv_scan_value(e->scan, held.raw, &kind, &ignored) ||
	    kind != INV_KIND_STRING || held.raw.n > INV_FIELD_MAX ||
	    !inv_buf_room(&e->key, held.raw.n))
		return wrong(e, "no name before this colon", err);
	e->key.n =
	    inv_text_decode((struct inv_str){ held.raw.p + 1, held.raw.n - 2 },
		e->key.p);
	return true;
}

/* The child at hand is the one that the pointer names. */
static bool
is_named(const struct inv_elements *e, const struct level *l)
{
	struct inv_str token = e->token[e->levels - 1];
	uint64_t index;

	if (l->object)
		return inv_str_eq(inv_buf_str(&e->key), token);
	return inv_str_u64(token, 0, UINT64_MAX, &index) && index == l->index;
}

static struct level *
enter(struct inv_elements *e, struct inv_err *err)
{
	struct level *l = &e->level[e->levels];

	if (e->levels == LEVELS || !push(e, err))
		return NULL;
	e->levels++;
	*l = (struct level){
		.object = e->mark.c == '{',
		.pointer = e->at.n,
	};
	return l;
}

/* The way ends at the bracket at hand. */
static bool
arrive(struct inv_elements *e, struct inv_err *err)
{
	if (e->mark.c != '[')
		return none(e, "an object, not an array", err);
	e->inside = true;
	return push(e, err);
}

/* ---- proposing ---- */

static void
add_token(struct inv_elements *e)
{
	inv_buf_byte(&e->at, '/');
	for (size_t i = 0; i < e->key.n; i++) {
		char c = e->key.p[i];

		if (c == '~' || c == '/')
			inv_buf_add(&e->at,
			    c == '~' ? INV_LIT("~0") : INV_LIT("~1"));
		else
			inv_buf_byte(&e->at, c);
	}
}

/* At an array's bracket: of its first element the bracket is looked at. */
static bool
propose_array(struct inv_elements *e, struct inv_err *err)
{
	size_t outside = e->nest;

	inv_marks_hold(e->marks);
	if (!push(e, err) || !next_mark(e, false, err))
		return false;
	bool rows = e->mark.c != '[' && is_blank(e);

	if (rows && e->proposed++ < PROPOSED) {
		if (e->proposed > 1)
			inv_buf_add(e->proposals, INV_LIT(", "));
		inv_buf_add(e->proposals, inv_buf_str(&e->at));
	}
	if (is_opening(e->mark.c) ? !skip(e, err) : !pop(e, err))
		return false;
	while (e->nest > outside) {
		if (!next_mark(e, false, err) ||
		    (is_opening(e->mark.c) ? !skip(e, err) : !pop(e, err)))
			return false;
	}
	return true;
}

/* At the bracket of a child. */
static bool
propose_in(struct inv_elements *e, struct level *l, struct inv_err *err)
{
	bool ok = true;

	inv_buf_reset(&e->at);
	e->at.n = l->pointer;
	add_token(e);
	if (e->mark.c == '[' && !e->at.failed)
		ok = propose_array(e, err);
	else if (e->mark.c == '{' && !e->at.failed && e->levels < LEVELS)
		return enter(e, err) != NULL;
	else
		ok = skip(e, err);
	return ok;
}

/* ---- children ---- */

/* At the bracket of a child: enter, arrive or skip. */
static bool
take_container(struct inv_elements *e, struct level *l, struct inv_err *err)
{
	if (!is_blank(e))
		return wrong(e, "something before this bracket", err);
	if (e->proposing)
		return propose_in(e, l, err);
	if (!is_named(e, l))
		return skip(e, err);
	if (l->taken)
		return wrong(e, "what the path names is there twice", err);
	l->taken = true;
	if (e->levels == e->tokens)
		return arrive(e, err);
	return enter(e, err) != NULL;
}

/* A child that is no container, the comma or bracket behind it at hand. */
static bool
take_scalar(struct inv_elements *e, struct level *l, struct inv_err *err)
{
	if (is_blank(e))
		return wrong(e, "a value is missing", err);
	if (!e->proposing && is_named(e, l))
		return l->taken
		    ? wrong(e, "what the path names is there twice", err)
		    : none(e,
			  "what the path leads through is no array and "
			  "no object",
			  err);
	return true;
}

/* A comma or closing bracket is at hand, behind a child or for the first. */
static bool
end_child(struct inv_elements *e, struct level *l, struct inv_err *err)
{
	if (e->mark.c == ',') {
		l->behind = false;
		l->index++;
		return true;
	}
	e->levels--;
	return pop(e, err);
}

/* The value of a child, in an object behind its colon. */
static bool
take_value(struct inv_elements *e, struct level *l, struct inv_err *err)
{
	if (is_opening(e->mark.c)) {
		l->behind = true;
		return take_container(e, l, err);
	}
	if (e->mark.c == ':')
		return wrong(e, "a colon out of place", err);
	return take_scalar(e, l, err) && end_child(e, l, err);
}

/* On through the innermost container on the way: one child, or less. */
static bool
take_child(struct inv_elements *e, struct inv_err *err)
{
	struct level *l = &e->level[e->levels - 1];

	inv_marks_hold(e->marks);
	if (!next_mark(e, true, err))
		return false;
	if (l->behind)
		return (e->mark.c == ',' || is_closing(e->mark.c)) &&
			is_blank(e)
		    ? end_child(e, l, err)
		    : wrong(e, "a comma is missing", err);
	if (l->index == 0 && is_closing(e->mark.c) && is_blank(e))
		return end_child(e, l, err);
	if (!l->object)
		return take_value(e, l, err);
	if (e->mark.c != ':')
		return wrong(e, "a name and a colon are missing", err);
	if (!take_key(e, err))
		return false;
	inv_marks_hold(e->marks);
	return next_mark(e, true, err) && take_value(e, l, err);
}

/* ---- the text ---- */

static bool
start(struct inv_elements *e, struct inv_err *err)
{
	e->started = true;
	enum inv_next next = inv_marks_next(e->marks, true, &e->mark, err);

	if (next == INV_NEXT_ERR)
		return false;
	if (next == INV_NEXT_END || !is_opening(e->mark.c) || !is_blank(e))
		return none(e, "not a JSON array, nor an object with one", err);
	if (e->tokens == 0 && !e->proposing)
		return arrive(e, err);
	return enter(e, err) != NULL;
}

/* Behind the last bracket there is nothing; the array has been there. */
static enum inv_next
finish(struct inv_elements *e, struct inv_err *err)
{
	inv_marks_hold(e->marks);
	enum inv_next next = inv_marks_next(e->marks, true, &e->mark, err);

	if (next == INV_NEXT_ERR)
		return next;
	if (next == INV_NEXT_LINE || !is_blank(e)) {
		wrong(e, "something behind the end of the value", err);
		return INV_NEXT_ERR;
	}
	for (size_t i = 0; i < e->tokens; i++)
		if (!e->proposing && !e->level[i].taken) {
			none(e, "there is nothing at the path", err);
			return INV_NEXT_ERR;
		}
	return INV_NEXT_END;
}

enum inv_next
inv_elements_next(struct inv_elements *e, struct inv_held *element,
    struct inv_err *err)
{
	bool more;

	if (!e->started && !start(e, err))
		return INV_NEXT_ERR;
	for (;;) {
		if (e->inside) {
			if (!next_element(e, element, &more, err))
				return INV_NEXT_ERR;
			if (more)
				return INV_NEXT_LINE;
		} else if (e->levels == 0) {
			return finish(e, err);
		} else if (!take_child(e, err)) {
			return INV_NEXT_ERR;
		}
	}
}

bool
inv_elements_propose(struct inv_elements *e, struct inv_buf *out)
{
	struct inv_held ignored;
	struct inv_err err;

	e->proposing = true;
	e->proposals = out;
	return inv_elements_next(e, &ignored, &err) == INV_NEXT_END;
}
