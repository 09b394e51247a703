/*
 * syntax.h - the formats of JSON Schema that are asserted
 *
 * Each by its RFC: date, date-time, time, duration (RFC 3339 and its appendix
 * A), email (RFC 5321 section 4.1.2), uri (RFC 3986), uuid (RFC 4122), ipv4
 * (RFC 2673 section 3.2), ipv6 (RFC 4291 section 2.2), regex (ECMA-262, as
 * data/pattern has it), json-pointer (RFC 6901 section 5).
 */
#ifndef INV_DATA_SYNTAX_H
#define INV_DATA_SYNTAX_H

#include "base/str.h"

enum inv_syntax {
	INV_SYNTAX_DATE,
	INV_SYNTAX_DATE_TIME,
	INV_SYNTAX_TIME,
	INV_SYNTAX_DURATION,
	INV_SYNTAX_EMAIL,
	INV_SYNTAX_URI,
	INV_SYNTAX_UUID,
	INV_SYNTAX_IPV4,
	INV_SYNTAX_IPV6,
	INV_SYNTAX_REGEX,
	INV_SYNTAX_JSON_POINTER,
};

/* By the name in the schema; false for one that is not asserted. */
INV_MUST bool inv_syntax_of(struct inv_str name, enum inv_syntax *syntax);

/* The string, decoded, is of that format. */
bool inv_syntax_is(enum inv_syntax syntax, struct inv_str text);

/* pydantic's type for it where it has one, and what the message says. */
const char *inv_syntax_type(enum inv_syntax syntax);
const char *inv_syntax_msg(enum inv_syntax syntax);

#endif
