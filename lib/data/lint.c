/*
 * lint.c - what is not wrong with a schema, and can not be meant either
 *
 * Values that stand in the schema are held against it all at once: a second
 * schema has the first under $defs, and a property for each of them that
 * refers to the place where it stands.
 */

#include "data/lint.h"

#include <stdlib.h>

#include "base/log.h"
#include "base/mem.h"
#include "data/emit.h"
#include "data/lint_walk.h"
#include "data/uri.h"

enum { SHOWN_MAX = 4096 }; /* bytes of a finding before it is cut */

#define DOCUMENT "urn:inv:lint" /* the $id of a schema that has none */

static struct inv_str
words_of(const struct inv_lint *l, size_t from, size_t n)
{
	return (struct inv_str){ l->words.p + from, n };
}

/* ---- what nothing refers to ---- */

/* The reference goes to the definition, or to something in it. */
static bool
refers(struct inv_str ref, struct inv_str tail, struct inv_buf *text)
{
	const char *hash = memchr(ref.p, '#', ref.n);

	inv_buf_reset(text);
	if (hash == NULL ||
	    !inv_uri_decode((struct inv_str){ hash + 1,
				ref.n - (size_t)(hash - ref.p) - 1 },
		text))
		return false;
	const char *end = text->p + text->n;
	const char *at =
	    text->n == 0 ? NULL : memmem(text->p, text->n, tail.p, tail.n);

	return at != NULL && (at + tail.n == end || at[tail.n] == '/');
}

static bool
has(struct inv_str text, const char *word)
{
	return memmem(text.p, text.n, word, strlen(word)) != NULL;
}

/* What has a name of its own may be meant by that. */
static bool
is_named(const struct inv_lint_def *d)
{
	return has(d->text, "\"$id\"") || has(d->text, "\"$anchor\"") ||
	    has(d->text, "\"$dynamicAnchor\"");
}

static bool
is_used(const struct inv_lint *l, const struct inv_lint_def *d,
    struct inv_buf *text)
{
	struct inv_place defs = { .key = INV_LIT("$defs") };
	struct inv_place place = { .up = &defs, .key = d->key };
	struct inv_buf tail = INV_BUF(INV_LINT_TEXT);
	bool used = is_named(d);

	inv_lint_pointer(&tail, &place);
	for (size_t i = 0; i < l->n_refs && !used; i++)
		used = refers(l->refs[i], inv_buf_str(&tail), text);
	inv_buf_free(&tail);
	return used;
}

void
inv_lint_defs(struct inv_lint *l)
{
	struct inv_buf text = INV_BUF(INV_LINT_TEXT);

	for (size_t i = 0; i < l->n_defs; i++) {
		const struct inv_lint_def *d = &l->defs[i];
		struct inv_buf pointer = INV_BUF(INV_LINT_TEXT);

		if (is_used(l, d, &text))
			continue;
		/* say adds to words, where the pointer is. */
		inv_buf_add(&pointer, words_of(l, d->pointer, d->pointer_n));
		inv_lint_say(l, d->key, inv_buf_str(&pointer),
		    "nothing refers to it");
		inv_buf_free(&pointer);
	}
	inv_buf_free(&text);
}

/* ---- values that should fit ---- */

/* The schema, with an $id, and without what only the outermost may have. */
static struct inv_str
add_document(struct inv_str text, struct inv_buf *out)
{
	struct inv_str id = INV_LIT("\"" DOCUMENT "\"");

	inv_emit_open(out, '{');
	for (struct inv_member m; inv_scan_each(&text, &m);) {
		if (inv_str_is(m.key, "$id"))
			id = m.value;
		else if (!inv_str_is(m.key, "x-inv-key"))
			inv_emit_member_raw(out, m.key, m.value);
	}
	inv_emit_member_raw(out, INV_LIT("$id"), id);
	inv_emit_close(out, '}');
	return (struct inv_str){ id.p + 1, id.n - 2 };
}

/* A pointer as a fragment: what might be something else in a URI, as %41. */
static void
add_fragment(struct inv_buf *out, struct inv_str pointer)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789-._~/$";

	inv_buf_byte(out, '#');
	for (size_t i = 0; i < pointer.n; i++)
		if (memchr(plain, pointer.p[i], sizeof(plain) - 1) != NULL)
			inv_buf_byte(out, pointer.p[i]);
		else
			inv_buf_addf(out, "%%%02X",
			    (unsigned char)pointer.p[i]);
}

static void
build_schema(const struct inv_lint *l, struct inv_buf *out)
{
	inv_buf_addf(out, "{\"$defs\":{\"of\":");
	struct inv_str id = add_document(inv_lint_outermost(l->text), out);

	inv_buf_addf(out, "},\"properties\":{");
	for (size_t i = 0; i < l->n_values; i++) {
		const struct inv_lint_value *v = &l->values[i];

		inv_buf_addf(out, "%s\"%zu\":{\"$ref\":\"%.*s",
		    i == 0 ? "" : ",", i,
		    (int)(id.n - (id.n > 0 && id.p[id.n - 1] == '#')), id.p);
		add_fragment(out, words_of(l, v->pointer, v->pointer_n));
		inv_buf_addf(out, "\"}");
	}
	inv_buf_addf(out, "}}");
}

static void
build_record(const struct inv_lint *l, struct inv_buf *out)
{
	for (size_t i = 0; i < l->n_values; i++) {
		inv_buf_addf(out, "%s\"%zu\":", i == 0 ? "{" : ",", i);
		inv_buf_add(out, l->values[i].text);
	}
	inv_buf_byte(out, '}');
}

/* The first flaw of each value; a place begins with the value's number. */
static void
say_flaws(struct inv_lint *l, const struct inv_flaws *flaws)
{
	struct inv_buf text = INV_BUF(INV_LINT_TEXT);
	struct inv_buf pointer = INV_BUF(INV_LINT_TEXT);
	size_t last = SIZE_MAX;

	for (size_t i = 0; i < flaws->n; i++) {
		uint64_t k;

		inv_buf_reset(&text);
		inv_flaws_place(flaws, i, &text);
		struct inv_str first = { text.p, strnlen(text.p, text.n) };
		const char *slash = memchr(first.p, '/', first.n);

		if (slash != NULL)
			first.n = (size_t)(slash - first.p);
		if (!inv_str_u64(first, 0, l->n_values - 1, &k) || k == last)
			continue;
		last = k;
		inv_buf_reset(&text);
		inv_flaws_text(flaws, i, &text);
		inv_buf_reset(&pointer);
		inv_buf_add(&pointer,
		    words_of(l, l->values[k].place, l->values[k].place_n));
		inv_lint_say(l, l->values[k].text, inv_buf_str(&pointer),
		    "does not fit: %.*s", INV_ARG(inv_buf_str(&text)));
	}
	inv_buf_free(&text);
	inv_buf_free(&pointer);
}

static void
check_values(struct inv_lint *l, struct inv_schema *schema)
{
	struct inv_scan *scan = inv_scan_new();
	struct inv_buf record = INV_BUF(INV_RECORD_MAX);
	struct inv_buf out = INV_BUF(INV_SCHEMA_OUT);
	struct inv_flaws flaws = INV_FLAWS;
	struct inv_flaws warnings = INV_FLAWS;
	struct inv_err err;

	build_record(l, &record);
	if (!record.failed &&
	    inv_scan_object(scan, inv_buf_str(&record), &err) &&
	    !inv_schema_check(schema, inv_buf_str(&record),
		inv_scan_record(scan), INV_CELLS_TYPED, &out, &flaws,
		&warnings))
		say_flaws(l, &flaws);
	inv_flaws_free(&flaws);
	inv_flaws_free(&warnings);
	inv_buf_free(&out);
	inv_buf_free(&record);
	inv_scan_free(scan);
}

static void
look_at_values(struct inv_lint *l, const struct inv_schema_options *options)
{
	struct inv_schema_options how = *options;
	struct inv_buf text = INV_BUF(INV_SCHEMA_MAX);
	struct inv_schema *schema = NULL;
	struct inv_err err;

	if (l->n_values == 0)
		return;
	how.assert_formats = l->asserts;
	build_schema(l, &text);
	if (!text.failed)
		schema = inv_schema_new(inv_buf_str(&text), &how, &err);
	if (schema != NULL)
		check_values(l, schema);
	inv_schema_free(schema);
	inv_buf_free(&text);
}

/* ---- all of it ---- */

static int
by_place(const void *a, const void *b)
{
	const struct inv_finding *x = a;
	const struct inv_finding *y = b;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	return x->words < y->words ? -1 : 1;
}

static void
report(struct inv_lint *l, struct inv_str name, struct inv_buf *out)
{
	char shown[SHOWN_MAX];
	size_t line = 1;
	size_t at = 0;

	qsort(l->finding, l->n, sizeof(*l->finding), by_place);
	for (size_t i = 0; i < l->n; i++) {
		const struct inv_finding *f = &l->finding[i];

		for (; at < f->at; at++)
			line += l->text.p[at] == '\n';
		/* A key can have anything in it. */
		inv_log_escape(words_of(l, f->words, f->n), shown,
		    sizeof(shown));
		inv_buf_addf(out, "%.*s:%zu: %s\n", INV_ARG(name), line, shown);
	}
	if (l->more > 0)
		inv_buf_addf(out, "%.*s: %zu more\n", INV_ARG(name), l->more);
}

struct inv_str
inv_lint_outermost(struct inv_str text)
{
	while (text.n > 0 && strchr(" \t\r\n", *text.p) != NULL)
		text = (struct inv_str){ text.p + 1, text.n - 1 };
	return text;
}

void
inv_lint_begin(struct inv_lint *l, struct inv_str text, bool asserts)
{
	*l = (struct inv_lint){
		.text = text,
		.asserts = asserts,
		.words = INV_BUF(8 * INV_LINT_TEXT),
		.finding = inv_mem_new(INV_LINT_MAX * sizeof(*l->finding)),
	};
}

size_t
inv_lint_finish(struct inv_lint *l, struct inv_str name, struct inv_buf *out)
{
	report(l, name, out);
	free(l->refs);
	free(l->defs);
	free(l->values);
	free(l->finding);
	inv_buf_free(&l->words);
	return l->n + l->more;
}

size_t
inv_lint_schema(struct inv_str name, struct inv_str text,
    const struct inv_schema_options *options, struct inv_buf *out)
{
	struct inv_lint l;

	inv_lint_begin(&l, text,
	    options->assert_formats || has(text, "\"x-inv-") ||
		has(text, "format-assertion"));
	inv_lint_walk(&l, inv_lint_outermost(text), NULL, false);
	inv_lint_defs(&l);
	look_at_values(&l, options);
	return inv_lint_finish(&l, name, out);
}
