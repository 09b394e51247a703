/*
 * xml.h - XML as events, a pause at a time (the only user of libexpat)
 *
 * Bytes are parsed a piece at a time and handed to callbacks.  One of these
 * pauses where the reader has what it wants, a row say; the next call goes on
 * from there.  What is not well-formed ends it.  So does a DOCTYPE, whatever
 * is in it: there are no entities but the five of XML.
 *
 * Memory and time are those of a piece: elements are not kept, and a tag, a
 * comment or an attribute that is longer than INV_XML_TOKEN_MAX is refused.
 * Expat keeps each name it has met; so there is a ceiling to these as well.
 */
#ifndef INV_IO_XML_H
#define INV_IO_XML_H

#include "io/pull.h"
#include "io/stream.h"

enum {
	INV_XML_DEPTH = 256,         /* elements within each other */
	INV_XML_TOKEN_MAX = 1 << 20, /* bytes of a tag, a comment ... */
	INV_XML_NAME_MAX = 1024,     /* bytes of a name */
	INV_XML_NAMES = 8192,        /* different ones */
};

/*
 * Names and texts are UTF-8, views good until the callback returns; a name is
 * as it is written, with its prefix, or with namespaces "URI LOCAL".  Each may
 * be NULL.  A text comes in any number of pieces, CDATA sections as text.
 */
struct inv_xml_face {
	/* attributes: name, value, name, value ..., NULL. */
	void (*open)(void *self, const char *name,
	    const char *const *attributes);
	void (*close)(void *self, const char *name);
	void (*text)(void *self, struct inv_str text);
	bool namespaces;
	const char *encoding; /* whatever the text says of itself; or NULL */
};

struct inv_xml;

/* face and self are kept. */
struct inv_xml *inv_xml_new(const struct inv_xml_face *face, void *self);
void inv_xml_free(struct inv_xml *x);

/* Read this from its first byte; name is kept, for messages. */
void inv_xml_begin(struct inv_xml *x, struct inv_pull from, const char *name);

/*
 * Go on.  INV_NEXT_LINE: a callback has paused; INV_NEXT_END: all of it was
 * well-formed; INV_NEXT_ERR: it is not (INV_BAD), or what the pull said.  The
 * last two are final.
 */
INV_MUST enum inv_next inv_xml_next(struct inv_xml *x, struct inv_err *err);

/* For a callback: the last one before inv_xml_next returns. */
void inv_xml_pause(struct inv_xml *x);

/*
 * What its bytes are taken for: that of the face, or else what its first bytes
 * and its declaration say; "UTF-8", "UTF-16LE", "UTF-16BE", "ISO-8859-1" or
 * "US-ASCII".  Known once it has ended.
 */
const char *inv_xml_encoding(const struct inv_xml *x);

/* It ended at a DOCTYPE. */
bool inv_xml_has_doctype(const struct inv_xml *x);

/*
 * For a callback: where the event at hand is.  An element without content is
 * closed right behind its tag.
 */
struct inv_xml_place {
	uint64_t line;  /* from 1 */
	uint64_t begin; /* bytes, from 0 */
	uint64_t end;   /* the one behind the last */
};

struct inv_xml_place inv_xml_at(const struct inv_xml *x);

#endif
