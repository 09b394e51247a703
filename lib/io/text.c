/* text.c - encodings to UTF-8; the only user of iconv(3) */

#include "io/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <iconv.h>

#include "base/mem.h"
#include "base/utf8.h"

enum {
	PIECE = 64 << 10, /* bytes read at a time where they are decoded */
	MARK = 4,         /* bytes looked at to tell the encoding */
};

enum coding { PLAIN, UTF16LE, UTF16BE, NAMED };

struct inv_text {
	struct inv_pull from;
	const char *name;
	const char *encoding;
	enum coding coding;
	iconv_t iconv;
	size_t mark;
	uint64_t offset; /* of piece[0] in what is behind */
	bool begun;      /* something has been handed out */
	bool end;        /* nothing more behind piece */
	size_t at;
	size_t n;
	char piece[PIECE];
};

static const iconv_t NO_ICONV = (iconv_t)-1;

static bool
is_utf8(const char *encoding)
{
	return strcasecmp(encoding, "UTF-8") == 0 ||
	    strcasecmp(encoding, "UTF8") == 0;
}

bool
inv_text_has(const char *encoding)
{
	if (encoding[0] == '\0' || strchr(encoding, '/') != NULL)
		return false;
	iconv_t to = iconv_open("UTF-8", encoding);

	if (to == NO_ICONV)
		return false;
	iconv_close(to);
	return true;
}

/* Fill the piece behind what is left of it. */
static bool
fill(struct inv_text *t, struct inv_err *err)
{
	size_t left = t->n - t->at;

	memmove(t->piece, t->piece + t->at, left);
	t->offset += t->at;
	t->at = 0;
	t->n = left;
	if (t->end)
		return true;
	ssize_t got = inv_pull_all(t->from, t->piece + left, PIECE - left, err);

	if (got < 0)
		return false;
	t->n += (size_t)got;
	t->end = PIECE - t->n >= INV_PULL_LEAST;
	return true;
}

static bool
begins(const struct inv_text *t, const char *mark, size_t n)
{
	return t->n >= n && memcmp(t->piece, mark, n) == 0;
}

/* Tell the encoding by the mark, and step over it. */
static bool
look_at_mark(struct inv_text *t, struct inv_err *err)
{
	t->coding = PLAIN;
	t->encoding = "UTF-8";
	if (begins(t, "\xff\xfe\0\0", 4) || begins(t, "\0\0\xfe\xff", 4))
		return inv_fail(err, INV_BAD,
		    "%s: UTF-32: name the encoding with -e", t->name);
	if (begins(t, "\xff\xfe", 2)) {
		t->coding = UTF16LE;
		t->encoding = "UTF-16LE";
		t->at = 2;
	} else if (begins(t, "\xfe\xff", 2)) {
		t->coding = UTF16BE;
		t->encoding = "UTF-16BE";
		t->at = 2;
	}
	return true;
}

static bool
begin(struct inv_text *t, const char *encoding, struct inv_err *err)
{
	if (encoding != NULL && !is_utf8(encoding)) {
		t->coding = NAMED;
		t->encoding = encoding;
		t->iconv = iconv_open("UTF-8", encoding);
		if (t->iconv == NO_ICONV)
			return inv_fail(err, INV_USAGE, "%s: unknown encoding",
			    encoding);
		return true;
	}
	if (!fill(t, err))
		return false;
	t->encoding = "UTF-8";
	if (encoding == NULL && !look_at_mark(t, err))
		return false;
	if (t->coding == PLAIN && begins(t, "\xef\xbb\xbf", 3))
		t->mark = t->at = 3;
	return true;
}

struct inv_text *
inv_text_new(struct inv_pull from, const char *encoding, const char *name,
    struct inv_err *err)
{
	struct inv_text *t = inv_mem_new(sizeof(*t));

	t->from = from;
	t->name = name;
	t->iconv = NO_ICONV;
	if (begin(t, encoding, err))
		return t;
	inv_text_free(t);
	return NULL;
}

void
inv_text_free(struct inv_text *t)
{
	if (t == NULL)
		return;
	if (t->iconv != NO_ICONV)
		iconv_close(t->iconv);
	free(t);
}

static bool
wrong(const struct inv_text *t, const char *what, struct inv_err *err)
{
	return inv_fail(err, INV_BAD, "%s: byte %ju: %s %s", t->name,
	    (uintmax_t)(t->offset + t->at + 1), what, t->encoding);
}

static ssize_t
get_plain(struct inv_text *t, char *p, size_t n, struct inv_err *err)
{
	if (t->at == t->n)
		return inv_pull_get(t->from, p, n, err);
	if (n > t->n - t->at)
		n = t->n - t->at;
	memcpy(p, t->piece + t->at, n);
	t->at += n;
	return (ssize_t)n;
}

static uint32_t
unit_at(const struct inv_text *t, size_t at)
{
	uint32_t a = (unsigned char)t->piece[at];
	uint32_t b = (unsigned char)t->piece[at + 1];

	return t->coding == UTF16LE ? a | b << 8 : a << 8 | b;
}

static ssize_t
get_utf16(struct inv_text *t, char *p, size_t n, struct inv_err *err)
{
	size_t made = 0;

	if (t->n - t->at < 4 && !fill(t, err))
		return -1;
	while (n - made >= 4 && t->n - t->at >= 2) {
		uint32_t c = unit_at(t, t->at);

		if (c >= 0xd800 && c < 0xdc00) {
			/* Its other half may be in the next piece. */
			if (t->n - t->at < 4 && !t->end)
				break;
			uint32_t low =
			    t->n - t->at >= 4 ? unit_at(t, t->at + 2) : 0;

			if (low >= 0xdc00 && low < 0xe000) {
				c = 0x10000 + ((c - 0xd800) << 10) +
				    (low - 0xdc00);
				t->at += 2;
			}
		}
		t->at += 2;
		made += inv_utf8_put(c, p + made);
	}
	if (made == 0 && t->n - t->at == 1) {
		wrong(t, "half a unit of", err);
		return -1;
	}
	return (ssize_t)made;
}

/* At the end of the input: what iconv still holds back, if anything. */
static ssize_t
finish_named(struct inv_text *t, char *p, size_t n, struct inv_err *err)
{
	char *to = p;
	size_t room = n;

	if (t->at < t->n) {
		wrong(t, "cut short in", err);
		return -1;
	}
	if (iconv(t->iconv, NULL, NULL, &to, &room) == (size_t)-1) {
		wrong(t, "cut short in", err);
		return -1;
	}
	return to - p;
}

static ssize_t
get_named(struct inv_text *t, char *p, size_t n, struct inv_err *err)
{
	for (;;) {
		char *from;
		char *to = p;
		size_t room = n;

		if (!t->end && !fill(t, err))
			return -1;
		from = t->piece + t->at;
		size_t left = t->n - t->at;
		size_t rc = iconv(t->iconv, &from, &left, &to, &room);

		t->at = t->n - left;
		if (rc == (size_t)-1 && errno == EILSEQ && to == p) {
			wrong(t, "not valid", err);
			return -1;
		}
		if (to > p)
			return to - p;
		if (t->end)
			return finish_named(t, p, n, err);
	}
}

/* A mark that the named encoding has of itself is no part of the text. */
static ssize_t
get_first_named(struct inv_text *t, char *p, size_t n, struct inv_err *err)
{
	ssize_t got = get_named(t, p, n, err);

	t->begun = true;
	if (got < 3 || memcmp(p, "\xef\xbb\xbf", 3) != 0)
		return got;
	if (got == 3)
		return get_named(t, p, n, err);
	memmove(p, p + 3, (size_t)got - 3);
	return got - 3;
}

static ssize_t
get(void *self, char *p, size_t n, struct inv_err *err)
{
	struct inv_text *t = self;

	switch (t->coding) {
	case PLAIN:
		return get_plain(t, p, n, err);
	case UTF16LE:
	case UTF16BE:
		return get_utf16(t, p, n, err);
	case NAMED:
		return t->begun ? get_named(t, p, n, err)
				: get_first_named(t, p, n, err);
	}
	return 0;
}

struct inv_pull
inv_text_pull(struct inv_text *t)
{
	return (struct inv_pull){ get, t };
}

const char *
inv_text_encoding(const struct inv_text *t)
{
	return t->encoding;
}

bool
inv_text_is_plain(const struct inv_text *t)
{
	return t->coding == PLAIN;
}

size_t
inv_text_mark(const struct inv_text *t)
{
	return t->mark;
}
