/* test_digest - does data/digest keep its header's promises? */

#include "check.h"

#include "data/digest.h"
#include "data/sha256.h"

enum { MANY = 9, LONG = INV_SHA256_SHORT + 100 };

static struct inv_digest *digest;

static void
digests_are_those_of_fips_180(void)
{
	char hex[INV_DIGEST_HEX];

	inv_digest_hex_of(digest, INV_LIT("abc"), hex);
	check_str(((struct inv_str){ hex, sizeof(hex) }),
	    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	inv_digest_hex_of(digest, INV_LIT(""), hex);
	check_str(((struct inv_str){ hex, sizeof(hex) }),
	    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

static bool
is_digest_of(const unsigned char got[INV_DIGEST], struct inv_str before,
    struct inv_str text)
{
	unsigned char want[INV_DIGEST];

	inv_digest_begin(digest);
	inv_digest_add(digest, before);
	inv_digest_add(digest, text);
	inv_digest_end(digest, want);
	return memcmp(got, want, INV_DIGEST) == 0;
}

static void
check_each(struct inv_str before, const struct inv_str *text, size_t n)
{
	unsigned char got[MANY][INV_DIGEST];

	inv_digest_each(digest, before, text, n, got);
	for (size_t i = 0; i < n; i++)
		check(is_digest_of(got[i], before, text[i]));
}

/* Lengths on both sides of a block's and a short text's end. */
static void
each_is_hashed_as_it_is_alone(void)
{
	static const size_t length[MANY] = { 0, 1, 55, 56, 63, 64, 65, 200,
		INV_SHA256_SHORT - 1 };
	static char bytes[LONG];
	struct inv_str text[MANY];

	memset(bytes, 'x', sizeof(bytes));
	for (size_t i = 0; i < MANY; i++)
		text[i] = (struct inv_str){ bytes + i, length[i] };
	for (size_t n = 0; n <= MANY; n++) {
		check_each(INV_LIT(""), text, n);
		check_each(INV_LIT("\0"), text, n);
		check_each(INV_LIT("three"), text, n);
	}
}

static void
a_long_one_among_short_ones_is_hashed(void)
{
	static char bytes[LONG];

	memset(bytes, 'y', sizeof(bytes));
	for (size_t at = 0; at < 5; at++) {
		struct inv_str text[5] = { INV_LIT("a"), INV_LIT("bc"),
			INV_LIT(""), INV_LIT("def"), INV_LIT("g") };

		text[at] = (struct inv_str){ bytes, sizeof(bytes) };
		check_each(INV_LIT("\1"), text, 5);
		text[at].n = INV_SHA256_SHORT;
		check_each(INV_LIT("\1"), text, 5);
		check_each(INV_LIT(""), text, 5);
	}
}

static void
texts_may_stand_where_their_digests_go(void)
{
	unsigned char out[MANY][INV_DIGEST];
	unsigned char before[MANY][INV_DIGEST];
	struct inv_str text[MANY / 2];

	for (size_t i = 0; i < MANY; i++)
		memset(out[i], (int)i, INV_DIGEST);
	memcpy(before, out, sizeof(out));
	for (size_t i = 0; i < MANY / 2; i++)
		text[i] = (struct inv_str){ (const char *)out[2 * i],
			2 * INV_DIGEST };
	inv_digest_each(digest, INV_LIT("\1"), text, MANY / 2, out);
	for (size_t i = 0; i < MANY / 2; i++)
		check(is_digest_of(out[i], INV_LIT("\1"),
		    (struct inv_str){
			(const char *)before[2 * i], 2 * INV_DIGEST }));
}

int
main(void)
{
	static const struct test tests[] = {
		TEST(digests_are_those_of_fips_180),
		TEST(each_is_hashed_as_it_is_alone),
		TEST(a_long_one_among_short_ones_is_hashed),
		TEST(texts_may_stand_where_their_digests_go),
	};

	digest = inv_digest_new();
	int status = RUN(tests);

	inv_digest_free(digest);
	return status;
}
