/* near.h - how far a word is from another, for "did you mean" */
#ifndef INV_BASE_NEAR_H
#define INV_BASE_NEAR_H

#include "base/str.h"

enum { INV_NEAR_MAX = 64 }; /* bytes of a word; longer ones are far apart */

/*
 * Letters (bytes) to put in, take out, change, or swap with the next to make b
 * of a.  Past `most` it is most + 1.
 */
size_t inv_near(struct inv_str a, struct inv_str b, size_t most);

#endif
