/* test_rename - new names for members of records */

#include "data/rename.h"

#include "check.h"

static void
renamed_is(const char *map, const char *record, size_t n, const char *want)
{
	struct inv_scan *scan = inv_scan_new();
	struct inv_buf out = INV_BUF(4096);
	struct inv_err err;
	struct inv_rename *r = inv_rename_new(inv_str_of(map), &err);

	check(r != NULL);
	check(inv_scan_object(scan, inv_str_of(record), &err));
	check(inv_rename_record(r, inv_scan_record(scan), &out) == n);
	check_str(inv_buf_str(&out), want);
	inv_rename_free(r);
	inv_buf_free(&out);
	inv_scan_free(scan);
}

static void
each_member_stays_in_its_place(void)
{
	renamed_is("{\"b\":\"x\"}", "{\"a\":1,\"b\":[2],\"c\":\"3\"}", 1,
	    "{\"a\":1,\"x\":[2],\"c\":\"3\"}");
	renamed_is("{\"b\":\"x\"}", "{\"a\": 1}", 0, "{\"a\":1}");
	renamed_is("{\"b\":\"x\"}", "{}", 0, "{}");
}

static void
names_can_change_places(void)
{
	renamed_is("{\"a\":\"b\",\"b\":\"a\"}", "{\"a\":1,\"b\":2}", 2,
	    "{\"b\":1,\"a\":2}");
}

static void
names_are_compared_decoded(void)
{
	renamed_is("{\"\\u0061\":\"x\\\"\"}", "{\"a\":1}", 1, "{\"x\\\"\":1}");
	renamed_is("{\"a\":\"x\"}", "{\"\\u0061\":1}", 1, "{\"x\":1}");
	renamed_is("{\"\":\"x\"}", "{\"\":1,\"\\u0000\":2}", 1,
	    "{\"x\":1,\"\\u0000\":2}");
}

static void
what_is_within_a_member_keeps_its_name(void)
{
	renamed_is("{\"a\":\"x\"}", "{\"b\":{\"a\":1}}", 0,
	    "{\"b\":{\"a\":1}}");
}

static void
refused(const char *map)
{
	struct inv_err err = { 0 };

	check(inv_rename_new(inv_str_of(map), &err) == NULL);
	check(err.fault == INV_CONFIG && err.msg[0] != '\0');
}

static void
what_is_no_mapping_is_refused(void)
{
	refused("");
	refused("[]");
	refused("{}");
	refused("{\"a\":\"b\"");
	refused("{\"a\":1}");
	refused("{\"a\":null}");
	refused("{\"a\":\"\"}");
	refused("{\"a\":\"b\",\"\\u0061\":\"c\"}");
}

static void
one_that_is_too_long_is_refused(void)
{
	static char text[INV_RENAME_BYTES + 2];

	memset(text, ' ', sizeof(text) - 1);
	memcpy(text, "{\"a\":\"b\"}", 9);
	refused(text);
}

int
main(void)
{
	static const struct test tests[] = {
		TEST(each_member_stays_in_its_place),
		TEST(names_can_change_places),
		TEST(names_are_compared_decoded),
		TEST(what_is_within_a_member_keeps_its_name),
		TEST(what_is_no_mapping_is_refused),
		TEST(one_that_is_too_long_is_refused),
	};

	return RUN(tests);
}
