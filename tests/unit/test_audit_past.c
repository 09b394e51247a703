/* test_audit_past - what became of the rows of each manifest */

#include "store/audit_past.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "store/audit.h"

#define ID "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define OTHER "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

static struct inv_state
fresh(void)
{
	if (system("rm -rf state") != 0 || mkdir("state", 0700) != 0)
		abort();
	return (struct inv_state){ open("state", O_RDONLY | O_DIRECTORY),
		"state" };
}

/* A run as its lines; verdicts are records of their rows. */
struct run {
	const char *id;
	const char *more; /* members of the manifest line */
	const char *split;
	uint64_t rows;
	uint64_t failed[4]; /* rows, 0 behind the last */
	uint64_t submission;
	bool incomplete;
};

static void
parse(struct inv_scan *scan, struct inv_buf *text, struct inv_record *rec)
{
	struct inv_err err = { 0 };

	check(inv_record_parse(scan, inv_buf_str(text), rec, &err));
	check_str(inv_str_of(err.msg), "");
}

static void
add_row(struct inv_account *a, struct inv_scan *scan, struct inv_buf *text,
    const struct run *run, uint64_t row, const char *stage)
{
	struct inv_record rec;

	inv_buf_reset(text);
	inv_buf_addf(text,
	    "{\"type\":\"record\",\"manifest\":\"%.32s\",\"row\":%ju,"
	    "\"line\":%ju,\"chunk\":0,\"record\":{},\"verdict\":"
	    "\"quarantined\",\"stage\":\"%s\",\"reason\":\"r\"}",
	    run->id, (uintmax_t)row, (uintmax_t)row + 1, stage);
	parse(scan, text, &rec);
	inv_account_record(a, &rec);
}

/* The failed rows are inv-validate's; the last is inv-split's. */
static void
add(struct inv_audit *log, const struct run *run, char number)
{
	struct inv_scan *scan = inv_scan_new();
	struct inv_buf text = INV_BUF(4096);
	struct inv_account a = { 0 };
	struct inv_audit_sum sum;
	struct inv_record rec;
	struct inv_err err;

	inv_buf_addf(&text,
	    "{\"type\":\"manifest\",\"manifest\":\"%s\","
	    "\"run\":\"%c123456789abcdef\"%s}",
	    run->id, number, run->more != NULL ? run->more : "");
	parse(scan, &text, &rec);
	inv_account_begin(&a, &rec, run->submission ? run->submission : 1);
	if (run->split != NULL) {
		inv_buf_reset(&text);
		inv_buf_addf(&text,
		    "{\"type\":\"stage\",\"stage\":\"inv-split\","
		    "\"version\":\"1\",\"delimiter\":\"%s\"}",
		    run->split);
		parse(scan, &text, &rec);
		inv_account_stage(&a, &rec);
	}
	for (size_t i = 0; run->failed[i] != 0; i++)
		add_row(&a, scan, &text, run, run->failed[i], "inv-validate");
	add_row(&a, scan, &text, run, run->rows, "inv-split");
	a.rows = run->rows;
	a.complete = !run->incomplete;
	check(inv_audit_add(log, &a, &sum, &err));
	inv_account_free(&a);
	inv_buf_free(&text);
	inv_scan_free(scan);
}

static void
is_failed(const struct inv_past *past, uint64_t a, uint64_t b)
{
	check(past->failed.count == (a != 0 ? 1u : 0u) + (b != 0 ? 1u : 0u));
	check(a == 0 || inv_rows_has(&past->failed, a));
	check(b == 0 || inv_rows_has(&past->failed, b));
}

static bool
says(const struct inv_buf *b, const char *what)
{
	return memmem(b->p, b->n, what, strlen(what)) != NULL;
}

/* What is known of the only manifest, after those runs. */
static void
after(const struct run *runs, size_t n, struct inv_past *past)
{
	struct inv_state state = fresh();
	struct inv_err err;
	struct inv_audit *log = inv_audit_open(&state, NULL, &err);

	for (size_t i = 0; i < n; i++)
		add(log, &runs[i], (char)('1' + i));
	inv_audit_close(log);
	struct inv_audit_past *p = inv_audit_past_open(&state, &err);

	check(inv_audit_past_count(p) == 1);
	check(inv_audit_past_get(p, 0, past, &err));
	check(past->ran && past->submission == 1);
	check(memcmp(past->id, ID, INV_MANIFEST_ID) == 0);
	inv_audit_past_close(p);
	close(state.fd);
}

static void
no_log_is_an_empty_past(void)
{
	struct inv_state state = fresh();
	struct inv_err err;
	struct inv_audit_past *p = inv_audit_past_open(&state, &err);

	check(p != NULL && inv_audit_past_count(p) == 0);
	check(!inv_audit_past_knows(p, INV_LIT(ID), 1));
	inv_audit_past_close(p);
	close(state.fd);
}

static void
what_a_complete_run_says_takes_the_place_of_all_before(void)
{
	static const struct run runs[] = {
		{ .id = ID, .split = ",", .rows = 9, .failed = { 2, 5 } },
		{ .id = ID, .split = ",", .rows = 9, .failed = { 5, 7 } },
	};
	struct inv_past past = { 0 };

	after(runs, 1, &past);
	check(past.rows == 9);
	is_failed(&past, 2, 5);
	check(says(&past.split, "\"delimiter\":\",\""));
	after(runs, 2, &past);
	is_failed(&past, 5, 7);
	inv_past_free(&past);
}

static void
a_run_over_some_rows_says_nothing_of_others(void)
{
	static const struct run runs[] = {
		{ .id = ID, .split = ",", .rows = 9, .failed = { 2, 5 } },
		{ .id = ID,
		    .more = ",\"subset\":[[5,5],[7,7]]",
		    .rows = 9,
		    .failed = { 7 } },
	};
	struct inv_past past = { 0 };

	after(runs, 2, &past);
	is_failed(&past, 2, 7);
	/* How it was read is what the run that read it said. */
	check(says(&past.split, "\"delimiter\":\",\""));
	check(!says(&past.line, "subset"));
	inv_past_free(&past);
}

static void
a_run_that_broke_off_says_what_it_has_seen(void)
{
	static const struct run runs[] = {
		{ .id = ID, .split = ",", .rows = 9, .failed = { 2, 5 } },
		{ .id = ID, .rows = 9, .failed = { 3 }, .incomplete = true },
	};
	struct inv_past past = { 0 };

	after(runs, 2, &past);
	check(past.failed.count == 3);
	inv_past_free(&past);
}

static void
read_in_another_way_it_has_other_rows(void)
{
	static const struct run runs[] = {
		{ .id = ID, .split = ",", .rows = 9, .failed = { 2, 5 } },
		{ .id = ID,
		    .split = ";",
		    .rows = 8,
		    .failed = { 3 },
		    .incomplete = true },
	};
	struct inv_past past = { 0 };

	after(runs, 2, &past);
	is_failed(&past, 3, 0);
	check(past.rows == 8);
	inv_past_free(&past);
}

static void
manifests_and_submissions_are_told_apart(void)
{
	static const struct run runs[] = {
		{ .id = ID, .rows = 9, .failed = { 2 } },
		{ .id = OTHER, .rows = 9, .failed = { 3 } },
		{ .id = ID, .rows = 9, .failed = { 4 }, .submission = 2 },
	};
	struct inv_state state = fresh();
	struct inv_past past = { 0 };
	struct inv_err err;
	struct inv_audit *log = inv_audit_open(&state, NULL, &err);

	for (size_t i = 0; i < 3; i++)
		add(log, &runs[i], (char)('1' + i));
	inv_audit_close(log);
	struct inv_audit_past *p = inv_audit_past_open(&state, &err);

	check(inv_audit_past_count(p) == 3);
	check(inv_audit_past_knows(p, INV_LIT(ID), 2));
	check(!inv_audit_past_knows(p, INV_LIT(OTHER), 2));
	for (size_t i = 0; i < 3; i++) {
		check(inv_audit_past_get(p, i, &past, &err));
		is_failed(&past, runs[i].failed[0], 0);
	}
	inv_past_free(&past);
	inv_audit_past_close(p);
	close(state.fd);
}

static void
says_where_the_log_is_damaged(void)
{
	static const struct run run = { .id = ID, .rows = 9 };
	struct inv_state state = fresh();
	struct inv_err err;
	struct inv_audit *log = inv_audit_open(&state, NULL, &err);

	add(log, &run, '1');
	inv_audit_close(log);
	check(truncate("state/audit/log.ndjson", 10) == 0);
	check(inv_audit_past_open(&state, &err) == NULL);
	check(err.fault == INV_IO);
	close(state.fd);
}

int
main(void)
{
	static const struct test tests[] = {
		TEST(no_log_is_an_empty_past),
		TEST(what_a_complete_run_says_takes_the_place_of_all_before),
		TEST(a_run_over_some_rows_says_nothing_of_others),
		TEST(a_run_that_broke_off_says_what_it_has_seen),
		TEST(read_in_another_way_it_has_other_rows),
		TEST(manifests_and_submissions_are_told_apart),
		TEST(says_where_the_log_is_damaged),
	};
	char dir[] = "/tmp/test_audit_past.XXXXXX";

	if (mkdtemp(dir) == NULL || chdir(dir) != 0)
		return 1;
	int rc = RUN(tests);

	return system("rm -rf \"$PWD\"") != 0 || rc;
}
