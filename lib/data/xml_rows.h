/*
 * xml_rows.h - the elements of an XML text that a path leads to, as records
 *
 * A path is names of elements from the root on, /catalog/item; `*` is any one
 * name.  Names are local ones.  Memory is the same for a text of any size.
 */
#ifndef INV_DATA_XML_ROWS_H
#define INV_DATA_XML_ROWS_H

#include "data/input.h"
#include "data/naming.h"
#include "data/ruling.h"
#include "data/xml_map.h"
#include "io/stream.h"

struct inv_xml_rows;

struct inv_xml_rows *inv_xml_rows_new(void);
void inv_xml_rows_free(struct inv_xml_rows *x);

/*
 * Stand before its first row; all are kept.  With a map its rows are read, and
 * not those that path leads to.  The text is decoded (text.h) if its encoding
 * is not for XML to say.
 */
void inv_xml_rows_begin(struct inv_xml_rows *x, struct inv_input *in,
    struct inv_str path, const struct inv_xml_map *map,
    struct inv_naming *naming);

/* Views, good until the next row. */
struct inv_xml_row {
	uint64_t line;  /* from 1 */
	uint64_t begin; /* bytes of the text, from 0 */
	uint64_t end;   /* the one behind the last */
	struct inv_str raw;
	bool cut; /* that is only the begin of it */
};

/*
 * Whether all of it can be read is known at its end.  INV_BAD, with a reason,
 * where it is not well-formed, has a DOCTYPE, the path leads nowhere, or a
 * member of the header comes behind rows that have it; the
 * message has the line and the column, or where there are elements that could
 * be rows.  An element without elements that is on the way to them has no
 * rows, which is no error.
 */
INV_MUST enum inv_next inv_xml_rows_next(struct inv_xml_rows *x,
    struct inv_xml_row *row, struct inv_err *err);
const char *inv_xml_rows_reason(const struct inv_xml_rows *x);

/* The row has no flaws: as JSON it is this, good until the next. */
bool inv_xml_rows_is_sound(const struct inv_xml_rows *x);
struct inv_str inv_xml_rows_json(const struct inv_xml_rows *x);

/*
 * What is wrong with it, as elements of the array that out ends with; where
 * that is too much, only that it is, once it has been given up.
 */
void inv_xml_rows_errors(struct inv_xml_rows *x, const struct inv_place *at,
    struct inv_buf *out);
void inv_xml_rows_give_up(struct inv_xml_rows *x);

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
