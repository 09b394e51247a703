/* input.c - a file's text, from its first byte as often as a reader needs it */

#include "data/input.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "data/emit.h"

enum { PIECE = 128 << 10 }; /* bytes read at a time to see it through */

/* A failure of what the bytes come through; some are the file's fault. */
static bool
blame(struct inv_input *in, const struct inv_err *err)
{
	if (err->fault != INV_BAD)
		return false;
	in->reason = in->inflate != NULL && inv_inflate_is_bomb(in->inflate)
	    ? "too_large"
	    : "undecodable";
	return false;
}

static void
close_chain(struct inv_input *in)
{
	inv_text_free(in->text);
	inv_inflate_free(in->inflate);
	in->text = NULL;
	in->inflate = NULL;
}

bool
inv_input_rewind(struct inv_input *in, struct inv_err *err)
{
	close_chain(in);
	if (lseek(in->fd, 0, SEEK_SET) != 0)
		return inv_fail_sys(err, INV_NOINPUT, "%s", in->name);
	in->inflate = inv_inflate_new(in->fd, in->name, err);
	if (in->inflate == NULL)
		return false;
	in->text = inv_text_new(inv_inflate_pull(in->inflate), in->encoding,
	    in->name, err);
	return in->text != NULL || blame(in, err);
}

/* What can break half way must be seen before the first row goes out. */
static bool
see_through(struct inv_input *in, struct inv_err *err)
{
	if (inv_inflate_packing(in->inflate) == INV_PACKING_NONE &&
	    inv_text_is_plain(in->text))
		return true;
	char *piece = inv_mem_new(PIECE);
	ssize_t n;

	do
		n = inv_pull_get(inv_text_pull(in->text), piece, PIECE, err);
	while (n > 0);
	free(piece);
	if (n < 0)
		return blame(in, err);
	return inv_input_rewind(in, err);
}

bool
inv_input_open(struct inv_input *in, int fd, const char *name,
    const char *encoding, struct inv_err *err)
{
	inv_input_close(in);
	*in = (struct inv_input){
		.fd = fd,
		.name = name,
		.encoding = encoding,
		.reason = "",
		.head = INV_BUF(INV_INPUT_HEAD),
	};
	return inv_input_rewind(in, err) && see_through(in, err);
}

bool
inv_input_head(struct inv_input *in, struct inv_str *head, struct inv_err *err)
{
	inv_buf_reset(&in->head);
	if (!inv_buf_room(&in->head, INV_INPUT_HEAD))
		return inv_fail(err, INV_INTERNAL, "%s: no room", in->name);
	ssize_t n = inv_pull_all(inv_text_pull(in->text), in->head.p,
	    INV_INPUT_HEAD, err);

	if (n < 0)
		return false;
	in->head.n = (size_t)n;
	*head = inv_buf_str(&in->head);
	return inv_input_rewind(in, err);
}

void
inv_input_close(struct inv_input *in)
{
	close_chain(in);
	inv_buf_free(&in->head);
}

const char *
inv_input_encoding(const struct inv_input *in)
{
	return in->declared != NULL ? in->declared
				    : inv_text_encoding(in->text);
}

void
inv_input_notes(const struct inv_input *in, struct inv_buf *out)
{
	const char *packing = in->inflate == NULL
	    ? NULL
	    : inv_packing_name(inv_inflate_packing(in->inflate));

	if (in->text != NULL)
		inv_emit_member_str(out, INV_LIT("encoding"),
		    inv_str_of(inv_input_encoding(in)));
	if (packing != NULL)
		inv_emit_member_str(out, INV_LIT("compression"),
		    inv_str_of(packing));
}
