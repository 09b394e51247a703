/* test_damage.c - what a spreadsheet did to cells */

#include "data/damage.h"

#include <stdio.h>
#include <stdlib.h>

#include "check.h"

enum { TEXT = 64 << 10 };

static struct inv_scan *scan;
static struct inv_damage *damage;
static struct inv_flaws warnings;
static struct inv_buf types; /* of the warnings of the last row */

static void
begin(const struct inv_profile *baseline)
{
	inv_damage_begin(damage, baseline);
}

/* Look at a record that became `canonical`; the types of its warnings. */
static struct inv_str
look_as(const char *record, const char *canonical)
{
	struct inv_err err;

	inv_flaws_reset(&warnings);
	inv_buf_reset(&types);
	check(inv_scan_object(scan, inv_str_of(record), &err));
	inv_damage_look(damage, inv_scan_record(scan), inv_str_of(canonical),
	    &warnings);
	for (size_t i = 0; i < warnings.n; i++)
		inv_buf_addf(&types, "%s%s", i > 0 ? " " : "",
		    warnings.at[i].type);
	return inv_buf_str(&types);
}

/* Of a row with one cell that stays as it is. */
static struct inv_str
cell(const char *text)
{
	static char record[TEXT];

	snprintf(record, sizeof(record), "{\"c\":\"%s\"}", text);
	return look_as(record, record);
}

static struct inv_str
cells(const char *text, int times)
{
	struct inv_str last = { 0 };

	while (times-- > 0)
		last = cell(text);
	return last;
}

static void
errors_and_overflow_show_alone(void)
{
	static const char *const errors[] = { "#REF!", "#N/A", "#VALUE!",
		"#NAME?", "#DIV/0!", "#NUM!", "#NULL!" };

	begin(NULL);
	for (size_t i = 0; i < sizeof(errors) / sizeof(*errors); i++)
		check_str(cell(errors[i]), "spreadsheet_error");
	check_str(cell("###"), "spreadsheet_overflow");
	check_str(cell("###########"), "spreadsheet_overflow");
	check_str(cell("#"), "");
	check_str(cell("##"), "");
	check_str(cell("#1"), "");
	check_str(cell("###a"), "");
	check_str(cell("N/A"), "");
	check_str(cell("#ref!"), "");
}

static void
a_short_number_is_damage_unless_it_is_a_number(void)
{
	begin(NULL);
	check_str(cell("1.23E+11"), "spreadsheet_number");
	check_str(cell("-1.23457E+11"), "spreadsheet_number");
	check_str(cell("5E+10"), "spreadsheet_number");
	check_str(cell("1E+100"), "spreadsheet_number");
	check_str(cell("1.23e+11"), "");
	check_str(cell("1.23E-11"), "");
	check_str(cell("1.23E11"), "");
	check_str(cell("12.3E+11"), "");
	check_str(cell("1.23E+1"), "");
	check_str(cell("1.23E+1x"), "");
	check_str(cell("1.23E+1111"), "");
	check_str(look_as("{\"c\":\"1.5E+10\"}", "{\"c\":15000000000}"), "");
	/* Known from then on, where a row does not fit. */
	check_str(look_as("{\"c\":\"1.5E+10\"}", ""), "");
	begin(NULL);
	check_str(look_as("{\"c\":\"1.5E+10\"}", ""), "spreadsheet_number");
}

static void
a_date_is_damage_among_codes(void)
{
	begin(NULL);
	check_str(cells("5-3", 10), "");
	check_str(cell("5-Mar"), "spreadsheet_date");
	check_str(cell("Mar-05"), "spreadsheet_date");
	check_str(cell("12-Dec"), "");
	check_str(cell("5-mar"), "");
	check_str(cell("5-Mars"), "");
	begin(NULL);
	check_str(cells("5-3", 9), "");
	check_str(cell("5-Mar"), "");
	begin(NULL);
	check_str(cells("5-Mar", 30), "");
	/* Codes that nothing could have been done to are codes as well. */
	begin(NULL);
	check_str(cells("MARCH1", 1), "");
	check_str(cells("Q", 9), "");
	check_str(cell("5-Mar"), "spreadsheet_date");
	begin(NULL);
	check_str(cells("AB-3", 9), "");
	check_str(cell("5-Mar"), "");
	begin(NULL);
	check_str(cells("AB-3", 10), "");
	check_str(cell("5-Mar"), "spreadsheet_date");
}

static void
a_day_number_is_damage_among_dates(void)
{
	begin(NULL);
	check_str(cells("2026-11-20", 10), "");
	check_str(cell("46095"), "spreadsheet_serial");
	check_str(cell("19999"), "");
	check_str(cell("60001"), "");
	begin(NULL);
	check_str(cells("2026-11-20", 9), "");
	check_str(cell("46095"), "");
	begin(NULL);
	check_str(cells("46095", 30), "");
	check_str(cells("2026-11-20", 30), "");
	check_str(cell("46095"), "");
}

static void
zeros_are_lost_where_others_have_them(void)
{
	begin(NULL);
	check_str(cell("00501"), "");
	check_str(cells("90210", 9), "");
	check_str(cell("501"), "spreadsheet_zeros");
	check_str(cell("601"), "spreadsheet_zeros");
	check_str(cell("00601"), "");
	/* Longer ones belong here: there is no such length. */
	check_str(cell("902101234"), "");
	check_str(cell("501"), "");
	begin(NULL);
	check_str(cell("00501"), "");
	check_str(cells("90210", 8), "");
	check_str(cell("501"), "");
	begin(NULL);
	check_str(cells("12345", 20), "");
	check_str(cell("5"), "");
	begin(NULL);
	check_str(cells("007", 10), "");
	check_str(cells("0007", 10), "");
	check_str(cell("7"), "");
}

static void
a_cell_as_long_as_cells_may_be_was_cut(void)
{
	static char text[40000];

	begin(NULL);
	memset(text, 'x', 255);
	check_str(cell(text), "spreadsheet_cut");
	memcpy(text + 250, "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9", 11);
	check_str(cell(text), "spreadsheet_cut");
	memset(text, 'x', 255);
	memcpy(text + 253, "\xf0\x9f\x98\x80", 5);
	check_str(cell(text), "spreadsheet_cut");
	memcpy(text + 253, "\\\"\\n", 5);
	check_str(cell(text), "spreadsheet_cut");
	memcpy(text + 253, "xxx", 4); /* 256 */
	check_str(cell(text), "");
	/* From here on such text is known to be longer. */
	text[255] = '\0';
	check_str(cell(text), "");
	memset(text, 'x', 32767);
	text[32767] = '\0';
	check_str(cell(text), "spreadsheet_cut");
	text[32766] = '\0';
	check_str(cell(text), "");
}

static void
a_baseline_knows_columns_from_the_first_row_on(void)
{
	struct inv_profile was;

	inv_profile_init(&was, INV_LIT("seed"));
	for (int i = 0; i < 10; i++)
		inv_profile_add(&was,
		    INV_LIT("{\"c\":\"00501\",\"d\":\"2026-11-20\"}"));
	begin(&was);
	check_str(cell("501"), "spreadsheet_zeros");
	check_str(look_as("{\"c\":\"00501\",\"d\":\"46095\"}", ""),
	    "spreadsheet_serial");
	begin(NULL);
	check_str(cell("501"), "");
	inv_profile_free(&was);
}

static void
a_column_in_another_place_is_another(void)
{
	begin(NULL);
	check_str(cells("00501", 10), "");
	check_str(look_as("{\"x\":\"501\"}", ""), "");
	check_str(cell("501"), "");
}

static void
a_warning_says_what_and_where(void)
{
	begin(NULL);
	check_str(look_as("{\"a\":1,\"b\":\"#N/A\",\"c\":\"\"}", ""),
	    "spreadsheet_error");
	check_str(inv_flaws_json(&warnings),
	    "[{\"type\":\"spreadsheet_error\",\"loc\":[\"b\"],\"msg\":"
	    "\"is an error of a spreadsheet\",\"input\":\"#N/A\","
	    "\"severity\":\"WARNING\"}]");
}

int
main(void)
{
	static const struct test tests[] = {
		TEST(errors_and_overflow_show_alone),
		TEST(a_short_number_is_damage_unless_it_is_a_number),
		TEST(a_date_is_damage_among_codes),
		TEST(a_day_number_is_damage_among_dates),
		TEST(zeros_are_lost_where_others_have_them),
		TEST(a_cell_as_long_as_cells_may_be_was_cut),
		TEST(a_baseline_knows_columns_from_the_first_row_on),
		TEST(a_column_in_another_place_is_another),
		TEST(a_warning_says_what_and_where),
	};

	scan = inv_scan_new();
	damage = inv_damage_new();
	warnings = INV_FLAWS;
	types = INV_BUF(4096);
	int bad = RUN(tests);

	inv_flaws_free(&warnings);
	inv_buf_free(&types);
	inv_damage_free(damage);
	inv_scan_free(scan);
	return bad;
}
