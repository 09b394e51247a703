/* batch.c - rows of one chunk in one body under one key */

#include "commit/batch.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/base64.h"
#include "base/log.h"
#include "base/mem.h"
#include "data/emit.h"
#include "data/files.h"
#include "data/merkle.h"
#include "data/sfstring.h"

enum {
	HEADERS_TEXT_MAX = 4096, /* bytes of all header lines of a request */
	ITEMS_MAX = 10 << 20,    /* of `items` of a batch line */
	FILES_MAX = 16 << 20, /* of `attachments` of an intent: never reached */
};

size_t
inv_batch_size(const struct inv_batch *b)
{
	size_t bytes = 1 + b->n;

	for (size_t i = 0; i < b->n; i++)
		bytes += b->chunk->row[b->member[i]].record_n;
	return bytes;
}

size_t
inv_batch_fit(const struct inv_chunk *c, const size_t *member, size_t n)
{
	size_t corrected = 0;
	size_t bytes = 2;

	for (size_t i = 0; i < n; i++) {
		bytes +=
		    c->row[member[i]].record_n + 1 + c->row[member[i]].files_n;
		corrected += inv_chunk_corrected(c, member[i]) != NULL;
		if (i > 0 &&
		    (bytes > INV_BATCH_BODY_MAX || corrected > INV_CORRECT_MAX))
			return i;
	}
	return n;
}

struct inv_batch *
inv_batch_new(const struct inv_origin *of, struct inv_chunk *c,
    const size_t *member, size_t n)
{
	struct inv_batch *b = inv_mem_new(sizeof(*b));

	b->of = *of;
	b->chunk = c;
	b->body = INV_BUF(INV_BATCH_BODY_MAX + INV_RECORD_MAX);
	b->items = INV_BUF(ITEMS_MAX);
	b->order = INV_BUF(INV_ORDER_MAX);
	b->files = INV_BUF(FILES_MAX);
	b->headers = INV_BUF(INV_HEADERS_TOLD);
	if (c == NULL)
		return b;
	c->uses++;
	b->n = n;
	b->member = inv_mem_resize(NULL, n, sizeof(*member));
	memcpy(b->member, member, n * sizeof(*member));
	b->keys = inv_mem_resize(NULL, n, sizeof(*b->keys));
	for (size_t i = 0; i < n; i++)
		b->keys[i] = c->key[member[i]];
	inv_correct_order(c, member, n, &b->order);
	return b;
}

void
inv_batch_free(struct inv_batch *b)
{
	if (b == NULL)
		return;
	free(b->member);
	free(b->keys);
	free(b->own_key);
	free(b->poll);
	inv_partial_free(b->partial);
	inv_rows_free(&b->rows);
	inv_rows_free(&b->back);
	inv_buf_free(&b->body);
	inv_buf_free(&b->items);
	inv_buf_free(&b->order);
	inv_buf_free(&b->files);
	inv_buf_free(&b->headers);
	free(b);
}

struct inv_batch *
inv_batch_derive(const struct inv_batch *b, const size_t *member, size_t n)
{
	struct inv_batch *part = inv_batch_new(&b->of, b->chunk, member, n);

	part->derived = true;
	memcpy(part->parent, b->key, INV_DIGEST_HEX);
	part->keyed_by = b->keyed_by;
	part->probe = b->probe;
	return part;
}

static void
part_u64(struct inv_digest *d, uint64_t v)
{
	char digits[24];
	int n = snprintf(digits, sizeof(digits), "%ju", (uintmax_t)v);

	inv_digest_part(d, (struct inv_str){ digits, (size_t)n });
}

static void
make_key(struct inv_batch *b, struct inv_digest *d)
{
	unsigned char key[INV_DIGEST];

	inv_digest_begin(d);
	inv_digest_part(d, b->namespace);
	inv_digest_part(d, (struct inv_str){ b->of.manifest, INV_MANIFEST_ID });
	part_u64(d, b->of.submission);
	part_u64(d, b->of.chunk);
	inv_digest_part(d, (struct inv_str){ b->hash, INV_DIGEST_HEX });
	if (b->derived)
		inv_digest_part(d,
		    (struct inv_str){ b->parent, INV_DIGEST_HEX });
	/* The same bytes with other files are another thing to say. */
	if (b->files.n > 0)
		inv_digest_part(d, (struct inv_str){ b->root, INV_DIGEST_HEX });
	inv_digest_end(d, key);
	inv_str_hex(key, sizeof(key), b->key);
}

/* What its rows name, for the intent. */
static bool
list_files(struct inv_batch *b, struct inv_err *err)
{
	struct inv_str list;

	inv_buf_reset(&b->files);
	for (size_t i = 0; b->chunk->filed && i < b->n; i++) {
		if (!inv_chunk_files(b->chunk, b->member[i], &list, err))
			return false;
		if (list.n == 0)
			continue;
		if (b->files.n == 0)
			inv_emit_open(&b->files, '[');
		inv_files_put(&b->files, b->keys[i].row, list);
	}
	if (b->files.n > 0)
		inv_emit_close(&b->files, ']');
	return true;
}

/*
 * Room for the body, no larger than it will be: there is one for each batch.
 * What takes memory is here, so that the rest can be done by a worker.
 */
static bool
prepare(struct inv_batch *b, struct inv_str namespace, struct inv_err *err)
{
	size_t bytes = inv_batch_size(b);

	b->namespace = namespace;
	inv_buf_free(&b->body);
	b->body = INV_BUF(bytes);
	if (!inv_buf_room(&b->body, bytes))
		return inv_fail(err, INV_INTERNAL, "a body of %zu bytes",
		    bytes);
	for (size_t i = 0; i < b->n; i++)
		inv_rows_join(&b->rows, b->keys[i].row, b->keys[i].row);
	return list_files(b, err);
}

/* The rows' records, in their order, and the leaves that they are. */
static bool
fill_body(struct inv_batch *b, struct inv_digest *d, struct inv_err *err)
{
	struct inv_chunk *c = b->chunk;
	struct inv_str record;

	for (size_t i = 0; i < b->n; i++) {
		size_t m = b->member[i];

		inv_buf_byte(&b->body, i == 0 ? '[' : ',');
		if (!inv_chunk_record(c, m, &record, err))
			return false;
		inv_buf_add(&b->body, record);
		if (m >= c->hashed)
			inv_chunk_leaf(c, m, d, record);
		memcpy(b->keys[i].digest, c->key[m].digest, INV_KEY);
	}
	inv_buf_byte(&b->body, ']');
	return true;
}

/* The root of the tree whose leaves are the rows' records. */
static void
find_root(struct inv_batch *b, struct inv_digest *d)
{
	struct inv_merkle tree = { 0 };
	unsigned char root[INV_DIGEST];

	for (size_t i = 0; i < b->n; i++)
		inv_merkle_add(&tree, d, b->chunk->leaf[b->member[i]]);
	inv_merkle_root(&tree, d, root);
	inv_str_hex(root, sizeof(root), b->root);
	b->rooted = true;
}

static bool
make(struct inv_batch *b, struct inv_digest *d, struct inv_err *err)
{
	if (!fill_body(b, d, err))
		return false;
	inv_digest_hex_of(d, inv_buf_str(&b->body), b->hash);
	find_root(b, d);
	make_key(b, d);
	return true;
}

bool
inv_batch_seal(struct inv_batch *b, struct inv_digest *d,
    struct inv_str namespace, struct inv_err *err)
{
	return prepare(b, namespace, err) && make(b, d, err);
}

static void
make_there(struct inv_job *job, void *own)
{
	struct inv_batch *b = (struct inv_batch *)(void *)job;
	struct inv_err err;

	/* Its records are in memory. */
	if (!make(b, own, &err))
		inv_die(&err);
}

bool
inv_batch_seal_by(struct inv_batch *b, struct inv_worker *w,
    struct inv_digest *d, struct inv_str namespace, struct inv_err *err)
{
	if (!prepare(b, namespace, err))
		return false;
	if (b->chunk->spilled > 0) {
		b->making.done = true;
		return make(b, d, err);
	}
	b->making.fn = make_there;
	inv_worker_give(w, &b->making);
	return true;
}

bool
inv_batch_is_whole(const struct inv_batch *b)
{
	return b->chunk->uses == 1 && b->n == b->chunk->n;
}

bool
inv_batch_put_down(struct inv_batch *b, struct inv_digest *d,
    struct inv_err *err)
{
	if (!inv_batch_is_whole(b))
		return true;
	b->chunk->hashed = b->n;
	return inv_chunk_settle(b->chunk, d, err);
}

struct inv_str
inv_batch_root(const struct inv_batch *b)
{
	return (struct inv_str){ b->root, b->rooted ? INV_DIGEST_HEX : 0 };
}

struct inv_intent
inv_batch_intent(const struct inv_batch *b)
{
	return (struct inv_intent){
		.manifest = { b->of.manifest, INV_MANIFEST_ID },
		.submission = b->of.submission,
		.arrival = b->of.arrival,
		.chunk = b->of.chunk,
		.chunk_size = b->of.chunk_size,
		.rows = &b->rows,
		.key = { b->key, INV_DIGEST_HEX },
		.parent = { b->parent, b->derived ? INV_DIGEST_HEX : 0 },
		.batch_hash = { b->hash, INV_DIGEST_HEX },
		.records_root = inv_batch_root(b),
		.keyed_by = inv_key_json(b->keyed_by),
		.order = inv_buf_str(&b->order),
		.files = inv_buf_str(&b->files),
		.body = inv_buf_str(&b->body),
	};
}

static void
end_header(struct inv_batch_headers *h, size_t from)
{
	h->line[h->n++] = (struct inv_str){ NULL, h->text.n - from };
}

void
inv_batch_headers(const struct inv_batch *b, struct inv_str run,
    struct inv_batch_headers *h)
{
	struct inv_str key = { b->key, INV_DIGEST_HEX };
	unsigned char hash[INV_DIGEST] = { 0 };
	struct inv_buf *t = &h->text;
	size_t at = 0;

	*h = (struct inv_batch_headers){ .text = INV_BUF(HEADERS_TEXT_MAX) };
	inv_buf_add(t, INV_LIT("Content-Type: application/json"));
	end_header(h, 0);
	at = t->n;
	inv_buf_add(t, INV_LIT("Idempotency-Key: "));
	if (inv_sfstring_write(t, key))
		end_header(h, at);
	at = t->n;
	inv_buf_add(t, INV_LIT("X-Compliance-Standard: NIH-NSF-OSHA-EPA"));
	end_header(h, at);
	at = t->n;
	if (inv_str_unhex((struct inv_str){ b->hash, INV_DIGEST_HEX }, hash,
		sizeof(hash))) {
		inv_buf_add(t, INV_LIT("Content-Digest: sha-256=:"));
		inv_base64_put(t,
		    (struct inv_str){ (const char *)hash, sizeof(hash) });
		inv_buf_byte(t, ':');
		end_header(h, at);
		at = t->n;
	}
	/* W3C trace context: the run is the trace, the key's head the span. */
	inv_buf_addf(t, "traceparent: 00-%.*s%.16s-%.16s-01", INV_ARG(run),
	    b->of.manifest, b->key);
	end_header(h, at);
	for (size_t i = 0, p = 0; i < h->n; p += h->line[i++].n)
		h->line[i].p = t->p + p;
}
