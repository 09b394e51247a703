/* backlog.c - rows of a manifest that wait for its end, first in, first out */

#include "commit/backlog.h"

#include "base/log.h"

enum {
	KEEP_BYTES = 1 << 20, /* of the block: more is given back */
};

/* What is kept of each: this, and behind it n bytes of a line. */
struct head {
	uint64_t chunk;
	uint64_t passed;
	size_t n;
};

void
inv_backlog_init(struct inv_backlog *b, const char *folder)
{
	*b = (struct inv_backlog){ .block = INV_BUF(sizeof(struct head) +
				       INV_LINE_MAX + INV_BACKLOG_BLOCK),
		.scan = inv_scan_new() };
	inv_spill_init(&b->spill, folder);
}

void
inv_backlog_free(struct inv_backlog *b)
{
	inv_spill_free(&b->spill);
	inv_buf_free(&b->block);
	inv_scan_free(b->scan);
}

bool
inv_backlog_is_empty(const struct inv_backlog *b)
{
	return b->at == b->spill.end + b->block.n;
}

void
inv_backlog_clear(struct inv_backlog *b)
{
	if (b->spill.used > 0)
		inv_spill_drop(&b->spill, 0, (size_t)b->spill.used);
	inv_buf_reset(&b->block);
	b->at = b->spill.end;
}

static bool
put(struct inv_backlog *b, struct head head, struct inv_str line,
    struct inv_err *err)
{
	uint64_t at;

	inv_buf_add(&b->block,
	    (struct inv_str){ (const char *)&head, sizeof(head) });
	inv_buf_add(&b->block, line);
	if (b->block.n < INV_BACKLOG_BLOCK)
		return true;
	if (!inv_spill_add(&b->spill, inv_buf_str(&b->block), &at, err))
		return false;
	inv_buf_reset(&b->block);
	if (b->block.cap > KEEP_BYTES)
		inv_buf_free(&b->block);
	return true;
}

bool
inv_backlog_add(struct inv_backlog *b, const struct inv_record *rec,
    struct inv_err *err)
{
	return put(b, (struct head){ .chunk = rec->chunk, .n = rec->text.n },
	    rec->text, err);
}

bool
inv_backlog_pass(struct inv_backlog *b, uint64_t chunk, uint64_t rows,
    struct inv_err *err)
{
	return put(b, (struct head){ .chunk = chunk, .passed = rows },
	    (struct inv_str){ NULL, 0 }, err);
}

/* An entry is on disk, or in the block, and never in both. */
static bool
get(struct inv_backlog *b, size_t n, struct inv_str *out, struct inv_err *err)
{
	if (b->at < b->spill.end)
		return inv_spill_read(&b->spill, b->at, n, out, err);
	*out = (struct inv_str){ b->block.p + (b->at - b->spill.end), n };
	return true;
}

enum inv_next
inv_backlog_next(struct inv_backlog *b, struct inv_waiter *w,
    struct inv_err *err)
{
	struct inv_str s;
	struct head head;

	if (inv_backlog_is_empty(b)) {
		inv_backlog_clear(b);
		return INV_NEXT_END;
	}
	if (!get(b, sizeof(head), &s, err))
		return INV_NEXT_ERR;
	memcpy(&head, s.p, sizeof(head));
	*w = (struct inv_waiter){ .chunk = head.chunk, .passed = head.passed };
	if (!get(b, sizeof(head) + head.n, &s, err))
		return INV_NEXT_ERR;
	b->at += s.n;
	if (head.passed > 0)
		return INV_NEXT_LINE;
	s.p += sizeof(head);
	s.n -= sizeof(head);
	if (inv_record_parse(b->scan, s, &w->rec, err))
		return INV_NEXT_LINE;
	inv_fail(err, INV_IO, "%s: a line that waited there has changed",
	    b->spill.folder);
	return INV_NEXT_ERR;
}

bool
inv_backlog_verified(const struct inv_filter *f, const struct inv_record *end)
{
	struct inv_str name = inv_buf_str(&f->block.name);
	const struct inv_member *failed = inv_member_find(end->outer, "failed");

	if (f->block.incomplete)
		inv_say("%.*s: incomplete, so nothing of it is sent",
		    INV_ARG(name));
	else if (failed != NULL)
		inv_say("%.*s: it has failed (%.*s), so nothing of it is sent",
		    INV_ARG(name), INV_ARG(failed->value));
	return !f->block.incomplete && failed == NULL;
}
