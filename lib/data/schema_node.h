/*
 * schema_node.h - the program a schema is compiled to
 *
 * Between schema_doc.c (documents and references), schema_compile.c (which
 * writes nodes) and those that run them: schema_run.c over any value, schema.c
 * over the columns of a flat record.  One node for each subschema that is
 * reached; nodes point to each other, round in circles where a schema does.
 */
#ifndef INV_DATA_SCHEMA_NODE_H
#define INV_DATA_SCHEMA_NODE_H

#include "base/arena.h"
#include "data/flaw.h"
#include "data/number.h"
#include "data/pattern.h"
#include "data/scan.h"
#include "data/schema.h"
#include "data/syntax.h"
#include "data/value.h"

enum inv_check_op {
	INV_CHECK_MINIMUM,
	INV_CHECK_MAXIMUM,
	INV_CHECK_ABOVE, /* exclusiveMinimum */
	INV_CHECK_BELOW, /* exclusiveMaximum */
	INV_CHECK_MULTIPLE,
	INV_CHECK_MIN_LENGTH,
	INV_CHECK_MAX_LENGTH,
	INV_CHECK_PATTERN,
	INV_CHECK_FORMAT,
	INV_CHECK_NOT_FUTURE, /* x-inv-not-future */
	INV_CHECK_ENUM,       /* and const */
	INV_CHECK_MIN_ITEMS,
	INV_CHECK_MAX_ITEMS,
	INV_CHECK_UNIQUE,
	INV_CHECK_MIN_MEMBERS, /* minProperties */
	INV_CHECK_MAX_MEMBERS,
};

/* A value of an enum. */
struct inv_choice {
	enum inv_kind kind;
	struct inv_str text; /* a string decoded, anything else canonical */
};

/* The order that choices are kept and looked up in; for qsort, bsearch. */
int inv_choice_cmp(const void *x, const void *y);

struct inv_check {
	enum inv_check_op op;
	struct inv_rule rule;
	struct inv_decimal bound; /* the four bounds, multipleOf */
	unsigned types;           /* INV_CHECK_ENUM: of its choices */
	bool small;               /* bound is whole, up to 15 digits: */
	int64_t whole;
	uint64_t count; /* code points, items or members */
	struct inv_pattern *pattern;
	enum inv_syntax syntax;     /* INV_CHECK_FORMAT */
	struct inv_choice *choices; /* ascending by kind, then text */
	size_t n;                   /* choices */
};

enum inv_normal {
	INV_NORMAL_TRIM = 1 << 0,
	INV_NORMAL_UPPERCASE = 1 << 1,
};

/* What an empty cell is: x-inv-empty. */
enum inv_empty {
	INV_EMPTY_UNSAID, /* see inv_column_empty */
	INV_EMPTY_STRING,
	INV_EMPTY_NULL,
	INV_EMPTY_MISSING, /* the record has no such member */
};

/* Kinds of a "type" as bits; whole numbers have one of their own. */
enum {
	INV_TYPE_NULL = 1 << 0,
	INV_TYPE_BOOLEAN = 1 << 1,
	INV_TYPE_INTEGER = 1 << 2,
	INV_TYPE_NUMBER = 1 << 3,
	INV_TYPE_STRING = 1 << 4,
	INV_TYPE_ARRAY = 1 << 5,
	INV_TYPE_OBJECT = 1 << 6,
	INV_TYPE_ANY = (1 << 7) - 1,
};

struct inv_name {
	struct inv_str text; /* decoded */
	struct inv_str json; /* escaped, as between quotes */
};

struct inv_nodes {
	struct inv_node **at;
	size_t n;
};

struct inv_prop {
	struct inv_str name; /* decoded */
	struct inv_node *node;
};

struct inv_pattern_prop {
	struct inv_pattern *pattern;
	struct inv_node *node;
};

/* dependentRequired: where `name` is, these must be. */
struct inv_dependency {
	struct inv_str name;
	struct inv_name *required;
	size_t n;
	struct inv_rule missing;
};

/* What a node has to be looked at for, as bits. */
enum {
	INV_PART_CHECKS = 1 << 0,
	INV_PART_MEMBERS = 1 << 1,
	INV_PART_OTHERS = 1 << 2, /* members that are no props matter, too */
	INV_PART_DEPENDENCIES = 1 << 3, /* dependentRequired */
	INV_PART_ELEMENTS = 1 << 4,
	INV_PART_WITH = 1 << 5,    /* $ref, $dynamicRef, allOf, dependents */
	INV_PART_CHOICES = 1 << 6, /* anyOf, oneOf, not, if */
	INV_PART_REST = 1 << 7,    /* unevaluated* */
};

/* Schemas have many: what few have of one lies elsewhere. */
struct inv_node {
	/*
	 * What a value must pass, in this order: never, types, checks, then
	 * the members.  A value that is null and may be needs no more.
	 */
	bool never;       /* the schema false, by `type` */
	bool null_passes; /* anyOf of this and {"type":"null"}, folded */
	unsigned types;
	const struct inv_rule *type; /* NULL where any may be */
	struct inv_check *checks;
	size_t n;

	/* Of a column of the record; see inv_columns_of below. */
	const struct inv_rule *parse; /* a cell that can not be read as `types`;
					 NULL where type is */
	unsigned before;              /* enum inv_normal */
	unsigned after;
	enum inv_empty empty;
	const struct inv_rule *attachment; /* x-inv-attachment, or NULL */

	/* Objects. */
	struct inv_prop *props; /* ascending by name, bytes of UTF-8 */
	size_t n_props;
	struct inv_pattern_prop *pattern_props;
	size_t n_pattern_props;
	struct inv_node *additional; /* additionalProperties, or NULL */
	struct inv_node *names;      /* propertyNames, or NULL */
	struct inv_name *required;   /* in the order of the schema */
	struct inv_str *ordered;     /* the same, decoded, by inv_canon_cmp */
	size_t n_required;
	const struct inv_rule *missing;
	struct inv_dependency *dependencies;
	size_t n_dependencies;
	struct inv_prop *dependent; /* dependentSchemas: ascending by name */
	size_t n_dependent;

	/* Arrays. */
	struct inv_nodes prefix;        /* prefixItems */
	struct inv_node *items;         /* or NULL */
	struct inv_node *contains;      /* or NULL */
	uint64_t min_contains;          /* 1 where the schema does not say */
	uint64_t max_contains;          /* UINT64_MAX where it does not */
	const struct inv_rule *too_few; /* of contains */
	const struct inv_rule *too_many;

	/* In place: applied to the value itself. */
	struct inv_node *ref;        /* $ref, or NULL */
	struct inv_node *dynamic;    /* $dynamicRef's first target, or NULL */
	struct inv_str dynamic_name; /* the anchor, where it is dynamic */
	struct inv_nodes all_of, any_of, one_of;
	const struct inv_rule *none_of_any; /* no branch says more */
	const struct inv_rule *none_of_one;
	const struct inv_rule *many_of_one;
	struct inv_node * not ;
	const struct inv_rule *is_not;
	struct inv_node *when, *then, *otherwise; /* if, then, else */
	struct inv_node *unevaluated_items;
	struct inv_node *unevaluated_props;

	struct inv_resource *resource; /* it stands in: the dynamic scope */

	/* Worked out when all nodes are there. */
	uint32_t *slots; /* a hash table: 0, or 1 + the index of a prop;
			    NULL where props are few */
	uint32_t mask;   /* its places, a power of two, but one */
	uint64_t filter; /* a bit for the hash of each prop: most names that
			    are none are told by that */
	unsigned parts;  /* what there is beside never and types */
	bool flat;  /* nothing from pattern_props on but `additional` that is
		      `never`: types, checks, props and required say it all */
	bool marks; /* what it evaluates matters to unevaluated* of it or of
		       one that it is applied in place by */
};

/* A schema resource: what an $id begins, or a document. */
struct inv_resource {
	struct inv_str uri;
	struct inv_prop *dynamic; /* its $dynamicAnchors, ascending by name */
	size_t n;
};

/* A member of the record that names attachments. */
struct inv_attaching {
	struct inv_str name; /* as canonical JSON has it, between quotes */
	const struct inv_rule *rule; /* its flaws', without type and msg */
};

/* The program, and all that was allocated for it. */
struct inv_program {
	struct inv_node *root;
	struct inv_str key;    /* JSON array, or empty */
	struct inv_str normal; /* JSON object, or empty */
	struct inv_attaching *attached;
	size_t n_attached;
	bool timed; /* INV_CHECK_NOT_FUTURE is in it */
	bool warns; /* a rule of severity WARNING or INFO is in it */
	struct inv_arena arena;
	struct inv_pattern **patterns;
	size_t n_patterns;
};

/*
 * False with INV_CONFIG; the program is to be freed in either case.  A rule
 * whose keyword stands in another document, or below an $id, has the absolute
 * URI with the pointer as its `schema`; one of the schema itself "/a/b".
 */
INV_MUST bool inv_program_compile(struct inv_program *p, struct inv_str text,
    const struct inv_schema_options *options, struct inv_err *err);
void inv_program_free(struct inv_program *p);

/* Its bit in the filter of a node. */
static inline uint64_t
inv_node_filter(uint32_t hash)
{
	return (uint64_t)1 << (hash >> 26);
}

/* The properties of a node are made quick to find; one is found. */
struct inv_arena;
void inv_node_index(struct inv_arena *a, struct inv_node *node);
const struct inv_prop *inv_node_prop(const struct inv_node *node,
    struct inv_str name, uint32_t hash);

/* By binary search; NULL if there is none of that name. */
const struct inv_prop *inv_props_find(const struct inv_prop *props, size_t n,
    struct inv_str name);

/*
 * What is said of a column: through properties, patternProperties and
 * additionalProperties of the root, and of all that is applied in place there
 * (allOf and $ref narrow it; anyOf, oneOf, if/then/else widen it).
 */
struct inv_column_plan {
	const struct inv_node *node; /* root's own for it, or NULL */
	unsigned types; /* that it may be; without STRING a cell is coerced */
	unsigned before, after; /* enum inv_normal */
	enum inv_empty empty;
	const struct inv_rule *parse;      /* never NULL where it is coerced */
	const struct inv_rule *attachment; /* or NULL */
	bool named;                        /* a property somewhere */
	bool forbidden; /* root's own additionalProperties is false for it */
};

void inv_column_plan(const struct inv_program *p, struct inv_str name,
    struct inv_column_plan *plan);

/* ---- schema_run.c, schema_scalar.c ---- */

struct inv_run;

/* The dynamic scope begins with the resource of root. */
struct inv_run *inv_run_new(const struct inv_program *p);
void inv_run_free(struct inv_run *r);

/* What is known of a member of the record. */
enum inv_standing {
	INV_STANDING_FITS,
	INV_STANDING_FLAWED,
	INV_STANDING_SAID, /* flawed before the run: nothing more is said */
};

/* Where flaws go; both NULL: only the answer counts, and it comes early. */
struct inv_findings {
	struct inv_flaws *flaws;
	struct inv_flaws *warnings; /* severity WARNING and INFO */
	struct inv_str input; /* what the value came as; empty: its text */
	const struct inv_str *inputs; /* what its members came as, or NULL */
	enum inv_standing *standings; /* of its members, or NULL */
};

/*
 * Run a node over a value.  `place` is where it stands (NULL: the record).
 * as_of is "" or an RFC 3339 time for INV_CHECK_NOT_FUTURE.  True if there was
 * no flaw but warnings.  What goes round and round without getting anywhere,
 * which only $dynamicRef can, is the flaw schema_recursion.
 */
INV_MUST bool inv_run_value(struct inv_run *r, const struct inv_node *node,
    const struct inv_value *value, const struct inv_place *place,
    struct inv_str as_of, const struct inv_findings *findings);

/*
 * One check on one scalar, for those who know the kind and have the text
 * (a string decoded, anything else canonical) at hand without a tape.
 */
enum inv_fit { INV_FIT, INV_FIT_NOT, INV_FIT_TOO_LONG };

/*
 * What an empty cell of the column is: what plan says, else "" where the
 * schema takes that, else null where that is one of its types and is taken.
 */
enum inv_empty inv_column_empty(const struct inv_program *p,
    struct inv_run *run, struct inv_str name,
    const struct inv_column_plan *plan);

/* What a match that went past its limits says, from the rule of the pattern. */
struct inv_rule inv_check_too_long(const struct inv_rule *rule);

/* How the types of a node and a value of that kind and text (a number) go. */
enum inv_typing { INV_TYPING_FITS, INV_TYPING_NOT, INV_TYPING_FRACTION };

static inline unsigned
inv_type_of(enum inv_kind kind)
{
	static const unsigned char of[] = {
		[INV_KIND_NULL] = INV_TYPE_NULL,
		[INV_KIND_FALSE] = INV_TYPE_BOOLEAN,
		[INV_KIND_TRUE] = INV_TYPE_BOOLEAN,
		[INV_KIND_NUMBER] = INV_TYPE_NUMBER,
		[INV_KIND_STRING] = INV_TYPE_STRING,
		[INV_KIND_ARRAY] = INV_TYPE_ARRAY,
		[INV_KIND_OBJECT] = INV_TYPE_OBJECT,
	};

	return of[kind];
}

/* A number, canonical, where numbers with a fraction may not be. */
INV_MUST enum inv_typing inv_type_of_number(unsigned types,
    struct inv_str text);

INV_MUST static inline enum inv_typing
inv_types_fit(unsigned types, enum inv_kind kind, struct inv_str text)
{
	if (types & inv_type_of(kind))
		return INV_TYPING_FITS;
	return kind == INV_KIND_NUMBER ? inv_type_of_number(types, text)
				       : INV_TYPING_NOT;
}

/* What INV_TYPING_FRACTION says, from the rule of the type. */
struct inv_rule inv_type_fraction(const struct inv_rule *rule);

INV_MUST enum inv_fit inv_check_scalar(const struct inv_check *check,
    enum inv_kind kind, struct inv_str text, struct inv_str as_of);

#endif
