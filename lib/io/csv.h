/*
 * csv.h - one framed record, split into its fields
 *
 * A record without quoted fields has been cut by io/frame, in the same pass
 * that found its end, and its fields are views into the record: quoting is all
 * the grammar there is, and where there is none nothing is left to parse.
 * Records with quoted fields go through libcsv, one at a time, nothing
 * trimmed; that it sees as many fields as the framer is checked.
 */
#ifndef INV_IO_CSV_H
#define INV_IO_CSV_H

#include "io/frame.h"

struct inv_csv;

/* delimiter as for the framer. */
struct inv_csv *inv_csv_new(char delimiter);
void inv_csv_free(struct inv_csv *c);

/*
 * The rec->fields fields of a record without a flaw, or whose only flaw is
 * their number, of which there are at most INV_FRAME_FIELDS_MAX.  A bare empty
 * field has a NULL pointer, a quoted empty one has not.  Good until the next
 * call or the end of the record's life.
 *
 * NULL, with INV_INTERNAL, if libcsv reads the record differently.
 */
INV_MUST const struct inv_str *inv_csv_split(struct inv_csv *c,
    const struct inv_framed *rec, struct inv_err *err);

#endif
