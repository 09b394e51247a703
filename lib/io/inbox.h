/*
 * inbox.h - a drop folder: its complete files, one after the other
 *
 * Files are given out in the order in which they were completed: those that
 * are there at first by their time of change, then as inotify(7) tells of
 * them.  A file is complete when it was moved in, or when who wrote it has
 * closed it and nobody else has it open to write.  Of those that are there at
 * first, or that inotify could not tell of, another user's is taken for
 * complete when it has not changed for INV_INBOX_REST_MS: the kernel does not
 * say who writes it.
 *
 * Names that begin with `.` or end in ~, .part or .tmp are let be, and so is
 * what is no regular file.  A file that is done with goes to a folder in the
 * folder; where that has such a name, TAG is added to it: nothing is
 * overwritten, ever.
 */
#ifndef INV_IO_INBOX_H
#define INV_IO_INBOX_H

#include "base/err.h"
#include "io/stream.h"

enum { INV_INBOX_REST_MS = 5000 };

struct inv_inbox;

struct inv_inbox_file {
	const char *path; /* FOLDER/NAME; good until the next */
	int fd;           /* the caller's to close; -1: it can not be opened */
	struct inv_err why; /* then */
};

/*
 * path is kept.  stop is a descriptor that becomes readable when there is to
 * be an end.  NULL with INV_NOINPUT where there is no such folder.
 */
struct inv_inbox *inv_inbox_open(const char *path, int stop,
    struct inv_err *err);
void inv_inbox_close(struct inv_inbox *b);

/*
 * Make FOLDER/`to` where it is missing, so that no file can come that is
 * called so.  INV_CREATE where it can not be made, or is something else.
 */
INV_MUST bool inv_inbox_ready(const struct inv_inbox *b, const char *to,
    struct inv_err *err);

/*
 * The next file; waits for it.  INV_NEXT_END when stop says so.  INV_NEXT_ERR
 * with INV_IO where the folder is gone, or nobody reads `out` any more, which
 * has been flushed before any wait.
 */
INV_MUST enum inv_next inv_inbox_next(struct inv_inbox *b, struct inv_out *out,
    struct inv_inbox_file *file, struct inv_err *err);

/*
 * The file that was given out last goes to FOLDER/`to`, which is made where it
 * is missing.  It stays where it is if its bytes or its name have changed
 * hands since it was opened: it will be given out again.
 */
INV_MUST bool inv_inbox_settle(struct inv_inbox *b, const char *to,
    const char *tag, struct inv_err *err);

#endif
