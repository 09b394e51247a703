/* test_csv - the fields of a framed record, exactly as written */

#include "io/csv.h"

#include "base/buf.h"
#include "check.h"
#include "memory.h"

/* The fields of the one record of text: [..] around each, NULL for a bare
 * empty one. */
static void
splits(const char *text, char delimiter, const char *want)
{
	struct memory m = { inv_str_of(text), 100 };
	struct inv_frame *f = inv_frame_new(memory_pull(&m), 0, delimiter);
	struct inv_csv *c = inv_csv_new(delimiter);
	struct inv_buf b = INV_BUF(1000);
	struct inv_framed rec;
	struct inv_err err;

	check(inv_frame_next(f, &rec, &err) == INV_NEXT_LINE);
	const struct inv_str *field = inv_csv_split(c, &rec, &err);

	check(field != NULL);
	for (size_t i = 0; field != NULL && i < rec.fields; i++) {
		if (field[i].p == NULL) {
			inv_buf_add(&b, INV_LIT("NULL"));
			continue;
		}
		inv_buf_byte(&b, '[');
		inv_buf_add(&b, field[i]);
		inv_buf_byte(&b, ']');
	}
	check_str(inv_buf_str(&b), want);
	inv_buf_free(&b);
	inv_csv_free(c);
	inv_frame_free(f);
}

static void
cuts_plain_records_at_the_delimiter(void)
{
	splits("a,b,c\n", ',', "[a][b][c]");
	splits("a;b,c\r\n", ';', "[a][b,c]");
	splits("a\tb", '\t', "[a][b]");
}

static void
takes_quotes_off_and_undoubles_them(void)
{
	splits("\"a\",b,\"c\"\"d\"\n", ',', "[a][b][c\"d]");
	splits("\"a,\r\nb\",\"\"\"\"\n", ',', "[a,\r\nb][\"]");
}

static void
trims_nothing(void)
{
	splits(" a , b\t,c \n", ',', "[ a ][ b\t][c ]");
	splits("\" a \", b ,\"\tc\"\n", ',', "[ a ][ b ][\tc]");
}

static void
tells_a_bare_empty_field_from_a_quoted_one(void)
{
	splits(",\"\",\n", ',', "NULL[]NULL");
	splits(",,\n", ',', "NULLNULLNULL");
	splits("\"\"\n", ',', "[]");
	splits("\n", ',', "NULL");
}

static void
keeps_quotes_within_plain_fields(void)
{
	splits("5\" pipe,x\n", ',', "[5\" pipe][x]");
	splits("\"q\",5\" pipe,6\"\"\n", ',', "[q][5\" pipe][6\"\"]");
}

static void
goes_on_after_a_record_that_libcsv_reads_differently(void)
{
	struct inv_csv *c = inv_csv_new(',');
	struct inv_framed rec = {
		.raw = INV_LIT("\"a\",\"b"),
		.fields = 2,
		.quoted = true,
	};
	struct inv_err err;

	check(inv_csv_split(c, &rec, &err) == NULL);
	check(err.fault == INV_INTERNAL);
	rec.raw = INV_LIT("\"a\",\"b\"");
	const struct inv_str *field = inv_csv_split(c, &rec, &err);

	check(field != NULL);
	if (field != NULL)
		check_str(field[1], "b");
	inv_csv_free(c);
}

static const struct test tests[] = {
	TEST(cuts_plain_records_at_the_delimiter),
	TEST(takes_quotes_off_and_undoubles_them),
	TEST(trims_nothing),
	TEST(tells_a_bare_empty_field_from_a_quoted_one),
	TEST(keeps_quotes_within_plain_fields),
	TEST(goes_on_after_a_record_that_libcsv_reads_differently),
};

int
main(void)
{
	return RUN(tests);
}
