/* test_db - does store/db keep its header's promises? */

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

#include "store/db.h"

static const char *const one_step[] = {
	"CREATE TABLE t(k BLOB PRIMARY KEY, n INTEGER, s TEXT) WITHOUT ROWID",
	NULL
};
static const char *const two_steps[] = {
	"CREATE TABLE t(k BLOB PRIMARY KEY, n INTEGER, s TEXT) WITHOUT ROWID",
	"ALTER TABLE t ADD COLUMN more TEXT", NULL
};
static const char *const bad_step[] = {
	"CREATE TABLE t(k); CREATE TABLE nonsense(", NULL
};

static const struct inv_db_plan plan = { .id = 42, .steps = one_step };

static struct inv_db *
fresh(struct inv_err *err)
{
	unlink("t.db");
	return inv_db_open("t.db", &plan, err);
}

/* -1 where it can not be told. */
static int
count(struct inv_db *db)
{
	struct inv_err err;
	struct inv_stmt *st =
	    inv_db_prepare(db, "SELECT count(*) FROM t", &err);

	if (st == NULL || inv_stmt_step(st, &err) != INV_STEP_ROW)
		return -1;
	int n = (int)inv_stmt_u64(st, 0);

	inv_stmt_reset(st);
	return n;
}

static void
a_new_file_is_private_and_has_the_tables(void)
{
	struct inv_err err;
	struct inv_db *db = fresh(&err);
	struct stat st;

	check(db != NULL);
	check(stat("t.db", &st) == 0 && (st.st_mode & 0777) == 0600);
	check(count(db) == 0);
	inv_db_close(db);
}

static void
values_come_back_as_bound(void)
{
	struct inv_err err;
	struct inv_db *db = fresh(&err);
	struct inv_stmt *put =
	    inv_db_prepare(db, "INSERT INTO t VALUES(?1,?2,?3)", &err);
	struct inv_stmt *get =
	    inv_db_prepare(db, "SELECT k,n,s FROM t ORDER BY k", &err);

	inv_stmt_bind_blob(put, 1, (struct inv_str){ NULL, 0 });
	inv_stmt_bind_u64(put, 2, INT64_MAX);
	inv_stmt_bind_null(put, 3);
	check(inv_stmt_run(put, &err));
	inv_stmt_bind_blob(put, 1, INV_LIT("a\0b"));
	inv_stmt_bind_text(put, 3, INV_LIT("text"));
	check(inv_stmt_run(put, &err));
	check(inv_db_changes(db) == 1);

	check(inv_stmt_step(get, &err) == INV_STEP_ROW);
	check(inv_stmt_str(get, 0).n == 0 && !inv_stmt_is_null(get, 0));
	check(inv_stmt_u64(get, 1) == INT64_MAX);
	check(inv_stmt_is_null(get, 2) && inv_stmt_str(get, 2).n == 0);
	check(inv_stmt_step(get, &err) == INV_STEP_ROW);
	check(inv_str_eq(inv_stmt_str(get, 0), INV_LIT("a\0b")));
	check_str(inv_stmt_str(get, 2), "text");
	check(inv_stmt_step(get, &err) == INV_STEP_DONE);
	inv_db_close(db);
}

static void
a_number_past_63_bits_is_an_error_not_a_value(void)
{
	struct inv_err err;
	struct inv_db *db = fresh(&err);
	struct inv_stmt *put =
	    inv_db_prepare(db, "INSERT INTO t VALUES('k',?1,'')", &err);

	inv_stmt_bind_u64(put, 1, UINT64_MAX);
	check(!inv_stmt_run(put, &err) && err.fault == INV_INTERNAL);
	check(count(db) == 0);
	inv_db_close(db);
}

static void
a_rollback_undoes_and_a_commit_keeps(void)
{
	struct inv_err err;
	struct inv_db *db = fresh(&err);

	inv_db_rollback(db);
	check(inv_db_begin(db, &err));
	check(inv_db_run(db, "INSERT INTO t VALUES('a',1,'')", &err));
	inv_db_rollback(db);
	check(count(db) == 0);
	check(inv_db_begin(db, &err));
	check(inv_db_run(db, "INSERT INTO t VALUES('a',1,'')", &err));
	check(inv_db_commit(db, &err));
	check(inv_db_begin(db, &err));
	check(inv_db_run(db, "INSERT INTO t VALUES('b',1,'')", &err));
	inv_db_close(db);

	db = inv_db_open("t.db", &plan, &err);
	check(db != NULL && count(db) == 1);
	inv_db_close(db);
}

static void
what_a_killed_process_had_committed_is_there(void)
{
	struct inv_err err;
	pid_t pid;
	int status;

	inv_db_close(fresh(&err));
	if ((pid = fork()) == 0) {
		struct inv_db *db = inv_db_open("t.db", &plan, &err);
		bool ok = db != NULL && inv_db_begin(db, &err) &&
		    inv_db_run(db, "INSERT INTO t VALUES('a',1,'')", &err) &&
		    inv_db_commit(db, &err) && inv_db_begin(db, &err) &&
		    inv_db_run(db, "INSERT INTO t VALUES('b',1,'')", &err);

		_exit(ok ? 0 : 1);
	}
	check(waitpid(pid, &status, 0) == pid && status == 0);
	struct inv_db *db = inv_db_open("t.db", &plan, &err);

	check(db != NULL && count(db) == 1);
	inv_db_close(db);
}

static void
an_older_database_is_brought_up_once(void)
{
	struct inv_err err;
	struct inv_db_plan newer = plan;
	struct inv_db *db = fresh(&err);

	check(inv_db_run(db, "INSERT INTO t VALUES('a',1,'')", &err));
	inv_db_close(db);
	newer.steps = two_steps;
	for (int i = 0; i < 2; i++) {
		db = inv_db_open("t.db", &newer, &err);
		check(db != NULL && count(db) == 1);
		check(inv_db_run(db, "UPDATE t SET more = 'x'", &err));
		inv_db_close(db);
	}
	check(inv_db_open("t.db", &plan, &err) == NULL);
	check(err.fault == INV_CONFIG);
	check_str(inv_str_of(err.msg),
	    "t.db: version 2 is newer than this program's 1");
}

static void
a_schema_that_is_not_as_it_was_written_is_damage(void)
{
	struct inv_err err;
	struct inv_db *db = fresh(&err);

	check(inv_db_prepare(db, "SELECT other FROM t", &err) == NULL);
	check(err.fault == INV_BAD);
	check_str(inv_str_of(err.msg), "t.db: damaged: no such column: other");
	/* As if it were of the first version, and were to be brought up. */
	check(inv_db_run(db, "PRAGMA user_version=0", &err));
	inv_db_close(db);
	check(inv_db_open("t.db", &plan, &err) == NULL);
	check(err.fault == INV_BAD);
	check_str(inv_str_of(err.msg), "t.db: damaged: table t already exists");
}

static void
a_step_that_fails_leaves_nothing(void)
{
	struct inv_err err;
	struct inv_db_plan bad = plan;

	unlink("t.db");
	bad.steps = bad_step;
	check(inv_db_open("t.db", &bad, &err) == NULL);
	check(err.fault == INV_BAD);
	struct inv_db *db = inv_db_open("t.db", &plan, &err);

	check(db != NULL && count(db) == 0);
	inv_db_close(db);
}

static void
a_database_of_another_kind_is_refused(void)
{
	struct inv_err err;
	struct inv_db_plan other = plan;

	inv_db_close(fresh(&err));
	other.id = 43;
	check(inv_db_open("t.db", &other, &err) == NULL);
	check(err.fault == INV_CONFIG);
	check_str(inv_str_of(err.msg), "t.db: a database of another kind");
}

static void
a_file_that_is_no_database_is_refused(void)
{
	struct inv_err err;
	FILE *f = fopen("not.db", "w");

	for (int i = 0; i < 1000; i++)
		fputs("this is text, not a database\n", f);
	fclose(f);
	chmod("not.db", 0600);
	check(inv_db_open("not.db", &plan, &err) == NULL);
	check(err.fault == INV_CONFIG);
}

static void
a_reader_changes_nothing_and_needs_the_file(void)
{
	struct inv_err err;
	struct inv_db_plan reading = plan;

	reading.use = INV_DB_READ;
	unlink("t.db");
	check(inv_db_open("t.db", &reading, &err) == NULL);
	check(err.fault == INV_NOINPUT && access("t.db", F_OK) != 0);
	fclose(fopen("t.db", "w"));
	chmod("t.db", 0600);
	check(inv_db_open("t.db", &reading, &err) == NULL);
	check(err.fault == INV_NO);
	unlink("t.db");

	inv_db_close(fresh(&err));
	struct inv_db *db = inv_db_open("t.db", &reading, &err);

	check(db != NULL && inv_db_begin_read(db, &err) && count(db) == 0);
	check(inv_db_commit(db, &err));
	check(!inv_db_run(db, "INSERT INTO t VALUES('a',1,'')", &err));
	check(err.fault == INV_DENIED);
	inv_db_close(db);

	reading.steps = two_steps;
	check(inv_db_open("t.db", &reading, &err) == NULL);
	check(err.fault == INV_CONFIG);
}

static void
the_group_writes_only_where_it_may(void)
{
	struct inv_err err;
	struct inv_db_plan shared = plan;
	uid_t owner = geteuid();

	inv_db_close(fresh(&err));
	check(chmod("t.db", 0660) == 0);
	check(inv_db_open("t.db", &plan, &err) == NULL);
	check(err.fault == INV_DENIED);
	shared.group_writes = true;
	shared.owner = &owner;
	inv_db_close(inv_db_open("t.db", &shared, &err));
	check(chmod("t.db", 0606) == 0);
	check(inv_db_open("t.db", &shared, &err) == NULL);
	check(err.fault == INV_DENIED);
	/* It is the owner who makes it. */
	unlink("t.db");
	owner++;
	check(inv_db_open("t.db", &shared, &err) == NULL);
	check(access("t.db", F_OK) != 0);
}

static void
planted_files_are_refused(void)
{
	struct inv_err err;

	inv_db_close(fresh(&err));
	unlink("link.db");
	check(symlink("t.db", "link.db") == 0);
	check(inv_db_open("link.db", &plan, &err) == NULL);
	check(err.fault == INV_DENIED);
	unlink("link.db");
	check(link("t.db", "link.db") == 0);
	check(inv_db_open("link.db", &plan, &err) == NULL);
	check(err.fault == INV_DENIED);
	unlink("link.db");
	check(mkfifo("link.db", 0600) == 0);
	check(inv_db_open("link.db", &plan, &err) == NULL);
	check(err.fault == INV_DENIED);
	unlink("link.db");
	check(chmod("t.db", 0620) == 0);
	check(inv_db_open("t.db", &plan, &err) == NULL);
	check(err.fault == INV_DENIED);
	check_str(inv_str_of(err.msg), "t.db: others can write to it");
}

static void
no_name_is_special_to_sqlite(void)
{
	struct inv_err err;

	unlink(":memory:");
	struct inv_db *db = inv_db_open(":memory:", &plan, &err);

	check(db != NULL && access(":memory:", F_OK) == 0);
	check(inv_db_run(db, "INSERT INTO t VALUES('a',1,'')", &err));
	inv_db_close(db);
	db = inv_db_open(":memory:", &plan, &err);
	check(db != NULL && count(db) == 1);
	inv_db_close(db);
}

static void
a_place_that_is_not_there_can_not_be_made(void)
{
	struct inv_err err;

	check(inv_db_open("no/such/t.db", &plan, &err) == NULL);
	check(err.fault == INV_CREATE);
}

int
main(void)
{
	static const struct test tests[] = {
		TEST(a_new_file_is_private_and_has_the_tables),
		TEST(values_come_back_as_bound),
		TEST(a_number_past_63_bits_is_an_error_not_a_value),
		TEST(a_rollback_undoes_and_a_commit_keeps),
		TEST(what_a_killed_process_had_committed_is_there),
		TEST(an_older_database_is_brought_up_once),
		TEST(a_schema_that_is_not_as_it_was_written_is_damage),
		TEST(a_step_that_fails_leaves_nothing),
		TEST(a_database_of_another_kind_is_refused),
		TEST(a_file_that_is_no_database_is_refused),
		TEST(a_reader_changes_nothing_and_needs_the_file),
		TEST(the_group_writes_only_where_it_may),
		TEST(planted_files_are_refused),
		TEST(no_name_is_special_to_sqlite),
		TEST(a_place_that_is_not_there_can_not_be_made),
	};
	char dir[] = "/tmp/test_db.XXXXXX";

	if (mkdtemp(dir) == NULL || chdir(dir) != 0)
		return 1;
	int rc = RUN(tests);

	if (system("rm -rf \"$PWD\"") != 0)
		return 1;
	return rc;
}
