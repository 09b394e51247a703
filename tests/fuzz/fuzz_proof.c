/* fuzz_proof - proofs: what is read is written alike */

#include <stdlib.h>

#include "data/proof.h"

int LLVMFuzzerTestOneInput(const unsigned char *p, size_t n);

int
LLVMFuzzerTestOneInput(const unsigned char *p, size_t n)
{
	struct inv_str all = { (const char *)p, n };
	struct inv_buf mem = INV_BUF(INV_PROOF_MAX);
	struct inv_buf again = INV_BUF(INV_PROOF_MAX);
	struct inv_growth growth;
	struct inv_proof proof;
	struct inv_err err;

	if (inv_proof_parse(all, &mem, &proof, &err)) {
		inv_proof_put(&again, &proof);
		if (!inv_str_eq(inv_buf_str(&again), all))
			abort();
	}
	inv_buf_reset(&again);
	if (inv_growth_parse(all, &growth, &err)) {
		inv_growth_put(&again, &growth);
		if (!inv_str_eq(inv_buf_str(&again), all))
			abort();
	}
	inv_buf_free(&mem);
	inv_buf_free(&again);
	return 0;
}
