/* x12.c - X12 interchanges cut into segments, each with its place */

#include "io/x12.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"

enum {
	PIECE = 128 << 10, /* bytes of a read */
	COMPONENT = 104,   /* where the ISA has that separator, from 0 */
	TERMINATOR = 105,  /* the same */
};

/* What stands at a place that may be the begin of an ISA. */
enum sight {
	SIGHT_NOT,
	SIGHT_ISA,
	SIGHT_SHORT, /* too few bytes to say */
};

struct inv_x12 {
	struct inv_pull from;
	char *p;
	size_t cap;
	size_t n;      /* bytes in p */
	size_t at;     /* of them, where the next segment begins */
	uint64_t base; /* of p in the text */
	uint64_t line; /* of p[at] */
	bool end;      /* no more behind p */
	char element, component, terminator;

	struct inv_segment seg;
	uint64_t before;      /* the end of the segment before it */
	bool back;            /* it comes once more */
	struct inv_buf begin; /* of one that is too long */
	struct inv_str cut[INV_X12_ELEMENTS];

	bool holding;
	size_t hold;         /* in p */
	uint64_t held_from;  /* in the text */
	struct inv_buf over; /* instead, of what is too much */
};

struct inv_x12 *
inv_x12_new(struct inv_pull from, uint64_t offset)
{
	struct inv_x12 *x = inv_mem_new(sizeof(*x));

	x->from = from;
	x->base = offset;
	x->line = 1;
	x->element = '*';
	x->component = '>';
	x->terminator = '~';
	x->begin = INV_BUF(INV_X12_SEGMENT_MAX);
	x->over = INV_BUF(INV_X12_HELD_MAX);
	return x;
}

void
inv_x12_free(struct inv_x12 *x)
{
	if (x == NULL)
		return;
	inv_buf_free(&x->begin);
	inv_buf_free(&x->over);
	free(x->p);
	free(x);
}

char
inv_x12_terminator(const struct inv_x12 *x)
{
	return x->terminator;
}

/* ---- what bytes are ---- */

static bool
is_blank(char c)
{
	return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

static bool
is_word(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	    (c >= 'a' && c <= 'z');
}

static bool
is_id_byte(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

uint32_t
inv_x12_id(struct inv_str s)
{
	if (s.n < 2 || s.n > 3)
		return 0;
	for (size_t i = 0; i < s.n; i++)
		if (!is_id_byte(s.p[i]))
			return 0;
	return (uint32_t)s.p[0] << 16 | (uint32_t)s.p[1] << 8 |
	    (uint32_t)(s.n == 3 ? s.p[2] : 0);
}

void
inv_x12_id_text(uint32_t id, char out[4])
{
	out[0] = (char)(id >> 16);
	out[1] = (char)(id >> 8);
	out[2] = (char)id;
	out[3] = '\0';
}

static bool
can_separate(char c)
{
	return !is_word(c) && c != ' ' && (unsigned char)c < 0x80;
}

bool
inv_x12_is_isa(struct inv_str s)
{
	static const unsigned char at[] = { 3, 6, 17, 20, 31, 34, 50, 53, 69,
		76, 81, 83, 89, 99, 101, 103 };
	size_t found = 0;

	if (s.n < INV_X12_ISA || memcmp(s.p, "ISA", 3) != 0)
		return false;
	const char e = s.p[3], c = s.p[COMPONENT], t = s.p[TERMINATOR];

	if (!can_separate(e) || !can_separate(c) || !can_separate(t) ||
	    e == c || e == t || c == t || memchr(s.p, t, TERMINATOR) != NULL)
		return false;
	for (size_t i = 0; i < COMPONENT; i++)
		if (s.p[i] == e && (found == sizeof(at) || at[found++] != i))
			return false;
	return found == sizeof(at);
}

/* ---- bytes at hand ---- */

static size_t
kept_from(const struct inv_x12 *x)
{
	return x->holding && x->hold < x->at ? x->hold : x->at;
}

/* More bytes behind those at hand; *more is false at the end. */
static bool
fill(struct inv_x12 *x, bool *more, struct inv_err *err)
{
	size_t from = kept_from(x);

	*more = false;
	if (x->end)
		return true;
	if (from > 0 && x->cap - x->n < PIECE) {
		memmove(x->p, x->p + from, x->n - from);
		x->n -= from;
		x->at -= from;
		x->hold -= x->holding ? from : 0;
		x->base += from;
	}
	if (x->cap - x->n < PIECE) {
		x->cap = x->cap == 0 ? 2 * PIECE : 2 * x->cap;
		x->p = inv_mem_resize(x->p, x->cap, 1);
	}
	ssize_t got = inv_pull_get(x->from, x->p + x->n, x->cap - x->n, err);

	if (got < 0)
		return false;
	x->n += (size_t)got;
	*more = got > 0;
	x->end = got == 0;
	return true;
}

static uint64_t
count_lines(const char *p, size_t n)
{
	uint64_t lines = 0;
	const char *end = p + n;

	while (p < end && (p = memchr(p, '\n', (size_t)(end - p))) != NULL) {
		lines++;
		p++;
	}
	return lines;
}

/* To the begin of the next segment; *more is false behind the last. */
static bool
skip_blanks(struct inv_x12 *x, bool *more, struct inv_err *err)
{
	for (;;) {
		while (x->at < x->n && is_blank(x->p[x->at]))
			x->line += x->p[x->at++] == '\n';
		*more = x->at < x->n;
		if (*more)
			return true;
		if (!fill(x, more, err) || !*more)
			return *more || x->end;
	}
}

/* ---- the end of a segment ---- */

static enum sight
look(const struct inv_x12 *x, size_t at)
{
	struct inv_str s = { x->p + at, x->n - at };

	if (s.n >= INV_X12_ISA)
		return inv_x12_is_isa(s) ? SIGHT_ISA : SIGHT_NOT;
	return memcmp(s.p, "ISA", s.n < 3 ? s.n : 3) == 0 && !x->end
	    ? SIGHT_SHORT
	    : SIGHT_NOT;
}

/* The first ISA among p[from..to), as an offset in *at. */
static enum sight
find_isa(const struct inv_x12 *x, size_t from, size_t to, size_t *at)
{
	while (from < to) {
		const char *found = memchr(x->p + from, 'I', to - from);

		if (found == NULL)
			break;
		*at = (size_t)(found - x->p);
		enum sight sight = look(x, *at);

		if (sight != SIGHT_NOT)
			return sight;
		from = *at + 1;
	}
	return SIGHT_NOT;
}

/* What is known of a segment while its end is looked for. */
struct search {
	size_t seen;    /* bytes that have been looked at */
	uint64_t size;  /* bytes of it; its terminator is not counted */
	bool is_closed; /* by a terminator */
};

/*
 * Look on in what is at hand.  Only what is longer than an ISA can have one in
 * it.  True where the end was found.
 */
static bool
search_on(struct inv_x12 *x, struct search *s)
{
	size_t n = x->n - x->at;
	size_t isa;
	const char *found =
	    memchr(x->p + x->at + s->seen, x->terminator, n - s->seen);
	size_t to = found != NULL ? (size_t)(found - x->p) - x->at : n;

	if (to >= INV_X12_ISA - 1) {
		size_t from = s->seen > INV_X12_ISA ? s->seen - INV_X12_ISA : 1;
		enum sight sight = find_isa(x, x->at + from, x->at + to, &isa);

		if (sight == SIGHT_ISA) {
			s->size = isa - x->at;
			return true;
		}
		if (sight == SIGHT_SHORT) {
			s->seen = s->size = isa - x->at;
			return false;
		}
	}
	s->seen = to;
	s->size = to;
	s->is_closed = found != NULL;
	return found != NULL;
}

/* To the end of the segment at p[at], which must not be longer than may be. */
static bool
search_end(struct inv_x12 *x, struct search *s, struct inv_err *err)
{
	bool more = true;

	*s = (struct search){ 0 };
	while (!search_on(x, s) && s->seen <= INV_X12_SEGMENT_MAX && more)
		if (!fill(x, &more, err))
			return false;
	return true;
}

/* ---- segments ---- */

static struct inv_str
name_of(const struct inv_x12 *x, struct inv_str raw)
{
	size_t n = 0;

	while (n < raw.n && n < 4 && raw.p[n] != x->element)
		n++;
	return (struct inv_str){ raw.p, n };
}

/* What is held up to p[to] is too much: its first bytes are kept. */
static void
hold_less(struct inv_x12 *x, size_t to)
{
	size_t n = to - x->hold;

	inv_buf_reset(&x->over);
	inv_buf_add(&x->over,
	    (struct inv_str){
		x->p + x->hold, n < INV_X12_HELD_MAX ? n : INV_X12_HELD_MAX });
	x->holding = false;
}

/* The segment of `size` bytes at p[at], and `behind` bytes that end it. */
static void
give(struct inv_x12 *x, size_t size, size_t behind, enum inv_x12_flaw flaw)
{
	struct inv_str raw = { x->p + x->at, size };

	x->before = x->seg.end;
	x->seg = (struct inv_segment){
		.raw = raw,
		.id = inv_x12_id(name_of(x, raw)),
		.number = x->seg.number + 1,
		.line = x->line,
		.offset = x->base + x->at,
		.end = x->base + x->at + size,
		.flaw = flaw,
	};
	if (flaw == INV_X12_SOUND && x->seg.id == 0)
		x->seg.flaw = INV_X12_NAME;
	x->line += count_lines(raw.p, size + behind);
	x->at += size + behind;
	if (x->holding && x->at - x->hold > INV_X12_HELD_MAX)
		hold_less(x, x->at);
}

/* What is too long is given as its begin, the rest passed over in pieces. */
static bool
pass_over(struct inv_x12 *x, struct inv_err *err)
{
	struct search s;
	bool more = true;

	give(x, INV_X12_SEGMENT_MAX, 0, INV_X12_LONG);
	if (x->holding)
		hold_less(x, x->at);
	inv_buf_reset(&x->begin);
	inv_buf_add(&x->begin, x->seg.raw);
	x->seg.raw = inv_buf_str(&x->begin);
	for (;;) {
		s = (struct search){ 0 };
		if (search_on(x, &s) || !more)
			break;
		/* The begin of an ISA may be among the last. */
		size_t n = x->n - x->at;
		size_t done = n > INV_X12_ISA ? n - INV_X12_ISA : 0;

		x->line += count_lines(x->p + x->at, done);
		x->at += done;
		if (!fill(x, &more, err))
			return false;
	}
	x->seg.end = x->base + x->at + s.size;
	x->line += count_lines(x->p + x->at, s.size + s.is_closed);
	x->at += s.size + s.is_closed;
	return true;
}

static void
take_separators(struct inv_x12 *x)
{
	x->element = x->p[x->at + 3];
	x->component = x->p[x->at + COMPONENT];
	x->terminator = x->p[x->at + TERMINATOR];
}

static bool
read_segment(struct inv_x12 *x, struct inv_err *err)
{
	struct search s;
	bool more = true;

	while (x->n - x->at < INV_X12_ISA && more)
		if (!fill(x, &more, err))
			return false;
	if (look(x, x->at) == SIGHT_ISA) {
		take_separators(x);
		give(x, TERMINATOR, 1, INV_X12_SOUND);
		return true;
	}
	if (!search_end(x, &s, err))
		return false;
	if (s.size > INV_X12_SEGMENT_MAX)
		return pass_over(x, err);
	give(x, s.size, s.is_closed,
	    s.is_closed ? INV_X12_SOUND : INV_X12_OPEN);
	if (x->seg.id == INV_X12_ID('I', 'S', 'A'))
		x->seg.flaw = INV_X12_HEAD;
	return true;
}

enum inv_next
inv_x12_next(struct inv_x12 *x, struct inv_segment *seg, struct inv_err *err)
{
	bool more;

	if (!x->back) {
		if (!skip_blanks(x, &more, err))
			return INV_NEXT_ERR;
		if (!more)
			return INV_NEXT_END;
		if (!read_segment(x, err))
			return INV_NEXT_ERR;
	}
	x->back = false;
	*seg = x->seg;
	return INV_NEXT_LINE;
}

void
inv_x12_back(struct inv_x12 *x)
{
	x->back = true;
}

/* ---- what is in them ---- */

static size_t
cut(struct inv_str s, char separator, struct inv_str *part, size_t max)
{
	const char *end = s.p + s.n;
	size_t n = 0;

	while (n < max) {
		const char *p = s.p;

		while (p < end && *p != separator)
			p++;
		part[n++] = (struct inv_str){ s.p, (size_t)(p - s.p) };
		if (p == end)
			break;
		s.p = p + 1;
	}
	return n;
}

size_t
inv_x12_split(struct inv_x12 *x, struct inv_str raw,
    const struct inv_str **element)
{
	*element = x->cut;
	return cut(raw, x->element, x->cut, INV_X12_ELEMENTS);
}

struct inv_str
inv_x12_component(const struct inv_x12 *x, struct inv_str element, size_t n)
{
	struct inv_str part[INV_X12_ELEMENTS];
	size_t found = cut(element, x->component, part, INV_X12_ELEMENTS);

	return n <= found ? part[n - 1] : (struct inv_str){ 0 };
}

/* ---- what is held ---- */

void
inv_x12_hold(struct inv_x12 *x)
{
	x->holding = x->seg.flaw != INV_X12_LONG;
	x->held_from = x->seg.offset;
	if (x->holding) {
		x->hold = (size_t)(x->seg.offset - x->base);
		return;
	}
	inv_buf_reset(&x->over);
	inv_buf_add(&x->over, x->seg.raw);
}

struct inv_str
inv_x12_held(struct inv_x12 *x, bool *cut_short)
{
	uint64_t end = x->back ? x->before : x->seg.end;
	uint64_t size = end - x->held_from;
	struct inv_str held = inv_buf_str(&x->over);

	if (x->holding)
		held = (struct inv_str){ x->p + x->hold, x->n - x->hold };
	x->holding = false;
	*cut_short = size > held.n || size > INV_X12_HELD_MAX;
	if (size < held.n)
		held.n = (size_t)size;
	return held;
}
