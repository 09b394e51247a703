/*
 * rules_compile.h - what those who compile a rules file share
 *
 * Between rules_compile.c, for files, blocks and rules, and rules_demand.c,
 * for what a rule asks.
 */
#ifndef INV_DATA_RULES_COMPILE_H
#define INV_DATA_RULES_COMPILE_H

#include "data/canon.h"
#include "data/json.h"
#include "data/rules_node.h"

struct inv_rules_compile {
	struct inv_rules *r;
	const char *ref_dir;
	struct inv_str block;   /* whose rules are being read, or empty */
	struct inv_buf pointer; /* to what is being read */
	struct inv_buf text;    /* under construction */
	struct inv_buf json;    /* a value of the file */
	struct inv_canon *canon;
	struct inv_err *err;
};

/* Memory that lives as long as the rules; zero. */
void *inv_rules_keep(struct inv_rules_compile *c, size_t n);
struct inv_str inv_rules_keep_str(struct inv_rules_compile *c,
    struct inv_str s);

/* What stands in c->text, which is empty afterwards. */
struct inv_str inv_rules_keep_text(struct inv_rules_compile *c);

/* False, with "#POINTER: what". */
INV_MUST bool inv_rules_wrong(struct inv_rules_compile *c, const char *what);

/* One step down, as RFC 6901 writes it.  Where to cut the pointer again. */
size_t inv_rules_enter(struct inv_rules_compile *c, struct inv_str name);
size_t inv_rules_enter_at(struct inv_rules_compile *c, size_t i);

/*
 * `required`, `max_length` and `allowed` of a rule v, where they are there;
 * with what breaking them says.
 */
INV_MUST bool inv_rules_compile_demands(struct inv_rules_compile *c,
    struct inv_rules_rule *rule, const struct inv_json *v);

#endif
