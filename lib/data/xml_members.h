/*
 * xml_members.h - an XML element as the members of a record, all of them
 * strings
 *
 *	<item sku="L-1">                {"sku":"L-1",
 *	  <price cur="EUR">5</price>     "price.cur":"EUR","price":"5",
 *	  <at><room>12</room></at>       "at.room":"12",
 *	  <tag>a</tag><tag>b</tag>       "tag":"a","tag.2":"b"}
 *	</item>
 *
 * Names are local ones.  What would be two members of one name, or is no
 * member at all, is a flaw of the record.  Names of paths are made when they
 * are first met, and kept for the records behind: nothing is allocated for a
 * record like those before it, and time is that of its bytes.
 */
#ifndef INV_DATA_XML_MEMBERS_H
#define INV_DATA_XML_MEMBERS_H

#include "data/naming.h"
#include "data/ruling.h"

enum {
	INV_XML_NODES = 8192, /* elements and attributes of a record */
};

struct inv_xml_members;

struct inv_xml_members *inv_xml_members_new(void);
void inv_xml_members_free(struct inv_xml_members *m);

/* Another manifest; naming (kept, may be NULL) says what is dropped. */
void inv_xml_members_begin(struct inv_xml_members *m,
    struct inv_naming *naming);

/*
 * The events of one record's element: its own open first, its own close last.
 * Names and attributes as io/xml.h has them with namespaces.
 */
void inv_xml_members_open(struct inv_xml_members *m, const char *name,
    const char *const *attributes);
void inv_xml_members_text(struct inv_xml_members *m, struct inv_str text);
void inv_xml_members_close(struct inv_xml_members *m);

/* It is longer than a record can be: what is to come is not looked at. */
void inv_xml_members_give_up(struct inv_xml_members *m);

/* Behind the last close: it has no flaws. */
bool inv_xml_members_are_sound(const struct inv_xml_members *m);

/* The record as JSON; good until the next open. */
struct inv_str inv_xml_members_json(const struct inv_xml_members *m);

/* What is wrong with it, as elements of the array that out ends with. */
void inv_xml_members_errors(struct inv_xml_members *m,
    const struct inv_place *at, struct inv_buf *out);

#endif
