/*
 * schema_run.h - between schema_run.c and schema_union.c: a run under way
 *
 * There are three ways to look at a value.  Loud: every flaw is said, and what
 * is only a warning breaks nothing.  Quiet: only the answer counts and the
 * first flaw ends it; warnings break nothing.  Strict: quiet, and a warning is
 * a flaw: what `not`, `if`, `contains` and alternatives ask first, which of
 * them holds being no matter of severity.
 */
#ifndef INV_DATA_SCHEMA_RUN_H
#define INV_DATA_SCHEMA_RUN_H

#include "data/schema_node.h"

enum inv_run_mode { INV_RUN_LOUD, INV_RUN_QUIET, INV_RUN_STRICT };

/*
 * Which elements or members of a value have been evaluated, for unevaluated*:
 * a byte for each, and one that says "not sure" because an alternative failed.
 * They lie in one arena, so that they are told by where they begin.
 */
#define INV_MARKS_NONE SIZE_MAX

struct inv_said {
	const void *rule;
	const char *at; /* in the text */
	const void *name;
};

struct inv_run {
	const struct inv_program *program;

	/* Of the value under way. */
	const struct inv_value *top;
	const struct inv_findings *findings;
	struct inv_str as_of;
	const struct inv_value *member; /* of top, that was last spoken of */
	uint32_t n_member;              /* its index */
	enum inv_run_mode mode;
	unsigned depth;
	bool stuck; /* round and round: nothing is looked at any more */

	const struct inv_resource **scope; /* the outermost first */
	size_t n_scope;
	size_t cap_scope;
	unsigned char *marks;
	size_t n_marks;
	size_t cap_marks;
	struct inv_said *said; /* a hash table of what was said */
	size_t n_said;
	size_t cap_said;       /* a power of two */
	struct inv_str *views; /* for sorting */
	size_t cap_views;
	char *text; /* a string decoded */
	size_t cap_text;
	struct inv_buf ctx; /* of a flaw */
};

/*
 * Run a node in the mode there is.  What it evaluates of v is marked at `to`.
 * False: v does not fit.
 */
bool inv_run_node(struct inv_run *r, const struct inv_node *node,
    const struct inv_value *v, const struct inv_place *place, size_t to);

/* The same in another mode, no flaw being said; nothing is marked. */
bool inv_run_probe(struct inv_run *r, const struct inv_node *node,
    const struct inv_value *v, enum inv_run_mode mode);

/* The same strictly, marking what it evaluates if it fits. */
bool inv_run_branch(struct inv_run *r, const struct inv_node *node,
    const struct inv_value *v, size_t to);

/*
 * A rule is broken.  `as` is what is said of it, or NULL for the rule itself.
 * True if that is no more than a warning here.  Nothing is said twice.
 */
bool inv_run_say(struct inv_run *r, const struct inv_rule *rule,
    const struct inv_rule *as, const struct inv_value *v,
    const struct inv_place *place);

/* The same of a member that must be there and is not. */
bool inv_run_say_missing(struct inv_run *r, const struct inv_rule *rule,
    const struct inv_name *name, const struct inv_value *v,
    const struct inv_place *place);

/* What was said is forgotten: another value is looked at. */
void inv_run_forget(struct inv_run *r);

/* anyOf, or oneOf. */
bool inv_run_union(struct inv_run *r, const struct inv_node *node, bool one,
    const struct inv_value *v, const struct inv_place *place, size_t to);

#endif
