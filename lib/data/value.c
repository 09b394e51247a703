/*
 * value.c - a JSON value laid out for looking at more than once
 *
 * The text is canonical: no white space, every string in its shortest form.
 * So a walk has to look at no more than brackets, commas and quotes.  While an
 * array or object is open its `size` is the way back to the one around it.
 */

#include "data/value.h"

#include <stdlib.h>

#include "base/mem.h"

enum { FIRST_CAP = 256 }; /* nodes */

struct inv_tape {
	struct inv_value *at;
	size_t n;
	size_t cap;
};

struct inv_tape *
inv_tape_new(void)
{
	return inv_mem_new(sizeof(struct inv_tape));
}

void
inv_tape_free(struct inv_tape *t)
{
	if (t == NULL)
		return;
	free(t->at);
	free(t);
}

static bool
grow(struct inv_tape *t)
{
	if (t->cap == INV_VALUES_MAX)
		return false;
	t->cap = t->cap == 0 ? FIRST_CAP : 2 * t->cap;
	t->at = inv_mem_resize(t->at, t->cap, sizeof(*t->at));
	return true;
}

/* From an opening quote: behind the closing one. */
static const char *
past_string(const char *p, const char *end, bool *escaped)
{
	p++;
	for (;;) {
		p += inv_text_plain(p, (size_t)(end - p));
		if (*p == '"')
			return p + 1;
		if (*p == '\\') {
			*escaped = true;
			p++;
		}
		p++;
	}
}

static const char *
past_number(const char *p, const char *end)
{
	while (p < end && *p != ',' && *p != ']' && *p != '}')
		p++;
	return p;
}

/* A value without its key; behind it, or behind its bracket. */
static const char *
read_value(struct inv_value *v, const char *p, const char *end)
{
	const char *from = p;

	switch (*p) {
	case '"':
		v->kind = INV_KIND_STRING;
		p = past_string(p, end, &v->escaped);
		break;
	case '{':
	case '[':
		v->kind = *p == '{' ? INV_KIND_OBJECT : INV_KIND_ARRAY;
		p++;
		break;
	case 't':
		v->kind = INV_KIND_TRUE;
		p += 4;
		break;
	case 'f':
		v->kind = INV_KIND_FALSE;
		p += 5;
		break;
	case 'n':
		v->kind = INV_KIND_NULL;
		p += 4;
		break;
	default:
		v->kind = INV_KIND_NUMBER;
		p = past_number(p, end);
		break;
	}
	v->size = 1;
	v->text = (struct inv_str){ from, (size_t)(p - from) };
	return p;
}

uint32_t
inv_value_hash(struct inv_str s)
{
	uint64_t h = s.n;
	uint64_t word = 0;
	size_t i = 0;

	for (; i + 8 <= s.n; i += 8) {
		memcpy(&word, s.p + i, 8);
		h = (h ^ word) * 0x9e3779b97f4a7c15;
		h ^= h >> 32;
	}
	word = 0;
	for (; i < s.n; i++)
		word = word << 8 | (unsigned char)s.p[i];
	h = (h ^ word) * 0xd6e8feb86659fd93;
	return (uint32_t)(h >> 32);
}

static const char *
read_key(struct inv_value *v, const char *p, const char *end)
{
	const char *from = p + 1;

	p = past_string(p, end, &v->key_escaped);
	v->key = (struct inv_str){ from, (size_t)(p - from) - 1 };
	if (!v->key_escaped)
		v->hash = inv_value_hash(v->key);
	return p + 1;
}

/* Close what ends at p; behind the comma of the next value, or at the end. */
static const char *
close_all(struct inv_tape *t, uint32_t *open, const char *p, const char *end)
{
	while (p < end && *p != ',') {
		struct inv_value *v = &t->at[*open];

		p++;
		v->text.n = (size_t)(p - v->text.p);
		*open = v->size;
		v->size = (uint32_t)(t->n - (size_t)(v - t->at));
	}
	return p < end ? p + 1 : p;
}

const struct inv_value *
inv_tape_read(struct inv_tape *t, struct inv_str text)
{
	const char *p = text.p;
	const char *end = p + text.n;
	uint32_t open = 0; /* the innermost array or object */

	t->n = 0;
	while (p < end) {
		if (t->n == t->cap && !grow(t))
			return NULL;
		struct inv_value *v = &t->at[t->n];

		*v = (struct inv_value){ .kind = INV_KIND_NULL };
		if (t->n > 0 && t->at[open].kind == INV_KIND_OBJECT)
			p = read_key(v, p, end);
		if (t->n++ > 0)
			t->at[open].n++;
		p = read_value(v, p, end);
		if (v->kind >= INV_KIND_ARRAY) {
			v->size = open;
			open = (uint32_t)(v - t->at);
			if (*p != ']' && *p != '}')
				continue;
		}
		p = close_all(t, &open, p, end);
	}
	return t->at;
}

/* What an escape of canonical text stands for; *n is its length. */
static char
unescaped(const char *p, size_t *n)
{
	static const char from[] = "bfnrt";
	static const char to[] = "\b\f\n\r\t";
	const char *at = strchr(from, p[1]);

	*n = 2;
	if (at != NULL)
		return to[at - from];
	if (p[1] != 'u')
		return p[1];
	*n = 6;
	return (char)((p[4] - '0') * 16 +
	    (p[5] <= '9' ? p[5] - '0' : p[5] - 'a' + 10));
}

static bool
is_escaped_as(struct inv_str key, struct inv_str name)
{
	size_t k = 0;
	size_t n;

	for (size_t i = 0; i < key.n; i += n, k++) {
		char c = key.p[i];

		n = 1;
		if (c == '\\')
			c = unescaped(key.p + i, &n);
		if (k == name.n || c != name.p[k])
			return false;
	}
	return k == name.n;
}

bool
inv_value_is_key(const struct inv_value *v, struct inv_str name)
{
	if (v->key_escaped)
		return is_escaped_as(v->key, name);
	return inv_str_eq(v->key, name);
}

const struct inv_value *
inv_value_member(const struct inv_value *object, struct inv_str name)
{
	const struct inv_value *m = inv_value_first(object);

	if (object->kind != INV_KIND_OBJECT)
		return NULL;
	for (uint32_t i = 0; i < object->n; i++, m = inv_value_next(m))
		if (inv_value_is_key(m, name))
			return m;
	return NULL;
}
