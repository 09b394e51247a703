/* xlsx_part.h - the parts of a workbook: XML texts in a zip archive */
#ifndef INV_DATA_XLSX_PART_H
#define INV_DATA_XLSX_PART_H

#include "base/buf.h"
#include "io/xml.h"
#include "io/zip.h"

/* A part that is read; zero is closed. */
struct inv_part {
	struct inv_zip *zip;
	struct inv_xml *xml;
	struct inv_buf label; /* m.xlsx: xl/workbook.xml; with a NUL */
	const char *reason;   /* why it can not be read, for the stream */
};

/*
 * Read that entry from its first byte; what was read is closed.  archive is
 * its file's name; zip, face and self are kept.  Failures are those of next.
 */
INV_MUST bool inv_part_begin(struct inv_part *p, struct inv_zip *zip,
    const char *archive, size_t entry, const struct inv_xml_face *face,
    void *self, struct inv_err *err);

/*
 * As inv_xml_next.  INV_BAD has a reason: doctype, undecodable, or what the
 * archive says.
 */
INV_MUST enum inv_next inv_part_next(struct inv_part *p, struct inv_err *err);

void inv_part_close(struct inv_part *p);

/* A name of XML without its prefix. */
const char *inv_part_local(const char *name);

/* The attribute with that local name; NULL where there is none. */
const char *inv_part_attribute(const char *const *attributes, const char *name);

/* It is there, and says 1 or true. */
bool inv_part_flag(const char *const *attributes, const char *name);

#endif
