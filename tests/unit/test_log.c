/* test_log - errors, messages, memory and clocks: what a process says */

#include "base/log.h"

#include <errno.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "check.h"
#include "child.h"

static struct child child;

static void
a_fault_has_the_exit_status_of_sysexits(void)
{
	static const int want[] = { 0, 1, 64, 65, 66, 69, 70, 73, 74, 75, 77,
		78 };

	for (size_t i = 0; i < sizeof(want) / sizeof(*want); i++)
		check(inv_fault_exit((enum inv_fault)i) == want[i]);
}

static void
a_message_too_long_for_its_struct_is_cut(void)
{
	static char text[2000];
	struct inv_err err;

	memset(text, 'x', sizeof(text) - 1);
	check(!inv_fail(&err, INV_BAD, "%s", text));
	check(err.fault == INV_BAD && strlen(err.msg) == INV_ERR_MSG - 1);
	errno = ENOENT;
	check(!inv_fail_sys(&err, INV_IO, "%s", text));
	check(err.fault == INV_IO && strlen(err.msg) == INV_ERR_MSG - 1);
	errno = ENOENT;
	check(!inv_fail_sys(&err, INV_NOINPUT, "%s", "file"));
	check_str(inv_str_of(err.msg), "file: No such file or directory");
	errno = ENOMEM;
	check(!inv_fail_sys(&err, INV_IO, "%s", "file"));
	check(err.fault == INV_INTERNAL);
}

static struct inv_str
escaped(struct inv_str s, size_t size)
{
	static char out[1000];

	memset(out, '#', sizeof(out));
	size_t n = inv_log_escape(s, out, size);

	check(n < size && out[n] == '\0' && out[size] == '#');
	return (struct inv_str){ out, n };
}

static void
nothing_in_a_value_acts_on_a_terminal(void)
{
	check_str(escaped(INV_LIT("plain \xc3\xa9 \xf0\x9f\x98\x80"), 100),
	    "plain \xc3\xa9 \xf0\x9f\x98\x80");
	check_str(escaped(INV_LIT("\x1b[31m\n\r\t\a\0\x7f"), 100),
	    "\\x1b[31m\\x0a\\x0d\\x09\\x07\\x00\\x7f");
	/* C1, the Arabic letter mark, bidi overrides, line separators */
	check_str(escaped(INV_LIT("\xc2\x9b"), 100), "\\xc2\\x9b");
	check_str(escaped(INV_LIT("\xd8\x9c"), 100), "\\xd8\\x9c");
	check_str(escaped(INV_LIT("\xe2\x80\xae"), 100), "\\xe2\\x80\\xae");
	check_str(escaped(INV_LIT("\xe2\x80\x8f"), 100), "\\xe2\\x80\\x8f");
	check_str(escaped(INV_LIT("\xe2\x81\xa7"), 100), "\\xe2\\x81\\xa7");
	check_str(escaped(INV_LIT("\xe2\x80\xa8"), 100), "\\xe2\\x80\\xa8");
	/* not UTF-8: overlong, surrogate, cut short, past U+10FFFF */
	check_str(escaped(INV_LIT("\xc0\xaf"), 100), "\\xc0\\xaf");
	check_str(escaped(INV_LIT("\xed\xa0\x80"), 100), "\\xed\\xa0\\x80");
	check_str(escaped(INV_LIT("\xe2\x82"), 100), "\\xe2\\x82");
	check_str(escaped(INV_LIT("\xf4\x90\x80\x80"), 100),
	    "\\xf4\\x90\\x80\\x80");
}

static void
an_escaped_text_keeps_within_its_size(void)
{
	check_str(escaped(INV_LIT("12345"), 6), "12345");
	check_str(escaped(INV_LIT("123456"), 6), "12...");
	check_str(escaped(INV_LIT("1234\n"), 9), "1234\\x0a");
	check_str(escaped(INV_LIT("1234\n"), 8), "1234...");
	check_str(escaped(INV_LIT("\n\n"), 8), "\\x0a...");
	check_str(escaped(INV_LIT("12345"), 3), "");
	check_str(escaped(INV_LIT("1"), 2), "1");
	check_str(escaped(INV_LIT("12"), 1), "");
	check(inv_log_escape(INV_LIT("12"), NULL, 0) == 0);
}

static int
speak(const void *level)
{
	inv_prog.name = "test";
	inv_prog.level = *(const enum inv_log_level *)level;
	inv_note("a note");
	inv_warn("a warning");
	inv_say("an error: %d", 5);
	return 0;
}

static struct inv_str
spoken(enum inv_log_level level)
{
	child_run(&child, speak, &level, INV_LIT(""));
	check(child.out_n == 0);
	return inv_str_of(child.err);
}

static void
the_level_decides_what_is_said(void)
{
	check_str(spoken(INV_LOG_QUIET), "test: an error: 5\n");
	check_str(spoken(INV_LOG_NORMAL),
	    "test: a warning\ntest: an error: 5\n");
	check_str(spoken(INV_LOG_VERBOSE),
	    "test: a note\ntest: a warning\ntest: an error: 5\n");
}

static int
speak_long(const void *with)
{
	static char text[10000];

	(void)with;
	memset(text, 'x', sizeof(text) - 1);
	inv_say("%s", text);
	inv_say("two\nlines");
	return 0;
}

static void
a_message_is_one_line_and_cut_where_it_is_long(void)
{
	child_run(&child, speak_long, NULL, INV_LIT(""));
	char *nl = strchr(child.err, '\n');

	check(nl != NULL && nl - child.err < 4200);
	check(nl != NULL && memcmp(nl - 3, "...", 3) == 0);
	check_str(inv_str_of(nl + 1), "inv: two\\x0alines\n");
}

static int
die(const void *with)
{
	struct inv_err err;

	(void)with;
	printf("not flushed");
	inv_fail(&err, INV_CONFIG, "what it was");
	inv_die(&err);
}

static void
dying_says_why_and_leaves_with_the_status(void)
{
	child_run(&child, die, NULL, INV_LIT(""));
	check(child.status == 78);
	check_str(inv_str_of(child.err), "inv: what it was\n");
	check(child.out_n == 0);
}

static int
want_too_much(const void *with)
{
	free(inv_mem_resize(NULL, SIZE_MAX / 2, *(const size_t *)with));
	return 0;
}

static void
memory_that_is_not_there_ends_the_process(void)
{
	size_t size = 4; /* times a count, past SIZE_MAX */

#ifdef __SANITIZE_ADDRESS__
	skip("the sanitizer ends the process first");
	return;
#endif
	child_run(&child, want_too_much, &size, INV_LIT(""));
	check(child.status == 70);
	check(strncmp(child.err, "inv: no memory for ", 19) == 0);
}

static void
memory_is_zero_and_copies_are_copies(void)
{
	unsigned char *p = inv_mem_new(100);
	char *none = inv_mem_new(0);
	char *copy = inv_mem_dup("a\0b", 3);
	char *s = inv_mem_strdup("text");

	for (int i = 0; i < 100; i++)
		check(p[i] == 0);
	check(memcmp(copy, "a\0b", 4) == 0);
	check(strcmp(s, "text") == 0);
	p = inv_mem_resize(p, 0, 8);
	free(p);
	free(none);
	free(copy);
	free(s);
}

static struct inv_str
time_text(int64_t wall)
{
	static char text[INV_CLOCK_TEXT];

	inv_clock_text(wall, text);
	return inv_str_of(text);
}

static void
times_are_written_in_utc_with_four_digits_of_year(void)
{
	check_str(time_text(0), "1970-01-01T00:00:00Z");
	check_str(time_text(1795501800), "2026-11-24T06:30:00Z");
	check_str(time_text(INT64_C(4294967296)), "2106-02-07T06:28:16Z");
	check_str(time_text(INT64_C(-62009366400)), "0005-01-01T00:00:00Z");
	check_str(time_text(INT64_MIN), "0000-01-01T00:00:00Z");
	check_str(time_text(INT64_MAX), "9999-12-31T23:59:59Z");
}

static void
the_waiting_clock_does_not_go_back(void)
{
	uint64_t a = inv_clock_ms();
	uint64_t b = inv_clock_ms();

	check(a <= b && b - a < 10000);
	check(inv_clock_wall() > 1700000000);
}

static const struct test tests[] = {
	TEST(a_fault_has_the_exit_status_of_sysexits),
	TEST(a_message_too_long_for_its_struct_is_cut),
	TEST(nothing_in_a_value_acts_on_a_terminal),
	TEST(an_escaped_text_keeps_within_its_size),
	TEST(the_level_decides_what_is_said),
	TEST(a_message_is_one_line_and_cut_where_it_is_long),
	TEST(dying_says_why_and_leaves_with_the_status),
	TEST(memory_that_is_not_there_ends_the_process),
	TEST(memory_is_zero_and_copies_are_copies),
	TEST(times_are_written_in_utc_with_four_digits_of_year),
	TEST(the_waiting_clock_does_not_go_back),
};

int
main(void)
{
	return RUN(tests);
}
