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
refuses_a_key_that_a_tree_would_cut(void)
{
	check(is_refused("{\"a\\u0000b\":1}"));
	check(is_refused("[{\"\\\\\\u0000\" :1}]"));
	check(!is_refused("{\"a\\\\u0000b\":\"\\u0000\"}"));
}

static void
keeps_numbers_as_they_are(void)
{
	static const char *const texts[][2] = { { "1e400", "1e400" },
		{ "[10000000000000001]", "[10000000000000001]" },
		{ "[100000000000000000000]", "[100000000000000000000]" },
		{ " -200000000000000000000 ", "-200000000000000000000" },
		{ "{\"1234567890123456789012\":1.50}",
		    "{\"1234567890123456789012\":1.50}" } };

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		struct inv_json *j = json(texts[i][0]);
		struct inv_buf out = INV_BUF(1000);

		inv_json_print(j, &out);
		check_str(inv_buf_str(&out), texts[i][1]);
		inv_buf_free(&out);
		inv_json_free(j);
	}
}

static void
refuses_what_is_too_deep(void)
{
	char text[2 * INV_DOCUMENT_DEPTH + 3] = { 0 };

	memset(text, '[', INV_DOCUMENT_DEPTH);
	memset(text + INV_DOCUMENT_DEPTH, ']', INV_DOCUMENT_DEPTH);
	check(!is_refused(text));
	memset(text, '[', INV_DOCUMENT_DEPTH + 1);
	memset(text + INV_DOCUMENT_DEPTH + 1, ']', INV_DOCUMENT_DEPTH + 1);
	check(is_refused(text));
}

static void
takes_more_members_than_a_record_has(void)
{
	struct inv_buf text = INV_BUF(1 << 20);
	const struct inv_json *value;
	struct inv_str key;
	int n = 0;

	for (int i = 0; i < 2 * INV_MEMBERS_MAX; i++)
		inv_buf_addf(&text, "%s\"%d\":0", i == 0 ? "{" : ",", i);
	inv_buf_add(&text, INV_LIT("}"));
	struct inv_json *j = inv_json_new(inv_buf_str(&text), &err);

	for (void *walk = NULL; inv_json_next(j, &walk, &key, &value);)
		n++;
	check(n == 2 * INV_MEMBERS_MAX);
	inv_json_free(j);
	text.n--;
	inv_buf_add(&text, INV_LIT(",\"7\":1}"));
	check(inv_json_new(inv_buf_str(&text), &err) == NULL);
	check(strstr(err.msg, "the same member twice") != NULL);
	inv_buf_free(&text);
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
		TEST(refuses_a_key_that_a_tree_would_cut),
		TEST(keeps_numbers_as_they_are),
		TEST(refuses_what_is_too_deep),
		TEST(takes_more_members_than_a_record_has),
		TEST(knows_each_kind),
		TEST(getters_never_coerce),
		TEST(tells_null_from_missing),
		TEST(walks_members_in_the_order_of_the_text),
		TEST(prints_what_reads_back),
	};

	return RUN(tests);
}
