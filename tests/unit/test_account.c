/* test_account - does data/account keep its header's promises? */

#include <stdio.h>
#include <stdlib.h>

#include "check.h"

#include "data/account.h"

#define ID "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static struct inv_scan *scan;

/* Feed one line, as inv-audit does. */
static void
feed(struct inv_account *a, const char *text)
{
	struct inv_record rec;
	struct inv_err err;

	if (!inv_record_parse(scan, inv_str_of(text), &rec, &err)) {
		printf("# %s: %s\n", text, err.msg);
		abort();
	}
	switch (rec.kind) {
	case INV_LINE_MANIFEST:
		inv_account_begin(a, &rec, 1);
		break;
	case INV_LINE_STAGE:
		inv_account_stage(a, &rec);
		break;
	case INV_LINE_RECORD:
		inv_account_record(a, &rec);
		break;
	case INV_LINE_BATCH:
		inv_account_batch(a, &rec);
		break;
	case INV_LINE_END:
		inv_account_end(a, &rec, true);
		break;
	case INV_LINE_OTHER:
	case INV_LINE_BODY:
		break;
	}
}

static void
feed_row(struct inv_account *a, unsigned row, const char *more)
{
	char text[1024];

	(void)snprintf(text, sizeof(text),
	    "{\"type\":\"record\",\"manifest\":\"" ID
	    "\",\"row\":%u,\"line\":%u,\"chunk\":0,\"record\":{}%s%s}",
	    row, row + 1, more[0] != '\0' ? "," : "", more);
	feed(a, text);
}

static void
begin(struct inv_account *a)
{
	feed(a,
	    "{\"type\":\"manifest\",\"manifest\":\"" ID ID
	    "\",\"run\":\"0123456789abcdef\"}");
}

#define RULED(verdict, reason)                                                 \
	"\"verdict\":\"" verdict "\",\"stage\":\"s\",\"reason\":\"" reason "\""
#define OF(row) ",\"of\":{\"manifest\":\"" ID "\",\"row\":" #row "}"

static void
rows_of_a_kind_are_one_group(void)
{
	struct inv_account a = { 0 };

	begin(&a);
	for (unsigned r = 1; r <= 10; r++)
		feed_row(&a, r,
		    r % 2 ? RULED("quarantined", "x") : RULED("held", "y"));
	feed_row(&a, 11, RULED("quarantined", "z"));
	feed_row(&a, 12, "");
	check(a.groups == 4);
	check(a.group[0].verdict == INV_QUARANTINED);
	check(a.group[0].rows.count == 5 && a.group[0].rows.n == 5);
	check(a.group[1].rows.count == 5);
	check(a.counts[INV_QUARANTINED] == 6 && a.counts[INV_HELD] == 5);
	check(a.counts[INV_PENDING] == 1 && a.group[3].reason_n == 0);
	check(a.highest == 12 && inv_account_seen(&a) == 12);
	inv_account_free(&a);
}

static void
errors_are_counted_by_type(void)
{
	struct inv_account a = { 0 };

	begin(&a);
	for (unsigned r = 1; r <= 3; r++)
		feed_row(&a, r,
		    RULED("quarantined", "x") ",\"errors\":[{\"type\":\"m\","
					      "\"loc\":[{\"type\":\"no\"}]},"
					      "{\"loc\":[],\"type\":\"n\"},"
					      "{\"type\":\"m\"},7]");
	check(a.groups == 1 && a.group[0].flaws == 2);
	check(a.group[0].flaw[0].count == 6 && a.group[0].flaw[1].count == 3);
	check_str(inv_str_of(a.group[0].flaw[1].type), "n");
	inv_account_free(&a);
}

static void
past_the_ceiling_groups_and_types_are_put_together(void)
{
	struct inv_account a = { 0 };
	char more[256];

	begin(&a);
	for (unsigned r = 1; r <= 2 * INV_GROUPS_MAX; r++) {
		(void)snprintf(more, sizeof(more),
		    "\"verdict\":\"held\",\"stage\":\"s\",\"reason\":\"r%u\","
		    "\"errors\":[{\"type\":\"t\"}]",
		    r);
		feed_row(&a, r, more);
	}
	check(a.groups == INV_GROUPS_MAX + 1);
	check(a.group[INV_GROUPS_MAX].rows.count == INV_GROUPS_MAX);
	check(a.counts[INV_HELD] == 2 * (uint64_t)INV_GROUPS_MAX);
	begin(&a);
	check(a.groups == 0 && a.counts[INV_HELD] == 0);
	for (unsigned r = 1; r <= 2 * INV_FLAWS_MAX; r++) {
		(void)snprintf(more, sizeof(more),
		    RULED("quarantined",
			"x") ",\"errors\":[{\"type\":\"t%u\"}]",
		    r);
		feed_row(&a, r, more);
	}
	check(a.group[0].flaws == INV_FLAWS_MAX + 1);
	check(a.group[0].flaw[INV_FLAWS_MAX].count == INV_FLAWS_MAX);
	inv_account_free(&a);
}

static void
duplicates_remember_whose_they_are(void)
{
	struct inv_account a = { 0 };

	begin(&a);
	feed_row(&a, 1, RULED("skipped", "duplicate") OF(5));
	feed_row(&a, 2, RULED("skipped", "duplicate") OF(6));
	feed_row(&a, 3, RULED("skipped", "duplicate") OF(6));
	feed_row(&a, 4, RULED("skipped", "duplicate"));
	feed_row(&a, 7, RULED("skipped", "filtered") OF(6));
	check(a.winners == 3);
	check(a.winner[0].first == 5 && a.winner[0].last == 6);
	check(a.winner[1].first == 6 && a.winner[1].last == 6);
	check(a.winner[2].last == 0);
	check(memcmp(a.winner[0].manifest, ID, INV_MANIFEST_SHORT) == 0);
	inv_account_free(&a);
}

static void
claims_are_found_by_key_and_held_against_rows(void)
{
	struct inv_account a = { 0 };
	struct inv_rows rows = { 0 };
	unsigned char key[INV_DIGEST];

	begin(&a);
	feed(&a,
	    "{\"type\":\"batch\",\"manifest\":\"" ID "\",\"chunk\":0,"
	    "\"rows\":[[4,6],[8,8]],\"verdict\":\"committed\","
	    "\"batch_hash\":\"" ID ID "\",\"idempotency_key\":\"" ID ID "\"}");
	feed(&a,
	    "{\"type\":\"batch\",\"manifest\":\"" ID "\",\"chunk\":0,"
	    "\"rows\":[[1,3]],\"verdict\":\"committed\"}");
	inv_account_sort(&a);
	check(a.counts[INV_COMMITTED] == 7 && a.highest == 8);
	memset(key, 0xaa, sizeof(key));
	struct inv_claim *c = inv_account_claim(&a, key);

	check(c != NULL && c->rows == 4 && c->hash[31] == 0xaa);
	inv_rows_join(&rows, 4, 6);
	check(!inv_account_fits(&a, c, &rows));
	inv_rows_join(&rows, 8, 8);
	check(inv_account_fits(&a, c, &rows));
	inv_rows_join(&rows, 9, 9);
	check(!inv_account_fits(&a, c, &rows));
	key[0] = 0;
	check(inv_account_claim(&a, key) == NULL);
	inv_rows_free(&rows);
	inv_account_free(&a);
}

static void
the_lines_of_the_block_are_kept(void)
{
	struct inv_account a = { 0 };

	begin(&a);
	feed(&a, "{\"type\":\"stage\",\"stage\":\"inv-split\"}");
	check(!a.validated);
	feed(&a, "{\"type\":\"stage\",\"stage\":\"inv-validate\"}");
	feed(&a,
	    "{\"type\":\"record\",\"verdict\":\"quarantined\","
	    "\"stage\":\"s\",\"reason\":\"malformed_line\",\"raw\":\"x\"}");
	feed(&a,
	    "{\"type\":\"end\",\"manifest\":\"" ID "\",\"rows\":0,"
	    "\"refused\":{\"reason\":\"x\",\"msg\":\"y\"}}");
	check(a.validated && a.malformed == 1 && a.groups == 0);
	check(a.complete && a.rows == 0);
	check_str(inv_buf_str(&a.refused), "{\"reason\":\"x\",\"msg\":\"y\"}");
	check_str(inv_buf_str(&a.stages),
	    "{\"type\":\"stage\",\"stage\":\"inv-split\"}\n"
	    "{\"type\":\"stage\",\"stage\":\"inv-validate\"}\n");
	check_str(inv_buf_str(&a.manifest),
	    "{\"type\":\"manifest\",\"manifest\":\"" ID ID
	    "\",\"run\":\"0123456789abcdef\"}");
	inv_account_free(&a);
}

int
main(void)
{
	static const struct test tests[] = {
		TEST(rows_of_a_kind_are_one_group),
		TEST(errors_are_counted_by_type),
		TEST(past_the_ceiling_groups_and_types_are_put_together),
		TEST(duplicates_remember_whose_they_are),
		TEST(claims_are_found_by_key_and_held_against_rows),
		TEST(the_lines_of_the_block_are_kept),
	};

	scan = inv_scan_new();
	int rc = RUN(tests);

	inv_scan_free(scan);
	return rc;
}
