/* since.c - that the log has only grown, for those who keep checkpoints */

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "audit/args.h"
#include "base/log.h"
#include "data/emit.h"
#include "data/proof.h"
#include "io/file.h"
#include "store/audit_head.h"

enum { TEXT_MAX = 2 * INV_NOTE_MAX }; /* bytes of a path and a note */

static const char log_name[] = "audit/log.ndjson";

/* ---- making ---- */

/* The first n entries of the log into the proof. */
static bool
feed(struct inv_merkle_proof *way, struct inv_digest *d, int log, uint64_t n,
    struct inv_err *err)
{
	const struct inv_audit_head start = INV_AUDIT_HEAD;
	unsigned char leaf[INV_DIGEST];
	struct inv_audit_line line;
	struct inv_audit_reader r;

	if (!inv_audit_read(&r, log, &start.log, err))
		return false;
	while (r.at.seq <= n &&
	    inv_audit_next(&r, &line, err) == INV_AUDIT_LINE) {
		inv_merkle_leaf(d, line.text, leaf);
		inv_merkle_feed(way, d, line.seq - 1, leaf);
	}
	bool ok = r.at.seq == n + 1;

	inv_audit_read_end(&r);
	return ok ||
	    inv_fail(err, INV_IO,
		"%s: damaged, or shorter than its last checkpoint: run "
		"inv-audit verify",
		log_name);
}

static bool
grow(struct inv_growth *g, int log, const struct inv_checkpoint_at *old,
    const struct inv_checkpoint_at *last, struct inv_err *err)
{
	struct inv_digest *d = inv_digest_new();
	struct inv_merkle_proof way = { 0 };
	bool ok = true;

	if (old->size > 0 && old->size <= last->size) {
		inv_merkle_consistency(&way, old->size, last->size);
		ok = feed(&way, d, log, last->size, err);
	}
	g->old = old->size;
	g->path = way.path;
	if (ok &&
	    (old->size > last->size ||
		!inv_merkle_begins_with(d, &g->path, old->size, last->size,
		    old->root, last->root)))
		ok = inv_fail(err, INV_NO,
		    "the log of the last checkpoint does not begin with that "
		    "of the earlier one");
	inv_digest_free(d);
	return ok;
}

void
inv_audit_since(int dir, const char *older)
{
	struct inv_buf note = INV_BUF(INV_NOTE_MAX);
	struct inv_buf kept = INV_BUF(INV_NOTE_MAX);
	struct inv_buf text = INV_BUF(TEXT_MAX);
	struct inv_note ignored;
	struct inv_checkpoint_at old, last;
	struct inv_growth g;
	struct inv_err err;
	int log = inv_file_open(dir, "log.ndjson", O_RDONLY, &err);

	if (log == -1 || !inv_audit_kept(older, &kept, &ignored, &old, &err) ||
	    !inv_audit_last(dir, &last, &note, &err) ||
	    !grow(&g, log, &old, &last, &err))
		inv_die(&err);
	g.note = inv_buf_str(&note);
	inv_growth_put(&text, &g);
	inv_audit_print(inv_buf_str(&text));
	close(log);
	inv_buf_free(&note);
	inv_buf_free(&kept);
	inv_buf_free(&text);
}

/* ---- checking ---- */

static void
report(const struct inv_growth *g, uint64_t size)
{
	struct inv_buf b = INV_BUF(TEXT_MAX);

	if (isatty(STDOUT_FILENO) == 1) {
		inv_buf_addf(&b,
		    "the log of %ju entries begins with the %ju of the "
		    "earlier checkpoint\n",
		    (uintmax_t)size, (uintmax_t)g->old);
	} else {
		inv_emit_open(&b, '{');
		inv_emit_member_str(&b, INV_LIT("type"), INV_LIT("grown"));
		inv_emit_member_u64(&b, INV_LIT("old"), g->old);
		inv_emit_member_u64(&b, INV_LIT("entries"), size);
		inv_emit_close(&b, '}');
		inv_buf_byte(&b, '\n');
	}
	inv_audit_print(inv_buf_str(&b));
	inv_buf_free(&b);
}

static bool
has_grown(const struct inv_growth *g, const struct inv_checkpoint_at *old,
    const struct inv_checkpoint_at *new, struct inv_err *err)
{
	struct inv_digest *d = inv_digest_new();
	bool ok = g->old == old->size &&
	    old->size <= new->size &&inv_merkle_begins_with(d, &g->path,
			     old->size, new->size, old->root, new->root);

	inv_digest_free(d);
	return ok ||
	    inv_fail(err, INV_NO,
		"the log does not begin with that of the earlier checkpoint");
}

static bool
check_growth(struct inv_str text, const char *older,
    const struct inv_note_key *key, size_t keys, struct inv_err *err)
{
	struct inv_buf kept = INV_BUF(INV_NOTE_MAX);
	struct inv_checkpoint_at old, new;
	uint64_t at[INV_AUDIT_FILES];
	struct inv_note note;
	struct inv_growth g;
	bool ok = inv_audit_kept(older, &kept, &note, &old, err) &&
	    inv_audit_is_signed(&note, key, keys, at, err) &&
	    inv_growth_parse(text, &g, err) &&
	    inv_audit_read_at(g.note, &note, &new, err) &&
	    inv_audit_is_signed(&note, key, keys, at, err) &&
	    has_grown(&g, &old, &new, err);

	inv_buf_free(&kept);
	if (ok)
		report(&g, new.size);
	return ok;
}

void
inv_audit_since_check(const char *file, const char *older,
    const struct inv_note_key *key, size_t keys)
{
	struct inv_buf text = INV_BUF(TEXT_MAX);
	struct inv_err err, why;

	if (!inv_file_read(AT_FDCWD, file, &text, &err))
		inv_die(&err);
	if (!check_growth(inv_buf_str(&text), older, key, keys, &why)) {
		inv_fail(&err, why.fault, "%s: %s", file, why.msg);
		inv_die(&err);
	}
	inv_buf_free(&text);
}
