/* audit_head.c - STATE/audit/head: how far the audit log goes, and the lock */

#include "store/audit_head.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "data/cursor.h"
#include "data/emit.h"
#include "io/file.h"

enum { HEAD_MAX = 1024 }; /* bytes */

static const char head_name[] = "head";

bool
inv_audit_head_read(int dir, struct inv_audit_head *head, bool *there,
    struct inv_err *err)
{
	char text[HEAD_MAX];
	struct inv_err why;
	int fd = inv_file_open(dir, head_name, O_RDONLY, &why);

	*head = INV_AUDIT_HEAD;
	*there = fd != -1;
	if (fd == -1 && errno == ENOENT)
		return true;
	if (fd == -1) {
		*err = why;
		return false;
	}
	ssize_t n = inv_file_peek(fd, text, sizeof(text));

	close(fd);
	if (n == -1)
		return inv_fail_sys(err, INV_IO, "audit/head");
	struct inv_cursor c = { .rest = { text, (size_t)n } };

	head->log.seq = inv_cursor_u64(&c, "{\"seq\":", 1) + 1;
	inv_cursor_digest(&c, ",\"hash\":", head->log.prev);
	head->log.offset = inv_cursor_u64(&c, ",\"bytes\":", 1);
	head->journal.segment =
	    inv_cursor_u64(&c, ",\"journal\":{\"segment\":", 1);
	head->journal.offset = inv_cursor_u64(&c, ",\"offset\":", 0);
	head->journal.seq = inv_cursor_u64(&c, ",\"seq\":", 1);
	inv_cursor_digest(&c, ",\"prev\":", head->journal.prev);
	inv_cursor_expect(&c, "}}\n");
	if (c.bad || c.rest.n > 0)
		return inv_fail(err, INV_IO, "audit/head: not a head");
	return true;
}

static void
put_digest(struct inv_buf *b, struct inv_str name,
    const unsigned char digest[INV_DIGEST])
{
	char hex[INV_DIGEST_HEX];

	inv_str_hex(digest, INV_DIGEST, hex);
	inv_emit_member_str(b, name, (struct inv_str){ hex, sizeof(hex) });
}

bool
inv_audit_head_write(int dir, const struct inv_audit_head *head,
    struct inv_err *err)
{
	struct inv_buf b = INV_BUF(HEAD_MAX);

	inv_emit_open(&b, '{');
	inv_emit_member_u64(&b, INV_LIT("seq"), head->log.seq - 1);
	put_digest(&b, INV_LIT("hash"), head->log.prev);
	inv_emit_member_u64(&b, INV_LIT("bytes"), head->log.offset);
	inv_emit_key(&b, INV_LIT("journal"));
	inv_emit_open(&b, '{');
	inv_emit_member_u64(&b, INV_LIT("segment"), head->journal.segment);
	inv_emit_member_u64(&b, INV_LIT("offset"), head->journal.offset);
	inv_emit_member_u64(&b, INV_LIT("seq"), head->journal.seq);
	put_digest(&b, INV_LIT("prev"), head->journal.prev);
	inv_emit_close(&b, '}');
	inv_emit_close(&b, '}');
	inv_buf_byte(&b, '\n');
	bool ok = inv_file_replace(dir, head_name, inv_buf_str(&b), err);

	inv_buf_free(&b);
	return ok;
}

bool
inv_audit_lock(int fd, struct inv_err *err)
{
	while (flock(fd, LOCK_EX) == -1)
		if (errno != EINTR)
			return inv_fail_sys(err, INV_IO, "audit/lock");
	return true;
}

void
inv_audit_unlock(int fd)
{
	(void)flock(fd, LOCK_UN);
}
