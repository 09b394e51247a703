/* test_workbook - sheets of texts as one xlsx file */

#include "io/workbook.h"

#include <stdlib.h>

#include "check.h"

static struct inv_workbook *
opened(void)
{
	struct inv_err err;
	struct inv_workbook *w = inv_workbook_new("/tmp", 0, &err);

	check(w != NULL);
	inv_workbook_sheet(w, "A", true);
	return w;
}

static void
a_file_comes_out_with_every_cell(void)
{
	struct inv_workbook *w = opened();
	struct inv_buf out = INV_BUF(1 << 20);
	struct inv_err err;

	inv_workbook_column(w, 0, &(struct inv_workbook_column){ .width = 20 });
	inv_workbook_put(w, 0, 0, INV_LIT("head"), INV_CELL_HEAD);
	for (size_t r = 1; r < 1000; r++) {
		inv_workbook_put(w, r, 0, INV_LIT("text"), INV_CELL_TEXT);
		inv_workbook_put(w, r, 1, INV_LIT("</c></worksheet>"),
		    INV_CELL_WORDS);
	}
	inv_workbook_sheet(w, "B", false);
	inv_workbook_put(w, 0, 0, INV_LIT(""), INV_CELL_TEXT);
	inv_buf_add(&out, INV_LIT("kept"));
	check(inv_workbook_finish(w, &out, &err));
	check(out.n > 1000 && memcmp(out.p, "keptPK\3\4", 8) == 0);
	inv_buf_free(&out);
	inv_workbook_free(w);
	inv_workbook_free(NULL);
}

static void
one_that_is_given_up_is_freed(void)
{
	struct inv_workbook *w = opened();

	inv_workbook_put(w, 0, 0, INV_LIT("x"), INV_CELL_TEXT);
	inv_workbook_free(w);
}

static void
a_cell_outside_of_a_sheet_is_told(void)
{
	struct inv_workbook *w = opened();
	struct inv_buf out = INV_BUF(1 << 20);
	struct inv_err err;

	inv_workbook_put(w, INV_WORKBOOK_ROWS, 0, INV_LIT("x"), INV_CELL_TEXT);
	check(!inv_workbook_finish(w, &out, &err) && err.fault == INV_IO);
	inv_buf_free(&out);
	inv_workbook_free(w);
}

static void
texts_fit_that_come_back(void)
{
	struct inv_buf b = INV_BUF(1 << 20);

	check(inv_workbook_fits(INV_LIT("")));
	check(inv_workbook_fits(INV_LIT("\x01 \xef\xbf\xbd")));
	check(!inv_workbook_fits(INV_LIT("a\0b")));
	check(!inv_workbook_fits(INV_LIT("\xff")));
	check(!inv_workbook_fits(INV_LIT("\xef\xbf\xbe")));
	check(!inv_workbook_fits(INV_LIT("a\xef\xbf\xbf")));
	for (int i = 0; i < INV_WORKBOOK_CELL; i++)
		inv_buf_byte(&b, 'x');
	check(inv_workbook_fits(inv_buf_str(&b)));
	inv_buf_byte(&b, 'x');
	check(!inv_workbook_fits(inv_buf_str(&b)));
	/* Two units in four bytes. */
	b.n = INV_WORKBOOK_CELL - 2;
	inv_buf_add(&b, INV_LIT("\xf0\x9f\x98\x80"));
	check(inv_workbook_fits(inv_buf_str(&b)));
	inv_buf_byte(&b, 'x');
	check(!inv_workbook_fits(inv_buf_str(&b)));
	inv_buf_free(&b);
}

static void
lists_are_offered_up_to_255_characters(void)
{
	struct inv_workbook *w = opened();
	struct inv_buf out = INV_BUF(1 << 20);
	struct inv_str many[200];
	struct inv_err err;
	char text[256];

	memset(text, 'x', sizeof(text));
	many[0] = (struct inv_str){ text, 255 };
	check(inv_workbook_offer(w, 0, 9, many, 1));
	many[0].n = 256;
	check(!inv_workbook_offer(w, 0, 9, many, 1));
	for (size_t i = 0; i < 200; i++)
		many[i] = INV_LIT("x");
	check(inv_workbook_offer(w, 1, 9, many, 128));
	check(!inv_workbook_offer(w, 2, 9, many, 129));
	check(!inv_workbook_offer(w, 2, 9, many, 0));
	check(!inv_workbook_offer(w, 2, 0, many, 1));
	many[1] = INV_LIT("a,b");
	check(!inv_workbook_offer(w, 2, 9, many, 2));
	many[1] = INV_LIT("");
	check(!inv_workbook_offer(w, 2, 9, many, 2));
	check(inv_workbook_finish(w, &out, &err));
	inv_buf_free(&out);
	inv_workbook_free(w);
}

int
main(void)
{
	static const struct test tests[] = {
		TEST(a_file_comes_out_with_every_cell),
		TEST(one_that_is_given_up_is_freed),
		TEST(a_cell_outside_of_a_sheet_is_told),
		TEST(texts_fit_that_come_back),
		TEST(lists_are_offered_up_to_255_characters),
	};

	return RUN(tests);
}
