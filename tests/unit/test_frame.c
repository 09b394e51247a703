/* test_frame - records, their places, and quotes that are never closed */

#include "io/frame.h"

#include <stdlib.h>

#include "base/mem.h"
#include "check.h"
#include "memory.h"

static const char flaws[] = "-UBFSLl"; /* by enum inv_flaw */

/*
 * The text framed, told as LINE@OFFSET:FIELDS[flaw][s strays]<RAW> for each
 * record; every byte must have been given out once.
 */
static struct inv_str
told(struct inv_str text, struct inv_dialect dialect, size_t expected,
    struct inv_buf *b)
{
	struct memory m = { text, 1 << 20 };
	struct inv_frame *f = inv_frame_new(memory_pull(&m), 0, dialect);
	struct inv_framed rec;
	struct inv_err err;
	uint64_t offset = 0;

	inv_frame_expect(f, expected);
	inv_buf_reset(b);
	while (inv_frame_next(f, &rec, &err) == INV_NEXT_LINE) {
		check(rec.offset == offset);
		check(rec.flaw == INV_FLAW_RECORD_MAX ||
		    rec.size == rec.raw.n + rec.end);
		check(rec.raw.n == 0 ||
		    memcmp(text.p + offset, rec.raw.p, rec.raw.n) == 0);
		offset += rec.size;
		inv_buf_addf(b, "%d:", (int)rec.line);
		if (rec.flaw != INV_FLAW_NONE)
			inv_buf_addf(b, "%c", flaws[rec.flaw]);
		else
			inv_buf_addf(b, "%zu", rec.fields);
		if (rec.strays > 0)
			inv_buf_addf(b, "s%d", (int)rec.strays);
		inv_buf_addf(b, "<%.*s>",
		    (int)(rec.raw.n > 40 ? 40 : rec.raw.n),
		    rec.raw.n == 0 ? "" : rec.raw.p);
	}
	check(offset == text.n);
	inv_frame_free(f);
	return inv_buf_str(b);
}

static void
tells(const char *text, size_t expected, const char *want)
{
	struct inv_buf b = INV_BUF(1 << 20);

	check_str(told(inv_str_of(text), INV_DIALECT_USUAL, expected, &b),
	    want);
	inv_buf_free(&b);
}

static void
ends_a_record_at_any_line_end(void)
{
	tells("a,b\n1,2\n", 2, "1:2<a,b>2:2<1,2>");
	tells("a,b\r\n1,2\r\n", 2, "1:2<a,b>2:2<1,2>");
	tells("a,b\r1,2\r", 2, "1:2<a,b>2:2<1,2>");
	tells("a,b\r\n1,2\n3,4\r5,6", 2, "1:2<a,b>2:2<1,2>3:2<3,4>4:2<5,6>");
	tells("a,b\n1,", 2, "1:2<a,b>2:2<1,>");
	tells("", 2, "");
	tells("a\r\r\nb", 1, "1:1<a>2:1<>3:1<b>");
}

static void
gives_out_empty_lines(void)
{
	tells("a\n\n\r\nb\n", 1, "1:1<a>2:1<>3:1<>4:1<b>");
}

static void
keeps_quoted_line_ends_and_delimiters(void)
{
	tells("\"a,\"\"\r\nb\",c\nd,e\n", 2, "1:2<\"a,\"\"\r\nb\",c>3:2<d,e>");
	tells("\"a\"\n\"\"\n", 1, "1:1<\"a\">2:1<\"\">");
	tells("\"a\",\"b\"", 2, "1:2<\"a\",\"b\">");
	tells("x,\"\ny\n\"\r\nz,w", 2, "1:2<x,\"\ny\n\">4:2<z,w>");
}

static void
takes_quotes_within_a_field_as_data(void)
{
	tells("5\" pipe,x\n", 2, "1:2s1<5\" pipe,x>");
	tells(" \"a\",b\n", 2, "1:2s2< \"a\",b>");
	tells("\"q\",5\"\n", 2, "1:2s1<\"q\",5\">");
}

static void
refuses_another_number_of_fields(void)
{
	tells("1,2\n1\n1,2,3\n\"1\"\n4,5\n", 2,
	    "1:2<1,2>2:F<1>3:F<1,2,3>4:F<\"1\">5:2<4,5>");
}

static void
gives_away_the_one_line_of_an_unclosed_quote(void)
{
	tells("1,\"2\n3,4\n5,6\n", 2, "1:U<1,\"2>2:2<3,4>3:2<5,6>");
	tells("1,2\n3,\"", 2, "1:2<1,2>2:U<3,\">");
	tells("\"\n", 1, "1:U<\">");
	tells("1,\"2\r\n3,4\r\n", 2, "1:U<1,\"2>2:2<3,4>");
	tells("1,\"2\r3,4\r", 2, "1:U<1,\"2>2:2<3,4>");
}

static void
gives_away_the_line_with_data_behind_a_closing_quote(void)
{
	tells("1,\"2\"x\n3,4\n", 2, "1:B<1,\"2\"x>2:2<3,4>");
	tells("1,\"2\n3,\"x\"\n5,6\n", 2, "1:B<1,\"2>2:2<3,\"x\">3:2<5,6>");
}

static void
gives_away_the_first_line_when_the_lines_do_not_add_up(void)
{
	/* The quote of line 1 is closed by that of line 3, one field short. */
	tells("a,\"b,c\n1,2,3\nd,e,\"\n4,5,6\n", 3,
	    "1:S<a,\"b,c>2:3<1,2,3>3:U<d,e,\">4:3<4,5,6>");
	/* Closed at once, too many fields: one line is all it was. */
	tells("\"a\nb\",c,d\n1,2\n", 2, "1:S<\"a>2:Fs1<b\",c,d>3:2<1,2>");
}

static void
resumes_on_the_next_line_again_and_again(void)
{
	tells("x\",\",\nx\",\",\nx\",\",\n1,2\n", 2,
	    "1:S<x\",\",>2:S<x\",\",>3:U<x\",\",>4:2<1,2>");
	tells("\"a\n\"b\n\"c\n", 1, "1:B<\"a>2:B<\"b>3:U<\"c>");
}

static void
passes_over_a_line_past_the_ceiling(void)
{
	const size_t n = 3 * (size_t)INV_FRAME_RECORD_MAX + 12345;
	char *p = inv_mem_new(n);
	struct inv_buf b = INV_BUF(1 << 20);

	memset(p, 'x', n);
	memcpy(p, "a,b\n", 4);
	memcpy(p + n - 8, "\r\n1,2\r\n9", 8);
	check_str(told((struct inv_str){ p, n }, INV_DIALECT_USUAL, 2, &b),
	    "1:2<a,b>2:L<xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx>"
	    "3:2<1,2>4:F<9>");
	inv_buf_free(&b);
	free(p);
}

/* The flaw of a first record of n bytes, which a record "z" must follow. */
static enum inv_flaw
flaw_of(char *p, size_t n, const char *end)
{
	size_t e = strlen(end);
	struct inv_framed rec;
	struct inv_err err;

	char kept[3];

	memcpy(kept, p + n, 3);
	memcpy(p + n, end, e);
	memcpy(p + n + e, "z", 1);
	struct memory m = { { p, n + e + 1 }, 4096 };
	struct inv_frame *f =
	    inv_frame_new(memory_pull(&m), 0, INV_DIALECT_USUAL);

	check(inv_frame_next(f, &rec, &err) == INV_NEXT_LINE);
	enum inv_flaw flaw = rec.flaw;

	check(rec.size == n + e);
	check(rec.end == e);
	check(inv_frame_next(f, &rec, &err) == INV_NEXT_LINE);
	check_str(rec.raw, "z");
	check(rec.line == 2);
	check(inv_frame_next(f, &rec, &err) == INV_NEXT_END);
	inv_frame_free(f);
	memcpy(p + n, kept, 3);
	return flaw;
}

static void
takes_a_record_at_the_ceiling_and_no_byte_more(void)
{
	const size_t most = INV_FRAME_RECORD_MAX;
	char *p = inv_mem_new(most + 16);

	memset(p, 'x', most + 16);
	for (size_t i = 999; i < most; i += 1000)
		p[i] = ',';
	check(flaw_of(p, most, "\n") == INV_FLAW_NONE);
	check(flaw_of(p, most, "\r\n") == INV_FLAW_NONE);
	check(flaw_of(p, most, "\r") == INV_FLAW_NONE);
	check(flaw_of(p, most + 1, "\n") == INV_FLAW_RECORD_MAX);
	check(flaw_of(p, most + 1, "\r\n") == INV_FLAW_RECORD_MAX);
	memcpy(p, "\"y\",", 4);
	p[most] = 'x';
	check(flaw_of(p, most, "\r\n") == INV_FLAW_NONE);
	check(flaw_of(p, most + 1, "\r") == INV_FLAW_RECORD_MAX);
	free(p);
}

static void
takes_a_field_at_the_ceiling_and_no_byte_more(void)
{
	const size_t most = INV_FRAME_FIELD_MAX;
	char *p = inv_mem_new(most + 64);

	memset(p, 'x', most + 64);
	check(flaw_of(p, most, "\n") == INV_FLAW_NONE);
	check(flaw_of(p, most + 1, "\n") == INV_FLAW_FIELD_MAX);
	memset(p, 'x', most + 64);
	/* Quotes and their doubling are not content. */
	memcpy(p, "1,\"\"\"", 5);
	memcpy(p + most + 4, "\",2", 3);
	check(flaw_of(p, most + 7, "\n") == INV_FLAW_NONE);
	memset(p, 'x', most + 64);
	memcpy(p, "1,\"\"\"", 5);
	memcpy(p + most + 5, "\"", 1);
	check(flaw_of(p, most + 6, "\n") == INV_FLAW_FIELD_MAX);
	free(p);
}

static void
gives_away_one_line_when_a_quote_meets_the_ceiling(void)
{
	const size_t n = INV_FRAME_RECORD_MAX + 100;
	char *p = inv_mem_new(n);
	struct inv_buf b = INV_BUF(64 << 20);

	for (size_t i = 0; i < n; i++)
		p[i] = i % 100 == 99 ? '\n' : 'x';
	p[0] = '"';
	told((struct inv_str){ p, n }, INV_DIALECT_USUAL, 1, &b);
	check(strncmp(b.p, "1:U<", 4) == 0);
	check(strstr(b.p, "2:1<xxx") != NULL);
	check(strstr(b.p, "10486:1<xxx") != NULL);
	inv_buf_free(&b);
	free(p);
}

/* The framer's work on n lines, each a copy of `line`. */
static uint64_t
work_of(const char *line, size_t n, size_t expected, size_t *records)
{
	struct inv_buf b = INV_BUF(64 << 20);
	struct inv_framed rec;
	struct inv_err err;

	for (size_t i = 0; i < n; i++)
		inv_buf_add(&b, inv_str_of(line));
	struct memory m = { inv_buf_str(&b), 1 << 16 };
	struct inv_frame *f =
	    inv_frame_new(memory_pull(&m), 0, INV_DIALECT_USUAL);

	inv_frame_expect(f, expected);
	for (*records = 0; inv_frame_next(f, &rec, &err) == INV_NEXT_LINE;)
		++*records;
	uint64_t work = inv_frame_work(f);

	inv_frame_free(f);
	inv_buf_free(&b);
	return work;
}

/*
 * Lines that open a quote, also for a reader inside quotes; lines that a
 * search inside quotes passes by; a wide table, so that a search goes far.
 */
static void
is_linear_in_the_number_of_open_quotes(void)
{
	static const struct {
		const char *line;
		size_t expected;
	} kinds[] = {
		{ "a,\"b\n", 2 },
		{ "x\",\",\n", 2 },
		{ "x\",\",\n", 4096 },
		{ "\",\"\",\n", 3 },
		{ "a,\"\n", 3 },
		{ "y\"\"\n", 2 },
		{ "\"a\n\"\n", 7 },
	};
	const size_t n = 100000;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		size_t one, two;
		const char *line = kinds[i].line;
		uint64_t once = work_of(line, n, kinds[i].expected, &one);
		uint64_t twice = work_of(line, 2 * n, kinds[i].expected, &two);
		uint64_t bytes = n * strlen(line);

		check(two >= 2 * one - 1);
		check(twice <= 2 * once + bytes / 10 + (4 << 20));
		check(once <= 6 * bytes + (4 << 20));
	}
}

static void
cuts_lines_without_quotes_at_lf_alone(void)
{
	struct memory m = { INV_LIT("{\"a\":\"\r\"}\r\n\n\"x"), 16 };
	struct inv_frame *f =
	    inv_frame_new(memory_pull(&m), 3, INV_DIALECT_USUAL);
	struct inv_framed rec;
	struct inv_err err;

	check(inv_frame_line(f, &rec, &err) == INV_NEXT_LINE);
	check_str(rec.raw, "{\"a\":\"\r\"}\r");
	check(rec.offset == 3 && rec.line == 1);
	check(inv_frame_line(f, &rec, &err) == INV_NEXT_LINE);
	check(rec.raw.n == 0 && rec.line == 2);
	check(inv_frame_line(f, &rec, &err) == INV_NEXT_LINE);
	check_str(rec.raw, "\"x");
	check(rec.end == 0 && rec.line == 3);
	check(inv_frame_line(f, &rec, &err) == INV_NEXT_END);
	inv_frame_free(f);
}

/* Pieces of any size frame alike. */
static void
does_not_depend_on_the_pieces(void)
{
	struct inv_buf b = INV_BUF(8 << 20);
	struct inv_framed one, two;
	struct inv_err err;

	for (int i = 0; i < 20000; i++)
		inv_buf_addf(&b, "%d,\"a\r\nb%d\",x\\y\r\nq,%d\",\"c\n", i, i,
		    i);
	struct memory small = { inv_buf_str(&b), 17 };
	struct memory large = { inv_buf_str(&b), 1 << 20 };
	struct inv_frame *f =
	    inv_frame_new(memory_pull(&small), 0, INV_DIALECT_USUAL);
	struct inv_frame *g =
	    inv_frame_new(memory_pull(&large), 0, INV_DIALECT_USUAL);

	inv_frame_expect(f, 3);
	inv_frame_expect(g, 3);
	for (;;) {
		enum inv_next next = inv_frame_next(f, &one, &err);

		check(next == inv_frame_next(g, &two, &err));
		if (next != INV_NEXT_LINE)
			break;
		check(inv_str_eq(one.raw, two.raw));
		check(one.line == two.line && one.flaw == two.flaw);
	}
	check(one.offset + one.size == b.n);
	inv_frame_free(f);
	inv_frame_free(g);
	inv_buf_free(&b);
}

static void
tells_what_bytes_a_plain_record_has(void)
{
	struct memory m = { INV_LIT("a,b\n\xc3\xa9,b\na\\,b\na\t,b\na\",b\n"),
		1000 };
	struct inv_frame *f =
	    inv_frame_new(memory_pull(&m), 0, INV_DIALECT_USUAL);
	const char *want[] = { "", "h", "s", "s", "s" };
	struct inv_framed rec;
	struct inv_err err;

	for (int i = 0; i < 5; i++) {
		check(inv_frame_next(f, &rec, &err) == INV_NEXT_LINE);
		check(rec.high == (*want[i] == 'h'));
		check(rec.special == (*want[i] == 's'));
		check(rec.cut != NULL && rec.cut[1] == rec.raw.n);
	}
	inv_frame_free(f);
}

static void
cuts_records_whose_quotes_are_in_their_place(void)
{
	/* Of two blocks of sixteen, with a quote on each side of the border. */
	static const struct {
		const char *line;
		bool cut, doubled, special;
	} kinds[] = {
		{ "\"a,b\",\"c\"\n", true, false, false },
		{ "12345678,\"2345\",\"\",x\n", true, false, false },
		{ "12345678,\"23456\",x\n", true, false, false },
		{ "\"2345678901234\"\"x\",y\n", true, true, true },
		{ "\"23456789012345\"\"\",y\n", true, true, true },
		{ "1234567890123,\"a\n", false, false, false },
		{ "1234567890123,\"a\"b\n", false, false, false },
		{ "\"a\",5\"\n", false, false, true },
		{ "\"2345678901234\",5\" \n", true, false, true },
		{ "\"\n\",\n", false, false, true },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		struct memory m = { inv_str_of(kinds[i].line), 1000 };
		struct inv_frame *f =
		    inv_frame_new(memory_pull(&m), 0, INV_DIALECT_USUAL);
		struct inv_framed rec;
		struct inv_err err;

		check(inv_frame_next(f, &rec, &err) == INV_NEXT_LINE);
		check((rec.cut != NULL) == kinds[i].cut);
		check(rec.cut == NULL || rec.cut[rec.fields - 1] == rec.raw.n);
		check(rec.doubled == kinds[i].doubled);
		check(rec.special == kinds[i].special);
		inv_frame_free(f);
	}
}

static void
tells_as(struct inv_dialect dialect, const char *text, const char *want)
{
	struct inv_buf b = INV_BUF(1 << 20);

	check_str(told(inv_str_of(text), dialect, 2, &b), want);
	inv_buf_free(&b);
}

static void
takes_another_quote_or_none(void)
{
	const struct inv_dialect single = { ',', '\'', INV_DIALECT_NONE };
	const struct inv_dialect none = { ',', INV_DIALECT_NONE,
		INV_DIALECT_NONE };

	tells_as(single, "'a,\n''',\"b\n\"c,d\n",
	    "1:2<'a,\n''',\"b>3:2<\"c,d>");
	tells_as(single, "'a,b\nc,d\n", "1:U<'a,b>2:2<c,d>");
	tells_as(none, "\"a,'b\n\"c\",d'\n", "1:2<\"a,'b>2:2<\"c\",d'>");
}

static void
takes_the_byte_behind_an_escape_as_data(void)
{
	const struct inv_dialect slash = { ',', '"', '\\' };
	const struct inv_dialect bare = { ',', INV_DIALECT_NONE, '\\' };

	tells_as(slash, "\"a\\\",\",b\n", "1:2<\"a\\\",\",b>");
	tells_as(slash, "a\\,b,c\n", "1:2<a\\,b,c>");
	tells_as(slash, "\"a\"\"\\\\\",b\n", "1:2<\"a\"\"\\\\\",b>");
	tells_as(slash, "\\\"a,b\n", "1:2<\\\"a,b>");
	tells_as(bare, "\"a\\,,\\\\\n", "1:2<\"a\\,,\\\\>");
}

static void
lets_no_escape_reach_over_a_line_end(void)
{
	const struct inv_dialect slash = { ',', '"', '\\' };

	tells_as(slash, "a,b\\\nc,d\\\r\ne,f\\",
	    "1:2<a,b\\>2:2<c,d\\>3:2<e,f\\>");
	tells_as(slash, "\"a\\\nb\",c\n\"d\\", "1:2<\"a\\\nb\",c>3:U<\"d\\>");
	tells_as(slash, "\"a\\\\\",b\n", "1:2<\"a\\\\\",b>");
}

static const struct test tests[] = {
	TEST(ends_a_record_at_any_line_end),
	TEST(gives_out_empty_lines),
	TEST(keeps_quoted_line_ends_and_delimiters),
	TEST(takes_quotes_within_a_field_as_data),
	TEST(refuses_another_number_of_fields),
	TEST(gives_away_the_one_line_of_an_unclosed_quote),
	TEST(gives_away_the_line_with_data_behind_a_closing_quote),
	TEST(gives_away_the_first_line_when_the_lines_do_not_add_up),
	TEST(resumes_on_the_next_line_again_and_again),
	TEST(passes_over_a_line_past_the_ceiling),
	TEST(takes_a_record_at_the_ceiling_and_no_byte_more),
	TEST(takes_a_field_at_the_ceiling_and_no_byte_more),
	TEST(gives_away_one_line_when_a_quote_meets_the_ceiling),
	TEST(is_linear_in_the_number_of_open_quotes),
	TEST(cuts_lines_without_quotes_at_lf_alone),
	TEST(does_not_depend_on_the_pieces),
	TEST(tells_what_bytes_a_plain_record_has),
	TEST(cuts_records_whose_quotes_are_in_their_place),
	TEST(takes_another_quote_or_none),
	TEST(takes_the_byte_behind_an_escape_as_data),
	TEST(lets_no_escape_reach_over_a_line_end),
};

int
main(void)
{
	return RUN(tests);
}
