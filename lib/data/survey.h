/*
 * survey.h - what the members of many records are, for drafting a schema
 *
 * A tree of places: the columns, and below those that hold objects and arrays
 * what is in them.  Of each place it is known which kinds of values stand
 * there, what all its strings could be read as, the range of its numbers, and
 * what its strings have in common.  Memory is bounded whatever the
 * number of rows; past a ceiling a place says `open`: there is more in it than
 * is known.
 */
#ifndef INV_DATA_SURVEY_H
#define INV_DATA_SURVEY_H

#include "data/number.h"
#include "data/scan.h"
#include "data/shape.h"
#include "data/syntax.h"
#include "data/tally.h"

enum {
	INV_SURVEY_PLACES = 8192,    /* of all depths */
	INV_SURVEY_DEPTH = 8,        /* of objects and arrays in each other */
	INV_SURVEY_NAMES = 1 << 20,  /* bytes of the names of places */
	INV_SURVEY_TALLY = 16 << 20, /* bytes of values that are told apart */
};

/* Strings that are all of one format. */
enum inv_form {
	INV_FORM_DATE,
	INV_FORM_DATE_TIME,
	INV_FORM_UUID,
	INV_FORM_EMAIL,
	INV_FORM_IPV4,
	INV_FORM_URI,
};

enum { INV_FORMS = INV_FORM_URI + 1 };

struct inv_site {
	struct inv_str name;    /* as between quotes, in its shortest form */
	struct inv_site *up;    /* that it is a member of; NULL of elements */
	struct inv_site *first; /* of the members, in the order they came */
	struct inv_site *last;
	struct inv_site *next;
	struct inv_site *items; /* of all elements together */
	size_t index;           /* among its siblings */
	unsigned depth;
	bool open; /* it holds members that have no site */

	uint64_t seen;                       /* values */
	uint64_t kinds[INV_KIND_OBJECT + 1]; /* of them; not of cells */
	uint64_t wholes;                     /* of the numbers */
	uint64_t cells; /* strings of sources without types */
	uint64_t empty; /* strings, cells too, that are "" */

	/* Of the strings and cells that are not empty. */
	uint64_t texts;
	uint64_t as_whole; /* of the cells: that are read so */
	uint64_t as_number;
	uint64_t as_boolean;
	unsigned forms;   /* 1 << enum inv_form: that all of them are */
	uint64_t longest; /* characters */
	bool digits;      /* some have one */
	struct inv_shape *shape;
	struct inv_tally tally;

	/* Of the numbers, and of the cells that are read so. */
	bool ranged;
	struct inv_decimal least;
	struct inv_decimal greatest;
};

struct inv_survey {
	uint64_t rows;
	struct inv_site root; /* a record */
	size_t places;
	struct inv_site **slot; /* members by up and name, an open table */
	size_t names;           /* bytes left */
	size_t budget;          /* the same, for tallies */
	struct inv_buf text;    /* of a value, or of a name */
};

void inv_survey_init(struct inv_survey *s);
void inv_survey_free(struct inv_survey *s);

/* There is a column of that name (undecoded), whether rows have it or not. */
void inv_survey_column(struct inv_survey *s, struct inv_str name);

/*
 * A record as scanned.  cells: its source has no types, its strings are cells.
 */
void inv_survey_add(struct inv_survey *s, const struct inv_members *fields,
    bool cells);

/* The column of a member of a record that was added; NULL past a ceiling. */
struct inv_site *inv_survey_site(struct inv_survey *s,
    const struct inv_member *member, struct inv_site **hint);

/* The name of the form as `format` has it. */
struct inv_str inv_form_name(enum inv_form form);

#endif
