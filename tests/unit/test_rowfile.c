/* test_rowfile - a file's rows, one after the other, as records */

#include "data/rowfile.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "check.h"

static int
file_of(const char *text)
{
	char name[] = "/tmp/inv-test-XXXXXX";
	int fd = mkstemp(name);

	unlink(name);
	check(write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	return fd;
}

static void
reads_a_table_row_by_row(void)
{
	struct inv_source_options how = { .delimiter = ',' };
	struct inv_err err;
	struct inv_rowfile *r =
	    inv_rowfile_new(file_of("a,b\n1,\"x\"\n2\n3,\n"), "t.csv", &how,
		&err);
	struct inv_row row;

	check(inv_rowfile_format(r) == INV_FORMAT_CSV);
	check_str(inv_rowfile_columns(r), "[\"a\",\"b\"]");
	check(inv_rowfile_next(r, &row, &err) == INV_NEXT_LINE);
	check(row.sound && row.line == 2 && row.fields->n == 2);
	check_str(row.text, "{\"a\":\"1\",\"b\":\"x\"}");
	check_str(row.fields->at[1].value, "\"x\"");
	check(inv_rowfile_next(r, &row, &err) == INV_NEXT_LINE);
	check(!row.sound && row.line == 3);
	check_str(row.text, "1 cell for 2 columns [cell_count]");
	check(inv_rowfile_next(r, &row, &err) == INV_NEXT_LINE);
	check(row.sound && row.line == 4);
	check(inv_rowfile_next(r, &row, &err) == INV_NEXT_END);
	inv_rowfile_free(r);
}

static void
reads_ndjson_as_it_is(void)
{
	struct inv_source_options how = { .delimiter = ',' };
	struct inv_err err;
	struct inv_rowfile *r =
	    inv_rowfile_new(file_of("{\"a\": 1.0}\n[]\n"), "t", &how, &err);
	struct inv_row row;

	check(inv_rowfile_format(r) == INV_FORMAT_NDJSON);
	check(inv_rowfile_columns(r).n == 0);
	check(inv_rowfile_next(r, &row, &err) == INV_NEXT_LINE);
	check(row.sound);
	check_str(row.text, "{\"a\": 1.0}");
	check(inv_rowfile_next(r, &row, &err) == INV_NEXT_LINE);
	check(!row.sound);
	inv_rowfile_free(r);
}

static void
says_why_a_file_is_refused(void)
{
	struct inv_source_options how = { .delimiter = ',' };
	struct inv_err err;

	check(inv_rowfile_new(file_of("a,a\n"), "t.csv", &how, &err) == NULL);
	check(err.fault == INV_BAD);
	check_str(inv_str_of(err.msg),
	    "t.csv: line 1: header: columns 1, 2 are named \"a\"");
}

static const struct test tests[] = {
	TEST(reads_a_table_row_by_row),
	TEST(reads_ndjson_as_it_is),
	TEST(says_why_a_file_is_refused),
};

int
main(void)
{
	return RUN(tests);
}
