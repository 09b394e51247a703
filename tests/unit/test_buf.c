/* test_buf - bytes that grow, up to a ceiling */

#include "base/buf.h"

#include "check.h"

static void
fills_to_the_ceiling_and_not_a_byte_further(void)
{
	struct inv_buf b = INV_BUF(4);

	inv_buf_add(&b, INV_LIT("123"));
	inv_buf_byte(&b, '4');
	check(!b.failed);
	inv_buf_byte(&b, '5');
	check(b.failed);
	check_str(inv_buf_str(&b), "1234");
	inv_buf_free(&b);
	check(b.p == NULL && b.n == 0 && b.max == 4 && !b.failed);
}

static void
adds_a_piece_whole_or_not_at_all(void)
{
	struct inv_buf b = INV_BUF(4);

	inv_buf_add(&b, INV_LIT("123"));
	inv_buf_add(&b, INV_LIT("45"));
	check(b.failed);
	check_str(inv_buf_str(&b), "123");
	inv_buf_addf(&b, "%d", 45);
	check_str(inv_buf_str(&b), "123");
	inv_buf_u64(&b, 45);
	check_str(inv_buf_str(&b), "123");
	inv_buf_free(&b);
}

static void
a_failure_lasts_until_the_next_reset(void)
{
	struct inv_buf b = INV_BUF(2);

	inv_buf_add(&b, INV_LIT("123"));
	inv_buf_byte(&b, '1');
	check(b.failed);
	inv_buf_reset(&b);
	check(!b.failed && b.n == 0);
	inv_buf_add(&b, INV_LIT("12"));
	check(!b.failed);
	inv_buf_free(&b);
}

static void
a_formatted_text_may_end_at_the_ceiling(void)
{
	struct inv_buf b = INV_BUF(4);

	inv_buf_addf(&b, "%s-%d", "ab", 1);
	check(!b.failed);
	check_str(inv_buf_str(&b), "ab-1");
	inv_buf_reset(&b);
	inv_buf_addf(&b, "%s-%d", "ab", 12);
	check(b.failed);
	check(b.n == 0);
	inv_buf_free(&b);
}

static void
grows_past_many_allocations_with_its_content(void)
{
	struct inv_buf b = INV_BUF(1 << 20);

	for (uint64_t i = 0; i < 10000; i++)
		inv_buf_u64(&b, i % 10);
	check(b.n == 10000 && !b.failed);
	for (size_t i = 0; i < b.n; i++)
		check(b.p[i] == (char)('0' + i % 10));
	inv_buf_free(&b);
}

static void
adds_few_bytes_as_it_adds_many(void)
{
	struct inv_buf b = INV_BUF(100);
	char text[80];

	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (char)('0' + i);
	for (size_t n = 1; n < sizeof(text); n++) {
		struct inv_str rest = { text + n, sizeof(text) - n };

		inv_buf_reset(&b);
		inv_buf_byte(&b, '!');
		inv_buf_few(&b, (struct inv_str){ text, n }, rest);
		check(b.n == sizeof(text) + 1 && !b.failed && b.p[0] == '!');
		check(memcmp(b.p + 1, text, sizeof(text)) == 0);
	}
	inv_buf_few(&b, (struct inv_str){ text, 10 },
	    (struct inv_str){ text, 10 });
	check(b.failed && b.n == sizeof(text) + 1);
	inv_buf_free(&b);
}

static void
writes_numbers_in_decimal(void)
{
	struct inv_buf b = INV_BUF(100);

	inv_buf_u64(&b, 0);
	inv_buf_byte(&b, ' ');
	inv_buf_u64(&b, UINT64_MAX);
	check_str(inv_buf_str(&b), "0 18446744073709551615");
	inv_buf_free(&b);
}

static void
puts_commas_between_thousands(void)
{
	struct inv_buf b = INV_BUF(100);

	inv_buf_count(&b, 0);
	inv_buf_byte(&b, ' ');
	inv_buf_count(&b, 999);
	inv_buf_byte(&b, ' ');
	inv_buf_count(&b, 1000);
	inv_buf_byte(&b, ' ');
	inv_buf_count(&b, UINT64_MAX);
	check_str(inv_buf_str(&b), "0 999 1,000 18,446,744,073,709,551,615");
	inv_buf_free(&b);
}

static void
room_past_the_ceiling_is_refused_without_overflow(void)
{
	struct inv_buf b = INV_BUF(100);

	check(!inv_buf_room(&b, SIZE_MAX));
	check(b.failed);
	inv_buf_reset(&b);
	inv_buf_byte(&b, 'x');
	check(!inv_buf_room(&b, SIZE_MAX));
	check(inv_buf_room(&b, 99));
	check(b.cap == 100);
	inv_buf_free(&b);
}

static const struct test tests[] = {
	TEST(fills_to_the_ceiling_and_not_a_byte_further),
	TEST(adds_a_piece_whole_or_not_at_all),
	TEST(a_failure_lasts_until_the_next_reset),
	TEST(a_formatted_text_may_end_at_the_ceiling),
	TEST(grows_past_many_allocations_with_its_content),
	TEST(adds_few_bytes_as_it_adds_many),
	TEST(writes_numbers_in_decimal),
	TEST(puts_commas_between_thousands),
	TEST(room_past_the_ceiling_is_refused_without_overflow),
};

int
main(void)
{
	return RUN(tests);
}
