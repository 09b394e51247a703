/*
 * flaw.h - what is wrong with a record: all of it, machine-readable
 *
 * inv-stream(5) is the format of the list:
 * {"type":...,"loc":[...],"msg":...,"input":...,"ctx":{...},"schema":...,
 * "code":...,"severity":...}.
 * loc and msg together read as a sentence: "quantity is less than 0".
 */
#ifndef INV_DATA_FLAW_H
#define INV_DATA_FLAW_H

#include "base/buf.h"

enum { INV_FLAWS_MAX = 8 << 20 }; /* bytes of one record's list */

/* A way into a record, from the inside out. */
struct inv_place {
	const struct inv_place *up; /* NULL at the outermost */
	struct inv_str key;         /* undecoded; .p is NULL in an array */
	size_t index;
};

/* How much it matters: what is no error is a warning, and stops nothing. */
enum inv_severity {
	INV_SEVERITY_ERROR, /* of a schema, unsaid */
	INV_SEVERITY_CRITICAL,
	INV_SEVERITY_WARNING,
	INV_SEVERITY_INFO,
};

/* "CRITICAL", "WARNING", "INFO"; false for anything else. */
INV_MUST bool inv_severity_of(struct inv_str name, enum inv_severity *severity);

/* A rule that was broken; what it says was made when it was compiled. */
struct inv_rule {
	const char *type;      /* pydantic's name for it */
	struct inv_str msg;    /* plain text */
	struct inv_str ctx;    /* a JSON object, or empty */
	struct inv_str schema; /* JSON pointer, or empty */
	struct inv_str code;   /* TRUNCATION_RISK:title, or empty */
	enum inv_severity severity;
	struct inv_str more; /* further members, ,"rule":"NIH-3", or empty */
};

/* Where a flaw lies in the list's text. */
struct inv_flaw {
	const char *type;
	size_t at, n; /* all of it, from its brace on */
	size_t loc, loc_n;
	size_t behind; /* its msg */
	size_t input, input_n;
	size_t by; /* what says by which rule: the rest, from "schema" on */
	struct inv_str msg;  /* the rule's */
	struct inv_str code; /* the same, or empty */
};

struct inv_flaws {
	struct inv_buf json;  /* good until the next reset */
	struct inv_buf spare; /* to sort into */
	struct inv_flaw *at;
	size_t n;
	size_t cap;
};

#define INV_FLAWS                                                              \
	((struct inv_flaws){                                                   \
	    .json = INV_BUF(INV_FLAWS_MAX), .spare = INV_BUF(INV_FLAWS_MAX) })

/*
 * Add a flaw: input is the value's JSON text as it came, or empty.  Past
 * INV_FLAWS_MAX the list says, as its one flaw, too_many_errors.
 */
void inv_flaws_add(struct inv_flaws *f, const struct inv_rule *rule,
    const struct inv_place *place, struct inv_str input);

/*
 * Add flaw i of another list as one of a rule that has asked for it: msg is
 * the rule's where it has one, and all behind ctx is; its type is not used.
 */
void inv_flaws_adopt(struct inv_flaws *f, const struct inv_flaws *from,
    size_t i, const struct inv_rule *rule);

/* Where flaw i lies, as a JSON array; good until the next add or reset. */
struct inv_str inv_flaws_loc(const struct inv_flaws *f, size_t i);

/*
 * In the order of a record's columns in canonical form, what is missing behind
 * them, what is said of the record as a whole at the end.
 */
void inv_flaws_sort(struct inv_flaws *f);

/* The list as a JSON array; good until the next add or reset. */
struct inv_str inv_flaws_json(struct inv_flaws *f);

/*
 * For people: the place of a flaw as a/0/b (`what` is "quantity"), and the
 * flaw as: "-3" is less than 0 [greater_than_equal], with its code in brackets
 * before the type where it has one.  A long input is cut.
 */
void inv_flaws_place(const struct inv_flaws *f, size_t i, struct inv_buf *out);
void inv_flaws_text(const struct inv_flaws *f, size_t i, struct inv_buf *out);

void inv_flaws_reset(struct inv_flaws *f);
void inv_flaws_free(struct inv_flaws *f);

#endif
