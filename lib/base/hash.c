/* hash.c - SipHash-2-4 with 128 bits, as Aumasson and Bernstein define it */

#include "base/hash.h"

#include <endian.h>

enum {
	ROUNDS = 2,       /* for each word of the text */
	FINAL_ROUNDS = 4, /* for each word of the hash */
};

struct state {
	uint64_t v0, v1, v2, v3;
};

static inline uint64_t
word_at(const unsigned char *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return le64toh(v);
}

static void
word_to(uint64_t v, unsigned char *p)
{
	for (int i = 0; i < 8; i++)
		p[i] = (unsigned char)(v >> 8 * i);
}

static inline uint64_t
rotate(uint64_t v, int by)
{
	return v << by | v >> (64 - by);
}

static inline void
mix(struct state *s, int rounds)
{
	for (int i = 0; i < rounds; i++) {
		s->v0 += s->v1;
		s->v2 += s->v3;
		s->v1 = rotate(s->v1, 13) ^ s->v0;
		s->v3 = rotate(s->v3, 16) ^ s->v2;
		s->v0 = rotate(s->v0, 32);
		s->v2 += s->v1;
		s->v0 += s->v3;
		s->v1 = rotate(s->v1, 17) ^ s->v2;
		s->v3 = rotate(s->v3, 21) ^ s->v0;
		s->v2 = rotate(s->v2, 32);
	}
}

static inline void
take(struct state *s, uint64_t word)
{
	s->v3 ^= word;
	mix(s, ROUNDS);
	s->v0 ^= word;
}

/* What is behind the last whole word, and the length in the top byte. */
static uint64_t
last_word(const unsigned char *p, size_t left, size_t n)
{
	uint64_t v = (uint64_t)n << 56;

	for (size_t i = 0; i < left; i++)
		v |= (uint64_t)p[i] << 8 * i;
	return v;
}

void
inv_hash_of(const unsigned char key[INV_HASH_KEY], struct inv_str text,
    unsigned char out[INV_HASH])
{
	const unsigned char *p = (const unsigned char *)text.p;
	uint64_t k0 = word_at(key);
	uint64_t k1 = word_at(key + 8);
	struct state s = {
		k0 ^ UINT64_C(0x736f6d6570736575),
		k1 ^ UINT64_C(0x646f72616e646f6d) ^ 0xee,
		k0 ^ UINT64_C(0x6c7967656e657261),
		k1 ^ UINT64_C(0x7465646279746573),
	};
	size_t n = text.n;

	for (; n >= 8; n -= 8, p += 8)
		take(&s, word_at(p));
	take(&s, last_word(p, n, text.n));

	s.v2 ^= 0xee;
	mix(&s, FINAL_ROUNDS);
	word_to(s.v0 ^ s.v1 ^ s.v2 ^ s.v3, out);
	s.v1 ^= 0xdd;
	mix(&s, FINAL_ROUNDS);
	word_to(s.v0 ^ s.v1 ^ s.v2 ^ s.v3, out + 8);
}
