/*
 * xls_texts.h - the texts in the records of Excel 97 to 2003
 *
 * UTF-16, or of it the lower halves alone where the upper ones are 0.  Those
 * that cells share are in one record and the ones that continue it, which cut
 * them where they are full.
 */
#ifndef INV_DATA_XLS_TEXTS_H
#define INV_DATA_XLS_TEXTS_H

#include "base/buf.h"
#include "io/biff.h"

/*
 * Add a text of so many units to *out: at that byte of the record is how they
 * are written, and then they.  How many of them are there; half a character
 * makes *out fail.
 */
size_t inv_xls_units(const struct inv_biff *b, size_t at, size_t units,
    struct inv_buf *out);

struct inv_xls_texts;

struct inv_xls_texts *inv_xls_texts_new(void);
void inv_xls_texts_free(struct inv_xls_texts *t);

/*
 * Add those of the record at hand and of what continues it; then at hand is the
 * record behind.  False where it is damaged.
 */
INV_MUST bool inv_xls_texts_read(struct inv_xls_texts *t, struct inv_biff *b);

/* False where there is no such text, or it is none.  Good until the next read. */
INV_MUST bool inv_xls_texts_get(const struct inv_xls_texts *t, size_t i,
    struct inv_str *text);

#endif
