/*
 * drift.h - what changed between two profiles, as far as it is not chance
 *
 * Each finding has a score, an effect that a person can read, and is one where
 * the score is past both the threshold of the data set and what chance makes
 * of it (data/stat).  The alpha of the tests is divided by the columns that
 * both profiles have, so that wide manifests do not cry wolf (Bonferroni).
 */
#ifndef INV_DATA_DRIFT_H
#define INV_DATA_DRIFT_H

#include "data/profile.h"

/* What a data set may set for itself. */
enum inv_threshold {
	INV_ALPHA,           /* chance of a false finding, of one test */
	INV_KS,              /* distance of distribution functions */
	INV_MIN_ROWS,        /* fewer are not tested */
	INV_NEW_VALUES,      /* share of the values */
	INV_NULL_RATE,       /* difference of shares */
	INV_PSI,             /* population stability index */
	INV_TYPE_SHARE,      /* difference of shares */
	INV_VANISHED_VALUES, /* share of the values */
};

enum { INV_THRESHOLDS = INV_VANISHED_VALUES + 1 };

struct inv_thresholds {
	double at[INV_THRESHOLDS];
};

/* "alpha", "ks", "min_rows" ...; in the order of their names. */
struct inv_str inv_threshold_name(enum inv_threshold t);

/* A threshold may have that value. */
bool inv_threshold_fits(enum inv_threshold t, double v);

/* Those of a data set that has none of its own. */
struct inv_thresholds inv_thresholds_usual(void);

enum inv_drift {
	INV_DRIFT_MISSING_COLUMN,
	INV_DRIFT_NEW_COLUMN,
	INV_DRIFT_RENAMED_COLUMN, /* was and is have other names */
	INV_DRIFT_NULL_RATE,
	INV_DRIFT_TYPE,
	INV_DRIFT_NEW_VALUES,
	INV_DRIFT_VANISHED_VALUES,
	INV_DRIFT_CATEGORIES,
	INV_DRIFT_NUMBERS,
};

/* "missing_column" ... */
struct inv_str inv_drift_name(enum inv_drift kind);

struct inv_finding {
	enum inv_drift kind;
	const struct inv_figures *was; /* NULL of a new column */
	const struct inv_figures *is;  /* NULL of a missing one */
	double score;                  /* 0 of the first three */
	double threshold;
	size_t values; /* how many are new, or vanished */
};

/* Views into both profiles. */
struct inv_findings {
	struct inv_finding *at;
	size_t n;
	size_t cap;
	bool few; /* rows: distributions were not looked at */
};

void inv_findings_free(struct inv_findings *f);

/* Both are settled.  *out, emptied first, has the baseline's columns first. */
void inv_drift_compare(const struct inv_profile *was,
    const struct inv_profile *is, const struct inv_thresholds *thresholds,
    struct inv_findings *out);

/* A column's share of rows without a value: missing, null or empty. */
double inv_null_rate(const struct inv_profile *p, const struct inv_figures *f);

/* Nine values in ten are numbers, and the column is tested as such. */
bool inv_figures_is_numeric(const struct inv_figures *f);

/*
 * Every value is known, they come ten times on average, and they are no dates:
 * those of the next quarter are others anyway.
 */
bool inv_figures_is_category(const struct inv_figures *f);

/* A value of `of` has no place among the values of `in`. */
bool inv_value_is_new(const struct inv_figures *in, const struct inv_count *of);

#endif
