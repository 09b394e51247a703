/*
 * partial.c - an answer for each row: what becomes of them
 *
 * Rows that were taken are committed, rows that were refused quarantined.
 * Those that are to be sent again become a batch of their own, under a key
 * that is derived from this one's: its intent is written when the outcome is
 * on disk, which is when the keys of its rows are let go.
 */

#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/mem.h"
#include "commit/uploader.h"
#include "data/emit.h"

enum {
	ROW_ERROR_MAX = 64 << 10, /* bytes of a ledger's error in ours */
	ROW_TEXT_MAX = 1024,      /* bytes of its words in a message */
};

/* What becomes of a row of a batch that was answered row by row. */
enum fate {
	FATE_COMMITTED,
	FATE_REFUSED,
	FATE_AGAIN,     /* told by the batch that it is in then */
	FATE_SPENT,     /* again, but the tries are used up */
	FATE_OVERTAKEN, /* again, but a later row of its key is committed */
};

struct inv_partial_row {
	enum fate fate;
	unsigned status;
	uint64_t by;  /* the row that has overtaken it */
	size_t error; /* offset in text */
	size_t error_n;
};

/* ---- what the answer says ---- */

bool
inv_partial_read(struct inv_uploader *u, const struct inv_batch *b,
    const struct inv_answer *a, enum inv_results_form form)
{
	const struct inv_results_tools t = { u->scan, u->canon, u->digest,
		b->keyed_by };

	inv_results_room(&u->results, b->n);
	for (size_t i = 0; i < b->n; i++)
		memcpy(u->results.row[i].key, b->keys[i].key, INV_KEY);
	return inv_results_read(&u->results, &t, a, form);
}

size_t
inv_partial_count(const struct inv_uploader *u, enum inv_row_means means)
{
	size_t n = 0;

	for (size_t i = 0; i < u->results.n; i++)
		n += inv_row_means(u->results.row[i].status) == means;
	return n;
}

/* The answer's bytes are gone when the outcome is on disk: keep errors. */
static struct inv_partial *
keep_results(const struct inv_uploader *u, size_t n)
{
	struct inv_partial *p = inv_mem_new(sizeof(*p));

	p->row = inv_mem_new(n * sizeof(*p->row));
	p->text = INV_BUF(INV_ANSWER_MAX);
	p->refused = INV_BUF(INV_LINE_MAX);
	for (size_t i = 0; i < n; i++) {
		const struct inv_result *said = &u->results.row[i];

		p->row[i] = (struct inv_partial_row){ .status = said->status,
			.error = p->text.n,
			.error_n = said->error.n };
		switch (inv_row_means(said->status)) {
		case INV_ROW_COMMITTED:
			p->row[i].fate = FATE_COMMITTED;
			p->row[i].error_n = 0;
			continue;
		case INV_ROW_AGAIN:
			p->row[i].fate = FATE_AGAIN;
			break;
		case INV_ROW_REFUSED:
			p->row[i].fate = FATE_REFUSED;
			break;
		}
		inv_buf_add(&p->text, said->error);
	}
	return p;
}

void
inv_partial_free(struct inv_partial *p)
{
	if (p == NULL)
		return;
	free(p->row);
	inv_buf_free(&p->text);
	inv_buf_free(&p->refused);
	free(p);
}

/*
 * A row that is sent again would undo a later row of its key that is
 * committed: it is overtaken.
 */
static void
overtake(struct inv_uploader *u, struct inv_batch *b)
{
	struct inv_results *r = &u->results;
	const struct inv_seen_row *last = NULL; /* committed */

	inv_results_order(r);
	for (size_t k = b->n; k-- > 0;) {
		const struct inv_seen_row *own = &b->keys[r->order[k]];
		struct inv_partial_row *row = &b->partial->row[r->order[k]];

		if (last != NULL && memcmp(last->key, own->key, INV_KEY) != 0)
			last = NULL;
		if (row->fate == FATE_COMMITTED && last == NULL)
			last = own;
		if (row->fate == FATE_AGAIN && last != NULL) {
			row->fate = FATE_OVERTAKEN;
			row->by = last->row;
		}
	}
}

/* ---- what is done ---- */

/* The rows of that fate, their indexes in the batch; how many. */
static size_t
rows_of(const struct inv_batch *b, enum fate fate, size_t *index)
{
	size_t n = 0;

	for (size_t i = 0; i < b->n; i++)
		if (b->partial->row[i].fate == fate)
			index[n++] = i;
	return n;
}

/* What is to be sent again, in a batch that waits as a retry does. */
static void
derive(struct inv_uploader *u, struct inv_batch *b, size_t *index, size_t n,
    uint64_t wait_ms)
{
	for (size_t i = 0; i < n; i++)
		index[i] = b->member[index[i]];
	struct inv_batch *rest = inv_batch_derive(b, index, n);

	rest->retried = b->retried + b->tries;
	rest->due_ms = inv_clock_ms() + wait_ms;
	inv_uploader_queue(u, rest, u->queue);
	inv_note("chunk %ju: %zu rows again in %ju ms", (uintmax_t)b->of.chunk,
	    n, (uintmax_t)wait_ms);
}

/*
 * A batch of an earlier run has no lines at hand: what it did not commit is
 * free, and sent anew when it comes by.
 */
static void
send_again(struct inv_uploader *u, struct inv_batch *b,
    const struct inv_answer *a)
{
	size_t *index = inv_mem_resize(NULL, b->n, sizeof(*index));
	size_t n = rows_of(b, FATE_AGAIN, index);
	uint64_t wait_ms;

	if (n > 0 && b->chunk != NULL) {
		if (inv_settle_wait(u, b, a, &wait_ms))
			derive(u, b, index, n, wait_ms);
		else
			for (size_t i = 0; i < n; i++)
				b->partial->row[index[i]].fate = FATE_SPENT;
	}
	free(index);
}

/* The numbers of the rows of that fate. */
static struct inv_rows
numbers_of(const struct inv_batch *b, enum fate fate)
{
	struct inv_rows rows = { 0 };

	for (size_t i = 0; i < b->n; i++)
		if (b->partial->row[i].fate == fate)
			inv_rows_join(&rows, b->keys[i].row, b->keys[i].row);
	return rows;
}

void
inv_partial_take(struct inv_uploader *u, struct inv_batch *b,
    const struct inv_answer *a, const char *evidence)
{
	size_t committed = inv_partial_count(u, INV_ROW_COMMITTED);
	bool again = inv_partial_count(u, INV_ROW_AGAIN) > 0;

	if (committed == b->n) {
		inv_settle_commit(u, b, evidence);
		return;
	}
	b->partial = keep_results(u, b->n);
	if (again && committed > 0)
		overtake(u, b);
	if (again)
		send_again(u, b, a);
	struct inv_rows refused = numbers_of(b, FATE_REFUSED);

	if (refused.count > 0)
		inv_emit_rows(&b->partial->refused, &refused);
	inv_rows_free(&refused);
	if (committed == 0) {
		inv_settle_refuse(u, b, again ? "again" : "rejected");
		return;
	}
	inv_rows_free(&b->rows);
	b->rows = numbers_of(b, FATE_COMMITTED);
	inv_settle_commit(u, b, evidence);
}

/* ---- what is told ---- */

/* The ledger's own words in an error that is an object, or a text. */
static size_t
words_of(struct inv_uploader *u, struct inv_str error, char out[ROW_TEXT_MAX])
{
	static const char *const names[] = { "detail", "title", "message",
		"msg" };
	struct inv_str s = { NULL, 0 };
	struct inv_err ignored;

	if (error.n >= 2 && error.p[0] == '"')
		s = (struct inv_str){ error.p + 1, error.n - 2 };
	else if (error.n > 0 && inv_scan_object(u->scan, error, &ignored))
		for (size_t i = 0; i < 4 && s.n == 0; i++)
			s = inv_member_text(inv_scan_record(u->scan), names[i]);
	return s.n <= ROW_TEXT_MAX ? inv_text_decode(s, out) : 0;
}

/* An object on one line: a line break in it stands between tokens. */
static void
add_flat(struct inv_buf *out, struct inv_str json)
{
	size_t at = out->n;

	inv_emit_raw(out, json);
	for (; at < out->n; at++)
		if (out->p[at] == '\n' || out->p[at] == '\r')
			out->p[at] = ' ';
}

/* Whether an error can be shown whole: a text, or an object in its limits. */
static bool
can_show(struct inv_uploader *u, struct inv_str error)
{
	struct inv_err ignored;

	if (error.n == 0 || error.n > ROW_ERROR_MAX)
		return false;
	return error.p[0] == '"' || inv_scan_object(u->scan, error, &ignored);
}

static void
emit_errors(struct inv_uploader *u, struct inv_buf *errors, const char *reason,
    struct inv_str msg, const struct inv_partial_row *row, struct inv_str error)
{
	inv_emit_open(errors, '[');
	inv_emit_open(errors, '{');
	inv_emit_member_str(errors, INV_LIT("type"), inv_str_of(reason));
	inv_emit_member_raw(errors, INV_LIT("loc"), INV_LIT("[]"));
	inv_emit_member_str(errors, INV_LIT("msg"), msg);
	inv_emit_key(errors, INV_LIT("ctx"));
	inv_emit_open(errors, '{');
	inv_emit_member_u64(errors, INV_LIT("status"), row->status);
	if (can_show(u, error)) {
		inv_emit_key(errors, INV_LIT("error"));
		add_flat(errors, error);
	}
	inv_emit_close(errors, '}');
	inv_emit_close(errors, '}');
	inv_emit_close(errors, ']');
}

static struct inv_str
error_of(const struct inv_batch *b, const struct inv_partial_row *row)
{
	if (row->error_n == 0)
		return (struct inv_str){ NULL, 0 };
	return (struct inv_str){ b->partial->text.p + row->error,
		row->error_n };
}

/* The key, and what the ledger said of this row. */
static void
quarantine(struct inv_uploader *u, const struct inv_batch *b,
    const struct inv_record *rec, const struct inv_partial_row *row,
    const char *reason)
{
	struct inv_buf more = INV_BUF(INV_LINE_MAX);
	struct inv_buf errors = INV_BUF(INV_LINE_MAX);
	struct inv_buf msg = INV_BUF(2 * ROW_TEXT_MAX);
	struct inv_str error = error_of(b, row);
	char words[ROW_TEXT_MAX];
	size_t n = words_of(u, error, words);

	inv_buf_addf(&msg, "answered %u%s", row->status, n > 0 ? ": " : "");
	inv_buf_add(&msg, (struct inv_str){ words, n });
	emit_errors(u, &errors, reason, inv_buf_str(&msg), row, error);
	inv_settle_answer(&more, b, row->status, inv_buf_str(&msg));
	inv_settle_row(u, rec,
	    (struct inv_ruling){ .verdict = INV_QUARANTINED,
		.reason = inv_str_of(reason),
		.errors = inv_buf_str(&errors),
		.more = inv_buf_str(&more) });
	inv_buf_free(&more);
	inv_buf_free(&errors);
	inv_buf_free(&msg);
}

static void
skip(struct inv_uploader *u, const struct inv_batch *b,
    const struct inv_record *rec, uint64_t by)
{
	struct inv_buf more = INV_BUF(1024);

	inv_buf_addf(&more, "\"of\":{\"manifest\":\"%.*s\",\"row\":%ju}",
	    INV_MANIFEST_SHORT, b->of.manifest, (uintmax_t)by);
	inv_settle_row(u, rec,
	    (struct inv_ruling){ .verdict = INV_SKIPPED,
		.reason = INV_LIT("already_committed"),
		.more = inv_buf_str(&more) });
	inv_buf_free(&more);
}

void
inv_partial_tell(struct inv_uploader *u, const struct inv_batch *b)
{
	for (size_t i = 0; i < b->n; i++) {
		const struct inv_partial_row *row = &b->partial->row[i];
		struct inv_record rec;

		if (row->fate == FATE_COMMITTED ||
		    (row->fate == FATE_AGAIN && !u->resuming) ||
		    !inv_settle_kept(u, b->chunk, b->member[i], &rec))
			continue;
		switch (row->fate) {
		case FATE_COMMITTED:
			break;
		case FATE_AGAIN:
			inv_settle_row(u, &rec,
			    (struct inv_ruling){ .verdict = INV_HELD,
				.reason = INV_LIT("not_attempted") });
			break;
		case FATE_REFUSED:
			quarantine(u, b, &rec, row, "rejected");
			break;
		case FATE_SPENT:
			quarantine(u, b, &rec, row, "transient_failure");
			break;
		case FATE_OVERTAKEN:
			skip(u, b, &rec, row->by);
			break;
		}
	}
}
