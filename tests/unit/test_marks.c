/* test_marks - brackets, commas and colons outside strings, whatever the blocks */

#include "io/marks.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "check.h"
#include "memory.h"

/* Byte by byte: CHAR@OFFSET,LINE for each mark. */
static void
put_naive(struct inv_str text, size_t before, struct inv_buf *b)
{
	bool inside = false, escaped = false;
	int line = 1;

	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (c == '"' && !escaped)
			inside = !inside;
		else if (!inside && c != '\0' && strchr("{}[],:", c) != NULL)
			inv_buf_addf(b, "%c@%zu,%d ", c, before + i, line);
		escaped = c == '\\' && !escaped;
		line += c == '\n';
	}
	inv_buf_addf(b, "end %d", inside);
}

static void
put_marks(struct inv_str text, size_t piece, struct inv_buf *b)
{
	struct memory memory = { text, piece };
	struct inv_marks *m = inv_marks_new(memory_pull(&memory), 0);
	struct inv_mark mark;
	struct inv_err err;

	while (inv_marks_next(m, true, &mark, &err) == INV_NEXT_LINE)
		inv_buf_addf(b, "%c@%d,%d ", mark.c, (int)mark.offset,
		    (int)mark.line);
	check(mark.offset == text.n);
	inv_buf_addf(b, "end %d", inv_marks_in_string(m));
	inv_marks_free(m);
}

/* `rounds` texts of at most 400 bytes, behind so many blanks. */
static void
compare(int rounds, size_t blanks)
{
	static const char letters[] = "\"\"\\\\\\{}[],:\n ax\xc3";
	struct inv_buf want = INV_BUF(1 << 20), got = INV_BUF(1 << 20);
	char *text = inv_mem_new(blanks + 400);
	bool same = true;

	memset(text, ' ', blanks);
	while (same && rounds-- > 0) {
		size_t n = (size_t)rand() % 400;

		for (size_t i = 0; i < n; i++)
			text[blanks + i] =
			    letters[(size_t)rand() % (sizeof(letters) - 1)];
		inv_buf_reset(&want);
		inv_buf_reset(&got);
		put_naive((struct inv_str){ text + blanks, n }, blanks, &want);
		put_marks((struct inv_str){ text, blanks + n },
		    16 + (size_t)rand() % 99, &got);
		inv_buf_byte(&want, '\0');
		check_str(inv_buf_str(&got), want.p);
		same = got.n + 1 == want.n;
	}
	inv_buf_free(&want);
	inv_buf_free(&got);
	free(text);
}

static void
any_text_has_the_marks_that_a_look_at_each_byte_finds(void)
{
	srand(1);
	compare(20000, 0);
}

static void
so_has_one_over_the_end_of_a_piece(void)
{
	compare(100, (256 << 10) - 200);
}

static void
without_all_there_are_brackets_only(void)
{
	struct memory memory = { INV_LIT("[1,{\"a\":2},3]"), 1 << 20 };
	struct inv_marks *m = inv_marks_new(memory_pull(&memory), 7);
	struct inv_mark mark;
	struct inv_err err;
	char seen[8] = "";

	for (size_t i = 0;
	     inv_marks_next(m, false, &mark, &err) == INV_NEXT_LINE; i++)
		seen[i] = mark.c;
	check_str(inv_str_of(seen), "[{}]");
	check(mark.offset == 7 + 13);
	inv_marks_free(m);
}

/* Hold behind the bracket of a text, go to the comma at its end. */
static void
hold_to_the_comma(struct inv_marks *m, struct inv_held *held)
{
	struct inv_mark mark;
	struct inv_err err;

	check(inv_marks_next(m, true, &mark, &err) == INV_NEXT_LINE);
	inv_marks_hold(m);
	do
		check(inv_marks_next(m, true, &mark, &err) == INV_NEXT_LINE);
	while (mark.c != ',');
	inv_marks_held(m, held);
}

static void
what_is_held_has_no_blanks_at_its_ends_and_its_own_line(void)
{
	struct memory memory = { INV_LIT("[ \n\t\n {\"a\"\n} \r\n,"), 16 };
	struct inv_marks *m = inv_marks_new(memory_pull(&memory), 3);
	struct inv_held held;

	hold_to_the_comma(m, &held);
	check_str(held.raw, "{\"a\"\n}");
	check(!held.cut && held.line == 3 && held.offset == 3 + 6);
	check(held.size == 6);
	inv_marks_free(m);
}

static void
blanks_of_any_length_take_no_memory_and_are_counted(void)
{
	const size_t n = 3 << 20;
	char *text = inv_mem_new(n + 3);
	struct inv_held held;

	memset(text, '\n', n + 3);
	text[0] = '[';
	text[n] = 'x';
	text[n + 2] = ',';
	struct memory memory = { { text, n + 3 }, 1 << 20 };
	struct inv_marks *m = inv_marks_new(memory_pull(&memory), 0);

	hold_to_the_comma(m, &held);
	check_str(held.raw, "x");
	check(held.line == n && held.offset == n && !held.cut);
	inv_marks_free(m);
	free(text);
}

static void
of_what_is_too_long_the_head_is_kept(void)
{
	const size_t n = INV_MARKS_HELD;

	for (size_t more = 0; more < 2; more++) {
		char *text = inv_mem_new(n + 4);
		struct inv_held held;

		memset(text, 'x', n + 4);
		text[0] = '[';
		text[1] = ' ';
		text[2 + n + more] = ',';
		struct memory memory = { { text, n + 4 }, 1 << 20 };
		struct inv_marks *m = inv_marks_new(memory_pull(&memory), 0);

		hold_to_the_comma(m, &held);
		check(held.raw.n == n && held.cut == (more > 0));
		check(held.raw.p[0] == 'x' && held.raw.p[n - 1] == 'x');
		check(held.size == n + more && held.offset == 2);
		inv_marks_free(m);
		free(text);
	}
}

static void
the_first_line_that_ends_within_a_string_is_known(void)
{
	struct memory memory = { INV_LIT("[\n\"a\",\n\n\"b\n\",\"c\n\"]"), 16 };
	struct inv_marks *m = inv_marks_new(memory_pull(&memory), 0);
	struct inv_mark mark;
	struct inv_err err;

	while (inv_marks_next(m, true, &mark, &err) == INV_NEXT_LINE)
		continue;
	check(inv_marks_torn_line(m) == 4);
	inv_marks_free(m);
}

static const struct test tests[] = {
	TEST(any_text_has_the_marks_that_a_look_at_each_byte_finds),
	TEST(so_has_one_over_the_end_of_a_piece),
	TEST(without_all_there_are_brackets_only),
	TEST(what_is_held_has_no_blanks_at_its_ends_and_its_own_line),
	TEST(blanks_of_any_length_take_no_memory_and_are_counted),
	TEST(of_what_is_too_long_the_head_is_kept),
	TEST(the_first_line_that_ends_within_a_string_is_known),
};

int
main(void)
{
	return RUN(tests);
}
