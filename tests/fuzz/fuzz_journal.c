/*
 * fuzz_journal - no bytes break the journal's reader, no broken chain passes
 *
 * The first byte chooses: the rest is a segment as it stands, or each line of
 * it is the rest of a line behind a sequence number and a hash that fit, so
 * that what follows them is reached, or it is a compressed segment behind the
 * four bytes that those begin with.
 */

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "data/digest.h"
#include "store/journal.h"

static struct inv_state state;
static struct inv_digest *digest;
static int segment = -1;

static void
set_up(void)
{
	static char dir[] = "/tmp/fuzz_journal.XXXXXX";

	if (segment != -1)
		return;
	if (mkdtemp(dir) == NULL)
		abort();
	state = (struct inv_state){ open(dir, O_RDONLY | O_DIRECTORY), dir };
	if (mkdirat(state.fd, "journal", 0700) != 0)
		abort();
	segment =
	    openat(state.fd, "journal/000001.ndjson", O_RDWR | O_CREAT, 0600);
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

static struct inv_journal_reader *
reader_of(const struct inv_buf *text, bool compressed)
{
	static const char zstd[] = { 0x28, (char)0xb5, 0x2f, (char)0xfd };

	if (!compressed) {
		if (ftruncate(segment, 0) != 0 ||
		    pwrite(segment, text->p, text->n, 0) != (ssize_t)text->n)
			abort();
		return inv_journal_read(&state, &INV_PLACE);
	}
	int fd = openat(state.fd, "journal/000001.ndjson.zst",
	    O_WRONLY | O_CREAT | O_TRUNC, 0600);

	(void)renameat(state.fd, "journal/000001.ndjson", state.fd, "aside");
	if (write(fd, zstd, sizeof(zstd)) != sizeof(zstd) ||
	    write(fd, text->p, text->n) != (ssize_t)text->n)
		abort();
	close(fd);
	return inv_journal_read(&state, &INV_PLACE);
}

/* Only now: the reader looks for its segment when it is first asked. */
static void
read_end(struct inv_journal_reader *r, bool compressed)
{
	inv_journal_read_close(r);
	if (compressed)
		(void)renameat(state.fd, "aside", state.fd,
		    "journal/000001.ndjson");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct inv_buf text = INV_BUF(64 << 20);
	unsigned char last[INV_DIGEST] = { 0 };
	struct inv_entry e;
	struct inv_err err;
	uint64_t seq = 0;

	if (size == 0)
		return 0;
	set_up();
	struct inv_str rest = { (const char *)data + 1, size - 1 };

	bool compressed = (data[0] & 3) == 2;

	if (data[0] & 1)
		chain(&text, rest);
	else
		inv_buf_add(&text, rest);
	struct inv_journal_reader *r = reader_of(&text, compressed);
	uint64_t bytes = 0;

	while (inv_journal_next(r, &e, &err) == INV_NEXT_LINE) {
		if (e.seq != ++seq || memcmp(e.prev, last, INV_DIGEST) != 0 ||
		    e.of.rows->count == 0 || e.of.body.n > INV_BATCH_BODY_MAX)
			abort();
		/* What was given out is what stands there. */
		if (!compressed &&
		    (memcmp(text.p + bytes, e.text.p, e.text.n) != 0 ||
			text.p[bytes + e.text.n] != '\n'))
			abort();
		bytes += e.text.n + 1;
		inv_digest_of(digest, e.text, last);
	}
	if (inv_journal_place(r).offset != bytes)
		abort();
	read_end(r, compressed);
	inv_buf_free(&text);
	return 0;
}
