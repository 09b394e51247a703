/* dry.c - what inv-commit would send, without sending it */

#include "commit/dry.h"

#include <stdlib.h>

#include "base/log.h"
#include "base/mem.h"
#include "commit/backlog.h"
#include "commit/batch.h"
#include "data/emit.h"

struct dry {
	const struct inv_dry_options *o;
	struct inv_filter *f;
	struct inv_digest *digest;
	struct inv_canon *canon;
	struct inv_scan *scan;
	struct inv_key key;
	struct inv_spill spill;
	struct inv_chunk *chunk;
	struct inv_backlog backlog; /* with --atomic */
};

unsigned
inv_dry_want(const struct inv_dry_options *o)
{
	return o->keys || o->bodies
	    ? INV_WANT_QUIET | INV_WANT_BODY | INV_WANT_END
	    : 0;
}

static void
print_key(struct dry *d, const struct inv_batch *b)
{
	struct inv_buf *out = inv_out_buf(&d->f->out);

	inv_buf_byte(out, '{');
	inv_emit_member_str(out, INV_LIT("manifest"),
	    (struct inv_str){ b->of.manifest, INV_MANIFEST_ID });
	inv_emit_member_u64(out, INV_LIT("chunk"), b->of.chunk);
	inv_emit_key(out, INV_LIT("rows"));
	inv_emit_rows(out, &b->rows);
	inv_emit_member_u64(out, INV_LIT("count"), b->n);
	inv_emit_member_str(out, INV_LIT("batch_hash"),
	    (struct inv_str){ b->hash, INV_DIGEST_HEX });
	inv_emit_member_str(out, INV_LIT("idempotency_key"),
	    (struct inv_str){ b->key, INV_DIGEST_HEX });
	inv_buf_add(out, INV_LIT("}\n"));
	inv_out_check(&d->f->out);
}

static bool
print_batch(struct dry *d, const size_t *member, size_t n, struct inv_err *err)
{
	struct inv_origin of = { .submission = d->f->block.submission,
		.arrival = d->f->block.arrival,
		.chunk = d->chunk->number };

	memcpy(of.manifest, d->f->block.id, INV_MANIFEST_ID);
	struct inv_batch *b = inv_batch_new(&of, d->chunk, member, n);

	bool ok = inv_batch_seal(b, d->digest, d->o->namespace, err);

	if (ok && d->o->keys)
		print_key(d, b);
	if (ok && d->o->bodies) {
		inv_out_add(&d->f->out, inv_buf_str(&b->body));
		inv_out_add(&d->f->out, INV_LIT("\n"));
	}
	inv_batch_free(b);
	return ok;
}

static bool
print_chunk(struct dry *d, struct inv_err *err)
{
	struct inv_chunk *c = d->chunk;
	bool ok = true;
	size_t *member = inv_mem_resize(NULL, c->n, sizeof(*member));

	inv_chunk_order(c, member);
	for (size_t from = 0; ok && from < c->n;) {
		size_t fit = inv_batch_fit(c, member + from, c->n - from);

		ok = print_batch(d, member + from, fit, err);
		from += fit;
	}
	free(member);
	inv_chunk_reset(c, 0);
	return ok;
}

static bool
add_row(struct dry *d, const struct inv_record *rec, struct inv_err *err)
{
	struct inv_chunk_tools tools = { d->canon, d->digest, &d->key, d->scan,
		d->f->block.arrival, NULL, { d->f->block.id, INV_MANIFEST_ID },
		d->f->block.submission };
	struct inv_str files;

	if (d->chunk->n > 0 && d->chunk->number != rec->chunk &&
	    !print_chunk(d, err))
		return false;
	d->chunk->number = rec->chunk;
	if (inv_chunk_files_of(rec, &files, err) &&
	    inv_chunk_add(d->chunk, rec, files, &tools, err))
		return true;
	if (err->fault != INV_BAD)
		return false;
	inv_warn("%s: %s: would be quarantined", inv_filter_where(d->f, rec),
	    err->msg);
	return true;
}

/* Those that waited for their end. */
static bool
add_backlog(struct dry *d, struct inv_err *err)
{
	struct inv_waiter w;

	for (;;)
		switch (inv_backlog_next(&d->backlog, &w, err)) {
		case INV_NEXT_END:
			return true;
		case INV_NEXT_LINE:
			if (!add_row(d, &w.rec, err))
				return false;
			break;
		case INV_NEXT_ERR:
			return false;
		}
}

static bool
take_end(struct dry *d, const struct inv_record *end, struct inv_err *err)
{
	if (d->o->atomic && !inv_backlog_verified(d->f, end)) {
		inv_backlog_clear(&d->backlog);
		return true;
	}
	return add_backlog(d, err) && print_chunk(d, err);
}

static bool
take_row(struct dry *d, const struct inv_record *rec, struct inv_err *err)
{
	return d->o->atomic ? inv_backlog_add(&d->backlog, rec, err)
			    : add_row(d, rec, err);
}

static bool
take(struct dry *d, const struct inv_record *rec, struct inv_err *err)
{
	if (rec->kind == INV_LINE_BODY) {
		/* What a block without an end left would not be sent. */
		inv_chunk_reset(d->chunk, 0);
		inv_backlog_clear(&d->backlog);
		return inv_key_init(&d->key, d->digest,
		    d->o->key.n > 0 ? d->o->key : inv_buf_str(&d->f->block.key),
		    err);
	}
	if (!(rec->kind == INV_LINE_END ? take_end(d, rec, err)
					: take_row(d, rec, err)))
		return false;
	inv_filter_pass(d->f, rec);
	return true;
}

void
inv_dry_run(struct inv_filter *f, const struct inv_dry_options *o)
{
	const char *folder = inv_opt_env("TMPDIR");
	struct dry d = {
		.o = o,
		.f = f,
		.digest = inv_digest_new(),
		.canon = inv_canon_new(),
		.scan = inv_scan_new(),
	};
	bool quiet = inv_dry_want(o) != 0;
	struct inv_record rec;
	struct inv_err err;

	inv_mem_return_large();
	if (folder == NULL)
		folder = "/var/tmp";
	inv_spill_init(&d.spill, folder);
	inv_backlog_init(&d.backlog, folder);
	d.chunk = inv_chunk_new(&d.spill);
	while (inv_filter_next(f, &rec))
		if (!quiet)
			inv_filter_pass(f, &rec);
		else if (!take(&d, &rec, &err))
			inv_filter_stop(f, &err);
	inv_chunk_free(d.chunk);
	inv_spill_free(&d.spill);
	inv_backlog_free(&d.backlog);
	inv_scan_free(d.scan);
	inv_canon_free(d.canon);
	inv_digest_free(d.digest);
}
