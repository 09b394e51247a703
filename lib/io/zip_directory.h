/*
 * zip_directory.h - what a zip archive says of its entries, held against what
 * the entries say themselves
 *
 * Part of zip.h: libzip looks at less.
 */
#ifndef INV_IO_ZIP_DIRECTORY_H
#define INV_IO_ZIP_DIRECTORY_H

#include "base/buf.h"
#include "base/err.h"

struct inv_zip_entry {
	struct inv_str name; /* as it stands in the directory */
	uint32_t crc;
	uint16_t method; /* 0 or 8 */
	uint16_t flags;
	uint64_t packed;   /* bytes */
	uint64_t unpacked; /* bytes */
	uint64_t at;       /* where it begins in the file */
};

struct inv_zip_directory {
	struct inv_buf bytes; /* what the names are views of */
	struct inv_zip_entry *entry;
	size_t n;
	const char *reason; /* of a refusal; see zip.h */
};

/* d is empty, or was read before. */
INV_MUST bool inv_zip_directory_read(struct inv_zip_directory *d, int fd,
    const char *name, struct inv_err *err);
void inv_zip_directory_free(struct inv_zip_directory *d);

#endif
