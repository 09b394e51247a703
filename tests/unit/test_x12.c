/* test_x12 - segments of interchanges, their places, and lost terminators */

#include "io/x12.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "check.h"
#include "memory.h"

#define ISA                                                                     \
	"ISA*00*          *00*          *ZZ*A              *ZZ*B              " \
	"*260314*0936*U*00401*000000001*0*T*>~"
#define ISA_BARS                                                                \
	"ISA|00|          |00|          |ZZ|A              |ZZ|B              " \
	"|260314|0936|U|00401|000000001|0|T|<!"

static const char flaws[] = "-OLNH"; /* by enum inv_x12_flaw */

/* LINE@OFFSET-END:NUMBER[flaw]<RAW> for each segment, ISA as it is told. */
static void
tell(struct inv_str text, size_t piece, struct inv_buf *b)
{
	struct memory m = { text, piece };
	struct inv_x12 *x = inv_x12_new(memory_pull(&m), 0);
	struct inv_segment seg;
	struct inv_err err;

	inv_buf_reset(b);
	while (inv_x12_next(x, &seg, &err) == INV_NEXT_LINE) {
		check(seg.flaw == INV_X12_LONG ||
		    (seg.end - seg.offset == seg.raw.n &&
			memcmp(text.p + seg.offset, seg.raw.p, seg.raw.n) ==
			    0));
		inv_buf_addf(b, "%d@%d-%d:%d", (int)seg.line, (int)seg.offset,
		    (int)seg.end, (int)seg.number);
		if (seg.flaw != INV_X12_SOUND)
			inv_buf_byte(b, flaws[seg.flaw]);
		inv_buf_addf(b, "<%.*s>", (int)(seg.raw.n > 8 ? 8 : seg.raw.n),
		    seg.raw.p);
	}
	inv_x12_free(x);
}

/* Whatever the pieces that it comes in. */
static void
tells(const char *text, const char *want)
{
	static const size_t pieces[] = { 16, 17, 105, 106, 107, 1000 };
	struct inv_buf b = INV_BUF(1 << 20);

	for (size_t i = 0; i < sizeof(pieces) / sizeof(*pieces); i++) {
		tell(inv_str_of(text), pieces[i], &b);
		check_str(inv_buf_str(&b), want);
	}
	inv_buf_free(&b);
}

static void
an_isa_is_told_by_its_106_bytes(void)
{
	char isa[] = ISA;
	struct inv_str s = { isa, sizeof(isa) - 1 };

	check(s.n == INV_X12_ISA);
	check(inv_x12_is_isa(s));
	check(!inv_x12_is_isa((struct inv_str){ isa, 105 }));
	check(inv_x12_is_isa(INV_LIT(ISA_BARS)));
	isa[104] = '*';
	check(!inv_x12_is_isa(s));
	isa[104] = 'A';
	check(!inv_x12_is_isa(s));
	isa[104] = '>';
	isa[10] = '*';
	check(!inv_x12_is_isa(s));
	isa[10] = '~';
	check(!inv_x12_is_isa(s));
	isa[10] = ' ';
	isa[6] = ' ';
	check(!inv_x12_is_isa(s));
}

static void
segments_have_places(void)
{
	tells("", "");
	tells(" \r\n", "");
	tells(ISA "GS*PO~\nST*850*1~",
	    "1@0-105:1<ISA*00* >1@106-111:2<GS*PO>"
	    "2@113-121:3<ST*850*1>");
	tells("\n\n" ISA "\r\n\tGS*PO~",
	    "3@2-107:1<ISA*00* >"
	    "4@111-116:2<GS*PO>");
}

static void
separators_are_those_of_the_last_isa(void)
{
	tells(ISA "N1*A|B!~" ISA_BARS "N1|A*B~!",
	    "1@0-105:1<ISA*00* >1@106-113:2<N1*A|B!>1@114-219:3<ISA|00| >"
	    "1@220-227:4<N1|A*B~>");
}

static void
a_segment_without_terminator_ends_where_an_isa_begins(void)
{
	tells(ISA "IEA*1*1" ISA "GS*1~",
	    "1@0-105:1<ISA*00* >1@106-113:2O<IEA*1*1>1@113-218:3<ISA*00* >"
	    "1@219-223:4<GS*1>");
	tells(ISA "IEA*1*1\n" ISA_BARS "GS|1!",
	    "1@0-105:1<ISA*00* >1@106-114:2O<IEA*1*1\n>2@114-219:3<ISA|00| >"
	    "2@220-224:4<GS|1>");
	tells(ISA "IEA*1", "1@0-105:1<ISA*00* >1@106-111:2O<IEA*1>");
}

static void
what_is_no_segment_is_told(void)
{
	tells(ISA "~no*1~ST~ISA*1~",
	    "1@0-105:1<ISA*00* >1@106-106:2N<>1@107-111:3N<no*1>"
	    "1@112-114:4<ST>1@115-120:5H<ISA*1>");
}

/* A text of n bytes between two others. */
static struct inv_str
around(const char *before, size_t n, const char *behind)
{
	size_t a = strlen(before), b = strlen(behind);
	char *text = inv_mem_new(a + n + b);

	memcpy(text, before, a);
	memset(text + a, 'x', n);
	memcpy(text + a + n, behind, b);
	return (struct inv_str){ text, a + n + b };
}

static void
what_is_too_long_is_passed_over(void)
{
	struct inv_buf b = INV_BUF(1 << 20);
	struct inv_str text = around(ISA "AB", 1 << 20, "~CD~");

	tell(text, 5000, &b);
	check_str(inv_buf_str(&b),
	    "1@0-105:1<ISA*00* >"
	    "1@106-1048684:2L<ABxxxxxx>"
	    "1@1048685-1048687:3<CD>");
	free((void *)(uintptr_t)text.p);
	text = around(ISA "AB", 1 << 20, "\n" ISA "CD~");
	tell(text, 5000, &b);
	check_str(inv_buf_str(&b),
	    "1@0-105:1<ISA*00* >"
	    "1@106-1048685:2L<ABxxxxxx>"
	    "2@1048685-1048790:3<ISA*00* >"
	    "2@1048791-1048793:4<CD>");
	free((void *)(uintptr_t)text.p);
	text = around(ISA "AB", INV_X12_SEGMENT_MAX - 2, "~CD~");
	tell(text, 5000, &b);
	check_str(inv_buf_str(&b),
	    "1@0-105:1<ISA*00* >"
	    "1@106-262250:2N<ABxxxxxx>"
	    "1@262251-262253:3<CD>");
	free((void *)(uintptr_t)text.p);
	inv_buf_free(&b);
}

static void
elements_and_components_are_cut(void)
{
	struct memory m = { INV_LIT(ISA "N1*ST**A>B>~"), 1000 };
	struct inv_x12 *x = inv_x12_new(memory_pull(&m), 0);
	const struct inv_str *element;
	struct inv_segment seg;
	struct inv_err err;

	check(inv_x12_next(x, &seg, &err) == INV_NEXT_LINE);
	check(inv_x12_split(x, seg.raw, &element) == 17);
	check_str(element[16], ">");
	check(inv_x12_next(x, &seg, &err) == INV_NEXT_LINE);
	check(seg.id == INV_X12_ID('N', '1', 0));
	check(inv_x12_split(x, seg.raw, &element) == 4);
	check_str(element[0], "N1");
	check_str(element[1], "ST");
	check_str(element[2], "");
	check_str(element[3], "A>B>");
	struct inv_str composite = element[3];

	check_str(inv_x12_component(x, composite, 1), "A");
	check_str(inv_x12_component(x, composite, 2), "B");
	check_str(inv_x12_component(x, composite, 3), "");
	check_str(inv_x12_component(x, composite, 4), "");
	inv_x12_free(x);
}

static void
a_run_of_segments_is_held(void)
{
	struct memory m = { INV_LIT(ISA "A1*1~\nB2*2~\nC3*3~\nD4~"), 16 };
	struct inv_x12 *x = inv_x12_new(memory_pull(&m), 0);
	struct inv_segment seg;
	struct inv_err err;
	bool cut;

	for (int i = 0; i < 2; i++)
		check(inv_x12_next(x, &seg, &err) == INV_NEXT_LINE);
	inv_x12_hold(x);
	for (int i = 0; i < 2; i++)
		check(inv_x12_next(x, &seg, &err) == INV_NEXT_LINE);
	inv_x12_back(x);
	check_str(inv_x12_held(x, &cut), "A1*1~\nB2*2");
	check(!cut);
	check(inv_x12_next(x, &seg, &err) == INV_NEXT_LINE);
	check_str(seg.raw, "C3*3");
	inv_x12_hold(x);
	check(inv_x12_next(x, &seg, &err) == INV_NEXT_LINE);
	check_str(inv_x12_held(x, &cut), "C3*3~\nD4");
	check(inv_x12_next(x, &seg, &err) == INV_NEXT_END);
	inv_x12_free(x);
}

/* The first is held with `n` segments of 200,000 bytes behind it. */
static void
holds(int n, bool back, size_t want, bool want_cut)
{
	struct inv_str big = around("AB", 199997, "~");
	struct inv_buf text = INV_BUF(4 << 20);
	struct inv_segment seg;
	struct inv_err err;
	bool cut;

	inv_buf_add(&text, INV_LIT(ISA));
	for (int i = 0; i < 8; i++)
		inv_buf_add(&text, big);
	struct memory m = { inv_buf_str(&text), 70000 };
	struct inv_x12 *x = inv_x12_new(memory_pull(&m), 0);

	for (int i = 0; i < 2; i++)
		check(inv_x12_next(x, &seg, &err) == INV_NEXT_LINE);
	inv_x12_hold(x);
	for (int i = 0; i < n; i++)
		check(inv_x12_next(x, &seg, &err) == INV_NEXT_LINE);
	if (back)
		inv_x12_back(x);
	struct inv_str held = inv_x12_held(x, &cut);

	check(held.n == want);
	check(cut == want_cut);
	check(memcmp(held.p, text.p + INV_X12_ISA, held.n) == 0);
	inv_x12_free(x);
	inv_buf_free(&text);
	free((void *)(uintptr_t)big.p);
}

static void
no_more_is_held_than_may_be(void)
{
	holds(4, false, 999999, false);
	holds(5, true, 999999, false);
	holds(5, false, INV_X12_HELD_MAX, true);
	holds(7, true, INV_X12_HELD_MAX, true);
}

static const struct test tests[] = {
	TEST(an_isa_is_told_by_its_106_bytes),
	TEST(segments_have_places),
	TEST(separators_are_those_of_the_last_isa),
	TEST(a_segment_without_terminator_ends_where_an_isa_begins),
	TEST(what_is_no_segment_is_told),
	TEST(what_is_too_long_is_passed_over),
	TEST(elements_and_components_are_cut),
	TEST(a_run_of_segments_is_held),
	TEST(no_more_is_held_than_may_be),
};

int
main(void)
{
	return RUN(tests);
}
