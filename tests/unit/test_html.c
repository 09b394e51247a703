/* test_html - does data/html keep its header's promises? */

#include "check.h"

#include "data/html.h"

typedef void put_fn(struct inv_buf *b, struct inv_str s);

static bool
gives(put_fn *put, struct inv_str s, const char *expected)
{
	struct inv_buf b = INV_BUF(1 << 20);

	put(&b, s);
	bool same = inv_str_is(inv_buf_str(&b), expected);

	inv_buf_free(&b);
	return same;
}

static void
nothing_begins_markup_or_ends_an_attribute(void)
{
	check(gives(inv_html_text, INV_LIT("<b a=\"1\" c='2'>&amp;</b>"),
	    "&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;amp;&lt;/b&gt;"));
	check(gives(inv_html_text, INV_LIT(""), ""));
	check(gives(inv_html_text, INV_LIT("plain, \xc3\xb6 \xf0\x9f\x9a\x80"),
	    "plain, \xc3\xb6 \xf0\x9f\x9a\x80"));
}

static void
nothing_ends_a_string_or_its_script(void)
{
	check(gives(inv_html_json, INV_LIT("</script><!--&\"\\"),
	    "\"\\u003c/script\\u003e\\u003c!--\\u0026\\\"\\\\\""));
	check(gives(inv_html_json, INV_LIT(""), "\"\""));
}

static void
what_can_not_be_seen_is_shown(void)
{
	check(gives(inv_html_text, INV_LIT("a\0b\n\t\x1b\x7f"),
	    "a[U+0000]b[U+000A][U+0009][U+001B][U+007F]"));
	check(gives(inv_html_text, INV_LIT("\xc2\x85\xc2\x9f\xc2\xa0"),
	    "[U+0085][U+009F]\xc2\xa0"));
	check(gives(inv_html_text,
	    INV_LIT("\xe2\x80\xae\xe2\x81\xa6\xe2\x80\x8b\xef\xbb\xbf"),
	    "[U+202E][U+2066][U+200B][U+FEFF]"));
	check(gives(inv_html_text, INV_LIT("\xf3\xa0\x80\x81"), "[U+E0001]"));
	check(gives(inv_html_json, INV_LIT("\xe2\x80\xa8\xe2\x80\xa9\n"),
	    "\"[U+2028][U+2029][U+000A]\""));
}

static void
bytes_that_are_no_text_are_shown(void)
{
	check(gives(inv_html_text, INV_LIT("\xff<\xc3"), "[xFF]&lt;[xC3]"));
	check(gives(inv_html_json, INV_LIT("\xed\xa0\x80"),
	    "\"[xED][xA0][x80]\""));
}

int
main(void)
{
	static const struct test tests[] = {
		TEST(nothing_begins_markup_or_ends_an_attribute),
		TEST(nothing_ends_a_string_or_its_script),
		TEST(what_can_not_be_seen_is_shown),
		TEST(bytes_that_are_no_text_are_shown),
	};

	return RUN(tests);
}
