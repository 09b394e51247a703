/* test_witness - does store/witness keep its header's promises? */

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"

#include "io/file.h"
#include "store/audit_head.h"
#include "store/journal.h"
#include "store/witness.h"

static const char hex[] =
    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

/* A state whose journal has that many intents that were refused. */
static struct inv_state
with_journal(int intents)
{
	if (system("rm -rf state") != 0 || mkdir("state", 0700) != 0)
		abort();
	struct inv_state state = { open("state", O_RDONLY | O_DIRECTORY),
		"state" };
	struct inv_rows rows = { 0 };
	struct inv_err err;
	struct inv_journal *j = inv_journal_open(&state, &err);
	const struct inv_intent intent = {
		.manifest = { hex, INV_DIGEST_HEX },
		.submission = 1,
		.rows = &rows,
		.key = { hex, INV_DIGEST_HEX },
		.batch_hash = { hex, INV_DIGEST_HEX },
		.keyed_by = INV_LIT("null"),
		.body = INV_LIT("[{\"a\":1}]"),
	};

	inv_rows_join(&rows, 1, 1);
	for (int i = 0; i < intents; i++) {
		uint64_t seq = inv_journal_intent(j, &intent);

		check(inv_journal_outcome(j, seq,
			  &(struct inv_outcome){
			      .kind = INV_OUTCOME_REFUSED }) != 0);
	}
	inv_rows_free(&rows);
	check(inv_journal_close(j, &err));
	return state;
}

/* The place behind that many lines. */
static struct inv_place
behind(const struct inv_state *state, int lines)
{
	struct inv_journal_reader *r = inv_journal_read(state, &INV_PLACE);
	struct inv_entry e;
	struct inv_err err;

	while (lines-- > 0)
		check(inv_journal_next(r, &e, &err) == INV_NEXT_LINE);
	struct inv_place at = inv_journal_place(r);

	inv_journal_read_close(r);
	return at;
}

/* The audit log has come to that place. */
static void
testify(const struct inv_state *state, struct inv_place at)
{
	struct inv_audit_head head = INV_AUDIT_HEAD;
	struct inv_err err;
	int dir = inv_file_state_dir(state->fd, "audit", &err);

	head.log.seq = 2;
	head.log.offset = 1;
	head.journal = at;
	check(inv_audit_head_write(dir, &head, &err));
	close(dir);
}

static bool
opens(const struct inv_state *state, struct inv_err *err)
{
	struct inv_journal *j = inv_journal_open(state, err);

	return j != NULL && inv_journal_close(j, err);
}

static bool
refused(const struct inv_state *state, const char *why)
{
	struct inv_err err = { 0 };

	return !opens(state, &err) && err.fault == INV_CONFIG &&
	    strstr(err.msg, why) != NULL;
}

static void
a_witness_that_is_older_or_the_same_proves_nothing(void)
{
	struct inv_state state = with_journal(3);
	struct inv_err err;

	for (int lines = 0; lines <= 6; lines++) {
		if (lines > 0)
			testify(&state, behind(&state, lines));
		check(opens(&state, &err));
	}
	close(state.fd);
}

static void
a_journal_that_ends_before_its_witness_was_rolled_back(void)
{
	struct inv_state state = with_journal(3);
	struct inv_place at = behind(&state, 6);

	close(state.fd);
	state = with_journal(2);
	testify(&state, at);
	check(refused(&state, "it ends before line 6, up to which audit/head"));
	/* As many bytes, but none of ours: the end is torn. */
	check(truncate("state/journal/000001.ndjson", (off_t)at.offset) == 0);
	check(refused(&state, "it ends before line 6, up to which audit/head"));
	close(state.fd);
}

static void
a_journal_with_another_line_there_was_replaced(void)
{
	struct inv_state state = with_journal(3);
	struct inv_place at = behind(&state, 4);
	struct inv_place end = behind(&state, 6);

	at.prev[0] ^= 1;
	testify(&state, at);
	check(refused(&state, "it does not go on from line 4"));
	end.prev[0] ^= 1;
	testify(&state, end);
	check(refused(&state, "it does not go on from line 6"));
	at.prev[0] ^= 1;
	at.offset++;
	testify(&state, at);
	check(refused(&state, "it does not go on from line 4"));
	close(state.fd);
}

static void
a_witness_that_can_not_be_read_stops_it(void)
{
	struct inv_state state = with_journal(1);
	struct inv_err err = { 0 };

	testify(&state, behind(&state, 2));
	check(truncate("state/audit/head", 10) == 0);
	check(!opens(&state, &err) && err.fault == INV_IO);
	check_str(inv_str_of(err.msg), "audit/head: not a head");
	close(state.fd);
}

int
main(void)
{
	static const struct test tests[] = {
		TEST(a_witness_that_is_older_or_the_same_proves_nothing),
		TEST(a_journal_that_ends_before_its_witness_was_rolled_back),
		TEST(a_journal_with_another_line_there_was_replaced),
		TEST(a_witness_that_can_not_be_read_stops_it),
	};
	char dir[] = "/tmp/test_witness.XXXXXX";

	if (mkdtemp(dir) == NULL || chdir(dir) != 0)
		return 1;
	int rc = RUN(tests);

	if (system("rm -rf \"$PWD\"") != 0)
		return 1;
	return rc;
}
