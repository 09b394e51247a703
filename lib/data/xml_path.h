/*
 * xml_path.h - where in an XML text the rows are, and where they could be
 */
#ifndef INV_DATA_XML_PATH_H
#define INV_DATA_XML_PATH_H

#include "base/buf.h"

enum {
	INV_XML_PATH_MAX = 64,   /* names of a path */
	INV_XML_PLACES = 256,    /* looked at to propose some */
	INV_XML_PLACE_NAME = 64, /* bytes of a name there */
};

/* The name without its namespace, which io/xml.h puts before it. */
struct inv_str inv_xml_local(struct inv_str name);

/* A way through a text, element by element. */
struct inv_xml_path {
	struct inv_str name[INV_XML_PATH_MAX];
	size_t n;
	size_t depth;   /* elements that are open */
	size_t matched; /* of the first of them */
	bool full;      /* names have their namespaces */
	bool arrived;   /* at an element that holds rows, or could */
	bool strayed;   /* that has an element which is no row */
};

/* path is kept.  One of other text than names leads nowhere. */
void inv_xml_path_begin(struct inv_xml_path *p, struct inv_str path);

/* The same of n names as io/xml.h has them, at most INV_XML_PATH_MAX. */
void inv_xml_path_follow(struct inv_xml_path *p, const struct inv_str *name,
    size_t n);

/* An element opens: true where it is a row. */
bool inv_xml_path_open(struct inv_xml_path *p, const char *name);

/* One closes: true where it was a row. */
bool inv_xml_path_close(struct inv_xml_path *p);

/* The ways to elements, as far as there is room. */
struct inv_xml_places;

struct inv_xml_places *inv_xml_places_new(void);
void inv_xml_places_free(struct inv_xml_places *p);
void inv_xml_places_open(struct inv_xml_places *p, const char *name);
void inv_xml_places_close(struct inv_xml_places *p);

/*
 * Add those of elements that repeat and are in none that does, `", "` between
 * them, the first four; if there are none, those within the root.  False: that
 * has none.
 */
bool inv_xml_places_put(const struct inv_xml_places *p, struct inv_buf *out);

#endif
