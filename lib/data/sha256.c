/*
 * sha256.c - SHA-256 of two short messages at once
 *
 * FIPS 180-4 with the SHA extensions of x86.  An instruction does two rounds;
 * it has the eight words of the state in two registers, A B E F and C D G H
 * from the highest to the lowest, and gives back the new A B E F: what was that
 * is C D G H then.
 */

#include "data/sha256.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

#ifdef __x86_64__

#include <cpuid.h>
#include <immintrin.h>

enum {
	LENGTH = 8, /* bytes of it at a message's end */
	LEAF = 7,   /* of cpuid, that tells of the extensions */
	HAS_SHA = 1 << 29,
};

#define WITH_SHA __attribute__((target("sha,sse4.1")))
#define INLINE WITH_SHA __attribute__((always_inline)) static inline

struct lane {
	__m128i abef;
	__m128i cdgh;
	__m128i w[4]; /* the last 16 words of the schedule */
};

/* The first 32 bits of the fractions of the cube roots of the primes. */
static const uint32_t constant[64] __attribute__((aligned(16))) = { 0x428a2f98,
	0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4,
	0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74,
	0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6,
	0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152,
	0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351,
	0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354,
	0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70,
	0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116,
	0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f,
	0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa,
	0xa4506ceb, 0xbef9a3f7, 0xc67178f2 };

bool
inv_sha256_can(void)
{
	unsigned a;
	unsigned b;
	unsigned c;
	unsigned d;

	return __builtin_cpu_supports("sse4.1") &&
	    __get_cpuid_count(LEAF, 0, &a, &b, &c, &d) == 1 &&
	    (b & HAS_SHA) != 0;
}

/* Of the square roots. */
INLINE void
begin(struct lane *l)
{
	l->abef = _mm_set_epi32(0x6a09e667, (int)0xbb67ae85, 0x510e527f,
	    (int)0x9b05688c);
	l->cdgh =
	    _mm_set_epi32(0x3c6ef372, (int)0xa54ff53a, 0x1f83d9ab, 0x5be0cd19);
}

/* Words 4 r to 4 r + 3 of the schedule. */
INLINE __m128i
schedule(struct lane *l, const unsigned char *block, unsigned r)
{
	const __m128i swap =
	    _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
	__m128i *w = &l->w[r % 4];

	if (r < 4) {
		*w = _mm_loadu_si128((const void *)(block + 16 * r));
		*w = _mm_shuffle_epi8(*w, swap);
	} else {
		__m128i last = l->w[(r + 3) % 4];

		*w = _mm_sha256msg1_epu32(*w, l->w[(r + 1) % 4]);
		*w = _mm_add_epi32(*w,
		    _mm_alignr_epi8(last, l->w[(r + 2) % 4], 4));
		*w = _mm_sha256msg2_epu32(*w, last);
	}
	return *w;
}

INLINE void
four_rounds(struct lane *l, const unsigned char *block, unsigned r)
{
	__m128i sum = _mm_add_epi32(schedule(l, block, r),
	    _mm_load_si128((const void *)&constant[4 * r]));

	l->cdgh = _mm_sha256rnds2_epu32(l->cdgh, l->abef, sum);
	sum = _mm_shuffle_epi32(sum, 0x0e);
	l->abef = _mm_sha256rnds2_epu32(l->abef, l->cdgh, sum);
}

/* A block of a message. */
INLINE void
compress(struct lane *l, const unsigned char *block)
{
	const struct lane before = *l;

#pragma GCC unroll 16
	for (unsigned r = 0; r < 16; r++)
		four_rounds(l, block, r);
	l->abef = _mm_add_epi32(l->abef, before.abef);
	l->cdgh = _mm_add_epi32(l->cdgh, before.cdgh);
}

/* Of two. */
INLINE void
compress_both(struct lane *a, const unsigned char *block_a, struct lane *b,
    const unsigned char *block_b)
{
	const struct lane before[2] = { *a, *b };

#pragma GCC unroll 16
	for (unsigned r = 0; r < 16; r++) {
		four_rounds(a, block_a, r);
		four_rounds(b, block_b, r);
	}
	a->abef = _mm_add_epi32(a->abef, before[0].abef);
	a->cdgh = _mm_add_epi32(a->cdgh, before[0].cdgh);
	b->abef = _mm_add_epi32(b->abef, before[1].abef);
	b->cdgh = _mm_add_epi32(b->cdgh, before[1].cdgh);
}

/* Words from the highest on, their bytes as well. */
INLINE void
end(const struct lane *l, unsigned char out[INV_SHA256])
{
	const __m128i swap =
	    _mm_set_epi64x(0x0001020304050607, 0x08090a0b0c0d0e0f);
	__m128i high = _mm_shuffle_epi8(l->abef, swap);
	__m128i low = _mm_shuffle_epi8(l->cdgh, swap);

	_mm_storeu_si128((void *)out, _mm_unpacklo_epi64(high, low));
	_mm_storeu_si128((void *)(out + 16), _mm_unpackhi_epi64(high, low));
}

/* A bit, zeros, the length in bits; how many blocks that makes. */
static size_t
fill(struct inv_sha256_text *t)
{
	size_t blocks = (t->n + LENGTH) / INV_SHA256_BLOCK + 1;
	size_t behind = blocks * INV_SHA256_BLOCK - t->n;

	assert(t->n <= INV_SHA256_SHORT);
	memset(t->at + t->n, 0, behind);
	t->at[t->n] = 0x80;
	for (size_t i = 1; i <= LENGTH; i++)
		t->at[blocks * INV_SHA256_BLOCK - i] =
		    (unsigned char)((uint64_t)t->n * 8 >> 8 * (i - 1));
	return blocks;
}

WITH_SHA void
inv_sha256_two(struct inv_sha256_text text[2], unsigned char first[INV_SHA256],
    unsigned char second[INV_SHA256])
{
	size_t blocks[2] = { fill(&text[0]), fill(&text[1]) };
	const unsigned char *at[2] = { text[0].at, text[1].at };
	struct lane a;
	struct lane b;

	begin(&a);
	begin(&b);
	for (; blocks[0] > 0 && blocks[1] > 0; blocks[0]--, blocks[1]--) {
		compress_both(&a, at[0], &b, at[1]);
		at[0] += INV_SHA256_BLOCK;
		at[1] += INV_SHA256_BLOCK;
	}
	for (; blocks[0] > 0; blocks[0]--, at[0] += INV_SHA256_BLOCK)
		compress(&a, at[0]);
	for (; blocks[1] > 0; blocks[1]--, at[1] += INV_SHA256_BLOCK)
		compress(&b, at[1]);
	end(&a, first);
	end(&b, second);
}

#else

bool
inv_sha256_can(void)
{
	return false;
}

void
inv_sha256_two(struct inv_sha256_text text[2], unsigned char first[INV_SHA256],
    unsigned char second[INV_SHA256])
{
	(void)text;
	(void)first;
	(void)second;
	assert(false);
}

#endif
