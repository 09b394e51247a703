/* test_sfstring - does data/sfstring keep its header's promises? */

#include <stdlib.h>

#include "check.h"

#include "data/scan.h"
#include "data/sfstring.h"

enum { TEXT_MAX = 64 << 10 };

static bool
parses_to(const char *field, const char *want)
{
	struct inv_buf out = INV_BUF(TEXT_MAX);
	bool ok = inv_sfstring_parse(inv_str_of(field), &out) &&
	    inv_str_is(inv_buf_str(&out), want);

	inv_buf_free(&out);
	return ok;
}

static bool
is_refused(const char *field)
{
	struct inv_buf out = INV_BUF(TEXT_MAX);
	bool ok = inv_sfstring_parse(inv_str_of(field), &out);

	inv_buf_free(&out);
	return !ok;
}

static void
a_string_gives_its_content(void)
{
	check(parses_to("\"8e03978e-40d5-43dd-bc93-6894a57f9324\"",
	    "8e03978e-40d5-43dd-bc93-6894a57f9324"));
	check(parses_to("  \"a\"  ", "a"));
	check(parses_to("\"\\\"\\\\\"", "\"\\"));
}

static void
what_is_no_string_is_refused(void)
{
	static const char *const fields[] = { "", "a", "12", "?1",
		":aGk=:", "\"a\" \"b\"", "\"a\", \"b\"", "\"a\"b", "\t\"a\"",
		"(\"a\")" };

	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++)
		check(is_refused(fields[i]));
}

static void
well_formed_parameters_are_ignored(void)
{
	static const char *const fields[] = { "\"k\";a", "\"k\"; a=1;b=-2.125",
		"\"k\";a=tok/en:*", "\"k\";a=\"q;\\\"\"",
		"\"k\";a=:aGk=:", "\"k\";*a-b_c.d=?0", "\"k\";a=@-1659578233",
		"\"k\";a=%\"f%c3%bc\"", "\"k\";a=*t ",
		"\"k\";a=123456789012345", "\"k\";a=123456789012.123" };

	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++)
		check(parses_to(fields[i], "k"));
}

static void
ill_formed_parameters_are_refused(void)
{
	static const char *const fields[] = { "\"k\";", "\"k\";A", "\"k\" ;a",
		"\"k\";a=", "\"k\";a=1.", "\"k\";a=1.1234", "\"k\";a=-",
		"\"k\";a=1234567890123456", "\"k\";a=1234567890123.1",
		"\"k\";a=?2", "\"k\";a=:a b:", "\"k\";a=:aGk=", "\"k\";a=@1.5",
		"\"k\";a=%\"%C3\"", "\"k\";a=%\"%ff\"", "\"k\";a=%\"%c",
		"\"k\";a=%x", "\"k\";a=\"", "\"k\";a=(1)" };

	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++)
		check(is_refused(fields[i]));
}

static void
a_string_past_the_ceiling_of_the_buffer_is_refused(void)
{
	struct inv_buf out = INV_BUF(3);

	check(!inv_sfstring_parse(INV_LIT("\"abcd\""), &out));
	inv_buf_free(&out);
}

static void
only_printable_ascii_can_be_written(void)
{
	struct inv_buf out = INV_BUF(TEXT_MAX);

	check(!inv_sfstring_write(&out, INV_LIT("a\nb")) && out.n == 0);
	check(!inv_sfstring_write(&out, INV_LIT("a\0")) && out.n == 0);
	check(!inv_sfstring_write(&out, INV_LIT("f\xc3\xbc")) && out.n == 0);
	check(!inv_sfstring_write(&out, INV_LIT("\x7f")) && out.n == 0);
	check(inv_sfstring_write(&out, INV_LIT("a\"\\~ ")));
	check_str(inv_buf_str(&out), "\"a\\\"\\\\~ \"");
	inv_buf_free(&out);
}

/* The first string of an array of strings, or all of them with ", " between. */
static void
strings(struct inv_str array, bool all, struct inv_buf *out)
{
	struct inv_member m;
	size_t n = 0;

	inv_buf_reset(out);
	while (inv_scan_each(&array, &m) && (all || n == 0)) {
		struct inv_str raw = inv_member_inner(&m);

		if (n++ > 0)
			inv_buf_add(out, INV_LIT(", "));
		if (inv_buf_room(out, raw.n))
			out->n += inv_text_decode(raw, out->p + out->n);
	}
}

struct corpus_case {
	struct inv_buf raw;
	struct inv_buf expected;
	struct inv_buf canonical;
	struct inv_buf got;
	struct inv_buf written;
};

static void
judge(struct corpus_case *c, struct inv_str text)
{
	struct inv_member m;
	bool must_fail = false;

	inv_buf_reset(&c->canonical);
	while (inv_scan_each(&text, &m)) {
		if (inv_str_is(m.key, "raw"))
			strings(m.value, true, &c->raw);
		if (inv_str_is(m.key, "expected"))
			strings(m.value, false, &c->expected);
		if (inv_str_is(m.key, "canonical"))
			strings(m.value, true, &c->canonical);
		if (inv_str_is(m.key, "must_fail"))
			must_fail = m.kind == INV_KIND_TRUE;
	}
	inv_buf_reset(&c->got);
	inv_buf_reset(&c->written);
	bool ok = inv_sfstring_parse(inv_buf_str(&c->raw), &c->got);

	check(ok == !must_fail);
	if (must_fail)
		return;
	check_same(inv_buf_str(&c->got), inv_buf_str(&c->expected), __FILE__,
	    __LINE__);
	check(inv_sfstring_write(&c->written, inv_buf_str(&c->got)));
	check_same(inv_buf_str(&c->written),
	    inv_buf_str(c->canonical.n > 0 ? &c->canonical : &c->raw), __FILE__,
	    __LINE__);
}

static void
the_corpus_is_judged_as_it_says(void)
{
	static char text[TEXT_MAX];
	const char *dir = getenv("INV_CORPORA");
	char path[512];

	snprintf(path, sizeof(path), "%s/structured-fields/string.json",
	    dir != NULL ? dir : "../shared/corpora");
	FILE *f = fopen(path, "r");

	if (f == NULL) {
		skip("no corpus structured-fields (set INV_CORPORA)");
		return;
	}
	struct inv_str all = { text, fread(text, 1, sizeof(text), f) };
	struct inv_scan *s = inv_scan_new();
	struct corpus_case c = { INV_BUF(TEXT_MAX), INV_BUF(TEXT_MAX),
		INV_BUF(TEXT_MAX), INV_BUF(TEXT_MAX), INV_BUF(TEXT_MAX) };
	struct inv_member m;
	enum inv_kind kind;
	struct inv_err err;
	size_t n = 0;

	fclose(f);
	check(inv_scan_value(s, all, &kind, &err) && kind == INV_KIND_ARRAY);
	while (inv_scan_each(&all, &m)) {
		judge(&c, m.value);
		n++;
	}
	check(n == 14);
	inv_buf_free(&c.raw);
	inv_buf_free(&c.expected);
	inv_buf_free(&c.canonical);
	inv_buf_free(&c.got);
	inv_buf_free(&c.written);
	inv_scan_free(s);
}

int
main(void)
{
	static const struct test tests[] = {
		TEST(a_string_gives_its_content),
		TEST(what_is_no_string_is_refused),
		TEST(well_formed_parameters_are_ignored),
		TEST(ill_formed_parameters_are_refused),
		TEST(a_string_past_the_ceiling_of_the_buffer_is_refused),
		TEST(only_printable_ascii_can_be_written),
		TEST(the_corpus_is_judged_as_it_says),
	};

	return RUN(tests);
}
