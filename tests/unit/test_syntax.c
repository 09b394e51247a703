/* test_syntax - lib/data/syntax.h */

#include "data/syntax.h"

#include "check.h"

enum { MOST = 64 }; /* texts of a list, the NULL behind them included */

static void
sort_out(const char *name, const char *const yes[MOST],
    const char *const no[MOST])
{
	enum inv_syntax syntax;

	check(inv_syntax_of(inv_str_of(name), &syntax));
	for (size_t i = 0; yes[i] != NULL; i++)
		if (!inv_syntax_is(syntax, inv_str_of(yes[i]))) {
			printf("# %s: refused %s\n", name, yes[i]);
			check(false);
		}
	for (size_t i = 0; no[i] != NULL; i++)
		if (inv_syntax_is(syntax, inv_str_of(no[i]))) {
			printf("# %s: took %s\n", name, no[i]);
			check(false);
		}
}

static void
knows_the_formats_by_name(void)
{
	enum inv_syntax syntax;

	check(inv_syntax_of(INV_LIT("date-time"), &syntax));
	check(syntax == INV_SYNTAX_DATE_TIME);
	check_str(inv_str_of(inv_syntax_type(syntax)), "datetime_parsing");
	check_str(inv_str_of(inv_syntax_msg(INV_SYNTAX_UUID)), "is not a UUID");
	check(!inv_syntax_of(INV_LIT("hostname"), &syntax));
	check(!inv_syntax_of(INV_LIT("Date"), &syntax));
	check(!inv_syntax_of(INV_LIT(""), &syntax));
}

static void
leaves_dates_to_the_calendar(void)
{
	sort_out("date", (const char *const[MOST]){ "2026-02-28" },
	    (const char *const[MOST]){ "2026-02-29", "" });
	sort_out("date-time",
	    (const char *const[MOST]){ "2026-02-28T12:00:00Z" },
	    (const char *const[MOST]){ "2026-02-29T12:00:00Z", "2026-02-28" });
}

static void
takes_times_with_an_offset(void)
{
	sort_out("time",
	    (const char *const[MOST]){ "08:30:06Z", "08:30:06.283185z",
		"23:59:60Z", "15:59:60-08:00", "23:29:60+23:30",
		"01:29:60.9+01:30", "12:00:00-00:00", "00:00:00+23:59" },
	    (const char *const[MOST]){ "", "12:00:00", "12:00:00.5",
		"24:00:00Z", "12:60:00Z", "12:00:61Z", "22:59:60Z",
		"23:59:60+00:01", "12:00Z", "8:30:06Z", "08:30:06 PST",
		"12:00:00.Z", "12:00:00+24:00", "12:00:00+01:60",
		"12:00:00+0100", "12:00:00Z+01:00", "T12:00:00Z", "12:00:00Z ",
		"01:02:03+00:00:00", "1\xe0\xa7\xa8:00:00Z" });
}

static void
takes_durations_of_rfc_3339(void)
{
	sort_out("duration",
	    (const char *const[MOST]){ "P4DT12H30M5S", "PT0S", "P0D", "P1M",
		"PT1M", "PT36H", "P1DT12H", "P2W", "P4Y", "P1Y2M3D", "P1Y2M",
		"P1M2D", "PT1H2M", "PT1M2S", "P1YT1S", "P0123456789D" },
	    (const char *const[MOST]){ "", "P", "PT", "P1YT", "T1S", "4DT12H",
		"PT1D", "P2D1Y", "P1D2H", "P2S", "P1Y2W", "P1W2D", "P1WT1H",
		"P1", "P1YM", "PT1H2S", "P1Y2D", "p1d", "P1.5D", "P-1D", "-P1D",
		"P1D ", "P1D1D", "P\xe0\xa7\xa8Y" });
}

static void
takes_mailboxes_of_rfc_5321(void)
{
	sort_out("email",
	    (const char *const[MOST]){ "joe.bloggs@example.com",
		"~te~st~@example.com", "te.~s.t@example.com",
		"\"joe bloggs\"@example.com", "\"joe..bloggs\"@example.com",
		"\"joe@bloggs\"@example.com", "\"joe\\\"b\\\\\"@example.com",
		"\"\"@example.com", "joe@[127.0.0.1]", "joe@[IPv6:::1]",
		"joe@[ipv6:2001:db8::1]", "joe@localhost", "a+b=c@1.x-y.org",
		"!#$%&'*+-/=?^_`{|}~@x" },
	    (const char *const[MOST]){ "", "2962", "joe", "@example.com",
		"joe@", ".joe@example.com", "joe.@example.com",
		"j..b@example.com", "joe bloggs@example.com",
		"joe@invalid=domain.com", "joe@[127.0.0.300]", "joe@[::1]",
		"joe@[IPv6:1.2.3.4]", "joe@[127.0.0.1", "joe@[]", "joe@[x:y]",
		"joe@-x.org", "joe@x-.org", "joe@x..org", "joe@.x", "joe@x.",
		"joe@x@y", "a@x, b@y", "<joe@example.com>", "\"joe@example.com",
		"\"joe\"x@example.com", "\"joe\\\"@example.com",
		"\"j\x7f\"@example.com", "\"j\t\"@example.com",
		"j\xc3\xb6@example.com", "joe@ex\xc3\xa4mple.com",
		"joe@example.com\n" });
}

static void
takes_uris_of_rfc_3986(void)
{
	sort_out("uri",
	    (const char *const[MOST]){ "http://foo.bar/?baz=qux#quux",
		"http://foo.com/blah_(wikipedia)_blah#cite-1",
		"http://foo.bar/?q=Test%20URL-encoded%20stuff",
		"http://-.~_!$&'()*+,;=:%40:80%2f::::::@example.com",
		"http://223.255.255.254", "ftp://ftp.is.co.za/rfc/rfc1808.txt",
		"ldap://[2001:db8::7]/c=GB?objectClass?one",
		"mailto:John.Doe@example.com", "tel:+1-816-555-1212",
		"urn:oasis:names:specification:docbook:dtd:xml:4.1.2",
		"a:", "file:///etc/fstab", "http://", "x://[v1f.a:b]:80",
		"x://h:", "x:?#", "x:/a//b/./..", "x:a@b:c", "x:#a/b?c",
		"z9+-.:y" },
	    (const char *const[MOST]){ "", ":", "//foo.bar/", "/abc", "abc",
		"\\\\WINDOWS\\fileshare", "http:// shouldfail.com",
		":// should fail", "bar,baz:foo", "1x:y", "http://a b/",
		"https://[@example.org/test.txt", "http://x/<y>",
		"http://x/{y}", "http://x/a\\b", "http://x/^", "http://x/`",
		"http://x/a|b", "http://x/%", "http://x/%4", "http://x/%4g",
		"http://x/#a#b", "http://x:y/", "http://x:80:80/",
		"http://[::1]x/", "http://[::1", "http://::1/",
		"http://[1.2.3.4]/", "http://[fe80::1%25eth0]/",
		"http://[v.a]/", "http://[v1.]/", "http://[v1.%41]/",
		"http://a@b@c/", "http://[]/", "x:[", "x:a]",
		"http://ex\xc3\xa4mple.org/", "x:\t", "x:\x7f", "x:\"" });
}

static void
takes_uuids(void)
{
	sort_out("uuid",
	    (const char *const[MOST]){ "2EB8AA08-AA98-11EA-B4AA-73B441D16380",
		"2eb8aa08-aa98-11ea-b4aa-73B441d16380",
		"00000000-0000-0000-0000-000000000000" },
	    (const char *const[MOST]){ "",
		"2eb8aa08-aa98-11ea-b4aa-73b441d1638",
		"2eb8aa08-aa98-11ea-b4aa-73b441d163800",
		"2eb8aa08-aa98-11ea-73b441d16380",
		"2eb8aa08-aa98-11ea-b4ga-73b441d16380",
		"2eb8aa08aa9811eab4aa73b441d16380",
		"2eb8-aa08-aa98-11ea-b4aa73b44-1d16380",
		"2eb8aa08aa98-11ea-b4aa73b441d16380---",
		"{2eb8aa08-aa98-11ea-b4aa-73b441d1638}" });
}

static void
takes_addresses_of_ipv4(void)
{
	sort_out("ipv4",
	    (const char *const[MOST]){
		"192.168.0.1", "0.0.0.0", "255.255.255.255" },
	    (const char *const[MOST]){ "", "127.0.0.0.1", "256.256.256.256",
		"127.0", "127.0.0.", ".127.0.0", "127..0.0", "0x7f.0.0.1",
		"2130706433", "087.10.0.1", "00.0.0.0", "1.2.3.4/24",
		"1.2.3.4\n", "1\xe0\xa7\xa8.0.0.1", "-1.0.0.0" });
}

static void
takes_addresses_of_ipv6(void)
{
	sort_out("ipv6",
	    (const char *const[MOST]){ "::1", "::", "::abef", "::42:ff:1",
		"d6::", "1:d6::42", "1::d6:192.168.0.1", "1:2::192.168.0.1",
		"::ffff:192.168.0.1", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7::",
		"::2:3:4:5:6:7:8", "1:2:3:4:5:6:1.2.3.4", "::1.2.3.4",
		"ABCD:EF01:2345:6789:abcd:ef01:2345:6789", "1:2:3:4::6:7:8" },
	    (const char *const[MOST]){ "", ":", ":1",
		"1:", "12345::", "::abcef", "1:1:1:1:1:1:1:1:1",
		"1:1:1:1:1:1:1", "::laptop", ":2:3::8", "1::d6::42",
		":::", "1:::2", "::1:", ":1::", "2:3:4:5:6:7:8::1",
		"1:2:3:4:5:6:7:8::", "::1:2:3:4:5:6:7:8", "1::2:192.168.256.1",
		"1::2:192.168.ff.1", "::127.0.0.1:1",
		"127.0.0.1::", "1:2:3:4:5:1.2.3.4", "1:2:3:4:5:6:7:1.2.3.4",
		"1:2:3:4:5:6::1.2.3.4", "127.0.0.1", "1:2:3:4:5:6:7",
		"fe80::a%eth1", "fe80::/64", " ::1", "::1 ",
		"1:2:3:4:5:6:7:\xe0\xa7\xaa" });
}

static void
takes_expressions_of_ecma_262(void)
{
	sort_out("regex",
	    (const char *const[MOST]){ "", "([abc])+\\s+$", "^\\p{L}*$" },
	    (const char *const[MOST]){ "^(abc]", "a**", "[b-a]" });
}

static void
takes_json_pointers(void)
{
	sort_out("json-pointer",
	    (const char *const[MOST]){ "", "/", "/foo/bar~0/baz~1/%a",
		"/foo//bar", "/foo/bar/", "/c%d", "/i\\j", "/ ", "/~0~1",
		"/~01", "//", "/\xc3\xa9", "/-" },
	    (const char *const[MOST]){ "/foo/bar~", "/~2", "/~", "/~/", "#",
		"#/", "#a", "a", "0", "a/a", "/foo/~~0" });
}

static void
takes_a_nul_for_what_it_is(void)
{
	static const struct inv_str with = { "a:\0", 3 };

	for (int i = INV_SYNTAX_DATE; i <= INV_SYNTAX_IPV6; i++)
		check(!inv_syntax_is((enum inv_syntax)i, with));
	check(!inv_syntax_is(INV_SYNTAX_EMAIL, (struct inv_str){ "a\0@b", 4 }));
	check(inv_syntax_is(INV_SYNTAX_JSON_POINTER,
	    (struct inv_str){ "/\0", 2 }));
	check(!inv_syntax_is(INV_SYNTAX_URI, (struct inv_str){ NULL, 0 }));
	check(inv_syntax_is(INV_SYNTAX_JSON_POINTER,
	    (struct inv_str){ NULL, 0 }));
}

int
main(void)
{
	static const struct test tests[] = {
		TEST(knows_the_formats_by_name),
		TEST(leaves_dates_to_the_calendar),
		TEST(takes_times_with_an_offset),
		TEST(takes_durations_of_rfc_3339),
		TEST(takes_mailboxes_of_rfc_5321),
		TEST(takes_uris_of_rfc_3986),
		TEST(takes_uuids),
		TEST(takes_addresses_of_ipv4),
		TEST(takes_addresses_of_ipv6),
		TEST(takes_expressions_of_ecma_262),
		TEST(takes_json_pointers),
		TEST(takes_a_nul_for_what_it_is),
	};

	return RUN(tests);
}
