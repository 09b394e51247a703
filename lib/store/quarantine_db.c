/*
 * quarantine_db.c - the database of the quarantine, for its two halves
 *
 * blocks, runs and items are found again by what they are; events are the
 * history, and what items say of themselves follows from them by a trigger,
 * in one place.  Verdicts are the numbers of data/record.h, forms those of
 * store/quarantine.h.
 */

#include "store/quarantine_db.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "io/file.h"
#include "store/quarantine.h"
#include "store/roles.h"

enum {
	APPLICATION_ID = 0x696e7171, /* "inqq" */
	CACHE_KIB = 8 << 10,
	PATH_BYTES = 4096,
};

static const char dir_name[] = "quarantine";
static const char file_name[] = "quarantine.db";
static const char db_name[] = "quarantine/quarantine.db";

_Static_assert(INV_COMMITTED == 1 && INV_SKIPPED == 2 && INV_QUARANTINED == 3 &&
	INV_HELD == 4 && INV_AMBIGUOUS == 5,
    "these numbers are on disk");
_Static_assert(INV_FORM_NONE == 0 && INV_FORM_RECORD == 1 &&
	INV_FORM_RAW == 2 && INV_FORM_BASE64 == 3 && INV_FORM_PURGED == 4,
    "and these");

static const char *const steps[] = {
	"CREATE TABLE blocks("
	" id INTEGER PRIMARY KEY, manifest TEXT NOT NULL,"
	" submission INTEGER NOT NULL, UNIQUE(manifest, submission)) STRICT;"

	"CREATE TABLE runs("
	" id INTEGER PRIMARY KEY, block INTEGER NOT NULL, run TEXT NOT NULL,"
	" name TEXT NOT NULL, stages TEXT NOT NULL,"
	" UNIQUE(block, run)) STRICT;"

	"CREATE TABLE items("
	" id INTEGER PRIMARY KEY, block INTEGER NOT NULL, row INTEGER NOT NULL,"
	" digest TEXT NOT NULL, line INTEGER NOT NULL,"
	" verdict INTEGER NOT NULL DEFAULT 0," /* the latest */
	" last INTEGER NOT NULL DEFAULT 0,"    /* event: latest failure */
	" content INTEGER NOT NULL DEFAULT 0," /* event: that has it */
	" UNIQUE(block, row, digest)) STRICT;"

	/* content is null where it is that of an earlier event. */
	"CREATE TABLE events("
	" id INTEGER PRIMARY KEY, item INTEGER NOT NULL, run INTEGER NOT NULL,"
	" at INTEGER NOT NULL, verdict INTEGER NOT NULL, reason TEXT NOT NULL,"
	" stage TEXT NOT NULL, errors TEXT NOT NULL, more TEXT NOT NULL,"
	" form INTEGER, content TEXT, UNIQUE(item, run)) STRICT;"

	"CREATE TRIGGER event_of_item AFTER INSERT ON events BEGIN"
	" UPDATE items SET"
	"  verdict = CASE WHEN verdict = 1 THEN 1"
	"   WHEN NEW.reason = 'already_committed' THEN 1"
	"   ELSE NEW.verdict END,"
	"  last = CASE WHEN NEW.verdict >= 3 THEN NEW.id ELSE last END,"
	"  content = CASE WHEN NEW.content IS NULL THEN content"
	"   ELSE NEW.id END"
	" WHERE id = NEW.item; END;"

	"CREATE TRIGGER events_stay BEFORE UPDATE ON events BEGIN"
	" SELECT RAISE(ABORT, 'the history is only added to'); END;"
	"CREATE TRIGGER events_remain BEFORE DELETE ON events BEGIN"
	" SELECT RAISE(ABORT, 'the history is only added to'); END;"
	"CREATE TRIGGER items_remain BEFORE DELETE ON items BEGIN"
	" SELECT RAISE(ABORT, 'items are closed, not deleted'); END;",

	/* What people did; store/action.h. */
	"CREATE TABLE action("
	" number INTEGER PRIMARY KEY, at INTEGER NOT NULL, verb TEXT NOT NULL,"
	" item TEXT NOT NULL, manifest TEXT NOT NULL,"
	" submission INTEGER NOT NULL, row INTEGER NOT NULL,"
	" user TEXT NOT NULL, login TEXT NOT NULL, why TEXT NOT NULL,"
	" detail TEXT NOT NULL) STRICT;"
	"CREATE INDEX action_of_item ON action(item, verb);"
	"CREATE TRIGGER actions_stay BEFORE UPDATE ON action BEGIN"
	" SELECT RAISE(ABORT, 'actions are only added to'); END;"
	"CREATE TRIGGER actions_remain BEFORE DELETE ON action BEGIN"
	" SELECT RAISE(ABORT, 'actions are only added to'); END;",

	/* What a block of the manifest begins and ends with. */
	"ALTER TABLE runs ADD COLUMN manifest TEXT NOT NULL DEFAULT '';"
	"ALTER TABLE runs ADD COLUMN rows INTEGER NOT NULL DEFAULT 0;",

	/*
	 * What came from the row may go, once and for all, and leaves its
	 * digest; store/purge.h.  purged is when, or 0.
	 */
	"ALTER TABLE events ADD COLUMN purged INTEGER NOT NULL DEFAULT 0;"
	"DROP TRIGGER events_stay;"
	"CREATE TRIGGER events_stay BEFORE UPDATE ON events WHEN NOT("
	" NEW.id = OLD.id AND NEW.item = OLD.item AND NEW.run = OLD.run AND"
	" NEW.at = OLD.at AND NEW.verdict = OLD.verdict AND"
	" NEW.reason = OLD.reason AND NEW.stage = OLD.stage AND"
	" OLD.purged = 0 AND NEW.purged > 0 AND NEW.errors IN"
	" ('', '[{\"severity\":\"CRITICAL\"}]') AND"
	" (ifnull(NEW.content, '') = '' OR NEW.form = 4)) BEGIN"
	" SELECT RAISE(ABORT, 'the history is only added to'); END;"
	"DROP TRIGGER actions_stay;"
	"CREATE TRIGGER actions_stay BEFORE UPDATE ON action WHEN NOT("
	" NEW.number = OLD.number AND NEW.at = OLD.at AND"
	" NEW.verb = OLD.verb AND NEW.item = OLD.item AND"
	" NEW.manifest = OLD.manifest AND NEW.submission = OLD.submission AND"
	" NEW.row = OLD.row AND NEW.user = OLD.user AND"
	" NEW.login = OLD.login AND NEW.why = OLD.why AND"
	" instr(OLD.detail, '\"patch\":') > 0 AND"
	" instr(NEW.detail, '\"patch_sha256\":') > 0) BEGIN"
	" SELECT RAISE(ABORT, 'actions are only added to'); END;",

	/* Of what an event says; empty in those of before, or purged. */
	"ALTER TABLE events ADD COLUMN hash TEXT NOT NULL DEFAULT '';",
	NULL,
};

bool
inv_quarantine_is_there(const struct inv_state *state)
{
	struct stat st;

	return fstatat(state->fd, db_name, &st, AT_SYMLINK_NOFOLLOW) == 0 ||
	    errno != ENOENT;
}

/*
 * The folder must be sound as well: it is where the rollback journal goes.
 * The database is made here, for what the folder says of its group.
 */
static bool
look_at_folder(const struct inv_state *state, const struct inv_db_plan *plan,
    struct inv_err *err)
{
	int dir = inv_file_part(state->fd, dir_name, plan->group_writes, err);
	int fd = -1;

	if (dir < 0)
		return false;
	if (plan->use == INV_DB_WRITE && *plan->owner == geteuid() &&
	    !inv_quarantine_is_there(state)) {
		fd = inv_file_open(dir, file_name, O_RDWR | O_CREAT, err);
		if (fd < 0) {
			close(dir);
			return false;
		}
		close(fd);
	}
	close(dir);
	return true;
}

struct inv_db *
inv_quarantine_db(const struct inv_state *state, enum inv_db_use use,
    struct inv_err *err)
{
	struct stat own;
	const struct inv_db_plan plan = {
		.id = APPLICATION_ID,
		.use = use,
		.sync = INV_DB_SYNC_EXTRA,
		.cache_kib = CACHE_KIB,
		.wipe = true,
		.steps = steps,
		.upgrader = "inv-quarantine stats",
		.owner = &own.st_uid,
		.group_writes = inv_roles_are_given(state),
	};
	struct inv_buf path = INV_BUF(PATH_BYTES);
	struct inv_db *db = NULL;

	if (use != INV_DB_WRITE && !inv_quarantine_is_there(state)) {
		inv_fail(err, INV_NO, "%s: nothing in quarantine", state->path);
		return NULL;
	}
	if (fstat(state->fd, &own) != 0) {
		inv_fail_sys(err, INV_NOINPUT, "%s", state->path);
		return NULL;
	}
	if (!look_at_folder(state, &plan, err))
		return NULL;
	inv_buf_addf(&path, "%s/%s", state->path, db_name);
	inv_buf_byte(&path, '\0');
	if (path.failed)
		inv_fail(err, INV_CREATE, "%s: a path too long", state->path);
	else
		db = inv_db_open(path.p, &plan, err);
	inv_buf_free(&path);
	return db;
}
