/*
 * pattern.c - the regular expressions of schemas (the only user of PCRE2)
 *
 * A regular one becomes an automaton and never meets PCRE2.  Any other is said
 * again in the words of PCRE2 that mean what ECMA-262 means, with a callout
 * at each of its items: these count the work, the same on every machine.
 */

#include "data/pattern.h"

#include <stdlib.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/mem.h"
#include "data/automaton.h"

enum {
	TEXT_MAX = 4 << 20,       /* bytes of an expression for PCRE2 */
	WORK_MAX = 8 << 20,       /* of a match, as count_work has it: 10 ms */
	WORK_OF_ITEM = 4,         /* where a byte that was passed is one */
	STEPS_MAX = 1000000,      /* of a match, from one place on */
	HEAP_MAX = 32 << 10,      /* KiB of a match without JIT */
	JIT_STACK_MIN = 32 << 10, /* bytes */
	JIT_STACK_MAX = 16 << 20, /* bytes */
	SURROGATE_FIRST = 0xd800,
	SURROGATE_LAST = 0xdfff,
};

/* What is left of the work of a match, and where it was last seen. */
struct work {
	size_t left;
	size_t at;
};

struct inv_pattern {
	struct inv_automaton *automaton; /* or NULL, and all of this: */
	pcre2_code *code;
	pcre2_match_data *found;
	pcre2_match_context *limits;
	pcre2_jit_stack *stack;
	bool jit;
	struct work work;
};

/* ---- in the words of PCRE2 ---- */

static void
put_code(struct inv_buf *out, uint32_t code)
{
	if ((code >= '0' && code <= '9') || (code >= 'a' && code <= 'z') ||
	    (code >= 'A' && code <= 'Z'))
		inv_buf_byte(out, (char)code);
	else
		inv_buf_addf(out, "\\x{%x}", code);
}

/* But for surrogates, which no text has. */
static void
put_range(struct inv_buf *out, uint32_t from, uint32_t to)
{
	if (from >= SURROGATE_FIRST && from <= SURROGATE_LAST)
		from = SURROGATE_LAST + 1;
	if (to >= SURROGATE_FIRST && to <= SURROGATE_LAST)
		to = SURROGATE_FIRST - 1;
	if (from > to)
		return;
	put_code(out, from);
	if (from == to)
		return;
	inv_buf_byte(out, '-');
	put_code(out, to);
}

static void
put_set(struct inv_buf *out, const struct inv_regex *r,
    const struct inv_regex_node *node)
{
	const struct inv_range *range = r->range + node->range;
	size_t start = out->n;

	inv_buf_add(out, node->negated ? INV_LIT("[^") : INV_LIT("["));
	for (size_t i = 0; i < node->ranges; i++)
		put_range(out, range[i].from, range[i].to);
	if (node->props > 0)
		inv_buf_add(out,
		    (struct inv_str){ r->props.p + node->prop, node->props });
	if (out->n > start + 1) {
		inv_buf_byte(out, ']');
		return;
	}
	out->n = start; /* [] can not be repeated as often as not at all */
	inv_buf_add(out, INV_LIT("(?:(?!))"));
}

static void
put_times(struct inv_buf *out, const struct inv_regex_node *node)
{
	if (node->min == 1 && node->max == 1)
		return;
	inv_buf_addf(out, "{%llu,", (unsigned long long)node->min);
	if (node->max != UINT64_MAX)
		inv_buf_u64(out, node->max);
	inv_buf_byte(out, '}');
	if (node->lazy)
		inv_buf_byte(out, '?');
}

static struct inv_str
head_of(const struct inv_regex *r, const struct inv_regex_node *node)
{
	if (node->op == INV_REGEX_GROUP)
		return r->refs ? INV_LIT("(") : INV_LIT("(?:");
	if (node->behind)
		return node->negated ? INV_LIT("(?<!") : INV_LIT("(?<=");
	return node->negated ? INV_LIT("(?!") : INV_LIT("(?=");
}

/* What has no children; false, and nothing said, for what may. */
static bool
put_leaf(struct inv_buf *out, const struct inv_regex *r,
    const struct inv_regex_node *node)
{
	switch (node->op) {
	case INV_REGEX_SET:
		put_set(out, r, node);
		return true;
	case INV_REGEX_REF:
		/* JIT forgets that an unset one is empty if that repeats. */
		inv_buf_addf(out, "(?:\\g{%u})", node->group);
		return true;
	case INV_REGEX_START:
		inv_buf_add(out, INV_LIT("\\A"));
		return true;
	case INV_REGEX_END:
		inv_buf_add(out, INV_LIT("\\z"));
		return true;
	case INV_REGEX_EDGE:
		inv_buf_add(out,
		    node->negated ? INV_LIT("\\B") : INV_LIT("\\b"));
		return true;
	case INV_REGEX_ANY:
	case INV_REGEX_ALL:
	case INV_REGEX_REPEAT:
	case INV_REGEX_GROUP:
	case INV_REGEX_LOOK:
		break;
	}
	return false;
}

static void
put_node(struct inv_buf *out, const struct inv_regex *r, uint32_t at)
{
	const struct inv_regex_node *node = &r->at[at];
	bool repeat = node->op == INV_REGEX_REPEAT;
	bool group = node->op == INV_REGEX_GROUP || node->op == INV_REGEX_LOOK;
	bool bare = !repeat && !group && r->at[node->up].op == INV_REGEX_REPEAT;

	if (put_leaf(out, r, node))
		return;
	if (repeat && node->max == 0) { /* PCRE2 may look for it all the same */
		inv_buf_add(out, INV_LIT("(?:)"));
		return;
	}
	if (group)
		inv_buf_add(out, head_of(r, node));
	else if (bare)
		inv_buf_add(out, INV_LIT("(?:"));
	for (uint32_t i = node->first; i != 0; i = r->at[i].next) {
		if (node->op == INV_REGEX_ANY && i != node->first)
			inv_buf_byte(out, '|');
		put_node(out, r, i);
	}
	if (group || bare)
		inv_buf_byte(out, ')');
	if (repeat)
		put_times(out, node);
}

/* ---- the engine ---- */

/*
 * Called at each item of the expression that is tried: for the item, and for
 * the bytes that were passed since the last, forth or back.
 */
static int
count_work(pcre2_callout_block *block, void *data)
{
	struct work *work = data;
	size_t at = block->current_position;
	size_t passed = at > work->at ? at - work->at : work->at - at;

	work->at = at;
	if (work->left < passed + WORK_OF_ITEM)
		return PCRE2_ERROR_MATCHLIMIT;
	work->left -= passed + WORK_OF_ITEM;
	return 0;
}

static bool
compile(struct inv_pattern *p, struct inv_str text, struct inv_err *err)
{
	int what = 0;
	PCRE2_SIZE where = 0;
	PCRE2_UCHAR msg[128] = "out of memory";

	p->code = pcre2_compile((PCRE2_SPTR)(text.n > 0 ? text.p : ""), text.n,
	    PCRE2_UTF | PCRE2_MATCH_UNSET_BACKREF | PCRE2_AUTO_CALLOUT, &what,
	    &where, NULL);
	if (p->code != NULL)
		return true;
	if (what != 0)
		pcre2_get_error_message(what, msg, sizeof(msg));
	return inv_fail(err, INV_CONFIG, "pattern: %s", (const char *)msg);
}

static bool
prepare(struct inv_pattern *p)
{
	p->found = pcre2_match_data_create(1, NULL);
	p->limits = pcre2_match_context_create(NULL);
	if (p->found == NULL || p->limits == NULL)
		return false;
	pcre2_set_match_limit(p->limits, STEPS_MAX);
	pcre2_set_heap_limit(p->limits, HEAP_MAX);
	pcre2_set_callout(p->limits, count_work, &p->work);
	p->jit = pcre2_jit_compile(p->code, PCRE2_JIT_COMPLETE) == 0;
	return true;
}

static bool
set_up_engine(struct inv_pattern *p, const struct inv_regex *r,
    struct inv_err *err)
{
	struct inv_buf text = INV_BUF(TEXT_MAX);

	put_node(&text, r, INV_REGEX_ROOT);
	bool ok = text.failed ? inv_fail(err, INV_CONFIG, "pattern: too large")
			      : compile(p, inv_buf_str(&text), err);

	inv_buf_free(&text);
	if (ok && !prepare(p))
		ok = inv_fail(err, INV_INTERNAL, "pattern: out of memory");
	return ok;
}

struct inv_pattern *
inv_pattern_new(struct inv_str regex, struct inv_err *err)
{
	struct inv_pattern *p = inv_mem_new(sizeof(*p));
	struct inv_regex r;
	bool ok = inv_regex_read(&r, regex, err);

	if (ok) {
		p->automaton = inv_automaton_new(&r);
		ok = p->automaton != NULL || set_up_engine(p, &r, err);
	}
	inv_regex_free(&r);
	if (ok)
		return p;
	inv_pattern_free(p);
	return NULL;
}

void
inv_pattern_free(struct inv_pattern *p)
{
	if (p == NULL)
		return;
	inv_automaton_free(p->automaton);
	pcre2_match_data_free(p->found);
	pcre2_match_context_free(p->limits);
	pcre2_jit_stack_free(p->stack);
	pcre2_code_free(p->code);
	free(p);
}

bool
inv_pattern_is_regular(const struct inv_pattern *p)
{
	return p->automaton != NULL;
}

static int
try_engine(struct inv_pattern *p, struct inv_str s)
{
	PCRE2_SPTR at = (PCRE2_SPTR)(s.n > 0 ? s.p : "");

	p->work = (struct work){ .left = WORK_MAX };
	if (p->jit)
		return pcre2_jit_match(p->code, at, s.n, 0, 0, p->found,
		    p->limits);
	return pcre2_match(p->code, at, s.n, 0, PCRE2_NO_UTF_CHECK, p->found,
	    p->limits);
}

/* JIT has 32 KiB of our own stack; few patterns, on long texts, need more. */
enum inv_match
inv_pattern_match(struct inv_pattern *p, struct inv_str s)
{
	if (p->automaton != NULL)
		return inv_automaton_match(p->automaton, s) ? INV_MATCH_YES
							    : INV_MATCH_NO;
	int rc = try_engine(p, s);

	if (rc == PCRE2_ERROR_JIT_STACKLIMIT && p->stack == NULL) {
		p->stack =
		    pcre2_jit_stack_create(JIT_STACK_MIN, JIT_STACK_MAX, NULL);
		pcre2_jit_stack_assign(p->limits, NULL, p->stack);
		rc = try_engine(p, s);
	}
	if (rc >= 0)
		return INV_MATCH_YES;
	return rc == PCRE2_ERROR_NOMATCH ? INV_MATCH_NO : INV_MATCH_TOO_LONG;
}
