/* test_base64 - does base/base64 keep its header's promises? */

#include "check.h"

#include "base/base64.h"

static bool
is_text_of(const char *text, const char *bytes)
{
	struct inv_buf b = INV_BUF(64);
	struct inv_buf back = INV_BUF(64);

	inv_base64_put(&b, inv_str_of(bytes));
	bool ok = inv_str_is(inv_buf_str(&b), text) &&
	    inv_base64_get(&back, inv_str_of(text)) &&
	    inv_str_is(inv_buf_str(&back), bytes);

	inv_buf_free(&b);
	inv_buf_free(&back);
	return ok;
}

static void
the_vectors_of_the_rfc_hold(void)
{
	check(is_text_of("", ""));
	check(is_text_of("Zg==", "f"));
	check(is_text_of("Zm8=", "fo"));
	check(is_text_of("Zm9v", "foo"));
	check(is_text_of("Zm9vYg==", "foob"));
	check(is_text_of("Zm9vYmE=", "fooba"));
	check(is_text_of("Zm9vYmFy", "foobar"));
	check(is_text_of("+/+/", "\xfb\xff\xbf"));
}

static void
what_would_not_be_written_is_refused(void)
{
	static const char *const texts[] = { "Z", "Zg",
		"Zg=", "Zg===", "====", "Z===", "Zh==", "Zm9=", "Zm9v\n",
		"Zm 9v===", "Zm-_", "Zg==Zg==", "Zm=v", "Z\xc3\xa9==" };

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		struct inv_buf b = INV_BUF(64);

		inv_buf_byte(&b, 'x');
		check(!inv_base64_get(&b, inv_str_of(texts[i])));
		check_str(inv_buf_str(&b), "x");
		inv_buf_free(&b);
	}
	struct inv_buf b = INV_BUF(64);

	check(!inv_base64_get(&b, (struct inv_str){ "Zm\0v", 4 }));
	inv_buf_free(&b);
}

static void
nothing_passes_the_ceiling(void)
{
	struct inv_buf b = INV_BUF(2);

	check(!inv_base64_get(&b, INV_LIT("Zm9v")));
	inv_buf_free(&b);
}

int
main(void)
{
	static const struct test tests[] = {
		TEST(the_vectors_of_the_rfc_hold),
		TEST(what_would_not_be_written_is_refused),
		TEST(nothing_passes_the_ceiling),
	};

	return RUN(tests);
}
