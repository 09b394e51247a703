/*
 * fuzz_json - whatever a file holds, it is refused or its array becomes rows,
 * which the strict scanner takes; between two rows there is a comma and nothing
 * else, so that no byte is lost
 *
 * seeds: jsontestsuite
 */

#include <sys/mman.h>
#include <unistd.h>

#include "rows.h"

/* Blanks, and one comma among them. */
static bool
is_comma(struct inv_str s)
{
	size_t commas = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (memchr(" \t\r\n,", s.p[i], 5) == NULL)
			return false;
		commas += s.p[i] == ',';
	}
	return commas == 1;
}

static void
read_out(struct inv_source *s, int fd, struct inv_str text,
    struct inv_scan *scan)
{
	struct inv_buf out = INV_BUF(64 << 20);
	uint64_t line, offset, behind = 0;
	struct inv_err err;
	enum inv_next next;

	if (!begins(s, fd))
		return;
	while ((next = inv_source_next(s, &line, &err)) == INV_NEXT_LINE) {
		struct inv_str raw;

		promise(inv_source_bytes(s, &raw, &offset, &err));
		promise(offset + raw.n <= text.n);
		promise(raw.n == 0 ||
		    memcmp(text.p + offset, raw.p, raw.n) == 0);
		promise(behind == 0 ||
		    is_comma((struct inv_str){
			text.p + behind, offset - behind }));
		inv_buf_reset(&out);
		take_row(s, scan, line, &out);
		behind = offset + raw.n;
	}
	promise(next == INV_NEXT_END);
	inv_buf_free(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static const char *const paths[] = { "", "/a", "/a/0", "/data/items" };
	static const char map[] = "{\"a\":\"x\",\"a.b\":\"y\"}";

	/* Packed or of another encoding its bytes are others. */
	if (n < 4 || n > 1 << 20 || bytes[1] == 0x1f || bytes[1] == 0x28 ||
	    bytes[1] >= 0xf0 || bytes[1] == 0xef || bytes[1] == 0)
		return 0;
	const struct inv_source_options how = {
		.format = INV_FORMAT_JSON,
		.delimiter = ',',
		.path = inv_str_of(paths[bytes[0] & 3]),
		.flatten = (bytes[0] & 4) != 0,
		.map = inv_str_of(bytes[0] & 8 ? map : ""),
		.constants = inv_str_of(bytes[0] & 16 ? "{\"c\":\"1\"}" : ""),
	};
	const struct inv_str text = { (const char *)bytes + 1, n - 1 };
	struct inv_source *s = inv_source_new(&how, "inv-split");
	struct inv_scan *scan = inv_scan_new();
	int fd = memfd_create("input", 0);

	promise(write(fd, text.p, text.n) == (ssize_t)text.n);
	read_out(s, fd, text, scan);
	read_out(s, fd, text, scan);
	close(fd);
	inv_scan_free(scan);
	inv_source_free(s);
	return 0;
}
