/* test_runs - does store/runs keep its header's promises? */

#include <stdlib.h>
#include <unistd.h>

#include "check.h"

#include "base/mem.h"
#include "store/runs.h"

static const char *const steps[] = { INV_RUNS_TABLE INV_RUNS_WIDTHS, NULL };

/* A database of its own, and the runs in it. */
struct kit {
	struct inv_db *db;
	struct inv_runs *runs;
};

static struct kit
kit_open(const char *path)
{
	const struct inv_db_plan plan = { .id = 1,
		.use = INV_DB_WRITE,
		.sync = INV_DB_SYNC_NORMAL,
		.steps = steps };
	struct inv_err err;
	struct kit k = { .db = inv_db_open(path, &plan, &err) };

	if (k.db == NULL || (k.runs = inv_runs_open(k.db, &err)) == NULL) {
		printf("# %s\n", err.msg);
		abort();
	}
	return k;
}

static void
kit_close(struct kit *k)
{
	inv_runs_close(k->runs);
	inv_db_close(k->db);
}

/* Row n, whose key is a digest of it, of an arrival. */
static struct inv_seen_row
row(struct inv_digest *d, uint64_t n, uint64_t arrival)
{
	struct inv_seen_row r = { .arrival = arrival, .row = n };

	inv_key_digest(d, (struct inv_str){ (const char *)&n, sizeof(n) },
	    r.key);
	memcpy(r.digest, r.key, INV_KEY);
	return r;
}

/* Rows first..last as one run. */
static bool
add(struct kit *k, uint64_t first, uint64_t last, uint64_t arrival)
{
	struct inv_digest *d = inv_digest_new();
	size_t n = (size_t)(last - first + 1);
	struct inv_seen_row *rows = inv_mem_resize(NULL, n, sizeof(*rows));
	struct inv_err err;

	for (size_t i = 0; i < n; i++)
		rows[i] = row(d, first + i, arrival);
	bool ok = inv_db_begin(k->db, &err) &&
	    inv_runs_add(k->runs, rows, n, &err) && inv_db_commit(k->db, &err);

	free(rows);
	inv_digest_free(d);
	return ok;
}

/* Rows first..last are there, of that arrival; 0: none of them is. */
static bool
all(struct kit *k, uint64_t first, uint64_t last, uint64_t arrival)
{
	struct inv_digest *d = inv_digest_new();
	bool ok = true;

	for (uint64_t n = first; ok && n <= last; n++) {
		struct inv_seen_row want = row(d, n, arrival);
		struct inv_seen_row got = { 0 };
		struct inv_err err;

		memcpy(got.key, want.key, INV_KEY);
		ok = inv_runs_find(k->runs, &got, &err) &&
		    (arrival == 0 ? got.row == 0
				  : memcmp(&got, &want, sizeof(got)) == 0);
	}
	inv_digest_free(d);
	return ok;
}

static uint64_t
number(struct kit *k, const char *sql)
{
	struct inv_err err;
	struct inv_stmt *st = inv_db_prepare(k->db, sql, &err);
	uint64_t v = UINT64_MAX;

	if (st != NULL && inv_stmt_step(st, &err) == INV_STEP_ROW)
		v = inv_stmt_u64(st, 0);
	inv_stmt_free(st);
	return v;
}

static void
the_newest_of_a_key_is_found_before_and_after_opening_again(void)
{
	struct kit k = kit_open("newest.db");

	check(all(&k, 1, 100, 0));
	check(add(&k, 1, 3000, 1) && add(&k, 2000, 4000, 2) &&
	    add(&k, 3999, 3999, 3));
	for (int i = 0; i < 2; i++) {
		check(number(&k, "SELECT count(*) FROM runs") == 3);
		check(all(&k, 1, 1999, 1) && all(&k, 2000, 3998, 2));
		check(all(&k, 3999, 3999, 3) && all(&k, 4000, 4000, 2));
		check(all(&k, 4001, 9000, 0));
		kit_close(&k);
		k = kit_open("newest.db");
	}
	kit_close(&k);
}

/* Runs whose numbers take 1 to 8 bytes, and one that they all go into. */
static void
numbers_of_any_length_are_kept(void)
{
	struct kit k = kit_open("numbers.db");
	const uint64_t last = INV_SEEN_CORRECTS | (INV_SEEN_CORRECTS - 2);

	for (unsigned i = 0; i < 8; i++) {
		uint64_t least = UINT64_C(1) << (8 * i);

		check(add(&k, least, least, 255 * least));
		check(all(&k, least, least, 255 * least));
	}
	kit_close(&k);
	k = kit_open("numbers.db");
	check(number(&k, "SELECT count(*) FROM runs") == 1);
	check(number(&k, "SELECT row_width FROM runs") == 8);
	for (unsigned i = 0; i < 8; i++)
		check(all(&k, UINT64_C(1) << (8 * i), UINT64_C(1) << (8 * i),
		    UINT64_C(255) << (8 * i)));
	check(add(&k, last, last, 1) && all(&k, last, last, 1));
	check(number(&k,
		  "SELECT arrival_width * 10 + row_width FROM runs"
		  " ORDER BY id DESC") == 18);
	/* One that corrects another takes no more room for that. */
	check(add(&k, INV_SEEN_CORRECTS | 2, INV_SEEN_CORRECTS | 2, 1));
	check(all(&k, INV_SEEN_CORRECTS | 2, INV_SEEN_CORRECTS | 2, 1));
	check(number(&k,
		  "SELECT arrival_width * 10 + row_width FROM runs"
		  " ORDER BY id DESC") == 11);
	kit_close(&k);
}

static void
eight_runs_of_a_size_become_one_and_the_newest_of_a_key_stays(void)
{
	struct kit k = kit_open("eight.db");

	for (uint64_t i = 0; i < 7; i++)
		check(add(&k, 500 * i + 1, 500 * i + 1000, i + 1));
	check(number(&k, "SELECT count(*) FROM runs") == 7);
	check(add(&k, 3501, 4500, 8));
	check(number(&k, "SELECT count(*) FROM runs") == 1);
	/* Each key once, and of the tables of the others nothing is left. */
	check(number(&k, "SELECT rows FROM runs") == 4500);
	check(number(&k,
		  "SELECT count(*) FROM sqlite_schema WHERE name LIKE 'run_'"
		  " OR name LIKE 'run__'") == 2);
	for (int i = 0; i < 2; i++) {
		for (uint64_t r = 0; r < 7; r++)
			check(all(&k, 500 * r + 1, 500 * r + 500, r + 1));
		check(all(&k, 3501, 4500, 8) && all(&k, 4501, 9000, 0));
		kit_close(&k);
		k = kit_open("eight.db");
	}
	kit_close(&k);
}

static void
a_large_run_is_left_alone_until_there_are_eight_of_its_size(void)
{
	struct kit k = kit_open("large.db");

	check(add(&k, 1, INV_SEEN_HELD + 1, 1));
	for (uint64_t i = 0; i < 20; i++)
		check(add(&k, i + 1, i + 10, i + 2));
	check(number(&k, "SELECT max(rows) FROM runs") == INV_SEEN_HELD + 1);
	check(number(&k, "SELECT count(*) FROM runs") < 9);
	for (uint64_t i = 0; i < 19; i++)
		check(all(&k, i + 1, i + 1, i + 2));
	check(all(&k, 20, 29, 21) && all(&k, 30, INV_SEEN_HELD + 1, 1));
	kit_close(&k);
}

static void
what_is_rolled_back_was_never_there(void)
{
	struct kit k = kit_open("rolled.db");
	struct inv_digest *d = inv_digest_new();
	struct inv_seen_row r = row(d, 7, 2);
	struct inv_err err;

	for (uint64_t i = 1; i < 8; i++)
		check(add(&k, i, i, 1));
	check(inv_db_begin(k.db, &err) && inv_runs_add(k.runs, &r, 1, &err));
	kit_close(&k);
	k = kit_open("rolled.db");
	check(number(&k, "SELECT count(*) FROM runs") == 7);
	check(all(&k, 1, 7, 1));
	kit_close(&k);
	inv_digest_free(d);
}

/* Change the database of eight runs by SQL, and look for row 1. */
static bool
survives(const char *sql)
{
	struct inv_err err = { 0 };
	struct inv_seen_row r;
	struct inv_digest *d = inv_digest_new();

	unlink("hurt.db");
	struct kit k = kit_open("hurt.db");

	check(add(&k, 1, 1000, 1) && inv_db_run(k.db, sql, &err));
	inv_runs_close(k.runs);
	r = row(d, 1, 0);
	k.runs = inv_runs_open(k.db, &err);
	bool ok = k.runs != NULL && inv_runs_find(k.runs, &r, &err);

	for (uint64_t i = 2; ok && i < 9; i++)
		ok = inv_db_begin(k.db, &err) &&
		    inv_runs_add(k.runs, &r, 1, &err) &&
		    inv_db_commit(k.db, &err);
	check(ok || err.fault == INV_BAD);
	kit_close(&k);
	inv_digest_free(d);
	return ok;
}

static void
what_is_not_as_it_was_written_is_bad(void)
{
	check(survives("SELECT 1"));
	check(!survives("DROP TABLE run1"));
	check(!survives("DELETE FROM run1 WHERE block = 3"));
	check(!survives("UPDATE run1 SET rows = x''"));
	check(!survives("UPDATE run1 SET rows = substr(rows, 2)"));
	check(!survives("UPDATE run1 SET rows = zeroblob(length(rows))"));
	check(!survives("UPDATE run1 SET rows ="
			" (SELECT rows FROM run1 WHERE block = 1)"
			" WHERE block <> 1"));
	check(!survives("UPDATE runs SET filter = x''"));
	check(!survives("UPDATE runs SET filter = x'00'"));
	check(!survives("UPDATE runs SET bits = 64"));
	check(!survives("UPDATE runs SET row_width = row_width + 1"));
	check(!survives("UPDATE runs SET row_width = 0"));
	check(!survives("UPDATE runs SET arrival_width = 9"));
	check(!survives("UPDATE runs SET rows = rows + 1"));
}

static void
the_hash_of_the_list_is_of_all_it_says(void)
{
	static const char *const changes[] = {
		"UPDATE runs SET id = 3 WHERE id = 2",
		"UPDATE runs SET rows = rows + 1 WHERE id = 1",
		"UPDATE runs SET bits = bits + 1 WHERE id = 2",
		"UPDATE runs SET arrival_width = 2 WHERE id = 1",
		"UPDATE runs SET row_width = 1 WHERE id = 1",
		"UPDATE runs SET filter = zeroblob(length(filter))",
		"DELETE FROM runs WHERE id = 1",
	};
	unsigned char was[INV_HASH];
	unsigned char is[INV_HASH];
	struct inv_err err;

	for (size_t i = 0; i < sizeof(changes) / sizeof(*changes); i++) {
		unlink("list.db");
		struct kit k = kit_open("list.db");

		check(add(&k, 1, 300, 1) && add(&k, 301, 600, 1));
		check(inv_runs_hash(k.runs, was) == 2);
		kit_close(&k);
		k = kit_open("list.db");
		inv_runs_hash(k.runs, is);
		check(memcmp(was, is, INV_HASH) == 0);
		check(inv_db_run(k.db,
		    "CREATE TABLE run3 AS SELECT * FROM run2", &err));
		check(inv_db_run(k.db, changes[i], &err));
		kit_close(&k);
		k = kit_open("list.db");
		inv_runs_hash(k.runs, is);
		check(memcmp(was, is, INV_HASH) != 0);
		kit_close(&k);
	}
}

/* So few rows for so many blocks that most of them have none. */
static void
a_block_without_rows_is_told_from_one_that_is_lost(void)
{
	struct kit k = kit_open("sparse.db");
	struct inv_digest *d = inv_digest_new();
	struct inv_seen_row r = row(d, 1, 0);
	struct inv_err err;

	for (uint64_t i = 0; i < 8; i++)
		check(add(&k, 1, 1000, i + 1));
	check(number(&k, "SELECT rows FROM runs") == 1000);
	check(all(&k, 1, 1000, 8) && all(&k, 1001, 30000, 0));
	check(inv_db_run(k.db, "DELETE FROM run8", &err));
	check(!inv_runs_find(k.runs, &r, &err) && err.fault == INV_BAD);
	kit_close(&k);
	inv_digest_free(d);
}

int
main(void)
{
	static const struct test tests[] = {
		TEST(
		    the_newest_of_a_key_is_found_before_and_after_opening_again),
		TEST(numbers_of_any_length_are_kept),
		TEST(
		    eight_runs_of_a_size_become_one_and_the_newest_of_a_key_stays),
		TEST(
		    a_large_run_is_left_alone_until_there_are_eight_of_its_size),
		TEST(what_is_rolled_back_was_never_there),
		TEST(what_is_not_as_it_was_written_is_bad),
		TEST(the_hash_of_the_list_is_of_all_it_says),
		TEST(a_block_without_rows_is_told_from_one_that_is_lost),
	};
	char dir[] = "/tmp/test_runs.XXXXXX";

	if (mkdtemp(dir) == NULL || chdir(dir) != 0)
		return 1;
	int rc = RUN(tests);

	if (system("rm -rf \"$PWD\"") != 0)
		return 1;
	return rc;
}
