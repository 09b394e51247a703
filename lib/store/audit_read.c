/* audit_read.c - the lines of the audit log, each held against the last */

#include "store/audit_read.h"

#include <unistd.h>

static const char log_name[] = "audit/log.ndjson";

bool
inv_audit_read(struct inv_audit_reader *r, int fd,
    const struct inv_audit_place *from, struct inv_err *err)
{
	if (lseek(fd, (off_t)from->offset, SEEK_SET) == -1)
		return inv_fail_sys(err, INV_IO, "%s", log_name);
	*r = (struct inv_audit_reader){ .at = *from };
	inv_in_init(&r->in, fd, log_name, INV_AUDIT_LINE_MAX, NULL);
	r->digest = inv_digest_new();
	return true;
}

void
inv_audit_read_end(struct inv_audit_reader *r)
{
	inv_in_free(&r->in);
	inv_rows_free(&r->rows);
	inv_digest_free(r->digest);
}

static enum inv_audit_found
not_the_next(const struct inv_audit_reader *r,
    const struct inv_audit_line *line, struct inv_err *err)
{
	char is[INV_DIGEST_HEX];
	char said[INV_DIGEST_HEX];

	if (line->seq != r->at.seq) {
		inv_fail(err, INV_IO,
		    "%s: line %ju: entry %ju where entry %ju should be: "
		    "something was removed, inserted or moved",
		    log_name, (uintmax_t)r->at.seq, (uintmax_t)line->seq,
		    (uintmax_t)r->at.seq);
		return INV_AUDIT_FALSE;
	}
	inv_str_hex(r->at.prev, INV_DIGEST, is);
	inv_str_hex(line->prev, INV_DIGEST, said);
	inv_fail(err, INV_IO,
	    "%s: line %ju: its SHA-256 is %.16s..., but entry %ju says "
	    "%.16s...: one of the two was changed",
	    log_name, (uintmax_t)r->at.seq - 1, is, (uintmax_t)line->seq, said);
	return INV_AUDIT_FALSE;
}

enum inv_audit_found
inv_audit_next(struct inv_audit_reader *r, struct inv_audit_line *line,
    struct inv_err *err)
{
	struct inv_err why = { 0 };
	struct inv_str text;

	switch (inv_in_line(&r->in, &text, &why)) {
	case INV_NEXT_END:
		return INV_AUDIT_NONE;
	case INV_NEXT_ERR:
		inv_fail(err, INV_IO, "%s: line %ju: %s", log_name,
		    (uintmax_t)r->at.seq, why.msg);
		return why.fault == INV_BAD ? INV_AUDIT_TORN : INV_AUDIT_ERROR;
	case INV_NEXT_LINE:
		break;
	}
	if (r->in.torn || !inv_audit_parse(text, &r->rows, line, &why)) {
		inv_fail(err, INV_IO, "%s: line %ju: %s", log_name,
		    (uintmax_t)r->at.seq, r->in.torn ? "half a line" : why.msg);
		return INV_AUDIT_TORN;
	}
	if (line->seq != r->at.seq ||
	    memcmp(line->prev, r->at.prev, INV_DIGEST) != 0)
		return not_the_next(r, line, err);
	r->at.offset += text.n + 1;
	r->at.seq++;
	inv_digest_of(r->digest, text, r->at.prev);
	return INV_AUDIT_LINE;
}

bool
inv_audit_goes_on(struct inv_audit_reader *r)
{
	struct inv_audit_line line;
	struct inv_err err;
	struct inv_str text;

	for (;;)
		switch (inv_in_line(&r->in, &text, &err)) {
		case INV_NEXT_END:
			return false;
		case INV_NEXT_ERR:
			if (err.fault != INV_BAD)
				return true;
			break;
		case INV_NEXT_LINE:
			if (inv_audit_parse(text, &r->rows, &line, &err))
				return true;
			break;
		}
}
