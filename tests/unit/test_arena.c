/* test_arena - lib/base/arena.h */

#include "base/arena.h"

#include "check.h"

static void
keeps_what_was_put_in(void)
{
	struct inv_arena a = { 0 };
	struct inv_str kept[2000];
	char text[2000];

	memset(text, 'x', sizeof(text));
	for (size_t i = 0; i < 2000; i++)
		kept[i] = inv_arena_str(&a, (struct inv_str){ text, i });
	for (size_t i = 0; i < 2000; i++) {
		check(inv_str_eq(kept[i], (struct inv_str){ text, i }));
		check(kept[i].p[i] == '\0');
	}
	inv_arena_free(&a);
	check(a.chunk == NULL);
}

static void
is_zero_and_aligned_at_any_length(void)
{
	struct inv_arena a = { 0 };
	size_t lengths[] = { 1 << 20, 0, 1, 3, 8191, 8192, 8193, 1 << 16, 7 };

	for (size_t i = 0; i < sizeof(lengths) / sizeof(*lengths); i++) {
		char *p = inv_arena_new(&a, lengths[i]);
		bool zero = true;

		for (size_t k = 0; k < lengths[i]; k++)
			zero = zero && p[k] == 0;
		check(zero);
		check((uintptr_t)p % _Alignof(max_align_t) == 0);
		memset(p, 1, lengths[i]);
	}
	inv_arena_free(&a);
}

int
main(void)
{
	static const struct test tests[] = {
		TEST(keeps_what_was_put_in),
		TEST(is_zero_and_aligned_at_any_length),
	};

	return RUN(tests);
}
