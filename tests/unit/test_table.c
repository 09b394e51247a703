/* test_table - rows of cells under named columns, as JSON objects */

#include "data/table.h"

#include <stdlib.h>

#include "base/mem.h"
#include "check.h"
#include "data/scan.h"

static const struct inv_str NAMES[] = { { "id", 2 }, { "q\"n", 3 } };

static void
names_columns_and_writes_rows(void)
{
	struct inv_table t = { 0 };
	struct inv_buf b = INV_BUF(1000);
	const struct inv_str cells[] = { { "1", 1 }, { "a\\b\n", 4 } };
	const struct inv_str plain[] = { { "1", 1 }, { NULL, 0 } };
	struct inv_err err;

	check(inv_table_name(&t, NAMES, 2, &err));
	inv_table_columns(&t, &b);
	check_str(inv_buf_str(&b), "[\"id\",\"q\\\"n\"]");
	inv_buf_reset(&b);
	check(inv_table_row(&t, cells, INV_CARE_ESCAPE, &b));
	check_str(inv_buf_str(&b), "{\"id\":\"1\",\"q\\\"n\":\"a\\\\b\\n\"}");
	inv_buf_reset(&b);
	check(inv_table_row(&t, plain, INV_CARE_NONE, &b));
	check_str(inv_buf_str(&b), "{\"id\":\"1\",\"q\\\"n\":\"\"}");
	inv_buf_reset(&b);
	t.null_empty = true;
	check(inv_table_row(&t, plain, INV_CARE_NONE, &b));
	check(inv_table_row(&t, plain, INV_CARE_ESCAPE, &b));
	check_str(inv_buf_str(&b),
	    "{\"id\":\"1\",\"q\\\"n\":null}{\"id\":\"1\",\"q\\\"n\":null}");
	inv_buf_free(&b);
	inv_table_free(&t);
}

static void
refuses(const char *a, size_t n, const char *b, const char *message)
{
	struct inv_table t = { 0 };
	const struct inv_str names[] = { { a, n }, inv_str_of(b) };
	struct inv_err err;

	check(!inv_table_name(&t, names, 2, &err));
	check(err.fault == INV_BAD);
	check_str(inv_str_of(err.msg), message);
	inv_table_free(&t);
}

static void
refuses_names_that_can_not_tell_columns_apart(void)
{
	refuses("a", 1, "a", "columns 1, 2 are named \"a\"");
	refuses("a", 1, "", "column 2 has no name");
	refuses("\xff", 1, "a",
	    "the name of column 1 is not UTF-8 (name the encoding with -e)");
	refuses("a;inv:item;b", 12, "a",
	    "inv:item is a part of the name of column 1 (another character "
	    "between cells needs -d)");
	refuses("a\0b", 3, "a",
	    "the name of column 1 has a NUL byte (UTF-16 needs its byte order "
	    "mark, or -e)");
}

static void
numbers_columns(void)
{
	struct inv_table t = { 0 };
	struct inv_buf b = INV_BUF(1000);

	struct inv_err err;

	check(inv_table_number(&t, 3, &err));
	inv_table_columns(&t, &b);
	check_str(inv_buf_str(&b), "[\"c1\",\"c2\",\"c3\"]");
	inv_buf_free(&b);
	inv_table_free(&t);
}

static void
writes_no_record_past_the_ceilings(void)
{
	struct inv_table t = { 0 };
	struct inv_buf b = INV_BUF(16 << 20);
	const size_t most = INV_FIELD_MAX;
	char *p = inv_mem_new(5 * most);
	struct inv_str cells[5];

	memset(p, 'x', 5 * most);
	for (int i = 0; i < 5; i++)
		cells[i] = (struct inv_str){ p, most };
	struct inv_err err;

	check(inv_table_number(&t, 5, &err));
	inv_buf_add(&b, INV_LIT("kept"));
	check(!inv_table_row(&t, cells, INV_CARE_NONE, &b));
	check(!inv_table_row(&t, cells, INV_CARE_ESCAPE, &b));
	check(inv_table_number(&t, 2, &err));
	check(inv_table_row(&t, cells, INV_CARE_ESCAPE, &b));
	b.n = 4;
	/* An escaped quote is one byte more. */
	p[0] = '"';
	check(!inv_table_row(&t, cells, INV_CARE_ESCAPE, &b));
	check_str(inv_buf_str(&b), "kept");
	free(p);
	inv_buf_free(&b);
	inv_table_free(&t);
}

static void
columns_about_a_row_are_no_part_of_it(void)
{
	static const struct inv_str names[] = { { "inv:row", 7 }, { "a", 1 },
		{ "inv:item", 8 }, { "inv:why", 7 } };
	static const struct inv_str cells[] = { { "9", 1 }, { "'=1", 3 },
		{ "x-1", 3 }, { NULL, 0 } };
	struct inv_table t = { 0 };
	struct inv_buf b = INV_BUF(1000);
	struct inv_err err;

	check(inv_table_name(&t, names, 4, &err));
	inv_table_columns(&t, &b);
	check(inv_table_row(&t, cells, INV_CARE_NONE, &b));
	check_str(inv_buf_str(&b), "[\"a\"]{\"a\":\"=1\"}");
	check_str(inv_table_aside(cells, t.item), "x-1");
	check_str(inv_table_aside(cells, t.why), "");
	inv_buf_reset(&b);
	/* The name of a column was guarded as well. */
	static const struct inv_str guarded[] = { { "'=a", 3 },
		{ "inv:item", 8 }, { "=a", 2 } };

	check(inv_table_name(&t, guarded, 2, &err));
	inv_table_columns(&t, &b);
	check_str(inv_buf_str(&b), "[\"=a\"]");
	check(!inv_table_name(&t, guarded, 3, &err) && err.fault == INV_BAD);
	check_str(inv_str_of(err.msg), "columns 1, 3 are named \"=a\"");
	inv_buf_reset(&b);
	/* All of them are. */
	check(inv_table_name(&t, names + 2, 2, &err));
	check(inv_table_row(&t, cells + 2, INV_CARE_NONE, &b));
	check_str(inv_buf_str(&b), "{}");
	inv_buf_reset(&b);
	/* None is, without an item. */
	check(inv_table_name(&t, names, 2, &err) && t.item == 0);
	check(inv_table_row(&t, cells, INV_CARE_NONE, &b));
	check_str(inv_buf_str(&b), "{\"inv:row\":\"9\",\"a\":\"'=1\"}");
	check_str(inv_table_aside(cells, t.why), "");
	inv_buf_free(&b);
	inv_table_free(&t);
}

static void
tells_all_columns_that_have_no_name_or_the_same(void)
{
	const struct inv_str some[] = { INV_LIT("b"), INV_LIT(""), INV_LIT("a"),
		INV_LIT("b"), INV_LIT("c"), INV_LIT(""), INV_LIT("a"),
		INV_LIT("b") };
	struct inv_str many[500];
	struct inv_table t = { 0 };
	struct inv_err err;

	check(!inv_table_name(&t, some, 8, &err));
	check_str(inv_str_of(err.msg),
	    "columns 2, 6 have no name; columns 3, 7 are named \"a\"; "
	    "columns 1, 4, 8 are named \"b\"");
	for (size_t i = 0; i < 500; i++)
		many[i] = i % 2 == 0 ? INV_LIT("") : INV_LIT("x");
	check(!inv_table_name(&t, many, 500, &err));
	check(strncmp(err.msg, "columns 1, 3, 5, 7, 9, ", 23) == 0);
	check(strstr(err.msg, " have no name; and ") != NULL);
	check(strcmp(err.msg + strlen(err.msg) - 5, " more") == 0);
	inv_table_free(&t);
}

static const struct test tests[] = {
	TEST(names_columns_and_writes_rows),
	TEST(refuses_names_that_can_not_tell_columns_apart),
	TEST(tells_all_columns_that_have_no_name_or_the_same),
	TEST(numbers_columns),
	TEST(columns_about_a_row_are_no_part_of_it),
	TEST(writes_no_record_past_the_ceilings),
};

int
main(void)
{
	return RUN(tests);
}
