/* test_value - lib/data/value.h */

#include "data/value.h"

#include <stdlib.h>

#include "base/buf.h"
#include "check.h"

static struct inv_tape *tape;

static const struct inv_value *
read(const char *text)
{
	return inv_tape_read(tape, inv_str_of(text));
}

static void
lays_out_each_kind_of_value(void)
{
	static const struct {
		const char *text;
		enum inv_kind kind;
		bool escaped;
	} cases[] = {
		{ "null", INV_KIND_NULL, false },
		{ "true", INV_KIND_TRUE, false },
		{ "false", INV_KIND_FALSE, false },
		{ "-1.5e-7", INV_KIND_NUMBER, false },
		{ "\"\"", INV_KIND_STRING, false },
		{ "\"a,]}[{:\xc3\xa9\"", INV_KIND_STRING, false },
		{ "\"\\\\\"", INV_KIND_STRING, true },
		{ "\"a\\\"b\"", INV_KIND_STRING, true },
		{ "[]", INV_KIND_ARRAY, false },
		{ "{}", INV_KIND_OBJECT, false },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct inv_value *v = read(cases[i].text);

		check(v->kind == cases[i].kind);
		check(v->escaped == cases[i].escaped);
		check(v->n == 0);
		check(v->size == 1);
		check(v->key.p == NULL);
		check_str(v->text, cases[i].text);
	}
}

static void
tells_each_where_its_siblings_go_on(void)
{
	const struct inv_value *v =
	    read("[1,[2,[]],{\"a\":[3,{}],\"b\":{}},\"x\"]");

	check(v->n == 4);
	check(v->size == 11);
	v = inv_value_first(v);
	check_str(v->text, "1");
	v = inv_value_next(v);
	check_str(v->text, "[2,[]]");
	check(v->n == 2 && v->size == 3);
	v = inv_value_next(v);
	check_str(v->text, "{\"a\":[3,{}],\"b\":{}}");
	check(v->n == 2 && v->size == 5);
	const struct inv_value *m = inv_value_first(v);

	check_str(m->key, "a");
	check_str(m->text, "[3,{}]");
	m = inv_value_next(m);
	check_str(m->key, "b");
	check_str(m->text, "{}");
	v = inv_value_next(v);
	check_str(v->text, "\"x\"");
}

static void
finds_members_by_their_decoded_key(void)
{
	const struct inv_value *v = read("{\"\":0,\"\\u0001\":1,\"\\u001f\":2,"
					 "\"\\n\\t\":3,\"\\\"\\\\\":4,"
					 "\"a\":5,\"\xc3\xa9\":6}");
	static const struct inv_str names[] = {
		{ "", 0 },
		{ "\x01", 1 },
		{ "\x1f", 1 },
		{ "\n\t", 2 },
		{ "\"\\", 2 },
		{ "a", 1 },
		{ "\xc3\xa9", 2 },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		const struct inv_value *m = inv_value_member(v, names[i]);

		check(m != NULL);
		check(m != NULL && m->text.p[0] == (char)('0' + i));
	}
	check(inv_value_member(v, INV_LIT("\n")) == NULL);
	check(inv_value_member(v, INV_LIT("\n\tx")) == NULL);
	check(inv_value_member(v, INV_LIT("b")) == NULL);
	check(inv_value_member(read("[1]"), INV_LIT("")) == NULL);
}

static void
follows_any_depth_without_a_stack(void)
{
	struct inv_buf b = INV_BUF(1 << 20);

	for (int i = 0; i < 100000; i++)
		inv_buf_byte(&b, '[');
	for (int i = 0; i < 100000; i++)
		inv_buf_byte(&b, ']');
	const struct inv_value *v = inv_tape_read(tape, inv_buf_str(&b));

	check(v->size == 100000);
	check(v[99999].n == 0 && v[99999].text.n == 2);
	inv_buf_free(&b);
}

static void
refuses_more_values_than_it_holds(void)
{
	struct inv_buf b = INV_BUF(4 << 20);

	inv_buf_byte(&b, '[');
	for (int i = 1; i < INV_VALUES_MAX; i++)
		inv_buf_add(&b, i == 1 ? INV_LIT("1") : INV_LIT(",1"));
	size_t n = b.n;

	inv_buf_byte(&b, ']');
	const struct inv_value *v = inv_tape_read(tape, inv_buf_str(&b));

	check(v != NULL && v->n == INV_VALUES_MAX - 1);
	b.n = n;
	inv_buf_add(&b, INV_LIT(",1]"));
	check(inv_tape_read(tape, inv_buf_str(&b)) == NULL);
	check_str(read("[1]")->text, "[1]");
	inv_buf_free(&b);
}

int
main(void)
{
	static const struct test tests[] = {
		TEST(lays_out_each_kind_of_value),
		TEST(tells_each_where_its_siblings_go_on),
		TEST(finds_members_by_their_decoded_key),
		TEST(follows_any_depth_without_a_stack),
		TEST(refuses_more_values_than_it_holds),
	};

	tape = inv_tape_new();
	int rc = RUN(tests);

	inv_tape_free(tape);
	return rc;
}
