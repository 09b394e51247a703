/*
 * segment.h - the files of the journal: journal/NNNNNN.ndjson, from 1
 *
 * A segment that is done with is compressed: NNNNNN.ndjson.zst, complete and
 * read back before it has that name, and only then is the plain one removed.
 * Where both are there, the plain one counts.
 */
#ifndef INV_STORE_SEGMENT_H
#define INV_STORE_SEGMENT_H

#include "base/err.h"

enum {
	INV_SEGMENT_NAME = 32,      /* bytes of its name and a NUL */
	INV_SEGMENT_MAX = 32 << 20, /* bytes, after which another is begun */
};

/* The name of the plain one, for messages as well. */
void inv_segment_name(uint64_t segment, char name[INV_SEGMENT_NAME]);

/*
 * Open one, relative to the journal's directory; flags as inv_file_open.  To
 * read, a compressed one is as good: the descriptor is then one of a file
 * without a name that has its bytes.  A descriptor, or -1, with errno ENOENT
 * where there is neither.  INV_IO where a compressed one is damaged.
 */
INV_MUST int inv_segment_open(int dir, uint64_t segment, int flags,
    struct inv_err *err);

bool inv_segment_is_there(int dir, uint64_t segment);

/* What there is. */
struct inv_segments {
	uint64_t last;   /* the highest number; 0: none */
	uint64_t plain;  /* the lowest that is not compressed; 0: none */
	uint64_t count;  /* of segments */
	uint64_t packed; /* of them, compressed */
	uint64_t bytes;  /* on disk */
};

INV_MUST bool inv_segment_survey(int dir, struct inv_segments *s,
    struct inv_err *err);

/*
 * Compress one that nobody will write to.  On disk, under its name, when this
 * returns true; whatever fails or kills it, the plain one is still there or
 * the compressed one is whole.
 */
INV_MUST bool inv_segment_pack(int dir, uint64_t segment, struct inv_err *err);

#endif
