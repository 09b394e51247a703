/* test_json - lib/data/json.h */

#include "data/json.h"

#include "check.h"

static struct inv_err err;

static struct inv_json *
json(const char *text)
{
	return inv_json_new(inv_str_of(text), &err);
}

static bool
is_refused(const char *text)
{
	struct inv_json *j = json(text);

	if (j == NULL)
		return err.fault == INV_BAD && err.msg[0] != '\0';
	inv_json_free(j);
	return false;
}

static void
refuses_what_the_scanner_refuses(void)
{
	static const char *const texts[] = { "", "NaN", "Infinity", "'x'", "1.",
		"-01", "[1,]", "{\"a\":1,\"a\":2}", "{\"a\":1,\"\\u0061\":2}",
		"\"\\ud800\"", "\"\t\"", "1 2", "{} x", "\"\xc0\xaf\"",
		"/* */ 1", "[1" };

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		check(is_refused(texts[i]));
}

static void
refuses_what_a_tree_would_change(void)
{
	static const char *const texts[] = { "{\"a\\u0000b\":1}",
		"[{\"\\\\\\u0000\":1}]", "[10000000000000001]",
		"[{\"x\":1e400}]", "[100000000000000000000]",
		" {\"n\":12345678901234567890}", "1e400", " 10000000000000001 ",
		"[-200000000000000000000,1]", "[200000000000000000000,1]" };

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		check(is_refused(texts[i]));
	check(!is_refused("[100000000000000000,1e30]"));
	check(!is_refused("{\"a\\\\u0000b\":\"\\u0000\"}"));
}

static void
refuses_what_is_too_deep(void)
{
	char text[2 * INV_DEPTH_MAX + 3] = { 0 };

	memset(text, '[', INV_DEPTH_MAX);
	memset(text + INV_DEPTH_MAX, ']', INV_DEPTH_MAX);
	check(!is_refused(text));
	memset(text, '[', INV_DEPTH_MAX + 1);
	memset(text + INV_DEPTH_MAX + 1, ']', INV_DEPTH_MAX + 1);
	check(is_refused(text));
}

static void
knows_each_kind(void)
{
	static const struct {
		const char *text;
		enum inv_kind kind;
	} cases[] = {
		{ "null", INV_KIND_NULL },
		{ " false ", INV_KIND_FALSE },
		{ "true", INV_KIND_TRUE },
		{ "12", INV_KIND_NUMBER },
		{ "1.5", INV_KIND_NUMBER },
		{ "\"12\"", INV_KIND_STRING },
		{ "[]", INV_KIND_ARRAY },
		{ "\n{}", INV_KIND_OBJECT },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct inv_json *j = json(cases[i].text);

		check(j != NULL);
		if (j == NULL)
			continue;
		check(inv_json_kind(j) == cases[i].kind);
		inv_json_free(j);
	}
}

static void
getters_never_coerce(void)
{
	struct inv_json *j = json("[\"12\",12,true,null,1.5]");
	struct inv_decimal d;
	struct inv_str s;

	check(inv_json_count(j) == 5);
	check(!inv_json_decimal(inv_json_at(j, 0), &d));
	check(inv_json_str(inv_json_at(j, 0), &s));
	check_str(s, "12");
	check(!inv_json_str(inv_json_at(j, 1), &s));
	check(inv_json_decimal(inv_json_at(j, 1), &d) && d.point == 2);
	check(!inv_json_decimal(inv_json_at(j, 2), &d));
	check(!inv_json_str(inv_json_at(j, 3), &s));
	check(inv_json_kind(inv_json_at(j, 3)) == INV_KIND_NULL);
	check(inv_json_decimal(inv_json_at(j, 4), &d));
	check(!inv_decimal_is_whole(&d));
	inv_json_free(j);
}

static void
tells_null_from_missing(void)
{
	struct inv_json *j = json("{\"a\":null,\"b\":{\"c\":\"\\u0000x\"}}");
	const struct inv_json *b = inv_json_member(j, "b");
	struct inv_str s;

	check(inv_json_member(j, "a") != NULL);
	check(inv_json_kind(inv_json_member(j, "a")) == INV_KIND_NULL);
	check(inv_json_member(j, "x") == NULL);
	check(inv_json_member(inv_json_member(j, "a"), "x") == NULL);
	check(inv_json_count(b) == 0);
	check(inv_json_str(inv_json_member(b, "c"), &s) && s.n == 2);
	inv_json_free(j);
}

static void
walks_members_in_the_order_of_the_text(void)
{
	struct inv_json *j = json("{\"b\":1,\"a\":null,\"\":3}");
	const struct inv_json *value;
	struct inv_buf keys = INV_BUF(100);
	struct inv_str key;

	for (void *walk = NULL; inv_json_next(j, &walk, &key, &value);) {
		inv_buf_add(&keys, key);
		inv_buf_byte(&keys, ';');
	}
	check_str(inv_buf_str(&keys), "b;a;;");
	inv_buf_free(&keys);
	inv_json_free(j);
}

static void
prints_what_reads_back(void)
{
	static const char text[] =
	    "{\"a\":[1,2.50,null,true,\"x/y\\n\\u0000\"],\"e\":1e-7}";
	struct inv_json *j = json(text);
	struct inv_buf out = INV_BUF(1000);

	inv_json_print(j, &out);
	check_str(inv_buf_str(&out), text);
	inv_buf_free(&out);
	inv_json_free(j);
}

int
main(void)
{
	static const struct test tests[] = {
		TEST(refuses_what_the_scanner_refuses),
		TEST(refuses_what_a_tree_would_change),
		TEST(refuses_what_is_too_deep),
		TEST(knows_each_kind),
		TEST(getters_never_coerce),
		TEST(tells_null_from_missing),
		TEST(walks_members_in_the_order_of_the_text),
		TEST(prints_what_reads_back),
	};

	return RUN(tests);
}
