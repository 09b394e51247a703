/* test_backlog - what waits for its end comes out as it came, in its order */

#include "commit/backlog.h"

#include <unistd.h>

#include "check.h"

enum {
	MANY = 20000,        /* rows: several blocks */
	LARGE = 1000 * 1000, /* bytes of a record */
};

struct kit {
	struct inv_scan *scan;
	struct inv_buf line;
	struct inv_backlog backlog;
};

static void
open_kit(struct kit *k)
{
	*k = (struct kit){ .scan = inv_scan_new(), .line = INV_BUF(2 << 20) };
	inv_backlog_init(&k->backlog, "/tmp");
}

static void
close_kit(struct kit *k)
{
	inv_backlog_free(&k->backlog);
	inv_scan_free(k->scan);
	inv_buf_free(&k->line);
}

static void
make_line(struct kit *k, uint64_t row, size_t filler)
{
	inv_buf_reset(&k->line);
	inv_record_head(&k->line, INV_LIT("00112233445566778899aabbccddeeff"),
	    row, row + 1, row / 500);
	inv_buf_add(&k->line, INV_LIT("\"record\":{"));
	for (size_t n = 0; n * 100000 < filler; n++) {
		inv_buf_addf(&k->line, "%s\"m%zu\":\"", n > 0 ? "," : "", n);
		for (size_t i = 0; i < 100000; i++)
			inv_buf_byte(&k->line, 'x');
		inv_buf_byte(&k->line, '"');
	}
	inv_buf_add(&k->line, INV_LIT("}}"));
}

static void
add(struct kit *k, uint64_t row, size_t filler)
{
	struct inv_record rec;
	struct inv_err err;

	make_line(k, row, filler);
	check(inv_record_parse(k->scan, inv_buf_str(&k->line), &rec, &err));
	check(inv_backlog_add(&k->backlog, &rec, &err));
}

static void
check_next(struct kit *k, uint64_t row, size_t filler)
{
	struct inv_waiter w;
	struct inv_err err;

	make_line(k, row, filler);
	check(inv_backlog_next(&k->backlog, &w, &err) == INV_NEXT_LINE);
	check(w.passed == 0 && w.chunk == row / 500);
	check(w.rec.kind == INV_LINE_RECORD && w.rec.row == row);
	check(inv_str_eq(w.rec.text, inv_buf_str(&k->line)));
}

static void
check_end(struct kit *k)
{
	struct inv_waiter w;
	struct inv_err err;

	check(inv_backlog_is_empty(&k->backlog));
	check(inv_backlog_next(&k->backlog, &w, &err) == INV_NEXT_END);
	check(k->backlog.spill.used == 0 && k->backlog.spill.end == 0);
}

static void
a_few_rows_wait_in_memory(void)
{
	struct inv_waiter w;
	struct inv_err err;
	struct kit k;

	open_kit(&k);
	check_end(&k);
	add(&k, 1, 0);
	check(inv_backlog_pass(&k.backlog, 7, 3, &err));
	add(&k, 2, 0);
	check(!inv_backlog_is_empty(&k.backlog));
	check_next(&k, 1, 0);
	check(inv_backlog_next(&k.backlog, &w, &err) == INV_NEXT_LINE);
	check(w.chunk == 7 && w.passed == 3);
	check_next(&k, 2, 0);
	check_end(&k);
	check(k.backlog.spill.fd == -1);
	close_kit(&k);
}

static void
many_rows_and_large_ones_come_back_from_disk(void)
{
	struct kit k;

	open_kit(&k);
	for (int pass = 0; pass < 2; pass++) {
		for (uint64_t row = 1; row <= MANY; row++)
			add(&k, row, row % 5000 == 0 ? LARGE : 0);
		check(k.backlog.spill.end > 4 * (uint64_t)LARGE);
		check(k.backlog.block.n < INV_BACKLOG_BLOCK);
		check(k.backlog.block.cap < 2 * LARGE);
		for (uint64_t row = 1; row <= MANY; row++)
			check_next(&k, row, row % 5000 == 0 ? LARGE : 0);
		check_end(&k);
	}
	close_kit(&k);
}

static void
what_is_cleared_waits_no_more(void)
{
	struct kit k;

	open_kit(&k);
	for (uint64_t row = 1; row <= MANY; row++)
		add(&k, row, 0);
	check_next(&k, 1, 0);
	inv_backlog_clear(&k.backlog);
	check_end(&k);
	add(&k, 9, 0);
	check_next(&k, 9, 0);
	check_end(&k);
	close_kit(&k);
}

static void
a_line_that_has_changed_on_disk_is_told(void)
{
	struct inv_waiter w;
	struct inv_err err;
	struct kit k;

	open_kit(&k);
	for (uint64_t row = 1; row <= MANY; row++)
		add(&k, row, 0);
	check(pwrite(k.backlog.spill.fd, "?", 1, 24) == 1);
	check(inv_backlog_next(&k.backlog, &w, &err) == INV_NEXT_ERR);
	check(err.fault == INV_IO);
	check(ftruncate(k.backlog.spill.fd, 0) == 0);
	inv_buf_free(&k.backlog.spill.read);
	check(inv_backlog_next(&k.backlog, &w, &err) == INV_NEXT_ERR);
	check(err.fault == INV_IO);
	close_kit(&k);
}

int
main(void)
{
	static const struct test tests[] = {
		TEST(a_few_rows_wait_in_memory),
		TEST(many_rows_and_large_ones_come_back_from_disk),
		TEST(what_is_cleared_waits_no_more),
		TEST(a_line_that_has_changed_on_disk_is_told),
	};

	return RUN(tests);
}
