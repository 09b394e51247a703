/* test_filter - the record loop that all filters share, and the law */

#include "prog/filter.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>

#include "base/log.h"
#include "check.h"
#include "child.h"

#define SHORT "0123456789abcdef0123456789abcdef"
#define ID SHORT "0123456789abcdef0123456789abcdef"
#define OTHER "ffffffffffffffffffffffffffffffff"
#define MANIFEST                                                               \
	"{\"type\":\"manifest\",\"v\":1,\"manifest\":\"" ID                    \
	"\",\"run\":\"0123456789abcdef\",\"name\":\"m.csv\",\"format\":"       \
	"\"csv\"}\n"
#define SUBSET(rows)                                                           \
	"{\"type\":\"manifest\",\"v\":1,\"manifest\":\"" ID                    \
	"\",\"run\":\"0123456789abcdef\",\"name\":\"m.csv\",\"subset\":" rows  \
	"}\n"
#define REPORT "{\"type\":\"report\",\"batches\":0}\n"
#define ROW(n, chunk)                                                          \
	"{\"type\":\"record\",\"manifest\":\"" SHORT "\",\"row\":" #n          \
	",\"line\":" #n ",\"chunk\":" #chunk ",\"record\":{\"a\":1.50}}\n"
#define RULED(n, verdict)                                                      \
	"{\"type\":\"record\",\"manifest\":\"" SHORT "\",\"row\":" #n          \
	",\"line\":" #n ",\"chunk\":0,\"record\":{},\"verdict\":\"" verdict    \
	"\",\"reason\":\"x\"}\n"
#define BATCH(rows)                                                            \
	"{\"type\":\"batch\",\"manifest\":\"" SHORT                            \
	"\",\"chunk\":0,\"rows\":" rows ",\"verdict\":\"committed\"}\n"
#define END(rows, counts)                                                      \
	"{\"type\":\"end\",\"manifest\":\"" ID "\",\"rows\":" #rows            \
	",\"bytes\":9" counts "}\n"
#define COUNTS(p, c, s, q, h, a)                                               \
	",\"counts\":{\"pending\":" #p ",\"committed\":" #c ",\"skipped\":" #s \
	",\"quarantined\":" #q ",\"held\":" #h ",\"ambiguous\":" #a "}"

/* What the small program under test does with a record. */
struct plan {
	unsigned want;
	bool rule;    /* gives odd rows a verdict */
	bool replace; /* gives even rows another record */
	bool fail;    /* the manifest, at its end */
	bool stage;   /* adds its stage line behind the manifest line */
	bool tries;   /* by inv_filter_try, waiting with poll */
	bool block;   /* inserts a block of its own first */
	int stop_at;  /* stops at the record of that number */
	int out;      /* descriptor for stdout, or 0 */
};

static const struct inv_prog_info info = { .name = "test" };
static struct child child;

static void
add_stage(struct inv_filter *f)
{
	struct inv_buf b = INV_BUF(1000);

	inv_filter_stage(f, &b);
	inv_buf_byte(&b, '}');
	inv_filter_emit(f, inv_buf_str(&b), INV_PENDING, 0);
	inv_buf_free(&b);
}

/* Without their newlines. */
static bool
add_block(struct inv_filter *f)
{
	static const char manifest[] = MANIFEST;
	static const char end[] = END(7, "");
	struct inv_err err;

	if (!inv_filter_insert(f,
		(struct inv_str){ manifest, sizeof(manifest) - 2 }, &err))
		return false;
	inv_filter_emit(f, INV_LIT("{\"type\":\"batch\"}"), INV_COMMITTED, 7);
	return inv_filter_insert(f, (struct inv_str){ end, sizeof(end) - 2 },
		   &err) &&
	    !inv_filter_insert(f, INV_LIT("none"), &err);
}

static bool
next(struct inv_filter *f, struct inv_record *rec, const struct plan *p)
{
	bool again = true;

	if (!p->tries)
		return inv_filter_next(f, rec);
	while (again) {
		if (inv_filter_try(f, rec, &again))
			return true;
		if (again)
			poll(&(struct pollfd){ .events = POLLIN }, 1, -1);
	}
	return false;
}

static void
handle(struct inv_filter *f, const struct inv_record *rec, const struct plan *p)
{
	if (p->fail && rec->kind == INV_LINE_END)
		inv_filter_fail(f);
	if (p->rule && rec->kind == INV_LINE_RECORD && rec->row % 2 == 1)
		inv_filter_rule(f, rec,
		    (struct inv_ruling){ .verdict = INV_QUARANTINED,
			.reason = INV_LIT("schema_violation"),
			.errors = INV_LIT("[{}]") });
	else if (p->replace && rec->kind == INV_LINE_RECORD)
		inv_filter_replace(f, rec, INV_LIT("{\"a\":1.5}"),
		    (struct inv_str){ 0 }, (struct inv_str){ 0 });
	else
		inv_filter_pass(f, rec);
	if (p->stage && rec->kind == INV_LINE_MANIFEST)
		add_stage(f);
}

static int
program(const void *with)
{
	const struct plan *p = with;
	struct inv_filter f;
	struct inv_record rec;
	int n = 0;

	inv_prog.name = info.name;
	if (p->out != 0)
		dup2(p->out, STDOUT_FILENO);
	inv_filter_open(&f, &info, NULL, p->want);
	if (p->block && !add_block(&f))
		return 99;
	while (next(&f, &rec, p)) {
		if (++n == p->stop_at) {
			struct inv_err err;

			inv_fail(&err, INV_AGAIN, "not now");
			inv_filter_stop(&f, &err);
		} else if (rec.kind != INV_LINE_BODY) {
			handle(&f, &rec, p);
		}
	}
	return inv_filter_close(&f);
}

static void
run(struct plan plan, struct inv_str in)
{
	child_run(&child, program, &plan, in);
}

static struct inv_str
out(void)
{
	return (struct inv_str){ child.out, child.out_n };
}

static struct inv_str
said(void)
{
	return (struct inv_str){ child.err, child.err_n };
}

static bool
says(const char *what)
{
	bool ok = strstr(child.err, what) != NULL;

	if (!ok)
		printf("# said: %s\n", child.err);
	return ok;
}

static void
what_is_nobodys_business_passes_byte_for_byte(void)
{
	struct inv_str in = INV_LIT(MANIFEST
	    "{\"type\" : \"stage\", \"x\":1.50}\n"
	    "{\"type\":\"report\",\"n\":10000000000000001}\n" ROW(1,
		0) "{\"new\":[ 1 ]}\n" END(1, COUNTS(1, 0, 0, 0, 0, 0)));

	run((struct plan){ 0 }, in);
	check(child.status == 0);
	check(inv_str_eq(out(), in));
	check(said().n == 0);
	run((struct plan){ .tries = true }, in);
	check(child.status == 0 && inv_str_eq(out(), in));
}

static void
only_pending_records_are_handed_out_unless_asked(void)
{
	struct inv_str in =
	    INV_LIT(MANIFEST RULED(1, "held") RULED(3, "skipped") ROW(2, 0)
		    BATCH("[[4,5]]") END(5, COUNTS(1, 2, 1, 0, 1, 0)));

	/* The program would rule rows 1 and 3 if it saw them. */
	run((struct plan){ .rule = true }, in);
	check(child.status == 0);
	check(inv_str_eq(out(), in));
	run((struct plan){ .want = INV_WANT_VERDICT, .stop_at = 3 }, in);
	check(child.status == 75);
	check_str(out(), MANIFEST RULED(1, "held") RULED(3, "skipped"));
}

static void
a_verdict_is_counted_and_end_says_so(void)
{
	run((struct plan){ .rule = true,
		.replace = true,
		.stage = true,
		.want = INV_WANT_MANIFEST },
	    INV_LIT(MANIFEST ROW(1, 0) ROW(2, 0) ROW(3, 0) END(3, "")));
	check(child.status == 0);
	check_str(out(),
	    MANIFEST
	    "{\"type\":\"stage\",\"stage\":\"test\",\"version\":\"" INV_VERSION
	    "\"}\n"
	    "{\"type\":\"record\",\"manifest\":\"" SHORT "\",\"row\":1,"
	    "\"line\":1,\"chunk\":0,\"record\":{\"a\":1.50},"
	    "\"verdict\":\"quarantined\",\"stage\":\"test\","
	    "\"reason\":\"schema_violation\",\"errors\":[{}]}\n"
	    "{\"type\":\"record\",\"manifest\":\"" SHORT "\",\"row\":2,"
	    "\"line\":2,\"chunk\":0,\"record\":{\"a\":1.5}}\n"
	    "{\"type\":\"record\",\"manifest\":\"" SHORT "\",\"row\":3,"
	    "\"line\":3,\"chunk\":0,\"record\":{\"a\":1.50},"
	    "\"verdict\":\"quarantined\",\"stage\":\"test\","
	    "\"reason\":\"schema_violation\",\"errors\":[{}]}\n" END(3,
		COUNTS(1, 0, 0, 2, 0, 0)));
}

static void
a_manifest_that_failed_says_by_whom(void)
{
	struct plan plan = { .fail = true, .want = INV_WANT_END };

	run(plan, INV_LIT(MANIFEST ROW(1, 0) END(1, COUNTS(1, 0, 0, 0, 0, 0))));
	check(child.status == 1);
	check_str(out(),
	    MANIFEST ROW(1, 0)
		END(1, COUNTS(1, 0, 0, 0, 0, 0) ",\"failed\":\"test\""));
	run(plan, INV_LIT(MANIFEST END(0, ",\"failed\":\"before\"")));
	check(child.status == 1);
	check_str(out(),
	    MANIFEST END(0, ",\"failed\":\"before\"" COUNTS(0, 0, 0, 0, 0, 0)));
	run(plan, INV_LIT(MANIFEST END(1, "")));
	check(child.status == 65);
	/* Nobody who does not say so fails, and it is passed on. */
	run((struct plan){ .want = INV_WANT_END },
	    INV_LIT(MANIFEST END(0,
		",\"failed\":\"before\"" COUNTS(0, 0, 0, 0, 0, 0))));
	check(child.status == 0);
	check_str(out(),
	    MANIFEST END(0, ",\"failed\":\"before\"" COUNTS(0, 0, 0, 0, 0, 0)));
}

static void
counts_of_others_are_never_trusted(void)
{
	run((struct plan){ 0 },
	    INV_LIT(MANIFEST ROW(1, 0) RULED(2, "ambiguous") BATCH("[[3,9]]")
		    END(9, COUNTS(9, 9, 9, 9, 9, 9))));
	check(child.status == 0);
	check_str(out(),
	    MANIFEST ROW(1, 0) RULED(2, "ambiguous") BATCH("[[3,9]]")
		END(9, COUNTS(1, 7, 0, 0, 0, 1)));
}

static void
rows_may_come_in_any_order(void)
{
	run((struct plan){ 0 },
	    INV_LIT(MANIFEST ROW(3, 0) BATCH("[[1,1],[4,4]]") ROW(2, 0)
		    END(4, "")));
	check(child.status == 0);
	check(said().n == 0);
}

static void
a_missing_row_makes_the_stream_incomplete(void)
{
	run((struct plan){ 0 },
	    INV_LIT(MANIFEST ROW(1, 0) ROW(3, 0) END(3, "")));
	check(child.status == 65);
	check_str(said(),
	    "test: m.csv: incomplete: 3 rows announced, 2 came; "
	    "row 2 is missing\n");
	run((struct plan){ 0 }, INV_LIT(MANIFEST ROW(1, 0) END(2, "")));
	check(child.status == 65 && says("row 2 is missing"));
	run((struct plan){ 0 }, INV_LIT(MANIFEST END(1, "")));
	check(child.status == 65 && says("row 1 is missing"));
}

static void
a_subset_is_whole_with_its_rows_and_no_others(void)
{
	static const struct {
		const char *in;
		int status;
	} cases[] = {
		{ SUBSET("[[2,2],[4,6]]") BATCH("[[4,6]]") ROW(2, 0) END(9, ""),
		    0 },
		{ SUBSET("[[2,3],[4,6]]") BATCH("[[2,6]]") END(6, ""), 0 },
		{ SUBSET("[[2,2],[4,6]]") BATCH("[[4,6]]") END(9, ""), 65 },
		{ SUBSET("[[2,2]]") ROW(1, 0) ROW(2, 0) END(9, ""), 65 },
		{ SUBSET("[[2,2]]") ROW(3, 0) END(9, ""), 65 },
		{ SUBSET("[[2,4]]") BATCH("[[2,4]]") END(3, ""), 65 },
		{ SUBSET("[]") END(0, ""), 65 },
		{ SUBSET("[[3,2]]") END(3, ""), 65 },
		{ SUBSET("7") ROW(1, 0) END(1, ""), 65 },
		/* The next block is about all again. */
		{ SUBSET("[[2,2]]") ROW(2, 0) END(9, "") MANIFEST ROW(1, 0)
			END(1, ""),
		    0 },
		{ SUBSET("[[2,2]]") ROW(2, 0) END(9, "") MANIFEST ROW(2, 0)
			END(9, ""),
		    65 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		run((struct plan){ 0 }, inv_str_of(cases[i].in));
		check(child.status == cases[i].status);
	}
	run((struct plan){ 0 },
	    INV_LIT(SUBSET("[[2,2],[4,6]]") ROW(2, 0) END(9, "")));
	check_str(said(),
	    "test: m.csv: incomplete: 1 of the 4 rows of its subset came, or "
	    "others\n");
	run((struct plan){ 0 },
	    INV_LIT(SUBSET("[[2,2]]") ROW(2, 0) ROW(3, 0) END(9, "")));
	check(child.status == 65);
	check_str(said(), "test: stdin:3: row 3 is not of the subset\n");
}

static void
a_report_may_say_that_there_is_no_manifest(void)
{
	run((struct plan){ 0 }, INV_LIT(REPORT));
	check(child.status == 0 && said().n == 0);
	check_str(out(), REPORT);
	run((struct plan){ 0 }, INV_LIT("{\"type\":\"other\"}\n"));
	check(child.status == 65);
	run((struct plan){ .want = INV_WANT_NOTHING }, INV_LIT(""));
	check(child.status == 0);
	/* Not in place of an end. */
	run((struct plan){ 0 }, INV_LIT(REPORT MANIFEST ROW(1, 0)));
	check(child.status == 65);
}

static void
a_block_of_its_own_is_counted_as_one_that_came(void)
{
	run((struct plan){ .block = true },
	    INV_LIT(MANIFEST ROW(1, 0) END(1, "")));
	check(child.status == 0);
	check_str(out(),
	    MANIFEST "{\"type\":\"batch\"}\n" END(7, COUNTS(0, 7, 0, 0, 0, 0))
		MANIFEST ROW(1, 0) END(1, COUNTS(1, 0, 0, 0, 0, 0)));
	run((struct plan){ .block = true }, INV_LIT(""));
	check(child.status == 0);
}

static void
a_row_too_many_makes_the_stream_incomplete(void)
{
	run((struct plan){ 0 },
	    INV_LIT(MANIFEST ROW(1, 0) ROW(7, 0) END(1, "")));
	check(child.status == 65);
	check_str(said(),
	    "test: m.csv: incomplete: 1 rows announced, 2 came; "
	    "row 7 is one too many\n");
}

static void
a_repeated_row_makes_the_stream_incomplete(void)
{
	run((struct plan){ 0 },
	    INV_LIT(MANIFEST ROW(1, 0) ROW(1, 0) RULED(1, "held") END(1, "")));
	check(child.status == 65);
	check_str(said(),
	    "test: stdin:3: row 1 comes a second time\n"
	    "test: stdin:4: row 1 comes a second time\n");
	/* It passes, but it is handed to nobody and counted as nothing. */
	check_str(out(),
	    MANIFEST ROW(1, 0) ROW(1, 0) RULED(1, "held")
		END(1, COUNTS(1, 0, 0, 0, 0, 0)));
}

static void
a_batch_that_overlaps_makes_the_stream_incomplete(void)
{
	run((struct plan){ 0 },
	    INV_LIT(MANIFEST ROW(3, 0) BATCH("[[1,2],[3,4]]") ROW(1, 0)
		    ROW(2, 0) END(3, "")));
	check(child.status == 65);
	/* None of the batch was taken: rows 1 and 2 are seen once. */
	check_str(said(),
	    "test: stdin:3: row 1 begins a batch that does not fit here\n");
	check_str(out(),
	    MANIFEST ROW(3, 0) BATCH("[[1,2],[3,4]]") ROW(1, 0) ROW(2, 0)
		END(3, COUNTS(3, 0, 0, 0, 0, 0)));
	run((struct plan){ 0 },
	    INV_LIT(MANIFEST BATCH("[[4,5],[1,3]]") END(5, "")));
	check(child.status == 65);
	run((struct plan){ 0 },
	    INV_LIT(MANIFEST BATCH("[[1,2]]") ROW(2, 0) END(2, "")));
	check(child.status == 65 && says("row 2 comes a second time"));
}

static void
a_row_of_another_manifest_or_chunk_is_astray(void)
{
	run((struct plan){ 0 },
	    INV_LIT(MANIFEST "{\"type\":\"record\",\"manifest\":\"" OTHER
			     "\",\"row\":1,"
			     "\"chunk\":0,\"record\":{}}\n" END(0, "")));
	check(child.status == 65);
	check(says("stdin:2: row 1 is not of the manifest under way"));
	run((struct plan){ 0 }, INV_LIT(ROW(1, 0) MANIFEST END(0, "")));
	check(child.status == 65 && says("not of the manifest under way"));
	run((struct plan){ 0 }, INV_LIT(MANIFEST ROW(1, 1) END(1, "")));
	check(child.status == 65);
	check(says("stdin:2: row 1 is not of the chunk it names"));
}

static void
a_block_without_an_end_is_incomplete(void)
{
	run((struct plan){ 0 }, INV_LIT(MANIFEST ROW(1, 0)));
	check(child.status == 65);
	check(says("manifest 0123456789ab has no end: incomplete"));
	check_str(out(), MANIFEST ROW(1, 0));
	run((struct plan){ 0 },
	    INV_LIT(MANIFEST ROW(1, 0) MANIFEST ROW(1, 0) END(1, "")));
	check(child.status == 65);
	check(says("stdin:3: manifest 0123456789ab has no end: incomplete"));
}

static void
half_a_last_line_is_incomplete(void)
{
	run((struct plan){ 0 },
	    INV_LIT(MANIFEST ROW(1, 0) "{\"type\":\"end\",\"manif"));
	check(child.status == 65);
	check(says("has no end"));
	check(strstr(child.out, "\"raw\":\"{\\\"type\\\":\\\"end\\\",") !=
	    NULL);
}

static void
an_end_of_another_manifest_ends_nothing(void)
{
	run((struct plan){ 0 },
	    INV_LIT(MANIFEST "{\"type\":\"end\",\"manifest\":\"" OTHER OTHER
			     "\",\"rows\":0}\n"));
	check(child.status == 65);
	check(says("stdin:2: an end line of no manifest under way"));
	check(says("has no end"));
	run((struct plan){ 0 }, INV_LIT(MANIFEST END(0, "") END(0, "")));
	check(child.status == 65);
}

static void
no_manifest_at_all_is_told_with_a_hint(void)
{
	run((struct plan){ 0 }, INV_LIT(""));
	check(child.status == 65);
	check(says("no manifest line"));
	check(says("nothing came"));
	check(!says("jq needs -c"));
	run((struct plan){ 0 }, INV_LIT("{\"a\":1}\n"));
	check(child.status == 65 && says("no manifest line"));
	check(says("jq needs -c"));
	check(says("inv-split -f ndjson"));
	check_str(out(), "{\"a\":1}\n");
}

static void
manifests_follow_each_other_each_counted_alone(void)
{
	run((struct plan){ 0 },
	    INV_LIT(MANIFEST ROW(1, 0) END(1, "") MANIFEST BATCH("[[1,2]]")
		    END(2, "") MANIFEST END(0, ",\"refused\":{}")));
	check(child.status == 0);
	check(said().n == 0);
	check_str(out(),
	    MANIFEST ROW(1, 0) END(1, COUNTS(1, 0, 0, 0, 0, 0))
		MANIFEST BATCH("[[1,2]]") END(2, COUNTS(0, 2, 0, 0, 0, 0))
		    MANIFEST END(0,
			",\"refused\":{}" COUNTS(0, 0, 0, 0, 0, 0)));
}

static void
crlf_blank_lines_and_a_missing_last_newline_are_accepted(void)
{
	struct inv_str in = INV_LIT("\n" MANIFEST "\r\n\n" ROW(1,
	    0) "{\"type\":\"x\"}\r\n" END(1, COUNTS(1, 0, 0, 0, 0, 0)));

	in.n--;
	run((struct plan){ 0 }, in);
	check(child.status == 0);
	check_str(out(),
	    MANIFEST ROW(1, 0) "{\"type\":\"x\"}\n" END(1,
		COUNTS(1, 0, 0, 0, 0, 0)));
}

static void
a_line_that_is_not_json_travels_on_without_a_row(void)
{
	run((struct plan){ 0 },
	    INV_LIT(MANIFEST "caf\xc3\xa9 \"\x01\nca\xe9\n" ROW(1, 0)
		    END(1, "")));
	check(child.status == 0);
	check_str(out(),
	    MANIFEST
	    "{\"type\":\"record\",\"manifest\":\"" SHORT
	    "\",\"verdict\":\"quarantined\",\"stage\":\"test\",\"reason\":"
	    "\"malformed_line\",\"errors\":[{\"type\":\"json_invalid\",\"loc\":"
	    "[],\"msg\":\"byte 1: not a JSON object\"}],"
	    "\"raw\":\"caf\xc3\xa9 \\\"\\u0001\"}\n"
	    "{\"type\":\"record\",\"manifest\":\"" SHORT
	    "\",\"verdict\":\"quarantined\",\"stage\":\"test\",\"reason\":"
	    "\"malformed_line\",\"errors\":[{\"type\":\"json_invalid\",\"loc\":"
	    "[],\"msg\":\"byte 1: not a JSON object\"}],"
	    "\"raw_base64\":\"Y2Hp\"}\n" ROW(1, 0)
		END(1, COUNTS(1, 0, 0, 0, 0, 0)));
	check(says("stdin:2: not a line of the stream: byte 1: not a JSON "
		   "object [malformed_line]"));
}

static void
a_malformed_line_passes_the_next_stage_as_a_record(void)
{
	static char first[CHILD_OUT];

	run((struct plan){ 0 },
	    INV_LIT(MANIFEST "{\"a\":\0}\n" ROW(1, 0) END(1, "")));
	memcpy(first, child.out, child.out_n);
	size_t n = child.out_n;

	run((struct plan){ 0 }, (struct inv_str){ first, n });
	check(child.status == 0 && said().n == 0);
	check(inv_str_eq(out(), (struct inv_str){ first, n }));
	check(strstr(first, "\"raw\":\"{\\\"a\\\":\\u0000}\"") != NULL);
}

static void
a_malformed_line_that_hid_a_row_is_found_missing(void)
{
	run((struct plan){ 0 },
	    INV_LIT(MANIFEST
		"{\"type\":\"record\",\"row\":1,\"row\":1}\n" END(1, "")));
	check(child.status == 65 && says("row 1 is missing"));
}

static void
a_malformed_line_past_the_ceiling_is_cut_and_says_so(void)
{
	static char in[(1 << 20) + 1000];
	size_t n = strlen(MANIFEST);

	memcpy(in, MANIFEST, n);
	memset(in + n, 'x', (1 << 20) + 1);
	n += (1 << 20) + 1;
	n += (size_t)snprintf(in + n, sizeof(in) - n, "\n%s", END(0, ""));
	/* The frame of the child keeps less than a line of 1 MiB. */
	run((struct plan){ .out = open("/dev/null", O_WRONLY) },
	    (struct inv_str){ in, n });
	check(child.status == 0);
	int fd = open("/tmp", O_TMPFILE | O_RDWR, 0600);

	run((struct plan){ .out = fd }, (struct inv_str){ in, n });
	check(child.status == 0);
	char line[400] = { 0 };

	check(pread(fd, line, sizeof(line) - 1, (off_t)strlen(MANIFEST)) > 0);
	check(strstr(line, "\"raw_cut\":true,\"raw\":\"xxx") != NULL);
	check(lseek(fd, 0, SEEK_END) < (1 << 20) + 1000);
	close(fd);
}

static void
many_malformed_lines_are_summed_up(void)
{
	run((struct plan){ 0 },
	    INV_LIT(MANIFEST "1\n2\n3\n4\n5\n6\n7\n8\n" END(0, "")));
	check(says("stdin:6: not a line"));
	check(strstr(child.err, "stdin:7:") == NULL);
	check(says("stdin: 3 more lines that are not of the stream"));
}

static void
a_body_is_told_once_before_the_rows(void)
{
	run((struct plan){ .want = INV_WANT_BODY, .stop_at = 1 },
	    INV_LIT(MANIFEST "{\"type\":\"stage\"}\n" ROW(1, 0) END(1, "")));
	check(child.status == 75);
	check_str(out(), MANIFEST "{\"type\":\"stage\"}\n");
	run((struct plan){ .want = INV_WANT_BODY },
	    INV_LIT(MANIFEST ROW(1, 0) ROW(2, 0) END(2, "")
		    MANIFEST END(0, "")));
	check(child.status == 0);
	check(said().n == 0);
}

static void
quiet_programs_write_nothing(void)
{
	run((struct plan){ .want = INV_WANT_QUIET },
	    INV_LIT(MANIFEST "bad\n" ROW(1, 0) BATCH("[[2,2]]") END(2, "")));
	check(child.status == 0);
	check(child.out_n == 0);
}

static void
a_failed_write_ends_the_run(void)
{
	run((struct plan){ .out = open("/dev/full", O_WRONLY) },
	    INV_LIT(MANIFEST END(0, "")));
	check(child.status == 74);
	check_str(said(), "test: stdout: write: No space left on device\n");
	/* As prog/opt leaves a standard output that was closed. */
	run((struct plan){ .out = open("/dev/null", O_RDONLY) },
	    INV_LIT(MANIFEST END(0, "")));
	check(child.status == 74);
	check(says("stdout: write: Bad file descriptor"));
}

static void
a_program_that_stops_says_why_and_reads_no_more(void)
{
	run((struct plan){ .stop_at = 2 },
	    INV_LIT(MANIFEST ROW(1, 0) ROW(2, 0) ROW(3, 0) END(3, "")));
	check(child.status == 75);
	check_str(said(), "test: not now\n");
	check_str(out(), MANIFEST ROW(1, 0));
}

static int
worst(const void *with)
{
	const enum inv_fault *fault = with;
	struct inv_filter f = { .fault = INV_OK };

	for (; *fault != INV_OK; fault++)
		inv_filter_fault(&f, *fault);
	return inv_fault_exit(f.fault);
}

static void
the_worst_fault_wins(void)
{
	static enum inv_fault faults[][4] = {
		{ INV_NO, INV_AGAIN },
		{ INV_AGAIN, INV_REFUSED, INV_NO },
		{ INV_BAD, INV_REFUSED },
		{ INV_REFUSED, INV_IO, INV_BAD },
	};
	static const int want[] = { 75, 69, 65, 74 };

	for (size_t i = 0; i < 4; i++)
		check(worst(faults[i]) == want[i]);
}

static void
a_directory_can_not_be_read(void)
{
	int fd = open("/", O_RDONLY | O_DIRECTORY);
	int saved = dup(STDIN_FILENO);
	struct inv_filter f;
	struct inv_record rec;

	/* In this process: what is read is a directory, not a file. */
	dup2(fd, STDIN_FILENO);
	inv_filter_open(&f, &info, NULL, 0);
	f.out.fd = open("/dev/null", O_WRONLY);
	check(!inv_filter_next(&f, &rec));
	check(f.stopped && f.fault == INV_NOINPUT);
	check(inv_filter_close(&f) == 66);
	dup2(saved, STDIN_FILENO);
	close(saved);
	close(fd);
}

static void
output_appears_while_the_input_is_open(void)
{
	for (int tries = 0; tries < 2; tries++) {
		int in[2], got[2], status = 1;
		struct plan plan = { .tries = tries == 1 };
		char line[1000];
		ssize_t n;
		size_t have = 0;

		check(pipe(in) == 0 && pipe(got) == 0);
		fflush(stdout);
		pid_t pid = fork();

		if (pid == 0) {
			dup2(in[0], STDIN_FILENO);
			close(in[1]);
			plan.out = got[1];
			_exit(program(&plan));
		}
		close(got[1]);
		check(write(in[1], MANIFEST, strlen(MANIFEST)) > 0);
		while (have < strlen(MANIFEST) &&
		    (n = read(got[0], line + have, sizeof(line) - have)) > 0)
			have += (size_t)n;
		check(have == strlen(MANIFEST));
		check(write(in[1], END(0, ""), strlen(END(0, ""))) > 0);
		close(in[1]);
		waitpid(pid, &status, 0);
		check(status == 0);
		close(in[0]);
		close(got[0]);
	}
}

/* Told to stop once, or twice, in the middle of its input. */
static int
told_to_stop(const void *with)
{
	int times = *(const int *)with;
	struct inv_filter f;
	struct inv_record rec;

	inv_filter_open(&f, &info, NULL, 0);
	inv_filter_endure();
	while (inv_filter_next(&f, &rec)) {
		for (; times > 0; times--)
			kill(getpid(), times == 2 ? SIGINT : SIGTERM);
		inv_filter_pass(&f, &rec);
	}
	return inv_filter_close(&f);
}

static void
who_endures_outlasts_a_first_signal_and_not_a_second(void)
{
	struct inv_str in = INV_LIT(MANIFEST ROW(1, 0) END(1, ""));
	int times = 1;

	child_run(&child, told_to_stop, &times, in);
	check(child.status == 0);
	check(strstr(child.out, "\"type\":\"end\"") != NULL);
	times = 2;
	child_run(&child, told_to_stop, &times, in);
	check(child.status == 128 + SIGTERM);
}

static const struct test tests[] = {
	TEST(what_is_nobodys_business_passes_byte_for_byte),
	TEST(only_pending_records_are_handed_out_unless_asked),
	TEST(a_verdict_is_counted_and_end_says_so),
	TEST(a_manifest_that_failed_says_by_whom),
	TEST(counts_of_others_are_never_trusted),
	TEST(rows_may_come_in_any_order),
	TEST(a_missing_row_makes_the_stream_incomplete),
	TEST(a_subset_is_whole_with_its_rows_and_no_others),
	TEST(a_report_may_say_that_there_is_no_manifest),
	TEST(a_block_of_its_own_is_counted_as_one_that_came),
	TEST(a_row_too_many_makes_the_stream_incomplete),
	TEST(a_repeated_row_makes_the_stream_incomplete),
	TEST(a_batch_that_overlaps_makes_the_stream_incomplete),
	TEST(a_row_of_another_manifest_or_chunk_is_astray),
	TEST(a_block_without_an_end_is_incomplete),
	TEST(half_a_last_line_is_incomplete),
	TEST(an_end_of_another_manifest_ends_nothing),
	TEST(no_manifest_at_all_is_told_with_a_hint),
	TEST(manifests_follow_each_other_each_counted_alone),
	TEST(crlf_blank_lines_and_a_missing_last_newline_are_accepted),
	TEST(a_line_that_is_not_json_travels_on_without_a_row),
	TEST(a_malformed_line_passes_the_next_stage_as_a_record),
	TEST(a_malformed_line_that_hid_a_row_is_found_missing),
	TEST(a_malformed_line_past_the_ceiling_is_cut_and_says_so),
	TEST(many_malformed_lines_are_summed_up),
	TEST(a_body_is_told_once_before_the_rows),
	TEST(quiet_programs_write_nothing),
	TEST(a_failed_write_ends_the_run),
	TEST(a_program_that_stops_says_why_and_reads_no_more),
	TEST(the_worst_fault_wins),
	TEST(a_directory_can_not_be_read),
	TEST(output_appears_while_the_input_is_open),
	TEST(who_endures_outlasts_a_first_signal_and_not_a_second),
};

int
main(void)
{
	return RUN(tests);
}
