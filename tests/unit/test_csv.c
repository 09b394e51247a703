/* test_csv - the fields of a framed record, exactly as written */

#include "io/csv.h"

#include "base/buf.h"
#include "check.h"
#include "memory.h"

/* The fields of the one record of text: [..] around each, NULL for a bare
 * empty one. */
static void
splits_as(const char *text, struct inv_dialect dialect, const char *want)
{
	struct memory m = { inv_str_of(text), 100 };
	struct inv_frame *f = inv_frame_new(memory_pull(&m), 0, dialect);
	struct inv_csv *c = inv_csv_new(dialect);
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
splits(const char *text, char delimiter, const char *want)
{
	struct inv_dialect dialect = INV_DIALECT_USUAL;

	dialect.delimiter = delimiter;
	splits_as(text, dialect, want);
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
takes_another_quote_off(void)
{
	const struct inv_dialect single = { ',', '\'', INV_DIALECT_NONE };
	const struct inv_dialect none = { ',', INV_DIALECT_NONE,
		INV_DIALECT_NONE };

	splits_as("'a,''b''',\"c\",''\n", single, "[a,'b'][\"c\"][]");
	splits_as("'a\nb''',c'\n", single, "[a\nb'][c']");
	splits_as("\"a,b\",''\n", none, "[\"a][b\"]['']");
}

static void
takes_escapes_off(void)
{
	const struct inv_dialect slash = { ',', '"', '\\' };
	const struct inv_dialect bare = { '\t', INV_DIALECT_NONE, '\\' };

	splits_as("\"a\\\"b\",c\\,d,\"\"\"\",,\"\"\n", slash,
	    "[a\"b][c,d][\"]NULL[]");
	splits_as("\"a\\\nb\\\\\",c\\\n", slash, "[a\\\nb\\][c\\]");
	splits_as("\\n\\N\\\t,\tb\n", bare, "[nN\t,][b]");
}

static void
takes_quotes_off_wherever_sixteen_bytes_end(void)
{
	splits("123456789012345,\"b\",\"cdefghij\"\"klmn\",\"\"\n", ',',
	    "[123456789012345][b][cdefghij\"klmn][]");
	splits("\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\",\"\"\"\"\n", ',',
	    "[\"\"\"\"\"\"\"\"][\"]");
}

static void
goes_on_after_a_record_that_libcsv_reads_differently(void)
{
	struct inv_csv *c = inv_csv_new(INV_DIALECT_USUAL);
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
	TEST(takes_another_quote_off),
	TEST(takes_escapes_off),
	TEST(takes_quotes_off_wherever_sixteen_bytes_end),
	TEST(goes_on_after_a_record_that_libcsv_reads_differently),
};

int
main(void)
{
	return RUN(tests);
}
