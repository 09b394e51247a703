/* footer.c - a text without its last lines */

#include "io/footer.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { PIECE = 256 << 10 }; /* bytes looked at at a time */

/* Where the last lines begin, of a text that has been seen up to `seen`. */
struct lines {
	uint64_t *at; /* the last `room` of them, in a ring */
	size_t room;
	uint64_t n; /* lines so far */
	uint64_t seen;
	char last; /* byte; a line end where there is none */
};

static void
begin_line(struct lines *l, uint64_t at)
{
	l->at[l->n++ % l->room] = at;
}

static size_t
find(const char *p, size_t i, size_t n, char which)
{
	const char *found = memchr(p + i, which, n - i);

	return found == NULL ? n : (size_t)(found - p);
}

static void
look(struct lines *l, const char *p, size_t n)
{
	size_t lf = find(p, 0, n, '\n');

	for (size_t i = 0; i < n; i++) {
		if (l->last == '\n' || (l->last == '\r' && p[i] != '\n'))
			begin_line(l, l->seen + i);
		if (lf < i)
			lf = find(p, i, n, '\n');
		i = find(p, i, lf, '\r');
		l->last = i < n ? p[i] : p[n - 1];
	}
	l->seen += n;
}

bool
inv_footer_find(struct inv_pull from, size_t lines, uint64_t *before,
    struct inv_err *err)
{
	struct lines l = {
		.at = inv_mem_resize(NULL, lines, sizeof(*l.at)),
		.room = lines,
		.last = '\n',
	};
	char *piece = inv_mem_new(PIECE);
	ssize_t n;

	while ((n = inv_pull_get(from, piece, PIECE, err)) > 0)
		look(&l, piece, (size_t)n);
	*before = l.n > lines ? l.at[l.n % lines] : 0;
	free(piece);
	free(l.at);
	return n == 0;
}

static ssize_t
get(void *self, char *p, size_t n, struct inv_err *err)
{
	struct inv_body *b = self;

	if (b->left == 0)
		return 0;
	ssize_t got = inv_pull_get(b->from, p, n, err);

	if (got > 0 && (uint64_t)got > b->left)
		got = (ssize_t)b->left;
	if (got > 0)
		b->left -= (uint64_t)got;
	return got;
}

struct inv_pull
inv_body_pull(struct inv_body *b)
{
	return (struct inv_pull){ get, b };
}
