/*
 * rules.h - what funders and regulations ask of a record: inv-rules(5)
 *
 * A rules file is compiled once; every word a broken rule will say is written
 * then.  A record is judged laid out (data/value), without an allocation, and
 * the blocks of a funder are found by the prefix of the grant.
 */
#ifndef INV_DATA_RULES_H
#define INV_DATA_RULES_H

#include "data/flaw.h"
#include "data/value.h"

struct inv_rules;

enum {
	INV_RULES_MAX = 4 << 20, /* bytes of a rules file */
	INV_RULES_LENGTH = 1000, /* characters, where none are said */
	INV_RULES_PREFIXES = 16, /* that begin with one another */
};

/*
 * NULL with INV_CONFIG: "#/rules/0/when/type: not the name of a type".
 * References in its schemas lead into ref_dir, or nowhere where that is NULL.
 */
struct inv_rules *inv_rules_new(struct inv_str text, const char *ref_dir,
    struct inv_err *err);
void inv_rules_free(struct inv_rules *r);

/* As the file says; good as long as r is. */
struct inv_str inv_rules_name(const struct inv_rules *r);
struct inv_str inv_rules_version(const struct inv_rules *r);

/* x-inv-not-future is in one of its schemas: as_of matters. */
bool inv_rules_has_time(const struct inv_rules *r);

/* What "now" is: an RFC 3339 time in UTC, copied.  None: nothing is future. */
void inv_rules_set_as_of(struct inv_rules *r, struct inv_str time);

struct inv_judging {
	const struct inv_value *record;
	size_t known; /* of the flaws: what the schema said, come first */
	struct inv_flaws *flaws;    /* REJECT: it must not go on */
	struct inv_flaws *warnings; /* FORWARD */
	struct inv_buf *log; /* a line for each decision is added; or NULL */
	struct inv_str who;  /* what each begins with: {"manifest":... */
};

/* Adds to the two lists what rules say where the schema has said nothing. */
void inv_rules_judge(struct inv_rules *r, const struct inv_judging *j);

#endif
