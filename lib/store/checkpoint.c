/* checkpoint.c - what has been signed over the audit log */

#include "store/checkpoint.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "data/cursor.h"
#include "data/emit.h"
#include "data/scan.h"
#include "io/file.h"
#include "io/stream.h"

enum { LINE_MAX_BYTES = 2 * INV_NOTE_MAX }; /* of a line */

static const char file_name[] = "audit/checkpoints.ndjson";

/* What a line says; its note is still escaped. */
struct line {
	uint64_t size;
	unsigned char root[INV_DIGEST];
	struct inv_str time;
	struct inv_str note;
};

static bool
parse(struct inv_str text, struct line *line)
{
	struct inv_cursor c = { .rest = text };

	line->size = inv_cursor_u64(&c, "{\"size\":", 1);
	inv_cursor_digest(&c, ",\"root\":", line->root);
	line->time = inv_cursor_text(&c, ",\"time\":");
	line->note = inv_cursor_text(&c, ",\"note\":");
	inv_cursor_expect(&c, "}");
	return !c.bad && c.rest.n == 0 && line->time.n == INV_CLOCK_TEXT - 1;
}

static void
keep(struct inv_checkpoints *c, const struct line *line, size_t n)
{
	if (c->n == c->cap) {
		c->cap = c->cap == 0 ? 16 : 2 * c->cap;
		c->of = inv_mem_resize(c->of, c->cap, sizeof(*c->of));
	}
	struct inv_checkpoint_at *at = &c->of[c->n++];

	at->size = line->size;
	at->offset = c->end;
	at->n = (uint32_t)n;
	memcpy(at->time, line->time.p, INV_CLOCK_TEXT - 1);
	at->time[INV_CLOCK_TEXT - 1] = '\0';
	memcpy(at->root, line->root, INV_DIGEST);
	c->end += n + 1;
}

static bool
read_lines(struct inv_checkpoints *c, struct inv_in *in, struct inv_err *err)
{
	struct inv_str text;
	struct line line;

	for (;;)
		switch (inv_in_line(in, &text, err)) {
		case INV_NEXT_END:
			return true;
		case INV_NEXT_ERR:
			return false;
		case INV_NEXT_LINE:
			if (in->torn)
				return true;
			if (!parse(text, &line))
				return inv_fail(err, INV_IO,
				    "%s: line %zu: not a checkpoint", file_name,
				    c->n + 1);
			if (c->n > 0 && line.size <= c->of[c->n - 1].size)
				return inv_fail(err, INV_IO,
				    "%s: line %zu: of %ju entries, after one of "
				    "%ju",
				    file_name, c->n + 1, (uintmax_t)line.size,
				    (uintmax_t)c->of[c->n - 1].size);
			keep(c, &line, text.n);
			break;
		}
}

bool
inv_checkpoints_refresh(struct inv_checkpoints *c, struct inv_err *err)
{
	struct inv_in in;

	if (c->fd == -1)
		return true;
	if (lseek(c->fd, (off_t)c->end, SEEK_SET) == -1)
		return inv_fail_sys(err, INV_IO, "%s", file_name);
	inv_in_init(&in, c->fd, file_name, LINE_MAX_BYTES, NULL);
	bool ok = read_lines(c, &in, err);

	inv_in_free(&in);
	return ok;
}

bool
inv_checkpoints_open(struct inv_checkpoints *c, int dir, bool append,
    struct inv_err *err)
{
	*c = INV_CHECKPOINTS;
	c->fd = inv_file_open(dir, "checkpoints.ndjson",
	    append ? O_RDWR | O_CREAT : O_RDONLY, err);
	if (c->fd == -1)
		return !append && errno == ENOENT;
	return inv_checkpoints_refresh(c, err);
}

void
inv_checkpoints_close(struct inv_checkpoints *c)
{
	if (c->fd != -1)
		close(c->fd);
	free(c->of);
	*c = INV_CHECKPOINTS;
}

size_t
inv_checkpoints_from(const struct inv_checkpoints *c, uint64_t size)
{
	size_t low = 0, high = c->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (c->of[middle].size < size)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool
inv_checkpoints_agree(const struct inv_checkpoints *c,
    const struct inv_merkle *tree, struct inv_digest *d, struct inv_err *err)
{
	size_t i = inv_checkpoints_from(c, tree->n);
	unsigned char root[INV_DIGEST];

	if (i == c->n || c->of[i].size != tree->n)
		return true;
	inv_merkle_root(tree, d, root);
	if (memcmp(root, c->of[i].root, INV_DIGEST) == 0)
		return true;
	return inv_fail(err, INV_IO,
	    "audit/log.ndjson: the first %ju entries are not those that a "
	    "checkpoint was signed over: something in them was changed",
	    (uintmax_t)tree->n);
}

bool
inv_checkpoints_note(const struct inv_checkpoints *c, size_t i,
    struct inv_buf *note, struct inv_err *err)
{
	const struct inv_checkpoint_at *at = &c->of[i];
	char *text = inv_mem_new(at->n);
	struct line line;
	bool ok =
	    inv_file_pread(c->fd, text, at->n, at->offset) == (ssize_t)at->n &&
	    parse((struct inv_str){ text, at->n }, &line) &&
	    inv_buf_room(note, line.note.n);

	if (ok)
		note->n += inv_text_decode(line.note, note->p + note->n);
	free(text);
	return ok ||
	    inv_fail(err, INV_IO, "%s: line %zu: can not be read again",
		file_name, i + 1);
}

/* ---- signing ---- */

static void
put_line(struct inv_buf *b, const struct line *line)
{
	char hex[INV_DIGEST_HEX];

	inv_str_hex(line->root, INV_DIGEST, hex);
	inv_emit_open(b, '{');
	inv_emit_member_u64(b, INV_LIT("size"), line->size);
	inv_emit_member_str(b, INV_LIT("root"),
	    (struct inv_str){ hex, sizeof(hex) });
	inv_emit_member_str(b, INV_LIT("time"), line->time);
	inv_emit_member_str(b, INV_LIT("note"), line->note);
	inv_emit_close(b, '}');
	inv_buf_byte(b, '\n');
}

static void
put_note(struct inv_buf *note, const struct line *line,
    const struct inv_audit_key *by)
{
	struct inv_buf text = INV_BUF(INV_NOTE_MAX);
	struct inv_checkpoint c = {
		.origin = inv_str_of(by->public.name),
		.size = line->size,
	};

	memcpy(c.root, line->root, INV_DIGEST);
	inv_checkpoint_put(&text, &c);
	inv_buf_add(note, inv_buf_str(&text));
	inv_buf_byte(note, '\n');
	inv_note_sign(note, inv_buf_str(&text), c.origin, by->signer);
	inv_buf_free(&text);
}

/* What a kill has left behind the last whole line goes first. */
static bool
append(struct inv_checkpoints *c, struct inv_str line, struct inv_err *err)
{
	if (ftruncate(c->fd, (off_t)c->end) == -1 ||
	    lseek(c->fd, (off_t)c->end, SEEK_SET) == -1)
		return inv_fail_sys(err, INV_IO, "%s", file_name);
	return inv_file_write(c->fd, line, file_name, err) &&
	    inv_file_sync(c->fd, file_name, err);
}

bool
inv_checkpoints_sign(struct inv_checkpoints *c, const struct inv_merkle *tree,
    struct inv_digest *d, const struct inv_audit_key *by, struct inv_err *err)
{
	struct inv_buf note = INV_BUF(INV_NOTE_MAX);
	struct inv_buf text = INV_BUF(LINE_MAX_BYTES);
	char time[INV_CLOCK_TEXT];
	struct line line = { .size = tree->n,
		.time = { time, INV_CLOCK_TEXT - 1 } };

	inv_clock_text(inv_clock_wall(), time);
	inv_merkle_root(tree, d, line.root);
	put_note(&note, &line, by);
	line.note = inv_buf_str(&note);
	put_line(&text, &line);
	bool ok = append(c, inv_buf_str(&text), err);

	if (ok)
		keep(c, &line, text.n - 1);
	inv_buf_free(&note);
	inv_buf_free(&text);
	return ok;
}
