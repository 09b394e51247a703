/* delimiter.c - what stands between the cells of a text */

#include "data/delimiter.h"

enum { MOST = sizeof(INV_DELIMITERS) - 1 };

/* How often each of them stands in a record, outside quoted cells. */
struct count {
	size_t of[MOST];
};

struct look {
	const char *among;
	size_t agree[MOST]; /* records that have as many as the first */
	struct count first;
};

static bool
is_line_end(char c)
{
	return c == '\n' || c == '\r';
}

/* What may stand behind a cell. */
static bool
ends_cell(const struct look *l, struct inv_str s, size_t i)
{
	return i == s.n || is_line_end(s.p[i]) ||
	    (s.p[i] != '\0' && strchr(l->among, s.p[i]) != NULL);
}

/*
 * Behind the quoted cell that begins at i.  A quote that opens none is data:
 * its record then differs from the others, which is all that it costs.
 */
static size_t
past_quoted(const struct look *l, struct inv_str s, size_t i)
{
	size_t at = i + 1;

	while (at < s.n) {
		const char *quote = memchr(s.p + at, '"', s.n - at);

		if (quote == NULL)
			break;
		at = (size_t)(quote - s.p) + 1;
		if (ends_cell(l, s, at))
			return at;
		if (s.p[at] != '"')
			break;
		at++;
	}
	return i + 1;
}

/* The record at i, counted; the end of its line. */
static size_t
count(const struct look *l, struct inv_str s, size_t i, struct count *c)
{
	bool begins = true; /* a cell */

	*c = (struct count){ 0 };
	while (i < s.n && !is_line_end(s.p[i])) {
		const char *which =
		    s.p[i] == '\0' ? NULL : strchr(l->among, s.p[i]);

		if (begins && s.p[i] == '"') {
			i = past_quoted(l, s, i);
			begins = false;
			continue;
		}
		begins = which != NULL;
		if (which != NULL)
			c->of[which - l->among]++;
		i++;
	}
	return i;
}

static void
compare(struct look *l, const struct count *c)
{
	for (size_t k = 0; l->among[k] != '\0'; k++)
		l->agree[k] += c->of[k] == l->first.of[k];
}

static bool
is_better(const struct look *l, size_t k, size_t best)
{
	if (l->first.of[k] == 0)
		return false;
	if (l->first.of[best] == 0 || l->agree[k] > l->agree[best])
		return true;
	return l->agree[k] == l->agree[best] &&
	    l->first.of[k] > l->first.of[best];
}

char
inv_delimiter_tell(struct inv_str head, bool whole, const char *among)
{
	struct look l = { .among = among };
	size_t records = 0;
	size_t best = 0;

	for (size_t i = 0; i < head.n && records < INV_DELIMITER_RECORDS; i++) {
		struct count c;

		if (is_line_end(head.p[i]))
			continue;
		i = count(&l, head, i, &c);
		/* Of the first record a piece will have to do. */
		if (i == head.n && !whole && records > 0)
			break;
		if (records++ == 0)
			l.first = c;
		compare(&l, &c);
	}
	for (size_t k = 1; among[k] != '\0'; k++)
		if (is_better(&l, k, best))
			best = k;
	return among[best];
}
