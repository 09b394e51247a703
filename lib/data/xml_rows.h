/*
 * xml_rows.h - the elements of an XML text that a path leads to, as records
 *
 * A path is names of elements from the root on, /catalog/item; `*` is any one
 * name.  Names are local ones.  Memory is the same for a text of any size.
 */
#ifndef INV_DATA_XML_ROWS_H
#define INV_DATA_XML_ROWS_H

#include "data/input.h"
#include "data/xml_members.h"
#include "io/stream.h"

struct inv_xml_rows;

struct inv_xml_rows *inv_xml_rows_new(void);
void inv_xml_rows_free(struct inv_xml_rows *x);

/*
 * Stand before its first row; in, path and naming are kept.  The text is
 * decoded (text.h) if its encoding is not for XML to say.
 */
void inv_xml_rows_begin(struct inv_xml_rows *x, struct inv_input *in,
    struct inv_str path, struct inv_naming *naming);

/* Views, good until the next row. */
struct inv_xml_row {
	uint64_t line;  /* from 1 */
	uint64_t begin; /* bytes of the text, from 0 */
	uint64_t end;   /* the one behind the last */
	struct inv_str raw;
	bool cut; /* that is only the begin of it */
	struct inv_xml_members *members;
};

/*
 * Whether all of it can be read is known at its end.  INV_BAD, with a reason,
 * where it is not well-formed, has a DOCTYPE, or the path leads nowhere; the
 * message has the line and the column, or where there are elements that could
 * be rows.  An element without elements that is on the way to them has no
 * rows, which is no error.
 */
INV_MUST enum inv_next inv_xml_rows_next(struct inv_xml_rows *x,
    struct inv_xml_row *row, struct inv_err *err);
const char *inv_xml_rows_reason(const struct inv_xml_rows *x);

/*
 * Once the end was seen: what encoding it says its bytes are, as io/xml.h has
 * it; NULL where that is not for XML to say.
 */
const char *inv_xml_rows_encoding(const struct inv_xml_rows *x);

/*
 * The same: what raw was of a row, for rows in their order.  All
 * of it is read once more, but not parsed.
 */
INV_MUST bool inv_xml_rows_again(struct inv_xml_rows *x, uint64_t begin,
    uint64_t end, struct inv_str *raw, struct inv_err *err);

#endif
