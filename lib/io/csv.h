/*
 * csv.h - one framed record, split into its fields
 *
 * Most records have been cut by io/frame, in the same pass that found their
 * end, and their fields are views into the record: the framer has seen that
 * each quote is where it belongs, and what is left to do is to leave them out.
 * The others, which span lines or have quotes elsewhere, go through libcsv,
 * one at a time, nothing trimmed; that it sees as many fields as the framer is
 * checked.  libcsv knows no escapes: records that have them are taken apart
 * here, and held to the same count.
 */
#ifndef INV_IO_CSV_H
#define INV_IO_CSV_H

#include "io/frame.h"

struct inv_csv;

/* dialect as for the framer. */
struct inv_csv *inv_csv_new(struct inv_dialect dialect);
void inv_csv_free(struct inv_csv *c);

/*
 * The rec->fields fields of a record without a flaw, or whose only flaw is
 * their number, of which there are at most INV_FRAME_FIELDS_MAX.  A bare empty
 * field has a NULL pointer, a quoted empty one has not.  Good until the next
 * call or the end of the record's life.
 *
 * NULL, with INV_INTERNAL, if the record is read differently now.
 */
INV_MUST const struct inv_str *inv_csv_split(struct inv_csv *c,
    const struct inv_framed *rec, struct inv_err *err);

#endif
