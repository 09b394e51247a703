/* test_batch - chunks keep rows, batches are cut from them and named */

#include "commit/batch.h"

#include <stdlib.h>

#include "base/mem.h"
#include "check.h"

struct kit {
	struct inv_scan *lines;
	struct inv_key key;
	struct inv_chunk_tools tools;
	struct inv_spill spill;
	struct inv_chunk *chunk;
	struct inv_buf line;
};

static void
open_kit(struct kit *k)
{
	struct inv_err err;

	*k = (struct kit){ .lines = inv_scan_new(), .line = INV_BUF(2 << 20) };
	k->tools = (struct inv_chunk_tools){ inv_canon_new(), inv_digest_new(),
		&k->key, inv_scan_new(), 3, .arrivals = NULL };
	check(inv_key_init(&k->key, k->tools.digest, INV_LIT("[\"id\"]"),
	    &err));
	inv_spill_init(&k->spill, "/tmp");
	k->chunk = inv_chunk_new(&k->spill);
	inv_chunk_reset(k->chunk, 4);
}

static void
close_kit(struct kit *k)
{
	inv_chunk_free(k->chunk);
	check(k->spill.kept == 0 && k->spill.used == 0);
	inv_spill_free(&k->spill);
	inv_canon_free(k->tools.canon);
	inv_digest_free(k->tools.digest);
	inv_scan_free(k->tools.scan);
	inv_scan_free(k->lines);
	inv_buf_free(&k->line);
}

static bool
add(struct kit *k, uint64_t row, const char *record)
{
	struct inv_record rec;
	struct inv_str files;
	struct inv_err err;

	inv_buf_reset(&k->line);
	inv_record_head(&k->line, INV_LIT("00112233445566778899aabbccddeeff"),
	    row, row + 1, 4);
	inv_buf_addf(&k->line, "\"record\":%s}", record);
	check(inv_record_parse(k->lines, inv_buf_str(&k->line), &rec, &err));
	return inv_chunk_files_of(&rec, &files, &err) &&
	    inv_chunk_add(k->chunk, &rec, files, &k->tools, &err);
}

static struct inv_origin
origin(void)
{
	struct inv_origin of = { .submission = 1, .arrival = 3, .chunk = 4 };

	memset(of.manifest, 'a', INV_MANIFEST_ID);
	return of;
}

static struct inv_batch *
seal(struct kit *k, size_t n)
{
	static const size_t member[] = { 0, 1, 2, 3 };
	struct inv_origin of = origin();
	struct inv_batch *b = inv_batch_new(&of, k->chunk, member, n);

	struct inv_err err;

	b->keyed_by = &k->key;
	check(inv_batch_seal(b, k->tools.digest, INV_LIT("embedded"), &err));
	return b;
}

static void
the_body_is_the_canonical_records_in_row_order(void)
{
	struct kit k;

	open_kit(&k);
	check(add(&k, 2001, "{\"id\":\"a\",\"q\":1}"));
	check(add(&k, 2003, "{ \"q\": 2.0, \"id\": \"b\" }"));
	struct inv_batch *b = seal(&k, 2);

	check_str(inv_buf_str(&b->body),
	    "[{\"id\":\"a\",\"q\":1},{\"id\":\"b\",\"q\":2}]");
	check(b->rows.n == 2 && b->rows.count == 2);
	check(k.chunk->uses == 1);
	inv_batch_free(b);
	close_kit(&k);
}

static void
a_kept_line_is_the_line_as_it_came(void)
{
	struct inv_str line;
	struct inv_err err;
	struct kit k;

	open_kit(&k);
	check(add(&k, 2001, "{ \"q\": 2.0, \"id\": \"b\" }"));
	check(inv_chunk_line(k.chunk, 0, &line, &err));
	check_str(line,
	    "{\"type\":\"record\",\"manifest\":\"00112233445566778899aabbccddee"
	    "ff\",\"row\":2001,\"line\":2002,\"chunk\":4,\"record\":{ \"q\": "
	    "2.0, \"id\": \"b\" }}");
	close_kit(&k);
}

static void
equal_content_has_equal_keys_however_it_is_written(void)
{
	struct kit k;

	open_kit(&k);
	check(add(&k, 2001, "{\"id\":\"a\",\"q\":1}"));
	check(add(&k, 2002, "{\"q\":1.0,\"id\":\"\\u0061\"}"));
	check(add(&k, 2003, "{\"id\":\"a\",\"q\":2}"));
	const struct inv_seen_row *r = k.chunk->key;

	inv_chunk_hash(k.chunk, k.tools.digest);
	check(memcmp(r[0].key, r[1].key, INV_KEY) == 0);
	check(memcmp(r[0].digest, r[1].digest, INV_KEY) == 0);
	check(memcmp(r[0].key, r[2].key, INV_KEY) == 0);
	check(memcmp(r[0].digest, r[2].digest, INV_KEY) != 0);
	check(r[2].arrival == 3 && r[2].row == 2003);
	close_kit(&k);
}

static void
a_number_that_can_not_be_written_is_not_kept(void)
{
	struct inv_str record;
	struct inv_err err;
	struct kit k;

	open_kit(&k);
	check(add(&k, 2001, "{\"id\":\"a\"}"));
	check(!add(&k, 2002, "{\"id\":\"b\",\"q\":10000000000000001}"));
	check(k.chunk->n == 1);
	check(add(&k, 2003, "{\"q\":1.0,\"id\":\"c\"}"));
	check(inv_chunk_record(k.chunk, 1, &record, &err));
	check_str(record, "{\"id\":\"c\",\"q\":1}");
	close_kit(&k);
}

static void
a_body_is_cut_before_it_passes_four_mebibytes(void)
{
	enum { BIG = 1000 << 10 };
	static const size_t member[] = { 0, 1, 2, 3, 4 };
	char *big = inv_mem_new(BIG + 64);
	struct kit k;

	open_kit(&k);
	/* Five records of nearly 1 MiB, each of four fields. */
	int n = sprintf(big, "{\"id\":\"a\"");

	for (int f = 0; f < 4; f++) {
		n += sprintf(big + n, ",\"m%d\":\"", f);
		memset(big + n, 'x', BIG / 4);
		n += BIG / 4;
		big[n++] = '"';
	}
	big[n++] = '}';
	big[n] = '\0';
	for (uint64_t i = 0; i < 5; i++)
		check(add(&k, 2001 + i, big));
	check(inv_batch_fit(k.chunk, member, 5) == 4);
	check(inv_batch_fit(k.chunk, member, 3) == 3);
	check(inv_batch_fit(k.chunk, member, 1) == 1);
	free(big);
	close_kit(&k);
}

/* A record of that row, `bytes` long and more, not the same as any other. */
static void
add_long(struct kit *k, uint64_t row, size_t bytes)
{
	char *record = inv_mem_new(bytes + 64);
	int n = sprintf(record, "{\"id\":\"%ju\",\"text\":\"", (uintmax_t)row);

	memset(record + n, 'a' + (int)(row % 26), bytes);
	memcpy(record + n + bytes, "\"}", 3);
	check(add(k, row, record));
	free(record);
}

static void
check_long(struct kit *k, size_t i, uint64_t row, size_t bytes)
{
	struct inv_str line;
	struct inv_str record;
	struct inv_err err;
	char id[32];
	int n = sprintf(id, "{\"id\":\"%ju\"", (uintmax_t)row);

	check(inv_chunk_line(k->chunk, i, &line, &err));
	check(line.n > bytes && line.p[0] == '{' && line.p[line.n - 1] == '}');
	check(inv_chunk_record(k->chunk, i, &record, &err));
	check(record.n > bytes && memcmp(record.p, id, (size_t)n) == 0);
	check(record.p[record.n - 3] == (char)('a' + (int)(row % 26)));
}

static void
a_large_chunk_is_on_disk_and_comes_back_as_it_was(void)
{
	enum { ROWS = 100, BYTES = 200 << 10 };
	struct kit k;

	open_kit(&k);
	for (uint64_t i = 0; i < ROWS; i++) {
		add_long(&k, 2001 + i, BYTES);
		check(k.spill.kept < INV_CHUNK_KEPT_MAX);
	}
	check(k.spill.used > (ROWS - 20) * (uint64_t)BYTES);
	for (size_t i = 0; i < ROWS; i++)
		check_long(&k, i, 2001 + i, BYTES);
	for (size_t i = ROWS; i-- > 0;)
		check_long(&k, i, 2001 + i, BYTES);
	inv_chunk_reset(k.chunk, 5);
	check(k.spill.used == 0 && k.spill.end == 0 && k.spill.kept == 0);
	close_kit(&k);
}

static void
many_chunks_share_what_memory_they_have(void)
{
	enum { CHUNKS = 40, BYTES = 100 << 10 };
	struct inv_chunk *all[CHUNKS];
	struct inv_err err;
	struct kit k;

	open_kit(&k);
	struct inv_chunk *first = k.chunk;

	for (size_t i = 0; i < CHUNKS; i++) {
		k.chunk = all[i] = inv_chunk_new(&k.spill);
		for (uint64_t row = 1; row <= 10; row++)
			add_long(&k, row, BYTES);
		check(inv_chunk_settle(k.chunk, k.tools.digest, &err));
	}
	check(k.spill.kept <= INV_KEPT_MAX);
	for (size_t i = 0; i < CHUNKS; i++) {
		k.chunk = all[i];
		for (uint64_t row = 1; row <= 10; row++)
			check_long(&k, row - 1, row, BYTES);
	}
	for (size_t i = 0; i < CHUNKS; i++)
		inv_chunk_free(all[i]);
	check(k.spill.kept == 0 && k.spill.end == 0);
	k.chunk = first;
	close_kit(&k);
}

static void
a_rewritten_record_comes_back_from_disk_beside_its_line(void)
{
	struct inv_str record;
	struct inv_str line;
	struct inv_err err;
	struct kit k;

	open_kit(&k);
	check(add(&k, 2001, "{ \"q\": 2.0, \"id\": \"b\" }"));
	for (uint64_t i = 1; i < 12; i++)
		add_long(&k, 2001 + i, 200 << 10);
	check(k.chunk->spilled > 0);
	check(inv_chunk_record(k.chunk, 0, &record, &err));
	check_str(record, "{\"id\":\"b\",\"q\":2}");
	check(inv_chunk_line(k.chunk, 0, &line, &err));
	check(line.n > 30);
	check_str(((struct inv_str){ line.p + line.n - 24, 24 }),
	    "{ \"q\": 2.0, \"id\": \"b\" }}");
	close_kit(&k);
}

static void
a_folder_that_takes_no_file_is_an_error(void)
{
	struct inv_spill s;
	struct inv_err err;
	uint64_t at;

	inv_spill_init(&s, "/nonexistent");
	check(!inv_spill_add(&s, INV_LIT("x"), &at, &err));
	check(err.fault == INV_CREATE);
	inv_spill_free(&s);
}

/* The formula once more, from the parts. */
static void
the_key_is_made_of_ledger_manifest_submission_chunk_and_body(void)
{
	static const char body[] = "[{\"id\":\"a\",\"q\":1}]";
	struct kit k;
	unsigned char want[INV_DIGEST];
	char hex[INV_DIGEST_HEX];
	char hash[INV_DIGEST_HEX];
	char id[INV_MANIFEST_ID];
	struct inv_err err;

	open_kit(&k);
	check(add(&k, 2001, "{\"id\":\"a\",\"q\":1}"));
	struct inv_batch *b = seal(&k, 1);
	struct inv_digest *d = inv_digest_new();

	memset(id, 'a', sizeof(id));
	inv_digest_hex_of(d, inv_str_of(body), hash);
	check(memcmp(b->hash, hash, sizeof(hash)) == 0);
	inv_digest_begin(d);
	inv_digest_part(d, INV_LIT("embedded"));
	inv_digest_part(d, (struct inv_str){ id, sizeof(id) });
	inv_digest_part(d, INV_LIT("1"));
	inv_digest_part(d, INV_LIT("4"));
	inv_digest_part(d, (struct inv_str){ hash, sizeof(hash) });
	inv_digest_end(d, want);
	inv_str_hex(want, sizeof(want), hex);
	check(memcmp(b->key, hex, sizeof(hex)) == 0);

	b->derived = true;
	memcpy(b->parent, hash, sizeof(hash));
	inv_rows_reset(&b->rows);
	check(inv_batch_seal(b, d, INV_LIT("embedded"), &err));
	check(memcmp(b->key, hex, sizeof(hex)) != 0);
	inv_digest_free(d);
	inv_batch_free(b);
	close_kit(&k);
}

/* All rows but the first, of so many bytes, by the worker and by us: nothing differs. */
static void
check_seal_by(struct inv_worker *w, size_t bytes, bool hashed)
{
	enum { ROWS = 12 };
	size_t member[ROWS - 1];
	struct inv_origin of = origin();
	struct inv_seen_row plain[ROWS];
	struct inv_err err;
	struct kit k;

	open_kit(&k);
	for (size_t i = 0; i < ROWS; i++)
		add_long(&k, 2001 + i, bytes);
	for (size_t i = 1; i < ROWS; i++)
		member[i - 1] = i;
	check((k.chunk->spilled > 0) == (bytes > INV_CHUNK_KEPT_MAX / ROWS));
	if (hashed)
		inv_chunk_hash(k.chunk, k.tools.digest);
	struct inv_batch *a = inv_batch_new(&of, k.chunk, member, ROWS - 1);
	struct inv_batch *b = inv_batch_new(&of, k.chunk, member, ROWS - 1);
	size_t size = inv_batch_size(a);

	check(inv_batch_seal_by(a, w, k.tools.digest, INV_LIT("embedded"),
	    &err));
	inv_worker_wait(w, &a->making);
	check(inv_worker_is_done(w, &a->making));
	check(inv_batch_seal(b, k.tools.digest, INV_LIT("embedded"), &err));
	inv_chunk_hash(k.chunk, k.tools.digest);
	memcpy(plain, k.chunk->key, sizeof(plain));

	check(size == a->body.n && a->body.n > (ROWS - 1) * bytes);
	check(inv_str_eq(inv_buf_str(&a->body), inv_buf_str(&b->body)));
	check(memcmp(a->hash, b->hash, sizeof(a->hash)) == 0);
	check(memcmp(a->root, b->root, sizeof(a->root)) == 0);
	check(memcmp(a->key, b->key, sizeof(a->key)) == 0);
	check(a->rows.n == 1 && a->rows.count == ROWS - 1);
	for (size_t i = 0; i < ROWS - 1; i++)
		check(memcmp(a->keys[i].digest, plain[i + 1].digest, INV_KEY) ==
		    0);
	inv_batch_free(a);
	inv_batch_free(b);
	close_kit(&k);
}

static void
a_worker_makes_the_same_of_rows_in_memory_and_on_disk(void)
{
	struct inv_digest *own = inv_digest_new();
	struct inv_worker *w = inv_worker_open(own);

	check_seal_by(w, 100, false);
	check_seal_by(w, 100, true);
	check_seal_by(w, 200 << 10, false);
	inv_worker_close(w);
	inv_digest_free(own);
}

/* Of as many chunks as memory has no room for, each a batch of its last n rows. */
static void
put_down_all(struct inv_worker *w, size_t n, bool is_down)
{
	enum { CHUNKS = 15, ROWS = 10, BYTES = 100 << 10 };
	struct inv_origin of = origin();
	size_t member[ROWS];
	struct inv_chunk *all[CHUNKS];
	struct inv_batch *batch[CHUNKS];
	struct inv_err err;
	struct kit k;

	open_kit(&k);
	struct inv_chunk *first = k.chunk;

	for (size_t i = 0; i < n; i++)
		member[i] = ROWS - n + i;
	for (size_t i = 0; i < CHUNKS; i++) {
		k.chunk = all[i] = inv_chunk_new(&k.spill);
		for (uint64_t row = 1; row <= ROWS; row++)
			add_long(&k, row, BYTES);
		batch[i] = inv_batch_new(&of, k.chunk, member, n);
		check(inv_batch_seal_by(batch[i], w, k.tools.digest,
		    INV_LIT("embedded"), &err));
		inv_worker_wait(w, &batch[i]->making);
		check(inv_batch_put_down(batch[i], k.tools.digest, &err));
	}
	check((k.spill.kept <= INV_KEPT_MAX) == is_down);
	for (size_t i = 0; i < CHUNKS; i++) {
		struct inv_batch *b = batch[i];

		k.chunk = all[i];
		for (uint64_t row = 1; row <= ROWS; row++)
			check_long(&k, row - 1, row, BYTES);
		check(memcmp(k.chunk->leaf[ROWS - 1], all[0]->leaf[ROWS - 1],
			  INV_DIGEST) == 0);
		inv_rows_reset(&b->rows);
		check(inv_batch_seal(b, k.tools.digest, INV_LIT("embedded"),
		    &err));
		check(memcmp(b->key, batch[0]->key, sizeof(b->key)) == 0);
	}
	for (size_t i = 0; i < CHUNKS; i++) {
		inv_batch_free(batch[i]);
		inv_chunk_free(all[i]);
	}
	check(k.spill.kept == 0 && k.spill.end == 0);
	k.chunk = first;
	close_kit(&k);
}

static void
what_is_sealed_goes_to_disk_where_no_other_batch_needs_it(void)
{
	struct inv_digest *own = inv_digest_new();
	struct inv_worker *w = inv_worker_open(own);

	put_down_all(w, 10, true);
	put_down_all(w, 9, false);
	inv_worker_close(w);
	inv_digest_free(own);
}

static void
the_headers_are_those_of_the_page(void)
{
	struct kit k;
	struct inv_batch_headers h;

	open_kit(&k);
	check(add(&k, 2001, "{\"id\":\"a\"}"));
	struct inv_batch *b = seal(&k, 1);

	inv_batch_headers(b, INV_LIT("0123456789abcdef"), &h);
	check(h.n == 5);
	check_str(h.line[0], "Content-Type: application/json");
	check(inv_str_starts(h.line[1], INV_LIT("Idempotency-Key: \"")));
	check(h.line[1].n == 17 + 66);
	check_str(h.line[2], "X-Compliance-Standard: NIH-NSF-OSHA-EPA");
	check(inv_str_starts(h.line[3], INV_LIT("Content-Digest: sha-256=:")));
	check(inv_str_starts(h.line[4],
	    INV_LIT("traceparent: 00-0123456789abcdefaaaaaaaa")));
	for (size_t i = 0; i < h.n; i++)
		check(inv_header_fits(h.line[i]));
	inv_buf_free(&h.text);
	inv_batch_free(b);
	close_kit(&k);
}

int
main(void)
{
	static const struct test tests[] = {
		TEST(the_body_is_the_canonical_records_in_row_order),
		TEST(a_kept_line_is_the_line_as_it_came),
		TEST(equal_content_has_equal_keys_however_it_is_written),
		TEST(a_number_that_can_not_be_written_is_not_kept),
		TEST(a_body_is_cut_before_it_passes_four_mebibytes),
		TEST(a_large_chunk_is_on_disk_and_comes_back_as_it_was),
		TEST(many_chunks_share_what_memory_they_have),
		TEST(a_rewritten_record_comes_back_from_disk_beside_its_line),
		TEST(a_folder_that_takes_no_file_is_an_error),
		TEST(
		    the_key_is_made_of_ledger_manifest_submission_chunk_and_body),
		TEST(a_worker_makes_the_same_of_rows_in_memory_and_on_disk),
		TEST(what_is_sealed_goes_to_disk_where_no_other_batch_needs_it),
		TEST(the_headers_are_those_of_the_page),
	};

	return RUN(tests);
}
