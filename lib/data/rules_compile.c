/*
 * rules_compile.c - from the text of a rules file to what records meet
 *
 * What is not known is refused: a rule that is passed over is a rule that is
 * broken.
 */

#include "data/rules_compile.h"

#include <stdlib.h>

#include "base/mem.h"
#include "data/emit.h"

enum { AS_OF_MAX = 64 }; /* bytes of a time */

struct inv_rules_piece {
	struct inv_rules_piece *next;
	_Alignas(max_align_t) char at[];
};

/* ---- memory of the rules ---- */

void *
inv_rules_keep(struct inv_rules_compile *c, size_t n)
{
	struct inv_rules_piece *piece = inv_mem_new(sizeof(*piece) + n);

	piece->next = c->r->pieces;
	c->r->pieces = piece;
	return piece->at;
}

struct inv_str
inv_rules_keep_str(struct inv_rules_compile *c, struct inv_str s)
{
	char *p = inv_rules_keep(c, s.n);

	if (s.n > 0)
		memcpy(p, s.p, s.n);
	return (struct inv_str){ p, s.n };
}

struct inv_str
inv_rules_keep_text(struct inv_rules_compile *c)
{
	struct inv_str s = inv_rules_keep_str(c, inv_buf_str(&c->text));

	inv_buf_reset(&c->text);
	return s;
}

static void
free_schema(struct inv_rules_schema *s)
{
	inv_run_free(s->run);
	inv_program_free(&s->program);
}

void
inv_rules_free(struct inv_rules *r)
{
	if (r == NULL)
		return;
	for (size_t i = 0; i < r->n_schemas; i++)
		free_schema(r->schemas[i]);
	free(r->schemas);
	for (size_t i = 0; i < r->n_fields; i++)
		free(r->fields[i].at);
	for (struct inv_rules_piece *piece = r->pieces, *next; piece != NULL;
	     piece = next) {
		next = piece->next;
		free(piece);
	}
	inv_flaws_free(&r->found);
	inv_buf_free(&r->text);
	inv_buf_free(&r->as_of);
	free(r);
}

/* ---- where we are, and what is wrong there ---- */

bool
inv_rules_wrong(struct inv_rules_compile *c, const char *what)
{
	return inv_fail(c->err, INV_CONFIG, "#%.*s: %s",
	    INV_ARG(inv_buf_str(&c->pointer)), what);
}

size_t
inv_rules_enter(struct inv_rules_compile *c, struct inv_str name)
{
	size_t before = c->pointer.n;

	inv_buf_byte(&c->pointer, '/');
	for (size_t i = 0; i < name.n; i++) {
		if (name.p[i] == '~')
			inv_buf_add(&c->pointer, INV_LIT("~0"));
		else if (name.p[i] == '/')
			inv_buf_add(&c->pointer, INV_LIT("~1"));
		else
			inv_buf_byte(&c->pointer, name.p[i]);
	}
	return before;
}

size_t
inv_rules_enter_at(struct inv_rules_compile *c, size_t i)
{
	size_t before = c->pointer.n;

	inv_buf_byte(&c->pointer, '/');
	inv_buf_u64(&c->pointer, i);
	return before;
}

/* An object that has no members but these. */
static bool
is_of(struct inv_rules_compile *c, const struct inv_json *v,
    const char *const *members)
{
	const struct inv_json *value;
	struct inv_str name;

	if (inv_json_kind(v) != INV_KIND_OBJECT)
		return inv_rules_wrong(c, "not an object");
	for (void *walk = NULL; inv_json_next(v, &walk, &name, &value);) {
		const char *const *m = members;

		while (*m != NULL && !inv_str_is(name, *m))
			m++;
		if (*m == NULL) {
			inv_rules_enter(c, name);
			return inv_rules_wrong(c, "unknown member");
		}
	}
	return true;
}

static bool
is_list(struct inv_rules_compile *c, const struct inv_json *v, const char *what)
{
	return inv_json_count(v) > 0 || inv_rules_wrong(c, what);
}

/* ---- texts ---- */

enum need { MAY_BE, MUST_BE };

static bool
read_text(struct inv_rules_compile *c, const struct inv_json *v,
    const char *name, enum need need, struct inv_str *out)
{
	const struct inv_json *text = inv_json_member(v, name);
	struct inv_str s;

	if (text == NULL && need == MAY_BE)
		return true;
	size_t before = inv_rules_enter(c, inv_str_of(name));

	if (text == NULL)
		return inv_rules_wrong(c, "missing");
	if (!inv_json_str(text, &s) || s.n == 0)
		return inv_rules_wrong(c, "not a text");
	*out = inv_rules_keep_str(c, s);
	c->pointer.n = before;
	return true;
}

/* What stands in lists of codes, and on command lines. */
static bool
read_name(struct inv_rules_compile *c, const struct inv_json *v,
    const char *name, enum need need, struct inv_str *out)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789-_.:";

	if (!read_text(c, v, name, need, out))
		return false;
	for (size_t i = 0; i < out->n; i++)
		if (memchr(letters, out->p[i], sizeof(letters) - 1) == NULL) {
			inv_rules_enter(c, inv_str_of(name));
			return inv_rules_wrong(c,
			    "has other characters than a-z A-Z 0-9 - _ . :");
		}
	return true;
}

static bool
read_description(struct inv_rules_compile *c, const struct inv_json *v)
{
	struct inv_str s = { 0 };

	return read_text(c, v, "description", MAY_BE, &s);
}

/* The position of a text in a list; *out stays where there is no member. */
static bool
read_word(struct inv_rules_compile *c, const struct inv_json *v,
    const char *name, const char *const *words, const char *what, int *out)
{
	struct inv_str s = { 0 };

	if (!read_text(c, v, name, MAY_BE, &s))
		return false;
	for (int i = 0; s.n > 0 && words[i] != NULL; i++)
		if (inv_str_is(s, words[i])) {
			*out = i;
			return true;
		}
	if (s.n == 0)
		return true;
	inv_rules_enter(c, inv_str_of(name));
	return inv_rules_wrong(c, what);
}

/* ---- schemas ---- */

static bool
compile_schema(struct inv_rules_compile *c, const struct inv_json *v,
    const char *name, struct inv_rules_schema **out)
{
	const struct inv_json *schema = inv_json_member(v, name);
	const struct inv_schema_options options = {
		.ref_dir = c->ref_dir,
		.assert_formats = true,
	};
	struct inv_rules *r = c->r;
	struct inv_err err;

	if (schema == NULL)
		return true;
	size_t before = inv_rules_enter(c, inv_str_of(name));

	inv_buf_reset(&c->json);
	inv_json_print(schema, &c->json);
	*out = inv_rules_keep(c, sizeof(**out));
	r->schemas = inv_mem_resize(r->schemas, r->n_schemas + 1,
	    sizeof(struct inv_rules_schema *));
	r->schemas[r->n_schemas++] = *out;
	if (!inv_program_compile(&(*out)->program, inv_buf_str(&c->json),
		&options, &err))
		return inv_fail(c->err, INV_CONFIG, "#%.*s%s",
		    INV_ARG(inv_buf_str(&c->pointer)),
		    err.msg + (err.msg[0] == '#'));
	(*out)->run = inv_run_new(&(*out)->program);
	c->pointer.n = before;
	return true;
}

/* ---- a rule ---- */

static const char *const actions[] = { "FORWARD", "REJECT", NULL };

static bool
read_severity(struct inv_rules_compile *c, struct inv_rules_rule *rule,
    const struct inv_json *v)
{
	struct inv_str s = { 0 };
	int action;

	if (!read_text(c, v, "severity", MUST_BE, &s))
		return false;
	if (!inv_severity_of(s, &rule->severity)) {
		inv_rules_enter(c, INV_LIT("severity"));
		return inv_rules_wrong(c, "not CRITICAL, WARNING or INFO");
	}
	action = rule->severity == INV_SEVERITY_CRITICAL;
	if (!read_word(c, v, "action", actions, "neither REJECT nor FORWARD",
		&action))
		return false;
	rule->reject = action == 1;
	if (rule->reject || rule->severity != INV_SEVERITY_CRITICAL)
		return true;
	inv_rules_enter(c, INV_LIT("action"));
	return inv_rules_wrong(c, "what is CRITICAL can not be forwarded");
}

static bool
add_tags(struct inv_rules_compile *c, const struct inv_json *v)
{
	const struct inv_json *tags = inv_json_member(v, "tags");
	struct inv_str tag;

	if (tags == NULL)
		return true;
	size_t before = inv_rules_enter(c, INV_LIT("tags"));

	if (!is_list(c, tags, "not a list of texts"))
		return false;
	inv_emit_key(&c->text, INV_LIT("tags"));
	inv_emit_open(&c->text, '[');
	for (size_t i = 0; i < inv_json_count(tags); i++) {
		if (!inv_json_str(inv_json_at(tags, i), &tag) || tag.n == 0)
			return inv_rules_wrong(c, "not a list of texts");
		inv_emit_str(&c->text, tag);
	}
	inv_emit_close(&c->text, ']');
	c->pointer.n = before;
	return true;
}

/* What all errors of the rule say of it. */
static bool
compile_more(struct inv_rules_compile *c, struct inv_rules_rule *rule,
    const struct inv_json *v)
{
	static const char *const fallbacks[] = { "notify", "retry",
		"validate_again", NULL };
	int fallback = rule->reject ? 0 : 3;

	if (!read_word(c, v, "fallback", fallbacks,
		"not retry, notify or validate_again", &fallback))
		return false;
	/* A space for what stands before: it makes the comma. */
	inv_buf_byte(&c->text, ' ');
	inv_emit_member_str(&c->text, INV_LIT("rule"), rule->id);
	inv_emit_member_str(&c->text, INV_LIT("ruleset"), c->r->name);
	inv_emit_member_str(&c->text, INV_LIT("action"),
	    inv_str_of(actions[rule->reject]));
	if (!add_tags(c, v))
		return false;
	if (fallbacks[fallback] != NULL)
		inv_emit_member_str(&c->text, INV_LIT("fallback"),
		    inv_str_of(fallbacks[fallback]));
	rule->more = inv_rules_keep_text(c);
	rule->more.p++;
	rule->more.n--;
	return true;
}

/* A line of the log, before and behind the result. */
static bool
compile_log(struct inv_rules_compile *c, struct inv_rules_rule *rule,
    const struct inv_json *v)
{
	static const char *const names[] = {
		[INV_SEVERITY_ERROR] = "",
		[INV_SEVERITY_CRITICAL] = "CRITICAL",
		[INV_SEVERITY_WARNING] = "WARNING",
		[INV_SEVERITY_INFO] = "INFO",
	};

	inv_buf_byte(&c->text, ' ');
	inv_emit_member_str(&c->text, INV_LIT("ruleset"), c->r->name);
	inv_emit_member_str(&c->text, INV_LIT("version"), c->r->version);
	if (c->block.n > 0)
		inv_emit_member_str(&c->text, INV_LIT("block"), c->block);
	inv_emit_member_str(&c->text, INV_LIT("rule"), rule->id);
	inv_emit_key(&c->text, INV_LIT("result"));
	inv_buf_byte(&c->text, '"');
	rule->log_head = inv_rules_keep_text(c);
	rule->log_head.p++;
	rule->log_head.n--;

	inv_buf_byte(&c->text, '"');
	inv_emit_member_str(&c->text, INV_LIT("severity"),
	    inv_str_of(names[rule->severity]));
	inv_emit_member_str(&c->text, INV_LIT("action"),
	    inv_str_of(actions[rule->reject]));
	if (!add_tags(c, v))
		return false;
	inv_emit_close(&c->text, '}');
	inv_buf_byte(&c->text, '\n');
	rule->log_tail = inv_rules_keep_text(c);
	return true;
}

static bool
compile_demands(struct inv_rules_compile *c, struct inv_rules_rule *rule,
    const struct inv_json *v)
{
	if (!inv_rules_compile_demands(c, rule, v) ||
	    !compile_schema(c, v, "check", &rule->check))
		return false;
	rule->checked = (struct inv_rule){
		.msg = rule->msg,
		.code = rule->code.n > 0 ? rule->code : rule->id,
		.severity = rule->severity,
		.more = rule->more,
	};
	if (rule->n_required > 0 || rule->n_lengths > 0 ||
	    rule->n_allowed > 0 || rule->check != NULL)
		return true;
	return inv_rules_wrong(c, "asks for nothing");
}

static bool
compile_rule(struct inv_rules_compile *c, struct inv_rules_rule *rule,
    const struct inv_json *v)
{
	static const char *const members[] = { "id", "description", "when",
		"required", "max_length", "allowed", "check", "severity",
		"action", "tags", "fallback", "code", "msg", NULL };

	return is_of(c, v, members) && read_description(c, v) &&
	    read_name(c, v, "id", MUST_BE, &rule->id) &&
	    read_name(c, v, "code", MAY_BE, &rule->code) &&
	    read_text(c, v, "msg", MAY_BE, &rule->msg) &&
	    read_severity(c, rule, v) && compile_more(c, rule, v) &&
	    compile_log(c, rule, v) &&
	    compile_schema(c, v, "when", &rule->when) &&
	    compile_demands(c, rule, v);
}

static bool
compile_rules(struct inv_rules_compile *c, const struct inv_json *v,
    struct inv_rules_list *rules)
{
	const struct inv_json *list = inv_json_member(v, "rules");

	if (list == NULL)
		return true;
	size_t before = inv_rules_enter(c, INV_LIT("rules"));

	if (!is_list(c, list, "not a list of rules"))
		return false;
	rules->n = inv_json_count(list);
	rules->at = inv_rules_keep(c, rules->n * sizeof(*rules->at));
	for (size_t i = 0; i < rules->n; i++) {
		size_t here = inv_rules_enter_at(c, i);

		if (!compile_rule(c, &rules->at[i], inv_json_at(list, i)))
			return false;
		c->pointer.n = here;
	}
	c->pointer.n = before;
	return true;
}

/* ---- blocks ---- */

static struct inv_rules_field *
field_of(struct inv_rules_compile *c, struct inv_str name)
{
	struct inv_rules *r = c->r;

	for (size_t i = 0; i < r->n_fields; i++)
		if (inv_str_eq(r->fields[i].name, name))
			return &r->fields[i];
	r->fields[r->n_fields].name = name;
	return &r->fields[r->n_fields++];
}

static bool
add_prefix(struct inv_rules_compile *c, const struct inv_json *v,
    struct inv_rules_field *f, struct inv_rules_block *block)
{
	struct inv_str s;

	if (!inv_json_str(v, &s) || s.n == 0)
		return inv_rules_wrong(c, "not a text, nor a list of texts");
	f->at = inv_mem_resize(f->at, f->n + 1, sizeof(*f->at));
	f->at[f->n++] =
	    (struct inv_rules_prefix){ .text = inv_rules_keep_str(c, s),
		    .block = block };
	return true;
}

static bool
compile_prefix(struct inv_rules_compile *c, const struct inv_json *v,
    struct inv_rules_block *block)
{
	const struct inv_json *prefix = inv_json_member(v, "prefix");
	struct inv_str name = { 0 };

	if (!read_text(c, v, "field", prefix != NULL ? MUST_BE : MAY_BE, &name))
		return false;
	size_t before = inv_rules_enter(c, INV_LIT("prefix"));
	size_t n = inv_json_count(prefix);

	if (prefix == NULL && name.n > 0)
		return inv_rules_wrong(c, "missing");
	c->pointer.n = before;
	if (prefix == NULL)
		return true;
	struct inv_rules_field *f = field_of(c, name);

	inv_rules_enter(c, INV_LIT("prefix"));
	block->by_prefix = true;
	if (n == 0 && !add_prefix(c, prefix, f, block))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!add_prefix(c, inv_json_at(prefix, i), f, block))
			return false;
	c->pointer.n = before;
	return true;
}

static bool
compile_block(struct inv_rules_compile *c, struct inv_rules_block *block,
    const struct inv_json *v)
{
	static const char *const members[] = { "name", "description", "field",
		"prefix", "when", "rules", NULL };

	if (!is_of(c, v, members) || !read_description(c, v) ||
	    !read_name(c, v, "name", MUST_BE, &block->name) ||
	    !compile_prefix(c, v, block) ||
	    !compile_schema(c, v, "when", &block->when))
		return false;
	if (!block->by_prefix && block->when == NULL)
		return inv_rules_wrong(c, "neither prefix nor when");
	c->block = block->name;
	if (!compile_rules(c, v, &block->rules))
		return false;
	return block->rules.n > 0 || inv_rules_wrong(c, "no rules");
}

static bool
compile_blocks(struct inv_rules_compile *c, const struct inv_json *v)
{
	const struct inv_json *list = inv_json_member(v, "blocks");
	struct inv_rules *r = c->r;

	if (list == NULL)
		return true;
	size_t before = inv_rules_enter(c, INV_LIT("blocks"));

	if (!is_list(c, list, "not a list of blocks"))
		return false;
	r->n_blocks = inv_json_count(list);
	r->blocks = inv_rules_keep(c, r->n_blocks * sizeof(*r->blocks));
	r->fields = inv_rules_keep(c, r->n_blocks * sizeof(*r->fields));
	for (size_t i = 0; i < r->n_blocks; i++) {
		size_t here = inv_rules_enter_at(c, i);

		if (!compile_block(c, &r->blocks[i], inv_json_at(list, i)))
			return false;
		c->pointer.n = here;
	}
	c->pointer.n = before;
	return true;
}

/* ---- the whole: what is there twice, and which prefix begins which ---- */

static int
cmp_strs(const void *x, const void *y)
{
	const struct inv_str *a = x;
	const struct inv_str *b = y;

	return inv_str_cmp(*a, *b);
}

static bool
are_different(struct inv_rules_compile *c, struct inv_str *names, size_t n,
    const char *what)
{
	qsort(names, n, sizeof(*names), cmp_strs);
	for (size_t i = 1; i < n; i++)
		if (inv_str_eq(names[i - 1], names[i]))
			return inv_fail(c->err, INV_CONFIG,
			    "#: two %s are called %.*s", what,
			    INV_ARG(names[i]));
	return true;
}

static bool
check_names(struct inv_rules_compile *c)
{
	struct inv_rules *r = c->r;
	size_t n = r->rules.n;

	for (size_t i = 0; i < r->n_blocks; i++)
		n += r->blocks[i].rules.n;
	struct inv_str *ids = inv_rules_keep(c, n * sizeof(*ids));
	struct inv_str *names = inv_rules_keep(c, r->n_blocks * sizeof(*names));

	n = 0;
	for (size_t i = 0; i < r->rules.n; i++)
		ids[n++] = r->rules.at[i].id;
	for (size_t i = 0; i < r->n_blocks; i++) {
		const struct inv_rules_list *rules = &r->blocks[i].rules;

		names[i] = r->blocks[i].name;
		for (size_t k = 0; k < rules->n; k++)
			ids[n++] = rules->at[k].id;
	}
	return are_different(c, ids, n, "rules") &&
	    are_different(c, names, r->n_blocks, "blocks");
}

static int
cmp_prefixes(const void *x, const void *y)
{
	const struct inv_rules_prefix *a = x;
	const struct inv_rules_prefix *b = y;

	return inv_str_cmp(a->text, b->text);
}

/* Those that begin p were all before it, each within the next. */
static bool
link_prefix(struct inv_rules_compile *c, const struct inv_rules_field *f,
    size_t i)
{
	struct inv_rules_prefix *p = &f->at[i];
	int depth = 0;

	p->outer = i == 0 ? NULL : &f->at[i - 1];
	while (p->outer != NULL && !inv_str_starts(p->text, p->outer->text))
		p->outer = p->outer->outer;
	for (const struct inv_rules_prefix *o = p->outer; o != NULL;
	     o = o->outer) {
		if (o->text.n == p->text.n)
			return inv_fail(c->err, INV_CONFIG,
			    "#: the prefix %.*s is there twice",
			    INV_ARG(p->text));
		if (o->block == p->block)
			return inv_fail(c->err, INV_CONFIG,
			    "#: the prefix %.*s says what %.*s says already",
			    INV_ARG(p->text), INV_ARG(o->text));
		if (++depth == INV_RULES_PREFIXES)
			return inv_fail(c->err, INV_CONFIG,
			    "#: more than %d prefixes begin with one another",
			    INV_RULES_PREFIXES);
	}
	return true;
}

static bool
link_prefixes(struct inv_rules_compile *c)
{
	struct inv_rules *r = c->r;

	for (size_t i = 0; i < r->n_fields; i++) {
		struct inv_rules_field *f = &r->fields[i];

		qsort(f->at, f->n, sizeof(*f->at), cmp_prefixes);
		for (size_t k = 0; k < f->n; k++)
			if (!link_prefix(c, f, k))
				return false;
	}
	return true;
}

static bool
compile(struct inv_rules_compile *c, const struct inv_json *v)
{
	static const char *const members[] = { "name", "version", "description",
		"rules", "blocks", NULL };
	struct inv_rules *r = c->r;

	if (!is_of(c, v, members) || !read_description(c, v) ||
	    !read_name(c, v, "name", MUST_BE, &r->name) ||
	    !read_text(c, v, "version", MUST_BE, &r->version) ||
	    !compile_rules(c, v, &r->rules) || !compile_blocks(c, v))
		return false;
	if (r->rules.n == 0 && r->n_blocks == 0)
		return inv_rules_wrong(c, "neither rules nor blocks");
	return check_names(c) && link_prefixes(c);
}

struct inv_rules *
inv_rules_new(struct inv_str text, const char *ref_dir, struct inv_err *err)
{
	struct inv_json *v = inv_json_new(text, err);

	if (v == NULL) {
		err->fault = INV_CONFIG;
		return NULL;
	}
	struct inv_rules *r = inv_mem_new(sizeof(*r));
	struct inv_rules_compile c = { .r = r,
		.ref_dir = ref_dir,
		.pointer = INV_BUF(INV_RULES_MAX),
		.text = INV_BUF(INV_RULES_MAX),
		.json = INV_BUF(INV_RULES_MAX),
		.canon = inv_canon_new(),
		.err = err };

	r->found = INV_FLAWS;
	r->text = INV_BUF(INV_RECORD_MAX);
	r->as_of = INV_BUF(AS_OF_MAX);
	bool ok = compile(&c, v);

	inv_json_free(v);
	inv_canon_free(c.canon);
	inv_buf_free(&c.pointer);
	inv_buf_free(&c.text);
	inv_buf_free(&c.json);
	if (ok)
		return r;
	inv_rules_free(r);
	return NULL;
}
