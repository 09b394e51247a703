/* test_texts - more texts than memory should hold */

#include "io/texts.h"

#include <stdlib.h>

#include "check.h"

enum { MANY = 300000 };

/* Of 0 to 99 bytes, each another. */
static struct inv_str
text_of(uint64_t i, char out[128])
{
	size_t n = (size_t)(i * 7919 % 100);
	int size = snprintf(out, 128, "%ju-", (uintmax_t)i);

	memset(out + size, 'a' + (int)(i % 26), 100);
	return (struct inv_str){ out, n };
}

static bool
is_there(struct inv_texts *t, uint64_t i, struct inv_buf *b)
{
	char out[128];
	struct inv_err err;

	inv_buf_reset(b);
	return inv_texts_get(t, i, b, &err) &&
	    inv_str_eq(inv_buf_str(b), text_of(i, out));
}

static struct inv_texts *
made(uint64_t n)
{
	struct inv_texts *t = inv_texts_new();
	struct inv_err err;
	char out[128];
	bool ok = true;

	for (uint64_t i = 0; i < n; i++)
		ok = ok && inv_texts_add(t, text_of(i, out), &err);
	check(ok && inv_texts_end(t, &err));
	check(inv_texts_count(t) == n);
	return t;
}

static void
gives_back_each_by_its_number(void)
{
	struct inv_texts *t = made(MANY);
	struct inv_buf b = INV_BUF(1 << 20);
	bool ok = true;

	for (uint64_t i = 0; i < MANY; i++)
		ok = ok && is_there(t, i, &b);
	check(ok);
	for (uint64_t i = 0; i < MANY; i++)
		ok = ok && is_there(t, i * 104729 % MANY, &b);
	check(ok);
	inv_texts_free(t);
	inv_buf_free(&b);
}

static void
one_text_may_be_longer_than_a_page_and_what_waits(void)
{
	struct inv_texts *t = inv_texts_new();
	struct inv_buf b = INV_BUF(4 << 20), got = INV_BUF(4 << 20);
	struct inv_err err;

	for (int i = 0; i < 1 << 20; i++)
		inv_buf_byte(&b, (char)('a' + i * 31 % 26));
	check(inv_texts_add(t, INV_LIT("x"), &err));
	check(inv_texts_add(t, inv_buf_str(&b), &err));
	check(inv_texts_add(t, INV_LIT(""), &err));
	check(inv_texts_end(t, &err));
	check(inv_texts_get(t, 1, &got, &err));
	check(inv_str_eq(inv_buf_str(&got), inv_buf_str(&b)));
	check(inv_texts_get(t, 2, &got, &err) && got.n == b.n);
	got.max = b.n;
	check(inv_texts_get(t, 0, &got, &err));
	check(got.failed || got.n == b.n + 1);
	inv_texts_free(t);
	inv_buf_free(&b);
	inv_buf_free(&got);
}

static void
says_when_there_is_no_folder(void)
{
	struct inv_texts *t = inv_texts_new();
	struct inv_err err;

	setenv("TMPDIR", "/nowhere", 1);
	check(inv_texts_add(t, INV_LIT("x"), &err));
	check(!inv_texts_end(t, &err));
	check(err.fault == INV_CREATE);
	unsetenv("TMPDIR");
	inv_texts_free(t);
}

static const struct test tests[] = {
	TEST(gives_back_each_by_its_number),
	TEST(one_text_may_be_longer_than_a_page_and_what_waits),
	TEST(says_when_there_is_no_folder),
};

int
main(void)
{
	return RUN(tests);
}
