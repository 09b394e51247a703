/*
 * fuzz_x12 - whatever an X12 file holds, it is refused or becomes rows, each of
 * which the strict scanner takes; read again by the mappings that its stage
 * line tells, the same
 *
 * seeds: x12-edinet x12-moov
 */

#include <sys/mman.h>
#include <unistd.h>

#include "data/x12_map.h"
#include "rows.h"

static const char orders[] =
    "{\"transaction\":\"850\",\"header\":{\"from\":\"ISA06\",\"po\":"
    "\"BEG03\",\"on\":{\"element\":\"BEG05\",\"type\":\"date\"},\"city\":{"
    "\"element\":\"N401\",\"when\":\"N1*ST\"}},\"rows\":{\"begin\":\"PO1\","
    "\"end\":[\"CTT\"],\"members\":{\"n\":\"PO101\",\"part\":{\"element\":"
    "\"PO106\",\"pair\":\"VP\",\"list\":true},\"cost\":{\"element\":\"PO104\","
    "\"type\":\"N2\"},\"of\":\"PO105-2\"}},\"totals\":{\"lines\":[\"CTT01\","
    "\"PO1\"],\"sum\":[\"CTT02\",\"PO102\"]}}";

static const char notices[] =
    "{\"transaction\":\"856\",\"levels\":{\"S\":{\"s\":\"REF02\"},\"O\":{"
    "\"o\":\"PRF01\"},\"P\":{\"p\":{\"element\":\"MAN02\",\"list\":true}}},"
    "\"rows\":{\"begin\":\"HL***I\",\"members\":{\"i\":\"LIN03\"}}}";

static bool
find(void *finder, const char *set, struct inv_x12_map **map,
    struct inv_err *err)
{
	const char *text = strcmp(set, "850") == 0 ? orders
	    : strcmp(set, "856") == 0              ? notices
						   : NULL;

	(void)finder;
	*map =
	    text == NULL ? NULL : inv_x12_map_new(inv_str_of(text), set, err);
	promise(text == NULL || *map != NULL);
	return true;
}

/* All rows, whose bytes are a run of the text and follow each other. */
static void
read_out(struct inv_source *s, int fd, struct inv_str text,
    struct inv_scan *scan, struct inv_buf *out)
{
	uint64_t line, offset, behind = 0;
	enum inv_next next;
	struct inv_err err;

	inv_buf_reset(out);
	if (!begins(s, fd))
		return;
	while ((next = inv_source_next(s, &line, &err)) == INV_NEXT_LINE) {
		struct inv_str raw;

		promise(inv_source_bytes(s, &raw, &offset, &err));
		promise(offset >= behind && offset + raw.n <= text.n);
		promise(raw.n == 0 ||
		    memcmp(text.p + offset, raw.p, raw.n) == 0);
		behind = offset + raw.n;
		take_row(s, scan, line, out);
	}
	promise(next == INV_NEXT_END);
	inv_source_totals(s, out);
}

/* What the stage line tells of how it was read. */
static void
get_how(struct inv_source *s, struct inv_scan *scan,
    struct inv_source_options *how, struct inv_buf *mem)
{
	struct inv_buf line = INV_BUF(1 << 20);
	struct inv_err err;

	inv_buf_add(&line, INV_LIT("{\"type\":\"stage\""));
	inv_source_notes(s, &line);
	inv_buf_byte(&line, '}');
	promise(inv_scan_line(scan, inv_buf_str(&line), &err));
	inv_how_get(inv_scan_outer(scan), how, mem);
	inv_buf_free(&line);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	/* What is unpacked first has places of its own. */
	if (n > 0 && (*bytes == 0x1f || *bytes == 0x28))
		return 0;
	const struct inv_source_options how = {
		.format = INV_FORMAT_X12,
		.encoding = "UTF-8", /* no mark is taken off, nor unpacked */
		.find_mapping = find,
	};
	struct inv_source_options again = { .format = INV_FORMAT_X12,
		.encoding = "UTF-8" };
	struct inv_source *s = inv_source_new(&how, "inv-split");
	struct inv_scan *scan = inv_scan_new();
	struct inv_buf one = INV_BUF(256 << 20), two = INV_BUF(256 << 20);
	struct inv_buf mem = INV_BUF(1 << 20);
	struct inv_str text = { (const char *)bytes, n };
	int fd = memfd_create("input", 0);

	promise(write(fd, bytes, n) == (ssize_t)n);
	read_out(s, fd, text, scan, &one);
	get_how(s, scan, &again, &mem);
	struct inv_source *t = inv_source_new(&again, "inv-split");

	read_out(t, fd, text, scan, &two);
	promise(inv_str_eq(inv_buf_str(&one), inv_buf_str(&two)));
	close(fd);
	inv_buf_free(&one);
	inv_buf_free(&two);
	inv_buf_free(&mem);
	inv_scan_free(scan);
	inv_source_free(s);
	inv_source_free(t);
	return 0;
}
