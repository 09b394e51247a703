/*
 * fuzz_event - no entry of the log breaks a row or an event made of it
 *
 * The input is what stands in an entry behind its head.  An event in JSON is
 * JSON; one in CEF is one line, in which nothing acts.
 */

#include <stdint.h>
#include <stdlib.h>

#include "audit/event.h"
#include "audit/row.h"

enum { MAX = 64 << 20 };

static struct inv_event_writer *ecs, *cef;
static struct inv_scan *scan;
static struct inv_buf text = INV_BUF(MAX);
static struct inv_buf out = INV_BUF(MAX);
static struct inv_rows rows;

/* JSON may have a DEL. */
static void
hold_line(bool json)
{
	if (out.failed || out.n == 0 || out.p[out.n - 1] != '\n')
		abort();
	for (size_t i = 0; i + 1 < out.n; i++)
		if ((unsigned char)out.p[i] < 0x20 ||
		    (out.p[i] == 0x7f && !json))
			abort();
}

static void
hold(struct inv_event_writer *w, const struct inv_audit_line *line, bool json)
{
	struct inv_err err;
	enum inv_kind kind;

	inv_buf_reset(&out);
	if (!inv_event_put(w, &out, line, &err)) {
		if (out.n > 0 || err.fault != INV_IO)
			abort();
		return;
	}
	hold_line(json);
	if (json &&
	    (!inv_scan_value(scan, inv_buf_str(&out), &kind, &err) ||
		kind != INV_KIND_OBJECT))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct inv_audit_line line;
	struct inv_err err;

	if (scan == NULL) {
		scan = inv_scan_new_document();
		ecs = inv_event_writer_new(INV_EVENT_ECS);
		cef = inv_event_writer_new(INV_EVENT_CEF);
	}
	inv_buf_reset(&text);
	inv_buf_addf(&text, "{\"seq\":1,\"prev\":\"%064d\",", 0);
	inv_buf_add(&text, (struct inv_str){ (const char *)data, n });
	if (!inv_audit_parse(inv_buf_str(&text), &rows, &line, &err))
		return 0;
	inv_buf_reset(&out);
	inv_audit_row(&out, &line, scan);
	inv_buf_byte(&out, '\n');
	hold_line(false);
	hold(ecs, &line, true);
	hold(cef, &line, false);
	return 0;
}
