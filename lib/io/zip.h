/*
 * zip.h - entries of a zip archive, none of which lies (the only user of
 * libzip)
 *
 * An archive says everything twice: at each entry, and in the directory at its
 * end.  Readers differ in what they believe, so that one which says two
 * different things is another archive for each of them.  It is refused, as is
 * one with entries that share bytes, a name that leads elsewhere or is there
 * twice, and one that is encrypted.
 */
#ifndef INV_IO_ZIP_H
#define INV_IO_ZIP_H

#include "io/pull.h"

enum {
	INV_ZIP_ENTRIES = 10000,
	INV_ZIP_ENTRY = 256 << 20,   /* bytes of an entry, unpacked */
	INV_ZIP_TOTAL = 1 << 30,     /* of all of them */
	INV_ZIP_RATIO = 100,         /* bytes out for one byte in ... */
	INV_ZIP_FREE = 1 << 20,      /* ... in an entry larger than this */
	INV_ZIP_DIRECTORY = 8 << 20, /* bytes of the directory */
};

struct inv_zip;

struct inv_zip *inv_zip_new(void);
void inv_zip_free(struct inv_zip *z);

/*
 * Look at all of what fd, which is seekable and stays the caller's, says of
 * itself.  name is kept, for messages.  INV_BAD where it is refused,
 * INV_NOINPUT where it can not be read.
 */
INV_MUST bool inv_zip_open(struct inv_zip *z, int fd, const char *name,
    struct inv_err *err);

/*
 * Why something was refused, as a word for the stream: undecodable, too_large,
 * encrypted.
 */
const char *inv_zip_reason(const struct inv_zip *z);

/* The entry of that name, in any case; a backslash is a slash. */
INV_MUST bool inv_zip_find(const struct inv_zip *z, struct inv_str name,
    size_t *entry);

/* Its name, as it stands there. */
struct inv_str inv_zip_name(const struct inv_zip *z, size_t entry);

/* Read this entry from its first byte on; what was read is closed. */
INV_MUST bool inv_zip_begin(struct inv_zip *z, size_t entry,
    struct inv_err *err);

/*
 * Its bytes.  INV_BAD where they are damaged, or not as many as were told;
 * their sum is checked at their end.
 */
struct inv_pull inv_zip_pull(struct inv_zip *z);

#endif
