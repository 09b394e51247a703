/* test_shape.c - the form of codes */

#include "check.h"
#include "data/pattern.h"
#include "data/shape.h"

static struct inv_buf out = { .max = INV_SHAPE_PATTERN };

/* The pattern of values between blanks; "" for none.  All must match it. */
static struct inv_str
shape_of(const char *const *values)
{
	struct inv_shape s = { 0 };
	struct inv_err err;

	for (const char *const *v = values; *v != NULL; v++)
		inv_shape_add(&s, inv_str_of(*v));
	inv_buf_reset(&out);
	if (!inv_shape_pattern(&s, &out)) {
		check(out.n == 0);
		return INV_LIT("");
	}
	struct inv_pattern *p = inv_pattern_new(inv_buf_str(&out), &err);

	check(p != NULL);
	for (const char *const *v = values; *v != NULL && p != NULL; v++)
		check(inv_pattern_match(p, inv_str_of(*v)) == INV_MATCH_YES);
	inv_pattern_free(p);
	return inv_buf_str(&out);
}

#define SHAPE(...) shape_of((const char *const[]){ __VA_ARGS__, NULL })

static void
keeps_what_is_always_there(void)
{
	check_str(SHAPE("LAB-0001", "LAB-0412", "LAB-9999"), "^LAB-[0-9]{4}$");
	check_str(SHAPE("AB/1.5", "AB/2.7", "AB/9.9"),
	    "^AB\\/[0-9]+\\.[0-9]+$");
}

static void
lets_numbers_be_counted_up(void)
{
	check_str(SHAPE("LAB-1", "LAB-2", "LAB-3"), "^LAB-[0-9]+$");
	check_str(SHAPE("LAB-1", "LAB-12", "LAB-3333"), "^LAB-[0-9]+$");
	check_str(SHAPE("R01", "R02", "R03"), "^R[0-9]{2}$");
	check_str(SHAPE("2026-1", "2026-2", "2026-3"), "^[0-9]{4}-[0-9]+$");
	check_str(SHAPE("00123", "10004", "99999"), "^[0-9]{5}$");
}

static void
bounds_runs_of_letters(void)
{
	check_str(SHAPE("AB", "ABCDE", "XYZ"), "^[A-Z]{2,5}$");
	check_str(SHAPE("USD", "EUR", "CHF"), "^[A-Z]{3}$");
}

static void
mixes_letters_and_digits_where_it_must(void)
{
	check_str(SHAPE("NIH-R01-A1", "NIH-P50GM-22", "NIH-7-B"),
	    "^NIH-[A-Z0-9]+-[A-Z0-9]+$");
	check_str(SHAPE("0a9f", "ffff", "9999"), "^[a-z0-9]{4}$");
}

static void
falls_back_to_the_characters_there_are(void)
{
	check_str(SHAPE("NIH-R01-X", "NSF-12", "EPA^3"), "^[A-Z0-9\\-\\^]+$");
}

static void
has_no_form_for_words(void)
{
	check_str(SHAPE("apple", "pear", "plums"), "");
	check_str(SHAPE("Smith", "Jones", "Brown"), "");
	check_str(SHAPE("A 1", "B 2", "C 3"), "");
	check_str(SHAPE("NAÏVE", "ÉTÉ", "ÎLE"), "");
	check_str(SHAPE("a\tb", "c\td", "e\tf"), "");
}

static void
has_no_form_for_little(void)
{
	check_str(SHAPE("LAB-1", "LAB-2"), "");
	check_str(SHAPE("LAB-1", "LAB-1", "LAB-1"), "");
	check_str(SHAPE("", "", ""), "");
	check_str(SHAPE("-", "-", "/"), "");
}

static void
ends_with_values_of_too_many_runs(void)
{
	check_str(SHAPE("1.1.1.1.1.1.1.1.1.1.1.1.1",
		      "2.2.2.2.2.2.2.2.2.2.2.2.2", "3.3.3.3.3.3.3.3.3.3.3.3.3"),
	    "^[0-9.]+$");
}

int
main(void)
{
	static const struct test tests[] = {
		TEST(keeps_what_is_always_there),
		TEST(lets_numbers_be_counted_up),
		TEST(bounds_runs_of_letters),
		TEST(mixes_letters_and_digits_where_it_must),
		TEST(falls_back_to_the_characters_there_are),
		TEST(has_no_form_for_words),
		TEST(has_no_form_for_little),
		TEST(ends_with_values_of_too_many_runs),
	};
	int rc = RUN(tests);

	inv_buf_free(&out);
	return rc;
}
