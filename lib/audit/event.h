/*
 * event.h - an entry of the log as an event, for security information systems
 *
 * Two forms, a line each: JSON with the field names of the Elastic Common
 * Schema (ECS), and ArcSight's Common Event Format (CEF:0).  inv-audit(1) says
 * what stands where.
 */
#ifndef INV_AUDIT_EVENT_H
#define INV_AUDIT_EVENT_H

#include "data/digest.h"
#include "data/scan.h"
#include "store/audit_line.h"

enum inv_event_format {
	INV_EVENT_ECS,
	INV_EVENT_CEF,
};

INV_MUST bool inv_event_format_of(const char *word, enum inv_event_format *f);

/* What is kept from one entry to the next: scratch, and a manifest's name. */
struct inv_event_writer;

struct inv_event_writer *inv_event_writer_new(enum inv_event_format format);
void inv_event_writer_free(struct inv_event_writer *w);

/*
 * Add an entry and a newline.  INV_IO where it is a line of the log, but not
 * JSON throughout; nothing is added then.
 */
INV_MUST bool inv_event_put(struct inv_event_writer *w, struct inv_buf *b,
    const struct inv_audit_line *line, struct inv_err *err);

/* An entry that is not told, but whose manifest others behind it may be of. */
INV_MUST bool inv_event_skip(struct inv_event_writer *w,
    const struct inv_audit_line *line, struct inv_err *err);

#endif
