/*
 * marks.c - the brackets, commas and colons of a JSON text, outside strings
 *
 * Of each 64 bytes there is a word for each sort of byte, a bit for each place.
 * Whether a place is in a string is the parity of the quotes before it.
 */

#include "io/marks.h"

#include <stdlib.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "base/mem.h"

enum {
	PIECE = 256 << 10, /* bytes asked for at a time */
	BLOCK = 64,        /* bytes of a word */
};

struct inv_marks {
	struct inv_pull from;
	char *buf;
	size_t n;
	size_t cap;
	bool end;      /* nothing behind buf */
	uint64_t base; /* of buf[0] in the text */

	/* The block at hand; a bit for each of its bytes. */
	size_t block;
	bool begun;     /* there is one */
	uint64_t ahead; /* behind the last mark */
	uint64_t brackets;
	uint64_t lines;     /* their ends, in strings too */
	uint64_t inside;    /* a string */
	uint64_t line;      /* of its first byte */
	uint64_t in_string; /* all ones where the next block begins in one */
	bool escaped;       /* its first byte is */
	uint64_t torn_line;

	/* What is held, from `held` on. */
	size_t last; /* the last mark, in buf */
	size_t held;
	uint64_t held_line;
	bool cut; /* its head is kept apart, and `held` is behind that */
	uint64_t head_offset;
	char *head;
};

struct inv_marks *
inv_marks_new(struct inv_pull from, uint64_t offset)
{
	struct inv_marks *m = inv_mem_new(sizeof(*m));

	m->from = from;
	m->base = offset;
	m->line = 1;
	m->held_line = 1;
	m->cap = 2 * (size_t)PIECE;
	m->buf = inv_mem_new(m->cap + BLOCK);
	return m;
}

void
inv_marks_free(struct inv_marks *m)
{
	if (m == NULL)
		return;
	free(m->buf);
	free(m->head);
	free(m);
}

/* ---- a block ---- */

static unsigned
ones(uint64_t v)
{
	return (unsigned)__builtin_popcountll(v);
}

/* The bits below that of place i. */
static uint64_t
below(size_t i)
{
	return (UINT64_C(1) << i) - 1;
}

#ifdef __SSE2__
/* Those of sixteen bytes that are `c` once the bits of `fold` are set. */
static inline uint64_t
equal(__m128i v, char fold, char c)
{
	v = _mm_or_si128(v, _mm_set1_epi8(fold));
	return (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(v, _mm_set1_epi8(c)));
}
#endif

/* The places of a and b; `fold` are bits that do not matter. */
static inline uint64_t
places(const char *p, char fold, char a, char b)
{
	uint64_t found = 0;

#ifdef __SSE2__
	for (unsigned i = 0; i < BLOCK; i += 16) {
		__m128i v =
		    _mm_loadu_si128((const __m128i *)(const void *)(p + i));

		found |= (equal(v, fold, a) | equal(v, fold, b)) << i;
	}
#else
	for (unsigned i = 0; i < BLOCK; i++)
		found |= (uint64_t)((p[i] | fold) == a || (p[i] | fold) == b)
		    << i;
#endif
	return found;
}

/* The places behind backslashes that are not themselves behind one. */
static uint64_t
escaped_places(struct inv_marks *m, uint64_t backslashes)
{
	uint64_t escaped = m->escaped ? 1 : 0;

	m->escaped = false;
	for (; backslashes != 0; backslashes &= backslashes - 1) {
		unsigned i = (unsigned)__builtin_ctzll(backslashes);

		if ((escaped >> i & 1) != 0)
			continue;
		if (i == BLOCK - 1)
			m->escaped = true;
		else
			escaped |= UINT64_C(2) << i;
	}
	return escaped;
}

/* Of each place the parity of the bits up to it, its own included. */
static uint64_t
parity(uint64_t v)
{
	for (unsigned shift = 1; shift < BLOCK; shift *= 2)
		v ^= v << shift;
	return v;
}

static void
look(struct inv_marks *m)
{
	const char *p = m->buf + m->block;
	uint64_t backslashes = places(p, 0, '\\', '\\');
	uint64_t quotes = places(p, 0, '"', '"');

	if (backslashes != 0 || m->escaped)
		quotes &= ~escaped_places(m, backslashes);
	m->lines = places(p, 0, '\n', '\n');
	m->inside = parity(quotes) ^ m->in_string;
	m->in_string = m->inside >> (BLOCK - 1) != 0 ? UINT64_MAX : 0;
	/* { and [, } and ] differ in one bit. */
	m->brackets = places(p, 0x20, '{', '}') & ~m->inside;
	m->ahead = UINT64_MAX;
	m->begun = true;
	uint64_t torn = m->lines & m->inside;

	if (torn != 0 && m->torn_line == 0)
		m->torn_line = m->line +
		    ones(m->lines & below((size_t)__builtin_ctzll(torn)));
}

/* ---- the buffer ---- */

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Blanks that what is held begins with are no part of it. */
static void
skip_blanks(struct inv_marks *m, size_t upto)
{
	if (m->cut)
		return;
	for (; m->held < upto && is_blank(m->buf[m->held]); m->held++)
		m->held_line += m->buf[m->held] == '\n';
}

/* What is held is too long: its head is kept, the rest passed over. */
static void
put_by(struct inv_marks *m, size_t upto)
{
	if (!m->cut && upto - m->held <= INV_MARKS_HELD)
		return;
	if (!m->cut) {
		if (m->head == NULL)
			m->head = inv_mem_new(INV_MARKS_HELD);
		memcpy(m->head, m->buf + m->held, INV_MARKS_HELD);
		m->head_offset = m->base + m->held;
		m->cut = true;
	}
	m->held = upto;
}

/* More bytes, those behind `upto` and what is held being kept. */
static bool
more(struct inv_marks *m, size_t upto, struct inv_err *err)
{
	skip_blanks(m, upto);
	put_by(m, upto);
	size_t from = m->held;

	memmove(m->buf, m->buf + from, m->n - from);
	m->n -= from;
	m->base += from;
	m->block = upto - from;
	m->held = 0;
	if (m->cap - m->n < PIECE) {
		m->cap = m->n + 2 * (size_t)PIECE;
		m->buf = inv_mem_resize(m->buf, m->cap + BLOCK, 1);
	}
	ssize_t got = inv_pull_all(m->from, m->buf + m->n, PIECE, err);

	if (got < 0)
		return false;
	m->end = PIECE - got >= INV_PULL_LEAST;
	m->n += (size_t)got;
	/* So that the last block is a whole one. */
	memset(m->buf + m->n, ' ', BLOCK);
	return true;
}

/* The next block; INV_NEXT_END where there is none. */
static enum inv_next
step(struct inv_marks *m, struct inv_err *err)
{
	size_t next = m->block;

	if (m->begun) {
		next += BLOCK;
		m->line += ones(m->lines);
		m->lines = 0;
		m->begun = false;
	}
	m->block = next;
	while (m->n < next + BLOCK && !m->end) {
		if (!more(m, next, err))
			return INV_NEXT_ERR;
		next = m->block;
	}
	if (next >= m->n)
		return INV_NEXT_END;
	look(m);
	return INV_NEXT_LINE;
}

/* ---- marks ---- */

static enum inv_next
at_end(struct inv_marks *m, struct inv_mark *mark)
{
	m->last = m->n;
	*mark = (struct inv_mark){
		.offset = m->base + m->n,
		.line = m->line,
	};
	return INV_NEXT_END;
}

enum inv_next
inv_marks_next(struct inv_marks *m, bool all, struct inv_mark *mark,
    struct inv_err *err)
{
	for (;;) {
		uint64_t left = m->begun ? m->brackets : 0;

		if (all && m->begun)
			left |=
			    places(m->buf + m->block, 0, ',', ':') & ~m->inside;
		left &= m->ahead;
		if (left != 0) {
			size_t i = (size_t)__builtin_ctzll(left);

			m->last = m->block + i;
			m->ahead = ~below(i) & ~(UINT64_C(1) << i);
			*mark = (struct inv_mark){
				.c = m->buf[m->last],
				.offset = m->base + m->last,
				.line = m->line + ones(m->lines & below(i)),
			};
			return INV_NEXT_LINE;
		}
		enum inv_next next = step(m, err);

		if (next == INV_NEXT_END)
			return at_end(m, mark);
		if (next != INV_NEXT_LINE)
			return next;
	}
}

void
inv_marks_hold(struct inv_marks *m)
{
	size_t i = m->last - m->block;

	m->held = m->last + 1;
	m->held_line = m->line + ones(m->lines & below(i));
	m->cut = false;
}

void
inv_marks_held(struct inv_marks *m, struct inv_held *held)
{
	size_t end = m->last;

	skip_blanks(m, end);
	put_by(m, end);
	uint64_t from = m->cut ? m->head_offset : m->base + m->held;

	while (end > m->held && is_blank(m->buf[end - 1]))
		end--;
	*held = (struct inv_held){
		.raw = { m->buf + m->held, end - m->held },
		.cut = m->cut,
		.offset = from,
		.line = m->held_line,
		.size = m->base + end - from,
	};
	if (m->cut)
		held->raw = (struct inv_str){ m->head, INV_MARKS_HELD };
}

bool
inv_marks_in_string(const struct inv_marks *m)
{
	return m->in_string != 0;
}

uint64_t
inv_marks_torn_line(const struct inv_marks *m)
{
	return m->torn_line;
}
