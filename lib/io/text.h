/*
 * text.h - bytes of a named or marked encoding, as UTF-8
 *
 * UTF-8 with or without a byte order mark, UTF-16 by its mark; anything else
 * only by name.  Never guessed.
 *
 * UTF-8 comes through as it is: whether a row of it is valid is looked at row
 * by row, so that one bad byte costs one row.  For the same reason a lone
 * surrogate of UTF-16 comes through as the three bytes that UTF-8 would have
 * for it, which are not valid UTF-8.  In the named encodings a wrong byte
 * leaves nothing to go on by: the whole is refused.
 */
#ifndef INV_IO_TEXT_H
#define INV_IO_TEXT_H

#include "io/pull.h"

struct inv_text;

/* iconv(3) knows the encoding; suffixes such as //IGNORE are not names. */
bool inv_text_has(const char *encoding);

/*
 * encoding NULL: by the mark.  name is kept, for messages.  NULL, with *err,
 * if the first bytes can not be had or are of UTF-32 (INV_BAD).
 */
struct inv_text *inv_text_new(struct inv_pull from, const char *encoding,
    const char *name, struct inv_err *err);
void inv_text_free(struct inv_text *t);

/*
 * The text, without its mark.  INV_BAD, with the byte, where it does not hold
 * the encoding; other failures are those of what is behind.
 */
struct inv_pull inv_text_pull(struct inv_text *t);

/* "UTF-8", "UTF-16LE", "UTF-16BE", or the name that was given. */
const char *inv_text_encoding(const struct inv_text *t);

/* The bytes come through as they are. */
bool inv_text_is_plain(const struct inv_text *t);

/* Bytes of the text before the first that is handed out: a UTF-8 mark. */
size_t inv_text_mark(const struct inv_text *t);

#endif
