/* test_uri - lib/data/uri.h */

#include "data/uri.h"

#include "check.h"

static struct inv_buf out;

static struct inv_str
resolved(const char *base, const char *ref)
{
	inv_buf_reset(&out);
	inv_uri_resolve(inv_str_of(base), inv_str_of(ref), &out);
	return inv_buf_str(&out);
}

/* RFC 3986 section 5.4, without the fragments. */
static void
resolves_as_the_rfc_does(void)
{
	static const char *const cases[][2] = { { "g:h", "g:h" },
		{ "g", "http://a/b/c/g" }, { "./g", "http://a/b/c/g" },
		{ "g/", "http://a/b/c/g/" }, { "/g", "http://a/g" },
		{ "//g", "http://g" }, { "?y", "http://a/b/c/d;p?y" },
		{ "g?y", "http://a/b/c/g?y" }, { "#s", "http://a/b/c/d;p?q" },
		{ "g#s", "http://a/b/c/g" }, { ";x", "http://a/b/c/;x" },
		{ "", "http://a/b/c/d;p?q" }, { ".", "http://a/b/c/" },
		{ "./", "http://a/b/c/" }, { "..", "http://a/b/" },
		{ "../", "http://a/b/" }, { "../g", "http://a/b/g" },
		{ "../..", "http://a/" }, { "../../g", "http://a/g" },
		{ "../../../g", "http://a/g" }, { "/./g", "http://a/g" },
		{ "/../g", "http://a/g" }, { "g.", "http://a/b/c/g." },
		{ "..g", "http://a/b/c/..g" }, { "./../g", "http://a/b/g" },
		{ "./g/.", "http://a/b/c/g/" }, { "g/./h", "http://a/b/c/g/h" },
		{ "g/../h", "http://a/b/c/h" },
		{ "g;x=1/../y", "http://a/b/c/y" },
		{ "g?y/../x", "http://a/b/c/g?y/../x" } };

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		check_str(resolved("http://a/b/c/d;p?q", cases[i][0]),
		    cases[i][1]);
}

static void
resolves_against_other_bases(void)
{
	check_str(resolved("http://a", "b"), "http://a/b");
	check_str(resolved("urn:uuid:1?+x", "#/a"), "urn:uuid:1?+x");
	check_str(resolved("file:///c:/d/e.json", "f.json"),
	    "file:///c:/d/f.json");
	check_str(resolved("", "x/y?z#f"), "x/y?z");
	check_str(resolved("inv:///", "../a"), "inv:///a");
}

static void
splits_into_what_is_there(void)
{
	struct inv_uri u = inv_uri_split(INV_LIT("a+b://c?#"));

	check_str(u.scheme, "a+b");
	check_str(u.authority, "c");
	check(u.path.n == 0);
	check(u.query.p != NULL && u.query.n == 0);
	check(u.fragment.p != NULL && u.fragment.n == 0);
	u = inv_uri_split(INV_LIT("1a:b"));
	check(u.scheme.p == NULL && u.authority.p == NULL);
	check(u.query.p == NULL && u.fragment.p == NULL);
	check_str(u.path, "1a:b");
}

static void
decodes_percents(void)
{
	inv_buf_reset(&out);
	check(inv_uri_decode(INV_LIT("a%2Fb%c3%A9"), &out));
	check_str(inv_buf_str(&out), "a/b\xc3\xa9");
	check(!inv_uri_decode(INV_LIT("%2"), &out));
	check(!inv_uri_decode(INV_LIT("%g0"), &out));
	check(!inv_uri_decode(INV_LIT("%"), &out));
}

int
main(void)
{
	static const struct test tests[] = {
		TEST(resolves_as_the_rfc_does),
		TEST(resolves_against_other_bases),
		TEST(splits_into_what_is_there),
		TEST(decodes_percents),
	};

	out = INV_BUF(1 << 16);
	int rc = RUN(tests);

	inv_buf_free(&out);
	return rc;
}
