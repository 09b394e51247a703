/* fuzz_retry_after.c - any Retry-After is a bounded wait, or nothing */

#include <stdlib.h>

#include "net/retry.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct inv_str value = { (const char *)bytes, n };
	uint64_t ms = UINT64_MAX;

	if (inv_retry_after(value, 784111777, &ms)) {
		if (ms > INV_RETRY_AFTER_MAX)
			abort();
	} else if (ms != UINT64_MAX) {
		abort();
	}
	return 0;
}
