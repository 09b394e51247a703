/*
 * fuzz_files - what is taken for a list of files is written again alike
 *
 * As the list of a record, and as that of rows, which are in their order.
 */

#include "data/emit.h"
#include "data/files.h"
#include "promise.h"

static void
check_list(struct inv_str all)
{
	struct inv_buf b = INV_BUF(2 * INV_FILES_MAX);
	struct inv_str rest = all;
	struct inv_file_named f;

	inv_buf_byte(&b, '[');
	while (inv_files_each(&rest, &f)) {
		if (b.n > 1)
			inv_buf_byte(&b, ',');
		inv_buf_add(&b, INV_LIT("{\"bytes\":"));
		inv_buf_u64(&b, f.bytes);
		inv_buf_add(&b, INV_LIT(",\"field\":\""));
		inv_buf_add(&b, f.field);
		inv_buf_add(&b, INV_LIT("\",\"name\":\""));
		inv_buf_add(&b, f.name);
		inv_buf_add(&b, INV_LIT("\",\"sha256\":\""));
		inv_buf_add(&b, f.sha256);
		inv_buf_add(&b, INV_LIT("\"}"));
	}
	inv_buf_byte(&b, ']');
	promise(inv_str_eq(inv_buf_str(&b), all));
	inv_buf_free(&b);
}

static void
check_rows(struct inv_str all)
{
	struct inv_buf b = INV_BUF(2 * INV_FILES_MAX);
	struct inv_str rest = all;
	struct inv_str list, of;
	uint64_t before = 0;
	uint64_t row;

	inv_buf_byte(&b, '[');
	while (inv_files_each_row(&rest, &row, &list)) {
		promise(row > before && inv_files_is(list));
		of = all;
		promise(inv_str_eq(inv_files_of(&of, row), list));
		inv_files_put(&b, row, list);
		before = row;
	}
	inv_buf_byte(&b, ']');
	promise(inv_str_eq(inv_buf_str(&b), all));
	inv_buf_free(&b);
}

int
LLVMFuzzerTestOneInput(const unsigned char *p, size_t n)
{
	struct inv_str all = { (const char *)p, n };
	struct inv_cursor c = { .rest = all };

	if (n > INV_FILES_MAX)
		return 0;
	if (inv_files_is(all))
		check_list(all);
	(void)inv_files_rows(&c);
	if (!c.bad && c.rest.n == 0)
		check_rows(all);
	return 0;
}
