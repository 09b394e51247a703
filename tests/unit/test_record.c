/* test_record - one line of the stream: kind, spans, verdict, provenance */

#include "data/record.h"

#include "check.h"
#include "data/emit.h"

#define ID "0123456789abcdef0123456789abcdef"

static struct inv_scan *scan;
static struct inv_record rec;

/* What is wrong with a line: "" where nothing is. */
static struct inv_str
fault_of(const char *text)
{
	static struct inv_err err;

	err.msg[0] = '\0';
	if (!inv_record_parse(scan, inv_str_of(text), &rec, &err))
		check(err.fault == INV_BAD && err.msg[0] != '\0');
	return inv_str_of(err.msg);
}

#define IS_LINE(text) check_str(fault_of(text), "")
#define IS_NONE(text, why) check_str(fault_of(text), (why))

static void
a_verdict_has_a_name_and_a_name_its_verdict(void)
{
	enum inv_verdict v = INV_PENDING;

	for (int i = INV_COMMITTED; i < INV_VERDICTS; i++) {
		check(inv_verdict_of(inv_verdict_name((enum inv_verdict)i),
		    &v));
		check(v == (enum inv_verdict)i);
	}
	check_str(inv_verdict_name(INV_PENDING), "pending");
	check(!inv_verdict_of(INV_LIT("pending"), &v));
	check(!inv_verdict_of(INV_LIT("Committed"), &v));
	check(!inv_verdict_of(INV_LIT(""), &v));
}

static void
a_pending_record_is_told_by_its_members_in_any_order(void)
{
	IS_LINE("{\"record\":{\"a\":1.50},\"chunk\":1,\"line\":503,\"row\":501,"
		"\"manifest\":\"" ID "\",\"type\":\"record\"}");
	check(rec.kind == INV_LINE_RECORD && rec.verdict == INV_PENDING);
	check(rec.row == 501 && rec.line == 503 && rec.chunk == 1);
	check_str(rec.manifest, ID);
	check_str(rec.record, "{\"a\":1.50}");
	check(rec.fields->n == 1 && rec.outer->n == 6);
	check(rec.reason.n == 0);
}

/* As inv-split orders the members, and turned round: the same is said. */
static void
the_order_of_members_changes_nothing(void)
{
	static const char *const values[][6] = {
		/* type, manifest, row, line, chunk, record */
		{ "\"record\"", "\"" ID "\"", "501", "503", "1", "{\"a\":1}" },
		{ "\"record\"", "\"\"", "1", "0", "0", "{}" },
		{ "\"record\"", "\"" ID "\"", "0", "1", "0", "{}" },
		{ "\"record\"", "\"" ID "\"", "1099511627776", "1", "0", "{}" },
		{ "\"record\"", "\"" ID "\"", "1.0", "1", "0", "{}" },
		{ "\"record\"", "\"" ID "\"", "\"1\"", "1", "0", "{}" },
		{ "\"record\"", "\"" ID "\"", "1", "-1", "0", "{}" },
		{ "\"record\"", "\"" ID "\"", "1", "1e0", "0", "{}" },
		{ "\"record\"", "\"" ID "\"", "1", "1", "-1", "{}" },
		{ "\"record\"", "\"" ID "\"", "1", "1", "null", "{}" },
		{ "\"record\"", "\"" ID "\"", "1", "1", "0", "[]" },
		{ "\"record\"", "7", "1", "1", "0", "{}" },
		{ "\"batch\"", "\"" ID "\"", "1", "1", "0", "{}" },
		{ "\"recor\\u0064\"", "\"" ID "\"", "1", "1", "0", "{}" },
		{ "null", "\"" ID "\"", "1", "1", "0", "{}" },
	};

	for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++) {
		const char *const *v = values[i];
		char text[256], why[INV_ERR_MSG];

		snprintf(text, sizeof(text),
		    "{\"record\":%s,\"chunk\":%s,\"line\":%s,\"row\":%s,"
		    "\"manifest\":%s,\"type\":%s}",
		    v[5], v[4], v[3], v[2], v[1], v[0]);
		snprintf(why, sizeof(why), "%.*s", INV_ARG(fault_of(text)));
		struct inv_record was = rec;
		size_t manifest = rec.manifest.n, record = rec.record.n;

		snprintf(text, sizeof(text),
		    "{\"type\":%s,\"manifest\":%s,\"row\":%s,\"line\":%s,"
		    "\"chunk\":%s,\"record\":%s}",
		    v[0], v[1], v[2], v[3], v[4], v[5]);
		check_str(fault_of(text), why);
		if (why[0] != '\0')
			continue;
		check(rec.kind == was.kind && rec.row == was.row);
		check(rec.line == was.line && rec.chunk == was.chunk);
		check(rec.verdict == was.verdict && rec.reason.n == 0);
		check(rec.manifest.n == manifest && rec.record.n == record);
	}
}

#define HEAD "{\"type\":\"record\",\"manifest\":\"" ID "\","
#define USUAL HEAD "\"row\":1,\"line\":2,\"chunk\":0,\"record\":"

/* But for one thing as inv-split writes it. */
static void
what_is_not_quite_as_usual_is_told_or_refused_as_ever(void)
{
	IS_LINE(USUAL "{\"a\":1}}");
	check(rec.outer->n == 6 && rec.fields->n == 1);
	check_str(rec.outer->at[0].key, "type");
	check_str(rec.outer->at[0].value, "\"record\"");
	check_str(rec.outer->at[1].key, "manifest");
	check_str(rec.outer->at[1].value, "\"" ID "\"");
	check_str(rec.outer->at[4].key, "chunk");
	check_str(rec.outer->at[4].value, "0");
	check_str(rec.outer->at[5].key, "record");
	check_str(rec.outer->at[5].value, "{\"a\":1}");
	IS_LINE(USUAL "{}}  ");
	check_str(rec.record, "{}");
	IS_LINE(USUAL "{} }");
	IS_LINE(USUAL "{},\"x\":1}");
	check(rec.outer->n == 7);
	IS_LINE(USUAL "{},\"verdict\":\"skipped\"}");
	check(rec.verdict == INV_SKIPPED);
	IS_NONE(USUAL "{},\"row\":1}", "byte 111: the same member twice");
	IS_NONE(USUAL "{}}x", "byte 103: something behind the value");
	IS_NONE(USUAL "{}", "byte 102: an array or object does not end");
	IS_NONE(USUAL "{\"a\":1,\"a\":2}}", "byte 113: the same member twice");
	IS_NONE(HEAD "\"row\":01,\"line\":2,\"chunk\":0,\"record\":{}}",
	    "byte 72: not a number");
	IS_NONE(HEAD "\"row\":,\"line\":2,\"chunk\":0,\"record\":{}}",
	    "byte 70: not a JSON value");
	IS_LINE(HEAD "\"row\":1,\"line\":9007199254740992,\"chunk\":0,"
		     "\"record\":{}}");
	check(rec.line == 0);
	IS_NONE(HEAD "\"row\":1,\"line\":2,\"chunk\":9007199254740992,"
		     "\"record\":{}}",
	    "a record line without row and chunk");
}

static void
a_pending_record_needs_its_place_and_its_record(void)
{
	IS_LINE("{\"type\":\"record\",\"row\":1,\"chunk\":0,\"record\":{}}");
	check(rec.line == 0);
	IS_NONE("{\"type\":\"record\",\"chunk\":0,\"record\":{}}",
	    "a record line without row and chunk");
	IS_NONE("{\"type\":\"record\",\"row\":0,\"chunk\":0,\"record\":{}}",
	    "a record line without row and chunk");
	IS_NONE("{\"type\":\"record\",\"row\":1.0,\"chunk\":0,\"record\":{}}",
	    "a record line without row and chunk");
	IS_NONE("{\"type\":\"record\",\"row\":\"1\",\"chunk\":0,\"record\":{}}",
	    "a record line without row and chunk");
	IS_NONE("{\"type\":\"record\",\"row\":1,\"record\":{}}",
	    "a record line without row and chunk");
	IS_NONE("{\"type\":\"record\",\"row\":1,\"chunk\":0}",
	    "a record line without its record");
	IS_NONE("{\"type\":\"record\",\"row\":1,\"chunk\":0,\"record\":[]}",
	    "a record line without its record");
}

static void
a_verdict_is_one_of_five(void)
{
	IS_LINE("{\"type\":\"record\",\"row\":7,\"chunk\":0,\"record\":{},"
		"\"verdict\":\"held\",\"reason\":\"not_attempted\"}");
	check(rec.verdict == INV_HELD && rec.row == 7);
	check_str(rec.reason, "not_attempted");
	IS_NONE("{\"type\":\"record\",\"row\":7,\"chunk\":0,\"record\":{},"
		"\"verdict\":\"pending\"}",
	    "a record line with an unknown verdict");
	IS_NONE("{\"type\":\"record\",\"row\":7,\"chunk\":0,\"record\":{},"
		"\"verdict\":null}",
	    "a record line with an unknown verdict");
}

static void
a_verdict_may_stand_on_a_line_without_row_or_record(void)
{
	IS_LINE("{\"type\":\"record\",\"verdict\":\"quarantined\","
		"\"reason\":\"malformed_line\",\"raw\":\"x\"}");
	check(rec.row == 0 && rec.record.n == 0);
	/* A row without its chunk is no row: `end` will miss it. */
	IS_LINE("{\"type\":\"record\",\"verdict\":\"quarantined\",\"row\":5}");
	check(rec.row == 0);
}

static void
part_of_a_verdict_without_one_is_refused(void)
{
	static const char *const part[] = { "\"stage\":\"jq\"",
		"\"reason\":\"filtered\"", "\"errors\":[]", "\"of\":{}",
		"\"on\":{}" };
	char line[200];

	for (size_t i = 0; i < sizeof(part) / sizeof(*part); i++) {
		snprintf(line, sizeof(line),
		    "{\"type\":\"record\",\"manifest\":\"" ID "\",\"row\":1,"
		    "\"line\":2,\"chunk\":0,\"record\":{},%s}",
		    part[i]);
		IS_NONE(line,
		    "a record line with part of a verdict, but without one");
	}
	IS_NONE("{\"type\":\"record\",\"row\":1,\"chunk\":0,\"record\":{},"
		"\"stage\":{}}",
	    "a record line with part of a verdict, but without one");
	IS_LINE("{\"type\":\"record\",\"manifest\":\"" ID "\",\"row\":1,"
		"\"line\":2,\"chunk\":0,\"record\":{\"stage\":1},\"new\":1}");
}

static void
a_manifest_line_has_an_id_and_a_run(void)
{
	IS_LINE("{\"type\":\"manifest\",\"manifest\":\"" ID ID "\","
		"\"run\":\"0123456789abcdef\"}");
	check(rec.kind == INV_LINE_MANIFEST);
	IS_NONE("{\"type\":\"manifest\",\"manifest\":\"" ID "\","
		"\"run\":\"0123456789abcdef\"}",
	    "a manifest line without its id of 64 hex digits");
	IS_NONE("{\"type\":\"manifest\",\"manifest\":\"" ID
		"0123456789ABCDEF0123456789ABCDEF\","
		"\"run\":\"0123456789abcdef\"}",
	    "a manifest line without its id of 64 hex digits");
	IS_NONE("{\"type\":\"manifest\",\"run\":\"0123456789abcdef\"}",
	    "a manifest line without its id of 64 hex digits");
	IS_NONE("{\"type\":\"manifest\",\"manifest\":\"" ID ID "\","
		"\"run\":\"0123456789abcde\"}",
	    "a manifest line without its run of 16 hex digits");
}

static void
a_batch_line_is_committed_and_has_rows(void)
{
	IS_LINE("{\"type\":\"batch\",\"rows\":[[1,6]],"
		"\"verdict\":\"committed\"}");
	check(rec.kind == INV_LINE_BATCH && rec.verdict == INV_COMMITTED);
	IS_NONE("{\"type\":\"batch\",\"rows\":5,\"verdict\":\"committed\"}",
	    "a batch line without its rows");
	IS_NONE("{\"type\":\"batch\",\"rows\":[[1,6]],\"verdict\":\"held\"}",
	    "a batch line that is not committed");
	IS_NONE("{\"type\":\"batch\",\"rows\":[[1,6]]}",
	    "a batch line that is not committed");
}

static void
an_end_line_says_how_many_rows(void)
{
	IS_LINE("{\"type\":\"end\",\"rows\":1000}");
	check(rec.kind == INV_LINE_END && rec.row == 1000);
	IS_NONE("{\"type\":\"end\",\"rows\":-1}",
	    "an end line without its number of rows");
	IS_NONE("{\"type\":\"end\"}", "an end line without its number of rows");
}

static void
other_types_are_lines_too(void)
{
	IS_LINE("{\"type\":\"stage\",\"stage\":\"inv-dedup\"}");
	check(rec.kind == INV_LINE_STAGE);
	IS_LINE("{\"type\":\"report\"}");
	check(rec.kind == INV_LINE_OTHER);
	IS_LINE("{}");
	check(rec.kind == INV_LINE_OTHER);
	IS_LINE("{\"type\":5}");
	check(rec.kind == INV_LINE_OTHER);
	check(fault_of("[1]").n > 0);
	check(fault_of("{\"type\":\"record\"").n > 0);
	check(fault_of("not JSON").n > 0);
}

static void
a_name_that_hides_behind_escapes_is_refused(void)
{
	static const char why[] = "a member whose name is escaped without need";

	IS_NONE("{\"\\u0074ype\":\"record\",\"row\":1}", why);
	IS_NONE("{\"type\":\"end\",\"rows\":0,\"\\u0063ounts\":{}}", why);
	IS_LINE("{\"type\":\"end\",\"rows\":0,\"\\u00e9\":1,\"a\\\"b\":2}");
	IS_LINE("{\"type\":\"record\",\"row\":1,\"chunk\":0,"
		"\"record\":{\"\\u0061\":1}}");
}

static bool
are_rows(const char *json, struct inv_rows *rows)
{
	inv_rows_reset(rows);
	return inv_record_rows(inv_str_of(json), rows);
}

static void
ranges_of_rows_ascend_and_do_not_overlap(void)
{
	struct inv_rows rows = { 0 };

	check(are_rows("[[1,6],[8,500]]", &rows));
	check(rows.n == 2 && rows.count == 499);
	check(are_rows("[[1,6],[7,7]]", &rows));
	check(rows.n == 1 && rows.count == 7);
	check(are_rows("[ [ 3 , 3 ] ]", &rows) && rows.count == 1);
	check(are_rows("[]", &rows) && rows.count == 0);
	check(!are_rows("[[1,6],[6,8]]", &rows));
	check(!are_rows("[[8,9],[1,6]]", &rows));
	check(!are_rows("[[6,1]]", &rows));
	check(!are_rows("[[0,1]]", &rows));
	check(!are_rows("[[1]]", &rows));
	check(!are_rows("[[1,2,3]]", &rows));
	check(!are_rows("[1,2]", &rows));
	check(!are_rows("[[1,\"2\"]]", &rows));
	check(!are_rows("[[1,2.0]]", &rows));
	check(!are_rows("[[1,18446744073709551615]]", &rows));
	check(!are_rows("[[1,18446744073709551616]]", &rows));
	inv_rows_free(&rows);
}

static void
members_are_read_by_name_and_kind(void)
{
	uint64_t v = 7;

	IS_LINE(
	    "{\"type\":\"x\",\"n\":12,\"s\":\"12\",\"f\":1.5,\"t\":\"a\\n\"}");
	check(inv_member_u64(rec.outer, "n", &v) && v == 12);
	check(!inv_member_u64(rec.outer, "s", &v));
	check(!inv_member_u64(rec.outer, "f", &v));
	check(!inv_member_u64(rec.outer, "no", &v) && v == 12);
	check_str(inv_member_text(rec.outer, "t"), "a\\n");
	check(inv_member_text(rec.outer, "n").n == 0);
	check(inv_member_text(rec.outer, "no").n == 0);
}

static void
a_ruling_is_spliced_in_before_the_last_brace(void)
{
	struct inv_buf b = INV_BUF(1000);
	struct inv_ruling ruling = {
		.verdict = INV_SKIPPED,
		.stage = INV_LIT("inv-dedup"),
		.reason = INV_LIT("duplicate"),
		.more = INV_LIT("\"of\":{\"row\":2}"),
	};

	IS_LINE("{\"type\":\"record\",\"row\":1,\"chunk\":0,"
		"\"record\":{\"b\":1.50, \"a\":{}}} ");
	inv_record_rule(&b, &rec, &ruling);
	check_str(inv_buf_str(&b),
	    "{\"type\":\"record\",\"row\":1,\"chunk\":0,"
	    "\"record\":{\"b\":1.50, \"a\":{}},\"verdict\":\"skipped\","
	    "\"stage\":\"inv-dedup\",\"reason\":\"duplicate\","
	    "\"of\":{\"row\":2}}");
	inv_buf_reset(&b);
	ruling.more = (struct inv_str){ NULL, 0 };
	ruling.errors = INV_LIT("[{\"type\":\"missing\"}]");
	inv_record_rule(&b, &rec, &ruling);
	check_str(inv_buf_str(&b),
	    "{\"type\":\"record\",\"row\":1,\"chunk\":0,"
	    "\"record\":{\"b\":1.50, \"a\":{}},\"verdict\":\"skipped\","
	    "\"stage\":\"inv-dedup\",\"reason\":\"duplicate\","
	    "\"errors\":[{\"type\":\"missing\"}]}");
	inv_buf_free(&b);
}

static void
a_replaced_record_leaves_all_else_as_it_was(void)
{
	struct inv_buf b = INV_BUF(1000);

	IS_LINE("{ \"row\":1,\"record\": {\"b\":1.50} , \"chunk\":0,"
		"\"type\":\"record\" }");
	inv_record_replace(&b, &rec, INV_LIT("{\"b\":1.5}"),
	    (struct inv_str){ 0 }, (struct inv_str){ 0 });
	check_str(inv_buf_str(&b),
	    "{ \"row\":1,\"record\": {\"b\":1.5} , \"chunk\":0,"
	    "\"type\":\"record\" }");
	inv_buf_free(&b);
}

static void
warnings_stand_behind_the_record_once(void)
{
	struct inv_buf b = INV_BUF(1000);

	IS_LINE("{\"type\":\"record\",\"row\":1,\"record\":{},\"chunk\":0}");
	inv_record_replace(&b, &rec, INV_LIT("{}"), INV_LIT("[1]"),
	    (struct inv_str){ 0 });
	check_str(inv_buf_str(&b),
	    "{\"type\":\"record\",\"row\":1,\"record\":{},\"warnings\":[1],"
	    "\"chunk\":0}");
	inv_buf_reset(&b);
	IS_LINE("{\"type\":\"record\",\"row\":1,\"warnings\":[7],"
		"\"record\":{},\"chunk\":0}");
	inv_record_replace(&b, &rec, INV_LIT("{}"), INV_LIT("[1]"),
	    (struct inv_str){ 0 });
	check_str(inv_buf_str(&b),
	    "{\"type\":\"record\",\"row\":1,\"warnings\":[1],"
	    "\"record\":{},\"chunk\":0}");
	inv_buf_reset(&b);
	IS_LINE("{\"type\":\"record\",\"row\":1,\"record\":{},"
		"\"warnings\":[7],\"chunk\":0}");
	inv_record_replace(&b, &rec, INV_LIT("{\"a\":1}"),
	    (struct inv_str){ 0 }, (struct inv_str){ 0 });
	check_str(inv_buf_str(&b),
	    "{\"type\":\"record\",\"row\":1,\"record\":{\"a\":1},"
	    "\"warnings\":[],\"chunk\":0}");
	inv_buf_free(&b);
}

static void
attachments_stand_behind_the_record_once(void)
{
	struct inv_buf b = INV_BUF(1000);

	IS_LINE("{\"type\":\"record\",\"row\":1,\"record\":{},\"chunk\":0}");
	inv_record_replace(&b, &rec, INV_LIT("{}"), INV_LIT("[1]"),
	    INV_LIT("[2]"));
	check_str(inv_buf_str(&b),
	    "{\"type\":\"record\",\"row\":1,\"record\":{},\"warnings\":[1],"
	    "\"attachments\":[2],\"chunk\":0}");
	inv_buf_reset(&b);
	IS_LINE("{\"attachments\":[7],\"type\":\"record\",\"row\":1,"
		"\"warnings\":[8],\"record\":{},\"chunk\":0}");
	inv_record_replace(&b, &rec, INV_LIT("{\"a\":1}"), INV_LIT("[1]"),
	    INV_LIT("[2]"));
	check_str(inv_buf_str(&b),
	    "{\"attachments\":[2],\"type\":\"record\",\"row\":1,"
	    "\"warnings\":[1],\"record\":{\"a\":1},\"chunk\":0}");
	inv_buf_reset(&b);
	inv_record_replace(&b, &rec, INV_LIT("{}"), INV_LIT("[1]"),
	    (struct inv_str){ 0 });
	check_str(inv_buf_str(&b),
	    "{\"attachments\":[7],\"type\":\"record\",\"row\":1,"
	    "\"warnings\":[1],\"record\":{},\"chunk\":0}");
	inv_buf_free(&b);
}

static void
a_written_head_reads_back(void)
{
	struct inv_buf b = INV_BUF(1000);
	struct inv_err err;

	inv_record_head(&b, INV_LIT(ID), 501, 777, 1);
	inv_buf_add(&b, INV_LIT("\"record\":{}}"));
	check(inv_record_parse(scan, inv_buf_str(&b), &rec, &err));
	check(rec.row == 501 && rec.line == 777 && rec.chunk == 1);
	check_str(rec.manifest, ID);
	inv_buf_free(&b);
}

static const struct test tests[] = {
	TEST(a_verdict_has_a_name_and_a_name_its_verdict),
	TEST(a_pending_record_is_told_by_its_members_in_any_order),
	TEST(the_order_of_members_changes_nothing),
	TEST(what_is_not_quite_as_usual_is_told_or_refused_as_ever),
	TEST(a_pending_record_needs_its_place_and_its_record),
	TEST(a_verdict_is_one_of_five),
	TEST(a_verdict_may_stand_on_a_line_without_row_or_record),
	TEST(part_of_a_verdict_without_one_is_refused),
	TEST(a_manifest_line_has_an_id_and_a_run),
	TEST(a_batch_line_is_committed_and_has_rows),
	TEST(an_end_line_says_how_many_rows),
	TEST(other_types_are_lines_too),
	TEST(a_name_that_hides_behind_escapes_is_refused),
	TEST(ranges_of_rows_ascend_and_do_not_overlap),
	TEST(members_are_read_by_name_and_kind),
	TEST(a_ruling_is_spliced_in_before_the_last_brace),
	TEST(a_replaced_record_leaves_all_else_as_it_was),
	TEST(warnings_stand_behind_the_record_once),
	TEST(attachments_stand_behind_the_record_once),
	TEST(attachments_stand_behind_the_record_once),
	TEST(a_written_head_reads_back),
};

int
main(void)
{
	scan = inv_scan_new();
	int rc = RUN(tests);

	inv_scan_free(scan);
	return rc;
}
