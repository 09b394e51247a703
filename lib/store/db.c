/*
 * db.c - a SQLite database: open, migrate, transact, prepared statements
 *
 * The file is looked at through a descriptor of our own before SQLite opens
 * it, and that descriptor is closed before SQLite takes its first lock:
 * closing any descriptor of a file drops all POSIX locks of the process on it.
 */

#include "store/db.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sqlite3.h>

#include "base/buf.h"
#include "base/mem.h"

enum {
	SQL_MAX = 4096,   /* bytes of a statement built here */
	PATH_BYTES = 4096 /* of a path with "./" before it */
};

struct inv_stmt {
	struct inv_stmt *next;
	struct inv_db *db;
	sqlite3_stmt *st;
	int failed; /* the first bind that failed, told by the next step */
};

struct inv_db {
	sqlite3 *db;
	char *path;
	struct inv_stmt *stmts;
};

static enum inv_fault
fault_of(int rc)
{
	switch (rc & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return INV_AGAIN;
	case SQLITE_FULL:
	case SQLITE_IOERR:
		return INV_IO;
	case SQLITE_CANTOPEN:
		return INV_CREATE;
	case SQLITE_READONLY:
	case SQLITE_PERM:
		return INV_DENIED;
	case SQLITE_NOTADB:
		return INV_CONFIG;
	case SQLITE_CORRUPT:
		return INV_BAD;
	}
	return INV_INTERNAL;
}

static bool
failed(const struct inv_db *db, int rc, struct inv_err *err)
{
	if (rc == SQLITE_READONLY_ROLLBACK)
		return inv_fail(err, INV_AGAIN,
		    "%s: a program that wrote to it was killed: the next one "
		    "that may write has to undo that first",
		    db->path);
	return inv_fail(err, fault_of(rc), "%s: %s", db->path,
	    sqlite3_errmsg(db->db));
}

/* Ours, a regular file, under one name, and nobody else can write to it. */
static bool
trusted(const char *path, const struct inv_db_plan *plan, const struct stat *st,
    struct inv_err *err)
{
	mode_t never = S_IWOTH | (plan->group_writes ? 0 : S_IWGRP);

	if (!S_ISREG(st->st_mode))
		return inv_fail(err, INV_DENIED, "%s: not a regular file",
		    path);
	if (st->st_uid != geteuid() &&
	    (plan->owner == NULL || st->st_uid != *plan->owner))
		return inv_fail(err, INV_DENIED, "%s: belongs to another user",
		    path);
	if ((st->st_mode & never) != 0)
		return inv_fail(err, INV_DENIED, "%s: others can write to it",
		    path);
	if (st->st_nlink != 1)
		return inv_fail(err, INV_DENIED, "%s: has more than one name",
		    path);
	return true;
}

static bool
look(const char *path, const struct inv_db_plan *plan, struct inv_err *err)
{
	bool write = plan->use == INV_DB_WRITE;
	int flags = O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;

	flags |= write ? O_RDWR : O_RDONLY;
	if (write && (plan->owner == NULL || *plan->owner == geteuid()))
		flags |= O_CREAT;
	int fd = open(path, flags, 0600);

	if (fd == -1 && errno == ELOOP)
		return inv_fail(err, INV_DENIED, "%s: a symbolic link", path);
	if (fd == -1 && (errno == EACCES || errno == EPERM))
		return inv_fail_sys(err, INV_DENIED, "%s", path);
	if (fd == -1)
		return inv_fail_sys(err, write ? INV_CREATE : INV_NOINPUT, "%s",
		    path);
	struct stat st;
	bool ok = fstat(fd, &st) == 0 ? trusted(path, plan, &st, err)
				      : inv_fail_sys(err, INV_IO, "%s", path);

	close(fd);
	return ok;
}

bool
inv_db_run(struct inv_db *db, const char *sql, struct inv_err *err)
{
	int rc = sqlite3_exec(db->db, sql, NULL, NULL, NULL);

	return rc == SQLITE_OK || failed(db, rc, err);
}

static bool
set_up(struct inv_db *db, const struct inv_db_plan *plan, struct inv_err *err)
{
	struct inv_buf sql = INV_BUF(SQL_MAX);

	sqlite3_busy_timeout(db->db, INV_DB_BUSY_MS);
	sqlite3_db_config(db->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	inv_buf_addf(&sql,
	    "PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON;"
	    "PRAGMA temp_store=MEMORY; PRAGMA synchronous=%s;",
	    plan->sync == INV_DB_SYNC_EXTRA ? "EXTRA" : "NORMAL");
	if (plan->page != 0)
		inv_buf_addf(&sql, "PRAGMA page_size=%llu;",
		    (unsigned long long)plan->page);
	if (plan->cache_kib != 0)
		inv_buf_addf(&sql, "PRAGMA cache_size=-%llu;",
		    (unsigned long long)plan->cache_kib);
	if (plan->wipe)
		inv_buf_addf(&sql, "PRAGMA secure_delete=ON;");
	inv_buf_addf(&sql, "%s",
	    plan->use != INV_DB_WRITE ? "PRAGMA query_only=ON;"
				      : "PRAGMA journal_mode=DELETE;");
	inv_buf_byte(&sql, '\0');
	bool ok = inv_db_run(db, sql.p, err);

	inv_buf_free(&sql);
	return ok;
}

bool
inv_db_rewrite(struct inv_db *db, struct inv_err *err)
{
	/* In memory it would be as large as the file. */
	return inv_db_run(db, "PRAGMA temp_store=FILE; VACUUM", err);
}

/*
 * Our SQL fits what a version of the file has in it.  Where it does not, its
 * schema is not what we wrote.
 */
static bool
schema_failed(const struct inv_db *db, int rc, struct inv_err *err)
{
	if (rc != SQLITE_ERROR)
		return failed(db, rc, err);
	return inv_fail(err, INV_BAD, "%s: damaged: %s", db->path,
	    sqlite3_errmsg(db->db));
}

static bool
number_of(struct inv_db *db, const char *sql, uint64_t *v, struct inv_err *err)
{
	struct inv_stmt *st = inv_db_prepare(db, sql, err);
	bool ok = st != NULL && inv_stmt_step(st, err) == INV_STEP_ROW;

	if (ok) {
		*v = inv_stmt_u64(st, 0);
		inv_stmt_reset(st);
	}
	return ok;
}

static bool
version_of(struct inv_db *db, const struct inv_db_plan *plan, uint64_t *version,
    struct inv_err *err)
{
	uint64_t id;
	uint64_t tables;

	if (!number_of(db, "PRAGMA application_id", &id, err) ||
	    !number_of(db, "PRAGMA user_version", version, err) ||
	    !number_of(db, "SELECT count(*) FROM sqlite_schema", &tables, err))
		return false;
	bool empty = id == 0 && *version == 0 && tables == 0;

	if (!empty && id != plan->id)
		return inv_fail(err, INV_CONFIG,
		    "%s: a database of another kind", db->path);
	return true;
}

static bool
step_up(struct inv_db *db, const struct inv_db_plan *plan, uint64_t from,
    uint64_t to, struct inv_err *err)
{
	char sql[128];

	for (uint64_t k = from; k < to; k++) {
		int rc = sqlite3_exec(db->db, plan->steps[k], NULL, NULL, NULL);

		if (rc != SQLITE_OK)
			return schema_failed(db, rc, err);
	}
	snprintf(sql, sizeof(sql),
	    "PRAGMA application_id=%lu; PRAGMA user_version=%lu",
	    (unsigned long)plan->id, (unsigned long)to);
	return inv_db_run(db, sql, err);
}

/* Under the write lock: two programs may have found the old version. */
static bool
migrate(struct inv_db *db, const struct inv_db_plan *plan, uint64_t to,
    struct inv_err *err)
{
	uint64_t version;

	if (!inv_db_begin(db, err))
		return false;
	if (!version_of(db, plan, &version, err) ||
	    !step_up(db, plan, version, to, err)) {
		inv_db_rollback(db);
		return false;
	}
	return inv_db_commit(db, err);
}

static bool
bring_up(struct inv_db *db, const struct inv_db_plan *plan, struct inv_err *err)
{
	uint64_t version;
	uint64_t newest = 0;

	while (plan->steps[newest] != NULL)
		newest++;
	if (!version_of(db, plan, &version, err))
		return false;
	if (version > newest)
		return inv_fail(err, INV_CONFIG,
		    "%s: version %llu is newer than this program's %llu",
		    db->path, (unsigned long long)version,
		    (unsigned long long)newest);
	if (version == newest)
		return true;
	/* Who was to set it up was killed before, or is at it. */
	if (plan->use != INV_DB_WRITE && version == 0)
		return inv_fail(err, INV_NO, "%s: nothing in it yet", db->path);
	if (plan->use != INV_DB_WRITE)
		return inv_fail(err, INV_CONFIG,
		    "%s: version %llu is older than this program's %llu%s%s",
		    db->path, (unsigned long long)version,
		    (unsigned long long)newest,
		    plan->upgrader != NULL ? "; brought up by: " : "",
		    plan->upgrader != NULL ? plan->upgrader : "");
	return migrate(db, plan, newest, err);
}

struct inv_db *
inv_db_open(const char *path, const struct inv_db_plan *plan,
    struct inv_err *err)
{
	if (!look(path, plan, err))
		return NULL;
	struct inv_db *db = inv_mem_new(sizeof(*db));
	struct inv_buf name = INV_BUF(PATH_BYTES);
	/* Where we may not write SQLite makes do with reading. */
	int access = plan->use == INV_DB_LOOK ? SQLITE_OPEN_READONLY
					      : SQLITE_OPEN_READWRITE;

	/* "./" before it, so that no name is SQLite's ":memory:" or a URI. */
	inv_buf_addf(&name, "%s%s", path[0] == '/' ? "" : "./", path);
	inv_buf_byte(&name, '\0');
	db->path = inv_mem_strdup(path);
	int rc = name.failed
	    ? SQLITE_CANTOPEN
	    : sqlite3_open_v2(name.p, &db->db,
		  access | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);

	inv_buf_free(&name);
	bool ok = rc == SQLITE_OK
	    ? set_up(db, plan, err) && bring_up(db, plan, err)
	    : failed(db, rc, err);

	if (ok)
		return db;
	inv_db_close(db);
	return NULL;
}

void
inv_db_close(struct inv_db *db)
{
	if (db == NULL)
		return;
	for (struct inv_stmt *st = db->stmts; st != NULL;) {
		struct inv_stmt *next = st->next;

		sqlite3_finalize(st->st);
		free(st);
		st = next;
	}
	sqlite3_close(db->db);
	free(db->path);
	free(db);
}

bool
inv_db_begin(struct inv_db *db, struct inv_err *err)
{
	return inv_db_run(db, "BEGIN IMMEDIATE", err);
}

bool
inv_db_begin_read(struct inv_db *db, struct inv_err *err)
{
	return inv_db_run(db, "BEGIN", err);
}

bool
inv_db_commit(struct inv_db *db, struct inv_err *err)
{
	/* SQLite rolls back by itself after some failures: that is not 70. */
	if (sqlite3_get_autocommit(db->db) != 0)
		return inv_fail(err, INV_IO, "%s: was rolled back", db->path);
	return inv_db_run(db, "COMMIT", err);
}

void
inv_db_rollback(struct inv_db *db)
{
	if (sqlite3_get_autocommit(db->db) == 0)
		sqlite3_exec(db->db, "ROLLBACK", NULL, NULL, NULL);
}

struct inv_stmt *
inv_db_prepare(struct inv_db *db, const char *sql, struct inv_err *err)
{
	sqlite3_stmt *prepared;
	int rc = sqlite3_prepare_v3(db->db, sql, -1, SQLITE_PREPARE_PERSISTENT,
	    &prepared, NULL);

	if (rc != SQLITE_OK) {
		schema_failed(db, rc, err);
		return NULL;
	}
	struct inv_stmt *st = inv_mem_new(sizeof(*st));

	*st = (struct inv_stmt){ db->stmts, db, prepared, SQLITE_OK };
	db->stmts = st;
	return st;
}

void
inv_stmt_free(struct inv_stmt *st)
{
	if (st == NULL)
		return;
	struct inv_stmt **at = &st->db->stmts;

	while (*at != st)
		at = &(*at)->next;
	*at = st->next;
	sqlite3_finalize(st->st);
	free(st);
}

static void
bound(struct inv_stmt *st, int rc)
{
	if (st->failed == SQLITE_OK)
		st->failed = rc;
}

/* A view without bytes may have no pointer, which SQLite takes for null. */
void
inv_stmt_bind_text(struct inv_stmt *st, int at, struct inv_str s)
{
	bound(st,
	    sqlite3_bind_text64(st->st, at, s.n == 0 ? "" : s.p, s.n,
		SQLITE_STATIC, SQLITE_UTF8));
}

void
inv_stmt_bind_blob(struct inv_stmt *st, int at, struct inv_str bytes)
{
	bound(st,
	    sqlite3_bind_blob64(st->st, at, bytes.n == 0 ? "" : bytes.p,
		bytes.n, SQLITE_STATIC));
}

void
inv_stmt_bind_u64(struct inv_stmt *st, int at, uint64_t v)
{
	bound(st,
	    v > INT64_MAX ? SQLITE_RANGE
			  : sqlite3_bind_int64(st->st, at, (int64_t)v));
}

void
inv_stmt_bind_null(struct inv_stmt *st, int at)
{
	bound(st, sqlite3_bind_null(st->st, at));
}

static bool
bind_failed(struct inv_stmt *st, struct inv_err *err)
{
	int rc = st->failed;

	st->failed = SQLITE_OK;
	return inv_fail(err, fault_of(rc), "%s: a value can not be bound: %s",
	    st->db->path, sqlite3_errstr(rc));
}

enum inv_step
inv_stmt_step(struct inv_stmt *st, struct inv_err *err)
{
	if (st->failed != SQLITE_OK) {
		bind_failed(st, err);
		return INV_STEP_ERR;
	}
	int rc = sqlite3_step(st->st);

	if (rc == SQLITE_ROW)
		return INV_STEP_ROW;
	if (rc != SQLITE_DONE)
		failed(st->db, rc, err);
	sqlite3_reset(st->st);
	return rc == SQLITE_DONE ? INV_STEP_DONE : INV_STEP_ERR;
}

bool
inv_stmt_run(struct inv_stmt *st, struct inv_err *err)
{
	switch (inv_stmt_step(st, err)) {
	case INV_STEP_DONE:
		return true;
	case INV_STEP_ROW:
		inv_stmt_reset(st);
		return inv_fail(err, INV_INTERNAL, "%s: a row from: %s",
		    st->db->path, sqlite3_sql(st->st));
	case INV_STEP_ERR:
		break;
	}
	return false;
}

void
inv_stmt_reset(struct inv_stmt *st)
{
	sqlite3_reset(st->st);
}

struct inv_str
inv_stmt_str(struct inv_stmt *st, int at)
{
	/* The pointer first: asking for it may convert, the length is then
	 * that of what it points to. */
	const char *p = sqlite3_column_blob(st->st, at);

	return (struct inv_str){ p, (size_t)sqlite3_column_bytes(st->st, at) };
}

uint64_t
inv_stmt_u64(struct inv_stmt *st, int at)
{
	sqlite3_int64 v = sqlite3_column_int64(st->st, at);

	return v < 0 ? 0 : (uint64_t)v;
}

bool
inv_stmt_is_null(struct inv_stmt *st, int at)
{
	return sqlite3_column_type(st->st, at) == SQLITE_NULL;
}

uint64_t
inv_db_changes(struct inv_db *db)
{
	return (uint64_t)sqlite3_changes64(db->db);
}
