/*
 * fuzz_frame - every byte of a text is in exactly one record or line end, and
 * the records are those that the rule of frame.h gives when it is followed
 * word for word, byte by byte, from each line anew
 */

#include "io/csv.h"

#include <stdlib.h>

#include "../unit/memory.h"

static void
promise(bool kept)
{
	if (!kept)
		abort();
}

/* What the rule says of the record at `at`. */
struct expected {
	size_t n;   /* bytes of it or of the line given away */
	size_t end; /* bytes of the line end */
	size_t fields;
	enum inv_flaw flaw;
};

static size_t
end_at(struct inv_str s, size_t i)
{
	if (i >= s.n || (s.p[i] != '\n' && s.p[i] != '\r'))
		return 0;
	return s.p[i] == '\r' && i + 1 < s.n && s.p[i + 1] == '\n' ? 2 : 1;
}

static struct expected
line_at(struct inv_str s, size_t at, enum inv_flaw flaw)
{
	size_t i = at;

	while (i < s.n && end_at(s, i) == 0)
		i++;
	return (struct expected){ i - at, end_at(s, i), 0, flaw };
}

static struct expected
record_at(struct inv_str s, size_t at, char delimiter, size_t want)
{
	size_t i = at, fields = 1;
	bool lines = false;

	for (;;) {
		if (i < s.n && s.p[i] == '"') {
			for (i++;; i++) {
				if (i == s.n)
					return line_at(s, at,
					    INV_FLAW_UNCLOSED);
				lines |= end_at(s, i) != 0;
				if (s.p[i] != '"')
					continue;
				if (i + 1 == s.n || s.p[i + 1] != '"')
					break;
				i++;
			}
			i++;
			if (i < s.n && s.p[i] != delimiter && end_at(s, i) == 0)
				return line_at(s, at, INV_FLAW_BEHIND);
		}
		while (i < s.n && s.p[i] != delimiter && end_at(s, i) == 0)
			i++;
		if (i == s.n || s.p[i] != delimiter)
			break;
		i++;
		fields++;
	}
	bool wrong = want != 0 && fields != want;

	if (wrong && lines)
		return line_at(s, at, INV_FLAW_FIELDS);
	return (struct expected){ i - at, end_at(s, i), fields,
		wrong ? INV_FLAW_FIELDS : INV_FLAW_NONE };
}

/* A line given away may be so for more than one reason: any will do. */
static void
compare(const struct inv_framed *rec, const struct expected *want)
{
	promise(rec->raw.n == want->n);
	promise(rec->end == want->end);
	promise(rec->size == want->n + want->end);
	promise((rec->flaw == INV_FLAW_NONE) == (want->flaw == INV_FLAW_NONE));
	if (want->flaw == INV_FLAW_NONE)
		promise(rec->fields == want->fields);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	if (n < 3)
		return 0;
	const char delimiter = bytes[0] & 1 ? ',' : '\t';
	const size_t want = bytes[1] % 5;
	struct inv_str text = { (const char *)bytes + 3, n - 3 };
	struct memory m = { text, INV_PULL_LEAST + bytes[2] };
	struct inv_frame *f = inv_frame_new(memory_pull(&m), 0, delimiter);
	struct inv_csv *csv = inv_csv_new(delimiter);
	struct inv_framed rec;
	struct inv_err err;
	size_t at = 0;

	inv_frame_expect(f, want);
	while (inv_frame_next(f, &rec, &err) == INV_NEXT_LINE) {
		struct expected e = record_at(text, at, delimiter, want);

		promise(rec.offset == at);
		compare(&rec, &e);
		promise(memcmp(text.p + at, rec.raw.p, rec.raw.n) == 0);
		at += rec.size;
		if (rec.flaw == INV_FLAW_NONE &&
		    rec.fields <= INV_FRAME_FIELDS_MAX)
			promise(inv_csv_split(csv, &rec, &err) != NULL);
	}
	promise(at == text.n);
	/* Seven passes over the text, and what refilling reads again. */
	promise(inv_frame_work(f) <= 7 * text.n + 64);
	inv_csv_free(csv);
	inv_frame_free(f);
	return 0;
}
