/*
 * lint_walk.h - a schema as spans, for those who look for odd things in it
 *
 * Between lint.c (findings, values that do not fit), lint_rules.c (rules files,
 * which have schemas in them) and lint_walk.c (what is odd about a keyword).
 */
#ifndef INV_DATA_LINT_WALK_H
#define INV_DATA_LINT_WALK_H

#include "data/flaw.h"
#include "data/scan.h"

/* A value that should fit the schema it stands in: default, examples. */
struct inv_lint_value {
	struct inv_str text;
	size_t pointer, pointer_n; /* of that schema, in `words` */
	size_t place, place_n;     /* of the value */
};

/* A schema under $defs. */
struct inv_lint_def {
	struct inv_str key; /* undecoded */
	struct inv_str text;
	size_t pointer, pointer_n; /* in `words` */
};

struct inv_finding {
	size_t at;       /* byte of the schema's text */
	size_t words, n; /* "#/pointer: what", in `words` */
};

struct inv_lint {
	struct inv_str text;
	bool asserts; /* formats that we know */
	struct inv_buf words;
	struct inv_finding *finding;
	size_t n;
	size_t more;          /* findings that are not kept */
	struct inv_str *refs; /* $ref and $dynamicRef: strings, undecoded */
	size_t n_refs;
	struct inv_lint_def *defs;
	size_t n_defs;
	struct inv_lint_value *values;
	size_t n_values;
};

/* The value of a text, without the blanks before it. */
struct inv_str inv_lint_outermost(struct inv_str text);

/* asserts: formats that we know are. */
void inv_lint_begin(struct inv_lint *l, struct inv_str text, bool asserts);

/*
 * The findings as lines, in the order of the text, and how many there are;
 * everything is freed.
 */
size_t inv_lint_finish(struct inv_lint *l, struct inv_str name,
    struct inv_buf *out);

/*
 * Look at a schema, all or some of l->text; place is NULL for all of it.
 * part: more is said of the same value elsewhere.
 */
void inv_lint_walk(struct inv_lint *l, struct inv_str schema,
    const struct inv_place *place, bool part);

/* What was noted on the way, and nothing refers to. */
void inv_lint_defs(struct inv_lint *l);

/* Add a pointer to words: /properties/a~1b. */
void inv_lint_pointer(struct inv_buf *words, const struct inv_place *place);

/* "#POINTER: what" about what begins at span. */
void inv_lint_say(struct inv_lint *l, struct inv_str span,
    struct inv_str pointer, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* The same about what is at place. */
void inv_lint_about(struct inv_lint *l, const struct inv_place *place,
    struct inv_str span, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

#endif
