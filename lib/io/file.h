/*
 * file.h - whole files, durably, and none that somebody planted
 *
 * Files of the state directory are opened relative to a descriptor of it,
 * never through a symbolic link, and must be regular files of ours.  A state of
 * another user that is shared with a group of ours can be read: its files are
 * those of its owner.  A file is replaced by writing beside it, fsync, rename, and fsync of the directory.
 */
#ifndef INV_IO_FILE_H
#define INV_IO_FILE_H

#include <sys/types.h>

#include "base/buf.h"
#include "base/err.h"

/*
 * Add the whole of a file to *into, up to its ceiling (INV_BAD past it).
 * dir is a directory descriptor or AT_FDCWD.  INV_NOINPUT if it can not be
 * read; *into may then hold a part.
 */
INV_MUST bool inv_file_read(int dir, const char *path, struct inv_buf *into,
    struct inv_err *err);

/* The rest of a file that is open. */
INV_MUST bool inv_file_read_fd(int fd, const char *path, struct inv_buf *into,
    struct inv_err *err);

/*
 * The same for a regular file that lies below dir, whoever wrote the path: no
 * part of it may be empty, `.`, `..` or a symbolic link (INV_DENIED).
 * INV_NOINPUT, errno kept, where there is no such file.
 */
INV_MUST bool inv_file_read_below(int dir, struct inv_str path,
    struct inv_buf *into, struct inv_err *err);

/*
 * Open for reading what a path leads to, whoever wrote it, if no step of it
 * leaves dir or is a symbolic link; dir is a directory descriptor.  A FIFO is
 * not waited for.  A descriptor of whatever it is, or -1 with errno: EXDEV
 * where it leads out of dir, ELOOP where there is a link.
 */
INV_MUST int inv_file_open_below(int dir, const char *path);

/* Replace dir/name (0600) by content; when it returns true, it is on disk. */
INV_MUST bool inv_file_replace(int dir, const char *name,
    struct inv_str content, struct inv_err *err);

/*
 * The same for what everybody may read (0644); but for a crash of the machine:
 * the name may then be that of the file before.
 */
INV_MUST bool inv_file_publish(int dir, const char *name,
    struct inv_str content, struct inv_err *err);

/*
 * Open a directory for our state, 0700, made with its missing parents and
 * synced into the one above if it is not there, or is empty.  Refused
 * (INV_DENIED) where it is a symbolic link, belongs to another user, or others
 * may write to it.
 * A descriptor, or -1.
 */
INV_MUST int inv_file_state_dir(int dir, const char *path, struct inv_err *err);

/* The same, for those who only read: INV_NOINPUT where it is not there. */
INV_MUST int inv_file_state_there(const char *path, struct inv_err *err);

/*
 * The same as the first, or one of another user who shares it: nobody but that
 * user may write to it, a group of ours may pass, others have no right at all.
 */
INV_MUST int inv_file_state_shared(const char *path, struct inv_err *err);

/*
 * A directory of the state that belongs to whom the state does; made where it
 * is not there and the state is ours.  Others never write to it, the group
 * where `group_writes`.  A descriptor, or -1.
 */
INV_MUST int inv_file_part(int state, const char *name, bool group_writes,
    struct inv_err *err);

/*
 * Open dir/name, a regular file of ours with one link; flags as open(2).
 * With O_CREAT a missing one is made 0600 and its name synced, as is that of
 * one that is empty: nobody may know if it is on disk; in a directory
 * with its set-group-id bit its group, and others but for writing, may do with
 * the file what they may with the directory.  With O_RDONLY it may be of
 * another user whose directory this is.  Refused
 * (INV_DENIED) if it is anything else; INV_NOINPUT or INV_CREATE if it can not
 * be opened, with errno kept.  A descriptor, or -1.
 */
INV_MUST int inv_file_open(int dir, const char *name, int flags,
    struct inv_err *err);

/* A file in that folder, for us alone, that has no name and goes with us. */
INV_MUST int inv_file_nameless(const char *folder, struct inv_err *err);

/* The same in $TMPDIR, or in /tmp. */
INV_MUST int inv_file_temporary(struct inv_err *err);

/*
 * pread(2) of n bytes from `at` on, through EINTR and short reads: how many of
 * them there are, or -1 with errno.
 */
ssize_t inv_file_pread(int fd, void *p, size_t n, uint64_t at);

/* pread(2) of what a small file begins with, through EINTR. */
ssize_t inv_file_peek(int fd, char *p, size_t max);

/* Write all of it, through short writes and EINTR; INV_IO names `name`. */
INV_MUST bool inv_file_write(int fd, struct inv_str bytes, const char *name,
    struct inv_err *err);

/* fsync(2), for files and directories; a failure is final for this file. */
INV_MUST bool inv_file_sync(int fd, const char *name, struct inv_err *err);

/* For --stats: write text to path, replaced atomically; "-" is stderr. */
INV_MUST bool inv_file_summary(const char *path, struct inv_str text,
    struct inv_err *err);

#endif
