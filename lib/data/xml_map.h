/*
 * xml_map.h - which elements and attributes of XML become which members
 *
 * inv-mapping(5) is the format.  A mapping is compiled once and then only read:
 * its paths become a tree of names, within each other as a text has them.
 */
#ifndef INV_DATA_XML_MAP_H
#define INV_DATA_XML_MAP_H

#include "base/err.h"
#include "data/mapping_text.h"
#include "data/xml_path.h"

enum {
	INV_XML_MAP_NODES = 4096, /* elements that its paths name */
	INV_XML_PREFIXES = 32,
};

/* No member. */
#define INV_XML_NONE UINT32_MAX

struct inv_xml_member {
	struct inv_str name;
	struct inv_str key;    /* `,"name":` */
	struct inv_str path;   /* as the mapping has it */
	const char *attribute; /* as io/xml.h names it; NULL: the text */
	const char *when;      /* an attribute beside it, or NULL */
	const char *is;        /* what that has to be */
	bool is_list;
	uint32_t next; /* another member of the same element, or NONE */
	/*
	 * Of a header: how many elements, from the root on, rows are in as
	 * well: the rows in the last of these have it.  0: of the rows.
	 */
	size_t scope;
};

/* Node 0 is what the root element is in. */
struct inv_xml_node {
	struct inv_str name; /* as io/xml.h has it */
	struct inv_str path; /* as the mapping has it, up to here */
	uint32_t parent;
	uint32_t child;   /* the first within it; 0: none */
	uint32_t sibling; /* the next beside it; 0: none */
	uint32_t member;  /* the first of it, or NONE */
	size_t depth;     /* of elements, from the root on */
	bool has_rows;    /* rows are in it */
	bool in_row;      /* it is the row, or in one */
};

struct inv_xml_map {
	struct inv_str path[INV_XML_PATH_MAX]; /* names from the root to rows */
	size_t path_n;
	uint32_t row;  /* the node of these */
	bool drops;    /* what is not named, of rows */
	size_t header; /* members of it; those of the rows are behind */
	size_t members;
	struct inv_xml_member *member;
	uint32_t nodes;
	struct inv_xml_node *node;
};

/* A text that is no mapping of X12; it may be no mapping at all. */
bool inv_xml_map_is(struct inv_str text);

/* What of it is not known is INV_CONFIG; name is for messages. */
struct inv_xml_map *inv_xml_map_new(struct inv_str text, const char *name,
    struct inv_err *err);
void inv_xml_map_free(struct inv_xml_map *m);

/* Its text on one line, which is read as the same mapping. */
struct inv_str inv_xml_map_text(const struct inv_xml_map *m);

/* The node of that name within node; 0: there is none. */
uint32_t inv_xml_map_child(const struct inv_xml_map *m, uint32_t node,
    const char *name);

#endif
