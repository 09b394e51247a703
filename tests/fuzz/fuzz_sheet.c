/* fuzz_sheet - any text comes back from a cell, and no cell is a formula */

#include <stdlib.h>

#include "data/sheet.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool ok)
{
	if (!ok)
		abort();
}

/* A reader of RFC 4180, as strict as can be: one cell and nothing else. */
static struct inv_str
read_cell(struct inv_buf *cell, char *out)
{
	struct inv_str s = inv_buf_str(cell);
	size_t n = 0;

	if (s.n == 0 || s.p[0] != '"') {
		for (size_t i = 0; i < s.n; i++)
			must(s.p[i] != '"' && s.p[i] != ',' && s.p[i] > ' ');
		return s;
	}
	must(s.n >= 2 && s.p[s.n - 1] == '"');
	for (size_t i = 1; i < s.n - 1; i++) {
		if (s.p[i] == '"')
			must(s.p[++i] == '"' && i < s.n - 1);
		out[n++] = s.p[i];
	}
	return (struct inv_str){ out, n };
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct inv_str text = { (const char *)data, size };
	struct inv_buf cell = INV_BUF(1 << 24);
	char *room = malloc(2 * size + 3);

	must(room != NULL);
	inv_sheet_cell(&cell, text, true);
	struct inv_str got = read_cell(&cell, room);

	if (got.n > 0)
		must(strchr("=+-@\t\r\n", got.p[0]) == NULL ||
		    got.p[0] == '\0');
	must(inv_str_eq(inv_sheet_unguard(got), text));
	free(room);
	inv_buf_free(&cell);
	return 0;
}
