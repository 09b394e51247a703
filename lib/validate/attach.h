/*
 * attach.h - the files that a record names, kept before it goes on
 *
 * Which members name files, the schema says (x-inv-attachment); where they are,
 * the command line.  A record that fits has them kept under their digests, on
 * disk, and carries a list of them: in canonical form, members in the order of
 * the record, files of one in its order.
 */
#ifndef INV_VALIDATE_ATTACH_H
#define INV_VALIDATE_ATTACH_H

#include "data/schema.h"

enum {
	INV_ATTACH_FILES = 64,      /* of one record */
	INV_ATTACH_BYTES = 1 << 20, /* of its list */
};

struct inv_attach;

/*
 * Files are below folder, which is NULL where the command line has none.
 * *a is NULL where the schema names no members.  INV_USAGE where one of the two
 * is there without the other; else what attachments can be (store).
 */
INV_MUST bool inv_attach_open(struct inv_attach **a, struct inv_schema *schema,
    const char *folder, struct inv_err *err);
void inv_attach_close(struct inv_attach *a);

/* For the guard of an output: what its lines name is on disk. */
INV_MUST bool inv_attach_settle(void *attach, struct inv_err *err);

/*
 * Keep what a canonical record names, to be settled before its line leaves.
 * What is wrong with a file is added to *flaws; false only where the world
 * failed.
 */
INV_MUST bool inv_attach_take(struct inv_attach *a, struct inv_str record,
    struct inv_flaws *flaws, struct inv_err *err);

/* The list of the last record, [] where it names none; until the next. */
struct inv_str inv_attach_list(const struct inv_attach *a);

#endif
