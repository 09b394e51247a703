/*
 * fuzz_scan - can any bytes break a promise of data/scan?
 *
 * What is taken is UTF-8, its spans lie in the text, in order, and are JSON
 * themselves; decoding never grows; a walk visits what the scan listed.
 */

#include "data/scan.h"

#include <stdlib.h>

#include "data/emit.h"

static struct inv_scan *scan;  /* of the text */
static struct inv_scan *again; /* of its parts */

static void
must(bool ok)
{
	if (!ok)
		abort();
}

static bool
lies_in(struct inv_str part, struct inv_str whole)
{
	return part.p >= whole.p && part.n <= whole.n &&
	    (size_t)(part.p - whole.p) <= whole.n - part.n;
}

/* The inside of a string, decoded and written again, is the same string. */
static void
check_string(struct inv_str raw, bool escaped)
{
	struct inv_buf b = INV_BUF((size_t)64 << 20);
	struct inv_err err;
	enum inv_kind kind;
	char *text = malloc(raw.n + 1);
	size_t n = inv_text_decode(raw, text);

	must(n <= raw.n);
	must(escaped == (raw.n > 0 && memchr(raw.p, '\\', raw.n) != NULL));
	must(escaped || (n == raw.n && (n == 0 || !memcmp(text, raw.p, n))));
	must(inv_text_is_utf8((struct inv_str){ text, n }));
	inv_emit_str(&b, (struct inv_str){ text, n });
	must(inv_scan_value(again, inv_buf_str(&b), &kind, &err));
	must(kind == INV_KIND_STRING);
	char *back = malloc(b.n);

	must(inv_text_decode((struct inv_str){ b.p + 1, b.n - 2 }, back) == n);
	must(n == 0 || memcmp(back, text, n) == 0);
	free(back);
	free(text);
	inv_buf_free(&b);
}

static void
check_value(const struct inv_member *m, struct inv_str within)
{
	struct inv_err err;
	enum inv_kind kind;

	must(lies_in(m->value, within) && m->value.n > 0);
	must(inv_scan_value(again, m->value, &kind, &err));
	must(kind == m->kind);
	if (m->kind == INV_KIND_STRING)
		check_string(inv_member_inner(m), m->value_escaped);
}

/* The walk over an object tells what the scan has listed of it. */
static void
check_members(const struct inv_members *list, struct inv_str object)
{
	struct inv_str rest = object;
	struct inv_member e;
	size_t n = 0;

	while (inv_scan_each(&rest, &e)) {
		const struct inv_member *m = &list->at[n++];

		must(n <= list->n);
		must(inv_str_eq(e.key, m->key) && e.key.p == m->key.p);
		must(e.value.p == m->value.p && e.value.n == m->value.n);
		must(e.kind == m->kind && e.key_escaped == m->key_escaped &&
		    e.value_escaped == m->value_escaped);
		must(lies_in(m->key, object));
		check_string(m->key, m->key_escaped);
		check_value(m, object);
	}
	must(n == list->n);
	must(!inv_scan_each(&rest, &e));
}

static struct inv_str
without_blanks(struct inv_str s)
{
	while (s.n > 0 && memchr(" \t\r\n", s.p[0], 4) != NULL)
		s = (struct inv_str){ s.p + 1, s.n - 1 };
	while (s.n > 0 && memchr(" \t\r\n", s.p[s.n - 1], 4) != NULL)
		s.n--;
	return s;
}

/* What was scanned before changes nothing but the way. */
static void
check_memory(struct inv_str text)
{
	const struct inv_str other =
	    INV_LIT("{\"\\u0000\":0,\"record\":{\"\\u0000\":0}}");
	struct inv_err a = { 0 }, b = { 0 };
	bool known =
	    inv_scan_line(scan, text, &a) && inv_scan_line(scan, text, &a);

	must(inv_scan_line(again, other, &b));
	must(inv_scan_line(again, text, &b) == known);
	must(inv_str_eq(inv_str_of(a.msg), inv_str_of(b.msg)));
}

static void
check_line(struct inv_str text)
{
	struct inv_err err;

	check_memory(text);
	if (!inv_scan_line(scan, text, &err)) {
		must(err.fault == INV_BAD && err.msg[0] == 'b');
		return;
	}
	must(inv_text_is_utf8(text));
	check_members(inv_scan_outer(scan), without_blanks(text));
	const struct inv_member *m =
	    inv_member_find(inv_scan_outer(scan), "record");

	if (m != NULL && m->kind == INV_KIND_OBJECT) {
		must(inv_scan_object(again, m->value, &err));
		must(inv_scan_record(again)->n == inv_scan_record(scan)->n);
		check_members(inv_scan_record(scan), m->value);
	} else {
		must(inv_scan_record(scan)->n == 0);
	}
}

static void
check_array(struct inv_str text)
{
	struct inv_member e;
	struct inv_str rest = without_blanks(text);

	while (inv_scan_each(&rest, &e))
		check_value(&e, text);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct inv_str text = { (const char *)p, n };
	struct inv_err err;
	enum inv_kind kind;

	if (scan == NULL) {
		scan = inv_scan_new();
		again = inv_scan_new();
	}
	check_line(text);
	if (inv_scan_object(scan, text, &err))
		must(inv_scan_line(scan, text, &err));
	if (inv_scan_value(scan, text, &kind, &err)) {
		must(inv_text_is_utf8(text));
		if (kind == INV_KIND_ARRAY)
			check_array(text);
	}
	size_t plain = inv_text_plain(text.p, text.n);

	must(plain <= n);
	must(plain == n || p[plain] < 0x20 || p[plain] >= 0x80 ||
	    p[plain] == '"' || p[plain] == '\\');
	return 0;
}
