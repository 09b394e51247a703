/* fuzz_promtext.c - what is read as a line can be written back as it was */

#include <stdlib.h>

#include "data/promtext.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct inv_str rest = { (const char *)data, size };
	struct inv_prom_line line;
	struct inv_prom_line again;
	struct inv_err err;
	uint64_t number = 0;

	while (inv_prom_next(&rest, &number, &line, &err) == INV_NEXT_LINE) {
		struct inv_buf name = INV_BUF(size + 1);
		struct inv_buf b = INV_BUF(2 * size + 64);
		uint64_t one = 0;

		inv_buf_add(&name, line.name);
		inv_buf_byte(&name, '\0');
		inv_prom_put(&b, name.p, "", line.labels, line.value);
		struct inv_str text = inv_buf_str(&b);

		if (inv_prom_next(&text, &one, &again, &err) != INV_NEXT_LINE ||
		    !inv_str_eq(again.name, line.name) ||
		    !inv_str_eq(again.labels, line.labels) ||
		    again.value != line.value)
			abort();
		inv_buf_free(&name);
		inv_buf_free(&b);
	}

	/* And any bytes make a label that is read as one. */
	struct inv_buf labels = INV_BUF(64 + 8 * size + 4096);
	struct inv_buf b = INV_BUF(128 + 8 * size + 4096);
	uint64_t one = 0;

	inv_prom_label(&labels, "l",
	    (struct inv_str){ (const char *)data, size });
	inv_prom_put(&b, "n", "", inv_buf_str(&labels), size);
	struct inv_str text = inv_buf_str(&b);

	if (inv_prom_next(&text, &one, &again, &err) != INV_NEXT_LINE ||
	    !inv_str_eq(again.labels, inv_buf_str(&labels)) || text.n != 0)
		abort();
	inv_buf_free(&labels);
	inv_buf_free(&b);
	return 0;
}
