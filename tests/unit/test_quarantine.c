/* test_quarantine.c - the quarantine keeps its header's promises */

#include "store/quarantine.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "check.h"

enum { LINE = 1024 };

static const char id[] =
    "abababababababababababababababababababababababababababababababab";

static char path[] = "/tmp/inv-quarantine-XXXXXX";
static struct inv_state state = { .path = path };

/* A run of the manifest, by its number. */
static void
begin(struct inv_quarantine *q, char run)
{
	char text[INV_RUN_ID];
	struct inv_quarantine_run r = {
		.manifest = { id, INV_MANIFEST_ID },
		.submission = 1,
		.run = { text, INV_RUN_ID },
		.name = INV_LIT("m.csv"),
	};

	memset(text, run, sizeof(text));
	inv_quarantine_begin(q, &r);
}

/* Its views are good until the next line. */
static struct inv_record
line(const char *text)
{
	static struct inv_scan *scan;
	struct inv_record rec;
	struct inv_err err;

	if (scan == NULL)
		scan = inv_scan_new();
	check(inv_record_parse(scan, inv_str_of(text), &rec, &err));
	return rec;
}

static void
tell(struct inv_quarantine *q, uint64_t row, const char *verdict)
{
	char text[LINE];
	struct inv_record rec;
	struct inv_err err;

	snprintf(text, sizeof(text),
	    "{\"type\":\"record\",\"row\":%ju,\"line\":%ju,\"chunk\":0,"
	    "\"record\":{\"n\":%ju},\"verdict\":\"%s\",\"stage\":\"s\","
	    "\"reason\":\"r\"}",
	    (uintmax_t)row, (uintmax_t)row + 1, (uintmax_t)row, verdict);
	rec = line(text);
	check(inv_quarantine_row(q, &rec, &err));
}

/* The ids of all items of that state, with blanks between them. */
static void
items_are(enum inv_item_state which, const char *want)
{
	struct inv_item_filter filter = { .state = which };
	struct inv_buf b = INV_BUF(4096);
	struct inv_quarantine_reader *r;
	const struct inv_item *item;
	struct inv_err err;

	r = inv_quarantine_read(&state, &err);
	check(r != NULL);
	if (r == NULL)
		return;
	inv_quarantine_seek(r, &filter);
	while (inv_quarantine_next(r, &item, &err) == INV_NEXT_LINE) {
		inv_buf_addf(&b, "%s%s", b.n > 0 ? " " : "", item->id);
		check((item->closed_at == 0) == inv_item_is_open(item));
	}
	check_str(inv_buf_str(&b), want);
	inv_buf_free(&b);
	inv_quarantine_read_close(r);
}

static void
nothing_is_made_before_it_is_needed(void)
{
	struct inv_quarantine *q = inv_quarantine_new(&state);
	struct inv_record batch;
	struct inv_err err;

	begin(q, '1');
	tell(q, 1, "skipped");
	batch = line(
	    "{\"type\":\"batch\",\"verdict\":\"committed\",\"rows\":[[1,9]]}");
	check(inv_quarantine_batch(q, &batch, &err));
	check(!inv_quarantine_pending(q));
	check(inv_quarantine_commit(q, &err));
	check(faccessat(state.fd, "quarantine", F_OK, 0) == -1);
	check(inv_quarantine_read(&state, &err) == NULL);
	check(err.fault == INV_NO);
	inv_quarantine_free(q);
	inv_quarantine_free(NULL);
	inv_quarantine_read_close(NULL);
}

static void
what_is_not_committed_is_gone(void)
{
	struct inv_quarantine *q = inv_quarantine_new(&state);
	struct inv_err err;

	begin(q, '1');
	tell(q, 1, "quarantined");
	tell(q, 2, "held");
	check(inv_quarantine_pending(q));
	check(inv_quarantine_commit(q, &err));
	check(!inv_quarantine_pending(q));
	tell(q, 3, "ambiguous");
	inv_quarantine_free(q);
	items_are(INV_ITEM_ALL, "abababababab-1 abababababab-2");
}

static void
a_batch_closes_what_it_covers_once(void)
{
	struct inv_quarantine *q = inv_quarantine_new(&state);
	static const char text[] =
	    "{\"type\":\"batch\",\"verdict\":\"committed\",\"rows\":[[2,9]],\"evidence\":\"receipt\"}";
	struct inv_record batch;
	struct inv_err err;

	begin(q, '2');
	batch = line(text);
	check(inv_quarantine_batch(q, &batch, &err));
	tell(q, 1, "skipped");
	check(inv_quarantine_sums(q)->closed == 2);
	begin(q, '2');
	batch = line(text);
	check(inv_quarantine_batch(q, &batch, &err));
	check(inv_quarantine_sums(q)->closed == 2);
	check(inv_quarantine_commit(q, &err));
	inv_quarantine_free(q);
	items_are(INV_ITEM_OPEN, "");
	items_are(INV_ITEM_CLOSED, "abababababab-1 abababababab-2");
}

static void
many_items_are_read_page_by_page(void)
{
	struct inv_quarantine *q = inv_quarantine_new(&state);
	struct inv_item_filter filter = { .state = INV_ITEM_OPEN };
	struct inv_quarantine_reader *r;
	const struct inv_item *item;
	struct inv_err err;
	uint64_t n = 0;

	begin(q, '3');
	for (uint64_t i = 10; i < 10 + 3 * INV_ITEM_PAGE; i++)
		tell(q, i, "held");
	check(inv_quarantine_sums(q)->failed[INV_HELD] == 3 * INV_ITEM_PAGE);
	check(inv_quarantine_sums(q)->fresh == 3 * INV_ITEM_PAGE);
	check(inv_quarantine_commit(q, &err));
	inv_quarantine_free(q);
	r = inv_quarantine_read(&state, &err);
	check(r != NULL);
	inv_quarantine_seek(r, &filter);
	while (inv_quarantine_next(r, &item, &err) == INV_NEXT_LINE)
		check(item->row == 10 + n++);
	check(n == 3 * INV_ITEM_PAGE);
	check(inv_item_id_of(INV_LIT("ababababababab-12"), &filter));
	inv_quarantine_seek(r, &filter);
	check(inv_quarantine_next(r, &item, &err) == INV_NEXT_LINE);
	check(item->row == 12 && inv_item_is_open(item));
	check_str(item->last.content, "{\"n\":12}");
	check(inv_quarantine_next(r, &item, &err) == INV_NEXT_END);
	inv_quarantine_read_close(r);
}

static void
ids_are_read_strictly(void)
{
	static const char *const wrong[] = { "", "-", "abababababab",
		"abababababab-", "abababababab-0", "abababababab-01",
		"ababababab-1", "ABABABABABAB-1", "abababababab.-1",
		"abababababab.0-1", "abababababab-x12", "abababababab-1-2",
		"abababababab-x12345678901g" };
	struct inv_item_filter f;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		check(!inv_item_id_of(inv_str_of(wrong[i]), &f));
	check(inv_item_id_of(INV_LIT("abababababab.3-17"), &f));
	check(f.submission == 3 && f.row == 17 && f.digest.n == 0);
	check_str(f.manifest, "abababababab");
	check(inv_item_id_of(INV_LIT("abababababab-x123456789012"), &f));
	check(f.submission == 1 && f.row == 0);
	check_str(f.digest, "123456789012");
}

int
main(void)
{
	static const struct test tests[] = {
		TEST(nothing_is_made_before_it_is_needed),
		TEST(what_is_not_committed_is_gone),
		TEST(a_batch_closes_what_it_covers_once),
		TEST(many_items_are_read_page_by_page),
		TEST(ids_are_read_strictly),
	};

	if (mkdtemp(path) == NULL)
		return 1;
	state.fd = open(path, O_RDONLY | O_DIRECTORY);
	int bad = RUN(tests);

	(void)unlinkat(state.fd, "quarantine/quarantine.db", 0);
	(void)unlinkat(state.fd, "quarantine", AT_REMOVEDIR);
	(void)rmdir(path);
	return bad;
}
