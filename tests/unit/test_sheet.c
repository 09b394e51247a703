/* test_sheet.c - records as CSV that is safe to open in a spreadsheet */

#include "data/sheet.h"

#include "check.h"

static void
cell_is(struct inv_str text, const char *want)
{
	struct inv_buf b = INV_BUF(4096);

	inv_sheet_cell(&b, text, true);
	check_str(inv_buf_str(&b), want);
	inv_buf_free(&b);
}

static void
plain_cells_stand_as_they_are_and_others_are_quoted(void)
{
	cell_is(INV_LIT(""), "");
	cell_is(INV_LIT("LAB-1_a.b:2"), "LAB-1_a.b:2");
	cell_is(INV_LIT("two words"), "\"two words\"");
	cell_is(INV_LIT("a;b"), "\"a;b\"");
	cell_is(INV_LIT("a,\"b\"\n"), "\"a,\"\"b\"\"\n\"");
	cell_is(INV_LIT("\""), "\"\"\"\"");
	cell_is(INV_LIT("\xc3\xa4"), "\"\xc3\xa4\"");
}

static void
what_would_be_run_gets_an_apostrophe(void)
{
	cell_is(INV_LIT("=1+1"), "\"'=1+1\"");
	cell_is(INV_LIT("-3"), "\"'-3\"");
	cell_is(INV_LIT("+1"), "\"'+1\"");
	cell_is(INV_LIT("@a"), "\"'@a\"");
	cell_is(INV_LIT("\ta"), "\"'\ta\"");
	cell_is(INV_LIT("\ra"), "\"'\ra\"");
	cell_is(INV_LIT("\na"), "\"'\na\"");
	cell_is(INV_LIT("  =1"), "\"'  =1\"");
	cell_is(INV_LIT("\xc2\xa0=1"), "\"'\xc2\xa0=1\"");
	cell_is(INV_LIT("\xe2\x80\x8b=1"), "\"'\xe2\x80\x8b=1\"");
	cell_is(INV_LIT("\xef\xbb\xbf=1"), "\"'\xef\xbb\xbf=1\"");
	cell_is(INV_LIT("\xef\xbc\x9d"
			"1"),
	    "\"'\xef\xbc\x9d"
	    "1\"");
	cell_is(INV_LIT("'=1"), "\"''=1\"");
}

static void
what_would_not_gets_none(void)
{
	check(!inv_sheet_is_formula(INV_LIT("")));
	check(!inv_sheet_is_formula(INV_LIT("a=1")));
	check(!inv_sheet_is_formula(INV_LIT("'quoted'")));
	check(!inv_sheet_is_formula(INV_LIT("  ")));
	check(!inv_sheet_is_formula(INV_LIT("\xef")));
	check(!inv_sheet_is_formula(INV_LIT("\xe2\x80")));
	check(inv_sheet_is_formula(INV_LIT("\0=")));
}

static const struct inv_members *
fields(struct inv_scan *scan, const char *json)
{
	struct inv_err err;

	check(inv_scan_object(scan, inv_str_of(json), &err));
	return inv_scan_record(scan);
}

static void
columns_are_learned_in_the_order_they_come(void)
{
	struct inv_sheet *s = inv_sheet_new();
	struct inv_scan *scan = inv_scan_new();
	struct inv_buf b = INV_BUF(4096);
	struct inv_err err;

	check(!inv_sheet_names(s, &b));
	check(inv_sheet_learn(s, fields(scan, "{\"b\":1,\"inv:x\":2}"),
	    INV_LIT("inv:"), &err));
	check(inv_sheet_learn(s, fields(scan, "{\"a\":1,\"\\u0062\":2}"),
	    INV_LIT("inv:"), &err));
	check(inv_sheet_names(s, &b));
	check_str(inv_buf_str(&b), "b,a");
	inv_buf_reset(&b);
	check(inv_sheet_values(s,
	    fields(scan, "{\"a\":\"x\\ny\",\"inv:x\":3,\"c\":4,\"b\":null}"),
	    &b));
	check_str(inv_buf_str(&b), ",\"x\ny\"");
	inv_buf_reset(&b);
	check(inv_sheet_values(s, fields(scan, "{\"\\u0061\":[1, 2]}"), &b));
	check_str(inv_buf_str(&b), ",\"[1, 2]\"");
	inv_buf_reset(&b);
	check(inv_sheet_values(s, NULL, &b));
	check_str(inv_buf_str(&b), ",");
	inv_buf_free(&b);
	inv_scan_free(scan);
	inv_sheet_free(s);
	inv_sheet_free(NULL);
}

static void
too_many_columns_are_refused(void)
{
	struct inv_sheet *s = inv_sheet_new();
	struct inv_scan *scan = inv_scan_new();
	struct inv_buf b = INV_BUF(1 << 20);
	struct inv_err err;

	for (int i = 0; i < INV_MEMBERS_MAX; i++)
		inv_buf_addf(&b, "%c\"c%d\":0", i == 0 ? '{' : ',', i);
	inv_buf_addf(&b, "}%c", '\0');
	check(inv_sheet_learn(s, fields(scan, b.p), INV_LIT("inv:"), &err));
	check(inv_sheet_learn(s, fields(scan, b.p), INV_LIT("inv:"), &err));
	check(!inv_sheet_learn(s, fields(scan, "{\"one more\":0}"),
	    INV_LIT("inv:"), &err));
	check(err.fault == INV_BAD);
	inv_buf_free(&b);
	inv_scan_free(scan);
	inv_sheet_free(s);
}

static void
unguards(const char *cell, const char *want)
{
	check_str(inv_sheet_unguard(inv_str_of(cell)), want);
}

static void
an_apostrophe_that_was_given_is_taken_off(void)
{
	unguards("'=1", "=1");
	unguards("''=1", "'=1");
	unguards("' \t-3", " \t-3");
	unguards("'tis", "'tis");
	unguards("'", "'");
	unguards("''", "''");
	unguards("", "");
	unguards("=1", "=1");
}

int
main(void)
{
	static const struct test tests[] = {
		TEST(plain_cells_stand_as_they_are_and_others_are_quoted),
		TEST(what_would_be_run_gets_an_apostrophe),
		TEST(what_would_not_gets_none),
		TEST(an_apostrophe_that_was_given_is_taken_off),
		TEST(columns_are_learned_in_the_order_they_come),
		TEST(too_many_columns_are_refused),
	};

	return RUN(tests);
}
