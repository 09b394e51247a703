/*
 * json.c - a JSON text as a tree (the only user of json-c)
 *
 * json-c keeps the tree and does not read the text: its reader takes more than
 * JSON is, cuts keys at a NUL, clamps numbers, and where memory is gone it
 * drops members or crashes.
 */

#include "data/json.h"

#include <limits.h>

#include <stdlib.h>

#include <json-c/json.h>

#include "base/mem.h"

enum {
	INT_DIGITS = 18, /* that json-c's integers keep */
};

/* json-c's null is a NULL pointer, which must differ from "there is none". */
static char null_value;

/* struct inv_json is json-c's own object under a name of ours. */
static struct json_object *
object_of(const struct inv_json *j)
{
	if ((const void *)j == &null_value)
		return NULL;
	return (struct json_object *)(uintptr_t)j;
}

static struct inv_json *
json_of(struct json_object *o)
{
	return o == NULL ? (struct inv_json *)(void *)&null_value
			 : (struct inv_json *)o;
}

/* From an opening quote: behind the closing one. */
static size_t
past_string(struct inv_str s, size_t i)
{
	for (i++; s.p[i] != '"'; i++)
		i += s.p[i] == '\\';
	return i + 1;
}

static size_t
past_number(struct inv_str s, size_t i)
{
	while (i < s.n && strchr("0123456789+-.eE", s.p[i]) != NULL)
		i++;
	return i;
}

/* A text that the scanner has taken, read from left to right. */
struct reader {
	struct inv_str s;
	size_t i;
	struct inv_buf text; /* a decoded string, with a NUL behind it */
	bool has_nul;        /* a key with a NUL has come by */
};

static struct json_object *read_value(struct reader *r);

static char
next(struct reader *r)
{
	while (strchr(" \t\r\n", r->s.p[r->i]) != NULL)
		r->i++;
	return r->s.p[r->i];
}

static struct inv_str
read_string(struct reader *r)
{
	size_t end = past_string(r->s, r->i);
	struct inv_str raw = { r->s.p + r->i + 1, end - r->i - 2 };

	r->i = end;
	inv_buf_reset(&r->text);
	if (!inv_buf_room(&r->text, raw.n + 1))
		return INV_LIT(""); /* never: it is as large as the text */
	struct inv_str got = { r->text.p, inv_text_decode(raw, r->text.p) };

	r->text.p[got.n] = '\0';
	return got;
}

/* A whole number that json-c's integers hold, or a number with its text. */
static struct json_object *
read_number(struct reader *r)
{
	size_t end = past_number(r->s, r->i);
	struct inv_str text = { r->s.p + r->i, end - r->i };
	uint64_t v;

	r->i = end;
	if (text.n <= INT_DIGITS && inv_str_u64(text, 0, INT64_MAX, &v))
		return json_object_new_int64((int64_t)v);
	inv_buf_reset(&r->text);
	inv_buf_add(&r->text, text);
	inv_buf_byte(&r->text, '\0');
	return json_object_new_double_s(0, r->text.p);
}

static struct json_object *
read_array(struct reader *r)
{
	struct json_object *array = json_object_new_array();

	inv_mem_need(array != NULL);
	for (r->i++; next(r) != ']'; r->i += next(r) == ',')
		inv_mem_need(json_object_array_add(array, read_value(r)) == 0);
	r->i++;
	inv_mem_need(json_object_array_shrink(array, 0) == 0);
	return array;
}

static struct json_object *
read_object(struct reader *r)
{
	struct json_object *object = json_object_new_object();

	inv_mem_need(object != NULL);
	for (r->i++; next(r) != '}'; r->i += next(r) == ',') {
		struct inv_str name = read_string(r);
		char *key = inv_mem_dup(name.p, name.n);

		r->has_nul |= strlen(key) != name.n;
		(void)next(r);
		r->i++; /* the colon */
		inv_mem_need(json_object_object_add_ex(object, key,
				 read_value(r),
				 JSON_C_OBJECT_ADD_KEY_IS_NEW) == 0);
		free(key);
	}
	r->i++;
	return object;
}

/* No deeper than the scanner lets a document be. */
static struct json_object *
read_value(struct reader *r)
{
	struct json_object *o = NULL;
	struct inv_str s;

	switch (next(r)) {
	case '{':
		return read_object(r);
	case '[':
		return read_array(r);
	case 'n':
		r->i += strlen("null");
		return NULL;
	case 't':
		r->i += strlen("true");
		o = json_object_new_boolean(1);
		break;
	case 'f':
		r->i += strlen("false");
		o = json_object_new_boolean(0);
		break;
	case '"':
		s = read_string(r);
		o = json_object_new_string_len(s.p, (int)s.n);
		break;
	default:
		o = read_number(r);
	}
	inv_mem_need(o != NULL);
	return o;
}

static bool
scan(struct inv_str text, struct inv_err *err)
{
	struct inv_scan *s = inv_scan_new_document();
	enum inv_kind kind;
	bool ok = inv_scan_value(s, text, &kind, err);

	inv_scan_free(s);
	return ok;
}

struct inv_json *
inv_json_new(struct inv_str text, struct inv_err *err)
{
	struct reader r = { .s = text, .text = INV_BUF(INT_MAX) };

	if (!scan(text, err))
		return NULL;
	struct json_object *o = read_value(&r);

	inv_buf_free(&r.text);
	if (!r.has_nul)
		return json_of(o);
	json_object_put(o);
	inv_fail(err, INV_BAD, "a NUL in a key");
	return NULL;
}

void
inv_json_free(struct inv_json *j)
{
	json_object_put(object_of(j));
}

enum inv_kind
inv_json_kind(const struct inv_json *j)
{
	const struct json_object *o = object_of(j);

	switch (json_object_get_type(o)) {
	case json_type_null:
		return INV_KIND_NULL;
	case json_type_boolean:
		return json_object_get_boolean(o) ? INV_KIND_TRUE
						  : INV_KIND_FALSE;
	case json_type_double:
	case json_type_int:
		return INV_KIND_NUMBER;
	case json_type_string:
		return INV_KIND_STRING;
	case json_type_array:
		return INV_KIND_ARRAY;
	case json_type_object:
		return INV_KIND_OBJECT;
	}
	return INV_KIND_NULL;
}

const struct inv_json *
inv_json_member(const struct inv_json *j, const char *name)
{
	struct json_object *value;

	if (!json_object_is_type(object_of(j), json_type_object) ||
	    !json_object_object_get_ex(object_of(j), name, &value))
		return NULL;
	return json_of(value);
}

bool
inv_json_next(const struct inv_json *object, void **walk, struct inv_str *key,
    const struct inv_json **value)
{
	struct lh_entry *entry = *walk == NULL
	    ? json_object_get_object(object_of(object))->head
	    : lh_entry_next((struct lh_entry *)*walk);

	if (entry == NULL)
		return false;
	*walk = entry;
	*key = inv_str_of(lh_entry_k(entry));
	*value = json_of(lh_entry_v(entry));
	return true;
}

size_t
inv_json_count(const struct inv_json *j)
{
	const struct json_object *o = object_of(j);

	return json_object_is_type(o, json_type_array)
	    ? json_object_array_length(o)
	    : 0;
}

const struct inv_json *
inv_json_at(const struct inv_json *array, size_t i)
{
	return json_of(json_object_array_get_idx(object_of(array), i));
}

/* As it prints a number the text is made now. */
static const char *
string_of(struct json_object *o)
{
	const char *p = json_object_get_string(o);

	inv_mem_need(p != NULL);
	return p;
}

bool
inv_json_str(const struct inv_json *j, struct inv_str *s)
{
	struct json_object *o = object_of(j);

	if (!json_object_is_type(o, json_type_string))
		return false;
	*s = (struct inv_str){ string_of(o),
		(size_t)json_object_get_string_len(o) };
	return true;
}

bool
inv_json_decimal(const struct inv_json *j, struct inv_decimal *d)
{
	struct json_object *o = object_of(j);

	return inv_json_kind(j) == INV_KIND_NUMBER &&
	    inv_decimal_of(inv_str_of(string_of(o)), d);
}

void
inv_json_print(const struct inv_json *j, struct inv_buf *out)
{
	enum { HOW = JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE };
	size_t n;
	const char *p =
	    json_object_to_json_string_length(object_of(j), HOW, &n);

	inv_mem_need(p != NULL);
	inv_buf_add(out, (struct inv_str){ p, n });
}
