/*
 * sfstring.c - the sf-string of RFC 9651, which Idempotency-Key is
 *
 * One function for each parsing algorithm of RFC 9651 section 4.2; each takes
 * its part off the front of *s or returns false.
 */

#include "data/sfstring.h"

#include "data/scan.h"

enum {
	INTEGER_DIGITS = 15,
	WHOLE_DIGITS = 12, /* of a decimal, before its point */
	FRACTION_DIGITS = 3,
	DISPLAY_MAX = 64 << 10, /* bytes of a display string, decoded */
};

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_lower(char c)
{
	return c >= 'a' && c <= 'z';
}

static bool
is_alpha(char c)
{
	return is_lower(c) || (c >= 'A' && c <= 'Z');
}

static bool
is_one_of(char c, const char *set)
{
	return c != '\0' && strchr(set, c) != NULL;
}

static bool
is_printable(char c)
{
	return c >= 0x20 && c < 0x7f;
}

static char
take(struct inv_str *s)
{
	s->n--;
	return *s->p++;
}

static bool
taken(struct inv_str *s, char c)
{
	if (s->n == 0 || *s->p != c)
		return false;
	take(s);
	return true;
}

static void
skip_spaces(struct inv_str *s)
{
	while (taken(s, ' '))
		continue;
}

/* out may be NULL: the string is only looked at. */
static bool
string(struct inv_str *s, struct inv_buf *out)
{
	if (!taken(s, '"'))
		return false;
	while (s->n > 0) {
		char c = take(s);

		if (c == '"')
			return out == NULL || !out->failed;
		if (c == '\\') {
			if (s->n == 0)
				return false;
			c = take(s);
			if (c != '"' && c != '\\')
				return false;
		}
		if (!is_printable(c))
			return false;
		if (out != NULL)
			inv_buf_byte(out, c);
	}
	return false;
}

static size_t
digits(struct inv_str *s)
{
	size_t n = 0;

	while (s->n > 0 && is_digit(*s->p)) {
		take(s);
		n++;
	}
	return n;
}

static bool
integer(struct inv_str *s)
{
	taken(s, '-');
	size_t n = digits(s);

	return n > 0 && n <= INTEGER_DIGITS;
}

static bool
number(struct inv_str *s)
{
	taken(s, '-');
	size_t whole = digits(s);

	if (whole == 0 || whole > INTEGER_DIGITS)
		return false;
	if (!taken(s, '.'))
		return true;
	size_t fraction = digits(s);

	return whole <= WHOLE_DIGITS && fraction > 0 &&
	    fraction <= FRACTION_DIGITS;
}

static void
token(struct inv_str *s)
{
	while (s->n > 0 &&
	    (is_alpha(*s->p) || is_digit(*s->p) ||
		is_one_of(*s->p, "!#$%&'*+-.^_`|~:/")))
		take(s);
}

static bool
bytes(struct inv_str *s)
{
	take(s);
	while (s->n > 0 && *s->p != ':') {
		char c = take(s);

		if (!is_alpha(c) && !is_digit(c) && !is_one_of(c, "+/="))
			return false;
	}
	return taken(s, ':');
}

static bool
boolean(struct inv_str *s)
{
	take(s);
	return taken(s, '0') || taken(s, '1');
}

static bool
date(struct inv_str *s)
{
	take(s);
	return integer(s);
}

static bool
display_bytes(struct inv_str *s, struct inv_buf *out)
{
	while (s->n > 0) {
		char c = take(s);

		if (c == '"')
			return !out->failed;
		if (!is_printable(c))
			return false;
		if (c == '%') {
			if (s->n < 2 ||
			    !inv_str_unhex((struct inv_str){ s->p, 2 }, &c, 1))
				return false;
			s->p += 2;
			s->n -= 2;
		}
		inv_buf_byte(out, c);
	}
	return false;
}

static bool
display(struct inv_str *s)
{
	struct inv_buf out = INV_BUF(DISPLAY_MAX);

	take(s);
	bool ok = taken(s, '"') && display_bytes(s, &out) &&
	    inv_text_is_utf8(inv_buf_str(&out));

	inv_buf_free(&out);
	return ok;
}

static bool
bare_item(struct inv_str *s)
{
	if (s->n == 0)
		return false;
	char c = *s->p;

	if (c == '-' || is_digit(c))
		return number(s);
	if (c == '"')
		return string(s, NULL);
	if (c == ':')
		return bytes(s);
	if (c == '?')
		return boolean(s);
	if (c == '@')
		return date(s);
	if (c == '%')
		return display(s);
	if (c != '*' && !is_alpha(c))
		return false;
	token(s);
	return true;
}

static bool
parameter_key(struct inv_str *s)
{
	if (s->n == 0 || (!is_lower(*s->p) && *s->p != '*'))
		return false;
	while (s->n > 0 &&
	    (is_lower(*s->p) || is_digit(*s->p) || is_one_of(*s->p, "_-.*")))
		take(s);
	return true;
}

static bool
parameters(struct inv_str *s)
{
	while (taken(s, ';')) {
		skip_spaces(s);
		if (!parameter_key(s))
			return false;
		if (taken(s, '=') && !bare_item(s))
			return false;
	}
	return true;
}

bool
inv_sfstring_parse(struct inv_str field, struct inv_buf *out)
{
	skip_spaces(&field);
	if (!string(&field, out) || !parameters(&field))
		return false;
	skip_spaces(&field);
	return field.n == 0;
}

bool
inv_sfstring_write(struct inv_buf *out, struct inv_str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!is_printable(s.p[i]))
			return false;
	inv_buf_byte(out, '"');
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '"' || s.p[i] == '\\')
			inv_buf_byte(out, '\\');
		inv_buf_byte(out, s.p[i]);
	}
	inv_buf_byte(out, '"');
	return true;
}
