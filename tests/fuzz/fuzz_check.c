/*
 * fuzz_check - any record, under schemas that use every keyword
 *
 * The first byte chooses the schema, the rest is a record.  What comes out is
 * canonical; what fits comes back as it is; and whoever asks for the answer
 * alone gets the one that the list of errors gives.
 */

#include <stdlib.h>

#include "data/canon.h"
#include "data/schema.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static const char *const texts[] = {
	"{\"properties\":{\"a\":{\"type\":[\"integer\",\"null\"],"
	"\"minimum\":-5,\"exclusiveMaximum\":1e2,\"multipleOf\":0.5},"
	"\"b\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":3,"
	"\"pattern\":\"^[a-z]*$\"},\"c\":{\"enum\":[1,\"a\",null,[1],"
	"{\"a\":1}]},\"d\":{\"format\":\"date\"}},\"required\":[\"b\",\"a\"],"
	"\"additionalProperties\":false}",
	"{\"patternProperties\":{\"^a\":{\"minItems\":1,\"maxItems\":3,"
	"\"uniqueItems\":true,\"contains\":{\"const\":1},\"minContains\":0,"
	"\"maxContains\":2}},\"additionalProperties\":{\"type\":\"string\"},"
	"\"propertyNames\":{\"maxLength\":3},\"minProperties\":1,"
	"\"maxProperties\":4,\"dependentRequired\":{\"a\":[\"b\"]},"
	"\"dependentSchemas\":{\"b\":{\"required\":[\"c\"]}}}",
	"{\"allOf\":[{\"properties\":{\"a\":{\"prefixItems\":[true,{\"type\":"
	"\"null\"}],\"unevaluatedItems\":{\"type\":\"string\"}}}},{\"anyOf\":"
	"[{\"properties\":{\"b\":{\"const\":1}},\"required\":[\"b\"]},"
	"{\"properties\":{\"c\":true},\"required\":[\"c\"]}]}],"
	"\"if\":{\"required\":[\"d\"]},\"then\":{\"properties\":{\"d\":"
	"{\"type\":\"boolean\"}}},\"else\":{\"not\":{\"required\":[\"e\"]}},"
	"\"unevaluatedProperties\":false}",
	"{\"$dynamicAnchor\":\"n\",\"properties\":{\"a\":{\"$dynamicRef\":"
	"\"#n\"},\"b\":{\"items\":{\"$ref\":\"#\"}},\"c\":{\"oneOf\":["
	"{\"type\":\"integer\"},{\"type\":\"number\",\"minimum\":3},"
	"{\"type\":\"null\"}]}},\"maxProperties\":3,"
	"\"unevaluatedProperties\":{\"type\":\"string\"}}",
	"{\"properties\":{\"a\":{\"oneOf\":[{\"properties\":{\"k\":{\"const\":"
	"\"x\"},\"v\":{\"type\":\"integer\"}}},{\"properties\":{\"k\":{"
	"\"const\":\"y\"},\"v\":{\"type\":\"string\"}}}]},\"b\":{\"anyOf\":["
	"{\"items\":{\"maximum\":3}},{\"type\":\"string\",\"x-inv-severity\":"
	"\"WARNING\",\"maxLength\":1}]}}}",
};

enum { SCHEMAS = sizeof(texts) / sizeof(*texts) };

struct tools {
	struct inv_schema *schemas[SCHEMAS];
	struct inv_scan *scan;
	struct inv_canon *canon;
	struct inv_tape *tape;
	struct inv_buf out, again, canonical;
	struct inv_flaws flaws, warnings;
};

static void
must(bool so)
{
	if (!so)
		abort();
}

static void
prepare(struct tools *t)
{
	struct inv_err err;

	for (size_t i = 0; i < SCHEMAS; i++) {
		t->schemas[i] =
		    inv_schema_new(inv_str_of(texts[i]), NULL, &err);
		must(t->schemas[i] != NULL);
	}
	t->scan = inv_scan_new();
	t->canon = inv_canon_new();
	t->tape = inv_tape_new();
	t->out = INV_BUF(INV_SCHEMA_OUT);
	t->again = INV_BUF(INV_SCHEMA_OUT);
	t->canonical = INV_BUF(INV_SCHEMA_OUT);
	t->flaws = INV_FLAWS;
	t->warnings = INV_FLAWS;
}

/* Some flaws are of the text itself, not of what a schema says. */
static bool
is_exact(const struct inv_flaws *f)
{
	for (size_t i = 0; i < f->n; i++)
		if (strcmp(f->at[i].type, "number_not_exact") == 0 ||
		    strcmp(f->at[i].type, "record_too_long") == 0)
			return false;
	return true;
}

static void
check(struct tools *t, struct inv_schema *s, struct inv_str record)
{
	struct inv_err err;

	inv_buf_reset(&t->out);
	inv_buf_reset(&t->again);
	inv_buf_reset(&t->canonical);
	bool fits = inv_schema_check(s, record, inv_scan_record(t->scan),
	    INV_CELLS_TYPED, &t->out, &t->flaws, &t->warnings);
	struct inv_str out = inv_buf_str(&t->out);

	must(fits == (t->flaws.n == 0));
	if (!is_exact(&t->flaws))
		return;
	must(inv_canon_value(t->canon, record, &t->canonical, &err));
	must(inv_str_eq(out, inv_buf_str(&t->canonical)));
	must(inv_schema_fits(s, inv_tape_read(t->tape, out), NULL) == fits);
	size_t n = t->flaws.n;

	must(inv_scan_object(t->scan, out, &err));
	must(inv_schema_check(s, out, inv_scan_record(t->scan), INV_CELLS_TYPED,
		 &t->again, &t->flaws, &t->warnings) == fits);
	must(t->flaws.n == n);
	must(inv_str_eq(out, inv_buf_str(&t->again)));
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static struct tools t;
	struct inv_err err;

	if (t.scan == NULL)
		prepare(&t);
	if (n == 0)
		return 0;
	struct inv_str record = { (const char *)p + 1, n - 1 };

	if (inv_scan_object(t.scan, record, &err))
		check(&t, t.schemas[p[0] % SCHEMAS], record);
	return 0;
}
