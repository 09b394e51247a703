/* test_xls_answer - what is believed of what a child says, and what is not */

#include "data/xls_answer.h"

#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#include "check.h"

static const double number = 12.5;

static const struct inv_xls_frame sound = {
	.said = INV_XLS_CELL,
	.kind = INV_CELL_NUMBER,
	.as = { INV_SHOWN_CODE, 15 },
	.n = sizeof(number),
};

static struct inv_err err;

/* It is taken, with that text behind it. */
static bool
is_taken(struct inv_xls_frame f, const void *text, size_t n)
{
	char path[] = "/tmp/test_xls_answer.XXXXXX";
	struct inv_xls_answer a;
	int fd = mkstemp(path);
	bool written = write(fd, &f, sizeof(f)) == (ssize_t)sizeof(f) &&
	    write(fd, text, n) == (ssize_t)n;

	unlink(path);
	inv_xls_answer_new(&a);
	inv_xls_answer_go(&a, fd, 0);
	bool taken = inv_xls_answer_next(&a, &err);

	check(written && (taken || err.fault == INV_BAD));
	inv_xls_answer_free(&a);
	close(fd);
	return taken;
}

static bool
takes(struct inv_xls_frame f)
{
	return is_taken(f, &number, sizeof(number));
}

static void
takes_what_a_cell_can_be(void)
{
	struct inv_xls_frame f = sound;

	check(takes(f));
	f.row = UINT16_MAX;
	f.column = INV_XLS_COLUMNS - 1;
	check(takes(f));
	f.column++;
	check(!takes(f));
	f = sound;
	f.kind = INV_CELL_SHARED;
	check(!takes(f));
	f.kind = UINT8_MAX;
	check(!takes(f));
	f = sound;
	f.hidden = 2;
	check(!takes(f));
	f = sound;
	f.said = INV_XLS_SAID;
	check(!takes(f));
}

/* What is shown of it goes into a room of so many bytes. */
static void
takes_no_more_digits_than_are_shown(void)
{
	struct inv_xls_frame f = sound;

	for (f.as.kind = INV_SHOWN_NUMBER; f.as.kind <= INV_SHOWN_ELAPSED;
	     f.as.kind++) {
		f.as.digits = 0;
		check(takes(f));
		f.as.digits = 16;
		check(!takes(f));
		f.as.digits = UINT8_MAX;
		check(!takes(f));
	}
	f.as = (struct inv_shown_as){ INV_SHOWN_CLOCK, 3 };
	check(takes(f));
	f.as.digits++;
	check(!takes(f));
	f.as = (struct inv_shown_as){ INV_SHOWN_ELAPSED + 1, 0 };
	check(!takes(f));
}

static void
takes_texts_of_characters_and_numbers_that_can_be_shown(void)
{
	static const double infinite = HUGE_VAL;
	struct inv_xls_frame f = sound;

	check(!is_taken(f, &infinite, sizeof(infinite)));
	f.n = 7;
	check(!takes(f));
	f.n = 9;
	check(!takes(f));
	f.n = 0;
	check(takes(f));
	f.kind = INV_CELL_TEXT;
	f.n = 2;
	check(is_taken(f, "\xc3\xa9", 2));
	check(!is_taken(f, "\xc3(", 2));
	check(!is_taken(f, "x", 1));
	f.n = INV_XLS_TEXT + 1;
	check(!takes(f));
	f.n = UINT32_MAX;
	check(!takes(f));
}

static void
takes_a_flaw_that_there_is(void)
{
	struct inv_xls_frame f = { .said = INV_XLS_FLAW };

	check(takes(f));
	f.count = INV_XLS_FLAWS;
	check(!takes(f));
	f.count = 0;
	f.n = 1;
	check(!takes(f));
}

static const struct test tests[] = {
	TEST(takes_what_a_cell_can_be),
	TEST(takes_no_more_digits_than_are_shown),
	TEST(takes_texts_of_characters_and_numbers_that_can_be_shown),
	TEST(takes_a_flaw_that_there_is),
};

int
main(void)
{
	return RUN(tests);
}
