/* test_canon - lib/data/canon.h */

#include <stdlib.h>

#include "data/canon.h"

#include "check.h"

static struct inv_scan *scan;
static struct inv_canon *canon;

/* The canonical form of any JSON text; good until the next call. */
static struct inv_str
of(struct inv_str json)
{
	static struct inv_buf out;
	struct inv_err err;
	enum inv_kind kind;

	inv_buf_free(&out);
	out = INV_BUF(1 << 22);
	if (!inv_scan_value(scan, json, &kind, &err))
		return INV_LIT("not JSON");
	if (!inv_canon_value(canon, json, &out, &err)) {
		inv_canon_loc(canon, &out);
		inv_buf_byte(&out, ' ');
		inv_buf_add(&out, inv_str_of(err.msg));
	}
	return inv_buf_str(&out);
}

/* The same by inv_canon_object, as a record takes it. */
static struct inv_str
of_object(struct inv_str json)
{
	static struct inv_buf out;
	struct inv_err err;

	inv_buf_free(&out);
	out = INV_BUF(1 << 22);
	if (!inv_scan_object(scan, json, &err))
		return INV_LIT("not an object");
	if (!inv_canon_object(canon, json, inv_scan_record(scan), &out, &err))
		return INV_LIT("inexact");
	return inv_buf_str(&out);
}

static bool
is_canon(const char *json)
{
	struct inv_err err;

	if (!inv_scan_object(scan, inv_str_of(json), &err))
		return false;
	return inv_canon_is(inv_str_of(json), inv_scan_record(scan));
}

static struct inv_str
corpus(const char *folder, const char *name, char *at, size_t size)
{
	const char *corpora = getenv("INV_CORPORA");
	char path[512];

	snprintf(path, sizeof(path), "%s/jcs/%s/%s.json",
	    corpora != NULL ? corpora : "../shared/corpora", folder, name);
	FILE *f = fopen(path, "r");

	if (f == NULL)
		return (struct inv_str){ 0 };
	size_t n = fread(at, 1, size, f);

	fclose(f);
	while (n > 0 && at[n - 1] == '\n')
		n--;
	return (struct inv_str){ at, n };
}

/*
 * One number of the corpus has more digits than a double keeps.  RFC 8785
 * rounds it, we refuse it: here it stands as the RFC writes it.
 */
static void
make_exact(struct inv_str *json)
{
	static const char more[] = "333333333.33333329";
	static const char exact[] = "333333333.3333333 ";
	char *at = memmem(json->p, json->n, more, sizeof(more) - 1);

	if (at == NULL)
		return;
	check_str(of(*json),
	    "[\"numbers\",0] 333333333.33333329 does not keep its value as a double");
	memcpy(at, exact, sizeof(exact) - 1);
}

static void
writes_what_the_rfc_has(void)
{
	static const char *const names[] = { "arrays", "french", "structures",
		"unicode", "values", "weird" };
	char in[8192], out[8192];

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		struct inv_str from = corpus("input", names[i], in, sizeof(in));
		struct inv_str to =
		    corpus("output", names[i], out, sizeof(out));

		if (from.p == NULL || to.p == NULL) {
			skip("no corpora/jcs");
			return;
		}
		make_exact(&from);
		check_same(of(from), to, names[i], 0);
		check_same(of(to), to, names[i], 0);
		if (from.p[0] == '{') {
			check_same(of_object(from), to, names[i], 0);
			check_same(of_object(to), to, names[i], 0);
		}
	}
}

static void
writes_each_kind(void)
{
	static const char *const cases[][2] = {
		{ " null ", "null" },
		{ "\ttrue\n", "true" },
		{ "false", "false" },
		{ "-0", "0" },
		{ "1.50", "1.5" },
		{ "\"a\"", "\"a\"" },
		{ "[ ]", "[]" },
		{ "{ }", "{}" },
		{ "[ 1 , [ 2.0 ] , { \"b\" : 1 , \"a\" : [ ] } ]",
		    "[1,[2],{\"a\":[],\"b\":1}]" },
		{ "{\"b\":{\"d\":1,\"c\":2},\"a\":{\"f\":3,\"e\":4}}",
		    "{\"a\":{\"e\":4,\"f\":3},\"b\":{\"c\":2,\"d\":1}}" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		check_str(of(inv_str_of(cases[i][0])), cases[i][1]);
}

static void
writes_strings_in_their_shortest_form(void)
{
	static const char *const cases[][2] = {
		{ "\"\\/\"", "\"/\"" },
		{ "\"\\u0041\\u00e9\\u20ac\"", "\"A\u00e9\u20ac\"" },
		{ "\"\\ud83d\\ude00\"", "\"\U0001f600\"" },
		{ "\"\\u000A\\u0008\\u000c\\u000d\\u0009\"",
		    "\"\\n\\b\\f\\r\\t\"" },
		{ "\"\\u0000\\u001F\\u000b\"", "\"\\u0000\\u001f\\u000b\"" },
		{ "\"\\u0022\\u005c\"", "\"\\\"\\\\\"" },
		{ "\"\\u007f\\u0080\"", "\"\x7f\xc2\x80\"" },
		{ "\"a\\\"b\\\\c\"", "\"a\\\"b\\\\c\"" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		check_str(of(inv_str_of(cases[i][0])), cases[i][1]);
}

static void
sorts_keys_by_utf16_units(void)
{
	static const char *const rising[] = { "", "\\u0000", "\\r", "1", "A",
		"a", "a\\u0000", "aa", "\xc2\x80", "\\u00f6", "\u20ac",
		"\\ud83d\\ude00", "\U0001f601", "\\ue000", "\ufb33" };
	size_t n = sizeof(rising) / sizeof(*rising);

	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < n; j++) {
			int order = inv_canon_cmp(inv_str_of(rising[i]),
			    inv_str_of(rising[j]));

			check((order < 0) == (i < j));
			check((order > 0) == (i > j));
		}
	check(inv_canon_cmp(INV_LIT("\\u0061"), INV_LIT("a")) == 0);
	check_str(of(INV_LIT("{\"\ufb33\":1,\"\U0001f600\":2}")),
	    "{\"\U0001f600\":2,\"\ufb33\":1}");
}

static void
sorts_many_keys(void)
{
	static struct inv_buf in, want;
	int n = INV_MEMBERS_MAX;

	in = INV_BUF(1 << 20);
	want = INV_BUF(1 << 20);
	for (int i = 0; i < n; i++) {
		inv_buf_addf(&in, "%s\"k%04d\":%d", i == 0 ? "{" : ", ",
		    (i * 1237) % n, i);
		inv_buf_addf(&want, "%s\"k%04d\":", i == 0 ? "{" : ",", i);
		for (int j = 0; j < n; j++)
			if ((j * 1237) % n == i)
				inv_buf_addf(&want, "%d", j);
	}
	inv_buf_byte(&in, '}');
	inv_buf_byte(&want, '}');
	check_same(of(inv_buf_str(&in)), inv_buf_str(&want), __FILE__, 0);
	check_same(of_object(inv_buf_str(&in)), inv_buf_str(&want), __FILE__,
	    0);
	inv_buf_free(&in);
	inv_buf_free(&want);
}

static void
goes_as_deep_as_the_scanner(void)
{
	static struct inv_buf in, want;

	in = INV_BUF(1 << 16);
	want = INV_BUF(1 << 16);
	for (int i = 0; i < INV_DEPTH_MAX; i++) {
		inv_buf_addf(&in, "{\"b\": 2, \"a\": ");
		inv_buf_addf(&want, "{\"a\":");
	}
	inv_buf_addf(&in, "1e400");
	inv_buf_addf(&want, "7");
	for (int i = 0; i < INV_DEPTH_MAX; i++) {
		inv_buf_byte(&in, '}');
		inv_buf_addf(&want, ",\"b\":2}");
	}
	check(inv_str_starts(of(inv_buf_str(&in)),
	    INV_LIT("[\"a\",\"a\",\"a\",\"a\",\"a\"")));
	memcpy(strstr(in.p, "1e400"), "7.000", 5);
	check_same(of(inv_buf_str(&in)), inv_buf_str(&want), __FILE__, 0);
	inv_buf_free(&in);
	inv_buf_free(&want);
}

static void
says_where_a_number_is_not_exact(void)
{
	check_str(of(INV_LIT("1e400")),
	    "[] 1e400 does not keep its value as a double");
	check_str(of(INV_LIT("{\"z\":1,\"a\":[1,{\"\\u00e9\":0.1},"
			     "{\"k\":10000000000000001}]}")),
	    "[\"a\",2,\"k\"] 10000000000000001 does not keep its value as a double");
	check_str(of(INV_LIT("[[],[[],{\"\\u00e9\\n\":1e-400}]]")),
	    "[1,1,\"\u00e9\\n\"] 1e-400 does not keep its value as a double");
	check_str(of_object(INV_LIT("{\"a\":1e400}")), "inexact");
}

static void
takes_back_what_it_wrote_before_an_inexact_number(void)
{
	struct inv_buf out = INV_BUF(1024);
	struct inv_err err;

	inv_buf_add(&out, INV_LIT("kept"));
	check(!inv_canon_value(canon, INV_LIT("[1,2,1e400]"), &out, &err));
	check(err.fault == INV_BAD);
	check_str(inv_buf_str(&out), "kept");
	inv_buf_free(&out);
}

static void
knows_canonical_text(void)
{
	static const char *const yes[] = { "{}", "{\"a\":1}",
		"{\"a\":\"x\\\"y\",\"b\":null}", "{\"A\":true,\"a\":false}",
		"{\"\":\"\",\"a\\nb\":\"\\u001f\"}",
		"{\"\U0001f600\":1,\"\ufb33\":2}" };
	static const char *const no[] = { "{ }", "{\"a\": 1}", "{\"a\":1 }",
		"{\"a\":1.0}", "{\"b\":1,\"a\":2}", "{\"a\":\"\\/\"}",
		"{\"a\":\"\\u001F\"}", "{\"a\":\"\\u000a\"}",
		"{\"a\":\"\\u0041\"}", "{\"\\u0061\":1}", "{\"a\":1e400}",
		"{\"a\":[ 1 ]}", "{\"a\":1} ",
		"{\"\ufb33\":1,\"\U0001f600\":2}" };

	for (size_t i = 0; i < sizeof(yes) / sizeof(*yes); i++) {
		check(is_canon(yes[i]));
		check_str(of_object(inv_str_of(yes[i])), yes[i]);
	}
	for (size_t i = 0; i < sizeof(no) / sizeof(*no); i++)
		check(!is_canon(no[i]));
}

static void
refuses_what_is_deeper_than_a_record(void)
{
	struct inv_buf line = INV_BUF(1000);
	struct inv_buf form = INV_BUF(1000);
	struct inv_err err;

	inv_buf_addf(&line, "{\"x\":");
	for (int i = 0; i < INV_DEPTH_MAX + 1; i++)
		inv_buf_byte(&line, '[');
	for (int i = 0; i < INV_DEPTH_MAX + 1; i++)
		inv_buf_byte(&line, ']');
	inv_buf_byte(&line, '}');
	check(inv_scan_line(scan, inv_buf_str(&line), &err));
	check(!inv_canon_value(canon, inv_scan_outer(scan)->at[0].value, &form,
	    &err));
	check(err.fault == INV_BAD && form.n == 0);
	check_str(inv_str_of(err.msg), "more than a record may hold");
	inv_buf_free(&line);
	inv_buf_free(&form);
}

static void
a_ceiling_shows_in_the_buf(void)
{
	struct inv_buf out = INV_BUF(4);
	struct inv_err err;

	check(inv_canon_value(canon, INV_LIT("[1,2,3]"), &out, &err));
	check(out.failed);
	inv_buf_free(&out);
}

int
main(void)
{
	static const struct test tests[] = {
		TEST(writes_what_the_rfc_has),
		TEST(writes_each_kind),
		TEST(writes_strings_in_their_shortest_form),
		TEST(sorts_keys_by_utf16_units),
		TEST(sorts_many_keys),
		TEST(goes_as_deep_as_the_scanner),
		TEST(says_where_a_number_is_not_exact),
		TEST(takes_back_what_it_wrote_before_an_inexact_number),
		TEST(knows_canonical_text),
		TEST(refuses_what_is_deeper_than_a_record),
		TEST(a_ceiling_shows_in_the_buf),
	};

	scan = inv_scan_new();
	canon = inv_canon_new();
	int rc = RUN(tests);

	of(INV_LIT("0"));
	of_object(INV_LIT("{}"));
	inv_canon_free(canon);
	inv_scan_free(scan);
	return rc;
}
