/* check.c - inv-audit check: does a proof hold, without our state? */

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "audit/args.h"
#include "audit/row_bytes.h"
#include "base/clock.h"
#include "base/log.h"
#include "data/cursor.h"
#include "data/emit.h"
#include "data/files.h"
#include "data/proof.h"
#include "io/file.h"
#include "store/audit_key.h"
#include "store/audit_line.h"

enum {
	REPORT_MAX = 64 << 10, /* bytes */
	ROW_SHOWN = 4096,      /* bytes of a row, to people */
};

struct check {
	const struct inv_audit_args *args;
	struct inv_proof proof;
	struct inv_rows rows;        /* that the entry says are committed */
	struct inv_audit_line entry; /* of the log, about the batch */
	struct inv_checkpoint_at checkpoint;
	struct inv_note note;
	struct inv_note_key key[INV_AUDIT_FILES];
	uint64_t at[INV_AUDIT_FILES]; /* when a witness signed */
	struct inv_digest *digest;
};

/* ---- the links, from the record up ---- */

static bool
is_about_the_row(struct check *c, struct inv_err *err)
{
	const struct inv_proof *p = &c->proof;
	const struct inv_audit_line *e = &c->entry;
	struct inv_err why;

	if (!inv_audit_parse(p->entry, &c->rows, &c->entry, &why))
		return inv_fail(err, INV_NO, "its entry is none of a log: %s",
		    why.msg);
	if (e->type != INV_AUDIT_BATCH || !e->committed || !e->rooted)
		return inv_fail(err, INV_NO,
		    "its entry tells of no batch that was committed, or not "
		    "of the records in it");
	if (!inv_str_eq(e->manifest, p->manifest) ||
	    e->submission != p->submission)
		return inv_fail(err, INV_NO,
		    "its entry is about another manifest");
	return inv_rows_has(e->rows, p->row) ||
	    inv_fail(err, INV_NO, "its entry does not have row %ju",
		(uintmax_t)p->row);
}

static uint64_t
before(const struct inv_rows *rows, uint64_t row)
{
	return row > 1 ? inv_rows_within(rows, 1, row - 1) : 0;
}

/*
 * The records of a body are in row order.  Of a batch that was taken in part
 * the entry does not tell the rows that were to be sent again: they may stand
 * before this one, or behind it.
 */
static bool
is_in_its_place(const struct check *c, uint64_t n)
{
	struct inv_cursor cursor = { .rest = c->entry.refused };
	const struct inv_proof *p = &c->proof;
	struct inv_rows refused = { 0 };

	if (cursor.rest.n > 0)
		inv_cursor_rows(&cursor, "", &refused);
	uint64_t known = c->rows.count + refused.count;
	uint64_t least = before(&c->rows, p->row) + before(&refused, p->row);

	inv_rows_free(&refused);
	return !cursor.bad && known <= n && p->index >= least &&
	    p->index - least <= n - known;
}

static bool
record_is_in_batch(struct check *c, struct inv_err *err)
{
	const struct inv_proof *p = &c->proof;
	uint64_t n = c->entry.sent > 0 ? c->entry.sent : c->rows.count;
	unsigned char leaf[INV_DIGEST];

	inv_files_leaf(c->digest, p->record, p->files, leaf);
	if (!inv_merkle_is_in(c->digest, &p->path, p->index, n, leaf,
		c->entry.root))
		return inv_fail(err, INV_NO,
		    "the record is not in the batch: its path does not lead "
		    "to the records_root of the entry");
	return is_in_its_place(c, n) ||
	    inv_fail(err, INV_NO, "record %ju of the batch is not row %ju",
		(uintmax_t)p->index, (uintmax_t)p->row);
}

static bool
entry_is_in_log(struct check *c, struct inv_err *err)
{
	const struct inv_proof *p = &c->proof;
	unsigned char leaf[INV_DIGEST];
	struct inv_err why;

	if (!inv_audit_read_at(p->note, &c->note, &c->checkpoint, &why))
		return inv_fail(err, INV_NO, "its checkpoint: %s", why.msg);
	inv_merkle_leaf(c->digest, p->entry, leaf);
	return (c->entry.seq == p->log_index + 1 &&
		   inv_merkle_is_in(c->digest, &p->log_path, p->log_index,
		       c->checkpoint.size, leaf, c->checkpoint.root)) ||
	    inv_fail(err, INV_NO,
		"the entry is not in the log: its path does not lead to the "
		"root of the checkpoint");
}

static bool
holds(struct check *c, struct inv_err *err)
{
	return is_about_the_row(c, err) && record_is_in_batch(c, err) &&
	    entry_is_in_log(c, err) &&
	    inv_audit_is_signed(&c->note, c->key, c->args->keys, c->at, err);
}

/* What the proof tells of the row's bytes is nothing without the manifest. */
static bool
is_in_manifest(const struct check *c, struct inv_err *err)
{
	const char *file = c->args->manifest;

	if (file == NULL)
		return true;
	return c->proof.has_raw ? inv_audit_row_is_in(&c->proof, file, err)
				: inv_fail(err, INV_NO,
				      "%s: the proof does not tell the bytes "
				      "of the row",
				      file);
}

/* ---- what is said ---- */

/* Some of a long row, and nothing that acts on a terminal. */
static void
say_raw(struct inv_buf *b, const struct inv_proof *p)
{
	char shown[ROW_SHOWN];

	(void)inv_log_escape(p->raw, shown, sizeof(shown));
	inv_buf_addf(b,
	    "in the manifest it is on line %ju, %zu bytes from byte %ju on:\n"
	    "%s\n",
	    (uintmax_t)p->line, p->raw.n, (uintmax_t)p->offset, shown);
}

static void
say(struct inv_buf *b, const struct check *c)
{
	const struct inv_proof *p = &c->proof;
	char time[INV_CLOCK_TEXT];
	char name[INV_NOTE_NAME];
	char hex[INV_DIGEST_HEX];

	inv_str_hex(c->entry.hash, INV_DIGEST, hex);
	inv_buf_addf(b,
	    "row %ju of manifest %.12s was sent as this record, in a body of "
	    "SHA-256 %.*s,\nand answered as committed: entry %ju of a log of "
	    "%ju\n",
	    (uintmax_t)p->row, p->manifest.p, INV_DIGEST_HEX, hex,
	    (uintmax_t)c->entry.seq, (uintmax_t)c->checkpoint.size);
	for (size_t i = 0; i < c->args->keys; i++) {
		(void)inv_log_escape(inv_str_of(c->key[i].name), name,
		    sizeof(name));
		inv_clock_text((int64_t)c->at[i], time);
		if (c->at[i] > 0)
			inv_buf_addf(b, "cosigned by %s at %s\n", name, time);
	}
	if (c->args->manifest != NULL)
		say_raw(b, p);
	inv_buf_add(b,
	    INV_LIT("it is not proved what the ledger holds, nor how the "
		    "record came of the file\n"));
}

static void
put_names(struct inv_buf *b, const struct check *c, const char *name,
    enum inv_note_type type)
{
	uint64_t ignored;

	inv_emit_key(b, inv_str_of(name));
	inv_emit_open(b, '[');
	for (size_t i = 0; i < c->args->keys; i++)
		if (c->key[i].type == type &&
		    inv_note_look(&c->note, &c->key[i], &ignored) ==
			INV_NOTE_GOOD)
			inv_emit_str(b, inv_str_of(c->key[i].name));
	inv_emit_close(b, ']');
}

static void
put(struct inv_buf *b, const struct check *c)
{
	const struct inv_proof *p = &c->proof;
	char hex[INV_DIGEST_HEX];

	inv_str_hex(c->entry.hash, INV_DIGEST, hex);
	inv_emit_open(b, '{');
	inv_emit_member_str(b, INV_LIT("type"), INV_LIT("checked"));
	inv_emit_member_str(b, INV_LIT("manifest"), p->manifest);
	inv_emit_member_u64(b, INV_LIT("submission"), p->submission);
	inv_emit_member_u64(b, INV_LIT("row"), p->row);
	inv_emit_member_str(b, INV_LIT("batch_hash"),
	    (struct inv_str){ hex, sizeof(hex) });
	inv_emit_member_u64(b, INV_LIT("entry"), c->entry.seq);
	inv_emit_member_u64(b, INV_LIT("entries"), c->checkpoint.size);
	if (c->args->manifest != NULL) {
		inv_emit_member_u64(b, INV_LIT("line"), p->line);
		inv_emit_member_u64(b, INV_LIT("offset"), p->offset);
		inv_emit_member_u64(b, INV_LIT("bytes"), p->raw.n);
	}
	put_names(b, c, "signed", INV_NOTE_SIGNATURE);
	put_names(b, c, "cosigned", INV_NOTE_COSIGNATURE);
	inv_emit_close(b, '}');
	inv_buf_byte(b, '\n');
}

static void
report(const struct check *c)
{
	struct inv_buf b = INV_BUF(REPORT_MAX);

	if (isatty(STDOUT_FILENO) == 1)
		say(&b, c);
	else
		put(&b, c);
	inv_audit_print(inv_buf_str(&b));
	inv_buf_free(&b);
}

static void
check_row(struct check *c, const char *file)
{
	struct inv_buf text = INV_BUF(INV_PROOF_MAX);
	struct inv_buf mem = INV_BUF(INV_PROOF_MAX);
	struct inv_err err, why;

	if (!inv_file_read(AT_FDCWD, file, &text, &err))
		inv_die(&err);
	c->digest = inv_digest_new();
	if (!inv_proof_parse(inv_buf_str(&text), &mem, &c->proof, &why) ||
	    !holds(c, &why)) {
		inv_fail(&err, why.fault, "%s: %s", file, why.msg);
		inv_die(&err);
	}
	if (!is_in_manifest(c, &err))
		inv_die(&err);
	report(c);
	inv_digest_free(c->digest);
	inv_rows_free(&c->rows);
	inv_buf_free(&text);
	inv_buf_free(&mem);
}

int
inv_audit_do_check(void *args, char *words[])
{
	const struct inv_audit_args *a = args;
	struct check c = { .args = a };
	struct inv_err err;

	if (a->keys == 0)
		inv_opt_wrong("check", words[0], "needs a --key");
	if (a->checkpoints > 1)
		inv_opt_wrong("--checkpoint", a->checkpoint[1],
		    "check takes one");
	for (size_t i = 0; i < a->keys; i++)
		if (!inv_audit_key_public(AT_FDCWD, a->key[i], &c.key[i], &err))
			inv_die(&err);
	if (a->checkpoints > 0 && a->manifest != NULL)
		inv_opt_wrong("--manifest", a->manifest,
		    "does not go with --checkpoint");
	if (a->checkpoints > 0)
		inv_audit_since_check(words[0], a->checkpoint[0], c.key,
		    a->keys);
	else
		check_row(&c, words[0]);
	return EXIT_SUCCESS;
}
