/*
 * source.h - a manifest's bytes as rows, whatever its format
 *
 * Opens a file, takes compression and encoding off, tells the format, reads
 * the header; then hands out one row at a time and writes it, sound or not, as
 * what follows the head of a record line.
 *
 * What can not be read as a whole is refused before its first row: a file that
 * is packed or not UTF-8 is read through once for that.
 */
#ifndef INV_DATA_SOURCE_H
#define INV_DATA_SOURCE_H

#include "base/buf.h"
#include "base/err.h"
#include "data/how.h"
#include "io/stream.h"

struct inv_source;

/*
 * stage is who quarantines; both are kept, and are the caller's.  One source
 * reads any number of files, one after the other.
 */
struct inv_source *inv_source_new(const struct inv_source_options *options,
    const char *stage);
void inv_source_free(struct inv_source *s);

/*
 * Begin with a file, from its first byte; fd and name are kept until the next
 * begin.  INV_BAD: it is refused, for the reason below; INV_NOINPUT: it can
 * not be read.
 */
INV_MUST bool inv_source_begin(struct inv_source *s, int fd, const char *name,
    struct inv_err *err);

/* Why it was refused: a word for the stream.  "" where it was not. */
const char *inv_source_reason(const struct inv_source *s);

enum inv_format inv_source_format(const struct inv_source *s);

/* "UTF-8" ..., once it has begun. */
const char *inv_source_encoding(const struct inv_source *s);

bool inv_source_has_columns(const struct inv_source *s);

/* The columns as a JSON array. */
void inv_source_columns(const struct inv_source *s, struct inv_buf *out);

/*
 * The next row; INV_NEXT_ERR is final.  *line is where it begins, from 1; it
 * is to be written before the next call.
 */
INV_MUST enum inv_next inv_source_next(struct inv_source *s, uint64_t *line,
    struct inv_err *err);

/*
 * The bytes of that row, without its line end, and where they begin in the
 * text: in a file that is UTF-8 its byte number, from 0, once unpacked.  p is
 * NULL where a row is no run of bytes.  Good until the next row.
 * They may have to be read again, which can fail as next.
 */
INV_MUST bool inv_source_bytes(struct inv_source *s, struct inv_str *bytes,
    uint64_t *offset, struct inv_err *err);

/*
 * Write what follows the head of the row's record line: `"record":{...}`; or,
 * and then it returns false, `"verdict":"quarantined","stage":...,"reason":...,
 * "errors":[...],"raw":"..."`.
 */
bool inv_source_write(struct inv_source *s, struct inv_buf *out);

/*
 * Of the row that was written: what its inv:item and inv:why say, columns of
 * a table or members of an object that are no part of the record (table.h).
 * Empty where there are none; good until the next row.
 */
struct inv_str inv_source_item(const struct inv_source *s);
struct inv_str inv_source_why(const struct inv_source *s);

/* Members for the stage line: how it was read, what was passed over. */
void inv_source_notes(const struct inv_source *s, struct inv_buf *out);

/* The member `totals` of the end line, where the format promises any. */
void inv_source_totals(const struct inv_source *s, struct inv_buf *out);

#endif
