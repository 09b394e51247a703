/* test_text - encodings by mark or by name, never guessed */

#include "io/text.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "check.h"
#include "memory.h"

/* The text of bytes in an encoding, or the message; read in small pieces. */
static struct inv_str
decoded(struct inv_str bytes, const char *encoding, struct inv_buf *out)
{
	struct memory m = { bytes, INV_PULL_LEAST };
	struct inv_err err;
	struct inv_text *t = inv_text_new(memory_pull(&m), encoding, "m", &err);
	char piece[INV_PULL_LEAST];
	ssize_t n = 0;

	inv_buf_reset(out);
	while (t != NULL &&
	    (n = inv_pull_get(inv_text_pull(t), piece, sizeof(piece), &err)) >
		0)
		inv_buf_add(out, (struct inv_str){ piece, (size_t)n });
	inv_text_free(t);
	if (t == NULL || n < 0) {
		check(err.fault == INV_BAD || err.fault == INV_USAGE);
		inv_buf_reset(out);
		inv_buf_add(out, inv_str_of(err.msg));
	}
	return inv_buf_str(out);
}

static void
decodes(struct inv_str bytes, const char *encoding, const char *want)
{
	struct inv_buf b = INV_BUF(4096);

	check_str(decoded(bytes, encoding, &b), want);
	inv_buf_free(&b);
}

static void
passes_utf8_through_but_for_its_mark(void)
{
	decodes(INV_LIT("id\n\xc3\xa9\n"), NULL, "id\n\xc3\xa9\n");
	decodes(INV_LIT("\xef\xbb\xbfid\n"), NULL, "id\n");
	decodes(INV_LIT("\xef\xbb\xbfid\n"), "utf-8", "id\n");
	decodes(INV_LIT("\xef\xbb"), NULL, "\xef\xbb");
	decodes(INV_LIT(""), NULL, "");
}

static void
leaves_wrong_utf8_for_its_row(void)
{
	decodes(INV_LIT("a\n\xff\n"), NULL, "a\n\xff\n");
}

static void
decodes_utf16_by_its_mark(void)
{
	decodes(INV_LIT("\xff\xfe"
			"a\0\xe9\0\xac\x20\x3d\xd8\x00\xde"),
	    NULL, "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80");
	decodes(INV_LIT("\xfe\xff\0a\0\xe9\x20\xac\xd8\x3d\xde\x00"), NULL,
	    "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80");
	decodes(INV_LIT("\xff\xfe"), NULL, "");
}

static void
leaves_a_lone_surrogate_for_its_row(void)
{
	decodes(INV_LIT("\xfe\xff\xd8\x3d\0a\xde\x00\xd8\x3d"), NULL,
	    "\xed\xa0\xbd"
	    "a\xed\xb8\x80\xed\xa0\xbd");
}

static void
refuses_half_a_unit(void)
{
	decodes(INV_LIT("\xff\xfe"
			"a\0b"),
	    NULL, "m: byte 5: half a unit of UTF-16LE");
}

static void
guesses_nothing(void)
{
	/* UTF-16 and Latin-1 without a word are what they are as UTF-8. */
	struct inv_buf b = INV_BUF(100);

	check(decoded(INV_LIT("a\0b\0"), NULL, &b).n == 4);
	decodes(INV_LIT("\xe9"), NULL, "\xe9");
	decodes(INV_LIT("\xff\xfe\0\0a\0\0\0"), NULL,
	    "m: UTF-32: name the encoding with -e");
	inv_buf_free(&b);
}

static void
decodes_what_is_named(void)
{
	decodes(INV_LIT("\xe9\x80"), "WINDOWS-1252", "\xc3\xa9\xe2\x82\xac");
	decodes(INV_LIT("\x93\xfa\x96\x7b"), "SHIFT_JIS",
	    "\xe6\x97\xa5\xe6\x9c\xac");
	decodes(INV_LIT("\x1b$BF|\x1b(B"), "ISO-2022-JP", "\xe6\x97\xa5");
	decodes(INV_LIT("\xff\xfe"
			"a\0"),
	    "UTF-16LE", "a");
}

static void
refuses_a_byte_that_the_named_encoding_has_not(void)
{
	decodes(INV_LIT("abc\xff\x20"), "EUC-JP",
	    "m: byte 4: not valid EUC-JP");
	decodes(INV_LIT("a\x93"), "SHIFT_JIS",
	    "m: byte 2: cut short in SHIFT_JIS");
}

static void
knows_names_but_no_tricks(void)
{
	check(inv_text_has("ISO-8859-7"));
	check(inv_text_has("utf-8"));
	check(!inv_text_has("KLINGON"));
	check(!inv_text_has(""));
	check(!inv_text_has("ASCII//IGNORE"));
	check(!inv_text_has("ASCII//TRANSLIT"));
}

/* Across the edges of the pieces it reads. */
static void
decodes_long_texts(void)
{
	const size_t n = 100001;
	char *utf16 = inv_mem_new(2 + 6 * n);
	struct inv_buf b = INV_BUF(10 * n);

	memcpy(utf16, "\xff\xfe", 2);
	for (size_t i = 0; i < n; i++)
		memcpy(utf16 + 2 + 6 * i, "x\0\x3d\xd8\x00\xde", 6);
	struct inv_str s =
	    decoded((struct inv_str){ utf16, 2 + 6 * n }, NULL, &b);

	check(s.n == 5 * n);
	for (size_t i = 0; i < s.n; i += 5)
		check(memcmp(s.p + i, "x\xf0\x9f\x98\x80", 5) == 0);
	inv_buf_free(&b);
	free(utf16);
}

static const struct test tests[] = {
	TEST(passes_utf8_through_but_for_its_mark),
	TEST(leaves_wrong_utf8_for_its_row),
	TEST(decodes_utf16_by_its_mark),
	TEST(leaves_a_lone_surrogate_for_its_row),
	TEST(refuses_half_a_unit),
	TEST(guesses_nothing),
	TEST(decodes_what_is_named),
	TEST(refuses_a_byte_that_the_named_encoding_has_not),
	TEST(knows_names_but_no_tricks),
	TEST(decodes_long_texts),
};

int
main(void)
{
	return RUN(tests);
}
