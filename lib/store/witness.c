/* witness.c - a journal that was rolled back, or replaced by another */

#include "store/witness.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/audit_head.h"
#include "store/journal.h"
#include "store/segment.h"

static const char seen_name[] = "journal/seen.db";
static const char head_name[] = "audit/head";

static bool
rolled_back(const struct inv_state *state, const char *who,
    const struct inv_place *at, const char *what, struct inv_err *err)
{
	return inv_fail(err, INV_CONFIG,
	    "%s/journal: %s line %ju, up to which %s has read it: it was rolled "
	    "back or replaced; nothing has been sent: put the newer one back, "
	    "or begin a new state with INV_STATE",
	    state->path, what, (uintmax_t)at->seq - 1, who);
}

/* What the audit log has taken in; no audit log has taken in nothing. */
static bool
read_head(const struct inv_state *state, struct inv_place *at,
    struct inv_err *err)
{
	struct inv_audit_head head = INV_AUDIT_HEAD;
	int dir = openat(state->fd, "audit",
	    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	bool there;

	if (dir == -1 && errno != ENOENT)
		return inv_fail_sys(err, INV_IO, "audit");
	bool ok = dir == -1 || inv_audit_head_read(dir, &head, &there, err);

	if (dir != -1)
		close(dir);
	*at = head.journal;
	return ok;
}

static bool
reaches(const struct inv_state *state, int dir, const char *who,
    const struct inv_place *at, struct inv_err *err)
{
	char name[INV_SEGMENT_NAME];
	struct inv_segments s;
	struct stat st;

	if (at->seq == 1)
		return true;
	if (!inv_segment_survey(dir, &s, err))
		return false;
	inv_segment_name(at->segment, name);
	/* What is not a file of ours is for the reader to refuse. */
	if (s.last > at->segment ||
	    (s.last == at->segment &&
		(fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) != 0 ||
		    !S_ISREG(st.st_mode) ||
		    (uint64_t)st.st_size >= at->offset)))
		return true;
	return rolled_back(state, who, at, "it ends before", err);
}

bool
inv_witness_length(const struct inv_state *state, int dir,
    const struct inv_place *seen, struct inv_err *err)
{
	struct inv_place head;

	return read_head(state, &head, err) &&
	    reaches(state, dir, seen_name, seen, err) &&
	    reaches(state, dir, head_name, &head, err);
}

/* What stands there is the next line of the chain. */
static bool
goes_on(const struct inv_state *state, const struct inv_place *at)
{
	struct inv_journal_reader *r = inv_journal_read(state, at);
	struct inv_entry entry;
	struct inv_err why;
	bool is = inv_journal_next(r, &entry, &why) == INV_NEXT_LINE;

	inv_journal_read_close(r);
	return is;
}

bool
inv_witness_chain(const struct inv_state *state, const struct inv_place *end,
    struct inv_err *err)
{
	struct inv_place at;

	if (!read_head(state, &at, err))
		return false;
	if (at.seq == 1)
		return true;
	if (at.seq > end->seq)
		return rolled_back(state, head_name, &at, "it ends before",
		    err);
	bool same = at.seq == end->seq
	    ? memcmp(at.prev, end->prev, INV_DIGEST) == 0
	    : goes_on(state, &at);

	return same ||
	    rolled_back(state, head_name, &at, "it does not go on from", err);
}
