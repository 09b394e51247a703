/* drift.c - what changed between two profiles, as far as it is not chance */

#include "data/drift.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "data/stat.h"

enum {
	PAIRS_MAX = 64,        /* columns that may have been renamed */
	CATEGORY_REPEATS = 10, /* times that a category's value comes */
};

static const double NUMERIC = 0.9; /* share of numbers among the values */
static const double DATED = 0.1;   /* share of dates in a category */
static const double ALIKE = 0.1;   /* Siddiqi: no change below this psi */

static const struct {
	const char *name;
	double usual;
	double least;
	double most;
} thresholds[INV_THRESHOLDS] = {
	[INV_ALPHA] = { "alpha", 0.01, 1e-9, 0.5 },
	[INV_KS] = { "ks", 0.1, 0, 1 },
	[INV_MIN_ROWS] = { "min_rows", 100, 1, 1e12 },
	[INV_NEW_VALUES] = { "new_values", 0.01, 0, 1 },
	[INV_NULL_RATE] = { "null_rate", 0.05, 0, 1 },
	[INV_PSI] = { "psi", 0.25, 0, 1e6 },
	[INV_TYPE_SHARE] = { "type_share", 0.05, 0, 1 },
	[INV_VANISHED_VALUES] = { "vanished_values", 0.05, 0, 1 },
};

static const char *const kinds[] = {
	[INV_DRIFT_MISSING_COLUMN] = "missing_column",
	[INV_DRIFT_NEW_COLUMN] = "new_column",
	[INV_DRIFT_RENAMED_COLUMN] = "renamed_column",
	[INV_DRIFT_NULL_RATE] = "null_rate",
	[INV_DRIFT_TYPE] = "type",
	[INV_DRIFT_NEW_VALUES] = "new_values",
	[INV_DRIFT_VANISHED_VALUES] = "vanished_values",
	[INV_DRIFT_CATEGORIES] = "categories",
	[INV_DRIFT_NUMBERS] = "numbers",
};

struct inv_str
inv_threshold_name(enum inv_threshold t)
{
	return inv_str_of(thresholds[t].name);
}

bool
inv_threshold_fits(enum inv_threshold t, double v)
{
	return v >= thresholds[t].least && v <= thresholds[t].most;
}

struct inv_thresholds
inv_thresholds_usual(void)
{
	struct inv_thresholds t;

	for (int i = 0; i < INV_THRESHOLDS; i++)
		t.at[i] = thresholds[i].usual;
	return t;
}

struct inv_str
inv_drift_name(enum inv_drift kind)
{
	return inv_str_of(kinds[kind]);
}

void
inv_findings_free(struct inv_findings *f)
{
	free(f->at);
	*f = (struct inv_findings){ 0 };
}

/* Two profiles under comparison, and what was found. */
struct comparison {
	const struct inv_profile *was;
	const struct inv_profile *is;
	struct inv_thresholds limit; /* alpha divided already */
	struct inv_findings *out;
};

static void
find(struct comparison *c, struct inv_finding finding)
{
	struct inv_findings *f = c->out;

	if (f->n == f->cap) {
		f->cap = f->cap == 0 ? 16 : 2 * f->cap;
		f->at = inv_mem_resize(f->at, f->cap, sizeof(*f->at));
	}
	f->at[f->n++] = finding;
}

/* ---- figures of a column ---- */

static double
share(uint64_t n, uint64_t of)
{
	return of == 0 ? 0 : (double)n / (double)of;
}

double
inv_null_rate(const struct inv_profile *p, const struct inv_figures *f)
{
	return share(p->rows - inv_figures_values(f), p->rows);
}

bool
inv_value_is_new(const struct inv_figures *in, const struct inv_count *of)
{
	return inv_tally_count(&in->values, inv_count_text(of)) == 0;
}

bool
inv_figures_is_numeric(const struct inv_figures *f)
{
	return share(f->looks[INV_LOOK_INTEGER] + f->looks[INV_LOOK_NUMBER],
		   inv_figures_values(f)) >= NUMERIC;
}

bool
inv_figures_is_category(const struct inv_figures *f)
{
	uint64_t dates = f->looks[INV_LOOK_DATE] + f->looks[INV_LOOK_DATE_TIME];

	return inv_tally_is_exact(&f->values) && f->values.n > 0 &&
	    f->values.total >= CATEGORY_REPEATS * f->values.n &&
	    share(dates, inv_figures_values(f)) < DATED;
}

static bool
is_value(int look)
{
	return look != INV_LOOK_NULL && look != INV_LOOK_EMPTY;
}

/* ---- tests of one column ---- */

static void
compare_null_rate(struct comparison *c, struct inv_finding f)
{
	double p = inv_null_rate(c->was, f.was);
	double q = inv_null_rate(c->is, f.is);
	double limit = inv_stat_share_limit(c->limit.at[INV_ALPHA], p,
	    (double)c->was->rows, q, (double)c->is->rows);

	f.kind = INV_DRIFT_NULL_RATE;
	f.score = fabs(p - q);
	f.threshold = fmax(limit, c->limit.at[INV_NULL_RATE]);
	if (f.score > f.threshold)
		find(c, f);
}

/* The kind of value whose share changed most. */
static void
compare_types(struct comparison *c, struct inv_finding f)
{
	uint64_t n = inv_figures_values(f.was);
	uint64_t m = inv_figures_values(f.is);

	f.kind = INV_DRIFT_TYPE;
	for (int i = 0; i < INV_LOOKS; i++) {
		double p = share(f.was->looks[i], n);
		double q = share(f.is->looks[i], m);

		if (!is_value(i) || fabs(p - q) <= f.score)
			continue;
		f.score = fabs(p - q);
		f.threshold = fmax(c->limit.at[INV_TYPE_SHARE],
		    inv_stat_share_limit(c->limit.at[INV_ALPHA], p, (double)n,
			q, (double)m));
	}
	if (f.score > f.threshold)
		find(c, f);
}

static void
compare_numbers(struct comparison *c, struct inv_finding f)
{
	size_t n = f.was->sampled;
	size_t m = f.is->sampled;

	if (n == 0 || m == 0)
		return;
	f.kind = INV_DRIFT_NUMBERS;
	f.score = inv_stat_ks(f.was->sample, n, f.is->sample, m);
	f.threshold = fmax(c->limit.at[INV_KS],
	    inv_stat_ks_limit(c->limit.at[INV_ALPHA], (double)n, (double)m));
	if (f.score > f.threshold)
		find(c, f);
}

/*
 * Counts of both by the values of the baseline; returns how many others come,
 * no more than do so for certain where not all counts are exact.
 */
static double
bins_of(const struct inv_finding *f, double *was, double *is)
{
	const struct inv_tally *t = &f->was->values;
	double other = (double)f->is->values.total;

	for (size_t i = 0; i < t->n; i++) {
		was[i] = (double)t->at[i].n;
		is[i] = (double)inv_tally_count(&f->is->values,
		    inv_count_text(&t->at[i]));
		other -= is[i] + (double)f->is->values.error;
	}
	return fmax(other, 0);
}

/*
 * Good (1953): what a sample has not seen makes up about as much as the values
 * that it has seen once.
 */
static double
unseen(const struct inv_tally *t)
{
	uint64_t once = 0;

	for (size_t i = 0; i < t->n; i++)
		once += t->at[i].n == 1;
	return share(once, t->total);
}

static void
compare_new_values(struct comparison *c, struct inv_finding f, double other)
{
	double n = (double)f.was->values.total;
	double m = (double)f.is->values.total;
	double p = unseen(&f.was->values);

	f.kind = INV_DRIFT_NEW_VALUES;
	f.score = other / m;
	f.threshold = fmax(c->limit.at[INV_NEW_VALUES],
	    p + inv_stat_share_limit(c->limit.at[INV_ALPHA], p, n, f.score, m));
	for (size_t i = 0; i < f.is->values.n; i++)
		f.values += inv_value_is_new(f.was, &f.is->values.at[i]);
	if (f.score > f.threshold)
		find(c, f);
}

/* Each value that does not come is tested; alpha is for all together. */
static void
compare_vanished(struct comparison *c, struct inv_finding f)
{
	const struct inv_tally *t = &f.was->values;
	double alpha = c->limit.at[INV_ALPHA] / (double)t->n;
	double n = (double)t->total;
	double m = (double)f.is->values.total;
	double q = (double)f.is->values.error / m;

	f.kind = INV_DRIFT_VANISHED_VALUES;
	f.threshold = c->limit.at[INV_VANISHED_VALUES];
	for (size_t i = 0; i < t->n; i++) {
		double p = (double)t->at[i].n / n;

		if (!inv_value_is_new(f.is, &t->at[i]) ||
		    p - q <= inv_stat_share_limit(alpha, p, n, q, m))
			continue;
		f.values++;
		f.score += p;
	}
	if (f.score > f.threshold)
		find(c, f);
}

static void
compare_categories(struct comparison *c, struct inv_finding f)
{
	double was[INV_TALLY_VALUES];
	double is[INV_TALLY_VALUES];
	size_t bins = f.was->values.n;

	if (f.is->values.total == 0)
		return;
	compare_new_values(c, f, bins_of(&f, was, is));
	compare_vanished(c, f);
	f.kind = INV_DRIFT_CATEGORIES;
	f.score = inv_stat_psi(was, is, bins);
	f.threshold = fmax(c->limit.at[INV_PSI],
	    inv_stat_psi_limit(c->limit.at[INV_ALPHA], bins,
		(double)f.was->values.total, (double)f.is->values.total));
	if (f.score > f.threshold)
		find(c, f);
}

static bool
are_enough(const struct comparison *c, uint64_t n, uint64_t m)
{
	return (double)n >= c->limit.at[INV_MIN_ROWS] &&
	    (double)m >= c->limit.at[INV_MIN_ROWS];
}

static void
compare_column(struct comparison *c, const struct inv_figures *was,
    const struct inv_figures *is)
{
	struct inv_finding f = { .was = was, .is = is };

	if (!are_enough(c, c->was->rows, c->is->rows))
		return;
	compare_null_rate(c, f);
	if (!are_enough(c, inv_figures_values(was), inv_figures_values(is)))
		return;
	compare_types(c, f);
	if (inv_figures_is_numeric(was)) {
		if (inv_figures_is_numeric(is))
			compare_numbers(c, f);
	} else if (inv_figures_is_category(was)) {
		compare_categories(c, f);
	}
}

/* ---- columns that are not in both ---- */

/* It is in so many rows of p that rows without it are not chance. */
static bool
is_expected(const struct comparison *c, const struct inv_profile *p,
    const struct inv_figures *f, uint64_t rows)
{
	return pow(1 - share(inv_figures_rows(f), p->rows), (double)rows) <
	    c->limit.at[INV_ALPHA];
}

static bool
same_shares(const struct comparison *c, const struct inv_figures *a,
    const struct inv_figures *b)
{
	uint64_t n = inv_figures_values(a);
	uint64_t m = inv_figures_values(b);

	if (fabs(inv_null_rate(c->was, a) - inv_null_rate(c->is, b)) >
	    c->limit.at[INV_NULL_RATE])
		return false;
	for (int i = 0; i < INV_LOOKS; i++)
		if (is_value(i) &&
		    fabs(share(a->looks[i], n) - share(b->looks[i], m)) >
			c->limit.at[INV_TYPE_SHARE])
			return false;
	return are_enough(c, n, m);
}

static bool
same_distribution(const struct comparison *c, const struct inv_figures *a,
    const struct inv_figures *b)
{
	struct inv_finding f = { .was = a, .is = b };
	double was[INV_TALLY_VALUES];
	double is[INV_TALLY_VALUES];

	if (!same_shares(c, a, b) ||
	    inv_figures_is_numeric(a) != inv_figures_is_numeric(b) ||
	    inv_figures_is_category(a) != inv_figures_is_category(b))
		return false;
	if (inv_figures_is_numeric(a))
		return a->sampled > 0 && b->sampled > 0 &&
		    inv_stat_ks(a->sample, a->sampled, b->sample, b->sampled) <
		    c->limit.at[INV_KS];
	if (inv_figures_is_category(a)) {
		double other = bins_of(&f, was, is);

		return other <=
		    c->limit.at[INV_NEW_VALUES] * (double)b->values.total &&
		    inv_stat_psi(was, is, a->values.n) < ALIKE;
	}
	return a->shortest == b->shortest && a->longest == b->longest;
}

/* Columns of one profile that the other lacks. */
struct loners {
	const struct inv_figures *at[INV_MEMBERS_MAX];
	size_t n;
};

static struct loners *
loners_of(const struct comparison *c, const struct inv_profile *p,
    const struct inv_profile *other)
{
	struct loners *l = inv_mem_new(sizeof(*l));

	for (size_t i = 0; i < p->n; i++)
		if (inv_profile_column(other, p->at[i].name) == NULL &&
		    is_expected(c, p, &p->at[i], other->rows))
			l->at[l->n++] = &p->at[i];
	return l;
}

/* What a column may be called now: by its name, else the one like it. */
static size_t
new_name_of(const struct comparison *c, const struct inv_figures *was,
    const struct loners *new)
{
	size_t found = new->n;

	for (size_t i = 0; i < new->n; i++)
		if (new->at[i] != NULL &&
		    inv_str_alike(was->name, new->at[i]->name))
			return i;
	for (size_t i = 0; i < new->n; i++) {
		if (new->at[i] == NULL ||
		    !same_distribution(c, was, new->at[i]))
			continue;
		if (found < new->n)
			return new->n;
		found = i;
	}
	return found;
}

static void
compare_loners(struct comparison *c, struct loners *gone, struct loners *new)
{
	bool pairs = gone->n <= PAIRS_MAX && new->n <= PAIRS_MAX;

	for (size_t i = 0; i < gone->n; i++) {
		size_t k = pairs ? new_name_of(c, gone->at[i], new) : new->n;

		if (k == new->n) {
			find(c,
			    (struct inv_finding){
				.kind = INV_DRIFT_MISSING_COLUMN,
				.was = gone->at[i] });
			continue;
		}
		find(c,
		    (struct inv_finding){ .kind = INV_DRIFT_RENAMED_COLUMN,
			.was = gone->at[i],
			.is = new->at[k] });
		compare_column(c, gone->at[i], new->at[k]);
		new->at[k] = NULL;
	}
	for (size_t i = 0; i < new->n; i++)
		if (new->at[i] != NULL)
			find(c,
			    (struct inv_finding){ .kind = INV_DRIFT_NEW_COLUMN,
				.is = new->at[i] });
}

void
inv_drift_compare(const struct inv_profile *was, const struct inv_profile *is,
    const struct inv_thresholds *limits, struct inv_findings *out)
{
	struct comparison c = { was, is, *limits, out };
	size_t common = 0;

	out->n = 0;
	out->few = !are_enough(&c, was->rows, is->rows);
	for (size_t i = 0; i < was->n; i++)
		common += inv_profile_column(is, was->at[i].name) != NULL;
	if (common > 1)
		c.limit.at[INV_ALPHA] /= (double)common;
	struct loners *gone = loners_of(&c, was, is);
	struct loners *new = loners_of(&c, is, was);

	compare_loners(&c, gone, new);
	for (size_t i = 0; i < was->n; i++) {
		const struct inv_figures *f =
		    inv_profile_column(is, was->at[i].name);

		if (f != NULL)
			compare_column(&c, &was->at[i], f);
	}
	free(gone);
	free(new);
}
