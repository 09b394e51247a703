/* xlsx_part.c - the parts of a workbook: XML texts in a zip archive */

#include "data/xlsx_part.h"

enum { LABEL = 1024 }; /* bytes of a part's name in messages */

/* Whose fault it is that it can not be read. */
static void
blame(struct inv_part *p)
{
	const char *packed = inv_zip_reason(p->zip);

	if (p->xml != NULL && inv_xml_has_doctype(p->xml))
		p->reason = "doctype";
	else
		p->reason = *packed != '\0' ? packed : "undecodable";
}

bool
inv_part_begin(struct inv_part *p, struct inv_zip *zip, const char *archive,
    size_t entry, const struct inv_xml_face *face, void *self,
    struct inv_err *err)
{
	struct inv_str name = inv_zip_name(zip, entry);

	inv_part_close(p);
	p->zip = zip;
	p->reason = "";
	p->label = INV_BUF(LABEL);
	inv_buf_addf(&p->label, "%.200s: %.*s", archive,
	    (int)(name.n < 200 ? name.n : 200), name.p);
	inv_buf_byte(&p->label, '\0');
	if (!inv_zip_begin(zip, entry, err)) {
		blame(p);
		return false;
	}
	p->xml = inv_xml_new(face, self);
	inv_xml_begin(p->xml, inv_zip_pull(zip), p->label.p);
	return true;
}

enum inv_next
inv_part_next(struct inv_part *p, struct inv_err *err)
{
	enum inv_next next = inv_xml_next(p->xml, err);

	if (next == INV_NEXT_ERR && err->fault == INV_BAD)
		blame(p);
	return next;
}

void
inv_part_close(struct inv_part *p)
{
	inv_xml_free(p->xml);
	inv_buf_free(&p->label);
	p->xml = NULL;
}

const char *
inv_part_local(const char *name)
{
	const char *colon = strchr(name, ':');

	return colon != NULL ? colon + 1 : name;
}

const char *
inv_part_attribute(const char *const *attributes, const char *name)
{
	for (; *attributes != NULL; attributes += 2)
		if (strcmp(inv_part_local(attributes[0]), name) == 0)
			return attributes[1];
	return NULL;
}

bool
inv_part_flag(const char *const *attributes, const char *name)
{
	const char *value = inv_part_attribute(attributes, name);

	return value != NULL &&
	    (strcmp(value, "1") == 0 || strcmp(value, "true") == 0);
}
