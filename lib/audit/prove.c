/*
 * prove.c - inv-audit prove: what became of one row, for others to check
 *
 * The log is read twice: to find the entry that committed the row, then for
 * the hashes beside the way from that entry to the root of a checkpoint: the
 * last, or one that came back from a witness.  The record comes from the body in the journal.
 */

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "audit/args.h"
#include "audit/named.h"
#include "audit/row_bytes.h"
#include "base/log.h"
#include "data/files.h"
#include "data/proof.h"
#include "data/record.h"
#include "io/file.h"
#include "io/frame.h"
#include "store/audit_head.h"
#include "store/checkpoint.h"
#include "store/journal.h"

enum { FATE_MAX = 4096 }; /* bytes of what became of a row, to people */

static const char log_name[] = "audit/log.ndjson";

struct prove {
	struct inv_state state;
	int dir; /* STATE/audit */
	int log;
	struct inv_str begin; /* of the manifest's id */
	uint64_t row;
	struct inv_digest *digest;

	char id[INV_MANIFEST_ID];
	bool known;           /* the log has a manifest that begins so: id */
	bool there;           /* and that has such a row */
	struct inv_buf fate;  /* the last verdict of the row */
	struct inv_buf entry; /* that committed it; empty: none did */
	struct inv_audit_line line; /* that */
	struct inv_rows rows;

	struct inv_buf note;
	struct inv_buf raw;
	struct inv_buf how; /* to find it: texts of that */
	struct inv_buf record;
	struct inv_buf files; /* that it names */
	struct inv_proof proof;
};

/* ---- the entry ---- */

static void
keep_fate(struct prove *p, const struct inv_audit_line *line)
{
	struct inv_str verdict = inv_verdict_name(line->verdict);

	inv_buf_reset(&p->fate);
	inv_buf_addf(&p->fate, "%.*s", INV_ARG(verdict));
	if (line->stage.n > 0)
		inv_buf_addf(&p->fate, " by %.*s", INV_ARG(line->stage));
	if (line->reason.n > 0)
		inv_buf_addf(&p->fate, ": %.*s", INV_ARG(line->reason));
}

static bool
take_line(struct prove *p, const struct inv_audit_line *line,
    struct inv_err *err)
{
	struct inv_str id = { p->id, sizeof(p->id) };
	bool has = line->rows != NULL && inv_rows_has(line->rows, p->row);

	if (!inv_str_starts(line->manifest, p->begin))
		return true;
	if (p->known && !inv_str_eq(line->manifest, id))
		return inv_fail(err, INV_NO,
		    "%.*s: several manifests begin so: %.16s and %.16s",
		    INV_ARG(p->begin), p->id, line->manifest.p);
	p->known = true;
	memcpy(p->id, line->manifest.p, sizeof(p->id));
	p->there = p->there || has || line->announced >= p->row;
	if (line->type == INV_AUDIT_VERDICT && has)
		keep_fate(p, line);
	if (line->type == INV_AUDIT_BATCH && has && line->committed) {
		/* The last: the row may have gone again with other files. */
		inv_buf_reset(&p->entry);
		inv_buf_add(&p->entry, line->text);
	}
	return true;
}

/* The next line of those that the checkpoint was signed over. */
static bool
next_line(struct inv_audit_reader *r, struct inv_audit_line *line,
    struct inv_err *err)
{
	switch (inv_audit_next(r, line, err)) {
	case INV_AUDIT_LINE:
		return true;
	case INV_AUDIT_NONE:
		return inv_fail(err, INV_IO, "%s: shorter than the checkpoint",
		    log_name);
	case INV_AUDIT_TORN:
	case INV_AUDIT_FALSE:
	case INV_AUDIT_ERROR:
		break;
	}
	return false;
}

static bool
read_log(struct prove *p, uint64_t size, struct inv_err *err)
{
	const struct inv_audit_head start = INV_AUDIT_HEAD;
	struct inv_audit_line line;
	struct inv_audit_reader r;
	bool ok = true;

	if (!inv_audit_read(&r, p->log, &start.log, err))
		return false;
	while (ok && r.at.seq <= size)
		ok = next_line(&r, &line, err) && take_line(p, &line, err);
	inv_audit_read_end(&r);
	return ok;
}

/* Why there is nothing to prove, if so. */
static bool
is_committed(const struct prove *p, struct inv_err *err)
{
	uintmax_t row = p->row;

	if (!p->known)
		return inv_fail(err, INV_NO,
		    "%.*s: the log knows no manifest that begins so",
		    INV_ARG(p->begin));
	if (p->entry.n > 0)
		return true;
	if (!p->there)
		return inv_fail(err, INV_NO, "%.12s: it has no row %ju", p->id,
		    row);
	return inv_fail(err, INV_NO, "%.12s: row %ju is not committed: %.*s",
	    p->id, row,
	    INV_ARG(p->fate.n > 0 ? inv_buf_str(&p->fate)
				  : INV_LIT("pending")));
}

static bool
find_entry(struct prove *p, uint64_t size, struct inv_err *err)
{
	if (!read_log(p, size, err) || !is_committed(p, err) ||
	    !inv_audit_parse(inv_buf_str(&p->entry), &p->rows, &p->line, err))
		return false;
	return p->line.rooted ||
	    inv_fail(err, INV_NO,
		"%.12s: row %ju: its batch is of a time when records_root was "
		"not told: there is no proof of one row",
		p->id, (uintmax_t)p->row);
}

/* ---- its place in the log ---- */

static bool
has_root(struct prove *p, const struct inv_checkpoint_at *at,
    struct inv_err *err)
{
	unsigned char leaf[INV_DIGEST];

	inv_merkle_leaf(p->digest, inv_buf_str(&p->entry), leaf);
	return inv_merkle_is_in(p->digest, &p->proof.log_path,
		   p->proof.log_index, at->size, leaf, at->root) ||
	    inv_fail(err, INV_IO,
		"%s: it is not the log that the checkpoint was signed "
		"over: run inv-audit verify",
		log_name);
}

static bool
find_log_path(struct prove *p, const struct inv_checkpoint_at *at,
    struct inv_err *err)
{
	const struct inv_audit_head start = INV_AUDIT_HEAD;
	unsigned char leaf[INV_DIGEST];
	struct inv_merkle_proof way;
	struct inv_audit_line line;
	struct inv_audit_reader r;
	bool ok = true;

	p->proof.log_index = p->line.seq - 1;
	inv_merkle_inclusion(&way, p->proof.log_index, at->size);
	if (!inv_audit_read(&r, p->log, &start.log, err))
		return false;
	while (ok && r.at.seq <= at->size) {
		ok = next_line(&r, &line, err);
		if (!ok)
			break;
		inv_merkle_leaf(p->digest, line.text, leaf);
		inv_merkle_feed(&way, p->digest, line.seq - 1, leaf);
	}
	inv_audit_read_end(&r);
	p->proof.log_path = way.path;
	return ok && has_root(p, at, err);
}

/* ---- its place in the batch ---- */

static bool
is_its_intent(const struct prove *p, const struct inv_entry *e)
{
	unsigned char key[INV_DIGEST];

	return e->type == INV_ENTRY_INTENT &&
	    inv_str_unhex(e->of.key, key, sizeof(key)) &&
	    memcmp(key, p->line.key, INV_DIGEST) == 0;
}

/* One record's hash into the path; what is to be proved is kept. */
static void
feed_record(struct prove *p, struct inv_str record, struct inv_str files,
    uint64_t i, struct inv_merkle_proof *way)
{
	unsigned char leaf[INV_DIGEST];

	if (i == p->proof.index) {
		inv_buf_add(&p->record, record);
		inv_buf_add(&p->files, files);
	}
	inv_files_leaf(p->digest, record, files, leaf);
	inv_merkle_feed(way, p->digest, i, leaf);
}

/* Those of all rows; false where there are less. */
static bool
feed_records(struct prove *p, const struct inv_intent *of,
    struct inv_merkle_proof *way)
{
	struct inv_str body = of->body;
	struct inv_str files = of->files;
	struct inv_member element;
	uint64_t i = 0;

	for (size_t k = 0; k < of->rows->n; k++)
		for (uint64_t r = of->rows->range[k].first;
		     r <= of->rows->range[k].last; r++) {
			if (!inv_scan_each(&body, &element))
				return false;
			feed_record(p, element.value, inv_files_of(&files, r),
			    i++, way);
		}
	return true;
}

static bool
find_path(struct prove *p, const struct inv_entry *e, struct inv_err *err)
{
	struct inv_scan *scan = inv_scan_new();
	uint64_t n = e->of.rows->count;
	struct inv_merkle_proof way;
	unsigned char leaf[INV_DIGEST];
	enum inv_kind kind;

	p->proof.index =
	    p->row > 1 ? inv_rows_within(e->of.rows, 1, p->row - 1) : 0;
	inv_merkle_inclusion(&way, p->proof.index, n);
	bool ok = inv_rows_has(e->of.rows, p->row) &&
	    inv_scan_value(scan, e->of.body, &kind, err) &&
	    kind == INV_KIND_ARRAY && feed_records(p, &e->of, &way);

	inv_scan_free(scan);
	p->proof.path = way.path;
	inv_files_leaf(p->digest, inv_buf_str(&p->record),
	    inv_buf_str(&p->files), leaf);
	return (ok &&
		   inv_merkle_is_in(p->digest, &way.path, p->proof.index, n,
		       leaf, p->line.root)) ||
	    inv_fail(err, INV_IO,
		"journal: entry %ju: its body is not that of its "
		"records_root: run inv-audit verify",
		(uintmax_t)e->seq);
}

static bool
find_record(struct prove *p, struct inv_err *err)
{
	const struct inv_place start = INV_PLACE;
	struct inv_journal_reader *r = inv_journal_read(&p->state, &start);
	enum inv_next next;
	struct inv_entry e;
	bool found = false;
	bool ok = true;

	while (!found &&
	    (next = inv_journal_next(r, &e, err)) == INV_NEXT_LINE) {
		found = is_its_intent(p, &e);
		if (found)
			ok = find_path(p, &e, err);
	}
	if (!found && next == INV_NEXT_END)
		ok = inv_fail(err, INV_IO,
		    "journal: no intent of entry %ju of the log: is it whole?",
		    (uintmax_t)p->line.seq);
	else if (!found)
		ok = false;
	inv_journal_read_close(r);
	return ok;
}

/* ---- all of it ---- */

static void
open_log(struct prove *p)
{
	struct inv_err err, why;

	p->state.fd = inv_opt_state_there(&p->state.path);
	p->dir = openat(p->state.fd, "audit",
	    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (p->dir != -1)
		p->log = inv_file_open(p->dir, "log.ndjson", O_RDONLY, &why);
	if (p->dir == -1 || p->log == -1) {
		inv_fail_sys(&err, INV_NOINPUT, "%s", log_name);
		inv_die(&err);
	}
}

/* All that is read lies under the checkpoint: nobody changes it. */
static bool
prove(struct prove *p, const char *checkpoint, struct inv_err *err)
{
	struct inv_checkpoint_at at;
	struct inv_note note;

	return (checkpoint == NULL ? inv_audit_last(p->dir, &at, &p->note, err)
				   : inv_audit_kept(checkpoint, &p->note, &note,
					 &at, err)) &&
	    find_entry(p, at.size, err) && find_log_path(p, &at, err) &&
	    find_record(p, err);
}

static void
print(struct prove *p)
{
	struct inv_buf text = INV_BUF(INV_PROOF_MAX);
	struct inv_err why;

	p->proof.manifest = (struct inv_str){ p->id, sizeof(p->id) };
	p->proof.submission = p->line.submission;
	p->proof.row = p->row;
	if (!inv_audit_row_bytes(&p->state, &p->proof, &p->raw, &p->how, &why))
		inv_warn("the bytes of the row are not in the proof: %s",
		    why.msg);
	p->proof.record = inv_buf_str(&p->record);
	p->proof.files = inv_buf_str(&p->files);
	p->proof.entry = inv_buf_str(&p->entry);
	p->proof.note = inv_buf_str(&p->note);
	inv_proof_put(&text, &p->proof);
	inv_audit_print(inv_buf_str(&text));
	inv_buf_free(&text);
}

int
inv_audit_do_prove(void *args, char *words[])
{
	const struct inv_audit_args *a = args;
	struct prove p = {
		.row = inv_opt_u64("prove", words[1], 1, UINT64_MAX),
		.digest = inv_digest_new(),
		.fate = INV_BUF(FATE_MAX),
		.entry = INV_BUF(INV_AUDIT_LINE_MAX),
		.note = INV_BUF(INV_NOTE_MAX),
		.raw = INV_BUF(INV_FRAME_RECORD_MAX),
		.record = INV_BUF(INV_RECORD_MAX),
		.files = INV_BUF(INV_FILES_MAX),
	};
	struct inv_err err;

	if (a->checkpoints > 1)
		inv_opt_wrong("--checkpoint", a->checkpoint[1],
		    "prove takes one");
	open_log(&p);
	if (!inv_audit_named(&p.state, words[0], p.id, &p.begin, &err) ||
	    !prove(&p, a->checkpoint[0], &err))
		inv_die(&err);
	print(&p);
	close(p.log);
	close(p.dir);
	close(p.state.fd);
	inv_digest_free(p.digest);
	inv_rows_free(&p.rows);
	inv_buf_free(&p.fate);
	inv_buf_free(&p.entry);
	inv_buf_free(&p.note);
	inv_buf_free(&p.raw);
	inv_buf_free(&p.how);
	inv_buf_free(&p.record);
	inv_buf_free(&p.files);
	return EXIT_SUCCESS;
}
