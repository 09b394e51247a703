/*
 * json.c - a JSON text as a tree (the only user of json-c)
 *
 * json-c takes more than JSON is, cuts keys at a NUL and clamps numbers: all
 * of that is found here before or directly after it has read the text.
 */

#include "data/json.h"

#include <limits.h>

#include <json-c/json.h>

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

static bool
has_nul(struct inv_str key)
{
	for (size_t i = 0; i + 6 <= key.n; i++)
		if (key.p[i] == '\\' && memcmp(key.p + ++i, "u0000", 5) == 0)
			return true;
	return false;
}

/* json-c clamps whole numbers that its integers do not hold. */
static bool
is_clamped(struct inv_str number)
{
	size_t i = number.p[0] == '-';
	size_t n = i;

	while (n < number.n && number.p[n] >= '0' && number.p[n] <= '9')
		n++;
	return n == number.n && n - i > INT_DIGITS;
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

static bool
is_key(struct inv_str s, size_t i)
{
	while (i < s.n && strchr(" \t\r\n", s.p[i]) != NULL)
		i++;
	return i < s.n && s.p[i] == ':';
}

/*
 * The scanned text as json-c is to have it, with a NUL behind it: a number
 * that it would clamp becomes one with a point, whose text it keeps.
 */
static bool
prepare(struct inv_str s, struct inv_buf *out, struct inv_err *err)
{
	size_t end;

	for (size_t i = 0; i < s.n; i = end) {
		end = i + 1;
		if (s.p[i] == '"')
			end = past_string(s, i);
		else if (s.p[i] == '-' || (s.p[i] >= '0' && s.p[i] <= '9'))
			end = past_number(s, i);
		struct inv_str part = { s.p + i, end - i };

		inv_buf_add(out, part);
		if (part.p[0] != '"' && part.n > INT_DIGITS && is_clamped(part))
			inv_buf_add(out, INV_LIT(".0"));
		if (part.p[0] == '"' && has_nul(part) && is_key(s, end))
			return inv_fail(err, INV_BAD, "a NUL in a key");
	}
	inv_buf_byte(out, '\0');
	if (out->failed)
		return inv_fail(err, INV_BAD, "too long");
	return true;
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
	struct inv_buf copy = INV_BUF(INT_MAX);

	if (!scan(text, err) || !prepare(text, &copy, err)) {
		inv_buf_free(&copy);
		return NULL;
	}
	struct json_tokener *tok = json_tokener_new_ex(INV_DOCUMENT_DEPTH + 2);
	struct json_object *o = json_tokener_parse_ex(tok, copy.p, (int)copy.n);
	bool ok = json_tokener_get_error(tok) == json_tokener_success;

	json_tokener_free(tok);
	inv_buf_free(&copy);
	if (ok)
		return json_of(o);
	json_object_put(o);
	inv_fail(err, INV_INTERNAL, "json-c refuses what is JSON");
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

bool
inv_json_str(const struct inv_json *j, struct inv_str *s)
{
	struct json_object *o = object_of(j);

	if (!json_object_is_type(o, json_type_string))
		return false;
	*s = (struct inv_str){ json_object_get_string(o),
		(size_t)json_object_get_string_len(o) };
	return true;
}

bool
inv_json_decimal(const struct inv_json *j, struct inv_decimal *d)
{
	struct json_object *o = object_of(j);

	return inv_json_kind(j) == INV_KIND_NUMBER &&
	    inv_decimal_of(inv_str_of(json_object_get_string(o)), d);
}

void
inv_json_print(const struct inv_json *j, struct inv_buf *out)
{
	enum { HOW = JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE };
	size_t n;
	const char *p =
	    json_object_to_json_string_length(object_of(j), HOW, &n);

	inv_buf_add(out, (struct inv_str){ p, n });
}
