/* signed.c - checkpoints, as the verbs of inv-audit that prove need them */

#include <fcntl.h>

#include "audit/args.h"
#include "io/file.h"

bool
inv_audit_last(int dir, struct inv_checkpoint_at *at, struct inv_buf *note,
    struct inv_err *err)
{
	struct inv_checkpoints c;

	if (!inv_checkpoints_open(&c, dir, false, err))
		return false;
	bool ok =
	    c.n > 0 || inv_fail(err, INV_NO, "no checkpoint has been signed");

	if (ok) {
		*at = c.of[c.n - 1];
		ok = inv_checkpoints_note(&c, c.n - 1, note, err);
	}
	inv_checkpoints_close(&c);
	return ok;
}

bool
inv_audit_read_at(struct inv_str text, struct inv_note *note,
    struct inv_checkpoint_at *at, struct inv_err *err)
{
	struct inv_checkpoint c;

	if (!inv_note_parse(text, note, err) ||
	    !inv_checkpoint_parse(note->text, &c, err))
		return false;
	*at = (struct inv_checkpoint_at){ .size = c.size };
	memcpy(at->root, c.root, INV_DIGEST);
	return true;
}

bool
inv_audit_kept(const char *path, struct inv_buf *text, struct inv_note *note,
    struct inv_checkpoint_at *at, struct inv_err *err)
{
	struct inv_err why;

	if (!inv_file_read(AT_FDCWD, path, text, err))
		return false;
	return inv_audit_read_at(inv_buf_str(text), note, at, &why) ||
	    inv_fail(err, INV_BAD, "%s: %s", path, why.msg);
}

bool
inv_audit_is_signed(const struct inv_note *note, const struct inv_note_key *key,
    size_t keys, uint64_t *at, struct inv_err *err)
{
	bool any = false;

	for (size_t i = 0; i < keys; i++) {
		bool log = key[i].type == INV_NOTE_SIGNATURE;

		switch (inv_note_look(note, &key[i], &at[i])) {
		case INV_NOTE_NONE:
			if (log)
				break;
			return inv_fail(err, INV_NO,
			    "its checkpoint is not cosigned by %s",
			    key[i].name);
		case INV_NOTE_GOOD:
			any = any || log;
			break;
		case INV_NOTE_FALSE:
			return inv_fail(err, INV_NO,
			    "the signature of %s is false", key[i].name);
		}
	}
	return any ||
	    inv_fail(err, INV_NO,
		"its checkpoint is signed by none of the keys given");
}
