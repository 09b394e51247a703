/* test_sha256 - does data/sha256 keep its header's promises? */

#include "check.h"

#include "data/digest.h"
#include "data/sha256.h"

static struct inv_digest *digest;
static struct inv_sha256_text text[2];

/* n bytes that are others for another seed; what is behind them is left. */
static void
write_text(struct inv_sha256_text *t, size_t n, unsigned seed)
{
	t->n = n;
	for (size_t i = 0; i < n; i++) {
		seed = seed * 1103515245 + 12345;
		t->at[i] = (unsigned char)(seed >> 16);
	}
}

/* As libcrypto has it. */
static bool
is_hash_of(const unsigned char hash[INV_SHA256], size_t n, unsigned seed)
{
	static struct inv_sha256_text same;
	unsigned char want[INV_DIGEST];

	write_text(&same, n, seed);
	inv_digest_of(digest, (struct inv_str){ (const char *)same.at, n },
	    want);
	return memcmp(hash, want, INV_SHA256) == 0;
}

static void
check_pair(size_t first, size_t second)
{
	unsigned char hash[2][INV_SHA256];

	write_text(&text[0], first, 1);
	write_text(&text[1], second, 2);
	inv_sha256_two(text, hash[0], hash[1]);
	check(is_hash_of(hash[0], first, 1));
	check(is_hash_of(hash[1], second, 2));
}

static void
two_of_the_same_length_are_hashed_at_every_length(void)
{
	if (!inv_sha256_can()) {
		skip("no instructions for SHA-256 here");
		return;
	}
	for (size_t n = 0; n <= INV_SHA256_SHORT; n++)
		check_pair(n, n);
}

static void
a_long_and_a_short_one_are_hashed_together(void)
{
	if (!inv_sha256_can()) {
		skip("no instructions for SHA-256 here");
		return;
	}
	for (size_t n = 0; n <= INV_SHA256_SHORT; n += 5) {
		check_pair(n, INV_SHA256_SHORT - n);
		check_pair(n, n / 3);
	}
}

int
main(void)
{
	static const struct test tests[] = {
		TEST(two_of_the_same_length_are_hashed_at_every_length),
		TEST(a_long_and_a_short_one_are_hashed_together),
	};

	digest = inv_digest_new();
	int status = RUN(tests);

	inv_digest_free(digest);
	return status;
}
