/* test_files - lists of files are read as they are written, and not else */

#include "data/files.h"

#include "check.h"
#include "data/merkle.h"

#define SHA "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define ONE(name)                                                              \
	"{\"bytes\":5,\"field\":\"sds\",\"name\":\"" name                      \
	"\",\"sha256\":\"" SHA "\"}"

static void
takes_a_list_as_it_is_written_only(void)
{
	check(inv_files_is(INV_LIT("[" ONE("a") "]")));
	check(inv_files_is(INV_LIT("[" ONE("a") "," ONE("\\\"") "]")));
	check(!inv_files_is(INV_LIT("")));
	check(!inv_files_is(INV_LIT("[]")));
	check(!inv_files_is(INV_LIT("[" ONE("a") ",]")));
	check(!inv_files_is(INV_LIT("[" ONE("a") "] ")));
	check(!inv_files_is(INV_LIT("[ " ONE("a") "]")));
	check(!inv_files_is(INV_LIT(ONE("a"))));
	check(!inv_files_is(INV_LIT("[{\"bytes\":5}]")));
	check(!inv_files_is(INV_LIT("[{\"bytes\":-5,\"field\":\"sds\",\"name\":"
				    "\"a\",\"sha256\":\"" SHA "\"}]")));
	check(!inv_files_is(INV_LIT("[{\"bytes\":5,\"field\":\"sds\",\"name\":"
				    "\"a\",\"sha256\":\"00\"}]")));
}

static void
walks_the_files_of_a_list(void)
{
	struct inv_str rest = INV_LIT("[" ONE("a") "," ONE("b") "]");
	struct inv_file_named f;

	check(inv_files_each(&rest, &f));
	check_str(f.name, "a");
	check_str(f.field, "sds");
	check_str(f.sha256, SHA);
	check(f.bytes == 5);
	check(inv_files_each(&rest, &f));
	check_str(f.name, "b");
	check(!inv_files_each(&rest, &f));
}

static void
finds_the_list_of_each_row(void)
{
	struct inv_buf b = INV_BUF(4096);

	inv_buf_byte(&b, '[');
	inv_files_put(&b, 3, INV_LIT("[" ONE("a") "]"));
	inv_files_put(&b, 7, INV_LIT("[" ONE("b") "," ONE("c") "]"));
	inv_buf_byte(&b, ']');
	struct inv_cursor c = { .rest = inv_buf_str(&b) };
	struct inv_str rest = inv_files_rows(&c);

	check(!c.bad && c.rest.n == 0);
	check(rest.n == b.n);
	check(inv_files_of(&rest, 1).n == 0);
	check_str(inv_files_of(&rest, 3), "[" ONE("a") "]");
	check(inv_files_of(&rest, 4).n == 0);
	check_str(inv_files_of(&rest, 7), "[" ONE("b") "," ONE("c") "]");
	check(inv_files_of(&rest, 8).n == 0);
	inv_buf_free(&b);
}

static void
rows_that_do_not_ascend_are_none(void)
{
	struct inv_cursor same = {
		.rest = INV_LIT("[[3,[" ONE("a") "]],[3,[" ONE("b") "]]]")
	};
	struct inv_cursor empty = { .rest = INV_LIT("[]") };

	(void)inv_files_rows(&same);
	check(same.bad);
	(void)inv_files_rows(&empty);
	check(empty.bad);
}

static void
a_row_without_files_is_the_leaf_of_its_record(void)
{
	struct inv_digest *d = inv_digest_new();
	unsigned char leaf[INV_DIGEST], other[INV_DIGEST];

	inv_merkle_leaf(d, INV_LIT("{}"), leaf);
	inv_files_leaf(d, INV_LIT("{}"), (struct inv_str){ 0 }, other);
	check(memcmp(leaf, other, INV_DIGEST) == 0);
	inv_merkle_leaf(d, INV_LIT("{}\n[" ONE("a") "]"), leaf);
	inv_files_leaf(d, INV_LIT("{}"), INV_LIT("[" ONE("a") "]"), other);
	check(memcmp(leaf, other, INV_DIGEST) == 0);
	inv_digest_free(d);
}

static const struct test tests[] = {
	TEST(takes_a_list_as_it_is_written_only),
	TEST(walks_the_files_of_a_list),
	TEST(finds_the_list_of_each_row),
	TEST(rows_that_do_not_ascend_are_none),
	TEST(a_row_without_files_is_the_leaf_of_its_record),
};

int
main(void)
{
	return RUN(tests);
}
