/* x12_hl.c - which HL01 of a transaction set have been there */

#include "data/x12_hl.h"

#include "data/digest.h"

enum { DIGITS = 12 }; /* of an HL01 */

void
inv_x12_hls_free(struct inv_x12_hls *h)
{
	if (h->map.size > 0)
		inv_map_free(&h->map);
}

void
inv_x12_hls_reset(struct inv_x12_hls *h)
{
	h->run = h->low = 0;
	inv_x12_hls_free(h);
}

/* A number from 1 on as it is counted, without zeros before it; else 0. */
static uint64_t
counted(struct inv_str id)
{
	uint64_t n = 0;

	if (id.n == 0 || id.n > DIGITS || *id.p == '0')
		return 0;
	for (size_t i = 0; i < id.n; i++) {
		if (id.p[i] < '0' || id.p[i] > '9')
			return 0;
		n = n * 10 + (uint64_t)(id.p[i] - '0');
	}
	return n;
}

enum inv_x12_hl
inv_x12_hls_add(struct inv_x12_hls *h, struct inv_str id)
{
	unsigned char hash[INV_HASH];
	uint64_t n = counted(id);

	if (n > 0 && n <= h->run)
		return INV_X12_HL_TWICE;
	if (n == h->run + 1 && (h->low == 0 || n < h->low)) {
		h->run = n;
		return INV_X12_HL_NEW;
	}
	if (h->map.used == INV_X12_HLS_MAX)
		return INV_X12_HL_MANY;
	if (!h->keyed)
		inv_random(h->key, sizeof(h->key));
	h->keyed = true;
	inv_hash_of(h->key, id, hash);
	struct inv_map_entry *e = inv_map_at(&h->map, hash);

	if (e->value != 0)
		return INV_X12_HL_TWICE;
	e->value = 1;
	if (n > 0 && (h->low == 0 || n < h->low))
		h->low = n;
	return INV_X12_HL_NEW;
}
