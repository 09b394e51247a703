/* promise.h - what each fuzzer is: promises that hold whatever it is given */
#ifndef INV_FUZZ_PROMISE_H
#define INV_FUZZ_PROMISE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

/* One that is not kept ends the fuzzer, which tells its input. */
static inline void
promise(bool kept)
{
	if (!kept)
		abort();
}

#endif
