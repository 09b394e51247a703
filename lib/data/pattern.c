/* pattern.c - the regular expressions of schemas (the only user of PCRE2) */

#include "data/pattern.h"

#include <stdlib.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/mem.h"

enum {
	STEPS_MAX = 1000000,       /* of a match: a few milliseconds */
	DEPTH_MAX = 100000,        /* of backtracking points */
	HEAP_MAX = 32 << 10,       /* KiB of a match */
	JIT_STACK_MIN = 32 << 10,  /* bytes */
	JIT_STACK_MAX = 512 << 10, /* bytes */
};

struct inv_pattern {
	pcre2_code *code;
	pcre2_match_data *found;
	pcre2_match_context *limits;
	pcre2_jit_stack *stack;
	bool jit;
};

/* What makes Perl's dialect ECMA-262's. */
static pcre2_code *
compile(struct inv_str regex, int *what, PCRE2_SIZE *where)
{
	pcre2_compile_context *dialect = pcre2_compile_context_create(NULL);

	if (dialect == NULL)
		return NULL;
	pcre2_set_newline(dialect, PCRE2_NEWLINE_ANYCRLF);
	pcre2_set_compile_extra_options(dialect, PCRE2_EXTRA_ALT_BSUX);
	pcre2_code *code = pcre2_compile((PCRE2_SPTR)regex.p, regex.n,
	    PCRE2_UTF | PCRE2_DOLLAR_ENDONLY | PCRE2_ALLOW_EMPTY_CLASS |
		PCRE2_ALT_BSUX | PCRE2_MATCH_UNSET_BACKREF |
		PCRE2_NEVER_BACKSLASH_C,
	    what, where, dialect);

	pcre2_compile_context_free(dialect);
	return code;
}

static bool
prepare(struct inv_pattern *p)
{
	p->found = pcre2_match_data_create(1, NULL);
	p->limits = pcre2_match_context_create(NULL);
	if (p->found == NULL || p->limits == NULL)
		return false;
	pcre2_set_match_limit(p->limits, STEPS_MAX);
	pcre2_set_depth_limit(p->limits, DEPTH_MAX);
	pcre2_set_heap_limit(p->limits, HEAP_MAX);
	p->jit = pcre2_jit_compile(p->code, PCRE2_JIT_COMPLETE) == 0;
	if (!p->jit)
		return true;
	p->stack = pcre2_jit_stack_create(JIT_STACK_MIN, JIT_STACK_MAX, NULL);
	if (p->stack == NULL)
		return false;
	pcre2_jit_stack_assign(p->limits, NULL, p->stack);
	return true;
}

struct inv_pattern *
inv_pattern_new(struct inv_str regex, struct inv_err *err)
{
	int what = 0;
	PCRE2_SIZE where = 0;
	PCRE2_UCHAR text[128] = "out of memory";
	pcre2_code *code = compile(regex, &what, &where);

	if (code == NULL) {
		if (what != 0)
			pcre2_get_error_message(what, text, sizeof(text));
		inv_fail(err, INV_CONFIG, "pattern, character %zu: %s",
		    where + 1, (const char *)text);
		return NULL;
	}
	struct inv_pattern *p = inv_mem_new(sizeof(*p));

	p->code = code;
	if (prepare(p))
		return p;
	inv_fail(err, INV_INTERNAL, "pattern: %s", (const char *)text);
	inv_pattern_free(p);
	return NULL;
}

void
inv_pattern_free(struct inv_pattern *p)
{
	if (p == NULL)
		return;
	pcre2_match_data_free(p->found);
	pcre2_match_context_free(p->limits);
	pcre2_jit_stack_free(p->stack);
	pcre2_code_free(p->code);
	free(p);
}

/* JIT first; what its stack can not hold, the interpreter tries. */
enum inv_match
inv_pattern_match(struct inv_pattern *p, struct inv_str s)
{
	PCRE2_SPTR at = (PCRE2_SPTR)(s.n > 0 ? s.p : "");
	int rc = PCRE2_ERROR_JIT_STACKLIMIT;

	if (p->jit)
		rc = pcre2_jit_match(p->code, at, s.n, 0, 0, p->found,
		    p->limits);
	if (rc == PCRE2_ERROR_JIT_STACKLIMIT)
		rc = pcre2_match(p->code, at, s.n, 0,
		    PCRE2_NO_UTF_CHECK | PCRE2_NO_JIT, p->found, p->limits);
	if (rc >= 0)
		return INV_MATCH_YES;
	return rc == PCRE2_ERROR_NOMATCH ? INV_MATCH_NO : INV_MATCH_TOO_LONG;
}
