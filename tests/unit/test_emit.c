/* test_emit - JSON written into a buf, and digests of bytes */

#include "data/emit.h"

#include "base/rows.h"
#include "check.h"
#include "data/digest.h"
#include "data/scan.h"

static void
commas_stand_where_they_are_due(void)
{
	struct inv_buf b = INV_BUF(1000);

	inv_buf_add(&b, INV_LIT("a line before\n"));
	inv_emit_open(&b, '{');
	inv_emit_member_str(&b, INV_LIT("s"), INV_LIT("x{"));
	inv_emit_member_u64(&b, INV_LIT("n"), UINT64_MAX);
	inv_emit_key(&b, INV_LIT("list"));
	inv_emit_open(&b, '[');
	inv_emit_str(&b, INV_LIT(""));
	inv_emit_u64(&b, 0);
	inv_emit_open(&b, '{');
	inv_emit_close(&b, '}');
	inv_emit_open(&b, '[');
	inv_emit_close(&b, ']');
	inv_emit_raw(&b, INV_LIT("null"));
	inv_emit_close(&b, ']');
	inv_emit_member_raw(&b, INV_LIT("raw"), INV_LIT("{\"a\":1}"));
	inv_emit_close(&b, '}');
	check_str(inv_buf_str(&b),
	    "a line before\n"
	    "{\"s\":\"x{\",\"n\":18446744073709551615,"
	    "\"list\":[\"\",0,{},[],null],\"raw\":{\"a\":1}}");
	inv_buf_free(&b);
}

static void
only_quote_backslash_and_controls_are_escaped(void)
{
	struct inv_buf b = INV_BUF(1000);

	inv_emit_str(&b,
	    INV_LIT("\"\\/\b\t\n\v\f\r\x01\x1f\x7f\xc3\xa9\xe2\x80\xa8\0."));
	check_str(inv_buf_str(&b),
	    "\"\\\"\\\\/\\b\\t\\n\\u000b\\f\\r\\u0001\\u001f\x7f\xc3\xa9"
	    "\xe2\x80\xa8\\u0000.\"");
	inv_buf_free(&b);
}

static void
every_text_comes_back_from_its_string(void)
{
	struct inv_buf b = INV_BUF(1000);
	struct inv_scan *s = inv_scan_new();
	char text[40], back[80];

	for (unsigned c = 0; c < 0x80; c++)
		for (size_t at = 0; at < sizeof(text); at += 7) {
			struct inv_err err;
			enum inv_kind kind;

			memset(text, 'a', sizeof(text));
			text[at] = (char)c;
			inv_buf_reset(&b);
			inv_emit_str(&b,
			    (struct inv_str){ text, sizeof(text) });
			check(inv_scan_value(s, inv_buf_str(&b), &kind, &err));
			size_t n = inv_text_decode((struct inv_str){ b.p + 1,
						       b.n - 2 },
			    back);

			check(n == sizeof(text) && memcmp(back, text, n) == 0);
		}
	inv_scan_free(s);
	inv_buf_free(&b);
}

static void
bytes_travel_as_text_or_base64(void)
{
	const struct {
		struct inv_str bytes;
		const char *want;
	} table[] = {
		{ INV_LIT(""), "{\"raw\":\"\"}" },
		{ INV_LIT("a,\"\xc3\xa9\"\0"),
		    "{\"raw\":\"a,\\\"\xc3\xa9\\\"\\u0000\"}" },
		{ INV_LIT("\xff"), "{\"raw_base64\":\"/w==\"}" },
		{ INV_LIT("\xff\xfe"), "{\"raw_base64\":\"//4=\"}" },
		{ INV_LIT("\xff\xfe\xfb"), "{\"raw_base64\":\"//77\"}" },
		{ INV_LIT("caf\xe9"), "{\"raw_base64\":\"Y2Fm6Q==\"}" },
		{ INV_LIT("\xed\xa0\x80"), "{\"raw_base64\":\"7aCA\"}" },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		struct inv_buf b = INV_BUF(1000);

		inv_emit_open(&b, '{');
		inv_emit_bytes(&b, table[i].bytes);
		inv_emit_close(&b, '}');
		check_str(inv_buf_str(&b), table[i].want);
		inv_buf_free(&b);
	}
}

static void
rows_are_written_as_ranges(void)
{
	struct inv_buf b = INV_BUF(1000);
	struct inv_rows rows = { 0 };

	inv_emit_rows(&b, &rows);
	check_str(inv_buf_str(&b), "[]");
	check(inv_rows_add(&rows, 1, 6) && inv_rows_add(&rows, 8, 500));
	inv_buf_reset(&b);
	inv_emit_rows(&b, &rows);
	check_str(inv_buf_str(&b), "[[1,6],[8,500]]");
	inv_rows_free(&rows);
	inv_buf_free(&b);
}

static void
a_writer_past_the_ceiling_is_seen_once_at_the_end(void)
{
	struct inv_buf b = INV_BUF(10);

	inv_emit_open(&b, '{');
	inv_emit_member_str(&b, INV_LIT("name"), INV_LIT("too long"));
	inv_emit_close(&b, '}');
	check(b.failed && b.n <= 10);
	inv_buf_free(&b);
}

static struct inv_str
sha256(struct inv_digest *d, struct inv_str s)
{
	static char hex[INV_DIGEST_HEX];

	inv_digest_hex_of(d, s, hex);
	return (struct inv_str){ hex, sizeof(hex) };
}

static void
digests_are_those_of_fips_180_4(void)
{
	struct inv_digest *d = inv_digest_new();

	for (int twice = 0; twice < 2; twice++) {
		check_str(sha256(d, INV_LIT("")),
		    "e3b0c44298fc1c149afbf4c8996fb924"
		    "27ae41e4649b934ca495991b7852b855");
		check_str(sha256(d, INV_LIT("abc")),
		    "ba7816bf8f01cfea414140de5dae2223"
		    "b00361a396177a9cb410ff61f20015ad");
	}
	check_str(sha256(d, (struct inv_str){ NULL, 0 }),
	    "e3b0c44298fc1c149afbf4c8996fb924"
	    "27ae41e4649b934ca495991b7852b855");
	inv_digest_free(d);
	inv_digest_free(NULL);
}

static void
a_digest_in_pieces_is_that_of_the_whole(void)
{
	struct inv_digest *d = inv_digest_new();
	unsigned char whole[INV_DIGEST], pieces[INV_DIGEST];

	inv_digest_of(d, INV_LIT("one two"), whole);
	inv_digest_begin(d);
	inv_digest_add(d, INV_LIT("one"));
	inv_digest_add(d, INV_LIT(" two"));
	inv_digest_end(d, pieces);
	check(memcmp(whole, pieces, INV_DIGEST) == 0);
	inv_digest_free(d);
}

static void
parts_are_hashed_with_their_lengths(void)
{
	struct inv_digest *d = inv_digest_new();
	unsigned char parts[INV_DIGEST], want[INV_DIGEST];

	inv_digest_begin(d);
	inv_digest_part(d, INV_LIT("a:b"));
	inv_digest_part(d, INV_LIT("c"));
	inv_digest_end(d, parts);
	inv_digest_of(d,
	    INV_LIT("\0\0\0\0\0\0\0\3a:b\0\0\0\0\0\0\0\1"
		    "c"),
	    want);
	check(memcmp(parts, want, INV_DIGEST) == 0);
	inv_digest_free(d);
}

static void
random_bytes_differ(void)
{
	unsigned char a[16] = { 0 }, b[16] = { 0 };

	inv_random(a, sizeof(a));
	inv_random(b, sizeof(b));
	check(memcmp(a, b, sizeof(a)) != 0);
}

static const struct test tests[] = {
	TEST(commas_stand_where_they_are_due),
	TEST(only_quote_backslash_and_controls_are_escaped),
	TEST(every_text_comes_back_from_its_string),
	TEST(bytes_travel_as_text_or_base64),
	TEST(rows_are_written_as_ranges),
	TEST(a_writer_past_the_ceiling_is_seen_once_at_the_end),
	TEST(digests_are_those_of_fips_180_4),
	TEST(a_digest_in_pieces_is_that_of_the_whole),
	TEST(parts_are_hashed_with_their_lengths),
	TEST(random_bytes_differ),
};

int
main(void)
{
	return RUN(tests);
}
