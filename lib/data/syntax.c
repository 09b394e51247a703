/*
 * syntax.c - the formats of JSON Schema that are asserted
 *
 * A reader takes from the front of the text what its rule matches.  None of
 * these grammars needs to go back: where a rule ends is always plain.
 */

#include "data/syntax.h"

#include <strings.h>

#include "data/calendar.h"
#include "data/pattern.h"

enum {
	PIECES = 8, /* groups of 16 bits of an IPv6 address */
	UUID = 36,
};

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
is_alnum(char c)
{
	return is_alpha(c) || is_digit(c);
}

static bool
is_hex(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool
is_one_of(char c, const char *set)
{
	return c != '\0' && strchr(set, c) != NULL;
}

static bool
take(struct inv_str *s, char c)
{
	if (s->n == 0 || *s->p != c)
		return false;
	s->p++;
	s->n--;
	return true;
}

/* What is in front of the first c; it and c are taken.  All, without a c. */
static bool
take_until(struct inv_str *s, char c, struct inv_str *front)
{
	const char *at = s->n > 0 ? memchr(s->p, c, s->n) : NULL;

	*front = *s;
	if (at == NULL) {
		*s = (struct inv_str){ s->p + s->n, 0 };
		return false;
	}
	front->n = (size_t)(at - s->p);
	*s = (struct inv_str){ at + 1, s->n - front->n - 1 };
	return true;
}

/* As many as there are; how many. */
static size_t
take_while(struct inv_str *s, bool (*is)(char c))
{
	size_t n = 0;

	for (; n < s->n && is(s->p[n]); n++)
		;
	*s = (struct inv_str){ s->p + n, s->n - n };
	return n;
}

static bool
take_number(struct inv_str *s, char unit)
{
	struct inv_str rest = *s;

	if (take_while(&rest, is_digit) == 0 || !take(&rest, unit))
		return false;
	*s = rest;
	return true;
}

/* One unit or more of these, with none left out in between. */
static bool
take_units(struct inv_str *s, const char *units)
{
	for (; *units != '\0'; units++) {
		if (!take_number(s, *units))
			continue;
		while (*++units != '\0' && take_number(s, *units))
			;
		return true;
	}
	return false;
}

static bool
is_duration(struct inv_str s)
{
	if (!take(&s, 'P'))
		return false;
	if (take_number(&s, 'W'))
		return s.n == 0;
	bool date = take_units(&s, "YMD");

	if (take(&s, 'T'))
		return take_units(&s, "HMS") && s.n == 0;
	return date && s.n == 0;
}

static bool
is_ipv4(struct inv_str s)
{
	for (int i = 0; i < 4; i++) {
		struct inv_str part;
		uint64_t v;

		if (take_until(&s, '.', &part) != (i < 3) ||
		    !inv_str_u64(part, 0, 255, &v))
			return false;
	}
	return true;
}

/* Groups with a colon in between, an IPv4 address for the last two or not. */
static bool
count_groups(struct inv_str s, bool last, int *n)
{
	for (bool more = s.n > 0; more;) {
		struct inv_str group;

		more = take_until(&s, ':', &group);
		if (!more && last && memchr(group.p, '.', group.n) != NULL) {
			*n += 2;
			return is_ipv4(group);
		}
		size_t digits = take_while(&group, is_hex);

		if (digits == 0 || digits > 4 || group.n > 0)
			return false;
		++*n;
	}
	return true;
}

static bool
is_ipv6(struct inv_str s)
{
	const char *gap = s.n > 0 ? memmem(s.p, s.n, "::", 2) : NULL;
	int n = 0;

	if (gap == NULL)
		return count_groups(s, true, &n) && n == PIECES;
	size_t front = (size_t)(gap - s.p);

	return count_groups((struct inv_str){ s.p, front }, false, &n) &&
	    count_groups((struct inv_str){ gap + 2, s.n - front - 2 }, true,
		&n) &&
	    n < PIECES;
}

static bool
is_atext(char c)
{
	return is_alnum(c) || is_one_of(c, "!#$%&'*+-/=?^_`{|}~");
}

static bool
take_dot_string(struct inv_str *s)
{
	do {
		if (take_while(s, is_atext) == 0)
			return false;
	} while (take(s, '.'));
	return true;
}

static bool
take_quoted(struct inv_str *s)
{
	while (s->n > 0 && *s->p != '"') {
		take(s, '\\');
		if (s->n == 0 || *s->p < ' ' || *s->p > '~')
			return false;
		take(s, *s->p);
	}
	return take(s, '"');
}

static bool
is_ldh(char c)
{
	return is_alnum(c) || c == '-';
}

static bool
is_domain(struct inv_str s)
{
	do {
		size_t n = take_while(&s, is_ldh);

		if (n == 0 || s.p[-1] == '-' || *(s.p - n) == '-')
			return false;
	} while (take(&s, '.'));
	return s.n == 0;
}

/* Of the tags of an address only IPv6 is registered. */
static bool
is_address(struct inv_str s)
{
	static const char tag[] = "IPv6:";
	size_t n = sizeof(tag) - 1;

	if (s.n >= n && strncasecmp(s.p, tag, n) == 0)
		return is_ipv6((struct inv_str){ s.p + n, s.n - n });
	return is_ipv4(s);
}

static bool
is_email(struct inv_str s)
{
	if (!(take(&s, '"') ? take_quoted(&s) : take_dot_string(&s)))
		return false;
	if (!take(&s, '@'))
		return false;
	if (take(&s, '['))
		return s.n > 0 && s.p[s.n - 1] == ']' &&
		    is_address((struct inv_str){ s.p, s.n - 1 });
	return is_domain(s);
}

/* unreserved, sub-delims, percent escapes, and those of `also`. */
static bool
is_uri_text(struct inv_str s, const char *also)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (is_alnum(c) || is_one_of(c, "-._~!$&'()*+,;=") ||
		    is_one_of(c, also))
			continue;
		if (c != '%' || s.n - i < 3 || !is_hex(s.p[i + 1]) ||
		    !is_hex(s.p[i + 2]))
			return false;
		i += 2;
	}
	return true;
}

/* What is between the brackets. */
static bool
is_ip_literal(struct inv_str s)
{
	if (!take(&s, 'v') && !take(&s, 'V'))
		return is_ipv6(s);
	return take_while(&s, is_hex) > 0 && take(&s, '.') && s.n > 0 &&
	    memchr(s.p, '%', s.n) == NULL && is_uri_text(s, ":");
}

static bool
is_authority(struct inv_str s)
{
	struct inv_str front, rest = s;

	if (take_until(&rest, '@', &front)) {
		if (!is_uri_text(front, ":"))
			return false;
		s = rest;
	}
	if (take(&s, '[')) {
		if (!take_until(&s, ']', &front) || !is_ip_literal(front))
			return false;
		if (s.n > 0 && !take(&s, ':'))
			return false;
	} else {
		take_until(&s, ':', &front);
		if (!is_uri_text(front, ""))
			return false;
	}
	take_while(&s, is_digit);
	return s.n == 0;
}

static bool
is_scheme_rest(char c)
{
	return is_alnum(c) || is_one_of(c, "+-.");
}

static bool
is_uri(struct inv_str s)
{
	struct inv_str query, path, part;

	if (s.n == 0 || !is_alpha(*s.p))
		return false;
	take_while(&s, is_scheme_rest);
	if (!take(&s, ':'))
		return false;
	take_until(&s, '#', &query);
	take_until(&query, '?', &path);
	if (!is_uri_text(s, ":@/?") || !is_uri_text(query, ":@/?"))
		return false;
	if (!inv_str_starts(path, INV_LIT("//")))
		return is_uri_text(path, ":@/");
	path = (struct inv_str){ path.p + 2, path.n - 2 };
	take_until(&path, '/', &part);
	return is_authority(part) && is_uri_text(path, ":@/");
}

static bool
is_uuid(struct inv_str s)
{
	if (s.n != UUID)
		return false;
	for (size_t i = 0; i < UUID; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (dash ? s.p[i] != '-' : !is_hex(s.p[i]))
			return false;
	}
	return true;
}

static bool
is_regex(struct inv_str s)
{
	struct inv_err err;
	struct inv_pattern *p = inv_pattern_new(s, &err);

	inv_pattern_free(p);
	return p != NULL;
}

static bool
is_json_pointer(struct inv_str s)
{
	if (s.n > 0 && *s.p != '/')
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == '~' &&
		    (i + 1 == s.n || !is_one_of(s.p[i + 1], "01")))
			return false;
	return true;
}

static const struct {
	const char *name;
	bool (*is)(struct inv_str text);
	const char *type;
	const char *msg;
} all[] = {
	[INV_SYNTAX_DATE] = { "date", inv_calendar_is_date, "date_parsing",
	    "is not a date of the calendar, YYYY-MM-DD" },
	[INV_SYNTAX_DATE_TIME] = { "date-time", inv_calendar_is_time,
	    "datetime_parsing",
	    "is not a time of the calendar, as RFC 3339 writes it" },
	[INV_SYNTAX_TIME] = { "time", inv_calendar_is_clock, "time_parsing",
	    "is not a time of the day with its offset, as RFC 3339 writes it" },
	[INV_SYNTAX_DURATION] = { "duration", is_duration, "time_delta_parsing",
	    "is not a duration, as RFC 3339 writes it" },
	[INV_SYNTAX_EMAIL] = { "email", is_email, "value_error",
	    "is not an email address" },
	[INV_SYNTAX_URI] = { "uri", is_uri, "url_parsing",
	    "is not a URI with its scheme" },
	[INV_SYNTAX_UUID] = { "uuid", is_uuid, "uuid_parsing",
	    "is not a UUID" },
	[INV_SYNTAX_IPV4] = { "ipv4", is_ipv4, "ip_v4_address",
	    "is not an IPv4 address" },
	[INV_SYNTAX_IPV6] = { "ipv6", is_ipv6, "ip_v6_address",
	    "is not an IPv6 address" },
	[INV_SYNTAX_REGEX] = { "regex", is_regex, "pattern_regex",
	    "is not a regular expression" },
	[INV_SYNTAX_JSON_POINTER] = { "json-pointer", is_json_pointer,
	    "json_pointer_parsing", "is not a JSON pointer" },
};

bool
inv_syntax_of(struct inv_str name, enum inv_syntax *syntax)
{
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		if (inv_str_is(name, all[i].name)) {
			*syntax = (enum inv_syntax)i;
			return true;
		}
	return false;
}

bool
inv_syntax_is(enum inv_syntax syntax, struct inv_str text)
{
	return all[syntax].is(text);
}

const char *
inv_syntax_type(enum inv_syntax syntax)
{
	return all[syntax].type;
}

const char *
inv_syntax_msg(enum inv_syntax syntax)
{
	return all[syntax].msg;
}
