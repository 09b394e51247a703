/* audit_past.c - what became of the rows of each manifest, as the log has it */

#include "store/audit_past.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "io/file.h"
#include "store/audit_head.h"
#include "store/audit_index.h"
#include "store/audit_read.h"

/* One that the log knows. */
struct known {
	char id[INV_MANIFEST_ID];
	uint64_t submission;
};

struct inv_audit_past {
	int log; /* -1: there is none */
	struct inv_audit_index index;
	struct inv_map map; /* of manifest and submission, to i + 1 */
	unsigned char key[INV_HASH_KEY];
	struct known *known;
	size_t n;
	size_t cap;
	struct inv_scan *scan;
	struct inv_buf text; /* a line read again */
	struct inv_rows rows;
};

/* A run under way in the log. */
struct block {
	struct inv_buf line;
	struct inv_buf split;
	struct inv_rows seen;   /* rows with a verdict */
	struct inv_rows failed; /* of them, quarantined by inv-validate */
	struct inv_rows subset; /* that it was about; none: all */
};

static const char log_name[] = "audit/log.ndjson";

/* ---- which manifests there are ---- */

static struct inv_map_entry *
entry_of(struct inv_audit_past *p, struct inv_str manifest, uint64_t submission)
{
	struct inv_buf b = INV_BUF(256);
	unsigned char hash[INV_HASH];

	inv_buf_add(&b, manifest);
	inv_buf_byte(&b, ' ');
	inv_buf_u64(&b, submission);
	inv_hash_of(p->key, inv_buf_str(&b), hash);
	inv_buf_free(&b);
	struct inv_map_entry *e = inv_map_at(&p->map, hash);

	if (e->value == 0)
		e->value = UINT64_MAX;
	return e;
}

static void
note_manifest(struct inv_audit_past *p, const struct inv_audit_line *line)
{
	struct inv_map_entry *e = entry_of(p, line->manifest, line->submission);

	if (e->value != UINT64_MAX)
		return;
	if (p->n == p->cap) {
		p->cap = p->cap == 0 ? 64 : 2 * p->cap;
		p->known = inv_mem_resize(p->known, p->cap, sizeof(*p->known));
	}
	struct known *k = &p->known[p->n++];

	memcpy(k->id, line->manifest.p, sizeof(k->id));
	k->submission = line->submission;
	e->value = p->n;
}

static bool
read_lines(struct inv_audit_past *p, struct inv_audit_reader *r, uint64_t end,
    struct inv_err *err)
{
	struct inv_audit_line line;

	while (r->at.offset < end) {
		uint64_t offset = r->at.offset;

		switch (inv_audit_next(r, &line, err)) {
		case INV_AUDIT_LINE:
			break;
		case INV_AUDIT_NONE:
			return inv_fail(err, INV_IO, "%s: its end was cut off",
			    log_name);
		case INV_AUDIT_TORN:
		case INV_AUDIT_FALSE:
		case INV_AUDIT_ERROR:
			return false;
		}
		inv_audit_index_add(&p->index, line.manifest, offset,
		    line.text.n);
		if (line.type == INV_AUDIT_MANIFEST)
			note_manifest(p, &line);
	}
	return true;
}

/* Up to the head, which is read under the lock. */
static bool
read_head(int dir, uint64_t *end, bool *there, struct inv_err *err)
{
	struct inv_audit_head head = INV_AUDIT_HEAD;
	int lock =
	    openat(dir, "lock", O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	bool ok = (lock < 0 || inv_audit_lock(lock, err)) &&
	    inv_audit_head_read(dir, &head, there, err);

	if (lock >= 0)
		close(lock);
	*end = head.log.offset;
	return ok;
}

static bool
read_log(struct inv_audit_past *p, int dir, struct inv_err *err)
{
	const struct inv_audit_head start = INV_AUDIT_HEAD;
	struct inv_audit_reader r;
	uint64_t end;
	bool there;

	if (!read_head(dir, &end, &there, err))
		return false;
	if (!there)
		return true;
	p->log = openat(dir, "log.ndjson",
	    O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	if (p->log < 0)
		return inv_fail_sys(err, INV_IO, "%s", log_name);
	if (!inv_audit_read(&r, p->log, &start.log, err))
		return false;
	bool ok = read_lines(p, &r, end, err);

	inv_audit_read_end(&r);
	return ok;
}

struct inv_audit_past *
inv_audit_past_open(const struct inv_state *state, struct inv_err *err)
{
	struct inv_audit_past *p = inv_mem_new(sizeof(*p));
	int dir = openat(state->fd, "audit",
	    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	bool ok = true;

	p->log = -1;
	p->scan = inv_scan_new();
	p->text = INV_BUF(INV_AUDIT_LINE_MAX);
	inv_random(p->key, sizeof(p->key));
	if (dir >= 0)
		ok = read_log(p, dir, err);
	else if (errno != ENOENT)
		ok = inv_fail_sys(err, INV_IO, "audit");
	if (dir >= 0)
		close(dir);
	if (ok)
		return p;
	inv_audit_past_close(p);
	return NULL;
}

void
inv_audit_past_close(struct inv_audit_past *p)
{
	if (p == NULL)
		return;
	if (p->log >= 0)
		close(p->log);
	inv_audit_index_free(&p->index);
	inv_map_free(&p->map);
	inv_rows_free(&p->rows);
	inv_buf_free(&p->text);
	inv_scan_free(p->scan);
	free(p->known);
	free(p);
}

size_t
inv_audit_past_count(const struct inv_audit_past *p)
{
	return p->n;
}

bool
inv_audit_past_knows(struct inv_audit_past *p, struct inv_str manifest,
    uint64_t submission)
{
	return entry_of(p, manifest, submission)->value != UINT64_MAX;
}

bool
inv_audit_past_find(struct inv_audit_past *p, struct inv_str manifest,
    uint64_t submission, size_t *i)
{
	uint64_t known = entry_of(p, manifest, submission)->value;

	*i = (size_t)known - 1;
	return known != UINT64_MAX;
}

/* ---- one of them ---- */

void
inv_past_free(struct inv_past *past)
{
	inv_buf_free(&past->line);
	inv_buf_free(&past->split);
	inv_rows_free(&past->failed);
	inv_rows_free(&past->committed);
	*past = (struct inv_past){ 0 };
}

static void
block_free(struct block *b)
{
	inv_buf_free(&b->line);
	inv_buf_free(&b->split);
	inv_rows_free(&b->seen);
	inv_rows_free(&b->failed);
	inv_rows_free(&b->subset);
	*b = (struct block){ 0 };
}

static void
join(struct inv_rows *to, const struct inv_rows *rows)
{
	for (size_t i = 0; i < rows->n; i++)
		inv_rows_join(to, rows->range[i].first, rows->range[i].last);
}

static void
cut(struct inv_rows *from, const struct inv_rows *rows)
{
	for (size_t i = 0; i < rows->n; i++)
		inv_rows_cut(from, rows->range[i].first, rows->range[i].last);
}

static void
set(struct inv_buf *to, struct inv_str s)
{
	inv_buf_free(to);
	*to = INV_BUF(INV_AUDIT_LINE_MAX);
	inv_buf_add(to, s);
}

/* The line of the stream that an entry carries, scanned as such. */
static struct inv_str
carried(struct inv_audit_past *p, const struct inv_members **m)
{
	const struct inv_member *line =
	    inv_member_find(inv_scan_outer(p->scan), "line");
	struct inv_str text = line == NULL ? INV_LIT("{}") : line->value;
	struct inv_err ignored;

	if (!inv_scan_line(p->scan, text, &ignored))
		text = INV_LIT("{}");
	*m = inv_scan_outer(p->scan);
	return text;
}

static void
begin_block(struct inv_audit_past *p, struct block *b)
{
	const struct inv_members *m;

	block_free(b);
	set(&b->line, carried(p, &m));
	const struct inv_member *subset = inv_member_find(m, "subset");

	if (subset != NULL && !inv_record_rows(subset->value, &b->subset))
		inv_rows_reset(&b->subset);
}

static void
add_stage(struct inv_audit_past *p, struct block *b)
{
	const struct inv_members *m;
	struct inv_str text = carried(p, &m);

	if (inv_str_is(inv_member_text(m, "stage"), "inv-split"))
		set(&b->split, text);
}

static void
add_verdict(struct inv_audit_past *p, struct block *b,
    const struct inv_audit_line *line)
{
	struct inv_str stage =
	    inv_member_text(inv_scan_outer(p->scan), "stage");

	join(&b->seen, line->rows);
	/* A row whose files were not had was right for its schema. */
	if (line->verdict == INV_QUARANTINED &&
	    inv_str_is(stage, "inv-validate") &&
	    !inv_str_is(line->reason, "attachment"))
		join(&b->failed, line->rows);
}

/*
 * A run says anew what became of the rows it was about.  One that read the
 * file in another way counted other rows: what was said before is void.
 */
static void
end_block(struct inv_audit_past *p, struct block *b,
    const struct inv_audit_line *line, struct inv_past *past)
{
	bool other = b->split.n > 0 &&
	    !inv_str_eq(inv_buf_str(&b->split), inv_buf_str(&past->split));

	if (other || (line->complete && b->subset.n == 0))
		inv_rows_reset(&past->failed);
	else
		cut(&past->failed, line->complete ? &b->subset : &b->seen);
	join(&past->failed, &b->failed);
	if (b->split.n > 0 || !past->ran) {
		set(&past->line, inv_buf_str(&b->line));
		set(&past->split, inv_buf_str(&b->split));
	}
	past->ran = true;
	if (b->subset.n == 0 || past->rows < line->announced)
		past->rows = line->announced;
	past->refused =
	    inv_member_find(inv_scan_outer(p->scan), "refused") != NULL;
	block_free(b);
}

static bool
read_again(struct inv_audit_past *p, const struct inv_audit_node *node,
    struct inv_audit_line *line, struct inv_err *err)
{
	inv_buf_reset(&p->text);
	if (!inv_buf_room(&p->text, node->n))
		return inv_fail(err, INV_INTERNAL, "%s: a line of %u bytes",
		    log_name, node->n);
	if (inv_file_pread(p->log, p->text.p, node->n, node->offset) !=
	    (ssize_t)node->n)
		return inv_fail(err, INV_IO, "%s: can not be read again",
		    log_name);
	struct inv_str text = { p->text.p, node->n };

	return inv_audit_parse(text, &p->rows, line, err) &&
	    inv_scan_line(p->scan, text, err);
}

static void
take(struct inv_audit_past *p, struct block *b,
    const struct inv_audit_line *line, struct inv_past *past)
{
	switch (line->type) {
	case INV_AUDIT_MANIFEST:
		begin_block(p, b);
		break;
	case INV_AUDIT_STAGE:
		add_stage(p, b);
		break;
	case INV_AUDIT_VERDICT:
		add_verdict(p, b, line);
		break;
	case INV_AUDIT_END:
		end_block(p, b, line, past);
		break;
	case INV_AUDIT_BATCH:
		if (line->committed)
			join(&past->committed, line->rows);
		break;
	case INV_AUDIT_ACTION:
		break;
	}
}

bool
inv_audit_past_get(struct inv_audit_past *p, size_t i, struct inv_past *past,
    struct inv_err *err)
{
	const struct known *k = &p->known[i];
	const struct inv_audit_node *node;
	struct inv_audit_line line;
	struct block b = { 0 };
	bool ok = true;

	inv_past_free(past);
	memcpy(past->id, k->id, sizeof(past->id));
	past->submission = k->submission;
	node = inv_audit_index_first(&p->index,
	    (struct inv_str){ k->id, sizeof(k->id) });
	for (; ok && node != NULL;
	     node = inv_audit_index_next(&p->index, node)) {
		ok = read_again(p, node, &line, err);
		if (ok && line.submission == k->submission)
			take(p, &b, &line, past);
	}
	block_free(&b);
	cut(&past->failed, &past->committed);
	return ok;
}
