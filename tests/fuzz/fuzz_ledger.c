/*
 * fuzz_ledger - any body is answered in JSON; what is taken is given back
 *
 * Each body goes into a group of its own, on a file system in memory.
 */

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "data/scan.h"
#include "store/ledger.h"

enum { OUT_MAX = 16 << 20, REOPEN = 1000 /* bodies */ };

int LLVMFuzzerTestOneInput(const unsigned char *p, size_t n);

static char path[64];

static void
clean_up(void)
{
	unlink(path);
}

static struct inv_ledger *
opened(struct inv_ledger *old)
{
	struct inv_err err;

	if (old == NULL)
		atexit(clean_up);
	snprintf(path, sizeof(path), "/dev/shm/fuzz_ledger.%d", (int)getpid());
	inv_ledger_close(old);
	unlink(path);
	struct inv_ledger *l =
	    inv_ledger_open(path, INV_DB_WRITE, INV_LIT("[\"a\",\"b\"]"), &err);

	if (l == NULL)
		abort();
	return l;
}

static void
take(struct inv_ledger *l, struct inv_str key, struct inv_str body,
    struct inv_ledger_answer *answer)
{
	const struct inv_ledger_request r = { .key = key, .body = body };
	struct inv_err err;

	if (!inv_ledger_begin(l, &err) ||
	    !inv_ledger_upsert(l, &r, answer, &err) ||
	    !inv_ledger_commit(l, &err))
		abort();
}

static void
all_lines_are_objects(struct inv_ledger *l, struct inv_scan *scan)
{
	struct inv_ledger_cursor c = { .table = INV_LEDGER_RECORDS };
	struct inv_buf out = INV_BUF(OUT_MAX);
	struct inv_err err;

	while (!c.end)
		if (!inv_ledger_export(l, &c, &out, OUT_MAX / 2, &err))
			abort();
	for (size_t at = 0; at < out.n;) {
		const char *end = memchr(out.p + at, '\n', out.n - at);

		if (end == NULL)
			abort();
		size_t n = (size_t)(end - out.p) - at;

		if (!inv_scan_object(scan, (struct inv_str){ out.p + at, n },
			&err))
			abort();
		at += n + 1;
	}
	inv_ledger_cursor_done(&c);
	inv_buf_free(&out);
}

int
LLVMFuzzerTestOneInput(const unsigned char *p, size_t n)
{
	static struct inv_ledger *l;
	static struct inv_scan *scan;
	static unsigned long bodies;
	struct inv_str body = { (const char *)p, n };
	struct inv_ledger_answer answer = { 0 };
	enum inv_kind kind;
	struct inv_err err;
	char key[32];

	if (scan == NULL)
		scan = inv_scan_new();
	if (bodies % REOPEN == 0)
		l = opened(l);
	snprintf(key, sizeof(key), "%lu", bodies++);
	take(l, inv_str_of(key), body, &answer);
	int status = answer.status;

	if (status != 200 && status != 400 && status != 422)
		abort();
	if (!inv_scan_value(scan, inv_buf_str(&answer.body), &kind, &err) ||
	    kind != INV_KIND_OBJECT)
		abort();
	if (status == 200)
		all_lines_are_objects(l, scan);
	take(l, inv_str_of(key), body, &answer);
	if (answer.status != status || answer.replayed != (status == 200))
		abort();
	inv_buf_free(&answer.body);
	return 0;
}
