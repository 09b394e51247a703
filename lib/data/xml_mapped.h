/*
 * xml_mapped.h - the elements of an XML text as the members that a mapping
 * (xml_map.h) makes of them
 *
 * A record has what stands in its own element, and what stands before it in
 * the elements that it is in.  Nothing is allocated for a record, and time is
 * that of its bytes and of the mapping's members.
 */
#ifndef INV_DATA_XML_MAPPED_H
#define INV_DATA_XML_MAPPED_H

#include "data/ruling.h"
#include "data/xml_map.h"

struct inv_xml_mapped;

struct inv_xml_mapped *inv_xml_mapped_new(void);
void inv_xml_mapped_free(struct inv_xml_mapped *m);

/* Another manifest; map is kept. */
void inv_xml_mapped_begin(struct inv_xml_mapped *m,
    const struct inv_xml_map *map);

/*
 * All events of a text, from its root on.  Names and attributes as io/xml.h
 * has them with namespaces.
 */
void inv_xml_mapped_open(struct inv_xml_mapped *m, const char *name,
    const char *const *attributes);
void inv_xml_mapped_text(struct inv_xml_mapped *m, struct inv_str text);
void inv_xml_mapped_close(struct inv_xml_mapped *m);

/* A member of the header came behind a row that has it; NULL: none has. */
const struct inv_xml_member *inv_xml_mapped_late(const struct inv_xml_mapped
	*m);

/* As those of xml_members.h, behind the close of a row. */
void inv_xml_mapped_give_up(struct inv_xml_mapped *m);
bool inv_xml_mapped_is_sound(const struct inv_xml_mapped *m);
struct inv_str inv_xml_mapped_json(const struct inv_xml_mapped *m);
void inv_xml_mapped_errors(struct inv_xml_mapped *m, const struct inv_place *at,
    struct inv_buf *out);

#endif
