/* archive_index.c - the lines of STATE/archive/index, and its head */

#include "store/archive_index.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/hash.h"
#include "data/cursor.h"
#include "data/emit.h"
#include "io/file.h"

enum {
	HASH_HEX = 2 * INV_HASH,
	BEHIND = sizeof(",\"hash\":\"\"}") - 1 + HASH_HEX, /* what is hashed */
};

static void
hash_hex(struct inv_str text, char hex[HASH_HEX])
{
	static const unsigned char key[INV_HASH_KEY] = { 0 };
	unsigned char hash[INV_HASH];

	inv_hash_of(key, text, hash);
	inv_str_hex(hash, sizeof(hash), hex);
}

void
inv_archive_entry_put(struct inv_buf *b, const struct inv_archive_entry *e)
{
	size_t begin = b->n;
	char hex[HASH_HEX];

	inv_emit_open(b, '{');
	inv_emit_member_u64(b, INV_LIT("arrival"), e->arrival);
	inv_emit_member_str(b, INV_LIT("manifest"), e->manifest);
	inv_emit_member_u64(b, INV_LIT("submission"), e->submission);
	inv_emit_member_str(b, INV_LIT("received"), e->received);
	inv_emit_member_u64(b, INV_LIT("bytes"), e->bytes);
	hash_hex((struct inv_str){ b->p + begin, b->n - begin }, hex);
	inv_emit_member_str(b, INV_LIT("hash"),
	    (struct inv_str){ hex, sizeof(hex) });
	inv_emit_close(b, '}');
	inv_buf_byte(b, '\n');
}

bool
inv_archive_entry_read(struct inv_str line, struct inv_archive_entry *e)
{
	struct inv_cursor c = { .rest = line };
	char hex[HASH_HEX];

	e->arrival = inv_cursor_u64(&c, "{\"arrival\":", 1);
	e->manifest = inv_cursor_hex(&c, ",\"manifest\":", INV_DIGEST_HEX);
	e->submission = inv_cursor_u64(&c, ",\"submission\":", 1);
	e->received = inv_cursor_text(&c, ",\"received\":");
	e->bytes = inv_cursor_u64(&c, ",\"bytes\":", 0);
	struct inv_str hash = inv_cursor_hex(&c, ",\"hash\":", HASH_HEX);

	inv_cursor_expect(&c, "}");
	if (c.bad || c.rest.n > 0 || e->received.n != INV_CLOCK_TEXT - 1)
		return false;
	hash_hex((struct inv_str){ line.p, line.n - BEHIND }, hex);
	return inv_str_eq(hash, (struct inv_str){ hex, sizeof(hex) });
}

bool
inv_archive_head(int at, const char *path, struct inv_buf *line,
    uint64_t *arrival, struct inv_err *err)
{
	char text[INV_ARCHIVE_LINE];
	struct inv_archive_entry e;
	int fd =
	    openat(at, path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);

	*arrival = 0;
	if (fd < 0 && errno == ENOENT)
		return true;
	if (fd < 0)
		return inv_fail_sys(err, INV_IO, "archive/head");
	ssize_t n = inv_file_peek(fd, text, sizeof(text));

	close(fd);
	if (n < 0)
		return inv_fail_sys(err, INV_IO, "archive/head");
	if (n == 0 || text[n - 1] != '\n' ||
	    !inv_archive_entry_read((struct inv_str){ text, (size_t)n - 1 },
		&e))
		return inv_fail(err, INV_IO, "archive/head: damaged");
	inv_buf_add(line, (struct inv_str){ text, (size_t)n - 1 });
	*arrival = e.arrival;
	return true;
}

bool
inv_archive_index_cut(uint64_t lines, uint64_t head, struct inv_err *err)
{
	return inv_fail(err, INV_IO,
	    "archive/index: damaged: it ends at arrival %ju, and %ju had come",
	    (uintmax_t)lines, (uintmax_t)head);
}
