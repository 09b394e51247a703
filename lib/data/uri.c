/* uri.c - references to documents: RFC 3986 sections 3 and 5.2 */

#include "data/uri.h"

static bool
is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
is_scheme_byte(char c)
{
	return is_alpha(c) || (c >= '0' && c <= '9') || c == '+' || c == '-' ||
	    c == '.';
}

/* Up to the first of the bytes in `until`, which s begins with afterwards. */
static struct inv_str
cut(struct inv_str *s, const char *until)
{
	struct inv_str part = { s->p, 0 };

	while (part.n < s->n && strchr(until, s->p[part.n]) == NULL)
		part.n++;
	s->p += part.n;
	s->n -= part.n;
	return part;
}

static void
skip(struct inv_str *s, size_t n)
{
	s->p += n;
	s->n -= n;
}

static struct inv_str
cut_scheme(struct inv_str *s)
{
	size_t n = 0;

	if (s->n == 0 || !is_alpha(s->p[0]))
		return (struct inv_str){ 0 };
	while (n < s->n && is_scheme_byte(s->p[n]))
		n++;
	if (n == s->n || s->p[n] != ':')
		return (struct inv_str){ 0 };
	struct inv_str scheme = { s->p, n };

	skip(s, n + 1);
	return scheme;
}

struct inv_uri
inv_uri_split(struct inv_str s)
{
	struct inv_uri u = { 0 };

	if (s.p == NULL)
		s = INV_LIT("");
	u.scheme = cut_scheme(&s);
	if (inv_str_starts(s, INV_LIT("//"))) {
		skip(&s, 2);
		u.authority = cut(&s, "/?#");
	}
	u.path = cut(&s, "?#");
	if (s.n > 0 && s.p[0] == '?') {
		skip(&s, 1);
		u.query = cut(&s, "#");
	}
	if (s.n > 0) {
		skip(&s, 1);
		u.fragment = s;
	}
	return u;
}

/* Back to the last slash that was written behind `from`. */
static void
drop_segment(struct inv_buf *out, size_t from)
{
	while (out->n > from && out->p[out->n - 1] != '/')
		out->n--;
	out->n -= out->n > from;
}

/* Section 5.2.4: segment by segment, each with the slash before it. */
static void
add_path(struct inv_buf *out, struct inv_str path)
{
	size_t from = out->n;

	while (path.n > 0) {
		bool slash = path.p[0] == '/';

		skip(&path, slash);
		struct inv_str segment = cut(&path, "/");
		bool up = inv_str_is(segment, "..");

		if (up)
			drop_segment(out, from);
		if (!up && !inv_str_is(segment, ".")) {
			if (slash)
				inv_buf_byte(out, '/');
			inv_buf_add(out, segment);
		} else if (path.n == 0 && slash) {
			inv_buf_byte(out, '/');
		}
	}
}

static void
add_part(struct inv_buf *out, const char *before, struct inv_str part,
    const char *behind)
{
	if (part.p == NULL)
		return;
	inv_buf_add(out, inv_str_of(before));
	inv_buf_add(out, part);
	inv_buf_add(out, inv_str_of(behind));
}

/* Section 5.2.3: what stands before the last slash of the base, then ref. */
static void
add_merged(struct inv_buf *out, const struct inv_uri *base, struct inv_str path)
{
	struct inv_buf merged = INV_BUF(SIZE_MAX);
	size_t n = base->path.n;

	while (n > 0 && base->path.p[n - 1] != '/')
		n--;
	if (base->authority.p != NULL && base->path.n == 0)
		inv_buf_byte(&merged, '/');
	inv_buf_add(&merged, (struct inv_str){ base->path.p, n });
	inv_buf_add(&merged, path);
	add_path(out, inv_buf_str(&merged));
	inv_buf_free(&merged);
}

void
inv_uri_resolve(struct inv_str base, struct inv_str ref, struct inv_buf *out)
{
	struct inv_uri b = inv_uri_split(base);
	struct inv_uri r = inv_uri_split(ref);
	bool own = r.scheme.p != NULL;

	add_part(out, "", own ? r.scheme : b.scheme, ":");
	own = own || r.authority.p != NULL;
	add_part(out, "//", own ? r.authority : b.authority, "");
	if (!own && r.path.n == 0) {
		inv_buf_add(out, b.path);
		add_part(out, "?", r.query.p != NULL ? r.query : b.query, "");
		return;
	}
	if (own || r.path.p[0] == '/')
		add_path(out, r.path);
	else
		add_merged(out, &b, r.path);
	add_part(out, "?", r.query, "");
}

static int
hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool
inv_uri_decode(struct inv_str s, struct inv_buf *out)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] != '%') {
			inv_buf_byte(out, s.p[i]);
			continue;
		}
		if (s.n - i < 3 || hex(s.p[i + 1]) < 0 || hex(s.p[i + 2]) < 0)
			return false;
		inv_buf_byte(out,
		    (char)(hex(s.p[i + 1]) << 4 | hex(s.p[i + 2])));
		i += 2;
	}
	return true;
}
