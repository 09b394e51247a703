/* baseline.c - a profile as a file */

#include "data/baseline.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "data/emit.h"
#include "data/json.h"
#include "data/number.h"

enum {
	VERSION = 1,
	WHOLE_DIGITS = 15, /* of a count: no manifest has as many rows */
	PLACE = 64,        /* bytes of "columns/4095/thresholds" */
	NUMBER_TEXT = 64,  /* bytes of a decimal as strtod(3) takes it */
};

/* ---- writing ---- */

/* Long whole numbers with an exponent: data/json takes no others. */
static void
put_number(struct inv_buf *b, double v)
{
	char text[INV_NUMBER_TEXT];
	struct inv_str s = { text, inv_number_of(v, text) };

	inv_emit_raw(b, s);
	if (s.n > WHOLE_DIGITS && inv_look_of(s) == INV_LOOK_INTEGER)
		inv_buf_add(b, INV_LIT("e0"));
}

static void
put_thresholds(struct inv_buf *b, const struct inv_thresholds *t)
{
	inv_emit_key(b, INV_LIT("thresholds"));
	inv_emit_open(b, '{');
	for (int i = 0; i < INV_THRESHOLDS; i++) {
		inv_emit_key(b, inv_threshold_name((enum inv_threshold)i));
		put_number(b, t->at[i]);
	}
	inv_emit_close(b, '}');
}

static void
put_looks(struct inv_buf *b, const struct inv_figures *f)
{
	inv_emit_key(b, INV_LIT("looks"));
	inv_emit_open(b, '{');
	for (int i = 0; i < INV_LOOKS; i++)
		if (f->looks[i] > 0)
			inv_emit_member_u64(b, inv_look_name((enum inv_look)i),
			    f->looks[i]);
	inv_emit_close(b, '}');
}

static void
put_list(struct inv_buf *b, struct inv_str name, const uint64_t *v, size_t n)
{
	inv_emit_key(b, name);
	inv_emit_open(b, '[');
	for (size_t i = 0; i < n; i++)
		inv_emit_u64(b, v[i]);
	inv_emit_close(b, ']');
}

/* [[number,how often],...] */
static void
put_sample(struct inv_buf *b, const struct inv_figures *f)
{
	inv_emit_key(b, INV_LIT("sample"));
	inv_emit_open(b, '[');
	for (size_t i = 0, k; i < f->sampled; i = k) {
		for (k = i + 1; k < f->sampled; k++)
			if (f->sample[k] > f->sample[i])
				break;
		inv_emit_open(b, '[');
		put_number(b, f->sample[i]);
		inv_emit_u64(b, k - i);
		inv_emit_close(b, ']');
	}
	inv_emit_close(b, ']');
}

/* [[value,how often],...] */
static void
put_values(struct inv_buf *b, const struct inv_figures *f)
{
	inv_emit_key(b, INV_LIT("values"));
	inv_emit_open(b, '[');
	for (size_t i = 0; i < f->values.n; i++) {
		inv_emit_open(b, '[');
		inv_emit_str(b, inv_count_text(&f->values.at[i]));
		inv_emit_u64(b, f->values.at[i].n);
		inv_emit_close(b, ']');
	}
	inv_emit_close(b, ']');
}

static void
put_column(struct inv_buf *b, const struct inv_figures *f)
{
	inv_emit_open(b, '{');
	inv_emit_member_str(b, INV_LIT("name"), f->name);
	put_looks(b, f);
	if (f->shortest <= f->longest)
		put_list(b, INV_LIT("length"),
		    (const uint64_t[]){ f->shortest, f->longest }, 2);
	if (f->digits > 0)
		put_list(b, INV_LIT("digits"),
		    (const uint64_t[]){
			f->digits, f->padded, f->least_digits, f->most_digits },
		    4);
	if (inv_figures_is_numeric(f))
		put_sample(b, f);
	else if (inv_figures_is_category(f))
		put_values(b, f);
	inv_emit_close(b, '}');
}

void
inv_baseline_write(const struct inv_baseline *b, struct inv_buf *out)
{
	inv_emit_open(out, '{');
	inv_emit_member_u64(out, INV_LIT("inv_baseline"), VERSION);
	inv_emit_member_str(out, INV_LIT("manifest"),
	    (struct inv_str){ b->manifest, sizeof(b->manifest) });
	inv_emit_member_u64(out, INV_LIT("manifests"), b->manifests);
	inv_emit_member_u64(out, INV_LIT("rows"), b->profile.rows);
	inv_buf_add(out, INV_LIT(",\n"));
	put_thresholds(out, &b->thresholds);
	inv_buf_add(out, INV_LIT(",\n"));
	inv_emit_key(out, INV_LIT("columns"));
	inv_emit_open(out, '[');
	for (size_t i = 0; i < b->profile.n; i++) {
		inv_buf_add(out, i == 0 ? INV_LIT("\n") : INV_LIT(",\n"));
		put_column(out, &b->profile.at[i]);
	}
	inv_buf_add(out, INV_LIT("\n]}\n"));
}

/* ---- reading ---- */

struct reader {
	struct inv_baseline *b;
	char place[PLACE]; /* "columns/3/", or empty */
	struct inv_err *err;
};

static bool
wrong(const struct reader *r, const char *member, const char *what)
{
	return inv_fail(r->err, INV_CONFIG, "%s%s: %s", r->place, member, what);
}

static bool
is(const struct inv_json *j, enum inv_kind kind)
{
	return j != NULL && inv_json_kind(j) == kind;
}

static bool
read_count(const struct inv_json *j, uint64_t *v)
{
	struct inv_decimal d;

	if (j == NULL || !inv_json_decimal(j, &d) || d.negative ||
	    !inv_decimal_is_whole(&d) || d.point > WHOLE_DIGITS)
		return false;
	*v = 0;
	for (int i = 0; i < d.point; i++)
		*v = *v * 10 + (uint64_t)(i < d.n ? d.digit[i] - '0' : 0);
	return true;
}

static bool
read_number(const struct inv_json *j, double *v)
{
	char text[NUMBER_TEXT];
	struct inv_decimal d;

	if (j == NULL || !inv_json_decimal(j, &d))
		return false;
	snprintf(text, sizeof(text), "%s0.%.*s0e%d", d.negative ? "-" : "", d.n,
	    d.digit, d.point);
	*v = strtod(text, NULL);
	return true;
}

/* A list of n counts; false for anything else. */
static bool
read_counts(const struct inv_json *j, uint64_t *v, size_t n)
{
	if (!is(j, INV_KIND_ARRAY) || inv_json_count(j) != n)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!read_count(inv_json_at(j, i), &v[i]))
			return false;
	return true;
}

static bool
read_looks(struct reader *r, struct inv_figures *f, const struct inv_json *j)
{
	const struct inv_json *value;
	struct inv_str key;
	void *walk = NULL;

	if (!is(j, INV_KIND_OBJECT))
		return wrong(r, "looks", "not an object");
	while (inv_json_next(j, &walk, &key, &value)) {
		int i = 0;

		while (i < INV_LOOKS &&
		    !inv_str_eq(key, inv_look_name((enum inv_look)i)))
			i++;
		if (i == INV_LOOKS || !read_count(value, &f->looks[i]))
			return wrong(r, "looks", "not counts of looks");
	}
	if (inv_figures_rows(f) > r->b->profile.rows)
		return wrong(r, "looks", "more than there are rows");
	return true;
}

static bool
read_length(struct reader *r, struct inv_figures *f, const struct inv_json *j)
{
	uint64_t v[2];

	if (!read_counts(j, v, 2))
		return wrong(r, "length", "not two counts");
	f->shortest = v[0];
	f->longest = v[1];
	return true;
}

static bool
read_digits(struct reader *r, struct inv_figures *f, const struct inv_json *j)
{
	uint64_t v[4];

	if (!read_counts(j, v, 4))
		return wrong(r, "digits", "not four counts");
	f->digits = v[0];
	f->padded = v[1];
	f->least_digits = v[2];
	f->most_digits = v[3];
	return true;
}

/* The i-th of a list of pairs, each of something and a count above 0. */
static const struct inv_json *
pair_at(const struct inv_json *list, size_t i, uint64_t *n)
{
	const struct inv_json *pair = inv_json_at(list, i);

	if (!is(pair, INV_KIND_ARRAY) || inv_json_count(pair) != 2 ||
	    !read_count(inv_json_at(pair, 1), n) || *n == 0)
		return NULL;
	return inv_json_at(pair, 0);
}

static bool
read_sample(struct reader *r, struct inv_figures *f, const struct inv_json *j)
{
	double v;
	uint64_t n;

	if (!is(j, INV_KIND_ARRAY))
		return wrong(r, "sample", "not a list");
	f->sample = inv_mem_resize(f->sample, INV_SAMPLE, sizeof(*f->sample));
	for (size_t i = 0; i < inv_json_count(j); i++) {
		if (!read_number(pair_at(j, i, &n), &v))
			return wrong(r, "sample", "not numbers and counts");
		if (n > INV_SAMPLE - f->sampled)
			return wrong(r, "sample", "too many numbers");
		if (f->sampled > 0 && v <= f->sample[f->sampled - 1])
			return wrong(r, "sample", "not in ascending order");
		while (n-- > 0)
			f->sample[f->sampled++] = v;
	}
	return true;
}

static bool
read_values(struct reader *r, struct inv_figures *f, const struct inv_json *j)
{
	struct inv_profile *p = &r->b->profile;
	struct inv_str text;
	uint64_t n;

	if (!is(j, INV_KIND_ARRAY))
		return wrong(r, "values", "not a list");
	for (size_t i = 0; i < inv_json_count(j); i++) {
		const struct inv_json *value = pair_at(j, i, &n);

		if (value == NULL || !inv_json_str(value, &text))
			return wrong(r, "values", "not strings and counts");
		inv_tally_add(&f->values, text, n, &p->budget);
	}
	if (f->values.starved || !inv_tally_is_exact(&f->values))
		return wrong(r, "values", "too many, or too long");
	inv_tally_sort(&f->values);
	return true;
}

static bool
read_column_member(struct reader *r, struct inv_figures *f, struct inv_str key,
    const struct inv_json *value)
{
	if (inv_str_is(key, "name"))
		return true;
	if (inv_str_is(key, "looks"))
		return read_looks(r, f, value);
	if (inv_str_is(key, "length"))
		return read_length(r, f, value);
	if (inv_str_is(key, "digits"))
		return read_digits(r, f, value);
	if (inv_str_is(key, "sample"))
		return read_sample(r, f, value);
	if (inv_str_is(key, "values"))
		return read_values(r, f, value);
	return wrong(r, key.p, "unknown member");
}

static bool
read_column(struct reader *r, const struct inv_json *column)
{
	const struct inv_json *name = inv_json_member(column, "name");
	struct inv_profile *p = &r->b->profile;
	const struct inv_json *value;
	struct inv_str key;
	void *walk = NULL;
	size_t before = p->n;

	if (name == NULL || !inv_json_str(name, &key))
		return wrong(r, "name", "missing, or not a string");
	struct inv_figures *f = inv_profile_make(p, key);

	if (f == NULL)
		return wrong(r, "name", "too many columns");
	if (p->n == before)
		return wrong(r, "name", "is there twice");
	if (inv_json_member(column, "looks") == NULL)
		return wrong(r, "looks", "missing");
	while (inv_json_next(column, &walk, &key, &value))
		if (!read_column_member(r, f, key, value))
			return false;
	return true;
}

static bool
read_columns(struct reader *r, const struct inv_json *j)
{
	if (!is(j, INV_KIND_ARRAY))
		return wrong(r, "columns", "missing, or not a list");
	for (size_t i = 0; i < inv_json_count(j); i++) {
		snprintf(r->place, sizeof(r->place), "columns/%zu/", i);
		if (!read_column(r, inv_json_at(j, i)))
			return false;
	}
	r->place[0] = '\0';
	return true;
}

static bool
read_thresholds(struct reader *r, const struct inv_json *j)
{
	const struct inv_json *value;
	struct inv_str key;
	void *walk = NULL;
	double v;

	if (!is(j, INV_KIND_OBJECT))
		return wrong(r, "thresholds", "not an object");
	snprintf(r->place, sizeof(r->place), "thresholds/");
	while (inv_json_next(j, &walk, &key, &value)) {
		int i = 0;

		while (i < INV_THRESHOLDS &&
		    !inv_str_eq(key, inv_threshold_name((enum inv_threshold)i)))
			i++;
		if (i == INV_THRESHOLDS)
			return wrong(r, key.p, "unknown member");
		if (!read_number(value, &v) ||
		    !inv_threshold_fits((enum inv_threshold)i, v))
			return wrong(r, key.p, "not a number that it may be");
		r->b->thresholds.at[i] = v;
	}
	r->place[0] = '\0';
	return true;
}

static bool
read_manifest(struct reader *r, const struct inv_json *j)
{
	unsigned char id[INV_MANIFEST_ID / 2];
	struct inv_str text;

	if (j == NULL || !inv_json_str(j, &text) ||
	    !inv_str_unhex(text, id, sizeof(id)))
		return wrong(r, "manifest",
		    "missing, or not 64 hexadecimal digits");
	memcpy(r->b->manifest, text.p, sizeof(r->b->manifest));
	return true;
}

/* What must be there, in an order of its own: columns need to know the rows. */
static bool
read_head(struct reader *r, const struct inv_json *j)
{
	uint64_t version;

	if (!read_count(inv_json_member(j, "inv_baseline"), &version))
		return inv_fail(r->err, INV_CONFIG,
		    "not a baseline: no inv_baseline");
	if (version != VERSION)
		return wrong(r, "inv_baseline", "a version that is not known");
	if (!read_manifest(r, inv_json_member(j, "manifest")))
		return false;
	if (!read_count(inv_json_member(j, "manifests"), &r->b->manifests))
		return wrong(r, "manifests", "missing, or not a count");
	if (!read_count(inv_json_member(j, "rows"), &r->b->profile.rows))
		return wrong(r, "rows", "missing, or not a count");
	return true;
}

static bool
knows_all(struct reader *r, const struct inv_json *j)
{
	static const char *const known[] = { "inv_baseline", "manifest",
		"manifests", "rows", "thresholds", "columns" };
	const struct inv_json *value;
	struct inv_str key;
	void *walk = NULL;

	while (inv_json_next(j, &walk, &key, &value)) {
		size_t i = 0;

		while (i < sizeof(known) / sizeof(*known) &&
		    !inv_str_is(key, known[i]))
			i++;
		if (i == sizeof(known) / sizeof(*known))
			return wrong(r, key.p, "unknown member");
	}
	return true;
}

static bool
read_all(struct reader *r, const struct inv_json *j)
{
	const struct inv_json *thresholds = inv_json_member(j, "thresholds");

	return read_head(r, j) && knows_all(r, j) &&
	    (thresholds == NULL || read_thresholds(r, thresholds)) &&
	    read_columns(r, inv_json_member(j, "columns"));
}

bool
inv_baseline_read(struct inv_baseline *b, struct inv_str text,
    struct inv_err *err)
{
	struct reader r = { .b = b, .err = err };
	struct inv_json *j = inv_json_new(text, err);

	*b = (struct inv_baseline){ .thresholds = inv_thresholds_usual() };
	if (j == NULL) {
		err->fault = INV_CONFIG;
		return false;
	}
	inv_profile_init(&b->profile, (struct inv_str){ 0 });
	bool ok = read_all(&r, j);

	inv_json_free(j);
	if (!ok)
		inv_baseline_free(b);
	return ok;
}

void
inv_baseline_free(struct inv_baseline *b)
{
	inv_profile_free(&b->profile);
}
