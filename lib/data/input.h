/*
 * input.h - a file's text, from its first byte as often as a reader needs it
 *
 * Compression is taken off and the encoding decoded (inflate.h, text.h).  What
 * can break half way there has been read through once before it is handed out.
 */
#ifndef INV_DATA_INPUT_H
#define INV_DATA_INPUT_H

#include "base/buf.h"
#include "io/inflate.h"
#include "io/text.h"

enum { INV_INPUT_HEAD = 64 << 10 }; /* bytes looked at to tell the format */

/* Of the caller; all are kept as long as it is open. */
struct inv_input {
	int fd; /* seekable */
	const char *name;
	const char *encoding; /* NULL: by its mark */
	const char *reason;   /* why it is refused, for the stream; or "" */
	const char *declared; /* the encoding, where the text names it itself
				 and its reader has decoded it; or NULL */
	struct inv_inflate *inflate;
	struct inv_text *text;
	struct inv_buf head;
};

/*
 * The text is at its first byte; what was open is closed.  INV_BAD, with
 * reason, where the file is damaged or not of its encoding; INV_NOINPUT where
 * it can not be read.
 */
INV_MUST bool inv_input_open(struct inv_input *in, int fd, const char *name,
    const char *encoding, struct inv_err *err);

/*
 * Its first bytes, at most INV_INPUT_HEAD of them; it is at its first byte
 * then.  A view, good until the next open.
 */
INV_MUST bool inv_input_head(struct inv_input *in, struct inv_str *head,
    struct inv_err *err);

/* At its first byte again; views of what was read are gone. */
INV_MUST bool inv_input_rewind(struct inv_input *in, struct inv_err *err);

void inv_input_close(struct inv_input *in);

/* "UTF-8" ...: what was declared, or else that of the text. */
const char *inv_input_encoding(const struct inv_input *in);

/* Members for a stage line: its encoding, its compression. */
void inv_input_notes(const struct inv_input *in, struct inv_buf *out);

#endif
