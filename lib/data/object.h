/*
 * object.h - a row that is a JSON object, as a reader writes it
 *
 * The object is passed on exactly as it is written, if it is strict JSON
 * within the limits of a record and all of its numbers are exact.  Only where
 * it is written over lines the blanks are taken out that stand around values,
 * and where members are flattened or named (how.h) it is written anew.
 */
#ifndef INV_DATA_OBJECT_H
#define INV_DATA_OBJECT_H

#include "data/reader.h"
#include "data/ruling.h"

struct inv_object; /* scratch for one row at a time */

struct inv_object *inv_object_new(void);
void inv_object_free(struct inv_object *o);

/* Of a row that is to be written. */
struct inv_object_row {
	struct inv_str text; /* blanks around it do not matter */
	bool cut;            /* it is only the begin of it: too long */
	const char *reason;  /* if it is wrong */
	struct inv_place at;
	struct inv_str raw; /* what is then told of it */
};

/* As `write` of a reader; sets item and why of r. */
bool inv_object_write(struct inv_object *o, struct inv_reader *r,
    const struct inv_object_row *row, struct inv_buf *out);

#endif
