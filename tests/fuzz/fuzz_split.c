/*
 * fuzz_split - whatever a file holds, it is refused or becomes rows, each of
 * which the strict scanner takes; twice read, twice the same
 *
 * seeds: csv-spectrum frictionless-csv
 */

#include <sys/mman.h>
#include <unistd.h>

#include "rows.h"

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static const char *const encodings[] = { NULL, NULL, "UTF-8",
		"SHIFT_JIS", "ISO-2022-JP", "UTF-7", "GB18030", "UTF-16" };

	static const char quotes[] = { '\0', '\0', '\'', INV_DIALECT_NONE };

	if (n < 2)
		return 0;
	const struct inv_source_options how = {
		.format = (enum inv_format)(bytes[0] & 3),
		.delimiter = bytes[0] & 4 ? ';' : '\0',
		.no_header = (bytes[0] & 8) != 0,
		.null_empty = (bytes[0] & 16) != 0,
		.strict_quotes = (bytes[0] & 32) != 0,
		.encoding = encodings[bytes[1] & 7],
		.quote = quotes[bytes[1] >> 3 & 3],
		.escape = bytes[1] & 32 ? '\\' : '\0',
		.preamble = bytes[1] >> 6 & 1,
		.header = bytes[1] >> 5 & 2,
		.footer = bytes[1] >> 7,
	};
	struct inv_source *s = inv_source_new(&how, "inv-split");
	struct inv_scan *scan = inv_scan_new();
	struct inv_buf one = INV_BUF(256 << 20), two = INV_BUF(256 << 20);
	struct inv_str text = { (const char *)bytes + 2, n - 2 };
	int fd = memfd_create("input", 0);

	promise(write(fd, text.p, text.n) == (ssize_t)text.n);
	read_rows(s, fd, text, NULL, scan, &one);
	read_rows(s, fd, text, NULL, scan, &two);
	promise(inv_str_eq(inv_buf_str(&one), inv_buf_str(&two)));
	close(fd);
	inv_buf_free(&one);
	inv_buf_free(&two);
	inv_scan_free(scan);
	inv_source_free(s);
	return 0;
}
