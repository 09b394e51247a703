/*
 * cef.h - text put into a line of ArcSight's Common Event Format, CEF:0
 *
 * In the header a pipe and a backslash are escaped, in the values of the
 * extension an equals sign, a backslash and ends of lines.  What can act on
 * who reads the line is shown, as data/shown.h says.
 */
#ifndef INV_DATA_CEF_H
#define INV_DATA_CEF_H

#include "base/buf.h"

/* Add a field of the header, and the pipe behind it. */
void inv_cef_header(struct inv_buf *b, struct inv_str s);

/*
 * Add " key=value", behind the first one, which the caller puts.  The value is
 * cut to at most max bytes, whole characters, before it is escaped.  Nothing
 * is added where it is empty.
 */
void inv_cef_value(struct inv_buf *b, const char *key, struct inv_str value,
    size_t max);

#endif
