/*
 * fuzz_answer.c - no answer at all can pass for a commit that is none, and
 * results that are believed tell of each record once
 *
 * Input: two bytes of status and flags, header lines up to an empty one, the
 * body.
 */

#include <stdlib.h>

#include "net/results.h"

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
	enum inv_meaning m = inv_answer_means(a, sent, INV_RESULTS_ANY, scan);
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

enum { RECORDS = 4 }; /* {"a":1} twice, {"a":2}, {"a":3} */

static void
believe(const struct inv_results_tools *t, struct inv_results *r,
    const struct inv_answer *a, enum inv_results_form form)
{
	static const char *const record[RECORDS] = { "{\"a\":1}", "{\"a\":1}",
		"{\"a\":2}", "{\"a\":3}" };
	struct inv_err err;

	inv_results_room(r, RECORDS);
	for (size_t i = 0; i < RECORDS; i++) {
		if (!inv_scan_object(t->scan, inv_str_of(record[i]), &err))
			abort();
		inv_key_of(t->key, t->digest, inv_scan_record(t->scan),
		    inv_str_of(record[i]), r->row[i].key);
	}
	if (!inv_results_read(r, t, a, form))
		return;
	for (size_t i = 0; i < RECORDS; i++) {
		struct inv_str e = r->row[i].error;

		if (r->row[i].status < 200 || r->row[i].status > 599 ||
		    r->row[i].status / 100 == 3)
			abort();
		if (e.n > 0 &&
		    (e.p < a->body.p || e.p + e.n > a->body.p + a->body.n))
			abort();
	}
}

static void
read_results(const struct inv_answer *a, struct inv_scan *scan)
{
	static struct inv_results_tools t;
	static struct inv_results r;
	static struct inv_key key;
	struct inv_err err;

	if (t.scan == NULL) {
		t = (struct inv_results_tools){ scan, inv_canon_new(),
			inv_digest_new(), &key };
		if (!inv_key_init(&key, t.digest, INV_LIT("[\"a\"]"), &err))
			abort();
	}
	believe(&t, &r, a, INV_RESULTS_ANY);
	believe(&t, &r, a, INV_RESULTS_ITEMS);
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
	read_results(&a, scan);
	return 0;
}
