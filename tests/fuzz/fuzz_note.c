/* fuzz_note - notes, keys and checkpoints: what is read is written alike */

#include "data/note.h"
#include "promise.h"

static void
read_key(struct inv_str all)
{
	struct inv_buf b = INV_BUF(INV_NOTE_KEY_TEXT);
	struct inv_note_key key;

	if (inv_note_key_parse(all, &key)) {
		inv_note_key_put(&b, &key);
		promise(inv_str_eq(inv_buf_str(&b), all));
	}
	inv_buf_free(&b);
}

static void
read_checkpoint(struct inv_str text)
{
	struct inv_buf b = INV_BUF(INV_NOTE_MAX + INV_DIGEST_HEX);
	struct inv_checkpoint c;
	struct inv_err err;

	if (inv_checkpoint_parse(text, &c, &err)) {
		inv_checkpoint_put(&b, &c);
		promise(inv_str_starts(text, inv_buf_str(&b)));
	}
	inv_buf_free(&b);
}

int
LLVMFuzzerTestOneInput(const unsigned char *p, size_t n)
{
	static const unsigned char public[INV_SIGN_PUBLIC] = { 1 };
	struct inv_str all = { (const char *)p, n };
	struct inv_note_key key;
	struct inv_note note;
	struct inv_err err;
	uint64_t at;

	read_key(all);
	if (!inv_note_parse(all, &note, &err))
		return 0;
	promise(note.text.n + 1 + note.lines.n == n);
	inv_note_key_make(&key, INV_LIT("a"), INV_NOTE_COSIGNATURE, public);
	promise(inv_note_look(&note, &key, &at) != INV_NOTE_GOOD);
	read_checkpoint(note.text);
	return 0;
}
