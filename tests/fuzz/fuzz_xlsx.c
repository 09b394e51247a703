/*
 * fuzz_xlsx - whatever a workbook holds, it is refused or becomes rows, each of
 * which the strict scanner takes; twice read, twice the same
 *
 * Few random archives are archives.  So the input is either one, if it begins as
 * one, or a byte of options and parts, with 0xff between them, which are put
 * into an archive that is sound.
 *
 * seeds: xlsx-excel xlsx-poi
 */

#include <sys/mman.h>
#include <unistd.h>

#include "rows.h"

/* ---- an archive of parts, stored ---- */

static uint32_t
crc_of(struct inv_str s)
{
	uint32_t crc = UINT32_MAX;

	for (size_t i = 0; i < s.n; i++) {
		crc ^= (unsigned char)s.p[i];
		for (int k = 0; k < 8; k++)
			crc = crc >> 1 ^ ((crc & 1) != 0 ? 0xedb88320u : 0);
	}
	return ~crc;
}

static void
put(struct inv_buf *b, uint32_t v, int bytes)
{
	for (; bytes > 0; bytes--, v >>= 8)
		inv_buf_byte(b, (char)(v & 0xff));
}

/* What the header at an entry and the one in the directory share. */
static void
put_entry(struct inv_buf *b, const char *name, struct inv_str text)
{
	put(b, 20, 2);
	put(b, 0, 8); /* flags, method, time, date */
	put(b, crc_of(text), 4);
	put(b, (uint32_t)text.n, 4);
	put(b, (uint32_t)text.n, 4);
	put(b, (uint32_t)strlen(name), 2);
	put(b, 0, 2);
}

static void
archive(struct inv_str rest, struct inv_buf *b)
{
	static const char *const names[] = {
		"xl/worksheets/sheet1.xml",
		"xl/sharedStrings.xml",
		"xl/styles.xml",
		"xl/workbook.xml",
		"xl/_rels/workbook.xml.rels",
		"_rels/.rels",
	};
	enum { PARTS = sizeof(names) / sizeof(*names) };
	static const char *const usual[PARTS] = {
		"",
		"<sst><si><t>a</t></si></sst>",
		"<styleSheet><cellXfs><xf/><xf numFmtId='14'/></cellXfs>"
		"</styleSheet>",
		"<workbook><sheets><sheet name='s' r:id='1'/></sheets>"
		"</workbook>",
		"<R><Relationship Id='1' Type='/worksheet' "
		"Target='worksheets/sheet1.xml'/>"
		"<Relationship Id='2' Type='/sharedStrings' "
		"Target='sharedStrings.xml'/><Relationship Id='3' "
		"Type='/styles' Target='styles.xml'/></R>",
		"<R><Relationship Type='/officeDocument' "
		"Target='xl/workbook.xml'/></R>",
	};
	struct inv_buf directory = INV_BUF(1 << 20);

	for (size_t i = 0; i < PARTS; i++) {
		const char *end =
		    rest.n == 0 ? NULL : memchr(rest.p, 0xff, rest.n);
		struct inv_str part = { rest.p,
			end == NULL ? rest.n : (size_t)(end - rest.p) };
		uint32_t at = (uint32_t)b->n;

		rest.p += part.n + (end != NULL);
		rest.n -= part.n + (end != NULL);
		if (part.n == 0)
			part = inv_str_of(usual[i]);
		inv_buf_add(b, INV_LIT("PK\3\4"));
		put_entry(b, names[i], part);
		inv_buf_add(b, inv_str_of(names[i]));
		inv_buf_add(b, part);
		inv_buf_add(&directory, INV_LIT("PK\1\2"));
		put(&directory, 20, 2);
		put_entry(&directory, names[i], part);
		put(&directory, 0, 4);
		put(&directory, 0, 4);
		put(&directory, 0, 2);
		put(&directory, at, 4);
		inv_buf_add(&directory, inv_str_of(names[i]));
	}
	uint32_t begin = (uint32_t)b->n;

	inv_buf_add(b, inv_buf_str(&directory));
	inv_buf_add(b, INV_LIT("PK\5\6"));
	put(b, 0, 4);
	put(b, PARTS, 2);
	put(b, PARTS, 2);
	put(b, (uint32_t)directory.n, 4);
	put(b, begin, 4);
	put(b, 0, 2);
	inv_buf_free(&directory);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	if (n < 1 || n > 1 << 19)
		return 0;
	bool whole = bytes[0] == 'P';
	struct inv_str rest = { (const char *)bytes + !whole, n - !whole };
	const struct inv_source_options how = {
		.format = INV_FORMAT_XLSX,
		.no_header = (bytes[0] & 2) != 0,
		.null_empty = (bytes[0] & 4) != 0,
		.skip_hidden = (bytes[0] & 8) != 0,
		.sheet = bytes[0] & 16 ? INV_LIT("1") : INV_LIT(""),
	};
	struct inv_source *s = inv_source_new(&how, "inv-split");
	struct inv_scan *scan = inv_scan_new();
	struct inv_buf one = INV_BUF(256 << 20), two = INV_BUF(256 << 20);
	struct inv_buf file = INV_BUF(1 << 20);
	int fd = memfd_create("input", 0);

	if (whole)
		inv_buf_add(&file, rest);
	else
		archive(rest, &file);
	promise(write(fd, file.p, file.n) == (ssize_t)file.n);
	read_rows(s, fd, inv_buf_str(&file), NULL, scan, &one);
	read_rows(s, fd, inv_buf_str(&file), NULL, scan, &two);
	promise(inv_str_eq(inv_buf_str(&one), inv_buf_str(&two)));
	close(fd);
	inv_buf_free(&file);
	inv_buf_free(&one);
	inv_buf_free(&two);
	inv_scan_free(scan);
	inv_source_free(s);
	return 0;
}
