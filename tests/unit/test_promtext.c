/* test_promtext.c - lines of the Prometheus text format */

#include "data/promtext.h"

#include "check.h"

static bool
reads(const char *text, struct inv_prom_line *line)
{
	struct inv_str rest = inv_str_of(text);
	struct inv_err err;
	uint64_t number = 0;

	return inv_prom_next(&rest, &number, line, &err) == INV_NEXT_LINE;
}

static void
what_is_written_is_read(void)
{
	static const uint64_t values[] = { 0, 1, 42, 999, 1000, 1001, 76,
		1795246014000, 18446744073709550615U };
	struct inv_buf labels = INV_BUF(4096);
	struct inv_prom_line line;

	inv_prom_label(&labels, "pipe", INV_LIT("a\"b\\c"));
	inv_prom_label(&labels, "stage", INV_LIT("inv-audit verify"));
	for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++) {
		struct inv_buf b = INV_BUF(4096);

		inv_prom_put(&b, "inv_x", "_sum", inv_buf_str(&labels),
		    values[i]);
		inv_buf_byte(&b, '\0');
		check(reads(b.p, &line));
		check_str(line.name, "inv_x_sum");
		check(inv_str_eq(line.labels, inv_buf_str(&labels)));
		check(line.value == values[i]);
		inv_buf_free(&b);
	}
	inv_buf_free(&labels);
}

static void
thousandths_are_written_only_where_there_are_some(void)
{
	struct inv_buf b = INV_BUF(4096);

	inv_prom_put(&b, "a", "", INV_LIT("l=\"v\""), 17042);
	inv_prom_put(&b, "a", "", INV_LIT("l=\"v\""), 17000);
	check_str(inv_buf_str(&b), "a{l=\"v\"} 17.042\na{l=\"v\"} 17\n");
	inv_buf_free(&b);
}

static void
a_value_is_escaped_whatever_it_is(void)
{
	struct inv_buf b = INV_BUF(4096);

	inv_prom_label(&b, "a", INV_LIT("\"}\\ \n\0\x1b[31m\xff\u202e\u00e9"));
	inv_prom_label(&b, "b", INV_LIT(""));
	check_str(inv_buf_str(&b),
	    "a=\"\\\"}\\\\ \\\\x0a\\\\x00\\\\x1b[31m\\\\xff"
	    "\\\\xe2\\\\x80\\\\xae\u00e9\",b=\"\"");
	inv_buf_free(&b);
}

static void
comments_are_passed_over_and_lines_counted(void)
{
	struct inv_str rest =
	    INV_LIT("# HELP a b\na{l=\"v\"} 1\n# TYPE\na 1\n");
	struct inv_prom_line line;
	struct inv_err err;
	uint64_t number = 0;

	check(inv_prom_next(&rest, &number, &line, &err) == INV_NEXT_LINE);
	check(number == 2);
	check(inv_prom_next(&rest, &number, &line, &err) == INV_NEXT_ERR);
	check_str(inv_str_of(err.msg), "line 4: not a figure of ours");
	check(err.fault == INV_BAD);
	rest = INV_LIT("# only\n");
	check(inv_prom_next(&rest, &number, &line, &err) == INV_NEXT_END);
}

static void
what_we_do_not_write_is_refused(void)
{
	static const char *const bad[] = { "\n", "a\n", "a 1\n", "a{} 1\n",
		"{l=\"v\"} 1\n", "a{l=\"v\"} 1", "a{l=\"v\"}1\n",
		"a{l=\"v\"} \n", "a{l=\"v\"} -1\n", "a{l=\"v\"} 1.5\n",
		"a{l=\"v\"} 1.5000\n", "a{l=\"v\"} 1.x00\n", "a{l=\"v\"} 1 2\n",
		"a{l=\"v\"} NaN\n", "a{l=\"v\"} 1e3\n", "a{l=\"v\",} 1\n",
		"a{l=v} 1\n", "a{l=\"v} 1\n", "a{l=\"v\\\"} 1\n",
		"a{=\"v\"} 1\n", "a{l} 1\n", "a{l=\"v\" } 1\n",
		"a {l=\"v\"} 1\n", " a{l=\"v\"} 1\n", "a{l=\"v\"} 1\r\n",
		"a{l=\"v\"} 18446744073709551615\n", "a{l=\"v\"} .500\n",
		"a{l=\"v\\" };
	struct inv_prom_line line;

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		check(!reads(bad[i], &line));
		if (reads(bad[i], &line))
			printf("# %s", bad[i]);
	}
}

int
main(void)
{
	static const struct test tests[] = {
		TEST(what_is_written_is_read),
		TEST(thousandths_are_written_only_where_there_are_some),
		TEST(a_value_is_escaped_whatever_it_is),
		TEST(comments_are_passed_over_and_lines_counted),
		TEST(what_we_do_not_write_is_refused),
	};

	return run_tests(tests, sizeof(tests) / sizeof(*tests));
}
