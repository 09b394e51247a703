/*
 * fuzz_answer.c - no answer at all can pass for a commit that is none
 *
 * Input: two bytes of status and flags, header lines up to an empty one, the
 * body.
 */

#include <stdlib.h>

#include "net/answer.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static bool
is_done(enum inv_meaning m)
{
	return m == INV_MEANS_RECEIPT || m == INV_MEANS_REPLAYED ||
	    m == INV_MEANS_ASSERTED;
}

static void
take_headers(struct inv_answer *a, struct inv_str *rest)
{
	while (rest->n > 0) {
		const char *end = memchr(rest->p, '\n', rest->n);
		struct inv_str line = { rest->p,
			end == NULL ? rest->n : (size_t)(end - rest->p) + 1 };

		rest->p += line.n;
		rest->n -= line.n;
		if (line.n == 1)
			return;
		inv_answer_header(a, line);
	}
}

static void
judge(const struct inv_answer *a, bool sent, struct inv_scan *scan)
{
	enum inv_meaning m = inv_answer_means(a, sent, scan);
	bool whole = a->net == INV_NET_ANSWERED;

	if (is_done(m) && !whole)
		abort();
	if (is_done(m) && a->status / 100 != 2 && a->status != 409)
		abort();
	if (m == INV_MEANS_ASSERTED && !sent && a->sends < 2)
		abort();
	if (is_done(m) && inv_answer_is_no_effect(a))
		abort();
	if (inv_meaning_name(m)[0] == '\0')
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static const unsigned statuses[] = { 200, 201, 202, 204, 207, 400, 401,
		408, 409, 409, 413, 422, 429, 500, 503, 302 };
	static struct inv_scan *scan;
	struct inv_answer a = { 0 };

	if (n < 2)
		return 0;
	if (scan == NULL)
		scan = inv_scan_new();
	struct inv_str rest = { (const char *)bytes + 2, n - 2 };

	a.status = statuses[bytes[0] & 15];
	a.sends = bytes[0] >> 4 & 3;
	a.net = (enum inv_net)(bytes[1] & 7) % (INV_NET_DNS + 1);
	take_headers(&a, &rest);
	a.body = rest;
	judge(&a, false, scan);
	judge(&a, true, scan);
	return 0;
}
