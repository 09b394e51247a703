/* finding.c - a finding of data/drift, for programs and for people */

#include "validate/finding.h"

#include <math.h>

#include "data/emit.h"
#include "data/number.h"

enum {
	VALUES_SHOWN = 5, /* of a column */
	QUANTILES = 5,
	NAME_SHOWN = 64, /* bytes of a column's name */
};

static const double quantiles[QUANTILES] = { 0.05, 0.25, 0.5, 0.75, 0.95 };
static const double PRECISION = 1e6; /* of a share: one row in a million */

/* ---- figures ---- */

static double
share(uint64_t n, uint64_t of)
{
	return of == 0 ? 0 : (double)n / (double)of;
}

static double
look_share(const struct inv_figures *f, int look)
{
	return share(f->looks[look], inv_figures_values(f));
}

static double
quantile(const struct inv_figures *f, double q)
{
	return f->sample[(size_t)(q * (double)(f->sampled - 1) + 0.5)];
}

/* The kind of value whose share grew most. */
static enum inv_look
shifted(const struct inv_finding *f)
{
	int found = INV_LOOK_INTEGER;
	double most = 0;

	for (int i = INV_LOOK_INTEGER; i < INV_LOOKS; i++) {
		double d = look_share(f->is, i) - look_share(f->was, i);

		if (d > most) {
			most = d;
			found = i;
		}
	}
	return (enum inv_look)found;
}

/*
 * The next value, the most frequent first, that one column has and the other
 * has not.  Start with *i = 0; NULL behind the last that is shown.
 */
static const struct inv_count *
next_only(const struct inv_figures *in, const struct inv_figures *other,
    size_t *i)
{
	while (*i < in->values.n) {
		const struct inv_count *c = &in->values.at[(*i)++];

		if (inv_value_is_new(other, c))
			return c;
	}
	return NULL;
}

/* ---- for programs ---- */

static void
put_number(struct inv_buf *b, double v)
{
	char text[INV_NUMBER_TEXT];

	inv_emit_raw(b, (struct inv_str){ text, inv_number_of(v, text) });
}

static void
put_share(struct inv_buf *b, struct inv_str name, double v)
{
	inv_emit_key(b, name);
	put_number(b, round(v * PRECISION) / PRECISION);
}

static void
put_looks(struct inv_buf *b, struct inv_str name, const struct inv_figures *f)
{
	inv_emit_key(b, name);
	inv_emit_open(b, '{');
	for (int i = INV_LOOK_INTEGER; i < INV_LOOKS; i++)
		if (f->looks[i] > 0)
			put_share(b, inv_look_name((enum inv_look)i),
			    look_share(f, i));
	inv_emit_close(b, '}');
}

static void
put_quantiles(struct inv_buf *b, struct inv_str name,
    const struct inv_figures *f)
{
	inv_emit_key(b, name);
	inv_emit_open(b, '[');
	for (size_t i = 0; i < QUANTILES; i++)
		put_number(b, quantile(f, quantiles[i]));
	inv_emit_close(b, ']');
}

/* [["A",0.25],...]: the most frequent, each with its share. */
static void
put_categories(struct inv_buf *b, struct inv_str name,
    const struct inv_figures *f)
{
	inv_emit_key(b, name);
	inv_emit_open(b, '[');
	for (size_t i = 0; i < f->values.n && i < VALUES_SHOWN; i++) {
		const struct inv_count *c = &f->values.at[i];
		double v = share(c->n, f->values.total);

		inv_emit_open(b, '[');
		inv_emit_str(b, inv_count_text(c));
		put_number(b, round(v * PRECISION) / PRECISION);
		inv_emit_close(b, ']');
	}
	inv_emit_close(b, ']');
}

static void
put_only(struct inv_buf *b, const struct inv_finding *f,
    const struct inv_figures *in, const struct inv_figures *other)
{
	const struct inv_count *c;
	size_t n = 0;
	size_t i = 0;

	inv_emit_member_u64(b, INV_LIT("count"), f->values);
	inv_emit_key(b, INV_LIT("values"));
	inv_emit_open(b, '[');
	while (n < f->values && n++ < VALUES_SHOWN &&
	    (c = next_only(in, other, &i)) != NULL)
		inv_emit_str(b, inv_count_text(c));
	inv_emit_close(b, ']');
}

static void
put_was_and_is(struct inv_buf *b, const struct inv_finding *f,
    const struct inv_profile *was, const struct inv_profile *is)
{
	struct inv_str before = INV_LIT("was");
	struct inv_str now = INV_LIT("is");

	switch (f->kind) {
	case INV_DRIFT_MISSING_COLUMN:
	case INV_DRIFT_NEW_COLUMN:
		break;
	case INV_DRIFT_RENAMED_COLUMN:
		inv_emit_member_str(b, before, f->was->name);
		inv_emit_member_str(b, now, f->is->name);
		break;
	case INV_DRIFT_NULL_RATE:
		put_share(b, before, inv_null_rate(was, f->was));
		put_share(b, now, inv_null_rate(is, f->is));
		break;
	case INV_DRIFT_TYPE:
		put_looks(b, before, f->was);
		put_looks(b, now, f->is);
		break;
	case INV_DRIFT_NEW_VALUES:
		put_only(b, f, f->is, f->was);
		break;
	case INV_DRIFT_VANISHED_VALUES:
		put_only(b, f, f->was, f->is);
		break;
	case INV_DRIFT_CATEGORIES:
		put_categories(b, before, f->was);
		put_categories(b, now, f->is);
		break;
	case INV_DRIFT_NUMBERS:
		put_quantiles(b, before, f->was);
		put_quantiles(b, now, f->is);
		break;
	}
}

static const struct inv_figures *
column_of(const struct inv_finding *f)
{
	return f->was != NULL ? f->was : f->is;
}

void
inv_finding_json(struct inv_buf *b, const struct inv_finding *f,
    const struct inv_profile *was, const struct inv_profile *is)
{
	inv_emit_open(b, '{');
	inv_emit_member_str(b, INV_LIT("column"), column_of(f)->name);
	inv_emit_member_str(b, INV_LIT("kind"), inv_drift_name(f->kind));
	put_was_and_is(b, f, was, is);
	if (f->kind >= INV_DRIFT_NULL_RATE) {
		put_share(b, INV_LIT("score"), f->score);
		put_share(b, INV_LIT("threshold"), f->threshold);
	}
	inv_emit_close(b, '}');
}

/* ---- for people ---- */

static void
add_name(struct inv_buf *b, const struct inv_figures *f)
{
	size_t n = f->name.n < NAME_SHOWN ? f->name.n : NAME_SHOWN;

	inv_buf_add(b, (struct inv_str){ f->name.p, n });
	inv_buf_add(b, n < f->name.n ? INV_LIT("...") : INV_LIT(""));
}

static void
add_percent(struct inv_buf *b, double v)
{
	inv_buf_addf(b, v >= 0.1 ? "%.0f %%" : "%.2g %%", v * 100);
}

static void
add_change(struct inv_buf *b, const char *what, double was, double is)
{
	inv_buf_addf(b, " %s ", what);
	add_percent(b, was);
	inv_buf_add(b, INV_LIT(" -> "));
	add_percent(b, is);
}

static void
add_only(struct inv_buf *b, const struct inv_finding *f, const char *what,
    const struct inv_figures *in, const struct inv_figures *other)
{
	const struct inv_count *c;
	size_t n = 0;
	size_t i = 0;

	inv_buf_addf(b, " %zu %s value%s (", f->values, what,
	    f->values == 1 ? "" : "s");
	while (n < f->values && n < VALUES_SHOWN &&
	    (c = next_only(in, other, &i)) != NULL) {
		inv_buf_add(b, n++ == 0 ? INV_LIT("") : INV_LIT(", "));
		inv_buf_add(b, inv_count_text(c));
	}
	inv_buf_add(b, n < f->values ? INV_LIT(", ...)") : INV_LIT(")"));
}

void
inv_finding_text(struct inv_buf *b, const struct inv_finding *f,
    const struct inv_profile *was, const struct inv_profile *is)
{
	add_name(b, column_of(f));
	switch (f->kind) {
	case INV_DRIFT_MISSING_COLUMN:
		inv_buf_add(b, INV_LIT(" is missing"));
		break;
	case INV_DRIFT_NEW_COLUMN:
		inv_buf_add(b, INV_LIT(" is new"));
		break;
	case INV_DRIFT_RENAMED_COLUMN:
		inv_buf_add(b, INV_LIT(" renamed "));
		add_name(b, f->is);
		break;
	case INV_DRIFT_NULL_RATE:
		add_change(b, "null rate", inv_null_rate(was, f->was),
		    inv_null_rate(is, f->is));
		break;
	case INV_DRIFT_TYPE:
		add_change(b, inv_look_name(shifted(f)).p,
		    look_share(f->was, (int)shifted(f)),
		    look_share(f->is, (int)shifted(f)));
		break;
	case INV_DRIFT_NEW_VALUES:
		add_only(b, f, "new", f->is, f->was);
		break;
	case INV_DRIFT_VANISHED_VALUES:
		add_only(b, f, "vanished", f->was, f->is);
		break;
	case INV_DRIFT_CATEGORIES:
		inv_buf_addf(b, " categories PSI %.2f", f->score);
		break;
	case INV_DRIFT_NUMBERS:
		inv_buf_addf(b, " numbers KS %.2f, median %.6g -> %.6g",
		    f->score, quantile(f->was, 0.5), quantile(f->is, 0.5));
		break;
	}
}
