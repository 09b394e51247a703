/* test_recall.c - recall keeps its header's promises */

#include "base/recall.h"

#include <stdlib.h>

#include "base/buf.h"
#include "check.h"

static void
gives_back_what_was_put_last(void)
{
	struct inv_recall *r = inv_recall_new();
	struct inv_str s;

	check(!inv_recall_get(r, 1, &s));
	inv_recall_put(r, 1, INV_LIT("one"));
	inv_recall_put(r, 2, INV_LIT(""));
	check(inv_recall_get(r, 1, &s));
	check_str(s, "one");
	check(inv_recall_get(r, 2, &s));
	check_str(s, "");
	inv_recall_put(r, 1, INV_LIT("uno"));
	check(inv_recall_get(r, 1, &s));
	check_str(s, "uno");
	inv_recall_free(r);
	inv_recall_free(NULL);
}

/* Texts of many lengths, round and round: none is ever given out wrong. */
static void
what_is_overwritten_is_gone_and_never_wrong(void)
{
	struct inv_recall *r = inv_recall_new();
	struct inv_buf b = INV_BUF(4096);
	struct inv_str s;
	size_t wrong = 0;
	size_t kept = 0;

	for (uint64_t i = 1; i < 20000; i++) {
		inv_buf_reset(&b);
		inv_buf_u64(&b, i);
		while (b.n < i % 1000)
			inv_buf_byte(&b, (char)('a' + i % 26));
		inv_recall_put(r, i, inv_buf_str(&b));
		for (uint64_t k = i > 9 ? i - 9 : 1; k <= i; k++)
			kept += inv_recall_get(r, k, &s);
		if (inv_recall_get(r, i - 3, &s)) {
			char last = s.p[s.n - 1];
			uint64_t k = i - 3;

			wrong += k % 1000 > 5 &&
			    (s.n != k % 1000 || last != (char)('a' + k % 26));
		}
	}
	check(wrong == 0);
	check(kept > 19000 * 10);
	check(!inv_recall_get(r, 1, &s));
	inv_buf_free(&b);
	inv_recall_free(r);
}

static void
a_text_too_long_is_not_kept(void)
{
	struct inv_recall *r = inv_recall_new();
	size_t n = INV_RECALL_BYTES / 16 + 1;
	char *big = calloc(1, n);
	struct inv_str s;

	inv_recall_put(r, 1, (struct inv_str){ big, n });
	check(!inv_recall_get(r, 1, &s));
	inv_recall_put(r, 1, (struct inv_str){ big, n - 1 });
	check(inv_recall_get(r, 1, &s));
	free(big);
	inv_recall_free(r);
}

int
main(void)
{
	static const struct test tests[] = {
		TEST(gives_back_what_was_put_last),
		TEST(what_is_overwritten_is_gone_and_never_wrong),
		TEST(a_text_too_long_is_not_kept),
	};

	return RUN(tests);
}
