/*
 * db.h - a SQLite database: open, migrate, transact, prepared statements
 *
 * One owner per file.  Rollback journal, never WAL.  A failed commit is
 * unknown: close, and read again at the next start.  Values are bound by
 * position from 1, columns are read by position from 0.
 */
#ifndef INV_STORE_DB_H
#define INV_STORE_DB_H

#include <sys/types.h>

#include "base/err.h"

enum {
	INV_DB_BUSY_MS =
	    10000, /* how long another's transaction is waited for */
};

enum inv_db_use {
	INV_DB_WRITE, /* made if it is not there */
	INV_DB_READ,  /* must be there, and of our version; never changed, but
			 that what a killed writer has begun is undone */
	INV_DB_LOOK,  /* not even that: INV_AGAIN where it would be needed */
};

/* What a commit that returned has survived. */
enum inv_db_sync {
	INV_DB_SYNC_NORMAL, /* kill -9: for an index that can be built again */
	INV_DB_SYNC_EXTRA,  /* a power cut: for the truth */
};

struct inv_db_plan {
	uint32_t id; /* application_id, < 2^31: tells our kinds of file apart */
	enum inv_db_use use;
	enum inv_db_sync sync;
	uint64_t cache_kib; /* of the page cache; 0: SQLite's own 2 MiB */
	uint64_t page;      /* bytes, of a file that is made; 0: SQLite's own */
	bool wipe;          /* what is deleted is overwritten with zeros */

	/*
	 * steps[k] is SQL that brings version k to k + 1, NULL behind the last.
	 * A step that has been released is never changed.
	 */
	const char *const *steps;

	const char *upgrader; /* who brings an older one up, or NULL */

	/*
	 * Whose it may be instead of ours, who only then makes it; and its
	 * group may write to it.  NULL: nobody.
	 */
	const uid_t *owner;
	bool group_writes;
};

struct inv_db;   /* one connection, for one thread */
struct inv_stmt; /* a prepared statement; dies with its inv_db */

/*
 * NULL on failure: INV_AGAIN where a writer was killed and we may not write;
 * INV_DENIED where the file is another user's, is not a
 * regular file with one name, or others can write to it; INV_CONFIG where it
 * is not a database of this kind or is of a newer version; INV_CREATE or
 * INV_NOINPUT where it can not be opened; INV_NO where there is nothing in it
 * yet that could be read.
 */
INV_MUST struct inv_db *inv_db_open(const char *path,
    const struct inv_db_plan *plan, struct inv_err *err);

/* A transaction under way is rolled back.  NULL is fine. */
void inv_db_close(struct inv_db *db);

/*
 * Begin for writing (waits for the lock now, not in the middle; INV_AGAIN
 * when it is not to be had) or for reading (what is seen stays as it is until
 * the end, and no lock is taken that would keep a writer from working until
 * its own commit).
 */
INV_MUST bool inv_db_begin(struct inv_db *db, struct inv_err *err);
INV_MUST bool inv_db_begin_read(struct inv_db *db, struct inv_err *err);
INV_MUST bool inv_db_commit(struct inv_db *db, struct inv_err *err);

/* Undo what has been done since begin; without one under way, nothing. */
void inv_db_rollback(struct inv_db *db);

/*
 * Write the file anew, so that nothing of what was deleted is in it.  Not in a
 * transaction; takes as much room again, in TMPDIR and beside the file.
 */
INV_MUST bool inv_db_rewrite(struct inv_db *db, struct inv_err *err);

/* SQL without results, any number of statements. */
INV_MUST bool inv_db_run(struct inv_db *db, const char *sql,
    struct inv_err *err);

/* One statement; NULL on failure. */
INV_MUST struct inv_stmt *inv_db_prepare(struct inv_db *db, const char *sql,
    struct inv_err *err);

/* For those that are not needed until the end; NULL is fine. */
void inv_stmt_free(struct inv_stmt *st);

/* Bytes are not copied: they must stay until the statement is reset. */
void inv_stmt_bind_text(struct inv_stmt *st, int at, struct inv_str s);
void inv_stmt_bind_blob(struct inv_stmt *st, int at, struct inv_str bytes);
void inv_stmt_bind_u64(struct inv_stmt *st, int at, uint64_t v); /* < 2^63 */
void inv_stmt_bind_null(struct inv_stmt *st, int at);

enum inv_step {
	INV_STEP_DONE, /* no more rows; the statement is reset */
	INV_STEP_ROW,
	INV_STEP_ERR, /* *err says why; the statement is reset */
};

/*
 * The next row.  A reader that stops before INV_STEP_DONE resets, or the
 * database stays locked.
 */
INV_MUST enum inv_step inv_stmt_step(struct inv_stmt *st, struct inv_err *err);

/* Step a statement that gives no rows, and reset it. */
INV_MUST bool inv_stmt_run(struct inv_stmt *st, struct inv_err *err);

/* Ready to be bound and stepped again; what was bound stays bound. */
void inv_stmt_reset(struct inv_stmt *st);

/*
 * Columns of the row at hand, good until the next step or reset.  A string is
 * empty where the column is null; a number is 0 where it is null or negative.
 */
struct inv_str inv_stmt_str(struct inv_stmt *st, int at);
uint64_t inv_stmt_u64(struct inv_stmt *st, int at);
bool inv_stmt_is_null(struct inv_stmt *st, int at);

/* Rows that the last insert, update or delete has touched. */
uint64_t inv_db_changes(struct inv_db *db);

#endif
