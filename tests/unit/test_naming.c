/* test_naming - which columns or members rows have, and under which names */

#include "data/naming.h"

#include <stdlib.h>

#include "check.h"

static struct inv_naming *
naming_of(const char *map, const char *constants)
{
	const struct inv_source_options how = {
		.map = inv_str_of(map),
		.constants = inv_str_of(constants),
	};
	struct inv_naming *n;
	struct inv_err err;

	check(inv_naming_new(&how, &n, &err));
	return n;
}

static void
refuses(const char *map, const char *constants)
{
	const struct inv_source_options how = {
		.map = inv_str_of(map),
		.constants = inv_str_of(constants),
	};
	struct inv_naming *n;
	struct inv_err err;

	check(!inv_naming_new(&how, &n, &err));
	check(err.fault == INV_CONFIG && n == NULL);
}

static void
refuses_what_gives_a_row_two_members_of_one_name(void)
{
	refuses("{\"a\":\"x\",\"b\":\"\\u0078\"}", "");
	refuses("{\"a\":\"x\"}", "{\"\\u0078\":\"1\"}");
	refuses("", "{\"a\":\"1\",\"a\":\"2\"}");
	refuses("", "{\"a\":1}");
	refuses("", "{\"\":\"1\"}");
	refuses("", "{\"inv:item\":\"1\"}");
	refuses("x", "");
}

static void
without_either_there_is_none(void)
{
	struct inv_str to;

	check(naming_of("", "") == NULL);
	check(inv_naming_column(NULL, INV_LIT("a"), &to) && to.p == NULL);
	check(inv_naming_tail(NULL).n == 0);
}

/* The new names of the members of an object, * for one that is dropped. */
static struct inv_str
told(struct inv_naming *n, struct inv_scan *scan, const char *object,
    struct inv_buf *b)
{
	const struct inv_members *m = inv_scan_record(scan);
	struct inv_err err;

	inv_buf_reset(b);
	check(inv_scan_object(scan, inv_str_of(object), &err));
	const struct inv_str *to = inv_naming_members(n, m, &err);

	for (size_t i = 0; to != NULL && i < m->n; i++)
		inv_buf_addf(b, "%.*s ", to[i].p == NULL ? 1 : (int)to[i].n,
		    to[i].p == NULL ? "*" : to[i].p);
	if (to == NULL)
		inv_buf_add(b, inv_str_of(err.msg));
	return inv_buf_str(b);
}

static void
members_of_the_same_shape_have_their_own_names(void)
{
	struct inv_naming *n = naming_of("", "{\"c\":\"1\"}");
	struct inv_scan *scan = inv_scan_new();
	struct inv_buf b = INV_BUF(1024);

	for (int i = 0; i < 3; i++) {
		char *object = strdup("{\"ab\":1,\"d\":2}");

		check_str(told(n, scan, object, &b), "ab d ");
		memset(object, 'x', strlen(object));
		free(object);
	}
	check_str(told(n, scan, "{\"a\":1,\"c\":2}", &b),
	    "--set: it has a member \"c\"");
	check_str(told(n, scan, "{\"a\":1,\"c\":2}", &b),
	    "--set: it has a member \"c\"");
	inv_buf_free(&b);
	inv_scan_free(scan);
	inv_naming_free(n);
}

static void
what_is_dropped_is_told_once_for_each_manifest(void)
{
	struct inv_naming *n = naming_of("{\"a\":\"x\",\"q\":\"y\"}", "");
	struct inv_scan *scan = inv_scan_new();
	struct inv_buf b = INV_BUF(1024);

	for (int i = 0; i < 2; i++) {
		inv_naming_begin(n);
		check_str(told(n, scan, "{\"a\":1,\"\\u0062\":2}", &b), "x * ");
		check_str(told(n, scan, "{\"b\":1,\"a\":2}", &b), "* x ");
		check_str(told(n, scan, "{\"inv:item\":\"\",\"inv:z\":1}", &b),
		    "* * ");
		inv_buf_reset(&b);
		inv_naming_notes(n, &b);
		check_str(inv_buf_str(&b),
		    "\"absent_columns\":[\"q\"],\"dropped_columns\":[\"b\"]");
	}
	inv_buf_free(&b);
	inv_scan_free(scan);
	inv_naming_free(n);
}

static const struct test tests[] = {
	TEST(refuses_what_gives_a_row_two_members_of_one_name),
	TEST(without_either_there_is_none),
	TEST(members_of_the_same_shape_have_their_own_names),
	TEST(what_is_dropped_is_told_once_for_each_manifest),
};

int
main(void)
{
	return RUN(tests);
}
