/*
 * json.h - a JSON text as a tree, for cold paths: schemas, configuration
 *
 * No record ever comes here.  A text is first read by data/scan, which
 * refuses what RFC 8259 does not allow; getters ask for the kind a value has
 * and never turn one into another.
 */
#ifndef INV_DATA_JSON_H
#define INV_DATA_JSON_H

#include "base/buf.h"
#include "data/number.h"
#include "data/scan.h"

struct inv_json; /* a value, and all that is in it */

/*
 * NULL with INV_BAD where the scanner refuses text (limits of a document), or
 * where a key has a NUL in it.  Numbers keep their text.  Free the value that
 * was returned here; what is in it goes with it.
 */
struct inv_json *inv_json_new(struct inv_str text, struct inv_err *err);
void inv_json_free(struct inv_json *j);

enum inv_kind inv_json_kind(const struct inv_json *j);

/* The member of that name; NULL where there is none, or j is no object. */
const struct inv_json *inv_json_member(const struct inv_json *j,
    const char *name);

/*
 * The next member of an object, in the order of the text.  Start with
 * *walk = NULL; false behind the last.  The key ends with a NUL.
 */
bool inv_json_next(const struct inv_json *object, void **walk,
    struct inv_str *key, const struct inv_json **value);

/* Elements of an array; 0 of anything else. */
size_t inv_json_count(const struct inv_json *j);
const struct inv_json *inv_json_at(const struct inv_json *array, size_t i);

/* Decoded.  False if it is not a string. */
INV_MUST bool inv_json_str(const struct inv_json *j, struct inv_str *s);

/* False if it is not a number, or has more digits than a decimal. */
INV_MUST bool inv_json_decimal(const struct inv_json *j, struct inv_decimal *d);

/* Its JSON text, on one line; not canonical. */
void inv_json_print(const struct inv_json *j, struct inv_buf *out);

#endif
