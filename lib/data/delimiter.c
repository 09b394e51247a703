/* delimiter.c - what stands between the cells of a text */

#include "data/delimiter.h"

enum {
	MOST = sizeof(INV_DELIMITERS) - 1,
	IN_VAIN = 1 << 20, /* bytes; past them a quote is data */
};

/* How often each of them stands in a record, outside quoted cells. */
struct count {
	size_t of[MOST];
};

struct look {
	const struct inv_dialect *dialect;
	const char *among;
	size_t agree[MOST]; /* records that have as many as the first */
	struct count first;
	size_t in_vain; /* bytes searched for a closing quote */
};

static bool
is_line_end(char c)
{
	return c == '\n' || c == '\r';
}

/* The byte at i is data as the one before it says so. */
static bool
is_escaped(const struct look *l, struct inv_str s, size_t i)
{
	return s.p[i] == l->dialect->escape && !is_line_end(s.p[i]) &&
	    i + 1 < s.n && !is_line_end(s.p[i + 1]);
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
past_quoted(struct look *l, struct inv_str s, size_t i)
{
	const char quote = l->dialect->quote;
	size_t at = i + 1;

	for (; at < s.n && l->in_vain < IN_VAIN; at++) {
		if (is_escaped(l, s, at)) {
			at++;
			continue;
		}
		if (s.p[at] != quote)
			continue;
		if (ends_cell(l, s, ++at))
			return at;
		if (s.p[at] != quote)
			break;
	}
	l->in_vain += at - i;
	return i + 1;
}

/* The record at i, counted; the end of its line. */
static size_t
count(struct look *l, struct inv_str s, size_t i, struct count *c)
{
	bool begins = true; /* a cell */

	*c = (struct count){ 0 };
	while (i < s.n && !is_line_end(s.p[i])) {
		const char *which =
		    s.p[i] == '\0' ? NULL : strchr(l->among, s.p[i]);

		if (is_escaped(l, s, i)) {
			i += 2;
			begins = false;
			continue;
		}
		if (begins && s.p[i] == l->dialect->quote) {
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
inv_delimiter_tell(struct inv_str head, bool whole,
    const struct inv_dialect *dialect, const char *among)
{
	struct look l = { .dialect = dialect, .among = among };
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
