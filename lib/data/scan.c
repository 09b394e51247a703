/*
 * scan.c - strict JSON, told as spans of the text itself
 *
 * A recursive descent, its depth bounded by INV_DEPTH_MAX.  Keys of all open
 * objects lie on one stack; an object's keys are compared when it closes, a
 * few pairwise, many through a seeded hash table, so that hostile keys cost
 * no more than others.
 */

#include "data/scan.h"

#include <stdlib.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "base/mem.h"
#include "base/utf8.h"
#include "data/digest.h"

enum {
	PAIRWISE_MAX = 24,     /* keys of an object compared each with each */
	LEADS_MAX = 128 << 10, /* bytes of a shape that is remembered */
	PIECE = 16,            /* bytes that are looked at as one */
	LINE_KEYS = INV_KEYS_OPEN_MAX + INV_MEMBERS_MAX, /* a record's and
							    the line's */
};

struct key {
	struct inv_str raw;
	bool escaped;
};

/*
 * The members' names of the last object told, each with its quotes and colon:
 * the next one has mostly the same, and then is taken by comparing, without a
 * look for equal names.
 */
struct shape {
	uint64_t number;
	size_t n;                      /* members; 0: none is remembered */
	uint32_t end[INV_MEMBERS_MAX]; /* where the lead of each does, in: */
	char leads[LEADS_MAX + PIECE];
	uint32_t length[INV_MEMBERS_MAX]; /* of the last value, if usual */
};

struct limits {
	size_t string; /* bytes of one, raw */
	size_t open;   /* keys on the stack */
	int depth;
};

static const struct limits of_value = { SIZE_MAX, INV_KEYS_OPEN_MAX,
	INV_DEPTH_MAX };
static const struct limits of_document = { SIZE_MAX, INV_DOCUMENT_MEMBERS,
	INV_DOCUMENT_DEPTH };
static const struct limits of_record = { INV_FIELD_MAX, INV_KEYS_OPEN_MAX,
	INV_DEPTH_MAX };
static const struct limits of_line = { SIZE_MAX, LINE_KEYS,
	INV_LINE_DEPTH_MAX };

struct inv_scan {
	const char *at;
	const char *end;
	const char *start;
	const char *what; /* the first thing that was wrong */
	struct limits max;
	struct limits of_value; /* of inv_scan_value */
	size_t members;         /* of one object */
	size_t open;            /* keys on the stack */
	uint64_t seed;
	struct inv_members outer;
	struct inv_members record;
	uint64_t shapes; /* the last number given */
	struct shape outer_shape;
	struct shape record_shape;
	uint32_t *table;   /* index + 1 of a key of the closing object */
	struct key keys[]; /* and the table behind them */
};

static struct inv_scan *
new_scan(size_t keys, size_t members, const struct limits *max)
{
	/* The table has two places for each of its keys. */
	struct inv_scan *s = inv_mem_new(sizeof(*s) +
	    keys * sizeof(s->keys[0]) + 2 * members * sizeof(*s->table));

	s->table = (void *)(s->keys + keys);
	s->members = members;
	s->of_value = *max;
	inv_random(&s->seed, sizeof(s->seed));
	inv_random(&s->shapes, sizeof(s->shapes));
	return s;
}

struct inv_scan *
inv_scan_new(void)
{
	return new_scan(LINE_KEYS, INV_MEMBERS_MAX, &of_value);
}

struct inv_scan *
inv_scan_new_document(void)
{
	struct inv_scan *s =
	    new_scan(INV_DOCUMENT_MEMBERS, INV_DOCUMENT_MEMBERS, &of_document);

	s->members = SIZE_MAX;
	return s;
}

void
inv_scan_free(struct inv_scan *s)
{
	free(s);
}

const struct inv_members *
inv_scan_outer(const struct inv_scan *s)
{
	return &s->outer;
}

const struct inv_members *
inv_scan_record(const struct inv_scan *s)
{
	return &s->record;
}

static bool
wrong(struct inv_scan *s, const char *what)
{
	if (s->what == NULL)
		s->what = what;
	return false;
}

/* ---- text ---- */

#ifdef __SSE2__
static inline __m128i
piece_at(const char *p)
{
	return _mm_loadu_si128((const __m128i *)(const void *)p);
}

/* A bit for each byte of a piece that is not plain. */
static inline unsigned
not_plain(const char *p)
{
	__m128i v = piece_at(p);
	/* Signed: bytes from 0x80 on are below the space as well. */
	__m128i bad = _mm_or_si128(_mm_cmplt_epi8(v, _mm_set1_epi8(' ')),
	    _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('"')),
		_mm_cmpeq_epi8(v, _mm_set1_epi8('\\'))));

	return (unsigned)_mm_movemask_epi8(bad);
}

/* And for each that is no digit: moved so that 0 is the least there is. */
static inline unsigned
not_digits(const char *p)
{
	__m128i v =
	    _mm_sub_epi8(piece_at(p), _mm_set1_epi8((char)('0' + 0x80)));

	return (unsigned)_mm_movemask_epi8(_mm_cmpgt_epi8(v,
	    _mm_set1_epi8(9 - 0x80)));
}

/* And for each that differs. */
static inline unsigned
not_same(const char *p, const char *q)
{
	return 0xffff ^
	    (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(piece_at(p),
		piece_at(q)));
}
#endif

static inline size_t
plain_run(const char *p, size_t n)
{
	size_t i = 0;

#ifdef __SSE2__
	for (; i + PIECE <= n; i += PIECE) {
		unsigned mask = not_plain(p + i);

		if (mask != 0)
			return i + (size_t)__builtin_ctz(mask);
	}
#endif
	for (; i < n; i++) {
		unsigned char c = (unsigned char)p[i];

		if (c < 0x20 || c >= 0x80 || c == '"' || c == '\\')
			break;
	}
	return i;
}

size_t
inv_text_plain(const char *p, size_t n)
{
	return plain_run(p, n);
}

bool
inv_text_is_utf8(struct inv_str s)
{
	const unsigned char *p = (const unsigned char *)s.p;

	for (size_t i = 0; i < s.n;) {
		if (p[i] < 0x80) {
			size_t plain = inv_text_plain(s.p + i, s.n - i);

			i += plain > 0 ? plain : 1;
			continue;
		}
		size_t len = inv_utf8_len(p + i, s.n - i);

		if (len == 0)
			return false;
		i += len;
	}
	return true;
}

/* Four hex digits at p, or -1. */
static int
hex4(const char *p, const char *end)
{
	int v = 0;

	if (end - p < 4)
		return -1;
	for (int i = 0; i < 4; i++) {
		char c = p[i];
		int d;

		if (c >= '0' && c <= '9')
			d = c - '0';
		else if (c >= 'a' && c <= 'f')
			d = c - 'a' + 10;
		else if (c >= 'A' && c <= 'F')
			d = c - 'A' + 10;
		else
			return -1;
		v = v << 4 | d;
	}
	return v;
}

/*
 * Behind a backslash at p: the code point, and how many bytes the escape has
 * (without the backslash; a surrogate pair is one escape of 11).  False for
 * an escape that is none, or half a pair.
 */
static bool
escape(const char *p, const char *end, uint32_t *code, size_t *len)
{
	static const char from[] = "\"\\/bfnrt";
	static const char to[] = "\"\\/\b\f\n\r\t";

	if (p == end)
		return false;
	const char *simple = *p == '\0' ? NULL : strchr(from, *p);

	if (simple != NULL) {
		*code = (uint32_t)to[simple - from];
		*len = 1;
		return true;
	}
	if (*p != 'u')
		return false;
	int hi = hex4(p + 1, end);

	if (hi < 0 || (hi >= 0xdc00 && hi <= 0xdfff))
		return false;
	*code = (uint32_t)hi;
	*len = 5;
	if (hi < 0xd800 || hi > 0xdbff)
		return true;
	if (end - p < 11 || p[5] != '\\' || p[6] != 'u')
		return false;
	int lo = hex4(p + 7, end);

	if (lo < 0xdc00 || lo > 0xdfff)
		return false;
	*code =
	    0x10000 + ((uint32_t)(hi - 0xd800) << 10) + (uint32_t)(lo - 0xdc00);
	*len = 11;
	return true;
}

/* The next piece of a scanned string, decoded: at most 4 bytes. */
static size_t
piece(const char **p, const char *end, char out[4])
{
	uint32_t code;
	size_t len;

	if (**p != '\\' || !escape(*p + 1, end, &code, &len)) {
		out[0] = *(*p)++;
		return 1;
	}
	*p += 1 + len;
	return inv_utf8_put(code, out);
}

size_t
inv_text_decode(struct inv_str raw, char *out)
{
	if (raw.n == 0)
		return 0;
	const char *p = raw.p;
	const char *end = raw.p + raw.n;
	size_t n = 0;

	while (p < end) {
		size_t plain = inv_text_plain(p, (size_t)(end - p));

		if (plain > 0) {
			memcpy(out + n, p, plain);
			n += plain;
			p += plain;
			continue;
		}
		n += piece(&p, end, out + n);
	}
	return n;
}

/* ---- keys ---- */

/* A key's decoded bytes, one at a time: -1 behind the last. */
struct walk {
	const char *p;
	const char *end;
	char held[4];
	size_t n;
	size_t at;
};

static int
walk_next(struct walk *w)
{
	if (w->at == w->n) {
		if (w->p == w->end)
			return -1;
		w->n = piece(&w->p, w->end, w->held);
		w->at = 0;
	}
	return (unsigned char)w->held[w->at++];
}

static bool
same_key(const struct key *a, const struct key *b)
{
	if (!a->escaped && !b->escaped)
		return inv_str_eq(a->raw, b->raw);
	struct walk x = { .p = a->raw.p, .end = a->raw.p + a->raw.n };
	struct walk y = { .p = b->raw.p, .end = b->raw.p + b->raw.n };
	int c;

	while ((c = walk_next(&x)) == walk_next(&y))
		if (c < 0)
			return true;
	return false;
}

static uint64_t
hash_key(uint64_t seed, const struct key *k)
{
	struct walk w = { .p = k->raw.p, .end = k->raw.p + k->raw.n };
	uint64_t h = seed;

	/* Multiply and fold: the seed is random for each process. */
	for (int c; (c = walk_next(&w)) >= 0;) {
		h = (h ^ (uint64_t)c) * UINT64_C(0x9e3779b97f4a7c15);
		h ^= h >> 29;
	}
	return h ^ h >> 32;
}

static bool
unique_by_table(struct inv_scan *s, const struct key *k, size_t n)
{
	size_t size = 64;

	while (size < 2 * n)
		size *= 2;
	memset(s->table, 0, size * sizeof(*s->table));
	for (size_t i = 0; i < n; i++) {
		size_t slot = hash_key(s->seed, &k[i]) & (size - 1);

		while (s->table[slot] != 0) {
			if (same_key(&k[s->table[slot] - 1], &k[i]))
				return false;
			slot = (slot + 1) & (size - 1);
		}
		s->table[slot] = (uint32_t)(i + 1);
	}
	return true;
}

static bool
unique(struct inv_scan *s, size_t first)
{
	const struct key *k = s->keys + first;
	size_t n = s->open - first;

	if (n > PAIRWISE_MAX)
		return unique_by_table(s, k, n);
	for (size_t i = 1; i < n; i++)
		for (size_t j = 0; j < i; j++)
			if ((k[i].raw.n == k[j].raw.n || k[i].escaped ||
				k[j].escaped) &&
			    same_key(&k[i], &k[j]))
				return false;
	return true;
}

/* ---- values ---- */

static inline void
blanks(struct inv_scan *s)
{
	if (s->at == s->end || *s->at > ' ')
		return;
	while (s->at < s->end &&
	    (*s->at == ' ' || *s->at == '\t' || *s->at == '\n' ||
		*s->at == '\r'))
		s->at++;
}

/* One character of a string that is not plain; the quote is the caller's. */
static bool
scan_special(struct inv_scan *s, bool *escaped)
{
	unsigned char c = (unsigned char)*s->at;

	if (c == '\\') {
		uint32_t code;
		size_t len;

		*escaped = true;
		if (!escape(s->at + 1, s->end, &code, &len))
			return wrong(s, "not an escape, or half a pair");
		s->at += 1 + len;
		return true;
	}
	if (c < 0x20)
		return wrong(s, "a control character in a string");
	size_t n = inv_utf8_len((const unsigned char *)s->at,
	    (size_t)(s->end - s->at));

	if (n == 0)
		return wrong(s, "not UTF-8");
	s->at += n;
	return true;
}

/* At the opening quote; leaves s->at behind the closing one. */
static bool
scan_string(struct inv_scan *s, struct inv_str *inner, bool *escaped)
{
	const char *from = ++s->at;

	*escaped = false;
	for (;;) {
		s->at += plain_run(s->at, (size_t)(s->end - s->at));
		if (s->at == s->end)
			return wrong(s, "a string does not end");
		if (*s->at == '"')
			break;
		if (!scan_special(s, escaped))
			return false;
	}
	*inner = (struct inv_str){ from, (size_t)(s->at - from) };
	s->at++;
	if (inner->n > s->max.string)
		return wrong(s, "a field longer than 256 KiB");
	return true;
}

static size_t
digits(struct inv_scan *s)
{
	const char *from = s->at;

	while (s->at < s->end && *s->at >= '0' && *s->at <= '9')
		s->at++;
	return (size_t)(s->at - from);
}

/* RFC 8259 section 6. */
static bool
scan_number(struct inv_scan *s)
{
	if (*s->at == '-')
		s->at++;
	const char *from = s->at;
	size_t n = digits(s);

	if (n == 0 || (n > 1 && *from == '0'))
		return wrong(s, "not a number");
	if (s->at < s->end && *s->at == '.') {
		s->at++;
		if (digits(s) == 0)
			return wrong(s, "not a number");
	}
	if (s->at < s->end && (*s->at == 'e' || *s->at == 'E')) {
		s->at++;
		if (s->at < s->end && (*s->at == '+' || *s->at == '-'))
			s->at++;
		if (digits(s) == 0)
			return wrong(s, "not a number");
	}
	return true;
}

static bool
scan_word(struct inv_scan *s, struct inv_str word)
{
	if ((size_t)(s->end - s->at) < word.n ||
	    memcmp(s->at, word.p, word.n) != 0)
		return wrong(s, "not a JSON value");
	s->at += word.n;
	return true;
}

static bool scan_any(struct inv_scan *s, int depth, struct inv_member *m);

/*
 * Behind an element: true at a comma (with *more) and at the closing bracket
 * (without).
 */
static inline bool
comma_or(struct inv_scan *s, char bracket, bool *more)
{
	blanks(s);
	if (s->at == s->end)
		return wrong(s, "an array or object does not end");
	*more = *s->at == ',';
	if (!*more && *s->at != bracket)
		return wrong(s, "expected a comma or the end");
	s->at++;
	if (*more)
		blanks(s);
	return true;
}

static bool
scan_array(struct inv_scan *s, int depth)
{
	struct inv_member element;
	bool more = true;

	s->at++;
	blanks(s);
	if (s->at < s->end && *s->at == ']') {
		s->at++;
		return true;
	}
	while (more)
		if (!scan_any(s, depth, &element) || !comma_or(s, ']', &more))
			return false;
	return true;
}

static bool scan_members(struct inv_scan *s, int depth,
    struct inv_members *list);

/* Key and colon; the key goes on the stack. */
static bool
scan_key(struct inv_scan *s, struct inv_member *m)
{
	if (s->at == s->end || *s->at != '"')
		return wrong(s, "expected a member name");
	if (!scan_string(s, &m->key, &m->key_escaped))
		return false;
	blanks(s);
	if (s->at == s->end || *s->at != ':')
		return wrong(s, "expected a colon");
	s->at++;
	if (s->open == s->max.open)
		return wrong(s, "too many members");
	s->keys[s->open++] = (struct key){ m->key, m->key_escaped };
	return true;
}

/* The text that a value is in, and how long a string may be. */
struct bounds {
	const char *start, *end;
	size_t string;
};

static inline struct bounds
bounds_of(const struct inv_scan *s)
{
	return (struct bounds){ s->start, s->end, s->max.string };
}

/* Behind an opening quote: behind the closing one; NULL if more is between. */
static const char *
past_text(const struct bounds *b, const char *from)
{
	const char *p = from + plain_run(from, (size_t)(b->end - from));

	return p < b->end && *p == '"' && (size_t)(p - from) <= b->string
	    ? p + 1
	    : NULL;
}

/* A whole number without sign; NULL where it is, or may be, another value. */
static const char *
past_digits(const char *from, const char *end)
{
	const char *p = from;

	while (p < end && *p >= '0' && *p <= '9')
		p++;
	if (p == from || p == end || (*from == '0' && p - from > 1))
		return NULL;
	return *p == ',' || *p == '}' ? p : NULL;
}

/* Text or a whole number, without escapes; or NULL. */
static inline const char *
past_usual(const struct bounds *b, const char *value, enum inv_kind *kind)
{
	if (*value == '"') {
		*kind = INV_KIND_STRING;
		return past_text(b, value + 1);
	}
	*kind = INV_KIND_NUMBER;
	return past_digits(value, b->end);
}

/*
 * Text or a whole number of n bytes.  Most values have as many as the one
 * before, and then the place of the next member does not wait for this one to
 * be looked at.  Pieces end where the value does: none reaches past the text.
 * Text that was as long before was not too long.
 */
static inline bool
is_as_long(const struct bounds *b, const char *value, size_t n)
{
#ifdef __SSE2__
	bool text = *value == '"';

	if (n <= text || n >= (size_t)(b->end - value))
		return false;
	const char *last = value + n - text;
	size_t inner = n - 2 * text;

	if (last - b->start < PIECE)
		return false;
	if (!text)
		return inner < PIECE && (*value != '0' || n == 1) &&
		    not_digits(last - PIECE) >> (PIECE - inner) == 0;
	if (*last != '"')
		return false;
	for (; inner > PIECE; inner -= PIECE)
		if (not_plain(last - inner) != 0)
			return false;
	return not_plain(last - PIECE) >> (PIECE - inner) == 0;
#else
	(void)b, (void)value, (void)n;
	return false;
#endif
}

/*
 * What nearly every member is, "name":"text" or "name":123, without blanks or
 * escapes, in one go.  False, with nothing moved, for anything else, right or
 * wrong.
 */
static bool
scan_usual(struct inv_scan *s, struct inv_member *m)
{
	const char *end = s->end;
	const char *key = s->at + 1;
	enum inv_kind kind;

	if (key >= end || key[-1] != '"' || s->open == s->max.open)
		return false;
	size_t n = plain_run(key, (size_t)(end - key));

	if ((size_t)(end - key) < n + 4 || key[n] != '"' || key[n + 1] != ':' ||
	    n > s->max.string)
		return false;
	const char *value = key + n + 2;
	const struct bounds b = bounds_of(s);
	const char *p = past_usual(&b, value, &kind);

	if (p == NULL)
		return false;
	*m = (struct inv_member){
		.key = { key, n },
		.value = { value, (size_t)(p - value) },
		.kind = kind,
	};
	s->keys[s->open++] = (struct key){ m->key, false };
	s->at = p;
	return true;
}

/* ---- shapes ---- */

static inline struct inv_str
lead_of(const struct shape *shape, size_t i)
{
	size_t from = i == 0 ? 0 : shape->end[i - 1];

	return (struct inv_str){ shape->leads + from, shape->end[i] - from };
}

/* Of a few bytes: a call would cost more than the comparing. */
static inline bool
has_lead(const char *p, const char *end, struct inv_str lead)
{
	size_t n = lead.n;
	size_t same = 0;

	if ((size_t)(end - p) <= n)
		return false;
#ifdef __SSE2__
	if (end - p >= PIECE) {
		/* What lies behind a short lead is read, and not asked. */
		same = (size_t)__builtin_ctz(not_same(p, lead.p) | 1U << PIECE);
		if (same >= n)
			return true;
		if (same < PIECE)
			return false;
	}
#endif
	return memcmp(p + same, lead.p + same, n - same) == 0;
}

/* The name of the i-th member where it is what it was before. */
static inline bool
take_lead(struct inv_scan *s, const struct shape *shape, size_t i,
    struct inv_member *m)
{
	if (i >= shape->n || s->open == s->max.open)
		return false;
	struct inv_str lead = lead_of(shape, i);

	if (!has_lead(s->at, s->end, lead))
		return false;
	m->key = (struct inv_str){ s->at + 1, lead.n - 3 };
	m->key_escaped = false;
	s->at += lead.n;
	s->open++; /* put there if it comes to comparing: see put_keys */
	return true;
}

/*
 * As many members as have the names they had before, no blanks around them,
 * and text or whole numbers for values: all in registers.  What ends that,
 * right or wrong, is left to be scanned; false if it was the closing brace.
 */
static bool
take_usual(struct inv_scan *s, struct shape *shape, struct inv_members *list)
{
	size_t room = s->max.open - s->open;
	size_t most = room < shape->n ? room : shape->n;
	const struct bounds b = bounds_of(s);
	const char *p = s->at;
	const char *lead = shape->leads;
	bool more = true;
	size_t i;

	for (i = 0; i < most && more; i++) {
		const char *next = shape->leads + shape->end[i];
		size_t n = (size_t)(next - lead);
		enum inv_kind kind;

		if (!has_lead(p, b.end, (struct inv_str){ lead, n }))
			break;
		const char *value = p + n;
		const char *behind = value + shape->length[i];

		if (is_as_long(&b, value, shape->length[i])) {
			kind =
			    *value == '"' ? INV_KIND_STRING : INV_KIND_NUMBER;
		} else {
			behind = past_usual(&b, value, &kind);
			if (behind == NULL || behind == b.end)
				break;
			shape->length[i] = (uint32_t)(behind - value);
		}
		if (*behind != ',' && *behind != '}')
			break;
		list->at[i] = (struct inv_member){
			.key = { p + 1, n - 3 },
			.value = { value, (size_t)(behind - value) },
			.kind = kind,
		};
		more = *behind == ',';
		p = behind + 1;
		lead = next;
	}
	list->n = i;
	s->open += i;
	s->at = p;
	if (more && i > 0)
		blanks(s);
	return more;
}

/* The names so far, none of them escaped, to where their places are. */
static void
put_keys(struct inv_scan *s, size_t first, const struct inv_members *list)
{
	for (size_t i = 0; i < list->n; i++)
		s->keys[first + i] = (struct key){ list->at[i].key, false };
}

/* Names that are long, or escaped, are not remembered. */
static void
remember(struct inv_scan *s, struct shape *shape,
    const struct inv_members *list)
{
	size_t at = 0;

	shape->number = ++s->shapes;
	shape->n = 0;
	for (size_t i = 0; i < list->n; i++) {
		struct inv_str key = list->at[i].key;

		if (list->at[i].key_escaped || key.n + 3 > LEADS_MAX - at)
			return;
		shape->leads[at++] = '"';
		memcpy(shape->leads + at, key.p, key.n);
		at += key.n;
		shape->leads[at++] = '"';
		shape->leads[at++] = ':';
		shape->end[i] = (uint32_t)at;
	}
	shape->n = list->n;
}

/* The line's member "record": its members are told, its limits are tighter. */
static bool
scan_record(struct inv_scan *s, int depth, struct inv_member *m)
{
	const char *from = s->at;

	/* A record that fits alone fits into its line as well. */
	s->max = of_record;
	s->max.open += s->open;
	s->max.depth += depth - 1;
	bool ok = scan_members(s, depth, &s->record);
	s->max = of_line;
	if (!ok)
		return false;
	m->kind = INV_KIND_OBJECT;
	m->value_escaped = false;
	m->value = (struct inv_str){ from, (size_t)(s->at - from) };
	if (m->value.n > INV_RECORD_MAX)
		return wrong(s, "a record longer than 1 MiB");
	return true;
}

/* Behind the colon. */
static bool
scan_value_of(struct inv_scan *s, int depth, const struct inv_members *list,
    struct inv_member *m)
{
	blanks(s);
	if (list == &s->outer && s->at < s->end && *s->at == '{' &&
	    s->record.n == 0 && inv_str_eq(m->key, INV_LIT("record")))
		return scan_record(s, depth + 1, m);
	return scan_any(s, depth, m);
}

static bool
scan_member(struct inv_scan *s, int depth, const struct inv_members *list,
    struct inv_member *m)
{
	return scan_usual(s, m) ||
	    (scan_key(s, m) && scan_value_of(s, depth, list, m));
}

/* At the first name; *same if the names are those of the shape. */
static bool
scan_told(struct inv_scan *s, int depth, struct inv_members *list,
    struct shape *shape, bool *same)
{
	size_t first = s->open;
	bool known = true;

	for (bool more = take_usual(s, shape, list); more; list->n++) {
		struct inv_member *m = &list->at[list->n];

		if (list->n == INV_MEMBERS_MAX)
			return wrong(s, "more than 4096 members");
		if (known && take_lead(s, shape, list->n, m)) {
			if (!scan_value_of(s, depth, list, m))
				return false;
		} else {
			if (known)
				put_keys(s, first, list);
			if (!scan_member(s, depth, list, m))
				return false;
			known = false;
		}
		if (!comma_or(s, '}', &more))
			return false;
	}
	*same = known && list->n == shape->n;
	if (known && !*same)
		put_keys(s, first, list);
	return true;
}

/* The same where nobody asks for the members. */
static bool
scan_untold(struct inv_scan *s, int depth, size_t first)
{
	struct inv_member m;

	for (bool more = true; more;) {
		if (s->open - first == s->members)
			return wrong(s, "more than 4096 members");
		if (!scan_member(s, depth, NULL, &m))
			return false;
		if (!comma_or(s, '}', &more))
			return false;
	}
	return true;
}

/* At the opening brace.  list is NULL where nobody asks for the members. */
static bool
scan_members(struct inv_scan *s, int depth, struct inv_members *list)
{
	struct shape *shape =
	    list == &s->outer ? &s->outer_shape : &s->record_shape;
	size_t first = s->open;
	bool same = false;

	s->at++;
	blanks(s);
	if (s->at < s->end && *s->at == '}') {
		s->at++;
		return true;
	}
	if (list != NULL ? !scan_told(s, depth, list, shape, &same)
			 : !scan_untold(s, depth, first))
		return false;
	if (!same && !unique(s, first))
		return wrong(s, "the same member twice");
	s->open = first;
	if (list == NULL)
		return true;
	if (!same)
		remember(s, shape, list);
	list->shape = shape->number;
	return true;
}

static bool
scan_any(struct inv_scan *s, int depth, struct inv_member *m)
{
	const char *from = s->at;
	struct inv_str inner;
	bool ok = true;

	if (s->at == s->end)
		return wrong(s, "a value is missing");
	m->value_escaped = false;
	switch (*s->at) {
	case '"':
		m->kind = INV_KIND_STRING;
		ok = scan_string(s, &inner, &m->value_escaped);
		break;
	case '{':
	case '[':
		if (depth == s->max.depth)
			return wrong(s, "nested too deeply");
		m->kind = *from == '{' ? INV_KIND_OBJECT : INV_KIND_ARRAY;
		ok = *from == '{' ? scan_members(s, depth + 1, NULL)
				  : scan_array(s, depth + 1);
		break;
	case 't':
		m->kind = INV_KIND_TRUE;
		ok = scan_word(s, INV_LIT("true"));
		break;
	case 'f':
		m->kind = INV_KIND_FALSE;
		ok = scan_word(s, INV_LIT("false"));
		break;
	case 'n':
		m->kind = INV_KIND_NULL;
		ok = scan_word(s, INV_LIT("null"));
		break;
	default:
		if (*s->at != '-' && (*s->at < '0' || *s->at > '9'))
			return wrong(s, "not a JSON value");
		m->kind = INV_KIND_NUMBER;
		ok = scan_number(s);
	}
	m->value = (struct inv_str){ from, (size_t)(s->at - from) };
	return ok;
}

/* ---- texts ---- */

static void
begin(struct inv_scan *s, struct inv_str text, const struct limits *max)
{
	/* No text may have no place either. */
	s->start = s->at = text.n == 0 ? "" : text.p;
	s->end = s->at + text.n;
	s->what = NULL;
	s->max = *max;
	s->open = 0;
	s->outer.n = 0;
	s->outer.shape = 0;
	s->record.n = 0;
	s->record.shape = 0;
	blanks(s);
}

static bool
finish(struct inv_scan *s, bool ok, struct inv_err *err)
{
	if (ok) {
		blanks(s);
		if (s->at != s->end)
			ok = wrong(s, "something behind the value");
	}
	if (ok)
		return true;
	return inv_fail(err, INV_BAD, "byte %td: %s", s->at - s->start + 1,
	    s->what);
}

bool
inv_scan_line(struct inv_scan *s, struct inv_str text, struct inv_err *err)
{
	begin(s, text, &of_line);
	bool ok = s->at < s->end && *s->at == '{'
	    ? scan_members(s, 1, &s->outer)
	    : wrong(s, "not a JSON object");

	return finish(s, ok, err);
}

bool
inv_scan_line_from(struct inv_scan *s, struct inv_str text,
    const struct inv_member *members, size_t n)
{
	const char *from = members[n - 1].value.p;

	begin(s, text, &of_record);
	s->at = from;
	if (from == s->end || *from != '{' || !scan_members(s, 1, &s->record) ||
	    s->at - from > INV_RECORD_MAX)
		return false;
	memcpy(s->outer.at, members, n * sizeof(*members));
	s->outer.at[n - 1].value.n = (size_t)(s->at - from);
	s->outer.n = n;
	if (s->at == s->end || *s->at++ != '}')
		return false;
	blanks(s);
	return s->at == s->end;
}

bool
inv_scan_object(struct inv_scan *s, struct inv_str text, struct inv_err *err)
{
	begin(s, text, &of_record);
	if (text.n > INV_RECORD_MAX)
		return finish(s, wrong(s, "a record longer than 1 MiB"), err);
	bool ok = s->at < s->end && *s->at == '{'
	    ? scan_members(s, 1, &s->record)
	    : wrong(s, "not a JSON object");

	return finish(s, ok, err);
}

bool
inv_scan_value(struct inv_scan *s, struct inv_str text, enum inv_kind *kind,
    struct inv_err *err)
{
	struct inv_member m = { .kind = INV_KIND_NULL };

	begin(s, text, &s->of_value);
	if (!finish(s, scan_any(s, 0, &m), err))
		return false;
	*kind = m.kind;
	return true;
}

/* ---- what has been scanned ---- */

struct inv_str
inv_member_inner(const struct inv_member *m)
{
	return (struct inv_str){ m->value.p + 1, m->value.n - 2 };
}

/* From an opening quote: behind the closing one. */
static const char *
past_string(const char *p, const char *end, bool *escaped)
{
	for (p++; p < end; p++) {
		p += plain_run(p, (size_t)(end - p));
		if (p == end || *p == '"')
			break;
		if (*p == '\\') {
			*escaped = true;
			p++;
		}
	}
	return p < end ? p + 1 : end;
}

static const char *
past_value(const char *p, const char *end, bool *escaped)
{
	size_t depth = 0;
	bool inside = false;

	if (*p == '"')
		return past_string(p, end, escaped);
	if (*p != '{' && *p != '[') {
		while (p<end && * p> ' ' && *p != ',' && *p != ']' && *p != '}')
			p++;
		return p;
	}
	while (p < end) {
		if (*p == '"') {
			p = past_string(p, end, &inside);
			continue;
		}
		if (*p == '{' || *p == '[')
			depth++;
		if (*p == '}' || *p == ']')
			depth--;
		p++;
		if (depth == 0)
			break;
	}
	return p;
}

static enum inv_kind
kind_of(char c)
{
	switch (c) {
	case '"':
		return INV_KIND_STRING;
	case '{':
		return INV_KIND_OBJECT;
	case '[':
		return INV_KIND_ARRAY;
	case 't':
		return INV_KIND_TRUE;
	case 'f':
		return INV_KIND_FALSE;
	case 'n':
		return INV_KIND_NULL;
	default:
		return INV_KIND_NUMBER;
	}
}

static const char *
past_blanks(const char *p, const char *end)
{
	while (p < end && (*p == ' ' || *p == '\t' || *p == '\n' || *p == '\r'))
		p++;
	return p;
}

bool
inv_scan_each(struct inv_str *rest, struct inv_member *element)
{
	const char *end = rest->p + rest->n;
	const char *p = rest->p;

	/* The first call stands at the bracket, the others behind a value. */
	if (p < end && (*p == '[' || *p == '{' || *p == ','))
		p++;
	p = past_blanks(p, end);
	if (p == end || *p == ']' || *p == '}')
		return false;
	*element = (struct inv_member){ .kind = INV_KIND_NULL };
	const char *from = p;

	p = past_value(p, end, &element->value_escaped);
	const char *after = past_blanks(p, end);

	if (after < end && *after == ':') {
		element->key =
		    (struct inv_str){ from + 1, (size_t)(p - from) - 2 };
		element->key_escaped = element->value_escaped;
		element->value_escaped = false;
		from = past_blanks(after + 1, end);
		p = past_value(from, end, &element->value_escaped);
		after = past_blanks(p, end);
	}
	element->kind = kind_of(*from);
	element->value = (struct inv_str){ from, (size_t)(p - from) };
	*rest = (struct inv_str){ after, (size_t)(end - after) };
	return true;
}
