/* proof.c - one row's way from its record to a signed checkpoint */

#include "data/proof.h"

#include "base/base64.h"
#include "data/emit.h"
#include "data/files.h"
#include "data/record.h"

static const char magic[] = "c2sp.org/tlog-proof@v1\n";

/* ---- writing ---- */

static void
put_path(struct inv_buf *b, const struct inv_merkle_path *path)
{
	char hex[INV_DIGEST_HEX];

	inv_emit_key(b, INV_LIT("path"));
	inv_emit_open(b, '[');
	for (size_t i = 0; i < path->n; i++) {
		inv_str_hex(path->of[i], INV_DIGEST, hex);
		inv_emit_str(b, (struct inv_str){ hex, sizeof(hex) });
	}
	inv_emit_close(b, ']');
}

/* What a path in text form and a note have in common. */
static void
put_lines(struct inv_buf *b, const struct inv_merkle_path *path,
    struct inv_str note)
{
	for (size_t i = 0; i < path->n; i++) {
		inv_base64_put(b,
		    (struct inv_str){ (const char *)path->of[i], INV_DIGEST });
		inv_buf_byte(b, '\n');
	}
	inv_buf_byte(b, '\n');
	inv_buf_add(b, note);
}

/* The entry in the log: a C2SP tlog-proof. */
static void
put_log(struct inv_buf *b, const struct inv_proof *p)
{
	inv_buf_addf(b, "%sindex %ju\n", magic, (uintmax_t)p->log_index);
	put_lines(b, &p->log_path, p->note);
}

/* Members are called as on the stage line of inv-split. */
static void
put_raw(struct inv_buf *b, const struct inv_proof *p)
{
	const struct inv_source_options *read = &p->read;

	inv_emit_member_u64(b, INV_LIT("line"), p->line);
	inv_emit_member_u64(b, INV_LIT("offset"), p->offset);
	inv_emit_member_str(b, INV_LIT("raw"), p->raw);
	inv_emit_member_str(b, INV_LIT("format"),
	    inv_str_of(inv_format_name(read->format)));
	if (read->delimiter != ',')
		inv_emit_member_str(b, INV_LIT("delimiter"),
		    (struct inv_str){ &read->delimiter, 1 });
	inv_how_put(read, read->format, b);
}

void
inv_growth_put(struct inv_buf *b, const struct inv_growth *g)
{
	inv_buf_addf(b, "old %ju\n", (uintmax_t)g->old);
	put_lines(b, &g->path, g->note);
}

void
inv_proof_put(struct inv_buf *b, const struct inv_proof *p)
{
	struct inv_buf log = INV_BUF(2 * INV_NOTE_MAX);

	put_log(&log, p);
	inv_emit_open(b, '{');
	inv_emit_member_str(b, INV_LIT("type"), INV_LIT("proof"));
	inv_emit_member_u64(b, INV_LIT("v"), 1);
	inv_emit_member_str(b, INV_LIT("manifest"), p->manifest);
	inv_emit_member_u64(b, INV_LIT("submission"), p->submission);
	inv_emit_member_u64(b, INV_LIT("row"), p->row);
	if (p->has_raw)
		put_raw(b, p);
	inv_emit_member_str(b, INV_LIT("record"), p->record);
	if (p->files.n > 0)
		inv_emit_member_str(b, INV_LIT("attachments"), p->files);
	inv_emit_member_u64(b, INV_LIT("index"), p->index);
	put_path(b, &p->path);
	inv_emit_member_str(b, INV_LIT("entry"), p->entry);
	inv_emit_member_str(b, INV_LIT("log"), inv_buf_str(&log));
	inv_emit_close(b, '}');
	inv_buf_byte(b, '\n');
	inv_buf_free(&log);
}

/* ---- reading ---- */

/* The text of a member, decoded into mem, which has room. */
static bool
text_of(const struct inv_members *m, const char *name, struct inv_buf *mem,
    struct inv_str *out)
{
	const struct inv_member *found = inv_member_find(m, name);

	if (found == NULL || found->kind != INV_KIND_STRING)
		return false;
	out->p = mem->p + mem->n;
	out->n = inv_text_decode(inv_member_inner(found), mem->p + mem->n);
	mem->n += out->n;
	return true;
}

static bool
path_of(const struct inv_members *m, struct inv_merkle_path *path)
{
	const struct inv_member *found = inv_member_find(m, "path");
	struct inv_member element;

	path->n = 0;
	if (found == NULL || found->kind != INV_KIND_ARRAY)
		return false;
	struct inv_str rest = found->value;

	while (inv_scan_each(&rest, &element))
		if (element.kind != INV_KIND_STRING ||
		    path->n == INV_MERKLE_PATH ||
		    !inv_str_unhex(inv_member_inner(&element),
			path->of[path->n++], INV_DIGEST))
			return false;
	return true;
}

static bool
next_line(struct inv_str *text, struct inv_str *line)
{
	const char *nl = text->n == 0 ? NULL : memchr(text->p, '\n', text->n);

	if (nl == NULL)
		return false;
	*line = (struct inv_str){ text->p, (size_t)(nl - text->p) };
	text->p = nl + 1;
	text->n -= line->n + 1;
	return true;
}

static bool
hash_of(struct inv_str line, unsigned char hash[INV_DIGEST])
{
	struct inv_buf b = INV_BUF(2 * INV_DIGEST);
	bool ok = inv_base64_get(&b, line) && b.n == INV_DIGEST;

	if (ok)
		memcpy(hash, b.p, INV_DIGEST);
	inv_buf_free(&b);
	return ok;
}

/* A line of a name and a number, hashes, an empty line, and the rest. */
static bool
read_lines(struct inv_str text, struct inv_str name, uint64_t *number,
    struct inv_merkle_path *path, struct inv_str *note)
{
	struct inv_str line;

	path->n = 0;
	if (!next_line(&text, &line) || !inv_str_starts(line, name) ||
	    !inv_str_u64((struct inv_str){ line.p + name.n, line.n - name.n },
		0, INT64_MAX, number))
		return false;
	do {
		if (!next_line(&text, &line))
			return false;
		if (line.n > 0 &&
		    (path->n == INV_MERKLE_PATH ||
			!hash_of(line, path->of[path->n++])))
			return false;
	} while (line.n > 0);
	*note = text;
	return true;
}

static bool
read_log(struct inv_str text, struct inv_proof *p)
{
	const size_t n = sizeof(magic) - 1;

	return inv_str_starts(text, inv_str_of(magic)) &&
	    read_lines((struct inv_str){ text.p + n, text.n - n },
		INV_LIT("index "), &p->log_index, &p->log_path, &p->note);
}

bool
inv_growth_parse(struct inv_str text, struct inv_growth *g, struct inv_err *err)
{
	return read_lines(text, INV_LIT("old "), &g->old, &g->path, &g->note) ||
	    inv_fail(err, INV_BAD, "no proof that a log has grown");
}

/* What is told otherwise than it is written is seen when it is again. */
static bool
raw_of(const struct inv_members *m, struct inv_buf *mem, struct inv_proof *p)
{
	struct inv_source_options *read = &p->read;
	struct inv_str delimiter = INV_LIT(",");

	inv_how_get(m, read, mem);
	p->has_raw = inv_member_find(m, "raw") != NULL;
	if (!p->has_raw)
		return true;
	if (inv_member_find(m, "delimiter") != NULL &&
	    (!text_of(m, "delimiter", mem, &delimiter) || delimiter.n != 1))
		return false;
	read->delimiter = *delimiter.p;
	return text_of(m, "raw", mem, &p->raw) &&
	    inv_member_u64(m, "line", &p->line) &&
	    inv_member_u64(m, "offset", &p->offset) &&
	    inv_format_of(inv_member_text(m, "format"), &read->format) &&
	    read->format != INV_FORMAT_ANY;
}

static bool
files_of(const struct inv_members *m, struct inv_buf *mem, struct inv_proof *p)
{
	return inv_member_find(m, "attachments") == NULL ||
	    (text_of(m, "attachments", mem, &p->files) &&
		inv_files_is(p->files));
}

static bool
read_members(const struct inv_members *m, struct inv_buf *mem,
    struct inv_proof *p)
{
	struct inv_str log;

	return text_of(m, "manifest", mem, &p->manifest) &&
	    inv_member_u64(m, "submission", &p->submission) &&
	    inv_member_u64(m, "row", &p->row) && raw_of(m, mem, p) &&
	    text_of(m, "record", mem, &p->record) && files_of(m, mem, p) &&
	    inv_member_u64(m, "index", &p->index) && path_of(m, &p->path) &&
	    text_of(m, "entry", mem, &p->entry) &&
	    text_of(m, "log", mem, &log) && read_log(log, p);
}

/* There is one way to write a proof: a byte that may differ hides nothing. */
static bool
is_as_written(const struct inv_proof *p, struct inv_str text)
{
	struct inv_buf again = INV_BUF(INV_PROOF_MAX);

	inv_proof_put(&again, p);
	bool same = inv_str_eq(inv_buf_str(&again), text);

	inv_buf_free(&again);
	return same;
}

bool
inv_proof_parse(struct inv_str text, struct inv_buf *mem, struct inv_proof *p,
    struct inv_err *err)
{
	struct inv_scan *scan = inv_scan_new();
	struct inv_err why;

	*p = (struct inv_proof){ 0 };
	inv_buf_reset(mem);
	/* Texts, none longer than it is written. */
	bool ok = text.n <= INV_PROOF_MAX && inv_buf_room(mem, text.n) &&
	    inv_scan_line(scan, text, &why) &&
	    read_members(inv_scan_outer(scan), mem, p);

	inv_scan_free(scan);
	if (!ok)
		return inv_fail(err, INV_BAD, "no proof of a row");
	return is_as_written(p, text) ||
	    inv_fail(err, INV_BAD, "not as a proof is written: was it edited?");
}
