/*
 * frame.c - CSV text cut into records
 *
 * Most records are on one line, and their quotes are where they belong:
 * look_along() finds their end and their delimiters sixteen bytes at a time.
 * At anything else it gives way to walk(), the whole grammar as a state machine
 * that can stop anywhere and go on, and to the path below.
 *
 * Positions within a record are relative to its first byte (buf[at]), which
 * stays where it is when the buffer moves.  Positions on the path are bytes of
 * the text.
 */

#include "io/frame.h"

#include <stdlib.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "base/mem.h"

enum {
	PIECE = 256 << 10, /* bytes asked for at a time */
	SLACK = 64,        /* readable bytes behind the last one */
	/* What must be at hand to say that a record is too long: CR LF too. */
	WINDOW = INV_FRAME_RECORD_MAX + 2,
};

enum state {
	START,  /* of a field */
	PLAIN,  /* in a field that is not quoted */
	QUOTED, /* in a quoted field */
	CLOSED, /* behind a quote in it: its end, unless a quote follows */
};

enum stop {
	GO,     /* on */
	ENDED,  /* the record's line end; pos is on it */
	OPEN,   /* a line end within quotes; pos is behind it */
	BROKEN, /* data behind a closing quote; pos is on it */
	OUT,    /* of bytes; pos is on the next one */
	LIMIT,  /* as OUT: a record can not be longer */
	END,    /* as OUT: the text ends */
	FAILED, /* what is behind did */
};

struct cursor {
	uint64_t pos;
	enum state state;
	size_t delims;    /* seen */
	uint64_t strays;  /* seen */
	uint64_t field;   /* where the present field's content would begin */
	uint64_t longest; /* content of a field ended so far, bytes */
	bool doubled;     /* a doubled quote or an escape was seen */
};

/*
 * The path: how the text reads from the line start `from` on if that is inside
 * quotes.  Its cursor is the far end; delims counts from `from`.
 */
struct path {
	bool known;
	uint64_t from;
	struct cursor far;
	enum stop stop; /* OUT: it can be followed further */
};

struct inv_frame {
	struct inv_pull from;
	struct inv_dialect dialect;
	size_t expected;
	char *buf;
	size_t at; /* first byte of the record at hand */
	size_t n;
	size_t cap;
	bool end;        /* nothing behind buf */
	uint64_t offset; /* of buf[at] in the text */
	uint64_t line;   /* of buf[at] */
	uint64_t work;
	struct path path;
	uint32_t cut[INV_FRAME_FIELDS_MAX + 1];
};

/* Bytes to look for; those that are fewer have one of them again. */
enum { NEEDLES = 5 };

static const char LINE_ENDS[NEEDLES] = { '\n', '\r', '\r', '\r', '\r' };
static const char LINE_FEED[NEEDLES] = { '\n', '\n', '\n', '\n', '\n' };

struct inv_frame *
inv_frame_new(struct inv_pull from, uint64_t offset, struct inv_dialect dialect)
{
	struct inv_frame *f = inv_mem_new(sizeof(*f));

	f->from = from;
	f->dialect = dialect;
	f->offset = offset;
	f->line = 1;
	f->cap = 2 * (size_t)PIECE;
	f->buf = inv_mem_new(f->cap + SLACK);
	return f;
}

void
inv_frame_free(struct inv_frame *f)
{
	if (f == NULL)
		return;
	free(f->buf);
	free(f);
}

void
inv_frame_expect(struct inv_frame *f, size_t fields)
{
	f->expected = fields;
}

uint64_t
inv_frame_work(const struct inv_frame *f)
{
	return f->work;
}

/* ---- the buffer ---- */

static inline const char *
text(const struct inv_frame *f)
{
	return f->buf + f->at;
}

static inline size_t
at_hand(const struct inv_frame *f)
{
	return f->n - f->at;
}

/* A line end behind the last byte, so that look_along() stops there. */
static void
put_sentinel(struct inv_frame *f)
{
	f->buf[f->n] = '\n';
}

/* More bytes behind those at hand; sets f->end where there are none. */
static bool
more(struct inv_frame *f, struct inv_err *err)
{
	if (f->at > 0) {
		memmove(f->buf, text(f), at_hand(f));
		f->n = at_hand(f);
		f->at = 0;
	}
	if (f->cap - f->n < PIECE) {
		f->cap = f->n + 2 * (size_t)PIECE;
		f->buf = inv_mem_resize(f->buf, f->cap + SLACK, 1);
	}
	ssize_t got = inv_pull_all(f->from, f->buf + f->n, PIECE, err);

	if (got < 0)
		return false;
	f->end = PIECE - got >= INV_PULL_LEAST;
	f->n += (size_t)got;
	put_sentinel(f);
	return true;
}

/* ---- finding bytes ---- */

/* First of those bytes in p[i..n), or n. */
static size_t
find(const char *p, size_t i, size_t n, const char which[NEEDLES])
{
#ifdef __SSE2__
	__m128i a = _mm_set1_epi8(which[0]), b = _mm_set1_epi8(which[1]);
	__m128i c = _mm_set1_epi8(which[2]), d = _mm_set1_epi8(which[3]);
	__m128i e = _mm_set1_epi8(which[4]);

	for (; n - i >= 16; i += 16) {
		__m128i v = _mm_loadu_si128((const __m128i *)(p + i));
		__m128i hit = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(v, a),
					       _mm_cmpeq_epi8(v, b)),
		    _mm_or_si128(_mm_cmpeq_epi8(v, c), _mm_cmpeq_epi8(v, d)));
		int mask =
		    _mm_movemask_epi8(_mm_or_si128(hit, _mm_cmpeq_epi8(v, e)));

		if (mask != 0)
			return i + (size_t)__builtin_ctz((unsigned)mask);
	}
#endif
	while (i < n && memchr(which, p[i], NEEDLES) == NULL)
		i++;
	return i;
}

/* Bytes of the line end at p[i]; 0 if that needs a byte that is not there. */
static size_t
line_end(const char *p, size_t i, size_t n, bool last)
{
	if (p[i] == '\n')
		return 1;
	if (i + 1 == n)
		return last ? 1 : 0;
	return p[i + 1] == '\n' ? 2 : 1;
}

/* What to look for in sixteen bytes. */
struct needles {
	char delimiter;
	char quote;
	char escape; /* a quote again where there is none */
	char data;   /* to be escaped in JSON, and no quote here */
};

/* What they hold, a bit for each. */
struct masks {
	unsigned delims;
	unsigned quotes; /* and escapes */
	unsigned ends;
	unsigned high;
	unsigned special; /* \, controls, line ends too; " if it is data */
};

static struct needles
needles_of(struct inv_dialect d)
{
	return (struct needles){
		.delimiter = d.delimiter,
		.quote = d.quote,
		.escape = d.escape == INV_DIALECT_NONE ? d.quote : d.escape,
		.data = d.quote == '"' ? '\\' : '"',
	};
}

static inline struct masks
look(const char *p, struct needles which)
{
#ifdef __SSE2__
	__m128i v = _mm_loadu_si128((const __m128i *)p);
	__m128i end = _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('\n')),
	    _mm_cmpeq_epi8(v, _mm_set1_epi8('\r')));
	/* Signed, so that bytes past ASCII are below 0x20 too. */
	__m128i low = _mm_cmplt_epi8(v, _mm_set1_epi8(0x20));
	__m128i slash = _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('\\')),
	    _mm_cmpeq_epi8(v, _mm_set1_epi8(which.data)));
	__m128i quote =
	    _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8(which.quote)),
		_mm_cmpeq_epi8(v, _mm_set1_epi8(which.escape)));
	unsigned high = (unsigned)_mm_movemask_epi8(v);

	return (struct masks){
		.delims = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(v,
		    _mm_set1_epi8(which.delimiter))),
		.quotes = (unsigned)_mm_movemask_epi8(quote),
		.ends = (unsigned)_mm_movemask_epi8(end),
		.high = high,
		.special = ((unsigned)_mm_movemask_epi8(low) & ~high) |
		    (unsigned)_mm_movemask_epi8(slash),
	};
#else
	struct masks m = { 0 };

	for (unsigned i = 0; i < 16; i++) {
		unsigned char c = (unsigned char)p[i];

		m.delims |= (unsigned)(p[i] == which.delimiter) << i;
		m.quotes |=
		    (unsigned)(p[i] == which.quote || p[i] == which.escape)
		    << i;
		m.ends |= (unsigned)(c == '\n' || c == '\r') << i;
		m.high |= (unsigned)(c >= 0x80) << i;
		m.special |=
		    (unsigned)(c < 0x20 || c == '\\' || p[i] == which.data)
		    << i;
	}
	return m;
#endif
}

/* What the bytes of a record that was walked ask of who writes it. */
static void
look_over(const struct inv_frame *f, struct inv_framed *rec)
{
	const struct needles which = needles_of(f->dialect);
	const struct inv_str raw = rec->raw;
	unsigned high = 0, special = 0;

	for (size_t i = 0; i < raw.n; i += 16) {
		struct masks m = look(raw.p + i, which);
		unsigned upto =
		    raw.n - i < 16 ? (1U << (raw.n - i)) - 1 : 0xffff;

		high |= m.high & upto;
		special |= m.special & upto;
	}
	rec->high = high != 0;
	rec->special = special != 0;
}

/* ---- the grammar ---- */

static void
end_field(struct cursor *c, uint64_t length, uint64_t next)
{
	if (length > c->longest)
		c->longest = length;
	c->field = next;
}

static bool
is_line_end(char c)
{
	return c == '\n' || c == '\r';
}

static enum stop
walk_start(struct cursor *c, const char *p, char quote)
{
	c->state = PLAIN;
	if (p[c->pos] == quote && quote != INV_DIALECT_NONE) {
		c->state = QUOTED;
		c->field = ++c->pos;
	}
	return GO;
}

/* Behind a field, whose content was `length` bytes: a delimiter or line end. */
static enum stop
walk_end(struct cursor *c, const char *p, uint64_t length)
{
	end_field(c, length, c->pos + 1);
	c->state = START;
	if (is_line_end(p[c->pos]))
		return ENDED;
	c->delims++;
	c->pos++;
	return GO;
}

/* An escape, and the byte behind it that is data. */
static enum stop
walk_escape(struct cursor *c, const char *p, size_t n, bool last)
{
	if (c->pos + 1 == n && !last)
		return OUT;
	c->pos++;
	if (c->pos == n || is_line_end(p[c->pos]))
		return GO;
	c->doubled = true;
	c->field++;
	c->pos++;
	return GO;
}

static enum stop
walk_plain(struct cursor *c, const char *p, size_t n, struct inv_dialect d,
    bool last)
{
	const char seen[NEEDLES] = { d.delimiter, '\n', '\r', d.quote,
		d.escape };

	c->pos = find(p, c->pos, n, seen);
	if (c->pos == n)
		return OUT;
	if (p[c->pos] == d.delimiter || is_line_end(p[c->pos]))
		return walk_end(c, p, c->pos - c->field);
	if (p[c->pos] == d.escape)
		return walk_escape(c, p, n, last);
	c->strays++;
	c->pos++;
	return GO;
}

/* To the next quote, or the next line end. */
static enum stop
walk_quoted(struct cursor *c, const char *p, size_t n, struct inv_dialect d,
    bool last)
{
	const char seen[NEEDLES] = { d.quote, '\n', '\r', d.escape, d.escape };
	size_t i = find(p, c->pos, n, seen);

	c->pos = i;
	if (i == n)
		return OUT;
	if (p[i] == d.quote) {
		c->state = CLOSED;
		c->pos = i + 1;
		return GO;
	}
	if (!is_line_end(p[i]))
		return walk_escape(c, p, n, last);
	size_t end = line_end(p, i, n, last);

	if (end == 0)
		return OUT;
	c->pos = i + end;
	return OPEN;
}

/* Behind a quote in a quoted field. */
static enum stop
walk_closed(struct cursor *c, const char *p, struct inv_dialect d)
{
	char next = p[c->pos];

	if (next == d.delimiter || is_line_end(next))
		return walk_end(c, p, c->pos - c->field - 1);
	if (next != d.quote)
		return BROKEN;
	/* Doubled: content, but one byte of it. */
	c->state = QUOTED;
	c->doubled = true;
	c->field++;
	c->pos++;
	return GO;
}

/*
 * From where c stands to the record's end, the next line end within quotes, or
 * what breaks it; last: nothing comes behind p[n-1].
 */
static enum stop
walk(struct cursor *c, const char *p, size_t n, struct inv_dialect d, bool last)
{
	enum stop stop = GO;

	while (stop == GO && c->pos < n)
		switch (c->state) {
		case START:
			stop = walk_start(c, p, d.quote);
			break;
		case PLAIN:
			stop = walk_plain(c, p, n, d, last);
			break;
		case QUOTED:
			stop = walk_quoted(c, p, n, d, last);
			break;
		case CLOSED:
			stop = walk_closed(c, p, d);
			break;
		}
	return stop == GO ? OUT : stop;
}

/* walk(), with bytes fetched as they are needed. */
static enum stop
run(struct inv_frame *f, struct cursor *c, struct inv_err *err)
{
	for (;;) {
		size_t n = at_hand(f) < WINDOW ? at_hand(f) : WINDOW;
		bool last = f->end && n == at_hand(f);
		uint64_t from = c->pos;
		enum stop stop = walk(c, text(f), n, f->dialect, last);

		f->work += c->pos - from;
		if (stop != OUT)
			return stop;
		if (last)
			return END;
		if (n == WINDOW)
			return LIMIT;
		if (!more(f, err))
			return FAILED;
	}
}

/* ---- the path ---- */

/* The line start at byte `to` of the text is on the path. */
static bool
is_on_path(const struct path *path, uint64_t to)
{
	return path->known && to >= path->from && to <= path->far.pos;
}

/* Let the path begin at a later line start that is on it. */
static void
cut_path(struct inv_frame *f, uint64_t to)
{
	struct cursor c = {
		.pos = f->path.from - f->offset,
		.state = QUOTED,
	};

	f->work += to - f->path.from;
	while (f->offset + c.pos < to)
		if (walk(&c, text(f), at_hand(f), f->dialect, f->end) != OPEN) {
			f->path.known = false;
			return;
		}
	f->path.far.delims -= c.delims;
	f->path.from = to;
}

static void
join_path(struct inv_frame *f, uint64_t at)
{
	if (is_on_path(&f->path, at)) {
		cut_path(f, at);
		if (f->path.known)
			return;
	}
	f->path = (struct path){
		.known = true,
		.from = at,
		.far = { .pos = at, .state = QUOTED },
		.stop = OUT,
	};
}

static bool
is_past(const struct inv_frame *f, size_t fields)
{
	return f->expected != 0 && fields > f->expected;
}

/*
 * Follow the path as far as a record that begins here, and has `delims` before
 * it joins, can go; LIMIT where that is not far enough.
 */
static enum stop
follow_path(struct inv_frame *f, size_t delims, struct inv_err *err)
{
	struct path *path = &f->path;

	while (path->stop == OUT &&
	    !is_past(f, 1 + delims + path->far.delims)) {
		path->far.pos -= f->offset;
		enum stop stop = run(f, &path->far, err);

		path->far.pos += f->offset;
		if (stop == LIMIT || stop == FAILED)
			return stop;
		path->stop = stop == OPEN ? OUT : stop;
	}
	return path->stop == OUT ? ENDED : path->stop;
}

/* ---- giving out ---- */

/* Step behind what is given out; the path may lose its beginning. */
static void
consume(struct inv_frame *f, size_t size, uint64_t lines)
{
	uint64_t next = f->offset + size;

	if (f->path.known && next > f->path.far.pos)
		f->path.known = false;
	else if (f->path.known && next > f->path.from)
		cut_path(f, next);
	f->at += size;
	f->offset = next;
	f->line += lines;
}

static void
begin_framed(const struct inv_frame *f, struct inv_framed *rec)
{
	*rec = (struct inv_framed){
		.line = f->line,
		.offset = f->offset,
		.fields = 1,
	};
}

/* A line past the ceiling: its head is kept, the rest is passed over. */
static enum inv_next
give_long_line(struct inv_frame *f, struct inv_framed *rec,
    const char ends[NEEDLES], struct inv_err *err)
{
	const size_t keep = INV_FRAME_RECORD_MAX;
	uint64_t passed = 0;
	size_t end;
	size_t i = keep;

	for (;;) {
		size_t n = at_hand(f);

		f->work += n - i;
		i = find(text(f), i, n, ends);
		end = i < n ? line_end(text(f), i, n, f->end) : 0;
		if (end != 0 || f->end)
			break;
		/* A CR whose LF may be in the next piece stays. */
		passed += i - keep;
		f->buf[f->at + keep] = '\r';
		f->n = f->at + keep + (n - i);
		if (!more(f, err))
			return INV_NEXT_ERR;
		i = keep;
	}
	f->path.known = false;
	rec->raw = (struct inv_str){ text(f), keep };
	rec->size = passed + i + end;
	rec->end = end;
	rec->flaw = INV_FLAW_RECORD_MAX;
	f->at += i + end;
	f->offset += rec->size;
	f->line++;
	return INV_NEXT_LINE;
}

/* Give the physical line at hand away, alone. */
static enum inv_next
give_line(struct inv_frame *f, struct inv_framed *rec, enum inv_flaw flaw,
    const char ends[NEEDLES], struct inv_err *err)
{
	size_t end = 0;
	size_t i = 0;

	for (;;) {
		size_t n = at_hand(f) < WINDOW ? at_hand(f) : WINDOW;
		bool last = f->end && n == at_hand(f);
		size_t from = i;

		i = find(text(f), i, n, ends);
		f->work += i - from;
		end = i < n ? line_end(text(f), i, n, last) : 0;
		if (end != 0 || last || n == WINDOW)
			break;
		if (!more(f, err))
			return INV_NEXT_ERR;
	}
	if (i > INV_FRAME_RECORD_MAX)
		return give_long_line(f, rec, ends, err);
	rec->raw = (struct inv_str){ text(f), i };
	rec->size = i + end;
	rec->end = end;
	rec->flaw = flaw;
	consume(f, i + end, 1);
	return INV_NEXT_LINE;
}

/* The text of c's record ended with it: so does its last field. */
static void
end_last_field(struct cursor *c)
{
	if (c->state == PLAIN)
		end_field(c, c->pos - c->field, c->pos);
	else if (c->state == CLOSED)
		end_field(c, c->pos - c->field - 1, c->pos);
}

/* Walk a record of n bytes that spans lines from its beginning; its lines. */
static uint64_t
walk_again(struct inv_frame *f, struct cursor *c, size_t n)
{
	uint64_t lines = 1;

	*c = (struct cursor){ .state = START };
	f->work += n;
	while (walk(c, text(f), n, f->dialect, true) == OPEN)
		lines++;
	end_last_field(c);
	return lines;
}

/*
 * A record with quoted fields that has the grammar and the size of one; c has
 * walked it to its end.
 */
static enum inv_next
give_quoted(struct inv_frame *f, struct inv_framed *rec, const struct cursor *c,
    uint64_t lines, struct inv_err *err)
{
	const size_t n = c->pos;

	rec->fields = c->delims + 1;
	if (f->expected != 0 && rec->fields != f->expected)
		rec->flaw = INV_FLAW_FIELDS;
	else if (c->longest > INV_FRAME_FIELD_MAX)
		rec->flaw = INV_FLAW_FIELD_MAX;
	if (rec->flaw != INV_FLAW_NONE && lines > 1)
		return give_line(f, rec, rec->flaw, LINE_ENDS, err);
	/* Whether a CR ends the line alone is for the next byte to say. */
	while (n + 1 >= at_hand(f) && !f->end)
		if (!more(f, err))
			return INV_NEXT_ERR;
	if (n < at_hand(f))
		rec->end = line_end(text(f), n, at_hand(f), f->end);
	rec->raw = (struct inv_str){ text(f), n };
	rec->size = n + rec->end;
	rec->quoted = true;
	rec->doubled = c->doubled;
	rec->strays = c->strays;
	look_over(f, rec);
	rec->special = rec->special || c->doubled || c->strays > 0;
	if (lines > 1)
		f->path.known = false;
	consume(f, rec->size, lines);
	return INV_NEXT_LINE;
}

/* The flaw of a record that spans lines, going by where its path led. */
static enum inv_flaw
judge_path(const struct inv_frame *f, enum stop stop, size_t delims)
{
	const struct cursor *far = &f->path.far;

	if (stop == BROKEN)
		return INV_FLAW_BEHIND;
	if (stop == LIMIT || (stop == END && far->state == QUOTED))
		return INV_FLAW_UNCLOSED;
	if (f->expected != 0 && 1 + delims + far->delims != f->expected)
		return INV_FLAW_LINES;
	if (far->pos - f->offset > INV_FRAME_RECORD_MAX)
		return INV_FLAW_UNCLOSED;
	return INV_FLAW_NONE;
}

/* A record that goes on behind a line end: c stands behind that. */
static enum inv_next
next_spanning(struct inv_frame *f, struct inv_framed *rec, struct cursor *c,
    struct inv_err *err)
{
	join_path(f, f->offset + c->pos);
	enum stop stop = follow_path(f, c->delims, err);

	if (stop == FAILED)
		return INV_NEXT_ERR;
	enum inv_flaw flaw = judge_path(f, stop, c->delims);

	if (flaw != INV_FLAW_NONE)
		return give_line(f, rec, flaw, LINE_ENDS, err);
	uint64_t lines = walk_again(f, c, f->path.far.pos - f->offset);

	return give_quoted(f, rec, c, lines, err);
}

/* What look_along() does not do has been met: start again, with care. */
static enum inv_next
next_quoted(struct inv_frame *f, struct inv_framed *rec, struct inv_err *err)
{
	struct cursor c = { .state = START };
	enum stop stop = run(f, &c, err);
	enum inv_flaw flaw = INV_FLAW_NONE;

	if (stop == FAILED)
		return INV_NEXT_ERR;
	if (stop == OPEN)
		return next_spanning(f, rec, &c, err);
	if (stop == BROKEN)
		flaw = INV_FLAW_BEHIND;
	else if (stop == LIMIT || c.pos > INV_FRAME_RECORD_MAX)
		flaw = INV_FLAW_RECORD_MAX;
	else if (stop == END && c.state == QUOTED)
		flaw = INV_FLAW_UNCLOSED;
	if (flaw != INV_FLAW_NONE)
		return give_line(f, rec, flaw, LINE_ENDS, err);
	if (stop == END)
		end_last_field(&c);
	return give_quoted(f, rec, &c, 1, err);
}

/* ---- records on one line ---- */

enum found { RECORD, OTHERS, NOTHING };

/* How far a record has been looked along. */
struct along {
	struct inv_dialect dialect;
	unsigned
	    behind; /* 1: the last byte was a delimiter, or there is none */
	unsigned closed; /* 1: it was the quote that ends a field */
	unsigned inside; /* 1: it was within quotes, or the one that opens */
	size_t strays;
	size_t cuts;
	bool quoted;
	bool doubled;
};

/* Note the delimiters of sixteen bytes that begin at i. */
static inline size_t
cut_at(struct inv_frame *f, size_t cuts, unsigned delims, size_t i)
{
	for (; delims != 0; delims &= delims - 1) {
		if (cuts < INV_FRAME_FIELDS_MAX)
			f->cut[cuts] =
			    (uint32_t)(i + (size_t)__builtin_ctz(delims));
		cuts++;
	}
	return cuts;
}

/* The bits below the lowest of `ends`: all of sixteen where there is none. */
static inline unsigned
below(unsigned ends)
{
	return ends == 0 ? 0xffff : (ends & -ends) - 1;
}

/* Of each bit, whether the number of bits up to it is odd. */
static inline unsigned
odd_up_to(unsigned bits)
{
	bits ^= bits << 1;
	bits ^= bits << 2;
	bits ^= bits << 4;
	bits ^= bits << 8;
	return bits & 0xffff;
}

/*
 * Quotes of sixteen bytes.  Leaves in *m what is outside quoted fields: the
 * delimiters, and the line ends.  False where that asks for more care: quotes
 * that neither open nor end a field among those that do, or a line end within.
 */
static bool
look_at_quotes(struct along *a, struct masks *m)
{
	unsigned upto = below(m->ends);

	if (a->dialect.escape != INV_DIALECT_NONE)
		return (m->quotes & upto) == 0;
	if ((a->inside | a->closed) == 0 &&
	    (m->quotes & upto & (m->delims << 1 | a->behind)) == 0) {
		a->strays += (unsigned)__builtin_popcount(m->quotes & upto);
		return true;
	}
	unsigned inside = odd_up_to(m->quotes) ^ (a->inside != 0 ? 0xffff : 0);

	upto = below(m->ends & ~inside);
	unsigned quotes = m->quotes & upto;
	unsigned delims = m->delims & ~inside & upto;
	unsigned opens = quotes & inside;
	unsigned behind_close = (quotes & ~inside) << 1 | a->closed;

	if ((m->ends & inside & upto) != 0 ||
	    (opens & ~(delims << 1 | a->behind | behind_close)) != 0 ||
	    (behind_close & 0xffff & ~(delims | m->ends | quotes)) != 0)
		return false;
	a->quoted = true;
	a->doubled |= (opens & behind_close) != 0;
	a->inside = inside >> 15;
	a->closed = behind_close >> 16;
	m->delims = delims;
	m->ends &= ~inside;
	return true;
}

/*
 * Find the end of the record at hand and cut it at its delimiters; stops at
 * the sentinel if the record goes on behind the buffer.  raw.n is its length.
 */
static enum found
look_along(struct inv_frame *f, struct inv_framed *rec)
{
	const struct needles which = needles_of(f->dialect);
	const char *p = text(f);
	struct along a = { .dialect = f->dialect, .behind = 1 };
	unsigned special = 0;
	unsigned high = 0;

	for (size_t i = 0;; i += 16) {
		struct masks m = look(p + i, which);

		if ((m.quotes | a.inside | a.closed) != 0 &&
		    !look_at_quotes(&a, &m))
			return OTHERS;
		unsigned upto = below(m.ends);

		m.delims &= upto;
		high |= m.high & upto;
		special |= m.special & upto & ~m.delims;
		a.behind = m.delims >> 15;
		a.cuts = cut_at(f, a.cuts, m.delims, i);
		if (m.ends != 0) {
			rec->raw.n = i + (size_t)__builtin_ctz(m.ends);
			break;
		}
	}
	f->cut[a.cuts < INV_FRAME_FIELDS_MAX ? a.cuts : INV_FRAME_FIELDS_MAX] =
	    (uint32_t)rec->raw.n;
	rec->fields = a.cuts + 1;
	rec->strays = a.strays;
	rec->quoted = a.quoted;
	rec->doubled = a.doubled;
	rec->special = special != 0 || a.doubled || a.strays > 0;
	rec->high = high != 0;
	/* Whether a field is too long is for one that knows its content. */
	if (a.quoted && rec->raw.n > INV_FRAME_FIELD_MAX)
		return OTHERS;
	return rec->raw.n < at_hand(f) || f->end ? RECORD : NOTHING;
}

static bool
has_long_field(const struct inv_frame *f, const struct inv_framed *rec)
{
	size_t from = 0;

	if (rec->raw.n <= INV_FRAME_FIELD_MAX)
		return false;
	for (size_t i = 0; i < rec->fields && i <= INV_FRAME_FIELDS_MAX; i++) {
		if (f->cut[i] - from > INV_FRAME_FIELD_MAX)
			return true;
		from = f->cut[i] + 1;
	}
	return false;
}

static enum inv_next
give_plain(struct inv_frame *f, struct inv_framed *rec, struct inv_err *err)
{
	size_t n = rec->raw.n;

	if (n > INV_FRAME_RECORD_MAX)
		return give_long_line(f, rec, LINE_ENDS, err);
	if (n < at_hand(f))
		rec->end = line_end(text(f), n, at_hand(f), f->end);
	rec->raw.p = text(f);
	rec->size = n + rec->end;
	rec->cut = f->cut;
	if (f->expected != 0 && rec->fields != f->expected)
		rec->flaw = INV_FLAW_FIELDS;
	else if (has_long_field(f, rec))
		rec->flaw = INV_FLAW_FIELD_MAX;
	f->work += n;
	consume(f, n + rec->end, 1);
	return INV_NEXT_LINE;
}

enum inv_next
inv_frame_next(struct inv_frame *f, struct inv_framed *rec, struct inv_err *err)
{
	for (;;) {
		if (at_hand(f) == 0 && f->end)
			return INV_NEXT_END;
		enum found found = NOTHING;

		begin_framed(f, rec);
		if (at_hand(f) > 0)
			found = look_along(f, rec);
		if (found == OTHERS) {
			begin_framed(f, rec);
			return next_quoted(f, rec, err);
		}
		/* A CR as the last byte at hand may be half a line end. */
		if (found == RECORD &&
		    (rec->raw.n + 1 < at_hand(f) || f->end ||
			text(f)[rec->raw.n] == '\n'))
			return give_plain(f, rec, err);
		if (found == NOTHING && at_hand(f) >= WINDOW)
			return give_long_line(f, rec, LINE_ENDS, err);
		if (!more(f, err))
			return INV_NEXT_ERR;
	}
}

static enum inv_next
next_line(struct inv_frame *f, struct inv_framed *rec, const char ends[NEEDLES],
    struct inv_err *err)
{
	if (at_hand(f) == 0 && !f->end && !more(f, err))
		return INV_NEXT_ERR;
	if (at_hand(f) == 0)
		return INV_NEXT_END;
	begin_framed(f, rec);
	return give_line(f, rec, INV_FLAW_NONE, ends, err);
}

enum inv_next
inv_frame_line(struct inv_frame *f, struct inv_framed *rec, struct inv_err *err)
{
	return next_line(f, rec, LINE_FEED, err);
}

enum inv_next
inv_frame_pass(struct inv_frame *f, struct inv_err *err)
{
	struct inv_framed line;

	return next_line(f, &line, LINE_ENDS, err);
}
