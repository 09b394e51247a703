/* test_action.c - what people did is kept, in order and unchanged */

#include "store/action.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "check.h"
#include "store/quarantine_db.h"

static const char id[] =
    "abababababababababababababababababababababababababababababababab";

static char path[] = "/tmp/inv-action-XXXXXX";
static struct inv_state state = { .path = path };

static struct inv_action
action(const char *verb, const char *item)
{
	return (struct inv_action){
		.at = 1000000000,
		.verb = inv_str_of(verb),
		.item = inv_str_of(item),
		.manifest = { id, 64 },
		.submission = 1,
		.row = 7,
		.user = INV_LIT("ann"),
		.login = INV_LIT("bob"),
		.why = INV_LIT("so \"it\" was\n"),
		.detail = INV_LIT("{\"to\":\"eve\"}"),
	};
}

/* Add one; it stays only where commit is true. */
static void
add(const char *verb, const char *item, bool commit)
{
	struct inv_action a = action(verb, item);
	struct inv_action_writer *w;
	struct inv_err err;
	struct inv_db *db = inv_quarantine_db(&state, INV_DB_WRITE, &err);

	check(db != NULL && inv_db_begin(db, &err));
	w = inv_action_writer_new(db, &err);
	check(w != NULL && inv_action_add(w, &a, &err));
	inv_action_writer_free(w);
	if (commit)
		check(inv_db_commit(db, &err));
	inv_db_close(db);
}

/* The verbs behind that number, with blanks between them. */
static void
verbs_are(uint64_t behind, const char *want)
{
	struct inv_buf b = INV_BUF(1024);
	struct inv_action a;
	struct inv_err err;
	struct inv_action_reader *r = inv_actions_read(&state, behind, &err);

	check(r != NULL);
	while (inv_actions_next(r, &a, &err) == INV_NEXT_LINE) {
		check(a.number == ++behind);
		inv_buf_addf(&b, "%s%.*s", b.n > 0 ? " " : "", INV_ARG(a.verb));
	}
	check_str(inv_buf_str(&b), want);
	inv_buf_free(&b);
	inv_actions_close(r);
}

static void
without_a_quarantine_there_are_none(void)
{
	struct inv_err err;

	check(inv_actions_read(&state, 0, &err) == NULL);
	check(err.fault == INV_NO);
	inv_actions_close(NULL);
	inv_action_writer_free(NULL);
}

static void
they_are_numbered_without_gaps(void)
{
	add("assign", "x-7", true);
	add("purge", "x-7", false);
	add("resolve", "x-8", true);
	verbs_are(0, "assign resolve");
	verbs_are(1, "resolve");
	verbs_are(2, "");
}

static void
one_is_read_as_it_was_written(void)
{
	struct inv_action want = action("assign", "x-7");
	struct inv_buf b = INV_BUF(1024);
	struct inv_action a;
	struct inv_err err;
	struct inv_action_reader *r = inv_actions_read(&state, 0, &err);

	check(r != NULL && inv_actions_next(r, &a, &err) == INV_NEXT_LINE);
	check(a.at == want.at && a.submission == 1 && a.row == 7);
	check(inv_str_eq(a.item, want.item));
	check(inv_str_eq(a.manifest, want.manifest));
	check(inv_str_eq(a.user, want.user));
	check(inv_str_eq(a.login, want.login));
	check(inv_str_eq(a.why, want.why));
	check(inv_str_eq(a.detail, want.detail));
	check(inv_actions_of(r, INV_LIT("x-7"), &b, &err));
	check_str(inv_buf_str(&b),
	    "[{\"number\":1,\"at\":\"2001-09-09T01:46:40Z\",\"verb\":\"assign\""
	    ",\"item\":\"x-7\",\"user\":\"ann\",\"login\":\"bob\","
	    "\"why\":\"so \\\"it\\\" was\\n\",\"detail\":{\"to\":\"eve\"}}]");
	inv_buf_free(&b);
	inv_actions_close(r);
}

static void
they_are_counted_by_item_and_verb(void)
{
	struct inv_err err;
	struct inv_db *db = inv_quarantine_db(&state, INV_DB_WRITE, &err);
	struct inv_action_writer *w = inv_action_writer_new(db, &err);
	uint64_t n;

	check(inv_action_count(w, INV_LIT("x-7"), INV_LIT("assign"), &n, &err));
	check(n == 1);
	check(inv_action_count(w, INV_LIT("x-7"), INV_LIT("purge"), &n, &err));
	check(n == 0);
	inv_action_writer_free(w);
	inv_db_close(db);
}

static void
they_are_never_changed(void)
{
	struct inv_err err;
	struct inv_db *db = inv_quarantine_db(&state, INV_DB_WRITE, &err);

	check(!inv_db_run(db, "UPDATE action SET why = ''", &err));
	check(!inv_db_run(db, "DELETE FROM action", &err));
	inv_db_close(db);
	verbs_are(0, "assign resolve");
}

static void
a_damaged_one_is_told(void)
{
	struct inv_action a;
	struct inv_err err;
	struct inv_db *db = inv_quarantine_db(&state, INV_DB_WRITE, &err);
	struct inv_action_reader *r;

	check(inv_db_run(db,
	    "DROP TRIGGER actions_stay;"
	    "UPDATE action SET detail = '{' WHERE number = 2",
	    &err));
	inv_db_close(db);
	r = inv_actions_read(&state, 1, &err);
	check(inv_actions_next(r, &a, &err) == INV_NEXT_ERR);
	check(err.fault == INV_BAD);
	inv_actions_close(r);
	r = inv_actions_read(&state, 0, &err);
	check(inv_actions_next(r, &a, &err) == INV_NEXT_LINE);
	inv_actions_close(r);
}

static void
a_patch_becomes_its_digest_and_the_rest_stays(void)
{
	struct inv_buf out = INV_BUF(INV_ACTION_DETAIL_MAX);
	struct inv_scan *scan = inv_scan_new();

	check(inv_action_forget(scan,
	    INV_LIT("{\"a\":{\"b\":1},\"patch\":[],\"c\":\"\\n\"}"), &out));
	check_str(inv_buf_str(&out),
	    "{\"a\":{\"b\":1},\"patch_sha256\":"
	    "\"4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945"
	    "\",\"c\":\"\\n\"}");
	inv_buf_reset(&out);
	check(!inv_action_forget(scan, INV_LIT("{\"a\":{\"patch\":[]}}"),
	    &out));
	check(!inv_action_forget(scan, INV_LIT("{"), &out));
	check(out.n == 0);
	inv_buf_free(&out);
	inv_scan_free(scan);
}

static const struct test tests[] = {
	TEST(without_a_quarantine_there_are_none),
	TEST(they_are_numbered_without_gaps),
	TEST(one_is_read_as_it_was_written),
	TEST(they_are_counted_by_item_and_verb),
	TEST(they_are_never_changed),
	TEST(a_damaged_one_is_told),
	TEST(a_patch_becomes_its_digest_and_the_rest_stays),
};

int
main(void)
{
	if (mkdtemp(path) == NULL)
		return 1;
	state.fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int bad = RUN(tests);

	(void)unlinkat(state.fd, "quarantine/quarantine.db", 0);
	(void)unlinkat(state.fd, "quarantine", AT_REMOVEDIR);
	(void)rmdir(path);
	return bad;
}
