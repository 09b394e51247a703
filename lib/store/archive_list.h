/*
 * archive_list.h - what came, and the bytes of it, for those who only read
 *
 * No lock is taken and nothing is made: an entry that is being appended is
 * not seen yet.
 */
#ifndef INV_STORE_ARCHIVE_LIST_H
#define INV_STORE_ARCHIVE_LIST_H

#include "data/digest.h"
#include "io/stream.h"
#include "store/archive_index.h"

struct inv_archive_list {
	struct inv_in in;
	uint64_t line;
	uint64_t head; /* it has at least so many */
	int fd;        /* -1: there is no index */
};

/* state is a descriptor of the state directory; no index is an empty list. */
INV_MUST bool inv_archive_list_open(struct inv_archive_list *l, int state,
    struct inv_err *err);
void inv_archive_list_close(struct inv_archive_list *l);

/* The next entry, good until the next call; INV_IO where the index is damaged. */
INV_MUST enum inv_next inv_archive_list_next(struct inv_archive_list *l,
    struct inv_archive_entry *e, struct inv_err *err);

/*
 * A descriptor of the bytes of a manifest (64 hex), or -1: INV_NOINPUT where
 * they are not there, INV_IO where they are not what their name says.
 */
INV_MUST int inv_archive_fetch(int state, struct inv_str id,
    struct inv_err *err);

#endif
