/* test_hash.c - SipHash-2-4-128 against its authors' vectors */

#include "base/hash.h"
#include "check.h"

/* The hash of 00 01 02 ... (n bytes) under the key 00 01 ... 0f, as hex. */
static void
hashes_to(size_t n, const char *want)
{
	unsigned char key[INV_HASH_KEY];
	unsigned char out[INV_HASH];
	char text[64];
	char hex[2 * INV_HASH];

	for (size_t i = 0; i < sizeof(key); i++)
		key[i] = (unsigned char)i;
	for (size_t i = 0; i < n; i++)
		text[i] = (char)i;
	inv_hash_of(key, (struct inv_str){ text, n }, out);
	inv_str_hex(out, sizeof(out), hex);
	check_str(((struct inv_str){ hex, sizeof(hex) }), want);
}

static void
agrees_with_the_published_vectors(void)
{
	hashes_to(0, "a3817f04ba25a8e66df67214c7550293");
	hashes_to(1, "da87c1d86b99af44347659119b22fc45");
	hashes_to(15, "5493e99933b0a8117e08ec0f97cfc3d9");
	hashes_to(20, "9e25fc833f2290733e9344a5e83839eb");
}

static void
another_key_is_another_hash(void)
{
	unsigned char key[INV_HASH_KEY] = { 0 };
	unsigned char a[INV_HASH];
	unsigned char b[INV_HASH];

	inv_hash_of(key, INV_LIT("x"), a);
	key[15] = 1;
	inv_hash_of(key, INV_LIT("x"), b);
	check(memcmp(a, b, sizeof(a)) != 0);
	check(memcmp(a, b, 8) != 0);
	check(memcmp(a + 8, b + 8, 8) != 0);
}

int
main(void)
{
	static const struct test tests[] = {
		TEST(agrees_with_the_published_vectors),
		TEST(another_key_is_another_hash),
	};

	return RUN(tests);
}
