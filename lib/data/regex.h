/*
 * regex.h - a regular expression of ECMA-262, read to a tree
 *
 * The syntax is that of `new RegExp(text, "u")`, which is what JSON Schema
 * asks for, but for what any reader takes alike: a backslash before a sign
 * that needs none, and a hyphen beside a class such as \w within brackets.
 */
#ifndef INV_DATA_REGEX_H
#define INV_DATA_REGEX_H

#include "base/buf.h"
#include "base/err.h"

enum {
	INV_REGEX_MAX = 64 << 10, /* bytes of an expression */
	INV_REGEX_DEPTH = 100,    /* of groups in groups */
	INV_CODE_MAX = 0x10ffff,  /* the last code point */
	INV_REGEX_ROOT = 1,       /* the node, an INV_REGEX_ANY */
};

enum inv_regex_op {
	INV_REGEX_SET,    /* one code point of a set */
	INV_REGEX_ALL,    /* its children, one after the other */
	INV_REGEX_ANY,    /* one of its children */
	INV_REGEX_REPEAT, /* its child, min to max times */
	INV_REGEX_GROUP,  /* its child, remembered */
	INV_REGEX_REF,    /* what a group remembers */
	INV_REGEX_START,
	INV_REGEX_END,
	INV_REGEX_EDGE, /* of a word; or none, where negated */
	INV_REGEX_LOOK, /* its child is here, or is not; takes nothing */
};

/* Code points, both ends included. */
struct inv_range {
	uint32_t from, to;
};

struct inv_regex_node {
	enum inv_regex_op op;
	bool negated;
	bool lazy;                            /* REPEAT */
	bool behind;                          /* LOOK */
	uint32_t up, next, prev, first, last; /* nodes; 0: there is none */
	uint64_t min, max;    /* REPEAT; UINT64_MAX: as often as it likes */
	unsigned group;       /* GROUP and REF: its number among those that
				can come, from 1 */
	struct inv_str name;  /* of it, in the text that was read; or empty */
	size_t range, ranges; /* SET: ascending, a gap between each two */
	size_t prop, props;   /* SET: bytes of properties, \p{..} for PCRE2 */
};

struct inv_regex {
	struct inv_regex_node *at; /* in the order of the text; [0] is none */
	size_t n, cap;
	struct inv_range *range;
	size_t ranges, range_cap;
	struct inv_buf props;
	unsigned groups;
	bool refs;
};

/*
 * Read valid UTF-8.  False with INV_CONFIG, "pattern, character 7: ..."; to be
 * freed in either case.  A reference is refused where ECMA-262 and PCRE2 may
 * differ in what the group remembers.
 *
 * A set with properties and `negated` is what is in neither; without any the
 * ranges say it all.
 */
INV_MUST bool inv_regex_read(struct inv_regex *r, struct inv_str text,
    struct inv_err *err);
void inv_regex_free(struct inv_regex *r);

#endif
