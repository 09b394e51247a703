/* named.c - the manifest that a word of the command line means */

#include "audit/named.h"

#include <string.h>

#include "audit/row.h"
#include "data/record.h"
#include "io/text.h"
#include "store/audit_view.h"

bool
inv_audit_has_name(const struct inv_audit_line *line, struct inv_scan *scan,
    struct inv_str word, struct inv_buf *name)
{
	struct inv_str rest = line->text;
	struct inv_member m;
	struct inv_err ignored;
	enum inv_kind kind;

	/* It is JSON throughout, and may be walked. */
	if (!inv_scan_value(scan, line->text, &kind, &ignored))
		return false;
	inv_buf_reset(name);
	while (inv_scan_each(&rest, &m)) {
		if (!inv_str_is(m.key, "line"))
			continue;
		struct inv_str raw = inv_audit_text_of(m.value, "name");

		if (inv_buf_room(name, raw.n))
			name->n = inv_text_decode(raw, name->p);
	}
	return inv_str_eq(inv_buf_str(name), word);
}

struct search {
	struct inv_str word;
	struct inv_audit_view view;
	struct inv_scan *scan;
	struct inv_buf name;
	char *id;
	bool found;
};

static bool
take(struct search *s, const struct inv_audit_line *line, struct inv_err *err)
{
	struct inv_str id = { s->id, INV_DIGEST_HEX };

	if (line->type != INV_AUDIT_MANIFEST ||
	    (s->found && inv_str_eq(line->manifest, id)) ||
	    !inv_audit_has_name(line, s->scan, s->word, &s->name))
		return true;
	if (s->found)
		return inv_fail(err, INV_NO,
		    "%.*s: several manifests have this name: %.16s and %.16s",
		    INV_ARG(s->word), s->id, line->manifest.p);
	memcpy(s->id, line->manifest.p, INV_DIGEST_HEX);
	s->found = true;
	return true;
}

static bool
search(struct search *s, struct inv_err *err)
{
	struct inv_audit_line line;
	enum inv_next next;

	while ((next = inv_audit_view_next(&s->view, &line, err)) ==
	    INV_NEXT_LINE)
		if (!take(s, &line, err))
			return false;
	if (next == INV_NEXT_END && !s->found)
		return inv_fail(err, INV_NO,
		    "%.*s: the log knows no manifest of this name",
		    INV_ARG(s->word));
	return next == INV_NEXT_END;
}

bool
inv_audit_named(const struct inv_state *state, const char *word,
    char id[INV_DIGEST_HEX], struct inv_str *begin, struct inv_err *err)
{
	struct search s = {
		.word = inv_str_of(word),
		.name = INV_BUF(INV_AUDIT_LINE_MAX),
		.id = id,
	};

	*begin = s.word;
	if (s.word.n == 0)
		return inv_fail(err, INV_USAGE, "\"\": no name");
	if (s.word.n > 0 && s.word.n <= INV_DIGEST_HEX &&
	    strspn(word, "0123456789abcdef") == s.word.n)
		return true;
	*begin = (struct inv_str){ id, INV_DIGEST_HEX };
	if (!inv_audit_view_open(&s.view, state, err))
		return false;
	s.scan = inv_scan_new();
	bool ok = search(&s, err);

	inv_audit_view_close(&s.view);
	inv_scan_free(s.scan);
	inv_buf_free(&s.name);
	return ok;
}
