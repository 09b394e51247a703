/* segment.h - the files of the journal: journal/NNNNNN.ndjson, from 1 */
#ifndef INV_STORE_SEGMENT_H
#define INV_STORE_SEGMENT_H

#include "base/err.h"

enum { INV_SEGMENT_NAME = 32 }; /* bytes of its name and a NUL */

void inv_segment_name(uint64_t segment, char name[INV_SEGMENT_NAME]);

/*
 * Open one, relative to the journal's directory; flags as inv_file_open.  A
 * descriptor, or -1 with errno kept.
 */
INV_MUST int inv_segment_open(int dir, uint64_t segment, int flags,
    struct inv_err *err);

/* The highest number there is; 0 where there is none. */
INV_MUST bool inv_segment_last(int dir, uint64_t *segment, struct inv_err *err);

#endif
