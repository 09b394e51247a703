/*
 * emit.h - JSON written into a buf
 *
 * Commas are put by looking at the last byte: a value or key directly behind
 * `{`, `[` or `:` gets none.  So a buf holds one text under construction at a
 * time, from its first byte or from the byte behind a newline.  Strings are
 * escaped as RFC 8785 section 3.2.2.2 says: the shortest form, only `"`, `\`
 * and C0 controls.
 */
#ifndef INV_DATA_EMIT_H
#define INV_DATA_EMIT_H

#include "base/buf.h"

void inv_emit_open(struct inv_buf *b, char bracket);  /* '{' or '[' */
void inv_emit_close(struct inv_buf *b, char bracket); /* '}' or ']' */

/* "name": with a comma before it where one is due; name needs no escaping. */
void inv_emit_key(struct inv_buf *b, struct inv_str name);

/* A string value: s is UTF-8, not yet escaped. */
void inv_emit_str(struct inv_buf *b, struct inv_str s);
void inv_emit_u64(struct inv_buf *b, uint64_t v);

/* A value that is JSON text already. */
void inv_emit_raw(struct inv_buf *b, struct inv_str json);

/* The escaped inside of a string alone: no quotes, no comma. */
void inv_emit_text(struct inv_buf *b, struct inv_str s);

/*
 * The member that carries bytes as they came: "raw": a string where they are
 * UTF-8, else "raw_base64".
 */
void inv_emit_bytes(struct inv_buf *b, struct inv_str bytes);

/* [[1,6],[8,500]] */
struct inv_rows;
void inv_emit_rows(struct inv_buf *b, const struct inv_rows *rows);

/* A whole member in one call. */
void inv_emit_member_str(struct inv_buf *b, struct inv_str name,
    struct inv_str s);
void inv_emit_member_u64(struct inv_buf *b, struct inv_str name, uint64_t v);
void inv_emit_member_bool(struct inv_buf *b, struct inv_str name, bool v);
void inv_emit_member_raw(struct inv_buf *b, struct inv_str name,
    struct inv_str json);

#endif
