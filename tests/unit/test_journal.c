/* test_journal - does store/journal keep its header's promises? */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

#include "base/clock.h"
#include "base/mem.h"
#include "data/emit.h"
#include "store/journal.h"
#include "store/keyer.h"
#include "store/segment.h"

static struct inv_digest *digest;

static struct inv_state
fresh(void)
{
	if (system("rm -rf state") != 0 || mkdir("state", 0700) != 0)
		abort();
	return (struct inv_state){ open("state", O_RDONLY | O_DIRECTORY),
		"state" };
}

/* A batch of rows first..last with `value` in each record. */
struct batch {
	struct inv_intent intent;
	struct inv_rows rows;
	struct inv_buf body;
	char key[INV_DIGEST_HEX];
	char hash[INV_DIGEST_HEX];
};

static const char manifest[] =
    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

static void
make(struct batch *b, uint64_t first, uint64_t last, int value)
{
	*b = (struct batch){ .body = INV_BUF(INV_BATCH_BODY_MAX) };
	inv_rows_join(&b->rows, first, last);
	for (uint64_t r = first; r <= last; r++)
		inv_buf_addf(&b->body, "%c{\"id\":\"K%ju\",\"v\":%d}",
		    r == first ? '[' : ',', (uintmax_t)r, value);
	inv_buf_byte(&b->body, ']');
	inv_digest_hex_of(digest, inv_buf_str(&b->body), b->hash);
	inv_digest_hex_of(digest, (struct inv_str){ b->hash, 64 }, b->key);
	b->intent = (struct inv_intent){
		.manifest = { manifest, INV_DIGEST_HEX },
		.submission = 1,
		.arrival = 17,
		.chunk = (first - 1) / 500,
		.rows = &b->rows,
		.key = { b->key, INV_DIGEST_HEX },
		.batch_hash = { b->hash, INV_DIGEST_HEX },
		.keyed_by = INV_LIT("[\"id\"]"),
		.body = inv_buf_str(&b->body),
	};
}

static void
unmake(struct batch *b)
{
	inv_rows_free(&b->rows);
	inv_buf_free(&b->body);
}

static uint64_t
intend(struct inv_journal *j, uint64_t first, uint64_t last, int value)
{
	struct batch b;

	make(&b, first, last, value);
	uint64_t seq = inv_journal_intent(j, &b.intent);

	unmake(&b);
	return seq;
}

static uint64_t
end(struct inv_journal *j, uint64_t seq, enum inv_outcome_kind kind)
{
	const struct inv_outcome o = {
		.kind = kind,
		.evidence = kind == INV_OUTCOME_COMMITTED ? INV_LIT("receipt")
							  : INV_LIT(""),
		.reason = kind == INV_OUTCOME_COMMITTED ? INV_LIT("")
							: INV_LIT("timeout"),
		.status = 200,
		.attempts = 1,
		.ms = 12,
		.processed_at = INV_LIT("2026-11-20T06:30:00Z"),
	};

	return inv_journal_outcome(j, seq, &o);
}

static struct inv_journal *
opened(const struct inv_state *state)
{
	struct inv_err err = { 0 };
	struct inv_journal *j = inv_journal_open(state, &err);

	if (j == NULL)
		printf("# %s\n", err.msg);
	return j;
}

static bool
synced(struct inv_journal *j)
{
	struct inv_err err;

	return inv_journal_sync(j, &err);
}

static bool
closed(struct inv_journal *j)
{
	struct inv_err err;

	return inv_journal_close(j, &err);
}

/* Gone without a word, as if killed: a write under way can not be settled. */
static void
killed(struct inv_journal *j)
{
	struct inv_journal_write w;
	struct inv_err err;

	check(intend(j, 9001, 9010, 1) != 0 && inv_journal_pending(j, &w));
	check(!inv_journal_close(j, &err));
}

/* The arrival that seen knows for row r with that value; 0: none. */
static uint64_t
seen(struct inv_journal *j, uint64_t r, int value)
{
	struct inv_keyer *k = inv_keyer_new();
	const struct inv_seen_row *rows;
	struct inv_seen_row got;
	struct inv_err err;
	struct batch b;
	size_t n;

	make(&b, r, r, value);
	if (!inv_keyer_rows(k, &b.intent, &rows, &n, &err) || n != 1)
		abort();
	got = rows[0];
	if (!inv_seen_find(inv_journal_seen(j), &got, 1, &err))
		abort();
	bool same = memcmp(got.digest, rows[0].digest, INV_KEY) == 0;

	unmake(&b);
	inv_keyer_free(k);
	return same ? got.arrival : 0;
}

/* The lines of the journal as "i1 o1 i2=1 ..."; "!" behind it when damaged. */
static const char *
lines(const struct inv_state *state)
{
	static char text[4096];
	struct inv_journal_reader *r = inv_journal_read(state, &INV_PLACE);
	struct inv_entry e;
	struct inv_err err;
	enum inv_next next;
	size_t n = 0;

	text[0] = '\0';
	while ((next = inv_journal_next(r, &e, &err)) == INV_NEXT_LINE)
		n += (size_t)snprintf(text + n, sizeof(text) - n,
		    e.copied ? "%s%ju=%ju " : "%s%ju ",
		    e.type == INV_ENTRY_INTENT ? "i" : "o", (uintmax_t)e.seq,
		    (uintmax_t)e.intent);
	if (next == INV_NEXT_ERR)
		(void)snprintf(text + n, sizeof(text) - n, "! %s", err.msg);
	inv_journal_read_close(r);
	return text;
}

#define check_lines(state, want) check_str(inv_str_of(lines(&(state))), want)

/* ---- writing ---- */

static bool
is_same_file(int a, int b)
{
	struct stat x, y;

	return fstat(a, &x) == 0 && fstat(b, &y) == 0 && x.st_ino == y.st_ino &&
	    x.st_dev == y.st_dev;
}

static void
nothing_counts_before_it_is_settled(void)
{
	struct inv_state state = fresh();
	struct inv_journal *j = opened(&state);
	struct inv_journal_write w;
	struct inv_journal_write none;
	char before[INV_JOURNAL_BLOCK];
	struct inv_err err;

	check(!inv_journal_pending(j, &w));
	check(intend(j, 1, 500, 1) == 1);
	check(intend(j, 501, 1000, 1) == 2);
	check(inv_journal_durable(j) == 0);
	check(inv_journal_pending(j, &w));
	check(w.offset == 0 && w.bytes.p[w.bytes.n - 1] == '\n');
	check(intend(j, 1001, 1500, 1) == 3);
	check(!inv_journal_pending(j, &none));
	check(pwrite(w.fd, w.bytes.p, w.bytes.n, (off_t)w.offset) ==
	    (ssize_t)w.bytes.n);
	check(inv_journal_settled(j, 0, &err));
	check(inv_journal_durable(j) == 2);
	uint64_t first = w.bytes.n;

	check(inv_journal_pending(j, &w));
	/* The same file, but past the cache; some file systems refuse that. */
	int direct = openat(state.fd, "journal/000001.ndjson",
	    O_WRONLY | O_DIRECT | O_CLOEXEC);

	check((w.direct == -1) == (direct == -1));
	check(w.direct == -1 || (fcntl(w.direct, F_GETFL) & O_DIRECT) != 0);
	check(w.direct == -1 || is_same_file(w.direct, w.fd));
	if (direct != -1)
		close(direct);
	/* From the beginning of a block, as it is in the file. */
	check(w.offset == first / INV_JOURNAL_BLOCK * INV_JOURNAL_BLOCK);
	check((uintptr_t)w.bytes.p % INV_JOURNAL_BLOCK == 0);
	check(pread(w.fd, before, sizeof(before), (off_t)w.offset) ==
	    (ssize_t)(first - w.offset));
	check(memcmp(before, w.bytes.p, first - w.offset) == 0);
	check(inv_journal_settled(j, -EIO, &err) == false);
	check(err.fault == INV_IO);
	check(inv_journal_durable(j) == 2);
	check(intend(j, 2001, 2500, 1) == 4);
	check(!inv_journal_pending(j, &w));
	check(!inv_journal_sync(j, &err) && err.fault == INV_IO);
	check(!closed(j));
	check_lines(state, "i1 i2 ");
	close(state.fd);
}

enum { READER_SECONDS = 60 }; /* and it has failed */

/* As the ring does. */
static int
put_down(const struct inv_journal_write *w)
{
	bool blocks = w->direct != -1 && w->offset % INV_JOURNAL_BLOCK == 0 &&
	    (uintptr_t)w->bytes.p % INV_JOURNAL_BLOCK == 0;
	size_t whole = blocks ? w->bytes.n - w->bytes.n % INV_JOURNAL_BLOCK : 0;
	size_t rest = w->bytes.n - whole;

	if (pwrite(w->direct, w->bytes.p, whole, (off_t)w->offset) !=
		(ssize_t)whole &&
	    whole > 0)
		return -errno;
	return pwrite(w->fd, w->bytes.p + whole, rest,
		   (off_t)(w->offset + whole)) == (ssize_t)rest
	    ? 0
	    : -errno;
}

/* Reads all of it, again and again, until it has all the lines. */
static int
read_beside(const struct inv_state *state, uint64_t lines)
{
	struct inv_entry e;
	struct inv_err err;

	alarm(READER_SECONDS);
	for (uint64_t n = 0; n < lines;) {
		struct inv_journal_reader *r =
		    inv_journal_read(state, &INV_PLACE);
		enum inv_next next;

		for (n = 0;
		     (next = inv_journal_next(r, &e, &err)) == INV_NEXT_LINE;)
			n++;
		inv_journal_read_close(r);
		if (next == INV_NEXT_ERR)
			return 1;
	}
	return 0;
}

static void
groups_of_all_sizes_are_whole_for_who_reads_beside(void)
{
	enum { GROUPS = 300 };
	struct inv_state state = fresh();
	struct inv_journal *j = opened(&state);
	struct inv_journal_write w;
	struct inv_err err;
	uint64_t row = 1;
	int status;
	pid_t reader = fork();

	if (reader == 0)
		_exit(read_beside(&state, 2 * GROUPS));
	for (uint64_t g = 0; g < GROUPS; g++) {
		uint64_t rows = 1 + g * 37 % 400;
		uint64_t seq = intend(j, row, row + rows - 1, 1);

		row += rows;
		check(seq == 2 * g + 1 && inv_journal_pending(j, &w));
		/* Built while the other is on its way. */
		check(end(j, seq, INV_OUTCOME_REFUSED) == seq + 1);
		check(inv_journal_settled(j, put_down(&w), &err));
	}
	check(inv_journal_sync(j, &err));
	check(waitpid(reader, &status, 0) == reader && status == 0);
	check(closed(j));
	j = opened(&state);
	check(j != NULL && inv_journal_durable(j) == 2 * GROUPS);
	check(closed(j));
	close(state.fd);
}

static void
a_line_is_what_the_page_says(void)
{
	struct inv_state state = fresh();
	struct inv_journal *j = opened(&state);

	check(intend(j, 1, 2, 5) == 1 && end(j, 1, INV_OUTCOME_COMMITTED) == 2);
	check(synced(j));
	struct inv_journal_reader *r = inv_journal_read(&state, &INV_PLACE);
	struct inv_entry e;
	struct inv_err err;
	struct inv_scan *scan = inv_scan_new();
	char hash[INV_DIGEST_HEX];

	check(inv_journal_next(r, &e, &err) == INV_NEXT_LINE);
	check(inv_scan_line(scan, e.text, &err));
	check_str(e.of.body,
	    "[{\"id\":\"K1\",\"v\":5},{\"id\":\"K2\",\"v\":5}]");
	check_str(e.of.keyed_by, "[\"id\"]");
	check(e.of.arrival == 17 && e.of.rows->count == 2);
	inv_digest_hex_of(digest, e.text, hash);
	check(inv_journal_next(r, &e, &err) == INV_NEXT_LINE);
	check(inv_scan_line(scan, e.text, &err));
	check(inv_str_eq(inv_member_inner(inv_member_find(inv_scan_outer(scan),
			     "prev")),
	    (struct inv_str){ hash, sizeof(hash) }));
	check(e.intent == 1 && e.outcome.kind == INV_OUTCOME_COMMITTED);
	check_str(e.outcome.evidence, "receipt");
	check_str(e.outcome.processed_at, "2026-11-20T06:30:00Z");
	check(e.outcome.status == 200 && e.outcome.ms == 12);
	check(inv_journal_next(r, &e, &err) == INV_NEXT_END);
	check(inv_journal_read_sync(r, &err));
	inv_journal_read_close(r);
	inv_scan_free(scan);
	check(inv_journal_index(j, 1, NULL, 0, &err));
	check(closed(j));
	close(state.fd);
}

static void
a_body_past_its_ceiling_is_not_taken(void)
{
	struct inv_state state = fresh();
	struct inv_journal *j = opened(&state);
	struct batch b;

	make(&b, 1, 2, 1);
	b.intent.body.n = INV_BATCH_BODY_MAX + 1;
	check(inv_journal_intent(j, &b.intent) == 0);
	b.intent.body.n = b.body.n;
	check(inv_journal_intent(j, &b.intent) == 1);
	unmake(&b);
	check(closed(j));
	close(state.fd);
}

/* ---- the next start ---- */

static void
committed_rows_are_known_at_the_next_start(void)
{
	struct inv_state state = fresh();
	struct inv_journal *j = opened(&state);
	struct inv_err err;

	check(intend(j, 1, 500, 1) == 1);
	check(end(j, 1, INV_OUTCOME_COMMITTED) == 2 && synced(j));
	check(seen(j, 1, 1) == 0);
	check(inv_journal_index(j, 1, NULL, 0, &err));
	check(seen(j, 1, 1) == 17 && seen(j, 500, 1) == 17);
	check(seen(j, 501, 1) == 0 && seen(j, 1, 2) == 0);
	check(closed(j));
	j = opened(&state);
	check(inv_journal_open_count(j) == 0);
	check(seen(j, 1, 1) == 17 && seen(j, 500, 1) == 17);
	check(intend(j, 1, 10, 2) == 3);
	check(closed(j));
	close(state.fd);
}

static void
a_lost_index_is_built_again(void)
{
	struct inv_state state = fresh();
	struct inv_journal *j = opened(&state);
	struct inv_err err;

	for (int i = 0; i < 4; i++) {
		uint64_t seq = intend(j, 1, 100, i);

		check(end(j, seq, INV_OUTCOME_COMMITTED) != 0 && synced(j));
		check(inv_journal_index(j, seq, NULL, 0, &err));
	}
	check(closed(j));
	check(unlinkat(state.fd, "journal/seen.db", 0) == 0);
	j = opened(&state);
	check(seen(j, 100, 3) == 17 && seen(j, 100, 2) == 0);
	check(closed(j));
	close(state.fd);
}

/* Rows 2, 3 and 5 of 1..5 took effect, row 4 was refused, 1 is to come. */
static uint64_t
end_in_part(struct inv_journal *j, uint64_t seq)
{
	struct inv_rows took = { 0 };

	inv_rows_join(&took, 2, 3);
	inv_rows_join(&took, 5, 5);
	uint64_t line = inv_journal_outcome(j, seq,
	    &(struct inv_outcome){ .kind = INV_OUTCOME_COMMITTED,
		.rows = &took,
		.sent = 5,
		.refused = INV_LIT("[[4,4]]"),
		.evidence = INV_LIT("receipt"),
		.status = 207,
		.attempts = 1 });

	inv_rows_free(&took);
	return line;
}

static void
check_in_part(struct inv_journal *j)
{
	check(inv_journal_open_count(j) == 0);
	check(seen(j, 2, 1) == 17 && seen(j, 3, 1) == 17);
	check(seen(j, 5, 1) == 17);
	check(seen(j, 1, 1) == 0 && seen(j, 4, 1) == 0);
}

static void
of_a_batch_committed_in_part_only_those_rows_are_known(void)
{
	struct inv_state state = fresh();
	struct inv_journal *j = opened(&state);
	struct inv_err err;

	check(intend(j, 1, 5, 1) == 1 && end_in_part(j, 1) == 2 && synced(j));
	check(inv_journal_index(j, 1, NULL, 0, &err));
	check_in_part(j);
	check(closed(j));
	check(unlinkat(state.fd, "journal/seen.db", 0) == 0);
	j = opened(&state);
	check_in_part(j);
	check(closed(j));
	close(state.fd);
}

static void
an_outcome_in_part_says_which_rows(void)
{
	struct inv_state state = fresh();
	struct inv_journal *j = opened(&state);
	struct inv_buf rows = INV_BUF(4096);
	struct inv_entry e;
	struct inv_err err;

	check(intend(j, 1, 5, 1) == 1 && end_in_part(j, 1) == 2 && synced(j));
	struct inv_journal_reader *r = inv_journal_read(&state, &INV_PLACE);

	check(inv_journal_next(r, &e, &err) == INV_NEXT_LINE);
	check(e.of.rows->count == 5);
	check(inv_journal_next(r, &e, &err) == INV_NEXT_LINE);
	inv_emit_rows(&rows, e.of.rows);
	check_str(inv_buf_str(&rows), "[[2,3],[5,5]]");
	check(e.outcome.sent == 5 && e.outcome.status == 207);
	check_str(e.outcome.refused, "[[4,4]]");
	check_str(e.outcome.evidence, "receipt");
	inv_journal_read_close(r);
	inv_buf_free(&rows);
	check(inv_journal_index(j, 1, NULL, 0, &err));
	check(closed(j));
	close(state.fd);
}

/* Rows 3 and 4, that came again as rows 7 and 8 of arrival 18. */
static void
keep(struct inv_journal *j)
{
	struct inv_keyer *k = inv_keyer_new();
	const struct inv_seen_row *rows;
	struct inv_seen_row kept[2];
	struct inv_err err;
	uint64_t line = 0;
	struct batch b;
	size_t n;

	make(&b, 3, 4, 1);
	if (!inv_keyer_rows(k, &b.intent, &rows, &n, &err) || n != 2)
		abort();
	memcpy(kept, rows, sizeof(kept));
	inv_rows_reset(&b.rows);
	for (size_t i = 0; i < n; i++) {
		kept[i].arrival = 18;
		kept[i].row = i + 7;
		inv_rows_join(&b.rows, i + 7, i + 7);
	}
	b.intent.arrival = 18;
	check(inv_journal_kept(j, &b.intent, kept, &line, &err) && line == 3);
	unmake(&b);
	inv_keyer_free(k);
}

static void
what_a_key_holds_is_the_rows_that_kept_it(void)
{
	struct inv_state state = fresh();
	struct inv_journal *j = opened(&state);
	struct inv_err err;

	check(intend(j, 1, 5, 1) == 1);
	check(end(j, 1, INV_OUTCOME_COMMITTED) == 2 && synced(j));
	check(inv_journal_index(j, 1, NULL, 0, &err));
	keep(j);
	check(inv_journal_durable(j) == 2);
	for (int i = 0; i < 3; i++) {
		check(seen(j, 2, 1) == 17 && seen(j, 5, 1) == 17);
		check(seen(j, 3, 1) == 18 && seen(j, 4, 1) == 18);
		check(seen(j, 3, 2) == 0);
		check(closed(j));
		if (i > 0)
			check(unlinkat(state.fd, "journal/seen.db", 0) == 0);
		j = opened(&state);
	}
	check(closed(j));
	close(state.fd);
}

/* Rows 1 to 3 of arrival 17, of which 2 and 3 correct others. */
static uint64_t
intend_corrections(struct inv_journal *j)
{
	struct batch b;

	make(&b, 1, 3, 1);
	b.intent.order = INV_LIT("[[2,9,40],[3,8,41]]");
	uint64_t seq = inv_journal_intent(j, &b.intent);

	unmake(&b);
	return seq;
}

static void
a_row_that_corrects_another_has_its_place(void)
{
	struct inv_state state = fresh();
	struct inv_journal *j = opened(&state);
	struct inv_err err;

	check(intend_corrections(j) == 1);
	/* It is copied on, with what it says of them. */
	for (int i = 0; i < 2; i++) {
		check(closed(j));
		j = opened(&state);
	}
	uint64_t seq;
	int64_t wall;
	struct inv_intent in = inv_journal_open_at(j, 0, &seq, &wall);

	check_str(in.order, "[[2,9,40],[3,8,41]]");
	check(end(j, 1, INV_OUTCOME_COMMITTED) != 0 && synced(j));
	check(inv_journal_index(j, 1, NULL, 0, &err));
	for (int i = 0; i < 3; i++) {
		check(seen(j, 1, 1) == 17);
		check(seen(j, 2, 1) == 9);
		check(seen(j, 3, 1) == 8);
		check(closed(j));
		if (i > 0)
			check(unlinkat(state.fd, "journal/seen.db", 0) == 0);
		j = opened(&state);
	}
	check(closed(j));
	close(state.fd);
}

static void
places_are_those_of_rows_that_come(void)
{
	struct inv_str order = INV_LIT("[[2,9,40],[5,8,41]]");
	struct inv_seen_row row = { .arrival = 17 };
	static const struct {
		uint64_t row, arrival, place;
	} want[] = { { 1, 17, 1 }, { 2, 9, 40 | INV_SEEN_CORRECTS },
		{ 3, 17, 3 }, { 5, 8, 41 | INV_SEEN_CORRECTS }, { 6, 17, 6 } };

	for (size_t i = 0; i < sizeof(want) / sizeof(*want); i++) {
		row =
		    (struct inv_seen_row){ .arrival = 17, .row = want[i].row };
		inv_order_place(&order, &row);
		check(row.arrival == want[i].arrival &&
		    row.row == want[i].place);
	}
	check(inv_seen_rank(40) < inv_seen_rank(40 | INV_SEEN_CORRECTS));
	check(inv_seen_rank(40 | INV_SEEN_CORRECTS) < inv_seen_rank(41));
}

static void
an_order_that_is_none_is_no_line(void)
{
	static const char *const bad[] = { "[]", "[[2,9,40]", "[[2,9]]",
		"[[0,9,40]]", "[[3,9,40],[2,9,40]]", "[[2,9,40],]", "{}" };
	struct inv_rows rows = { 0 };
	struct inv_buf b = INV_BUF(1 << 16);
	struct inv_entry e;
	struct inv_err err;
	struct batch in;
	unsigned char prev[INV_DIGEST] = { 0 };
	const struct inv_entry_head head = {
		.seq = 1, .prev = prev, .time = INV_LIT("2026-11-20T06:30:00Z")
	};

	for (size_t i = 0; i <= sizeof(bad) / sizeof(*bad); i++) {
		bool sound = i == sizeof(bad) / sizeof(*bad);

		make(&in, 1, 3, 1);
		in.intent.order =
		    sound ? INV_LIT("[[2,9,40]]") : inv_str_of(bad[i]);
		inv_buf_reset(&b);
		inv_entry_put_intent(&b, &head, 0, &in.intent);
		check(inv_entry_parse(inv_buf_str(&b), &rows, &e, &err) ==
		    sound);
		unmake(&in);
	}
	inv_buf_free(&b);
	inv_rows_free(&rows);
}

static void
a_line_of_rows_kept_says_whose_they_are(void)
{
	struct inv_state state = fresh();
	struct inv_journal *j = opened(&state);
	struct inv_rows rows = { 0 };
	struct inv_buf text = INV_BUF(4096);
	struct inv_entry e;
	struct inv_err err;

	check(intend(j, 1, 5, 1) == 1);
	check(end(j, 1, INV_OUTCOME_NO_EFFECT) == 2);
	keep(j);
	check(synced(j));
	struct inv_journal_reader *r = inv_journal_read(&state, &INV_PLACE);

	for (uint64_t i = 1; i <= 3; i++)
		check(inv_journal_next(r, &e, &err) == INV_NEXT_LINE);
	check(e.type == INV_ENTRY_KEPT && e.of.arrival == 18);
	inv_emit_rows(&text, e.of.rows);
	check_str(inv_buf_str(&text), "[[7,8]]");
	check(e.keys.n == 1 + 2 * (INV_KEPT_HEX + 3));
	inv_buf_reset(&text);
	inv_buf_add(&text, e.text);
	/* A digit less, and a row without. */
	text.p[text.n - 4] = '"';
	text.p[text.n - 3] = ']';
	text.p[text.n - 2] = '}';
	check(!inv_entry_parse((struct inv_str){ text.p, text.n - 1 }, &rows,
	    &e, &err));
	text.n -= 1 + INV_KEPT_HEX + 3;
	text.p[text.n - 2] = ']';
	text.p[text.n - 1] = '}';
	check(!inv_entry_parse(inv_buf_str(&text), &rows, &e, &err));
	inv_journal_read_close(r);
	inv_rows_free(&rows);
	inv_buf_free(&text);
	check(closed(j));
	close(state.fd);
}

static void
only_what_no_outcome_closed_is_open(void)
{
	static const enum inv_outcome_kind kinds[] = { INV_OUTCOME_COMMITTED,
		INV_OUTCOME_REFUSED, INV_OUTCOME_KEY_MISMATCH,
		INV_OUTCOME_NO_EFFECT, INV_OUTCOME_OPEN };
	struct inv_state state = fresh();
	struct inv_journal *j = opened(&state);
	struct inv_buf body = INV_BUF(INV_BATCH_BODY_MAX);
	struct inv_err err;
	struct batch b;
	uint64_t seq;
	int64_t wall;

	for (size_t i = 0; i < 5; i++)
		check(intend(j, i * 10 + 1, i * 10 + 10, 1) == i + 1);
	check(intend(j, 51, 60, 1) == 6);
	for (size_t i = 0; i < 5; i++)
		check(end(j, i + 1, kinds[i]) == i + 7);
	check(synced(j));
	killed(j);
	struct inv_journal *k = opened(&state);

	check(inv_journal_open_count(k) == 2);
	struct inv_intent open = inv_journal_open_at(k, 0, &seq, &wall);

	check(seq == 5 && open.rows->range[0].first == 41);
	check(wall > 0 && inv_clock_wall() - wall < 600);
	check(inv_journal_body(k, seq, &body, &err));
	make(&b, 41, 50, 1);
	check(inv_str_eq(inv_buf_str(&body), b.intent.body));
	check(inv_str_eq(open.key, b.intent.key));
	check(inv_str_eq(open.keyed_by, b.intent.keyed_by));
	unmake(&b);
	open = inv_journal_open_at(k, 1, &seq, &wall);
	check(seq == 6 && open.rows->range[0].first == 51);
	check(seen(k, 1, 1) == 17 && seen(k, 11, 1) == 0);
	check_lines(state, "i1 i2 i3 i4 i5 i6 o7 o8 o9 o10 o11 i12=5 i13=6 ");

	/* Closing one, by its first name. */
	check(end(k, 5, INV_OUTCOME_COMMITTED) == 14 && synced(k));
	check(inv_journal_open_count(k) == 1);
	check(inv_journal_index(k, 5, NULL, 0, &err));
	check(seen(k, 41, 1) == 17);
	inv_buf_free(&body);
	check(closed(k));
	close(state.fd);
}

static void
a_clean_end_leaves_nothing_to_read_again(void)
{
	struct inv_state state = fresh();
	struct inv_journal *j = opened(&state);
	struct stat st;

	check(intend(j, 1, 10, 1) == 1);
	check(end(j, 1, INV_OUTCOME_OPEN) == 2);
	check(closed(j));
	check_lines(state, "i1 o2 i3=1 ");
	check(fstatat(state.fd, "journal/000002.ndjson", &st, 0) == 0);
	/* Copies are copied again only when something has followed them. */
	for (int i = 0; i < 3; i++) {
		j = opened(&state);
		check(inv_journal_open_count(j) == 1);
		check(closed(j));
	}
	check(fstatat(state.fd, "journal/000004.ndjson", &st, 0) == -1);
	close(state.fd);
}

/* ---- torn and damaged ---- */

static off_t
size_of(const struct inv_state *state, const char *name)
{
	struct stat st;

	return fstatat(state->fd, name, &st, 0) == 0 ? st.st_size : -1;
}

static void
append(const struct inv_state *state, const char *name, const char *text)
{
	int fd = openat(state->fd, name, O_WRONLY | O_APPEND);

	if (fd == -1 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		abort();
	close(fd);
}

/* A journal of two intents, the first of them committed. */
static void
fill(const struct inv_state *state)
{
	struct inv_journal *j = opened(state);

	check(intend(j, 1, 10, 1) == 1 && intend(j, 11, 20, 1) == 2);
	check(end(j, 1, INV_OUTCOME_COMMITTED) == 3 && synced(j));
	killed(j);
	check(size_of(state, "journal/000001.ndjson") > 0);
}

static void
a_tail_torn_anywhere_is_cut(void)
{
	struct inv_state state = fresh();
	char *whole;
	off_t n;
	int fd;

	fill(&state);
	n = size_of(&state, "journal/000001.ndjson");
	if (n <= 0)
		return;
	whole = inv_mem_new((size_t)n);
	fd = openat(state.fd, "journal/000001.ndjson", O_RDWR);
	check(read(fd, whole, (size_t)n) == n);
	for (off_t keep = n; keep >= 0; keep -= 37) {
		uint64_t lines_kept = 0;

		for (off_t i = 0; i < keep; i++)
			lines_kept += whole[i] == '\n';
		unlinkat(state.fd, "journal/seen.db", 0);
		unlinkat(state.fd, "journal/000002.ndjson", 0);
		check(ftruncate(fd, 0) == 0 &&
		    pwrite(fd, whole, (size_t)keep, 0) == keep);
		struct inv_journal *j = opened(&state);

		check(j != NULL);
		if (j == NULL)
			break;
		check((inv_journal_cut(j) > 0) ==
		    (keep > 0 && whole[keep - 1] != '\n'));
		check(inv_journal_open_count(j) ==
		    (lines_kept == 0 || lines_kept == 3 ? lines_kept / 3
							: lines_kept));
		check(seen(j, 1, 1) == (lines_kept == 3 ? 17 : 0));
		check(inv_journal_durable(j) ==
		    lines_kept + inv_journal_open_count(j));
		check(closed(j));
	}
	close(fd);
	free(whole);
	close(state.fd);
}

static void
garbage_behind_the_end_is_cut(void)
{
	static const char *const garbage[] = { "x", "{\"seq\":", "\n", "{}\n",
		"a\nb\nc" };

	for (size_t i = 0; i < sizeof(garbage) / sizeof(*garbage); i++) {
		struct inv_state state = fresh();

		fill(&state);
		append(&state, "journal/000001.ndjson", garbage[i]);
		struct inv_journal *j = opened(&state);

		check(j != NULL && inv_journal_cut(j) == strlen(garbage[i]));
		check(j != NULL && closed(j));
		check_lines(state, "i1 i2 o3 i4=2 ");
		close(state.fd);
	}
}

static void
every_changed_byte_before_the_last_line_is_damage(void)
{
	struct inv_state state = fresh();
	struct inv_err err;
	off_t n;
	char c;
	int fd;

	fill(&state);
	fd = openat(state.fd, "journal/000001.ndjson", O_RDWR);
	n = size_of(&state, "journal/000001.ndjson");
	off_t last = n - 1;

	do
		last--;
	while (pread(fd, &c, 1, last) == 1 && c != '\n');
	unlinkat(state.fd, "journal/seen.db", 0);
	for (off_t i = 0; i < last; i += 3) {
		check(pread(fd, &c, 1, i) == 1);
		c ^= 1;
		check(pwrite(fd, &c, 1, i) == 1);
		err.fault = INV_OK;
		check(inv_journal_open(&state, &err) == NULL);
		check(err.fault == INV_IO);
		check(strstr(err.msg, "000001.ndjson: line ") != NULL);
		check(strchr(lines(&state), '!') != NULL);
		c ^= 1;
		check(pwrite(fd, &c, 1, i) == 1);
		unlinkat(state.fd, "journal/seen.db", 0);
	}
	check(size_of(&state, "journal/000001.ndjson") == n);
	check_lines(state, "i1 i2 o3 ");
	close(fd);
	close(state.fd);
}

static void
damage_tells_the_file_and_the_line(void)
{
	struct inv_state state = fresh();
	struct inv_err err;
	char text[1000];
	int fd;

	fill(&state);
	fd = openat(state.fd, "journal/000001.ndjson", O_RDWR);
	check(read(fd, text, sizeof(text)) == sizeof(text));
	off_t at = (char *)memmem(text, sizeof(text), "K1", 2) - text;

	check(pwrite(fd, "L", 1, at) == 1);
	close(fd);
	check(inv_journal_open(&state, &err) == NULL);
	check_str(inv_str_of(err.msg),
	    "journal/000001.ndjson: line 2: damaged: "
	    "it does not follow the line before");
	close(state.fd);
}

static void
a_missing_segment_is_damage(void)
{
	struct inv_state state = fresh();
	struct inv_journal *j;
	struct inv_err err;

	fill(&state);
	j = opened(&state);
	check(closed(j));
	check_lines(state, "i1 i2 o3 i4=2 ");
	unlinkat(state.fd, "journal/seen.db", 0);
	check(renameat(state.fd, "journal/000001.ndjson", state.fd, "away") ==
	    0);
	check(inv_journal_open(&state, &err) == NULL && err.fault == INV_IO);
	check_str(inv_str_of(err.msg), "journal/000001.ndjson: missing");
	check(renameat(state.fd, "away", state.fd, "journal/000001.ndjson") ==
	    0);
	check(renameat(state.fd, "journal/000002.ndjson", state.fd,
		  "journal/000003.ndjson") == 0);
	check(inv_journal_open(&state, &err) == NULL && err.fault == INV_IO);
	check_str(inv_str_of(err.msg), "journal/000002.ndjson: missing");
	close(state.fd);
}

static void
a_journal_shorter_than_its_index_was_rolled_back(void)
{
	struct inv_state state = fresh();
	struct inv_journal *j = opened(&state);
	struct inv_err err;

	check(intend(j, 1, 10, 1) == 1);
	check(end(j, 1, INV_OUTCOME_REFUSED) == 2);
	check(closed(j));
	int fd = openat(state.fd, "journal/000001.ndjson", O_RDWR);

	check(ftruncate(fd, 100) == 0);
	close(fd);
	check(inv_journal_open(&state, &err) == NULL);
	check(err.fault == INV_CONFIG);
	check_str(inv_str_of(err.msg),
	    "state/journal: it ends before line 2, up to which journal/seen.db "
	    "has read it: it was rolled back or replaced; nothing has been "
	    "sent: put the newer one back, or begin a new state with "
	    "INV_STATE");
	close(state.fd);
}

static void
planted_files_are_refused(void)
{
	struct inv_state state = fresh();
	struct inv_err err;

	check(mkdirat(state.fd, "journal", 0700) == 0);
	check(symlinkat("../elsewhere", state.fd, "journal/000001.ndjson") ==
	    0);
	check(inv_journal_open(&state, &err) == NULL);
	check(err.fault == INV_DENIED);
	check(faccessat(state.fd, "elsewhere", F_OK, 0) == -1);
	close(state.fd);
}

/* ---- killed at every step ---- */

/*
 * A child opens a journal that has work to recover, and is killed at its
 * n-th system call that may change the disk; then all is as it should be.
 */
static void
opening_can_be_killed_at_any_point(void)
{
	struct inv_state state = fresh();

	for (int n = 1; n < 60; n++) {
		char cmd[256];

		close(state.fd);
		state = fresh();
		fill(&state);
		append(&state, "journal/000001.ndjson", "torn");
		(void)snprintf(cmd, sizeof(cmd),
		    "exec strace -f -o /dev/null -e "
		    "inject=write,pwrite64,fsync,fdatasync,ftruncate,rename,"
		    "renameat,renameat2,unlink,unlinkat:signal=KILL:when=%d "
		    "\"$TEST_JOURNAL\" open 2>/dev/null",
		    n);
		int rc = system(cmd);

		if (WIFEXITED(rc) && WEXITSTATUS(rc) == 127) {
			skip("no strace");
			break;
		}
		bool whole = WIFEXITED(rc) && WEXITSTATUS(rc) == 0;
		struct inv_journal *j = opened(&state);

		check(j != NULL);
		if (j == NULL)
			break;
		check(inv_journal_open_count(j) == 1);
		check(seen(j, 1, 1) == 17 && seen(j, 11, 1) == 0);
		check(closed(j));
		check(strchr(lines(&state), '!') == NULL);
		if (whole) {
			check(n > 5);
			break;
		}
	}
	close(state.fd);
}

static int
only_open(void)
{
	struct inv_state state = { open("state", O_RDONLY | O_DIRECTORY),
		"state" };
	struct inv_journal *j = opened(&state);

	return j != NULL && closed(j) ? 0 : 1;
}

/* ---- reading while another writes ---- */

static void
a_reader_follows_a_writer_through_torn_ends_and_segments(void)
{
	struct inv_state state = fresh();
	struct inv_journal_reader *r = inv_journal_read(&state, &INV_PLACE);
	struct inv_entry e;
	struct inv_err err;

	check(inv_journal_next(r, &e, &err) == INV_NEXT_END);
	fill(&state);
	append(&state, "journal/000001.ndjson", "{\"seq\":4,\"pre");
	for (uint64_t i = 1; i <= 3; i++)
		check(inv_journal_next(r, &e, &err) == INV_NEXT_LINE &&
		    e.seq == i);
	check(inv_journal_next(r, &e, &err) == INV_NEXT_END);
	check(inv_journal_next(r, &e, &err) == INV_NEXT_END);
	struct inv_place place = inv_journal_place(r);
	struct inv_journal *j = opened(&state);

	check(inv_journal_next(r, &e, &err) == INV_NEXT_LINE);
	check(e.seq == 4 && e.copied && e.intent == 2);
	check(end(j, 2, INV_OUTCOME_NO_EFFECT) == 5 && synced(j));
	check(inv_journal_next(r, &e, &err) == INV_NEXT_LINE && e.seq == 5);
	check(inv_journal_next(r, &e, &err) == INV_NEXT_END);
	inv_journal_read_close(r);
	r = inv_journal_read(&state, &place);
	check(inv_journal_next(r, &e, &err) == INV_NEXT_LINE && e.seq == 4);
	check(inv_journal_next(r, &e, &err) == INV_NEXT_LINE && e.seq == 5);
	check(inv_journal_next(r, &e, &err) == INV_NEXT_END);
	inv_journal_read_close(r);
	check(closed(j));
	close(state.fd);
}

/* ---- segments ---- */

enum {
	BIG_ROWS = 16,      /* of a batch of almost 4 MiB */
	BIG_PAD = 250000,   /* bytes of each */
	BIG_OF_SEGMENT = 9, /* of them pass INV_SEGMENT_MAX */
};

/* The n-th large batch, from 0: rows 16 n + 1 and on. */
static uint64_t
intend_big(struct inv_journal *j, uint64_t n)
{
	struct batch b;
	uint64_t first = n * BIG_ROWS + 1;

	make(&b, first, first + BIG_ROWS - 1, 1);
	inv_buf_reset(&b.body);
	for (uint64_t r = first; r < first + BIG_ROWS; r++)
		inv_buf_addf(&b.body, "%c{\"id\":\"K%ju\",\"pad\":\"%0*ju\"}",
		    r == first ? '[' : ',', (uintmax_t)r, BIG_PAD,
		    (uintmax_t)r);
	inv_buf_byte(&b.body, ']');
	inv_digest_hex_of(digest, inv_buf_str(&b.body), b.hash);
	b.intent.chunk = 0;
	b.intent.body = inv_buf_str(&b.body);
	uint64_t seq = inv_journal_intent(j, &b.intent);

	unmake(&b);
	return seq;
}

/* Is that row of a large batch what its key last committed? */
static bool
seen_big(struct inv_journal *j, uint64_t r)
{
	struct inv_keyer *k = inv_keyer_new();
	const struct inv_seen_row *rows;
	struct inv_seen_row got;
	struct inv_err err;
	struct batch b;
	size_t n;

	make(&b, r, r, 1);
	if (!inv_keyer_rows(k, &b.intent, &rows, &n, &err) || n != 1)
		abort();
	got = rows[0];
	if (!inv_seen_find(inv_journal_seen(j), &got, 1, &err))
		abort();
	unmake(&b);
	inv_keyer_free(k);
	return got.arrival == 17 && got.row == r;
}

/* Written, as far as this process can tell. */
static bool
written(struct inv_journal *j)
{
	struct inv_journal_write w;
	struct inv_err err;

	return inv_journal_pending(j, &w) &&
	    pwrite(w.fd, w.bytes.p, w.bytes.n, (off_t)w.offset) ==
	    (ssize_t)w.bytes.n &&
	    inv_journal_settled(j, 0, &err);
}

/*
 * The journal is read back from the place that seen has: that of an intent
 * which is not done with, in the midst of what was linked.
 */
static void
lines_that_a_worker_links_are_in_the_chain(void)
{
	struct inv_state state = fresh();
	struct inv_journal *j = opened(&state);
	struct inv_err err;
	uint64_t n = 1;

	check(inv_journal_link(j) == NULL);
	check(intend(j, 1, 500, 1) == 1);
	/* A short one is linked by whoever writes it. */
	check(inv_journal_link(j) == NULL);
	while (n++ < 8)
		check(intend(j, 500 * n - 499, 500 * n, 1) == n);
	struct inv_job *job = inv_journal_link(j);

	check(job != NULL && inv_journal_link(j) == NULL);
	/* Added while a worker is at the others. */
	check(intend(j, 9001, 9010, 1) == 9);
	job->fn(job, digest);
	check(written(j) && inv_journal_durable(j) == 8);
	check(end(j, 1, INV_OUTCOME_COMMITTED) == 10);
	check(end(j, 3, INV_OUTCOME_COMMITTED) == 11);
	check(synced(j) && inv_journal_durable(j) == 11);
	check(inv_journal_index(j, 1, NULL, 0, &err));
	check(closed(j));
	check_lines(state, "i1 i2 i3 i4 i5 i6 i7 i8 i9 o10 o11 ");
	j = opened(&state);
	check(j != NULL && inv_journal_open_count(j) == 7);
	check(closed(j));
	close(state.fd);
}

/* What was linked and what came since: a journal that is closed writes both. */
static void
what_was_linked_is_written_before_what_came_since(void)
{
	struct inv_state state = fresh();
	struct inv_journal *j = opened(&state);

	for (uint64_t n = 1; n <= 8; n++)
		check(intend(j, 500 * n - 499, 500 * n, 1) == n);
	struct inv_job *job = inv_journal_link(j);

	check(job != NULL);
	job->fn(job, digest);
	check(intend(j, 9001, 9010, 1) == 9);
	for (uint64_t n = 1; n <= 9; n++)
		check(end(j, n, INV_OUTCOME_NO_EFFECT) == 9 + n);
	check(synced(j) && inv_journal_durable(j) == 18);
	check(closed(j));
	/* What follows another time is in the same chain. */
	j = opened(&state);
	check(intend(j, 9001, 9010, 1) == 19 && synced(j));
	killed(j);
	check_lines(state,
	    "i1 i2 i3 i4 i5 i6 i7 i8 i9 o10 o11 o12 o13 o14 o15 o16 o17 o18 "
	    "i19 ");
	close(state.fd);
}

/* Commit large batches from..to-1, each in one write, and indexed. */
static void
commit_big(struct inv_journal *j, uint64_t from, uint64_t to)
{
	struct inv_err err;

	for (uint64_t i = from; i < to; i++) {
		uint64_t seq = intend_big(j, i);

		check(seq != 0);
		check(end(j, seq, INV_OUTCOME_COMMITTED) != 0 && written(j));
		check(inv_journal_index(j, seq, NULL, 0, &err));
	}
}

/* Compress all that is settled; how many they were. */
static int
packed(struct inv_journal *j)
{
	struct inv_err err;
	bool more = true;
	int n = 0;

	for (;;) {
		if (!inv_journal_pack(j, &more, &err)) {
			printf("# %s\n", err.msg);
			return -1;
		}
		if (!more)
			return n;
		n++;
	}
}

static void
intents_of_one_write_have_their_ceiling(void)
{
	struct inv_state state = fresh();
	struct inv_journal *j = opened(&state);
	struct inv_journal_write w;
	struct inv_err err;
	uint64_t n = 0;

	while (intend(j, n * 500 + 1, n * 500 + 500, 1) != 0)
		n++;
	check(n > 10 && inv_journal_waiting(j) <= INV_JOURNAL_GROUP_MAX);
	check(end(j, 1, INV_OUTCOME_REFUSED) == n + 1);
	/* While they are written the next may come: one alone may be larger. */
	check(inv_journal_pending(j, &w));
	check(intend_big(j, 0) == n + 2 && intend_big(j, 1) == 0);
	check(pwrite(w.fd, w.bytes.p, w.bytes.n, 0) == (ssize_t)w.bytes.n);
	check(inv_journal_settled(j, 0, &err));
	check(inv_journal_waiting(j) > INV_JOURNAL_GROUP_MAX && closed(j));
	close(state.fd);
}

static void
a_segment_past_its_size_is_followed_by_another(void)
{
	struct inv_state state = fresh();
	struct inv_journal *j = opened(&state);
	struct inv_buf body = INV_BUF(INV_BATCH_BODY_MAX);
	struct inv_err err;

	for (uint64_t i = 0; i + 1 < BIG_OF_SEGMENT; i++)
		check(intend_big(j, i) == i + 1 && synced(j));
	check(size_of(&state, "journal/000002.ndjson") == -1);
	/* Lines that are built meanwhile move with the end. */
	struct inv_journal_write w;

	check(intend_big(j, BIG_OF_SEGMENT - 1) == BIG_OF_SEGMENT);
	check(inv_journal_pending(j, &w));
	check(w.direct == -1 || is_same_file(w.direct, w.fd));
	check(intend_big(j, BIG_OF_SEGMENT) == BIG_OF_SEGMENT + 1);
	check(end(j, 1, INV_OUTCOME_REFUSED) == BIG_OF_SEGMENT + 2);
	check(pwrite(w.fd, w.bytes.p, w.bytes.n, (off_t)w.offset) ==
	    (ssize_t)w.bytes.n);
	check(inv_journal_settled(j, 0, &err));
	check(size_of(&state, "journal/000002.ndjson") == 0);
	check(inv_journal_pending(j, &w) && w.offset == 0);
	check(w.direct == -1 || is_same_file(w.direct, w.fd));
	check(inv_journal_settled(j, put_down(&w), &err));
	check(size_of(&state, "journal/000001.ndjson") >= INV_SEGMENT_MAX);
	check(size_of(&state, "journal/000002.ndjson") > 4000000);
	for (uint64_t i = 2; i <= BIG_OF_SEGMENT + 1; i++)
		check(inv_journal_body(j, i, &body, &err));
	check_lines(state, "i1 i2 i3 i4 i5 i6 i7 i8 i9 i10 o11 ");
	killed(j);
	j = opened(&state);
	check(j != NULL && inv_journal_open_count(j) == BIG_OF_SEGMENT);
	for (uint64_t i = 2; i <= BIG_OF_SEGMENT + 1; i++)
		check(inv_journal_body(j, i, &body, &err));
	check(closed(j));
	inv_buf_free(&body);
	close(state.fd);
}

static void
a_segment_that_can_not_be_begun_ends_the_run(void)
{
	struct inv_state state = fresh();
	struct inv_journal *j = opened(&state);
	struct inv_journal_write w;
	struct inv_err err;

	commit_big(j, 0, BIG_OF_SEGMENT - 1);
	check(mkdirat(state.fd, "journal/000002.ndjson", 0700) == 0);
	check(intend_big(j, BIG_OF_SEGMENT - 1) != 0);
	check(inv_journal_pending(j, &w));
	check(pwrite(w.fd, w.bytes.p, w.bytes.n, (off_t)w.offset) ==
	    (ssize_t)w.bytes.n);
	check(!inv_journal_settled(j, 0, &err) && err.fault == INV_IO);
	check(intend(j, 9001, 9010, 1) != 0 && !inv_journal_pending(j, &w));
	check(!closed(j));
	check(unlinkat(state.fd, "journal/000002.ndjson", AT_REMOVEDIR) == 0);
	j = opened(&state);
	check(j != NULL && inv_journal_open_count(j) == 1 && seen_big(j, 1));
	check(closed(j));
	close(state.fd);
}

static void
killed_before_its_first_line_a_new_segment_is_no_damage(void)
{
	struct inv_state state = fresh();
	struct inv_journal *j = opened(&state);

	commit_big(j, 0, BIG_OF_SEGMENT);
	check(size_of(&state, "journal/000002.ndjson") == 0);
	killed(j);
	unlinkat(state.fd, "journal/seen.db", 0);
	j = opened(&state);
	check(j != NULL && inv_journal_open_count(j) == 0 && seen_big(j, 1));
	check(intend(j, 9001, 9010, 1) == 2 * BIG_OF_SEGMENT + 1);
	check(synced(j));
	check(size_of(&state, "journal/000002.ndjson") > 0);
	killed(j);
	/* Nor is one that stays empty, with copies behind it. */
	check(truncate("state/journal/000002.ndjson", 0) == 0);
	int fd = openat(state.fd, "journal/000001.ndjson", O_RDWR);
	off_t n = size_of(&state, "journal/000001.ndjson");
	char c = 0;

	for (n--; pread(fd, &c, 1, n - 1) == 1 && c != '\n';)
		n--;
	check(ftruncate(fd, n) == 0);
	close(fd);
	unlinkat(state.fd, "journal/seen.db", 0);
	j = opened(&state);
	check(j != NULL && inv_journal_open_count(j) == 1);
	check(size_of(&state, "journal/000002.ndjson") == 0);
	check(size_of(&state, "journal/000003.ndjson") > 0);
	check(closed(j));
	check(strchr(lines(&state), '!') == NULL);
	close(state.fd);
}

static void
what_is_done_with_is_compressed_and_reads_as_before(void)
{
	struct inv_state state = fresh();
	struct inv_journal *j = opened(&state);
	char before[4096];
	struct inv_place place;
	struct inv_entry e;
	struct inv_err err;

	commit_big(j, 0, 2 * BIG_OF_SEGMENT + 1);
	(void)snprintf(before, sizeof(before), "%s", lines(&state));
	/* The index lags: nothing is done with yet. */
	check(packed(j) == 0);
	check(closed(j));
	struct inv_journal_reader *r = inv_journal_read(&state, &INV_PLACE);

	for (uint64_t i = 1; i <= 5; i++)
		check(inv_journal_next(r, &e, &err) == INV_NEXT_LINE);
	place = inv_journal_place(r);
	j = opened(&state);
	check(packed(j) == 2);
	check(size_of(&state, "journal/000001.ndjson") == -1);
	check(size_of(&state, "journal/000001.ndjson.zst") > 0);
	check(size_of(&state, "journal/000002.ndjson.zst") > 0);
	check(size_of(&state, "journal/000003.ndjson") > 0);
	check_lines(state, before);
	/* One who was reading goes on, and so does one who comes back. */
	for (uint64_t i = 6; i <= 2 * (2 * BIG_OF_SEGMENT + 1); i++)
		check(inv_journal_next(r, &e, &err) == INV_NEXT_LINE &&
		    e.seq == i);
	check(inv_journal_next(r, &e, &err) == INV_NEXT_END);
	inv_journal_read_close(r);
	r = inv_journal_read(&state, &place);
	check(inv_journal_next(r, &e, &err) == INV_NEXT_LINE && e.seq == 6);
	inv_journal_read_close(r);
	check(packed(j) == 0);
	check(closed(j));
	close(state.fd);
}

static void
a_lost_index_is_built_from_compressed_segments_too(void)
{
	struct inv_state state = fresh();
	struct inv_journal *j = opened(&state);

	commit_big(j, 0, 2 * BIG_OF_SEGMENT + 1);
	check(closed(j));
	j = opened(&state);
	check(packed(j) == 2 && closed(j));
	check(unlinkat(state.fd, "journal/seen.db", 0) == 0);
	j = opened(&state);
	for (uint64_t i = 0; j != NULL && i <= 2 * BIG_OF_SEGMENT; i++)
		check(seen_big(j, i * BIG_ROWS + 1));
	check(j != NULL &&
	    !seen_big(j, (2 * BIG_OF_SEGMENT + 1) * BIG_ROWS + 1));
	check(closed(j));
	close(state.fd);
}

static void
an_older_index_catches_up_through_compressed_segments(void)
{
	struct inv_state state = fresh();
	struct inv_journal *j = opened(&state);

	commit_big(j, 0, 3);
	check(closed(j));
	check(system("cp state/journal/seen.db older") == 0);
	j = opened(&state);
	commit_big(j, 3, BIG_OF_SEGMENT + 2);
	check(closed(j));
	j = opened(&state);
	check(packed(j) == 1 && closed(j));
	check(system("cp older state/journal/seen.db") == 0);
	j = opened(&state);
	check(j != NULL && seen_big(j, 1));
	check(seen_big(j, 4 * BIG_ROWS + 1));
	check(seen_big(j, (BIG_OF_SEGMENT + 1) * BIG_ROWS + 1));
	check(closed(j));
	close(state.fd);
}

static void
a_segment_with_an_open_intent_is_not_compressed(void)
{
	struct inv_state state = fresh();
	struct inv_journal *j = opened(&state);

	check(intend(j, 9001, 9010, 1) == 1 && synced(j));
	commit_big(j, 0, BIG_OF_SEGMENT + 1);
	check(packed(j) == 0);
	check(size_of(&state, "journal/000002.ndjson") > 0);
	/* Closing copies it forward: then it is done with. */
	check(closed(j));
	j = opened(&state);
	check(inv_journal_open_count(j) == 1);
	check(packed(j) == 2);
	check(size_of(&state, "journal/000003.ndjson") > 0);
	check(closed(j));
	j = opened(&state);
	check(inv_journal_open_count(j) == 1 && packed(j) == 0);
	check(closed(j));
	close(state.fd);
}

static void
a_compressed_segment_that_is_changed_or_the_last_is_damage(void)
{
	struct inv_state state = fresh();
	struct inv_journal *j = opened(&state);
	struct inv_err err;
	char before[4096];
	off_t n;
	char c;

	commit_big(j, 0, BIG_OF_SEGMENT);
	check(closed(j));
	j = opened(&state);
	check(packed(j) == 1 && closed(j));
	(void)snprintf(before, sizeof(before), "%s", lines(&state));
	n = size_of(&state, "journal/000001.ndjson.zst");
	int fd = openat(state.fd, "journal/000001.ndjson.zst", O_RDWR);

	for (off_t i = 0; i < n; i += 1 + n / 40) {
		check(pread(fd, &c, 1, i) == 1);
		c ^= 4;
		check(pwrite(fd, &c, 1, i) == 1);
		const char *now = lines(&state);

		check(strchr(now, '!') != NULL || strcmp(now, before) == 0);
		c ^= 4;
		check(pwrite(fd, &c, 1, i) == 1);
	}
	close(fd);
	check_lines(state, before);
	unlinkat(state.fd, "journal/seen.db", 0);
	check(renameat(state.fd, "journal/000002.ndjson", state.fd, "away") ==
	    0);
	check(inv_journal_open(&state, &err) == NULL && err.fault == INV_IO);
	check_str(inv_str_of(err.msg), "journal/000002.ndjson: missing");
	check(size_of(&state, "journal/000001.ndjson") == -1);
	close(state.fd);
}

/* ---- bodies ---- */

static void
a_body_that_is_not_its_rows_is_refused(void)
{
	static const char *const bodies[] = { "[]", "[{\"id\":1}]",
		"[{\"id\":1},{\"id\":2},{\"id\":3}]", "[{\"id\":1},2]",
		"[{\"id\":1},{\"id\":2}", "{\"id\":1}", "" };
	struct inv_keyer *k = inv_keyer_new();
	const struct inv_seen_row *rows;
	struct inv_err err;
	struct batch b;
	size_t n;

	make(&b, 1, 2, 1);
	check(inv_keyer_rows(k, &b.intent, &rows, &n, &err) && n == 2);
	check(rows[1].row == 2 && rows[1].arrival == 17);
	check(memcmp(rows[0].key, rows[1].key, INV_KEY) != 0);
	for (size_t i = 0; i < sizeof(bodies) / sizeof(*bodies); i++) {
		b.intent.body = inv_str_of(bodies[i]);
		err.fault = INV_OK;
		check(!inv_keyer_rows(k, &b.intent, &rows, &n, &err));
		check(err.fault == INV_BAD);
	}
	unmake(&b);
	inv_keyer_free(k);
}

int
main(int argc, char *argv[])
{
	static const struct test tests[] = {
		TEST(nothing_counts_before_it_is_settled),
		TEST(lines_that_a_worker_links_are_in_the_chain),
		TEST(what_was_linked_is_written_before_what_came_since),
		TEST(groups_of_all_sizes_are_whole_for_who_reads_beside),
		TEST(a_line_is_what_the_page_says),
		TEST(a_body_past_its_ceiling_is_not_taken),
		TEST(committed_rows_are_known_at_the_next_start),
		TEST(a_lost_index_is_built_again),
		TEST(of_a_batch_committed_in_part_only_those_rows_are_known),
		TEST(an_outcome_in_part_says_which_rows),
		TEST(what_a_key_holds_is_the_rows_that_kept_it),
		TEST(a_row_that_corrects_another_has_its_place),
		TEST(places_are_those_of_rows_that_come),
		TEST(an_order_that_is_none_is_no_line),
		TEST(a_line_of_rows_kept_says_whose_they_are),
		TEST(only_what_no_outcome_closed_is_open),
		TEST(a_clean_end_leaves_nothing_to_read_again),
		TEST(a_tail_torn_anywhere_is_cut),
		TEST(garbage_behind_the_end_is_cut),
		TEST(every_changed_byte_before_the_last_line_is_damage),
		TEST(damage_tells_the_file_and_the_line),
		TEST(a_missing_segment_is_damage),
		TEST(a_journal_shorter_than_its_index_was_rolled_back),
		TEST(planted_files_are_refused),
		TEST(opening_can_be_killed_at_any_point),
		TEST(a_reader_follows_a_writer_through_torn_ends_and_segments),
		TEST(intents_of_one_write_have_their_ceiling),
		TEST(a_segment_past_its_size_is_followed_by_another),
		TEST(a_segment_that_can_not_be_begun_ends_the_run),
		TEST(killed_before_its_first_line_a_new_segment_is_no_damage),
		TEST(what_is_done_with_is_compressed_and_reads_as_before),
		TEST(a_lost_index_is_built_from_compressed_segments_too),
		TEST(an_older_index_catches_up_through_compressed_segments),
		TEST(a_segment_with_an_open_intent_is_not_compressed),
		TEST(
		    a_compressed_segment_that_is_changed_or_the_last_is_damage),
		TEST(a_body_that_is_not_its_rows_is_refused),
	};
	char dir[] = "/tmp/test_journal.XXXXXX";
	char self[4096];

	digest = inv_digest_new();
	if (argc > 1)
		return only_open();
	if (realpath(argv[0], self) == NULL ||
	    setenv("TEST_JOURNAL", self, 1) != 0 || mkdtemp(dir) == NULL ||
	    chdir(dir) != 0)
		return 1;
	int rc = RUN(tests);

	inv_digest_free(digest);
	if (system("rm -rf \"$PWD\"") != 0)
		return 1;
	return rc;
}
