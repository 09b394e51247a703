/* test_delimiter - what stands between cells, told by the first records */

#include "data/delimiter.h"

#include "base/buf.h"
#include "check.h"

static void
tells(const char *text, char want)
{
	check(inv_delimiter_tell(inv_str_of(text), true, &INV_DIALECT_USUAL,
		  INV_DELIMITERS) == want);
}

static void
takes_the_one_that_cuts_all_records_alike(void)
{
	tells("a,b\n1,2\n", ',');
	tells("a;b\n1,5;2\n2,5;3\n", ';');
	tells("a\tb,c\td\n1\t2\t3\n", '\t');
	tells("a|b\r\n1;2|3\r\n", '|');
	tells("a,b\tc\n1,2\n", ',');
}

static void
asks_for_two_cells_in_the_first_record(void)
{
	tells("a\n1;2\n3;4\n", ',');
	tells("", ',');
	tells("\n\r\n", ',');
	tells("\n\na;b\n", ';');
}

static void
goes_by_most_records(void)
{
	tells("a;b,c\n1;2\n3;4\n5,6\n", ';');
	tells("a;b\n1\n2\n3\n", ';');
}

static void
takes_more_cells_and_then_the_earlier_where_all_agree(void)
{
	tells("a,b;c;d\n", ';');
	tells("a|b;c\n", ';');
	tells("a\tb\tc,d\n", '\t');
	tells("1,5;2\n2,5;3\n", ',');
}

static void
looks_at_no_quoted_cell(void)
{
	tells("\"a;b;c\",d\n\"1;2;3\",4\n", ',');
	tells("\"a\"\";b;\",d\n", ',');
	tells("a;\"b\nc,d,e\"\n1;2\n", ';');
	tells("\"a\"|\"b\"\n", '|');
}

static void
takes_a_quote_that_opens_no_cell_for_data(void)
{
	tells("a,b\n\"1,2\n3,4\n5;6\n", ',');
	tells("5\" a;b,c,d\n5\";x\n", ';');
	tells("\"x\"y;z\n\"q\n", ';');
}

static void
leaves_a_piece_of_a_record_out(void)
{
	const struct inv_str head = INV_LIT("a,b;c\n1,2;3\n4,5;6,");

	check(inv_delimiter_tell(head, false, &INV_DIALECT_USUAL, ";,") == ';');
	check(inv_delimiter_tell(INV_LIT("a;b;c"), false, &INV_DIALECT_USUAL,
		  ",;") == ';');
}

static void
looks_at_a_hundred_records(void)
{
	struct inv_buf b = INV_BUF(1 << 20);

	inv_buf_add(&b, INV_LIT("a;b,c\n"));
	for (int i = 0; i < 99; i++)
		inv_buf_add(&b, INV_LIT("1;2\n"));
	for (int i = 0; i < 1000; i++)
		inv_buf_add(&b, INV_LIT("1,2\n"));
	check(inv_delimiter_tell(inv_buf_str(&b), true, &INV_DIALECT_USUAL,
		  INV_DELIMITERS) == ';');
	inv_buf_free(&b);
}

static void
knows_another_quote_and_an_escape(void)
{
	const struct inv_dialect single = { '\0', '\'', '\\' };
	const struct inv_dialect none = { '\0', INV_DIALECT_NONE,
		INV_DIALECT_NONE };
	const struct inv_str quoted = INV_LIT("'a\\'|;;',\"b;|\",\\|c|d\n");

	check(inv_delimiter_tell(quoted, true, &single, INV_DELIMITERS) == ',');
	check(inv_delimiter_tell(INV_LIT("\"a,b\";c;d\n"), true, &none,
		  INV_DELIMITERS) == ';');
	check(inv_delimiter_tell(INV_LIT("\"a,b,c\";d;e\n1;2;3\n"), true, &none,
		  ",;") == ';');
}

static const struct test tests[] = {
	TEST(takes_the_one_that_cuts_all_records_alike),
	TEST(asks_for_two_cells_in_the_first_record),
	TEST(goes_by_most_records),
	TEST(takes_more_cells_and_then_the_earlier_where_all_agree),
	TEST(looks_at_no_quoted_cell),
	TEST(takes_a_quote_that_opens_no_cell_for_data),
	TEST(leaves_a_piece_of_a_record_out),
	TEST(looks_at_a_hundred_records),
	TEST(knows_another_quote_and_an_escape),
};

int
main(void)
{
	return RUN(tests);
}
