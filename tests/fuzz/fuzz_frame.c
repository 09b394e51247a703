/*
 * fuzz_frame - every byte of a text is in exactly one record or line end, and
 * the records are those that the rule of frame.h gives when it is followed
 * word for word, byte by byte, from each line anew
 *
 * seeds: csv-spectrum frictionless-csv
 */

#include "io/csv.h"

#include "../unit/memory.h"
#include "base/buf.h"
#include "promise.h"

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

static bool
is_quote(char c, struct inv_dialect d)
{
	return c == d.quote && d.quote != INV_DIALECT_NONE;
}

static struct expected
line_at(struct inv_str s, size_t at, enum inv_flaw flaw)
{
	size_t i = at;

	while (i < s.n && end_at(s, i) == 0)
		i++;
	return (struct expected){ i - at, end_at(s, i), 0, flaw };
}

/* An escape at i that makes the byte behind it data. */
static bool
escapes(struct inv_str s, size_t i, struct inv_dialect d)
{
	return d.escape != INV_DIALECT_NONE && s.p[i] == d.escape &&
	    i + 1 < s.n && end_at(s, i + 1) == 0;
}

static struct expected
record_at(struct inv_str s, size_t at, struct inv_dialect d, size_t want)
{
	size_t i = at, fields = 1;
	bool lines = false;

	for (;;) {
		if (i < s.n && is_quote(s.p[i], d)) {
			for (i++;; i++) {
				if (i == s.n)
					return line_at(s, at,
					    INV_FLAW_UNCLOSED);
				lines |= end_at(s, i) != 0;
				if (escapes(s, i, d)) {
					i++;
					continue;
				}
				if (!is_quote(s.p[i], d))
					continue;
				if (i + 1 == s.n || !is_quote(s.p[i + 1], d))
					break;
				i++;
			}
			i++;
			if (i < s.n && s.p[i] != d.delimiter &&
			    end_at(s, i) == 0)
				return line_at(s, at, INV_FLAW_BEHIND);
		}
		while (i < s.n && s.p[i] != d.delimiter && end_at(s, i) == 0)
			i += escapes(s, i, d) ? 2 : 1;
		if (i == s.n || s.p[i] != d.delimiter)
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

/* The field of a sound record that begins at i, into *to; where it ends. */
static size_t
field_at(struct inv_str s, size_t i, struct inv_dialect d, struct inv_buf *to)
{
	bool quoted = i < s.n && is_quote(s.p[i], d);

	inv_buf_reset(to);
	i += quoted;
	for (; i < s.n; i++) {
		if (escapes(s, i, d)) {
			inv_buf_byte(to, s.p[++i]);
			continue;
		}
		if (!quoted && s.p[i] == d.delimiter)
			break;
		if (quoted && is_quote(s.p[i], d) &&
		    (++i == s.n || !is_quote(s.p[i], d)))
			break;
		inv_buf_byte(to, s.p[i]);
	}
	return i;
}

static bool
needs_care(struct inv_str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == '"' || s.p[i] == '\\' ||
		    (unsigned char)s.p[i] < 0x20)
			return true;
	return false;
}

static void
compare_fields(const struct inv_str *field, const struct inv_framed *rec,
    struct inv_dialect d)
{
	struct inv_buf want = INV_BUF(INV_FRAME_RECORD_MAX);
	size_t i = 0;

	promise(field != NULL);
	for (size_t k = 0; k < rec->fields; k++) {
		size_t from = i;

		i = field_at(rec->raw, i, d, &want) + 1;
		promise(inv_str_eq(field[k], inv_buf_str(&want)));
		promise((field[k].p == NULL) == (i - from == 1));
		promise(rec->special || !needs_care(field[k]));
	}
	promise(i == rec->raw.n + 1);
	inv_buf_free(&want);
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
	static const char quotes[] = { '"', '"', '\'', INV_DIALECT_NONE };
	const struct inv_dialect dialect = {
		.delimiter = bytes[0] & 1 ? ',' : '\t',
		.quote = quotes[bytes[0] >> 1 & 3],
		.escape = bytes[0] & 8 ? '\\' : INV_DIALECT_NONE,
	};
	const size_t want = bytes[1] % 5;
	struct inv_str text = { (const char *)bytes + 3, n - 3 };
	struct memory m = { text, INV_PULL_LEAST + bytes[2] };
	struct inv_frame *f = inv_frame_new(memory_pull(&m), 0, dialect);
	struct inv_csv *csv = inv_csv_new(dialect);
	struct inv_framed rec;
	struct inv_err err;
	size_t at = 0;

	inv_frame_expect(f, want);
	while (inv_frame_next(f, &rec, &err) == INV_NEXT_LINE) {
		struct expected e = record_at(text, at, dialect, want);

		promise(rec.offset == at);
		compare(&rec, &e);
		promise(memcmp(text.p + at, rec.raw.p, rec.raw.n) == 0);
		at += rec.size;
		if (rec.flaw == INV_FLAW_NONE &&
		    rec.fields <= INV_FRAME_FIELDS_MAX)
			compare_fields(inv_csv_split(csv, &rec, &err), &rec,
			    dialect);
	}
	promise(at == text.n);
	/* Seven passes over the text, and what refilling reads again. */
	promise(inv_frame_work(f) <= 7 * text.n + 64);
	inv_csv_free(csv);
	inv_frame_free(f);
	return 0;
}
