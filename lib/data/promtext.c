/* promtext.c - lines of the Prometheus text format, as far as we write it */

#include "data/promtext.h"

#include "base/log.h"

enum {
	SHOWN_MAX = 1024, /* bytes of a label's value, escaped for terminals */
	THOUSAND = 1000,
};

/* ---- in ---- */

static bool
is_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || c == '_';
}

/* Behind the closing quote; 0: there is none. */
static size_t
behind_string(struct inv_str s, size_t at)
{
	for (; at < s.n && s.p[at] != '"'; at++)
		if (s.p[at] == '\\')
			at++;
	return at < s.n ? at + 1 : 0;
}

/* From behind the opening brace to behind the closing one; 0: none. */
static size_t
behind_labels(struct inv_str s, size_t at)
{
	for (;;) {
		size_t from = at;

		while (at < s.n && is_name(s.p[at]))
			at++;
		if (at == from || at + 1 >= s.n || s.p[at] != '=' ||
		    s.p[at + 1] != '"')
			return 0;
		at = behind_string(s, at + 2);
		if (at == 0 || at >= s.n)
			return 0;
		if (s.p[at] == '}')
			return at + 1;
		if (s.p[at++] != ',')
			return 0;
	}
}

/* 17 or 17.042: thousandths. */
static bool
read_value(struct inv_str s, uint64_t *value)
{
	const char *point = s.n > 0 ? memchr(s.p, '.', s.n) : NULL;
	struct inv_str left = { s.p,
		point == NULL ? s.n : (size_t)(point - s.p) };
	uint64_t whole;
	uint64_t rest = 0;

	if (point != NULL && s.n - left.n != 4)
		return false;
	for (size_t i = left.n + 1; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		rest = 10 * rest + (uint64_t)(s.p[i] - '0');
	}
	if (!inv_str_u64(left, 0, UINT64_MAX / THOUSAND - 1, &whole))
		return false;
	*value = whole * THOUSAND + rest;
	return true;
}

static bool
read_line(struct inv_str s, struct inv_prom_line *line)
{
	size_t at = 0;

	while (at < s.n && is_name(s.p[at]))
		at++;
	line->name = (struct inv_str){ s.p, at };
	if (at == 0 || at >= s.n || s.p[at] != '{')
		return false;
	size_t end = behind_labels(s, at + 1);

	if (end == 0 || end >= s.n || s.p[end] != ' ')
		return false;
	line->labels = (struct inv_str){ s.p + at + 1, end - at - 2 };
	return read_value((struct inv_str){ s.p + end + 1, s.n - end - 1 },
	    &line->value);
}

enum inv_next
inv_prom_next(struct inv_str *rest, uint64_t *number,
    struct inv_prom_line *line, struct inv_err *err)
{
	while (rest->n > 0) {
		const char *lf = memchr(rest->p, '\n', rest->n);
		struct inv_str s = { rest->p,
			lf == NULL ? rest->n : (size_t)(lf - rest->p) };

		rest->p += s.n + (lf != NULL);
		rest->n -= s.n + (lf != NULL);
		++*number;
		if (s.n > 0 && s.p[0] == '#')
			continue;
		if (lf != NULL && read_line(s, line))
			return INV_NEXT_LINE;
		inv_fail(err, INV_BAD, "line %ju: not a figure of ours",
		    (uintmax_t)*number);
		return INV_NEXT_ERR;
	}
	return INV_NEXT_END;
}

/* ---- out ---- */

void
inv_prom_label(struct inv_buf *labels, const char *name, struct inv_str value)
{
	char shown[SHOWN_MAX];
	size_t n = inv_log_escape(value, shown, sizeof(shown));

	inv_buf_addf(labels, "%s%s=\"", labels->n > 0 ? "," : "", name);
	for (size_t i = 0; i < n; i++) {
		if (shown[i] == '\\' || shown[i] == '"')
			inv_buf_byte(labels, '\\');
		inv_buf_byte(labels, shown[i]);
	}
	inv_buf_byte(labels, '"');
}

void
inv_prom_put(struct inv_buf *b, const char *name, const char *suffix,
    struct inv_str labels, uint64_t value)
{
	inv_buf_addf(b, "%s%s{%.*s} %ju", name, suffix, INV_ARG(labels),
	    (uintmax_t)(value / THOUSAND));
	if (value % THOUSAND != 0)
		inv_buf_addf(b, ".%03ju", (uintmax_t)(value % THOUSAND));
	inv_buf_byte(b, '\n');
}
