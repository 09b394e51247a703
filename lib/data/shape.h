/*
 * shape.h - the form that the codes of a column have in common
 *
 * Runs of characters of a class, and what stands between them: of LAB-0001 and
 * LAB-0412 the form is ^LAB-[0-9]{4}$.  Only codes have a form worth asking
 * for: words and sentences have none, and neither have values that are all the
 * same.  What is made is anchored and matches in linear time.
 */
#ifndef INV_DATA_SHAPE_H
#define INV_DATA_SHAPE_H

#include "base/buf.h"

enum {
	INV_SHAPE_RUNS = 24,      /* of a value */
	INV_SHAPE_TEXT = 12,      /* bytes of a run that is always the same */
	INV_SHAPE_VALUES = 3,     /* before there is a form */
	INV_SHAPE_PATTERN = 2048, /* bytes of a pattern, at most */
};

enum {
	INV_CLASS_UPPER = 1 << 0,
	INV_CLASS_LOWER = 1 << 1,
	INV_CLASS_DIGIT = 1 << 2,
};

struct inv_run_shape {
	uint8_t classes; /* of a run of letters and digits; 0: a mark */
	bool same;       /* text is that of every value */
	bool zero;       /* a value of it begins with 0 */
	uint32_t min;    /* characters */
	uint32_t max;
	char text[INV_SHAPE_TEXT];
};

/* Runs of values; n is SIZE_MAX where the values have no runs in common. */
struct inv_runs {
	size_t n;
	struct inv_run_shape at[INV_SHAPE_RUNS];
};

/* Zero is the shape of no values. */
struct inv_shape {
	uint64_t values;
	struct inv_runs fine;   /* runs of one class each */
	struct inv_runs coarse; /* runs of letters and digits mixed */
	uint8_t classes;        /* of all characters */
	bool blank;             /* some value has one */
	bool strange;           /* or what is not printable ASCII */
	uint64_t marks[2];      /* other characters, by their code */
};

void inv_shape_add(struct inv_shape *s, struct inv_str value);

/* Add a regular expression that every value matches; false if there is none
 * worth having. */
INV_MUST bool inv_shape_pattern(const struct inv_shape *s, struct inv_buf *out);

#endif
