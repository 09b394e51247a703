/* test_status - what is open, as far as the journal tells */

#include "store/status.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"

#include "store/journal.h"

static const char manifest[] =
    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

static struct inv_state
fresh(void)
{
	if (system("rm -rf state") != 0 || mkdir("state", 0700) != 0)
		abort();
	return (struct inv_state){ open("state", O_RDONLY | O_DIRECTORY),
		"state" };
}

static struct inv_journal *
opened(const struct inv_state *state)
{
	struct inv_err err;
	struct inv_journal *j = inv_journal_open(state, &err);

	if (j == NULL)
		abort();
	return j;
}

/* The intent to send one record, of row n. */
static uint64_t
intend(struct inv_journal *j, uint64_t n)
{
	struct inv_digest *digest = inv_digest_new();
	struct inv_buf body = INV_BUF(1000);
	struct inv_rows rows = { 0 };
	char hash[INV_DIGEST_HEX];
	struct inv_err err;

	inv_rows_join(&rows, n, n);
	inv_buf_addf(&body, "[{\"id\":%ju}]", (uintmax_t)n);
	inv_digest_hex_of(digest, inv_buf_str(&body), hash);
	uint64_t seq = inv_journal_intent(j,
	    &(struct inv_intent){ .manifest = { manifest, INV_DIGEST_HEX },
		.submission = 2,
		.chunk = 3,
		.rows = &rows,
		.key = { hash, INV_DIGEST_HEX },
		.batch_hash = { hash, INV_DIGEST_HEX },
		.keyed_by = INV_LIT("null"),
		.body = inv_buf_str(&body) });

	check(seq != 0 && inv_journal_sync(j, &err));
	inv_rows_free(&rows);
	inv_buf_free(&body);
	inv_digest_free(digest);
	return seq;
}

static void
end(struct inv_journal *j, uint64_t seq, enum inv_outcome_kind kind)
{
	struct inv_err err;
	bool committed = kind == INV_OUTCOME_COMMITTED;

	check(inv_journal_outcome(j, seq,
		  &(struct inv_outcome){ .kind = kind,
		      .evidence = committed ? INV_LIT("receipt") : INV_LIT(""),
		      .reason = committed ? INV_LIT("") : INV_LIT("timeout"),
		      .status = 503,
		      .attempts = 4 }) != 0);
	check(inv_journal_sync(j, &err));
	check(!committed || inv_journal_index(j, seq, NULL, 0, &err));
}

static void
closed(struct inv_journal *j)
{
	struct inv_err err;

	check(inv_journal_close(j, &err));
}

static void
nothing_is_open_where_there_is_no_journal(void)
{
	struct inv_state state = fresh();
	struct inv_status s = { 0 };
	struct inv_err err;

	check(inv_status_read(&state, &s, &err));
	check(s.n == 0 && !s.committed && !s.succeeded);
	inv_status_free(&s);
	closed(opened(&state));
	check(inv_status_read(&state, &s, &err));
	check(s.n == 0 && s.entries == 0 && s.segments.count == 1);
	inv_status_free(&s);
	close(state.fd);
}

static void
what_no_outcome_closes_is_open(void)
{
	static const enum inv_outcome_kind kinds[] = { INV_OUTCOME_REFUSED,
		INV_OUTCOME_OPEN, INV_OUTCOME_COMMITTED, INV_OUTCOME_NO_EFFECT,
		INV_OUTCOME_KEY_MISMATCH };
	struct inv_state state = fresh();
	struct inv_journal *j = opened(&state);
	struct inv_status s = { 0 };
	struct inv_err err;

	for (uint64_t i = 1; i <= 6; i++)
		check(intend(j, 10 * i) == i);
	for (uint64_t i = 0; i < 5; i++)
		end(j, i + 1, kinds[i]);
	check(inv_status_read(&state, &s, &err));
	check(s.n == 2 && s.entries == 11);
	check(s.open[0].seq == 2 && s.open[0].rows.range[0].first == 20);
	check(s.open[0].submission == 2 && s.open[0].chunk == 3);
	check(s.open[0].attempts == 4 && s.open[0].status == 503);
	check_str(inv_str_of(s.open[0].reason), "timeout");
	check(s.open[1].seq == 6 && s.open[1].reason == NULL);
	check(s.committed && s.last.seq == 9);
	check(s.last.rows.count == 1 && s.last.rows.range[0].first == 30);
	inv_status_free(&s);
	closed(j);
	close(state.fd);
}

static void
a_copy_is_the_intent_that_it_copies(void)
{
	struct inv_state state = fresh();
	struct inv_journal *j = opened(&state);
	struct inv_status s = { 0 };
	struct inv_err err;

	check(intend(j, 1) == 1 && intend(j, 2) == 2);
	end(j, 1, INV_OUTCOME_COMMITTED);
	closed(j);
	int dir = openat(state.fd, "journal", O_RDONLY | O_DIRECTORY);

	for (int packed = 0; packed < 2; packed++) {
		check(inv_status_read(&state, &s, &err));
		check(s.segments.count == 2 &&
		    s.segments.packed == (uint64_t)packed);
		check(s.n == 1 && s.open[0].seq == 2 && s.entries == 4);
		/* The last commit is where it was, compressed or not. */
		check(s.committed && s.last.seq == 3);
		inv_status_free(&s);
		check(packed || inv_segment_pack(dir, 1, &err));
	}
	close(dir);
	j = opened(&state);
	end(j, 2, INV_OUTCOME_REFUSED);
	check(inv_status_read(&state, &s, &err));
	check(s.n == 0 && s.last.seq == 3);
	inv_status_free(&s);
	closed(j);
	close(state.fd);
}

static void
a_place_begins_at_the_first_line_there_is(void)
{
	struct inv_state state = fresh();
	struct inv_journal *j = opened(&state);
	struct inv_place place;
	struct inv_err err;
	bool there;

	check(inv_journal_begin(&state, 1, &place, &there, &err) && !there);
	check(intend(j, 1) == 1 && intend(j, 2) == 2);
	closed(j);
	check(inv_journal_begin(&state, 2, &place, &there, &err) && there);
	check(place.segment == 2 && place.offset == 0 && place.seq == 3);
	check(truncate("state/journal/000001.ndjson", 0) == 0);
	check(inv_journal_begin(&state, 1, &place, &there, &err) && there);
	check(place.segment == 2 && place.seq == 3);
	check(truncate("state/journal/000002.ndjson", 30) == 0);
	check(inv_journal_begin(&state, 1, &place, &there, &err) && !there);
	check(system("echo what > state/journal/000001.ndjson") == 0);
	check(!inv_journal_begin(&state, 1, &place, &there, &err));
	check_str(inv_str_of(err.msg),
	    "journal/000001.ndjson: line 1: damaged: not a line of a journal");
	close(state.fd);
}

int
main(void)
{
	static const struct test tests[] = {
		TEST(nothing_is_open_where_there_is_no_journal),
		TEST(what_no_outcome_closes_is_open),
		TEST(a_copy_is_the_intent_that_it_copies),
		TEST(a_place_begins_at_the_first_line_there_is),
	};
	char dir[] = "/tmp/test_status.XXXXXX";

	if (mkdtemp(dir) == NULL || chdir(dir) != 0)
		return 1;
	int rc = RUN(tests);

	if (system("rm -rf \"$PWD\"") != 0)
		return 1;
	return rc;
}
