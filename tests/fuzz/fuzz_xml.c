/*
 * fuzz_xml - whatever a text of XML holds, it is refused or becomes rows, each
 * of which the strict scanner takes and has its bytes; twice read, twice the
 * same
 *
 * The first byte chooses the path or a mapping, and what is taken of the rows.
 */

#include <sys/mman.h>
#include <unistd.h>

#include "rows.h"

/* A row is the bytes of the text at its place, where these are not decoded. */
static void
look_up(struct inv_source *s, struct inv_str text)
{
	uint64_t at;
	struct inv_str raw;
	struct inv_err err;

	promise(inv_source_bytes(s, &raw, &at, &err));
	if (strcmp(inv_source_encoding(s), "UTF-8") != 0)
		return;
	promise(raw.n > 0 && at <= text.n && raw.n <= text.n - at);
	promise(memcmp(raw.p, text.p + at, raw.n) == 0);
}

/* Two members of the header, of different scopes; others dropped or not. */
#define MAPPING(others)                                                           \
	"[{\"namespaces\":{\"n\":\"u\"},\"header\":{\"h\":\"/l/h\",\"g\":"        \
	"{\"path\":\"/l/g/n:h/@a\",\"list\":true},\"k\":\"/l/g/k\"},\"rows\":{"   \
	"\"path\":\"/l/g/i\"," others "\"members\":{\"a\":\"@a\",\"b\":\"b\","    \
	"\"t\":{\"path\":\"b/t\",\"list\":true},\"w\":{\"path\":\"c/@a\","        \
	"\"when\":\"@b=1\"},\"d\":{\"path\":\"c\",\"when\":\"@b=\"},\"s\":\".\"}" \
	"}}]"

/* What is made once: its memory is most of the time of a run otherwise. */
struct made {
	struct inv_source_options how;
	struct inv_source *source;
};

/* By what is taken of the rows, which a source keeps. */
static struct made *
made_of(uint8_t choice)
{
	static struct made made[4];
	struct made *m = &made[choice >> 3 & 3];

	m->how.format = INV_FORMAT_XML;
	m->how.map =
	    choice & 8 ? INV_LIT("{\"a\":\"b\",\"i\":\"i\"}") : INV_LIT("");
	m->how.constants = choice & 16 ? INV_LIT("{\"c\":\"\"}") : INV_LIT("");
	if (m->source == NULL)
		m->source = inv_source_new(&m->how, "inv-split");
	return m;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static const char *const paths[] = { "/*/*", "/l/i", "/*", "/*/*/*", "",
		"/l/*/i", "/l", "/" };
	static const char *const mappings[] = { "", "", MAPPING(""),
		MAPPING("\"others\":\"drop\",") };
	static struct inv_scan *scan;
	static struct inv_buf one = { .max = 256 << 20 },
			      two = { .max = 256 << 20 };

	/* Packed it is another format's. */
	if (n < 2 || bytes[1] == 0x1f || bytes[1] == 0x28)
		return 0;
	if (scan == NULL)
		scan = inv_scan_new();
	struct made *m = made_of(bytes[0]);
	struct inv_str text = { (const char *)bytes + 1, n - 1 };
	int fd = memfd_create("input", 0);

	m->how.path = inv_str_of(paths[bytes[0] & 7]);
	m->how.encoding = bytes[0] & 32 ? "ISO-8859-1" : NULL;
	m->how.mappings = inv_str_of(mappings[bytes[0] >> 6]);
	promise(write(fd, text.p, text.n) == (ssize_t)text.n);
	read_rows(m->source, fd, text, look_up, scan, &one);
	read_rows(m->source, fd, text, look_up, scan, &two);
	promise(inv_str_eq(inv_buf_str(&one), inv_buf_str(&two)));
	close(fd);
	return 0;
}
