/*
 * fuzz_canon - canonical form is a fixed point, and the same value
 *
 * "The same value" is asked of json-c, which is neither the scanner nor the
 * writer: what it reads from both texts must be equal.
 */

#include <stdlib.h>

#include "data/canon.h"
#include "data/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void
must(bool so)
{
	if (!so)
		abort();
}

static bool same(const struct inv_json *a, const struct inv_json *b);

static bool
same_members(const struct inv_json *a, const struct inv_json *b)
{
	const struct inv_json *value;
	struct inv_str key;
	size_t n = 0;
	size_t m = 0;

	for (void *walk = NULL; inv_json_next(a, &walk, &key, &value); n++) {
		const struct inv_json *other = inv_json_member(b, key.p);

		if (other == NULL || !same(value, other))
			return false;
	}
	for (void *walk = NULL; inv_json_next(b, &walk, &key, &value);)
		m++;
	return n == m;
}

static bool
same(const struct inv_json *a, const struct inv_json *b)
{
	struct inv_decimal x, y;
	struct inv_str s, t;

	if (inv_json_kind(a) != inv_json_kind(b) ||
	    inv_json_count(a) != inv_json_count(b))
		return false;
	for (size_t i = 0; i < inv_json_count(a); i++)
		if (!same(inv_json_at(a, i), inv_json_at(b, i)))
			return false;
	if (inv_json_kind(a) == INV_KIND_OBJECT)
		return same_members(a, b);
	if (inv_json_str(a, &s))
		return inv_json_str(b, &t) && inv_str_eq(s, t);
	if (inv_json_decimal(a, &x))
		return inv_json_decimal(b, &y) && inv_decimal_cmp(&x, &y) == 0;
	return true;
}

static void
check_value(struct inv_str in, struct inv_str out)
{
	struct inv_err err;
	struct inv_json *a = inv_json_new(in, &err);
	struct inv_json *b = inv_json_new(out, &err);

	/* A NUL in a key, or digits that json-c clamps: nothing to compare. */
	if (a != NULL && b != NULL)
		must(same(a, b));
	if (a != NULL)
		inv_json_free(a);
	if (b != NULL)
		inv_json_free(b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static struct inv_scan *scan;
	static struct inv_canon *canon;
	struct inv_str in = { (const char *)p, n };
	struct inv_buf out = INV_BUF(1 << 24);
	struct inv_buf again = INV_BUF(1 << 24);
	struct inv_err err;
	enum inv_kind kind;

	if (scan == NULL) {
		scan = inv_scan_new();
		canon = inv_canon_new();
	}
	if (!inv_scan_value(scan, in, &kind, &err))
		return 0;
	if (!inv_canon_value(canon, in, &out, &err)) {
		must(out.n == 0);
		inv_canon_loc(canon, &out);
		must(inv_scan_value(scan, inv_buf_str(&out), &kind, &err) &&
		    kind == INV_KIND_ARRAY);
	} else {
		struct inv_str once = inv_buf_str(&out);

		must(inv_scan_value(scan, once, &kind, &err));
		must(inv_canon_value(canon, once, &again, &err));
		must(inv_str_eq(once, inv_buf_str(&again)));
		check_value(in, once);
		if (kind == INV_KIND_OBJECT &&
		    inv_scan_object(scan, in, &err)) {
			inv_buf_reset(&again);
			must(inv_canon_object(canon, in, inv_scan_record(scan),
			    &again, &err));
			must(inv_str_eq(once, inv_buf_str(&again)));
		}
	}
	inv_buf_free(&out);
	inv_buf_free(&again);
	return 0;
}
