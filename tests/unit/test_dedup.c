/* test_dedup.c - rows held against the last row of their key */

#include "data/dedup.h"

#include <stdio.h>

#include "check.h"

enum { LINE = 512 };

#define ONE                                                                    \
	INV_LIT(                                                               \
	    "1111111111111111111111111111111111111111111111111111111111111111")
#define TWO                                                                    \
	INV_LIT(                                                               \
	    "2222222222222222222222222222222222222222222222222222222222222222")

static enum inv_dedup_answer
row(struct inv_dedup *d, uint64_t number, const char *json,
    struct inv_dedup_of *of)
{
	static char line[LINE];
	static struct inv_scan *scan;
	struct inv_record rec;
	struct inv_err err;

	if (scan == NULL)
		scan = inv_scan_new();
	int n = snprintf(line, sizeof(line),
	    "{\"type\":\"record\",\"manifest\":\"11\",\"row\":%ju,"
	    "\"chunk\":0,\"record\":%s}",
	    (uintmax_t)number, json);

	check(inv_record_parse(scan, (struct inv_str){ line, (size_t)n }, &rec,
	    &err));
	return inv_dedup_row(d, &rec, of);
}

static void
tells_which_row_stands(void)
{
	struct inv_dedup *d = inv_dedup_new();
	struct inv_buf errors = INV_BUF(4096);
	struct inv_dedup_of of;
	struct inv_err err;

	check(inv_dedup_begin(d, ONE, INV_LIT("[\"k\"]"), &err));
	check_str(inv_dedup_key(d), "[\"k\"]");
	check(row(d, 1, "{\"k\":1,\"v\":1}", &of) == INV_DEDUP_STANDS);
	check(row(d, 2, "{\"v\":1.0,\"k\":1}", &of) == INV_DEDUP_SAME);
	check(of.row == 1);
	check_str(((struct inv_str){ of.manifest, sizeof(of.manifest) }),
	    "11111111111111111111111111111111");
	check(row(d, 3, "{\"k\":1,\"v\":2}", &of) == INV_DEDUP_OTHER);
	check(of.row == 1);
	inv_dedup_errors(d, &of, &errors);
	check_str(inv_buf_str(&errors),
	    "[{\"type\":\"conflict\",\"loc\":[\"v\"],\"msg\":\"differs from row "
	    "1, which has the same key\",\"input\":2,\"ctx\":{\"row\":1,"
	    "\"value\":1}}]");
	check(row(d, 4, "{\"v\":2}", &of) == INV_DEDUP_UNCOMPARED);

	check(inv_dedup_begin(d, TWO, INV_LIT("[\"k\"]"), &err));
	check(row(d, 1, "{\"k\":1,\"v\":2}", &of) == INV_DEDUP_STANDS);
	check(row(d, 2, "{\"k\":1,\"v\":2}", &of) == INV_DEDUP_SAME);
	check_str(((struct inv_str){ of.manifest, sizeof(of.manifest) }),
	    "22222222222222222222222222222222");
	inv_buf_free(&errors);
	inv_dedup_free(d);
}

static void
the_same_key_of_other_fields_is_another(void)
{
	struct inv_dedup *d = inv_dedup_new();
	struct inv_dedup_of of;
	struct inv_err err;

	check(inv_dedup_begin(d, ONE, INV_LIT("[\"a\"]"), &err));
	check(row(d, 1, "{\"a\":1}", &of) == INV_DEDUP_STANDS);
	check(inv_dedup_begin(d, TWO, INV_LIT("[\"b\"]"), &err));
	check(row(d, 2, "{\"b\":1}", &of) == INV_DEDUP_STANDS);
	check(inv_dedup_begin(d, TWO, INV_LIT(""), &err));
	check_str(inv_dedup_key(d), "null");
	check(row(d, 3, "{\"b\":1}", &of) == INV_DEDUP_STANDS);
	check(row(d, 4, "{\"b\":1}", &of) == INV_DEDUP_SAME);
	inv_dedup_free(d);
	inv_dedup_free(NULL);
}

static void
refuses_what_is_no_key(void)
{
	struct inv_dedup *d = inv_dedup_new();
	struct inv_err err;

	check(!inv_dedup_begin(d, ONE, INV_LIT("[1]"), &err));
	check(err.fault == INV_BAD);
	check(!inv_dedup_begin(d, ONE, INV_LIT("{\"a\":1}"), &err));
	check(err.fault == INV_BAD);
	inv_dedup_free(d);
}

int
main(void)
{
	static const struct test tests[] = {
		TEST(tells_which_row_stands),
		TEST(the_same_key_of_other_fields_is_another),
		TEST(refuses_what_is_no_key),
	};

	return RUN(tests);
}
