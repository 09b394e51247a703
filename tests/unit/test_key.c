/* test_key - does data/key keep its header's promises? */

#include <stdio.h>
#include <stdlib.h>

#include "check.h"

#include "data/key.h"

static struct inv_scan *scan;
static struct inv_digest *digest;

/* The key of a record, as hex: names is a JSON list. */
static const char *
key(const char *names, const char *record)
{
	static char hex[8][2 * INV_KEY + 1];
	static int at;
	unsigned char out[INV_KEY];
	struct inv_key k;
	struct inv_err err;

	at = (at + 1) % 8;
	if (!inv_key_init(&k, digest, inv_str_of(names), &err) ||
	    !inv_scan_object(scan, inv_str_of(record), &err))
		return "failed";
	inv_key_of(&k, digest, inv_scan_record(scan), inv_str_of(record), out);
	inv_str_hex(out, sizeof(out), hex[at]);
	return hex[at];
}

#define same(n1, r1, n2, r2) (strcmp(key(n1, r1), key(n2, r2)) == 0)

static void
only_the_named_members_count(void)
{
	check(same("[\"a\"]", "{\"a\":\"1\",\"b\":\"2\"}", "[\"a\"]",
	    "{\"a\":\"1\",\"b\":\"3\"}"));
	check(same("[\"a\"]", "{\"a\":\"1\",\"b\":\"2\"}", "[\"a\"]",
	    "{\"b\":\"2\",\"a\":\"1\"}"));
	check(!same("[\"a\"]", "{\"a\":\"1\"}", "[\"a\"]", "{\"a\":\"2\"}"));
	check(!same("[\"a\"]", "{\"a\":\"1\"}", "[\"a\"]", "{\"a\":1}"));
}

static void
parts_do_not_run_together(void)
{
	check(!same("[\"a\",\"b\"]", "{\"a\":\"x:y\",\"b\":\"z\"}",
	    "[\"a\",\"b\"]", "{\"a\":\"x\",\"b\":\"y:z\"}"));
	check(!same("[\"a\",\"b\"]", "{\"a\":12,\"b\":3}", "[\"a\",\"b\"]",
	    "{\"a\":1,\"b\":23}"));
}

static void
other_names_are_other_keys(void)
{
	check(!same("[\"a\"]", "{\"a\":\"1\",\"b\":\"1\"}", "[\"b\"]",
	    "{\"a\":\"1\",\"b\":\"1\"}"));
	check(!same("[\"a\",\"b\"]", "{\"a\":1,\"b\":2}", "[\"b\",\"a\"]",
	    "{\"a\":2,\"b\":1}"));
}

static void
a_missing_member_is_told_from_every_value(void)
{
	check(!same("[\"a\"]", "{}", "[\"a\"]", "{\"a\":\"\"}"));
	check(!same("[\"a\"]", "{}", "[\"a\"]", "{\"a\":null}"));
	check(same("[\"a\"]", "{}", "[\"a\"]", "{\"b\":1}"));
}

static void
without_names_the_whole_record_is_the_key(void)
{
	check(same("", "{\"a\":1}", "null", "{\"a\":1}"));
	check(same("[]", "{\"a\":1}", "null", "{\"a\":1}"));
	check(!same("null", "{\"a\":1}", "null", "{\"a\":1,\"b\":2}"));
}

static void
long_values_hash_as_short_ones_do(void)
{
	char a[2100] = "{\"a\":\"";
	char b[2100] = "{\"b\":1,\"a\":\"";

	memset(a + strlen(a), 'x', 2000);
	strcat(a, "\"}");
	memset(b + strlen(b), 'x', 2000);
	strcat(b, "\"}");
	check(same("[\"a\"]", a, "[\"a\"]", b));
	a[1000] = 'y';
	check(!same("[\"a\"]", a, "[\"a\"]", b));
}

static void
the_two_ways_of_hashing_agree(void)
{
	/* The same parts, gathered and one by one. */
	struct inv_key k;
	struct inv_err err;
	struct inv_str record = INV_LIT("{\"a\":\"xyz\"}");
	unsigned char gathered[INV_KEY];
	unsigned char full[INV_DIGEST];

	check(inv_key_init(&k, digest, INV_LIT("[\"a\"]"), &err));
	check(inv_scan_object(scan, record, &err));
	inv_key_of(&k, digest, inv_scan_record(scan), record, gathered);
	inv_digest_begin(digest);
	inv_digest_add(digest,
	    (struct inv_str){ (const char *)k.names, sizeof(k.names) });
	inv_digest_part(digest, INV_LIT("\"xyz\""));
	inv_digest_end(digest, full);
	check(memcmp(gathered, full, INV_KEY) == 0);
}

static void
what_is_no_list_of_names_is_refused(void)
{
	static const char *const bad[] = { "{}", "\"a\"", "[1]", "[[\"a\"]]",
		"true" };
	struct inv_key k;
	struct inv_err err;

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		err.fault = INV_OK;
		check(!inv_key_init(&k, digest, inv_str_of(bad[i]), &err));
		check(err.fault == INV_BAD);
	}
	check(!inv_key_init(&k, digest,
	    INV_LIT("[\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\",\"9\","
		    "\"a\",\"b\",\"c\",\"d\",\"e\",\"f\",\"g\",\"h\"]"),
	    &err));
}

static void
the_list_is_given_back_as_it_came(void)
{
	struct inv_key k;
	struct inv_err err;

	check(inv_key_init(&k, digest, INV_LIT("[\"a\",\"b\"]"), &err));
	check_str(inv_key_json(&k), "[\"a\",\"b\"]");
	check(inv_key_init(&k, digest, INV_LIT(""), &err));
	check_str(inv_key_json(&k), "null");
}

int
main(void)
{
	static const struct test tests[] = {
		TEST(only_the_named_members_count),
		TEST(parts_do_not_run_together),
		TEST(other_names_are_other_keys),
		TEST(a_missing_member_is_told_from_every_value),
		TEST(without_names_the_whole_record_is_the_key),
		TEST(long_values_hash_as_short_ones_do),
		TEST(the_two_ways_of_hashing_agree),
		TEST(what_is_no_list_of_names_is_refused),
		TEST(the_list_is_given_back_as_it_came),
	};

	scan = inv_scan_new();
	digest = inv_digest_new();
	int rc = RUN(tests);

	inv_scan_free(scan);
	inv_digest_free(digest);
	return rc;
}
