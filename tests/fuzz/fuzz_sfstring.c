/* fuzz_sfstring - what is parsed can be written, and is then parsed alike */

#include <stdlib.h>

#include "data/sfstring.h"

enum { TEXT_MAX = 1 << 20 };

int LLVMFuzzerTestOneInput(const unsigned char *p, size_t n);

int
LLVMFuzzerTestOneInput(const unsigned char *p, size_t n)
{
	struct inv_buf once = INV_BUF(TEXT_MAX);
	struct inv_buf field = INV_BUF(TEXT_MAX);
	struct inv_buf twice = INV_BUF(TEXT_MAX);

	if (inv_sfstring_parse((struct inv_str){ (const char *)p, n }, &once)) {
		if (!inv_sfstring_write(&field, inv_buf_str(&once)))
			abort();
		if (!inv_sfstring_parse(inv_buf_str(&field), &twice))
			abort();
		if (!inv_str_eq(inv_buf_str(&once), inv_buf_str(&twice)))
			abort();
	}
	inv_buf_free(&once);
	inv_buf_free(&field);
	inv_buf_free(&twice);
	return 0;
}
