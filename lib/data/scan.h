/*
 * scan.h - strict JSON, told as spans of the text itself
 *
 * The gate for every byte that comes from outside: RFC 8259 grammar, UTF-8
 * without surrogates or overlong forms, no lone surrogate escapes, no key
 * twice in an object (compared after decoding), depth and sizes bounded.
 * What it refuses never gets further.  It allocates nothing per text and
 * copies nothing: a scan is told as views into the text.
 */
#ifndef INV_DATA_SCAN_H
#define INV_DATA_SCAN_H

#include "base/err.h"

enum {
	INV_DEPTH_MAX = 64,        /* nested arrays and objects of a value */
	INV_LINE_DEPTH_MAX = 72,   /* of a line: a record, or an error about
				      one, with what is around it */
	INV_MEMBERS_MAX = 4096,    /* members of one object: columns */
	INV_KEYS_OPEN_MAX = 8192,  /* keys of all objects open at once */
	INV_FIELD_MAX = 256 << 10, /* bytes of one string in a record, raw */
	INV_RECORD_MAX = 1 << 20,  /* bytes of a record */
	INV_DOCUMENT_MEMBERS = 1 << 20, /* of all open objects of a schema */
	INV_DOCUMENT_DEPTH = 256,       /* of a schema */
};

enum inv_kind {
	INV_KIND_NULL,
	INV_KIND_FALSE,
	INV_KIND_TRUE,
	INV_KIND_NUMBER,
	INV_KIND_STRING,
	INV_KIND_ARRAY,
	INV_KIND_OBJECT,
};

struct inv_member {
	struct inv_str key;   /* between the quotes, escapes not decoded */
	struct inv_str value; /* the whole value as written, quotes included */
	enum inv_kind kind;
	bool key_escaped;   /* the key has a backslash */
	bool value_escaped; /* the value is a string with a backslash */
};

struct inv_members {
	size_t n;
	/*
	 * The same number for the same names, as written, in the same order;
	 * of one inv_scan, or of several.  Another number says nothing.
	 */
	uint64_t shape;
	struct inv_member at[INV_MEMBERS_MAX];
};

struct inv_scan; /* scratch for one scan at a time; about 1 MiB */

struct inv_scan *inv_scan_new(void);

/* For schemas: inv_scan_value with the limits of a document, more memory. */
struct inv_scan *inv_scan_new_document(void);
void inv_scan_free(struct inv_scan *s);

/*
 * Scan text, which must be one JSON object with nothing but white space
 * around it.  Its members are in *inv_scan_outer; if it has a member "record"
 * that is an object, that object's members are in *inv_scan_record, else that
 * list is empty.  The record has the limits of inv_scan_object.  Views into
 * text; the lists are good until the next scan.
 *
 * INV_BAD with "byte N: what" (N from 1) if it is anything else.
 */
INV_MUST bool inv_scan_line(struct inv_scan *s, struct inv_str text,
    struct inv_err *err);
/*
 * The same for a line of which all but its last member, the record, is known
 * to the caller: all n members, no name twice, but the record's value has only
 * its begin.  False for anything else, right or wrong: ask inv_scan_line.
 */
INV_MUST bool inv_scan_line_from(struct inv_scan *s, struct inv_str text,
    const struct inv_member *members, size_t n);

const struct inv_members *inv_scan_outer(const struct inv_scan *s);
const struct inv_members *inv_scan_record(const struct inv_scan *s);

/*
 * Scan an object with the limits of a record: INV_RECORD_MAX and
 * INV_FIELD_MAX.  Its members are in *inv_scan_record.
 */
INV_MUST bool inv_scan_object(struct inv_scan *s, struct inv_str text,
    struct inv_err *err);

/* Scan any one JSON value; only its kind is told. */
INV_MUST bool inv_scan_value(struct inv_scan *s, struct inv_str text,
    enum inv_kind *kind, struct inv_err *err);

/* The member of that name (plain ASCII, compared undecoded), or NULL. */
static inline const struct inv_member *
inv_member_find(const struct inv_members *m, const char *name)
{
	size_t n = strlen(name);

	for (size_t i = 0; i < m->n; i++)
		if (m->at[i].key.n == n && memcmp(m->at[i].key.p, name, n) == 0)
			return &m->at[i];
	return NULL;
}

/* The content of a string value or key: what is between its quotes. */
struct inv_str inv_member_inner(const struct inv_member *m);

/*
 * Walk the elements of an array, or the members of an object, that has been
 * scanned before (nothing is checked again).  Start with *rest = the text of
 * the array or object; each call sets *element (value; for objects key too)
 * and returns true until there is none left.
 */
bool inv_scan_each(struct inv_str *rest, struct inv_member *element);

/*
 * Decode the inside of a scanned string (its escapes) to UTF-8.  out has room
 * for raw.n bytes, which is always enough.  Returns the decoded length.
 */
size_t inv_text_decode(struct inv_str raw, char *out);

/*
 * Number of leading bytes of p[0..n) that are printable ASCII other than the
 * quote and the backslash: what stands in JSON text as itself.
 */
size_t inv_text_plain(const char *p, size_t n);

/* All of s is UTF-8 (RFC 3629: no surrogates, no overlong forms). */
bool inv_text_is_utf8(struct inv_str s);

#endif
