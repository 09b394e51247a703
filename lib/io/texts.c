/*
 * texts.c - texts by number, more than memory should hold
 *
 * One file has them behind each other, another where each ends, eight bytes a
 * text.  Both are written by pages and read by pages: a page has one place in
 * the cache, which it shares with those that many pages away.
 */

#include "io/texts.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "io/file.h"

enum {
	PAGE = 4096, /* bytes */
	PLACES = INV_TEXTS_CACHE / 2 / PAGE,
	BEHIND = 256 << 10, /* bytes that wait to be written */
};

static const char file_name[] = "the temporary file";

struct file {
	int fd; /* -1: nothing was written */
	uint64_t size;
	struct inv_buf behind;
	char *page;     /* PLACES of them */
	uint64_t *held; /* number of the page in each place, from 1; 0: none */
};

struct inv_texts {
	struct file text;
	struct file end;
	uint64_t n;
	uint64_t at; /* bytes of all texts */
};

static void
begin(struct file *f)
{
	*f = (struct file){ .fd = -1, .behind = INV_BUF(BEHIND) };
}

static void
drop(struct file *f)
{
	if (f->fd >= 0)
		close(f->fd);
	inv_buf_free(&f->behind);
	free(f->page);
	free(f->held);
}

struct inv_texts *
inv_texts_new(void)
{
	struct inv_texts *t = inv_mem_new(sizeof(*t));

	begin(&t->text);
	begin(&t->end);
	return t;
}

void
inv_texts_free(struct inv_texts *t)
{
	if (t == NULL)
		return;
	drop(&t->text);
	drop(&t->end);
	free(t);
}

void
inv_texts_reset(struct inv_texts *t)
{
	drop(&t->text);
	drop(&t->end);
	begin(&t->text);
	begin(&t->end);
	t->n = t->at = 0;
}

/* ---- writing ---- */

static bool
write_behind(struct file *f, struct inv_err *err)
{
	if (f->behind.n == 0)
		return true;
	if (f->fd < 0)
		f->fd = inv_file_temporary(err);
	if (f->fd < 0 ||
	    !inv_file_write(f->fd, inv_buf_str(&f->behind), file_name, err))
		return false;
	f->size += f->behind.n;
	inv_buf_reset(&f->behind);
	return true;
}

static bool
append(struct file *f, struct inv_str s, struct inv_err *err)
{
	while (s.n > 0) {
		size_t room = BEHIND - f->behind.n;
		size_t n = s.n < room ? s.n : room;

		inv_buf_add(&f->behind, (struct inv_str){ s.p, n });
		s.p += n;
		s.n -= n;
		if (f->behind.n == BEHIND && !write_behind(f, err))
			return false;
	}
	return true;
}

bool
inv_texts_add(struct inv_texts *t, struct inv_str text, struct inv_err *err)
{
	t->n++;
	t->at += text.n;
	return append(&t->text, text, err) &&
	    append(&t->end,
		(struct inv_str){ (const char *)&t->at, sizeof(t->at) }, err);
}

bool
inv_texts_end(struct inv_texts *t, struct inv_err *err)
{
	return write_behind(&t->text, err) && write_behind(&t->end, err);
}

uint64_t
inv_texts_count(const struct inv_texts *t)
{
	return t->n;
}

/* ---- reading ---- */

static bool
read_page(struct file *f, uint64_t number, char *page, struct inv_err *err)
{
	uint64_t at = number * PAGE;
	size_t want = f->size - at < PAGE ? (size_t)(f->size - at) : PAGE;

	ssize_t n = inv_file_pread(f->fd, page, want, at);

	if (n == -1)
		return inv_fail_sys(err, INV_IO, "%s", file_name);
	return (size_t)n == want ||
	    inv_fail(err, INV_IO, "%s: cut short", file_name);
}

/* Its bytes, PAGE of them or those up to the end; NULL with *err. */
static const char *
page_of(struct file *f, uint64_t number, struct inv_err *err)
{
	size_t place = number % PLACES;

	if (f->page == NULL) {
		f->page = inv_mem_resize(NULL, PLACES, PAGE);
		f->held = inv_mem_new(PLACES * sizeof(*f->held));
	}
	char *page = f->page + place * PAGE;

	if (f->held[place] == number + 1)
		return page;
	f->held[place] = 0;
	if (!read_page(f, number, page, err))
		return NULL;
	f->held[place] = number + 1;
	return page;
}

/* n bytes from there on, all of which are in the file. */
static bool
copy(struct file *f, uint64_t at, char *to, size_t n, struct inv_err *err)
{
	while (n > 0) {
		const char *page = page_of(f, at / PAGE, err);
		size_t from = at % PAGE;
		size_t some = PAGE - from < n ? PAGE - from : n;

		if (page == NULL)
			return false;
		memcpy(to, page + from, some);
		to += some;
		at += some;
		n -= some;
	}
	return true;
}

bool
inv_texts_get(struct inv_texts *t, uint64_t i, struct inv_buf *into,
    struct inv_err *err)
{
	uint64_t span[2] = { 0, 0 };
	const uint64_t width = sizeof(*span);
	bool ok = i == 0
	    ? copy(&t->end, 0, (char *)&span[1], sizeof(*span), err)
	    : copy(&t->end, (i - 1) * width, (char *)span, sizeof(span), err);

	if (!ok)
		return false;
	size_t n = (size_t)(span[1] - span[0]);

	if (!inv_buf_room(into, n))
		return true;
	if (!copy(&t->text, span[0], into->p + into->n, n, err))
		return false;
	into->n += n;
	return true;
}
