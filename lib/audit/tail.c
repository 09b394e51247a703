/*
 * tail.c - inv-audit tail: the last entries, and those that are appended
 *
 * One place to wait: for audit/head to be replaced, which says that entries
 * are on disk, and for whoever reads us to be gone.  Where the kernel does not
 * tell of changes, on a file system of the network say, we look now and then.
 */

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "audit/args.h"
#include "audit/lines.h"
#include "base/log.h"
#include "store/audit_view.h"

enum {
	LAST = 10,         /* entries */
	LOOK_MS = 1000,    /* between looks, at most */
	EVENTS_MAX = 4096, /* bytes of changes read at a time */
};

struct tail {
	struct inv_state state;
	struct inv_audit_view view;
	struct inv_audit_lines lines;
	int changes; /* inotify(7); -1: there is none */
	bool watched;
};

/* Up to the end; what has been printed has left. */
static bool
print(struct tail *t, struct inv_err *err)
{
	struct inv_audit_line line;
	enum inv_next next = INV_NEXT_END;
	struct inv_err why;

	while (!t->lines.out.failed &&
	    (next = inv_audit_view_next(&t->view, &line, err)) == INV_NEXT_LINE)
		inv_audit_lines_entry(&t->lines, &line);
	if (!inv_out_flush(&t->lines.out, &why)) {
		*err = why;
		return false;
	}
	return next == INV_NEXT_END;
}

/* The directory may not be there yet. */
static void
watch(struct tail *t)
{
	char path[64];

	if (t->watched || t->changes == -1 || t->view.dir == -1)
		return;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", t->view.dir);
	t->watched = inotify_add_watch(t->changes, path,
			 IN_MOVED_TO | IN_DELETE | IN_MOVE_SELF) != -1;
}

/* Until something may have changed; false where nobody reads us any more. */
static bool
wait_for_more(struct tail *t, struct inv_err *err)
{
	struct pollfd p[2] = {
		{ .fd = STDOUT_FILENO },
		{ .fd = t->changes, .events = POLLIN },
	};
	char events[EVENTS_MAX];

	if (poll(p, 2, LOOK_MS) == -1 && errno != EINTR)
		return inv_fail_sys(err, INV_INTERNAL, "poll");
	if (p[0].revents != 0) {
		errno = EPIPE;
		return inv_fail_sys(err, INV_IO, "stdout");
	}
	if (p[1].revents != 0)
		(void)!read(t->changes, events, sizeof(events));
	return true;
}

static bool
follow(struct tail *t, struct inv_err *err)
{
	t->changes = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	for (;;) {
		/* Watched before it is looked at: nothing is missed. */
		watch(t);
		if (!inv_audit_view_refresh(&t->view, &t->state, err) ||
		    !print(t, err) || !wait_for_more(t, err))
			return false;
	}
}

int
inv_audit_do_tail(void *args, char *words[])
{
	const struct inv_audit_args *a = args;
	struct tail t = { .changes = -1 };
	struct inv_err err, ignored;

	(void)words;
	(void)signal(SIGPIPE, SIG_IGN);
	t.state.fd = inv_opt_state_there(&t.state.path);
	inv_audit_lines_open(&t.lines);
	bool ok = inv_audit_view_open(&t.view, &t.state, &err) &&
	    inv_audit_view_back(&t.view, LAST, &err) && print(&t, &err) &&
	    (!a->follow || follow(&t, &err));

	/* What stands before the damage is told. */
	if (!inv_audit_lines_close(&t.lines, ok ? &err : &ignored) || !ok)
		inv_die(&err);
	inv_audit_view_close(&t.view);
	close(t.state.fd);
	return EXIT_SUCCESS;
}
