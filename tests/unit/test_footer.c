/* test_footer - where the last lines of a text begin */

#include "io/footer.h"

#include "check.h"
#include "memory.h"

/* What is before the last lines, whatever pieces the text comes in. */
static void
leaves(const char *text, size_t lines, const char *want)
{
	for (size_t piece = INV_PULL_LEAST; piece < 40; piece++) {
		struct memory m = { inv_str_of(text), piece };
		uint64_t before = 99;
		struct inv_err err;

		check(inv_footer_find(memory_pull(&m), lines, &before, &err));
		check(before == strlen(want));
		check(strncmp(text, want, before) == 0);
	}
}

static void
finds_lines_at_any_line_end(void)
{
	leaves("aaaaaaaaaaaaaa\nb\nc\n", 1, "aaaaaaaaaaaaaa\nb\n");
	leaves("aaaaaaaaaaaaaa\r\nb\r\nc", 2, "aaaaaaaaaaaaaa\r\n");
	leaves("aaaaaaaaaaaaaa\rb\rc\r", 2, "aaaaaaaaaaaaaa\r");
	leaves("aaaaaaaaaaaaaaa\r\nb\n\r\rc", 3, "aaaaaaaaaaaaaaa\r\nb\n");
}

static void
counts_empty_lines(void)
{
	leaves("a\n\n\n", 1, "a\n\n");
	leaves("a\n\r\n", 1, "a\n");
	leaves("\n", 1, "");
}

static void
leaves_nothing_where_there_are_no_more(void)
{
	leaves("", 1, "");
	leaves("a\nb", 2, "");
	leaves("a\nb\n", 3, "");
	leaves("a\nb\n", 1000, "");
}

static void
gives_no_more_than_the_body(void)
{
	struct memory m = { INV_LIT("0123456789abcdefghijklmnopq"), 16 };
	struct inv_body body = { memory_pull(&m), 21 };
	char out[64];
	struct inv_err err;

	check(inv_pull_all(inv_body_pull(&body), out, sizeof(out), &err) == 21);
	check(memcmp(out, "0123456789abcdefghijk", 21) == 0);
	check(inv_pull_get(inv_body_pull(&body), out, sizeof(out), &err) == 0);
}

static const struct test tests[] = {
	TEST(finds_lines_at_any_line_end),
	TEST(counts_empty_lines),
	TEST(leaves_nothing_where_there_are_no_more),
	TEST(gives_no_more_than_the_body),
};

int
main(void)
{
	return RUN(tests);
}
