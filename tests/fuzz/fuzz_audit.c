/*
 * fuzz_audit - no bytes break the audit log's reader, no broken chain passes
 *
 * The first byte chooses: the rest is a log as it stands, or each line of it
 * is the rest of a line behind a sequence number and a hash that fit.
 */

#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "data/digest.h"
#include "store/audit_read.h"

static struct inv_digest *digest;
static int file = -1;

static void
set_up(void)
{
	if (file != -1)
		return;
	file = memfd_create("log", MFD_CLOEXEC);
	digest = inv_digest_new();
}

/* The lines of rest, each behind a head that fits the one before. */
static void
chain(struct inv_buf *b, struct inv_str rest)
{
	char prev[INV_DIGEST_HEX];

	memset(prev, '0', sizeof(prev));
	for (unsigned seq = 1; rest.n > 0; seq++) {
		const char *nl = memchr(rest.p, '\n', rest.n);
		size_t n = nl != NULL ? (size_t)(nl - rest.p) : rest.n;
		size_t start = b->n;

		inv_buf_addf(b, "{\"seq\":%u,\"prev\":\"%.64s\",", seq, prev);
		inv_buf_add(b, (struct inv_str){ rest.p, n });
		inv_digest_hex_of(digest,
		    (struct inv_str){ b->p + start, b->n - start }, prev);
		n += nl != NULL;
		if (nl != NULL)
			inv_buf_byte(b, '\n');
		rest.p += n;
		rest.n -= n;
	}
}

static void
hold(const struct inv_audit_line *line)
{
	if (line->manifest.n != INV_MANIFEST_ID || line->submission == 0)
		abort();
	switch (line->type) {
	case INV_AUDIT_BATCH:
	case INV_AUDIT_VERDICT:
		if (line->rows->count == 0)
			abort();
		break;
	case INV_AUDIT_ACTION:
		if (line->action == 0 || line->rows->count != 0)
			abort();
		break;
	case INV_AUDIT_MANIFEST:
	case INV_AUDIT_STAGE:
	case INV_AUDIT_END:
		if (line->run.n != INV_RUN_ID || line->rows->count != 0)
			abort();
		break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct inv_audit_place start = { .seq = 1 };
	struct inv_buf text = INV_BUF(64 << 20);
	unsigned char last[INV_DIGEST] = { 0 };
	struct inv_audit_reader r;
	struct inv_audit_line line;
	struct inv_err err;
	uint64_t seq = 0;
	uint64_t bytes = 0;
	enum inv_audit_found found;

	if (size == 0)
		return 0;
	set_up();
	struct inv_str rest = { (const char *)data + 1, size - 1 };

	if (data[0] & 1)
		chain(&text, rest);
	else
		inv_buf_add(&text, rest);
	if (ftruncate(file, 0) != 0 ||
	    pwrite(file, text.p, text.n, 0) != (ssize_t)text.n ||
	    !inv_audit_read(&r, file, &start, &err))
		abort();
	while ((found = inv_audit_next(&r, &line, &err)) == INV_AUDIT_LINE) {
		if (line.seq != ++seq ||
		    memcmp(line.prev, last, INV_DIGEST) != 0 ||
		    memcmp(text.p + bytes, line.text.p, line.text.n) != 0)
			abort();
		hold(&line);
		bytes += line.text.n + 1;
		inv_digest_of(digest, line.text, last);
	}
	if (found == INV_AUDIT_NONE && bytes != text.n)
		abort();
	if (found == INV_AUDIT_TORN)
		(void)!inv_audit_goes_on(&r);
	if (r.at.offset != bytes)
		abort();
	inv_audit_read_end(&r);
	inv_buf_free(&text);
	return 0;
}
