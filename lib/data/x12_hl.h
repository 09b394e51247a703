/*
 * x12_hl.h - which HL01 of a transaction set have been there
 *
 * Mostly they are 1, 2, 3 and so on: of these only the last is kept.  Others
 * are kept as hashes under a random key (map.h).
 */
#ifndef INV_DATA_X12_HL_H
#define INV_DATA_X12_HL_H

#include "base/hash.h"
#include "base/map.h"

enum { INV_X12_HLS_MAX = 1 << 18 }; /* that are not counted from 1 */

enum inv_x12_hl {
	INV_X12_HL_NEW,
	INV_X12_HL_TWICE,
	INV_X12_HL_MANY, /* it can not be told */
};

/* Zero is none. */
struct inv_x12_hls {
	uint64_t run;       /* 1 to this one have been there */
	uint64_t low;       /* the least number of the others; 0: none */
	struct inv_map map; /* those */
	bool keyed;
	unsigned char key[INV_HASH_KEY];
};

/* The next set begins; or, with _free, there is none. */
void inv_x12_hls_reset(struct inv_x12_hls *h);
void inv_x12_hls_free(struct inv_x12_hls *h);

INV_MUST enum inv_x12_hl inv_x12_hls_add(struct inv_x12_hls *h,
    struct inv_str id);

#endif
