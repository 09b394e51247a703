/* headers.c - what a batch went out with, and what its answer came with */

#include "commit/headers.h"

#include <string.h>
#include <strings.h>

#include "data/emit.h"

static const char redacted[] = "redacted";

/* A line that fits: there is a colon in it. */
static struct inv_str
name_of(struct inv_str line)
{
	const char *colon = memchr(line.p, ':', line.n);

	return (struct inv_str){ line.p, (size_t)(colon - line.p) };
}

static void
emit_line(struct inv_buf *out, struct inv_str line)
{
	struct inv_str name = name_of(line);
	size_t at = name.n + 1;

	while (at < line.n && line.p[at] == ' ')
		at++;
	inv_emit_member_str(out, name,
	    (struct inv_str){ line.p + at, line.n - at });
}

/* The members of an object have different names. */
static bool
is_repeated(const struct inv_access *access, size_t i)
{
	struct inv_str name = name_of(access->header[i]);

	for (size_t k = 0; k < i; k++) {
		struct inv_str other = name_of(access->header[k]);

		if (other.n == name.n &&
		    strncasecmp(other.p, name.p, name.n) == 0)
			return true;
	}
	return false;
}

static void
emit_request(struct inv_buf *out, const struct inv_batch *b,
    const struct inv_access *access, struct inv_str run)
{
	struct inv_batch_headers h;

	inv_batch_headers(b, run, &h);
	for (size_t i = 0; i < h.n; i++)
		emit_line(out, h.line[i]);
	for (size_t i = 0; i < access->headers; i++)
		if (!is_repeated(access, i))
			inv_emit_member_str(out, name_of(access->header[i]),
			    inv_str_of(redacted));
	if (access->secret != NULL)
		inv_emit_member_str(out, INV_LIT("Authorization"),
		    inv_str_of(redacted));
	inv_buf_free(&h.text);
}

void
inv_headers_keep(struct inv_batch *b, const struct inv_access *access,
    struct inv_str run, const struct inv_answer *a)
{
	struct inv_buf *out = &b->headers;

	inv_buf_reset(out);
	inv_emit_open(out, '{');
	inv_emit_key(out, INV_LIT("request"));
	inv_emit_open(out, '{');
	emit_request(out, b, access, run);
	inv_emit_close(out, '}');
	inv_emit_key(out, INV_LIT("response"));
	inv_emit_open(out, '{');
	for (size_t i = 0; i < INV_ANSWER_TOLD; i++)
		if (a->told[i].n > 0)
			inv_emit_member_str(out, inv_answer_told(i),
			    a->told[i]);
	inv_emit_close(out, '}');
	inv_emit_close(out, '}');
}
