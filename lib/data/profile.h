/*
 * profile.h - what the columns of a manifest look like, as figures
 *
 * Memory is bounded whatever the number of rows: of each column the counts of
 * what its values look like, their lengths, the most frequent ones
 * (data/tally), and a random sample of its numbers.  The sample is drawn with
 * a seed, so that the same rows give the same figures.
 *
 * Past a ceiling nothing breaks: further columns are left out, or have a
 * smaller sample and fewer values, and `full` says so.
 */
#ifndef INV_DATA_PROFILE_H
#define INV_DATA_PROFILE_H

#include "base/buf.h"
#include "data/scan.h"
#include "data/tally.h"

enum {
	INV_PROFILE_NAMES = 1 << 20, /* bytes of the columns' names */
	INV_PROFILE_MAX = 6 << 20,   /* bytes of values and samples */
	INV_SAMPLE = 1000,           /* numbers of a column */
};

/* What a value looks like: a number, whether in quotes or not, is a number. */
enum inv_look {
	INV_LOOK_NULL,
	INV_LOOK_EMPTY, /* "" */
	INV_LOOK_INTEGER,
	INV_LOOK_NUMBER, /* with a point or an exponent */
	INV_LOOK_BOOLEAN,
	INV_LOOK_DATE,
	INV_LOOK_DATE_TIME,
	INV_LOOK_TEXT,
	INV_LOOK_ARRAY,
	INV_LOOK_OBJECT,
};

enum { INV_LOOKS = INV_LOOK_OBJECT + 1 };

/* "null", "empty", "integer", "number", "boolean", "date", "date_time" ... */
struct inv_str inv_look_name(enum inv_look look);

/* What the inside of a string, or the text of a value, looks like. */
enum inv_look inv_look_of(struct inv_str text);

/* The figures of a column. */
struct inv_figures {
	struct inv_str name; /* decoded */
	char *text;          /* its bytes */
	uint64_t looks[INV_LOOKS];

	/* Of values other than null, empty, arrays and objects. */
	uint64_t shortest; /* in characters; meaningless where there is none */
	uint64_t longest;
	struct inv_tally values; /* by their text, decoded */

	/* Of values that are all digits. */
	uint64_t padded; /* with a zero in front of others */
	uint64_t digits; /* how many such values there are */
	uint64_t least_digits;
	uint64_t most_digits;

	/* Of numbers. */
	uint64_t numbers;
	double *sample;
	size_t sampled;
	size_t sample_max; /* room in it */
	uint64_t random;   /* the state of its draw */
};

struct inv_profile {
	uint64_t rows;
	bool full;
	size_t n;
	struct inv_figures *at; /* in the order in which they came */
	size_t cap;
	size_t budget; /* bytes left for values and samples */
	size_t names;  /* the same for names */
	uint64_t seed;
	uint16_t *slot;     /* by name: a place in `at`, from 1; or 0 */
	struct inv_buf key; /* of an escaped name or value, decoded */
};

/* The seed is a manifest's id, or any other text; it is not kept. */
void inv_profile_init(struct inv_profile *p, struct inv_str seed);
void inv_profile_free(struct inv_profile *p);

/* Add a record: an object that data/scan has accepted. */
void inv_profile_add(struct inv_profile *p, struct inv_str record);

/*
 * No record comes after this: samples are put in ascending order, values with
 * the most frequent first.
 */
void inv_profile_settle(struct inv_profile *p);

/* The numbers of a column are identifiers: none is kept, or compared. */
void inv_profile_forget(struct inv_profile *p, struct inv_str name);

/* The column of that name, or NULL. */
const struct inv_figures *inv_profile_column(const struct inv_profile *p,
    struct inv_str name);

/* The same, made if it is not there; NULL past a ceiling. */
struct inv_figures *inv_profile_make(struct inv_profile *p,
    struct inv_str name);

/* Rows in which the column is, whatever its value. */
uint64_t inv_figures_rows(const struct inv_figures *f);

/* Values of it that are neither null nor empty. */
uint64_t inv_figures_values(const struct inv_figures *f);

#endif
