/* test_spool - bytes that are written, and then read from the first one on */

#include "io/spool.h"

#include <stdlib.h>

#include "check.h"

enum { PIECES = 40000, LONG = 3 << 20 };

/* Of 0 to 999 bytes, each another. */
static struct inv_str
piece_of(size_t i, char out[1024])
{
	size_t n = i * 7919 % 1000;

	memset(out, 'a' + (int)(i % 26), n);
	return (struct inv_str){ out, n };
}

static bool
add_pieces(struct inv_spool *s, size_t n)
{
	struct inv_err err;
	char out[1024];
	bool ok = true;

	for (size_t i = 0; i < n; i++)
		ok = ok && inv_spool_add(s, piece_of(i, out), &err);
	return ok;
}

static bool
has_pieces(struct inv_spool *s, size_t n)
{
	struct inv_err err;
	struct inv_str got;
	char out[1024];
	bool ok = true;

	for (size_t i = 0; ok && i < n; i++) {
		struct inv_str want = piece_of(i, out);

		ok = inv_spool_get(s, want.n, &got, &err) &&
		    inv_str_eq(got, want);
	}
	return ok;
}

static void
gives_back_what_was_added(void)
{
	struct inv_spool *s = inv_spool_new();
	struct inv_err err;
	struct inv_str got;

	check(add_pieces(s, PIECES) && inv_spool_end(s, &err));
	check(!inv_spool_is_read(s));
	check(has_pieces(s, PIECES) && inv_spool_is_read(s));
	check(!inv_spool_get(s, 1, &got, &err));
	check(err.fault == INV_IO);
	inv_spool_free(s);
}

static void
is_empty_again_after_a_reset(void)
{
	struct inv_spool *s = inv_spool_new();
	struct inv_err err;

	check(inv_spool_end(s, &err) && inv_spool_is_read(s));
	for (size_t n = PIECES; n > 0; n /= 20) {
		inv_spool_reset(s);
		check(inv_spool_is_read(s));
		check(add_pieces(s, n) && inv_spool_end(s, &err));
		check(has_pieces(s, n / 2));
	}
	inv_spool_free(s);
}

static void
one_piece_may_be_longer_than_what_waits(void)
{
	struct inv_spool *s = inv_spool_new();
	struct inv_buf b = INV_BUF(LONG);
	struct inv_err err;
	struct inv_str got;

	for (int i = 0; i < LONG; i++)
		inv_buf_byte(&b, (char)('a' + i * 31 % 26));
	check(inv_spool_add(s, INV_LIT("x"), &err));
	check(inv_spool_add(s, inv_buf_str(&b), &err));
	check(inv_spool_add(s, INV_LIT("y"), &err));
	check(inv_spool_end(s, &err));
	check(inv_spool_get(s, 1, &got, &err) && inv_str_is(got, "x"));
	check(inv_spool_get(s, b.n, &got, &err));
	check(inv_str_eq(got, inv_buf_str(&b)));
	check(inv_spool_get(s, 1, &got, &err) && inv_str_is(got, "y"));
	check(inv_spool_is_read(s));
	inv_spool_free(s);
	inv_buf_free(&b);
}

static void
needs_a_folder_only_for_what_is_much(void)
{
	struct inv_spool *s = inv_spool_new();
	struct inv_err err = { 0 };

	setenv("TMPDIR", "/nowhere", 1);
	check(add_pieces(s, 100) && inv_spool_end(s, &err));
	check(has_pieces(s, 100));
	inv_spool_reset(s);
	char out[1024];

	for (size_t i = 0; i < PIECES; i++)
		if (!inv_spool_add(s, piece_of(i, out), &err))
			break;
	check(err.fault == INV_CREATE);
	unsetenv("TMPDIR");
	inv_spool_free(s);
}

static const struct test tests[] = {
	TEST(gives_back_what_was_added),
	TEST(is_empty_again_after_a_reset),
	TEST(one_piece_may_be_longer_than_what_waits),
	TEST(needs_a_folder_only_for_what_is_much),
};

int
main(void)
{
	return RUN(tests);
}
