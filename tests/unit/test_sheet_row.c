/* test_sheet_row - names of cells; rows are those of tests/split-xlsx.bats */

#include "data/sheet_row.h"

#include "check.h"

static void
named(uint32_t column, uint64_t row, const char *want)
{
	char out[INV_SHEET_REF];

	check_str(((struct inv_str){ out, inv_sheet_ref(column, row, out) }),
	    want);
}

static void
cells_have_the_names_of_a_spreadsheet(void)
{
	named(0, 1, "A1");
	named(25, 7, "Z7");
	named(26, 7, "AA7");
	named(701, 10, "ZZ10");
	named(702, 10, "AAA10");
	named(INV_SHEET_COLUMNS - 1, INV_SHEET_ROWS, "XFD1048576");
}

static const struct test tests[] = {
	TEST(cells_have_the_names_of_a_spreadsheet),
};

int
main(void)
{
	return RUN(tests);
}
