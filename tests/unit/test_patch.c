/* test_patch - what has changed between two records */

#include "data/patch.h"

#include "check.h"

static void
patch_is(const char *before, const char *after, const char *want)
{
	struct inv_scan *a = inv_scan_new();
	struct inv_scan *b = inv_scan_new();
	struct inv_buf out = INV_BUF(4096);
	struct inv_err err;

	check(before == NULL || inv_scan_object(a, inv_str_of(before), &err));
	check(inv_scan_object(b, inv_str_of(after), &err));
	inv_patch_emit(&out, before == NULL ? NULL : inv_scan_record(a),
	    inv_scan_record(b));
	check_str(inv_buf_str(&out), want);
	inv_buf_free(&out);
	inv_scan_free(a);
	inv_scan_free(b);
}

static void
tells_what_was_added_replaced_and_removed(void)
{
	patch_is("{\"a\":\"1\",\"b\":2}", "{\"a\":\"2\",\"c\":[1]}",
	    "[{\"op\":\"replace\",\"path\":\"/a\",\"was\":\"1\",\"value\":\"2\"}"
	    ",{\"op\":\"add\",\"path\":\"/c\",\"value\":[1]}"
	    ",{\"op\":\"remove\",\"path\":\"/b\",\"was\":2}]");
	patch_is(NULL, "{\"a\":1}",
	    "[{\"op\":\"add\",\"path\":\"/a\",\"value\":1}]");
	patch_is("{\"a\":1}", "{\"a\":1}", "[]");
}

static void
what_a_schema_makes_of_a_cell_is_no_change(void)
{
	patch_is("{\"n\":\"3\",\"t\":\"true\",\"e\":\"\"}",
	    "{\"n\":3,\"t\":true,\"e\":null,\"more\":null}", "[]");
	patch_is("{\"n\":3}", "{\"n\":\"3\"}",
	    "[{\"op\":\"replace\",\"path\":\"/n\",\"was\":3,\"value\":\"3\"}]");
	patch_is("{\"n\":\"03\"}", "{\"n\":3}",
	    "[{\"op\":\"replace\",\"path\":\"/n\",\"was\":\"03\",\"value\":3}]");
}

static void
escapes_are_no_change(void)
{
	patch_is("{\"\\u0061\":\"\\u0062\\/\"}", "{\"a\":\"b/\"}", "[]");
	patch_is("{\"a\":\"\\u0062\"}", "{\"a\":\"c\"}",
	    "[{\"op\":\"replace\",\"path\":\"/a\",\"was\":\"\\u0062\","
	    "\"value\":\"c\"}]");
}

static void
paths_are_json_pointers(void)
{
	patch_is(NULL, "{\"a/b~c\\\"\":1}",
	    "[{\"op\":\"add\",\"path\":\"/a~1b~0c\\\"\",\"value\":1}]");
}

int
main(void)
{
	static const struct test tests[] = {
		TEST(tells_what_was_added_replaced_and_removed),
		TEST(what_a_schema_makes_of_a_cell_is_no_change),
		TEST(escapes_are_no_change),
		TEST(paths_are_json_pointers),
	};

	return RUN(tests);
}
