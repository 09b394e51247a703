/*
 * value.h - a JSON value laid out for looking at more than once
 *
 * What a schema with references, alternatives or nested objects is run over:
 * the nodes of one canonical text (data/canon), in the order of the text, each
 * knowing where its siblings go on.  Views into that text; the memory of the
 * tape is kept from one value to the next, so that none is allocated for each.
 */
#ifndef INV_DATA_VALUE_H
#define INV_DATA_VALUE_H

#include "data/scan.h"

enum { INV_VALUES_MAX = 1 << 20 }; /* nodes of one value */

struct inv_value {
	enum inv_kind kind;
	bool escaped;        /* a string with a backslash */
	bool key_escaped;    /* its key has one */
	uint32_t n;          /* elements or members */
	uint32_t size;       /* nodes: the next sibling is this + size */
	uint32_t hash;       /* of its key, where that is not escaped */
	struct inv_str key;  /* in an object: between the quotes, undecoded */
	struct inv_str text; /* canonical, a string with its quotes: two values
				are equal if their texts are */
};

struct inv_tape;

struct inv_tape *inv_tape_new(void);
void inv_tape_free(struct inv_tape *t);

/*
 * Lay out a canonical text.  Good until the next read, as long as the text
 * is.  NULL past INV_VALUES_MAX.
 */
const struct inv_value *inv_tape_read(struct inv_tape *t, struct inv_str text);

/* The first element or member of v; v->n of them follow, by inv_value_next. */
static inline const struct inv_value *
inv_value_first(const struct inv_value *v)
{
	return v + 1;
}

static inline const struct inv_value *
inv_value_next(const struct inv_value *v)
{
	return v + v->size;
}

/* What `hash` is of a key; the same on every machine of one byte order. */
uint32_t inv_value_hash(struct inv_str name);

/* The key of a member is this text, decoded. */
bool inv_value_is_key(const struct inv_value *member, struct inv_str name);

/*
 * The member whose key is this text, decoded; NULL where there is none, or
 * where it is no object.
 */
const struct inv_value *inv_value_member(const struct inv_value *object,
    struct inv_str name);

#endif
